"""Write trajectories as SPK files that every SPICE user can load."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import naif_id, naif_name
from moonstead.foundation.cache import write_atomically
from moonstead.foundation.ephemeris.daf import (
    RECORD_BYTES,
    TRANSFER_CHECK,
    TRANSFER_CHECK_OFFSET,
    WORDS_PER_RECORD,
)
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

TYPE_13, J2000_FRAME = 13, 1
KILOMETRE = 1e3  # [m]
LONGEST_NAME = 40  # characters of a segment's name
HIGHEST_DEGREE = 27  # of SPICE N0067's Hermite interpolation
DIRECTORY_STEP = 100  # every so many times one enters the directory
SUMMARY_WORDS = 5
SUMMARIES_PER_RECORD = (WORDS_PER_RECORD - 3) // SUMMARY_WORDS


@dataclass(frozen=True, slots=True, eq=False)
class SampledStates:
    """One trajectory to be written.

    Attributes
    ----------
    target, center : str or int
        NAIF names or ids; spacecraft have negative ids.
    name : str
        Name of the segment, 40 ASCII characters or fewer.
    tdb : (N,) [s TDB past J2000]
        Times, strictly rising, in any steps.
    states : (N, 6) [m, m/s]
        Positions and velocities from the centre in ICRF axes.
    degree : int
        Degree of the interpolating polynomial: odd, 1 to 27; (degree + 1) / 2 neighbours are used.
    """

    target: str | int
    center: str | int
    name: str
    tdb: Array
    states: Array
    degree: int = 7


def write_spk(path: Path | str, trajectories: Sequence[SampledStates]) -> None:
    """Write an SPK file with one segment of type 13 (Hermite, unequal steps) for each trajectory.

    The file appears whole or not at all; one that is already there is replaced. Of two trajectories of the same body
    the later one wins where they overlap.

    Parameters
    ----------
    path : path
        File to write, usually ending in .bsp.
    trajectories : sequence of SampledStates
        At least one.

    Raises
    ------
    InvalidInput
        A trajectory has times that do not rise, fewer samples than the interpolation needs, a value that is no number,
        or a name or degree that the format does not hold.
    OSError
        The folder cannot be written.

    Source
    ------
    NAIF, SPK Required Reading, type 13; DAF Required Reading.
    """
    if not trajectories:
        raise InvalidInput("an SPK file needs at least one trajectory; none was given")
    for trajectory in trajectories:
        _check(trajectory)
    write_atomically(Path(path), _content(trajectories))


def _check(trajectory: SampledStates) -> None:
    what = f"trajectory {trajectory.name!r}"
    tdb, states = np.asarray(trajectory.tdb), np.asarray(trajectory.states)
    if tdb.ndim != 1 or states.shape != (tdb.size, 6):
        raise InvalidInput(f"{what} has times {tdb.shape} and states {states.shape}; they must be (N,) and (N, 6)")
    if not (np.all(np.isfinite(tdb)) and np.all(np.isfinite(states))):
        row = int(np.argmin(np.isfinite(tdb) & np.all(np.isfinite(states), axis=1)))
        raise InvalidInput(f"{what} has a value that is no number in row {row}; leave the row out")
    if np.any(np.diff(tdb) <= 0.0):
        row = int(np.argmax(np.diff(tdb) <= 0.0)) + 1
        raise InvalidInput(f"{what} has times that do not rise at row {row}; sort them and drop repeated ones")
    if trajectory.degree % 2 == 0 or not 1 <= trajectory.degree <= HIGHEST_DEGREE:
        raise InvalidInput(f"{what} asks for degree {trajectory.degree}; it must be odd, from 1 to {HIGHEST_DEGREE}")
    window = (trajectory.degree + 1) // 2
    if tdb.size < max(window, 2):
        raise InvalidInput(
            f"{what} has {tdb.size} samples; degree {trajectory.degree} needs {max(window, 2)}: add samples or lower it"
        )
    if not (trajectory.name.isascii() and trajectory.name.isprintable() and len(trajectory.name) <= LONGEST_NAME):
        raise InvalidInput(f"{what} has a name that is not printable ASCII of {LONGEST_NAME} characters or fewer")
    if naif_id(trajectory.target) == naif_id(trajectory.center):
        raise InvalidInput(f"{what} gives {naif_name(naif_id(trajectory.target))} relative to itself; name its centre")


def _content(trajectories: Sequence[SampledStates]) -> bytes:
    groups = [
        trajectories[first : first + SUMMARIES_PER_RECORD]
        for first in range(0, len(trajectories), SUMMARIES_PER_RECORD)
    ]
    words = [_segment_words(trajectory) for trajectory in trajectories]
    begin = WORDS_PER_RECORD * (1 + 2 * len(groups)) + 1
    directory, done = b"", 0
    for number, group in enumerate(groups):
        following = 2 * (number + 1) + 2 if number + 1 < len(groups) else 0
        summaries, names = struct.pack("<3d", following, 2 * number if number else 0, len(group)), b""
        for trajectory in group:
            end = begin + words[done].size - 1
            summaries += struct.pack(
                "<2d6i",
                trajectory.tdb[0],
                trajectory.tdb[-1],
                naif_id(trajectory.target),
                naif_id(trajectory.center),
                J2000_FRAME,
                TYPE_13,
                begin,
                end,
            )
            names += trajectory.name.encode("ascii").ljust(8 * SUMMARY_WORDS)
            begin, done = end + 1, done + 1
        directory += summaries.ljust(RECORD_BYTES, b"\x00") + names.ljust(RECORD_BYTES)
    head = struct.pack(
        "<8s2i60s3i8s", b"DAF/SPK ", 2, 6, b"Moonstead".ljust(60), 2, 2 * len(groups), begin, b"LTL-IEEE"
    )
    head = (head.ljust(TRANSFER_CHECK_OFFSET, b"\x00") + TRANSFER_CHECK).ljust(RECORD_BYTES, b"\x00")
    data = np.concatenate(words).astype("<f8").tobytes()
    return head + directory + data + b"\x00" * (-len(data) % RECORD_BYTES)


def _segment_words(trajectory: SampledStates) -> Array:
    tdb = np.asarray(trajectory.tdb, dtype=np.float64)
    states = np.asarray(trajectory.states, dtype=np.float64) / KILOMETRE
    directory = tdb[DIRECTORY_STEP - 1 : -1 : DIRECTORY_STEP]
    tail = np.array([(trajectory.degree + 1) // 2 - 1, tdb.size], dtype=np.float64)
    return np.concatenate((states.ravel(), tdb, directory, tail))
