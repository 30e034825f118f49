"""Authorities: the statistics of residuals after a fit, and rows spoiled on purpose."""

import numpy as np
import pytest

from moonstead.estimation.least_squares import square_root_information
from moonstead.estimation.outliers import reselect, row_chi_square, shown_scatter


@pytest.fixture
def rng():
    return np.random.default_rng(20030829)


def line(rng, rows=200, numbers=2):
    """Rows of two numbers on two straight lines with unit noise, and the fit to those used."""
    time = np.linspace(-1.0, 1.0, rows)
    design = np.zeros((rows, numbers, 2 * numbers))
    for number in range(numbers):
        design[:, number, 2 * number] = 1.0
        design[:, number, 2 * number + 1] = time
    return design, rng.normal(size=(rows, numbers))


def fit(design, values, used):
    found = square_root_information(design[used].reshape(-1, design.shape[2]), values[used].ravel())
    return values - design @ found.estimate(), found.covariance()


def select(design, values, passes=20):
    rows, numbers = values.shape
    used = np.ones(rows, dtype=bool)
    noise = np.broadcast_to(np.eye(numbers), (rows, numbers, numbers))
    for _ in range(passes):
        residuals, covariance = fit(design, values, used)
        square = row_chi_square(residuals, design, noise, covariance, used)
        chosen = reselect(square, np.full(rows, float(numbers)), used, np.ones(rows, dtype=bool), design.shape[2])
        if np.array_equal(chosen, used):
            return used
        used = chosen
    raise AssertionError("the choice does not come to rest")


def test_chi_square_counts_what_the_fit_has_taken_and_what_it_has_not(rng):
    """Few rows, so that the fit takes much: rows used vary less, rows left out more; both have the mean 2."""
    inside, outside = [], []
    noise = np.broadcast_to(np.eye(2), (8, 2, 2))
    used = np.arange(8) < 6
    for _ in range(400):
        design, values = line(rng, rows=8)
        residuals, covariance = fit(design, values, used)
        square = row_chi_square(residuals, design, noise, covariance, used)
        inside.append(square[used].mean())
        outside.append(square[~used].mean())
    assert np.mean(inside) == pytest.approx(2.0, abs=0.1)  # 5 standard errors of the mean of 2400 chi-squares
    assert np.mean(outside) == pytest.approx(2.0, abs=0.35)  # of 800, correlated by the shared fit


def test_spoiled_rows_are_left_out_and_good_ones_stay(rng):
    design, values = line(rng)
    bad = [3, 50, 51, 52, 120, 199]
    values[bad] += [[40.0, 0.0], [0.0, 9.0], [0.0, 9.0], [0.0, 9.0], [-6.0, 6.0], [300.0, 300.0]]
    used = select(design, values)
    assert not np.any(used[bad])
    good = np.delete(used, bad)
    assert np.mean(good) > 0.95  # 1.8 % of good pairs exceed a chi-square of 8


def test_a_good_row_that_a_bad_neighbour_dragged_out_comes_back(rng):
    design, values = line(rng, rows=60)
    values[-1] += 500.0  # at the end of the lever: the first fit makes its neighbours look bad
    used = select(design, values)
    assert not used[-1]
    assert np.mean(used[:-1]) > 0.9


def test_few_rows_are_not_thrown_away(rng):
    design, values = line(rng, rows=4)
    values[2] += [6.0, 0.0]
    assert np.all(select(design, values))


def test_rows_that_may_not_be_used_stay_out(rng):
    design, values = line(rng, rows=30)
    residuals, covariance = fit(design, values, np.ones(30, dtype=bool))
    square = row_chi_square(residuals, design, np.broadcast_to(np.eye(2), (30, 2, 2)), covariance, np.ones(30, bool))
    eligible = np.arange(30) > 4
    assert not np.any(reselect(square, np.full(30, 2.0), eligible, eligible, 4)[:5])


def test_enough_rows_for_the_parameters_are_always_kept():
    used = np.ones(3, dtype=bool)
    chosen = reselect(np.full(3, 1e9), np.full(3, 2.0), used, used, 6)
    np.testing.assert_array_equal(chosen, used)


def test_scatter_is_what_nine_rows_in_ten_show(rng):
    """Noise a third of what is assumed, one row in twenty wrong: the wrong ones do not hide behind the weights."""
    square = np.sum((rng.normal(size=(4000, 2)) / 3.0) ** 2, axis=1)
    square[::20] += 25.0
    # nine in ten of all are 90 / 95 of the good ones; chance is allowed for by 2.6 / sqrt(4000)
    expected = -2.0 * np.log(1.0 - 0.9 / 0.95) / 4.605 / 9.0 * 1.041
    assert shown_scatter(square) == pytest.approx(expected, rel=0.1)  # three standard errors of the quantile


def test_scatter_is_never_more_than_assumed_nor_told_by_few_rows(rng):
    assert shown_scatter(9.0 * np.sum(rng.normal(size=(400, 2)) ** 2, axis=1)) == 1.0
    assert shown_scatter(np.zeros(20)) == 1.0
    assert 0.0 < shown_scatter(np.zeros(400)) < 0.01


def test_rows_as_noisy_as_assumed_are_judged_as_assumed(rng):
    """What chance does to the quantile is allowed for: 39 of 40 samples of good rows are not judged more strictly."""
    judged = [shown_scatter(np.sum(rng.normal(size=(100, 2)) ** 2, axis=1)) for _ in range(200)]
    assert np.mean(np.array(judged) == 1.0) > 0.93
