"""The unscented Kalman filter in square-root form: no derivatives, and the bend of motion and measurement kept."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.estimation.gaussian import Gaussian, Passage, lower_root
from moonstead.estimation.square_root_filter import Updated, whitened
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Mapping = Callable[[Array], Array]


def sigma_points(state: Gaussian, spread: float | None = None) -> tuple[Array, Array]:
    """Points whose weighted mean and covariance are those of a Gaussian.

    Parameters
    ----------
    state : Gaussian
        Of n numbers.
    spread : float or None [1]
        How many roots of the covariance the outer points stand off; at least the root of n, which is taken for None.

    Returns
    -------
    points : (2 n + 1, n) [mixed]
        The mean first.
    weights : (2 n + 1,) [1]
        None is negative, so that covariances of whatever they map to are positive.

    Raises
    ------
    InvalidInput
        The spread is below the root of n, which would make the first weight negative.

    Source
    ------
    Julier & Uhlmann (2004), Proc. IEEE 92, 401, doi:10.1109/JPROC.2003.823141; with the least spread the cubature
    points of Arasaratnam & Haykin (2009), IEEE Trans. Automat. Contr. 54, 1254, doi:10.1109/TAC.2009.2019800.
    """
    size = state.mean.size
    square = float(size) if spread is None else spread * spread
    if square < size * (1.0 - 1e-12):
        raise InvalidInput(
            f"the spread of sigma points of {size} numbers is at least {np.sqrt(size):.3g}; got {spread}"
        )
    offsets = np.sqrt(square) * state.root.T
    points = state.mean + np.vstack((np.zeros((1, size)), offsets, -offsets))
    weights = np.full(2 * size + 1, 0.5 / square)
    weights[0] = max(0.0, 1.0 - size / square)
    return points, weights


def predict_unscented(
    state: Gaussian, motion: Mapping, noise_root: ArrayLike, spread: float | None = None
) -> tuple[Gaussian, Passage]:
    """Move a Gaussian on through any motion.

    Parameters
    ----------
    state : Gaussian
        Before.
    motion : callable
        Maps states (P, n) to states (P, n), each row for itself.
    noise_root : (n, q) [mixed]
        Root of the covariance of the noise that is added.
    spread : float or None [1]
        As in `sigma_points`.

    Returns
    -------
    Gaussian
        After.
    Passage
        For the smoother.

    Raises
    ------
    InvalidInput
        The motion loses a row, or the spread is too small.

    Source
    ------
    van der Merwe & Wan (2001), The square-root unscented Kalman filter, ICASSP, doi:10.1109/ICASSP.2001.940586; with
    weights that are never negative, so that no root has to be downdated.
    """
    points, weights = sigma_points(state, spread)
    moved = np.asarray(motion(points), dtype=np.float64)
    if moved.shape != points.shape:
        raise InvalidInput(f"the motion made {moved.shape} of {points.shape} sigma points; it must keep the rows")
    mean = weights @ moved
    noise = np.atleast_2d(np.asarray(noise_root, dtype=np.float64))
    root_weights = np.sqrt(weights)
    earlier, later = ((points - state.mean).T * root_weights, (moved - mean).T * root_weights)
    return Gaussian(mean, lower_root(np.hstack((later, noise)))), Passage(earlier, later, noise, mean)


def update_unscented(state: Gaussian, residual: Mapping, noise_root: ArrayLike, spread: float | None = None) -> Updated:
    """Take a measurement in.

    Parameters
    ----------
    state : Gaussian
        Before.
    residual : callable
        Maps states (P, n) to measured less computed values (P, m); angles wrapped by it.
    noise_root : (m, m) [mixed]
        Root of the covariance of the measurement's noise.
    spread : float or None [1]
        As in `sigma_points`.

    Returns
    -------
    Updated

    Raises
    ------
    InvalidInput
        The spread is too small, or the residuals have the wrong shape.
    NumericalFailure
        The innovation is expected to be exactly zero.

    Source
    ------
    As `predict_unscented`; the root afterwards is triangularised from [X - K Z, K R], which needs no downdate.
    """
    from scipy.linalg import solve_triangular

    points, weights = sigma_points(state, spread)
    away = np.atleast_2d(np.asarray(residual(points), dtype=np.float64))
    noise = np.atleast_2d(np.asarray(noise_root, dtype=np.float64))
    if away.shape[0] != points.shape[0] or noise.shape != (away.shape[1], away.shape[1]):
        raise InvalidInput(f"{points.shape[0]} sigma points gave residuals {away.shape} against noise {noise.shape}")
    innovation = weights @ away
    root_weights = np.sqrt(weights)
    states, values = (points - state.mean).T * root_weights, (innovation - away).T * root_weights
    innovation_root = lower_root(np.hstack((values, noise)))
    relative = whitened(innovation_root, innovation)
    half = solve_triangular(innovation_root, values @ states.T, lower=True)
    gain = solve_triangular(innovation_root.T, half, lower=False).T
    after = lower_root(np.hstack((states - gain @ values, gain @ noise)))
    return Updated(
        Gaussian(state.mean + gain @ innovation, after), innovation, innovation_root, float(relative @ relative)
    )
