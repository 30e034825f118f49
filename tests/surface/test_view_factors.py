"""Authority: closed forms for slopes and bowls, sums and reciprocity, and a plain sum over directions."""

from __future__ import annotations

import numpy as np
import pytest
from bowl import bowl

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.view_factors import ground_views, sky_view_factor

AROUND = np.arange(360) * (2.0 * np.pi / 360)
CLOSED = 1e-12  # the sum of a band-limited function over equal sectors is exact
SECTORED = 1e-4  # kinks between sectors of one degree


def summed(elevation, tilt, aspect, rows=4000):
    """Share of a facet's view above the skyline, by a plain sum over elevations."""
    low = elevation[:, None]
    angle = low + (0.5 * np.pi - low) * ((np.arange(rows) + 0.5) / rows)
    facing = np.cos(tilt) * np.sin(angle) + np.sin(tilt) * np.cos(angle) * np.cos(AROUND[:, None] - aspect)
    steps = (0.5 * np.pi - elevation) / rows
    total = np.sum(np.maximum(facing, 0.0) * np.cos(angle), axis=1)
    return np.sum(total * steps) * (2.0 * np.pi / 360) / np.pi


@pytest.mark.parametrize("skyline", [-0.05, 0.0, 0.1, 0.5])
def test_level_ground_below_an_even_skyline_sees_the_square_of_its_cosine(skyline):
    # below its own plane a level facet sees nothing, so a falling horizon adds no sky
    expected = np.cos(max(skyline, 0.0)) ** 2
    assert sky_view_factor(AROUND, np.full(360, skyline)) == pytest.approx(expected, abs=CLOSED)


@pytest.mark.parametrize("tilt", [0.0, 0.2, 1.0, 0.5 * np.pi])
def test_a_slope_on_a_plain_sees_half_of_one_plus_its_cosine(tilt):
    found = sky_view_factor(AROUND, np.zeros(360), tilt, 1.0)
    assert found == pytest.approx(0.5 * (1.0 + np.cos(tilt)), abs=SECTORED)


def test_a_rough_skyline_is_the_sum_over_directions():
    skyline = 0.2 + 0.15 * np.sin(3.0 * AROUND) + 0.05 * np.cos(11.0 * AROUND)
    found = sky_view_factor(AROUND, skyline, 0.4, 2.0)
    assert found == pytest.approx(summed(skyline, 0.4, 2.0), abs=1e-6)


def test_flat_ground_sees_nothing_of_itself():
    views = ground_views(np.zeros((5, 6)), 10.0)
    assert views.matrix.nnz == 0
    np.testing.assert_allclose(views.sky, 1.0, atol=CLOSED)


def test_all_that_is_seen_adds_up_and_no_pair_favours_one():
    rng = np.random.default_rng(5)
    heights = 30.0 * rng.standard_normal((24, 20)).cumsum(axis=0).cumsum(axis=1) / 10.0
    views = ground_views(heights, 40.0)
    seen = np.asarray(views.matrix.sum(axis=1)).ravel()
    np.testing.assert_allclose(seen + views.sky + views.far, 1.0, atol=CLOSED)
    exchange = views.matrix.toarray() * views.area[:, None]
    np.testing.assert_allclose(exchange, exchange.T, atol=CLOSED * np.max(views.area))
    assert np.all(views.sky > 0.0)


def test_in_a_bowl_every_facet_sees_the_same_share_of_it():
    ratio = 0.2
    expected = 4.0 * ratio**2 / (1.0 + 4.0 * ratio**2)
    errors = []
    for count in (31, 61):
        heights, spacing, inside = bowl(count, ratio)
        seen = np.asarray(ground_views(heights, spacing).matrix.sum(axis=1)).reshape(heights.shape)[inside]
        errors.append(np.max(np.abs(np.mean(seen) - expected)))
    # the rim is a pixel wide: the share that it hides goes with the spacing
    assert errors[1] < 0.06 * expected
    assert errors[1] < 0.65 * errors[0]


def test_ground_beyond_the_map_takes_from_the_sky_what_it_hides():
    heights = np.zeros((4, 4))
    views = ground_views(heights, 10.0, far_skyline=np.full((4, 4, 36), 0.1), sectors=36)
    np.testing.assert_allclose(views.far, np.sin(0.1) ** 2, atol=CLOSED)
    np.testing.assert_allclose(views.sky, np.cos(0.1) ** 2, atol=CLOSED)
    np.testing.assert_allclose(views.from_ground(np.full(16, 200.0)), 200.0 * np.sin(0.1) ** 2, atol=1e-10)


@pytest.mark.parametrize(
    ("heights", "spacing", "says"),
    [
        (np.zeros((2, 5)), 1.0, "3 by 3"),
        (np.full((5, 5), np.nan), 1.0, "3 by 3"),
        (np.zeros((5, 5)), 0.0, "positive spacing"),
    ],
)
def test_maps_without_ground_are_refused(heights, spacing, says):
    with pytest.raises(InvalidInput, match=says):
        ground_views(heights, spacing)


def test_skylines_that_do_not_fit_are_refused():
    with pytest.raises(InvalidInput, match="equally spaced"):
        sky_view_factor([0.0, 1.0, 2.0, 3.0], np.zeros(4))
    with pytest.raises(InvalidInput, match="one elevation each"):
        sky_view_factor(AROUND, np.zeros(10))
    with pytest.raises(InvalidInput, match="tilt"):
        sky_view_factor(AROUND, np.zeros(360), 4.0)
    with pytest.raises(InvalidInput, match="far skyline"):
        ground_views(np.zeros((4, 4)), 10.0, far_skyline=np.zeros((4, 4, 7)))
