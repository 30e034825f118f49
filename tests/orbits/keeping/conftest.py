"""A short near rectilinear halo orbit in the full model, to keep."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.keeping.reference_orbit import ReferenceOrbit, reference_orbit
from moonstead.orbits.shooting import Patched, shoot
from moonstead.orbits.three_body.motion import propagate_three_body
from moonstead.orbits.three_body.rotating import icrf_from_rotating
from moonstead.orbits.three_body.system import EARTH_MOON

APOLUNE = np.array([1.0218806, 0.0, -0.18199949, 0.0, -0.1029492, 0.0])  # [1] of the 9:2 southern orbit about L2
PERIOD = 1.50922  # [1]
REVOLUTION = 6.5625 * 86_400.0  # [s] two ninths of a synodic month
NODES = 8  # in a revolution


@pytest.fixture(scope="session")
def data() -> DataContext:
    return DataContext.installed()


@pytest.fixture(scope="session")
def halo_model() -> ForceModel:
    return ForceModel(degree=4, mass=15_000.0, radiation=Radiation(area=100.0, reflectivity=1.4))


@pytest.fixture(scope="session")
def halo_flight(data: DataContext, halo_model: ForceModel) -> Patched:
    """Six revolutions from 2030 on."""
    start = Epoch.parse("2030-01-01T00:00:00 TDB").tdb()
    shares = (np.arange(6 * NODES) + 0.5) / NODES
    turn = (0.5 + shares) % 1.0  # from perilune, where no node may lie
    order = np.argsort(turn)
    states = np.empty((shares.size, 6))
    states[order] = propagate_three_body(APOLUNE, PERIOD, EARTH_MOON, times=turn[order] * PERIOD)
    tdb = start + shares * REVOLUTION
    return shoot(tdb, icrf_from_rotating(states, tdb, EARTH_MOON, data), halo_model, data)


@pytest.fixture(scope="session")
def halo(data: DataContext, halo_model: ForceModel, halo_flight: Patched) -> ReferenceOrbit:
    return reference_orbit(halo_flight.trajectory(), halo_model, data)
