"""Inequalities that every plan in whole flights keeps and fractions of flights break: they lift the bound."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Row = tuple[dict[int, float], float]
EDGES = 10  # edges of each place that are used: more rows cost more than they lift
WORTH = 0.02  # [1] fractions nearer to a whole number lift nothing


def rounding_row(rooms: Mapping[int, float], missed: Sequence[int], wanted: float, unit: float) -> Row | None:
    """Round the need for flights up: sum(room n) + missed >= wanted, in units of one flight's room.

    Parameters
    ----------
    rooms : mapping of int to float [any unit]
        Most cargo of one flight, by column of the number of flights.
    missed : sequence of int
        Columns of what may be missed, in the same unit.
    wanted : float [any unit]
        What is wanted.
    unit : float [any unit]
        Room that is rounded by.

    Returns
    -------
    (dict of int to float, float) or None [mixed]
        Coefficients and lower limit of the row; None where rounding gains nothing.

    Source
    ------
    Mixed-integer rounding, Nemhauser and Wolsey (1990), Math. Prog. 46, 379, doi:10.1007/BF01585752: with f the
    fraction of b, sum(a n) + s >= b gives sum((floor(a) + min(frac(a) / f, 1)) n) + s / f >= ceil(b).
    """
    limit = wanted / unit
    fraction = limit - math.floor(limit)
    if not WORTH < fraction < 1.0 - WORTH:
        return None
    row = {}
    for column, room in rooms.items():
        share = room / unit
        row[column] = math.floor(share) + min((share - math.floor(share)) / fraction, 1.0)
    for column in missed:
        row[column] = 1.0 / (fraction * unit)
    return row, float(math.ceil(limit))


def spread_edges(wanted: Sequence[float]) -> list[int]:
    """Edges at which the sum of what is wanted has grown by equal parts.

    Parameters
    ----------
    wanted : (K,) [any unit]
        What falls due at each edge.

    Returns
    -------
    list of int
        Rising, the last one with anything due among them.

    Source
    ------
    Quantiles of the cumulative sum.
    """
    total = sum(wanted)
    if total <= 0.0:
        return []
    found, summed, next_part = [], 0.0, total / EDGES
    for edge, mass in enumerate(wanted):
        summed += mass
        if mass > 0.0 and summed >= next_part * (1.0 - 1e-9):
            found.append(edge)
            next_part = (math.floor(summed / total * EDGES * (1.0 + 1e-9)) + 1) * total / EDGES
    return found
