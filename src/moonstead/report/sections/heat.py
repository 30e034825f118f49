"""Heat: the ground by time and depth, hardware, heaters and radiators."""

from __future__ import annotations

from typing import Any

import numpy as np

from moonstead.report.figures import BAD, INK, MOON, SERIES, SUN, axis, figure, line_mode, rounded
from moonstead.report.html import Section, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 35
POINTS = 4500


def section(run: RunFolder) -> Section | None:
    """One part for each site whose heat was followed."""
    names = run.names("heat")
    if not names:
        return None
    body = ""
    for name in names:
        facts = run.facts(f"heat.{name}")
        body += heading(f"Ground and hardware at {run.name_of('sites', name)}")
        body += paragraph(_sentence(facts))
        body += _series(run, name, facts)
        body += _profile(run, name)
        header = [
            "facility", "heater [MWh]", "most [kW]", "longest [d]", "coldest [K]", "warmest [K]", "kept between [K]",
            "radiator [m2]", "needed [m2]",
        ]  # fmt: skip
        body += table(header, [_row(each) for each in facts["facilities"]])
    body += paragraph(
        "Ranges are the spread of published constants of the ground and of facets that lean by the highlands' median "
        "slope of 7.5 deg to the four quarters. Heat of the ground around is that of a bowl with the same view of the "
        "sky. Hardware is one node of one temperature behind its blanket; its electric load, on standby too, is "
        "taken as served, and the heater draws its power besides."
    )
    return Section("heat", "Heat", body)


def _sentence(facts: dict[str, Any]) -> str:
    told = {word: facts["surface"][word] for word in ("maximum", "mean", "minimum")}
    parts = [f"{word} {value:.0f} K ({low:.0f} to {high:.0f})" for word, (value, low, high) in told.items()]
    return f"Surface of level ground: {', '.join(parts)}. It sees {facts['sky_view']:.1%} of the sky."


def _row(each: dict[str, Any]) -> list[object]:
    radiator = each["radiator"] if each["radiator"] else "none"
    needed = "none is enough" if each["radiator_needed"] is None else each["radiator_needed"]
    return [
        each["name"],
        each["heater_energy"] / 3.6e9,
        each["heater_peak"] / 1e3,
        each["longest"] / 86_400.0,
        each["coldest"],
        each["warmest"],
        f"{each['minimum']:g} to {each['maximum']:g}" + ("" if each["held"] else " (not held)"),
        radiator,
        needed,
    ]


def _series(run: RunFolder, name: str, facts: dict[str, Any]) -> str:
    columns = run.table(f"heat.{name}").columns
    thin = max(1, columns["tdb"].size // POINTS)
    when = list(columns["utc"][::thin])
    traces = [_line(when, columns["surface"][::thin], "surface", SUN)]
    traces += [
        _line(when, columns[key][::thin], key, colour)
        for key, colour in zip([key for key in columns if key.startswith("ground ")], (MOON, INK, BAD), strict=False)
    ]
    for each, colour in zip(facts["facilities"], SERIES * len(facts["facilities"]), strict=False):
        traces.append(_line(when, columns[f"{each['id']} temperature"][::thin], each["name"], colour))
        heater = _line(when, columns[f"{each['id']} heater"][::thin] / 1e3, f"{each['name']}: heater", colour)
        traces.append(heater | {"yaxis": "y2"})
    spec = figure(
        traces,
        xaxis=axis("date (UTC)", type="date", anchor="y2"),
        yaxis=axis("temperature [K]", domain=[0.4, 1.0]),
        yaxis2=axis("heater [kW]", domain=[0.0, 0.32]),
    )
    caption = "Temperatures of the ground and of hardware; power of the heaters that keep it alive."
    return plot(f"heat-{name}", spec, 480, caption)


def _profile(run: RunFolder, name: str) -> str:
    columns = run.table(f"heat-depth.{name}").columns
    depth = 100.0 * np.asarray(columns["depth"])
    traces = [
        _line(rounded(columns[word]), depth, word, colour) | {"type": "scatter"}
        for word, colour in (("warmest", BAD), ("mean", INK), ("coldest", SERIES[0]))
    ]
    spec = figure(
        traces, xaxis=axis("temperature [K]"), yaxis=axis("depth [cm]", autorange="reversed"), hovermode="y unified"
    )
    return plot(f"heat-depth-{name}", spec, 360, "Extremes and mean of the ground by depth.")


def _line(x: list[Any], values: Any, label: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scattergl",
        "mode": line_mode(len(x)),
        "x": x,
        "y": rounded(values),
        "name": label,
        "line": {"color": colour, "width": 1.4},
    }
