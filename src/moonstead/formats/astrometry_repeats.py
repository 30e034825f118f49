"""Rows that stand in a file twice, and rows that no telescope can have seen yet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.astrometry_rows import Observations, RadarObservations, RejectedLine

Array = NDArray[np.float64]

LESS = 1.0 - 1e-6  # units of last digits that differ by less are equal


def without_repeats(observations: Observations) -> Observations:
    """Observations without those that say again what another row says.

    Two rows of one object and station repeat each other where they are of one instant, as the coarser one tells it, and
    their places differ by no more than one unit of its last digit (a second measurement of the same image). The finer
    row stays, of equal ones the first.

    Parameters
    ----------
    observations : Observations
        Optical and radar rows.

    Returns
    -------
    Observations
        The repeats are among the refused lines.

    Source
    ------
    Rounding: two numbers rounded from one differ by at most the coarser unit of their last digits.
    """
    repeats, echoes = _repeats(observations), _repeated_echoes(observations.radar)
    if not (repeats or echoes):
        return observations
    radar, lines = observations.radar, observations.line
    said = [(lines[row], observations.text[row], lines[first]) for row, first in repeats.items()]
    said += [(radar.line[row], "", radar.line[first]) for row, first in echoes.items()]
    refused = [
        RejectedLine(int(line), str(text), f"repeats the observation of line {int(first)}", "nothing: it counts once")
        for line, text, first in said
    ]
    return replace(
        observations.take(np.setdiff1d(np.arange(observations.count), list(repeats))),
        radar=radar.take(np.setdiff1d(np.arange(radar.count), list(echoes))),
        rejected=tuple(sorted((*observations.rejected, *refused), key=lambda one: one.line)),
    )


def _repeated_echoes(radar: RadarObservations) -> dict[int, int]:
    """Radar rows to drop, each with the row before it that has the same number of the same stations and time."""
    first: dict[tuple[object, ...], int] = {}
    found: dict[int, int] = {}
    for row in range(radar.count):
        stations = str(radar.transmitter[row]), str(radar.receiver[row])
        key = (str(radar.objects[row]), str(radar.kind[row]), *stations, float(radar.tdb[row]), float(radar.value[row]))
        if key in first:
            found[row] = first[key]
        first.setdefault(key, row)
    return found


def _repeats(observations: Observations) -> dict[int, int]:
    """Rows to drop, each with the row that it repeats."""
    order = np.lexsort((observations.line, observations.tdb, observations.station, observations.objects))
    time, unit = observations.tdb[order], np.nan_to_num(observations.time_resolution[order])
    cosine = np.cos(observations.declination[order])
    place = np.stack([observations.right_ascension[order], observations.declination[order]], axis=1)
    digit = np.nan_to_num(observations.resolution[order])
    names, stations = observations.objects[order], observations.station[order]
    coarseness = unit * np.prod(digit, axis=1)
    found: dict[int, int] = {}

    def kept(row: int) -> int:
        while row in found:
            row = found[row]
        return row

    # Rows of one time are neighbours after sorting; three steps also pair those that a third row parts.
    for step in (1, 2, 3):
        if order.size <= step:
            break
        a, b = slice(None, -step), slice(step, None)
        near = (names[a] == names[b]) & (stations[a] == stations[b])
        # One instant, rounded or cut to fewer digits; with equal digits a unit later is an observation of its own.
        coarser = np.maximum(unit[a], unit[b])
        same = np.minimum(unit[a], unit[b]) > LESS * coarser
        near &= np.abs(time[b] - time[a]) <= _loose(coarser) * np.where(same, 0.5, 1.0)
        apart = np.abs(place[b] - place[a])
        apart[:, 0] = np.minimum(apart[:, 0], 2.0 * np.pi - apart[:, 0]) * cosine[a]
        near &= np.all(apart <= _loose(np.maximum(digit[a], digit[b])), axis=1)
        for pair in np.flatnonzero(near).tolist():
            second_is_finer = coarseness[pair + step] < LESS * coarseness[pair]
            stays, goes = (pair + step, pair) if second_is_finer else (pair, pair + step)
            found.setdefault(goes, stays)
    return {int(order[row]): int(order[kept(row)]) for row in found}


def _loose(unit: Array) -> Array:
    """A unit with room for the rounding of doubles."""
    return unit * (1.0 + 1e-6) + 1e-15
