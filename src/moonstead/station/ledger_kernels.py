"""Kernel of the power ledger: one battery, one bus, steps of constant power."""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

from numba import njit

NO_SHORTAGE = 0
RESERVE_KEPT = 1
DISCHARGE_LIMIT = 2
BATTERY_EMPTY = 3
EQUAL_POWER = 1e-12  # [1] sums of some dozen loads differ by less; no battery moves for it


@njit(cache=True)
def relax(energy, power, leak, time):
    """Energy [J] after `time` [s] with constant inflow `power` [W] and self-discharge `leak` [1/s]."""
    if leak == 0.0:
        return energy + power * time
    return energy + (power / leak - energy) * -math.expm1(-leak * time)


@njit(cache=True)
def time_to_reach(energy, target, power, leak):
    """Time [s] until the energy reaches the target [J]; inf where it never does."""
    if energy == target:
        return 0.0
    rate, end_rate = power - leak * energy, power - leak * target
    if rate == 0.0 or end_rate == 0.0 or (target > energy) != (rate > 0.0) or (end_rate > 0.0) != (rate > 0.0):
        return math.inf
    if leak == 0.0:
        return (target - energy) / power
    return math.log(rate / end_rate) / leak


@njit(cache=True)
def ledger_kernel(
    steps, generation, demand, floors, battery,
    stored, served, spilled, charge_loss, discharge_loss, self_loss, delay, cause,
):  # fmt: skip
    """Run the ledger over n steps of k loads and return 0.

    steps (n,) [s], generation (n,) [W], demand (n, k) [W] with the most important load first, floors (k,) [J] at which
    a load stops drawing on the battery; battery (7,): capacity [J], least energy [J], charge and discharge limit [W] at
    the bus, charge and discharge efficiency [1], self-discharge [1/s]. Writes stored (n + 1,) [J] from stored[0] on,
    served (n, k) [J], spilled and the three losses (n,) [J], delay (n,) [s] from the start of a step to the first load
    that is short, and cause (n,), the gravest of the step.
    """
    full, least, charge_limit, discharge_limit = battery[0], battery[1], battery[2], battery[3]
    charging, discharging, leak = battery[4], battery[5], battery[6]
    loads = demand.shape[1]
    for i in range(steps.size):
        energy, time, made = stored[i], steps[i], generation[i]
        wanted = 0.0
        for j in range(loads):
            wanted += demand[i, j]
            served[i, j] = 0.0
        charged = 0.0
        drawn = 0.0
        delivered = 0.0
        spilled[i] = 0.0
        delay[i] = 0.0
        cause[i] = NO_SHORTAGE
        if made >= wanted * (1.0 - EQUAL_POWER):
            surplus = max(made - wanted, 0.0)
            inflow = min(surplus, charge_limit)
            until_full = time
            if energy < full:
                until_full = min(time, time_to_reach(energy, full, charging * inflow, leak))
            elif charging * inflow >= leak * full:
                until_full = 0.0
            end = relax(energy, charging * inflow, leak, until_full)
            charged = inflow * until_full
            if until_full < time:
                # full: charge only what the cells lose by themselves
                end = full
                charged += leak * full / charging * (time - until_full)
            for j in range(loads):
                served[i, j] = demand[i, j] * time
            spilled[i] = surplus * time - charged
        else:
            end = energy
            left = time
            while left > 0.0:
                # from the strongest floor downwards: each phase ends where a load must leave the battery
                direct = made
                asked = 0.0
                floor = least
                lacking = False
                for j in range(loads):
                    short = demand[i, j] - min(demand[i, j], direct)
                    direct -= min(demand[i, j], direct)
                    if short > wanted * EQUAL_POWER:
                        if end > max(floors[j], least):
                            asked += short
                            floor = max(floor, floors[j])
                        else:
                            lacking = True
                outflow = min(asked, discharge_limit)
                phase = left
                if outflow > 0.0:
                    phase = min(left, time_to_reach(end, floor, -outflow / discharging, leak))
                direct = made
                from_battery = outflow
                for j in range(loads):
                    own = min(demand[i, j], direct)
                    direct -= own
                    short = demand[i, j] - own
                    if short > wanted * EQUAL_POWER and end > max(floors[j], least):
                        lent = short if outflow == asked else min(short, from_battery)
                        from_battery -= lent
                        own += lent
                    served[i, j] += own * phase
                reason = NO_SHORTAGE
                if outflow < asked:
                    reason = DISCHARGE_LIMIT
                elif lacking:
                    reason = RESERVE_KEPT if end > least else BATTERY_EMPTY
                if reason != NO_SHORTAGE and cause[i] == NO_SHORTAGE:
                    delay[i] = time - left
                cause[i] = max(cause[i], reason)
                delivered += outflow * phase
                drawn += outflow / discharging * phase
                end = floor if phase < left else relax(end, -outflow / discharging, leak, phase)
                left -= phase
        stored[i + 1] = end
        charge_loss[i] = charged * (1.0 - charging)
        discharge_loss[i] = drawn - delivered
        self_loss[i] = charging * charged - drawn - (end - energy) if leak > 0.0 else 0.0
    return 0
