"""When an object comes down: the median and windows of 50 and 90 %, from its element history."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.air_density import modified_julian_date
from moonstead.dynamics.atmosphere import Version
from moonstead.dynamics.mean_elements import MeanElements
from moonstead.foundation.bodies import WGS84
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.decay.averaged_drag import MeanOrbits
from moonstead.monitoring.decay.ballistic_coefficient import (
    BallisticFit,
    DecayArc,
    decay_arc,
    fit_ballistic_coefficient,
)
from moonstead.monitoring.decay.fall_members import fall_table, fall_times
from moonstead.monitoring.decay.last_revolutions import LastRevolutions, fly_last_revolutions
from moonstead.monitoring.decay.mean_descent import (
    LOWEST_SCALE,
    SCALE_BASE,
    SCALE_GROWTH,
    MeanDescent,
    descend,
    mean_orbits,
)
from moonstead.monitoring.decay.weather_forecast import WeatherForecast, climatology, forecast_weather

Array = NDArray[np.float64]

# Pardini & Anselmo (2017): 90 % of 316 predictions kept within 20 % of the remaining life.
LITERATURE_SPREAD = 0.20 / 1.645  # [1] standard deviation of the logarithm of the drag to come
# Of the logarithm of density at 180 to 400 km, from a stretch to the next twice as long, in the weather of 1972 to 2020
# by NRLMSISE-00: what constant weather leaves out.
CLIMATE_SPREAD, CLIMATE_LIFE, CLIMATE_LARGEST = 0.08, 15.0 * SECONDS_PER_DAY, 0.8
LARGEST_SPREAD = 1.0  # [1] a history that says less says only the order of magnitude
ARC_SHARE = 0.5  # [1] of the remaining life that the ballistic coefficient is taken from
SHORTEST_ARC, LONGEST_ARC = 0.5 * SECONDS_PER_DAY, 30.0 * SECONDS_PER_DAY
ARC_SETS = 6  # at least, where the history has them
ARC_ROUNDS = 3
PRECISE, HIDDEN = 0.05, 0.3  # [1] formal error of a ballistic coefficient that ends the search for an arc; that is none
SAME_EPOCH = 1.0  # [s] within which two sets are issues of one; the later in the file counts
HORIZONS = (30.0, 120.0, 480.0, 1_920.0, 4_000.0)  # [d] of forecasts, until the object is down well within one
SURE, SURELY_UP = 0.5, 2.0  # [1] of a roughly guessed life: shorter horizons, and a longest too short, are left out
MARGIN = 2.3  # [1] of the nominal life that a forecast must cover
END_FACTORS = np.array([0.6, 1.0, 1.6])  # [1] on the ballistic coefficient, in the last revolutions
END_STRETCH = SECONDS_PER_DAY  # [s] that the air of the last revolutions is laid out for at first
MEMBERS = 2000
SEED = 20_210_509
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class ReentryWindow:
    """When an object comes down, as its elements tell at a date.

    Attributes
    ----------
    as_of : float [s TDB past J2000]
        Date of the prediction: nothing later was used.
    last_set : float [s TDB past J2000]
        Epoch of the last element set that was used.
    median : float [s TDB past J2000]
        Half of the members are down by then.
    window_90, window_50 : (2,) [s TDB past J2000]
        Central windows.
    ballistic_coefficient : float [m^2/kg]
        c_D A / m that the decay shows in this model of the air.
    coefficient_90 : (2,) [m^2/kg]
        What it may amount to in the time to come, the air's error in it.
    spread : float [1]
        Standard deviation of the logarithm of the drag to come, without that of the weather's members.
    fit : BallisticFit
        The decay that it comes from.
    orbit : MeanOrbits
        One row: the orbit that the prediction starts from.
    members : (M,) [s TDB past J2000]
        Times of re-entry, rising.
    forecast : WeatherForecast
        Weather, observed and foretold.
    descent : MeanDescent
        The nominal decay down to its last revolutions.
    ending : LastRevolutions or None
        They flown in full; None where the decay to an axis was asked.
    notes : tuple of str
        What was assumed, and what in the history asks for care.
    """

    as_of: float
    last_set: float
    median: float
    window_90: tuple[float, float]
    window_50: tuple[float, float]
    ballistic_coefficient: float
    coefficient_90: tuple[float, float]
    spread: float
    fit: BallisticFit
    orbit: MeanOrbits
    members: Array
    forecast: WeatherForecast
    descent: MeanDescent
    ending: LastRevolutions | None
    notes: tuple[str, ...]


def reentry(
    history: MeanElements,
    as_of: float,
    weather: SpaceWeather | None,
    data: DataContext,
    *,
    since: float = -math.inf,
    to_axis: float | None = None,
    version: Version = "00",
) -> ReentryWindow:
    """When an object re-enters, with windows, from its element history up to a date.

    The ballistic coefficient comes from the decay over about half of the remaining life before the last set. Members
    differ in it (by the scatter of the decay, by how it changed within the arc, and by the +-20 % of the remaining
    life that hold 90 % of published predictions), in the weather (as past forecasts erred), and in where they start.

    Parameters
    ----------
    history : MeanElements
        Sets of one object in any order.
    as_of : float [s TDB past J2000]
        Date of the prediction; sets and weather after it are not used.
    weather : SpaceWeather or None
        Daily table that reaches to the date; None for the mean weather since 1957, with wider windows.
    data : DataContext
        Earth orientation and gravity field.
    since : float [s TDB past J2000]
        Sets before it are not used: for an object that manoeuvred.
    to_axis : float or None [m]
        Mean semi-major axis in place of re-entry: when the object passes it. For tests of the method.
    version : str
        Of NRLMSIS.

    Returns
    -------
    ReentryWindow

    Raises
    ------
    InvalidInput
        The history is of several objects, has fewer than three sets by the date, or does not fall.
    OutsideSpan
        The weather does not cover the history, or the object stays up for more than four years.
    MissingData
        The package pymsis or a data set is not installed.
    NumericalFailure
        Elements and ballistic coefficient contradict each other.

    Source
    ------
    Windows: Pardini & Anselmo (2017), Assessing the risk and the uncertainty affecting the uncontrolled re-entry of
    manmade space objects, hdl.handle.net/20.500.14243/427627: +-20 % of the remaining life holds 90 %. Method:
    `fit_ballistic_coefficient`, `descend`, `forecast_weather`, `fall_times`, `fly_last_revolutions`.
    """
    orbits = _usable(history, as_of, since)
    record = climatology() if weather is None else weather
    mjd = float(modified_julian_date(as_of)[0])
    arc = decay_arc(_rows(orbits, orbits.tdb >= orbits.tdb[-1] - _reach(orbits)), _until(record, mjd, 1), version)
    fit, descent, forecast = _nominal(arc, record, mjd, to_axis, version)
    start = _rows(descent.orbits, np.arange(1))
    life = float(descent.orbits.tdb[-1] - start.tdb[0])
    ending = None
    if to_axis is None:
        last = _rows(descent.orbits, np.array([-1]))
        ending = fly_last_revolutions(
            last, fit.coefficient, END_FACTORS, forecast.expected, END_STRETCH, data, version=version
        )
        life += float(ending.durations[1])
    known = float(arc.orbits.tdb[-1] - arc.orbits.tdb[0])
    spread = _spread(fit, life, known, weather is None)
    random = np.random.default_rng(SEED)
    coefficients = fit.coefficient * np.exp(spread * _normal(random))
    replayed = random.permutation(MEMBERS) % max(len(forecast.f107), 1)
    table = fall_table(descent.orbits, forecast.expected, version)
    elapsed, thicker = fall_times(table, coefficients, fit.axis_error * _normal(random), forecast, replayed)
    if ending is not None:
        elapsed = elapsed + _last_durations(ending, np.log(coefficients / fit.coefficient * thicker))
    members = np.sort(float(start.tdb[0]) + elapsed)
    low, quarter, median, three, high = (float(x) for x in np.quantile(members, QUANTILES))
    width = 1.645 * spread
    return ReentryWindow(
        as_of,
        float(orbits.tdb[-1]),
        median,
        (low, high),
        (quarter, three),
        fit.coefficient,
        (fit.coefficient * math.exp(-width), fit.coefficient * math.exp(width)),
        spread,
        fit,
        start,
        members,
        forecast,
        descent,
        ending,
        _notes(fit, forecast, weather is None, as_of, min(ARC_SHARE * life, LONGEST_ARC) > known, version),
    )


def _usable(history: MeanElements, as_of: float, since: float) -> MeanOrbits:
    ids = np.unique(history.object_id)
    if ids.size > 1:
        raise InvalidInput(
            f"a decay is of one object; the history has {ids.size}: {', '.join(map(str, ids[:5]))}"
            f"{' ...' if ids.size > 5 else ''}. Choose one"
        )
    orbits = mean_orbits(history)
    order = np.argsort(orbits.tdb, kind="stable")
    order = order[(orbits.tdb[order] <= as_of) & (orbits.tdb[order] >= since)]
    if order.size:
        order = order[np.append(np.diff(orbits.tdb[order]) > SAME_EPOCH, True)]
    if order.size < 3:
        raise InvalidInput(
            f"a decay needs three element sets at different epochs by {Epoch.from_tdb(as_of).text(digits=0)}; the "
            f"history has {order.size} of its {len(history)} there"
        )
    return _rows(orbits, order)


def _rows(orbits: MeanOrbits, rows: NDArray[np.generic]) -> MeanOrbits:
    return MeanOrbits(**{name: column[rows] for name, column in vars(orbits).items()})


def _reach(orbits: MeanOrbits) -> float:
    """How far back [s] sets are looked at."""
    sixth = orbits.tdb[-min(ARC_SETS, orbits.tdb.size)]
    return max(LONGEST_ARC, float(orbits.tdb[-1] - sixth))


def _until(record: SpaceWeather, mjd: float, days: int) -> SpaceWeather:
    return forecast_weather(record, mjd, days).expected


def _nominal(
    arc: DecayArc, record: SpaceWeather, mjd: float, to_axis: float | None, version: Version
) -> tuple[BallisticFit, MeanDescent, WeatherForecast]:
    """Fit, nominal decay and weather, with the arc of the fit chosen by the life that is left."""
    time = arc.orbits.tdb
    least, fit = _shortest_fit(arc)
    length = least
    for _ in range(ARC_ROUNDS):
        descent, forecast = _descent(arc, fit, record, mjd, to_axis, version)
        life = float(descent.orbits.tdb[-1] - time[-1])
        chosen = max(min(ARC_SHARE * life, LONGEST_ARC), least)
        if chosen == length:
            break
        length = chosen
        fit = fit_ballistic_coefficient(arc, float(time[-1]) - length)
    else:
        descent, forecast = _descent(arc, fit, record, mjd, to_axis, version)
    return fit, descent, forecast


def _shortest_fit(arc: DecayArc) -> tuple[float, BallisticFit]:
    """Shortest arc [s] before the last set that tells the ballistic coefficient, and its fit."""
    time = arc.orbits.tdb
    whole = float(time[-1] - time[0])
    length = min(max(SHORTEST_ARC, float(time[-1] - time[-min(ARC_SETS, time.size)])), whole)
    while True:
        told = None
        try:
            told = fit_ballistic_coefficient(arc, float(time[-1]) - length)
        except InvalidInput:
            if length >= whole:
                raise
        if told is not None and told.formal <= PRECISE * told.coefficient:
            return length, told
        if length >= whole:
            break
        length = min(2.0 * length, whole)
    assert told is not None  # else the fit of the whole arc has raised
    if told.formal > HIDDEN * told.coefficient:
        raise InvalidInput(
            f"the scatter of the element sets, {told.scatter:.0f} m, hides the fall of the orbit over the last "
            f"{whole / SECONDS_PER_DAY:.1f} d: it manoeuvred, or its history is too short. With `since` it begins later"
        )
    return length, told


def _descent(
    arc: DecayArc, fit: BallisticFit, record: SpaceWeather, mjd: float, to_axis: float | None, version: Version
) -> tuple[MeanDescent, WeatherForecast]:
    start = _rows(arc.orbits, np.array([-1]))
    start.semi_major_axis[0] = fit.semi_major_axis
    if to_axis is not None and fit.semi_major_axis <= to_axis:
        raise InvalidInput(f"the orbit is already below an axis of {to_axis / 1e3:.3f} km: ask for a lower one")
    guess = _life(arc, fit) / SECONDS_PER_DAY if to_axis is None else 0.0
    for horizon in HORIZONS:
        if horizon < SURE * guess and (horizon < HORIZONS[-1] or guess > SURELY_UP * horizon):
            continue
        forecast = forecast_weather(record, mjd, math.ceil(horizon))
        age = mjd - float(modified_julian_date(start.tdb)[0])
        until = float(start.tdb[0]) + (horizon + age) / MARGIN * SECONDS_PER_DAY
        descent = descend(start, fit.coefficient, forecast.expected, until, lowest=to_axis, version=version)
        if descent.ended:
            return descent, forecast
    raise OutsideSpan(
        f"the object stays up for more than {HORIZONS[-1] / MARGIN / 365.25:.1f} years at this rate of decay: too long "
        "for a forecast of space weather"
    )


def _life(arc: DecayArc, fit: BallisticFit) -> float:
    """Time [s] in which the orbit sinks by a scale height of its air at the rate of its arc: the life, roughly."""
    rows = arc.orbits.tdb >= fit.start
    fall = fit.coefficient * float(np.ptp(arc.exposure[rows])) / max(fit.stop - fit.start, 1.0)
    perigee = float(arc.orbits.semi_major_axis[-1] * (1.0 - arc.orbits.eccentricity[-1])) - WGS84.equatorial_radius
    return (LOWEST_SCALE + SCALE_GROWTH * max(perigee - SCALE_BASE, 0.0)) / fall


def _spread(fit: BallisticFit, life: float, known: float, climate: bool) -> float:
    """Standard deviation of the logarithm of the drag to come, weather's members apart.

    Published predictions are of objects that were followed for long. Where the history is shorter than the arc that
    is wanted, what is not known of the drag grows like a random walk.
    """
    young = math.sqrt(max(min(ARC_SHARE * life, LONGEST_ARC) / known, 1.0))
    parts = [LITERATURE_SPREAD * young, fit.formal / fit.coefficient, fit.change]
    if climate:
        parts.append(min(CLIMATE_SPREAD * math.sqrt(life / CLIMATE_LIFE), CLIMATE_LARGEST))
    return min(math.hypot(*parts), LARGEST_SPREAD)


def _normal(random: np.random.Generator) -> Array:
    """Normal numbers in random order, one from each of equally likely slices."""
    from scipy.special import ndtri

    return np.asarray(ndtri((random.permutation(MEMBERS) + 0.5) / MEMBERS), dtype=np.float64)


def _last_durations(ending: LastRevolutions, logarithm: Array) -> Array:
    """Durations [s] of the last revolutions by the logarithm of the drag's factor; straight beyond the ends."""
    known, duration = np.log(ending.factors), np.log(ending.durations)
    cell = np.clip(np.searchsorted(known, logarithm) - 1, 0, known.size - 2)
    slope = np.diff(duration) / np.diff(known)
    return np.asarray(np.exp(duration[cell] + slope[cell] * (logarithm - known[cell])))


def _notes(
    fit: BallisticFit, forecast: WeatherForecast, climate: bool, as_of: float, young: bool, version: str
) -> tuple[str, ...]:
    days = (fit.stop - fit.start) / SECONDS_PER_DAY
    notes = [
        f"ballistic coefficient from {fit.sets} element sets over {days:.2f} d, then constant; NRLMSIS {version}",
        "re-entry is 80 km over the ellipsoid",
        "90 % of published predictions keep within 20 % of the remaining life: the windows are at least as wide",
    ]
    if climate:
        notes.append(
            "no space weather was given: the mean since 1957 throughout, windows widened by what it leaves out"
        )
    else:
        notes.append(forecast.source)
    if young:
        notes.append("the history is shorter than half of the remaining life: the windows are widened")
    if fit.change > LITERATURE_SPREAD:
        notes.append(
            f"the drag changed by {100.0 * fit.drift:+.0f} % within the arc: the object vents, turns, or was "
            "manoeuvred; the windows are widened by it"
        )
    if as_of - fit.stop > 0.5 * (fit.stop - fit.start):
        notes.append(f"the last element set is {(as_of - fit.stop) / SECONDS_PER_DAY:.2f} d older than the date asked")
    return tuple(notes)
