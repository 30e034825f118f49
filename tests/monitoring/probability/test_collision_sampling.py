"""Authorities: a plain twin with the same draws, Foster's integral, binomial intervals of scipy."""

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.probability.encounter import Encounter
from moonstead.monitoring.probability.equinoctial import element_pair
from moonstead.monitoring.probability.monte_carlo import BLOCK, _root, clopper_pearson, monte_carlo
from moonstead.monitoring.probability.plane import foster_2d

SPREAD = 4.0  # [1] standard errors that a seeded count may be off


def crossing(sigma=60.0, radius=20.0) -> Encounter:
    state1 = np.array([7.0e6, 0.0, 0.0, 0.0, 7.5e3, 0.0])
    state2 = np.array([7.0e6, 0.0, 40.0, 0.0, 0.0, 7.5e3])
    covariance = np.diag([sigma**2] * 3 + [1e-6] * 3)
    return Encounter(state1, state2, covariance, covariance, radius)


def trailing() -> Encounter:
    """One object 60 m behind the other on nearly the same orbit: they close at some centimetres a second."""
    state1 = np.array([7.0e6, 0.0, 0.0, 0.0, 7546.0, 0.0])
    state2 = state1 + np.array([5.0, -60.0, 4.0, 0.02, 0.0, 0.03])
    covariance = np.diag([20.0**2, 30.0**2, 10.0**2, 1e-4, 1e-4, 1e-4])
    return Encounter(state1, state2, covariance, covariance, 10.0)


def plain_distances(case: Encounter, draws, times):
    """Distances (N, T) [m] of the drawn pairs, with the package's own conversion of single elements."""
    from moonstead.monitoring.probability.overlap_kernels import state_of_elements

    pair = element_pair(case)
    roots = [_root(matrix) for matrix in pair.covariances]
    out = np.empty((draws.shape[0], len(times)))
    for row, draw in enumerate(draws):
        for column, time in enumerate(times):
            ends = np.empty((2, 6))
            for which in range(2):
                elements = pair.means[which] + roots[which] @ draw[6 * which : 6 * which + 6]
                state_of_elements(elements, time, pair.gm, ends[which], np.empty(8))
            out[row, column] = np.linalg.norm(ends[1, :3] - ends[0, :3])
    return out


def test_fast_pairs_are_counted_as_by_a_plain_search():
    case = crossing()
    draws = np.random.Generator(np.random.SFC64(3)).standard_normal((100, 12))
    # within 30 ms the path is straight to a micrometre: a parabola of the square through three times is its distance
    squares = plain_distances(case, draws, (-0.03, 0.0, 0.03)) ** 2
    slope, bend = (squares[:, 2] - squares[:, 0]) / 2.0, (squares[:, 2] + squares[:, 0]) / 2.0 - squares[:, 1]
    least = squares[:, 1] - 0.25 * slope**2 / bend
    counted = monte_carlo(case, 100, seed=3, segment=(-1.0, 1.0))
    assert not counted.followed
    assert counted.hits == int(np.count_nonzero(least < 20.0**2)) > 0


def test_slow_pairs_are_counted_as_by_a_plain_march():
    case = trailing()
    draws = np.random.Generator(np.random.SFC64(5)).standard_normal((30, 12))
    distances = plain_distances(case, draws, np.arange(0.0, 1500.0, 1.0))
    inside = distances < 10.0
    entries = np.count_nonzero(~inside[:, :-1] & inside[:, 1:], axis=1)
    counted = monte_carlo(case, 30, seed=5, segment=(0.0, 1500.0), follow=True)
    assert counted.hits == int(np.count_nonzero(entries))
    assert counted.contacts == int(entries.sum())


def test_counts_agree_with_fosters_integral():
    case = crossing()
    counted = monte_carlo(case, 200_000, seed=11)
    exact = foster_2d(case)
    assert abs(counted.probability - exact) < SPREAD * np.sqrt(exact / counted.samples)
    assert counted.low < exact < counted.high


def test_following_a_fast_pair_counts_the_same_as_testing_it_once():
    case = crossing()
    once = monte_carlo(case, 4000, seed=8, segment=(-20.0, 20.0), follow=False)
    followed = monte_carlo(case, 4000, seed=8, segment=(-20.0, 20.0), follow=True)
    assert abs(once.hits - followed.hits) <= 1  # a graze of less than a thousandth of the radius


def test_the_same_seed_gives_the_same_count_and_another_another():
    case = crossing()
    assert monte_carlo(case, 20_000, seed=1) == monte_carlo(case, 20_000, seed=1)
    assert monte_carlo(case, 20_000, seed=1).hits != monte_carlo(case, 20_000, seed=2).hits


def test_enough_hits_end_the_count_at_a_block():
    counted = monte_carlo(crossing(), 10 * BLOCK, enough_hits=10)
    assert counted.samples == BLOCK


@pytest.mark.parametrize(("hits", "samples"), [(0, 100), (5, 100), (100, 100), (9778, 16_000_000)])
def test_intervals_are_clopper_and_pearsons(hits, samples):
    from scipy.stats import binomtest

    exact = binomtest(hits, samples).proportion_ci(0.95, method="exact")
    assert clopper_pearson(hits, samples) == pytest.approx((exact.low, exact.high), rel=1e-9)


def test_no_samples_are_refused():
    with pytest.raises(InvalidInput, match="at least one sample"):
        monte_carlo(crossing(), 0)
