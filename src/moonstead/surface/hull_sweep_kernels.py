"""Kernels of the far field: upper hulls of the ground along parallel lines, many lines side by side."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

__all__ = ["LANES", "hull_ring_kernel", "hull_sweep_kernel"]

LANES = 32  # lines that are swept together; a multiple of the processor's vectors
GUARD = 8  # places along a line over which a point is tested before it may join a hull
DEEP = np.float32(-1e9)  # [m] ground beyond the map
NOTHING = np.float32(-1e20)  # [m] a point that is lower than everything
LESS = np.float32(-1e30)  # [m] and one that is lower still, so that no test of slopes is a tie
FAR_AWAY = np.float32(1e6)  # [places]
TIE = 1e-9  # [places] rounding of where a line passes


@njit(cache=True, nogil=True)
def joined(place, height, lane, count, x, h):
    """Count of points of a lane's hull after (x [pixel], h [m]), nearer than all of them, has joined."""
    while count >= 2 and (height[lane, count - 1] - h) * (place[lane, count - 2] - x) <= (
        height[lane, count - 2] - h
    ) * (place[lane, count - 1] - x):
        count -= 1
    place[lane, count] = x
    height[lane, count] = h
    return count + 1


@njit(cache=True, nogil=True)
def touched(place, height, lane, count, start, x, h):
    """Index of the hull's point that stands highest from an eye at (x [pixel], h [m]); slopes have one maximum."""
    i = start
    dx, dh = place[lane, i] - x, height[lane, i] - h
    stayed = True
    while i + 1 < count:
        next_dx, next_dh = place[lane, i + 1] - x, height[lane, i + 1] - h
        if next_dh * dx < dh * next_dx:
            break
        i += 1
        dx, dh = next_dx, next_dh
        stayed = False
    if stayed:
        while i > 0:
            next_dx, next_dh = place[lane, i - 1] - x, height[lane, i - 1] - h
            if next_dh * dx <= dh * next_dx:
                break
            i -= 1
            dx, dh = next_dx, next_dh
    return i


@njit(cache=True, nogil=True)
def watch(place, height, lane, count, i, watched):
    """Copy point i of a lane's hull and its two neighbours to where all lanes stand: (6, LANES) [pixel, m] in turn."""
    watched[0, lane] = place[lane, i]
    watched[1, lane] = height[lane, i]
    if i + 1 < count:
        watched[2, lane] = place[lane, i + 1]
        watched[3, lane] = height[lane, i + 1]
    else:
        watched[3, lane] = LESS
    if i > 0:
        watched[4, lane] = place[lane, i - 1]
        watched[5, lane] = height[lane, i - 1]
    else:
        watched[5, lane] = LESS


# fastmath: all heights are finite
@njit(cache=True, nogil=True, fastmath=True)
def sample_lines(
    ground, pitch, margin, slope, start, from_along, to_along, tested_from, kink, sample, crest, convex, is_crest
):
    """Heights of LANES lines at each place along them, crests between places, and which of both may matter.

    Lane b passes aside = start + b + slope * along. A sample that lies below the middle of two others at equal
    distances on both sides is on no hull; a crest matters where it stands more than `kink` [m] over the chord.
    """
    width = np.uint64(LANES)
    one = np.uint64(1)
    for a in range(from_along, to_along + 1):
        passing = start + slope * a
        low = math.floor(passing)
        share = np.float32(passing - low)
        g = np.uint64(a * pitch + margin + low)
        s = np.uint64((a + GUARD) * LANES)
        for b in range(width):
            h = ground[g + b]
            sample[s + b] = h + share * (ground[g + one + b] - h)
    for cell in range(from_along * LANES, (from_along + GUARD) * LANES):
        sample[cell] = DEEP
    for cell in range((to_along + 1 + GUARD) * LANES, (to_along + 1 + 2 * GUARD) * LANES):
        sample[cell] = DEEP
    for a in range(tested_from, to_along + 1):
        s = np.uint64((a + GUARD) * LANES)
        back1, on1 = np.uint64((a + GUARD - 1) * LANES), np.uint64((a + GUARD + 1) * LANES)
        back2, on2 = np.uint64((a + GUARD - 2) * LANES), np.uint64((a + GUARD + 2) * LANES)
        back4, on4 = np.uint64((a + GUARD - 4) * LANES), np.uint64((a + GUARD + 4) * LANES)
        back8, on8 = np.uint64((a + GUARD - 8) * LANES), np.uint64((a + GUARD + 8) * LANES)
        f = np.uint64(a * LANES)
        for b in range(width):
            c1 = sample[back1 + b] + sample[on1 + b]
            c2 = sample[back2 + b] + sample[on2 + b]
            c4 = sample[back4 + b] + sample[on4 + b]
            c8 = sample[back8 + b] + sample[on8 + b]
            c1 = c1 if c1 > c2 else c2
            c4 = c4 if c4 > c8 else c8
            c1 = c1 if c1 > c4 else c4
            h = sample[s + b]
            convex[f + b] = 1 if c1 < h + h else 0
        passing = start + slope * (a - 1)
        low, high = math.floor(passing), math.floor(passing + slope)
        if low != high:
            crossed = max(low, high)
            share = np.float32((crossed - passing) / slope)
            g, g_on = np.uint64((a - 1) * pitch + margin + crossed), np.uint64(a * pitch + margin + crossed)
            for b in range(width):
                h = ground[g + b]
                h += share * (ground[g_on + b] - h)
                chord = sample[back1 + b] + share * (sample[s + b] - sample[back1 + b])
                crest[f + b] = h
                is_crest[f + b] = 1 if h - chord > kink else 0


# fastmath: all heights are finite
@njit(cache=True, nogil=True, fastmath=True)
def hull_sweep_kernel(
    ground,
    pitch,
    margin,
    along_count,
    aside_count,
    slope,
    parts,
    lag,
    run,
    fall,
    centre_aside,
    from_along,
    to_along,
    from_aside,
    to_aside,
    eye,
    steepest,
    eye_pitch,
    kink,
):
    """Raise `steepest` [1] to the slope from each eye to the ground `lag` places or more ahead of it.

    Lines run through the map with aside = k / parts + slope * along; each pixel looks along the one that passes it
    within 1 / (2 parts), with the eye moved onto it along the sphere, which falls away from place `centre_aside` by
    `fall` [m] per pixel squared. `ground` [m] is flat, `pitch` values for each place along, pixel (along, 0) at
    along * pitch + margin, deep beyond the map. Targets are the pixels from_along <= along < to_along,
    from_aside <= aside < to_aside; `eye` [m] and `steepest` hold them with LANES values to spare on both sides.
    """
    width = np.uint64(LANES)
    sample = np.full((along_count + 2 * GUARD + 1) * LANES, DEEP, np.float32)
    crest = np.full((along_count + 1) * LANES, DEEP, np.float32)
    convex = np.zeros((along_count + 1) * LANES, np.uint8)
    is_crest = np.zeros((along_count + 1) * LANES, np.uint8)
    place = np.empty((LANES, 2 * along_count + 2), np.float32)
    height = np.empty((LANES, 2 * along_count + 2), np.float32)
    watched = np.empty((6, LANES), np.float32)
    count = np.zeros(LANES, np.int64)
    current = np.zeros(LANES, np.int64)
    moved = np.zeros(LANES, np.uint8)
    chosen = np.empty(LANES + 1, np.int64)
    per_run = np.float32(1.0 / run)
    places = np.arange(LANES).astype(np.float32)
    beside = 0.5 / parts
    swing = slope * from_along, slope * (to_along - 1)
    for part in range(parts):
        shift = part / parts
        first_line = math.floor(from_aside - shift - max(swing[0], swing[1])) - 1
        last_line = math.ceil(to_aside - 1 - shift - min(swing[0], swing[1])) + 1
        for line in range(first_line, last_line + 1, LANES):
            start = line + shift
            lowest, highest = start - beside, start + LANES - 1 + beside  # with the pixels that look along them
            nearest, farthest = from_along, along_count - 1
            if slope > 0.0:
                nearest = max(nearest, math.ceil(-highest / slope))
                farthest = min(farthest, math.floor((aside_count - 1 - lowest) / slope))
            elif slope < 0.0:
                nearest = max(nearest, math.ceil((aside_count - 1 - lowest) / slope))
                farthest = min(farthest, math.floor(-highest / slope))
            elif highest < 0.0 or lowest > aside_count - 1:
                continue
            tested = nearest + lag
            if farthest < tested:
                continue
            sample_lines(
                ground,
                pitch,
                margin,
                slope,
                start,
                max(nearest, tested - GUARD),
                farthest,
                tested,
                kink,
                sample,
                crest,
                convex,
                is_crest,
            )
            for b in range(LANES):
                count[b] = 0
                current[b] = 0
                watched[0, b] = FAR_AWAY
                watched[1, b] = NOTHING
                watched[2, b] = FAR_AWAY
                watched[3, b] = LESS
                watched[4, b] = FAR_AWAY
                watched[5, b] = LESS
            for ahead in range(farthest, tested - 1, -1):
                x = np.float32(ahead)
                found = 0
                for b in range(LANES):
                    chosen[found] = b
                    found += convex[ahead * LANES + b]
                for j in range(found):
                    b = chosen[j]
                    count[b] = joined(place, height, b, count[b], x, sample[(ahead + GUARD) * LANES + b])
                    current[b] = min(current[b], count[b] - 1)
                    watch(place, height, b, count[b], current[b], watched)
                along = ahead - lag
                passing = shift + slope * along
                nearby = math.floor(passing + beside)
                aside = line + nearby
                looks = nearby > passing - beside - TIE and aside < to_aside and aside + LANES > from_aside
                if along < to_along and looks:
                    e = np.uint64((along - from_along) * eye_pitch + LANES + aside - from_aside)
                    eye_place = np.float32(along)
                    slant = np.float32(fall * (nearby - passing))
                    sunk = np.float32(slant * (aside - centre_aside))
                    for b in range(width):
                        h = eye[e + b] + sunk + slant * places[b]
                        dx, dh = watched[0, b] - eye_place, watched[1, b] - h
                        near_dx, near_dh = watched[2, b] - eye_place, watched[3, b] - h
                        far_dx, far_dh = watched[4, b] - eye_place, watched[5, b] - h
                        nearer = 1 if near_dh * dx >= dh * near_dx else 0
                        farther = 1 if far_dh * dx > dh * far_dx else 0
                        moved[b] = nearer | farther
                        found_slope = dh / dx * per_run
                        known = steepest[e + b]
                        steepest[e + b] = found_slope if found_slope > known else known
                    found = 0
                    for b in range(LANES):
                        chosen[found] = b
                        found += moved[b]
                    for j in range(found):
                        b = chosen[j]
                        if count[b] == 0:
                            continue
                        h = eye[e + np.uint64(b)] + sunk + slant * places[b]
                        i = touched(place, height, b, count[b], current[b], eye_place, h)
                        found_slope = (height[b, i] - h) / (place[b, i] - eye_place) * per_run
                        if found_slope > steepest[e + np.uint64(b)]:
                            steepest[e + np.uint64(b)] = found_slope
                        current[b] = i
                        watch(place, height, b, count[b], i, watched)
                passing = start + slope * (ahead - 1)
                low, high = math.floor(passing), math.floor(passing + slope)
                if low != high and ahead > tested:
                    x = np.float32(ahead - 1 + (max(low, high) - passing) / slope)
                    found = 0
                    for b in range(LANES):
                        chosen[found] = b
                        found += is_crest[ahead * LANES + b]
                    for j in range(found):
                        b = chosen[j]
                        count[b] = joined(place, height, b, count[b], x, crest[ahead * LANES + b])
                        current[b] = min(current[b], count[b] - 1)
                        watch(place, height, b, count[b], current[b], watched)


@njit(cache=True, nogil=True)
def height_at(ground, pitch, margin, along, aside):
    """Bilinear height [m] at a place between pixels."""
    a, b = math.floor(along), math.floor(aside)
    u, v = along - a, aside - b
    g = a * pitch + margin + b
    here = ground[g] + (ground[g + 1] - ground[g]) * v if v > 0.0 else ground[g]
    if u <= 0.0:
        return here
    g += pitch
    on = ground[g] + (ground[g + 1] - ground[g]) * v if v > 0.0 else ground[g]
    return here + (on - here) * u


@njit(cache=True, nogil=True)
def hull_ring_kernel(
    ground,
    pitch,
    margin,
    along_count,
    aside_count,
    slope,
    parts,
    run,
    fall,
    centre_aside,
    hole,
    first_along,
    first_aside,
    step,
    along_targets,
    aside_targets,
    eye,
    steepest,
    eye_pitch,
    kink,
):
    """Raise `steepest` [1] to the slope from each eye to the ground of a coarser map outside a hole in it.

    `ground`, `slope`, `parts` and `fall` are as in `hull_sweep_kernel`; `hole` is the rectangle of finer ground,
    as lowest and highest place along and aside. Target (i, j) stands at first_along + i * step, first_aside + j * step,
    inside the hole; `eye` and `steepest` hold targets as in `hull_sweep_kernel`.
    """
    sample = np.empty(along_count, np.float64)
    place = np.empty((1, 2 * along_count + 4), np.float64)
    height = np.empty((1, 2 * along_count + 4), np.float64)
    beside = 0.5 / parts
    last_along = first_along + (along_targets - 1) * step
    last_aside = first_aside + (aside_targets - 1) * step
    swing = slope * first_along, slope * last_along
    first_line = math.floor((first_aside - max(swing[0], swing[1])) * parts) - 1
    last_line = math.ceil((last_aside - min(swing[0], swing[1])) * parts) + 1
    for line in range(first_line, last_line + 1):
        start = line / parts
        leaves = hole[1]
        end = float(along_count - 1)
        if slope > 0.0:
            leaves = min(leaves, (hole[3] - start) / slope)
            end = min(end, (aside_count - 1 - start) / slope)
        elif slope < 0.0:
            leaves = min(leaves, (hole[2] - start) / slope)
            end = min(end, -start / slope)
        if leaves < 0.0 or end < leaves:
            continue
        count = 0
        nearest, farthest = math.ceil(leaves), math.floor(end)
        count = joined(place, height, 0, count, end, height_at(ground, pitch, margin, end, start + slope * end))
        for a in range(nearest, farthest + 1):
            passing = start + slope * a
            low = math.floor(passing)
            g = a * pitch + margin + low
            sample[a] = ground[g] + (passing - low) * (ground[g + 1] - ground[g])
        for a in range(farthest, nearest - 1, -1):
            inside = nearest < a < farthest
            if not (inside and sample[a - 1] + sample[a + 1] >= 2.0 * sample[a]) and a < end:
                count = joined(place, height, 0, count, float(a), sample[a])
            passing = start + slope * (a - 1)
            low, high = math.floor(passing), math.floor(passing + slope)
            if low != high and a > nearest:
                crossed = max(low, high)
                share = (crossed - passing) / slope
                g = (a - 1) * pitch + margin + crossed
                h = ground[g] + share * (ground[g + pitch] - ground[g])
                if h - (sample[a - 1] + share * (sample[a] - sample[a - 1])) > kink:
                    count = joined(place, height, 0, count, a - 1 + share, h)
        if leaves < nearest and leaves < end:
            h = height_at(ground, pitch, margin, leaves, start + slope * leaves)
            count = joined(place, height, 0, count, leaves, h)
        i = 0
        for target in range(along_targets):
            x = first_along + target * step
            passing = (start + slope * x - first_aside) / step
            j_from = max(0, math.ceil(passing - beside / step))
            j_to = min(aside_targets, math.ceil(passing + beside / step))
            for j in range(j_from, j_to):
                e = target * eye_pitch + LANES + j
                h = eye[e] + fall * (j - passing) * step * (first_aside + j * step - centre_aside)
                i = touched(place, height, 0, count, i, x, h)
                found = (height[0, i] - h) / ((place[0, i] - x) * run)
                if found > steepest[e]:
                    steepest[e] = found
