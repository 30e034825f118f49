"""All engines that are installed, and what they measured."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import numpy as np
from brahe_peer import brahe_offline, counted_in_terrestrial_time

from benchmarks.effort import Effort
from benchmarks.page import Section
from benchmarks.propagation import nyx_engine, orekit_engine
from benchmarks.propagation.brahe_engine import brahe_engine
from benchmarks.propagation.engine import Engine
from benchmarks.propagation.flights import DARK, Flight
from benchmarks.propagation.light import light_section
from benchmarks.propagation.own_engine import own_batch, own_engines
from benchmarks.propagation.precision import measure_flight
from benchmarks.propagation.tables import matched_section, precision_section
from benchmarks.propagation.throughput import throughput_section
from moonstead.foundation.data import DataContext

HIGHEST_DEGREE = 100


def measure(data: DataContext, effort: Effort) -> Iterator[Section]:
    """Sections on propagation, each as soon as it is known."""
    with _engines(data, effort.batch) as (engines, batch):
        measured = [measure_flight(flight.shortened(effort.share), engines, effort) for flight in DARK]
        yield matched_section(measured)
        yield precision_section(measured)
        yield light_section(engines, effort)
        yield throughput_section((*engines, batch), effort)


@contextmanager
def _engines(data: DataContext, batch: int) -> Iterator[tuple[tuple[Engine, ...], Engine]]:
    """Those that fly one by one, and Moonstead's batch."""
    with ExitStack() as opened:

        def folder() -> Path:
            return Path(opened.enter_context(tempfile.TemporaryDirectory()))

        brahe, gravity = opened.enter_context(brahe_offline(data, folder(), HIGHEST_DEGREE))
        as_brahe = cache(lambda days: counted_in_terrestrial_time(data, brahe, days))
        own = own_engines(as_brahe)
        engines = [*own, brahe_engine(brahe, gravity)]
        if orekit_engine.installed():
            engines.append(orekit_engine.orekit_engine(data, folder()))
        if nyx_engine.installed():
            in_tdb = own_engines(lambda days: data)[0]

            def shift(flight: Flight) -> np.ndarray:
                return own[0].fly(flight, own[0].tightest) - in_tdb.fly(flight, own[0].tightest)

            engines.append(nyx_engine.nyx_engine(data, folder(), shift))
        yield tuple(engines), own_batch(as_brahe, batch)
