"""Authority: SPICE's oscelt and conics; Kepler's equation put back into itself."""

from __future__ import annotations

import numpy as np
import pytest
import spiceypy as spice

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.elements import KeplerElements, kepler_elements, mean_anomaly, states_from_elements, true_anomaly

GM = 4.9028e12  # [m^3/s^2]
ROUND_TRIP = 1e-11  # [1] of distance and speed: rounding, magnified towards parabolas and circles
AGAINST_SPICE = 1e-9  # [rad] and [1]
KEPLER = 1e-13  # [rad] relative to one and to the mean anomaly


def conics(count=400):
    """Every kind of conic, away from the asymptotes of hyperbolas."""
    rng = np.random.default_rng(11)
    e = np.concatenate((rng.uniform(0.01, 0.95, count), rng.uniform(1.05, 5.0, count), np.ones(count)))
    n = e.size
    limit = np.where(e > 1.0, np.arccos(-1.0 / np.maximum(e, 1.0)), np.where(e == 1.0, 2.8, np.pi))
    return KeplerElements(
        rng.uniform(1.8e6, 1e8, n),
        e,
        rng.uniform(0.05, np.pi - 0.05, n),
        rng.uniform(0.0, 2 * np.pi, n),
        rng.uniform(0.0, 2 * np.pi, n),
        rng.uniform(-0.9, 0.9, n) * limit,
    )


@pytest.mark.truth
def test_elements_are_those_of_spice(validation):
    elements = conics()
    states = states_from_elements(elements, GM)
    found = kepler_elements(states, GM)
    truth = np.array([spice.oscltx(state / 1e3, 0.0, GM / 1e9) for state in states])
    pairs = [
        (found.periapsis_distance / 1e3 / truth[:, 0], np.ones(len(truth))),
        (found.eccentricity, truth[:, 1]),
        (found.inclination, truth[:, 2]),
        (np.exp(1j * found.node), np.exp(1j * truth[:, 3])),
        (np.exp(1j * found.argument_of_periapsis), np.exp(1j * truth[:, 4])),
        (np.exp(1j * found.true_anomaly), np.exp(1j * truth[:, 8])),
    ]
    error = max(float(np.max(np.abs(ours - theirs))) for ours, theirs in pairs)
    validation(
        capability="Kepler elements",
        quantity="elements of ellipses, parabolas and hyperbolas",
        authority="SPICE N0067 (spiceypy)",
        error=error,
        unit="rad",
        tolerance=AGAINST_SPICE,
        cases=len(truth),
    )


def special():
    r, v = 2e6, np.sqrt(GM / 2e6)
    return np.array(
        [
            [r, 0, 0, 0, v, 0],  # circular, in the xy plane
            [0, -r, 0, v, 0, 0],
            [r, 0, 0, 0, -v, 0],  # the same backwards
            [r, 0, 0, 0, 1.2 * v, 0],  # elliptic, in the plane
            [0, r, 0, 0.9 * v, 0.4 * v, 0],  # backwards and elliptic
            [r, 0, 0, 0, 0, v],  # circular, polar
            [0, 0, r, v, 0, 0],
            [r, 0, 0, 0, np.sqrt(2.0) * v, 0],  # parabola
            [r, 0, 0, 0, 0, 3.0 * v],  # hyperbola
        ]
    )


@pytest.mark.parametrize("states", [special(), states_from_elements(conics(), GM)], ids=["special", "every kind"])
def test_states_come_back_from_their_elements(states):
    again = states_from_elements(kepler_elements(states, GM), GM)
    for part in (slice(0, 3), slice(3, 6)):
        size = np.linalg.norm(states[:, part], axis=1)
        assert np.max(np.linalg.norm(again[:, part] - states[:, part], axis=1) / size) < ROUND_TRIP


def test_sizes_of_an_ellipse():
    elements = kepler_elements(
        states_from_elements(KeplerElements(*np.array([[2e6], [0.5], [1], [1], [1], [1]])), GM), GM
    )
    assert elements.semi_major_axis[0] == pytest.approx(4e6)
    assert elements.apoapsis_distance[0] == pytest.approx(6e6)
    assert elements.semi_latus_rectum[0] == pytest.approx(3e6)
    assert elements.period(GM)[0] == pytest.approx(2 * np.pi * np.sqrt(6.4e19 / GM))


def test_open_conics_have_no_period():
    elements = kepler_elements(special()[-2:], GM)
    assert np.all(np.isinf(elements.period(GM))) and np.all(np.isinf(elements.apoapsis_distance))


@pytest.mark.parametrize("e", [0.0, 1e-3, 0.3, 0.9, 0.999, 1.0, 1.001, 1.5, 10.0])
def test_keplers_equation_is_solved(e):
    mean = np.linspace(-3.1, 3.1, 201)
    found = true_anomaly(mean, e)
    np.testing.assert_allclose(mean_anomaly(found, e), mean, rtol=KEPLER * 1e3, atol=KEPLER * 1e2)
    assert np.all(np.diff(found) > 0.0)


def test_a_row_without_a_conic_spoils_only_itself():
    states = special()[:3].copy()
    states[1] = [2e6, 0, 0, 100.0, 0, 0]
    found = kepler_elements(states, GM).inclination
    np.testing.assert_array_equal(np.isnan(found), [False, True, False])


def test_elements_without_sense_are_refused():
    with pytest.raises(InvalidInput, match="asymptote"):
        states_from_elements(KeplerElements(*np.array([[2e6], [2.0], [1], [1], [1], [2.5]])), GM)
    with pytest.raises(InvalidInput, match="gm"):
        kepler_elements(special(), -1.0)
    with pytest.raises(InvalidInput, match="6 columns"):
        kepler_elements(np.zeros((2, 5)), GM)
