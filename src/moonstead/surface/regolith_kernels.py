"""Kernel of heat in columns of ground: an implicit finite-volume scheme that keeps every joule."""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

from numba import njit

from moonstead.dynamics.vector_kernels import (
    LANES,
    any_less,
    greater,
    lesser,
    load_lanes,
    spread,
    sqrt_lanes,
    store_lanes,
)

# Alexander (1977), SIAM J. Numer. Anal. 14, 1006, doi:10.1137/0714068: two implicit stages, second order, L-stable
GAMMA = 1.0 - math.sqrt(0.5)
STEFAN_BOLTZMANN = 5.670374419e-8  # [W/m^2/K^4]
PER_CUBE = 1.0 / 350.0**3  # [1/K^3] the share of radiation in the conductivity is stated at 350 K
# [1] of a cell's energy: where the first stage would leave less for the second to start from, one backward Euler stage
# takes the whole step, which cannot overshoot; dusk in steps of a day
KEPT = 0.2
NARROWINGS = 6  # of Newton's method at the surface; the balance is convex, a seventh would change nothing


@njit(cache=True)
def heat_per_kelvin(t, capacity):
    """Specific heat capacity [J/kg/K] at temperatures [K]."""
    return capacity[0] + t * (capacity[1] + t * (capacity[2] + t * (capacity[3] + t * capacity[4])))


@njit(cache=True)
def heat_held(t, capacity):
    """Specific enthalpy [J/kg] at temperatures [K]: the integral of the heat capacity from 0 K."""
    rest = capacity[2] / 3.0 + t * (capacity[3] / 4.0 + t * (capacity[4] / 5.0))
    return t * (capacity[0] + t * (capacity[1] / 2.0 + t * rest))


@njit(cache=True)
def surface_balance(skin, light, pull, hold, radiance):
    """Temperature [K] at which the surface radiates and conducts what it absorbs [W/m2].

    It hangs on the ground by ``hold`` [W/m2/K] towards ``pull`` [K]. Newton's method on a convex function: from the
    second step on it comes down from above, and the first is held below the bound that no solution exceeds.
    """
    bound = greater(pull, sqrt_lanes(sqrt_lanes(greater(light, 0.0 * light) / radiance)))
    for _ in range(NARROWINGS):
        cube = radiance * skin * skin * skin
        skin = lesser(skin - (cube * skin + (skin - pull) * hold - light) / (4.0 * cube + hold), bound)
    return skin


@njit(cache=True)
def stage_kernel(
    start, stage, skin, light, inner, thickness, contact, mass, radiative, capacity, radiance, heat_flow,
    slope, offset, stiffness, push, through,
):  # fmt: skip
    """Solve one implicit stage of `inner` [s] from energies `start` (m, 8) [J/m2] and return the surface [K].

    The heat capacities and conductivities are those at the temperatures `stage` (m, 8) [K], which are replaced by the
    solution. Writes the flux `through` [W/m2] the top of each cell, downwards; the four arrays before it are scratch.
    """
    m = thickness.size
    # from the bottom upwards, each cell as a straight line of the one above: T_i = offset_i + slope_i T_(i-1)
    t = load_lanes(stage, (m - 1) * LANES)
    lower = contact[m - 1] * (1.0 + radiative * PER_CUBE * t * t * t)  # conductivity
    reach = spread(0.0)  # conductance to what lies below, times the time
    pushed = spread(inner * heat_flow)  # and what comes from there when this cell is at 0 K
    for i in range(m - 1, 0, -1):
        slow = mass[i] * heat_per_kelvin(t, capacity)
        stiff = slow + reach
        driven = load_lanes(start, i * LANES) - mass[i] * heat_held(t, capacity) + slow * t + pushed
        t = load_lanes(stage, (i - 1) * LANES)
        upper = contact[i - 1] * (1.0 + radiative * PER_CUBE * t * t * t)
        # halves of two cells in series, way / (upper lower), kept as a fraction: one division in all
        link = inner * upper * lower
        way = 0.5 * thickness[i - 1] * lower + 0.5 * thickness[i] * upper
        share = 1.0 / (way * stiff + link)
        leaning = link * share
        store_lanes(slope, i * LANES, leaning)
        store_lanes(offset, i * LANES, driven * way * share)
        store_lanes(stiffness, i * LANES, stiff)
        store_lanes(push, i * LANES, driven)
        reach = stiff * leaning
        pushed = driven * leaning
        lower = upper
    slow = mass[0] * heat_per_kelvin(t, capacity)
    driven = load_lanes(start, 0) - mass[0] * heat_held(t, capacity) + slow * t + pushed
    share = 1.0 / (slow + reach)
    pull = driven * share
    between = 0.5 * (skin + t)
    lid = contact[0] * (1.0 + radiative * PER_CUBE * between * between * between) / (0.5 * thickness[0])
    hold = lid / (1.0 + lid * inner * share)
    skin = surface_balance(skin, light, pull, hold, radiance)
    flux = (skin - pull) * hold
    above = pull + inner * share * flux
    store_lanes(through, 0, flux)
    store_lanes(stage, 0, above)
    per_time = 1.0 / inner
    for i in range(1, m):
        t = load_lanes(offset, i * LANES) + load_lanes(slope, i * LANES) * above
        flux = (load_lanes(stiffness, i * LANES) * t - load_lanes(push, i * LANES)) * per_time
        store_lanes(through, i * LANES, flux)
        store_lanes(stage, i * LANES, t)
        above = t
    return skin


@njit(cache=True)
def column_kernel(
    absorbed, steps, passes, thickness, contact, mass, radiative, capacity, emissivity, heat_flow,
    temperature, energy, warmest, coldest, mean, downward, surface, top, budget, probe, history, work,
):  # fmt: skip
    """Carry eight columns of m cells through n times and return 0.

    absorbed (n, 8) [W/m2] at the surface, linear between the times; steps (n - 1,) [s]; `passes` solutions of each
    stage, the later ones with the properties of the earlier. thickness (m,) [m], contact (m,) [W/m/K] and
    mass (m,) [kg/m2] of the cells, radiative [1], capacity (5,) [J/kg/K ...], emissivity [1], heat_flow [W/m2].
    Carries on temperature (m, 8) [K], energy (m, 8) [J/m2] and the surface top[3] (8,) [K]. Writes warmest, coldest
    and mean (m, 8) [K] over time; downward (m, 8) [W/m2], the mean flux through the top of each cell; surface (n, 8)
    [K], or nothing where it has no rows; top[:3] [K], warmest, coldest and mean surface; budget (2, 8) [J/m2],
    absorbed and emitted; history (n, K, 8) [K] of the cells probe (K,). work (8, m, 8) is scratch.
    """
    n = absorbed.shape[0]
    m = thickness.size
    radiance = emissivity * STEFAN_BOLTZMANN
    start, stage, first, slope, offset, stiffness, push, through = (
        work[0], work[1], work[2], work[3], work[4], work[5], work[6], work[7],
    )  # fmt: skip
    skin = load_lanes(top, 3 * LANES)
    hottest = skin
    chilliest = skin
    nothing = spread(0.0)
    average = nothing
    gained = nothing
    radiated = nothing
    span = 0.0
    for i in range(m):
        t = load_lanes(temperature, i * LANES)
        store_lanes(warmest, i * LANES, t)
        store_lanes(coldest, i * LANES, t)
        for array in (mean, downward):
            store_lanes(array, i * LANES, nothing)
    if surface.shape[0] > 0:
        store_lanes(surface, 0, skin)
    for k in range(probe.size):
        store_lanes(history, k * LANES, load_lanes(temperature, probe[k] * LANES))
    for step in range(n - 1):
        time = steps[step]
        span += time
        before = load_lanes(absorbed, step * LANES)
        after = load_lanes(absorbed, (step + 1) * LANES)
        morning = skin
        parts = 2
        part = 0
        while part < parts:
            if parts == 1:
                inner, weight, light = time, time, 0.5 * (before + after)
                skin = morning
            elif part == 0:
                inner, weight, light = GAMMA * time, (1.0 - GAMMA) * time, before + GAMMA * (after - before)
            else:
                inner, weight, light = GAMMA * time, GAMMA * time, after
            for i in range(m):
                begun = load_lanes(energy, i * LANES)
                if part == 0:
                    store_lanes(stage, i * LANES, load_lanes(temperature, i * LANES))
                else:
                    begun = begun + (time - inner) * load_lanes(first, i * LANES)
                store_lanes(start, i * LANES, begun)
            for _ in range(passes):
                skin = stage_kernel(
                    start, stage, skin, light, inner, thickness, contact, mass, radiative, capacity, radiance,
                    heat_flow, slope, offset, stiffness, push, through,
                )  # fmt: skip
            leaving = spread(-heat_flow)
            drained = False
            for i in range(m - 1, -1, -1):
                entering = load_lanes(through, i * LANES)
                if parts == 2 and part == 0:
                    inflow = entering - leaving
                    store_lanes(first, i * LANES, inflow)
                    held = load_lanes(energy, i * LANES)
                    drained = drained or any_less(held + (time - inner) * inflow, KEPT * held)
                else:
                    store_lanes(energy, i * LANES, load_lanes(start, i * LANES) + inner * (entering - leaving))
                leaving = entering
            if drained:
                parts = 1  # again, in one stage
                continue
            for i in range(m):
                store_lanes(
                    downward, i * LANES, load_lanes(downward, i * LANES) + weight * load_lanes(through, i * LANES)
                )
            gained = gained + weight * light
            radiated = radiated + weight * radiance * skin * skin * skin * skin
            average = average + weight * skin
            part += 1
        for i in range(m):
            # the temperature that holds this energy, by one step of Newton's method from the linear answer
            t = load_lanes(stage, i * LANES)
            excess = heat_held(t, capacity) - load_lanes(energy, i * LANES) / mass[i]
            t = t - excess / heat_per_kelvin(t, capacity)
            halfway = 0.5 * time * (load_lanes(temperature, i * LANES) + t)
            store_lanes(mean, i * LANES, load_lanes(mean, i * LANES) + halfway)
            store_lanes(temperature, i * LANES, t)
            store_lanes(warmest, i * LANES, greater(load_lanes(warmest, i * LANES), t))
            store_lanes(coldest, i * LANES, lesser(load_lanes(coldest, i * LANES), t))
        hottest = greater(hottest, skin)
        chilliest = lesser(chilliest, skin)
        if surface.shape[0] > 0:
            store_lanes(surface, (step + 1) * LANES, skin)
        for k in range(probe.size):
            place = ((step + 1) * probe.size + k) * LANES
            store_lanes(history, place, load_lanes(temperature, probe[k] * LANES))
    store_lanes(top, 0, hottest)
    store_lanes(top, LANES, chilliest)
    store_lanes(top, 2 * LANES, average / span)
    store_lanes(top, 3 * LANES, skin)
    store_lanes(budget, 0, gained)
    store_lanes(budget, LANES, radiated)
    for i in range(m):
        for array in (mean, downward):
            store_lanes(array, i * LANES, load_lanes(array, i * LANES) / span)
    return 0
