"""Two thousand arrivals at the Moon after a burn that nobody executes exactly: who hits it, how wide is the rest?"""

import numpy as np

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.covariance import sigma_point_covariance
from moonstead.dynamics.dispersions import BurnErrors, draw_burn, draw_scales, draw_states
from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.propagate import OrbitState
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.run.flights_file import FlightsFile

COUNT, DAY = 2000, 86_400.0  # [1], [s]

data = DataContext.installed()
start = Epoch.parse("2030-01-01T00:00:00Z").tdb()
apolune = np.array([-513587.0, 16333850.0, -65530157.0, -62.78, 38.30, 11.86])  # [m, m/s] of a halo orbit
uncertainty = np.diag(np.repeat([1000.0, 0.01], 3) ** 2)  # 1 km, 1 cm/s
burn = ImpulsiveBurn(start + 0.5 * DAY, (0.0, -25.0, 0.0), axes="RTN")
forces = ForceModel(degree=20, mass=1500.0, radiation=Radiation(area=15.0, reflectivity=1.4))

flights = propagate_many(
    draw_states(apolune, uncertainty, COUNT, seed=1, axes="RTN"),
    start,
    start + 4.5 * DAY,
    forces,
    data,
    tolerance=10.0,
    radiation_scale=draw_scales(0.05, COUNT, seed=2),
    burns=[draw_burn(burn, BurnErrors(magnitude_fixed=0.3, pointing_proportional=0.02), COUNT, seed=3)],
    store=FlightsFile("arrivals.parquet"),
)
for ending, count in flights.counts().items():
    print(f"{ending}: {count}")
print(f"position error of the computation: {flights.error_estimate:.2g} m of the 10 m allowed")

spread = np.sqrt(np.linalg.eigvalsh(flights.covariance()[:3, :3])) / 1e3
print(f"of those that fly on: {spread[0]:.0f} x {spread[1]:.0f} x {spread[2]:.0f} km (1 sigma)")

calm = sigma_point_covariance(OrbitState(apolune, start), uncertainty, start + 2 * DAY, forces, data, tolerance=10.0)
print(f"without the burn, after two days: {calm.position_sigmas()[0, -1] / 1e3:.1f} km along the longest axis")
