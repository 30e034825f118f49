"""A low lunar orbit for ten days: where it ends, at what cost, and how sure that is."""

import numpy as np

from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch

data = DataContext.installed()
start = Epoch.parse("2030-01-01T00:00:00 TDB").tdb()
state = np.array([1838e3, 0.0, 0.0, 0.0, 57.0, 1632.0])  # [m, m/s] about the Moon, axes of the ICRF

forces = ForceModel(degree=50, mass=1000.0, radiation=Radiation(area=10.0, reflectivity=1.5))
orbit = propagate(OrbitState(state, start), start + 10 * 86_400.0, forces, data, name="orbiter")
print(f"after ten days: {np.round(orbit.state(orbit.span[1])[0, :3] / 1e3, 3)} km")
print(f"{orbit.statistics.steps} steps, {orbit.statistics.evaluations} force evaluations, {orbit.ending}")

# The path between the ends is known too: how low does it come?
tdb = np.arange(*orbit.span, 60.0)
heights = np.linalg.norm(orbit.state(tdb)[:, :3], axis=1) - 1737.4e3
lowest = int(np.argmin(heights))
print(f"lowest {heights[lowest] / 1e3:.1f} km above the mean sphere, on {Epoch.from_tdb(tdb[lowest])}")
