"""Authority: brute force, every pair sampled every five seconds and refined with the objects' own states."""

from __future__ import annotations

import numpy as np
import pytest
from screening_cases import START, brute_force, elements, low_shell, lunar_orbits

from moonstead.dynamics.mean_elements import joined
from moonstead.monitoring.objects import Sgp4Objects, TrajectoryObjects
from moonstead.monitoring.screening.screen import screen

HOUR = 3600.0
SAME_TIME = 1e-3  # [s] asked of times of closest approach
SAME_DISTANCE = 1.0  # [m] asked of miss distances
"""Both are met by far: both sides end in Newton's method on the same states."""


def mixed_catalogue(random):
    """Low and round, transfer and Molniya orbits, and the geostationary ring."""
    return joined(
        [
            low_shell(200, random),
            elements(
                random.uniform(2.4e7, 2.46e7, 40), random.uniform(0.70, 0.735, 40), random.uniform(0.1, 0.5, 40), random
            ),
            elements(np.full(20, 2.656e7), random.uniform(0.68, 0.74, 20), np.full(20, 1.107), random, drag=0.0),
            elements(
                random.uniform(4.2155e7, 4.2175e7, 60),
                np.full(60, 1e-4),
                random.uniform(0.0, 0.02, 60),
                random,
                drag=0.0,
            ),
        ]
    )


def compare(found, truth, slow):
    """Every fast minimum of brute force is an encounter, and the other way round."""
    truth = truth[truth[:, 4] >= slow]
    order = np.lexsort((found.tdb_tca, found.second_row, found.first_row))
    np.testing.assert_array_equal(found.first_row[order], truth[:, 0])
    np.testing.assert_array_equal(found.second_row[order], truth[:, 1])
    return (
        np.abs(found.tdb_tca[order] - truth[:, 2]).max(initial=0.0),
        np.abs(found.miss_distance[order] - truth[:, 3]).max(initial=0.0),
        len(truth),
    )


def test_every_encounter_of_a_mixed_catalogue_is_found_to_the_millisecond_and_metre(validation):
    objects = Sgp4Objects(mixed_catalogue(np.random.default_rng(3)))
    stop = START + 2.0 * HOUR
    found = screen(objects, START, stop, 50e3)
    late, off, cases = compare(found.encounters, brute_force(objects, START, stop, 50e3), found.proximity_speed)
    assert cases > 100
    told = {"capability": "conjunction screening", "authority": "brute force over all pairs", "cases": cases}
    validation(quantity="time of closest approach", error=late, unit="s", tolerance=SAME_TIME, **told)
    validation(quantity="miss distance", error=off, unit="m", tolerance=SAME_DISTANCE, **told)


def test_every_encounter_about_the_moon_is_found_to_the_millisecond_and_metre(validation):
    objects = TrajectoryObjects(lunar_orbits(100, np.random.default_rng(8)))
    stop = START + 3.0 * HOUR
    found = screen(objects, START, stop, 50e3)
    late, off, cases = compare(found.encounters, brute_force(objects, START, stop, 50e3), found.proximity_speed)
    assert cases > 40
    told = {"capability": "conjunction screening", "authority": "brute force about the Moon", "cases": cases}
    validation(quantity="time of closest approach", error=late, unit="s", tolerance=SAME_TIME, **told)
    validation(quantity="miss distance", error=off, unit="m", tolerance=SAME_DISTANCE, **told)


@pytest.mark.parametrize("step", [15.0, 47.0, 120.0])
def test_the_step_changes_nothing(step):
    objects = Sgp4Objects(mixed_catalogue(np.random.default_rng(4)))
    span = (START, START + 1.5 * HOUR)
    usual, other = screen(objects, *span, 30e3).encounters, screen(objects, *span, 30e3, step=step).encounters
    assert len(usual) > 50
    np.testing.assert_array_equal(usual.first_row, other.first_row)
    np.testing.assert_array_equal(usual.second_row, other.second_row)
    np.testing.assert_allclose(usual.tdb_tca, other.tdb_tca, rtol=0.0, atol=SAME_TIME)


def test_some_on_all_is_what_all_on_all_says_of_them():
    objects = Sgp4Objects(mixed_catalogue(np.random.default_rng(5)))
    span = (START, START + 2.0 * HOUR)
    everything = screen(objects, *span, 50e3).encounters
    primaries, others = np.array([3, 4, 5, 6, 210, 250]), np.arange(4, 300)
    some = screen(objects, *span, 50e3, primaries=primaries, others=others).encounters
    mine, theirs = np.isin(everything.first_row, primaries), np.isin(everything.second_row, primaries)
    wanted = (mine & np.isin(everything.second_row, others)) | (theirs & np.isin(everything.first_row, others))
    assert wanted.sum() > 3
    np.testing.assert_array_equal(some.first_row, everything.first_row[wanted])
    np.testing.assert_array_equal(some.second_row, everything.second_row[wanted])


def test_relative_positions_are_as_long_as_the_miss_and_normal_to_the_relative_motion():
    objects = Sgp4Objects(low_shell(120, np.random.default_rng(6)))
    found = screen(objects, START, START + HOUR, 40e3).encounters
    place = np.stack([found.radial, found.along, found.cross], axis=1)
    np.testing.assert_allclose(np.linalg.norm(place, axis=1), found.miss_distance, rtol=1e-9)
    first = objects.pair_states(found.first_row, found.tdb_tca)[0]
    second = objects.pair_states(found.second_row, found.tdb_tca)[0]
    radius = np.linalg.norm(first[:, :3], axis=1)
    np.testing.assert_allclose(
        found.radial, np.sum((second - first)[:, :3] * first[:, :3], axis=1) / radius, rtol=0.0, atol=1e-3
    )
