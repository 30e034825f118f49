"""`moonstead surface psr`: ground that never sees the Sun, and how much more finer terrain may find."""

from __future__ import annotations

import math
import sys
import textwrap
from pathlib import Path
from typing import Annotated

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.cli.surface.light_options import HalfWidth
from moonstead.cli.surface.options import Latitude, Longitude, Terrain, place_of, terrain_of
from moonstead.foundation.errors import InvalidInput

NAME = "psr"
TEXT_WIDTH = 100
CYCLE_START = "2024-01-01"
DAY = 86_400.0


def command(
    latitude: Latitude,
    longitude: Longitude,
    half_width: HalfWidth = 75.0,
    spacing: Annotated[
        float | None, typer.Option(metavar="M", help="Size of the pixels; a quarter of the terrain's by default.")
    ] = None,
    poleward: Annotated[
        float, typer.Option(metavar="DEG", help="Count only ground this far from the equator, or farther.")
    ] = 0.0,
    terrain: Terrain = None,
    azimuths: Annotated[int, typer.Option(min=8, max=3600, help="Directions of the skylines.")] = 72,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="NumPy archive (.npz) for the map.")] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Find permanently shadowed ground of a square region: dark in every year of the 18.6-year cycle."""
    import numpy as np

    from moonstead.foundation.time.epoch import Epoch
    from moonstead.surface.moon_sky import moon_sky
    from moonstead.surface.night_statistics import PRECESSION_CYCLE
    from moonstead.surface.shadowed_area import shadowed_area
    from moonstead.surface.shadowed_regions import sun_envelope

    place, context = place_of(latitude, longitude), open_data(data)
    if not (half_width > 0.0 and 0.0 <= poleward <= 90.0 and (spacing is None or spacing > 0.0)):
        raise InvalidInput("--half-width and --spacing must be positive, --poleward 0 to 90 degrees")
    first = Epoch.parse(CYCLE_START).tdb()
    envelope = sun_envelope(moon_sky(np.arange(first, first + PRECESSION_CYCLE, DAY), context))
    ground = terrain_of(terrain, context, place, 1e3 * half_width)
    found = shadowed_area(
        ground,
        *place,
        1e3 * half_width,
        envelope,
        spacing=spacing,
        poleward=math.radians(poleward),
        azimuth_count=azimuths,
    )
    if out is not None:
        lat, lon = (np.degrees(angle) for angle in found.grid.coordinates())
        np.savez_compressed(
            out, x=found.grid.x, y=found.grid.y, latitude_deg=lat, longitude_deg=lon, shadowed=found.shadowed
        )
    answer = {
        "latitude_deg": latitude,
        "longitude_deg": longitude,
        "half_width_m": 1e3 * half_width,
        "poleward_deg": poleward,
        "spacing_m": found.grid.spacing,
        "area_m2": found.area,
        "interval_m2": list(found.interval),
        "fraction": found.area / found.total,
        "fraction_interval": [each / found.total for each in found.interval],
        "interval_meaning": found.meaning,
        "sun_latitude_deg": [math.degrees(envelope.south), math.degrees(envelope.north)],
        "terrain": [
            {"name": name, "resolution_m": float(resolution)}
            for name, resolution in zip(ground.level_names, ground.resolutions, strict=True)
        ],
        "files": [] if out is None else [str(out)],
    }
    if as_json:
        print_json(answer)
        return
    low, high = found.interval
    rows = [
        ("area [km2]", f"{found.area / 1e6:.0f}", f"{low / 1e6:.0f} to {high / 1e6:.0f}"),
        (
            "share of the region [%]",
            f"{100.0 * found.area / found.total:.2f}",
            f"{100.0 * low / found.total:.2f} to {100.0 * high / found.total:.2f}",
        ),
    ]
    print_table(("permanent shadow", "on this terrain", "interval"), rows, right=(1, 2))
    sys.stdout.write("\n" + textwrap.fill(f"Interval: {found.meaning}.", TEXT_WIDTH) + "\n")
