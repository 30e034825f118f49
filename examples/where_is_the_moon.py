"""Where is the Moon? Position from the Earth, and the sight of both from a crater rim."""

import numpy as np

from moonstead.dynamics.observe import azimuth_elevation, observe
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.time.epoch import Epoch

data = DataContext.installed()
moment = Epoch.parse("2035-06-21T12:00:00Z")
tdb = np.array([moment.tdb()])

moon = data.ephemeris.state("MOON", "EARTH", tdb)[0]
print(f"Moon from the Earth, ICRF, {moment.text('UTC')}: {np.linalg.norm(moon[:3]) / 1e3:.1f} km")

rim = SurfacePoint("rim", "MOON", MOON_ME, np.radians(-89.45), np.radians(222.69), 1800.0)
for body in ("SUN", "EARTH"):
    seen = observe(BodyTrajectory(body, "MOON", data), rim, tdb, rim.topocentric, data, "apparent")
    azimuth, elevation, distance = azimuth_elevation(seen)
    print(
        f"{body.title()}: azimuth {np.degrees(azimuth[0]):.3f} deg, elevation {np.degrees(elevation[0]):.3f} deg, "
        f"{distance[0] / 1e3:.0f} km"
    )
