"""The keyword = value form of the Orbit Ephemeris Message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moonstead.formats.oem_text import (
    HEADER_KEYS,
    LOWER_TRIANGLE,
    METADATA_KEYS,
    METRES_PER_KILOMETRE,
    Block,
    CovarianceText,
    OemText,
    SegmentText,
    refuse,
    take,
)
from moonstead.formats.time_text import format_times

if TYPE_CHECKING:
    from moonstead.formats.oem_message import Oem, OemSegment
    from moonstead.foundation.time.earth_orientation import EarthOrientation

COVARIANCE_KEYS = ("EPOCH", "COV_REF_FRAME")
STATE_LINE = "%s %20.10f %20.10f %20.10f %18.13f %18.13f %18.13f"  # [km] to 1e-7 m, [km/s] to 1e-10 m/s
ACCELERATION = " %22.15e %22.15e %22.15e"


def parse_kvn(text: str, source: str) -> OemText:
    """Cut KVN text into header and segments.

    Parameters
    ----------
    text : str
        The file.
    source : str
        Its name for messages.

    Returns
    -------
    OemText
        Words with their lines; numbers and times are not looked at.

    Raises
    ------
    InvalidInput
        A keyword at the wrong place, unknown or repeated, or a block that is not closed.

    Source
    ------
    CCSDS 502.0-B-3 (2023), 5.2 and 7.
    """
    lines = text.splitlines()
    version: tuple[str, int] | None = None
    header = Block(1)
    segments: list[SegmentText] = []
    block: Block | None = None  # metadata that is open
    covariance: CovarianceText | None = None
    in_covariances = False
    pending: list[str] = []  # comments that stand before the next covariance

    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if not line:
            continue
        is_data = line[0] in "0123456789+-."
        if is_data and segments and block is None and not in_covariances:
            tokens = line.split()
            segment = segments[-1]
            if segment.covariances:
                refuse(source, number, "states after a covariance; begin a new segment with META_START")
            segment.epochs.append(tokens[0])
            segment.rows.append(tokens[1:])
            segment.lines.append(number)
            continue
        if is_data and in_covariances:
            if covariance is None:
                refuse(source, number, "numbers before the EPOCH of their covariance; add EPOCH = ...")
            tokens = line.split()
            row = _triangle_row(len(covariance.numbers))
            if row > 6 or len(tokens) != row:
                what = "the matrix is already full" if row > 6 else f"{row} are needed in this row"
                refuse(source, number, f"{len(tokens)} numbers in a row of the lower triangle, but {what}")
            covariance.numbers += tokens
            covariance.lines += [number] * len(tokens)
            continue
        if line == "COMMENT" or line.startswith(("COMMENT ", "COMMENT\t")):
            comment = line[8:]
            if in_covariances:
                pending.append(comment)
            elif block is not None:
                block.comments.append(comment)
            elif segments:
                segments[-1].comments.append(comment)
            else:
                header.comments.append(comment)
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if equals:
            if version is None:
                if key != "CCSDS_OEM_VERS":
                    refuse(source, number, "the first line must be CCSDS_OEM_VERS = 3.0")
                version = (value, number)
                header.line = number
            elif in_covariances:
                if key == "EPOCH":
                    covariance = CovarianceText(Block(number, comments=pending))
                    pending = []
                    segments[-1].covariances.append(covariance)
                elif covariance is None:
                    refuse(source, number, f"{key} before the EPOCH of its covariance; put EPOCH first")
                take(covariance.block, key, value, number, COVARIANCE_KEYS, source)
            elif block is not None:
                take(block, key, value, number, METADATA_KEYS, source)
            elif segments:
                refuse(source, number, f"keyword {key!r} among the states; it belongs between META_START and META_STOP")
            else:
                take(header, key, value, number, HEADER_KEYS, source)
        elif line == "META_START":
            if block is not None:
                refuse(
                    source, number, f"META_START, but META_STOP of the block in line {block.line} is missing; add it"
                )
            if in_covariances:
                refuse(source, number, "META_START, but COVARIANCE_STOP is missing before it; add it")
            block = Block(number)
        elif line == "META_STOP":
            if block is None:
                refuse(source, number, "META_STOP without META_START; add META_START before the metadata")
            segments.append(SegmentText(block))
            block = None
        elif line == "COVARIANCE_START":
            if not segments or block is not None or in_covariances:
                refuse(source, number, "COVARIANCE_START is allowed only after the states of a segment; move it")
            in_covariances, covariance = True, None
        elif line == "COVARIANCE_STOP":
            if not in_covariances:
                refuse(source, number, "COVARIANCE_STOP without COVARIANCE_START; add it before the covariances")
            if pending:
                segments[-1].comments += pending
                pending = []
            in_covariances = False
        elif block is not None and is_data:
            refuse(
                source, number, f"a line of numbers, but META_STOP of the block in line {block.line} is missing; add it"
            )
        else:
            refuse(source, number, f"{line[:60]!r} is neither a keyword with a value, a comment nor a line of states")
    last = max(len(lines), 1)
    if version is None:
        refuse(source, 1, "the first line must be CCSDS_OEM_VERS = 3.0")
    if block is not None:
        refuse(source, last, f"the file ends, but META_STOP of the block in line {block.line} is missing; add it")
    if in_covariances:
        refuse(source, last, "the file ends, but COVARIANCE_STOP is missing; the file may be cut short")
    return OemText(version, header, segments)


def format_kvn(oem: Oem, earth_orientation: EarthOrientation | None) -> str:
    """KVN text of a message that `require_writable` has accepted.

    Parameters
    ----------
    oem : Oem
        The message.
    earth_orientation : EarthOrientation or None
        Needed only for UT1.

    Returns
    -------
    str
        The text, lines ended by a line feed.

    Source
    ------
    CCSDS 502.0-B-3 (2023), 5.2 and 7.
    """
    header = oem.header
    out = ["CCSDS_OEM_VERS = 3.0", *_comments(header.comments)]
    if header.classification is not None:
        out.append(f"CLASSIFICATION = {header.classification}")
    out += [f"CREATION_DATE = {header.creation.text('UTC', 3).removesuffix('Z')}", f"ORIGINATOR = {header.originator}"]
    if header.message_id is not None:
        out.append(f"MESSAGE_ID = {header.message_id}")
    for segment in oem.segments:
        out += _segment(segment, earth_orientation)
    return "\n".join(out) + "\n"


def metadata_items(segment: OemSegment, earth_orientation: EarthOrientation | None) -> list[tuple[str, str]]:
    """Keys and values of the metadata of a segment, in the order of the standard, without those that are absent."""
    metadata = segment.metadata

    def moment(tdb: float | None) -> str | None:
        if tdb is None:
            return None
        return format_times(np.array([tdb]), metadata.time_system, earth_orientation)[0]

    values: list[tuple[str, str | None]] = [
        ("OBJECT_NAME", metadata.object_name),
        ("OBJECT_ID", metadata.object_id),
        ("CENTER_NAME", metadata.center_name),
        ("REF_FRAME", metadata.ref_frame),
        ("REF_FRAME_EPOCH", moment(metadata.ref_frame_epoch)),
        ("TIME_SYSTEM", metadata.time_system),
        ("START_TIME", moment(metadata.start)),
        ("USEABLE_START_TIME", moment(metadata.useable_start)),
        ("USEABLE_STOP_TIME", moment(metadata.useable_stop)),
        ("STOP_TIME", moment(metadata.stop)),
        ("INTERPOLATION", metadata.interpolation),
        ("INTERPOLATION_DEGREE", None if metadata.interpolation_degree is None else str(metadata.interpolation_degree)),
    ]
    return [(key, value) for key, value in values if value is not None]


def _segment(segment: OemSegment, earth_orientation: EarthOrientation | None) -> list[str]:
    out = ["", "META_START", *_comments(segment.metadata.comments)]
    out += [f"{key} = {value}" for key, value in metadata_items(segment, earth_orientation)]
    out += ["META_STOP", "", *_comments(segment.comments)]
    scale = segment.metadata.time_system
    epochs = format_times(segment.tdb, scale, earth_orientation)
    template, table = STATE_LINE, segment.states
    if segment.accelerations is not None:
        template, table = STATE_LINE + ACCELERATION, np.hstack((segment.states, segment.accelerations))
    rows = (table / METRES_PER_KILOMETRE).tolist()
    out += [template % (epoch, *row) for epoch, row in zip(epochs, rows, strict=True)]
    if segment.covariances:
        out += ["", "COVARIANCE_START"]
        for covariance in segment.covariances:
            out += _comments(covariance.comments)
            out.append(f"EPOCH = {format_times(np.array([covariance.tdb]), scale, earth_orientation)[0]}")
            if covariance.frame is not None:
                out.append(f"COV_REF_FRAME = {covariance.frame}")
            matrix = covariance.matrix / METRES_PER_KILOMETRE**2
            out += [" ".join(f"{value:.16e}" for value in matrix[row, : row + 1]) for row in range(6)]
        out.append("COVARIANCE_STOP")
    return out


def _comments(comments: tuple[str, ...]) -> list[str]:
    return [f"COMMENT {comment}".rstrip() for comment in comments]


def _triangle_row(count: int) -> int:
    """Row (from 1) of the lower triangle that comes after `count` numbers; 7 when it is full."""
    return 7 if count >= LOWER_TRIANGLE[0].size else int(LOWER_TRIANGLE[0][count]) + 1
