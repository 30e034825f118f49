"""What a scenario file becomes: values in SI as the unit definitions give them, and text that hashes can trust."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.scenario.facilities import Battery, Generator, SolarArray
from moonstead.scenario.ground import OwnStation, ShippedStation
from moonstead.scenario.load import canonical_json, load_scenario, plain
from moonstead.scenario.orbits import Elements, FrozenEllipse
from moonstead.scenario.problems import Problem, ScenarioDataMissing, ScenarioError, key_text, raise_problems

GOOD = Path(__file__).parent / "good.toml"
ROUNDING = 1e-15  # one multiplication in double precision


def scenario_of(tmp_path, *replacements):
    text = GOOD.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "changed.toml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path).scenario


def test_values_are_in_si():
    scenario = load_scenario(GOOD).scenario
    hub, ridge = scenario.sites
    assert hub.latitude == pytest.approx(math.radians(-88.80), rel=ROUNDING)
    assert ridge.longitude == pytest.approx(math.radians(222.69), rel=ROUNDING)
    array = next(part for part in scenario.facilities if isinstance(part, SolarArray))
    assert (array.area, array.efficiency, array.dust, array.mast) == (300.0, 0.28, 0.05, 10.0)
    assert array.degradation == pytest.approx(0.01 / (365.25 * 86_400.0), rel=ROUNDING)
    battery = next(part for part in scenario.facilities if isinstance(part, Battery))
    assert (battery.capacity, battery.charge_power, battery.initial_charge) == (2e6 * 3600.0, 40e3, 1.0)
    assert scenario.links[0].demand == pytest.approx(40e9 / 86_400.0, rel=ROUNDING)
    assert scenario.spacecraft[1].mass == 20_000.0
    assert scenario.analysis.ledger_step == 600.0


def test_kinds_choose_their_models():
    scenario = load_scenario(GOOD).scenario
    assert isinstance(scenario.spacecraft[0].orbit, FrozenEllipse)
    assert isinstance(scenario.spacecraft[1].orbit, Elements)
    assert isinstance(scenario.ground_stations[0], ShippedStation)
    assert scenario.ground_stations[0].id == "kashi"
    assert isinstance(scenario.ground_stations[1], OwnStation)


def test_dates_are_utc_whatever_zone_they_were_written_in(tmp_path):
    scenario = scenario_of(tmp_path, ("start = 2035-01-01T00:00:00Z", "start = 2035-01-01T08:00:00+08:00"))
    assert scenario.start == datetime(2035, 1, 1, tzinfo=UTC)
    assert scenario.start.tzinfo is UTC


def test_the_span_counts_seconds_of_tdb_past_j2000():
    start, stop = load_scenario(GOOD).scenario.span()
    # 35 years with 9 leap days from 2000-01-01 12:00, then TT - UTC = 69.184 s; TDB - TT stays below 2 ms
    assert start == pytest.approx((35 * 365 + 9) * 86_400.0 - 43_200.0 + 69.184, abs=2e-3)
    assert stop - start == pytest.approx(59 * 86_400.0, abs=4e-3)


def test_altitudes_and_axis_say_the_same_shape(tmp_path):
    axis = scenario_of(tmp_path).spacecraft[1].orbit
    altitudes = (
        scenario_of(
            tmp_path,
            (
                'semi_major_axis = "2737.4 km"\neccentricity = 0.0',
                'periapsis_altitude = "1000 km"\napoapsis_altitude = "1000 km"',
            ),
        )
        .spacecraft[1]
        .orbit
    )
    assert altitudes.shape(1_737_400.0) == axis.shape(1_737_400.0) == (2_737_400.0, 0.0)


def test_a_scenario_cannot_be_changed():
    scenario = load_scenario(GOOD).scenario
    with pytest.raises(ValidationError):
        scenario.title = "another"
    with pytest.raises(ValidationError):
        scenario.sites[0].latitude = 0.0


def test_the_same_words_in_other_units_have_the_same_canonical_text(tmp_path):
    changed = scenario_of(
        tmp_path,
        ('capacity = "2 MWh"', 'capacity = "7.2 GJ"'),
        ('mast = "10 m"\ndegradation = "1 %/yr"', 'degradation = "1 %/yr"\nmast = "1000 cm"'),
    )
    assert canonical_json(changed) == canonical_json(load_scenario(GOOD).scenario)


def test_canonical_text_tells_the_last_bit_apart_and_reads_back():
    part = load_scenario(GOOD).scenario.facilities[1]
    moved = part.model_copy(update={"area": math.nextafter(part.area, math.inf)})
    assert canonical_json(moved) != canonical_json(part)
    assert json.loads(canonical_json(moved))["area"] == moved.area
    assert json.loads(canonical_json(part)) == plain(part)


def test_plain_values_write_dates_in_utc():
    reactor = next(part for part in load_scenario(GOOD).scenario.facilities if isinstance(part, Generator))
    assert plain(reactor)["outages"] == [["2035-01-10T00:00:00Z", "2035-01-12T00:00:00Z"]]


def test_lines_lead_back_to_the_file():
    loaded = load_scenario(GOOD)
    text = GOOD.read_text(encoding="utf-8").split("\n")
    problem = loaded.problem(("spacecraft", 0, "antenna", 1, "diameter"), "too small", "take a larger one")
    assert 'id = "earth"' in text[problem.line - 1]
    assert problem.key == "spacecraft[0].antenna[1].diameter"
    assert problem.file == str(GOOD)


def test_wrong_input_outranks_missing_data():
    wrong = Problem("a.toml", 9, "x", "wrong", "right it")
    absent = Problem("a.toml", 3, "y", "absent", "install it", "data")
    with pytest.raises(ScenarioError) as mixed:
        raise_problems([wrong, absent])
    assert [problem.line for problem in mixed.value.problems] == [3, 9]
    assert isinstance(mixed.value, InvalidInput)
    with pytest.raises(ScenarioDataMissing, match=r"a.toml:3: y: absent \(install it\)") as missing:
        raise_problems([absent])
    assert isinstance(missing.value, MissingData)
    raise_problems([])


def test_keys_are_written_as_paths():
    assert key_text(("site", 0, "terrain", 2)) == "site[0].terrain[2]"
    assert key_text(()) == ""


@pytest.mark.parametrize("target", ["1.5", "true", "{ id = 3 }"])
def test_a_value_that_fits_no_member_of_a_union_is_told_once(target, tmp_path):
    old = next(line for line in GOOD.read_text(encoding="utf-8").splitlines() if "frozen-ellipse" in line)
    with pytest.raises(ScenarioError) as told:
        scenario_of(tmp_path, (old, f'orbit = {{ kind = "spk", file = "a.bsp", target = {target} }}'))
    assert [problem.key for problem in told.value.problems] == ["spacecraft[0].orbit.target"]
