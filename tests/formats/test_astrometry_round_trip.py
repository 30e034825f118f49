"""Any observation survives being written and read, within the last digit that is written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.formats.ades_writer import ades_psv, ades_xml
from moonstead.formats.astrometry import Observations, read_all_astrometry
from moonstead.formats.astrometry_rows import blank_rows, observations_of
from moonstead.formats.mpc80_writer import mpc80_lines
from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT

FIRST, LAST = -8.8e8, 8.3e8  # [s TDB past J2000] 1972 to 2026


@st.composite
def observations(draw: st.DrawFn) -> Observations:
    """One to four rows of one object, each a minute or more apart."""
    count = draw(st.integers(1, 4))
    rows = blank_rows(count)
    start = draw(st.floats(FIRST, LAST))
    rows["tdb"] = start + np.cumsum([draw(st.floats(60.0, 1e5)) for _ in range(count)])
    rows["time_resolution"] = np.full(count, draw(st.sampled_from([0.864, 0.0864])))
    rows["objects"] = np.full(count, draw(st.sampled_from(["99942", "2024 YR4", "C/2010 E2", "1P", "A11pl3Z"])))
    angle = st.floats(0.0, 2.0 * np.pi, exclude_max=True)
    rows["right_ascension"] = np.array([draw(angle) for _ in range(count)])
    rows["declination"] = np.array([draw(st.floats(-1.57, 1.57)) for _ in range(count)])
    cosine = np.cos(rows["declination"])
    rows["resolution"] = np.stack([0.15 * cosine, np.full(count, 0.1)], axis=1) * ARCSECOND
    rows["station"] = np.full(count, draw(st.sampled_from(["G96", "I41", "W68"])))
    rows["mode"] = np.full(count, draw(st.sampled_from(["CCD", "CMO", "PHO", "OCC", "VID"])))
    rows["catalogue"] = np.full(count, draw(st.sampled_from(["V", "t", ""])))
    if draw(st.booleans()):
        far = draw(st.sampled_from([7e6, 1.5e9, 8e10]))
        unit = np.array([[draw(st.floats(-1.0, 1.0)) for _ in range(3)] for _ in range(count)])
        rows["observer_position"] = far * unit
        rows["mode"] = np.full(count, "CCD")
    return observations_of(rows)


@settings(max_examples=60, deadline=None)
@given(observations())
@pytest.mark.parametrize("form", ["80 columns", "PSV", "XML"])
def test_rows_survive_writing_and_reading(form: str, rows: Observations) -> None:
    if form == "80 columns":
        text = "\n".join(mpc80_lines(rows)) + "\n"
        assert all(len(line) == 80 for line in text.splitlines())
    else:
        text = ades_psv(rows) if form == "PSV" else ades_xml(rows)
    again = read_all_astrometry(text, allow_future=True)
    assert again.rejected == ()
    assert again.count == rows.count
    # Half a unit of the last digit, and the rounding of doubles.
    assert np.all(np.abs(again.tdb - rows.tdb) <= 0.5 * rows.time_resolution * 1.001 + 1e-6)
    turned = (again.right_ascension - rows.right_ascension + np.pi) % (2.0 * np.pi) - np.pi
    assert np.all(np.abs(turned) * np.cos(rows.declination) <= 0.501 * rows.resolution[:, 0] + 1e-11)
    assert np.all(np.abs(again.declination - rows.declination) <= 0.501 * rows.resolution[:, 1])
    for name in ("objects", "station", "mode"):
        assert getattr(again, name).tolist() == getattr(rows, name).tolist(), name
    # Nine digits at least are written of a place in km; beyond ten million km 80 columns have eight decimals of an au.
    reach = np.nan_to_num(np.abs(rows.observer_position)).max()
    digit = max(2e-8 * reach, 0.5e-8 * ASTRONOMICAL_UNIT if reach > 9e9 else 0.0)
    assert again.observer_position == pytest.approx(rows.observer_position, abs=0.06 + 1.001 * digit, nan_ok=True)
