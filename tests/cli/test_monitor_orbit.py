"""Authority: the fit of real laser ranges in tests/monitoring/tracking; what a user sees when input is wrong."""

from __future__ import annotations

import contextlib
import io
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.formats.oem import read_oem

RESIDUALS = 0.05  # [m] asked of the fit
SAME_START = 0.5  # [1] of a standard deviation: the same ranges chosen, from another first guess


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "monitoring/od/lageos2"


def _run(folder: Path, *more: str, tracking: str = "lageos2_20160214.npt") -> tuple[int, str, str]:
    words = [
        *("monitor", "orbit", str(folder / tracking), "--stations"),
        *(str(folder / "SLRF2014_POS+VEL_2030.0_200428.snx.gz"), "--eccentricities", str(folder / "ecc_une.snx.gz")),
    ]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = execute([*words, *more])
    return code, out.getvalue(), err.getvalue()


def _answer(folder: Path, *more: str) -> dict:
    code, out, err = _run(folder, *more, "--json")
    assert code == 0, err
    return json.loads(out)


@pytest.fixture(scope="module")
def fitted(folder: Path, tmp_path_factory) -> tuple[dict, Path]:
    prediction, oem = str(folder / "lageos2_cpf_160213_5441.sgf"), tmp_path_factory.mktemp("fit") / "lageos2.oem"
    return _answer(folder, "--cpf", prediction, "--against", prediction, "--predict", "6 h", "--oem", str(oem)), oem


def test_ranges_are_fitted_from_a_prediction_and_told_by_station(fitted) -> None:
    answer, _ = fitted
    assert (answer["target"], answer["measurements"], answer["converged"]) == ("lageos2", 95, True)
    assert answer["rms_of_all_m"] <= RESIDUALS
    assert {one["station"] for one in answer["stations"]} == {"YARL 7090", "HA4T 7119", "STL3 7825", "MATM 7941"}
    assert sum(one["used"] + one["rejected"] for one in answer["stations"]) == 95
    assert all(0.0 < sigma < 0.2 for sigma in answer["state"]["position_sigma_m"])
    assert answer["comparison"]["rms_3d_m"] < 0.5
    names = ["along", "along_cos", "along_sin", "cross_cos", "cross_sin"]
    assert [one["name"] for one in answer["parameters_si"]] == names


def test_the_ephemeris_is_the_orbit(fitted) -> None:
    answer, path = fitted
    segment = read_oem(path).segments[0]
    state = answer["state"]
    assert segment.tdb[0] == pytest.approx(state["epoch_tdb_s"], abs=1e-6)
    np.testing.assert_allclose(segment.states[0, :3], state["position_m"], atol=1e-2)
    assert segment.tdb[-1] - segment.tdb[0] > 72 * 3600.0  # 66 h of ranges and 6 h ahead


def test_a_state_file_with_its_forces_leads_to_the_same_orbit(folder, fitted, tmp_path) -> None:
    answer, _ = fitted
    state = answer["state"]
    path = tmp_path / "lageos2.toml"
    near = np.array(state["position_m"]) + np.array([900.0, -500.0, 400.0])
    path.write_text(
        f"""
name = "lageos2"
mass = "405.38 kg"
[orbit]
kind = "state"
center = "EARTH"
epoch = {state["epoch_utc"]}Z
frame = "ICRF"
position = {[f"{value} m" for value in near]}
velocity = {[f"{value} m/s" for value in state["velocity_m_s"]]}
[forces]
degree = 36
third_bodies = ["SUN", "MOON", "VENUS", "MARS BARYCENTER", "JUPITER BARYCENTER"]
relativity = true
[radiation]
area = "0.2827 m2"
reflectivity = 1.13
"""
    )
    again = _answer(folder, "--state", str(path))
    off = np.abs(np.array(again["state"]["position_m"]) - state["position_m"])
    assert np.all(off < SAME_START * np.array(state["position_sigma_m"]))


def test_the_table_names_stations_and_what_was_left_out(folder) -> None:
    prediction = str(folder / "lageos2_cpf_160213_5441.sgf")
    code, out, err = _run(folder, "--cpf", prediction, "--seek", "", "--bias", "7090,7119")
    assert code == 0, err
    assert "left out" in out
    assert "range bias of YARL 7090" in out
    assert "along_cos" not in out


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param((), "give a first guess", id="no first guess"),
        pytest.param(("--cpf", "no.cpf"), "no such file", id="no prediction"),
        pytest.param(("--cpf", "CPF", "--seek", "sideways"), "no force parameter", id="unknown force"),
        pytest.param(("--cpf", "CPF", "--seek", "drag"), "has no drag", id="no drag in the model"),
        pytest.param(("--cpf", "CPF", "--bias", "YARL"), "measured have 7090, 7119", id="bias by name"),
        pytest.param(("--cpf", "CPF", "--bias", "7810"), "bias of station 7810", id="bias of a stranger"),
        pytest.param(("--cpf", "CPF", "--predict", "-3 h"), "--predict", id="backwards"),
    ],
)
def test_wrong_input_is_told_in_one_panel(folder, more: tuple[str, ...], words: str) -> None:
    prediction = str(folder / "lageos2_cpf_160213_5441.sgf")
    code, _, err = _run(folder, *(prediction if word == "CPF" else word for word in more))
    assert code in (2, 3)
    assert words in err
    assert "Traceback" not in err


def test_a_station_without_coordinates_is_missing_data(folder) -> None:
    prediction = str(folder / "lageos2_cpf_160213_5441.sgf")
    code, _, err = _run(folder, "--cpf", prediction, tracking="../lageos2_201802.npt.v2C")
    assert code == 3
    assert "9998" in err


def test_messages_of_other_sensors_are_fitted_too(tmp_path) -> None:
    """Simulated ranges and pointings of two stations without noise, through a TDM: the orbit comes back."""
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.propagate import OrbitState, propagate
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.formats.tdm import write_tdm
    from moonstead.foundation.data import DataContext
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.tracking.computed_values import computed_values
    from moonstead.monitoring.tracking.measurements import joined, measurements
    from moonstead.monitoring.tracking.tdm_measurements import tdm_of_measurements

    data, epoch = DataContext.installed(), Epoch.parse("2026-03-01T00:00:00Z")
    truth = np.array([7.0e6, 1.0e6, 2.0e6, -1.5e3, 6.9e3, 2.0e3])
    model = ForceModel(center="EARTH", degree=8, third_bodies=("SUN", "MOON"))
    flown = propagate(OrbitState(truth, epoch.tdb(), "EARTH"), epoch.tdb() + 2000.0, model, data, tolerance=1e-3)
    west, east = SurfacePoint.on_earth("west", 0.1, 0.1, 100.0), SurfacePoint.on_earth("east", 0.5, 0.5, 800.0)
    times = epoch.tdb() + 60.0 + 30.0 * np.arange(50)
    rows = joined(
        [
            part
            for station in (west, east)
            for part in (
                measurements("range", times, np.zeros(50), 30.0, station),
                measurements("azimuth-elevation", times, np.zeros((50, 2)), 5e-4, station),
            )
        ]
    )
    rows = replace(rows, value=computed_values(rows, flown, data).value)
    write_tdm(tmp_path / "pass.tdm", tdm_of_measurements(rows, "SAT", "TEST", epoch))
    places = "".join(
        f'[[station]]\nname = "{name}"\nlatitude_deg = {math.degrees(angle)!r}\n'
        f"longitude_deg = {math.degrees(angle)!r}\nheight_m = {height}\n"
        for name, angle, height in (("west", 0.1, 100.0), ("east", 0.5, 800.0))
    )
    (tmp_path / "places.toml").write_text(places)
    near = truth + np.array([2e3, -1e3, 1e3, 2.0, 1.0, -2.0])
    (tmp_path / "guess.toml").write_text(
        f"""
name = "SAT"
mass = "100 kg"
[orbit]
kind = "state"
center = "EARTH"
epoch = 2026-03-01T00:00:00Z
frame = "ICRF"
position = {[f"{value} m" for value in near[:3]]}
velocity = {[f"{value} m/s" for value in near[3:]]}
[forces]
degree = 8
third_bodies = ["SUN", "MOON"]
"""
    )
    words = ["monitor", "orbit", str(tmp_path / "pass.tdm"), "--stations", str(tmp_path / "places.toml")]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = execute([*words, "--state", str(tmp_path / "guess.toml"), "--seek", "", "--json"])
    assert code == 0, err.getvalue()
    answer = json.loads(out.getvalue())
    assert (answer["target"], answer["measurements"], answer["rejected"]) == ("SAT", 200, 0)
    at = np.array([answer["state"]["epoch_tdb_s"]])
    # tides of the Earth, which the simulated flight does not have, are worth decimetres in 25 minutes
    np.testing.assert_allclose(answer["state"]["position_m"], flown.state(at)[0, :3], atol=1.0)
    assert {one["unit"] for one in answer["stations"]} == {"m", "arcsec"}
