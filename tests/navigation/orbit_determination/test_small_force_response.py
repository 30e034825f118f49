"""Authority: closed forms, and a plain integration of all forces by scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from moonstead.dynamics.response import kick_response
from moonstead.dynamics.shadow import visible_fraction
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.earth import itrf_from_icrf
from moonstead.navigation.orbit_determination.flight import FIRST_PUSH, fly, surroundings

LINEAR = (
    2e-3  # [m] in half a day: the response is linear (1 mm at 20 m of displacement), the plain integration steps 60 s
)
SYMPLECTIC = 2e-8  # [1] of the inverse: shadow and relativity are not in the equations, which are therefore symplectic
GPS_STATE = np.array([-3.955e6, -2.0111e7, 1.6859e7, 2526.0, -2181.0, -1973.0])


def test_the_kick_is_the_inverse_of_the_transition_matrix() -> None:
    flight = _flight(6.0)
    transition = flight.reference.transition(flight.tdb[::30])
    scale = np.diag([1.0, 1.0, 1.0, 1e4, 1e4, 1e4])  # metres and 0.1 mm/s weigh alike
    found = np.linalg.inv(scale) @ transition @ kick_response(transition)
    exact = np.linalg.inv(scale) @ np.tile(np.eye(6)[:, 3:], (len(transition), 1, 1))
    np.testing.assert_allclose(found, exact, atol=SYMPLECTIC * np.abs(transition).max() / 1e4)


@pytest.mark.truth
def test_small_forces_bend_a_flight_as_a_plain_integration_of_everything_does(validation) -> None:
    """Tide, Y bias and a wave along B by the linear response against their integration with all the rest."""
    hours = 12.0
    flight = _flight(hours)
    forces = dict.fromkeys(flight.names, 0.0) | {"D0": 4e-9, "Y0": 1e-9, "B1C": -5e-9, "D2C": 3e-9}
    change = flight.changes @ np.concatenate(([1.0], [forces[name] for name in flight.names]))
    at = flight.tdb[::60]
    moved = np.einsum("nij,nj->ni", flight.reference.transition(at), change[::60])
    computed = flight.reference.state(at)[:, :3] + moved[:, :3]
    plain = _integrated(flight.tdb[0], at, forces)
    error = float(np.max(np.linalg.norm(computed - plain, axis=1)))
    assert np.max(np.linalg.norm(moved[:, :3], axis=1)) > 1.0  # the small forces do move it
    validation(
        capability="orbit fit of navigation satellites",
        quantity="position after 12 h under tides and empirical solar radiation",
        authority="plain integration of all forces (scipy DOP853)",
        error=error,
        unit="m",
        tolerance=LINEAR,
        cases=at.size,
    )


def _flight(hours: float):
    data = DataContext.installed()
    first = 6.463e8
    place = surroundings(first, first + hours * 3600.0, data)
    return fly(GPS_STATE, "ecom2", place)


def _integrated(first: float, at: np.ndarray, forces: dict[str, float]) -> np.ndarray:
    """Positions [m] by scipy, every force written anew in plain numpy."""
    data = DataContext.installed()
    field = data.gravity_field("egm2008-36", 12)
    names = ("SUN", "MOON", "VENUS", "JUPITER BARYCENTER")
    coarse = np.arange(first - 600.0, at[-1] + 1200.0, 600.0)
    from scipy.interpolate import CubicSpline

    places = {name: CubicSpline(coarse, data.ephemeris.position(name, "EARTH", coarse)) for name in names}
    fine = np.arange(first - 60.0, at[-1] + 120.0, 30.0)
    axes = CubicSpline(fine, itrf_from_icrf(fine, data).matrix)

    def rate(t: float, state: np.ndarray) -> np.ndarray:
        r, v = state[:3], state[3:]
        matrix = axes(t)
        pull = matrix.T @ _harmonics(matrix @ r, field.gm, field.radius, field.c, field.s)
        for name in names:
            away = places[name](t)
            pull += body(name).gm * ((away - r) / np.linalg.norm(away - r) ** 3 - away / np.linalg.norm(away) ** 3)
        radius = np.linalg.norm(r)
        pull += field.gm / (SPEED_OF_LIGHT**2 * radius**3) * ((4.0 * field.gm / radius - v @ v) * r + 4.0 * (r @ v) * v)
        sun = places["SUN"](t)
        for name in ("SUN", "MOON"):
            away = places[name](t)
            d = np.linalg.norm(away)
            c = r @ away / (radius * d)
            bulge = 0.5 * 0.3 * body(name).gm * body("EARTH").equatorial_radius ** 5 / (d**3 * radius**4)
            pull += bulge * ((3.0 - 15.0 * c * c) * r / radius + 6.0 * c * away / d)
        to_sun = (sun - r) / np.linalg.norm(sun - r)
        y = np.cross(-r, to_sun) / np.linalg.norm(np.cross(-r, to_sun))
        b = np.cross(to_sun, y)
        normal = np.cross(r, v) / np.linalg.norm(np.cross(r, v))
        noon = sun - (sun @ normal) * normal
        u = np.arctan2(r @ np.cross(normal, noon), r @ noon)
        light = (ASTRONOMICAL_UNIT / np.linalg.norm(sun - r)) ** 2 * visible_fraction(
            sun - r, -r, body("SUN").mean_radius, body("EARTH").equatorial_radius
        )[0]
        along = -FIRST_PUSH + forces["D0"] + forces["D2C"] * np.cos(2.0 * u)
        pull += light * (along * to_sun + forces["Y0"] * y + forces["B1C"] * np.cos(u) * b)
        return np.concatenate((v, pull))

    answer = solve_ivp(
        rate, (first, at[-1]), GPS_STATE, method="DOP853", rtol=1e-11, atol=1e-4, t_eval=at, max_step=900.0
    )
    return answer.y[:3].T


def _harmonics(r: np.ndarray, gm: float, radius: float, c: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Acceleration [m/s2] of a normalised field by Cunningham's recursion: Montenbruck & Gill (2000), section 3.2.4."""
    degree = c.shape[0] - 1
    v, w = np.zeros((degree + 2, degree + 2)), np.zeros((degree + 2, degree + 2))
    square = r @ r
    x, y, z = radius * r / square
    ratio = radius * radius / square
    v[0, 0] = radius / np.sqrt(square)
    for m in range(degree + 2):
        if m:
            v[m, m] = (2 * m - 1) * (x * v[m - 1, m - 1] - y * w[m - 1, m - 1])
            w[m, m] = (2 * m - 1) * (x * w[m - 1, m - 1] + y * v[m - 1, m - 1])
        for n in range(m + 1, degree + 2):
            v[n, m] = ((2 * n - 1) * z * v[n - 1, m] - (n + m - 1) * ratio * (v[n - 2, m] if n > m + 1 else 0.0)) / (
                n - m
            )
            w[n, m] = ((2 * n - 1) * z * w[n - 1, m] - (n + m - 1) * ratio * (w[n - 2, m] if n > m + 1 else 0.0)) / (
                n - m
            )
    total = np.zeros(3)
    from math import factorial

    for n in range(degree + 1):
        for m in range(n + 1):
            scale = np.sqrt((2 - (m == 0)) * (2 * n + 1) * factorial(n - m) / factorial(n + m))
            cn, sn = scale * c[n, m], scale * s[n, m]
            if m == 0:
                total[:2] += [-cn * v[n + 1, 1], -cn * w[n + 1, 1]]
            else:
                f = (n - m + 2) * (n - m + 1)
                total[0] += 0.5 * (
                    -cn * v[n + 1, m + 1] - sn * w[n + 1, m + 1] + f * (cn * v[n + 1, m - 1] + sn * w[n + 1, m - 1])
                )
                total[1] += 0.5 * (
                    -cn * w[n + 1, m + 1] + sn * v[n + 1, m + 1] + f * (-cn * w[n + 1, m - 1] + sn * v[n + 1, m - 1])
                )
            total[2] += (n - m + 1) * (-cn * v[n + 1, m] - sn * w[n + 1, m])
    return gm / radius**2 * total
