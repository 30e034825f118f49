"""Communications: contacts, budgets and data of each pair; what each site and each network gets in all."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.run.endpoints import GROUND_NOISE, is_network, link_direction, pair_key, pairs_of
from moonstead.run.moments import window_table, windows_of
from moonstead.run.places import eye_point
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.trajectories import stored_trajectory
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.links.bands import Band
    from moonstead.links.budget import LinkBudget
    from moonstead.links.contacts import Terminal

Array = NDArray[np.float64]
RANGE_STEP = 300.0  # [s] between range samples within a contact
LIGHT_ALLOWANCE = 1.01  # the ends move while light is under way: by 1e-4 of it, at 30 km/s
MOST_BITS_PER_HERTZ = 1.0  # QPSK carries two bits a symbol, a code of rate 1/2 halves them, one symbol/s needs 1 Hz
LINK_DATA = ("de440s", "moon-pa-de440", "earth-orientation", "earth-orientation-final", "lola-8ppd")
MODELS = ("de440", "moon-me", "earth-rotation", "event-bounds", "link-budget")


def plan(scenario: Scenario) -> list[Task]:
    """One task for each pair, one for each link to a network, one for each site that can reach the Earth."""
    start, stop = scenario.span()
    analysis = scenario.analysis
    tasks: list[Task] = []
    titles = Counter(_pair_title(*pair) for link in scenario.links for pair in pairs_of(link, scenario))
    for link in scenario.links:
        keys = []
        several = any(is_network(end, scenario) for end in link.between)
        for first, second in pairs_of(link, scenario):
            key = pair_key(first, second)
            keys.append(f"contact.{key}")
            fragment = {
                "first": first,
                "second": second,
                "start": start,
                "stop": stop,
                "aberration": analysis.aberration,
                "required_eb_n0": analysis.required_eb_n0,
                "margin": analysis.link_margin,
                "rate": link.rate,
                "demand": None if several else link.demand,
            }
            title = _pair_title(first, second)
            if titles[title] > 1:  # several antennas of one band at the same two places
                title = f"{first['label']} – {second['label']} ({_band(first, second)})"
            fragment["title"] = title
            inputs = tuple(dict.fromkeys(_needs(first) + _needs(second)))
            contacts = f"{__name__}:find_contacts"
            tasks.append(Task(f"contact.{key}", f"Contacts {title}", contacts, fragment, inputs, LINK_DATA))
        if several and link.demand is not None:
            fragment = {"label": link.label, "demand": link.demand, "start": start, "stop": stop}
            title = f"Data over {link.label}"
            tasks.append(Task(f"flow.{link.label}", title, f"{__name__}:add_up", fragment, tuple(keys)))
    return tasks + _coverage_tasks(scenario, tasks)


def _needs(end: dict[str, Any]) -> tuple[str, ...]:
    if end["end"] == "surface":
        return (f"horizon.{end['eye']}",)
    return (f"orbit.{end['owner']}",) if end["end"] == "spacecraft" else ()


def _coverage_tasks(scenario: Scenario, tasks: list[Task]) -> list[Task]:
    contacts = [task for task in tasks if task.id.startswith("contact.")]
    ends = {
        task.id: {task.fragment[e]["end"]: task.fragment[e]["owner"] for e in ("first", "second")} for task in contacts
    }
    made = []
    for site in scenario.sites:
        direct = [name for name, end in ends.items() if end.get("surface") == site.id and "ground" in end]
        relays: dict[str, dict[str, list[str]]] = {}
        for craft in scenario.spacecraft:
            up = [n for n, end in ends.items() if end.get("surface") == site.id and end.get("spacecraft") == craft.id]
            down = [n for n, end in ends.items() if end.get("spacecraft") == craft.id and "ground" in end]
            if up and down:
                relays[craft.name or craft.id] = {"up": up, "down": down}
        if not direct and not relays:
            continue
        inputs = direct + [name for way in relays.values() for name in way["up"] + way["down"]]
        fragment = {"site": site.id, "name": site.name or site.id, "direct": direct, "relays": relays}
        made.append(
            Task(
                f"coverage.{site.id}",
                f"{site.name or site.id} in touch with the Earth",
                f"{__name__}:cover_site",
                fragment,
                tuple(dict.fromkeys(inputs)),
            )
        )
    return made


def find_contacts(inputs: TaskInputs) -> TaskOutput:
    """Windows of one pair, the budget at the greatest distance, and the bits of each window."""
    from moonstead.links.contacts import contact_windows, link_distance
    from moonstead.links.coverage import summarise
    from moonstead.links.volume import data_volume, inverse_square_steps

    link = inputs.fragment
    key = inputs.task.id.removeprefix("contact.")
    first, second = (_terminal(link[end], inputs) for end in ("first", "second"))
    # A spacecraft that was lost has no contacts any more, and the others go on
    last = min(link["stop"], first.trajectory.span[1], second.trajectory.span[1])
    begin = _first_seen(first, second, link, inputs)
    found = contact_windows(first, second, begin, last, inputs.data, link["aberration"])
    windows = Windows.of(found.starts, found.stops, (link["start"], link["stop"]))
    tdb = _samples(windows, begin, last)
    distance = link_distance(second, first, tdb, inputs.data, link["aberration"])
    in_contact = windows.contains(tdb)
    farthest = float(distance[in_contact].max()) if in_contact.any() else float(distance.max())
    budget = _budget(link, farthest)
    volume = np.zeros(len(windows))
    tables: tuple[Table, ...] = ()
    warnings = () if budget is not None else (f"{link['title']}: the first end has no transmitter, so no data flow",)
    if budget is not None:
        reachable = float(budget.data_rate[0])
        if link["rate"] is None:
            block = _block(link)
            most = MOST_BITS_PER_HERTZ * (block.high - block.low)
            volume = data_volume(windows, tdb, distance, lambda d: np.minimum(most, reachable * (farthest / d) ** 2))
            if np.any(reachable * (farthest / distance[in_contact]) ** 2 > most):
                warnings = (_width_note(link["title"], block, most),)
        else:
            volume = data_volume(windows, tdb, distance, inverse_square_steps([link["rate"]], reachable, farthest))
        tables = (_budget_table(f"budget.{key}", budget),)
    summary = summarise(windows)
    per_day = float(volume.sum()) / (link["stop"] - link["start"]) * 86_400.0
    facts = {
        "title": link["title"],
        "number": summary.number,
        "fraction": summary.fraction,
        "longest_gap": summary.longest_gap,
        "volume_per_day": per_day,
        "demand": link["demand"],
    }
    contacts = window_table(f"contact.{key}", windows, "Interval of contact.", volume=(volume, "bit"))
    figures = (_demand_figure(facts["title"], per_day, link["demand"]),) if link["demand"] else ()
    return TaskOutput((contacts, *tables), figures=figures, facts=facts, warnings=warnings, models=MODELS)


def add_up(inputs: TaskInputs) -> TaskOutput:
    """Data that a link to a network carries when one station at a time receives, the earlier named first."""
    link = inputs.fragment
    taken = Windows.none((link["start"], link["stop"]))
    total = 0.0
    for name in inputs.task.inputs:
        table = inputs.result(name).table(name)
        windows = windows_of(table)
        rates = table.columns["volume"] / np.maximum(table.columns["duration"], 1e-9)
        own = windows - taken
        middle = 0.5 * (own.starts + own.stops)
        index = np.searchsorted(windows.starts, middle, side="right") - 1
        total += float(np.sum(rates[index] * own.durations())) if len(own) else 0.0
        taken = taken | windows
    per_day = total / (link["stop"] - link["start"]) * 86_400.0
    facts = {"label": link["label"], "volume_per_day": per_day, "fraction": taken.fraction()}
    return TaskOutput(figures=(_demand_figure(link["label"], per_day, link["demand"]),), facts=facts)


def cover_site(inputs: TaskInputs) -> TaskOutput:
    """When a site reaches the Earth by any path, and the gaps."""
    from moonstead.links.coverage import any_of, chain_windows, summarise

    site = inputs.fragment
    windows = {name: windows_of(inputs.result(name).table(name)) for name in inputs.task.inputs}
    paths = []
    if site["direct"]:
        paths.append(any_of(windows[name] for name in site["direct"]))
    for way in site["relays"].values():
        up = any_of(windows[name] for name in way["up"])
        paths.append(chain_windows([(up, [windows[name] for name in way["down"]])]))
    total = any_of(paths)
    summary = summarise(total)
    names = (["direct"] if site["direct"] else []) + list(site["relays"])
    facts = {
        "site": site["site"],
        "paths": ", ".join(names),
        "fraction": summary.fraction,
        "longest_gap": summary.longest_gap,
        "gaps": len(summary.gaps),
    }
    how = f"terrain, occultation and masks at both ends; paths: {facts['paths']}"
    figures = (
        Figure(f"{site['name']}: share of time in touch with the Earth", summary.fraction, "1", how),
        Figure(f"{site['name']}: longest time out of touch", summary.longest_gap / 3600.0, "h", how),
    )
    tables = (
        window_table(f"coverage.{site['site']}", total, "Interval in which the site reaches the Earth by any path."),
        window_table(f"gap.{site['site']}", summary.gaps, "Interval in which it does not."),
    )
    return TaskOutput(tables, figures=figures, facts=facts, models=("event-bounds",))


def _terminal(end: dict[str, Any], inputs: TaskInputs) -> Terminal:
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.links.contacts import Terminal
    from moonstead.surface.horizon import HorizonProfile

    if end["end"] == "spacecraft":
        return Terminal(end["label"], stored_trajectory(inputs.result(f"orbit.{end['owner']}"), inputs.data))
    mask = end["minimum_elevation"]
    if end["end"] == "ground":
        point = SurfacePoint.on_earth(end["label"], end["latitude"], end["longitude"], end["height"])
        return Terminal(end["label"], point, elevation_mask=mask)
    skyline = HorizonProfile.from_arrays(inputs.result(f"horizon.{end['eye']}").arrays())
    # The mask counts from the skyline: an antenna that needs 5 deg looks 5 deg over the ridge.
    return Terminal(
        end["label"],
        eye_point(end, skyline),
        horizon=lambda azimuth: skyline.at(azimuth) + mask,
        horizon_slope=skyline.slope_bound,
        elevation_mask=-0.5 * np.pi,
    )


def _first_seen(first: Terminal, second: Terminal, link: dict[str, Any], inputs: TaskInputs) -> float:
    """Start of the span, or as much later as the first light of an ephemeris that begins there needs to arrive."""
    from moonstead.links.contacts import link_distance

    earliest = max(first.trajectory.span[0], second.trajectory.span[0])
    start = max(float(link["start"]), earliest)
    if link["aberration"] == "geometric":
        return start
    way = float(link_distance(second, first, [start], inputs.data, "geometric")[0])
    return max(start, earliest + LIGHT_ALLOWANCE * way / SPEED_OF_LIGHT)


def _samples(windows: Windows, start: float, stop: float) -> Array:
    """Times that cover every window closely, and the span's ends."""
    pieces = [np.array([start, stop])]
    for begin, end in zip(windows.starts, windows.stops, strict=True):
        pieces.append(np.linspace(begin, end, max(2, int(np.ceil((end - begin) / RANGE_STEP)) + 1)))
    return np.unique(np.concatenate(pieces))


def _budget(link: dict[str, Any], distance: float) -> LinkBudget | None:
    """Budget at one distance; None where the first end only receives."""
    from moonstead.links.antennas import parabolic_gain_dbi
    from moonstead.links.budget import Receiver, Transmitter, atmospheric_allowance_db, link_budget

    first, second = link["first"], link["second"]
    if first["power"] is None:
        return None
    name = _band(first, second)
    frequency = _block(link).centre
    gains = [
        end["gain_dbi"]
        if end["gain_dbi"] is not None
        else float(parabolic_gain_dbi(end["diameter"], frequency, end["efficiency"]))
        for end in (first, second)
    ]
    atmosphere = sum(
        float(atmospheric_allowance_db(name, end["minimum_elevation"]))
        for end in (first, second)
        if end["end"] == "ground"
    )
    noise = second["noise_temperature"] or GROUND_NOISE[name]
    return link_budget(
        Transmitter(first["power"], gains[0]),
        Receiver(gains[1], noise),
        frequency,
        distance,
        required_eb_n0_db=10.0 * float(np.log10(link["required_eb_n0"])),
        data_rate=None,
        wanted_margin_db=10.0 * float(np.log10(link["margin"])),
        atmospheric_loss_db=atmosphere,
    )


def _block(link: dict[str, Any]) -> Band:
    """Frequencies that a link may use."""
    from moonstead.links.bands import band

    first, second = link["first"], link["second"]
    return band(_band(first, second), link_direction(first["end"], second["end"]))


def _width_note(title: str, block: Band, most: float) -> str:
    return (
        f"{title}: the budget would allow more than the {(block.high - block.low) / 1e6:g} MHz of {block.name} band "
        f"can carry, so the rate is held at {most / 1e6:g} Mbit/s ({MOST_BITS_PER_HERTZ:g} bit/s per Hz); "
        "write the modem's `rate` to replace this"
    )


def _budget_table(name: str, budget: LinkBudget) -> Table:
    lines = budget.lines()
    columns = {
        "line": np.array([line[0] for line in lines], dtype=object),
        "value": np.array([line[1] for line in lines]),
        "line_unit": np.array([line[2] for line in lines], dtype=object),
        "how": np.array([line[3] for line in lines], dtype=object),
    }
    units = {"line": "text", "value": "as in line_unit", "line_unit": "text", "how": "text"}
    return Table(name, columns, units, "One line of the link budget at the greatest distance of a contact.")


def _pair_title(first: dict[str, Any], second: dict[str, Any]) -> str:
    return f"{first['title']} – {second['title']} ({_band(first, second)})"


def _band(first: dict[str, Any], second: dict[str, Any]) -> str:
    """Band of a link: that of the antenna that has only one."""
    return str(first.get("band") or second.get("band") or next(b for b in first["bands"] if b in second["bands"]))


def _demand_figure(title: str, per_day: float, demand: float) -> Figure:
    wanted = demand * 86_400.0
    how = f"free-space budget over all contacts; the scenario asks for {wanted / 1e9:g} Gbit/day"
    return Figure(f"{title}: data carried", per_day / 1e9, "Gbit/day", how, "good" if per_day >= wanted else "bad")
