"""brahe's RKN12(10) on the same data."""

from __future__ import annotations

from typing import Any

import numpy as np
from brahe_peer import end_of, lunar_propagator

from benchmarks.propagation.engine import Engine
from benchmarks.propagation.flights import BRAHE, Flight

SETTINGS = (1e-3, 1e-4, 3e-5, 1e-5, 1e-6)  # [m] of a step


def brahe_engine(brahe: Any, gravity: Any) -> Engine:
    """A setting is the tolerance of a step [m]; below 1e-8 its ends scatter as much as they differ from others'."""

    def prepare(flight: Flight, setting: float) -> tuple[Any, float]:
        propagator = lunar_propagator(brahe, gravity, flight.case, flight.degree, tolerance=setting, light=flight.lit)
        return propagator, flight.days

    def end(prepared: tuple[Any, float]) -> np.ndarray:
        propagator, days = prepared
        return np.asarray(end_of(brahe, propagator, days)[:3])

    return Engine(
        maker=BRAHE,
        method="RKN12(10)",
        settings=lambda flight: (1e-2, *SETTINGS) if flight.case == "C" else SETTINGS,
        tightest=1e-8,
        prepare=prepare,
        end=end,
    )
