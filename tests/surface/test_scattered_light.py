"""Authority: the closed form of light in a spherical bowl, geometry of the Sun's disc, and conservation of light."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bowl import bowl

from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SOLAR_CONSTANT, STEFAN_BOLTZMANN
from moonstead.foundation.errors import InvalidInput
from moonstead.surface.regolith import HIGHLAND, albedo
from moonstead.surface.scattered_light import (
    absorbed_sunlight,
    bowl_crater_flux,
    diffuse_albedo,
    emitted_between_facets,
    facet_incidence,
    reflected_between_facets,
    sunlight,
    surroundings_flux,
    visible_elevation,
)
from moonstead.surface.view_factors import ground_views

ROUNDING = 1e-12
EVEN = replace(HIGHLAND, name="even", albedo_cubic=0.0, albedo_eighth=0.0)
LOW_SUN = np.radians(10.0)


def lit_bowl(count, ratio=0.2):
    """Views, direct light, its incidence, and which facets of the bowl are in shadow; the Sun to the right."""
    heights, spacing, inside = bowl(count, ratio)
    views = ground_views(heights, spacing)
    facing = views.normals @ np.array([np.cos(LOW_SUN), 0.0, np.sin(LOW_SUN)])
    towards = int(np.argmin(np.abs(views.azimuth - 0.5 * np.pi)))
    lit = (facing > 0.0) & (views.skyline[:, towards] < LOW_SUN)
    facing = np.where(lit, facing, 0.0)
    return views, SOLAR_CONSTANT * facing, np.arccos(facing), inside.ravel() & ~lit


def shadow_temperature(count):
    """Mean temperature of the shadowed part of a bowl at equilibrium, and the spread over it."""
    views, direct, incidence, shadowed = lit_bowl(count)
    light = reflected_between_facets(views, EVEN, direct, incidence)
    heat = np.zeros_like(light)
    for _ in range(25):  # each round sends on a seventh of what it got
        temperature = ((light + heat) / (EVEN.emissivity * STEFAN_BOLTZMANN)) ** 0.25
        heat = emitted_between_facets(views, EVEN.emissivity, temperature)
    return float(np.mean(temperature[shadowed])), float(np.std(temperature[shadowed]))


@pytest.mark.truth
def test_the_shadow_in_a_bowl_is_as_warm_as_its_walls_make_it(validation):
    flux = bowl_crater_flux(0.2, LOW_SUN, SOLAR_CONSTANT, EVEN.normal_albedo, EVEN.emissivity)
    expected = float((flux / (EVEN.emissivity * STEFAN_BOLTZMANN)) ** 0.25)
    coarse, _ = shadow_temperature(31)
    fine, spread = shadow_temperature(61)
    assert abs(fine - expected) < 0.7 * abs(coarse - expected)
    validation(
        capability="light and heat between facets",
        quantity="temperature of the shadowed floor of a bowl, depth a fifth of the diameter, Sun at 10 deg",
        authority="Ingersoll, Svitek & Murray (1992), equation 8",
        error=abs(fine - expected) + spread,
        unit="K",
        tolerance=4.0,  # 50 pixels across the bowl: the rim, a pixel wide, shades 4 % of the light that enters
        cases=1,
    )


def test_light_that_enters_is_absorbed_or_leaves():
    views, direct, incidence, _ = lit_bowl(31)
    absorbed = reflected_between_facets(views, EVEN, direct, incidence)
    # what a facet reflects in all is its albedo over one minus its albedo times what it absorbs
    leaving = EVEN.normal_albedo / (1.0 - EVEN.normal_albedo) * absorbed
    escaped = np.sum(leaving * views.sky * views.area)
    assert np.sum(absorbed * views.area) + escaped == pytest.approx(np.sum(direct * views.area), rel=1e-7)


def test_heat_between_facets_is_what_does_not_escape():
    views, _, _, _ = lit_bowl(31)
    temperature = np.linspace(80.0, 300.0, views.sky.size)
    absorbed = emitted_between_facets(views, 0.95, temperature)
    own = 0.95 * STEFAN_BOLTZMANN * temperature**4
    # of what a facet receives it keeps the emissivity and reflects the rest
    leaving = own + 0.05 / 0.95 * absorbed
    escaped = np.sum(leaving * views.sky * views.area)
    assert np.sum(absorbed * views.area) + escaped == pytest.approx(np.sum(own * views.area), rel=1e-7)


def test_an_enclosure_of_one_temperature_absorbs_what_it_emits():
    heights = np.zeros((4, 4))
    views = ground_views(heights, 10.0, far_skyline=np.full((4, 4, 36), 0.5 * np.pi), sectors=36)
    own = 0.95 * STEFAN_BOLTZMANN * 250.0**4
    np.testing.assert_allclose(emitted_between_facets(views, 0.95, np.full(16, 250.0)), own, rtol=1e-6)


def test_diffuse_albedo_is_the_mean_over_directions():
    angle = (np.arange(200_000) + 0.5) * (0.5 * np.pi / 200_000)
    expected = np.sum(np.sin(2.0 * angle) * albedo(HIGHLAND, angle)) * (0.5 * np.pi / 200_000)
    assert diffuse_albedo(HIGHLAND) == pytest.approx(expected, abs=1e-9)
    assert diffuse_albedo(EVEN) == pytest.approx(0.12, abs=ROUNDING)


def test_sunlight_follows_distance_and_share():
    found = sunlight([ASTRONOMICAL_UNIT, 2.0 * ASTRONOMICAL_UNIT], [0.5, 1.0])
    np.testing.assert_allclose(found, [0.5 * SOLAR_CONSTANT, 0.25 * SOLAR_CONSTANT], rtol=ROUNDING)


def test_absorbed_light_is_zero_behind_the_facet():
    assert absorbed_sunlight(HIGHLAND, 1361.0, np.pi) == 0.0
    assert absorbed_sunlight(HIGHLAND, 1361.0, 0.0) == pytest.approx(0.88 * 1361.0)


def test_incidence_on_slopes():
    assert facet_incidence(0.3, 0.2) == pytest.approx(0.5 * np.pi - 0.2)
    assert facet_incidence(1.0, 0.2, 0.2 + 0.1, 1.0) == pytest.approx(0.5 * np.pi - 0.5)  # leans towards the Sun
    assert facet_incidence(1.0, 0.2, 0.3, 1.0 + np.pi) == pytest.approx(0.5 * np.pi + 0.1)


def test_what_is_seen_of_half_a_sun_stands_four_thirds_over_pi_of_its_half_radius_up():
    radius = 4.65e-3
    assert visible_elevation(0.0, radius, 0.5) == pytest.approx(4.0 / (3.0 * np.pi) * radius, rel=1e-6)
    assert visible_elevation(0.3, radius, 1.0) == pytest.approx(0.3, abs=1e-9)
    assert visible_elevation(-0.3, radius, 0.0) == -0.3
    assert visible_elevation(-radius, radius, 1e-9) == pytest.approx(0.0, abs=0.01 * radius)


def test_surroundings_are_a_bowl_with_the_same_sky():
    ratio = 0.15
    sky = 1.0 / (1.0 + 4.0 * ratio**2)
    found = surroundings_flux(EVEN, sky, 1361.0 * np.sin(LOW_SUN))
    assert found == pytest.approx(bowl_crater_flux(ratio, LOW_SUN, 1361.0, 0.12, 0.95), rel=ROUNDING)
    assert surroundings_flux(EVEN, 1.0, 500.0) == 0.0


def test_impossible_bowls_and_views_are_refused():
    with pytest.raises(InvalidInput, match="half a sphere"):
        bowl_crater_flux(0.6, 0.1, 1361.0, 0.1, 0.95)
    with pytest.raises(InvalidInput, match="shares"):
        bowl_crater_flux(0.2, 0.1, 1361.0, 1.1, 0.95)
    with pytest.raises(InvalidInput, match="view factor"):
        surroundings_flux(EVEN, 1.5, 100.0)
