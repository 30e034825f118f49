"""The XML form of the Conjunction Data Message."""

from __future__ import annotations

from collections.abc import Sequence
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from moonstead.formats.cdm_fields import (
    ADDITIONAL_KEYS,
    COVARIANCE_KEYS,
    METADATA_KEYS,
    RELATIVE_STATE_KEYS,
    STATE_KEYS,
    TRACKING_KEYS,
    USER_DEFINED,
)
from moonstead.formats.cdm_kvn import FIRST_KEY, CdmText
from moonstead.formats.cdm_message import COMMENT, CdmEntry, CdmFault, ConjunctionMessage
from moonstead.foundation.errors import FormatError

SCHEMA = "https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-1.0-master.xsd"
MOST_DEPTH = 12
# Parts of the data of an object, in the order of the schema.
PARTS = (
    ("odParameters", frozenset(TRACKING_KEYS)),
    ("additionalParameters", frozenset(ADDITIONAL_KEYS)),
    ("stateVector", frozenset(STATE_KEYS)),
    ("covarianceMatrix", frozenset(COVARIANCE_KEYS)),
)
GROUPS = frozenset(
    (
        *("ndm", "cdm", "header", "body", "relativeMetadataData", "relativeStateVector", "segment", "metadata", "data"),
        *(name for name, _ in PARTS),
        "userDefinedParameters",
    )
)


class _Reader:
    """What has been read so far: one method for each kind of XML event."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.parser = parser
        self.path: list[str] = []
        self.messages: list[CdmText] = []
        self.text, self.unit = "", ""
        self.parameter: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        line = self.parser.CurrentLineNumber
        self.path.append(name)
        self.text, self.unit = "", attributes.get("units", "").strip()
        self.parameter = attributes.get("parameter")
        if name == "cdm":
            self.messages.append(CdmText(len(self.messages) + 1, line))
            version = attributes.get("version", "1.0")
            self.messages[-1].header.append((CdmEntry(FIRST_KEY, version), line))
        elif name == "segment" and self.messages:
            self.messages[-1].objects.append([])

    def characters(self, text: str) -> None:
        self.text += text

    def end(self, name: str) -> None:
        name = self.path.pop()
        if name in GROUPS or not self.messages:
            return
        message, line = self.messages[-1], self.parser.CurrentLineNumber
        block = next((part for part in self.path if part in ("header", "relativeMetadataData", "segment")), None)
        value = " ".join(line.strip() for line in self.text.splitlines()).strip()
        if block is None or self.path[-1] not in GROUPS:
            what = f"<{name}> does not belong into <{self.path[-1] if self.path else 'the document'}>; remove it"
            message.faults.append(CdmFault(message.number, line, what))
            return
        if name == "USER_DEFINED" and self.parameter is not None:
            name = USER_DEFINED + self.parameter
        entry = (CdmEntry(name, value, self.unit), line)
        if block == "header":
            message.header.append(entry)
        elif block == "segment":
            message.objects[-1].append(entry)
        else:
            message.relative.append(entry)


def parse_cdm_xml(text: str, source: str) -> list[CdmText]:
    """Cut XML into messages and their blocks.

    Parameters
    ----------
    text : str
        One ``<cdm>``, or several inside ``<ndm>``.
    source : str
        Name of the file for messages.

    Returns
    -------
    list of CdmText
        Words with their lines; numbers and times are not looked at.

    Raises
    ------
    FormatError
        The text is no XML, or declares entities.

    Source
    ------
    CCSDS 508.0-B-1, Conjunction Data Message (2013), section 5.
    """
    parser = expat.ParserCreate(namespace_separator=":")
    reader = _Reader(parser)

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(reader.path) >= MOST_DEPTH:
            raise FormatError(f"{source}, line {parser.CurrentLineNumber}: elements too deep in each other for a CDM")
        reader.start(name, attributes)

    def refuse_entity(*_: object) -> None:
        line = parser.CurrentLineNumber
        raise FormatError(f"{source}, line {line}: entities have no place in a CDM; write the text itself")

    parser.StartElementHandler = start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.EntityDeclHandler = refuse_entity
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        complete = reader.messages[:-1] if "cdm" in reader.path else reader.messages
        if not complete:
            raise FormatError(
                f"{source}, line {error.lineno}: broken XML ({expat.errors.messages[error.code]}); fetch the file again"
            ) from error
        for message in reader.messages[len(complete) :]:
            what = f"broken XML ({expat.errors.messages[error.code]}); fetch the file again"
            message.faults.append(CdmFault(message.number, error.lineno, what))
    return reader.messages


def format_cdm_xml(messages: Sequence[ConjunctionMessage]) -> str:
    """Text of one message, or of several inside ``<ndm>``.

    Parameters
    ----------
    messages : sequence of ConjunctionMessage
        What to write.

    Returns
    -------
    str
        XML of version 1.0 of the schema; comments go with the keyword that follows them.

    Source
    ------
    CCSDS 508.0-B-1, Conjunction Data Message (2013), section 5.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    namespace = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="{SCHEMA}"'
    several = len(messages) > 1
    if several:
        lines.append(f"<ndm {namespace}>")
    for message in messages:
        version = message.value(FIRST_KEY) or "1.0"
        about = f'id="{FIRST_KEY}" version={quoteattr(version)}'
        lines.append(f"<cdm {about}>" if several else f"<cdm {namespace} {about}>")
        lines.append("<header>")
        lines += [_element(entry) for entry in message.header if entry.key != FIRST_KEY]
        lines += ["</header>", "<body>", "<relativeMetadataData>"]
        lines += _wrapped(message.relative, "relativeStateVector", frozenset(RELATIVE_STATE_KEYS))
        lines.append("</relativeMetadataData>")
        for one in message.objects:
            lines += _segment(one.entries)
        lines += ["</body>", "</cdm>"]
    if several:
        lines.append("</ndm>")
    return "\n".join(lines) + "\n"


def _segment(entries: tuple[CdmEntry, ...]) -> list[str]:
    """Metadata, then the parts of the data in the schema's order; what no part knows ends the additional parameters."""
    metadata: list[CdmEntry] = []
    parts: dict[str, list[CdmEntry]] = {name: [] for name, _ in PARTS}
    comments: list[CdmEntry] = []
    for entry in entries:
        if entry.key == COMMENT:
            comments.append(entry)
            continue
        if entry.key in METADATA_KEYS:
            target = metadata
        else:
            target = parts[next((name for name, keys in PARTS if entry.key in keys), "additionalParameters")]
        target += [*comments, entry]
        comments = []
    parts["covarianceMatrix"] += comments
    lines = ["<segment>", "<metadata>", *(_element(entry) for entry in metadata), "</metadata>", "<data>"]
    for name, _ in PARTS:
        if parts[name]:
            lines += [f"<{name}>", *(_element(entry) for entry in parts[name]), f"</{name}>"]
    return [*lines, "</data>", "</segment>"]


def _wrapped(entries: tuple[CdmEntry, ...], group: str, keys: frozenset[str]) -> list[str]:
    lines: list[str] = []
    inside = False
    for entry in entries:
        belongs = entry.key in keys
        if belongs != inside and entry.key != COMMENT:
            lines.append(f"<{group}>" if belongs else f"</{group}>")
            inside = belongs
        lines.append(_element(entry))
    return [*lines, f"</{group}>"] if inside else lines


def _element(entry: CdmEntry) -> str:
    unit = f" units={quoteattr(entry.unit)}" if entry.unit else ""
    if entry.key.startswith(USER_DEFINED):
        name = entry.key.removeprefix(USER_DEFINED)
        return f"<USER_DEFINED parameter={quoteattr(name)}{unit}>{escape(entry.value)}</USER_DEFINED>"
    return f"<{entry.key}{unit}>{escape(entry.value)}</{entry.key}>"
