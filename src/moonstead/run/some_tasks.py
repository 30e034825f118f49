"""Some tasks of a scenario and what they read, computed for a command instead of a whole run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from moonstead.foundation.data import DataContext
from moonstead.run.engine import compute, task_keys
from moonstead.run.store import RunStore
from moonstead.run.task import Task, TaskResult


def compute_tasks(
    tasks: Iterable[Task], wanted: Iterable[str], data: DataContext, folder: Path
) -> Mapping[str, TaskResult]:
    """Compute tasks and all that they need, one after the other.

    Parameters
    ----------
    tasks : iterable of Task
        Those that may be needed, in any order.
    wanted : iterable of str
        Ids of those to compute.
    data : DataContext
        Kernels, terrain and tables to compute with.
    folder : Path
        Where results are kept; those already there are used where nothing that they depend on has changed.

    Returns
    -------
    mapping of str to TaskResult
        By id, inputs first.
    """
    known = {task.id: task for task in tasks}
    order: dict[str, Task] = {}

    def need(name: str) -> None:
        if name not in order:
            for one in known[name].inputs:
                need(one)
            order[name] = known[name]

    for name in wanted:
        need(name)
    store, keys = RunStore(folder), task_keys(order.values(), data)
    results: dict[str, TaskResult] = {}
    with store.locked():
        for name, task in order.items():
            found = store.load(name, keys[name])
            inputs = {one: results[one] for one in task.inputs}
            results[name] = found or compute(task, keys[name], inputs, store, data)
    return results
