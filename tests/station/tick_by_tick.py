"""Traverses by brute force: every state at every tick of a clock. Times and energies must be whole numbers."""

from __future__ import annotations

import math

MOVES = [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]


def keep_best(states):
    """States (charge, shadow, energy) of one place and time that no other one of the same place and time beats."""
    kept = []
    for charge, shadow, energy in sorted(set(states), key=lambda s: (-s[0], s[1], s[2])):
        if not any(c >= charge and s <= shadow and e <= energy for c, s, e in kept):
            kept.append((charge, shadow, energy))
    return kept


def cheapest_traverse(drives, rover, lit, earth, slice_length, origin, goal, initial, time_weight, energy_weight):
    """Least cost to reach the goal, inf where there is no way; the model is that of `plan_traverse`."""
    slices, rows, columns = lit.shape
    end = slices * slice_length
    least = rover.least_energy
    states = {(origin, 0): [(initial, 0, 0)]}
    best = math.inf

    def leave(cell, tick, k, held):
        row, column = cell
        for move, (down, right) in enumerate(MOVES):
            there = (row + down, column + right)
            if not (0 <= there[0] < rows and 0 <= there[1] < columns):
                continue
            time = float(drives.duration[move, row * columns + column])
            work = float(drives.energy[move, row * columns + column])
            if not math.isfinite(time) or tick + time > end:
                continue
            if rover.needs_earth and not (earth[k][cell] and earth[k][there]):
                continue
            for charge, shadow, energy in held:
                dark = shadow
                for place in (cell, there):
                    power = rover.array_power if lit[k][place] else -rover.heater_power
                    charge = min(rover.capacity, charge + 0.5 * (time * (power - rover.hotel_power) - work))
                    if charge < least:
                        break
                    dark = 0 if lit[k][place] else dark + 0.5 * time
                    if dark > rover.max_shadow:
                        break
                else:
                    states.setdefault((there, tick + int(time)), []).append((charge, dark, energy + work))

    for tick in range(end + 1):
        before, after = (tick - 1) // slice_length, min(tick // slice_length, slices - 1)
        before = max(before, 0)
        for row in range(rows):
            for column in range(columns):
                cell = (row, column)
                held = states.pop((cell, tick), [])
                if not held:
                    continue
                if cell == goal:
                    best = min(best, *(time_weight * tick + energy_weight * energy for _, _, energy in held))
                    continue
                if lit[before][cell]:
                    held = [(charge, 0, energy) for charge, _, energy in held]
                held = keep_best(held)
                if before != after:
                    leave(cell, tick, before, held)
                if lit[after][cell]:
                    held = keep_best([(charge, 0, energy) for charge, _, energy in held])
                leave(cell, tick, after, held)
                if tick == end:
                    continue
                sun = bool(lit[after][cell])
                rate = (rover.array_power if sun else -rover.heater_power) - rover.hotel_power
                for charge, shadow, energy in held:
                    later = min(rover.capacity, charge + rate)
                    dark = 0 if sun else shadow + 1
                    if later >= least and dark <= rover.max_shadow:
                        states.setdefault((cell, tick + 1), []).append((later, dark, energy))
    return best
