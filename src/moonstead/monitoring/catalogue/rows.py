"""Rows of a store's tables: from entries to columns, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.mean_elements import TEXTS, WHOLES, MeanElements
from moonstead.monitoring.catalogue.entries import EphemerisEntry, ObjectEntry, StateEntry

Columns = dict[str, NDArray[Any]]

ELEMENT_COLUMNS = tuple(column.name for column in fields(MeanElements))
LOWER_TRIANGLE = np.tril_indices(6)
STATE_COLUMNS = ("x", "y", "z", "vx", "vy", "vz")
COVARIANCE_COLUMNS = tuple(f"c{row}{column}" for row, column in zip(*LOWER_TRIANGLE, strict=True))
STATE_TEXTS = ("name", "center", "frame", "covariance_frame", "source")
EPHEMERIS_TEXTS = ("name", "kind", "target", "center", "frame", "source")
OBJECT_TEXTS = ("name", "designator", "kind", "owner", "source")
OBJECT_NUMBERS = ("hard_body_radius", "mass", "area")


def element_columns(elements: MeanElements) -> Columns:
    """Element sets as columns."""
    return {
        name: np.asarray(getattr(elements, name), dtype=object if name in TEXTS else None) for name in ELEMENT_COLUMNS
    }


def elements_of(rows: Mapping[str, NDArray[Any]]) -> MeanElements:
    """Element sets of columns."""
    return MeanElements.of(
        {
            name: [str(text) for text in rows[name]]
            if name in TEXTS
            else np.asarray(rows[name], dtype=np.int64 if name in WHOLES else np.float64)
            for name in ELEMENT_COLUMNS
        }
    )


def state_columns(states: Sequence[StateEntry]) -> Columns:
    """States as columns; NaN in place of a covariance that is not known."""
    columns = _named(states, STATE_TEXTS, ("tdb",))
    for place, name in enumerate(STATE_COLUMNS):
        columns[name] = np.array([one.state[place] for one in states])
    matrices = [one.covariance if one.covariance is not None else np.full((6, 6), np.nan) for one in states]
    for name, row, column in zip(COVARIANCE_COLUMNS, *LOWER_TRIANGLE, strict=True):
        columns[name] = np.array([matrix[row, column] for matrix in matrices])
    return columns


def states_of(rows: Mapping[str, NDArray[Any]]) -> list[StateEntry]:
    """States of columns."""
    found = []
    for row in range(len(rows["object_id"])):
        matrix = np.zeros((6, 6))
        matrix[LOWER_TRIANGLE] = [float(rows[name][row]) for name in COVARIANCE_COLUMNS]
        matrix += np.tril(matrix, -1).T
        found.append(
            StateEntry(
                object_id=int(rows["object_id"][row]),
                tdb=float(rows["tdb"][row]),
                state=np.array([float(rows[name][row]) for name in STATE_COLUMNS]),
                covariance=None if np.isnan(matrix).any() else matrix,
                **{name: str(rows[name][row]) for name in STATE_TEXTS},
            )
        )
    return found


def ephemeris_columns(entries: Sequence[EphemerisEntry]) -> Columns:
    """Ephemerides as columns; of the file its name alone, for a store may be moved."""
    columns = _named(entries, EPHEMERIS_TEXTS, ("start", "stop"))
    columns["file"] = np.array([one.file.name for one in entries], dtype=object)
    return columns


def ephemerides_of(rows: Mapping[str, NDArray[Any]], folder: Path) -> list[EphemerisEntry]:
    """Ephemerides of columns, their files in a folder."""
    return [
        EphemerisEntry(
            object_id=int(rows["object_id"][row]),
            name=str(rows["name"][row]),
            kind="SPK" if rows["kind"][row] == "SPK" else "OEM",
            target=str(rows["target"][row]),
            center=str(rows["center"][row]),
            frame=str(rows["frame"][row]),
            start=float(rows["start"][row]),
            stop=float(rows["stop"][row]),
            file=folder / str(rows["file"][row]),
            source=str(rows["source"][row]),
        )
        for row in range(len(rows["object_id"]))
    ]


def object_columns(entries: Sequence[ObjectEntry]) -> Columns:
    """Facts about objects as columns."""
    return _named(entries, OBJECT_TEXTS, OBJECT_NUMBERS)


def objects_of(rows: Mapping[str, NDArray[Any]]) -> dict[int, ObjectEntry]:
    """Facts about objects of columns, by identifier."""
    found = {}
    for row, number in enumerate(rows["object_id"].tolist()):
        texts = {name: str(rows[name][row]) for name in OBJECT_TEXTS}
        radius, mass, area = (float(rows[name][row]) for name in OBJECT_NUMBERS)
        found[number] = ObjectEntry(number, hard_body_radius=radius, mass=mass, area=area, **texts)
    return found


def _named(entries: Sequence[Any], texts: Sequence[str], numbers: Sequence[str]) -> Columns:
    columns: Columns = {"object_id": np.array([one.object_id for one in entries], dtype=np.int64)}
    for name in texts:
        columns[name] = np.array([getattr(one, name) for one in entries], dtype=object)
    for name in numbers:
        columns[name] = np.array([getattr(one, name) for one in entries], dtype=np.float64)
    return columns
