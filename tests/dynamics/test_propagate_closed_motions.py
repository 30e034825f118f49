"""Authority: closed forms of two bodies (universal variables) and of two bodies with constant thrust (Stark)."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from closed_motions import two_bodies, two_bodies_and_thrust

from moonstead.dynamics.burns import FiniteBurn
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext

MOON = body("MOON")
POINT = ForceModel(degree=0, third_bodies=())
MASS = 1000.0  # [kg]
PUSHED = ForceModel(degree=0, third_bodies=(), mass=MASS)
TOLERANCES = (1e-2, 1e-4)  # [m] asked for; the errors must stay within them
METHODS = ("gauss-jackson", "nystrom", "dormand-prince")
LOWEST = 1.9e6  # [m] pericentre
TILT = np.array([[0.36, 0.48, -0.8], [-0.8, 0.6, 0.0], [0.48, 0.64, 0.6]])
FOREVER = 1e30  # [s] specific impulse: no mass is lost
BENT = 1e-6  # [m] two closed forms of one motion


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def conic(eccentricity, *, before=0.0, lowest=LOWEST):
    """State some seconds before the pericentre, in tilted axes."""
    speed = np.sqrt(MOON.gm * (1.0 + eccentricity) / lowest)
    state = np.concatenate((TILT[0] * lowest, TILT[1] * speed))
    return two_bodies(state, MOON.gm, -before) if before else state


def largest_error(path, expected):
    times = np.linspace(*path.span, 41)
    truth = np.array([expected(seconds) for seconds in times - path.initial_tdb])
    return float(np.max(np.linalg.norm(path.state(times)[:, :3] - truth[:, :3], axis=1)))


DAY = 86_400.0
CONICS = {
    "circle": (0.0, 0.0, 2.0 * DAY, METHODS),
    "ellipse of 0.7": (0.7, 5e3, 5.0 * DAY, METHODS[1:]),
    "ellipse of 0.97": (0.97, 1e5, 6.0 * DAY, METHODS[1:]),
    "ellipse of 1 - 1e-7": (1.0 - 1e-7, 0.5 * DAY, 1.0 * DAY, METHODS[1:]),
    "parabola": (1.0, 0.5 * DAY, 1.0 * DAY, METHODS[1:]),
    "hyperbola of 1 + 1e-7": (1.0 + 1e-7, 0.5 * DAY, 1.0 * DAY, METHODS[1:]),
    "hyperbola of 1.6": (1.6, 0.5 * DAY, 1.0 * DAY, METHODS[1:]),
}


@pytest.mark.parametrize("tolerance", TOLERANCES)
@pytest.mark.parametrize("name", CONICS)
def test_two_bodies_stay_within_the_tolerance_forwards_and_backwards(data, validation, name, tolerance):
    eccentricity, before, span, methods = CONICS[name]
    for method in methods:
        errors = []
        for sign in (1.0, -1.0):
            state = conic(eccentricity, before=sign * before)
            path = propagate(OrbitState(state, 0.0), sign * span, POINT, data, method=method, tolerance=tolerance)
            assert path.method == method
            errors.append(largest_error(path, lambda seconds, state=state: two_bodies(state, MOON.gm, seconds)))
        validation(
            capability=f"Propagation, {method}",
            quantity=f"position on a {name}, {tolerance:g} m asked",
            authority="universal variables in extended precision",
            error=max(errors),
            unit="m",
            tolerance=tolerance,
            cases=2 * 41,
        )


def test_the_closed_form_with_thrust_becomes_that_of_two_bodies_as_the_thrust_vanishes():
    state = conic(0.3, before=4000.0)
    thrust = 1e-18 * TILT[2]
    for seconds in (30_000.0, -30_000.0):
        apart = two_bodies_and_thrust(state, MOON.gm, thrust, seconds) - two_bodies(state, MOON.gm, seconds)
        assert np.linalg.norm(apart[:3]) < BENT


STARK = {
    "weak thrust on a round orbit": (0.0, 1e-6, (0.3, -0.5, 0.8), 0.6 * DAY, METHODS),
    "thrust of a thousandth of gravity": (0.2, 1e-3, (0.6, 0.2, -0.7), 0.3 * DAY, METHODS[1:]),
    "thrust that tears the orbit open": (0.4, 5e-2, (-0.2, 0.9, 0.4), 0.2 * DAY, METHODS[1:]),
}


@cache
def stark_truth(name, sign):
    eccentricity, strength, direction, span, _ = STARK[name]
    push = strength * np.array(direction) / np.linalg.norm(direction)
    return two_bodies_and_thrust(conic(eccentricity), MOON.gm, push, sign * span)


@pytest.mark.truth
@pytest.mark.parametrize("name", STARK)
@pytest.mark.parametrize("tolerance", TOLERANCES)
def test_constant_thrust_about_a_point_mass_stays_within_the_tolerance(data, validation, name, tolerance):
    eccentricity, strength, direction, span, methods = STARK[name]
    state = conic(eccentricity)
    for method in methods:
        error = 0.0
        for sign in (1.0, -1.0):
            burn = FiniteBurn(min(0.0, sign * span), span, MASS * strength, FOREVER, direction)
            path = propagate(
                OrbitState(state, 0.0),
                sign * span,
                PUSHED,
                data,
                burns=[burn],
                method=method,
                tolerance=tolerance,
                stop_at_surface=False,
            )
            assert path.method == method
            apart = path.state(sign * span)[0, :3] - stark_truth(name, sign)[:3]
            error = max(error, float(np.linalg.norm(apart)))
        validation(
            capability=f"Propagation, {method}",
            quantity=f"position, {name}, {tolerance:g} m asked",
            authority="Stark problem in parabolic coordinates (Biscani & Izzo 2014), 32 digits",
            error=error,
            unit="m",
            tolerance=tolerance,
            cases=2,
        )
