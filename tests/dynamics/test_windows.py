"""Authority: set algebra; a window is a set of times, so its laws are those of sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput

SPAN = (0.0, 100.0)
SUM = 1e-12  # [s] sums of at most forty lengths below 100 s

# quarters are exact in binary, so edges often coincide and comparisons are exact
edge = st.integers(-40, 440).map(lambda k: 0.25 * k)


@st.composite
def windows(draw):
    pairs = draw(st.lists(st.tuples(edge, edge), max_size=20))
    return Windows.of([min(p) for p in pairs], [max(p) for p in pairs], SPAN)


def assert_same(first: Windows, second: Windows) -> None:
    np.testing.assert_array_equal(first.starts, second.starts)
    np.testing.assert_array_equal(first.stops, second.stops)
    assert first.span == second.span


TIMES = np.arange(0.125, 100.0, 0.25)  # between all possible edges


@given(windows())
def test_windows_are_disjoint_and_rise(one):
    edges = np.column_stack((one.starts, one.stops)).ravel()
    assert np.all(np.diff(edges) > 0.0)
    assert not edges.size or (edges[0] >= SPAN[0] and edges[-1] <= SPAN[1])


@given(windows(), windows())
def test_de_morgan(one, two):
    assert_same(~(one | two), ~one & ~two)
    assert_same(~(one & two), ~one | ~two)


@given(windows())
def test_not_not_is_the_same_and_either_is_everything(one):
    assert_same(~~one, one)
    assert_same(one | ~one, Windows.all(SPAN))
    assert_same(one & ~one, Windows.none(SPAN))
    assert_same(one & one, one)


@given(windows(), windows(), windows())
def test_and_distributes_over_or(one, two, three):
    assert_same(one & (two | three), (one & two) | (one & three))
    assert_same((one | two) | three, one | (two | three))


@given(windows(), windows())
def test_totals_add_up(one, two):
    assert one.total() + (~one).total() == pytest.approx(100.0, abs=SUM)
    assert (one | two).total() + (one & two).total() == pytest.approx(one.total() + two.total(), abs=SUM)
    assert (one - two).total() == pytest.approx(one.total() - (one & two).total(), abs=SUM)
    assert one.fraction() == pytest.approx(one.total() / 100.0, abs=SUM)
    assert one.longest() <= one.total() + SUM


@given(windows(), windows())
def test_membership_follows_the_algebra(one, two):
    in_one, in_two = one.contains(TIMES), two.contains(TIMES)
    np.testing.assert_array_equal((one & two).contains(TIMES), in_one & in_two)
    np.testing.assert_array_equal((one | two).contains(TIMES), in_one | in_two)
    np.testing.assert_array_equal((~one).contains(TIMES), ~in_one)
    np.testing.assert_array_equal((one - two).contains(TIMES), in_one & ~in_two)


@given(windows(), st.tuples(edge, edge).filter(lambda p: 0.0 <= min(p) < max(p) <= 100.0))
def test_a_shorter_span_keeps_what_lies_in_it(one, pair):
    span = (min(pair), max(pair))
    first, last = span
    inside = TIMES[(first < TIMES) & (last > TIMES)]
    np.testing.assert_array_equal(one.within(span).contains(inside), one.contains(inside))


def test_a_window_holds_its_start_and_not_its_stop():
    one = Windows.of([10.0], [20.0], SPAN)
    np.testing.assert_array_equal(one.contains([9.0, 10.0, 19.0, 20.0]), [False, True, True, False])
    np.testing.assert_array_equal(one.contains(15.0), [True])


def test_touching_windows_join():
    assert_same(Windows.of([10.0, 20.0], [20.0, 30.0], SPAN), Windows.of([10.0], [30.0], SPAN))


def test_no_window_has_no_length():
    nothing = Windows.none(SPAN)
    assert (len(nothing), nothing.total(), nothing.longest(), nothing.fraction()) == (0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("starts", "stops", "span", "message"),
    [
        ([0.0], [1.0], (5.0, 5.0), "must run forward"),
        ([0.0], [1.0], (np.nan, 5.0), "must run forward"),
        ([0.0, 1.0], [1.0], SPAN, "2 starts do not pair with 1 stops"),
        ([np.nan], [1.0], SPAN, "not a number"),
    ],
)
def test_edges_that_make_no_sense_are_refused(starts, stops, span, message):
    with pytest.raises(InvalidInput, match=message):
        Windows.of(starts, stops, span)


def test_windows_over_different_spans_do_not_combine():
    with pytest.raises(InvalidInput, match="use within"):
        Windows.all(SPAN) & Windows.all((0.0, 50.0))
    with pytest.raises(InvalidInput, match="reaches outside"):
        Windows.all(SPAN).within((0.0, 101.0))
