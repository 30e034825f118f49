"""Observations of the columns of ADES, whether they came as PSV, XML or CSV."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import erfa
import numpy as np
from numpy.typing import NDArray

from moonstead.formats.astrometry_faults import Faults
from moonstead.formats.astrometry_rows import Observations, RadarObservations, blank_rows, observations_of
from moonstead.formats.packed_designation import unpack_number, unpack_provisional
from moonstead.formats.time_text import parse_times
from moonstead.formats.utc_days import civil_day, tdb_of_utc_days
from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.str_]

DEGREE = math.pi / 180.0  # [rad]
MICROSECOND, MEGAHERTZ, KILOMETRE = 1e-6, 1e6, 1e3  # [s], [Hz], [m]
PRECISE_TIME = 86_400.0 * 1e-6  # [s] unit of precTime, millionths of a day
ELECTRONIC = ("CCD", "CMO", "VID")
MODES = (*ELECTRONIC, "PHO", "PHA", "ENC", "PMT", "MIC", "MER", "TDI", "OCC", "NOR", "UNK")
FIRST_CCD = -30.0 * 365.25 * 86_400.0  # [s TDB past J2000] 1970
WGS84 = 1  # ERFA's number of the ellipsoid
IDENTITIES = ("permID", "provID", "trkSub")

_REMEDY = "correct the row, or remove it"
_OLD_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d(?:\.\d*)?)Z?")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one block of a file.

    Attributes
    ----------
    names : tuple of str
        Columns, named as in ADES.
    cells : list of sequences of str
        A cell for each column, blanks dropped; empty where there is nothing.
    lines : list of int
        Line of each row in the file, from 1.
    texts : list of str
        The rows as they stand.
    """

    names: tuple[str, ...]
    cells: list[Sequence[str]]
    lines: list[int]
    texts: list[str]


def observations_of_rows(rows: Rows, source: str = "") -> Observations:
    """Observations of rows with the columns of ADES.

    Parameters
    ----------
    rows : Rows
        Places in degrees, errors in arcseconds and seconds, delays in seconds with errors in microseconds, as ADES has
        them.
    source : str
        Name of the file.

    Returns
    -------
    Observations
        In radians and seconds; rows with a fault are refused.

    Source
    ------
    IAU Commission X2, ADES: Astrometry Data Exchange Standard, 2017 and 2022 versions, tables of fields.
    """
    if not rows.cells:
        return observations_of(blank_rows(0), source=source)
    table = _Table(rows)
    faults = Faults(len(rows.cells), _REMEDY)
    objects = _objects(table)
    faults.mark(objects == "", "no object is named (permID, provID or trkSub)")
    utc = table.text("obsTime")
    tdb, unit = _times(utc)
    faults.mark(utc == "", "no obsTime")
    faults.mark(~np.isfinite(tdb), "obsTime is no UTC time of the form 2024-12-27T05:49:12.3Z")
    is_radar = (table.text("delay") != "") | (table.text("doppler") != "") | (table.text("trx") != "")
    radar = _radar(table, is_radar, objects, tdb, utc, faults)
    columns = _optical(table, ~is_radar, tdb, unit, faults)
    columns["objects"], columns["utc"], columns["text"] = objects, utc, np.array(rows.texts)
    keep = ~is_radar & ~faults.any
    return observations_of(
        {name: column[keep] for name, column in columns.items()},
        radar=radar.take(~np.isin(radar.line, np.array(rows.lines)[faults.any])) if radar.count else radar,
        rejected=faults.lines(rows.texts, rows.lines),
        source=source,
    )


class _Table:
    """Columns of rows by name."""

    def __init__(self, rows: Rows) -> None:
        self.count = len(rows.cells)
        self.line = np.array(rows.lines, dtype=np.int64)
        columns = list(zip(*rows.cells, strict=True))
        self._columns = {name: columns[place] for place, name in enumerate(rows.names)}

    def text(self, name: str) -> Texts:
        cells = self._columns.get(name)
        return np.full(self.count, "", dtype="<U1") if cells is None else np.array(cells, dtype=np.str_)

    def number(self, name: str, faults: Faults, only: Flags) -> Array:
        """Numbers (N,) of a column; NaN where a cell is empty, a fault where it is no finite number."""
        cells = self._columns.get(name)
        if cells is None:
            return np.full(self.count, np.nan)
        try:
            values = np.array([cell or "nan" for cell in cells], dtype=np.float64)
        except ValueError:
            values = np.array([_number(cell) for cell in cells])
        blank = np.array([not cell for cell in cells], dtype=bool)
        faults.mark(only & ~blank & ~np.isfinite(values), f"{name} is no number")
        return np.where(np.isfinite(values), values, np.nan)

    def unit(self, name: str) -> Array:
        """Unit of the last written digit (N,), 1 without decimals, NaN where a cell is empty or has an exponent."""
        cells = self._columns.get(name, ("",) * self.count)
        return np.array([_unit(cell) for cell in cells], dtype=np.float64)


def _number(cell: str) -> float:
    try:
        return float(cell) if cell and "_" not in cell else math.nan
    except ValueError:
        return math.nan


def _unit(cell: str) -> float:
    if not cell or "e" in cell or "E" in cell:
        return math.nan
    point = cell.find(".")
    return 1.0 if point < 0 else 10.0 ** -(len(cell) - point - 1)


def _objects(table: _Table) -> Texts:
    """Name of each row's object: what stands beside a number or designation anywhere in the block means the same."""
    permanent, provisional, mark = (table.text(name) for name in IDENTITIES)
    keys, index = np.unique(np.stack([permanent, provisional, mark], axis=1), axis=0, return_inverse=True)
    better: dict[str, str] = {}
    for number, designation, own in keys.tolist():
        best = number or designation
        for weaker in (designation, own):
            if weaker and best and weaker != best:
                better[weaker] = best
    names = []
    for number, designation, own in keys.tolist():
        name = number or designation or own
        name = better.get(name, name)
        names.append(better.get(name, name))
    plain = [unpack_number(name) or unpack_provisional(name) or name for name in names]
    return np.array(plain, dtype=np.str_)[index.ravel()] if plain else np.empty(0, dtype="<U1")


def _times(utc: Texts) -> tuple[Array, Array]:
    """Times [s TDB past J2000] and the unit of their last digit [s]."""
    texts = utc.tolist()
    tdb = parse_times(texts, "UTC")
    for row in np.flatnonzero(np.isnan(tdb)):
        if found := _OLD_TIME.fullmatch(texts[row]):
            year, month, day, hour, minute = (np.array([int(found[k])]) for k in range(1, 6))
            date, exists = civil_day(year, month, day)
            second = float(found[6])
            if exists[0] and date[0] < -10_000 and hour[0] < 24 and minute[0] < 60 and second < 60.0:
                tdb[row] = tdb_of_utc_days(date, 3600.0 * hour + 60.0 * minute + second)[0]
    unit = np.array([_unit(text[17:].rstrip("Z")) for text in texts], dtype=np.float64)
    return tdb, np.where(np.isfinite(unit), unit, 1.0)


def _optical(table: _Table, is_row: Flags, tdb: Array, unit: Array, faults: Faults) -> dict[str, NDArray]:
    """Optical columns; what is wrong with them is marked."""

    def number(name: str) -> Array:
        return table.number(name, faults, is_row)

    columns = blank_rows(table.count)
    columns["tdb"], columns["line"] = tdb, table.line
    precise = number("precTime") * PRECISE_TIME
    columns["time_resolution"] = np.where(np.isfinite(precise), precise, unit)
    right_ascension, declination = number("ra"), number("dec")
    star = table.text("raStar") != ""
    if np.any(star & is_row):
        from_star = number("raStar"), number("decStar"), number("deltaRA"), number("deltaDec")
        cosine = np.cos(from_star[1] * DEGREE)
        with np.errstate(divide="ignore"):
            shift = from_star[2] * ARCSECOND / DEGREE / cosine
        right_ascension = np.where(star, np.mod(from_star[0] + shift, 360.0), right_ascension)
        declination = np.where(star, from_star[1] + from_star[3] * ARCSECOND / DEGREE, declination)
    offset = (table.text("obsCenter") != "") & ~star
    faults.mark(is_row & offset, "an offset from a planet (obsCenter) is no place on the sky")
    faults.mark(is_row & ~(np.isfinite(right_ascension) & np.isfinite(declination)), "ra or dec is missing")
    faults.mark(is_row & ~((right_ascension >= 0.0) & (right_ascension < 360.0)), "ra lies outside 0 to 360 deg")
    faults.mark(is_row & ~(np.abs(declination) <= 90.0), "dec lies beyond a pole")
    columns["right_ascension"], columns["declination"] = right_ascension * DEGREE, declination * DEGREE
    cosine = np.cos(columns["declination"])
    coarse = number("precRA") * 15.0 * ARCSECOND * cosine, number("precDec") * ARCSECOND
    fine = table.unit("ra") * DEGREE * cosine, table.unit("dec") * DEGREE
    columns["resolution"] = np.stack(
        [np.where(np.isfinite(a), a, np.where(star, 0.0, b)) for a, b in zip(coarse, fine, strict=True)], axis=1
    )
    columns["stated_sigma"] = np.stack([number("rmsRA"), number("rmsDec")], axis=1) * ARCSECOND
    faults.mark(is_row & np.any(columns["stated_sigma"] <= 0.0, axis=1), "rmsRA or rmsDec is not positive")
    columns["correlation"], columns["stated_time_sigma"] = number("rmsCorr"), number("rmsTime")
    faults.mark(is_row & (np.abs(columns["correlation"]) >= 1.0), "rmsCorr lies outside -1 to 1")
    faults.mark(is_row & (columns["stated_time_sigma"] < 0.0), "rmsTime is negative")
    systematic = number("uncTime")
    columns["stated_time_sigma"] = np.where(
        np.isfinite(systematic), np.hypot(np.nan_to_num(columns["stated_time_sigma"]), systematic),
        columns["stated_time_sigma"],
    )  # fmt: skip
    columns["magnitude"] = number("mag")
    for name, key in (("band", "band"), ("station", "stn"), ("catalogue", "astCat"), ("notes", "notes")):
        columns[name] = table.text(key)
    columns["program"] = _programs(table.text("prog"))
    faults.mark(is_row & (columns["station"] == ""), "no station (stn)")
    mode = np.strings.upper(table.text("mode"))
    faults.mark(is_row & (mode != "") & ~np.isin(mode, MODES), "mode is none of ADES")
    columns["mode"] = np.where(mode == "", np.where(star, "OCC", "CCD"), mode)
    electronic = np.isin(columns["mode"], ELECTRONIC)
    faults.mark(is_row & electronic & (tdb < FIRST_CCD), "an electronic detector before 1970")
    _places(table, is_row, columns, faults)
    return columns


def _programs(program: Texts) -> Texts:
    """Programs of ADES (two places) as the letters of the 80-column format where these are digits."""
    return np.array([text[1] if re.fullmatch(r"0\d", text) else text for text in program.tolist()], dtype=np.str_)


def _places(table: _Table, is_row: Flags, columns: dict[str, NDArray], faults: Faults) -> None:
    """Where spacecraft and rovers were, from sys, ctr and pos1 to pos3."""
    system, centre = table.text("sys"), table.text("ctr")
    given = is_row & (system != "")
    if not np.any(given):
        return
    place = np.stack([table.number(f"pos{axis}", faults, given) for axis in (1, 2, 3)], axis=1)
    faults.mark(given & ~np.all(np.isfinite(place), axis=1), "sys without pos1, pos2 and pos3")
    faults.mark(given & ~np.isin(centre, ["", "399"]), "ctr must be 399, the geocentre")
    known = np.isin(system, ["ICRF_KM", "ICRF_AU", "WGS84", "ITRF", "IAU"])
    faults.mark(given & ~known, "sys is none of ICRF_KM, ICRF_AU, WGS84, ITRF, IAU")
    for name, metres in (("ICRF_KM", KILOMETRE), ("ICRF_AU", ASTRONOMICAL_UNIT)):
        rows = given & (system == name) & ~faults.any
        columns["observer_position"][rows] = place[rows] * metres
    rows = given & (system == "WGS84")
    faults.mark(rows & ~(np.abs(place[:, 1]) <= 90.0), "pos2 (latitude) lies beyond a pole")
    rows &= ~faults.any
    if np.any(rows):
        longitude, latitude, height = place[rows].T
        columns["site_position"][rows] = erfa.gd2gc(WGS84, longitude * DEGREE, latitude * DEGREE, height)
    rows = given & np.isin(system, ["ITRF", "IAU"]) & ~faults.any
    longitude, across, along = place[rows].T
    columns["site_position"][rows] = KILOMETRE * np.stack(
        [across * np.cos(longitude * DEGREE), across * np.sin(longitude * DEGREE), along], axis=1
    )


def _radar(table: _Table, is_radar: Flags, objects: Texts, tdb: Array, utc: Texts, faults: Faults) -> RadarObservations:
    if not np.any(is_radar):
        return RadarObservations.none()
    frequency = table.number("frq", faults, is_radar) * MEGAHERTZ
    transmitter, receiver = table.text("trx"), table.text("rcv")
    faults.mark(is_radar & ~(frequency > 0.0), "no frequency (frq)")
    faults.mark(is_radar & ((transmitter == "") | (receiver == "")), "no radar stations (trx, rcv)")
    centre = np.isin(table.text("com"), ["1", "true", "True"])
    parts = []
    for kind, name, error, value_unit, error_unit in (
        ("delay", "delay", "rmsDelay", 1.0, MICROSECOND),
        ("doppler", "doppler", "rmsDoppler", 1.0, 1.0),
    ):
        value = table.number(name, faults, is_radar) * value_unit
        sigma = table.number(error, faults, is_radar) * error_unit
        if kind == "delay":
            faults.mark(is_radar & (value <= 0.0), "a delay that is not positive")
        rows = is_radar & np.isfinite(value)
        faults.mark(rows & (sigma <= 0.0), f"{error} is not positive")
        parts.append((kind, rows, value, sigma))
    faults.mark(is_radar & ~(parts[0][1] | parts[1][1]), "neither delay nor doppler")
    pick = np.concatenate([np.flatnonzero(rows) for _, rows, _, _ in parts])
    order = np.argsort(pick, kind="stable")
    pick = pick[order]

    def gathered(place: int) -> Array:
        return np.concatenate([part[place][part[1]] for part in parts])[order]

    return RadarObservations(
        objects=objects[pick],
        tdb=tdb[pick],
        utc=utc[pick],
        kind=np.concatenate([np.full(np.count_nonzero(rows), kind) for kind, rows, _, _ in parts])[order],
        value=gathered(2),
        sigma=gathered(3),
        frequency=frequency[pick],
        transmitter=transmitter[pick],
        receiver=receiver[pick],
        bounce=np.where(centre[pick], "C", "S"),
        line=table.line[pick],
    )
