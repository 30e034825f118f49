"""CPU time of contenders, side by side."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

LEAST = 0.02  # [s] of CPU in one measurement: a thousand times what the clock and the call around it cost


@dataclass(frozen=True)
class Contender:
    """Work to be timed, and what has to be made afresh before each time without being timed.

    Attributes
    ----------
    work : callable
        Takes what `prepare` returns.
    prepare : callable
        Takes nothing.
    clock : callable
        CPU time [s] spent so far.
    """

    work: Callable[[Any], object]
    prepare: Callable[[], Any] = lambda: None
    clock: Callable[[], float] = time.process_time


@dataclass(frozen=True)
class Ratio:
    """CPU time of one contender in units of another's: median and extremes over rounds that ran both.

    Attributes
    ----------
    median, least, most : float [1]
        Above 1 where the first is slower.
    """

    median: float
    least: float
    most: float

    def scaled(self, factor: float) -> Ratio:
        """The same where one side did so many times less."""
        return Ratio(factor * self.median, factor * self.least, factor * self.most)

    def __str__(self) -> str:
        if f"{self.least:.2g}" == f"{self.most:.2g}":
            return number(self.median)
        return f"{number(self.median)} ({number(self.least)} to {number(self.most)})"


@dataclass(frozen=True)
class Times:
    """CPU time [s] of every contender in every round."""

    rounds: Mapping[str, tuple[float, ...]]

    def median(self, name: str) -> float:
        return statistics.median(self.rounds[name])

    def ratio(self, name: str, to: str) -> Ratio:
        found = [a / b for a, b in zip(self.rounds[name], self.rounds[to], strict=True)]
        return Ratio(statistics.median(found), min(found), max(found))


def number(value: float) -> str:
    """Two digits, never with an exponent."""
    return f"{value:.0f}" if value >= 10.0 else f"{value:.2g}"


def side_by_side(contenders: Mapping[str, Contender], repetitions: int, *, ran: bool = False) -> Times:
    """Time all contenders in each round, every other round in reverse order.

    Unless each `ran` already, a first call of it is not timed.
    """
    for contender in () if ran else contenders.values():
        contender.work(contender.prepare())
    found: dict[str, list[float]] = {name: [] for name in contenders}
    collecting = gc.isenabled()
    gc.disable()
    try:
        for k in range(repetitions):
            for name in list(contenders)[:: -1 if k % 2 else 1]:
                found[name].append(_cpu_time(contenders[name]))
                gc.collect()
    finally:
        if collecting:
            gc.enable()
    return Times({name: tuple(times) for name, times in found.items()})


def _cpu_time(contender: Contender) -> float:
    spent, count = 0.0, 0
    while spent < LEAST:
        given = contender.prepare()
        begun = contender.clock()
        contender.work(given)
        spent += contender.clock() - begun
        count += 1
    return spent / count
