"""Authority: conics that meet the ground at a known time, dense sampling, and the fates in the field notes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.elements import kepler_elements, mean_anomaly
from moonstead.orbits.lunar.lifetime import SPHERE, TERRAIN, closest_approaches, orbit_lifetime
from moonstead.orbits.lunar.lifetime_map import lifetime_map, require_living_start
from moonstead.orbits.lunar.start import EARTH_ORBIT, LunarShape, held_axes, start_states

DAY = 86_400.0
START = 946_728_000.0  # [s TDB past J2000] 2030-01-01T00:00:00 TDB
POINT = ForceModel(degree=0, third_bodies=())
FIELD = ForceModel(degree=2)  # C20 and C22, Earth and Sun: the model behind the figures of the notes
MILLISECOND = 1e-3  # [s] a millimetre of height at 1 m/s of sinking: the integrator's own error
METRE = 1.0

# Notes on Queqiao-2's published shapes: "hits the Moon within" that many days, looked at every five days, by node
NODES = np.radians([0.0, 90.0, 180.0, 270.0])
LOOKED = 5.0  # [d]
PUBLISHED = (LunarShape.of_altitudes(200e3, 16_000e3, math.radians(62.4), math.radians(90.0)), (5, 25, 85, None))
FLOWN = (
    LunarShape(1991.69e3, (18_678.5 - 1991.69) / (18_678.5 + 1991.69), math.radians(119.249), math.radians(90.0)),
    (15, 10, 150, 50),
)
RECONSTRUCTED = Epoch.parse("2024-03-31T00:00:00", "TDB").tdb()  # the set-up that gives all eight, see docs/orbits.md


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def test_a_falling_conic_meets_the_ground_when_kepler_says(data):
    """Half an ellipse from 500 km down to below the sphere: the time to r = R follows from Kepler's equation."""
    moon = body("MOON")
    near, far = LUNAR_MAP_RADIUS - 50e3, LUNAR_MAP_RADIUS + 500e3
    axis, eccentricity = 0.5 * (near + far), (far - near) / (far + near)
    speed = math.sqrt(moon.gm * (2.0 / far - 1.0 / axis))
    life = orbit_lifetime(OrbitState([far, 0, 0, 0, speed, 0], START), DAY, POINT, data)
    anomaly = math.acos((axis * (1 - eccentricity**2) / LUNAR_MAP_RADIUS - 1.0) / eccentricity)
    motion = math.sqrt(moon.gm / axis**3)
    expected = (math.pi - float(mean_anomaly(anomaly, eccentricity)[0])) / motion
    assert life.impact is not None and life.impact.surface == SPHERE
    assert life.duration == pytest.approx(expected, abs=MILLISECOND)
    assert life.impact.speed == pytest.approx(math.sqrt(moon.gm * (2 / LUNAR_MAP_RADIUS - 1 / axis)), abs=1e-6)
    assert life.lowest_altitude == pytest.approx(0.0, abs=METRE)


def test_least_altitude_is_found_between_the_steps(data):
    shape = LunarShape.of_period(500e3, DAY, math.radians(60.0), 0.5 * math.pi)
    start = OrbitState(start_states(shape.elements(0.0, math.pi), held_axes(EARTH_ORBIT, START, data))[0], START)
    life = orbit_lifetime(start, 20 * DAY, FIELD, data)
    times = np.linspace(*life.trajectory.span, 400_000)
    sampled = np.linalg.norm(life.trajectory.state(times)[:, :3], axis=1).min() - LUNAR_MAP_RADIUS
    assert life.lowest_altitude <= sampled < life.lowest_altitude + 20.0  # 4.3 s apart at 1 m/s2 of curvature
    starts, lowest = life.lowest_by(2 * DAY)
    assert np.all(np.diff(starts) > 0.0) and lowest.min() == life.lowest_altitude
    moments, distances = closest_approaches(life.trajectory)
    assert moments.size == 2 + 20  # one a day, and both ends
    # at each the radius stands across the velocity
    states = life.trajectory.state(moments[1:-1])
    slope = np.sum(states[:, :3] * states[:, 3:], axis=1) / distances[1:-1]
    assert np.max(np.abs(slope)) < 1e-3


def test_a_wall_ends_an_orbit_before_the_sphere_does(data):
    """A round orbit of 8 km meets a wall of 10 km on its first meridian, and none of 7 km."""
    moon = body("MOON")
    r = LUNAR_MAP_RADIUS + 8e3
    start = OrbitState([r, 0, 0, 0, 0, math.sqrt(moon.gm / r)], START)

    def wall(height):
        return lambda latitude, longitude: np.where(np.abs(latitude - 1.0) < 0.1, height, 0.0)

    free = orbit_lifetime(start, 6000.0, POINT, data, terrain=wall(7e3))
    assert free.impact is None and free.least_clearance == pytest.approx(1e3, abs=METRE)
    struck = orbit_lifetime(start, 6000.0, POINT, data, terrain=wall(10e3))
    assert struck.impact is not None and struck.impact.surface == TERRAIN
    assert min(abs(abs(struck.impact.latitude) - 0.9), abs(abs(struck.impact.latitude) - 1.1)) < 1e-3
    assert struck.least_clearance == 0.0
    high = OrbitState([r + 1e5, 0, 0, 0, 0, math.sqrt(moon.gm / (r + 1e5))], START)
    assert math.isnan(orbit_lifetime(high, 6000.0, POINT, data, terrain=wall(10e3)).least_clearance)


@pytest.mark.truth
@pytest.mark.parametrize(("shape", "days"), [PUBLISHED, FLOWN], ids=["published", "as flown"])
def test_published_relay_shapes_meet_the_fates_of_the_notes(data, shape, days, validation):
    """All eight fall within the five days before the noted figure, and the one survivor lives for a year and a half."""
    found = lifetime_map(shape, "MOON_PA", RECONSTRUCTED, NODES, 0.0, 1.5 * 365.25 * DAY, FIELD, data, threads=1)
    lived = found.durations[0, :, 0] / DAY
    dated = [k for k, day in enumerate(days) if day is not None]
    assert [bool(x) for x in found.lives[0, :, 0]] == [day is None for day in days]
    early = np.array([days[k] - lived[k] for k in dated])
    assert np.all(early >= 0.0)
    validation(
        capability="lunar lifetime",
        quantity="days from impact to the five-day look that found it",
        authority="field notes on Queqiao-2's shapes",
        error=float(early.max()),
        unit="d",
        tolerance=LOOKED,
        cases=len(dated),
    )


def test_the_map_and_the_single_flight_agree(data):
    shape = PUBLISHED[0]
    found = lifetime_map(shape, "MOON_PA", [RECONSTRUCTED], NODES[:2], [0.0], 60 * DAY, FIELD, data, threads=1)
    axes = held_axes("MOON_PA", RECONSTRUCTED, data)
    for number, node in enumerate(NODES[:2]):
        state = start_states(shape.elements(node, 0.0), axes)[0]
        life = orbit_lifetime(OrbitState(state, RECONSTRUCTED), 60 * DAY, FIELD, data)
        assert life.duration == pytest.approx(found.durations[0, number, 0], abs=60.0)  # a periselene pass, not a day


def test_a_shape_that_falls_is_refused_with_its_date_and_a_node_that_lives(data):
    with pytest.raises(
        InvalidInput, match=r"hits the Moon on 2024-04-0\d.*nearest node that lives for 100 days is \d+"
    ):
        require_living_start(
            PUBLISHED[0], "MOON_PA", 0.0, 0.0, RECONSTRUCTED, 100 * DAY, FIELD, data, nodes=8, threads=1
        )


def test_a_start_is_what_its_elements_say(data):
    shape = LunarShape.of_altitudes(200e3, 16_000e3, 1.0, 1.5)
    axes = held_axes(EARTH_ORBIT, START, data)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-14)
    earth = data.ephemeris.state("EARTH", "MOON", np.array([START]))[0]
    assert (axes @ earth[:3])[0] == pytest.approx(np.linalg.norm(earth[:3]))
    assert abs((axes @ earth[3:])[2]) < 1e-9
    states = start_states(shape.elements([0.3, 2.0], 0.7), axes)
    local = np.concatenate((states[:, :3] @ axes.T, states[:, 3:] @ axes.T), axis=1)
    back = kepler_elements(local, body("MOON").gm)
    np.testing.assert_allclose(back.node, [0.3, 2.0], atol=1e-12)
    np.testing.assert_allclose(back.inclination, 1.0, atol=1e-12)
    np.testing.assert_allclose(back.periapsis_distance, LUNAR_MAP_RADIUS + 200e3, rtol=1e-13)
    assert LunarShape.of_period(200e3, shape.period, 1.0, 1.5).eccentricity == pytest.approx(shape.eccentricity)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LunarShape.of_altitudes(-10e3, 100e3, 1.0, 0.0), "below the Moon's mean sphere"),
        (lambda: LunarShape.of_altitudes(200e3, 100e3, 1.0, 0.0), "below the periselene"),
        (lambda: LunarShape.of_period(500e3, 3600.0, 1.0, 0.0), "longer period"),
        (lambda: LunarShape(2e6, 1.0, 1.0, 0.0), "no ellipse"),
        (lambda: LunarShape(2e6, 0.1, 4.0, 0.0), "within 0 and pi"),
    ],
)
def test_shapes_that_do_not_exist_are_refused(make, message):
    with pytest.raises(InvalidInput, match=message):
        make()
