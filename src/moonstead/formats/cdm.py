"""Conjunction Data Messages (CCSDS 508.0-B-1): two objects at their closest approach, read and written, KVN or XML."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from moonstead.formats.cdm_build import build_cdm, make_cdm, make_cdm_object
from moonstead.formats.cdm_kvn import FIRST_KEY, format_cdm_kvn, parse_cdm_kvn
from moonstead.formats.cdm_message import CdmEntry, CdmFault, CdmFile, ConjunctionMessage, ConjunctionObject
from moonstead.formats.cdm_xml import format_cdm_xml, parse_cdm_xml
from moonstead.formats.files import read_text, write_text
from moonstead.foundation.errors import FormatError, InvalidInput

__all__ = [
    "CdmEntry",
    "CdmFault",
    "CdmFile",
    "ConjunctionMessage",
    "ConjunctionObject",
    "make_cdm",
    "make_cdm_object",
    "read_cdm",
    "write_cdm",
]


def read_cdm(path: str | os.PathLike[str]) -> CdmFile:
    """Read Conjunction Data Messages, KVN or XML, plain or gzip: the content tells.

    Parameters
    ----------
    path : path
        The file: one message or several, in XML inside ``<ndm>``.

    Returns
    -------
    CdmFile
        Messages with states and covariances in SI units, and what could not be used. Every line is kept as it
        stands, so that what is written is what was read.

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        No message of the file can be used; the error names file, line and remedy.

    Source
    ------
    CCSDS 508.0-B-1, Conjunction Data Message (2013), sections 3 to 5; CCSDS 505.0-B, XML for navigation messages.
    """
    text = read_text(path)
    source = str(Path(path))
    beginning = text.lstrip()[:200]
    if beginning.startswith("<"):
        texts = parse_cdm_xml(text, source)
    elif FIRST_KEY in text:
        texts = parse_cdm_kvn(text)
    else:
        shown = beginning.splitlines()[0][:60] if beginning else ""
        raise FormatError(
            f"{source}, line 1: not a Conjunction Data Message; it begins with {shown!r}, "
            f"but KVN begins with '{FIRST_KEY} = 1.0' and XML with '<'. Give a CCSDS 508.0-B CDM"
        )
    messages: list[ConjunctionMessage] = []
    faults: list[CdmFault] = []
    for one in texts:
        message, wrong = build_cdm(one)
        faults += wrong
        if message is not None:
            messages.append(message)
    if not messages:
        if not faults:
            raise FormatError(f"{source}, line 1: no line '{FIRST_KEY} = 1.0' begins a message; give a CCSDS CDM")
        raise FormatError(f"{source}, line {faults[0].line}: {faults[0].what}")
    return CdmFile(tuple(messages), tuple(faults))


def write_cdm(
    path: str | os.PathLike[str], messages: Sequence[ConjunctionMessage], form: Literal["kvn", "xml"] = "kvn"
) -> None:
    """Write Conjunction Data Messages whole or not at all; packed with gzip if the path ends in ``.gz``.

    Parameters
    ----------
    path : path
        Where to.
    messages : sequence of ConjunctionMessage
        What was read by `read_cdm`, or made by `make_cdm`.
    form : ``"kvn"`` or ``"xml"``
        Text form; several messages in XML stand inside ``<ndm>``.

    Raises
    ------
    InvalidInput
        There is no message, the form is unknown, or a value has a line break.
    MissingData
        The folder does not exist.

    Source
    ------
    CCSDS 508.0-B-1, Conjunction Data Message (2013), sections 4 and 5.
    """
    if not messages:
        raise InvalidInput("there is no message to write; give at least one")
    for message in messages:
        blocks = (message.header, message.relative, *(one.entries for one in message.objects))
        for entry in (entry for block in blocks for entry in block):
            if any(ord(character) < 32 for character in entry.key + entry.value + entry.unit):
                raise InvalidInput(f"{entry.key} {entry.value[:40]!r} must be one line of text")
    if form == "kvn":
        write_text(path, "\n".join(format_cdm_kvn(message) for message in messages))
    elif form == "xml":
        write_text(path, format_cdm_xml(messages))
    else:
        raise InvalidInput(f"a CDM is written as 'kvn' or 'xml'; asked for {form!r}")
