"""How commands answer: JSON or tables on standard output, news and progress on standard error."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from moonstead.foundation.data import DataContext

NARROWEST = 100  # [columns] of a console that is no terminal: a pipe or a file

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON; errors are JSON too, on standard error.")]
DataFolder = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder of kernels and tables; what it lacks comes from packages."),
]


def open_data(folder: Path | None) -> DataContext:
    """Data of a folder, or of the installed packages."""
    from moonstead.foundation.data import DataContext

    return DataContext.installed() if folder is None else DataContext.from_folder(folder)


def console(*, error: bool = False) -> Console:
    """Console on standard output, or on standard error: as wide as the terminal or `COLUMNS` say, else 100 columns."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    told_width = stream.isatty() or "COLUMNS" in os.environ
    return Console(file=stream, highlight=False, soft_wrap=False, width=None if told_width else NARROWEST)


def print_json(value: Any) -> None:
    """Write a value as JSON on standard output; what is not a number becomes null."""
    sys.stdout.write(json.dumps(finite(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def finite(value: Any) -> Any:
    """Return plain values with null for NaN and infinities, which JSON does not have, and text for paths."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[int] = ()) -> None:
    """Write a table on standard output, aligned, without frames, so that it can be cut and sorted.

    Parameters
    ----------
    headings : sequence of str
        One for each column.
    rows : iterable of sequences of str
        Cells.
    right : iterable of int
        Columns aligned to the right.
    """
    table = [list(headings), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(headings))]
    ends = set(right)
    for row in table:
        cells = (
            cell.rjust(width) if place in ends else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Progress]:
    """Progress bars on standard error; silent where that is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    shown = console(error=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=shown,
        disable=quiet or not shown.is_terminal,
    )
    with bars:
        yield bars
