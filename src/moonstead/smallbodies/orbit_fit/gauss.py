"""Gauss' method: an orbit about the Sun from three directions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.smallbodies.orbit_fit.ranging_fit import Observer
from moonstead.smallbodies.orbit_fit.ranging_rows import RangingRows
from moonstead.smallbodies.orbit_fit.short_arc import PULLING, short_arc_positions

Array = NDArray[np.float64]

REAL = 1e-6  # [1] imaginary share of a root that is rounding
NEAREST = 1e7  # [m] range below which a root is the observer's own place


def gauss_orbits(directions: Array, observers: Array, tdb: Array) -> Array:
    """Heliocentric states at the middle one of three times that are seen in three directions.

    Parameters
    ----------
    directions : (3, 3) [1]
        Unit vectors, one row for each time, ICRF.
    observers : (3, 3) [m]
        From the Sun, ICRF.
    tdb : (3,) [s TDB past J2000]
        Rising times.

    Returns
    -------
    (K, 6) [m, m/s]
        One for each root of the equation of eighth degree, none where the three directions lie in one plane; light
        time is left out. First guesses, good to a few per cent for arcs of days to weeks.

    Source
    ------
    Curtis (2020), Orbital Mechanics for Engineering Students, 4th ed., section 5.10; Milani & Gronchi (2010), Theory of
    Orbit Determination, section 9.1.
    """
    gm = body("SUN").gm
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
        if not np.all(np.isfinite(ranges)) or ranges[1] < NEAREST:
            continue
        places = observers + ranges[:, None] * directions
        f1, f3 = 1.0 - 0.5 * cube * first**2, 1.0 - 0.5 * cube * last**2
        g1, g3 = first - cube * first**3 / 6.0, last - cube * last**3 / 6.0
        velocity = (f1 * places[2] - f3 * places[0]) / (f1 * g3 - f3 * g1)
        found.append(np.concatenate([places[1], velocity]))
    return np.array(found).reshape(-1, 6)


def gauss_guesses(observer: Observer, arc: RangingRows) -> Array:
    """Orbits by Gauss' method from several triplets of nights of an arc.

    Parameters
    ----------
    observer : Observer
        Whose sight defines range and direction.
    arc : RangingRows
        Rows of a day or more.

    Returns
    -------
    (K, 8) [mixed]
        At the observer's epoch; none where there are fewer than three nights.

    Source
    ------
    As `gauss_orbits`.
    """
    night = arc.tdb // SECONDS_PER_DAY
    first = np.flatnonzero(np.diff(night, prepend=night[0] - 1.0))
    nights = arc.chosen(np.append(first, arc.count - 1))
    count = nights.count
    sun = PULLING.index("SUN")
    found = []
    for triplet in (
        (0, count // 2, count - 1),
        (0, count // 3, 2 * count // 3),
        (count // 3, 2 * count // 3, count - 1),
    ):
        picked = nights.chosen(np.array(triplet))
        if np.any(np.diff(picked.tdb) <= 0.0):
            continue
        suns = np.array([short_arc_positions(observer.forces, float(t))[sun] for t in picked.tdb])
        states = gauss_orbits(picked.axes[:, 0], picked.observer[:, :3] - suns, picked.tdb)
        if states.shape[0]:
            elapsed = np.full(states.shape[0], observer.tdb - picked.tdb[1])
            found.append(two_body_states(states, elapsed, body("SUN").gm))
    if not found:
        return np.empty((0, 8))
    here = short_arc_positions(observer.forces, observer.tdb)[sun]
    there = short_arc_positions(observer.forces, observer.tdb + 1.0)[sun]
    return observer.orbits(np.concatenate(found) + np.concatenate([here, there - here]))
