"""Clocks of satellites and receivers in RINEX clock files: versions 2 and 3, read and written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.files import write_text
from moonstead.formats.gnss_faults import Fault, FaultLog
from moonstead.formats.gnss_files import unpack
from moonstead.formats.gnss_time import OFFSETS, civil_from_gpst, gpst_from_civil
from moonstead.formats.sp3_text import satellite_name
from moonstead.formats.text_columns import decimals, long_lines, text_lines, whole_numbers
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

HEADER_LABEL = 60  # column in which the labels of head lines begin; 65 in version 3.04
LONGEST = 82  # [characters] of a line, and some blanks
MOST_CLOCK = 1.0  # [s] no clock in orbit is this far off; what says so is damaged


@dataclass(frozen=True, slots=True, eq=False)
class PreciseClocks:
    """What RINEX clock files say of satellites: E epochs, S satellites.

    Attributes
    ----------
    satellites : (S,) tuple of str
        "G01", "R24" ...
    gpst : (E,) [s]
        GPS time past 1980-01-06T00:00:00, rising.
    clock : (E, S) [s]
        Satellite clock minus system time, without the periodic relativistic part; NaN where there is none.
    sigma : (E, S) [s]
        Standard deviation as the file gives it; NaN where it gives none.
    interval : float [s]
        The commonest step between epochs.
    receivers : tuple of str
        Receivers whose clocks (AR records) the file also has; their values are not kept.
    version : str
        As in the head: "3.00".
    agency : str
        Analysis centre, as in the head.
    time_system : str
        In which the file counts time.
    comments : tuple of str
        Of the head.
    day : (E,)
        Which of the merged files each epoch comes from: 0, 1 ...
    faults : tuple of Fault
        Lines that could not be used.

    Source
    ------
    J. Ray & W. Gurtner, "RINEX Extensions to Handle Clock Information", versions 2.00 to 3.04.
    """

    satellites: tuple[str, ...]
    gpst: Array
    clock: Array
    sigma: Array
    interval: float
    receivers: tuple[str, ...] = ()
    version: str = "3.00"
    agency: str = ""
    time_system: str = "GPS"
    comments: tuple[str, ...] = ()
    day: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, dtype=np.int16))
    faults: tuple[Fault, ...] = ()


def read_clocks(paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> PreciseClocks:
    """Satellite clocks of one RINEX clock file, or of several files.

    Parameters
    ----------
    paths : path or sequence of paths
        Plain or packed (gzip, xz, told by content). Where two files give the same epoch, the later file counts.

    Returns
    -------
    PreciseClocks

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        A file is no RINEX clock file, or has no satellite clock that can be used.
    InvalidInput
        No file was given.
    """
    files: list[str | os.PathLike[str]] = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not files:
        raise InvalidInput("no clock file was given; name at least one")
    return merge_clocks([parse_clocks(unpack(path), os.fspath(path)) for path in files])


def parse_clocks(text: bytes, path: str) -> PreciseClocks:
    """Table of the satellite records of one RINEX clock text.

    Parameters
    ----------
    text : bytes
        The file, unpacked, line ends single line feeds.
    path : str
        Its name, for messages.

    Returns
    -------
    PreciseClocks

    Raises
    ------
    FormatError
        It is no RINEX clock file, or has no satellite clock that can be used.

    Source
    ------
    As `PreciseClocks`.
    """
    log = FaultLog(path)
    end = text.find(b"END OF HEADER")
    first = text[: text.find(b"\n")]
    if b"RINEX VERSION" not in first or b"CLOCK" not in first.upper() or end < 0:
        raise log.refusal("this is no RINEX clock file: its head does not say so", "give a RINEX clock file", 1)
    head = text[:end].decode("ascii", "replace").split("\n")
    body = text.find(b"\n", end) + 1
    version = first[:20].decode("ascii", "replace").strip()
    later = 5 if _number(version) >= 3.04 else 0  # columns: names have nine characters since version 3.04
    system, agency, comments = "GPS", "", []
    for line in head[1:]:
        label = line[HEADER_LABEL:]
        if "TIME SYSTEM ID" in label:
            system = line[:HEADER_LABEL].strip() or "GPS"
        elif "ANALYSIS CENTER" in label:
            agency = line[:HEADER_LABEL].strip()
        elif "COMMENT" in label:
            comments.append(line[: HEADER_LABEL + later].rstrip())
    if system not in OFFSETS:
        raise log.refusal(f"unknown time system {system!r}", f"known are {', '.join(OFFSETS)}")
    if not text.endswith(b"\n"):
        log.note(0, "the last line has no end, so the file is cut off", "whole lines were read")
        text = text[: text.rfind(b"\n") + 1]
    lines, starts = text_lines(text[body:]) if body > 0 and body < len(text) else (np.zeros((0, 80), np.uint8), None)
    head_lines = text.count(b"\n", 0, body)
    for row in long_lines(text[body:], LONGEST + later):
        log.note(head_lines + int(row) + 1, "the line is too long: it runs into the next", "its first record was read")
    return _table(lines, starts, head_lines, later, log, version, agency, system, comments)


def _table(
    lines: NDArray[np.uint8],
    starts: NDArray[np.int64] | None,
    head_lines: int,
    later: int,
    log: FaultLog,
    version: str,
    agency: str,
    system: str,
    comments: list[str],
) -> PreciseClocks:
    of_satellite = (lines[:, 0] == ord("A")) & (lines[:, 1] == ord("S")) if lines.size else np.zeros(0, dtype=np.bool_)
    rows = np.flatnonzero(of_satellite)
    if rows.size == 0:
        raise log.refusal("the file has no satellite clock (lines with AS)", "give a file of satellite clocks")
    receivers = np.unique(
        np.ascontiguousarray(lines[(lines[:, 0] == ord("A")) & (lines[:, 1] == ord("R"))][:, 3 : 7 + later]).view(
            f"S{4 + later}"
        )
    )
    records = lines[rows]
    codes = (records[:, 3].astype(np.int64) * 256 + records[:, 4]) * 256 + records[:, 5]
    found, column = np.unique(codes, return_inverse=True)
    names = [
        satellite_name(bytes((code >> 16, code >> 8 & 255, code & 255)).decode("ascii", "replace"))
        for code in found.tolist()
    ]
    date = records[:, 8 + later : 34 + later]
    starts_epoch = np.concatenate(([True], np.any(date[1:] != date[:-1], axis=1)))
    of_epoch = np.cumsum(starts_epoch) - 1
    stamps = records[starts_epoch][:, 8 + later :]
    places = ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16))
    year, month, day, hour, minute = (whole_numbers(stamps, start, stop, -1) for start, stop in places)
    gpst = gpst_from_civil(year, month, day, hour, minute, decimals(stamps, 17, 26), system)
    clock = decimals(records, 40 + later, 59 + later)
    given = whole_numbers(records, 34 + later, 37 + later, 1)
    sigma = np.full(rows.size, np.nan)
    several = given > 1
    if several.any():
        sigma[several] = decimals(records[several], 60 + later, min(79 + later, 80))
    with np.errstate(invalid="ignore"):
        sigma[~(sigma >= 0.0)] = np.nan
        usable = (np.abs(clock) < MOST_CLOCK) & np.isfinite(gpst[of_epoch]) & np.array([bool(n) for n in names])[column]
    for row in rows[~usable]:
        log.note(head_lines + int(row) + 1, "the satellite clock can not be read", "it was left out")
    if not usable.any():
        raise log.refusal("no satellite clock can be used", "fetch the file again")
    kinds = lines[:, 0].astype(np.int64) * 256 + lines[:, 1]
    odd = ~np.isin(kinds, [int.from_bytes(kind) for kind in (b"AS", b"AR", b"CR", b"DR", b"MS", b"  ")])
    for row in np.flatnonzero(odd & (starts >= 0))[:200] if starts is not None else ():
        log.note(head_lines + int(row) + 1, "the line is no clock record", "it was left out")
    times, epoch = np.unique(gpst[of_epoch[usable]], return_inverse=True)
    satellites = sorted({names[number] for number in np.unique(column[usable])})
    place = np.array([satellites.index(name) if name in satellites else -1 for name in names])
    table = np.full((times.size, len(satellites)), np.nan)
    sigmas = np.full_like(table, np.nan)
    where = (epoch, place[column[usable]])
    table[where], sigmas[where] = clock[usable], sigma[usable]
    given_last = np.isfinite(table[-1]).sum()
    if times.size > 1 and given_last < np.isfinite(table[-2]).sum():
        what = f"the last epoch has {given_last} satellites, fewer than the one before: the file may be cut off"
        log.note(0, what, "what is there was read")
    return PreciseClocks(
        satellites=tuple(satellites),
        gpst=times,
        clock=table,
        sigma=sigmas,
        interval=_interval(times),
        receivers=tuple(name.decode("ascii", "replace").strip() for name in receivers.ravel().tolist()),
        version=version,
        agency=agency,
        time_system=system,
        comments=tuple(comments),
        day=np.zeros(times.size, dtype=np.int16),
        faults=log.faults,
    )


def merge_clocks(parts: Sequence[PreciseClocks]) -> PreciseClocks:
    """One table of several: every satellite, every epoch once.

    Parameters
    ----------
    parts : sequence of PreciseClocks
        In any order; head values are those of the earliest.

    Returns
    -------
    PreciseClocks
        `day` tells which of the parts (in order of time) an epoch comes from; an epoch that two parts give is the
        later part's, as a whole: clocks of different files must not be mixed in one epoch.

    Raises
    ------
    InvalidInput
        Nothing was given.
    """
    ordered = sorted(parts, key=lambda part: float(part.gpst[0]))
    if not ordered:
        raise InvalidInput("no clocks to merge; give at least one table")
    first = ordered[0]
    if len(ordered) == 1:
        return first
    satellites = tuple(sorted({satellite for part in ordered for satellite in part.satellites}))
    gpst = np.unique(np.concatenate([part.gpst for part in ordered]))
    clock = np.full((gpst.size, len(satellites)), np.nan)
    sigma = np.full_like(clock, np.nan)
    day = np.zeros(gpst.size, dtype=np.int16)
    for number, part in enumerate(ordered):
        rows = np.searchsorted(gpst, part.gpst)
        columns = np.array([satellites.index(satellite) for satellite in part.satellites])
        clock[rows], sigma[rows] = np.nan, np.nan
        clock[np.ix_(rows, columns)], sigma[np.ix_(rows, columns)] = part.clock, part.sigma
        day[rows] = number
    return PreciseClocks(
        satellites=satellites,
        gpst=gpst,
        clock=clock,
        sigma=sigma,
        interval=min(part.interval for part in ordered),
        receivers=tuple(sorted({name for part in ordered for name in part.receivers})),
        version=first.version,
        agency=first.agency,
        time_system=first.time_system,
        comments=first.comments,
        day=day,
        faults=tuple(fault for part in ordered for fault in part.faults),
    )


def write_clocks(path: str | os.PathLike[str], clocks: PreciseClocks) -> None:
    """Write satellite clocks as a RINEX clock file of version 3.00.

    Parameters
    ----------
    path : path
        Where to; packed with gzip if it ends in ``.gz``.
    clocks : PreciseClocks
        What to write; entries without a clock are left out. Epochs are written in GPS time.

    Raises
    ------
    MissingData
        The folder does not exist.
    InvalidInput
        A clock is so large that its field does not hold it.
    """
    if np.nanmax(np.abs(clocks.clock), initial=0.0) >= MOST_CLOCK:
        raise InvalidInput("a satellite clock is off by more than 1 s; no satellite's is: check the unit [s]")
    head = [
        ("     3.00           CLOCK DATA          M", "RINEX VERSION / TYPE"),
        (f"{'moonstead':<20}{clocks.agency[:20]:<20}", "PGM / RUN BY / DATE"),
        *((comment[:HEADER_LABEL], "COMMENT") for comment in clocks.comments),
        ("   GPS", "TIME SYSTEM ID"),
        ("     1    AS", "# / TYPES OF DATA"),
        (clocks.agency[:HEADER_LABEL], "ANALYSIS CENTER"),
        (f"{len(clocks.satellites):6d}", "# OF SOLN SATS"),
    ]
    names = clocks.satellites
    head += [(" ".join(names[k : k + 15]), "PRN LIST") for k in range(0, len(names), 15)]
    out = [f"{text:<60}{label}" for text, label in [*head, ("", "END OF HEADER")]]
    year, month, day, hour, minute, second = civil_from_gpst(clocks.gpst)
    for row, values in enumerate(clocks.clock):
        stamp = f"{year[row]:4d} {month[row]:2d} {day[row]:2d} {hour[row]:2d} {minute[row]:2d}{second[row]:10.6f}"
        for column in np.flatnonzero(np.isfinite(values)):
            known = np.isfinite(clocks.sigma[row, column])
            text = f"AS {names[column]}  {stamp}{2 if known else 1:3d}   {values[column]:19.12E}"
            out.append(text + (f" {clocks.sigma[row, column]:19.12E}" if known else ""))
    write_text(path, "\n".join(out) + "\n")


def _interval(gpst: Array) -> float:
    if gpst.size < 2:
        return 0.0
    steps, counts = np.unique(np.round(np.diff(gpst), 6), return_counts=True)
    return float(steps[np.argmax(counts)])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
