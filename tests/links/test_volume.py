"""Authority: integrals in closed form of a range that changes linearly."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.links.volume import RateSteps, data_volume, inverse_square_steps

SPAN = (0.0, 1000.0)
TIMES = np.linspace(0.0, 1000.0, 201)
RANGE = 1e8 + 2e5 * TIMES  # [m] receding at 200 km/s, to make the rate change
REFERENCE = 1e6 * 1e16  # [bit m2/s]: 1 Mbit/s at 100 000 km
QUADRATURE = 1e-9  # [1] pieces of 5 s, over which the rate changes by 1 %


def _smooth(distance):
    return REFERENCE / distance**2


def test_volume_is_the_closed_integral_of_the_inverse_square():
    windows = Windows.of([3.0, 500.0], [411.0, 999.0], SPAN)
    at = np.array([windows.starts, windows.stops]) * 2e5 + 1e8
    expected = REFERENCE / 2e5 * (1.0 / at[0] - 1.0 / at[1])
    np.testing.assert_allclose(data_volume(windows, TIMES, RANGE, _smooth), expected, rtol=QUADRATURE)


def test_steps_change_exactly_where_the_range_reaches_them():
    steps = inverse_square_steps([0.25e6, 1e6], 1e6, 1.5e8)  # 1 Mbit/s to 150 000 km, 0.25 Mbit/s to 300 000 km
    np.testing.assert_allclose(steps.reach, [1.5e8, 3.0e8])
    volume = data_volume(Windows.all(SPAN), TIMES, RANGE + 1e5, steps)
    change = (1.5e8 - 1e8 - 1e5) / 2e5  # between two samples
    end = (3.0e8 - 1e8 - 1e5) / 2e5
    assert volume[0] == pytest.approx(1e6 * change + 0.25e6 * (end - change), rel=1e-12)


@given(st.lists(st.floats(1.0, 999.0), min_size=1, max_size=5, unique=True))
def test_cutting_a_window_keeps_its_bits(cuts):
    edges = np.sort(np.array([0.0, *cuts, 1000.0]))
    steps = RateSteps(np.array([1.3e8, 2.2e8, 2.9e8]), np.array([4e6, 2e6, 1e6]))
    whole = data_volume(Windows.all(SPAN), TIMES, RANGE, steps)[0]
    parts = sum(data_volume(Windows.of([a], [b], SPAN), TIMES, RANGE, steps)[0] for a, b in pairwise(edges))
    assert parts == pytest.approx(whole, rel=1e-9)


def test_steps_never_carry_more_than_the_smooth_link():
    steps = inverse_square_steps([1e5, 3e5, 1e6], 1e6, 1e8)
    windows = Windows.all(SPAN)
    assert data_volume(windows, TIMES, RANGE, steps)[0] <= data_volume(windows, TIMES, RANGE, _smooth)[0]


def test_an_unknown_range_spoils_only_its_own_window():
    distance = np.where(TIMES == 500.0, np.nan, RANGE)
    volume = data_volume(Windows.of([10.0, 490.0], [20.0, 510.0], SPAN), TIMES, distance, _smooth)
    np.testing.assert_array_equal(np.isnan(volume), [False, True])


def test_no_window_carries_nothing():
    assert data_volume(Windows.none(SPAN), TIMES, RANGE, _smooth).size == 0


def test_windows_beyond_the_samples_are_refused():
    with pytest.raises(OutsideSpan, match="sample the whole span"):
        data_volume(Windows.all(SPAN), TIMES[:-1], RANGE[:-1], _smooth)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: RateSteps(np.array([2.0, 1.0]), np.array([2.0, 1.0])),
        lambda: RateSteps(np.array([1.0, 2.0]), np.array([1.0, 2.0])),
        lambda: inverse_square_steps([0.0], 1e6, 1e8),
        lambda: inverse_square_steps([1e6, 1e6], 1e6, 1e8),
        lambda: data_volume(Windows.all(SPAN), TIMES[::-1], RANGE, _smooth),
    ],
)
def test_impossible_rates_are_refused(wrong):
    with pytest.raises(InvalidInput):
        wrong()
