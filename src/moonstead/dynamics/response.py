"""How an orbit answers to a small acceleration: by the state-transition matrix of its flight.

Forces that change an orbit by metres (tides of the solid Earth, sunlight across the line to the Sun, what is sought in
a fit) act on a flight under all large forces linearly: a displacement d bends the answer by about d^2 / r for each
radian, 0.2 mm a day for 20 m at navigation satellites.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


def kick_response(transition: Array) -> Array:
    """The last three columns of the inverse of state-transition matrices.

    They tell what change of the initial state does the same as a velocity added on the way. A matrix of motion under
    forces that have a potential, which may depend on time, is symplectic: its inverse is found by transposing blocks.

    Parameters
    ----------
    transition : (N, 6, 6) [mixed]
        State-transition matrices from the start.

    Returns
    -------
    (N, 6, 3) [s, 1]
        Change of the initial state by a unit of velocity.

    Source
    ------
    Battin (1999), An Introduction to the Mathematics and Methods of Astrodynamics, section 9.5: symplectic property.
    """
    inverse = np.empty((transition.shape[0], 6, 3))
    inverse[:, :3] = -transition[:, :3, 3:].transpose(0, 2, 1)
    inverse[:, 3:] = transition[:, :3, :3].transpose(0, 2, 1)
    return inverse


def state_response(transition: Array, acceleration: Array, step: float) -> Array:
    """Displacements of an orbit by small accelerations since its start.

    Parameters
    ----------
    transition : (N, 6, 6) [mixed]
        State-transition matrices at equal steps from the start.
    acceleration : (N, 3, K) [m/s^2]
        K accelerations at the same times.
    step : float [s]
        Between the times.

    Returns
    -------
    (N, 6, K) [m, m/s]
        Changes of the state.

    Raises
    ------
    InvalidInput
        There are fewer than four times, or the shapes do not match.

    Source
    ------
    Variation of constants: Phi(t) times the integral of Phi^-1 (0, a); the integral by cubics through four nodes.
    """
    if transition.shape[0] < 4 or acceleration.shape[:2] != (transition.shape[0], 3):
        raise InvalidInput(
            f"accelerations (N, 3, K) at the N >= 4 times of the matrices are needed; got {acceleration.shape} for "
            f"{transition.shape[0]} times"
        )
    return np.asarray(transition @ cumulative_integral(kick_response(transition) @ acceleration, step))


def cumulative_integral(values: Array, step: float) -> Array:
    """Integrals from the first of equally spaced times to each of them.

    Parameters
    ----------
    values : (N, ...) [any unit]
        N >= 4 values.
    step : float [s]
        Between the times.

    Returns
    -------
    (N, ...) [mixed]
        Times seconds; 0 in the first row.

    Source
    ------
    The cubic through four neighbours, integrated over the middle interval: (-f0 + 13 f1 + 13 f2 - f3) / 24; error
    11/720 step^5 f''''.
    """
    scaled = values * (step / 24.0)
    pieces = np.empty_like(scaled[1:])
    pieces[1:-1] = 13.0 * (scaled[1:-2] + scaled[2:-1]) - scaled[:-3] - scaled[3:]
    pieces[0] = 9.0 * scaled[0] + 19.0 * scaled[1] - 5.0 * scaled[2] + scaled[3]
    pieces[-1] = 9.0 * scaled[-1] + 19.0 * scaled[-2] - 5.0 * scaled[-3] + scaled[-4]
    return np.concatenate((np.zeros_like(values[:1]), np.cumsum(pieces, axis=0)))


def hermite(nodes: Array, values: Array, rates: Array, at: Array) -> Array:
    """Values between equally spaced nodes by cubics through values and rates.

    Parameters
    ----------
    nodes : (N,) [s]
        Rising by equal steps.
    values, rates : (N, ...) [any unit]
        At the nodes.
    at : (M,) [s]
        Times within the nodes.

    Returns
    -------
    (M, ...) [any unit]

    Source
    ------
    Cubic Hermite interpolation: error step^4 f''''/384.
    """
    step = nodes[1] - nodes[0]
    row = np.clip(((at - nodes[0]) / step).astype(np.int64), 0, nodes.size - 2)
    s = ((at - nodes[row]) / step).reshape(-1, *([1] * (values.ndim - 1)))
    low, high, low_rate, high_rate = values[row], values[row + 1], step * rates[row], step * rates[row + 1]
    rise = high - low
    return np.asarray(
        low + s * (low_rate + s * ((3.0 * rise - 2.0 * low_rate - high_rate) + s * (low_rate + high_rate - 2.0 * rise)))
    )
