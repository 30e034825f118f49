"""Kernels of the forces on a small body, at the eight nodes of a step at once: a lane is a node.

A quantity of a step has eight numbers, one for each node. `path` and `speed` hold x, y, z, eight numbers each; `places`
holds for each component 32 bodies, eight numbers each; `rates` 16 bodies likewise.
"""

import math

from numba import njit

from moonstead.dynamics.vector_kernels import any_less, greater, load_lanes, spread, sqrt_lanes, store_lanes
from moonstead.foundation.constants import ARCSECOND, DAYS_PER_JULIAN_CENTURY, SECONDS_PER_DAY, SPEED_OF_LIGHT
from moonstead.smallbodies.motion.perturber_tables import AXES, BODIES, EARTH, HEAVY, LANES, MOON, PLUTO, SUN

X, Y, Z = 0, LANES, 2 * LANES  # components in `path`, `speed` and the accelerations
NEXT = BODIES * LANES  # from a component of `places` to the next
NEXT_RATE = HEAVY * LANES
PLANETS = PLUTO + 1
PER_LIGHT2 = 1.0 / (SPEED_OF_LIGHT * SPEED_OF_LIGHT)

# Zonal harmonics and radii of DE440: Park et al. (2021), AJ 161, 105; pole of the Sun: Archinal et al. (2018)
EARTH_RADIUS = 6_378_136.6
EARTH_J2 = 1.08262539e-3
EARTH_J3 = -2.53241e-6
EARTH_J4 = -1.619898e-6
SUN_RADIUS = 696_000_000.0
SUN_J2 = 2.1961391516529825e-7
SUN_POLE = (
    math.cos(math.radians(63.87)) * math.cos(math.radians(286.13)),
    math.cos(math.radians(63.87)) * math.sin(math.radians(286.13)),
    math.sin(math.radians(63.87)),
)

MOON_FIELD_REACH2 = (60.0 * 1_737_400.0) ** 2  # [m^2] where the field begins, by 4e-11 m/s^2: no step feels it
FIELD_SCRATCH = 72  # numbers of scratch space of `moon_field`
DEGREE = 4

# places in `law`
A1, A2, A3, ALPHA, R0, M, N, K = range(8)


@njit(cache=True, error_model="numpy", _nrt=False)
def newtonian(path, places, gm, radii2, first, last, pull, added):
    """Write to `pull` what bodies first .. last - 1 pull [m/s^2] at the nodes, and `added` on top.

    Within its radius a body pulls as if it were of even density, so that no force is without bound.
    """
    x = load_lanes(path, X)
    y = load_lanes(path, Y)
    z = load_lanes(path, Z)
    ax = load_lanes(added, X)
    ay = load_lanes(added, Y)
    az = load_lanes(added, Z)
    for body in range(first, last):
        at = LANES * body
        dx = load_lanes(places, at) - x
        dy = load_lanes(places, at + NEXT) - y
        dz = load_lanes(places, at + 2 * NEXT) - z
        r2 = greater(dx * dx + dy * dy + dz * dz, spread(radii2[body]))
        strength = gm[body] / (r2 * sqrt_lanes(r2))
        ax = ax + strength * dx
        ay = ay + strength * dy
        az = az + strength * dz
    store_lanes(pull, X, ax)
    store_lanes(pull, Y, ay)
    store_lanes(pull, Z, az)


@njit(cache=True, error_model="numpy", _nrt=False)
def perturbers_pulled(places, gm, pulled):
    """Write potential [m^2/s^2] and acceleration [m/s^2] of each of the planets, four vectors each.

    Sun and planets pull each other, Earth and Moon too. What planets do to each other is left out: Jupiter's potential
    over the square of light's speed, 3e-12 of a planet's pull.
    """
    zero = spread(0.0)
    for k in range(4 * PLANETS):
        store_lanes(pulled, LANES * k, zero)
    for pair in range(PLANETS):
        one = SUN if pair < PLANETS - 1 else EARTH
        other = pair + 1 if pair < PLANETS - 1 else MOON
        dx = load_lanes(places, LANES * other) - load_lanes(places, LANES * one)
        dy = load_lanes(places, LANES * other + NEXT) - load_lanes(places, LANES * one + NEXT)
        dz = load_lanes(places, LANES * other + 2 * NEXT) - load_lanes(places, LANES * one + 2 * NEXT)
        inverse2 = 1.0 / (dx * dx + dy * dy + dz * dz)
        inverse = sqrt_lanes(inverse2)
        cube = inverse * inverse2
        a = 4 * LANES * one
        b = 4 * LANES * other
        store_lanes(pulled, a, load_lanes(pulled, a) + gm[other] * inverse)
        store_lanes(pulled, b, load_lanes(pulled, b) + gm[one] * inverse)
        store_lanes(pulled, a + LANES, load_lanes(pulled, a + LANES) + gm[other] * cube * dx)
        store_lanes(pulled, a + 2 * LANES, load_lanes(pulled, a + 2 * LANES) + gm[other] * cube * dy)
        store_lanes(pulled, a + 3 * LANES, load_lanes(pulled, a + 3 * LANES) + gm[other] * cube * dz)
        store_lanes(pulled, b + LANES, load_lanes(pulled, b + LANES) - gm[one] * cube * dx)
        store_lanes(pulled, b + 2 * LANES, load_lanes(pulled, b + 2 * LANES) - gm[one] * cube * dy)
        store_lanes(pulled, b + 3 * LANES, load_lanes(pulled, b + 3 * LANES) - gm[one] * cube * dz)


@njit(cache=True, error_model="numpy", _nrt=False)
def relativity(path, speed, places, rates, gm, radii2, pulled, pull):
    """Add the post-Newtonian pull of Sun, planets and Moon (Einstein, Infeld & Hoffmann) [m/s^2] to `pull`.

    Newhall, Standish & Williams (1983), A&A 125, 150, eq. 1, for a body without mass, beta = gamma = 1.
    """
    x = load_lanes(path, X)
    y = load_lanes(path, Y)
    z = load_lanes(path, Z)
    vx = load_lanes(speed, X)
    vy = load_lanes(speed, Y)
    vz = load_lanes(speed, Z)
    potential = spread(0.0)
    for body in range(PLANETS):
        at = LANES * body
        dx = load_lanes(places, at) - x
        dy = load_lanes(places, at + NEXT) - y
        dz = load_lanes(places, at + 2 * NEXT) - z
        potential = potential + gm[body] / sqrt_lanes(greater(dx * dx + dy * dy + dz * dz, spread(radii2[body])))
    own = vx * vx + vy * vy + vz * vz - 4.0 * potential
    ax = spread(0.0)
    ay = spread(0.0)
    az = spread(0.0)
    for body in range(PLANETS):
        at = LANES * body
        dx = load_lanes(places, at) - x
        dy = load_lanes(places, at + NEXT) - y
        dz = load_lanes(places, at + 2 * NEXT) - z
        ux = load_lanes(rates, at)
        uy = load_lanes(rates, at + NEXT_RATE)
        uz = load_lanes(rates, at + 2 * NEXT_RATE)
        at = 4 * LANES * body
        bx = load_lanes(pulled, at + LANES)
        by = load_lanes(pulled, at + 2 * LANES)
        bz = load_lanes(pulled, at + 3 * LANES)
        inverse2 = 1.0 / greater(dx * dx + dy * dy + dz * dz, spread(radii2[body]))
        strength = gm[body] * sqrt_lanes(inverse2)  # GM / r
        along = dx * ux + dy * uy + dz * uz
        factor = (
            own
            - load_lanes(pulled, at)
            + 2.0 * (ux * ux + uy * uy + uz * uz)
            - 4.0 * (vx * ux + vy * uy + vz * uz)
            - 1.5 * along * along * inverse2
            + 0.5 * (dx * bx + dy * by + dz * bz)
        )
        drag = 3.0 * along - 4.0 * (dx * vx + dy * vy + dz * vz)
        cube = strength * inverse2
        ax = ax + cube * (factor * dx + drag * (vx - ux)) + 3.5 * strength * bx
        ay = ay + cube * (factor * dy + drag * (vy - uy)) + 3.5 * strength * by
        az = az + cube * (factor * dz + drag * (vz - uz)) + 3.5 * strength * bz
    store_lanes(pull, X, load_lanes(pull, X) + PER_LIGHT2 * ax)
    store_lanes(pull, Y, load_lanes(pull, Y) + PER_LIGHT2 * ay)
    store_lanes(pull, Z, load_lanes(pull, Z) + PER_LIGHT2 * az)


@njit(cache=True, error_model="numpy", _nrt=False)
def earth_pole(t):
    """Pole of the Earth (mean, of date) in the ICRF at t [s TDB past J2000]: IERS Conventions (2010), eq. 5.16."""
    c = t / (SECONDS_PER_DAY * DAYS_PER_JULIAN_CENTURY)
    x = ARCSECOND * (-0.016617 + c * (2004.191898 + c * (-0.4297829 - c * 0.19861834)))
    y = ARCSECOND * (-0.006951 + c * (-0.025896 + c * (-22.4072747 + c * 0.00190059)))
    return x, y, math.sqrt(1.0 - x * x - y * y)


@njit(cache=True, error_model="numpy", _nrt=False)
def zonal(path, places, body, gm, radius, j2, j3, j4, px, py, pz, pull):
    """Add the pull [m/s^2] of a body's oblateness about a pole to `pull`: gradient of -GM/r sum of J_n (R/r)^n P_n."""
    at = LANES * body
    dx = load_lanes(path, X) - load_lanes(places, at)
    dy = load_lanes(path, Y) - load_lanes(places, at + NEXT)
    dz = load_lanes(path, Z) - load_lanes(places, at + 2 * NEXT)
    inverse2 = 1.0 / greater(dx * dx + dy * dy + dz * dz, spread(radius * radius))
    inverse = sqrt_lanes(inverse2)
    u = (dx * px + dy * py + dz * pz) * inverse
    u2 = u * u
    q = radius * inverse
    q2 = q * q
    # along = sum of J_n q^n ((n + 1) P_n + u P_n'), across = sum of J_n q^n P_n'
    along = j2 * (7.5 * u2 - 1.5) + j3 * q * u * (17.5 * u2 - 7.5)
    along = along + j4 * q2 * (u2 * (39.375 * u2 - 26.25) + 1.875)
    across = j2 * (3.0 * u) + j3 * q * (7.5 * u2 - 1.5) + j4 * q2 * u * (17.5 * u2 - 7.5)
    strength = gm * inverse2 * q2
    along = strength * along * inverse
    across = strength * across
    store_lanes(pull, X, load_lanes(pull, X) + along * dx - across * px)
    store_lanes(pull, Y, load_lanes(pull, Y) + along * dy - across * py)
    store_lanes(pull, Z, load_lanes(pull, Z) + along * dz - across * pz)


@njit(cache=True, error_model="numpy", _nrt=False)
def moon_field(t, dx, dy, dz, tables, scratch):
    """Pull [m/s^2] of the Moon's field of degrees 2 to 4 at a place from the Moon [m] at t; ICRF axes.

    Cunningham's recurrence: Montenbruck & Gill (2000), Satellite Orbits, eq. 3.27 to 3.33.
    """
    clock = tables.clock
    axes = tables.axes
    after = (t - clock[AXES]) / clock[AXES + 1]
    record = min(max(math.floor(after), 0), axes.shape[0] - 1)
    s = 2.0 * (after - record) - 1.0
    before = 1.0
    now = s
    q0 = axes[record, 0, 0] + s * axes[record, 1, 0]
    q1 = axes[record, 0, 1] + s * axes[record, 1, 1]
    q2 = axes[record, 0, 2] + s * axes[record, 1, 2]
    q3 = axes[record, 0, 3] + s * axes[record, 1, 3]
    for k in range(2, axes.shape[1]):
        before, now = now, 2.0 * s * now - before
        q0 += now * axes[record, k, 0]
        q1 += now * axes[record, k, 1]
        q2 += now * axes[record, k, 2]
        q3 += now * axes[record, k, 3]
    m00 = q0 * q0 + q1 * q1 - q2 * q2 - q3 * q3
    m01 = 2.0 * (q1 * q2 + q0 * q3)
    m02 = 2.0 * (q1 * q3 - q0 * q2)
    m10 = 2.0 * (q1 * q2 - q0 * q3)
    m11 = q0 * q0 - q1 * q1 + q2 * q2 - q3 * q3
    m12 = 2.0 * (q2 * q3 + q0 * q1)
    m20 = 2.0 * (q1 * q3 + q0 * q2)
    m21 = 2.0 * (q2 * q3 - q0 * q1)
    m22 = q0 * q0 - q1 * q1 - q2 * q2 + q3 * q3
    x = m00 * dx + m01 * dy + m02 * dz
    y = m10 * dx + m11 * dy + m12 * dz
    z = m20 * dx + m21 * dy + m22 * dz
    r2 = max(dx * dx + dy * dy + dz * dz, tables.radii[MOON] ** 2)
    width = DEGREE + 2
    imaginary = width * width
    scratch[0] = 1.0 / math.sqrt(r2)
    scratch[imaginary] = 0.0
    for m in range(width):
        if m > 0:
            last = (m - 1) * width + m - 1
            own = m * width + m
            factor = (2 * m - 1) / r2
            scratch[own] = factor * (x * scratch[last] - y * scratch[imaginary + last])
            scratch[imaginary + own] = factor * (x * scratch[imaginary + last] + y * scratch[last])
        for n in range(m + 1, width):
            own = n * width + m
            near = (2 * n - 1) * z / ((n - m) * r2)
            scratch[own] = near * scratch[own - width]
            scratch[imaginary + own] = near * scratch[imaginary + own - width]
            if n > m + 1:
                far = (n + m - 1) / ((n - m) * r2)
                scratch[own] -= far * scratch[own - 2 * width]
                scratch[imaginary + own] -= far * scratch[imaginary + own - 2 * width]
    ax = 0.0
    ay = 0.0
    az = 0.0
    for n in range(2, DEGREE + 1):
        for m in range(n + 1):
            cosine = tables.field[0, n, m]
            sine = tables.field[1, n, m]
            own = (n + 1) * width + m
            az -= (n - m + 1) * (cosine * scratch[own] + sine * scratch[imaginary + own])
            up = own + 1
            if m == 0:
                ax -= cosine * scratch[up]
                ay -= cosine * scratch[imaginary + up]
            else:
                down = own - 1
                factor = (n - m + 2) * (n - m + 1)
                ax -= 0.5 * (cosine * scratch[up] + sine * scratch[imaginary + up])
                ax += 0.5 * factor * (cosine * scratch[down] + sine * scratch[imaginary + down])
                ay += 0.5 * (sine * scratch[up] - cosine * scratch[imaginary + up])
                ay += 0.5 * factor * (sine * scratch[down] - cosine * scratch[imaginary + down])
    return (
        m00 * ax + m10 * ay + m20 * az,
        m01 * ax + m11 * ay + m21 * az,
        m02 * ax + m12 * ay + m22 * az,
    )


@njit(cache=True, error_model="numpy", _nrt=False)
def push_axes(path, speed, places, law, axes):
    """Write g(r) [1] times the radial, transverse and normal directions: nine vectors, direction by direction."""
    dx = load_lanes(path, X) - load_lanes(places, LANES * SUN)
    dy = load_lanes(path, Y) - load_lanes(places, LANES * SUN + NEXT)
    dz = load_lanes(path, Z) - load_lanes(places, LANES * SUN + 2 * NEXT)
    vx = load_lanes(speed, X)
    vy = load_lanes(speed, Y)
    vz = load_lanes(speed, Z)
    hx = dy * vz - dz * vy
    hy = dz * vx - dx * vz
    hz = dx * vy - dy * vx
    r2 = dx * dx + dy * dy + dz * dz
    store_lanes(axes, 0, sqrt_lanes(r2))
    for k in range(LANES):
        ratio = axes[k] / law[R0]
        g = law[ALPHA] / (ratio * ratio) if law[M] == 2.0 else law[ALPHA] * ratio ** -law[M]
        if law[K] != 0.0:
            g *= (1.0 + ratio ** law[N]) ** -law[K]
        axes[k] = g
    g = load_lanes(axes, 0)
    radial = g / sqrt_lanes(r2)
    normal = g / sqrt_lanes(hx * hx + hy * hy + hz * hz)
    transverse = normal / sqrt_lanes(r2)
    store_lanes(axes, 0, radial * dx)
    store_lanes(axes, LANES, radial * dy)
    store_lanes(axes, 2 * LANES, radial * dz)
    store_lanes(axes, 3 * LANES, transverse * (hy * dz - hz * dy))
    store_lanes(axes, 4 * LANES, transverse * (hz * dx - hx * dz))
    store_lanes(axes, 5 * LANES, transverse * (hx * dy - hy * dx))
    store_lanes(axes, 6 * LANES, normal * hx)
    store_lanes(axes, 7 * LANES, normal * hy)
    store_lanes(axes, 8 * LANES, normal * hz)


@njit(cache=True, error_model="numpy", _nrt=False)
def small_forces(times, path, speed, places, rates, pulled, tables, radii2, law, scratch, pull):
    """Write to `pull` [m/s^2] all that is small: asteroids, relativity, oblateness, the Moon's field, A1, A2, A3."""
    gm = tables.gm
    zero = spread(0.0)
    store_lanes(pull, X, zero)
    store_lanes(pull, Y, zero)
    store_lanes(pull, Z, zero)
    if tables.belt.shape[0] > 0:
        newtonian(path, places, gm, radii2, HEAVY, BODIES, pull, pull)
    relativity(path, speed, places, rates, gm, radii2, pulled, pull)
    zonal(path, places, SUN, gm[SUN], SUN_RADIUS, SUN_J2, 0.0, 0.0, SUN_POLE[0], SUN_POLE[1], SUN_POLE[2], pull)
    px, py, pz = earth_pole(times[LANES // 2])
    zonal(path, places, EARTH, gm[EARTH], EARTH_RADIUS, EARTH_J2, EARTH_J3, EARTH_J4, px, py, pz, pull)
    if law[A1] != 0.0 or law[A2] != 0.0 or law[A3] != 0.0:
        push_axes(path, speed, places, law, scratch)
        for c in range(3):
            total = load_lanes(pull, LANES * c)
            total = total + law[A1] * load_lanes(scratch, LANES * c)
            total = total + law[A2] * load_lanes(scratch, LANES * (3 + c))
            total = total + law[A3] * load_lanes(scratch, LANES * (6 + c))
            store_lanes(pull, LANES * c, total)
    at = LANES * MOON
    dx = load_lanes(path, X) - load_lanes(places, at)
    dy = load_lanes(path, Y) - load_lanes(places, at + NEXT)
    dz = load_lanes(path, Z) - load_lanes(places, at + 2 * NEXT)
    if any_less(dx * dx + dy * dy + dz * dz, spread(MOON_FIELD_REACH2)):
        for k in range(LANES):
            x = path[X + k] - places[at + k]
            y = path[Y + k] - places[at + NEXT + k]
            z = path[Z + k] - places[at + 2 * NEXT + k]
            if x * x + y * y + z * z < MOON_FIELD_REACH2:
                ax, ay, az = moon_field(times[k], x, y, z, tables, scratch)
                pull[X + k] += ax
                pull[Y + k] += ay
                pull[Z + k] += az


@njit(cache=True, error_model="numpy", _nrt=False)
def gradients(path, places, gm, radii2, bodies, gradient):
    """Write the derivatives [1/s^2] of the Newtonian pull by place: xx, xy, xz, yy, yz, zz, eight numbers each."""
    x = load_lanes(path, X)
    y = load_lanes(path, Y)
    z = load_lanes(path, Z)
    xx = spread(0.0)
    xy = spread(0.0)
    xz = spread(0.0)
    yy = spread(0.0)
    yz = spread(0.0)
    zz = spread(0.0)
    for body in range(bodies):
        if gm[body] == 0.0:
            continue
        at = LANES * body
        dx = load_lanes(places, at) - x
        dy = load_lanes(places, at + NEXT) - y
        dz = load_lanes(places, at + 2 * NEXT) - z
        inverse2 = 1.0 / greater(dx * dx + dy * dy + dz * dz, spread(radii2[body]))
        strength = gm[body] * inverse2 * sqrt_lanes(inverse2)
        steep = 3.0 * strength * inverse2
        xx = xx + (steep * dx * dx - strength)
        xy = xy + steep * dx * dy
        xz = xz + steep * dx * dz
        yy = yy + (steep * dy * dy - strength)
        yz = yz + steep * dy * dz
        zz = zz + (steep * dz * dz - strength)
    store_lanes(gradient, 0, xx)
    store_lanes(gradient, LANES, xy)
    store_lanes(gradient, 2 * LANES, xz)
    store_lanes(gradient, 3 * LANES, yy)
    store_lanes(gradient, 4 * LANES, yz)
    store_lanes(gradient, 5 * LANES, zz)
