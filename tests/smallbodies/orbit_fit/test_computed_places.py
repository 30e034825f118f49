"""Authorities: SPICE's light time, ERFA's bending of light, and differences of neighbouring orbits."""

from dataclasses import dataclass, replace

import erfa
import numpy as np
import pytest
import spiceypy
from simulated_places import EPOCH, near_earth_orbit, prepared_rows, seen

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT, SECONDS_PER_DAY, SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import NumericalFailure
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.orbit_fit.computed import bending_by_sun, computed_places, light_left

SPICE_LIGHT_TIME = 1e-6  # [s] SPICE converges to 1e-10 of the light time; J2000 seconds resolve 6e-8
FIRST_ORDER = 1e-9  # [rad] 0.2 mas: ERFA's own bending is of first order, like ours; the rest is rounding of its inputs
DIFFERENCES = 2e-6  # [1] of the largest partial: central differences of 1 km or 1 mm/s


@dataclass(frozen=True)
class BodyFlight:
    """A planet in place of an asteroid: SPICE knows it too."""

    data: DataContext
    body: str
    span: tuple = (EPOCH - 1e8, EPOCH + 1e8)
    name: str = "planet"
    ended_by: str = ""

    def state(self, tdb):
        return self.data.ephemeris.state(self.body, "SOLAR SYSTEM BARYCENTER", tdb)


@pytest.mark.truth
@pytest.mark.parametrize("name", ["MARS BARYCENTER", "MERCURY BARYCENTER", "JUPITER BARYCENTER"])
def test_light_left_when_spice_says(installed, name, validation):
    tdb = EPOCH + np.linspace(0.0, 5e7, 7)
    observer = installed.ephemeris.position("EARTH", "SOLAR SYSTEM BARYCENTER", tdb)
    left, states = light_left(BodyFlight(installed, name), tdb, observer)
    kernel = str(installed.dataset("de440s").path)
    spiceypy.furnsh(kernel)
    try:
        truth = np.array([spiceypy.spkpos(name, float(t), "J2000", "CN", "EARTH")[1] for t in tdb])
    finally:
        spiceypy.unload(kernel)
    validation(
        capability="Orbit fit",
        quantity=f"light time from {name.lower()}",
        authority="SPICE, spkpos CN",
        error=np.max(np.abs((tdb - left) - truth)),
        unit="s",
        tolerance=SPICE_LIGHT_TIME,
        cases=tdb.size,
    )
    np.testing.assert_allclose(np.linalg.norm(states[:, :3] - observer, axis=1) / SPEED_OF_LIGHT, truth, atol=1e-9)


@pytest.mark.truth
def test_light_is_bent_as_erfa_bends_it(validation):
    rng = np.random.default_rng(7)
    observer = ASTRONOMICAL_UNIT * np.array([1.0, 0.0, 0.0]) * np.ones((200, 1))
    target = ASTRONOMICAL_UNIT * rng.normal(size=(200, 3))
    line = target - observer
    direction = line / np.linalg.norm(line, axis=1)[:, None]
    ours = bending_by_sun(direction, observer, target)
    to_target = target / np.linalg.norm(target, axis=1)[:, None]
    from_sun = observer / ASTRONOMICAL_UNIT
    # ERFA's radius of the Schwarzschild field is its own GM of the Sun: scaled to ours
    scale = 2.0 * body("SUN").gm / SPEED_OF_LIGHT**2 / ASTRONOMICAL_UNIT / erfa.SRS
    near = np.array(
        [erfa.ld(scale, p, q, e, 1.0, 1e-9) for p, q, e in zip(direction, to_target, from_sun, strict=True)]
    )
    far = np.array([erfa.ld(scale, p, p, e, 1.0, 1e-9) for p, e in zip(direction, from_sun, strict=True)])
    validation(
        capability="Orbit fit",
        quantity="bending of light by the Sun, body less stars",
        authority="ERFA, ld",
        error=np.max(np.linalg.norm(ours - (near - far), axis=1)),
        unit="rad",
        tolerance=FIRST_ORDER,
        cases=200,
    )


def test_a_body_among_the_stars_is_bent_like_them():
    observer = np.array([[ASTRONOMICAL_UNIT, 0.0, 0.0]])
    direction = np.array([[0.0, 1.0, 0.0]])
    far = bending_by_sun(direction, observer, observer + 1e9 * ASTRONOMICAL_UNIT * direction)
    near = bending_by_sun(direction, observer, observer + 1e3 * direction)
    assert np.linalg.norm(far) < 1e-16
    assert np.linalg.norm(near) == pytest.approx(4.07e-3 * ARCSECOND, rel=1e-2)  # at 90 deg a star moves by 4.07 mas


def test_apparent_motion_is_the_change_of_the_place(installed, pulling):
    orbit = near_earth_orbit(installed)
    flight = fly(orbit, (EPOCH - 3e6, EPOCH + 1e6), pulling)
    step = 8.0
    rows = prepared_rows(EPOCH + np.array([-step, 0.0, step]), installed, stations=("703",))
    places = computed_places(flight, rows, installed, with_partials=False)
    change = (places.direction[2] - places.direction[0]) / (2.0 * step)
    found = places.motion[1, 0] * places.east[1] + places.motion[1, 1] * places.north[1]
    np.testing.assert_allclose(found, change, atol=3e-4 * np.linalg.norm(change))  # bending and the station's turning


def test_partials_are_the_differences_of_neighbouring_orbits(installed, pulling):
    orbit = near_earth_orbit(installed)
    rows = prepared_rows(EPOCH + SECONDS_PER_DAY * np.array([-20.0, -3.0, 0.5, 15.0]), installed)
    ends = (EPOCH - 25.0 * SECONDS_PER_DAY, EPOCH + 16.0 * SECONDS_PER_DAY)
    places = computed_places(fly(orbit, ends, pulling, with_partials=True), rows, installed)
    steps = [1e6] * 3 + [1.0] * 3
    for column, step in enumerate(steps):
        moved = []
        for sign in (1.0, -1.0):
            state = orbit.state.copy()
            state[column] += sign * step
            flight = fly(replace(orbit, state=state), ends, pulling)
            moved.append(computed_places(flight, rows, installed, with_partials=False).direction)
        slope = (moved[0] - moved[1]) / (2.0 * step)
        found = places.partials[:, 0, column, None] * places.east + places.partials[:, 1, column, None] * places.north
        np.testing.assert_allclose(found, slope, atol=DIFFERENCES * np.max(np.abs(slope)) + 1e-7 / step * 1e-4)


def test_a_flight_that_ends_before_an_observation_is_told(installed, pulling):
    orbit = near_earth_orbit(installed)
    rows = prepared_rows(EPOCH + SECONDS_PER_DAY * np.array([1.0, 30.0]), installed)
    with pytest.raises(NumericalFailure, match="light of the observations left between"):
        computed_places(fly(orbit, EPOCH + 10.0 * SECONDS_PER_DAY, pulling), rows, installed, with_partials=False)


def test_made_up_places_are_what_the_orbit_gives(installed, pulling):
    orbit = near_earth_orbit(installed)
    rows = seen(orbit, prepared_rows(EPOCH + SECONDS_PER_DAY * np.array([0.0, 5.0]), installed), pulling, installed)
    flight = fly(orbit, (EPOCH - SECONDS_PER_DAY, EPOCH + 6.0 * SECONDS_PER_DAY), pulling)
    places = computed_places(flight, rows, installed, with_partials=False)
    np.testing.assert_allclose(rows.right_ascension, places.right_ascension, rtol=1e-14)
    np.testing.assert_allclose(rows.declination, places.declination, rtol=1e-14)
