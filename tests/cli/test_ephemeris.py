"""Authority: CSPICE through spiceypy with the same kernels, asked in its own words."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path

import numpy as np
import pytest
import spiceypy

from moonstead.cli.ephemeris import _tdb, _texts
from moonstead.cli.main import execute
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch

GOOD = Path(__file__).resolve().parents[1] / "scenario" / "good.toml"
POSITION, VELOCITY = 1e-3, 1e-9  # [m], [m/s] double precision of positions of 1e11 m, with some operations on them
# [m] SPICE rounds the time at which the light left to float64 seconds, by 0.06 us at most; the Earth flies 1.8 mm in it
EMISSION = 2e-3
APPARENT = (
    1.0  # [m] at the Moon; SPICE's stellar aberration keeps the second order in v/c, 1e-8 rad, ours is first order
)
LONG_TABLE = 30.0  # [s] of processor; it takes 6, and took 75 when each epoch was converted for itself
CORRECTIONS = {"geometric": "NONE", "light-time": "CN", "apparent": "CN+S"}


def ask(capsys, *arguments):
    code = execute(["ephemeris", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def answer(capsys, *arguments):
    code, out, err = ask(capsys, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


@pytest.fixture
def spice():
    data = DataContext.installed()
    spiceypy.furnsh(str(data.dataset("de440s").path))
    yield spiceypy
    spiceypy.kclear()


@pytest.mark.truth
@pytest.mark.parametrize("aberration", CORRECTIONS)
def test_states_are_those_of_spice(aberration, spice, capsys, validation):
    worst = np.zeros(2)
    for target, observer in (("moon", "earth"), ("sun", "moon"), ("mars barycenter", "earth"), ("399", "301")):
        found = answer(
            capsys, "--target", target, "--observer", observer, "--at", "2030-01-01T00:00:00", "--scale", "TDB",
            "--aberration", aberration,
        )  # fmt: skip
        tdb = 30 * 365 * 86_400.0 + 8 * 86_400.0 - 43_200.0
        assert found["tdb_s"] == tdb
        state, _ = spice.spkezr(target, tdb, "J2000", CORRECTIONS[aberration], observer)
        state = 1e3 * np.array(state)
        scale = max(1.0, np.linalg.norm(state[:3]) / 1e12)
        worst[0] = max(worst[0], np.linalg.norm(state[:3] - found["position_m"]) / scale)
        worst[1] = max(worst[1], np.linalg.norm(state[3:] - found["velocity_m_s"]) / scale)
    if aberration == "geometric":
        assert worst[1] <= VELOCITY
    validation(
        capability="Ephemeris on the command line",
        quantity=f"position, {aberration}",
        authority="SPICE N0067 (spiceypy)",
        error=worst[0],
        unit="m",
        tolerance=POSITION if aberration == "geometric" else EMISSION,
        cases=4,
    )


@pytest.mark.truth
def test_an_asteroid_of_an_spk_file_is_found_by_its_number(spice, shared_data, capsys):
    kernel = str(shared_data / "smallbodies" / "2024YR4_jpl_54509621.bsp")
    spice.furnsh(kernel)
    found = answer(
        capsys, "--target", "54509621", "--observer", "earth", "--spk", kernel, "--at", "2028-01-01", "--scale", "TDB"
    )
    state, _ = spice.spkezr("54509621", found["tdb_s"], "J2000", "NONE", "EARTH")
    assert np.linalg.norm(1e3 * np.array(state[:3]) - found["position_m"]) <= POSITION
    assert [kernel["name"] for kernel in found["kernels"]] == ["de440s", "2024YR4_jpl_54509621.bsp"]


def test_a_table_steps_in_the_scale_it_was_asked_in(capsys):
    found = answer(
        capsys, "--target", "sun", "--observer", "moon", "--at", "2030-01-01", "--until", "2030-01-02", "--step", "6 h"
    )
    times = [row["epoch"] for row in found["states"]]
    assert times == [f"2030-01-0{1 + hour // 24}T{hour % 24:02d}:00:00.000000" for hour in (0, 6, 12, 18, 24)]


def test_csv_and_json_say_the_same(capsys):
    arguments = ("--target", "moon", "--observer", "earth", "--at", "2030-01-01", "--at", "2031-01-01")
    states = answer(capsys, *arguments)["states"]
    _, text, _ = ask(capsys, *arguments, "--csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    for state, row in zip(states, rows, strict=True):
        assert [float(row[axis]) for axis in ("x_m", "y_m", "z_m")] == state["position_m"]
        assert [float(row[axis]) for axis in ("vx_m_s", "vy_m_s", "vz_m_s")] == state["velocity_m_s"]
    code, table, _ = ask(capsys, *arguments)
    assert code == 0
    assert f"{states[1]['position_m'][0] / 1e3:.3f}" in table


@pytest.mark.truth
def test_the_earth_stands_where_geometry_puts_it_over_a_site(capsys):
    # The sub-Earth point librates within 7.9 deg; from 88.8 S, 1.2 deg off the pole, the Earth stays within 9.1 deg.
    found = answer(
        capsys, "--target", "earth", "--observer", "hub", "--scenario", str(GOOD), "--frame", "topocentric",
        "--at", "2035-01-01", "--until", "2035-01-28", "--step", "12 h",
    )  # fmt: skip
    heights = [row["elevation_deg"] for row in found["states"]]
    assert found["observer"] == "hub"
    assert -9.1 < min(heights) < -4.0
    assert 4.0 < max(heights) < 9.1


def test_a_ground_station_can_be_named_without_a_scenario(capsys):
    found = answer(capsys, "--target", "moon", "--observer", "kashi", "--at", "2025-01-01T00:00:00")
    assert 3.5e8 < found["range_m"] < 4.2e8


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--target", "mooon", "--observer", "earth", "--at", "2030-01-01"], 2, "did you mean 'MOON'"),
        (["--target", "hub", "--observer", "earth", "--at", "2030-01-01"], 2, "--scenario"),
        (["--target", "-60000", "--observer", "earth", "--at", "2030-01-01"], 3, "Give another by --spk"),
        (["--target", "moon", "--observer", "earth", "--at", "2030-13-01"], 2, "2030-13-01"),
        (["--target", "moon", "--observer", "earth", "--at", "2030-01-01", "--frame", "MOON"], 2, "MOON_ME"),
        (["--target", "moon", "--observer", "earth", "--at", "2030-01-01", "--scale", "XYZ"], 2, "TDB"),
        (["--target", "moon", "--observer", "earth", "--at", "2030-01-01", "--frame", "topocentric"], 2, "no place"),
        (["--target", "moon", "--observer", "earth", "--at", "2030-01-01", "--step", "1 h"], 2, "--until"),
        (["--target", "moon", "--observer", "earth", "--at", "2300-01-01"], 3, "2150"),
        (["--target", "moon", "--observer", "earth", "--at", "2030-01-01", "--spk", "lost.bsp"], 3, "lost.bsp"),
        (["--target", "moon", "--observer", "earth", "--at", "2030-01-01", "--data", "lost"], 3, "lost"),
    ],
    ids=lambda value: " ".join(value[-2:]) if isinstance(value, list) else "",
)
def test_what_cannot_be_answered_is_said_with_a_way_out(arguments, code, says, capsys):
    found, out, err = ask(capsys, *arguments, "--json")
    assert (found, out) == (code, "")
    assert says in json.loads(err)["message"]


@pytest.mark.parametrize("aberration", CORRECTIONS)
def test_what_is_seen_from_its_own_place_stands_still_there(aberration, capsys):
    """As SPICE has it: a null vector; no number is missing and nothing is divided by zero."""
    code, out, err = ask(
        capsys, "--target", "moon", "--observer", "301", "--at", "2030-01-01", "--aberration", aberration, "--json"
    )
    assert (code, err) == (0, "")
    assert json.loads(out)["position_m"] == json.loads(out)["velocity_m_s"] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("scale", ["UTC", "TDB", "TAI"])
def test_epochs_of_a_table_are_those_of_one_row_at_a_time(scale):
    data, rng = DataContext.installed(), np.random.default_rng(5)
    leap = Epoch.parse("2016-12-31T23:59:58")
    tdb = np.concatenate(
        (leap.tdb() + np.arange(0.0, 4.0, 0.25), rng.uniform(-8e8, 4.7e9, 500), rng.integers(0, 10**9, 100) - 2e-7)
    )
    assert _texts(tdb, scale, data) == [Epoch.from_tdb(when).text(scale, 6) for when in tdb.tolist()]


def test_times_of_a_table_are_those_of_one_epoch_at_a_time():
    epochs = [Epoch.parse("2016-12-31T23:59:58") + 37_000.37 * row for row in range(500)]
    np.testing.assert_array_equal(_tdb(epochs), [epoch.tdb() for epoch in epochs])


def test_a_table_of_a_hundred_thousand_rows_takes_seconds(capsys):
    began = time.process_time()
    code, out, _ = ask(
        capsys, "--target", "moon", "--observer", "earth", "--at", "2030-01-01", "--until", "2030-03-11T10:39:00",
        "--step", "1 min", "--csv",
    )  # fmt: skip
    assert code == 0
    assert out.count("\n") == 100_000 + 1
    assert time.process_time() - began < LONG_TABLE


@pytest.mark.parametrize("name", ["499", "-1", "99999999999999999999999"])
def test_an_object_that_no_kernel_has_is_missing_data(name, capsys):
    code, _, err = ask(capsys, f"--target={name}", "--observer", "earth", "--at", "2030-01-01")
    assert code == 3
    assert "--spk" in err


@pytest.mark.parametrize("name", ["3_01", "\u0663\u0660\u0661", "301.0", "nan", ""])
def test_what_only_looks_like_a_number_names_nothing(name, capsys):
    code, _, err = ask(capsys, "--target", name, "--observer", "earth", "--at", "2030-01-01")
    assert code == 2
    assert "nothing is called" in err
