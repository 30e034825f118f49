"""Maps on the packaged grid agree with LOLA's own map where their pixels are fine, and say so where they are not."""

import csv
import math

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.horizon_map import horizon_map
from moonstead.surface.horizon_map_levels import horizon_levels, target_window
from moonstead.surface.light_map import light_map
from moonstead.surface.light_map_caveat import fine_spacing, pixel_remark
from moonstead.surface.moon_sky import moon_sky
from moonstead.surface.terrain import load_terrain

HALF_WIDTH, SPACING = 26e3, 300.0  # [m]
LEAST_CORRELATION = 0.91  # what the grid gives place by place
DARKEST = 7.1  # [%] of light that a block without any may be given


@pytest.mark.truth
def test_a_map_of_fine_pixels_agrees_with_the_map_of_lola(shared_data, validation):
    data = DataContext.installed()
    start = Epoch.parse("2030-01-01T00:00:00Z").tdb()
    sky = moon_sky(start + np.arange(0.0, 365.25 * 86_400.0, 7200.0), data)
    levels = horizon_levels(load_terrain(data), -0.5 * math.pi, 0.0, HALF_WIDTH, SPACING)
    horizons = horizon_map(levels, 180, 0.0, *target_window(levels[0], HALF_WIDTH))
    light = light_map(horizons, sky, data).mean_fraction
    with (shared_data / "surface" / "lola_south_blocks_sample.csv").open() as stream:
        rows = np.array(list(csv.reader(stream))[1:], dtype=np.float64)
    latitude, longitude, published, shadow = rows.T
    grid = horizons.grid
    x, y = grid.projection.forward(np.radians(latitude), np.radians(longitude))
    row, column = np.rint((grid.y[0] - y) / SPACING).astype(int), np.rint((x - grid.x[0]) / SPACING).astype(int)
    # a block of LOLA's is 1.08 km wide: three by three pixels and a half around
    found = 100.0 * np.array([light[r - 2 : r + 3, c - 2 : c + 3].mean() for r, c in zip(row, column, strict=True)])
    common = {"capability": "Maps of light", "authority": "LOLA AVGVISIB_85S_060M_201608", "cases": 97}
    validation(
        **common,
        quantity="1 - correlation over blocks of 1.08 km, 3.8 km grid, pixels of 300 m",
        error=1.0 - np.corrcoef(found, published)[0, 1],
        unit="1",
        tolerance=1.0 - LEAST_CORRELATION,
    )
    validation(
        **common | {"cases": int(np.sum(shadow == 1.0))},
        quantity="light of blocks in full shadow, the same map",
        error=found[shadow == 1.0].max(),
        unit="%",
        tolerance=DARKEST,
    )


@pytest.mark.parametrize(("resolution", "finest"), [(3790.4, 379.04), (20.0, 60.0), (5.0, 60.0)])
def test_pixels_need_be_no_finer_than_a_tenth_of_the_terrain_or_the_published_map(resolution, finest):
    assert fine_spacing(resolution) == pytest.approx(finest)
    assert pixel_remark(finest, resolution) == ""
    assert f"{finest:.3g} m or less" in pixel_remark(2.0 * finest, resolution)


@pytest.mark.parametrize(("spacing", "resolution"), [(0.0, 20.0), (10.0, 0.0), (10.0, math.nan)])
def test_sizes_that_are_none_are_refused(spacing, resolution):
    with pytest.raises(InvalidInput, match="positive"):
        pixel_remark(spacing, resolution)
