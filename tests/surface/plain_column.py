"""Heat in one column, in plain numpy: the same cells and the same time steps, each stage solved to the last digit."""

from __future__ import annotations

import numpy as np

from moonstead.foundation.constants import STEFAN_BOLTZMANN
from moonstead.surface.regolith import conductivity, contact_conductivity, density, heat_capacity, specific_enthalpy

GAMMA = 1.0 - np.sqrt(0.5)


def fluxes(regolith, thickness, surface, temperature):
    """Flux [W/m2] downwards through the top of each cell, and through the bottom."""
    depth = np.cumsum(thickness) - 0.5 * thickness
    half = 0.5 * thickness / conductivity(regolith, depth, temperature)
    heat = regolith.radiative_share * (0.5 * (surface + temperature[0]) / 350.0) ** 3
    lid = 0.5 * thickness[0] / (contact_conductivity(regolith, depth[0]) * (1.0 + heat))
    between = (temperature[:-1] - temperature[1:]) / (half[:-1] + half[1:])
    return np.concatenate(([(surface - temperature[0]) / lid], between, [-regolith.heat_flow]))


def solve_stage(regolith, thickness, start, guess, skin, light, inner):
    """Temperatures [K] and surface at the end of a stage, by Newton's method on all of them with numeric slopes."""
    mass = density(regolith, np.cumsum(thickness) - 0.5 * thickness) * thickness

    def residual(unknown):
        surface, temperature = unknown[0], unknown[1:]
        flux = fluxes(regolith, thickness, surface, temperature)
        balance = light - regolith.emissivity * STEFAN_BOLTZMANN * surface**4 - flux[0]
        stored = mass * specific_enthalpy(regolith, temperature) - start - inner * (flux[:-1] - flux[1:])
        return np.concatenate(([balance], stored / (mass * heat_capacity(regolith, temperature))))

    unknown = np.concatenate(([skin], guess))
    for _ in range(30):
        now = residual(unknown)
        slopes = np.empty((unknown.size, unknown.size))
        for k in range(unknown.size):
            nudged = unknown.copy()
            nudged[k] += 1e-5 * unknown[k]
            slopes[:, k] = (residual(nudged) - now) / (nudged[k] - unknown[k])
        move = np.linalg.solve(slopes, -now)
        unknown = unknown + move
        if np.max(np.abs(move)) < 1e-10:
            break
    flux = fluxes(regolith, thickness, unknown[0], unknown[1:])
    return unknown[0], unknown[1:], flux[:-1] - flux[1:]


def march(regolith, thickness, steps, absorbed, temperature, skin):
    """Surface (n,) [K] and final temperatures (m,) [K] of a column that starts from given ones."""
    mass = density(regolith, np.cumsum(thickness) - 0.5 * thickness) * thickness
    surface = [skin]
    for k, time in enumerate(steps):
        inner = GAMMA * time
        energy = mass * specific_enthalpy(regolith, temperature)
        light = absorbed[k] + GAMMA * (absorbed[k + 1] - absorbed[k])
        skin, stage, inflow = solve_stage(regolith, thickness, energy, temperature, skin, light, inner)
        start = energy + (time - inner) * inflow
        skin, temperature, _ = solve_stage(regolith, thickness, start, stage, skin, absorbed[k + 1], inner)
        surface.append(skin)
    return np.array(surface), temperature
