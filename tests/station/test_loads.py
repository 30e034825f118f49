"""Authority: overlaps counted by hand and by fine sampling."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput
from moonstead.station.loads import Load, load_windows, share_in_steps, sunlit_windows

DAY = 86400.0
SPAN = (0.0, 4 * DAY)
LIT = Windows.of([0.5 * DAY], [2.25 * DAY], SPAN)


def test_night_begins_where_half_of_the_disc_has_set():
    windows = sunlit_windows(np.array([0.0, 10.0, 20.0, 30.0, 40.0]), np.array([0.0, 1.0, 1.0, 0.75, 0.25]))
    np.testing.assert_allclose(windows.starts, [5.0])
    np.testing.assert_allclose(windows.stops, [35.0])


@pytest.mark.parametrize(
    ("load", "expected"),
    [
        (Load("a", 1.0), [(0.0, 4.0)]),
        (Load("a", 1.0, duty="sunlit"), [(0.5, 2.25)]),
        (Load("a", 1.0, duty="dark"), [(0.0, 0.5), (2.25, 4.0)]),
        (Load("a", 1.0, daily_fraction=0.25), [(0.0, 0.25), (1.0, 1.25), (2.0, 2.25), (3.0, 3.25)]),
        (Load("a", 1.0, duty="sunlit", daily_fraction=0.25, daily_start=0.5 * DAY), [(0.5, 0.75), (1.5, 1.75)]),
        (
            Load("a", 1.0, daily_fraction=0.5, daily_start=0.75 * DAY),
            [(0.0, 0.25), (0.75, 1.25), (1.75, 2.25), (2.75, 3.25), (3.75, 4.0)],
        ),
        (Load("a", 1.0, daily_fraction=0.0), []),
        (Load("a", 1.0, duty="windows", windows=Windows.of([DAY], [1.5 * DAY], (-DAY, 9 * DAY))), [(1.0, 1.5)]),
    ],
)  # fmt: skip
def test_a_load_is_on_when_its_duty_and_its_day_say_so(load, expected):
    on = load_windows(load, LIT)
    np.testing.assert_allclose(np.column_stack((on.starts, on.stops)) / DAY, np.array(expected).reshape(-1, 2))


@given(
    st.lists(st.integers(0, 400), min_size=2, max_size=8, unique=True),
    st.lists(st.integers(1, 399), min_size=0, max_size=10, unique=True),
)
def test_shares_are_the_fraction_of_fine_samples_inside(edges, cuts):
    edges = np.sort(np.array(edges, dtype=np.float64))
    windows = Windows.of(edges[0 : 2 * (edges.size // 2) : 2], edges[1::2], (0.0, 400.0))
    tdb = np.sort(np.array([0.0, *cuts, 400.0]))
    inside = windows.contains(np.arange(400) + 0.5)
    expected = [inside[int(a) : int(b)].mean() for a, b in pairwise(tdb)]
    np.testing.assert_allclose(share_in_steps(windows, tdb), expected, atol=1e-12)


@pytest.mark.parametrize(
    "options",
    [
        {"power": -1.0},
        {"duty": "often"},
        {"duty": "windows"},
        {"windows": LIT},
        {"daily_fraction": 1.5},
        {"daily_start": DAY},
        {"reserve": 2.0},
    ],
)
def test_impossible_loads_are_refused(options):
    with pytest.raises(InvalidInput, match="load 'a'"):
        Load(**{"name": "a", "power": 1.0, **options})
