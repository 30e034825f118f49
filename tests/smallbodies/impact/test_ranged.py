"""Authority: brute force over closed-form hyperbolas, with many times the orbits of the sample."""

from __future__ import annotations

import numpy as np
import pytest
from two_body import meet, radius_of

from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.orbits.elements import KeplerElements, kepler_elements, states_from_elements
from moonstead.smallbodies.impact.ranged import ranged_probabilities
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

DAY = 86_400.0
FOUR = 4.0  # [1] standard deviations


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def sample(count, miss, spread, seed=0):
    """Orbits that approach the Earth, spread over the target plane by their speeds sideways; weights of two kinds."""
    gm, speed, days = body("EARTH").gm, 12e3, 20.0
    e = 1.0 + miss * speed**2 / gm
    columns = [np.array([value]) for value in (miss, e, 0.4, 1.0, 2.0, -np.arccos(-1.0 / e) + 1e-9)]
    far = states_from_elements(KeplerElements(*columns), gm)[0]
    direction = far[3:] / np.linalg.norm(far[3:])
    far[:3] -= direction * (speed * days * DAY - np.linalg.norm(far[:3]))
    first = np.cross(direction, [0.0, 0.0, 1.0])
    sides = np.stack((first / np.linalg.norm(first), np.cross(direction, first / np.linalg.norm(first))))
    rng = np.random.default_rng(seed)
    states = np.tile(far, (count, 1))
    states[:, 3:] += (rng.standard_normal((count, 2)) * np.array(spread) / (days * DAY)) @ sides
    heavy = rng.random(count) < 0.5
    weights = np.where(heavy, 3.0, 1.0)  # drawn alike, so both kinds tell the same
    return states, weights / np.sum(weights)


def ranged(states, weights):
    count = len(states)
    best = SmallBodyOrbit("TOY", 0.0, states[0])
    nothing = np.zeros(count)
    return RangedOrbit(
        "TOY", 0.0, states, weights, nothing, best, nothing, nothing, DAY, np.ones(3, bool), ("",) * 3, "uniform",
        (1e8, 1e11), (-1e4, 1e4),
    )  # fmt: skip


def answered(states, weights, data):
    return ranged_probabilities(
        ranged(states, weights), 60.0 * DAY, None, data, ("EARTH",), 100e3, 0.0, None, meet=meet
    ).of("EARTH")


def share_that_hits(miss, spread, count=200_000):
    states, _ = sample(count, miss, spread, seed=9)
    return np.mean(kepler_elements(states, body("EARTH").gm).periapsis_distance < radius_of("EARTH"))


def test_hits_of_a_well_sampled_region_are_counted(data):
    states, weights = sample(3000, 2e7, (2e7, 1e7))
    answer = answered(states, weights, data)
    expected = share_that_hits(2e7, (2e7, 1e7))
    sigma = np.sqrt(expected * (1.0 - expected) * np.sum(weights**2))
    assert abs(answer.probability - expected) < FOUR * sigma
    assert answer.method == "weighted sample of a short arc"
    (impactor,) = answer.impactors
    assert impactor.probability == pytest.approx(answer.probability)
    assert impactor.keyholes == ()
    assert impactor.corridor.tdb.size > 100


@pytest.mark.parametrize(("miss", "spread"), [(2e8, (6e8, 3e8)), (4e7, (1e9, 3e7))])
def test_a_region_that_few_orbits_reach_is_smoothed(data, miss, spread):
    states, weights = sample(3000, miss, spread)
    answer = answered(states, weights, data)
    expected = share_that_hits(miss, spread)
    assert answer.method.endswith("smoothed on the target plane")
    assert answer.interval[0] <= expected <= answer.interval[1]
    assert 0.0 < answer.probability < 1e-2


def test_a_sample_that_passes_far_away_is_safe_within_what_it_can_tell(data):
    states, weights = sample(1000, 5e9, (1e8, 1e7))
    answer = answered(states, weights, data)
    assert answer.probability < 1e-12
    assert 0.0 < answer.interval[1] < 0.01
    assert answer.impactors == ()
