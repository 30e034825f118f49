"""Authority: the library with the same arguments; walls in closed form in a file of the published layout."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import pgda_tiles
from moonstead.cli.main import execute
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.data import DataContext
from moonstead.foundation.map_projection import MapProjection
from moonstead.surface.horizon import horizon_profile
from moonstead.surface.terrain import load_terrain

SOUTH = MapProjection("polar-stereographic", -0.5 * math.pi, 0.0, LUNAR_MAP_RADIUS)
PLACE = ("--latitude", "-89.45", "--longitude", "222.69")


def ask(capsys, *arguments):
    code = execute(["surface", "horizon", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def answer(capsys, *arguments):
    code, out, err = ask(capsys, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


@pytest.fixture(scope="module")
def walled(tmp_path_factory):
    """Site tile of the Connecting Ridge with a wall of 300 m, 1 km to the right of the site on the map; made up."""
    pytest.importorskip("rasterio", reason="rasterio (extra geo) is not installed")
    lola = load_terrain(DataContext.installed())
    here = SOUTH.forward(math.radians(-89.45), math.radians(222.69))
    axis = (np.arange(401) - 200) * 10.0
    x, y = float(here[0]) + axis[None, :], float(here[1]) - axis[:, None]
    heights = np.full((401, 401), float(lola.height(math.radians(-89.45), math.radians(222.69))))
    heights[:, 300] += 300.0
    folder = tmp_path_factory.mktemp("walled")
    return pgda_tiles.write_site_tile(folder, heights, x[0, 0], y[0, 0], site="Site01", spacing=10.0)


def test_the_global_grid_answers_as_the_library_does(capsys):
    found = answer(capsys, *PLACE, "--height", "5", "--azimuths", "24")
    terrain = load_terrain(DataContext.installed())
    expected = horizon_profile(terrain, math.radians(-89.45), math.radians(222.69), 5.0, 24)
    np.testing.assert_allclose(
        [row["elevation_deg"] for row in found["horizon"]], np.degrees(expected.elevation), atol=1e-12
    )
    assert found["ground_m"] == pytest.approx(expected.height - 5.0)
    assert not found["is_site_grade"]
    assert "Site01_final_adj_5mpp_surf.tif" in found["remarks"][0]
    assert all(row["error_below_deg"] > 0.0 and row["error_above_deg"] > 0.0 for row in found["horizon"])


def test_a_wall_in_a_site_tile_stands_where_it_was_built(walled, capsys):
    found = answer(capsys, *PLACE, "--terrain", str(walled), "--azimuths", "360", "--height", "0")
    # x of the map points to 90 E; at a longitude the map's right is that much further round, from north over east
    ahead = round((90.0 - 222.69) % 360.0)
    row = found["horizon"][ahead]
    assert row["elevation_deg"] == pytest.approx(math.degrees(math.atan2(300.0, 1000.0)), abs=0.05)
    assert row["distance_m"] == pytest.approx(1000.0, abs=2.0)
    assert found["is_site_grade"]
    assert [level["name"] for level in found["terrain"]][-1] == "LOLA 8 pixels per degree"
    assert found["terrain_by_distance"][1]["resolution_m"] == pytest.approx(10.0, rel=1e-3)


def test_the_table_is_for_reading(capsys):
    code, out, _ = ask(capsys, *PLACE, "--azimuths", "36")
    assert code == 0
    assert "95 % error deg" in out
    assert "coarser than a site study needs" in out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--latitude", "-95", "--longitude", "0"), 2, "no such place"),
        ((*PLACE, "--height", "-3"), 2, "observer_height"),
        ((*PLACE, "--reach", "0.1"), 2, "reach"),
        ((*PLACE, "--terrain", "nowhere/Site99.tif"), 3, "no such file"),
        ((*PLACE, "--azimuths", "2"), 2, "azimuths"),
    ],
)
def test_what_cannot_be_answered_is_said(arguments, code, says, capsys):
    found, _, err = ask(capsys, *arguments)
    assert found == code
    assert says in err


def test_a_tile_of_another_site_is_refused(walled, capsys):
    code, _, err = ask(capsys, "--latitude", "-88.8", "--longitude", "123.4", "--terrain", str(walled), "--json")
    assert code == 2
    assert "take the tile of this site" in json.loads(err)["message"]


def earth(folder, heights, x, y):
    crs = pgda_tiles.polar_crs(radius=6_378_137.0)
    return pgda_tiles.write_geotiff(folder / "earth.tif", heights, 20.0, x, y, crs=crs)


def mercator(folder, heights, x, y):
    crs = "+proj=merc +lon_0=0 +R=1737400 +units=m +no_defs"
    return pgda_tiles.write_geotiff(folder / "mercator.tif", heights, 20.0, x, y, crs=crs)


def kilometres(folder, heights, x, y):
    return pgda_tiles.write_geotiff(folder / "kilometres.tif", heights / 1e3, 20.0, x, y)


def radii(folder, heights, x, y):
    return pgda_tiles.write_geotiff(folder / "radii.tif", heights + 1_737_400.0, 20.0, x, y)


def mirrored(folder, heights, x, y):
    return pgda_tiles.write_geotiff(folder / "mirrored.tif", heights[::-1], 20.0, x, y)


def holed(folder, heights, x, y):
    heights = heights.copy()
    heights[390:420, 390:420] = -9999.0
    return pgda_tiles.write_geotiff(folder / "holed.tif", heights, 20.0, x, y, nodata=-9999.0)


def without_projection(folder, heights, x, y):
    path = folder / "bare.npy"
    np.save(path, heights)
    return path


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (earth, "like the Earth"),
        (mercator, "projection"),
        (kilometres, "kilometres"),
        (radii, "distances from the Moon's centre"),
        (mirrored, "is it another place, mirrored"),
        (holed, "has a hole at the site"),
        (without_projection, "neither GeoTIFF nor"),
    ],
)
def test_a_file_that_would_give_a_wrong_answer_is_refused(make, says, tmp_path, capsys):
    pytest.importorskip("rasterio", reason="rasterio (extra geo) is not installed")
    lola = load_terrain(DataContext.installed())
    here = SOUTH.forward(math.radians(-89.45), math.radians(222.69))
    axis = (np.arange(801) - 400) * 20.0  # a site tile of 16 km: four cells of the global grid across
    x, y = float(here[0]) + axis[None, :], float(here[1]) - axis[:, None]
    path = make(tmp_path, lola.height(*SOUTH.inverse(x, y)), x[0, 0], y[0, 0])
    code, _, err = ask(capsys, *PLACE, "--terrain", str(path), "--json")
    assert code == 2
    assert says in json.loads(err)["message"]
