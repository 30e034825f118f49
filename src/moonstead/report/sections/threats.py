"""Asteroid and comet security: the alert sheet of each threat, target planes, corridors, effects, outlook, orbit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from moonstead.report.html import Section, details, heading, number, paragraph, plot, table
from moonstead.report.run_folder import RunFolder
from moonstead.report.threat_effects import duration, effects_of, place_name
from moonstead.report.threat_figures import (
    corridor,
    probability_course,
    probability_history,
    residuals,
    target_plane,
)

ORDER = 45
KILOMETRE, MEGATON = 1e3, 4.184e15  # [m], [J]
BODIES = ("EARTH", "MOON")
TOLD = 8  # virtual impactors in the table
NIGHTS = 12  # sensors in the table


def section(run: RunFolder) -> Section | None:
    """Each threat, the one with the largest probability first."""
    names = [task["id"].removeprefix("threat-orbit.") for task in run.manifest["tasks"] if _is_threat(task["id"])]
    if not names:
        return None
    names.sort(key=lambda name: -_largest(run, name))
    body = paragraph(
        "Probabilities rest on the orbit and its errors as they were known to this run; simulated, and no warning. "
        "What is told of an impact is what it would do if it happened."
    )
    return Section("threats", "Asteroid and comet security", body + "".join(_threat(run, name) for name in names))


def _is_threat(task: str) -> bool:
    return task.startswith("threat-orbit.")


def _largest(run: RunFolder, name: str) -> float:
    bodies = run.facts(f"threat-impact.{name}").get("bodies") or {}
    return max((one["probability"] for one in bodies.values()), default=0.0)


def _threat(run: RunFolder, name: str) -> str:
    orbit, impact = run.facts(f"threat-orbit.{name}"), run.facts(f"threat-impact.{name}")
    body = heading(_name(run, name))
    said = [one.get("description") for one in run.scenario.get("threats", []) if one["id"] == name]
    body += "".join(paragraph(text) for text in said if text)
    for facts, what in ((orbit, "No orbit"), (impact, "Impacts are not told")):
        if facts.get("why_not"):
            return body + paragraph(f"{what}: {facts['why_not']}.", "caveat")
    body += _alert(run, name, impact)
    body += _planes(run, name) + _corridors(run, name, impact) + effects_of(run, name) + _outlook(run, name)
    body += _deflection(run, name) + _history(run, name)
    notes = [*impact.get("notes", []), *orbit.get("notes", [])]
    return body + details("Orbit and observations", _orbit(run, name, orbit) + "".join(map(paragraph, notes)))


def _name(run: RunFolder, name: str) -> str:
    return str(run.facts(f"threat-orbit.{name}").get("name") or run.name_of("threats", name))


def _alert(run: RunFolder, name: str, impact: dict[str, Any]) -> str:
    """The sheet that answers first: how probable, how bad, when, where, what to do, by when."""
    told = impact["bodies"]
    rows = [
        [
            f"impact on the {body.title()} until {impact['until_utc'][:10]}",
            _chance(one),
            one["verdict"],
            _scale(one),
            one["method"],
        ]
        for body, one in told.items()
    ]
    body = heading("Alert sheet", 4) + table(
        ["what", "probability (95 % of the search)", "verdict", "Palermo, Torino", "found by"], rows
    )
    body += _impactors(run, name)
    watch, effects = run.facts(f"threat-watch.{name}"), run.facts(f"threat-effects.{name}")
    lines = []
    size = impact.get("size")
    if size is not None:
        lines.append(["diameter", _span(size["diameter"], 1.0, "m")])
    if effects.get("impactor") is not None:
        lines += [
            ["crater on the Moon", _span(effects["crater_diameter"], 1.0, "m")],
            ["thrown beyond escape", _span(effects["escaping_mass"], 1e3, "t")],
            ["moonquake, magnitude", _span(effects["moonquake_magnitude"], 1.0, "")],
            ["flash, magnitude from the Earth", _span(effects["flash_magnitude"], 1.0, "")],
        ]
    for key, words in (
        ("next_seen_utc", "seen next"),
        ("halved_utc", "errors halved by"),
        ("ruled_out_utc", "if it misses, ruled out by"),
        ("certain_utc", "if it hits, certain by"),
    ):
        if watch and not watch.get("why_not"):
            by = f" ({watch['next_seen_by']})" if key == "next_seen_utc" and watch.get("next_seen_by") else ""
            lines.append([words, f"{watch[key][:16]}{by}" if watch.get(key) else "not by the nights planned"])
    if lines:
        body += table(["", "figure"], lines)
    if watch.get("why_not"):
        body += paragraph(f"When it is seen again is not told: {watch['why_not']}.", "caveat")
    return body + _advice(run, name)


def _chance(one: dict[str, Any]) -> str:
    low, high = one["interval"]
    return f"{number(one['probability'])} ({number(low)} to {number(high)})"


def _scale(one: dict[str, Any]) -> str:
    palermo, torino = one.get("palermo"), one.get("torino")
    parts = ["–" if palermo is None else f"{palermo:.2f}", "–" if torino is None else str(torino)]
    return ", ".join(parts)


def _span(value: dict[str, float], unit: float, name: str) -> str:
    low, middle, high = (number(value[key] / unit, 2) for key in ("low", "nominal", "high"))
    return f"{middle} {name} ({low} to {high})".replace("  ", " ")


def _measured(value: float, sigma: float) -> str:
    """A figure with its standard deviation, both to the second digit of the latter, at most to a millionth."""
    if not (math.isfinite(sigma) and sigma > 0.0):
        return f"{value:.2f} ± {number(sigma)}"
    decimals = min(6, max(0, 1 - math.floor(math.log10(sigma))))
    return f"{value:.{decimals}f} ± {sigma:.{decimals}f}"


def _impactors(run: RunFolder, name: str) -> str:
    columns = run.table(f"threat-impactors.{name}").columns
    order = np.argsort(-columns["probability"], kind="stable")[:TOLD]
    if not order.size:
        return paragraph("No orbit that agrees with what is known hits the Earth or the Moon in this span.")
    rows = [
        [
            str(columns["body"][k]).title(),
            f"{str(columns['utc'][k])[:19]} ± {duration(columns['tdb_sigma'][k])}",
            number(float(columns["probability"][k])),
            _measured(math.degrees(columns["latitude"][k]), math.degrees(columns["latitude_sigma"][k])),
            _measured(math.degrees(columns["longitude"][k]), math.degrees(columns["longitude_sigma"][k])),
            f"{columns['speed'][k] / KILOMETRE:.2f}",
            f"{math.degrees(columns['elevation'][k]):.0f}",
            f"{number(columns['energy'][k] / MEGATON, 2)} ({number(columns['energy_low'][k] / MEGATON, 2)} to "
            f"{number(columns['energy_high'][k] / MEGATON, 2)})",
        ]
        for k in order
    ]
    head = ["hits", "when (UTC)", "probability", "latitude [deg]", "longitude [deg E]", "km/s", "above ground [deg]"]
    return table([*head, "energy [Mt TNT]"], rows)


def _advice(run: RunFolder, name: str) -> str:
    if name not in run.names("threat-advice"):
        return ""
    columns = run.table(f"threat-advice.{name}").columns
    rows = [
        [
            place_name(run, str(columns["who"][k])),
            duration(float(columns["start"][k])),
            duration(float(columns["stop"][k])),
            str(columns["action"][k]),
            str(columns["reason"][k]),
        ]
        for k in range(len(columns["who"]))
    ]
    if not rows:
        return ""
    return heading("What to do", 4) + table(["who", "from, after the impact", "to", "action", "because"], rows)


def _planes(run: RunFolder, name: str) -> str:
    if name not in run.names("threat-plane"):
        return ""
    columns = run.table(f"threat-plane.{name}").columns
    body = ""
    for one in BODIES:
        if np.any(columns["body"] == one):
            caption = (
                f"Orbits drawn from the errors of {_name(run, name)} on the target plane of the {one.title()}: the "
                "plane through its centre normal to the way in. Those within the disc hit."
            )
            body += plot(f"target-plane-{one.lower()}-{name}", target_plane(columns, one), 380, caption)
    return heading("Target plane", 4) + body


def _corridors(run: RunFolder, name: str, impact: dict[str, Any]) -> str:
    columns = run.table(f"threat-corridor.{name}").columns
    body = ""
    for one in BODIES:
        if not np.any(columns["body"] == one):
            continue
        sites = [
            (site.get("name") or site["id"], site["latitude"], site["longitude"]) for site in run.scenario["sites"]
        ]
        caption = (
            f"Where the orbits that hit the {one.title()} come down; larger points are more probable. Even degrees"
            + (", in the frame MOON_ME." if one == "MOON" else ", geodetic, without coasts.")
        )
        spec = corridor(columns, one, sites if one == "MOON" else [])
        body += plot(f"corridor-{one.lower()}-{name}", spec, 420, caption)
    return heading("Corridors", 4) + body if body else ""


def _outlook(run: RunFolder, name: str) -> str:
    facts = run.facts(f"threat-watch.{name}")
    if not facts or facts.get("why_not"):
        return ""
    nights = run.table(f"threat-nights.{name}").columns
    order = np.argsort(nights["start"], kind="stable")[:NIGHTS]
    rows = [
        [
            f"{nights['sensor'][k]}, {nights['name'][k]}",
            str(nights["start_utc"][k])[:16],
            f"{nights['magnitude'][k]:.1f}",
            number(math.degrees(float(nights["sigma"][k])) * 3600.0, 2),
            number(float(nights["shrink"][k]), 2),
        ]
        for k in order
    ]
    body = heading("When it is seen, and what that tells", 4)
    if rows:
        head = ["sensor", "first night (UTC)", "V", "1 sigma on the sky [arcsec]", "one night leaves of the errors"]
        body += table(head, rows)
    else:
        body += paragraph(
            f"None of the sensors sees it between {facts['from_utc'][:10]} and {facts['until_utc'][:10]}."
        )
    course = run.table(f"threat-course.{name}").columns
    if course["tdb"].size and np.any(np.isfinite(course["expected"])):
        caption = "What the probability becomes with the nights of a plan, under clear skies; no news is expected."
        body += plot(f"course-{name}", probability_course(course), 380, caption)
    return body


def _deflection(run: RunFolder, name: str) -> str:
    facts = run.facts(f"threat-deflection.{name}")
    if not facts:
        return ""
    body = heading("How it could be moved", 4)
    if facts.get("why_not"):
        return body + paragraph(f"Not told: {facts['why_not']}.", "caveat")
    given = facts.get("delivered")
    text = (
        f"Pushes that make the orbit that hits the {facts['body'].title()} pass {facts['miss'] / KILOMETRE:.0f} km "
        f"from its centre; that orbit lies {facts['sigmas']:.2f} sigma from the nominal one."
    )
    if given is not None:
        text += f" A strike as the scenario has it gives {_span(given, 1e-3, 'mm/s')}."
    columns = run.table(f"threat-deflection.{name}").columns
    rows = [
        [
            str(columns["utc"][k])[:10],
            str(columns["kind"][k]),
            number(float(columns["delta_v"][k] / 1e-3)),
            number(float(columns["distance"][k] / KILOMETRE)),
            "yes" if columns["proved"][k] else "no",
        ]
        for k in range(len(columns["tdb"]))
    ]
    head = [
        "pushed on (UTC)",
        "direction",
        "change of velocity [mm/s]",
        "then passes at [km]",
        "proved by a new flight",
    ]
    return body + paragraph(text) + table(head, rows)


def _history(run: RunFolder, name: str) -> str:
    if name not in run.names("threat-history"):
        return ""
    columns = run.table(f"threat-history.{name}").columns
    caption = "What would have been said after each night of the observations, with 95 % intervals."
    return heading("Probability history", 4) + plot(f"history-{name}", probability_history(columns), 380, caption)


def _orbit(run: RunFolder, name: str, facts: dict[str, Any]) -> str:
    lines = [["source", str(facts.get("source") or "–")], ["epoch (UTC)", str(facts.get("epoch_utc") or "–")]]
    if facts.get("rows"):
        lines.append(["observations used", f"{facts['used']} of {facts['rows']}"])
        lines.append(["lines refused", str(len(facts.get("rejected") or ()))])
    if facts.get("rms") is not None:
        lines.append(["root mean square", f"{math.degrees(facts['rms']) * 3600.0:.3f} arcsec"])
    body = table(["", "figure"], lines)
    if name in run.names("threat-residuals"):
        columns = run.table(f"threat-residuals.{name}").columns
        if columns["tdb"].size:
            caption = "Offsets of the observations from the orbit; crosses were left out."
            body += plot(f"residuals-{name}", residuals(columns), 360, caption)
    if facts.get("rejected"):
        rows = [[one["line"], one["text"][:80], one["reason"], one["remedy"]] for one in facts["rejected"][:20]]
        body += table(["line", "text", "refused because", "remedy"], rows)
    return body
