"""Authority: geometry of the circle (closed forms), its symmetries, and direct sums over a darkened disc."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.disc import disc_fraction_above, limb_darkened_fraction_above

SUN_RADIUS = 4.65e-3  # [rad] at 1 au: 695 700 km / 149 597 871 km
CLOSED_FORM = 1e-14  # the same few operations in double precision
SUMMED = 2e-5  # a sum over 2000 x 2000 cells: the square root at the limb costs one cell in its width


@pytest.mark.parametrize(
    ("height_in_radii", "expected"),
    [
        (2.0, 1.0),
        (1.0, 1.0),  # upper contact: the whole disc
        (0.5, 2.0 / 3.0 + np.sqrt(3.0) / (4.0 * np.pi)),  # segment of 240 degrees
        (0.0, 0.5),  # centre on the horizon
        (-1.0, 0.0),  # lower contact: nothing
        (-2.0, 0.0),
    ],
)
def test_fraction_matches_the_circular_segment(height_in_radii, expected):
    fraction = disc_fraction_above([height_in_radii * SUN_RADIUS], SUN_RADIUS)
    assert fraction[0] == pytest.approx(expected, abs=CLOSED_FORM)


@pytest.mark.parametrize("law", [disc_fraction_above, limb_darkened_fraction_above])
def test_what_is_seen_above_is_hidden_below(law):
    elevation = np.linspace(-1.5, 1.5, 301) * SUN_RADIUS
    above, mirrored = law(elevation, SUN_RADIUS), law(-elevation, SUN_RADIUS)
    np.testing.assert_allclose(above + mirrored, 1.0, atol=CLOSED_FORM)


@pytest.mark.parametrize("law", [disc_fraction_above, limb_darkened_fraction_above])
def test_a_rising_disc_never_loses_light(law):
    assert np.all(np.diff(law(np.linspace(-1.1, 1.1, 1001) * SUN_RADIUS, SUN_RADIUS)) >= 0.0)


@pytest.mark.parametrize("wavelength", [450e-9, 550e-9, 1000e-9])
def test_darkened_fraction_is_the_sum_of_the_light_over_the_disc(wavelength):
    cells = (np.arange(2000) + 0.5) / 1000.0 - 1.0
    x, y = np.meshgrid(cells, cells)
    exponent = -0.023 + 0.292e-6 / wavelength
    light = np.maximum(1.0 - x * x - y * y, 0.0) ** (0.5 * exponent) * (x * x + y * y < 1.0)
    for height in (-0.8, -0.3, 0.0, 0.5, 0.9):  # on edges of cells
        expected = np.sum(light[y > -height]) / np.sum(light)
        found = limb_darkened_fraction_above(height * SUN_RADIUS, SUN_RADIUS, wavelength)
        assert found[0] == pytest.approx(expected, abs=SUMMED)


def test_a_dark_limb_shines_less_than_a_bright_one_while_the_sun_rises():
    elevation = np.linspace(-0.99, -0.01, 50) * SUN_RADIUS
    assert np.all(limb_darkened_fraction_above(elevation, SUN_RADIUS) < disc_fraction_above(elevation, SUN_RADIUS))


@pytest.mark.parametrize("law", [disc_fraction_above, limb_darkened_fraction_above])
def test_an_unknown_elevation_spoils_only_its_own_row(law):
    np.testing.assert_array_equal(np.isnan(law([0.0, np.nan, 1.0], SUN_RADIUS)), [False, True, False])


@pytest.mark.parametrize("law", [disc_fraction_above, limb_darkened_fraction_above])
def test_a_disc_without_radius_is_refused_by_name(law):
    with pytest.raises(InvalidInput, match="angular_radius must be positive"):
        law([0.1], 0.0)


def test_light_outside_the_law_is_refused():
    with pytest.raises(InvalidInput, match="417 to 2400 nm"):
        limb_darkened_fraction_above([0.1], SUN_RADIUS, wavelength=200e-9)
