"""Authority: full propagation with drag, NASA's own ephemeris of the ISS, closed forms, the station's history."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.earth_orbit import EQUATORIAL_RADIUS, GM, LowOrbit, places_along
from moonstead.orbits.keeping.air_drag import AirDrag, air_drag, decayed

pytest.importorskip("pymsis")

DAY = 86_400.0
AVERAGED = 0.02  # [1] an averaged rate against a flight through the same air
SPREAD = 0.02  # [1] of a day's mean, from 37 places against many


@pytest.fixture(scope="module")
def orbit():
    start = Epoch.parse("2021-06-01T00:00:00Z").tdb()
    return LowOrbit(start, EQUATORIAL_RADIUS + 417e3, 0.0005, np.radians(51.6), 1.0, 2.0, 0.5)


def test_decay_agrees_with_a_flight_through_the_same_air(orbit):
    from moonstead.dynamics.atmosphere import nrlmsis_atmosphere
    from moonstead.dynamics.forces import Drag, ForceModel
    from moonstead.dynamics.propagate import OrbitState, propagate
    from moonstead.foundation.data import DataContext
    from moonstead.foundation.frames.frame import rotation
    from moonstead.foundation.frames.standard import ICRF, TEME
    from moonstead.orbits.elements import KeplerElements, states_from_elements

    data = DataContext.installed()
    weather = SpaceWeather.constant(120.0, 120.0, 10.0)
    span = 2.0 * DAY
    table = air_drag(orbit, orbit.tdb, orbit.tdb + span, weather, lowest=6.78e6, highest=6.81e6)
    start = KeplerElements(
        np.array([orbit.semi_major_axis * (1.0 - orbit.eccentricity)]),
        *(np.array([x]) for x in (orbit.eccentricity, orbit.inclination, orbit.node, orbit.argument_of_perigee)),
        np.array([orbit.mean_anomaly]),
    )
    state = rotation(TEME, ICRF, np.array([orbit.tdb]), data).state(states_from_elements(start, GM))[0]
    area, mass = 1000.0, 1e5

    def energy_axis(drag):
        model = ForceModel("EARTH", 8, third_bodies=(), mass=mass, drag=drag)
        path = propagate(OrbitState(state, orbit.tdb, "EARTH"), orbit.tdb + span, model, data, tolerance=1.0)
        inside = path.state(np.linspace(orbit.tdb, orbit.tdb + span, 8000))
        distance = np.linalg.norm(inside[:, :3], axis=1)
        return 1.0 / (2.0 / distance - np.sum(inside[:, 3:] ** 2, axis=1) / GM)

    air = nrlmsis_atmosphere(orbit.tdb, orbit.tdb + span, weather)
    lost = energy_axis(None) - energy_axis(Drag(area, 2.2, air))
    flown = np.polyfit(np.linspace(0.0, span, lost.size), lost, 1)[0]
    mean_axis = float(energy_axis(None).mean())
    assert 2.2 * area / mass * table.rate(orbit.tdb + DAY, mean_axis)[0] == pytest.approx(flown, rel=0.05)


def test_a_day_s_mean_does_not_hang_on_where_it_is_sampled(orbit, monkeypatch):
    from moonstead.orbits.keeping import air_drag as module

    weather = SpaceWeather.constant(120.0, 120.0, 10.0)
    few = air_drag(orbit, orbit.tdb, orbit.tdb + 5.0 * DAY, weather, lowest=6.78e6, highest=6.81e6)
    monkeypatch.setattr(module, "SAMPLES", 601)
    many = air_drag(orbit, orbit.tdb, orbit.tdb + 5.0 * DAY, weather, lowest=6.78e6, highest=6.81e6)
    assert np.abs(few.loss / many.loss - 1.0).max() < SPREAD


def test_decay_in_exponential_air_follows_its_closed_form():
    axes = np.array([6.7e6, 6.8e6])
    height, rate = 50e3, 1e-3
    table = AirDrag(
        DAY * (np.arange(200) + 0.5), axes, np.tile(rate * np.exp((6.8e6 - axes) / height), (200, 1)), "test"
    )
    tdb = DAY * np.linspace(0.5, 199.5, 400)
    for strength in (0.5, 1.0):
        exact = 6.8e6 + height * np.log(1.0 - strength * rate * (tdb - tdb[0]) / height)
        assert np.abs(decayed(table, strength, 6.8e6, tdb) - exact).max() < 0.2  # [m] of 17 km, by the midpoint rule
    both = decayed(table, [0.5, 1.0], 6.8e6, tdb)
    np.testing.assert_array_equal(both[1], decayed(table, 1.0, 6.8e6, tdb))


def test_what_lies_outside_the_table_is_refused(orbit):
    table = AirDrag(DAY * (np.arange(3) + 0.5), np.array([6.7e6, 6.8e6]), np.ones((3, 2)), "test")
    with pytest.raises(OutsideSpan, match="mean altitudes of 322 km to 422 km"):
        table.rate(DAY, 6.9e6)
    with pytest.raises(OutsideSpan, match="3 days"):
        table.rate(5.0 * DAY, 6.75e6)
    with pytest.raises(InvalidInput, match="lowest below the highest"):
        air_drag(orbit, 0.0, DAY, SpaceWeather.constant(100.0, 100.0, 5.0), lowest=6.8e6, highest=6.7e6)


def test_an_orbit_that_is_not_low_is_refused():
    with pytest.raises(InvalidInput, match="150 km to 2000 km"):
        LowOrbit(0.0, 4.2e7, 0.0, 0.0, 0.0)
    with pytest.raises(InvalidInput, match="eccentricity"):
        LowOrbit(0.0, 6.8e6, 0.1, 0.0, 0.0)


@pytest.mark.truth
def test_places_along_the_orbit_are_those_of_sgp4(shared_data, validation):
    from moonstead.formats.tle import read_catalogue
    from moonstead.foundation.data import DataContext
    from moonstead.foundation.frames.earth import itrf_from_icrf
    from moonstead.foundation.frames.frame import rotation
    from moonstead.foundation.frames.standard import ICRF, TEME
    from moonstead.orbits.earth_orbit import mean_semi_major_axis

    data = DataContext.installed()
    one = read_catalogue(shared_data / "monitoring" / "iss" / "ISS_25544_2021-01-01_2022-03-03.tle.gz").sets[500]
    path = one.trajectory()
    axis = float(mean_semi_major_axis([one.mean_motion], [one.eccentricity], [one.inclination])[0])
    ours = LowOrbit(
        path.epoch, axis, one.eccentricity, one.inclination, one.node, one.argument_of_perigee, one.mean_anomaly
    )
    tdb = path.epoch + np.linspace(0.0, DAY, 400)
    inertial = rotation(TEME, ICRF, tdb, data).state(path.state(tdb))
    fixed = itrf_from_icrf(tdb, data).state(inertial)[:, :3]
    places = places_along(ours, tdb)
    height = np.linalg.norm(fixed, axis=1) - places.distance
    east = np.angle(np.exp(1j * (np.arctan2(fixed[:, 1], fixed[:, 0]) - places.longitude)))
    assert np.degrees(np.abs(east)).max() < 0.5  # along the track in a day: drag, and terms of SGP4 left out
    validation(
        capability="places along a low orbit from mean elements",
        quantity="distance from the centre over a day of the ISS",
        authority="SGP4",
        error=np.abs(height).max() / 1e3,
        unit="km",
        tolerance=2.0,  # J3 and the next terms of J2: 1 to 2 km, 4 % of the air's scale height
        cases=tdb.size,
    )


@pytest.mark.truth
def test_decay_of_the_station_in_nasa_s_ephemeris_follows_from_its_own_coefficient(shared_data, validation):
    """Mass, area and drag coefficient are those that the ephemeris states; its air is another model's forecast."""
    from moonstead.formats.oem import read_oem
    from moonstead.foundation.data import DataContext
    from moonstead.foundation.frames.frame import rotation
    from moonstead.foundation.frames.standard import EME2000, TEME
    from moonstead.orbits.earth_orbit import J2
    from moonstead.orbits.elements import kepler_elements

    data = DataContext.installed()
    (segment,) = read_oem(shared_data / "monitoring" / "iss" / "ISS_OEM_NASA_2025-02-26.xml.gz").segments
    states = rotation(EME2000, TEME, segment.tdb, data).state(segment.states)
    distance = np.linalg.norm(states[:, :3], axis=1)
    oblate = 0.5 * GM * J2 * EQUATORIAL_RADIUS**2 / distance**3 * (1.0 - 3.0 * (states[:, 2] / distance) ** 2)
    energy = 0.5 * np.sum(states[:, 3:] ** 2, axis=1) - GM / distance - oblate  # no axis swings with J2 in it
    axis = -0.5 * GM / energy
    flown = np.polyfit((segment.tdb - segment.tdb[0]) / DAY, axis, 1)[0]
    first, mean = kepler_elements(states[:1], GM), float(axis.mean())
    orbit = LowOrbit(float(segment.tdb[0]), mean, 0.0005, float(first.inclination[0]), float(first.node[0]))
    weather = SpaceWeather.from_file(shared_data / "monitoring" / "spaceweather" / "SW-All.csv.gz")
    air = air_drag(orbit, segment.tdb[0], segment.tdb[-1], weather, lowest=mean - 5e3, highest=mean + 5e3)
    modelled = -1.95 * 1791.9 / 454_339.0 * float(air.rate(air.days, mean).mean()) * DAY
    validation(
        capability="decay of a low orbit",
        quantity="decay of the ISS in 15 days of March 2025, with the drag coefficient, area and mass of the ephemeris",
        authority="NASA's ephemeris of the ISS",
        error=abs(modelled / flown - 1.0),
        unit="1",
        tolerance=0.2,
        cases=1,
    )
