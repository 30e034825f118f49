"""Rotation into the Moon's mean-Earth axes, against SPICE."""

from __future__ import annotations

import numpy as np
import spiceypy as spice
from spiceypy import cyice

from benchmarks.effort import Effort
from benchmarks.ephemeris import START, YEAR
from benchmarks.page import Row, Section
from benchmarks.spice_pool import spice_pool
from benchmarks.timing import Contender, side_by_side
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import MOON_ME

AXES = ("J2000", "MOON_ME")

TEXT = """Rotation from the ICRF to `MOON_ME` at {epochs} rising epochs of a year. Moonstead always gives matrix and
rate, as SPICE's `sxform` does; `pxform` gives the matrix alone. The difference is the largest between elements of
the matrices; 1e-12 is 2 µm on the Moon's surface."""


def measure(data: DataContext, effort: Effort) -> tuple[Section, ...]:
    tdb = START + np.sort(np.random.default_rng(21).uniform(0.0, YEAR, effort.epochs))
    peers = {
        "`sxform` epoch by epoch": lambda _: [spice.sxform(*AXES, t) for t in tdb],
        "`pxform` epoch by epoch": lambda _: [spice.pxform(*AXES, t) for t in tdb],
        "`cyice.sxform_v`": lambda _: cyice.sxform_v(*AXES, tdb),
        "`cyice.pxform_v`": lambda _: cyice.pxform_v(*AXES, tdb),
    }
    ours = MOON_ME.from_icrf(tdb, data).matrix
    with spice_pool(data):
        contenders = {"own": Contender(lambda _: MOON_ME.from_icrf(tdb, data))}
        times = side_by_side(contenders | {name: Contender(work) for name, work in peers.items()}, effort.repetitions)
        rows = []
        for name, work in peers.items():
            apart = np.max(np.abs(np.asarray(work(None))[:, :3, :3] - ours))
            rows.append(Row((name, f"{apart:.2g}"), times.ratio(name, "own"), name))
    return (
        Section(
            "Orientation of the Moon", TEXT.format(epochs=effort.epochs), ("peer", "difference", "ratio"), tuple(rows)
        ),
    )
