"""Authority: closed forms of a sphere and a potential; conservation of energy and momentum."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.small_forces import (
    ALBEDO,
    LOVE_NUMBER,
    antenna_thrust,
    earth_light_pressure,
    solid_tide_acceleration,
)
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SOLAR_PRESSURE, SPEED_OF_LIGHT

DISTANCE = 2.56e7  # [m] of a navigation satellite


def test_light_and_heat_of_the_earth_carry_away_what_sunlight_brings() -> None:
    """Energy: over a sphere about the Earth the flux sums up to the sunlight on its disc."""
    nodes, weights = np.polynomial.legendre.leggauss(64)
    place = DISTANCE * np.stack((np.sqrt(1.0 - nodes**2), np.zeros(64), nodes), axis=1)
    sun = np.tile([[0.0, 0.0, ASTRONOMICAL_UNIT]], (64, 1))
    flux = earth_light_pressure(place, sun) * SPEED_OF_LIGHT
    leaving = 2.0 * np.pi * DISTANCE**2 * np.sum(weights * flux)
    arriving = np.pi * body("EARTH").equatorial_radius ** 2 * SOLAR_PRESSURE * SPEED_OF_LIGHT
    assert leaving == pytest.approx(arriving, rel=1e-6)
    assert 0.0 < ALBEDO < 1.0


def test_the_tide_is_the_gradient_of_its_potential() -> None:
    moon, gm = np.array([[3.1e8, 2.0e8, 0.9e8]]), 4.9028e12
    place = np.array([[1.2e7, -1.9e7, 1.3e7]])

    def potential(r: np.ndarray) -> float:
        distance, radius = np.linalg.norm(moon), np.linalg.norm(r)
        cosine = float(r @ moon[0]) / (distance * radius)
        earth = body("EARTH").equatorial_radius
        return LOVE_NUMBER * gm * earth**5 / (distance**3 * radius**3) * 0.5 * (3.0 * cosine**2 - 1.0)

    step = 1e3
    gradient = [(potential(place[0] + step * e) - potential(place[0] - step * e)) / (2.0 * step) for e in np.eye(3)]
    np.testing.assert_allclose(solid_tide_acceleration(place, moon, gm)[0], gradient, rtol=1e-6, atol=1e-16)


def test_the_recoil_of_a_signal_is_its_power_over_the_speed_of_light() -> None:
    push = antenna_thrust(np.array([[0.0, DISTANCE, 0.0]]), 265.0, 700.0)
    np.testing.assert_allclose(push, [[0.0, 265.0 / SPEED_OF_LIGHT / 700.0, 0.0]], rtol=1e-15)
