"""Kernel of hardware as lumped nodes that radiate, conduct, dissipate, and keep themselves warm."""

# mypy: allow-untyped-defs, allow-untyped-calls

from numba import njit

STEFAN_BOLTZMANN = 5.670374419e-8  # [W/m^2/K^4]
SWEEPS = 200  # over all nodes in one step
NARROWINGS = 120  # of Newton's method in one node, at worst by halving
HOTTEST = 5000.0  # [K] no hardware is
CLOSE = 1e-9  # [K] change in a sweep that ends the step


@njit(cache=True)
def radiated(face, t, sink, area, closed, opened, low, high):
    """Net power [W] that a face at a temperature [K] sends out, and its slope [W/K].

    `sink` (F,) [K^4], area (F,) [m2], emittances closed and opened (F,) [1] below `low` and above `high` (F,) [K].
    """
    share = 0.0
    turning = 0.0
    if opened[face] != closed[face]:
        share = (t - low[face]) / (high[face] - low[face])
        if share <= 0.0:
            share = 0.0
        elif share >= 1.0:
            share = 1.0
        else:
            turning = (opened[face] - closed[face]) / (high[face] - low[face])
    emittance = closed[face] + share * (opened[face] - closed[face])
    driving = STEFAN_BOLTZMANN * area[face] * (t * t * t * t - sink[face])
    slope = STEFAN_BOLTZMANN * area[face] * emittance * 4.0 * t * t * t
    return emittance * driving, slope + max(turning * driving, 0.0)


@njit(cache=True)
def hardware_kernel(
    steps, sinks, owner, area, closed, opened, low, high, capacity, dissipation, minimum, limit, links,
    temperatures, heater, outwards,
):  # fmt: skip
    """Carry M nodes with F faces through n steps; returns 0, or the number of the step that found no answer.

    steps (n,) [s]; sinks (n + 1, F) [K^4] at the edges; owner (F,) the node of each face; area (F,) [m2]; closed and
    opened (F,) [1] with low and high (F,) [K]; capacity (M,) [J/K]; dissipation (n, M) [W]; minimum (M,) [K] that the
    heater of at most limit (M,) [W] keeps; links (M, M) [W/K], symmetric. Writes temperatures (n + 1, M) [K] from row
    0 on, heater (n, M) [W] and outwards (n, M) [W], what the faces sent out. Implicit, of first order.
    """
    nodes = capacity.size
    for step in range(steps.size):
        time = steps[step]
        sink = sinks[step + 1]
        for k in range(nodes):
            temperatures[step + 1, k] = temperatures[step, k]
        settled = False
        for _ in range(SWEEPS):
            moved = 0.0
            for k in range(nodes):
                start = temperatures[step, k]
                t = temperatures[step + 1, k]
                warmed = False
                # first without the heater; where that ends below the minimum, with it
                for attempt in range(3):
                    heat = dissipation[step, k]
                    if attempt == 2:
                        heat += limit[k]
                    if attempt == 1:
                        t = minimum[k]
                    below, above = 0.0, HOTTEST
                    for _ in range(NARROWINGS):
                        excess = capacity[k] * (t - start) / time - heat
                        slope = capacity[k] / time
                        for other in range(nodes):
                            excess += links[k, other] * (t - temperatures[step + 1, other])
                            slope += links[k, other]
                        for face in range(owner.size):
                            if owner[face] == k:
                                power, steepness = radiated(face, t, sink, area, closed, opened, low, high)
                                excess += power
                                slope += steepness
                        if attempt == 1:
                            break
                        if excess < 0.0:
                            below = t
                        else:
                            above = t
                        better = t - excess / slope
                        if not below < better < above:  # louvres bend the balance: halve what is left
                            better = 0.5 * (below + above)
                        move = better - t
                        t = better
                        if abs(move) < 1e-12 * t:
                            break
                    if attempt == 0:
                        heater[step, k] = 0.0
                        if t >= minimum[k]:
                            break
                    elif attempt == 1:
                        heater[step, k] = excess
                        if excess <= limit[k]:
                            warmed = True
                            break
                    else:
                        heater[step, k] = limit[k]
                if warmed:
                    t = minimum[k]
                moved = max(moved, abs(t - temperatures[step + 1, k]))
                temperatures[step + 1, k] = t
            if moved < CLOSE or nodes == 1:
                settled = True
                break
        if not settled:
            return step + 1
        for k in range(nodes):
            outwards[step, k] = 0.0
        for face in range(owner.size):
            k = owner[face]
            power, _ = radiated(face, temperatures[step + 1, k], sink, area, closed, opened, low, high)
            outwards[step, k] += power
    return 0
