"""Which code made a result: a hash over the package's own sources."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import moonstead

ROOT = Path(moonstead.__file__).parent
# A change of what is only shown must not recompute what was computed.
SHOWN_ONLY = ("report", "cli", "serve")


@cache
def computing_code() -> str:
    """Hash [64 hex digits] of all sources on which computed results depend."""
    return _hash_of(path for path in _sources() if path.relative_to(ROOT).parts[0] not in SHOWN_ONLY)


@cache
def showing_code() -> str:
    """Hash [64 hex digits] of the sources of the report."""
    return _hash_of(path for path in _sources() if path.relative_to(ROOT).parts[0] == "report")


def _sources() -> list[Path]:
    kept = (".py", ".toml", ".gfc", ".css", ".js")
    return sorted(path for path in ROOT.rglob("*") if path.suffix in kept and "__pycache__" not in path.parts)


def _hash_of(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
