"""Kernel of single-point positions: weighted least squares, tests and exclusion, epoch by epoch.

A row is one satellite at one epoch with one or two pseudoranges, already corrected for all that is modelled. Unknowns
of an epoch, in this order: position (3), one clock for each system, offsets that have a prior (the second signal of a
system against the first, generations of a system), and a vertical ionospheric delay with a prior. The two pseudoranges
of a row share errors (orbit, clock, slant ionosphere), so each row has a covariance of two by two.

Divisions follow IEEE 754: what a corrupt number makes infinite ends as an epoch that does not converge.
"""

import math

import numpy as np
from numba import njit

LIGHT = 299_792_458.0  # [m/s]
EARTH_RATE = 7.292_115e-5  # [rad/s] IS-GPS-200, GLONASS and BeiDou documents agree to 1e-11
RADIUS, SQUARED = 6_378_137.0, 6.694_379_990_14e-3  # [m], [1] WGS 84
SMALLEST = 6.2e6  # [m] from the Earth's centre: less is under the ground
SETTLED = 1e-4  # [m]
ITERATIONS = 25
UNSEEN = 1e-9  # [1] share of a fault that must show in the residuals
SOLVED, FEW, WEAK, DIVERGED, DISTRUSTED = 0, 1, 2, 3, 4


@njit(cache=True, error_model="numpy")
def _axes(x, y, z, axes):
    """Write east, north and up (3, 3) at a place; geodetic latitude by two steps from the parametric one."""
    level = math.hypot(x, y)
    longitude = math.atan2(y, x)
    latitude = math.atan2(z, level * (1.0 - SQUARED))
    for _ in range(3):
        sine = math.sin(latitude)
        normal = RADIUS / math.sqrt(1.0 - SQUARED * sine * sine)
        latitude = math.atan2(z + SQUARED * normal * sine, level)
    sine, cosine = math.sin(latitude), math.cos(latitude)
    across, along = math.sin(longitude), math.cos(longitude)
    axes[0, 0], axes[0, 1], axes[0, 2] = -across, along, 0.0
    axes[1, 0], axes[1, 1], axes[1, 2] = -sine * along, -sine * across, cosine
    axes[2, 0], axes[2, 1], axes[2, 2] = cosine * along, cosine * across, sine


@njit(cache=True, error_model="numpy")
def _ray(satellite, row, x, y, z, unit):
    """Range [m] to a satellite that sent its signal from `satellite[row]`; writes the unit vector to it.

    The frame turns while the signal travels: the satellite is taken where it was, in the axes of reception.
    """
    sx, sy, sz = satellite[row, 0], satellite[row, 1], satellite[row, 2]
    distance = math.sqrt((sx - x) ** 2 + (sy - y) ** 2 + (sz - z) ** 2)
    for _ in range(2):
        turn = EARTH_RATE * distance / LIGHT
        cosine, sine = 1.0 - 0.5 * turn * turn, turn  # 7e-6 rad: the next terms are 1e-16
        dx, dy, dz = cosine * sx + sine * sy - x, cosine * sy - sine * sx - y, sz - z
        distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    unit[0], unit[1], unit[2] = dx / distance, dy / distance, dz / distance
    return distance


@njit(cache=True, error_model="numpy")
def _invert(matrix, size, work, inverse):
    """Inverse of a symmetric positive matrix (its lower triangle is read); False where it is not positive."""
    for i in range(size):
        for j in range(i + 1):
            total = matrix[i, j]
            for k in range(j):
                total -= work[i, k] * work[j, k]
            if i == j:
                if not total > 1e-14 * matrix[i, i]:
                    return False
                work[i, i] = math.sqrt(total)
            else:
                work[i, j] = total / work[j, j]
    for column in range(size):  # work := its own inverse, still lower triangular
        work[column, column] = 1.0 / work[column, column]
        for i in range(column + 1, size):
            total = 0.0
            for k in range(column, i):
                total -= work[i, k] * work[k, column]
            work[i, column] = total / work[i, i]
    for i in range(size):
        for j in range(i + 1):
            total = 0.0
            for k in range(i, size):
                total += work[k, i] * work[k, j]
            inverse[i, j] = total
            inverse[j, i] = total
    return True


@njit(cache=True, error_model="numpy")
def _weights(state, variance, row, weight):
    """Write the inverse covariance (w11, w12, w22) [1/m2] of a row for the signals that are used (state 1)."""
    first, second = state[row, 0] == 1, state[row, 1] == 1
    v11, v12, v22 = variance[row, 0], variance[row, 1], variance[row, 2]
    weight[0], weight[1], weight[2] = 0.0, 0.0, 0.0
    if first and second:
        determinant = v11 * v22 - v12 * v12
        weight[0], weight[1], weight[2] = v22 / determinant, -v12 / determinant, v11 / determinant
    elif first:
        weight[0] = 1.0 / v11
    elif second:
        weight[2] = 1.0 / v22


@njit(cache=True, error_model="numpy")
def _columns(row, clock, extra, clocks, size, columns):
    """Write which unknowns a row has: position, its clock, its two offsets and the ionosphere."""
    columns[0], columns[1], columns[2] = 0, 1, 2
    columns[3] = 3 + clock[row]
    columns[4] = 3 + clocks + extra[row, 0]
    columns[5] = 3 + clocks + extra[row, 1]
    columns[6] = size - 1


@njit(cache=True, error_model="numpy")
def _design(row, unit, extra, ionosphere, signal, design):
    """Write the seven derivatives of a pseudorange by the unknowns of `_columns`."""
    design[0], design[1], design[2], design[3] = -unit[0], -unit[1], -unit[2], 1.0
    design[4] = 1.0 if extra[row, 0] >= 0 else 0.0
    design[5] = 1.0 if signal == 1 and extra[row, 1] >= 0 else 0.0
    design[6] = ionosphere[row, signal]


@njit(cache=True, error_model="numpy")
def _computed(row, signal, distance, unknowns, columns, extra, ionosphere):
    """Pseudorange [m] that the unknowns make."""
    value = distance + unknowns[columns[3]] + ionosphere[row, signal] * unknowns[columns[6]]
    if extra[row, 0] >= 0:
        value += unknowns[columns[4]]
    if signal == 1 and extra[row, 1] >= 0:
        value += unknowns[columns[5]]
    return value


@njit(cache=True, error_model="numpy")
def solve_epochs(
    start,
    satellite,
    code,
    variance,
    ionosphere,
    clock,
    extra,
    offset_prior,
    ionosphere_prior,
    initial,
    limits,
    chi_square_limit,
    state,
    residual,
    direction,
    unknown,
    covariance,
    position,
    dilution,
    protection,
    test,
    status,
    design_out,
    inverse_out,
):
    """Solve all epochs.

    Parameters
    ----------
    start : (E + 1,) int
        First row of each epoch.
    satellite : (N, 3) [m]
        ITRF at the time of transmission.
    code : (N, 2) [m]
        Corrected pseudoranges; what is not there has state 0.
    variance : (N, 3) [m2]
        v11, v12, v22 of the two.
    ionosphere : (N, 2) [1]
        Derivatives by the vertical delay.
    clock, extra : (N,), (N, 2) int
        Which clock; which offset both signals have, and which the second alone has (-1: none).
    offset_prior : (X, 2) [m], [m2]
        Mean and variance.
    ionosphere_prior : (E,) [m2]
        Variance of the vertical delay, 0 where it is not estimated.
    initial : (E, 3) [m]
        Where to begin; NaN for the last solution or the Earth's centre.
    limits : (5,)
        Largest w-test, largest PDOP, most exclusions, factor of the missed-detection probability, 1 to test at all.
    chi_square_limit : (D,)
        By degrees of freedom.
    state : (N, 2) uint8
        In: 1 to be used. Out: 1 used, 2 excluded.
    residual, direction : (N, 2) [m], (N, 2) [rad]
        Out: measured less computed; elevation and azimuth.
    unknown : (E, M) [m]
        Out: position, clocks, offsets, vertical delay.
    covariance : (E, 3, 3) [m2]
    position : (E, 3) [m]
    dilution, protection, test : (E, 4) [1], (E, 2) [m], (E, 3) [1]
        Out: GDOP, PDOP, HDOP, VDOP; horizontal, vertical; sum of squares, degrees of freedom, largest w.
    status : (E,) int
    design_out, inverse_out : (N, 3) [1], (E, M, M) [m2]
        Out: unit vectors, inverse normal matrices, for whoever goes on from here.
    """
    epochs, size, offsets = start.size - 1, unknown.shape[1], offset_prior.shape[0]
    clocks = size - 4 - offsets
    normal, work, inverse = np.zeros((size, size)), np.zeros((size, size)), np.zeros((size, size))
    right, delta, now = np.zeros(size), np.zeros(size), np.zeros(size)
    unit, weight, axes = np.zeros(3), np.zeros(3), np.zeros((3, 3))
    columns = np.zeros(7, dtype=np.int64)
    first, second, shift = np.zeros(7), np.zeros(7), np.zeros((7, 2))
    seen = np.zeros(clocks, dtype=np.int64)
    sums = np.zeros((clocks, 3))
    last = np.full(3, np.nan)

    for epoch in range(epochs):
        low, high = start[epoch], start[epoch + 1]
        excluded = 0
        begin_again = False
        now[:] = 0.0
        if initial[epoch, 0] == initial[epoch, 0]:
            now[0], now[1], now[2] = initial[epoch, 0], initial[epoch, 1], initial[epoch, 2]
        elif last[0] == last[0]:
            now[0], now[1], now[2] = last[0], last[1], last[2]
        for k in range(offsets):
            now[3 + clocks + k] = offset_prior[k, 0]

        while True:
            seen[:] = 0
            signals = 0
            for row in range(low, high):
                count = (1 if state[row, 0] == 1 else 0) + (1 if state[row, 1] == 1 else 0)
                signals += count
                if count > 0:
                    seen[clock[row]] += 1
            present, rows_used = 0, 0
            for k in range(clocks):
                present += 1 if seen[k] > 0 else 0
                rows_used += seen[k]
            if rows_used < 3 + present:
                status[epoch] = FEW if excluded == 0 else DISTRUSTED
                break

            settled = False
            for _ in range(ITERATIONS):
                normal[:, :] = 0.0
                right[:] = 0.0
                for k in range(clocks):
                    if seen[k] == 0:
                        normal[3 + k, 3 + k] = 1.0
                for k in range(offsets):
                    at = 3 + clocks + k
                    normal[at, at] = 1.0 / offset_prior[k, 1]
                    right[at] = (offset_prior[k, 0] - now[at]) / offset_prior[k, 1]
                prior = ionosphere_prior[epoch]
                normal[size - 1, size - 1] = 1.0 / prior if prior > 0.0 else 1.0
                right[size - 1] = -now[size - 1] / prior if prior > 0.0 else 0.0
                for row in range(low, high):
                    _weights(state, variance, row, weight)
                    if weight[0] == 0.0 and weight[2] == 0.0:
                        continue
                    distance = _ray(satellite, row, now[0], now[1], now[2], unit)
                    _columns(row, clock, extra, clocks, size, columns)
                    _design(row, unit, extra, ionosphere, 0, first)
                    _design(row, unit, extra, ionosphere, 1, second)
                    y1, y2 = 0.0, 0.0
                    if state[row, 0] == 1:
                        y1 = code[row, 0] - _computed(row, 0, distance, now, columns, extra, ionosphere)
                    if state[row, 1] == 1:
                        y2 = code[row, 1] - _computed(row, 1, distance, now, columns, extra, ionosphere)
                    w11, w12, w22 = weight[0], weight[1], weight[2]
                    for i in range(7):
                        a1 = w11 * first[i] + w12 * second[i]
                        a2 = w12 * first[i] + w22 * second[i]
                        if a1 == 0.0 and a2 == 0.0:
                            continue
                        at = columns[i]
                        right[at] += a1 * y1 + a2 * y2
                        for j in range(i + 1):
                            # offsets that a row lacks have zero derivatives and a column of somebody else's
                            to = columns[j]
                            normal[max(at, to), min(at, to)] += a1 * first[j] + a2 * second[j]
                if not _invert(normal, size, work, inverse):
                    break
                step = 0.0
                for i in range(size):
                    total = 0.0
                    for j in range(size):
                        total += inverse[i, j] * right[j]
                    delta[i] = total
                    now[i] += total
                    if i < 3:
                        step += total * total
                if not step < 1e20:
                    break
                if step < SETTLED * SETTLED:
                    settled = True
                    break
            height = math.sqrt(now[0] ** 2 + now[1] ** 2 + now[2] ** 2)
            if not settled or not height > SMALLEST:
                if begin_again:
                    status[epoch] = DIVERGED
                    break
                begin_again = True
                now[:] = 0.0
                for k in range(offsets):
                    now[3 + clocks + k] = offset_prior[k, 0]
                continue

            _axes(now[0], now[1], now[2], axes)
            squares, largest, worst, which = 0.0, 0.0, -1, 0
            slope_level, slope_up = 0.0, 0.0
            for row in range(low, high):
                distance = _ray(satellite, row, now[0], now[1], now[2], unit)
                for i in range(3):
                    design_out[row, i] = unit[i]
                along = axes[0, 0] * unit[0] + axes[0, 1] * unit[1] + axes[0, 2] * unit[2]
                ahead = axes[1, 0] * unit[0] + axes[1, 1] * unit[1] + axes[1, 2] * unit[2]
                up = axes[2, 0] * unit[0] + axes[2, 1] * unit[1] + axes[2, 2] * unit[2]
                direction[row, 0] = math.asin(min(1.0, max(-1.0, up)))
                direction[row, 1] = math.atan2(along, ahead)
                _columns(row, clock, extra, clocks, size, columns)
                for signal in range(2):
                    if state[row, signal] != 0:
                        residual[row, signal] = code[row, signal] - _computed(
                            row, signal, distance, now, columns, extra, ionosphere
                        )
                _weights(state, variance, row, weight)
                w11, w12, w22 = weight[0], weight[1], weight[2]
                if w11 == 0.0 and w22 == 0.0:
                    continue
                y1 = residual[row, 0] if state[row, 0] == 1 else 0.0
                y2 = residual[row, 1] if state[row, 1] == 1 else 0.0
                squares += w11 * y1 * y1 + 2.0 * w12 * y1 * y2 + w22 * y2 * y2
                _design(row, unit, extra, ionosphere, 0, first)
                _design(row, unit, extra, ionosphere, 1, second)
                p11, p12, p22 = 0.0, 0.0, 0.0
                for i in range(7):
                    one, two = 0.0, 0.0
                    for j in range(7):
                        cell = inverse[columns[i], columns[j]]
                        one += cell * first[j]
                        two += cell * second[j]
                    p11 += first[i] * one
                    p12 += first[i] * two
                    p22 += second[i] * two
                    shift[i, 0], shift[i, 1] = one, two
                both = state[row, 0] == 1 and state[row, 1] == 1
                for kind in range(3 if both else 1):
                    # fault of the satellite (both signals alike), of the first signal, of the second
                    c1 = 0.0 if kind == 2 else 1.0
                    c2 = 0.0 if kind == 1 else 1.0
                    a1, a2 = w11 * c1 + w12 * c2, w12 * c1 + w22 * c2
                    force = c1 * a1 + c2 * a2
                    shown = force - (a1 * a1 * p11 + 2.0 * a1 * a2 * p12 + a2 * a2 * p22)
                    if shown < UNSEEN * force:
                        if kind == 0:
                            slope_level, slope_up = np.inf, np.inf
                        continue
                    w = abs(a1 * y1 + a2 * y2) / math.sqrt(shown)
                    if w > largest:
                        largest, worst, which = w, row, kind
                    if kind == 0:
                        east, north, rise = 0.0, 0.0, 0.0
                        for i in range(3):
                            moved = a1 * shift[i, 0] + a2 * shift[i, 1]
                            east += axes[0, i] * moved
                            north += axes[1, i] * moved
                            rise += axes[2, i] * moved
                        slope_level = max(slope_level, math.sqrt((east * east + north * north) / shown))
                        slope_up = max(slope_up, abs(rise) / math.sqrt(shown))
            for k in range(offsets):
                squares += (now[3 + clocks + k] - offset_prior[k, 0]) ** 2 / offset_prior[k, 1]
            if ionosphere_prior[epoch] > 0.0:
                squares += now[size - 1] ** 2 / ionosphere_prior[epoch]
            freedom = signals - 3 - present

            if limits[4] > 0.0 and largest > limits[0]:
                if excluded < limits[2] and rows_used > 4 + present:
                    excluded += 1
                    if which != 2 and state[worst, 0] == 1:
                        state[worst, 0] = 2
                    if which != 1 and state[worst, 1] == 1:
                        state[worst, 1] = 2
                    continue
                status[epoch] = DISTRUSTED
            elif (
                limits[4] > 0.0 and freedom > 0 and squares > chi_square_limit[min(freedom, chi_square_limit.size - 1)]
            ):
                status[epoch] = DISTRUSTED
            else:
                status[epoch] = SOLVED
            test[epoch, 0], test[epoch, 1], test[epoch, 2] = squares, freedom, largest
            variance_level, variance_up = 0.0, 0.0
            for i in range(3):
                for j in range(3):
                    covariance[epoch, i, j] = inverse[i, j]
                    variance_up += axes[2, i] * inverse[i, j] * axes[2, j]
                    variance_level += (axes[0, i] * axes[0, j] + axes[1, i] * axes[1, j]) * inverse[i, j]
            if freedom > 0 and slope_level < np.inf:
                protection[epoch, 0] = slope_level * limits[0] + limits[3] * math.sqrt(variance_level)
                protection[epoch, 1] = slope_up * limits[0] + limits[3] * math.sqrt(variance_up)

            # dilution of precision: each row with one clock of its system, all alike
            sums[:, :] = 0.0
            normal[:3, :3] = 0.0
            for row in range(low, high):
                if state[row, 0] == 1 or state[row, 1] == 1:
                    for i in range(3):
                        sums[clock[row], i] += design_out[row, i]
                        for j in range(3):
                            normal[i, j] += design_out[row, i] * design_out[row, j]
            for k in range(clocks):
                if seen[k] > 0:
                    for i in range(3):
                        for j in range(3):
                            normal[i, j] -= sums[k, i] * sums[k, j] / seen[k]
            largest_dilution = np.inf
            if _invert(normal, 3, work, inverse_out[epoch]):
                level, rise, clock_part = 0.0, 0.0, 0.0
                for i in range(3):
                    for j in range(3):
                        cell = inverse_out[epoch, i, j]
                        level += (axes[0, i] * axes[0, j] + axes[1, i] * axes[1, j]) * cell
                        rise += axes[2, i] * axes[2, j] * cell
                for k in range(clocks):
                    if seen[k] > 0:
                        clock_part += 1.0 / seen[k]
                        for i in range(3):
                            for j in range(3):
                                clock_part += sums[k, i] * sums[k, j] * inverse_out[epoch, i, j] / seen[k] ** 2
                dilution[epoch, 0] = math.sqrt(level + rise + clock_part)
                largest_dilution = math.sqrt(level + rise)
                dilution[epoch, 1], dilution[epoch, 2], dilution[epoch, 3] = (
                    largest_dilution,
                    math.sqrt(level),
                    math.sqrt(rise),
                )
            if status[epoch] == SOLVED and not largest_dilution <= limits[1]:
                status[epoch] = WEAK
            for i in range(size):
                unknown[epoch, i] = now[i]
                for j in range(size):
                    inverse_out[epoch, i, j] = inverse[i, j]
            for k in range(clocks):
                if seen[k] == 0:
                    unknown[epoch, 3 + k] = np.nan
            for i in range(3):
                position[epoch, i] = now[i]
                if status[epoch] == SOLVED:
                    last[i] = now[i]
            break
