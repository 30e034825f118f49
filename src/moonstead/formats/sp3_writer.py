"""Precise orbits and clocks written as SP3 files."""

from __future__ import annotations

import os

import numpy as np

from moonstead.formats.files import write_text
from moonstead.formats.gnss_time import civil_from_gpst, gps_week
from moonstead.formats.sp3 import PreciseOrbits
from moonstead.foundation.errors import InvalidInput

SATELLITES_A_LINE = 17
MOST_SATELLITES_C = 85  # five lines of names; version d has as many as it needs
NO_CLOCK = "999999.999999"
MODIFIED_JULIAN_GPS = 44_244  # [d] of 1980-01-06
FLAG_PLACES = ((74, "E", 1), (75, "P", 2), (78, "M", 4), (79, "P", 8))


def write_sp3(path: str | os.PathLike[str], orbits: PreciseOrbits) -> None:
    """Write orbits and clocks as one SP3 file: version c where the table says c and it fits, version d else.

    Parameters
    ----------
    path : path
        Where to; packed with gzip if it ends in ``.gz``.
    orbits : PreciseOrbits
        What to write. Numbers are printed as the format does: positions to 1 mm/1000, clocks to 1 ps, so that a file
        that was read is written digit by digit.

    Raises
    ------
    MissingData
        The folder does not exist.
    InvalidInput
        There is no epoch, or a position or clock does not fit its field.

    Source
    ------
    S. Hilla, "The Extended Standard Product 3 Orbit Format (SP3-d)", National Geodetic Survey, 21 February 2016.
    """
    if orbits.gpst.size == 0 or not orbits.satellites:
        raise InvalidInput("there is no epoch or no satellite to write")
    if np.nanmax(np.abs(orbits.position), initial=0.0) >= 1e9 or np.nanmax(np.abs(orbits.clock), initial=0.0) >= 0.99:
        raise InvalidInput("a position beyond 1 000 000 km or a clock beyond 0.99 s does not fit SP3; check the units")
    lines = _head(orbits)
    year, month, day, hour, minute, second = civil_from_gpst(orbits.gpst, orbits.time_system)
    kilometres, microseconds = orbits.position * 1e-3, orbits.clock * 1e6
    for row in range(orbits.gpst.size):
        lines.append(
            f"*  {year[row]:4d} {month[row]:2d} {day[row]:2d} {hour[row]:2d} {minute[row]:2d} {second[row]:11.8f}"
        )
        for column, satellite in enumerate(orbits.satellites):
            clock = microseconds[row, column]
            lines.append(_position_line(satellite, kilometres[row, column], clock, orbits, row, column))
            if orbits.extended_position is not None:
                lines.append("EP" + _extended(orbits.extended_position[row, column]))
            if orbits.velocity is not None and orbits.clock_rate is not None:
                lines.append(
                    _vector_line(
                        "V", satellite, orbits.velocity[row, column] * 10.0, orbits.clock_rate[row, column] * 1e10
                    )
                )
                if orbits.extended_velocity is not None:
                    lines.append("EV" + _extended(orbits.extended_velocity[row, column]))
    lines.append("EOF")
    write_text(path, "\n".join(lines) + "\n")


def _head(orbits: PreciseOrbits) -> list[str]:
    names = list(orbits.satellites)
    version = "c" if orbits.version == "c" and len(names) <= MOST_SATELLITES_C and len(orbits.comments) <= 4 else "d"
    year, month, day, hour, minute, second = (
        field[0] for field in civil_from_gpst(orbits.gpst[:1], orbits.time_system)
    )
    kind = "V" if orbits.velocity is not None else "P"
    week, of_week = (field[0] for field in gps_week(orbits.gpst[:1]))
    days = orbits.gpst[0] / 86_400.0
    modified = MODIFIED_JULIAN_GPS + int(days)
    rows = max(-(-len(names) // SATELLITES_A_LINE), 5)
    padded = names + ["  0"] * (rows * SATELLITES_A_LINE - len(names))
    accuracy = [int(value) for value in orbits.accuracy_exponent] + [0] * (rows * SATELLITES_A_LINE - len(names))
    lines = [
        f"#{version}{kind}{year:4d} {month:2d} {day:2d} {hour:2d} {minute:2d} {second:11.8f} {orbits.gpst.size:7d} "
        f"{orbits.data_used[:5]:<5} {orbits.coordinate_system[:5]:<5} "
        f"{orbits.orbit_type[:3]:<3} {orbits.agency[:4]:<4}",
        f"## {week:4d} {of_week:15.8f} {orbits.interval:14.8f} {modified:5d} {days % 1.0:15.13f}",
    ]
    for row in range(rows):
        part = padded[row * SATELLITES_A_LINE : (row + 1) * SATELLITES_A_LINE]
        lines.append((f"+  {len(names):3d}   " if row == 0 else "+        ") + "".join(part))
    for row in range(rows):
        values = accuracy[row * SATELLITES_A_LINE : (row + 1) * SATELLITES_A_LINE]
        lines.append("++       " + "".join(f"{value:3d}" for value in values))
    unused = "%c cc cc ccc ccc cccc cccc cccc cccc ccccc ccccc ccccc ccccc"
    lines.append(
        f"%c {orbits.file_type[:2]:<2} cc {orbits.time_system[:3]:<3} ccc cccc cccc cccc cccc ccccc ccccc ccccc ccccc"
    )
    lines.append(unused)
    lines.append(f"%f {orbits.base_position:10.7f} {orbits.base_clock:12.9f}  0.00000000000  0.000000000000000")
    lines.append("%f  0.0000000  0.000000000  0.00000000000  0.000000000000000")
    lines += ["%i    0    0    0    0      0      0      0      0         0"] * 2
    comments = list(orbits.comments)
    while len(comments) < 4:  # the format has at least four
        comments.append("")
    width = 57 if version == "c" else 77
    return lines + [f"/* {comment[:width]}".rstrip() if comment else "/*" for comment in comments]


def _position_line(
    satellite: str, position: np.ndarray, clock: float, orbits: PreciseOrbits, row: int, column: int
) -> str:
    given = np.where(np.isfinite(position).all(), position, 0.0)
    text = f"P{satellite}{given[0]:14.6f}{given[1]:14.6f}{given[2]:14.6f}"
    text += f"{clock:14.6f}" if np.isfinite(clock) else f" {NO_CLOCK}"
    sigma, flags = orbits.sigma_exponent[row, column], int(orbits.flags[row, column])
    if not flags and np.all(sigma < 0):
        return text
    widths = (2, 2, 2, 3)
    text += "".join(
        f" {value:{width}d}" if value >= 0 else " " * (width + 1) for value, width in zip(sigma, widths, strict=True)
    )
    marked = list(text.ljust(80))
    for place, letter, bit in FLAG_PLACES:
        if flags & bit:
            marked[place] = letter
    return "".join(marked).rstrip()


def _vector_line(kind: str, satellite: str, vector: np.ndarray, last: float) -> str:
    given = np.where(np.isfinite(vector).all(), vector, 0.0)
    text = f"{kind}{satellite}{given[0]:14.6f}{given[1]:14.6f}{given[2]:14.6f}"
    return text + (f"{last:14.6f}" if np.isfinite(last) else f" {NO_CLOCK}")


def _extended(values: np.ndarray) -> str:
    """Fields of an EP or EV record behind its two letters."""
    sigmas, clock, correlations = values[:3], values[3], values[4:]
    return (
        "  " + " ".join(f"{value:4d}" for value in sigmas) + f" {clock:7d}" + "".join(f" {v:8d}" for v in correlations)
    )
