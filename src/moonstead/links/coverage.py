"""What contact windows add up to: chains over relays, totals and gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CoverageSummary:
    """How much of a span is covered, and how long one waits for the rest.

    Attributes
    ----------
    total : float [s]
        Covered time.
    fraction : float [1]
        Share of the span.
    number : int
        Windows.
    mean : float [s]
        Mean length of a window; 0 without windows.
    longest_gap : float [s]
        Longest time without cover. Gaps that touch an edge of the span are counted as far as they were searched,
        so the true one may be longer.
    gaps : Windows
        Every gap.
    """

    total: float
    fraction: float
    number: int
    mean: float
    longest_gap: float
    gaps: Windows


def summarise(windows: Windows) -> CoverageSummary:
    """Totals and gaps of windows over the span in which they were searched.

    Parameters
    ----------
    windows : Windows
        Contacts [s TDB past J2000].

    Returns
    -------
    CoverageSummary
        Times [s] and the gaps themselves.
    """
    gaps = ~windows
    return CoverageSummary(
        total=windows.total(),
        fraction=windows.fraction(),
        number=len(windows),
        mean=windows.total() / len(windows) if len(windows) else 0.0,
        longest_gap=gaps.longest(),
        gaps=gaps,
    )


def any_of(windows: Iterable[Windows]) -> Windows:
    """Times at which at least one of several links exists.

    Parameters
    ----------
    windows : iterable of Windows
        At least one, all over the same span.

    Returns
    -------
    Windows
        Over that span.

    Raises
    ------
    InvalidInput
        There are none, or the spans differ.

    Source
    ------
    Definition: the union of sets.
    """
    return reduce(or_, _some(windows))


def all_of(windows: Iterable[Windows]) -> Windows:
    """Times at which all of several links exist.

    Parameters
    ----------
    windows : iterable of Windows
        At least one, all over the same span.

    Returns
    -------
    Windows
        Over that span.

    Raises
    ------
    InvalidInput
        There are none, or the spans differ.

    Source
    ------
    Definition: the intersection of sets.
    """
    return reduce(and_, _some(windows))


def chain_windows(relays: Sequence[tuple[Windows, Sequence[Windows]]]) -> Windows:
    """Times at which a site reaches the Earth through any of its relays and any ground station, without storage.

    A relay serves while it sees the site *and* at least one station. The two hops are compared on one clock: the light
    time between them (1.4 s at most in lunar space) is not shifted, so edges are good to that. A direct link is joined
    with ``|``.

    Parameters
    ----------
    relays : sequence of (Windows, sequence of Windows)
        For each relay its windows with the site, and its windows with each ground station; all over one span.

    Returns
    -------
    Windows
        Union over the relays.

    Raises
    ------
    InvalidInput
        There is no relay, a relay has no station, or the spans differ.

    Source
    ------
    Definition: a union of intersections.
    """
    return any_of(to_site & any_of(to_earth) for to_site, to_earth in relays)


def _some(windows: Iterable[Windows]) -> list[Windows]:
    several = list(windows)
    if not several:
        raise InvalidInput("no windows to combine; give those of at least one link")
    return several
