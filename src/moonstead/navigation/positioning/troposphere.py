"""Delay of the neutral atmosphere without weather data: what a receiver assumes from its place and the season."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY

Array = NDArray[np.float64]

K1, K2 = 77.604, 382_000.0  # [K/mbar], [K2/mbar] refractivity
DRY_AIR = 287.054  # [J/kg/K]
GRAVITY, MEAN_GRAVITY = 9.80665, 9.784  # [m/s2] at the ground, at the centroid of the column
LATITUDES = np.radians([15.0, 30.0, 45.0, 60.0, 75.0])
# pressure [mbar], temperature [K], vapour pressure [mbar], lapse of temperature [K/m], lapse of vapour [1]
MEAN = np.array(
    [
        [1013.25, 1017.25, 1015.75, 1011.75, 1013.00],
        [299.65, 294.15, 283.15, 272.15, 263.65],
        [26.31, 21.79, 11.66, 6.78, 4.11],
        [6.30e-3, 6.05e-3, 5.58e-3, 5.39e-3, 4.53e-3],
        [2.77, 3.15, 2.57, 1.81, 1.55],
    ]
)
SEASON = np.array(
    [
        [0.0, -3.75, -2.25, -1.75, -0.50],
        [0.0, 7.0, 11.0, 15.0, 14.5],
        [0.0, 8.85, 7.24, 5.36, 3.39],
        [0.0, 0.25e-3, 0.32e-3, 0.81e-3, 0.62e-3],
        [0.0, 0.33, 0.46, 0.74, 0.30],
    ]
)
COLDEST_NORTH, COLDEST_SOUTH = 28.0, 211.0  # [d] of the year
YEAR = 365.25  # [d]
GPS_EPOCH_DAY = 6.0  # 1980-01-06 is day 6 of its year; a year is taken as 365.25 d, good to a day
ZENITH_ERROR = 0.12  # [m] one sigma of the zenith delay, same source
HIGHEST = 18_000.0  # [m] over which the models of both parts are held
FLATTEST = np.radians(4.0)  # the mapping function holds above; below, its value there is held


def zenith_delays(latitude: ArrayLike, height: ArrayLike, gpst: ArrayLike) -> tuple[Array, Array]:
    """Delays of dry air and of vapour in the zenith, of the mean atmosphere of a latitude and season.

    Parameters
    ----------
    latitude : (N,) or scalar [rad]
        Geodetic.
    height : (N,) or scalar [m]
        Over the sea; the ellipsoid's differs by less than 110 m, which is 3 cm of delay.
    gpst : (N,) or scalar [s of GPST]
        Times past 1980-01-06T00:00:00 GPST.

    Returns
    -------
    hydrostatic, wet : (N,) [m], (N,) [m]
        Together good to 0.12 m (one sigma).

    Source
    ------
    RTCA DO-229 (minimum operational performance standards), appendix A.4.2.4, known as UNB3: Collins & Langley (1997).
    """
    latitude, height = np.asarray(latitude, dtype=np.float64), np.asarray(height, dtype=np.float64)
    day = (np.asarray(gpst, dtype=np.float64) / SECONDS_PER_DAY + GPS_EPOCH_DAY) % YEAR
    coldest = np.where(latitude >= 0.0, COLDEST_NORTH, COLDEST_SOUTH)
    warmth = np.cos(2.0 * np.pi * (day - coldest) / YEAR)
    pressure, temperature, vapour, lapse, vapour_lapse = (
        np.interp(np.abs(latitude), LATITUDES, mean) - np.interp(np.abs(latitude), LATITUDES, swing) * warmth
        for mean, swing in zip(MEAN, SEASON, strict=True)
    )
    hydrostatic = 1e-6 * K1 * DRY_AIR * pressure / MEAN_GRAVITY
    wet = 1e-6 * K2 * DRY_AIR / ((vapour_lapse + 1.0) * MEAN_GRAVITY - lapse * DRY_AIR) * vapour / temperature
    left = 1.0 - lapse * np.clip(height, -500.0, HIGHEST) / temperature
    power = GRAVITY / (DRY_AIR * lapse)
    return np.asarray(hydrostatic * left**power), np.asarray(wet * left ** ((vapour_lapse + 1.0) * power - 1.0))


def mapping(elevation: ArrayLike) -> Array:
    """How much longer both delays are along a slanted path than in the zenith.

    Parameters
    ----------
    elevation : (N,) [rad]
        Of the sight; below 4 degrees the value there is held.

    Returns
    -------
    (N,) [1]
        1 in the zenith.

    Source
    ------
    Black & Eisner (1984), J. Geophys. Res. 89, 2616, as in RTCA DO-229, appendix A.4.2.4.
    """
    sine = np.sin(np.maximum(np.asarray(elevation, dtype=np.float64), FLATTEST))
    return np.asarray(1.001 / np.sqrt(0.002001 + sine**2))
