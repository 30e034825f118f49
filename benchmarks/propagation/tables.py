"""Tables of work and precision."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.page import Row, Section
from benchmarks.propagation.engine import length
from benchmarks.propagation.flights import BRAHE, OREKIT
from benchmarks.propagation.own_engine import OWN
from benchmarks.propagation.precision import Measured, Run
from benchmarks.timing import number

PEERS = (BRAHE, OREKIT)

MATCHED = """Earth and Sun as point masses, the lunar field to the degree given, no light. Each engine with its
cheapest setting whose last position keeps the limit; where none does, its most accurate run stands and the table says
so. The error is that against the consensus: the middle between the tightest runs of the two makers that lie closest.
The ratio that this project asks of itself stands beside the one that was measured.

All engines have the same field (GRGM1200A), ephemeris (DE440), orientation (`MOON_PA_DE440`) and constants. brahe and
Orekit step in seconds of TT, so their TDB gains 0.3 ms in ten days of January, and Moonstead's data are turned to that
clock. Making ready is timed on no side: loaded files, built propagators, Moonstead's prepared forces. Moonstead keeps
dense output, the peers keep no trajectory. "adaptive" is Moonstead's Runge-Kutta-Nystrom 12(10) with a tolerance of
steps, as the peers have; "Gauss-Jackson" and "metres asked for" are told the error that is accepted and find their
steps themselves, which is in their time. A maker's cheapest run within the limit may owe it to luck: the next table
has them all.

Orekit runs in a Java machine inside the same process (Hotspot, warmed up), without a line of Python in its loop. Only
the CPU time of the thread that steps is counted: Java's compiler and collector of garbage, which work beside it, are a
present to Orekit. Orekit reads no binary PCK; its own `ShiftingTransformProvider` shifts samples of the Moon's place
and axes taken every five minutes: as quick as a class written in Java for the purpose, and its tightest runs end
within a millimetre or three of the others. Its degree-50 field far from the Moon costs it more than ten times as much
per evaluation on processors where numbers near the smallest are slow, probably from the scaling of its harmonics
(Holmes and Featherstone): read its ratio for the ellipse with that in mind."""

PRECISION = """Every run behind the table above. The cost is CPU time in units of Moonstead's cheapest adaptive run that
keeps the flight's limit; the floor is how far apart the two runs lie that make the consensus, below which nothing is
told."""


def matched_section(measured: Sequence[Measured]) -> Section:
    """Ratios at matched error."""
    rows: list[Row] = []
    for found in measured:
        names = dict.fromkeys(run.engine.name for run in found.runs)
        for own in (name for name in names if name.startswith(OWN)):
            run, _ = found.matched(own)
            rows += [_matched_row(found, run, found.matched(name)[0]) for name in names if not name.startswith(OWN)]
            rows += [
                Row((_where(found), f"{run.engine.method}, {_reached(found, run)}", peer, "-", "-"), "not installed")
                for peer in PEERS
                if not any(name.startswith(peer) for name in names)
            ]
    return Section(
        "Propagation about the Moon",
        MATCHED,
        ("flight and limit", "Moonstead", "peer", "error", "asked for", "ratio"),
        tuple(rows),
    )


def _matched_row(found: Measured, own: Run, peer: Run) -> Row:
    goal = found.flight.goals.get((own.engine.method, peer.engine.maker))
    cells = (
        _where(found),
        f"{own.engine.method}, {_reached(found, own)}",
        peer.engine.name,
        _reached(found, peer),
        f"at least {number(goal)}" if goal else "-",
    )
    return Row(cells, found.ratio(peer, own), f"{peer.engine.name}, against {own.engine.method}, {_where(found)}")


def _where(found: Measured) -> str:
    return f"{found.flight.title}; {length(found.flight.limit)}"


def _reached(found: Measured, run: Run) -> str:
    kept = run.error <= max(found.flight.limit, found.floor)
    return _error(found, run) + ("" if kept else ", its best")


def _error(found: Measured, run: Run) -> str:
    return "at the floor" if run.error <= found.floor else length(run.error)


def precision_section(measured: Sequence[Measured]) -> Section:
    """All runs of all flights."""
    rows: list[Row] = []
    for found in measured:
        unit, _ = found.matched(next(run.engine.name for run in found.runs if run.engine.maker == OWN))
        consensus = f"{length(found.floor)} ({' and '.join(found.agreeing)})"
        rows += [
            Row(
                (found.flight.title, consensus, run.engine.name, f"{run.setting:g}", _error(found, run)),
                found.ratio(run, unit),
            )
            for run in found.runs
        ]
    return Section(
        "Propagation, run by run",
        PRECISION,
        ("flight", "floor", "engine", "setting", "error", "cost"),
        tuple(rows),
    )
