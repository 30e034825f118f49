"""Density of the air by Jacchia-Bowman 2008, from solar and geomagnetic indices that are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics import jb2008_coefficients as of
from moonstead.foundation.constants import STANDARD_GRAVITY
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

LOWEST = 90e3  # [m]
MIXED, POLYNOMIAL, HYDROGEN = 105.0, 125.0, 500.0  # [km] tops of mixing and of the cubic; where hydrogen is given
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
DAYS_OF_YEAR = 365.0


@dataclass(frozen=True, eq=False)
class Jb2008Indices:
    """Indices of the Sun and temperature of storms that the model is driven with, one of each for a place.

    Attributes
    ----------
    f10, f10_mean : (N,) [sfu]
        Flux at 10.7 cm of the day before, and its mean over 81 days.
    s10, s10_mean : (N,) [sfu]
        Extreme ultraviolet, 26 to 34 nm, of the day before, on the scale of the flux.
    m10, m10_mean : (N,) [sfu]
        Magnesium II, two days before.
    y10, y10_mean : (N,) [sfu]
        X-rays and Lyman alpha, five days before.
    storm : (N,) [K]
        Change of the exospheric temperature by geomagnetic activity, made of Dst.
    """

    f10: Array
    f10_mean: Array
    s10: Array
    s10_mean: Array
    m10: Array
    m10_mean: Array
    y10: Array
    y10_mean: Array
    storm: Array


def jb2008_density(
    mjd: ArrayLike,
    sun_right_ascension: ArrayLike,
    sun_declination: ArrayLike,
    right_ascension: ArrayLike,
    latitude: ArrayLike,
    height: ArrayLike,
    indices: Jb2008Indices,
) -> NDArray[np.float64]:
    """Density of the air by JB2008 at places and times.

    Parameters
    ----------
    mjd : (N,) [d]
        Modified Julian dates, UTC.
    sun_right_ascension, sun_declination : (N,) [rad]
        Of the Sun.
    right_ascension : (N,) [rad]
        Of the place, to the same equinox.
    latitude : (N,) [rad]
        Geocentric.
    height : (N,) [m]
        Over the ellipsoid, 90 km or more.
    indices : Jb2008Indices
        Of N places, or of one for all.

    Returns
    -------
    (N,) [kg/m^3]

    Raises
    ------
    InvalidInput
        A height is below 90 km, a value is not finite, or the lengths differ.

    Source
    ------
    Bowman et al. (2008), AIAA 2008-6438, eqs. 1 to 24, doi:10.2514/6.2008-6438, with the profile of Jacchia (1971). The
    barometric and diffusion integrals by Gauss and Legendre's rule.
    """
    given = (mjd, sun_right_ascension, sun_declination, right_ascension, latitude, height)
    solar = tuple(getattr(indices, one.name) for one in fields(indices))
    try:
        columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in (*given, *solar)))
    except ValueError:
        raise InvalidInput("times, places and indices must have one length, or one value for all") from None
    if any(not np.all(np.isfinite(each)) for each in columns) or np.any(columns[5] < LOWEST):
        raise InvalidInput("JB2008 needs finite numbers and heights of 90 km or more")
    date, sun, declination, place, north, high = columns[:6]
    f10, f10_mean, s10, s10_mean, m10, m10_mean, y10, y10_mean, storm = columns[6:]
    z = high / 1e3
    hour_angle = place - sun
    share = np.minimum(1.0, (f10_mean / 240.0) ** 0.25)
    steady = f10_mean * share + s10_mean * (1.0 - share)
    night = 392.4 + 3.227 * steady + 0.298 * (f10 - f10_mean) + 2.259 * (s10 - s10_mean)
    night = night + 0.312 * (m10 - m10_mean) + 0.178 * (y10 - y10_mean)
    local_time = (hour_angle / (2.0 * np.pi) + 0.5) % 1.0
    exospheric = night * (1.0 + 0.31 * _bulge(north, declination, hour_angle)) + storm
    exospheric = exospheric + _local_correction((f10 - 100.0) / 100.0, local_time, np.cos(north), z)
    logarithms = _number_logarithms(z, _Temperature(exospheric))
    change = _season(date, north, z) + _semiannual(date, z, f10_mean, s10_mean, m10_mean)
    total = sum(np.exp(n) * mass for n, mass in zip(logarithms, of.MOLAR_MASS, strict=True))
    density = total / of.AVOGADRO * 10.0**change * _exosphere(z, f10_mean)
    return np.asarray(density, dtype=np.float64)


class _Temperature:
    """Temperature [K] by height [km] for exospheric temperatures [K], eqs. 9 to 13."""

    def __init__(self, exospheric: Array) -> None:
        self.exospheric = exospheric
        self.bend = 444.3807 + 0.02385 * exospheric - 392.8292 * np.exp(-0.0021357 * exospheric)
        self.slope = 0.054285714 * (self.bend - 183.0)
        self.rise = (exospheric - self.bend) * 2.0 / np.pi

    def at(self, z: Array) -> Array:
        dz = z - POLYNOMIAL
        above = np.maximum(dz, 0.0)
        low = self.bend + self.slope * dz * (1.0 + dz**2 * (-9.8204695e-6 * dz - 7.3039742e-4))
        high = self.bend + self.rise * np.arctan(self.slope / self.rise * above * (1.0 + 4.5e-6 * above**2.5))
        return np.where(dz <= 0.0, low, high)


def _gravity(z: Array) -> Array:
    return STANDARD_GRAVITY / (1.0 + z / of.EARTH_RADIUS) ** 2


def _integral(low: Array, high: Array, temperature: _Temperature, *, mixed: bool = False) -> Array:
    """Integral of g / T, or of M g / T in mixed air, by height [km], eqs. 5 and 6."""
    total = np.zeros_like(high)
    for node, weight in zip(NODES, WEIGHTS, strict=True):
        # squares of heights over the lower end: T has a term of the power 3.5 there
        root = 0.5 * (node + 1.0)
        z = low + (high - low) * root**2
        value = _gravity(z) / temperature.at(z)
        if mixed:
            value = value * np.polynomial.polynomial.polyval(z - 100.0, of.MEAN_MASS)
        total += weight * root * value
    return total * (high - low)


def _column(z: Array, temperature: _Temperature) -> Array:
    """Integral of g / T from 105 km to heights of more, in panels."""
    edges = (MIXED, POLYNOMIAL, 180.0, 300.0, HYDROGEN, 1000.0, 2500.0)
    total = np.zeros_like(z)
    for low, high in zip(edges, (*edges[1:], np.inf), strict=True):
        begin, end = np.maximum(np.minimum(z, low), low), np.maximum(np.minimum(z, high), low)
        total += _integral(begin, end, temperature)
    return total


def _number_logarithms(z: Array, temperature: _Temperature) -> list[Array]:
    """Natural logarithms of number densities [1/m3] of N2, O2, O, Ar, He and H, eqs. 2 to 7."""
    ground, top = np.full_like(z, LOWEST / 1e3), np.minimum(z, MIXED)
    at_ground, at_top = (np.polynomial.polynomial.polyval(one - 100.0, of.MEAN_MASS) for one in (ground, top))
    warm, there = temperature.at(ground), temperature.at(top)
    mixed = _integral(ground, top, temperature, mixed=True)
    density = of.DENSITY_90_KM * at_top * warm / (at_ground * there) * np.exp(-mixed / of.GAS)
    particles = of.AVOGADRO * density / at_top
    parent = of.AVOGADRO * density / of.SEA_LEVEL_MASS
    shares = of.SEA_LEVEL_SHARE
    base = [
        np.log(shares[0] * parent),
        np.log(parent * (1.0 + shares[1]) - particles),
        np.log(2.0 * (particles - parent)),
        np.log(shares[2] * parent),
        np.log(shares[3] * parent),
    ]
    above = np.maximum(z, MIXED)
    column, here = _column(above, temperature), temperature.at(above)
    cooling = np.log(here / there)
    found = []
    for k, start in enumerate(base):
        diffusion = 1.0 + (of.HELIUM_DIFFUSION if k == 4 else 0.0)
        settled = start - diffusion * cooling - of.MOLAR_MASS[k] * column / of.GAS
        found.append(np.where(z > MIXED, settled, start))
    high = np.full_like(z, HYDROGEN)
    power = np.log10(temperature.exospheric)
    at_high = np.log(10.0) * ((5.5 * power - 39.40) * power + 79.13)
    between = (column - _column(high, temperature)) / of.GAS
    hydrogen = at_high - np.log(here / temperature.at(high)) - of.MOLAR_MASS[5] * between
    found.append(np.where(z > MIXED, hydrogen, found[4] - 25.0))
    return found


def _bulge(latitude: Array, declination: Array, hour_angle: Array) -> Array:
    """Share of the day's heating, eqs. 15 to 17."""
    noon = np.cos(0.5 * np.abs(latitude - declination)) ** 2.5
    midnight = np.sin(0.5 * np.abs(latitude + declination)) ** 2.5
    tau = hour_angle - 0.64577182 + 0.10471976 * np.sin(hour_angle + 0.75049158)
    return np.asarray(midnight + (noon - midnight) * np.abs(np.cos(0.5 * tau)) ** 3)


def _local_correction(flux: Array, time: Array, cosine: Array, z: Array) -> Array:
    """Correction of the exospheric temperature [K] by local time [1] and latitude, in pieces by height [km]."""

    def series(coefficients: Sequence[float]) -> Array:
        return np.asarray(np.polynomial.polynomial.polyval(time, coefficients))

    steep = series(of.UPPER[3])

    def upper(height: Array | float) -> Array:
        by_time = time * series(of.UPPER[2]) + height * steep + of.UPPER[4][0]
        return np.asarray(of.UPPER[0][0] + flux * series(of.UPPER[1]) + cosine * by_time)

    slope = of.LOWER_SLOPE[0][0] + flux * series(of.LOWER_SLOPE[1]) + cosine * time * series(of.LOWER_SLOPE[2])
    slope = slope + cosine * (of.LOWER_SLOPE[3][0] + flux * series(of.LOWER_SLOPE[4]))
    level = of.LOWER[0][0] + cosine * (time * series(of.LOWER[1]) + flux * series(of.LOWER[2]))
    at_240 = level + 0.8 * slope
    first, second, third = (z - 120.0) / 80.0, (z - 240.0) / 60.0, (z - 600.0) / 100.0
    bend = 3.0 * level - slope
    rising = first**2 * (bend + (level - bend) * first)
    at_300 = upper(3.0)
    curve = 3.0 * at_300 - cosine * steep - 3.0 * at_240 - 2.0 * slope
    joining = at_240 + second * (slope + second * (curve + second * (at_300 - at_240 - slope - curve)))
    at_600, fall = upper(6.0), cosine * steep
    fading = at_600 + third * (fall + third * (-0.75 * at_600 - fall + third * 0.25 * (at_600 + fall)))
    return np.select(
        [z < 120.0, z <= 200.0, z <= 240.0, z <= 300.0, z <= 600.0, z <= 800.0],
        [np.zeros_like(z), rising, level + slope * (z - 200.0) / 50.0, joining, upper(z / 100.0), fading],
        0.0,
    )


def _season(mjd: Array, latitude: Array, z: Array) -> Array:
    """Decimal logarithm of the seasonal variation by latitude, eq. 24."""
    year = (mjd - 36_204.0) / 365.2422 % 1.0
    sine = np.sin(latitude)
    over = z - 90.0
    return np.asarray(
        0.02 * over * np.exp(-0.045 * over) * np.sign(latitude) * np.sin(2.0 * np.pi * year + 1.72) * sine**2
    )


def _semiannual(mjd: Array, z: Array, f10_mean: Array, s10_mean: Array, m10_mean: Array) -> Array:
    """Decimal logarithm of the semiannual variation, eq. 23."""
    index = f10_mean - 0.70 * s10_mean - 0.04 * m10_mean
    height = z / 1000.0
    a = of.AMPLITUDE
    amplitude = a[0] + index * (a[1] + height * (a[2] + a[3] * height + a[4] * index))
    index = f10_mean - 0.75 * s10_mean - 0.37 * m10_mean
    angle = 2.0 * np.pi * (_day_of_year(mjd) - 1.0) / DAYS_OF_YEAR
    waves = (np.ones_like(angle), np.sin(angle), np.cos(angle), np.sin(2.0 * angle), np.cos(2.0 * angle))
    phase = sum((of.PHASE[k] + index * of.PHASE[k + 5]) * wave for k, wave in enumerate(waves))
    return np.where(z < 2000.0, np.maximum(1e-6, amplitude) * phase, 0.0)


def _day_of_year(mjd: Array) -> Array:
    """Day of the year with its fraction, 1 at the first midnight."""
    day = np.floor(mjd).astype(np.int64)
    dates = np.datetime64("1858-11-17") + day.astype("timedelta64[D]")
    return np.asarray((dates - dates.astype("datetime64[Y]")).astype(np.float64) + 1.0 + (mjd - day))


def _exosphere(z: Array, f10_mean: Array) -> Array:
    """Factor on the density above 1000 km."""
    h = of.HIGH
    at_1500 = h[0] + h[1] * f10_mean + (h[2] + h[3] * f10_mean) * 1500.0
    slope = (h[2] + h[3] * f10_mean) * 500.0
    zeta = (z - 1000.0) / 500.0
    between = 1.0 + zeta**2 * (3.0 * at_1500 - slope - 3.0 + (slope - 2.0 * at_1500 + 2.0) * zeta)
    beyond = h[0] + h[1] * f10_mean + (h[2] + h[3] * f10_mean) * z
    return np.select([z < 1000.0, z < 1500.0], [np.ones_like(z), between], beyond)
