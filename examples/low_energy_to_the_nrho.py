"""A low-energy flight to the Gateway's orbit, found from scratch, and what it reaches when flown again."""

from moonstead.foundation.constants import SECONDS_PER_DAY as DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.three_body.families import periodic_orbit
from moonstead.orbits.three_body.flown import fly_periodic_orbit
from moonstead.orbits.transfers.arrivals import OrbitArrival
from moonstead.orbits.transfers.cislunar import cislunar_forces
from moonstead.orbits.transfers.low_energy import FORWARD, low_energy_transfers
from moonstead.orbits.transfers.refly import refly

data, forces = DataContext.installed(), cislunar_forces()
departs = Epoch.parse("2026-07-01T00:00:00Z").tdb()
orbit = periodic_orbit("nrho", point="L2", branch="south", period=6.5625 * DAY)
flown = fly_periodic_orbit(orbit, departs + 64.0 * DAY, 9, forces.near_moon, data).trajectory()
found = low_energy_transfers(
    OrbitArrival(flown), departs, departs + 4.0 * DAY, forces, data,
    shortest=100.0 * DAY, longest=106.0 * DAY, cadence=0.5 * DAY, most=1,
)[0]  # fmt: skip
again = refly(found.transfer, forces.by_center, data, tolerance=FORWARD)
print(
    f"C3 {found.departure.c3 / 1e6:.3f} km2/s2, {found.flight_time / DAY:.1f} d, insertion {found.arrival.cost:.1f} m/s"
)
print(f"flown again in one go: {again.position_defect:.2g} m off")
