"""Authority: cases whose obstacle is known by construction, with closed forms for what would be enough."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.map_projection import MapProjection
from moonstead.station.rovers import LUNAR_GRAVITY, Rover
from moonstead.station.traverse_light import LightSlices
from moonstead.station.traverse_report import explain_failure
from moonstead.surface.gnomonic_grid import GnomonicGrid

TWO_PERCENT = 0.025  # [1] the bisection ends there
ROVER = Rover(
    "test", mass=10.0, slopes=(0.0,), speeds=(1.0,), max_uphill=0.2, max_downhill=0.2, max_sideways=0.2,
    rolling_resistance=0.1, drive_efficiency=1.0, hotel_power=1.0, heater_power=1.0, array_power=10.0,
    capacity=1000.0, least_charge=0.0, charge_efficiency=1.0, discharge_efficiency=1.0,
)  # fmt: skip
ORIGIN, GOAL = (10, 0), (10, 20)


def ground(heights=None):
    axis = 20.0 * (np.arange(21) - 10)
    heights = np.zeros((21, 21)) if heights is None else heights
    projection = MapProjection("gnomonic", 0.3, 1.0, LUNAR_MAP_RADIUS)
    return GnomonicGrid(projection, axis, -axis, heights.astype(np.float32), 20.0, "MOON_ME", "made")


def light(lit=None, earth=None, span=1e5):
    lit = np.ones((21, 21), dtype=bool) if lit is None else lit
    earth = np.ones_like(lit) if earth is None else earth
    return LightSlices.from_arrays(np.array([0.0, span]), lit[None], earth[None])


def shaded(columns):
    lit = np.ones((21, 21), dtype=bool)
    lit[:, columns] = False
    return lit


def test_a_way_needs_no_explanation():
    assert explain_failure(ground(), ROVER, light(), ORIGIN, GOAL).reason == ""


def test_a_step_in_the_ground_is_told_with_the_slope_that_would_do():
    x = 20.0 * np.arange(21)
    step = np.broadcast_to(np.where(x > 200.0, 6.0, 0.0), (21, 21))
    found = explain_failure(ground(step), ROVER, light(), ORIGIN, GOAL)
    assert found.reason == "slopes"
    # 6 m over the diagonal of a pixel: gentler than straight on
    assert found.relaxations[0].factor == pytest.approx(math.atan(6.0 / (20.0 * math.sqrt(2.0))) / 0.2, rel=TWO_PERCENT)


def test_a_wide_shadow_is_told_with_the_battery_that_would_do():
    found = explain_failure(ground(), ROVER, light(shaded(slice(4, 19))), ORIGIN, GOAL, charge_resolution=1e-9)
    assert found.reason == "battery"
    work = 0.1 * 10.0 * LUNAR_GRAVITY * 20.0
    enough = 15 * work + 15 * 20.0 * 2.0  # fifteen pixels in the dark; in the light the array carries the drive
    assert found.relaxations[0].factor == pytest.approx(enough / 1000.0, rel=TWO_PERCENT)


def test_the_limit_of_shadow_is_told_apart_from_the_battery():
    rover = replace(ROVER, capacity=1e6, max_shadow=100.0)
    found = explain_failure(ground(), rover, light(shaded(slice(4, 17))), ORIGIN, GOAL, charge_resolution=1e-9)
    assert found.reason == "shadow"
    assert [one.limit for one in found.relaxations] == ["shadow"]
    assert found.relaxations[0].factor == pytest.approx(2.6, rel=TWO_PERCENT)  # 13 pixels of 20 s against 100 s


def test_sight_of_the_earth_and_time_are_told():
    blind = replace(ROVER, needs_earth=True)
    assert explain_failure(ground(), blind, light(earth=shaded(7)), ORIGIN, GOAL).reason == "Earth"
    late = explain_failure(ground(), ROVER, light(span=100.0), ORIGIN, GOAL)
    assert late.reason == "time"
    assert "4.00 times" in late.text


def test_a_wall_is_told():
    keep_out = np.zeros((21, 21), dtype=bool)
    keep_out[:, 9] = True
    found = explain_failure(ground(), ROVER, light(), ORIGIN, GOAL, keep_out=keep_out)
    assert found.reason == "slopes"
    assert [one.limit for one in found.relaxations] == ["keep-out"]
