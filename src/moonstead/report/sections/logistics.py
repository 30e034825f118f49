"""Transport: the launch calendar, what missions burn and bring, what a lost launch does, the plan of a campaign."""

from __future__ import annotations

from typing import Any

import numpy as np

from moonstead.report.figures import BAD, GOOD, MOON, SERIES, axis, figure, rounded
from moonstead.report.html import Section, details, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 38
DAY = 86_400.0  # [s]
TONNE = 1e3  # [kg]
ROW_PIXELS, LEAST_PIXELS = 34, 190


def section(run: RunFolder) -> Section | None:
    """Missions, losses and the campaign, where the scenario has them."""
    body = ""
    if run.names("logistics"):
        names = set(run.names("logistics"))
        if "calendar" in names:
            body += _calendar(run) + _masses(run) + _transfers(run) + _burns(run)
        losses = run.facts("logistics.losses")
        if losses:
            body += _losses(run, losses)
        campaign = run.facts("logistics.campaign")
        if campaign:
            body += _campaign(run, campaign)
    return Section("logistics", "Transport and logistics", body) if body else None


def _mission(run: RunFolder, id: str) -> str:
    return run.name_of("missions", id)


def _calendar(run: RunFolder) -> str:
    columns = run.table("logistics.calendar").columns
    names = [_mission(run, str(one)) for one in columns["mission"]]
    traces = []
    for part, colour, starts, lengths in (
        ("on the way", SERIES[0], columns["departure_utc"], columns["arrival"] - columns["departure"]),
        ("at its goal", GOOD, columns["arrival_utc"], columns["stay"]),
    ):
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "y": names,
                "base": [str(one) for one in starts],
                "x": rounded(np.maximum(lengths, 0.0) * 1e3),  # the page's script counts time in milliseconds
                "name": part,
                "marker": {"color": colour},
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [str(one) for one in columns["departure_utc"]],
            "y": names,
            "name": "launch",
            "marker": {"symbol": "triangle-up", "size": 11, "color": SERIES[1]},
            "text": [run.name_of("transports", str(one)) for one in columns["vehicle"]],
        }
    )
    spec = figure(
        traces,
        barmode="overlay",
        xaxis=axis("date (UTC)", type="date"),
        yaxis=axis("", autorange="reversed"),
    )
    rows = [
        [
            names[k],
            run.name_of("transports", str(columns["vehicle"][k])),
            run.name_of("partners", str(columns["partner"][k])),
            str(columns["to"][k]),
            str(columns["departure_utc"][k])[:16],
            str(columns["arrival_utc"][k])[:16],
            int(columns["people"][k]),
        ]
        for k in range(len(names))
    ]
    head = ["mission", "vehicle", "partner", "to", "departs (UTC)", "arrives (UTC)", "people it carries"]
    caption = "Launch calendar. Dates follow from the planned departure and the durations of the legs."
    height = max(LEAST_PIXELS, ROW_PIXELS * len(names) + 120)
    return heading("Launch calendar") + plot("launch-calendar", spec, height, caption) + table(head, rows)


def _masses(run: RunFolder) -> str:
    columns = run.table("logistics.calendar").columns
    names = [_mission(run, str(one)) for one in columns["mission"]]
    parts = (
        ("stages, dry", columns["dry"], MOON),
        ("propellant burnt", columns["burnt"], SERIES[1]),
        ("boiled off", columns["boiled_off"], BAD),
        ("cargo", columns["cargo"], GOOD),
        ("launcher's margin", np.maximum(columns["launcher_margin"], 0.0), "#e9edf2"),
    )
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "y": names,
            "x": rounded(values / TONNE),
            "name": what,
            "marker": {"color": colour},
        }
        for what, values, colour in parts
    ]
    spec = figure(traces, barmode="stack", xaxis=axis("mass [t]"), yaxis=axis("", autorange="reversed"))
    rows = [
        [
            names[k],
            *(
                float(columns[key][k])
                for key in ("mass", "launcher_margin", "burnt", "boiled_off", "cargo", "most_cargo", "delta_v")
            ),
        ]
        for k in range(len(names))
    ]
    head = ["mission", "leaves [kg]", "launcher's margin [kg]", "burnt [kg]", "boiled off [kg]", "cargo [kg]"]
    head += ["most cargo [kg]", "change of velocity [m/s]"]
    cargo = run.facts("logistics.missions")["cargo"]
    brought = [[_mission(run, one["mission"]), one["to"], one["what"].replace("-", " "), one["mass"]] for one in cargo]
    note = "Tanks hold the least that the flight needs; most cargo is what tanks, launcher and hold allow together."
    height = max(LEAST_PIXELS, ROW_PIXELS * len(names) + 120)
    body = heading("Propellant and cargo") + plot(
        "mission-masses", spec, height, "Where the mass of each mission goes."
    )
    body += table(head, rows) + paragraph(note)
    return body + (table(["mission", "to", "brings", "mass [kg]"], brought) if brought else "")


def _transfers(run: RunFolder) -> str:
    """Legs as given beside the transfers that were computed for the missions."""
    found = run.facts("logistics.missions").get("transfers", [])
    rows = [
        [
            _mission(run, one["mission"]),
            one["leg_delta_v"],
            one["computed_delta_v"],
            one["leg_duration"] / DAY,
            one["computed_duration"] / DAY,
            one["computed_mass"] - one["mass"],
            one["computed_most_cargo"],
            "; ".join(one["problems"]) or "flies",
        ]
        for one in found
    ]
    head = ["mission", "leg [m/s]", "computed [m/s]", "leg [days]", "computed [days]", "heavier by [kg]"]
    head += ["most cargo then [kg]", "with the computed transfer it"]
    note = "Dates and masses above follow the legs; here the burn into lunar orbit is that of the computed transfer."
    title = heading("The way to the Moon as given and as computed", 4)
    return title + table(head, rows) + paragraph(note) if rows else ""


def _burns(run: RunFolder) -> str:
    columns = run.table("logistics.burns").columns
    rows = [
        [
            _mission(run, str(columns["mission"][k])),
            str(columns["utc"][k])[:16],
            str(columns["burn"][k]),
            str(columns["stage"][k]),
            *(float(columns[key][k]) for key in ("delta_v", "before", "propellant", "left")),
        ]
        for k in range(len(columns["mission"]))
    ]
    head = ["mission", "date (UTC)", "burn", "stage", "change [m/s]", "mass before [kg]", "takes [kg]", "left [kg]"]
    return details("Every burn", table(head, rows)) if rows else ""


def _losses(run: RunFolder, facts: dict[str, Any]) -> str:
    chance = facts["chance"]
    low, high = chance["low"], chance["high"]
    sure = f"{low:.1%}" if high - low < 1e-3 else f"between {low:.1%} and {high:.1%}"
    words = [f"If launches fail independently, people can stay as planned once they are there with {sure}."]
    for crew, (least, _) in chance["crews"].items():
        words.append(f"{run.name_of('crews', crew)} begins and ends as planned with {least:.1%}.")
    for one in chance["stock"]:
        stock = (
            f"{one['mass']:.3g} kg of {one['substance'].replace('-', ' ')} more at {run.name_of('sites', one['site'])}"
        )
        words.append(f"Against any single loss helps {stock}.")
    rows = [[_who(run, one), *_effect(run, one)] for one in facts["losses"]]
    head = ["lost", "then not flown", "stays that do not begin", "not delivered", "runs dry", "must leave"]
    note = "Nobody replans. People leave when oxygen, food or drinking water is first short."
    return heading("One lost launch") + paragraph(" ".join(words)) + table(head, rows) + paragraph(note)


def _who(run: RunFolder, one: dict[str, Any]) -> str:
    return _mission(run, one["lost"][0]) if one["lost"] else "nothing: the plan as it is"


def _effect(run: RunFolder, one: dict[str, Any]) -> list[str]:
    dry = []
    for store in one["dry"]:
        after = f" {store['after'] / DAY:.0f} days after the launch," if one["lost"] else ""
        dry.append(f"{store['substance'].replace('-', ' ')}:{after} {store['missing']:.3g} kg missing")
    leave = [
        f"{run.name_of('crews', k['crew'])}, {(k['planned'] - k['by']) / DAY:.1f} days early" for k in one["evacuated"]
    ]
    kept = [f"{mass:.4g} kg of {name.replace('-', ' ')}" for name, mass in one["undelivered"].items()]
    return [
        ", ".join(_mission(run, name) for name in one["fallen"]),
        ", ".join(run.name_of("crews", name) for name in one["cancelled"]),
        ", ".join(kept),
        "; ".join(dry),
        "; ".join(leave),
    ]


def _campaign(run: RunFolder, facts: dict[str, Any]) -> str:
    columns = run.table("logistics.campaign").columns
    balance = facts["balance"]
    sure = "proven to be the least" if facts["status"] == "optimal" else f"at most {facts['gap']:.1%} above the least"
    words = [
        f"{_counted(facts['launches'], 'launch')} on top of the missions serve the campaign, {sure} "
        f"(objective: {facts['objective']}).",
        f"{balance['launched'] / TONNE:.4g} t leave the Earth: {balance['burnt'] / TONNE:.4g} t are burnt, "
        f"{balance['dry'] / TONNE:.4g} t are stages, {balance['delivered'] / TONNE:.4g} t are delivered, "
        f"{balance['boiled_off'] / TONNE:.3g} t boil off. Every flight was replayed by arithmetic of its own: "
        f"{len(facts['violations'])} faults, mass balances to {abs(facts['imbalance']):.1g} kg.",
    ]
    body = heading("Plan of the campaign") + paragraph(" ".join(words))
    vehicles = list(dict.fromkeys(str(one) for one in columns["vehicle"]))
    traces = []
    for vehicle in vehicles:
        own = [k for k, one in enumerate(columns["vehicle"]) if one == vehicle]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [str(columns["departure_utc"][k]) for k in own],
                "y": rounded(columns["cargo"][own] / TONNE),
                "name": run.name_of("transports", vehicle),
                "text": [f"{columns['name'][k]} to {columns['to'][k]}" for k in own],
                "marker": {"size": 10},
            }
        )
    if traces:
        dates = axis("departure (UTC)", type="date", range=facts["span_utc"])
        spec = figure(traces, xaxis=dates, yaxis=axis("cargo [t]", rangemode="tozero"))
        body += plot("campaign-flights", spec, 340, "Flights of the plan: when they leave and what they bring.")
    body += _shares(run) + _flights(facts)
    late = [
        [one["need"], one["mass"], "" if one["met"] is None else (one["met"] - one["due"]) / DAY]
        for one in facts["late"]
    ]
    if late:
        body += heading("What comes late", 4) + table(["need", "mass [kg]", "days late (empty: never)"], late)
    return body


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}es"


def _shares(run: RunFolder) -> str:
    """Launches, mass and cargo of each partner in the plan."""
    columns = run.table("logistics.campaign").columns
    rows = []
    for partner in dict.fromkeys(str(one) for one in columns["partner"]):
        own = [k for k, one in enumerate(columns["partner"]) if one == partner]
        mass, cargo = (float(columns[key][own].sum()) / TONNE for key in ("mass", "cargo"))
        rows.append([run.name_of("partners", partner) or "nobody named", len(own), mass, cargo])
    return table(["partner", "flights", "leaves [t]", "cargo [t]"], rows) if rows else ""


def _delay(one: dict[str, Any]) -> float | str:
    return "" if one["met"] is None else (one["met"] - one["due"]) / DAY


def _flights(facts: dict[str, Any]) -> str:
    rows = [
        [
            one["name"],
            one["to"],
            float(one["mass"]),
            float(one["propellant"]),
            ", ".join(f"{item['what']} {item['mass']:.0f} kg" for item in one["items"]),
        ]
        for one in facts["flights"]
    ]
    head = ["flight", "to", "leaves [kg]", "propellant [kg]", "carries"]
    return details("Every flight of the plan", table(head, rows)) if rows else ""
