"""Kernel of what all integrators integrate: an orbit and, where wanted, its partial derivatives.

D positions, D velocities and D accelerations. The first three are the orbit's. With the state-transition matrix D is
21: its six columns follow, position-like in the positions and velocity-like in the velocities. With P parameters D is
21 + 3 P: so do the derivatives of the orbit by each of them (`ForceTables.with_parameters`).
"""

from numba import njit

from moonstead.dynamics.force_kernels import central_pull, drag_pull, forces, sun_share
from moonstead.dynamics.places_tables import (
    BURN_START,
    DRAG_SCALE,
    GM_SCALE,
    MASS,
    MASS_FLOW,
    PARAMETER_COUNT,
    PARAMETERS,
    RADIATION,
    RADIATION_SCALE,
    THRUST,
    THRUST_SCALE,
)

FIRST_PARAMETER = 21  # where the derivatives by parameters begin


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _by_parameter(kind, t, position, velocity, tables, work, gradient, damping, out, lit):
    """Write the derivative (3,) [mixed] of the acceleration by a force parameter."""
    numbers = tables.numbers
    if kind == GM_SCALE:
        central_pull(position, tables, work, out, gradient)
        return
    if kind == DRAG_SCALE:
        drag_pull(t, position, velocity, tables, work, out, gradient, damping)
        return
    share = 0.0
    if kind == RADIATION_SCALE and numbers[RADIATION] != 0.0:
        share = sun_share(t, position, tables, work, out)
        if lit:
            share = 1.0
    for i in range(3):
        out[i] = share * out[i] if share > 0.0 else 0.0
    if kind >= THRUST_SCALE:
        mass = numbers[MASS] - numbers[MASS_FLOW] * (t - numbers[BURN_START])
        out[kind - THRUST_SCALE] = numbers[THRUST] / mass


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def derivative(t, position, velocity, tables, work, gradient, damping, acceleration, lit):
    """Write the accelerations (D,) [m/s^2] and their derivatives [mixed], and return the phase of the forces.

    `gradient` and `damping` (3, 3) are scratch space. Where `lit` is true no body hides the Sun.
    """
    size = position.size
    phase = forces(t, position, velocity, tables, work, acceleration, gradient, damping, size > 3, lit)
    for column in range(3, size, 3):
        for i in range(3):
            total = 0.0
            for j in range(3):
                total += gradient[i, j] * position[column + j] + damping[i, j] * velocity[column + j]
            acceleration[column + i] = total
    out = gradient[0]  # its rows have served
    for k in range(tables.integers[PARAMETER_COUNT]):
        kind = tables.integers[tables.integers[PARAMETERS] + k]
        _by_parameter(kind, t, position, velocity, tables, work, damping, damping, out, lit)
        for i in range(3):
            acceleration[FIRST_PARAMETER + 3 * k + i] += out[i]
    return phase
