"""The XML form of the Orbit Mean-Elements Message, alone or many in one Navigation Data Message."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from moonstead.formats.omm_fields import OmmRecords, unit_fault

START = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?omm(?=[\s>])")
STOP = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?omm\s*>")
DECLARED = re.compile(rb"\A\s*<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
STRAY = re.compile(rb"</?(?:\w+:)?omm\b|<segment|MEAN_MOTION|<EPOCH")
CLOSED = re.compile(rb"</(?:\w+:)?ndm\s*>")
OPENED = re.compile(rb"<(?:\w+:)?ndm[\s>]")


def parse_omm_xml(raw: bytes) -> OmmRecords:
    """Cut XML of one or many messages into words.

    Each message is parsed alone, so that a damaged one leaves its neighbours whole, and nothing that a document type
    might declare is ever expanded.

    Parameters
    ----------
    raw : bytes
        The file.

    Returns
    -------
    OmmRecords
        One record for each message.

    Source
    ------
    CCSDS 505.0-B-3 (2023); CCSDS 502.0-B-3 (2023), section 8.
    """
    raw = _utf8(raw)
    records = OmmRecords()
    begins = [match.start() for match in START.finditer(raw)]
    line, at, outside = 1, 0, 0
    for place, begin in enumerate(begins):
        line, at = line + raw.count(b"\n", at, begin), begin
        _stray(records, raw[outside:begin], line)
        following = begins[place + 1] if place + 1 < len(begins) else len(raw)
        stop = STOP.search(raw, begin, following)
        outside = stop.end() if stop else following
        if stop is None:
            records.reject(
                f"line {line}", _shown(raw[begin:following]), "a message that does not end: </omm> is missing"
            )
            continue
        _message(records, raw[begin : stop.end()], line)
    _stray(records, raw[outside:], line + raw.count(b"\n", at, outside))
    if OPENED.search(raw) and not CLOSED.search(raw):
        records.reject("end of the file", _shown(raw[-80:]), "the file is cut off: </ndm> is missing")
    return records


def _message(records: OmmRecords, chunk: bytes, line: int) -> None:
    fields: dict[str, Any] = {}
    text: list[str] = []
    wrong: list[str] = []
    open_units: list[str | None] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        text.clear()
        open_units.append(attributes.get("units"))

    def end(name: str) -> None:
        unit = open_units.pop()
        key = name.rpartition(":")[2]
        if key.isupper() and key not in ("COMMENT", "USER_DEFINED"):
            if key in fields:
                wrong.append(f"{key} stands twice in one message; keep one of the two")
            if unit is not None and (fault := unit_fault(key, unit)):
                wrong.append(fault)
            fields[key] = "".join(text).strip()
        text.clear()

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = text.append
    try:
        parser.Parse(chunk, True)
    except expat.ExpatError as error:
        at = line + error.lineno - 1
        records.reject(f"line {at}", _shown(chunk), f"damaged XML ({expat.errors.messages[error.code]})")
        return
    if wrong:
        records.reject(f"line {line}", fields.get("OBJECT_NAME", ""), wrong[0])
    else:
        records.add(fields, f"line {line}")


def _stray(records: OmmRecords, between: bytes, line: int) -> None:
    """Tell what lies outside of messages and looks like a part of one."""
    if STRAY.search(between):
        records.reject(
            f"before line {line}", _shown(between.strip()), "a part of a message without its beginning <omm>"
        )


def _shown(chunk: bytes) -> str:
    return " ".join(chunk[:200].decode("utf-8", "replace").split())


def _utf8(raw: bytes) -> bytes:
    declared = DECLARED.match(raw)
    if declared is None or declared[1].lower() in (b"utf-8", b"us-ascii", b"ascii"):
        return raw
    try:
        return raw.decode(declared[1].decode("ascii"), "replace").encode("utf-8")
    except LookupError:
        return raw
