"""Figures of threats from space: target plane, corridors on Earth and Moon, residuals, probabilities against time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.report.figures import BAD, EARTH, GOOD, INK, MOON, SERIES, SUN, axis, figure, rounded

Columns = dict[str, NDArray[Any]]

ARCSECOND = np.pi / 648_000.0  # [rad]
KILOMETRE = 1e3  # [m]
COLOURS = {"EARTH": EARTH, "MOON": MOON}
FLOOR = 1e-12  # [1] least probability on a logarithmic axis
CIRCLE = np.linspace(0.0, 2.0 * np.pi, 121)
MOST_POINTS = 4000  # of a scatter; more are thinned evenly


def residuals(columns: Columns) -> dict[str, Any]:
    """Offsets of the observations from the orbit against time.

    Parameters
    ----------
    columns : mapping of str to (N,) [mixed]
        Of the table ``threat-residuals``.

    Returns
    -------
    dict
        Figure: right ascension and declination, rows that were left out apart.
    """
    traces = []
    thin = slice(None, None, max(1, columns["tdb"].size // MOST_POINTS))
    used = columns["used"].astype(bool)[thin]
    for name, words, colour in (
        ("right_ascension", "right ascension (on the sky)", SERIES[0]),
        ("declination", "declination", SERIES[1]),
    ):
        for chosen, what, symbol in ((used, "", "circle"), (~used, ", left out", "x")):
            if np.any(chosen):
                traces.append(
                    {
                        "type": "scattergl",
                        "mode": "markers",
                        "x": [str(one) for one in columns["utc"][thin][chosen]],
                        "y": rounded(columns[name][thin][chosen] / ARCSECOND),
                        "text": [str(one) for one in columns["station"][thin][chosen]],
                        "name": words + what,
                        "marker": {"size": 5, "color": colour, "symbol": symbol, "opacity": 0.7},
                    }
                )
    return figure(traces, xaxis=axis("date (UTC)", type="date"), yaxis=axis("measured less computed [arcsec]"))


def target_plane(columns: Columns, body: str) -> dict[str, Any]:
    """Random orbits on a target plane, and the disc that they must not meet.

    Parameters
    ----------
    columns : mapping of str to (N,) [mixed]
        Of the table ``threat-plane``.
    body : str
        ``"EARTH"`` or ``"MOON"``.

    Returns
    -------
    dict
        Figure, x along the line of variations.
    """
    here = columns["body"] == body
    x, y = columns["x"][here] / KILOMETRE, columns["y"][here] / KILOMETRE
    hits = columns["impact"][here].astype(bool)
    radius = float(np.median(columns["radius"][here])) / KILOMETRE
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": rounded(x[chosen]),
            "y": rounded(y[chosen]),
            "name": words,
            "marker": {"size": 5, "color": colour},
        }
        for chosen, words, colour in ((~hits, "passes", SERIES[0]), (hits, "hits", BAD))
        if np.any(chosen)
    ]
    traces.append(
        {
            "type": "scatter",
            "mode": "lines",
            "x": rounded(radius * np.cos(CIRCLE)),
            "y": rounded(radius * np.sin(CIRCLE)),
            "name": f"{body.title()}, as large as its pull makes it",
            "fill": "toself",
            "line": {"color": COLOURS[body]},
        }
    )
    return figure(
        traces,
        xaxis=axis("along the line of variations [km]"),
        yaxis=axis("across it [km]", scaleanchor="x" if np.ptp(y) + radius > 0.05 * (np.ptp(x) + radius) else None),
    )


def corridor(columns: Columns, body: str, marks: list[tuple[str, float, float]]) -> dict[str, Any]:
    """Where orbits that hit come down, on a map of even degrees.

    Parameters
    ----------
    columns : mapping of str to (N,) [mixed]
        Of the table ``threat-corridor``.
    body : str
        ``"EARTH"`` or ``"MOON"``.
    marks : list of (str, float, float) [rad]
        Names, latitudes and longitudes of sites to show.

    Returns
    -------
    dict
        Figure; points as large as their share of the probability.
    """
    here = columns["body"] == body
    weight = columns["weight"][here]
    share = weight / weight.max() if weight.size and weight.max() > 0.0 else np.ones(weight.size)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": rounded(_east(columns["longitude"][here]), 6),
            "y": rounded(np.degrees(columns["latitude"][here]), 6),
            "text": [
                f"{utc}<br>{speed / KILOMETRE:.2f} km/s, {np.degrees(angle):.0f} deg above the ground"
                for utc, speed, angle in zip(
                    columns["utc"][here], columns["speed"][here], columns["elevation"][here], strict=True
                )
            ],
            "hovertemplate": "%{y:.2f}, %{x:.2f} deg<br>%{text}<extra></extra>",
            "name": "comes down",
            "marker": {"size": rounded(4.0 + 8.0 * np.sqrt(share), 3), "color": BAD, "opacity": 0.6},
        }
    ]
    if marks:
        names, latitudes, longitudes = zip(*marks, strict=True)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers+text",
                "x": rounded(_east(np.array(longitudes)), 6),
                "y": rounded(np.degrees(np.array(latitudes)), 6),
                "text": list(names),
                "textposition": "top center",
                "name": "sites",
                "marker": {"size": 9, "color": INK, "symbol": "triangle-up"},
            }
        )
    return figure(
        traces,
        xaxis=axis("longitude [deg E]", range=[-180, 180], dtick=30, constrain="domain"),
        yaxis=axis("latitude [deg]", range=[-90, 90], dtick=30, scaleanchor="x", constrain="domain"),
    )


def probability_course(columns: Columns) -> dict[str, Any]:
    """What the probability may become with each night of the plan.

    Parameters
    ----------
    columns : mapping of str to (N,) [mixed]
        Of the table ``threat-course``.

    Returns
    -------
    dict
        Figure on a logarithmic axis.
    """
    dates = [str(one) for one in columns["utc"]]
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": dates,
            "y": rounded(np.maximum(columns[name], FLOOR)),
            "name": words,
            "line": {"color": colour, "dash": dash},
        }
        for name, words, colour, dash in (
            ("if_impact", "mean, if it hits", BAD, "solid"),
            ("if_miss", "mean, if it misses", GOOD, "solid"),
            ("expected", "mean of both: no news is expected", INK, "dot"),
            ("chance_ruled_out", "chance that it is below one in a million", SERIES[0], "dash"),
        )
    ]
    return figure(
        traces, xaxis=axis("night (UTC)", type="date"), yaxis=axis("probability", type="log", exponentformat="power")
    )


def probability_history(columns: Columns) -> dict[str, Any]:
    """Impact probabilities as they would have been told, night by night.

    Parameters
    ----------
    columns : mapping of str to (N,) [mixed]
        Of the table ``threat-history``.

    Returns
    -------
    dict
        Figure on a logarithmic axis, with intervals.
    """
    traces = []
    for name, colour in (("earth", EARTH), ("moon", SUN)):
        value = np.maximum(columns[name], FLOOR)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [str(one) for one in columns["utc"]],
                "y": rounded(value),
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": rounded(np.maximum(columns[f"{name}_high"] - value, 0.0)),
                    "arrayminus": rounded(np.maximum(value - np.maximum(columns[f"{name}_low"], FLOOR), 0.0)),
                },
                "name": name.title(),
                "line": {"color": colour},
            }
        )
    return figure(
        traces,
        xaxis=axis("last observation (UTC)", type="date"),
        yaxis=axis("probability", type="log", exponentformat="power"),
    )


def arrivals(columns: Columns, key: str, value: str, title: str, names: dict[str, str]) -> dict[str, Any]:
    """What arrives at each place, by the time since the impact.

    Parameters
    ----------
    columns : mapping of str to (N,) [mixed]
        Of the tables ``threat-ejecta`` or ``threat-hits``.
    key : str
        Column that names the place.
    value : str
        Column to show.
    title : str
        Of its axis, with its unit.
    names : mapping of str to str
        What the scenario calls each place.

    Returns
    -------
    dict
        Figure, one line for each place, both axes logarithmic.
    """
    traces = []
    for number, place in enumerate(dict.fromkeys(columns[key].tolist())):
        here = (columns[key] == place) & (columns["delay"] > 0.0) & (columns[value] > 0.0)
        if np.any(here):
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": rounded(columns["delay"][here] / 3600.0),
                    "y": rounded(columns[value][here]),
                    "name": names.get(str(place), str(place)),
                    "line": {"color": SERIES[number % len(SERIES)]},
                }
            )
    return figure(
        traces,
        xaxis=axis("time since the impact [h]", type="log"),
        yaxis=axis(title, type="log", exponentformat="power"),
    )


def _east(longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees (N,) from -180 to 180."""
    turned: NDArray[np.float64] = np.degrees(np.mod(longitude + np.pi, 2.0 * np.pi) - np.pi)
    return turned
