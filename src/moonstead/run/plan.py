"""From a scenario to a list of tasks, inputs before those who read them."""

from __future__ import annotations

import importlib
import pkgutil
from graphlib import CycleError, TopologicalSorter

from moonstead.foundation.errors import InvalidInput
from moonstead.run import tasks
from moonstead.run.task import Task
from moonstead.scenario.scenario import Scenario


def make_plan(scenario: Scenario) -> list[Task]:
    """All tasks that follow from what a scenario declares.

    Parameters
    ----------
    scenario : Scenario
        What is.

    Returns
    -------
    list of Task
        Each after its inputs; otherwise in the order of the scenario.

    Raises
    ------
    InvalidInput
        Two tasks share an id, an input is missing, or inputs run in a circle (a fault of a task module, not of the
        scenario).
    """
    names = sorted(info.name for info in pkgutil.iter_modules(tasks.__path__))
    modules = [importlib.import_module(f"{tasks.__name__}.{name}") for name in names]
    planned: dict[str, Task] = {}
    for module in modules:
        for task in module.plan(scenario):
            if task.id in planned:
                raise InvalidInput(f"two tasks are called {task.id!r}")
            planned[task.id] = task
    for task in planned.values():
        if missing := set(task.inputs) - set(planned):
            raise InvalidInput(f"task {task.id!r} needs {sorted(missing)}, which nobody plans")
    try:
        order = TopologicalSorter({task.id: task.inputs for task in planned.values()}).static_order()
        return [planned[name] for name in order]
    except CycleError as error:
        raise InvalidInput(f"tasks wait for each other: {' -> '.join(error.args[1])}") from None
