"""Authority: the objects that tracks are simulated from, and the chi-square law."""

import numpy as np
import pytest

from moonstead.dynamics.mean_elements import MeanElements, joined
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.correlation.element_errors import ElementErrors
from moonstead.monitoring.correlation.simulated_tracks import TrackingSensor, simulated_tracks
from moonstead.monitoring.correlation.track_to_catalogue import correlate_tracks

COUNT = 400
EPOCH_SECOND = 750_000_000
ERRORS = ElementErrors((100.0, 800.0, 100.0), (0.0, 0.01, 0.0), 0.0)
STATION = SurfacePoint.on_earth("radar", 0.6, 1.0, 100.0)
RADAR = TrackingSensor(STATION, 5e-4, 30.0)
TELESCOPE = TrackingSensor(STATION, 1e-5, None, interval=15.0)


def catalogue(seed=1):
    """Made up: 350 low orbits and 50 geostationary ones."""
    random = np.random.default_rng(seed)
    low = np.arange(COUNT) < 350
    turns = np.where(low, random.uniform(12.5, 15.2, COUNT), 1.0027)
    zero = np.zeros(COUNT)
    return MeanElements(
        np.arange(COUNT) + 100_000,
        ("",) * COUNT,
        ("",) * COUNT,
        np.full(COUNT, EPOCH_SECOND),
        zero,
        turns * 2.0 * np.pi / 86_400.0,
        np.where(low, random.uniform(0.0, 0.01, COUNT), 2e-4),
        np.where(low, random.uniform(0.3, 1.8, COUNT), 0.001),
        random.uniform(0.0, 2.0 * np.pi, COUNT),
        random.uniform(0.0, 2.0 * np.pi, COUNT),
        random.uniform(0.0, 2.0 * np.pi, COUNT),
        zero,
        zero,
        zero,
        np.zeros(COUNT, dtype=np.int64),
        np.zeros(COUNT, dtype=np.int64),
        ("U",) * COUNT,
    )


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def elements():
    return catalogue()


@pytest.mark.parametrize("sensor", [RADAR, TELESCOPE], ids=["radar", "telescope"])
def test_tracks_find_their_objects(sensor, elements, data):
    start = float(elements.tdb[0]) + 86_400.0
    tracks, rows = simulated_tracks(elements, np.arange(COUNT), sensor, start, start + 7200.0, ERRORS, data, 4)
    assert len(tracks) > 60
    found = correlate_tracks(tracks, elements, data, errors=ERRORS)
    wrong = (found.row >= 0) & (found.row != rows)
    assert np.sum(wrong) == 0
    # one in ten thousand is refused by the test itself; none of a hundred is to be expected
    assert np.sum(found.row == rows) >= len(tracks) - 1
    mine = found.row == rows
    total, numbers = np.sum(found.chi_square[mine]), np.sum(found.numbers[mine])
    # errors of an orbit that is nearly round leave out its eccentricity, up to 1 %
    assert abs(total - numbers) < 6.0 * np.sqrt(2.0 * numbers)


def test_tracks_of_unknown_objects_find_nothing(elements, data):
    start = float(elements.tdb[0]) + 86_400.0
    others = catalogue(seed=2)
    tracks, _ = simulated_tracks(others, np.arange(300), RADAR, start, start + 3600.0, ERRORS, data, 5)
    found = correlate_tracks(tracks[:40], elements, data, errors=ERRORS)
    assert np.sum(found.row >= 0) == 0
    assert np.all(found.object_id == -1)


def test_two_objects_on_one_orbit_are_told_as_rivals(elements, data):
    start = float(elements.tdb[0]) + 40_000.0
    twice = joined([elements, elements.select(np.arange(350))])
    tracks, _ = simulated_tracks(elements, np.arange(350), RADAR, start, start + 3600.0, ERRORS, data, 6)
    found = correlate_tracks(tracks[:10], twice, data, errors=ERRORS)
    assert np.all(found.rival_id == found.object_id)
    assert np.all(found.rival_margin < 1e-6)


def test_lateness_is_told_with_its_sign(elements, data):
    start = float(elements.tdb[0]) + 86_400.0
    rows = np.arange(200)
    late = ElementErrors((1e-3, 3000.0, 1e-3), (0.0, 0.0, 0.0), 0.0)
    tracks, seen = simulated_tracks(elements, rows, RADAR, start, start + 7200.0, late, data, 8)
    found = correlate_tracks(tracks, elements, data, errors=ElementErrors((1.0, 3000.0, 1.0), (0.0, 0.0, 0.0), 0.0))
    mine = found.row == seen
    # 3 km along the track at 7.5 km/s
    assert np.std(found.time_late[mine]) == pytest.approx(0.4, rel=0.3)


def test_a_probability_that_is_none_is_refused(elements, data):
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        correlate_tracks([], elements, data, probability=1.5)
    with pytest.raises(InvalidInput, match="must be positive"):
        ElementErrors((0.0, 1.0, 1.0))
    with pytest.raises(InvalidInput, match="a track takes"):
        simulated_tracks(elements, [0], RADAR, 0.0, 1.0, ERRORS, data, 1)
