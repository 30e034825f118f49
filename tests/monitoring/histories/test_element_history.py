"""Authority: the history that was made, with what was put into it by hand."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from made_history import DAY, made_history

from moonstead.dynamics.mean_elements import MeanElements, joined
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.histories.history import read_history


def changed(elements, **columns):
    return MeanElements(
        **{field.name: columns.get(field.name, getattr(elements, field.name)) for field in fields(elements)}
    )


def test_sets_come_in_order_and_each_epoch_once():
    made = made_history(days=20.0)
    order = np.random.default_rng(3).permutation(len(made))
    later = changed(made.select([5]), mean_anomaly=made.mean_anomaly[[5]] + 1e-6)
    history = read_history(joined([made.select(order), later]))
    np.testing.assert_array_equal(history.elements.epoch_second, made.epoch_second)
    assert history.elements.mean_anomaly[5] == made.mean_anomaly[5] + 1e-6
    assert [each.row for each in history.dropped] == [int(np.flatnonzero(order == 5)[0])]
    assert "same epoch" in history.dropped[0].why


def test_a_set_of_another_object_is_left_out_and_a_burn_is_not():
    made = made_history(days=40.0, burns=[(20.0, 2.0)])  # 3.8 km higher
    motion = made.mean_motion.copy()
    motion[30] *= 1.01
    inclination = made.inclination.copy()
    inclination[70] += 0.01
    history = read_history(changed(made, mean_motion=motion, inclination=inclination))
    assert [each.row for each in history.dropped] == [30, 70]
    assert "semi-major axis" in history.dropped[0].why and "inclination" in history.dropped[1].why


def test_the_way_along_the_orbit_counts_revolutions_through_gaps():
    made = made_history(days=60.0, noise=0.0, decay=0.0)
    sparse = made.select([*range(30), *range(60, len(made))])  # ten days without a set
    history = read_history(sparse)
    motion = made.mean_motion[0]
    np.testing.assert_allclose(history.longitude, motion * history.seconds, rtol=0.0, atol=1e-6)
    assert history.seconds[-1] > 59.0 * DAY


def test_one_object_must_be_chosen():
    made = made_history(days=5.0)
    two = joined([made, changed(made, object_id=np.full(len(made), 7))])
    with pytest.raises(InvalidInput, match="the element sets are of 2: 7, 900001; choose one"):
        read_history(two)
    assert len(read_history(two, 7).elements) == len(made)
    with pytest.raises(InvalidInput, match="no element set is of object 8"):
        read_history(two, 8)
    with pytest.raises(InvalidInput, match="the element sets are of 0"):
        read_history(made.select([]))
