"""Authority: the full normal matrix inverted whole, the dilution kernel, closed forms, and counting by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.dilution import dilution, geodetic_sites
from moonstead.navigation.lunar.availability import (
    MAP_SPHERE,
    Availability,
    Budget,
    availability,
    losses,
    range_variances,
)
from moonstead.navigation.lunar.constellation_paths import ConstellationPaths

ROUNDING = 1e-8  # [1] relative: inverses of well-placed skies
SITE = (math.radians(-89.0), math.radians(120.0))
BUDGET = Budget((5.0, 10.0, 20.0), 3.0)


def sky(epochs, satellites, seed=1, constellations=1):
    """Made-up satellites (E, S, 3) [m] in the upper sky of the site."""
    draw = np.random.default_rng(seed)
    place = geodetic_sites(*SITE, ellipsoid=MAP_SPHERE)
    azimuth, elevation = draw.uniform(0, 2 * np.pi, (2, epochs, satellites))
    elevation = np.radians(6.0) + elevation / (2 * np.pi) * np.radians(80.0)
    local = np.stack(
        (np.cos(elevation) * np.sin(azimuth), np.cos(elevation) * np.cos(azimuth), np.sin(elevation)), axis=-1
    )
    axes = np.concatenate((place.east, place.north, place.up))
    position = place.position[0] + 9e6 * local @ axes
    of = np.arange(satellites) % constellations
    names = tuple(f"S{number}" for number in range(satellites))
    return ConstellationPaths(names, of.astype(np.int64), 300.0 * np.arange(epochs), position), local


def plain(lines, sigma, clock, height):
    """The design matrix with a column for each clock and a row for the height, inverted whole."""
    used = sorted(set(clock))
    design = np.hstack((lines, (clock[:, None] == np.array(used)).astype(float)))
    weight = 1.0 / sigma**2
    if height is not None:
        design = np.vstack((design, [0.0, 0.0, 1.0] + [0.0] * len(used)))
        weight = np.append(weight, 1.0 / height**2)
    return np.diag(np.linalg.inv(design.T @ (weight[:, None] * design)))[:3]


@pytest.mark.parametrize("height", [None, 10.0])
@pytest.mark.parametrize("clocks", [1, 2])
def test_variances_are_those_of_the_whole_normal_matrix(height, clocks):
    paths, local = sky(20, 8, constellations=clocks)
    draw = np.random.default_rng(3)
    sigma, seen = draw.uniform(3.0, 30.0, 8), draw.uniform(size=(20, 8)) < 0.9
    found = range_variances(local, seen, sigma, paths.constellation, height)
    for epoch in range(20):
        kept = seen[epoch]
        expected = plain(local[epoch, kept], sigma[kept], paths.constellation[kept], height)
        np.testing.assert_allclose(found[epoch], expected, rtol=ROUNDING)


def test_dilutions_are_those_of_the_kernel():
    paths, _ = sky(30, 6)
    found = availability(paths, *SITE, budget=BUDGET)
    kernel = dilution(paths.position, geodetic_sites(*SITE, ellipsoid=MAP_SPHERE), mask=math.radians(5.0))
    np.testing.assert_allclose(found.dilution[:, 0], kernel.position[:, 0], rtol=ROUNDING)
    np.testing.assert_allclose(found.dilution[:, 1], kernel.horizontal[:, 0], rtol=ROUNDING)
    np.testing.assert_allclose(found.dilution[:, 2], kernel.vertical[:, 0], rtol=ROUNDING)
    np.testing.assert_array_equal(found.count, kernel.count[:, 0])


def test_a_zenith_and_three_low_satellites_give_the_closed_form():
    # three at 0 deg spaced by 120 deg and one overhead: horizontal 2 sqrt(1/3), vertical sqrt(4/3)
    turn = np.radians([0.0, 120.0, 240.0])
    lines = np.concatenate((np.stack((np.sin(turn), np.cos(turn), 0 * turn), 1), [[0.0, 0.0, 1.0]]))[None]
    found = range_variances(lines, np.ones((1, 4), bool), np.ones(4), np.zeros(4, np.int64))[0]
    np.testing.assert_allclose(found, [2.0 / 3.0, 2.0 / 3.0, 4.0 / 3.0], rtol=1e-12)


def test_three_satellites_serve_only_who_knows_the_height():
    paths, _ = sky(10, 3)
    assert not np.isfinite(availability(paths, *SITE, budget=BUDGET).error).any()
    known = availability(paths, *SITE, budget=Budget(BUDGET.signal, BUDGET.user, 10.0))
    assert np.isfinite(known.error).all()


def test_satellites_on_a_cone_give_no_position():
    turn = np.radians([0.0, 80.0, 170.0, 230.0, 300.0])
    cone = np.stack((np.sin(turn) * 0.6, np.cos(turn) * 0.6, np.full(5, 0.8)), axis=1)[None]
    assert np.isinf(range_variances(cone, np.ones((1, 5), bool), np.ones(5), np.zeros(5, np.int64))).all()


@given(st.floats(1.0, 100.0), st.floats(0.1, 50.0))
def test_errors_rise_with_the_error_of_the_signal(nominal, user):
    paths, _ = sky(3, 6)
    found = availability(paths, *SITE, budget=Budget((0.5 * nominal, nominal, 2.0 * nominal), user))
    assert np.all(np.diff(found.error, axis=1) > 0.0)
    expected = np.hypot(nominal, user) * found.dilution[:, 0]
    np.testing.assert_allclose(found.error[:, 1], expected, rtol=1e-9)  # all ranges alike: dilution times error


def test_a_skyline_hides_what_stands_behind_it():
    paths, _ = sky(40, 6)
    open_sky = availability(paths, *SITE, budget=BUDGET)
    wall = np.where(np.arange(360) < 180, math.radians(60.0), 0.0)  # the eastern half
    walled = availability(paths, *SITE, budget=BUDGET, skyline=wall)
    east = open_sky.azimuth < math.radians(179.0)
    assert not np.any(walled.seen & east & (open_sky.elevation < math.radians(59.0)))
    west = (open_sky.azimuth > math.radians(181.0)) & (open_sky.azimuth < math.radians(358.0))
    np.testing.assert_array_equal(walled.seen & west, open_sky.seen & west)


def test_gaps_are_counted_by_hand():
    served = np.array([False, True, True, False, False, True, False])
    blank = np.zeros((7, 1))
    found = Availability(
        60.0 * np.arange(7), blank, blank, blank > 1, blank, np.zeros((7, 3)), np.zeros((7, 3)), served, 6.0
    )
    np.testing.assert_allclose(found.gaps(), [[0.0, 60.0], [180.0, 300.0], [360.0, 420.0]])
    assert found.longest_gap == 120.0
    assert found.share == pytest.approx(3.0 / 7.0)


def test_a_loss_is_the_sky_without_that_satellite():
    paths, _ = sky(60, 5, seed=4)
    found = availability(paths, *SITE, budget=BUDGET)
    rows = losses(paths, found)
    assert [row.share for row in rows] == sorted(row.share for row in rows)
    for row in rows:
        rest = availability(paths.without(paths.names.index(row.satellite)), *SITE, budget=BUDGET)
        assert row.share == pytest.approx(rest.share)
        assert row.longest_gap == pytest.approx(rest.longest_gap)


def test_two_times_cost_a_satellite():
    paths, _ = sky(20, 4, constellations=2)
    assert np.isfinite(availability(paths, *SITE, budget=BUDGET).error).all()
    assert not np.isfinite(availability(paths, *SITE, budget=BUDGET, one_clock=False).error).any()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda paths: availability(paths, *SITE, budget=[BUDGET, BUDGET]), "one for each"),
        (lambda paths: availability(paths, *SITE, budget=BUDGET, mask=2.0), "mask"),
        (lambda paths: availability(paths, *SITE, budget=BUDGET, skyline=[3.0, 0.0]), "skyline"),
        (lambda paths: Budget((10.0, 5.0, 20.0), 1.0), "rises"),
        (lambda paths: Budget((1.0, 5.0, 20.0), 1.0, 0.0), "height"),
    ],
)
def test_nonsense_is_refused(call, words):
    paths, _ = sky(2, 5)
    with pytest.raises(InvalidInput, match=words):
        call(paths)
