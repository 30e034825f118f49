"""What an engine has to offer to be compared."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.propagation.flights import Flight
from benchmarks.timing import number


@dataclass(frozen=True)
class Engine:
    """A way to propagate.

    Attributes
    ----------
    maker : str
        Whose it is.
    method : str
        Its integrator.
    settings : callable
        The flight's settings, loosest first, or none where it does not take part; what they mean is the engine's.
    tightest : float
        The setting whose run speaks for the engine in the consensus.
    prepare : callable
        Takes flight and setting; what it does is not timed.
    end : callable
        Takes what was prepared; gives the last position (3,) [m].
    clock : callable
        CPU time [s] spent so far.
    trajectories : int
        How many a run flies.
    """

    maker: str
    method: str
    settings: Callable[[Flight], tuple[float, ...]]
    tightest: float
    prepare: Callable[[Flight, float], Any]
    end: Callable[[Any], np.ndarray]
    clock: Callable[[], float] = time.process_time
    trajectories: int = 1

    @property
    def name(self) -> str:
        """Maker and method."""
        return f"{self.maker}, {self.method}"

    def fly(self, flight: Flight, setting: float) -> np.ndarray:
        """Last position (3,) [m]."""
        return np.asarray(self.end(self.prepare(flight, setting)))


def length(metres: float) -> str:
    """Two digits in the unit that fits."""
    unit, size = next(((u, s) for u, s in (("m", 1.0), ("cm", 1e-2), ("mm", 1e-4)) if metres >= s), ("µm", 1e-6))
    return f"{number(metres / (1e-3 if unit == 'mm' else size))} {unit}"
