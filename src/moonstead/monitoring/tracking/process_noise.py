"""What unknown accelerations do to a state in time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.local_axes import radial_axes
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.estimation.gaussian import lower_root
from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

PART = 0.1  # [rad] of the orbit's turn in which noise may be taken to act along fixed axes


def acceleration_noise(trajectory: PropagatedTrajectory, start: float, stop: float, density: ArrayLike) -> Array:
    """Root of the covariance that white accelerations add along a flight.

    Parameters
    ----------
    trajectory : PropagatedTrajectory
        With its transition matrix.
    start, stop : float [s TDB past J2000]
        Between which noise acts, within the trajectory.
    density : (3,) [m^2/s^3]
        Power of the acceleration along radial, transverse and normal axes: after a time t the speed along an axis has
        the variance density * t.

    Returns
    -------
    (6, 6) [mixed]
        Lower triangular, in the axes of the trajectory, at the stop.

    Raises
    ------
    InvalidInput
        A density is negative or not finite.

    Source
    ------
    Montenbruck & Gill (2000), Satellite Orbits, section 8.3: white acceleration, summed over parts of the flight
    through its transition matrix.
    """
    power = np.broadcast_to(np.asarray(density, dtype=np.float64), (3,))
    if not (np.all(np.isfinite(power)) and np.all(power >= 0.0)):
        raise InvalidInput(f"densities of acceleration noise [m2/s3] must not be negative; got {power.tolist()}")
    first = trajectory.state(np.array([start]))[0]
    slowest = math.sqrt(float(np.linalg.norm(first[:3])) ** 3 / body(trajectory.center).gm)
    parts = max(1, math.ceil(abs(stop - start) / (PART * slowest)))
    edges = np.linspace(start, stop, parts + 1)
    step = abs(stop - start) / parts
    states = trajectory.state(0.5 * (edges[:-1] + edges[1:]))
    flown = trajectory.transition(edges[1:])
    columns = []
    for rows, passed in zip(radial_axes(states), flown, strict=True):
        axes = rows.T * np.sqrt(power)
        block = np.zeros((6, 6))
        block[:3, :3] = math.sqrt(step**3 / 3.0) * axes
        block[3:, :3] = math.sqrt(0.75 * step) * axes
        block[3:, 3:] = math.sqrt(0.25 * step) * axes
        columns.append(flown[-1] @ np.linalg.solve(passed, block))
    return lower_root(np.hstack(columns))
