"""Authority: published costs of near-rectilinear halo orbits, flying again what was found, time turned round."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY as DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.shooting import shoot
from moonstead.orbits.three_body.families import periodic_orbit
from moonstead.orbits.three_body.rotating import icrf_from_rotating
from moonstead.orbits.transfers.arrivals import OrbitArrival
from moonstead.orbits.transfers.cislunar import cislunar_forces, prepare_flight
from moonstead.orbits.transfers.directions import even_directions
from moonstead.orbits.transfers.low_energy import FORWARD, low_energy_transfers
from moonstead.orbits.transfers.lunar_passage import lunar_passage
from moonstead.orbits.transfers.orbit_access import orbit_access
from moonstead.orbits.transfers.refly import refly

START = Epoch.parse("2026-07-01T00:00:00Z").tdb()
PERIOD = 6.5625 * DAY
NODES = 8  # in a revolution, none at perilune
PUBLISHED_ACCESS = 740.0  # [m/s] NRHO to 100 km within a day: NASA DAC2, in Acta Astronautica 177 (2020) 351, table 4
ACCESS_SPREAD = 0.08  # [1] of it: epoch, plane of the low orbit and reserves are not told
PUBLISHED_LOW_ENERGY = (5.0, 60.0)  # [m/s] insertion of CAPSTONE-class flights, 20 to 60 published; cheaper is welcome
REACHED = 10.0  # [m]


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


def flown_nrho(start, revolutions, data):
    """A southern 9:2 orbit, its nodes from the restricted problem joined in the full model."""
    orbit = periodic_orbit("nrho", point="L2", branch="south", period=PERIOD)
    table = orbit.states(np.linspace(0.0, 1.0, 1001))
    moon = np.array([1.0 - orbit.system.mass_ratio, 0.0, 0.0])
    perilune = np.argmin(np.linalg.norm(table[:, :3] - moon, axis=1)) / 1000.0
    phases = (np.arange(NODES * revolutions) + 0.5) / NODES
    rows = np.round(((phases + perilune) % 1.0) * 1000.0).astype(int)
    epochs = start + phases * orbit.duration
    guess = icrf_from_rotating(table[rows], epochs, orbit.system, data)
    return shoot(epochs, guess, ForceModel("MOON", 4, third_bodies=("EARTH", "SUN")), data).trajectory()


@pytest.fixture(scope="module")
def nrho(data):
    return flown_nrho(START, 3, data)


@pytest.mark.truth
def test_the_way_down_from_the_nrho_costs_what_is_published(nrho, data, validation):
    forces = cislunar_forces()
    first = nrho.span[0] + PERIOD * 1.73
    found = orbit_access(nrho, first, first + 0.5 * DAY, forces, data, outbound=False, inclination=math.pi / 2.0)
    again = refly(found.transfer, forces.near_moon, data, tolerance=0.01)
    assert again.position_defect < REACHED
    assert abs(again.targets[0].error) < REACHED
    assert again.targets[1].error == pytest.approx(0.0, abs=math.radians(0.1))  # the pole itself moves in a day
    assert found.flight_time <= DAY + 60.0
    validation(
        capability="Transfers",
        quantity="delta-v from the 9:2 NRHO down to a low polar orbit within a day, 100 km",
        authority="NASA DAC2 (Acta Astronautica 177, 351, table 4)",
        error=abs(found.transfer.total_delta_v / PUBLISHED_ACCESS - 1.0),
        unit="1",
        tolerance=ACCESS_SPREAD,
        cases=1,
    )


def test_a_low_energy_flight_meets_the_nrho_with_a_small_burn(data):
    orbit = flown_nrho(START + 70.0 * DAY + 4.0 * PERIOD, 2, data)
    found = low_energy_transfers(
        OrbitArrival(orbit),
        START + 8.0 * DAY,
        START + 11.0 * DAY,
        cislunar_forces(),
        data,
        shortest=92.0 * DAY,
        longest=97.0 * DAY,
        cadence=0.5 * DAY,
        most=1,
    )[0]
    assert PUBLISHED_LOW_ENERGY[0] < found.arrival.cost < PUBLISHED_LOW_ENERGY[1]
    again = refly(found.transfer, cislunar_forces().by_center, data, tolerance=FORWARD)
    assert again.position_defect < REACHED
    on_orbit = orbit.state([found.arrival.tdb])[0]
    assert np.linalg.norm(found.arrival.after[:3] - on_orbit[:3]) < REACHED


def test_a_perilune_is_where_the_distance_is_least(nrho, data):
    flight = prepare_flight(cislunar_forces(), nrho.span[0], nrho.span[1], data)
    start = nrho.span[0] + 0.1 * PERIOD
    found = lunar_passage(flight, nrho.state([start])[0], start, PERIOD, backwards=False)
    times = np.linspace(found.tdb - 3600.0, found.tdb + 3600.0, 2001)
    distance = np.linalg.norm(nrho.state(times)[:, :3], axis=1)
    assert found.distance == pytest.approx(distance.min(), rel=2e-3)  # the orbit was flown with fewer forces
    back = lunar_passage(flight, nrho.state([start + PERIOD])[0], start + PERIOD, PERIOD, backwards=True)
    assert back.tdb == pytest.approx(found.tdb, abs=600.0)


def test_a_perilune_below_the_ground_is_that_of_the_conic(data):
    flight = prepare_flight(cislunar_forces(), START - DAY, START + DAY, data)
    radius, perilune = 1e7, 1.6e6
    moon = body("MOON")
    momentum = math.sqrt(2.0 * moon.gm * perilune * radius / (radius + perilune))
    fall = lunar_passage(flight, np.array([radius, 0.0, 0.0, 0.0, momentum / radius, 0.0]), START, DAY, backwards=False)
    assert fall.below
    assert fall.distance == pytest.approx(perilune, rel=1e-2)


def test_directions_are_even():
    directions = even_directions(200)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(directions.T @ directions / 200.0, np.eye(3) / 3.0, atol=2e-3)


def test_requests_without_sense_are_refused(nrho, data):
    forces = cislunar_forces()
    with pytest.raises(InvalidInput, match="must end after it begins"):
        orbit_access(nrho, START, START, forces, data, outbound=True)
    with pytest.raises(InvalidInput, match="between 15 and 10 000 km"):
        orbit_access(nrho, START, START + DAY, forces, data, outbound=True, altitude=1.0)
    with pytest.raises(NumericalFailure, match="allow a longer flight"):
        orbit_access(nrho, START + 2.0 * DAY, START + 2.1 * DAY, forces, data, outbound=True, longest=3600.0)
