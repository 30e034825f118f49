"""Authority: burns put into made histories; Envisat's as its flight dynamics calibrated them; steps of the ISS."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from made_history import DAY, made_history

from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.histories.history import read_history
from moonstead.monitoring.histories.local_fits import late_ramp, late_step
from moonstead.monitoring.histories.manoeuvres import manoeuvres

ENVISAT = "monitoring/maneuver/Envisat_27386_2002-2017.tle.gz"
ISS = "monitoring/iss/ISS_25544_2021-01-01_2022-03-03.tle.gz"
BURNS = Path(__file__).parents[2] / "truth/ids/envisat_burns.csv"
LOST = "2012-04-09T00:00:00"  # the day after the last contact with Envisat
NEAR = 2.0 * DAY  # [s] sets are fitted to days of tracking: a burn shows within two
VISIBLE = 3e-3  # [m/s] burns of Envisat in 2011, from which on most must be found
# Of the made burns: noise of 60 m and eight sets' days of lever give 0.2 mm/s; five times that.
MADE = 1e-3  # [m/s]


def between(elements, start, stop):
    return elements.select((elements.tdb >= Epoch.parse(start).tdb()) & (elements.tdb < Epoch.parse(stop).tdb()))


def calibrated(start, stop):
    """Times [s TDB past J2000] and sizes along the track [m/s] of Envisat's manoeuvres."""
    lines = [line for line in BURNS.read_text().splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    entries = []
    for entry in {row["entry"]: None for row in rows}:
        own = [row for row in rows if row["entry"] == entry]
        times = [Epoch.parse(row["tai"], "TAI").tdb() for row in own]
        entries.append((float(np.mean(times)), sum(float(row["along_m_s"]) for row in own)))
    found = np.array(entries)
    inside = (found[:, 0] >= Epoch.parse(start).tdb()) & (found[:, 0] < Epoch.parse(stop).tdb())
    return found[inside].T


def test_made_burns_are_found_with_time_and_size():
    made = made_history(burns=[(30.0, 0.005), (60.0, -0.02), (85.0, 0.5)], plane=[(45.0, 2e-4)])
    found = manoeuvres(read_history(made))
    days = [(one.tdb - made.tdb[0]) / DAY for one in found]
    np.testing.assert_allclose(days, [30.0, 45.0, 60.0, 85.0], rtol=0.0, atol=0.7)
    np.testing.assert_allclose(
        [one.along_track for one in found if one.along_track == one.along_track][:2],
        [0.005, -0.02],
        rtol=0.0,
        atol=MADE,
    )
    assert found[3].along_track == pytest.approx(0.5, rel=0.02)
    assert found[1].cross_track == pytest.approx(2e-4 * 7471.0, rel=0.05)
    assert found[3].semi_major_axis == pytest.approx(2.0 * 0.5 / made.mean_motion[0], rel=0.02)
    assert all(one.earliest <= one.tdb <= one.latest and one.confidence > 0.99 for one in found)


def test_histories_without_burns_give_no_alarm():
    for seed in range(5):
        assert manoeuvres(read_history(made_history(days=200.0, seed=seed, decay=3.0))) == ()


def test_too_few_or_too_rare_sets_say_nothing():
    assert manoeuvres(read_history(made_history(days=3.0))) == ()
    rare = made_history(days=200.0, burns=[(100.0, 0.01)]).select(np.arange(0, 600, 24))  # one in eight days
    assert manoeuvres(read_history(rare)) == ()


def test_sets_as_good_as_their_digits_show_the_burn_alone():
    found = manoeuvres(read_history(made_history(days=60.0, burns=[(30.0, 0.01)], noise=7.0, decay=0.0)))
    assert [round(1e3 * one.along_track) for one in found] == [10]


def test_a_chance_is_a_chance():
    with pytest.raises(InvalidInput, match="between 0 and 1; got"):
        manoeuvres(read_history(made_history(days=10.0)), 1.0)


def test_a_late_ramp_is_the_end_of_a_fitted_parabola():
    span, count = 8.0, 4001
    for after in (0.5, 2.0, 5.0, 7.9, 8.0, 11.0):
        x = np.linspace(-span, 0.0, count)
        parabola = np.polynomial.Polynomial.fit(x, np.maximum(x + after, 0.0), 2)
        assert float(late_ramp(np.array(after), span)) == pytest.approx(parabola(0.0), abs=2e-3)
    np.testing.assert_array_equal(late_ramp(np.array([-1.0, 2.0]), 0.0), [0.0, 2.0])
    np.testing.assert_allclose(late_step(np.array([-1.0, 2.0, 9.0]), 8.0), [0.0, 0.25, 1.0])


@pytest.mark.truth
def test_a_year_of_envisats_burns_is_found(shared_data, validation):
    elements = read_mean_elements(shared_data / ENVISAT).elements
    found = manoeuvres(read_history(between(elements, "2010-12-10T00:00:00", "2012-04-08T00:00:00")))
    times, sizes = calibrated("2011-01-01T00:00:00", "2012-03-25T00:00:00")
    seen = np.array([one.tdb for one in found])
    visible = np.abs(sizes) >= VISIBLE
    missed = sum(np.min(np.abs(seen - time)) > NEAR for time in times[visible])
    everything = calibrated("2010-12-01T00:00:00", "2012-04-08T00:00:00")[0]
    alone = sum(np.min(np.abs(everything - time)) > NEAR for time in seen)
    of = {"capability": "Manoeuvres from element histories", "unit": "1", "tolerance": 0.2}
    authority = "Envisat flight dynamics, in the manoeuvre file of the International DORIS Service"
    validation(
        quantity="burns over 3 mm/s of 2011-2012 missed, share",
        authority=authority,
        error=missed / np.sum(visible),
        cases=int(np.sum(visible)),
        **of,
    )
    validation(
        quantity="burns reported in 2011-2012 that were none, share",
        authority=authority,
        error=alone / seen.size,
        cases=seen.size,
        **of,
    )


@pytest.mark.truth
def test_envisat_gives_no_alarm_after_its_loss(shared_data):
    elements = between(read_mean_elements(shared_data / ENVISAT).elements, LOST, "2014-06-01T00:00:00")
    assert manoeuvres(read_history(elements)) == ()


@pytest.mark.truth
def test_every_upward_step_of_the_space_station_is_found(shared_data):
    history = read_history(read_mean_elements(shared_data / ISS).elements)
    found = manoeuvres(history)
    raising = np.array([one.tdb for one in found if one.semi_major_axis > 0.0])
    day = np.floor((history.tdb + 43200.0) / DAY)
    days = np.unique(day)
    middle = np.array([np.median(history.elements.semi_major_axis[day == each]) for each in days])
    up = days[1:][np.diff(middle) > 150.0 * np.diff(days)]
    assert up.size >= 12
    for each in up:
        assert np.min(np.abs(raising - each * DAY)) < NEAR
