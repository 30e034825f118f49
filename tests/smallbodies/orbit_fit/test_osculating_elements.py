"""Authorities: published elements of Apophis with their sigmas, and conics whose elements are known."""

import json

import numpy as np
import pytest
from simulated_places import near_earth_orbit

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.foundation.frames.standard import ECLIPJ2000
from moonstead.orbits.elements import KeplerElements, states_from_elements
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.orbit_fit.elements import osculating_elements
from moonstead.smallbodies.published_orbit import read_published_orbit

PRINTED = 1e-12  # [1] JPL prints 16 digits; the way to a barycentric state and back leaves rounding
SIGMA = 1e-4  # [1] of a sigma: 5 digits are printed, and differences carry 1e-8

UNITS = {
    "e": 1.0,
    "q": ASTRONOMICAL_UNIT,
    "i": np.pi / 180.0,
    "node": np.pi / 180.0,
    "peri": np.pi / 180.0,
    "tp": SECONDS_PER_DAY,
}


@pytest.mark.truth
def test_published_elements_come_back_with_their_sigmas(shared_data, installed):
    path = shared_data / "smallbodies" / "sbdb_99942_phys.json"
    told = json.loads(path.read_text())["orbit"]["covariance"]["elements"]
    found = osculating_elements(read_published_orbit(path, installed), installed)
    for one in told:
        value = float(one["value"]) - (2451545.0 if one["label"] == "tp" else 0.0)
        unit = UNITS[one["label"]]
        assert found.values[one["label"]] == pytest.approx(value * unit, rel=PRINTED * 1e3)
        assert found.sigmas[one["label"]] == pytest.approx(float(one["sigma"]) * unit, rel=SIGMA)


def orbit_of(elements, installed, tdb=0.0):
    times = np.array([tdb])
    about_sun = states_from_elements(KeplerElements(*(np.array([x]) for x in elements)), body("SUN").gm)
    icrf = ECLIPJ2000.from_icrf(times, installed).inverse().state(about_sun)[0]
    state = icrf + installed.ephemeris.state("SUN", "SOLAR SYSTEM BARYCENTER", times)[0]
    return SmallBodyOrbit("conic", tdb, state, covariance=np.diag([1e6] * 3 + [1e-6] * 3))


def test_a_hyperbola_has_a_negative_axis_and_no_aphelion(installed):
    found = osculating_elements(orbit_of((1.4 * ASTRONOMICAL_UNIT, 6.1, 3.05, 5.6, 2.2, -1.0), installed), installed)
    assert found.values["e"] == pytest.approx(6.1, rel=1e-9)
    assert found.values["a"] == pytest.approx(-1.4 * ASTRONOMICAL_UNIT / 5.1, rel=1e-9)
    assert np.isinf(found.values["Q"])
    assert found.values["tp"] > 0.0  # it has not passed the Sun yet
    assert np.isfinite(found.sigmas["tp"])


def test_a_passage_half_a_turn_away_has_no_jump_in_its_sigma(installed):
    found = osculating_elements(orbit_of((ASTRONOMICAL_UNIT, 0.3, 0.2, 1.0, 2.0, np.pi - 1e-12), installed), installed)
    assert found.sigmas["tp"] < SECONDS_PER_DAY
    assert found.sigmas["M"] < 1e-3


def test_an_ellipse_has_its_mean_anomaly_from_zero_to_one_turn(installed):
    found = osculating_elements(near_earth_orbit(installed), installed)
    assert 0.0 <= found.values["M"] < 2.0 * np.pi
    assert found.covariance is None
    assert np.isnan(found.sigmas["e"])
