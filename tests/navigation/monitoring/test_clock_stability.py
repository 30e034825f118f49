"""Authority: Allan deviations in closed form (NIST SP 1065); published stability of the blocks of satellites."""

import numpy as np
import pytest

from moonstead.formats.rinex_clock import read_clocks
from moonstead.formats.sp3 import read_sp3
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.monitoring.clock_stability import allan_deviation, clock_stability, prediction_errors

STEP = 30.0  # [s]
SAMPLED = 0.05  # [1] relative: 20 000 samples, correlated over a few of them
EXACT = 1e-6  # [1] relative: differences of doubles
# Allan deviation at 1000 s [1]: Galileo masers, GPS IIF rubidium, GLONASS-M caesium; Teunissen & Montenbruck (2017),
# Springer Handbook of GNSS, chapter 5: orders of magnitude, recalled and not read again.
PUBLISHED = {"Galileo FOC": (3e-15, 6e-14), "GPS IIF": (8e-15, 1e-13), "GLONASS-M": (5e-14, 1e-12)}


def test_white_frequency_noise_falls_with_the_root_of_time():
    walk = np.cumsum(np.random.default_rng(5).normal(0.0, 1e-11, 20_000))
    taus = np.array([30.0, 300.0])
    expected = 1e-11 / np.sqrt(STEP) / np.sqrt(taus)  # diffusion of the walk over the averaging time
    np.testing.assert_allclose(allan_deviation(walk, STEP, taus), expected, rtol=2.0 * SAMPLED)


def test_white_phase_noise_falls_with_time():
    noise = np.random.default_rng(6).normal(0.0, 1e-11, 20_000)
    taus = np.array([30.0, 300.0])
    np.testing.assert_allclose(allan_deviation(noise, STEP, taus), np.sqrt(3.0) * 1e-11 / taus, rtol=SAMPLED)


def test_offset_and_rate_leave_no_trace_and_drift_does():
    time = STEP * np.arange(2000)
    assert np.all(allan_deviation(1e-4 + 1e-10 * time, STEP, [300.0, 3000.0]) < 1e-18)
    drifting = 0.5 * 2e-18 * time**2
    np.testing.assert_allclose(
        allan_deviation(drifting, STEP, [300.0, 3000.0]), 2e-18 * np.array([300.0, 3000.0]) / np.sqrt(2.0), rtol=EXACT
    )


def test_gaps_are_left_out_and_too_short_data_have_no_answer():
    walk = np.cumsum(np.random.default_rng(7).normal(0.0, 1e-11, 20_000))
    holes = walk.copy()
    holes[::7] = np.nan
    whole, gappy = allan_deviation(walk, STEP, [60.0])[0], allan_deviation(holes, STEP, [60.0])[0]
    assert gappy == pytest.approx(whole, rel=SAMPLED)
    assert np.isnan(allan_deviation(walk[:20], STEP, [300.0, 10.0])).all()


def test_rate_drift_and_jumps_of_a_clock_made_by_hand():
    time = STEP * np.arange(1000)
    clock = 1e-5 + 2e-11 * (time - time.mean()) + 0.5 * 1e-17 * (time - time.mean()) ** 2
    jumping = clock + np.where(np.arange(1000) >= 400, 5e-8, 0.0)
    quiet, loud = clock_stability(("G01", "G02"), time, np.stack((clock, jumping), axis=1))
    assert quiet.rate == pytest.approx(2e-11, rel=EXACT)
    assert quiet.drift == pytest.approx(1e-17, rel=1e-4)
    assert (quiet.jumps, loud.jumps) == (0, 1)
    assert quiet.entries == 1000
    assert quiet.taus[0] == 30.0


def test_a_prediction_misses_what_the_clock_does_later():
    time = STEP * np.arange(1000)
    steady = 1e-5 + 2e-11 * time
    turning = steady + np.where(time > time[499], 1e-12 * (time - time[499]), 0.0)
    common = 3e-9 * np.sin(time / 3000.0)  # of the time scale: nobody's error
    table = np.stack((steady, steady, turning), axis=1) + np.where(time > time[499], common, 0.0)[:, None]
    error = prediction_errors(("G01", "G02", "G03"), time, table, time[499])
    assert np.isnan(error[:500]).all()
    np.testing.assert_allclose(error[500:, :2], 0.0, atol=1e-18)
    np.testing.assert_allclose(error[500:, 2], 1e-12 * (time[500:] - time[499]), atol=1e-18)


@pytest.mark.truth
def test_blocks_are_as_stable_as_published(shared_data):
    clocks = read_clocks(shared_data / "gnss" / "GRG0MGXFIN_20201770000_01D_30S_CLK.CLK.xz")
    rows = clock_stability(clocks.satellites, clocks.gpst, clocks.clock, taus=(1000.0,))
    for block, (least, most) in PUBLISHED.items():
        median = np.median([row.allan_deviation[0] for row in rows if row.block == block])
        assert least < median < most, block
    assert np.median([row.prediction_rms for row in rows if row.block == "Galileo FOC"]) < np.median(
        [row.prediction_rms for row in rows if row.block == "GLONASS-M"]
    )


@pytest.mark.truth
def test_a_day_is_predicted_from_the_day_before(shared_data):
    folder = shared_data / "gnss"
    orbits = read_sp3([folder / f"GRG0MGXFIN_2020{day}0000_01D_15M_ORB.SP3.gz" for day in (176, 177)])
    error = SPEED_OF_LIGHT * prediction_errors(orbits.satellites, orbits.gpst, orbits.clock, orbits.gpst[95])
    rms = {name: np.sqrt(np.nanmean(error[96:, column] ** 2)) for column, name in enumerate(orbits.satellites)}
    galileo = np.median([value for name, value in rms.items() if name[0] == "E"])
    assert galileo < 1.0  # [m] 3 ns a day for a passive maser; broadcast clocks are uploaded more often
    assert galileo < np.median([value for name, value in rms.items() if name[0] == "R"])


def test_tables_that_do_not_fit_are_refused():
    with pytest.raises(InvalidInput, match="epochs, satellites"):
        clock_stability(("G01",), [0.0, 1.0, 2.0], np.zeros((3, 2)))
    with pytest.raises(InvalidInput, match="must rise"):
        clock_stability(("G01",), [0.0, 2.0, 1.0], np.zeros((3, 1)))
    with pytest.raises(InvalidInput, match="degree"):
        clock_stability(("G01",), [0.0, 1.0, 2.0], np.zeros((3, 1)), degree=3)
    with pytest.raises(InvalidInput, match="interval"):
        allan_deviation(np.zeros(9), 0.0, [1.0])
