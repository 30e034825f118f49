"""Authority: two-body motion in closed form, and the full propagator that flies the answer again."""

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.transfers.interplanetary import b_plane, fly_to_planet, hyperbola_periapsis
from moonstead.orbits.transfers.interplanetary_bodies import EphemerisBody
from moonstead.orbits.transfers.porkchop_minima import ballistic_arc
from moonstead.orbits.transfers.refly import refly

EARTH, MARS = body("EARTH").gm, body("MARS BARYCENTER").gm


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.mark.parametrize("inclination", [5.0, 28.5, 60.0, 120.0])
def test_a_hyperbola_leaves_along_its_asymptote(inclination):
    out = np.array([2500.0, -1500.0, 1200.0])
    start = hyperbola_periapsis(out, EARTH, 6.6e6, math.radians(inclination))
    assert np.linalg.norm(start[:3]) == pytest.approx(6.6e6, rel=1e-12)
    assert start[:3] @ start[3:] == pytest.approx(0.0, abs=1e-3)
    momentum = np.cross(start[:3], start[3:])
    tilt = math.degrees(math.acos(momentum[2] / np.linalg.norm(momentum)))
    least = math.degrees(math.asin(1200.0 / np.linalg.norm(out)))
    assert tilt == pytest.approx(max(inclination, least), abs=1e-9)
    far = two_body_states(start[None], np.array([4e9]), EARTH)[0]
    # [m/s] gm / (v r) of slowing is left at 1e13 m
    np.testing.assert_allclose(far[3:], out, atol=0.2)


def test_the_b_plane_is_where_the_straight_line_would_pass():
    state = hyperbola_periapsis(np.array([1800.0, 2200.0, -700.0]), MARS, 3.9e6, math.radians(50.0))
    for elapsed in (-5e6, -2e5, 0.0, 1e5):
        moved = two_body_states(state[None], np.array([elapsed]), MARS)[0]
        plane = b_plane(moved, MARS)
        assert plane.since_periapsis == pytest.approx(elapsed, abs=1e-3)
        assert plane.periapsis == pytest.approx(3.9e6, rel=1e-9)
        v2 = float(np.linalg.norm([1800.0, 2200.0, -700.0])) ** 2
        assert math.hypot(plane.b_t, plane.b_r) == pytest.approx(
            3.9e6 * math.sqrt(1 + 2 * MARS / (3.9e6 * v2)), rel=1e-9
        )
    # far before the encounter the motion is a straight line past the aim
    early = two_body_states(state[None], np.array([-4e10]), MARS)[0]
    along = early[3:] / np.linalg.norm(early[3:])
    aside = early[:3] - (early[:3] @ along) * along
    assert np.linalg.norm(aside) == pytest.approx(math.hypot(plane.b_t, plane.b_r), rel=2e-3)
    with pytest.raises(NumericalFailure, match="not hyperbolic"):
        b_plane(np.array([4e6, 0, 0, 0, 3000.0, 0]), MARS)


@pytest.mark.truth
def test_a_flight_to_mars_reaches_its_aim_when_flown_again(data, validation):
    earth, mars = EphemerisBody("EARTH BARYCENTER", data), EphemerisBody("MARS BARYCENTER", data)
    dates = (Epoch.parse(text, "TDB").tdb() for text in ("2026-10-30T04:21:00", "2027-08-20T21:02:00"))
    arc = ballistic_arc(earth, mars, *dates, kind="II")
    flight = fly_to_planet(arc, data)
    assert flight.designed_miss > 1e8  # [m] conics ignore the Moon and the size of the Earth's reach
    again = refly(flight.transfer, flight.forces, data, tolerance=0.1)
    end = again.trajectory.state_about("MARS BARYCENTER", [arc.arrival_tdb])[0]
    reached = b_plane(end, MARS)
    validation(
        capability="Flights to planets",
        quantity="periapsis at Mars after 295 days without correction on the way",
        authority="dynamics.propagate with Sun, planets and Moon, three centres in turn",
        error=abs(reached.periapsis - (body("MARS").equatorial_radius + 400e3)) / 1e3,
        unit="km",
        tolerance=2.0,
        cases=1,
    )
    assert abs(reached.since_periapsis) < 2.0
    assert flight.c3 / 1e6 == pytest.approx(9.18, abs=0.1)  # the Earth's own centre, not the barycentre
    assert flight.transfer.delta_v["injection"] == pytest.approx(3630.0, abs=20.0)
    assert flight.transfer.duration == pytest.approx(arc.duration)


def test_flights_from_elsewhere_are_refused(data):
    venus, mars = EphemerisBody("VENUS BARYCENTER", data), EphemerisBody("MARS BARYCENTER", data)
    arc = ballistic_arc(venus, mars, 8.4e8, 8.4e8 + 200 * SECONDS_PER_DAY, kind="I")
    with pytest.raises(InvalidInput, match="from the Earth to one of"):
        fly_to_planet(arc, data)
    with pytest.raises(InvalidInput, match="asymptote"):
        hyperbola_periapsis(np.zeros(3), EARTH, 7e6, 0.5)
