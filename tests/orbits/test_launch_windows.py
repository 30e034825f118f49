"""Authority: spherical trigonometry, the rocket equation, figures that launchers flew."""

import math
from dataclasses import replace

import numpy as np
import pytest

from moonstead.foundation.constants import SECONDS_PER_DAY, STANDARD_GRAVITY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.standard import ICRF, ITRF
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.launch_windows import azimuth_of_launch, inclination_of, launch_windows
from moonstead.orbits.launchers import (
    injection_speed,
    launch_site,
    launch_sites,
    launcher,
    launchers,
    payload_at,
)

DAY = Epoch.parse("2030-06-01T00:00:00", "UTC").tdb()


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def direction(declination, ascension=1.0):
    return np.array(
        [
            math.cos(declination) * math.cos(ascension),
            math.cos(declination) * math.sin(ascension),
            math.sin(declination),
        ]
    )


@pytest.mark.parametrize("declination", [-25.0, 0.0, 15.0])
def test_two_windows_a_day_whose_planes_hold_the_direction(data, declination):
    site = launch_site("wenchang")
    goal = direction(math.radians(declination))
    windows = launch_windows(
        site, goal, DAY, DAY + SECONDS_PER_DAY, data, azimuths=(math.radians(60), math.radians(120))
    )
    assert 2 <= len(windows) <= 3  # one may be cut in two by the edges of the day
    for window in windows:
        normal = np.array(
            [
                math.sin(window.inclination) * math.sin(window.node),
                -math.sin(window.inclination) * math.cos(window.node),
                math.cos(window.inclination),
            ]
        )
        assert normal @ goal == pytest.approx(0.0, abs=4e-3)  # inclination is to the equator of date, 30 years on
        assert window.start <= window.best <= window.stop
        tilt = inclination_of(site.latitude, window.azimuth)
        assert window.inclination == pytest.approx(tilt, abs=3.5e-3)  # geodetic against geocentric latitude


def test_at_the_edge_the_azimuth_is_the_ranges(data):
    site = launch_site("kennedy")
    limits = (math.radians(80.0), math.radians(100.0))
    goal = direction(0.2)
    inside = [
        window
        for window in launch_windows(site, goal, DAY, DAY + SECONDS_PER_DAY, data, azimuths=limits)
        if window.start > DAY and window.stop < DAY + SECONDS_PER_DAY
    ]
    assert inside
    for window in inside:
        for edge in (window.start, window.stop):
            turn = rotation(ITRF, ICRF, np.array([edge]), data).matrix[0]
            level = math.cos(site.latitude), (1.0 - 1.0 / 298.257) ** 2 * math.sin(site.latitude)
            up = np.array([level[0] * math.cos(site.longitude), level[0] * math.sin(site.longitude), level[1]])
            up = turn @ (up / np.linalg.norm(up))
            east = np.cross(turn[:, 2], up)
            east /= np.linalg.norm(east)
            normals = np.cross(up, goal) / np.linalg.norm(np.cross(up, goal))
            azimuths = []
            for side in (1.0, -1.0):
                ahead = np.cross(side * normals, up)
                azimuths.append(math.degrees(math.atan2(ahead @ east, ahead @ np.cross(up, east))))
            assert min(abs(a - limit) for a in azimuths for limit in (80.0, 100.0)) < 0.05


def test_a_direction_beyond_the_range_names_the_nearest_azimuth(data):
    with pytest.raises(NumericalFailure, match="the nearest is"):
        launch_windows(launch_site("xichang"), direction(math.radians(75.0)), DAY, DAY + SECONDS_PER_DAY, data)
    with pytest.raises(InvalidInput, match="direction"):
        launch_windows(launch_site("xichang"), np.zeros(3), DAY, DAY + SECONDS_PER_DAY, data)
    with pytest.raises(InvalidInput, match="runs forward"):
        launch_windows(launch_site("xichang"), direction(0.0), DAY, DAY, data)


@pytest.mark.truth
def test_azimuth_and_inclination_are_those_of_the_textbook():
    # the same right triangle solved the other way round
    latitude = math.radians(28.5)
    azimuth = math.asin(math.cos(math.radians(51.6)) / math.cos(latitude))
    assert inclination_of(latitude, azimuth) == pytest.approx(math.radians(51.6), rel=1e-12)
    assert inclination_of(latitude, math.radians(90.0)) == pytest.approx(latitude, rel=1e-12)
    # the ground's 408 m/s east must be flown less: the rocket points 2.3 degrees farther north
    turned = math.degrees(azimuth_of_launch(latitude, azimuth))
    assert 42.0 < turned < 43.5
    assert azimuth_of_launch(latitude, math.radians(90.0)) == pytest.approx(math.radians(90.0))


def test_payload_at_between_and_beyond_points():
    rocket = launcher("falcon-heavy")
    assert payload_at(rocket, 10e6).how == "point" and payload_at(rocket, 10e6).mass == 12_345.0
    between = payload_at(rocket, 5e6)
    assert between.how == "interpolated" and 12_345.0 < between.mass < 15_010.0
    beyond = payload_at(rocket, 30e6)
    exhaust = rocket.specific_impulse * STANDARD_GRAVITY
    more = injection_speed(30e6) - injection_speed(20e6)
    assert beyond.how == "extrapolated"
    assert beyond.mass == pytest.approx((10_115.0 + 4500.0) * math.exp(-more / exhaust) - 4500.0, rel=1e-12)
    with pytest.raises(NumericalFailure, match="its stage alone reaches") as refusal:
        payload_at(rocket, 400e6)
    limit = float(str(refusal.value).split("reaches ")[1].split(" km2")[0])
    assert payload_at(rocket, 1e6 * (limit - 0.2)).mass > 0.0
    with pytest.raises(InvalidInput, match="below the orbit"):
        injection_speed(-70e6)


def test_interpolation_is_exact_for_one_stage():
    exhaust = 450.0 * STANDARD_GRAVITY
    masses = [(c3, 20e3 * math.exp(-injection_speed(c3) / exhaust) - 3e3) for c3 in (0.0, 10e6, 25e6)]
    rocket = replace(launcher("sls-block-1"), points=(masses[0], masses[2]), stage_dry_mass=3e3, specific_impulse=450.0)
    assert payload_at(rocket, 10e6).mass == pytest.approx(masses[1][1], rel=1e-9)


def test_the_tables_are_whole():
    for rocket in launchers().values():
        assert rocket.source and rocket.points and all(site in launch_sites() for site in rocket.sites)
        energies = [c3 for c3, _ in rocket.points]
        assert energies == sorted(energies)
    for site in launch_sites().values():
        assert site.source and abs(site.latitude) < math.pi / 2 and site.azimuths[0] < site.azimuths[1]
    with pytest.raises(InvalidInput, match="did you mean 'wenchang'"):
        launch_site("wenchan")
    assert launcher("long march 5").id == "lm-5"
