"""Power that solar arrays and reactors deliver over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY, SOLAR_CONSTANT
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Mounting = Literal["fixed", "vertical-tracking", "two-axis-tracking"]

JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
MOUNTINGS = ("fixed", "vertical-tracking", "two-axis-tracking")


@dataclass(frozen=True, slots=True)
class SolarArray:
    """A solar array and how it is mounted.

    Attributes
    ----------
    name : str
        What reports call it.
    area : float [m2]
        Of the cells.
    efficiency : float [1]
        Electric power at the bus over sunlight on the cells, when new and clean: cells, wiring and conversion.
    mounting : str
        ``"fixed"``; ``"vertical-tracking"`` turns about the vertical and keeps its tilt; ``"two-axis-tracking"`` always
        faces the Sun.
    azimuth : float [rad]
        Clockwise from north, of the fixed array's normal.
    tilt : float [rad]
        Of the normal from the zenith: 0 lies flat, pi/2 stands upright. Not used with two axes.
    degradation_per_year : float [1]
        Share of the power lost in each Julian year after deployment, of what was left.
    dust_transmission : float [1]
        Share of sunlight that passes the dust on the cells; 1 is clean.
    deployed : float [s TDB past J2000]
        Delivers nothing before; ages from here.
    """

    name: str
    area: float
    efficiency: float
    mounting: Mounting
    azimuth: float = 0.0
    tilt: float = 0.5 * np.pi
    degradation_per_year: float = 0.0
    dust_transmission: float = 1.0
    deployed: float = -np.inf

    def __post_init__(self) -> None:
        if self.mounting not in MOUNTINGS:
            raise InvalidInput(
                f"array {self.name!r}: mounting must be one of {', '.join(MOUNTINGS)}; got {self.mounting!r}"
            )
        if not self.area > 0.0:
            raise InvalidInput(f"array {self.name!r}: area must be positive [m2]; got {self.area!r}")
        for what, share in (("efficiency", self.efficiency), ("dust transmission", self.dust_transmission)):
            if not 0.0 < share <= 1.0:
                raise InvalidInput(f"array {self.name!r}: {what} must lie in (0, 1]; got {share!r}")
        if not 0.0 <= self.degradation_per_year < 1.0:
            raise InvalidInput(
                f"array {self.name!r}: degradation per year must lie in [0, 1); got {self.degradation_per_year!r}"
            )
        if self.degradation_per_year > 0.0 and not np.isfinite(self.deployed):
            raise InvalidInput(f"array {self.name!r} ages, so it needs the time [s TDB past J2000] of its deployment")
        if not 0.0 <= self.tilt <= np.pi:
            raise InvalidInput(f"array {self.name!r}: tilt must lie in [0, pi] rad; got {self.tilt!r}")


@dataclass(frozen=True, slots=True)
class Reactor:
    """A nuclear plant with constant electric power.

    Attributes
    ----------
    name : str
        What reports call it.
    power : float [W]
        Electric, at the bus.
    available : Windows, optional
        When it runs; without it, always after `start`.
    start : float [s TDB past J2000]
        Delivers nothing before.
    """

    name: str
    power: float
    available: Windows | None = None
    start: float = -np.inf

    def __post_init__(self) -> None:
        if not self.power > 0.0:
            raise InvalidInput(f"reactor {self.name!r}: power must be positive [W]; got {self.power!r}")


def incidence_cosine(array: SolarArray, sun_azimuth: ArrayLike, sun_elevation: ArrayLike) -> Array:
    """Cosine of the angle between the Sun and the array's normal.

    Parameters
    ----------
    array : SolarArray
        Its mounting, azimuth and tilt.
    sun_azimuth, sun_elevation : (N,) [rad]
        Direction of the Sun's centre, azimuth clockwise from north.

    Returns
    -------
    (N,) [1]
        0 where the Sun stands behind the array.

    Source
    ------
    Spherical trigonometry; J. A. Duffie, W. A. Beckman, Solar Engineering of Thermal Processes, 4th ed. (2013),
    eq. 1.6.3 with azimuths from north.
    """
    azimuth, elevation = np.asarray(sun_azimuth, dtype=np.float64), np.asarray(sun_elevation, dtype=np.float64)
    if array.mounting == "two-axis-tracking":
        return np.where(np.isnan(azimuth) | np.isnan(elevation), np.nan, 1.0)
    beside = azimuth - array.azimuth if array.mounting == "fixed" else np.where(np.isnan(azimuth), np.nan, 0.0)
    cosine = np.sin(elevation) * np.cos(array.tilt) + np.cos(elevation) * np.sin(array.tilt) * np.cos(beside)
    return np.asarray(np.maximum(cosine, 0.0))


def array_power(
    array: SolarArray,
    tdb: ArrayLike,
    sun_fraction: ArrayLike,
    sun_azimuth: ArrayLike,
    sun_elevation: ArrayLike,
    sun_distance: ArrayLike,
) -> Array:
    """Electric power of a solar array.

    Parameters
    ----------
    array : SolarArray
        Its size, mounting and age.
    tdb : (N,) [s TDB past J2000]
        Times.
    sun_fraction : (N,) [1]
        Share of the Sun's disc above the skyline of *this* array and clear of the Earth.
    sun_azimuth, sun_elevation : (N,) [rad]
        Direction of the Sun's centre at the array.
    sun_distance : (N,) [m]
        From the array.

    Returns
    -------
    (N,) [W]
        ``S (au / d)^2 fraction area efficiency dust (1 - degradation)^years cos(incidence)``; the disc is taken as
        evenly bright, and cells as following the cosine up to grazing light.

    Raises
    ------
    InvalidInput
        Arrays differ in length.

    Source
    ------
    Solar constant 1361 W/m2: IAU 2015 resolution B3. The rest is geometry.
    """
    columns = (tdb, sun_fraction, sun_azimuth, sun_elevation, sun_distance)
    time, fraction, azimuth, elevation, distance = (np.asarray(x, dtype=np.float64) for x in columns)
    if not (time.ndim == 1 and time.shape == fraction.shape == azimuth.shape == elevation.shape == distance.shape):
        raise InvalidInput(
            f"times and the Sun's fraction, azimuth, elevation and distance must have equal lengths; got"
            f" {time.shape}, {fraction.shape}, {azimuth.shape}, {elevation.shape} and {distance.shape}"
        )
    sunlight = SOLAR_CONSTANT * (ASTRONOMICAL_UNIT / distance) ** 2 * fraction
    power = sunlight * incidence_cosine(array, azimuth, elevation) * array.area * array.efficiency
    power *= array.dust_transmission
    if array.degradation_per_year > 0.0:
        years = np.maximum(time - array.deployed, 0.0) / JULIAN_YEAR
        power *= (1.0 - array.degradation_per_year) ** years
    return np.where(time >= array.deployed, power, 0.0)


def reactor_power(reactor: Reactor, tdb: ArrayLike) -> Array:
    """Electric power of a reactor: all or nothing.

    Parameters
    ----------
    reactor : Reactor
        Its power and when it runs.
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    (N,) [W]
        Its power where it runs, else 0.

    Source
    ------
    Definition: its rated power while it runs, no partial load and no ramps.
    """
    time = np.asarray(tdb, dtype=np.float64)
    running = time >= reactor.start
    if reactor.available is not None:
        running &= reactor.available.contains(time)
    return np.where(running, reactor.power, 0.0)
