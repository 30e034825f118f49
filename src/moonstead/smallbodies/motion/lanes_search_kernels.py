"""Kernel of encounters within one step: roots on the polynomials of the path, never samples of it."""

import math

from numba import njit

from moonstead.foundation.constants import ARCSECOND, DAYS_PER_JULIAN_CENTURY, SECONDS_PER_DAY
from moonstead.smallbodies.motion.force_kernels import earth_pole
from moonstead.smallbodies.motion.lanes_places_kernels import record_of
from moonstead.smallbodies.motion.lanes_step_kernels import NODES, PULLS, STATE
from moonstead.smallbodies.motion.perturber_tables import (
    EARTH,
    FAST,
    LANES,
    MERCURY,
    MOON,
    MOON_SHARE,
    PLUTO,
    SLOW,
)
from moonstead.smallbodies.motion.radau_tableau import POINTS, POWERS

TURN = 0.4  # [rad] of the way around the body between two looks
CLOSE = 1e-6  # [s] how closely a root is found
MOST_TRIES = 100
MOST_LOOKS = 100_000
GRAZING = 30e3  # [m] above the surface, within which the lowest altitude is sought apart from the least distance
SINE_OBLIQUITY = math.sin(math.radians(23.4393))
GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)
# Places in `path`: state at the start (6), length of the step, start of the step, then POINTS coefficients of x, y, z
LENGTH, START, COEFFICIENTS = 6, 7, 8
PATH = COEFFICIENTS + 3 * POINTS
# Places in `target`
PLACE, LIMIT, EQUATORIAL, FLATTENING, ALTITUDE, POLE = 0, 1, 2, 3, 4, 5
TARGET = 8
NOTHING, NEAREST, HIT = 0, 1, 2


@njit(cache=True, error_model="numpy", _nrt=False)
def true_pole(t):
    """Pole of the Earth (true, of date) [1] in the ICRF at t [s TDB past J2000], within 3e-6 rad: 6 cm of altitude.

    Nutation's four largest terms: Meeus (1998), Astronomical Algorithms, chapter 22.
    """
    x, y, _ = earth_pole(t)
    century = t / (SECONDS_PER_DAY * DAYS_PER_JULIAN_CENTURY)
    node = math.radians(125.04452 - 1934.136261 * century)
    sun = 2.0 * math.radians(280.4665 + 36000.7698 * century)
    moon = 2.0 * math.radians(218.3165 + 481267.8813 * century)
    longitude = -17.20 * math.sin(node) - 1.32 * math.sin(sun) - 0.23 * math.sin(moon) + 0.21 * math.sin(2.0 * node)
    obliquity = 9.20 * math.cos(node) + 0.57 * math.cos(sun) + 0.10 * math.cos(moon) - 0.09 * math.cos(2.0 * node)
    x += SINE_OBLIQUITY * ARCSECOND * longitude
    y += ARCSECOND * obliquity
    return x, y, math.sqrt(1.0 - x * x - y * y)


@njit(cache=True, error_model="numpy", _nrt=False)
def path_of(vector, lane, t, h, states, pulls, path):
    """Write the polynomials of one orbit over a step of h [s] from t [s TDB past J2000] to `path` (PATH,)."""
    for i in range(6):
        path[i] = states[STATE * vector + LANES * i + lane]
    path[LENGTH] = h
    path[START] = t
    for k in range(POINTS):
        for c in range(3):
            total = 0.0
            for j in range(POINTS):
                total += POWERS[k, j] * pulls[NODES * vector + PULLS * j + LANES * c + lane]
            path[COEFFICIENTS + 3 * k + c] = total


@njit(cache=True, error_model="numpy", _nrt=False)
def state_on(path, share, out):
    """Write the state (6,) [m, m/s] after a share [1] of the step."""
    h = path[LENGTH]
    for c in range(3):
        place = 0.0
        speed = 0.0
        for k in range(POINTS - 1, -1, -1):
            a = path[COEFFICIENTS + 3 * k + c]
            place = place * share + a / ((k + 1.0) * (k + 2.0))
            speed = speed * share + a / (k + 1.0)
        s = share * h
        out[c] = path[c] + (s * path[3 + c] + s * s * place)
        out[3 + c] = path[3 + c] + s * speed


@njit(cache=True, error_model="numpy", _nrt=False)
def _subtract(series, first, terms, component, lane, stride, x, rate, share, out):
    """Take `share` of a Chebyshev series and its derivative from out[component] and out[3 + component]."""
    a = 0.0
    b = 0.0
    da = 0.0
    db = 0.0
    at = first + component * stride + lane
    for k in range(terms - 1, 0, -1):
        da, db = 2.0 * a + 2.0 * x * da - db, da
        a, b = series[at + LANES * k] + 2.0 * x * a - b, a
    out[component] -= share * (series[at] + x * a - b)
    out[3 + component] -= share * rate * (a + x * da - db)


@njit(cache=True, error_model="numpy", _nrt=False)
def relative_on(path, share, place, tables, out):
    """Write the state (6,) [m, m/s] relative to a heavy body after a share [1] of the step."""
    state_on(path, share, out)
    after = share * path[LENGTH]
    slow = tables.slow.reshape(tables.slow.size)
    terms = tables.slow.shape[2]
    if place != MERCURY:
        record, x, rate = record_of(tables.clock, SLOW, tables.slow.shape[0], path[START], after)
        first = 4 * LANES * terms * record
        for c in range(3):
            if place == PLUTO:
                _subtract(slow, first + 3 * LANES * terms, terms, c, c, 0, x, rate, 1.0, out)
            else:
                lane = EARTH if place == MOON else place
                _subtract(slow, first, terms, c, lane, LANES * terms, x, rate, 1.0, out)
    if place in (MERCURY, EARTH, MOON):
        fast = tables.fast.reshape(tables.fast.size)
        terms = tables.fast.shape[1]
        record, x, rate = record_of(tables.clock, FAST, tables.fast.shape[0], path[START], after)
        share = 1.0
        if place != MERCURY:
            share = (1.0 if place == MOON else 0.0) - tables.clock[MOON_SHARE]
        for c in range(3):
            lane = c + 3 if place == MERCURY else c
            _subtract(fast, LANES * terms * record, terms, c, lane, 0, x, rate, share, out)


@njit(cache=True, error_model="numpy", _nrt=False)
def altitude_of(state, target):
    """Altitude [m] of a place (6,) above an ellipsoid less that asked: Bowring (1985), Survey Review 28, 202.

    Far above it the altitude over the equator, which has the same sign.
    """
    square = state[0] ** 2 + state[1] ** 2 + state[2] ** 2
    a = target[EQUATORIAL]
    f = target[FLATTENING]
    r = math.sqrt(square)
    if f == 0.0 or r > a + target[ALTITUDE] + GRAZING:
        return r - a - target[ALTITUDE]
    z = state[0] * target[POLE] + state[1] * target[POLE + 1] + state[2] * target[POLE + 2]
    p = math.sqrt(max(square - z * z, 0.0))
    b = a * (1.0 - f)
    e2 = f * (2.0 - f)
    beta = math.atan2(b * z * (1.0 + e2 / (1.0 - e2) * b / r), a * p)
    for _ in range(2):
        latitude = math.atan2(z + e2 / (1.0 - e2) * b * math.sin(beta) ** 3, p - e2 * a * math.cos(beta) ** 3)
        beta = math.atan2((1.0 - f) * math.sin(latitude), math.cos(latitude))
    sine = math.sin(latitude)
    height = p * math.cos(latitude) + z * sine - a * math.sqrt(1.0 - e2 * sine * sine)
    return height - target[ALTITUDE]


@njit(cache=True, error_model="numpy", _nrt=False)
def _approach(state, h):
    """Half the rate of the square of the distance [m2/s] in the sense of a step of h [s]."""
    product = state[0] * state[3] + state[1] * state[4] + state[2] * state[5]
    return product if h > 0.0 else -product


@njit(cache=True, error_model="numpy", _nrt=False)
def _measure(path, share, target, tables, by_altitude, out):
    """Altitude [m] above that asked, or r.v in the sense of flight [m2/s]."""
    relative_on(path, share, int(target[PLACE]), tables, out)
    if by_altitude:
        return altitude_of(out, target)
    return _approach(out, path[LENGTH])


@njit(cache=True, error_model="numpy", _nrt=False)
def _root(path, low, high, target, tables, by_altitude, out):
    """Share [1] of the step where the measure changes its sign, between two shares where it does (Illinois)."""
    a = _measure(path, low, target, tables, by_altitude, out)
    b = _measure(path, high, target, tables, by_altitude, out)
    share = high
    for _ in range(MOST_TRIES):
        share = (low * b - high * a) / (b - a) if b != a else 0.5 * (low + high)
        if not low < share < high:
            share = 0.5 * (low + high)
        value = _measure(path, share, target, tables, by_altitude, out)
        if value == 0.0 or (high - low) * abs(path[LENGTH]) < CLOSE:
            break
        if (value < 0.0) == (b < 0.0):
            if (share - low) * abs(path[LENGTH]) < 0.5 * CLOSE:
                break
            high, b = share, value
            a *= 0.5
        else:
            if (high - share) * abs(path[LENGTH]) < 0.5 * CLOSE:
                break
            low, a = share, value
            b *= 0.5
    return share


@njit(cache=True, error_model="numpy", _nrt=False)
def _lowest(path, share, reach, target, tables, out):
    """Share [1] of the step with the lowest altitude within `reach` [1] of a share."""
    low = share - reach
    high = share + reach
    left = high - GOLDEN * (high - low)
    right = low + GOLDEN * (high - low)
    at_left = _measure(path, left, target, tables, True, out)
    at_right = _measure(path, right, target, tables, True, out)
    while (high - low) * abs(path[LENGTH]) > 1e-3:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = _measure(path, left, target, tables, True, out)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = _measure(path, right, target, tables, True, out)
    return 0.5 * (low + high)


@njit(cache=True, error_model="numpy", _nrt=False)
def next_encounter(path, share, target, tables, out):
    """Seek the next least distance within the limit, or the surface, from a share [1] of the step on.

    Returns what was found, and where [share of the step]; its state relative to the body [m, m/s] stands in `out` (6,).
    """
    h = abs(path[LENGTH])
    here = share
    height = _measure(path, here, target, tables, True, out)
    if height <= 0.0:
        return HIT, here
    product = _approach(out, path[LENGTH])
    for _ in range(MOST_LOOKS):
        if here >= 1.0:
            break
        distance = math.sqrt(out[0] ** 2 + out[1] ** 2 + out[2] ** 2)
        pace = math.sqrt(out[3] ** 2 + out[4] ** 2 + out[5] ** 2)
        # farther than twice the limit nothing counts before half of the way is gone, whatever the body's pull adds
        way = max(TURN * distance, 0.5 * (distance - 2.0 * target[LIMIT]))
        there = min(here + way / max(pace * h, 1e-300), 1.0)
        if there <= here:
            break
        square = distance * distance
        coming = _measure(path, there, target, tables, False, out)
        low = here
        high = -1.0
        if product < 0.0 and coming >= 0.0:
            high = there
        elif (product < 0.0) == (coming < 0.0):
            # the cubic through both ends: its derivative is a parabola, whose turn may cross zero
            step = (there - here) * h
            mean = 0.5 * (out[0] ** 2 + out[1] ** 2 + out[2] ** 2 - square) / step
            third = 3.0 * (product + coming - 2.0 * mean)
            second = coming - product - third
            turn = -second / (2.0 * third) if third != 0.0 else -1.0
            if 0.0 < turn < 1.0 and (product + turn * (second + turn * third)) * product <= 0.0:
                middle = here + turn * (there - here)
                value = _measure(path, middle, target, tables, False, out)
                if value * product < 0.0:
                    if value < 0.0:
                        low = middle
                        high = there
                    else:
                        high = middle
                else:
                    _measure(path, there, target, tables, False, out)
        if high >= 0.0:
            nearest = _root(path, low, high, target, tables, False, out)
            lowest = nearest
            distance = math.sqrt(out[0] ** 2 + out[1] ** 2 + out[2] ** 2)
            height = altitude_of(out, target)
            if 0.0 < height < GRAZING and target[FLATTENING] > 0.0:
                pace = math.sqrt(out[3] ** 2 + out[4] ** 2 + out[5] ** 2)
                lowest = _lowest(path, nearest, 0.05 * distance / (pace * h), target, tables, out)
                height = altitude_of(out, target)
            if height <= 0.0:
                return HIT, _root(path, here, lowest, target, tables, True, out)
            if distance <= target[LIMIT]:
                _measure(path, nearest, target, tables, False, out)
                return NEAREST, nearest
            _measure(path, there, target, tables, False, out)
        if altitude_of(out, target) <= 0.0:
            return HIT, _root(path, here, there, target, tables, True, out)
        here = there
        product = coming
    return NOTHING, 1.0


@njit(cache=True, error_model="numpy", _nrt=False)
def worth_a_search(first, last, h, limit, top):
    """Whether a step of h [s] between two states (6,) relative to a body may hold an encounter; one turn hides none."""
    square = first[0] ** 2 + first[1] ** 2 + first[2] ** 2
    later = last[0] ** 2 + last[1] ** 2 + last[2] ** 2
    pace = math.sqrt(max(first[3] ** 2 + first[4] ** 2 + first[5] ** 2, last[3] ** 2 + last[4] ** 2 + last[5] ** 2))
    near = math.sqrt(min(square, later))
    way = pace * abs(h)
    if near - way > limit:
        return False
    if near < top or way > TURN * near:
        return True
    product = _approach(first, h)
    coming = _approach(last, h)
    if (product < 0.0) != (coming < 0.0):
        return coming >= 0.0
    mean = 0.5 * (later - square) / abs(h)
    third = 3.0 * (product + coming - 2.0 * mean)
    second = coming - product - third
    turn = -second / (2.0 * third) if third != 0.0 else -1.0
    return 0.0 < turn < 1.0 and (product + turn * (second + turn * third)) * product <= 0.0
