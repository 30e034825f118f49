"""Places on the sky against measured ones, and their geometry and errors against plain reckoning."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.observe import BARYCENTER
from moonstead.dynamics.trajectories import BodyTrajectory
from moonstead.foundation.constants import ARCSECOND, SECONDS_PER_DAY
from moonstead.foundation.time.epoch import Epoch
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.motion.perturbers import perturbers
from moonstead.smallbodies.published_orbit import read_published_orbit
from moonstead.smallbodies.watch.sensors import station_point
from moonstead.smallbodies.watch.sky_place import ellipse_of, sky_places, toward_place

MEDIAN = 0.05  # ["] of some hundred positions with Gaia's stars, each good to 0.2
BAND = 0.3  # [mag] between V by H, G and Gaia's G as stations report it, with the light curve of 0.9 mag averaged
SINCE = Epoch.parse("2020-10-01T00:00:00").tdb()


@pytest.fixture(scope="module")
def apophis(shared_data, data):
    from moonstead.formats.astrometry import read_astrometry

    rows = read_astrometry(shared_data / "smallbodies" / "99942_2004_2021.obs80")
    rows = rows.take((rows.tdb > SINCE) & np.isin(rows.station, ["221", "T08"]))
    orbit = read_published_orbit(shared_data / "smallbodies" / "sbdb_99942_phys.json", data)
    pull = perturbers(data, start_tdb=SINCE - 1e6, stop_tdb=rows.tdb.max() + 1e6)
    return rows, fly(orbit, [SINCE - 1e5, rows.tdb.max() + 1e4], pull)


@pytest.mark.truth
@pytest.mark.parametrize("code", ["221", "T08"])
def test_apophis_is_seen_where_its_published_orbit_says(code, apophis, data, validation):
    rows, flight = apophis
    mine = rows.take(rows.station == code)
    places = sky_places(flight, station_point(code, data), mine.tdb, data)
    off = np.stack(
        (
            (mine.right_ascension - places.right_ascension) * np.cos(places.declination),
            mine.declination - places.declination,
        )
    )
    validation(
        capability="Small bodies on the sky",
        quantity=f"median offset of Apophis by JPL#220 at station {code}, 2020 to 2021",
        authority="astrometry of the Minor Planet Center",
        error=float(np.max(np.abs(np.median(off, axis=1)))) / ARCSECOND,
        unit="arcsec",
        tolerance=MEDIAN,
        cases=mine.count,
    )


@pytest.mark.truth
def test_apophis_is_as_bright_as_reported(apophis, data, validation):
    rows, flight = apophis
    mine = rows.take((rows.station == "221") & (rows.band == "G"))
    places = sky_places(flight, station_point("221", data), mine.tdb, data)
    validation(
        capability="Small bodies on the sky",
        quantity="median magnitude of Apophis, 26 to 39 deg of phase",
        authority="photometry of station 221 in Gaia's G",
        error=abs(float(np.nanmedian(mine.magnitude - places.magnitude))),
        unit="mag",
        tolerance=BAND,
        cases=mine.count,
    )


def test_rates_and_angles_are_those_of_the_places_themselves(yr4, data):
    flight, _ = yr4
    observer = station_point("G96", data)
    start = flight.orbit.tdb + 20 * SECONDS_PER_DAY
    step = 60.0
    here, later = (sky_places(flight, observer, start + shift, data) for shift in (0.0, step))
    first, second = (toward_place(one.right_ascension, one.declination)[0] for one in (here, later))
    assert np.linalg.norm(second - first) / step == pytest.approx(here.rate[0], rel=1e-3)  # the rate itself changes
    north = later.declination[0] - here.declination[0]
    east = (later.right_ascension[0] - here.right_ascension[0]) * np.cos(here.declination[0])
    assert np.mod(np.arctan2(east, north), 2 * np.pi) == pytest.approx(here.position_angle[0], abs=1e-3)
    # Sun, body and Earth make a triangle, from the station as from the Earth's centre to 1e-4 rad
    third = np.pi - here.elongation[0] - here.phase[0]
    sine = np.sin(here.elongation[0]) / here.sun_distance[0]
    assert np.sin(third) / here.distance[0] == pytest.approx(sine, rel=1e-3)


def test_new_and_full_moon_are_dark_and_lit(yr4, data):
    flight, _ = yr4
    earth = BodyTrajectory("EARTH", BARYCENTER, data)
    new, full = (Epoch.parse(text).tdb() for text in ("2025-03-29T11:00:00", "2025-03-14T07:00:00"))
    lit = sky_places(flight, earth, [new, full], data).moon_lit
    assert lit[0] < 0.01
    assert lit[1] > 0.99


def test_error_ellipse_holds_the_places_of_random_orbits(yr4, data):
    flight, pull = yr4
    orbit = flight.orbit
    when = orbit.tdb + 300 * SECONDS_PER_DAY
    earth = BodyTrajectory("EARTH", BARYCENTER, data)
    told = sky_places(flight, earth, when, data, ellipses=True)
    values, vectors = np.linalg.eigh(orbit.covariance)
    # one sigma along the largest eigenvector moves the place by its own share of the ellipse; the others add little
    moved = np.zeros(2)
    total = np.zeros((2, 2))
    for value, vector in zip(values, vectors.T, strict=True):
        other = SmallBodyOrbit("clone", orbit.tdb, orbit.state + np.sqrt(max(value, 0.0)) * vector)
        there = sky_places(fly(other, when + 1e4, pull), earth, when, data)
        moved = np.array(
            [
                (there.right_ascension[0] - told.right_ascension[0]) * np.cos(told.declination[0]),
                there.declination[0] - told.declination[0],
            ]
        )
        total += np.outer(moved, moved)
    major, minor, angle = ellipse_of(total[None])
    assert told.semi_major[0] == pytest.approx(major[0], rel=1e-3)
    assert told.semi_minor[0] == pytest.approx(minor[0], rel=1e-2)
    assert told.ellipse_angle[0] == pytest.approx(angle[0], abs=1e-3)


def test_ellipse_of_a_known_matrix():
    turned = np.radians(30.0)
    axis = np.array([np.sin(turned), np.cos(turned)])  # east, north at a position angle of 30 deg
    across = np.array([axis[1], -axis[0]])
    matrix = 9.0 * np.outer(axis, axis) + 1e-8 * np.outer(across, across)
    major, minor, angle = ellipse_of(matrix[None])
    assert major[0] == pytest.approx(3.0, rel=1e-12)
    assert minor[0] == pytest.approx(1e-4, rel=1e-6)
    assert angle[0] == pytest.approx(turned, abs=1e-9)


def test_without_a_magnitude_or_a_covariance_there_is_none(yr4, data):
    flight, pull = yr4
    bare = SmallBodyOrbit("bare", flight.orbit.tdb, flight.orbit.state)
    short = fly(bare, bare.tdb + 2e5, pull)
    places = sky_places(short, BodyTrajectory("EARTH", BARYCENTER, data), bare.tdb + 1e5, data)
    assert np.isnan(places.magnitude[0])
    assert np.isnan(places.semi_major[0])
