"""Authority: JPL Horizons, state of the same solution; Monte Carlo for the covariance."""

from __future__ import annotations

import json

import numpy as np
import pytest

from moonstead.formats.published_orbit import PublishedOrbit
from moonstead.formats.published_orbit_files import read_orbit_file
from moonstead.formats.published_orbit_own import orbit_document
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.orbits.elements import kepler_elements
from moonstead.smallbodies.published_orbit import cartesian_orbit, published_form, read_published_orbit

PASSAGE = 3.0  # [m] perihelion passage is given to 1e-9 d, in which the asteroid moves 2.6 m
LINEAR = 1e-6  # [1] of the standard deviations: 3e4 m out of 1.5e11 m is a straight step


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.mark.truth
def test_elements_of_2024_yr4_become_the_state_of_horizons(shared_data, data, validation):
    truth = json.loads((shared_data / "smallbodies" / "2024YR4_truth.json").read_text())["horizons_jpl78"]
    orbit = read_published_orbit(shared_data / "smallbodies" / "sbdb_2024YR4_phys.json", data)
    position = np.array(truth["helio_icrf_au_aud"][:3]) * ASTRONOMICAL_UNIT
    sun = data.ephemeris.position("SUN", "SOLAR SYSTEM BARYCENTER", np.array([orbit.tdb]))[0]
    validation(
        capability="Published orbits of asteroids",
        quantity="position of 2024 YR4 from its elements",
        authority="JPL Horizons, solution JPL#78",
        error=float(np.linalg.norm(orbit.state[:3] - sun - position)),
        unit="m",
        tolerance=PASSAGE,
        cases=1,
    )


@pytest.mark.parametrize("name", ["sbdb_2024YR4_phys.json", "neocc_2024YR4.ke1", "neocc_99942.ke0"])
def test_a_mapped_covariance_is_that_of_mapped_samples(shared_data, data, name):
    published = read_orbit_file(shared_data / "smallbodies" / name)
    orbit = cartesian_orbit(published, data)
    assert published.covariance is not None and orbit.covariance is not None
    values, vectors = np.linalg.eigh(published.covariance[:6, :6] / np.outer(*[published.elements] * 2))
    for value, vector in zip(values, vectors.T, strict=True):
        step = 1e-2 * np.sqrt(max(value, 0.0)) * vector * published.elements
        moved = [
            cartesian_orbit(PublishedOrbit(**{**published.__dict__, "elements": published.elements + s}), data).state
            for s in (step, -step)
        ]
        # a step of so many sigmas among the elements is as many sigmas among the states
        apart = 0.5 * (moved[0] - moved[1])
        rows = orbit.covariance[:6, :6]
        scale = np.sqrt(np.diag(rows))
        sigmas = apart / scale @ np.linalg.solve(rows / np.outer(scale, scale), apart / scale)
        assert sigmas == pytest.approx(1e-4, rel=1e-3) if value > 1e-24 else True


@pytest.mark.parametrize(("e", "kind"), [(0.3, "cometary"), (0.3, "equinoctial"), (1.0, "cometary"), (2.5, "cometary")])
def test_other_elements_describe_the_same_conic(data, e, kind):
    q, i, node, peri, days = 1.1 * ASTRONOMICAL_UNIT, 0.2, 1.0, 2.0, 40.0
    passage, gm = -days * SECONDS_PER_DAY, body("SUN").gm
    if kind == "cometary":
        elements = np.array([q, e, i, node, peri, passage])
    else:
        a, far = q / (1.0 - e), node + peri
        anomaly = np.sqrt(gm / a**3) * -passage
        slope = np.tan(0.5 * i)
        elements = np.array(
            [a, e * np.sin(far), e * np.cos(far), slope * np.sin(node), slope * np.cos(node), anomaly + far]
        )
    published = PublishedOrbit("X", 0.0, kind, "SUN", "ICRF", elements, ("a", "b", "c", "d", "e", "f"), None)
    orbit = cartesian_orbit(published, data)
    sun = data.ephemeris.state("SUN", "SOLAR SYSTEM BARYCENTER", np.array([0.0]))[0]
    found = kepler_elements(orbit.state - sun, gm)
    got = [found.periapsis_distance[0] / q, found.eccentricity[0], found.inclination[0], found.node[0]]
    np.testing.assert_allclose([*got, found.argument_of_periapsis[0]], [1.0, e, i, node, peri], atol=1e-10)
    # Kepler's second law: the area swept from perihelion to the epoch
    swept, anomalies = 0.5 * np.sqrt(gm * q * (1.0 + e)) * -passage, np.linspace(0.0, found.true_anomaly[0], 20_001)
    radius = q * (1.0 + e) / (1.0 + e * np.cos(anomalies))
    area = np.trapezoid(0.5 * radius**2, anomalies)
    assert area == pytest.approx(swept, rel=1e-7)


def test_an_orbit_survives_its_own_file(shared_data, data, tmp_path):
    orbit = read_published_orbit(shared_data / "smallbodies" / "neocc_101955.ke0", data)
    path = tmp_path / "orbit.json"
    path.write_text(json.dumps(orbit_document(published_form(orbit))))
    back = read_published_orbit(path, data)
    np.testing.assert_array_equal(back.state, orbit.state)
    np.testing.assert_allclose(back.covariance, orbit.covariance, rtol=1e-12)
    assert (back.non_gravitational, back.parameters) == (orbit.non_gravitational, orbit.parameters)
