"""Could a rover at the south pole know where it is, by the navigation satellites that partners have announced?"""

import math

import numpy as np

from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.navigation.lunar.availability import Budget, availability
from moonstead.navigation.lunar.constellation_paths import fly_constellation
from moonstead.navigation.lunar.constellations import lunar_constellation
from moonstead.surface.horizon import horizon_profile
from moonstead.surface.terrain import load_terrain

data = DataContext.installed()
latitude, longitude = math.radians(-88.8), math.radians(123.4)
ground = horizon_profile(load_terrain(data), latitude, longitude, 2.0, 360)
tdb = Epoch.parse("2035-01-01").tdb() + 300.0 * np.arange(288)

for name in ("lans-2029", "queqiao-2024-basic"):
    constellation = lunar_constellation(name)
    paths = fly_constellation(constellation, tdb, data)
    budget = Budget(constellation.signal_error, user=3.0, height=10.0)  # the rover knows its height from a map
    sky = availability(paths, latitude, longitude, ground.height, skyline=ground.elevation, budget=budget)
    low, nominal, high = np.median(sky.error[np.isfinite(sky.error[:, 1])], axis=0)
    print(f"{constellation.name}: {len(paths.names)} satellites, {sky.count.mean():.1f} of them in view")
    print(f"  served {sky.share:.0%} of the day; a fix is good to {nominal:.0f} m ({low:.0f} to {high:.0f} m)")
