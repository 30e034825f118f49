"""The skyline of a site: no peer, a yardstick."""

from __future__ import annotations

import math

import numpy as np
from plain_march import reference_march

from benchmarks.effort import Effort
from benchmarks.page import Row, Section
from benchmarks.timing import Contender, number, side_by_side
from moonstead.foundation.data import DataContext
from moonstead.surface.horizon import REACH, horizon_profile
from moonstead.surface.terrain import load_terrain

SITES = ((-88.80, 123.40), (-89.45, -137.31), (20.0, -31.0))  # [deg] two ridges at the pole, one site in the mare
MAST = 10.0  # [m]
MARCHED = 60  # azimuths of the yardstick: a subset tells what one costs

TEXT = """No peer is installed: neither brahe nor spiceypy has a function that gives a skyline. So this is Moonstead
alone, {count} azimuths of LOLA's global grid out to {reach:.0f} km, beside a yardstick that is written for clarity: a
plain numpy march with samples 16 times as dense, without an early end. The difference is the rms between the two; the
ratio is the march's CPU time per azimuth in units of Moonstead's."""


def measure(data: DataContext, effort: Effort) -> tuple[Section, ...]:
    terrain = load_terrain(data)
    rows = []
    for latitude, longitude in SITES:
        place = math.radians(latitude), math.radians(longitude)
        few = horizon_profile(terrain, *place, MAST, azimuth_count=min(MARCHED, effort.azimuths))
        apart = float(np.sqrt(np.mean((reference_march(terrain, few, REACH) - few.elevation) ** 2)))
        times = side_by_side(
            {
                "own": Contender(lambda _, at=place: horizon_profile(terrain, *at, MAST, effort.azimuths)),
                "march": Contender(lambda _, profile=few: reference_march(terrain, profile, REACH)),
            },
            effort.repetitions,
        )
        share = effort.azimuths / few.azimuth.size
        micro = 1e6 * times.median("own") / effort.azimuths
        cells = (f"{latitude:g} {longitude:g} deg", f"{number(micro)} µs per azimuth", f"{1e6 * apart:.2g} µrad")
        rows.append(Row(cells, times.ratio("march", "own").scaled(share)))
    return (
        Section(
            "Horizon of a site",
            TEXT.format(count=effort.azimuths, reach=REACH / 1e3),
            ("site", "Moonstead", "difference", "yardstick's ratio"),
            tuple(rows),
        ),
    )
