"""One instant, exact to a fraction of a nanosecond, and its text in every time scale."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.time.leap_seconds import (
    DAY,
    FIRST_DAY,
    NOON,
    ends_with_leap_second,
    tai_of_utc,
    utc_day_and_second,
)
from moonstead.foundation.time.lunar_time import tcl_minus_tdb, tl_minus_tdb
from moonstead.foundation.time.scales import (
    TT_MINUS_TAI,
    tcb_minus_tdb,
    tcg_minus_tt,
    tdb_from_tai,
    tdb_minus_tt,
)

if TYPE_CHECKING:
    from moonstead.foundation.time.earth_orientation import EarthOrientation

SCALES = ("UTC", "TAI", "TT", "TDB", "TCB", "TCG", "TCL", "TL", "UT1", "GPST", "GST", "BDT", "GLONASST")
_LEAPING = {"UTC": 0, "GLONASST": 180}  # [min] ahead of UTC
_STEADY = {"TAI": 0, "GPST": -19, "GST": -19, "BDT": -33}  # [s] ahead of TAI
_TT_SECONDS, _TT_FRACTION = 32, 0.184  # [s] TT - TAI in two parts

_TEXT = re.compile(
    r"(?P<year>\d{4})-(?:(?P<month>\d{2})-(?P<dom>\d{2})|(?P<doy>\d{3}))"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?P<fraction>[.,]\d+)?)?)?"
    r"(?P<zone>Z|[+-]\d{2}:\d{2})?(?: (?P<scale>[A-Z0-9]+))?",
)
_EXPECTED = "write 2035-01-01T00:00:00, 2035-01-01 or 2035-001T00:00:00"


@dataclass(frozen=True, slots=True, order=True)
class Epoch:
    """An instant as whole seconds and a fraction on International Atomic Time.

    Attributes
    ----------
    seconds : int [s]
        Whole seconds of TAI past 2000-01-01T12:00:00 TAI.
    fraction : float [s]
        The rest, 0 <= fraction < 1, fine to 1e-16 s.

    Raises
    ------
    InvalidInput
        `seconds` is no integer or `fraction` lies outside [0, 1).
    """

    seconds: int
    fraction: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is not in the one normal form, so that equal instants are equal objects."""
        if not isinstance(self.seconds, int) or not 0.0 <= self.fraction < 1.0:
            raise InvalidInput(
                f"Epoch needs whole seconds and a fraction in [0, 1), got {self.seconds!r} and {self.fraction!r}; "
                "Epoch.parse, Epoch.from_tdb and epoch + seconds make one from anything else"
            )

    @classmethod
    def parse(cls, text: str, scale: str = "UTC", earth_orientation: EarthOrientation | None = None) -> Epoch:
        """Instant of a date and time as text.

        Parameters
        ----------
        text : str
            ISO 8601 (``2035-01-01T00:00:00.5``, ``2035-01-01``) or CCSDS day of year (``2035-001T00:00:00``).
            ``Z`` or an offset such as ``+03:00`` may follow where the scale is UTC, and the name of the scale may
            follow a blank, as `str` writes it. A leap second is ``23:59:60``.
        scale : str
            One of `SCALES`. GLONASST is UTC + 3 h; GPST, GST and BDT are the system times of GPS, Galileo and BeiDou,
            as steered to agree within nanoseconds; TCL is lunar coordinate time, TL time at the Moon's surface
            (`lunar_time`).
        earth_orientation : EarthOrientation, optional
            Needed for UT1 only.

        Returns
        -------
        Epoch

        Raises
        ------
        InvalidInput
            The text is not a date and time of that scale; the message says which part.
        OutsideSpan
            The scale follows leap seconds and the date is before 1972, or it is TCL or TL outside 1901 to 2098.
        """
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            raise InvalidInput(f"{text!r} is not a date and time: {_EXPECTED}")
        scale = _scale_of(text, match, scale)
        day, minute, second = _civil(text, match)
        fraction = float("0." + match["fraction"][1:]) if match["fraction"] else 0.0
        if fraction == 1.0:  # more nines than a float can hold
            fraction = math.nextafter(1.0, 0.0)
        if scale in _LEAPING:
            return _from_leaping(text, day, minute - _LEAPING[scale] - _zone_minutes(match), second, fraction)
        if second == 60:
            raise InvalidInput(f"{text!r}: second 60 exists in UTC and GLONASST only; {scale} has no leap seconds")
        return _from_reading(scale, day * DAY - NOON + minute * 60 + second, fraction, earth_orientation)

    @classmethod
    def from_tdb(cls, seconds: float) -> Epoch:
        """Instant at seconds of TDB past J2000 (2000-01-01T12:00:00 TDB).

        Parameters
        ----------
        seconds : float [s TDB past J2000]
            Time as library calls take it.

        Returns
        -------
        Epoch

        Raises
        ------
        InvalidInput
            The time is not finite.
        """
        if not math.isfinite(seconds):
            raise InvalidInput(f"an epoch needs a finite time, got {seconds!r} s of TDB past J2000")
        whole = math.floor(seconds)
        return _from_reading("TDB", whole, seconds - whole, None)

    def tdb(self) -> float:
        """Time as library calls take it [s TDB past J2000]; a float resolves 0.1 us of it."""
        reading, fraction = self._reading("TDB", None)
        return reading + fraction

    def text(
        self,
        scale: str = "UTC",
        digits: int = 3,
        *,
        form: Literal["calendar", "day-of-year"] = "calendar",
        earth_orientation: EarthOrientation | None = None,
    ) -> str:
        """Date and time as text, rounded to the nearest digit, without a suffix.

        Parameters
        ----------
        scale : str
            One of `SCALES`.
        digits : int
            Decimals of the second, 0 to 15.
        form : str
            ``"calendar"`` gives ``2035-01-01T00:00:00.000``, ``"day-of-year"`` gives ``2035-001T00:00:00.000``.
        earth_orientation : EarthOrientation, optional
            Needed for UT1 only.

        Returns
        -------
        str

        Raises
        ------
        InvalidInput
            The scale is unknown, the digits are out of range, or the year has not four digits.
        OutsideSpan
            The scale follows leap seconds and the instant is before 1972, or it is TCL or TL outside 1901 to 2098.
        """
        _known(scale)
        if not 0 <= digits <= 15:
            raise InvalidInput(f"digits must be 0 to 15, got {digits}")
        if scale in _LEAPING:
            seconds, ticks = _rounded(self.seconds, self.fraction, digits)
            days, of_day, _ = utc_day_and_second(np.array([float(seconds)]))
            if math.isnan(days[0]):
                raise OutsideSpan(_before_utc(scale))
            day, second_of_day = int(days[0]), int(of_day[0])
            minute, second = min(second_of_day // 60, 1439), second_of_day - min(second_of_day // 60, 1439) * 60
            day, minute = day + (minute + _LEAPING[scale]) // 1440, (minute + _LEAPING[scale]) % 1440
        else:
            seconds, ticks = _rounded(*self._reading(scale, earth_orientation), digits)
            day, second_of_day = divmod(seconds + NOON, DAY)
            minute, second = divmod(second_of_day, 60)
        try:
            calendar = date.fromordinal(FIRST_DAY + day)
        except (ValueError, OverflowError) as error:
            raise InvalidInput(f"{self!r} lies outside the years 1 to 9999 that text can say") from error
        first = f"{calendar:%Y}".zfill(4)
        middle = f"{calendar:%j}" if form == "day-of-year" else f"{calendar:%m-%d}"
        decimals = f".{ticks:0{digits}d}" if digits else ""
        return f"{first}-{middle}T{minute // 60:02d}:{minute % 60:02d}:{second:02d}{decimals}"

    def __str__(self) -> str:
        """Text in UTC to the nanosecond, or in TAI before 1972; `parse` reads it back."""
        try:
            return f"{self.text('UTC', 9)} UTC"
        except OutsideSpan:
            return f"{self.text('TAI', 9)} TAI"

    def __add__(self, seconds: float) -> Epoch:
        """Instant that many seconds of TAI later; whole seconds are added exactly."""
        if not math.isfinite(seconds):
            raise InvalidInput(f"an epoch can be moved by a finite time only, got {seconds!r} s")
        whole = math.floor(seconds)
        return _normal(self.seconds + whole, self.fraction + (seconds - whole))

    def __sub__(self, other: Epoch) -> float:
        """Seconds of TAI [s] since another instant."""
        if not isinstance(other, Epoch):
            return NotImplemented
        return (self.seconds - other.seconds) + (self.fraction - other.fraction)

    def _reading(self, scale: str, earth_orientation: EarthOrientation | None) -> tuple[int, float]:
        """Seconds past 2000-01-01T12:00:00 of a scale without leap seconds, whole and fraction."""
        whole, rest = _ahead_of_tai(scale, self.seconds + self.fraction, earth_orientation)
        fraction = self.fraction + rest
        carry = math.floor(fraction)
        return self.seconds + whole + carry, fraction - carry


def _ahead_of_tai(scale: str, tai: float, earth_orientation: EarthOrientation | None) -> tuple[int, float]:
    """Scale minus TAI [s] at a time [s TAI past 2000-01-01T12:00:00 TAI], whole and rest."""
    if scale in _STEADY:
        return _STEADY[scale], 0.0
    if scale == "UT1":
        if earth_orientation is None:
            raise InvalidInput("UT1 needs Earth orientation: pass earth_orientation=data.earth_orientation")
        return 0, float(earth_orientation.at(np.array([tai])).ut1_minus_tai[0])
    tt = np.array([tai + TT_MINUS_TAI])
    if scale == "TT":
        return _TT_SECONDS, _TT_FRACTION
    if scale == "TCG":
        return _TT_SECONDS, _TT_FRACTION + float(tcg_minus_tt(tt)[0])
    tdb = tdb_from_tai(np.array([tai]))
    rest = _TT_FRACTION + float(tdb_minus_tt(tt)[0])
    if scale == "TCB":
        rest += float(tcb_minus_tdb(tdb)[0])
    elif scale in ("TCL", "TL"):
        lunar = tcl_minus_tdb if scale == "TCL" else tl_minus_tdb
        rest += float(lunar(tdb)[0])
        if math.isnan(rest):
            raise OutsideSpan(f"lunar time {scale} is known from 1901 to 2098; use TDB outside these years")
    return _TT_SECONDS, rest


def _from_reading(scale: str, whole: int, fraction: float, earth_orientation: EarthOrientation | None) -> Epoch:
    """Instant of a reading, whole and fraction, of a scale without leap seconds."""
    epoch = Epoch(whole, fraction)
    # The offset depends on the time looked for, but by 2e-8 at most: each round gains seven digits.
    for _ in range(3):
        ahead, rest = _ahead_of_tai(scale, epoch.seconds + epoch.fraction, earth_orientation)
        epoch = _normal(whole - ahead, fraction - rest)
    return epoch


def _from_leaping(text: str, day: int, minute: int, second: int, fraction: float) -> Epoch:
    day, minute = day + minute // 1440, minute % 1440
    if second == 60 and not (minute == 1439 and ends_with_leap_second(day)):
        raise InvalidInput(f"{text!r}: no leap second was inserted there; seconds run from 00 to 59")
    seconds = tai_of_utc(day, minute * 60 + second)
    if seconds is None:
        raise OutsideSpan(f"{text!r}: {_before_utc('UTC')}")
    return Epoch(seconds, fraction)


def _before_utc(scale: str) -> str:
    return f"{scale} with whole leap seconds begins on 1972-01-01; use TAI, TT or TDB before that"


def _normal(seconds: int, fraction: float) -> Epoch:
    carry = math.floor(fraction)
    rest = fraction - carry
    if rest >= 1.0:  # a tiny negative fraction rounds up to the next second
        carry, rest = carry + 1, 0.0
    return Epoch(int(seconds + carry), rest)


def _rounded(seconds: int, fraction: float, digits: int) -> tuple[int, int]:
    """Whole seconds and the fraction in units of the last digit."""
    ticks = round(fraction * 10**digits)
    return (seconds + 1, 0) if ticks == 10**digits else (seconds, ticks)


def _known(scale: str) -> None:
    if scale not in SCALES:
        raise InvalidInput(f"unknown time scale {scale!r}; known are {', '.join(SCALES)}")


def _scale_of(text: str, match: re.Match[str], scale: str) -> str:
    """Scale of a text, which may say it itself."""
    _known(scale)
    if match["zone"] and scale != "UTC":
        raise InvalidInput(
            f"{text!r}: {match['zone']!r} says UTC, but the scale asked for is {scale}; drop one of them"
        )
    if match["scale"]:
        _known(match["scale"])
        if match["scale"] != scale and (scale != "UTC" or match["zone"]):
            raise InvalidInput(f"{text!r} says {match['scale']}, but the scale asked for is {scale}; drop one of them")
        return match["scale"]
    return scale


def _civil(text: str, match: re.Match[str]) -> tuple[int, int, int]:
    """Day past 2000-01-01, minute of day and second of minute, each checked by name."""
    year = int(match["year"])
    try:
        if match["doy"]:
            number = int(match["doy"])
            length = date(year, 12, 31).timetuple().tm_yday
            if not 1 <= number <= length:
                raise ValueError(f"day {number} of year is out of range, {year} has {length} days")
            day = date(year, 1, 1).toordinal() - FIRST_DAY + number - 1
        else:
            day = date(year, int(match["month"]), int(match["dom"])).toordinal() - FIRST_DAY
    except ValueError as error:
        raise InvalidInput(f"{text!r} is not a date: {error}") from error
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    for value, limit, part in ((hour, 23, "hour"), (minute, 59, "minute"), (second, 60, "second")):
        if value > limit:
            raise InvalidInput(f"{text!r}: {part} {value} is out of range, the largest is {limit}")
    return day, hour * 60 + minute, second


def _zone_minutes(match: re.Match[str]) -> int:
    zone = match["zone"]
    if not zone or zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    return -minutes if zone[0] == "-" else minutes
