"""A task: a pure function with named inputs, keyed by all that its result depends on."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.run.tables import Table, read_table

Verdict = Literal["good", "poor", "bad", ""]


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure: what it is, how much, in which unit, and how it was found.

    Attributes
    ----------
    name : str
        Subject and quantity, for example ``"hub: mean share of the Sun's disc"``.
    value : float or str [any unit]
        The figure itself, in `unit`.
    unit : str
        Unit as printed; ``"1"`` for shares, ``"UTC"`` for dates.
    how : str
        Model and data behind it, in one sentence.
    verdict : str
        ``"good"``, ``"poor"`` or ``"bad"`` where the scenario sets a measure; else empty.
    """

    name: str
    value: float | str
    unit: str
    how: str
    verdict: Verdict = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One step of a run.

    Attributes
    ----------
    id : str
        Kind and subject, for example ``"light.hub"``; names its folder.
    title : str
        What the progress bar says.
    function : str
        ``"package.module:name"`` of the function that does the work.
    fragment : dict
        The part of the scenario that the result depends on, as plain values.
    inputs : tuple of str
        Ids of the tasks whose results it reads.
    datasets : tuple of str
        Names of the data sets it reads.
    """

    id: str
    title: str
    function: str
    fragment: dict[str, Any]
    inputs: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()

    def key(self, input_keys: Mapping[str, str], dataset_hashes: Mapping[str, str], code: str) -> str:
        """Hash of all that the result depends on.

        Parameters
        ----------
        input_keys : mapping of str to str
            Key of each task, by id.
        dataset_hashes : mapping of str to str
            SHA-256 of each data set, by name.
        code : str
            Hash of the computing code.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        parts = {
            "id": self.id,
            "function": self.function,
            "fragment": self.fragment,
            "inputs": {name: input_keys[name] for name in self.inputs},
            "datasets": {name: dataset_hashes[name] for name in self.datasets},
            "code": code,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True, allow_nan=False).encode()).hexdigest()

    def resolve(self) -> Callable[[TaskInputs], TaskOutput]:
        """Import the function that does the work."""
        module, name = self.function.split(":")
        function: Callable[[TaskInputs], TaskOutput] = getattr(importlib.import_module(module), name)
        return function


@dataclass(frozen=True, slots=True)
class TaskOutput:
    """What a task function returns; the store writes it to disk.

    Attributes
    ----------
    tables : tuple of Table
        Each becomes a Parquet file.
    arrays : mapping of str to array
        What later tasks read, kept together in one file.
    figures : tuple of Figure
        Headline figures, in the order of the report.
    facts : mapping
        Plain values for report and manifest.
    warnings : tuple of str
        What the result costs, in sentences.
    models : tuple of str
        Names of `run.models.MODELS` that it rests on.
    files : tuple of Path
        What it wrote into its folder itself.
    """

    tables: tuple[Table, ...] = ()
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskResult:
    """A finished task as it lies on disk, checked against its checksums.

    Attributes
    ----------
    id, key : str
        Of the task.
    folder : Path
        Where its files lie.
    seconds : float [s]
        Wall time that it took.
    figures, facts, warnings, models
        As in `TaskOutput`.
    checksums : mapping of str to str
        SHA-256 of each file, by name.
    """

    id: str
    key: str
    folder: Path
    seconds: float
    figures: tuple[Figure, ...]
    facts: Mapping[str, Any]
    warnings: tuple[str, ...]
    models: tuple[str, ...]
    checksums: Mapping[str, str]

    def table(self, name: str) -> Table:
        """Read one of its tables by name."""
        return read_table(self.folder / f"{name}.parquet")

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Read its arrays."""
        with np.load(self.folder / "arrays.npz", allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}

    def figure_rows(self) -> list[dict[str, Any]]:
        """Return its figures as plain values."""
        return [asdict(figure) for figure in self.figures]


@dataclass(frozen=True, slots=True)
class TaskInputs:
    """What a task function gets.

    Attributes
    ----------
    task : Task
        The task itself.
    data : DataContext
        Kernels, terrain and tables to compute with.
    results : mapping of str to TaskResult
        What the tasks gave that it names as inputs.
    folder : Path
        Where it may write files.
    """

    task: Task
    data: DataContext
    results: Mapping[str, TaskResult]
    folder: Path

    @property
    def fragment(self) -> dict[str, Any]:
        """The part of the scenario that the task depends on."""
        return self.task.fragment

    def result(self, id: str) -> TaskResult:
        """Return the result of one of the named inputs.

        Raises
        ------
        InvalidInput
            The task did not name it, so its key would not notice a change.
        """
        if id not in self.task.inputs:
            raise InvalidInput(f"task {self.task.id!r} reads {id!r} without naming it as an input")
        return self.results[id]
