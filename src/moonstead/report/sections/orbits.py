"""Orbits: where the spacecraft fly, in space and over the year."""

from __future__ import annotations

from typing import Any

import numpy as np

from moonstead.report.figures import MOON, SERIES, axis, figure, line_mode, rounded
from moonstead.report.html import Section, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 40
POINTS = 2500
PATH_POINTS = 6000  # of a path that the page carries
AWAY = {"eye": {"x": 2.4, "y": 2.4, "z": 0.9}}  # far enough to see a long orbit whole
SPHERE = {"MOON": 1737.4, "EARTH": 6371.0}  # [km]


def section(run: RunFolder) -> Section | None:
    """Orbits in space, heights over time, and the search behind frozen ellipses."""
    names = run.names("orbit")
    if not names:
        return None
    rows = []
    for name in names:
        facts = run.facts(f"orbit.{name}")
        lowest, highest = facts["lowest_altitude"] / 1e3, facts["highest_altitude"] / 1e3
        rows.append([run.name_of("spacecraft", name), facts["center"], facts["orbit"], lowest, highest, facts["ends"]])
    header = ["spacecraft", "around", "orbit", "lowest [km]", "highest [km]", "flown until (UTC)"]
    body = table(header, rows)
    for center in sorted({run.facts(f"orbit.{name}")["center"] for name in names}):
        body += _space(run, [name for name in names if run.facts(f"orbit.{name}")["center"] == center], center)
    body += _families(run, [name for name in names if "family" in run.facts(f"orbit.{name}")])
    body += _heights(run, names)
    for name in names:
        candidates = run.facts(f"orbit.{name}").get("candidates")
        if candidates:
            body += heading(f"How the orbit of {run.name_of('spacecraft', name)} was chosen")
            body += paragraph(run.facts(f"orbit.{name}")["choice"])
            header = ["node [deg]", "lowest altitude [km]", "followed [d]", "hits the Moon (UTC)"]
            rows = [[row["node_deg"], row["lowest_km"], row["days"], row["hits"] or "no"] for row in candidates]
            body += table(header, rows)
    return Section("orbits", "Orbits", body)


def _space(run: RunFolder, names: list[str], center: str) -> str:
    traces: list[dict[str, Any]] = [_globe(SPHERE.get(center, 1737.4))]
    for number, name in enumerate(names):
        columns = run.table(f"orbit.{name}").columns
        few = _first_revolutions(columns["tdb"], run.facts(f"orbit.{name}").get("period", 86_400.0))
        traces.append(
            {
                "type": "scatter3d",
                "mode": "lines",
                "x": rounded(columns["x"][:few] / 1e3),
                "y": rounded(columns["y"][:few] / 1e3),
                "z": rounded(columns["z"][:few] / 1e3),
                "name": run.name_of("spacecraft", name),
                "line": {"width": 3, "color": SERIES[number % len(SERIES)]},
                "hovertemplate": "%{x:.0f}, %{y:.0f}, %{z:.0f} km<extra></extra>",
            }
        )
    scene = {
        "aspectmode": "data",
        "camera": AWAY,
        "xaxis": {"title": {"text": "x [km]"}},
        "yaxis": {"title": {"text": "y [km]"}},
        "zaxis": {"title": {"text": "z [km]"}},
    }
    spec = figure(traces, scene=scene, margin={"l": 0, "r": 0, "t": 30, "b": 0})
    caption = f"The first revolutions about the {center.title()}, ICRF axes centred on it. Turn with the mouse."
    return plot(f"space-{center.lower().replace(' ', '-')}", spec, 560, caption)


def _families(run: RunFolder, names: list[str]) -> str:
    """Flown orbits beside the periodic ones they were made from, in the axes that turn with the primaries."""
    if not names:
        return ""
    rows, traces = [], []
    for number, name in enumerate(names):
        facts, label = run.facts(f"orbit.{name}"), run.name_of("spacecraft", name)
        member = " ".join(part for part in (facts["family"], facts["point"], facts["branch"]) if part)
        near, far = (
            "none passed" if span is None else f"{span[0] / 1e3:,.0f} to {span[1] / 1e3:,.0f}"
            for span in (facts["nearest"], facts["farthest"])
        )
        shadows = ", ".join(
            f"{one.title()} {told['count']}, longest {told['longest'] / 60.0:.0f} min"
            for one, told in facts["eclipses"].items()
        )
        constants = facts["constants"]
        used = f"{constants['mass_ratio']:.10g}, {constants['length'] / 1e3:,.1f} km, {constants['time']:,.1f} s"
        gap = f"{facts['position_defect']:.2g}"
        rows.append([label, member, facts["period"] / 86_400.0, near, far, shadows, gap, used])
        colour = SERIES[number % len(SERIES)]
        for kind, text, width, dash in (("rotating", "flown", 2, "solid"), ("family", "periodic", 5, "dot")):
            columns = run.table(f"{kind}.{name}").columns
            step = max(1, len(columns["x"]) // PATH_POINTS)
            path = {axis: rounded(columns[axis][::step], 6) for axis in "xyz"}
            line = {"width": width, "color": colour, "dash": dash}
            traces.append({"type": "scatter3d", "mode": "lines", **path, "name": f"{label}, {text}", "line": line})
    moon = 1.0 - run.facts(f"orbit.{names[0]}")["constants"]["mass_ratio"]
    mark = {"color": MOON, "size": 5}
    here = {"x": [moon], "y": [0.0], "z": [0.0]}
    traces.append({"type": "scatter3d", "mode": "markers", **here, "name": "Moon", "marker": mark})
    scene = {"aspectmode": "data", "camera": AWAY, **{f"{one}axis": {"title": {"text": one}} for one in "xyz"}}
    header = ["spacecraft", "family", "period [d]", "nearest passages [km]", "farthest [km]", "eclipses"]
    header += ["largest gap between arcs [m]", "mass ratio, length, time"]
    caption = (
        "Flown with all forces, and the periodic orbit of the circular three-body problem it was made from. Axes turn "
        "with Earth and Moon and pulsate with their distance, which is the unit; origin in their barycentre."
    )
    spec = figure(traces, scene=scene, margin={"l": 0, "r": 0, "t": 30, "b": 0})
    return heading("Orbits of three-body families") + table(header, rows) + plot("families", spec, 560, caption)


def _globe(radius: float) -> dict[str, Any]:
    latitude, longitude = np.meshgrid(np.radians(np.linspace(-90, 90, 25)), np.radians(np.linspace(0, 360, 49)))
    x = radius * np.cos(latitude) * np.cos(longitude)
    y = radius * np.cos(latitude) * np.sin(longitude)
    z = radius * np.sin(latitude)
    return {
        "type": "surface",
        "x": [rounded(row) for row in x],
        "y": [rounded(row) for row in y],
        "z": [rounded(row) for row in z],
        "colorscale": [[0, MOON], [1, MOON]],
        "showscale": False,
        "hoverinfo": "skip",
        "opacity": 1.0,
    }


def _first_revolutions(tdb: Any, period: float) -> int:
    few = int(np.searchsorted(tdb, tdb[0] + 8.0 * period))
    return min(few, POINTS)


def _heights(run: RunFolder, names: list[str]) -> str:
    traces: list[dict[str, Any]] = []
    for number, name in enumerate(names):
        height = run.table(f"height.{name}").columns
        colour = SERIES[number % len(SERIES)]
        label = run.name_of("spacecraft", name)
        for key, dash in (("lowest", "solid"), ("highest", "dot")):
            traces.append(
                {
                    "type": "scatter",
                    "mode": line_mode(len(height["day_utc"])),
                    "x": list(height["day_utc"]),
                    "y": rounded(height[key] / 1e3),
                    "name": f"{label}, {key}",
                    "line": {"color": colour, "dash": dash, "width": 1.5},
                }
            )
    spec = figure(traces, xaxis=axis("date (UTC)", type="date"), yaxis=axis("altitude [km]", type="log", dtick="D2"))
    caption = "Lowest and highest altitude of each day above the body's mean sphere, without orbit control."
    return plot("heights", spec, 360, caption)
