"""Authority: SPICE, for the direction of Sun and Earth from sites; closed forms for angles."""

from __future__ import annotations

import numpy as np
import pytest
import spiceypy as spice
from spice_truth import frame_kernel, kernels

from moonstead.dynamics.observe import azimuth_elevation, icrf_state, observe, seen_bodies
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint, TabulatedTrajectory
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.frames.standard import ICRF, MOON_ME

DIRECTION = 1e-6  # [deg] what the project promises; 3.6 mas
RANGE = 1e-2  # [m] 1.5e11 m in kilometres and float64, differenced through the solar system barycentre
SHORT_CUT = 1e-3  # [m] bodies may be taken to fly straight for 0.1 s, which bends Mercury by 0.3 mm
RATE = 1e-6  # [m/s] SPICE differentiates the observer's velocity over 1 s, as we do: noise of 1e-7
YEAR = 365.25 * 86400.0
CORRECTIONS = {"geometric": "NONE", "light-time": "CN", "apparent": "CN+S"}
EPOCHS = 1000

SITES = [
    SurfacePoint("south pole ridge", "MOON", MOON_ME, np.radians(-88.80), np.radians(123.40), 1500.0),
    SurfacePoint("south pole", "MOON", MOON_ME, np.radians(-90.0), 0.0, 0.0),
    SurfacePoint("north pole", "MOON", MOON_ME, np.radians(89.9), np.radians(-30.0), -800.0),
    SurfacePoint("far side", "MOON", MOON_ME, np.radians(-45.0), np.radians(179.0), 3000.0),
    SurfacePoint("near side", "MOON", MOON_ME, np.radians(20.0), np.radians(-31.0), 0.0),
]


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def spice_files(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("observe")
    text = folder / "frames.tf"
    text.write_text(frame_kernel(SITES))
    with kernels([text, data.dataset("de440s").path, data.dataset("moon-pa-de440").path]):
        yield folder


@pytest.fixture(scope="module")
def epochs():
    return np.random.default_rng(440).uniform(25.0 * YEAR, 45.0 * YEAR, EPOCHS)


def angle_between(one, two):
    """Angle [deg] from its sine, good for small ones."""
    one = one / np.linalg.norm(one, axis=1)[:, None]
    two = two / np.linalg.norm(two, axis=1)[:, None]
    return np.degrees(2.0 * np.arcsin(0.5 * np.linalg.norm(one - two, axis=1)))


@pytest.mark.truth
@pytest.mark.parametrize("aberration", CORRECTIONS)
def test_sun_and_earth_stand_where_spice_sees_them_from_the_moon(aberration, data, spice_files, epochs, validation):
    direction, ranges, rates = [], [], []
    for body in ("SUN", "EARTH"):
        target = BodyTrajectory(body, "SOLAR SYSTEM BARYCENTER", data)
        for site in SITES:
            ours = observe(target, site, epochs, MOON_ME, data, aberration)
            truth = 1e3 * np.array(
                [
                    spice.spkcpo(
                        body, t, "MOON_ME", "OBSERVER", CORRECTIONS[aberration], site.position / 1e3, "MOON", "MOON_ME"
                    )[0]
                    for t in epochs
                ]
            )
            direction.append(np.max(angle_between(ours[:, :3], truth[:, :3])))
            ranges.append(np.max(np.abs(np.linalg.norm(ours[:, :3], axis=1) - np.linalg.norm(truth[:, :3], axis=1))))
            if body == "EARTH":  # the Sun's velocity along turning axes is 4e5 m/s: its rounding says nothing
                rates.append(np.max(np.linalg.norm(ours[:, 3:] - truth[:, 3:], axis=1)))
    cases = 2 * len(SITES) * EPOCHS
    row = {"capability": f"Observation ({aberration})", "authority": "SPICE N0067 (spiceypy)", "cases": cases}
    validation(
        **row,
        quantity="direction of Sun and Earth from lunar sites",
        error=max(direction),
        unit="deg",
        tolerance=DIRECTION,
    )
    validation(**row, quantity="range of Sun and Earth from lunar sites", error=max(ranges), unit="m", tolerance=RANGE)
    validation(**row, quantity="velocity of the Earth from lunar sites", error=max(rates), unit="m/s", tolerance=RATE)


@pytest.mark.truth
def test_azimuth_and_elevation_are_those_of_azlcpo(data, spice_files, epochs, validation):
    sun = BodyTrajectory("SUN", "SOLAR SYSTEM BARYCENTER", data)
    worst = 0.0
    for site in SITES:
        if abs(site.latitude) > np.radians(89.95):
            continue  # SPICE builds its axes from the position and takes another north at the pole itself
        states = observe(sun, site, epochs, site.topocentric, data, "apparent")
        azimuth, elevation, _ = azimuth_elevation(states)
        truth = np.array(
            [
                spice.azlcpo("ELLIPSOID", "SUN", t, "CN+S", False, True, site.position / 1e3, "MOON", "MOON_ME")[0][:3]
                for t in epochs
            ]
        )
        turned = np.abs(np.mod(azimuth - truth[:, 1] + np.pi, 2.0 * np.pi) - np.pi) * np.cos(elevation)
        worst = max(worst, np.degrees(np.max(turned)), np.degrees(np.max(np.abs(elevation - truth[:, 2]))))
    validation(
        capability="Observation (apparent)",
        quantity="azimuth and elevation of the Sun from lunar sites",
        authority="SPICE N0067 azlcpo (spiceypy)",
        error=worst,
        unit="deg",
        tolerance=DIRECTION,
        cases=4 * EPOCHS,
    )


@pytest.mark.truth
@pytest.mark.parametrize("aberration", CORRECTIONS)
def test_ground_stations_see_sun_and_moon_as_spice_does_with_the_same_earth(aberration, data, spice_files, validation):
    # up to the end of the rapid predictions; the rotation of the Earth is ours on both sides
    epochs = np.random.default_rng(7).uniform(20.0 * YEAR, 26.0 * YEAR, EPOCHS)
    worst, worst_rate = 0.0, 0.0
    for station in (
        SurfacePoint.on_earth("Kashi", np.radians(38.42), np.radians(76.71), 1_300.0),
        SurfacePoint.on_earth("Bear Lakes", np.radians(55.87), np.radians(37.95), 180.0),
    ):
        at = {
            step: icrf_state(station, "SOLAR SYSTEM BARYCENTER", epochs + step, data) / 1e3 for step in (-1.0, 0.0, 1.0)
        }
        acceleration = 0.5 * (at[1.0] - at[-1.0])[:, 3:]
        for body, identity in (("SUN", 10), ("MOON", 301)):
            target = BodyTrajectory(body, "EARTH", data)
            ours = observe(target, station, epochs, ICRF, data, aberration)
            truth = np.empty_like(ours)
            for n, t in enumerate(epochs):
                if aberration == "apparent":
                    truth[n] = spice.spkaps(identity, t, "J2000", "CN+S", at[0.0][n], acceleration[n])[0]
                elif aberration == "light-time":
                    truth[n] = spice.spkltc(identity, t, "J2000", "CN", at[0.0][n])[0]
                else:
                    truth[n] = spice.spkssb(identity, t, "J2000") - at[0.0][n]
            worst = max(worst, np.max(angle_between(ours[:, :3], truth[:, :3])))
            worst_rate = max(worst_rate, np.max(np.linalg.norm(ours[:, 3:] - 1e3 * truth[:, 3:], axis=1)))
    row = {"capability": f"Observation ({aberration})", "authority": "SPICE N0067 (spiceypy)", "cases": 4 * EPOCHS}
    validation(
        **row,
        quantity="direction of Sun and Moon from ground stations, same Earth rotation",
        error=worst,
        unit="deg",
        tolerance=DIRECTION,
    )
    validation(
        **row,
        quantity="velocity of Sun and Moon from ground stations, same Earth rotation",
        error=worst_rate,
        unit="m/s",
        tolerance=RATE,
    )


def test_the_velocity_is_the_rate_of_the_apparent_position(data):
    site, earth = SITES[0], BodyTrajectory("EARTH", "MOON", data)
    tdb, step = np.array([8.0e8, 9.0e8]), 600.0
    for aberration in CORRECTIONS:
        along = [observe(earth, site, tdb + k * step, site.topocentric, data, aberration) for k in (-2, -1, 0, 1, 2)]
        slope = (8.0 * (along[3] - along[1]) - (along[4] - along[0]))[:, :3] / (12.0 * step)
        # the lunar Euler angle psi, 3 600 rad by now, rounds the Earth's place by 0.2 mm: 1e-6 m/s over ten minutes
        np.testing.assert_allclose(along[2][:, 3:], slope, rtol=0.0, atol=3e-6)


def test_what_is_seen_back_and_forth_is_opposite(data):
    earth, moon = BodyTrajectory("EARTH", "SUN", data), BodyTrajectory("MOON", "EARTH", data)
    tdb = np.linspace(8.0e8, 9.0e8, 11)
    there, back = observe(earth, moon, tdb, MOON_ME, data), observe(moon, earth, tdb, MOON_ME, data)
    np.testing.assert_allclose(there, -back, rtol=1e-12, atol=1e-6)


@pytest.mark.parametrize(
    ("position", "azimuth", "elevation"),
    [
        ([0.0, 1.0, 0.0], 0.0, 0.0),
        ([1.0, 0.0, 0.0], 90.0, 0.0),
        ([0.0, -1.0, 1.0], 180.0, 45.0),
        ([-1.0, 0.0, -1.0], 270.0, -45.0),
        ([-1e-30, 1.0, 0.0], 0.0, 0.0),  # just west of north, nearer than float64 tells from a full turn
        ([0.0, 0.0, 2.0], 0.0, 90.0),
    ],
)
def test_azimuth_runs_from_north_through_east(position, azimuth, elevation):
    found = azimuth_elevation(np.array([position]))
    np.testing.assert_allclose(np.degrees(found[0]), azimuth, atol=1e-12)
    np.testing.assert_allclose(np.degrees(found[1]), elevation, atol=1e-12)
    np.testing.assert_allclose(found[2], np.linalg.norm(position), rtol=1e-15)


def test_an_unknown_aberration_is_refused(data):
    with pytest.raises(InvalidInput, match="geometric, light-time, apparent; got 'LT'"):
        observe(BodyTrajectory("SUN", "MOON", data), SITES[0], np.zeros(1), ICRF, data, "LT")


def test_light_that_left_before_the_table_begins_is_outside_its_span(data):
    table = TabulatedTrajectory("probe", "MOON", ICRF, np.arange(8.0) * 60.0, np.ones((8, 6)) * 1e9)
    observe(table, SITES[0], np.zeros(1), ICRF, data)
    with pytest.raises(OutsideSpan, match=r"'probe' was asked.*left 'probe' up to .* s earlier"):
        observe(table, SITES[0], np.zeros(1), ICRF, data, "light-time")


@pytest.mark.parametrize("aberration", ["geometric", "light-time"])
def test_bodies_are_seen_without_velocities_where_observe_sees_them(aberration, data, epochs):
    bodies = ["SUN", "MOON", "EARTH", "MERCURY", "MARS BARYCENTER"]
    tdb = epochs[::10]
    states = np.tile([1.2e6, -1.4e6, 3e5, 800.0, 700.0, 1200.0], (tdb.size, 1))
    for observer in (*SITES, TabulatedTrajectory("low", "MOON", ICRF, np.sort(tdb), states, 1, "lagrange")):
        for name, found in zip(bodies, seen_bodies(bodies, observer, tdb, data, aberration), strict=True):
            truth = observe(BodyTrajectory(name, "SUN", data), observer, tdb, ICRF, data, aberration)[:, :3]
            np.testing.assert_allclose(found, truth, rtol=0.0, atol=SHORT_CUT)


def test_bodies_are_not_seen_with_stellar_aberration(data):
    with pytest.raises(InvalidInput, match="must be geometric or light-time here; got 'apparent'"):
        seen_bodies(["SUN"], SITES[0], np.zeros(1), data, "apparent")
