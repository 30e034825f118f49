"""RINEX navigation files of versions 2, 3 and 4: broadcast messages of all systems."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

import numpy as np

from moonstead.formats.broadcast_messages import BroadcastMessages, joined, no_messages
from moonstead.formats.gnss_faults import Fault, FaultLog
from moonstead.formats.gnss_files import open_text
from moonstead.formats.rinex_navigation_file import NavigationFile
from moonstead.formats.rinex_navigation_find import find_records
from moonstead.formats.rinex_navigation_header import NavigationHeader, TimeCorrection, read_header
from moonstead.formats.rinex_navigation_others import EarthOrientationRecord
from moonstead.formats.rinex_navigation_records import read_records
from moonstead.formats.rinex_navigation_repeats import without_repeats
from moonstead.formats.rinex_navigation_text import split_lines
from moonstead.formats.rinex_navigation_writer import write_navigation

__all__ = ["NavigationFile", "TimeCorrection", "read_navigation", "write_navigation"]

HEADER_ENDS = b"END OF HEADER"
MOST_HEADER_LINES = 1000  # read of a file whose header does not end


def read_navigation(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]], *, systems: Collection[str] | None = None
) -> NavigationFile:
    """Broadcast messages of one or several RINEX navigation files.

    Packed files are unpacked. What several files or stations have of the same message is kept once, with its first
    time of transmission; messages that contradict each other (one reference time and issue, different numbers) are
    both kept and told among the faults.

    Parameters
    ----------
    paths : path or sequence of paths
        Files of RINEX 2 (GPS, GLONASS, SBAS), 3 or 4.
    systems : collection of str, optional
        Letters of the systems to read, such as ``"GRC"``; all by default.

    Returns
    -------
    NavigationFile

    Raises
    ------
    MissingData
        A file is not there.
    FormatError
        A file is no RINEX navigation file, or nothing in it can be used.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    headers: list[NavigationHeader] = []
    parts: list[BroadcastMessages] = []
    orientation: list[EarthOrientationRecord] = []
    faults: list[Fault] = []
    for path in given:
        log = FaultLog(path)
        header, messages, turns = _read_file(path, None if systems is None else frozenset(systems), log)
        headers.append(header)
        parts.append(messages)
        orientation += turns
        faults += log.faults
    messages, contradictions = without_repeats(joined(parts) if parts else no_messages())
    return NavigationFile(
        version=max((header.version for header in headers), default=0.0),
        ionosphere_models=tuple(model for header in headers for model in header.ionosphere),
        time_corrections=tuple(correction for header in headers for correction in header.time_corrections),
        earth_orientation=tuple(orientation),
        leap_seconds=next((header.leap_seconds for header in headers if header.leap_seconds is not None), None),
        messages=messages,
        faults=(*faults, *contradictions),
    )


def _read_file(
    path: str | os.PathLike[str], systems: frozenset[str] | None, log: FaultLog
) -> tuple[NavigationHeader, BroadcastMessages, list[EarthOrientationRecord]]:
    text = open_text(path)
    lines = split_lines(text)
    end = text.find(HEADER_ENDS)
    last = MOST_HEADER_LINES if end < 0 else int(np.searchsorted(lines.start, end, side="right"))
    header = read_header([lines.line(row) for row in range(min(len(lines), last))], log)
    records = find_records(lines, header, log)
    if systems is not None:
        records = records.of(systems)
    messages, orientation = read_records(lines, header, records, log)
    if log.count and not len(messages):
        raise log.refusal("no message of this file can be used", "fetch the file again")
    return header, messages, orientation
