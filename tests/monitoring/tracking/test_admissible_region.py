"""Authority: the orbit that a short track is simulated from, and the energy of the region's edge."""

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.frames.standard import ITRF
from moonstead.monitoring.tracking.admissible_region import _bounds, admissible_region, attributable, orbits_of
from moonstead.monitoring.tracking.measurements import measurements
from moonstead.monitoring.tracking.simulated_tracking import simulated

EPOCH = 7.5e8  # [s TDB past J2000]
GEO = [4.0e7, 1.3e7, 1.0e5, -950.0, 2920.0, 20.0]
LEO = [6.9e6, 1.0e6, 1.0e6, -1.5e3, 5.6e3, 4.8e3]
ARC_SECOND = 4.848e-6


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def seen(state, span, data, count=6):
    forces = ForceModel(center="EARTH", degree=0, third_bodies=())
    truth = propagate(OrbitState(np.array(state), EPOCH - 30.0, "EARTH"), EPOCH + 600.0, forces, data)
    place = ITRF.from_icrf(np.array([EPOCH]), data).position(truth.state(np.array([EPOCH]))[:, :3])[0]
    level = float(np.hypot(place[0], place[1]))
    station = SurfacePoint.on_earth(
        "below", float(np.arctan2(place[2], level)) - 0.05, float(np.arctan2(place[1], place[0])), 0.0
    )
    times = EPOCH + np.linspace(0.0, span, count)
    rows = measurements("right-ascension-declination", times, np.zeros((count, 2)), 0.3 * ARC_SECOND, station)
    return attributable(simulated(rows, truth, data, 2), data), truth


@pytest.mark.parametrize(("state", "span"), [(GEO, 120.0), (LEO, 10.0)], ids=["geo", "leo"])
def test_the_true_orbit_lies_in_the_region(state, span, data):
    arc, truth = seen(state, span, data)
    region = admissible_region(arc)
    true = truth.state(np.array([arc.tdb]))[0]
    relative = true[:3] - arc.observer[:3]
    distance = np.linalg.norm(relative)
    rate = (true[3:] - arc.observer[3:]) @ relative / distance
    assert region.range.min() < distance < region.range.max()
    near = np.abs(region.range - distance) < 2.0 * (region.range.max() - region.range.min()) / 64
    assert region.range_rate[near].min() - 500.0 < rate < region.range_rate[near].max() + 500.0
    # with the true range and rate the track gives the true orbit, but for light time and its own noise
    again = orbits_of(arc, np.array([distance]), np.array([rate]))[0]
    assert np.linalg.norm(again[:3] - true[:3]) < 1e-4 * distance + 500.0
    assert np.linalg.norm(again[3:] - true[3:]) < 5.0 * (arc.rate_sigma * distance + 1.0)


def test_the_edge_has_the_energy_of_the_largest_axis(data):
    arc, _ = seen(GEO, 120.0, data)
    gm, axis = body("EARTH").gm, 5e7
    ranges = np.linspace(3e7, 3.6e7, 5)
    centre, half = _bounds(arc, ranges, gm, axis)
    for sign in (-1.0, 1.0):
        states = orbits_of(arc, ranges, centre + sign * half)
        energy = 0.5 * np.sum(states[:, 3:] ** 2, axis=1) - gm / np.linalg.norm(states[:, :3], axis=1)
        np.testing.assert_allclose(energy, -0.5 * gm / axis, rtol=1e-9)


def test_narrower_bounds_make_a_smaller_region(data):
    arc, _ = seen(GEO, 120.0, data)
    wide = admissible_region(arc, count=96)
    narrow = admissible_region(arc, semi_major_axes=(4.1e7, 4.35e7), most_eccentric=0.1, count=96)
    assert 0.0 < narrow.area < 0.2 * wide.area
    assert np.all(np.abs(np.linalg.norm(narrow.states[:, :3], axis=1) - 4.2e7) < 0.15 * 4.2e7)


def test_what_allows_no_orbit_is_refused(data):
    arc, _ = seen(LEO, 10.0, data)
    with pytest.raises(NumericalFailure, match="fits this track"):
        admissible_region(arc, semi_major_axes=(4.1e7, 4.2e7), most_eccentric=0.01)
    with pytest.raises(InvalidInput, match="must rise"):
        admissible_region(arc, semi_major_axes=(2.0, 1.0))
    with pytest.raises(InvalidInput, match="two directions"):
        seen(LEO, 10.0, data, count=1)
