"""`moonstead surface horizon`: the skyline of a place, and what of it the terrain cannot know."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.cli.surface.options import Height, Latitude, Longitude, Terrain, place_of, terrain_of

if TYPE_CHECKING:
    from moonstead.surface.horizon import HorizonProfile
    from moonstead.surface.nested import NestedTerrain
    from moonstead.surface.terrain_caveat_gap import HorizonBound

NAME = "horizon"
MOST_AZIMUTHS = 36_000
ROWS = 36  # of the table for reading; --json has every azimuth
TEXT_WIDTH = 100


def command(
    latitude: Latitude,
    longitude: Longitude,
    height: Height = 2.0,
    terrain: Terrain = None,
    azimuths: Annotated[int, typer.Option(min=4, max=MOST_AZIMUTHS, help="Directions, equally spaced.")] = 720,
    reach: Annotated[float, typer.Option(metavar="KM", help="How far to look.")] = 300.0,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say how high the ground stands in every direction, how far away, and how wrong that may be."""
    from moonstead.surface.horizon import horizon_profile
    from moonstead.surface.terrain_caveat_gap import horizon_bound

    place = place_of(latitude, longitude)
    ground = terrain_of(terrain, open_data(data), place)
    profile = horizon_profile(ground, *place, height, azimuths, reach * 1e3)
    answer = _answer(profile, horizon_bound(ground, profile), ground, height)
    answer = {"latitude_deg": latitude, "longitude_deg": longitude, "height_m": height, **answer}
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _answer(profile: HorizonProfile, bound: HorizonBound, terrain: NestedTerrain, height: float) -> dict[str, Any]:
    import numpy as np

    from moonstead.surface.registration import registrations
    from moonstead.surface.terrain_caveat_gap import near_field_gap

    place = profile.latitude, profile.longitude
    gap = near_field_gap(terrain, *place)
    azimuth, elevation, lower, upper = (
        np.degrees(each).tolist() for each in (profile.azimuth, profile.elevation, bound.lower, bound.upper)
    )
    remarks = [gap.remark, *(tile.hole_remark for tile in terrain.tiles)]
    remarks += [found.remark for found in registrations(terrain)]
    return {
        "ground_m": profile.height - height,
        "slope_deg": float(np.degrees(terrain.slope(*place))),
        "terrain": [
            {"name": name, "resolution_m": float(resolution), "holes": holes, "source": source}
            for name, resolution, holes, source in zip(
                terrain.level_names,
                terrain.resolutions,
                [*(tile.hole_fraction for tile in terrain.tiles), 0.0],
                [*(tile.source for tile in terrain.tiles), terrain.base.source],
                strict=True,
            )
        ],
        "terrain_by_distance": [
            {
                "distance_m": float(distance),
                "resolution_m": float(resolution),
                "needed_m": float(needed),
                "terrain": name,
            }
            for distance, resolution, needed, name in zip(
                gap.distance, gap.resolution, gap.needed, gap.level, strict=True
            )
        ],
        "is_site_grade": gap.is_site_grade,
        "unresolved_relief_m": bound.relief,
        "products": [product.text for product in gap.products],
        "remarks": [remark for remark in remarks if remark],
        "horizon": [
            {"azimuth_deg": a, "elevation_deg": e, "distance_m": d, "error_below_deg": low, "error_above_deg": high}
            for a, e, d, low, high in zip(azimuth, elevation, profile.distance.tolist(), lower, upper, strict=True)
        ],
    }


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(
        f"skyline at {answer['latitude_deg']:.4f} {answer['longitude_deg']:.4f} deg, {answer['height_m']:g} m above "
        f"the ground, which is at {answer['ground_m']:.1f} m above 1737.4 km\n\n"
    )
    rows = answer["horizon"][:: max(1, len(answer["horizon"]) // ROWS)]
    cells = [
        (
            f"{row['azimuth_deg']:.1f}",
            f"{row['elevation_deg']:.3f}",
            f"-{row['error_below_deg']:.2f} +{row['error_above_deg']:.2f}",
            f"{row['distance_m'] / 1e3:.3f}",
        )
        for row in rows
    ]
    print_table(("azimuth deg", "elevation deg", "95 % error deg", "distance km"), cells, right=range(4))
    sys.stdout.write("\n")
    rings = [
        (f"{ring['distance_m'] / 1e3:g}", f"{ring['resolution_m']:.0f}", f"{ring['needed_m']:.0f}", ring["terrain"])
        for ring in answer["terrain_by_distance"]
    ]
    print_table(("at km", "terrain m", "needed m", "level"), rings, right=range(3))
    for remark in answer["remarks"]:
        sys.stdout.write("\n" + textwrap.fill(remark, TEXT_WIDTH) + "\n")
