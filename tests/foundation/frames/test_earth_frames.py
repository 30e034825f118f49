"""Authority: ERFA (SOFA) for the terrestrial frame, astropy for the frames of date, SPICE for the ecliptic."""

from dataclasses import dataclass, replace

import astropy_iers_data
import erfa
import numpy as np
import pytest
import spiceypy
from astropy import units
from astropy.coordinates import GCRS, ITRS, CartesianRepresentation
from astropy.coordinates import TEME as ASTROPY_TEME
from astropy.time import Time
from astropy.utils import iers
from frame_comparisons import angle_apart, assert_proper, rate_error

from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.errors import OutsideSpan
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE
from moonstead.foundation.frames.standard import ECLIPJ2000, EME2000, ICRF, ITRF, TEME
from moonstead.foundation.time import scales
from moonstead.foundation.time.earth_orientation import OFFSET_X, OFFSET_Y, EarthOrientation

pytestmark = [
    pytest.mark.filterwarnings("ignore:Earth orientation is held:moonstead.foundation.errors.HeldEarthOrientation"),
    pytest.mark.filterwarnings("ignore:ERFA function.*dubious year"),
]

ITRF_ANGLE = 1e-10  # [rad] 0.6 mm on the ground; a float of seconds since J2000 alone costs 9e-12 rad
BIAS = 1e-11  # [rad] the published angles have four decimals of a mas at most
ROUNDING = 1e-15  # [1] constant matrices in double precision
RATE = 1e-9  # [1] what the project promises of every rate
ASTROPY_DAYS = 1e-10  # [rad] days and seconds are rounded on the way through text-free Julian dates


@dataclass(frozen=True)
class OrientationOnly:
    """The one part of a data context that these frames read."""

    earth_orientation: EarthOrientation


@pytest.fixture(scope="module")
def without_offsets():
    """Earth orientation as astropy uses it: finals2000A without celestial-pole offsets."""
    own = EarthOrientation.from_files(astropy_iers_data.IERS_A_FILE)
    values = own.values.copy()
    values[:, [OFFSET_X, OFFSET_Y]] = 0.0
    return OrientationOnly(replace(own, values=values))


def rows_through_astropy(frame, time):
    """Matrices from GCRS to an astropy frame, from its images of three distant points."""
    columns = []
    for axis in np.eye(3):
        far = CartesianRepresentation(*(np.full(time.size, 1e9) * c for c in axis), unit=units.km)
        image = GCRS(far, obstime=time).transform_to(frame(obstime=time))
        columns.append(image.cartesian.xyz.to_value(units.km).T / 1e9)
    return np.stack(columns, axis=2)


@pytest.mark.truth
def test_itrf_matches_the_full_series_of_erfa_through_2045(data, tdb, validation):
    orientation = data.earth_orientation.at(scales.tai_seconds(tdb))
    day = np.floor(tdb / 86_400.0)
    tdb1, tdb2 = 2_451_545.0 + day, (tdb - day * 86_400.0) / 86_400.0
    tt = erfa.tdbtt(tdb1, tdb2, erfa.dtdb(tdb1, tdb2, 0.0, 0.0, 0.0, 0.0))
    tai = erfa.tttai(*tt)
    x, y, s = erfa.xys06a(*tt)
    celestial = erfa.c2ixys(x + orientation.offset_x, y + orientation.offset_y, s)
    angle = erfa.era00(tai[0], tai[1] + orientation.ut1_minus_tai / 86_400.0)
    expected = erfa.c2tcio(celestial, angle, erfa.pom00(orientation.pole_x, orientation.pole_y, erfa.sp00(*tt)))
    error = angle_apart(ITRF.from_icrf(tdb, data).matrix, expected)
    validation(
        capability="Frames", quantity="ITRF attitude", authority="ERFA IAU 2006/2000A", error=error, unit="rad",
        tolerance=ITRF_ANGLE, cases=tdb.size,
    )  # fmt: skip


@pytest.mark.truth
@pytest.mark.parametrize(("own", "theirs"), [(ITRF, ITRS), (TEME, ASTROPY_TEME)])
def test_frames_of_date_match_astropy(own, theirs, without_offsets, validation):
    tdb = np.random.default_rng(11).uniform(0.0, 878_000_000.0, 1_000)  # 2000 to the last prediction
    table = iers.IERS_A.open(astropy_iers_data.IERS_A_FILE)
    with iers.conf.set_temp("auto_download", False), iers.earth_orientation_table.set(table):
        time = Time(*scales.tt_julian_date(tdb), format="jd", scale="tt")
        expected = rows_through_astropy(theirs, time)
    error = angle_apart(own.from_icrf(tdb, without_offsets).matrix, expected)
    validation(
        capability="Frames", quantity=f"{own.name} attitude without celestial-pole offsets",
        authority="astropy with IERS finals2000A", error=error, unit="rad", tolerance=ASTROPY_DAYS, cases=tdb.size,
    )  # fmt: skip


@pytest.mark.truth
def test_teme_turns_a_published_state():
    # Vallado, Crawford, Hujsak & Kelso (2006), appendix C: 2004-04-06T07:51:28.386009 UTC, states in km and km/s.
    from moonstead.foundation.frames.frame import rotation
    from moonstead.foundation.time.epoch import Epoch

    data = OrientationOnly(EarthOrientation.installed())
    tdb = np.array([Epoch.parse("2004-04-06T07:51:28.386009").tdb()])
    teme = np.array([[5_094_180.1621, 6_127_644.6595, 6_380_344.5327, -4_746.131487, 785.818041, 5_531.931288]])
    expected = [-1_033_479.383, 7_901_295.2754, 6_380_356.5958, -3_225.636520, -2_872.451450, 5_531.924446]
    itrf = rotation(TEME, ITRF, tdb, data).state(teme)[0]
    # The paper took UT1 and the pole from the series of 2006: 0.1 ms and 1 mas move this satellite by 0.1 m.
    np.testing.assert_allclose(itrf[:3], expected[:3], atol=0.2)
    np.testing.assert_allclose(itrf[3:], expected[3:], atol=2e-4)


@pytest.mark.truth
def test_frame_bias_is_that_of_the_iers_conventions(data):
    # IERS Conventions (2010), eq. 5.21 and section 5.5.4: xi_0, eta_0, d alpha_0 [mas]; second order is 1e-14.
    xi, eta, alpha = (angle * 1e-3 * ARCSECOND for angle in (-16.6170, -6.8192, -14.6))
    expected = np.eye(3) + np.array([[0.0, alpha, -xi], [-alpha, 0.0, -eta], [xi, eta, 0.0]])
    np.testing.assert_allclose(EME2000.from_icrf(np.zeros(1), data).matrix[0], expected, atol=BIAS)


@pytest.mark.truth
def test_ecliptic_is_that_of_spice(data):
    np.testing.assert_allclose(
        ECLIPJ2000.from_icrf(np.zeros(1), data).matrix[0], spiceypy.pxform("J2000", "ECLIPJ2000", 0.0), atol=ROUNDING
    )


@pytest.mark.parametrize("frame", [ITRF, TEME])
def test_rates_are_derivatives(frame, data, tdb):
    # Within a day the entries of the IERS are joined by straight lines; keep the four points on one of them.
    inside = np.abs((scales.tai_seconds(tdb) - 37.0 + 43_200.0) % 86_400.0 - 43_200.0) > 300.0
    # TEME follows the precession, slower than the roundings of a difference; its use is to meet the turning Earth.
    assert rate_error(frame, tdb[inside], data, 64.0, unit=EARTH_ROTATION_RATE) < RATE


@pytest.mark.parametrize("frame", [ICRF, EME2000, ECLIPJ2000])
def test_inertial_frames_do_not_turn(frame, data, tdb):
    assert not np.any(frame.from_icrf(tdb, data).rate)


@pytest.mark.parametrize("frame", [ICRF, EME2000, ECLIPJ2000, ITRF, TEME])
def test_matrices_are_proper(frame, data, tdb):
    assert_proper(frame.from_icrf(tdb, data))


def test_an_unknown_time_spoils_only_its_own_row(data):
    for frame in (ITRF, TEME):
        bad = np.isnan(frame.from_icrf(np.array([0.0, np.nan, 1e8]), data).matrix).any(axis=(1, 2))
        np.testing.assert_array_equal(bad, [False, True, False])


def test_before_the_first_entry_the_span_is_named(data):
    with pytest.raises(OutsideSpan, match="begins 1972-01-01 UTC"):
        ITRF.from_icrf(np.array([-1e9]), data)
