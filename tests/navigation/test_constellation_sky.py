"""Authority: published figures of a separate program on the same precise orbits; planes that were put in."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.formats.sp3 import read_sp3
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.navigation.constellation_sky import ConstellationSky, constellation_sky, orbital_planes, site_sky
from moonstead.navigation.dilution_maps import availability_map, globe_grid
from moonstead.navigation.precise.source import PreciseSource

PRINTED = 0.0051  # [1] half of the last digit of a printed PDOP, and the width of a class of the histogram
EARTH_RATE = 7.292115e-5  # [rad/s]
GRID = globe_grid(math.radians(5.0), math.radians(10.0))
# Availability of PDOP <= 6, worst cell, median PDOP: 2022-001, orbits of GFZ, mask 5 degrees, 15 minutes, one clock,
# made by a separate program in plain Python.
FIGURES = {
    "R": (0.955, 0.75, 2.18),
    "BDS-3": (1.0, 1.0, 1.64),
    "C": (1.0, 1.0, 1.41),
    "RC": (1.0, 1.0, 1.09),
}


@pytest.fixture(scope="module")
def sky(shared_data):
    """GLONASS and BeiDou of one day, by quarters of an hour."""
    source = PreciseSource(read_sp3(shared_data / "gnss" / "GFZ_MGX_20220010000_01D_05M_ORB.SP3.gz"))
    return constellation_sky(source, source.span[0] + 900.0 * np.arange(96), systems="RC")


@pytest.mark.truth
@pytest.mark.parametrize("name", FIGURES)
def test_availability_and_dilution_of_a_real_day(sky, validation, name):
    availability, worst, median = FIGURES[name]
    second = [each for each in sky.satellites if each[0] == "C" and int(each[1:]) <= 18]
    gone = {"R": ["C"], "C": ["R"], "RC": [], "BDS-3": ["R", *second]}[name]
    found = availability_map(sky.without(gone).position, GRID)
    assert found.availability == pytest.approx(availability, abs=0.0005)
    assert found.fraction.min() == pytest.approx(worst, abs=0.0005)
    validation(
        capability="Monitoring of navigation systems",
        quantity=f"median PDOP over the Earth, {name}",
        authority="separate program in plain Python on the same orbits",
        error=abs(found.percentile(0.5) - median),
        unit="1",
        tolerance=PRINTED,
        cases=GRID.weight.size * sky.gpst.size,
    )


def test_clocks_of_their_own_cost_some_of_the_geometry(sky):
    one = site_sky(sky, 0.9, 0.2).dilution.position
    own = site_sky(sky, 0.9, 0.2, own_clocks=True).dilution.position
    assert np.all(own >= one)
    assert np.any(own > one)


def test_a_satellite_that_fails_is_missed_and_one_that_is_not_there_is_refused(sky):
    less = sky.without(["R05", "C"])
    assert np.isnan(less.position[:, less.satellites.index("R05")]).all()
    assert {name[0] for k, name in enumerate(less.satellites) if np.isfinite(less.position[:, k]).any()} == {"R"}
    assert np.isfinite(sky.position).any(axis=(0, 2)).all()
    with pytest.raises(InvalidInput, match="no satellite R99"):
        sky.without(["R99"])


def test_planes_of_a_real_day(sky):
    planes = orbital_planes(sky)
    assert sorted(planes) == ["C plane 1", "C plane 2", "C plane 3"] + [f"R plane {k}" for k in (1, 2, 3)]
    assert all(int(sky.satellites[k][1:]) <= 8 for k in planes["R plane 1"])
    assert sum(len(planes[f"C plane {k}"]) for k in (1, 2, 3)) == 27  # 24 of the third generation, 3 of the second
    assert set(planes) <= set(sky.failure_groups())


def test_planes_come_back_from_made_up_orbits():
    names = tuple(f"G{k:02d}" for k in range(1, 13))
    node, phase = np.radians(10.0 + 60.0 * (np.arange(12) % 6)), np.arange(12.0)
    gpst = 1.3e9 + 600.0 * np.arange(4)
    since = (gpst - gpst[0])[:, None]
    x, y, i = np.cos(phase + 1.46e-4 * since), np.sin(phase + 1.46e-4 * since), math.radians(55.0)
    turned = node - EARTH_RATE * since
    position = 26.56e6 * np.stack(
        (
            x * np.cos(turned) - y * np.cos(i) * np.sin(turned),
            x * np.sin(turned) + y * np.cos(i) * np.cos(turned),
            y * np.sin(i) + 0.0 * turned,
        ),
        axis=-1,
    )
    planes = orbital_planes(ConstellationSky(names, gpst, position))
    assert sorted(tuple(sorted(plane)) for plane in planes.values()) == [(k, k + 6) for k in range(6)]


def test_a_system_or_time_without_states_is_told(shared_data):
    source = PreciseSource(read_sp3(shared_data / "gnss" / "GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz"))
    with pytest.raises(MissingData, match="no satellite of C is usable"):
        constellation_sky(source, source.span[0], systems="C")
    with pytest.raises(MissingData, match="no satellite is usable"):
        constellation_sky(source, source.span[1] + 1e6)
