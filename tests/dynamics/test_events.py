"""Authority: functions whose zeros are known in closed form, and dense sampling where they are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.dynamics.events import Condition, find_windows
from moonstead.foundation.errors import InvalidInput, NumericalFailure

EDGE = 2e-6  # [s] the finder refines to 1 us; float64 seconds near 1e9 are 0.12 us apart
START = 1.0e9  # [s TDB past J2000] September 2031


def constant_rate(rate):
    return lambda start, stop: np.full(np.shape(start), float(rate))


def sine(frequency, level=0.0):
    """Sin of the time since START, above a level."""
    return Condition(
        lambda tdb: np.sin(frequency * (tdb - START)) - level, constant_rate(frequency), f"sine above {level}"
    )


def counted(condition):
    calls = [0]

    def value(tdb):
        calls[0] += np.size(tdb)
        return condition.value(tdb)

    return Condition(value, condition.rate_bound, condition.name), calls


def test_every_half_wave_of_ten_thousand_is_found():
    frequency = 2.0 * np.pi / 100.0
    windows = find_windows(sine(frequency, 0.3), START, START + 1e6)
    rise = 100.0 * np.arange(10_000) + np.arcsin(0.3) / frequency
    assert len(windows) == 10_000
    np.testing.assert_allclose(windows.starts - START, rise, rtol=0.0, atol=EDGE)
    np.testing.assert_allclose(
        windows.stops - START, rise + (np.pi - 2 * np.arcsin(0.3)) / frequency, atol=EDGE, rtol=0
    )


def test_a_loose_bound_costs_time_but_changes_nothing():
    tight = sine(2.0 * np.pi / 5000.0, -0.2)
    loose = Condition(tight.value, constant_rate(20.0 * 2.0 * np.pi / 5000.0), tight.name)
    first, second = find_windows(tight, START, START + 86400.0), find_windows(loose, START, START + 86400.0)
    np.testing.assert_allclose(first.starts, second.starts, atol=EDGE, rtol=0.0)
    np.testing.assert_allclose(first.stops, second.stops, atol=EDGE, rtol=0.0)


def test_one_blink_of_two_milliseconds_in_a_month_is_found():
    at, half = START + 1_234_567.891, 1e-3

    def value(tdb):
        return half - np.abs(tdb - at)

    windows = find_windows(Condition(value, constant_rate(1.0), "blink"), START, START + 30 * 86400.0)
    np.testing.assert_allclose([windows.starts, windows.stops], [[at - half], [at + half]], rtol=0.0, atol=EDGE)


@pytest.mark.parametrize("depth", [1e-3, 1e-6, 1e-9])
def test_a_grazing_window_longer_than_the_resolution_is_found(depth):
    # 1 - cos touches its level; lowered by `depth` the gap lasts 2 sqrt(2 depth) / frequency
    frequency = 2.0 * np.pi / 5400.0
    grazing = Condition(
        lambda tdb: 2.0 * np.sin(0.5 * frequency * (tdb - START)) ** 2 - depth, constant_rate(frequency), "grazing"
    )
    windows = find_windows(grazing, START - 2700.0, START + 2700.0)
    half = 2.0 * np.arcsin(np.sqrt(0.5 * depth)) / frequency
    assert len(windows) == 2
    np.testing.assert_allclose([windows.stops[0], windows.starts[1]], [START - half, START + half], rtol=0.0, atol=1e-4)


@pytest.mark.parametrize("depth", [0.0, -1e-12, -1e-6])
def test_a_touch_that_is_no_window_neither_hangs_nor_counts(depth):
    frequency = 2.0 * np.pi / 5400.0
    touching, calls = counted(
        Condition(lambda tdb: np.cos(frequency * (tdb - START)) - 1.0 + depth, constant_rate(frequency), "touch")
    )
    windows = find_windows(touching, START - 40_000.0, START + 40_000.0)
    assert windows.total() <= 1e-3 * 15
    assert calls[0] < 1_000_000  # 15 touches of some 8 s, looked at every millisecond


def test_condition_that_stays_at_zero_is_refused_with_the_time_and_the_way_out():
    flat = Condition(lambda tdb: np.zeros_like(tdb), constant_rate(1.0), "flat")
    with pytest.raises(NumericalFailure, match=r"'flat' cannot be decided.*coarser than 0\.001 s"):
        find_windows(flat, START, START + 86400.0)
    assert len(find_windows(flat, START, START + 86400.0, resolution=1.0)) == 0


def test_windows_at_the_edges_of_the_span_begin_and_end_there():
    frequency = 2.0 * np.pi / 1000.0
    windows = find_windows(sine(frequency), START + 100.0, START + 2100.0)
    np.testing.assert_allclose(windows.starts - START, [100.0, 1000.0, 2000.0], rtol=0.0, atol=EDGE)
    np.testing.assert_allclose(windows.stops - START, [500.0, 1500.0, 2100.0], rtol=0.0, atol=EDGE)


def test_an_edge_exactly_on_a_split_is_found_once():
    windows = find_windows(sine(2.0 * np.pi / 64.0), START, START + 64.0)
    np.testing.assert_allclose(windows.starts, [START], rtol=0.0, atol=EDGE)
    np.testing.assert_allclose(windows.stops, [START + 32.0], rtol=0.0, atol=EDGE)


@pytest.mark.parametrize(("level", "total"), [(-1.5, 86400.0), (1.5, 0.0)])
def test_always_and_never_take_few_looks(level, total):
    condition, calls = counted(sine(2.0 * np.pi / 7200.0, level))
    assert find_windows(condition, START, START + 86400.0).total() == total
    assert calls[0] < 1000


def test_where_nothing_is_known_about_the_rate_the_interval_is_halved():
    # |t|^(1/2) has no bounded rate at zero
    def value(tdb):
        return np.sqrt(np.abs(tdb - START - 5.0)) - 0.1

    def rate_bound(start, stop):
        nearest = np.where(
            (start - START < 5.0) & (stop - START > 5.0),
            0.0,
            np.minimum(abs(start - START - 5.0), abs(stop - START - 5.0)),
        )
        with np.errstate(divide="ignore"):
            return 0.5 / np.sqrt(nearest)

    windows = find_windows(Condition(value, rate_bound, "root"), START, START + 10.0)
    np.testing.assert_allclose([windows.stops[0], windows.starts[1]], [START + 4.99, START + 5.01], rtol=0.0, atol=EDGE)


def test_a_coarse_resolution_still_refines_the_edges():
    frequency = 2.0 * np.pi / 5400.0
    windows = find_windows(sine(frequency, 0.1), START, START + 54_000.0, resolution=60.0)
    rise = 5400.0 * np.arange(10) + np.arcsin(0.1) / frequency
    np.testing.assert_allclose(windows.starts - START, rise, rtol=0.0, atol=EDGE)


def test_and_or_not_of_conditions_agree_with_those_of_windows():
    one, two = sine(2.0 * np.pi / 900.0, 0.2), sine(2.0 * np.pi / 1300.0, -0.4)
    stop = START + 20_000.0
    first, second = find_windows(one, START, stop), find_windows(two, START, stop)
    for combined, expected in ((one & two, first & second), (one | two, first | second), (~one, ~first)):
        found = find_windows(combined, START, stop)
        np.testing.assert_allclose(found.starts, expected.starts, rtol=0.0, atol=EDGE)
        np.testing.assert_allclose(found.stops, expected.stops, rtol=0.0, atol=EDGE)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.2, 1.0), st.floats(0.01, 0.5), st.floats(0.0, 6.28)), min_size=1, max_size=5),
    st.floats(-1.0, 1.0),
)
def test_sums_of_waves_agree_with_dense_sampling(waves, level):
    def value(tdb):
        return sum(a * np.sin(w * (tdb - START) + p) for a, w, p in waves) - level

    condition = Condition(value, constant_rate(sum(a * w for a, w, _ in waves) + 1e-9), "waves")
    windows = find_windows(condition, START, START + 200.0, resolution=1e-3)
    times = START + np.arange(0.0, 200.0, 0.01)
    edges = np.concatenate((windows.starts, windows.stops))
    clear = np.all(np.abs(times[:, None] - edges) > 1e-2, axis=1) if edges.size else np.ones(times.size, dtype=bool)
    clear &= np.abs(value(times)) > 1e-6  # a touch may be shorter than the resolution
    np.testing.assert_array_equal(windows.contains(times[clear]), value(times[clear]) > 0.0)


def test_the_looks_per_crossing_stay_few():
    condition, calls = counted(sine(2.0 * np.pi / 7200.0))
    find_windows(condition, START + 1.0, START + 1.0 + 100 * 7200.0)
    assert calls[0] < 200 * 120  # 22 halvings from hours to a millisecond, some four looks at each


@pytest.mark.parametrize(
    ("start", "stop", "resolution", "message"),
    [(1.0, 1.0, 1e-3, "must run forward"), (2.0, 1.0, 1e-3, "must run forward"), (0.0, 1.0, 0.0, "must be positive")],
)
def test_a_search_that_makes_no_sense_is_refused(start, stop, resolution, message):
    with pytest.raises(InvalidInput, match=message):
        find_windows(sine(1.0), start, stop, resolution=resolution)


def test_a_condition_that_is_not_a_number_is_named():
    broken = Condition(lambda tdb: np.full_like(tdb, np.nan), constant_rate(1.0), "broken")
    with pytest.raises(NumericalFailure, match="'broken' is not a number"):
        find_windows(broken, 0.0, 1.0)
