"""To the Moon and home: the cheapest direct flight of three days in March, flown again, and the way back from there."""

import math

from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.transfers.best_return import best_return, best_return_plane
from moonstead.orbits.transfers.calendar import departure_calendar
from moonstead.orbits.transfers.cislunar import cislunar_forces, prepare_flight
from moonstead.orbits.transfers.direct import DirectCase, direct_transfer
from moonstead.orbits.transfers.earth_return import EntryCase
from moonstead.orbits.transfers.refly import refly

DAY = 86_400.0  # [s]

data = DataContext.installed()
start = Epoch.parse("2026-03-01T00:00:00Z").tdb()
forces = cislunar_forces()
flight = prepare_flight(forces, start - DAY, start + 30.0 * DAY, data)

case = DirectCase(earth_altitude=200e3, moon_altitude=100e3, earth_inclination=math.radians(40.0))
calendar = departure_calendar(case, [start + day * DAY for day in range(3)], flight)
for day in calendar.days:
    print(Epoch.from_tdb(day.departure_tdb).text("UTC", 0), f"{day.solution.delta_v:.1f} m/s")

transfer = direct_transfer(calendar.optima[0].solution, flight)
flown = refly(transfer, {"EARTH": forces.near_earth, "MOON": forces.near_moon}, data)
for name, cost in transfer.delta_v.items():
    print(f"{name}: {cost:.1f} m/s")
print(f"flown again in one go: {flown.position_defect:.2g} m off at arrival")

leave = transfer.arrival_tdb + 10.0 * DAY
orbit, _ = best_return_plane(100e3, 0.5 * math.pi, leave, 4.0 * DAY, data)
home = best_return(orbit, leave + 7200.0, 4.0 * DAY, EntryCase(angle=math.radians(-6.0)), flight)
print(f"home: {home.delta_v:.1f} m/s, entry at {home.entry_speed:.0f} m/s")
