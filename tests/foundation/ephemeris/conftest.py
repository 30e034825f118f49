"""SPICE with an empty kernel pool, and the kernels of the data packages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import spiceypy

from moonstead.foundation.data import DataContext


@pytest.fixture
def spice() -> Iterator[ModuleType]:
    spiceypy.kclear()
    yield spiceypy
    spiceypy.kclear()


@pytest.fixture(scope="session")
def installed() -> DataContext:
    return DataContext.installed()


@pytest.fixture(scope="session")
def de440s(installed: DataContext) -> Path:
    return installed.dataset("de440s").path


@pytest.fixture(scope="session")
def moon_pa(installed: DataContext) -> Path:
    return installed.dataset("moon-pa-de440").path
