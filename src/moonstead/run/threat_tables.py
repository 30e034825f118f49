"""Tables of rows, as the tasks of threats make them."""

from __future__ import annotations

from typing import Any

import numpy as np

from moonstead.run.tables import Table


def plain_table(name: str, rows: list[tuple[Any, ...]], units: dict[str, str], text: str) -> Table:
    """Table of rows, which may be none.

    Parameters
    ----------
    name : str
        Of the table.
    rows : list of tuple
        In the order of the units.
    units : dict of str to str
        Of each column.
    text : str
        What a row is.

    Returns
    -------
    Table
    """
    if rows:
        columns = {key: np.array(column) for key, column in zip(units, zip(*rows, strict=True), strict=True)}
    else:
        columns = {key: np.array([], dtype=str if unit == "text" else np.float64) for key, unit in units.items()}
    return Table(name, columns, units, text)
