"""Gauss' method: an orbit from three directions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

REAL = 1e-6  # [1] imaginary share of a root that is rounding


def gauss_orbits(directions: Array, observers: Array, tdb: Array, gm: float, *, nearest: float = 0.0) -> Array:
    """States at the middle one of three times that are seen in three directions, by Gauss' method.

    Parameters
    ----------
    directions : (3, 3) [1]
        Unit vectors, one row for each time, ICRF.
    observers : (3, 3) [m]
        From the centre of attraction, ICRF.
    tdb : (3,) [s TDB past J2000]
        Rising times.
    gm : float [m^3/s^2]
        Gravitational parameter of the centre.
    nearest : float [m]
        Range below which a root is the observer's own place.

    Returns
    -------
    (K, 6) [m, m/s]
        One for each root of the equation of eighth degree, none where the three directions lie in one plane; light
        time is left out. First guesses, good to a few per cent where the
        arc is short beside the time in which the orbit bends: days to weeks about the Sun, minutes about the Earth.

    Source
    ------
    Curtis (2020), Orbital Mechanics for Engineering Students, 4th ed., section 5.10; Milani & Gronchi (2010), Theory of
    Orbit Determination, section 9.1.
    """
    first, last = tdb[0] - tdb[1], tdb[2] - tdb[1]
    span = last - first
    cross = np.stack(
        [
            np.cross(directions[1], directions[2]),
            np.cross(directions[0], directions[2]),
            np.cross(directions[0], directions[1]),
        ]
    )
    volume = directions[0] @ cross[0]
    if volume == 0.0 or span == 0.0 or first == 0.0 or last == 0.0:
        return np.empty((0, 6))
    d = observers @ cross.T  # d[i, j] = observer i . cross j
    a = (-d[0, 1] * last / span + d[1, 1] + d[2, 1] * first / span) / volume
    b = (d[0, 1] * (last**2 - span**2) * last / span + d[2, 1] * (span**2 - first**2) * first / span) / (6.0 * volume)
    along = observers[1] @ directions[1]
    size = np.linalg.norm(observers[1])
    unit = size  # the polynomial in distances from the Sun over that of the observer
    roots = np.roots(
        [
            1.0,
            0.0,
            -(a * a + 2.0 * a * along + size**2) / unit**2,
            0.0,
            0.0,
            -2.0 * gm * b * (a + along) / unit**5,
            0.0,
            0.0,
            -((gm * b) ** 2) / unit**8,
        ]
    )
    found = []
    for root in roots[(np.abs(roots.imag) < REAL * np.abs(roots)) & (roots.real > 0.0)].real:
        r = root * unit
        cube = gm / r**3
        ranges = np.empty(3)
        ranges[1] = a + b * cube
        ranges[0] = (
            (
                6.0 * (d[2, 0] * first / last + d[1, 0] * span / last)
                + d[2, 0] * (span**2 - first**2) * first / last * cube
            )
            / (6.0 + cube * (span**2 - last**2))
            - d[0, 0]
        ) / volume
        ranges[2] = (
            (
                6.0 * (d[0, 2] * last / first - d[1, 2] * span / first)
                + d[0, 2] * (span**2 - last**2) * last / first * cube
            )
            / (6.0 + cube * (span**2 - first**2))
            - d[2, 2]
        ) / volume
        if not np.all(np.isfinite(ranges)) or ranges[1] <= nearest:
            continue
        places = observers + ranges[:, None] * directions
        f1, f3 = 1.0 - 0.5 * cube * first**2, 1.0 - 0.5 * cube * last**2
        g1, g3 = first - cube * first**3 / 6.0, last - cube * last**3 / 6.0
        velocity = (f1 * places[2] - f3 * places[0]) / (f1 * g3 - f3 * g1)
        found.append(np.concatenate([places[1], velocity]))
    return np.array(found).reshape(-1, 6)
