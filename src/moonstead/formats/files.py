"""Text files in and out: gzip where the name says so, and never half a file."""

from __future__ import annotations

import gzip
import os
import tempfile
from pathlib import Path

from moonstead.foundation.errors import InvalidInput, MissingData

GZIP_MAGIC = b"\x1f\x8b"


def read_text(path: str | os.PathLike[str]) -> str:
    """Text of a file, unpacked where it is gzip (told by its first bytes, not by its name).

    Parameters
    ----------
    path : path
        The file; UTF-8, a byte-order mark is dropped.

    Returns
    -------
    str
        The text, line ends as they stand.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        The file is damaged gzip or is not UTF-8.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise MissingData(f"{path}: there is no such file; check the path") from error
    if raw.startswith(GZIP_MAGIC):
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError) as error:
            raise InvalidInput(f"{path}: damaged gzip ({error}); fetch the file again") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidInput(f"{path}, line {line}: not UTF-8 text; save the file as UTF-8 or ASCII") from error


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a file whole or not at all: into a temporary neighbour that is then renamed.

    Parameters
    ----------
    path : path
        Where to; packed with gzip (without a time stamp, so the bytes depend on the text alone) if it ends in ``.gz``.
    text : str
        What to write, as UTF-8.

    Raises
    ------
    MissingData
        The folder does not exist.
    """
    path = Path(path)
    raw = text.encode("utf-8")
    if path.suffix == ".gz":
        raw = gzip.compress(raw, mtime=0)
    if not path.parent.is_dir():
        raise MissingData(f"{path}: the folder {path.parent} does not exist; create it first")
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(raw)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)  # mkstemp makes private files; a product is as readable as any other file
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
