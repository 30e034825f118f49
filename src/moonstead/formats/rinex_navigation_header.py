"""The header of a RINEX navigation file: version, ionosphere, offsets of system times, leap seconds."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from moonstead.formats.gnss_faults import FaultLog
from moonstead.formats.gnss_time import BDT_WEEK, GPST_MINUS_BDT, SECONDS_PER_WEEK

_LABEL = 60  # column where the label of a header line begins
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[EeDd][-+]?\d+)?")
# Letters of the file's type on the first line of RINEX 2, and the system it holds.
TYPES_OF_VERSION_2 = {"N": "G", "G": "R", "H": "S"}
IONOSPHERE_VALUES = {"GAL": 3}  # others have 4
NAVIC_WEEK = 1024  # GPS week of 1999-08-22, the start of NavIC weeks


@dataclass(frozen=True, slots=True)
class TimeCorrection:
    """Offset of one time scale from another: a0 + a1 (t - reference) + a2 (t - reference)^2.

    Attributes
    ----------
    kind : str
        As RINEX names it: "GPUT" is GPS time less UTC (fractions of a second; leap seconds are apart), "GLUT", "GAUT",
        "BDUT", "QZUT", "IRUT", "SBUT" the same of other systems; "GAGP" Galileo less GPS, "GLGP" ...
    a0, a1, a2 : float [s, s/s, s/s2]
        Polynomial.
    reference : float [s of GPST]
        Time at which it is a0; NaN where the file does not say (the offset is constant then).
    satellite : str
        Who sent it; empty where the file does not say.
    utc : str
        Which realisation of UTC, as the file says it.
    """

    kind: str
    a0: float
    a1: float
    reference: float
    a2: float = 0.0
    satellite: str = ""
    utc: str = ""


@dataclass(frozen=True, slots=True)
class IonosphereModel:
    """Parameters of a broadcast model of the ionosphere.

    Attributes
    ----------
    kind : str
        "GPSA", "GPSB" (Klobuchar's alpha and beta), "BDSA", "BDSB", "QZSA", "QZSB", "IRNA", "IRNB" the same of other
        systems; "GAL" NeQuick-G; "BDGIM".
    values : tuple of float [as in the file]
        Klobuchar: 4, in s, s/semicircle ...; NeQuick: 3, in solar flux units; BDGIM: 9, in TECU.
    satellite : str
        Who sent it; empty where the file does not say.
    gpst : float [s of GPST]
        When it was sent; NaN where the file does not say.
    """

    kind: str
    values: tuple[float, ...]
    satellite: str = ""
    gpst: float = math.nan


@dataclass(slots=True)
class NavigationHeader:
    """What stands before "END OF HEADER".

    Attributes
    ----------
    version : float [1]
        Of RINEX.
    system : str
        Letter of the one system that the file holds; "M" where it may hold several.
    ionosphere : list of IonosphereModel
    time_corrections : list of TimeCorrection
    leap_seconds : int or None [s]
        GPS time less UTC.
    first_line : int
        Row of the first line after the header.
    """

    version: float
    system: str
    ionosphere: list[IonosphereModel] = field(default_factory=list)
    time_corrections: list[TimeCorrection] = field(default_factory=list)
    leap_seconds: int | None = None
    first_line: int = 0


def read_header(lines: Sequence[str], log: FaultLog) -> NavigationHeader:
    """Header of a navigation file.

    Parameters
    ----------
    lines : sequence of str
        The first lines of the file, "END OF HEADER" among them.
    log : FaultLog
        Takes what could not be used.

    Returns
    -------
    NavigationHeader

    Raises
    ------
    FormatError
        The file is no RINEX navigation file, or its header does not end.
    """
    header = _first_line(lines[0] if lines else "", log)
    for row, line in enumerate(lines[1:], start=1):
        label = line[_LABEL:].strip()
        if label == "END OF HEADER":
            header.first_line = row + 1
            return header
        try:
            _READERS.get(label, _ignored)(line, header)
        except ValueError as error:
            log.note(row + 1, f"{label}: {error}", "the line was left out")
    raise log.refusal("the header has no END OF HEADER", "the file is cut or no RINEX; fetch it again", 1)


def _first_line(line: str, log: FaultLog) -> NavigationHeader:
    if line[_LABEL:].strip() != "RINEX VERSION / TYPE":
        raise log.refusal("no RINEX file: its first line has no RINEX VERSION / TYPE", "give a RINEX file", 1)
    try:
        version = float(line[:9])
    except ValueError:
        raise log.refusal(f"no version of RINEX in {line[:20]!r}", "versions 2 to 4 are read", 1) from None
    kind = line[20:21].upper()
    if not 2.0 <= version < 5.0:
        raise log.refusal(f"RINEX version {version:g}", "versions 2 to 4 are read", 1)
    if version < 3.0:
        if kind not in TYPES_OF_VERSION_2:
            known = ", ".join(TYPES_OF_VERSION_2)
            raise log.refusal(f"RINEX 2 file of type {kind!r}", f"types {known} are navigation files", 1)
        return NavigationHeader(version, TYPES_OF_VERSION_2[kind])
    if kind != "N":
        remedy = "read observations with read_observations" if kind == "O" else "give a navigation file"
        raise log.refusal(f"RINEX file of type {kind!r}, no navigation file", remedy, 1)
    return NavigationHeader(version, line[40:41].strip().upper() or "M")


def _ignored(line: str, header: NavigationHeader) -> None:
    """Leave a line alone that says nothing about satellites."""


def _ionosphere(line: str, header: NavigationHeader) -> None:
    kind = line[:4].strip()
    values = _numbers(line[5:53], IONOSPHERE_VALUES.get(kind, 4))
    satellite = line[56:58].strip()
    letter = {"BDS": "C", "QZS": "J", "IRN": "I", "GPS": "G", "GAL": "E"}.get(kind[:3], "")
    name = f"{letter}{int(satellite):02d}" if satellite.isdigit() and letter else ""
    header.ionosphere.append(IonosphereModel(kind, values, name))


def _ionosphere_2(kind: str, line: str, header: NavigationHeader) -> None:
    header.ionosphere.append(IonosphereModel(kind, _numbers(line[2:50], 4)))


def _time_correction(line: str, header: NavigationHeader) -> None:
    kind = line[:4].strip()
    found = _NUMBER.findall(line[5:38])
    if len(found) < 2:
        raise ValueError(f"two numbers are needed, {line[5:38]!r} has {len(found)}")
    second, week = (_whole(line[38:45]), _whole(line[45:50]))
    header.time_corrections.append(
        TimeCorrection(
            kind, _float(found[0]), _float(found[1]), reference_time(kind, week, second), 0.0, line[51:56].strip(), ""
        )
    )


def _time_correction_2(kind: str, line: str, header: NavigationHeader) -> None:
    a0, a1 = _numbers(line[3:41], 2)
    second, week = _whole(line[41:50]), _whole(line[50:59])
    header.time_corrections.append(TimeCorrection(kind, a0, a1, reference_time(kind, week, second)))


def _glonass_correction_2(line: str, header: NavigationHeader) -> None:
    header.time_corrections.append(TimeCorrection("GLUT", _numbers(line[21:40], 1)[0], 0.0, math.nan))


def _leap_seconds(line: str, header: NavigationHeader) -> None:
    count = _whole(line[:6])
    if not 0 < count < 100:
        raise ValueError(f"{line[:6]!r} is no count of leap seconds")
    # BeiDou counts from 2006, when there were 14
    header.leap_seconds = count + GPST_MINUS_BDT if line[24:27] == "BDS" else count


def reference_time(kind: str, week: int, second: int) -> float:
    """GPS time of the week and second that a time correction names.

    Parameters
    ----------
    kind : str
        Such as "GPUT"; says whose weeks they are.
    week, second : int [1], [s]
        As the file writes them.

    Returns
    -------
    float [s of GPST]
        NaN where the week is 0 or not given.
    """
    if week <= 0:
        return math.nan
    if kind.startswith("BD"):
        return (week + BDT_WEEK) * SECONDS_PER_WEEK + second + GPST_MINUS_BDT
    if kind.startswith("IR"):
        return float((week + NAVIC_WEEK) * SECONDS_PER_WEEK + second)
    return float(week * SECONDS_PER_WEEK + second)


def _numbers(text: str, count: int) -> tuple[float, ...]:
    found = _NUMBER.findall(text)
    if len(found) < count:
        raise ValueError(f"{count} numbers are needed, {text!r} has {len(found)}")
    return tuple(_float(number) for number in found[:count])


def _float(text: str) -> float:
    value = float(text.replace("D", "E").replace("d", "e"))
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is too large")
    return value


def _whole(text: str) -> int:
    return int(text) if text.strip() else 0


_READERS = {
    "IONOSPHERIC CORR": _ionosphere,
    "TIME SYSTEM CORR": _time_correction,
    "LEAP SECONDS": _leap_seconds,
    "ION ALPHA": lambda line, header: _ionosphere_2("GPSA", line, header),
    "ION BETA": lambda line, header: _ionosphere_2("GPSB", line, header),
    "DELTA-UTC: A0,A1,T,W": lambda line, header: _time_correction_2("GPUT", line, header),
    "CORR TO SYSTEM TIME": _glonass_correction_2,
    "D-UTC A0,A1,T,W,S,U": lambda line, header: _time_correction_2("SBUT", line, header),
}
