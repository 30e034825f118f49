"""The folder for results that are cheap to lose, and sums of files kept there."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import sys
from pathlib import Path

READ_BYTES = 1 << 20


def cache_folder() -> Path:
    """Folder for caches: the environment variable MOONSTEAD_CACHE, or `moonstead` in the user's cache folder.

    It is not created here, and everything in it may be deleted at any time.
    """
    stated = os.environ.get("MOONSTEAD_CACHE")
    if stated:
        return Path(stated)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "moonstead"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "moonstead"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "moonstead"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new one, never a part.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def file_key(path: Path) -> str:
    """Text that changes when the file does: its full path, size and time of change."""
    stat = path.stat()
    return json.dumps([str(path.resolve()), stat.st_size, stat.st_mtime_ns])


def file_sha256(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, remembered in the cache folder until the file changes.

    Raises
    ------
    OSError
        The file cannot be read.
    """
    key = file_key(path)
    note = cache_folder() / "sha256" / hashlib.sha256(key.encode()).hexdigest()
    try:
        remembered = json.loads(note.read_text())
        if remembered["file"] == key and len(remembered["sha256"]) == 64:
            return str(remembered["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # no note, or one that is not whole: the sum is taken again
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(READ_BYTES):
            digest.update(block)
    with contextlib.suppress(OSError):  # a folder that cannot be written only costs time
        write_atomically(note, json.dumps({"file": key, "sha256": digest.hexdigest()}).encode())
    return digest.hexdigest()
