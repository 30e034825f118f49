"""Authority: `Epoch`, which keeps time in whole seconds, and dates of the standards."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.time.epoch import Epoch
from moonstead.navigation.time import (
    J2000_GPST,
    gpst_from_tdb,
    gpst_minus_utc,
    tdb_from_gpst,
    week_and_second,
)

GRAIN = 5e-7  # [s] two roundings of a float64 of 1.5e9 s
ZERO = Epoch.parse("1980-01-06T00:00:00", "GPST")


@pytest.mark.parametrize(
    "text", ["1980-01-06T00:00:00", "2000-01-01T12:00:00", "2022-01-01T00:00:00", "2038-11-21T00:00:07.5"]
)
def test_gpst_is_that_of_epochs(text):
    epoch = Epoch.parse(text, "GPST")
    gpst = epoch - ZERO
    assert tdb_from_gpst(gpst)[0] == pytest.approx(epoch.tdb(), abs=GRAIN)
    assert gpst_from_tdb(epoch.tdb())[0] == pytest.approx(gpst, abs=GRAIN)


def test_j2000_has_its_count_of_seconds():
    assert Epoch.parse("2000-01-01T12:00:00", "GPST") - ZERO == J2000_GPST


def test_leap_seconds_change_at_their_midnights():
    begin = Epoch.parse("2017-01-01T00:00:00") - ZERO
    np.testing.assert_array_equal(gpst_minus_utc([begin - 1.0, begin, np.nan]), [17.0, 18.0, np.nan])


def test_weeks_begin_on_sundays():
    week, second = week_and_second(Epoch.parse("2022-01-01T00:00:00", "GPST") - ZERO)
    assert (week[0], second[0]) == (2190, 518_400.0)
