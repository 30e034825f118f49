"""Kernel of coverage: when each cell is seen by how many, proven by bounds of rates."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

__all__ = ["BLOCK", "DONE", "MOST_AT_ONCE", "OVERFULL", "coverage_kernel"]

DONE, OVERFULL = 0, 1
DEEPEST = 40  # halvings of one step: an hour falls below a microsecond before
SECANTS, NEAR = 8, 1e-4  # steps towards an edge at most, and the least time [s] to a change that is near enough
MOST_AT_ONCE = 16  # sensors whose directions are compared for stereo views; more at once are counted, not compared
BLOCK = 32  # cells that one sensor's table serves while it lies in the cache

# columns of `limits`; the rates are reciprocals [s/m] of bounds, so that a length times one is a time
(SIN_ELEVATION, COS_HALF_ANGLE, RANGE, COS_SUN, SIN_LIGHT, BRIGHT, OWN_X, OWN_Y, OWN_Z, OWN_SINE) = range(10)
(ELEVATION_TIME, CONE_TIME, REACH_TIME, SUN_TIME, LIGHT_TIME, BRIGHT_TIME, BEND, FAR_COSINE) = range(10, 18)
COLUMNS = 18
# bits of `asked`
ELEVATION, CONE, REACH, SUN, DAY, NIGHT, SUNLIT, MAGNITUDE, OWN_NIGHT = (1 << bit for bit in range(9))


@njit(cache=True, error_model="numpy")
def _time_to_change(x, y, z, sun_x, sun_y, sun_z, px, py, pz, nx, ny, nz, limit, asked, radius):
    """Least time [s] before anything can change, positive while all that is asked holds, negative while not; and whose.

    Each demand is a length [m] or a sine that is positive where it holds, over a bound of its rate; their least
    quotient changes by at most one second per second.
    """
    dx, dy, dz = x - px, y - py, z - pz
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    least, which = math.inf, 0
    if asked & ELEVATION:
        up = dx * nx + dy * ny + dz * nz
        least, which = (up - distance * limit[SIN_ELEVATION]) * limit[ELEVATION_TIME], ELEVATION
    if asked & CONE:
        along = (dx * x + dy * y + dz * z) / math.sqrt(x * x + y * y + z * z)
        time = (along - distance * limit[COS_HALF_ANGLE]) * limit[CONE_TIME]
        if time < least:
            least, which = time, CONE
    if asked & REACH:
        time = (limit[RANGE] - distance) * limit[REACH_TIME]
        if time < least:
            least, which = time, REACH
    if asked & SUN:
        time = (distance * limit[COS_SUN] + dx * sun_x + dy * sun_y + dz * sun_z) * limit[SUN_TIME]
        if time < least:
            least, which = time, SUN
    if asked & (DAY | NIGHT):
        light = (nx * sun_x + ny * sun_y + nz * sun_z - limit[SIN_LIGHT]) * limit[LIGHT_TIME]
        time = light if asked & DAY else -light
        if time < least:
            least, which = time, DAY
    if asked & SUNLIT:
        ahead = px * sun_x + py * sun_y + pz * sun_z
        reach = math.sqrt(px * px + py * py + pz * pz)
        aside = math.sqrt(max(0.0, reach * reach - ahead * ahead))
        time = max(ahead, aside - radius) / reach * limit[LIGHT_TIME]
        if time < least:
            least, which = time, SUNLIT
    if asked & MAGNITUDE:
        cosine = min(1.0, max(-1.0, (dx * sun_x + dy * sun_y + dz * sun_z) / distance))
        law = max(0.0, (math.sqrt(1.0 - cosine * cosine) + (math.pi - math.acos(cosine)) * cosine) / math.pi)
        time = (limit[BRIGHT] * math.sqrt(law) - distance) * limit[BRIGHT_TIME]
        if time < least:
            least, which = time, MAGNITUDE
    if asked & OWN_NIGHT:
        high = limit[OWN_X] * sun_x + limit[OWN_Y] * sun_y + limit[OWN_Z] * sun_z
        time = (limit[OWN_SINE] - high) * limit[LIGHT_TIME]
        if time < least:
            least, which = time, OWN_NIGHT
    return least, which


@njit(cache=True, error_model="numpy")
def _within(spots, drifts, suns, k, i, share, step, px, py, pz, nx, ny, nz, limit, asked, radius):
    """`_time_to_change` within step i: the place by a cubic, the Sun's direction by a straight line."""
    s, r = share, 1.0 - share
    a, b = r * r * (1.0 + 2.0 * s), s * s * (3.0 - 2.0 * s)
    c, d = r * r * s * step, -s * s * r * step
    x = a * spots[k, i, 0] + b * spots[k, i + 1, 0] + c * drifts[k, i, 0] + d * drifts[k, i + 1, 0]
    y = a * spots[k, i, 1] + b * spots[k, i + 1, 1] + c * drifts[k, i, 1] + d * drifts[k, i + 1, 1]
    z = a * spots[k, i, 2] + b * spots[k, i + 1, 2] + c * drifts[k, i, 2] + d * drifts[k, i + 1, 2]
    sun_x = r * suns[i, 0] + s * suns[i + 1, 0]
    sun_y = r * suns[i, 1] + s * suns[i + 1, 1]
    sun_z = r * suns[i, 2] + s * suns[i + 1, 2]
    size = 1.0 / math.sqrt(sun_x * sun_x + sun_y * sun_y + sun_z * sun_z)
    sun_x, sun_y, sun_z = sun_x * size, sun_y * size, sun_z * size
    return _time_to_change(x, y, z, sun_x, sun_y, sun_z, px, py, pz, nx, ny, nz, limit, asked, radius)


@njit(cache=True, error_model="numpy")
def _sieve(directions, k, nx, ny, nz, far_cosine, maybe):
    """Mark the steps in which sensor k comes near enough to a vertical to be over its horizon."""
    x, y, z = np.float32(nx), np.float32(ny), np.float32(nz)
    limit = np.float32(far_cosine)
    along = directions[k]
    steps = along.shape[1] - 1
    for i in range(steps):
        here = x * along[0, i] + y * along[1, i] + z * along[2, i]
        there = x * along[0, i + 1] + y * along[1, i + 1] + z * along[2, i + 1]
        maybe[i] = (here > limit) | (there > limit)


@njit(cache=True, error_model="numpy")
def _edges(
    spots, drifts, suns, k, px, py, pz, nx, ny, nz, limit, asked, radius, step, resolution, maybe, maybe_8, stack,
    starts, stops, begun,
):  # fmt: skip
    """Append the times at which sensor k begins and ends to see a place after the first `begun`; their new number.

    `maybe` (T,) marks the steps that have to be looked at, `maybe_8` is the same memory by eights. -1 where the times
    do not fit.
    """
    steps = spots.shape[1] - 1
    most = starts.size
    alone = asked & (asked - 1) == 0
    bend = 0.125 * limit[BEND]
    ended = begun
    i, known, now, which, after, which_after = 0, -1, 0.0, 0, 0.0, 0
    while i < steps:
        if i & 7 == 0 and maybe_8[i >> 3] == 0:
            i += 8
            continue
        if maybe[i] == 0:
            i += 1
            continue
        if known != i:
            now, which = _time_to_change(
                spots[k, i, 0], spots[k, i, 1], spots[k, i, 2], suns[i, 0], suns[i, 1], suns[i, 2],
                px, py, pz, nx, ny, nz, limit, asked, radius,
            )  # fmt: skip
            if i == 0 and now > 0.0:
                if begun >= most:
                    return -1
                starts[begun] = 0.0
                begun += 1
        ahead = max(1, int(min(abs(now) / step, float(steps))))
        near = abs(now) < step
        following = min(steps, i + ahead)
        after, which_after = _time_to_change(
            spots[k, following, 0], spots[k, following, 1], spots[k, following, 2],
            suns[following, 0], suns[following, 1], suns[following, 2],
            px, py, pz, nx, ny, nz, limit, asked, radius,
        )  # fmt: skip
        # intervals still open, the earliest on top: their ends as shares of the step, the values and demands there
        top = -1
        if near:
            top = 0
            stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = 0.0, 1.0, now, after
            stack[0, 4], stack[0, 5] = which, which_after
        while top >= 0:
            a, b, fa, fb = stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3]
            which_a, which_b = stack[top, 4], stack[top, 5]
            top -= 1
            length = (b - a) * step
            differ = (fa > 0.0) != (fb > 0.0)
            sag = bend * length * length  # most that one demand departs from the chord
            if not differ and (
                abs(fa) + abs(fb) > length or (min(abs(fa), abs(fb)) > sag and (fa > 0.0 or which_a == which_b))
            ):
                continue
            # a demand whose slope cannot turn has one root; another demand may change the answer only near to it
            turn = abs(fb - fa)
            once = which_a == which_b and turn > 4.0 * sag and (alone or 2.0 * sag * length < resolution * turn)
            if differ and (once or length <= resolution):
                rises, edge = fb > fa, a
                for _ in range(SECANTS):
                    edge = a + (b - a) * fa / (fa - fb)
                    fm, which_m = _within(
                        spots, drifts, suns, k, i, edge, step, px, py, pz, nx, ny, nz, limit, asked, radius
                    )
                    if abs(fm) < NEAR:
                        break
                    if (fm > 0.0) == (fb > 0.0):
                        b, fb = edge, fm
                    else:
                        a, fa = edge, fm
                if (begun if rises else ended) >= most:
                    return -1
                if rises:
                    starts[begun] = (i + edge) * step
                    begun += 1
                else:
                    stops[ended] = (i + edge) * step
                    ended += 1
                continue
            if length <= resolution:
                continue
            middle = 0.5 * (a + b)
            fm, which_m = _within(spots, drifts, suns, k, i, middle, step, px, py, pz, nx, ny, nz, limit, asked, radius)
            top += 1
            stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = middle, b, fm, fb
            stack[top, 4], stack[top, 5] = which_m, which_b
            top += 1
            stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = a, middle, fa, fm
            stack[top, 4], stack[top, 5] = which_a, which_m
        i, known, now, which = following, following, after, which_after
    if known == steps and now > 0.0:
        if ended >= most:
            return -1
        stops[ended] = steps * step
    return begun


@njit(cache=True, error_model="numpy")
def coverage_kernel(
    spots,
    drifts,
    suns,
    step,
    resolution,
    places,
    normals,
    limits,
    asked,
    allowed,
    radius,
    required,
    stereo_cosine,
    starts,
    stops,
    owners,
    gaps,
    seen,
    seen_count,
    stack,
    directions,
    maybe,
    maybe_8,
    shares,
    figures,
):
    """Shares of time by how many see each cell, and the figures of its gaps; DONE or OVERFULL, and at which cell.

    `spots` [m] and `drifts` [m/s] (S, T, 3) are in turning axes at steps of `step` [s], `suns` (T, 3) and `directions`
    (S, 3, T) [1] point to the Sun and to the sensors; `maybe` and `maybe_8` are one memory; `starts`, `stops`, `owners`
    (BLOCK, V) hold the views of some cells. `shares` (C, M + 1) gets the share of time with 0, 1, ... sensors (the
    last: M and more), `figures` (C, 9) gaps, mean, longest and 95 % gap, mean and 95 % response, mean length of a
    view, share of time in stereo, mean best angle while two or more see.
    """
    sensors, times = spots.shape[0], spots.shape[1]
    span = (times - 1) * step
    block = starts.shape[0]
    views = np.zeros(block, dtype=np.int64)
    for first in range(0, places.shape[0], block):
        cells = min(block, places.shape[0] - first)
        views[:] = 0
        for k in range(sensors):
            limit = limits[k]
            for c in range(cells):
                cell = first + c
                if not allowed[cell, k]:
                    continue
                before = views[c]
                nx, ny, nz = normals[cell, 0], normals[cell, 1], normals[cell, 2]
                if asked[k] & ELEVATION:
                    _sieve(directions, k, nx, ny, nz, limit[FAR_COSINE], maybe)
                else:
                    maybe[:] = 1
                views[c] = _edges(
                    spots, drifts, suns, k, places[cell, 0], places[cell, 1], places[cell, 2],
                    nx, ny, nz, limit, asked[k], radius, step, resolution, maybe, maybe_8, stack, starts[c], stops[c],
                    before,
                )  # fmt: skip
                if views[c] < 0:
                    return OVERFULL, cell
                owners[c, before : views[c]] = k
        for c in range(cells):
            cell, count = first + c, views[c]
            if stereo_cosine < 1.0:
                _mark(starts[c], stops[c], owners[c], count, step, seen, seen_count)
                _stereo_figures(spots, places[cell], seen, seen_count, stereo_cosine, figures[cell])
            total = 0.0
            for view in range(count):
                total += stops[c, view] - starts[c, view]
            figures[cell, 6] = total / count if count else 0.0
            begun, ended = starts[c, :count], stops[c, :count]
            begun.sort()
            ended.sort()
            found = _sweep(begun, ended, span, required, shares[cell], gaps)
            _gap_figures(gaps[:found], span, figures[cell])
    return DONE, 0


@njit(cache=True, error_model="numpy")
def _mark(starts, stops, owners, views, step, seen, seen_count):
    """Who sees a place at each time of the table."""
    seen_count[:] = 0
    last = seen_count.size - 1
    for view in range(views):
        for i in range(math.ceil(starts[view] / step), min(int(stops[view] / step), last) + 1):
            if seen_count[i] < MOST_AT_ONCE:
                seen[i, seen_count[i]] = owners[view]
            seen_count[i] += 1


@njit(cache=True, error_model="numpy")
def _sweep(starts, stops, span, required, shares, gaps):
    """Add the share of time with each number of sensors from sorted starts and stops; gaps found."""
    views, most = starts.size, shares.size - 1
    number, time, opened, found = 0, 0.0, 0.0, 0
    a = 0
    for b in range(views):
        while a < views and starts[a] <= stops[b]:
            shares[min(number, most)] += (starts[a] - time) / span
            time = starts[a]
            number += 1
            a += 1
            if number == required and time > opened:
                gaps[found] = time - opened
                found += 1
        shares[min(number, most)] += (stops[b] - time) / span
        time = stops[b]
        if number == required:
            opened = time
        number -= 1
    shares[0] += (span - time) / span
    if span > opened:
        gaps[found] = span - opened
        found += 1
    return found


@njit(cache=True, error_model="numpy")
def _gap_figures(gaps, span, out):
    """Number, mean, longest and 95 % of the gaps; mean and 95 % of the time that one waits from any moment."""
    count = gaps.size
    for column in range(6):
        out[column] = 0.0
    if count == 0:
        return
    gaps.sort()
    total, square = 0.0, 0.0
    for gap in gaps:
        total += gap
        square += gap * gap
    out[0] = count
    out[1] = total / count
    out[2] = gaps[count - 1]
    out[3] = gaps[math.ceil(0.95 * count) - 1]
    out[4] = 0.5 * square / span
    # the share of time with a wait above w is the sum of gap - w over the gaps longer than w, over the span
    longer = -0.05 * span
    for k in range(count - 1, -1, -1):
        longer += gaps[k]
        wait = longer / (count - k)
        if k == 0 or wait >= gaps[k - 1]:
            out[5] = max(0.0, wait)
            return


@njit(cache=True, error_model="numpy")
def _stereo_figures(spots, place, seen, seen_count, stereo_cosine, out):
    """Share of the table's times at which two see a place at a good angle, and the mean best angle when two see it."""
    good, several, angles = 0, 0, 0.0
    times = seen_count.size
    for i in range(times):
        count = min(seen_count[i], MOST_AT_ONCE)
        if count < 2:
            continue
        several += 1
        best = 1.0
        for a in range(count - 1):
            p = seen[i, a]
            ax, ay, az = spots[p, i, 0] - place[0], spots[p, i, 1] - place[1], spots[p, i, 2] - place[2]
            long_a = math.sqrt(ax * ax + ay * ay + az * az)
            for b in range(a + 1, count):
                q = seen[i, b]
                bx, by, bz = spots[q, i, 0] - place[0], spots[q, i, 1] - place[1], spots[q, i, 2] - place[2]
                long_b = math.sqrt(bx * bx + by * by + bz * bz)
                best = min(best, abs(ax * bx + ay * by + az * bz) / (long_a * long_b))
        angles += math.acos(best)
        good += best <= stereo_cosine
    out[7] = good / times
    out[8] = angles / several if several else math.nan
