"""Observations written as records of 80 columns."""

from __future__ import annotations

import math
import os
import re

import erfa
import numpy as np

from moonstead.formats.astrometry_rows import Observations, RadarObservations
from moonstead.formats.files import write_text
from moonstead.formats.mpc80 import SECOND_OF_TIME, WGS84
from moonstead.formats.packed_designation import pack_columns
from moonstead.formats.star_catalogues import catalogue_letters
from moonstead.formats.time_text import format_times
from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

LETTERS = {
    "CCD": "C",
    "CMO": "B",
    "VID": "n",
    "PHO": "P",
    "PHA": "A",
    "ENC": "e",
    "PMT": "H",
    "MIC": "M",
    "MER": "T",
    "TDI": "C",
    "OCC": "E",
    "NOR": "N",
    "UNK": " ",
}
MOST_KILOMETRES = 9_999_999.0  # [km] beyond it places are written in au
FINEST_DATE = 1e-6 * SECONDS_PER_DAY  # [s] six decimals of a day
_DATE = re.compile(r"\d{4} \d\d \d\d(\.\d{1,6})?")


def write_mpc80(path: str | os.PathLike[str], observations: Observations) -> None:
    """Write observations as records of 80 columns, whole or not at all.

    Parameters
    ----------
    path : path
        Where to; packed with gzip if it ends in ``.gz``.
    observations : Observations
        Optical and radar rows.

    Raises
    ------
    InvalidInput
        A row does not fit the format; the message names it.
    MissingData
        The folder does not exist.
    """
    write_text(path, "".join(f"{line}\n" for line in mpc80_lines(observations)))


def mpc80_lines(observations: Observations) -> list[str]:
    """Records of 80 columns, with second lines for spacecraft, rovers and radars.

    Parameters
    ----------
    observations : Observations
        Optical and radar rows; angles keep the digits that `resolution` says, times six decimals of a day at most.

    Returns
    -------
    list of str
        Lines of 80 characters.

    Raises
    ------
    InvalidInput
        An object or code has no place in the columns; the message names the row.

    Source
    ------
    Minor Planet Center: Format for Optical Astrometric Observations; Satellite-Based Astrometry Format; Roving
    Observer Extensions; Radar Astrometry Format.
    """
    lines: list[str] = []
    heads = {name: _head(name) for name in {*observations.objects.tolist(), *observations.radar.objects.tolist()}}
    letters = catalogue_letters(observations.catalogue)
    for row in range(observations.count):
        head, station = heads[str(observations.objects[row])], str(observations.station[row])
        date = _date(str(observations.utc[row]), observations.tdb[row], observations.time_resolution[row])
        second = _second_line(observations, row, head, date, station)
        letter = second[14].upper() if second else LETTERS.get(str(observations.mode[row]), " ")
        note = str(observations.program[row])[:1] or str(observations.notes[row])[:1] or " "
        lines.append(_record(observations, row, f"{head} {note}{letter}{date:17s}", str(letters[row]), station))
        if second:
            lines.append(second)
    lines.extend(_radar_lines(observations.radar, heads))
    return lines


def _head(name: str) -> str:
    packed = pack_columns(name)
    if packed is None:
        raise InvalidInput(f"{name!r} has no place in columns 1 to 12 of a record; write ADES instead")
    return packed


def _record(observations: Observations, row: int, beginning: str, catalogue: str, station: str) -> str:
    """First line of a row."""
    if len(station) != 3:
        raise InvalidInput(f"station {station!r} (row {row}) has no place in columns 78 to 80; write ADES instead")
    declination = observations.declination[row]
    units = observations.resolution[row]
    hours = _sexagesimal(
        math.degrees(observations.right_ascension[row] % (2.0 * math.pi)) / 15.0,
        _digits(units[0] / max(math.cos(declination), 1e-9) / SECOND_OF_TIME, 3),
        24,
    )
    degrees = _sexagesimal(abs(math.degrees(declination)), _digits(units[1] / ARCSECOND, 2), None)
    magnitude = observations.magnitude[row]
    shown = f"{magnitude:5.2f}" if math.isfinite(magnitude) else ""
    shown = f"{shown[:4]} " if shown.endswith("0") else shown
    band = str(observations.band[row])[:1]
    return (
        f"{beginning}{hours:12s}{'-' if declination < 0.0 else '+'}{degrees:11s}{'':9s}"
        f"{shown:5s}{band:1s}{catalogue:1s}{'':5s}{station}"
    )


def _digits(unit: float, most: int) -> int:
    """Decimals that a unit of the last digit means, up to `most`; `most` where it is unknown."""
    if not (math.isfinite(unit) and unit > 0.0):
        return most
    return int(np.clip(math.ceil(-math.log10(unit) - 1e-6), 0, most))


def _sexagesimal(value: float, decimals: int, turn: int | None) -> str:
    """``HH MM SS.sss`` of hours or degrees; 24 hours turn to 0."""
    ticks = round(value * 3600.0 * 10**decimals)
    whole, ticks = divmod(ticks, 3600 * 10**decimals)
    minutes, ticks = divmod(ticks, 60 * 10**decimals)
    seconds = f"{ticks / 10**decimals:0{3 + decimals if decimals else 2}.{decimals}f}"
    return f"{whole % turn if turn else whole:02d} {minutes:02d} {seconds}"


def _date(utc: str, tdb: float, resolution: float) -> str:
    """``YYYY MM DD.dddddd``: the text itself where it is such a date."""
    if _DATE.fullmatch(utc):
        return utc
    decimals = _digits(resolution / SECONDS_PER_DAY, 6)
    ticks_per_day = 10**decimals
    stamp = format_times(np.array([tdb]), "UTC", digits=7)[0]
    second = 3600 * int(stamp[11:13]) + 60 * int(stamp[14:16]) + float(stamp[17:])
    carry, ticks = divmod(round(second / SECONDS_PER_DAY * ticks_per_day), ticks_per_day)
    day = np.datetime64(stamp[:10], "D") + carry
    year, month, day_of_month = str(day).split("-")
    return f"{year} {month} {day_of_month}" + (f".{ticks:0{decimals}d}" if decimals else "")


def _second_line(observations: Observations, row: int, head: str, date: str, station: str) -> str:
    """Line with the place of a spacecraft or rover; empty for observers on the ground."""
    place, site = observations.observer_position[row], observations.site_position[row]
    if np.all(np.isfinite(place)):
        kind, unit = ("1", 1000.0) if np.abs(place).max() <= 1000.0 * MOST_KILOMETRES else ("2", ASTRONOMICAL_UNIT)
        x, y, z = (_component(value / unit, kind) for value in place)
        return f"{head}  s{date:17s}{kind} {x} {y} {z}{'':8s}{station}"
    if np.all(np.isfinite(site)):
        longitude, latitude, height = erfa.gc2gd(WGS84, site)
        east = math.degrees(longitude) % 360.0
        return (
            f"{head}  v{date:17s}1 {east:10.6f} {math.degrees(latitude):+010.6f} {round(float(height)):5d}{'':16s}"
            f"{station}"
        )
    return ""


def _component(value: float, kind: str) -> str:
    """Eleven places: the sign, then the number with as many decimals as fit."""
    whole = len(str(int(abs(value))))
    decimals = min(8 if kind == "2" else 4, 9 - whole)
    return f"{'-' if value < 0.0 else '+'}{abs(value):10.{max(decimals, 0)}f}"


def _radar_lines(radar: RadarObservations, heads: dict[str, str]) -> list[str]:
    lines: list[str] = []
    for row in range(radar.count):
        head = heads[str(radar.objects[row])]
        date = _date(str(radar.utc[row]), radar.tdb[row], FINEST_DATE)
        whole, _, decimals = f"{radar.frequency[row] / 1e6:.7f}".partition(".")
        is_delay = radar.kind[row] == "delay"
        value, sigma = radar.value[row], radar.sigma[row]
        if is_delay:
            first, error = f"{_implied(value * 1e6, 11)}{'':15s}", f"{_implied(sigma * 1e6, 10)}{'':15s}"
        else:
            first = f"{'':15s}{'-' if value < 0.0 else '+'}{_implied(abs(value), 10)}"
            error = f"{'':14s} {_implied(sigma, 10)}"
        stations = f"{radar.transmitter[row]!s:3s}", f"{radar.receiver[row]!s:3s}"
        tail = decimals[1:].rstrip("0")
        lines.append(f"{head}  R{date:17s}{first}{whole:>5s}{decimals[0]}{stations[0]}{'':6s}{stations[1]}")
        lines.append(f"{head}  r{date:17s}{radar.bounce[row]}{error}{tail:6s}{stations[0]}{'':6s}{stations[1]}")
    return lines


def _implied(value: float, places: int) -> str:
    """Number with four decimals behind a point that is not written; blank where it is not finite."""
    if not math.isfinite(value):
        return " " * (places + 4)
    ticks = round(value * 1e4)
    text = f"{ticks // 10_000:{places}d}{ticks % 10_000:04d}"
    if len(text) != places + 4:
        raise InvalidInput(f"a radar value of {value:g} has no place in its columns; write ADES instead")
    return text
