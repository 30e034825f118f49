"""The expected course of an impact probability against simulation and against what must be so."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.watch.probability_course import (
    RULED_OUT,
    impact_intervals,
    probability_course,
    probability_within,
)

INTEGRAL = 1e-5  # [1] trapezes over six thousand nodes
DRAWS = 200_000
SHRINK = (1.0, 0.7, 0.3, 0.1, 0.01)


def test_no_news_is_expected():
    today = probability_within([1.2], [1.3])[0]
    course = probability_course([1.2], [1.3], SHRINK)
    np.testing.assert_allclose(course.expected, today, rtol=1e-4)


def test_course_agrees_with_simulated_measurements():
    rng = np.random.default_rng(20)
    starts, stops, shrink = np.array([-0.5, 1.2]), np.array([-0.4, 1.5]), 0.3
    truth = rng.standard_normal(DRAWS)
    noise = np.sqrt(shrink**2 / (1.0 - shrink**2))
    solution = (1.0 - shrink**2) * (truth + noise * rng.standard_normal(DRAWS))
    then = probability_within(starts, stops, solution, shrink)
    hit = ((truth > -0.5) & (truth < -0.4)) | ((truth > 1.2) & (truth < 1.5))
    course = probability_course(starts, stops, [shrink])
    error = 4.0 / np.sqrt(DRAWS)  # four sigmas of a mean of numbers between 0 and 1
    assert course.if_impact[0] == pytest.approx(np.mean(then[hit]), abs=error / np.sqrt(np.mean(hit)))
    assert course.if_miss[0] == pytest.approx(np.mean(then[~hit]), abs=error)
    assert course.chance_ruled_out[0] == pytest.approx(np.mean(then < RULED_OUT), abs=error)
    np.testing.assert_allclose(course.quantiles[0], np.quantile(then, [0.05, 0.5, 0.95]), atol=0.01)


def test_in_the_end_it_is_one_with_the_chance_of_today_and_else_nothing():
    today = probability_within([0.5], [0.9])[0]
    course = probability_course([0.5], [0.9], [1e-3])
    # the edges are still 1e-3 wide: a share of 2 x 3 sigma x density of the line undecided
    assert course.chance_certain[0] == pytest.approx(today, abs=4e-3)
    assert course.chance_ruled_out[0] == pytest.approx(1.0 - today, abs=6e-3)
    assert course.if_impact[0] > 0.99


def test_tails_keep_their_digits():
    from scipy.stats import norm

    assert probability_within([8.0], [8.1])[0] == pytest.approx(norm.sf(8.0) - norm.sf(8.1), rel=1e-12)


@pytest.mark.parametrize(("starts", "stops", "shrink"), [([], [], [0.5]), ([1], [0], [0.5]), ([0], [1], [1.5])])
def test_what_makes_no_sense_is_refused(starts, stops, shrink):
    with pytest.raises(InvalidInput):
        probability_course(starts, stops, shrink)


@pytest.mark.parametrize(("offset", "chance"), [(0.0, 0.9), (0.3, 0.5), (2.0, 1e-4), (-3.0, 1e-5), (4.0, 1e-9)])
def test_intervals_hold_the_probability_and_begin_at_the_offset(offset, chance):
    starts, stops = impact_intervals([offset], [chance])
    assert probability_within(starts, stops)[0] == pytest.approx(chance, rel=1e-9)
    if chance < 1e-3:
        assert min(abs(starts[0]), abs(stops[0])) == abs(offset)
        assert np.sign(starts[0]) == np.sign(offset)
