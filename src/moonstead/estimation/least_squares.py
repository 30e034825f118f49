"""Least squares by orthogonal triangles: linear information, and a damped iteration for models that are not linear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure

Array = NDArray[np.float64]
Model = Callable[[Array], tuple[Array, Array]]

FIRST_DAMPING = 1e-6  # [1] of the information of each parameter, once a full step has made things worse
DAMPING_UP, DAMPING_DOWN = 100.0, 0.01  # [1]
STRONGEST_DAMPING = 1e8  # [1] a step this short that still makes things worse leads nowhere
ROUNDING = 1e-9  # [1] of the sum of squares: what the noise of a model's evaluation may add to it at the minimum
CLOSE = 0.03  # [1] standard deviations: closer to the minimum than this the noise of a model may decide
SINGULAR = 1e-15  # [1] smallest ratio of diagonal elements, each column first scaled to unit length


@dataclass(frozen=True, eq=False)
class SquareRootInformation:
    """What measurements say about k parameters: R x = z up to noise of unit variance.

    Attributes
    ----------
    triangle : (k, k) [mixed]
        R, upper triangular: one over the unit of each parameter.
    right_side : (k,) [1]
        z.
    left_over : float [1]
        Sum of squares of the weighted residuals that no value of the parameters removes.
    rows : int
        Number of scalar measurements, a-priori knowledge included.
    """

    triangle: Array
    right_side: Array
    left_over: float
    rows: int

    def estimate(self) -> Array:
        """The parameters x (k,) [mixed] that fit best.

        Raises
        ------
        NumericalFailure
            The measurements leave a direction undetermined.
        """
        from scipy.linalg import solve_triangular

        self._require_rank()
        return np.asarray(solve_triangular(self.triangle, self.right_side), dtype=np.float64)

    def covariance(self) -> Array:
        """Covariance (k, k) [mixed] of the parameters, if the weights of the measurements are right.

        Raises
        ------
        NumericalFailure
            The measurements leave a direction undetermined.
        """
        from scipy.linalg import solve_triangular

        self._require_rank()
        root = solve_triangular(self.triangle, np.eye(self.triangle.shape[0]))
        return np.asarray(root @ root.T, dtype=np.float64)

    def _require_rank(self) -> None:
        lengths = np.linalg.norm(self.triangle, axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.abs(np.diag(self.triangle)) / lengths
        if not np.all(share > SINGULAR):
            weak = [str(place) for place in np.flatnonzero(~(share > SINGULAR))]
            raise NumericalFailure(
                f"the measurements do not determine parameter {', '.join(weak)} of {lengths.size} (counted from 0); "
                "give more measurements, a-priori knowledge, or solve for fewer parameters"
            )


def square_root_information(
    design: ArrayLike, residuals: ArrayLike, prior: SquareRootInformation | None = None
) -> SquareRootInformation:
    """Information in measurements, and in what was known before them.

    Parameters
    ----------
    design : (M, k) [mixed]
        Change of each weighted measurement with each parameter: one over the unit of the parameter.
    residuals : (M,) [1]
        Weighted measurements less what the model gives for x = 0; their noise has unit variance and no correlation.
    prior : SquareRootInformation, optional
        Earlier information about the same parameters.

    Returns
    -------
    SquareRootInformation
        Of both together.

    Raises
    ------
    InvalidInput
        The shapes do not match, or a number is not finite.

    Source
    ------
    Householder triangularisation of the weighted equations: Bierman (1977), Factorization Methods for Discrete
    Sequential Estimation, chapters IV and V. The normal equations, which square the condition number, are not formed.
    """
    from scipy.linalg import qr

    design = np.atleast_2d(np.asarray(design, dtype=np.float64))
    residuals = np.atleast_1d(np.asarray(residuals, dtype=np.float64))
    count = design.shape[1]
    if design.ndim != 2 or residuals.shape != (design.shape[0],):
        raise InvalidInput(f"one residual for each row of the design; got {residuals.shape} and {design.shape}")
    if prior is not None and prior.triangle.shape != (count, count):
        raise InvalidInput(f"the a-priori information is about {prior.triangle.shape[0]} parameters, not {count}")
    if not (np.all(np.isfinite(design)) and np.all(np.isfinite(residuals))):
        raise InvalidInput("the weighted residuals or their partial derivatives hold NaN or infinite numbers")
    system = np.column_stack((design, residuals))
    rows, left_over = residuals.size, 0.0
    if prior is not None:
        system = np.vstack((np.column_stack((prior.triangle, prior.right_side)), system))
        rows, left_over = rows + prior.rows, prior.left_over
    if system.shape[0] <= count:
        system = np.vstack((system, np.zeros((count + 1 - system.shape[0], count + 1))))
    triangle = qr(system, mode="r", overwrite_a=True, check_finite=False)[0][: count + 1]
    return SquareRootInformation(
        triangle[:count, :count].copy(), triangle[:count, count].copy(), left_over + triangle[count, count] ** 2, rows
    )


def prior_from_sigmas(values: ArrayLike, sigmas: ArrayLike) -> SquareRootInformation:
    """What is known beforehand of parameters that are independent of each other.

    Parameters
    ----------
    values : (k,) [mixed]
        Expected values.
    sigmas : (k,) [mixed]
        Their standard deviations; infinite where nothing is known.

    Returns
    -------
    SquareRootInformation
        With one row for each parameter that something is known of.

    Raises
    ------
    InvalidInput
        A standard deviation is not positive.

    Source
    ------
    Bierman (1977), Factorization Methods for Discrete Sequential Estimation, chapter V.
    """
    values, sigmas = (np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in (values, sigmas))
    if not np.all(sigmas > 0.0):
        raise InvalidInput(f"standard deviations must be positive, infinite for unknown; got {sigmas.tolist()}")
    return SquareRootInformation(np.diag(1.0 / sigmas), values / sigmas, 0.0, int(np.sum(np.isfinite(sigmas))))


def prior_from_covariance(values: ArrayLike, covariance: ArrayLike) -> SquareRootInformation:
    """What is known beforehand of parameters with a covariance.

    Parameters
    ----------
    values : (k,) [mixed]
        Expected values.
    covariance : (k, k) [mixed]
        Positive definite.

    Returns
    -------
    SquareRootInformation
        With k rows.

    Raises
    ------
    InvalidInput
        The covariance is not positive definite.

    Source
    ------
    Bierman (1977), Factorization Methods for Discrete Sequential Estimation, chapter V.
    """
    from scipy.linalg import cholesky, qr, solve_triangular

    values, covariance = np.atleast_1d(np.asarray(values, dtype=np.float64)), np.asarray(covariance, dtype=np.float64)
    scale = np.sqrt(np.abs(np.diag(covariance)))
    try:
        root = cholesky(covariance / np.outer(scale, scale), lower=True)
    except (np.linalg.LinAlgError, ValueError) as fault:
        raise InvalidInput(f"a covariance must be positive definite and finite ({fault})") from fault
    inverse = solve_triangular(root, np.diag(1.0 / scale), lower=True)
    triangle = qr(inverse, mode="r")[0]
    return SquareRootInformation(triangle, triangle @ values, 0.0, values.size)


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """Where a sum of squares is smallest.

    Attributes
    ----------
    parameters : (k,) [mixed]
        The best values.
    information : SquareRootInformation
        About corrections to them; its `covariance` is that of the parameters.
    chi_square : float [1]
        Sum of squares of the weighted residuals, a-priori terms included.
    iterations : int
        Corrections that were made.
    converged : bool
        Whether a further correction would be small against the standard deviations.
    next_correction : float [1]
        Its root mean square in units of the standard deviations.
    """

    parameters: Array
    information: SquareRootInformation
    chi_square: float
    iterations: int
    converged: bool
    next_correction: float


def minimise(
    model: Model,
    start: ArrayLike,
    *,
    prior: SquareRootInformation | None = None,
    most_iterations: int = 20,
    tolerance: float = 1e-3,
) -> LeastSquares:
    """Find the parameters for which a sum of squares is smallest, by damped corrections.

    A correction that makes the sum larger is taken back and shortened (Levenberg-Marquardt, by rows of damping).

    Parameters
    ----------
    model : callable
        Maps parameters (k,) to weighted residuals (M,) [1], measured less computed, and to the design (M, k): the
        change of the weighted computed values with the parameters. It may raise `NumericalFailure` where it cannot
        answer; the correction that led there is shortened.
    start : (k,) [mixed]
        First values.
    prior : SquareRootInformation, optional
        What is known of the parameters themselves (not of corrections) beforehand.
    most_iterations : int
        Bound of the number of corrections.
    tolerance : float [1]
        Converged where the root mean square of a further correction is below this share of the standard deviations, or
        where it is below 0.03 and nothing is gained by it: the model's own noise.

    Returns
    -------
    LeastSquares
        With `converged` false where the iterations did not suffice.

    Raises
    ------
    NumericalFailure
        The model cannot answer at the start, the measurements leave a direction undetermined, or no correction, be it
        ever so short, makes the sum smaller although the gradient says so.

    Source
    ------
    Marquardt (1963), SIAM J. Appl. Math. 11, 431, doi:10.1137/0111030, in the orthogonal form of More (1978), Lecture
    Notes in Mathematics 630, 105, doi:10.1007/BFb0067700.
    """
    here = np.atleast_1d(np.array(start, dtype=np.float64))
    information, chi_square = _linearised(model, here, prior)
    damping, count, size = 0.0, 0, _size(information)
    while size >= tolerance and count < most_iterations:
        count += 1
        while True:
            step = _damped_step(information, damping)
            try:
                there, there_square = _linearised(model, here + step, prior)
            except NumericalFailure:
                there, there_square = information, np.inf
            if there_square <= chi_square * (1.0 + ROUNDING) + ROUNDING:
                break
            if size < CLOSE:
                return LeastSquares(here, information, chi_square, count, True, size)
            damping = max(FIRST_DAMPING, damping * DAMPING_UP)
            if damping > STRONGEST_DAMPING:
                raise NumericalFailure(
                    f"no correction makes the sum of squares {chi_square:.6g} smaller, though {size:.3g} standard "
                    "deviations are asked for: the partial derivatives do not fit the model, or it jumps"
                )
        here, information, chi_square = here + step, there, there_square
        damping = damping * DAMPING_DOWN if damping > FIRST_DAMPING else 0.0
        size = _size(information)
    return LeastSquares(here, information, chi_square, count, size < tolerance, size)


def _linearised(
    model: Model, parameters: Array, prior: SquareRootInformation | None
) -> tuple[SquareRootInformation, float]:
    """Information about corrections to parameters, and the sum of squares at them."""
    residuals, design = model(parameters)
    chi_square = float(residuals @ residuals)
    if prior is not None:
        away = prior.right_side - prior.triangle @ parameters
        chi_square += float(away @ away) + prior.left_over
        prior = SquareRootInformation(prior.triangle, away, prior.left_over, prior.rows)
    return square_root_information(design, residuals, prior), chi_square


def _size(information: SquareRootInformation) -> float:
    """Root mean square [1] of the full correction in units of standard deviations."""
    return float(np.linalg.norm(information.right_side) / np.sqrt(information.right_side.size))


def _damped_step(information: SquareRootInformation, damping: float) -> Array:
    if damping == 0.0:
        return information.estimate()
    lengths = np.linalg.norm(information.triangle, axis=0)
    held = SquareRootInformation(np.diag(np.sqrt(damping) * lengths), np.zeros(lengths.size), 0.0, 0)
    return square_root_information(information.triangle, information.right_side, held).estimate()
