"""Authority: the definition of the axes, and the ephemeris differentiated by numbers."""

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.three_body.rotating import icrf_from_rotating, rotating_axes, rotating_from_icrf
from moonstead.orbits.three_body.system import EARTH_MOON, ThreeBodySystem

START = 8.2e8  # [s TDB past J2000] in 2025
DAY = 86_400.0
ROUNDING = 1e-12  # [1] a dozen operations on numbers near one
SUN_EARTH = ThreeBodySystem("SUN", "EARTH", 3.0404e-6, 149_597_870_700.0, 5_022_642.9, "any numbers serve here")


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.mark.parametrize(("system", "center"), [(EARTH_MOON, "MOON"), (EARTH_MOON, "EARTH"), (SUN_EARTH, "EARTH")])
def test_there_and_back_is_where_one_started(system, center, data):
    rng = np.random.default_rng(1)
    tdb = START + DAY * rng.uniform(0.0, 400.0, 50)
    states = rng.uniform(-1.2, 1.2, (50, 6))
    back = rotating_from_icrf(
        icrf_from_rotating(states, tdb, system, data, center=center), tdb, system, data, center=center
    )
    np.testing.assert_allclose(back, states, atol=2e-9 if system is SUN_EARTH else ROUNDING)


def test_primaries_rest_on_the_first_axis(data):
    tdb = START + DAY * np.linspace(0.0, 60.0, 40)
    moon = rotating_from_icrf(np.zeros((40, 6)), tdb, EARTH_MOON, data, center="MOON")
    earth = rotating_from_icrf(np.zeros((40, 6)), tdb, EARTH_MOON, data, center="EARTH")
    mu = EARTH_MOON.mass_ratio
    np.testing.assert_allclose(moon, np.tile([1.0 - mu, 0, 0, 0, 0, 0], (40, 1)), atol=1e-9)
    np.testing.assert_allclose(earth, np.tile([-mu, 0, 0, 0, 0, 0], (40, 1)), atol=1e-9)


def test_velocity_is_the_derivative_of_position(data):
    """A point at rest in the pulsating axes moves in the ICRF as its position does."""
    rest = np.array([1.02, 0.03, -0.18, 0.0, 0.0, 0.0])
    step = 300.0
    tdb = START + DAY * np.linspace(0.0, 30.0, 31)
    places = [
        icrf_from_rotating(np.tile(rest, (31, 1)), tdb + shift, EARTH_MOON, data)[:, :3] for shift in (-step, step)
    ]
    told = icrf_from_rotating(np.tile(rest, (31, 1)), tdb, EARTH_MOON, data)[:, 3:]
    # truncation of the difference quotient: omega^2 h^2 / 6 of 1 km/s is 1e-7 of it
    np.testing.assert_allclose((places[1] - places[0]) / (2.0 * step), told, atol=2e-4)


def test_axes_are_orthonormal_and_the_unit_of_time_is_the_angular_rate(data):
    tdb = START + DAY * np.linspace(0.0, 30.0, 31)
    frame = rotating_axes(tdb, EARTH_MOON, data)
    np.testing.assert_allclose(
        frame.axes @ frame.axes.transpose(0, 2, 1), np.tile(np.eye(3), (31, 1, 1)), atol=ROUNDING
    )
    # the Moon's mean sidereal month is 27.32 days, its angular rate varies by some 12 percent with its distance
    assert np.all(np.abs(frame.rate * 27.321661 * DAY / (2.0 * np.pi) - 1.0) < 0.15)


def test_states_that_do_not_match_their_times_are_refused(data):
    with pytest.raises(InvalidInput, match=r"shape \(N, 6\)"):
        icrf_from_rotating(np.zeros((2, 6)), [START], EARTH_MOON, data)
