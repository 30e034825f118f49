"""Authority: brute force on a fine grid of places, the closed forms of the hyperbola, geometry of the sphere."""

import erfa
import numpy as np
import passing
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, WGS84
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.frames.earth import itrf_from_icrf
from moonstead.smallbodies.encounters import encounters
from moonstead.smallbodies.motion import flights
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.flights import closest_approaches, fly_many
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.motion.perturber_tables import MOON
from moonstead.smallbodies.motion.places import body_states

DAY, HOUR = 86_400.0, 3600.0
NOW = 8.0e8  # [s TDB past J2000] 2025, within the known orientation of the Earth
SAME_TIME = 1e-3  # [s] of a root; float64 of seconds past J2000 is 1e-7 s
SAME_DISTANCE = 1e-2  # [m] double precision at 1 au is 3e-5 m, some of it in each of a thousand terms
GRID = 20.0  # [s] of the brute force, far below the time in which any of these passages turns
BRUTE_TIME = 0.2  # [s] of a parabola through three points of the grid, where the pass is slow
BRUTE_DISTANCE = 1.0  # [m]
TIDE = 3e-5  # [1] by which Earth and Sun pull a hyperbola about the Moon from its closed form in twenty minutes
ALTITUDE = 0.1  # [m] small nutation terms, polar motion and pole offsets turn the ellipsoid by up to 5e-6


def by_brute_force(relative, times):
    """Local minima of the distance on a grid: times and distances, by the parabola through three neighbours."""
    square = np.sum(relative[:, :3] ** 2, axis=1)
    k = 1 + np.flatnonzero((square[1:-1] <= square[:-2]) & (square[1:-1] < square[2:]))
    rise, bend = 0.5 * (square[k + 1] - square[k - 1]), square[k + 1] - 2.0 * square[k] + square[k - 1]
    return times[k] - rise / bend * (times[1] - times[0]), np.sqrt(square[k] - 0.5 * rise**2 / bend)


@pytest.mark.parametrize(
    ("body", "nearest", "speed", "span"),
    [
        ("EARTH", np.geomspace(6.7e6, 3e9, 24), 11e3, 3 * DAY),
        ("MOON", np.geomspace(1.75e6, 3e9, 24), 11e3, 3 * DAY),
        ("EARTH", np.geomspace(3e7, 2e8, 8), 50.0, 40 * DAY),  # nearly bound: several minima of both bodies
        ("MOON", np.geomspace(2e6, 4e7, 8), 100.0, 20 * DAY),
    ],
)
def test_all_minima_within_the_limit_are_those_of_brute_force(pulling, body, nearest, speed, span):
    at_nearest = passing.states(pulling, body, NOW, perigee=nearest, speed=speed, count=nearest.size, seed=3)
    start = fly_many(at_nearest, NOW, [NOW - span], pulling)[:, 0]
    start = start[np.isfinite(start[:, 0])]
    found = closest_approaches(start, NOW - span, NOW + span, pulling, within=1e10)
    grid = np.arange(NOW - span, NOW + span, max(GRID, span / 40_000))
    places = fly_many(start, NOW - span, grid, pulling)
    bodies = {name: body_states(name, grid, pulling) for name in ("EARTH", "MOON")}
    count = 0
    for k, flown in enumerate(places):
        if found.ended_by[k]:
            continue
        for name, body_at in bodies.items():
            times, distances = by_brute_force(flown - body_at, grid)
            rows = (found.index == k) & (found.body == name)
            assert np.count_nonzero(rows) == times.size
            np.testing.assert_allclose(found.tdb[rows], times, rtol=0.0, atol=BRUTE_TIME)
            np.testing.assert_allclose(found.distance[rows], distances, rtol=1e-8, atol=BRUTE_DISTANCE)
            count += times.size
    assert count >= start.shape[0]


def test_a_flight_and_many_flights_tell_the_same_encounters(pulling):
    states = passing.states(pulling, "MOON", NOW, perigee=np.geomspace(2e6, 5e8, 6), speed=9e3, count=6, seed=5)
    begin, end = NOW - DAY, NOW + 2.0 * DAY
    start = fly_many(states, NOW, [begin], pulling)[:, 0]
    many = closest_approaches(start, begin, end, pulling)
    for k, state in enumerate(start):
        one = encounters(fly(SmallBodyOrbit("one", begin, state), end, pulling), pulling)
        rows = many.index == k
        assert [met.body for met in one] == many.body[rows].tolist()
        np.testing.assert_allclose([met.tdb for met in one], many.tdb[rows], rtol=0.0, atol=SAME_TIME)
        np.testing.assert_allclose([met.distance for met in one], many.distance[rows], rtol=0.0, atol=SAME_DISTANCE)
        np.testing.assert_array_equal([met.impact for met in one], many.impact[rows])


def test_backwards_the_same_encounters_are_met(pulling):
    states = passing.states(pulling, "EARTH", NOW, perigee=np.geomspace(8e6, 5e9, 20), speed=14e3, count=20, seed=6)
    ends = fly_many(states, NOW, [NOW - 9.0 * DAY, NOW + 9.0 * DAY], pulling)
    forth = closest_approaches(ends[:, 0], NOW - 9.0 * DAY, NOW + 9.0 * DAY, pulling)
    back = closest_approaches(ends[:, 1], NOW + 9.0 * DAY, NOW - 9.0 * DAY, pulling)
    assert len(forth.index) == len(back.index)
    for k in range(20):
        rows, others = forth.index == k, back.index == k
        np.testing.assert_allclose(forth.tdb[rows], back.tdb[others][::-1], rtol=0.0, atol=BRUTE_TIME)
        np.testing.assert_allclose(forth.distance[rows], back.distance[others][::-1], rtol=1e-8, atol=BRUTE_DISTANCE)


def test_the_least_distance_of_a_hyperbola_is_its_closed_form(pulling):
    gm, before = pulling.tables.gm[MOON], 1200.0
    nearest, speed = np.geomspace(1.2e7, 3e7, 16), np.geomspace(2e3, 30e3, 16)
    states = passing.states(pulling, "MOON", NOW, perigee=nearest, speed=speed, count=16, seed=8)
    start = fly_many(states, NOW, [NOW - before], pulling)[:, 0]
    relative = start - body_states("MOON", [NOW - before], pulling)
    momentum = np.linalg.norm(np.cross(relative[:, :3], relative[:, 3:]), axis=1)
    energy = 0.5 * np.sum(relative[:, 3:] ** 2, axis=1) - gm / np.linalg.norm(relative[:, :3], axis=1)
    closed = momentum**2 / gm / (1.0 + np.sqrt(1.0 + 2.0 * energy * momentum**2 / gm**2))
    found = closest_approaches(start, NOW - before, NOW + before, pulling, bodies=("MOON",))
    np.testing.assert_array_equal(found.index, np.arange(16))
    np.testing.assert_allclose(found.distance, closed, rtol=TIDE)
    np.testing.assert_allclose(found.distance, nearest, rtol=0.0, atol=SAME_DISTANCE)
    np.testing.assert_allclose(found.tdb, NOW, rtol=0.0, atol=0.02)  # at 2 km/s that is 40 m along, 1e-5 m of distance
    np.testing.assert_allclose(found.minimum_distance[:, 0], found.distance)


@pytest.mark.parametrize("altitude", [30e3, 100e3])
def test_an_impact_on_the_earth_is_told_at_the_altitude_asked(pulling, installed, altitude):
    perigees = np.linspace(0.0, 6.2e6, 30)  # the tide of a day moves them by some kilometres
    states = passing.states(pulling, "EARTH", NOW, perigee=perigees + 1.0, speed=15e3, count=30, seed=9)
    inside = states - body_states("EARTH", [NOW], pulling)
    # the way in, by two-body motion, because the Earth itself is no way to fly through
    before = two_body_states(inside, np.full(30, -DAY), pulling.tables.gm[2])
    start = before + body_states("EARTH", [NOW - DAY], pulling)
    found = closest_approaches(start, NOW - DAY, NOW + DAY, pulling, earth_altitude=altitude)
    assert set(found.ended_by) == {"EARTH"}
    hits = found.impact
    assert np.count_nonzero(hits) == 30
    fixed = itrf_from_icrf(found.tdb[hits], installed).position(found.state[hits, :3])
    height = erfa.gc2gde(WGS84.equatorial_radius, WGS84.flattening, fixed)[2]
    np.testing.assert_allclose(height, altitude, rtol=0.0, atol=ALTITUDE)
    assert np.all(np.einsum("ni,ni->n", found.state[hits, :3], found.state[hits, 3:]) < 0.0)


def test_grazing_orbits_hit_the_moon_exactly_below_the_height_asked(pulling):
    heights = np.linspace(-200.0, 200.0, 41) + 5.0  # [m] about 5 km above the sphere
    states = passing.states(
        pulling, "MOON", NOW, perigee=LUNAR_MAP_RADIUS + 5e3 + heights, speed=8e3, count=41, seed=10
    )
    start = fly_many(states, NOW, [NOW - 2.0 * HOUR], pulling)[:, 0]
    found = closest_approaches(start, NOW - 2.0 * HOUR, NOW + 2.0 * HOUR, pulling, moon_altitude=5e3)
    moon = found.body == "MOON"
    np.testing.assert_array_equal(found.index[moon], np.arange(41))
    np.testing.assert_array_equal(found.impact[moon], heights < 0.0)
    radius = np.linalg.norm(found.state[moon & found.impact, :3], axis=1)
    np.testing.assert_allclose(radius, LUNAR_MAP_RADIUS + 5e3, rtol=0.0, atol=SAME_DISTANCE)
    below = heights[heights < 0.0]
    speed = np.linalg.norm(found.state[moon & found.impact, 3:], axis=1)
    early = NOW - found.tdb[moon & found.impact]
    sagitta = np.sqrt(2.0 * -below * (LUNAR_MAP_RADIUS + 5e3) / (1.0 - pulling.tables.gm[MOON] / (1.742e6 * speed**2)))
    np.testing.assert_allclose(early * speed, sagitta, rtol=1e-3)  # the chord to second order


def test_grazing_orbits_hit_the_flattened_earth_where_its_altitude_is_lowest(pulling, installed):
    states = passing.states(
        pulling, "EARTH", NOW, perigee=np.linspace(6.45e6, 6.485e6, 200), speed=8e3, count=200, seed=20
    )
    start = fly_many(states, NOW, [NOW - HOUR], pulling)[:, 0]
    found = closest_approaches(start, NOW - HOUR, NOW + HOUR, pulling, bodies=("EARTH",))
    grid = NOW + np.arange(-200.0, 200.0, 0.5)
    rotation = itrf_from_icrf(grid, installed)
    paths = fly_many(start, NOW - HOUR, grid, pulling)
    lowest = np.full(200, np.inf)
    for k, path in enumerate(paths):
        known = np.isfinite(path[:, 0])
        apart = path[known, :3] - body_states("EARTH", grid[known], pulling)[:, :3]
        fixed = np.einsum("nij,nj->ni", rotation.matrix[known], apart)
        lowest[k] = erfa.gc2gde(WGS84.equatorial_radius, WGS84.flattening, fixed)[2].min()
    clear = np.abs(lowest - 100e3) > ALTITUDE
    hit = found.ended_by == "EARTH"
    np.testing.assert_array_equal(hit[clear], lowest[clear] < 100e3)
    assert 20 < np.count_nonzero(hit) < 180


def test_an_orbit_that_begins_below_the_altitude_ends_at_once(pulling):
    low = passing.states(pulling, "EARTH", NOW, perigee=6.4e6, speed=5e3, count=1, seed=21)
    found = closest_approaches(low, NOW, NOW + DAY, pulling)
    assert (found.impact.tolist(), found.tdb.tolist(), found.ended_by.tolist()) == ([True], [NOW], ["EARTH"])


def test_orbits_that_begin_inside_a_body_end_there_even_at_its_centre(pulling):
    centre = body_states("EARTH", [NOW], pulling)
    moon = body_states("MOON", [NOW], pulling) + np.array([1e5, 0.0, 0.0, 0.0, 0.0, 0.0])
    free = passing.states(pulling, "EARTH", NOW, perigee=4e8, speed=9e3, count=1, seed=25)
    start = np.concatenate((centre, moon, free, body_states("VENUS", [NOW], pulling)))
    found = closest_approaches(start, NOW, NOW + DAY, pulling)
    assert found.ended_by.tolist() == ["EARTH", "MOON", "", "VENUS"]
    assert found.tdb[found.impact].tolist() == [NOW, NOW]
    told = fly_many(start, NOW, [NOW + DAY], pulling)
    assert np.isnan(told[:, 0, 0]).tolist() == [True, True, False, True]


def test_what_was_met_before_an_impact_is_told_and_nothing_after_it(pulling):
    states = passing.states(pulling, "MOON", NOW, perigee=1.0e6, speed=1.2e3, count=40, seed=22)
    apart = states - body_states("MOON", [NOW], pulling)
    start = two_body_states(apart, np.full(40, -DAY), pulling.tables.gm[MOON]) + body_states(
        "MOON", [NOW - DAY], pulling
    )
    found = closest_approaches(start, NOW - DAY, NOW + 3.0 * DAY, pulling, within=1e9)
    assert np.count_nonzero(found.ended_by == "MOON") > 20
    for k in range(40):
        rows = found.index == k
        assert np.all(np.diff(found.tdb[rows]) >= 0.0)
        if found.ended_by[k]:
            assert found.impact[rows].tolist() == [False] * (np.count_nonzero(rows) - 1) + [True]


def test_more_encounters_than_there_is_room_for_are_all_told(pulling, monkeypatch):
    nearest = np.geomspace(1.2e7, 5e7, 8)
    relative = passing.states(pulling, "EARTH", NOW, perigee=nearest, speed=0.0, count=8, seed=23)
    earth = body_states("EARTH", [NOW], pulling)
    start = earth + (relative - earth) * [1.0, 1.0, 1.0, 0.8, 0.8, 0.8]  # ellipses
    whole = closest_approaches(start, NOW, NOW + 20.0 * DAY, pulling, bodies=("EARTH",))
    assert len(whole.index) > 100
    monkeypatch.setattr(flights, "ROOM", 5)
    parts = closest_approaches(start, NOW, NOW + 20.0 * DAY, pulling, bodies=("EARTH",))
    np.testing.assert_array_equal(whole.tdb, parts.tdb)
    np.testing.assert_array_equal(whole.index, parts.index)


def test_limits_may_differ_by_body_and_other_bodies_may_be_met(pulling):
    states = passing.states(pulling, "VENUS", NOW, perigee=[2e7, 5e6], speed=9e3, count=2, seed=24)
    start = states - np.concatenate((states[:, 3:], np.zeros((2, 3))), axis=1) * HOUR
    found = closest_approaches(
        start, NOW - HOUR, NOW + DAY, pulling, bodies=("VENUS", "EARTH"), within={"VENUS": 1e9, "EARTH": 1.0}
    )
    assert found.body.tolist() == ["VENUS", "VENUS"]
    assert found.impact.tolist() == [False, True]
    assert found.ended_by.tolist() == ["", "VENUS"]
    assert np.all(np.isinf(found.minimum_distance[:, 1]))
