"""The words of a TDM file before anybody asks what they mean: what KVN and XML parsing hand over."""

from __future__ import annotations

from dataclasses import dataclass, field

from moonstead.formats.oem_text import Block
from moonstead.formats.tdm_message import TdmFault

SHOWN = 80  # [characters] of a faulty line


@dataclass(slots=True)
class TdmSegmentText:
    """One segment as it stands.

    Attributes
    ----------
    metadata : Block
        Its keys.
    comments : list of str
        Among the data.
    keywords, epochs, values : list of str
        Of each row.
    lines : list of int
        Line of each row.
    """

    metadata: Block
    comments: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    epochs: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class TdmText:
    """A whole file as it stands.

    Attributes
    ----------
    version : (str, int)
        Version of the standard, and its line.
    header : Block
        Keys before the first segment.
    segments : list of TdmSegmentText
        In the order of the file.
    faults : list of TdmFault
        What was no word of a TDM.
    """

    version: tuple[str, int]
    header: Block
    segments: list[TdmSegmentText]
    faults: list[TdmFault]


def keep(
    block: Block, key: str, value: str, line: int, allowed: tuple[str, ...], faults: list[TdmFault], text: str
) -> None:
    """Put a key into a block; tell of unknown, repeated and empty ones.

    Parameters
    ----------
    block : Block
        What to add to.
    key, value : str
        As in the file.
    line : int
        Where they stand, from 1.
    allowed : tuple of str
        Keys that the block may have.
    faults : list of TdmFault
        To which what is wrong is added.
    text : str
        The line as it stands.

    Source
    ------
    CCSDS 503.0-B-2 (2020), 3.2 and 3.3: each keyword once, with a value.
    """
    what = ""
    if key not in allowed:
        what = f"keyword {key!r} is not one of this part of a TDM; it is left out"
    elif key in block.values:
        what = f"{key} was already given in line {block.values[key][1]}; the first one counts"
    elif not value:
        what = f"{key} has no value; give one or remove the keyword"
    if what:
        faults.append(TdmFault(line, text.strip()[:SHOWN], what))
    else:
        block.values[key] = (value, line)
