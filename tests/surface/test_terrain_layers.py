"""Authority: the function that files in the layouts of published products were filled from; files read whole."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_tiles import SOUTH

import pgda_tiles
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.surface import terrain_layers
from moonstead.surface.terrain_layers import load_terrain_layers, read_tile

HALF_A_NUMBER = 0.26  # [m] digital numbers of half a metre, and single precision
PLACE = (math.radians(-89.45), math.radians(222.69))
GLOBAL = "lola-8ppd"


def map_of(center, count, spacing):
    """Map coordinates [m] of pixels about a point, the top row first."""
    axis = (np.arange(count) - count // 2) * spacing
    return center[0] + axis[None, :], center[1] - axis[:, None]


@pytest.fixture(scope="module")
def written(tmp_path_factory, lola):
    """A site tile of 20 m and a polar cap of 500 m, made of the global grid and ripples; nothing was measured."""
    pytest.importorskip("rasterio", reason="rasterio (extra geo) is not installed")
    folder = tmp_path_factory.mktemp("terrain")
    center = tuple(20.0 * round(float(a) / 20.0) for a in SOUTH.forward(*PLACE))
    x, y = map_of(center, 401, 20.0)
    ripples = 15.0 * np.sin(x / 300.0) * np.cos(y / 200.0)
    heights = lola.height(*SOUTH.inverse(x, y)) + ripples
    site = pgda_tiles.write_site_tile(folder, heights, x[0, 0], y[0, 0], site="Site01", spacing=20.0)
    wide_x, wide_y = map_of((0.0, 0.0), 601, 500.0)
    cap = lola.height(*SOUTH.inverse(wide_x, wide_y)) + 0.0 * wide_x * wide_y
    ring = pgda_tiles.write_polar_cap(folder, cap, 500.0)
    holed = heights.copy()
    holed[195:206, 195:206] = -99999.0
    hole = pgda_tiles.write_geotiff(folder / "holed.tif", holed, 20.0, x[0, 0], y[0, 0], nodata=-99999.0)
    lifted = pgda_tiles.write_geotiff(folder / "lifted.tif", heights + 3000.0, 20.0, x[0, 0], y[0, 0])
    return {"folder": folder, "site": site, "ring": ring, "hole": hole, "lifted": lifted, "ripples": ripples}


def test_layers_of_a_scenario_become_levels(written, data, lola):
    names = [written["site"].name, written["ring"].name, GLOBAL]
    terrain = load_terrain_layers(names, data, written["folder"], PLACE)
    assert [tile.heights.shape for tile in terrain.tiles] == [(401, 401), (601, 601)]
    assert terrain.resolution_at(*PLACE) == pytest.approx(20.0, rel=1e-3)
    middle = written["ripples"][200, 200]
    assert terrain.height(*PLACE) == pytest.approx(
        float(lola.height(*PLACE)) + middle, abs=2.0
    )  # ripples of 20 m pixels
    assert terrain.level_names[-1] == lola.name


def test_only_what_a_place_can_see_is_read(written, data, monkeypatch):
    monkeypatch.setattr(terrain_layers, "PIXELS_TO_EDGE", 60)
    whole, part = read_tile(written["ring"]), read_tile(written["ring"], PLACE)
    assert part.heights.size < 0.2 * whole.heights.size
    generator = np.random.default_rng(3)
    x, y = SOUTH.forward(*PLACE)
    around = SOUTH.inverse(x + generator.uniform(-29e3, 29e3, 500), y + generator.uniform(-29e3, 29e3, 500))
    np.testing.assert_allclose(part.height(*around), whole.height(*around), rtol=0, atol=1e-9)  # [m] rounding
    wider = read_tile(written["ring"], PLACE, half_width=20e3)
    assert wider.heights.shape[0] == pytest.approx(part.heights.shape[0] + 80, abs=2)


def ripple(latitude, longitude):
    return 400.0 * np.sin(7.0 * longitude) * np.cos(5.0 * latitude)


@pytest.mark.parametrize("longitude", [0.0, 0.3, 179.8, -0.4])
@pytest.mark.parametrize("latitude", [12.0, -71.0])
def test_a_window_may_lie_across_the_edge_of_a_map_that_goes_round(tmp_path, latitude, longitude, monkeypatch):
    monkeypatch.setattr(terrain_layers, "PIXELS_TO_EDGE", 12)
    rows = 720
    lat = (0.5 - (np.arange(rows) + 0.5) / rows) * math.pi
    lon = (np.arange(2 * rows) + 0.5) / rows * math.pi
    numbers = np.rint(ripple(lat[:, None], lon[None, :]) / 0.5)
    path = pgda_tiles.write_gdr_cylindrical(tmp_path, numbers)
    place = math.radians(latitude), math.radians(longitude)
    tile = read_tile(path, place)
    assert tile.heights.shape[1] < 250
    generator = np.random.default_rng(3)
    spread = 11 * tile.spacing / LUNAR_MAP_RADIUS
    around = (
        place[0] + generator.uniform(-spread, spread, 400),
        place[1] + generator.uniform(-spread, spread, 400) / math.cos(place[0]),
    )
    assert np.all(np.isfinite(tile.height(*around)))
    bilinear = 400.0 * 49.0 * (math.pi / rows) ** 2 / 4.0  # [m] largest error between pixel centres
    np.testing.assert_allclose(tile.height(*around), ripple(*around), atol=HALF_A_NUMBER + bilinear)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["{site}"], "needs the layer 'lola-8ppd' once"),
        ([], "got nothing"),
        (["lola-8ppd", "moon-dem"], "needs the layer 'lola-8ppd' once"),
        (["{site}", "{site}", "lola-8ppd"], "named twice"),
        (["{hole}", "lola-8ppd"], "has a hole at the site"),
        (["{lifted}", "lola-8ppd"], r"stands \+(2\.9|3\.0)\d km from LOLA"),
    ],
)
def test_layers_that_make_no_terrain_are_refused(written, data, names, message):
    files = {key: value.name for key, value in written.items() if key in ("site", "hole", "lifted")}
    with pytest.raises(InvalidInput, match=message):
        load_terrain_layers([name.format(**files) for name in names], data, written["folder"], PLACE)


def test_a_tile_of_another_place_is_refused_by_name(written, data):
    for place in ((-1.45, 0.3), (0.2, 0.1)):
        with pytest.raises(InvalidInput, match=r"Site01_final_adj_5mpp_surf\.tif lies about -89\.\d+ .*take the tile"):
            load_terrain_layers([written["site"].name, GLOBAL], data, written["folder"], place)


def test_a_file_that_is_not_there_is_missing_data(data, tmp_path):
    with pytest.raises(MissingData, match="there is no such file"):
        load_terrain_layers(["Site99.tif", GLOBAL], data, tmp_path, PLACE)


def test_a_large_file_is_not_read_whole(written, monkeypatch):
    monkeypatch.setattr(terrain_layers, "MOST_PIXELS", 100_000)
    with pytest.raises(InvalidInput, match="say around which place"):
        read_tile(written["site"])
