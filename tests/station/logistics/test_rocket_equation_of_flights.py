"""Authority: the rocket equation by hand, published masses of sorties, and the form against the flight itself."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput
from moonstead.station.logistics.feasibility import check_flight
from moonstead.station.logistics.legs import Leg, LegBurn, cheapest_way, network
from moonstead.station.logistics.masses import PERSON, fly, loading
from moonstead.station.logistics.profile import departures, flight_profile, launched_way
from moonstead.station.logistics.vehicles import Stage, Vehicle, propellant_for

G0 = 9.80665  # [m/s2]
DAY = 86_400.0
HALF_A_HUNDREDWEIGHT = 50.0  # [kg] the note prints 91.2 t: half of its last digit
ROUNDING = 1e-9  # [1] some dozens of operations in double precision
KILOGRAM = 1.0


def lander(**changes):
    stage = Stage("lander", 4100.0, 17_000.0, 314.0)
    return Vehicle("cargo lander", (stage,), injected=27_000.0, cargo=9000.0, **changes)


def way_down(vehicle=None, **changes):
    insertion, landing = LegBurn("insertion", 850.0), LegBurn("landing", 1900.0)
    way = [Leg("tli", "llo", 4.0 * DAY, (insertion,)), Leg("llo", "hub", 0.5 * DAY, (landing,))]
    vehicle = vehicle or lander()
    return flight_profile(vehicle, launched_way(vehicle, way), **changes)


def test_spacenet_departure_burns_as_published():
    assert propellant_for(3150.0, 61_000.0 + 26_000.0, 448.0) == pytest.approx(91_200.0, abs=HALF_A_HUNDREDWEIGHT)


def test_long_march_10_chain_of_masses():
    """27 t on the way to the Moon, 20.5 t in its orbit, 11.1 t on the ground."""
    profile = way_down()
    cargo = check_flight(profile, {"hub": 0.0}).most_cargo
    form = loading(profile)
    flown = fly(profile, {n: float(f @ [1.0, cargo]) for n, f in form.first.items()}, {"hub": cargo})
    assert flown.departure_mass == pytest.approx(27_000.0, rel=ROUNDING)
    assert [round(one.after / 1e3, 1) for one in flown.burns] == [20.5, 11.1]
    assert cargo == pytest.approx(27_000.0 * math.exp(-2750.0 / (314.0 * G0)) - 4100.0, rel=ROUNDING)


@given(
    cargo=st.floats(0.0, 8000.0),
    boil_off=st.floats(0.0, 0.02),
    stay=st.floats(0.0, 60.0),
    crew=st.integers(0, 4),
)
@settings(max_examples=60, deadline=None)
def test_least_propellant_is_used_up_exactly(cargo, boil_off, stay, crew):
    """The form backwards and the flight forwards are two ways to the same masses: nothing is left at the end."""
    stages = (
        Stage("down", 4000.0, 1e9, 448.0, "hydrolox", boil_off, ("insertion", "landing")),
        Stage("up", 3000.0, 1e9, 320.0, "hypergolic", boil_off / 10.0, ("ascent", "rendezvous")),
        Stage("home", 9000.0, 1e9, 328.0, boil_off_per_day=0.0, waits_in="llo"),
    )
    vehicle = Vehicle("stack", stages, injected=1e9, cargo=1e9, crew=9)
    legs = network(["hub"])
    out = launched_way(vehicle, cheapest_way(legs, "tli", "hub"))
    profile = flight_profile(vehicle, out, back=cheapest_way(legs, "hub", "earth"), stay=stay * DAY)
    form = loading(profile, crew)
    propellant = {name: float(one @ [1.0, cargo]) for name, one in form.first.items()}
    flown = fly(profile, propellant, {"hub": cargo}, crew=crew)
    assert flown.departure_mass == pytest.approx(float(form.launch @ [1.0, cargo]), rel=ROUNDING)
    assert flown.departure_mass == pytest.approx(
        sum(s.dry for s in stages) + sum(propellant.values()) + cargo + crew * PERSON, rel=ROUNDING
    )
    for name, rest in flown.left.items():
        assert rest == pytest.approx(0.0, abs=ROUNDING * flown.departure_mass), name
    burnt = sum(one.propellant for one in flown.burns)
    assert sum(propellant.values()) == pytest.approx(burnt + flown.boiled_off, rel=ROUNDING)


def test_stages_burn_what_the_sums_by_hand_say():
    """A sortie of two stages, down and up again, by the rocket equation line by line."""
    down = Stage("down", 4000.0, 30_000.0, 448.0, burns=("landing",))
    up = Stage("up", 3000.0, 6000.0, 320.0, burns=("ascent",))
    legs = [Leg("llo", "hub", 1.0, (LegBurn("landing", 2030.0),)), Leg("hub", "llo", 1.0, (LegBurn("ascent", 1875.0),))]
    profile = flight_profile(Vehicle("shuttle", (down, up), cargo=5000.0), legs[:1], back=legs[1:])
    form = loading(profile)
    ascent = 3000.0 * (math.exp(1875.0 / (320.0 * G0)) - 1.0)
    landed = 4000.0 + 3000.0 + ascent + 500.0
    assert form.first["up"] @ [1.0, 500.0] == pytest.approx(ascent, rel=ROUNDING)
    assert form.first["down"] @ [1.0, 500.0] == pytest.approx(landed * math.expm1(2030.0 / (448.0 * G0)), rel=ROUNDING)


def test_boil_off_is_charged_for_every_day_of_the_way():
    stage = Stage("lander", 4000.0, 17_000.0, 314.0, boil_off_per_day=0.01)
    profile = way_down(Vehicle("leaky", (stage,), injected=27_000.0, cargo=9000.0), waits={"llo": 10.0 * DAY})
    landing = 5000.0 * math.expm1(1900.0 / (314.0 * G0))
    in_orbit = landing / 0.99**10.5
    insertion = (5000.0 - 0.0 + in_orbit) * math.expm1(850.0 / (314.0 * G0))
    assert loading(profile).first["lander"] @ [1.0, 1000.0] == pytest.approx(
        (in_orbit + insertion) / 0.99**4.25, rel=ROUNDING
    )


@pytest.fixture(scope="module")
def published(shared_data):
    return json.loads((shared_data / "station" / "logistics_reference.json").read_text())


@pytest.mark.truth
def test_published_sortie_flies_with_its_published_vehicles(published, validation):
    """SpaceNet's quick start: every tank suffices, and each burn takes what the rocket equation says by hand."""
    by_name = {one["name"]: one for one in published["vehicles_kg"]}
    edges = {one["name"]: [float(value) for value in one["dv_m_s"]] for one in published["edges"]}

    def stage(name, burns, **changes):
        one = by_name[name]
        return Stage(name, one["dry"], one.get("propellant", 0.0), one.get("isp_s", 0.0), burns=burns, **changes)

    departure = stage("departure stage", ("departure",))
    stages = (
        departure,
        stage("descent module", ("correction", "insertion", "landing")),
        stage("ascent module", ("ascent", "rendezvous")),
        stage("service module", ("return", "correction"), waits_in="llo"),
        Stage("crew module", 8000.0 + 175.0, waits_in="llo"),
    )
    vehicle = Vehicle("sortie", stages, crew=4, cargo=1000.0)
    legs = network(["pole"])
    out, back = cheapest_way(legs, "leo", "pole"), cheapest_way(legs, "pole", "earth")
    flat = [burn.delta_v for leg in (*out, *back) for burn in leg.burns]
    names = ["LEO to 100 km polar lunar orbit", "lunar orbit to south pole", "south pole to lunar orbit"]
    names += ["lunar orbit to Earth splashdown"]
    assert flat == [value for name in names for value in edges[name]]
    found = check_flight(flight_profile(vehicle, out, back=back, stay=7.0 * DAY), {"pole": 500.0}, crew=4)
    assert found.feasible, found.problems
    # the same burns by hand, last one first
    home = 8175.0 + 3000.0 + 4 * PERSON
    worst = 0.0
    for burn in reversed([one for one in found.flown.burns if one.stage == "service module"]):
        by_hand = home * math.expm1(burn.delta_v / (328.0 * G0))
        worst = max(worst, abs(by_hand - burn.propellant))
        home += by_hand
    first = found.flown.burns[0]
    worst = max(worst, abs(propellant_for(3150.0, first.after, 448.0) - first.propellant))
    validation(
        capability="Logistics",
        quantity="propellant of each burn of the published lunar sortie",
        authority="rocket equation by hand, masses and burns of SpaceNet 2.5r2",
        error=worst,
        unit="kg",
        tolerance=KILOGRAM,
        cases=len(found.flown.burns),
    )


def test_cargo_that_is_too_heavy_is_refused_with_the_nearest_figure():
    found = check_flight(way_down(), {"hub": 7400.0})
    assert not found.feasible
    launcher = next(text for text in found.problems if "launcher" in text)
    assert "kg too much; with at most 6.9" in launcher
    assert check_flight(way_down(), {"hub": found.most_cargo}).feasible
    assert not check_flight(way_down(), {"hub": found.most_cargo + 0.01}).feasible


def test_a_tank_that_is_too_small_is_told_with_burn_and_lack():
    small = Vehicle("small", (Stage("lander", 4100.0, 14_000.0, 314.0),), injected=27_000.0, cargo=9000.0)
    found = check_flight(way_down(small), {"hub": 6500.0})
    text = next(text for text in found.problems if "lander" in text and "lacks" in text)
    lacks = loading(way_down(small)).first["lander"] @ [1.0, 6500.0] - 14_000.0
    assert f'lacks {lacks:.0f} kg in burn "landing" (1900 m/s)' in text
    assert f"at most {found.most_cargo / 1e3:.4g} t" in text


def test_hold_and_seats_are_limits_too():
    found = check_flight(way_down(lander()), {"hub": 9500.0}, crew=2)
    assert any("has room for 9 t, 500 kg less" in text for text in found.problems)
    assert any("2 people on board: cargo lander has 0 seats" in text for text in found.problems)
    assert found.most_cargo == 0.0


def test_not_even_the_empty_vehicle_may_fly():
    heavy = Vehicle("heavy", (Stage("lander", 12_000.0, 30_000.0, 314.0),), injected=27_000.0, cargo=9000.0)
    found = check_flight(way_down(heavy), {"hub": 100.0})
    assert found.most_cargo == 0.0
    assert any("not even without cargo" in text for text in found.problems)


def test_a_departure_waits_for_the_window_of_a_later_leg():
    legs = [Leg("tli", "llo", 4.0 * DAY), Leg("llo", "hub", DAY, windows=((20.0 * DAY, 22.0 * DAY),))]
    vehicle = lander()
    profile = flight_profile(vehicle, launched_way(vehicle, legs))
    assert departures(profile, 0.0, 30.0 * DAY) == pytest.approx((20.0 - 4.25) * DAY)
    assert departures(profile, 0.0, 10.0 * DAY) is None
    assert departures(profile, 17.0 * DAY, 30.0 * DAY) == 17.0 * DAY


def test_what_cannot_be_flown_is_told():
    with pytest.raises(InvalidInput, match="makes the burn 'ascent' from hub to llo"):
        one = Stage("down", 1.0, 1.0, 300.0, burns=("landing",))
        legs = [Leg("llo", "hub", 1.0), Leg("hub", "llo", 1.0, (LegBurn("ascent", 1.0),))]
        flight_profile(Vehicle("v", (one,)), legs)
    with pytest.raises(InvalidInput, match="no legs lead from llo to mars"):
        cheapest_way(network(["hub"]), "llo", "mars")
    with pytest.raises(InvalidInput, match="has no launcher; it cannot start"):
        flight_profile(Vehicle("v", (Stage("a", 1.0),)), [Leg("earth", "tli", 1.0)])
    with pytest.raises(InvalidInput, match="no vehicle can"):
        loading(way_down(Vehicle("v", (Stage("a", 1.0, 1.0, 5.0),), injected=27_000.0)))
    with pytest.raises(InvalidInput, match="does not pass ridge; it passes tli, llo, hub"):
        way_down(stops=["ridge"])


def test_propellant_of_a_filled_tank_comes_from_the_depot():
    """A shuttle filled in orbit and on the ground: each fill covers the burns up to the next one."""
    stage = Stage("shuttle", 5000.0, 20_000.0, 370.0, "methalox", kept=True)
    legs = [Leg("llo", "hub", 1.0, (LegBurn("landing", 2000.0),)), Leg("hub", "llo", 1.0, (LegBurn("ascent", 1900.0),))]
    profile = flight_profile(
        Vehicle("s", (stage,), cargo=9e9), legs[:1], back=legs[1:], fills={"llo": ["methalox"], "hub": ["methalox"]}
    )
    form = loading(profile)
    np.testing.assert_allclose(form.first["shuttle"], 0.0)
    down, up = math.expm1(2000.0 / (370.0 * G0)), math.expm1(1900.0 / (370.0 * G0))
    np.testing.assert_allclose(form.fills["hub", "shuttle"], [5000.0 * up, 0.0], rtol=ROUNDING)
    np.testing.assert_allclose(form.fills["llo", "shuttle"], [5000.0 * down, down], rtol=ROUNDING)


@given(cargo=st.floats(0.0, 2000.0), crew=st.integers(0, 4), wait=st.floats(0.0, 30.0))
@settings(max_examples=30, deadline=None)
def test_who_boards_in_orbit_weighs_nothing_before(cargo, crew, wait):
    """A lander that waits for its crew: people and their cargo count from where they board to where they leave."""
    stages = (
        Stage("down", 2000.0, 1e9, 314.0, boil_off_per_day=0.001, burns=("correction", "insertion", "landing")),
        Stage("up", 4000.0, 1e9, 314.0, burns=("ascent", "rendezvous")),
    )
    vehicle = Vehicle("lander", stages, injected=1e9, cargo=1e9, crew=4)
    legs = network(["hub"])
    out = launched_way(vehicle, cheapest_way(legs, "tli", "hub"))
    back = cheapest_way(legs, "hub", "llo")
    waits = {"llo": wait * DAY}
    profile = flight_profile(vehicle, out, back=back, stay=14.0 * DAY, waits=waits, stops=["llo", "hub"], boards="llo")
    form, mass = loading(profile, crew), [1.0, 50.0, cargo]
    propellant = {name: float(one @ mass) for name, one in form.first.items()}
    flown = fly(profile, propellant, {"llo": 50.0, "hub": cargo}, crew=crew)
    assert flown.departure_mass == pytest.approx(6000.0 + 50.0 + sum(propellant.values()), rel=ROUNDING)
    assert flown.final_mass == pytest.approx(4000.0, rel=ROUNDING)
    for rest in flown.left.values():
        assert rest == pytest.approx(0.0, abs=ROUNDING * flown.departure_mass)
    ascent = math.expm1(1906.0 / (314.0 * G0))
    assert propellant["up"] == pytest.approx((4000.0 + crew * PERSON) * ascent, rel=ROUNDING)
