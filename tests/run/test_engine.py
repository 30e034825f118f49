"""A run computes what changed, keeps what did not, and survives being killed."""

import json
import math
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from moonstead.foundation.data import DataContext
from moonstead.run.engine import run_scenario
from moonstead.run.store import file_hash

MINI = Path(__file__).parent / "mini.toml"
KILLS = 10
BISECTION = 2e-4  # [1] twice the width that the sizing stops at
SEED = 20350101


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


def states(out: Path, scenario: Path, data: DataContext) -> dict[str, str]:
    return {step.task.id: step.state for step in run_scenario(scenario, out, data=data, dry_run=True).steps}


def tables(out: Path) -> dict[str, str]:
    paths = [*out.glob("tables/*.parquet"), *out.glob("ephemerides/*.oem"), out / "view.czml", out / "summary.json"]
    return {path.name: file_hash(path) for path in paths}


def edited(tmp_path: Path, old: str, new: str) -> Path:
    text = MINI.read_text()
    assert text.count(old) == 1
    (tmp_path / "edited.toml").write_text(text.replace(old, new))
    return tmp_path / "edited.toml"


def test_an_unchanged_run_keeps_everything(small_run, data):
    before = tables(small_run)
    assert set(states(small_run, MINI, data).values()) == {"kept"}
    run_scenario(MINI, small_run, data=data)
    assert tables(small_run) == before


def test_a_changed_load_recomputes_the_ledger_and_its_causes_alone(small_run, tmp_path, data):
    scenario = edited(tmp_path, 'load = "1 kW"', 'load = "1.1 kW"')
    new = [name for name, state in states(small_run, scenario, data).items() if state == "new"]
    assert new == ["grid.rim", "power.rim", "causes.rim"]


def test_a_new_name_computes_nothing_that_is_physics(small_run, tmp_path, data):
    scenario = edited(tmp_path, 'name = "Our institute"', 'name = "Another name"')
    assert set(states(small_run, scenario, data).values()) == {"kept"}


def test_a_moved_site_recomputes_what_depends_on_it(small_run, tmp_path, data):
    scenario = edited(tmp_path, 'latitude = "-89.45 deg"', 'latitude = "-89.40 deg"')
    changed = states(small_run, scenario, data)
    assert changed["orbit.relay"] == changed["contact.relay.earth--kashi"] == "kept"
    assert {changed[name] for name in ("map.rim", "horizon.rim-10m", "light.rim-10m", "power.rim")} == {"new"}


def test_two_processes_make_the_same_tables_as_one(small_run, tmp_path, data):
    run_scenario(MINI, tmp_path, data=data, workers=2)
    assert tables(tmp_path) == tables(small_run)


def test_a_damaged_result_is_made_again(small_run, tmp_path, data):
    out = tmp_path / "copy"
    shutil.copytree(small_run, out)
    good = tables(out)
    damaged = next(out.glob("tasks/power.rim-*/power.rim.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-7])
    (out / "tables" / "light.rim-10m.parquet").write_bytes(b"PAR1 nonsense")
    assert [name for name, state in states(out, MINI, data).items() if state == "new"] == ["power.rim"]
    run_scenario(MINI, out, data=data)
    assert tables(out) == good


def test_the_battery_that_would_do_is_that_of_the_closed_form(small_run):
    """The rim lies in the dark for all ten days: 1 kW for 240 h through a discharge of sqrt(92 %)."""
    figures = {figure["name"]: figure for figure in json.loads((small_run / "summary.json").read_text())["figures"]}
    size = figures["rim: smallest battery for all loads without a reserve"]
    assert size["unit"] == "kWh"
    assert size["value"] == pytest.approx(240.0 / math.sqrt(0.92), rel=BISECTION)


@pytest.mark.slow
def test_ten_kills_leave_nothing_half_done(small_run, tmp_path):
    """SIGKILL at random moments; what was finished stays as it is, and the end is the same."""
    out = tmp_path / "killed"
    command = [sys.executable, "-c", "from moonstead.cli.main import main; main()", "run", str(MINI), "--out", str(out)]
    moments = random.Random(SEED)
    finished: dict[str, int] = {}
    interrupted = 0
    for _ in range(KILLS):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(moments.uniform(0.2, 1.6))
        interrupted += process.poll() is None
        process.kill()
        _, complaint = process.communicate()
        assert b"Error" not in complaint, complaint.decode()
        now = {path.name: (path / "result.json").stat().st_ino for path in out.glob("tasks/[!.]*")}
        assert finished.items() <= now.items(), "a finished task was computed again"
        finished = now
    assert interrupted >= KILLS - 2, "most runs ended before they were killed: kill earlier"
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    now = {path.name: (path / "result.json").stat().st_ino for path in out.glob("tasks/[!.]*")}
    assert finished.items() <= now.items()
    assert tables(out) == tables(small_run)
    assert not list(out.glob("tasks/.partial*"))
