"""Authority: King-Hele's series for an exponential atmosphere; SGP4's secular rates; the positions of SGP4."""

from __future__ import annotations

import numpy as np
import pytest
from decay_cases import QUIET, START, elements, orbit
from scipy.special import ive

from moonstead.dynamics.mean_elements import WGS72_GM
from moonstead.dynamics.sgp4_many import Sgp4Set
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.standard import ICRF, ITRF, TEME
from moonstead.monitoring.decay import averaged_drag
from moonstead.monitoring.decay.averaged_drag import MeanOrbits, drag_rates, places, turning_rates
from moonstead.monitoring.decay.last_revolutions import osculating_state

SERIES = 2e-4  # [1] King-Hele's series stops after the square of the eccentricity, 0.03 cubed is 3e-5
RADIUS = 1500.0  # [m] terms of second order, and the eccentricity beside J2's short periodics
SECULAR = 5e-3  # [1] terms of J2 squared and J4 that SGP4 has: some times J2
SCALE = 60e3


@pytest.mark.parametrize("eccentricity", [0.0, 0.01, 0.03])
def test_loss_in_an_exponential_atmosphere_is_king_heles_series(monkeypatch, eccentricity):
    def exponential(tdb, latitude, longitude, height, weather, *, version):
        return 1e-11 * np.exp(-(height - 400e3) / SCALE)

    monkeypatch.setattr(averaged_drag, "nrlmsis_density", exponential)
    monkeypatch.setattr(averaged_drag, "EARTH_TURNING", 0.0)
    monkeypatch.setattr(averaged_drag, "WGS72_J2", 1e-30)
    monkeypatch.setattr(averaged_drag, "WGS72_J3", 0.0)
    a = 6_878_137.0
    zero = np.zeros(1)
    found = drag_rates(
        MeanOrbits(np.array([START]), np.array([a]), np.array([eccentricity]), zero, zero, zero, zero), QUIET
    )
    z = a * eccentricity / SCALE
    i0, i1, i2 = (ive(k, z) * np.exp(z) for k in range(3))
    middle = 1e-11 * np.exp(-(a - 6_378_137.0 - 400e3) / SCALE)
    e = eccentricity
    series = i0 + 2.0 * e * i1 + 0.75 * e**2 * (i0 + i2)
    expected = -np.sqrt(WGS72_GM / a) * a / a * a * middle * series
    assert found.axis[0] == pytest.approx(expected, rel=SERIES)


def test_the_orbit_turns_as_with_sgp4():
    one = orbit(altitude=400e3)
    node, perigee, latitude = (float(rate[0]) for rate in turning_rates(one))
    from sgp4.api import WGS72, Satrec

    e, w = float(one.eccentricity[0]), float(np.arctan2(one.across, one.ahead)[0])
    made = elements(one)
    there = Satrec()
    there.sgp4init(
        WGS72, "i", 1, 25_000.0, 0.0, 0.0, 0.0, e, w % (2 * np.pi), 0.72, 0.3, made.mean_motion[0] * 60.0, 1.0
    )
    assert node == pytest.approx(there.nodedot / 60.0, rel=SECULAR)
    assert perigee == pytest.approx(there.argpdot / 60.0, rel=SECULAR)
    assert latitude == pytest.approx((there.mdot + there.argpdot) / 60.0, rel=1e-5)


def test_places_are_those_of_sgp4():
    data = DataContext.installed()
    count = 24
    one = orbit(altitude=400e3)
    many = MeanOrbits(**{name: np.repeat(column, count) for name, column in vars(one).items()})
    many.argument_of_latitude[:] = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    states, status = Sgp4Set(elements(many)).pair_states(np.arange(count), many.tdb)
    assert not np.any(status)
    from erfa import gc2gde

    fixed = rotation(TEME, ITRF, many.tdb, data).position(states[:, :3])
    longitude, latitude, height = gc2gde(6_378_137.0, 1.0 / 298.257223563, fixed)
    found = places(many)
    assert np.max(np.abs(found[2] - height)) < RADIUS
    assert np.max(np.abs(np.angle(np.exp(1j * (found[0] - longitude))))) < RADIUS / 4e6
    assert np.max(np.abs(found[1] - latitude)) < RADIUS / 4e6


def test_state_of_a_mean_orbit_is_that_of_its_elements():
    data = DataContext.installed()
    one = orbit()
    state = osculating_state(one, data)
    direct, _ = Sgp4Set(elements(one)).pair_states(np.zeros(1, dtype=np.int64), one.tdb)
    np.testing.assert_allclose(
        state.position_velocity[:3], rotation(TEME, ICRF, one.tdb, data).state(direct)[0, :3], atol=1e-3
    )


def test_an_orbit_that_the_moon_moves_is_refused():
    with pytest.raises(InvalidInput, match="Sun and Moon"):
        drag_rates(orbit(altitude=9000e3, eccentricity=0.5), QUIET)
