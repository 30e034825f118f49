"""Kernel of the flight of many small bodies on one grid of steps, with their encounters and impacts."""

import math

import numpy as np
from numba import njit

from moonstead.dynamics.vector_kernels import LANES, any_less, load_lanes, spread, store_lanes
from moonstead.smallbodies.motion.force_kernels import earth_pole
from moonstead.smallbodies.motion.lanes_force_kernels import FIELD_SCRATCH
from moonstead.smallbodies.motion.lanes_places_kernels import (
    MOTION,
    PLACE,
    PLANETS,
    POINT,
    asteroids_at,
    bodies_at,
    moon_axes_at,
    relativity_of,
)
from moonstead.smallbodies.motion.lanes_search_kernels import (
    ALTITUDE,
    EQUATORIAL,
    FLATTENING,
    GRAZING,
    HIT,
    LIMIT,
    NOTHING,
    PATH,
    POLE,
    next_encounter,
    path_of,
    state_on,
    true_pole,
    worth_a_search,
)
from moonstead.smallbodies.motion.lanes_search_kernels import PLACE as TARGET_PLACE
from moonstead.smallbodies.motion.lanes_step_kernels import (
    LIVE,
    NEAR_EARTH,
    NEAR_MOON,
    NODES,
    OTHER,
    PULLS,
    RELATIVE,
    STATE,
    all_pulls,
    extrapolation,
    least_squares_of_distance,
    place_at,
    predict,
    roughness,
    settle,
)
from moonstead.smallbodies.motion.perturber_tables import EARTH, HEAVY, JUPITER, MOON, SATURN, SUN
from moonstead.smallbodies.motion.radau_tableau import POINTS, SHARES

FLYING = -1  # what became of an orbit; else the place of the body that ended it
FAILED = -2
NOBODY = -3  # a lane without an orbit of its own

EXPONENT = 1.0 / 7.0
GROW = 2.0  # most that a step may grow: the accelerations are continued over the next one
SLACK = 3.0  # a step is repeated where its error is that much above what is allowed
LIVELY = 1e-6  # [1] gradient of a body's pull over that of the Sun, from which on the body is live
EARTH_NEAR2 = 7.5e9**2  # [m2] within which the Earth's oblateness changes while a step settles
EARTH_REACH2 = 7.5e10**2  # [m2] beyond, it adds less than 1e-18 m/s2
MOON_REACH2 = 1.0e8**2  # [m2] beyond, the Moon's field adds less than 1e-10 m/s2
SHORTEST = 0.03  # [1] of the time in which anything can happen near a body: no step is shorter
# Places in `control`
NOW, END, STEP, LAST, TOLERANCE = range(5)
# Places in `counters`
STEPS, REPEATED, SWEEPS, FOUND, TIMES, STARTED = range(6)


@njit(cache=True, error_model="numpy", _nrt=False)
def _surroundings(vectors, h, states, points, tables, flags, order, kinds, work):
    """Order the bodies for a step of h [s]: live ones, then those with relativity, then the others.

    Returns the time [s] in which something can happen.
    """
    square, pace2 = least_squares_of_distance(vectors, states, points, 0, SUN, work)
    steep = tables.gm[SUN] / (square * math.sqrt(square))
    soon = 1.0 / math.sqrt(steep)
    flags[NEAR_EARTH] = 0
    flags[NEAR_MOON] = 0
    count = 0
    for body in range(PLANETS):
        square, pace2 = least_squares_of_distance(vectors, states, points, 0, body, work)
        distance = max(math.sqrt(square), tables.radii[body])
        soon = min(soon, distance / math.sqrt(pace2), distance * math.sqrt(distance / tables.gm[body]))
        nearer = max(distance - math.sqrt(pace2) * abs(h), 0.3 * distance)
        kinds[body] = OTHER
        if body == SUN or tables.gm[body] > LIVELY * steep * nearer * nearer * nearer:
            kinds[body] = LIVE
        elif body in (JUPITER, SATURN):
            kinds[body] = RELATIVE
        if body == EARTH and nearer * nearer < EARTH_REACH2:
            flags[NEAR_EARTH] = 1 if nearer * nearer < EARTH_NEAR2 else 2
        if body == MOON and nearer * nearer < MOON_REACH2:
            flags[NEAR_MOON] = 1
    for kind in (LIVE, RELATIVE, OTHER):
        for body in range(PLANETS):
            if kinds[body] == kind:
                order[count] = body
                count += 1
        flags[kind] = count
    return soon


@njit(cache=True, error_model="numpy", _nrt=False)
def _places(t, h, tables, flags, points, scratch):
    """Write the bodies at all points of a step but its start."""
    for index in range(1, POINTS + 1):
        after = h * SHARES[index]
        at = POINT * index
        bodies_at(t, after, tables, scratch, points, at)
        relativity_of(tables, points, at)
        asteroids_at(t, after, tables, points, at)
        if flags[NEAR_MOON]:
            moon_axes_at(t, after, tables, scratch, points, at)


@njit(cache=True, error_model="numpy", _nrt=False)
def _end_lane(lane, vectors, fates, states, pulls, push):
    """Fill the place of an orbit that has ended with a copy of another; return whether any flies on."""
    other = -1
    for k in range(LANES * vectors):
        if fates[k] == FLYING:
            other = k
            break
    if other < 0:
        return False
    to = lane // LANES
    by = other // LANES
    for i in range(6):
        states[STATE * to + LANES * i + lane % LANES] = states[STATE * by + LANES * i + other % LANES]
    for i in range(3 * POINTS):
        pulls[NODES * to + LANES * i + lane % LANES] = pulls[NODES * by + LANES * i + other % LANES]
    for i in range(3):
        push[PULLS * to + LANES * i + lane % LANES] = push[PULLS * by + LANES * i + other % LANES]
    return True


@njit(cache=True, error_model="numpy", _nrt=False)
def _give_up(lane, t, states, fates, ends):
    """Note that an orbit fails, in the lane of its own: the worst lane may hold a copy of it."""
    at = STATE * (lane // LANES) + lane % LANES
    for k in range(fates.size):
        if fates[k] == FLYING and states[STATE * (k // LANES) + k % LANES] == states[at]:
            fates[k] = FAILED
            ends[k] = t


@njit(cache=True, error_model="numpy", _nrt=False)
def _alive(fate, end, t, direction):
    """Whether an orbit flies, or has ended in the step from t [s TDB past J2000] on."""
    return fate == FLYING or (fate >= 0 and direction * (end - t) > 0.0)


@njit(cache=True, error_model="numpy", _nrt=False)
def _relative(states, vector, lane, points, at, body, out):
    for i in range(3):
        out[i] = states[STATE * vector + LANES * i + lane] - points[at + PLACE + HEAVY * i + body]
        out[3 + i] = states[STATE * vector + PULLS + LANES * i + lane] - points[at + MOTION + HEAVY * i + body]


@njit(cache=True, error_model="numpy", _nrt=False)
def _anyone_near(vector, h, states, later, points, body, limit):
    """Whether any of eight orbits may come within a distance [m] of a body in a step of h [s]."""
    square = spread(0.0)
    after = spread(0.0)
    pace = spread(0.0)
    faster = spread(0.0)
    end = POINT * POINTS
    for i in range(3):
        own = STATE * vector + LANES * i
        d = load_lanes(states, own) - points[PLACE + HEAVY * i + body]
        square += d * d
        d = load_lanes(later, own) - points[end + PLACE + HEAVY * i + body]
        after += d * d
        own += PULLS
        d = load_lanes(states, own) - points[MOTION + HEAVY * i + body]
        pace += d * d
        d = load_lanes(later, own) - points[end + MOTION + HEAVY * i + body]
        faster += d * d
    # (limit + way)^2 <= 2 limit^2 + 2 way^2
    reach = 2.0 * limit * limit + 2.0 * h * h * (pace + faster)
    return any_less(square, reach) or any_less(after, reach)


@njit(cache=True, error_model="numpy", nogil=True)
def fly_group(control, counters, tables, flags, states, pulls, push, fates, ends, targets, times, out, numbers, rows):
    """Continue a group of orbits to an end, until none flies any more or the rows are full; return whether it is done.

    Parameters
    ----------
    control : (5,) [s, s, s, s, 1]
        Time now, end time [s TDB past J2000], next step, last step (with sign; 0: none yet), tolerance.
    counters : (6,) int64
        Steps, repeated steps, sweeps over a vector, rows found, times told, whether the flight has begun.
    tables : PerturberTables
        The perturbing bodies.
    flags : (7,) int64
        Whether there are asteroids, and accelerations A1, A2, A3; the others are set here.
    states : (V, 48) flat [m, m/s]
        Now.
    pulls : (V, 192) flat [m/s2]
        Accelerations at the points of the last step.
    push : (V, 24) flat [m/s2]
        A1, A2, A3 at 1 au.
    fates : (8 V,) int64
        FLYING, FAILED, NOBODY, or the place of the body that ended the orbit.
    ends : (8 V,) [s TDB past J2000]
        When it ended.
    targets : (B, 8)
        What may be met: see `lanes_search_kernels`.
    times : (T,) [s TDB past J2000]
        When states are told, in the order of flight.
    out : (8 V, T, 6) [m, m/s]
        States told.
    numbers : (R, 3) int64
        For each encounter: lane, place of the body, whether it is an impact.
    rows : (R, 7) [s TDB past J2000, m, m/s]
        For each encounter: time, state relative to the body.
    """
    vectors = states.size // STATE
    points = np.zeros(POINT * (POINTS + 1))
    scratch = np.zeros(max(FIELD_SCRATCH, 96))
    rests = np.zeros(NODES)
    work = np.zeros(4 * PULLS)
    weights = np.zeros((POINTS, POINTS))
    new = np.zeros(pulls.size)
    later = np.zeros(states.size)
    order = np.zeros(PLANETS, dtype=np.int64)
    kinds = np.zeros(PLANETS, dtype=np.int64)
    pole = np.zeros(3)
    path = np.zeros(PATH)
    seen = np.zeros(6)
    before = np.zeros(6)
    t = control[NOW]
    end = control[END]
    direction = 1.0 if end >= t else -1.0
    flying = False
    for k in range(fates.size):
        flying = flying or fates[k] == FLYING
    bodies_at(t, 0.0, tables, scratch, points, 0)
    relativity_of(tables, points, 0)
    asteroids_at(t, 0.0, tables, points, 0)
    while flying and direction * (end - t) > 0.0:
        if counters[FOUND] + 4 * fates.size * targets.shape[0] > rows.shape[0]:
            control[NOW] = t
            return False
        h = control[STEP]
        soon = _surroundings(vectors, h, states, points, tables, flags, order, kinds, work)
        if h == 0.0:
            h = direction * 0.05 * soon
        if abs(h) < SHORTEST * soon:
            h = direction * SHORTEST * soon
        if flags[NEAR_MOON]:
            moon_axes_at(t, 0.0, tables, scratch, points, 0)
        pole[0], pole[1], pole[2] = earth_pole(t)
        for vector in range(vectors):
            here = states[STATE * vector : STATE * vector + PULLS]
            speed = states[STATE * vector + PULLS : STATE * (vector + 1)]
            first = new[NODES * vector : NODES * vector + PULLS]
            all_pulls(
                here,
                speed,
                points,
                0,
                tables,
                flags,
                order,
                pole,
                push,
                PULLS * vector,
                True,
                scratch,
                rests,
                first,
            )
        error = 0.0
        while True:
            if direction * (t + h - end) >= 0.0:
                h = end - t
            h = (t + h) - t
            _places(t, h, tables, flags, points, scratch)
            flat = control[LAST] == 0.0
            if not flat:
                extrapolation(h / control[LAST], weights)
            error = 0.0
            worst = 0
            for vector in range(vectors):
                predict(pulls, new, NODES * vector, weights, flat)
                sweeps = settle(vector, h, states, new, points, tables, flags, order, pole, push, scratch, rests, work)
                counters[SWEEPS] += abs(sweeps)
                rough, lane = roughness(vector, new, work)
                if sweeps < 0 or not math.isfinite(rough):
                    rough = 1e3 * control[TOLERANCE]
                if rough > error:
                    error = rough
                    worst = LANES * vector + lane
            shortest = abs(h) <= 1.001 * SHORTEST * soon
            if error <= SLACK * control[TOLERANCE] or (
                shortest and math.isfinite(error) and error < 1e3 * control[TOLERANCE]
            ):
                break
            counters[REPEATED] += 1
            if shortest:
                flying = False
                _give_up(worst, t, states, fates, ends)
                break
            h = direction * max(SHORTEST * soon, abs(h) * max(0.25, 0.9 * (control[TOLERANCE] / error) ** EXPONENT))
        if not flying:
            for lane in range(fates.size):
                if fates[lane] != FLYING:
                    flying = _end_lane(lane, vectors, fates, states, pulls, push)
            continue
        for vector in range(vectors):
            own = STATE * vector
            place_at(
                POINTS,
                h,
                states,
                own,
                new,
                NODES * vector,
                True,
                later[own : own + PULLS],
                later[own + PULLS : own + STATE],
            )
        ended = False
        for row in range(targets.shape[0]):
            body = int(targets[row, TARGET_PLACE])
            top = targets[row, EQUATORIAL] + targets[row, ALTITUDE] + GRAZING
            if targets[row, FLATTENING] > 0.0:
                targets[row, POLE], targets[row, POLE + 1], targets[row, POLE + 2] = true_pole(t)
            for vector in range(vectors):
                if not _anyone_near(vector, h, states, later, points, body, targets[row, LIMIT]):
                    continue
                for k in range(LANES):
                    lane = LANES * vector + k
                    if not _alive(fates[lane], ends[lane], t, direction):
                        continue
                    _relative(states, vector, k, points, 0, body, before)
                    _relative(later, vector, k, points, POINT * POINTS, body, seen)
                    if not worth_a_search(before, seen, h, targets[row, LIMIT], top):
                        continue
                    path_of(vector, k, t, h, states, new, path)
                    share = 0.0
                    while True:
                        found, share = next_encounter(path, share, targets[row], tables, seen)
                        if found == NOTHING:
                            break
                        number = counters[FOUND]
                        counters[FOUND] += 1
                        numbers[number, 0] = lane
                        numbers[number, 1] = body
                        numbers[number, 2] = 1 if found == HIT else 0
                        rows[number, 0] = t + share * h
                        for i in range(6):
                            rows[number, 1 + i] = seen[i]
                        if found == HIT:
                            if fates[lane] == FLYING or direction * (rows[number, 0] - ends[lane]) < 0.0:
                                fates[lane] = body
                                ends[lane] = rows[number, 0]
                            ended = True
                            break
                        share += 2e-6 / abs(h)
        for body in range(PLANETS):
            radius = tables.radii[body]
            for vector in range(vectors):
                square = spread(0.0)
                for i in range(3):
                    d = (
                        load_lanes(later, STATE * vector + LANES * i)
                        - points[POINT * POINTS + PLACE + HEAVY * i + body]
                    )
                    square += d * d
                if any_less(square, spread(radius * radius)):
                    store_lanes(work, 0, square)
                    for k in range(LANES):
                        lane = LANES * vector + k
                        if fates[lane] == FLYING and work[k] < radius * radius:
                            fates[lane] = body
                            ends[lane] = t + h
                            ended = True
        while counters[TIMES] < times.size and direction * (times[counters[TIMES]] - (t + h)) <= 0.0:
            now = times[counters[TIMES]]
            for lane in range(fates.size):
                if fates[lane] == FLYING or (
                    _alive(fates[lane], ends[lane], t, direction) and direction * (ends[lane] - now) >= 0.0
                ):
                    path_of(lane // LANES, lane % LANES, t, h, states, new, path)
                    state_on(path, (now - t) / h, seen)
                    for i in range(6):
                        out[lane, counters[TIMES], i] = seen[i]
            counters[TIMES] += 1
        for k in range(states.size):
            states[k] = later[k]
        for k in range(pulls.size):
            pulls[k] = new[k]
        for k in range(POINT):
            points[k] = points[POINT * POINTS + k]
        t = end if h == end - t else t + h
        counters[STEPS] += 1
        control[LAST] = h
        grown = 0.9 * (control[TOLERANCE] / max(error, 1e-30)) ** EXPONENT
        if direction * (end - t) > 0.0 or control[STEP] == 0.0:
            control[STEP] = h * min(GROW, max(0.25, grown))
        if ended:
            for lane in range(fates.size):
                if fates[lane] != FLYING:
                    flying = _end_lane(lane, vectors, fates, states, pulls, push)
    control[NOW] = t
    return True
