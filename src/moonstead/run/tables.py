"""Tables on disk: named columns with units, one Parquet file each."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, MissingData

Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length, each with its unit.

    Attributes
    ----------
    name : str
        File stem in the folder ``tables``.
    columns : dict of str to (N,) array
        Numbers, booleans or text.
    units : dict of str to str
        SI unit, or scale and format for times; every column has an entry (``"1"`` and ``"text"`` are units).
    description : str
        One sentence on what a row is.
    notes : dict of str to str
        What else a reader needs, such as the span that was searched.
    """

    name: str
    columns: dict[str, Column]
    units: dict[str, str]
    description: str = ""
    notes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a table that a reader could misunderstand."""
        lengths = {name: len(column) for name, column in self.columns.items()}
        if len(set(lengths.values())) > 1:
            raise InvalidInput(f"table {self.name!r} has columns of different length: {lengths}")
        if missing := set(self.columns) ^ set(self.units):
            raise InvalidInput(f"table {self.name!r}: columns and units do not pair for {sorted(missing)}")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


def write_table(table: Table, folder: Path) -> Path:
    """Write a table as ``<name>.parquet`` into a folder and return the path.

    Units, description and notes travel in the Parquet file's key-value metadata under ``moonstead``.
    """
    import duckdb

    path = folder / f"{table.name}.parquet"
    metadata = json.dumps({"units": table.units, "description": table.description, "notes": table.notes})
    columns = {name: _storable(column) for name, column in table.columns.items()}
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("columns", columns)
        connection.execute(
            f"COPY (SELECT * FROM columns) TO {quoted(path)} "
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{moonstead: {quoted(metadata)}}})"
        )
    return path


def read_table(path: Path) -> Table:
    """Read a table that `write_table` wrote.

    Raises
    ------
    MissingData
        There is no such file.
    """
    import duckdb

    if not path.is_file():
        raise MissingData(f"no table at {path}; run the scenario again to make it")
    with duckdb.connect(config={"threads": 1}) as connection:
        columns = connection.execute(f"SELECT * FROM read_parquet({quoted(path)})").fetchnumpy()
        rows = connection.execute(f"SELECT value FROM parquet_kv_metadata({quoted(path)}) WHERE key = 'moonstead'")
        found = rows.fetchone()
    metadata: dict[str, Any] = json.loads(found[0]) if found else {"units": dict.fromkeys(columns, "?")}
    plain = {name: _with_nan(column) for name, column in columns.items()}
    return Table(path.stem, plain, metadata["units"], metadata.get("description", ""), metadata.get("notes", {}))


def _storable(column: Column) -> Column:
    array = np.asarray(column)
    return array.astype(object) if array.dtype.kind == "U" else np.ascontiguousarray(array)


def _with_nan(column: Column) -> Column:
    """Undo the store's reading of NaN as a missing value."""
    if np.ma.isMaskedArray(column) and column.dtype.kind == "f":
        return np.asarray(np.ma.filled(column, np.nan))
    return np.asarray(column)


def quoted(text: object) -> str:
    """A text as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"
