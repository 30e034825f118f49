"""Authority: Vallado's examples 7-2 to 7-4 and two-body motion."""

import numpy as np
import pytest

from moonstead.foundation.bodies import body
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.gauss import gauss_orbits
from moonstead.orbits.gooding import gooding_orbits
from moonstead.orbits.three_positions import gibbs, herrick_gibbs

GM = 3.986004415e14  # [m3/s2] of the examples
EARTH = body("EARTH").gm
PRINTED = 1e-3  # [m/s] the digits of Vallado's answers
DISTANCES = np.array([6.8e6, 7.5e6, 9.0e6, 1.2e7, 1.8e7, 2.6e7, 4.2e7, 7.0e7])  # [m]
FOUND = 1e-6  # [1] of position and speed: Newton's method ends at 1e-9 rad
SPIN = 7.292115e-5  # [rad/s]


def observer(times, latitude=0.7, longitude=0.3):
    angle = longitude + SPIN * np.asarray(times)
    return 6.37e6 * np.stack(
        (np.cos(latitude) * np.cos(angle), np.cos(latitude) * np.sin(angle), np.sin(latitude) + 0.0 * angle), axis=1
    )


def sights(state, times, **place):
    places = observer(times, **place)
    states = two_body_states(np.tile(state, (3, 1)), np.asarray(times) - times[1], EARTH)
    relative = states[:, :3] - places
    return relative / np.linalg.norm(relative, axis=1)[:, None], places


@pytest.mark.truth
def test_gibbs_gives_vallados_example(validation):
    positions = np.array([[0.0, 0.0, 6378.1363], [0.0, -4464.696, -5102.509], [0.0, 5740.323, 3189.068]]) * 1e3
    velocity = gibbs(positions, GM)
    validation(
        capability="monitoring",
        quantity="velocity from three positions (Gibbs)",
        authority="Vallado (2013), example 7-3",
        error=float(np.max(np.abs(velocity - [0.0, 5531.1472050, -5191.8064135]))),
        unit="m/s",
        tolerance=PRINTED,
        cases=1,
    )


@pytest.mark.truth
def test_herrick_gibbs_gives_vallados_example(validation):
    positions = 1e3 * np.array(
        [
            [3419.85564, 6019.82602, 2784.60022],
            [2935.91195, 6326.18324, 2660.59584],
            [2434.95202, 6597.38674, 2521.52311],
        ]
    )
    velocity = herrick_gibbs(positions, [0.0, 76.48, 153.04], GM)
    validation(
        capability="monitoring",
        quantity="velocity from three close positions (Herrick-Gibbs)",
        authority="Vallado (2013), example 7-4",
        error=float(np.max(np.abs(velocity - [-6441.5572275, 3777.5596067, -1720.5675602]))),
        unit="m/s",
        tolerance=PRINTED,
        cases=1,
    )


@pytest.mark.parametrize("eccentricity", [0.0, 0.3, 1.2])
def test_three_positions_on_a_conic_give_its_velocity(eccentricity):
    state = np.array([7e6, 0.0, 0.0, 0.0, *np.sqrt(EARTH * (1.0 + eccentricity) / 7e6) * np.array([0.8, 0.6])])
    states = two_body_states(np.tile(state, (3, 1)), np.array([-600.0, 0.0, 500.0]), EARTH)
    np.testing.assert_allclose(gibbs(states[:, :3], EARTH), state[3:], rtol=1e-9, atol=1e-6)
    near = two_body_states(np.tile(state, (3, 1)), np.array([-10.0, 0.0, 9.0]), EARTH)
    # the series is cut after the fourth derivative: (n dt)^4 of 1e-8
    np.testing.assert_allclose(herrick_gibbs(near[:, :3], [-10.0, 0.0, 9.0], EARTH), state[3:], atol=1e-3)


def test_positions_that_are_no_orbit_are_refused():
    with pytest.raises(NumericalFailure, match="one line"):
        gibbs(np.array([[1.0, 0, 0], [2.0, 0, 0], [3.0, 0, 0]]), 1.0)
    with pytest.raises(InvalidInput, match="rising"):
        herrick_gibbs(np.eye(3), [0.0, 2.0, 1.0], 1.0)
    with pytest.raises(InvalidInput, match="three positions"):
        gibbs(np.zeros((3, 3)), 1.0)


@pytest.mark.parametrize(
    ("state", "times"),
    [
        ([5.0e6, 3.0e6, 4.0e6, -4.5e3, 5.5e3, 2.0e3], [0.0, 120.0, 300.0]),
        ([2.0e7, 1.2e7, 1.2e7, -2.0e3, 2.5e3, 1.5e3], [0.0, 1800.0, 5400.0]),
        ([4.0e7, 1.3e7, 1.0e5, -950.0, 2920.0, 20.0], [0.0, 3600.0, 14400.0]),
        ([5.0e6, 3.0e6, 4.0e6, 4.5e3, -5.5e3, 2.0e3], [0.0, 120.0, 300.0]),
    ],
    ids=["leo", "meo", "geo", "retrograde"],
)
def test_three_directions_give_back_their_orbit(state, times):
    state = np.array(state)
    directions, places = sights(state, times)
    found = gooding_orbits(directions, places, times, EARTH, DISTANCES)
    scale = np.repeat([np.linalg.norm(state[:3]), np.linalg.norm(state[3:])], 3)
    assert np.min(np.max(np.abs(found - state) / scale, axis=1)) < FOUND


def test_directions_a_revolution_apart_give_back_their_orbit():
    state = np.array([2.0e7, 1.2e7, 1.2e7, -2.0e3, 2.5e3, 1.5e3])
    times = [0.0, 3000.0, 47_000.0]
    directions, places = sights(state, times)
    found = gooding_orbits(directions, places, times, EARTH, DISTANCES[3:7], revolutions=1)
    scale = np.repeat([np.linalg.norm(state[:3]), np.linalg.norm(state[3:])], 3)
    assert np.min(np.max(np.abs(found - state) / scale, axis=1)) < FOUND


def test_gauss_guesses_an_orbit_about_the_earth():
    state, times = np.array([5.0e6, 3.0e6, 4.0e6, -4.5e3, 5.5e3, 2.0e3]), np.array([0.0, 60.0, 120.0])
    directions, places = sights(state, times)
    found = gauss_orbits(directions, places, times, EARTH, nearest=1e4)
    # the series leaves the square of the arc over the orbit's time scale: (120 / 900)^2
    assert np.min(np.linalg.norm(found[:, :3] - state[:3], axis=1)) < 0.02 * 7.1e6


def test_times_that_do_not_rise_are_refused():
    with pytest.raises(InvalidInput, match="rise"):
        gooding_orbits(np.eye(3), np.eye(3), [0.0, 2.0, 1.0], 1.0, [1.0])
