"""Orbits of navigation satellites: fitted to the first day of precise orbits, judged by the days after it.

Tables, in SI (angles [rad]):

``navigation-orbits``, facts `agency`, `model`, `start_utc`, `fit_stop_utc`, `stop_utc`, `failed`, `why_not`
  ``navigation-orbits``        satellite, block, positions, residuals, errors of the prediction, push of sunlight
  ``navigation-orbit-errors``  satellite, ahead, error, sigma
"""

from __future__ import annotations

from pathlib import Path

from moonstead.foundation.errors import MoonsteadError
from moonstead.run.navigation_orbits import navigation_orbits
from moonstead.run.store import file_hash
from moonstead.run.task import Task, TaskInputs, TaskOutput
from moonstead.scenario.scenario import Scenario

ID = "navigation-orbits"
DATASETS = ("de440s", "egm2008-36", "earth-orientation", "earth-orientation-final")
FEWEST_FILES = 2  # one to fit, one to judge by


def plan(scenario: Scenario) -> list[Task]:
    """One task, where the scenario names precise orbits of several days."""
    if scenario.navigation is None:
        return []
    files = [file for file in scenario.navigation.precise_files if _has_orbits(file)]
    if len(files) < FEWEST_FILES:
        return []
    said = {
        "orbit_files": [str(file) for file in files],
        "sha256": [file_hash(file) if file.is_file() else "" for file in files],
    }
    return [Task(ID, "Orbits of navigation satellites", f"{__name__}:fit", said, (), DATASETS)]


def fit(inputs: TaskInputs) -> TaskOutput:
    """Fit, predict and judge."""
    return navigation_orbits(inputs.fragment, inputs.data)


def _has_orbits(file: Path) -> bool:
    """Whether a file holds precise orbits; one that cannot be opened is told of by the task that judges messages."""
    from moonstead.formats.gnss_files import open_text
    from moonstead.formats.gnss_inventory import file_kind

    try:
        return file_kind(open_text(file)) == "sp3"
    except MoonsteadError:
        return False
