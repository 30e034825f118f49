"""Positions of the bodies of a force model as Chebyshev series from the centre, on as few grids as can be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.places_tables import LANES
from moonstead.foundation.bodies import body
from moonstead.foundation.ephemeris.chebyshev import ChebyshevTable

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]
Segment = tuple[int, int]  # target and centre, NAIF ids

ALIGNED = 1e-6  # [s] how closely the records of two series must meet to share a grid
NEGLIGIBLE = 1e-17  # [1] of a component: what all its left-out terms together may add


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Series of many components on one grid of records.

    Attributes
    ----------
    start, interval : float [s TDB past J2000], [s]
        Begin of the first record and length of all.
    series : (R, V, T, 8) [m or 1]
        Chebyshev coefficients T_0 .. T_(T-1) of V times eight components in R records.
    """

    start: float
    interval: float
    series: Array


def body_grids(names: Sequence[str], center: str, first: float, last: float, data: DataContext) -> list[Grid]:
    """Grids whose series add up to the positions of bodies from the centre.

    Parameters
    ----------
    names : sequence of str
        Bodies.
    center : str
        Body that positions are measured from.
    first, last : float [s TDB past J2000]
        What the series must cover.
    data : DataContext
        Ephemeris.

    Returns
    -------
    list of Grid
        One where the records of all series needed begin together or divide each other, as in DE440.

    Raises
    ------
    OutsideSpan
        The ephemeris does not cover the span.
    MissingData
        A body is not in the ephemeris.

    Source
    ------
    Mason & Handscomb (2003), Chebyshev Polynomials: on a part of its interval a series is a series of as many terms.
    """
    signs: dict[Segment, dict[int, int]] = {}
    for k, name in enumerate(names):
        for sign, chain in ((1, _chain(name)), (-1, _chain(center))):
            for segment in chain:
                each = signs.setdefault(segment, {})
                each[k] = each.get(k, 0) + sign
    needed = {segment: each for segment, each in signs.items() if any(each.values())}
    tables = {segment: data.ephemeris.chebyshev(*segment, first, last) for segment in needed}
    grids = []
    for members in _commensurate(tables):
        finest = tables[members[0]]
        # the last record of a file includes its end
        begin, end = (
            min(max(math.floor((tdb - finest.start) / finest.interval), 0), len(finest.coefficients) - 1)
            for tdb in (first, last)
        )
        count = end - begin + 1
        start = finest.start + begin * finest.interval
        terms = max(tables[segment].coefficients.shape[2] for segment in members)
        total = np.zeros((count, 3 * len(names), terms))
        for segment in members:
            part = _divided(tables[segment], start, finest.interval, count)
            for k, sign in needed[segment].items():
                total[:, 3 * k : 3 * k + 3, : part.shape[2]] += sign * part
        grids.append(Grid(start, finest.interval, in_vectors(total)))
    return grids


def in_vectors(coefficients: Array) -> Array:
    """Series (R, C, T) of C components as (R, V, T, 8), components padded with zeros, negligible last terms left out.

    Parameters
    ----------
    coefficients : (R, C, T) [any unit]
        Chebyshev coefficients.

    Returns
    -------
    (R, V, T, 8) [any unit]
        In the same unit.

    Source
    ------
    Mason & Handscomb (2003), Chebyshev Polynomials: these are at most 1, so what is left out is at most the sum of its
    coefficients.
    """
    records, components = coefficients.shape[:2]
    size = np.abs(coefficients).max(axis=0)
    rests = np.cumsum(size[:, ::-1], axis=1)[:, ::-1]
    smallest = NEGLIGIBLE * size.max(axis=1, initial=0.0)[:, None]
    kept = max(int(np.count_nonzero(np.any(rests > smallest, axis=0))), 1)
    vectors = -(-components // LANES)
    padded = np.zeros((records, vectors, kept, LANES))
    for vector in range(vectors):
        part = coefficients[:, LANES * vector : LANES * (vector + 1), :kept]
        padded[:, vector, :, : part.shape[1]] = part.transpose(0, 2, 1)
    return padded


@cache
def parts_of_interval(parts: int, terms: int) -> Array:
    """Matrices (parts, terms, terms) that turn a series on an interval into those on its equal parts.

    Parameters
    ----------
    parts : int
        Number of parts.
    terms : int
        Number of coefficients, which is kept.

    Returns
    -------
    (P, T, T) [1]
        Of part p: new coefficients = matrix @ old ones.

    Source
    ------
    Mason & Handscomb (2003), Chebyshev Polynomials, eq. 6.27: interpolation at the zeros of T_T, exact for polynomials.
    """
    angle = np.pi * (np.arange(terms) + 0.5) / terms
    inner = np.cos(angle)
    outer = (2.0 * np.arange(parts)[:, None] + 1.0 - parts + inner[None, :]) / parts
    old = np.cos(np.arange(terms)[None, None, :] * np.arccos(outer)[:, :, None])
    fit = np.cos(np.arange(terms)[:, None] * angle[None, :]) * (2.0 / terms)
    fit[0] *= 0.5
    matrices = np.triu(fit @ old)  # a polynomial keeps its degree
    matrices[:, 0, 0] = 1.0
    matrices.flags.writeable = False
    return np.asarray(matrices, dtype=np.float64)


def _chain(name: str) -> list[Segment]:
    """Segments that lead from a body to the solar system barycentre."""
    identity = body(name).naif_id
    if identity > 100 and identity < 1000:
        return [(identity, identity // 100), (identity // 100, 0)]
    return [(identity, 0)] if identity else []


def _commensurate(tables: dict[Segment, ChebyshevTable]) -> list[list[Segment]]:
    """Segments whose records fit into one grid each, the shortest records first."""
    groups: list[list[Segment]] = []
    for segment in sorted(tables, key=lambda s: tables[s].interval):
        table = tables[segment]
        for group in groups:
            finest = tables[group[0]]
            ratio = table.interval / finest.interval
            shift = (table.start - finest.start) / finest.interval
            slack = ALIGNED / finest.interval
            if abs(ratio - round(ratio)) < slack and abs(shift - round(shift)) < slack:
                group.append(segment)
                break
        else:
            groups.append([segment])
    return groups


def _divided(table: ChebyshevTable, start: float, interval: float, count: int) -> Array:
    """Series (count, 3, T) of a table on a finer grid that divides its own."""
    parts = round(table.interval / interval)
    place = round((start - table.start) / interval) + np.arange(count)
    record = np.minimum(place // parts, len(table.coefficients) - 1)
    if parts == 1:
        return table.coefficients[record]
    terms = table.coefficients.shape[2]
    matrices = parts_of_interval(parts, terms)[place % parts]
    return np.asarray(table.coefficients[record] @ matrices.transpose(0, 2, 1))
