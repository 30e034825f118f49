"""Carry a near-rectilinear halo orbit over to all forces for two months, clear of the Earth's shadow."""

from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.three_body.eclipse_phasing import SYNODIC_MONTH
from moonstead.orbits.three_body.families import periodic_orbit
from moonstead.orbits.three_body.flown import fly_periodic_orbit
from moonstead.orbits.three_body.flown_figures import eclipses, passages

data = DataContext.installed()
orbit = periodic_orbit("nrho", point="L2", branch="south", period=2 * SYNODIC_MONTH / 9)
print(f"period {orbit.days:.4f} d, stability index {orbit.stability_index:.3f}")

forces = ForceModel(degree=8, mass=15_000.0, radiation=Radiation(area=60.0, reflectivity=1.3))
start = Epoch.parse("2026-01-01T00:00:00Z").tdb()
flown = fly_periodic_orbit(orbit, start, 9, forces, data, avoid_eclipse_by=("EARTH",))
print(f"{flown.epochs_tdb.size} nodes, largest gap {flown.position_defect.max():.1g} m, phase {flown.phase:.3f}")

near = passages(flown.trajectory(), flown.period).near
print(f"perilune from {near.min() / 1e3:.0f} to {near.max() / 1e3:.0f} km")
for body in ("EARTH", "MOON"):
    shadows = eclipses(flown.trajectory(), body, data)
    print(f"{len(shadows)} eclipses by the {body.title()}, the longest of {shadows.longest() / 60:.0f} min")
