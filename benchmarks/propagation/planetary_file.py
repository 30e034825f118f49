"""DE440 as a binary file of JPL's DE family, for peers that read that and no SPK."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from moonstead.foundation.data import DataContext

DAY = 86_400.0  # [s]
J2000 = 2_451_545.0  # [d] Julian date
FIRST_RECORD = 2_287_184.5  # [d] Julian date that the records of DE430 and DE440 are counted from
RECORD = 32.0  # [d]
ASTRONOMICAL_UNIT = 149_597_870.7  # [km]
NAMES_AT, NAME_LENGTH, SPAN_AT, LAYOUT_AT, NUMBER_AT, LIBRATION_AT = 252, 6, 2652, 2696, 2840, 2844
UNUSED = 2  # coefficients where a body that nobody asks for would stand
# Slots of the format: Mercury, Venus, Earth-Moon barycentre, Mars, ... Pluto, Moon from the Earth, Sun, nutation
BARYCENTER, MOON, SUN, SLOTS = 2, 9, 10, 12


def write_planetary_file(path: Path, data: DataContext, start: float, stop: float, gm: dict[str, float]) -> None:
    """Write Sun, Earth-Moon barycentre and Moon over a span; all other bodies are left zero.

    Parameters
    ----------
    path : Path
        Name of the file; readers go by it (`lnxp2020p2040.440`).
    data : DataContext
        Its DE440.
    start, stop : float [s TDB past J2000]
        Span, rounded outwards to whole records of 32 days.
    gm : dict of str to float [m^3/s^2]
        Constants of EARTH, MOON and SUN to be written.
    """
    day = _julian(start), _julian(stop)
    first = int((day[0] - FIRST_RECORD) // RECORD)
    count = int((day[1] - FIRST_RECORD) // RECORD) + 1 - first
    begin = FIRST_RECORD + RECORD * first
    tables = {
        SUN: _records(data, "SUN", "SOLAR SYSTEM BARYCENTER", begin, count),
        BARYCENTER: _records(data, "EARTH BARYCENTER", "SOLAR SYSTEM BARYCENTER", begin, count),
        MOON: _records(data, "MOON", "EARTH BARYCENTER", begin, count)
        - _records(data, "EARTH", "EARTH BARYCENTER", begin, count),
    }
    layout, parts, place = [], [], 3
    for slot in range(SLOTS):
        part = tables.get(slot, np.zeros((count, 1, 3 if slot < SLOTS - 1 else 2, UNUSED)))
        layout += [place, part.shape[3], part.shape[1]]
        parts.append(part.reshape(count, -1))
        place += parts[-1].shape[1]
    days = begin + RECORD * np.arange(count)
    records = np.column_stack((days, days + RECORD, *parts)).astype("<f8")
    path.write_bytes(_heading(layout, records, gm) + records.tobytes())


def _julian(tdb: float) -> float:
    return J2000 + tdb / DAY


def _records(data: DataContext, target: str, center: str, begin: float, count: int) -> np.ndarray:
    """Coefficients (records, granules, 3, coefficients) [km] from a Julian date on."""
    start = (begin - J2000) * DAY
    table = data.ephemeris.chebyshev(target, center, start, start + count * RECORD * DAY)
    skipped = round((start - table.start) / table.interval)
    granules = round(RECORD * DAY / table.interval)
    coefficients = table.coefficients[skipped : skipped + count * granules]
    return np.asarray(1e-3 * coefficients.reshape(count, granules, 3, -1))


def _heading(layout: list[int], records: np.ndarray, gm: dict[str, float]) -> bytes:
    """The two records before the data: names, span, layout; values of the constants."""
    size = records.shape[1] * records.itemsize
    first, last = records[0, 0], records[-1, 1]
    to_file = 1e-9 * DAY**2 / ASTRONOMICAL_UNIT**3
    ratio = gm["EARTH"] / gm["MOON"]
    constants = {
        "DENUM": 440.0,
        "CLIGHT": 299_792.458,
        "AU": ASTRONOMICAL_UNIT,
        "EMRAT": ratio,
        "GMB": (gm["EARTH"] + gm["MOON"]) * to_file,
        "GMS": gm["SUN"] * to_file,
    }
    constants |= {f"GM{number}": 0.0 for number in (1, 2, 4, 5, 6, 7, 8, 9)}
    names, values = bytearray(size), bytearray(size)
    title = ("JPL Planetary Ephemeris DE440/LE440", f"Start Epoch: JED={first:10.1f}", f"Final Epoch: JED={last:10.1f}")
    for line, text in enumerate(title):
        names[84 * line : 84 * line + 84] = text.ljust(84).encode()
    for k, name in enumerate(constants):
        place = NAMES_AT + NAME_LENGTH * k
        names[place : place + NAME_LENGTH] = name.ljust(NAME_LENGTH).encode()
    struct.pack_into("<3d", names, SPAN_AT, first, last, RECORD)
    struct.pack_into("<i2d", names, SPAN_AT + 24, len(constants), ASTRONOMICAL_UNIT, ratio)
    struct.pack_into(f"<{len(layout)}i", names, LAYOUT_AT, *layout)
    struct.pack_into("<i", names, NUMBER_AT, 440)
    struct.pack_into("<3i", names, LIBRATION_AT, 0, 0, 0)
    struct.pack_into(f"<{len(constants)}d", values, 0, *constants.values())
    return bytes(names) + bytes(values)
