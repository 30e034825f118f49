"""How much light does a mast at the south pole get in a month, and how long is its night?"""

import numpy as np

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.horizon import horizon_profile
from moonstead.surface.light import light_calendar
from moonstead.surface.terrain import load_terrain, terrain_caveat

data = DataContext.installed()
latitude, longitude, mast = np.radians(-89.45), np.radians(222.69), 10.0
terrain = load_terrain(data)
skyline = horizon_profile(terrain, latitude, longitude, mast)
eye = SurfacePoint("mast", "MOON", MOON_ME, latitude, longitude, float(terrain.height(latitude, longitude)) + mast)

start = Epoch.parse("2035-01-01T00:00:00Z").tdb()
light = light_calendar(eye, skyline, start, start + 30 * 86_400.0, data)
print(f"mean share of the Sun's disc: {100 * light.mean_fraction:.1f} %")
print(f"longest night: {light.longest_dark / 3600:.1f} h")
print(terrain_caveat(terrain))
