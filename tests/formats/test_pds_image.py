"""Authority: GDAL's own PDS driver on the same files; the data sets' DSMAP catalogues; spiceypy for directions."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moonstead.formats.raster_map_files import raster_header, read_heights, read_raster
from moonstead.foundation.errors import InvalidInput, MissingData
from pgda_tiles import MOON_RADIUS, hills, write_gdr_cylindrical, write_gdr_jp2, write_gdr_polar

rasterio = pytest.importorskip("rasterio", reason="the extra geo is not installed")

EXACT = 1e-9  # [m] the same few operations in double precision on coordinates of 1e6 m
LABEL_DIGITS = 1e-3  # [m] GDAL takes MAP_SCALE of a cylindrical map, rounded to 1e-10 km, we MAP_RESOLUTION
HALF_STEP = 0.5  # [m] one count of a LOLA map
CATALOGUE_DIGITS = 5e-4  # [deg] the catalogue prints 48.48755 and 59.996
SPICE_DIGITS = 1e-6  # [m] double precision of coordinates of 1.7e6 m, through tan and atan


@pytest.fixture
def numbers():
    return np.round(2.0 * hills(24, 40, 20.0)).astype(np.int16)


def gdal_centre(path):
    """Centre [m] of the first pixel as GDAL's PDS driver reads the label."""
    with rasterio.open(path) as source:
        transform = source.transform
        return transform.c + 0.5 * transform.a, transform.f + 0.5 * transform.e, source.read(1)


@pytest.mark.truth
@pytest.mark.parametrize("pole", ["north", "south"])
@pytest.mark.parametrize("place", [(None, None), (-30_010.0, 52_030.0)])
def test_polar_maps_lie_where_gdal_puts_them(tmp_path, numbers, pole, place, validation):
    path = write_gdr_polar(tmp_path, numbers, 20.0, pole=pole, x=place[0], y=place[1])
    found = read_raster(path)
    x, y, raw = gdal_centre(path)
    validation(
        capability="maps from files",
        quantity=f"first pixel of a LOLA GDR map, {pole} pole, {'whole' if place[0] is None else 'part'}",
        authority="GDAL PDS driver",
        error=max(abs(found.x - x), abs(found.y - y), float(np.max(np.abs(found.values - 0.5 * raw)))),
        unit="m",
        tolerance=EXACT,
        cases=numbers.size,
    )
    assert found.meaning == "height above the sphere of 1737400 m"


@pytest.mark.truth
def test_cylindrical_maps_lie_where_gdal_puts_them(tmp_path, validation):
    numbers = np.round(hills(180, 360, 100.0)).astype(np.int16)
    path = write_gdr_cylindrical(tmp_path, numbers)
    found = read_raster(path)
    x, y, raw = gdal_centre(path)
    validation(
        capability="maps from files",
        quantity="first pixel of a LOLA GDR map, cylindrical",
        authority="GDAL PDS driver",
        error=max(abs(found.x - x), abs(found.y - y), float(np.max(np.abs(found.values - 0.5 * raw)))),
        unit="m",
        tolerance=LABEL_DIGITS,
        cases=numbers.size,
    )


@pytest.mark.truth
@pytest.mark.parametrize(("per_degree", "latitude", "longitude"), [(4, 89.875, 0.125), (16, 89.96875, 0.03125)])
def test_the_first_pixel_of_a_global_map_is_the_published_one(tmp_path, per_degree, latitude, longitude, validation):
    shape = (180 * per_degree, 360 * per_degree)
    header = raster_header(write_gdr_cylindrical(tmp_path, np.zeros(shape, dtype=np.int16)))
    found = np.degrees(header.projection.inverse(header.x, header.y))
    validation(
        capability="maps from files",
        quantity=f"latitude and longitude of the first pixel of LDEM_{per_degree}",
        authority="LOLA GDR labels as quoted in public",
        error=float(np.max(np.abs(found - [latitude, longitude]))),
        unit="deg",
        tolerance=EXACT,
        cases=2,
    )


@pytest.mark.truth
def test_the_sixty_degree_map_reaches_as_far_as_its_catalogue_says(tmp_path, validation):
    path = write_gdr_polar(tmp_path, np.zeros((4, 4), dtype=np.int16), 240.0, name="LDEM_60S_240M")
    header = raster_header(path)
    half = 0.5 * 7760 * 240.0  # 7760 pixels of 240 m
    edge, corner = np.degrees(header.projection.inverse([0.0, half], [half, half])[0])
    validation(
        capability="maps from files",
        quantity="latitude of the edges and corners of the 60 degree polar map",
        authority="DSMAP_POLAR.CAT of LRO-L-LOLA-4-GDR-V1.0",
        error=max(abs(edge + 59.996), abs(corner + 48.48755)),
        unit="deg",
        tolerance=CATALOGUE_DIGITS,
        cases=2,
    )


@pytest.mark.parametrize(("pole", "sign"), [("south", 1.0), ("north", -1.0)])
def test_longitude_0_points_up_in_the_south_and_down_in_the_north(tmp_path, numbers, pole, sign):
    header = raster_header(write_gdr_polar(tmp_path, numbers, 20.0, pole=pole))
    latitude = header.projection.latitude - np.copysign(0.01, header.projection.latitude)
    x, y = header.projection.forward([latitude, latitude], [0.0, 0.5 * np.pi])
    assert x[0] == pytest.approx(0.0, abs=EXACT)
    assert np.sign(y[0]) == sign
    assert x[1] > 0.0  # 90 E to the right at both poles
    assert y[1] == pytest.approx(0.0, abs=EXACT)


@pytest.mark.truth
def test_pixels_are_the_directions_that_spice_gives(tmp_path, numbers, validation):
    spice = pytest.importorskip("spiceypy")
    found = read_raster(write_gdr_polar(tmp_path, numbers, 20.0, x=-30_010.0, y=52_030.0))
    error = 0.0
    for row, column in ((0, 0), (11, 7), (23, 39)):
        x, y = found.x + column * found.spacing, found.y - row * found.spacing
        # the plane touches the pole; the line from the opposite pole through the plane's point meets the sphere
        ray = np.array([y, x, -2.0 * MOON_RADIUS])  # in the south +y of the map is longitude 0
        share = -4.0 * MOON_RADIUS * ray[2] / (ray @ ray) / 2.0
        point = np.array([0.0, 0.0, MOON_RADIUS]) + share * ray
        _, longitude, latitude = spice.reclat(point)
        back = found.pixel(latitude, longitude)
        error = max(error, *(np.abs(np.array(back) - [row, column]) * found.spacing))
    validation(
        capability="maps from files",
        quantity="pixels of a polar map by central projection from the far pole",
        authority="geometry of the sphere and spiceypy",
        error=float(error),
        unit="m",
        tolerance=SPICE_DIGITS,
        cases=3,
    )


def test_a_jpeg_2000_map_is_the_same_map(tmp_path, numbers):
    plain = read_heights(write_gdr_polar(tmp_path, numbers, 20.0, name="PLAIN"))
    for ending in ("LBL", "JP2"):
        packed = read_heights(write_gdr_jp2(tmp_path, numbers, 20.0, name="PACKED").with_suffix(f".{ending}"))
        np.testing.assert_array_equal(packed.values, plain.values)
        assert (packed.x, packed.y, packed.spacing) == (plain.x, plain.y, plain.spacing)


def test_the_image_finds_its_label_and_the_label_its_image(tmp_path, numbers):
    label = write_gdr_polar(tmp_path, numbers, 20.0)
    label.rename(tmp_path / "ldem_80s_20m.lbl")  # archives differ in case
    by_image = read_raster(tmp_path / "LDEM_80S_20M.IMG")
    np.testing.assert_array_equal(by_image.values, read_raster(tmp_path / "ldem_80s_20m.lbl").values)


def test_an_attached_label_is_read_with_the_data_behind_it(tmp_path, numbers):
    detached = write_gdr_polar(tmp_path, numbers, 20.0, changes={"^IMAGE": "21"}, record_bytes=80 * 2)
    label = detached.read_bytes().replace(b"RECORD_BYTES = 160", b"RECORD_BYTES = 160")
    attached = tmp_path / "attached.img"
    attached.write_bytes(label.ljust(20 * 160) + numbers.tobytes())
    detached.unlink()
    np.testing.assert_array_equal(read_raster(attached).values, np.float32(0.5) * numbers)


@pytest.mark.parametrize(
    ("sample_type", "dtype"),
    [("LSB_INTEGER", "<i2"), ("MSB_INTEGER", ">i2"), ("SUN_INTEGER", ">i2"), ("PC_REAL", "<f4"), ("IEEE_REAL", ">f4")],
)
def test_both_byte_orders_give_the_same_heights(tmp_path, numbers, sample_type, dtype):
    bits = 8 * np.dtype(dtype).itemsize
    path = write_gdr_polar(tmp_path, numbers, 20.0, dtype=dtype, sample_type=sample_type, sample_bits=bits)
    np.testing.assert_array_equal(read_raster(path).values, np.float32(0.5) * numbers)


@pytest.mark.parametrize(
    "map_scale",
    ["20 <METERS/PIXEL>", "20 <m/pix>", "0.020 <KM/PIXEL>", "0.02 <km/pix>", "20", "0.02", "20.0 <M/PIXEL>"],
)
def test_map_scale_counts_kilometres_or_metres_with_its_unit_or_without(tmp_path, numbers, map_scale):
    header = raster_header(write_gdr_polar(tmp_path, numbers, 20.0, map_scale=map_scale))
    assert header.spacing == 20.0


@pytest.mark.parametrize("map_scale", ["0.02 <m/pix>", "20 <KM/PIXEL>", "30", "20 <FEET/PIXEL>"])
def test_a_map_scale_that_contradicts_the_resolution_is_refused(tmp_path, numbers, map_scale):
    with pytest.raises(InvalidInput, match="MAP_SCALE"):
        raster_header(write_gdr_polar(tmp_path, numbers, 20.0, map_scale=map_scale))


@pytest.mark.parametrize("counted_from", [0.0, 0.5, 1.0])
def test_offsets_may_count_from_the_centre_the_corner_or_before_the_first_pixel(tmp_path, numbers, counted_from):
    rows, columns = numbers.shape
    path = write_gdr_polar(
        tmp_path,
        numbers,
        20.0,
        changes={
            "LINE_PROJECTION_OFFSET": f"{0.5 * (rows - 1) + counted_from}",
            "SAMPLE_PROJECTION_OFFSET": f"{0.5 * (columns - 1) + counted_from}",
        },
    )
    header = raster_header(path)
    assert header.edges == (-400.0, -240.0, 400.0, 240.0)  # the pole in the middle


@pytest.mark.parametrize("counted_from", [0.0, 0.5, 1.0])
def test_the_extent_of_a_global_map_tells_what_its_offsets_count_from(tmp_path, counted_from):
    extent = {"MAXIMUM_LATITUDE": 90, "MINIMUM_LATITUDE": -90, "WESTERNMOST_LONGITUDE": 0, "EASTERNMOST_LONGITUDE": 360}
    stated = "\r\n  ".join(f"{keyword} = {value} <deg>" for keyword, value in extent.items())
    path = write_gdr_cylindrical(
        tmp_path,
        np.zeros((180, 360), dtype=np.int16),
        changes={
            "LINE_PROJECTION_OFFSET": f"{89.5 + counted_from}",
            "SAMPLE_PROJECTION_OFFSET": f"{179.5 + counted_from}\r\n  {stated}",
        },
    )
    header = raster_header(path)
    found = np.degrees(header.projection.inverse(header.x, header.y))
    assert found == pytest.approx([89.5, 0.5], abs=EXACT)


def test_an_extent_that_does_not_apply_is_passed_over(tmp_path):
    extent = "MAXIMUM_LATITUDE = 'N/A'\r\n  MINIMUM_LATITUDE = 'N/A'\r\n  WESTERNMOST_LONGITUDE = 'N/A'"
    numbers = np.zeros((180, 360), dtype=np.int16)
    path = write_gdr_cylindrical(tmp_path, numbers, changes={"SAMPLE_PROJECTION_OFFSET": f"179.5\r\n  {extent}"})
    header = raster_header(path)
    assert np.degrees(header.projection.inverse(header.x, header.y)) == pytest.approx([89.5, 0.5], abs=EXACT)


def test_a_global_map_that_does_not_fit_its_extent_is_refused(tmp_path):
    path = write_gdr_cylindrical(
        tmp_path,
        np.zeros((180, 360), dtype=np.int16),
        changes={
            "SAMPLE_PROJECTION_OFFSET": "-0.5\r\n  MAXIMUM_LATITUDE = 90\r\n  MINIMUM_LATITUDE = -90\r\n"
            "  WESTERNMOST_LONGITUDE = 0\r\n  EASTERNMOST_LONGITUDE = 360"
        },
    )
    with pytest.raises(InvalidInput, match="do not fit them"):
        raster_header(path)


@pytest.mark.parametrize(
    ("label", "factor"),
    [
        ({}, 0.5),
        ({"unit": "METERS", "scaling_factor": "1"}, 1.0),
        ({"unit": "KILOMETER", "scaling_factor": "0.0005", "offset": "1737.4"}, 0.5),
        ({"quantity": "PLANETARY_RADIUS"}, 0.5),
        ({"quantity": "PLANETARY_RADIUS", "unit": "KILOMETER", "scaling_factor": "0.0005", "offset": "1737.4"}, 0.5),
        ({"offset": "0."}, 0.5),
    ],
)
def test_heights_come_in_metres_above_the_sphere_whatever_the_label_counts(tmp_path, numbers, label, factor):
    found = read_heights(write_gdr_polar(tmp_path, numbers, 20.0, **label))
    assert (found.unit, found.meaning) == ("m", "height above the sphere of 1737400 m")
    np.testing.assert_allclose(found.values, factor * numbers.astype(float), atol=1e-4)  # float32 of 500 m


def test_radii_that_the_label_calls_heights_are_refused(tmp_path):
    radii = (MOON_RADIUS + hills(24, 40, 20.0)).astype("<f4")
    path = write_gdr_polar(
        tmp_path, radii, 20.0, dtype="<f4", sample_type="PC_REAL", sample_bits=32, scaling_factor="1", offset="0."
    )
    with pytest.raises(InvalidInput, match=r"distances from the Moon's centre in m, not heights; subtract"):
        read_heights(path)


@pytest.mark.truth
@pytest.mark.parametrize(
    ("name", "label", "numbers", "expected"),
    [
        ("AVGVISIB_85S_060M_201608", {"scaling_factor": "0.00004"}, [0, 12500, 25000], [0.0, 0.5, 1.0]),
        ("LPSR_85S_060M_201608", {"scaling_factor": "0.000025", "offset": "0.5"}, [-20000, 0, 20000], [0.0, 0.5, 1.0]),
    ],
)
def test_maps_of_light_and_shadow_are_shares(tmp_path, name, label, numbers, expected):
    fixed = {"unit": "NONE", "quantity": "VISIBILITY", "offset": "0", **label}
    found = read_raster(write_gdr_polar(tmp_path, [numbers], 60.0, name=name, **fixed))
    assert found.unit == "1"
    np.testing.assert_allclose(found.values[0], expected, atol=1e-7)
    assert found.meaning.startswith(("mean visibility of the Sun", "permanent shadow"))


@pytest.mark.parametrize(("hole", "stated"), [(-9999, "-9999"), (-32768, None), (-32768, "16#FFFF8000#")])
def test_holes_become_nan(tmp_path, numbers, hole, stated):
    numbers[3, 5] = hole
    found = read_heights(write_gdr_polar(tmp_path, numbers, 20.0, missing=stated))
    assert np.argwhere(np.isnan(found.values)).tolist() == [[3, 5]]


def test_a_window_is_the_same_part_of_the_whole(tmp_path, numbers):
    path = write_gdr_polar(tmp_path, numbers, 20.0, x=1000.0, y=2000.0)
    whole = read_raster(path)
    part = read_raster(path, window=(1035.0, 1875.0, 1105.0, 1955.0))
    np.testing.assert_array_equal(part.values, whole.values[2:7, 2:6])
    assert (part.x, part.y) == (1040.0, 1960.0)
    beyond = read_raster(path, window=(-1e9, -1e9, 1e9, 1e9))
    np.testing.assert_array_equal(beyond.values, whole.values)


@pytest.mark.parametrize("window", [(0.0, 0.0, 900.0, 900.0), (5.0, 5.0, 5.0, 9.0)])
def test_a_window_beside_the_map_is_refused(tmp_path, numbers, window):
    path = write_gdr_polar(tmp_path, numbers, 20.0, x=1000.0, y=2000.0)
    with pytest.raises(InvalidInput, match=r"lies outside the map|left < right"):
        read_raster(path, window=window)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"TARGET_NAME": "MARS"}, "TARGET_NAME is MARS: not a map of the Moon"),
        ({"A_AXIS_RADIUS": "6378.137 <km>"}, "sphere of 6378137 m, like the Earth"),
        ({"A_AXIS_RADIUS": "3396.19 <km>"}, "like Mars"),
        ({"C_AXIS_RADIUS": "1736.0 <km>"}, "C_AXIS_RADIUS of IMAGE_MAP_PROJECTION differs"),
        ({"MAP_PROJECTION_TYPE": '"SINUSOIDAL"'}, "is SINUSOIDAL centred on -90 deg: supported are"),
        ({"CENTER_LATITUDE": "-45 <deg>"}, "is POLAR STEREOGRAPHIC centred on -45 deg"),
        ({"MAP_PROJECTION_ROTATION": "90.0"}, "turned maps are not supported"),
        ({"POSITIVE_LONGITUDE_DIRECTION": '"WEST"'}, "count to the west"),
        ({"SAMPLE_TYPE": "VAX_REAL"}, "SAMPLE_TYPE of IMAGE is VAX_REAL"),
        ({"SAMPLE_BITS": "12"}, "SAMPLE_BITS of IMAGE is 12"),
        ({"LINES": "25"}, "1920 bytes, but the label needs 2000 .*belongs to another image"),
        ({"LINE_SAMPLES": "39"}, "1920 bytes, but the label describes 1872"),
        ({"^IMAGE": '"OTHER.IMG"'}, "image OTHER.IMG does not lie beside it"),
        ({"LINE_PROJECTION_OFFSET": '"N/A"'}, "LINE_PROJECTION_OFFSET of IMAGE_MAP_PROJECTION says 'N/A'"),
    ],
)
def test_a_label_that_does_not_fit_is_refused(tmp_path, numbers, changes, message):
    path = write_gdr_polar(tmp_path, numbers, 20.0, changes=changes)
    with pytest.raises((InvalidInput, MissingData), match=message):
        read_raster(path)


def test_a_file_that_was_cut_short_is_refused(tmp_path, numbers):
    path = write_gdr_polar(tmp_path, numbers, 20.0)
    image = tmp_path / "LDEM_80S_20M.IMG"
    image.write_bytes(image.read_bytes()[:-100])
    with pytest.raises(InvalidInput, match="the download broke off"):
        read_raster(path)


def test_an_image_without_its_label_is_refused(tmp_path, numbers):
    write_gdr_polar(tmp_path, numbers, 20.0).unlink()
    with pytest.raises(MissingData, match=r"no label LDEM_80S_20M\.lbl lies beside the image"):
        read_raster(tmp_path / "LDEM_80S_20M.IMG")


def test_a_label_of_another_image_is_refused(tmp_path, numbers):
    write_gdr_polar(tmp_path, numbers, 20.0)
    (tmp_path / "OTHER.IMG").write_bytes(numbers.tobytes())
    (tmp_path / "LDEM_80S_20M.LBL").rename(tmp_path / "OTHER.LBL")
    with pytest.raises(InvalidInput, match=r"names LDEM_80S_20M\.IMG, not OTHER\.IMG"):
        read_raster(tmp_path / "OTHER.IMG")


def test_a_map_in_principal_axes_says_so(tmp_path, numbers):
    changes = {"COORDINATE_SYSTEM_NAME": '"PRINCIPAL AXIS OF DE421"'}
    assert raster_header(write_gdr_polar(tmp_path, numbers, 20.0, changes=changes)).frame == "MOON_PA"


NUMBERS = ("0", "-1", "1e400", "1e30", "3.5", "nan", "16#FF#")
TEXTS = ("N/A", '"x"', "(1, 2)", '("A.IMG", 3)', '("LDEM_80S_20M.IMG", 2 <BYTES>)', "{}", "MOON", "", "<m>")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=st.integers(0, 70), word=st.sampled_from(NUMBERS + TEXTS), cut=st.booleans())
def test_a_spoilt_label_is_refused_or_read_but_never_breaks_the_reader(tmp_path, line, word, cut):
    path = write_gdr_polar(tmp_path, np.ones((6, 8), dtype=np.int16), 20.0)
    lines = path.read_text().splitlines()
    line %= len(lines)
    lines[line] = lines[line].split("=")[0] + "= " + word
    path.write_text("\n".join(lines[:line] if cut else lines))
    with contextlib.suppress(InvalidInput, MissingData):
        assert read_raster(path).shape == (6, 8)
