"""Motion in the circular restricted three-body problem, exact to rounding, with its transition matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.kernel_cache import prepare
from moonstead.orbits.three_body.system import ThreeBodySystem

Array = NDArray[np.float64]

NEAREST = 1e-7  # [1] to a body's centre, 39 m for the Moon, 15 km for Sun and Earth: deep in any body


def propagate_three_body(
    state: ArrayLike,
    duration: float,
    system: ThreeBodySystem | float,
    *,
    with_transition: bool = False,
    times: ArrayLike | None = None,
) -> Any:
    """States of a motion in the rotating frame, each step of it exact to rounding.

    Parameters
    ----------
    state : (6,) [1]
        Position and velocity at time 0 in the rotating frame, barycentre at the origin, normalised.
    duration : float [1]
        Length of the motion in units of the system's time, negative for the past; not read if `times` are given.
    system : ThreeBodySystem or float [1]
        The constants, or the mass ratio alone.
    with_transition : bool
        Give the derivatives of the states by the first one too.
    times : (N,) [1], optional
        When states are wanted, from 0 on one way, rising or falling; without them one row, at `duration`.

    Returns
    -------
    states : (N, 6) [1]
        States, normalised.
    transition : (N, 6, 6) [1]
        Only with `with_transition`.

    Raises
    ------
    InvalidInput
        The state or a time is not finite, or times do not go one way from 0.
    NumericalFailure
        The motion meets the centre of a body.

    Source
    ------
    Equations of motion: Szebehely (1967), Theory of Orbits, 1.5. Taylor series by recurrence: Jorba & Zou (2005),
    Experimental Mathematics 14, 99, doi:10.1080/10586458.2005.10128904.
    """
    start = np.array(state, dtype=np.float64)
    mass_ratio = system.mass_ratio if isinstance(system, ThreeBodySystem) else float(system)
    wanted = np.ascontiguousarray([duration] if times is None else np.atleast_1d(times), dtype=np.float64)
    if start.shape != (6,) or not np.isfinite(start).all():
        raise InvalidInput(f"a state has six finite numbers (x, y, z, vx, vy, vz); this one is {start.tolist()}")
    way = np.sign(wanted[-1]) if wanted.size else 1.0
    if wanted.ndim != 1 or not np.isfinite(wanted).all() or np.any(np.diff(wanted, prepend=0.0) * (way or 1.0) < 0.0):
        raise InvalidInput("times must be finite and go one way from 0, all rising or all falling")
    states = np.empty((wanted.size, 6))
    transitions = np.empty((wanted.size if with_transition else 0, 6, 6))
    if wanted.size:
        prepare()
        from moonstead.orbits.three_body.taylor_kernels import DONE, three_body_kernel

        status = three_body_kernel(start, mass_ratio, wanted, NEAREST, with_transition, states, transitions)
        if status != DONE:
            raise NumericalFailure(
                f"the motion from {np.array2string(start, precision=6)} meets the centre of a body (mass ratio "
                f"{mass_ratio:g}) before time {wanted[-1]:g}; ask for a shorter motion or another start"
            )
    return (states, transitions) if with_transition else states


def jacobi_constant(states: ArrayLike, mass_ratio: float) -> Array:
    """Jacobi constant of states: what the rotating frame conserves in place of energy.

    Parameters
    ----------
    states : (..., 6) [1]
        States in the rotating frame, normalised.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.

    Returns
    -------
    (...) [1]
        x^2 + y^2 + 2 (1 - mu) / r1 + 2 mu / r2 - v^2.

    Raises
    ------
    InvalidInput
        States have not six columns.

    Source
    ------
    Szebehely (1967), Theory of Orbits, 1.6, without the constant mu (1 - mu) that some add; as JPL's catalogue.
    """
    rows = np.asarray(states, dtype=np.float64)
    if rows.shape[-1:] != (6,):
        raise InvalidInput(f"states have six columns (x, y, z, vx, vy, vz); these have the shape {rows.shape}")
    x, y, z = rows[..., 0], rows[..., 1], rows[..., 2]
    across = y * y + z * z
    to_primary = np.sqrt((x + mass_ratio) ** 2 + across)
    to_secondary = np.sqrt((x - 1.0 + mass_ratio) ** 2 + across)
    speed = np.sum(rows[..., 3:] ** 2, axis=-1)
    return np.asarray(x * x + y * y + 2.0 * (1.0 - mass_ratio) / to_primary + 2.0 * mass_ratio / to_secondary - speed)


def jacobi_gradient(state: ArrayLike, mass_ratio: float) -> Array:
    """Derivative of the Jacobi constant by the state.

    Parameters
    ----------
    state : (6,) [1]
        State in the rotating frame, normalised.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.

    Returns
    -------
    (6,) [1]
        Twice the force of the potential, less twice the velocity.

    Source
    ------
    Szebehely (1967), Theory of Orbits, 1.6.
    """
    here = np.asarray(state, dtype=np.float64)
    still = np.concatenate([here[:3], np.zeros(3)])
    return np.concatenate([2.0 * rates(still, mass_ratio)[3:], -2.0 * here[3:]])


def gravity_gradient(position: ArrayLike, mass_ratio: float) -> Array:
    """Second derivatives of the potential in the rotating frame, the centrifugal one included.

    Parameters
    ----------
    position : (3,) [1]
        Position in the rotating frame, normalised.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.

    Returns
    -------
    (3, 3) [1]
        Derivative of the acceleration of a body at rest by its position.

    Source
    ------
    Szebehely (1967), Theory of Orbits, 1.5.
    """
    place = np.asarray(position, dtype=np.float64)
    result = np.diag([1.0, 1.0, 0.0])
    for mass, x in ((1.0 - mass_ratio, -mass_ratio), (mass_ratio, 1.0 - mass_ratio)):
        away = place - np.array([x, 0.0, 0.0])
        distance = np.sqrt(away @ away)
        result += mass * (3.0 * np.outer(away, away) / distance**5 - np.eye(3) / distance**3)
    return result


def rates(state: ArrayLike, mass_ratio: float) -> Array:
    """Velocity and acceleration of a state in the rotating frame.

    Parameters
    ----------
    state : (6,) [1]
        State in the rotating frame, normalised.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.

    Returns
    -------
    (6,) [1]
        Derivative of the state by time.

    Source
    ------
    Szebehely (1967), Theory of Orbits, 1.5.
    """
    x, y, z, vx, vy, vz = np.asarray(state, dtype=np.float64)
    across = y * y + z * z
    far, near = x + mass_ratio, x - 1.0 + mass_ratio
    heavy = (1.0 - mass_ratio) / (far * far + across) ** 1.5
    light = mass_ratio / (near * near + across) ** 1.5
    both = heavy + light
    ax = 2.0 * vy + x - heavy * far - light * near
    return np.array([vx, vy, vz, ax, -2.0 * vx + y - both * y, -both * z])


def warm_up() -> None:
    """Compile the kernel of this file."""
    propagate_three_body([0.8, 0.0, 0.0, 0.0, 0.1, 0.0], 0.1, 0.01, with_transition=True)
