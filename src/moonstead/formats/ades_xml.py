"""ADES as XML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from moonstead.formats.ades_columns import Rows, observations_of_rows
from moonstead.formats.astrometry_rows import Observations, RejectedLine

OBSERVATIONS = ("optical", "radar", "occultation", "offset")


@dataclass
class _Reading:
    """What has been read so far."""

    records: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    record: dict[str, str] | None = None
    name: str = ""
    text: str = ""


class _Forbidden(Exception):
    """A document type with entities, which ADES does not use."""


def read_ades_xml(text: str, source: str = "") -> Observations:
    """Observations of an ADES document.

    Parameters
    ----------
    text : str
        The document: ``optical``, ``radar`` and ``occultation`` elements wherever they stand.
    source : str
        Name of the file.

    Returns
    -------
    Observations
        Times [s TDB past J2000], angles [rad]; `line` is where an observation begins. A document that breaks off is
        read as far as it goes, and the place is among the refused lines.

    Source
    ------
    IAU Commission X2, ADES, 2017 and 2022 versions, general and submission schemas.
    """
    reading = _Reading()
    parser = expat.ParserCreate()

    def start(name: str, _: dict[str, str]) -> None:
        if name in OBSERVATIONS:
            reading.record = {}
            reading.lines.append(parser.CurrentLineNumber)
        reading.name, reading.text = name, ""

    def end(name: str) -> None:
        if name in OBSERVATIONS and reading.record is not None:
            reading.records.append(reading.record)
            reading.record = None
        elif reading.record is not None and name == reading.name:
            reading.record[name] = reading.text.strip()

    def more(piece: str) -> None:
        reading.text += piece

    def forbid(*_: object) -> None:
        raise _Forbidden

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, more
    parser.StartDoctypeDeclHandler = forbid
    broken: list[RejectedLine] = []
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        reason = f"the XML breaks off here ({expat.ErrorString(error.code)}); nothing after it is read"
        broken.append(RejectedLine(error.lineno, "", reason, "fetch the file again"))
    except _Forbidden:
        reason = "a document type (DOCTYPE) has no place in ADES; nothing after it is read"
        broken.append(RejectedLine(parser.CurrentLineNumber, "", reason, "remove it"))
    del reading.lines[len(reading.records) :]
    whole = observations_of_rows(_rows(reading.records, reading.lines), source)
    return replace(whole, rejected=(*whole.rejected, *broken))


def _rows(records: list[dict[str, str]], lines: list[int]) -> Rows:
    names = tuple(dict.fromkeys(name for record in records for name in record))
    return Rows(
        names,
        [[record.get(name, "") for name in names] for record in records],
        lines,
        [_said(record.items()) for record in records],
    )


def _said(items: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name}={value}" for name, value in items)
