"""A TOML file as a user writes it: read, parsed, and with the line of every key, so that mistakes can be placed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from moonstead.scenario.findings import Finding
from moonstead.scenario.positions import KeyPath, key_lines, line_of
from moonstead.scenario.problems import Kind, Problem, ScenarioError, key_text, raise_problems

LARGEST_FILE = 20_000_000  # [bytes] these files are written by hand; more is another file given by mistake


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file is meant to be, in the words of messages.

    Attributes
    ----------
    noun : str
        What it is called.
    beginning : str
        What an empty one should start with, and where examples are.
    """

    noun: str
    beginning: str


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file and the lines of its keys.

    Attributes
    ----------
    source : Path
        The file, absolute.
    lines : mapping of key path to int
        Line of every key, for messages.
    """

    source: Path
    lines: Mapping[KeyPath, int]

    def problem(self, key: KeyPath, message: str, remedy: str, kind: Kind = "input") -> Problem:
        """Problem at a key of the file.

        Parameters
        ----------
        key : tuple of str and int
            As in the file, for example ``("site", 0, "height")``.
        message, remedy : str
            What is wrong and what to do.
        kind : str
            ``"input"`` or ``"data"``.

        Returns
        -------
        Problem
            With file and line.
        """
        return Problem(str(self.source), line_of(self.lines, key), key_text(key), message, remedy, kind)


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML file that is sound as such.

    Attributes
    ----------
    path : Path
        The file as the user named it.
    values : dict
        What `tomllib` makes of it.
    lines : mapping of key path to int
        Line of every key.
    """

    path: Path
    values: dict[str, Any]
    lines: Mapping[KeyPath, int]

    def refuse(self, found: list[Finding]) -> None:
        """Raise all findings as problems with file and line; do nothing where there are none.

        Raises
        ------
        ScenarioError
            There is at least one.
        """
        raise_problems(
            Problem(str(self.path), line_of(self.lines, one.key), key_text(one.key), one.message, one.remedy)
            for one in found
        )


def read_document(path: Path | str, kind: FileKind) -> Document:
    """Read and parse a TOML file.

    Parameters
    ----------
    path : path
        The file.
    kind : FileKind
        What it is meant to be, for messages.

    Returns
    -------
    Document
        Its values and the line of every key.

    Raises
    ------
    ScenarioError
        There is no such file, it is no text, or no TOML; with line and remedy.
    """
    source = Path(path)
    text = _read(source, kind)
    return Document(source, _parse(source, text, kind), MappingProxyType(key_lines(text)))


def _fail(source: Path, line: int, message: str, remedy: str) -> NoReturn:
    raise ScenarioError([Problem(str(source), line, "", message, remedy)])


def _read(source: Path, kind: FileKind) -> str:
    remedy = f"give the path of a {kind.noun} file (.toml)"
    try:
        if source.is_dir():
            _fail(source, 0, f"this is a folder, not a {kind.noun} file", remedy)
        if source.stat().st_size > LARGEST_FILE:
            _fail(source, 0, f"the file is too large to be a {kind.noun}", remedy)
        raw = source.read_bytes()
    except FileNotFoundError:
        near = [item.name for item in _siblings(source)]
        hint = f"; its folder has {', '.join(near)}" if near else ""
        _fail(source, 0, "there is no such file", remedy + hint)
    except (OSError, ValueError) as error:
        _fail(source, 0, f"the file cannot be read: {getattr(error, 'strerror', None) or error}", remedy)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _fail(source, line, f"byte {raw[error.start]:#04x} is not UTF-8", "save the file as UTF-8 text")
    if text.startswith("\ufeff"):
        _fail(source, 1, "the file starts with a byte-order mark", "save the file as UTF-8 without BOM")
    if not text.strip():
        _fail(source, 1, "the file is empty", f"start with {kind.beginning}")
    return text


def _siblings(source: Path) -> list[Path]:
    try:
        return sorted(source.parent.glob("*.toml"))[:8]
    except OSError:
        return []


def _parse(source: Path, text: str, kind: FileKind) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, message, remedy = _syntax(str(error), text)
        _fail(source, line, message, remedy)
    except RecursionError:
        _fail(source, 1, "lists or tables are nested too deeply", f"a {kind.noun} nests four levels at most")
    except ValueError as error:
        line = _line_of_long_number(text)
        _fail(source, line, f"a number cannot be read: {error}", "write fewer digits")


def _line_of_long_number(text: str) -> int:
    found = re.search(r"[0-9_]{4000,}", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _syntax(message: str, text: str) -> tuple[int, str, str]:
    """Line, message and remedy of an error of the TOML parser."""
    lines = text.replace("\r\n", "\n").split("\n")
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    line = int(place[1]) if place else len(text.rstrip("\n").split("\n"))
    column = int(place[2]) if place else 0
    reason = re.sub(r" \(at [^)]*\)$", "", message)
    where = f", column {column}" if column else ""
    written = lines[line - 1].strip() if line <= len(lines) else ""
    return line, f"not valid TOML{where}: {reason}", _syntax_remedy(reason, written)


def _syntax_remedy(reason: str, written: str) -> str:
    if "Cannot overwrite" in reason or "Cannot declare" in reason or "Cannot mutate" in reason:
        return "a key or table may be written once only; a repeated part starts with [[double brackets]]"
    if "Invalid value" in reason:
        return "text needs quotes, and so does a number with its unit"
    if re.match(r"[A-Za-z0-9_\-]+\s+[^=]", written) and "=" in reason:
        return "write key = value"
    if "nterminated" in reason or "Illegal character" in reason or "Unclosed" in reason:
        return "close every quote and bracket"
    if "Expected newline or end of document" in reason:
        return "one key = value on a line; text and numbers with units need quotes"
    return "see the line; every key is written key = value"
