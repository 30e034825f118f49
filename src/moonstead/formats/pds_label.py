"""Labels of the Planetary Data System, version 3: keywords, values with units, nested objects."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from moonstead.foundation.errors import InvalidInput, MissingData

__all__ = ["PdsObject", "PdsValue", "parse_pds_label", "read_pds_label"]

LABEL_LIMIT = 1 << 20  # [byte] where no END has come by then, the file is no label
PROSE = ("COMMENT", "DESCRIPTION", "NOTE")  # may stand twice; the first is kept
STARTS = ("PDS_VERSION_ID", "CCSD3ZF", "ODL_VERSION_ID")

Scalar = float | int | str
Value = Scalar | tuple["Value", ...]

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<comment>/\*.*?\*/)
      | (?P<text>"[^"]*")
      | (?P<symbol>'[^'\n]*')
      | (?P<unit><[^<>\n]*>)
      | (?P<mark>[=(){},])
      | (?P<word>(?!/\*)[^\s=(){},<>"']+)""",
    re.VERBOSE | re.DOTALL,
)
_INTEGER = re.compile(r"[+-]?\d+")
_REAL = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+(?=[eEdD]))([eEdD][+-]?\d+)?")
_BASED = re.compile(r"(\d+)#([+-]?[0-9A-Fa-f]+)#")


@dataclass(frozen=True, slots=True)
class PdsValue:
    """What stands after a keyword.

    Attributes
    ----------
    value : int, float, str or tuple
        Numbers as numbers, all else as text without its quotes; a sequence or set as a tuple.
    unit : str or None
        What stands in angle brackets behind it, as in the file.
    line : int
        Line of the keyword in the file, from 1.
    """

    value: Value
    unit: str | None
    line: int


@dataclass(frozen=True, eq=False)
class PdsObject:
    """A label, or an object or group within it.

    Attributes
    ----------
    name : str
        Name of the object; empty for the label itself.
    source : str
        File that messages name.
    line : int
        Line where it begins, from 1.
    values : mapping of keyword to PdsValue
        Keywords in upper case, pointers with their ``^``.
    objects : (M,) PdsObject
        Objects and groups directly within this one, in the file's order.
    """

    name: str
    source: str
    line: int
    values: Mapping[str, PdsValue]
    objects: tuple[PdsObject, ...]

    def find(self, name: str) -> PdsObject | None:
        """First object of a name, within this one at any depth."""
        return next((each for each in self._walk() if each.name == name.upper()), None)

    def holder(self, keyword: str) -> PdsObject | None:
        """First object that has a keyword, beginning with this one."""
        return next((each for each in (self, *self._walk()) if keyword in each.values), None)

    def text(self, keyword: str, default: str | None = None) -> str:
        """Text of a keyword with its white space made single.

        Parameters
        ----------
        keyword : str
            As the file spells it, in upper case.
        default : str or None
            What to give where the keyword is absent or says that it does not apply (``N/A``, ``UNK``, ``NULL``).

        Returns
        -------
        str
            The text.

        Raises
        ------
        InvalidInput
            The keyword is absent and there is no default, or it holds several values.
        """
        found = self.values.get(keyword)
        if found is None or _is_void(found.value):
            if default is not None:
                return default
            raise self.fault(keyword, "is missing" if found is None else f"says {found.value!r}")
        if isinstance(found.value, tuple):
            raise self.fault(keyword, "holds several values where one is needed")
        return " ".join(str(found.value).split())

    def number(self, keyword: str, default: float | None = None) -> float:
        """Number of a keyword, in the unit that the file says.

        Parameters
        ----------
        keyword : str
            As the file spells it, in upper case.
        default : float [as in the file] or None
            What to give where the keyword is absent or does not apply.

        Returns
        -------
        float [as in the file]
            The number.

        Raises
        ------
        InvalidInput
            The keyword is absent and there is no default, or it is no number.
        """
        found = self.values.get(keyword)
        if found is None or _is_void(found.value):
            if default is not None:
                return default
            raise self.fault(keyword, "is missing" if found is None else f"says {found.value!r}")
        value = found.value
        if isinstance(value, str):  # some labels put their numbers into quotes
            value = _scalar(value.strip())
        if isinstance(value, str | tuple) or not math.isfinite(value):
            raise self.fault(keyword, f"must be a number; it says {found.value!r}")
        return float(value)

    def count(self, keyword: str, default: int | None = None) -> int:
        """Whole number of a keyword, not negative.

        Parameters
        ----------
        keyword : str
            As the file spells it, in upper case.
        default : int or None
            What to give where the keyword is absent or does not apply.

        Returns
        -------
        int
            The number.

        Raises
        ------
        InvalidInput
            The keyword is absent and there is no default, or it is no whole number from 0 on.
        """
        found = self.number(keyword, None if default is None else float(default))
        if found < 0.0 or found != math.floor(found):
            raise self.fault(keyword, f"must be a whole number, not negative; it says {found:g}")
        return int(found)

    def unit(self, keyword: str) -> str | None:
        """Unit of a keyword in lower case, None where the file gives none."""
        found = self.values.get(keyword)
        return None if found is None or found.unit is None else found.unit.strip().lower()

    def fault(self, keyword: str, what: str) -> InvalidInput:
        """Error that names file, line, object and keyword."""
        line = self.values[keyword].line if keyword in self.values else self.line
        within = f" of {self.name}" if self.name else ""
        return InvalidInput(f"{self.source}, line {line}: {keyword}{within} {what}")

    def _walk(self) -> Iterator[PdsObject]:
        for each in self.objects:
            yield each
            yield from each._walk()


def read_pds_label(path: str | os.PathLike[str]) -> PdsObject:
    """Label of a file: the file itself where the label is detached, else the text before its data.

    Parameters
    ----------
    path : path
        A label (``.lbl``), or an image with its label in front.

    Returns
    -------
    PdsObject
        The label.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        It does not begin like a label, has no END, or breaks the syntax; the message names the line.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(LABEL_LIMIT)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise MissingData(f"{path}: there is no such file; check the path") from error
    text = raw.decode("latin-1")
    if not text.lstrip("\ufeff \t\r\n").startswith((*STARTS, "/*")) or "\0" in text[:64]:
        raise InvalidInput(f"{path}: not a PDS3 label; it would begin with PDS_VERSION_ID = PDS3")
    return parse_pds_label(text, str(path))


def parse_pds_label(text: str, source: str) -> PdsObject:
    """Label from its text; what follows the END statement is not looked at.

    Parameters
    ----------
    text : str
        The label.
    source : str
        File that messages name.

    Returns
    -------
    PdsObject
        The label.

    Raises
    ------
    InvalidInput
        The syntax is broken, an object is not closed, a keyword contradicts itself, or END is missing.

    Source
    ------
    Planetary Data System Standards Reference, version 3.8 (JPL D-7669, 2009), chapter 12, Object Description Language.
    """
    return _Parser(text, source).label()


class _Parser:
    """Reads token by token, so that the data behind an attached label are never parsed."""

    def __init__(self, text: str, source: str) -> None:
        self.text, self.source, self.at = text, source, 0
        self.kind, self.token, self.start = "", "", 0
        self.advance()

    def fail(self, what: str) -> NoReturn:
        line = self.text.count("\n", 0, self.start) + 1
        raise InvalidInput(f"{self.source}, line {line}: {what}")

    @property
    def line(self) -> int:
        return self.text.count("\n", 0, self.start) + 1

    def advance(self) -> None:
        """Go to the next token; at the end of the text its kind is empty."""
        while self.at < len(self.text):
            self.start = self.at
            match = _TOKEN.match(self.text, self.at)
            if match is None:
                opened = {"/": "comment", '"': "text", "'": "symbol", "<": "unit"}.get(self.text[self.at], "character")
                self.fail(f"a {opened} that begins here is never closed; the label is damaged or cut short")
            self.at = match.end()
            if match.lastgroup not in ("space", "comment"):
                self.kind, self.token = str(match.lastgroup), match.group()
                return
        self.kind, self.token, self.start = "", "", len(self.text)

    def take(self, mark: str) -> bool:
        if self.kind == "mark" and self.token == mark:
            self.advance()
            return True
        return False

    def label(self) -> PdsObject:
        while self.kind == "word" and self.token.startswith("CCSD"):  # marks of a standard data unit come before it
            self.advance()
        return self.body("", 1)

    def body(self, name: str, line: int) -> PdsObject:
        """Statements up to END, or to END_OBJECT where the object has a name."""
        values: dict[str, PdsValue] = {}
        objects: list[PdsObject] = []
        while True:
            if self.kind == "":
                what = f"{name}, opened on line {line}, is not closed" if name else "the label ends without END"
                self.fail(f"{what}; the label is cut short")
            if self.kind != "word":
                self.fail(f"a keyword was expected, {self.token[:40]!r} stands here")
            keyword, keyword_line = self.token.upper(), self.line
            if keyword == "END":
                if name:
                    self.fail(f"{name}, opened on line {line}, is not closed before END")
                break
            self.advance()
            if keyword in ("END_OBJECT", "END_GROUP"):
                self.close(name)
                break
            if not self.take("="):
                self.fail(f"after {keyword} comes '='; {self.token[:40]!r} stands here")
            if keyword in ("OBJECT", "GROUP", "BEGIN_OBJECT", "BEGIN_GROUP"):
                inner = self.token.upper()
                self.advance()
                objects.append(self.body(inner, keyword_line))
                continue
            value = self.value()
            unit = self.unit()
            found = PdsValue(value, unit, keyword_line)
            before = values.setdefault(keyword, found)
            if (before.value, before.unit) != (value, unit) and keyword not in PROSE:
                self.fail(f"{keyword} stands twice and says something else on line {before.line}")
        return PdsObject(name, self.source, line, MappingProxyType(values), tuple(objects))

    def close(self, name: str) -> None:
        if not name:
            self.fail("END_OBJECT closes no object")
        if self.take("="):
            if self.token.upper() != name:
                self.fail(f"END_OBJECT = {self.token} closes {name}")
            self.advance()

    def unit(self) -> str | None:
        if self.kind != "unit":
            return None
        unit = self.token[1:-1].strip()
        self.advance()
        return unit

    def value(self) -> Value:
        for opening, closing in (("(", ")"), ("{", "}")):
            if self.take(opening):
                return self.sequence(closing)
        if self.kind in ("text", "symbol"):
            found: Scalar = self.token[1:-1]
        elif self.kind == "word":
            found = _scalar(self.token)
        else:
            self.fail(f"a value was expected, {self.token[:40] or 'the end'!r} stands here")
        self.advance()
        return found

    def sequence(self, closing: str) -> tuple[Value, ...]:
        found: list[Value] = []
        while not self.take(closing):
            if self.kind == "":
                self.fail(f"a sequence is not closed with {closing!r}")
            value, unit = self.value(), self.unit()
            found.append(value if unit is None else f"{value} <{unit}>")
            if not self.take(",") and not (self.kind == "mark" and self.token == closing):
                self.fail(f"a sequence goes on with ',' or ends with {closing!r}; {self.token[:40]!r} stands here")
        return tuple(found)


def _scalar(word: str) -> Scalar:
    if _INTEGER.fullmatch(word):
        return int(word)
    if _REAL.fullmatch(word):
        return float(word.lower().replace("d", "e"))
    if (based := _BASED.fullmatch(word)) and 2 <= int(based[1]) <= 36:
        try:
            return int(based[2], int(based[1]))
        except ValueError:
            return word
    return word


def _is_void(value: Value) -> bool:
    return isinstance(value, str) and value.strip().upper() in ("N/A", "UNK", "NULL", "NONE", "")
