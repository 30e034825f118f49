"""Authority: the tables' own pixels; GDAL's sampling of a raster; molar masses; Korotev (1998) for U/Th."""

from __future__ import annotations

import numpy as np
import pytest

from element_tables import write_grs_table, write_hydrogen_table
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.surface.resources import ORE_CAUTION, load_resource_layers, water_equivalent
from moonstead.surface.resources_rare_earths import (
    KREEP,
    KREEP_THORIUM,
    KREEP_URANIUM,
    rare_earths_by_thorium,
)
from pgda_tiles import MOON_RADIUS, write_geotiff

PRINTED = 1e-6  # relative; the synthetic tables print seven digits
SINGLE = 1e-6  # relative; rasters hold float32
URANIUM_DIGIT = 0.01  # [1] Korotev (1998) gives U/Th = 0.27 with two digits

rasterio = pytest.importorskip("rasterio", reason="the extra geo is not installed")


def test_each_quantity_of_the_element_table_is_a_layer(tmp_path):
    path = write_grs_table(tmp_path, 5, lambda latitude, _: 5.0 + latitude / 100.0, label=False)
    layers = load_resource_layers(path)
    assert [layer.quantity for layer in layers] == ["MgO", "Al2O3", "SiO2", "CaO", "TiO2", "FeO", "K", "Th", "U"]
    assert {(layer.unit, layer.footprint, layer.simulated) for layer in layers} == {("1", 150e3, False)}
    thorium = next(layer for layer in layers if layer.quantity == "Th")
    found = thorium.at(np.radians([-90.0, 0.0, 71.0]), np.radians([10.0, 20.0, -30.0]))
    np.testing.assert_allclose(found.value, [4.1125e-6, 5e-6, 5.7e-6], rtol=PRINTED)  # at the middles of the bands
    np.testing.assert_allclose(found.sigma, 0.2e-6, rtol=PRINTED)
    assert load_resource_layers(write_grs_table(tmp_path, 5))[0].simulated  # its label says synthetic


def test_hydrogen_has_no_spread_and_a_narrower_footprint_and_says_that_it_is_synthetic(tmp_path):
    (layer,) = load_resource_layers(
        write_hydrogen_table(tmp_path, hydrogen=lambda latitude, longitude: longitude + 185)
    )
    found = layer.at(np.radians(-84.0), np.radians([0.0, 179.0, 181.0, 539.0]))
    np.testing.assert_allclose(found.value, [190e-6, 360e-6, 10e-6, 360e-6], rtol=PRINTED)
    assert np.all(np.isnan(found.sigma))
    assert layer.footprint == 45e3
    assert layer.simulated


def test_one_quantity_may_be_asked_for_and_must_be_there(tmp_path):
    path = write_grs_table(tmp_path)
    (layer,) = load_resource_layers(path, quantity="Th", footprint=200e3)
    assert (layer.quantity, layer.footprint) == ("Th", 200e3)
    with pytest.raises(InvalidInput, match="holds no gold; it has MgO, Al2O3"):
        load_resource_layers(path, quantity="gold")
    with pytest.raises(InvalidInput, match="footprint of a layer must be positive"):
        load_resource_layers(path, footprint=0.0)
    with pytest.raises(MissingData):
        load_resource_layers(tmp_path / "absent.tab")


@pytest.mark.truth
def test_a_raster_layer_gives_the_pixel_that_gdal_gives(tmp_path, validation):
    from rasterio.warp import transform

    generator = np.random.default_rng(3)
    values = generator.uniform(0.0, 1.0, (60, 90))
    path = write_geotiff(tmp_path / "ice.tif", values, 1000.0, 20_000.0, -10_000.0, unit="percent")
    (layer,) = load_resource_layers(path, quantity="ice")
    latitude, longitude = np.radians(generator.uniform(-90.0, -87.0, 200)), generator.uniform(-3.0, 3.0, 200)
    found = layer.at(latitude, longitude).value
    with rasterio.open(path) as source:
        x, y = transform(
            f"+proj=longlat +R={MOON_RADIUS} +no_defs", source.crs, np.degrees(longitude), np.degrees(latitude)
        )
        inside = [source.bounds.left < a < source.bounds.right and source.bounds.bottom < b < source.bounds.top
                  for a, b in zip(x, y, strict=True)]  # fmt: skip
        expected = np.array([each[0] for each in source.sample(list(zip(x, y, strict=True)))])
    expected = np.where(inside, 0.01 * expected, np.nan)
    assert 10 < np.sum(inside) < 190
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    validation(
        capability="resource layers",
        quantity="values of a raster layer at scattered points",
        authority="GDAL",
        error=float(np.nanmax(np.abs(found - expected))),
        unit="1",
        tolerance=SINGLE,
        cases=200,
    )
    assert layer.unit == "1"


@pytest.mark.parametrize("first", [-180.0, 0.0])
def test_a_global_raster_has_no_seam_and_no_hole_at_the_poles(tmp_path, first):
    values = np.arange(18.0 * 36.0).reshape(18, 36)
    crs = f"+proj=longlat +R={MOON_RADIUS} +no_defs"
    path = write_geotiff(tmp_path / "global.tif", values, 10.0, first + 5.0, 85.0, crs=crs, unit="K")
    (layer,) = load_resource_layers(path)
    longitude = np.radians([first, first + 359.9, first - 0.1, first + 360.0])
    np.testing.assert_array_equal(layer.at(np.zeros(4), longitude).value % 36.0, [0.0, 35.0, 35.0, 0.0])
    np.testing.assert_array_equal(
        layer.at([0.5 * np.pi, -0.5 * np.pi], np.radians(first + 15.0)).value, [1.0, 17.0 * 36.0 + 1.0]
    )
    assert layer.unit == "K"
    assert layer.footprint == pytest.approx(10.0 * np.pi * MOON_RADIUS / 180.0)


def test_points_outside_a_layer_and_unknown_points_are_nan(tmp_path):
    (layer,) = load_resource_layers(write_geotiff(tmp_path / "x.tif", np.ones((4, 4)), 100.0, unit="K"))
    found = layer.at([-0.5 * np.pi, 0.0, np.nan], [0.0, 0.0, 0.0])
    np.testing.assert_array_equal(np.isnan(found.value), [False, True, True])
    with pytest.raises(InvalidInput, match="within pi/2"):
        layer.at(-89.0, 0.0)


def test_water_is_nine_times_its_hydrogen():
    assert water_equivalent(150e-6) == pytest.approx(150e-6 * (2 * 1.00794 + 15.9994) / (2 * 1.00794), rel=1e-5)


def test_the_caution_says_what_an_orbital_figure_is_not():
    assert "no ore map" in ORE_CAUTION


@pytest.mark.truth
def test_the_reference_rock_has_the_moons_ratio_of_uranium_to_thorium(validation):
    validation(
        capability="resource layers",
        quantity="U/Th of the KREEP composition",
        authority="Korotev (1998), 0.27 in lunar rocks and soils",
        error=abs(KREEP_URANIUM / KREEP_THORIUM - 0.27),
        unit="1",
        tolerance=URANIUM_DIGIT,
        cases=1,
    )


def test_elements_of_odd_number_are_rarer_than_their_neighbours():
    """Oddo and Harkins: true of every rock, so a slip of a digit in the table would show."""
    for odd, even in (("La", "Ce"), ("Pr", "Nd"), ("Tb", "Dy"), ("Ho", "Er"), ("Tm", "Yb")):
        assert KREEP[odd] < 0.5 * KREEP[even]
    assert KREEP["Lu"] < KREEP["Yb"]


def test_rare_earths_follow_thorium_in_proportion():
    found = rare_earths_by_thorium([0.0, KREEP_THORIUM * 1e-6, 5.5e-6, np.nan])
    column = found.elements.index("Sm")
    np.testing.assert_allclose(found.value[:3, column], [0.0, 48e-6, 12e-6])
    assert found.total[1] == pytest.approx(1e-6 * sum(KREEP.values()))
    assert np.isnan(found.total[3])
    assert np.all(found.low[:3] <= found.value[:3])
    assert np.all(found.value[:3] <= found.high[:3])


def test_the_range_widens_with_the_error_of_thorium_and_upwards_where_kreep_is_scarce():
    poor, rich, blurred = (
        rare_earths_by_thorium(5e-6 * share, error) for share, error in ((0.2, 0), (1, 0), (1, 2e-6))
    )
    assert not poor.kreep_bearing[0]
    assert rich.kreep_bearing[0]
    assert poor.total_high[0] / poor.total[0] > 3.0  # mare basalts: three to five times KREEP's ratio
    assert rich.total_high[0] / rich.total[0] == pytest.approx(rich.total[0] / rich.total_low[0])
    assert blurred.total_high[0] > rich.total_high[0]
    assert blurred.total_low[0] < rich.total_low[0]


@pytest.mark.parametrize(("thorium", "sigma"), [(5.0, 0.0), (-1e-6, 0.0), (1e-6, -1e-6)])
def test_thorium_in_ppm_or_below_zero_is_refused(thorium, sigma):
    with pytest.raises(InvalidInput, match="mass fractions between 0 and 1"):
        rare_earths_by_thorium(thorium, sigma)
