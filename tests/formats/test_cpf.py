"""Authority: a circular orbit in closed form, polynomials of higher degree through real predictions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.dynamics.trajectories import TabulatedTrajectory
from moonstead.formats.cpf import read_cpf
from moonstead.foundation.errors import FormatError
from moonstead.foundation.frames.standard import ITRF

CIRCLE = 0.01  # [m] tenth differences of a turn of 13 400 s at steps of 300 s, three times as much at the ends
MILLIMETRES = 2e-3  # [m] positions are rounded to 1 mm, and polynomials of high degree widen that
VELOCITY = 1e-3  # [m/s] of positions rounded to the millimetre every 300 s, at the ends of the table
HEADER = """H1 CPF  2 XXX 2018  6 13 12  164 1 ball NONE
H2 7603901 1155 8820 2018 6 13 0 0 0 2018 6 15 0 0 0 300 1 1 0 0 0 1
"""
RADIUS, RATE = 1.2e7, 4.7e-4


def _circle(tmp_path: Path, *, count: int = 30, change=lambda text: text) -> Path:
    second = 300.0 * np.arange(count)
    rows = [
        f"10 0 58282 {t:.5f} 0 {RADIUS * np.cos(RATE * t):.3f} {RADIUS * np.sin(RATE * t):.3f} {0.0:.3f}\n"
        for t in second
    ]
    path = tmp_path / "ball.cpf"
    path.write_text(change(HEADER + "".join(rows) + "99\n"))
    return path


def test_a_circle_is_met_between_its_points_and_in_its_speed(tmp_path: Path) -> None:
    file = read_cpf(_circle(tmp_path))
    assert (file.version, file.source, file.target, file.faults) == (2, "XXX", "ball", ())
    track = file.trajectory()
    at = file.tdb[0] + np.array([0.0, 1234.5, 4321.0, 8650.0])
    state = track.state(at)
    angle = RATE * (at - file.tdb[0])
    place = RADIUS * np.column_stack((np.cos(angle), np.sin(angle), 0.0 * angle))
    speed = RADIUS * RATE * np.column_stack((-np.sin(angle), np.cos(angle), 0.0 * angle))
    np.testing.assert_allclose(state[:, :3], place, atol=CIRCLE)
    np.testing.assert_allclose(state[:, 3:], speed, atol=VELOCITY)


@pytest.mark.parametrize(
    ("name", "version"),
    [("lageos2/lageos2_cpf_160213_5441.sgf", 1), ("lageos1_cpf_180613_16401.hts", 2)],
)
def test_more_points_do_not_change_a_real_prediction_and_its_speed_is_its_slope(
    shared_data: Path, name: str, version: int
) -> None:
    file = read_cpf(shared_data / "monitoring/od" / name)
    assert (file.version, file.faults) == (version, ())
    states = np.concatenate((file.position, file.velocity), axis=1)
    finer = TabulatedTrajectory("finer", "EARTH", ITRF, file.tdb, states, 15, "lagrange")
    between = 0.5 * (file.tdb[10:-10] + file.tdb[11:-9])
    found = file.trajectory().state(between)
    np.testing.assert_allclose(found[:, :3], finer.state(between)[:, :3], rtol=0.0, atol=MILLIMETRES)
    rate = (file.trajectory().state(between + 1.0) - file.trajectory().state(between - 1.0))[:, :3] / 2.0
    np.testing.assert_allclose(found[:, 3:], rate, rtol=0.0, atol=VELOCITY)


def test_the_centre_of_mass_stands_where_the_file_tells_it(shared_data: Path) -> None:
    assert read_cpf(shared_data / "monitoring/od/lageos1_cpf_180613_16401.hts").center_of_mass == 0.251
    assert np.isnan(read_cpf(shared_data / "monitoring/od/jason3_cpf_180613_16401.cne.gz").center_of_mass)


def test_damaged_positions_are_told_and_the_rest_kept(tmp_path: Path) -> None:
    def damage(text: str) -> str:
        lines = text.splitlines()
        lines[5] = lines[5].replace(".", "x", 1)
        lines[7] = lines[7][:20]
        lines[9] = lines[9].replace("10 0", "10 1")
        lines[11] = "10 0 58282 3000.0 0 nan 1e7 0"
        return "\n".join([*lines, "99"])

    file = read_cpf(_circle(tmp_path, change=damage))
    assert [fault.line for fault in file.faults] == [6, 8, 10, 12]
    assert file.tdb.size == 26


def test_a_file_without_end_is_told_to_be_cut(tmp_path: Path) -> None:
    file = read_cpf(_circle(tmp_path, change=lambda text: text[:-3]))
    assert "cut off" in file.faults[0].what


@settings(max_examples=100)
@given(place=st.integers(0, 900), text=st.text(st.characters(codec="ascii"), max_size=8))
def test_no_change_of_a_few_characters_breaks_the_reader(tmp_path_factory, place: int, text: str) -> None:
    path = _circle(
        tmp_path_factory.getbasetemp(), count=16, change=lambda whole: whole[:place] + text + whole[place + len(text) :]
    )
    try:
        file = read_cpf(path)
    except FormatError:
        return
    assert np.all(np.isfinite(file.trajectory().state(file.tdb)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda text: text.replace("H1 CPF", "H1 CRD"), "does not begin", id="other format"),
        pytest.param(lambda text: text.replace("300 1 1 0 0 0 1", "300 1 1 2 0 0 1"), "reference frame", id="inertial"),
        pytest.param(lambda text: text.replace("H2 7603901", "H3 7603901"), "H2 is missing", id="no H2"),
        pytest.param(lambda text: text[: len(HEADER) + 300], "usable positions", id="too few"),
        pytest.param(lambda text: "", "does not begin", id="empty"),
    ],
)
def test_what_is_no_prediction_is_refused(tmp_path: Path, change, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        read_cpf(_circle(tmp_path, change=change))
