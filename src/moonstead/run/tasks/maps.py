"""Maps about the sites: skyline of every pixel, and the light, nights and sight of the Earth behind it."""

from __future__ import annotations

import math

import numpy as np

from moonstead.run.places import site_fragment, site_terrain
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario

DATA = ("de440s", "moon-pa-de440", "lola-8ppd")
DAY = 86_400.0  # [s]
UNITS = {
    "x": "m to the east at the site, on the gnomonic map about it",
    "y": "m to the north at the site, on that map",
    "latitude": "rad in MOON_ME",
    "longitude": "rad east",
    "height": "m above 1737.4 km",
    "mean_fraction": "1, share of the Sun's light",
    "lit_any": "1, share of the time with any Sun",
    "longest_night": "s",
    "earth_seen": "1, share of the time with the Earth's centre in sight",
    "longest_gap": "s without it",
    "shadowed": "whether it is in permanent shadow",
}


def plan(scenario: Scenario) -> list[Task]:
    """One task for each map."""
    start, stop = scenario.span()
    sites = {site.id: site for site in scenario.sites}
    tasks = []
    for wanted in scenario.maps:
        site = sites[wanted.site]
        fragment = site_fragment(site) | plain(wanted)
        fragment |= {"start": start, "stop": stop, "aberration": scenario.analysis.aberration}
        fragment["name"] = wanted.name or f"Map {wanted.id}"
        title = f"Light around {site.name or site.id}"
        tasks.append(Task(f"light-map.{wanted.id}", title, f"{__name__}:map_light", fragment, datasets=DATA))
    return tasks


def map_light(inputs: TaskInputs) -> TaskOutput:
    """Light, nights, sight of the Earth and permanent shadow at every pixel of a map about a site."""
    from moonstead.surface.horizon_map import horizon_map
    from moonstead.surface.horizon_map_levels import horizon_levels, target_window
    from moonstead.surface.light_map import light_map, sight_map
    from moonstead.surface.light_map_caveat import pixel_remark
    from moonstead.surface.moon_sky import moon_sky
    from moonstead.surface.night_statistics import PRECESSION_CYCLE
    from moonstead.surface.shadowed_regions import pixel_areas, shadow_map, sun_envelope
    from moonstead.surface.terrain import terrain_caveat

    wanted = inputs.fragment
    here, half_width = (wanted["latitude"], wanted["longitude"]), wanted["half_width"]
    terrain = site_terrain(wanted, inputs.data, half_width)
    levels = horizon_levels(terrain, *here, half_width, wanted["spacing"])
    horizons = horizon_map(levels, wanted["azimuths"], wanted["mast"], *target_window(levels[0], half_width))
    count = math.ceil((wanted["stop"] - wanted["start"]) / wanted["step"])
    step = (wanted["stop"] - wanted["start"]) / count
    sky = moon_sky(wanted["start"] + (np.arange(count) + 0.5) * step, inputs.data, wanted["aberration"])
    light, sight = light_map(horizons, sky, inputs.data), sight_map(horizons, sky)
    cycle = moon_sky(np.arange(wanted["start"], wanted["start"] + PRECESSION_CYCLE, DAY), inputs.data)
    shadowed = shadow_map(horizons, sun_envelope(cycle))
    grid = horizons.grid
    x, y = np.meshgrid(grid.x, grid.y)
    latitude, longitude = grid.coordinates()
    columns = {
        "x": x,
        "y": y,
        "latitude": latitude,
        "longitude": longitude,
        "height": grid.heights.astype(np.float64),
        "mean_fraction": light.mean_fraction,
        "lit_any": light.lit_any,
        "longest_night": light.longest_night,
        "earth_seen": sight.seen,
        "longest_gap": sight.longest_gap,
        "shadowed": shadowed,
    }
    table = Table(
        inputs.task.id,
        {name: values.ravel() for name, values in columns.items()},
        UNITS,
        f"One pixel of {wanted['spacing']:g} m, its eye {wanted['mast']:g} m above the ground; spells in steps of "
        f"{step:.0f} s, within the span of the scenario.",
    )
    resolution = float(terrain.resolution_at(*here))
    remark = pixel_remark(wanted["spacing"], resolution)
    remarks = (f"{wanted['name']}: {remark}",) if remark else ()
    facts = {
        "site": wanted["site"],
        "name": wanted["name"],
        "mast": wanted["mast"],
        "spacing": grid.spacing,
        "rows": grid.y.size,
        "columns": grid.x.size,
        "azimuths": wanted["azimuths"],
        "reach": horizons.reach,
        "resolution": resolution,
        "caveat": terrain_caveat(terrain),
        "remarks": list(remarks),
        "shadowed": float(np.sum(pixel_areas(grid)[shadowed])),
    }
    how = f"skylines of {grid.x.size * grid.y.size} pixels on a terrain of {resolution:.3g} m at the site; DE440"
    best = int(np.argmax(light.mean_fraction))
    figures = (
        Figure(
            f"{wanted['name']}: mean share of the Sun's disc at the best pixel",
            float(light.mean_fraction.flat[best]),
            "1",
            f"{how}; at {math.degrees(latitude.flat[best]):.3f}, {math.degrees(longitude.flat[best]):.3f} deg",
        ),
        Figure(
            f"{wanted['name']}: ground in permanent shadow",
            float(np.average(shadowed, weights=pixel_areas(grid))),
            "1",
            f"{how}; Sun at its highest in every direction over 18.6 years",
        ),
        Figure(f"{wanted['name']}: shortest of the longest nights", float(light.longest_night.min()) / DAY, "d", how),
    )
    models = ("de440", "moon-me", "lola", "horizon", "horizon-map")
    return TaskOutput((table,), figures=figures, facts=facts, warnings=remarks, models=models)
