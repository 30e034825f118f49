"""Kernels of ranging: orbits of given range and range rate, corrected in direction and motion to fit the rows.

An orbit is eight numbers, as seen by the observer of the epoch: direction u (3) [1], its rate w (3) [rad/s],
logarithm of the range [m], range rate [m/s]. Corrections are six: two of u, two of w, one of each of the others.
"""

import math

import numpy as np
from numba import njit

from moonstead.smallbodies.orbit_fit.short_arc_kernels import (
    COMPONENTS,
    FLOWN,
    between_nodes,
    fly_one_way,
    node_before,
    places_of_bodies,
    pull,
    velocity_between,
)

LIGHT = 299_792_458.0  # [m/s]
FASTEST = 1.0e5  # [m/s] bound of a speed relative to an observer, for the reach of light time
FARTHEST_OFF = 0.1  # [1] cosine of the angle to the observed direction below which no tangent plane serves
LARGEST_TURN = 0.05  # [rad] of direction in one correction
LARGEST_RATIO = 0.5  # [1] of ln range in one correction
LARGEST_CHANGE = 5.0e3  # [m/s] of range rate in one correction
SETTLED = 1e-3  # [1] fall of the sum of squares that ends the corrections
STIFFEST = 1e8  # [1] damping at which they are given up

CONVERGED, UNSETTLED, IMPOSSIBLE = 0, 1, 2


@njit(cache=True, error_model="numpy")
def tangents(u, first, second):
    """Write two unit vectors [1] normal to a unit vector u and to each other."""
    k = 0 if abs(u[0]) < 0.6 else 1
    for c in range(3):
        first[c] = -u[k] * u[c]
    first[k] += 1.0
    length = math.sqrt(first[0] ** 2 + first[1] ** 2 + first[2] ** 2)
    for c in range(3):
        first[c] /= length
    second[0] = u[1] * first[2] - u[2] * first[1]
    second[1] = u[2] * first[0] - u[0] * first[2]
    second[2] = u[0] * first[1] - u[1] * first[0]


@njit(cache=True, error_model="numpy")
def set_off(orbit, anchor, first, second, position, velocity):
    """Write position [m] and velocity [m/s] with six columns each, (21,), of an orbit seen by an observer (6,)."""
    distance = math.exp(orbit[6])
    along_first = 0.0
    along_second = 0.0
    for c in range(3):
        along_first += orbit[3 + c] * first[c]
        along_second += orbit[3 + c] * second[c]
    for c in range(3):
        u = orbit[c]
        w = orbit[3 + c]
        position[c] = anchor[c] + distance * u
        velocity[c] = anchor[3 + c] + orbit[7] * u + distance * w
        position[3 + c] = distance * first[c]
        position[6 + c] = distance * second[c]
        position[9 + c] = 0.0
        position[12 + c] = 0.0
        position[15 + c] = distance * u
        position[18 + c] = 0.0
        velocity[3 + c] = orbit[7] * first[c] - distance * along_first * u
        velocity[6 + c] = orbit[7] * second[c] - distance * along_second * u
        velocity[9 + c] = distance * first[c]
        velocity[12 + c] = distance * second[c]
        velocity[15 + c] = distance * w
        velocity[18 + c] = u


@njit(cache=True, error_model="numpy")
def residuals_of_orbit(
    orbit,
    anchor,
    epoch,
    tdb,
    observer,
    axes,
    start,
    step,
    table,
    gm,
    radii,
    earth,
    j2,
    times,
    dense,
    places,
    later,
    stage_v,
    stage_a,
    p,
    first,
    second,
    sight,
    velocity,
    residual,
    partials,
):
    """Write residuals (M, 2) [rad] and partials (M, 2, 6) of the rows; return a status of the flight.

    `axes` (M, 3, 3) are the observed direction and two tangents at it; a residual lies in that tangent plane.
    """
    middle = times.size // 2
    tangents(orbit[:3], first, second)
    set_off(orbit, anchor, first, second, dense[middle, 0], dense[middle, 1])
    times[middle] = epoch
    places_of_bodies(epoch, start, step, table, places)
    pull(dense[middle, 0], places, gm, earth, radii[earth], j2, dense[middle, 2])
    reach = (math.exp(orbit[6]) + FASTEST * max(abs(tdb[0] - epoch), abs(tdb[-1] - epoch))) / LIGHT
    low, status = fly_one_way(
        epoch,
        min(tdb[0], epoch) - 1.1 * reach - 1.0,
        middle,
        start,
        step,
        table,
        gm,
        radii,
        earth,
        j2,
        times,
        dense,
        places,
        later,
        stage_v,
        stage_a,
        p,
    )
    if status != FLOWN:
        return status
    high, status = fly_one_way(
        epoch,
        max(tdb[-1], epoch) + 1.0,
        middle,
        start,
        step,
        table,
        gm,
        radii,
        earth,
        j2,
        times,
        dense,
        places,
        later,
        stage_v,
        stage_a,
        p,
    )
    if status != FLOWN:
        return status
    light_time = math.exp(orbit[6]) / LIGHT
    for i in range(tdb.size):
        for _ in range(2):
            t = tdb[i] - light_time
            between_nodes(t, node_before(t, times, low, high), times, dense, 3, p)
            light_time = (
                math.sqrt((p[0] - observer[i, 0]) ** 2 + (p[1] - observer[i, 1]) ** 2 + (p[2] - observer[i, 2]) ** 2)
                / LIGHT
            )
        t = tdb[i] - light_time
        node = node_before(t, times, low, high)
        between_nodes(t, node, times, dense, COMPONENTS, p)
        velocity_between(t, node, times, dense, velocity)
        approach = 0.0
        for c in range(3):
            sight[c] = (p[c] - observer[i, c]) / (light_time * LIGHT)
            approach += sight[c] * velocity[c]
        for k in range(6):  # a body that is farther away is seen earlier in its flight
            away = 0.0
            for c in range(3):
                away += sight[c] * p[3 + 3 * k + c]
            for c in range(3):
                p[3 + 3 * k + c] -= velocity[c] * away / (LIGHT + approach)
        forward = 0.0
        east = 0.0
        north = 0.0
        for c in range(3):
            d = p[c] - observer[i, c]
            forward += d * axes[i, 0, c]
            east += d * axes[i, 1, c]
            north += d * axes[i, 2, c]
        if forward < FARTHEST_OFF * light_time * LIGHT:
            return IMPOSSIBLE
        x = east / forward
        y = north / forward
        residual[i, 0] = -x
        residual[i, 1] = -y
        for k in range(6):
            d0 = d1 = d2 = 0.0
            for c in range(3):
                d = p[3 + 3 * k + c]
                d0 += d * axes[i, 0, c]
                d1 += d * axes[i, 1, c]
                d2 += d * axes[i, 2, c]
            partials[i, 0, k] = (d1 - x * d0) / forward
            partials[i, 1, k] = (d2 - y * d0) / forward
    return FLOWN


@njit(cache=True, error_model="numpy")
def normal_equations(residual, partials, whitening, clip, normal, gradient):
    """Write normal matrix (6, 6) and gradient (6,) [mixed]; return the sum of squares [1].

    Beyond `clip` standard errors a row adds to the sum in proportion to its residual. `whitening` (M, 3) is the lower
    triangle l00, l10, l11 that turns a residual into two of unit variance.
    """
    total = 0.0
    normal[:] = 0.0
    gradient[:] = 0.0
    for i in range(residual.shape[0]):
        l00 = whitening[i, 0]
        l10 = whitening[i, 1]
        l11 = whitening[i, 2]
        x = l00 * residual[i, 0]
        y = l10 * residual[i, 0] + l11 * residual[i, 1]
        size = math.sqrt(x * x + y * y)
        weight = 1.0
        if size > clip:
            weight = clip / size
            total += clip * (2.0 * size - clip)
        else:
            total += size * size
        for j in range(6):
            xj = weight * l00 * partials[i, 0, j]
            yj = weight * (l10 * partials[i, 0, j] + l11 * partials[i, 1, j])
            gradient[j] += xj * x + yj * y
            for k in range(j + 1):
                xk = l00 * partials[i, 0, k]
                yk = l10 * partials[i, 0, k] + l11 * partials[i, 1, k]
                normal[j, k] += xj * xk + yj * yk
    for j in range(6):
        for k in range(j):
            normal[k, j] = normal[j, k]
    return total


@njit(cache=True, error_model="numpy")
def damped_solution(normal, gradient, free, damping, factor, change):
    """Write the correction (6,) [mixed] of the first `free` unknowns; False where the matrix is not definite."""
    change[:] = 0.0
    for j in range(free):
        for k in range(j + 1):
            total = normal[j, k] / math.sqrt(normal[j, j] * normal[k, k])
            if j == k:
                total += damping
            for m in range(k):
                total -= factor[j, m] * factor[k, m]
            if j == k:
                if not total > 1e-15:
                    return False
                factor[j, j] = math.sqrt(total)
            else:
                factor[j, k] = total / factor[k, k]
    for j in range(free):
        total = gradient[j] / math.sqrt(normal[j, j])
        for k in range(j):
            total -= factor[j, k] * change[k]
        change[j] = total / factor[j, j]
    for j in range(free - 1, -1, -1):
        total = change[j]
        for k in range(j + 1, free):
            total -= factor[k, j] * change[k]
        change[j] = total / factor[j, j]
    for j in range(free):
        change[j] /= math.sqrt(normal[j, j])
    return True


@njit(cache=True, error_model="numpy")
def corrected(orbit, change, first, second, result):
    """Write an orbit moved by a correction (6,) [mixed], cut to what a linear step can bear."""
    share = 1.0
    turn = math.sqrt(change[0] ** 2 + change[1] ** 2)
    if turn > LARGEST_TURN:
        share = LARGEST_TURN / turn
    if abs(change[4]) * share > LARGEST_RATIO:
        share = LARGEST_RATIO / abs(change[4])
    if abs(change[5]) * share > LARGEST_CHANGE:
        share = LARGEST_CHANGE / abs(change[5])
    length = 0.0
    for c in range(3):
        result[c] = orbit[c] + share * (change[0] * first[c] + change[1] * second[c])
        length += result[c] ** 2
    length = math.sqrt(length)
    along = 0.0
    for c in range(3):
        result[c] /= length
        result[3 + c] = orbit[3 + c] + share * (change[2] * first[c] + change[3] * second[c])
        along += result[c] * result[3 + c]
    for c in range(3):
        result[3 + c] -= along * result[c]
    result[6] = orbit[6] + share * change[4]
    result[7] = orbit[7] + share * change[5]


@njit(cache=True, error_model="numpy")
def fit_orbits(
    orbits,
    anchor,
    epoch,
    free,
    clip,
    most,
    tdb,
    observer,
    axes,
    whitening,
    start,
    step,
    table,
    gm,
    radii,
    earth,
    j2,
    times,
    dense,
    chi_square,
    normals,
    gradients,
    statuses,
    residual,
    partials,
):
    """Correct orbits (N, 8) [mixed] in place, the first `free` unknowns of six, by at most `most` damped Newton steps.

    Writes sums of squares (N,), normal matrices (N, 6, 6) and gradients (N, 6) at the end, and statuses (N,);
    residuals (M, 2) and partials (M, 2, 6) are those of the last orbit.
    """
    places = np.empty((gm.size, 3))
    later = np.empty((gm.size, 3))
    stage_v = np.empty((12, COMPONENTS))
    stage_a = np.empty((12, COMPONENTS))
    p = np.empty(COMPONENTS)
    first = np.empty(3)
    second = np.empty(3)
    sight = np.empty(3)
    velocity = np.empty(3)
    old_first = np.empty(3)
    old_second = np.empty(3)
    normal = np.empty((6, 6))
    gradient = np.empty(6)
    factor = np.empty((6, 6))
    change = np.empty(6)
    trial = np.empty(8)
    for n in range(orbits.shape[0]):
        statuses[n] = IMPOSSIBLE
        chi_square[n] = np.inf
        trial[:] = orbits[n]
        damping = 1e-3
        done = 0
        while True:
            flown = residuals_of_orbit(
                trial,
                anchor,
                epoch,
                tdb,
                observer,
                axes,
                start,
                step,
                table,
                gm,
                radii,
                earth,
                j2,
                times,
                dense,
                places,
                later,
                stage_v,
                stage_a,
                p,
                first,
                second,
                sight,
                velocity,
                residual,
                partials,
            )
            total = np.inf
            if flown == FLOWN:
                total = normal_equations(residual, partials, whitening, clip, normal, gradient)
            if not total < np.inf and statuses[n] == IMPOSSIBLE:
                break
            fall = chi_square[n] - total
            if fall >= 0.0:
                if statuses[n] != IMPOSSIBLE and fall < SETTLED:
                    statuses[n] = CONVERGED
                else:
                    statuses[n] = UNSETTLED
                chi_square[n] = total
                orbits[n] = trial
                normals[n] = normal
                gradients[n] = gradient
                old_first[:] = first
                old_second[:] = second
                damping *= 0.1
            else:
                damping *= 10.0
                if fall > -SETTLED:
                    statuses[n] = CONVERGED
            if statuses[n] == CONVERGED or done >= most or damping > STIFFEST:
                break
            solved = damped_solution(normals[n], gradients[n], free, damping, factor, change)
            while not solved and damping < STIFFEST:
                damping = max(10.0 * damping, 1e-12)
                solved = damped_solution(normals[n], gradients[n], free, damping, factor, change)
            if not solved:
                break
            corrected(orbits[n], change, old_first, old_second, trial)
            done += 1
