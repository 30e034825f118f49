"""Three relays on one frozen ellipse: a site near the south pole is never alone, and a published shape that falls."""

from __future__ import annotations

import math

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.lunar.constellation import phased_constellation
from moonstead.orbits.lunar.lifetime_map import require_living_start
from moonstead.orbits.lunar.start import EARTH_ORBIT, LunarShape

DAY = 86_400.0
data = DataContext.installed()
model = ForceModel(degree=8)
hub = SurfacePoint("hub", "MOON", MOON_ME, math.radians(-88.80), math.radians(123.40))
start = Epoch.parse("2035-01-01").tdb()

shape = LunarShape.of_period(500e3, DAY, math.radians(60.4), math.radians(90.0))
node, thirds = math.radians(120.0), (0.0, 1 / 3, 2 / 3)
relays = phased_constellation(shape, EARTH_ORBIT, [node] * 3, thirds, start, 60 * DAY, model, data)
for count in (1, 2, 3):
    seen = relays.coverage(hub, math.radians(5.0), data, satellites=count)
    print(f"{count} at once: {seen.fraction:.1%} of 60 days, longest gap {seen.worst_gap / 3600:.1f} h")

published = LunarShape.of_altitudes(200e3, 16_000e3, math.radians(62.4), math.radians(90.0))
epoch = Epoch.parse("2024-03-31").tdb()
try:
    require_living_start(published, "MOON_PA", 0.0, 0.0, epoch, 60 * DAY, model, data, nodes=8)
except InvalidInput as error:
    print(error)
