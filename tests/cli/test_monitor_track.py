"""Authority: the orbit that the tracking is simulated from; what a user sees when input is wrong."""

from __future__ import annotations

import contextlib
import io
import json

import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.formats.tdm import write_tdm
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.tracking.measurements import joined, measurements
from moonstead.monitoring.tracking.simulated_tracking import elevations, simulated
from moonstead.monitoring.tracking.tdm_measurements import tdm_of_measurements

EPOCH = 7.5e8  # [s TDB past J2000]
FORCES = ForceModel(center="EARTH", degree=20, third_bodies=("SUN", "MOON"))
PLACE = (10.0, 20.0)  # [deg]
STATIONS = f'[[station]]\nname = "radar"\nlatitude_deg = {PLACE[0]}\nlongitude_deg = {PLACE[1]}\nheight_m = 50.0\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A TDM of one pass, its stations, and the truth."""
    from moonstead.foundation.frames.standard import ITRF

    data, out = DataContext.installed(), tmp_path_factory.mktemp("track")
    station = SurfacePoint.on_earth("radar", *np.radians(PLACE), 50.0)
    over = ITRF.from_icrf(np.array([EPOCH + 300.0]), data).inverse().position(station.position[None])[0]
    up = over / np.linalg.norm(over)
    along = np.cross([0.0, 0.0, 1.0], up)
    along /= np.linalg.norm(along)
    middle = np.concatenate((up * 7.1e6, 7.45e3 * (0.8 * along + 0.6 * np.cross(up, along))))
    back = propagate(OrbitState(middle, EPOCH + 300.0, "EARTH"), EPOCH - 5.0, FORCES, data)
    truth = propagate(OrbitState(back.state([EPOCH - 5.0])[0], EPOCH - 5.0, "EARTH"), EPOCH + 700.0, FORCES, data)
    times = EPOCH + np.arange(0.0, 610.0, 20.0)
    parts = [("range", np.zeros(31), 30.0), ("azimuth-elevation", np.zeros((31, 2)), 5e-4)]
    rows = joined([measurements(kind, times, value, sigma, station) for kind, value, sigma in parts])
    rows = rows.select(elevations(rows, truth, data) > np.radians(10.0))
    tdm = tdm_of_measurements(simulated(rows, truth, data, 5), "OBJECT 1", "MOONSTEAD", Epoch.parse("2024-01-01"))
    write_tdm(out / "pass.tdm", tdm)
    (out / "stations.toml").write_text(STATIONS)
    return out, truth


def run(folder, *more, tracking="pass.tdm", stations="stations.toml"):
    words = ["monitor", "track", str(folder / tracking), "--stations", str(folder / stations), *more]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = execute(words)
    return code, out.getvalue(), err.getvalue()


def test_a_pass_is_followed_without_any_first_guess(folder):
    path, truth = folder
    code, out, err = run(path, "--json")
    assert code == 0, err
    answer = json.loads(out)
    assert (answer["first_orbit"], answer["objects"], answer["center"]) == ("Gibbs", ["OBJECT 1"], "EARTH")
    state = answer["state"]
    error = np.array(state["position_m"] + state["velocity_m_s"]) - truth.state([state["epoch_tdb_s"]])[0]
    covariance = np.array(state["covariance_m_m_s"])
    assert error @ np.linalg.solve(covariance, error) < 30.0  # 6 expected; beyond once in 25 000
    assert 0.4 < answer["normalised_innovation_squared"] < 1.6
    smoothed = [step["smoothed_position_sigma_m"] for step in answer["steps"]]
    assert smoothed[0] < answer["steps"][0]["position_sigma_m"]


def test_the_table_says_state_and_sigma(folder):
    code, out, err = run(folder[0], "--filter", "ekf", "--gate", "1e-6")
    assert code == 0, err
    assert "start by Gibbs" in out and "position x" in out


@pytest.mark.parametrize(
    ("more", "files", "code", "words"),
    [
        (("--filter", "pf"), {}, 2, "ekf or ukf"),
        (("--direction", "down"), {}, 2, "astrometric, apparent or geometric"),
        ((), {"tracking": "none.tdm"}, 3, "no such file"),
        ((), {"stations": "none.toml"}, 3, "no such file"),
        ((), {"stations": "other.toml"}, 2, "does not lead to a known station"),
        (("--range-sigma", "5 kg"), {}, 2, "kg"),
    ],
    ids=["filter", "direction", "no-tracking", "no-stations", "other-stations", "unit"],
)
def test_wrong_input_is_told_in_one_panel(folder, more, files, code, words):
    (folder[0] / "other.toml").write_text(STATIONS.replace('"radar"', '"other"'))
    found, _, err = run(folder[0], *more, **files)
    assert found == code
    assert words in " ".join(err.split())
    assert "Traceback" not in err
