"""Monitoring that can be known to fail: files that are not there or hold no elements, objects that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from moonstead.foundation.errors import MoonsteadError
from moonstead.scenario.load import LoadedScenario
from moonstead.scenario.positions import KeyPath
from moonstead.scenario.problems import Problem

FROM_FOLDER = "paths start from the scenario's folder"


def monitoring_problems(loaded: LoadedScenario) -> Iterator[Problem]:
    """Files of monitoring that are not there or cannot be read, and protected objects that are not in the catalogue."""
    asked = loaded.scenario.monitoring
    if asked is None:
        return
    files = [(("monitoring", key), getattr(asked, key)) for key in ("space_weather", "fireballs")]
    for key, file in files:
        if file is not None and not file.is_file():
            yield loaded.problem(key, f"there is no file {file}", FROM_FOLDER, "data")
    for place, file in enumerate(asked.histories):
        yield from _history(loaded, ("monitoring", "histories", place), file)
    yield from _catalogue(loaded)


def _history(loaded: LoadedScenario, key: KeyPath, file: Path) -> Iterator[Problem]:
    from moonstead.formats.mean_elements_file import read_mean_elements

    if not file.is_file():
        yield loaded.problem(key, f"there is no file {file}", FROM_FOLDER, "data")
        return
    try:
        elements = read_mean_elements(file).elements
    except MoonsteadError as error:
        yield loaded.problem(key, str(error), "give a file of element sets")
        return
    objects = sorted(set(elements.object_id.tolist()))
    if len(objects) != 1:
        several = ", ".join(map(str, objects[:5])) or "none"
        yield loaded.problem(key, f"{file.name} holds sets of {len(objects)} objects ({several})", "one object a file")


def _catalogue(loaded: LoadedScenario) -> Iterator[Problem]:
    from moonstead.monitoring.catalogue.source import catalogue_object_ids

    scenario = loaded.scenario
    assert scenario.monitoring is not None
    path = scenario.monitoring.catalogue
    if path is None:
        return
    key: KeyPath = ("monitoring", "catalogue")
    if not path.exists():
        yield loaded.problem(key, f"there is no file or store {path}", FROM_FOLDER, "data")
        return
    try:
        known = set(catalogue_object_ids(path).tolist())
    except MoonsteadError as error:
        yield loaded.problem(key, str(error), "give a file of element sets or a store")
        return
    for index, one in enumerate(scenario.protected):
        if one.object is not None and one.object not in known:
            yield loaded.problem(
                ("protect", index, "object"),
                f"the catalogue has no object {one.object}",
                "`moonstead monitor catalogue FILE --object N` looks one up",
            )
