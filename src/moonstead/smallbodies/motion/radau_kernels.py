"""Kernel of the flight of one small body: Gauss-Radau steps, their sizes, and what ends them."""

import math

from numba import njit

from moonstead.smallbodies.motion.force_kernels import perturbers_pulled
from moonstead.smallbodies.motion.perturber_kernels import perturber_places
from moonstead.smallbodies.motion.perturber_tables import BODIES, LANES, PLUTO
from moonstead.smallbodies.motion.radau_layout import (
    BODY,
    DONE,
    END,
    EVALUATIONS,
    FLOWN,
    FULL,
    HIT,
    HIT_TIME,
    LAST,
    NOISE,
    PARTIALS,
    PULL,
    PULLED,
    READY,
    SERIES,
    STALLED,
    STATE,
    STEP,
    STOPS,
    TANGENT,
    TANGENT_PATH,
    TANGENT_PULL,
    TIME,
    TOLERANCE,
)
from moonstead.smallbodies.motion.radau_step_kernels import advance, foresee, prepare_nodes, solve_step, solve_tangent
from moonstead.smallbodies.motion.radau_surface_kernels import first_hit, may_hit
from moonstead.smallbodies.motion.radau_tables import HIGHEST, NODES

AGREES = 1e-4  # [m] by which the last sweep may move a node
GROWS, SHRINKS = 2.5, 0.25  # bounds of the ratio of neighbouring steps
SAFETY = 0.9
REFUSED = 4.0  # times the tolerance
FIRST = 0.02  # of the shortest time of fall: the first step
SHORTEST = 1e-4  # [s] of a step, far below any the tolerance asks for
EXPONENT = 1.0 / (NODES - 1)


@njit(cache=True, error_model="numpy", _nrt=False)
def shortest_fall(carry, loose, tables):
    """Shortest time [s] in which a body's pull acts: square root of r^3 / GM."""
    least = 1e300
    for body in range(PLUTO + 1):
        dx = carry[STATE] - loose[body]
        dy = carry[STATE + 1] - loose[BODIES + body]
        dz = carry[STATE + 2] - loose[2 * BODIES + body]
        r = max(math.sqrt(dx * dx + dy * dy + dz * dz), tables.radii[body])
        least = min(least, r * r * r / tables.gm[body])
    return math.sqrt(least)


@njit(cache=True, error_model="numpy", _nrt=False)
def step_error(h, settings, carry):
    """Size of the highest term of the step in units of what is allowed [1]."""
    most = 0.0
    highest = 0.0
    for c in range(3):
        own = 0.0
        largest = 0.0
        for i in range(NODES):
            value = carry[PULL + LANES * c + i]
            own += HIGHEST[i] * value
            largest = max(largest, abs(value))
        highest += own * own
        most += largest * largest
    scale = h * h / (NODES * (NODES + 1))
    return scale * math.sqrt(highest) / (settings[TOLERANCE] * scale * math.sqrt(most) + settings[NOISE])


@njit(cache=True, error_model="numpy", _nrt=False)
def fly(tables, radii2, law, settings, basis, loose, loose_rates, places, rates, carry, work, origins, pulls, tangents):
    """Fly until the end, a body or the last row of the output; return how it ended and how many steps were written.

    `origins` (M, 8) [s, m, m/s]: time, length, state of each step; `pulls` (M, 24) [m/s^2]: accelerations at its
    nodes; `tangents` (M, 54 + 216): partials at its begin and their accelerations, where asked.
    """
    with_partials = settings[PARTIALS] > 0.0
    end = settings[END]
    way = 1.0 if end >= carry[TIME] else -1.0
    if carry[READY] == 0.0:
        perturber_places(carry[TIME], tables, basis, loose, 0, loose_rates, 0)
        carry[STEP] = way * FIRST * shortest_fall(carry, loose, tables)
        carry[READY] = 1.0
    count = 0
    while (end - carry[TIME]) * way > 0.0:
        if count == origins.shape[0]:
            return FULL, count
        h = carry[STEP]
        left = end - carry[TIME]
        if abs(h) >= abs(left):
            h = left
        elif abs(h) > 0.5 * abs(left):
            h = 0.5 * left  # two equal steps in place of a long and a very short one
        h = (carry[TIME] + h) - carry[TIME]
        if abs(h) < SHORTEST and abs(h) < 0.5 * abs(left):
            return STALLED, count
        if h == 0.0:
            return DONE, count
        prepare_nodes(carry[TIME], h, tables, basis, loose, loose_rates, places, rates, work)
        perturbers_pulled(places, tables.gm, work[PULLED:TANGENT_PATH])
        foresee(h, carry, with_partials, work)
        shift, sweeps = solve_step(h, tables, radii2, law, places, rates, carry, work)
        carry[EVALUATIONS] += NODES * sweeps
        error = step_error(h, settings, carry)
        if shift > AGREES or error > REFUSED:
            carry[STEP] = h * (SHRINKS if shift > AGREES else max(SAFETY * error**-EXPONENT, SHRINKS))
            continue
        if with_partials:
            solve_tangent(h, tables, radii2, law, places, rates, carry, work)
        origins[count, 0] = carry[TIME]
        origins[count, 1] = h
        for c in range(6):
            origins[count, 2 + c] = carry[STATE + c]
        for k in range(3 * LANES):
            pulls[count, k] = carry[PULL + k]
        if with_partials:
            for k in range(2 * SERIES):
                tangents[count, k] = carry[TANGENT + k]
            for k in range(LANES * SERIES):
                tangents[count, 2 * SERIES + k] = carry[TANGENT_PULL + k]
        count += 1
        if settings[STOPS] > 0.0 and may_hit(h, carry, tables, places, rates):
            part, body = first_hit(h, carry, tables, basis, loose, loose_rates, work)
            if body >= 0:
                carry[BODY] = body
                carry[HIT_TIME] = carry[TIME] + part * h
                return HIT, count
        advance(h, carry, with_partials)
        carry[TIME] += h
        carry[LAST] = h
        carry[FLOWN] += 1.0
        growth = GROWS if error == 0.0 else min(SAFETY * error**-EXPONENT, GROWS)
        carry[STEP] = h * max(growth, SHRINKS)
    return DONE, count
