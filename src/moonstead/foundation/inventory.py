"""The list of data sets: what is installed, where it lies and which span it covers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moonstead.foundation.data_sets import KNOWN
from moonstead.foundation.ephemeris.calendar import span_text

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext


@dataclass(frozen=True)
class InventoryRow:
    """One line of the list of data sets.

    Attributes
    ----------
    name, kind, package, licence, origin : str
        As in `DataSet`; `package` is ``""`` for a file of a folder.
    path : Path or None
        Where it lies; None where it is not installed.
    span : str
        First and last time as calendar text; ``""`` where the file has none.
    installed : bool
        Whether it is present.
    """

    name: str
    kind: str
    package: str
    path: Path | None
    span: str
    licence: str
    origin: str
    installed: bool


def inventory(data: DataContext) -> list[InventoryRow]:
    """Every data set that is present or known, in the order of their names.

    Raises
    ------
    InvalidInput
        A kernel is damaged.
    """
    rows = []
    for dataset in data.datasets.values():
        span = dataset.span()
        text = span_text(*span) if span else ""
        rows.append(
            InventoryRow(
                dataset.name,
                dataset.kind,
                dataset.package or "",
                dataset.path,
                text,
                dataset.licence,
                dataset.origin,
                True,
            )
        )
    rows += [
        InventoryRow(known.name, known.kind, known.package, None, "", known.licence, known.origin, False)
        for known in KNOWN
        if known.name not in data.datasets
    ]
    return sorted(rows, key=lambda row: row.name)
