"""Authority: flying forwards what was found backwards, derivatives by differences, energies of conics."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.transfers.arrivals import low_orbit_arrival
from moonstead.orbits.transfers.backward_search import low_energy_returns
from moonstead.orbits.transfers.cheapest import cheapest
from moonstead.orbits.transfers.cislunar import CislunarForces, cislunar_forces, prepare_flight
from moonstead.orbits.transfers.earth_departure import earth_departure
from moonstead.orbits.transfers.low_energy import (
    FORWARD,
    LONGEST,
    MARGIN,
    _change,
    corrected_low_energy,
    low_energy_transfers,
)
from moonstead.orbits.transfers.measures import pole
from moonstead.orbits.transfers.parking import Parking
from moonstead.orbits.transfers.refly import refly

DAY = 86_400.0
OPENS = Epoch.parse("2026-07-08T12:00:00Z").tdb()  # a window that holds a transfer of 90 days
ALTITUDE, PARKING = 100e3, 200e3
REACHED = 1e3  # [m] at either end, flown as one
SAME_FLIGHT = 10.0  # [m] what the correction forwards leaves
ANOTHER_TOLERANCE = {"EARTH": 1e-3, "MOON": 0.1}  # [m] of an integration that the correction has not seen
DIRECT_INSERTION = 816.4  # [m/s] cheapest planar direct transfer into the same orbit, restricted three-body problem
SAVING = 0.15
DIFFERENCES = 1e-4  # [1] central differences of a flight of 90 days


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


@pytest.fixture(scope="module")
def family(data):
    return low_orbit_arrival(ALTITUDE, math.pi / 2.0, OPENS, data)


@pytest.fixture(scope="module")
def found(family, data):
    return low_energy_transfers(
        family, OPENS, OPENS + 4.0 * DAY, cislunar_forces(), data, shortest=88.0 * DAY, longest=92.0 * DAY, most=1
    )[0]


def test_a_transfer_from_scratch_saves_a_fifth_of_the_insertion_and_arrives_when_flown_as_one(found, data):
    again = refly(found.transfer, cislunar_forces().by_center, data, tolerance=FORWARD)
    assert again.position_defect < SAME_FLIGHT
    assert all(abs(target.error) < REACHED for target in again.targets if target.unit == "m")
    assert found.transfer.delta_v["insertion"] < (1.0 - SAVING) * DIRECT_INSERTION
    assert 1.2e9 < found.departure.farthest < 1.7e9
    assert -0.8e6 < found.departure.c3 < -0.4e6
    start = found.transfer.departure.position_velocity
    assert np.linalg.norm(start[:3]) == pytest.approx(body("EARTH").equatorial_radius + PARKING, abs=REACHED)
    assert start[:3] @ start[3:] == pytest.approx(0.0, abs=1e-3 * 7e6)  # a perigee: no radial speed beyond 1 mm/s


def test_an_integration_with_another_tolerance_arrives_at_the_same_perilune(found, data):
    again = refly(found.transfer, cislunar_forces().by_center, data, tolerance=ANOTHER_TOLERANCE)
    assert abs(next(target.error for target in again.targets if target.name == "arrival altitude")) < REACHED


def test_the_inclination_of_the_parking_orbit_can_be_wanted(found, family, data):
    flight = prepare_flight(cislunar_forces(), OPENS - 2.0 * MARGIN, OPENS + LONGEST, data)
    axis = pole("EARTH", OPENS, data)
    wanted = found.departure.inclination_to(axis) + math.radians(1.0)
    variables = _variables(found, family)
    turned = corrected_low_energy(family, variables, Parking(PARKING, wanted, axis), flight, 110.0 * DAY, descend=False)
    assert turned.departure.inclination_to(axis) == pytest.approx(wanted, abs=1e-6)
    assert turned.departure.perigee_distance == pytest.approx(body("EARTH").equatorial_radius + PARKING, abs=10.0)


def test_how_the_perigee_depends_on_the_arrival_is_what_differences_say(found, family, data):
    flight = prepare_flight(cislunar_forces(), OPENS - 2.0 * MARGIN, OPENS + LONGEST, data)
    parking = Parking(PARKING, 0.5, pole("EARTH", OPENS, data))
    variables = _variables(found, family)

    def misses(values):
        arrival = family.at(values)
        perigee = earth_departure(flight, arrival.before, arrival.tdb, 110.0 * DAY, with_transition=True, steps=1e-13)
        return parking.misses(perigee, _change(perigee, arrival))

    jacobian = misses(variables)[1]
    for column, step in enumerate((10.0, 1e-7, 1e-7, 1e-5)):
        shift = step * np.eye(4)[column]
        slope = (misses(variables + shift)[0] - misses(variables - shift)[0]) / (2.0 * step)
        np.testing.assert_allclose(
            jacobian[:, column], slope, rtol=2e-3, atol=DIFFERENCES * np.abs(jacobian[:, column]).max()
        )


def test_arrivals_of_a_grid_are_those_of_their_variables(family):
    grid = family.grid(OPENS)
    for row in (0, 17, len(grid.variables) - 1):
        arrival = family.at(grid.variables[row])
        np.testing.assert_allclose(arrival.before, grid.before[row], rtol=1e-14, atol=1e-9)
        assert arrival.cost == pytest.approx(grid.cost[row])
        speed = np.linalg.norm(arrival.after[3:])
        assert speed == pytest.approx(math.sqrt(body("MOON").gm / family.radius))
        normal = np.cross(arrival.after[:3], arrival.after[3:])
        assert normal @ family.equator[:, 2] == pytest.approx(0.0, abs=1e-6 * np.linalg.norm(normal))


def test_the_cheapest_point_on_a_circle_is_its_lowest(data):
    found = cheapest(
        lambda x: (float(x[1]), np.array([0.0, 1.0])),
        lambda x: (np.array([x @ x - 4.0]), 2.0 * x[None]),
        [1.5, 1.0],
        [0.3, 0.3],
        [1e-9],
    )
    np.testing.assert_allclose(found.variables, [0.0, -2.0], atol=2e-2)
    assert found.cost == pytest.approx(-2.0, abs=1e-4)


def test_a_guess_that_comes_from_nowhere_is_told(family, data):
    flight = prepare_flight(cislunar_forces(), OPENS, OPENS + 60.0 * DAY, data)
    bound = np.array([OPENS + 50.0 * DAY, 0.0, 0.0, 1.1 * family.circular_speed])
    with pytest.raises(NumericalFailure, match="does not come from near the Earth"):
        corrected_low_energy(family, bound, Parking(PARKING, None, np.array([0.0, 0.0, 1.0])), flight, 45.0 * DAY)


def test_a_window_without_a_transfer_says_how_near_the_search_came(family, data):
    with pytest.raises(NumericalFailure, match="the lowest perigee of the search was"):
        low_energy_transfers(
            family, OPENS, OPENS + 0.2 * DAY, cislunar_forces(), data, shortest=60.0 * DAY, longest=60.5 * DAY
        )


def test_requests_without_sense_are_refused(family, data):
    with pytest.raises(InvalidInput, match="parking orbit lies between"):
        low_energy_transfers(family, OPENS, OPENS + DAY, cislunar_forces(), data, parking_altitude=1e3)
    with pytest.raises(InvalidInput, match="must end after it begins"):
        low_energy_transfers(family, OPENS, OPENS, cislunar_forces(), data)
    with pytest.raises(InvalidInput, match="takes between 25 and 300 days"):
        low_energy_returns(family.grid(OPENS).before, OPENS, data, shortest=DAY, longest=10.0 * DAY)
    with pytest.raises(InvalidInput, match="between 15 and 10 000 km"):
        low_orbit_arrival(1e3, 1.0, OPENS, data)
    with pytest.raises(InvalidInput, match="between 0 and 180 deg"):
        low_orbit_arrival(ALTITUDE, 4.0, OPENS, data)
    forces = cislunar_forces()
    with pytest.raises(InvalidInput, match="about EARTH and about MOON"):
        CislunarForces(forces.near_moon, forces.near_earth)


def _variables(found, family):
    """Variables of an arrival that was found, from its state."""
    place, motion = found.arrival.before[:3] @ family.equator, found.arrival.before[3:] @ family.equator
    normal = np.cross(place, motion)
    node = math.atan2(normal[0], -normal[1])
    angle = math.atan2(place[2], place @ np.array([math.cos(node), math.sin(node), 0.0]))
    return np.array([found.arrival.tdb, node, angle, np.linalg.norm(motion)])
