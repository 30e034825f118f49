"""Energy and frequency of fireballs: the law found in drawn events, and in the real ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.fireball_table import KILOTON, read_fireballs
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.fireballs.rates import (
    complete_from,
    energy_law,
    published_rate,
    spread_of_rate,
    yearly_counts,
)

YEAR = 365.25 * 86_400.0  # [s]
TRIALS = 400
BINOMIAL = 4.0  # [1] standard deviations of a count of trials


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    generator = np.random.default_rng(1)
    slope, rate, years = 0.9, 7.0, 20.0
    held = np.zeros(2)
    slopes = []
    for _ in range(TRIALS):
        count = generator.poisson(rate * years)
        energy = KILOTON * generator.uniform(size=count) ** (-1.0 / slope)
        law = energy_law(energy, years, KILOTON)
        held += [
            law.slope_interval[0] <= slope <= law.slope_interval[1],
            law.rate_interval[0] <= rate <= law.rate_interval[1],
        ]
        slopes.append(law.slope)
    spread = BINOMIAL * np.sqrt(TRIALS * 0.95 * 0.05)
    assert np.all(np.abs(held - 0.95 * TRIALS) < spread + 0.01 * TRIALS)  # counts are whole: a little above 95 %
    assert np.mean(slopes) == pytest.approx(slope, abs=BINOMIAL * np.std(slopes) / np.sqrt(TRIALS))


def test_a_law_read_backwards_gives_its_energy() -> None:
    law = energy_law(KILOTON * np.geomspace(1.0, 50.0, 40), 10.0, KILOTON)
    assert law.rate_above(law.typical_of(3.0)) == pytest.approx(1.0 / 3.0)
    low, high = spread_of_rate(law, 5.0 * KILOTON)
    assert low < law.rate_above(5.0 * KILOTON) < high


def test_an_incomplete_list_is_cut_where_it_bends() -> None:
    generator = np.random.default_rng(2)
    energy = generator.uniform(size=4000) ** (-1.0 / 0.9)
    missed = generator.uniform(size=4000) > np.minimum(1.0, (energy / 3.0) ** 2)
    found = complete_from(energy[~missed])
    assert 2.0 < found < 6.0
    law = energy_law(energy[~missed], 10.0, found)
    assert law.slope_interval[0] < 0.9 < law.slope_interval[1]


def test_counts_by_year_hold_their_mean() -> None:
    counts = yearly_counts([0.5, 0.6, 1.5], [2.0, 0.1, 3.0], 1.0, [0.0, 1.0, 2.0, 3.0])
    assert counts[:, 0].tolist() == [1.0, 1.0, 0.0]
    # exact 95 % interval of one event: 0.0253 to 5.572 (Garwood 1936); of none: 0 to 3.689
    assert counts[0, 1:] == pytest.approx([0.0253178, 5.571643], rel=1e-5)
    assert counts[2, 1:] == pytest.approx([0.0, 3.688879], rel=1e-5)


def test_the_published_law_gives_the_figures_of_its_abstract() -> None:
    assert published_rate(5.0 * KILOTON) == pytest.approx(1.0, abs=0.2)
    assert 1.0 / published_rate(10_000.0 * KILOTON) == pytest.approx(1000.0, rel=0.15)


@pytest.mark.truth
def test_real_fireballs_follow_the_published_law(shared_data: Path, validation: Callable[..., None]) -> None:
    found = read_fireballs(shared_data / "monitoring" / "fireballs" / "cneos_fireballs_2025-02-18.csv")
    start = Epoch.parse("1994-01-01").tdb()
    years = (float(found.tdb[-1]) - start) / YEAR
    law = energy_law(found.impact_energy[found.tdb >= start], years, KILOTON)
    assert law.slope_interval[0] < 0.90 < law.slope_interval[1]
    assert law.rate_interval[0] < published_rate(KILOTON) < law.rate_interval[1]
    validation(
        capability="Fireballs",
        quantity="events a year above 1 kt, 1994 to 2025, relative",
        authority="Brown et al. (2002), 3.7 a year",
        error=abs(law.rate_above(KILOTON) / published_rate(KILOTON) - 1.0),
        unit="1",
        tolerance=0.2,  # 95 % of Poisson's distribution with 108 events
        cases=law.events,
    )


def test_too_few_or_equal_events_are_refused() -> None:
    for energy, threshold in ((np.ones(7), 0.5), (np.full(20, 2.0), 2.0), (np.full(20, -1.0), 2.0)):
        with pytest.raises(InvalidInput):
            energy_law(energy, 1.0, threshold)
    with pytest.raises(InvalidInput):
        complete_from(np.ones(10))
    with pytest.raises(InvalidInput):
        yearly_counts([1.0], [1.0], 1.0, [2.0, 1.0])
