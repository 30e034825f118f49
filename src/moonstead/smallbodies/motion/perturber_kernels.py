"""Kernel of the perturbing bodies: tables in, places and velocities of all of them at a time out."""

import math

from numba import njit

from moonstead.dynamics.vector_kernels import load_lanes, spread, spread_from, store_lanes
from moonstead.smallbodies.motion.perturber_tables import (
    BELT,
    BODIES,
    EARTH,
    FAST,
    HEAVY,
    LANES,
    MERCURY,
    MOON,
    MOON_SHARE,
    PLUTO,
    SLOW,
)

TERMS = 16  # most terms of a series
RATES = TERMS  # where the derivatives of the polynomials begin
LOOSE = 2 * TERMS  # where vectors lie whose lanes belong to several bodies
BASIS = LOOSE + 4 * LANES  # size of the scratch space of `perturber_places`


@njit(cache=True, error_model="numpy", _nrt=False)
def chebyshev_basis(t, clock, at, records, terms, basis):
    """Write the Chebyshev polynomials and their derivatives by time [1/s]; return which record holds t."""
    after = (t - clock[at]) / clock[at + 1]
    record = min(max(math.floor(after), 0), records - 1)
    x = 2.0 * (after - record) - 1.0
    double = 2.0 * x
    scale = 2.0 / clock[at + 1]
    basis[0] = 1.0
    basis[1] = x
    basis[RATES] = 0.0
    basis[RATES + 1] = scale
    for k in range(2, terms):
        basis[k] = double * basis[k - 1] - basis[k - 2]
        basis[RATES + k] = double * basis[RATES + k - 1] - basis[RATES + k - 2] + 2.0 * scale * basis[k - 1]
    return record


@njit(cache=True, error_model="numpy", _nrt=False)
def perturber_places(t, tables, basis, places, at, rates, at_rates):
    """Write places [m] to places[at:], component by component, 32 bodies each, and velocities [m/s] of the first 16.

    Places without a body are left as they are. `basis` is scratch space (BASIS,).
    """
    clock = tables.clock
    fast = tables.fast
    slow = tables.slow
    belt = tables.belt
    terms = slow.shape[2]
    record = chebyshev_basis(t, clock, SLOW, slow.shape[0], terms, basis)
    for vector in range(4):
        value = spread(0.0)
        rate = spread(0.0)
        begin = LANES * terms * (4 * record + vector)
        for k in range(terms - 1, -1, -1):
            series = load_lanes(slow, begin + LANES * k)
            value = value + series * spread_from(basis, k)
            rate = rate + series * spread_from(basis, RATES + k)
        if vector < 3:
            store_lanes(places, at + BODIES * vector, value)
            store_lanes(rates, at_rates + HEAVY * vector, rate)
        else:
            store_lanes(basis, LOOSE, value)
            store_lanes(basis, LOOSE + LANES, rate)
    terms = fast.shape[1]
    record = chebyshev_basis(t, clock, FAST, fast.shape[0], terms, basis)
    value = spread(0.0)
    rate = spread(0.0)
    begin = LANES * terms * record
    for k in range(terms - 1, -1, -1):
        series = load_lanes(fast, begin + LANES * k)
        value = value + series * spread_from(basis, k)
        rate = rate + series * spread_from(basis, RATES + k)
    store_lanes(basis, LOOSE + 2 * LANES, value)
    store_lanes(basis, LOOSE + 3 * LANES, rate)
    share = clock[MOON_SHARE]
    for c in range(3):
        pluto = LOOSE + c
        moon = LOOSE + 2 * LANES + c
        own = at + BODIES * c
        places[own + EARTH] -= share * basis[moon]
        places[own + MOON] = places[own + EARTH] + basis[moon]
        places[own + MERCURY] = basis[moon + 3]
        places[own + PLUTO] = basis[pluto]
        own = at_rates + HEAVY * c
        rates[own + EARTH] -= share * basis[moon + LANES]
        rates[own + MOON] = rates[own + EARTH] + basis[moon + LANES]
        rates[own + MERCURY] = basis[moon + 3 + LANES]
        rates[own + PLUTO] = basis[pluto + LANES]
    if belt.shape[0] == 0:
        return
    terms = belt.shape[2]
    record = chebyshev_basis(t, clock, BELT, belt.shape[0], terms, basis)
    for vector in range(6):
        value = spread(0.0)
        begin = LANES * terms * (6 * record + vector)
        for k in range(terms - 1, -1, -1):
            value = value + load_lanes(belt, begin + LANES * k) * spread_from(basis, k)
        store_lanes(places, at + BODIES * (vector // 2) + HEAVY + LANES * (vector % 2), value)
