"""How much light does the rim of Shackleton get, and what does the resolution of the terrain leave open?"""

import numpy as np

from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.light_interval import light_interval
from moonstead.surface.moon_sky import moon_sky
from moonstead.surface.terrain import load_terrain

data = DataContext.installed()
latitude, longitude, mast = np.radians(-89.6866), np.radians(197.19), 2.0
start = Epoch.parse("2030-01-01T00:00:00Z").tdb()
year = moon_sky(start + 3600.0 * np.arange(365 * 24), data)

found = light_interval(load_terrain(data), latitude, longitude, mast, year, data, members=24, chosen=True)
low, high = found.interval
print(f"mean share of the Sun's light: {100 * found.mean_fraction:.1f} % on {found.terrain}")
print(f"the terrain leaves open {100 * low:.0f} to {100 * high:.0f} %; Gläser et al. (2018) found 85.5 % on 20 m")
shortest = found.longest_night_interval[0] / 86400
print(f"longest night: {found.longest_night / 86400:.1f} d, but {shortest:.1f} d is as possible")
print(found.meaning)
