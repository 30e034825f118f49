"""Close approaches: the risk list, the planes across the most probable encounters, and what was assumed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.report.figures import BAD, INK, SERIES, axis, figure, rounded
from moonstead.report.html import Section, details, heading, number, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 52
KILOMETRE = 1e3  # [m]
LISTED = 25  # passages in the list
DRAWN = 6  # of them with a picture
SHOWN_SLOW = 15
CIRCLE = np.linspace(0.0, 2.0 * np.pi, 121)

Columns = dict[str, NDArray[Any]]


def section(run: RunFolder) -> Section | None:
    """Risk list of all groups, the most probable passage first."""
    facts = run.facts("conjunctions")
    if not facts:
        return None
    body = paragraph(facts["assumption"] + " Probabilities are simulated under these errors, and no warning.", "caveat")
    body += _groups(facts["groups"])
    columns = run.table("conjunctions").columns
    if not len(columns["tdb"]):
        body += paragraph("Nothing comes closer than the distances asked for.")
    else:
        body += heading("Risk list") + _list(columns)
        body += heading("Planes across the encounters") + _planes(columns)
    return Section("close-approaches", "Close approaches", body + _slow(run))


def _groups(groups: list[dict[str, Any]]) -> str:
    if not groups:
        return paragraph("There are not two objects about one body to be screened.")
    rows = [
        [
            one["center"].title(),
            one["objects"],
            ", ".join(one["protected"]) or "all",
            f"{one['distance'] / KILOMETRE:g} km",
            one["passages"],
            one["slow"],
            one["failed"],
        ]
        for one in groups
    ]
    heads = ["about", "objects", "protected", "closer than", "passages", "slow pairs", "not screened all along"]
    notes = "".join(paragraph(note) for one in groups for note in one["notes"])
    return table(heads, rows) + (details("What is left out", notes) if notes else "")


def _list(columns: Columns) -> str:
    rows = []
    for k in range(min(LISTED, len(columns["tdb"]))):
        above = columns["pc"][k] > columns["limit"][k]
        rows.append(
            [
                str(columns["tca_utc"][k]),
                _pair(columns, k),
                f"{columns['miss'][k] / KILOMETRE:.3f}",
                f"{columns['relative_speed'][k] / KILOMETRE:.3f}",
                number(float(columns["pc"][k])) + (" above its limit" if above else ""),
                str(columns["pc_method"][k]),
            ]
        )
    rest = len(columns["tdb"]) - len(rows)
    more = paragraph(f"{rest} more passages are in the table conjunctions.parquet.") if rest else ""
    heads = ["closest (UTC)", "who", "miss [km]", "speed [km/s]", "probability", "method"]
    return table(heads, rows) + more


def _pair(columns: Columns, k: int) -> str:
    names = (
        f"{columns[f'{which}_name'][k]} ({columns[f'{which}_id'][k]})"
        if str(columns[f"{which}_id"][k]) not in str(columns[f"{which}_name"][k])
        else str(columns[f"{which}_name"][k])
        for which in ("first", "second")
    )
    return " and ".join(names)


def _planes(columns: Columns) -> str:
    body = ""
    for k in range(min(DRAWN, len(columns["tdb"]))):
        caption = (
            f"{_pair(columns, k)}, {columns['tca_utc'][k]}: probability {number(float(columns['pc'][k]))} by "
            f"{columns['pc_method'][k]}, {columns['why'][k]}. Ellipses hold 39, 86 and 99 % of the assumed error."
        )
        body += plot(f"encounter-{k + 1}", encounter_plane(columns, k), 420, caption, 640)
    return body


def encounter_plane(columns: Columns, k: int) -> dict[str, Any]:
    """The plane across one encounter: where the second object passes, ellipses of one to three sigmas, the hard bodies.

    Parameters
    ----------
    columns : mapping of str to (N,) [mixed]
        Of the table ``conjunctions``.
    k : int
        Row.

    Returns
    -------
    dict
        Figure, the first object in the middle and its radius upwards.
    """
    x, y = float(columns["miss_x"][k]), float(columns["miss_y"][k])
    major, minor = float(columns["sigma_major"][k]), float(columns["sigma_minor"][k])
    angle, radius = float(columns["sigma_angle"][k]), float(columns["hard_body_radius"][k])
    unit, name = (KILOMETRE, "km") if max(abs(x), abs(y), 3.0 * major) > 2.0 * KILOMETRE else (1.0, "m")
    traces = []
    for count, dash in ((1, "solid"), (2, "dash"), (3, "dot")):
        along, across = count * major * np.cos(CIRCLE), count * minor * np.sin(CIRCLE)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": rounded((x + along * np.cos(angle) - across * np.sin(angle)) / unit),
                "y": rounded((y + along * np.sin(angle) + across * np.cos(angle)) / unit),
                "name": f"{count} sigma",
                "line": {"color": SERIES[0], "dash": dash},
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": rounded([x / unit]),
            "y": rounded([y / unit]),
            "name": str(columns["second_name"][k]),
            "marker": {"size": 8, "color": INK},
        }
    )
    traces.append(
        {
            "type": "scatter",
            "mode": "lines",
            "x": rounded(radius * np.cos(CIRCLE) / unit),
            "y": rounded(radius * np.sin(CIRCLE) / unit),
            "name": f"hard bodies of {columns['first_name'][k]} and it, {radius:g} m",
            "fill": "toself",
            "line": {"color": BAD},
        }
    )
    return figure(
        traces,
        xaxis=axis(f"across [{name}]"),
        yaxis=axis(f"up [{name}]", scaleanchor="x"),
    )


def _slow(run: RunFolder) -> str:
    columns = run.table("proximity").columns
    if not len(columns["start"]):
        return ""
    order = np.argsort(columns["least_distance"], kind="stable")[:SHOWN_SLOW]
    rows = [
        [
            _pair(columns, k),
            f"{(columns['stop'][k] - columns['start'][k]) / 3600.0:.2f}",
            f"{columns['least_distance'][k] / KILOMETRE:.3f}",
            f"{columns['relative_speed'][k]:.3f}",
        ]
        for k in order
    ]
    rest = len(columns["start"]) - len(rows)
    more = paragraph(f"{rest} more are in the table proximity.parquet.") if rest else ""
    body = table(["who", "hours near each other", "least distance [km]", "speed then [m/s]"], rows) + more
    told = "Docked, launched together, or flying in formation: one interval for each pair, without a probability."
    return heading("Slow companions") + paragraph(told) + details(f"{len(columns['start'])} intervals", body)
