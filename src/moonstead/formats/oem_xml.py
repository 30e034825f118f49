"""The XML form of the Orbit Ephemeris Message."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import escape

import numpy as np

from moonstead.formats.oem_kvn import COVARIANCE_KEYS, metadata_items
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

SCHEMA = "https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-3.0.0-master-3.0.xsd"
AXES = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
STATE = ("EPOCH", *AXES)
ACCELERATION = ("X_DDOT", "Y_DDOT", "Z_DDOT")
TRIANGLE = tuple(f"C{AXES[row]}_{AXES[column]}" for row, column in zip(*LOWER_TRIANGLE, strict=True))
POSITION, SPEED, RATE = "km", "km/s", "km/s**2"
UNITS = {
    **dict.fromkeys(AXES[:3], POSITION),
    **dict.fromkeys(AXES[3:], SPEED),
    **dict.fromkeys(ACCELERATION, RATE),
    **{
        name: ("km**2", "km**2/s", "km**2/s**2")[int(row > 2) + int(column > 2)]
        for name, row, column in zip(TRIANGLE, *LOWER_TRIANGLE, strict=True)
    },
}
# Which elements may stand inside which; leaves stand in none of these.
CHILDREN = {
    "": ("ndm", "oem"),
    "ndm": ("oem", "COMMENT", "MESSAGE_ID"),
    "oem": ("header", "body"),
    "header": (*HEADER_KEYS, "COMMENT"),
    "body": ("segment",),
    "segment": ("metadata", "data"),
    "metadata": (*METADATA_KEYS, "COMMENT"),
    "data": ("stateVector", "covarianceMatrix", "COMMENT"),
    "stateVector": (*STATE, *ACCELERATION),
    "covarianceMatrix": (*COVARIANCE_KEYS, *TRIANGLE, "COMMENT"),
}
# Two parts in fixed order: first part and parent of each.
PAIRS = {
    "header": ("header", "oem"),
    "body": ("header", "oem"),
    "metadata": ("metadata", "segment"),
    "data": ("metadata", "segment"),
}
_CHILDREN = {parent: frozenset(children) for parent, children in CHILDREN.items()}


class _Reader:
    """What has been read so far: one method for each kind of XML event."""

    def __init__(self, source: str, parser: expat.XMLParserType) -> None:
        self.source = source
        self.parser = parser
        self.path = [""]
        self.text = ""
        self.version: tuple[str, int] | None = None
        self.header = Block(1)
        self.segments: list[SegmentText] = []
        self.state: list[str] = []
        self.names: list[str] = []
        self.line = 0
        self.parts: list[str] = []  # of the <oem>, then of the <segment> that is open

    def refuse(self, what: str) -> None:
        refuse(self.source, self.parser.CurrentLineNumber, what)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        parent = self.path[-1]
        if name not in _CHILDREN.get(parent, ()):
            allowed = ", ".join(CHILDREN.get(parent, ())) or "text alone"
            self.refuse(f"<{name}> is not allowed in <{parent or 'the document'}>; allowed there: {allowed}")
        if attributes and name in UNITS and attributes.get("units", UNITS[name]) != UNITS[name]:
            self.refuse(f"<{name}> is in {attributes['units']!r}, but the standard fixes {UNITS[name]!r}; convert it")
        self.path.append(name)
        self.text = ""
        if name in _CHILDREN:
            self._open(name, attributes)

    def characters(self, text: str) -> None:
        self.text += text

    def end(self, name: str) -> None:
        name = self.path.pop()
        parent = self.path[-1]
        if parent == "stateVector":
            self.names.append(name)
            self.state.append(self.text.strip())
        elif name == "stateVector":
            self._state()
        elif name in _CHILDREN:
            self._close(name)
        else:
            self._leaf(parent, name, self.text)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if name in PAIRS:
            first, parent = PAIRS[name]
            if self.parts != ([] if first == name else [first]):
                self.refuse(f"<{parent}> needs one <{first}> and then its other part; <{name}> is out of place here")
            self.parts.append(name)
        if name == "oem":
            if self.version is not None:
                self.refuse("a second <oem> in one file; split the file, one message each")
            if attributes.get("id") != "CCSDS_OEM_VERS" or "version" not in attributes:
                self.refuse('<oem> needs id="CCSDS_OEM_VERS" and a version, for example version="3.0"')
            self.version = (attributes["version"], line)
        elif name == "header":
            self.header.line = line
        elif name == "segment":
            self.parts = []
        elif name == "metadata":
            self.segments.append(SegmentText(Block(line)))
        elif name == "stateVector":
            self.line, self.names, self.state = line, [], []
            if self.segments[-1].covariances:
                self.refuse("<stateVector> after a <covarianceMatrix>; states come first")
        elif name == "covarianceMatrix":
            self.segments[-1].covariances.append(CovarianceText(Block(line)))
            self.names = []

    def _close(self, name: str) -> None:
        if name == "segment" and self.parts != ["metadata", "data"]:
            self.refuse("this <segment> lacks <metadata> or <data>; add it")
        if name == "oem" and self.version is not None and not self.segments:
            self.refuse("this <oem> has no <segment> with states; add one")
        if name == "covarianceMatrix" and tuple(self.names) != TRIANGLE:
            wanted = next((n for n in TRIANGLE if n not in self.names), TRIANGLE[0])
            self.refuse(f"the covariance must have CX_X to CZ_DOT_Z_DOT once each and in order; look at {wanted}")

    def _state(self) -> None:
        names = tuple(self.names)
        if names not in (STATE, STATE + ACCELERATION):
            missing = ", ".join(n for n in STATE if n not in names) or "none, but the order or number is wrong"
            self.refuse(
                f"a <stateVector> needs EPOCH, X, Y, Z, X_DOT, Y_DOT, Z_DOT in order, and all or none of X_DDOT, "
                f"Y_DDOT, Z_DDOT; missing: {missing}"
            )
        segment = self.segments[-1]
        segment.epochs.append(self.state[0])
        segment.rows.append(self.state[1:])
        segment.lines.append(self.line)

    def _comments(self, parent: str) -> list[str]:
        if parent == "metadata":
            return self.segments[-1].metadata.comments
        if parent == "data":
            return self.segments[-1].comments
        if parent == "covarianceMatrix":
            return self.segments[-1].covariances[-1].block.comments
        return self.header.comments

    def _leaf(self, parent: str, name: str, text: str) -> None:
        line = self.parser.CurrentLineNumber
        if name == "COMMENT":
            self._comments(parent).extend(text.rstrip().splitlines() or [""])
        elif parent == "header":
            take(self.header, name, text.strip(), line, HEADER_KEYS, self.source)
        elif parent == "metadata":
            take(self.segments[-1].metadata, name, text.strip(), line, METADATA_KEYS, self.source)
        elif parent == "covarianceMatrix":
            covariance = self.segments[-1].covariances[-1]
            if name in COVARIANCE_KEYS:
                take(covariance.block, name, text.strip(), line, COVARIANCE_KEYS, self.source)
            else:
                self.names.append(name)
                covariance.numbers.append(text.strip())
                covariance.lines.append(line)


def parse_xml(text: str, source: str) -> OemText:
    """Cut XML text into header and segments.

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
        Not well-formed XML, a document type declaration, an element at the wrong place, unknown, missing or repeated,
        or a unit other than the one the standard fixes.

    Source
    ------
    CCSDS 502.0-B-3 (2023), 8; CCSDS 505.0-B-3, XML specification for navigation data messages (2023).
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    reader = _Reader(source, parser)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = lambda *_: reader.refuse(
        "a document type declaration; navigation messages have none: remove it"
    )
    try:
        # The text is decoded already, so what the XML declaration says of its encoding no longer matters.
        parser.Parse(_without_declaration(text), True)
    except expat.ExpatError as error:
        refuse(source, error.lineno, f"not well-formed XML: {expat.ErrorString(error.code)}; the file may be cut short")
    if reader.version is None:
        refuse(source, 1, "there is no <oem> in the file; give an Orbit Ephemeris Message")
    return OemText(reader.version, reader.header, reader.segments)


def format_xml(oem: Oem, earth_orientation: EarthOrientation | None) -> str:
    """XML text of a message that `require_writable` has accepted.

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
    CCSDS 502.0-B-3 (2023), 8; CCSDS 505.0-B-3 (2023).
    """
    header = oem.header
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<oem xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
        f'     xsi:noNamespaceSchemaLocation="{SCHEMA}" id="CCSDS_OEM_VERS" version="3.0">',
        "  <header>",
        *_comments(header.comments, 4),
    ]
    values = [
        ("CLASSIFICATION", header.classification),
        ("CREATION_DATE", header.creation.text("UTC", 3).removesuffix("Z")),
        ("ORIGINATOR", header.originator),
        ("MESSAGE_ID", header.message_id),
    ]
    out += [f"    <{key}>{escape(value)}</{key}>" for key, value in values if value is not None]
    out += ["  </header>", "  <body>"]
    for segment in oem.segments:
        out += _segment(segment, earth_orientation)
    out += ["  </body>", "</oem>"]
    return "\n".join(out) + "\n"


def _segment(segment: OemSegment, earth_orientation: EarthOrientation | None) -> list[str]:
    scale = segment.metadata.time_system
    out = ["    <segment>", "      <metadata>", *_comments(segment.metadata.comments, 8)]
    out += [f"        <{key}>{escape(value)}</{key}>" for key, value in metadata_items(segment, earth_orientation)]
    out += ["      </metadata>", "      <data>", *_comments(segment.comments, 8)]
    epochs = format_times(segment.tdb, scale, earth_orientation)
    table = segment.states
    template = "        <stateVector><EPOCH>%s</EPOCH>" + "".join(
        f'<{name} units="{UNITS[name]}">%.{10 if UNITS[name] == POSITION else 13}f</{name}>' for name in AXES
    )
    if segment.accelerations is not None:
        table = np.hstack((table, segment.accelerations))
        template += "".join(f'<{name} units="{RATE}">%.15e</{name}>' for name in ACCELERATION)
    template += "</stateVector>"
    rows = (table / METRES_PER_KILOMETRE).tolist()
    out += [template % (epoch, *row) for epoch, row in zip(epochs, rows, strict=True)]
    for covariance in segment.covariances:
        out += ["        <covarianceMatrix>", *_comments(covariance.comments, 10)]
        out.append(f"          <EPOCH>{format_times(np.array([covariance.tdb]), scale, earth_orientation)[0]}</EPOCH>")
        if covariance.frame is not None:
            out.append(f"          <COV_REF_FRAME>{escape(covariance.frame)}</COV_REF_FRAME>")
        values = (covariance.matrix / METRES_PER_KILOMETRE**2)[LOWER_TRIANGLE]
        out += [
            f'          <{name} units="{UNITS[name]}">{value:.16e}</{name}>'
            for name, value in zip(TRIANGLE, values.tolist(), strict=True)
        ]
        out.append("        </covarianceMatrix>")
    return [*out, "      </data>", "    </segment>"]


def _comments(comments: tuple[str, ...], indent: int) -> list[str]:
    return [f"{' ' * indent}<COMMENT>{escape(comment)}</COMMENT>" for comment in comments]


def _without_declaration(text: str) -> str:
    """The text with its XML declaration blanked, so that lines keep their numbers."""
    start = text.find("<?xml")
    if start < 0 or text[:start].strip():
        return text
    stop = text.find("?>", start)
    if stop < 0:
        return text
    return "\n" * text.count("\n", 0, stop) + text[stop + 2 :]
