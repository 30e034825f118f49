"""Authority: closed forms of pairs on one orbit, and brute force for pairs that cross slowly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from screening_cases import START, KeplerOrbit, brute_force, elements

from moonstead.monitoring.objects import Sgp4Objects, TrajectoryObjects
from moonstead.monitoring.screening.screen import screen

HOUR = 3600.0
AXIS, SPEED = 1.9e6, np.sqrt(4.902_800e12 / 1.9e6)  # [m], [m/s] of a circular orbit about the Moon
ROUNDING = 1e-3  # [s] and [m]: times are fine to 1e-7 s, positions to 1e-9 m


def circular(name, phase=0.0, axis=AXIS, tilt=0.0):
    turn = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(tilt), -np.sin(tilt)], [0.0, np.sin(tilt), np.cos(tilt)]])
    return KeplerOrbit(name, axis, 0.0, turn, phase)


def test_two_that_follow_each_other_make_one_interval_over_the_whole_span():
    objects = TrajectoryObjects([circular("ahead", 1e-3), circular("behind")], [77, 55])
    found = screen(objects, START, START + 20.0 * HOUR, 5e3)
    (intervals, encounters) = found.proximity_intervals, found.encounters
    assert (len(encounters), len(intervals)) == (0, 1)
    assert (intervals.first_id[0], intervals.second_id[0]) == (77, 55)
    assert (intervals.start[0], intervals.stop[0]) == (START, START + 20.0 * HOUR)
    assert intervals.least_distance[0] == pytest.approx(2.0 * AXIS * np.sin(0.5e-3), abs=ROUNDING)


def test_who_drifts_past_is_near_from_one_crossing_of_the_limit_to_the_other():
    lower = AXIS - 2e3
    objects = TrajectoryObjects([circular("above"), circular("below", -5e-3, lower)])
    found = screen(objects, START, START + 20.0 * HOUR, 5e3)
    intervals = found.proximity_intervals
    assert (len(found.encounters), len(intervals)) == (0, 1)
    drift = np.sqrt(4.902_800e12 / lower**3) - np.sqrt(4.902_800e12 / AXIS**3)
    # Law of cosines: the angle between both at which they are 5 km apart.
    angle = np.arccos((AXIS**2 + lower**2 - 5e3**2) / (2.0 * AXIS * lower))
    assert intervals.start[0] == pytest.approx(START + (5e-3 - angle) / drift, abs=1.0)
    assert intervals.stop[0] == pytest.approx(START + (5e-3 + angle) / drift, abs=1.0)
    assert intervals.tdb_least[0] == pytest.approx(START + 5e-3 / drift, abs=1.0)
    assert intervals.least_distance[0] == pytest.approx(2e3, abs=ROUNDING)
    for edge in (intervals.start, intervals.stop):
        states = objects.states(edge)[0][0, :3]
        assert np.linalg.norm(states[:, 1] - states[:, 0]) == pytest.approx(5e3, abs=ROUNDING)


@pytest.mark.parametrize(("tilt", "events", "intervals"), [(0.02, 4, 0), (0.05, 4, 0), (0.2, 4, 0)])
def test_planes_that_cross_at_tens_of_metres_a_second_give_an_encounter_at_each_crossing(tilt, events, intervals):
    period = 2.0 * np.pi * AXIS / SPEED
    objects = TrajectoryObjects([circular("flat", -0.4), circular("tilted", -0.4, tilt=tilt)])
    found = screen(objects, START, START + 2.0 * period, 2e3, proximity_speed=20.0)
    assert (len(found.encounters), len(found.proximity_intervals)) == (events, intervals)
    np.testing.assert_allclose(found.encounters.relative_speed, 2.0 * SPEED * np.sin(0.5 * tilt), rtol=1e-6)
    np.testing.assert_allclose(np.diff(found.encounters.tdb_tca), 0.5 * period, rtol=0.0, atol=ROUNDING)


def test_a_swarm_of_slow_pairs_loses_none():
    random = np.random.default_rng(12)
    one = elements(np.full(60, 6.9e6), np.full(60, 5e-4), np.full(60, 0.9), random)
    spread = random.normal(0.0, 0.01, 60)
    swarm = replace(
        one,
        node=1.0 + spread,
        argument_of_perigee=np.full(60, 0.3),
        mean_anomaly=2.0 - spread * np.cos(0.9) + random.normal(0.0, 3e-4, 60),  # level with each other on their orbits
    )
    objects = Sgp4Objects(swarm)
    stop = START + 1.5 * HOUR
    found = screen(objects, START, stop, 5e3)
    slow, fast = found.proximity_intervals, found.encounters
    truth = brute_force(objects, START, stop, 5e3, sample=20.0)
    quick = truth[truth[:, 4] >= found.proximity_speed + 0.5]
    told = {(i, j, round(t)) for i, j, t in zip(fast.first_row, fast.second_row, fast.tdb_tca, strict=True)}
    assert len(quick) > 100
    assert {(i, j, round(t)) for i, j, t in quick[:, :3]} <= told
    for i, j, tdb in truth[truth[:, 4] < found.proximity_speed - 0.5, :3]:
        own = (slow.first_row == i) & (slow.second_row == j) & (slow.start <= tdb) & (tdb <= slow.stop)
        assert own.sum() == 1, f"the minimum of {i} and {j} at {tdb - START:.0f} s lies in no interval"


def test_the_same_slow_pair_is_never_told_as_encounter_and_as_interval():
    found = screen(
        TrajectoryObjects([circular("flat", -0.4), circular("tilted", -0.4, tilt=0.02)]), START, START + 4.0 * HOUR, 2e3
    )
    assert len(found.encounters) == 0
    assert len(found.proximity_intervals) >= 3
    assert np.all(found.proximity_intervals.stop > found.proximity_intervals.start)
