"""Kernels of what happens inside a step: edges of the forces, surfaces. All integrators share them.

Between the ends of a step the quintic through both ends' positions, velocities and accelerations serves; it is good to
about a metre where a step is as long as its order allows. It proposes a moment; what the step itself then arrives at
is exact, and settles the moment.
"""

import math

from numba import njit

from moonstead.dynamics.ephemeris_kernels import BODIES, body_positions
from moonstead.dynamics.force_kernels import height, light_phase
from moonstead.dynamics.places_tables import GM, HIDING_BODY, HIDING_COUNT, HIDING_RADIUS, RADIATION, SUN, SUN_RADIUS

PARTS = 6  # of the way between two nodes that are looked at for edges
EDGE_TIME = 1e-9  # [s] how closely an edge is located in the end
PROPOSED_TIME = 1e-4  # [s] how closely on the quintic of its step
SETTLING = 0.05  # [s] how far the quintic may have missed an edge
SURFACE_TIME = 1e-10  # [s] how closely an impact is located on the quintic of its step
SURFACE_HEIGHT = 1e-3  # [m] how closely an impact is located in the end
SURFACE_TRIES = 12
SAG = 0.5  # of acceleration times h^2, how far a path may sag below both ends: four times the parabola's
FASTEST_BODY = 6e4  # [m/s] no planet moves faster, Mercury's perihelion included
SHORTEST_SHADOW = 5.0  # [s] how closely the least clearance of a step is located
GOLDEN = 0.6180339887498949  # section of a search for a minimum
BODY_ACCELERATION = 0.04  # [m/s^2] no planet is pulled more, Mercury's perihelion included


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def quintic(share, h, p0, v0, a0, p1, v1, a1, out):
    """Write the position (3,) a share [1] into a step of h [s] from both ends' positions, velocities, accelerations."""
    s = share
    s3 = s * s * s
    r0 = 1.0 - s3 * (10.0 - s * (15.0 - 6.0 * s))
    v_0 = s - s3 * (6.0 - s * (8.0 - 3.0 * s))
    a_0 = 0.5 * s * s - s3 * (1.5 - s * (1.5 - 0.5 * s))
    v_1 = -s3 * (4.0 - s * (7.0 - 3.0 * s))
    a_1 = s3 * (0.5 - s * (1.0 - 0.5 * s))
    for i in range(3):
        out[i] = r0 * p0[i] + (1.0 - r0) * p1[i] + h * (v_0 * v0[i] + v_1 * v1[i]) + h * h * (a_0 * a0[i] + a_1 * a1[i])


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def clearance(t, position, speed, tables, work):
    """Angle [rad] between the Sun's disc and the nearest disc that may hide it, and a bound of its rate [rad/s]."""
    body_positions(t, tables, work)
    integers = tables.integers
    sun = BODIES + 3 * integers[SUN]
    sun_x = work[sun] - position[0]
    sun_y = work[sun + 1] - position[1]
    sun_z = work[sun + 2] - position[2]
    sun_distance = math.sqrt(sun_x * sun_x + sun_y * sun_y + sun_z * sun_z)
    least = math.pi
    rate = 0.0
    for k in range(integers[HIDING_COUNT]):
        body = integers[integers[HIDING_BODY] + k]
        x = -position[0]
        y = -position[1]
        z = -position[2]
        fastest = speed
        if body >= 0:
            x += work[BODIES + 3 * body]
            y += work[BODIES + 3 * body + 1]
            z += work[BODIES + 3 * body + 2]
            fastest += FASTEST_BODY
        distance = math.sqrt(x * x + y * y + z * z)
        radius = tables.numbers[integers[HIDING_RADIUS] + k]
        cosine = (x * sun_x + y * sun_y + z * sun_z) / (distance * sun_distance)
        separation = math.acos(min(max(cosine, -1.0), 1.0))
        size = math.asin(min(1.0, radius / distance)) + math.asin(min(1.0, tables.numbers[SUN_RADIUS] / sun_distance))
        least = min(least, separation - size)
        rate = max(rate, fastest / distance)
    return least, rate


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def hidden_shadow(t, h, p0, v0, a0, p1, v1, a1, tables, work, point):
    """Where [1] inside a step that starts and ends in full sunlight some of it is lost, or -1: a shadow jumped over.

    The clearance is bounded between three places; where the bound does not exclude a shadow its minimum is sought.
    """
    if tables.numbers[RADIATION] == 0.0:
        return -1.0
    speed = 1.2 * max(
        math.sqrt(v0[0] * v0[0] + v0[1] * v0[1] + v0[2] * v0[2]),
        math.sqrt(v1[0] * v1[0] + v1[1] * v1[1] + v1[2] * v1[2]),
    )
    quintic(0.5, h, p0, v0, a0, p1, v1, a1, point)
    middle, rate = clearance(t + 0.5 * h, point, speed, tables, work)
    reach = 0.5 * rate * abs(h)
    if middle > reach:
        return -1.0
    first, rate = clearance(t, p0, speed, tables, work)
    last, end_rate = clearance(t + h, p1, speed, tables, work)
    reach = 0.5 * max(rate, end_rate) * abs(h)
    if min(first, last) + middle > reach:
        return -1.0
    low = 0.0
    high = 1.0
    left = 1.0 - GOLDEN
    right = GOLDEN
    quintic(left, h, p0, v0, a0, p1, v1, a1, point)
    at_left = clearance(t + left * h, point, speed, tables, work)[0]
    quintic(right, h, p0, v0, a0, p1, v1, a1, point)
    at_right = clearance(t + right * h, point, speed, tables, work)[0]
    while (high - low) * abs(h) > SHORTEST_SHADOW and (high - low) > 1e-5:
        if at_left < 0.0:
            return left
        if at_right < 0.0:
            return right
        if at_left < at_right:
            high = right
            right = left
            at_right = at_left
            left = high - GOLDEN * (high - low)
            quintic(left, h, p0, v0, a0, p1, v1, a1, point)
            at_left = clearance(t + left * h, point, speed, tables, work)[0]
        else:
            low = left
            left = right
            at_left = at_right
            right = low + GOLDEN * (high - low)
            quintic(right, h, p0, v0, a0, p1, v1, a1, point)
            at_right = clearance(t + right * h, point, speed, tables, work)[0]
    return -1.0


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def find_edges(
    node, last, phase, hint, times, positions, velocities, accelerations, tables, work, point, edge_times, edge_phases
):
    """Locate the edges between two nodes; write their times [s] and the phases behind them, return how many there are.

    `phase` holds behind the first node; `hint` is a share of the way that must be looked at besides its parts.
    """
    count = 0
    before = phase
    place = times[node] + hint * (times[last] - times[node])
    for i in range(node, last):
        t = times[i]
        h = times[i + 1] - t
        share = (place - t) / h
        reached = EDGE_TIME / abs(h) if i == node else 0.0
        end = 1.0 - EDGE_TIME / abs(h) if i + 1 == last else 1.0
        part = 1
        while reached < end and count < edge_times.size:
            until = min(part / PARTS, end)
            at_hint = reached < share < until
            if at_hint:
                until = share
            quintic(
                until,
                h,
                positions[i],
                velocities[i],
                accelerations[i],
                positions[i + 1],
                velocities[i + 1],
                accelerations[i + 1],
                point,
            )
            after = light_phase(t + until * h, point, tables, work)
            if after == before:
                reached = until
                if not at_hint:
                    part += 1
                continue
            low = reached
            high = until
            while (high - low) * abs(h) > PROPOSED_TIME:
                middle = 0.5 * (low + high)
                quintic(
                    middle,
                    h,
                    positions[i],
                    velocities[i],
                    accelerations[i],
                    positions[i + 1],
                    velocities[i + 1],
                    accelerations[i + 1],
                    point,
                )
                here = light_phase(t + middle * h, point, tables, work)
                if here == before:
                    low = middle
                else:
                    high = middle
                    after = here
            edge_times[count] = t + high * h
            edge_phases[count] = after
            count += 1
            before = after
            reached = high
    return count


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _along(shift, position, velocity, acceleration, jerk, out):
    """Write the position (3,) a short while [s] from where position, velocity, acceleration and jerk hold."""
    for i in range(3):
        out[i] = position[i] + shift * (velocity[i] + shift * (0.5 * acceleration[i] + shift * (jerk[i] / 6.0)))


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def settle_edge(t, direction, before, position, velocity, acceleration, tables, work, point, jerk):
    """Move the end of a step that was to arrive at an edge onto it; return by how much time [s].

    `before` is the phase ahead of the edge. Position and velocity follow the series of time, whose third derivative is
    that of motion about the centre alone: within `SETTLING` the rest is below rounding.
    """
    r2 = position[0] ** 2 + position[1] ** 2 + position[2] ** 2
    rv = position[0] * velocity[0] + position[1] * velocity[1] + position[2] * velocity[2]
    k = -tables.numbers[GM] / (r2 * math.sqrt(r2))
    for i in range(3):
        jerk[i] = k * (velocity[i] - 3.0 * rv / r2 * position[i])
    low = 0.0
    high = 0.0
    if light_phase(t, position, tables, work) == before:
        high = 1e-6
        while high <= SETTLING:
            _along(direction * high, position, velocity, acceleration, jerk, point)
            if light_phase(t + direction * high, point, tables, work) != before:
                break
            low = high
            high *= 4.0
    else:
        low = -1e-6
        while low >= -SETTLING:
            _along(direction * low, position, velocity, acceleration, jerk, point)
            if light_phase(t + direction * low, point, tables, work) == before:
                break
            high = low
            low *= 4.0
    if abs(low) > SETTLING or abs(high) > SETTLING:
        return 0.0
    while high - low > EDGE_TIME:
        middle = 0.5 * (low + high)
        _along(direction * middle, position, velocity, acceleration, jerk, point)
        if light_phase(t + direction * middle, point, tables, work) == before:
            low = middle
        else:
            high = middle
    shift = direction * high
    _along(shift, position, velocity, acceleration, jerk, point)
    for i in range(3):
        position[i] = point[i]
        velocity[i] += shift * (acceleration[i] + 0.5 * shift * jerk[i])
    return shift


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def first_contact(t, h, p0, v0, a0, p1, v1, a1, surface, tables, work, point):
    """Share [1] of a step at which a surface is first touched, or -1."""
    end_height = height(t + h, p1, surface, tables, work)
    low = 0.0
    high = 1.0
    if end_height > 0.0:
        pull = max(a0[0] ** 2 + a0[1] ** 2 + a0[2] ** 2, a1[0] ** 2 + a1[1] ** 2 + a1[2] ** 2)
        sag = SAG * (math.sqrt(pull) + BODY_ACCELERATION) * h * h
        if end_height > sag and height(t, p0, surface, tables, work) > sag:
            return -1.0
        left = 0.0
        right = 1.0
        while right - left > 1e-4:
            first = left + (right - left) / 3.0
            second = right - (right - left) / 3.0
            quintic(first, h, p0, v0, a0, p1, v1, a1, point)
            first_height = height(t + first * h, point, surface, tables, work)
            quintic(second, h, p0, v0, a0, p1, v1, a1, point)
            second_height = height(t + second * h, point, surface, tables, work)
            if first_height < 0.0:
                right = first
                break
            if second_height < 0.0:
                right = second
                break
            if first_height < second_height:
                right = second
            else:
                left = first
        quintic(right, h, p0, v0, a0, p1, v1, a1, point)
        if height(t + right * h, point, surface, tables, work) > 0.0:
            return -1.0
        high = right
    while (high - low) * abs(h) > SURFACE_TIME:
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        quintic(middle, h, p0, v0, a0, p1, v1, a1, point)
        if height(t + middle * h, point, surface, tables, work) > 0.0:
            low = middle
        else:
            high = middle
    return high


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def contact_change(t, h, position, velocity, surface, tables, work, point):
    """By how much [s] a step of h [s] that arrives near a surface must be longer to arrive on it; 0 where it does."""
    above = height(t + h, position, surface, tables, work)
    for k in range(3):
        point[k] = position[k] + velocity[k]
    rate = height(t + h + 1.0, point, surface, tables, work) - above
    if abs(above) <= SURFACE_HEIGHT or rate == 0.0:
        return 0.0
    return min(max(-above / rate, -0.5 * abs(h)), 0.5 * abs(h))
