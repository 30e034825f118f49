"""Authority: flight again under the full forces, and Artemis II as it was flown in April 2026."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.transfers.cislunar import cislunar_forces, prepare_flight
from moonstead.orbits.transfers.free_return import FreeReturnCase, free_return_transfer, solve_free_return
from moonstead.orbits.transfers.interface import INTERFACE_ALTITUDE, interface_distance
from moonstead.orbits.transfers.refly import refly

DAY = 86_400.0
MILE = 1609.344  # [m]
PERILUNE = 1e3  # [m] what the acceptance of free returns asks
CORRIDOR = math.radians(0.01)  # [rad] likewise
# NASA's live account of 6 April 2026: closest 4067 miles above the Moon, farthest 252 756 miles from the Earth
CLOSEST, FARTHEST = 4067.0 * MILE, 252_756.0 * MILE
ARTEMIS = 100e3  # [m] the real flight came from a high orbit and was trimmed; the time of the pass is known to minutes


@pytest.fixture(scope="module")
def flight():
    tdb = Epoch.parse("2026-04-06T23:02:00", "UTC").tdb()
    return prepare_flight(cislunar_forces(moon_degree=8), tdb - 6.0 * DAY, tdb + 6.0 * DAY, DataContext.installed())


def perilune(flight):
    return 0.5 * (flight.near_earth.first + flight.near_earth.last)


def flown_again(solution, flight):
    return refly(
        free_return_transfer(solution, flight),
        {"EARTH": flight.forces.near_earth, "MOON": flight.forces.near_moon},
        flight.data,
    )


@pytest.mark.truth
@pytest.mark.parametrize(("altitude", "inclination"), [(250e3, 32.5), (7400e3, None)])
def test_perilune_and_corridor_are_hit_when_flown_again(flight, validation, altitude, inclination):
    case = FreeReturnCase(altitude, earth_inclination=None if inclination is None else math.radians(inclination))
    flown = flown_again(solve_free_return(case, perilune(flight), flight), flight)
    error = {target.name: abs(target.error) for target in flown.targets}
    validation(
        capability="free return",
        quantity=f"perilune at {altitude / 1e3:.0f} km",
        authority="one flight from departure under the full forces",
        error=error["perilune altitude"],
        unit="m",
        tolerance=PERILUNE,
        cases=1,
    )
    validation(
        capability="free return",
        quantity=f"angle of entry behind {altitude / 1e3:.0f} km",
        authority="one flight from departure under the full forces",
        error=error["entry angle"],
        unit="rad",
        tolerance=CORRIDOR,
        cases=1,
    )


@pytest.mark.truth
def test_artemis_2_went_as_far_from_the_earth_as_its_pass_says(flight, validation):
    solution = solve_free_return(FreeReturnCase(CLOSEST), perilune(flight), flight)
    flown = flown_again(solution, flight)
    times = np.linspace(solution.perilune_tdb - 0.5 * DAY, solution.perilune_tdb + 0.5 * DAY, 2000)
    distance = np.linalg.norm(flown.trajectory.state(times)[:, :3], axis=1)
    home = (solution.entry.tdb - solution.perilune_tdb) / DAY
    assert home == pytest.approx(4.03, abs=0.1)  # splashdown 11 April 00:07 UTC, a quarter of an hour behind entry
    assert solution.entry_speed == pytest.approx(11.0e3, rel=0.01)
    validation(
        capability="free return",
        quantity="greatest height over the Earth, from the height of the pass",
        authority="Artemis II as flown, 252 756 miles",
        error=abs(float(distance.max()) - body("EARTH").mean_radius - FARTHEST),
        unit="m",
        tolerance=ARTEMIS,
        cases=1,
    )


def test_interface_lies_over_the_ellipsoid():
    pole = np.array([0.0, 0.0, 1.0])
    assert interface_distance(np.array([1e7, 0.0, 0.0]), pole) == pytest.approx(6_378_137.0 + INTERFACE_ALTITUDE)
    assert interface_distance(np.array([0.0, 0.0, 1e7]), pole) == pytest.approx(
        6_356_752.3 + INTERFACE_ALTITUDE, abs=0.1
    )


def test_a_pass_below_the_mountains_is_refused():
    with pytest.raises(InvalidInput, match="at 10 km or more"):
        FreeReturnCase(1e3)
    with pytest.raises(InvalidInput, match="angle of entry"):
        FreeReturnCase(entry_angle=0.1)
