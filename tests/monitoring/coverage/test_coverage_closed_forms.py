"""Footprints, streets and shares of time against published figures and against each other."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.coverage.closed_forms import (
    cap_share,
    fewest_polar,
    footprint,
    seen_share,
    street_half_width,
)

GEO_ALTITUDE = 35_786_000.0  # [m]
PUBLISHED_ANGLE = 0.05  # [deg] half a unit of the last digit printed
SHARE = 1e-3  # [1] relative: a thousand latitudes over the kinks at the edges of footprints
ROUNDING = 1e-12
QUADRATURE = 1e-6  # [1] even steps over the half width's kinks at the ends of the footprint


@pytest.mark.truth
def test_geostationary_footprint_is_the_published_one(validation: Callable[..., None]) -> None:
    # 81.3 deg is the textbook figure of a geostationary satellite at the horizon (Wertz & Larson 1999, table 5-2)
    error = abs(math.degrees(float(footprint(GEO_ALTITUDE, 0.0))) - 81.3)
    validation(
        capability="Coverage by sensors",
        quantity="edge of sight from the geostationary orbit",
        authority="Wertz & Larson (1999), 81.3 deg",
        error=error,
        unit="deg",
        tolerance=PUBLISHED_ANGLE,
        cases=1,
    )


def test_edge_of_a_footprint_sees_the_satellite_at_the_least_elevation() -> None:
    altitude, elevation, radius = 780e3, math.radians(8.2), 6_378_137.0
    angle = float(footprint(altitude, elevation))
    high = radius + altitude
    distance = math.sqrt(radius**2 + high**2 - 2.0 * radius * high * math.cos(angle))
    assert math.asin((high * math.cos(angle) - radius) / distance) == pytest.approx(elevation, abs=ROUNDING)


@pytest.mark.truth
def test_the_fewest_polar_satellites_at_the_altitude_of_iridium_are_66(validation: Callable[..., None]) -> None:
    # Iridium: 780 km, 8.2 deg, 6 planes of 11 (published design)
    star = fewest_polar(float(footprint(780e3, math.radians(8.2))))
    assert (star.planes, star.each) == (6, 11)
    validation(
        capability="Coverage by sensors",
        quantity="fewest polar satellites for the whole Earth at 780 km, 8.2 deg",
        authority="Iridium's published 66",
        error=abs(star.total - 66),
        unit="1",
        tolerance=0.0,
        cases=1,
    )


def test_a_street_narrows_to_nothing_where_footprints_only_touch() -> None:
    each = 12
    assert street_half_width(math.pi / each, each) == 0.0
    assert street_half_width(1.001 * math.pi / each, each) > 0.0
    # a great circle of many satellites has the full footprint as its half width
    assert street_half_width(0.3, 100_000) == pytest.approx(0.3, rel=1e-6)


def test_the_share_of_time_over_all_latitudes_is_the_share_of_the_sphere() -> None:
    latitude = np.arcsin((np.arange(1000) + 0.5) / 500 - 1.0)  # even in area
    for inclination in (0.0, 0.9, 0.5 * math.pi):
        mean = float(np.mean(seen_share(latitude, inclination, 0.35)))
        assert mean == pytest.approx(float(cap_share(0.35)), rel=SHARE)


def test_an_equatorial_satellite_is_never_seen_beyond_its_footprint() -> None:
    share = seen_share([0.0, 0.34, 0.36, 0.5 * math.pi], 0.0, 0.35)
    assert share[0] == pytest.approx(0.35 / math.pi, rel=QUADRATURE)
    assert share[1] > 0.0 and share[2] == share[3] == 0.0


def test_a_pole_sees_a_polar_satellite_by_the_share_of_its_orbit() -> None:
    assert seen_share([0.5 * math.pi], 0.5 * math.pi, 0.35)[0] == pytest.approx(0.35 / math.pi, abs=1e-3)


@pytest.mark.parametrize(("altitude", "elevation"), [(-1.0, 0.0), (7e5, -0.1), (7e5, 2.0)])
def test_impossible_footprints_are_refused(altitude: float, elevation: float) -> None:
    with pytest.raises(InvalidInput):
        footprint(altitude, elevation)
