"""The satellite catalogue of CelesTrak (SATCAT): who owns an object, and what it is."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from moonstead.formats.element_rows import RowFault, row_fault
from moonstead.formats.files import read_text
from moonstead.formats.omm_fields import MOST_DIGITS
from moonstead.foundation.errors import FormatError

NEEDED = ("OBJECT_NAME", "OBJECT_ID", "NORAD_CAT_ID", "OBJECT_TYPE", "OWNER")
KINDS = {"PAY": "payload", "R/B": "rocket body", "DEB": "debris", "UNK": ""}


@dataclass(frozen=True, slots=True)
class SatelliteFacts:
    """What the catalogue says of one object.

    Attributes
    ----------
    object_id : int
        Catalogue number.
    name, designator : str
        Name and international designator.
    kind : str
        ``payload``, ``rocket body`` or ``debris``; empty where it is not known.
    owner : str
        Code of the owner, such as ``PRC`` or ``ISS``.
    decayed : str
        Date on which it came down; empty while it is up.
    """

    object_id: int
    name: str
    designator: str
    kind: str
    owner: str
    decayed: str


@dataclass(frozen=True, slots=True)
class SatelliteCatalogue:
    """Rows of a file, and what in it could not be used.

    Attributes
    ----------
    facts : tuple of SatelliteFacts
        In the order of the file.
    faults : tuple of RowFault
        The rest.
    """

    facts: tuple[SatelliteFacts, ...]
    faults: tuple[RowFault, ...]


def is_satellite_catalogue(header: str) -> bool:
    """Whether the first line of a file has the columns of the satellite catalogue."""
    return set(NEEDED) <= {cell.strip().strip('"').upper() for cell in header.split(",")}


def read_satellite_catalogue(path: str | os.PathLike[str]) -> SatelliteCatalogue:
    """Read the satellite catalogue as CSV, plain or gzip.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    SatelliteCatalogue
        Rows that can be used, and those that cannot.

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        The first line has not the columns of the catalogue.

    Source
    ------
    CelesTrak, "SATCAT Format Documentation" (2023), CSV.
    """
    lines = read_text(path).splitlines()
    if not lines or not is_satellite_catalogue(lines[0]):
        raise FormatError(f"{Path(path)}: no satellite catalogue: its first line lacks one of {', '.join(NEEDED)}")
    header = [cell.strip().upper() for cell in next(csv.reader([lines[0]]))]
    facts: list[SatelliteFacts] = []
    faults: list[RowFault] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        try:
            cells = next(csv.reader([line], strict=True))
        except csv.Error:
            cells = []
        one = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        if len(cells) != len(header):
            what = f"{len(cells)} cells, but the header has {len(header)} columns"
        elif not (one["NORAD_CAT_ID"].isascii() and one["NORAD_CAT_ID"].isdecimal()):
            what = f"NORAD_CAT_ID {one['NORAD_CAT_ID']!r} is no whole number"
        elif len(one["NORAD_CAT_ID"].lstrip("0")) > MOST_DIGITS:
            what = f"NORAD_CAT_ID {one['NORAD_CAT_ID']!r} has more than {MOST_DIGITS} digits"
        elif one["OBJECT_TYPE"] not in KINDS:
            what = f"OBJECT_TYPE {one['OBJECT_TYPE']!r} is none of {', '.join(KINDS)}"
        else:
            facts.append(
                SatelliteFacts(
                    object_id=int(one["NORAD_CAT_ID"]),
                    name=one["OBJECT_NAME"],
                    designator=one["OBJECT_ID"],
                    kind=KINDS[one["OBJECT_TYPE"]],
                    owner=one["OWNER"],
                    decayed=one.get("DECAY_DATE", ""),
                )
            )
            continue
        faults.append(row_fault(f"line {number}", line, what))
    return SatelliteCatalogue(tuple(facts), tuple(faults))
