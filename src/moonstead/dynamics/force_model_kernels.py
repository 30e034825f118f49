"""Kernels of all forces on a spacecraft: acceleration, its partial derivatives, the phase that tells their edges.

Other kernels call them through `force_kernels`.

`tables` is a `forces_tables.ForceTables`; times are seconds past its epoch, positions are from the centre in ICRF axes.

Here, as in all kernels that run inside a step and make no arrays, ``_nrt=False`` leaves out the reference counts that
numba would keep for every array it touches; they cost as much as the forces of a field of degree 8.
"""

import math

from numba import njit

from moonstead.dynamics.air_kernels import density
from moonstead.dynamics.ephemeris_kernels import BODIES, DENSER, MATRIX, WIND, body_positions, orientation_matrix
from moonstead.dynamics.gravity_kernels import gravity_acceleration, gravity_gradient
from moonstead.dynamics.places_tables import (
    AIR_FLATTENING,
    AIR_RADIUS,
    BODY_COUNT,
    BODY_GM,
    BURN_START,
    DIRECTION,
    DRAG_AREA,
    EPOCH,
    FIELD_PLACE,
    FIELD_RADIUS,
    GM,
    HARMONICS,
    HIDING_BODY,
    HIDING_COUNT,
    HIDING_RADIUS,
    INVERSE_C2,
    MASS,
    MASS_FLOW,
    RADIATION,
    SPIN_RATE,
    SUN,
    SUN_RADIUS,
    SURFACE_BODY,
    SURFACE_RADIUS,
    SWITCH_COUNT,
    SWITCH_RADIUS,
    THRUST,
    THRUST_AXES,
)
from moonstead.dynamics.sunlight_kernels import sunlight

NEAR_AXIS = 1e-12  # [1] square of the distance from the axis over that from the centre: 7 m in a low orbit


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _level(x, y, z, tables):
    """How many switches of the field's degree lie below a place, 0 where the full degree serves."""
    count = tables.integers[SWITCH_COUNT]
    if count == 0:
        return 0
    square = x * x + y * y + z * z
    first = tables.integers[SWITCH_RADIUS]
    level = 0
    while level < count and square > tables.numbers[first + level] * tables.numbers[first + level]:
        level += 1
    return level


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _third_body(x, y, z, body_x, body_y, body_z, gm):
    """Acceleration [m/s^2] by a third body less that of the centre, without loss of digits.

    Source: Battin (1999), An Introduction to the Mathematics and Methods of Astrodynamics, eqs. 8.60-8.62.
    """
    square = body_x * body_x + body_y * body_y + body_z * body_z
    q = (x * (x - 2.0 * body_x) + y * (y - 2.0 * body_y) + z * (z - 2.0 * body_z)) / square
    root = math.sqrt(1.0 + q)
    f = q * (3.0 + q * (3.0 + q)) / (1.0 + (1.0 + q) * root)
    distance = math.sqrt(square) * root
    k = -gm / (distance * distance * distance)
    return k * (x + f * body_x), k * (y + f * body_y), k * (z + f * body_z)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _add_tidal_tensor(x, y, z, gm, gradient):
    """Add the gradient [1/s^2] of a point mass's pull at the vector (x, y, z) [m] from it."""
    square = x * x + y * y + z * z
    k = gm / (square * math.sqrt(square))
    three = 3.0 * k / square
    gradient[0, 0] += three * x * x - k
    gradient[1, 1] += three * y * y - k
    gradient[2, 2] += three * z * z - k
    gradient[0, 1] += three * x * y
    gradient[1, 0] += three * x * y
    gradient[0, 2] += three * x * z
    gradient[2, 0] += three * x * z
    gradient[1, 2] += three * y * z
    gradient[2, 1] += three * y * z


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _turn_tensor(work, tensor):
    """Turn a symmetric tensor (3, 3) of the body's axes to the ICRF in place."""
    t00 = tensor[0, 0]
    t01 = tensor[0, 1]
    t02 = tensor[0, 2]
    t11 = tensor[1, 1]
    t12 = tensor[1, 2]
    t22 = tensor[2, 2]
    for j in range(3):
        m0 = work[MATRIX + j]
        m1 = work[MATRIX + 3 + j]
        m2 = work[MATRIX + 6 + j]
        half_0 = t00 * m0 + t01 * m1 + t02 * m2
        half_1 = t01 * m0 + t11 * m1 + t12 * m2
        half_2 = t02 * m0 + t12 * m1 + t22 * m2
        for i in range(3):
            tensor[i, j] = work[MATRIX + i] * half_0 + work[MATRIX + 3 + i] * half_1 + work[MATRIX + 6 + i] * half_2


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _light(x, y, z, tables, work):
    """Visible share [1] of the Sun and its phase, one base-4 digit for each body that may hide it."""
    integers = tables.integers
    sun = BODIES + 3 * integers[SUN]
    sun_x = work[sun] - x
    sun_y = work[sun + 1] - y
    sun_z = work[sun + 2] - z
    share = 1.0
    phase = 0
    for k in range(integers[HIDING_COUNT]):
        body = integers[integers[HIDING_BODY] + k]
        body_x = -x
        body_y = -y
        body_z = -z
        if body >= 0:
            body_x += work[BODIES + 3 * body]
            body_y += work[BODIES + 3 * body + 1]
            body_z += work[BODIES + 3 * body + 2]
        radius = tables.numbers[integers[HIDING_RADIUS] + k]
        fraction, digit = sunlight(sun_x, sun_y, sun_z, body_x, body_y, body_z, tables.numbers[SUN_RADIUS], radius)
        share *= fraction
        phase = 4 * phase + digit
    return share, phase


@njit(cache=True, error_model="numpy", _nrt=False)
def light_phase(t, position, tables, work):
    """The phase that `forces` returns at a position (3,) [m], without the forces."""
    x = position[0]
    y = position[1]
    z = position[2]
    phase = 0
    if tables.numbers[RADIATION] != 0.0:
        body_positions(t, tables, work)
        phase = _light(x, y, z, tables, work)[1]
    return phase + (_level(x, y, z, tables) << (2 * tables.integers[HIDING_COUNT]))


@njit(cache=True, error_model="numpy", _nrt=False)
def _push(t, position, tables, work, out):
    """Write the acceleration (3,) [m/s^2] by all of the Sun's light; bodies as last evaluated."""
    numbers = tables.numbers
    sun = BODIES + 3 * tables.integers[SUN]
    dx = position[0] - work[sun]
    dy = position[1] - work[sun + 1]
    dz = position[2] - work[sun + 2]
    square = dx * dx + dy * dy + dz * dz
    mass = numbers[MASS] - numbers[MASS_FLOW] * (t - numbers[BURN_START])
    scale = numbers[RADIATION] / (mass * square * math.sqrt(square))
    out[0] = scale * dx
    out[1] = scale * dy
    out[2] = scale * dz


@njit(cache=True, error_model="numpy", _nrt=False)
def light_here(t, position, tables, work, out):
    """Twice the phase of sunlight plus the visible share [1] of the Sun; bodies as last evaluated.

    Where a body hides some of the Sun, the acceleration (3,) [m/s^2] by all of its light is written to `out`.
    """
    share, phase = _light(position[0], position[1], position[2], tables, work)
    if phase != 0:
        _push(t, position, tables, work, out)
    return 2.0 * phase + max(0.0, share)  # at the umbra's edge rounding leaves less than nothing


@njit(cache=True, error_model="numpy", _nrt=False)
def sun_share(t, position, tables, work, out):
    """Visible share [1] of the Sun; the acceleration (3,) [m/s^2] by all of its light is written to `out`."""
    body_positions(t, tables, work)
    _push(t, position, tables, work, out)
    return max(0.0, _light(position[0], position[1], position[2], tables, work)[0])


@njit(cache=True, error_model="numpy", _nrt=False)
def height(t, position, surface, tables, work):
    """Height [m] of a position (3,) [m] above a surface that is watched, counted from 0."""
    integers = tables.integers
    body = integers[integers[SURFACE_BODY] + surface]
    x = position[0]
    y = position[1]
    z = position[2]
    if body >= 0:
        body_positions(t, tables, work)
        x -= work[BODIES + 3 * body]
        y -= work[BODIES + 3 * body + 1]
        z -= work[BODIES + 3 * body + 2]
    return math.sqrt(x * x + y * y + z * z) - tables.numbers[integers[SURFACE_RADIUS] + surface]


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _drag(t, position, velocity, work, mass, tables, out, gradient, damping, with_gradient):
    """Add drag in an atmosphere that turns with the central body."""
    x = position[0]
    y = position[1]
    z = position[2]
    numbers = tables.numbers
    rate = numbers[SPIN_RATE]
    pole_x = work[MATRIX + 6]
    pole_y = work[MATRIX + 7]
    pole_z = work[MATRIX + 8]
    axis_x = rate * pole_x
    axis_y = rate * pole_y
    axis_z = rate * pole_z
    wind_x = velocity[0] - (axis_y * z - axis_z * y)
    wind_y = velocity[1] - (axis_z * x - axis_x * z)
    wind_z = velocity[2] - (axis_x * y - axis_y * x)
    r = math.sqrt(x * x + y * y + z * z)
    sine = (pole_x * x + pole_y * y + pole_z * z) / r
    altitude = r - numbers[AIR_RADIUS] * (1.0 - numbers[AIR_FLATTENING] * sine * sine)
    east_x = work[MATRIX] * x + work[MATRIX + 1] * y + work[MATRIX + 2] * z
    east_y = work[MATRIX + 3] * x + work[MATRIX + 4] * y + work[MATRIX + 5] * z
    thickness, slope, northwards, eastwards = density(
        t + numbers[EPOCH], altitude, math.asin(min(max(sine, -1.0), 1.0)), math.atan2(east_y, east_x), tables.air
    )
    speed = math.sqrt(wind_x * wind_x + wind_y * wind_y + wind_z * wind_z)
    k = -0.5 * numbers[DRAG_AREA] / mass
    work[WIND] = wind_x
    work[WIND + 1] = wind_y
    work[WIND + 2] = wind_z
    for i in range(3):
        out[i] += k * thickness * speed * work[WIND + i]
    if with_gradient:
        lift = 2.0 * numbers[AIR_RADIUS] * numbers[AIR_FLATTENING] * sine / r  # how the ellipsoid falls to the poles
        ring = max(east_x * east_x + east_y * east_y, NEAR_AXIS * r * r)
        northwards /= math.sqrt(ring)
        eastwards /= ring
        for i in range(3):
            up = position[i] / r
            north = work[MATRIX + 6 + i] - sine * up
            east = east_x * work[MATRIX + 3 + i] - east_y * work[MATRIX + i]
            work[DENSER + i] = slope * (up + lift * north) + northwards * north + eastwards * east
        for i in range(3):
            damping[i, i] += k * thickness * speed
            for j in range(3):
                damping[i, j] += k * thickness * work[WIND + i] * work[WIND + j] / speed
                gradient[i, j] += k * speed * work[WIND + i] * work[DENSER + j]
        # the air's own velocity grows with position: d wind / d r = -[axis x]
        for i in range(3):
            d0 = damping[i, 0]
            d1 = damping[i, 1]
            d2 = damping[i, 2]
            gradient[i, 0] -= d1 * axis_z - d2 * axis_y
            gradient[i, 1] -= d2 * axis_x - d0 * axis_z
            gradient[i, 2] -= d0 * axis_y - d1 * axis_x


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _thrust(position, velocity, mass, tables, out):
    """Add the thrust of a burn; its direction is fixed in the ICRF or in the radial, transverse, normal axes."""
    k = tables.numbers[THRUST] / mass
    d0 = tables.numbers[DIRECTION]
    d1 = tables.numbers[DIRECTION + 1]
    d2 = tables.numbers[DIRECTION + 2]
    if tables.integers[THRUST_AXES] == 0:
        out[0] += k * d0
        out[1] += k * d1
        out[2] += k * d2
        return
    r = math.sqrt(position[0] * position[0] + position[1] * position[1] + position[2] * position[2])
    rx = position[0] / r
    ry = position[1] / r
    rz = position[2] / r
    nx = ry * velocity[2] - rz * velocity[1]
    ny = rz * velocity[0] - rx * velocity[2]
    nz = rx * velocity[1] - ry * velocity[0]
    n = math.sqrt(nx * nx + ny * ny + nz * nz)
    nx /= n
    ny /= n
    nz /= n
    out[0] += k * (d0 * rx + d1 * (ny * rz - nz * ry) + d2 * nx)
    out[1] += k * (d0 * ry + d1 * (nz * rx - nx * rz) + d2 * ny)
    out[2] += k * (d0 * rz + d1 * (nx * ry - ny * rx) + d2 * nz)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _relativity(position, velocity, gm, inverse_c2, out):
    """Add the Schwarzschild term of the centre.

    Source: IERS Conventions (2010), eq. 10.12, first line, beta = gamma = 1.
    """
    r2 = position[0] * position[0] + position[1] * position[1] + position[2] * position[2]
    r = math.sqrt(r2)
    v2 = velocity[0] * velocity[0] + velocity[1] * velocity[1] + velocity[2] * velocity[2]
    rv = position[0] * velocity[0] + position[1] * velocity[1] + position[2] * velocity[2]
    k = gm * inverse_c2 / (r2 * r)
    along = k * (4.0 * gm / r - v2)
    for i in range(3):
        out[i] += along * position[i] + 4.0 * k * rv * velocity[i]


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _field(x, y, z, level, tables, work, out, gradient, with_gradient):
    """Write the pull of the centre's field of a level, and its gradient, in ICRF axes."""
    m00 = work[MATRIX]
    m01 = work[MATRIX + 1]
    m02 = work[MATRIX + 2]
    m10 = work[MATRIX + 3]
    m11 = work[MATRIX + 4]
    m12 = work[MATRIX + 5]
    m20 = work[MATRIX + 6]
    m21 = work[MATRIX + 7]
    m22 = work[MATRIX + 8]
    body_x = m00 * x + m01 * y + m02 * z
    body_y = m10 * x + m11 * y + m12 * z
    body_z = m20 * x + m21 * y + m22 * z
    gm = tables.numbers[GM]
    radius = tables.numbers[FIELD_RADIUS]
    place = tables.integers[tables.integers[FIELD_PLACE] + level]
    if with_gradient:
        gravity_gradient(body_x, body_y, body_z, gm, radius, tables.field, place, out, gradient)
        _turn_tensor(work, gradient)
    else:
        gravity_acceleration(body_x, body_y, body_z, gm, radius, tables.field, place, out)
    x_local = out[0]
    y_local = out[1]
    z_local = out[2]
    out[0] = m00 * x_local + m10 * y_local + m20 * z_local
    out[1] = m01 * x_local + m11 * y_local + m21 * z_local
    out[2] = m02 * x_local + m12 * y_local + m22 * z_local


@njit(cache=True, error_model="numpy", _nrt=False)
def central_pull(position, tables, work, out, gradient, with_gradient):
    """Write the acceleration (3,) [m/s^2] by the centre alone where `forces` was just evaluated."""
    x = position[0]
    y = position[1]
    z = position[2]
    if tables.integers[HARMONICS] != 0:
        _field(x, y, z, _level(x, y, z, tables), tables, work, out, gradient, with_gradient)
        return
    r2 = x * x + y * y + z * z
    k = -tables.numbers[GM] / (r2 * math.sqrt(r2))
    out[0] = k * x
    out[1] = k * y
    out[2] = k * z


@njit(cache=True, error_model="numpy", _nrt=False)
def drag_pull(t, position, velocity, tables, work, out, gradient, damping, with_gradient):
    """Write the acceleration (3,) [m/s^2] by drag alone where `forces` was just evaluated."""
    out[0] = 0.0
    out[1] = 0.0
    out[2] = 0.0
    numbers = tables.numbers
    if numbers[DRAG_AREA] != 0.0:
        mass = numbers[MASS] - numbers[MASS_FLOW] * (t - numbers[BURN_START])
        _drag(t, position, velocity, work, mass, tables, out, gradient, damping, with_gradient)


@njit(cache=True, error_model="numpy", _nrt=False)
def forces(t, position, velocity, tables, work, out, gradient, damping, with_gradient, lit):
    """Write the acceleration (3,) [m/s^2]; return the phase, a number that changes where the forces have an edge.

    The phase holds the shadow's digits (`_light`) below the level of the field's degree. Where `lit` is true no body
    hides the Sun, and the digits are 0. With `with_gradient` also the derivatives by position, `gradient` (3, 3)
    [1/s^2], and by velocity, `damping` (3, 3) [1/s], are written. Left out of these: the relativistic term (below 1e-9
    of the whole) and how shadow depth varies with place.
    """
    x = position[0]
    y = position[1]
    z = position[2]
    numbers = tables.numbers
    integers = tables.integers
    body_positions(t, tables, work)
    orientation_matrix(t, tables, work)
    mass = numbers[MASS] - numbers[MASS_FLOW] * (t - numbers[BURN_START])
    level = _level(x, y, z, tables)
    phase = level << (2 * integers[HIDING_COUNT])
    if with_gradient:
        for i in range(3):
            for j in range(3):
                gradient[i, j] = 0.0
                damping[i, j] = 0.0

    if integers[HARMONICS] != 0:
        _field(x, y, z, level, tables, work, out, gradient, with_gradient)
    else:
        r2 = x * x + y * y + z * z
        k = -numbers[GM] / (r2 * math.sqrt(r2))
        out[0] = k * x
        out[1] = k * y
        out[2] = k * z
        if with_gradient:
            _add_tidal_tensor(x, y, z, numbers[GM], gradient)

    for body in range(integers[BODY_COUNT]):
        gm = numbers[integers[BODY_GM] + body]
        at = BODIES + 3 * body
        if gm != 0.0:
            ax, ay, az = _third_body(x, y, z, work[at], work[at + 1], work[at + 2], gm)
            out[0] += ax
            out[1] += ay
            out[2] += az
            if with_gradient:
                _add_tidal_tensor(x - work[at], y - work[at + 1], z - work[at + 2], gm, gradient)

    if numbers[RADIATION] != 0.0:
        share = 1.0
        if not lit:
            share, digits = _light(x, y, z, tables, work)
            phase += digits
        if share > 0.0:
            sun = BODIES + 3 * integers[SUN]
            dx = x - work[sun]
            dy = y - work[sun + 1]
            dz = z - work[sun + 2]
            square = dx * dx + dy * dy + dz * dz
            k = share * numbers[RADIATION] / mass
            scale = k / (square * math.sqrt(square))
            out[0] += scale * dx
            out[1] += scale * dy
            out[2] += scale * dz
            if with_gradient:
                _add_tidal_tensor(dx, dy, dz, -k, gradient)

    if numbers[DRAG_AREA] != 0.0:
        _drag(t, position, velocity, work, mass, tables, out, gradient, damping, with_gradient)
    if numbers[INVERSE_C2] != 0.0:
        _relativity(position, velocity, numbers[GM], numbers[INVERSE_C2], out)
    if numbers[THRUST] != 0.0:
        _thrust(position, velocity, mass, tables, out)
    return phase
