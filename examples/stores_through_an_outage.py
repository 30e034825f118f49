"""Does a crew of four breathe through three weeks without power, and what must the Earth send for a year?"""

import numpy as np

from moonstead.station.crew import CrewStay
from moonstead.station.oxygen_plants import OXYGEN_PLANTS, oxygen_energy
from moonstead.station.processes_named import named_recipe
from moonstead.station.stores import Store
from moonstead.station.stores_outages import store_outages
from moonstead.station.stores_site import FacilityPower, SitePlant, site_stores
from moonstead.station.substances import substance_named

DAY = 86_400.0  # [s]

# A year in steps of an hour; the power fails for three weeks in the middle
time = np.arange(0.0, 365.0 * DAY + 1.0, 3600.0)
dark = (time[:-1] > 180 * DAY) & (time[:-1] < 201 * DAY)
power = FacilityPower(np.where(dark, 0.0, 6e3), np.ones(time.size - 1))

sizes = {
    "oxygen": (60.0, 60.0), "food": (2500.0, 2500.0), "potable-water": (1500.0, 800.0), "grey-water": (200.0, 0.0),
    "humidity": (20.0, 0.0), "urine": (60.0, 0.0), "hydrogen": (2.0, 0.0), "carbon-dioxide": (20.0, 0.0),
    "cabin-carbon-dioxide": (15.0, 0.0),
}  # fmt: skip
stores = [Store(substance_named(name), size, first, when_full="vent") for name, (size, first) in sizes.items()]
rates = {
    "water-electrolysis": 4.5, "carbon-dioxide-removal": 6.0, "sabatier": 6.0, "condensation": 12.0,
    "urine-processing": 9.0, "water-processing": 40.0,
}  # fmt: skip
plants = []
for name, rate in rates.items():
    recipe = named_recipe(name)
    plants.append(SitePlant(name, dict.fromkeys(("low", "nominal", "high"), recipe), rate / DAY, 3, 0.0, "bus", 6e3))
crew = CrewStay("crew", time[0], time[-1], 4)

found = site_stores(time, stores, [crew], plants, power={"bus": power})
for outage in store_outages(found.ledger, bridge=DAY):
    print(f"day {outage.start / DAY:.1f}: {outage.text}")
for name, lasts in found.ledger.autonomy().items():
    print(f"{name}: {lasts.use_per_day:.2f} kg a day, lasts {lasts.least / DAY:.0f} days at least")

for plant in OXYGEN_PLANTS.values():
    energy = oxygen_energy(plant)
    low, high = energy.low / 3.6e6, energy.high / 3.6e6
    print(f"{plant.title}: {low:.0f} to {high:.0f} kWh for 1 kg of oxygen")
