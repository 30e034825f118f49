"""2024 YR4 by its published orbit, flown once."""

from __future__ import annotations

import pytest

from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.perturbers import perturbers
from moonstead.smallbodies.published_orbit import read_published_orbit

UNTIL = Epoch.parse("2033-01-01T00:00:00").tdb()


@pytest.fixture(scope="session")
def data():
    return DataContext.installed()


@pytest.fixture(scope="session")
def yr4(shared_data, data):
    """Flight of 2024 YR4 with partials, January 2025 to the end of 2032, and what pulls it."""
    orbit = read_published_orbit(shared_data / "smallbodies" / "sbdb_2024YR4_phys.json", data)
    pull = perturbers(data, start_tdb=orbit.tdb - 1e6, stop_tdb=UNTIL + 1e6)
    return fly(orbit, UNTIL, pull, with_partials=True), pull
