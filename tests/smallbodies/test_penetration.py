"""Authority: the equations written out once more, joints of their spans, Poisson's distribution."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import poisson

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.meteoroids import gruen_flux
from moonstead.smallbodies.penetration import (
    RegolithCover,
    SingleWall,
    WhippleShield,
    critical_diameter,
    hole_probability,
    meteoroid_holes,
)

YEAR = 365.25 * 86_400.0
STATION = WhippleShield(bumper=1.3e-3, spacing=0.1, thickness=3.2e-3)
JOINT = 2e-3  # [1] Christiansen prints his constants to three or four digits


def test_a_piece_as_large_as_the_limit_makes_a_crater_of_the_wall_over_1_8():
    wall = SingleWall(0.004)
    for density in (1000.0, 2800.0, 7800.0):
        size = float(critical_diameter(wall, 7000.0, 0.5, density)) * 100.0  # [cm], as the equation wants it
        ratio = density / 2780.0
        power = 0.5 if ratio < 1.5 else 2.0 / 3.0
        depth = 5.24 * size ** (19 / 18) * 120.0**-0.25 * ratio**power * (7.0 * math.cos(0.5) / 5.1) ** (2 / 3)
        assert 1.8 * depth == pytest.approx(0.4, rel=1e-12)


def test_the_three_spans_of_a_shield_are_those_of_the_printed_equations():
    """d in cm, densities in g/cm3, speeds in km/s, stress in ksi: Christiansen (1993)."""
    t_w, t_b, s, sigma, rho_b, rho = 0.32, 0.13, 10.0, 47.0, 2.71, 2.8

    def slow(v, c):
        return ((t_w * (sigma / 40) ** 0.5 + t_b) / (0.6 * c ** (5 / 3) * rho**0.5 * v ** (2 / 3))) ** (18 / 19)

    def fast(v, c):
        size = 3.918 * t_w ** (2 / 3) * rho ** (-1 / 3) * rho_b ** (-1 / 9) * (v * c) ** (-2 / 3)
        return size * s ** (1 / 3) * (sigma / 70) ** (1 / 3)

    def middle(v, c):
        low = ((t_w * (sigma / 40) ** 0.5 + t_b) / (1.248 * rho**0.5 * c)) ** (18 / 19) * (1.75 - v * c / 4)
        high = 1.071 * t_w ** (2 / 3) * rho ** (-1 / 3) * rho_b ** (-1 / 9) * s ** (1 / 3) * (sigma / 70) ** (1 / 3)
        return low + high * (v * c / 4 - 0.75)

    for angle in (0.0, 0.7):
        cosine = math.cos(angle)
        for across, law in ((1.5, slow), (4.0, middle), (6.5, middle), (12.0, fast)):
            speed = across / cosine
            found = float(critical_diameter(STATION, 1e3 * speed, angle, 1e3 * rho)) * 100.0
            assert found == pytest.approx(law(speed, cosine), rel=JOINT)


def test_the_limit_has_no_jump_where_the_spans_meet():
    speed = np.array([2999.0, 3001.0, 6999.0, 7001.0])
    size = critical_diameter(STATION, speed, 0.0, 2800.0)
    assert abs(size[1] / size[0] - 1.0) < 1e-2
    assert abs(size[3] / size[2] - 1.0) < 1e-2


@pytest.mark.parametrize("shield", [SingleWall(0.003), STATION, RegolithCover(0.3)])
def test_thicker_stops_more_and_faster_pierces_more(shield):
    thick = type(shield)(
        **{name: getattr(shield, name) * (1.5 if name == "thickness" else 1.0) for name in shield.__slots__}
    )
    assert float(critical_diameter(thick, 15e3)) > float(critical_diameter(shield, 15e3))
    assert float(critical_diameter(shield, 20e3)) < float(critical_diameter(shield, 12e3))
    assert meteoroid_holes(thick) < meteoroid_holes(shield)


def test_holes_scale_with_the_sky_that_is_open():
    rate = meteoroid_holes(STATION)
    assert meteoroid_holes(STATION, 0.5) == pytest.approx(0.5 * rate)
    with pytest.raises(InvalidInput, match="negative"):
        meteoroid_holes(STATION, -1.0)


def test_the_rate_of_holes_lies_between_those_of_its_fastest_and_slowest_pieces():
    wall = SingleWall(0.003)
    sizes = critical_diameter(wall, [3e3, 65e3], [1.2, 0.0], 1000.0)
    few, many = gruen_flux(math.pi / 6.0 * 1000.0 * sizes**3)
    assert few < meteoroid_holes(wall) < many


def test_chances_are_those_of_poisson():
    found = hole_probability(1e-6 / YEAR, 1000.0, 10.0 * YEAR)
    assert found.nominal == pytest.approx(1.0 - poisson.pmf(0, 0.01))
    assert found.high == pytest.approx(1.0 - poisson.pmf(0, 0.03))
    assert hole_probability(0.0, 1.0, 1.0).high == 0.0
    with pytest.raises(InvalidInput, match="negative"):
        hole_probability(-1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("shield", "speed", "obliquity", "says"),
    [
        (SingleWall(0.0), 1e4, 0.0, "every figure of a shield"),
        (STATION, -1.0, 0.0, "positive speeds"),
        (STATION, 1e4, 1.6, "obliquities"),
        (RegolithCover(math.inf), 1e4, 0.0, "every figure"),
    ],
)
def test_walls_and_pieces_that_make_no_sense_are_refused(shield, speed, obliquity, says):
    with pytest.raises(InvalidInput, match=says):
        critical_diameter(shield, speed, obliquity)
