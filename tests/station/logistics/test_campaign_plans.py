"""Authority: brute force on small campaigns, closed forms of depots, and a checker that shares no code with plans."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput
from moonstead.station.logistics import planner
from moonstead.station.logistics.campaign import Campaign, Committed, FuelDepot, Need
from moonstead.station.logistics.checker import TOLERANCE, check_plan
from moonstead.station.logistics.just_in_time import just_in_time
from moonstead.station.logistics.legs import Leg, network
from moonstead.station.logistics.manifest import plan_from_solution
from moonstead.station.logistics.model import plan_model
from moonstead.station.logistics.options import flight_options
from moonstead.station.logistics.planner import plan_campaign
from moonstead.station.logistics.replan import replan
from moonstead.station.logistics.solver import fixed_masses
from moonstead.station.logistics.vehicles import Stage, Vehicle

DAY = 86_400.0
YEAR = 365.25 * DAY
KILOGRAM = 1.0
SMALL = Vehicle("small", (Stage("lander", 2200.0, 8000.0, 320.0),), "a", injected=12_000.0, cargo=3000.0)
LARGE = Vehicle("large", (Stage("lander", 4100.0, 17_000.0, 314.0),), "b", injected=27_000.0, cargo=9000.0)
TANKER = Vehicle("tanker", (Stage("bus", 3000.0, 9000.0, 340.0, "hypergolic"),), "b", injected=27_000.0, cargo=16_000.0)
SHUTTLE = Vehicle(
    "shuttle", (Stage("s", 6000.0, 25_000.0, 370.0, "methalox", 0.001, kept=True),), base="llo", fleet=1, cargo=9000.0
)


def campaign(needs, vehicles=(SMALL, LARGE), months=6, **changes):
    sites = {need.place for need in needs} - {"llo"}
    values = {"start": 0.0, "stop": months * 30 * DAY, "step": 30 * DAY, "legs": network(sites)}
    return Campaign(**(values | {"vehicles": vehicles, "needs": tuple(needs)} | changes))


def sound(plan):
    """No violation, and mass balanced to a kilogram."""
    found, balance = check_plan(plan)
    assert not found, found
    assert abs(balance.imbalance) < KILOGRAM
    return balance


def test_one_vehicle_one_need_one_flight():
    plan = plan_campaign(campaign([Need("module", "hub", 8, 100 * DAY, mass=4000.0)]))
    assert [one.name for one in plan.flights] == ["large 1"] and not plan.late
    assert plan.status == "optimal" and plan.launches == 1
    balance = sound(plan)
    assert balance.delivered == pytest.approx(4000.0, abs=TOLERANCE)
    # least propellant: not a kilogram more than the rocket equation asks for
    lander = plan.flights[0].profile
    final = 4100.0 + 4000.0
    start = (final * math.exp((2030.0 + 11.0 + 950.0 + 2.0 + 2.0) / (314.0 * 9.80665))) - final
    assert plan.flights[0].propellant["lander"] == pytest.approx(start, abs=TOLERANCE)
    assert plan.flights[0].arrival == plan.flights[0].departure + lander.arrivals["hub"]


def brute_force(case, dues):
    """Least launches and then least mass over all numbers of flights: cargo must have come by each due date.

    Two vehicles, one place. The mass is linear in cargo, so for given flights the cheapest share is at a corner: the
    vehicle that weighs less for a kilogram of cargo is filled first; here both orders are tried.
    """
    options, _ = flight_options(case)
    edges = case.edges
    best = math.inf
    for counts in itertools.product(range(3), repeat=len(options) * 3):
        table = np.array(counts).reshape(len(options), 3)
        launches = int(table.sum())
        if launches > best:
            continue
        fits = True
        for step, total in dues.items():
            room = 0.0
            for row, option in enumerate(options):
                arrived = [k for k in range(3) if edges[k] + option.profile.arrivals["hub"] <= edges[step]]
                room += option.most_cargo * table[row, arrived].sum()
            fits &= room >= total - 1e-6
        if fits:
            best = launches
    return best


@pytest.mark.parametrize("seed", range(6))
def test_launches_are_as_few_as_brute_force_finds(seed):
    rng = np.random.default_rng(seed)
    months = sorted(rng.choice([1, 2, 3], size=2, replace=False))
    masses = rng.uniform(500.0, 6000.0, size=2)
    needs = [
        Need(f"n{k}", "hub", 4, float(m) * 30 * DAY, mass=float(x))
        for k, (m, x) in enumerate(zip(months, masses, strict=True))
    ]
    case = campaign(needs, months=4)
    plan = plan_campaign(case, gap=0.0)
    dues = {int(month): float(masses[: index + 1].sum()) for index, month in enumerate(months)}
    assert plan.launches == brute_force(case, dues)
    assert not plan.late
    sound(plan)


def test_least_mass_chooses_the_lighter_way():
    """Two small landers weigh less than a large one for what two small ones can bring."""
    needs = [Need("n", "hub", 4, 100 * DAY, mass=2500.0)]
    options, _ = flight_options(campaign(needs))
    by_mass = plan_campaign(campaign(needs, objective="mass"))
    by_launches = plan_campaign(campaign(needs, objective="launches"))
    small = next(one for one in options if one.vehicle is SMALL)
    assert small.most_cargo < 2500.0 and by_launches.launches == 1
    least = min(
        sum(float(form.launch @ [count, part]) for form, count, part in case)
        for case in [
            [(small.loading, 2, 2500.0)],
            [(next(o for o in options if o.vehicle is LARGE).loading, 1, 2500.0)],
        ]
    )
    assert by_mass.launched_mass == pytest.approx(least, rel=1e-6)
    sound(by_mass)


@given(
    masses=st.lists(st.floats(100.0, 9000.0), min_size=1, max_size=4),
    dues=st.lists(st.floats(20.0, 170.0), min_size=4, max_size=4),
    rate=st.floats(0.0, 20.0),
    per_year=st.integers(1, 5),
    interval=st.sampled_from([0.0, 20.0, 45.0]),
)
@settings(max_examples=12, deadline=None)
def test_every_plan_passes_the_checker(masses, dues, rate, per_year, interval):
    needs = [Need(f"n{k}", "hub", 4, dues[k] * DAY, mass=mass) for k, mass in enumerate(masses)]
    if rate > 0.1:
        needs.append(Need("rate", "hub", 2, 40 * DAY, rate=rate / DAY))
    limited = replace(LARGE, launches_per_year=float(per_year), interval=interval * DAY)
    plan = plan_campaign(campaign(needs, (SMALL, limited), per_partner=4.0), gap=0.01, time_limit=20.0)
    sound(plan)
    delivered = sum(item.mass for one in plan.flights for item in one.items)
    never = sum(one.mass for one in plan.late if math.isinf(one.met))
    wanted = sum(masses) + (rate * 140.0 if rate > 0.1 else 0.0)
    assert delivered + never == pytest.approx(wanted, abs=KILOGRAM)


def depot_case(**changes):
    needs = [Need("heavy", "hub", 8, 300 * DAY, mass=8000.0), Need("station", "llo", 2, 150 * DAY, rate=3.0 / DAY)]
    values = {
        "depots": (
            FuelDepot("orbit", "llo", "methalox", 60_000.0, loss_per_day=0.0005),
            FuelDepot("pole", "hub", "methalox", 20_000.0, makes=30.0 / DAY, since=60 * DAY, loss_per_day=0.0002),
        )
    }
    return campaign(needs, (TANKER, SHUTTLE), months=12, **(values | changes))


@pytest.fixture(scope="module")
def depot_plan():
    return plan_campaign(depot_case(), gap=0.05)


def test_a_shuttle_is_filled_by_depots_and_brings_what_tankers_brought(depot_plan):
    plan = depot_plan
    balance = sound(plan)
    assert not plan.late
    shuttles = [one for one in plan.flights if one.profile.vehicle.name == "shuttle"]
    assert sum(item.mass for one in shuttles for item in one.items) >= 8000.0 - TOLERANCE
    assert balance.made > 0.0 and balance.boiled_off > 0.0


def test_the_checker_sees_what_is_wrong(depot_plan):
    """Each tampering of a sound plan is told."""
    plan = depot_plan
    first = plan.flights[0]

    def changed(**changes):
        return replace(plan, flights=(replace(first, **changes), *plan.flights[1:]))

    def told(other):
        return " ".join(one.what for one in check_plan(other)[0])

    less = {name: mass - 5.0 for name, mass in first.propellant.items()}
    assert "is empty in burn" in told(changed(propellant=less))
    heavier = tuple(replace(item, mass=item.mass + 5.0) for item in first.items)
    assert "mass at departure is not the sum" in told(changed(items=heavier))
    assert "outside the campaign" in told(changed(departure=-DAY))
    assert "lacks cargo" in told(changed(items=tuple(i for i in first.items if i.fuel)))
    dry = [replace(one, items=tuple(item for item in one.items if not item.fuel)) for one in plan.flights]
    assert "does not have" in told(replace(plan, flights=tuple(dry)))
    more = {name: made * 2.0 + 100.0 for name, made in plan.made.items()}
    assert "makes more than it can" in told(replace(plan, made=more))
    crowd = tuple(replace(one, departure=first.departure) for one in plan.flights)
    assert "are out at once" in told(replace(plan, flights=crowd + tuple(f for f in crowd if "shuttle" in f.name)))
    once = replace(TANKER, launches_per_year=1.0)
    strict = replace(plan.campaign, vehicles=(once, SHUTTLE))
    flights = [replace(one, profile=replace(one.profile, vehicle=once)) for one in plan.flights if "tanker" in one.name]
    assert "launches in a year" in told(replace(plan, campaign=strict, flights=(*flights, *flights)))


def test_boil_off_of_a_depot_costs_what_the_closed_form_says():
    """Content that must be there a year later was 1 / (1 - share)^365 before."""
    needs = [Need("late", "hub", 8, 360 * DAY, mass=1000.0)]
    depot = FuelDepot("orbit", "llo", "methalox", 60_000.0, initial=20_000.0, loss_per_day=0.001)
    vehicle = replace(
        SHUTTLE, available=(300 * DAY, math.inf), stages=(Stage("s", 6000.0, 25_000.0, 370.0, "methalox"),)
    )
    base = replace(LARGE, available=(-math.inf, DAY))
    case = campaign(needs, (base, vehicle), months=13, depots=(depot,), objective="lateness")
    legs = tuple(leg for leg in case.legs if (leg.origin, leg.to) != ("tli", "hub"))
    plan = plan_campaign(replace(case, legs=legs))
    balance = sound(plan)
    filled = sum(sum(one.fills.values()) for one in plan.flights)
    shuttle = [one for one in plan.flights if one.profile.vehicle.base]
    if shuttle:
        time = shuttle[0].departure / DAY
        left = 20_000.0 * 0.999**time - filled
        end = case.stop / DAY
        assert balance.left == pytest.approx(left * 0.999 ** (end - time), rel=1e-6)
    else:
        assert balance.left == pytest.approx(20_000.0 * 0.999 ** (case.stop / DAY), rel=1e-6)


def test_flights_already_decided_bring_and_take_their_share():
    need = Need("module", "hub", 8, 100 * DAY, mass=4000.0)
    decided = Committed("large", 10 * DAY, ((15 * DAY, "hub", 8, 4000.0),))
    plan = plan_campaign(campaign([need], committed=(decided,)))
    assert not plan.flights and not plan.late
    sound(plan)
    one_a_year = replace(LARGE, launches_per_year=1.0)
    second = Need("second", "hub", 8, 120 * DAY, mass=2000.0)
    plan = plan_campaign(campaign([need, second], (SMALL, one_a_year), committed=(decided,)))
    assert {one.profile.vehicle.name for one in plan.flights} == {"small"}
    sound(plan)


def test_cargo_of_another_class_does_not_help():
    need = Need("module", "hub", 8, 100 * DAY, mass=4000.0)
    decided = Committed("large", 10 * DAY, ((15 * DAY, "hub", 2, 4000.0),))
    plan = plan_campaign(campaign([need], committed=(decided,)))
    assert plan.launches == 1
    sound(plan)
    found, _ = check_plan(replace(plan, flights=()))
    assert any("lacks cargo" in one.what for one in found)


def test_what_cannot_come_in_time_is_late_by_name():
    plan = plan_campaign(campaign([Need("now", "hub", 4, 2 * DAY, mass=1000.0)]))
    assert [(one.need, one.due) for one in plan.late] == [("now", 2 * DAY)]
    assert plan.late[0].met < math.inf
    sound(plan)


def test_windows_of_legs_are_kept():
    legs = [leg for leg in network(["hub"]) if (leg.origin, leg.to) != ("llo", "hub")]
    down = next(leg for leg in network(["hub"]) if (leg.origin, leg.to) == ("llo", "hub"))
    legs.append(Leg("llo", "hub", down.duration, down.burns, ((70 * DAY, 72 * DAY),)))
    plan = plan_campaign(campaign([Need("n", "hub", 4, 100 * DAY, mass=1000.0)], legs=tuple(legs)))
    assert 70 * DAY <= plan.flights[0].departure + plan.flights[0].profile.offsets[-1] <= 72 * DAY
    sound(plan)


def test_a_place_that_nothing_reaches_is_refused_with_the_reason():
    heavy = replace(LARGE, stages=(Stage("lander", 12_000.0, 30_000.0, 314.0),))
    with pytest.raises(InvalidInput, match='brought to hub for "n": large does not serve hub: it can bring nothing'):
        plan_campaign(campaign([Need("n", "hub", 4, 100 * DAY, mass=1.0)], (heavy,)))


def test_an_interruption_returns_the_best_plan_so_far(monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(planner, "_whole", interrupted)
    monkeypatch.setattr(planner, "_proven", lambda best, gap: False)
    plan = plan_campaign(campaign([Need("n", "hub", 4, 100 * DAY, mass=1000.0)]))
    assert plan.status == "interrupted" and plan.launches == 1
    sound(plan)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stop": -1.0}, "must run forward"),
        ({"step": 0.001}, "lengthen `step`"),
        ({"objective": "fun"}, "the objective is one of"),
        ({"vehicles": (LARGE, LARGE)}, "two entries name one vehicle"),
    ],
)
def test_bad_campaigns_are_refused(changes, message):
    with pytest.raises(InvalidInput, match=message):
        campaign([Need("n", "hub", 4, 0.0, mass=1.0)], **changes)


def test_bad_needs_and_depots_are_refused():
    with pytest.raises(InvalidInput, match="classes of supply are 1 to 10"):
        Need("n", "hub", 11, 0.0, mass=1.0)
    with pytest.raises(InvalidInput, match="either a positive mass"):
        Need("n", "hub", 1, 0.0)
    with pytest.raises(InvalidInput, match="the content must lie"):
        FuelDepot("d", "llo", "methalox", 1.0, initial=2.0)


def test_after_a_loss_the_rest_is_planned_anew():
    needs = [Need("first", "hub", 8, 31 * DAY, mass=5000.0), Need("second", "hub", 8, 140 * DAY, mass=4000.0)]
    plan = plan_campaign(campaign(needs, (LARGE,)))
    assert plan.launches == 2 and not plan.late
    anew = replan(plan, plan.flights[0].name)
    sound(anew)
    # the lost launch brings nothing; a third one brings late what it lost
    assert anew.launches == 3
    assert sum(one.mass for one in anew.late) == pytest.approx(5000.0, abs=KILOGRAM)
    assert all(one.need == "first" and one.met < math.inf for one in anew.late)
    later = replan(plan, plan.flights[1].name)
    assert sum(item.mass for item in later.flights[0].items) == pytest.approx(
        sum(item.mass for item in plan.flights[0].items), abs=KILOGRAM
    )
    with pytest.raises(InvalidInput, match="no launch of the plan is called 'large 9'; there are large 1, large 2"):
        replan(plan, "large 9")


def test_the_first_plan_comes_at_once_and_keeps_every_limit():
    """Just in time: nothing late that could come, no rate broken, and never better than the best plan."""
    needs = [Need(f"n{k}", place, 4, (60 + 40 * k) * DAY, mass=2500.0) for k, place in enumerate(("hub", "ridge") * 3)]
    limited = replace(LARGE, launches_per_year=3.0, interval=25 * DAY)
    case = campaign(needs, (replace(SMALL, interval=20 * DAY), limited), months=11, per_partner=6.0)
    options, _ = flight_options(case)
    model = plan_model(case, options)
    x, cost = fixed_masses(model, just_in_time(case, model))
    first = plan_from_solution(case, model, x)
    sound(first)
    assert not first.late
    best = plan_campaign(case, gap=0.0)
    assert best.cost <= cost * (1.0 + 1e-9) and best.launches <= first.launches


def test_without_time_there_is_still_a_plan():
    plan = plan_campaign(depot_case(), time_limit=0.0)
    sound(plan)
    assert plan.status == "time limit" and plan.gap > 0.0 and not plan.late
