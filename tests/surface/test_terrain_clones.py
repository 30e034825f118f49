"""Authority: the covariance that was asked for; files in the layout of the published clones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_tiles import made_tile

import pgda_tiles
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.surface.terrain_clones import clone_files, published_clone, terrain_clones
from moonstead.surface.terrain_layers import read_tile

SPACING, SIGMA, LENGTH = 20.0, 3.0, 200.0  # [m]


def hill(latitude, longitude):
    return 500.0 * np.cos(400.0 * latitude) + 0.0 * longitude


@pytest.fixture(scope="module")
def tile():
    return made_tile(hill, (3e3, -2e3), 6e3, SPACING, name="Site99")


def test_clones_have_the_covariance_that_was_asked_for(tile):
    errors = np.array([clone.heights - tile.heights for clone in terrain_clones(tile, SIGMA, LENGTH, 12, seed=4)])
    # 12 fields of 12 km hold some 2000 lengths each way of pi L^2: the variance is known to 1 %
    assert np.mean(errors**2) == pytest.approx(SIGMA**2, rel=0.05)
    for lag in (2, 10, 20, 40):
        for axis in (1, 2):
            there = np.roll(errors, -lag, axis=axis)
            keep = [slice(None)] * 3
            keep[axis] = slice(0, -lag)
            found = np.mean((errors * there)[tuple(keep)])
            assert found == pytest.approx(SIGMA**2 * math.exp(-lag * SPACING / LENGTH), abs=0.05 * SIGMA**2)


def test_a_clone_depends_on_its_seed_and_number_alone(tile):
    first, second = terrain_clones(tile, SIGMA, LENGTH, 2, seed=4)
    (again,) = terrain_clones(tile, SIGMA, LENGTH, 1, seed=4)
    (other,) = terrain_clones(tile, SIGMA, LENGTH, 1, seed=5)
    np.testing.assert_array_equal(first.heights, again.heights)
    assert np.std(first.heights - second.heights) > SIGMA
    assert np.std(first.heights - other.heights) > SIGMA
    assert second.name == "Site99, clone 2"


@pytest.mark.parametrize(("sigma", "length", "count"), [(0.0, 200.0, 1), (1.0, 5.0, 1), (1.0, 1e6, 1), (1.0, 200.0, 0)])
def test_impossible_errors_are_refused(tile, sigma, length, count):
    with pytest.raises(InvalidInput):
        terrain_clones(tile, sigma, length, count, seed=1)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    pytest.importorskip("rasterio", reason="rasterio (extra geo) is not installed")
    folder = tmp_path_factory.mktemp("Site99")
    (folder / "Clones").mkdir()
    generator = np.random.default_rng(1)
    heights = 500.0 + 300.0 * np.sin(np.arange(60) / 9.0)[:, None] + np.zeros((60, 50))
    path = pgda_tiles.write_site_tile(folder, heights, 1e4, 2e4, site="Site99")
    errors = generator.normal(0.0, 0.4, (2, 60, 50))
    for number, error in enumerate(errors, 1):
        name = folder / "Clones" / f"Site99_final_adj_5mpp_{number:04d}_err.tif"
        pgda_tiles.write_geotiff(name, error, 5.0, 1e4, 2e4)
    pgda_tiles.write_geotiff(folder / "Clones" / "Site99_final_adj_5mpp_0003_err.tif", heights, 5.0, 1e4, 2e4)
    pgda_tiles.write_geotiff(folder / "Clones" / "Site99_final_adj_5mpp_0004_err.tif", errors[0], 5.0, 1.0002e4, 2e4)
    pgda_tiles.write_geotiff(folder / "Clones" / "Site99_final_adj_5mpp_0005_err.tif", errors[0, :9], 5.0, 1e4, 2e4)
    return path, heights, errors


def test_published_clones_are_found_and_added(published):
    path, heights, errors = published
    tile, files = read_tile(path), clone_files(path)
    assert [file.name[-12:-8] for file in files] == ["0001", "0002", "0003", "0004", "0005"]
    for file, error in zip(files, errors, strict=False):
        np.testing.assert_allclose(published_clone(tile, file).heights, heights + error, atol=1e-3)


@pytest.mark.parametrize(("number", "message"), [(2, "heights, not height errors"), (3, "pixels"), (4, "not hold all")])
def test_what_is_no_clone_of_the_tile_is_refused(published, number, message):
    path, _, _ = published
    with pytest.raises(InvalidInput, match=message):
        published_clone(read_tile(path), clone_files(path)[number])


def test_a_clone_that_is_not_there_is_missing_data(published):
    with pytest.raises(MissingData, match="_NNNN_err"):
        published_clone(read_tile(published[0]), published[0].with_name("none.tif"))
