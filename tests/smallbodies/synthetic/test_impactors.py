"""Made-up impactors hit when they are flown forward, and come from the population that is claimed."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.observe import BARYCENTER
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.perturbers import Perturbers, perturbers
from moonstead.smallbodies.synthetic.impactors import SURFACE, _incoming_velocity, draw_impact, synthetic_impactor
from moonstead.smallbodies.synthetic.neighbours import BEFORE, neighbour, open_line
from moonstead.smallbodies.synthetic.surveys import observe_survey, plan_survey

START = Epoch.parse("2027-03-01T00:00:00").tdb()
ROUND_TRIP = 50.0  # [m] two months back and forth through the gravity of Earth and Moon
DRAWS = 2000
LINEAR = 0.05  # [1] a shift of one sigma bends the way by some percent of itself


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


@pytest.fixture(scope="module")
def pull(data) -> Perturbers:
    return perturbers(data, start_tdb=START - 200 * SECONDS_PER_DAY, stop_tdb=START + 100 * SECONDS_PER_DAY)


@pytest.mark.parametrize("name", ["EARTH", "MOON"])
def test_flown_forward_it_hits_at_the_drawn_place(name, data, pull):
    made = synthetic_impactor(name, START, 60 * SECONDS_PER_DAY, np.random.default_rng(3), pull, data)
    assert np.linalg.norm(made.relative[:3]) == pytest.approx(SURFACE[name])
    assert made.relative[:3] @ made.relative[3:] < 0.0
    flight = fly(made.orbit, START, pull, stop_at_impact=False)
    there = flight.state(np.array([START]))[0] - data.ephemeris.state(name, BARYCENTER, np.array([START]))[0]
    assert np.linalg.norm(there[:3] - made.relative[:3]) < ROUND_TRIP


def test_elevations_of_impacts_are_those_of_an_even_flux(data):
    # near-Earth orbits come from all around the Earth, so the choice among directions does not favour an elevation
    rng = np.random.default_rng(5)
    states = np.array([draw_impact("EARTH", START, rng, data) for _ in range(DRAWS)])
    vertical = np.einsum("ni,ni->n", states[:, :3], states[:, 3:])
    sine = -vertical / np.linalg.norm(states[:, :3], axis=1) / np.linalg.norm(states[:, 3:], axis=1)
    # sin^2 E is even over [0, 1]; four sigmas of its mean
    assert np.mean(sine**2) == pytest.approx(0.5, abs=4.0 * np.sqrt(1.0 / 12.0 / DRAWS))


def test_incoming_velocity_is_that_of_the_hyperbola_far_away(data):
    from moonstead.foundation.ephemeris.two_body import two_body_states

    gm = body("EARTH").gm
    state = draw_impact("EARTH", START, np.random.default_rng(7), data)
    far = two_body_states(state[None], np.array([-1e9]), gm)[0]
    assert (
        np.linalg.norm(far[3:] - _incoming_velocity(state, gm)) < 0.5
    )  # [m/s] at 1e13 m the pull still bends a little


def test_other_bodies_are_refused(data):
    with pytest.raises(InvalidInput, match="MOON"):
        draw_impact("MARS", START, np.random.default_rng(1), data)


def test_a_survey_is_dark_high_and_as_noisy_as_its_stations(data, pull):
    rng = np.random.default_rng(1)
    made = synthetic_impactor("EARTH", START, 60 * SECONDS_PER_DAY, rng, pull, data)
    flight = fly(made.orbit, START, pull, with_partials=True, stop_at_impact=False)
    tdb, codes = plan_survey(flight, made.orbit.tdb + 5 * SECONDS_PER_DAY, 3, rng, data)
    assert tdb.size == len(codes) > 0
    perfect = observe_survey(flight, tdb, codes, None, data)
    noisy = observe_survey(flight, tdb, codes, rng, data)
    off = (noisy.declination - perfect.declination) / np.radians(1.0 / 3600.0)
    assert 0.1 < np.std(off) < 2.0  # ["] of surveys, with the clock's error of a fast target

    line = open_line(made, flight, tdb, codes, data)
    when = np.array([START - BEFORE])
    velocity = (flight.state(when) - data.ephemeris.state("EARTH", BARYCENTER, when))[0, 3:]
    along = velocity / np.linalg.norm(velocity)
    shifts = []
    for offsets, size in (((1.0, 0.0), line.sigma), ((0.0, 1.0), line.width)):
        moved = fly(neighbour(made, line, *offsets), START, pull, stop_at_impact=False)
        shift = (moved.state(when) - flight.state(when))[0, :3]
        shifts.append(shift - (shift @ along) * along)
        assert np.linalg.norm(shifts[-1]) == pytest.approx(size, rel=LINEAR)
    assert abs(shifts[0] @ shifts[1]) < LINEAR * line.sigma * line.width
