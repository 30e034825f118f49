"""Authority: the orbits that tracks are simulated from."""

import numpy as np
import pytest

from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ITRF
from moonstead.monitoring.correlation.track_pairs import FORCES, pair_tracks, track_orbits
from moonstead.monitoring.tracking.measurements import joined, measurements
from moonstead.monitoring.tracking.simulated_tracking import simulated

EPOCH = 7.5e8  # [s TDB past J2000]
LATER = 2 * 5900.0  # [s] about two turns


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def orbit(data, node, axis=7.1e6, inclination=1.2, phase=0.0):
    speed = np.sqrt(3.986e14 / axis)
    x = np.array([np.cos(node), np.sin(node), 0.0])
    y = np.array([-np.sin(node) * np.cos(inclination), np.cos(node) * np.cos(inclination), np.sin(inclination)])
    place = axis * (np.cos(phase) * x + np.sin(phase) * y)
    flow = speed * (-np.sin(phase) * x + np.cos(phase) * y)
    state = OrbitState(np.concatenate((place, flow)), EPOCH - 60.0, "EARTH")
    return propagate(state, EPOCH + LATER + 2000.0, FORCES.model, data)


def track(truth, begin, data, seed):
    """A pass of three minutes over a radar that stands under it."""
    when = np.array([begin + 90.0])
    place = ITRF.from_icrf(when, data).position(truth.state(when)[:, :3])[0]
    level = float(np.hypot(place[0], place[1]))
    station = SurfacePoint.on_earth(
        "under", float(np.arctan2(place[2], level)) - 0.05, float(np.arctan2(place[1], place[0])), 0.0
    )
    times = begin + np.arange(0.0, 181.0, 15.0)
    rows = [
        measurements("range", times, np.zeros(13), 10.0, station),
        measurements("azimuth-elevation", times, np.zeros((13, 2)), 2e-4, station),
    ]
    return simulated(joined(rows), truth, data, seed)


@pytest.fixture(scope="module")
def tracks(data):
    """Three objects, the first two on one plane but elsewhere on it, each seen twice."""
    truths = [orbit(data, 1.0), orbit(data, 1.0, phase=1.5), orbit(data, 2.0)]
    return [
        track(truth, EPOCH + later, data, 10 * n + later) for n, truth in enumerate(truths) for later in (0, int(LATER))
    ]


def test_tracks_of_one_object_are_paired_and_others_are_not(tracks, data):
    pairs = pair_tracks(tracks, data)
    assert {(pair.first, pair.second) for pair in pairs} == {(0, 1), (2, 3), (4, 5)}


def test_the_common_orbit_is_the_object(tracks, data):
    truth = orbit(data, 1.0)
    (pair,) = pair_tracks(tracks[:2], data)
    state = pair.orbit.state
    error = state.position_velocity - truth.state(np.array([state.epoch_tdb]))[0]
    assert error @ np.linalg.solve(pair.orbit.state_covariance, error) < 30.0  # 6 expected


def test_tracks_that_determine_nothing_are_not_paired(tracks, data):
    station = SurfacePoint.on_earth("s", 0.5, 0.5, 0.0)
    poor = measurements("azimuth-elevation", [EPOCH], [[0.1, 0.5]], 1e-4, station)
    assert track_orbits([poor], data) == (None,)
    assert pair_tracks([tracks[0], poor], data) == ()
    with pytest.raises(InvalidInput, match="as many orbits"):
        pair_tracks(tracks, data, orbits=[None])
