"""Authority: the same flights by scipy's integrator with SPICE's ephemeris, about the Earth all the way."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import spiceypy
from scipy.integrate import solve_ivp

from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.transfers.cislunar import cislunar_forces, prepare_flight
from moonstead.orbits.transfers.direct import DirectCase, solve_direct
from moonstead.orbits.transfers.free_return import FreeReturnCase, solve_free_return

DAY = 86_400.0
# The Moon of the ephemeris also feels the Earth's oblateness, 1.2e-9 m/s2. Within 16 h of the Moon ours fly about it
# and leave that out for both; about the Earth it acts on the Moon alone: 2 m at perilune, whatever the tolerances.
AT_PERILUNE = 4.0  # [m]
ROUND_THE_MOON = 1e3  # [m] the pass and the three days home magnify those 2 m and 0.07 mm/s about a hundred times
ANGLE = math.radians(0.01)  # [rad] what the acceptance of free returns asks
THIRD = ("MOON", "SUN", "VENUS BARYCENTER", "JUPITER BARYCENTER")


@pytest.fixture(scope="module")
def flight():
    start = Epoch.parse("2026-03-10T00:00:00", "UTC").tdb()
    forces = cislunar_forces(moon_degree=0, earth_degree=0)  # point masses: nothing that SPICE would not know
    return prepare_flight(forces, start - 8.0 * DAY, start + 8.0 * DAY, DataContext.installed())


@pytest.fixture(scope="module", autouse=True)
def pool(flight):
    path = str(Path(flight.data.dataset("de440s").path))
    spiceypy.furnsh(path)
    yield
    spiceypy.unload(path)


def place(name, tdb):
    return np.array(spiceypy.spkgeo(body(name).naif_id, tdb, "J2000", 399)[0][:3]) * 1e3


def flown(state, first, last):
    """State about the Earth at the end; the Moon and the others pull on the spacecraft and on the Earth."""
    gm, masses = body("EARTH").gm, [(name, body(name).gm) for name in THIRD]

    def rates(past, x):
        pull = -gm * x[:3] / np.linalg.norm(x[:3]) ** 3
        for name, mass in masses:
            other = place(name, first + past)
            way = other - x[:3]
            pull += mass * (way / np.linalg.norm(way) ** 3 - other / np.linalg.norm(other) ** 3)
        return np.concatenate((x[3:], pull))

    scale = np.array([1e-6] * 3 + [1e-10] * 3)
    return solve_ivp(rates, (0.0, last - first), state, method="DOP853", rtol=3e-14, atol=scale).y[:, -1]


@pytest.mark.truth
def test_a_direct_transfer_meets_its_perilune(flight, validation):
    case = DirectCase(earth_inclination=math.radians(40.0))
    solution = solve_direct(case, flight.near_earth.first + 8.0 * DAY, 4.0 * DAY, flight)
    end = flown(solution.earth_end.state, solution.departure_tdb, solution.perilune_tdb)
    moon = place("MOON", solution.perilune_tdb)
    validation(
        capability="direct transfers",
        quantity="place of perilune behind 4 d, point masses",
        authority="scipy DOP853 with SPICE N0067",
        error=float(np.linalg.norm(end[:3] - moon - solution.perilune_state[:3])),
        unit="m",
        tolerance=AT_PERILUNE,
        cases=1,
    )


@pytest.mark.truth
def test_a_free_return_meets_its_entry(flight, validation):
    tdb = flight.near_earth.first + 8.0 * DAY
    solution = solve_free_return(FreeReturnCase(1500e3), tdb, flight)
    end = flown(solution.departure.state, solution.departure.tdb, solution.entry.tdb)
    assert np.linalg.norm(end[:3] - solution.entry.state[:3]) < ROUND_THE_MOON
    angle = math.asin(float(end[:3] @ end[3:]) / float(np.linalg.norm(end[:3]) * np.linalg.norm(end[3:])))
    validation(
        capability="free return",
        quantity="angle of entry behind a pass at 1500 km, point masses",
        authority="scipy DOP853 with SPICE N0067",
        error=abs(angle - solution.entry_angle),
        unit="rad",
        tolerance=ANGLE,
        cases=1,
    )
