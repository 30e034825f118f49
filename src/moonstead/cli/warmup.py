"""`moonstead warmup`: compile everything once, so that the first run is not slow."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import time
from concurrent.futures import as_completed
from pathlib import Path
from typing import Annotated

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, progress

NAME = "warmup"
FIRST = "dynamics"  # its kernels are part of most others
# The longest first, so that no process is left with it at the end.
OTHERS = ("smallbodies", "navigation", "monitoring", "surface", "orbits", "links")
LAST = "station"  # built on what the disciplines have compiled

Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Processes to compile in; left out: one for each processor.")
]


def command(as_json: AsJson = False, data: DataFolder = None, jobs: Jobs = None) -> None:
    """Compile all numerical kernels into the cache. Takes minutes, once per machine and version."""
    from moonstead.run.pool import worker_pool

    open_data(data)  # told here if it is missing, not in a process
    steps = [found for step in ((FIRST,), OTHERS, (LAST,)) if (found := [name for name in step if _compiles(name)])]
    seconds: dict[str, float] = {}
    workers = min(jobs or os.cpu_count() or 1, len(OTHERS))
    with progress(quiet=as_json) as bars, worker_pool(workers) as pool:
        bar = bars.add_task("compiling", total=sum(map(len, steps)))
        for step in steps:
            bars.update(bar, description=f"compiling {', '.join(step)}")
            running = {pool.submit(_compile, name, data): name for name in step}
            for done in as_completed(running):
                seconds[running[done]] = done.result()
                bars.advance(bar)
    if as_json:
        print_json({"seconds": seconds})
    else:
        sys.stdout.write("".join(f"{name:<11} {spent:6.1f} s\n" for name, spent in seconds.items()))


def _compiles(name: str) -> bool:
    return importlib.util.find_spec(f"moonstead.{name}.warm_up") is not None


def _compile(name: str, data: Path | None) -> float:
    """Seconds that the kernels of a package took."""
    began = time.perf_counter()
    importlib.import_module(f"moonstead.{name}.warm_up").warm_up(open_data(data))
    return time.perf_counter() - began
