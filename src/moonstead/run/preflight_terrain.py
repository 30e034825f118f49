"""Whether the terrain of each site is there and holds it: seen from headers, before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from moonstead.foundation.data import DataContext
from moonstead.foundation.data_sets import names_a_file
from moonstead.foundation.errors import MissingData, MoonsteadError
from moonstead.foundation.units import closest
from moonstead.scenario.load import LoadedScenario
from moonstead.scenario.positions import KeyPath
from moonstead.scenario.problems import Kind, Problem
from moonstead.scenario.sites import Site


def terrain_problems(loaded: LoadedScenario, data: DataContext, index: int) -> Iterator[Problem]:
    """Every problem with the layers of one site.

    Parameters
    ----------
    loaded : LoadedScenario
        A scenario that is sound in itself.
    data : DataContext
        Where global terrain comes from.
    index : int
        Number of the site.
    """
    site = loaded.scenario.sites[index]
    for place, layer in enumerate(site.terrain):
        key = ("site", index, "terrain", place)
        if layer in site.terrain[:place]:
            yield loaded.problem(key, f'the layer "{layer}" is named twice', "leave one out")
        elif names_a_file(layer):
            yield from _file(loaded, key, Path(layer), site)
        else:
            yield from _data_set(loaded, data, key, layer)
    if all(map(names_a_file, site.terrain)):
        yield loaded.problem(
            ("site", index, "terrain"),
            f'the terrain of "{site.id}" has no far ring, so every distant ridge would be missing',
            'add the global data set as the last layer: "lola-8ppd"',
        )


def _data_set(loaded: LoadedScenario, data: DataContext, key: KeyPath, layer: str) -> Iterator[Problem]:
    known = [name for name, dataset in data.datasets.items() if dataset.kind == "terrain"]
    if layer in known:
        return
    near = closest(layer, known)
    if layer in data.datasets:
        kind = data.datasets[layer].kind
        yield loaded.problem(key, f'"{layer}" is no terrain but of kind {kind}', f"terrain is {', '.join(known)}")
    elif near is not None:
        yield loaded.problem(key, f'no terrain is called "{layer}"', f'did you mean "{near}"?')
    else:
        try:
            data.dataset(layer)
        except MissingData as error:
            yield loaded.problem(key, str(error), "see `moonstead data` for what is installed", "data")


def _file(loaded: LoadedScenario, key: KeyPath, path: Path, site: Site) -> Iterator[Problem]:
    if not path.is_file():
        yield loaded.problem(key, f"there is no file {path}", "paths start from the scenario's folder", "data")
        return
    from moonstead.formats.raster_map_files import raster_header

    try:
        header = raster_header(path)
    except MoonsteadError as error:
        kind: Kind = "data" if isinstance(error, MissingData) else "input"
        yield loaded.problem(key, str(error), "give a map of heights of the Moon", kind)
        return
    left, bottom, right, top = header.edges
    x, y = (float(a) for a in header.projection.forward(site.latitude, site.longitude))
    if not (left <= x <= right and bottom <= y <= top):
        middle = header.projection.inverse(0.5 * (left + right), 0.5 * (bottom + top))
        latitude, longitude = (math.degrees(float(a)) for a in middle)
        yield loaded.problem(
            key,
            f'{path.name} lies about {latitude:.3f} {longitude:.3f} deg and does not hold the site "{site.id}"',
            "leave it out, or name the tile of this site",
        )
