"""The ground segment in a run. Authority: the library with the same files, and the scenario's own words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.rinex_navigation import read_navigation
from moonstead.formats.sp3 import read_sp3
from moonstead.foundation.data import DataContext
from moonstead.navigation.monitoring.day import monitor
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import navigation_ground
from moonstead.run.engine import run_scenario
from moonstead.run.plan import make_plan
from moonstead.run.some_tasks import compute_tasks
from moonstead.scenario.load import load_scenario

SCENARIO = Path(__file__).parents[2] / "scenarios" / "navigation-day.toml"
SINGLE_POINT = 4.9  # [m] 95 % of the errors with GPS, GLONASS and BeiDou by RTKLIB 2.4.3 on one signal at this station


@pytest.fixture(scope="module")
def run(shared_data, tmp_path_factory):
    """The run of the shipped scenario, as the report sees it."""
    del shared_data  # its files are named in the scenario, by paths from its folder
    out = tmp_path_factory.mktemp("navigation-day")
    run_scenario(SCENARIO, out, data=DataContext.installed(), workers=1)
    return RunFolder.open(out)


def test_the_plan_judges_systems_and_positions_stations():
    tasks = {task.id: task for task in make_plan(load_scenario(SCENARIO).scenario)}
    ours = [name for name in tasks if name.startswith("navigation")]
    assert ours == ["navigation-day", "navigation-station.opec-glonass-beidou", "navigation-station.opec-all"]
    said = tasks["navigation-day"].fragment
    assert [Path(file).name for file in said["orbit_files"]] == ["GFZ_MGX_20220010000_01D_05M_ORB.SP3.gz"]
    assert said["clock_files"] == []
    assert len(said["sha256"]) == 2


def test_tables_of_a_run_are_what_the_library_says(run, shared_data):
    folder = shared_data / "gnss"
    found = monitor(
        read_navigation(folder / "BRDC00IGS_R_20220010000_01D_MN.rnx.gz"),
        read_sp3(folder / "GFZ_MGX_20220010000_01D_05M_ORB.SP3.gz"),
    )
    table = run.table("navigation-sisre")
    groups = {
        str(name): k
        for k, (kind, name) in enumerate(zip(table.columns["kind"], table.columns["name"], strict=True))
        if kind == "group"
    }
    assert set(groups) == {each.row.name for each in found.groups}
    for each in found.groups:
        row = groups[each.row.name]
        assert table.columns["sisre_rms"][row] == pytest.approx(each.row.sisre_rms)
        assert table.columns["pairs"][row] == each.row.pairs
    series = run.table("navigation-range-errors").columns
    glonass = series["sisre"][series["group"] == "GLONASS"]
    assert np.sqrt(np.mean(glonass**2)) == pytest.approx(2.47, rel=0.02)
    assert set(run.table("navigation-events").columns["satellite"]) == {"C06", "E14", "E18", "G11", "G22", "G28", "R11"}
    facts = run.facts("navigation-day")
    assert {one["systems"] for one in facts["maps"]} == {"C", "E", "G", "R", "CEGR"}
    assert facts["antenna_offsets"] == "table of the package"


def test_stations_are_as_near_to_their_places_as_is_expected(run):
    for name, limit in (("opec-all", SINGLE_POINT), ("opec-glonass-beidou", 2.0 * SINGLE_POINT)):
        facts = run.facts(f"navigation-station.{name}")
        assert facts["why_not"] is None
        assert facts["epochs"] == 440
        assert facts["solved"] >= 0.99 * 440
        assert facts["p95_3d"] < limit
        table = run.table(f"navigation-station.{name}").columns
        assert np.nanmedian(table["distance"]) == pytest.approx(facts["median_3d"])
        assert len(run.table(f"navigation-station-sky.{name}")) > 1000


def test_the_report_has_a_page_that_shows_it(run):
    page = navigation_ground.section(run)
    assert page is not None
    for word in ("GLONASS", "BDS-3 MEO", "BDS IGSO", "R11", "opec-all", "PDOP", "UTC", "its known place"):
        assert word in page.body
    assert page.body.count('class="plot"') >= 6
    assert "nan" not in page.body.lower().replace("nanosecond", "")


def test_a_file_that_says_nothing_is_told_and_the_run_goes_on(tmp_path):
    broken = tmp_path / "broken.rnx"
    broken.write_text("nothing of use\n")
    orbits = tmp_path / "orbits.sp3"
    orbits.write_text("#dP2022\n")
    text = SCENARIO.read_text().split("[[navigation.station]]")[0]
    text = text.replace("../../shared/data/gnss/BRDC00IGS_R_20220010000_01D_MN.rnx.gz", "broken.rnx")
    text = text.replace("../../shared/data/gnss/GFZ_MGX_20220010000_01D_05M_ORB.SP3.gz", "orbits.sp3")
    text += '\n[[navigation.station]]\nid = "x"\nobservations = "broken.rnx"\n'
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(text)
    tasks = make_plan(load_scenario(scenario).scenario)
    results = compute_tasks(tasks, [task.id for task in tasks], DataContext.installed(), tmp_path / "scratch")
    for name in ("navigation-day", "navigation-station.x"):
        assert "broken.rnx" in results[name].facts["why_not"]
        assert results[name].warnings
