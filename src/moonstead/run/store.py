"""Finished tasks on disk: written whole or not at all, and never trusted without their checksums."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from moonstead.foundation.errors import InvalidInput
from moonstead.run.tables import write_table
from moonstead.run.task import Figure, Task, TaskOutput, TaskResult

RECORD = "result.json"
KEY_DIGITS = 20  # of the key in a folder's name; the whole key stands in the record
LOCK_PATIENCE = 3.0  # [s] workers of a killed run need a moment to notice


class RunStore:
    """The folder ``tasks`` of a run: one sub-folder per finished task and key.

    A result becomes visible by one rename of a complete folder, so a killed process leaves either nothing or all
    of it. Each file's SHA-256 stands in the record, and the record carries its own.

    Parameters
    ----------
    run_folder : Path
        The folder of the run.
    """

    def __init__(self, run_folder: Path) -> None:
        self.run_folder = run_folder
        self.folder = run_folder / "tasks"

    def scratch(self, task: Task, key: str) -> Path:
        """Return an empty folder in which a task may write."""
        path = self.folder / f".partial-{task.id}-{key[:KEY_DIGITS]}-{os.getpid()}"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def place(self, task_id: str, key: str) -> Path:
        """Return the folder that holds a result once it is finished."""
        return self.folder / f"{task_id}-{key[:KEY_DIGITS]}"

    def publish(self, task: Task, key: str, output: TaskOutput, scratch: Path, seconds: float) -> TaskResult:
        """Write an output into its scratch folder, seal it and make it visible.

        Parameters
        ----------
        task : Task
            Whose output it is.
        key : str
            Hash of all that the result depends on.
        output : TaskOutput
            What the task function gave.
        scratch : Path
            Folder that `scratch` gave, with the files that the task wrote itself.
        seconds : float [s]
            Wall time that it took.

        Returns
        -------
        TaskResult
            As it lies on disk.
        """
        for table in output.tables:
            write_table(table, scratch)
        if output.arrays:
            np.savez(scratch / "arrays.npz", allow_pickle=False, **dict(output.arrays))
        files = sorted(path for path in scratch.rglob("*") if path.is_file())
        record: dict[str, Any] = {
            "id": task.id,
            "key": key,
            "seconds": seconds,
            "figures": [asdict(figure) for figure in output.figures],
            "facts": dict(output.facts),
            "warnings": list(output.warnings),
            "models": list(output.models),
            "checksums": {str(path.relative_to(scratch)): file_hash(path) for path in files},
        }
        for path in files:
            _sync(path)
        write_json(scratch / RECORD, {"record": record, "sha256": _record_hash(record)})
        place = self.place(task.id, key)
        shutil.rmtree(place, ignore_errors=True)
        os.rename(scratch, place)
        return _result(record, place)

    def load(self, task_id: str, key: str) -> TaskResult | None:
        """Return a finished result, or None where there is none that passes its checksums."""
        place = self.place(task_id, key)
        try:
            sealed = json.loads((place / RECORD).read_text(encoding="utf-8"))
            record = sealed["record"]
            sound = sealed["sha256"] == _record_hash(record) and record["key"] == key
            sound = sound and all(file_hash(place / name) == digest for name, digest in record["checksums"].items())
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return _result(record, place) if sound else None

    def forget_others(self, kept: set[Path]) -> None:
        """Remove results of earlier scenarios and what killed runs left half written."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if path not in kept:
                shutil.rmtree(path, ignore_errors=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out of the folder.

        Raises
        ------
        InvalidInput
            Another process is running in this folder.
        """
        import fcntl

        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.run_folder / ".lock").open("w") as lock:
            patience = time.monotonic() + LOCK_PATIENCE
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > patience:
                        raise InvalidInput(
                            f"another run is working in {self.run_folder}; "
                            "wait for it or give another folder with --out"
                        ) from None
                    time.sleep(0.05)
            yield


def file_hash(path: Path) -> str:
    """Return the SHA-256 [64 hex digits] of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_json(path: Path, content: Any) -> None:
    """Write JSON so that a reader sees the old file or the new one, never a part."""
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write text so that a reader sees the old file or the new one, never a part."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with partial.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _record_hash(record: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _result(record: dict[str, Any], folder: Path) -> TaskResult:
    return TaskResult(
        id=record["id"],
        key=record["key"],
        folder=folder,
        seconds=record["seconds"],
        figures=tuple(Figure(**row) for row in record["figures"]),
        facts=record["facts"],
        warnings=tuple(record["warnings"]),
        models=tuple(record["models"]),
        checksums=record["checksums"],
    )
