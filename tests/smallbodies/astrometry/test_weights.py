"""Standard errors of positions and times: the published table row by row, and what a night and a digit cost."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.formats.astrometry import Observations
from moonstead.formats.astrometry_rows import blank_rows, observations_of
from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.time.epoch import Epoch
from moonstead.smallbodies.astrometry.timing import timing_sigma
from moonstead.smallbodies.astrometry.weights import nightly_factor, veres_sigma, with_stated_errors


def made(
    count: int = 1,
    *,
    station: str = "807",
    when: str = "2016-05-05T00:00:00Z",
    catalogue: str = "V",
    mode: str = "CCD",
    program: str = "",
) -> Observations:
    rows = blank_rows(count)
    rows["tdb"] = np.full(count, Epoch.parse(when).tdb() if int(when[:4]) >= 1972 else 0.0)
    for name, value in (("station", station), ("catalogue", catalogue), ("mode", mode), ("program", program)):
        rows[name] = np.full(count, value)
    rows["right_ascension"], rows["declination"] = np.zeros(count), np.zeros(count)
    return observations_of(rows)


@pytest.mark.truth
@pytest.mark.parametrize(
    ("station", "when", "arcseconds"),
    [
        ("703", "2013-12-31T00:00:00Z", 1.0),
        ("703", "2014-01-02T00:00:00Z", 0.8),
        ("691", "2002-12-30T00:00:00Z", 0.6),
        ("691", "2003-01-02T00:00:00Z", 0.5),
        ("644", "2003-08-30T00:00:00Z", 0.6),
        ("644", "2003-09-02T00:00:00Z", 0.4),
        ("704", "2000-01-02T00:00:00Z", 1.0),
        ("G96", "2016-01-02T00:00:00Z", 0.5),
        ("F51", "2016-01-02T00:00:00Z", 0.2),
        ("G45", "2016-01-02T00:00:00Z", 0.6),
        ("699", "2004-01-02T00:00:00Z", 0.8),
        ("D29", "2012-01-02T00:00:00Z", 0.75),
        ("C51", "2012-01-02T00:00:00Z", 1.0),
        ("E12", "2012-01-02T00:00:00Z", 0.75),
        ("608", "2012-01-02T00:00:00Z", 0.6),
        ("J75", "2012-01-02T00:00:00Z", 1.0),
        ("807", "2012-01-02T00:00:00Z", 1.0),
    ],
)
def test_surveys_have_the_published_errors(station: str, when: str, arcseconds: float) -> None:
    assert veres_sigma(made(station=station, when=when))[0] / ARCSECOND == pytest.approx([arcseconds, arcseconds])


def test_the_star_catalogue_and_the_instrument_count() -> None:
    def sigma(**kind: str) -> float:
        return float(veres_sigma(made(**kind))[0, 0] / ARCSECOND)

    assert sigma(catalogue="") == pytest.approx(1.5)
    assert sigma(catalogue="UNK") == pytest.approx(1.5)
    assert sigma(mode="PHO") == pytest.approx(2.5)
    assert sigma(mode="MER") == pytest.approx(0.5)
    assert sigma(mode="MIC") == pytest.approx(2.0)
    assert sigma(station="568", program="2", catalogue="V") == pytest.approx(0.1)
    assert sigma(station="568", program="2", catalogue="Gaia2") == pytest.approx(0.1)
    assert sigma(station="568", program="2", catalogue="t") == pytest.approx(0.2)
    assert sigma(station="309", program="&", catalogue="V") == pytest.approx(0.2)


def test_old_plates_are_worse() -> None:
    rows = made(3, mode="PHO")
    rows.tdb[:] = (np.array([1880.0, 1930.0, 1970.0]) - 2000.0) * 365.25 * 86_400.0
    assert veres_sigma(rows)[:, 0] / ARCSECOND == pytest.approx([10.0, 5.0, 2.5])


def test_more_than_four_rows_of_a_night_count_as_four() -> None:
    rows = made(17)
    rows.tdb[:9] += 60.0 * np.arange(9)
    rows.tdb[9:13] += 86_400.0 + 60.0 * np.arange(4)
    rows.tdb[13:] += 60.0 * np.arange(4)
    rows.station[13:] = "X74"
    factor = nightly_factor(rows)
    assert factor[:9] == pytest.approx(1.5)
    assert factor[9:] == pytest.approx(1.0)
    # Nine rows with that factor weigh as much as four without it.
    assert np.sum(factor[:9] ** -2) == pytest.approx(4.0)


def test_the_order_of_rows_does_not_matter() -> None:
    rows = made(40)
    rows.tdb[:] += 3_600.0 * np.arange(40)
    shuffled = np.random.default_rng(1).permutation(40)
    assert nightly_factor(rows.take(shuffled)) == pytest.approx(nightly_factor(rows)[shuffled])


def test_stated_errors_win_and_have_a_floor() -> None:
    rows = made(3)
    rows.stated_sigma[0] = np.array([0.3, 0.4]) * ARCSECOND
    rows.stated_sigma[1] = np.array([0.01, 0.02]) * ARCSECOND
    rows.correlation[0] = -0.5
    sigma, correlation = with_stated_errors(rows, veres_sigma(rows))
    assert sigma / ARCSECOND == pytest.approx(np.array([[0.3, 0.4], [0.1, 0.1], [1.0, 1.0]]))
    assert correlation == pytest.approx([-0.5, 0.0, 0.0])


def test_what_the_last_digit_rounds_away_is_added() -> None:
    rows = made(1)
    rows.resolution[0] = np.array([15.0, 1.0]) * ARCSECOND
    sigma, _ = with_stated_errors(rows, veres_sigma(rows))
    assert sigma[0, 0] / ARCSECOND == pytest.approx(np.hypot(1.0, 15.0 / np.sqrt(12.0)))


def test_clocks_are_a_second_off_unless_the_file_says_better() -> None:
    rows = made(4)
    rows.time_resolution[:] = [0.01, 8.64, 0.01, 0.001]
    rows.stated_time_sigma[2] = 0.05
    rows.observer_position[3] = 0.0
    expected = [1.0, np.hypot(1.0, 8.64 / np.sqrt(12.0)), 0.05, 0.0]
    assert timing_sigma(rows) == pytest.approx(expected, abs=0.005)
