"""Meeting a tolerance in metres: which integrator, which steps, and how large the error is in the end."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from moonstead.dynamics.burns import Burn, FiniteBurn
from moonstead.dynamics.flight import LEAST_GRIDS, Flight, FlightPlan, fly
from moonstead.dynamics.gauss_jackson_tableau import POINTS
from moonstead.dynamics.places_tables import SWITCH_COUNT
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.dynamics.step_control import (
    AUTOMATIC,
    DORMAND_PRINCE,
    GAUSS_JACKSON,
    NYSTROM,
    AdaptiveSteps,
    FixedSteps,
)
from moonstead.foundation.errors import InvalidInput, NumericalFailure

TIGHTEST, LOOSEST = 1e-15, 1e-3  # of the step tolerance: rounding, and where an orbit is none any more
AIM = 0.2  # of the tolerance: what a choice of steps aims at
ENOUGH, LITTLE = 0.7, 0.03  # of the tolerance: the estimate is accepted between them
TRIES = 8

# Adaptive steps. The error of a whole flight grows with this power of the step tolerance: a step of order p leaves
# h^(p + 1) while its embedded estimate of order q leaves h^(q + 1).
POWER = {NYSTROM: 13.0 / 11.0, DORMAND_PRINCE: 9.0 / 8.0}
DOUBT = 3.0  # factor on what the law tells of a finer flight: signs are random, so one flight may be worse than its law
APART = 10.0  # between the step tolerances of two flights that are compared
COMPARED = 96  # nodes
GUESS_AIM = 0.03  # of the tolerance
STEPS_A_TURN = 40.0

# Fixed steps
ROUND = 0.2  # eccentricity up to which a fixed step is considered
LEAST_REVOLUTIONS = 3.0
PILOT_REVOLUTIONS = 3.0
GROWTH = 1.8  # power of time with which the error along the track grows: 1.5 to 1.95 were measured
STABLE = {7: 0.30, 9: 0.16, 11: 0.08, 13: 0.04}  # [rad] mean motion times step: below where the recurrence grows
SETTLED = 0.07  # [1] change of the pilot's step, after which it flies the span
SHORTEST = 1e-4  # [rad] mean motion times step: a hundredth of what the roughest fields need
GRAIN = 2.2e-16  # [1] rounding of one evaluation


@dataclass(frozen=True, eq=False)
class Outcome:
    """A flight within the tolerance.

    Attributes
    ----------
    flight : Flight
        What was flown.
    error_estimate : float [m]
        Largest error of the position within the span.
    """

    flight: Flight
    error_estimate: float


def fly_within(plan: FlightPlan, tolerance: float, method: str) -> Outcome:
    """Fly a plan so that the position is never off by more than a tolerance.

    Parameters
    ----------
    plan : FlightPlan
        What is flown.
    tolerance : float [m]
        Position error accepted anywhere in the span, against the exact solution for the same forces.
    method : str
        One of `step_control.METHODS`.

    Returns
    -------
    Outcome
        The flight and the estimate of its error.

    Raises
    ------
    InvalidInput
        The method cannot integrate these forces.
    NumericalFailure
        The tolerance cannot be met, or the motion runs into a singularity.

    Source
    ------
    Adaptive steps: tolerance proportionality, Hairer, Norsett & Wanner (1993), Solving Ordinary Differential Equations
    I, section II.4. Fixed steps: the energy that the prediction's error feeds into the orbit (`gauss_jackson_kernels`).
    """
    adaptive = adaptive_method(plan, AUTOMATIC if method == GAUSS_JACKSON else method)
    if method == GAUSS_JACKSON and plan.tables.integers[SWITCH_COUNT]:
        raise InvalidInput(
            "steps on a grid do not stop where the field's degree switches, which costs far more than any tolerance: "
            'use method="nystrom" or "auto", or leave out the degree switches'
        )
    if method == GAUSS_JACKSON or (method == AUTOMATIC and _round_enough(plan)):
        return _fly_grid(plan, tolerance, adaptive)
    return _fly_adaptive(plan, tolerance, adaptive)


def adaptive_method(plan: FlightPlan, method: str) -> str:
    """The adaptive integrator that serves a plan: the one that was asked for, or the quicker one that can.

    Raises
    ------
    InvalidInput
        The method that was asked for cannot integrate these forces.
    """
    turning = any(isinstance(burn, FiniteBurn) and burn.axes == "RTN" for burn in plan.burns)
    by_velocity = plan.model.drag is not None or plan.model.relativity or turning
    if method == NYSTROM and by_velocity:
        raise InvalidInput(
            "the Nystroem method integrates forces of time and place only; drag, relativity and thrust in turning axes "
            'depend on the velocity: use method="dormand-prince" or "auto"'
        )
    if method == AUTOMATIC:
        return DORMAND_PRINCE if by_velocity else NYSTROM
    return method


# --- adaptive steps ---------------------------------------------------------------------------------------------------


def _fly_adaptive(plan: FlightPlan, tolerance: float, method: str) -> Outcome:
    """Two flights with different step tolerances tell the error of the coarser; its known law tells the finer's."""
    bare = replace(plan, parameters=(), with_transition=False)
    power = POWER[method]
    step_tolerance = _first_guess(plan, tolerance)
    coarse = fly(bare, AdaptiveSteps(method, min(LOOSEST, APART * step_tolerance)))
    best, kept = math.inf, None
    for _ in range(TRIES):
        fine = fly(bare, AdaptiveSteps(method, step_tolerance))
        apart = _difference(coarse, fine, plan)
        assert isinstance(coarse.control, AdaptiveSteps)
        error = DOUBT * apart * (step_tolerance / coarse.control.step_tolerance) ** power
        best = min(best, error)
        if LITTLE * tolerance <= apart <= ENOUGH * tolerance:
            return _with_partials(plan, coarse, apart)
        if error <= ENOUGH * tolerance:
            if apart > ENOUGH * tolerance or step_tolerance >= LOOSEST / APART:
                return _with_partials(plan, fine, error)
            kept = Outcome(coarse, apart)
            looser = step_tolerance * (AIM * tolerance / max(apart, 1e-300)) ** (1.0 / power)
            step_tolerance = min(LOOSEST / APART, max(1.5 * step_tolerance, looser))
            coarse = fly(bare, AdaptiveSteps(method, APART * step_tolerance))
            continue
        if step_tolerance <= TIGHTEST and error <= tolerance:
            return _with_partials(plan, fine, error)
        if kept is not None or step_tolerance <= TIGHTEST:
            break
        tighter = step_tolerance * (AIM * tolerance / error) ** (1.0 / power)
        step_tolerance = max(TIGHTEST, min(step_tolerance / 3.0, tighter))
        coarse = fine
    if kept is None:
        raise NumericalFailure(
            f"a tolerance of {tolerance:g} m cannot be met: the closest estimate is {best:.3g} m. "
            "Ask for less, or for a shorter span"
        )
    return _with_partials(plan, kept.flight, kept.error_estimate)


def _with_partials(plan: FlightPlan, flight: Flight, error: float) -> Outcome:
    if plan.with_transition or plan.parameters:
        flight = fly(plan, flight.control)
    return Outcome(flight, error)


def _first_guess(plan: FlightPlan, tolerance: float) -> float:
    """Step tolerance [1] of a finer flight whose coarser companion should be within the tolerance.

    Each step leaves about the 13/11th power of its tolerance, in units of the speed; over a span that changes the
    position along the track like a random walk of the energy does. The factors were measured on fourteen orbits.
    """
    speed, period = _fastest(plan), _period(plan)
    span = abs(plan.stop - plan.start)
    leverage = 0.3 * speed * span * math.sqrt(STEPS_A_TURN * (0.5 + span / period))
    return float(np.clip((GUESS_AIM * tolerance / leverage) ** (1.0 / POWER[NYSTROM]), TIGHTEST, LOOSEST / APART))


def _fastest(plan: FlightPlan) -> float:
    """Speed [m/s] at the pericentre of the osculating orbit."""
    momentum = float(np.linalg.norm(np.cross(plan.state[:3], plan.state[3:])))
    return max(float(np.linalg.norm(plan.state[3:])), (1.0 + _eccentricity(plan)) * plan.tables.gm / max(momentum, 1.0))


def _eccentricity(plan: FlightPlan) -> float:
    position, velocity, gm = plan.state[:3], plan.state[3:], plan.tables.gm
    vector = np.cross(velocity, np.cross(position, velocity)) / gm - position / np.linalg.norm(position)
    return float(np.linalg.norm(vector))


def _period(plan: FlightPlan) -> float:
    """Period [s] of the osculating orbit; for a hyperbola, of the ellipse of equal size."""
    gm = plan.tables.gm
    r, v = float(np.linalg.norm(plan.state[:3])), float(np.linalg.norm(plan.state[3:]))
    axis = 1.0 / max(abs(2.0 / r - v * v / gm), 1e-3 / r)
    return 2.0 * math.pi * math.sqrt(axis**3 / gm)


def _difference(one: Flight, other: Flight, plan: FlightPlan) -> float:
    """Largest distance [m] between two flights at nodes of the first."""
    first, second = _path(one, plan), _path(other, plan)
    times = first.step_times
    times = times[np.unique(np.linspace(0, times.size - 1, COMPARED).astype(np.int64))]
    times = times[(times >= second.span[0]) & (times <= second.span[1])]
    return float(np.max(np.linalg.norm(first.state(times)[:, :3] - second.state(times)[:, :3], axis=1)))


def _path(flight: Flight, plan: FlightPlan) -> PropagatedTrajectory:
    return flight.nodes.trajectory(
        "trial", plan.model.center, plan.tables.epoch, plan.start, plan.stop, flight.ended, flight.control.method,
        math.nan, (),
    )  # fmt: skip


# --- fixed steps ------------------------------------------------------------------------------------------------------


def _round_enough(plan: FlightPlan) -> bool:
    if plan.tables.integers[SWITCH_COUNT] or _change_of_speed(plan) > ROUND * float(np.linalg.norm(plan.state[3:])):
        return False
    return _eccentricity(plan) <= ROUND and abs(plan.stop - plan.start) >= LEAST_REVOLUTIONS * _period(plan)


def _change_of_speed(plan: FlightPlan) -> float:
    """What all burns together may change the velocity by [m/s], with thrust on the mass at the start."""
    mass = plan.model.mass or 1.0
    return sum(
        burn.thrust * burn.duration / mass if isinstance(burn, FiniteBurn) else math.dist(burn.delta_v, (0.0, 0.0, 0.0))
        for burn in plan.burns
    )


def _fly_grid(plan: FlightPlan, tolerance: float, adaptive: str) -> Outcome:
    """A short pilot flight tells the step, the whole flight tells the error; it is flown again where that is off."""
    bare = replace(plan, parameters=(), with_transition=False)
    span = abs(plan.stop - plan.start)
    control = _pilot(bare, tolerance, adaptive)
    longest = min(_longest(plan, control.points), span / _least(control))
    shortest = min(longest, SHORTEST * _period(plan) / (2.0 * math.pi))
    kept: Outcome | None = None
    fitting, failing, best = 0.0, math.inf, math.inf  # steps [s], and the smallest error
    for _ in range(TRIES):
        flight = fly(bare, control)
        error = max(flight.nodes.largest_drift, _rounding(plan, span / control.step))
        best = min(best, error)
        step = control.step * _scale(AIM * tolerance / max(flight.nodes.largest_drift, 1e-300), control.points)
        if error <= ENOUGH * tolerance:
            kept = kept if kept and kept.error_estimate > error else Outcome(flight, error)
            fitting = max(fitting, control.step)
            if error >= LITTLE * tolerance or step < 1.05 * control.step or control.step >= longest:
                break
        else:
            failing = min(failing, control.step)
            if flight.nodes.largest_drift < 0.1 * error:
                if kept is None and error <= tolerance:
                    kept = Outcome(flight, error)
                break
        if failing < math.inf and fitting > 0.0:
            step = math.sqrt(fitting * failing)
            if failing < 1.02 * fitting:
                break
        if step < shortest and control.step <= shortest:
            break
        control = replace(control, step=max(min(step, longest), shortest))
    if kept is None:
        raise NumericalFailure(
            f"a tolerance of {tolerance:g} m cannot be met on a grid: the closest estimate is {best:.3g} m. "
            "Ask for less, for a shorter span, or for another method"
        )
    return _with_partials(plan, kept.flight, kept.error_estimate)


def _within(burn: Burn, first: float, last: float) -> bool:
    if isinstance(burn, FiniteBurn):
        return first <= burn.start and burn.stop <= last
    return first <= burn.tdb <= last


def _least(control: FixedSteps) -> float:
    return 1.01 * LEAST_GRIDS * control.points


def _pilot(plan: FlightPlan, tolerance: float, adaptive: str) -> FixedSteps:
    """Steps that flew some revolutions at the start so well that the whole span should stay within the tolerance."""
    span = abs(plan.stop - plan.start)
    short = min(span, PILOT_REVOLUTIONS * _period(plan))
    stop = plan.start + math.copysign(short, plan.stop - plan.start)
    burns = [burn for burn in plan.burns if _within(burn, min(plan.start, stop), max(plan.start, stop))]
    pilot = replace(plan, stop=stop, burns=burns)
    otherwise = AdaptiveSteps(adaptive, _first_guess(plan, tolerance) / APART)
    aim = AIM * tolerance * (short / span) ** GROWTH
    for points in reversed(POINTS):
        longest = min(_longest(plan, points), short / (1.01 * LEAST_GRIDS * points))
        shortest = min(longest, SHORTEST * _period(plan) / (2.0 * math.pi))
        step = max(min(_first_step(plan), longest), shortest)
        for _ in range(TRIES):
            control = FixedSteps(points, step, otherwise)
            error = fly(pilot, control).nodes.largest_drift
            scale = _scale(aim / max(error, 1e-300), points)
            old, step = step, max(min(step * scale, longest), shortest)
            if abs(step / old - 1.0) < SETTLED:
                break
        if step < longest or points == POINTS[0]:
            return replace(control, step=step)
    raise AssertionError("unreachable")


def _scale(ratio: float, points: int) -> float:
    """How much longer a step may be for an error so many times larger."""
    return float(np.clip(ratio ** (1.0 / (points + 2)), 0.4, 2.0))


def _first_step(plan: FlightPlan) -> float:
    """A step [s] to begin with: a sixth of the shortest wave of the field along the ground track."""
    r = float(np.linalg.norm(plan.state[:3]))
    height = max(math.log(r / plan.tables.field_radius), 1e-3)
    waves = max(2.0, min(plan.model.degree, 3.0 + 5.0 / height))
    return _period(plan) / (2.0 * math.pi) * min(0.9 / waves, 0.03)


def _longest(plan: FlightPlan, points: int) -> float:
    """Longest stable step [s]."""
    momentum = np.cross(plan.state[:3], plan.state[3:])
    lowest = float(momentum @ momentum) / plan.tables.gm / (1.0 + _eccentricity(plan))
    return STABLE[points] * math.sqrt(lowest**3 / plan.tables.gm)


def _rounding(plan: FlightPlan, steps: float) -> float:
    """Error [m] along the track that rounding of the forces causes: a random walk of the velocity."""
    span = abs(plan.stop - plan.start)
    r = float(np.linalg.norm(plan.state[:3]))
    kick = GRAIN * plan.tables.gm / r**2 * span / steps
    return math.sqrt(3.0 * steps) * kick * span
