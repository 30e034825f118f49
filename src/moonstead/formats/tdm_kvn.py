"""The keyword = value form of the Tracking Data Message."""

from __future__ import annotations

from moonstead.formats.oem_text import Block, refuse
from moonstead.formats.tdm_message import HEADER_KEYS, METADATA_KEYS, Tdm, TdmFault
from moonstead.formats.tdm_text import SHOWN, TdmSegmentText, TdmText, keep

VERSION_KEY = "CCSDS_TDM_VERS"


def parse_tdm_kvn(text: str, source: str) -> TdmText:
    """Cut KVN text into header and segments.

    Parameters
    ----------
    text : str
        The file.
    source : str
        Its name for messages.

    Returns
    -------
    TdmText
        Words with their lines; numbers and times are not looked at. Lines that are no words of a TDM are faults.

    Raises
    ------
    InvalidInput
        The file does not begin with the version of a TDM.

    Source
    ------
    CCSDS 503.0-B-2, Tracking Data Message (2020), 3 and 4.
    """
    version: tuple[str, int] | None = None
    header, block = Block(1), None
    segments: list[TdmSegmentText] = []
    faults: list[TdmFault] = []
    in_data = False
    number = 0

    def fault(line: str, what: str) -> None:
        faults.append(TdmFault(number, line[:SHOWN], what))

    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        if line == "COMMENT" or line.startswith(("COMMENT ", "COMMENT\t")):
            comments = segments[-1].comments if in_data else (header if block is None else block).comments
            comments.append(line[8:])
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if version is None:
            if key != VERSION_KEY or not equals:
                refuse(source, number, f"a TDM begins with {VERSION_KEY} = 2.0; here stands {line[:40]!r}")
            version, header.line = (value, number), number
        elif line == "META_START":
            if in_data or block is not None:
                fault(line, "META_START before the block above it was closed; the file may be cut or joined here")
            block, in_data = Block(number), False
        elif line == "META_STOP":
            if block is None or in_data:
                fault(line, "META_STOP without META_START; add META_START before the metadata")
            else:
                segments.append(TdmSegmentText(block))
        elif line == "DATA_START":
            if block is None or not segments or segments[-1].metadata is not block:
                fault(line, "DATA_START without metadata before it; its rows cannot be read")
                block = Block(number)
                segments.append(TdmSegmentText(block))
            in_data = True
        elif line == "DATA_STOP":
            if not in_data:
                fault(line, "DATA_STOP without DATA_START")
            in_data, block = False, None
        elif not equals:
            fault(line, "neither a keyword with a value nor a comment")
        elif in_data:
            tokens = value.split()
            if len(tokens) != 2:
                fault(line, f"a row of data is KEYWORD = time value; here are {len(tokens)} words after the keyword")
                continue
            segment = segments[-1]
            segment.keywords.append(key)
            segment.epochs.append(tokens[0])
            segment.values.append(tokens[1])
            segment.lines.append(number)
        elif block is not None:
            keep(block, key, value, number, METADATA_KEYS, faults, line)
        else:
            keep(header, key, value, number, HEADER_KEYS, faults, line)
    if version is None:
        refuse(source, 1, f"the file is empty; a TDM begins with {VERSION_KEY} = 2.0")
    if in_data:
        fault("", "the file ends, but DATA_STOP is missing; the file may be cut short")
    elif block is not None:
        fault("", "the file ends within metadata or before its data; the file may be cut short")
    return TdmText(version, header, segments, faults)


def format_tdm_kvn(tdm: Tdm) -> str:
    """KVN text of a message that `write_tdm` has accepted.

    Parameters
    ----------
    tdm : Tdm
        The message.

    Returns
    -------
    str
        The text, lines ended by a line feed.

    Source
    ------
    CCSDS 503.0-B-2 (2020), 3 and 4.
    """
    out = [f"{VERSION_KEY} = 2.0", *_comments(tdm.header.comments)]
    out += [f"{key} = {value}" for key, value in header_items(tdm)]
    for segment in tdm.segments:
        out += ["", "META_START", *_comments(segment.metadata_comments)]
        out += [f"{key} = {segment.metadata[key]}" for key in METADATA_KEYS if key in segment.metadata]
        out += ["META_STOP", "", "DATA_START", *_comments(segment.comments)]
        rows = zip(segment.keyword, segment.epoch, segment.text, strict=True)
        out += [f"{keyword} = {epoch} {value}" for keyword, epoch, value in rows]
        out.append("DATA_STOP")
    return "\n".join(out) + "\n"


def header_items(tdm: Tdm) -> list[tuple[str, str]]:
    """Keys and values of the header, in the order of the standard, without those that are absent."""
    header = tdm.header
    creation = None if header.creation is None else header.creation.text("UTC", 3)
    values = [("CREATION_DATE", creation), ("ORIGINATOR", header.originator), ("MESSAGE_ID", header.message_id)]
    return [(key, value) for key, value in values if value is not None]


def _comments(comments: tuple[str, ...]) -> list[str]:
    return [f"COMMENT {comment}".rstrip() for comment in comments]
