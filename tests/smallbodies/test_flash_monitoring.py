"""Authority: caps of the sphere, NELIOTA's rate, the energy of single flashes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.flash import luminous_magnitude
from moonstead.smallbodies.flash_monitoring import flash_rate, flash_watch, least_mass, whole_moon_rate

LATTICE = 0.01  # [1] of the night side: 1000 of 2000 points lie on it


@pytest.mark.truth
def test_flashes_of_neliota_are_bodies_of_sixteen_grams_and_more(validation):
    validation(
        capability="Meteoroids",
        quantity="impacts over 16 g on the whole Moon against 7.4 an hour",
        authority="NELIOTA, Liakos et al. (2024), A&A 687, A14",
        error=abs(float(whole_moon_rate(0.016)) * 3600.0 / 7.4 - 1.0),
        unit="1",
        tolerance=0.05,  # the mass is printed with two digits: 3 % of it are 4 % of the flux
        cases=1,
    )


def test_the_lightest_body_that_is_seen_is_as_bright_as_the_limit():
    mass = float(least_mass(3.844e8, 17e3, 11.0, exposure=0.033, efficiency=2e-3))
    light = 2e-3 * 0.5 * mass * 17e3**2
    assert luminous_magnitude(light, 3.844e8, 0.033) == pytest.approx(11.0, abs=1e-12)
    with pytest.raises(InvalidInput, match="positive distances"):
        least_mass(0.0, 17e3, 11.0)


@pytest.mark.parametrize("height", [100e3, 2000e3, 6e7])
def test_over_the_middle_of_the_night_the_cap_in_view_is_that_of_the_sphere(height):
    distance = LUNAR_MAP_RADIUS + height
    seen = flash_watch([[distance, 0.0, 0.0]], [[-1.0, 0.0, 0.0]], 10.0)
    assert seen.night_in_view[0] == pytest.approx(1.0 - LUNAR_MAP_RADIUS / distance, abs=LATTICE)


def test_over_the_day_side_nothing_is_seen():
    seen = flash_watch([[1.84e6, 0.0, 0.0]], [[1.0, 0.0, 0.0]], 10.0)
    assert seen.night_in_view[0] == 0.0
    assert seen.mean_rate == 0.0
    assert math.isnan(seen.least_mass[0])


def test_from_afar_the_rate_is_that_of_the_visible_night():
    distance = LUNAR_MAP_RADIUS + 6.5e7  # a camera at the libration point behind the Moon
    seen = flash_watch([[distance, 0.0, 0.0]], [[-1.0, 0.0, 0.0]], 8.0)
    area = 2.0 * math.pi * LUNAR_MAP_RADIUS**2 * (1.0 - LUNAR_MAP_RADIUS / distance)
    low, high = (float(flash_rate(d, 8.0)[0]) * area for d in (distance, distance - LUNAR_MAP_RADIUS))
    assert low * 0.99 < seen.mean_rate < high * 1.01


def test_a_narrow_camera_sees_its_cone_only():
    wide, narrow = (
        flash_watch([[5e6, 0.0, 0.0]], [[-1.0, 0.0, 0.0]], 8.0, field_of_view=math.radians(angle))
        for angle in (170, 10)
    )
    reach = 5e6 * math.tan(math.radians(5.0))  # about the radius of the spot, nearer by the Moon's radius
    spot = (reach * (5e6 - LUNAR_MAP_RADIUS) / 5e6 / LUNAR_MAP_RADIUS) ** 2 / 2.0
    assert narrow.night_in_view[0] == pytest.approx(spot, abs=LATTICE)
    assert narrow.mean_rate < wide.mean_rate


def test_times_are_looked_at_one_by_one():
    turn = np.linspace(0.0, 6.0, 150)
    places = 3e6 * np.column_stack((np.cos(turn), np.sin(turn), 0.0 * turn))
    sun = np.tile([1.0, 0.0, 0.0], (150, 1))
    whole = flash_watch(places, sun, 9.0)
    for row in (0, 70, 149):
        alone = flash_watch(places[row : row + 1], sun[:1], 9.0)
        assert whole.rate[row] == pytest.approx(alone.rate[0], rel=1e-3)


def test_orbiters_in_the_ground_are_refused():
    with pytest.raises(InvalidInput, match="above the ground"):
        flash_watch([[1e6, 0.0, 0.0]], [[1.0, 0.0, 0.0]], 8.0)
    with pytest.raises(InvalidInput, match="directions of the Sun"):
        flash_watch([[2e6, 0.0, 0.0]], [[1.0, 0.0]], 8.0)
