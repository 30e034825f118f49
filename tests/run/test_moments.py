"""Authority: `Epoch`, which is held against ERFA in its own tests; windows come back as they were."""

import numpy as np
import pytest

from moonstead.dynamics.windows import Windows
from moonstead.foundation.time.epoch import Epoch
from moonstead.run.moments import sample_times, utc_text, window_table, windows_of
from moonstead.run.tables import read_table, write_table


def test_utc_is_that_of_the_epoch():
    moments = [Epoch.parse(f"20{year}-07-01T12:34:{second:02d}Z") for year in (17, 35, 44) for second in (0, 7, 59)]
    texts = utc_text([moment.tdb() for moment in moments])
    assert list(texts) == [moment.text("UTC", 0).replace(" UTC", "").rstrip("Z") + "Z" for moment in moments]


def test_no_time_gives_no_text():
    assert utc_text([]).size == 0


def test_windows_come_back_bit_for_bit(tmp_path):
    windows = Windows.of([1.1e9 + 0.1, 1.2e9], [1.15e9 + 1 / 3, 1.25e9], (1.1e9, 1.3e9))
    table = window_table("contact.a", windows, "Contact.", volume=(np.array([1.0, 2.0]), "bit"))
    back = windows_of(read_table(write_table(table, tmp_path)))
    np.testing.assert_array_equal(back.starts, windows.starts)
    np.testing.assert_array_equal(back.stops, windows.stops)
    assert back.span == windows.span


@pytest.mark.parametrize("days", [1, 2, 14, 365])
def test_samples_end_with_the_span_and_never_crowd(days):
    first = Epoch.parse("2035-01-01T00:00:00").tdb()
    last = first + days * 86_400.0 + 6e-5  # what TDB gains on UTC in some months
    for step in (60.0, 300.0, 86_400.0, 1e9):
        times = sample_times(first, last, step)
        assert (times[0], times[-1]) == (first, last)
        steps = np.diff(times)
        np.testing.assert_allclose(steps[:-1], step, atol=1e-6)
        assert steps[-1] <= 1.1 * step + 1e-6
        assert steps[-1] >= min(0.1 * step, last - first)
