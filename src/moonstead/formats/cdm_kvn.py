"""The keyword = value form of the Conjunction Data Message."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from moonstead.formats.cdm_fields import BLOCK_KEYS
from moonstead.formats.cdm_message import COMMENT, CdmEntry, CdmFault, ConjunctionMessage

FIRST_KEY = "CCSDS_CDM_VERS"
KEY_WIDTH, VALUE_WIDTH = 28, 24
UNIT = re.compile(r"(.*?)\s*\[([^\[\]]*)\]")
MOST_DIGITS = 40  # of a number; longer ones are no measurement


@dataclass(slots=True)
class CdmText:
    """Lines of one message, by block.

    Attributes
    ----------
    number : int
        Which message of the file, from 1.
    line : int
        Where it begins.
    header, relative : list of (CdmEntry, int)
        Lines with their places.
    objects : list of list of (CdmEntry, int)
        One list for each object.
    faults : list of CdmFault
        Lines that are no lines of such a message.
    """

    number: int
    line: int
    header: list[tuple[CdmEntry, int]] = field(default_factory=list)
    relative: list[tuple[CdmEntry, int]] = field(default_factory=list)
    objects: list[list[tuple[CdmEntry, int]]] = field(default_factory=list)
    faults: list[CdmFault] = field(default_factory=list)


def parse_cdm_kvn(text: str) -> list[CdmText]:
    """Cut text into messages and their blocks.

    Parameters
    ----------
    text : str
        One message, or several behind each other.

    Returns
    -------
    list of CdmText
        Words with their lines; numbers and times are not looked at. What stands before the first message is a fault
        of the first.

    Source
    ------
    CCSDS 508.0-B-1, Conjunction Data Message (2013), section 4.
    """
    messages: list[CdmText] = []
    stray: list[tuple[int, str]] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if key == FIRST_KEY and equals:
            messages.append(CdmText(len(messages) + 1, number))
        if not messages:
            stray.append((number, line))
            continue
        message = messages[-1]
        if line == COMMENT or line.startswith(COMMENT + " "):
            _block(message).append((CdmEntry(COMMENT, line[len(COMMENT) :].strip()), number))
        elif not equals or not key or " " in key:
            message.faults.append(CdmFault(message.number, number, f"{line[:60]!r} is no 'KEYWORD = value'; mend it"))
        else:
            if key == "OBJECT":
                _open_object(message)
            elif not message.objects and not message.relative and key not in BLOCK_KEYS["header"]:
                _move_comments(message.header, message.relative)
            _block(message, key).append((_entry(key, value), number))
    if messages:
        messages[0].faults += [
            CdmFault(1, number, f"{line[:60]!r} stands before {FIRST_KEY}; remove it") for number, line in stray
        ]
    return messages


def _entry(key: str, value: str) -> CdmEntry:
    found = UNIT.fullmatch(value)
    return CdmEntry(key, found.group(1), found.group(2).strip()) if found else CdmEntry(key, value)


def _block(message: CdmText, key: str = "") -> list[tuple[CdmEntry, int]]:
    if message.objects:
        return message.objects[-1]
    if message.relative or (key and key not in BLOCK_KEYS["header"]):
        return message.relative
    return message.header


def _open_object(message: CdmText) -> None:
    """Comments right before OBJECT belong to it."""
    before = _block(message)
    message.objects.append([])
    _move_comments(before, message.objects[-1])


def _move_comments(source: list[tuple[CdmEntry, int]], target: list[tuple[CdmEntry, int]]) -> None:
    first = len(source)
    while first > 0 and source[first - 1][0].key == COMMENT:
        first -= 1
    target += source[first:]
    del source[first:]


def format_cdm_kvn(message: ConjunctionMessage) -> str:
    """Text of one message.

    Parameters
    ----------
    message : ConjunctionMessage
        What to write.

    Returns
    -------
    str
        Keyword = value lines, each with its unit, in the order of the message.

    Source
    ------
    CCSDS 508.0-B-1, Conjunction Data Message (2013), section 4.
    """
    entries = (*message.header, *message.relative, *message.objects[0].entries, *message.objects[1].entries)
    return "".join(_line(entry) + "\n" for entry in entries)


def _line(entry: CdmEntry) -> str:
    if entry.key == COMMENT:
        return f"{COMMENT} {entry.value}".rstrip()
    if not entry.unit:
        return f"{entry.key:<{KEY_WIDTH}} = {entry.value}"
    return f"{entry.key:<{KEY_WIDTH}} = {entry.value:<{VALUE_WIDTH}} [{entry.unit}]"
