"""Kernels of the traverse planner: driving from pixel to pixel, runs of light, and the search over place and time."""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

import numpy as np
from numba import njit

FOUND, NO_WAY, FULL = 0, 1, 2  # what the search returns
STAY = 8  # a label that follows its parent at the same pixel, when the light there changes
LIT, EARTH = 1, 2  # bits of the state of a pixel during a run
ROW_STEP = np.array([-1, -1, 0, 1, 1, 1, 0, -1])  # north, north-east, and on with the clock; rows grow southwards
COLUMN_STEP = np.array([0, 1, 1, 1, 0, -1, -1, -1])
LABELS, QUEUE, EXPANDED, REACHED, GENERATED = 0, 1, 2, 3, 4  # places in the array of counters
CELL, RUN, PARENT, NEXT, MOVE, VIA = 0, 1, 2, 3, 4, 5  # columns of whole numbers of a label
FROM, UNTIL, CHARGE, MOST, SHADOW, COST = 0, 1, 2, 3, 4, 5  # columns of measured numbers of a label


@njit(cache=True)
def edges_kernel(heights, x, y, radius, keep_out, limits, knots, speeds, weight, rolling, efficiency, duration, energy):
    """Write duration [s] and energy [J], both (8, n * m) float32, of the drive from each pixel to its neighbours.

    heights (n, m) [m] on the gnomonic map of a sphere of `radius` [m] at x (m,), y (n,) [m]; keep_out (n, m) bool;
    limits (3,) [rad] uphill, downhill, sideways; speeds (k,) [m/s] at the slopes knots (k,) [rad]; weight [N];
    rolling, efficiency [1]. A drive that is not allowed is inf.
    """
    rows, columns = heights.shape
    step = x[1] - x[0]
    side = math.tan(limits[2])
    for i in range(rows):
        up, down = max(i - 1, 0), min(i + 1, rows - 1)
        for j in range(columns):
            here = i * columns + j
            left, right = max(j - 1, 0), min(j + 1, columns - 1)
            east = (heights[i, right] - heights[i, left]) / ((right - left) * step)
            north = (heights[up, j] - heights[down, j]) / ((down - up) * step)
            for k in range(8):
                duration[k, here] = math.inf
                energy[k, here] = math.inf
                a, b = i + ROW_STEP[k], j + COLUMN_STEP[k]
                if a < 0 or a >= rows or b < 0 or b >= columns or keep_out[i, j] or keep_out[a, b]:
                    continue
                if k % 2 == 1 and (keep_out[i, b] or keep_out[a, j]):
                    continue
                dx, dy = x[b] - x[j], y[a] - y[i]
                level = math.hypot(dx, dy)
                across = abs(east * dy - north * dx) / level
                if across > side:
                    continue
                # arc between the two points of the sphere whose gnomonic images these are
                sine = math.sqrt(radius * radius * (dx * dx + dy * dy) + (x[j] * dy - y[i] * dx) ** 2) / math.sqrt(
                    (x[j] * x[j] + y[i] * y[i] + radius * radius) * (x[b] * x[b] + y[a] * y[a] + radius * radius)
                )
                ground = radius * math.asin(sine)
                rise = float(heights[a, b]) - float(heights[i, j])
                slope = math.atan2(rise, ground)
                if slope > limits[0] or slope < -limits[1]:
                    continue
                speed = speeds[0]
                if slope >= knots[-1]:
                    speed = speeds[-1]
                elif slope > knots[0]:
                    place = 0
                    while knots[place + 1] < slope:
                        place += 1
                    share = (slope - knots[place]) / (knots[place + 1] - knots[place])
                    speed = speeds[place] + share * (speeds[place + 1] - speeds[place])
                length = math.hypot(ground, rise)
                force = weight * (rolling * math.cos(slope) + math.sin(slope))
                duration[k, here] = length / speed
                energy[k, here] = max(force, 0.0) * length / efficiency


@njit(cache=True)
def count_runs_kernel(lit, earth, begin, slices, counts):
    """Write for each pixel the number of runs [1] of slices with the same light and the same sight of the Earth.

    lit, earth (cells, bytes) uint8: bits of the slices, the first in the highest bit; from slice `begin` on to
    `slices`; counts (cells,).
    """
    for cell in range(lit.shape[0]):
        runs, last = 0, -1
        for k in range(begin, slices):
            bit = 7 - (k & 7)
            state = ((lit[cell, k >> 3] >> bit) & 1) * LIT + ((earth[cell, k >> 3] >> bit) & 1) * EARTH
            if state != last:
                runs += 1
                last = state
        counts[cell] = runs


@njit(cache=True)
def fill_runs_kernel(lit, earth, begin, slices, first, run_start, run_state):
    """Write the first slice [1] and the state of each run; first (cells + 1,) says where a pixel's runs begin."""
    for cell in range(lit.shape[0]):
        run, last = first[cell], -1
        for k in range(begin, slices):
            bit = 7 - (k & 7)
            state = ((lit[cell, k >> 3] >> bit) & 1) * LIT + ((earth[cell, k >> 3] >> bit) & 1) * EARTH
            if state != last:
                run_start[run] = k
                run_state[run] = state
                run += 1
                last = state


@njit(cache=True)
def push(keys, items, size, key, item):
    """Add an item with its key [any unit] to the heap (size,) and return the new size."""
    place = size
    while place > 0:
        parent = (place - 1) >> 1
        if keys[parent] <= key:
            break
        keys[place], items[place] = keys[parent], items[parent]
        place = parent
    keys[place], items[place] = key, item
    return size + 1


@njit(cache=True)
def pop(keys, items, size):
    """Remove the item with the least key [any unit] from the heap; the new size is size - 1, the item is returned."""
    item = items[0]
    size -= 1
    key, moved = keys[size], items[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[place], items[place] = keys[child], items[child]
        place = child
    keys[place], items[place] = key, moved
    return item


@njit(cache=True)
def remaining_kernel(duration, energy, columns, goal, time_weight, energy_weight, keys, items, remaining):
    """Write the least cost (cells,) [as the weights say] from each pixel to the goal, light and battery left out.

    Dijkstra's method over the reversed drives, duration [s] and energy [J]; keys and items are room for 8 * cells + 1
    entries.
    """
    cells = duration.shape[1]
    for cell in range(cells):
        remaining[cell] = math.inf
    remaining[goal] = 0.0
    size = push(keys, items, 0, 0.0, goal)
    while size > 0:
        key = keys[0]
        cell = pop(keys, items, size)
        size -= 1
        if key > remaining[cell]:
            continue
        row, column = cell // columns, cell % columns
        for k in range(8):
            i, j = row - ROW_STEP[k], column - COLUMN_STEP[k]
            if i < 0 or j < 0 or j >= columns or i * columns + j >= cells:
                continue
            other = i * columns + j
            if duration[k, other] == math.inf:
                continue
            cost = key + time_weight * duration[k, other] + energy_weight * energy[k, other]
            if cost < remaining[other]:
                remaining[other] = cost
                size = push(keys, items, size, cost, other)


@njit(cache=True)
def charge_at(time, measures, lit_rate, dark_rate):
    """Charge [J] of a label at a time [s]: the linear rise of its interval up to its most, then the loss of waiting."""
    inside = min(time, measures[UNTIL])
    charge = min(measures[CHARGE] + lit_rate * (inside - measures[FROM]), measures[MOST])
    return charge + dark_rate * (time - inside)


@njit(cache=True)
def worse_at(time, better, other, lit_rate, dark_rate, slack):
    """Whether a label has less charge [J] at a time [s] than another one that is inside its interval."""
    return charge_at(time, better, lit_rate, dark_rate) < charge_at(time, other, lit_rate, dark_rate) - slack


@njit(cache=True)
def dominates(better, other, is_lit, is_timed, lit_rate, dark_rate, slack, late):
    """Whether a rover of one label, by waiting at the pixel, can be all that a rover of another label of its run is.

    The six numbers of each label: from and until [s], charge and most [J], time in shadow [s] where it is limited, and
    drive energy [J] where it costs.
    """
    if better[FROM] > other[FROM] + late or better[COST] > other[COST]:
        return False
    if is_lit:
        return not worse_at(other[FROM], better, other, lit_rate, dark_rate, slack)
    start, stop = other[FROM], other[UNTIL]
    if is_timed and better[SHADOW] + max(stop - better[UNTIL], 0.0) > other[SHADOW]:
        return False
    if worse_at(start, better, other, lit_rate, dark_rate, slack) or worse_at(
        stop, better, other, lit_rate, dark_rate, slack
    ):
        return False
    if stop > start:
        # both are piecewise linear: the difference is greatest at a kink
        kink = better[UNTIL]
        if kink > start and kink < stop and worse_at(kink, better, other, lit_rate, dark_rate, slack):
            return False
        if lit_rate != 0.0:
            kink = better[FROM] + (better[MOST] - better[CHARGE]) / lit_rate
            if kink > start and kink < stop and worse_at(kink, better, other, lit_rate, dark_rate, slack):
                return False
            kink = start + (other[MOST] - other[CHARGE]) / lit_rate
            if kink > start and kink < stop and worse_at(kink, better, other, lit_rate, dark_rate, slack):
                return False
    return True


@njit(cache=True)
def trim(better, other, is_timed, lit_rate, dark_rate, slack):
    """Cut the beginning [s] of a label's interval in the dark off, where a rover of another label can be all it is."""
    start, stop = other[FROM], other[UNTIL]
    if start >= stop or better[FROM] > start or better[COST] > other[COST] or better[UNTIL] <= start:
        return
    if is_timed and better[SHADOW] > other[SHADOW]:
        return
    if worse_at(start, better, other, lit_rate, dark_rate, slack):
        return
    meeting = min(stop, better[UNTIL])
    if worse_at(meeting, better, other, lit_rate, dark_rate, slack):
        # the better label has reached its most while the other still rises, or falls while the other is level
        if lit_rate <= 0.0:
            return
        meeting = min(meeting, start + (better[MOST] + slack - other[CHARGE]) / lit_rate)
    elif (
        stop > meeting
        and not is_timed
        and dark_rate < 0.0
        and charge_at(meeting, other, lit_rate, dark_rate) >= other[MOST]
    ):
        held = charge_at(meeting, better, lit_rate, dark_rate)
        meeting = min(stop, meeting + (held + slack - other[MOST]) / -dark_rate)
    if meeting > start:
        other[CHARGE] = charge_at(meeting, other, lit_rate, dark_rate)
        other[FROM] = meeting


@njit(cache=True)
def add_label(
    fresh, cell, run, parent, move, via, is_lit, is_timed, lit_rate, dark_rate, slack, late, weights, bound,
    head, whole, measures, keys, items, counters,
):  # fmt: skip
    """Keep a label (6,) [s, s, J, J, s, J] unless another dominates it; False where there is no room."""
    counters[GENERATED] += 1
    other = head[run]
    while other >= 0:
        if dominates(measures[other], fresh, is_lit, is_timed, lit_rate, dark_rate, slack, late):
            return True
        begin = fresh[FROM]
        if not is_lit:
            trim(measures[other], fresh, is_timed, lit_rate, dark_rate, slack)
        # what is left of a label may be dominated by those that were looked at before
        other = head[run] if fresh[FROM] > begin else whole[other, NEXT]
    label = counters[LABELS]
    if label >= whole.shape[0]:
        return False
    whole[label, CELL], whole[label, RUN], whole[label, PARENT] = cell, run, parent
    whole[label, NEXT], whole[label, MOVE], whole[label, VIA] = head[run], move, via
    for place in range(6):
        measures[label, place] = fresh[place]
    # what the new label beats leaves the list; in the queue it will be found beaten
    last, other = label, whole[label, NEXT]
    while other >= 0:
        following = whole[other, NEXT]
        if dominates(measures[label], measures[other], is_lit, is_timed, lit_rate, dark_rate, 0.0, 0.0):
            whole[last, NEXT] = following
        else:
            last = other
        other = following
    head[run] = label
    counters[LABELS] = label + 1
    key = weights[0] * fresh[FROM] + weights[1] * fresh[COST] + bound
    counters[QUEUE] = push(keys, items, counters[QUEUE], key, label)
    return True


@njit(cache=True)
def search_kernel(
    duration, energy, columns, edges, first, run_start, run_state, remaining, goal, rover, weights, needs_earth,
    head, whole, measures, keys, items, counters, fresh,
):  # fmt: skip
    """Search until the goal is reached, nothing is left, or there is no room for labels; go on when called again.

    duration [s], energy [J] (8, cells); edges (K + 1,) [s] of the slices; runs of each pixel; remaining (cells,), the
    least cost to the goal; rover (11,): capacity, least energy [J], rate in the light and in the dark [W], power beside
    the drive in the light and in the dark [W], charge and discharge efficiency [1], longest shadow [s],
    share [1] of the capacity and time [s] that count as equal;
    weights (2,) of time [1/s] and drive energy [1/J]. Labels: see `CELL` and `FROM`; head (runs,) the latest label.
    """
    full, least, lit_rate, dark_rate = rover[0], rover[1], rover[2], rover[3]
    lit_power, dark_power, charging, discharging, longest = rover[4], rover[5], rover[6], rover[7], rover[8]
    end = edges[-1]
    slack, late = rover[9] * full, rover[10]
    is_timed = longest < math.inf
    while counters[QUEUE] > 0:
        top = keys[0]
        label = pop(keys, items, counters[QUEUE])
        counters[QUEUE] -= 1
        cell, run = whole[label, CELL], whole[label, RUN]
        mine = measures[label]
        is_lit = (run_state[run] & LIT) != 0
        other, beaten = head[run], False
        while other >= 0 and not beaten:
            beaten = other != label and dominates(
                measures[other], mine, is_lit, is_timed, lit_rate, dark_rate, 0.0, 0.0
            )
            other = whole[other, NEXT]
        if beaten:
            continue
        if cell == goal:
            counters[REACHED] = label
            return FOUND
        counters[EXPANDED] += 1
        stop = edges[run_start[run + 1]] if run + 1 < first[cell + 1] else end
        since, until, cost = mine[FROM], mine[UNTIL], mine[COST]
        room = True
        if run + 1 < first[cell + 1]:
            charge = charge_at(stop, mine, lit_rate, dark_rate)
            shadow = 0.0 if is_lit else mine[SHADOW] + max(stop - until, 0.0)
            if charge >= least and shadow <= longest:
                next_lit = (run_state[run + 1] & LIT) != 0
                next_stop = edges[run_start[run + 2]] if run + 2 < first[cell + 1] else end
                fresh[FROM], fresh[UNTIL] = stop, next_stop if next_lit else stop
                fresh[CHARGE], fresh[MOST] = charge, full if next_lit else charge
                fresh[SHADOW], fresh[COST] = 0.0 if next_lit else shadow, cost
                room = add_label(
                    fresh, cell, run + 1, label, STAY, run + 1, next_lit, is_timed, lit_rate, dark_rate, slack, late,
                    weights, remaining[cell],
                    head, whole, measures, keys, items, counters,
                )  # fmt: skip
        row, column = cell // columns, cell % columns
        for k in range(8):
            time = duration[k, cell]
            if not room or time == math.inf:
                continue
            neighbour = (row + ROW_STEP[k]) * columns + column + COLUMN_STEP[k]
            if remaining[neighbour] == math.inf:
                continue
            last = first[neighbour + 1]
            via = first[neighbour]
            while via + 1 < last and edges[run_start[via + 1]] < since:
                via += 1
            while room and via < last and edges[run_start[via]] <= stop:
                opens, closes = edges[run_start[via]], edges[run_start[via + 1]] if via + 1 < last else end
                here, there = via, run_state[via]
                via += 1
                if needs_earth and (there & run_state[run] & EARTH) == 0:
                    continue
                a, b = max(since, opens), min(stop, closes)
                if a == b and (
                    (a == stop and opens == a and stop < end)
                    or (a == closes and edges[run_start[run]] == a and a > edges[0])
                ):
                    continue  # at the instant of a change both pixels are in the old light or both in the new
                if not is_lit:
                    b = min(b, until) if a <= until else a
                goes_lit = (there & LIT) != 0
                if not (is_lit or goes_lit or needs_earth) and a > until:
                    continue  # to have driven at once and to wait over there is as good
                half = 0.5 * energy[k, cell]
                first_half = half + 0.5 * time * (lit_power if is_lit else dark_power)
                second_half = half + 0.5 * time * (lit_power if goes_lit else dark_power)
                first_half = first_half / discharging if first_half > 0.0 else first_half * charging
                second_half = second_half / discharging if second_half > 0.0 else second_half * charging
                need = least + max(0.0, first_half, first_half + second_half)
                if full - second_half < least:
                    continue
                charge = charge_at(a, mine, lit_rate, dark_rate)
                if charge < need:
                    if lit_rate <= 0.0 or a >= b or mine[MOST] < need:
                        continue
                    a += (need - charge) / lit_rate
                    if a > b:
                        continue
                    charge = need
                elif lit_rate < 0.0 and b > a and charge_at(b, mine, lit_rate, dark_rate) < need:
                    b = a + (need - charge) / lit_rate
                shadow = 0.0 if is_lit else mine[SHADOW] + max(a - until, 0.0) + 0.5 * time
                if shadow > longest:
                    continue
                shadow = 0.0 if goes_lit else shadow + 0.5 * time
                if shadow > longest or a + time > end:
                    continue
                begin = charge - first_half - second_half
                most = min(full, full - second_half, mine[MOST] - first_half - second_half)
                if a == b:
                    begin = min(begin, full, full - second_half)
                    most = begin
                new_cost = cost + energy[k, cell] if weights[1] > 0.0 else 0.0
                arrive, latest = a + time, min(b + time, end)
                there_run = here
                while there_run + 1 < last and edges[run_start[there_run + 1]] < arrive:
                    there_run += 1
                opens = arrive
                while room:
                    closes = edges[run_start[there_run + 1]] if there_run + 1 < last else end
                    lit_there = (run_state[there_run] & LIT) != 0
                    held = min(begin + lit_rate * (opens - arrive), most)
                    fresh[FROM], fresh[CHARGE], fresh[COST] = opens, held, new_cost
                    fresh[UNTIL] = closes if lit_there else min(latest, closes)
                    fresh[MOST] = full if lit_there else (most if fresh[UNTIL] > opens else held)
                    fresh[SHADOW] = 0.0 if lit_there or longest == math.inf else shadow
                    room = add_label(
                        fresh, neighbour, there_run, label, k, here, lit_there, is_timed, lit_rate, dark_rate, slack,
                        late, weights, remaining[neighbour],
                        head, whole, measures, keys, items, counters,
                    )  # fmt: skip
                    if latest <= closes or there_run + 1 >= last:
                        break
                    opens = closes
                    there_run += 1
        if not room:
            counters[QUEUE] = push(keys, items, counters[QUEUE], top, label)
            return FULL
    return NO_WAY
