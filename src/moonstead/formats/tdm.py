"""Tracking Data Messages (CCSDS 503.0-B-2): what stations measured, read and written as KVN or XML."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from moonstead.formats.ccsds_names import TIME_SYSTEMS
from moonstead.formats.files import read_text, write_text
from moonstead.formats.tdm_kvn import VERSION_KEY, format_tdm_kvn, parse_tdm_kvn
from moonstead.formats.tdm_message import (
    CHOICES,
    DATA_UNITS,
    METADATA_KEYS,
    VERSIONS,
    Tdm,
    TdmFault,
    TdmHeader,
    TdmSegment,
)
from moonstead.formats.tdm_text import SHOWN, TdmSegmentText, TdmText
from moonstead.formats.tdm_xml import format_tdm_xml, parse_tdm_xml
from moonstead.formats.time_text import format_times, parse_times
from moonstead.foundation.errors import FormatError, InvalidInput, OutsideSpan
from moonstead.foundation.time.epoch import Epoch

if TYPE_CHECKING:
    from moonstead.foundation.time.earth_orientation import EarthOrientation

__all__ = ["Tdm", "TdmFault", "TdmHeader", "TdmSegment", "read_tdm", "segment_of_rows", "write_tdm"]


def read_tdm(path: str | os.PathLike[str], earth_orientation: EarthOrientation | None = None) -> Tdm:
    """Read a Tracking Data Message, KVN or XML, plain or gzip: its content tells.

    Rows that are damaged are left out, each with its reason in `faults`; the rest is kept.

    Parameters
    ----------
    path : path
        The file.
    earth_orientation : EarthOrientation or None
        Needed only where a time system is UT1.

    Returns
    -------
    Tdm
        All keywords and values as they stand, and the times as TDB.

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        The file is no Tracking Data Message, or nothing in it can be used.

    Source
    ------
    CCSDS 503.0-B-2, Tracking Data Message (2020), sections 3 to 5; CCSDS 301.0-B-4 (2010), 3.5.
    """
    text = read_text(path)
    source = str(Path(path))
    beginning = text.lstrip()[:200]
    try:
        words = parse_tdm_xml(text, source) if beginning.startswith("<") else parse_tdm_kvn(text, source)
    except InvalidInput as error:
        raise FormatError(str(error)) from error
    if words.version[0] not in VERSIONS:
        raise FormatError(
            f"{source}, line {words.version[1]}: version {words.version[0]!r} of the TDM is unknown; "
            f"this reads {', '.join(VERSIONS)}"
        )
    faults = list(words.faults)
    header = _header(words, faults)
    segments = tuple(
        found for segment in words.segments if (found := _segment(segment, faults, earth_orientation)) is not None
    )
    if not segments:
        why = f"; the first fault is in line {faults[0].line}: {faults[0].what}" if faults else ""
        raise FormatError(f"{source}: no segment with usable rows in this TDM{why}")
    return Tdm(header, segments, tuple(sorted(faults, key=lambda fault: fault.line)), source)


def write_tdm(path: str | os.PathLike[str], tdm: Tdm, form: Literal["kvn", "xml"] = "kvn") -> None:
    """Write a Tracking Data Message whole or not at all; packed with gzip if the path ends in ``.gz``.

    Parameters
    ----------
    path : path
        Where to.
    tdm : Tdm
        What to write, as version 2.0, with the very text of times and values that the message holds.
    form : ``"kvn"`` or ``"xml"``
        Text form.

    Raises
    ------
    InvalidInput
        The message breaks the standard: no segment, an unknown keyword or time system, no participant, no creation
        date, text with a line break.

    Source
    ------
    CCSDS 503.0-B-2 (2020), sections 3 to 5.
    """
    if form not in ("kvn", "xml"):
        raise InvalidInput(f"a TDM is written as 'kvn' or 'xml'; asked for {form!r}")
    if not tdm.segments or tdm.header.creation is None:
        raise InvalidInput("a TDM needs a creation date and at least one segment")
    for number, segment in enumerate(tdm.segments, start=1):
        strange = [key for key in segment.metadata if key not in METADATA_KEYS]
        strange += [key for key in segment.keyword if key not in DATA_UNITS]
        if strange:
            raise InvalidInput(f"segment {number}: {strange[0]!r} is no keyword of CCSDS 503.0-B-2")
        if segment.metadata.get("TIME_SYSTEM") not in TIME_SYSTEMS or not segment.participants:
            raise InvalidInput(f"segment {number} needs TIME_SYSTEM ({', '.join(TIME_SYSTEMS)}) and PARTICIPANT_1")
        texts = (*segment.metadata.values(), *segment.metadata_comments, *segment.comments, *segment.text)
        if any("\n" in text or "\r" in text for text in texts):
            raise InvalidInput(f"segment {number}: a text has a line break, which a TDM cannot hold")
    write_text(path, format_tdm_kvn(tdm) if form == "kvn" else format_tdm_xml(tdm))


def segment_of_rows(
    metadata: dict[str, str],
    keyword: Sequence[str],
    tdb: Sequence[float],
    value: Sequence[float],
    earth_orientation: EarthOrientation | None = None,
) -> TdmSegment:
    """A segment of numbers, to be written.

    Parameters
    ----------
    metadata : dict of str to str
        Keywords of the standard; the first and last time are added.
    keyword : N str
        What each row holds.
    tdb : (N,) [s TDB past J2000]
        Times.
    value : (N,) [as in the file]
        Values in the units of the standard.
    earth_orientation : EarthOrientation or None
        Needed only where the time system is UT1.

    Returns
    -------
    TdmSegment
        Rows in the order of their times.

    Raises
    ------
    InvalidInput
        There is no row, or a number is not finite.

    Source
    ------
    CCSDS 503.0-B-2 (2020), 3.3 and 3.4.
    """
    times, numbers = np.asarray(tdb, dtype=np.float64), np.asarray(value, dtype=np.float64)
    if not times.size or not np.all(np.isfinite(times)) or not np.all(np.isfinite(numbers)):
        raise InvalidInput("a segment of a TDM needs rows, with finite times and values")
    order = np.argsort(times, kind="stable")
    scale = metadata.get("TIME_SYSTEM", "UTC")
    epochs = format_times(times[order], scale, earth_orientation)
    span = {"TIME_SYSTEM": scale, "START_TIME": epochs[0], "STOP_TIME": epochs[-1]}
    return TdmSegment(
        {**metadata, **span},
        tuple(keyword[int(row)] for row in order),
        tuple(epochs),
        tuple(repr(float(number)) for number in numbers[order]),
        times[order],
        numbers[order],
    )


def _header(words: TdmText, faults: list[TdmFault]) -> TdmHeader:
    values = words.header.values
    creation: Epoch | None = None
    text, line = values.get("CREATION_DATE", ("", words.header.line))
    try:
        creation = Epoch.parse(text, scale="UTC")
    except (InvalidInput, OutsideSpan):
        faults.append(TdmFault(line, text[:SHOWN], "CREATION_DATE is missing or no UTC date; it is left out"))
    if "ORIGINATOR" not in values:
        faults.append(TdmFault(words.header.line, VERSION_KEY, "ORIGINATOR is missing; it is mandatory"))
    message_id = values["MESSAGE_ID"][0] if "MESSAGE_ID" in values else None
    originator = values.get("ORIGINATOR", ("", 0))[0]
    return TdmHeader(originator, creation, message_id, tuple(words.header.comments), words.version[0])


def _segment(
    words: TdmSegmentText, faults: list[TdmFault], earth_orientation: EarthOrientation | None
) -> TdmSegment | None:
    """A segment as far as it can be used; None where its rows mean nothing."""
    block = words.metadata
    metadata = {}
    for key, (value, line) in block.values.items():
        if key in CHOICES and value.upper() not in CHOICES[key]:
            faults.append(TdmFault(line, f"{key} = {value}"[:SHOWN], f"{key} is one of {', '.join(CHOICES[key])}"))
        else:
            metadata[key] = value
    scale = metadata.get("TIME_SYSTEM", "")
    if scale not in TIME_SYSTEMS or "PARTICIPANT_1" not in metadata:
        what = f"metadata without PARTICIPANT_1 or a TIME_SYSTEM of {', '.join(TIME_SYSTEMS)}; its rows are left out"
        faults.append(TdmFault(block.line, "META_START", what))
        return None
    tdb = parse_times(words.epochs, scale, earth_orientation) if words.epochs else np.empty(0)
    kept, numbers = [], []
    for row, (keyword, text) in enumerate(zip(words.keywords, words.values, strict=True)):
        number, what = _number(text), ""
        if keyword not in DATA_UNITS:
            what = f"{keyword!r} is no data keyword of CCSDS 503.0-B-2"
        elif not np.isfinite(tdb[row]):
            what = f"{words.epochs[row]!r} is not a time in {scale}; write 2035-01-01T00:00:00.000"
        elif number is None:
            what = f"{text!r} is not a finite number"
        if what:
            shown = f"{keyword} = {words.epochs[row]} {text}"[:SHOWN]
            faults.append(TdmFault(words.lines[row], shown, f"{what}; the row is left out"))
        elif number is not None:
            kept.append(row)
            numbers.append(number)
    if not kept:
        faults.append(TdmFault(block.line, "META_START", "no usable row follows this metadata"))
        return None
    return TdmSegment(
        metadata,
        tuple(words.keywords[row] for row in kept),
        tuple(words.epochs[row] for row in kept),
        tuple(words.values[row] for row in kept),
        tdb[kept],
        np.array(numbers),
        tuple(block.comments),
        tuple(words.comments),
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) and "_" not in text else None
