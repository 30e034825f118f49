"""Moonstead's ways to propagate."""

from __future__ import annotations

from functools import partial
from typing import Any

import motion
import numpy as np
from brahe_peer import GM_EARTH

from benchmarks.propagation.engine import Engine
from benchmarks.propagation.flights import ADAPTIVE, AREA, MASS, METRES_ASKED, MULTISTEP, PRESSURE, REFLECTIVITY, Flight
from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.propagate import prepare_forces, propagate
from moonstead.dynamics.propagate_many import propagate_many

OWN = "Moonstead"
STEPS = (1e-8, 1e-9, 3e-10, 1e-10, 3e-11, 1e-11, 3e-12, 1e-12, 1e-13, 1e-14)  # [1] of a step
METRES = (1.0, 1e-1, 3e-2, 1e-2, 1e-3)  # [m] anywhere in the span
TIGHTEST_STEPS, TIGHTEST_METRES = 1e-15, 1e-3
BATCH_SETTINGS = (1.0, 1e-1, 1e-2)  # [m] at the end
SPREAD = np.array([10.0] * 3 + [1e-3] * 3)  # [m, m/s] of the starts of a batch


def own_engines(data_of: Any) -> tuple[Engine, ...]:
    """All that fly one by one: with a tolerance of steps as the peers have, with a tolerance in metres, and of the
    latter Gauss-Jackson where orbits are round.

    Parameters
    ----------
    data_of : callable
        Takes days; data as brahe reads them over that span.
    """

    def prepare(flight: Flight, setting: float) -> tuple[Any, ...]:
        data = data_of(flight.days)
        # The ellipse passes below the mean sphere, which no engine heeds here
        forces = prepare_forces(force_model(flight), motion.EPOCH, flight.stop, data, stop_at_surface=False)
        return flight, forces, data, setting

    def by_steps(prepared: tuple[Any, ...]) -> np.ndarray:
        flight, forces, data, setting = prepared
        path = propagate(motion.case(flight.case), flight.stop, forces, data, method="nystrom", step_tolerance=setting)
        return np.asarray(path.state(path.span[1])[0, :3])

    def by_metres(method: str, prepared: tuple[Any, ...]) -> np.ndarray:
        flight, forces, data, setting = prepared
        path = propagate(motion.case(flight.case), flight.stop, forces, data, method=method, tolerance=setting)
        return np.asarray(path.state(path.span[1])[0, :3])

    return (
        Engine(OWN, ADAPTIVE, lambda flight: STEPS, TIGHTEST_STEPS, prepare, by_steps),
        Engine(
            OWN,
            MULTISTEP,
            lambda flight: METRES if flight.case == "A" else (),
            TIGHTEST_METRES,
            prepare,
            partial(by_metres, "gauss-jackson"),
        ),
        Engine(OWN, METRES_ASKED, lambda flight: METRES, TIGHTEST_METRES, prepare, partial(by_metres, "auto")),
    )


def force_model(flight: Flight) -> ForceModel:
    """The forces, with brahe's constants."""
    light = Radiation(AREA, REFLECTIVITY, hiding=("MOON",), pressure=PRESSURE)
    return ForceModel(degree=flight.degree, gm={"EARTH": GM_EARTH}, mass=MASS, radiation=light if flight.lit else None)


def own_batch(data_of: Any, count: int) -> Engine:
    """Many flights in one call, the first from the start itself, on one thread; making ready is timed."""

    def prepare(flight: Flight, setting: float) -> tuple[Any, ...]:
        starts = np.concatenate(motion.CASES[flight.case]) + np.zeros((count, 1))
        starts[1:] += SPREAD * np.random.default_rng(12).standard_normal((count - 1, 6))
        return flight, starts, force_model(flight), data_of(flight.days), setting

    def end(prepared: tuple[Any, ...]) -> np.ndarray:
        flight, starts, model, data, setting = prepared
        flown = propagate_many(
            starts, motion.EPOCH, flight.stop, model, data, tolerance=setting, threads=1, stop_at_surface=False
        )
        return np.asarray(flown.final[0, :3])

    return Engine(OWN, f"{count} at once", lambda flight: BATCH_SETTINGS, 1e-3, prepare, end, trajectories=count)
