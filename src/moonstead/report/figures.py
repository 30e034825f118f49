"""Common ground of the report's figures: colours, axes, times, and numbers that fit into a page."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

INK, GRID = "#1d2733", "#d8dee6"
FEW_POINTS = 8
SUN, EARTH, BAD, GOOD, MOON = "#e08a00", "#1f6fb2", "#c0392b", "#2e8b57", "#8a8f98"
SERIES = ["#1f6fb2", "#e08a00", "#2e8b57", "#8e44ad", "#c0392b", "#16a085", "#7f6a3f", "#34495e"]


def rounded(values: ArrayLike, digits: int = 4) -> list[float | None]:
    """Plain numbers for a figure, with few digits.

    Parameters
    ----------
    values : (N,) [any unit]
        What to plot.
    digits : int
        Significant digits.

    Returns
    -------
    list of N float or None [any unit]
        None where a value is not finite, so that the line breaks.
    """
    return [float(f"{value:.{digits}g}") if np.isfinite(value) else None for value in np.asarray(values, dtype=float)]


def line_mode(points: int) -> str:
    """Mode of a line's trace: with marks where it is so short that a line alone would show little or nothing."""
    return "lines+markers" if points < FEW_POINTS else "lines"


def layout(**changes: Any) -> dict[str, Any]:
    """Layout that all figures share, with changes."""
    base: dict[str, Any] = {
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": INK},
        "margin": {"l": 64, "r": 24, "t": 16, "b": 48},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "#ffffff",
        "colorway": SERIES,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hovermode": "closest",
    }
    return base | changes


def axis(title: str, **changes: Any) -> dict[str, Any]:
    """Axis with its title (quantity and unit)."""
    base: dict[str, Any] = {"title": {"text": title}, "gridcolor": GRID, "zeroline": False, "automargin": True}
    return base | changes


def figure(traces: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Traces and layout as the page's script takes them."""
    return {"data": traces, "layout": layout(**changes)}
