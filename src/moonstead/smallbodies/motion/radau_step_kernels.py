"""Kernels of one Gauss-Radau step of order 15 whose eight nodes are lanes: its path, its partials, the next guess."""

import math

from numba import njit

from moonstead.dynamics.vector_kernels import greater, load_lanes, spread, spread_from, sqrt_lanes, store_lanes
from moonstead.smallbodies.motion.force_kernels import (
    A1,
    A2,
    A3,
    PER_LIGHT2,
    X,
    Y,
    Z,
    gradients,
    newtonian,
    push_axes,
    small_forces,
)
from moonstead.smallbodies.motion.perturber_kernels import perturber_places
from moonstead.smallbodies.motion.perturber_tables import BODIES, EARTH, HEAVY, LANES, MOON, PLUTO, SUN
from moonstead.smallbodies.motion.radau_layout import (
    AXES_AT,
    COLUMNS,
    FLOWN,
    FORESEEN,
    FUTURE,
    GRADIENT,
    KEPT,
    LAST,
    LAST_PULL,
    LAST_TANGENT,
    LOST,
    MISSED,
    MOVED,
    MOVED_AXES,
    MOVED_SPEEDS,
    NEW,
    PATH,
    PULL,
    PULLED,
    SERIES,
    SMALL,
    SPEEDS,
    STATE,
    TANGENT,
    TANGENT_PATH,
    TANGENT_PULL,
    TANGENT_SMALL,
    TIMES,
    WORK,
)
from moonstead.smallbodies.motion.radau_tables import HIGHEST, NODES, PLACE, PLACE_END, SPEED, SPEED_END, C

SWEEPS = 12
TANGENT_SWEEPS = 12
ASIDE = 1e-6  # of the place: how far the push is tried aside of it
TANGENT_AGREES = 1e-10  # [1] of the largest partial
AGREES = 1e-4  # [m] by which the last sweep may move a node
FAR = 1.5  # ratio up to which the last prediction tells of the next one
REFRESH = 1e-6  # of the distance to the nearest of Sun, Earth and Moon: a shift after which small forces are taken anew


@njit(cache=True, error_model="numpy", _nrt=False)
def prepare_nodes(t, h, tables, basis, loose, loose_rates, places, rates, work):
    """Write the bodies' places [m] and velocities [m/s] at the nodes of a step, a lane for each node."""
    for k in range(NODES):
        work[TIMES + k] = t + C[k] * h
        perturber_places(work[TIMES + k], tables, basis, loose, 3 * BODIES * k, loose_rates, 3 * HEAVY * k)
    for q in range(3 * BODIES):
        for k in range(NODES):
            places[LANES * q + k] = loose[3 * BODIES * k + q]
    for q in range(3 * HEAVY):
        for k in range(NODES):
            rates[LANES * q + k] = loose_rates[3 * HEAVY * k + q]


@njit(cache=True, error_model="numpy", _nrt=False)
def extrapolation(ratio, work):
    """Write the polynomials [1] of the last step's nodes at those of a step `ratio` times as long that follows it."""
    nodes = 1.0 + ratio * load_lanes(C, 0)
    whole = spread(1.0)
    for i in range(NODES):
        whole = whole * (nodes - C[i])
    for i in range(NODES):
        store_lanes(work, FUTURE + LANES * i, HIGHEST[i] * whole / (nodes - C[i]))


@njit(cache=True, error_model="numpy", _nrt=False)
def trace(begin, rate, h, carry, at, work, to):
    """Write the place [m] at the nodes from place and velocity at the begin and the accelerations at carry[at:]."""
    h2 = h * h
    total = spread(0.0)
    for i in range(NODES):
        total = total + load_lanes(PLACE, LANES * i) * spread_from(carry, at + i)
    store_lanes(work, to, begin + ((h * rate) * load_lanes(C, 0) + h2 * total))


@njit(cache=True, error_model="numpy", _nrt=False)
def trace_speed(rate, h, carry, at, work, to):
    """Write the velocity [m/s] at the nodes likewise."""
    total = spread(0.0)
    for i in range(NODES):
        total = total + load_lanes(SPEED, LANES * i) * spread_from(carry, at + i)
    store_lanes(work, to, rate + h * total)


@njit(cache=True, error_model="numpy", _nrt=False)
def nearest(work, places, node):
    """Distance [m] to the nearest of Sun, Earth and Moon at a node."""
    least = 1e300
    for body in (SUN, EARTH, MOON):
        at = LANES * body + node
        dx = work[PATH + X + node] - places[at]
        dy = work[PATH + Y + node] - places[at + LANES * BODIES]
        dz = work[PATH + Z + node] - places[at + 2 * LANES * BODIES]
        least = min(least, dx * dx + dy * dy + dz * dz)
    return math.sqrt(least)


@njit(cache=True, error_model="numpy", _nrt=False)
def solve_step(h, tables, radii2, law, places, rates, carry, work):
    """Iterate the accelerations at the nodes; return the last shift of a node [m] and the number of sweeps."""
    shift = 1e300
    sweep = 0
    moved = 1e300  # since the small forces were evaluated
    limit = 0.0
    while sweep < SWEEPS and shift > AGREES:
        for c in range(3):
            trace(carry[STATE + c], carry[STATE + 3 + c], h, carry, PULL + LANES * c, work, PATH + LANES * c)
        if moved > limit:
            for c in range(3):
                trace_speed(carry[STATE + 3 + c], h, carry, PULL + LANES * c, work, SPEEDS + LANES * c)
            small_forces(
                work[TIMES : TIMES + LANES],
                work[PATH : PATH + 3 * LANES],
                work[SPEEDS : SPEEDS + 3 * LANES],
                places,
                rates,
                work[PULLED:TANGENT_PATH],
                tables,
                radii2,
                law,
                work[AXES_AT:PULLED],
                work[SMALL : SMALL + 3 * LANES],
            )
            limit = REFRESH * min(nearest(work, places, 0), nearest(work, places, LANES - 1), nearest(work, places, 4))
            moved = 0.0
        newtonian(
            work[PATH : PATH + 3 * LANES],
            places,
            tables.gm,
            radii2,
            0,
            PLUTO + 1,
            work[NEW : NEW + 3 * LANES],
            work[SMALL : SMALL + 3 * LANES],
        )
        most = 0.0
        for k in range(3 * LANES):
            most = max(most, abs(work[NEW + k] - carry[PULL + k]))
            carry[PULL + k] = work[NEW + k]
        shift = 0.5 * h * h * most
        moved += shift
        sweep += 1
    return shift, sweep


@njit(cache=True, error_model="numpy", _nrt=False)
def small_tangent(h, tables, law, places, rates, carry, work):
    """Write what the Sun's relativity and the push add to the accelerations of the partials [mixed] at the nodes.

    Variation of GM / (c^2 r^3) ((4 GM / r - v^2) r + 4 (r v) v) with place and velocity from the Sun; the push by
    differences.
    """
    pushed = law[A1] != 0.0 or law[A2] != 0.0 or law[A3] != 0.0
    gm = tables.gm[SUN]
    at = LANES * SUN
    rx = load_lanes(work, PATH + X) - load_lanes(places, at)
    ry = load_lanes(work, PATH + Y) - load_lanes(places, at + LANES * BODIES)
    rz = load_lanes(work, PATH + Z) - load_lanes(places, at + 2 * LANES * BODIES)
    vx = load_lanes(work, SPEEDS + X) - load_lanes(rates, at)
    vy = load_lanes(work, SPEEDS + Y) - load_lanes(rates, at + LANES * HEAVY)
    vz = load_lanes(work, SPEEDS + Z) - load_lanes(rates, at + 2 * LANES * HEAVY)
    inverse2 = 1.0 / (rx * rx + ry * ry + rz * rz)
    potential = gm * sqrt_lanes(inverse2)
    scale = PER_LIGHT2 * inverse2 * potential
    own = 4.0 * potential - (vx * vx + vy * vy + vz * vz)
    along = 4.0 * (rx * vx + ry * vy + rz * vz)
    for column in range(COLUMNS):
        place = LANES * column
        px = load_lanes(work, TANGENT_PATH + place)
        py = load_lanes(work, TANGENT_PATH + place + LANES * COLUMNS)
        pz = load_lanes(work, TANGENT_PATH + place + 2 * LANES * COLUMNS)
        for c in range(3):
            q = c * COLUMNS + column
            trace_speed(carry[TANGENT + SERIES + q], h, carry, TANGENT_PULL + LANES * q, work, NEW + LANES * c)
        qx = load_lanes(work, NEW)
        qy = load_lanes(work, NEW + LANES)
        qz = load_lanes(work, NEW + 2 * LANES)
        nearer = (rx * px + ry * py + rz * pz) * inverse2
        by_place = -4.0 * potential * nearer - 2.0 * (vx * qx + vy * qy + vz * qz) - 3.0 * nearer * own
        by_speed = 4.0 * (vx * px + vy * py + vz * pz + rx * qx + ry * qy + rz * qz) - 3.0 * nearer * along
        store_lanes(work, TANGENT_SMALL + place, scale * (own * px + by_place * rx + by_speed * vx + along * qx))
        place += LANES * COLUMNS
        store_lanes(work, TANGENT_SMALL + place, scale * (own * py + by_place * ry + by_speed * vy + along * qy))
        place += LANES * COLUMNS
        store_lanes(work, TANGENT_SMALL + place, scale * (own * pz + by_place * rz + by_speed * vz + along * qz))
        if not pushed:
            continue
        relative = greater(
            (px * px + py * py + pz * pz) * inverse2, (qx * qx + qy * qy + qz * qz) / (vx * vx + vy * vy + vz * vz)
        )
        store_lanes(work, MOVED, relative)
        most = 0.0
        for k in range(LANES):
            most = max(most, work[MOVED + k])
        if most == 0.0:
            continue
        part = ASIDE / math.sqrt(most)
        for c in range(3):
            at = TANGENT_PATH + LANES * (c * COLUMNS + column)
            moved = load_lanes(work, PATH + LANES * c) + part * load_lanes(work, at)
            store_lanes(work, MOVED + LANES * c, moved)
            moved = load_lanes(work, SPEEDS + LANES * c) + part * load_lanes(work, NEW + LANES * c)
            store_lanes(work, MOVED_SPEEDS + LANES * c, moved)
        push_axes(work[MOVED:MOVED_SPEEDS], work[MOVED_SPEEDS:MOVED_AXES], places, law, work[MOVED_AXES:WORK])
        for c in range(3):
            at = TANGENT_SMALL + LANES * (c * COLUMNS + column)
            total = load_lanes(work, at)
            for k in range(3):
                axis = LANES * (3 * k + c)
                change = load_lanes(work, MOVED_AXES + axis) - load_lanes(work, AXES_AT + axis)
                total = total + (law[A1 + k] / part) * change
            store_lanes(work, at, total)


@njit(cache=True, error_model="numpy", _nrt=False)
def solve_tangent(h, tables, radii2, law, places, rates, carry, work):
    """Iterate the accelerations of the partials [mixed] at the nodes, along the path of `solve_step`."""
    bodies = BODIES if tables.belt.shape[0] > 0 else PLUTO + 1
    gradients(work[PATH : PATH + 3 * LANES], places, tables.gm, radii2, bodies, work[GRADIENT:AXES_AT])
    for c in range(3):
        trace_speed(carry[STATE + 3 + c], h, carry, PULL + LANES * c, work, SPEEDS + LANES * c)
    push_axes(work[PATH : PATH + 3 * LANES], work[SPEEDS : SPEEDS + 3 * LANES], places, law, work[AXES_AT:PULLED])
    for sweep in range(TANGENT_SWEEPS):
        for q in range(SERIES):
            begin = carry[TANGENT + q]
            trace(
                begin, carry[TANGENT + SERIES + q], h, carry, TANGENT_PULL + LANES * q, work, TANGENT_PATH + LANES * q
            )
        if sweep == 0:
            small_tangent(h, tables, law, places, rates, carry, work)
        worst = 0.0
        for column in range(COLUMNS):
            at = TANGENT_PATH + LANES * column
            px = load_lanes(work, at)
            py = load_lanes(work, at + LANES * COLUMNS)
            pz = load_lanes(work, at + 2 * LANES * COLUMNS)
            xx = load_lanes(work, GRADIENT)
            xy = load_lanes(work, GRADIENT + LANES)
            xz = load_lanes(work, GRADIENT + 2 * LANES)
            yy = load_lanes(work, GRADIENT + 3 * LANES)
            yz = load_lanes(work, GRADIENT + 4 * LANES)
            zz = load_lanes(work, GRADIENT + 5 * LANES)
            at += TANGENT_SMALL - TANGENT_PATH
            ax = xx * px + xy * py + xz * pz + load_lanes(work, at)
            ay = xy * px + yy * py + yz * pz + load_lanes(work, at + LANES * COLUMNS)
            az = xz * px + yz * py + zz * pz + load_lanes(work, at + 2 * LANES * COLUMNS)
            if column >= 6:
                push = AXES_AT + 3 * LANES * (column - 6)
                ax = ax + load_lanes(work, push)
                ay = ay + load_lanes(work, push + LANES)
                az = az + load_lanes(work, push + 2 * LANES)
            store_lanes(work, NEW, ax)
            store_lanes(work, NEW + LANES, ay)
            store_lanes(work, NEW + 2 * LANES, az)
            change = 0.0
            size = 0.0
            for c in range(3):
                own = TANGENT_PULL + LANES * (c * COLUMNS + column)
                for k in range(LANES):
                    value = work[NEW + LANES * c + k]
                    change = max(change, abs(value - carry[own + k]))
                    size = max(size, abs(value))
                    carry[own + k] = value
            if size > 0.0:
                worst = max(worst, change / size)
        if worst < TANGENT_AGREES:
            break


@njit(cache=True, error_model="numpy", _nrt=False)
def add(carry, at, lost, change):
    """Add to a sum [m or m/s] and remember what rounding took: Kahan (1965), CACM 8, 40."""
    whole = change - carry[lost]
    total = carry[at] + whole
    carry[lost] = (total - carry[at]) - whole
    carry[at] = total


@njit(cache=True, error_model="numpy", _nrt=False)
def advance(h, carry, with_partials):
    """Carry state [m, m/s] and partials to the end of the step."""
    for c in range(3):
        place = 0.0
        speed = 0.0
        for i in range(NODES - 1, -1, -1):
            place += PLACE_END[i] * carry[PULL + LANES * c + i]
            speed += SPEED_END[i] * carry[PULL + LANES * c + i]
        add(carry, STATE + c, LOST + c, h * (carry[STATE + 3 + c] + h * place))
        add(carry, STATE + 3 + c, LOST + 3 + c, h * speed)
    if with_partials:
        for q in range(SERIES):
            place = 0.0
            speed = 0.0
            for i in range(NODES - 1, -1, -1):
                place += PLACE_END[i] * carry[TANGENT_PULL + LANES * q + i]
                speed += SPEED_END[i] * carry[TANGENT_PULL + LANES * q + i]
            carry[TANGENT + q] += h * (carry[TANGENT + SERIES + q] + h * place)
            carry[TANGENT + SERIES + q] += h * speed


@njit(cache=True, error_model="numpy", _nrt=False)
def foresee(h, carry, with_partials, work):
    """Predict the accelerations [m/s^2] at the nodes of the next step from those of the last one, which are kept."""
    zero = spread(0.0)
    if carry[FLOWN] == 0.0:
        for c in range(3):
            store_lanes(carry, PULL + LANES * c, zero)
        for q in range(SERIES if with_partials else 0):
            store_lanes(carry, TANGENT_PULL + LANES * q, zero)
        return
    if carry[KEPT] < carry[FLOWN]:
        for k in range(3 * LANES):
            carry[MISSED + k] = carry[PULL + k] - carry[FORESEEN + k]
            carry[LAST_PULL + k] = carry[PULL + k]
        for k in range(LANES * SERIES if with_partials else 0):
            carry[LAST_TANGENT + k] = carry[TANGENT_PULL + k]
        carry[KEPT] = carry[FLOWN]
    ratio = h / carry[LAST]
    extrapolation(ratio, work)
    # what the last prediction missed is missed again, as the power of the step that the prediction ends at
    again = ratio**NODES if ratio < FAR and carry[FLOWN] > 1.0 else 0.0
    for c in range(3):
        at = LANES * c
        total = zero
        for i in range(NODES):
            total = total + load_lanes(work, FUTURE + LANES * i) * spread_from(carry, LAST_PULL + at + i)
        store_lanes(carry, FORESEEN + at, total)
        store_lanes(carry, PULL + at, total + again * load_lanes(carry, MISSED + at))
    for q in range(SERIES if with_partials else 0):
        total = zero
        for i in range(NODES):
            total = total + load_lanes(work, FUTURE + LANES * i) * spread_from(carry, LAST_TANGENT + LANES * q + i)
        store_lanes(carry, TANGENT_PULL + LANES * q, total)
