"""Authority: sets of time slots, compared one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput
from moonstead.links.coverage import all_of, any_of, chain_windows, summarise

SLOTS = 12
SPAN = (0.0, float(SLOTS))
slots = st.lists(st.booleans(), min_size=SLOTS, max_size=SLOTS)


def _windows(flags):
    on = np.flatnonzero(flags)
    return Windows.of(on, on + 1.0, SPAN)


def _slots(windows):
    return windows.contains(np.arange(SLOTS) + 0.5)


@given(slots, slots, slots, slots, slots)
def test_a_chain_holds_in_exactly_the_slots_where_one_relay_has_both_hops(site_1, site_2, east_1, west_1, east_2):
    chain = chain_windows(
        [(_windows(site_1), [_windows(east_1), _windows(west_1)]), (_windows(site_2), [_windows(east_2)])]
    )
    expected = np.array(site_1) & (np.array(east_1) | np.array(west_1)) | np.array(site_2) & np.array(east_2)
    np.testing.assert_array_equal(_slots(chain), expected)


@given(slots)
def test_summary_counts_what_the_slots_count(flags):
    flags = np.array(flags)
    summary = summarise(_windows(flags))
    runs = (
        np.diff(np.flatnonzero(np.concatenate(([True], flags, [True])))) - 1
    )  # lengths of the gaps, 0 between covered
    assert summary.total == flags.sum()
    assert summary.fraction == pytest.approx(flags.mean())
    assert summary.longest_gap == runs.max()
    assert summary.gaps.total() == SLOTS - flags.sum()
    starts = np.count_nonzero(flags & ~np.concatenate(([False], flags[:-1])))
    assert summary.number == starts
    assert summary.mean == pytest.approx(flags.sum() / starts if starts else 0.0)


def test_two_hops_that_never_meet_make_no_chain():
    early, late = _windows([1] * 6 + [0] * 6), _windows([0] * 6 + [1] * 6)
    assert len(chain_windows([(early, [late])])) == 0
    assert any_of([early, late]).fraction() == 1.0
    assert len(all_of([early, late])) == 0


def test_nothing_to_combine_is_refused():
    with pytest.raises(InvalidInput, match="at least one link"):
        chain_windows([])
    with pytest.raises(InvalidInput, match="different spans"):
        any_of([Windows.all(SPAN), Windows.all((0.0, 1.0))])
