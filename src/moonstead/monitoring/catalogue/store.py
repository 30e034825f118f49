"""A store of the catalogue: tables as folders of Parquet segments, appended to, never changed, read by DuckDB."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.mean_elements import MeanElements, joined
from moonstead.foundation.errors import MissingData, NumericalFailure
from moonstead.foundation.time.scales import tai_seconds
from moonstead.monitoring.catalogue.entries import EphemerisEntry, ObjectEntry, StateEntry
from moonstead.monitoring.catalogue.rows import (
    ELEMENT_COLUMNS,
    Columns,
    element_columns,
    elements_of,
    ephemerides_of,
    ephemeris_columns,
    object_columns,
    objects_of,
    state_columns,
    states_of,
)
from moonstead.monitoring.catalogue.segments import (
    FILES,
    TABLES,
    append_segment,
    create_store,
    locked,
    remove_unfinished,
    require_store,
    segments,
    write_once,
)

# What makes two element sets the same one, wherever they came from.
KEY = (
    *("object_id", "epoch_second", "epoch_fraction", "mean_motion", "eccentricity", "inclination", "node"),
    *("argument_of_perigee", "mean_anomaly", "drag_term"),
)
PLACE = ("filename", "file_row_number")  # where a row stands: rows that were added later come later
NOT_PLACE = f"EXCLUDE ({', '.join(PLACE)})"
LATEST = (  # of the facts about each object in segments {0}
    "SELECT * FROM {0} QUALIFY row_number() OVER (PARTITION BY object_id ORDER BY "
    + ", ".join(f"{name} DESC" for name in PLACE)
    + ") = 1"
)
ATTEMPTS = 5  # at reading, where another process merges segments meanwhile


@dataclass(frozen=True, slots=True)
class Added:
    """What an append did.

    Attributes
    ----------
    rows : int
        Rows that are new, on disk now.
    duplicates : int
        Rows that the store, or the same batch, had already.
    """

    rows: int
    duplicates: int


class CatalogueStore:
    """A folder that holds the catalogue; several processes may read and append at once.

    Parameters
    ----------
    folder : path
        The store.
    create : bool
        Make it, where there is none.

    Attributes
    ----------
    folder : Path
        The store.

    Raises
    ------
    MissingData
        There is no store, and none is to be made.
    InvalidInput
        The folder holds something else, or a store of a later version.
    """

    def __init__(self, folder: str | os.PathLike[str], *, create: bool = False) -> None:
        self.folder = Path(folder)
        if create:
            create_store(self.folder)
        require_store(self.folder)

    def add_elements(self, elements: MeanElements, source: str = "") -> Added:
        """Append element sets that the store does not have yet.

        Parameters
        ----------
        elements : MeanElements
            Any number, of any objects and epochs.
        source : str
            Where they are from.

        Returns
        -------
        Added
            When it is returned, the rows are on disk and survive whatever happens.
        """
        columns = element_columns(elements)
        columns["source"] = np.full(len(elements), source, dtype=object)
        columns["place"] = np.arange(len(elements))
        keys = ", ".join(KEY)
        with locked(self.folder, alone=False), _connection() as connection:
            connection.register("given", columns)
            new = f"SELECT * FROM given QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY place) = 1"
            if known := self._relation("elements"):
                new = f"SELECT * FROM ({new}) ANTI JOIN (SELECT {keys} FROM {known}) USING ({keys})"
            count = self._write_new(
                "elements", connection, f"SELECT * EXCLUDE (place) FROM ({new}) ORDER BY object_id, place"
            )
        return Added(count, len(elements) - count)

    def elements(
        self, *, at: float | None = None, objects: ArrayLike | None = None, history: bool = False
    ) -> MeanElements:
        """Element sets of the store.

        Parameters
        ----------
        at : float, optional [s TDB past J2000]
            What was known then: sets with a later epoch do not count. Left out: all.
        objects : (K,) int, optional [1]
            Identifiers. Left out: all.
        history : bool
            All sets of each object in the order of their epochs; otherwise only the last of each.

        Returns
        -------
        MeanElements
            By object, then by epoch. Of two sets of one epoch the one with the higher number counts as later, then the
            one that was added later.
        """
        relation = self._relation("elements")
        if not relation:
            return joined([])
        where, values = self._conditions(at, objects)
        kept = ", ".join((*ELEMENT_COLUMNS, *PLACE))
        later = ("epoch_second", "epoch_fraction", "element_set", *PLACE)
        distinct = f"row_number() OVER (PARTITION BY {', '.join(KEY)} ORDER BY {', '.join(PLACE)}) = 1"
        query = f"SELECT {kept} FROM {relation}{where} QUALIFY {distinct}"
        if not history:
            falling = ", ".join(f"{name} DESC" for name in later)
            latest = f"row_number() OVER (PARTITION BY object_id ORDER BY {falling}) = 1"
            query = f"SELECT {kept} FROM ({query}) QUALIFY {latest}"
        rows = self._read("elements", f"{query} ORDER BY object_id, {', '.join(later)}", values)
        return elements_of(rows)

    def object_ids(self) -> NDArray[np.int64]:
        """Identifiers (K,) of all objects that have elements, a state or an ephemeris, rising."""
        found: list[NDArray[np.int64]] = []
        for table in TABLES[:3]:
            if relation := self._relation(table):
                rows = self._read(table, f"SELECT DISTINCT object_id FROM {relation}", [])
                found.append(np.asarray(rows["object_id"], dtype=np.int64))
        return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)

    def number_of(self, designator: str) -> int | None:
        """Catalogue number of the element sets with an international designator; None where there are none."""
        relation = self._relation("elements")
        if not relation or not designator:
            return None
        rows = self._read("elements", f"SELECT min(object_id) AS n FROM {relation} WHERE designator = ?", [designator])
        number = rows["n"][0]
        return None if number is None or np.ma.is_masked(number) else int(number)

    def counts(self) -> dict[str, int]:
        """Number of different rows of each table."""
        found: dict[str, int] = dict.fromkeys(TABLES, 0)
        for table in TABLES:
            if relation := self._relation(table):
                keys = ", ".join(KEY) if table == "elements" else f"* {NOT_PLACE}"
                rows = self._read(table, f"SELECT count(*) AS n FROM (SELECT DISTINCT {keys} FROM {relation})", [])
                found[table] = int(rows["n"][0])
        return found

    def add_states(self, states: Sequence[StateEntry]) -> Added:
        """Append states with or without covariance.

        Parameters
        ----------
        states : sequence of StateEntry
            Any number.

        Returns
        -------
        Added
            When it is returned, the rows are on disk.
        """
        return self._append("states", state_columns(states))

    def states(self, *, at: float | None = None, objects: ArrayLike | None = None) -> list[StateEntry]:
        """States of the store, by object, then by time.

        Parameters
        ----------
        at : float, optional [s TDB past J2000]
            Later ones do not count.
        objects : (K,) int, optional [1]
            Identifiers. Left out: all.

        Returns
        -------
        list of StateEntry
        """
        relation = self._relation("states")
        if not relation:
            return []
        where, values = self._conditions(at, objects, "tdb <= ?")
        query = f"SELECT DISTINCT * {NOT_PLACE} FROM {relation}{where} ORDER BY object_id, tdb, source"
        return states_of(self._read("states", query, values))

    def add_ephemerides(self, entries: Sequence[EphemerisEntry]) -> Added:
        """Append ephemerides whose files lie in the folder ``files`` of the store already.

        Parameters
        ----------
        entries : sequence of EphemerisEntry
            Any number; see `ephemerides.keep_ephemeris`.

        Returns
        -------
        Added
            When it is returned, the rows are on disk.
        """
        return self._append("ephemerides", ephemeris_columns(entries))

    def ephemerides(self, *, objects: ArrayLike | None = None) -> list[EphemerisEntry]:
        """Ephemerides of the store, by object, then in the order in which they were added.

        Parameters
        ----------
        objects : (K,) int, optional [1]
            Identifiers. Left out: all.

        Returns
        -------
        list of EphemerisEntry
        """
        relation = self._relation("ephemerides")
        if not relation:
            return []
        where, values = self._conditions(None, objects)
        query = (
            f"SELECT * {NOT_PLACE}, min(filename) AS added FROM {relation}{where} "
            "GROUP BY ALL ORDER BY object_id, added"
        )
        return ephemerides_of(self._read("ephemerides", query, values), self.folder / FILES)

    def add_objects(self, entries: Sequence[ObjectEntry]) -> Added:
        """Append facts about objects; what is told later counts.

        Parameters
        ----------
        entries : sequence of ObjectEntry
            Any number.

        Returns
        -------
        Added
            When it is returned, the rows are on disk.
        """
        return self._append("objects", object_columns(entries), f"SELECT * {NOT_PLACE} FROM ({LATEST})")

    def objects(self) -> dict[int, ObjectEntry]:
        """Facts about objects by identifier, the last that were told of each."""
        relation = self._relation("objects")
        return objects_of(self._read("objects", LATEST.format(relation), [])) if relation else {}

    def compact(self) -> dict[str, int]:
        """Merge the segments of each table into one, so that reading stays quick; nothing is lost if it is interrupted.

        The merged segment appears before the others go, and readers pass over rows that stand twice.

        Returns
        -------
        dict of str to int
            How many segments each table had.
        """
        merged: dict[str, int] = {}
        with locked(self.folder, alone=True):
            for table in TABLES:
                old = segments(self.folder, table)
                merged[table] = len(old)
                if len(old) < 2:
                    continue
                place = ", ".join(PLACE)
                query = f"SELECT * FROM {_files(old)}"
                if table == "elements":
                    query += f" QUALIFY row_number() OVER (PARTITION BY {', '.join(KEY)} ORDER BY {place}) = 1"
                with _connection() as connection:
                    connection.execute(
                        f"CREATE TEMP TABLE everything AS SELECT * {NOT_PLACE} FROM ({query}) ORDER BY {place}"
                    )

                    def write(path: Path, connection: duckdb.DuckDBPyConnection = connection) -> None:
                        _copy(connection, "everything", path)

                    append_segment(self.folder, table, write, after=old[-1])
                for path in old:
                    path.unlink(missing_ok=True)
            remove_unfinished(self.folder)
        return merged

    def _append(self, table: str, columns: Columns, known: str = f"SELECT * {NOT_PLACE} FROM {{0}}") -> Added:
        """Append rows that are not among those known, which a query of the table's segments ``{0}`` gives."""
        with locked(self.folder, alone=False), _connection() as connection:
            connection.register("given", columns)
            new = "SELECT DISTINCT * FROM given"
            if relation := self._relation(table):
                new = f"SELECT * FROM ({new}) EXCEPT {known.format(relation)}"
            rows = self._write_new(table, connection, f"SELECT * FROM ({new}) ORDER BY object_id")
        return Added(rows, len(columns["object_id"]) - rows)

    def _write_new(self, table: str, connection: duckdb.DuckDBPyConnection, query: str) -> int:
        """Append the rows of a query as a segment, where there are any; say how many."""
        connection.execute(f"CREATE TEMP TABLE fresh AS {query}")
        found = connection.execute("SELECT count(*) FROM fresh").fetchone()
        count = int(found[0]) if found else 0
        if count:
            append_segment(self.folder, table, lambda path: _copy(connection, "fresh", path))
        return count

    def _relation(self, table: str) -> str:
        """The segments of a table as SQL reads them; empty where there are none."""
        found = segments(self.folder, table)
        return _files(found) if found else ""

    def _conditions(
        self, at: float | None, objects: ArrayLike | None, not_later: str = "epoch_second + epoch_fraction <= ? + 1e-6"
    ) -> tuple[str, list[Any]]:
        conditions: list[str] = []
        values: list[Any] = []
        if at is not None:
            conditions.append(not_later)
            values.append(at if not_later.startswith("tdb") else float(tai_seconds(np.array([at]))[0]))
        if objects is not None:
            conditions.append("list_contains(?, object_id)")
            values.append(np.atleast_1d(np.asarray(objects, dtype=np.int64)).tolist())
        return (f" WHERE {' AND '.join(conditions)}" if conditions else ""), values

    def _read(self, table: str, query: str, values: list[Any]) -> Columns:
        """Rows of a query; tried again where a segment was merged into another one meanwhile."""
        before = self._relation(table)
        for _ in range(ATTEMPTS):
            try:
                with _connection() as connection:
                    rows = connection.execute(query, values).fetchnumpy()
                return {name: _plain(column) for name, column in rows.items()}
            except duckdb.IOException:
                now = self._relation(table)
                query, before = query.replace(before, now), now
            except duckdb.Error as error:
                raise NumericalFailure(
                    f"{self.folder / table} cannot be read ({error}); is a segment damaged?"
                ) from error
        raise MissingData(f"{self.folder / table}: segments vanish while they are read; is somebody removing them?")


def write_parquet(path: str | os.PathLike[str], elements: MeanElements) -> None:
    """Write element sets as one Parquet file, columns in SI units as `MeanElements` has them.

    Parameters
    ----------
    path : path
        The file; it appears whole or not at all.
    elements : MeanElements
        What to write.

    Raises
    ------
    MissingData
        The folder does not exist.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise MissingData(f"{path}: the folder {path.parent} does not exist; create it first")
    with _connection() as connection:
        connection.register("given", element_columns(elements))
        write_once(path.parent, path.name, lambda target: _copy(connection, "given", target))


def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def _files(paths: Sequence[Path]) -> str:
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{listed}], filename = true, file_row_number = true)"


def _copy(connection: duckdb.DuckDBPyConnection, what: str, path: Path) -> None:
    target = str(path).replace("'", "''")
    connection.execute(f"COPY (SELECT * FROM {what}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def _plain(column: Any) -> NDArray[Any]:
    """Undo the store's reading of NaN as a missing value."""
    if np.ma.isMaskedArray(column):
        return np.asarray(np.ma.filled(column, np.nan if column.dtype.kind == "f" else None))
    return np.asarray(column)
