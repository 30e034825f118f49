"""Authority: closed forms of power for light that never changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.run.power_grid import build_grid, grid_fragments, grid_name
from moonstead.scenario.load import load_scenario

HERE = Path(__file__).parent
AU = 149_597_870_700.0  # [m]
HOUR = 3600.0
YEAR = 31_557_600.0


@pytest.fixture(scope="module")
def fragment():
    return grid_fragments(load_scenario(HERE / "grid.toml").scenario)[0]


@pytest.fixture(scope="module")
def steady(fragment):
    """Full Sun from the south, at the horizon, for as long as the scenario lasts."""
    tdb = np.arange(fragment["start"], fragment["stop"] + 1.0, HOUR)
    sky = {
        "tdb": tdb,
        "fraction": np.ones(tdb.size),
        "azimuth": np.full(tdb.size, np.pi),
        "elevation": np.zeros(tdb.size),
        "distance": np.full(tdb.size, AU),
        "earth_starts": np.array([tdb[0]]),
        "earth_stops": np.array([tdb[-1]]),
    }
    return {key: sky for bus in fragment["buses"] for key in bus["eyes"]}


def test_a_grid_is_called_after_its_sites(fragment):
    assert grid_name(fragment) == "ridge+camp"


def test_an_array_counts_from_its_first_day_with_dust_and_cleaning(fragment, steady):
    ridge = build_grid(fragment, steady, {}).buses[0]
    plain = 1361.0 * 20.0 * 0.28
    west = np.asarray(ridge.sources["west-array"])
    # it starts half an hour into the second day, in the middle of a step
    assert np.all(west[:24] == 0.0) and west[24] == pytest.approx(0.5 * plain) and west[25] == pytest.approx(plain)
    east = np.asarray(ridge.sources["east-array"])
    clean = east[0] / (1.0 - 0.015) ** (0.5 * HOUR / YEAR)
    dirty = (1.0 - 0.015) ** ((np.arange(east.size) % 96 + 0.5) * HOUR / YEAR)  # cleaned every four days
    away = np.arange(east.size) % 96 != 95  # the step that ends with a cleaning has half of both
    # less light leaves the cells cooler: of 0.02 % that dust takes in four days they win back a fifth
    np.testing.assert_allclose(east[away], clean * dirty[away], rtol=5e-5)
    assert np.all(np.diff(east[:95]) < 0.0)
    assert 0.9 * plain < clean < 1.1 * plain and clean != pytest.approx(
        plain, rel=1e-3
    )  # the cells are not at 28 deg C


def test_heaters_are_loads_that_follow_their_series(fragment, steady):
    tdb = steady[fragment["buses"][1]["eyes"][0]]["tdb"]
    heat = {"camp": {"tdb": tdb, "lab": np.linspace(0.0, 500.0, tdb.size)}}
    camp = build_grid(fragment, steady, heat).buses[1]
    (heater,) = [load for load in camp.loads if load.name == "lab heater"]
    assert heater.priority == 1 and heater.series is not None
    assert heater.series.mean() == pytest.approx(250.0)


def test_a_line_is_as_long_as_the_way_between_its_sites(fragment, steady):
    (line,) = build_grid(fragment, steady, {}).lines
    a, b = (np.radians([bus_lat, bus_lon]) for bus_lat, bus_lon in ((-89.45, 222.69), (-88.80, 123.40)))
    cosine = np.sin(a[0]) * np.sin(b[0]) + np.cos(a[0]) * np.cos(b[0]) * np.cos(a[1] - b[1])
    assert line.resistance == pytest.approx(4e-3 * 1_737_400.0 * np.arccos(cosine), rel=1e-6)
    assert line.available is not None and line.loss == 0.06


def test_stores_keep_their_order_and_wear(fragment, steady):
    parts = build_grid(fragment, steady, {})
    assert parts.members == {"ridge-battery": ("ridge-battery",), "camp-cell": ("camp-cell",)}
    assert parts.ageing == {"ridge-battery": (293.0, 2 * YEAR)} and set(parts.cells) == {"camp-cell"}
    assert [store.order for bus in parts.buses for store in bus.stores] == [1, 2]
