"""From a scenario file to a checked scenario, with every mistake told at once and where it stands."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from pydantic import BaseModel, ValidationError

from moonstead.scenario.common import FOLDER
from moonstead.scenario.positions import KeyPath, key_lines, line_of
from moonstead.scenario.problems import Kind, Problem, ScenarioError, key_text, raise_problems
from moonstead.scenario.references import check_references
from moonstead.scenario.scenario import Scenario
from moonstead.scenario.wording import findings

LARGEST_FILE = 20_000_000  # [bytes] a scenario is written by hand; more is another file given by mistake


@dataclass(frozen=True, slots=True)
class LoadedScenario:
    """A scenario together with the file that it came from.

    Attributes
    ----------
    scenario : Scenario
        What the file says, in SI.
    source : Path
        The file, absolute.
    lines : mapping of key path to int
        Line of every key, for messages.
    """

    scenario: Scenario
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


def load_scenario(path: Path | str) -> LoadedScenario:
    """Read a scenario file and check all that can be checked without data.

    Parameters
    ----------
    path : path
        A TOML file. Relative paths in it start from its folder.

    Returns
    -------
    LoadedScenario
        Scenario in SI, file, line of every key.

    Raises
    ------
    ScenarioError
        With every mistake that was found: file, line, key, message, remedy.
    """
    source = Path(path)
    text = _read(source)
    document = _parse(source, text)
    lines = MappingProxyType(key_lines(text))
    scenario: Scenario | None = None
    found = [(finding.key, finding.message, finding.remedy) for finding in check_references(document)]
    try:
        scenario = Scenario.model_validate(document, context={FOLDER: source.absolute().parent})
    except ValidationError as error:
        found += [(finding.key, finding.message, finding.remedy) for finding in findings(error)]
    raise_problems(
        Problem(str(source), line_of(lines, key), key_text(key), message, remedy) for key, message, remedy in found
    )
    assert scenario is not None  # a validation error has at least one finding
    return LoadedScenario(scenario, source.absolute(), lines)


def plain(part: BaseModel) -> dict[str, Any]:
    """Part of a scenario as plain values for tasks and JSON: SI numbers, dates as UTC text, files as absolute paths."""
    values = _plain(part.model_dump())
    assert isinstance(values, dict)
    return values


def canonical_json(part: BaseModel) -> str:
    """Text that two parts of scenarios share exactly when they say the same: for hashes.

    Keys are sorted, floats are written so that they read back bit for bit. Files count by their path; who hashes
    should add their content.
    """
    return json.dumps(plain(part), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, Path) else value


def _fail(source: Path, line: int, message: str, remedy: str) -> NoReturn:
    raise ScenarioError([Problem(str(source), line, "", message, remedy)])


def _read(source: Path) -> str:
    remedy = "give the path of a scenario file (.toml)"
    try:
        if source.is_dir():
            _fail(source, 0, "this is a folder, not a scenario file", remedy)
        if source.stat().st_size > LARGEST_FILE:
            _fail(source, 0, "the file is too large to be a scenario", remedy)
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
        _fail(source, 1, "the file is empty", "start with title, start and stop; see scenarios/ for examples")
    return text


def _siblings(source: Path) -> list[Path]:
    try:
        return sorted(source.parent.glob("*.toml"))[:8]
    except OSError:
        return []


def _parse(source: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, message, remedy = _syntax(str(error), text)
        _fail(source, line, message, remedy)
    except RecursionError:
        _fail(source, 1, "lists or tables are nested too deeply", "a scenario nests four levels at most")
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
