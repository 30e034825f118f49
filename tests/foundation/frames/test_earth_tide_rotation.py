"""Authority: test cases printed in the routines of the IERS Conventions (2010)."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.earth import itrf_from_icrf
from moonstead.foundation.frames.earth_rotation import precise_itrf_from_icrf, tidal_orientation
from moonstead.foundation.frames.earth_tide_rotation import LIBRATION, OCEAN_TIDES
from moonstead.foundation.time.scales import tdb_from_tai

J2000_MJD = 51_544.5
SMALL_WAVES = 12.0  # [uas] waves below 3 uas that the table leaves out, and the orthogonal weights of ORTHO_EOP
SMALL_WAVES_UT1 = 1.2  # [us]
SMALL_LIBRATION = 4.0  # [uas] of the pole, [0.1 us] of UT1: waves left out
ORTHOGONAL = 1e-12


@pytest.mark.truth
def test_ocean_tides_turn_the_earth_as_the_conventions_print(validation) -> None:
    x, y, ut1 = _at(47_100.0, OCEAN_TIDES)
    error = max(abs(x + 162.8386), abs(y - 117.7908))
    assert abs(ut1 + 23.3909) < SMALL_WAVES_UT1
    validation(
        capability="Earth rotation within a day",
        quantity="polar motion by ocean tides, MJD 47100",
        authority="IERS Conventions (2010), test case of ORTHO_EOP",
        error=error,
        unit="uas",
        tolerance=SMALL_WAVES,
        cases=2,
    )


def test_libration_moves_pole_and_ut1_as_the_conventions_print() -> None:
    x, y, _ = _at(54_335.0, LIBRATION)  # PMSDNUT2
    np.testing.assert_allclose([x, y], [24.8314, -14.0924], atol=SMALL_LIBRATION)
    for day, expected in ((44_239.1, 2.4411), (55_227.4, -2.6557)):  # UTLIBR
        assert _at(day, LIBRATION)[2] == pytest.approx(expected, abs=0.1 * SMALL_LIBRATION)


def test_the_axes_stay_orthogonal_and_turn_by_what_was_added() -> None:
    data = DataContext.installed()
    tdb = 6.463e8 + np.arange(0.0, 172_800.0, 3_600.0)
    precise, plain = precise_itrf_from_icrf(tdb, data).matrix, itrf_from_icrf(tdb, data).matrix
    np.testing.assert_allclose(
        precise @ precise.transpose(0, 2, 1), np.tile(np.eye(3), (tdb.size, 1, 1)), atol=ORTHOGONAL
    )
    turn = np.linalg.norm(precise - plain, axis=(1, 2)) / np.sqrt(2.0)
    assert 1e-10 < turn.max() < 1e-8  # [rad] up to 0.2 m at 26 500 km, never a metre


def test_between_daily_values_the_pole_moves_smoothly_across_midnight() -> None:
    """A straight line between daily values has a kink at midnight; the cubic's is nearly none."""
    data = DataContext.installed()
    midnight = data.earth_orientation.tai[20_000]
    tdb = tdb_from_tai(midnight + np.array([-200.0, -100.0, 0.0, 100.0, 200.0]))
    away = precise_itrf_from_icrf(tdb, data).matrix @ np.linalg.inv(itrf_from_icrf(tdb, data).matrix)
    off = away[:, 0, 1]
    assert np.isfinite(off).all()
    assert abs(off[2] - 0.5 * (off[1] + off[3])) < 1e-11  # [rad] 0.3 mm at 26 500 km


def _at(day: float, waves: slice) -> np.ndarray:
    """Additions [uas, uas, us] at a modified Julian date."""
    data = DataContext.installed()
    tdb = np.array([(day - J2000_MJD) * 86_400.0])
    unit = np.array([1e-6 * ARCSECOND, 1e-6 * ARCSECOND, 1e-6])
    return tidal_orientation(tdb, data, waves)[0] / unit
