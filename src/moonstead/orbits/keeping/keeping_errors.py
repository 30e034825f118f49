"""What a spacecraft that is kept in orbit does not know or does not do exactly, and seeded draws of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.dispersions import BurnErrors
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


@dataclass(frozen=True)
class KeepingErrors:
    """Errors of station keeping, independent and normal; all numbers are standard deviations.

    Published error budgets often quote three standard deviations: divide by three.

    Attributes
    ----------
    navigation_position, navigation_velocity : float [m, m/s]
        Of the estimated state along each axis, drawn anew before every burn; the first state departs from the reference
        by as much.
    execution : BurnErrors
        Of each burn.
    unload : float [m/s]
        Along each axis, of the change of velocity that unloading the momentum wheels leaves, at every perilune.
    radiation : float [1]
        Of the factor on the force of sunlight, drawn once for each run; the plan is made with 1.
    minimum_burn : float [m/s]
        No standard deviation: smaller burns are not made.

    Raises
    ------
    InvalidInput
        A number is negative or not finite.
    """

    navigation_position: float
    navigation_velocity: float
    execution: BurnErrors = field(default_factory=BurnErrors)
    unload: float = 0.0
    radiation: float = 0.0
    minimum_burn: float = 0.0

    def __post_init__(self) -> None:
        for name in ("navigation_position", "navigation_velocity", "unload", "radiation", "minimum_burn"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.0):
                raise InvalidInput(f"{name} must be finite and not negative; got {value!r}")
        if self.radiation > 0.3:
            raise InvalidInput(f"the deviation of radiation pressure must lie within 0 and 0.3; got {self.radiation!r}")


@dataclass(frozen=True, eq=False)
class Draws:
    """Errors of many runs, each run from its own stream: run 7 is the same whatever the number of runs.

    Attributes
    ----------
    insertion : (N, 6) [m, m/s]
        Departure of the first state from the reference.
    navigation : (N, K, 6) [m, m/s]
        Estimated less true state before each burn.
    execution : (N, K, 3) [1]
        Standard normal numbers for the burns.
    unloads : (N, U, 3) [m/s]
        Changes of velocity by unloads.
    radiation : (N,) [1]
        Factor on the force of sunlight.
    """

    insertion: Array
    navigation: Array
    execution: Array
    unloads: Array
    radiation: Array


def draw_errors(errors: KeepingErrors, runs: range, burns: int, unloads: int, seed: int) -> Draws:
    """Errors of some consecutive runs.

    Parameters
    ----------
    errors : KeepingErrors
        Standard deviations.
    runs : range
        Numbers of the runs.
    burns, unloads : int
        How many there are in a run.
    seed : int
        The same seed gives the same errors.

    Returns
    -------
    Draws
        In SI units.

    Source
    ------
    Independent streams by key: Salmon et al. (2011), Parallel Random Numbers: As Easy as 1, 2, 3, SC11; here PCG64
    seeded by seed and run.
    """
    each = np.repeat([errors.navigation_position, errors.navigation_velocity], 3)
    width = 6 + 6 * burns + 3 * burns + 3 * unloads + 1
    numbers = np.array([np.random.default_rng([seed, run]).standard_normal(width) for run in runs])
    cuts = np.cumsum([6, 6 * burns, 3 * burns, 3 * unloads])
    insertion, navigation, execution, residual, light = np.split(numbers, cuts, axis=1)
    count = len(runs)
    return Draws(
        insertion * each,
        navigation.reshape(count, burns, 6) * each,
        execution.reshape(count, burns, 3),
        residual.reshape(count, unloads, 3) * errors.unload,
        np.maximum(1.0 + errors.radiation * light[:, 0], 0.1),
    )


def executed(planned: ArrayLike, errors: BurnErrors, numbers: ArrayLike) -> NDArray[np.float64]:
    """Burns as they are executed.

    Parameters
    ----------
    planned : (N, 3) [m/s]
        Changes of velocity; where zero, nothing is burnt.
    errors : BurnErrors
        Standard deviations.
    numbers : (N, 3) [1]
        Standard normal.

    Returns
    -------
    (N, 3) [m/s]
        Changes of velocity.

    Source
    ------
    Gates (1963), A Simplified Model of Midcourse Maneuver Execution Errors, JPL Technical Report 32-504.
    """
    vector, normal = np.asarray(planned, dtype=np.float64), np.asarray(numbers, dtype=np.float64)
    length = np.linalg.norm(vector, axis=1, keepdims=True)
    unit = vector / np.where(length > 0.0, length, 1.0)
    ahead = np.sum(normal * unit, axis=1, keepdims=True)
    along = np.hypot(errors.magnitude_fixed, errors.magnitude_proportional * length)
    across = np.hypot(errors.pointing_fixed, errors.pointing_proportional * length)
    return np.asarray(np.where(length > 0.0, vector + along * ahead * unit + across * (normal - ahead * unit), 0.0))
