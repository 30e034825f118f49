"""Authority: the published layout of the tables; areas on the sphere; a search of all pixels one by one."""

from __future__ import annotations

import numpy as np
import pytest

from element_tables import GRS_NAMES, GRS_SIGMA, GRS_TYPICAL, band_pixels, write_grs_table, write_hydrogen_table
from moonstead.formats.element_map import read_element_map
from moonstead.foundation.errors import InvalidInput, MissingData

PRINTED = 1e-6  # relative; the synthetic tables print seven digits
PUBLISHED_HYDROGEN = """#
# Hydrogen data as described by Feldman et al., JGR, in press, 2001
#
# These data are in units of H ppm by weight.
#
  -90.00,    -89.50,   -180.00,   -179.50,      147.49
  -90.00,    -89.50,   -179.50,   -179.00,      147.49
  -90.00,    -89.50,   -179.00,   -178.50,      147.48
"""  # the first lines of hydrogenhd.txt as quoted in public


def test_the_columns_of_the_element_table_are_the_published_ones(tmp_path):
    found = read_element_map(write_grs_table(tmp_path))
    assert found.quantities == GRS_NAMES
    factors = np.array([1e-6 if name in ("K", "Th", "U") else 1.0 for name in GRS_NAMES])
    np.testing.assert_allclose(found.values[0], np.array(GRS_TYPICAL) * factors, rtol=PRINTED)
    np.testing.assert_allclose(found.sigma[0], np.array(GRS_SIGMA) * factors, rtol=PRINTED)


def test_without_covariance_the_spread_is_unknown_and_not_zero(tmp_path):
    found = read_element_map(write_grs_table(tmp_path, covariance=False))
    assert np.all(np.isnan(found.sigma))


def test_every_point_of_the_moon_lies_in_the_pixel_that_a_plain_search_finds(tmp_path):
    found = read_element_map(write_grs_table(tmp_path, 20))
    generator = np.random.default_rng(4)
    latitude = np.arcsin(generator.uniform(-1.0, 1.0, 500))
    longitude = generator.uniform(-7.0, 7.0, 500)
    turned = np.mod(longitude + np.pi, 2.0 * np.pi) - np.pi
    inside = (found.south <= latitude[:, None]) & (latitude[:, None] < found.north)
    inside &= (found.west <= turned[:, None]) & (turned[:, None] < found.east)
    assert np.all(inside.sum(axis=1) == 1)
    np.testing.assert_array_equal(found.pixel(latitude, longitude), inside.argmax(axis=1))


def test_poles_and_the_date_line_belong_to_a_pixel_and_nan_to_none(tmp_path):
    found = read_element_map(write_grs_table(tmp_path, 20))
    pole = 0.5 * np.pi
    pixels = found.pixel([-pole, pole, 0.0, 0.0, np.nan, 2.0], [1.0, -3.0, np.pi, -np.pi, 0.0, 0.0])
    assert pixels[0] == 0
    assert pixels[1] == len(found.values) - 1
    assert pixels[2] == pixels[3]
    assert pixels[4:].tolist() == [-1, -1]


@pytest.mark.parametrize(("height", "rows"), [(20, 9 + 1), (5, 37), (2, 91)])
def test_synthetic_pixels_have_the_published_bands(height, rows):
    assert len({pixel[0] for pixel in band_pixels(float(height))}) == rows


def test_hydrogen_reads_as_mass_fraction(tmp_path):
    found = read_element_map(write_hydrogen_table(tmp_path, hydrogen=lambda latitude, longitude: 147.49))
    assert found.quantities == ("H",)
    np.testing.assert_allclose(found.values, 147.49e-6, rtol=PRINTED)
    assert np.all(np.isnan(found.sigma))


def test_a_part_of_the_published_table_is_recognised_and_refused_for_what_it_lacks(tmp_path):
    path = tmp_path / "hydrogenhd.txt"
    path.write_text(PUBLISHED_HYDROGEN)
    with pytest.raises(InvalidInput, match=r"3 pixels cover 0\.0000 of the Moon instead of 1; the table is cut short"):
        read_element_map(path)


def damaged(text: str, how: str) -> str:
    lines = text.splitlines()
    if how == "cut":
        return "\n".join(lines[:-5])
    if how == "half a row":
        return "\n".join([*lines[:-1], lines[-1][:100]])
    if how == "word":
        return "\n".join([*lines[:3], lines[3].replace("2.180000E+01", "**********"), *lines[4:]])
    if how == "not finite":
        return "\n".join([*lines[:3], lines[3].replace("2.180000E+01", "nan"), *lines[4:]])
    if how == "twice":
        return "\n".join([*lines, lines[5]])
    if how == "percent":
        return text.replace("4.500000E-01", "4.500000E+01")
    if how == "columns":
        return "\n".join(line + " 0" for line in lines)
    return ""


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("cut", "rows, its label lpgrs_high1_elem_abundance_20deg.lbl says"),
        ("half a row", "columns, the first row has 61; is it cut short"),
        ("word", "line 4: not all columns are finite numbers"),
        ("not finite", "line 4: not all columns are finite numbers"),
        ("twice", "rows, its label"),
        ("percent", "SiO2 is not always between none and all of the mass"),
        ("columns", "62 columns; known are 5"),
        ("empty", "the table has no rows"),
    ],
)
def test_a_damaged_table_is_refused(tmp_path, how, message):
    path = write_grs_table(tmp_path)
    path.write_text(damaged(path.read_text(), how))
    with pytest.raises(InvalidInput, match=message):
        read_element_map(path)


def test_without_a_label_the_area_tells_that_rows_are_missing(tmp_path):
    path = write_grs_table(tmp_path, label=False)
    path.write_text(damaged(path.read_text(), "cut"))
    with pytest.raises(InvalidInput, match="of the Moon instead of 1"):
        read_element_map(path)


@pytest.mark.parametrize(
    ("header", "message"),
    [("# in units of ppm\n", "say which element"), ("# Hydrogen\n", "do not say whether the values are ppm or weight")],
)
def test_a_binned_table_must_say_what_it_holds(tmp_path, header, message):
    path = tmp_path / "table.txt"
    path.write_text(header + "-90, 90, -180, 180, 50\n")
    with pytest.raises(InvalidInput, match=message):
        read_element_map(path)


def test_a_missing_table_is_missing_data(tmp_path):
    with pytest.raises(MissingData):
        read_element_map(tmp_path / "absent.tab")
