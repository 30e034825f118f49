"""Precise orbits and clocks of navigation satellites in SP3 files: versions a to d, any number of satellites."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.gnss_faults import Fault
from moonstead.formats.gnss_files import unpack
from moonstead.formats.sp3_text import parse_sp3
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

CLOCK_EVENT, CLOCK_PREDICTED, MANEUVER, ORBIT_PREDICTED = 1, 2, 4, 8
"""Bits of `PreciseOrbits.flags`: a clock that jumps, a predicted clock, a manoeuvre just before, a predicted orbit."""


@dataclass(frozen=True, slots=True, eq=False)
class PreciseOrbits:
    """What SP3 files say: E epochs, S satellites.

    Attributes
    ----------
    satellites : (S,) tuple of str
        "G01", "R24", "C60" ...
    gpst : (E,) [s]
        GPS time past 1980-01-06T00:00:00, rising; files in another time system are converted.
    position : (E, S, 3) [m]
        Earth-fixed (`coordinate_system`), of the centre of mass; NaN where the file has none.
    clock : (E, S) [s]
        Satellite clock minus system time, without the periodic relativistic part; NaN where there is none.
    velocity, clock_rate : (E, S, 3) [m/s] and (E, S) [1], or None
        Of V records; None where the file has none.
    sigma_exponent : (E, S, 4)
        Exponents of the standard deviations of x, y, z and clock as printed (-1: none): `base_position` to that power
        is [mm], `base_clock` to that power is [ps].
    flags : (E, S)
        Sum of `CLOCK_EVENT`, `CLOCK_PREDICTED`, `MANEUVER`, `ORBIT_PREDICTED`.
    accuracy_exponent : (S,)
        Accuracy of the orbit as the head states it: 2 to that power [mm]; 0 is unknown.
    interval : float [s]
        Between epochs, as the head states it.
    base_position, base_clock : float [1]
        Bases of `sigma_exponent`; 0 where the head gives none.
    version, data_used, coordinate_system, orbit_type, agency, file_type : str
        As in the head: "d", "ORBIT", "IGS14", "FIT", "AIUB", "M".
    time_system : str
        In which the file counts time: "GPS", "UTC", "GLO", "GAL", "BDT", "QZS", "IRN", "TAI".
    comments : tuple of str
        Without their "/* ".
    extended_position, extended_velocity : (E, S, 10) or None
        EP and EV records as printed: four standard deviations (x, y, z, clock), six correlations.
    day : (E,)
        Which of the merged files each epoch comes from: 0, 1 ...
    faults : tuple of Fault
        Lines that could not be used.

    Source
    ------
    S. Hilla, "The Extended Standard Product 3 Orbit Format (SP3-d)", National Geodetic Survey, 21 February 2016.
    """

    satellites: tuple[str, ...]
    gpst: Array
    position: Array
    clock: Array
    velocity: Array | None
    clock_rate: Array | None
    sigma_exponent: NDArray[np.int16]
    flags: NDArray[np.uint8]
    accuracy_exponent: NDArray[np.int16]
    interval: float
    base_position: float = 0.0
    base_clock: float = 0.0
    version: str = "d"
    data_used: str = "ORBIT"
    coordinate_system: str = "ITRF"
    orbit_type: str = "FIT"
    agency: str = ""
    file_type: str = "M"
    time_system: str = "GPS"
    comments: tuple[str, ...] = ()
    extended_position: NDArray[np.int32] | None = None
    extended_velocity: NDArray[np.int32] | None = None
    day: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, dtype=np.int16))
    faults: tuple[Fault, ...] = ()


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
