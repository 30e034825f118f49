"""Maps about the sites: mean light, longest night, sight of the Earth, permanent shadow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.report.figures import BAD, axis, figure, rounded
from moonstead.report.html import Section, heading, number, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 25
MOST_SHOWN = 120  # pixels along an edge; larger maps are thinned for the page, the table keeps all
DAY = 86_400.0  # [s]
DARK_TO_LIGHT = [[0.0, "#14171c"], [0.5, "#a8641a"], [1.0, "#ffe9a8"]]
LIGHT_TO_DARK = [[0.0, "#ffe9a8"], [0.5, "#7a6a8f"], [1.0, "#14171c"]]
BLUES = [[0.0, "#14171c"], [0.5, "#1f6fb2"], [1.0, "#d6ecff"]]
LAYERS = (
    ("mean_fraction", 100.0, "mean light [%]", DARK_TO_LIGHT, "Mean share of the Sun's light over the scenario."),
    ("longest_night", 1.0 / DAY, "longest night [d]", LIGHT_TO_DARK, "Longest spell without any part of the Sun."),
    ("earth_seen", 100.0, "Earth in sight [%]", BLUES, "Share of the time with the Earth's centre in sight."),
)
BEST = 5  # pixels in the table


def section(run: RunFolder) -> Section | None:
    """Three heat maps for each map, permanent shadow outlined, and its best pixels."""
    names = run.names("light-map")
    if not names:
        return None
    return Section("maps", "Maps of light", "".join(_map(run, name) for name in names))


def _map(run: RunFolder, name: str) -> str:
    facts = run.facts(f"light-map.{name}")
    columns = run.table(f"light-map.{name}").columns
    shape = facts["rows"], facts["columns"]
    grids = {key: np.asarray(values).reshape(shape) for key, values in columns.items()}
    site = run.name_of("sites", facts["site"])
    body = heading(facts["name"])
    body += paragraph(
        f"{shape[1]} x {shape[0]} pixels of {number(facts['spacing'])} m about {site}, {facts['mast']:g} m above the "
        f"ground; skylines in {facts['azimuths']} directions, looked for as far as {number(facts['reach'] / 1e3)} km. "
        f"The terrain has one height every {number(facts['resolution'])} m at the site. "
        f"{number(facts['shadowed'] / 1e6)} km2 are in permanent shadow."
    )
    if facts["caveat"]:
        body += paragraph(facts["caveat"], "caveat")
    body += "".join(paragraph(remark, "caveat") for remark in facts["remarks"])
    thin = max(1, -(-max(shape) // MOST_SHOWN))
    shown = {key: values[::thin, ::thin] for key, values in grids.items()}
    for key, scale, title, colours, words in LAYERS:
        caption = f"{facts['name']}: {words} Red crosses: permanent shadow. Gnomonic map about {site}, the cross-hair."
        body += plot(f"{key}-{name}", _heat_map(shown, key, scale, title, colours), 480, caption, width=600)
    return body + _best(grids)


def _heat_map(
    shown: dict[str, NDArray[Any]], key: str, scale: float, title: str, colours: list[list[Any]]
) -> dict[str, Any]:
    x, y = shown["x"][0] / 1e3, shown["y"][:, 0] / 1e3
    heat = {
        "type": "heatmap",
        "x": rounded(x, 5),
        "y": rounded(y, 5),
        "z": [rounded(row, 3) for row in shown[key] * scale],
        "colorscale": colours,
        "colorbar": {"title": {"text": title}},
        "hovertemplate": "x %{x:.2f} km, y %{y:.2f} km<br>" + title + " %{z}<extra></extra>",
    }
    dark = np.nonzero(shown["shadowed"])
    shadow = {
        "type": "scattergl",
        "mode": "markers",
        "x": rounded(x[dark[1]], 5),
        "y": rounded(y[dark[0]], 5),
        "marker": {"color": BAD, "size": 3, "symbol": "x"},
        "name": "permanent shadow",
        "hoverinfo": "skip",
        "showlegend": False,
    }
    middle = {
        "type": "scatter",
        "mode": "markers",
        "x": [0],
        "y": [0],
        "marker": {"color": "#ffffff", "size": 13, "symbol": "cross-thin-open"},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return figure(
        [heat, shadow, middle],
        xaxis=axis("to the east at the site [km]", constrain="domain"),
        yaxis=axis("to the north at the site [km]", scaleanchor="x", constrain="domain"),
    )


def _best(grids: dict[str, NDArray[Any]]) -> str:
    order = np.argsort(-grids["mean_fraction"], axis=None, kind="stable")[:BEST]
    rows = [
        [
            f"{np.degrees(grids['latitude'].flat[k]):.4f}",
            f"{np.degrees(grids['longitude'].flat[k]):.4f}",
            f"{grids['height'].flat[k]:.0f}",
            f"{100.0 * grids['mean_fraction'].flat[k]:.1f}",
            f"{grids['longest_night'].flat[k] / DAY:.1f}",
            f"{100.0 * grids['earth_seen'].flat[k]:.1f}",
        ]
        for k in order
    ]
    header = ["latitude [deg]", "longitude [deg E]", "ground [m]", "mean light [%]", "longest night [d]", "Earth [%]"]
    return paragraph("Best lit pixels:") + table(header, rows)
