"""Lines of ANTEX files."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.antex_file import Antenna, AntennaFile, AntennaPattern
from moonstead.formats.gnss_faults import FaultLog
from moonstead.formats.gnss_time import gpst_from_civil

Array = NDArray[np.float64]

MILLIMETRE = 1e-3  # [m]
LABEL = 60  # column in which labels begin
FARTHEST_OFFSET = 20.0  # [m] no antenna's phase centre is farther from its reference point


SAID = ("METH / BY / # / DATE", "DAZI", "ZEN1 / ZEN2 / DZEN", "VALID FROM", "VALID UNTIL", "SINEX CODE")


class _Refused(ValueError):
    """A block that can not be used: line and what is wrong."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


def parse_antex(text: bytes, path: str, types: set[str] | None) -> AntennaFile:
    """Antennas of an ANTEX text.

    Parameters
    ----------
    text : bytes
        The file, unpacked, line ends single line feeds.
    path : str
        Its name, for messages.
    types : set of str or None
        Receiver antennas that are wanted (upper case); None for all.

    Returns
    -------
    AntennaFile

    Raises
    ------
    FormatError
        It is no ANTEX file, or has no antenna that can be used.

    Source
    ------
    As `AntennaFile`.
    """
    log = FaultLog(path)
    lines = text.decode("latin-1").split("\n")
    if "ANTEX VERSION" not in lines[0]:
        raise log.refusal("this is no ANTEX file: it does not begin with ANTEX VERSION / SYST", "give an ANTEX file", 1)
    version = _number(lines[0][:8])
    absolute, reference, comments = True, "", []
    starts = []
    in_head = True
    for number, line in enumerate(lines):
        label = line[LABEL : LABEL + 20].rstrip()
        if label == "START OF ANTENNA":
            starts.append(number)
        elif in_head and label == "PCV TYPE / REFANT":
            absolute, reference = line[:1] != "R", line[20:40].strip()
        elif in_head and label == "COMMENT":
            comments.append(line[:LABEL].rstrip())
        elif label == "END OF HEADER":
            in_head = False
    if in_head:
        log.note(0, "the head has no end (END OF HEADER)", "antennas were read all the same")
    antennas = []
    for start, stop in pairwise([*starts, len(lines)]):
        try:
            antenna = _antenna(lines, start, stop, types, log)
        except _Refused as refused:
            log.note(refused.line + 1, str(refused), "the antenna was left out")
            continue
        if antenna is not None:
            antennas.append(antenna)
    if not antennas and types is None:
        raise log.refusal("the file has no antenna that can be used", "fetch the file again")
    return AntennaFile(version, absolute, reference, tuple(antennas), tuple(comments), log.faults)


def _antenna(lines: list[str], start: int, stop: int, types: set[str] | None, log: FaultLog) -> Antenna | None:
    """Antenna of the lines from START OF ANTENNA on; None where it is not wanted."""
    said: dict[str, str] = {}
    patterns: dict[str, AntennaPattern] = {}
    grid: tuple[Array, int] | None = None
    number = start + 1
    while number < stop:
        line = lines[number]
        label = line[LABEL : LABEL + 20].rstrip()
        if label == "END OF ANTENNA":
            break
        if label == "TYPE / SERIAL NO":
            said[label] = line
            if types is not None and not line[40:44].strip() and line[:15].strip().upper() not in types:
                return None
        elif label == "START OF FREQUENCY":
            if grid is None:
                grid = _grid(said, number)
            frequency = line[3:6].strip()
            pattern, number = _pattern(lines, number + 1, stop, frequency, grid)
            patterns[frequency] = pattern
        elif label in SAID:
            said[label] = line
        elif label not in ("START OF ANTENNA", "COMMENT", "# OF FREQUENCIES") and line.strip():
            raise _Refused(number, f"the label {label or line[:20]!r} is unknown")
        number += 1
    else:
        log.note(start + 1, "the antenna has no end (END OF ANTENNA)", "what is there was read")
    if "TYPE / SERIAL NO" not in said:
        raise _Refused(start, "the antenna has no TYPE / SERIAL NO")
    if not patterns:
        raise _Refused(start, f"the antenna {said['TYPE / SERIAL NO'][:20].strip()} has no frequency that can be used")
    name = said["TYPE / SERIAL NO"].ljust(LABEL)
    of_satellite = bool(name[40:44].strip()) and len(name[20:40].strip()) == 3
    calibrated = said.get("METH / BY / # / DATE", "").ljust(LABEL)
    return Antenna(
        type=name[:20].strip() if of_satellite else name[:16].strip(),
        radome="" if of_satellite else name[16:20].strip() or "NONE",
        serial="" if of_satellite else name[20:40].strip(),
        satellite=name[20:40].strip() if of_satellite else "",
        vehicle=name[40:50].strip() if of_satellite else "",
        launch=name[50:60].strip() if of_satellite else "",
        begin=_date(said.get("VALID FROM"), float("-inf"), start),
        end=_date(said.get("VALID UNTIL"), float("inf"), start),
        patterns=patterns,
        method=calibrated[:20].strip(),
        agency=calibrated[20:40].strip(),
        date=calibrated[50:60].strip(),
        model=said.get("SINEX CODE", "")[:10].strip(),
    )


def _grid(said: dict[str, str], number: int) -> tuple[Array, int]:
    """Zenith angles [rad], and the number of azimuths."""
    line = said.get("ZEN1 / ZEN2 / DZEN")
    if line is None:
        raise _Refused(number, "the antenna has no ZEN1 / ZEN2 / DZEN")
    first, last, step = (_number(line[k : k + 6]) for k in (2, 8, 14))
    if not (0.0 <= first < last <= 180.0 and 0.0 < step <= last - first):
        raise _Refused(number, f"the grid of zenith angles is none: {line[:LABEL].strip()}")
    count = round((last - first) / step) + 1
    azimuth_step = _number(said.get("DAZI", "     0.0")[2:8])
    azimuths = round(360.0 / azimuth_step) + 1 if azimuth_step > 0.0 else 0
    return np.radians(first + step * np.arange(count)), azimuths


def _pattern(
    lines: list[str], number: int, stop: int, frequency: str, grid: tuple[Array, int]
) -> tuple[AntennaPattern, int]:
    """Pattern of the lines behind START OF FREQUENCY, and the line it ends in."""
    zenith, azimuths = grid
    offset: Array | None = None
    mean: Array | None = None
    rows: list[Array] = []
    while number < stop:
        line = lines[number]
        label = line[LABEL : LABEL + 20].rstrip()
        if label in ("END OF FREQUENCY", "END OF ANTENNA", "START OF FREQUENCY", "START OF ANTENNA"):
            number -= label != "END OF FREQUENCY"  # the block has no end: the next one begins here
            break
        if label == "NORTH / EAST / UP":
            offset = np.array([_number(line[k : k + 10]) for k in (0, 10, 20)]) * MILLIMETRE
        elif line[3:8] == "NOAZI":
            mean = _values(line, zenith.size, number)
        elif offset is not None and line[:8].strip() and label != "COMMENT":
            rows.append(_values(line, zenith.size, number))
        number += 1
    if offset is None or not np.isfinite(offset).all() or np.linalg.norm(offset) > FARTHEST_OFFSET:
        raise _Refused(number, f"{frequency} has no offset (NORTH / EAST / UP) that can be used")
    if rows and (mean is None or not azimuths):
        raise _Refused(number, f"{frequency} has rows of variations that belong to nothing")
    if mean is None:
        mean = np.zeros(zenith.size)  # a block of offsets alone
    table, azimuth = np.zeros((0, 0)), np.zeros(0)
    if azimuths and rows:
        if len(rows) != azimuths:
            raise _Refused(number, f"{frequency} has {len(rows)} rows by azimuth, its step says {azimuths}")
        table, azimuth = np.stack(rows), np.radians(np.linspace(0.0, 360.0, azimuths))
    return AntennaPattern(frequency, offset, zenith, mean, azimuth, table), number


def _values(line: str, count: int, number: int) -> Array:
    """`count` values [m] behind the first eight columns."""
    words = line[8:].split()
    if len(words) != count:  # values of eight columns that touch each other
        words = [line[8 + 8 * k : 16 + 8 * k] for k in range(count)]
    try:
        values = np.array([float(word) for word in words])
    except ValueError:
        raise _Refused(number, f"the pattern has no {count} values in line {number + 1}") from None
    if not np.isfinite(values).all():
        raise _Refused(number, "a value of the pattern is not finite")
    return values * MILLIMETRE


def _date(line: str | None, otherwise: float, number: int) -> float:
    if line is None:
        return otherwise
    words = line[:LABEL].split()
    try:
        year, month, day, hour, minute = (int(word) for word in words[:5])
        gpst = float(gpst_from_civil(year, month, day, hour, minute, float(words[5]) if len(words) > 5 else 0.0)[0])
    except ValueError:
        gpst = float("nan")
    if not np.isfinite(gpst):
        raise _Refused(number, f"the span has no date: {line[:LABEL].strip()}")
    return gpst


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
