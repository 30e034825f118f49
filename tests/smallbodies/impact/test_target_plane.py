"""Authority: closed forms of the hyperbola, and brute force for the Gaussian over a disc."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ncx2

from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.elements import KeplerElements, states_from_elements
from moonstead.smallbodies.impact.target_plane import disc_probability, opik_axes, target_plane

EARTH = body("EARTH").gm
ROUNDING = 1e-9  # [1] b comes from states by differences of like numbers
QUADRATURE = 1e-5  # [1] of the probability


def hyperbola(periapsis, speed, anomalies, inclination=0.7, node=1.1, argument=2.3):
    e = 1.0 + periapsis * speed**2 / EARTH
    n = len(anomalies)
    columns = (np.full(n, value) for value in (periapsis, e, inclination, node, argument))
    return e, states_from_elements(KeplerElements(*columns, np.asarray(anomalies)), EARTH)


@pytest.mark.parametrize(("periapsis", "speed"), [(6.4e6, 5e3), (1e9, 17e3), (2e7, 300.0)])
def test_all_points_of_a_hyperbola_have_one_target_point(periapsis, speed):
    e, states = hyperbola(periapsis, speed, [-1.2, -0.3, 0.0, 0.9])
    plane = target_plane(states, EARTH)
    size = periapsis * np.sqrt((e + 1.0) / (e - 1.0))
    np.testing.assert_allclose(np.linalg.norm(plane.point, axis=1), size, rtol=ROUNDING)
    np.testing.assert_allclose(plane.speed_at_infinity, speed, rtol=1e-6)
    np.testing.assert_allclose(plane.periapsis_distance, periapsis, rtol=ROUNDING)
    np.testing.assert_allclose(plane.point - plane.point[0], 0.0, atol=1e-8 * size)
    np.testing.assert_allclose(np.einsum("ni,ni->n", plane.point, plane.direction), 0.0, atol=1e-8 * size)
    assert plane.impact_radius(periapsis) == pytest.approx(size, rel=ROUNDING)


def test_the_direction_is_that_of_the_far_past():
    e, near = hyperbola(2e7, 9e3, [0.4])
    _, far = hyperbola(2e7, 9e3, [-np.arccos(-1.0 / e) + 1e-5])
    velocity = far[0, 3:] / np.linalg.norm(far[0, 3:])
    np.testing.assert_allclose(target_plane(near, EARTH).direction[0], velocity, atol=1e-4)


def test_a_captured_body_is_told_by_its_periapsis():
    columns = (np.array([value]) for value in (7e6, 0.95, 0.2, 0.3, 0.4, -2.0))
    states = states_from_elements(KeplerElements(*columns), EARTH)
    plane = target_plane(states, EARTH)
    assert np.linalg.norm(plane.point) == pytest.approx(7e6, rel=ROUNDING)
    assert (plane.speed_at_infinity[0], plane.impact_radius(6.4e6)[0]) == (0.0, 6.4e6)


def test_a_body_that_falls_straight_in_passes_through_the_centre():
    plane = target_plane([[1e8, 0.0, 0.0, -11e3, 0.0, 0.0]], EARTH)
    np.testing.assert_array_equal(plane.point, 0.0)
    np.testing.assert_allclose(plane.direction, [[-1.0, 0.0, 0.0]])


def test_zeta_points_against_the_bodys_motion():
    rows = opik_axes([0.0, 0.0, 1.0], [3.0, 4.0, 5.0])
    np.testing.assert_allclose(rows[2], [-0.6, -0.8, 0.0])
    np.testing.assert_allclose(rows @ rows.T, np.eye(3), atol=1e-15)
    assert np.linalg.det(rows) == pytest.approx(1.0)
    np.testing.assert_allclose(opik_axes([0.0, 0.0, 1.0], [0.0, 0.0, 2.0])[1], [0.0, 0.0, 1.0])


@pytest.mark.parametrize("offset", [0.0, 0.5, 1.0, 3.0, 8.0])
@pytest.mark.parametrize("sigma", [0.05, 0.4, 1.0, 20.0])
def test_a_round_gaussian_over_a_disc_is_a_chi_square(offset, sigma):
    expected = ncx2.cdf(1.0 / sigma**2, 2, (offset / sigma) ** 2)
    turned = offset * np.array([np.cos(1.0), np.sin(1.0)])
    probability, centre = disc_probability(turned, sigma**2 * np.eye(2), 1.0)
    assert probability == pytest.approx(expected, rel=QUADRATURE, abs=1e-16)
    assert np.linalg.norm(centre) <= 1.0 + 1e-9
    assert centre @ turned >= -1e-12


@pytest.mark.parametrize("turn", [0.0, 0.4, 2.0])
def test_a_line_over_a_disc_is_a_chord(turn):
    from scipy.special import ndtr

    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    covariance = axes @ np.diag([5.0**2, 1e-6**2]) @ axes.T
    mean = axes @ np.array([-3.0, 0.6])
    probability, centre = disc_probability(mean, covariance, 1.0)
    assert probability == pytest.approx(ndtr(3.8 / 5.0) - ndtr(2.2 / 5.0), rel=QUADRATURE)
    assert (axes.T @ centre)[1] == pytest.approx(0.6, abs=1e-6)


def test_mean_and_share_agree_with_brute_force():
    rng = np.random.default_rng(5)
    covariance, mean = np.array([[2.0, 0.9], [0.9, 0.6]]), np.array([-0.8, 0.7])
    points = rng.multivariate_normal(mean, covariance, 400_000)
    inside = points[np.hypot(*points.T) < 1.0]
    probability, centre = disc_probability(mean, covariance, 1.0)
    spread = np.sqrt(probability * (1.0 - probability) / len(points))
    assert abs(probability - len(inside) / len(points)) < 4.0 * spread
    assert np.all(np.abs(centre - inside.mean(axis=0)) < 4.0 * inside.std(axis=0) / np.sqrt(len(inside)))


def test_states_of_another_shape_are_refused():
    with pytest.raises(InvalidInput):
        target_plane(np.zeros((2, 5)), EARTH)
