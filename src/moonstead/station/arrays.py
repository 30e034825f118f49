"""Power that solar arrays deliver over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY, SOLAR_CONSTANT
from moonstead.foundation.errors import InvalidInput, NumericalFailure

Array = NDArray[np.float64]
Mounting = Literal["fixed", "vertical-tracking", "two-axis-tracking"]

JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
MOUNTINGS = ("fixed", "vertical-tracking", "two-axis-tracking")
STEFAN_BOLTZMANN = 5.670374419e-8  # [W/m2/K4] exact to the digits given since the SI of 2019
TEST_TEMPERATURE = 301.15  # [K] 28 deg C: at which space cells are rated (ECSS-E-ST-20-08C)
NEWTON_STEPS = 30  # from 200 K to 400 K it takes six


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
    temperature_coefficient : float [1/K]
        Change of the power with the cells' temperature, over the power at `TEST_TEMPERATURE`: negative for all common
        cells; 0 leaves temperature out.
    absorptivity : float [1]
        Of the front for sunlight.
    emissivity : float [1]
        Of front and back together, so at most 2.
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
    temperature_coefficient: float = 0.0
    absorptivity: float = 0.9
    emissivity: float = 1.7

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
        if not -0.02 <= self.temperature_coefficient <= 0.02:
            raise InvalidInput(
                f"array {self.name!r}: a temperature coefficient lies within 2 % of the power for each K;"
                f" got {self.temperature_coefficient!r} [1/K]"
            )
        if not 0.0 < self.absorptivity <= 1.0 or not 0.0 < self.emissivity <= 2.0:
            raise InvalidInput(
                f"array {self.name!r}: absorptivity must lie in (0, 1] and emissivity of both sides in (0, 2];"
                f" got {self.absorptivity!r} and {self.emissivity!r}"
            )
        if not 0.0 <= self.tilt <= np.pi:
            raise InvalidInput(f"array {self.name!r}: tilt must lie in [0, pi] rad; got {self.tilt!r}")


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


def equilibrium_temperature(array: SolarArray, sunlight: ArrayLike, sink_temperature: ArrayLike = 3.0) -> Array:
    """Temperature of cells that take in sunlight, give off power and radiate from both sides.

    Parameters
    ----------
    array : SolarArray
        Its efficiency, temperature coefficient, absorptivity and emissivity.
    sunlight : (N,) [W/m2]
        On the cells, the cosine of the incidence in it.
    sink_temperature : float or (N,) [K]
        What both sides see in the mean: near 3 K for the sky, more beside warm ground.

    Returns
    -------
    (N,) [K]
        Without storage of heat: thin panels settle in minutes.

    Raises
    ------
    InvalidInput
        A sink temperature is not positive or sunlight is negative.
    NumericalFailure
        No temperature balances: the temperature coefficient is too large for the light.

    Source
    ------
    Stefan and Boltzmann's law: ``(a - eta(T)) S = e sigma (T^4 - T_s^4)`` by Newton's iteration; D. G. Gilmore (ed.),
    Spacecraft Thermal Control Handbook, 2nd ed. (2002), chapter 6.
    """
    light, sink = np.asarray(sunlight, dtype=np.float64), np.asarray(sink_temperature, dtype=np.float64)
    if not np.all(sink > 0.0):
        raise InvalidInput("a sink temperature must be positive [K]")
    if np.any(light < 0.0):
        raise InvalidInput("sunlight must not be negative [W/m2]")
    radiates = array.emissivity * STEFAN_BOLTZMANN
    slope = array.efficiency * array.temperature_coefficient * light
    absorbed = (array.absorptivity - array.efficiency) * light
    temperature = np.maximum((np.maximum(absorbed, 0.0) / radiates + sink**4) ** 0.25, sink)
    for _ in range(NEWTON_STEPS):
        excess = absorbed - slope * (temperature - TEST_TEMPERATURE) - radiates * (temperature**4 - sink**4)
        change = excess / (4.0 * radiates * temperature**3 + slope)
        temperature = np.maximum(temperature + change, 0.5 * temperature)
    if not np.all(np.isnan(light) | (np.abs(change) < 1e-6 * temperature)):
        raise NumericalFailure(
            f"array {array.name!r}: no temperature balances sunlight, power and radiation; check its temperature"
            f" coefficient of {array.temperature_coefficient:g} 1/K and absorptivity of {array.absorptivity:g}"
        )
    return np.asarray(temperature)


def array_power(
    array: SolarArray,
    tdb: ArrayLike,
    sun_fraction: ArrayLike,
    sun_azimuth: ArrayLike,
    sun_elevation: ArrayLike,
    sun_distance: ArrayLike,
    *,
    lit_share: ArrayLike = 1.0,
    dust: ArrayLike = 1.0,
    sink_temperature: ArrayLike | None = None,
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
    lit_share : float or (N,) [1]
        Share of the array that no other array shades, from `array_shading.lit_shares`.
    dust : float or (N,) [1]
        Transmission of the dust that gathers, from `dust.dust_transmission`; on top of the array's own.
    sink_temperature : float or (N,) [K], optional
        Surroundings of the cells; with it and a temperature coefficient their temperature counts.

    Returns
    -------
    (N,) [W]
        ``S (au / d)^2 fraction area efficiency dust (1 - degradation)^years cos(incidence) lit_share``, times
        ``1 + coefficient (T - 301.15 K)``; the disc is taken as evenly bright, cells as following the cosine up to
        grazing light, and a part in shade as not stopping the rest of the array.

    Raises
    ------
    InvalidInput
        Arrays differ in length or a share lies outside [0, 1].
    NumericalFailure
        No temperature of the cells balances.

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
    shares = [np.asarray(share, dtype=np.float64) for share in (lit_share, dust)]
    if any(share.shape not in ((), time.shape) or np.any((share < 0.0) | (share > 1.0)) for share in shares):
        raise InvalidInput(f"lit share and dust must be numbers in [0, 1], one or {time.size} of each")
    on_cells = sunlight * incidence_cosine(array, azimuth, elevation) * array.dust_transmission * shares[1]
    power = on_cells * array.area * array.efficiency * shares[0]
    if sink_temperature is not None and array.temperature_coefficient != 0.0:
        temperature = equilibrium_temperature(array, on_cells, sink_temperature)
        power *= np.maximum(1.0 + array.temperature_coefficient * (temperature - TEST_TEMPERATURE), 0.0)
    if array.degradation_per_year > 0.0:
        years = np.maximum(time - array.deployed, 0.0) / JULIAN_YEAR
        power *= (1.0 - array.degradation_per_year) ** years
    return np.where(time >= array.deployed, power, 0.0)
