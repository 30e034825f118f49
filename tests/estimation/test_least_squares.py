"""Authorities: closed forms of linear regression, numpy's singular values, and the statistics of simulated noise."""

import numpy as np
import pytest
from scipy.stats import chi2

from moonstead.estimation.least_squares import (
    minimise,
    prior_from_covariance,
    prior_from_sigmas,
    square_root_information,
)
from moonstead.foundation.errors import InvalidInput, NumericalFailure

ROUNDING = 1e-12
ILL_CONDITIONED = 1e-6  # a condition number of 1e10 costs ten digits; normal equations would keep none


@pytest.fixture
def rng():
    return np.random.default_rng(20041219)


def test_a_straight_line_has_the_textbook_slope_and_errors():
    x = np.arange(10.0)
    y = 3.0 - 0.5 * x + np.array([0.1, -0.2, 0.0, 0.3, -0.1, 0.0, 0.2, -0.3, 0.1, -0.1])
    found = square_root_information(np.column_stack((np.ones(10), x)), y)
    centred = x - x.mean()
    slope = centred @ y / (centred @ centred)
    intercept = y.mean() - slope * x.mean()
    np.testing.assert_allclose(found.estimate(), [intercept, slope], rtol=ROUNDING)
    spread = centred @ centred
    expected = np.array([[0.1 + x.mean() ** 2 / spread, -x.mean() / spread], [-x.mean() / spread, 1.0 / spread]])
    np.testing.assert_allclose(found.covariance(), expected, rtol=ROUNDING)
    assert found.left_over == pytest.approx(np.sum((y - intercept - slope * x) ** 2), rel=ROUNDING)


def test_condition_numbers_that_ruin_normal_equations_do_no_harm(rng):
    left, _ = np.linalg.qr(rng.normal(size=(40, 6)))
    right, _ = np.linalg.qr(rng.normal(size=(6, 6)))
    design = left @ np.diag(np.logspace(0, -10, 6)) @ right
    truth = rng.normal(size=6)
    np.testing.assert_allclose(
        square_root_information(design, design @ truth).estimate(), truth, rtol=ILL_CONDITIONED, atol=ILL_CONDITIONED
    )


def test_information_in_parts_is_the_information_of_all(rng):
    design, values = rng.normal(size=(30, 4)), rng.normal(size=30)
    whole = square_root_information(design, values)
    first = square_root_information(design[:3], values[:3])  # fewer rows than parameters
    parts = square_root_information(design[3:], values[3:], first)
    np.testing.assert_allclose(parts.estimate(), whole.estimate(), rtol=1e-10)
    np.testing.assert_allclose(parts.covariance(), whole.covariance(), rtol=1e-10)
    assert parts.left_over == pytest.approx(whole.left_over, rel=1e-10)
    assert parts.rows == whole.rows


def test_prior_knowledge_weighs_like_one_more_measurement():
    prior = prior_from_sigmas([2.0], [0.5])
    found = square_root_information([[1.0]], [4.0], prior)
    assert found.estimate()[0] == pytest.approx((2.0 * 4.0 + 4.0 * 1.0) / 5.0)
    assert found.covariance()[0, 0] == pytest.approx(1.0 / 5.0)


def test_a_prior_covariance_comes_back(rng):
    root = rng.normal(size=(3, 3)) * [1e6, 1.0, 1e-9]
    covariance = root.T @ root
    prior = prior_from_covariance([1e6, 2.0, 3e-9], covariance)
    np.testing.assert_allclose(prior.covariance(), covariance, rtol=1e-8)
    np.testing.assert_allclose(prior.estimate(), [1e6, 2.0, 3e-9], rtol=1e-8)


def test_a_direction_that_nothing_measures_is_refused_by_number():
    with pytest.raises(NumericalFailure, match="do not determine parameter 1 of 2"):
        square_root_information([[1.0, 0.0], [2.0, 0.0]], [1.0, 2.0]).estimate()


@pytest.mark.parametrize(
    ("design", "residuals", "words"),
    [([[1.0]], [1.0, 2.0], "one residual for each row"), ([[np.nan]], [1.0], "NaN or infinite")],
)
def test_bad_rows_are_refused(design, residuals, words):
    with pytest.raises(InvalidInput, match=words):
        square_root_information(design, residuals)


def test_bad_prior_knowledge_is_refused():
    with pytest.raises(InvalidInput, match="must be positive"):
        prior_from_sigmas([0.0], [0.0])
    with pytest.raises(InvalidInput, match="positive definite"):
        prior_from_covariance([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]])
    with pytest.raises(InvalidInput, match="about 2 parameters, not 1"):
        square_root_information([[1.0]], [1.0], prior_from_sigmas([0.0, 0.0], [1.0, 1.0]))


def rosenbrock(p):
    """Residuals 10 (y - x^2) and 1 - x, measured (zero) less computed; the minimum is at (1, 1)."""
    computed = np.array([10.0 * (p[1] - p[0] ** 2), 1.0 - p[0]])
    return -computed, np.array([[-20.0 * p[0], 10.0], [-1.0, 0.0]])


def test_damping_leads_down_a_curved_valley():
    found = minimise(rosenbrock, [-1.2, 1.0], most_iterations=200, tolerance=1e-9)
    assert found.converged
    np.testing.assert_allclose(found.parameters, [1.0, 1.0], atol=1e-8)


def test_a_model_that_cannot_answer_further_out_is_approached_in_shorter_steps():
    def root(p):
        if p[0] <= 0.0:
            raise NumericalFailure("no root")
        return np.array([1e-3 - np.sqrt(p[0])]) / 1e-4, np.array([[0.5 / np.sqrt(p[0])]]) / 1e-4

    found = minimise(root, [4.0], most_iterations=60)
    assert found.converged
    assert found.parameters[0] == pytest.approx(1e-6, rel=0.1)


def test_partials_of_the_wrong_sign_are_told():
    with pytest.raises(NumericalFailure, match="partial derivatives do not fit"):
        minimise(lambda p: (np.array([5.0 - p[0]]), np.array([[-1.0]])), [0.0])


def test_too_few_iterations_are_told():
    assert not minimise(rosenbrock, [-1.2, 1.0], most_iterations=2, tolerance=1e-9).converged


def test_errors_are_as_large_as_the_covariance_says(rng):
    """Normalised error squared of a nonlinear fit over many noises: mean k within its 99.9 % band."""
    time = np.linspace(0.0, 3.0, 60)
    truth, sigma, cases = np.array([2.0, 0.7, 0.4]), 0.05, 200

    def model_of(measured):
        def model(p):
            wave = np.exp(-p[1] * time)
            computed = p[0] * wave + p[2]
            return (measured - computed) / sigma, np.column_stack((wave, -p[0] * time * wave, np.ones(60))) / sigma

        return model

    squares, left = np.empty(cases), np.empty(cases)
    for case in range(cases):
        measured = truth[0] * np.exp(-truth[1] * time) + truth[2] + sigma * rng.normal(size=60)
        found = minimise(model_of(measured), [1.5, 1.0, 0.0], tolerance=1e-4)
        error = found.parameters - truth
        squares[case] = error @ np.linalg.solve(found.information.covariance(), error)
        left[case] = found.chi_square
    low, high = chi2.ppf([5e-4, 0.9995], 3 * cases) / cases
    assert low < squares.mean() < high
    low, high = chi2.ppf([5e-4, 0.9995], 57 * cases) / cases
    assert low < left.mean() < high


def test_noise_of_a_model_is_no_failure():
    """A model whose values jitter by 1e-3 of sigma: the iteration ends beside the minimum and says so."""
    jitter = np.random.default_rng(5)

    def model(p):
        return np.array([3.0 - p[0], 5.0 - p[0]]) + 1e-3 * jitter.normal(size=2), np.ones((2, 1))

    found = minimise(model, [0.0], tolerance=1e-9)
    assert found.converged
    assert found.parameters[0] == pytest.approx(4.0, abs=0.03)
