"""What the verbs about light share: step of time, sky of a span, map of a region."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer

from moonstead.cli.surface.options import span_of
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.surface.horizon_map import HorizonMap
    from moonstead.surface.moon_sky import MoonSky
    from moonstead.surface.nested import NestedTerrain

MOST_SAMPLES = 2_000_000
MOST_PIXELS = 1_000_000
LAST_CLOCK = 1e11  # [s] no calendar beyond

Step = Annotated[str, typer.Option(metavar="TIME", help='Step of the series, for example "1 h".')]
HalfWidth = Annotated[float, typer.Option(metavar="KM", help="From the centre of the map to its edges.")]
Spacing = Annotated[float, typer.Option(metavar="M", help="Size of the map's pixels.")]
Azimuths = Annotated[int, typer.Option(min=8, max=3600, help="Directions of the skylines.")]


def sky_of(start: str, stop: str, step: str, data: DataContext) -> MoonSky:
    """Sun and Earth over a span, in the middles of equal steps."""
    import numpy as np

    from moonstead.foundation.units import parse_quantity
    from moonstead.surface.moon_sky import moon_sky

    first, last = span_of(start, stop)
    gap = parse_quantity(step, "time")
    if not gap > 0.0:
        raise InvalidInput(f"a step is longer than nothing; got --step {step!r}")
    count = math.ceil((last - first) / gap)
    if not 2 <= count <= MOST_SAMPLES:
        raise InvalidInput(f"the span has {count} steps; choose a step that makes 2 to {MOST_SAMPLES}")
    return moon_sky(first + (np.arange(count) + 0.5) * ((last - first) / count), data)


def horizons_of(
    terrain: NestedTerrain,
    place: tuple[float, float],
    half_width_km: float,
    spacing_m: float,
    height: float,
    azimuths: int,
) -> HorizonMap:
    """Skylines of a square of pixels about a place."""
    from moonstead.surface.horizon_map import horizon_map
    from moonstead.surface.horizon_map_levels import horizon_levels, target_window

    half_width = 1e3 * half_width_km
    if not (0.0 < spacing_m <= half_width < math.inf):
        raise InvalidInput(f"a map needs 0 < --spacing <= --half-width; got {spacing_m:g} m and {half_width_km:g} km")
    pixels = (2 * round(half_width / spacing_m) + 1) ** 2
    if pixels > MOST_PIXELS:
        raise InvalidInput(f"the map would have {pixels} pixels, more than {MOST_PIXELS}; take a larger --spacing")
    levels = horizon_levels(terrain, *place, half_width, spacing_m)
    return horizon_map(levels, azimuths, height, *target_window(levels[0], half_width))


def time_text(tdb: float) -> str | None:
    """UTC to the second of a time [s TDB past J2000], as JSON has it; None for none."""
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.from_tdb(tdb).text("UTC", 0) + "Z" if abs(tdb) < LAST_CLOCK else None
