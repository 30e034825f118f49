"""Authority: closed forms of light time, differences of the model, clocks solved for in full, chance itself (NEES)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.covariance import linear_covariance
from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.propagate import OrbitState, prepare_forces, propagate
from moonstead.dynamics.trajectories import SurfacePoint, TabulatedTrajectory
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ICRF
from moonstead.navigation.lunar.tracking import Tracking, computed, in_sight, simulate
from moonstead.navigation.lunar.tracking_fit import UnknownForces, _equations, fit_tracking

START = 8.4e8  # [s TDB past J2000] August 2026
ARC = 12 * 3600.0  # [s]
KASHI = SurfacePoint.on_earth("Kashi", np.radians(38.42), np.radians(76.71), 1300.0)
NEUQUEN = SurfacePoint.on_earth("Neuquen", np.radians(-38.19), np.radians(-70.15), 500.0)
LENGTH_GRAIN = 2e-3  # [m] times of 8e8 s are 0.12 us coarse: a craft of 10 km/s flies 1.2 mm in it
NOISELESS = 0.1  # [m] state out of measurements without noise: their grain of time, 0.1 mm, and weights of 1 m
RUNS = 8


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def relay():
    axis, eccentricity, inclination = 6142e3, 0.6, np.radians(57.0)
    far = axis * (1.0 + eccentricity)
    speed = np.sqrt(body("MOON").gm * (1.0 - eccentricity) / far)
    state = [far * np.cos(inclination), 0.0, -far * np.sin(inclination), 0.0, speed, 0.0]
    return OrbitState(np.array(state), START)


def model(reflectivity=1.3):
    return ForceModel(degree=4, mass=1500.0, radiation=Radiation(20.0, reflectivity))


def places(flight, data):
    return lambda tdb: flight.state(tdb)[:, :3] + data.ephemeris.position("MOON", "EARTH", tdb)


def still(name, place, velocity=(0.0, 0.0, 0.0)):
    """A source that goes straight, as a table about the Earth."""
    tdb = START + np.arange(-600.0, 1201.0, 300.0)
    states = np.hstack((np.add(place, (tdb - START)[:, None] * np.array(velocity)), np.tile(velocity, (tdb.size, 1))))
    return TabulatedTrajectory(name, "EARTH", ICRF, tdb, states, 3)


def plan(kind, sources, tdb, source=None, **more):
    tdb = np.atleast_1d(tdb)
    numbers = np.zeros(tdb.size, dtype=np.int64) if source is None else np.asarray(source)
    return Tracking(kind, tuple(sources), tdb, numbers, np.zeros(tdb.size), np.ones(tdb.size), **more)


def light_time(offset, velocity):
    """Time before 0 at which a thing at offset + velocity t is its light time away from the origin: a quadratic."""
    a = velocity @ velocity - SPEED_OF_LIGHT**2
    b, c = -2.0 * offset @ velocity, offset @ offset
    roots = np.roots([a, b, c])
    return float(roots[roots > 0.0][0])


def test_ranges_solve_the_light_time_equation_in_closed_form(data):
    station = still("station", (6.4e6, 0.0, 0.0))
    place, velocity = np.array([3.8e8, 1e7, -2e7]), np.array([1000.0, -9000.0, 3000.0])
    craft = lambda tdb: place + (tdb - START)[:, None] * velocity  # noqa: E731
    down = light_time(place - [6.4e6, 0.0, 0.0], velocity)
    found = computed(plan("range", [station], START), craft, data)
    # The station stands still in these axes: the way up is as long as the way down.
    assert found.value[0] == pytest.approx(down * SPEED_OF_LIGHT, abs=LENGTH_GRAIN)
    assert START - found.moments[0][0] == pytest.approx(down, abs=2.4e-7)
    moving = still("satellite", (2.6e7, 0.0, 0.0), (0.0, 3900.0, 0.0))
    one_way = light_time(np.array([2.6e7, 0.0, 0.0]) - place, np.array([0.0, 3900.0, 0.0]))
    heard = computed(plan("pseudorange", [moving], START), craft, data)
    assert heard.value[0] == pytest.approx(one_way * SPEED_OF_LIGHT, abs=LENGTH_GRAIN)


def test_doppler_is_the_mean_rate_of_the_range(data):
    station = still("station", (6.4e6, 0.0, 0.0))
    craft = lambda tdb: np.array([3.8e8, 0.0, 0.0]) + (tdb - START)[:, None] * [500.0, 0.0, 0.0]  # noqa: E731
    rate = computed(plan("doppler", [station], START + 60.0), craft, data).value[0]
    assert rate == pytest.approx(500.0 / (1.0 + 500.0 / SPEED_OF_LIGHT), abs=2 * LENGTH_GRAIN / 60.0)


@pytest.mark.parametrize("kind", ["range", "doppler", "pseudorange"])
def test_partials_are_differences_of_the_model(relay, data, kind):
    unknown = UnknownForces(0.1, 1e-6, 7200.0)
    pulses = unknown.pulse_times(START, START + ARC)
    tdb = START + np.repeat(np.linspace(600.0, ARC - 10.0, 4), 2)  # two at a time: one clock is taken off
    satellite = propagate(replace(relay, position_velocity=relay.position_velocity * 1.05), START + ARC, model(), data)
    tracking = plan(kind, [satellite if kind == "pseudorange" else KASHI, NEUQUEN], tdb, np.arange(8) % 2)
    steps = np.array([10.0] * 3 + [1e-3] * 3 + [0.05] + [1e-3] * (3 * pulses.size))

    def equations(parameters):
        flight = propagate(
            OrbitState(parameters[:6], START), START + ARC, model(), data, tolerance=1e-4, with_transition=True,
            parameters=("radiation",),
        )  # fmt: skip
        residuals, design = _equations([tracking], flight, parameters, pulses, 1, data)
        return residuals[0], design[0]

    middle = np.concatenate((relay.position_velocity, np.zeros(1 + 3 * pulses.size)))
    design = equations(middle)[1]
    for column in range(0, middle.size, 2):
        shift = np.eye(middle.size)[column] * steps[column]
        difference = -(equations(middle + shift)[0] - equations(middle - shift)[0]) / (2.0 * steps[column])
        scale = np.abs(design[:, column]).max()
        np.testing.assert_allclose(difference, design[:, column], atol=2e-3 * scale + 1e-7)


def test_a_craft_behind_the_moon_or_below_the_mask_is_not_seen(data):
    tdb = np.array([START])
    moon = data.ephemeris.position("MOON", "EARTH", tdb)
    beyond = lambda times: moon * (1.0 + 3e6 / np.linalg.norm(moon))  # noqa: E731
    before = lambda times: moon * (1.0 - 3e6 / np.linalg.norm(moon))  # noqa: E731
    centre = still("centre", (0.0, 0.0, 0.0))
    assert not in_sight(centre, tdb, beyond, data)[0]
    assert not in_sight(still("far side", tuple(-2.0 * moon[0])), tdb, before, data)[0]  # the Earth is between
    half_turn = START + np.arange(0.0, 86_400.0, 600.0)
    track = lambda times: data.ephemeris.position("MOON", "EARTH", times) * 0.98  # noqa: E731
    seen = in_sight(KASHI, half_turn, track, data)
    low = in_sight(KASHI, half_turn, track, data, mask=0.0)
    assert 0.3 < np.mean(seen) < np.mean(low) < 0.7


def test_measurements_without_noise_give_the_orbit_back(relay, data):
    true = propagate(relay, START + ARC, model(), data, tolerance=1e-4)
    tdb = np.arange(START + 60.0, START + ARC, 600.0)
    tracking = simulate("range", [KASHI, NEUQUEN], tdb, places(true, data), 1e-9, data, np.random.default_rng(1))
    tracking = replace(tracking, sigma=np.ones(tracking.tdb.size))
    guess = OrbitState(relay.position_velocity + np.array([500.0, -300.0, 800.0, 0.1, 0.2, -0.1]), START)
    found = fit_tracking([tracking], guess, model(), data)
    assert np.linalg.norm(found.values[:3] - relay.position_velocity[:3]) < NOISELESS
    assert np.abs(found.residuals[0]).max() < 0.01


def test_without_pulses_the_covariance_is_that_of_the_linear_map(relay, data):
    tdb = np.arange(START + 60.0, START + ARC, 600.0)
    tracking = simulate("range", [KASHI, NEUQUEN], tdb, places(propagate(relay, START + ARC, model(), data), data),
                        1.0, data, np.random.default_rng(2))  # fmt: skip
    found = fit_tracking([tracking], relay, model(), data)
    times = np.array([START, START + 0.5 * ARC])
    expected = linear_covariance(found.flight, found.covariance[:6, :6], times).covariances
    np.testing.assert_allclose(found.covariances(times), expected, rtol=1e-6)


def test_clocks_taken_off_are_clocks_solved_for(relay, data):
    satellites = [
        propagate(OrbitState(relay.position_velocity * factor, START, "MOON"), START + ARC, model(), data, name=f"S{n}")
        for n, factor in enumerate((1.03, 0.97, np.array([1.0, 1.0, -1.0, 1.0, 1.0, 1.0])))
    ]
    true = propagate(relay, START + ARC, model(), data)
    tdb = np.arange(START + 60.0, START + ARC, 1800.0)
    tracking = simulate("pseudorange", satellites, tdb, places(true, data), 3.0, data, np.random.default_rng(3))
    found = fit_tracking([tracking], relay, model(), data)
    craft = places(found.flight, data)
    answer = computed(tracking, craft, data)
    phi = found.flight.transition(answer.moments[0])
    design = np.einsum("mi,mik->mk", answer.directions[0], phi[:, :3]) / 3.0
    epochs, of = np.unique(tracking.tdb, return_inverse=True)
    clocks = np.eye(epochs.size)[of] / 3.0
    whole = np.hstack((design, clocks))
    scale = np.linalg.norm(whole, axis=0)
    normal = np.linalg.inv((whole / scale).T @ (whole / scale)) / np.outer(scale, scale)
    np.testing.assert_allclose(found.covariance[:6, :6], normal[:6, :6], rtol=2e-3)  # its prior, 1000 km, weighs in
    assert found.measurements == tracking.tdb.size - epochs.size


def test_errors_are_as_large_as_the_covariance_says(relay, data, validation):
    unknown = UnknownForces(radiation=0.2, pulse=5e-6, pulse_interval=7200.0)
    until, spread = START + ARC + 4 * 3600.0, np.array([1e3] * 3 + [1.0] * 3)
    tdb = np.arange(START + 120.0, START + ARC, 600.0)
    prepared = prepare_forces(model(), START, until, data)
    times = np.array([START, START + ARC, until])
    nees = []
    for run in range(RUNS):
        random = np.random.default_rng(run)
        jumps = unknown.pulse_times(START, until)
        burns = [ImpulsiveBurn.at(float(t), 5e-6 * random.standard_normal(3)) for t in jumps]
        pushed = model(1.3 * (1.0 + 0.2 * random.standard_normal()))
        true = propagate(relay, until, pushed, data, tolerance=1e-4, burns=burns)
        tracking = [
            simulate("range", [KASHI, NEUQUEN], tdb, places(true, data), 1.0, data, random, bias_sigma=3.0),
            simulate("doppler", [KASHI, NEUQUEN], tdb, places(true, data), 2e-4, data, random),
        ]
        guess = OrbitState(relay.position_velocity + spread * random.standard_normal(6), START)
        found = fit_tracking(
            tracking, guess, model(), data, unknown=unknown, until=until, start_covariance=np.diag(spread**2),
            prepared=prepared,
        )  # fmt: skip
        off = found.state(times) - true.state(times)
        nees.append([e @ np.linalg.solve(p, e) for e, p in zip(off, found.covariances(times), strict=True)])
    mean = np.mean(nees, axis=0)
    low, high = chi2.ppf([0.001, 0.999], 6 * RUNS) / RUNS
    assert np.all(mean > low)
    validation(
        capability="orbits of lunar relays out of tracking",
        quantity="largest mean NEES of a state (6 is due): start, end of tracking, 4 h after",
        authority="chi-square of simulated flights (Monte Carlo, 99.9 % band)",
        error=float(mean.max()),
        unit="1",
        tolerance=float(high),
        cases=RUNS,
    )


def test_what_makes_no_sense_is_refused(relay, data):
    good = plan("range", [KASHI], START + 600.0 + np.arange(8.0))
    with pytest.raises(InvalidInput, match="no kind of measurement"):
        plan("angle", [KASHI], START)
    with pytest.raises(InvalidInput, match="order of time"):
        plan("range", [KASHI], [START + 60.0, START])
    with pytest.raises(InvalidInput, match="outside the 1 sources"):
        plan("range", [KASHI], START, [1])
    with pytest.raises(InvalidInput, match="sigmas positive"):
        replace(good, sigma=np.zeros(8))
    with pytest.raises(InvalidInput, match="one length"):
        replace(good, sigma=np.zeros(3))
    with pytest.raises(InvalidInput, match="count interval"):
        replace(good, count_interval=0.0)
    with pytest.raises(InvalidInput, match="must not be negative"):
        UnknownForces(pulse=-1.0)
    with pytest.raises(InvalidInput, match="asks for the craft before it"):
        fit_tracking([plan("range", [KASHI], START)], relay, model(), data)
    with pytest.raises(InvalidInput, match="0 equations"):
        fit_tracking([], relay, model(), data)
