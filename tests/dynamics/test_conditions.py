"""Authority: closed forms of two-body motion, dense sampling, and symmetry."""

from __future__ import annotations

import numpy as np
import pytest
from spice_truth import MOON_GM, two_body

from moonstead.dynamics.conditions import (
    closer_than,
    elevation_above,
    farther_than,
    not_occulted,
    separation_above,
)
from moonstead.dynamics.events import Condition, find_windows
from moonstead.dynamics.observe import azimuth_elevation, observe
from moonstead.dynamics.sunlight_conditions import in_sunlight, sun_hidden
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME

START = 26.0 * 365.25 * 86400.0
INTERPOLATION = 1e-4  # [s] tables are dense enough to move the edge less than this
HUB = SurfacePoint("hub", "MOON", MOON_ME, np.radians(-88.8), np.radians(123.4), 1500.0)


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def counted(condition):
    calls = [0]

    def value(tdb):
        calls[0] += tdb.size
        return condition.value(tdb)

    return Condition(value, condition.rate_bound, condition.name), calls


def eccentric(eccentricity, periapsis, revolutions):
    """Table with nodes even in eccentric anomaly, dense at the periapsis."""
    motion = np.sqrt(MOON_GM * 1e9 / (periapsis / (1.0 - eccentricity)) ** 3)
    anomaly = np.linspace(-0.5, 2.0 * np.pi * revolutions + 0.5, 300 * revolutions)
    tdb = START + (anomaly - eccentricity * np.sin(anomaly)) / motion
    table = two_body("comet", "MOON", START, periapsis, eccentricity, (90.0, 0.0, 0.0, 0.0), tdb, degree=11)
    return table, motion


def test_a_dash_past_the_periapsis_of_a_very_eccentric_orbit_is_found_each_time(data):
    """Some minutes in each revolution of a week; truth by Kepler's equation."""
    eccentricity, periapsis, revolutions = 0.95, 1.9e6, 5
    table, motion = eccentric(eccentricity, periapsis, revolutions)
    limit = 1.02 * periapsis
    windows = find_windows(closer_than(table, BodyTrajectory("MOON", "EARTH", data), limit, data), *table.span)
    anomaly = np.arccos((1.0 - limit * (1.0 - eccentricity) / periapsis) / eccentricity)
    half = (anomaly - eccentricity * np.sin(anomaly)) / motion
    middle = START + 2.0 * np.pi * np.arange(revolutions + 1) / motion
    assert half < 300.0
    np.testing.assert_allclose(windows.starts, middle - half, rtol=0.0, atol=INTERPOLATION)
    np.testing.assert_allclose(windows.stops, middle + half, rtol=0.0, atol=INTERPOLATION)


@pytest.mark.parametrize("depth", [1.0, 1e-2, 1e-4])
def test_a_periapsis_that_grazes_its_limit_by_a_hair_is_found(depth, data):
    table, motion = eccentric(0.6, 1.9e6, 2)
    grazing = closer_than(table, BodyTrajectory("MOON", "EARTH", data), 1.9e6 + depth, data)
    grazing, calls = counted(grazing)
    windows = find_windows(grazing, *table.span)
    # r - q = q e E^2 / 2 (1 - e) near the periapsis
    half = np.sqrt(2.0 * depth * 0.4 / (1.9e6 * 0.6)) * 0.4 / motion
    assert len(windows) == 3
    np.testing.assert_allclose(windows.durations(), 2.0 * half, rtol=2e-2)
    assert calls[0] < 200_000


def test_a_limit_that_is_never_reached_by_a_hair_is_not(data):
    table, _ = eccentric(0.6, 1.9e6, 2)
    windows = find_windows(closer_than(table, BodyTrajectory("MOON", "EARTH", data), 1.9e6 - 1e-2, data), *table.span)
    assert len(windows) == 0


@pytest.mark.parametrize("aberration", ["geometric", "apparent"])
def test_a_skyline_by_azimuth_is_met_where_dense_sampling_meets_it(aberration, data):
    def skyline(azimuth):
        return np.radians(6.0) + np.radians(5.0) * np.sin(3.0 * azimuth)

    table, _ = eccentric(0.6, 2.3e6, 3)
    span = (table.span[0] + 1.0, table.span[1])
    condition = elevation_above(HUB, table, skyline, data, aberration, mask_slope=np.radians(15.0))
    windows = find_windows(condition, *span)
    tdb = np.linspace(*span, 40_001)
    azimuth, elevation, _ = azimuth_elevation(observe(table, HUB, tdb, HUB.topocentric, data, aberration))
    clear = np.all(np.abs(tdb[:, None] - np.concatenate((windows.starts, windows.stops))) > 1e-2, axis=1)
    np.testing.assert_array_equal(windows.contains(tdb[clear]), (elevation > skyline(azimuth))[clear])
    assert len(windows) >= 3


@pytest.mark.parametrize("body", ["SUN", "EARTH"])
def test_the_sun_creeping_along_a_polar_skyline_changes_no_faster_than_its_bound(body, data):
    """At the pole the zenith rests while the azimuth runs through the whole circle in a month."""

    def skyline(azimuth):
        return np.radians(1.0) * np.sin(20.0 * azimuth)

    target = BodyTrajectory(body, "MOON", data)
    condition = elevation_above(HUB, target, skyline, data, mask_slope=np.radians(20.0))
    start = START + 86400.0 * np.arange(0.0, 60.0, 0.5)
    stop = start + 7200.0
    tdb = np.linspace(start, stop, 61)
    values = condition.value(tdb.ravel()).reshape(tdb.shape)
    rate = np.max(np.abs(np.diff(values, axis=0)), axis=0) / 120.0
    assert np.all(rate <= condition.rate_bound(start, stop))
    windows = find_windows(condition, START, START + 60.0 * 86400.0)
    times = np.linspace(START, START + 60.0 * 86400.0, 20_001)
    clear = np.all(np.abs(times[:, None] - np.concatenate((windows.starts, windows.stops))) > 1e-1, axis=1)
    np.testing.assert_array_equal(windows.contains(times[clear]), condition.value(times[clear]) > 0.0)


def test_a_pass_through_the_zenith_with_a_steep_skyline_ends(data):
    """Straight overhead the azimuth jumps and its rate has no bound."""
    table, _ = eccentric(0.6, 2.3e6, 2)
    tdb = np.array([START + 4000.0])
    turn = MOON_ME.from_icrf(tdb, data)
    overhead = turn.position(table.state(tdb)[:, :3])[0]
    below = SurfacePoint(
        "below",
        "MOON",
        MOON_ME,
        np.arcsin(overhead[2] / np.linalg.norm(overhead)),
        np.arctan2(overhead[1], overhead[0]),
    )
    condition, calls = counted(
        elevation_above(below, table, lambda azimuth: 0.2 * np.sin(azimuth), data, mask_slope=0.2)
    )
    windows = find_windows(condition, *table.span)
    assert windows.contains(tdb)[0]
    assert calls[0] < 20_000


def test_a_skyline_without_its_slope_is_refused(data):
    with pytest.raises(InvalidInput, match="needs mask_slope"):
        elevation_above(HUB, BodyTrajectory("SUN", "MOON", data), np.cos, data)


def test_sight_is_mutual(data):
    table, _ = eccentric(0.6, 1.9e6, 3)
    earth = BodyTrajectory("EARTH", "MOON", data)
    one = find_windows(not_occulted(table, earth, "MOON", data), *table.span)
    other = find_windows(not_occulted(earth, table, "MOON", data), *table.span)
    assert len(one) > 1
    np.testing.assert_allclose(one.starts, other.starts, rtol=0.0, atol=INTERPOLATION)


def test_near_and_far_complement_each_other(data):
    table, _ = eccentric(0.6, 1.9e6, 3)
    moon = BodyTrajectory("MOON", "EARTH", data)
    near, far = (find_windows(make(table, moon, 4e6, data), *table.span) for make in (closer_than, farther_than))
    assert (near & far).total() == 0.0
    assert (near | far).total() == pytest.approx(table.span[1] - table.span[0])


def test_the_phase_of_the_moon_passes_its_quarters_twice_a_month(data):
    """Synodic months of 2026: the phase angle at the Moon exceeds 90 degrees from last to first quarter."""
    moon, sun, earth = (BodyTrajectory(a, b, data) for a, b in (("MOON", "EARTH"), ("SUN", "EARTH"), ("EARTH", "SUN")))
    crescent = find_windows(
        separation_above(moon, sun, earth, np.pi / 2.0, data), START, START + 10 * 29.530588 * 86400.0
    )
    middles = 0.5 * (crescent.starts + crescent.stops)
    assert len(crescent) in (10, 11)
    np.testing.assert_allclose(np.diff(middles[1:-1]), 29.53 * 86400.0, atol=0.6 * 86400.0)


def test_a_shadow_of_another_kind_is_refused(data):
    table, _ = eccentric(0.6, 1.9e6, 1)
    with pytest.raises(InvalidInput, match="any, full, annular or partial; got 'total'"):
        sun_hidden(table, "MOON", data, "total")
    with pytest.raises(InvalidInput, match="geometric or light-time"):
        sun_hidden(table, "MOON", data, "full", "apparent")
    with pytest.raises(InvalidInput, match="at least one body"):
        in_sunlight(table, [], data)


def test_a_year_of_relay_passes_takes_some_hundred_looks_each(data):
    """Cost is counted, not timed: 200 looks take about 0.5 ms."""
    table, _ = eccentric(0.6358, 2.2374e6, 30)
    condition, calls = counted(elevation_above(HUB, table, np.radians(5.0), data))
    windows = find_windows(condition, *table.span)
    assert len(windows) >= 30
    assert calls[0] < 200 * len(windows)
