"""Where around a crater's rim is the light best, and which ground never sees the Sun?"""

import math

import numpy as np

from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.horizon_map import horizon_map
from moonstead.surface.horizon_map_levels import horizon_levels, target_window
from moonstead.surface.light_map import light_map
from moonstead.surface.moon_sky import moon_sky
from moonstead.surface.terrain import load_terrain, terrain_caveat

HALF_WIDTH, SPACING, MAST = 12e3, 300.0, 10.0  # [m]

data = DataContext.installed()
terrain = load_terrain(data)
levels = horizon_levels(terrain, math.radians(-89.0), math.radians(130.0), HALF_WIDTH, SPACING)
horizons = horizon_map(levels, 180, MAST, *target_window(levels[0], HALF_WIDTH))
start = Epoch.parse("2035-01-01T00:00:00Z").tdb()
light = light_map(horizons, moon_sky(start + np.arange(0.0, 365.25 * 86_400.0, 7200.0), data), data)

row, column = np.unravel_index(np.argmax(light.mean_fraction), light.mean_fraction.shape)
latitude, longitude = (math.degrees(a[row, column]) for a in horizons.grid.coordinates())
print(f"best pixel: {latitude:.2f}, {longitude:.2f} deg")
print(f"its light: {100 * light.mean_fraction[row, column]:.0f} % of the Sun's")
print(f"its longest night: {light.longest_night[row, column] / 86_400.0:.1f} d")
print(f"{100 * np.mean(light.lit_any == 0.0):.0f} % of the pixels see no Sun in this year")
azimuth, elevation = horizons.profile_at(int(row), int(column))
print(f"its skyline: {np.degrees(elevation.min()):.1f} to {np.degrees(elevation.max()):.1f} deg")
print(terrain_caveat(terrain))
