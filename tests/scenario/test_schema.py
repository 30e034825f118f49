"""The schema that editors use must be the one that the models enforce, and must explain itself."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from moonstead.scenario.schema import scenario_schema, schema_text, state_schema

ROOT = Path(__file__).resolve().parents[2]
GOOD = Path(__file__).parent / "good.toml"
SCHEMA = scenario_schema()
STATE = state_schema()
TABLES = {"the scenario": SCHEMA, **SCHEMA["$defs"], "the state file": STATE, **STATE["$defs"]}
KEYS = [(table, key) for table, described in TABLES.items() for key in described["properties"]]


@pytest.mark.parametrize(("kind", "option"), [("scenario", ""), ("state", "--state ")])
def test_the_file_in_the_repository_is_current(kind, option):
    assert (ROOT / "schema" / f"{kind}.json").read_text(encoding="utf-8") == schema_text(kind), (
        f"write it again with: moonstead schema {option}--out schema/{kind}.json"
    )


@pytest.mark.parametrize(("table", "key"), KEYS)
def test_every_key_is_explained(table, key):
    described = TABLES[table]["properties"][key]
    assert described["description"].endswith(".")
    if "pattern" in described:
        assert all(re.search(described["pattern"], example) for example in described["examples"])
        assert re.search(described["pattern"], described.get("default", described["examples"][0]))


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_explained_and_closed(table):
    assert TABLES[table]["description"]
    assert TABLES[table]["additionalProperties"] is False


def test_nothing_in_the_schema_is_null():
    assert "null" not in schema_text() + schema_text("state")


def fits(value, node, schema=SCHEMA):
    """Whether a value of a TOML document fits a schema node; the few words of JSON Schema that ours uses."""
    if "$ref" in node:
        return fits(value, schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
    if "oneOf" in node:
        return sum(fits(value, choice, schema) for choice in node["oneOf"]) == 1
    if "anyOf" in node:
        return any(fits(value, choice, schema) for choice in node["anyOf"])
    if "enum" in node or "const" in node:
        return value in node.get("enum", [node.get("const")])
    if node.get("type") == "string":
        text = value.isoformat() if isinstance(value, datetime) else value
        return isinstance(text, str) and re.search(node.get("pattern", ""), text) is not None
    if node.get("type") == "boolean":
        return isinstance(value, bool)
    if node.get("type") in ("number", "integer"):
        return isinstance(value, int | float)
    if node.get("type") == "array":
        kinds = node.get("prefixItems") or [node["items"]] * len(value)
        return isinstance(value, list) and all(
            fits(item, kind, schema) for item, kind in zip(value, kinds, strict=True)
        )
    known = node["properties"]
    return (
        isinstance(value, dict)
        and set(node.get("required", ())) <= set(value) <= set(known)
        and all(fits(item, known[key], schema) for key, item in value.items())
    )


def test_a_good_scenario_fits_the_schema_and_a_wrong_unit_does_not():
    text = GOOD.read_text(encoding="utf-8")
    assert fits(tomllib.loads(text), SCHEMA)
    assert not fits(tomllib.loads(text.replace('"12 kW"', '"12 km"')), SCHEMA)
    assert not fits(tomllib.loads(text.replace('kind = "battery"', 'kind = "batery"')), SCHEMA)


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/states/*.toml")), ids=lambda path: path.stem)
def test_the_examples_of_states_fit_the_schema_and_a_wrong_unit_does_not(path):
    text = path.read_text(encoding="utf-8")
    assert fits(tomllib.loads(text), STATE, STATE)
    assert not fits(tomllib.loads(text.replace(" km", " kg")), STATE, STATE)
