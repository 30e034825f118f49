"""Files of mean elements in any of their formats, told by what they contain."""

from __future__ import annotations

import contextlib
import os
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from moonstead.dynamics.mean_elements import MeanElements, joined
from moonstead.formats.element_rows import RowFault
from moonstead.formats.omm_fields import elements_of_records
from moonstead.formats.omm_kvn import parse_omm_kvn
from moonstead.formats.omm_tables import parse_omm_csv, parse_omm_json
from moonstead.formats.omm_xml import parse_omm_xml
from moonstead.formats.tle_columns import parse_tle_columns
from moonstead.foundation.errors import FormatError, MissingData

__all__ = ["MeanElementsFile", "RowFault", "parse_mean_elements", "read_mean_elements"]

Kind = Literal["TLE", "OMM KVN", "OMM XML", "OMM CSV", "OMM JSON", "empty"]

GZIP_MAGIC = b"\x1f\x8b"
GZIP_WINDOW = 31  # of zlib: gzip framing, largest window
MOST_BYTES = 2 << 30  # of unpacked text: a thousand whole catalogues; more is a mistake or an attack
EMPTY_ANSWERS = (b"No GP data found", b"No SupGP data found")  # what CelesTrak answers where nothing fits
OMM_WORD = b"CCSDS_OMM_VERS"
OTHER_MESSAGE = re.compile(rb"CCSDS_(?!OMM)([A-Z]{3})_VERS")
OMM_TAG = re.compile(rb"<(?:\w+:)?(?:omm|ndm)[\s>]")
JSON_KEY = re.compile(rb'"(?:MEAN_MOTION|EPOCH|NORAD_CAT_ID)"\s*:')
KVN_KEY = re.compile(rb"(?m)^[ \t]*(?:CCSDS_OMM_VERS|MEAN_MOTION|ECCENTRICITY|MEAN_ANOMALY)[ \t]*=")
CSV_HEADER = re.compile(rb"(?:MEAN_MOTION|ECCENTRICITY|NORAD_CAT_ID|EPOCH)\"?,|,\"?(?:MEAN_MOTION|ECCENTRICITY|EPOCH)")
ELEMENT_LINE = re.compile(rb"(?m)^[12][ \t]")
# First bytes of files that hold no elements, and what they are.
FOREIGN = (
    (b"PK\x03\x04", "a zip archive; unpack it and give the file inside"),
    (b"PAR1", "a Parquet file; a store of the catalogue is the folder around it"),
    (b"%PDF", "a PDF document; give the data file"),
    (b"<!DOC", "a web page, perhaps the log-in page of a service; fetch the file again"),
    (b"<html", "a web page, perhaps the log-in page of a service; fetch the file again"),
)


@dataclass(frozen=True, eq=False)
class MeanElementsFile:
    """What a file of mean elements holds, and what in it could not be used.

    Attributes
    ----------
    elements : MeanElements
        The good sets in the order of the file.
    faults : tuple of RowFault
        Everything else, in the order of the file.
    kind : str
        ``TLE`` (two or three lines), ``OMM KVN``, ``OMM XML``, ``OMM CSV``, ``OMM JSON`` or ``empty``.
    source : str
        Name of the file.
    notes : tuple of str
        What good rows say besides and is not kept.
    """

    elements: MeanElements
    faults: tuple[RowFault, ...]
    kind: Kind
    source: str
    notes: tuple[str, ...] = ()

    def require_clean(self) -> MeanElements:
        """The elements, where nothing was rejected.

        Returns
        -------
        MeanElements

        Raises
        ------
        FormatError
            A row was rejected; the message tells the first.
        """
        if self.faults:
            more = f" ({len(self.faults) - 1} more rows rejected)" if len(self.faults) > 1 else ""
            raise FormatError(f"{self.source}, {self.faults[0]}{more}")
        return self.elements


def read_mean_elements(path: str | os.PathLike[str]) -> MeanElementsFile:
    """Elements of a file: TLE, 3LE or OMM as KVN, XML, CSV or JSON, plain or gzip, told by content, never by name.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    MeanElementsFile
        What could be read, and what not and why. A damaged row never spoils its neighbours; of a gzip file that is
        cut off, the rows before the cut are kept, and of one that is damaged those that have a checksum.

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        Nothing in the file is of a known format.

    Source
    ------
    Space-Track, "Basic Description of the Two Line Element (TLE) Format"; CCSDS 502.0-B-3 (2023), section 4 (OMM);
    CelesTrak, "A New Way to Obtain GP Data" (CSV and JSON with the keywords of the OMM).
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise MissingData(f"{path}: there is no such file; check the path") from error
    except PermissionError as error:
        raise MissingData(f"{path}: the file may not be read; check its permissions") from error
    return parse_mean_elements(raw, str(path))


def parse_mean_elements(raw: bytes, source: str) -> MeanElementsFile:
    """Elements of the bytes of a file; see `read_mean_elements`.

    Parameters
    ----------
    raw : bytes
        The content, plain or gzip.
    source : str
        Name of the file for messages.

    Returns
    -------
    MeanElementsFile

    Raises
    ------
    FormatError
        Nothing in it is of a known format.

    Source
    ------
    As `read_mean_elements`.
    """
    faults: list[RowFault] = []
    if raw.startswith(GZIP_MAGIC):
        raw = _unpacked(raw, source, faults)
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    start = raw.lstrip()
    if not start:
        raise FormatError(f"{source}: the file is empty; fetch it again")
    for magic, what in FOREIGN:
        if start.startswith(magic):
            raise FormatError(f"{source}: no file of elements: it is {what}")
    if start.startswith(EMPTY_ANSWERS):
        return MeanElementsFile(joined([]), (), "empty", source)
    other = OTHER_MESSAGE.search(raw)
    if other and OMM_WORD not in raw:
        name = other[1].decode("ascii")
        raise FormatError(f"{source}: a CCSDS {name}, no OMM; give mean elements, or use what reads {name}")
    kind = _kind_of(raw)
    if any("damaged" in fault.what for fault in faults) and kind != "TLE":
        raise FormatError(
            f"{source}: {faults[0].what}; its rows have no checksums, so none can be trusted. Fetch the file again"
        )
    elements, found, notes = _parsed(raw, kind)
    if not len(elements) and (kind == "TLE" or not found) and not ELEMENT_LINE.search(raw):
        first = f" (first fault: {found[0]})" if found else ""
        raise FormatError(
            f"{source}: neither two-line elements nor an OMM as KVN, XML, CSV or JSON{first}; "
            "give a file of element sets as CelesTrak or Space-Track serve them"
        )
    return MeanElementsFile(elements, (*faults, *found), kind, source, notes)


def _kind_of(raw: bytes) -> Kind:
    """Format by words that no other has; by the first character where the words are damaged."""
    first = raw.lstrip()[:1]
    if first == b"<" or OMM_TAG.search(raw):
        return "OMM XML"
    if first in (b"[", b"{") or JSON_KEY.search(raw):
        return "OMM JSON"
    if KVN_KEY.search(raw):
        return "OMM KVN"
    if CSV_HEADER.search(raw.lstrip().partition(b"\n")[0]):
        return "OMM CSV"
    return "TLE"


def _parsed(raw: bytes, kind: Kind) -> tuple[MeanElements, list[RowFault], tuple[str, ...]]:
    """Elements, rejected rows, and what of good rows is not kept."""
    if kind == "TLE":
        return *parse_tle_columns(raw), ()
    if kind == "OMM XML":
        records = parse_omm_xml(raw)
    else:
        text = raw.decode("utf-8", "replace")
        parse = {"OMM KVN": parse_omm_kvn, "OMM CSV": parse_omm_csv, "OMM JSON": parse_omm_json}[kind]
        records = parse(text)
    elements, faults = elements_of_records(records, metadata_required=kind in ("OMM KVN", "OMM XML"))
    spread = sum("CX_X" in one for one in records.fields)
    return elements, faults, (f"{spread} messages bring a covariance, which is not kept",) if spread else ()


def _unpacked(raw: bytes, source: str, faults: list[RowFault]) -> bytes:
    """Text of gzip members one after the other; what comes before damage is kept and the damage told."""
    pieces: list[bytes] = []
    size = 0
    while raw:
        machine = zlib.decompressobj(GZIP_WINDOW)
        try:
            piece = machine.decompress(raw, MOST_BYTES - size + 1)
        except zlib.error as error:
            piece = _before_damage(raw)
            faults.append(
                RowFault("file", "", f"damaged gzip ({error}) after {size + len(piece)} bytes", "fetch the file again")
            )
            pieces.append(piece)
            break
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise FormatError(f"{source}: more than {MOST_BYTES >> 30} GiB of text; cut it into parts first")
        if not machine.eof:
            faults.append(RowFault("file", "", f"the gzip file is cut off after {size} bytes", "fetch the file again"))
            break
        raw = machine.unused_data.lstrip(b"\0")
    return b"".join(pieces)


def _before_damage(raw: bytes) -> bytes:
    """What unpacks before the first damaged byte: fed in small pieces, the output up to the damage is not lost."""
    machine = zlib.decompressobj(GZIP_WINDOW)
    pieces: list[bytes] = []
    with contextlib.suppress(zlib.error):
        pieces.extend(machine.decompress(raw[start : start + 256]) for start in range(0, len(raw), 256))
    return b"".join(pieces)
