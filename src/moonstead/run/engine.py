"""From a scenario file to a run folder: plan, compute what changed, collect."""

from __future__ import annotations

import json
import platform
import shutil
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import moonstead
from moonstead.foundation.data import DataContext
from moonstead.run.code_version import computing_code
from moonstead.run.plan import make_plan
from moonstead.run.pool import share, worker_pool
from moonstead.run.preflight import preflight
from moonstead.run.store import RunStore, file_hash, write_json, write_text
from moonstead.run.task import Task, TaskInputs, TaskResult
from moonstead.scenario.load import LoadedScenario, load_scenario, plain

State = Literal["kept", "new"]


@dataclass(frozen=True, slots=True)
class Step:
    """A task of the plan.

    Attributes
    ----------
    task : Task
        The task.
    key : str
        Hash of all that its result depends on.
    state : str
        ``"kept"`` where its result is already there, else ``"new"``.
    """

    task: Task
    key: str
    state: State


@dataclass(frozen=True, slots=True)
class Progress:
    """One piece of news from a run.

    Attributes
    ----------
    task : Task
        What it is about.
    event : str
        ``"kept"``, ``"started"`` or ``"finished"``.
    done, total : int
        Number of tasks that are finished, and of all.
    """

    task: Task
    event: Literal["kept", "started", "finished"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run did.

    Attributes
    ----------
    folder : Path
        The run folder.
    steps : tuple of Step
        In the order of the plan.
    warnings : tuple of str
        What the results cost, in sentences.
    seconds : float [s]
        Wall time.
    would_change : bool
        For a dry run: whether the run would leave anything else in the folder than is there.
    """

    folder: Path
    steps: tuple[Step, ...]
    warnings: tuple[str, ...]
    seconds: float
    would_change: bool = False


Listener = Callable[[Progress], None]


def run_scenario(
    path: Path,
    out: Path,
    *,
    data: DataContext,
    dry_run: bool = False,
    workers: int = 2,
    listener: Listener | None = None,
) -> RunOutcome:
    """Turn one scenario file into a run folder with tables, ephemerides and a 3-D view.

    Parameters
    ----------
    path : Path
        Scenario file (TOML).
    out : Path
        Run folder; results already there are kept where nothing they depend on has changed.
    data : DataContext
        Kernels, terrain and tables to compute with.
    dry_run : bool
        Only say what would be computed and what would be kept.
    workers : int
        Processes to share the work; 1 computes in this one.
    listener : callable, optional
        Told of each task that is kept, started or finished.

    Returns
    -------
    RunOutcome

    Raises
    ------
    ScenarioError
        The scenario is not sound; nothing has been computed.
    MissingData, OutsideSpan
        A data set is missing or does not cover the scenario.
    """
    began = time.perf_counter()
    scenario = load_scenario(path)
    preflight(scenario, data)
    tasks = make_plan(scenario.scenario)
    store = RunStore(out)
    keys = task_keys(tasks, data)
    if dry_run:
        found = {task.id: store.load(task.id, keys[task.id]) for task in tasks}
        steps = tuple(Step(task, keys[task.id], "kept" if found[task.id] else "new") for task in tasks)
        results = {name: result for name, result in found.items() if result is not None}
        anew = len(results) < len(tasks) or not _is_laid_out(out, scenario, tasks, keys, results, data)
        return RunOutcome(out, steps, (), time.perf_counter() - began, anew)
    with store.locked():
        found = {task.id: store.load(task.id, keys[task.id]) for task in tasks}
        steps = tuple(Step(task, keys[task.id], "kept" if found[task.id] else "new") for task in tasks)
        results = _execute(tasks, keys, found, store, data, workers, listener or (lambda _: None))
        store.forget_others({result.folder for result in results.values()})
        told = _collect(out, scenario, tasks, keys, results, data)
    return RunOutcome(out, steps, told, time.perf_counter() - began)


def task_keys(tasks: Iterable[Task], data: DataContext) -> dict[str, str]:
    """Key of every task, inputs first."""
    tasks = list(tasks)
    names = {name for task in tasks for name in task.datasets}
    hashes = {name: data.dataset(name).sha256() for name in names}
    keys: dict[str, str] = {}
    for task in tasks:
        keys[task.id] = task.key(keys, hashes, computing_code())
    return keys


def compute(task: Task, key: str, results: Mapping[str, TaskResult], store: RunStore, data: DataContext) -> TaskResult:
    """Run one task in a scratch folder and publish what it made.

    Parameters
    ----------
    task : Task
        What to do.
    key : str
        Hash of all that its result depends on.
    results : mapping of str to TaskResult
        What the tasks gave that it names as inputs.
    store : RunStore
        Where the result goes.
    data : DataContext
        Kernels, terrain and tables to compute with.

    Returns
    -------
    TaskResult
        As it lies on disk.
    """
    began = time.perf_counter()
    scratch = store.scratch(task, key)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            output = task.resolve()(TaskInputs(task, data, results, scratch))
        told = dict.fromkeys((*output.warnings, *(str(warning.message) for warning in caught)))
        return store.publish(task, key, replace(output, warnings=tuple(told)), scratch, time.perf_counter() - began)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _execute(
    tasks: list[Task],
    keys: Mapping[str, str],
    found: Mapping[str, TaskResult | None],
    store: RunStore,
    data: DataContext,
    workers: int,
    listener: Listener,
) -> dict[str, TaskResult]:
    results = {name: result for name, result in found.items() if result is not None}
    missing = [task for task in tasks if task.id not in results]
    for number, task in enumerate((task for task in tasks if task.id in results), start=1):
        listener(Progress(task, "kept", number, len(tasks)))

    def started(task: Task) -> None:
        listener(Progress(task, "started", len(results), len(tasks)))

    def finished(task: Task) -> None:
        listener(Progress(task, "finished", len(results), len(tasks)))

    if workers <= 1 or len(missing) <= 1:
        for task in missing:
            started(task)
            results[task.id] = compute(task, keys[task.id], _inputs(task, results), store, data)
            finished(task)
        return results

    def submit(pool: Executor, task: Task, known: Mapping[str, TaskResult]) -> Future[TaskResult]:
        return pool.submit(compute, task, keys[task.id], _inputs(task, known), store, data)

    with worker_pool(workers) as pool:
        share(missing, results, pool, submit, started, finished)
    return results


def _inputs(task: Task, results: Mapping[str, TaskResult]) -> dict[str, TaskResult]:
    return {name: results[name] for name in task.inputs}


def _collect(
    out: Path,
    scenario: LoadedScenario,
    tasks: list[Task],
    keys: Mapping[str, str],
    results: Mapping[str, TaskResult],
    data: DataContext,
) -> tuple[str, ...]:
    """Lay out the run folder: tables, ephemerides, view, summary and manifest."""
    places = {".parquet": "tables", ".oem": "ephemerides"}
    wanted: dict[Path, tuple[Path, str]] = {}
    for result in results.values():
        for name, digest in result.checksums.items():
            source = result.folder / name
            folder = out / places[source.suffix] if source.suffix in places else out
            if source.suffix in places or source.name == "view.czml":
                wanted[folder / source.name] = (source, digest)
    for name in places.values():
        (out / name).mkdir(parents=True, exist_ok=True)
        for path in (out / name).iterdir():
            if path not in wanted:
                path.unlink()
    for target, (source, digest) in wanted.items():
        if not target.is_file() or file_hash(target) != digest:
            partial = target.with_name(f".{target.name}.part")
            shutil.copyfile(source, partial)
            partial.replace(target)
    ordered = [results[task.id] for task in tasks]
    told = _told(tasks, results)
    write_text(out / "scenario.toml", scenario.source.read_text(encoding="utf-8"))
    write_json(out / "summary.json", {"figures": [row for result in ordered for row in result.figure_rows()]})
    write_json(out / "manifest.json", _manifest(scenario, tasks, keys, results, data, told))
    return told


def _told(tasks: list[Task], results: Mapping[str, TaskResult]) -> tuple[str, ...]:
    """Warnings of all tasks, each once; a word where there is nothing to compute."""
    if not tasks:
        return ("The scenario declares nothing to compute; add a [[site]] or a [[spacecraft]].",)
    return tuple(dict.fromkeys(text for task in tasks for text in results[task.id].warnings))


def _is_laid_out(
    out: Path,
    scenario: LoadedScenario,
    tasks: list[Task],
    keys: Mapping[str, str],
    results: Mapping[str, TaskResult],
    data: DataContext,
) -> bool:
    """Whether the manifest in the folder already says what a run would write."""
    try:
        present = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    wanted = _manifest(scenario, tasks, keys, results, data, _told(tasks, results))
    return bool(present == json.loads(json.dumps(wanted)))


def _manifest(
    scenario: LoadedScenario,
    tasks: list[Task],
    keys: Mapping[str, str],
    results: Mapping[str, TaskResult],
    data: DataContext,
    told: tuple[str, ...],
) -> dict[str, Any]:
    names = sorted({name for task in tasks for name in task.datasets})
    return {
        "moonstead": moonstead.__version__,
        "code": computing_code(),
        "python": platform.python_version(),
        "scenario": plain(scenario.scenario),
        "scenario_file": scenario.source.name,
        "tasks": [
            {
                "id": task.id,
                "title": task.title,
                "key": keys[task.id],
                "inputs": list(task.inputs),
                "seconds": results[task.id].seconds,
                "files": dict(results[task.id].checksums),
                "facts": dict(results[task.id].facts),
            }
            for task in tasks
        ],
        "data": [_data_row(data, name) for name in names],
        "models": list(dict.fromkeys(key for task in tasks for key in results[task.id].models)),
        "warnings": list(told),
    }


def _data_row(data: DataContext, name: str) -> dict[str, Any]:
    found = data.dataset(name)
    return {
        "name": name,
        "kind": found.kind,
        "file": found.path.name,
        "package": found.package,
        "origin": found.origin,
        "licence": found.licence,
        "sha256": found.sha256(),
    }
