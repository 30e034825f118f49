"""The reliability diagram's band against the binomial distribution and against simulation."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.synthetic.reliability import reliability


def test_band_of_equal_chances_is_the_binomial_one():
    from scipy.stats import binom

    told = reliability(np.full(100, 0.2), np.zeros(100), edges=(0.0, 0.5, 1.0))
    assert (told.fewest[0], told.most[0]) == (binom.ppf(0.025, 100, 0.2), binom.ppf(0.975, 100, 0.2))
    assert not told.within[0]


def test_honest_forecasts_stay_within_and_boastful_ones_do_not():
    rng = np.random.default_rng(4)
    chances = rng.random(4000)
    true = rng.random(4000) < chances
    assert np.count_nonzero(~reliability(chances, true).within) <= 1
    assert not np.all(reliability(np.clip(2.0 * chances, 0.0, 1.0), true).within)


def test_certain_forecasts_are_counted_in_the_last_bin():
    told = reliability([1.0, 1.0], [True, True])
    assert told.hits[-1] == told.fewest[-1] == told.most[-1] == 2


@pytest.mark.parametrize(("stated", "true"), [([1.2], [True]), ([0.5, 0.5], [True]), ([np.nan], [False])])
def test_what_is_no_probability_is_refused(stated, true):
    with pytest.raises(InvalidInput):
        reliability(stated, true)
