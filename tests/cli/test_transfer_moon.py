"""Commands about the way to the Moon and back: units in their keys, files that can be read, mistakes in one panel."""

from __future__ import annotations

import json

import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.formats.oem import read_oem


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = execute(["transfer", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_a_direct_transfer_tells_its_calendar_and_writes_its_path(run, tmp_path):
    path = tmp_path / "flight.oem"
    code, told, error = run(
        *("moon", "--from", "leo:200km,40deg", "--to", "llo:100km,90deg", "--depart", "2026-03-01..2026-03-02"),
        *("--days", "4..5", "--json", "--oem", str(path)),
    )
    assert code == 0, error
    answer = json.loads(told)
    assert answer["total_delta_v_m_s"] == pytest.approx(sum(answer["delta_v_m_s"].values()))
    assert answer["total_delta_v_m_s"] == pytest.approx(3948.9, rel=0.01)
    assert answer["flown_again"]["position_defect_m"] < 1.0
    assert len(answer["calendar"]) == 2 and answer["optima"]
    assert answer["total_delta_v_m_s"] <= min(row["total_delta_v_m_s"] for row in answer["calendar"]) + 1e-9
    oem = read_oem(path)
    assert [len(segment.tdb) > 8 for segment in oem.segments] == [True, True]
    first, last = oem.segments[0].states[0], oem.segments[-1].states[-1]
    assert np.linalg.norm(first[:3]) == pytest.approx(6578.1e3, rel=1e-4)
    assert np.linalg.norm(last[:3]) > 3.5e8


def test_a_free_return_tells_its_entry(run):
    code, told, error = run(
        "moon", "--kind", "free-return", "--depart", "2026-03-01", "--perilune", "1000 km", "--json"
    )
    assert code == 0, error
    answer = json.loads(told)
    assert answer["entry_angle_deg"] == pytest.approx(-6.0, abs=0.01)
    assert answer["entry_speed_m_s"] == pytest.approx(11.0e3, rel=0.01)
    assert {"translunar injection"} == set(answer["delta_v_m_s"])


def test_phasing_loops_and_several_insertions_tell_every_burn(run):
    common = ("moon", "--from", "leo:200km,40deg", "--depart", "2026-03-01", "--days", "4.5", "--json")
    code, told, error = run(*common, "--kind", "phasing", "--apogees", "240000 km")
    assert code == 0, error
    assert list(json.loads(told)["delta_v_m_s"]) == [
        "injection into loop 1",
        "trim in loop 1",
        "translunar injection",
        "lunar orbit insertion",
    ]
    code, told, error = run(*common, "--capture", "12 h, 3.5 h")
    assert code == 0, error
    assert "lunar orbit insertion 3" in json.loads(told)["delta_v_m_s"]


def test_a_return_tells_where_it_enters_and_what_a_capsule_bears(run):
    code, told, error = run("return", "--depart", "2026-03-10", "--capsule", "5500 kg, 3.9 m, 0.3", "--json")
    assert code == 0, error
    answer = json.loads(told)
    assert answer["corridor"]["steepest_deg"] < -6.0 < answer["corridor"]["shallowest_deg"]
    assert answer["corridor"]["planned_angle_holds"] is True
    assert -180.0 <= answer["entry_longitude_deg"] <= 180.0


def test_aborts_are_told_for_each_time(run):
    code, told, error = run(
        *("abort", "--depart", "2026-03-10", "--from", "leo:200km,40deg", "--after", "24 h", "--home", "2.5 d, 6 d"),
        "--json",
    )
    assert code == 0, error
    answer = json.loads(told)
    assert [row["home_within_d"] for row in answer["direct"]] == [2.5, 6.0]
    assert answer["cheapest"]["delta_v_m_s"] == answer["round_the_moon"][0]["delta_v_m_s"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--from", "geo"), 2, "an orbit is written as leo:200km"),
        (("--from", "leo:200km,5deg"), 4, "nearest inclination is"),
        (("--budget", "3800 m/s"), 2, "the cheapest found needs 39"),
        (("--days", "1"), 4, "direct flights take 1.5 to 7 days"),
        (("--days", "5..3"), 2, "times of flight are one or two numbers"),
        (("--mass", "90 t"), 2, "--engine is thrust and specific impulse"),
        (("--arrive", "2027-01-01..2027-01-02"), 4, "the nearest one is missed by"),
    ],
)
def test_what_cannot_be_is_told_with_what_could(run, arguments, code, message):
    got, _, error = run("moon", "--depart", "2026-03-10", "--days", "4.5", *arguments, "--json")
    assert got == code
    assert message in error


def test_a_window_that_runs_backwards_is_refused(run):
    code, _, error = run("moon", "--depart", "2026-03-10..2026-03-01", "--json")
    assert code == 2
    assert "ends before it begins" in error
