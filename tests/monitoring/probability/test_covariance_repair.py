"""Authority: definition of a positive semi-definite matrix."""

import numpy as np
import pytest

from moonstead.monitoring.probability.covariance_repair import repair_covariance

ROUNDING = 1e-12


def test_a_covariance_stays_as_it_is():
    root = np.random.default_rng(1).normal(size=(6, 6)) * np.array([100.0, 1e4, 50.0, 0.1, 0.01, 0.1])[:, None]
    repaired = repair_covariance(root @ root.T)
    np.testing.assert_allclose(repaired.matrix, root @ root.T, rtol=ROUNDING)
    assert not repaired.was_repaired and repaired.positive_definite_position


def test_a_negative_eigenvalue_is_raised_and_told():
    matrix = np.diag([100.0, 400.0, 25.0, 1e-4, 1e-4, 1e-4])
    matrix[0, 1] = matrix[1, 0] = 260.0  # a correlation of 1.3
    repaired = repair_covariance(matrix)
    assert repaired.was_repaired and repaired.clipped == 1
    assert repaired.least_eigenvalue == pytest.approx(-0.3)
    assert not repaired.positive_definite_position
    assert np.linalg.eigvalsh(repaired.matrix)[0] > -ROUNDING * 400.0
    assert repaired.changed == pytest.approx(np.sqrt(1.15) - 1.0)  # the correlation's largest eigenvalue is 2.3


def test_units_of_velocity_weigh_like_those_of_position():
    matrix = np.diag([100.0, 400.0, 25.0, 1e-4, 1e-4, 1e-4])
    matrix[3, 4] = matrix[4, 3] = 1.3e-4
    repaired = repair_covariance(matrix)
    assert repaired.clipped == 1
    assert repaired.positive_definite_position
    np.testing.assert_allclose(repaired.matrix[:3, :3], matrix[:3, :3], rtol=ROUNDING)
