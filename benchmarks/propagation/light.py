"""What light and the Moon's shadow cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from benchmarks.effort import Effort
from benchmarks.page import Row, Section
from benchmarks.propagation.engine import Engine, length
from benchmarks.propagation.flights import LIT
from benchmarks.propagation.own_engine import OWN
from benchmarks.propagation.precision import measure_flight
from benchmarks.timing import Contender, side_by_side

GOAL = 1.3
TEXT = """The polar orbit of 10 days with radiation pressure on 0.015 m2/kg of a sphere, hidden by the Moon with
penumbra: twenty-four edges of shadow a day. An integrator that steps across them blindly does not converge, so the
error here is that against its maker's tightest run, and the engine flies with its cheapest setting that keeps
{limit}, or with its most accurate one. The cost is CPU time in units of the same engine's with the same setting in the
dark; Moonstead asks of itself at most {goal:g}."""


def light_section(engines: Sequence[Engine], effort: Effort) -> Section:
    """Each engine with light against itself without."""
    lit = LIT.shortened(effort.share)
    dark = replace(lit, lit=False)
    found = measure_flight(lit, engines, replace(effort, repetitions=1), alone=True)
    chosen = {name: found.matched(name) for name in dict.fromkeys(run.engine.name for run in found.runs)}
    contenders = {}
    for run, _ in chosen.values():
        for flight, name in ((lit, "lit"), (dark, "dark")):
            prepare = partial(run.engine.prepare, flight, run.setting)
            contenders[f"{run.engine.name} {name}"] = Contender(run.engine.end, prepare, run.engine.clock)
    times = side_by_side(contenders, effort.repetitions)
    return Section(
        "Propagation with light",
        TEXT.format(limit=length(lit.limit), goal=GOAL),
        ("engine", "setting", "error", "asked for", "cost"),
        tuple(
            Row(
                (
                    name,
                    f"{run.setting:g}",
                    length(run.error) + ("" if kept else ", its best"),
                    f"at most {GOAL:g}" if run.engine.maker == OWN else "-",
                ),
                times.ratio(f"{name} lit", f"{name} dark"),
            )
            for name, (run, kept) in chosen.items()
        ),
    )
