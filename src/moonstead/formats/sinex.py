"""Coordinates of stations, and what stands on them, in SINEX files."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.gnss_faults import Fault, FaultLog
from moonstead.formats.gnss_files import unpack
from moonstead.formats.gnss_time import gpst_from_civil
from moonstead.foundation.errors import MissingData

Array = NDArray[np.float64]

SECONDS_PER_YEAR = 365.25 * 86_400.0  # [s] Julian year, of velocities
FIRST_TWO_DIGITS = 51  # years below it are of this century, as the format says
LENGTHS = {"STAX": 0, "STAY": 1, "STAZ": 2}
RATES = {"VELX": 0, "VELY": 1, "VELZ": 2}
TO_METRES = {"m": 1.0, "dm": 0.1, "cm": 0.01, "mm": 0.001}


@dataclass(frozen=True, slots=True, eq=False)
class StationSolution:
    """Coordinates of one point in one span.

    Attributes
    ----------
    code, point, solution : str
        Four letters of the site ("NYA1"), point ("A") and number of the solution ("2").
    position : (3,) [m]
        ITRF at `epoch`; NaN where a component is missing.
    sigma : (3,) [m]
        Standard deviations as the file gives them.
    velocity : (3,) [m/s]
        NaN where the file has none.
    epoch : float [s GPST past 1980-01-06]
        To which the position belongs.
    begin, end : float [s GPST past 1980-01-06]
        Span of the data; infinite where the file does not tell.
    """

    code: str
    point: str
    solution: str
    position: Array
    sigma: Array
    velocity: Array
    epoch: float
    begin: float
    end: float

    def at(self, gpst: float) -> Array:
        """Position on a date, moved by the velocity where there is one.

        Parameters
        ----------
        gpst : float [s GPST past 1980-01-06]
            The date.

        Returns
        -------
        (3,) [m]
            Without velocity, the position as it stands: stations move by 1 to 10 cm a year.
        """
        rate = np.where(np.isfinite(self.velocity), self.velocity, 0.0)
        return self.position + rate * (gpst - self.epoch)


@dataclass(frozen=True, slots=True, eq=False)
class StationEquipment:
    """What stood on a point in a span.

    Attributes
    ----------
    code, point : str
        Of the site.
    begin, end : float [s GPST past 1980-01-06]
        Span; infinite where the file leaves it open.
    kind : str
        "antenna" or "receiver".
    type : str
        Type of the IGS; of antennas without radome.
    radome : str
        Of antennas: four letters.
    serial : str
        Serial number, as far as the file gives it.
    """

    code: str
    point: str
    begin: float
    end: float
    kind: str
    type: str
    radome: str
    serial: str


@dataclass(frozen=True, slots=True, eq=False)
class StationEccentricity:
    """From the marker to the antenna reference point, in a span.

    Attributes
    ----------
    code, point : str
        Of the site.
    begin, end : float [s GPST past 1980-01-06]
        Span; infinite where the file leaves it open.
    axes : str
        "UNE" or "XYZ".
    offset : (3,) [m]
        Up, north, east or x, y, z.
    """

    code: str
    point: str
    begin: float
    end: float
    axes: str
    offset: Array


@dataclass(frozen=True, slots=True, eq=False)
class SinexFile:
    """What a SINEX file says of stations.

    Attributes
    ----------
    solutions : tuple of StationSolution
        In the order of the file.
    domes : dict of str to str
        Site identification number by "CODE POINT".
    descriptions : dict of str to str
        What the file calls the site, by "CODE POINT".
    equipment : tuple of StationEquipment
        Antennas and receivers.
    eccentricities : tuple of StationEccentricity
        From markers to antennas.
    faults : tuple of Fault
        Lines that could not be used.

    Source
    ------
    IERS Message 103, "SINEX: Solution (Software/technique) INdependent EXchange Format Version 2.02", 2006.
    """

    solutions: tuple[StationSolution, ...]
    domes: dict[str, str]
    descriptions: dict[str, str]
    equipment: tuple[StationEquipment, ...]
    eccentricities: tuple[StationEccentricity, ...]
    faults: tuple[Fault, ...] = ()

    def station(self, code: str, gpst: float | None = None) -> StationSolution:
        """Coordinates of a station: those whose data cover the date, else the nearest in time.

        Parameters
        ----------
        code : str
            Four letters, or a long name that begins with them.
        gpst : float [s GPST past 1980-01-06], optional
            The date; without it, the newest.

        Returns
        -------
        StationSolution

        Raises
        ------
        MissingData
            The file has no such station.
        """
        mine = [solution for solution in self.solutions if solution.code == code.strip().upper()[:4]]
        if not mine:
            near = sorted({solution.code for solution in self.solutions})
            raise MissingData(f"the SINEX file has no station {code}; it has {len(near)}: {', '.join(near[:12])} ...")
        if gpst is None:
            return max(mine, key=lambda solution: solution.epoch)
        inside = [solution for solution in mine if solution.begin <= gpst <= solution.end]
        return min(inside or mine, key=lambda solution: abs(solution.epoch - gpst))


def read_sinex(path: str | os.PathLike[str]) -> SinexFile:
    """Stations of a SINEX file, or of a part of one that holds lines of its estimates alone.

    Parameters
    ----------
    path : path
        Plain or packed.

    Returns
    -------
    SinexFile

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        It is no SINEX, or has nothing of stations.
    """
    return parse_sinex(unpack(path), os.fspath(path))


def parse_sinex(text: bytes, path: str) -> SinexFile:
    """Stations of a SINEX text.

    Parameters
    ----------
    text : bytes
        The file, unpacked, line ends single line feeds.
    path : str
        Its name, for messages.

    Returns
    -------
    SinexFile

    Raises
    ------
    FormatError
        It is no SINEX, or has nothing of stations.

    Source
    ------
    As `SinexFile`.
    """
    log = FaultLog(path)
    whole = text.startswith(b"%=SNX")
    if not whole and b"_TYPE_" not in text[:200]:
        raise log.refusal("this is no SINEX file: it does not begin with %=SNX", "give a SINEX file", 1)
    reader = _Reader()
    block = "" if whole else "SOLUTION/ESTIMATE"
    position, number = 0, 0
    while position < len(text):
        stop = text.find(b"\n", position)
        stop = len(text) if stop < 0 else stop
        line = text[position:stop].decode("latin-1")
        position, number = stop + 1, number + 1
        if line.startswith("+"):
            block = line[1:].split()[0] if line[1:].strip() else ""
            if block.startswith("SOLUTION/MATRIX") or block.startswith("SOLUTION/NORMAL_EQUATION_MATRIX"):
                end = text.find(b"\n-SOLUTION", position - 1)  # matrices are most of a file, and none of this
                number += text.count(b"\n", position, max(end, position))
                position = end + 1 if end >= 0 else len(text)
        elif line.startswith("-"):
            block = ""
        elif line.startswith("%ENDSNX"):
            break
        elif line.startswith(" ") and block in reader.blocks:
            try:
                reader.blocks[block](line)
            except (ValueError, IndexError):
                log.note(number, f"the line of {block} can not be read", "it was left out")
    else:
        if whole:
            log.note(0, "the line %ENDSNX is missing, so the file is cut off", "what is there was read")
    solutions = reader.joined()
    if not solutions and not reader.equipment and not reader.eccentricities:
        raise log.refusal("the file says nothing of stations", "give a SINEX file of station coordinates")
    return SinexFile(
        solutions=solutions,
        domes=reader.domes,
        descriptions=reader.descriptions,
        equipment=tuple(reader.equipment),
        eccentricities=tuple(reader.eccentricities),
        faults=log.faults,
    )


class _Reader:
    """Blocks of a file as they are read."""

    def __init__(self) -> None:
        self.solutions: dict[tuple[str, str, str], StationSolution] = {}
        self.spans: dict[tuple[str, str, str], tuple[float, float]] = {}
        self.domes: dict[str, str] = {}
        self.descriptions: dict[str, str] = {}
        self.equipment: list[StationEquipment] = []
        self.eccentricities: list[StationEccentricity] = []
        self.blocks = {
            "SITE/ID": self.site,
            "SITE/ANTENNA": self.antenna,
            "SITE/RECEIVER": self.receiver,
            "SITE/ECCENTRICITY": self.eccentricity,
            "SOLUTION/EPOCHS": self.span,
            "SOLUTION/ESTIMATE": self.estimate,
        }

    def site(self, line: str) -> None:
        key = f"{line[1:5].strip()} {line[6:8].strip()}"
        self.domes[key] = line[9:18].strip()
        self.descriptions[key] = line[21:43].strip()

    def span(self, line: str) -> None:
        self.spans[_key(line)] = (_time(line[16:28], -np.inf), _time(line[29:41], np.inf))

    def antenna(self, line: str) -> None:
        self._equipment(line, "antenna", line[42:58].strip(), line[58:62].strip() or "NONE", line[63:68].strip())

    def receiver(self, line: str) -> None:
        self._equipment(line, "receiver", line[42:62].strip(), "", line[63:68].strip())

    def _equipment(self, line: str, kind: str, type_: str, radome: str, serial: str) -> None:
        begin, end = _time(line[16:28], -np.inf), _time(line[29:41], np.inf)
        code, point = line[1:5].strip(), line[6:8].strip()
        self.equipment.append(StationEquipment(code, point, begin, end, kind, type_, radome, serial))

    def eccentricity(self, line: str) -> None:
        begin, end = _time(line[16:28], -np.inf), _time(line[29:41], np.inf)
        offset = np.array([float(line[k : k + 8]) for k in (46, 55, 64)])
        code, point = line[1:5].strip(), line[6:8].strip()
        self.eccentricities.append(StationEccentricity(code, point, begin, end, line[42:45].strip(), offset))

    def estimate(self, line: str) -> None:
        kind = line[7:13].strip()
        if kind not in LENGTHS and kind not in RATES:
            return
        key = (line[14:18].strip(), line[19:21].strip(), line[22:26].strip())
        value, sigma = float(line[47:68].replace("D", "E")), float(line[69:80].replace("D", "E"))
        unit = line[40:44].strip()
        solution = self.solutions.get(key)
        if solution is None:
            none = np.full(3, np.nan)
            epoch = _time(line[27:39], np.nan)
            solution = StationSolution(*key, none.copy(), none.copy(), none.copy(), epoch, -np.inf, np.inf)
            self.solutions[key] = solution
        if kind in LENGTHS:
            scale = TO_METRES[unit] if unit in TO_METRES else float("nan")
            solution.position[LENGTHS[kind]] = value * scale
            solution.sigma[LENGTHS[kind]] = sigma * scale
        else:
            scale = TO_METRES.get(unit.split("/")[0], float("nan"))
            solution.velocity[RATES[kind]] = value * scale / SECONDS_PER_YEAR

    def joined(self) -> tuple[StationSolution, ...]:
        """Solutions with a position, with the spans of their data."""
        out = []
        for key, solution in self.solutions.items():
            if np.isfinite(solution.position).all():
                begin, end = self.spans.get(key, (-np.inf, np.inf))
                out.append(replace(solution, begin=begin, end=end))
        return tuple(out)


def _key(line: str) -> tuple[str, str, str]:
    return line[1:5].strip(), line[6:8].strip(), line[9:13].strip()


def _time(text: str, otherwise: float) -> float:
    """GPS time of ``yy:ddd:sssss`` (or four digits of the year); `otherwise` for 00:000:00000."""
    year, day, second = (int(part) for part in text.strip().split(":"))
    if day == 0:
        return otherwise
    if year < 100:
        year += 2000 if year < FIRST_TWO_DIGITS else 1900
    return float(gpst_from_civil(year, 1, 1, 0, 0, 0.0)[0]) + (day - 1) * 86_400.0 + second
