"""Authority: closed forms of the sphere, Snyder's (1987) worked relations, straight great circles."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.map_projection import MapProjection

RADIUS = 1_737_400.0
ROUND_TRIP = 1e-12  # [rad] 2 um on the Moon: a few roundings of angles near 1
MAP_ROUNDING = 1e-8  # [m] rounding of coordinates of some 1e6 m

SOUTH = MapProjection("polar-stereographic", -0.5 * math.pi, 0.0, RADIUS)
NORTH = MapProjection("polar-stereographic", 0.5 * math.pi, 0.0, RADIUS)


def points_about(projection: MapProjection, arc: float) -> tuple[np.ndarray, np.ndarray]:
    """Random points within an arc [rad] of the centre."""
    generator = np.random.default_rng(5)
    bearing, angle = generator.uniform(-math.pi, math.pi, 500), arc * np.sqrt(generator.uniform(0.0, 1.0, 500))
    lat0 = projection.latitude
    lat = np.arcsin(np.sin(lat0) * np.cos(angle) + np.cos(lat0) * np.sin(angle) * np.cos(bearing))
    east = np.arctan2(np.sin(bearing) * np.sin(angle) * np.cos(lat0), np.cos(angle) - np.sin(lat0) * np.sin(lat))
    return lat, projection.longitude + east


@pytest.mark.parametrize(
    ("projection", "arc"),
    [
        (SOUTH, 1.5),
        (MapProjection("polar-stereographic", 0.5 * math.pi, 2.0, RADIUS, 0.994), 1.5),
        (MapProjection("equirectangular", 0.3, -3.0, RADIUS, math.cos(0.5)), 1.0),
        (MapProjection("gnomonic", -1.55, 2.1, RADIUS), 0.7),
        (MapProjection("gnomonic", 0.4, -3.1, RADIUS), 0.7),
        (MapProjection("gnomonic", -0.5 * math.pi, 0.7, RADIUS), 0.7),
    ],
)
def test_what_goes_to_the_map_comes_back(projection, arc):
    latitude, longitude = points_about(projection, arc)
    lat, lon = projection.inverse(*projection.forward(latitude, longitude))
    turn = np.remainder(lon - longitude + math.pi, 2.0 * math.pi) - math.pi
    np.testing.assert_allclose(lat, latitude, atol=ROUND_TRIP)
    np.testing.assert_allclose(turn * np.cos(latitude), 0.0, atol=ROUND_TRIP)


@pytest.mark.parametrize(
    ("projection", "longitude_deg", "direction"),
    [
        (SOUTH, 0.0, (0.0, 1.0)),  # lunar south polar maps: the near side's middle is up, 90 E right
        (SOUTH, 90.0, (1.0, 0.0)),
        (NORTH, 0.0, (0.0, -1.0)),  # north polar maps: the near side's middle is down, 90 E right
        (NORTH, 90.0, (1.0, 0.0)),
    ],
)
def test_polar_maps_are_drawn_as_lunar_ones(projection, longitude_deg, direction):
    latitude = math.copysign(math.radians(80.0), projection.latitude)
    x, y = projection.forward(latitude, math.radians(longitude_deg))
    distance = 2.0 * RADIUS * math.tan(math.radians(5.0))  # Snyder 21-33
    np.testing.assert_allclose([x, y], distance * np.array(direction), atol=MAP_ROUNDING)


def test_the_gnomonic_map_has_the_tangent_of_the_arc_as_its_distance():
    centre = MapProjection("gnomonic", 0.2, 1.0, RADIUS)
    latitude, longitude = points_about(centre, 1.2)
    arc = np.arccos(np.sin(0.2) * np.sin(latitude) + np.cos(0.2) * np.cos(latitude) * np.cos(longitude - 1.0))
    np.testing.assert_allclose(np.hypot(*centre.forward(latitude, longitude)), RADIUS * np.tan(arc), rtol=1e-12)


def test_great_circles_are_straight_on_the_gnomonic_map():
    centre = MapProjection("gnomonic", -1.4, 0.3, RADIUS)
    first, second = np.array([0.3, 0.1, -0.9]), np.array([0.05, -0.2, -1.0])
    share = np.linspace(0.0, 1.0, 50)[:, None]
    chord = first * (1.0 - share) + second * share
    x, y = centre.forward(
        np.arctan2(chord[:, 2], np.hypot(chord[:, 0], chord[:, 1])), np.arctan2(chord[:, 1], chord[:, 0])
    )
    along = np.array([x[-1] - x[0], y[-1] - y[0]])
    off = ((x - x[0]) * along[1] - (y - y[0]) * along[0]) / np.hypot(*along)
    np.testing.assert_allclose(off, 0.0, atol=MAP_ROUNDING)


def test_the_equirectangular_map_is_arcs_of_its_circles():
    plate = MapProjection("equirectangular", 0.0, math.pi, RADIUS, 0.5)
    x, y = plate.forward(math.radians(30.0), math.radians(-170.0))
    assert x == pytest.approx(RADIUS * 0.5 * math.radians(10.0), abs=MAP_ROUNDING)
    assert y == pytest.approx(RADIUS * math.radians(30.0), abs=MAP_ROUNDING)


def test_north_of_the_gnomonic_centre_is_up_and_east_right():
    centre = MapProjection("gnomonic", -1.2, 2.0, RADIUS)
    x, y = centre.forward([-1.19, -1.2], [2.0, 2.01])
    assert x[0] == pytest.approx(0.0, abs=MAP_ROUNDING)
    assert y[0] > 0.0
    assert x[1] > 0.0


def test_what_a_map_cannot_show_is_nan():
    assert np.isnan(MapProjection("gnomonic", 0.0, 0.0, RADIUS).forward(0.0, 1.6)).all()
    assert np.isnan(SOUTH.forward(0.5 * math.pi, 0.0)).all()
    assert np.isnan(MapProjection("equirectangular", 0.0, 0.0, RADIUS).inverse(0.0, 1.6 * RADIUS)[0])
    assert np.isnan(SOUTH.forward(math.nan, 0.0)).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mercator", 0.0, 0.0, RADIUS), "there are polar-stereographic"),
        (("polar-stereographic", -80.0, 0.0, RADIUS), "is it degrees"),
        (("polar-stereographic", -1.4, 0.0, RADIUS), "centred on a pole"),
        (("gnomonic", 0.0, 0.0, -1.0), "must be positive"),
        (("gnomonic", 0.0, 0.0, RADIUS, 0.9), "scale 1"),
        (("gnomonic", math.nan, 0.0, RADIUS), "finite"),
    ],
)
def test_impossible_projections_are_refused(arguments, message):
    with pytest.raises(InvalidInput, match=message):
        MapProjection(*arguments)
