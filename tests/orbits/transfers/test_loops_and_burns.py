"""Authority: flight again under the full forces; the rocket equation; cost of the same flight by two impulses."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import STANDARD_GRAVITY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.elements import kepler_elements
from moonstead.orbits.transfers.capture import captured_in_steps
from moonstead.orbits.transfers.cislunar import cislunar_forces, prepare_flight
from moonstead.orbits.transfers.direct import DirectCase, solve_direct
from moonstead.orbits.transfers.finite import Engine, finite_transfer
from moonstead.orbits.transfers.phasing import phasing_transfer
from moonstead.orbits.transfers.refly import refly

DAY, HOUR = 86_400.0, 3600.0
FLOWN_AGAIN = 10.0  # [m] behind several burns, each magnifying what came before
ROUND = 1e-3  # [1] eccentricity one revolution on: the field of the Moon makes a third of it
MASS = 1e-9  # [1] of the rocket equation


@pytest.fixture(scope="module")
def flight():
    start = Epoch.parse("2026-03-10T00:00:00", "UTC").tdb()
    return prepare_flight(
        cislunar_forces(moon_degree=8), start - 15.0 * DAY, start + 8.0 * DAY, DataContext.installed()
    )


@pytest.fixture(scope="module")
def solution(flight):
    case = DirectCase(earth_inclination=math.radians(40.0))
    return solve_direct(case, flight.near_earth.first + 15.0 * DAY, 4.5 * DAY, flight)


def flown(transfer, flight):
    return refly(transfer, {"EARTH": flight.forces.near_earth, "MOON": flight.forces.near_moon}, flight.data)


def test_capture_in_three_burns_costs_what_one_burn_costs(flight, solution):
    transfer = captured_in_steps(solution, [12.0 * HOUR, 3.5 * HOUR], flight)
    again = flown(transfer, flight)
    assert again.position_defect < FLOWN_AGAIN
    assert all(abs(target.error) < FLOWN_AGAIN for target in again.targets)
    # burns at the same perilune add up but for trims and what the Earth does in between
    assert transfer.total_delta_v == pytest.approx(solution.delta_v, abs=2.0)


def test_phasing_loops_cost_what_one_burn_costs_but_for_trims(flight, solution):
    transfer = phasing_transfer(solution, [60e6, 240e6], flight)
    again = flown(transfer, flight)
    assert again.position_defect < FLOWN_AGAIN
    assert all(abs(target.error) < FLOWN_AGAIN for target in again.targets if target.unit == "m")
    trims = sum(cost for name, cost in transfer.delta_v.items() if name.startswith("trim"))
    assert transfer.total_delta_v - trims == pytest.approx(solution.delta_v, abs=3.0)
    apogees = [event.quantity for event in transfer.events if event.name.startswith("apogee")]
    np.testing.assert_allclose(apogees, [60e6, 240e6], rtol=0.02)  # the Moon and the field move them by some per mille


@pytest.mark.truth
def test_finite_burns_end_in_the_orbit_of_the_impulses(flight, solution, validation):
    engine, brake = Engine(250e3, 450.0), Engine(26.7e3, 314.0)
    transfer = finite_transfer(solution, 90_000.0, engine, brake, flight, arrival_mass=26_000.0)
    again = flown(transfer, flight)
    orbit = kepler_elements(again.trajectory.state_about("MOON", [transfer.arrival_tdb]), body("MOON").gm)
    assert orbit.eccentricity[0] < ROUND
    left = 26_000.0 * math.exp(-transfer.delta_v["lunar orbit insertion"] / (STANDARD_GRAVITY * 314.0))
    assert again.mass == pytest.approx(left, rel=MASS)
    losses = [event.quantity for event in transfer.events if event.unit == "m/s"]
    assert 0.0 < losses[1] < 0.03 * solution.arrival_delta_v  # Robbins: (rate x duration)^2 / 24 = 2 %
    assert 0.0 < losses[0] < 0.04 * solution.departure_delta_v
    validation(
        capability="direct transfers",
        quantity="altitude one revolution behind finite burns of 823 and 704 s",
        authority="one flight from departure under the full forces",
        error=max(again.position_defect, *(abs(t.error) for t in again.targets if t.unit == "m")),
        unit="m",
        tolerance=FLOWN_AGAIN,
        cases=1,
    )


def test_a_weak_engine_is_refused_with_the_thrust_that_would_do(flight, solution):
    with pytest.raises(InvalidInput, match=r"which wants 13\d+ N"):
        finite_transfer(solution, 90_000.0, Engine(20e3, 450.0), Engine(26.7e3, 314.0), flight)


def test_periods_and_apogees_out_of_order_are_refused(flight, solution):
    with pytest.raises(InvalidInput, match="must fall from less than 72 h"):
        captured_in_steps(solution, [3.5 * HOUR, 12.0 * HOUR], flight)
    with pytest.raises(InvalidInput, match="above the parking orbit at 200 km"):
        phasing_transfer(solution, [100e3], flight)
