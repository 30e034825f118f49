"""Authority: ITRF coordinates of the stations; RTKLIB 2.4.3 b34 on the same files for what must not be worse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from moonstead.formats.rinex_navigation import read_navigation
from moonstead.formats.rinex_observation import read_observations
from moonstead.formats.sp3 import read_sp3
from moonstead.navigation.broadcast.source import BroadcastSource
from moonstead.navigation.positioning.errors import local_axes, position_errors
from moonstead.navigation.positioning.ionosphere import BroadcastIonosphere
from moonstead.navigation.positioning.single_point import single_point
from moonstead.navigation.precise.source import PreciseSource

# [m] 3-D RMS and 95 % of RTKLIB's better mode (single frequency with broadcast ionosphere, or ionosphere-free), mask
# 10 deg, and its solved epochs: rnx2rtkp 2.4.3 b34 on 2022-001, station OPEC
RTKLIB = {
    "G": (2.03, 3.65, 439),
    "R": (3.45, 5.03, 440),
    "C": (5.68, 8.40, 439),
    "RC": (4.14, 6.49, 439),
    "GRC": (2.07, 3.98, 440),
}
OPEC = np.array([3_149_785.43, 598_261.35, 5_495_348.75])  # ITRF2014 at 2022.0, +-0.15 m
BEIDOU_FREE = 3.8  # [m] 40 lines of plain least squares on B1I and B3I give 3.73
# IGb14 at 2020.86, moved to 2019.12 by the 3.2 cm/yr to the east of the Eurasian plate there
JFNG = np.array([-2_279_829.1124, 5_004_706.4500, 3_219_777.3776])
JFNG = JFNG - 1.74 * 0.032 * local_axes(JFNG)[0]
SP3_ONLY = {"G": 5.0, "R": 8.0, "C": 10.0}  # [m] ionosphere-free codes of one hour: noise times three times the PDOP


@pytest.fixture(scope="module")
def opec(shared_data):
    folder = shared_data / "gnss"
    observations = read_observations(folder / "OPEC00NOR_R_20220010000_0340_30S_MO.rnx.gz")
    navigation = read_navigation(folder / "BRDC00IGS_R_20220010000_01D_MN.rnx.gz")
    told = navigation.ionosphere
    model = BroadcastIonosphere("GPS", np.array(told["GPSA"]), np.array(told["GPSB"]))
    return observations, BroadcastSource.from_file(navigation), model


@pytest.mark.truth
@pytest.mark.parametrize("systems", list(RTKLIB))
def test_every_mix_of_systems_is_at_least_as_good_as_rtklib(opec, systems, validation):
    observations, source, model = opec
    error = position_errors(single_point(observations, source, systems=systems, model=model), OPEC)
    rms, high, solved = RTKLIB[systems]
    assert error.solved >= solved
    assert error.p95_3d <= high
    validation(
        capability="Single-point positions",
        quantity=f"3-D RMS over 3.7 h at OPEC, {systems}",
        authority="ITRF2014 coordinates; tolerance: RTKLIB 2.4.3 on the same files",
        error=error.rms_3d,
        unit="m",
        tolerance=rms,
        cases=error.solved,
    )


@pytest.mark.truth
def test_beidou_alone_without_ionosphere_uses_all_generations(opec, validation):
    observations, source, model = opec
    series = single_point(observations, source, systems="C", ionosphere="free", model=model)
    error = position_errors(series, OPEC)
    assert error.solved >= 0.99 * error.epochs
    # RTKLIB pairs B1I with B2I, which BeiDou-3 does not send, and solves 57 of 440 epochs
    new = [column for column, name in enumerate(series.satellites) if int(name[1:]) >= 19]
    assert series.used[:, new].any(axis=0).sum() >= 5
    assert all(series.notes["signals"][series.satellites[column]] == ["C2X", "C6X"] for column in new)
    validation(
        capability="Single-point positions",
        quantity="3-D RMS of BeiDou alone, B1I/B3I, at OPEC",
        authority="ITRF2014 coordinates",
        error=error.rms_3d,
        unit="m",
        tolerance=BEIDOU_FREE,
        cases=error.solved,
    )


@pytest.mark.truth
@pytest.mark.parametrize("systems", list(SP3_ONLY))
def test_orbits_and_clocks_of_an_sp3_file_are_enough(shared_data, systems, validation):
    folder = shared_data / "gnss"
    observations = read_observations(folder / "JFNG00CHN_R_20190450700_01H_30S_MO.rnx.gz")
    source = PreciseSource(read_sp3(folder / "COD0MGXFIN_20190450000_01D_05M_ORB.SP3.gz"))
    error = position_errors(single_point(observations, source, systems=systems), JFNG)
    assert error.solved >= 0.99 * error.epochs
    validation(
        capability="Single-point positions",
        quantity=f"3-D RMS from SP3 alone at JFNG, {systems}",
        authority="IGS coordinates of week 2131 with plate motion",
        error=error.rms_3d,
        unit="m",
        tolerance=SP3_ONLY[systems],
        cases=error.solved,
    )


def test_each_epoch_by_itself_is_solved_too(opec):
    observations, source, model = opec
    series = single_point(observations, source, systems="GRC", model=model, adaptive=False)
    assert series.notes["learnt_from_epochs"] == 0
    assert position_errors(series, OPEC).rms_3d < RTKLIB["GRC"][0]


def test_smoothed_codes_scatter_less(opec):
    observations, source, model = opec
    plain, smooth = (
        position_errors(
            single_point(observations, source, systems="GC", model=model, ionosphere="free", smoothing=seconds), OPEC
        )
        for seconds in (0.0, 900.0)
    )
    assert np.linalg.norm(smooth.scatter) < 0.8 * np.linalg.norm(plain.scatter)


def test_messages_of_another_week_solve_nothing_and_say_why(opec):
    observations, source, model = opec
    late = replace(observations, gpst=observations.gpst + 604_800.0)
    series = single_point(late, source, systems="GRC", model=model)
    assert not series.solved.any()
    assert set(series.status) == {"few satellites"}


def test_a_satellite_that_lies_by_100_km_is_left_out_of_a_real_day(opec):
    observations, source, model = opec
    old = observations.systems["C"]
    values = old.values.copy()
    values[[n for n, code in enumerate(old.codes) if code[0] == "C"], :, old.satellites.index("C24")] += 1e5
    spoiled = replace(observations, systems=observations.systems | {"C": replace(old, values=values)})
    series = single_point(spoiled, source, systems="GRC", model=model)
    error = position_errors(series, OPEC)
    assert error.rms_3d < RTKLIB["GRC"][0]
    assert not series.used[:, series.satellites.index("C24")].any()
