"""Density of the air at places and times by NRLMSIS, one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.atmosphere import Version
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.foundation.time.scales import utc_julian_date

Array = NDArray[np.float64]

DAY = 86400.0  # [s]
MJD_ZERO = 2400000.5  # [d]


def modified_julian_date(tdb: ArrayLike) -> NDArray[np.float64]:
    """Modified Julian dates in UTC, as space weather is dated.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    (N,) [d]

    Source
    ------
    JD - 2400000.5: IAU 1997 resolution B1.
    """
    whole, part = utc_julian_date(np.atleast_1d(np.asarray(tdb, dtype=np.float64)))
    return np.asarray((whole - MJD_ZERO) + part)


def nrlmsis_density(
    tdb: ArrayLike,
    latitude: ArrayLike,
    longitude: ArrayLike,
    height: ArrayLike,
    weather: SpaceWeather,
    *,
    version: Version = "2.1",
) -> NDArray[np.float64]:
    """Density of the air at places, each at its own time.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    latitude, longitude : (N,) [rad]
        Geodetic latitude, longitude positive to the east.
    height : (N,) [m]
        Over the ellipsoid.
    weather : SpaceWeather
        Solar flux and geomagnetic index; only the daily Ap is used.
    version : str
        ``"2.1"``, ``"2.0"``, or ``"00"`` for NRLMSISE-00.

    Returns
    -------
    (N,) [kg/m^3]

    Raises
    ------
    InvalidInput
        The arrays differ in length.
    MissingData
        The package pymsis is not installed.
    OutsideSpan
        The weather does not cover the times.

    Source
    ------
    Emmert et al. (2022), J. Geophys. Res. Space Physics 127, e2022JA030896, doi:10.1029/2022JA030896 (2.1); Picone et
    al. (2002), J. Geophys. Res. 107, 1468, doi:10.1029/2002JA009430 (00). Computed by pymsis.
    """
    try:
        from pymsis import Variable, calculate
    except ImportError:
        raise MissingData(
            "the atmosphere NRLMSIS needs the package pymsis, which is not installed: pip install 'moonstead[drag]'"
        ) from None
    columns = [np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in (tdb, latitude, longitude, height)]
    if any(each.shape != columns[0].shape or each.ndim != 1 for each in columns):
        raise InvalidInput(f"times and places must have one length; got {[each.shape for each in columns]}")
    days = modified_julian_date(columns[0])
    flux, mean, ap = weather.at(days)
    dates = np.datetime64("1858-11-17T00:00:00.000000") + np.round(days * DAY * 1e6).astype("timedelta64[us]")
    found = calculate(
        dates,
        np.degrees(columns[2]) % 360.0,
        np.degrees(columns[1]),
        columns[3] / 1e3,
        flux,
        mean,
        np.repeat(ap[:, None], 7, axis=1),
        version=version,
    )
    return np.asarray(found[:, Variable.MASS_DENSITY], dtype=np.float64)
