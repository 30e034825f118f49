"""Keeping a low lunar orbit: its eccentricity vector and size are set back by two burns, once a month or so."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.executed_burn import ExecutedBurn
from moonstead.dynamics.flights import Flights
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_PA
from moonstead.orbits.elements import KeplerElements, kepler_elements, true_anomaly
from moonstead.orbits.keeping.annual_cost import AnnualCost, FailedRun
from moonstead.orbits.keeping.keeping_errors import Draws, KeepingErrors, draw_errors, executed
from moonstead.orbits.lunar.low_frozen import SIDEREAL_MONTH, mean_eccentricity_vector
from moonstead.orbits.lunar.start import held_axes, start_states

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
STEP_TOLERANCE = 1e-8  # [1] ten metres over a month, far below what a burn's error does
SWING_TOLERANCE = 10.0  # [m]
LOOKS = 120  # of a revolution: places at which a burn may begin, 3 deg apart
SWING_LOOKS = 8  # revolutions of a month from which its swing is taken
UNLOAD_EVERY = 14.0 * SECONDS_PER_DAY  # [s]


@dataclass(frozen=True, eq=False)
class MonthlySwing:
    """What the field does to the eccentricity vector of a low orbit within one interval between burns.

    Attributes
    ----------
    moments : (K,) [s]
        Since the start.
    vectors : (K, 2) [1]
        Mean eccentricity vector less that at the start.
    entry : (2,) [1]
        The vector to begin with so that the largest eccentricity within the interval is least.
    largest : float [1]
        That largest eccentricity.
    mean_offset : (2,) [1]
        Mean vector of the first revolution less the osculating one at the start, on the ascending node.
    mean_axis : float [m]
        Mean of the osculating semi-major axis over the first revolution.
    """

    moments: Array
    vectors: Array
    entry: Array
    largest: float
    mean_offset: Array
    mean_axis: float


@dataclass(frozen=True, eq=False)
class KeptLowOrbits:
    """What happened in many runs.

    Attributes
    ----------
    cost : AnnualCost
        Change of velocity in a year.
    swing : MonthlySwing
        What had to be undone.
    resets : (N, K) [m/s]
        Both burns of each interval together; NaN after a run has failed.
    lowest : (N,) [m]
        Least osculating periselene altitude in the revolutions before the resets.
    """

    cost: AnnualCost
    swing: MonthlySwing
    resets: Array
    lowest: Array


def monthly_swing(
    altitude: float,
    inclination: float,
    node: float,
    epoch_tdb: float,
    model: ForceModel,
    data: DataContext,
    *,
    interval: float = SIDEREAL_MONTH,
) -> MonthlySwing:
    """The path of the eccentricity vector from a round start, and the entry that centres it.

    Parameters
    ----------
    altitude : float [m]
        Semi-major axis less the mean radius.
    inclination, node : float [rad]
        To the lunar equator at the epoch.
    epoch_tdb : float [s TDB past J2000]
        Start.
    model : ForceModel
        The forces.
    data : DataContext
        Ephemeris, orientation and gravity field.
    interval : float [s]
        Time between burns.

    Returns
    -------
    MonthlySwing

    Raises
    ------
    InvalidInput
        A round start meets the ground within the interval.

    Source
    ------
    The path is nearly the same wherever it begins: Wallace, Sweetser & Roncoli (2012), Low lunar orbit design via
    graphical manipulation of eccentricity vector evolution, AIAA 2012-4747.
    """
    axis = LUNAR_MAP_RADIUS + altitude
    state = _round_start(axis, inclination, node, np.zeros((1, 2)), epoch_tdb, data)
    period = _period(axis)
    count = max(2, int(interval / period / SWING_LOOKS))
    moments = np.linspace(0.0, interval, count)
    looks = period * np.arange(32) / 32
    times = (epoch_tdb + moments[:, None] + looks).reshape(-1)
    flown = propagate(OrbitState(state[0], epoch_tdb), float(times[-1]), model, data, tolerance=SWING_TOLERANCE)
    if flown.hit_surface:
        days = (flown.span[1] - epoch_tdb) / SECONDS_PER_DAY
        raise InvalidInput(
            f"a round orbit of {altitude / 1e3:g} km and {math.degrees(inclination):.1f} deg meets the ground after "
            f"{days:.1f} days, before the burns that are {interval / SECONDS_PER_DAY:.1f} days apart: burn more often"
        )
    each = flown.state(times).reshape(count, 32, 6)
    vectors = np.array(
        [mean_eccentricity_vector(each[k : k + 1], times[32 * k : 32 * k + 32], data)[0] for k in range(count)]
    )
    path = vectors - vectors[0]
    from scipy.optimize import minimize

    def largest(center: Array) -> float:
        return float(np.max(np.hypot(*(path - center).T)))

    best = minimize(largest, path.mean(axis=0), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-8})
    mean_axis = float(np.mean(kepler_elements(each[0], body("MOON").gm).semi_major_axis))
    return MonthlySwing(moments, path, -np.asarray(best.x), float(best.fun), vectors[0], mean_axis)


def keep_low_orbit(
    altitude: float,
    inclination: float,
    node: float,
    epoch_tdb: float,
    errors: KeepingErrors,
    model: ForceModel,
    data: DataContext,
    *,
    runs: int,
    seed: int,
    duration: float = JULIAN_YEAR,
    interval: float = SIDEREAL_MONTH,
    target: Array | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> KeptLowOrbits:
    """Many runs of a low orbit whose eccentricity vector and semi-major axis are set back at equal intervals.

    The orbit begins at the target. At the end of each interval the mean vector over one revolution is taken from states
    with errors of navigation; then two burns along the transverse axis, half a revolution apart, set it back. The true
    motion is that of the full model. Wheels are unloaded every fortnight.

    Parameters
    ----------
    altitude : float [m]
        Semi-major axis less the mean radius, to be kept.
    inclination, node : float [rad]
        To the lunar equator at the epoch.
    epoch_tdb : float [s TDB past J2000]
        Start.
    errors : KeepingErrors
        Standard deviations.
    model : ForceModel
        The true forces.
    data : DataContext
        Ephemeris, orientation and gravity field.
    runs : int
        How many.
    seed : int
        The same seed gives the same runs.
    duration : float [s]
        Length of each run, rounded up to whole intervals.
    interval : float [s]
        Time between resets.
    target : (2,) or None [1]
        Mean eccentricity vector after a reset, e cos w and e sin w; None for the entry of `monthly_swing`.
    threads : int or None
        As `propagate_many` takes it.
    progress : callable or None
        Told how many resets are done, and how many there are.

    Returns
    -------
    KeptLowOrbits

    Raises
    ------
    InvalidInput
        There are no runs, or the orbit does not last from one reset to the next.

    Source
    ------
    Two burns in each sidereal month as LRO flew: Beckman & Lamb (2007), Stationkeeping for the Lunar Reconnaissance
    Orbiter, Proc. 20th ISSFD, NTRS 20080012683. Changes by a burn: Gauss's equations for a small eccentricity, Vallado
    (2013), section 9.3.
    """
    if runs < 1:
        raise InvalidInput(f"at least one run is needed; got {runs}")
    axis = LUNAR_MAP_RADIUS + altitude
    period = _period(axis)
    if not interval > 6.0 * period:
        raise InvalidInput(f"resets take three revolutions: the interval must be above {6 * period / 3600:.1f} h")
    swing = monthly_swing(altitude, inclination, node, epoch_tdb, model, data, interval=interval)
    aim = swing.entry if target is None else np.asarray(target, dtype=np.float64)
    count = max(1, math.ceil(duration / interval - 1e-9))
    unloads = max(0, int(interval / UNLOAD_EVERY))
    draws = draw_errors(errors, range(runs), 2 * count, unloads * count, seed)
    state = _round_start(axis, inclination, node, (aim - swing.mean_offset)[None], epoch_tdb, data) + draws.insertion
    alive, resets, lowest = np.arange(runs), np.full((runs, count), np.nan), np.full(runs, np.inf)
    failures: list[FailedRun] = []
    burns, begin = list[ExecutedBurn](), epoch_tdb
    for k in range(count):
        stop = epoch_tdb + (k + 1) * interval
        moments = stop - interval * (np.arange(unloads) + 0.5) / max(unloads, 1)
        residuals = [
            ExecutedBurn(ImpulsiveBurn(float(tdb), (0.0, 0.0, 0.0)), draws.unloads[alive, k * unloads + j])
            for j, tdb in enumerate(moments)
        ]
        flown = propagate_many(
            state,
            begin,
            stop,
            model,
            data,
            step_tolerance=STEP_TOLERANCE,
            radiation_scale=draws.radiation[alive],
            burns=[*burns, *residuals],
            threads=threads,
        )
        failures += _failed(alive, flown)
        state, alive = flown.final[flown.arrived], alive[flown.arrived]
        planned = _Reset(swing.mean_axis, aim, stop, period)
        if alive.size:
            flown = planned.watch(state, model, data, draws.radiation[alive], threads)
            failures += _failed(alive, flown)
            state, alive = state[flown.arrived], alive[flown.arrived]
        if alive.size < len(flown):
            flown = planned.watch(state, model, data, draws.radiation[alive], threads) if alive.size else flown
        if alive.size:
            burns, resets[alive, k] = planned.burns(flown, draws, alive, k, errors, data)
            near = kepler_elements(flown.states.reshape(-1, 6), body("MOON").gm).periapsis_distance
            lowest[alive] = np.fmin(lowest[alive], near.reshape(alive.size, -1).min(axis=1) - LUNAR_MAP_RADIUS)
            state, begin = flown.final, flown.stop_tdb
        if progress is not None:
            progress(k + 1, count)
        if not alive.size:
            break
    span = count * interval
    rows = [failure.run for failure in failures]
    cost, number = np.sum(resets, axis=1) * JULIAN_YEAR / span, np.full(runs, 2.0 * JULIAN_YEAR / interval)
    cost[rows] = number[rows] = np.nan
    answer = AnnualCost("eccentricity-vector", span, cost, number, tuple(sorted(failures, key=lambda f: f.run)))
    return KeptLowOrbits(answer, swing, resets, lowest)


class _Reset:
    """One reset of many runs: a revolution is watched, two burns are planned from it."""

    def __init__(self, axis: float, aim: Array, start: float, period: float) -> None:
        self.axis, self.aim, self.start, self.period = axis, aim, start, period
        self.looks = start + period * np.arange(LOOKS) / LOOKS

    def watch(
        self, states: Array, model: ForceModel, data: DataContext, radiation: Array, threads: int | None
    ) -> Flights:
        """Fly one revolution and keep the states on it."""
        return propagate_many(
            states,
            self.start,
            self.start + self.period,
            model,
            data,
            step_tolerance=STEP_TOLERANCE,
            radiation_scale=radiation,
            times=self.looks,
            threads=threads,
        )

    def burns(
        self,
        flown: Flights,
        draws: Draws,
        alive: NDArray[np.int64],
        number: int,
        errors: KeepingErrors,
        data: DataContext,
    ) -> tuple[list[ExecutedBurn], Array]:
        """Burns of all runs, each at its own place, and what they cost each run (N,) [m/s]."""
        gm = body("MOON").gm
        known = flown.states + draws.navigation[alive, 2 * number, None, :]
        vector = mean_eccentricity_vector(known, self.looks, data)
        axes = np.mean(kepler_elements(known.reshape(-1, 6), gm).semi_major_axis.reshape(len(known), -1), axis=1)
        change = self.aim - vector
        speed = math.sqrt(gm / self.axis)
        size, shape = speed * (self.axis - axes) / (2.0 * self.axis), 0.5 * speed * np.hypot(*change.T)
        first, second = 0.5 * (size + shape), 0.5 * (size - shape)
        matrix = MOON_PA.from_icrf(np.array([flown.stop_tdb]), data).matrix[0]
        turned = np.concatenate((flown.final[:, :3] @ matrix.T, flown.final[:, 3:] @ matrix.T), axis=1)
        elements = kepler_elements(turned, gm)
        latitude = elements.argument_of_periapsis + elements.true_anomaly
        wait = np.mod(np.arctan2(change[:, 1], change[:, 0]) - latitude, 2.0 * math.pi)
        place = np.round(wait / (2.0 * math.pi) * LOOKS).astype(np.int64)
        vectors = np.zeros((2, len(alive), 3))
        for which, along in enumerate((first, second)):
            planned = np.zeros((len(alive), 3))
            planned[:, 1] = np.where(np.abs(along) >= errors.minimum_burn, along, 0.0)
            vectors[which] = executed(planned, errors.execution, draws.execution[alive, 2 * number + which])
        slots: dict[int, Array] = {}
        for which, shift in enumerate((0, LOOKS // 2)):
            for slot in np.unique(place + shift):
                here = place + shift == slot
                slots.setdefault(int(slot), np.zeros((len(alive), 3)))[here] += vectors[which][here]
        burns = [
            ExecutedBurn(
                ImpulsiveBurn(flown.stop_tdb + self.period * slot / LOOKS, (0.0, 0.0, 0.0), "RTN"), slots[slot]
            )
            for slot in sorted(slots)
        ]
        return burns, np.sum(np.linalg.norm(vectors, axis=2), axis=0)


def _failed(alive: NDArray[np.int64], flown: Flights) -> list[FailedRun]:
    ended = np.flatnonzero(~flown.arrived)
    return [FailedRun(int(alive[row]), float(flown.end_tdb[row]), "met MOON") for row in ended]


def _period(axis: float) -> float:
    return 2.0 * math.pi * math.sqrt(axis**3 / body("MOON").gm)


def _round_start(
    axis: float, inclination: float, node: float, vectors: Array, epoch_tdb: float, data: DataContext
) -> Array:
    """States (N, 6) at the ascending node with eccentricity vectors (N, 2)."""
    eccentricity, argument = np.hypot(*vectors.T), np.arctan2(vectors[:, 1], vectors[:, 0])
    elements = KeplerElements(
        axis * (1.0 - eccentricity),
        eccentricity,
        np.full(len(vectors), inclination),
        np.full(len(vectors), node),
        argument,
        true_anomaly(-argument, eccentricity),
    )
    return start_states(elements, held_axes("MOON_PA", epoch_tdb, data))
