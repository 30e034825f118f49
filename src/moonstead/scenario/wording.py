"""Words for the mistakes that pydantic finds: key, message and remedy in the language of the scenario."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from moonstead.foundation.units import closest
from moonstead.scenario.findings import Finding
from moonstead.scenario.positions import KeyPath

_TYPE_NAMES = {dict: "a table", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}


def findings(error: ValidationError, schema: Mapping[str, Any]) -> list[Finding]:
    """Turn a validation error of the models into findings.

    Parameters
    ----------
    error : ValidationError
        From `model_validate` of the whole file's model.
    schema : mapping
        JSON Schema of that model; remedies take their examples from it.

    Returns
    -------
    list of Finding
        One for each key; a typo is told once, not also as the missing key that it was meant to be.
    """
    details = error.errors(include_url=False)
    found = [_Mistake(detail, schema) for detail in details]
    renamed = {
        (mistake.parent, mistake.meant)
        for mistake in found
        if mistake.kind == "extra_forbidden" and mistake.meant is not None
    }
    told = [mistake for mistake in found if mistake.kind != "missing" or (mistake.parent, mistake.name) not in renamed]
    unique = {mistake.key: mistake for mistake in reversed(told)}  # members of a union complain about the same key
    return [Finding(mistake.key, *mistake.words()) for mistake in reversed(unique.values())]


class _Mistake:
    """One error of pydantic with its place in the document and in the schema."""

    def __init__(self, detail: ErrorDetails, schema: Mapping[str, Any]) -> None:
        self.kind = detail["type"]
        self.value = detail.get("input")
        self.context: Mapping[str, Any] = detail.get("ctx", {})
        self.text = detail["msg"]
        self.key, self.table = _place(detail["loc"], schema)
        if self.kind == "scenario" and self.context.get("key"):
            self.key = (*self.key, self.context["key"])
        if self.kind == "union_tag_invalid":
            self.key = (*self.key, "kind")
        self.parent, self.name = self.key[:-1], self.key[-1] if self.key else ""
        self.meant = self._meant() if self.kind == "extra_forbidden" else None

    def _meant(self) -> str | None:
        """Return the key that an unknown one was probably meant to be."""
        return closest(str(self.name), self.table.get("properties", {}))

    def words(self) -> tuple[str, str]:
        """Message and remedy."""
        word = {
            "scenario": self._own,
            "extra_forbidden": self._extra,
            "missing": self._missing,
            "literal_error": self._word,
            "union_tag_invalid": self._kind_unknown,
            "union_tag_not_found": self._kind_missing,
        }.get(self.kind)
        return word() if word else self._other()

    def _own(self) -> tuple[str, str]:
        return str(self.context["text"]), str(self.context["remedy"])

    def _extra(self) -> tuple[str, str]:
        where = _table_name(self.parent)
        known = ", ".join(self.table.get("properties", {}))
        remedy = f'did you mean "{self.meant}"?' if self.meant else f"known keys are {known}"
        return f'"{self.name}" is no key of {where}', remedy

    def _missing(self) -> tuple[str, str]:
        if isinstance(self.name, int):
            return f"the list is too short: item {self.name + 1} is missing", "write all items"
        described = self.table.get("properties", {}).get(self.name, {})
        means = described.get("description", "").split(". ")[0].rstrip(".")
        return (
            f'"{self.name}" is missing from {_table_name(self.parent)}',
            f"add {self.name} = {_example(described)}" + (f" ({means})" if means else ""),
        )

    def _word(self) -> tuple[str, str]:
        described = self.table.get("properties", {}).get(self.name, self.table)
        allowed = [str(item) for item in _allowed(described)]
        return self._not_one_of(allowed)

    def _not_one_of(self, allowed: list[str], what: str = "one of the words that may stand here") -> tuple[str, str]:
        near = closest(self.value, allowed) if isinstance(self.value, str) else None
        choices = ", ".join(allowed)
        return f"{_shown(self.value)} is not {what}: {choices}", (
            f'did you mean "{near}"?' if near else f"write one of {choices}"
        )

    def _kind_unknown(self) -> tuple[str, str]:
        allowed = [part.strip().strip("'") for part in str(self.context["expected_tags"]).split(",")]
        self.value = self.context["tag"]
        return self._not_one_of(allowed, "a kind that is known")

    def _kind_missing(self) -> tuple[str, str]:
        if not isinstance(self.value, dict):
            return f"{_shown(self.value)} is not a table", 'write a table with a kind, for example { kind = "..." }'
        choices = ", ".join(self._kinds())
        return f'"kind" is missing from {_table_name(self.key)}', f'add kind = "..." with one of {choices}'

    def _kinds(self) -> Iterable[str]:
        mapping: Mapping[str, Any] = self.table.get("discriminator", {}).get("mapping", {})
        return mapping

    def _other(self) -> tuple[str, str]:
        if self.kind in {"tuple_type", "list_type"} and isinstance(self.value, dict):
            return f"[{self.name}] stands in single brackets", f"write [[{self.name}]]: there may be several"
        if self.kind in {"tuple_type", "list_type"}:
            return f"a list is expected, not {_type(self.value)}", "write [ ... ] with the items inside"
        if self.kind in {"model_type", "model_attributes_type", "dict_type"}:
            return f"a table is expected, not {_type(self.value)}", f"write [{self.name}] or {{ key = value }}"
        if self.kind in {"string_type"}:
            return f"text is expected, not {_type(self.value)}", "write it in quotes"
        if self.kind in {"float_type", "int_type"}:
            number = "a whole number" if self.kind == "int_type" else "a number"
            return f"{_shown(self.value)} is not {number}", f"write {number} without quotes and without a unit"
        if self.kind == "finite_number":
            return f"{_shown(self.value)} is not finite", "write an ordinary number"
        if self.kind in {"too_short", "too_long"}:
            return "the list has too few items" if self.kind == "too_short" else "the list has too many items", (
                f"write {self.context.get('min_length', self.context.get('max_length'))} of them"
            )
        if self.kind in {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}:
            (sign, limit) = next((key, self.context[key]) for key in ("gt", "ge", "lt", "le") if key in self.context)
            word = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}[sign]
            return f"{_shown(self.value)} is out of range", f"write a number that is {word} {limit}"
        return f"{self.text} (it says {_shown(self.value)})", "see `moonstead schema` for what may stand here"


def _place(location: tuple[str | int, ...], schema: Mapping[str, Any]) -> tuple[KeyPath, Mapping[str, Any]]:
    """Key path of a location, without the tags of unions, and the schema of the table that holds its last key."""
    definitions = schema["$defs"]
    here: Mapping[str, Any] = schema
    holder = schema
    key: list[str | int] = []
    for part in location:
        if isinstance(part, str) and "properties" not in here:  # which member of a union was tried: no key
            here = _choose(here, part, definitions)
            holder = here
            continue
        key.append(part)
        holder = here
        inside = _item(here, part) if isinstance(part, int) else here.get("properties", {}).get(part, {})
        here = _resolve(inside, definitions)
        if "discriminator" in here:
            holder = here
    return tuple(key), holder


def _item(listed: Mapping[str, Any], index: int) -> dict[str, Any]:
    """Schema of an item of a list, or of a tuple."""
    first: list[dict[str, Any]] = listed.get("prefixItems", [])
    rest: dict[str, Any] = listed.get("items", {})
    return first[index] if index < len(first) else rest


def _resolve(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        node = definitions[str(node["$ref"]).rpartition("/")[2]]
    return node


def _choose(node: Mapping[str, Any], tag: str, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    mapping = node.get("discriminator", {}).get("mapping", {})
    if tag in mapping:
        return _resolve({"$ref": mapping[tag]}, definitions)
    found: Mapping[str, Any] = definitions.get(tag, node)
    return found


def _table_name(key: KeyPath) -> str:
    names = [str(part) for part in key if isinstance(part, str)]
    return f"[{'.'.join(names)}]" if names else "the top of the file"


def _allowed(described: Mapping[str, Any]) -> list[Any]:
    if "enum" in described:
        return list(described["enum"])
    if "const" in described:
        return [described["const"]]
    items = described.get("items")
    return _allowed(items) if isinstance(items, dict) else []


def _example(described: Mapping[str, Any]) -> str:
    examples = described.get("examples") or _allowed(described)
    if not examples:
        return "..."
    if described.get("format") == "date-time":
        return str(examples[0])
    return json.dumps(examples[0], ensure_ascii=False)


def _type(value: object) -> str:
    return _TYPE_NAMES.get(type(value), "a date")


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f'"{value[:60]}"'
    if isinstance(value, dict | list):
        return _type(value)
    return str(value)[:60]
