"""Mean elements as two- and three-line sets."""

from __future__ import annotations

import math
import re

import numpy as np

from moonstead.dynamics.mean_elements import TAI_MINUS_UTC_BEFORE_1972, MeanElements
from moonstead.formats.tle import FIRST_YEAR, LARGEST_NUMBER, catalog_field, checksum
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.leap_seconds import DAY, NOON, utc_day_and_second

DEGREES = 180.0 / math.pi
REVOLUTIONS = SECONDS_PER_DAY / (2.0 * math.pi)  # a day, of one [rad/s]
TICKS = 10**8  # of a day: the last digit of an epoch
TICK = 864e-6  # [s]
LONG_DESIGNATOR = re.compile(r"(\d{2})(\d{2})-(\d{3}[A-Z]{1,3})")
DAYS_1970_TO_2000 = 10_957


def format_tle(elements: MeanElements) -> list[str]:
    """Lines of two-line sets, a line with the name before those that have one.

    A two-line set keeps less than an OMM: epochs to 0.86 ms, angles to 0.0001 deg, B* to five digits, the revolution
    modulo 100 000 and the number of the set modulo 10 000.

    Parameters
    ----------
    elements : MeanElements
        N sets.

    Returns
    -------
    list of str
        Two or three lines for each set, without line ends.

    Raises
    ------
    InvalidInput
        A catalogue number above 339 999, or a value that its columns cannot hold; the message names the object.

    Source
    ------
    Space-Track, "Basic Description of the Two Line Element (TLE) Format", with Alpha-5.
    """
    too_long = np.unique(elements.object_id[(elements.object_id > LARGEST_NUMBER) | (elements.object_id < 0)])
    if too_long.size:
        several = f" and {too_long.size - 1} more objects" if too_long.size > 1 else ""
        try:
            catalog_field(int(too_long[0]))
        except InvalidInput as error:
            raise InvalidInput(f"{error} (object {too_long[0]}{several})") from None
    days, ticks = _epochs(elements)
    lines: list[str] = []
    for row in range(len(elements)):
        name = " ".join(elements.name[row].split())
        try:
            line1, line2 = _lines(elements, row, int(days[row]), int(ticks[row]))
        except InvalidInput as error:
            raise InvalidInput(f"object {elements.object_id[row]} {name}: {error}; write an OMM instead") from None
        lines += [*([f"0 {name}"] if name else []), line1, line2]
    return lines


def utc_days(elements: MeanElements) -> tuple[np.ndarray, np.ndarray]:
    """Epochs of elements as days of UTC and seconds of them, before 1972 with UTC as TAI - 10 s.

    Parameters
    ----------
    elements : MeanElements
        N sets.

    Returns
    -------
    day, second : (N,) int64 [d past 2000-01-01], (N,) int64 [s]
        Whole seconds; the fractions of the epochs stay as they are. 86 400 within a leap second.

    Source
    ------
    Leap seconds of IERS Bulletin C.
    """
    day, second, _ = utc_day_and_second(elements.epoch_second.astype(np.float64))
    old = np.isnan(day)
    clock = elements.epoch_second - TAI_MINUS_UTC_BEFORE_1972 + NOON
    return (
        np.where(old, clock // DAY, np.nan_to_num(day)).astype(np.int64),
        np.where(old, clock % DAY, np.nan_to_num(second)).astype(np.int64),
    )


def _epochs(elements: MeanElements) -> tuple[np.ndarray, np.ndarray]:
    day, second = utc_days(elements)
    ticks = np.round((second + elements.epoch_fraction) / TICK).astype(np.int64)
    return day + ticks // TICKS, ticks % TICKS


def _lines(elements: MeanElements, row: int, day: int, ticks: int) -> tuple[str, str]:
    field = catalog_field(int(elements.object_id[row]))
    date = np.datetime64(day + DAYS_1970_TO_2000, "D")
    year = int(date.astype("datetime64[Y]").astype(np.int64)) + 1970
    if not FIRST_YEAR <= year - 1900 < 100 + FIRST_YEAR:
        raise InvalidInput(f"an epoch in {year} has no two-digit year of a two-line set (1957 to 2056)")
    of_year = int((date - date.astype("datetime64[Y]")).astype(np.int64)) + 1
    line1 = (
        f"1 {field}{elements.classification[row][:1] or 'U'} {_designator(elements.designator[row]):8} "
        f"{year % 100:02d}{of_year:03d}.{ticks:08d} "
        f"{_rate(elements.mean_motion_rate[row] * REVOLUTIONS * SECONDS_PER_DAY)} "
        f"{_exponential(elements.mean_motion_second[row] * REVOLUTIONS * SECONDS_PER_DAY**2, 'second derivative')} "
        f"{_exponential(elements.drag_term[row], 'B*')} 0 {max(int(elements.element_set[row]), 0) % 10_000:4d}"
    )
    eccentricity = f"{elements.eccentricity[row]:.7f}"
    if not eccentricity.startswith("0."):
        raise InvalidInput(f"eccentricity {elements.eccentricity[row]!r} does not fit seven digits below 1")
    motion = f"{elements.mean_motion[row] * REVOLUTIONS:11.8f}"
    if len(motion) != 11:
        raise InvalidInput(f"a mean motion of {motion.strip()} revolutions a day does not fit its columns")
    line2 = (
        f"2 {field} {elements.inclination[row] * DEGREES:8.4f} {_angle(elements.node[row])} {eccentricity[2:]} "
        f"{_angle(elements.argument_of_perigee[row])} {_angle(elements.mean_anomaly[row])} "
        f"{motion}{max(int(elements.revolution[row]), 0) % 100_000:5d}"
    )
    return f"{line1}{checksum(line1)}", f"{line2}{checksum(line2)}"


def _designator(text: str) -> str:
    """``1998-067A`` as ``98067A``; what does not fit eight places is left out."""
    match = LONG_DESIGNATOR.fullmatch(text)
    short = f"{match[2]}{match[3]}" if match else text
    return short if len(short) <= 8 and short.isascii() else ""


def _angle(angle: float) -> str:
    text = f"{math.fmod(angle * DEGREES, 360.0) % 360.0:8.4f}"
    return "  0.0000" if text == "360.0000" else text


def _rate(value: float) -> str:
    text = f"{abs(value):.8f}"
    if not text.startswith("0."):
        raise InvalidInput(f"a mean motion rate of {value:g} revolutions/day2 does not fit its columns")
    return f"{'-' if value < 0 else ' '}{text[1:]}"


def _exponential(value: float, what: str) -> str:
    """Sign, five digits after an implied point, power of ten in one digit."""
    mantissa, _, power = f"{abs(value):.4e}".partition("e")
    exponent = int(power) + 1
    if exponent < -9:
        mantissa, exponent = f"{abs(value) * 1e10:.4f}", -9
    digits = mantissa.replace(".", "")
    if not int(digits):
        return " 00000+0"
    if exponent > 9:
        raise InvalidInput(f"{what} {value:g} does not fit its columns")
    return f"{'-' if value < 0 else ' '}{digits}{exponent:+d}"
