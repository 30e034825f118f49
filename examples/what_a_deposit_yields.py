"""Ice in shadowed soil: how much water comes from a tonne of ground and a kilowatt hour, and what to measure first?"""

from moonstead.surface.resources import water_equivalent
from moonstead.surface.resources_deposit import Uncertain, deposit_yield
from moonstead.surface.resources_rare_earths import rare_earths_by_thorium

KILOWATT_HOUR, TONNE, PPM = 3.6e6, 1e3, 1e-6  # [J], [kg], [kg/kg]

ice = deposit_yield(
    grade=Uncertain(0.05, spread=1.0),  # LCROSS: 5.6 +- 2.9 % in one place (recalled)
    recovery=Uncertain(0.7, spread=0.2),  # unverified
    process_energy=Uncertain(5.0 * KILOWATT_HOUR, spread=2.0),  # 1.3 modelled to 44 demonstrated
    excavation_energy=Uncertain(1.0 * KILOWATT_HOUR / TONNE, spread=1.0),  # unverified
    mass_moved=100.0 * TONNE,
)
for name, found, scale, unit in (
    ("water from a tonne of ground", ice.per_mass, TONNE, "kg"),
    ("water from a kilowatt hour", ice.per_energy, KILOWATT_HOUR, "kg"),
    ("energy for 100 t of ground", ice.energy, 1e-3 / KILOWATT_HOUR, "MWh"),
):
    print(f"{name}: {found.median * scale:.3g} {unit}, 90 %: {found.low * scale:.3g} to {found.high * scale:.3g}")
first = max(ice.causes, key=ice.causes.__getitem__)
print(f"measure first: {first} ({ice.causes[first]:.0%} of the spread)")

print(f"150 ppm of hydrogen seen from orbit: at most {float(water_equivalent(150 * PPM)):.2%} of water")
rare = rare_earths_by_thorium(10.0 * PPM, 0.5 * PPM)  # Procellarum
print(f"10 ppm of thorium: {rare.total[0] / PPM:.0f} ppm of rare earths ({rare.total_low[0] / PPM:.0f} to "
      f"{rare.total_high[0] / PPM:.0f}); ores on the Earth have a hundred times more")  # fmt: skip
