"""Periodic orbits as shots from one condition to another, and the Newton method that makes them hit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.orbits.three_body.motion import propagate_three_body, rates

Array = NDArray[np.float64]

CONVERGED = 5e-13  # [1] step of the last Newton iteration: beyond it only rounding is moved
NEWTON_STEPS = 14


@dataclass(frozen=True, slots=True)
class Shot:
    """How an orbit is closed: what is free where it starts, what must hold where the shot ends.

    A shot between two mirrors (the plane y = 0 crossed at right angles, or the x axis crossed at right angles) closes
    an orbit without being flown whole: Roy & Ovenden (1955), MNRAS 115, 296, mirror theorem.

    Attributes
    ----------
    free : tuple of int
        Components of the state at the start that may change; the others keep their value.
    met : tuple of int
        Components at the end that must be zero, or equal to the start's where `returns`.
    returns : bool
        The shot is the whole orbit and ends where it began.
    share : float [1]
        Length of the shot over the period.
    """

    free: tuple[int, ...]
    met: tuple[int, ...]
    returns: bool
    share: float

    def variables(self, state: Array, period: float) -> Array:
        """Free components of a state and the length of the shot.

        Parameters
        ----------
        state : (6,) [1]
            State at the start.
        period : float [1]
            Period of the orbit.

        Returns
        -------
        (K + 1,) [1]
            The variables.
        """
        return np.array([*state[list(self.free)], period * self.share])

    def state(self, variables: Array, frozen: Array) -> Array:
        """State that the variables stand for.

        Parameters
        ----------
        variables : (K + 1,) [1]
            Free components and length of the shot.
        frozen : (6,) [1]
            State that holds what is not free.

        Returns
        -------
        (6,) [1]
            State at the start.
        """
        state = np.array(frozen)
        state[list(self.free)] = variables[:-1]
        return state

    def period(self, variables: Array) -> float:
        """Period of the orbit.

        Parameters
        ----------
        variables : (K + 1,) [1]
            Free components and length of the shot.

        Returns
        -------
        float [1]
            The period.
        """
        return float(variables[-1] / self.share)

    def miss(self, variables: Array, frozen: Array, mass_ratio: float) -> tuple[Array, Array]:
        """How far the end is from what it must be.

        Parameters
        ----------
        variables : (K + 1,) [1]
            Free components and length of the shot.
        frozen : (6,) [1]
            State that holds what is not free.
        mass_ratio : float [1]
            Mass of the secondary over the mass of both.

        Returns
        -------
        miss : (K,) [1]
            Components that should vanish.
        slope : (K, K + 1) [1]
            Their derivative by the variables.

        Source
        ------
        `motion.propagate_three_body`.
        """
        state = self.state(variables, frozen)
        ends, transitions = propagate_three_body(state, float(variables[-1]), mass_ratio, with_transition=True)
        end, transition = ends[0], transitions[0]
        met, free = list(self.met), list(self.free)
        miss = end[met]
        slope = np.column_stack([transition[np.ix_(met, free)], rates(end, mass_ratio)[met]])
        if self.returns:
            miss = miss - state[met]
            for row, component in enumerate(met):
                if component in free:
                    slope[row, free.index(component)] -= 1.0
        return miss, slope


PLANAR = Shot((0, 4), (1, 3), False, 0.5)  # from the x axis to the x axis, in the plane
PLANE = Shot((0, 2, 4), (1, 3, 5), False, 0.5)  # from the plane y = 0 to itself
AXIS = Shot((0, 4, 5), (1, 2, 3), False, 0.5)  # from the x axis to itself, out of the plane
QUARTER = Shot((0, 4, 5), (1, 3, 5), False, 0.25)  # from the x axis to the plane y = 0
ROUND = Shot((1, 3, 4), (0, 1, 3), True, 1.0)  # once round in the plane, from a fixed x; the energy closes the rest
ROUND_UP = Shot((0, 1, 3, 4, 5), (0, 1, 2, 3, 4), True, 1.0)  # once round in space, from z = 0

Condition = Callable[[Array], tuple[float, Array]]  # value that must vanish and its derivative by the variables


def hit(shot: Shot, variables: Array, frozen: Array, mass_ratio: float, condition: Condition) -> tuple[Array, Array]:
    """Variables with which a shot hits and one more condition holds, by Newton's method.

    Parameters
    ----------
    shot : Shot
        How the orbit is closed.
    variables : (K + 1,) [1]
        First guess.
    frozen : (6,) [1]
        State that holds what is not free.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.
    condition : callable
        The condition that picks one member of the family.

    Returns
    -------
    variables : (K + 1,) [1]
        Solution.
    tangent : (K + 1,) [1]
        Direction of the family there, of length 1, either way.

    Raises
    ------
    NumericalFailure
        The method does not converge from this guess.

    Source
    ------
    Newton's method; the family's direction is the null vector of the shot's derivative: Keller (1977), in Applications
    of Bifurcation Theory, 359.
    """
    current = np.array(variables)
    last = np.inf
    for _ in range(NEWTON_STEPS):
        miss, slope = shot.miss(current, frozen, mass_ratio)
        value, gradient = condition(current)
        matrix = np.vstack([slope, gradient])
        try:
            step = np.linalg.solve(matrix, -np.append(miss, value))
        except np.linalg.LinAlgError:
            break
        size = float(np.abs(step).max())
        if not np.isfinite(size) or size > 10.0:
            break
        current = current + step
        if current[-1] <= 0.0:
            break
        if size < CONVERGED * max(1.0, float(np.abs(current).max())) or (size < 1e-10 and size > 0.3 * last):
            return current, null_vector(slope)
        last = size
    raise NumericalFailure("no periodic orbit is found from this guess; start nearer to a known member of the family")


def null_vector(slope: Array) -> Array:
    """Direction that a matrix takes to zero.

    Parameters
    ----------
    slope : (K, K + 1) [1]
        Matrix of full rank.

    Returns
    -------
    (K + 1,) [1]
        Direction of length 1, either way.

    Source
    ------
    The last right singular vector.
    """
    return np.asarray(np.linalg.svd(slope)[2][-1])
