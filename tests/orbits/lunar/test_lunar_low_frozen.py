"""Authority: the closed form of J2 and J3, and what a month in the whole field does to the eccentricity vector."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.lunar.lifetime import orbit_lifetime
from moonstead.orbits.lunar.low_frozen import (
    SIDEREAL_MONTH,
    averaged_frozen_eccentricity,
    low_frozen_orbit,
    mean_eccentricity_vector,
)

START = 946_728_000.0  # [s TDB past J2000] 2030-01-01T00:00:00 TDB
FIRST_ORDER = 0.03  # [1] of the eccentricity: the closed form drops e^2 and the Earth, e is 0.002
DAY = 86_400.0


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.mark.truth
def test_the_average_of_j2_and_j3_is_the_closed_form(data, monkeypatch):
    """Cook (1966), Planet. Space Sci. 14, 433: e = -J3 R sin i / (2 J2 a) (w = 90 deg) for a small eccentricity."""
    from moonstead.orbits.lunar import low_frozen

    monkeypatch.setattr(low_frozen, "_of_the_earth", lambda axis, e, inclination: 0.0)
    field = data.gravity_field("grgm1200a", 3)
    j2, j3 = -math.sqrt(5.0) * field.c[2, 0], -math.sqrt(7.0) * field.c[3, 0]
    axis, inclination = 3e6, math.radians(40.0)
    expected = -j3 / (2.0 * j2) * field.radius / axis * math.sin(inclination)
    assert averaged_frozen_eccentricity(axis, inclination, 3, data) == pytest.approx(expected, rel=FIRST_ORDER)


@pytest.mark.truth
def test_a_polar_orbit_of_the_size_of_lros_first_is_frozen_with_its_shape(data):
    """LRO began in 30 x 216 km with the periselene over the south pole, e = 0.050, called quasi-frozen (Folta & Quinn
    2006); the frozen point of GRAIL's field lies beside it."""
    axis = LUNAR_MAP_RADIUS + 123e3
    found = averaged_frozen_eccentricity(axis, math.radians(90.0), 50, data)
    assert -0.05 < found < -0.03


def test_the_eccentricity_vector_comes_back_and_the_orbit_lives(data):
    model = ForceModel(degree=20)
    found = low_frozen_orbit(100e3, math.radians(86.0), 0.0, START, model, data)
    assert found.month_change <= 1e-5
    life = orbit_lifetime(found.state, 1.1 * SIDEREAL_MONTH, model, data)
    assert life.impact is None and life.lowest_altitude > 30e3
    # independent of the correction: one flight, its own samples
    looks = 7000.0 * np.arange(200) / 200

    def vector(tdb):
        return mean_eccentricity_vector(life.trajectory.state(tdb)[None], tdb, data)[0]

    change = vector(START + SIDEREAL_MONTH + looks) - vector(START + looks)
    assert np.linalg.norm(change) < 2e-4  # 0.4 km; the looks are no whole revolution


def test_a_low_orbit_near_the_equator_has_none_and_falls(data):
    """PFS-2: 100 x 100 km, 10 deg, fell after 34 days (NASA, Deep Space Chronicle)."""
    with pytest.raises(InvalidInput, match="meets the ground"):
        low_frozen_orbit(60e3, math.radians(10.0), 0.0, START, ForceModel(degree=20), data)


@pytest.mark.parametrize(
    ("axis", "inclination", "degree", "message"),
    [
        (2e6, 0.0, 10, "in the equator"),
        (2e6, 1.0, 2, "odd zonal"),
        (1.7e6, 1.0, 10, "within the Moon"),
        (LUNAR_MAP_RADIUS + 30e3, math.pi / 2, 30, "no eccentricity below"),
    ],
)
def test_requests_without_sense_are_refused(data, axis, inclination, degree, message):
    with pytest.raises(InvalidInput, match=message):
        averaged_frozen_eccentricity(axis, inclination, degree, data)
