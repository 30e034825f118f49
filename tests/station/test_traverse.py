"""Authority: brute force over every state at every tick; closed forms on planes; the plan driven again."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.station.rovers import LUNAR_GRAVITY, Rover
from moonstead.station.traverse import DriveTable, NoTraverse, drive_table, plan_traverse
from moonstead.station.traverse_light import LightSlices
from tick_by_tick import MOVES, cheapest_traverse

SAME_COST = 1e-6  # [1] charges within 1e-9 of the capacity count as equal


def small_rover(**changes):
    """Whole numbers everywhere, so that every event of the best plan falls on a tick."""
    rover = Rover(
        "small", mass=1.0, slopes=(0.0,), speeds=(1.0,), max_uphill=0.5, max_downhill=0.5, max_sideways=0.5,
        rolling_resistance=0.1, drive_efficiency=1.0, hotel_power=1.0, heater_power=1.0, array_power=2.0,
        capacity=20.0, least_charge=0.0, charge_efficiency=1.0, discharge_efficiency=1.0,
    )  # fmt: skip
    return replace(rover, **changes)


def random_drives(generator, rows, columns):
    duration, energy = (np.full((8, rows * columns), np.inf, dtype=np.float32) for _ in range(2))
    for cell in range(rows * columns):
        for move, (down, right) in enumerate(MOVES):
            row, column = cell // columns + down, cell % columns + right
            if 0 <= row < rows and 0 <= column < columns and generator.random() < 0.75:
                duration[move, cell] = 2 * generator.integers(1, 3)
                energy[move, cell] = 2 * generator.integers(0, 3)
    return DriveTable(duration, energy, (rows, columns))


def random_case(seed):
    generator = np.random.default_rng(seed)
    rows, columns, slices, length = 4, 4, 6, int(generator.integers(4, 9))
    lit = generator.random((slices, rows, columns)) < 0.35
    earth = generator.random((slices, rows, columns)) < 0.8
    drives = random_drives(generator, rows, columns)
    rover = small_rover(
        capacity=float(generator.integers(10, 26)),
        hotel_power=(hotel := float(generator.integers(0, 2))),
        array_power=hotel + float(generator.integers(-hotel, 2)),
        max_shadow=float(generator.choice([math.inf, math.inf, 9.0, 14.0])),
        needs_earth=bool(generator.random() < 0.4),
        least_charge=0.0,
    )
    initial = float(generator.integers(int(rover.capacity) // 2, int(rover.capacity) + 1))
    weights = [(1.0, 0.0), (1.0, 0.5), (0.0, 1.0)][seed % 3]
    return drives, rover, lit, earth, length, initial, weights


@pytest.mark.truth
def test_cost_equals_brute_force_in_random_cases(validation):
    worst, ways, cases, waits = 0.0, 0, 90, 0
    for seed in range(cases):
        drives, rover, lit, earth, length, initial, weights = random_case(seed)
        expected = cheapest_traverse(drives, rover, lit, earth, length, (0, 0), (3, 3), initial, *weights)
        slices = LightSlices.from_arrays(length * np.arange(len(lit) + 1.0), lit, earth)
        found = plan_traverse(
            drives, rover, slices, (0, 0), (3, 3), initial_charge=initial / rover.capacity,
            time_weight=weights[0], energy_weight=weights[1],
        )  # fmt: skip
        if isinstance(found, NoTraverse):
            assert math.isinf(expected), f"case {seed}: brute force finds {expected}, the planner nothing"
            continue
        ways += 1
        waits += found.wait_time > 0.0
        worst = max(worst, abs(found.cost - expected) / max(expected, 1.0))
        assert worst <= SAME_COST, f"case {seed}: {found.cost} against {expected}"
    assert ways > 50
    assert waits > 10
    validation(
        capability="Traverse",
        quantity="cost of the best plan over place, time and charge",
        authority="brute force over every state at every tick",
        error=worst,
        unit="1",
        tolerance=SAME_COST,
        cases=ways,
    )
