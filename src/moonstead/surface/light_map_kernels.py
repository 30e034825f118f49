"""Kernels of light on maps: one body's path over a span against the skyline of each pixel of a gnomonic grid."""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

from numba import njit

CENTIDEGREE = math.pi / 18_000.0


@njit(cache=True, nogil=True)
def gather_skyline(centidegrees, row, column, skyline):
    """Write the skyline (A + 1,) [rad] of a pixel, closed at the end; return its lowest and highest value [rad]."""
    count = centidegrees.shape[0]
    lowest = math.inf
    highest = -math.inf
    for k in range(count):
        value = centidegrees[k, row, column] * CENTIDEGREE
        skyline[k] = value
        lowest = min(lowest, value)
        highest = max(highest, value)
    skyline[count] = skyline[0]
    return lowest, highest


@njit(cache=True, nogil=True)
def quick_arctan2(y, x):
    """Angle [rad] of (x, y) to 2e-8 rad, in a fifth of the time of the library's: Abramowitz & Stegun 4.4.49."""
    across = abs(y)
    along = abs(x)
    least = min(across, along)
    most = max(across, along)
    if most == 0.0:
        return 0.0
    t = least / most
    q = t * t
    series = -0.0161657367 + q * 0.0028662257
    series = -0.0752896400 + q * (0.0429096138 + q * series)
    series = -0.1420889944 + q * (0.1065626393 + q * series)
    angle = t * (1.0 + q * (-0.3333314528 + q * (0.1999355085 + q * series)))
    if across > along:
        angle = 0.5 * math.pi - angle
    if x < 0.0:
        angle = math.pi - angle
    return angle if y >= 0.0 else -angle


@njit(cache=True, nogil=True, error_model="numpy")
def shares_at_pixel(
    vectors, factor, reach, ux, uy, uz, radius, skyline, lowest, highest, nodes, chords, weights, table, share
):
    """Write the share [1] (N,) of a disc above a pixel's skyline; its vertical is the unit vector u [1].

    Axes are the map's: x, y, and outwards at its centre. On a gnomonic map the direction towards s is, up to a scale,
    (s_x u_z - u_x s_z, s_y u_z - u_y s_z): the derivative of the projection, in which the part of s along u cancels.
    No division by zero can occur: the pixel is never in the middle of the body, a skyline has steps.
    """
    steps = skyline.size - 1
    cells = table.size - 1
    for i in range(vectors.shape[0]):
        x = vectors[i, 0] - reach * ux
        y = vectors[i, 1] - reach * uy
        z = vectors[i, 2] - reach * uz
        above = x * ux + y * uy + z * uz
        squared = x * x + y * y + z * z
        level = math.sqrt(max(squared - above * above, 0.0))
        height = quick_arctan2(above, level)
        size = radius / math.sqrt(squared)  # a disc of half a degree or two: the arcsine adds 5e-5 of it
        if height - size >= highest:
            share[i] = factor[i]
            continue
        if height + size <= lowest:
            share[i] = 0.0
            continue
        turn = quick_arctan2(x * uz - ux * z, y * uz - uy * z) / (2.0 * math.pi)
        seen = 0.0
        for k in range(nodes.size):
            position = turn
            if nodes[k] != 0.0:  # a degree of azimuth is nearly a degree on the map: 3 % less at 300 km from its centre
                position += nodes[k] * radius / max(level, radius) / (2.0 * math.pi)
            position = (position - math.floor(position)) * steps
            left = min(int(position), steps - 1)
            edge = skyline[left] + (position - left) * (skyline[left + 1] - skyline[left])
            strip = 0.5 + 0.5 * (height - edge) / (chords[k] * size)
            if strip >= 1.0:
                seen += weights[k]
            elif strip > 0.0:
                place = strip * cells
                left = min(int(place), cells - 1)
                seen += weights[k] * (table[left] + (place - left) * (table[left + 1] - table[left]))
        share[i] = factor[i] * seen


@njit(cache=True, nogil=True)
def light_map_kernel(
    vectors,
    factor,
    centidegrees,
    radius,
    eye,
    x,
    y,
    first_row,
    last_row,
    body_radius,
    threshold,
    nodes,
    chords,
    weights,
    table,
    skyline,
    share,
    mean,
    above,
    longest_below,
    longest_above,
):
    """Write means and spells of a body's disc for rows of a map; lengths are in samples.

    `vectors` (N, 3) [m] lie along the map's axes; `factor` (N,) [1] is what else lets through of the disc; `eye`
    (n, m) [m] is the height above the sphere; `skyline` (A + 1,) and `share` (N,) are scratch.
    """
    count = vectors.shape[0]
    for row in range(first_row, last_row):
        for column in range(x.size):
            lowest, highest = gather_skyline(centidegrees, row, column, skyline)
            length = math.sqrt(x[column] * x[column] + y[row] * y[row] + radius * radius)
            shares_at_pixel(
                vectors,
                factor,
                radius + eye[row, column],
                x[column] / length,
                y[row] / length,
                radius / length,
                body_radius,
                skyline,
                lowest,
                highest,
                nodes,
                chords,
                weights,
                table,
                share,
            )
            total = 0.0
            over = 0
            run = 0
            was = False
            most_below = 0
            most_above = 0
            for i in range(count):
                total += share[i]
                lit = share[i] > threshold
                if lit != was:
                    run = 0
                    was = lit
                run += 1
                if lit:
                    over += 1
                    most_above = max(most_above, run)
                else:
                    most_below = max(most_below, run)
            mean[row, column] = total / count
            above[row, column] = over / count
            longest_below[row, column] = most_below
            longest_above[row, column] = most_above


@njit(cache=True, nogil=True)
def pixel_series_kernel(
    vectors,
    factor,
    centidegrees,
    radius,
    eye,
    x,
    y,
    rows,
    columns,
    body_radius,
    nodes,
    chords,
    weights,
    table,
    skyline,
    share,
    out,
):
    """Write the share [1] of a body's disc (K, N) at K pixels; arguments as in `light_map_kernel`."""
    for k in range(rows.size):
        row = rows[k]
        column = columns[k]
        lowest, highest = gather_skyline(centidegrees, row, column, skyline)
        length = math.sqrt(x[column] * x[column] + y[row] * y[row] + radius * radius)
        shares_at_pixel(
            vectors,
            factor,
            radius + eye[row, column],
            x[column] / length,
            y[row] / length,
            radius / length,
            body_radius,
            skyline,
            lowest,
            highest,
            nodes,
            chords,
            weights,
            table,
            share,
        )
        for i in range(share.size):
            out[k, i] = share[i]
