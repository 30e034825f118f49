"""Two-line element sets: read one or a whole catalogue, write back the same lines."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from moonstead.dynamics.sgp4_trajectory import Sgp4Trajectory
from moonstead.formats.files import read_text, write_text
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

LINE_LENGTH = 69  # [characters] the checksum included
LEAST_LENGTH = (
    LINE_LENGTH - 15
)  # [characters] of an element line, even a damaged one; a name may begin with a digit too
FIRST_YEAR = 57  # of the two digits: 57 to 99 are the 1900s (Sputnik flew in 1957)
OTHER_THEORIES = "4567"  # ephemeris types
# Alpha-5: the first of five places counts 10 to 33 in letters, without I and O.
ALPHA_5_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
ALPHA_5 = {letter: 10 + place for place, letter in enumerate(ALPHA_5_LETTERS)}
LARGEST_NUMBER = 339_999  # Z9999
_DIGIT_SUM = bytes(c - 48 if 48 <= c <= 57 else int(c == 45) for c in range(256))  # a minus counts 1


@dataclass(frozen=True, slots=True)
class Tle:
    """Mean elements of one object, for SGP4 alone, and the lines that they came from.

    Attributes
    ----------
    name_line : str or None
        Line before the elements as it stands, with ``0 `` in front or without.
    line1, line2 : str
        The 69 characters of each line.
    catalog_number : int
        Satellite catalogue number; Alpha-5 is decoded (A0000 is 100000).
    classification, designator : str
        ``U``, ``C`` or ``S``, and the international designator as it stands (``98067A``).
    epoch_year, epoch_day : int, float [d]
        Epoch in UTC: four digits of the year, day of it with fraction (1.0 is 1 January 0h).
    mean_motion_rate : float [rad/s2]
        Half of the first derivative of the mean motion, as the set gives it.
    mean_motion_second : float [rad/s3]
        Sixth of the second derivative of the mean motion.
    drag_term : float [1/Earth radius]
        B*.
    element_set : int
        Number of the set.
    inclination, node, argument_of_perigee, mean_anomaly : float [rad]
        Mean elements in TEME.
    eccentricity : float [1]
        Mean eccentricity.
    mean_motion : float [rad/s]
        Mean motion in the sense of Kozai.
    revolution : int
        Revolution at epoch.
    """

    name_line: str | None
    line1: str
    line2: str
    catalog_number: int
    classification: str
    designator: str
    epoch_year: int
    epoch_day: float
    mean_motion_rate: float
    mean_motion_second: float
    drag_term: float
    element_set: int
    inclination: float
    node: float
    eccentricity: float
    argument_of_perigee: float
    mean_anomaly: float
    mean_motion: float
    revolution: int

    @property
    def name(self) -> str:
        """Name of the object; its catalogue number where the set has no name line."""
        if self.name_line is None:
            return str(self.catalog_number)
        text = self.name_line.strip()
        return text[2:].strip() if text.startswith("0 ") else text

    @property
    def period(self) -> float:
        """Time [s] of one revolution."""
        return 2.0 * math.pi / self.mean_motion

    def lines(self) -> tuple[str, ...]:
        """The two or three lines as they were read."""
        named = () if self.name_line is None else (self.name_line,)
        return (*named, self.line1, self.line2)

    def trajectory(self, reach: float = 30.0 * SECONDS_PER_DAY) -> Sgp4Trajectory:
        """The orbit by SGP4, answered up to `reach` [s] from the epoch of the set."""
        return Sgp4Trajectory(self.name, self.line1, self.line2, reach)


@dataclass(frozen=True, slots=True)
class TleProblem:
    """A place in a catalogue that is no element set.

    Attributes
    ----------
    line : int
        Line in the file, from 1.
    text : str
        The line as it stands.
    what : str
        What is wrong, and what to do.
    """

    line: int
    text: str
    what: str


@dataclass(frozen=True, slots=True)
class TleCatalogue:
    """Element sets of a file in its order, and what in it could not be read.

    Attributes
    ----------
    source : str
        Name of the file.
    sets : tuple of Tle
        The good sets.
    problems : tuple of TleProblem
        Everything else that is not blank or a comment (``#``).
    """

    source: str
    sets: tuple[Tle, ...]
    problems: tuple[TleProblem, ...]

    def require_clean(self) -> TleCatalogue:
        """The catalogue itself, where it has no problem.

        Returns
        -------
        TleCatalogue

        Raises
        ------
        InvalidInput
            A line of the file has a problem; the message gives the first and its line.
        """
        if self.problems:
            first = self.problems[0]
            more = f" ({len(self.problems) - 1} more problems)" if len(self.problems) > 1 else ""
            raise InvalidInput(f"{self.source}, line {first.line}: {first.what}{more}")
        return self


def checksum(line: str) -> int:
    """Checksum digit of the first 68 characters of a line: the sum of its digits, a minus counting 1, modulo 10."""
    return sum(line[:68].encode("ascii", "replace").translate(_DIGIT_SUM)) % 10


def parse_tle(line1: str, line2: str, name_line: str | None = None) -> Tle:
    """Element set of its two lines.

    Parameters
    ----------
    line1, line2 : str
        Lines of 69 characters; blanks and line ends after them are dropped.
    name_line : str, optional
        Line before them.

    Returns
    -------
    Tle
        Elements in SI units and the lines.

    Raises
    ------
    InvalidInput
        A length, number, checksum or field is wrong, or the lines are of different objects; the message names the line
        and the columns.

    Source
    ------
    Space-Track, "Basic Description of the Two Line Element (TLE) Format", with Alpha-5; Hoots & Roehrich (1980),
    Spacetrack Report No. 3.
    """
    line1, line2 = line1.rstrip(), line2.rstrip()
    for number, line in ((1, line1), (2, line2)):
        if not line.startswith(f"{number} "):
            raise InvalidInput(f"line {number} of an element set must begin with '{number} '; it is {line[:24]!r}")
        if len(line) != LINE_LENGTH:
            raise InvalidInput(f"line {number} has {len(line)} characters, not {LINE_LENGTH}; fetch the set again")
        if not line.isascii():
            raise InvalidInput(f"line {number} has a character that is not ASCII; fetch the set again")
        found = checksum(line)
        if line[68] != str(found):
            raise InvalidInput(
                f"the checksum of line {number} is {line[68]!r}, but its digits give {found}; fetch the set again"
            )
    catalog_number = _catalog_number(line1, 1)
    if catalog_number != _catalog_number(line2, 2):
        raise InvalidInput(
            f"line 1 is of object {line1[2:7].strip()}, line 2 of {line2[2:7].strip()}; fetch the set again"
        )
    year = _whole(line1, 1, 18, 20)
    degree = math.pi / 180.0
    revolution = 2.0 * math.pi / SECONDS_PER_DAY  # [rad/s] of one revolution a day
    tle = Tle(
        name_line=name_line.rstrip("\r\n") if name_line is not None else None,
        line1=line1,
        line2=line2,
        catalog_number=catalog_number,
        classification=line1[7],
        designator=line1[9:17].strip(),
        epoch_year=year + (1900 if year >= FIRST_YEAR else 2000),
        epoch_day=_real(line1, 1, 20, 32),
        mean_motion_rate=_real(line1, 1, 33, 43) * revolution / SECONDS_PER_DAY,
        mean_motion_second=_exponential(line1, 44, 52) * revolution / SECONDS_PER_DAY**2,
        drag_term=_exponential(line1, 53, 61),
        element_set=_whole(line1, 1, 64, 68),
        inclination=_real(line2, 2, 8, 16) * degree,
        node=_real(line2, 2, 17, 25) * degree,
        eccentricity=_whole(line2, 2, 26, 33) / 1e7,
        argument_of_perigee=_real(line2, 2, 34, 42) * degree,
        mean_anomaly=_real(line2, 2, 43, 51) * degree,
        mean_motion=_real(line2, 2, 52, 63) * revolution,
        revolution=_whole(line2, 2, 63, 68),
    )
    if line1[62] in OTHER_THEORIES:
        raise InvalidInput(
            f"line 1 column 63: ephemeris type {line1[62]} is of another theory than SGP4 (4 is SGP4-XP); "
            "get the set of type 0 instead"
        )
    if not tle.mean_motion > 0.0:
        raise InvalidInput("line 2 columns 53-63: the mean motion must be positive; fetch the set again")
    if not 1.0 <= tle.epoch_day < 367.0:
        raise InvalidInput(f"line 1 columns 21-32: {tle.epoch_day} is no day of a year; fetch the set again")
    return tle


def parse_catalog_field(field: str) -> int:
    """Catalogue number of the five places that a two-line set has for it: digits or Alpha-5.

    Parameters
    ----------
    field : str
        Such as ``25544`` or ``A0000``; blanks around it are dropped.

    Returns
    -------
    int
        0 to 339 999.

    Raises
    ------
    InvalidInput
        It is neither.

    Source
    ------
    Space-Track, "Alpha-5": the first place counts 10 to 33 in letters, without I and O.
    """
    text = field.strip()
    if text.isascii() and text.isdecimal() and len(text) <= 5:
        return int(text)
    if len(text) == 5 and text[0] in ALPHA_5 and text[1:].isascii() and text[1:].isdecimal():
        return ALPHA_5[text[0]] * 10_000 + int(text[1:])
    raise InvalidInput(f"{text!r} is neither a number nor Alpha-5 (a letter but I and O, then 4 digits)")


def catalog_field(number: int) -> str:
    """Five places of a two-line set that hold a catalogue number: digits, from 100 000 on Alpha-5.

    Parameters
    ----------
    number : int
        Catalogue number.

    Returns
    -------
    str

    Raises
    ------
    InvalidInput
        The number is negative or above 339 999, which no two-line set can hold.

    Source
    ------
    Space-Track, "Alpha-5".
    """
    if not 0 <= number <= LARGEST_NUMBER:
        raise InvalidInput(
            f"catalogue number {number} does not fit the five places of a two-line set, which end at Z9999 "
            f"({LARGEST_NUMBER}); write an OMM instead (.kvn, .xml, .csv or .json)"
        )
    leading, rest = divmod(number, 10_000)
    first = str(leading) if leading < 10 else ALPHA_5_LETTERS[leading - 10]
    return f"{first}{rest:04d}"


def read_catalogue(path: str | os.PathLike[str]) -> TleCatalogue:
    """Read a file of two- or three-line sets, plain or gzip, keeping what is good and listing what is not.

    Parameters
    ----------
    path : path
        The file. A line that does not begin an element line names the set after it; lines with ``#`` are comments.

    Returns
    -------
    TleCatalogue
        Sets in the order of the file, and the problems with their lines. `TleCatalogue.require_clean` refuses problems.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        The file is not text.
    """
    lines = read_text(path).splitlines()
    sets: list[Tle] = []
    problems: list[TleProblem] = []
    name: tuple[int, str] | None = None
    index = 0

    def lonely_name() -> None:
        if name is not None:
            problems.append(
                TleProblem(name[0], name[1], "a name without the two lines of elements after it; complete or remove it")
            )

    while index < len(lines):
        line, number = lines[index], index + 1
        index += 1
        if not line.strip() or line.startswith("#"):
            continue
        if _begins(line, "1"):
            following = lines[index] if index < len(lines) else ""
            if not _begins(following, "2"):
                problems.append(TleProblem(number, line, "line 1 without its line 2 after it; fetch the set again"))
            else:
                index += 1
                try:
                    sets.append(parse_tle(line, following, None if name is None else name[1]))
                except InvalidInput as error:
                    at = number + 1 if "line 2" in str(error).partition(";")[0][:45] else number
                    problems.append(TleProblem(at, lines[at - 1], str(error)))
            name = None
        elif _begins(line, "2"):
            lonely_name()
            name = None
            problems.append(TleProblem(number, line, "line 2 without its line 1 before it; fetch the set again"))
        else:
            lonely_name()
            name = (number, line)
    lonely_name()
    return TleCatalogue(str(Path(path)), tuple(sets), tuple(problems))


def write_catalogue(path: str | os.PathLike[str], sets: Iterable[Tle]) -> None:
    """Write element sets with the very lines they came from; packed with gzip if the path ends in ``.gz``."""
    write_text(path, "".join(f"{line}\n" for one in sets for line in one.lines()))


def _begins(line: str, number: str) -> bool:
    """Whether a line is an element line, even a damaged one."""
    return line.startswith(f"{number} ") and len(line.rstrip()) >= LEAST_LENGTH


def _catalog_number(line: str, number: int) -> int:
    try:
        return parse_catalog_field(line[2:7])
    except InvalidInput as error:
        raise InvalidInput(f"line {number} columns 3-7: {error}") from None


def _field(line: str, number: int, start: int, stop: int, what: str) -> InvalidInput:
    return InvalidInput(
        f"line {number} columns {start + 1}-{stop}: {line[start:stop]!r} is not {what}; fetch the set again"
    )


def _whole(line: str, number: int, start: int, stop: int) -> int:
    text = line[start:stop].strip().replace(" ", "0")
    if not text:
        return 0
    if not text.isdecimal():
        raise _field(line, number, start, stop, "a whole number")
    return int(text)


def _real(line: str, number: int, start: int, stop: int) -> float:
    try:
        value = float(line[start:stop])
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in line[start:stop]:
        raise _field(line, number, start, stop, "a number")
    return value


def _exponential(line: str, start: int, stop: int) -> float:
    """Field such as `` 28098-4``: sign, five digits after an implied point, power of ten."""
    mantissa, power = line[start : stop - 2], line[stop - 2 : stop]
    digits = mantissa[1:].strip().replace(" ", "0")
    if not digits and not power.strip():
        return 0.0
    if mantissa[0] not in " +-" or not digits.isdecimal() or power[0] not in " +-" or not power[1].isdecimal():
        raise _field(line, 1, start, stop, "of the form ' 12345-6'")
    size = float(f"0.{digits}e{power.replace(' ', '+')}")
    return -size if mantissa[0] == "-" else size
