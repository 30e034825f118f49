"""Authority: the polynomial of the header, evaluated by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.formats.rinex_navigation import TimeCorrection, read_navigation
from moonstead.foundation.errors import MissingData
from moonstead.navigation.broadcast.time_offsets import time_offset

BRDC = "BRDC00IGS_R_20220010000_01D_MN.rnx.gz"


def test_an_offset_grows_from_its_reference():
    corrections = (TimeCorrection("GPUT", 3e-9, 2e-15, 1.3e9), TimeCorrection("GLUT", -1e-9, 0.0, math.nan))
    found = time_offset(corrections, "GPUT", [1.3e9, 1.3e9 + 86_400.0, np.nan])
    np.testing.assert_allclose(found, [3e-9, 3e-9 + 2e-15 * 86_400.0, np.nan], rtol=1e-15)
    np.testing.assert_array_equal(time_offset(corrections, "GLUT", [0.0, 1.4e9]), [-1e-9, -1e-9])


def test_the_nearest_of_several_is_used():
    corrections = tuple(TimeCorrection("GAGP", 1e-9 * k, 0.0, 1.3e9 + 1000.0 * k) for k in range(3))
    np.testing.assert_array_equal(
        time_offset(corrections, "GAGP", 1.3e9 + np.array([-9e9, 400.0, 1600.0, 9e9])), [0.0, 0.0, 2e-9, 2e-9]
    )


def test_a_real_day_keeps_what_the_systems_promise(shared_data):
    """GPS time within 1 us of UTC(USNO), and far closer in fact; GGTO within 50 ns."""
    corrections = read_navigation(shared_data / "gnss" / BRDC).time_corrections
    day = corrections[0].reference - 3 * 86_400.0 + np.arange(0.0, 86_400.0, 3600.0)
    for kind in ("GPUT", "GLUT", "GAUT", "GAGP", "BDUT", "IRUT"):
        assert np.all(np.abs(time_offset(corrections, kind, day)) < 20e-9)


def test_an_unknown_offset_names_those_that_are_there():
    with pytest.raises(MissingData, match="GPUT"):
        time_offset((TimeCorrection("GPUT", 0.0, 0.0, 0.0),), "BDUT", 0.0)
