"""Authority: the objects that tracks are simulated from, real element sets of a launch; what wrong input is told."""

from __future__ import annotations

import contextlib
import io
import json

import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.formats.tdm import write_tdm
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.correlation.element_errors import ElementErrors
from moonstead.monitoring.correlation.simulated_tracks import TrackingSensor, simulated_tracks
from moonstead.monitoring.tracking.tdm_measurements import tdm_of_measurements

STATIONS = '[[station]]\nname = "radar"\nlatitude_deg = 40.0\nlongitude_deg = 50.0\nheight_m = 0.0\n'
LAUNCHES = (
    '[[launch]]\nname = "Long March 5B"\nsite = "wenchang"\ntime_utc = "2021-04-29T03:23:15"\ndesignator = "2021-035"\n'
)
HEADER = (
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,"
    "EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,MEAN_MOTION_DDOT"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Sixty made-up objects, tracks of some of them, one track of an object that the catalogue lacks."""
    out, data = tmp_path_factory.mktemp("correlate"), DataContext.installed()
    random = np.random.default_rng(11)
    rows = [
        f"OBJECT {n},2024-{n + 1:03d}A,2024-01-01T00:00:00.000000,{random.uniform(12.8, 15.0):.8f},0.001,"
        f"{random.uniform(45.0, 98.0):.4f},{random.uniform(0.0, 360.0):.4f},0.0,{random.uniform(0.0, 360.0):.4f},"
        f"0,U,{200_000 + n},999,1,0.0,0.0,0.0"
        for n in range(60)
    ]
    (out / "all.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    elements = read_mean_elements(out / "all.csv").elements
    radar = TrackingSensor(SurfacePoint.on_earth("radar", *np.radians([40.0, 50.0]), 0.0), 5e-4, 30.0)
    start = Epoch.parse("2024-01-01T12:00:00").tdb()
    tracks, seen = simulated_tracks(elements, np.arange(60), radar, start, start + 20_000.0, ElementErrors(), data, 3)
    lacking = int(seen[0])
    (out / "some.csv").write_text("\n".join([HEADER, *(row for n, row in enumerate(rows) if n != lacking)]) + "\n")
    for number, track in enumerate(tracks[:4]):
        tdm = tdm_of_measurements(track, f"UCT {number}", "MOONSTEAD", Epoch.parse("2024-01-02"))
        write_tdm(out / f"{number}.tdm", tdm)
    (out / "stations.toml").write_text(STATIONS)
    (out / "launches.toml").write_text(LAUNCHES)
    return out, seen


def run(*words):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = execute(["monitor", "correlate", *map(str, words)])
    return code, out.getvalue(), err.getvalue()


def test_tracks_are_told_with_their_objects(folder):
    path, seen = folder
    files = [path / f"{number}.tdm" for number in range(4)]
    code, out, err = run(*files, path / "some.csv", "--stations", path / "stations.toml", "--pair", "--json")
    assert code == 0, err
    answer = json.loads(out)
    found = [track["object_id"] for track in answer["tracks"]]
    assert found == [None, *(200_000 + int(row) for row in seen[1:4])]
    assert [track["status"] for track in answer["tracks"]] == ["unknown", *["correlated"] * 3]
    assert answer["tracks"][1]["called"] == "UCT 1"
    assert answer["pairs"] == []


def test_the_table_names_objects(folder):
    path, seen = folder
    code, out, err = run(path / "1.tdm", path / "all.csv", "--stations", path / "stations.toml")
    assert code == 0, err
    assert f"OBJECT {int(seen[1])}" in out


@pytest.mark.truth
def test_a_history_leads_to_its_launch(folder, shared_data):
    history = shared_data / "monitoring" / "decay" / "Tianhe.tle.gz"
    code, out, err = run(history, "--launches", folder[0] / "launches.toml", "--json")
    assert code == 0, err
    (launch,) = json.loads(out)["launches"]
    (match,) = launch["objects"]
    assert match["object_id"] == 48274
    assert match["same_designator"]
    assert match["plane_angle_deg"] < 1.0
    code, out, err = run(history, "--launches", folder[0] / "launches.toml")
    assert code == 0 and "off its plane" in out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("{0}/1.tdm", "{0}/all.csv"), 2, "need --stations"),
        (("{0}/all.csv",), 2, "give tracks before the catalogue"),
        (("{0}/1.tdm", "{0}/none.csv", "--stations", "{0}/stations.toml"), 3, "no such file"),
        (("{0}/1.tdm", "{0}/all.csv", "--stations", "{0}/stations.toml", "--error", "1 km"), 2, "three lengths"),
        (("{0}/1.tdm", "{0}/all.csv", "--stations", "{0}/stations.toml", "--probability", "2"), 2, "between 0 and 1"),
        (("{0}/all.csv", "--launches", "{0}/stations.toml"), 2, "no [[launch]]"),
        (("{0}/all.csv", "--launches", "{0}/bad.toml"), 2, "no launch site"),
        (("{0}/all.csv", "--launches", "{0}/short.toml"), 2, "time_utc is missing"),
    ],
    ids=["stations", "tracks", "catalogue", "error", "probability", "launches", "site", "time"],
)
def test_wrong_input_is_told_in_one_panel(folder, words, code, told):
    (folder[0] / "bad.toml").write_text(LAUNCHES.replace("wenchang", "nowhere"))
    (folder[0] / "short.toml").write_text(LAUNCHES.replace("time_utc", "#"))
    found, _, err = run(*(word.format(folder[0]) for word in words))
    assert found == code
    assert told in " ".join(err.replace("│", " ").split())
    assert "Traceback" not in err
