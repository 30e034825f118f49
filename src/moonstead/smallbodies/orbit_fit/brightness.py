"""Absolute magnitude from the magnitudes that come with positions, and what it says of size and push of sunlight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SOLAR_PRESSURE
from moonstead.smallbodies.hazard_scales import diameter_of_magnitude
from moonstead.smallbodies.watch.magnitude import DEFAULT_SLOPE, hg_brightness

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]

# V less the magnitude in a band [mag], solar colours: Minor Planet Center, "Band conversion to V" (recalled)
V_MINUS_BAND = {
    "": 0.0,
    "V": 0.0,
    "B": -0.8,
    "U": -1.3,
    "R": 0.4,
    "I": 0.8,
    "J": 1.2,
    "H": 1.4,
    "K": 1.7,
    "C": 0.4,
    "W": 0.4,
    "G": 0.28,
    "g": -0.35,
    "r": 0.14,
    "i": 0.32,
    "z": 0.26,
    "y": 0.32,
    "w": -0.13,
    "u": -2.5,
    "o": 0.33,
    "c": -0.05,
    "N": 0.0,
    "T": 0.0,
}
SCATTER = 0.3  # [mag] of the median of a survey's magnitudes: colours, rotation, catalogues
LEAST_ROWS = 3

DENSITY = 2_000.0  # [kg/m^3] between rubble of types C and S; Carry (2012), P&SS 73, 98
LIGHT_SHARE = 1.06  # [1] pressure on a sphere that scatters diffusely with a Bond albedo near 0.05 to 0.1


def absolute_magnitude(
    prepared: PreparedObservations, used: Chosen, places: Array, data: DataContext, slope: float = DEFAULT_SLOPE
) -> tuple[float, float] | None:
    """H of a body from the magnitudes of its rows.

    Parameters
    ----------
    prepared : PreparedObservations
        N rows.
    used : (N,) bool
        Rows that belong to the body's orbit.
    places : (N, 3) [m]
        Where the body was, from the barycentre in ICRF.
    data : DataContext
        Where the Sun is.
    slope : float [1]
        G.

    Returns
    -------
    (float, float) [1] or None
        Median H in V and its standard deviation, not below 0.3 mag; None with fewer than three magnitudes.

    Source
    ------
    Bowell et al. (1989), in Asteroids II, 524; conversion of bands: Minor Planet Center.
    """
    rows = prepared.observations
    shift = np.array([V_MINUS_BAND.get(band, np.nan) for band in rows.band.tolist()])
    good = used & np.isfinite(rows.magnitude) & np.isfinite(shift)
    if np.sum(good) < LEAST_ROWS:
        return None
    body_place = places[good]
    sun = data.ephemeris.position("SUN", "SOLAR SYSTEM BARYCENTER", rows.tdb[good])
    to_sun = sun - body_place
    to_observer = prepared.observer[good, :3] - body_place
    from_sun, distance = np.linalg.norm(to_sun, axis=1), np.linalg.norm(to_observer, axis=1)
    phase = np.arccos(np.clip(np.sum(to_sun * to_observer, axis=1) / (from_sun * distance), -1.0, 1.0))
    dimming = 5.0 * np.log10(from_sun * distance / ASTRONOMICAL_UNIT**2) - 2.5 * np.log10(hg_brightness(phase, slope))
    values = rows.magnitude[good] + shift[good] - dimming
    middle = float(np.median(values))
    spread = 1.4826 * float(np.median(np.abs(values - middle)))
    return middle, max(SCATTER, spread / np.sqrt(values.size))


def sunlight_push(magnitude: float) -> float:
    """Radial acceleration by sunlight at 1 au of a body of usual albedo and density.

    Parameters
    ----------
    magnitude : float [1]
        H.

    Returns
    -------
    float [m/s^2]
        A1; a factor of three either way is usual, since neither albedo nor density are known.

    Source
    ------
    Pressure of sunlight on a sphere, cross section over mass 3 / (2 density diameter); diameter as
    `hazard_scales.diameter_of_magnitude`.
    """
    return LIGHT_SHARE * SOLAR_PRESSURE * 1.5 / (DENSITY * diameter_of_magnitude(magnitude))
