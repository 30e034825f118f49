"""Kernel of one step of eight small bodies: collocation at the Radau points, settled by sweeps, a lane is an orbit.

Arrays of one vector of eight orbits: a state is x, y, z, vx, vy, vz (48,); accelerations at the points of a step are
(24,) for each of eight points (192,). The first sweep computes all forces; the ones after it only those of the live
bodies, unless the path still moved too much for the rest to stay as it was.
"""

import math

from numba import njit

from moonstead.dynamics.vector_kernels import LANES, greater, lesser, load_lanes, spread, store_lanes
from moonstead.smallbodies.motion.lanes_force_kernels import earth_zonals, live_pull, moon_field, rest_pull
from moonstead.smallbodies.motion.lanes_places_kernels import POINT
from moonstead.smallbodies.motion.radau_tableau import DENOMINATORS, POINTS, POSITION, POWERS, SHARES, VELOCITY

STATE = 6 * LANES
PULLS = 3 * LANES
NODES = POINTS * PULLS

FRESH = 1e-9  # [1] change of the accelerations in a sweep, above which the rest is computed again
SETTLED = 1e-14  # [1] change of the accelerations that ends the sweeps
ROUNDING = 1e-9  # [1] below this a change that no longer falls is rounding, which near a body is that of its distance
MOST_SWEEPS = 12
# Places in `flags`: four answers (of the Earth's oblateness 1 live, 2 among the rest), then how many bodies stand in
# `order` up to the last of each kind.
ASTEROIDS, PUSHES, NEAR_EARTH, NEAR_MOON, LIVE, RELATIVE, OTHER = range(7)
FLAGS = 7


@njit(cache=True, error_model="numpy", _nrt=False)
def extrapolation(ratio, weights):
    """Write the weights (8, 8) [1] that continue the accelerations of a step to one `ratio` [1] as long."""
    for i in range(1, POINTS):
        x = 1.0 + ratio * SHARES[i]
        for j in range(POINTS):
            product = 1.0 / DENOMINATORS[j]
            for k in range(POINTS):
                if k != j:
                    product *= x - SHARES[k]
            weights[i, j] = product


@njit(cache=True, error_model="numpy", _nrt=False)
def predict(old, new, at, weights, flat):
    """Write to new[at:] the accelerations [m/s2] that those of the last step lead to, or the first one throughout."""
    for c in range(0, PULLS, LANES):
        for i in range(1, POINTS):
            total = load_lanes(new, at + c) if flat else spread(0.0)
            if not flat:
                for j in range(POINTS):
                    total += weights[i, j] * load_lanes(old, at + PULLS * j + c)
            store_lanes(new, at + PULLS * i + c, total)


@njit(cache=True, error_model="numpy", _nrt=False)
def place_at(index, h, state, own, pulls, at, with_speed, here, speed):
    """Write place [m], and velocity [m/s] where wanted, at a point of the step (POINTS: its end)."""
    first = h * SHARES[index]
    for c in range(0, PULLS, LANES):
        total = spread(0.0)
        for j in range(POINTS):
            total += POSITION[index, j] * load_lanes(pulls, at + PULLS * j + c)
        v = load_lanes(state, own + PULLS + c)
        store_lanes(here, c, load_lanes(state, own + c) + (first * v + (h * h) * total))
        if with_speed:
            total = spread(0.0)
            for j in range(POINTS):
                total += VELOCITY[index, j] * load_lanes(pulls, at + PULLS * j + c)
            store_lanes(speed, c, v + h * total)


@njit(cache=True, error_model="numpy", _nrt=False)
def all_pulls(here, speed, points, index, tables, flags, order, pole, push, at, fresh, scratch, rest, out):
    """Write the acceleration (24,) [m/s2] at a point of the step; the rest is computed again where `fresh`."""
    point = POINT * index
    if fresh:
        rest_pull(
            here,
            speed,
            points,
            point,
            tables.gm,
            order,
            flags[LIVE],
            flags[RELATIVE],
            flags[ASTEROIDS],
            push[at : at + PULLS],
            flags[PUSHES],
            rest,
        )
        if flags[NEAR_EARTH] == 2:
            earth_zonals(here, points, point, tables.gm, pole[0], pole[1], pole[2], rest)
    live_pull(here, points, point, tables.gm, order, flags[LIVE], out)
    if flags[NEAR_EARTH] == 1:
        earth_zonals(here, points, point, tables.gm, pole[0], pole[1], pole[2], out)
    if flags[NEAR_MOON]:
        moon_field(here, points, point, tables.field, scratch, out)
    for c in range(0, PULLS, LANES):
        store_lanes(out, c, load_lanes(out, c) + load_lanes(rest, c))


@njit(cache=True, error_model="numpy", _nrt=False)
def settle(vector, h, states, pulls, points, tables, flags, order, pole, push, scratch, rests, work):
    """Sweep over the points of a step until its accelerations stay; return the sweeps [1], negative where they do not.

    `rests` (192,) and `work` (128,) are scratch space.
    """
    here = work[:PULLS]
    speed = work[PULLS : 2 * PULLS]
    out = work[2 * PULLS : 3 * PULLS]
    own = STATE * vector
    at = NODES * vector
    before = math.inf
    fresh = True
    for sweep in range(1, MOST_SWEEPS + 1):
        most = spread(0.0)
        for index in range(1, POINTS):
            place_at(index, h, states, own, pulls, at, fresh, here, speed)
            rest = rests[PULLS * index : PULLS * (index + 1)]
            all_pulls(
                here,
                speed,
                points,
                index,
                tables,
                flags,
                order,
                pole,
                push,
                PULLS * vector,
                fresh,
                scratch,
                rest,
                out,
            )
            change = spread(0.0)
            whole = spread(0.0)
            for c in range(0, PULLS, LANES):
                now = load_lanes(out, c)
                off = now - load_lanes(pulls, at + PULLS * index + c)
                change += off * off
                whole += now * now
                store_lanes(pulls, at + PULLS * index + c, now)
            most = greater(change / whole, most)
        store_lanes(work, 3 * PULLS, most)
        changed = 0.0
        for k in range(LANES):
            changed = max(changed, work[3 * PULLS + k])
        changed = math.sqrt(changed)
        if changed <= SETTLED or (changed < ROUNDING and changed > 0.5 * before):
            return sweep
        if not math.isfinite(changed):
            break
        fresh = sweep > 1 and changed > FRESH
        before = changed
    return -MOST_SWEEPS


@njit(cache=True, error_model="numpy", _nrt=False)
def roughness(vector, pulls, work):
    """Largest of eight lanes of |highest coefficient| over |acceleration| [1] in a step, and which lane has it."""
    at = NODES * vector
    high = spread(0.0)
    whole = spread(0.0)
    for c in range(0, PULLS, LANES):
        total = spread(0.0)
        for j in range(POINTS):
            total += POWERS[POINTS - 1, j] * load_lanes(pulls, at + PULLS * j + c)
        high += total * total
        now = load_lanes(pulls, at + PULLS * (POINTS - 1) + c)
        whole += now * now
    store_lanes(work, 0, high / whole)
    worst = 0
    for k in range(LANES):
        if not work[k] <= work[worst]:
            worst = k
    return math.sqrt(work[worst]), worst


@njit(cache=True, error_model="numpy", _nrt=False)
def least_squares_of_distance(vectors, states, points, point, body, work):
    """Least square of the distance [m2] of all orbits from a body, and the greatest of the relative speed [m2/s2]."""
    least = spread(math.inf)
    fastest = spread(0.0)
    for vector in range(vectors):
        own = STATE * vector
        square = spread(0.0)
        pace = spread(0.0)
        for i in range(3):
            d = load_lanes(states, own + LANES * i) - points[point + 16 * i + body]
            square += d * d
            d = load_lanes(states, own + PULLS + LANES * i) - points[point + 48 + 16 * i + body]
            pace += d * d
        least = lesser(square, least)
        fastest = greater(pace, fastest)
    store_lanes(work, 0, least)
    store_lanes(work, LANES, fastest)
    for k in range(1, LANES):
        work[0] = min(work[0], work[k])
        work[LANES] = max(work[LANES], work[LANES + k])
    return work[0], work[LANES]
