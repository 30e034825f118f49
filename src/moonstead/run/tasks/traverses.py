"""Mobility: ways of rovers between places, and landings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from moonstead.run.moments import utc_text, window_table
from moonstead.run.places import site_fragment, site_terrain
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.vehicles import rover_of
from moonstead.scenario.common import epoch_of
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario
from moonstead.scenario.sites import Site
from moonstead.scenario.traverses import RoverTraverse

DATA = ("de440s", "moon-pa-de440", "lola-8ppd")
HOUR, DAY = 3600.0, 86_400.0  # [s]
KILOWATT_HOUR = 3.6e6  # [J]
APPROACH = 20e3  # [m] ground that is read about a landing place
MOST_SHOWN = 120  # pixels along an edge of the maps that are kept for the page


def plan(scenario: Scenario) -> list[Task]:
    """One task for each traverse and each landing."""
    start, stop = scenario.span()
    sites = {site.id: site for site in scenario.sites}
    tasks = []
    for wanted in scenario.traverses:
        fragment = _traverse_fragment(wanted, sites, start)
        title = f"Traverse {wanted.name or wanted.id}"
        tasks.append(Task(f"traverse.{wanted.id}", title, f"{__name__}:drive", fragment, datasets=DATA))
    for landing in scenario.landings:
        fragment = site_fragment(sites[landing.site]) | plain(landing) | {"start": start, "stop": stop}
        fragment["name"] = landing.name or f"Landing {landing.id}"
        title = f"Landing {landing.name or landing.id}"
        tasks.append(Task(f"landing.{landing.id}", title, f"{__name__}:land", fragment, datasets=DATA))
    return tasks


def _traverse_fragment(wanted: RoverTraverse, sites: dict[str, Site], start: float) -> dict[str, Any]:
    goal = wanted.to if wanted.to is not None else sites[wanted.to_site or ""]
    begins = start if wanted.start is None else epoch_of(wanted.start).tdb()
    given = {key: value for key, value in plain(wanted).items() if key not in ("to", "to_site", "site", "longest")}
    return (
        site_fragment(sites[wanted.site])
        | given
        | {
            "name": wanted.name or f"Traverse {wanted.id}",
            "goal": [goal.latitude, goal.longitude],
            "goal_name": (wanted.to_site and (sites[wanted.to_site].name or wanted.to_site)) or "the place given",
            "start": begins,
            "stop": begins + wanted.longest,
        }
    )


def drive(inputs: TaskInputs) -> TaskOutput:
    """Way of one rover: where it drives and waits, or why it cannot."""
    from moonstead.station.traverse_ground import map_frame
    from moonstead.station.traverse_site import find_traverse

    wanted = inputs.fragment
    origin, goal = (wanted["latitude"], wanted["longitude"]), tuple(wanted["goal"])
    terrain = site_terrain(wanted, inputs.data)
    frame = map_frame(origin, goal, terrain.radius, 1.0, wanted["spacing"], wanted["margin"])
    # the far edge of the map lies the distance of the ends and half the map from the site
    terrain = site_terrain(wanted, inputs.data, frame.distance + frame.half_width)
    rover = rover_of(wanted["vehicle"])
    journey = find_traverse(
        terrain,
        origin,
        goal,
        rover,
        wanted["start"],
        wanted["stop"],
        inputs.data,
        spacing=wanted["spacing"],
        margin=wanted["margin"],
        mast=wanted["mast"],
        slice_length=wanted["slice"],
        initial_charge=max(wanted["initial_charge"], rover.least_charge),
        objective=wanted["objective"],
    )
    facts: dict[str, Any] = {
        "name": wanted["name"],
        "site": wanted["site"],
        "goal_name": wanted["goal_name"],
        "rover": rover.name,
        "rover_source": rover.source,
        "distance": journey.distance,
        "pixel": journey.grid.spacing,
        "remarks": list(journey.remarks),
        "found": journey.plan is not None,
    }
    thin = max(1, -(-max(journey.grid.heights.shape) // MOST_SHOWN))
    lit = np.unpackbits(journey.slices.lit[::thin, ::thin], axis=2)[:, :, : journey.slices.edges.size - 1].mean(axis=2)
    x, y = np.meshgrid(journey.grid.x[::thin], journey.grid.y[::thin])
    facts |= {"map_rows": lit.shape[0], "map_columns": lit.shape[1]}
    ground = Table(
        f"traverse-map.{wanted['id']}",
        {
            "x": x.ravel(),
            "y": y.ravel(),
            "height": journey.grid.heights[::thin, ::thin].astype(np.float64).ravel(),
            "lit": lit.ravel(),
        },
        {
            "x": "m to the right on the map",
            "y": "m upwards",
            "height": "m above 1737.4 km",
            "lit": "1, share of slices",
        },
        f"Every pixel of {journey.grid.spacing * thin:.0f} m of the map of the traverse.",
    )
    plan, path = journey.plan, journey.path
    label = wanted["name"]
    if plan is None or path is None:
        why = journey.explanation
        assert why is not None
        facts |= {"reason": why.text, "changes": [one.text for one in why.relaxations]}
        how = "search over place, time and charge; what would help: " + ("; ".join(facts["changes"]) or "nothing alone")
        told = (Figure(f"{label}: no way", why.text, "text", how, "bad"),)
        return TaskOutput((ground,), figures=told, facts=facts, warnings=journey.remarks, models=("traverse", "lola"))
    events = Table(
        inputs.task.id,
        {
            "tdb": plan.tdb,
            "utc": utc_text(plan.tdb),
            "latitude": path.latitude,
            "longitude": path.longitude,
            "x": journey.grid.x[plan.column],
            "y": journey.grid.y[plan.row],
            "height": path.height,
            "driven": path.distance,
            "charge": plan.charge / rover.capacity,
            "lit": plan.lit,
            "driving": plan.driving,
        },
        {
            "tdb": "s TDB past J2000",
            "utc": "UTC",
            "latitude": "rad in MOON_ME",
            "longitude": "rad east",
            "x": "m to the right on the map",
            "y": "m upwards",
            "height": "m above 1737.4 km",
            "driven": "m so far",
            "charge": "1, of the capacity",
            "lit": "whether the Sun shines after the event",
            "driving": "whether it drives after the event",
        },
        "Event of a traverse: an arrival at a pixel, a departure, or a change of the light.",
    )
    facts |= {
        "duration": plan.duration,
        "driving": plan.drive_time,
        "waiting": plan.wait_time,
        "dark": plan.dark_time,
        "longest_shadow": plan.longest_shadow,
        "driven": float(path.distance[-1]),
        "energy": plan.drive_energy,
        "least_charge": plan.least_charge / rover.capacity,
        "allowed_charge": rover.least_charge,
        "arrival": str(utc_text(plan.tdb[-1:])[0]),
    }
    how = f"search over place, time and charge on pixels of {journey.grid.spacing:.0f} m; {rover.name}"
    figures = (
        Figure(f"{label}: time on the way", plan.duration / HOUR, "h", how),
        Figure(f"{label}: least state of charge", facts["least_charge"], "1", how),
    )
    models = ("traverse", "horizon", "lola", "de440", "moon-me")
    return TaskOutput((events, ground), figures=figures, facts=facts, warnings=journey.remarks, models=models)


def land(inputs: TaskInputs) -> TaskOutput:
    """Hazards of one landing place and the times at which its light is good."""
    from moonstead.station.approach_light import LandingRules
    from moonstead.station.landing_hazard import Dispersion, Lander
    from moonstead.station.landing_hazard_site import assess_landing

    wanted = inputs.fragment
    found = assess_landing(
        site_terrain(wanted, inputs.data, APPROACH),
        wanted["latitude"],
        wanted["longitude"],
        Lander(wanted["baseline"], wanted["max_slope"], wanted["max_roughness"], wanted["max_rock"]),
        Dispersion(wanted["along"], wanted["across"], wanted["approach"]),
        LandingRules(
            sun_elevation=(wanted["least_sun"], wanted["highest_sun"]),
            least_earth_fraction=0.5 if wanted["needs_earth"] else 0.0,
            light_after=wanted["light_after"],
        ),
        wanted["approach"],
        wanted["glide"],
        wanted["start"],
        wanted["stop"],
        inputs.data,
        rocks=wanted["rocks"],
        spacing=wanted["spacing"],
    )
    inside = [
        (found.light.tdb >= first) & (found.light.tdb <= last)
        for first, last in zip(found.windows.starts, found.windows.stops, strict=True)
    ]
    lowest, highest = ([float(f(found.light.sun_elevation[each])) for each in inside] for f in (np.min, np.max))
    phase = [float(np.mean(found.light.phase_angle[each])) for each in inside]
    windows = window_table(
        inputs.task.id,
        found.windows,
        "Interval in which a landing keeps all rules of light and sight.",
        sun_low=(lowest, "rad"),
        sun_high=(highest, "rad"),
        phase_angle=(phase, "rad, mean"),
    )
    middle = tuple(k // 2 for k in found.hazards.slope.shape)
    facts = {
        "name": wanted["name"],
        "site": wanted["site"],
        "pixel": found.hazards.grid.spacing,
        "baseline": found.hazards.baseline,
        "slope": float(found.hazards.slope[middle]),
        "ground_known": found.ground_known,
        "safe": found.safe,
        "unknown": found.unknown,
        "best": float(np.max(found.chances)),
        "clearance": found.clearance.least,
        "least_glide": found.clearance.least_glide,
        "forbidden": found.forbidden,
        "good_time": found.windows.total(),
        "remarks": list(found.remarks),
    }
    label = wanted["name"]
    hours = float(np.max(found.windows.durations(), initial=0.0)) / HOUR
    figures = (
        Figure(
            f"{label}: share of the time that is good to land",
            facts["good_time"] / (wanted["stop"] - wanted["start"]),
            "1",
            f"Sun, phase angle, Earth and {wanted['light_after'] / DAY:g} d of light after; longest window "
            f"{hours:.0f} h",
        ),
        Figure(
            f"{label}: slope at the target",
            math.degrees(facts["slope"]),
            "deg",
            f"plane over {facts['baseline']:.0f} m; the lander's feet stand {wanted['baseline']:g} m apart",
        ),
    )
    models = ("landing-hazard", "horizon", "lola", "de440", "moon-me")
    return TaskOutput((windows,), figures=figures, facts=facts, warnings=found.remarks, models=models)
