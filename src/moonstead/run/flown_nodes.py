"""Nodes of an unfinished correction, kept in a file so that an interruption loses one step at most."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.cache import write_atomically
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


class NodesFile:
    """Nodes of one request in a file.

    Parameters
    ----------
    path : Path
        The file; need not exist.
    request : dict
        What was asked, as plain values: nodes of another request are refused.
    """

    def __init__(self, path: Path, request: dict[str, Any]) -> None:
        self.path = path
        self.key = hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()

    def read(self) -> Array | None:
        """Nodes (N, 6) [m, m/s] of an earlier correction; None where there is no file.

        Raises
        ------
        InvalidInput
            The file is of another request, or no file of nodes.
        """
        if not self.path.exists():
            return None
        try:
            with np.load(self.path) as stored:
                key, nodes = str(stored["key"]), np.asarray(stored["nodes"], dtype=np.float64)
        except (OSError, ValueError, KeyError):
            raise InvalidInput(f"{self.path} holds no nodes of an orbit; name another file") from None
        if key != self.key:
            raise InvalidInput(f"{self.path} holds nodes of another request; name another file, or delete it")
        return nodes

    def write(self, nodes: Array) -> None:
        """Keep nodes (N, 6) [m, m/s] in place of those that were there."""
        import io

        packed = io.BytesIO()
        np.savez(packed, key=np.array(self.key), nodes=nodes)
        write_atomically(self.path, packed.getvalue())
