"""Pseudoranges of one file as rows, with the signals of each satellite chosen by what the file really holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.rinex_observation import ObservationFile, SystemObservations
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.signals import PAIRS, SYSTEMS, best_code, carrier_frequency, first_code

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEAR, FAR = 1e6, 3e8  # [m] pseudoranges outside are no measurement: less than any satellite, more than a second
ENOUGH = 0.5  # [1] share of a satellite's epochs that a signal must have to be preferred


@dataclass(frozen=True, slots=True, eq=False)
class Pseudoranges:
    """Rows of one file, epoch by epoch: one satellite with one or two signals each.

    Attributes
    ----------
    gpst : (E,) [s]
        Epochs by the receiver's clock, GPS time past 1980-01-06.
    start : (E + 1,) int
        First row of each epoch.
    satellites : (S,) tuple of str
        Names.
    signals : (S,) tuple of (str, str)
        Code observations of each satellite; the second is empty where there is one only.
    epoch, satellite : (N,) int
        Of each row.
    code : (N, 2) [m]
        Pseudoranges; NaN where there is none.
    phase : (N, 2) [m]
        Carrier phases of the same signals times wavelength; NaN where there is none.
    slip : (N,)
        Lock of either phase lost since the epoch before, as the receiver tells.
    strength : (N, 2) [dB Hz]
        Signal over noise density; NaN where there is none.
    range_rate : (N,) [m/s]
        From the Doppler shift of the first signal that has one: positive when the satellite recedes; NaN.
    frequency : (N, 2) [Hz]
        Carriers; NaN for a second signal that is not there.
    """

    gpst: Array
    start: Indices
    satellites: tuple[str, ...]
    signals: tuple[tuple[str, str], ...]
    epoch: Indices
    satellite: Indices
    code: Array
    phase: Array
    slip: Flags
    strength: Array
    range_rate: Array
    frequency: Array


def gather(
    observations: ObservationFile, systems: str, channels: Mapping[str, int] | None = None
) -> tuple[Pseudoranges, tuple[str, ...]]:
    """Rows of the systems asked for.

    Parameters
    ----------
    observations : ObservationFile
        What a receiver measured.
    systems : str
        Letters, ``"GRC"``.
    channels : mapping of str to int, optional
        Frequency channels of GLONASS satellites that the file does not name.

    Returns
    -------
    rows : Pseudoranges
        Lengths in [m], frequencies in [Hz].
    notes : tuple of str
        What was left out, and why.

    Raises
    ------
    InvalidInput
        A letter names no system, or the file holds no pseudorange of those asked for.

    Source
    ------
    RINEX 3.05, sections 5.2 and 6.5: the sign of a Doppler shift is positive for approaching satellites.
    """
    unknown = [letter for letter in systems if letter not in SYSTEMS]
    if unknown or not systems:
        raise InvalidInput(f"systems {systems!r}: letters of {', '.join(SYSTEMS)} are known, for example GRC")
    known = dict(channels or {}) | observations.glonass_channels
    notes: list[str] = []
    parts: list[dict[str, NDArray[Any]]] = []
    names: list[str] = []
    signals: list[tuple[str, str]] = []
    for letter in dict.fromkeys(systems):
        found = observations.systems.get(letter)
        if found is None:
            notes.append(f"the file holds no observations of {SYSTEMS[letter]}")
            continue
        chosen = [_signals_of(found, column) for column in range(len(found.satellites))]
        for column, (name, pair) in enumerate(zip(found.satellites, chosen, strict=True)):
            if pair is None:
                continue
            if letter == "R" and name not in known:
                notes.append(f"{name}: its frequency channel is in neither file, so it is not used")
                continue
            parts.append(_rows_of(found, column, pair, known.get(name, 0), len(names)))
            names.append(name)
            signals.append(pair)
    if not parts or not sum(part["epoch"].size for part in parts):
        held = ", ".join(SYSTEMS[letter] for letter in observations.systems) or "none"
        raise InvalidInput(f"no pseudoranges of {'/'.join(systems)} in the observation file; it has systems: {held}")
    columns = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    order = np.argsort(columns["epoch"], kind="stable")
    columns = {key: np.ascontiguousarray(value[order]) for key, value in columns.items()}
    start = np.searchsorted(columns["epoch"], np.arange(observations.gpst.size + 1)).astype(np.int64)
    return Pseudoranges(observations.gpst, start, tuple(names), tuple(signals), **columns), tuple(notes)


def _signals_of(found: SystemObservations, column: int) -> tuple[str, str] | None:
    """Two code observations of a satellite, by the pair of bands it sends most; None where it has no code at all."""
    counts = {
        code: int(np.count_nonzero(np.isfinite(found.values[row, :, column])))
        for row, code in enumerate(found.codes)
        if code[0] == "C"
    }
    most = max(counts.values(), default=0)
    if most == 0:
        return None
    held = [code for code, count in counts.items() if count > ENOUGH * most]
    for first, second in PAIRS.get(found.system, ()):
        pair = best_code(found.system, first, held), best_code(found.system, second, held)
        if pair[0] is not None and pair[1] is not None:
            return pair[0], pair[1]
    alone = first_code(found.system, held) or first_code(found.system, [code for code in counts if counts[code]])
    if alone is None:
        return None
    # a second signal that is there now and then still helps when it is there
    for first, second in PAIRS.get(found.system, ()):
        other = best_code(found.system, second, [code for code in counts if counts[code]])
        if alone[1] == first and other is not None:
            return alone, other
    return alone, ""


def _rows_of(
    found: SystemObservations, column: int, pair: tuple[str, str], channel: int, index: int
) -> dict[str, NDArray[Any]]:
    """Columns of `Pseudoranges` for one satellite."""
    epochs = found.values.shape[1]
    nothing = np.full(epochs, np.nan)

    def of(kind: str, code: str) -> Array:
        name = kind + code[1:]
        return found.values[found.codes.index(name), :, column] if code and name in found.codes else nothing

    def lost(code: str) -> NDArray[np.bool_]:
        name = "L" + code[1:]
        there = bool(code) and name in found.codes
        return (found.loss_of_lock[found.codes.index(name), :, column] & 1) > 0 if there else np.zeros(epochs, bool)

    code = np.stack([of("C", one) for one in pair], axis=1)
    code = np.where((code > NEAR) & (code < FAR), code, np.nan)
    frequency = [float(carrier_frequency(found.system, one[1], channel)) if one else np.nan for one in pair]
    lengths = SPEED_OF_LIGHT / np.array(frequency)
    shifts = np.stack([of("D", one) for one in pair], axis=1) * -lengths
    rows = np.flatnonzero(np.any(np.isfinite(code), axis=1))
    return {
        "epoch": rows.astype(np.int64),
        "satellite": np.full(rows.size, index, dtype=np.int64),
        "code": code[rows],
        "phase": (np.stack([of("L", one) for one in pair], axis=1) * lengths)[rows],
        "slip": (lost(pair[0]) | lost(pair[1]))[rows],
        "strength": np.stack([of("S", one) for one in pair], axis=1)[rows],
        "range_rate": np.where(np.isfinite(shifts[:, 0]), shifts[:, 0], shifts[:, 1])[rows],
        "frequency": np.tile(frequency, (rows.size, 1)),
    }
