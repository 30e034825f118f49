"""The JSON Schemas of scenarios and state files: with them editors complete and explain keys and underline mistakes."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel

from moonstead.foundation.units import format_quantity
from moonstead.scenario.scenario import Scenario
from moonstead.scenario.state_file import StateFile

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file; every key says what it means and how to write it."""
    return _schema_of(Scenario, "Moonstead scenario")


def state_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a state file, as `moonstead propagate` reads it."""
    return _schema_of(StateFile, "Moonstead state file")


def schema_text(kind: Literal["scenario", "state"] = "scenario") -> str:
    """Text of a schema as it lies in the folder schema/."""
    schema = scenario_schema() if kind == "scenario" else state_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _schema_of(model: type[BaseModel], title: str) -> dict[str, Any]:
    tidied: dict[str, Any] = _tidy(model.model_json_schema(by_alias=True, mode="validation"))
    return {"$schema": DRAFT, "title": title, **tidied}


def _tidy(node: Any) -> Any:
    """Drop what TOML cannot say (null), what only Python needs (titles), and write defaults as a user would."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidied = {key: _tidy(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    choices = tidied.get("anyOf")
    if isinstance(choices, list):
        kept = [choice for choice in choices if choice != {"type": "null"}]
        if len(kept) < len(choices):
            tidied.pop("anyOf")
            tidied = {**(kept[0] if len(kept) == 1 else {"anyOf": kept}), **tidied}
    if tidied.get("default", "") is None or tidied.get("default", "") == "":
        tidied.pop("default", None)
    if "default" in tidied and "with its unit" in str(tidied.get("$comment", "")):
        tidied["default"] = _written_default(tidied["default"], tidied["examples"][0])
    return tidied


def _written_default(value: float, example: str) -> str:
    unit = example.strip().lstrip("+-0123456789.eE").strip()
    number = format_quantity(value, unit, 6).split(" ")[0]
    return f"{float(number):g} {unit}"
