"""`moonstead surface place`: where on a map to stand for light or sight of the Earth."""

from __future__ import annotations

import sys
import textwrap
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.cli.surface.light_options import Azimuths, HalfWidth, Spacing, Step, horizons_of, sky_of
from moonstead.cli.surface.options import Height, Latitude, Longitude, Start, Stop, Terrain, place_of, terrain_of
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.surface.horizon_map import HorizonMap
    from moonstead.surface.moon_sky import MoonSky
    from moonstead.surface.placement import Placement

NAME = "place"
TEXT_WIDTH = 100
DAY = 86_400.0
CANDIDATES = 400  # best-lit cells among which complements are sought


class Objective(StrEnum):
    """What the chosen cells shall be best at."""

    MEAN_LIGHT = "mean-light"
    EARTH = "earth"
    LIT_ANY = "lit-any"
    COMMON_NIGHT = "longest-common-night"


def command(
    latitude: Latitude,
    longitude: Longitude,
    start: Start,
    stop: Stop,
    height: Height = 2.0,
    count: Annotated[int, typer.Option(min=1, max=12, help="How many places.")] = 1,
    distance: Annotated[float, typer.Option(metavar="M", min=0.0, help="Least distance between two.")] = 0.0,
    objective: Annotated[Objective, typer.Option(help="What they shall be best at.")] = Objective.MEAN_LIGHT,
    half_width: HalfWidth = 10.0,
    spacing: Spacing = 400.0,
    terrain: Terrain = None,
    step: Step = "2 h",
    azimuths: Azimuths = 180,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Choose the best places of a map for one mast, or for several that complement one another."""
    import numpy as np

    from moonstead.surface.light_map import light_map, sight_map
    from moonstead.surface.terrain_caveat_gap import near_field_gap

    place, context = place_of(latitude, longitude), open_data(data)
    sky = sky_of(start, stop, step, context)
    ground = terrain_of(terrain, context, place, 1e3 * half_width)
    horizons = horizons_of(ground, place, half_width, spacing, height, azimuths)
    light, sight = light_map(horizons, sky, context), sight_map(horizons, sky)
    value = sight.seen if objective is Objective.EARTH else light.mean_fraction
    found = _placed(objective, value, horizons, sky, context, count, distance)
    lat, lon = (np.degrees(angle).ravel() for angle in horizons.grid.coordinates())
    answer = {
        "objective": objective.value,
        "value": found.objective / count if objective in (Objective.MEAN_LIGHT, Objective.EARTH) else found.objective,
        "unit": "s" if objective is Objective.COMMON_NIGHT else "1",
        "height_m": height,
        "distance_m": distance,
        "places": [
            {
                "latitude_deg": float(lat[cell]),
                "longitude_deg": float(lon[cell]),
                "mean_fraction": float(light.mean_fraction.flat[cell]),
                "longest_night_s": float(light.longest_night.flat[cell]),
                "earth_fraction": float(sight.seen.flat[cell]),
            }
            for cell in found.cells
        ],
        "terrain": [
            {"name": name, "resolution_m": float(resolution)}
            for name, resolution in zip(ground.level_names, ground.resolutions, strict=True)
        ],
        "remarks": [remark for remark in (near_field_gap(ground, *place).remark,) if remark],
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _placed(
    objective: Objective,
    value: Any,
    horizons: HorizonMap,
    sky: MoonSky,
    data: DataContext,
    count: int,
    distance: float,
) -> Placement:
    """Best cells of a map; complements among those that are best lit by themselves."""
    import numpy as np

    from moonstead.surface.light_map import pixel_light
    from moonstead.surface.placement import Placement, best_cells, best_together

    x, y = np.meshgrid(horizons.grid.x, horizons.grid.y)
    if objective in (Objective.MEAN_LIGHT, Objective.EARTH):
        return best_cells(value, x, y, count, distance)
    if value.size < count:
        raise InvalidInput(f"{count} places were asked for on a map of {value.size} pixels; take a smaller --spacing")
    best = np.argsort(-value.ravel(), kind="stable")[:CANDIDATES]
    rows, columns = np.divmod(best, value.shape[1])
    lit = pixel_light(horizons, rows, columns, sky, data) > 0.0
    step = float(sky.tdb[1] - sky.tdb[0])
    found = best_together(
        lit,
        x.ravel()[best],
        y.ravel()[best],
        count,
        distance,
        "lit-any" if objective is Objective.LIT_ANY else "longest-common-night",
        step,
    )
    return Placement(tuple(int(best[cell]) for cell in found.cells), found.objective)


def _print(answer: dict[str, Any]) -> None:
    shown = f"{answer['value'] / DAY:.2f} d" if answer["unit"] == "s" else f"{100.0 * answer['value']:.1f} %"
    sys.stdout.write(f"{answer['objective']}: {shown} on this terrain\n\n")
    rows = [
        (
            f"{each['latitude_deg']:.4f}",
            f"{each['longitude_deg']:.4f}",
            f"{100.0 * each['mean_fraction']:.1f}",
            f"{each['longest_night_s'] / DAY:.2f}",
            f"{100.0 * each['earth_fraction']:.1f}",
        )
        for each in answer["places"]
    ]
    headings = ("latitude deg", "longitude deg", "mean light %", "longest night d", "Earth %")
    print_table(headings, rows, right=range(5))
    for remark in answer["remarks"]:
        sys.stdout.write("\n" + textwrap.fill(remark, TEXT_WIDTH) + "\n")
