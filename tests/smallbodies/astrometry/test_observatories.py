"""Where observers are, against astropy and the numbers of the Minor Planet Center."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import EarthLocation
from astropy.time import Time
from astropy.utils import iers

from moonstead.formats.utc_days import civil_day, tdb_of_utc_days
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import MissingData
from moonstead.foundation.time.epoch import Epoch
from moonstead.smallbodies.astrometry.observatories import (
    EARTH_RADIUS,
    earth_states,
    observatories,
    site_states,
    station_states,
)

# Two programs and two copies of Earth orientation: 0.1 m in place is 1.6 ms of UT1's last digits and tides.
PLACE_TOLERANCE = 1.0  # [m]
SPEED_TOLERANCE = 1e-3  # [m/s]
CODES = ("G96", "I41", "703", "309", "W68", "Z84", "500")


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


@pytest.mark.truth
def test_stations_are_where_astropy_puts_them(data: DataContext, validation: Callable[..., None]) -> None:
    texts = [f"{year}-0{month}-1{month}T0{month}:12:34" for year in (1975, 1999, 2012, 2024) for month in (2, 5, 8)]
    tdb = np.array([Epoch.parse(f"{text}Z").tdb() for text in texts])
    table = observatories(data)
    error, speed_error, cases = 0.0, 0.0, 0
    with warnings.catch_warnings(), iers.conf.set_temp("auto_download", False):
        warnings.simplefilter("ignore")
        for code in CODES:
            ours = station_states([code] * tdb.size, tdb, data)
            place = EarthLocation.from_geocentric(*table[code].position, unit=u.m)
            times = Time(texts, scale="utc")
            position, velocity = place.get_gcrs_posvel(times)
            theirs = np.stack([position.xyz.to_value(u.m), velocity.xyz.to_value(u.m / u.s)])
            error = max(error, np.abs(ours[:, :3] - theirs[0].T).max())
            speed_error = max(speed_error, np.abs(ours[:, 3:] - theirs[1].T).max())
            cases += tdb.size
    for quantity, worst, unit, tolerance in (
        ("Place of observatories about the geocentre", error, "m", PLACE_TOLERANCE),
        ("Velocity of observatories about the geocentre", speed_error, "m/s", SPEED_TOLERANCE),
    ):
        validation(
            capability="Astrometry of small bodies: observers",
            quantity=quantity,
            authority="astropy 7",
            error=worst,
            unit=unit,
            tolerance=tolerance,
            cases=cases,
        )


def test_parallax_constants_are_those_of_the_center(data: DataContext) -> None:
    greenwich = observatories(data)["000"]
    assert greenwich.position is not None
    assert greenwich.position == pytest.approx(np.array([0.62411, 0.0, 0.77873]) * EARTH_RADIUS)
    assert observatories(data)["500"].position == pytest.approx([0.0, 0.0, 0.0])


def test_spacecraft_and_rovers_have_no_place_of_their_own(data: DataContext) -> None:
    for code in ("250", "274", "C51", "247", "258"):
        assert observatories(data)[code].position is None
        with pytest.raises(MissingData, match=code):
            station_states([code], np.zeros(1), data)
    with pytest.raises(MissingData, match="XYZ"):
        station_states(["XYZ"], np.zeros(1), data)


def test_before_1972_the_earth_turns_on_without_a_jump(data: DataContext) -> None:
    site = observatories(data)["000"].position
    assert site is not None
    # UT1 - UTC was 0.05 s on 1972-01-02; taking it as nought moves a site by 23 m at most, leaving out the pole by 15.
    start = Epoch.parse("1972-01-02T00:00:10Z").tdb()
    tdb = np.array([start - 20.0, start + 20.0])
    states = site_states(np.stack([site, site]), tdb, data)
    moved = states[0, :3] + 20.0 * (states[0, 3:] + states[1, 3:])
    assert np.linalg.norm(moved - states[1, :3]) < 40.0
    assert np.linalg.norm(states[:, :3], axis=1) == pytest.approx(np.linalg.norm(site))


@pytest.mark.truth
def test_in_1925_greenwich_had_newcombs_sidereal_time(data: DataContext) -> None:
    day, _ = civil_day(np.array([1925]), np.array([1]), np.array([1]))
    on_equator = np.array([[EARTH_RADIUS, 0.0, 0.0]])
    place = site_states(on_equator, tdb_of_utc_days(day, np.zeros(1)), data)[0, :3]
    # Newcomb (1895): sidereal time at 0h, T in centuries of 36 525 days past 1900 January 0.5; the equinox has since
    # moved by 46.1" a year along the equator.
    centuries = (2_424_151.5 - 2_415_020.0) / 36_525.0
    newcomb = 6.0 + 38.0 / 60.0 + (45.836 + 8_640_184.542 * centuries) / 3600.0
    hours = np.degrees(np.arctan2(place[1], place[0])) / 15.0 - 75.0 * 46.1 / 3600.0 / 15.0
    # Nutation (1 s) and the equator's own motion (0.2 s).
    assert (hours - newcomb + 12.0) % 24.0 - 12.0 == pytest.approx(0.0, abs=2.0 / 3600.0)


def test_the_geocentre_goes_round_the_sun_at_thirty_kilometres_a_second(data: DataContext) -> None:
    assert np.linalg.norm(earth_states(np.zeros(1), data)[0, 3:]) == pytest.approx(30_290.0, rel=0.01)
