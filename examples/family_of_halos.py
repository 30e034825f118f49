"""Walk along the southern halo orbits of L2, and take the one that passes the Moon nine times in two months."""

from moonstead.orbits.three_body.families import family_members, periodic_orbit
from moonstead.orbits.three_body.figures import orbit_figures
from moonstead.orbits.three_body.system import EARTH_MOON

print("period [d]  Jacobi     stability  perilune [km]  longest eclipse by the Moon [h]")
for orbit in family_members("halo", point="L2", branch="south", count=12):
    figures = orbit_figures(orbit)
    print(
        f"{orbit.days:10.3f}  {orbit.jacobi:.6f}  {orbit.stability_index:9.3f}  {figures.perilune / 1e3:13.0f}"
        f"  {figures.longest_eclipse['MOON'] / 3600:8.2f}"
    )

gateway = periodic_orbit("nrho", point="L2", branch="south", period=2 / 9 * 29.530589 * 86_400)
print(f"9:2 NRHO: state {gateway.state.round(9)}, period {gateway.period:.9f} of {EARTH_MOON.time:.3f} s")
print(f"resonance {orbit_figures(gateway).resonance}, constants of {gateway.system.source}")
