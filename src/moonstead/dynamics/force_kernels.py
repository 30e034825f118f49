"""Kernels of all forces on a spacecraft: acceleration, its partial derivatives, the phase of sunlight.

`tables` is a `forces_tables.ForceTables`; times are seconds past its epoch, positions are from the centre in ICRF axes.

Here, as in all kernels that run inside a step and make no arrays, ``_nrt=False`` leaves out the reference counts that
numba would keep for every array it touches; they cost as much as the forces of a field of degree 8.
"""

import math

from numba import njit

from moonstead.dynamics.ephemeris_kernels import body_positions, orientation_matrix
from moonstead.dynamics.gravity_kernels import GRAVITY_WORK, gravity_acceleration, gravity_gradient
from moonstead.dynamics.sunlight_kernels import sunlight

# Scratch space (FORCE_WORK,) of one force evaluation.
VECTOR = GRAVITY_WORK
MATRIX = VECTOR + 3
TENSOR = MATRIX + 9
BODIES = TENSOR + 9


@njit(cache=True, error_model="numpy", _nrt=False)
def work_size(tables):
    """How many numbers [1] of scratch space the forces need."""
    return BODIES + 3 * tables.weights.shape[0]


@njit(cache=True, error_model="numpy", _nrt=False)
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


@njit(cache=True, error_model="numpy", _nrt=False)
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


@njit(cache=True, error_model="numpy", _nrt=False)
def _turn_tensor(work, tensor):
    """Turn a tensor (3, 3) of the body's axes to the ICRF in place, with the rotation in the scratch space."""
    for i in range(3):
        for j in range(3):
            total = 0.0
            for k in range(3):
                total += tensor[i, k] * work[MATRIX + 3 * k + j]
            work[TENSOR + 3 * i + j] = total
    for i in range(3):
        for j in range(3):
            total = 0.0
            for k in range(3):
                total += work[MATRIX + 3 * k + i] * work[TENSOR + 3 * k + j]
            tensor[i, j] = total


@njit(cache=True, error_model="numpy", _nrt=False)
def _light(x, y, z, tables, work):
    """Visible share [1] of the Sun and the phase, one base-4 digit for each body that may hide it."""
    sun = BODIES + 3 * tables.sun
    sun_x = work[sun] - x
    sun_y = work[sun + 1] - y
    sun_z = work[sun + 2] - z
    share = 1.0
    phase = 0
    for k in range(tables.hiding.size):
        body = tables.hiding[k]
        body_x = -x
        body_y = -y
        body_z = -z
        if body >= 0:
            body_x += work[BODIES + 3 * body]
            body_y += work[BODIES + 3 * body + 1]
            body_z += work[BODIES + 3 * body + 2]
        fraction, digit = sunlight(
            sun_x, sun_y, sun_z, body_x, body_y, body_z, tables.sun_radius, tables.hiding_radius[k]
        )
        share *= fraction
        phase = 4 * phase + digit
    return share, phase


@njit(cache=True, error_model="numpy", _nrt=False)
def light_phase(t, position, tables, work):
    """Phase of sunlight at a position (3,) [m]; 0 where nothing hides any part of the Sun."""
    body_positions(t, tables.timing, tables.layout, tables.series, tables.weights, work, VECTOR, BODIES)
    return _light(position[0], position[1], position[2], tables, work)[1]


@njit(cache=True, error_model="numpy", _nrt=False)
def _density(altitude, atmosphere):
    """Density [kg/m^3] and its derivative by altitude [kg/m^4] of a layered exponential atmosphere (L, 3)."""
    layer = 0
    for k in range(1, atmosphere.shape[0]):
        if altitude >= atmosphere[k, 0]:
            layer = k
    density = atmosphere[layer, 1] * math.exp(-(altitude - atmosphere[layer, 0]) / atmosphere[layer, 2])
    return density, -density / atmosphere[layer, 2]


@njit(cache=True, error_model="numpy", _nrt=False)
def _drag(position, velocity, work, mass, tables, out, gradient, damping, with_gradient):
    """Add drag in an atmosphere that turns with the central body."""
    x = position[0]
    y = position[1]
    z = position[2]
    rate = tables.spin_rate
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
    altitude = r - tables.air_radius * (1.0 - tables.air_flattening * sine * sine)
    density, slope = _density(altitude, tables.atmosphere)
    speed = math.sqrt(wind_x * wind_x + wind_y * wind_y + wind_z * wind_z)
    k = -0.5 * tables.drag_area / mass
    out[0] += k * density * speed * wind_x
    out[1] += k * density * speed * wind_y
    out[2] += k * density * speed * wind_z
    if with_gradient:
        lift = 2.0 * tables.air_radius * tables.air_flattening * sine / r  # how the ellipsoid falls away to the poles
        for i in range(3):
            wind_i = wind_x if i == 0 else (wind_y if i == 1 else wind_z)
            for j in range(3):
                wind_j = wind_x if j == 0 else (wind_y if j == 1 else wind_z)
                part = k * density * wind_i * wind_j / speed
                if i == j:
                    part += k * density * speed
                damping[i, j] += part
                pole_j = pole_x if j == 0 else (pole_y if j == 1 else pole_z)
                upwards = position[j] / r + lift * (pole_j - sine * position[j] / r)
                gradient[i, j] += k * slope * speed * wind_i * upwards
        # the air's own velocity grows with position: d wind / d r = -[axis x]
        for i in range(3):
            d0 = damping[i, 0]
            d1 = damping[i, 1]
            d2 = damping[i, 2]
            gradient[i, 0] -= d1 * axis_z - d2 * axis_y
            gradient[i, 1] -= d2 * axis_x - d0 * axis_z
            gradient[i, 2] -= d0 * axis_y - d1 * axis_x


@njit(cache=True, error_model="numpy", _nrt=False)
def _thrust(t, position, velocity, mass, tables, out):
    """Add the thrust of a burn; its direction is fixed in the ICRF or in the radial, transverse, normal axes."""
    k = tables.thrust / mass
    d0 = tables.direction[0]
    d1 = tables.direction[1]
    d2 = tables.direction[2]
    if tables.thrust_axes == 0:
        out[0] += k * d0
        out[1] += k * d1
        out[2] += k * d2
        return
    r = math.sqrt(position[0] ** 2 + position[1] ** 2 + position[2] ** 2)
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


@njit(cache=True, error_model="numpy", _nrt=False)
def _relativity(position, velocity, gm, inverse_c2, out):
    """Add the Schwarzschild term of the centre.

    Source: IERS Conventions (2010), eq. 10.12, first line, beta = gamma = 1.
    """
    r2 = position[0] ** 2 + position[1] ** 2 + position[2] ** 2
    r = math.sqrt(r2)
    v2 = velocity[0] ** 2 + velocity[1] ** 2 + velocity[2] ** 2
    rv = position[0] * velocity[0] + position[1] * velocity[1] + position[2] * velocity[2]
    k = gm * inverse_c2 / (r2 * r)
    along = k * (4.0 * gm / r - v2)
    for i in range(3):
        out[i] += along * position[i] + 4.0 * k * rv * velocity[i]


@njit(cache=True, error_model="numpy", _nrt=False)
def forces(t, position, velocity, tables, work, out, gradient, damping, with_gradient):
    """Write the acceleration (3,) [m/s^2]; return the phase of sunlight.

    With `with_gradient` also its derivatives by position, `gradient` (3, 3) [1/s^2], and by velocity, `damping` (3, 3)
    [1/s]. Left out of these: the relativistic term (below 1e-9 of the whole) and how shadow depth varies with place.
    """
    x = position[0]
    y = position[1]
    z = position[2]
    body_positions(t, tables.timing, tables.layout, tables.series, tables.weights, work, VECTOR, BODIES)
    out[0] = 0.0
    out[1] = 0.0
    out[2] = 0.0
    if with_gradient:
        gradient[:, :] = 0.0
        damping[:, :] = 0.0
    phase = 0
    mass = tables.mass - tables.mass_flow * (t - tables.burn_start)

    if tables.orientation != 0:
        orientation_matrix(
            t,
            tables.orientation,
            tables.angle_timing,
            tables.angle_layout,
            tables.angles,
            tables.spin_angle,
            tables.spin_rate,
            work,
            VECTOR,
            MATRIX,
        )
    if tables.degree > 0:
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
        gm = tables.gm
        radius = tables.field_radius
        if with_gradient:
            gravity_gradient(body_x, body_y, body_z, gm, radius, tables.starts, tables.rows, work, out, gradient)
            _turn_tensor(work, gradient)
        else:
            gravity_acceleration(body_x, body_y, body_z, gm, radius, tables.starts, tables.rows, work, out)
        x_local = out[0]
        y_local = out[1]
        z_local = out[2]
        out[0] = m00 * x_local + m10 * y_local + m20 * z_local
        out[1] = m01 * x_local + m11 * y_local + m21 * z_local
        out[2] = m02 * x_local + m12 * y_local + m22 * z_local
    else:
        r2 = x * x + y * y + z * z
        k = -tables.gm / (r2 * math.sqrt(r2))
        out[0] = k * x
        out[1] = k * y
        out[2] = k * z
        if with_gradient:
            _add_tidal_tensor(x, y, z, tables.gm, gradient)

    for body in range(tables.body_gm.size):
        gm = tables.body_gm[body]
        at = BODIES + 3 * body
        if gm != 0.0:
            ax, ay, az = _third_body(x, y, z, work[at], work[at + 1], work[at + 2], gm)
            out[0] += ax
            out[1] += ay
            out[2] += az
            if with_gradient:
                _add_tidal_tensor(x - work[at], y - work[at + 1], z - work[at + 2], gm, gradient)

    if tables.radiation != 0.0:
        share, phase = _light(x, y, z, tables, work)
        if share > 0.0:
            sun = BODIES + 3 * tables.sun
            dx = x - work[sun]
            dy = y - work[sun + 1]
            dz = z - work[sun + 2]
            square = dx * dx + dy * dy + dz * dz
            k = share * tables.radiation / mass
            scale = k / (square * math.sqrt(square))
            out[0] += scale * dx
            out[1] += scale * dy
            out[2] += scale * dz
            if with_gradient:
                _add_tidal_tensor(dx, dy, dz, -k, gradient)

    if tables.drag_area != 0.0:
        _drag(position, velocity, work, mass, tables, out, gradient, damping, with_gradient)
    if tables.inverse_c2 != 0.0:
        _relativity(position, velocity, tables.gm, tables.inverse_c2, out)
    if tables.thrust != 0.0:
        _thrust(t, position, velocity, mass, tables, out)
    return phase
