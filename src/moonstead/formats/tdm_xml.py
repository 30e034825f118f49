"""The XML form of the Tracking Data Message."""

from __future__ import annotations

from xml.parsers import expat
from xml.sax.saxutils import escape

from moonstead.formats.oem_text import Block, refuse
from moonstead.formats.tdm_kvn import VERSION_KEY, header_items
from moonstead.formats.tdm_message import DATA_UNITS, HEADER_KEYS, METADATA_KEYS, Tdm, TdmFault
from moonstead.formats.tdm_text import SHOWN, TdmSegmentText, TdmText, keep

SCHEMA = "https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-3.0.0-master-3.0.xsd"
PARTS = frozenset(("ndm", "tdm", "header", "body", "segment", "metadata", "data", "observation"))


class _Reader:
    """What has been read so far: one method for each kind of XML event."""

    def __init__(self, source: str, parser: expat.XMLParserType) -> None:
        self.source, self.parser = source, parser
        self.path: list[str] = []
        self.text = ""
        self.version: tuple[str, int] | None = None
        self.header = Block(1)
        self.segments: list[TdmSegmentText] = []
        self.faults: list[TdmFault] = []
        self.row: list[tuple[str, str]] = []
        self.line = 0

    def fault(self, text: str, what: str) -> None:
        self.faults.append(TdmFault(self.parser.CurrentLineNumber, text[:SHOWN], what))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        line = self.parser.CurrentLineNumber
        self.path.append(name)
        self.text = ""
        if name == "tdm":
            if self.version is not None:
                refuse(self.source, line, "a second <tdm> in one file; split the file, one message each")
            if attributes.get("id") != VERSION_KEY or "version" not in attributes:
                refuse(self.source, line, f'<tdm> needs id="{VERSION_KEY}" and a version, for example version="2.0"')
            self.version = (attributes["version"], line)
            self.header.line = line
        elif name == "segment":
            self.segments.append(TdmSegmentText(Block(line)))
        elif name == "observation":
            self.row, self.line = [], line
        elif name not in PARTS and attributes and name in DATA_UNITS:
            unit, given = DATA_UNITS[name], attributes.get("units")
            if given is not None and unit != "RANGE_UNITS" and given != unit:
                self.fault(name, f"<{name}> is in {given!r}, but the standard fixes {unit!r}; the number is kept")

    def characters(self, text: str) -> None:
        self.text += text

    def end(self, name: str) -> None:
        name = self.path.pop()
        parent = self.path[-1] if self.path else ""
        if name == "observation":
            self._observation()
        elif name in PARTS:
            return
        elif parent == "observation":
            self.row.append((name, self.text.strip()))
        elif name == "COMMENT":
            comments = self.header.comments
            if self.segments and parent == "metadata":
                comments = self.segments[-1].metadata.comments
            elif self.segments and parent == "data":
                comments = self.segments[-1].comments
            comments.extend(self.text.rstrip().splitlines() or [""])
        else:
            self._leaf(parent, name, self.text.strip())

    def _leaf(self, parent: str, name: str, text: str) -> None:
        line = self.parser.CurrentLineNumber
        if parent == "header":
            keep(self.header, name, text, line, HEADER_KEYS, self.faults, name)
        elif parent == "metadata" and self.segments:
            keep(self.segments[-1].metadata, name, text, line, METADATA_KEYS, self.faults, name)
        else:
            self.fault(name, f"<{name}> does not belong into <{parent or 'the document'}>; it is left out")

    def _observation(self) -> None:
        values = dict(self.row)
        epoch = values.pop("EPOCH", None)
        if not self.segments or epoch is None or len(values) != 1 or len(self.row) != 2:
            self.fault("<observation>", "an <observation> holds EPOCH and one value; this one is left out")
            return
        segment = self.segments[-1]
        ((keyword, value),) = values.items()
        segment.keywords.append(keyword)
        segment.epochs.append(epoch)
        segment.values.append(value)
        segment.lines.append(self.line)


def parse_tdm_xml(text: str, source: str) -> TdmText:
    """Cut XML text into header and segments.

    Parameters
    ----------
    text : str
        The file.
    source : str
        Its name for messages.

    Returns
    -------
    TdmText
        Words with their lines; numbers and times are not looked at. Where the text stops being XML, what came before
        is kept and the place is a fault.

    Raises
    ------
    InvalidInput
        There is no ``<tdm>``, or a document type declaration.

    Source
    ------
    CCSDS 503.0-B-2 (2020), 5; CCSDS 505.0-B-3, XML specification for navigation data messages (2023).
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    reader = _Reader(source, parser)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = lambda *_: refuse(
        source, parser.CurrentLineNumber, "a document type declaration; navigation messages have none: remove it"
    )
    start = text.find("<?xml")
    stop = text.find("?>", start)
    if start >= 0 and stop >= 0 and not text[:start].strip():
        # the text is decoded already: what the declaration says of its encoding no longer matters
        text = "\n" * text.count("\n", 0, stop) + text[stop + 2 :]
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        if reader.version is None:
            refuse(source, error.lineno, f"not well-formed XML: {expat.ErrorString(error.code)}")
        what = f"not well-formed XML: {expat.ErrorString(error.code)}; what follows is lost"
        reader.faults.append(TdmFault(error.lineno, "", what))
    if reader.version is None:
        refuse(source, 1, "there is no <tdm> in the file; give a Tracking Data Message")
    return TdmText(reader.version, reader.header, reader.segments, reader.faults)


def format_tdm_xml(tdm: Tdm) -> str:
    """XML text of a message that `write_tdm` has accepted.

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
    CCSDS 503.0-B-2 (2020), 5; CCSDS 505.0-B-3 (2023).
    """
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<tdm xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
        f'     xsi:noNamespaceSchemaLocation="{SCHEMA}" id="{VERSION_KEY}" version="2.0">',
        "  <header>",
        *_comments(tdm.header.comments, 4),
        *(f"    <{key}>{escape(value)}</{key}>" for key, value in header_items(tdm)),
        "  </header>",
        "  <body>",
    ]
    for segment in tdm.segments:
        out += ["    <segment>", "      <metadata>", *_comments(segment.metadata_comments, 8)]
        present = [key for key in METADATA_KEYS if key in segment.metadata]
        out += [f"        <{key}>{escape(segment.metadata[key])}</{key}>" for key in present]
        out += ["      </metadata>", "      <data>", *_comments(segment.comments, 8)]
        for keyword, epoch, value in zip(segment.keyword, segment.epoch, segment.text, strict=True):
            out.append(f"        <observation><EPOCH>{epoch}</EPOCH><{keyword}>{value}</{keyword}></observation>")
        out += ["      </data>", "    </segment>"]
    return "\n".join([*out, "  </body>", "</tdm>"]) + "\n"


def _comments(comments: tuple[str, ...], indent: int) -> list[str]:
    return [f"{' ' * indent}<COMMENT>{escape(comment)}</COMMENT>" for comment in comments]
