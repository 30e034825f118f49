"""Space weather as it could be known at a date: observed until then, foretold after, and how past forecasts erred."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.space_weather import DAY_ZERO, SpaceWeather

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

MEAN_DAYS = 81  # of the mean flux that models of the air ask for
HALF = MEAN_DAYS // 2
ROTATION = 27  # [d] of the Sun as seen from the Earth
FLUX_MEMORY, AP_MEMORY = 7.0, 1.0  # [d] over which today's departure from the mean is forgotten
FLUX_RETURN, AP_RETURN = 0.5, 0.3  # [1] of a departure that comes back after a rotation
ALIKE = 0.15  # [1] of the logarithm of the mean flux, within which a past day counts as like today
FEWEST = 30  # past days like today; with fewer all past days serve
MEMBERS = 400  # past forecasts that are looked at
OLDEST_GAP = 27  # [d] by which the record may end before the date of the forecast
# Where no weather is given: means over the days of 1957-10 to 2020-12 in CelesTrak's table, rounded.
MEAN_FLUX, MEAN_AP = 120.0, 13.0  # [sfu], [1]


@dataclass(frozen=True, eq=False)
class WeatherForecast:
    """Observed weather before a date, the forecast after it, and members that err as past forecasts did.

    Attributes
    ----------
    expected : SpaceWeather
        Days observed, then days foretold.
    noon : (D,) [d]
        Modified Julian dates of the days of the members, from the last observed day on.
    f107, f107a : (M, D) [sfu]
        Flux, and its mean over 81 days, of each member; no member where nothing is known of past weather.
    ap : (M, D) [1]
        Daily Ap.
    source : str
        What was known and how the rest was foretold.
    """

    expected: SpaceWeather
    noon: Array
    f107: Array
    f107a: Array
    ap: Array
    source: str


def forecast_weather(record: SpaceWeather, as_of: float, days: int) -> WeatherForecast:
    """What space weather could be expected at a date, from nothing but what was observed until then.

    Departures of flux and Ap from their mean of 81 days fade within a week or a day, and come back, weaker, after each
    rotation of the Sun. The same rule at past days with as much flux tells how it errs, day by day.

    Parameters
    ----------
    record : SpaceWeather
        Daily values; those after the date are not used, nor what means over 81 days hold of them.
    as_of : float [d]
        Modified Julian date, UTC, of the forecast.
    days : int
        How far it goes.

    Returns
    -------
    WeatherForecast
        For a constant record that record, without members.

    Raises
    ------
    OutsideSpan
        The record begins less than 162 days before the date, or ends more than 27 days before it.
    InvalidInput
        The record has gaps of more than a rotation of the Sun, or the forecast no length.

    Source
    ------
    Recurrence with the rotation of the Sun: Bartels (1934), Terr. Magn. Atmos. Electr. 39, 201. Errors by analogues:
    Lorenz (1969), J. Atmos. Sci. 26, 636. Rules and constants are our own.
    """
    if days < 1:
        raise InvalidInput(f"a forecast of space weather needs a day at least; got {days}")
    if len(record.noon) == 1:
        nothing = np.empty((0, 0))
        return WeatherForecast(record, np.empty(0), nothing, nothing, nothing, record.source)
    noon, flux, ap = _known(record, as_of)
    length = days + HALF + 1
    last = noon.size - 1
    now = np.array([last])
    expected = tuple(_rule(series, now, length, *constants)[0] for series, constants in _series(flux, ap))
    ahead = noon[-1] + 1.0 + np.arange(length)
    whole_flux = np.concatenate((flux, expected[0]))
    mean = _centred(whole_flux)
    weather = SpaceWeather(
        np.concatenate((noon, ahead))[:-HALF],
        whole_flux[:-HALF],
        mean[:-HALF],
        np.concatenate((ap, expected[1]))[:-HALF],
        f"{record.source} until {DAY_ZERO + timedelta(days=int(noon[-1]))}, foretold after",
    )
    starts = _alike(flux, last, length)
    ratios = []
    for series, constants in _series(flux, ap):
        foretold = _rule(series, starts, length, *constants)
        came = series[starts[:, None] + 1 + np.arange(length)]
        ratios.append((came + 1.0) / (foretold + 1.0))
    member_flux = np.concatenate(
        (np.broadcast_to(flux[-MEAN_DAYS:], (starts.size, MEAN_DAYS)), ratios[0] * (expected[0] + 1.0) - 1.0), axis=1
    )
    member_mean = _centred(member_flux)[:, MEAN_DAYS - 1 : -HALF]
    member_ap = np.concatenate((np.full((starts.size, 1), ap[-1]), ratios[1] * (expected[1] + 1.0) - 1.0), axis=1)
    return WeatherForecast(
        weather,
        noon[-1] + np.arange(member_mean.shape[1]),
        member_flux[:, MEAN_DAYS - 1 : -HALF],
        member_mean,
        np.maximum(member_ap[:, :-HALF], 0.0),
        f"{weather.source}; spread of {starts.size} past forecasts at like flux",
    )


def climatology() -> SpaceWeather:
    """Mean weather of all days since 1957, for use where none is given.

    Returns
    -------
    SpaceWeather
        Constant flux and Ap.

    Source
    ------
    Means of CelesTrak's table over 1957-10 to 2020-12.
    """
    return SpaceWeather.constant(MEAN_FLUX, MEAN_FLUX, MEAN_AP)


def _series(flux: Array, ap: Array) -> tuple[tuple[Array, tuple[float, float]], ...]:
    return (flux, (FLUX_MEMORY, FLUX_RETURN)), (ap, (AP_MEMORY, AP_RETURN))


def _known(record: SpaceWeather, as_of: float) -> tuple[Array, Array, Array]:
    """Noons, flux and Ap of the days that were over at a date; small gaps are bridged."""
    over = record.noon + 0.5 <= as_of
    first = float(record.noon[0])
    newest = float(record.noon[over][-1]) if np.any(over) else first
    if newest - first < 2 * MEAN_DAYS or as_of - newest > OLDEST_GAP:
        raise OutsideSpan(
            f"a forecast at MJD {as_of:.2f} needs space weather observed over the {2 * MEAN_DAYS} days before; "
            f"{record.source} has MJD {first:.1f} to {newest:.1f} of it: take a longer table"
        )
    if float(np.diff(record.noon[over]).max()) > ROTATION:
        raise InvalidInput(f"the days of {record.source} have a gap of more than {ROTATION} d: take a complete table")
    noon = np.arange(first, newest + 0.25)
    return noon, np.interp(noon, record.noon, record.f107), np.interp(noon, record.noon, record.ap)


def _rule(series: Array, rows: Whole, length: int, memory: float, returned: float) -> Array:
    """Forecasts (rows, length) of the days after each row."""
    past = series[rows[:, None] + np.arange(1 - MEAN_DAYS, 1)]
    mean = past.mean(axis=1)[:, None]
    ahead = np.arange(1, length + 1)
    rotations = -(-ahead // ROTATION)
    last = past[:, MEAN_DAYS - 1 + ahead - ROTATION * rotations] - mean
    fading = np.exp(-ahead / memory)
    departure = fading * (past[:, -1:] - mean) + (1.0 - fading) * returned**rotations * last
    return np.asarray(mean + departure)


def _alike(flux: Array, last: int, length: int) -> Whole:
    """Past rows whose mean flux was as now and whose future was over by now; a fixed choice of them."""
    rows = np.arange(MEAN_DAYS - 1, last - length)
    if not rows.size:
        return np.empty(0, dtype=np.int64)
    total = np.concatenate(([0.0], np.cumsum(flux)))
    mean = (total[MEAN_DAYS:] - total[:-MEAN_DAYS]) / MEAN_DAYS
    like = rows[np.abs(np.log(mean[rows - MEAN_DAYS + 1] / mean[-1])) < ALIKE]
    chosen = like if like.size >= FEWEST else rows
    return np.asarray(chosen[np.unique(np.linspace(0, chosen.size - 1, MEMBERS).astype(np.int64))])


def _centred(values: Array) -> Array:
    """Means over 81 days about each day along the last axis; over as many as there are near the ends."""
    total = np.concatenate((np.zeros((*values.shape[:-1], 1)), np.cumsum(values, axis=-1)), axis=-1)
    place = np.arange(values.shape[-1])
    low, high = np.maximum(place - HALF, 0), np.minimum(place + HALF + 1, values.shape[-1])
    return np.asarray((total[..., high] - total[..., low]) / (high - low))
