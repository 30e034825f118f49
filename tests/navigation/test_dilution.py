"""Authority: closed forms of small skies, the inverse of the full normal matrix, symmetry of the globe."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import WGS84, Ellipsoid
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.dilution import Sites, dilution, geodetic_sites, look_angles
from moonstead.navigation.dilution_maps import FINEST, availability_map, globe_grid, outage_ranking

ROUNDING = 1e-9  # [1] a 3 by 3 inverse in place of a 4 by 4 one, geometry of PDOP below ten
POINT = geodetic_sites(0.3, 0.7, 120.0)
ORBIT = 26_560e3  # [m]


def sky(azimuth, elevation, site: Sites = POINT, distance=20e6):
    """Satellites (1, S, 3) [m] at angles [rad] in the sky of a site."""
    azimuth, elevation = np.asarray(azimuth), np.asarray(elevation)
    local = np.stack((np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)), 1)
    axes = np.concatenate((site.east, site.north, site.up))
    return (site.position[0] + distance * local @ axes)[None]


def walker(satellites=24, planes=3, epochs=6):
    """A made-up constellation (E, S, 3) [m] of circular orbits at 64.8 degrees."""
    place = np.arange(satellites)
    node = 2 * np.pi * (place % planes) / planes
    phase = 2 * np.pi * place / satellites + np.arange(epochs)[:, None] * 0.4
    inclination = math.radians(64.8)
    x, y = np.cos(phase), np.sin(phase)
    return ORBIT * np.stack(
        (
            x * np.cos(node) - y * np.cos(inclination) * np.sin(node),
            x * np.sin(node) + y * np.cos(inclination) * np.cos(node),
            y * np.sin(inclination) * np.ones_like(node),
        ),
        axis=-1,
    )


def plain_variances(satellites, site: Sites, mask, system):
    """The design matrix with a column for each clock, inverted whole."""
    sight = satellites - site.position[0]
    sight = sight / np.linalg.norm(sight, axis=1, keepdims=True)
    local = sight @ np.concatenate((site.east, site.north, site.up)).T
    seen = np.isfinite(local[:, 0]) & (local[:, 2] > math.sin(mask))
    used = sorted(set(system[seen]))
    clocks = (system[seen][:, None] == np.array(used)).astype(float)
    if seen.sum() < 3 + len(used):
        return int(seen.sum()), np.full(4, np.inf)
    design = np.hstack((-local[seen], clocks))
    diagonal = np.diag(np.linalg.inv(design.T @ design))
    return int(seen.sum()), np.append(diagonal[:3], diagonal[3:].sum())


def test_a_zenith_and_three_on_the_horizon_give_the_closed_form():
    satellites = sky(np.radians([0.0, 0.0, 120.0, 240.0]), np.radians([90.0, 0.001, 0.001, 0.001]))
    found = dilution(satellites, POINT, mask=0.0)
    assert found.count[0, 0] == 4
    for value, expected in (
        (found.horizontal, 4 / 3),
        (found.vertical, 4 / 3),
        (found.position, 8 / 3),
        (found.time, 1 / 3),
        (found.geometric, 3.0),
    ):
        assert value[0, 0] ** 2 == pytest.approx(expected, rel=1e-4)  # the horizon lies 0.001 degrees too low


def test_satellites_on_a_cone_give_no_position():
    found = dilution(sky(np.radians(np.arange(0, 360, 45)), np.full(8, 0.7)), POINT)
    assert found.count[0, 0] == 8
    assert np.isinf(found.position[0, 0])


def test_eliminated_clocks_equal_the_full_matrix():
    satellites, system = walker(40, 5), np.arange(40) % 3
    satellites[2, 5] = np.nan
    grid = globe_grid(math.radians(30.0), math.radians(60.0))
    sites = geodetic_sites(grid.latitude, grid.longitude)
    found = dilution(satellites, sites, mask=0.1, system=system)
    for epoch in range(satellites.shape[0]):
        for place in range(grid.weight.size):
            count, variances = plain_variances(satellites[epoch], sites.part(slice(place, place + 1)), 0.1, system)
            assert found.count[epoch, place] == count
            np.testing.assert_allclose(found.variances[epoch, place], variances, rtol=1e-7)


def test_a_system_with_a_single_satellite_adds_nothing_to_the_position():
    satellites, system = walker(), np.zeros(24, dtype=int)
    alone = np.concatenate((satellites, sky([1.0], [1.0])[[0] * 6]), axis=1)
    one = dilution(satellites, POINT, system=system)
    two = dilution(alone, POINT, system=np.append(system, 1))
    np.testing.assert_allclose(two.position, one.position, rtol=ROUNDING)
    assert np.all(two.count == one.count + 1)


def test_a_skyline_by_azimuth_hides_its_sector_alone():
    azimuth = np.radians(np.arange(5, 360, 10.0))
    satellites = sky(azimuth, np.full(36, 0.3))
    skyline = np.zeros(36)
    skyline[[0, 17]] = 0.4
    assert dilution(satellites, POINT, mask=skyline).count[0, 0] == 34
    assert dilution(satellites, POINT, mask=0.4).count[0, 0] == 0


def test_look_angles_return_what_the_sky_was_made_of():
    azimuth, elevation = np.radians([10.0, 200.0, 359.0]), np.radians([5.0, 45.0, 89.0])
    found = look_angles(sky(azimuth, elevation), POINT)
    np.testing.assert_allclose(found[0][0], azimuth, atol=1e-7)
    np.testing.assert_allclose(found[1][0], elevation, atol=1e-7)


def test_sites_agree_with_erfa():
    import erfa

    latitude, longitude, height = np.array([-1.4, 0.0, 0.9]), np.array([-3.0, 0.2, 2.0]), np.array([-50.0, 0.0, 9e3])
    position = geodetic_sites(latitude, longitude, height).position
    expected = erfa.gd2gce(WGS84.equatorial_radius, WGS84.flattening, longitude, latitude, height)
    np.testing.assert_allclose(position, expected, atol=1e-6)  # [m] rounding of 6.4e6 m


def test_a_sphere_is_an_ellipsoid_without_flattening():
    moon = geodetic_sites(-1.5, 0.3, 100.0, ellipsoid=Ellipsoid("sphere", 1_737_400.0, 0.0, "definition"))
    np.testing.assert_allclose(moon.position, 1_737_500.0 * moon.up, rtol=1e-15)


def test_a_map_is_the_dilution_of_its_cells():
    satellites, grid = walker(), globe_grid(math.radians(15.0), math.radians(30.0))
    found = availability_map(satellites, grid)
    pdop = dilution(satellites, geodetic_sites(grid.latitude, grid.longitude)).position
    np.testing.assert_array_equal(found.fraction, np.mean(pdop <= 6.0, axis=0))
    assert found.percentile(0.5) == pytest.approx(np.median(pdop), abs=2 * FINEST)
    assert found.availability == pytest.approx(np.mean(pdop <= 6.0, axis=0) @ grid.weight)
    assert found.classes.sum() == pdop.size
    assert found.classes_by_area.sum() == pytest.approx(1.0)


def test_an_outage_costs_what_the_rest_lacks_and_a_spare_costs_nothing():
    satellites, grid = walker(), globe_grid(math.radians(15.0), math.radians(30.0))
    spare = np.concatenate((satellites, np.full((6, 1, 3), np.nan)), axis=1)
    ranked = outage_ranking(spare, {"plane": np.arange(0, 24, 3), "one": [4], "spare": [24]}, grid)
    assert [one.name for one in ranked] == ["plane", "one", "spare"]
    assert ranked[0].lost > ranked[1].lost
    assert ranked[2].lost == 0.0
    left = availability_map(np.delete(satellites, 4, axis=1), grid)
    assert ranked[1].availability == pytest.approx(left.availability)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"satellites": np.zeros((3, 3))}, "epochs, satellites, 3"),
        ({"mask": 5.0}, "convert degrees"),
        ({"mask": np.zeros((4, 8))}, "by azimuth"),
        ({"system": [0]}, "number of its system"),
    ],
)
def test_what_makes_no_geometry_is_refused(arguments, words):
    with pytest.raises(InvalidInput, match=words):
        dilution(**{"satellites": walker(), "sites": POINT} | arguments)


def test_grids_and_sites_that_cannot_be_are_refused():
    with pytest.raises(InvalidInput, match="divide 180 and 360"):
        globe_grid(math.radians(7.0), math.radians(10.0))
    with pytest.raises(InvalidInput, match="convert"):
        geodetic_sites(45.0, 10.0)
    with pytest.raises(InvalidInput, match="one site"):
        look_angles(walker(), geodetic_sites([0.0, 0.1], [0.0, 0.0]))
    with pytest.raises(InvalidInput, match="one epoch or more"):
        availability_map(np.zeros((0, 4, 3)), globe_grid(math.pi / 2, math.pi))
