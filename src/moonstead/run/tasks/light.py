"""Light beyond one skyline and one year: what the terrain leaves open, the worst year, and what sites give together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.run.moments import utc_text, window_table, windows_of
from moonstead.run.places import eye_key, eye_point, eyes, site_fragment, site_terrain
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.surface.moon_sky import MoonSky

TERRAIN = ("lola-8ppd",)
SKY = ("de440s", "moon-pa-de440")
MEMBERS = 32
INTERVAL_STEP = 7200.0  # [s]
CYCLE_STEP = 3600.0  # [s]
COARSE = 240.0  # [m] from here on the terrain cannot say which spot of a ridge is the lit one
DAY = 86_400.0  # [s]


def plan(scenario: Scenario) -> list[Task]:
    """An interval for each site, the cycle of each eye where it is asked for, and all sites together."""
    start, stop = scenario.span()
    tasks = []
    highest: dict[str, str] = {}
    for site in scenario.sites:
        masts = [eye.mast for eye in eyes(scenario) if eye.site.id == site.id]
        highest[site.id] = eye_key(site.id, max(masts))
        tasks.append(
            Task(
                f"light-interval.{site.id}",
                f"What the terrain of {site.name or site.id} leaves open",
                f"{__name__}:find_interval",
                site_fragment(site)
                | {"masts": masts, "start": start, "stop": stop, "aberration": scenario.analysis.aberration},
                inputs=tuple(f"horizon.{eye_key(site.id, mast)}" for mast in masts),
                datasets=SKY + TERRAIN,
            )
        )
    if scenario.analysis.precession_cycle:
        tasks += [
            Task(
                f"light-cycle.{eye.key}",
                f"18.6 years of light at {eye.site.name or eye.site.id}, {eye.mast:g} m",
                f"{__name__}:follow_cycle",
                site_fragment(eye.site)
                | {"mast": eye.mast, "name": eye.site.name or eye.site.id, "start": start}
                | {"aberration": scenario.analysis.aberration},
                inputs=(f"horizon.{eye.key}",),
                datasets=SKY,
            )
            for eye in eyes(scenario)
        ]
    if len(highest) > 1:
        names = {site.id: site.name or site.id for site in scenario.sites}
        tasks.append(
            Task(
                "light-together",
                "Light of all sites together",
                f"{__name__}:join_sites",
                {"eyes": highest, "names": names},
                inputs=tuple(f"light.{key}" for key in highest.values()),
            )
        )
    return tasks


def find_interval(inputs: TaskInputs) -> TaskOutput:
    """Mean light and longest night at each height of a site, each with what its terrain leaves open."""
    from moonstead.surface.horizon import HorizonProfile
    from moonstead.surface.light_interval import light_interval
    from moonstead.surface.missing_relief import relief_ensemble

    place = inputs.fragment
    terrain = site_terrain(place, inputs.data)
    here = place["latitude"], place["longitude"]
    sky = _middles(place["start"], place["stop"], INTERVAL_STEP, inputs)
    relief = relief_ensemble(terrain, *here, MEMBERS)
    chosen = float(terrain.resolution_at(*here)) > COARSE
    facts: dict[str, Any] = {"terrain": terrain.name, "resolution": float(terrain.resolution_at(*here))}
    for mast in place["masts"]:
        key = eye_key(place["site"], mast)
        skyline = HorizonProfile.from_arrays(inputs.result(f"horizon.{key}").arrays())
        found = light_interval(terrain, *here, mast, sky, inputs.data, horizon=skyline, ensemble=relief, chosen=chosen)
        facts[key] = {
            "mean_fraction": list(found.interval),
            "longest_night": list(found.longest_night_interval),
            "unchosen_mean_fraction": list(found.unchosen_interval),
            "unchosen_longest_night": list(found.unchosen_longest_night_interval),
            "meaning": found.meaning,
        }
    return TaskOutput(facts=facts, models=("de440", "moon-me", "lola", "horizon", "relief-ensemble"))


def follow_cycle(inputs: TaskInputs) -> TaskOutput:
    """Light of a whole precession cycle from the scenario's start: year by year, and the darkest of all."""
    from moonstead.surface.horizon import HorizonProfile
    from moonstead.surface.light_series import light_series
    from moonstead.surface.night_statistics import PRECESSION_CYCLE, light_statistics

    place = inputs.fragment
    key = inputs.task.id.removeprefix("light-cycle.")
    profile = HorizonProfile.from_arrays(inputs.result(f"horizon.{key}").arrays())
    sky = _middles(place["start"], place["start"] + PRECESSION_CYCLE, CYCLE_STEP, inputs)
    found = light_statistics(light_series(eye_point(place, profile), profile, sky, inputs.data))
    table = Table(
        f"light-years.{key}",
        {
            "start": found.year_start,
            "start_utc": utc_text(found.year_start),
            "mean_fraction": found.year_mean,
            "nights": found.year_nights,
            "longest_night": found.year_longest_night,
        },
        {
            "start": "s TDB past J2000",
            "start_utc": "UTC",
            "mean_fraction": "1, share of the Sun's light",
            "nights": "1, that begin in the year",
            "longest_night": "s, to half an hour",
        },
        "One Julian year of the Moon's precession cycle of 18.6 years.",
    )
    label = f"{place['name']}, {place['mast']:g} m above ground"
    worst = str(utc_text(np.array([found.worst_year_start]))[0])[:10]
    how = "terrain as it is, 18.6 years by the hour, DE440"
    figures = (
        Figure(
            f"{label}: mean share of the Sun's light in the worst year",
            found.worst_year_mean,
            "1",
            f"{how}; the year from {worst}, over all 18.6 years {found.mean_fraction:.3f}",
        ),
        Figure(f"{label}: longest night in 18.6 years", found.longest_night / DAY, "d", how),
    )
    facts = {
        "site": place["site"],
        "mast": place["mast"],
        "mean_fraction": found.mean_fraction,
        "worst_year_start": worst,
        "worst_year_mean": found.worst_year_mean,
        "longest_night": found.longest_night,
    }
    return TaskOutput((table,), figures=figures, facts=facts, models=("de440", "moon-me", "lola", "horizon"))


def join_sites(inputs: TaskInputs) -> TaskOutput:
    """Light at one site at least, and the nights that all sites share, from the highest eye of each."""
    from moonstead.surface.complement import light_complement

    chosen, names = inputs.fragment["eyes"], inputs.fragment["names"]
    light = [~windows_of(inputs.result(f"light.{key}").table(f"dark.{key}")) for key in chosen.values()]
    found = light_complement(light)
    sites = list(chosen)
    facts = {
        "sites": sites,
        "eyes": list(chosen.values()),
        "lit_any": found.lit_any,
        "lit_all": found.lit_all,
        "longest_common_night": found.longest_common_night,
        "common_nights": len(found.common_nights),
        "pairs": found.pairs.tolist(),
    }
    table = window_table("common-nights", found.common_nights, "Interval without any part of the Sun at every site.")
    listed = ", ".join(names[site] for site in sites)
    how = f"highest eyes of {listed}; each on its terrain as it is"
    figures = (
        Figure("Share of time with any Sun at one of the sites at least", found.lit_any, "1", how),
        Figure("Longest night that all sites share", found.longest_common_night / DAY, "d", how),
    )
    return TaskOutput((table,), figures=figures, facts=facts, models=("de440", "lola", "horizon"))


def _middles(start: float, stop: float, step: float, inputs: TaskInputs) -> MoonSky:
    """Sky at the middles of equal steps of a span [s TDB past J2000]."""
    from moonstead.surface.moon_sky import moon_sky

    count = max(2, math.ceil((stop - start) / step))
    times = start + (np.arange(count) + 0.5) * ((stop - start) / count)
    return moon_sky(times, inputs.data, inputs.fragment["aberration"])
