"""Density of air on a grid over a span of time, and the model NRLMSIS laid out so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import metadata
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics import air_tables as at
from moonstead.foundation.bodies import body
from moonstead.foundation.ephemeris.calendar import span_text
from moonstead.foundation.errors import InvalidInput, MissingData, OutsideSpan
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.foundation.time.scales import utc_julian_date

Array = NDArray[np.float64]
Version = Literal["2.1", "2.0", "00"]

LOWEST, HIGHEST = 100e3, 1000e3  # [m] below and above, density goes on exponentially
ALTITUDES = 36  # [1] nodes, 7 km apart at 100 km and 65 km apart at 1000 km
LATITUDES = 19  # [1] nodes from pole to pole
HOURS = 24  # [1] nodes of local solar time; an even number, so that meridians go on beyond the poles
TIME_STEP = 7200.0  # [s] longitude and universal time enter with up to three waves a day
MIDDLE = 400e3  # [m] where geodetic latitudes are those of the nodes; 0.01 degrees off at the ends
LONGEST = 400 * 86400.0  # [s] 800 MB of coefficients
DAY = 86400.0
MJD_ZERO = 2400000.5


@dataclass(frozen=True, eq=False)
class GriddedAtmosphere:
    """Density of air by altitude, latitude, local solar time and time, twice smoothly interpolated.

    Attributes
    ----------
    first, last : float [s TDB past J2000]
        Span that it serves.
    table : (K,) [mixed]
        Header and coefficients, as `air_tables` tells.
    source : str
        Model and weather.
    """

    first: float
    last: float
    table: Array
    source: str

    def packed(self, first: float, last: float) -> Array:
        """The table for kernels.

        Parameters
        ----------
        first, last : float [s TDB past J2000]
            Span of the flight.

        Returns
        -------
        (K,) [mixed]

        Raises
        ------
        OutsideSpan
            The flight leaves the span of the table.
        """
        if not self.first <= first <= last <= self.last:
            raise OutsideSpan(
                f"the flight from {span_text(first, last)} leaves the atmosphere, which was laid out for "
                f"{span_text(self.first, self.last)}: lay it out for the whole flight"
            )
        return self.table


def nrlmsis_atmosphere(
    first: float, last: float, weather: SpaceWeather, *, version: Version = "2.1"
) -> GriddedAtmosphere:
    """Density of the air by NRLMSIS, from 100 km to 1000 km, over a span of time.

    Parameters
    ----------
    first, last : float [s TDB past J2000]
        Span, in either order; at most 400 days. A day takes half a second and 3 MB.
    weather : SpaceWeather
        Solar flux and geomagnetic index. Only the daily Ap is used.
    version : str
        ``"2.1"``, ``"2.0"``, or ``"00"`` for NRLMSISE-00.

    Returns
    -------
    GriddedAtmosphere
        Within 0.5 % rms of the model; below 100 km and above 1000 km its density goes on exponentially.

    Raises
    ------
    MissingData
        The package pymsis is not installed.
    OutsideSpan
        The weather does not cover the span and two hours before and after.
    InvalidInput
        The span is empty, too long or not finite.

    Source
    ------
    Emmert et al. (2021), Earth and Space Science 8, e2020EA001321, doi:10.1029/2020EA001321 (2.0); Emmert et al.
    (2022), J. Geophys. Res. Space Physics 127, e2022JA030896, doi:10.1029/2022JA030896 (2.1); Picone et al. (2002),
    J. Geophys. Res. 107, 1468, doi:10.1029/2002JA009430 (00). Computed by pymsis; interpolated by tensor products of
    cubic B-splines: de Boor (1978), A Practical Guide to Splines, ch. XVII.
    """
    first, last = min(first, last), max(first, last)
    if not (math.isfinite(first) and math.isfinite(last)) or not 0.0 < last - first <= LONGEST:
        raise InvalidInput(
            f"an atmosphere needs a span of time, 400 days at most; got {first!r} to {last!r} s TDB past J2000"
        )
    count = max(math.ceil((last - first) / TIME_STEP), 2) + 3
    tdb = first + TIME_STEP * np.arange(-1.0, count - 1.0)
    angle = np.pi * np.arange(LATITUDES) / (LATITUDES - 1) - 0.5 * np.pi
    altitude = np.geomspace(LOWEST, HIGHEST, ALTITUDES)
    logarithm = np.log(_nrlmsis(tdb, 2.0 * np.pi * np.arange(HOURS) / HOURS, angle, altitude, weather, version))
    header = np.zeros(at.HEADER)
    header[at.TIME_START], header[at.TIME_STEP], header[at.TIMES] = tdb[0], TIME_STEP, count + 2
    header[at.SUN_ANGLE], header[at.SUN_RATE] = 2.0 * np.pi * float(_days(tdb[:1])[0] % 1.0), 2.0 * np.pi / DAY
    header[at.HOURS], header[at.LATITUDES] = HOURS, LATITUDES + 2
    header[at.LOWEST], header[at.LOG_STEP] = LOWEST, math.log(altitude[1] / altitude[0])
    header[at.ALTITUDES] = ALTITUDES + 2
    table = np.concatenate((header, _coefficients(logarithm).reshape(-1)))
    return GriddedAtmosphere(
        first, last, table, f"NRLMSIS {version} (pymsis {metadata.version('pymsis')}), {weather.source}"
    )


def _nrlmsis(
    tdb: Array, hour: Array, latitude: Array, altitude: Array, weather: SpaceWeather, version: Version
) -> Array:
    """Density [kg/m^3] at the nodes (times, hours, latitudes, altitudes)."""
    try:
        from pymsis import Variable, calculate
    except ImportError:
        raise MissingData(
            "the atmosphere NRLMSIS needs the package pymsis, which is not installed: pip install 'moonstead[drag]'"
        ) from None
    days = _days(tdb)
    flux, mean, ap = weather.at(days)
    geodetic, height = _geodetic(latitude, altitude)
    shape = (len(hour), len(latitude), len(altitude))
    north, height = np.degrees(geodetic)[:, None], height / 1e3
    density = np.empty((len(tdb), *shape))
    dates = np.datetime64("1858-11-17T00:00:00.000000") + np.round(days * DAY * 1e6).astype("timedelta64[us]")
    for i, date in enumerate(dates):
        east = np.degrees(hour - 2.0 * np.pi * (days[i] % 1.0))[:, None, None] % 360.0
        places = (np.broadcast_to(one, shape).reshape(-1) for one in (east, north, height))
        count = density[i].size
        constant = (np.full(count, flux[i]), np.full(count, mean[i]), np.full((count, 7), ap[i]))
        found = calculate(np.full(count, date), *places, *constant, version=version)
        density[i] = found[:, Variable.MASS_DENSITY].reshape(shape)
    return density


def _geodetic(latitude: Array, altitude: Array) -> tuple[Array, Array]:
    """Geodetic latitudes (K,) [rad] and altitudes (K, M) [m] of the places that the force kernels call by these.

    There, latitude is measured at the centre, and altitude is the distance less a (1 - f sin^2 latitude).
    """
    from erfa import gc2gde

    earth = body("EARTH")
    a, f = earth.equatorial_radius, 1.0 - earth.polar_radius / earth.equatorial_radius
    height = np.concatenate((altitude, [MIDDLE]))
    distance = a * (1.0 - f * np.sin(latitude)[:, None] ** 2) + height
    up = np.stack((np.cos(latitude), np.zeros_like(latitude), np.sin(latitude)), axis=1)
    _, geodetic, found = gc2gde(a, f, distance[..., None] * up[:, None])
    return geodetic[:, -1], found[:, :-1]


def _days(tdb: Array) -> Array:
    """Modified Julian dates [d, UTC]."""
    whole, part = utc_julian_date(tdb)
    return (whole - MJD_ZERO) + part


def _coefficients(values: Array) -> Array:
    """Coefficients of splines through values (times, hours, latitudes, altitudes); open directions get two more."""
    half = values.shape[1] // 2
    # a meridian goes on beyond the pole as the one twelve hours away
    beyond = np.roll(values, half, axis=1)[:, :, -2:0:-1]
    circle = _solved(_periodic(2 * values.shape[2] - 2), np.concatenate((values, beyond), axis=2), 2)
    circle = np.concatenate((circle[:, :, -1:], circle[:, :, : values.shape[2] + 1]), axis=2)
    day = _solved(_periodic(values.shape[1]), circle, 1)
    day = np.concatenate((day[:, -1:], day, day[:, :2]), axis=1)
    columns = _solved(_open(values.shape[3]), day, 3)
    return np.ascontiguousarray(_solved(_open(values.shape[0]), columns, 0))


def _solved(inverse: Array, values: Array, axis: int) -> Array:
    return np.moveaxis(np.tensordot(inverse, values, axes=(1, axis)), 0, axis)


def _periodic(count: int) -> Array:
    """From values at nodes around a circle to coefficients there."""
    matrix = np.zeros((count, count))
    for shift, weight in ((-1, 1.0), (0, 4.0), (1, 1.0)):
        matrix[np.arange(count), (np.arange(count) + shift) % count] += weight / 6.0
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _open(count: int) -> Array:
    """From values at nodes on a line to coefficients there and one beyond each end; the end cells share their cubic."""
    matrix = np.zeros((count + 2, count + 2))
    for row in range(count):
        matrix[row + 1, row : row + 3] = (1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0)
    matrix[0, :5] = matrix[-1, -5:] = (1.0, -4.0, 6.0, -4.0, 1.0)
    return np.asarray(np.linalg.inv(matrix)[:, 1:-1], dtype=np.float64)
