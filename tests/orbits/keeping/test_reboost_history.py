"""Authority: what Roscosmos, TASS and others published of the station's burns; histories with known steps; SGP4."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.earth_orbit import mean_semi_major_axis
from moonstead.orbits.keeping.reboost_history import decay_stretches, find_manoeuvres

DAY = 86_400.0

# Published changes of velocity and times of ignition. novosti-kosmonavtiki.ru, tass.com/science/1273581,
# fronteraespacial.com (21 August), silkway.news (12 October), orbiterchspacenews.blogspot.com (20 May, 3 December).
PUBLISHED = (
    ("2021-04-02T12:14:00Z", 0.21),
    ("2021-05-20T17:01:00Z", 0.2),
    ("2021-06-24T02:40:00Z", 0.5),
    ("2021-08-21T04:04:00Z", 0.71),
    ("2021-10-12T07:05:00Z", 0.54),
    ("2021-12-03T07:58:00Z", -0.3),
    ("2022-02-08T07:56:00Z", 0.26),
)
# Published without a change of velocity, or with that of the altitude alone.
DATED = (
    "2021-01-21T16:14:00Z",  # 1.25 km, news.infobot.ru
    "2021-03-12T19:09:00Z",  # 0.45 km
    "2021-09-24T14:38:00Z",  # down by 1.2 km, qp35.ru
    "2021-11-10T20:00:00Z",  # 1.2 km, "in the evening"
    "2022-01-12T18:24:00Z",  # 1.2 km, tass.com/science/1387255
)
ROUNDED = 0.015  # [m/s] of numbers published to one or two digits, plus the scatter of element sets
HALF_A_DAY = 0.5  # [d] element sets are fitted to days of tracking
SAME_FORMULA = 1e-12  # [1] the same operations in double precision
STEP_FOUND = 0.05  # [m/s] three standard deviations of a step among sets that scatter by 30 m


@pytest.fixture(scope="module")
def station(shared_data):
    from moonstead.formats.tle import read_catalogue

    sets = read_catalogue(shared_data / "monitoring" / "iss" / "ISS_25544_2021-01-01_2022-03-03.tle.gz").sets
    tdb, first = np.unique([each.trajectory().epoch for each in sets], return_index=True)
    columns = np.array([(each.mean_motion, each.eccentricity, each.inclination) for each in sets])[first]
    return tdb, mean_semi_major_axis(*columns.T), sets


def test_mean_axes_are_those_that_sgp4_starts_from(station):
    _, _, sets = station
    from sgp4.api import Satrec

    chosen = sets[::200]
    ours = mean_semi_major_axis(*np.array([(x.mean_motion, x.eccentricity, x.inclination) for x in chosen]).T)
    theirs = np.array([Satrec.twoline2rv(x.line1, x.line2).a for x in chosen]) * 6_378_135.0
    np.testing.assert_allclose(ours, theirs, rtol=1e-7)  # theirs has WGS-72 of another set of digits


@pytest.mark.truth
def test_every_burn_that_was_published_is_found_with_its_size(station, validation):
    tdb, axes, _ = station
    found = find_manoeuvres(tdb, axes)
    times = np.array([each.tdb for each in found])
    errors, days = [], []
    for text, delta_v in PUBLISHED:
        when = Epoch.parse(text).tdb()
        nearest = found[int(np.abs(times - when).argmin())]
        errors.append(abs(nearest.delta_v - delta_v))
        days.append(abs(nearest.tdb - when) / DAY)
    days += [np.abs(times - Epoch.parse(text).tdb()).min() / DAY for text in DATED]
    validation(
        capability="manoeuvres in a history of elements",
        quantity="change of velocity of burns of the ISS in 2021 and 2022",
        authority="published by Roscosmos",
        error=max(errors),
        unit="m/s",
        tolerance=ROUNDED,
        cases=len(PUBLISHED),
    )
    assert max(days) < HALF_A_DAY


def test_nothing_is_found_in_the_station_s_history_that_was_not_flown(station):
    tdb, axes, _ = station
    found = find_manoeuvres(tdb, axes)
    # besides those above: 11 September 2021, 24 December 2021 (downwards) and 25 February 2022 show in the daily median
    # of the axes as jumps of 1 km and more, and nothing else does
    assert len(found) == len(PUBLISHED) + len(DATED) + 3
    assert np.count_nonzero([each.delta_v >= 0.3 for each in found]) == 8


@pytest.mark.parametrize("seed", range(4))
def test_steps_put_into_a_history_are_found_and_nothing_else(seed):
    generator = np.random.default_rng(seed)
    tdb = np.sort(generator.uniform(0.0, 200.0 * DAY, 1000))
    steps = 15.0 * DAY + np.arange(6) * 30.0 * DAY + generator.uniform(-5.0, 5.0, 6) * DAY
    sizes = np.array([0.3, 1.0, -0.4, 0.35, 2.0, 0.5])
    motion = np.sqrt(3.986004418e14 / 6795e3**3)
    axes = 6795e3 - 60.0 * tdb / DAY + 0.05 * (tdb / DAY) ** 2 + 15.0 * generator.standard_t(3, tdb.size)
    axes += np.sum((2.0 * sizes / motion)[:, None] * (tdb > steps[:, None]), axis=0)
    found = find_manoeuvres(tdb, axes)
    assert len(found) == 6
    for each, when, size in zip(found, steps, sizes, strict=True):
        assert abs(each.tdb - when) < HALF_A_DAY * DAY
        assert each.delta_v == pytest.approx(size, abs=STEP_FOUND)
        assert each.earliest < each.tdb < each.latest


def test_a_quiet_history_has_no_manoeuvre_and_one_stretch():
    generator = np.random.default_rng(8)
    tdb = np.linspace(0.0, 60.0 * DAY, 240)
    axes = 6790e3 - 40.0 * tdb / DAY + 20.0 * generator.standard_normal(tdb.size)
    assert find_manoeuvres(tdb, axes) == ()
    (stretch,) = decay_stretches(tdb, axes, ())
    assert stretch.rate * DAY == pytest.approx(-40.0, abs=4.0 * stretch.rate_sigma * DAY)
    assert stretch.rate_sigma * DAY < 0.2


def test_histories_that_make_no_sense_are_refused():
    with pytest.raises(InvalidInput, match="8 sets or more"):
        find_manoeuvres([0.0, 1.0], [6.8e6, 6.8e6])
    with pytest.raises(InvalidInput, match="must rise"):
        find_manoeuvres(np.zeros(20), np.full(20, 6.8e6))
    with pytest.raises(InvalidInput, match="positive"):
        mean_semi_major_axis([0.0], [0.0], [0.0])
