"""How the delay of the neutral atmosphere grows from the zenith towards the horizon, and with the azimuth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY

Array = NDArray[np.float64]

LOWEST_ELEVATION = np.radians(2.0)  # below it no mapping function was fitted (Niell: 3 deg)
YEAR = 365.25  # [d]
COLDEST_DAY = 28.0  # [d] of the year, northern hemisphere
GPS_EPOCH_DAY = 6.0  # 1980-01-06 is day 6 of its year; a year is taken as 365.25 d, good to a day

NIELL_LATITUDES = np.radians([15.0, 30.0, 45.0, 60.0, 75.0])
NIELL_HYDROSTATIC = np.array(
    [
        [1.2769934e-3, 1.2683230e-3, 1.2465397e-3, 1.2196049e-3, 1.2045996e-3],
        [2.9153695e-3, 2.9152299e-3, 2.9288445e-3, 2.9022565e-3, 2.9024912e-3],
        [62.610505e-3, 62.837393e-3, 63.721774e-3, 63.824265e-3, 64.258455e-3],
    ]
)
NIELL_SEASON = np.array(
    [
        [0.0, 1.2709626e-5, 2.6523662e-5, 3.4000452e-5, 4.1202191e-5],
        [0.0, 2.1414979e-5, 3.0160779e-5, 7.2562722e-5, 11.723375e-5],
        [0.0, 9.0128400e-5, 4.3497037e-5, 84.795348e-5, 170.37206e-5],
    ]
)
NIELL_WET = np.array(
    [
        [5.8021897e-4, 5.6794847e-4, 5.8118019e-4, 5.9727542e-4, 6.1641693e-4],
        [1.4275268e-3, 1.5138625e-3, 1.4572752e-3, 1.5007428e-3, 1.7599082e-3],
        [4.3472961e-2, 4.6729510e-2, 4.3908931e-2, 4.4626982e-2, 5.4736038e-2],
    ]
)
NIELL_HEIGHT = (2.53e-5, 5.49e-3, 1.14e-3)
GRADIENT_CURVATURE = 0.0032  # [1] Chen & Herring (1997)


def niell_mapping(elevation: ArrayLike, latitude: float, height: float, gpst: ArrayLike) -> tuple[Array, Array]:
    """How much longer the delay is along a slanted path than in the zenith: of the dry weight, and of vapour.

    Parameters
    ----------
    elevation : (N,) [rad]
        Of the sight; below 2 degrees the value there is held.
    latitude : float [rad]
        Geodetic.
    height : float [m]
        Over the ellipsoid.
    gpst : (N,) or scalar [s of GPST]
        Times past 1980-01-06T00:00:00 GPST: the season.

    Returns
    -------
    hydrostatic, wet : (N,), (N,) [1]

    Source
    ------
    Niell (1996), J. Geophys. Res. 101, 3227, doi:10.1029/95JB03048, equations 4 to 6, tables 3 and 4.
    """
    sine = np.sin(np.maximum(np.asarray(elevation, dtype=np.float64), LOWEST_ELEVATION))
    day = (np.asarray(gpst, dtype=np.float64) / SECONDS_PER_DAY + GPS_EPOCH_DAY) % YEAR
    season = np.cos(2.0 * np.pi * (day - COLDEST_DAY) / YEAR) * (1.0 if latitude >= 0.0 else -1.0)
    mean, swing, wet = (
        [np.interp(abs(latitude), NIELL_LATITUDES, row) for row in table]
        for table in (NIELL_HYDROSTATIC, NIELL_SEASON, NIELL_WET)
    )
    a, b, c = (mean[i] - swing[i] * season for i in range(3))
    lifted = (1.0 / sine - _continued_fraction(sine, *NIELL_HEIGHT)) * height * 1e-3
    return _continued_fraction(sine, a, b, c) + lifted, _continued_fraction(sine, *wet)


def gradient_mapping(elevation: ArrayLike, azimuth: ArrayLike) -> tuple[Array, Array]:
    """Growth of the delay where the atmosphere is thicker to the north or to the east.

    Parameters
    ----------
    elevation, azimuth : (N,) [rad]
        Of the sight.

    Returns
    -------
    north, east : (N,), (N,) [1]
        To be multiplied by the gradients.

    Source
    ------
    Chen & Herring (1997), J. Geophys. Res. 102, 20489, doi:10.1029/97JB01739; IERS Conventions (2010), section 9.2.
    """
    elevation = np.maximum(np.asarray(elevation, dtype=np.float64), LOWEST_ELEVATION)
    growth = 1.0 / (np.sin(elevation) * np.tan(elevation) + GRADIENT_CURVATURE)
    return growth * np.cos(azimuth), growth * np.sin(azimuth)


def _continued_fraction(sine: Array, a: Array | float, b: Array | float, c: Array | float) -> Array:
    """Marini's form, 1 in the zenith."""
    return (1.0 + a / (1.0 + b / (1.0 + c))) / (sine + a / (sine + b / (sine + c)))
