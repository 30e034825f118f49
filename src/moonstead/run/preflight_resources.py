"""Resource layers that can be known to fail: files that are not there, or are no maps of the Moon."""

from __future__ import annotations

from collections.abc import Iterator

from moonstead.foundation.errors import MissingData, MoonsteadError
from moonstead.scenario.load import LoadedScenario
from moonstead.scenario.problems import Kind, Problem


def resource_problems(loaded: LoadedScenario) -> Iterator[Problem]:
    """Layers whose files cannot be read."""
    for index, layer in enumerate(loaded.scenario.resource_layers):
        key = ("resource_layer", index, "file")
        if not layer.file.is_file():
            yield loaded.problem(
                key, f"there is no file {layer.file}", "paths start from the scenario's folder", "data"
            )
            continue
        from moonstead.surface.resources import load_resource_layers

        try:
            load_resource_layers(layer.file, layer.quantity)
        except MoonsteadError as error:
            kind: Kind = "data" if isinstance(error, MissingData) else "input"
            yield loaded.problem(key, str(error), "give a table of Lunar Prospector, a GeoTIFF or a PDS map", kind)
