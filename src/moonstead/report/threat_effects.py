"""What an impact on the Moon does to sites and orbiters, as the report's page of threats shows it."""

from __future__ import annotations

from typing import Any

import numpy as np

from moonstead.report.html import heading, number, paragraph, plot, table
from moonstead.report.run_folder import RunFolder
from moonstead.report.threat_figures import arrivals

KILOMETRE, HOUR, DAY = 1e3, 3600.0, 86_400.0  # [m], [s], [s]


def effects_of(run: RunFolder, name: str) -> str:
    """Tables and figures of what sites and orbiters get, as HTML; empty where nothing hits the Moon."""
    facts = run.facts(f"threat-effects.{name}")
    if facts.get("impactor") is None:
        return ""
    sites = run.table(f"threat-sites.{name}").columns
    names = {str(one): place_name(run, str(one)) for one in sites["site"]}
    rows = [
        [
            names[str(site)],
            f"{sites['distance'][k] / KILOMETRE:.0f} ({sites['distance_05'][k] / KILOMETRE:.0f} to "
            f"{sites['distance_95'][k] / KILOMETRE:.0f})",
            duration(float(sites["p_wave"][k])),
            _between(sites, "velocity", k, 1e-3),
            duration(float(sites["first"][k])),
            _between(sites, "pieces", k, 1.0),
            _between(sites, "thickness", k, 1e-3),
            _between(sites, "cover", k, 1.0),
        ]
        for k, site in enumerate(sites["site"])
    ]
    head = [
        "site",
        "from the impact [km]",
        "first wave after",
        "ground moves [mm/s]",
        "first ejecta after",
        "pieces from 1 mm [1/m2]",
        "dust [mm]",
        "regolith that stops them [m]",
    ]
    body = heading("What an impact on the Moon would do to the station", 4)
    if facts.get("caveat"):
        body += paragraph(facts["caveat"], "caveat")
    body += table(head, rows)
    fallen = run.table(f"threat-ejecta.{name}").columns
    if fallen["site"].size:
        spec = arrivals(fallen, "site", "mass", "come down [kg/m2]", names)
        body += plot(f"ejecta-{name}", spec, 360, "Ejecta that have come down at each site, nominal.")
    return body + _orbiters(run, name)


def _orbiters(run: RunFolder, name: str) -> str:
    columns = run.table(f"threat-orbiters.{name}").columns
    if not columns["spacecraft"].size:
        return ""
    names = {str(one): place_name(run, str(one)) for one in columns["spacecraft"]}
    rows = [
        [
            names[str(craft)],
            _between(columns, "hits", k, 1.0),
            duration(float(columns["first"][k])) if np.isfinite(columns["first"][k]) else "never",
            "yes" if columns["sees_impact"][k] else "no",
            duration(float(columns["best_shift"][k])),
            number(float(columns["delta_v"][k]), 2),
            str(columns["assumed"][k]),
        ]
        for k, craft in enumerate(columns["spacecraft"])
    ]
    head = ["orbiter", "pieces from 1 mm [1/m2]", "first after", "sees the impact", "best shift", "costs [m/s]", ""]
    hits = run.table(f"threat-hits.{name}").columns
    body = table(head, rows)
    if np.any(hits["hits"] > 0.0):
        spec = arrivals(hits, "spacecraft", "hits", "pieces met [1/m2]", names)
        body += plot(f"orbiter-hits-{name}", spec, 360, "Pieces of a millimetre or more that orbiters meet, nominal.")
    return body


def _between(columns: dict[str, Any], key: str, k: int, unit: float) -> str:
    low, middle, high = (number(float(columns[f"{key}{part}"][k] / unit), 2) for part in ("_low", "", "_high"))
    return f"{middle} ({low} to {high})"


def duration(seconds: float) -> str:
    """A time in the unit that reads best.

    Parameters
    ----------
    seconds : float [s]
        How long.

    Returns
    -------
    str
        Two digits and the unit; "no end" where it is not finite.
    """
    if not np.isfinite(seconds):
        return "no end"
    for unit, words in ((DAY, "d"), (HOUR, "h"), (60.0, "min")):
        if abs(seconds) >= 2.0 * unit:
            return f"{number(float(seconds / unit), 2)} {words}"
    return f"{number(float(seconds), 2)} s"


def place_name(run: RunFolder, id: str) -> str:
    """What the scenario calls a site or a spacecraft."""
    site = run.name_of("sites", id)
    return site if site != id else run.name_of("spacecraft", id)
