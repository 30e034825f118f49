"""Authority: the flash of 2013-09-11, a preprint on 2024 YR4, geometry of the sphere."""

from __future__ import annotations

import math

import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.flash import (
    EARTH_DISTANCE,
    flash,
    heat_at_site,
    luminous_magnitude,
    sight_distance,
)
from moonstead.smallbodies.effects.impactor import MEGATON

YR4 = 6.5 * MEGATON


def test_the_flash_that_was_measured_is_given_back():
    """15.6 t of TNT for an efficiency of 0.002: 2.9 mag at the peak, over 8 s: Madiedo et al. (2014)."""
    known = flash(15.6 * 4.184e9)
    peak = luminous_magnitude(0.002 * 15.6 * 4.184e9, EARTH_DISTANCE, known.duration.low)
    assert peak == pytest.approx(2.9, abs=1e-9)
    assert known.duration.high == pytest.approx(8.3)
    assert known.magnitude.low < 2.9 < known.magnitude.high


@pytest.mark.truth
def test_the_flash_of_2024_yr4_spans_the_published_one(validation):
    seen = flash(YR4)
    assert seen.magnitude.low <= -3.0
    assert seen.magnitude.high >= -2.5
    assert 120.0 <= seen.duration.high <= 1200.0  # "several minutes"
    validation(
        capability="Impact effects",
        quantity="magnitude of the flash of 2024 YR4 from the Earth",
        authority="He et al. (2026), arXiv:2601.10666: -2.5 to -3",
        error=abs(seen.magnitude.nominal + 2.75),
        unit="1",
        tolerance=1.5,  # a factor of four in the efficiency: its span
        cases=1,
    )


def test_ten_times_nearer_is_five_magnitudes_brighter():
    near, far = flash(YR4, 1e7), flash(YR4, 1e8)
    assert far.magnitude.nominal - near.magnitude.nominal == pytest.approx(5.0)
    with pytest.raises(InvalidInput, match="positive energy"):
        flash(-1.0)
    with pytest.raises(InvalidInput, match="positive energy, distance"):
        luminous_magnitude(1.0, 0.0, 1.0)


def test_the_horizon_hides_the_fireball():
    near, far = heat_at_site(YR4, 20e3), heat_at_site(YR4, 200e3)
    assert near.nominal == pytest.approx(3e-3 * YR4 / (2.0 * math.pi * 20e3**2))
    assert (far.low, far.nominal, far.high) == (0.0, 0.0, 0.0)
    with pytest.raises(InvalidInput, match="distance"):
        heat_at_site(YR4, 0.0)


def test_an_eye_two_metres_up_sees_its_horizon():
    assert sight_distance(2.0) == pytest.approx(math.sqrt(2.0 * 1_737_400.0 * 2.0), rel=1e-5)
    assert sight_distance(2.0, 2.0) == pytest.approx(2.0 * sight_distance(2.0))
