"""Kernel of what the error of a step is measured against."""

import math

from numba import njit

from moonstead.dynamics.places_tables import GM

SLOW = 1e-3  # floor of the velocity scale in circular velocities, for the apex of a straight fall


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def length(vector):
    """Length [any unit] of the first three numbers of a vector."""
    return math.sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2])


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def velocity_scale(position, velocity, tables):
    """Speed [m/s] that an error of velocity is compared with; that of position is compared with the distance."""
    return max(length(velocity), SLOW * math.sqrt(tables.numbers[GM] / length(position)))
