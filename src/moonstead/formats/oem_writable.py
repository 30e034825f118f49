"""Which messages may be written as an OEM: checks of an `Oem` made in memory."""

from __future__ import annotations

import numpy as np

from moonstead.formats.ccsds_names import TIME_SYSTEMS, is_registered_frame
from moonstead.formats.oem_message import EDGE_TOLERANCE, METHODS, Oem, OemSegment
from moonstead.foundation.errors import InvalidInput


def require_writable(oem: Oem) -> None:
    """Refuse a message that no reader of the standard could accept.

    Parameters
    ----------
    oem : Oem
        The message.

    Raises
    ------
    InvalidInput
        The first thing found wrong, with segment number.
    """
    if not oem.segments:
        raise InvalidInput("an OEM needs at least one segment; this one has none")
    _require_line("ORIGINATOR", oem.header.originator)
    _require_comments(oem.header.comments)
    for text in (oem.header.classification, oem.header.message_id):
        if text is not None:
            _require_line("header value", text)
    systems = {segment.metadata.time_system for segment in oem.segments}
    if len(systems) > 1:
        raise InvalidInput(
            f"all segments of an OEM must share one time system; these use {', '.join(sorted(systems))}. Choose one"
        )
    for number, segment in enumerate(oem.segments, start=1):
        try:
            _require_writable_segment(segment)
        except InvalidInput as error:
            raise InvalidInput(f"OEM segment {number}: {error}") from None


def _require_writable_segment(segment: OemSegment) -> None:
    metadata = segment.metadata
    _require_comments(metadata.comments + segment.comments)
    for covariance in segment.covariances:
        _require_comments(covariance.comments)
        if covariance.frame is not None:
            _require_line("COV_REF_FRAME", covariance.frame)
        if covariance.matrix.shape != (6, 6) or not np.array_equal(covariance.matrix, covariance.matrix.T):
            raise InvalidInput("a covariance must be a symmetric matrix (6, 6); a file holds its lower half alone")
    for key, value in (
        ("OBJECT_NAME", metadata.object_name),
        ("OBJECT_ID", metadata.object_id),
        ("CENTER_NAME", metadata.center_name),
    ):
        _require_line(key, value)
    if metadata.time_system not in TIME_SYSTEMS:
        raise InvalidInput(f"time system {metadata.time_system!r} is none of {', '.join(TIME_SYSTEMS)}")
    if not is_registered_frame(metadata.ref_frame):
        raise InvalidInput(
            f"frame {metadata.ref_frame!r} is not registered; formats.ccsds_names.ref_frame_of names one"
        )
    if metadata.interpolation is not None and (
        metadata.interpolation.upper() not in METHODS or metadata.interpolation_degree is None
    ):
        raise InvalidInput(f"interpolation must be one of {', '.join(METHODS)} and have a degree")
    count = segment.tdb.size
    if count == 0 or segment.tdb.shape != (count,) or segment.states.shape != (count, 6):
        raise InvalidInput(
            f"times {segment.tdb.shape} and states {segment.states.shape} do not fit; "
            "(N,) and (N, 6) are needed, N at least 1"
        )
    if segment.accelerations is not None and segment.accelerations.shape != (count, 3):
        raise InvalidInput(f"accelerations {segment.accelerations.shape} do not fit {count} times; (N, 3) is needed")
    arrays = [segment.tdb, segment.states, *(c.matrix for c in segment.covariances)]
    if segment.accelerations is not None:
        arrays.append(segment.accelerations)
    if not all(np.all(np.isfinite(array)) for array in arrays):
        raise InvalidInput("a time, state, acceleration or covariance is not finite; an OEM cannot hold gaps: cut them")
    if np.any(np.diff(segment.tdb) <= 0.0):
        raise InvalidInput("times must rise strictly; sort the states or split the segment at the discontinuity")
    if segment.tdb[0] < metadata.start - EDGE_TOLERANCE or segment.tdb[-1] > metadata.stop + EDGE_TOLERANCE:
        raise InvalidInput("states lie outside the start and stop of the metadata")


def _require_comments(comments: tuple[str, ...]) -> None:
    for text in comments:
        if len(text.splitlines()) > 1 or any(ord(c) < 32 and c != "\t" for c in text):
            raise InvalidInput(f"the comment {text!r} must be one line of text; split it into several comments")


def _require_line(key: str, text: str) -> None:
    if not text.strip() or text != text.strip() or len(text.splitlines()) > 1 or any(ord(c) < 32 for c in text):
        raise InvalidInput(f"{key} {text!r} must be one line of text without blanks at its ends")
