"""Kernels of the expected rate of collisions: two-body motion in equinoctial elements, peak overlap, unit sphere."""

import math

from numba import njit

CONVERGED = 1e-3  # [1] of the hard-body radius, by which the point of peak overlap may still move
AVERAGED_AFTER = 35  # iterations; halving the step ends what swings to and fro
MOST_ITERATIONS = 100
MOST_KEPLER = 30
CLIPPED = 1e-4  # [1] of the hard-body radius: standard deviation below which positions are as good as known
FAR = 1400.0  # [1] squared distance in sigmas beyond which exp underflows
STEADY = 1e-12  # [1] of the speed squared: a variance of velocity below it is rounding


@njit(cache=True)
def state_of_elements(elements, elapsed, gm, state, turning):
    """State (6,) [m, m/s] of equinoctial elements (6,) [rad/s, 1, 1, 1, 1, rad] after a time [s]; False if unbound.

    Elements: mean motion, e cos and e sin of the longitude of perigee, tan(i/2) sin and cos of the node, mean
    longitude. `turning` (8,) keeps what the partials need.
    """
    n, af, ag, chi, psi = elements[0], elements[1], elements[2], elements[3], elements[4]
    square = af * af + ag * ag
    if not (n > 0.0 and square < 1.0):
        return False
    mean = elements[5] + n * elapsed
    longitude = mean
    for _ in range(MOST_KEPLER):
        sine, cosine = math.sin(longitude), math.cos(longitude)
        step = (longitude + ag * cosine - af * sine - mean) / (1.0 - ag * sine - af * cosine)
        longitude -= step
        if abs(step) < 1e-14:
            break
    sine, cosine = math.sin(longitude), math.cos(longitude)
    a = (gm / (n * n)) ** (1.0 / 3.0)
    root = math.sqrt(1.0 - square)
    beta = 1.0 / (1.0 + root)
    radius = a * (1.0 - af * cosine - ag * sine)
    x = a * ((1.0 - ag * ag * beta) * cosine + af * ag * beta * sine - af)
    y = a * ((1.0 - af * af * beta) * sine + af * ag * beta * cosine - ag)
    speed = n * a * a / radius
    x_rate = speed * (af * ag * beta * cosine - (1.0 - ag * ag * beta) * sine)
    y_rate = speed * ((1.0 - af * af * beta) * cosine - af * ag * beta * sine)
    scale = 1.0 / (1.0 + chi * chi + psi * psi)
    f0, f1, f2 = (1.0 - chi * chi + psi * psi) * scale, 2.0 * chi * psi * scale, -2.0 * chi * scale
    g0, g1, g2 = 2.0 * chi * psi * scale, (1.0 + chi * chi - psi * psi) * scale, 2.0 * psi * scale
    state[0], state[1], state[2] = x * f0 + y * g0, x * f1 + y * g1, x * f2 + y * g2
    state[3] = x_rate * f0 + y_rate * g0
    state[4] = x_rate * f1 + y_rate * g1
    state[5] = x_rate * f2 + y_rate * g2
    turning[0], turning[1], turning[2], turning[3] = x, y, x_rate, y_rate
    turning[4], turning[5], turning[6], turning[7] = sine, cosine, a, radius
    return True


@njit(cache=True)
def distances_kernel(times, means, gm, work, distance):
    """Distances (T,) [m] of two objects of elements (2, 6) at times (T,) [s]; `work` (32, 6) is room."""
    turning = work[2:4].reshape(-1)
    for row in range(times.size):
        state_of_elements(means[0], times[row], gm, work[0], turning)
        state_of_elements(means[1], times[row], gm, work[1], turning)
        distance[row] = math.sqrt(
            (work[1, 0] - work[0, 0]) ** 2 + (work[1, 1] - work[0, 1]) ** 2 + (work[1, 2] - work[0, 2]) ** 2
        )


@njit(cache=True)
def partials_of_elements(elements, elapsed, gm, state, turning, partials):
    """Partials (6, 6) of a state [m, m/s] by the elements [rad/s, 1, 1, 1, 1, rad] at the start; `elapsed` in [s].

    Derivatives of the closed forms; of the true motion only the mean longitude moves, by n t.
    """
    n, af, ag, chi, psi = elements[0], elements[1], elements[2], elements[3], elements[4]
    x, y, x_rate, y_rate = turning[0], turning[1], turning[2], turning[3]
    sine, cosine, a, radius = turning[4], turning[5], turning[6], turning[7]
    root = math.sqrt(1.0 - af * af - ag * ag)
    beta = 1.0 / (1.0 + root)
    scale = 1.0 / (1.0 + chi * chi + psi * psi)
    f0, f1, f2 = (1.0 - chi * chi + psi * psi) * scale, 2.0 * chi * psi * scale, -2.0 * chi * scale
    g0, g1, g2 = 2.0 * chi * psi * scale, (1.0 + chi * chi - psi * psi) * scale, 2.0 * psi * scale
    pull = -gm / (n * radius * radius * radius)
    for axis in range(3):
        partials[axis, 5] = state[3 + axis] / n
        partials[3 + axis, 5] = pull * state[axis]
        partials[axis, 0] = -2.0 * state[axis] / (3.0 * n) + elapsed * partials[axis, 5]
        partials[3 + axis, 0] = state[3 + axis] / (3.0 * n) + elapsed * partials[3 + axis, 5]
    speed = n * a * a / radius
    for which in range(2):  # by e cos, then by e sin
        d_af, d_ag = (1.0, 0.0) if which == 0 else (0.0, 1.0)
        d_beta = beta * beta * (af * d_af + ag * d_ag) / root
        d_longitude = (d_af * sine - d_ag * cosine) * a / radius
        d_sine, d_cosine = cosine * d_longitude, -sine * d_longitude
        cross, d_cross = af * ag * beta, (d_af * ag + af * d_ag) * beta + af * ag * d_beta
        along_x, d_along_x = 1.0 - ag * ag * beta, -2.0 * ag * d_ag * beta - ag * ag * d_beta
        along_y, d_along_y = 1.0 - af * af * beta, -2.0 * af * d_af * beta - af * af * d_beta
        d_radius = -a * (d_af * cosine + af * d_cosine + d_ag * sine + ag * d_sine)
        d_speed = -speed * d_radius / radius
        d_x = a * (d_along_x * cosine + along_x * d_cosine + d_cross * sine + cross * d_sine - d_af)
        d_y = a * (d_along_y * sine + along_y * d_sine + d_cross * cosine + cross * d_cosine - d_ag)
        d_x_rate = d_speed * x_rate / speed + speed * (
            d_cross * cosine + cross * d_cosine - d_along_x * sine - along_x * d_sine
        )
        d_y_rate = d_speed * y_rate / speed + speed * (
            d_along_y * cosine + along_y * d_cosine - d_cross * sine - cross * d_sine
        )
        column = 1 + which
        partials[0, column], partials[1, column] = d_x * f0 + d_y * g0, d_x * f1 + d_y * g1
        partials[2, column], partials[3, column] = d_x * f2 + d_y * g2, d_x_rate * f0 + d_y_rate * g0
        partials[4, column] = d_x_rate * f1 + d_y_rate * g1
        partials[5, column] = d_x_rate * f2 + d_y_rate * g2
    # by tan(i/2) sin(node) and tan(i/2) cos(node): the axes turn
    df0, df1, df2 = (
        (-2.0 * chi - 2.0 * chi * f0) * scale,
        (2.0 * psi - 2.0 * chi * f1) * scale,
        (-2.0 - 2.0 * chi * f2) * scale,
    )
    dg0, dg1, dg2 = (2.0 * psi - 2.0 * chi * g0) * scale, (2.0 * chi - 2.0 * chi * g1) * scale, -2.0 * chi * g2 * scale
    partials[0, 3], partials[1, 3], partials[2, 3] = x * df0 + y * dg0, x * df1 + y * dg1, x * df2 + y * dg2
    partials[3, 3], partials[4, 3] = x_rate * df0 + y_rate * dg0, x_rate * df1 + y_rate * dg1
    partials[5, 3] = x_rate * df2 + y_rate * dg2
    df0, df1, df2 = (2.0 * psi - 2.0 * psi * f0) * scale, (2.0 * chi - 2.0 * psi * f1) * scale, -2.0 * psi * f2 * scale
    dg0, dg1, dg2 = (
        (2.0 * chi - 2.0 * psi * g0) * scale,
        (-2.0 * psi - 2.0 * psi * g1) * scale,
        (2.0 - 2.0 * psi * g2) * scale,
    )
    partials[0, 4], partials[1, 4], partials[2, 4] = x * df0 + y * dg0, x * df1 + y * dg1, x * df2 + y * dg2
    partials[3, 4], partials[4, 4] = x_rate * df0 + y_rate * dg0, x_rate * df1 + y_rate * dg1
    partials[5, 4] = x_rate * df2 + y_rate * dg2


@njit(cache=True)
def inverse_of_3x3(matrix, inverse):
    """Write the inverse (3, 3) [1/m^2] of a symmetric matrix (3, 3) [m^2]; the determinant [m^6] is returned."""
    c00 = matrix[1, 1] * matrix[2, 2] - matrix[1, 2] * matrix[1, 2]
    c01 = matrix[0, 2] * matrix[1, 2] - matrix[0, 1] * matrix[2, 2]
    c02 = matrix[0, 1] * matrix[1, 2] - matrix[0, 2] * matrix[1, 1]
    determinant = matrix[0, 0] * c00 + matrix[0, 1] * c01 + matrix[0, 2] * c02
    if not determinant > 0.0:
        return determinant
    inverse[0, 0], inverse[0, 1], inverse[0, 2] = c00 / determinant, c01 / determinant, c02 / determinant
    inverse[1, 0], inverse[2, 0] = inverse[0, 1], inverse[0, 2]
    inverse[1, 1] = (matrix[0, 0] * matrix[2, 2] - matrix[0, 2] * matrix[0, 2]) / determinant
    inverse[1, 2] = (matrix[0, 1] * matrix[0, 2] - matrix[0, 0] * matrix[1, 2]) / determinant
    inverse[2, 1] = inverse[1, 2]
    inverse[2, 2] = (matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[0, 1]) / determinant
    return determinant


@njit(cache=True)
def peak_overlap_kernel(times, means, covariances, gm, size, work, relative, spread, status):
    """Relative states (T, 6) [m, m/s] and covariances (T, 6, 6) [SI], linear about the likeliest meeting at times [s].

    `means` (2, 6) and `covariances` (2, 6, 6) are of the equinoctial elements at time 0, `size` [m] the hard-body
    radius, `work` (32, 6) room for matrices. Status 1 where the meeting was found.
    """
    moved, states, turning, offset = work[0:2], work[2:4], work[4:6].reshape(-1), work[6:8]
    partials1, partials2 = work[8:14], work[14:20]
    lever1, lever2 = work[20:23], work[23:26]  # elements by position, (3, 6)
    total, inverse = work[26:29, 0:3], work[26:29, 3:6]
    part1, part2 = work[29:32, 0:3], work[29:32, 3:6]
    clip = (CLIPPED * size) ** 2
    for row in range(times.size):
        status[row] = 0
        for which in range(2):
            for k in range(6):
                moved[which, k] = means[which, k]
        met0 = met1 = met2 = 0.0
        for iteration in range(MOST_ITERATIONS):
            bound = True
            for which in range(2):
                partials = partials1 if which == 0 else partials2
                if not state_of_elements(moved[which], times[row], gm, states[which], turning):
                    bound = False
                    break
                partials_of_elements(moved[which], times[row], gm, states[which], turning, partials)
                lever = lever1 if which == 0 else lever2
                part = part1 if which == 0 else part2
                for i in range(6):
                    value = states[which, i]
                    for k in range(6):
                        value += partials[i, k] * (means[which, k] - moved[which, k])
                    offset[which, i] = value
                for i in range(3):
                    for k in range(6):
                        value = 0.0
                        for m in range(6):
                            value += partials[i, m] * covariances[which, m, k]
                        lever[i, k] = value
                for i in range(3):
                    for j in range(3):
                        value = 0.0
                        for k in range(6):
                            value += lever[i, k] * partials[j, k]
                        part[i, j] = value
            if not bound:
                break
            for i in range(3):
                for j in range(3):
                    total[i, j] = 0.5 * (part1[i, j] + part1[j, i] + part2[i, j] + part2[j, i])
                total[i, i] += clip
            if not inverse_of_3x3(total, inverse) > 0.0:
                break
            d0, d1, d2 = offset[1, 0] - offset[0, 0], offset[1, 1] - offset[0, 1], offset[1, 2] - offset[0, 2]
            p0 = inverse[0, 0] * d0 + inverse[0, 1] * d1 + inverse[0, 2] * d2
            p1 = inverse[1, 0] * d0 + inverse[1, 1] * d1 + inverse[1, 2] * d2
            p2 = inverse[2, 0] * d0 + inverse[2, 1] * d1 + inverse[2, 2] * d2
            new0 = offset[0, 0] + part1[0, 0] * p0 + part1[0, 1] * p1 + part1[0, 2] * p2
            new1 = offset[0, 1] + part1[1, 0] * p0 + part1[1, 1] * p1 + part1[1, 2] * p2
            new2 = offset[0, 2] + part1[2, 0] * p0 + part1[2, 1] * p1 + part1[2, 2] * p2
            change = math.sqrt((new0 - met0) ** 2 + (new1 - met1) ** 2 + (new2 - met2) ** 2)
            met0, met1, met2 = new0, new1, new2
            share = 1.0 if iteration < AVERAGED_AFTER else 0.5
            if iteration > 0 and change <= CONVERGED * size:
                status[row] = 1
                break
            for k in range(6):
                step = lever1[0, k] * p0 + lever1[1, k] * p1 + lever1[2, k] * p2
                moved[0, k] += share * (means[0, k] + step - moved[0, k])
                step = lever2[0, k] * p0 + lever2[1, k] * p1 + lever2[2, k] * p2
                moved[1, k] += share * (means[1, k] - step - moved[1, k])
        if status[row] == 0:
            continue
        for i in range(6):
            relative[row, i] = offset[1, i] - offset[0, i]
            for j in range(6):
                spread[row, i, j] = 0.0
        for which in range(2):
            partials = partials1 if which == 0 else partials2
            for i in range(6):
                for k in range(6):
                    value = 0.0
                    for m in range(6):
                        value += partials[i, m] * covariances[which, m, k]
                    for j in range(i + 1):
                        spread[row, i, j] += value * partials[j, k]
        for i in range(6):
            for j in range(i):
                spread[row, j, i] = spread[row, i, j]
            if i < 3:
                spread[row, i, i] += clip


@njit(cache=True)
def collision_rate_kernel(relative, spread, status, size, nodes, weights, counts, work, rate):
    """Expected rate (T,) [1/s] at which the second object enters the sphere of radius `size` [m] about the first.

    Relative states (T, 6) [m, m/s] and covariances (T, 6, 6) [SI] are normal. `nodes` and `weights` (L, K) are those
    of Gauss and Legendre on [0, 1], `counts` (L,) their numbers by level; the level rises with the size in sigmas.
    """
    position, inverse, slope, rest = work[0:3, 0:3], work[0:3, 3:6], work[3:6, 0:3], work[3:6, 3:6]
    for row in range(rate.size):
        rate[row] = 0.0
        if status[row] == 0:
            continue
        for i in range(3):
            for j in range(3):
                position[i, j] = spread[row, i, j]
        determinant = inverse_of_3x3(position, inverse)
        if not determinant > 0.0:
            status[row] = 0
            continue
        for i in range(3):
            for j in range(3):
                value = 0.0
                for k in range(3):
                    value += spread[row, 3 + i, k] * inverse[k, j]
                slope[i, j] = value
        for i in range(3):
            for j in range(3):
                value = spread[row, 3 + i, 3 + j]
                for k in range(3):
                    value -= slope[i, k] * spread[row, 3 + j, k]
                rest[i, j] = value
        density = (2.0 * math.pi) ** -1.5 / math.sqrt(determinant)
        x, y, z = relative[row, 0], relative[row, 1], relative[row, 2]
        u, v, w = relative[row, 3], relative[row, 4], relative[row, 5]
        p0 = inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2] * z
        p1 = inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2] * z
        p2 = inverse[2, 0] * x + inverse[2, 1] * y + inverse[2, 2] * z
        reach = math.sqrt(max(p0 * x + p1 * y + p2 * z, 0.0))
        trace = inverse[0, 0] + inverse[1, 1] + inverse[2, 2]
        sigmas = size * math.sqrt(trace)
        if reach - sigmas > 0.0 and (reach - sigmas) ** 2 > FAR:
            continue
        level = 0
        while level < counts.size - 1 and 0.35 * counts[level] < sigmas + 4.0:
            level += 1
        count = counts[level]
        speed = math.sqrt(u * u + v * v + w * w)
        # polar axis against the relative velocity, from where the second object comes
        if speed > 0.0:
            a0, a1, a2 = -u / speed, -v / speed, -w / speed
        else:
            a0, a1, a2 = 0.0, 0.0, 1.0
        if abs(a0) < 0.6:
            b0, b1, b2 = 0.0, a2, -a1
        else:
            b0, b1, b2 = -a2, 0.0, a0
        length = math.sqrt(b0 * b0 + b1 * b1 + b2 * b2)
        b0, b1, b2 = b0 / length, b1 / length, b2 / length
        c0, c1, c2 = a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0
        total = 0.0
        turns = 2 * count
        least = STEADY * max(speed * speed, 1e-12)
        for side in range(2):
            for node in range(count):
                up = nodes[level, node] if side == 0 else -nodes[level, node]
                flat = math.sqrt(1.0 - up * up)
                ring = 0.0
                for turn in range(turns):
                    angle = 2.0 * math.pi * (turn + 0.5) / turns
                    cosine, sine = flat * math.cos(angle), flat * math.sin(angle)
                    n0 = up * a0 + cosine * b0 + sine * c0
                    n1 = up * a1 + cosine * b1 + sine * c1
                    n2 = up * a2 + cosine * b2 + sine * c2
                    d0, d1, d2 = size * n0 - x, size * n1 - y, size * n2 - z
                    square = (
                        inverse[0, 0] * d0 * d0
                        + inverse[1, 1] * d1 * d1
                        + inverse[2, 2] * d2 * d2
                        + 2.0 * (inverse[0, 1] * d0 * d1 + inverse[0, 2] * d0 * d2 + inverse[1, 2] * d1 * d2)
                    )
                    if square > FAR:
                        continue
                    inward = -(
                        n0 * (u + slope[0, 0] * d0 + slope[0, 1] * d1 + slope[0, 2] * d2)
                        + n1 * (v + slope[1, 0] * d0 + slope[1, 1] * d1 + slope[1, 2] * d2)
                        + n2 * (w + slope[2, 0] * d0 + slope[2, 1] * d1 + slope[2, 2] * d2)
                    )
                    variance = (
                        rest[0, 0] * n0 * n0
                        + rest[1, 1] * n1 * n1
                        + rest[2, 2] * n2 * n2
                        + 2.0 * (rest[0, 1] * n0 * n1 + rest[0, 2] * n0 * n2 + rest[1, 2] * n1 * n2)
                    )
                    if variance > least:
                        sigma = math.sqrt(variance)
                        ratio = inward / sigma
                        if ratio < -9.0:
                            continue
                        flow = inward
                        if ratio < 9.0:
                            flow = sigma * (
                                math.exp(-0.5 * ratio * ratio) / math.sqrt(2.0 * math.pi)
                                + 0.5 * ratio * math.erfc(-ratio / math.sqrt(2.0))
                            )
                    else:
                        if inward <= 0.0:
                            continue
                        flow = inward
                    ring += flow * math.exp(-0.5 * square)
                total += weights[level, node] * ring * (2.0 * math.pi / turns)
        rate[row] = size * size * density * total
