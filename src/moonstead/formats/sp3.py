"""Precise orbits and clocks of navigation satellites in SP3 files: versions a to d, any number of satellites."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.gnss_files import unpack
from moonstead.formats.sp3_file import CLOCK_EVENT, CLOCK_PREDICTED, MANEUVER, ORBIT_PREDICTED, PreciseOrbits
from moonstead.formats.sp3_text import parse_sp3
from moonstead.foundation.errors import InvalidInput

__all__ = [
    "CLOCK_EVENT",
    "CLOCK_PREDICTED",
    "MANEUVER",
    "ORBIT_PREDICTED",
    "PreciseOrbits",
    "merge_orbits",
    "read_sp3",
]

Array = NDArray[np.float64]


def read_sp3(paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> PreciseOrbits:
    """Orbits and clocks of one SP3 file, or of several files in a row.

    Several files (days that follow each other) become one table. Where two files give the same epoch, the later file's
    satellites win, and the earlier file fills what the later lacks.

    Parameters
    ----------
    paths : path or sequence of paths
        Plain or packed (gzip, xz, told by content); SP3-a, -b, -c or -d.

    Returns
    -------
    PreciseOrbits

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        A file is no SP3, or nothing in it can be used; lines that can not be used alone are `faults`.
    """
    files: list[str | os.PathLike[str]] = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not files:
        raise InvalidInput("no SP3 file was given; name at least one")
    return merge_orbits([parse_sp3(unpack(path), os.fspath(path)) for path in files])


def merge_orbits(orbits: Sequence[PreciseOrbits]) -> PreciseOrbits:
    """One table of several: every satellite, every epoch once.

    Parameters
    ----------
    orbits : sequence of PreciseOrbits
        In any order; head values are those of the earliest.

    Returns
    -------
    PreciseOrbits
        `day` tells which of the parts (in order of time) an epoch comes from. A midnight epoch that two parts give
        is the later part's.

    Raises
    ------
    InvalidInput
        Nothing was given, or the parts have different Earth-fixed frames.
    """
    parts = sorted(orbits, key=lambda part: float(part.gpst[0]))
    if not parts:
        raise InvalidInput("no orbits to merge; give at least one table")
    first = parts[0]
    if len(parts) == 1:
        return first
    satellites = tuple(sorted({satellite for part in parts for satellite in part.satellites}))
    gpst = np.unique(np.concatenate([part.gpst for part in parts]))
    shape = (gpst.size, len(satellites))
    merged = {
        "position": np.full((*shape, 3), np.nan),
        "clock": np.full(shape, np.nan),
        "sigma_exponent": np.full((*shape, 4), -1, dtype=np.int16),
        "flags": np.zeros(shape, dtype=np.uint8),
    }
    optional: dict[str, Array | None] = {"velocity": None, "clock_rate": None}
    if any(part.velocity is not None for part in parts):
        optional = {"velocity": np.full((*shape, 3), np.nan), "clock_rate": np.full(shape, np.nan)}
    accuracy = np.zeros(len(satellites), dtype=np.int16)
    day = np.zeros(gpst.size, dtype=np.int16)
    for number, part in enumerate(parts):
        rows = np.searchsorted(gpst, part.gpst)
        columns = np.array([satellites.index(satellite) for satellite in part.satellites])
        there, given = np.nonzero(np.isfinite(part.position[:, :, 0]) | np.isfinite(part.clock))
        place = (rows[there], columns[given])
        for name, table in merged.items():
            table[place] = getattr(part, name)[there, given]
        for name, values in optional.items():
            if values is not None and getattr(part, name) is not None:
                values[place] = getattr(part, name)[there, given]
        accuracy[columns] = np.maximum(accuracy[columns], part.accuracy_exponent)
        day[rows] = number
    return PreciseOrbits(
        satellites=satellites,
        gpst=gpst,
        position=merged["position"],
        clock=merged["clock"],
        velocity=optional["velocity"],
        clock_rate=optional["clock_rate"],
        sigma_exponent=merged["sigma_exponent"],
        flags=merged["flags"],
        accuracy_exponent=accuracy,
        interval=min(part.interval for part in parts),
        base_position=first.base_position,
        base_clock=first.base_clock,
        version=first.version,
        data_used=first.data_used,
        coordinate_system=first.coordinate_system,
        orbit_type=first.orbit_type,
        agency=first.agency,
        file_type=first.file_type,
        time_system=first.time_system,
        comments=first.comments,
        day=day,
        faults=tuple(fault for part in parts for fault in part.faults),
    )
