"""Authority: rings around made-up tiles; skylines on fine ground against the bound found on its coarse means."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_tiles import SOUTH, flat_moon, made_tile, raster

from moonstead.surface.horizon import horizon_profile
from moonstead.surface.nested import nested_terrain
from moonstead.surface.terrain_caveat_gap import horizon_bound, near_field_gap
from moonstead.surface.terrain_caveat_products import terrain_products
from moonstead.surface.tiles import terrain_tile

RIDGE = (math.radians(-89.45), math.radians(222.69))


def flat(latitude, longitude):
    return 0.0 * latitude * longitude


def flat_tile(half_width, spacing):
    center = tuple(float(a) for a in SOUTH.forward(*RIDGE))
    return made_tile(flat, center, half_width, spacing, name=f"{spacing:g} m")


def test_the_gap_is_told_ring_by_ring(lola):
    levels = [flat_tile(8e3, 5.0), flat_tile(40e3, 20.0)]
    gap = near_field_gap(nested_terrain(levels, lola), *RIDGE)
    np.testing.assert_allclose(gap.resolution[gap.distance <= 5e3], 5.0, rtol=1e-3)
    np.testing.assert_allclose(gap.resolution[(gap.distance > 8e3) & (gap.distance < 40e3)], 20.0, rtol=1e-3)
    assert set(gap.resolution[gap.distance > 57e3]) == {lola.resolution}
    assert gap.level[0] == "5 m"
    assert gap.level[-1] == lola.name
    assert gap.is_site_grade
    assert "from 50 to 300 km" in gap.remark
    assert [product.file for product in gap.products] == ["LDEM_60S_60MPP_ADJ.TIF", "LDEM_60S_240MPP_ADJ.TIF"]


def test_the_global_grid_alone_is_no_site_terrain(lola):
    gap = near_field_gap(lola, *RIDGE)
    assert not gap.is_site_grade
    assert "3790 m instead of 20 m at 0 km" in gap.remark
    assert gap.products[0].file == "Site01_final_adj_5mpp_surf.tif"
    assert "LDEM_80S_20MPP_ADJ.TIF (20 m, 80 to 90 deg S" in gap.remark
    assert "LDEM_75S_30MPP" not in gap.remark  # neither fine enough for the place nor needed for the far ring


def test_nothing_is_lacking_where_every_ring_is_fine():
    ring = made_tile(flat, tuple(float(a) for a in SOUTH.forward(*RIDGE)), 330e3, 800.0, name="ring")
    terrain = nested_terrain([flat_tile(8e3, 10.0), flat_tile(60e3, 40.0), flat_tile(140e3, 200.0), ring], flat_moon())
    gap = near_field_gap(terrain, *RIDGE)
    assert gap.remark == ""
    assert gap.products == ()


@pytest.mark.parametrize(
    ("latitude", "longitude", "first", "absent"),
    [
        (-85.99, 2.9, "Site23_final_adj_5mpp_surf.tif", "ldem_87s_5mpp.tif"),
        (-88.0, 100.0, "ldem_87s_5mpp.tif", "Site01_final_adj_5mpp_surf.tif"),
        (-70.0, 10.0, "LDEM_60S_60MPP_ADJ.TIF", "LDEM_75S_30MPP_ADJ.TIF"),
        (88.0, 0.0, "LDEM_875N_5M.IMG", "LDEM_80S_20MPP_ADJ.TIF"),
        (20.0, 0.0, "a NAC DTM of the place", "LDEM_60N_60M.IMG"),
    ],
)
def test_products_are_those_of_the_latitude(latitude, longitude, first, absent):
    files = [product.file for product in terrain_products(math.radians(latitude), math.radians(longitude))]
    assert files[0] == first
    assert absent not in files


def self_affine(seed, count, spacing, size):
    """Random heights [m] with Hurst exponent 0.95 and a standard deviation [m]."""
    generator = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(count)[:, None], np.fft.rfftfreq(count)[None, :])
    frequency[0, 0] = np.inf
    field = np.fft.irfft2(np.fft.rfft2(generator.standard_normal((count, count))) * frequency**-1.95, s=(count, count))
    return field * size / np.std(field)


def test_the_bound_holds_95_of_100_directions_of_finer_ground():
    fine_spacing, factor, count = 20.0, 24, 1536
    field = self_affine(5, count, fine_spacing, 400.0)
    half = 0.5 * (count - 1) * fine_spacing
    fine = terrain_tile(raster(field, fine_spacing, -half, half))
    means = field.reshape(count // factor, factor, count // factor, factor).mean(axis=(1, 3))
    edge = half - 0.5 * (factor - 1) * fine_spacing
    coarse = terrain_tile(raster(means, factor * fine_spacing, -edge, edge))
    fine, coarse = (nested_terrain([tile], flat_moon(-2000.0)) for tile in (fine, coarse))
    generator = np.random.default_rng(9)
    within, wide = [], []
    for _ in range(24):
        place = tuple(float(a) for a in SOUTH.inverse(*generator.uniform(-6e3, 6e3, 2)))
        found = horizon_profile(coarse, *place, 2.0, azimuth_count=72, reach=9e3)
        true = horizon_profile(fine, *place, 2.0, azimuth_count=72, reach=9e3).elevation
        bound = horizon_bound(coarse, found)
        within.append((true >= found.elevation - bound.lower) & (true <= found.elevation + bound.upper))
        wide.append(np.degrees(bound.lower + bound.upper))
    assert np.mean(within) >= 0.95
    assert np.median(wide) < 25.0  # [deg] a bound that says nothing would be 90
