"""Authority: trying every choice on small maps."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.placement import best_cells, best_together


def every_choice(x, y, count, distance):
    for cells in combinations(range(len(x)), count):
        if all(np.hypot(x[a] - x[b], y[a] - y[b]) >= distance for a, b in combinations(cells, 2)):
            yield cells


def longest_dark(lit):
    return max(map(len, "".join("1" if lamp else "0" for lamp in lit).split("1")))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 4), distance=st.floats(0.0, 3.5))
def test_the_best_cells_are_those_of_trying_all(seed, count, distance):
    random = np.random.default_rng(seed)
    value = random.uniform(size=(4, 4)).round(2)
    value[random.uniform(size=(4, 4)) < 0.1] = np.nan
    x, y = np.meshgrid(np.arange(4.0), np.arange(4.0))
    usable = np.flatnonzero(np.isfinite(value.ravel()))
    choices = [
        cells for cells in every_choice(x.ravel(), y.ravel(), count, distance) if set(cells) <= set(usable.tolist())
    ]
    if not choices:
        with pytest.raises(InvalidInput):
            best_cells(value, x, y, count, distance)
        return
    found = best_cells(value, x, y, count, distance)
    assert found.objective == pytest.approx(max(float(np.sum(value.ravel()[list(cells)])) for cells in choices))
    assert tuple(sorted(found.cells)) in choices


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 3), distance=st.floats(0.0, 2.0))
@pytest.mark.parametrize("objective", ["lit-any", "longest-common-night"])
def test_cells_that_complement_one_another_are_those_of_trying_all(objective, seed, count, distance):
    random = np.random.default_rng(seed)
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(4.0), np.arange(3.0)))
    lit = np.repeat(random.uniform(size=(12, 20)) < 0.3, 3, axis=1)
    choices = list(every_choice(x, y, count, distance))
    if not choices:
        return
    found = best_together(lit, x, y, count, distance, objective, step=2.0)
    together = [np.any(lit[list(cells)], axis=0) for cells in choices]
    if objective == "lit-any":
        assert found.objective == pytest.approx(max(float(np.mean(any_lit)) for any_lit in together))
    else:
        assert found.objective == pytest.approx(2.0 * min(longest_dark(any_lit) for any_lit in together))
    assert tuple(sorted(found.cells)) in choices


def test_a_large_map_is_searched_in_a_moment():
    random = np.random.default_rng(3)
    x, y = np.meshgrid(np.arange(200.0), np.arange(200.0))
    smooth = np.exp(-((x - 60.0) ** 2 + (y - 90.0) ** 2) / 800.0) + 0.01 * random.uniform(size=x.shape)
    found = best_cells(smooth, x, y, 2, 10.0)
    assert len(found.cells) == 2
    first, second = found.cells
    assert np.hypot(x.ravel()[first] - x.ravel()[second], y.ravel()[first] - y.ravel()[second]) >= 10.0


def test_mistakes_are_told():
    line = np.arange(3.0)
    with pytest.raises(InvalidInput, match="fit together"):
        best_cells(line, line, np.zeros(2))
    with pytest.raises(InvalidInput, match="one cell or more"):
        best_cells(line, line, line, 0)
    with pytest.raises(InvalidInput, match="only 3"):
        best_cells(line, line, line, 4)
    with pytest.raises(InvalidInput, match="apart"):
        best_cells(line, line, line, 2, 100.0)
    with pytest.raises(InvalidInput, match="objective"):
        best_together(np.ones((3, 4)), line, line, 1, objective="best")
    with pytest.raises(InvalidInput, match="apart"):
        best_together(np.ones((3, 4)), line, line, 2, 100.0)
    with pytest.raises(InvalidInput, match="cells by times"):
        best_together(np.ones(3), line, line, 1)
