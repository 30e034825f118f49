"""Kernels that find where a step of a flight meets the surface of a body."""

import math

from numba import njit

from moonstead.dynamics.vector_kernels import load_lanes, sum_lanes
from moonstead.smallbodies.motion.perturber_kernels import perturber_places
from moonstead.smallbodies.motion.perturber_tables import BODIES, HEAVY, LANES, PLUTO
from moonstead.smallbodies.motion.radau_dense_kernels import dense_weights
from moonstead.smallbodies.motion.radau_layout import FUTURE, PULL, SCRATCH, STATE, TIMES

BOUND = 4.0  # [1] by which accelerations between nodes and along all axes can exceed the largest number at a node
CUTS = 16  # parts of a step near a body that are searched for its surface


@njit(cache=True, error_model="numpy", _nrt=False)
def may_hit(h, carry, tables, places, rates):
    """Whether the path of the step, whose accelerations [m/s^2] are known, can reach the radius of a body."""
    strongest = 0.0
    for k in range(3 * LANES):
        strongest = max(strongest, abs(carry[PULL + k]))
    gained = BOUND * strongest * abs(h)
    for body in range(PLUTO + 1):
        apart = 0.0
        speed = 0.0
        for c in range(3):
            apart += (carry[STATE + c] - places[LANES * (BODIES * c + body)]) ** 2
            speed += (carry[STATE + 3 + c] - rates[LANES * (HEAVY * c + body)]) ** 2
        if math.sqrt(apart) < tables.radii[body] + abs(h) * (math.sqrt(speed) + gained):
            return True
    return False


@njit(cache=True, error_model="numpy", _nrt=False)
def heights(part, h, carry, tables, basis, loose, loose_rates, work):
    """Write distances from the bodies' radii [m], and their rates [m/s], at a part of the step to work[SCRATCH:]."""
    perturber_places(work[TIMES] + part * h, tables, basis, loose, 0, loose_rates, 0)
    dense_weights(part, work[FUTURE : FUTURE + 2 * LANES])
    speeds = load_lanes(work, FUTURE)
    places = load_lanes(work, FUTURE + LANES)
    vx = carry[STATE + 3] + h * sum_lanes(speeds * load_lanes(carry, PULL))
    vy = carry[STATE + 4] + h * sum_lanes(speeds * load_lanes(carry, PULL + LANES))
    vz = carry[STATE + 5] + h * sum_lanes(speeds * load_lanes(carry, PULL + 2 * LANES))
    x = carry[STATE] + h * (part * carry[STATE + 3] + h * sum_lanes(places * load_lanes(carry, PULL)))
    y = carry[STATE + 1] + h * (part * carry[STATE + 4] + h * sum_lanes(places * load_lanes(carry, PULL + LANES)))
    z = carry[STATE + 2] + h * (part * carry[STATE + 5] + h * sum_lanes(places * load_lanes(carry, PULL + 2 * LANES)))
    for body in range(PLUTO + 1):
        dx = x - loose[body]
        dy = y - loose[BODIES + body]
        dz = z - loose[2 * BODIES + body]
        ux = vx - loose_rates[body]
        uy = vy - loose_rates[HEAVY + body]
        uz = vz - loose_rates[2 * HEAVY + body]
        r = math.sqrt(dx * dx + dy * dy + dz * dz)
        work[SCRATCH + body] = r - tables.radii[body]
        work[SCRATCH + HEAVY + body] = (dx * ux + dy * uy + dz * uz) / max(r, 1.0)


@njit(cache=True, error_model="numpy", _nrt=False)
def first_hit(h, carry, tables, basis, loose, loose_rates, work):
    """First part of the step [1], and the body, at which a surface is met from outside; -1 where there is none."""
    begin = 0.0
    heights(begin, h, carry, tables, basis, loose, loose_rates, work)
    for body in range(PLUTO + 1):
        work[SCRATCH + 2 * HEAVY + body] = work[SCRATCH + HEAVY + body]
        if work[SCRATCH + body] <= 0.0:
            return 0.0, body
    found = 2.0
    who = -1
    for cut in range(CUTS):
        end = (cut + 1.0) / CUTS
        heights(end, h, carry, tables, basis, loose, loose_rates, work)
        for body in range(PLUTO + 1):
            fell = h * work[SCRATCH + 2 * HEAVY + body] < 0.0
            rise = h * work[SCRATCH + HEAVY + body]
            work[SCRATCH + 2 * HEAVY + body] = work[SCRATCH + HEAVY + body]
            inside = end if work[SCRATCH + body] < 0.0 else -1.0
            if inside < 0.0 and fell and rise > 0.0:
                low = begin
                high = end
                for _ in range(60):
                    middle = 0.5 * (low + high)
                    heights(middle, h, carry, tables, basis, loose, loose_rates, work)
                    if h * work[SCRATCH + HEAVY + body] < 0.0:
                        low = middle
                    else:
                        high = middle
                    if work[SCRATCH + body] < 0.0:
                        inside = middle
                        break
                heights(end, h, carry, tables, basis, loose, loose_rates, work)
            if inside < 0.0:
                continue
            low = begin
            high = inside
            for _ in range(60):
                middle = 0.5 * (low + high)
                heights(middle, h, carry, tables, basis, loose, loose_rates, work)
                if work[SCRATCH + body] > 0.0:
                    low = middle
                else:
                    high = middle
            heights(end, h, carry, tables, basis, loose, loose_rates, work)
            if low < found:
                found = low
                who = body
        if who >= 0:
            return found, who
        begin = end
    return -1.0, -1
