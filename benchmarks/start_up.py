"""What a user waits for before anything is computed."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import ROOT
from benchmarks.effort import Effort
from benchmarks.page import Row, Section
from benchmarks.timing import Ratio, number
from moonstead.foundation.data import DataContext

SCENARIO = ROOT / "tests" / "run" / "mini.toml"
COMPILED = "`moonstead warmup`, empty cache"
COLD, WARM = 15.0, 2.5  # [s] of CPU that are asked for
TEXT = """CPU time of a fresh process on this machine beside the bound that Moonstead sets itself; above 1 the bound is
kept. The first row compiles every kernel into an empty cache, once per machine and version; the second starts
`moonstead run` on a small scenario in whose finished folder nothing has to be computed again."""


def measure(data: DataContext, effort: Effort) -> tuple[Section, ...]:
    del data  # the command finds its own
    rows = _rows(effort) if effort.fresh else [Row((COMPILED, "-", f"at most {COLD:g} s"), "not in a quick run")]
    return (Section("Start", TEXT, ("what", "CPU time", "asked for", "bound by time"), tuple(rows)),)


def _rows(effort: Effort) -> list[Row]:
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as out:
        cold = cpu_time("warmup", NUMBA_CACHE_DIR=cache)
        command = ("run", str(SCENARIO), "--out", out)
        cpu_time(*command)
        warm = [cpu_time(*command) for _ in range(effort.repetitions)]
    return [_row(COMPILED, COLD, [cold]), _row("`moonstead run`, nothing to do", WARM, warm)]


def _row(what: str, bound: float, spent: list[float]) -> Row:
    ratios = [bound / seconds for seconds in spent]
    middle = statistics.median(spent)
    return Row((what, f"{number(middle)} s", f"at most {bound:g} s"), Ratio(bound / middle, min(ratios), max(ratios)))


def cpu_time(*arguments: str, **environment: str) -> float:
    """Of the command with all its children [s]."""
    program = "import sys; from moonstead.cli.main import main; sys.argv[0] = 'moonstead'; main()"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=os.environ | environment,
        cwd=Path(tempfile.gettempdir()),
        check=True,
        capture_output=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
