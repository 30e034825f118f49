"""Authority: Gates's covariance in `BurnErrors`, independence of the streams of runs."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.dispersions import BurnErrors
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.keeping.keeping_errors import KeepingErrors, draw_errors, executed

SAMPLES = 20_000
SAMPLED = 0.04  # [1] of a variance from 20 000 samples: four of its standard deviations of 1 %


def test_executed_burns_have_the_covariance_of_gates():
    errors = BurnErrors(0.002, 0.02, 0.003, 0.01)
    planned = np.array([0.3, -0.1, 0.2])
    normal = np.random.default_rng(5).standard_normal((SAMPLES, 3))
    burns = executed(np.tile(planned, (SAMPLES, 1)), errors, normal)
    wanted = errors.covariance(planned)
    assert np.abs(np.cov(burns.T) - wanted).max() < SAMPLED * wanted.max()
    np.testing.assert_array_equal(executed(np.zeros((1, 3)), errors, normal[:1]), 0.0)


def test_a_run_has_the_same_errors_among_few_and_among_many():
    errors = KeepingErrors(1000.0, 0.01, unload=0.002, radiation=0.05)
    few, many = (draw_errors(errors, runs, 4, 3, seed=9) for runs in (range(5, 7), range(20)))
    for name in ("insertion", "navigation", "execution", "unloads", "radiation"):
        np.testing.assert_array_equal(getattr(few, name), getattr(many, name)[5:7])


def test_draws_have_the_deviations_that_were_asked():
    errors = KeepingErrors(1000.0, 0.01, unload=0.002, radiation=0.05)
    draws = draw_errors(errors, range(2000), 5, 4, seed=1)
    assert draws.navigation.std(axis=(0, 1)) == pytest.approx(np.repeat([1000.0, 0.01], 3), rel=SAMPLED)
    assert draws.unloads.std() == pytest.approx(0.002, rel=SAMPLED)
    assert draws.radiation.std() == pytest.approx(0.05, rel=2 * SAMPLED)


def test_errors_that_make_no_sense_are_refused():
    with pytest.raises(InvalidInput, match="navigation_velocity"):
        KeepingErrors(1000.0, -1.0)
    with pytest.raises(InvalidInput, match="radiation"):
        KeepingErrors(1000.0, 0.01, radiation=0.5)
