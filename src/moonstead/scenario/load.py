"""From a scenario file to a checked scenario, with every mistake told at once and where it stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from moonstead.scenario.common import FOLDER
from moonstead.scenario.references import check_references
from moonstead.scenario.scenario import Scenario
from moonstead.scenario.schema import scenario_schema
from moonstead.scenario.toml_file import FileKind, WrittenFile, read_document
from moonstead.scenario.wording import findings

SCENARIO_FILE = FileKind("scenario", "title, start and stop; see scenarios/ for examples")


@dataclass(frozen=True, slots=True)
class LoadedScenario(WrittenFile):
    """A scenario together with the file that it came from.

    Attributes
    ----------
    scenario : Scenario
        What the file says, in SI.
    """

    scenario: Scenario


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
    document = read_document(path, SCENARIO_FILE)
    source = document.path.absolute()
    scenario: Scenario | None = None
    found = check_references(document.values)
    try:
        scenario = Scenario.model_validate(document.values, context={FOLDER: source.parent})
    except ValidationError as error:
        found += findings(error, _schema())
    document.refuse(found)
    assert scenario is not None  # a validation error has at least one finding
    return LoadedScenario(source, document.lines, scenario)


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


@cache
def _schema() -> dict[str, Any]:
    return scenario_schema()
