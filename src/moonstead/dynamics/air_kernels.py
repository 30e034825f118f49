"""Kernel of the density of air."""

import math

from numba import njit


@njit(cache=True, error_model="numpy", _nrt=False)
def density(altitude, air):
    """Density [kg/m^3] and its derivative by altitude [kg/m^4] of layers that are exponential within.

    `air` (L, 3) holds base altitude [m], density there [kg/m^3] and scale height [m] of each layer.
    """
    layer = 0
    for k in range(1, air.shape[0]):
        if altitude >= air[k, 0]:
            layer = k
    value = air[layer, 1] * math.exp(-(altitude - air[layer, 0]) / air[layer, 2])
    return value, -value / air[layer, 2]
