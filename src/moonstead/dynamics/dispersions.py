"""Seeded draws of what a flight does not know: its state, how its burns are executed, sunlight, mass."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.burns import Burn, FiniteBurn, ImpulsiveBurn, radial_axes
from moonstead.dynamics.executed_burn import ExecutedBurn
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

SYMMETRIC = 1e-9  # [1] of the largest diagonal term: rounding of a matrix that was meant to be symmetric
NEGATIVE = -1e-9  # [1] of the largest eigenvalue: likewise of one that was meant to be no less than zero


@dataclass(frozen=True)
class BurnErrors:
    """Errors of execution of a burn, independent and normal: Gates's model.

    Attributes
    ----------
    magnitude_fixed : float [m/s]
        Standard deviation of the length, whatever the length is (shut-off).
    magnitude_proportional : float [1]
        Standard deviation of the length over the length (resolution).
    pointing_fixed : float [m/s]
        Standard deviation along each of two axes across, whatever the length is (autopilot).
    pointing_proportional : float [rad]
        Standard deviation of the angle about each of two axes across (pointing).

    Source
    ------
    Gates (1963), A Simplified Model of Midcourse Maneuver Execution Errors, JPL Technical Report 32-504.
    """

    magnitude_fixed: float = 0.0
    magnitude_proportional: float = 0.0
    pointing_fixed: float = 0.0
    pointing_proportional: float = 0.0

    def __post_init__(self) -> None:
        values = (self.magnitude_fixed, self.magnitude_proportional, self.pointing_fixed, self.pointing_proportional)
        if not all(math.isfinite(value) and value >= 0.0 for value in values):
            raise InvalidInput(f"standard deviations of a burn must be finite and not negative; got {values}")

    def covariance(self, vector: ArrayLike) -> Array:
        """Covariance of an executed change of velocity.

        Parameters
        ----------
        vector : (3,) [m/s]
            What was planned.

        Returns
        -------
        (3, 3) [m^2/s^2]
            In the axes of the vector.

        Source
        ------
        Gates (1963), JPL Technical Report 32-504.
        """
        planned = np.asarray(vector, dtype=np.float64)
        length = float(np.linalg.norm(planned))
        if length == 0.0:
            return np.zeros((3, 3))
        unit = planned / length
        along = self.magnitude_fixed**2 + (self.magnitude_proportional * length) ** 2
        across = self.pointing_fixed**2 + (self.pointing_proportional * length) ** 2
        return along * np.outer(unit, unit) + across * (np.eye(3) - np.outer(unit, unit))


def draw_states(
    state: ArrayLike, covariance: ArrayLike, count: int, seed: int, *, axes: str = "ICRF"
) -> NDArray[np.float64]:
    """States drawn about a mean one.

    Parameters
    ----------
    state : (6,) [m, m/s]
        Mean, in ICRF axes.
    covariance : (6, 6) [m^2, m^2/s, m^2/s^2]
        Of position and velocity.
    count : int
        How many states.
    seed : int
        The same seed gives the same states.
    axes : str
        ``"ICRF"``, or ``"RTN"``: radial, transverse and normal to the orbit of the mean state, not turning with it.

    Returns
    -------
    (count, 6) [m, m/s]
        In ICRF axes.

    Raises
    ------
    InvalidInput
        The matrix is no covariance, or the axes are unknown.

    Source
    ------
    x + L g with L L^T = P and g standard normal: Gentle (2009), Computational Statistics, section 7.5.
    """
    mean = np.asarray(state, dtype=np.float64)
    root = square_root(covariance_in_icrf(mean, covariance, axes))
    return np.asarray(mean + np.random.default_rng(seed).standard_normal((count, 6)) @ root.T)


def draw_scales(sigma: float, count: int, seed: int) -> NDArray[np.float64]:
    """Factors about one, such as those of radiation pressure or of mass, never below a tenth.

    Parameters
    ----------
    sigma : float [1]
        Standard deviation.
    count : int
        How many.
    seed : int
        The same seed gives the same factors.

    Returns
    -------
    (count,) [1]
        Normal; below 0.1 they are drawn anew.

    Raises
    ------
    InvalidInput
        The standard deviation is negative, or so large that a normal distribution makes no sense.

    Source
    ------
    Normal distribution, truncated by rejection.
    """
    if not 0.0 <= sigma <= 0.3:
        raise InvalidInput(f"the standard deviation of a factor must lie within 0 and 0.3; got {sigma!r}")
    generator = np.random.default_rng(seed)
    factors = 1.0 + sigma * generator.standard_normal(count)
    while np.any(factors < 0.1):
        low = factors < 0.1
        factors[low] = 1.0 + sigma * generator.standard_normal(int(low.sum()))
    return factors


def draw_burn(burn: Burn, errors: BurnErrors, count: int, seed: int) -> ExecutedBurn:
    """A burn as it is executed by many.

    Parameters
    ----------
    burn : ImpulsiveBurn or FiniteBurn
        What was planned; the errors of a finite burn are those of its change of velocity over its duration.
    errors : BurnErrors
        How far from it.
    count : int
        How many.
    seed : int
        The same seed gives the same burns; burns of one flight need different seeds.

    Returns
    -------
    ExecutedBurn
        Vectors (count, 3) [m/s or N].

    Raises
    ------
    InvalidInput
        A finite burn has fixed errors in m/s, which its thrust alone does not tell how to share out.

    Source
    ------
    Gates (1963), A Simplified Model of Midcourse Maneuver Execution Errors, JPL Technical Report 32-504.
    """
    if isinstance(burn, FiniteBurn) and (errors.magnitude_fixed or errors.pointing_fixed):
        raise InvalidInput("a finite burn takes proportional errors only: say its fixed ones in shares of its thrust")
    planned = np.asarray(burn.delta_v) if isinstance(burn, ImpulsiveBurn) else burn.thrust * burn.unit_direction()
    root = square_root(errors.covariance(planned))
    return ExecutedBurn(burn, planned + np.random.default_rng(seed).standard_normal((count, 3)) @ root.T)


def covariance_in_icrf(state: ArrayLike, covariance: ArrayLike, axes: str) -> NDArray[np.float64]:
    """A covariance of position and velocity along the axes of the ICRF.

    Parameters
    ----------
    state : (6,) [m, m/s]
        What it belongs to.
    covariance : (6, 6) [m^2, m^2/s, m^2/s^2]
        In the axes named.
    axes : str
        ``"ICRF"`` or ``"RTN"``.

    Returns
    -------
    (6, 6) [m^2, m^2/s, m^2/s^2]
        In the ICRF.

    Raises
    ------
    InvalidInput
        The matrix has another shape, is not symmetric, or the axes are unknown.

    Source
    ------
    P' = R P R^T: Vallado (2013), Fundamentals of Astrodynamics and Applications, 4th ed., section 10.6.
    """
    matrix = np.asarray(covariance, dtype=np.float64)
    if matrix.shape != (6, 6) or not np.all(np.isfinite(matrix)):
        raise InvalidInput(f"the covariance of a state needs (6, 6) finite numbers; got shape {matrix.shape}")
    scale = np.sqrt(np.outer(np.abs(np.diag(matrix)), np.abs(np.diag(matrix))))
    if np.any(np.abs(matrix - matrix.T) > SYMMETRIC * np.maximum(scale, np.finfo(float).tiny)):
        raise InvalidInput("a covariance must be symmetric; this one is not")
    matrix = 0.5 * (matrix + matrix.T)
    if axes == "ICRF":
        return matrix
    if axes != "RTN":
        raise InvalidInput(f"the axes of a covariance are ICRF or RTN; got {axes!r}")
    turn = np.kron(np.eye(2), radial_axes(np.asarray(state, dtype=np.float64)).T)
    return np.asarray(turn @ matrix @ turn.T)


def square_root(covariance: ArrayLike) -> NDArray[np.float64]:
    """A square root L of a covariance, L L^T = P, also where some direction has no uncertainty.

    Parameters
    ----------
    covariance : (n, n) [any unit]
        Symmetric.

    Returns
    -------
    (n, n) [any unit]
        The symmetric root of the correlation, scaled.

    Raises
    ------
    InvalidInput
        The matrix has a negative eigenvalue.

    Source
    ------
    Golub & Van Loan (2013), Matrix Computations, 4th ed., section 4.2.10.
    """
    matrix = np.asarray(covariance, dtype=np.float64)
    sigma = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    scale = np.where(sigma > 0.0, sigma, 1.0)  # metres and metres a second differ by orders of magnitude
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    if np.any(values < NEGATIVE * max(1.0, float(values.max()))) or np.any(np.diag(matrix) < 0.0):
        raise InvalidInput("a covariance must have no negative eigenvalue; this one has")
    return np.asarray(scale[:, None] * (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)
