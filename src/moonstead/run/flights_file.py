"""Many flights on disk: one Parquet file, written block by block, so that memory stays flat and nothing is lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.flights import ENDINGS, FlightBlock
from moonstead.run.tables import Table, quoted, read_table, write_table

Array = NDArray[np.float64]

NAMES = ("x", "y", "z", "vx", "vy", "vz")
UNITS = {"flight": "1", "tdb": "s TDB past J2000", "is_end": "1", "ending": "text", "body": "text"} | {
    name: "m" if len(name) == 1 else "m/s" for name in NAMES
}


class FlightsFile:
    """Where `propagate_many` puts its flights: a `FlightStore`.

    Each flight has a row for each time that was asked for and that it reached, and a last one, `is_end`, for its end
    and how that came about. Finished blocks wait in a folder beside the file, which appears under its name when all are
    there; the same request asked again goes on from them.

    Parameters
    ----------
    path : Path or str
        The Parquet file.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._parts = self.path.with_name(f".{self.path.name}.parts")
        self._times: Array = np.zeros(0)
        self._bodies: tuple[str, ...] = ()
        self._count = 0

    def begin(self, key: str, count: int, times: Array, bodies: tuple[str, ...]) -> None:
        """Keep the blocks of an earlier run if it had the same key; throw away those of another.

        Parameters
        ----------
        key : str
            Names the request.
        count : int
            Number of flights.
        times : (K,) [s TDB past J2000]
            When states were asked for.
        bodies : tuple of str
            Bodies that flights may hit.
        """
        self._times, self._bodies, self._count = times, bodies, count
        note = self._parts / "key.json"
        if not (note.is_file() and json.loads(note.read_text()) == key):
            shutil.rmtree(self._parts, ignore_errors=True)
            self._parts.mkdir(parents=True)
            note.write_text(json.dumps(key))

    def finished(self, first: int) -> FlightBlock | None:
        """The block from a flight on, if an earlier run finished it; its states at the times stay on disk."""
        path = self._part(first)
        if not path.is_file():
            return None
        table = read_table(path)
        ends = np.asarray(table.columns["is_end"], dtype=bool)
        columns = {name: column[ends] for name, column in table.columns.items()}
        return FlightBlock(
            first=first,
            ending=np.array([ENDINGS.index(name) for name in columns["ending"]], dtype=np.int8),
            body=np.array([self._bodies.index(name) if name else -1 for name in columns["body"]], dtype=np.int8),
            end_tdb=columns["tdb"],
            final=np.stack([columns[name] for name in NAMES], axis=1),
            states=np.zeros((int(ends.sum()), 0, 6)),
            evaluations=int(table.notes["evaluations"]),
        )

    def add(self, block: FlightBlock) -> None:
        """Write a block; it counts as finished once it has its name."""
        flights = block.first + np.arange(len(block.ending))
        number, moment = np.meshgrid(flights, self._times, indexing="ij")
        reached = np.isfinite(block.states[:, :, 0])
        states = np.concatenate((block.states[reached], block.final))
        endings = np.array(ENDINGS)[block.ending]
        bodies = np.array([*self._bodies, ""])[block.body]
        between = int(reached.sum())
        columns = {
            "flight": np.concatenate((number[reached], flights)),
            "tdb": np.concatenate((moment[reached], block.end_tdb)),
            **{name: states[:, k] for k, name in enumerate(NAMES)},
            "is_end": np.arange(len(states)) >= between,
            "ending": np.concatenate((np.full(between, "", dtype=endings.dtype), endings)),
            "body": np.concatenate((np.full(between, "", dtype=bodies.dtype), bodies)),
        }
        order = np.lexsort((columns["is_end"], columns["flight"]))
        path = self._part(block.first)
        notes = {"evaluations": str(block.evaluations)}
        table = Table(f"{path.stem}.draft", {name: column[order] for name, column in columns.items()}, UNITS, "", notes)
        write_table(table, self._parts).replace(path)

    def close(self) -> None:
        """Join the blocks to the file, in the order of the flights."""
        import duckdb

        paths = ", ".join(quoted(path) for path in sorted(self._parts.glob("*.parquet")))
        draft = self._parts / "whole.draft"
        metadata = json.dumps({"units": UNITS, "description": "States of many flights and their ends.", "notes": {}})
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute(
                f"COPY (SELECT * FROM read_parquet([{paths}])) TO {quoted(draft)} "
                f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{moonstead: {quoted(metadata)}}})"
            )
        draft.replace(self.path)
        shutil.rmtree(self._parts)

    def _part(self, first: int) -> Path:
        return self._parts / f"{first:012d}.parquet"
