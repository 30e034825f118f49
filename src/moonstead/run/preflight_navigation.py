"""Navigation that can be known to fail: unknown constellations, ones that nobody can fly, files that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from moonstead.foundation.errors import MissingData
from moonstead.scenario.load import LoadedScenario
from moonstead.scenario.positions import KeyPath
from moonstead.scenario.problems import Problem

EARTHLY = ("tle",)  # kinds of orbits that are always about the Earth


def navigation_problems(loaded: LoadedScenario) -> Iterator[Problem]:
    """Constellations without satellites or about the Earth, and files of navigation that are not there."""
    yield from _constellations(loaded)
    asked = loaded.scenario.navigation
    if asked is None:
        return
    if not loaded.scenario.sites and (asked.receiver is not None or loaded.scenario.constellations):
        yield loaded.problem(("navigation",), "there is no site with users", "add a [[site]]")
    files: list[tuple[KeyPath, Path]] = []
    for key, several in (("navigation_files", asked.navigation_files), ("precise_files", asked.precise_files)):
        files += [(("navigation", key, place), file) for place, file in enumerate(several)]
    files += [
        (("navigation", "station", place, "observations"), station.observations)
        for place, station in enumerate(asked.stations)
    ]
    for where, file in files:
        if not file.is_file():
            yield loaded.problem(where, f"there is no file {file}", "paths start from the scenario's folder", "data")


def _constellations(loaded: LoadedScenario) -> Iterator[Problem]:
    from moonstead.navigation.lunar.constellations import constellation_names, lunar_constellation

    orbits = {craft.id: craft.orbit for craft in loaded.scenario.spacecraft}
    for index, one in enumerate(loaded.scenario.constellations):
        if one.preset is not None:
            key: KeyPath = ("constellation", index, "preset")
            try:
                found = lunar_constellation(one.preset)
            except MissingData as error:
                remedy = f"shipped are {', '.join(constellation_names())}"
                yield loaded.problem(key, str(error).partition(";")[0], remedy)
                continue
            if not found.satellites:
                yield loaded.problem(key, f"{found.name} has no satellites: {found.source}", "name another preset")
        for place, craft in enumerate(one.spacecraft):
            orbit = orbits.get(craft)
            if orbit is not None and (orbit.kind in EARTHLY or getattr(orbit, "center", "MOON") != "MOON"):
                yield loaded.problem(
                    ("constellation", index, "spacecraft", place),
                    f'"{craft}" does not fly about the Moon',
                    "name spacecraft in orbit about the Moon",
                )
