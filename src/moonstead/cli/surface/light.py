"""`moonstead surface light`: how much light a place gets, its nights, and what of it the terrain leaves open."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moonstead.cli.output import AsJson, DataFolder, open_data, print_json, print_table
from moonstead.cli.surface.light_options import Step, sky_of, time_text
from moonstead.cli.surface.options import Height, Latitude, Longitude, Start, Stop, Terrain, place_of, terrain_of

if TYPE_CHECKING:
    from moonstead.surface.light_interval import LightInterval
    from moonstead.surface.light_series import LightSeries
    from moonstead.surface.nested import NestedTerrain
    from moonstead.surface.night_statistics import LightStatistics

NAME = "light"
TEXT_WIDTH = 100
DAY = 86_400.0
COARSE = 240.0  # [m] from here on the terrain cannot say which spot of a ridge is the lit one


def command(
    latitude: Latitude,
    longitude: Longitude,
    start: Start,
    stop: Stop,
    height: Height = 2.0,
    terrain: Terrain = None,
    step: Step = "1 h",
    azimuths: Annotated[int, typer.Option(min=36, max=36_000, help="Directions of the skyline.")] = 720,
    members: Annotated[int, typer.Option(min=2, max=10_000, help="Skylines behind the interval.")] = 128,
    seed: Annotated[int, typer.Option(min=0, help="Of the interval's random relief.")] = 1,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """Say how much light a place gets, how long its nights are, and what the terrain's resolution leaves open."""
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.foundation.frames.standard import MOON_ME
    from moonstead.surface.horizon import horizon_profile
    from moonstead.surface.light_interval import light_interval
    from moonstead.surface.light_series import light_series
    from moonstead.surface.night_statistics import light_statistics
    from moonstead.surface.nights import sharpened_windows

    place, context = place_of(latitude, longitude), open_data(data)
    sky = sky_of(start, stop, step, context)
    ground = terrain_of(terrain, context, place)
    profile = horizon_profile(ground, *place, height, azimuths)
    site = SurfacePoint("site", "MOON", MOON_ME, *place, profile.height)
    series = light_series(site, profile, sky, context)
    statistics = light_statistics(series, sharpened_windows(series, site, profile, context))
    coarse = float(ground.resolution_at(*place)) > COARSE
    found = light_interval(
        ground, *place, height, sky, context, horizon=profile, members=members, seed=seed, chosen=coarse
    )
    answer = {
        "latitude_deg": latitude,
        "longitude_deg": longitude,
        "height_m": height,
        "start": start,
        "stop": stop,
        **_answer(found, series, statistics, ground, place),
    }
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _answer(
    found: LightInterval,
    series: LightSeries,
    statistics: LightStatistics,
    ground: NestedTerrain,
    place: tuple[float, float],
) -> dict[str, Any]:
    import numpy as np

    from moonstead.surface.terrain_caveat_gap import near_field_gap

    chosen = bool(np.isfinite(found.chosen_interval[0]))
    seen = series.earth_clearance > 0.0
    edges = np.flatnonzero(np.diff(np.concatenate(([True], seen, [True])).astype(np.int8)))
    gap = float(np.max(edges[1::2] - edges[::2], initial=0)) * float(series.tdb[1] - series.tdb[0])
    sun, earth = (np.degrees([np.min(a), np.max(a)]).tolist() for a in (series.sun_elevation, series.earth_elevation))
    remark = near_field_gap(ground, *place).remark
    return {
        "mean_fraction": found.mean_fraction,
        "interval": list(found.interval),
        "interval_meaning": found.meaning,
        "unchosen_interval": list(found.unchosen_interval),
        "chosen_interval": list(found.chosen_interval) if chosen else None,
        "lit_fraction_any": statistics.lit_any,
        "lit_fraction_half": statistics.lit_half,
        "lit_fraction_whole": statistics.lit_whole,
        "longest_night_s": statistics.longest_night,
        "longest_night_start": time_text(statistics.longest_night_start),
        "longest_night_is_cut": statistics.longest_night_is_cut,
        "longest_night_interval_s": [
            min(found.longest_night_interval[0], statistics.longest_night),  # edges here are sharper than samples
            max(found.longest_night_interval[1], statistics.longest_night),
        ],
        "chosen_longest_night_interval_s": list(found.chosen_longest_night_interval) if chosen else None,
        "longest_light_s": statistics.longest_light,
        "night_count": int(statistics.night.size),
        "night_median_s": float(np.median(statistics.night)) if statistics.night.size else 0.0,
        "years": [
            {"start": time_text(begin), "mean_fraction": mean, "night_count": count, "longest_night_s": longest}
            for begin, mean, count, longest in zip(
                statistics.year_start.tolist(),
                statistics.year_mean.tolist(),
                statistics.year_nights.tolist(),
                statistics.year_longest_night.tolist(),
                strict=True,
            )
        ],
        "worst_year_start": time_text(statistics.worst_year_start),
        "worst_year_mean_fraction": statistics.worst_year_mean,
        "earth_fraction": float(np.mean(seen)),
        "earth_longest_gap_s": gap,
        "sun_elevation_deg": sun,
        "earth_elevation_deg": earth,
        "terrain": [
            {"name": name, "resolution_m": float(resolution)}
            for name, resolution in zip(ground.level_names, ground.resolutions, strict=True)
        ],
        "remarks": [remark] if remark else [],
    }


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(
        f"light at {answer['latitude_deg']:.4f} {answer['longitude_deg']:.4f} deg, {answer['height_m']:g} m above the "
        f"ground, {answer['start']} to {answer['stop']}\n\n"
    )
    chosen, dark = answer["chosen_interval"], answer["chosen_longest_night_interval_s"]
    plain = answer["unchosen_interval"]
    rows = [
        ("mean share of the Sun [%]", _share(answer["mean_fraction"]), _range(answer["interval"], 100.0)),
        ("  place not chosen for light", "", _range(plain, 100.0)),
        *([("  place chosen for light", "", _range(chosen, 100.0))] if chosen else []),
        (
            "longest night [d]",
            f"{answer['longest_night_s'] / DAY:.2f}",
            _range(answer["longest_night_interval_s"], 1.0 / DAY),
        ),
        *([("  place chosen for light", "", _range(dark, 1.0 / DAY))] if dark else []),
        ("any part of the Sun [%]", _share(answer["lit_fraction_any"]), ""),
        ("the whole Sun [%]", _share(answer["lit_fraction_whole"]), ""),
        ("Earth in sight [%]", _share(answer["earth_fraction"]), ""),
        ("longest light [d]", f"{answer['longest_light_s'] / DAY:.2f}", ""),
        ("nights", str(answer["night_count"]), ""),
    ]
    if answer["worst_year_start"] is not None:
        begin = answer["worst_year_start"][:10]
        rows.append((f"worst year, from {begin} [%]", _share(answer["worst_year_mean_fraction"]), ""))
    print_table(("", "on this terrain", "interval"), rows, right=(1, 2))
    for note in [f"Interval: {answer['interval_meaning']}.", *answer["remarks"]]:
        sys.stdout.write("\n" + textwrap.fill(note, TEXT_WIDTH) + "\n")


def _share(value: float) -> str:
    return f"{100.0 * value:.1f}"


def _range(pair: list[float], factor: float) -> str:
    return f"{pair[0] * factor:.1f} to {pair[1] * factor:.1f}"
