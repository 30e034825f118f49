"""Figures of the ground segment: range errors over time and age, availability over the Earth, a station's errors."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.report.figures import BAD, SERIES, axis, figure, layout, line_mode, rounded
from moonstead.run.moments import utc_text

Columns = dict[str, NDArray[Any]]

DOP_COLOURS = [[0.0, "#c0392b"], [0.5, "#f3d27a"], [0.9, "#7fbf7b"], [1.0, "#1b6d3c"]]
SYSTEM_COLOURS = {"G": SERIES[0], "R": SERIES[4], "E": SERIES[2], "C": SERIES[1], "J": SERIES[3]}
LEAST_SHOWN = 0.5  # [1] availability at the dark end of a map


def group_errors(columns: Columns) -> dict[str, Any]:
    """Range errors over time, root mean square of each group.

    Parameters
    ----------
    columns : mapping of str to (N,) [mixed]
        Of the table ``navigation-range-errors``.

    Returns
    -------
    dict
        Figure.
    """
    traces = []
    for number, name in enumerate(dict.fromkeys(columns["group"].tolist())):
        here = columns["group"] == name
        tdb, place = np.unique(columns["tdb"][here], return_inverse=True)
        mean = np.bincount(place, columns["sisre"][here] ** 2) / np.bincount(place)
        traces.append(_line(str(name), list(utc_text(tdb)), np.sqrt(mean), number))
    return figure(
        traces, xaxis=axis("date (UTC)", type="date"), yaxis=axis("range error, RMS of the group [m]", type="log")
    )


def age_curve(columns: Columns) -> dict[str, Any]:
    """Range errors by the age of the message, each satellite's mean removed.

    Parameters
    ----------
    columns : mapping of str to (N,) [mixed]
        Of the table ``navigation-ages``.

    Returns
    -------
    dict
        Figure.
    """
    traces = []
    for number, name in enumerate(dict.fromkeys(columns["group"].tolist())):
        here = columns["group"] == name
        middle = 0.5 * (columns["from_age"][here] + columns["to_age"][here]) / 60.0
        trace = _line(str(name), rounded(middle), columns["unbiased_rms"][here], number)
        traces.append(trace | {"mode": "lines+markers"})
    return figure(
        traces,
        xaxis=axis("epoch less reference time of the message [min]"),
        yaxis=axis("range error, biases removed, RMS [m]", type="log"),
    )


def availability(columns: Columns, systems: str) -> dict[str, Any]:
    """Share of the time with a dilution of position within 6 over the Earth.

    Parameters
    ----------
    columns : mapping of str to (N,) [mixed]
        Of the table ``navigation-dilution``.
    systems : str
        Letters whose map is shown.

    Returns
    -------
    dict
        Figure.
    """
    here = columns["systems"] == systems
    latitude, longitude = (np.degrees(columns[key][here]) for key in ("latitude", "longitude"))
    rows, across = np.unique(latitude), np.unique(longitude)
    shape = rows.size, across.size
    share = columns["availability"][here].reshape(shape)
    cell = float(across[1] - across[0]) if across.size > 1 else 360.0
    trace = {
        "type": "heatmap",
        "x": rounded(across + 0.5 * cell, 5),
        "y": rounded(rows, 5),
        "z": [rounded(row) for row in 100.0 * share],
        "customdata": [rounded(row, 3) for row in columns["pdop"][here].reshape(shape)],
        "zmin": 100.0 * LEAST_SHOWN,
        "zmax": 100.0,
        "colorscale": DOP_COLOURS,
        "colorbar": {"title": {"text": "[%]"}},
        "hovertemplate": "%{y:.1f}, %{x:.1f} deg<br>%{z:.1f} %, median PDOP %{customdata}<extra></extra>",
    }
    return figure(
        [trace],
        xaxis=axis("longitude [deg]", constrain="domain", range=[-180, 180]),
        yaxis=axis("latitude [deg]", scaleanchor="x", constrain="domain"),
    )


def station_errors(columns: Columns) -> dict[str, Any]:
    """Errors of a station's positions over time.

    Parameters
    ----------
    columns : mapping of str to (N,) [mixed]
        Of the table ``navigation-station``.

    Returns
    -------
    dict
        Figure.
    """
    dates = [str(one) for one in columns["utc"]]
    traces = [_line(key, dates, columns[key], number) for number, key in enumerate(("east", "north", "up"))]
    return figure(traces, xaxis=axis("date (UTC)", type="date"), yaxis=axis("position less place [m]"), hovermode="x")


def station_sky(columns: Columns) -> dict[str, Any]:
    """Ways of the satellites over a station, the zenith in the middle.

    Parameters
    ----------
    columns : mapping of str to (N,) [mixed]
        Of the table ``navigation-station-sky``.

    Returns
    -------
    dict
        Figure; measurements that were left out are marked.
    """
    traces: list[dict[str, Any]] = []
    for name in dict.fromkeys(columns["satellite"].tolist()):
        here = columns["satellite"] == name
        colour = SYSTEM_COLOURS.get(str(name)[0], SERIES[-1])
        traces.append(_polar(columns, here, str(name), {"color": colour, "size": 3}))
    left = ~columns["used"].astype(bool)
    if left.any():
        traces.append(_polar(columns, left, "left out", {"color": BAD, "size": 7, "symbol": "x"}))
    radial = {
        "range": [0, 90],
        "tickvals": [0, 30, 60, 90],
        "ticktext": ["90 deg", "60 deg", "30 deg", "0 deg"],
    }
    angular = {
        "rotation": 90,
        "direction": "clockwise",
        "tickvals": [0, 90, 180, 270],
        "ticktext": ["N", "E", "S", "W"],
    }
    return {"data": traces, "layout": layout(polar={"radialaxis": radial, "angularaxis": angular})}


def _polar(columns: Columns, here: NDArray[np.bool_], name: str, marker: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatterpolar",
        "mode": "markers",
        "r": rounded(90.0 - np.degrees(columns["elevation"][here])),
        "theta": rounded(np.degrees(columns["azimuth"][here])),
        "name": name,
        "marker": marker,
        "showlegend": False,
        "hovertemplate": f"{name}<br>azimuth %{{theta:.0f}} deg<extra></extra>",
    }


def _line(name: str, x: list[Any], y: NDArray[Any], number: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": line_mode(len(x)),
        "x": x,
        "y": rounded(y, 3),
        "name": name,
        "line": {"color": SERIES[number % len(SERIES)], "width": 1.5},
    }
