"""Who would have seen a fireball: closed forms of the geometry, and exact intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.coverage.constellations import geostationary, walker
from moonstead.monitoring.coverage.coverage_map import coverage
from moonstead.monitoring.coverage.ground import GROUNDS, Cells
from moonstead.monitoring.coverage.watchers import ViewLimits, constellation_watchers
from moonstead.monitoring.fireballs.detection import detection, share_of


def test_events_around_the_limb_of_a_geostationary_satellite() -> None:
    states = np.zeros((1, 4, 6))
    states[:, :, 0] = 42_164e3
    sun = np.tile([0.0, 0.0, 1.0], (4, 1))
    longitude = np.radians([0.0, 80.0, 83.0, math.nan])
    found = detection(states, sun, np.zeros(4), longitude, np.zeros(4), ViewLimits())
    assert found.number[:3].tolist() == [1.0, 1.0, 0.0] and math.isnan(found.number[3])
    assert (found.seen.hits, found.seen.events) == (2, 3)


def test_exact_interval_of_a_share() -> None:
    # without a hit among n the upper end is 1 - (0.025)^(1/n) (Clopper & Pearson 1934)
    none = share_of(0, 20)
    assert none.interval == pytest.approx((0.0, 1.0 - 0.025 ** (1.0 / 20.0)))
    some = share_of(10, 20)
    assert some.interval[0] == pytest.approx(1.0 - some.interval[1])
    with pytest.raises(InvalidInput):
        share_of(3, 2)


@pytest.mark.parametrize(
    "limits",
    [ViewLimits(0.1), ViewLimits(half_angle=0.6), ViewLimits(sun_exclusion=1.2), ViewLimits(light="night")],
    ids=["elevation", "cone", "sun", "night"],
)
def test_even_events_are_seen_as_often_as_coverage_says(limits: ViewLimits) -> None:
    data = DataContext.installed()
    start = 3e8
    watchers = constellation_watchers(walker(6, 3, 1, 1400e3, 1.0), limits, start, start + 86_400.0, data, step=60.0)
    one = np.ones(1)
    cell = Cells(GROUNDS["EARTH"], 0.5 * one, 1.0 * one, one, np.zeros(1, dtype=np.int64), 35e3)
    covered = coverage(watchers, cells=cell)
    times = watchers.tdb.size
    found = detection(watchers.states, watchers.sun, np.full(times, 0.5), np.ones(times), np.full(times, 35e3), limits)
    # samples every minute against proven intervals
    assert found.seen.share == pytest.approx(float(covered.share_at_least(1)[0]), abs=5e-3)
    assert found.seen_twice.share == pytest.approx(float(covered.share_at_least(2)[0]), abs=5e-3)
    assert found.in_stereo.share == pytest.approx(float(covered.stereo_share[0]), abs=5e-3)


def test_three_geostationary_satellites_miss_only_high_latitudes() -> None:
    data = DataContext.installed()
    watchers = constellation_watchers(geostationary(np.radians([0, 120, 240])), ViewLimits(), 3e8, 3e8 + 7200.0, data)
    latitude = np.radians(np.linspace(-90.0, 90.0, watchers.tdb.size))
    found = detection(
        watchers.states, watchers.sun, latitude, np.zeros(latitude.size), np.full(latitude.size, np.nan), ViewLimits()
    )
    assert np.all(found.number[np.abs(latitude) < math.radians(80.0)] >= 1.0)
    assert found.number[0] == found.number[-1] == 0.0


def test_shapes_and_empty_places_are_refused() -> None:
    with pytest.raises(InvalidInput, match="fit"):
        detection(np.zeros((1, 2, 6)), np.zeros((1, 3)), [0.0], [0.0], [0.0], ViewLimits())
    with pytest.raises(InvalidInput, match="place"):
        detection(np.ones((1, 1, 6)), np.ones((1, 3)), [math.nan], [0.0], [0.0], ViewLimits())
