"""Stores in a run: tables, figures, power that fails, and what is refused before anything is computed."""

import json
from pathlib import Path

import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.report.build import build_report
from moonstead.run.engine import run_scenario
from moonstead.run.plan import make_plan
from moonstead.run.preflight_stores import store_problems
from moonstead.run.site_stores import power_of_run, served_power, site_balance, site_fragment, span_edges
from moonstead.run.tables import Table, read_table, write_table
from moonstead.scenario.load import load_scenario
from moonstead.station.stores_outages import store_outages

STORES = Path(__file__).parent / "stores.toml"
MINI = Path(__file__).parent / "mini.toml"
DAY = 86_400.0
GRAM = 1e-3  # [kg]


@pytest.fixture(scope="module")
def fragment():
    return site_fragment(load_scenario(STORES).scenario, "rim")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    out = tmp_path_factory.mktemp("stores-run")
    run_scenario(STORES, out, data=DataContext.installed(), workers=1)
    build_report(out)
    return out


def edited(tmp_path, *changes):
    text = STORES.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "edited.toml").write_text(text)
    return tmp_path / "edited.toml"


def test_each_site_with_stores_gets_a_task_and_others_none():
    assert "stores.rim" in {task.id for task in make_plan(load_scenario(STORES).scenario)}
    assert not any(task.id.startswith("stores.") for task in make_plan(load_scenario(MINI).scenario))


def test_a_run_leaves_stocks_flows_outages_and_figures(finished):
    stock = read_table(finished / "tables" / "stores.rim.parquet")
    assert stock.units["oxygen"] == "kg" and np.all(stock.columns["oxygen"] >= 0.0)
    flows = read_table(finished / "tables" / "flows.rim.parquet").columns
    assert {"Earth", "surroundings", "ground"} <= {*map(str, flows["source"]), *map(str, flows["target"])}
    outages = read_table(finished / "tables" / "outage.rim.parquet").columns
    without_power = [k for k, cause in enumerate(outages["cause"]) if cause == "no power"]
    assert [outages["reference"][k] for k in without_power] == ["smelter"]
    assert str(outages["start_utc"][without_power[0]]).startswith("2035-01-06T00:00:00")
    assert outages["duration"][without_power[0]] == pytest.approx(2.5 * DAY, abs=600.0)
    names = [one["name"] for one in json.loads((finished / "summary.json").read_text())["figures"]]
    assert "rim: supplies from the Earth in a year" in names
    assert "rim: oxygen made of the ground" in names
    facts = next(
        task["facts"]
        for task in json.loads((finished / "manifest.json").read_text())["tasks"]
        if task["id"] == "stores.rim"
    )
    assert facts["imbalance"] <= GRAM
    assert facts["person_days"] == pytest.approx(31.5, abs=1e-3)
    low, nominal, high = facts["imports_per_year"]
    assert 0.0 < low <= nominal <= high


def test_the_report_shows_flows_stocks_and_imports(finished):
    page = (finished / "report.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="stores">') :]
    section = section[: section.index("</section>")]
    for text in ("flows-rim", "stores-rim", "sankey", "crew provisions", "a year of the same"):
        assert text in section
    assert "NaN" not in section and ">nan<" not in section and "None" not in section


def served_tables(fragment, power, loads=""):
    """Tables of a power ledger in which the smelter is served `power` (n,) [W]."""
    edges = span_edges(fragment)
    units = {"tdb": "s TDB past J2000", "smelter": "W"}
    served = Table("served.rim", {"tdb": edges[:-1], "smelter": power}, units)
    text = np.array([loads] if loads else [], dtype=object)
    count = text.size
    night = {"start": np.full(count, edges[0] + 2 * DAY), "stop": np.full(count, edges[0] + 6 * DAY), "loads": text}
    shortage = Table("shortage.rim", night, {"start": "s", "stop": "s", "loads": "text"})
    return {"served.rim": lambda: served, "shortage.rim": lambda: shortage}


def test_a_plant_without_power_makes_nothing_and_the_chain_says_so(fragment):
    steps = span_edges(fragment).size - 1
    power = np.full(steps, 10e3)
    power[steps // 10 : 3 * steps // 10] = 0.0
    edges, given, told = served_power(fragment, served_tables(fragment, power, "smelter"))
    ledger = site_balance(fragment, edges, given).ledger
    assert not told
    column = [one.name for one in ledger.processes].index("oxygen-plant")
    idle = power == 0.0
    assert np.all(ledger.done[idle, column] == 0.0) and np.all(ledger.wanted[idle, column] > 0.0)
    (outage,) = [one for one in store_outages(ledger) if one.what == "oxygen-plant" and one.cause == "no power"]
    assert outage.reference == "smelter"


def test_a_plant_off_duty_is_no_outage(fragment):
    steps = span_edges(fragment).size - 1
    power = np.choose(np.arange(steps) % 3, [0.0, 4e3, 10e3])  # off, on for 40 % of the step, on
    edges, given, _ = served_power(fragment, served_tables(fragment, power))
    ledger = site_balance(fragment | {"stores": _roomy(fragment)}, edges, given).ledger
    column = [one.name for one in ledger.processes].index("oxygen-plant")
    plant = ledger.processes[column]
    np.testing.assert_allclose(ledger.wanted[:, column], plant.rate * np.diff(edges) * power / 10e3)
    assert not [one for one in store_outages(ledger) if one.what == "oxygen-plant" and one.cause == "no power"]


def test_half_of_the_power_makes_half_of_the_oxygen(fragment):
    steps = span_edges(fragment).size - 1
    made = []
    for level in (10e3, 5e3):
        edges, given, _ = served_power(fragment, served_tables(fragment, np.full(steps, level)))
        ledger = site_balance(fragment | {"stores": _roomy(fragment)}, edges, given).ledger
        made.append(ledger.units("oxygen-plant"))
    assert made[1] == pytest.approx(0.5 * made[0])


def _roomy(fragment):
    return [one | {"capacity": 1e6} for one in fragment["stores"]]


def test_without_a_power_ledger_it_is_said_that_power_is_taken_for_granted(fragment):
    edges, given, told = served_power(fragment, {})
    assert given == {} and "taken as served in full" in told[0]
    assert edges[0] == fragment["start"] and edges[-1] == fragment["stop"]


def test_a_load_that_the_ledger_does_not_know_is_told(fragment):
    tables = served_tables(fragment, np.full(span_edges(fragment).size - 1, 1.0))
    served = tables["served.rim"]()
    other = Table("served.rim", {"tdb": served.columns["tdb"]}, {"tdb": "s"})
    _, given, told = served_power(fragment, {"served.rim": lambda: other})
    assert given == {} and "has no load smelter" in told[0]


def test_a_folder_without_a_run_is_told(fragment, tmp_path):
    with pytest.raises(MissingData, match="holds no finished run"):
        power_of_run(fragment, tmp_path / "nothing")


def test_a_run_of_another_span_is_refused(fragment, tmp_path):
    (tmp_path / "tables").mkdir()
    served = Table("served.rim", {"tdb": np.array([0.0]), "smelter": np.array([1.0])}, {"tdb": "s", "smelter": "W"})
    write_table(served, tmp_path / "tables")
    with pytest.raises(InvalidInput, match="another span"):
        power_of_run(fragment, tmp_path)


NO_FOOD = [
    ('substance = "food"\ncapacity', 'substance = "methane"\ncapacity'),
    ('substance = "food"\nmass', 'substance = "methane"\nmass'),
    ('takes = [{ substance = "food"', 'takes = [{ substance = "methane"'),
    ('releases = [{ substance = "food"', 'releases = [{ substance = "methane"'),
]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (NO_FOOD, "no store of food"),
        ([('substance = "grey-water"', 'substance = "urine"')], "draws on grey-water"),
        ([("date = 2035-01-08", "date = 2036-01-08")], "outside the scenario"),
        ([("since = 2035-01-03", "since = 2034-01-03"), ("until = 2035", "until = 2034")], "outside the scenario"),
        ([('facility = "smelter"', 'facility = "smelter"\nrate = "1 t/day"')], "whose load is 10.0 kW"),
        ([('releases = [{ substance = "food", mass = "1', 'releases = [{ substance = "food", mass = "2')], "balance"),
    ],
)
def test_what_no_run_could_serve_is_told_before(tmp_path, changes, message):
    problems = list(store_problems(load_scenario(edited(tmp_path, *changes))))
    assert any(message in problem.message for problem in problems)


def test_the_good_scenario_has_no_problem():
    assert list(store_problems(load_scenario(STORES))) == []


def test_the_command_answers_in_json(capsys):
    assert execute(["station", "stores", str(STORES), "--json"]) == 0
    (site,) = json.loads(capsys.readouterr().out)["sites"]
    assert site["imbalance_kg"] <= GRAM
    assert {one["substance"] for one in site["stores"]} >= {"oxygen", "food", "potable-water"}
    assert set(site["imports_kg"]["crew provisions"]) == {"low", "nominal", "high"}
    assert site["power"] == "taken as served in full"


def test_the_command_says_which_store_is_dry_first_and_why(tmp_path, capsys):
    path = edited(tmp_path, ('initial = "30 kg"', 'initial = "10 kg"'), ('mass = "25 kg"', 'mass = "2 kg"'))
    assert execute(["station", "stores", str(path), "--json"]) == 0
    (site,) = json.loads(capsys.readouterr().out)["sites"]
    assert list(site["first_dry"]) == ["food"] and site["crew_short_h"] > 0.0
    assert site["first_dry"]["food"]["text"].endswith("nothing fills the store of food")


def test_the_command_prints_tables(finished, capsys):
    assert execute(["station", "stores", str(STORES), "--run", str(finished), "--site", "rim"]) == 0
    told = capsys.readouterr().out
    assert "crew provisions" in told and "least days" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [([str(MINI)], "has no crew and no stores"), ([str(STORES), "--site", "rm"], 'no site "rm"')],
)
def test_the_command_refuses_what_has_no_answer(words, message, capsys):
    assert execute(["station", "stores", *words]) == 2
    assert message in " ".join(capsys.readouterr().err.replace("│", " ").split())
