"""Authority: ERFA (SOFA), called for every epoch without tables, and astropy for UT1."""

import erfa
import numpy as np
import pytest

from moonstead.foundation.time import scales
from moonstead.foundation.time.earth_orientation import EarthOrientation

pytestmark = pytest.mark.filterwarnings("ignore:ERFA function.*dubious year")  # leap seconds not announced yet

MICROSECOND = 1e-6  # [s] what the project promises of every scale
FLOAT_TIME = 3e-7  # [s] two roundings of seconds since J2000 at 1.4e9 s: spacing 0.12 us each
TABLE = 2e-14  # [s] 16-day blocks of degree 15 leave 8e-15 s
EXACT_OFFSET = 1e-13  # [s] of 25 s in double precision
ROUNDED_DAYS = 2e-11  # [s] a fraction of a day in double precision: 1e-16 d
TDB_2025, TDB_2045 = 788_961_669.0, 1_420_113_669.0  # [s TDB past J2000]
COUNT = 2_000


@pytest.fixture(scope="module")
def tdb():
    return np.random.default_rng(20_250_101).uniform(TDB_2025, TDB_2045, COUNT)


@pytest.fixture(scope="module")
def dates(tdb):
    """TDB, TT, TAI and UTC of ERFA as two-part Julian dates."""
    day = np.floor(tdb / 86_400.0)
    tdb1, tdb2 = 2_451_545.0 + day, (tdb - day * 86_400.0) / 86_400.0
    dtr = erfa.dtdb(tdb1, tdb2, 0.3, 0.0, 0.0, 0.0)
    tt = erfa.tdbtt(tdb1, tdb2, dtr)
    tai = erfa.tttai(*tt)
    return {"TDB-TT": dtr, "TT": tt, "TAI": tai, "UTC": erfa.taiutc(*tai)}


def seconds_apart(date, other):
    return np.max(np.abs((date[0] - other[0]) + (date[1] - other[1]))) * 86_400.0


@pytest.mark.truth
def test_tdb_minus_tt_is_the_full_series_of_erfa(tdb, dates, validation):
    error = np.max(np.abs(scales.tdb_minus_tt(tdb) - dates["TDB-TT"]))
    validation(
        capability="Time scales", quantity="TDB - TT", authority="ERFA dtdb", error=error, unit="s", tolerance=TABLE,
        cases=COUNT,
    )  # fmt: skip


@pytest.mark.truth
@pytest.mark.parametrize("scale", ["TT", "TAI", "UTC"])
def test_julian_dates_match_erfa(scale, tdb, dates, validation):
    function = {"TT": scales.tt_julian_date, "TAI": scales.tai_julian_date, "UTC": scales.utc_julian_date}[scale]
    validation(
        capability="Time scales", quantity=f"{scale} from TDB", authority="ERFA", unit="s",
        error=seconds_apart(function(tdb), dates[scale]), tolerance=FLOAT_TIME, cases=COUNT,
    )  # fmt: skip


@pytest.mark.truth
def test_utc_days_with_a_leap_second_match_erfa(validation):
    first = np.array([-441_763_200.0, 189_345_600.0, 489_024_000.0, 536_500_800.0])  # midnights after a leap second
    tai = (first[:, np.newaxis] + np.linspace(-86_400.0, 3_600.0, 251) + 33.0).ravel()
    day = np.floor(tai / 86_400.0)
    expected = erfa.taiutc(2_451_545.0 + day, (tai - day * 86_400.0) / 86_400.0)
    error = seconds_apart(scales.utc_julian_date(scales.tdb_from_tai(tai)), expected)
    validation(
        capability="Time scales", quantity="UTC around leap seconds", authority="ERFA taiutc", error=error, unit="s",
        tolerance=FLOAT_TIME, cases=tai.size,
    )  # fmt: skip


@pytest.mark.truth
def test_ut1_matches_astropy_within_its_files(validation):
    import astropy_iers_data
    from astropy.time import Time
    from astropy.utils import iers

    orientation = EarthOrientation.from_files(astropy_iers_data.IERS_A_FILE)
    tdb = np.random.default_rng(1).uniform(0.0, 878_000_000.0, COUNT)  # 2000 to the last prediction of the file
    table = iers.IERS_A.open(astropy_iers_data.IERS_A_FILE)
    utc = scales.utc_julian_date(tdb)
    with iers.conf.set_temp("auto_download", False), iers.earth_orientation_table.set(table):
        time = Time(*utc, format="jd", scale="utc")
        expected = (time.ut1.jd1, time.ut1.jd2)
    error = seconds_apart(scales.ut1_julian_date(tdb, orientation), expected)
    validation(
        capability="Time scales", quantity="UT1 from TDB", authority="astropy with IERS finals2000A", error=error,
        unit="s", tolerance=MICROSECOND, cases=COUNT,
    )  # fmt: skip


@pytest.mark.truth
def test_ut1_matches_erfa_beyond_the_last_prediction_too(tdb, validation):
    """The file ends within these years; from there on UT1 - TAI stays as it was, and ERFA is given just that."""
    import astropy_iers_data
    from astropy.utils import iers

    orientation = EarthOrientation.from_files(astropy_iers_data.IERS_A_FILE)
    table = iers.IERS_A.open(astropy_iers_data.IERS_A_FILE)
    utc = scales.utc_julian_date(tdb)
    known = np.isfinite(table["UT1_UTC"].value)
    days, offsets = table["MJD"].value[known], table["UT1_UTC"].value[known]
    day = (utc[0] - 2_400_000.5) + utc[1]
    assert 100 < np.count_nonzero(day < days[-1]) < tdb.size - 1000
    dut1 = np.interp(day, days, offsets)  # linear as in astropy; no leap second lies in these years
    error = seconds_apart(scales.ut1_julian_date(tdb, orientation), erfa.utcut1(*utc, dut1))
    validation(
        capability="Time scales", quantity="UT1 from TDB, 2025 to 2045",
        authority="ERFA utcut1 with UT1 - UTC of astropy's IERS_A, the last value held", error=error,
        unit="s", tolerance=MICROSECOND, cases=COUNT,
    )  # fmt: skip


@pytest.mark.truth
def test_coordinate_times_match_erfa(tdb):
    day, fraction = scales.tdb_julian_date(tdb)
    tcb = erfa.tdbtcb(day, fraction)
    offset = ((tcb[0] - day) + (tcb[1] - fraction)) * 86_400.0
    np.testing.assert_allclose(scales.tcb_minus_tdb(tdb), offset, atol=ROUNDED_DAYS)
    tcg = erfa.tttcg(day, fraction)
    offset = ((tcg[0] - day) + (tcg[1] - fraction)) * 86_400.0
    np.testing.assert_allclose(scales.tcg_minus_tt(tdb), offset, atol=ROUNDED_DAYS)


def test_rate_of_tdb_minus_tt_is_its_derivative(tdb):
    step = 3_600.0
    difference = (scales.tdb_minus_tt(tdb + step) - scales.tdb_minus_tt(tdb - step)) / (2 * step)
    # Third derivative of the monthly term (2 us): (w h)^2 / 6 of its rate 5e-12.
    np.testing.assert_allclose(scales.tdb_minus_tt_and_rate(tdb)[1], difference, atol=1e-16)


def test_tai_and_tdb_are_inverse(tdb):
    np.testing.assert_allclose(scales.tdb_from_tai(scales.tai_seconds(tdb)), tdb, atol=FLOAT_TIME, rtol=0)


def test_a_value_does_not_depend_on_its_neighbours(tdb):
    alone = np.array([scales.tdb_minus_tt(tdb[i : i + 1])[0] for i in range(50)])
    np.testing.assert_allclose(alone, scales.tdb_minus_tt(tdb)[:50], atol=1e-17)


def test_an_unknown_time_spoils_only_its_own_row():
    for date in (scales.tt_julian_date, scales.utc_julian_date):
        np.testing.assert_array_equal(np.isnan(date(np.array([0.0, np.nan, 1e9]))[1]), [False, True, False])


def test_no_time_at_all_gives_nothing():
    assert scales.tdb_minus_tt(np.empty(0)).shape == (0,)
