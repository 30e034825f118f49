"""A box of instruments on the lunar equator: how hot is the ground, how large its radiator, how much heat by night?"""

import numpy as np

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.time.epoch import Epoch
from moonstead.station.hardware_heat import HardwareNode
from moonstead.station.radiators import Face, Surroundings, radiator_area
from moonstead.station.survival_heat import survival_heat
from moonstead.surface.disc import disc_fraction_above
from moonstead.surface.ground_heat_site import SiteSun, ground_light, ground_spread, lead_up
from moonstead.surface.sky import sky_track

start, stop = (Epoch.parse(text).tdb() for text in ("2030-03-01T00:00:00Z", "2030-04-29T00:00:00Z"))
times = lead_up(start, stop, 3600.0)
site = SurfacePoint("Tranquillitatis", "MOON", MOON_ME, np.radians(0.7), np.radians(23.5))
track = sky_track(site, "SUN", times, DataContext.installed())
lit = disc_fraction_above(track.elevation, track.angular_radius)  # an open plain
sun = SiteSun(times, track.azimuth, track.elevation, track.distance, lit)

ground = ground_spread(sun, depths=(0.8,), since=start)
for where, found in (("surface", ground.surface()), ("0.8 m deep", ground.at_probe(0))):
    print(where, *(f"{word} {value:.0f} K ({low:.0f} to {high:.0f})" for word, (value, low, high) in found.items()))

around = Surroundings(
    times, sun.beam, sun.azimuth, sun.middle, ground.found.surface[:, 0], ground_light(ground.regolith, sun)
)
white = {"absorptivity": 0.15, "emissivity": 0.85, "dust": 0.05}
area = radiator_area(60.0, 313.0, Face(1.0, **white), around)
print(f"60 W at 313 K need {area:.2f} m2 of radiator that looks up")

radiator = Face(area, louvre=(0.14, 263.0, 303.0), **white)
box = HardwareNode("box", 4e4, (Face(3.0, tilt=np.pi / 2, insulation=0.02, **white), radiator), minimum=253.0)
by_day = np.where(lit[1:] > 0.0, 60.0, 5.0)
night = survival_heat(box, around, by_day)
print(f"by night its heater draws up to {night.peak:.0f} W, {night.longest / 86_400.0:.1f} days without a break")
print(f"it lives between {night.coldest:.0f} and {night.warmest:.0f} K")
