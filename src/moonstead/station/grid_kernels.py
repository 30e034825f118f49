"""Kernel of a grid: buses joined by lines, several stores, steps of constant power; priority flow in every phase."""

# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np
from numba import njit

from moonstead.station.ledger_kernels import relax, time_to_reach

NO_SHORTAGE = 0
RESERVE_KEPT = 1
DISCHARGE_LIMIT = 2
LINE_LIMIT = 3
STORE_EMPTY = 4
NO_STORE = 5

DONE = 0
STUCK = 1
WATCHED_SHORT = 2

ROUNDING = 1e-12  # [1] of the power of a step: sums of some dozen loads differ by less
BETTER = 1.0 + 1e-12  # [1] a path must gain more than rounding to replace another
SHORTEST = 1e-6  # [s] what is shorter is rounding, not a shortage
MOST_PATHS = 10_000  # paths for one load in one phase; a dozen lines of eight parts need some hundreds
MOST_PHASES = 100_000  # in one step


@njit(cache=True)
def line_room(line, way, gains, widths, flow):
    """Gain [1] and room [W] at the sending end for a little more power over a line; (0, 0) where it is full.

    Power that flows the other way is taken back first, its least efficient part before the others: with that the loss
    of each line is the least for what it carries.
    """
    parts = gains.shape[1]
    for part in range(parts - 1, -1, -1):
        back = flow[line, 1 - way, part]
        if back > 0.0:
            return 1.0 / gains[line, part], gains[line, part] * back
    for part in range(parts):
        room = widths[line, part] - flow[line, way, part]
        if room > 0.0:
            return gains[line, part], room
    return 0.0, 0.0


@njit(cache=True)
def send(line, way, power, gains, widths, flow):
    """Put more power [W] into a line at one end, within what `line_room` gave; return what arrives [W]."""
    parts = gains.shape[1]
    for part in range(parts - 1, -1, -1):
        back = flow[line, 1 - way, part]
        if back > 0.0:
            left = back - power / gains[line, part]
            flow[line, 1 - way, part] = left if left > ROUNDING * widths[line, part] else 0.0
            return power / gains[line, part]
    for part in range(parts):
        room = widths[line, part] - flow[line, way, part]
        if room > 0.0:
            used = flow[line, way, part] + power
            flow[line, way, part] = widths[line, part] if room - power <= ROUNDING * widths[line, part] else used
            return gains[line, part] * power
    return 0.0


@njit(cache=True)
def best_paths(target, ends, gains, widths, flow, label, via):
    """Write the highest gain (B,) [1] from each bus to the target, 0 where nothing more can flow, and the first line.

    Bellman's iteration; `via` (B,) holds twice the line plus the way, -1 at the target and where there is no path.
    """
    buses = label.size
    for bus in range(buses):
        label[bus] = 0.0
        via[bus] = -1
    label[target] = 1.0
    for _ in range(buses):
        changed = False
        for line in range(ends.shape[0]):
            for way in range(2):
                tail, head = ends[line, way], ends[line, 1 - way]
                if tail == target or label[head] == 0.0:
                    continue
                gain, _room = line_room(line, way, gains, widths, flow)
                if gain * label[head] > label[tail] * BETTER:
                    label[tail] = gain * label[head]
                    via[tail] = 2 * line + way
                    changed = True
        if not changed:
            break


@njit(cache=True)
def draw(target, need, first, last, source_bus, spare, given, allowed, tiny, ends, gains, widths, flow, label, via):
    """Bring power to a bus from sources first..last-1; return what is still needed and what arrived [W].

    -1 is still needed where it does not end. What arrived is summed by itself: in a difference a little power for a
    large need would be lost to rounding.

    Sources of the bus itself come first, then whatever reaches it with the least loss; power that flows already is led
    another way where that helps. `spare` (Q,) [W] of the sources sinks by what they give, `given` (Q,) [W] rises. With
    paths of highest gain the flow stays without cycles that would win energy, so what cannot be brought in the end
    cannot be brought at all (K. Onaga, Optimum flows in general communication networks, J. Franklin Inst. 283 (1967)
    308).
    """
    brought = 0.0
    for source in range(first, last):
        if source_bus[source] == target and allowed[source] and need > tiny:
            power = min(spare[source], need)
            spare[source] -= power
            given[source] += power
            need -= power
            brought += power
    if need <= tiny or ends.shape[0] == 0:
        return need, brought
    for _ in range(MOST_PATHS):
        some = False
        for source in range(first, last):
            if allowed[source] and spare[source] > tiny and source_bus[source] != target:
                some = True
                break
        if not some:
            return need, brought
        best_paths(target, ends, gains, widths, flow, label, via)
        chosen, gain = -1, 0.0
        for source in range(first, last):
            if allowed[source] and spare[source] > tiny and label[source_bus[source]] > gain * BETTER:
                chosen, gain = source, label[source_bus[source]]
        if chosen < 0:
            return need, brought
        power = min(spare[chosen], need / gain)
        bus, so_far = source_bus[chosen], 1.0
        for _hop in range(label.size):
            if bus == target:
                break
            line, way = via[bus] // 2, via[bus] % 2
            step_gain, room = line_room(line, way, gains, widths, flow)
            power = min(power, room / so_far)
            so_far *= step_gain
            bus = ends[line, 1 - way]
        if bus != target:
            return -1.0, brought
        spare[chosen] -= power
        given[chosen] += power
        bus, arriving = source_bus[chosen], power
        while bus != target:
            line, way = via[bus] // 2, via[bus] % 2
            arriving = send(line, way, arriving, gains, widths, flow)
            bus = ends[line, 1 - way]
        need -= arriving
        brought += arriving
        if need <= tiny:
            return need, brought
    return -1.0, brought


@njit(cache=True)
def connected(start, ends, widths, reached):
    """Mark the buses (B,) that lines with some rated power, `widths` (L, P) [W], join to one."""
    for bus in range(reached.size):
        reached[bus] = False
    reached[start] = True
    for _ in range(reached.size):
        for line in range(ends.shape[0]):
            if widths[line, 0] > 0.0:
                a, b = ends[line, 0], ends[line, 1]
                if reached[a] != reached[b]:
                    reached[a] = True
                    reached[b] = True


@njit(cache=True)
def reason_of(bus, reserve, energy, stores, full, spare, allowed, tiny, ends, gains, widths, flow, label, via, reached):
    """Why a load of a bus stays short, and the line or store to blame (-1 where it is none).

    reserve [1] of the load; energy and full (M,) [J]; the rest as in `draw`, after it.
    """
    buses = label.size
    connected(bus, ends, widths, reached)
    for source in range(spare.size):
        at = source if source < buses else int(stores[source - buses, 0])
        if allowed[source] and spare[source] > tiny and at != bus and reached[at]:
            best_paths(bus, ends, gains, widths, flow, label, via)
            for line in range(ends.shape[0]):
                if widths[line, 0] > 0.0 and (label[ends[line, 0]] > 0.0) != (label[ends[line, 1]] > 0.0):
                    return LINE_LIMIT, line
            return LINE_LIMIT, -1
    blamed, reason = -1, NO_STORE
    for store in range(stores.shape[0]):
        if not reached[int(stores[store, 0])] or full[store] <= 0.0:
            continue
        least = stores[store, 2] * full[store]
        if energy[store] > max(least, reserve * full[store]):
            return DISCHARGE_LIMIT, store
        if energy[store] > least:
            reason, blamed = RESERVE_KEPT, store
        elif reason == NO_STORE:
            reason, blamed = STORE_EMPTY, store
    return reason, blamed


@njit(cache=True)
def grid_kernel(
    steps, made, demand, load_bus, reserve, stores, level_ends, capacity, ends, gains, rated, watched,
    stored, served, spilled, charge_loss, discharge_loss, self_loss, charged, delivered, line_from, line_to,
    delay, cause, blame, stop,
):  # fmt: skip
    """Run the ledger of a grid of B buses over n steps of K loads, M stores and L lines; return a status.

    steps (n,) [s]; made (n, B) [W]; demand (n, K) [W] in the order of service; load_bus (K,); reserve (K,) [1], state
    of charge at which a load stops drawing on a store. stores (M, 8) in the order of use: bus, capacity [J], least
    charge [1], charge and discharge limit [W] at the bus, charge and discharge efficiency [1], self-discharge [1/s];
    level_ends (V,) the number of stores up to each level; capacity (n, M) [J] in each step. ends (L, 2)
    the buses of each line; gains (L, P) [1] of its parts of falling efficiency; rated (n, L, P) [W] their width.
    watched: number of loads at the head of the order whose first shortage ends the run, with its step in stop[0].

    Writes stored (n + 1, M) [J] from stored[0] on, served (n, K) [J], spilled (n, B) [J]; charge_loss, discharge_loss,
    self_loss, charged (in at the bus) and delivered (out at the bus) (n, M) [J]; line_from and line_to (n, L) [J], what
    leaves the first end into the line and what arrives at the second end; delay (n, B) [s] from the start of a step to
    the first load that is short, cause (n, B), the gravest of the step, and blame (n, B), the line or store at fault.
    """
    n, loads = demand.shape
    buses, count, lines, parts = made.shape[1], stores.shape[0], ends.shape[0], gains.shape[1]
    source_bus = np.empty(buses + count, np.int64)
    spare = np.empty(buses + count)
    given = np.empty(buses + count)
    allowed = np.ones(buses + count, np.bool_)
    received = np.empty(loads)
    inflow = np.zeros(count)
    energy = np.empty(count)
    target = np.empty(count)
    reach = np.empty(count)
    drawn = np.zeros(count)
    flow = np.zeros((lines, 2, parts))
    label = np.empty(buses)
    via = np.empty(buses, np.int64)
    reached = np.empty(buses, np.bool_)
    for bus in range(buses):
        source_bus[bus] = bus
    for store in range(count):
        source_bus[buses + store] = int(stores[store, 0])
        energy[store] = stored[0, store]
    for i in range(n):
        left, widths, full = steps[i], rated[i], capacity[i]
        wanted, total = 0.0, 0.0
        for load in range(loads):
            wanted += demand[i, load]
            served[i, load] = 0.0
        for bus in range(buses):
            total += made[i, bus]
            spilled[i, bus] = 0.0
            delay[i, bus] = 0.0
            cause[i, bus] = NO_SHORTAGE
            blame[i, bus] = -1
        tiny, small = ROUNDING * wanted, ROUNDING * total
        for store in range(count):
            charged[i, store] = 0.0
            delivered[i, store] = 0.0
            drawn[store] = 0.0
            energy[store] = min(energy[store], full[store])
        for line in range(lines):
            line_from[i, line] = 0.0
            line_to[i, line] = 0.0
        phases = 0
        while left > 0.0:
            phases += 1
            if phases > MOST_PHASES:
                return STUCK
            for line in range(lines):
                for part in range(parts):
                    flow[line, 0, part] = 0.0
                    flow[line, 1, part] = 0.0
            for bus in range(buses):
                given[bus] = 0.0
                spare[bus] = made[i, bus]
            for store in range(count):
                given[buses + store] = 0.0
                can = energy[store] > stores[store, 2] * full[store]
                spare[buses + store] = stores[store, 4] if can else 0.0
            for load in range(loads):
                need, bus = demand[i, load], load_bus[load]
                received[load] = 0.0
                if need <= tiny:
                    continue
                if spare[bus] >= need:  # most loads on most days: no path to look for
                    spare[bus] -= need
                    given[bus] += need
                    received[load] = need
                    continue
                for store in range(count):
                    allowed[buses + store] = energy[store] > max(reserve[load], stores[store, 2]) * full[store]
                first = 0
                for level in range(-1, level_ends.size):
                    last = buses + (level_ends[level] if level >= 0 else 0)
                    need, arrived = draw(
                        bus, need, first, last, source_bus, spare, given, allowed, tiny, ends, gains, widths, flow,
                        label, via,
                    )  # fmt: skip
                    if need < -tiny:
                        return STUCK
                    received[load] += arrived
                    if need <= tiny:
                        break
                    first = last
                if need <= tiny:
                    received[load] = demand[i, load] - need
                    continue
                why, at = reason_of(
                    bus, reserve[load], energy, stores, full, spare, allowed, tiny, ends, gains, widths, flow, label,
                    via, reached,
                )  # fmt: skip
                if cause[i, bus] == NO_SHORTAGE:
                    delay[i, bus] = steps[i] - left
                if why > cause[i, bus]:
                    cause[i, bus] = why
                    blame[i, bus] = at
                if load < watched and left > SHORTEST:
                    stop[0] = i
                    return WATCHED_SHORT
            phase = left
            for store in range(count):
                inflow[store] = 0.0
                reach[store] = np.inf
                target[store] = energy[store]
                charging, leak = stores[store, 5], stores[store, 7]
                if given[buses + store] > 0.0:
                    target[store] = stores[store, 2] * full[store]
                    for load in range(loads):
                        floor = reserve[load] * full[store]
                        if demand[i, load] > 0.0 and floor < energy[store]:
                            target[store] = max(target[store], floor)
                    power = -given[buses + store] / stores[store, 6]
                    reach[store] = time_to_reach(energy[store], target[store], power, leak)
                else:
                    most = min(stores[store, 3], total)
                    if energy[store] >= full[store]:
                        # full: only what the cells lose by themselves
                        most = min(most, leak * full[store] / charging)
                    if most > small:
                        bus = int(stores[store, 0])
                        rest, inflow[store] = draw(
                            bus, most, 0, buses, source_bus, spare, given, allowed, small, ends, gains, widths, flow,
                            label, via,
                        )  # fmt: skip
                        if rest < -small:
                            return STUCK
                    if inflow[store] > 0.0 and energy[store] < full[store]:
                        target[store] = full[store]
                        reach[store] = time_to_reach(energy[store], full[store], charging * inflow[store], leak)
                phase = min(phase, reach[store])
            for load in range(loads):
                served[i, load] += received[load] * phase
            for bus in range(buses):
                spilled[i, bus] += spare[bus] * phase
            for store in range(count):
                power = inflow[store] * stores[store, 5] - given[buses + store] / stores[store, 6]
                charged[i, store] += inflow[store] * phase
                delivered[i, store] += given[buses + store] * phase
                drawn[store] += given[buses + store] / stores[store, 6] * phase
                if reach[store] <= phase:
                    energy[store] = target[store]
                else:
                    energy[store] = relax(energy[store], power, stores[store, 7], phase)
            for line in range(lines):
                for part in range(parts):
                    gain = gains[line, part]
                    line_from[i, line] += (flow[line, 0, part] - gain * flow[line, 1, part]) * phase
                    line_to[i, line] += (gain * flow[line, 0, part] - flow[line, 1, part]) * phase
            left -= phase
        for store in range(count):
            charge_loss[i, store] = charged[i, store] * (1.0 - stores[store, 5])
            discharge_loss[i, store] = drawn[store] - delivered[i, store]
            self_loss[i, store] = 0.0
            if stores[store, 7] > 0.0 or stored[i, store] > full[store]:
                change = energy[store] - stored[i, store]
                self_loss[i, store] = stores[store, 5] * charged[i, store] - drawn[store] - change
            stored[i + 1, store] = energy[store]
    return DONE
