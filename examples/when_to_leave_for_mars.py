"""When to leave for Mars in 2026, with how much energy, and whether the flight arrives under all pulls."""

from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.launchers import launcher, payload_at
from moonstead.orbits.transfers.interplanetary import fly_to_planet
from moonstead.orbits.transfers.interplanetary_bodies import EphemerisBody
from moonstead.orbits.transfers.porkchop_minima import best_arcs

data = DataContext.installed()
earth, mars = EphemerisBody("EARTH BARYCENTER", data), EphemerisBody("MARS BARYCENTER", data)
window = (Epoch.parse("2026-09-01T00:00:00Z").tdb(), Epoch.parse("2027-01-01T00:00:00Z").tdb())

for kind in ("I", "II"):
    (arc,) = best_arcs(earth, mars, window, kind=kind)
    held = f" (held by {', '.join(arc.edges)})" if arc.edges else ""
    print(f"type {kind}: C3 {arc.c3 / 1e6:.3f} km2/s2{held}, {Epoch.from_tdb(arc.departure_tdb)}")

flight = fly_to_planet(arc, data)
print(f"conics alone miss Mars by {flight.designed_miss / 1e6:.0f} thousand km; corrected {flight.b_plane_miss:.0f} m")
payload = payload_at(launcher("lm-5"), arc.c3)
print(f"Long March 5 would carry {payload.mass:.0f} kg ({payload.how})")
