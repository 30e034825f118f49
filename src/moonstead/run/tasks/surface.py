"""Sites: the map around them, the skyline at each height of an eye, and light and Earth behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.run.moments import sample_times, utc_text, window_table
from moonstead.run.places import eye_point, eyes, site_fragment, site_terrain
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.dynamics.windows import Windows
    from moonstead.surface.horizon import HorizonProfile
    from moonstead.surface.nested import NestedTerrain

TERRAIN = ("lola-8ppd",)
SKY = ("de440s", "moon-pa-de440")
MAP_HALF_WIDTH = 60e3  # [m]
NEAR_MAP_HALF_WIDTH = 4e3  # [m] drawn where the terrain is fine enough for it
MAP_POINTS = 121
BEST_NIGHTS = "3 to 5 d"  # longest dark at 2 and 10 m on the Connecting Ridge: Gläser et al. (2014)


def plan(scenario: Scenario) -> list[Task]:
    """One map for each site; skyline and light for each height at which something needs them."""
    start, stop = scenario.span()
    tasks = []
    for site in scenario.sites:
        place = site_fragment(site)
        name = site.name or site.id
        tasks.append(Task(f"map.{site.id}", f"Terrain around {name}", f"{__name__}:draw_map", place, datasets=TERRAIN))
    for eye in eyes(scenario):
        place = site_fragment(eye.site) | {"mast": eye.mast}
        name = eye.site.name or eye.site.id
        view = {"azimuths": scenario.analysis.horizon_azimuths}
        tasks.append(
            Task(
                f"horizon.{eye.key}",
                f"Skyline of {name} at {eye.mast:g} m",
                f"{__name__}:find_horizon",
                place | view,
                datasets=TERRAIN,
            )
        )
        light = {
            "start": start,
            "stop": stop,
            "step": scenario.analysis.light_step,
            "fine_step": scenario.analysis.ledger_step,
            "name": name,
        }
        tasks.append(
            Task(
                f"light.{eye.key}",
                f"Light at {name}, {eye.mast:g} m",
                f"{__name__}:follow_light",
                place | light | {"aberration": scenario.analysis.aberration},
                inputs=(f"horizon.{eye.key}", f"light-interval.{eye.site.id}"),
                datasets=SKY + TERRAIN,
            )
        )
    return tasks


def draw_map(inputs: TaskInputs) -> TaskOutput:
    """Heights around a site on azimuthal equidistant maps, and how finely its ground is known at each distance."""
    from moonstead.surface.registration import registrations
    from moonstead.surface.terrain import terrain_caveat
    from moonstead.surface.terrain_caveat_gap import near_field_gap

    place = inputs.fragment
    terrain = site_terrain(place, inputs.data)
    here = place["latitude"], place["longitude"]
    gap = near_field_gap(terrain, *here)
    maps = [_map_table(f"map.{place['site']}", terrain, here, MAP_HALF_WIDTH)]
    if float(terrain.resolution_at(*here)) < NEAR_MAP_HALF_WIDTH / MAP_POINTS:
        maps.append(_map_table(f"near-map.{place['site']}", terrain, here, NEAR_MAP_HALF_WIDTH))
    caveat = terrain_caveat(terrain)
    remarks = [gap.remark, *(tile.hole_remark for tile in terrain.tiles), *(r.remark for r in registrations(terrain))]
    facts = {
        "ground_height": float(terrain.height(*here)),
        "slope": float(terrain.slope(*here)),
        "resolution": float(terrain.resolution_at(*here)),
        "caveat": caveat,
        "is_site_grade": gap.is_site_grade,
        "rings": [
            {"distance": float(distance), "resolution": float(resolution), "needed": float(needed), "level": level}
            for distance, resolution, needed, level in zip(
                gap.distance, gap.resolution, gap.needed, gap.level, strict=True
            )
        ],
        "products": [product.text for product in gap.products],
        "remarks": [remark for remark in remarks if remark],
    }
    warnings = tuple(remark for remark in (caveat, *remarks[1:]) if remark)
    return TaskOutput(tuple(maps), facts=facts, warnings=warnings, models=_models(terrain))


def _map_table(name: str, terrain: NestedTerrain, here: tuple[float, float], half_width: float) -> Table:
    from moonstead.surface.terrain import local_heightmap

    grid = local_heightmap(terrain, *here, half_width, MAP_POINTS)
    x, y = np.meshgrid(grid.x, grid.y)
    return Table(
        name,
        {"x": x.ravel(), "y": y.ravel(), "height": grid.heights.ravel()},
        {"x": "m east of the site", "y": "m north of the site", "height": "m above 1737.4 km"},
        "Height of the ground at one point of the azimuthal equidistant map about the site.",
    )


def _models(terrain: NestedTerrain) -> tuple[str, ...]:
    return ("lola", "nested-terrain") if terrain.tiles else ("lola",)


def find_horizon(inputs: TaskInputs) -> TaskOutput:
    """Skyline of a site as an eye at a height sees it."""
    from moonstead.surface.horizon import horizon_profile
    from moonstead.surface.terrain_caveat_gap import horizon_bound

    place = inputs.fragment
    terrain = site_terrain(place, inputs.data)
    profile = horizon_profile(terrain, place["latitude"], place["longitude"], place["mast"], place["azimuths"])
    bound = horizon_bound(terrain, profile)
    table = Table(
        inputs.task.id,
        {
            "azimuth": profile.azimuth,
            "elevation": profile.elevation,
            "distance": profile.distance,
            "error_below": bound.lower,
            "error_above": bound.upper,
        },
        {
            "azimuth": "rad from north over east",
            "elevation": "rad",
            "distance": "m along the ground",
            "error_below": "rad, 95 %",
            "error_above": "rad, 95 %",
        },
        "Direction and distance of the skyline, and how far off it may be because of ground that the terrain is too "
        "coarse to show.",
    )
    facts = {
        "site": place["site"],
        "mast": place["mast"],
        "highest": float(profile.elevation.max()),
        "unresolved_relief": bound.relief,
    }
    return TaskOutput((table,), profile.as_arrays(), facts=facts, models=(*_models(terrain), "horizon"))


def follow_light(inputs: TaskInputs) -> TaskOutput:
    """Sun and Earth over the span: series, nights, windows, and the figures for the report."""
    from moonstead.surface.horizon import HorizonProfile
    from moonstead.surface.light import earth_visible, light_windows
    from moonstead.surface.light_series import light_series

    place = inputs.fragment
    key = inputs.task.id.removeprefix("light.")
    profile = HorizonProfile.from_arrays(inputs.result(f"horizon.{key}").arrays())
    point = eye_point(place, profile)
    start, stop = place["start"], place["stop"]
    tdb = sample_times(start, stop, place["step"])
    light = light_series(point, profile, tdb, inputs.data, aberration=place["aberration"])
    lit = light_windows(point, profile, start, stop, inputs.data)
    seen = earth_visible(point, profile, start, stop, inputs.data)
    series = Table(
        f"light.{key}",
        {
            "tdb": tdb,
            "utc": utc_text(tdb),
            "sun_azimuth": light.sun_azimuth,
            "sun_elevation": light.sun_elevation,
            "sun_distance": light.sun_distance,
            "sun_fraction": light.sun_fraction,
            "earth_azimuth": light.earth_azimuth,
            "earth_elevation": light.earth_elevation,
        },
        {
            "tdb": "s TDB past J2000",
            "utc": "UTC",
            "sun_azimuth": "rad from north over east",
            "sun_elevation": "rad",
            "sun_distance": "m",
            "sun_fraction": "1",
            "earth_azimuth": "rad from north over east",
            "earth_elevation": "rad",
        },
        f"Sun and Earth in the sky ({place['aberration']} positions); share of the Sun's light above the skyline.",
    )
    fraction = light.sun_fraction
    mean = float(np.sum((fraction[1:] + fraction[:-1]) * np.diff(tdb)) / (2.0 * (stop - start)))
    open_ground = inputs.result(f"light-interval.{place['site']}").facts
    nights = (~lit).durations()
    facts = {
        "site": place["site"],
        "mast": place["mast"],
        "mean_fraction": mean,
        "lit_fraction": lit.fraction(),
        "longest_dark": (~lit).longest(),
        "longest_dark_is_cut": _is_cut(~lit),
        "longest_lit": lit.longest(),
        "night_count": int(nights.size),
        "night_median": float(np.median(nights)) if nights.size else 0.0,
        "earth_fraction": seen.fraction(),
        "earth_longest_gap": (~seen).longest(),
        "terrain": open_ground["terrain"],
        "resolution": open_ground["resolution"],
        "interval": _hull(open_ground[key]["mean_fraction"], mean),
        "longest_dark_interval": _hull(open_ground[key]["longest_night"], (~lit).longest()),
        "interval_meaning": open_ground[key]["meaning"],
    }
    tables = (
        series,
        window_table(f"dark.{key}", ~lit, "Interval without any part of the Sun above the skyline."),
        window_table(f"earth.{key}", seen, "Interval with the Earth's centre above the skyline."),
    )
    return TaskOutput(
        tables,
        _fine_series(inputs, point, profile),
        figures=_figures(place, facts),
        facts=facts,
        models=("de440", "moon-me", "lola", "horizon", "limb-darkening", "relief-ensemble", "event-bounds"),
    )


def _hull(interval: list[float], value: float) -> list[float]:
    """Interval [any unit] and a value that was found with finer steps than the interval."""
    return [min(interval[0], value), max(interval[1], value)]


def _is_cut(windows: Windows) -> bool:
    """Whether the longest window touches an end of the span."""
    if not len(windows):
        return False
    longest = int(np.argmax(windows.durations()))
    return bool(windows.starts[longest] <= windows.span[0] or windows.stops[longest] >= windows.span[1])


def _fine_series(inputs: TaskInputs, point: SurfacePoint, profile: HorizonProfile) -> dict[str, Any]:
    """Sunlight at the steps of the power ledger, for arrays at this height."""
    from moonstead.surface.light_series import light_series

    place = inputs.fragment
    tdb = sample_times(place["start"], place["stop"], place["fine_step"])
    light = light_series(point, profile, tdb, inputs.data, aberration=place["aberration"])
    return {
        "tdb": tdb,
        "fraction": light.sun_fraction,
        "azimuth": light.sun_azimuth,
        "elevation": light.sun_elevation,
        "distance": light.sun_distance,
    }


def _figures(place: dict[str, Any], facts: dict[str, Any]) -> tuple[Figure, ...]:
    label = f"{place['name']}, {place['mast']:g} m above ground"
    resolution = facts["resolution"]
    grain = f"{resolution / 1e3:.2g} km" if resolution >= 1e3 else f"{resolution:.3g} m"
    how = f"DE440; {facts['terrain']}, {grain} at the site"
    low, high = facts["interval"]
    short, long = (each / 86_400.0 for each in facts["longest_dark_interval"])
    nights = facts["longest_dark"] / 86_400.0
    open_ended = "; it touches an end of the span and may last longer" if facts["longest_dark_is_cut"] else ""
    return (
        Figure(
            f"{label}: mean share of the Sun's light",
            facts["mean_fraction"],
            "1",
            f"{how}; its resolution leaves open {low:.2f} to {high:.2f}",
        ),
        Figure(f"{label}: share of time with any Sun", facts["lit_fraction"], "1", f"{how}; on the terrain as it is"),
        Figure(
            f"{label}: longest night",
            nights,
            "d",
            f"{how}; its resolution leaves open {short:.1f} to {long:.1f} d; the best published masts have "
            f"{BEST_NIGHTS} (Gläser 2014){open_ended}",
        ),
        Figure(
            f"{label}: share of time with the Earth in sight",
            facts["earth_fraction"],
            "1",
            f"{how}; on the terrain as it is",
        ),
    )
