"""What a check of the raw document finds, and how it looks at the document's tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moonstead.foundation.units import closest
from moonstead.scenario.positions import KeyPath


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake at a key of the document.

    Attributes
    ----------
    key : tuple of str and int
        Path of the key.
    message, remedy : str
        What is wrong and what to do.
    """

    key: KeyPath
    message: str
    remedy: str


def tables(parent: Mapping[str, Any], name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Tables of an array of tables with their places; what is no table is passed over."""
    items = parent.get(name)
    if isinstance(items, list):
        for index, item in enumerate(items):
            if isinstance(item, dict):
                yield index, item


def identifier(table: Mapping[str, Any], *keys: str) -> str | None:
    """Text of the first of some keys that a table has; by default its id."""
    for key in keys or ("id",):
        if isinstance(table.get(key), str):
            return str(table[key])
    return None


def identifiers(document: Mapping[str, Any], name: str, *keys: str) -> frozenset[str]:
    """Identifiers of an array of tables."""
    return frozenset(found for _, table in tables(document, name) if (found := identifier(table, *keys)) is not None)


def unknown(key: KeyPath, name: str, what: str, known: Iterable[str]) -> Finding:
    """Finding for a name that the scenario does not declare, with the nearest one that it does.

    Parameters
    ----------
    key : tuple of str and int
        Where the name stands.
    name : str
        What was written.
    what : str
        What it should name.
    known : iterable of str
        What there is.

    Returns
    -------
    Finding
        With the nearest name, or all of them.
    """
    known = sorted(known)
    near = closest(name, known)
    if near:
        remedy = f'did you mean "{near}"?'
    elif known:
        remedy = f"the scenario has {', '.join(known)}"
    else:
        remedy = "the scenario declares none"
    return Finding(key, f'no {what} is called "{name}"', remedy)
