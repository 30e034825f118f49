"""Predicted orbits for laser stations: files of the Consolidated laser ranging Prediction Format."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.trajectories import TabulatedTrajectory
from moonstead.formats.files import read_text
from moonstead.formats.gnss_faults import Fault, FaultLog
from moonstead.formats.utc_days import tdb_of_utc_days
from moonstead.foundation.frames.standard import ITRF

Array = NDArray[np.float64]

MJD_2000 = 51_544  # modified Julian date of 2000-01-01
DEGREE = 9  # of the interpolating polynomial: ten points, as the standard's own software
BODY_FIXED = 0  # reference frame of H2
INSTANT = 0  # direction flag of positions at one time, without light time
FARTHEST = 1e10  # [m] of an object that stations predict


@dataclass(frozen=True, eq=False)
class CpfFile:
    """A predicted orbit.

    Attributes
    ----------
    version : int
        Of the format, 1 or 2.
    source, target, norad : str
        Who predicted, what, and its catalogue number.
    sequence : str
        Number of the prediction.
    tdb : (N,) [s TDB past J2000]
        Times of the table.
    position : (N, 3) [m]
        ITRF, of the centre of mass unless `center_of_mass_applied`.
    velocity : (N, 3) [m/s]
        ITRF; where the file has none, that of the polynomial through the positions.
    center_of_mass_applied : bool
        Whether positions are those of the reflectors.
    center_of_mass : float [m]
        Correction of ranges to the centre of mass; NaN where the file does not tell (H5).
    faults : tuple of Fault
        Lines that could not be used.
    """

    version: int
    source: str
    target: str
    norad: str
    sequence: str
    tdb: Array
    position: Array
    velocity: Array
    center_of_mass_applied: bool
    center_of_mass: float
    faults: tuple[Fault, ...] = ()

    def trajectory(self) -> TabulatedTrajectory:
        """The predicted orbit about the Earth, in the ITRF, by polynomials through ten points."""
        states = np.concatenate((self.position, self.velocity), axis=1)
        return TabulatedTrajectory(self.target, "EARTH", ITRF, self.tdb, states, DEGREE, "lagrange")


def read_cpf(path: str | os.PathLike[str]) -> CpfFile:
    """A predicted orbit of a satellite of the Earth.

    Parameters
    ----------
    path : path
        CPF of version 1 or 2, plain or gzip.

    Returns
    -------
    CpfFile
        Lines that cannot be read are left out and told of.

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        It is no CPF, positions are not in Earth-fixed axes, or there are fewer than ten.

    Source
    ------
    ILRS (2018), Consolidated Laser Ranging Prediction Format (CPF), version 2.00; version 1.01 (2006).
    """
    log = FaultLog(path)
    header: dict[str, list[str]] = {}
    rows: list[tuple[float, ...]] = []
    speeds: dict[int, tuple[float, ...]] = {}
    ended = False
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        words = line.split()
        kind = words[0].upper() if words else "00"
        if kind in ("H1", "H2", "H5"):
            header[kind] = words
        elif kind == "99":
            ended = True
            break
        elif kind in ("10", "20"):
            try:
                if kind == "10":
                    rows.append(_position(words))
                elif rows:
                    speeds[len(rows) - 1] = _numbers(words[2:5])
            except ValueError as fault:
                log.note(number, str(fault), "the line was left out")
    if not ended:
        log.note(0, "the file has no end (99), so it is cut off", "what is there was read")
    first, second = header.get("H1", []), header.get("H2", [])
    if len(first) < 3 or first[1].upper() != "CPF" or not first[2].isdigit():
        raise log.refusal("it does not begin as a CPF file (H1 CPF)", "give a file in the CPF format", 1)
    if len(second) < 22:
        raise log.refusal("the header H2 is missing or incomplete", "give the whole file")
    if second[19] != str(BODY_FIXED):
        raise log.refusal(
            f"positions are in reference frame {second[19]}, not in Earth-fixed axes (0)", "only those are read"
        )
    return _built(first, second, header.get("H5", []), rows, speeds, log)


def _built(
    first: list[str],
    second: list[str],
    fifth: list[str],
    rows: list[tuple[float, ...]],
    speeds: dict[int, tuple[float, ...]],
    log: FaultLog,
) -> CpfFile:
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    tdb = tdb_of_utc_days(table[:, 0].astype(np.int64) - MJD_2000, table[:, 1])
    rising = np.concatenate(([True], tdb[1:] > np.maximum.accumulate(tdb)[:-1])) if tdb.size else np.zeros(0, bool)
    if not np.all(rising):
        log.note(0, f"{int(np.sum(~rising))} positions do not follow in time", "they were left out", count=1)
    if np.sum(rising) <= DEGREE:
        raise log.refusal(f"there are {int(np.sum(rising))} usable positions", f"at least {DEGREE + 1} are needed")
    position = table[rising, 2:]
    velocity = _derivative(tdb[rising], position)
    for place, row in enumerate(np.flatnonzero(rising)):
        if int(row) in speeds:
            velocity[place] = speeds[int(row)]
    version = int(first[2])
    target = first[9 + (version > 1)] if len(first) > 9 + (version > 1) else ""
    return CpfFile(
        version=version,
        source=first[3] if len(first) > 3 else "",
        target=target.lower(),
        norad=second[3],
        sequence=first[8] if len(first) > 8 else "",
        tdb=tdb[rising],
        position=position,
        velocity=velocity,
        center_of_mass_applied=second[21] == "1",
        center_of_mass=_numbers(fifth[1:2])[0] if len(fifth) > 1 else math.nan,
        faults=log.faults,
    )


def _position(words: list[str]) -> tuple[float, ...]:
    if len(words) < 8:
        raise ValueError(f"a position needs 8 fields and has {len(words)}")
    if words[1] != str(INSTANT):
        raise ValueError(f"a position with light time (direction flag {words[1]}) can not be used")
    day, second, x, y, z = _numbers([words[2], words[3], *words[5:8]])
    if day != int(day) or not 0.0 <= second < 86_402.0 or not 0.0 <= day < 1e6:
        raise ValueError(f"day {words[2]} and second {words[3]} are no time")
    if not 1e3 < math.hypot(x, y, z) < FARTHEST:
        raise ValueError("the position is no place of a satellite")
    return (day, second, x, y, z)


def _numbers(words: list[str]) -> tuple[float, ...]:
    values = tuple(float(word) for word in words)
    if not all(math.isfinite(value) for value in values):
        raise ValueError(f"not all numbers are finite: {' '.join(words)}")
    return values


def _derivative(tdb: Array, values: Array) -> Array:
    """Derivatives (N, 3) at the nodes of the polynomials through ten of them."""
    first = np.clip(np.arange(tdb.size) - DEGREE // 2, 0, tdb.size - DEGREE - 1)
    rows = first[:, None] + np.arange(DEGREE + 1)
    own = np.arange(tdb.size) - first
    scale = tdb[rows[:, -1]] - tdb[rows[:, 0]]
    times = (tdb[rows] - tdb[rows[:, :1]]) / scale[:, None]
    apart = times[:, :, None] - times[:, None, :] + np.eye(DEGREE + 1)
    weight = 1.0 / np.prod(apart, axis=2)
    at = np.arange(tdb.size)
    gap = times[at, own][:, None] - times
    gap[at, own] = 1.0
    share = weight / weight[at, own][:, None] / gap
    share[at, own] = 0.0
    share[at, own] = -np.sum(share, axis=1)
    return np.asarray(np.einsum("nk,nki->ni", share / scale[:, None], values[rows]))
