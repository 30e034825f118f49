"""Authority: single flights, forces in plain numpy, and what does not depend on the company an orbit flies in."""

import json

import numpy as np
import passing
import plain_forces as plain
import pytest

from moonstead.foundation.constants import ASTRONOMICAL_UNIT, J2000_JULIAN_DATE
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.frames.standard import ECLIPJ2000
from moonstead.smallbodies.motion import force_kernels
from moonstead.smallbodies.motion import lanes_force_kernels as kernels
from moonstead.smallbodies.motion import lanes_places_kernels as places_kernels
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.flights import closest_approaches, fly_many
from moonstead.smallbodies.motion.orbit import NonGravitational, SmallBodyOrbit
from moonstead.smallbodies.motion.perturber_tables import BODIES, EARTH, FIRST_ASTEROID, HEAVY, LANES, MOON, PLUTO, SUN
from moonstead.smallbodies.motion.places import body_states

DAY = 86_400.0
YEAR = 365.25 * DAY
NOW = 9.876e8  # [s TDB past J2000] 2031
PLANETS = PLUTO + 1
ROUNDING = 1e-13  # [1] of a sum of a few dozen terms
ROUGH = 2e-14  # [1] of the whole: asteroids in single precision, relativity of Neptune and Pluto left out
EIGHT_YEARS = 10.0  # [m] two integrators, and relativity between the planets, which a single flight leaves out
JPL_AGREES = 300.0  # [m] into the encounter: what another integrator with JPL's own places of the asteroids leaves too
COMPANY = 5.0  # [m] the same orbit on another grid of steps
AMPLIFIED = 2.0  # [m] a day after an encounter with a grazing body
HOUR = 3600.0


@pytest.fixture(scope="module")
def point(pulling):
    """The bodies at one time, as the kernel of a step finds them."""
    found, scratch = np.zeros(places_kernels.POINT), np.zeros(96)
    places_kernels.bodies_at(NOW, 0.0, pulling.tables, scratch, found, 0)
    places_kernels.relativity_of(pulling.tables, found, 0)
    places_kernels.asteroids_at(NOW, 0.0, pulling.tables, found, 0)
    places_kernels.moon_axes_at(NOW, 0.0, pulling.tables, scratch, found, 0)
    return found


def heavy(point, row):
    return point[row : row + 3 * HEAVY].reshape(3, HEAVY).T[:PLANETS]


def in_lanes(vectors):
    return np.ascontiguousarray(np.asarray(vectors).T).reshape(-1)


def about(middle, distances, seed):
    aside = np.random.default_rng(seed).normal(size=(LANES, 3))
    return middle + np.asarray(distances)[:, None] * aside / np.linalg.norm(aside, axis=1)[:, None]


@pytest.mark.scalar
@pytest.mark.nojit
def test_the_bodies_of_a_step_stand_where_the_tables_have_them(pulling, point):
    for place, name in enumerate(pulling.names[:PLANETS]):
        state = body_states(name, [NOW], pulling)[0]
        np.testing.assert_allclose(heavy(point, places_kernels.PLACE)[place], state[:3], rtol=1e-14, atol=1e-3)
        np.testing.assert_allclose(heavy(point, places_kernels.MOTION)[place], state[3:], rtol=1e-12, atol=1e-9)
    belt = point[places_kernels.ASTEROIDS : places_kernels.ASTEROIDS + 48].reshape(3, 16).T
    for k, name in enumerate(pulling.names[PLANETS:]):
        np.testing.assert_allclose(belt[k], body_states(name, [NOW], pulling)[0, :3], rtol=1e-14, atol=1e-3)


@pytest.mark.scalar
@pytest.mark.nojit
@pytest.mark.parametrize(("lively", "relative"), [(1, PLANETS), (4, 9), (PLANETS, PLANETS)])
def test_live_and_resting_forces_together_are_newton_einstein_and_the_suns_oblateness(pulling, point, lively, relative):
    gm = pulling.tables.gm
    where, speeds = heavy(point, places_kernels.PLACE), heavy(point, places_kernels.MOTION)
    here = about(where[SUN], ASTRONOMICAL_UNIT * np.geomspace(0.5, 6.0, LANES), seed=4)
    speed = 2e4 * np.random.default_rng(5).normal(size=(LANES, 3))
    order = np.array([0, 2, 8, 4, 5, 1, 3, 6, 9, 7, 10])
    live, rest = np.zeros(3 * LANES), np.zeros(3 * LANES)
    kernels.live_pull(in_lanes(here), point, 0, gm, order, lively, live)
    kernels.rest_pull(in_lanes(here), in_lanes(speed), point, 0, gm, order, lively, relative, 1, np.zeros(24), 0, rest)
    belt = point[places_kernels.ASTEROIDS : places_kernels.ASTEROIDS + 48].reshape(3, 16).T
    pole = np.array(force_kernels.SUN_POLE)
    for k in range(LANES):
        newton = plain.newtonian(here[k], where, gm[:PLANETS]) + plain.newtonian(
            here[k], belt, gm[FIRST_ASTEROID:BODIES]
        )
        truth = newton + plain.relativity(here[k], speed[k], where, speeds, gm[:PLANETS])
        truth += plain.j2(here[k] - where[SUN], gm[SUN], force_kernels.SUN_RADIUS, force_kernels.SUN_J2, pole)
        found = (live + rest).reshape(3, LANES).T[k]
        assert np.linalg.norm(found - truth) < (ROUNDING + ROUGH) * np.linalg.norm(newton)


@pytest.mark.scalar
@pytest.mark.nojit
def test_the_oblate_earth_and_the_lumpy_moon_pull_as_on_a_single_flight(pulling, point):
    where = heavy(point, places_kernels.PLACE)
    here = about(where[MOON], np.geomspace(1.8e6, 5e7, LANES), seed=6)
    found = np.zeros(3 * LANES)
    kernels.moon_field(in_lanes(here), point, 0, pulling.tables.field, np.zeros(kernels.FIELD_SCRATCH), found)
    for k, place in enumerate(here - where[MOON]):
        truth = force_kernels.moon_field(NOW, *place, pulling.tables, np.zeros(force_kernels.FIELD_SCRATCH))
        np.testing.assert_allclose(found.reshape(3, LANES).T[k], truth, rtol=1e-9, atol=1e-9 * np.linalg.norm(truth))
    here = about(where[EARTH], np.geomspace(6.5e6, 5e8, LANES), seed=7)
    pole = np.array(force_kernels.earth_pole(NOW))
    found = np.zeros(3 * LANES)
    kernels.earth_zonals(in_lanes(here), point, 0, pulling.tables.gm, *pole, found)
    zonals = (force_kernels.EARTH_J2, force_kernels.EARTH_J3, force_kernels.EARTH_J4)
    for k, place in enumerate(here - where[EARTH]):

        def potential(r):
            return plain.zonal_potential(r, pulling.tables.gm[EARTH], force_kernels.EARTH_RADIUS, zonals, pole)

        truth = plain.slope(potential, place, 1e-4 * np.linalg.norm(place))
        np.testing.assert_allclose(found.reshape(3, LANES).T[k], truth, atol=1e-7 * np.linalg.norm(truth))


@pytest.mark.truth
def test_eight_years_of_2024_yr4_are_those_of_a_single_flight_and_of_horizons(
    shared_data, installed, pulling, validation
):
    truth = json.loads((shared_data / "smallbodies" / "2024YR4_truth.json").read_text())["horizons_jpl78"]["vectors"]
    turn = ECLIPJ2000.from_icrf(np.zeros(1), installed).matrix[0].T
    times = np.array([(float(date) - J2000_JULIAN_DATE) * DAY for date in truth])[:5]
    vectors = 1e3 * np.array(list(truth.values()))[:5]
    states = np.concatenate((vectors[:, :3] @ turn.T, vectors[:, 3:] @ turn.T), axis=1)
    found = fly_many(states[0], times[0], times, pulling)[0]
    single = fly(SmallBodyOrbit("2024 YR4", times[0], states[0]), times[-1], pulling).state(times)
    for authority, other, tolerance, count in (
        ("single flights", single, EIGHT_YEARS, 5),
        ("JPL Horizons", states, JPL_AGREES, 5),
    ):
        validation(
            capability="many flights of small bodies",
            quantity="2024 YR4 JPL#78, place through the encounter of 2032, eight years on",
            authority=authority,
            error=float(np.linalg.norm((found - other)[:count, :3], axis=1).max()),
            unit="m",
            tolerance=tolerance,
            cases=count - 1,
        )


def test_pushes_besides_gravity_are_those_of_a_single_flight(pulling):
    state = passing.states(pulling, "EARTH", NOW, perigee=4e9, speed=9e3, count=1, seed=12)[0]
    pushes = np.array([[1e-10, -3e-11, 2e-11], [0.0, 0.0, 0.0]])
    found = fly_many(np.stack((state, state)), NOW, [NOW + 3.0 * YEAR], pulling, non_gravitational=pushes)[:, 0]
    orbit = SmallBodyOrbit("pushed", NOW, state, NonGravitational(*pushes[0]))
    single = fly(orbit, NOW + 3.0 * YEAR, pulling).state(np.array([NOW + 3.0 * YEAR]))[0]
    assert np.linalg.norm(found[1, :3] - found[0, :3]) > 1e5
    assert np.linalg.norm(found[0, :3] - single[:3]) < EIGHT_YEARS


def test_an_orbit_does_not_depend_on_its_company(pulling):
    states = passing.states(pulling, "MOON", NOW, perigee=3e7, speed=11e3, count=300, seed=13)
    start, times = fly_many(states, NOW, [NOW - 40.0 * DAY], pulling)[:, 0], [NOW - DAY]
    together = fly_many(start, NOW - 40.0 * DAY, times, pulling)
    for k in (0, 77, 299):
        alone = fly_many(start[k], NOW - 40.0 * DAY, times, pulling)
        assert np.linalg.norm(together[k, 0, :3] - alone[0, 0, :3]) < COMPANY


def test_states_are_told_in_the_order_asked_before_and_after_the_epoch(pulling):
    state = passing.states(pulling, "EARTH", NOW, perigee=4e9, speed=9e3, count=1, seed=14)
    times = NOW + DAY * np.array([3.0, -5.0, 0.0, 11.0, -1.0])
    found = fly_many(state, NOW, times, pulling)
    np.testing.assert_array_equal(found[0, 2], state[0])
    single = fly(SmallBodyOrbit("one", NOW, state[0]), (times.min(), times.max()), pulling).state(times)
    np.testing.assert_allclose(found[0, :, :3], single[:, :3], atol=0.01)
    np.testing.assert_allclose(found[0, :, 3:], single[:, 3:], atol=1e-6)


def test_after_an_impact_there_is_no_state(pulling):
    states = passing.states(pulling, "EARTH", NOW, perigee=[1e6, 4e7], speed=12e3, count=2, seed=15)
    start = fly_many(states, NOW - 1.0, [NOW - 3.0 * DAY], pulling)
    assert np.all(np.isnan(start[0])), "from within the Earth nothing comes"
    away = states - np.concatenate((states[:, 3:], np.zeros((2, 3))), axis=1) * HOUR
    found = fly_many(away, NOW - HOUR, [NOW - 0.5 * HOUR, NOW + HOUR], pulling)
    np.testing.assert_array_equal(np.isnan(found[:, :, 0]), [[False, True], [False, False]])


def test_grazing_flights_do_not_stall_and_come_back(pulling):
    for body, radius in (("EARTH", 6.6e6), ("MOON", 1.78e6)):
        perigees = radius * np.geomspace(1.0, 30.0, 100)
        speeds = np.tile(np.geomspace(300.0, 30e3, 10), 10)
        states = passing.states(pulling, body, NOW, perigee=perigees, speed=speeds, count=100, seed=16)
        out = fly_many(states, NOW, [NOW + DAY], pulling)[:, 0]
        back = fly_many(out, NOW + DAY, [NOW], pulling)[:, 0]
        known = np.isfinite(back[:, 0])
        assert np.count_nonzero(known) > 90  # the slow ones of the Earth's row may meet a body within the day
        assert np.linalg.norm((back - states)[known, :3], axis=1).max() < AMPLIFIED


def test_nothing_asked_is_nothing_told(pulling):
    state = passing.states(pulling, "EARTH", NOW, perigee=4e9, speed=9e3, count=1, seed=17)
    assert fly_many(np.empty((0, 6)), NOW, [NOW + DAY], pulling).shape == (0, 1, 6)
    assert fly_many(state, NOW, [], pulling).shape == (1, 0, 6)
    assert len(closest_approaches(np.empty((0, 6)), NOW, NOW + DAY, pulling).index) == 0
    still = closest_approaches(state, NOW, NOW, pulling)
    assert (len(still.index), still.ended_by.tolist()) == (0, [""])


def test_bad_requests_are_refused_with_words(pulling):
    state = passing.states(pulling, "EARTH", NOW, perigee=4e9, speed=9e3, count=1, seed=17)
    with pytest.raises(InvalidInput, match="states must be finite"):
        fly_many(state * np.nan, NOW, [NOW + DAY], pulling)
    with pytest.raises(InvalidInput, match="A1, A2, A3"):
        fly_many(state, NOW, [NOW + DAY], pulling, non_gravitational=np.zeros((4, 3)))
    with pytest.raises(InvalidInput, match="times of states"):
        fly_many(state, NOW, [np.nan], pulling)
    with pytest.raises(OutsideSpan, match="many orbits"):
        fly_many(state, NOW, [NOW + 400.0 * YEAR], pulling)
    with pytest.raises(InvalidInput, match="positive limit"):
        closest_approaches(state, NOW, NOW + DAY, pulling, within=-1.0)
    with pytest.raises(InvalidInput, match="VULCAN"):
        closest_approaches(state, NOW, NOW + DAY, pulling, bodies=("VULCAN",))
