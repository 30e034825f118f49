"""Segments of a store: files that appear whole, by one rename, and are never changed."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from moonstead.foundation.errors import InvalidInput, MissingData

MARK = "catalogue.json"  # file that makes a folder a store
FORMAT = "moonstead catalogue"
VERSION = 1
TABLES = ("elements", "states", "ephemerides", "objects")
FILES = "files"  # folder of ephemerides as they came
LOCK = ".lock"
TEMPORARY = ".unfinished"
STALE = 86_400.0  # [s] after which an unfinished file has no writer any more


def create_store(folder: Path) -> None:
    """Make a folder a store, if it is none yet.

    Parameters
    ----------
    folder : Path
        New, empty, or a store already.

    Raises
    ------
    InvalidInput
        The folder holds something else.
    MissingData
        The folder above it does not exist.
    """
    if is_store(folder):
        return
    own = {*TABLES, FILES, LOCK}  # what another process, or one that was killed, may have made by now
    if folder.exists() and not (
        folder.is_dir() and all(one.name in own or one.name.endswith(TEMPORARY) for one in folder.iterdir())
    ):
        raise InvalidInput(f"{folder} is no store and not empty; name a new folder for the store")
    if not folder.parent.is_dir():
        raise MissingData(f"{folder}: the folder {folder.parent} does not exist; create it first")
    folder.mkdir(exist_ok=True)
    for name in (*TABLES, FILES):
        (folder / name).mkdir(exist_ok=True)
    text = json.dumps({"format": FORMAT, "version": VERSION})
    write_once(folder, MARK, lambda path: path.write_text(text, encoding="utf-8"))


def is_store(folder: Path) -> bool:
    """Whether a folder is a store."""
    return (folder / MARK).is_file()


def require_store(folder: Path) -> None:
    """Refuse a folder that is no store, or one of a later version.

    Parameters
    ----------
    folder : Path
        What should be a store.

    Raises
    ------
    MissingData
        It is no store.
    InvalidInput
        It was written by a later version.
    """
    try:
        mark = json.loads((folder / MARK).read_text(encoding="utf-8"))
        version = mark["version"] if mark["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        version = None
    if not isinstance(version, int):
        raise MissingData(f"{folder} is no store of a catalogue; make one by adding files to it")
    if version > VERSION:
        raise InvalidInput(
            f"{folder} is a store of version {version}, this program reads {VERSION}; update the program"
        )


def append_segment(folder: Path, table: str, write: Callable[[Path], object], after: Path | None = None) -> Path:
    """Add a segment to a table: when this returns, it is on disk and will be read; before that it is not.

    The name says when it was made, so that segments sort by it, and no other writer can choose the same.

    Parameters
    ----------
    folder : Path
        The store.
    table : str
        One of `TABLES`.
    write : callable
        Writes the content to the path that it is given.
    after : Path, optional
        A segment whose place in the order it takes.

    Returns
    -------
    Path
        The segment.
    """
    moment = f"{time.time_ns():020d}" if after is None else after.name.partition("-")[0]
    return write_once(folder / table, f"{moment}-{secrets.token_hex(6)}.parquet", write)


def write_once(folder: Path, name: str, write: Callable[[Path], object]) -> Path:
    """Write a file that is either there whole or not at all, even if the machine stops.

    Parameters
    ----------
    folder : Path
        Where.
    name : str
        What it will be called.
    write : callable
        Writes the content to the path that it is given.

    Returns
    -------
    Path
        The file.
    """
    unfinished = folder / f".{secrets.token_hex(8)}{TEMPORARY}"
    try:
        write(unfinished)
        _flush(unfinished)
        os.replace(unfinished, folder / name)
        _flush(folder)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return folder / name


def segments(folder: Path, table: str) -> list[Path]:
    """Segments of a table, oldest first."""
    return sorted(path for path in (folder / table).glob("*.parquet") if not path.name.startswith("."))


def remove_unfinished(folder: Path) -> int:
    """Remove what writers that were killed more than a day ago have left, and say how many files that were."""
    removed = 0
    for name in (*TABLES, FILES):
        for path in (folder / name).glob(f".*{TEMPORARY}"):
            if time.time() - path.stat().st_mtime > STALE:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


@contextmanager
def locked(folder: Path, *, alone: bool) -> Iterator[None]:
    """Hold the store's lock: those who append share it, who merges has it alone; a killed process lets go of it.

    Parameters
    ----------
    folder : Path
        The store.
    alone : bool
        Whether nobody else may hold it.
    """
    with open(folder / LOCK, "a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
