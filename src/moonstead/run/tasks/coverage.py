"""Lunar orbits after the scenario's end, and how well the spacecraft of the Moon see each site, one or more at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.run.moments import utc_text, window_table
from moonstead.run.places import eye_point, eyes, site_fragment
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.trajectories import force_model, orbit_fragment, stored_trajectory
from moonstead.scenario.scenario import Scenario
from moonstead.scenario.spacecraft import Spacecraft

if TYPE_CHECKING:
    from moonstead.dynamics.windows import Windows

DAY, YEAR = 86_400.0, 365.25 * 86_400.0  # [s]
FOLLOWED = 5.0 * YEAR  # after the scenario's end; an ellipse takes a second of computing
LIFE_DEGREE = 20  # of the field: enough above some hundred kilometres
LOW = 4.0 * 3600.0  # [s] of period: nearer orbits want the whole field for long, and are not followed on
FAR = 40e6  # [m] from the centre: what flies there lives by its control
LIVING = ("frozen-ellipse", "phased", "low-frozen", "elements", "state")
MONTH = 30.0 * DAY
RESOLUTION = 10.0  # [s] shorter looks and gaps may be missed
MODELS = ("de440", "moon-me", "grail", "event-bounds")


def plan(scenario: Scenario) -> list[Task]:
    """One task for each propagated lunar orbit, and one for each site that such spacecraft may see."""
    start, stop = scenario.span()
    crafts = [craft for craft in scenario.spacecraft if _is_lunar(craft)]
    tasks = [
        Task(
            f"life.{craft.id}",
            f"Life of the orbit of {craft.name or craft.id}",
            f"{__name__}:follow_on",
            orbit_fragment(craft, scenario) | {"name": craft.name or craft.id},
            (f"orbit.{craft.id}",),
            ("de440s", "grgm1200a", "moon-pa-de440"),
        )
        for craft in crafts
        if craft.orbit.kind in LIVING
    ]
    highest = {eye.site.id: eye for eye in eyes(scenario)}  # the eyes of a site come with rising masts
    for site in scenario.sites if crafts else ():
        eye = highest[site.id]
        fragment = site_fragment(site) | {
            "mast": eye.mast,
            "eye": eye.key,
            "name": site.name or site.id,
            "crafts": {craft.id: craft.name or craft.id for craft in crafts},
            "start": start,
            "stop": stop,
        }
        inputs = (f"horizon.{eye.key}", *(f"orbit.{craft.id}" for craft in crafts))
        tasks.append(
            Task(
                f"sight.{site.id}",
                f"Spacecraft above {site.name or site.id}",
                f"{__name__}:see_site",
                fragment,
                inputs,
                ("de440s", "moon-pa-de440", "lola-8ppd"),
            )
        )
    return tasks


def _is_lunar(craft: Spacecraft) -> bool:
    orbit = craft.orbit
    return orbit.kind not in ("oem", "spk", "tle") and getattr(orbit, "center", "MOON") == "MOON"


def follow_on(inputs: TaskInputs) -> TaskOutput:
    """Fly on without control for some years after the scenario, or to the impact; periselenes by month."""
    from moonstead.dynamics.propagate import state_at
    from moonstead.dynamics.propagated import PropagatedTrajectory
    from moonstead.orbits.lunar.lifetime import closest_approaches, orbit_lifetime

    craft = inputs.fragment
    flown = stored_trajectory(inputs.result(f"orbit.{craft['id']}"), inputs.data)
    facts: dict[str, Any] = {"lowest": None, "impact_utc": None, "followed_years": 0.0, "why_not": None}
    if not isinstance(flown, PropagatedTrajectory):
        return TaskOutput(facts=facts | {"why_not": "its orbit is not propagated"})
    times, distances = closest_approaches(flown)
    altitudes = distances - 1_737_400.0
    end = flown.span[1]
    if flown.hit_surface:
        facts |= {"impact_utc": str(utc_text([end])[0])}
    elif np.linalg.norm(flown.positions[:, :3], axis=1).max() > FAR:
        facts |= {"why_not": f"beyond {FAR / 1e6:g} 000 km an orbit lives by its control"}
    elif np.median(np.diff(times)) < LOW:
        facts |= {"why_not": "a low orbit; ask moonstead orbit lifetime"}
    else:
        model = force_model(craft)
        model = replace(model, degree=min(model.degree, LIFE_DEGREE))
        later = orbit_lifetime(state_at(flown, end), FOLLOWED, model, inputs.data, step_tolerance=1e-9)
        times, altitudes = np.append(times, later.pass_tdb), np.append(altitudes, later.pass_altitude)
        end = later.impact.tdb if later.impact else later.trajectory.span[1]
        facts |= {"impact_utc": None if later.impact is None else str(utc_text([later.impact.tdb])[0])}
    month = ((times - flown.span[0]) // MONTH).astype(np.int64)
    heads = np.flatnonzero(np.diff(month, prepend=-1))
    lowest = np.minimum.reduceat(altitudes, heads)
    years = (end - craft["start"]) / YEAR
    facts |= {"lowest": float(altitudes.min()), "followed_years": years}
    table = Table(
        f"periselene.{craft['id']}",
        {"tdb": times[heads], "utc": utc_text(times[heads]), "altitude": lowest},
        {"tdb": "s TDB past J2000", "utc": "UTC", "altitude": "m above the mean sphere"},
        "Lowest altitude in each 30 days, at closest approaches found on the dense output, also after the scenario.",
    )
    how = "flown on without control in GRAIL's field to degree 20 with Earth and Sun"
    fate = facts["impact_utc"] or f"none within {years:.1f} yr"
    return TaskOutput(
        (table,),
        figures=(
            Figure(f"{craft['name']}: impact on the Moon", fate, "UTC", how, "bad" if facts["impact_utc"] else ""),
        ),
        facts=facts,
        models=("de440", "grail", "third-body", "dop853"),
    )


def see_site(inputs: TaskInputs) -> TaskOutput:
    """Windows of each spacecraft over a site's skyline, and when one, two, ... see it at once."""
    from moonstead.dynamics.windows import Windows
    from moonstead.orbits.lunar.coverage import Skyline, at_least, sight_windows
    from moonstead.surface.horizon import HorizonProfile

    place = inputs.fragment
    skyline = HorizonProfile.from_arrays(inputs.result(f"horizon.{place['eye']}").arrays())
    point, mask = eye_point(place, skyline), Skyline(skyline.azimuth, skyline.elevation)
    span = (place["start"], place["stop"])
    seen: dict[str, Windows] = {}
    for craft in place["crafts"]:
        flown = stored_trajectory(inputs.result(f"orbit.{craft}"), inputs.data)
        first, last = max(span[0], flown.span[0]), min(span[1], flown.span[1])
        found = sight_windows(flown, point, mask, inputs.data, span=(first, last), resolution=RESOLUTION)
        seen[craft] = Windows.of(found.starts, found.stops, span)
    rows = [{"who": name, "count": 0, **_told(seen[craft])} for craft, name in place["crafts"].items()]
    together = [at_least(list(seen.values()), count).windows for count in range(1, len(seen) + 1)]
    rows += [
        {"who": f"at least {count} of {len(seen)}", "count": count, **_told(windows)}
        for count, windows in enumerate(together, 1)
    ]
    table = window_table(
        f"sight.{place['site']}", together[0], "When at least one spacecraft stands above the skyline."
    )
    how = f"terrain's skyline at {place['mast']:g} m, {', '.join(place['crafts'].values())}"
    figure = Figure(f"{place['name']}: sees a spacecraft of the Moon", together[0].fraction(), "1", how)
    return TaskOutput((table,), figures=(figure,), facts={"rows": rows, "mast": place["mast"]}, models=MODELS)


def _told(windows: Windows) -> dict[str, float]:
    gaps = ~windows
    return {"fraction": windows.fraction(), "longest_gap": gaps.longest(), "gaps": len(gaps)}
