"""Where the records of a RINEX navigation file begin, and what each of them is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.gnss_faults import FaultLog
from moonstead.formats.rinex_navigation_header import NavigationHeader
from moonstead.formats.rinex_navigation_layout import (
    BEIDOU_GEOSTATIONARY,
    LAYOUTS,
    LEGACY_KINDS,
    lines_after_epoch,
)
from moonstead.formats.rinex_navigation_text import BLANK, Lines, whole_numbers

Whole = NDArray[np.int64]
Texts = NDArray[np.str_]

LETTERS = np.frombuffer("".join(LEGACY_KINDS).encode(), dtype=np.uint8)
FRAME = ord(">")
OTHER_FRAMES = ("STO", "EOP", "ION")  # records of RINEX 4 that are no ephemerides
LAST_CODE = {"G": 63, "R": 63, "E": 63, "C": 63, "J": 63, "I": 63, "S": 99}  # largest number of a satellite
MOST_TOLD = 20


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Records found in a file.

    Attributes
    ----------
    row : (K,) int
        Line of the epoch; in RINEX 4 the one after ``>``.
    satellite, kind : (K,) str
        Name of the satellite and type of message.
    count : (K,) int
        Lines that follow the epoch line.
    others : tuple of (int, str, str, str)
        Records of RINEX 4 that are no ephemerides: line after ``>``, "STO", "EOP" or "ION", satellite or letter of a
        system, message.
    """

    row: Whole
    satellite: Texts
    kind: Texts
    count: Whole
    others: tuple[tuple[int, str, str, str], ...] = ()

    def of(self, systems: frozenset[str]) -> Records:
        """Records of chosen systems, by their letters."""
        chosen = np.array([name[0] in systems for name in self.satellite.tolist()], dtype=bool)
        return replace(
            self,
            row=self.row[chosen],
            satellite=self.satellite[chosen],
            kind=self.kind[chosen],
            count=self.count[chosen],
            others=tuple(other for other in self.others if other[2][:1] in systems),
        )


def find_records(lines: Lines, header: NavigationHeader, log: FaultLog) -> Records:
    """Records of a file of any version; those cut short or of an unknown kind are faults.

    Parameters
    ----------
    lines : Lines
        The file.
    header : NavigationHeader
        Its header.
    log : FaultLog
        Takes what could not be used.

    Returns
    -------
    Records
    """
    body = np.arange(header.first_line, len(lines))
    body = body[lines.length[body] > 0]
    begin = lines.table(body, 0, 4)
    if header.version >= 4.0:
        found = _of_version_4(lines, body[begin[:, 0] == FRAME], log)
    elif header.version >= 3.0:
        found = _of_version_3(lines, body, begin)
    else:
        found = _of_version_2(lines, body, begin, header.system)
    strange = body[(begin[:, 0] != BLANK) & ~np.isin(body, found.row)]
    if header.version >= 4.0:  # the line after a frame is its own, known or not
        strange = strange[lines.table(strange, 0, 1)[:, 0] != FRAME]
        strange = strange[lines.table(strange - 1, 0, 1)[:, 0] != FRAME]
    for row in strange[:MOST_TOLD]:
        log.note(int(row) + 1, f"no record begins with {lines.line(int(row))[:12]!r}", "the line was left out")
    if strange.size > MOST_TOLD:
        what = f"{strange.size - MOST_TOLD} more lines that are no record"
        log.note(int(strange[MOST_TOLD]) + 1, what, "they were left out", count=strange.size - MOST_TOLD)
    shift = 1 if header.version < 3.0 else 0
    return _whole_records(lines, found, shift, log)


def _of_version_3(lines: Lines, body: Whole, begin: NDArray[np.uint8]) -> Records:
    number = whole_numbers(begin[:, 1:3])
    starts = np.isin(begin[:, 0], LETTERS) & (number > 0) & (begin[:, 3] == BLANK)
    letters = [chr(code) for code in begin[starts, 0]]
    return _legacy(lines, body[starts], letters, number[starts])


def _of_version_2(lines: Lines, body: Whole, begin: NDArray[np.uint8], system: str) -> Records:
    number = whole_numbers(begin[:, :2])
    starts = (number > 0) & (begin[:, 1] != BLANK) & (begin[:, 2] == BLANK)
    return _legacy(lines, body[starts], [system] * int(starts.sum()), number[starts])


def _legacy(lines: Lines, rows: Whole, letters: list[str], number: Whole) -> Records:
    number = np.where((np.array(letters) == "S") & (number > 100), number - 100, number) if letters else number
    satellites = [f"{letter}{code:02d}" for letter, code in zip(letters, number.tolist(), strict=True)]
    kinds = [
        "D2" if letter == "C" and code in BEIDOU_GEOSTATIONARY else LEGACY_KINDS[letter]
        for letter, code in zip(letters, number.tolist(), strict=True)
    ]
    count = np.array([lines_after_epoch(*key) for key in zip(letters, kinds, strict=True)], dtype=np.int64)
    found = Records(rows, np.array(satellites, dtype="<U3"), np.array(kinds, dtype="<U4"), count)
    return replace(found, count=_length_of_state_records(lines, found))


def _length_of_state_records(lines: Lines, found: Records) -> Whole:
    """Records of GLONASS have a fourth line from RINEX 3.05 on, and files before that in later versions' clothes."""
    count = found.count.copy()
    states = np.flatnonzero(found.kind == "FDMA")
    fourth = found.row[states] + count[states]
    there = fourth < len(lines)
    first = np.full(states.size, 0, dtype=np.uint8)
    first[there] = lines.table(fourth[there], 0, 1)[:, 0]
    follows = (first == BLANK) & there
    follows[there] &= lines.length[fourth[there]] > 0
    count[states] -= ~follows
    return count


def _of_version_4(lines: Lines, rows: Whole, log: FaultLog) -> Records:
    row, satellite, kind, others = [], [], [], []
    unknown: dict[str, int] = {}
    for at in rows.tolist():
        words = lines.line(at)[1:].split()
        frame, name, message = [*words, "", "", ""][:3]
        of_system = frame in OTHER_FRAMES and len(name) == 1  # "> ION G LNAV": a system says it, not one satellite
        if name[:1] not in LAST_CODE or not (of_system or (len(name) == 3 and name[1:].isdigit())):
            log.note(at + 1, f"{lines.line(at)[:20]!r} names no satellite", "the record was left out")
        elif frame == "EPH" and (name[0], message) in LAYOUTS:
            if at + 1 < len(lines) and lines.line(at + 1)[:3] != name:
                log.note(at + 2, f"a record of {name} begins {lines.line(at + 1)[:3]!r}", "it was left out")
                continue
            row.append(at + 1)
            satellite.append(name)
            kind.append(message)
        elif frame in OTHER_FRAMES:
            others.append((at + 1, frame, name, message))
        else:
            unknown.setdefault(f"{frame} {name[0]} {message}", at + 1)
    for what, line in unknown.items():
        log.note(line, f"records {what} are of a type that is not known here", "they were left out")
    count = [lines_after_epoch(name[0], message) for name, message in zip(satellite, kind, strict=True)]
    found = Records(
        np.array(row, dtype=np.int64),
        np.array(satellite, dtype="<U3"),
        np.array(kind, dtype="<U4"),
        np.array(count, dtype=np.int64),
        tuple(others),
    )
    return replace(found, count=_length_of_state_records(lines, found))


def _whole_records(lines: Lines, found: Records, shift: int, log: FaultLog) -> Records:
    """Records all of whose lines are there."""
    last = found.row + found.count
    good = last < len(lines)
    for line in range(1, int(found.count.max(initial=0)) + 1):
        concerned = np.flatnonzero(good & (found.count >= line))
        at = found.row[concerned] + line
        good[concerned] &= (lines.table(at, 0, 1)[:, 0] == BLANK) & (lines.length[at] > 0)
    if lines.ends_in_a_number(shift):
        good &= last < len(lines) - 1
    elif not lines.whole:
        log.note(len(lines), "the last line has no line end", "the file may be cut; what is whole was read")
    for row, satellite in zip(found.row[~good].tolist(), found.satellite[~good].tolist(), strict=True):
        log.note(row + 1, f"the record of {satellite} is cut short", "it was left out")
    codes = np.array([int(name[1:]) <= LAST_CODE[name[0]] for name in found.satellite.tolist()], dtype=bool)
    for row, satellite in zip(found.row[~codes].tolist(), found.satellite[~codes].tolist(), strict=True):
        log.note(row + 1, f"there is no satellite {satellite}", "its record was left out")
    good &= codes
    return replace(
        found, row=found.row[good], satellite=found.satellite[good], kind=found.kind[good], count=found.count[good]
    )
