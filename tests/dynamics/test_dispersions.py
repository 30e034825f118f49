"""Authority: the distributions that were asked for, met within the scatter of their samples."""

from __future__ import annotations

import numpy as np
import pytest
from motion import case

from moonstead.dynamics.burns import FiniteBurn, ImpulsiveBurn, radial_axes
from moonstead.dynamics.dispersions import BurnErrors, draw_burn, draw_scales, draw_states
from moonstead.foundation.errors import InvalidInput

COUNT = 40_000
SCATTER = 0.03  # [1] four standard deviations of a sample's covariance over that of the whole
STATE = case("A").position_velocity


def covariance():
    root = np.random.default_rng(5).normal(size=(6, 6)) * np.repeat([100.0, 0.1], 3)[:, None]
    return root @ root.T


def assert_alike(sample, expected):
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert np.max(np.abs(np.cov(sample, rowvar=False) - expected) / scale) < SCATTER


def test_states_have_the_covariance_that_was_asked_for():
    drawn = draw_states(STATE, covariance(), COUNT, seed=1)
    assert_alike(drawn, covariance())
    sigma = np.sqrt(np.diag(covariance()) / COUNT)
    assert np.all(np.abs(drawn.mean(axis=0) - STATE) < 5.0 * sigma)


def test_axes_of_the_orbit_are_turned():
    matrix = np.diag([1.0, 1e4, 25.0, 1e-4, 1e-6, 1e-8])
    drawn = draw_states(STATE, matrix, COUNT, seed=1, axes="RTN") - STATE
    turned = drawn.reshape(-1, 2, 3) @ radial_axes(STATE).T
    assert_alike(turned.reshape(-1, 6), matrix + 0.0)


def test_the_same_seed_gives_the_same_draws_and_another_does_not():
    first, again, other = (draw_states(STATE, covariance(), 5, seed=seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert not np.any(first == other)


def test_directions_without_uncertainty_stay_as_they_are():
    matrix = np.zeros((6, 6))
    matrix[4, 4] = 1e-4
    drawn = draw_states(STATE, matrix, 100, seed=1)
    np.testing.assert_array_equal(np.delete(drawn, 4, axis=1), np.tile(np.delete(STATE, 4), (100, 1)))


def test_burns_scatter_along_and_across_as_gates_says():
    planned = np.array([3.0, -4.0, 12.0])  # 13 m/s
    errors = BurnErrors(0.02, 0.001, 0.01, 0.002)
    executed = draw_burn(ImpulsiveBurn(0.0, tuple(planned)), errors, COUNT, seed=2).vectors - planned
    along = executed @ planned / 13.0
    across = executed - np.outer(along, planned / 13.0)
    assert along.std() == pytest.approx(np.hypot(0.02, 0.013), rel=SCATTER)
    assert np.sqrt(np.mean(np.sum(across**2, axis=1)) / 2.0) == pytest.approx(np.hypot(0.01, 0.026), rel=SCATTER)


def test_thrust_scatters_in_proportion():
    burn = FiniteBurn(0.0, 100.0, 400.0, 300.0, (0.0, 0.0, 2.0))
    vectors = draw_burn(burn, BurnErrors(0.0, 0.01), COUNT, seed=2).vectors
    assert np.linalg.norm(vectors, axis=1).std() == pytest.approx(4.0, rel=SCATTER)
    with pytest.raises(InvalidInput, match="proportional errors only"):
        draw_burn(burn, BurnErrors(magnitude_fixed=0.1), 3, seed=2)


def test_factors_scatter_about_one_and_stay_positive():
    factors = draw_scales(0.3, COUNT, seed=3)
    assert factors.min() >= 0.1
    assert draw_scales(0.05, COUNT, seed=3).std() == pytest.approx(0.05, rel=SCATTER)


def test_what_is_no_covariance_is_refused():
    with pytest.raises(InvalidInput, match="symmetric"):
        draw_states(STATE, covariance() + np.triu(covariance(), 1), 2, seed=1)
    with pytest.raises(InvalidInput, match="negative eigenvalue"):
        draw_states(STATE, np.diag([1.0, 1.0, -1.0, 1.0, 1.0, 1.0]), 2, seed=1)
    with pytest.raises(InvalidInput, match="6, 6"):
        draw_states(STATE, np.eye(3), 2, seed=1)
    with pytest.raises(InvalidInput, match="ICRF or RTN"):
        draw_states(STATE, covariance(), 2, seed=1, axes="LVLH")
    with pytest.raises(InvalidInput, match="not negative"):
        BurnErrors(magnitude_fixed=-1.0)
    with pytest.raises(InvalidInput, match=r"within 0 and 0\.3"):
        draw_scales(0.5, 2, seed=1)
