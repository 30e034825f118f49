"""Authorities: DE440's own constants (Park et al. 2021, table 2), WGCCRE 2015, NAIF's names, the GRAIL field."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import BODIES, IERS_2010, LUNAR_MAP_RADIUS, WGS84, body, naif_id, naif_name
from moonstead.foundation.errors import InvalidInput

# GM [km^3/s^2] as printed in Park et al. (2021), AJ 161, 105, table 2
PARK_2021 = {
    "SUN": (132712440041.279419, 5e-7),
    "MERCURY": (22031.868551, 5e-7),
    "VENUS": (324858.592000, 5e-7),
    "EARTH": (398600.435507, 5e-7),
    "MARS BARYCENTER": (42828.375816, 5e-7),
    "JUPITER BARYCENTER": (126712764.100000, 5e-7),
    "SATURN BARYCENTER": (37940584.841800, 5e-7),
    "URANUS BARYCENTER": (5794556.400000, 5e-7),
    "NEPTUNE BARYCENTER": (6836527.100580, 5e-7),
    "PLUTO BARYCENTER": (975.500000, 5e-7),
    "MOON": (4902.800118, 5e-7),
}
PRINTED = 3e-5  # [km^3/s^2] half a unit in the last digit of a double for the Sun


@pytest.mark.truth
@pytest.mark.parametrize("name", PARK_2021)
def test_gravitational_parameters_are_those_printed_with_de440(name):
    gm, rounding = PARK_2021[name]
    assert abs(body(name).gm / 1e9 - gm) <= max(rounding, PRINTED if name == "SUN" else 0.0)


def test_the_earth_system_is_the_earth_and_the_moon():
    assert body(3).gm == pytest.approx(body("EARTH").gm + body("MOON").gm, rel=1e-15)


def test_a_planet_weighs_less_than_its_system_and_nearly_all_of_it():
    for number in range(1, 9):
        planet, system = body(100 * number + 99), body(number)
        if number != 3:
            assert 0.999 * system.gm < planet.gm <= system.gm


@pytest.mark.truth
def test_names_and_ids_are_those_of_naif():
    import spiceypy

    for entry in BODIES:
        assert spiceypy.bodn2c(entry.name) == entry.naif_id
        assert spiceypy.bodc2n(entry.naif_id) == entry.name


@pytest.mark.parametrize("name", ["MOON", "moon", " Moon ", 301])
def test_a_body_is_found_by_name_in_any_case_and_by_id(name):
    assert body(name).naif_id == 301


@pytest.mark.parametrize(
    ("alias", "name"),
    [("EMB", "EARTH BARYCENTER"), ("ssb", "SOLAR SYSTEM BARYCENTER"), ("mars_barycenter", "MARS BARYCENTER")],
)
def test_short_names_are_understood(alias, name):
    assert body(alias).name == name


def test_an_unknown_name_is_met_with_the_near_ones():
    with pytest.raises(InvalidInput, match="no body is called 'Jupitr'; did you mean JUPITER"):
        body("Jupitr")
    with pytest.raises(InvalidInput, match="the known ones are SOLAR SYSTEM BARYCENTER"):
        body("zzz")
    with pytest.raises(InvalidInput, match="NAIF id 4711"):
        body(4711)


def test_ids_outside_the_table_pass_for_spacecraft_and_asteroids():
    assert naif_id(-5001) == -5001 and naif_id(np.int64(301)) == 301
    assert naif_name(-5001) == "-5001" and naif_name(301) == "MOON"


def test_radii_of_wgccre_2015():
    moon, earth, mars = body("MOON"), body("EARTH"), body("MARS")
    assert moon.mean_radius == moon.equatorial_radius == moon.polar_radius == LUNAR_MAP_RADIUS == 1_737_400.0
    assert (earth.mean_radius, earth.equatorial_radius, earth.polar_radius) == (6_371_008.4, 6_378_136.6, 6_356_751.9)
    assert (mars.mean_radius, mars.equatorial_radius) == (3_389_500.0, 3_396_190.0)
    assert body("PLUTO").mean_radius == 1_188_300.0 and body("SUN").mean_radius == 695_700_000.0


def test_barycentres_have_no_radius_and_the_solar_system_no_gm():
    for number in range(10):
        assert math.isnan(body(number).mean_radius)
    assert math.isnan(body("SSB").gm)


def test_the_ellipsoids_have_their_published_polar_radii():
    assert WGS84.polar_radius == pytest.approx(6_356_752.3142, abs=5e-5)
    assert IERS_2010.polar_radius == pytest.approx(6_356_751.9, abs=0.06)
