"""Missed contacts: why a site could not reach the Earth, path by path, in each gap."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.run.moments import window_table, windows_of
from moonstead.run.places import eye_point
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.tasks import links
from moonstead.run.trajectories import stored_trajectory
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.station.causes import CauseKind, Chain
    from moonstead.surface.horizon import HorizonProfile

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Reason = tuple["CauseKind", str]

SAMPLES = 7  # in each gap: a majority of them names its reason
MOST_GAPS = 500  # the longest of them; their share of all lost time is told


def plan(scenario: Scenario) -> list[Task]:
    """One task for each site that can reach the Earth."""
    planned = {task.id: task for task in links.plan(scenario)}
    tasks = []
    for task in planned.values():
        if not task.id.startswith("coverage."):
            continue
        ends = {name: planned[name].fragment for name in task.inputs}
        site = task.fragment["site"]
        paths = [_direct(task.fragment["direct"], ends)] if task.fragment["direct"] else []
        paths += [_relayed(name, way, ends) for name, way in task.fragment["relays"].items()]
        inputs = [task.id, *task.inputs]
        inputs += [f"horizon.{path['site_end']['eye']}" for path in paths]
        inputs += [f"orbit.{path['relay']}" for path in paths if path["relay"]]
        tasks.append(
            Task(
                f"missed.{site}",
                f"Missed contacts of {task.fragment['name']}",
                f"{__name__}:explain_gaps",
                {"site": site, "name": task.fragment["name"], "paths": paths},
                tuple(dict.fromkeys(inputs)),
                links.LINK_DATA,
            )
        )
    return tasks


def _direct(contacts: list[str], ends: dict[str, Any]) -> dict[str, Any]:
    stations = [_end(ends[name], "ground")["title"] for name in contacts]
    return {
        "name": "direct",
        "relay": None,
        "site_end": _end(ends[contacts[0]], "surface"),
        "up": [],
        "down": contacts,
        "stations": stations,
    }


def _relayed(name: str, way: dict[str, list[str]], ends: dict[str, Any]) -> dict[str, Any]:
    first = ends[way["up"][0]]
    return {
        "name": name,
        "relay": _end(first, "spacecraft")["owner"],
        "site_end": _end(first, "surface"),
        "up": way["up"],
        "down": way["down"],
        "stations": [_end(ends[contact], "ground")["title"] for contact in way["down"]],
    }


def _end(contact: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(contact[end] for end in ("first", "second") if contact[end]["end"] == kind)


def explain_gaps(inputs: TaskInputs) -> TaskOutput:
    """Each gap of a site with the reason why each of its paths was closed."""
    from moonstead.station.causes import contact_chain

    site = inputs.fragment
    gaps = windows_of(inputs.result(f"coverage.{site['site']}").table(f"gap.{site['site']}"))
    chosen = np.sort(np.argsort(-gaps.durations(), kind="stable")[:MOST_GAPS])
    starts, stops = gaps.starts[chosen], gaps.stops[chosen]
    shares = (np.arange(SAMPLES) + 0.5) / SAMPLES
    tdb = starts[:, None] + (stops - starts)[:, None] * shares
    reasons = [_reasons(path, tdb, inputs) for path in site["paths"]]
    names = [path["name"] for path in site["paths"]]
    chains = [
        contact_chain(float(starts[k]), float(stops[k]), {n: r[k] for n, r in zip(names, reasons, strict=True)})
        for k in range(chosen.size)
    ]
    table = window_table(
        f"missed.{site['site']}",
        Windows.of(starts, stops, gaps.span),
        "Interval in which the site reached the Earth by no path, with the reason for each path.",
        root=(np.array([chain.root for chain in chains], dtype=object), "text"),
        cause=(np.array([chain.text for chain in chains], dtype=object), "text"),
    )
    by_kind = _time_by_root(chains)
    facts = {
        "site": site["site"],
        "gaps": len(gaps),
        "explained": int(chosen.size),
        "explained_share": float((stops - starts).sum() / gaps.total()) if len(gaps) else 1.0,
        "by_root": by_kind,
    }
    return TaskOutput((table,), figures=_figures(site["name"], by_kind, gaps), facts=facts, models=("event-bounds",))


def _time_by_root(chains: list[Chain]) -> dict[str, float]:
    """Time [s] out of touch by the first cause of each gap."""
    times: dict[str, float] = {}
    for chain in chains:
        times[chain.root] = times.get(chain.root, 0.0) + chain.stop - chain.start
    return dict(sorted(times.items(), key=lambda item: -item[1]))


def _figures(name: str, by_kind: dict[str, float], gaps: Windows) -> tuple[Figure, ...]:
    if not len(gaps):
        return ()
    share = by_kind.get("terrain", 0.0) / sum(by_kind.values())
    how = "geometry of every path at seven moments of each gap; the rest is the round Moon, orbits and ground stations"
    return (Figure(f"{name}: share of the time out of touch that terrain causes", share, "1", how),)


def _reasons(path: dict[str, Any], tdb: Array, inputs: TaskInputs) -> list[Reason]:
    """Why one path was closed in each gap, from samples (G, S) [s TDB past J2000]."""
    from moonstead.dynamics.trajectories import BodyTrajectory
    from moonstead.surface.horizon import HorizonProfile

    end = path["site_end"]
    skyline = HorizonProfile.from_arrays(inputs.result(f"horizon.{end['eye']}").arrays())
    point = eye_point(end, skyline)
    flat = tdb.ravel()
    if path["relay"] is None:
        target: Trajectory = BodyTrajectory("EARTH", "MOON", inputs.data)
        flying = np.ones(flat.size, dtype=bool)
        hidden = flying
    else:
        target = stored_trajectory(inputs.result(f"orbit.{path['relay']}"), inputs.data)
        flying = (flat >= target.span[0]) & (flat <= target.span[1])
        hidden = _occulted(target, np.where(flying, flat, target.span[0]), inputs)
    azimuth, elevation = _direction(target, point, np.where(flying, flat, target.span[0]), inputs)
    open_up = np.zeros(flat.size, dtype=bool)
    for name in path["up"]:
        open_up |= windows_of(inputs.result(name).table(name)).contains(flat)
    if path["relay"] is None:
        open_up = elevation > skyline.at(azimuth) + end["minimum_elevation"]
    samples = _Samples(flat, azimuth, elevation - end["minimum_elevation"], open_up, hidden, flying)
    return [_reason(path, samples.rows(k), skyline) for k in range(len(tdb))]


@dataclass(frozen=True, slots=True)
class _Samples:
    """What is known of a path at each sample (N,): where its far end stands, and what is open."""

    tdb: Array
    azimuth: Array
    elevation: Array
    open_up: Flags
    hidden: Flags
    flying: Flags

    def rows(self, gap: int) -> _Samples:
        """Return the samples of one gap."""
        part = slice(gap * SAMPLES, (gap + 1) * SAMPLES)
        return _Samples(*(getattr(self, field.name)[part] for field in fields(self)))


def _reason(path: dict[str, Any], at: _Samples, skyline: HorizonProfile) -> Reason:
    """Why a path was closed in one gap: what most of its samples say."""
    from moonstead.station.causes import obstruction_text
    from moonstead.surface.obstruction import obstruction

    body = "the Earth" if path["relay"] is None else "the relay"
    if np.mean(at.flying) <= 0.5:
        return "orbit", "the relay flies no more"
    if np.mean(at.open_up) <= 0.5:
        closed = at.flying & ~at.open_up
        found = obstruction(at.tdb[closed], at.azimuth[closed], at.elevation[closed], 0.0, skyline, LUNAR_MAP_RADIUS)
        return ("terrain" if found.by_terrain else "orbit"), obstruction_text(body, found)
    if path["relay"] is not None and np.mean(at.hidden) > 0.5:
        return "orbit", "the relay is behind the Moon as seen from the Earth"
    return "ground", f"none of {', '.join(path['stations'])} has {'the Moon' if body == 'the Earth' else body} in view"


def _direction(target: Trajectory, point: SurfacePoint, tdb: Array, inputs: TaskInputs) -> tuple[Array, Array]:
    from moonstead.dynamics.observe import azimuth_elevation, observe

    states = observe(target, point, tdb, point.topocentric, inputs.data, "geometric")
    azimuth, elevation, _ = azimuth_elevation(states)
    return azimuth, elevation


def _occulted(relay: Trajectory, tdb: Array, inputs: TaskInputs) -> Flags:
    """Whether the Moon stands between a relay and the Earth's centre."""
    from moonstead.dynamics.conditions import not_occulted
    from moonstead.dynamics.trajectories import BodyTrajectory

    earth = BodyTrajectory("EARTH", "MOON", inputs.data)
    found: Flags = not_occulted(relay, earth, "MOON", inputs.data).value(tdb) <= 0.0
    return found
