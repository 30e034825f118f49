"""Orbits about the Moon, against brahe: work and precision."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import motion
import numpy as np
from brahe_peer import GM_EARTH, brahe_offline, counted_in_terrestrial_time, end_of, lunar_propagator

from benchmarks.effort import Effort
from benchmarks.page import Row, Section
from benchmarks.timing import Contender, number, side_by_side
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import propagate
from moonstead.foundation.data import DataContext

OURS = (1e-9, 3e-10, 1e-10, 3e-11, 1e-11, 3e-12, 1e-12, 3e-13, 1e-13, 3e-14, 1e-14, 3e-15, 1e-15)  # [1] of a step
THEIRS = (1e-2, 1e-3, 1e-4, 1e-6)  # [m] of a step
THEIR_TIGHTEST = 1e-8  # [m]; below it brahe's ends scatter as much as they differ from Moonstead's

TEXT = """Earth and Sun as point masses, the lunar field to the degree given, no light. Both engines choose their steps:
brahe with its RKN12(10), Moonstead with Dormand and Prince's 8(5,3). The error is that of the last position against
the middle between both engines' tightest runs; how far these lie apart is the floor, below which nothing is told. A row
is a run of brahe beside the loosest run of Moonstead that is at least as accurate. Of brahe only the stepping is timed;
Moonstead's time includes cutting ephemeris and orientation to the span, and it keeps dense output."""


@dataclass(frozen=True)
class Case:
    """A start of the engine comparison, the degree of the field and the span [d]."""

    name: str
    what: str
    degree: int
    days: float


CASES = (
    Case("A", "polar orbit at 100 km", 50, 10.0),
    Case("B", "ellipse of 200 x 16 000 km", 50, 30.0),
    Case("C", "near-rectilinear halo arc", 8, 10.0),
)


def measure(data: DataContext, effort: Effort) -> Section:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, brahe_offline(data, Path(folder)) as (brahe, gravity):
        for case in CASES:
            rows += _case(data, brahe, gravity, case, effort)
    return Section(
        "Propagation about the Moon",
        TEXT,
        ("case", "floor", "brahe: tolerance", "error", "Moonstead: tolerance", "error", "ratio"),
        tuple(rows),
    )


def _case(data, brahe, gravity, case: Case, effort: Effort) -> list[Row]:
    days = case.days * effort.share
    stop = motion.EPOCH + days * motion.DAY
    model = ForceModel(degree=case.degree, gm={"EARTH": GM_EARTH})
    as_brahe = counted_in_terrestrial_time(data, brahe, days)

    def own_end(tolerance, _=None):
        # The ellipse passes below the mean sphere, which neither engine heeds here
        path = propagate(motion.case(case.name), stop, model, as_brahe, tolerance=tolerance, stop_at_surface=False)
        return path.state(path.span[1])[0, :3]

    def fresh(tolerance):
        return lunar_propagator(brahe, gravity, case.name, case.degree, tolerance=tolerance)

    def brahe_end(propagator):
        return end_of(brahe, propagator, days)[:3]

    own_ends = {tolerance: own_end(tolerance) for tolerance in OURS}
    own_tight, brahe_tight = own_ends[OURS[-1]], brahe_end(fresh(THEIR_TIGHTEST))
    reference, floor = 0.5 * (own_tight + brahe_tight), float(np.linalg.norm(own_tight - brahe_tight))

    def error(end):
        return max(float(np.linalg.norm(end - reference)), floor)

    own = {tolerance: error(end) for tolerance, end in own_ends.items()}
    peer = {tolerance: error(brahe_end(fresh(tolerance))) for tolerance in THEIRS}
    match = {theirs: next(ours for ours in OURS if own[ours] <= peer[theirs]) for theirs in THEIRS}
    contenders = {f"own {ours}": Contender(partial(own_end, ours)) for ours in match.values()}
    contenders |= {f"brahe {theirs}": Contender(brahe_end, partial(fresh, theirs)) for theirs in THEIRS}
    times = side_by_side(contenders, effort.repetitions)

    def told(found):
        return "at the floor" if found <= floor else length(found)

    what = f"{case.what}, {case.degree}x{case.degree}, {days:g} d"
    return [
        Row(
            (what, length(floor), f"{theirs:g} m", told(peer[theirs]), f"{ours:g}", told(own[ours])),
            times.ratio(f"brahe {theirs}", f"own {ours}"),
            f"brahe with a tolerance of {theirs:g} m, {what}",
        )
        for theirs, ours in match.items()
    ]


def length(metres: float) -> str:
    """Two digits in the unit that fits."""
    unit, size = next(((u, s) for u, s in (("m", 1.0), ("cm", 1e-2), ("mm", 1e-4)) if metres >= s), ("µm", 1e-6))
    return f"{number(metres / (1e-3 if unit == 'mm' else size))} {unit}"
