"""Authority: batch least squares over all times at once (closed form of the linear case), and the chi-square law."""

import numpy as np
import pytest

from moonstead.estimation.gaussian import Gaussian, gaussian, lower_root
from moonstead.estimation.least_squares import prior_from_covariance, square_root_information
from moonstead.estimation.smoother import smooth
from moonstead.estimation.square_root_filter import predict, update
from moonstead.estimation.unscented_filter import predict_unscented, sigma_points, update_unscented
from moonstead.foundation.errors import InvalidInput, NumericalFailure

STEPS = 12
FLOW = np.array([[1.0, 0.7], [-0.2, 0.9]])
NOISE = np.array([[0.3, 0.0], [0.1, 0.2]])
SIGHT = np.array([[1.0, 0.4]])
SIGMA = np.array([[0.5]])
FIRST = gaussian([0.3, -0.2], [[4.0, 0.5], [0.5, 2.0]])
CLOSED_FORM = 1e-10  # [1] the same linear algebra in another order; the bound
RUNS = 60


def track(values, kind):
    state, filtered, passages, chi = FIRST, [], [], 0.0
    for step, value in enumerate(values):
        if step:
            if kind == "linear":
                state, passage = predict(state, FLOW @ state.mean, FLOW, NOISE)
            else:
                state, passage = predict_unscented(state, lambda points: points @ FLOW.T, NOISE)
            passages.append(passage)
        if kind == "linear":
            done = update(state, value - SIGHT @ state.mean, SIGHT, SIGMA)
        else:
            done = update_unscented(state, lambda points, value=value: value - points @ SIGHT.T, SIGMA)
        state, chi = done.state, chi + done.chi_square
        filtered.append(state)
    return filtered, smooth(filtered, passages), chi


def batch(values):
    """All states at once: prior, motion and measurement as rows of one least-squares problem."""
    size = 2 * STEPS
    rows, right = [], []
    noise = np.linalg.inv(lower_root(NOISE))
    for step in range(STEPS):
        if step:
            row = np.zeros((2, size))
            row[:, 2 * step : 2 * step + 2] = noise
            row[:, 2 * step - 2 : 2 * step] = -noise @ FLOW
            rows.append(row)
            right.append(np.zeros(2))
        row = np.zeros((1, size))
        row[:, 2 * step : 2 * step + 2] = SIGHT / SIGMA[0, 0]
        rows.append(row)
        right.append(np.array([values[step] / SIGMA[0, 0]]))
    prior = prior_from_covariance(FIRST.mean, FIRST.covariance)
    row = np.zeros((2, size))
    row[:, :2] = prior.triangle
    return square_root_information(np.vstack([*rows, row]), np.concatenate([*right, prior.right_side]))


def simulated(seed):
    random = np.random.default_rng(seed)
    state = FIRST.mean + FIRST.root @ random.standard_normal(2)
    truth, values = [], []
    for step in range(STEPS):
        if step:
            state = FLOW @ state + NOISE @ random.standard_normal(2)
        truth.append(state)
        values.append(float((SIGHT @ state)[0] + SIGMA[0, 0] * random.standard_normal()))
    return np.array(truth), np.array(values)


@pytest.mark.parametrize("kind", ["linear", "unscented"])
def test_filter_and_smoother_are_the_batch_solution(kind):
    _, values = simulated(1)
    filtered, smoothed, chi = track(values, kind)
    solution = batch(values)
    expected, covariance = solution.estimate().reshape(-1, 2), solution.covariance()
    for step, state in enumerate(smoothed):
        block = covariance[2 * step : 2 * step + 2, 2 * step : 2 * step + 2]
        np.testing.assert_allclose(state.mean, expected[step], rtol=CLOSED_FORM, atol=CLOSED_FORM)
        np.testing.assert_allclose(state.covariance, block, rtol=CLOSED_FORM, atol=CLOSED_FORM)
    np.testing.assert_allclose(filtered[-1].mean, expected[-1], atol=CLOSED_FORM)
    # the sum of squares that is left is the sum of the squared innovations
    assert chi == pytest.approx(solution.left_over, rel=1e-9)


def normalised_error(state, truth):
    error = state.mean - truth
    return error @ np.linalg.solve(state.covariance, error)


def test_errors_have_the_size_that_the_filter_says():
    """NEES and NIS over 60 runs against the chi-square law, within four of its standard deviations."""
    nees, smoothed_nees, nis = 0.0, 0.0, 0.0
    for seed in range(RUNS):
        truth, values = simulated(100 + seed)
        filtered, smoothed, chi = track(values, "linear")
        nees += normalised_error(filtered[-1], truth[-1])
        smoothed_nees += normalised_error(smoothed[5], truth[5])
        nis += chi
    for total, degrees in ((nees, 2 * RUNS), (smoothed_nees, 2 * RUNS), (nis, STEPS * RUNS)):
        assert abs(total - degrees) < 4.0 * np.sqrt(2.0 * degrees)


def test_sigma_points_have_the_mean_and_covariance_they_stand_for():
    state = gaussian([1.0, 2.0, 3.0], np.diag([1.0, 4.0, 9.0]) + 0.5)
    for spread in (None, 2.5):
        points, weights = sigma_points(state, spread)
        np.testing.assert_allclose(weights @ points, state.mean, atol=1e-13)
        away = points - state.mean
        np.testing.assert_allclose((away.T * weights) @ away, state.covariance, atol=1e-12)
        assert weights.min() >= 0.0
    with pytest.raises(InvalidInput, match="at least"):
        sigma_points(state, 1.0)


def test_a_bent_measurement_shifts_the_unscented_mean():
    """Mean of x^2 for x ~ N(1, 1) is 2: linearised filters expect 1."""
    state = gaussian([1.0], [[1.0]])
    done = update_unscented(state, lambda points: 2.0 - points**2, [[0.1]])
    assert done.innovation[0] == pytest.approx(0.0, abs=1e-12)


def test_exact_knowledge_and_tiny_noise_stay_positive():
    """A measurement a thousand million times finer than what was known: Joseph's form loses all digits here."""
    state = gaussian([0.0, 0.0], [[1e10, 0.0], [0.0, 1e10]])
    for _ in range(5):
        state = update(state, [0.0], [[1.0, 1.0]], [[1e-5]]).state
    values = np.linalg.eigvalsh(state.covariance)
    assert values[0] > -1e-6 * values[1]
    assert np.all(np.diag(state.root) >= 0.0)
    # along (1, 1) the five measurements alone count, across it nothing is learnt
    assert np.linalg.norm(state.root.T @ [1.0, 1.0]) == pytest.approx(1e-5 / np.sqrt(5.0), rel=1e-3)


def test_smoothing_passes_directions_without_spread():
    first = Gaussian(np.array([0.0, 1.0]), np.diag([1.0, 0.0]))
    second, passage = predict(first, first.mean, np.eye(2), np.zeros((2, 1)))
    after = update(second, [1.0], [[1.0, 0.0]], [[1.0]]).state
    smoothed = smooth([first, after], [passage])[0]
    np.testing.assert_allclose(smoothed.mean, [0.5, 1.0], atol=1e-12)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(InvalidInput, match="not positive"):
        gaussian([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]])
    with pytest.raises(InvalidInput, match="finite"):
        gaussian([np.nan], [[1.0]])
    with pytest.raises(InvalidInput, match="needs a covariance"):
        gaussian([0.0], np.eye(2))
    with pytest.raises(NumericalFailure, match="without spread"):
        update(Gaussian(np.zeros(1), np.zeros((1, 1))), [1.0], [[1.0]], [[0.0]])
    with pytest.raises(InvalidInput, match="passages"):
        smooth([FIRST], [None])
    with pytest.raises(InvalidInput, match="keep the rows"):
        predict_unscented(FIRST, lambda points: points[:1], NOISE)
    with pytest.raises(InvalidInput, match="state of 2"):
        predict(FIRST, [0.0], FLOW, NOISE)
    with pytest.raises(InvalidInput, match="design"):
        update(FIRST, [0.0], [[1.0]], [[1.0]])
