"""Authority: dense sampling of each line of sight."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.dynamics.observe import azimuth_elevation, observe
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.sight import sight_timeline

DAY = 86_400.0
START = Epoch.parse("2026-06-01T00:00:00Z").tdb()


def test_sight_of_stations_and_relays_is_that_of_dense_sampling(site_at, data):
    site = site_at(-86.0, 20.0, height=1000.0)
    azimuth = np.arange(72) * (2 * math.pi / 72)
    skyline = 0.03 * np.sin(3.0 * azimuth)
    horizon = HorizonProfile(azimuth, skyline, np.full(72, 1e4), site.latitude, site.longitude, site.height)
    station = SurfacePoint.on_earth("Kashi", math.radians(38.4), math.radians(76.7), 1300.0)
    mask = math.radians(7.0)
    # a point high over the near side stands in for a relay: it is a trajectory like any other
    relay = site_at(-60.0, 20.0, height=6e6)
    stop = START + 12 * DAY
    found = sight_timeline(
        site, horizon, START, stop, data, stations={"kashi": (station, mask)}, relays={"relay-1": relay}
    )
    tdb = np.arange(START, stop, 1800.0)
    towards = observe(station, site, tdb, site.topocentric, data)
    turn, height, _ = azimuth_elevation(towards)
    back = azimuth_elevation(observe(site, station, tdb, station.topocentric, data))[1]
    clear = np.minimum(np.abs(height - horizon.at(turn)), np.abs(back - mask)) > 1e-6
    expected = (height > horizon.at(turn)) & (back > mask)
    np.testing.assert_array_equal(found.windows["kashi"].contains(tdb)[clear], expected[clear])
    assert 0.1 < np.mean(expected) < 0.6
    turn, height, _ = azimuth_elevation(observe(relay, site, tdb, site.topocentric, data))
    np.testing.assert_array_equal(found.windows["relay-1"].contains(tdb), height > horizon.at(turn))
    assert found.any_of().total() >= found.any_of("kashi", "EARTH").total() >= found.windows["EARTH"].total()


def test_mistakes_are_told(site_at, data):
    site = site_at(-86.0, 20.0)
    azimuth = np.arange(72) * (2 * math.pi / 72)
    horizon = HorizonProfile(azimuth, np.zeros(72), np.full(72, 1e4), site.latitude, site.longitude, 0.0)
    with pytest.raises(InvalidInput, match="forward"):
        sight_timeline(site, horizon, START, START, data)
    with pytest.raises(InvalidInput, match="given twice: EARTH"):
        sight_timeline(site, horizon, START, START + DAY, data, relays={"EARTH": site})
    found = sight_timeline(site, horizon, START, START + DAY, data)
    with pytest.raises(InvalidInput, match="has no moon"):
        found.any_of("moon")
