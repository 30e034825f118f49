"""Authority: PROJ through GDAL for coordinates; the layout of the published files for values."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from moonstead.formats.geotiff import open_geotiff
from moonstead.formats.raster_map_files import raster_header, read_heights, read_raster
from moonstead.foundation.errors import InvalidInput, MissingData
from pgda_tiles import MOON_RADIUS, hills, polar_crs, write_geotiff, write_polar_cap, write_site_tile

rasterio = pytest.importorskip("rasterio", reason="the extra geo is not installed")

EXACT = 1e-6  # [m] double precision of coordinates of 1e6 m through tan and atan, in two libraries
SINGLE = 1e-4  # [m] heights of 500 m in float32
SPHERE = f"+R={MOON_RADIUS} +no_defs"
POINTS = np.radians([[-87.0, 12.0], [-89.9, -170.0], [-60.0, 100.0], [-45.0, 0.0]])
DEGREE = np.pi * MOON_RADIUS / 180.0  # [m]


@pytest.fixture
def heights():
    return hills(48, 64, 5.0)


@pytest.mark.truth
@pytest.mark.parametrize(
    ("crs", "north"),
    [
        (polar_crs("south"), False),
        (polar_crs("south", 30.0), False),
        (polar_crs("north"), True),
        (polar_crs("north", 180.0), True),
        (f"+proj=stere +lat_0=-90 +lat_ts=-70 +lon_0=0 +x_0=1000 +y_0=-2000 +units=m {SPHERE}", False),
        (f"+proj=stere +lat_0=-90 +k=0.994 +lon_0=0 +units=m {SPHERE}", False),
        (f"+proj=eqc +lat_ts=0 +lon_0=0 +units=m {SPHERE}", False),
        (f"+proj=eqc +lat_ts=45 +lat_0=10 +lon_0=20 +units=m {SPHERE}", False),
        (f"+proj=gnom +lat_0=-80 +lon_0=40 +units=m {SPHERE}", False),
        (f"+proj=eqc +lat_ts=0 +lon_0=0 +units=km {SPHERE}", False),
    ],
)
def test_map_coordinates_are_those_of_gdal(tmp_path, heights, crs, north, validation):
    from rasterio.warp import transform

    path = write_geotiff(tmp_path / "map.tif", heights, 0.001 if "km" in crs else 1.0, 0.0, 0.0, crs=crs, unit="m")
    header = raster_header(path)
    latitude, longitude = (POINTS * [[-1.0, 1.0]] if north else POINTS).T
    if "gnom" in crs:
        latitude, longitude = latitude[:1], longitude[:1]
    source = f"+proj=longlat {SPHERE}"
    x, y = transform(source, crs, np.degrees(longitude), np.degrees(latitude))
    scale = 1e3 if "km" in crs else 1.0
    ours = np.array(header.projection.forward(latitude, longitude)) - [[header.x], [header.y]]
    validation(
        capability="maps from files",
        quantity=f"map coordinates, {crs.split(' +R')[0]}",
        authority="PROJ through GDAL",
        error=float(np.max(np.abs(ours - scale * np.array([x, y])))),
        unit="m",
        tolerance=EXACT,
        cases=latitude.size,
    )


@pytest.mark.parametrize(
    ("code", "kind", "spacing"),
    [
        ("IAU_2015:30135", "polar-stereographic", 1.0),
        ("IAU_2015:30130", "polar-stereographic", 1.0),
        ("IAU_2015:30110", "equirectangular", 1.0),
        ("IAU_2015:30100", "equirectangular", DEGREE),
    ],
)
def test_codes_of_the_international_astronomical_union_are_known(tmp_path, heights, code, kind, spacing):
    header = raster_header(write_geotiff(tmp_path / "map.tif", heights, 1.0, 0.0, 0.0, crs=code, unit="m"))
    assert (header.projection.kind, header.projection.radius) == (kind, MOON_RADIUS)
    assert header.spacing == pytest.approx(spacing)


@pytest.mark.parametrize("first", [-180.0, 0.0])
def test_maps_in_degrees_lie_where_their_pixels_say(tmp_path, first):
    values = np.arange(18.0 * 36.0).reshape(18, 36)
    path = write_geotiff(
        tmp_path / "global.tif", values, 10.0, first + 5.0, 85.0, crs=f"+proj=longlat {SPHERE}", unit="m"
    )
    found = read_raster(path)
    assert found.spacing == pytest.approx(10.0 * DEGREE, rel=1e-12)
    for row, column in ((0, 0), (4, 35), (17, 20)):
        latitude, longitude = np.radians([85.0 - 10.0 * row, first + 5.0 + 10.0 * column])
        assert found.pixel(latitude, longitude) == (pytest.approx(row, abs=1e-9), pytest.approx(column, abs=1e-9))


def test_a_site_tile_has_its_heights_at_its_pixels(tmp_path, heights):
    found = read_heights(write_site_tile(tmp_path, heights, -30_000.0, 20_000.0))
    assert (found.unit, found.frame, found.spacing) == ("m", "MOON_ME", 5.0)
    assert found.meaning == "height above the sphere of 1737400 m"
    np.testing.assert_allclose(found.values, heights, atol=SINGLE)
    assert found.edges == (-30_002.5, 19_762.5, -29_682.5, 20_002.5)


def test_a_window_reads_only_the_blocks_it_touches(tmp_path, monkeypatch):
    path = write_polar_cap(tmp_path, hills(512, 768, 20.0))
    whole = read_heights(path)
    seen = []
    reader = rasterio.io.DatasetReader.read
    monkeypatch.setattr(
        "moonstead.formats.geotiff.opened",
        lambda opened_path, real=open_geotiff.__globals__["opened"]: _Watched(real(opened_path), seen, reader),
    )
    part = read_heights(path, window=(-100.0, -60.0, 120.0, 80.0))
    np.testing.assert_array_equal(part.values, whole.values[252:259, 379:390])
    assert (part.x, part.y) == (whole.x + 379 * 20.0, whole.y - 252 * 20.0)
    assert seen == [(7, 11)]


class _Watched:
    """A dataset that notes the size of every window that is read."""

    def __init__(self, context, seen, reader):
        self.context, self.seen, self.reader = context, seen, reader

    def __enter__(self):
        self.source = self.context.__enter__()
        return self

    def __exit__(self, *problem):
        return self.context.__exit__(*problem)

    def __getattr__(self, name):
        return getattr(self.source, name)

    def read(self, band, window):
        self.seen.append((window.height, window.width))
        return self.source.read(band, window=window)


@pytest.mark.parametrize(
    ("written", "nodata"), [(-9999.0, -9999.0), (np.nan, None), (np.nan, np.nan), (-3.4028226550889045e38, None)]
)
def test_holes_become_nan(tmp_path, heights, written, nodata):
    heights[2, 3] = written
    found = read_heights(write_geotiff(tmp_path / "x_surf.tif", heights, 5.0, nodata=nodata, unit="m"))
    assert np.argwhere(np.isnan(found.values)).tolist() == [[2, 3]]


def test_what_the_files_own_mask_hides_is_a_hole(tmp_path, heights):
    path = write_geotiff(tmp_path / "x_surf.tif", heights, 5.0, unit="m")
    mask = np.full(heights.shape, 255, dtype=np.uint8)
    mask[4, 6] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as target:
        target.write_mask(mask)
    assert np.argwhere(np.isnan(read_heights(path).values)).tolist() == [[4, 6]]


@pytest.mark.parametrize(
    ("options", "factor"),
    [
        ({"unit": "m"}, 1.0),
        ({"unit": "metre"}, 1.0),
        ({"unit": "km"}, 1000.0),
        ({"unit": "m", "scale": 0.5, "dtype": "int16"}, 0.5),
        ({"scale": 0.5, "dtype": "int16"}, 0.5),
        ({"unit": "m", "scale": 0.5, "offset": 1_737_400.0, "dtype": "int16"}, 0.5),  # as GDAL copies a PDS label
        ({}, 1.0),
    ],
)
def test_heights_come_in_metres_whatever_the_band_counts(tmp_path, heights, options, factor):
    stored = heights / 1e3 if options.get("unit") == "km" else np.round(heights)
    found = read_heights(write_geotiff(tmp_path / "LDEM_any.tif", stored, 5.0, **options))
    assert found.unit == "m"
    np.testing.assert_allclose(found.values, factor * stored, atol=SINGLE)


def test_an_unnamed_map_of_real_numbers_is_taken_for_metres_only_as_terrain(tmp_path, heights):
    path = write_geotiff(tmp_path / "my_sfs_map.tif", heights, 1.0)
    assert read_raster(path).unit == ""
    assert read_heights(path).unit == "m"


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (MOON_RADIUS + hills(48, 64, 5.0), {}, r"distances from the Moon's centre in m, not heights; subtract 1.7374e"),
        (1737.4 + hills(48, 64, 5.0) / 1e3, {}, "distances from the Moon's centre in km"),
        (hills(48, 64, 5.0) / 1e3, {"spacing": 240.0}, "look like kilometres"),
        (1e3 * hills(48, 64, 5.0), {}, "no heights of the Moon"),
        (hills(48, 64, 5.0), {"dtype": "int16"}, "integers without a scale or a unit; heights may be counted in"),
        (np.full((48, 64), np.nan), {}, "nothing but holes"),
        (hills(48, 64, 5.0), {"unit": "K"}, r"in \[K\], not heights"),
    ],
)
def test_what_is_no_height_is_refused(tmp_path, values, options, message):
    spacing = options.pop("spacing", 5.0)
    path = write_geotiff(tmp_path / "map.tif", values, spacing, **options)
    with pytest.raises(InvalidInput, match=message):
        read_heights(path)


@pytest.mark.parametrize(
    ("name", "numbers", "expected", "meaning"),
    [
        ("AVGVISIB_85S_060M_201608.TIF", [0, 12_500, 25_000], [0.0, 0.5, 1.0], "mean visibility of the Sun"),
        ("AVGVISIB_85S_060M_201608_EARTH.TIF", [0, 12_500, 25_000], [0.0, 0.5, 1.0], "mean visibility of the Earth"),
        ("LPSR_85S_060M_201608.TIF", [-20_000, 0, 20_000], [0.0, 0.5, 1.0], "permanent shadow: 1 inside, 0 outside"),
    ],
)
def test_integer_maps_of_light_have_the_scale_of_their_published_label(tmp_path, name, numbers, expected, meaning):
    found = read_raster(write_geotiff(tmp_path / name, [numbers], 60.0, dtype="int16"))
    assert (found.unit, found.meaning) == ("1", meaning)
    np.testing.assert_allclose(found.values[0], expected, atol=1e-7)


def test_real_maps_of_light_are_taken_as_they_are(tmp_path):
    found = read_raster(write_geotiff(tmp_path / "AVGVISIB_85S_060M_201608.TIF", [[0.0, 0.5, 0.88]], 60.0))
    np.testing.assert_allclose(found.values[0], [0.0, 0.5, 0.88], atol=1e-7)


def test_integers_of_a_known_product_without_a_scale_are_not_guessed(tmp_path):
    path = write_geotiff(tmp_path / "SKYV_65S_240M.TIF", [[0, 1, 2]], 240.0, dtype="int16")
    with pytest.raises(InvalidInput, match="integers without a scale"):
        read_raster(path)


@pytest.mark.parametrize(
    ("crs", "message"),
    [
        ("EPSG:3031", "refers to the Earth"),
        ("IAU_2015:49910", "like Mars"),
        ("EPSG:4326", "refers to the Earth"),
        ("+proj=stere +lat_0=-90 +R=6378137 +units=m", "6378137 m, like the Earth"),
        ("+proj=stere +lat_0=-90 +R=3396190 +units=m", "like Mars"),
        ("+proj=stere +lat_0=-90 +R=1737.4 +units=m", "like the Moon in km"),
        ("+proj=stere +lat_0=-90 +a=1738100 +b=1736000 +units=m", "not to a sphere"),
        (f"+proj=sinu +units=m {SPHERE}", "projection sinu is not supported; supported are polar stereographic"),
        (f"+proj=stere +lat_0=-85 +lon_0=30 +units=m {SPHERE}", "stereographic about latitude -85 deg"),
        (f"+proj=laea +lat_0=-90 +units=m {SPHERE}", "projection laea is not supported"),
    ],
)
def test_another_body_or_projection_is_refused_with_a_remedy(tmp_path, heights, crs, message):
    path = write_geotiff(tmp_path / "map.tif", heights, 5.0, crs=crs, unit="m")
    with pytest.raises(InvalidInput, match=message):
        read_raster(path)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_map_without_a_place_is_refused(tmp_path, heights):
    path = tmp_path / "bare.tif"
    with rasterio.open(path, "w", driver="GTiff", width=64, height=48, count=1, dtype="float32") as target:
        target.write(heights.astype("float32"), 1)
    with pytest.raises(InvalidInput, match="no coordinate system that GDAL can tell"):
        read_raster(path)


@pytest.mark.parametrize(
    ("terms", "count", "message"),
    [
        ((5.0, 0.1, 0.0, 0.1, -5.0, 0.0), 1, "turned or mirrored"),
        ((5.0, 0.0, 0.0, 0.0, 5.0, 0.0), 1, "turned or mirrored"),
        ((5.0, 0.0, 0.0, 0.0, -6.0, 0.0), 1, "must be square"),
        ((5.0, 0.0, 0.0, 0.0, -5.0, 0.0), 3, "3 bands; give a map of one band"),
    ],
)
def test_turned_oblong_and_layered_maps_are_refused(tmp_path, heights, terms, count, message):
    from rasterio.transform import Affine

    path = tmp_path / "map.tif"
    shape = {"width": 64, "height": 48, "count": count, "dtype": "float32"}
    with rasterio.open(path, "w", driver="GTiff", crs=polar_crs(), transform=Affine(*terms), **shape) as target:
        for band in range(count):
            target.write(heights.astype("float32"), band + 1)
    with pytest.raises(InvalidInput, match=message):
        read_raster(path)


def test_a_file_that_was_cut_short_is_refused(tmp_path):
    path = write_polar_cap(tmp_path, hills(512, 512, 20.0))
    path.write_bytes(path.read_bytes()[:-20_000])
    with pytest.raises(InvalidInput, match=r"damaged or cut short|not a raster file"):
        read_heights(path)


def test_a_file_that_is_no_map_is_refused(tmp_path):
    for name, content, message in (
        ("x.tif", b"II*\0 broken", "not a raster file"),
        ("x.txt", b"hello", "neither GeoTIFF nor a PDS3 label"),
        ("x.tif", b"", "the file is empty"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InvalidInput, match=message):
            read_raster(tmp_path / name)
    with pytest.raises(MissingData, match="no such file"):
        read_raster(tmp_path / "absent.tif")


def test_without_rasterio_the_message_names_the_extra(tmp_path, heights, monkeypatch):
    path = write_site_tile(tmp_path, heights, 0.0, 0.0)
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(MissingData, match=r"pip install moonstead\[geo\]"):
        read_raster(path)
