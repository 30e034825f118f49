"""Authority: clocks made with known noise; real clocks of two days in a row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.sp3 import read_sp3
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.orbit_determination.clock import predict_clock

STEP = 900.0
TIMES = 1.2771e9 + STEP * np.arange(96)
WALK = 1e-11  # [s/s^0.5] white noise of the frequency: a rubidium clock of GPS
COVERED = (0.5, 2.0)  # [1] root mean square of errors over their sigma, of 200 clocks whose noise is estimated


def test_a_clock_without_noise_is_predicted_without_error() -> None:
    since = TIMES - TIMES[-1]
    clock = 1e-4 + 2e-12 * since
    found = predict_clock("G01", TIMES, clock)
    later = TIMES[-1] + np.array([3600.0, 86_400.0])
    np.testing.assert_allclose(found.offset(later), 1e-4 + 2e-12 * (later - TIMES[-1]), atol=1e-16)
    assert found.coefficients[2] == 0.0


def test_a_clock_that_drifts_gets_a_parabola() -> None:
    since = TIMES - TIMES[-1]
    clock = 1e-4 + 2e-12 * since + 5e-18 * since**2 + 1e-12 * np.random.default_rng(1).standard_normal(96)
    found = predict_clock("G01", TIMES, clock)
    assert found.coefficients[2] == pytest.approx(5e-18, rel=0.05)


def test_noise_is_found_and_covers_the_errors() -> None:
    random = np.random.default_rng(4)
    walks, ratios = [], []
    for _ in range(200):
        whole = np.cumsum(WALK * np.sqrt(STEP) * random.standard_normal(192)) + 1e-11 * random.standard_normal(192)
        found = predict_clock("G01", TIMES, whole[:96])
        later = TIMES[-1] + STEP * np.array([4.0, 24.0, 96.0])
        ratios.append((found.offset(later) - whole[[99, 119, 191]]) / found.sigma(later))
        walks.append(found.phase_walk)
    assert np.sqrt(np.median(walks)) == pytest.approx(WALK, rel=0.3)
    spread = np.sqrt(np.median(np.square(ratios), axis=0)) / 0.6745
    assert np.all((spread > COVERED[0]) & (spread < COVERED[1]))


def test_gaps_are_passed_over_and_too_little_is_refused() -> None:
    clock = 1e-4 + 1e-12 * (TIMES - TIMES[-1])
    clock[10:20] = np.nan
    assert np.isfinite(predict_clock("R01", TIMES, clock).sigma(TIMES[-1:] + 3600.0)).all()
    clock[7:] = np.nan
    with pytest.raises(InvalidInput, match="7 clock values"):
        predict_clock("R01", TIMES, clock)


@pytest.mark.truth
def test_real_galileo_clocks_are_predicted_over_a_day(shared_data: Path, validation) -> None:
    """Passive hydrogen masers: decimetres in a day."""
    names = (f"GRG0MGXFIN_2020{day}0000_01D_15M_ORB.SP3.gz" for day in (176, 177))
    first, second = (read_sp3(shared_data / "gnss" / name) for name in names)
    off = []
    for satellite in first.satellites:
        if satellite[0] != "E" or satellite not in second.satellites:
            continue
        known = first.clock[:, first.satellites.index(satellite)]
        truth = second.clock[:, second.satellites.index(satellite)]
        if np.isfinite(known).sum() > 48 and np.isfinite(truth[[0, -1]]).all():
            off.append(predict_clock(satellite, first.gpst, known).offset(second.gpst[-1:])[0] - truth[-1])
    error = SPEED_OF_LIGHT * float(np.median(np.abs(np.array(off) - np.median(off))))
    validation(
        capability="clock prediction of navigation satellites",
        quantity="Galileo clocks 24 h ahead, median over satellites",
        authority="GRG final clocks 2020-177",
        error=error,
        unit="m",
        tolerance=0.5,
        cases=len(off),
    )
