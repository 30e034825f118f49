"""Horizon maps in a folder: kept outside memory, continued after an interruption, read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.foundation.map_projection import MapProjection
from moonstead.surface.gnomonic_grid import GnomonicGrid
from moonstead.surface.horizon_map import HorizonMap

__all__ = ["OpenMap", "load_horizon_map", "save_horizon_map"]

Array = NDArray[np.float64]

DESCRIPTION = "horizon_map.json"
GROUND = "ground.npz"
ELEVATIONS = "centidegrees.npy"  # (A, n, m) int16
FINISHED = "finished.npy"  # (A,) bool
LAYOUT = 1  # changes with the meaning of any of these files


def save_horizon_map(horizons: HorizonMap, folder: Path) -> None:
    """Write a horizon map to a folder.

    Parameters
    ----------
    horizons : HorizonMap
        The map.
    folder : Path
        Is made; must not hold another map.

    Raises
    ------
    InvalidInput
        The folder already holds a map.
    """
    if (folder / DESCRIPTION).exists():
        raise InvalidInput(f"{folder} already holds a horizon map; name another folder or remove it")
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / ELEVATIONS, horizons.centidegrees)
    np.save(folder / FINISHED, np.ones(horizons.grid_azimuth.size, dtype=bool))
    _describe(folder, horizons.grid, horizons.mast, horizons.reach, horizons.grid_azimuth, "")


def load_horizon_map(folder: Path) -> HorizonMap:
    """Horizon map of a folder; elevations stay on disk and are read where they are used.

    Parameters
    ----------
    folder : Path
        Written by `save_horizon_map` or by `horizon_map` with a folder.

    Returns
    -------
    HorizonMap

    Raises
    ------
    MissingData
        There is no map in the folder, or not all of its directions are done.
    """
    described = _description(folder)
    try:
        with np.load(folder / GROUND) as ground:
            x, y, heights, azimuth = (ground[name] for name in ("x", "y", "heights", "grid_azimuth"))
        elevations = np.load(folder / ELEVATIONS, mmap_mode="r")
        finished = np.load(folder / FINISHED)
    except (OSError, KeyError, ValueError) as problem:
        raise MissingData(
            f"the horizon map in {folder} is damaged ({problem}); remove the folder and make it again"
        ) from (problem)
    if not np.all(finished):
        raise MissingData(
            f"the horizon map in {folder} has {int(np.sum(finished))} of {finished.size} directions; call horizon_map "
            "with the same ground and this folder to finish it"
        )
    projection = MapProjection(**described["projection"])
    grid = GnomonicGrid(projection, x, y, heights, described["spacing"], described["frame"], described["name"])
    return HorizonMap(grid, described["mast"], described["reach"], azimuth, elevations)


class OpenMap:
    """A horizon map in a folder while it is made.

    Parameters
    ----------
    folder : Path
        Is made, or holds a part of the same map.
    grid : GnomonicGrid
        The pixels.
    levels : sequence of GnomonicGrid
        All ground.
    mast, reach : float [m]
        As in `HorizonMap`.
    azimuth : (A,) [rad]
        Directions on the map.

    Raises
    ------
    InvalidInput
        The folder holds another map.
    """

    def __init__(
        self,
        folder: Path,
        grid: GnomonicGrid,
        levels: Sequence[GnomonicGrid],
        mast: float,
        reach: float,
        azimuth: Array,
    ) -> None:
        self.folder = folder
        fingerprint = _fingerprint(grid, levels, mast, azimuth)
        shape = (azimuth.size, *grid.heights.shape)
        if (folder / DESCRIPTION).exists():
            if _description(folder)["fingerprint"] != fingerprint:
                raise InvalidInput(
                    f"{folder} holds a horizon map of other ground, another mast or other directions; name another "
                    "folder or remove it"
                )
        else:
            folder.mkdir(parents=True, exist_ok=True)
            np.lib.format.open_memmap(folder / ELEVATIONS, mode="w+", dtype=np.int16, shape=shape)
            np.save(folder / FINISHED, np.zeros(azimuth.size, dtype=bool))
            _describe(folder, grid, mast, reach, azimuth, fingerprint)
        self._elevations = np.lib.format.open_memmap(folder / ELEVATIONS, mode="r+")
        self._finished = np.lib.format.open_memmap(folder / FINISHED, mode="r+")

    def __enter__(self) -> OpenMap:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._elevations.flush()
        self._finished.flush()

    @property
    def centidegrees(self) -> NDArray[np.int16]:
        """Elevations (A, n, m) [0.01 deg], on disk."""
        return np.asarray(self._elevations)

    @property
    def missing(self) -> NDArray[np.intp]:
        """Indices of directions that are not done."""
        return np.flatnonzero(~np.asarray(self._finished))

    def finished(self, index: int) -> None:
        """Note that a direction is done."""
        self._finished[index] = True

    def load(self) -> HorizonMap:
        """The whole map, as `load_horizon_map` reads it."""
        return load_horizon_map(self.folder)


def _describe(folder: Path, grid: GnomonicGrid, mast: float, reach: float, azimuth: Array, fingerprint: str) -> None:
    """Write all but the elevations; the description comes last, so that a folder that has one is complete."""
    np.savez(folder / GROUND, x=grid.x, y=grid.y, heights=grid.heights, grid_azimuth=azimuth)
    projection = {name: getattr(grid.projection, name) for name in ("kind", "latitude", "longitude", "radius", "scale")}
    described = {
        "layout": LAYOUT,
        "projection": projection,
        "spacing": grid.spacing,
        "frame": grid.frame,
        "name": grid.name,
        "mast": mast,
        "reach": reach,
        "fingerprint": fingerprint,
    }
    (folder / DESCRIPTION).write_text(json.dumps(described, indent=1))


def _description(folder: Path) -> dict:
    try:
        described = json.loads((folder / DESCRIPTION).read_text())
    except (OSError, ValueError) as problem:
        raise MissingData(f"there is no horizon map in {folder} ({problem})") from problem
    if described.get("layout") != LAYOUT:
        raise MissingData(
            f"the horizon map in {folder} has layout {described.get('layout')!r}; this version reads {LAYOUT}: remove "
            "it and make it again"
        )
    return described


def _fingerprint(grid: GnomonicGrid, levels: Sequence[GnomonicGrid], mast: float, azimuth: Array) -> str:
    digest = hashlib.sha256(repr((LAYOUT, mast, azimuth.size)).encode())
    for level in (grid, *levels):
        digest.update(repr((level.projection, level.frame, level.spacing)).encode())
        for values in (level.x, level.y, level.heights):
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()
