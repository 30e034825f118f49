"""Kernel of the shade that solar arrays throw on each other: exact areas of convex polygons."""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

import numpy as np
from numba import njit

MOST_CORNERS = 32  # of a piece: each cut adds at most one
MOST_PIECES = 256
EDGE_ON = 1e-9  # [1] of the panel's area: what it then throws or catches is rounding
DONE = 0
TOO_MANY = 1


@njit(cache=True)
def area_of(corners, count):
    """Area [m2] of a polygon (count, 2) [m], positive counter-clockwise."""
    twice = 0.0
    for k in range(count):
        j = k + 1 if k + 1 < count else 0
        twice += corners[k, 0] * corners[j, 1] - corners[j, 0] * corners[k, 1]
    return 0.5 * twice


@njit(cache=True)
def copy(corners, count, kept):
    """Copy a polygon (count, 2) [m]; slices would compile for seconds."""
    for k in range(count):
        kept[k, 0] = corners[k, 0]
        kept[k, 1] = corners[k, 1]


@njit(cache=True)
def cut(corners, count, ax, ay, bx, by, inside, kept):
    """Keep the part of a convex polygon (count, 2) [m] left of a line from a to b [m], or right; return its corners."""
    size = 0
    sign = 1.0 if inside else -1.0
    for k in range(count):
        j = k + 1 if k + 1 < count else 0
        here = sign * ((bx - ax) * (corners[k, 1] - ay) - (by - ay) * (corners[k, 0] - ax))
        there = sign * ((bx - ax) * (corners[j, 1] - ay) - (by - ay) * (corners[j, 0] - ax))
        if here >= 0.0:
            kept[size, 0] = corners[k, 0]
            kept[size, 1] = corners[k, 1]
            size += 1
        if (here > 0.0 and there < 0.0) or (here < 0.0 and there > 0.0):
            share = here / (here - there)
            kept[size, 0] = corners[k, 0] + share * (corners[j, 0] - corners[k, 0])
            kept[size, 1] = corners[k, 1] + share * (corners[j, 1] - corners[k, 1])
            size += 1
    return size


@njit(cache=True)
def lit_shares_kernel(sun, center, width, height, mounting, azimuth, tilt, lit):
    """Write the lit share [1] of P panels at N directions of the Sun into lit (P, N); return a status.

    sun (N, 2) [rad]: azimuth from north over east, and elevation; center (P, 3) [m] east, north, up; width and height
    (P,) [m]; mounting (P,): 0 fixed, 1 turns about the vertical, 2 faces the Sun; azimuth and tilt (P,) [rad].
    """
    panels = center.shape[0]
    projected = np.empty((panels, 4, 2))
    plane = np.empty((panels, 3))
    area = np.empty(panels)
    box = np.empty((panels, 4))
    pieces = np.empty((MOST_PIECES, MOST_CORNERS, 2))
    corners = np.empty(MOST_PIECES, np.int64)
    rest = np.empty((MOST_CORNERS, 2))
    other = np.empty((MOST_CORNERS, 2))
    for i in range(sun.shape[0]):
        turn, up = sun[i, 0], sun[i, 1]
        sx, sy, sz = math.cos(up) * math.sin(turn), math.cos(up) * math.cos(turn), math.sin(up)
        ux, uy, uz = math.cos(turn), -math.sin(turn), 0.0
        vx, vy, vz = -sz * math.sin(turn), -sz * math.cos(turn), math.cos(up)
        for p in range(panels):
            facing, lean = azimuth[p], tilt[p]
            if mounting[p] > 0:
                facing = turn
            if mounting[p] == 2:
                lean = 0.5 * math.pi - up
            nx, ny, nz = math.sin(lean) * math.sin(facing), math.sin(lean) * math.cos(facing), math.cos(lean)
            wx, wy = math.cos(facing), -math.sin(facing)
            hx, hy, hz = -math.cos(lean) * math.sin(facing), -math.cos(lean) * math.cos(facing), math.sin(lean)
            for k in range(4):
                a = 0.5 * width[p] * (1.0 if k == 0 or k == 3 else -1.0)
                b = 0.5 * height[p] * (1.0 if k < 2 else -1.0)
                x, y, z = center[p, 0] + a * wx + b * hx, center[p, 1] + a * wy + b * hy, center[p, 2] + b * hz
                projected[p, k, 0] = x * ux + y * uy + z * uz
                projected[p, k, 1] = x * vx + y * vy + z * vz
            area[p] = area_of(projected[p], 4)
            if area[p] < 0.0:
                for c in range(2):
                    projected[p, 1, c], projected[p, 3, c] = projected[p, 3, c], projected[p, 1, c]
                area[p] = -area[p]
            toward = nx * sx + ny * sy + nz * sz
            for k in range(3):
                plane[p, k] = 0.0
            if area[p] > EDGE_ON * width[p] * height[p]:
                plane[p, 0] = -(nx * ux + ny * uy + nz * uz) / toward
                plane[p, 1] = -(nx * vx + ny * vy + nz * vz) / toward
                plane[p, 2] = (nx * center[p, 0] + ny * center[p, 1] + nz * center[p, 2]) / toward
            for c in range(2):
                box[p, 2 * c] = min(projected[p, 0, c], projected[p, 1, c], projected[p, 2, c], projected[p, 3, c])
                box[p, 2 * c + 1] = max(projected[p, 0, c], projected[p, 1, c], projected[p, 2, c], projected[p, 3, c])
        for p in range(panels):
            lit[p, i] = 1.0
            if not area[p] > EDGE_ON * width[p] * height[p]:
                continue
            count = 1
            corners[0] = 4
            copy(projected[p], 4, pieces[0])
            for q in range(panels):
                if q == p or not area[q] > EDGE_ON * width[q] * height[q]:
                    continue
                if box[p, 0] >= box[q, 1] or box[q, 0] >= box[p, 1] or box[p, 2] >= box[q, 3] or box[q, 2] >= box[p, 3]:
                    continue
                # where they overlap one lies wholly before the other: look at the middle of the overlap
                size = 4
                copy(projected[p], 4, rest)
                for k in range(4):
                    j = (k + 1) % 4
                    size = cut(
                        rest, size, projected[q, k, 0], projected[q, k, 1], projected[q, j, 0], projected[q, j, 1],
                        True, other,
                    )  # fmt: skip
                    copy(other, size, rest)
                if size < 3 or not area_of(rest, size) > EDGE_ON * area[p]:
                    continue
                u, v = 0.0, 0.0
                for k in range(size):
                    u += rest[k, 0] / size
                    v += rest[k, 1] / size
                own = plane[p, 0] * u + plane[p, 1] * v + plane[p, 2]
                its = plane[q, 0] * u + plane[q, 1] * v + plane[q, 2]
                if its <= own:
                    continue
                before = count
                for piece in range(before):
                    size = corners[piece]
                    if size == 0:
                        continue
                    copy(pieces[piece], size, rest)
                    corners[piece] = 0
                    for k in range(4):
                        j = (k + 1) % 4
                        ax, ay = projected[q, k, 0], projected[q, k, 1]
                        bx, by = projected[q, j, 0], projected[q, j, 1]
                        outside = cut(rest, size, ax, ay, bx, by, False, other)
                        if outside >= 3 and area_of(other, outside) > EDGE_ON * area[p]:
                            if count == MOST_PIECES or outside >= MOST_CORNERS - 1:
                                return TOO_MANY
                            copy(other, outside, pieces[count])
                            corners[count] = outside
                            count += 1
                        size = cut(rest, size, ax, ay, bx, by, True, other)
                        copy(other, size, rest)
                        if size < 3:
                            break
                kept = 0
                for piece in range(count):
                    if corners[piece] > 0:
                        if kept != piece:
                            copy(pieces[piece], corners[piece], pieces[kept])
                            corners[kept] = corners[piece]
                        kept += 1
                count = kept
                if count == 0:
                    break
            seen = 0.0
            for piece in range(count):
                seen += area_of(pieces[piece], corners[piece])
            lit[p, i] = min(max(seen / area[p], 0.0), 1.0)
    return DONE
