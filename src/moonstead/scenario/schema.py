"""The JSON Schema of a scenario, by which editors complete keys, explain them and underline mistakes."""

from __future__ import annotations

import json
from typing import Any

from moonstead.foundation.units import format_quantity
from moonstead.scenario.scenario import Scenario

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file; every key says what it means and how to write it."""
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    tidied: dict[str, Any] = _tidy(schema)
    return {"$schema": DRAFT, "title": "Moonstead scenario", **tidied}


def schema_text() -> str:
    """Text of the schema as it lies in schema/scenario.json."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


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
