"""How the command starts, answers and fails."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import moonstead
from moonstead.cli import check
from moonstead.cli.fault import Fault, fault_of
from moonstead.cli.main import execute
from moonstead.foundation.errors import FrameMismatch, MissingData, NumericalFailure, OutsideSpan

GOOD = Path(__file__).resolve().parents[1] / "scenario" / "good.toml"
HELP_SECONDS = 0.5  # [s] of CPU; what a person does not notice


def in_process(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)


SCRIPT = """
import json, sys, time
from moonstead.cli.main import execute
code = execute(sys.argv[2:])
heavy = [name for name in sys.argv[1].split(",") if name in sys.modules]
print("\\n" + json.dumps([code, heavy, time.process_time()]))
"""


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], "numba,numpy,scipy,pydantic,duckdb,plotly"),
        (["--version"], "numba,numpy,scipy,pydantic,duckdb,plotly"),
        (["run", "--help"], "numba,numpy,scipy,duckdb,plotly"),
        (["propagate", "--help"], "numba,numpy,scipy,duckdb,plotly"),
        (["ephemeris", "--help"], "numba,numpy,scipy,duckdb,plotly"),
        (["schema"], "numba,numpy,scipy,duckdb,plotly"),
        (["check", str(GOOD)], "numba,scipy,duckdb,plotly"),
        (["data"], "numba,scipy,duckdb,plotly"),
    ],
    ids=lambda value: " ".join(value[:1]) if isinstance(value, list) else "",
)
def test_light_verbs_do_not_import_heavy_libraries(arguments, heavy):
    done = in_process(SCRIPT, heavy, *arguments)
    code, imported, _ = json.loads(done.stdout.strip().rsplit("\n", 1)[1])
    assert (code, imported) == (0, []), done.stderr


def test_help_is_quick():
    seconds = min(
        json.loads(in_process(SCRIPT, "numba", "--help").stdout.strip().rsplit("\n", 1)[1])[2] for _ in range(3)
    )
    assert seconds <= HELP_SECONDS


def test_the_version_is_that_of_the_package(capsys):
    assert execute(["--version"]) == 0
    assert capsys.readouterr().out == f"moonstead {moonstead.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["chek"], "check"),
        (["check"], "SCENARIO"),
        (["run", str(GOOD)], "--out"),
        (["check", str(GOOD), "--jsn"], "--jsn"),
        (
            ["ephemeris", "--target", "moon", "--observer", "earth", "--at", "2030-01-01", "--aberration", "x"],
            "apparent",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_wrong_usage_ends_with_2_and_a_hint(arguments, says, capsys):
    assert execute(arguments) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert "Traceback" not in told.err
    assert told.out == ""
    assert execute([*arguments, "--json"]) == 2
    assert says in json.loads(capsys.readouterr().err)["message"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FrameMismatch("mixed"), 2),
        (MissingData("lost"), 3),
        (OutsideSpan("too late"), 3),
        (NumericalFailure("diverged"), 4),
        (PermissionError("not yours"), 1),
        (ZeroDivisionError("oops"), 1),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_each_kind_of_error_has_its_exit_code_and_one_panel(error, code, monkeypatch, capsys):
    def fail(_):
        raise error

    monkeypatch.setattr("moonstead.scenario.load.load_scenario", fail)
    assert execute(["check", str(GOOD)]) == code
    told = capsys.readouterr().err
    assert str(error) in told
    assert told.count("\u256d") == 1
    assert "Traceback" not in told
    assert execute(["check", str(GOOD), "--json"]) == code
    assert json.loads(capsys.readouterr().err)["exit_code"] == code


def test_an_unexpected_error_asks_for_a_report_and_debug_shows_the_traceback(monkeypatch, capsys):
    def fail(_):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("moonstead.scenario.load.load_scenario", fail)
    execute(["check", str(GOOD)])
    told = capsys.readouterr().err
    assert "report it" in " ".join(told.split())
    assert "--debug" in told
    for arguments in (["--debug", "check", str(GOOD)], ["check", str(GOOD), "--debug"]):
        assert execute(arguments) == 1
        assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_an_interrupted_run_says_how_to_go_on():
    fault: Fault = fault_of(KeyboardInterrupt())
    assert fault.code == 130
    assert "same command again" in fault.message


def test_a_closed_pipe_is_no_error():
    script = "from moonstead.cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", script, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.close()  # before anything is written: the schema is longer than a pipe holds
    error = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), error) == (141, "")


def test_a_check_answers_in_json(capsys):
    assert execute(["check", str(GOOD), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["counts"]["facilities"] == 7
    assert answer["start"] == "2035-01-01T00:00:00Z"
    assert answer["problems"] == []
    assert check.NAME == "check"


def test_the_schema_is_written_where_it_is_asked(tmp_path, capsys):
    assert execute(["schema", "--out", str(tmp_path / "s.json")]) == 0
    assert execute(["schema", "--json"]) == 0
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == capsys.readouterr().out


def test_a_report_of_nothing_is_missing_data(tmp_path, capsys):
    assert execute(["report", str(tmp_path), "--json"]) == 3
    assert str(tmp_path) in json.loads(capsys.readouterr().err)["message"]


def test_ctrl_c_ends_with_130_and_one_panel():
    script = (
        "import sys, time\n"
        "import moonstead.scenario.load as load\n"
        "from moonstead.cli.main import main\n"
        "def wait(_):\n"
        "    print('waiting', flush=True)\n"
        "    time.sleep(60)\n"
        "load.load_scenario = wait\n"
        "main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, "check", str(GOOD)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "waiting\n"
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "same command again" in " ".join(error.split())
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("stream", "words", "code"), [("stdout", ["--version"], 0), ("stderr", ["check", "no.toml"], 2)]
)
def test_a_stream_that_the_caller_has_closed_is_no_error(stream, words, code, monkeypatch):
    """Python sets it to None, as after `moonstead --version >&-`."""
    monkeypatch.setattr(sys, stream, None)
    assert execute(words) == code
    getattr(sys, stream).close()
