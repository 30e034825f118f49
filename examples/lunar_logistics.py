"""A lander on its launcher, and the flights that a station of two sites takes in three years.

Prints the most cargo that one flight can land, what fails for a heavier one, and the plan with its bound.
"""

from moonstead.station.logistics.campaign import Campaign, Need
from moonstead.station.logistics.checker import check_plan
from moonstead.station.logistics.feasibility import check_flight
from moonstead.station.logistics.legs import cheapest_way, network
from moonstead.station.logistics.planner import plan_campaign
from moonstead.station.logistics.profile import flight_profile, launched_way
from moonstead.station.logistics.vehicles import Stage, Vehicle

DAY, YEAR = 86_400.0, 365.25 * 86_400.0

lander = Stage("lander", dry=4100.0, propellant=17_000.0, specific_impulse=314.0, boil_off_per_day=1e-4)
cargo = Vehicle("cargo lander", (lander,), injected=27_000.0, cargo=9000.0, launches_per_year=2.0)
legs = network(["hub", "ridge"])

flight = flight_profile(cargo, launched_way(cargo, cheapest_way(legs, "tli", "hub")))
most = check_flight(flight, {}).most_cargo
print(f"{cargo.name}: lands {most:.0f} kg after {flight.delta_v:.0f} m/s")
print(*check_flight(flight, {"hub": most + 500.0}).problems, sep="\n")

needs = (
    Need("upkeep of the hub", "hub", 4, 0.5 * YEAR, rate=1500.0 / YEAR),
    Need("upkeep of the ridge", "ridge", 4, 0.5 * YEAR, rate=400.0 / YEAR),
    Need("habitat", "hub", 8, 1.5 * YEAR, mass=5500.0),
)
plan = plan_campaign(Campaign(0.0, 3.0 * YEAR, 60.0 * DAY, (cargo,), legs, needs))
faults, balance = check_plan(plan)
print(
    f"{plan.launches} launches, {plan.status}; {len(faults)} faults, mass balances to {abs(balance.imbalance):.1g} kg"
)
for one in plan.flights:
    load = ", ".join(f"{item.what} {item.mass:.0f} kg" for item in one.items)
    print(f"day {one.departure / DAY:6.0f}: {one.name} to {one.profile.stops[-1]}: {load}")
