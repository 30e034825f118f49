"""Indicators of a system's performance against what its operator promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moonstead.navigation.monitoring.standards import STANDARDS, Known


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator measured against one promise.

    Attributes
    ----------
    system : str
        Letter of RINEX.
    name : str
        As in `standards.Standard.indicator`.
    value : float [m or 1]
        Measured.
    limit : float [m or 1]
        Promised.
    at_most : bool
        Whether the value has to stay below the limit.
    met : bool
        Whether it does over the span at hand.
    span : float [s]
        That the value is measured over.
    standard_span : float [s]
        That the promise is made for: where it is longer, the verdict is of the span at hand alone.
    source : str
        Document and place.
    known : str
        ``"quoted"`` or ``"recalled"``.
    """

    system: str
    name: str
    value: float
    limit: float
    at_most: bool
    met: bool
    span: float
    standard_span: float
    source: str
    known: Known


def judged(system: str, values: Mapping[str, float], span: float) -> tuple[Indicator, ...]:
    """Indicators of a system for which there are both a value and a promise.

    Parameters
    ----------
    system : str
        Letter of RINEX.
    values : mapping of str to float [m or 1]
        Measured, by the names of the indicators; NaN where not known.
    span : float [s]
        Over which they are measured.

    Returns
    -------
    tuple of Indicator

    Source
    ------
    `standards.STANDARDS`, each with its document.
    """
    found = []
    for standard in STANDARDS:
        value = values.get(standard.indicator, float("nan"))
        if standard.system != system or value != value:
            continue
        met = value <= standard.limit if standard.at_most else value >= standard.limit
        found.append(
            Indicator(
                system,
                standard.indicator,
                value,
                standard.limit,
                standard.at_most,
                met,
                span,
                standard.span,
                standard.source,
                standard.known,
            )
        )
    return tuple(found)
