"""Work and precision: what each engine's runs cost and how far from the consensus they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np

from benchmarks.effort import Effort
from benchmarks.propagation.engine import Engine
from benchmarks.propagation.flights import Flight
from benchmarks.timing import Contender, Ratio, Times, side_by_side


@dataclass(frozen=True)
class Run:
    """An engine at a setting."""

    engine: Engine
    setting: float
    error: float  # [m] of the last position

    @property
    def key(self) -> str:
        """Name among the times."""
        return _key(self.engine, self.setting)


@dataclass(frozen=True)
class Measured:
    """All runs of a flight.

    Attributes
    ----------
    flight : Flight
        What was flown.
    runs : tuple of Run
        Of each engine, loosest first.
    agreeing : tuple of str
        Makers whose tightest runs the consensus is made of.
    floor : float [m]
        How far apart these are: below it no error is told.
    times : Times
        Of all runs, by key.
    """

    flight: Flight
    runs: tuple[Run, ...]
    agreeing: tuple[str, ...]
    floor: float
    times: Times

    def matched(self, engine: str) -> tuple[Run, bool]:
        """The cheapest run of an engine whose error keeps the flight's limit, and that it does; else its best run."""
        runs = [run for run in self.runs if run.engine.name == engine]
        good = [run for run in runs if run.error <= max(self.flight.limit, self.floor)]
        if good:
            return min(good, key=lambda run: self.times.median(run.key)), True
        return min(runs, key=lambda run: run.error), False

    def ratio(self, run: Run, to: Run) -> Ratio:
        """CPU time of one run in units of another's."""
        return self.times.ratio(run.key, to.key)


def measure_flight(flight: Flight, engines: Sequence[Engine], effort: Effort, *, alone: bool = False) -> Measured:
    """Fly all settings of all engines, then time them in turn.

    Parameters
    ----------
    flight : Flight
        What to fly.
    engines : sequence of Engine
        Who.
    effort : Effort
        Rounds, and how many settings of each.
    alone : bool
        Take errors against the tightest run of the maker's first engine, not against the consensus.
    """
    engines = [engine for engine in engines if engine.settings(flight)]
    tightest = {engine.name: engine.fly(flight, engine.tightest) for engine in engines}
    reference, agreeing, floor = _consensus({engine.name: engine for engine in engines}, tightest)
    runs = []
    for engine in engines:
        same = next(other.name for other in engines if other.maker == engine.maker)
        origin = tightest[same] if alone else reference
        for setting in effort.chosen(engine.settings(flight)):
            away = float(np.linalg.norm(engine.fly(flight, setting) - origin))
            runs.append(Run(engine, setting, away if alone else max(away, floor)))
    contenders = {
        run.key: Contender(run.engine.end, partial(run.engine.prepare, flight, run.setting), run.engine.clock)
        for run in runs
    }
    times = side_by_side(contenders, effort.repetitions, ran=True)
    return Measured(flight, tuple(runs), agreeing, floor, times)


def _consensus(engines: dict[str, Engine], ends: dict[str, np.ndarray]) -> tuple[np.ndarray, tuple[str, ...], float]:
    """Middle between the two ends of different makers that lie closest, whose they are, and how far apart they lie."""
    pairs = [(a, b) for a, b in combinations(ends, 2) if engines[a].maker != engines[b].maker]
    if not pairs:
        return next(iter(ends.values())), tuple(ends), 0.0
    first, second = min(pairs, key=lambda pair: float(np.linalg.norm(ends[pair[0]] - ends[pair[1]])))
    apart = float(np.linalg.norm(ends[first] - ends[second]))
    return 0.5 * (ends[first] + ends[second]), (engines[first].maker, engines[second].maker), apart


def _key(engine: Engine, setting: float) -> str:
    return f"{engine.name} {setting:g}"
