"""Authority: brute force over closed-form hyperbolas, ten to a thousand times as many orbits as the search flies."""

from __future__ import annotations

import numpy as np
import pytest
from two_body import at_times, meet, radius_of

from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.elements import KeplerElements, kepler_elements, states_from_elements
from moonstead.smallbodies.impact.cloud import orbit_cloud
from moonstead.smallbodies.impact.outlook import Outlook
from moonstead.smallbodies.impact.search import SearchEffort, impact_probabilities, search
from moonstead.smallbodies.impact.target_plane import target_plane
from moonstead.smallbodies.motion.orbit import NonGravitational, SmallBodyOrbit

DAY = 86_400.0
SMALL = SearchEffort(line=201, clones=500, drawn=200, impactors=4)
FOUR = 4.0  # [1] standard deviations of brute force: a draw beyond comes once in 16 000


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def approaching(name, miss, speed, along, across, days=30.0, turn=0.05):
    """An orbit that will miss a body's centre by `miss`; the line of its errors passes `turn` beside the centre."""
    gm = body(name).gm
    periapsis = max(abs(miss), 1.0)
    e = 1.0 + periapsis * speed**2 / gm
    columns = [np.array([value]) for value in (periapsis, e, 0.4, 1.0, 2.0, -np.arccos(-1.0 / e) + 1e-9)]
    far = states_from_elements(KeplerElements(*columns), gm)[0]
    start = far.copy()
    direction = far[3:] / np.linalg.norm(far[3:])
    start[:3] = far[:3] - direction * (speed * days * DAY - np.linalg.norm(far[:3]))
    # errors of the speed sideways spread over the target plane
    first = target_plane(far, gm).point[0]
    first /= np.linalg.norm(first)
    second = np.cross(direction, first)
    long_axis = np.cos(turn) * first + np.sin(turn) * second
    short_axis = -np.sin(turn) * first + np.cos(turn) * second
    covariance = np.diag([1.0] * 3 + [1e-12] * 3)
    covariance[3:, 3:] += (along / (days * DAY)) ** 2 * np.outer(long_axis, long_axis)
    covariance[3:, 3:] += (across / (days * DAY)) ** 2 * np.outer(short_axis, short_axis)
    covariance[3:, 3:] += 0.1**2 * np.outer(direction, direction)  # and of the speed forwards, over the time
    return SmallBodyOrbit("TOY", 0.0, start, covariance=covariance)


def brute_force(orbit, name, count, seed=1):
    cloud = orbit_cloud(orbit)
    states = cloud.states(np.random.default_rng(seed).standard_normal((count, 6)))
    periapsis = kepler_elements(states, body(name).gm).periapsis_distance
    share = np.count_nonzero(periapsis < radius_of(name)) / count
    return share, np.sqrt(max(share * (1.0 - share), 1.0 / count) / count)


def searched(orbit, name, data, seed=0, effort=SMALL):
    outlook = Outlook(orbit_cloud(orbit), 200.0 * DAY, None, (name,), 100e3, 0.0, meet, at_times(name))
    return search(outlook, data, effort, seed, None, lambda words: None).of(name)


@pytest.mark.parametrize(
    ("name", "miss", "speed", "along", "across"),
    [
        ("MOON", 1.0e7, 14e3, 2.5e7, 1e3),  # like 2024 YR4: a line
        ("EARTH", 2.0e8, 12e3, 1e8, 1e5),
        ("EARTH", 3.0e7, 8e3, 2e7, 9e6),  # a fat ellipse
        ("EARTH", 1.0e7, 3e3, 4e6, 2e6),  # slow: strongly focused
        ("MOON", 1.0e6, 5e3, 1e5, 1e4),  # certain
        ("EARTH", 4.0e7, 15e3, 2e7, 5e6),  # the line misses, its width may hit
    ],
)
def test_the_probability_is_that_of_brute_force(data, name, miss, speed, along, across):
    orbit = approaching(name, miss, speed, along, across)
    expected, sigma = brute_force(orbit, name, 100_000)
    answer = searched(orbit, name, data)
    low, high = answer.interval
    assert low - FOUR * sigma <= expected <= high + FOUR * sigma
    assert abs(answer.probability - expected) < FOUR * sigma + 0.06 * expected
    assert answer.method == "line of variations with virtual impactors"
    assert len(answer.impactors) == (1 if expected > 0.0 else len(answer.impactors))


def test_a_rare_impact_is_found_that_no_clone_shows(data):
    orbit = approaching("MOON", 9.0e7, 14e3, 2.5e7, 1e4, turn=0.0)
    answer = searched(orbit, "MOON", data)
    (impactor,) = answer.impactors
    assert answer.clones.hits == 0
    # brute force about the impactor, each orbit weighed by the density of the cloud there
    cloud = orbit_cloud(orbit)
    centre = np.linalg.solve(cloud.root, impactor.state - orbit.state)
    rng = np.random.default_rng(3)
    shifted = rng.standard_normal((100_000, 6)) + centre
    hit = kepler_elements(cloud.states(shifted), body("MOON").gm).periapsis_distance < radius_of("MOON")
    weight = np.exp(0.5 * np.sum((shifted - centre) ** 2 - shifted**2, axis=1))
    expected, sigma = np.mean(weight * hit), np.std(weight * hit) / np.sqrt(hit.size)
    assert abs(answer.probability - expected) < FOUR * sigma + 0.03 * expected
    assert impactor.offset == pytest.approx(3.5, abs=0.3)
    assert expected < 2e-4


def test_an_orbit_that_passes_far_away_is_safe(data):
    answer = searched(approaching("EARTH", 5e9, 12e3, 1e7, 1e5), "EARTH", data)
    assert (answer.probability, answer.impactors, answer.clones.hits) == (0.0, (), 0)
    assert answer.interval == (0.0, answer.completeness)
    assert 0.0 < answer.completeness < 1e-4
    assert answer.minimum_distance == pytest.approx(5e9, rel=0.1)


def test_the_corridor_and_the_sigmas_are_those_of_the_orbits_that_hit(data):
    orbit = approaching("MOON", 1.0e6, 14e3, 2.0e5, 1e4)
    (impactor,) = searched(orbit, "MOON", data).impactors
    corridor = impactor.corridor
    assert corridor.tdb.size == SMALL.drawn
    assert np.sum(corridor.weight) == pytest.approx(impactor.probability, rel=1e-12)
    np.testing.assert_allclose(corridor.altitude, 0.0, atol=1.0)
    assert impactor.latitude.sigma == pytest.approx(np.std(corridor.latitude), rel=1e-3)
    assert abs(impactor.latitude.value - np.mean(corridor.latitude)) < impactor.latitude.sigma
    assert impactor.inertial_speed == pytest.approx(np.hypot(14e3, 2375.0), rel=1e-3)  # with the escape speed
    assert impactor.speed.value == pytest.approx(impactor.inertial_speed, abs=10.0)  # the Moon turns with 4.6 m/s
    # errors across the line are 20 times smaller than along it; on the ground the path's steepness stretches them
    assert 5e3 < corridor.half_width < 5e4
    assert 0.0 < impactor.elevation.value < 0.5 * np.pi


def test_one_seed_gives_one_answer(data):
    orbit = approaching("MOON", 1.0e7, 14e3, 2.5e7, 1e3)
    first, second = (searched(orbit, "MOON", data, seed=7) for _ in range(2))
    assert first.probability == second.probability
    assert first.impactors[0].latitude.value == second.impactors[0].latitude.value


def test_what_cannot_be_answered_is_refused():
    orbit = approaching("MOON", 1.0e7, 14e3, 2.5e7, 1e3)
    bare = SmallBodyOrbit("BARE", 0.0, orbit.state)
    gassy = SmallBodyOrbit(
        "GAS", 0.0, orbit.state, NonGravitational(a1=1e-9, alpha=0.11, k=4.6), covariance=orbit.covariance
    )
    for one, words in ((bare, "no covariance"), (gassy, "outgassing")):
        with pytest.raises(InvalidInput, match=words):
            orbit_cloud(one)
    with pytest.raises(InvalidInput, match="after the epoch"):
        impact_probabilities(orbit, -1.0, None, None)
    with pytest.raises(InvalidInput, match="MARS"):
        impact_probabilities(orbit, 1.0, None, None, bodies=("MARS",))
