"""Authority: Gaussians on half planes and strips (closed forms), Monte Carlo, quadrature of the rock law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erf

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.map_projection import MapProjection
from moonstead.station.landing_hazard import (
    Dispersion,
    HazardMap,
    Lander,
    hazard_map,
    landing_probability_map,
    rock_area_fraction,
    rock_hazard,
    rocks_per_area,
    safe_landing_probability,
)
from moonstead.surface.gnomonic_grid import GnomonicGrid

EXACT_SUM = 1e-7  # the Gaussian is cut at six standard deviations: 1.5e-8
LANDER = Lander(baseline=20.0, max_slope=math.radians(8.0), max_roughness=0.5, max_rock=0.4)


def grid_of(heights, spacing=10.0):
    rows, columns = heights.shape
    x = spacing * (np.arange(columns) - columns // 2)
    y = -spacing * (np.arange(rows) - rows // 2)
    projection = MapProjection("gnomonic", -1.5, 0.0, LUNAR_MAP_RADIUS)
    return GnomonicGrid(projection, x, y, heights.astype(np.float32), spacing, "MOON_ME", "made")


def hazards_of(hazard, spacing=10.0):
    grid = grid_of(np.zeros(hazard.shape), spacing)
    none = np.zeros(hazard.shape)
    return HazardMap(grid, 20.0, none, none, hazard)


@pytest.mark.truth
@pytest.mark.parametrize("azimuth", [0.0, 0.7, math.pi / 2])
def test_chance_of_a_half_plane_is_an_error_function(validation, azimuth):
    hazard = np.zeros((121, 121))
    hazard[:, 66:] = 1.0  # unsafe beyond x = 55 m
    spread = Dispersion(40.0, 25.0, azimuth)
    safe, unknown = safe_landing_probability(hazards_of(hazard), 13.0, -4.0, spread)
    deviation = math.hypot(40.0 * math.sin(azimuth), 25.0 * math.cos(azimuth))
    expected = 0.5 * (1.0 + erf((55.0 - 13.0) / (deviation * math.sqrt(2.0))))
    assert unknown < EXACT_SUM
    validation(
        capability="Landing hazard",
        quantity="chance of a safe landing beside a half plane of hazards",
        authority="closed form (error function)",
        error=abs(safe - expected),
        unit="1",
        tolerance=EXACT_SUM,
        cases=1,
    )


def test_chance_agrees_with_monte_carlo():
    generator = np.random.default_rng(5)
    hazard = generator.random((101, 101)) ** 2
    hazards, spread, target = hazards_of(hazard), Dispersion(60.0, 30.0, 0.4), (35.0, 20.0)
    safe, _ = safe_landing_probability(hazards, *target, spread)
    count = 200_000
    along, across = generator.normal(0, 60.0, count), generator.normal(0, 30.0, count)
    x = target[0] + along * math.sin(0.4) + across * math.cos(0.4)
    y = target[1] + along * math.cos(0.4) - across * math.sin(0.4)
    column, row = np.rint(x / 10.0).astype(int) + 50, np.rint(-y / 10.0).astype(int) + 50
    drawn = 1.0 - hazard[row, column]
    assert abs(safe - drawn.mean()) < 4.0 * drawn.std() / math.sqrt(count)  # four standard errors


def test_the_map_of_chances_equals_each_target_alone():
    hazard = (np.random.default_rng(6).random((41, 41)) < 0.3).astype(float)
    hazard[0] = np.nan
    hazards, spread = hazards_of(hazard), Dispersion(25.0, 12.0, 1.1)
    chances = landing_probability_map(hazards, spread)
    for row, column in ((20, 20), (5, 30), (1, 1)):
        alone, _ = safe_landing_probability(hazards, hazards.grid.x[column], hazards.grid.y[row], spread)
        assert chances[row, column] == pytest.approx(
            alone, abs=1e-6
        )  # the map cuts at six deviations of the longer axis


def test_what_lies_beyond_the_map_is_unknown_and_not_safe():
    safe, unknown = safe_landing_probability(hazards_of(np.zeros((41, 41))), 205.0, 0.0, Dispersion(30.0, 30.0))
    assert unknown == pytest.approx(0.5, abs=1e-6)
    assert safe == pytest.approx(0.5, abs=1e-6)


def test_steep_and_rough_ground_fails():
    x, _ = np.meshgrid(10.0 * np.arange(21), np.arange(21))
    steep = hazard_map(grid_of(np.tan(math.radians(9.0)) * x), LANDER)
    gentle = hazard_map(grid_of(np.tan(math.radians(7.0)) * x), LANDER)
    rough = hazard_map(grid_of(np.random.default_rng(1).normal(0.0, 3.0, (21, 21))), LANDER)
    assert np.nanmin(steep.hazard) == 1.0
    assert np.nanmax(gentle.hazard) == 0.0
    assert np.nanmin(rough.hazard) == 1.0
    assert np.isnan(gentle.hazard[0, 0])


def test_number_of_rocks_is_the_integral_of_their_area():
    share, fall = 0.05, 1.79 + 0.152 / 0.05
    for diameter in (0.1, 0.5, 2.0):
        density = lambda d: share * fall * math.exp(-fall * d) / (math.pi * d * d / 4.0)  # noqa: E731
        expected, _ = quad(density, diameter, 40.0)
        assert rocks_per_area(diameter, share) == pytest.approx(expected, rel=1e-6)
    assert rock_area_fraction(0.0, share) == pytest.approx(share)


def test_no_rocks_no_hazard_and_more_rocks_more():
    assert rock_hazard(LANDER, 0.0) == 0.0
    few, many = rock_hazard(LANDER, 0.02), rock_hazard(LANDER, 0.1)
    assert 0.0 < few < many < 1.0


def test_bad_numbers_are_refused_by_name():
    with pytest.raises(InvalidInput, match="degrees"):
        Lander(10.0, 8.0, 0.5, 0.4)
    with pytest.raises(InvalidInput, match="deviations"):
        Dispersion(0.0, 10.0)
    with pytest.raises(InvalidInput, match="outside the map"):
        safe_landing_probability(hazards_of(np.zeros((11, 11))), 900.0, 0.0, Dispersion(10.0, 10.0))
    with pytest.raises(InvalidInput, match="share"):
        rock_hazard(LANDER, 1.5)
