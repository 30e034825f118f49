"""A lander goes down to the south pole, would abort half-way, and its upper stage comes up again."""

import math

from moonstead.dynamics.forces import ForceModel
from moonstead.foundation.data import DataContext
from moonstead.orbits.landing.abort import abort_table
from moonstead.orbits.landing.ascent import design_ascent
from moonstead.orbits.landing.descent import design_descent
from moonstead.orbits.landing.flown import fly_descent
from moonstead.orbits.landing.powered import LunarSite, Vehicle

site = LunarSite(math.radians(-88.8), math.radians(123.4), height=1500.0, azimuth=math.pi)
lander = Vehicle(mass=15_200.0, thrust=45_000.0, specific_impulse=311.0, dry_mass=6900.0, least_throttle=0.1)
stage = Vehicle(mass=4700.0, thrust=15_600.0, specific_impulse=311.0)

down = design_descent(site, lander)
print(f"down: {down.delta_v:.0f} m/s in {down.duration:.0f} s, ignition {down.downrange / 1e3:.0f} km before the site")
for abort in abort_table(down, [120.0, 300.0, 420.0], stage=stage):
    verdict = "possible" if abort.possible else f"not possible: {abort.reason}"
    print(f"  abort after {abort.time:.0f} s: {abort.delta_v:.0f} m/s into orbit, {verdict}")
up = design_ascent(site, stage)
print(f"up: {up.delta_v:.0f} m/s, then {up.rounding:.0f} m/s to round the orbit")

flown = fly_descent(down, 1.1e9, ForceModel("MOON", degree=60), DataContext.installed())
print(f"flown as designed {flown.designed_position_defect:.0f} m off, corrected {flown.position_defect:.3f} m off")
