"""How many trajectories a second of CPU buys."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.effort import Effort
from benchmarks.page import Row, Section
from benchmarks.propagation.engine import Engine, length
from benchmarks.propagation.flights import MANY
from benchmarks.propagation.own_engine import OWN
from benchmarks.propagation.precision import Measured, measure_flight
from benchmarks.timing import number

TEXT = """Trajectories per second of CPU, each engine with its cheapest setting that keeps the limit against the
consensus (floors {floors}). Peers make their propagators ready before the clock starts; Moonstead's batch, on one
thread, makes ready and chooses its steps while it runs, and answers here for its first flight. The ratio is CPU time
per trajectory in units of Moonstead's best."""


def throughput_section(engines: Sequence[Engine], effort: Effort) -> Section:
    """One by one and in batches."""
    rows: list[Row] = []
    floors: list[str] = []
    for flight in MANY:
        found = measure_flight(flight.shortened(effort.share), engines, effort)
        rows += _rows(found)
        floors.append(length(found.floor))
    return Section(
        "Many trajectories",
        TEXT.format(floors=" and ".join(floors)),
        ("flight and limit", "engine", "error", "trajectories per CPU second", "asked for", "ratio"),
        tuple(rows),
    )


def _rows(found: Measured) -> list[Row]:
    flight = found.flight
    names = dict.fromkeys(run.engine.name for run in found.runs)
    chosen = {name: found.matched(name) for name in names}

    def each(name: str) -> float:
        run, _ = chosen[name]
        return found.times.median(run.key) / run.engine.trajectories

    best = min((name for name in names if name.startswith(OWN)), key=each)
    rows = []
    for name, (run, kept) in chosen.items():
        own = run.engine.maker == OWN
        share = chosen[best][0].engine.trajectories / run.engine.trajectories
        where = f"{flight.title}; {length(flight.limit)}"
        cells = (
            where,
            name,
            length(run.error) + ("" if kept else ", its best"),
            number(1.0 / each(name)),
            f"at least {flight.rate:g}" if name == best else "-",
        )
        rows.append(Row(cells, found.ratio(run, chosen[best][0]).scaled(share), "" if own else f"{name}, {where}"))
    return rows
