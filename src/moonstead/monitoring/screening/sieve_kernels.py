"""Kernels of the sieve: where all objects are at the middle of a step, and which pairs may come close within it."""

import math

import numpy as np
from numba import njit

SIDE = 32  # cells along each axis before the numbering starts again
CELLS = SIDE * SIDE * SIDE
LANE = 16  # objects that are tested together
FAR = 1e15  # [m] where the tail of the last lane is put: farther than anything, its square within float32
STILL = 1e-12  # [m2/s2] keeps the quotient finite where two objects do not move past each other


@njit(cache=True, error_model="numpy", nogil=True, _nrt=False)
def hermite_coefficients(before, after, pull_before, pull_after, duration, first, coefficients):
    """Write polynomials (18, K) [m] of degree 5 in the share of an interval [s] from its two nodes.

    `before`, `after` (6, K) [m, m/s] are states, `pull_before`, `pull_after` (3, K) [m/s2] accelerations at its ends;
    rows 6 c + p of `coefficients`, columns from `first`, take the factor of power p of component c.
    """
    h, hh = duration, duration * duration
    for c in range(3):
        for k in range(before.shape[1]):
            step = after[c, k] - before[c, k]
            v0, v1 = h * before[3 + c, k], h * after[3 + c, k]
            a0, a1 = 0.5 * hh * pull_before[c, k], 0.5 * hh * pull_after[c, k]
            row = 6 * c
            coefficients[row, first + k] = before[c, k]
            coefficients[row + 1, first + k] = v0
            coefficients[row + 2, first + k] = a0
            coefficients[row + 3, first + k] = 10.0 * step - 6.0 * v0 - 4.0 * v1 - 3.0 * a0 + a1
            coefficients[row + 4, first + k] = -15.0 * step + 8.0 * v0 + 7.0 * v1 + 3.0 * a0 - 2.0 * a1
            coefficients[row + 5, first + k] = 6.0 * step - 3.0 * v0 - 3.0 * v1 - a0 + a1


# fastmath: all that enters is finite (objects without states are left out before), and the limit has room for rounding.
# Indices are unsigned because numba asks signed ones whether they count from the end, which no vector loop survives.
@njit(cache=True, error_model="numpy", nogil=True, fastmath=True, _nrt=False)
def _interpolate(coefficients, first, last, share, duration, moving):
    """Write motion (6, N) [m, m/s] of columns `first` to `last` at a share [1] of an interval [s]."""
    s, rate = np.float32(share), np.float32(1.0 / duration)
    two, three, four, five = np.float32(2.0), np.float32(3.0), np.float32(4.0), np.float32(5.0)
    for c in range(3):
        c0, c1, c2 = coefficients[6 * c], coefficients[6 * c + 1], coefficients[6 * c + 2]
        c3, c4, c5 = coefficients[6 * c + 3], coefficients[6 * c + 4], coefficients[6 * c + 5]
        place, speed = moving[c], moving[3 + c]
        for column in range(first, last):
            k = np.uint64(column)
            place[k] = c0[k] + s * (c1[k] + s * (c2[k] + s * (c3[k] + s * (c4[k] + s * c5[k]))))
            speed[k] = rate * (c1[k] + s * (two * c2[k] + s * (three * c3[k] + s * (four * c4[k] + s * five * c5[k]))))


@njit(cache=True, error_model="numpy", nogil=True, fastmath=True, _nrt=False)
def _cells(moving, inverse, keys):
    """Write the cell of each object, from its position [m] in units of the cell's side, 1 / `inverse` [1/m]."""
    px, py, pz = moving[0], moving[1], moving[2]
    for column in range(keys.size):
        k = np.uint64(column)
        x, y, z = px[k] * inverse, py[k] * inverse, pz[k] * inverse
        ix, iy, iz = np.int32(x), np.int32(y), np.int32(z)
        ix -= np.int32(1) if x < np.float32(ix) else np.int32(0)
        iy -= np.int32(1) if y < np.float32(iy) else np.int32(0)
        iz -= np.int32(1) if z < np.float32(iz) else np.int32(0)
        keys[k] = (ix & 31) | ((iy & 31) << 5) | ((iz & 31) << 10)


@njit(cache=True, error_model="numpy", nogil=True, fastmath=True, _nrt=False)
def _meets(near, first, last, x, y, z, u, v, w, half, limit, tally):
    """Whether any of objects `first` to `last` of (6, K) comes below a squared distance [m2] within `half` [s]."""
    one, none, still = np.float32(1.0), np.float32(0.0), np.float32(STILL)
    px, py, pz, pu, pv, pw = near[0], near[1], near[2], near[3], near[4], near[5]
    for lane in range(LANE):
        tally[lane] = none
    for base in range(first, last, LANE):
        for lane in range(LANE):
            j = np.uint64(base + lane)
            dx, dy, dz = px[j] - x, py[j] - y, pz[j] - z
            du, dv, dw = pu[j] - u, pv[j] - v, pw[j] - w
            square = dx * dx + dy * dy + dz * dz
            closing = dx * du + dy * dv + dz * dw
            speed = du * du + dv * dv + dw * dw + still
            t = -closing / speed
            t = half if t > half else t
            t = -half if t < -half else t
            tally[lane] += one if square + t * (closing + closing + t * speed) < limit else none
    hits = none
    for lane in range(LANE):
        hits += tally[lane]
    return hits > none


@njit(cache=True, error_model="numpy", nogil=True, fastmath=True, _nrt=False)
def _distance(near, j, x, y, z, u, v, w, half):
    """Least squared distance [m2] within `half` [s] to object j of (6, K)."""
    dx, dy, dz = near[0, j] - x, near[1, j] - y, near[2, j] - z
    du, dv, dw = near[3, j] - u, near[4, j] - v, near[5, j] - w
    square = dx * dx + dy * dy + dz * dz
    closing = dx * du + dy * dv + dz * dw
    speed = du * du + dv * dv + dw * dw + np.float32(STILL)
    t = -closing / speed
    t = half if t > half else t
    t = -half if t < -half else t
    return square + t * (closing + closing + t * speed)


@njit(cache=True, error_model="numpy", nogil=True, _nrt=False)
def _wanted(mine, other):
    """Whether a primary (bit 1) meets one that primaries are screened against (bit 2)."""
    return (mine & 1 and other & 2) or (other & 1 and mine & 2)


@njit(cache=True, error_model="numpy", nogil=True, _nrt=False)
def _append(found, count, step, i, j):
    """Add a candidate (step, lesser row, greater row) while there is room; the count goes on."""
    if count < found.shape[0]:
        found[count, 0] = step
        found[count, 1] = min(i, j)
        found[count, 2] = max(i, j)
    return count + 1


@njit(cache=True, error_model="numpy", nogil=True, _nrt=False)
def _gather(ordered, ordered_row, start, ix, low, iy, iz, near, near_row, count):
    """Add the objects of cells `low` to `ix` of one line of cells to those that are near; the new count."""
    line = SIDE * ((iy & (SIDE - 1)) + SIDE * (iz & (SIDE - 1)))
    parts = 1
    if (low & (SIDE - 1)) + ix - low >= SIDE:  # the line begins again inside
        parts = 2
    for part in range(parts):
        first, last = low & (SIDE - 1), ix & (SIDE - 1)
        if parts == 2:
            first, last = (first, SIDE - 1) if part == 0 else (0, last)
        for place in range(start[np.uint64(line + first)], start[np.uint64(line + last + 1)]):
            k, n = np.uint64(place), np.uint64(count)
            near[0, n], near[1, n], near[2, n] = ordered[k, 0], ordered[k, 1], ordered[k, 2]
            near[3, n], near[4, n], near[5, n] = ordered[k, 3], ordered[k, 4], ordered[k, 5]
            near_row[n] = ordered_row[k]
            count += 1
    return count


@njit(cache=True, error_model="numpy", nogil=True, _nrt=False)
def _close(near, count):
    """Fill the last lane behind `count` objects with what is near to nothing."""
    for c in range(3):
        for lane in range(LANE):
            near[c, np.uint64(count + lane)] = FAR
            near[3 + c, np.uint64(count + lane)] = 0.0


@njit(cache=True, error_model="numpy", nogil=True, _nrt=False)
def sieve_step(
    coefficients, edges, shares, durations, active, group, apart, error,
    half, distance, ordinary_error, fastest, sweep, step,
    moving, cell, start, ordered, ordered_row, near, near_row, lone, tally, found, count,
):  # fmt: skip
    """Add the pairs that may pass below a distance [m] within half a step [s] of its middle; the new count.

    Objects stand in classes `edges` (C + 1,) of columns that share an interval: `coefficients` (18, N) [m], `shares`
    (C,) [1] and `durations` (C,) [s]. Those with `active` 0 are left out; those with `apart` 1, or faster than
    `fastest` [m/s], are held against all others by themselves, with their own `error` (N,) [m]. The others are sorted
    into cells and swept, if `sweep`. `group` (N,) has bit 1 for primaries and bit 2 for what they are held against.
    `moving` to `lone` are scratch; `found` (M, 3) takes step and both columns, and is full where the count passes M.
    """
    size = coefficients.shape[1]
    for c in range(shares.size):
        _interpolate(coefficients, edges[c], edges[c + 1], shares[c], durations[c], moving)
    reach = distance + 2.0 * ordinary_error + 2.0 * fastest * half
    inverse, limit_speed = np.float32(0.9999 / reach), np.float32(fastest * fastest)
    loners = 0
    start[:] = 0
    _cells(moving, inverse, cell)
    for k in range(size):
        if active[k] == 0:
            cell[k] = -1
            continue
        speed = moving[3, k] * moving[3, k] + moving[4, k] * moving[4, k] + moving[5, k] * moving[5, k]
        if apart[k] != 0 or speed > limit_speed:
            cell[k] = -1
            lone[loners] = k
            loners += 1
            continue
        start[np.uint64(cell[k] + 2)] += 1
    for key in range(2, CELLS + 2):
        start[np.uint64(key)] += start[np.uint64(key - 1)]
    for k in range(size):
        if cell[k] >= 0:
            slot = np.uint64(cell[k] + 1)
            place = np.uint64(start[slot])
            start[slot] += 1
            ordered_row[place] = k
            for c in range(6):
                ordered[place, c] = moving[c, k]
    # Rounding: three squares of coordinates' differences up to the reach, each to 6e-8 of itself, and their sums.
    rounding = 1e-6 * reach * reach
    limit = np.float32((distance + 2.0 * ordinary_error) ** 2 + rounding)
    horizon = np.float32(half)
    if sweep:
        for key in range(CELLS):
            begin, end = start[key], start[key + 1]
            if begin == end:
                continue
            ix, iy, iz = key & (SIDE - 1), (key // SIDE) & (SIDE - 1), key // (SIDE * SIDE)
            held = _gather(ordered, ordered_row, start, ix, ix, iy, iz, near, near_row, 0)
            held = _gather(ordered, ordered_row, start, ix + 1, ix + 1, iy, iz, near, near_row, held)
            held = _gather(ordered, ordered_row, start, ix + 1, ix - 1, iy + 1, iz, near, near_row, held)
            for jy in range(iy - 1, iy + 2):
                held = _gather(ordered, ordered_row, start, ix + 1, ix - 1, jy, iz + 1, near, near_row, held)
            _close(near, held)
            for i in range(end - begin):
                x, y, z, u, v, w = near[0, i], near[1, i], near[2, i], near[3, i], near[4, i], near[5, i]
                if _meets(near, i + 1, held, x, y, z, u, v, w, horizon, limit, tally):
                    for j in range(i + 1, held):
                        if _distance(near, j, x, y, z, u, v, w, horizon) < limit:
                            mine, other = near_row[i], near_row[j]
                            if _wanted(group[mine], group[other]):
                                count = _append(found, count, step, mine, other)
    for one in range(loners):
        i = lone[one]
        x, y, z, u, v, w = moving[0, i], moving[1, i], moving[2, i], moving[3, i], moving[4, i], moving[5, i]
        speed = math.sqrt(u * u + v * v + w * w)
        if sweep or group[i] & 1:
            span = distance + error[i] + ordinary_error + (speed + fastest) * half
            close = np.float32((distance + error[i] + ordinary_error) ** 2 + 1e-6 * span * span)
            width = math.ceil(span / reach)
            ix, iy, iz = math.floor(x * inverse), math.floor(y * inverse), math.floor(z * inverse)
            if 2 * width + 1 >= SIDE:
                ix, iy, iz, below, above = SIDE // 2, SIDE // 2, SIDE // 2, SIDE // 2, SIDE // 2 - 1
            else:
                below, above = width, width
            held = 0
            for jz in range(iz - below, iz + above + 1):
                for jy in range(iy - below, iy + above + 1):
                    held = _gather(ordered, ordered_row, start, ix + above, ix - below, jy, jz, near, near_row, held)
            _close(near, held)
            if _meets(near, 0, held, x, y, z, u, v, w, horizon, close, tally):
                for j in range(held):
                    if _distance(near, j, x, y, z, u, v, w, horizon) < close and _wanted(group[i], group[near_row[j]]):
                        count = _append(found, count, step, i, near_row[j])
        for two in range(one + 1, loners):
            j = lone[two]
            span = math.sqrt((moving[0, j] - x) ** 2 + (moving[1, j] - y) ** 2 + (moving[2, j] - z) ** 2)
            close = np.float32((distance + error[i] + error[j]) ** 2 + 1e-6 * min(span, 1e8) ** 2)
            if _distance(moving, j, x, y, z, u, v, w, horizon) < close and _wanted(group[i], group[j]):
                count = _append(found, count, step, i, j)
    return count
