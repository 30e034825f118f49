"""ADES as text: pipe-separated values with header lines, and comma-separated values with a row of names."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace

from moonstead.formats.ades_columns import IDENTITIES, Rows, observations_of_rows
from moonstead.formats.astrometry_rows import (
    Observations,
    RejectedLine,
    blank_rows,
    join_observations,
    observations_of,
)

NEEDED = ("obsTime", "stn")
_SAVE_AGAIN = "save the file as UTF-8"


def looks_like_names(cells: Sequence[str]) -> bool:
    """Whether cells are a row of ADES names: one of an object and the time's."""
    stripped = {cell.strip() for cell in cells}
    return "obsTime" in stripped and not stripped.isdisjoint(IDENTITIES)


def read_ades_psv(lines: Sequence[str], source: str = "") -> Observations:
    """Observations of pipe-separated values.

    Parameters
    ----------
    lines : sequence of str
        All lines of a file: header lines begin with ``#`` or ``!``; the first other line after them names the columns.
    source : str
        Name of the file.

    Returns
    -------
    Observations
        Times [s TDB past J2000], angles [rad]; rows that cannot be read are refused.

    Source
    ------
    IAU Commission X2, ADES, 2017 and 2022 versions, section "PSV".
    """
    blocks: list[Rows] = []
    rejected: list[RejectedLine] = []
    other, expect_names = 0, True
    for number, line in enumerate(lines, 1):
        if line.startswith(("#", "!")):
            other, expect_names = other + 1, True
            continue
        if not line.strip():
            other += 1
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if looks_like_names(cells):
            blocks.append(Rows(tuple(cells), [], [], []))
            other, expect_names = other + 1, False
        elif expect_names or not blocks:
            rejected.append(
                RejectedLine(number, line, "values without a line of column names before them", "add the line of names")
            )
        else:
            _add(blocks[-1], cells, number, line, rejected)
    return _joined(blocks, rejected, other, source)


def read_ades_csv(lines: Sequence[str], source: str = "") -> Observations:
    """Observations of comma-separated values with the names of ADES in the first row.

    Parameters
    ----------
    lines : sequence of str
        All lines of a file; lines with ``#`` are comments.
    source : str
        Name of the file.

    Returns
    -------
    Observations
        Times [s TDB past J2000], angles [rad]; rows that cannot be read are refused.

    Source
    ------
    IAU Commission X2, ADES, tables of fields; the Minor Planet Center offers its archive in this form.
    """
    blocks: list[Rows] = []
    rejected: list[RejectedLine] = []
    other = 0
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            other += 1
            continue
        try:
            cells = [cell.strip() for cell in next(csv.reader([line], strict=True))]
        except (csv.Error, StopIteration):
            rejected.append(RejectedLine(number, line, "a quotation mark is not closed", "correct the line"))
            continue
        if looks_like_names(cells):
            blocks.append(Rows(tuple(cells), [], [], []))
            other += 1
        elif not blocks:
            rejected.append(
                RejectedLine(number, line, "values without a row of column names before them", "add the row of names")
            )
        else:
            _add(blocks[-1], cells, number, line, rejected)
    return _joined(blocks, rejected, other, source)


def _add(block: Rows, cells: list[str], number: int, line: str, rejected: list[RejectedLine]) -> None:
    if len(cells) != len(block.names):
        reason = f"{len(cells)} values where the columns are {len(block.names)}"
        rejected.append(RejectedLine(number, line, reason, "columns are shifted, or the line is cut"))
    elif "\ufffd" in line or "\0" in line:
        rejected.append(RejectedLine(number, line, "a character that is no text (damage)", _SAVE_AGAIN))
    else:
        block.cells.append(cells)
        block.lines.append(number)
        block.texts.append(line)


def _joined(blocks: Sequence[Rows], rejected: Sequence[RejectedLine], other: int, source: str) -> Observations:
    parts = [observations_of_rows(block, source) for block in blocks if block.cells]
    whole = join_observations(parts) if parts else observations_of(blank_rows(0))
    refused = sorted((*whole.rejected, *rejected), key=lambda one: one.line)
    return replace(whole, rejected=tuple(refused), other_lines=other, source=source)
