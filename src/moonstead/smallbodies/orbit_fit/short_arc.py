"""What pulls on a small body over days to weeks, laid out for the kernels of ranging."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

PULLING = (
    "SUN",
    "EARTH",
    "MOON",
    "MERCURY BARYCENTER",
    "VENUS BARYCENTER",
    "MARS BARYCENTER",
    "JUPITER BARYCENTER",
    "SATURN BARYCENTER",
)

EARTH = PULLING.index("EARTH")
EARTH_J2 = 1.0826359e-3  # [1] unnormalised second zonal harmonic, tide-free; IERS Conventions (2010), table 6.2
SOLID = ("SUN", "EARTH", "MOON")  # bodies that end a flight at their surface
SERIES_STEP = 8.0 * 86_400.0  # [s]
SERIES_TERMS = 13  # [1] the Moon is then right to a millimetre
LIGHT_MARGIN = 3.0 * 86_400.0  # [s] light time from the farthest range that is tried, and a step


@dataclass(frozen=True, eq=False)
class ShortArcForces:
    """Sun, Earth with its flattening, Moon and planets over a short span.

    Attributes
    ----------
    start, step : float [s TDB past J2000], [s]
        First time covered, and the length of one series.
    table : (S, B, 3, D) [m]
        Chebyshev series of positions from the solar system barycentre in ICRF.
    gm : (B,) [m^3/s^2]
        Gravitational parameters.
    radii : (B,) [m]
        Surfaces that end a flight; zero where none does.
    """

    start: float
    step: float
    table: Array
    gm: Array
    radii: Array


def short_arc_forces(data: DataContext, start: float, stop: float) -> ShortArcForces:
    """Series of the places of Sun, Earth, Moon and planets over a span and the light time before it.

    Parameters
    ----------
    data : DataContext
        Where the bodies' places come from.
    start, stop : float [s TDB past J2000]
        First and last observation.

    Returns
    -------
    ShortArcForces
        Good to a centimetre.

    Raises
    ------
    OutsideSpan, MissingData
        The ephemeris does not cover the span.

    Source
    ------
    Interpolation at Chebyshev nodes: Press et al. (2007), Numerical Recipes, 3rd ed., section 5.8.
    """
    start, stop = start - LIGHT_MARGIN, stop + LIGHT_MARGIN
    count = int(np.ceil((stop - start) / SERIES_STEP))
    order = np.arange(SERIES_TERMS)
    angles = np.pi * (order + 0.5) / SERIES_TERMS
    nodes = np.cos(angles)
    tdb = start + SERIES_STEP * (np.arange(count)[:, None] + 0.5 * (nodes + 1.0))
    stop = start + count * SERIES_STEP
    transform = np.cos(np.outer(order, angles)) * 2.0 / SERIES_TERMS
    transform[0] *= 0.5
    table = np.empty((count, len(PULLING), 3, SERIES_TERMS))
    for i, name in enumerate(PULLING):
        places = data.ephemeris.position(name, "SOLAR SYSTEM BARYCENTER", tdb.ravel())
        table[:, i] = np.einsum("dn,snk->skd", transform, places.reshape(count, SERIES_TERMS, 3))
    gm = np.array([body(name).gm for name in PULLING])
    radii = np.array([body(name).mean_radius if name in SOLID else 0.0 for name in PULLING])
    radii[EARTH] = body("EARTH").equatorial_radius
    return ShortArcForces(float(start), SERIES_STEP, np.ascontiguousarray(table), gm, radii)


def short_arc_positions(forces: ShortArcForces, tdb: float) -> Array:
    """Places of the bodies at a time.

    Parameters
    ----------
    forces : ShortArcForces
        Their series.
    tdb : float [s TDB past J2000]
        Time.

    Returns
    -------
    (B, 3) [m]
        From the solar system barycentre in ICRF, in the order of `PULLING`.

    Source
    ------
    `numpy.polynomial.chebyshev`.
    """
    k = int(np.clip((tdb - forces.start) // forces.step, 0, forces.table.shape[0] - 1))
    x = 2.0 * (tdb - forces.start - k * forces.step) / forces.step - 1.0
    return np.polynomial.chebyshev.chebval(x, np.moveaxis(forces.table[k], 2, 0))
