"""Kernel of the forces on sixteen spacecraft at one time: the bodies' places and the axes are found once for all.

An array of sixteen vectors holds sixteen x, then sixteen y, then sixteen z: (48,). `tables` is a
`forces_tables.ForceTables`. The Sun is never hidden here: what shadows take away is found by `batch_shadow_kernels`.
"""

import math

from numba import njit

from moonstead.dynamics.batch_gravity_kernels import WIDTH, gravity_lanes
from moonstead.dynamics.ephemeris_kernels import BODIES, MATRIX, body_positions, orientation_matrix
from moonstead.dynamics.places_tables import (
    BODY_COUNT,
    BODY_GM,
    DEGREE,
    FIELD_PLACE,
    FIELD_RADIUS,
    GM,
    HARMONICS,
    INVERSE_C2,
    LIMITS,
    RADIATION,
    SUN,
)
from moonstead.dynamics.vector_kernels import (
    LANES,
    load_lanes,
    spread,
    sqrt_lanes,
    store_lanes,
)

# Rows of sixteen numbers in `craft`, one number for each spacecraft.
PUSH = 0  # [N m^2/kg] acceleration by unhidden sunlight times the square of the distance, at the mass MASS
MASS = WIDTH  # [kg] when the burn begins
FLOW = 2 * WIDTH  # [kg/s]
THRUST = 3 * WIDTH  # [N] three rows: along the ICRF's axes
CRAFT_SIZE = 6 * WIDTH


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _degree(positions, tables):
    """Lowest degree [1] that leaves nothing out at the least distance of all."""
    square = math.inf
    for k in range(WIDTH):
        square = min(square, positions[k] ** 2 + positions[k + WIDTH] ** 2 + positions[k + 2 * WIDTH] ** 2)
    ratio = tables.numbers[FIELD_RADIUS] / math.sqrt(square)
    header = tables.integers[tables.integers[FIELD_PLACE]]
    degree = int(tables.field[header + DEGREE])
    limits = header + LIMITS
    while degree > 2 and ratio < tables.field[limits + degree - 1]:
        degree -= 1
    return degree


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _turn_in(positions, work, local):
    """Write sixteen positions [m] along the axes of the centre."""
    for group in range(0, WIDTH, LANES):
        x = load_lanes(positions, group)
        y = load_lanes(positions, group + WIDTH)
        z = load_lanes(positions, group + 2 * WIDTH)
        for i in range(3):
            row = MATRIX + 3 * i
            store_lanes(local, group + i * WIDTH, work[row] * x + work[row + 1] * y + work[row + 2] * z)


@njit(cache=True, error_model="numpy", _nrt=False)
def forces_lanes(t, positions, velocities, burn_start, tables, starts, rows, craft, work, local, out):
    """Write the accelerations (48,) [m/s^2] at t [s past the epoch], the Sun unhidden.

    `starts` and `rows` are `batch_gravity.field_columns`; `craft` (96,) is as the places above say, its thrust counted
    and its mass falling since `burn_start` [s], NaN for no burn; `work` (work_size,) and `local` (48,) are scratch
    space. Velocities (48,) [m/s] are read by the relativistic term alone.
    """
    numbers = tables.numbers
    integers = tables.integers
    body_positions(t, tables, work)
    gm = numbers[GM]
    harmonics = integers[HARMONICS] == 1
    if harmonics:
        orientation_matrix(t, tables, work)
        degree = _degree(positions, tables)
        _turn_in(positions, work, local)
        gravity_lanes(local, gm, numbers[FIELD_RADIUS], degree, starts, rows, out)
    for group in range(0, WIDTH, LANES):
        x = load_lanes(positions, group)
        y = load_lanes(positions, group + WIDTH)
        z = load_lanes(positions, group + 2 * WIDTH)
        if harmonics:
            a = load_lanes(out, group)
            b = load_lanes(out, group + WIDTH)
            c = load_lanes(out, group + 2 * WIDTH)
            ax = work[MATRIX] * a + work[MATRIX + 3] * b + work[MATRIX + 6] * c
            ay = work[MATRIX + 1] * a + work[MATRIX + 4] * b + work[MATRIX + 7] * c
            az = work[MATRIX + 2] * a + work[MATRIX + 5] * b + work[MATRIX + 8] * c
        else:
            square = x * x + y * y + z * z
            k = -gm / (square * sqrt_lanes(square))
            ax = k * x
            ay = k * y
            az = k * z
        for body in range(integers[BODY_COUNT]):
            body_gm = numbers[integers[BODY_GM] + body]
            if body_gm != 0.0:
                # Battin (1999), eqs. 8.60-8.62, as in `force_kernels`
                at = BODIES + 3 * body
                body_x = work[at]
                body_y = work[at + 1]
                body_z = work[at + 2]
                inverse = 1.0 / (body_x * body_x + body_y * body_y + body_z * body_z)
                q = inverse * (x * (x - 2.0 * body_x) + y * (y - 2.0 * body_y) + z * (z - 2.0 * body_z))
                ratio = 1.0 + q
                root = sqrt_lanes(ratio)
                f = q * (3.0 + q * (3.0 + q)) / (1.0 + ratio * root)
                k = (-body_gm * inverse * math.sqrt(inverse)) / (ratio * root)
                ax += k * (x + f * body_x)
                ay += k * (y + f * body_y)
                az += k * (z + f * body_z)
        mass_ratio = spread(1.0)  # mass at the start of a burn over that now
        if not math.isnan(burn_start):
            mass = load_lanes(craft, MASS + group)
            now = mass - (t - burn_start) * load_lanes(craft, FLOW + group)
            mass_ratio = mass / now
            ax += load_lanes(craft, THRUST + group) / now
            ay += load_lanes(craft, THRUST + WIDTH + group) / now
            az += load_lanes(craft, THRUST + 2 * WIDTH + group) / now
        if numbers[RADIATION] != 0.0:
            at = BODIES + 3 * integers[SUN]
            dx = x
            dy = y
            dz = z
            if integers[SUN] >= 0:
                dx = x - work[at]
                dy = y - work[at + 1]
                dz = z - work[at + 2]
            square = dx * dx + dy * dy + dz * dz
            k = mass_ratio * load_lanes(craft, PUSH + group) / (square * sqrt_lanes(square))
            ax += k * dx
            ay += k * dy
            az += k * dz
        if numbers[INVERSE_C2] != 0.0:
            # IERS Conventions (2010), eq. 10.12, first line, as in `force_kernels`
            vx = load_lanes(velocities, group)
            vy = load_lanes(velocities, group + WIDTH)
            vz = load_lanes(velocities, group + 2 * WIDTH)
            square = x * x + y * y + z * z
            r = sqrt_lanes(square)
            k = gm * numbers[INVERSE_C2] / (square * r)
            along = k * (4.0 * gm / r - (vx * vx + vy * vy + vz * vz))
            across = 4.0 * k * (x * vx + y * vy + z * vz)
            ax += along * x + across * vx
            ay += along * y + across * vy
            az += along * z + across * vz
        store_lanes(out, group, ax)
        store_lanes(out, group + WIDTH, ay)
        store_lanes(out, group + 2 * WIDTH, az)
