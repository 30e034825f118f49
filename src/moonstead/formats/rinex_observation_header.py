"""Headers of RINEX observation files, at the start of a file and inside of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.gnss_faults import FaultLog
from moonstead.formats.rinex2_codes import modern_codes
from moonstead.formats.rinex_observation_contents import PhaseShift

SYSTEMS = "GRECJIS"
LABEL = slice(60, 80)
MOST_HEADER_LINES = 20_000  # comments of merged files included; more is no header
MOST_TYPES = 400  # of one system
CODE = re.compile(r"[CLDSXI][0-9][A-Z ]?")
OLD_CODE = re.compile(r"(?:[CPLDST][0-9]|[CLDS][A-D])")
TIME_SYSTEMS = {"G": "GPS", "R": "GLO", "E": "GAL", "C": "BDT", "J": "QZS", "I": "IRN", "S": "GPS", "M": "GPS"}
VERSION = re.compile(r"\s*([234]\.\d{1,2})\s*")


@dataclass(slots=True)
class Header:
    """Header of an observation file while it is read.

    Attributes
    ----------
    version, marker, marker_number, agency, receiver, antenna, time_system : str or tuples of str
        As in `ObservationFile`.
    antenna_delta_hen, approximate_position : (3,) [m]
        As in `ObservationFile`.
    interval : float [s]
        NaN where the header has none.
    receiver_clock_applied, glonass_channels, phase_shifts : bool, dict, list
        As in `ObservationFile`.
    leap_seconds : int or None [s]
        GPST - UTC.
    types : dict of str to list of str
        Codes by system letter as they stand in the file; of version 2 under ``""`` for all systems.
    old_order : bool
        Whether the file is of version 2.
    file_system : str
        Letter of column 41, ``M`` for mixed.
    scales : dict of (str, str) to float [1]
        Factor that values of a system and code were multiplied by; code ``""`` for all.
    first, last : tuple of 6 numbers or None [mixed]
        Date and clock of TIME OF FIRST OBS and TIME OF LAST OBS.
    lines : int
        Lines of the header.
    """

    version: str = ""
    file_system: str = "M"
    marker: str = ""
    marker_number: str = ""
    agency: str = ""
    receiver: tuple[str, str, str] = ("", "", "")
    antenna: tuple[str, str, str] = ("", "", "")
    antenna_delta_hen: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))
    approximate_position: NDArray[np.float64] | None = None
    interval: float = np.nan
    time_system: str = ""
    first: tuple[float, ...] | None = None
    last: tuple[float, ...] | None = None
    receiver_clock_applied: bool = False
    types: dict[str, list[str]] = field(default_factory=dict)
    scales: dict[tuple[str, str], float] = field(default_factory=dict)
    glonass_channels: dict[str, int] = field(default_factory=dict)
    phase_shifts: list[PhaseShift] = field(default_factory=list)
    leap_seconds: int | None = None
    lines: int = 0
    _wanted: dict[str, int] = field(default_factory=dict)
    _system: str = ""
    _shift: tuple[str, str, float, int] = ("", "", np.nan, 0)
    _scale: tuple[str, float, int] = ("", 1.0, 0)

    @property
    def old_order(self) -> bool:
        """Whether the file is of version 2."""
        return self.version.startswith("2")

    def codes(self, system: str) -> list[str]:
        """Observation codes of RINEX 3 of a system, one for each field; empty text for a field without meaning."""
        if self.old_order:
            return modern_codes(system, self.types.get("", []))
        codes = self.types.get(system, [])
        if self.version == "3.02" and system == "C":  # the only version that counts B1I as band 1
            return [code[0] + "2" + code[2] if code[1:] in ("1I", "1Q", "1X") else code for code in codes]
        return codes


def read_header(text: bytes, log: FaultLog) -> tuple[Header, int]:
    """Header of an observation file, and where its data begin.

    Parameters
    ----------
    text : bytes
        The file.
    log : FaultLog
        Takes the faults.

    Returns
    -------
    Header, int [bytes]
        The header and the place after it.

    Raises
    ------
    FormatError
        This is no observation file of RINEX 2 to 4, or its header has no end or no observation types.

    Source
    ------
    RINEX 2.11 (Gurtner & Estey 2007), table A1; RINEX 4.02 (IGS/RTCM 2024), table A2.
    """
    first = text[: text.find(b"\n") if b"\n" in text else len(text)].decode("latin-1")
    if first[LABEL].strip() != "RINEX VERSION / TYPE":
        raise log.refusal(
            "the first line is no RINEX VERSION / TYPE", "give a RINEX observation file, or restore its header", 1
        )
    match = VERSION.fullmatch(first[:20])
    if match is None:
        raise log.refusal(f"RINEX version {first[:20].strip()!r}", "versions 2, 3 and 4 are known", 1)
    if first[20:21].upper() != "O":
        raise log.refusal(f"the file is of type {first[20:40].strip()!r}", "give an observation file (type O)", 1)
    header = Header(version=match[1], file_system=first[40:41].strip().upper() or "G")
    at, line = 0, 0
    while at < len(text):
        stop = text.find(b"\n", at)
        stop = len(text) if stop < 0 else stop
        record = text[at:stop].decode("latin-1")
        at, line = stop + 1, line + 1
        if record[LABEL].strip() == "END OF HEADER":
            break
        if line > MOST_HEADER_LINES:
            raise log.refusal(f"no END OF HEADER within {MOST_HEADER_LINES} lines", "restore the header")
        read_header_line(header, record, line, log)
    else:
        raise log.refusal("the header has no END OF HEADER", "fetch the file again, or restore the header")
    header.lines = line
    finish_types(header, line, log)
    if not any(header.types.values()):
        raise log.refusal("the header names no observation types", "restore its header")
    if not header.time_system:
        header.time_system = TIME_SYSTEMS.get(header.file_system, "GPS")
        if header.file_system == "M":
            log.note(0, "the header names no time system", "clock readings are taken as GPS time")
    return header, min(at, len(text))


def read_header_line(header: Header, record: str, line: int, log: FaultLog) -> None:
    """Take one header line into the header; what it says wrongly becomes a fault.

    Parameters
    ----------
    header : Header
        Changed.
    record : str
        The line.
    line : int
        Its number.
    log : FaultLog
        Takes the faults.
    """
    take = TAKERS.get(record[LABEL].strip())
    if take is None:
        return
    try:
        take(header, record[:60])
    except (ValueError, IndexError):
        log.note(line, f"header line {record[LABEL].strip()} cannot be read", "it is left out")


def finish_types(header: Header, line: int, log: FaultLog) -> None:
    """Note where a header lists other than as many observation types as it counts.

    Parameters
    ----------
    header : Header
        The header.
    line : int
        Of its end.
    log : FaultLog
        Takes the faults.
    """
    for system, wanted in header._wanted.items():
        listed = len(header.types[system])
        if listed != wanted:
            whose = f"of {system} " if system else ""
            log.note(line, f"{wanted} observation types {whose}are counted, {listed} listed", "those listed are read")


def _words(body: str, start: int, width: int, count: int) -> list[str]:
    return [body[start + width * n : start + width * (n + 1)].strip() for n in range(count)]


def _version_3_types(header: Header, body: str) -> None:
    if body[:1].strip():
        system, count = body[0], int(body[3:6])
        if system not in SYSTEMS:
            raise ValueError(system)
        header._system = system
        header._wanted[system] = count
        header.types[system] = []
    codes = [word for word in _words(body, 6, 4, 13) if word]
    if not header._system or not all(CODE.fullmatch(code) for code in codes):
        raise ValueError(body)
    room = min(header._wanted[header._system], MOST_TYPES) - len(header.types[header._system])
    header.types[header._system] += codes[: max(room, 0)]


def _version_2_types(header: Header, body: str) -> None:
    if body[:6].strip():
        header._wanted[""] = int(body[:6])
        header.types[""] = []
    codes = [word for word in _words(body, 6, 6, 9) if word]
    if not all(OLD_CODE.fullmatch(code) for code in codes):
        raise ValueError(body)
    room = min(header._wanted[""], MOST_TYPES) - len(header.types[""])
    header.types[""] += codes[: max(room, 0)]


def _three(body: str, width: int = 14) -> NDArray[np.float64]:
    values = np.array([float(word) for word in _words(body, 0, width, 3)])
    if not np.all(np.isfinite(values)):
        raise ValueError(body)
    return values


def _position(header: Header, body: str) -> None:
    position = _three(body)
    header.approximate_position = position if np.any(position) else None


def _delta(header: Header, body: str) -> None:
    header.antenna_delta_hen = _three(body)


def _interval(header: Header, body: str) -> None:
    interval = float(body[:10])
    header.interval = interval if 0.0 < interval < np.inf else np.nan


def _first(header: Header, body: str) -> None:
    system = body[48:51].strip().upper()
    if system:
        if system not in TIME_SYSTEMS.values():
            raise ValueError(system)
        header.time_system = system
    header.first = _reading(body)


def _last(header: Header, body: str) -> None:
    header.last = _reading(body)


def _reading(body: str) -> tuple[float, ...]:
    return (*(float(int(word)) for word in _words(body, 0, 6, 5)), float(body[30:43]))


def _leap(header: Header, body: str) -> None:
    header.leap_seconds = int(body[:6]) + (14 if body[24:27] == "BDS" else 0)


def _slots(header: Header, body: str) -> None:
    for word in _words(body, 4, 7, 8):
        if word:
            satellite, channel = word[:3].replace(" ", "0"), int(word[3:])
            if satellite[0] != "R" or not satellite[1:].isdigit() or not -7 <= channel <= 13:
                raise ValueError(word)
            header.glonass_channels[satellite] = channel


def _satellites(body: str, start: int, count: int) -> tuple[str, ...]:
    return tuple(word.replace(" ", "0") for word in _words(body, start, 4, count) if word)


def _shift(header: Header, body: str) -> None:
    if body[:1].strip():
        correction = body[6:14].strip()
        value = float(correction) if correction else np.nan
        header._shift = (body[0], body[2:5].strip(), value, len(header.phase_shifts))
        header.phase_shifts.append(PhaseShift(body[0], body[2:5].strip(), value, _satellites(body, 18, 10)))
        return
    system, code, value, place = header._shift
    if header.phase_shifts:
        before = header.phase_shifts[place].satellites
        header.phase_shifts[place] = PhaseShift(system, code, value, before + _satellites(body, 18, 10))


def _scale(header: Header, body: str) -> None:
    if body[:1].strip():
        count = body[8:10].strip()
        header._scale = (body[0], float(int(body[2:6])), int(count) if count else 0)
        if header._scale[1] not in (1.0, 10.0, 100.0, 1000.0):
            raise ValueError(body)
    system, factor, listed = header._scale
    if listed == 0:
        header.scales[system, ""] = factor
    for code in _words(body, 10, 4, 12):
        if code:
            header.scales[system, code] = factor


def _named(name: str, start: int, stop: int) -> Callable[[Header, str], None]:
    def take(header: Header, body: str) -> None:
        setattr(header, name, body[start:stop].strip())

    return take


def _receiver(header: Header, body: str) -> None:
    header.receiver = (body[:20].strip(), body[20:40].strip(), body[40:60].strip())


def _antenna(header: Header, body: str) -> None:
    header.antenna = (body[20:36].strip(), body[36:40].strip(), body[:20].strip())


def _applied(header: Header, body: str) -> None:
    header.receiver_clock_applied = bool(int(body[:6]))


TAKERS = {
    "MARKER NAME": _named("marker", 0, 60),
    "MARKER NUMBER": _named("marker_number", 0, 20),
    "OBSERVER / AGENCY": _named("agency", 20, 60),
    "REC # / TYPE / VERS": _receiver,
    "ANT # / TYPE": _antenna,
    "APPROX POSITION XYZ": _position,
    "ANTENNA: DELTA H/E/N": _delta,
    "SYS / # / OBS TYPES": _version_3_types,
    "# / TYPES OF OBSERV": _version_2_types,
    "INTERVAL": _interval,
    "TIME OF FIRST OBS": _first,
    "TIME OF LAST OBS": _last,
    "RCV CLOCK OFFS APPL": _applied,
    "SYS / SCALE FACTOR": _scale,
    "SYS / PHASE SHIFT": _shift,
    "SYS / PHASE SHIFTS": _shift,
    "GLONASS SLOT / FRQ #": _slots,
    "LEAP SECONDS": _leap,
}
