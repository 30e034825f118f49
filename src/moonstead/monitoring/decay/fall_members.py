"""Many falls at once along one nominal decay: other ballistic coefficients, other weather, other starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.air_density import modified_julian_date
from moonstead.dynamics.atmosphere import Version
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.monitoring.decay.averaged_drag import MeanOrbits, drag_rates, turning_rates
from moonstead.monitoring.decay.weather_forecast import WeatherForecast

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

PACES = np.array([0.4, 0.6, 0.8, 1.0, 1.25, 1.6, 2.2])  # [1] of the nominal time at which the loss is laid out
AP_NODES = np.array([0.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 400.0])  # [1] between which its effect runs straight
FLUX_STEP = 10.0  # [sfu] of the differences that tell the effect of flux
RESPONSES = 10  # axes at which the effects of weather are computed
PREVIOUS_DAY = 1.0  # [d] whose flux models of the air ask for


@dataclass(frozen=True, eq=False)
class FallTable:
    """Loss of semi-major axis along a nominal decay, at other times than the nominal too, and how weather changes it.

    Attributes
    ----------
    start : float [s TDB past J2000]
        Of the decay.
    axes : (K,) [m]
        Semi-major axes, falling.
    nominal : (K,) [s]
        Time since the start at which the nominal decay passes them.
    log_loss : (K, P) [1]
        Logarithm of the loss [kg/m/s] at `PACES` times the nominal time.
    by_flux, by_mean : (K,) [1/sfu]
        Change of the logarithm with flux and with its mean over 81 days.
    by_ap : (K, A) [1]
        The logarithm at `AP_NODES`, less its value at the first.
    """

    start: float
    axes: Array
    nominal: Array
    log_loss: Array
    by_flux: Array
    by_mean: Array
    by_ap: Array


def fall_table(orbits: MeanOrbits, weather: SpaceWeather, version: Version = "00") -> FallTable:
    """Lay out the loss along a nominal decay.

    Parameters
    ----------
    orbits : MeanOrbits
        K rows of the decay, from its start to its end.
    weather : SpaceWeather
        As expected, to 2.2 times the nominal end.
    version : str
        Of NRLMSIS.

    Returns
    -------
    FallTable

    Raises
    ------
    OutsideSpan
        The weather does not cover 2.2 times the decay.
    MissingData
        The package pymsis is not installed.

    Source
    ------
    As `drag_rates`. The shape of the orbit at a semi-major axis is taken from the nominal decay: drag alone ties both.
    """
    since = orbits.tdb - orbits.tdb[0]
    later = (since[:, None] * PACES - since[:, None]).reshape(-1)
    rows = np.repeat(np.arange(since.size), PACES.size)
    loss = -drag_rates(moved(orbits, rows, later), weather, version).axis
    few = np.unique(np.linspace(0, since.size - 1, RESPONSES).astype(np.int64))
    there = moved(orbits, few, np.zeros(few.size))
    index = np.arange(since.size)

    def logarithm(flux: float, mean: float, ap: float | None) -> Array:
        other = SpaceWeather(
            weather.noon,
            weather.f107 + flux,
            weather.f107a + mean,
            weather.ap if ap is None else np.full_like(weather.ap, ap),
            weather.source,
        )
        return np.interp(index, few, np.log(-drag_rates(there, other, version).axis))

    plain = logarithm(0.0, 0.0, None)
    storms = np.stack([logarithm(0.0, 0.0, float(ap)) for ap in AP_NODES], axis=1)
    return FallTable(
        float(orbits.tdb[0]),
        orbits.semi_major_axis,
        since,
        np.log(loss).reshape(since.size, PACES.size),
        (logarithm(FLUX_STEP, 0.0, None) - plain) / FLUX_STEP,
        (logarithm(0.0, FLUX_STEP, None) - plain) / FLUX_STEP,
        storms - storms[:, :1],
    )


def fall_times(
    table: FallTable, coefficients: Array, offsets: Array, forecast: WeatherForecast, replayed: Whole
) -> tuple[Array, Array]:
    """Times at which members of an ensemble reach the end of a nominal decay, and the air that they find there.

    Parameters
    ----------
    table : FallTable
        The nominal decay.
    coefficients : (M,) [m^2/kg]
        Ballistic coefficient of each member.
    offsets : (M,) [m]
        By how much each starts higher.
    forecast : WeatherForecast
        Weather, expected and of its members.
    replayed : (M,) int
        Row of the forecast that each member flies in; not looked at where the forecast has none.

    Returns
    -------
    elapsed : (M,) [s]
        Since the start of the table.
    thicker : (M,) [1]
        Loss in each member's weather over that in the expected weather, at the end.

    Source
    ------
    dt = da / (B L(a, t)) from axis to axis, with the logarithm of L running straight between them.
    """
    elapsed = offsets * np.exp(-table.log_loss[0, 0]) / coefficients
    for k in range(table.axes.size - 1):
        log_loss = 0.5 * (_log_loss(table, k, elapsed) + _log_loss(table, k + 1, elapsed))
        log_loss = log_loss + weather_effect(table, k, elapsed, forecast, replayed)
        elapsed = elapsed + (table.axes[k] - table.axes[k + 1]) / (coefficients * np.exp(log_loss))
    return elapsed, np.exp(weather_effect(table, table.axes.size - 1, elapsed, forecast, replayed))


def moved(orbits: MeanOrbits, rows: Whole, later: Array) -> MeanOrbits:
    """Rows of a decay at other times: node and perigee turned by oblateness, size and shape as they were.

    Parameters
    ----------
    orbits : MeanOrbits
        The decay.
    rows : (N,) int [1]
        Which rows.
    later : (N,) [s]
        By how much later each; negative for earlier.

    Returns
    -------
    MeanOrbits
        N rows.

    Source
    ------
    As `turning_rates`.
    """
    there = MeanOrbits(**{name: column[rows] for name, column in vars(orbits).items()})
    node, perigee, latitude = turning_rates(there)
    cosine, sine = np.cos(perigee * later), np.sin(perigee * later)
    return MeanOrbits(
        there.tdb + later,
        there.semi_major_axis,
        cosine * there.ahead - sine * there.across,
        sine * there.ahead + cosine * there.across,
        there.inclination,
        there.node + node * later,
        there.argument_of_latitude + latitude * later,
    )


def _log_loss(table: FallTable, k: int, elapsed: Array) -> Array:
    if table.nominal[k] <= 0.0:
        return np.full_like(elapsed, table.log_loss[k, 0])
    return np.interp(elapsed / table.nominal[k], PACES, table.log_loss[k])


def weather_effect(table: FallTable, k: int, elapsed: Array, forecast: WeatherForecast, replayed: Whole) -> Array:
    """Change of the logarithm of the loss from expected weather to that of each member.

    Parameters
    ----------
    table : FallTable
        The nominal decay.
    k : int [1]
        Row of it.
    elapsed : (M,) [s]
        Times since its start.
    forecast : WeatherForecast
        Weather, expected and of its members.
    replayed : (M,) int [1]
        Row of the forecast that each member flies in.

    Returns
    -------
    (M,) [1]
        0 before the forecast begins, and where it has no members.

    Source
    ------
    Linear in flux and its mean, by straight pieces in Ap, with the differences of `fall_table`.
    """
    if not forecast.f107.size:
        return np.zeros_like(elapsed)
    days = modified_julian_date(table.start)[0] + elapsed / SECONDS_PER_DAY
    flux, mean, ap = forecast.expected.at(np.clip(days, *forecast.expected.span))
    other_flux = _of_member(forecast.noon, forecast.f107, days - PREVIOUS_DAY, replayed)
    other_mean = _of_member(forecast.noon, forecast.f107a, days, replayed)
    other_ap = _of_member(forecast.noon, forecast.ap, days, replayed)
    effect = np.interp(other_ap, AP_NODES, table.by_ap[k]) - np.interp(ap, AP_NODES, table.by_ap[k])
    effect += table.by_flux[k] * (other_flux - flux) + table.by_mean[k] * (other_mean - mean)
    return np.where(days >= forecast.noon[0], effect, 0.0)


def _of_member(noon: Array, values: Array, days: Array, replayed: Whole) -> Array:
    """Values (M,) of each member's own row at its own time; the first and last stay beyond the ends."""
    place = np.clip(days - noon[0], 0.0, noon.size - 1.001)
    cell = place.astype(np.int64)
    part = place - cell
    return np.asarray((1.0 - part) * values[replayed, cell] + part * values[replayed, cell + 1])
