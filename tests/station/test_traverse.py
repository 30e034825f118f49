"""Authority: brute force over every state at every tick; closed forms on planes; the plan driven again."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tick_by_tick import MOVES, cheapest_traverse

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.map_projection import MapProjection
from moonstead.station.rovers import LUNAR_GRAVITY, Rover
from moonstead.station.traverse import DriveTable, NoTraverse, drive_table, plan_traverse
from moonstead.station.traverse_light import LightSlices
from moonstead.surface.gnomonic_grid import GnomonicGrid

SAME_COST = 1e-6  # [1] charges within 1e-9 of the capacity count as equal


@pytest.fixture
def tilted_grid():
    """Maps of 21 x 21 pixels of 20 m whose ground rises to the east by a grade."""

    def make(grade, spacing=20.0, size=21):
        axis = spacing * (np.arange(size) - size // 2)
        heights = np.broadcast_to(grade * axis, (size, size)).astype(np.float32)
        projection = MapProjection("gnomonic", 0.3, 1.0, LUNAR_MAP_RADIUS)
        return GnomonicGrid(projection, axis, -axis, heights, spacing, "MOON_ME", "plane")

    return make


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


def test_a_coarse_resolution_never_finds_more_than_brute_force():
    for seed in range(0, 40):
        drives, rover, lit, earth, length, initial, weights = random_case(seed)
        expected = cheapest_traverse(drives, rover, lit, earth, length, (0, 0), (3, 3), initial, *weights)
        slices = LightSlices.from_arrays(length * np.arange(len(lit) + 1.0), lit, earth)
        found = plan_traverse(
            drives, rover, slices, (0, 0), (3, 3), initial_charge=initial / rover.capacity,
            time_weight=weights[0], energy_weight=weights[1], charge_resolution=0.05,
        )  # fmt: skip
        if not isinstance(found, NoTraverse):
            assert found.cost >= expected - SAME_COST


def always(lit, count=4, slice_length=1e5):
    return LightSlices.from_arrays(slice_length * np.arange(count + 1.0), np.repeat(lit[None], count, axis=0))


def test_a_plane_is_driven_straight_at_the_speed_and_energy_of_its_slope(tilted_grid):
    grade = 0.1
    rover = small_rover(slopes=(-0.3, 0.0, 0.3), speeds=(0.3, 0.2, 0.1), capacity=1e6, mass=100.0)
    grid = tilted_grid(grade)
    drives = drive_table(grid, rover)
    slices = always(np.ones(grid.heights.shape, dtype=bool))
    middle, end = grid.y.size // 2, grid.x.size - 1
    plan = plan_traverse(drives, rover, slices, (middle, 0), (middle, end))
    slope = math.atan(grade)
    length = (end * grid.spacing) / math.cos(slope)
    speed = 0.2 - 0.1 * slope / 0.3
    force = 100.0 * LUNAR_GRAVITY * (0.1 * math.cos(slope) + math.sin(slope))
    # a gnomonic map of 400 m differs from the sphere by 1e-8, heights and tables are in single precision
    assert plan.duration == pytest.approx(length / speed, rel=1e-5)
    assert plan.drive_energy == pytest.approx(force * length, rel=1e-5)
    assert np.all(plan.row == middle)


def test_what_is_too_steep_is_not_driven(tilted_grid):
    grid = tilted_grid(0.2)
    slope = math.atan(0.2)
    steep = {"max_uphill": (0, 4), "max_downhill": (0, -4), "max_sideways": (4, 0)}
    for limit, (down, right) in steep.items():
        for factor, allowed in ((0.99, False), (1.01, True)):
            drives = drive_table(grid, small_rover(**{limit: factor * slope}))
            move = MOVES.index((int(np.sign(down)), int(np.sign(right))))
            assert np.isfinite(drives.duration[move, grid.x.size * 10 + 10]) == allowed


def test_a_diagonal_does_not_cut_the_corner_of_what_is_kept_out(tilted_grid):
    grid = tilted_grid(0.0)
    keep_out = np.zeros(grid.heights.shape, dtype=bool)
    keep_out[10, 11] = True
    drives = drive_table(grid, small_rover(), keep_out)
    here = grid.x.size * 10 + 10
    assert [bool(np.isfinite(drives.duration[k, here])) for k in range(8)] == [
        True, False, False, False, True, True, True, True,
    ]  # fmt: skip


def test_a_rover_waits_in_the_sun_until_the_battery_is_just_enough_for_the_shadow(tilted_grid):
    """Closed form: the dark strip costs a known energy, the lit bank gives a known power."""
    rover = small_rover(capacity=4000.0, slopes=(0.0,), speeds=(1.0,), mass=10.0)
    grid = tilted_grid(0.0)
    lit = np.ones(grid.heights.shape, dtype=bool)
    dark = slice(10, 16)
    lit[:, dark] = False
    drives = drive_table(grid, rover)
    row, end = 10, 20
    plan = plan_traverse(drives, rover, always(lit), (row, 0), (row, end), initial_charge=0.1)
    pixel = grid.spacing
    work = 0.1 * 10.0 * LUNAR_GRAVITY * pixel  # of one drive; more than the 1 W of sunlight that is left over
    spent = 20 * work + 6 * pixel * 2.0 - 14 * pixel * 1.0  # six pixels' width in the dark
    wait = spent - 400.0
    assert wait > 0.0
    assert plan.least_charge == pytest.approx(0.0, abs=1e-3)
    assert plan.duration == pytest.approx(20 * pixel + plan.wait_time, rel=1e-6)
    assert plan.wait_time == pytest.approx(wait, rel=1e-5)  # energies of drives are in single precision


def test_reasons_of_no_way_are_told_apart(tilted_grid):
    grid = tilted_grid(0.0)
    lit = np.zeros(grid.heights.shape, dtype=bool)
    keep_out = np.zeros_like(lit)
    keep_out[:, 5] = True
    rover = small_rover()
    walled = plan_traverse(drive_table(grid, rover, keep_out), rover, always(lit), (3, 3), (3, 9))
    assert isinstance(walled, NoTraverse)
    assert walled.blocked
    night = plan_traverse(drive_table(grid, rover), rover, always(lit), (3, 3), (3, 9))
    assert isinstance(night, NoTraverse)
    assert not night.blocked
    assert night.fastest == pytest.approx(6 * grid.spacing, rel=1e-5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"origin": (0, 99)}, "origin"),
        ({"goal": (-1, 0)}, "goal"),
        ({"departure": -1.0}, "departure"),
        ({"initial_charge": 1.5}, "initial_charge"),
        ({"time_weight": 0.0}, "weights"),
        ({"charge_resolution": 0.5}, "charge_resolution"),
    ],
)
def test_bad_requests_are_refused_by_name(tilted_grid, changes, message):
    grid = tilted_grid(0.0)
    rover = small_rover()
    asked = {"origin": (0, 0), "goal": (5, 5)} | changes
    with pytest.raises(InvalidInput, match=message):
        plan_traverse(drive_table(grid, rover), rover, always(np.ones(grid.heights.shape, dtype=bool)), **asked)
