"""Kernels of precise products: polynomials through orbits, lines through clocks."""

from __future__ import annotations

import math

from numba import njit

NO_STATE, INTERPOLATED, EXTRAPOLATED = 0, 1, 2  # status of one answer


@njit(cache=True)
def orbit_kernel(
    satellite,
    gpst,
    offset,
    start,
    step,
    nodes,
    first,
    last,
    counts,
    weights,
    reach,
    turn,
    position,
    velocity,
    noise,
    tail,
    status,
    work,
):
    """Write positions and velocities in turning axes from nodes in axes that stand still.

    satellite (N,) rows of the nodes; gpst, offset (N,) [s]; start, step [s] of the grid of nodes; nodes (S, E, 3) [m];
    first, last (S, E): ends of the run of neighbours without a gap that each node belongs to, -1 where there is no
    node; counts (S,) of nodes to draw through; weights (S, K) [1] of so many equally spaced nodes; reach [s] allowed
    beyond the end of a run; turn [rad/s] of the axes, which agree at `start`; position, velocity (N, 3) [m, m/s];
    noise (N,) [1]: by how much independent errors of the nodes are magnified; tail (N,) [m]: size of the polynomial's
    last term; status (N,); work (4, K).
    """
    epochs = nodes.shape[1]
    before, after, before_rate, after_rate = work[0], work[1], work[2], work[3]
    for i in range(satellite.size):
        status[i] = NO_STATE
        noise[i] = math.nan
        tail[i] = math.nan
        for axis in range(3):
            position[i, axis] = math.nan
            velocity[i, axis] = math.nan
        s = satellite[i]
        since = gpst[i] - start  # both on the same coarse grid: exact
        place = (since + offset[i]) / step
        if not (-1.5e9 < place < 1.5e9):
            continue
        k = min(max(math.floor(place), 0), epochs - 1)
        here = first[s, k] >= 0
        following = k + 1 < epochs and first[s, k + 1] >= 0
        between = here and following and first[s, k] == first[s, k + 1]  # two nodes of one run
        if not between and not (here and (place - k) * step <= reach):
            if not (following and (k + 1 - place) * step <= reach):
                continue
            k = k + 1
        count = counts[s]
        low, high = first[s, k], last[s, k]
        if high - low + 1 < count:
            continue
        beyond = max(low - place, place - high) * step
        if beyond > reach:
            continue
        base = k - (count // 2 - 1)
        base = min(max(base, low), high - count + 1)
        t = (since - base * step + offset[i]) / step  # steps past the first node of the window
        before[0] = 1.0
        before_rate[0] = 0.0
        for j in range(1, count):
            d = t - (j - 1)
            before_rate[j] = before_rate[j - 1] * d + before[j - 1]
            before[j] = before[j - 1] * d
        after[count - 1] = 1.0
        after_rate[count - 1] = 0.0
        for j in range(count - 2, -1, -1):
            d = t - (j + 1)
            after_rate[j] = after_rate[j + 1] * d + after[j + 1]
            after[j] = after[j + 1] * d
        x, y, z, vx, vy, vz, square = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        dx, dy, dz = 0.0, 0.0, 0.0  # divided difference over all nodes
        for j in range(count):
            value = weights[s, j] * before[j] * after[j]
            rate = weights[s, j] * (before_rate[j] * after[j] + before[j] * after_rate[j])
            square += value * value
            dx += weights[s, j] * nodes[s, base + j, 0]
            dy += weights[s, j] * nodes[s, base + j, 1]
            dz += weights[s, j] * nodes[s, base + j, 2]
            x += value * nodes[s, base + j, 0]
            y += value * nodes[s, base + j, 1]
            z += value * nodes[s, base + j, 2]
            vx += rate * nodes[s, base + j, 0]
            vy += rate * nodes[s, base + j, 1]
            vz += rate * nodes[s, base + j, 2]
        vx, vy, vz = vx / step, vy / step, vz / step
        angle = turn * (since + offset[i])
        c, sn = math.cos(angle), math.sin(angle)
        px, py = c * x + sn * y, c * y - sn * x
        position[i, 0], position[i, 1], position[i, 2] = px, py, z
        velocity[i, 0] = c * vx + sn * vy + turn * py
        velocity[i, 1] = c * vy - sn * vx - turn * px
        velocity[i, 2] = vz
        noise[i] = math.sqrt(square)
        tail[i] = math.sqrt(dx * dx + dy * dy + dz * dz) * min(abs(before[count - 1]), abs(after[0]))
        status[i] = EXTRAPOLATED if beyond > 0.0 else INTERPOLATED


@njit(cache=True)
def clock_kernel(satellite, gpst, offset, times, clocks, joined, longest, reach, diffusion, clock, drift, sigma):
    """Write clocks between the two entries around each time, never across a gap or a break.

    satellite (N,) columns; gpst, offset (N,) [s]; times (E,) [s], not falling; clocks (E, S) [s]; joined (E, S):
    whether the entry goes on from the one before without a break; longest [s] between entries; reach [s] beyond an
    entry that has no neighbour on the other side; diffusion (S,) [s^2/s] of the clocks' random walk;
    clock, drift, sigma (N,) [s, s/s, s], NaN where there is no answer.
    """
    entries = times.size
    for i in range(satellite.size):
        clock[i] = math.nan
        drift[i] = math.nan
        sigma[i] = math.nan
        s = satellite[i]
        if s < 0 or entries == 0:
            continue
        t = gpst[i]
        low, high = 0, entries  # first entry after t
        while low < high:
            middle = (low + high) // 2
            if (times[middle] - t) <= offset[i]:
                low = middle + 1
            else:
                high = middle
        k = low - 1
        if k >= 0 and k + 1 < entries and usable(times, clocks, joined, s, k, longest):
            length = times[k + 1] - times[k]
            past = (t - times[k]) + offset[i]
            share = past / length
            drift[i] = (clocks[k + 1, s] - clocks[k, s]) / length
            clock[i] = clocks[k, s] + drift[i] * past
            sigma[i] = math.sqrt(max(diffusion[s] * length * share * (1.0 - share), 0.0))
        elif k >= 1 and (t - times[k]) + offset[i] <= reach and usable(times, clocks, joined, s, k - 1, longest):
            past = (t - times[k]) + offset[i]
            drift[i] = (clocks[k, s] - clocks[k - 1, s]) / (times[k] - times[k - 1])
            clock[i] = clocks[k, s] + drift[i] * past
            sigma[i] = math.sqrt(diffusion[s] * past)
        elif (
            k + 2 < entries
            and (times[k + 1] - t) - offset[i] <= reach
            and usable(times, clocks, joined, s, k + 1, longest)
        ):
            past = (t - times[k + 1]) + offset[i]
            drift[i] = (clocks[k + 2, s] - clocks[k + 1, s]) / (times[k + 2] - times[k + 1])
            clock[i] = clocks[k + 1, s] + drift[i] * past
            sigma[i] = math.sqrt(diffusion[s] * -past)


@njit(cache=True)
def usable(times, clocks, joined, s, k, longest):
    """Whether the clock may be drawn as a line from entry `k` to the next; units as in `clock_kernel`: [s]."""
    length = times[k + 1] - times[k]
    if length <= 0.0 or length > longest or not joined[k + 1, s]:
        return False
    return not (math.isnan(clocks[k, s]) or math.isnan(clocks[k + 1, s]))
