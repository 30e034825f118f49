"""From made-up impactors over surveys and fits to probabilities: none is called safe, and their history ends at one.

Many more, and whether probabilities are frequencies: ``python -m benchmarks.smallbodies_calibration``.
"""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.smallbodies.astrometry.prepare import prepare_observations
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.perturbers import perturbers
from moonstead.smallbodies.synthetic.impactors import synthetic_impactor
from moonstead.smallbodies.synthetic.surveys import observe_survey, plan_survey
from moonstead.smallbodies.watch.history import night_ends, probability_history

IMPACT = Epoch.parse("2027-06-01T00:00:00").tdb()
SAFE = 1e-4  # [1]
LEAD = 40.0  # [d]


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def pull(data):
    return perturbers(data, start_tdb=IMPACT - 400 * SECONDS_PER_DAY, stop_tdb=IMPACT + 100 * SECONDS_PER_DAY)


@pytest.mark.parametrize(("name", "seed"), [("EARTH", 2), ("MOON", 4)])
def test_an_impactor_is_never_called_safe_and_the_last_word_is_the_surest(name, seed, data, pull):
    rng = np.random.default_rng(seed)
    made = synthetic_impactor(name, IMPACT, LEAD * SECONDS_PER_DAY, rng, pull, data)
    flight = fly(made.orbit, IMPACT, pull, stop_at_impact=False)
    tdb, codes = plan_survey(flight, made.orbit.tdb + SECONDS_PER_DAY, 14, rng, data)
    prepared = prepare_observations(observe_survey(flight, tdb, codes, rng, data), data)
    first = float(tdb[0])
    cutoffs = [first + days * SECONDS_PER_DAY for days in (3.9, 14.5)]
    told = probability_history(prepared, IMPACT + SECONDS_PER_DAY, pull, data, cutoffs=cutoffs, bodies=(name,))
    assert [point.reason for point in told] == ["", ""]
    assert all(point.arc > 2.0 * SECONDS_PER_DAY for point in told)
    assert all(point.probability[0] > SAFE for point in told)
    assert told[-1].probability[0] > told[0].probability[0]
    assert all(point.interval[0, 0] <= point.probability[0] <= point.interval[0, 1] for point in told)


def test_nights_end_where_observations_pause_or_a_day_is_over():
    hours = np.array([0.0, 1.0, 2.0, 12.0, 13.0, 20.0, 27.0, 34.0, 41.0]) * 3600.0
    np.testing.assert_array_equal(night_ends(hours) / 3600.0, [2.0, 34.0, 41.0])
    assert night_ends(np.empty(0)).size == 0


def test_a_history_needs_three_rows(data, pull):
    rng = np.random.default_rng(2)
    made = synthetic_impactor("EARTH", IMPACT, LEAD * SECONDS_PER_DAY, rng, pull, data)
    flight = fly(made.orbit, IMPACT, pull, stop_at_impact=False)
    tdb = made.orbit.tdb + SECONDS_PER_DAY + np.array([0.0, 600.0])
    prepared = prepare_observations(observe_survey(flight, tdb, ("G96", "G96"), None, data), data)
    with pytest.raises(InvalidInput, match="3 observations"):
        probability_history(prepared, IMPACT, pull, data)
