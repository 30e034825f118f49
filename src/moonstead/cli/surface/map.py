"""`moonstead surface map`: light, nights and sight of the Earth at every pixel about a place."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table, progress
from moonstead.cli.surface.light_options import Azimuths, HalfWidth, Spacing, Step, horizons_of, sky_of
from moonstead.cli.surface.options import Height, Latitude, Longitude, Start, Stop, Terrain, place_of, terrain_of

NAME = "map"
TEXT_WIDTH = 100
DAY = 86_400.0


def command(
    latitude: Latitude,
    longitude: Longitude,
    start: Start,
    stop: Stop,
    height: Height = 2.0,
    half_width: HalfWidth = 10.0,
    spacing: Spacing = 200.0,
    terrain: Terrain = None,
    step: Step = "1 h",
    azimuths: Azimuths = 360,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for light-map.npz and light-map.parquet.")
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Map mean light, longest nights and sight of the Earth about a place; --out keeps every pixel."""
    import numpy as np

    from moonstead.surface.light_map import light_map, sight_map
    from moonstead.surface.light_map_caveat import pixel_remark
    from moonstead.surface.terrain_caveat_gap import near_field_gap

    place, context = place_of(latitude, longitude), open_data(data)
    sky = sky_of(start, stop, step, context)
    ground = terrain_of(terrain, context, place, 1e3 * half_width)
    horizons = horizons_of(ground, place, half_width, spacing, height, azimuths)
    with progress(quiet=as_json) as bars:
        task = bars.add_task("light", total=100)
        light = light_map(horizons, sky, context, progress=lambda share: bars.update(task, completed=100.0 * share))
    sight = sight_map(horizons, sky)
    lat, lon = (np.degrees(angle) for angle in horizons.grid.coordinates())
    x, y = np.meshgrid(horizons.grid.x, horizons.grid.y)
    columns = {
        "x": x,
        "y": y,
        "latitude_deg": lat,
        "longitude_deg": lon,
        "height": np.asarray(horizons.grid.heights, dtype=np.float64),
        "mean_fraction": light.mean_fraction,
        "lit_fraction_any": light.lit_any,
        "longest_night_s": light.longest_night,
        "longest_light_s": light.longest_light,
        "earth_fraction": sight.seen,
        "earth_longest_gap_s": sight.longest_gap,
    }
    best = np.unravel_index(int(np.argmax(light.mean_fraction)), light.mean_fraction.shape)
    written = [] if out is None else _write(out, columns, f"{spacing:g} m pixels, eye {height:g} m above the ground")
    remarks = (near_field_gap(ground, *place).remark, pixel_remark(spacing, float(ground.resolution_at(*place))))
    answer = {
        "latitude_deg": latitude,
        "longitude_deg": longitude,
        "height_m": height,
        "half_width_m": 1e3 * half_width,
        "spacing_m": spacing,
        "rows": int(x.shape[0]),
        "columns": int(x.shape[1]),
        "mean_fraction": {"lowest": float(np.min(light.mean_fraction)), "mean": float(np.mean(light.mean_fraction))},
        "best": {name: float(values[best]) for name, values in columns.items() if name not in ("x", "y", "height")},
        "terrain": [
            {"name": name, "resolution_m": float(resolution)}
            for name, resolution in zip(ground.level_names, ground.resolutions, strict=True)
        ],
        "remarks": [remark for remark in remarks if remark],
        "files": [str(path) for path in written],
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _write(folder: Path, columns: dict[str, Any], description: str) -> list[Path]:
    import numpy as np

    from moonstead.run.tables import Table, write_table

    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / "light-map.npz"
    np.savez_compressed(archive, **columns)
    units = {
        "x": "m to the right on the gnomonic map",
        "y": "m upwards on it",
        "latitude_deg": "deg in MOON_ME",
        "longitude_deg": "deg east",
        "height": "m above 1737.4 km",
        "mean_fraction": "1",
        "lit_fraction_any": "1",
        "longest_night_s": "s",
        "longest_light_s": "s",
        "earth_fraction": "1",
        "earth_longest_gap_s": "s",
    }
    table = Table("light-map", {name: values.ravel() for name, values in columns.items()}, units, description)
    return [archive, write_table(table, folder)]


def _print(answer: dict[str, Any]) -> None:
    best = answer["best"]
    sys.stdout.write(
        f"{answer['rows']} x {answer['columns']} pixels of {answer['spacing_m']:g} m about "
        f"{answer['latitude_deg']:.4f} {answer['longitude_deg']:.4f} deg\n\n"
    )
    rows = [
        ("latitude [deg]", f"{best['latitude_deg']:.4f}"),
        ("longitude [deg]", f"{best['longitude_deg']:.4f}"),
        ("mean share of the Sun [%]", f"{100.0 * best['mean_fraction']:.1f}"),
        ("any part of the Sun [%]", f"{100.0 * best['lit_fraction_any']:.1f}"),
        ("longest night [d]", f"{best['longest_night_s'] / DAY:.2f}"),
        ("Earth in sight [%]", f"{100.0 * best['earth_fraction']:.1f}"),
    ]
    print_table(("best pixel on this terrain", ""), rows, right=(1,))
    for text in [*answer["remarks"], *(f"written: {path}" for path in answer["files"])]:
        sys.stdout.write("\n" + textwrap.fill(text, TEXT_WIDTH) + "\n")
