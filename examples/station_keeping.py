"""Keep a near rectilinear halo orbit for two months, sixteen times, and say what a year of it costs."""

from moonstead.dynamics.dispersions import BurnErrors
from moonstead.dynamics.forces import ForceModel
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.keeping.keeping_errors import KeepingErrors
from moonstead.orbits.keeping.monte_carlo import keep_orbit
from moonstead.orbits.keeping.reference_orbit import reference_orbit
from moonstead.orbits.keeping.target_point import TargetPointControl
from moonstead.orbits.three_body.families import periodic_orbit
from moonstead.orbits.three_body.flown import fly_periodic_orbit

data, forces = DataContext.installed(), ForceModel(degree=4)
orbit = periodic_orbit("nrho", point="L2", branch="south", period=6.56 * 86_400.0)
flown = fly_periodic_orbit(orbit, Epoch.parse("2030-01-01T00:00:00Z").tdb(), 12, forces, data)
reference = reference_orbit(flown.trajectory(), forces, data)

third = 1.0 / 3.0  # error budgets quote three standard deviations
errors = KeepingErrors(
    10e3 * third, 0.1 * third, BurnErrors(0.0, 0.015 * third, 0.0, 0.0175 * third), minimum_burn=0.03
)
kept = keep_orbit(TargetPointControl(reference), reference, errors, data, runs=16, seed=1)
low, high = kept.cost.mean_interval()
print(f"{kept.cost.mean():.1f} m/s in a year ({low:.1f} to {high:.1f}); {len(kept.cost.failures)} of 16 runs lost it")
