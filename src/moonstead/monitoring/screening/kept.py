"""Finished blocks on disk, so that a screening that was interrupted goes on where it stopped."""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.monitoring.objects import MovingObjects
from moonstead.monitoring.screening.approach import Approaches
from moonstead.monitoring.screening.block import Block


class KeptBlocks:
    """Blocks of one screening in a folder; nothing is read or written where there is no folder.

    A block's file carries a hash of the objects, of their states at both ends of the span, and of all that was asked:
    files of another screening are not taken.

    Parameters
    ----------
    folder : Path or None
        Where the files are; made when the first is written.
    objects : MovingObjects
        N objects.
    asked : tuple of float [mixed]
        Start, stop, distance, step, proximity speed.
    groups : (N,) uint8 [1]
        Primaries and others.
    """

    def __init__(
        self, folder: Path | None, objects: MovingObjects, asked: tuple[float, ...], groups: NDArray[np.uint8]
    ) -> None:
        self._folder = folder
        if folder is None:
            return
        digest = hashlib.sha256(repr(asked).encode())
        states, status = objects.states(np.array(asked[:2]))
        for part in (objects.object_id, groups, states, status):
            digest.update(np.ascontiguousarray(part).tobytes())
        self._key = digest.hexdigest()[:16]

    def read(self, number: int) -> Block | None:
        """Block `number` (0 and on) if it was finished before and its file is whole, else nothing."""
        path = self._path(number)
        if path is None or not path.is_file():
            return None
        try:
            with path.open("rb") as file, np.load(file) as stored:
                steps = Approaches(*(stored[f"steps_{column.name}"] for column in fields(Approaches)))
                values = {column.name: stored[column.name] for column in fields(Block) if column.name != "steps"}
        except (zipfile.BadZipFile, KeyError, ValueError, EOFError):
            return None
        plain = {name: value.item() if value.ndim == 0 else value for name, value in values.items()}
        return Block(steps=steps, **plain)

    def write(self, number: int, block: Block) -> None:
        """Keep block `number` (0 and on); the file appears by one rename."""
        path = self._path(number)
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = {column.name: getattr(block, column.name) for column in fields(Block) if column.name != "steps"}
        columns |= {f"steps_{column.name}": getattr(block.steps, column.name) for column in fields(Approaches)}
        partial = path.with_suffix(f".{os.getpid()}.part")
        with partial.open("wb") as file:
            np.savez(file, **columns)
        partial.replace(path)

    def _path(self, number: int) -> Path | None:
        return None if self._folder is None else self._folder / f"{self._key}-{number:05d}.npz"
