"""Kernels of what the shadows of bodies take from the push of sunlight during a step."""

import math

from numba import njit

from moonstead.dynamics.edge_kernels import quintic
from moonstead.dynamics.ephemeris_kernels import BODIES
from moonstead.dynamics.force_kernels import light_phase, sun_share
from moonstead.dynamics.places_tables import HIDING_BODY, HIDING_COUNT, HIDING_RADIUS, SUN, SUN_RADIUS

PARTS = 8  # of a step that are looked at for edges
EDGE_TIME = 1e-6  # [s] how closely an edge is located: the push is continuous there
# Gauss-Legendre nodes and weights on (0, 1): Abramowitz & Stegun (1964), table 25.4, moved from (-1, 1)
GAUSS_NODES = (
    0.013046735741414140,
    0.067468316655507744,
    0.160295215850487797,
    0.283302302935376405,
    0.425562830509184395,
    0.574437169490815605,
    0.716697697064623595,
    0.839704784149512203,
    0.932531683344492256,
    0.986953264258585860,
)
GAUSS_WEIGHTS = (
    0.033335672154344069,
    0.074725674575290296,
    0.109543181257991022,
    0.134633359654998178,
    0.147762112357376435,
    0.147762112357376435,
    0.134633359654998178,
    0.109543181257991022,
    0.074725674575290296,
    0.033335672154344069,
)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def near_shadow(position, square, tables, work):
    """Whether a step from sunlight to a position [m] may have met a shadow; bodies as last evaluated.

    `square` is that of the step's length [m^2]: a chord so long reaches no deeper below a body's limb than the eighth
    of it over the radius, and the bend of the path adds about as much.
    """
    integers = tables.integers
    sun = BODIES + 3 * integers[SUN]
    sun_x = work[sun] - position[0]
    sun_y = work[sun + 1] - position[1]
    sun_z = work[sun + 2] - position[2]
    sun_2 = sun_x * sun_x + sun_y * sun_y + sun_z * sun_z
    for k in range(integers[HIDING_COUNT]):
        body = integers[integers[HIDING_BODY] + k]
        body_x = -position[0]
        body_y = -position[1]
        body_z = -position[2]
        if body >= 0:
            body_x += work[BODIES + 3 * body]
            body_y += work[BODIES + 3 * body + 1]
            body_z += work[BODIES + 3 * body + 2]
        along = sun_x * body_x + sun_y * body_y + sun_z * body_z
        if along > 0.0:
            body_2 = body_x * body_x + body_y * body_y + body_z * body_z
            radius = tables.numbers[integers[HIDING_RADIUS] + k]
            half_shadow = tables.numbers[SUN_RADIUS] * math.sqrt(body_2 / sun_2)
            reach = 1.001 * radius + half_shadow + 0.5 * square / radius
            if body_2 - along * along / sun_2 < reach * reach:
                return True
    return False


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _add_piece(t, h, first, last, scratch, tables):
    """Add the integrals over a piece of a step, from one share of it to another, in which the phase does not change.

    At an edge the visible share of the Sun starts with the power 3/2 of time; the nodes are clustered there.
    """
    p = scratch.positions
    v = scratch.velocities
    a = scratch.accelerations
    lost = scratch.lost
    length = last - first
    for k in range(len(GAUSS_NODES)):
        u = GAUSS_NODES[k]
        s = first + length * u * u * (3.0 - 2.0 * u)
        quintic(s, h, p[0], v[0], a[0], p[1], v[1], a[1], scratch.point)
        share = sun_share(t + s * h, scratch.point, tables, scratch.work, scratch.push)
        weight = -(1.0 - share) * GAUSS_WEIGHTS[k] * 6.0 * u * (1.0 - u) * length * h
        for i in range(3):
            lost[i] += weight * scratch.push[i]
            lost[3 + i] += weight * scratch.push[i] * (1.0 - s) * h


@njit(cache=True, error_model="numpy", _nrt=False)
def shadow_loss(t, h, scratch, tables):
    """Write the changes of velocity [m/s] and position [m] by shadows in a step of h [s] to `scratch.lost` (6,).

    Positions, velocities and accelerations of the scratch are those at the step's ends without that change; between
    them the quintic serves. Edges of penumbra and umbra are located, and the integrals split there. The return value is
    their number; where they lie goes to `scratch.edges` in shares of the step, what was lost until then to
    `scratch.edge_losses`.
    """
    p = scratch.positions
    v = scratch.velocities
    a = scratch.accelerations
    point = scratch.point
    work = scratch.work
    lost = scratch.lost
    for i in range(6):
        lost[i] = 0.0
    found = 0
    begun = 0.0
    reached = 0.0
    before = light_phase(t, p[0], tables, work)
    for part in range(1, PARTS + 1):
        until = part / PARTS
        while reached < until:
            quintic(until, h, p[0], v[0], a[0], p[1], v[1], a[1], point)
            after = light_phase(t + until * h, point, tables, work)
            if after == before:
                reached = until
                continue
            low = reached
            high = until
            while (high - low) * abs(h) > EDGE_TIME:
                middle = 0.5 * (low + high)
                if middle in (low, high):
                    break
                quintic(middle, h, p[0], v[0], a[0], p[1], v[1], a[1], point)
                here = light_phase(t + middle * h, point, tables, work)
                if here == before:
                    low = middle
                else:
                    high = middle
                    after = here
            if before != 0:
                _add_piece(t, h, begun, high, scratch, tables)
            if found < scratch.edges.size:
                scratch.edges[found] = high
                for i in range(3):
                    scratch.edge_losses[found, i] = lost[i]
                    scratch.edge_losses[found, 3 + i] = lost[3 + i] - (1.0 - high) * h * lost[i]
                found += 1
            begun = high
            reached = high
            before = after
    if before != 0:
        _add_piece(t, h, begun, 1.0, scratch, tables)
    return found
