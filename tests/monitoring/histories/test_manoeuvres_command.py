"""Authority: the burn that was put into a made history; what wrong input is told."""

from __future__ import annotations

import json

import pytest
from made_history import made_history

from moonstead.cli.main import execute
from moonstead.formats.omm_writer import write_mean_elements
from moonstead.foundation.time.epoch import Epoch


@pytest.fixture(scope="module")
def history_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("history") / "made.csv"
    write_mean_elements(path, made_history(burns=[(30.0, 0.05)], days=60.0), creation=Epoch.parse("2020-01-01"))
    return path


def test_the_command_tells_the_burn(history_file, capsys):
    assert execute(["monitor", "manoeuvres", str(history_file), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["count"] == answer["raising"] == 1 and answer["lowering"] == answer["turning_the_plane"] == 0
    burn = answer["manoeuvres"][0]
    assert burn["delta_v_m_s"]["along_track"] == pytest.approx(0.05, rel=0.05)
    assert burn["delta_v_m_s"]["cross_track"] is None
    assert burn["earliest_utc"] <= burn["time_utc"] <= burn["latest_utc"]
    assert answer["history"]["sets"] == 180 and answer["history"]["object"] == 900_001


def test_the_table_has_a_row_for_each_burn(history_file, capsys):
    assert execute(["monitor", "manoeuvres", str(history_file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1 manoeuvres of object 900001") and len(lines) == 3


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        pytest.param(["--object", "5"], 2, "no element set is of object 5", id="another object"),
        pytest.param(["--false-alarms", "2"], 2, "between 0 and 1", id="no chance"),
    ],
)
def test_wrong_wishes_are_told(history_file, capsys, words, code, says):
    assert execute(["monitor", "manoeuvres", str(history_file), *words]) == code
    assert says in capsys.readouterr().err
