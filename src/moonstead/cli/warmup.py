"""`moonstead warmup`: compile everything once, so that the first run is not slow."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, progress

NAME = "warmup"
FLOORS = ("dynamics", "orbits", "surface", "links", "smallbodies", "navigation", "monitoring", "station")


def command(as_json: AsJson = False, data: DataFolder = None) -> None:
    """Compile all numerical kernels into the cache. Takes about a minute once per machine and version."""
    context = open_data(data)
    parts = [name for name in FLOORS if importlib.util.find_spec(f"moonstead.{name}.warm_up") is not None]
    seconds: dict[str, float] = {}
    with progress(quiet=as_json) as bars:
        bar = bars.add_task("compiling", total=len(parts))
        for name in parts:
            bars.update(bar, description=f"compiling {name}")
            began = time.perf_counter()
            importlib.import_module(f"moonstead.{name}.warm_up").warm_up(context)
            seconds[name] = time.perf_counter() - began
            bars.advance(bar)
    if as_json:
        print_json({"seconds": seconds})
    else:
        sys.stdout.write("".join(f"{name:<10} {spent:6.1f} s\n" for name, spent in seconds.items()))
