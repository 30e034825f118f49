"""`moonstead monitor coverage`: how well a constellation watches the Earth or the Moon."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from moonstead.cli.monitor.constellation_options import (
    Altitude,
    Geo,
    HalfAngle,
    Inclination,
    Least,
    Molniya,
    Star,
    Tundra,
    Walker,
    constellation_of,
)
from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.monitoring.coverage.coverage_map import CoverageMap

NAME = "coverage"
HOUR, MINUTE = 3600.0, 60.0  # [s]
START = "2026-01-01"  # within the Earth orientation that is installed
MOST_HOURS = 24.0 * 60.0
TOLD = 4  # sensors at once that the tables tell apart
BANDS = 18  # latitude bands of the printed table


def command(
    constellation: Annotated[
        str | None,
        typer.Argument(
            metavar="[PRESET|SCENARIO]", help="A constellation by name (--presets), or a scenario's sensors."
        ),
    ] = None,
    walker: Walker = None,
    altitude_km: Altitude = 780.0,
    inclination_deg: Inclination = 86.4,
    star: Star = False,
    geo: Geo = None,
    molniya: Molniya = None,
    tundra: Tundra = None,
    body: Annotated[str, typer.Option(help="What a Walker pattern watches: EARTH or MOON.")] = "EARTH",
    elevation_deg: Least = 0.0,
    half_angle_deg: HalfAngle = None,
    range_km: Annotated[float | None, typer.Option("--range-km", help="Farthest place that a satellite sees.")] = None,
    sun_exclusion_deg: Annotated[float, typer.Option(help="Least angle between the line of sight and the Sun.")] = 0.0,
    light: Annotated[str, typer.Option(help="Of the places: any, day or night.")] = "any",
    start: Annotated[str, typer.Option(metavar="TIME", help="First moment, UTC.")] = START,
    hours: Annotated[float, typer.Option(metavar="H", help="How long.")] = 24.0,
    grid_deg: Annotated[float, typer.Option("--grid-deg", help="Size of the cells, all of nearly one area.")] = 4.0,
    height_km: Annotated[float, typer.Option("--height-km", help="Of the places over the ground.")] = 0.0,
    required: Annotated[int, typer.Option(help="Satellites that have to see a place for it not to be in a gap.")] = 1,
    stereo_deg: Annotated[float, typer.Option("--stereo-deg", help="Least angle between two lines of sight.")] = 20.0,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every cell as comma-separated values.")
    ] = None,
    presets: Annotated[bool, typer.Option("--presets", help="List the constellations by name.")] = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Share of time by how many see each place, gaps, waits and stereo views, over the whole ground and by latitude."""
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.monitoring.coverage.coverage_map import coverage
    from moonstead.monitoring.coverage.ground import equal_area, ground_named
    from moonstead.monitoring.coverage.watchers import ViewLimits, constellation_watchers

    if presets:
        _presets(as_json)
        return
    if constellation is not None and constellation.endswith(".toml"):
        _scenario(Path(constellation), as_json, data)
        return
    satellites = constellation_of(
        constellation, walker, altitude_km, inclination_deg, star, geo, molniya, tundra, body.upper()
    )
    if satellites is None:
        raise InvalidInput("nobody watches: name a PRESET (see --presets), --walker, --geo, --molniya or --tundra")
    if not 0.0 < hours <= MOST_HOURS:
        raise InvalidInput(f"--hours lies above 0 and up to {MOST_HOURS:g}; got {hours:g}")
    limits = ViewLimits(
        math.radians(elevation_deg),
        math.pi if half_angle_deg is None else math.radians(half_angle_deg),
        math.inf if range_km is None else 1e3 * range_km,
        math.radians(sun_exclusion_deg),
        cast(Literal["any", "day", "night"], light),
    )
    context = open_data(data)
    begin = Epoch.parse(start, "UTC").tdb()
    watchers = constellation_watchers(satellites, limits, begin, begin + HOUR * hours, context)
    cells = equal_area(ground_named(satellites.body), math.radians(grid_deg), height=1e3 * height_km)
    found = coverage(watchers, cells, required=required, stereo=math.radians(stereo_deg))
    if out is not None:
        _write(found, out)
    answer = {
        "body": satellites.body,
        "satellites": len(satellites),
        "from_utc": Epoch.from_tdb(found.span[0]).text("UTC", 0),
        "until_utc": Epoch.from_tdb(found.span[1]).text("UTC", 0),
        "cells": len(cells),
        "required": required,
        **_whole(found),
        "bands": _bands(found),
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _whole(found: CoverageMap) -> dict[str, Any]:
    """Figures over the whole ground; waits and gaps in minutes."""
    import numpy as np

    seen = found.share_at_least(1) > 0.0
    return {
        "share_at_least": [found.mean(found.share_at_least(count)) for count in range(1, TOLD + 1)],
        "share_by_number": [found.mean(column) for column in found.shares.T],
        "area_always_seen": found.mean((found.share_at_least(found.required) >= 1.0 - 1e-12).astype(float)),
        "area_never_seen": found.mean((~seen).astype(float)),
        "mean_gap_min": found.mean(np.where(found.gaps > 0.0, found.mean_gap, np.nan)) / MINUTE,
        "longest_gap_min": float(np.max(found.longest_gap)) / MINUTE,
        "mean_response_min": found.mean(found.mean_response) / MINUTE,
        "worst_response_95_min": float(np.max(found.response_95)) / MINUTE,
        "mean_view_min": found.mean(np.where(seen, found.mean_view, np.nan)) / MINUTE,
        "stereo_share": found.mean(found.stereo_share),
        "stereo_angle_deg": math.degrees(found.mean(found.stereo_angle)),
    }


def _bands(found: CoverageMap) -> list[dict[str, Any]]:
    """Figures of each row of cells, from south to north."""
    import numpy as np

    cells = found.cells
    columns = {
        **{f"share_at_least_{n}": cells.by_row(found.share_at_least(n)) for n in range(1, TOLD + 1)},
        "mean_gap_min": cells.by_row(np.where(found.gaps > 0.0, found.mean_gap, np.nan)) / MINUTE,
        "gap_95_min": cells.by_row(found.gap_95) / MINUTE,
        "longest_gap_min": np.array([found.longest_gap[cells.row == row].max() for row in range(cells.rows)]) / MINUTE,
        "mean_response_min": cells.by_row(found.mean_response) / MINUTE,
        "stereo_share": cells.by_row(found.stereo_share),
    }
    return [
        {"latitude_deg": math.degrees(latitude), **{name: float(column[row]) for name, column in columns.items()}}
        for row, latitude in enumerate(cells.row_latitude)
    ]


def _write(found: CoverageMap, path: Path) -> None:
    from moonstead.formats.files import write_text

    names = ("latitude_deg", "longitude_deg", "area_share", *(f"share_at_least_{n}" for n in range(1, TOLD + 1)))
    names = (*names, "gaps", "mean_gap_s", "longest_gap_s", "gap_95_s", "mean_response_s", "response_95_s")
    names = (*names, "stereo_share", "stereo_angle_deg")
    cells = found.cells
    rows = zip(
        *((math.degrees(x) for x in column) for column in (cells.latitude, cells.longitude)),
        cells.weight,
        *(found.share_at_least(n) for n in range(1, TOLD + 1)),
        *(found.gaps, found.mean_gap, found.longest_gap, found.gap_95, found.mean_response, found.response_95),
        found.stereo_share,
        (math.degrees(x) for x in found.stereo_angle),
        strict=True,
    )
    lines = [",".join("" if math.isnan(x) else f"{x:.9g}" for x in row) for row in rows]
    write_text(path, "\n".join([",".join(names), *lines]) + "\n")


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(
        f"{answer['satellites']} satellites over the {answer['body'].capitalize()}, {answer['from_utc']} to "
        f"{answer['until_utc']}, {answer['cells']} cells\n"
    )
    shares = ", ".join(f"{n} or more {100 * share:.2f} %" for n, share in enumerate(answer["share_at_least"], 1))
    sys.stdout.write(f"mean share of time: {shares}\n")
    sys.stdout.write(
        f"area always seen by {answer['required']}: {100 * answer['area_always_seen']:.2f} %, never seen: "
        f"{100 * answer['area_never_seen']:.2f} %\n"
        f"longest gap {answer['longest_gap_min']:.1f} min, mean wait {answer['mean_response_min']:.2f} min, "
        f"in stereo {100 * answer['stereo_share']:.2f} % of the time\n\n"
    )
    bands = answer["bands"]
    chosen = bands[:: max(1, math.ceil(len(bands) / BANDS))]
    print_table(
        ["latitude", *(f">= {n}" for n in range(1, TOLD + 1)), "longest gap", "mean wait", "stereo"],
        [
            [
                f"{band['latitude_deg']:+.1f}",
                *(f"{100 * band[f'share_at_least_{n}']:.2f} %" for n in range(1, TOLD + 1)),
                f"{band['longest_gap_min']:.1f} min",
                f"{band['mean_response_min']:.2f} min",
                f"{100 * band['stereo_share']:.2f} %",
            ]
            for band in reversed(chosen)
        ],
        right=range(8),
    )


def _scenario(file: Path, as_json: bool, data: Path | None) -> None:
    """What the sensors of a scenario see, with the keys of its [monitoring]."""
    import tempfile

    from moonstead.run.plan import make_plan
    from moonstead.run.preflight import preflight
    from moonstead.run.some_tasks import compute_tasks
    from moonstead.scenario.load import load_scenario

    loaded, context = load_scenario(file), open_data(data)
    preflight(loaded, context)
    tasks = make_plan(loaded.scenario)
    wanted = [task.id for task in tasks if task.id.startswith("watch.")]
    if not wanted:
        raise InvalidInput(f"{file} has no sensor that watches a ground: add [monitoring] and [[sensor]]")
    with tempfile.TemporaryDirectory(prefix="moonstead-") as scratch:
        results = compute_tasks(tasks, wanted, context, Path(scratch))
        maps = [_map(results[id]) for id in wanted]
    if as_json:
        print_json({"scenario": str(loaded.source), "maps": maps})
        return
    for one in maps:
        shares = ", ".join(f"{n} or more {100 * share:.2f} %" for n, share in enumerate(one["share_at_least"], 1))
        sys.stdout.write(
            f"{one['place']}, {', '.join(one['sensors'])}, {one['from_utc']} to {one['until_utc']}\n"
            f"  mean share of time: {shares}; longest gap {one['longest_gap_min']:.1f} min\n"
        )


def _map(result: Any) -> dict[str, Any]:
    facts = result.facts
    if not facts:
        raise InvalidInput("; ".join(result.warnings))
    return {
        "place": facts["place"],
        "sensors": facts["sensors"],
        "from_utc": facts["start_utc"],
        "until_utc": facts["stop_utc"],
        "share_at_least": facts["shares"],
        "area_never_seen": facts["never"],
        "longest_gap_min": facts["longest_gap"] / MINUTE,
        "mean_response_min": facts["mean_response"] / MINUTE,
    }


def _presets(as_json: bool) -> None:
    from moonstead.monitoring.coverage.presets import PRESETS

    if as_json:
        print_json({name: {"is": one.description, "source": one.source} for name, one in PRESETS.items()})
        return
    print_table(["preset", "is", "source"], [[name, one.description, one.source] for name, one in PRESETS.items()])
