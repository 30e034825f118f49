"""Kernel of the stores: a conservative step scheme over a network of stores and processes."""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

from numba import njit

NOTHING = 0
INPUT_SHORT = 1
STORE_FULL = 2
NO_POWER = 3
START_UP = 4

SWEEPS = 8  # through all priorities in one step: what a process makes can be used in the same step
PASSES = 8  # within one priority: what one cannot use is offered again to its equals
DONE = 1e-12  # [1] of what is wanted: rounding of the shares


@njit(cache=True)
def _share(first, last, order, takes, gives, fills, capacity, stock, left, demand, filling, share):
    """Run processes order[first:last] of equal priority as far as stores allow; return the units [1] that were run."""
    stores = stock.size
    ran = 0.0
    for s in range(stores):
        demand[s] = 0.0
        filling[s] = 0.0
    for k in range(first, last):
        p = order[k]
        if left[p] > 0.0:
            for s in range(stores):
                demand[s] += left[p] * takes[p, s]
                filling[s] += left[p] * fills[p, s]
    for k in range(first, last):
        p = order[k]
        share[p] = 0.0
        if left[p] > 0.0:
            part = 1.0
            for s in range(stores):
                if takes[p, s] > 0.0 and demand[s] > stock[s]:
                    part = min(part, stock[s] / demand[s])
                if fills[p, s] > 0.0:
                    room = max(capacity[s] - stock[s], 0.0)
                    if filling[s] > room:
                        part = min(part, room / filling[s])
            share[p] = part
    for k in range(first, last):
        p = order[k]
        if share[p] > 0.0:
            units = share[p] * left[p]
            for s in range(stores):
                if takes[p, s] > 0.0 or gives[p, s] > 0.0:
                    stock[s] = max(stock[s] + units * (gives[p, s] - takes[p, s]), 0.0)
            left[p] = left[p] - units if share[p] < 1.0 else 0.0
            ran += units
    return ran


@njit(cache=True)
def stores_kernel(
    steps, capacity, leak, takes, gives, fills, rate, start_up, desired, power, order, groups, supplied, delivered,
    stock, done, wanted, lost, vented, imported, refused, cause, limit, work,
):  # fmt: skip
    """Run S stores and P processes over n steps and return 0.

    steps (n,) [s]; capacity (S,) [kg]; leak (S,) [1/s]; takes and gives (P, S) [kg] net for one unit; fills (P, S)
    [kg], the part of gives that a full store stops; rate (P,) [1/s]; start_up (P,) [s]; desired (n, P) [1], activity in
    units of the rate; power (n, P) [1], share of its power that each is served; order (P,) of processes with the most
    important first, groups (G + 1,), where those of equal priority begin; supplied (P,), whether what is short comes
    from outside; delivered (n, S) [kg] at the start of each step. Writes stock (n + 1, S) [kg] from stock[0] on, done
    and wanted (n, P) [1] in units, lost (leaked), vented, imported and refused (n, S) [kg], cause (n, P) and limit
    (n, P), the store to blame. work (5, max(P, S)) is scratch.
    """
    stores, processes = capacity.size, rate.size
    left, share, cold = work[0, :processes], work[1, :processes], work[2, :processes]
    demand, filling = work[3, :stores], work[4, :stores]
    for p in range(processes):
        cold[p] = 0.0
    for i in range(steps.size):
        time = steps[i]
        now = stock[i + 1]
        for s in range(stores):
            accepted = min(delivered[i, s], max(capacity[s] - stock[i, s], 0.0))
            refused[i, s] = delivered[i, s] - accepted
            content = stock[i, s] + accepted
            lost[i, s] = content * -math.expm1(-leak[s] * time) if leak[s] > 0.0 else 0.0
            now[s] = content - lost[i, s]
            vented[i, s] = 0.0
            imported[i, s] = 0.0
        open_ends = False
        for p in range(processes):
            wanted[i, p] = rate[p] * desired[i, p] * time
            able = wanted[i, p] * power[i, p]
            heated = able
            if start_up[p] > 0.0:
                if power[i, p] <= 0.0:
                    cold[p] = start_up[p]
                elif cold[p] > 0.0:
                    heated = able * max(time - cold[p], 0.0) / time
                    cold[p] = max(cold[p] - time, 0.0)
            left[p] = heated
            done[i, p] = heated
            cause[i, p] = NOTHING
            limit[i, p] = -1
            if able < wanted[i, p] or heated < able:
                cause[i, p] = NO_POWER if wanted[i, p] - able >= able - heated else START_UP
            open_ends = open_ends or heated > 0.0
        sweep = 0
        while open_ends and sweep < SWEEPS:
            moved = 0.0
            open_ends = False
            for g in range(groups.size - 1):
                waiting = False
                for _ in range(PASSES):
                    ran = _share(
                        groups[g],
                        groups[g + 1],
                        order,
                        takes,
                        gives,
                        fills,
                        capacity,
                        now,
                        left,
                        demand,
                        filling,
                        share,
                    )
                    waiting = False
                    for k in range(groups[g], groups[g + 1]):
                        waiting = waiting or left[order[k]] > DONE * done[i, order[k]]
                    moved += ran
                    if not waiting or ran == 0.0:
                        break
                open_ends = open_ends or waiting
            if moved == 0.0:
                open_ends = False
            sweep += 1
        for p in range(processes):
            able = done[i, p]
            if left[p] > DONE * able:
                blamed = -1
                reason = INPUT_SHORT
                least = math.inf
                for s in range(stores):
                    if takes[p, s] > 0.0 and now[s] / takes[p, s] < least:
                        least = now[s] / takes[p, s]
                        blamed = s
                for s in range(stores):
                    if fills[p, s] > 0.0 and (capacity[s] - now[s]) / fills[p, s] < least:
                        least = (capacity[s] - now[s]) / fills[p, s]
                        blamed = s
                        reason = STORE_FULL
                if supplied[p]:
                    for s in range(stores):
                        need = left[p] * takes[p, s]
                        brought = max(need - now[s], 0.0)
                        imported[i, s] += brought
                        now[s] = max(now[s] + brought - need, 0.0) + left[p] * gives[p, s]
                    left[p] = 0.0
                else:
                    if left[p] >= wanted[i, p] - able:
                        cause[i, p] = reason
                        limit[i, p] = blamed
                    done[i, p] = able - left[p]
        for s in range(stores):
            if now[s] > capacity[s]:
                vented[i, s] = now[s] - capacity[s]
                now[s] = capacity[s]
    return 0
