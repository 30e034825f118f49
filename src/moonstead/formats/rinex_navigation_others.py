"""Records of RINEX 4 that are no ephemerides: offsets of system times, Earth orientation, ionosphere."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moonstead.formats.gnss_faults import FaultLog
from moonstead.formats.gnss_time import gpst_from_civil
from moonstead.formats.rinex_navigation_header import IonosphereModel, NavigationHeader, TimeCorrection
from moonstead.formats.rinex_navigation_text import FIELD, FIELDS, FIRST_FIELDS, Lines
from moonstead.foundation.constants import ARCSECOND, SECONDS_PER_DAY

NAMES = {"G": "GPS", "J": "QZS", "C": "BDS", "I": "IRN", "E": "GAL"}
LINES = {"STO": 2, "EOP": 3}
EPOCH_COLUMNS = ((4, 8), (9, 11), (12, 14), (15, 17), (18, 20), (21, 23))


@dataclass(frozen=True, slots=True)
class EarthOrientationRecord:
    """Earth orientation as a satellite sends it: polynomials about a reference time.

    Attributes
    ----------
    satellite, kind : str
        Who sent it, in which message.
    reference : float [s of GPST]
        Time of the first terms.
    pole_x, pole_y : (3,) tuple [rad, rad/s, rad/s2]
        Coordinates of the pole.
    ut1_minus_utc : (3,) tuple [s, s/s, s/s2]
        UT1 - UTC (GPS before 2021 and others: as their interface documents define it).
    """

    satellite: str
    kind: str
    reference: float
    pole_x: tuple[float, ...]
    pole_y: tuple[float, ...]
    ut1_minus_utc: tuple[float, ...]


def read_other_records(
    lines: Lines, header: NavigationHeader, others: tuple[tuple[int, str, str, str], ...], log: FaultLog
) -> list[EarthOrientationRecord]:
    """Put time corrections and ionospheric models into the header, and give the Earth orientation.

    Parameters
    ----------
    lines : Lines
        The file.
    header : NavigationHeader
        Gets what the records say.
    others : tuple
        As `Records.others`.
    log : FaultLog
        Takes what could not be used.

    Returns
    -------
    list of EarthOrientationRecord
    """
    found: list[EarthOrientationRecord] = []
    for row, frame, satellite, kind in others:
        try:
            if frame == "STO":
                header.time_corrections.append(_time_correction(lines, row, satellite))
            elif frame == "EOP":
                found.append(_earth_orientation(lines, row, satellite, kind))
            else:
                header.ionosphere += _ionosphere(lines, row, satellite, kind)
        except ValueError as error:
            log.note(row + 1, f"the {frame} record of {satellite}: {error}", "it was left out")
    return found


def _time_correction(lines: Lines, row: int, satellite: str) -> TimeCorrection:
    text = lines.line(row)
    kind, utc = text[24:42].strip(), text[62:80].strip()
    if not kind:
        raise ValueError("no name of an offset")
    _, a0, a1, a2 = _fields(lines, row + 1, FIELDS)
    return TimeCorrection(kind, _need(a0), a1 or 0.0, _epoch(text, satellite), a2 or 0.0, _name(satellite), utc)


def _earth_orientation(lines: Lines, row: int, satellite: str, kind: str) -> EarthOrientationRecord:
    x = _fields(lines, row, FIRST_FIELDS)
    y = _fields(lines, row + 1, FIELDS)[1:]
    ut1 = _fields(lines, row + 2, FIELDS)[1:]
    per_day = (1.0, 1.0 / SECONDS_PER_DAY, 1.0 / SECONDS_PER_DAY**2)
    return EarthOrientationRecord(
        satellite,
        kind,
        _epoch(lines.line(row), satellite),
        tuple(_known(value) * unit * ARCSECOND for value, unit in zip(x, per_day, strict=True)),
        tuple(_known(value) * unit * ARCSECOND for value, unit in zip(y, per_day, strict=True)),
        tuple(_known(value) * unit for value, unit in zip(ut1, per_day, strict=True)),
    )


def _ionosphere(lines: Lines, row: int, satellite: str, kind: str) -> list[IonosphereModel]:
    epoch = _epoch(lines.line(row), satellite)
    first = _fields(lines, row, FIRST_FIELDS)
    second = _fields(lines, row + 1, FIELDS)
    if satellite[0] == "E":
        return [IonosphereModel("GAL", _all(first), _name(satellite), epoch)]
    if satellite[0] == "C" and kind.startswith("CNV"):
        third = _fields(lines, row + 2, FIELDS)
        return [IonosphereModel("BDGIM", _all(first + second + third[:2]), _name(satellite), epoch)]
    third = _fields(lines, row + 2, FIELDS)
    values = _all(first + second + third[:1])
    name = NAMES.get(satellite[0], "")
    if not name:
        raise ValueError("no model of the ionosphere is known of this system")
    return [
        IonosphereModel(f"{name}A", values[:4], _name(satellite), epoch),
        IonosphereModel(f"{name}B", values[4:8], _name(satellite), epoch),
    ]


def _name(satellite: str) -> str:
    """Name of a satellite; empty where only a system is named."""
    return satellite if len(satellite) == 3 else ""


def _fields(lines: Lines, row: int, columns: tuple[int, ...]) -> list[float | None]:
    if row >= len(lines):
        raise ValueError("the record is cut short")
    text = lines.line(row)
    found: list[float | None] = []
    for column in columns:
        field = text[column : column + FIELD].strip().replace("D", "E").replace("d", "e")
        found.append(float(field) if field else None)
        if field and not math.isfinite(found[-1] or 0.0):
            raise ValueError(f"{field!r} is too large")
    return found


def _need(value: float | None) -> float:
    if value is None:
        raise ValueError("a number is missing")
    return value


def _known(value: float | None) -> float:
    return 0.0 if value is None else value


def _all(values: list[float | None]) -> tuple[float, ...]:
    return tuple(_need(value) for value in values)


def _epoch(text: str, satellite: str) -> float:
    """Time of the epoch line [s of GPST], in the time of the satellite's system."""
    parts = [int(text[first:last]) for first, last in EPOCH_COLUMNS]
    system = "BDT" if satellite[0] == "C" else "UTC" if satellite[0] == "R" else "GPS"
    year, month, day, hour, minute, second = parts
    gpst = float(gpst_from_civil(year, month, day, hour, minute, second, system)[0])
    if math.isnan(gpst):
        raise ValueError(f"no date in {text[4:23]!r}")
    return gpst
