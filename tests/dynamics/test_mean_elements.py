"""Authority: python-sgp4's own initialisation (semi-major axis), the leap second table, and counting."""

from __future__ import annotations

import numpy as np
import pytest
from sgp4.api import WGS72, Satrec

from moonstead.dynamics.mean_elements import (
    WGS72_RADIUS,
    MeanElements,
    joined,
    semi_major_axis,
    tai_of_utc_days,
)
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch

SAME_FORMULA = 1e-12  # relative: the same few operations in double precision


def some_elements(count: int, first_id: int = 900_001) -> MeanElements:
    """Made-up sets in orbits from 400 km upwards."""
    place = np.arange(count)
    return MeanElements(
        object_id=first_id + place,
        name=[f"THING {k}" for k in place],
        designator=[""] * count,
        epoch_second=700_000_000 + place,
        epoch_fraction=np.full(count, 0.25),
        mean_motion=np.linspace(1.1e-3, 7e-5, count),
        eccentricity=np.full(count, 0.01),
        inclination=np.full(count, 0.9),
        node=np.zeros(count),
        argument_of_perigee=np.zeros(count),
        mean_anomaly=np.zeros(count),
        drag_term=np.zeros(count),
        mean_motion_rate=np.zeros(count),
        mean_motion_second=np.zeros(count),
        element_set=np.ones(count),
        revolution=np.zeros(count),
        classification=["U"] * count,
    )


@pytest.mark.parametrize(
    ("eccentricity", "inclination", "per_day"), [(0.0007, 0.9, 15.5), (0.7, 1.1, 2.0), (0.2, 0.01, 1.0)]
)
def test_semi_major_axis_is_that_of_sgp4(eccentricity, inclination, per_day):
    satellite = Satrec()
    motion = per_day * 2.0 * np.pi / 86_400.0
    satellite.sgp4init(WGS72, "i", 1, 20_000.0, 0.0, 0.0, 0.0, eccentricity, 0.0, inclination, 0.0, motion * 60.0, 0.0)
    expected = satellite.a * WGS72_RADIUS
    assert semi_major_axis(motion, eccentricity, inclination) == pytest.approx(expected, rel=SAME_FORMULA)


def test_selected_and_joined_sets_keep_their_rows_together():
    elements = some_elements(7)
    halves = [elements.select(elements.mean_motion > 5e-4), elements.select(elements.mean_motion <= 5e-4)]
    again = joined(halves)
    assert len(again) == 7
    np.testing.assert_array_equal(again.object_id, elements.object_id)
    assert again.name == elements.name
    assert elements.select([3, 1]).name == ("THING 3", "THING 1")
    assert len(joined([])) == 0


def test_epochs_count_leap_seconds_and_are_tdb_outside():
    midnight = Epoch.parse("2017-01-01T00:00:00")
    second, fraction = tai_of_utc_days([6210, 6210], [86_400.0 + 1.5, 0.125])  # 2017-01-01 is day 6210
    assert second[1] == midnight.seconds and fraction[1] == 0.125
    assert second[0] == midnight.seconds + 86_401 and fraction[0] == 0.5
    elements = some_elements(2)
    assert elements.tdb[0] == Epoch(700_000_000, 0.25).tdb()


def test_columns_of_unequal_length_are_refused_by_name():
    whole = some_elements(2)
    columns = {**whole.__dict__, "drag_term": np.zeros(3)}
    with pytest.raises(InvalidInput, match="drag_term"):
        MeanElements(**columns)
