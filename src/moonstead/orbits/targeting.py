"""Differential correction: free variables are changed until constraints hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure

Array = NDArray[np.float64]
Constraints = Callable[[Array], "Array | tuple[Array, Array]"]

MOST_STEPS = 40
MOST_HALVINGS = 12
DECREASE = 1e-4  # [1] share of the promised decrease that a step must bring: Armijo's rule
SMALLEST_SINGULAR = 1e-12  # [1] of the largest; directions below it are left alone
DIFFERENCE = 1e-6  # [1] of a variable's scale: step of one-sided differences


@dataclass(frozen=True, eq=False)
class Corrected:
    """Variables for which the constraints hold.

    Attributes
    ----------
    variables : (n,) [mixed]
        What was found.
    residual : (m,) [mixed]
        Constraints there, in their own units.
    iterations : int
        Newton steps.
    evaluations : int
        Calls of the function.
    history : tuple of float [1]
        Largest residual over its tolerance, before each step and at the end.
    """

    variables: Array
    residual: Array
    iterations: int
    evaluations: int
    history: tuple[float, ...]


def correct(
    function: Constraints,
    start: ArrayLike,
    scales: ArrayLike,
    tolerances: ArrayLike,
    *,
    names: tuple[str, ...] = (),
    largest_step: float = np.inf,
    most_steps: int = MOST_STEPS,
    difference: float = DIFFERENCE,
) -> Corrected:
    """Change free variables until constraints hold: Newton's method with back-tracking.

    With more variables than constraints each step is the shortest one in scaled variables; with fewer it is that of
    least squares.

    Parameters
    ----------
    function : callable
        Variables (n,) to constraints (m,), zero where they hold; or to a pair of them and their Jacobian (m, n), which
        is otherwise taken by differences. It may raise `NumericalFailure`: the step is then shortened.
    start : (n,) [mixed]
        First guess.
    scales : (n,) [mixed]
        Size of a change of each variable that matters.
    tolerances : (m,) [mixed]
        Largest accepted value of each constraint. They weigh the constraints among each other too.
    names : tuple of str
        What messages call the constraints.
    largest_step : float [1]
        Bound of the change of any variable in one step, in its scale.
    most_steps : int
        Newton steps after which the search gives up.
    difference : float [1]
        Step of one-sided differences, in the scale of each variable.

    Returns
    -------
    Corrected
        The variables, and how they were found.

    Raises
    ------
    InvalidInput
        Scales or tolerances do not fit the variables and constraints, or are not positive.
    NumericalFailure
        The constraints cannot be met from here; the message names the worst one and its remaining value.

    Source
    ------
    Nocedal & Wright (2006), Numerical Optimization, 2nd ed., algorithm 11.4. Shortest steps: Golub & Van Loan (2013),
    Matrix Computations, 4th ed., section 5.5.
    """
    x = np.array(start, dtype=np.float64)
    size = np.asarray(scales, dtype=np.float64)
    allowed = np.asarray(tolerances, dtype=np.float64)
    if x.ndim != 1 or size.shape != x.shape or not np.all(np.isfinite(x)) or not np.all(size > 0.0):
        raise InvalidInput(
            f"a correction needs finite variables, each with a positive scale; got {x.shape} and {size.shape}"
        )
    if allowed.ndim != 1 or not np.all(allowed > 0.0):
        raise InvalidInput("every constraint needs a positive tolerance")
    counted = _Counted(function, size, allowed, difference)
    value, jacobian = counted(x)
    history = [float(np.max(np.abs(value)))]
    for iteration in range(most_steps + 1):
        if history[-1] <= 1.0:
            return Corrected(x, value * allowed, iteration, counted.calls, tuple(history))
        if iteration == most_steps:
            break
        if jacobian is None:
            jacobian = counted.differences(x, value)
        step = _shortest(jacobian, value)
        step *= min(1.0, largest_step / max(float(np.max(np.abs(step))), 1e-300))
        norm, share = float(np.linalg.norm(value)), 1.0
        for _ in range(MOST_HALVINGS):
            try:
                trial, trial_jacobian = counted(x - share * size * step)
            except NumericalFailure:
                share *= 0.5
                continue
            if float(np.linalg.norm(trial)) <= (1.0 - DECREASE * share) * norm:
                break
            share *= 0.5
        else:
            break
        x, value, jacobian = x - share * size * step, trial, trial_jacobian
        history.append(float(np.max(np.abs(value))))
    raise NumericalFailure(_what_remains(value, allowed, names, len(history) - 1))


def correct_smallest(
    function: Constraints,
    start: ArrayLike,
    scales: ArrayLike,
    tolerances: ArrayLike,
    *,
    names: tuple[str, ...] = (),
    largest_step: float = np.inf,
    settled: float = 1e-4,
    most_steps: int = MOST_STEPS,
) -> Corrected:
    """The smallest variables for which constraints hold: the cheapest burn that reaches what is asked.

    Each step goes to the smallest variables that meet the constraints as they are linear there; where it stands still
    the sum of squares of the scaled variables is least.

    Parameters
    ----------
    function : callable
        As in `correct`.
    start : (n,) [mixed]
        First guess.
    scales : (n,) [mixed]
        Weigh the variables among each other.
    tolerances : (m,) [mixed]
        Largest accepted value of each constraint.
    names : tuple of str
        What messages call the constraints.
    largest_step : float [1]
        Bound of the change of any variable in one step, in its scale.
    settled : float [1]
        Change of the variables over their size below which they are the smallest.
    most_steps : int
        Steps after which the variables are taken as they are, provided that the constraints hold.

    Returns
    -------
    Corrected

    Raises
    ------
    InvalidInput
        As in `correct`.
    NumericalFailure
        The constraints cannot be met from here.

    Source
    ------
    Nocedal & Wright (2006), Numerical Optimization, 2nd ed., section 18.1, with the unit matrix for the Hessian of the
    Lagrangian.
    """
    found = correct(function, start, scales, tolerances, names=names, largest_step=largest_step, most_steps=most_steps)
    size = np.asarray(scales, dtype=np.float64)
    counted = _Counted(function, size, np.asarray(tolerances, dtype=np.float64))
    evaluations, best, share = found.evaluations, found, 1.0
    for _ in range(most_steps):
        value, jacobian = counted(best.variables)
        if jacobian is None:
            jacobian = counted.differences(best.variables, value)
        scaled = best.variables / size
        aim = _shortest(jacobian, jacobian @ scaled - value)
        step = aim - scaled
        if float(np.linalg.norm(step)) <= settled * float(np.linalg.norm(scaled)):
            break
        try:
            trial = correct(
                function,
                size * (scaled + share * step),
                scales,
                tolerances,
                names=names,
                largest_step=largest_step,
                most_steps=most_steps,
            )
        except NumericalFailure:
            share *= 0.5
            continue
        evaluations += trial.evaluations
        if np.linalg.norm(trial.variables / size) < np.linalg.norm(scaled):
            best, share = trial, min(1.0, 1.5 * share)
        elif share < 0.05:
            break
        else:
            share *= 0.5
    return Corrected(best.variables, best.residual, best.iterations, evaluations + counted.calls, best.history)


class _Counted:
    """The function in scaled variables and constraints, with a count of its calls."""

    def __init__(self, function: Constraints, scales: Array, tolerances: Array, difference: float = DIFFERENCE) -> None:
        self.function, self.scales, self.tolerances, self.calls = function, scales, tolerances, 0
        self.difference = difference

    def __call__(self, x: Array) -> tuple[Array, Array | None]:
        self.calls += 1
        answer = self.function(x)
        value, jacobian = answer if isinstance(answer, tuple) else (answer, None)
        value = np.asarray(value, dtype=np.float64)
        if value.shape != self.tolerances.shape:
            raise InvalidInput(f"{value.size} constraints were answered, {self.tolerances.size} tolerances are given")
        if not np.all(np.isfinite(value)):
            raise NumericalFailure("a constraint is not a number there: start nearer to a solution")
        if jacobian is None:
            return value / self.tolerances, None
        return value / self.tolerances, jacobian * self.scales / self.tolerances[:, None]

    def differences(self, x: Array, value: Array) -> Array:
        columns = []
        for place, scale in enumerate(self.scales):
            moved = x.copy()
            moved[place] += self.difference * scale
            columns.append((self(moved)[0] - value) * (scale / (moved[place] - x[place])))
        return np.stack(columns, axis=1)


def _shortest(jacobian: Array, value: Array) -> Array:
    left, singular, right = np.linalg.svd(jacobian, full_matrices=False)
    kept = singular > SMALLEST_SINGULAR * singular[0]
    inverse = np.divide(1.0, singular, out=np.zeros_like(singular), where=kept)
    return np.asarray(right.T @ (inverse * (left.T @ value)))


def _what_remains(value: Array, allowed: Array, names: tuple[str, ...], steps: int) -> str:
    worst = int(np.argmax(np.abs(value)))
    called = names[worst] if worst < len(names) else f"constraint {worst + 1}"
    return (
        f"the correction stopped after {steps} steps: {called} still misses by {value[worst] * allowed[worst]:.6g}, "
        f"accepted is {allowed[worst]:.3g}; start nearer to a solution, or ask for what lies nearer"
    )
