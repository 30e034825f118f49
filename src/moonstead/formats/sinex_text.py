"""Blocks of SINEX files that tell of stations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from moonstead.formats.gnss_faults import FaultLog
from moonstead.formats.gnss_time import gpst_from_civil
from moonstead.formats.sinex_file import SinexFile, StationEccentricity, StationEquipment, StationSolution

SECONDS_PER_YEAR = 365.25 * 86_400.0  # [s] Julian year, of velocities
FIRST_TWO_DIGITS = 51  # years below it are of this century, as the format says
LENGTHS = {"STAX": 0, "STAY": 1, "STAZ": 2}
RATES = {"VELX": 0, "VELY": 1, "VELZ": 2}
TO_METRES = {"m": 1.0, "dm": 0.1, "cm": 0.01, "mm": 0.001}


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
    if not text.endswith(b"\n"):
        log.note(0, "the last line has no end, so the file is cut off", "whole lines were read")
        text = text[: text.rfind(b"\n") + 1]
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
        elif line[:1] not in ("", " ", "*", "%"):
            log.note(number, "the line begins with no sign of the format", "it was left out")
    else:
        if whole:
            log.note(0, "the line %ENDSNX is missing, so the file is cut off", "what is there was read")
    solutions = reader.joined(log)
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

    def joined(self, log: FaultLog) -> tuple[StationSolution, ...]:
        """Solutions with a position, with the spans of their data."""
        out = []
        for key, solution in self.solutions.items():
            if np.isfinite(solution.position).all():
                begin, end = self.spans.get(key, (-np.inf, np.inf))
                out.append(replace(solution, begin=begin, end=end))
            else:
                log.note(0, f"the position of {' '.join(key)} has not three components", "it was left out")
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
