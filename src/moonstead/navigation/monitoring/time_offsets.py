"""Offsets of the systems' times: from UTC and from each other, as messages tell them and as clocks show them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.rinex_navigation_header import TimeCorrection
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.navigation.monitoring.comparison import SignalErrors
from moonstead.navigation.monitoring.sisre import epoch_median

Array = NDArray[np.float64]

TIMES = {
    "GP": "GPS time",
    "GL": "GLONASS time",
    "GA": "Galileo time",
    "BD": "BeiDou time",
    "QZ": "QZSS time",
    "IR": "NavIC time",
    "SB": "SBAS time",
    "UT": "UTC",
}
# How near the system's operator keeps its time to UTC, leap seconds apart [s].
PROMISED = {
    "GPUT": (1e-6, "IS-GPS-200, 3.3.4"),
    "BDUT": (50e-9, "BDS-SIS-ICD-B1I-3.0, 3.4 (recalled)"),
    "GAUT": (50e-9, "Galileo OS SDD, 95 % (recalled)"),
    "GLUT": (1e-3, "GLONASS ICD 5.1, 3.3.3 (recalled)"),
}


@dataclass(frozen=True)
class TimeOffset:
    """One time scale less another, leap seconds and the hours of GLONASS time apart.

    Attributes
    ----------
    kind : str
        As RINEX names it, "BDUT" ...; made of two of them, "BDUT - GPUT".
    text : str
        In words.
    offset : float [s]
        At the time asked for; the median of what several satellites or files say.
    rate : float [s/s]
        Its drift.
    spread : float [s]
        Largest less smallest of what is said; 0 where it is said once.
    said : int
        How often.
    promised : float [s]
        How near the operator keeps it; NaN where that is not known here.
    source : str
        Of the promise.
    """

    kind: str
    text: str
    offset: float
    rate: float
    spread: float
    said: int
    promised: float
    source: str


@dataclass(frozen=True)
class SystemTime:
    """A system's time against the reference system's in a precise product, as broadcast clocks carry it.

    Attributes
    ----------
    name : str
        Group of satellites.
    reference : str
        Group it is told against.
    offset : float [s]
        Mean over the span. Biases of the signals and of the product's receivers are in it.
    rate : float [s/s]
        Slope of a straight line through the epochs.
    scatter : float [s]
        Standard deviation about that line.
    epochs : int
        How many.
    """

    name: str
    reference: str
    offset: float
    rate: float
    scatter: float
    epochs: int


def told_offsets(corrections: Sequence[TimeCorrection], gpst: float) -> tuple[TimeOffset, ...]:
    """Offsets that messages tell, and differences of two systems that both tell theirs from UTC.

    Parameters
    ----------
    corrections : sequence of TimeCorrection
        Of navigation files.
    gpst : float [s of GPST]
        For which time.

    Returns
    -------
    tuple of TimeOffset

    Source
    ------
    RINEX 4.01, table A1 (TIME SYSTEM CORR): offset = a0 + a1 (t - reference) + a2 (t - reference)^2.
    """
    told: dict[str, list[tuple[float, float]]] = {}
    for each in corrections:
        since = 0.0 if math.isnan(each.reference) else gpst - each.reference
        rate = each.a1 + 2.0 * each.a2 * since
        told.setdefault(each.kind, []).append((each.a0 + (each.a1 + each.a2 * since) * since, rate))
    found = {kind: _offset(kind, values) for kind, values in sorted(told.items())}
    to_utc = [one for one in found.values() if one.kind.endswith("UT")]
    reference = found.get("GPUT") or (to_utc[0] if to_utc else None)
    between = [
        TimeOffset(
            f"{one.kind} - {reference.kind}",
            f"{TIMES.get(one.kind[:2], one.kind[:2])} less {TIMES.get(reference.kind[:2], reference.kind[:2])}",
            one.offset - reference.offset,
            one.rate - reference.rate,
            one.spread + reference.spread,
            min(one.said, reference.said),
            float("nan"),
            "",
        )
        for one in to_utc
        if reference is not None and one.kind != reference.kind
    ]
    return (*found.values(), *between)


def shown_offsets(groups: Mapping[str, SignalErrors], reference: str | None = None) -> tuple[SystemTime, ...]:
    """Offsets of system times that a precise product shows: the median error of each group's clocks.

    Parameters
    ----------
    groups : mapping of str to SignalErrors
        Groups that share a system time, at the same epochs.
    reference : str or None
        Group to tell the others against; None for GPS where it is there, else the first.

    Returns
    -------
    tuple of SystemTime
        Of every other group; empty for fewer than two.

    Source
    ------
    Broadcast clocks count in their own system's time, those of one product in one time: the medians differ by the
    offset of the times and the biases of the signals. Straight line by least squares.
    """
    names = list(groups)
    if len(names) < 2:
        return ()
    base = reference or next((name for name in names if name.startswith("GPS")), names[0])
    zero = epoch_median(groups[base].clock)
    found = []
    for name in names:
        if name == base:
            continue
        series = (epoch_median(groups[name].clock) - zero) / SPEED_OF_LIGHT
        there = np.isfinite(series)
        if there.sum() < 3:
            continue
        time, values = groups[name].gpst[there], series[there]
        since = time - time.mean()
        rate = float(since @ values / (since @ since))
        offset = float(values.mean())
        scatter = float((values - offset - rate * since).std())
        found.append(SystemTime(name, base, offset, rate, scatter, int(there.sum())))
    return tuple(found)


def _offset(kind: str, values: list[tuple[float, float]]) -> TimeOffset:
    offsets, rates = np.array(values).T
    promised, source = PROMISED.get(kind, (float("nan"), ""))
    return TimeOffset(
        kind,
        f"{TIMES.get(kind[:2], kind[:2])} less {TIMES.get(kind[2:], kind[2:])}",
        float(np.median(offsets)),
        float(np.median(rates)),
        float(np.ptp(offsets)),
        len(values),
        promised,
        source,
    )
