"""Authority: astropy's reading of the same IERS files; closed form where values are held."""

import warnings

import astropy_iers_data
import numpy as np
import pytest
from astropy.utils import iers

from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.errors import HeldEarthOrientation, InvalidInput, MissingData, OutsideSpan
from moonstead.foundation.time import scales
from moonstead.foundation.time.earth_orientation import EarthOrientation

POLE = 1e-14  # [rad] the same straight line in another order; the pole moves 2e-8 rad a day
SECOND = 1e-9  # [s] astropy divides a leap-second day by 86 400 s
COUNT = 2_000


@pytest.fixture(scope="module")
def orientation():
    return EarthOrientation.installed()


@pytest.mark.truth
@pytest.mark.parametrize(
    ("file", "reader", "days"),
    [
        ("IERS_A_FILE", iers.IERS_A, (44_000.0, 61_700.0)),
        ("IERS_B_FILE", iers.IERS_B, (41_400.0, 61_300.0)),
    ],
)
def test_values_match_astropy(file, reader, days, validation):
    path = getattr(astropy_iers_data, file)
    ours = EarthOrientation.from_files(path) if file == "IERS_A_FILE" else EarthOrientation.installed()
    table = reader.open(path)
    day = np.random.default_rng(3).uniform(*days, COUNT)
    tdb = scales.tdb_from_tai((np.floor(day) - 51_544.5) * 86_400.0 + (day % 1.0) * 86_400.0 + 32.0)
    jd1, jd2 = scales.utc_julian_date(tdb)
    values = ours.at(scales.tai_seconds(tdb))
    tai = scales.tai_julian_date(tdb)
    tai_utc = ((tai[0] - jd1) + (tai[1] - jd2)) * 86_400.0
    x, y = table.pm_xy(jd1, jd2)
    dx, dy = table.dcip_xy(jd1, jd2)
    pairs = [(values.pole_x, x), (values.pole_y, y), (values.offset_x, dx), (values.offset_y, dy)]
    error = max(np.max(np.abs(own - other.to_value("rad"))) for own, other in pairs)
    validation(
        capability="Earth orientation", quantity="pole and pole offsets", authority=f"astropy {reader.__name__}",
        error=error, unit="rad", tolerance=POLE, cases=COUNT,
    )  # fmt: skip
    plain = np.abs(tai_utc - np.round(tai_utc)) < 1e-5  # quasi-Julian days with a leap second compare in test_scales
    assert np.count_nonzero(plain) > 0.9 * COUNT
    ut1_utc = values.ut1_minus_tai + np.round(tai_utc)
    assert np.max(np.abs(ut1_utc - table.ut1_utc(jd1, jd2).to_value("s"))[plain]) < 1e-7


def test_final_values_are_preferred_and_joined_to_predictions(orientation):
    alone = EarthOrientation.from_files(astropy_iers_data.IERS_A_FILE)
    assert orientation.span[0] < alone.span[0]
    assert orientation.span[1] == alone.span[1]
    assert orientation.last_day > orientation.first_predicted


def test_ut1_is_smooth_across_a_leap_second(orientation):
    tai = 536_500_837.0 + np.linspace(-3.0, 3.0, 61)  # 2017-01-01T00:00:00 UTC
    assert np.ptp(orientation.at(tai).ut1_minus_tai) < 1e-6


def test_rates_are_those_of_the_straight_lines(orientation):
    tai = np.random.default_rng(7).uniform(0.0, 8e8, 200)
    # A step of 10 s stays within the day for all but one time in 4 300.
    inside = (tai - 32.0) % 86_400.0 < 86_300.0
    first, second = orientation.at(tai[inside]), orientation.at(tai[inside] + 10.0)
    np.testing.assert_allclose((second.pole_x - first.pole_x) / 10.0, first.pole_x_rate, atol=1e-19, rtol=1e-3)
    slope = (second.ut1_minus_tai - first.ut1_minus_tai) / 10.0
    np.testing.assert_allclose(slope, first.ut1_minus_tai_rate, atol=1e-14)


def test_past_the_last_prediction_the_values_are_held_and_the_cost_is_said(orientation):
    last = orientation.span[1]
    with pytest.warns(HeldEarthOrientation, match=r"UT1 is known within 0\.9 s, up to 420 m on the equator"):
        late = orientation.at(np.array([last + 1e8]))
    np.testing.assert_array_equal(late.ut1_minus_tai, orientation.at(np.array([last])).ut1_minus_tai)
    assert late.ut1_minus_tai_rate[0] == 0.0
    assert late.pole_x[0] == orientation.values[-1, 1]


def test_the_warning_comes_once_for_each_place_of_the_call(orientation):
    late = orientation.span[1] + np.arange(1.0, 4.0) * 1e7
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for time in late:
            orientation.at(np.array([time]))
        orientation.at(late)
    assert len(caught) == 2
    assert all(warning.filename == __file__ for warning in caught)


def test_before_the_first_entry_the_span_is_named(orientation):
    with pytest.raises(OutsideSpan, match=r"begins 1972-01-01 UTC"):
        orientation.at(np.array([0.0, -1e9]))


def test_an_unknown_time_spoils_only_its_own_row(orientation):
    np.testing.assert_array_equal(np.isnan(orientation.at(np.array([0.0, np.nan])).pole_x), [False, True])


def test_a_missing_file_names_the_package_that_carries_one(tmp_path):
    with pytest.raises(MissingData, match="astropy-iers-data"):
        EarthOrientation.from_files(tmp_path / "finals2000A.all")


def test_another_file_is_refused_by_line(tmp_path):
    wrong = tmp_path / "finals2000A.all"
    wrong.write_text("x" * 190 + "\n")
    with pytest.raises(InvalidInput, match=r"line 1: not a line of finals2000A\.all"):
        EarthOrientation.from_files(wrong)
    wrong.write_text("")
    with pytest.raises(InvalidInput, match="holds no Earth orientation"):
        EarthOrientation.from_files(wrong)


@pytest.mark.truth
def test_a_published_day_is_read_in_its_units(orientation):
    tai = np.array([(61_311.0 - 51_544.5) * 86_400.0 + 37.0])  # 2026-09-28: C04 says 0.178438", 0.325715", -0.0193118 s
    values = orientation.at(tai)
    assert values.pole_x[0] == pytest.approx(0.178_438 * ARCSECOND, abs=1e-15)
    assert values.pole_y[0] == pytest.approx(0.325_715 * ARCSECOND, abs=1e-15)
    assert values.ut1_minus_tai[0] + 37.0 == pytest.approx(-0.019_311_8, abs=1e-12)
