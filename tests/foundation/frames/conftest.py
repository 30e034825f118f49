"""Data and random times that the frame tests share."""

import numpy as np
import pytest

from moonstead.foundation.data import DataContext

TDB_2025, TDB_2045 = 788_961_669.0, 1_420_113_669.0  # [s TDB past J2000]


@pytest.fixture(scope="session")
def data():
    return DataContext.installed()


@pytest.fixture(scope="session")
def tdb():
    return np.random.default_rng(440).uniform(TDB_2025, TDB_2045, 1_000)
