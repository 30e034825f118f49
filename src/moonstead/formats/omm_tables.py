"""Keywords of the Orbit Mean-Elements Message as CSV and JSON, as CelesTrak and Space-Track serve them."""

from __future__ import annotations

import csv
import json
import re
from typing import Any

from moonstead.formats.omm_fields import REQUIRED, OmmRecords

OBJECT = re.compile(r"\{[^{}]*\}")
BETWEEN = re.compile(r"[\s,\[\]]*")


def parse_omm_csv(text: str) -> OmmRecords:
    """Cut a table with a line of keywords into words.

    Parameters
    ----------
    text : str
        The file; columns in any order, those that are no keyword of the OMM are left alone.

    Returns
    -------
    OmmRecords
        One record for each row; a row with more or fewer cells than the header is rejected.

    Source
    ------
    CelesTrak, "A New Way to Obtain GP Data" (2020); RFC 4180, but no line break within a cell.
    """
    records = OmmRecords()
    lines = text.splitlines()
    head = next((row for row, line in enumerate(lines) if line.strip()), len(lines))
    header = [cell.strip().upper() for cell in _cells(lines[head])] if head < len(lines) else []
    missing = [key for key in REQUIRED if key not in header]
    if missing:
        records.reject(f"line {head + 1}", ",".join(header), f"the header has no column {missing[0]}")
        return records
    if len(set(header)) < len(header):
        records.reject(f"line {head + 1}", ",".join(header), "a column stands twice in the header; keep one of the two")
        return records
    # A value at the very end of a file that nothing ends may have lost digits: it must not be of the orbit.
    doubtful = len(lines) if not text.endswith(("\n", "\r")) and header[-1] in (*REQUIRED, "NORAD_CAT_ID") else 0
    for row, line in enumerate(lines[head + 1 :], start=head + 2):
        if not line.strip():
            continue
        cells = _cells(line)
        if row == doubtful:
            records.reject(
                f"line {row}", line, "the last line does not end and may be cut off", "end it, if it is whole"
            )
        elif len(cells) == len(header):
            records.add(dict(zip(header, cells, strict=True)), f"line {row}")
        else:
            records.reject(f"line {row}", line, f"{len(cells)} cells, but the header has {len(header)} columns")
    return records


def parse_omm_json(text: str) -> OmmRecords:
    """Cut an array of objects, or one object, into words.

    Parameters
    ----------
    text : str
        The file.

    Returns
    -------
    OmmRecords
        One record for each object. Of a damaged file every whole object is kept, and the damage told.

    Source
    ------
    CelesTrak, "A New Way to Obtain GP Data" (2020); Space-Track, class ``gp`` (every value a text); RFC 8259.
    """
    records = OmmRecords()
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        _salvage(records, text, str(error))
        return records
    for number, one in enumerate(found if isinstance(found, list) else [found], start=1):
        if isinstance(one, dict):
            records.add(one, f"record {number}")
        else:
            records.reject(f"record {number}", str(one)[:100], "no object of keywords and values")
    return records


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Object of its pairs; a key that stands twice may come from two records that grew together."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a keyword stands twice in one object")
    return found


def _cells(line: str) -> list[str]:
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return [line]


def _salvage(records: OmmRecords, text: str, message: str) -> None:
    """Take the whole objects of damaged JSON one by one; they are flat, so no brace stands inside."""
    at, line = 0, 1
    told = 0

    def between(stop: int) -> None:
        nonlocal told
        piece = text[at:stop]
        if BETWEEN.fullmatch(piece) is None:
            records.reject(f"line {line}", piece.strip()[:200], "damaged JSON between objects")
            told += 1

    for match in OBJECT.finditer(text):
        between(match.start())
        line += text.count("\n", at, match.start())
        one: Any = None
        try:
            one = json.loads(match[0], object_pairs_hook=_once)
        except ValueError as error:
            records.reject(f"line {line}", match[0], f"damaged JSON ({error})")
            told += 1
        if one is not None:
            records.add(one, f"line {line}")
        line += match[0].count("\n")
        at = match.end()
    between(len(text))
    if not told:
        records.reject("end of the file", text.rstrip()[-80:], f"damaged JSON ({message}), perhaps cut off")
