"""Keeping a lunar ellipse in its place: small burns near periselene hold its phase along a reference."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.executed_burn import ExecutedBurn
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.elements import kepler_elements, mean_anomaly
from moonstead.orbits.keeping.annual_cost import AnnualCost, FailedRun
from moonstead.orbits.keeping.keeping_errors import KeepingErrors, draw_errors, executed
from moonstead.orbits.lunar.lifetime import closest_approaches

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
STEP_TOLERANCE = 1e-8  # [1] tens of metres a month along an ellipse of a day: 1e-6 of a turn
INTERVAL = 28.0 * SECONDS_PER_DAY  # [s] between two looks at the phase
DEADBAND = 0.02  # [1] turns of phase at the next look that are let pass


@dataclass(frozen=True, eq=False)
class KeptEllipses:
    """What happened in many runs.

    Attributes
    ----------
    cost : AnnualCost
        Change of velocity in a year.
    burns : (N, K) [m/s]
        At each look; 0 where none was made, NaN after a run has failed.
    phase_errors : (N, K) [1]
        Turns ahead of the reference at each look, true ones.
    largest_phase_error : float [1]
        The largest of them.
    lowest : (N,) [m]
        Least osculating periselene altitude at the looks.
    """

    cost: AnnualCost
    burns: Array
    phase_errors: Array
    largest_phase_error: float
    lowest: Array


def keep_ellipse(
    reference: PropagatedTrajectory,
    errors: KeepingErrors,
    model: ForceModel,
    data: DataContext,
    *,
    runs: int,
    seed: int,
    duration: float = JULIAN_YEAR,
    interval: float = INTERVAL,
    deadband: float = DEADBAND,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> KeptEllipses:
    """Many runs of an ellipse that is held in phase with a reference; shape and apsides follow the free motion.

    At a periselene of the reference every `interval`, semi-major axis and mean anomaly are estimated; where the phase
    at the next look would leave the dead band, a burn along the velocity changes the mean motion so that it returns to
    zero by then. A frozen ellipse needs nothing else; that it stays off the ground is what the reference shows.

    Parameters
    ----------
    reference : PropagatedTrajectory
        Free motion about the Moon, from a design.
    errors : KeepingErrors
        Standard deviations; wheels are unloaded once between two looks.
    model : ForceModel
        The true forces.
    data : DataContext
        Ephemeris, orientation and gravity field.
    runs : int
        How many.
    seed : int
        The same seed gives the same runs.
    duration : float [s]
        Length of each run at least.
    interval : float [s]
        Time between two looks, rounded to whole turns.
    deadband : float [1]
        Turns of phase that are let pass.
    threads : int or None
        As `propagate_many` takes it.
    progress : callable or None
        Told how many looks are done, and how many there are.

    Returns
    -------
    KeptEllipses

    Raises
    ------
    InvalidInput
        There are no runs, or the reference is shorter than the duration.

    Source
    ------
    n = sqrt(gm / a^3), da = 2 a^2 v / gm dv (vis viva): Vallado (2013), section 6.6 on phasing.
    """
    if runs < 1:
        raise InvalidInput(f"at least one run is needed; got {runs}")
    passes = closest_approaches(reference)[0][1:-1]
    turn = float(np.median(np.diff(passes))) if passes.size > 1 else math.inf
    stride = max(1, round(interval / turn)) if math.isfinite(turn) else 1
    tdb = passes[::stride]
    steps = math.ceil(duration / (stride * turn)) if math.isfinite(turn) else 1
    if tdb.size <= steps:
        span = reference.span[1] - reference.span[0]
        raise InvalidInput(
            f"the reference lasts {span / SECONDS_PER_DAY:.0f} days, too short for "
            f"{duration / SECONDS_PER_DAY:.0f} days of looks {stride * turn / SECONDS_PER_DAY:.0f} days apart: follow "
            "it for longer"
        )
    tdb, gm = tdb[: steps + 1], body("MOON").gm
    nominal = reference.state(tdb)
    draws = draw_errors(errors, range(runs), steps, steps, seed)
    state = nominal[0] + draws.insertion
    alive, failures = np.arange(runs), list[FailedRun]()
    burns, phases = np.full((runs, steps), np.nan), np.full((runs, steps), np.nan)
    lowest = np.full(runs, np.inf)
    for k in range(steps):
        phases[alive, k] = _phase(nominal[k], state, gm)[0]
        axis = float(kepler_elements(nominal[k], gm).semi_major_axis[0])
        seen, larger = _phase(nominal[k], state + draws.navigation[alive, k], gm)
        motion, wait = math.sqrt(gm / axis**3), tdb[k + 1] - tdb[k]
        drift = -1.5 * motion * larger / axis * wait / (2.0 * math.pi)
        wanted = 2.0 / 3.0 * axis * seen * 2.0 * math.pi / (motion * wait)
        speed = np.linalg.norm(state[:, 3:], axis=1)
        along = gm * (wanted - larger) / (2.0 * axis**2 * speed)
        needed = (np.abs(seen + drift) > deadband) & (np.abs(along) >= errors.minimum_burn)
        planned = np.where(needed, along, 0.0)[:, None] * state[:, 3:] / speed[:, None]
        done = executed(planned, errors.execution, draws.execution[alive, k])
        burns[alive, k] = np.linalg.norm(done, axis=1)
        state = state.copy()
        state[:, 3:] += done
        residual = ImpulsiveBurn(float(tdb[k] + 0.5 * wait), (0.0, 0.0, 0.0))
        flown = propagate_many(
            state,
            float(tdb[k]),
            float(tdb[k + 1]),
            model,
            data,
            step_tolerance=STEP_TOLERANCE,
            radiation_scale=draws.radiation[alive],
            burns=[ExecutedBurn(residual, draws.unloads[alive, k])],
            threads=threads,
        )
        near = kepler_elements(flown.final, gm).periapsis_distance - LUNAR_MAP_RADIUS
        lowest[alive] = np.fmin(lowest[alive], near)
        for row in np.flatnonzero(~flown.arrived):
            failures.append(FailedRun(int(alive[row]), float(flown.end_tdb[row]), "met MOON"))
        state, alive = flown.final[flown.arrived], alive[flown.arrived]
        if progress is not None:
            progress(k + 1, steps)
        if not alive.size:
            break
    span = float(tdb[-1] - tdb[0])
    rows = [failure.run for failure in failures]
    cost = np.sum(burns, axis=1) * JULIAN_YEAR / span
    number = np.sum(burns > 0.0, axis=1) * JULIAN_YEAR / span
    cost[rows] = number[rows] = np.nan
    answer = AnnualCost("phase", span, cost, number, tuple(sorted(failures, key=lambda f: f.run)))
    return KeptEllipses(answer, burns, phases, float(np.nanmax(np.abs(phases))), lowest)


def apsides_turn_cost(semi_major_axis: float, eccentricity: float, angle: float) -> float:
    """Change of velocity that turns the line of apsides of an ellipse in its plane, by one burn.

    Parameters
    ----------
    semi_major_axis : float [m]
        Of the ellipse, the same afterwards.
    eccentricity : float [1]
        The same afterwards.
    angle : float [rad]
        How far the periselene is turned.

    Returns
    -------
    float [m/s]
        Where both ellipses cross: the radial velocity is turned round.

    Raises
    ------
    InvalidInput
        The ellipse does not exist.

    Source
    ------
    2 sqrt(gm / p) e sin(angle / 2): Vallado (2013), section 6.4.
    """
    if not (semi_major_axis > 0.0 and 0.0 <= eccentricity < 1.0):
        raise InvalidInput(f"no ellipse has a semi-major axis of {semi_major_axis!r} m and e = {eccentricity!r}")
    parameter = semi_major_axis * (1.0 - eccentricity**2)
    return 2.0 * math.sqrt(body("MOON").gm / parameter) * eccentricity * abs(math.sin(0.5 * angle))


def _phase(nominal: Array, states: Array, gm: float) -> tuple[Array, Array]:
    """Turns (N,) of mean anomaly ahead of a nominal state, and excess (N,) [m] of the semi-major axis over its own."""
    both = kepler_elements(np.vstack((nominal, states)), gm)
    mean = mean_anomaly(both.true_anomaly, both.eccentricity)
    ahead = np.angle(np.exp(1j * (mean[1:] - mean[0]))) / (2.0 * math.pi)
    axes = both.semi_major_axis
    return np.asarray(ahead), np.asarray(axes[1:] - axes[0])
