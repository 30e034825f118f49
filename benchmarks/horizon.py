"""The skyline of a site: no peer, a yardstick."""

from __future__ import annotations

import math

import numpy as np
from made_tiles import SOUTH, made_tile
from plain_march import nested_march, reference_march

from benchmarks.effort import Effort
from benchmarks.page import Row, Section
from benchmarks.timing import Contender, number, side_by_side
from moonstead.foundation.data import DataContext
from moonstead.surface.horizon import REACH, horizon_profile
from moonstead.surface.nested import NestedTerrain, nested_terrain
from moonstead.surface.terrain import GlobalTerrain, load_terrain

SITES = ((-88.80, 123.40), (-89.45, -137.31), (20.0, -31.0))  # [deg] two ridges at the pole, one site in the mare
LEVELS = ((2500, 240.0), (4000, 20.0), (3200, 5.0))  # pixels across and their size [m]: what a site study nests
RIPPLES = ((40.0, 0.08), (25.0, 0.06))  # length [pixel] and steepness of what each level adds
MAST = 10.0  # [m]
MARCHED = 60  # azimuths of the yardstick: a subset tells what one costs

TEXT = """No peer is installed: neither brahe nor spiceypy has a function that gives a skyline. So this is
Moonstead alone, {count} azimuths of LOLA's global grid out to {reach:.0f} km, beside a yardstick that is
written for clarity: a plain numpy march with samples 16 times as dense, without an early end. The difference is
the rms between the two; the ratio is the march's CPU time per azimuth in units of Moonstead's. The last row has
three levels of tiles over the global grid, 5 m within 8 km, 20 m within 40 km, 240 m within 300 km, of made-up
relief; its yardstick steps by an eighth of a pixel of the level at hand."""


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
    rows.append(_nested_row(terrain, effort))
    return (
        Section(
            "Horizon of a site",
            TEXT.format(count=effort.azimuths, reach=REACH / 1e3),
            ("site", "Moonstead", "difference", "yardstick's ratio"),
            tuple(rows),
        ),
    )


def _nested_row(base: GlobalTerrain, effort: Effort) -> Row:
    place = math.radians(SITES[1][0]), math.radians(SITES[1][1])
    terrain = _levels(base, place)
    few = horizon_profile(terrain, *place, MAST, azimuth_count=max(4, min(MARCHED, effort.azimuths) // 5))
    apart = float(np.sqrt(np.mean((nested_march(terrain, few, REACH) - few.elevation) ** 2)))
    times = side_by_side(
        {
            "own": Contender(lambda _: horizon_profile(terrain, *place, MAST, effort.azimuths)),
            "march": Contender(lambda _: nested_march(terrain, few, REACH)),
        },
        effort.repetitions,
    )
    micro = 1e6 * times.median("own") / effort.azimuths
    cells = ("levels of 5, 20, 240 m", f"{number(micro)} µs per azimuth", f"{1e6 * apart:.2g} µrad")
    return Row(cells, times.ratio("march", "own").scaled(effort.azimuths / few.azimuth.size))


def _levels(base: GlobalTerrain, place: tuple[float, float]) -> NestedTerrain:
    """Tiles about a place; each shows the level below it and ripples of its own."""
    center = tuple(float(a) for a in SOUTH.forward(*place))
    terrain = nested_terrain([], base)
    for across, spacing in LEVELS:

        def height(latitude, longitude, below=terrain, spacing=spacing):
            x, y = (a / spacing for a in SOUTH.forward(latitude, longitude))
            rise = sum(
                slope * length * np.sin(2.0 * np.pi * (x * np.cos(k) + y * np.sin(k)) / length)
                for k, (length, slope) in enumerate(RIPPLES, 1)
            )
            return below.height(latitude, longitude) + spacing * rise / (2.0 * np.pi)

        tile = made_tile(height, center, 0.5 * across * spacing, spacing)
        terrain = nested_terrain([*terrain.tiles, tile], base)
    return terrain
