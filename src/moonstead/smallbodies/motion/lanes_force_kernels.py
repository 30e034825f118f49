"""Kernel of the forces on eight small bodies at one time: the model of `force_kernels`, a lane is an orbit.

`here` and `speed` hold x, y, z, eight numbers each; `point` holds what `lanes_places_kernels` finds of the perturbing
bodies at that time, once for all orbits. What is small and changes little while a step settles, the rest, is told apart
from what the live bodies pull.
"""

from numba import njit

from moonstead.dynamics.vector_kernels import (
    LANES,
    load_lanes,
    rough_inverse_sqrt,
    spread,
    sqrt_lanes,
    store_lanes,
)
from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.smallbodies.motion.force_kernels import (
    DEGREE,
    EARTH_J2,
    EARTH_J3,
    EARTH_J4,
    EARTH_RADIUS,
    SUN_J2,
    SUN_POLE,
    SUN_RADIUS,
)
from moonstead.smallbodies.motion.lanes_places_kernels import (
    ASTEROIDS,
    INVERSE_C2,
    MOON_AXES,
    MOTION,
    PLACE,
    PLANETS,
    PULL,
    TERM,
)
from moonstead.smallbodies.motion.perturber_tables import BODIES, EARTH, FIRST_ASTEROID, HEAVY, MOON, SUN

Y, Z = LANES, 2 * LANES
ROW2, ROW3 = HEAVY, 2 * HEAVY
WIDTH = DEGREE + 2  # orders of the Moon's recurrence
FIELD_SCRATCH = 2 * WIDTH * WIDTH * LANES


@njit(cache=True, error_model="numpy", _nrt=False)
def live_pull(here, point, at, gm, live, count, out):
    """Write the Newtonian pull [m/s2] of `count` live bodies at places (24,) [m]."""
    x = load_lanes(here, 0)
    y = load_lanes(here, Y)
    z = load_lanes(here, Z)
    ax = spread(0.0)
    ay = spread(0.0)
    az = spread(0.0)
    for index in range(count):
        body = live[index]
        dx = x - point[at + PLACE + body]
        dy = y - point[at + PLACE + ROW2 + body]
        dz = z - point[at + PLACE + ROW3 + body]
        square = dx * dx + dy * dy + dz * dz
        inverse = rough_inverse_sqrt(square)
        error = 1.0 - square * inverse * inverse
        inverse += inverse * error * (0.5 + 0.375 * error)
        pull = gm[body] * inverse * inverse * inverse
        ax -= pull * dx
        ay -= pull * dy
        az -= pull * dz
    store_lanes(out, 0, ax)
    store_lanes(out, Y, ay)
    store_lanes(out, Z, az)


@njit(cache=True, error_model="numpy", _nrt=False)
def rest_pull(here, speed, point, at, gm, order, lively, relative, asteroids, push, pushes, out):
    """Write all other pulls [m/s2]: asteroids, far planets, relativity, the Sun's J2, A1, A2 and A3 of `push` (24,).

    Of the bodies in `order` (11,) the first `lively` are counted elsewhere, and the first `relative` pull by relativity
    too; that of the others, 1e-15 of the whole, is left out. Newhall, Standish & Williams (1983), A&A 125, 150, eq. 1,
    for a body without mass.
    """
    x = load_lanes(here, 0)
    y = load_lanes(here, Y)
    z = load_lanes(here, Z)
    vx = load_lanes(speed, 0)
    vy = load_lanes(speed, Y)
    vz = load_lanes(speed, Z)
    ax = spread(0.0)
    ay = spread(0.0)
    az = spread(0.0)
    if asteroids:
        for k in range(BODIES - FIRST_ASTEROID):
            dx = x - point[at + ASTEROIDS + k]
            dy = y - point[at + ASTEROIDS + ROW2 + k]
            dz = z - point[at + ASTEROIDS + ROW3 + k]
            inverse = rough_inverse_sqrt(dx * dx + dy * dy + dz * dz)
            pull = gm[FIRST_ASTEROID + k] * inverse * inverse * inverse
            ax -= pull * dx
            ay -= pull * dy
            az -= pull * dz
    for index in range(relative, PLANETS):
        place = at + PLACE + order[index]
        dx = x - point[place]
        dy = y - point[place + ROW2]
        dz = z - point[place + ROW3]
        square = dx * dx + dy * dy + dz * dz
        inverse = rough_inverse_sqrt(square)
        error = 1.0 - square * inverse * inverse
        inverse += inverse * error * (0.5 + 0.375 * error)
        pull = gm[order[index]] * inverse * inverse * inverse
        ax -= pull * dx
        ay -= pull * dy
        az -= pull * dz
    potential = spread(0.0)
    nx = spread(0.0)
    ny = spread(0.0)
    nz = spread(0.0)
    ex = spread(0.0)
    ey = spread(0.0)
    ez = spread(0.0)
    for index in range(relative):
        body = order[index]
        place = at + PLACE + body
        motion = at + MOTION + body
        dx = x - point[place]
        dy = y - point[place + ROW2]
        dz = z - point[place + ROW3]
        ux = point[motion]
        uy = point[motion + ROW2]
        uz = point[motion + ROW3]
        bx = point[at + PULL + body]
        by = point[at + PULL + ROW2 + body]
        bz = point[at + PULL + ROW3 + body]
        square = dx * dx + dy * dy + dz * dz
        inverse = rough_inverse_sqrt(square)
        error = 1.0 - square * inverse * inverse
        inverse += inverse * error * (0.5 + 0.375 * error)
        share = gm[body] * inverse
        inverse *= inverse
        pull = share * inverse
        gx = pull * dx
        gy = pull * dy
        gz = pull * dz
        if index >= lively:
            ax -= gx
            ay -= gy
            az -= gz
        potential += share
        nx += gx
        ny += gy
        nz += gz
        along = dx * ux + dy * uy + dz * uz
        factor = (
            point[at + TERM + body]
            - 4.0 * (vx * ux + vy * uy + vz * uz)
            - 1.5 * along * along * inverse
            - 0.5 * (dx * bx + dy * by + dz * bz)
        )
        drag = pull * (4.0 * (dx * vx + dy * vy + dz * vz) - 3.0 * along)
        share *= 3.5
        ex += drag * (vx - ux) + share * bx - factor * gx
        ey += drag * (vy - uy) + share * by - factor * gy
        ez += drag * (vz - uz) + share * bz - factor * gz
    own = vx * vx + vy * vy + vz * vz - 4.0 * potential
    ax += INVERSE_C2 * (ex - own * nx)
    ay += INVERSE_C2 * (ey - own * ny)
    az += INVERSE_C2 * (ez - own * nz)
    x = x - point[at + PLACE + SUN]
    y = y - point[at + PLACE + ROW2 + SUN]
    z = z - point[at + PLACE + ROW3 + SUN]
    square = x * x + y * y + z * z
    inverse = 1.0 / sqrt_lanes(square)
    u = (x * SUN_POLE[0] + y * SUN_POLE[1] + z * SUN_POLE[2]) * inverse
    ratio = SUN_RADIUS * inverse
    strength = gm[SUN] * SUN_J2 * inverse * inverse * ratio * ratio
    along = strength * (7.5 * u * u - 1.5) * inverse
    across = strength * 3.0 * u
    ax += along * x - across * SUN_POLE[0]
    ay += along * y - across * SUN_POLE[1]
    az += along * z - across * SUN_POLE[2]
    if pushes:
        vx -= point[at + MOTION + SUN]
        vy -= point[at + MOTION + ROW2 + SUN]
        vz -= point[at + MOTION + ROW3 + SUN]
        hx = y * vz - z * vy
        hy = z * vx - x * vz
        hz = x * vy - y * vx
        g = (ASTRONOMICAL_UNIT * ASTRONOMICAL_UNIT) * inverse * inverse
        radial = g * inverse * load_lanes(push, 0)
        normal = g / sqrt_lanes(hx * hx + hy * hy + hz * hz)
        transverse = normal * inverse * load_lanes(push, Y)
        normal *= load_lanes(push, Z)
        ax += radial * x + transverse * (hy * z - hz * y) + normal * hx
        ay += radial * y + transverse * (hz * x - hx * z) + normal * hy
        az += radial * z + transverse * (hx * y - hy * x) + normal * hz
    store_lanes(out, 0, ax)
    store_lanes(out, Y, ay)
    store_lanes(out, Z, az)


@njit(cache=True, error_model="numpy", _nrt=False)
def earth_zonals(here, point, at, gm, px, py, pz, out):
    """Add the pull [m/s2] of the Earth's J2 to J4 about its pole: gradient of -GM/r sum of J_n (R/r)^n P_n."""
    dx = load_lanes(here, 0) - point[at + PLACE + EARTH]
    dy = load_lanes(here, Y) - point[at + PLACE + ROW2 + EARTH]
    dz = load_lanes(here, Z) - point[at + PLACE + ROW3 + EARTH]
    inverse2 = 1.0 / (dx * dx + dy * dy + dz * dz)
    inverse = sqrt_lanes(inverse2)
    u = (dx * px + dy * py + dz * pz) * inverse
    u2 = u * u
    q = EARTH_RADIUS * inverse
    q2 = q * q
    along = EARTH_J2 * (7.5 * u2 - 1.5) + EARTH_J3 * q * u * (17.5 * u2 - 7.5)
    along += EARTH_J4 * q2 * (u2 * (39.375 * u2 - 26.25) + 1.875)
    across = EARTH_J2 * 3.0 * u + EARTH_J3 * q * (7.5 * u2 - 1.5) + EARTH_J4 * q2 * u * (17.5 * u2 - 7.5)
    strength = gm[EARTH] * inverse2 * q2
    along *= strength * inverse
    across *= strength
    store_lanes(out, 0, load_lanes(out, 0) + along * dx - across * px)
    store_lanes(out, Y, load_lanes(out, Y) + along * dy - across * py)
    store_lanes(out, Z, load_lanes(out, Z) + along * dz - across * pz)


@njit(cache=True, error_model="numpy", _nrt=False)
def moon_field(here, point, at, field, scratch, out):
    """Add the pull [m/s2] of the Moon's field of degrees 2 to 4; `scratch` (FIELD_SCRATCH,).

    Cunningham's recurrence: Montenbruck & Gill (2000), Satellite Orbits, eq. 3.27 to 3.33.
    """
    axes = at + MOON_AXES
    dx = load_lanes(here, 0) - point[at + PLACE + MOON]
    dy = load_lanes(here, Y) - point[at + PLACE + ROW2 + MOON]
    dz = load_lanes(here, Z) - point[at + PLACE + ROW3 + MOON]
    x = point[axes] * dx + point[axes + 1] * dy + point[axes + 2] * dz
    y = point[axes + 3] * dx + point[axes + 4] * dy + point[axes + 5] * dz
    z = point[axes + 6] * dx + point[axes + 7] * dy + point[axes + 8] * dz
    square = x * x + y * y + z * z
    inverse2 = 1.0 / square
    imaginary = LANES * WIDTH * WIDTH
    store_lanes(scratch, 0, sqrt_lanes(inverse2))
    store_lanes(scratch, imaginary, spread(0.0))
    for m in range(WIDTH):
        own = LANES * (m * WIDTH + m)
        if m > 0:
            last = LANES * ((m - 1) * WIDTH + m - 1)
            a = load_lanes(scratch, last)
            b = load_lanes(scratch, imaginary + last)
            factor = (2.0 * m - 1.0) * inverse2
            store_lanes(scratch, own, factor * (x * a - y * b))
            store_lanes(scratch, imaginary + own, factor * (x * b + y * a))
        for n in range(m + 1, WIDTH):
            own = LANES * (n * WIDTH + m)
            near = ((2.0 * n - 1.0) / (n - m)) * z * inverse2
            far = ((n + m - 1.0) / (n - m) if n > m + 1 else 0.0) * inverse2
            older = own - 2 * LANES * WIDTH if n > m + 1 else own - LANES * WIDTH
            for part in range(0, 2 * imaginary, imaginary):
                value = near * load_lanes(scratch, part + own - LANES * WIDTH) - far * load_lanes(scratch, part + older)
                store_lanes(scratch, part + own, value)
    ax = spread(0.0)
    ay = spread(0.0)
    az = spread(0.0)
    for n in range(2, DEGREE + 1):
        for m in range(n + 1):
            cosine = field[0, n, m]
            sine = field[1, n, m]
            own = LANES * ((n + 1) * WIDTH + m)
            real = load_lanes(scratch, own)
            az -= (n - m + 1.0) * (cosine * real + sine * load_lanes(scratch, imaginary + own))
            real = load_lanes(scratch, own + LANES)
            other = load_lanes(scratch, imaginary + own + LANES)
            share = 0.5 if m > 0 else 1.0
            ax -= share * (cosine * real + sine * other)
            ay += share * (sine * real - cosine * other)
            if m > 0:
                share = 0.5 * (n - m + 2.0) * (n - m + 1.0)
                real = load_lanes(scratch, own - LANES)
                other = load_lanes(scratch, imaginary + own - LANES)
                ax += share * (cosine * real + sine * other)
                ay += share * (sine * real - cosine * other)
    gx = point[axes] * ax + point[axes + 3] * ay + point[axes + 6] * az
    gy = point[axes + 1] * ax + point[axes + 4] * ay + point[axes + 7] * az
    gz = point[axes + 2] * ax + point[axes + 5] * ay + point[axes + 8] * az
    store_lanes(out, 0, load_lanes(out, 0) + gx)
    store_lanes(out, Y, load_lanes(out, Y) + gy)
    store_lanes(out, Z, load_lanes(out, Z) + gz)
