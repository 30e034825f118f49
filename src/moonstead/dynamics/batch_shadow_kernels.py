"""Kernel of what shadows take from the push of sunlight on one of sixteen spacecraft during a step.

Steps do not end at edges of shadow: there would be one for each spacecraft. The integrator holds the Sun unhidden,
which leaves it a smooth force; what the shadows take away is integrated along the step, split at its edges, and carried
to the step's end by the gradient of the centre's pull. What is left out is of the second order in that loss.
"""

import math

from numba import njit

from moonstead.dynamics.batch_force_kernels import FLOW, MASS, PUSH
from moonstead.dynamics.batch_gravity_kernels import WIDTH
from moonstead.dynamics.batch_path_kernels import PATH_SIZE, least_distance, place, sag, write_path
from moonstead.dynamics.ephemeris_kernels import BODIES, body_positions
from moonstead.dynamics.places_tables import GM, HIDING_BODY, HIDING_COUNT, HIDING_RADIUS, SUN, SUN_RADIUS
from moonstead.dynamics.sunlight_kernels import WIDEST_SUN, sunlight

# A step has parts: phases of sunlight are looked at, and the loss is carried on, from one's end to that of the next
PART = 0.05  # [rad] of an orbit
MOST_PARTS = 16
EDGE_TIME = 1e-3  # [s] how closely an edge of shadow is located; next to it all but nothing, or all, is hidden
MOON_SPEED = 2e3  # [m/s] no body that hides the Sun from a spacecraft nearby moves faster about the centre
# Gauss-Legendre nodes and weights on (0, 1)
GAUSS_NODES = (
    0.033765242898423986,
    0.169395306766867743,
    0.380690406958401545,
    0.619309593041598455,
    0.830604693233132257,
    0.966234757101576014,
)
GAUSS_WEIGHTS = (
    0.085662246189585173,
    0.180380786524069304,
    0.233956967286345524,
    0.233956967286345524,
    0.180380786524069304,
    0.085662246189585173,
)
DARK_NODES = (0.211324865405187118, 0.788675134594812882)  # with equal weights, where the force is smooth
SUM = PATH_SIZE  # moments of the loss in a part: of power 0, 1, 2 over 2, 3 over 6 in the time that is left
SHADOW_WORK = SUM + 12


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _from_place(body, x, y, z, work):
    """Vector [m] from a place to a body."""
    if body < 0:
        return -x, -y, -z
    at = BODIES + 3 * body
    return work[at] - x, work[at + 1] - y, work[at + 2] - z


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _may_be_hidden(lane, h, p0, p1, a0, a1, tables, work):
    """Whether a path may meet a shadow during a step of h [s]; the bodies' places are those of about its end."""
    integers = tables.integers
    bend = sag(lane, h, a0, a1)
    for k in range(integers[HIDING_COUNT]):
        body = integers[integers[HIDING_BODY] + k]
        sx, sy, sz = _from_place(integers[SUN], p1[lane], p1[lane + WIDTH], p1[lane + 2 * WIDTH], work)
        x0, y0, z0 = _from_place(body, p0[lane], p0[lane + WIDTH], p0[lane + 2 * WIDTH], work)
        x1, y1, z1 = _from_place(body, p1[lane], p1[lane + WIDTH], p1[lane + 2 * WIDTH], work)
        scale = 1.0 / math.sqrt(sx * sx + sy * sy + sz * sz)
        sx *= scale
        sy *= scale
        sz *= scale
        along_0 = x0 * sx + y0 * sy + z0 * sz
        along_1 = x1 * sx + y1 * sy + z1 * sz
        aside = least_distance(
            x0 - along_0 * sx,
            y0 - along_0 * sy,
            z0 - along_0 * sz,
            x1 - along_1 * sx,
            y1 - along_1 * sy,
            z1 - along_1 * sz,
        )
        margin = bend if body < 0 else bend + MOON_SPEED * abs(h)
        farthest = max(along_0, along_1) + margin
        radius = tables.numbers[integers[HIDING_RADIUS] + k]
        if farthest > 0.0 and aside < (1.01 + WIDEST_SUN) * radius + WIDEST_SUN * farthest + margin:
            return True
    return False


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _look(s, t, h, tables, work, scratch):
    """Hidden share [1] of the Sun, the phase, and the vector [m] from the Sun, a share s [1] into the step."""
    integers = tables.integers
    numbers = tables.numbers
    body_positions(t + s * h, tables, work)
    x, y, z = place(s, scratch)
    sx, sy, sz = _from_place(integers[SUN], x, y, z, work)
    seen = 1.0
    phase = 0
    for k in range(integers[HIDING_COUNT]):
        bx, by, bz = _from_place(integers[integers[HIDING_BODY] + k], x, y, z, work)
        radius = numbers[integers[HIDING_RADIUS] + k]
        fraction, digit = sunlight(sx, sy, sz, bx, by, bz, numbers[SUN_RADIUS], radius)
        seen *= fraction
        phase = 4 * phase + digit
    return 1.0 - seen, phase, -sx, -sy, -sz


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _carried(s, gm, dx, dy, dz, scratch):
    """A small displacement [any unit] times the gradient [1/s^2] of the centre's pull, a share s [1] into the step."""
    x, y, z = place(s, scratch)
    square = x * x + y * y + z * z
    k = gm / (square * math.sqrt(square))
    along = 3.0 * (x * dx + y * dy + z * dz) / square
    return k * (along * x - dx), k * (along * y - dy), k * (along * z - dz)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _add_piece(lane, first, last, until, t, h, burn_start, tables, craft, work, scratch):
    """Add the moments of the loss in a piece of a part in which the phase does not change."""
    length = last - first
    dark = _look(0.5 * (first + last), t, h, tables, work, scratch)[0] == 1.0
    for node in range(len(DARK_NODES) if dark else len(GAUSS_NODES)):
        if dark:
            s = first + length * DARK_NODES[node]
            share = 0.5 * length * h
        else:
            # the visible share begins with the power 3/2 of time: nodes are clustered at both ends
            u = GAUSS_NODES[node]
            s = first + length * u * u * (3.0 - 2.0 * u)
            share = GAUSS_WEIGHTS[node] * 6.0 * u * (1.0 - u) * length * h
        hidden, _, dx, dy, dz = _look(s, t, h, tables, work, scratch)
        square = dx * dx + dy * dy + dz * dz
        weight = -share * hidden * craft[PUSH + lane] / (square * math.sqrt(square))
        if not math.isnan(burn_start):
            mass = craft[MASS + lane]
            weight *= mass / (mass - craft[FLOW + lane] * (t + s * h - burn_start))
        left = (until - s) * h
        for power in range(4):
            at = SUM + 3 * power
            scratch[at] += weight * dx
            scratch[at + 1] += weight * dy
            scratch[at + 2] += weight * dz
            weight *= left / (power + 1.0)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def lane_loss(lane, t, h, p0, v0, a0, p1, v1, a1, burn_start, tables, craft, work, scratch):
    """Correct position, velocity and acceleration of one spacecraft at the end of a step of h [s] for its shadows.

    All are (48,) [m, m/s, m/s^2]; the path between both ends is the quintic through them. The loss is carried on by
    Nystrom's method of order 4: Hairer, Norsett & Wanner (1993), Solving Ordinary Differential Equations I, II.14.
    """
    if not _may_be_hidden(lane, h, p0, p1, a0, a1, tables, work):
        return
    gm = tables.numbers[GM]
    write_path(lane, h, p0, v0, a0, p1, v1, a1, scratch)
    x = 0.0
    y = 0.0
    z = 0.0
    vx = 0.0
    vy = 0.0
    vz = 0.0
    square = p0[lane] ** 2 + p0[lane + WIDTH] ** 2 + p0[lane + 2 * WIDTH] ** 2
    turned = abs(h) * math.sqrt(gm / (square * math.sqrt(square)))
    parts = min(MOST_PARTS, 1 + int(min(turned / PART, 1e3)))
    length = h / parts
    phase = 0
    begun = False  # whether anything was hidden so far
    for part in range(parts + 1):
        until = part / parts
        _, after, _, _, _ = _look(until, t, h, tables, work, scratch)
        if part == 0:
            phase = after
            continue
        reached = until - 1.0 / parts
        if begun:
            ax, ay, az = _carried(reached, gm, x, y, z, scratch)
            k = 0.5 * length
            bx, by, bz = _carried(
                reached + 0.5 / parts,
                gm,
                x + k * (vx + 0.5 * k * ax),
                y + k * (vy + 0.5 * k * ay),
                z + k * (vz + 0.5 * k * az),
                scratch,
            )
            cx, cy, cz = _carried(
                until,
                gm,
                x + length * (vx + k * bx),
                y + length * (vy + k * by),
                z + length * (vz + k * bz),
                scratch,
            )
            k = length / 6.0
            x += length * (vx + k * (ax + 2.0 * bx))
            y += length * (vy + k * (ay + 2.0 * by))
            z += length * (vz + k * (az + 2.0 * bz))
            vx += k * (ax + 4.0 * bx + cx)
            vy += k * (ay + 4.0 * by + cy)
            vz += k * (az + 4.0 * bz + cz)
        if phase == 0 and after == 0:
            continue
        begun = True
        for k in range(12):
            scratch[SUM + k] = 0.0
        while reached < until:
            edge = until
            if after != phase:
                low = reached
                while (edge - low) * abs(h) > EDGE_TIME:
                    middle = 0.5 * (low + edge)
                    _, here, _, _, _ = _look(middle, t, h, tables, work, scratch)
                    if here == phase:
                        low = middle
                    else:
                        edge = middle
                        after = here
            if phase != 0:
                _add_piece(lane, reached, edge, until, t, h, burn_start, tables, craft, work, scratch)
            phase = after
            reached = edge
            if reached < until:
                _, after, _, _, _ = _look(until, t, h, tables, work, scratch)
        middle = until - 0.5 / parts
        ax, ay, az = _carried(middle, gm, scratch[SUM + 9], scratch[SUM + 10], scratch[SUM + 11], scratch)
        x += scratch[SUM + 3] + ax
        y += scratch[SUM + 4] + ay
        z += scratch[SUM + 5] + az
        ax, ay, az = _carried(middle, gm, scratch[SUM + 6], scratch[SUM + 7], scratch[SUM + 8], scratch)
        vx += scratch[SUM] + ax
        vy += scratch[SUM + 1] + ay
        vz += scratch[SUM + 2] + az
    if begun:
        ax, ay, az = _carried(1.0, gm, x, y, z, scratch)
        i = lane
        j = lane + WIDTH
        k = lane + 2 * WIDTH
        p1[i] += x
        p1[j] += y
        p1[k] += z
        v1[i] += vx
        v1[j] += vy
        v1[k] += vz
        a1[i] += ax
        a1[j] += ay
        a1[k] += az
