"""Kernels of motion over days to weeks: point masses, the Earth's flattening, six columns of partials."""

import math

from numba import njit

from moonstead.dynamics.dormand_prince_tableau import NODES, STAGE_WEIGHTS, STAGES, WEIGHTS

COMPONENTS = 21  # [1] a position and six columns of partials
STEP = 0.2  # [1] of the shortest time scale: the motion between nodes is then good to 1e-9 of the range
FLATTENING_REACH = 20.0  # [1] Earth radii within which its second zonal harmonic is felt

FLOWN, FELL, TOO_MANY_STEPS = 0, 1, 2


@njit(cache=True, error_model="numpy")
def places_of_bodies(t, start, step, table, places):
    """Write the positions (B, 3) [m] of bodies from their Chebyshev series (S, B, 3, D) at a time [s]."""
    s = int((t - start) / step)
    s = max(0, min(table.shape[0] - 1, s))
    x = 2.0 * (t - start - s * step) / step - 1.0
    terms = table.shape[3]
    for b in range(table.shape[1]):
        for k in range(3):
            series = table[s, b, k]
            first = 0.0
            second = 0.0
            for d in range(terms - 1, 0, -1):
                first, second = 2.0 * x * first - second + series[d], first
            places[b, k] = x * first - second + series[0]


@njit(cache=True, error_model="numpy")
def pull(p, places, gm, earth, earth_radius, j2, a):
    """Write the acceleration of a position and of its columns of partials, both in p (21,) [m], to a (21,)."""
    g00 = g01 = g02 = g11 = g12 = g22 = 0.0
    a0 = a1 = a2 = 0.0
    for b in range(gm.size):
        x = p[0] - places[b, 0]
        y = p[1] - places[b, 1]
        z = p[2] - places[b, 2]
        r2 = x * x + y * y + z * z
        over = gm[b] / (r2 * math.sqrt(r2))
        a0 -= over * x
        a1 -= over * y
        a2 -= over * z
        tidal = 3.0 * over / r2
        g00 += tidal * x * x - over
        g01 += tidal * x * y
        g02 += tidal * x * z
        g11 += tidal * y * y - over
        g12 += tidal * y * z
        g22 += tidal * z * z - over
        if b == earth and r2 < (FLATTENING_REACH * earth_radius) ** 2:
            factor = 1.5 * j2 * over * earth_radius * earth_radius / r2
            up = 5.0 * z * z / r2
            a0 -= factor * x * (1.0 - up)
            a1 -= factor * y * (1.0 - up)
            a2 -= factor * z * (3.0 - up)
    a[0] = a0
    a[1] = a1
    a[2] = a2
    for c in range(3, COMPONENTS, 3):
        a[c] = g00 * p[c] + g01 * p[c + 1] + g02 * p[c + 2]
        a[c + 1] = g01 * p[c] + g11 * p[c + 1] + g12 * p[c + 2]
        a[c + 2] = g02 * p[c] + g12 * p[c + 1] + g22 * p[c + 2]


@njit(cache=True, error_model="numpy")
def time_scale(p, v, places, pace, gm):
    """Shortest time [s] in which the pull on a body changes by its own size."""
    shortest = 1e300
    for b in range(gm.size):
        r2 = 0.0
        v2 = 0.0
        for k in range(3):
            r2 += (p[k] - places[b, k]) ** 2
            v2 += (v[k] - pace[b, k]) ** 2
        shortest = min(shortest, math.sqrt(r2 * math.sqrt(r2) / gm[b]), math.sqrt(r2 / v2))
    return shortest


@njit(cache=True, error_model="numpy")
def fly_one_way(
    t0, t1, middle, start, step, table, gm, radii, earth, j2, times, dense, places, later, stage_v, stage_a, p
):
    """Fly from t0 to t1 [s], either way, and write a node for each step; return the last node's index and a status.

    `dense` (K, 3, 21) holds positions, velocities and accelerations at `times` (K,); node `middle` holds the start.
    """
    forward = t1 >= t0
    node = middle
    t = t0
    while t != t1:
        places_of_bodies(t, start, step, table, places)
        places_of_bodies(t + 1.0, start, step, table, later)
        for b in range(gm.size):
            for k in range(3):
                later[b, k] -= places[b, k]
        h = STEP * time_scale(dense[node, 0], dense[node, 1], places, later, gm)
        h = min(h, abs(t1 - t))
        last = h == abs(t1 - t)
        if not forward:
            h = -h
        p0 = dense[node, 0]
        v0 = dense[node, 1]
        for c in range(COMPONENTS):
            stage_v[0, c] = v0[c]
            stage_a[0, c] = dense[node, 2, c]
        for s in range(1, STAGES):
            for c in range(COMPONENTS):
                p[c] = p0[c]
                stage_v[s, c] = v0[c]
            for j in range(s):
                weight = h * STAGE_WEIGHTS[s, j]
                if weight != 0.0:
                    for c in range(COMPONENTS):
                        p[c] += weight * stage_v[j, c]
                        stage_v[s, c] += weight * stage_a[j, c]
            places_of_bodies(t + NODES[s] * h, start, step, table, places)
            pull(p, places, gm, earth, radii[earth], j2, stage_a[s])
        following = node + 1 if forward else node - 1
        if following < 0 or following >= times.size:
            return node, TOO_MANY_STEPS
        for c in range(COMPONENTS):
            total_p = 0.0
            total_v = 0.0
            for s in range(STAGES):
                total_p += WEIGHTS[s] * stage_v[s, c]
                total_v += WEIGHTS[s] * stage_a[s, c]
            dense[following, 0, c] = p0[c] + h * total_p
            dense[following, 1, c] = v0[c] + h * total_v
        t = t1 if last else t + h
        node = following
        times[node] = t
        places_of_bodies(t, start, step, table, places)
        pull(dense[node, 0], places, gm, earth, radii[earth], j2, dense[node, 2])
        for b in range(gm.size):
            r2 = 0.0
            for k in range(3):
                r2 += (dense[node, 0, k] - places[b, k]) ** 2
            if r2 < radii[b] * radii[b]:
                return node, FELL
    return node, FLOWN


@njit(cache=True, error_model="numpy")
def between_nodes(t, low, times, dense, count, value):
    """Write the first `count` components of the position at a time [s] inside the step that begins at node `low`."""
    h = times[low + 1] - times[low]
    x = (t - times[low]) / h
    x2 = x * x
    x3 = x2 * x
    y = 1.0 - x
    p1 = x3 * (10.0 - 15.0 * x + 6.0 * x2)
    p0 = 1.0 - p1
    v0 = h * x * y * y * y * (1.0 + 3.0 * x)
    v1 = -h * x3 * y * (4.0 - 3.0 * x)
    a0 = 0.5 * h * h * x2 * y * y * y
    a1 = 0.5 * h * h * x3 * y * y
    first = dense[low]
    second = dense[low + 1]
    for c in range(count):
        value[c] = (
            p0 * first[0, c]
            + p1 * second[0, c]
            + v0 * first[1, c]
            + v1 * second[1, c]
            + a0 * first[2, c]
            + a1 * second[2, c]
        )


@njit(cache=True, error_model="numpy")
def velocity_between(t, low, times, dense, velocity):
    """Write the velocity (3,) [m/s] at a time [s] inside the step that begins at node `low`."""
    h = times[low + 1] - times[low]
    x = (t - times[low]) / h
    v1 = x * x * (3.0 - 2.0 * x)
    a0 = h * x * (1.0 - x) * (1.0 - x)
    a1 = -h * x * x * (1.0 - x)
    first = dense[low]
    second = dense[low + 1]
    for c in range(3):
        velocity[c] = (1.0 - v1) * first[1, c] + v1 * second[1, c] + a0 * first[2, c] + a1 * second[2, c]


@njit(cache=True, error_model="numpy")
def node_before(t, times, low, high):
    """Index of the node in [low, high - 1] whose step holds a time [s]."""
    while high - low > 1:
        half = (low + high) // 2
        if times[half] <= t:
            low = half
        else:
            high = half
    return low
