"""How large a battery carries a laboratory through the longest night, what does a small one shed, and a cable help?"""

import numpy as np

from moonstead.station.arrays import SolarArray, array_power
from moonstead.station.battery import Battery
from moonstead.station.grid import Bus, Line, Store
from moonstead.station.grid_ledger import grid_ledger
from moonstead.station.ledger import power_ledger
from moonstead.station.loads import Load
from moonstead.station.sizing import smallest_battery

HOUR = 3600.0  # [s]
AU = 149_597_870_700.0  # [m]

# Twenty days of light at 1.5 deg elevation with a night of 100 h in the middle
time = np.arange(0.0, 480.0 * HOUR + 1.0, 600.0)
night = (time > 200 * HOUR) & (time < 300 * HOUR)
light = np.where(night, 0.0, 1.0)
azimuth = 2.0 * np.pi * time / (708.7 * HOUR)

panels = SolarArray("array", area=20.0, efficiency=0.28, mounting="vertical-tracking")
elevation, distance = np.full_like(time, np.radians(1.5)), np.full_like(time, AU)
power = array_power(panels, time, light, azimuth, elevation, distance)
loads = [Load("life support", 1500.0, priority=1), Load("laboratory", 2000.0, priority=5, reserve=0.5)]

ledger = power_ledger(time, {"array": power}, light, loads, Battery(200e3 * HOUR))
for shortage in ledger.shortages:
    print(shortage.text)

size = smallest_battery(time, {"array": power}, light, loads[:1], Battery(1.0))
print(f"life support alone needs {size.capacity / HOUR / 1e3:.0f} kWh")

# A ridge 20 km away has its night 60 h later, and a cable brings what it can spare
later = np.where((time > 260 * HOUR) & (time < 340 * HOUR), 0.0, 1.0)
camp = Bus("camp", light, {"array": power}, loads, [Store("battery", Battery(200e3 * HOUR))])
ridge = Bus("ridge", later, {"ridge array": array_power(panels, time, later, azimuth, elevation, distance)})
cable = Line("cable", ("ridge", "camp"), power=3000.0, loss=0.06, resistance=40.0, voltage=3000.0)
grid = grid_ledger(time, [camp, ridge], [cable])
for shortage in grid.shortages[0]:
    print(shortage.text)
brought, lost = grid.line_to.sum(), (grid.line_from - grid.line_to).sum()
print(f"the cable brings {brought / HOUR / 1e3:.0f} kWh and loses {lost / HOUR / 1e3:.0f} kWh")
