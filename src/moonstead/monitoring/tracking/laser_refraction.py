"""How the air delays laser light on its way to a satellite."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# Mapping function FCULa: constant, per degree Celsius, by the cosine of the latitude, per metre of height.
MAPPING = np.array(
    [
        (12_100.8e-7, 1_729.5e-9, 319.1e-7, -1_847.8e-11),
        (30_496.5e-7, 234.6e-8, -103.5e-6, -185.6e-10),
        (6_877.7e-5, 197.2e-7, -345.8e-5, 106.0e-9),
    ]
)
DISPERSION_DRY = ((238.0185, 19_990.975), (57.362, 579.55174))  # [1/um2] resonances and strengths of dry air
DISPERSION_WET = (295.235, 2.6422, -0.032_380, 0.004_028)  # [1], [um2], [um4], [um6]
CARBON_DIOXIDE = 375.0  # [ppm] the content that the model's authors took
KELVIN = 273.15  # [K] 0 degrees Celsius


def mapping_function(elevation: ArrayLike, latitude: ArrayLike, height: ArrayLike, temperature: ArrayLike) -> Array:
    """How many times longer the way through the air is than that to the zenith (FCULa).

    Parameters
    ----------
    elevation : (N,) [rad]
        Without refraction; good from 3 degrees up.
    latitude : (N,) or scalar [rad]
        Geodetic, of the station.
    height : (N,) or scalar [m]
        Of the station over the ellipsoid.
    temperature : (N,) or scalar [K]
        Of the air at the station.

    Returns
    -------
    (N,) [1]

    Source
    ------
    Mendes, Prates, Pavlis, Pavlis & Langley (2002), Geophys. Res. Lett. 29, 1414, doi:10.1029/2001GL014394; IERS
    Conventions (2010), section 9.1.3, equations 9.9 and 9.10, table 9.1.
    """
    celsius = np.asarray(temperature, dtype=np.float64) - KELVIN
    height = np.asarray(height, dtype=np.float64)
    cosine = np.cos(np.asarray(latitude, dtype=np.float64))
    a1, a2, a3 = (row[0] + row[1] * celsius + row[2] * cosine + row[3] * height for row in MAPPING)
    sine = np.sin(np.asarray(elevation, dtype=np.float64))
    return np.asarray((1.0 + a1 / (1.0 + a2 / (1.0 + a3))) / (sine + a1 / (sine + a2 / (sine + a3))))


def zenith_delay(
    pressure: ArrayLike, vapour_pressure: ArrayLike, latitude: ArrayLike, height: ArrayLike, wavelength: ArrayLike
) -> tuple[Array, Array]:
    """Delay of laser light to the zenith, by dry air and by water vapour.

    Parameters
    ----------
    pressure, vapour_pressure : (N,) [Pa]
        At the station.
    latitude : (N,) or scalar [rad]
        Geodetic, of the station.
    height : (N,) or scalar [m]
        Of the station over the ellipsoid.
    wavelength : (N,) or scalar [m]
        0.35 to 1.1 um.

    Returns
    -------
    (N,), (N,) [m]
        Hydrostatic and wet part.

    Source
    ------
    Mendes & Pavlis (2004), Geophys. Res. Lett. 31, L14602, doi:10.1029/2004GL020308; IERS Conventions (2010), section
    9.1.2, equations 9.3 to 9.7.
    """
    latitude, height = np.asarray(latitude, dtype=np.float64), np.asarray(height, dtype=np.float64)
    square = (1e-6 / np.asarray(wavelength, dtype=np.float64)) ** 2  # [1/um2]
    terms = [strength * (place + square) / (place - square) ** 2 for place, strength in DISPERSION_DRY]
    dry = 0.01 * np.sum(terms, axis=0) * (1.0 + 0.534e-6 * (CARBON_DIOXIDE - 450.0))
    first, second, third, fourth = DISPERSION_WET
    wet = 0.003_101 * (first + 3.0 * second * square + 5.0 * third * square**2 + 7.0 * fourth * square**3)
    site = 1.0 - 0.002_66 * np.cos(2.0 * latitude) - 0.000_000_28 * height
    hydrostatic = 0.000_024_165_79 * np.asarray(pressure, dtype=np.float64) * dry / site
    vapour = 1e-6 * (5.316 * wet - 3.759 * dry) * np.asarray(vapour_pressure, dtype=np.float64) / site
    return np.asarray(hydrostatic), np.asarray(vapour)


def vapour_pressure(pressure: ArrayLike, temperature: ArrayLike, humidity: ArrayLike) -> Array:
    """Pressure of the water vapour in air.

    Parameters
    ----------
    pressure : (N,) [Pa]
        Of the air.
    temperature : (N,) [K]
        Of the air.
    humidity : (N,) [1]
        Relative.

    Returns
    -------
    (N,) [Pa]

    Source
    ------
    Giacomo (1982), Metrologia 18, 33, doi:10.1088/0026-1394/18/1/006, as the model of the delay takes it.
    """
    kelvin = np.asarray(temperature, dtype=np.float64)
    saturated = np.exp(1.237_884_7e-5 * kelvin**2 - 1.912_131_6e-2 * kelvin + 33.937_110_47 - 6.343_164_5e3 / kelvin)
    enhanced = 1.000_62 + 3.14e-8 * np.asarray(pressure, dtype=np.float64) + 5.6e-7 * (kelvin - KELVIN) ** 2
    return np.asarray(np.asarray(humidity, dtype=np.float64) * saturated * enhanced)
