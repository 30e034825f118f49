"""The extended Kalman filter in square-root form: covariances cannot become indefinite."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.estimation.gaussian import Gaussian, Passage, lower_root
from moonstead.foundation.errors import InvalidInput, NumericalFailure

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Updated:
    """What a measurement made of a Gaussian.

    Attributes
    ----------
    state : Gaussian
        Afterwards.
    innovation : (m,) [mixed]
        Measured less expected.
    innovation_root : (m, m) [mixed]
        Lower triangular root of its expected covariance.
    chi_square : float [1]
        Of the innovation; expected m.
    """

    state: Gaussian
    innovation: Array
    innovation_root: Array
    chi_square: float


def predict(state: Gaussian, mean: ArrayLike, transition: ArrayLike, noise_root: ArrayLike) -> tuple[Gaussian, Passage]:
    """Move a Gaussian on through a motion that is known with its derivative.

    Parameters
    ----------
    state : Gaussian
        Before.
    mean : (n,) [mixed]
        Where the motion leads the mean.
    transition : (n, n) [mixed]
        Change of the state after by the state before.
    noise_root : (n, q) [mixed]
        Root of the covariance of the noise that is added.

    Returns
    -------
    Gaussian
        After.
    Passage
        For the smoother.

    Raises
    ------
    InvalidInput
        The shapes do not match.

    Source
    ------
    Maybeck (1979), Stochastic Models, Estimation and Control, volume 1, section 7.5: triangularisation of [F S, G].
    """
    after, matrix = np.asarray(mean, dtype=np.float64), np.asarray(transition, dtype=np.float64)
    noise = np.atleast_2d(np.asarray(noise_root, dtype=np.float64))
    size = state.mean.size
    if after.shape != (size,) or matrix.shape != (size, size) or noise.shape[0] != size:
        raise InvalidInput(f"a state of {size} numbers; mean {after.shape}, transition {matrix.shape}, {noise.shape}")
    later = matrix @ state.root
    return Gaussian(after, lower_root(np.hstack((later, noise)))), Passage(state.root, later, noise, after)


def update(state: Gaussian, residual: ArrayLike, design: ArrayLike, noise_root: ArrayLike) -> Updated:
    """Take a measurement in.

    Parameters
    ----------
    state : Gaussian
        Before.
    residual : (m,) [mixed]
        Measured less computed from the mean.
    design : (m, n) [mixed]
        Change of the computed values with the state.
    noise_root : (m, m) [mixed]
        Root of the covariance of the measurement's noise.

    Returns
    -------
    Updated

    Raises
    ------
    InvalidInput
        The shapes do not match.
    NumericalFailure
        The innovation is expected to be exactly zero: the noise has no size.

    Source
    ------
    Array form of the measurement update: Kailath, Sayed & Hassibi (2000), Linear Estimation, section 12.3.
    """
    away, slopes = np.atleast_1d(np.asarray(residual, dtype=np.float64)), np.atleast_2d(design)
    noise = np.atleast_2d(np.asarray(noise_root, dtype=np.float64))
    many, size = away.size, state.mean.size
    if slopes.shape != (many, size) or noise.shape != (many, many):
        raise InvalidInput(f"{many} residuals need a design ({many}, {size}) and noise; got {slopes.shape}")
    before = np.block([[noise, slopes @ state.root], [np.zeros((size, many)), state.root]])
    after = lower_root(before)
    innovation_root, gain = after[:many, :many], after[many:, :many]
    relative = whitened(innovation_root, away)
    return Updated(
        Gaussian(state.mean + gain @ relative, after[many:, many:]), away, innovation_root, float(relative @ relative)
    )


def whitened(root: Array, residual: Array) -> Array:
    """A residual in units of its expected spread.

    Parameters
    ----------
    root : (m, m) [mixed]
        Lower triangular root of its expected covariance.
    residual : (m,) [mixed]
        Measured less expected.

    Returns
    -------
    (m,) [1]
        Numbers of unit variance without correlation.

    Raises
    ------
    NumericalFailure
        A direction has no spread.

    Source
    ------
    Bierman (1977), Factorization Methods for Discrete Sequential Estimation, chapter III.
    """
    from scipy.linalg import solve_triangular

    if not np.all(np.abs(np.diag(root)) > 0.0):
        raise NumericalFailure("an innovation without spread: give the measurement a standard deviation above zero")
    solved: Array = solve_triangular(root, residual, lower=True)
    return solved
