"""Causes: for each shortage the chain from the ridge that hid the Sun to the experiment that was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.run.moments import window_table, windows_of
from moonstead.run.places import eye_point
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.tasks import links, station, surface
from moonstead.scenario.common import epoch_of
from moonstead.scenario.facilities import Generator, Instrument, SurfaceAntenna
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.station.causes import Chain, Experiment, LostContact
    from moonstead.surface.horizon import HorizonProfile
    from moonstead.surface.obstruction import Obstruction

Array = NDArray[np.float64]
SAMPLES = 24  # of a night: the Sun moves by less than a degree of azimuth between them in the longest of a month


def plan(scenario: Scenario) -> list[Task]:
    """One task for each bus."""
    places = {task.id: task.fragment for task in surface.plan(scenario)}
    contacts = [task for task in links.plan(scenario) if task.id.startswith("contact.")]
    tasks = []
    for power in station.plan(scenario):
        site = power.fragment["site"]
        here = [part for part in scenario.facilities if part.site == site]
        eye = power.fragment["lowest_eye"]
        outages = [
            [part.name or part.id, epoch_of(first).tdb(), epoch_of(last).tdb()]
            for part in here
            if isinstance(part, Generator)
            for first, last in part.outages
        ]
        experiments = {
            part.id: [part.name or part.id, part.load, part.data_rate] for part in here if isinstance(part, Instrument)
        }
        tasks.append(
            Task(
                f"causes.{site}",
                f"Causes of shortages at {power.fragment['name']}",
                f"{__name__}:explain_bus",
                {
                    "site": site,
                    "name": power.fragment["name"],
                    "place": places[f"horizon.{eye}"],
                    "eye": eye,
                    "aberration": scenario.analysis.aberration,
                    "outages": outages,
                    "experiments": experiments,
                    "names": {part.id: part.name or part.id for part in here},
                    "antennas": {part.id: part.load for part in here if isinstance(part, SurfaceAntenna)},
                    "contacts": (linked := _contacts_of(site, contacts)),
                },
                (power.id, f"horizon.{eye}", *(name for names in linked.values() for name in names)),
                surface.SKY + surface.TERRAIN,
            )
        )
    return tasks


def _contacts_of(site: str, contacts: list[Task]) -> dict[str, dict[str, str]]:
    """Contact tasks of each antenna of a site, with their titles."""
    found: dict[str, dict[str, str]] = {}
    for contact in contacts:
        for end in (contact.fragment["first"], contact.fragment["second"]):
            if end["end"] == "surface" and end["owner"] == site:
                antenna = end["label"].removeprefix(f"{site}.")
                found.setdefault(antenna, {})[contact.id] = contact.fragment["title"]
    return found


def explain_bus(inputs: TaskInputs) -> TaskOutput:
    """Each shortage of a bus as a chain of causes."""
    from moonstead.station.causes import Experiment, Outage, shortage_chain
    from moonstead.surface.horizon import HorizonProfile

    bus = inputs.fragment
    power = inputs.result(f"power.{bus['site']}")
    table, shed = power.table(f"shortage.{bus['site']}"), power.table(f"shed.{bus['site']}").columns
    rows = table.columns
    skyline = HorizonProfile.from_arrays(inputs.result(f"horizon.{bus['eye']}").arrays())
    outages = [Outage(*outage) for outage in bus["outages"]]
    experiments = {bus["names"][id]: Experiment(*what) for id, what in bus["experiments"].items()}
    loads = np.array([_load_name(str(load), bus["names"]) for load in shed["load"]], dtype=object)
    nights: dict[tuple[float, float], Obstruction] = {}
    chains: list[Chain] = []
    kept: list[int] = []
    for k in range(rows["start"].size):
        mine = shed["shortage"] == k
        if not mine.any():
            continue
        night = None
        if np.isfinite(rows["night_start"][k]):
            night = float(rows["night_start"][k]), float(rows["night_stop"][k])
            if night not in nights:
                nights[night] = _hidden_sun(night, skyline, inputs)
        kept.append(k)
        chains.append(
            shortage_chain(
                float(rows["start"][k]),
                float(rows["stop"][k]),
                dict(zip(loads[mine], shed["energy"][mine].tolist(), strict=True)),
                str(rows["reason"][k]),
                night=night,
                sun=nights[night] if night else None,
                outages=outages,
                experiments=experiments,
                contacts=_lost_contacts(
                    float(rows["start"][k]),
                    float(rows["stop"][k]),
                    dict(zip(shed["load"][mine], shed["energy"][mine].tolist(), strict=True)),
                    inputs,
                ),
                blackout=bool(rows["blackout"][k]),
            )
        )
    found = Windows.of([c.start for c in chains], [c.stop for c in chains], windows_of(table).span)
    out = window_table(
        f"causes.{bus['site']}",
        found,
        "A shortage, with the chain of causes that led to it.",
        event=(np.array([chain.event for chain in chains], dtype=object), "text"),
        root=(np.array([chain.root for chain in chains], dtype=object), "text"),
        energy=(rows["energy"][kept], "J"),
        chain=(np.array([chain.text for chain in chains], dtype=object), "text"),
    )
    facts = {"site": bus["site"], "by_root": _by_root(chains), "lost": _lost(loads, shed["energy"], experiments)}
    return TaskOutput((out,), figures=_figures(bus["name"], facts["by_root"]), facts=facts, models=("horizon",))


def _hidden_sun(night: tuple[float, float], skyline: HorizonProfile, inputs: TaskInputs) -> Obstruction:
    """What hid the Sun in a night."""
    from moonstead.surface.obstruction import obstruction
    from moonstead.surface.sky import sky_track

    bus = inputs.fragment
    shares = (np.arange(SAMPLES) + 0.5) / SAMPLES
    sun = sky_track(
        eye_point(bus["place"], skyline),
        "SUN",
        night[0] + (night[1] - night[0]) * shares,
        inputs.data,
        bus["aberration"],
    )
    # A night of the ledger is a time with at most half of the disc in sight: its centre counts
    return obstruction(sun.tdb, sun.azimuth, sun.elevation, 0.0, skyline, LUNAR_MAP_RADIUS)


def _lost_contacts(start: float, stop: float, missed: dict[str, float], inputs: TaskInputs) -> list[LostContact]:
    """Contacts that fell into a shortage of their antenna, in the share of it in which the antenna had no power."""
    from moonstead.station.causes import LostContact

    bus = inputs.fragment
    lost = []
    for antenna, energy in missed.items():
        power = bus["antennas"].get(antenna, 0.0)
        if power <= 0.0:
            continue
        off = min(1.0, energy / (power * (stop - start)))
        for name, title in bus["contacts"].get(antenna, {}).items():
            rows = inputs.result(name).table(name).columns
            overlap = np.clip(np.minimum(rows["stop"], stop) - np.maximum(rows["start"], start), 0.0, None)
            share = overlap / np.maximum(rows["duration"], 1e-9)
            lost.append(LostContact(title, off * float(overlap.sum()), off * float((share * rows["volume"]).sum())))
    return lost


def _by_root(chains: list[Chain]) -> dict[str, float]:
    """Time [s] with some load short by the first cause."""
    times: dict[str, float] = {}
    for chain in chains:
        times[chain.root] = times.get(chain.root, 0.0) + chain.stop - chain.start
    return dict(sorted(times.items(), key=lambda item: -item[1]))


def _load_name(load: str, names: dict[str, str]) -> str:
    """Name of a load for people; what a facility needs off duty keeps its addition."""
    facility, _, addition = load.partition(" ")
    return " ".join(filter(None, (names.get(facility, facility), addition)))


def _lost(loads: NDArray[Any], missed: Array, experiments: dict[str, Experiment]) -> dict[str, list[float]]:
    """Work [s] and data [bit] that each experiment lost over the span."""
    lost = {}
    for name, experiment in experiments.items():
        energy = float(missed[loads == name].sum())
        if energy > 0.0 and experiment.power > 0.0:
            time = energy / experiment.power
            lost[experiment.name] = [time, time * experiment.data_rate]
    return lost


def _figures(name: str, by_root: dict[str, float]) -> tuple[Figure, ...]:
    total = sum(by_root.values())
    if total <= 0.0:
        return ()
    terrain = by_root.get("terrain", 0.0) / total
    how = "first cause of each shortage: what hid the Sun in the night in which it began, or an outage"
    return (Figure(f"{name}: share of the time short that begins with terrain", terrain, "1", how),)
