"""Files of satellite navigation as plain text bytes: packing is told by content, never by name."""

from __future__ import annotations

import bz2
import lzma
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moonstead.formats.gnss_faults import format_error
from moonstead.foundation.errors import MissingData

MOST_BYTES = 2 << 30  # of unpacked text: ten times a day of 1 Hz observations; more is a mistake or an attack
CHUNK = 1 << 22  # [bytes] unpacked at a time
GZIP_WINDOW = 31  # of zlib: gzip framing, largest window
COMPRESS_MAGIC = b"\x1f\x9d"
# First bytes of files that hold no text of this kind, and what they are.
FOREIGN = (
    (b"PK\x03\x04", "a zip archive; unzip it and give the file inside"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd; unpack it first (zstd -d)"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"\xff\xfe", "UTF-16 text; save it as ASCII"),
    (b"\xfe\xff", "UTF-16 text; save it as ASCII"),
    (b"%PDF", "a PDF document; give the data file"),
    (b"<!DOC", "a web page, perhaps the log-in page of an archive; fetch the file again"),
    (b"<html", "a web page, perhaps the log-in page of an archive; fetch the file again"),
)


def open_text(path: str | os.PathLike[str]) -> bytes:
    """Plain text of a file that may be packed (gzip, xz, bzip2, Unix .Z) and may be compact RINEX.

    Line ends are single line feeds; a byte-order mark is dropped.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    bytes
        The text.

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        The packing is damaged, the file is empty, larger than 2 GiB unpacked, no text, or damaged compact RINEX.

    Source
    ------
    RFC 1952 (gzip); Welch (1984), Computer 17(6), 8, doi:10.1109/MC.1984.1659158 (.Z); Hatanaka (2008), Bulletin of
    the Geographical Survey Institute 55, 21 (compact RINEX).
    """
    from moonstead.formats.compact_rinex import is_compact, restore_rinex

    text = unpack(path)
    if not is_compact(text):
        return text
    restored = restore_rinex(text, path)
    if restored.faults:
        first = restored.faults[0]
        raise format_error(path, first.line, first.what, "fetch the file again")
    return restored.text


def unpack(path: str | os.PathLike[str]) -> bytes:
    """Text of a file that may be packed; compact RINEX stays as it is.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    bytes
        The text, line ends single line feeds, without byte-order mark.

    Raises
    ------
    MissingData
        There is no such file, or it is a folder.
    FormatError
        The packing is damaged, the file is empty, larger than 2 GiB unpacked, or no text.

    Source
    ------
    As `open_text`.
    """
    path = Path(path)
    try:
        raw = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise MissingData(f"{path}: there is no such file; check the path") from error
    except PermissionError as error:
        raise MissingData(f"{path}: the file may not be read; check its permissions") from error
    if raw is None:
        raise _too_large(path)
    text = _unpacked(raw, path).removeprefix(b"\xef\xbb\xbf")
    if not text.strip():
        raise format_error(path, 0, "the file is empty", "fetch it again")
    for magic, what in FOREIGN:
        if text.startswith(magic):
            raise format_error(path, 0, "no text of satellite navigation", f"it is {what}")
    if b"\0" in text[:CHUNK]:
        raise format_error(path, 0, "a binary file, no text", "RINEX, SP3, CLK, ANTEX, IONEX and SINEX are text")
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text


def _unpacked(raw: bytes, path: Path) -> bytes:
    if raw.startswith(b"\x1f\x8b"):
        return _stream(raw, path, "gzip", lambda: zlib.decompressobj(GZIP_WINDOW))
    if raw.startswith(b"\xfd7zXZ\x00"):
        return _stream(raw, path, "xz", lambda: lzma.LZMADecompressor(memlimit=1 << 30))
    if raw.startswith(b"BZh"):
        return _stream(raw, path, "bzip2", bz2.BZ2Decompressor)
    if raw.startswith(COMPRESS_MAGIC):
        from moonstead.formats.unix_compress import expand

        return expand(raw, path, MOST_BYTES)
    return raw


def _stream(raw: bytes, path: Path, packing: str, make: Callable[[], Any]) -> bytes:
    """Unpack members one after the other, in pieces, so that a bomb is noticed before it bursts."""
    pieces: list[bytes] = []
    size, members = 0, 0
    while raw:
        machine = make()
        piece, feed = b"", raw
        while not machine.eof:
            try:
                piece = machine.decompress(feed, CHUNK)
            except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
                if members and not any(raw.strip(b"\0")):
                    return b"".join(pieces)  # padding after the last member
                raise format_error(path, 0, f"damaged {packing} ({error})", "fetch the file again") from error
            pieces.append(piece)
            size += len(piece)
            if size > MOST_BYTES:
                raise _too_large(path)
            feed = machine.unconsumed_tail if packing == "gzip" else b""
            if not piece and not machine.eof and not feed:
                raise format_error(path, 0, f"the {packing} file is cut off", "fetch it again")
        members += 1
        raw = machine.unused_data
    return b"".join(pieces)


def _too_large(path: Path) -> Exception:
    return format_error(path, 0, f"more than {MOST_BYTES >> 30} GiB of text", "cut it into days or hours first")
