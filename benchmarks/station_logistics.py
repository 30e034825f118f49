"""Campaigns of years: `python -m benchmarks.station_logistics [YEARS]`; no peer of this kind is at hand.

How long the plan of a campaign takes, how far it may be from the best, and what the checker says: three sites, an orbit
and two depots, four kinds of launched vehicles, a tanker and two shuttles, six classes of supply at every site and
sixteen modules with their dates in ten years, in steps of 30 days. The search ends after 60 s or at a gap of 1 %.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from moonstead.station.logistics.campaign import Campaign, FuelDepot, Need
from moonstead.station.logistics.checker import check_plan
from moonstead.station.logistics.legs import network
from moonstead.station.logistics.planner import plan_campaign
from moonstead.station.logistics.vehicles import Stage, Vehicle

DAY, YEAR = 86_400.0, 365.25 * 86_400.0
ASKED = 60.0  # [s] that a campaign of ten years may take


def measure(years: float) -> None:
    """Plan one campaign and print what it took."""
    began, clock = time.process_time(), time.perf_counter()
    plan = plan_campaign(ten_years(years), time_limit=ASKED, gap=0.01)
    spent, waited = time.process_time() - began, time.perf_counter() - clock
    found, balance = check_plan(plan)
    print(f"{years:g} years, {plan.campaign.steps} steps: {plan.launches} launches, gap {plan.gap:.1%}")
    print(f"{spent:.1f} CPU s, {waited:.1f} s; checker: {len(found)} violations, {abs(balance.imbalance):.1g} kg")


def ten_years(years: float = 10.0, step: float = 30.0) -> Campaign:
    """A campaign with every kind of part; numbers are of the size of announced vehicles."""
    lm10 = Vehicle(
        "lm10",
        (Stage("lander", 4100.0, 17_000.0, 314.0),),
        "a",
        injected=27_000.0,
        cargo=9000.0,
        launches_per_year=3.0,
        interval=45 * DAY,
    )
    lm9 = Vehicle(
        "lm9",
        (Stage("lander", 7000.0, 32_000.0, 350.0, "methalox", 0.0005),),
        "a",
        injected=50_000.0,
        cargo=18_000.0,
        launches_per_year=2.0,
        interval=90 * DAY,
        available=(3.0 * YEAR, np.inf),
    )
    angara = Vehicle(
        "angara",
        (Stage("lander", 2200.0, 8000.0, 320.0),),
        "b",
        injected=12_000.0,
        cargo=3000.0,
        launches_per_year=4.0,
        interval=30 * DAY,
    )
    yenisei = Vehicle(
        "yenisei",
        (Stage("lander", 4500.0, 20_000.0, 330.0),),
        "b",
        injected=33_000.0,
        cargo=10_000.0,
        launches_per_year=1.0,
        available=(4.0 * YEAR, np.inf),
    )
    tanker = Vehicle(
        "tanker",
        (Stage("bus", 3000.0, 9000.0, 340.0, "methalox"),),
        "a",
        injected=27_000.0,
        cargo=16_000.0,
        launches_per_year=3.0,
    )
    shuttle = Vehicle(
        "shuttle",
        (Stage("shuttle", 6000.0, 25_000.0, 370.0, "methalox", kept=True),),
        base="llo",
        fleet=2,
        cargo=10_000.0,
        available=(2.0 * YEAR, np.inf),
    )
    shares = {2: 0.45, 3: 0.1, 4: 0.2, 5: 0.1, 6: 0.1, 7: 0.05}
    needs = [
        Need(f"{site}-{supply_class}", site, supply_class, 120 * DAY, rate=rate * share / YEAR)
        for site, rate in (("hub", 6000.0), ("ridge", 1200.0), ("mouton", 1500.0))
        for supply_class, share in shares.items()
    ]
    rng = np.random.default_rng(1)
    for k in range(int(years * 1.6)):
        mass = float(rng.integers(5, 40) * 100)
        needs.append(Need(f"module-{k}", ("hub", "ridge", "mouton")[k % 3], 8, (0.6 + k / 1.6) * YEAR, mass=mass))
    needs.append(Need("station", "llo", 2, 150 * DAY, rate=2000.0 / YEAR))
    depots = (
        FuelDepot("orbit", "llo", "methalox", 60_000.0, loss_per_day=0.0002),
        FuelDepot("pole", "hub", "methalox", 30_000.0, makes=8000.0 / YEAR, since=3.0 * YEAR, loss_per_day=0.0001),
    )
    vehicles = (lm10, lm9, angara, yenisei, tanker, shuttle)
    sites = network(["hub", "ridge", "mouton"])
    return Campaign(0.0, years * YEAR, step * DAY, vehicles, sites, tuple(needs), depots)


if __name__ == "__main__":
    measure(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
