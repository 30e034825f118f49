"""Find a frozen relay orbit, fly it, and ask when a site at the south pole sees it."""

import numpy as np

from moonstead.dynamics.conditions import elevation_above
from moonstead.dynamics.events import find_windows
from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.propagate import propagate
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.frozen_ellipse import frozen_ellipse

DAY = 86_400.0  # [s]

data = DataContext.installed()
start = Epoch.parse("2035-01-01T00:00:00Z").tdb()
design = frozen_ellipse(500e3, DAY, "south", start, 60 * DAY, data)
print(f"lowest altitude over 60 days: {design.minimum_altitude / 1e3:.0f} km")

forces = ForceModel(degree=20, mass=1200.0, radiation=Radiation(area=18.0, reflectivity=1.4))
relay = propagate(design.state, start + 30 * DAY, forces, data, name="relay")
print(f"{relay.statistics.steps} steps, {relay.statistics.evaluations} force evaluations")

site = SurfacePoint("pole", "MOON", MOON_ME, np.radians(-89.5), 0.0, 1000.0)
passes = find_windows(elevation_above(site, relay, np.radians(5.0), data), start, start + 30 * DAY)
print(f"{len(passes)} passes above 5 deg, {100 * passes.fraction():.1f} % of the time")
print(f"longest gap: {(~passes).longest() / 3600:.2f} h; second rise {Epoch.from_tdb(passes.starts[1])}")
