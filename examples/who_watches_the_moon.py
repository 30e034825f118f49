"""Who sees an orbiter of the Moon: from the ground, from a geostationary orbit, from L1, and from a lunar site.

And how much of the Moon eight satellites about it see. Runs in some seconds, with the installed data alone.
"""

import numpy as np

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.trajectories import SurfacePoint, TabulatedTrajectory
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import ITRF, MOON_ME
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.coverage.constellations import geostationary, walker
from moonstead.monitoring.coverage.coverage_map import coverage
from moonstead.monitoring.coverage.ground import equal_area, ground_named
from moonstead.monitoring.coverage.watchers import ViewLimits, constellation_watchers
from moonstead.monitoring.visibility.brightness import DiffuseSphere
from moonstead.monitoring.visibility.lagrange_place import LagrangePoint
from moonstead.monitoring.visibility.telescopes import Telescope, seen_by_any, visibility
from moonstead.orbits.elements import KeplerElements, states_from_elements

HOUR = 3600.0
data = DataContext.installed()
start = Epoch.parse("2026-03-01").tdb()
stop = start + 48 * HOUR

# an ellipse of 300 x 8000 km about the Moon, high over the south, flown in its gravity field
moon, one = body("MOON"), np.ones(1)
near, far = moon.mean_radius + 300e3, moon.mean_radius + 8000e3
elements = KeplerElements(near * one, (far - near) / (far + near) * one, one, one, 0.5 * np.pi * one, 0.0 * one)
initial = OrbitState(states_from_elements(elements, moon.gm)[0], start, "MOON")
orbiter = propagate(initial, stop, ForceModel(degree=8), data, name="orbiter")

# who looks; a limit of 19 mag on the ground, 18 in space, 10 for a camera on the Moon
stationary = geostationary([np.radians(75.0)])
tdb = np.arange(start - 60.0, stop + 120.0, 60.0)
high = TabulatedTrajectory("geostationary, 75 E", "EARTH", ITRF, tdb, stationary.states(tdb, data)[0], 7)
kashi = SurfacePoint.on_earth("Kashi", np.radians(38.4), np.radians(76.7), 1300.0)
site = SurfacePoint("camera at 85 S", "MOON", MOON_ME, np.radians(-85.0), np.radians(30.0))
limits = {"sun_exclusion": np.radians(30.0), "moon_exclusion": np.radians(0.2)}
telescopes = [
    Telescope(kashi, 19.0, least_elevation=np.radians(15.0), sun_below=np.radians(12.0), **limits),
    Telescope(high, 18.0, earth_exclusion=np.radians(5.0), **limits),
    Telescope(LagrangePoint("L1", data), 18.0, **limits),
    Telescope(site, 10.0, least_elevation=np.radians(5.0)),
]
seen = [visibility(telescope, orbiter, DiffuseSphere(4.0), (start, stop), data) for telescope in telescopes]
for view in seen:
    bright = "never" if view.fraction == 0.0 else f"{view.median_magnitude:.1f} mag"
    print(f"{view.telescope:20s} sees it {view.fraction:6.1%}, longest gap {view.longest_gap / HOUR:5.1f} h, {bright}")
together = seen_by_any(seen)
print(f"{'any of them':20s} sees it {together.fraction():6.1%}, longest gap {(~together).longest() / HOUR:5.1f} h")

# eight satellites in four planes, 1000 km over the Moon, 10 deg over the horizon of what they see
satellites = walker(8, 4, 1, 1000e3, np.radians(75.0), body="MOON")
watchers = constellation_watchers(satellites, ViewLimits(np.radians(10.0)), start, start + 12 * HOUR, data)
found = coverage(watchers, equal_area(ground_named("MOON"), np.radians(8.0)))
for count in (1, 2, 3):
    print(f"{count} or more satellites see a place for {found.mean(found.share_at_least(count)):.1%} of the time")
print(f"the longest gap of any place is {np.max(found.longest_gap) / 60.0:.0f} min")
