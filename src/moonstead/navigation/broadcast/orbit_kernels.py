"""Kernels of the broadcast orbits: one state for each pair of a message and a time."""

import math

from numba import njit

KEPLER, GEOSTATIONARY, GLONASS, SBAS = 0, 1, 2, 3

SPEED_OF_LIGHT = 299_792_458.0  # [m/s]
TILT = -5.0 / 180.0 * math.pi  # [rad] of the plane in which BeiDou describes its geostationary satellites
COS_TILT, SIN_TILT = math.cos(TILT), math.sin(TILT)
MOST_ITERATIONS = 20
KEPLER_LIMIT = 1e-14  # [rad] 0.4 um in the highest of these orbits
# GLONASS ICD 5.1, table 3.2 (PZ-90.11)
GLONASS_GM = 3.986_004_418e14  # [m3/s2]
GLONASS_RADIUS = 6_378_136.0  # [m]
GLONASS_J2 = 1.082_625_75e-3  # [1]
GLONASS_RATE = 7.292_115e-5  # [rad/s]
STEPS, LONGEST_STEP = 16, 57.0  # [s] of Runge-Kutta: one count within 15 minutes, so that the path has no kinks


@njit(cache=True)
def states_kernel(
    rows, gpst, offset, model, constants, orbit, state, reference, week_second, clock, clock_reference, position,
    velocity, bias, drift, relativity,
):  # fmt: skip
    """Write ITRF position (N, 3) [m] and velocity (N, 3) [m/s], clock [s] and drift [s/s], relativity [s].

    `rows` (N,) are messages (-1: none, the state stays as it is), times are `gpst` [s] + `offset` [s]. Of each message:
    `model`, `constants` (M, 2) GM [m3/s2] and turn of the Earth [rad/s], `orbit` (M, 17), `state` (M, 9) [m, m/s,
    m/s2], `reference` [s], `week_second` [s] the same in the week of the system, `clock` (M, 3) [s, s/s, s/s2].
    """
    for i in range(rows.size):
        row = rows[i]
        if row < 0:
            continue
        since = (gpst[i] - clock_reference[row]) + offset[i]
        bias[i] = clock[row, 0] + since * (clock[row, 1] + since * clock[row, 2])
        drift[i] = clock[row, 1] + 2.0 * since * clock[row, 2]
        t = (gpst[i] - reference[row]) + offset[i]
        if model[row] == KEPLER or model[row] == GEOSTATIONARY:
            relativity[i] = kepler_state(
                orbit[row], t, constants[row, 0], constants[row, 1], week_second[row], model[row] == GEOSTATIONARY,
                position[i], velocity[i],
            )  # fmt: skip
        elif model[row] == GLONASS:
            glonass_state(state[row], t, position[i], velocity[i])
            relativity[i] = 0.0
        else:
            for k in range(3):
                position[i, k] = state[row, k] + t * (state[row, 3 + k] + 0.5 * t * state[row, 6 + k])
                velocity[i, k] = state[row, 3 + k] + t * state[row, 6 + k]
            relativity[i] = 0.0


@njit(cache=True)
def kepler_state(orbit, t, gm, turn, week_second, geostationary, position, velocity):
    """Write position [m] and velocity [m/s] of elements at `t` [s] past their reference; returns relativity [s].

    `orbit` as ORBIT_COLUMNS, `gm` [m3/s2], `turn` [rad/s] of the Earth, `week_second` [s] of the reference time.
    """
    root, eccentricity = orbit[0], orbit[1]
    axis = root * root
    mean_motion = math.sqrt(gm / axis) / axis + orbit[8] + 0.5 * orbit[9] * t
    mean_motion_now = math.sqrt(gm / axis) / axis + orbit[8] + orbit[9] * t
    axis += orbit[10] * t
    mean = orbit[2] + mean_motion * t
    anomaly = mean + eccentricity * math.sin(mean)
    for _ in range(MOST_ITERATIONS):
        step = (anomaly - eccentricity * math.sin(anomaly) - mean) / (1.0 - eccentricity * math.cos(anomaly))
        anomaly -= step
        if abs(step) < KEPLER_LIMIT:
            break
    sine, cosine = math.sin(anomaly), math.cos(anomaly)
    below = 1.0 - eccentricity * cosine
    anomaly_rate = mean_motion_now / below
    flat = math.sqrt(1.0 - eccentricity * eccentricity)
    latitude = math.atan2(flat * sine, cosine - eccentricity) + orbit[3]
    latitude_rate = flat * anomaly_rate / below
    s2, c2 = math.sin(2.0 * latitude), math.cos(2.0 * latitude)
    u = latitude + orbit[12] * s2 + orbit[11] * c2
    u_rate = latitude_rate * (1.0 + 2.0 * (orbit[12] * c2 - orbit[11] * s2))
    r = axis * below + orbit[14] * s2 + orbit[13] * c2
    r_rate = (
        orbit[10] * below
        + axis * eccentricity * sine * anomaly_rate
        + 2.0 * latitude_rate * (orbit[14] * c2 - orbit[13] * s2)
    )
    i = orbit[5] + orbit[7] * t + orbit[16] * s2 + orbit[15] * c2
    i_rate = orbit[7] + 2.0 * latitude_rate * (orbit[16] * c2 - orbit[15] * s2)
    node_rate = orbit[6] if geostationary else orbit[6] - turn
    node = orbit[4] + node_rate * t - turn * week_second
    x, y = r * math.cos(u), r * math.sin(u)
    x_rate = r_rate * math.cos(u) - y * u_rate
    y_rate = r_rate * math.sin(u) + x * u_rate
    cn, sn, ci, si = math.cos(node), math.sin(node), math.cos(i), math.sin(i)
    px = x * cn - y * ci * sn
    py = x * sn + y * ci * cn
    pz = y * si
    across = y_rate * ci - y * si * i_rate
    vx = x_rate * cn - across * sn - py * node_rate
    vy = x_rate * sn + across * cn + px * node_rate
    vz = y_rate * si + y * ci * i_rate
    if geostationary:
        # about x by -5 degrees, then about z by the turn of the Earth since the reference time
        ty, tz = py * COS_TILT + pz * SIN_TILT, -py * SIN_TILT + pz * COS_TILT
        wy, wz = vy * COS_TILT + vz * SIN_TILT, -vy * SIN_TILT + vz * COS_TILT
        cz, sz = math.cos(turn * t), math.sin(turn * t)
        position[0], position[1], position[2] = px * cz + ty * sz, -px * sz + ty * cz, tz
        velocity[0] = vx * cz + wy * sz + turn * position[1]
        velocity[1] = -vx * sz + wy * cz - turn * position[0]
        velocity[2] = wz
    else:
        position[0], position[1], position[2] = px, py, pz
        velocity[0], velocity[1], velocity[2] = vx, vy, vz
    return -2.0 * math.sqrt(gm) / (SPEED_OF_LIGHT * SPEED_OF_LIGHT) * eccentricity * root * sine


@njit(cache=True)
def glonass_state(state, t, position, velocity):
    """Write position [m] and velocity [m/s] of a GLONASS state (9,) [m, m/s, m/s2] at `t` [s] past its t_b."""
    x, y, z = state[0], state[1], state[2]
    vx, vy, vz = state[3], state[4], state[5]
    ax, ay, az = state[6], state[7], state[8]
    count = max(math.ceil(abs(t) / LONGEST_STEP), STEPS)
    h = t / count
    for _ in range(count):
        ax1, ay1, az1 = glonass_acceleration(x, y, z, vx, vy, ax, ay, az)
        vx2, vy2, vz2 = vx + 0.5 * h * ax1, vy + 0.5 * h * ay1, vz + 0.5 * h * az1
        ax2, ay2, az2 = glonass_acceleration(x + 0.5 * h * vx, y + 0.5 * h * vy, z + 0.5 * h * vz, vx2, vy2, ax, ay, az)
        vx3, vy3, vz3 = vx + 0.5 * h * ax2, vy + 0.5 * h * ay2, vz + 0.5 * h * az2
        ax3, ay3, az3 = glonass_acceleration(
            x + 0.5 * h * vx2, y + 0.5 * h * vy2, z + 0.5 * h * vz2, vx3, vy3, ax, ay, az
        )
        vx4, vy4, vz4 = vx + h * ax3, vy + h * ay3, vz + h * az3
        ax4, ay4, az4 = glonass_acceleration(x + h * vx3, y + h * vy3, z + h * vz3, vx4, vy4, ax, ay, az)
        x += h / 6.0 * (vx + 2.0 * (vx2 + vx3) + vx4)
        y += h / 6.0 * (vy + 2.0 * (vy2 + vy3) + vy4)
        z += h / 6.0 * (vz + 2.0 * (vz2 + vz3) + vz4)
        vx += h / 6.0 * (ax1 + 2.0 * (ax2 + ax3) + ax4)
        vy += h / 6.0 * (ay1 + 2.0 * (ay2 + ay3) + ay4)
        vz += h / 6.0 * (az1 + 2.0 * (az2 + az3) + az4)
    position[0], position[1], position[2] = x, y, z
    velocity[0], velocity[1], velocity[2] = vx, vy, vz


@njit(cache=True)
def glonass_acceleration(x, y, z, vx, vy, ax, ay, az):
    """Acceleration [m/s2] in PZ-90.11 of a GLONASS satellite at (x, y, z) [m]; (ax, ay, az) [m/s2] of Sun and Moon."""
    r2 = x * x + y * y + z * z
    r = math.sqrt(r2)
    central = -GLONASS_GM / (r2 * r)
    oblate = 1.5 * GLONASS_J2 * GLONASS_GM * GLONASS_RADIUS * GLONASS_RADIUS / (r2 * r2 * r)
    five = 5.0 * z * z / r2
    plane = central - oblate * (1.0 - five) + GLONASS_RATE * GLONASS_RATE
    return (
        plane * x + 2.0 * GLONASS_RATE * vy + ax,
        plane * y - 2.0 * GLONASS_RATE * vx + ay,
        (central - oblate * (3.0 - five)) * z + az,
    )
