"""From the words of an OEM file to an `Oem`: every check of the standard that KVN and XML share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.ccsds_names import TIME_SYSTEMS, is_registered_frame
from moonstead.formats.oem_message import (
    EDGE_TOLERANCE,
    METHODS,
    Oem,
    OemCovariance,
    OemHeader,
    OemMetadata,
    OemSegment,
)
from moonstead.formats.oem_text import (
    LOWER_TRIANGLE,
    METRES_PER_KILOMETRE,
    Block,
    CovarianceText,
    OemText,
    SegmentText,
    refuse,
)
from moonstead.formats.time_text import parse_times
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.time.epoch import Epoch

if TYPE_CHECKING:
    from moonstead.foundation.time.earth_orientation import EarthOrientation

Array = NDArray[np.float64]

VERSIONS = ("1.0", "2.0", "3.0")


def build_oem(text: OemText, source: str, earth_orientation: EarthOrientation | None) -> Oem:
    """Check what a file says and turn it into SI units and TDB.

    Parameters
    ----------
    text : OemText
        What KVN or XML parsing found.
    source : str
        Name of the file for messages.
    earth_orientation : EarthOrientation or None
        Needed only for UT1.

    Returns
    -------
    Oem
        The message.

    Raises
    ------
    InvalidInput
        The file breaks the standard; the message begins with file and line.

    Source
    ------
    CCSDS 502.0-B-3 (2023), 5.2.
    """
    version, line = text.version
    if version not in VERSIONS:
        refuse(source, line, f"version {version!r} of the OEM is unknown; this reads {', '.join(VERSIONS)}")
    if not text.segments:
        refuse(source, line, "the message has no segment; at least one META_START block with states is needed")
    header = _header(text.header, version, source)
    segments = tuple(_segment(segment, source, earth_orientation) for segment in text.segments)
    _require_one_time_system(text, segments, source)
    return Oem(header, segments)


def _header(block: Block, version: str, source: str) -> OemHeader:
    date, line = _value(block, "CREATION_DATE", source)
    try:
        creation = Epoch.parse(date, scale="UTC")
    except (InvalidInput, OutsideSpan) as error:
        refuse(source, line, f"CREATION_DATE {date!r} is not a UTC date: {error}")
    return OemHeader(
        originator=_value(block, "ORIGINATOR", source)[0],
        creation=creation,
        classification=_optional(block, "CLASSIFICATION"),
        message_id=_optional(block, "MESSAGE_ID"),
        comments=tuple(block.comments),
        version=version,
    )


def _segment(text: SegmentText, source: str, earth_orientation: EarthOrientation | None) -> OemSegment:
    metadata = _metadata(text.metadata, source, earth_orientation)
    if not text.rows:
        refuse(source, text.metadata.line, "no states follow this metadata block; each needs at least one")
    widths = {len(row) for row in text.rows}
    if not widths <= {6, 9} or len(widths) > 1:
        _refuse_width(text, source)
    tdb = parse_times(text.epochs, metadata.time_system, earth_orientation)
    bad = np.flatnonzero(~np.isfinite(tdb))
    if bad.size:
        first = int(bad[0])
        refuse(source, text.lines[first], _bad_time(text.epochs[first], metadata.time_system))
    backwards = np.flatnonzero(np.diff(tdb) <= 0.0)
    if backwards.size:
        first = int(backwards[0])
        refuse(
            source,
            text.lines[first + 1],
            f"time {text.epochs[first + 1]} does not follow {text.epochs[first]} (line {text.lines[first]}); "
            "times must rise within a segment: sort the states, or begin a new segment at a discontinuity",
        )
    if tdb[0] < metadata.start - EDGE_TOLERANCE or tdb[-1] > metadata.stop + EDGE_TOLERANCE:
        early = tdb[0] < metadata.start - EDGE_TOLERANCE
        row, key = (0, "START_TIME") if early else (tdb.size - 1, "STOP_TIME")
        value, line = text.metadata.values[key]
        refuse(
            source,
            text.lines[row],
            f"the state at {text.epochs[row]} lies outside {key} {value} (line {line}); correct one of them",
        )
    numbers = _numbers(text.rows, text.lines, source)
    numbers *= METRES_PER_KILOMETRE
    covariances = tuple(_covariance(one, metadata, source, earth_orientation) for one in text.covariances)
    for before, after, one in zip(covariances, covariances[1:], text.covariances[1:], strict=False):
        if after.tdb <= before.tdb:
            refuse(source, one.block.line, "covariances must be in rising order of time; sort them")
    return OemSegment(
        metadata=metadata,
        tdb=tdb,
        states=np.ascontiguousarray(numbers[:, :6]),
        accelerations=np.ascontiguousarray(numbers[:, 6:]) if numbers.shape[1] == 9 else None,
        covariances=covariances,
        comments=tuple(text.comments),
    )


def _metadata(block: Block, source: str, earth_orientation: EarthOrientation | None) -> OemMetadata:
    time_system, line = _value(block, "TIME_SYSTEM", source)
    if time_system not in TIME_SYSTEMS:
        refuse(source, line, f"time system {time_system!r} is not one this reads: {', '.join(TIME_SYSTEMS)}")
    ref_frame, line = _value(block, "REF_FRAME", source)
    if not is_registered_frame(ref_frame):
        refuse(
            source,
            line,
            f"frame {ref_frame!r} is in neither CCSDS 502.0-B-3 nor the SANA registry of celestial body reference "
            "frames; ask the originator which registered frame is meant",
        )

    def moment(key: str) -> float | None:
        if key not in block.values:
            return None
        value, line = block.values[key]
        tdb = float(parse_times([value], time_system, earth_orientation)[0])
        if not np.isfinite(tdb):
            refuse(source, line, f"{key}: {_bad_time(value, time_system)}")
        return tdb

    _value(block, "START_TIME", source)
    _value(block, "STOP_TIME", source)
    start, stop = moment("START_TIME"), moment("STOP_TIME")
    assert start is not None and stop is not None
    if start > stop:
        value, line = block.values["STOP_TIME"]
        refuse(source, line, f"STOP_TIME {value} lies before START_TIME {block.values['START_TIME'][0]}; swap them")
    useable_start, useable_stop = moment("USEABLE_START_TIME"), moment("USEABLE_STOP_TIME")
    first = start if useable_start is None else useable_start
    last = stop if useable_stop is None else useable_stop
    if first < start - EDGE_TOLERANCE or last > stop + EDGE_TOLERANCE or first > last:
        refuse(
            source,
            block.line,
            "USEABLE_START_TIME and USEABLE_STOP_TIME must lie in order between START_TIME and STOP_TIME; correct them",
        )
    interpolation = _optional(block, "INTERPOLATION")
    degree: int | None = None
    if interpolation is not None:
        if interpolation.upper() not in METHODS:
            refuse(
                source,
                block.values["INTERPOLATION"][1],
                f"interpolation {interpolation!r} is none of {', '.join(METHODS)}",
            )
        if "INTERPOLATION_DEGREE" not in block.values:
            refuse(source, block.values["INTERPOLATION"][1], "INTERPOLATION needs INTERPOLATION_DEGREE; add it")
    if "INTERPOLATION_DEGREE" in block.values:
        value, line = block.values["INTERPOLATION_DEGREE"]
        if not value.isdecimal() or int(value) < 1:
            refuse(source, line, f"INTERPOLATION_DEGREE must be a positive whole number; the file says {value!r}")
        degree = int(value)
    return OemMetadata(
        object_name=_value(block, "OBJECT_NAME", source)[0],
        object_id=_value(block, "OBJECT_ID", source)[0],
        center_name=_value(block, "CENTER_NAME", source)[0],
        ref_frame=ref_frame,
        time_system=time_system,
        start=start,
        stop=stop,
        useable_start=useable_start,
        useable_stop=useable_stop,
        ref_frame_epoch=moment("REF_FRAME_EPOCH"),
        interpolation=interpolation,
        interpolation_degree=degree,
        comments=tuple(block.comments),
    )


def _covariance(
    text: CovarianceText, metadata: OemMetadata, source: str, earth_orientation: EarthOrientation | None
) -> OemCovariance:
    epoch, line = _value(text.block, "EPOCH", source)
    tdb = float(parse_times([epoch], metadata.time_system, earth_orientation)[0])
    if not np.isfinite(tdb):
        refuse(source, line, _bad_time(epoch, metadata.time_system))
    if len(text.numbers) != 21:
        refuse(source, line, f"a covariance has 21 numbers (lower triangle of 6 x 6); here are {len(text.numbers)}")
    values = _numbers([[number] for number in text.numbers], text.lines, source)[:, 0]
    matrix = np.zeros((6, 6))
    matrix[LOWER_TRIANGLE] = values * METRES_PER_KILOMETRE**2
    matrix = matrix + np.tril(matrix, -1).T
    return OemCovariance(tdb, matrix, _optional(text.block, "COV_REF_FRAME"), tuple(text.block.comments))


def _numbers(rows: list[list[str]], lines: list[int], source: str) -> Array:
    """Rows of numbers as an array; the first one that is not finite decimal text is refused with its line."""
    width = len(rows[0])
    flat = [token for row in rows for token in row]
    try:
        values = np.array(list(map(float, flat)))
        sound = bool(np.all(np.isfinite(values))) and "_" not in "".join(flat)
    except ValueError:
        sound = False
    if not sound:
        for index, token in enumerate(flat):
            if not _is_number(token):
                refuse(
                    source,
                    lines[index // width],
                    f"{token!r} is not a finite number; write decimals such as -1234.5 or 1.0e-3",
                )
    return values.reshape(-1, width)


def _is_number(token: str) -> bool:
    try:
        return bool(np.isfinite(float(token))) and "_" not in token
    except ValueError:
        return False


def _value(block: Block, key: str, source: str) -> tuple[str, int]:
    if key not in block.values:
        refuse(source, block.line, f"the block that begins here has no {key}; it is mandatory: add it")
    return block.values[key]


def _optional(block: Block, key: str) -> str | None:
    return block.values[key][0] if key in block.values else None


def _bad_time(text: str, scale: str) -> str:
    return (
        f"{text!r} is not a time in {scale}; write 2035-01-01T00:00:00.000 or 2035-001T00:00:00.000 "
        "with an existing day and 00 to 59 seconds (60 only in a leap second of UTC)"
    )


def _refuse_width(text: SegmentText, source: str) -> NoReturn:
    expected = len(text.rows[0]) if len(text.rows[0]) in (6, 9) else 6
    for row, line in zip(text.rows, text.lines, strict=True):
        if len(row) != expected:
            refuse(
                source,
                line,
                f"{len(row)} numbers after the time, but this segment needs {expected}: position and velocity, "
                "with acceleration either in all of its lines or in none",
            )
    raise AssertionError("called with rows of equal and allowed width")


def _require_one_time_system(text: OemText, segments: tuple[OemSegment, ...], source: str) -> None:
    first = segments[0].metadata.time_system
    for raw, segment in zip(text.segments, segments, strict=True):
        if segment.metadata.time_system != first:
            line = raw.metadata.values["TIME_SYSTEM"][1]
            refuse(
                source,
                line,
                f"time system {segment.metadata.time_system} differs from {first} of the first segment; "
                "one message must keep one (5.2.4.5): split the file",
            )
