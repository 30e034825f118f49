"""The 3-D view: spacecraft, sites and contacts as CZML, fixed to the turning Moon."""

from __future__ import annotations

from typing import Any

from moonstead.run.endpoints import pair_key, pairs_of
from moonstead.run.moments import sample_times, windows_of
from moonstead.run.places import site_fragment, surface_point
from moonstead.run.task import Task, TaskInputs, TaskOutput
from moonstead.run.trajectories import stored_trajectory
from moonstead.scenario.scenario import Scenario

VIEW_DAYS = 14.0  # a viewer holds half a month of samples with ease; the whole span is in the ephemerides
VIEW_STEP = 300.0  # [s]
COLOURS = ((31, 111, 178, 255), (224, 138, 0, 255), (46, 139, 87, 255), (142, 68, 173, 255), (192, 57, 43, 255))
SITE_COLOUR = (240, 240, 240, 255)
LINE_COLOUR = (120, 220, 160, 200)


def plan(scenario: Scenario) -> list[Task]:
    """One view of all that is on or about the Moon."""
    start, stop = scenario.span()
    moonbound = [craft for craft in scenario.spacecraft if getattr(craft.orbit, "center", "MOON") == "MOON"]
    moonbound = [craft for craft in moonbound if craft.orbit.kind != "tle"]
    if not scenario.sites and not moonbound:
        return []
    shown = {site.id for site in scenario.sites} | {craft.id for craft in moonbound}
    lines: list[dict[str, Any]] = []
    for link in scenario.links:
        for first, second in pairs_of(link, scenario):
            if first["owner"] in shown and second["owner"] in shown:
                lines.append({"task": f"contact.{pair_key(first, second)}", "ends": [first["owner"], second["owner"]]})
    fragment = {
        "title": scenario.title,
        "start": start,
        "stop": min(stop, start + VIEW_DAYS * 86_400.0),
        "sites": [site_fragment(site) | {"name": site.name or site.id, "mast": 0.0} for site in scenario.sites],
        "spacecraft": [{"id": craft.id, "name": craft.name or craft.id} for craft in moonbound],
        "lines": lines,
    }
    orbits = tuple(f"orbit.{craft.id}" for craft in moonbound)
    inputs = orbits + tuple(dict.fromkeys(str(line["task"]) for line in lines))
    datasets = ("de440s", "moon-pa-de440", "lola-8ppd")
    return [Task("view", "3-D view", f"{__name__}:draw_view", fragment, inputs, datasets)]


def draw_view(inputs: TaskInputs) -> TaskOutput:
    """Write ``view.czml``."""
    from moonstead.dynamics.observe import icrf_position
    from moonstead.formats.czml import CzmlClock, CzmlEntity, CzmlLine, CzmlPlace, CzmlTrack, write_czml
    from moonstead.foundation.frames.standard import MOON_ME

    view = inputs.fragment
    entities: list[CzmlEntity] = []
    for site in view["sites"]:
        point = surface_point(site, inputs.data)
        x, y, z = (float(value) for value in point.position)
        entities.append(CzmlPlace(site["site"], site["name"], (x, y, z), SITE_COLOUR, site["name"]))
    stop = view["stop"]
    for number, craft in enumerate(view["spacecraft"]):
        trajectory = stored_trajectory(inputs.result(f"orbit.{craft['id']}"), inputs.data)
        last = min(stop, trajectory.span[1])
        tdb = sample_times(view["start"], last, VIEW_STEP)
        turned = MOON_ME.from_icrf(tdb, inputs.data).position(icrf_position(trajectory, "MOON", tdb, inputs.data))
        colour = COLOURS[number % len(COLOURS)]
        entities.append(CzmlTrack(craft["id"], craft["name"], tdb, turned, "MOON_ME", colour, craft["name"]))
    for line in view["lines"]:
        found = windows_of(inputs.result(line["task"]).table(line["task"])).within((view["start"], stop))
        first, second = line["ends"]
        entities.append(CzmlLine(line["task"], f"{first} – {second}", (first, second), found, LINE_COLOUR))
    path = inputs.folder / "view.czml"
    write_czml(path, view["title"], CzmlClock(view["start"], stop), entities, body="MOON")
    return TaskOutput(files=(path,), models=("de440", "moon-me"))
