"""Authority: offsets put in by hand; the polynomial of RINEX."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from moonstead.formats.rinex_navigation_header import TimeCorrection
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.navigation.monitoring.time_offsets import shown_offsets, told_offsets

NOISE = 2e-10  # [s] decimetres of clock noise, the median of five satellites


def test_told_offsets_are_the_polynomial_and_their_differences():
    found = {
        one.kind: one
        for one in told_offsets(
            [
                TimeCorrection("GPUT", 1e-9, 1e-14, 1000.0),
                TimeCorrection("BDUT", -4e-9, 0.0, float("nan"), satellite="C19"),
                TimeCorrection("BDUT", -6e-9, 0.0, float("nan"), satellite="C20"),
                TimeCorrection("GAGP", 2e-9, 0.0, 1000.0, a2=1e-18),
            ],
            3000.0,
        )
    }
    assert found["GPUT"].offset == pytest.approx(1.02e-9)
    assert found["BDUT"].offset == pytest.approx(-5e-9)
    assert found["BDUT"].spread == pytest.approx(2e-9)
    assert found["BDUT"].said == 2
    assert found["GAGP"].offset == pytest.approx(2e-9 + 4e-12)
    assert found["GAGP"].text == "Galileo time less GPS time"
    assert found["BDUT - GPUT"].offset == pytest.approx(-6.02e-9)
    assert set(found) == {"GPUT", "BDUT", "GAGP", "BDUT - GPUT"}
    assert told_offsets([], 0.0) == ()


def test_shown_offsets_are_what_the_clocks_have_in_common(quiet):
    gps, other = quiet(("G01", "G02", "G03", "G04", "G05")), quiet(seed=5)
    moved = other.clock + SPEED_OF_LIGHT * (20e-9 + 1e-14 * (other.gpst - other.gpst.mean()))[:, None]
    (found,) = shown_offsets({"BDS-3 MEO": replace(other, clock=moved), "GPS IIF": gps})
    assert (found.name, found.reference, found.epochs) == ("BDS-3 MEO", "GPS IIF", other.gpst.size)
    assert found.offset == pytest.approx(20e-9, abs=NOISE)
    assert found.rate == pytest.approx(1e-14, abs=1e-13)
    assert found.scatter < 5.0 * NOISE
    assert shown_offsets({"GPS": gps}) == ()
    empty = replace(other, clock=np.full_like(other.clock, np.nan))
    assert shown_offsets({"GPS": gps, "none": empty}) == ()
