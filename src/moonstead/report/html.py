"""Small pieces of HTML: text is escaped here and nowhere else."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the report.

    Attributes
    ----------
    anchor : str
        What links point at.
    title : str
        Heading, and entry in the list of pages.
    body : str
        HTML, with the data of its figures.
    """

    anchor: str
    title: str
    body: str


def text(value: object) -> str:
    """Escape any value for HTML."""
    return html.escape(str(value))


def paragraph(content: object, css: str = "") -> str:
    """Paragraph of plain text."""
    return f'<p class="{css}">{text(content)}</p>' if css else f"<p>{text(content)}</p>"


def heading(content: object, level: int = 3) -> str:
    """Heading of plain text."""
    return f"<h{level}>{text(content)}</h{level}>"


def table(header: Sequence[str], rows: Iterable[Sequence[object]], css: str = "") -> str:
    """Table of plain values; numbers are set to the right.

    Parameters
    ----------
    header : sequence of str
        Titles of the columns.
    rows : iterable of sequences
        Cells as text or numbers.
    css : str
        Class of the table.

    Returns
    -------
    str
        HTML.
    """
    head = "".join(f"<th>{text(cell)}</th>" for cell in header)
    body = "".join(
        "<tr>" + "".join(f'<td class="{_side(cell)}">{text(_shown(cell))}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table class="{css}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def details(summary: str, body: str) -> str:
    """Fold HTML away under a line of plain text."""
    return f"<details><summary>{text(summary)}</summary>{body}</details>"


def plot(name: str, figure: dict[str, Any], height: int = 420, caption: str = "", width: int | None = None) -> str:
    """Place for a figure with its data; the page's script draws it.

    Parameters
    ----------
    name : str
        Unique in the page.
    figure : dict
        Traces and layout, as `figures.figure` gives them.
    height : int [pixel]
        Of the figure.
    caption : str
        Text below it, also read to those who cannot see it.
    width : int or None [pixel]
        Largest width; that of the page where it is left out.

    Returns
    -------
    str
        HTML.
    """
    packed = json.dumps(figure, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Within a script element neither "</script" nor "<!--" may be read as HTML
    packed = packed.replace("<", "\\u003c")
    note = f"<figcaption>{text(caption)}</figcaption>" if caption else ""
    limit = f";max-width:{width}px" if width else ""
    return (
        f'<figure><div class="plot" id="{text(name)}" style="height:{height}px{limit}" role="img" '
        f'aria-label="{text(caption or name)}"></div>'
        f'<script type="application/json" data-plot="{text(name)}">{packed}</script>{note}</figure>'
    )


def number(value: float, digits: int = 3) -> str:
    """Number as text, thousands apart, no exponent between 1e-3 and 1e7.

    Parameters
    ----------
    value : float [any unit]
        What to write.
    digits : int
        Significant digits.

    Returns
    -------
    str
        A dash where the value is not finite.
    """
    if not math.isfinite(value):
        return "–"
    if value == 0.0:
        return "0"
    size = abs(value)
    if size >= 1e7 or size < 1e-3:
        return f"{value:.{digits - 1}e}"
    decimals = max(0, digits - 1 - math.floor(math.log10(size)))
    return f"{value:,.{decimals}f}".replace(",", " ")


def _side(cell: object) -> str:
    return "number" if isinstance(cell, int | float) and not isinstance(cell, bool) else "words"


def _shown(cell: object) -> object:
    return number(cell) if isinstance(cell, float) else cell
