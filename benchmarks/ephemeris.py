"""States of bodies, against SPICE."""

from __future__ import annotations

import numpy as np
import spiceypy as spice
from spiceypy import cyice

from benchmarks.effort import Effort
from benchmarks.page import Row, Section
from benchmarks.spice_pool import spice_pool
from benchmarks.timing import Contender, side_by_side
from moonstead.foundation.data import DataContext

MOON, EARTH = 301, 399
YEAR = 365.25 * 86_400.0  # [s]
START = 30.0 * YEAR  # [s TDB past J2000]

TEXT = """Geometric states of the Moon from the Earth at {epochs} epochs from DE440, Moonstead's `Ephemeris.state`
beside each of spiceypy's ways to SPICE: its Python wrapper called with an array or epoch by epoch, and its compiled
`cyice`. The difference is the largest distance between the positions."""


def measure(data: DataContext, effort: Effort) -> tuple[Section, ...]:
    random = np.random.default_rng(20)
    orders = {
        "rising over a year": START + np.sort(random.uniform(0.0, YEAR, effort.epochs)),
        "scattered over a century": random.uniform(0.0, 100.0 * YEAR, effort.epochs),
    }
    rows: list[Row] = []
    with spice_pool(data):
        for order, tdb in orders.items():
            rows += _order(data, order, tdb, effort)
    return (
        Section("Ephemeris", TEXT.format(epochs=effort.epochs), ("epochs", "peer", "difference", "ratio"), tuple(rows)),
    )


def _order(data: DataContext, order: str, tdb: np.ndarray, effort: Effort) -> list[Row]:
    peers = {
        "`spkezr` with an array": lambda _: spice.spkezr("MOON", tdb, "J2000", "NONE", "EARTH")[0],
        "`spkgeo` epoch by epoch": lambda _: [spice.spkgeo(MOON, t, "J2000", EARTH)[0] for t in tdb],
        "`cyice.spkgeo_v`": lambda _: cyice.spkgeo_v(MOON, tdb, "J2000", EARTH)[0],
    }
    ours = data.ephemeris.state("MOON", "EARTH", tdb)
    contenders = {"own": Contender(lambda _: data.ephemeris.state("MOON", "EARTH", tdb))}
    times = side_by_side(contenders | {name: Contender(work) for name, work in peers.items()}, effort.repetitions)
    rows = []
    for name, work in peers.items():
        apart = np.max(np.linalg.norm(1e3 * np.asarray(work(None))[:, :3] - ours[:, :3], axis=1))
        rows.append(Row((order, name, f"{apart:.2g} m"), times.ratio(name, "own"), f"{name}, epochs {order}"))
    return rows
