"""Authority: truth that measurements are simulated from (normalised errors by the chi-square law), and each other."""

from dataclasses import replace

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.tracking.measurements import joined, measurements
from moonstead.monitoring.tracking.orbit_filter import filter_orbit
from moonstead.monitoring.tracking.process_noise import acceleration_noise
from moonstead.monitoring.tracking.simulated_tracking import elevations, simulated

EPOCH = 7.5e8  # [s TDB past J2000]
RUNS = 50
FOUR_SIGMA = 4.0  # [1] of the chi-square law: once in 16 000
EARTH_FORCES = ForceModel(center="EARTH", degree=2, third_bodies=())
MOON_FORCES = ForceModel(center="MOON", degree=4, third_bodies=("EARTH", "SUN"))
LOW = np.array([6.8e6, 1.0e6, 2.0e6, -1.9e3, 6.7e3, 2.8e3])
LUNAR = np.array([2.2e6, 0.0, 4.0e5, -100.0, 300.0, 1.4e3])
START = np.diag([2e3, 2e3, 2e3, 2.0, 2.0, 2.0]) ** 2  # [m, m/s]
KINDS = (("range", 10.0), ("range-rate", 0.05), ("azimuth-elevation", 2e-4))


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def station_under(state, data):
    """A station over which an object of the Earth passes a few minutes after the epoch."""
    from moonstead.foundation.frames.standard import ITRF

    place = ITRF.from_icrf(np.array([EPOCH + 300.0]), data).position(state[None, :3])[0]
    level = float(np.hypot(place[0], place[1]))
    return SurfacePoint.on_earth(
        "under", float(np.arctan2(place[2], level)), float(np.arctan2(place[1], place[0])), 0.0
    )


@pytest.fixture(scope="module")
def pass_over(data):
    """Truth and the rows of one pass: range, range rate and angles every 30 s."""
    truth = propagate(OrbitState(LOW, EPOCH - 20.0, "EARTH"), EPOCH + 900.0, EARTH_FORCES, data, step_tolerance=1e-12)
    station = station_under(truth.state(np.array([EPOCH + 300.0]))[0], data)
    times = EPOCH + np.arange(30.0, 630.0, 30.0)
    rows = joined(
        [measurements(kind, times, np.zeros((20, 2) if "ele" in kind else 20), sigma, station) for kind, sigma in KINDS]
    )
    return truth, rows.select(elevations(rows, truth, data) > np.radians(5.0))


def normalised(tracked, truth, smoothed=False):
    """Normalised squared errors (K,) of a tracked orbit."""
    states = tracked.smoothed_states if smoothed else tracked.states
    covariances = tracked.smoothed_covariances if smoothed else tracked.covariances
    error = states - truth.state(tracked.tdb)
    return np.array([e @ np.linalg.solve(c, e) for e, c in zip(error, covariances, strict=True)])


def within_law(total, degrees):
    assert abs(total - degrees) < FOUR_SIGMA * np.sqrt(2.0 * degrees), total / degrees


def start_of(truth, seed, time=EPOCH):
    random = np.random.default_rng(seed)
    state = truth.state(np.array([time]))[0] + np.sqrt(np.diag(START)) * random.standard_normal(6)
    return OrbitState(state, time, truth.center)


def test_errors_of_a_radar_pass_have_the_size_that_is_said(data, pass_over):
    truth, rows = pass_over
    rows = rows.select(np.isin(rows.tdb, np.unique(rows.tdb)[::3]))
    last, first, innovations = [], [], []
    for seed in range(RUNS):
        seen = simulated(rows, truth, data, seed)
        tracked = filter_orbit(seen, start_of(truth, 1000 + seed), START, EARTH_FORCES, data)
        last.append(normalised(tracked, truth)[-1])
        first.append(normalised(tracked, truth, smoothed=True)[0])
        innovations.append(np.sum(tracked.chi_square))
    within_law(np.sum(last), 6 * RUNS)
    within_law(np.sum(first), 6 * RUNS)
    within_law(np.sum(innovations), np.sum(tracked.numbers) * RUNS)


def test_both_filters_agree_where_nothing_bends(data, pass_over):
    truth, rows = pass_over
    seen = simulated(rows.select(np.isin(rows.tdb, np.unique(rows.tdb)[::4])), truth, data, 7)
    small = START * 1e-4
    state = truth.state(np.array([EPOCH]))[0]
    both = [
        filter_orbit(seen, OrbitState(state, EPOCH, "EARTH"), small, EARTH_FORCES, data, method=method)
        for method in ("extended", "unscented")
    ]
    sigma = np.sqrt(np.diagonal(both[0].covariances, axis1=1, axis2=2))
    # a hundredth of a standard deviation: what a bend over 20 m of uncertainty can do
    assert np.max(np.abs(both[0].states - both[1].states) / sigma) < 0.05
    np.testing.assert_allclose(both[0].covariances[-1], both[1].covariances[-1], rtol=0.02, atol=1e-6)


def test_noise_of_accelerations_grows_as_the_closed_form(data):
    """Without gravity to speak of (far out) the variances are q t^3/3, q t^2/2 and q t."""
    far = np.array([4e8, 0.0, 0.0, 0.0, 1000.0, 0.0])
    forces = ForceModel(center="EARTH", degree=0, third_bodies=())
    path = propagate(OrbitState(far, EPOCH, "EARTH"), EPOCH + 600.0, forces, data, with_transition=True)
    root = acceleration_noise(path, EPOCH, EPOCH + 600.0, 1e-6)
    covariance = root @ root.T
    assert covariance[0, 0] == pytest.approx(1e-6 * 600.0**3 / 3.0, rel=1e-3)
    assert covariance[0, 3] == pytest.approx(1e-6 * 600.0**2 / 2.0, rel=1e-3)
    assert covariance[3, 3] == pytest.approx(1e-6 * 600.0, rel=1e-3)
    with pytest.raises(InvalidInput, match="must not be negative"):
        acceleration_noise(path, EPOCH, EPOCH + 600.0, -1.0)


def test_unmodelled_accelerations_stay_within_the_covariance(data, pass_over):
    """Noise that allows for the force that the model leaves out keeps the errors within what is said."""
    truth, rows = pass_over
    seen = simulated(rows, truth, data, 3)
    bare = ForceModel(center="EARTH", degree=0, third_bodies=())  # leaves out 1e-2 m/s2 of the Earth's oblateness
    tracked = filter_orbit(seen, start_of(truth, 11), START, bare, data, noise_density=1e-3)
    assert np.max(normalised(tracked, truth)[3:]) < 40.0  # 6 expected


def test_a_blunder_is_refused_by_the_gate(data, pass_over):
    truth, rows = pass_over
    seen = simulated(rows, truth, data, 3)
    worst = int(np.flatnonzero(seen.kind == 0)[12])
    value = seen.value.copy()
    value[worst, 0] += 500.0  # fifty standard deviations
    seen = replace(seen, value=value)
    tracked = filter_orbit(seen, start_of(truth, 11), START, EARTH_FORCES, data, gate=1e-6)
    assert tracked.tdb[~tracked.used].tolist() == [seen.tdb[worst]]
    assert normalised(tracked, truth)[-1] < 40.0


def test_an_orbiter_of_the_moon_is_followed_from_the_earth(data):
    truth = propagate(OrbitState(LUNAR, EPOCH - 60.0, "MOON"), EPOCH + 9000.0, MOON_FORCES, data, step_tolerance=1e-12)
    stations = (
        SurfacePoint.on_earth("east", 0.7, 2.0, 0.0),
        SurfacePoint.on_earth("west", -0.6, -1.2, 0.0),
    )
    times = EPOCH + np.arange(100.0, 8900.0, 800.0)
    rows = joined(
        [measurements("range", times, np.zeros(11), 5.0, station) for station in stations]
        + [measurements("range-rate", times, np.zeros(11), 1e-3, station, count_time=60.0) for station in stations]
    )
    squares, innovations = [], []
    for seed in range(8):
        tracked = filter_orbit(simulated(rows, truth, data, seed), start_of(truth, 50 + seed), START, MOON_FORCES, data)
        squares.append(normalised(tracked, truth)[-1])
        innovations.append(np.sum(tracked.chi_square))
    within_law(np.sum(squares), 6 * len(squares))
    within_law(np.sum(innovations), np.sum(tracked.numbers) * len(squares))
    assert tracked.center == "MOON"


def test_the_light_of_an_object_on_its_way_out_is_followed(data):
    """The flight back to when the light left grows with the distance, four times within this span."""
    out = np.array([6e7, 0.0, 0.0, 3.5e3, 500.0, 0.0])
    truth = propagate(OrbitState(out, EPOCH - 5.0, "EARTH"), EPOCH + 9e4, EARTH_FORCES, data, step_tolerance=1e-12)
    station = SurfacePoint.on_earth("s", 0.5, 0.5, 0.0)
    times = EPOCH + np.array([100.0, 3e4, 6e4, 8.9e4])
    rows = joined(
        [
            measurements("range", times, np.zeros(4), 10.0, station),
            measurements("range-rate", times, np.zeros(4), 0.01, station, count_time=60.0),
        ]
    )
    tracked = filter_orbit(simulated(rows, truth, data, 1), start_of(truth, 3), START, EARTH_FORCES, data)
    assert np.linalg.norm(tracked.states[-1, :3]) > 2.4e8
    assert np.all(normalised(tracked, truth) < 40.0)  # 6 expected


def test_a_start_after_the_measurements_is_refused(data, pass_over):
    truth, rows = pass_over
    with pytest.raises(InvalidInput, match="lies after the first measurement"):
        filter_orbit(rows, start_of(truth, 1, EPOCH + 500.0), START, EARTH_FORCES, data)
    with pytest.raises(InvalidInput, match="no measurements"):
        filter_orbit(rows.select([]), start_of(truth, 1), START, EARTH_FORCES, data)
    with pytest.raises(InvalidInput, match="a filter is"):
        filter_orbit(rows, start_of(truth, 1), START, EARTH_FORCES, data, method="best")
