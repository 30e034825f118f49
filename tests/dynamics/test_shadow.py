"""Authority: areas by brute force on the sky, contacts in closed form, symmetry and limits."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.events import find_windows
from moonstead.dynamics.shadow import sun_visible_fraction, visible_fraction
from moonstead.dynamics.sunlight_conditions import sun_hidden
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint, TabulatedTrajectory
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ICRF, MOON_ME

AU = 149_597_870_700.0
SUN, MOON, EARTH = (body(name).mean_radius for name in ("SUN", "MOON", "EARTH"))
CLOSED_FORM = 1e-9  # areas of 1e-5 sr from half angles good to 1e-15, less than that where a contact is near
POINTS = 400_000
BRUTE_FORCE = 1e-3  # a quasi-random set of 4e5 points on the disc


def at_angle(angle, distance):
    return np.array([[distance * np.cos(angle), distance * np.sin(angle), 0.0]])


def sun_at(distance=AU):
    return np.array([[distance, 0.0, 0.0]])


def brute_force(sun_size, body_size, apart):
    """Share of points spread evenly in solid angle over the Sun's cap that lie outside the body's cap."""
    k = np.arange(POINTS) + 0.5
    cosine = 1.0 - (1.0 - np.cos(sun_size)) * k / POINTS
    sine, around = np.sqrt(1.0 - cosine**2), np.pi * (1.0 + np.sqrt(5.0)) * k
    along = cosine * np.cos(apart) + sine * np.cos(around) * np.sin(apart)
    return np.mean(along < np.cos(body_size))


@pytest.mark.parametrize(
    ("body_size", "depth"),
    [(s, d) for s in (0.2, 0.9, 1.0, 1.1, 3.0, 100.0, 260.0) for d in (-0.9, -0.4, 0.0, 0.5, 0.95) if s + d >= 0.0],
)
def test_the_fraction_is_the_share_of_solid_angle(body_size, depth):
    """`body_size` in Sun radii; `depth` is where the body's limb cuts the Sun, in Sun radii from its centre."""
    sun_size = np.arcsin(SUN / AU)
    body_size *= sun_size
    apart = body_size + depth * sun_size
    distance = 1e7
    found = visible_fraction(sun_at(), at_angle(apart, distance), SUN, distance * np.sin(body_size))
    assert found[0] == pytest.approx(brute_force(sun_size, body_size, apart), abs=BRUTE_FORCE)


def test_a_straight_limb_through_the_centre_hides_half():
    # a body that fills half the sky has a great circle for its limb
    found = visible_fraction(sun_at(), at_angle(np.pi / 2.0, 1e7), SUN, 1e7 * (1.0 - 1e-12))
    assert found[0] == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("radius", [1e3, MOON])
def test_contacts_are_exact(radius):
    distance = 4e8
    sun_size, body_size = np.arcsin(SUN / AU), np.arcsin(radius / distance)
    outer, inner = sun_size + body_size, abs(sun_size - body_size)
    central = 1.0 - min(1.0, (np.sin(body_size / 2) / np.sin(sun_size / 2)) ** 2)
    for apart, expected in ((outer + 1e-9, 1.0), (inner - 1e-9, central), (0.0, central)):
        found = visible_fraction(sun_at(), at_angle(apart, distance), SUN, radius)
        assert found[0] == pytest.approx(expected, abs=CLOSED_FORM)


def test_the_fraction_is_continuous_and_falls_towards_the_centre():
    apart = np.linspace(0.0, 0.02, 20_001)
    positions = np.concatenate([at_angle(a, 4e8) for a in apart])
    found = visible_fraction(np.repeat(sun_at(), apart.size, axis=0), positions, SUN, MOON)
    assert np.all(np.diff(found) >= -CLOSED_FORM)
    assert np.max(np.diff(found)) < 2e-4  # a chord of the Sun's disc, 2 / (pi 4.65e-3), times a step of 1e-6 rad


def test_a_body_behind_the_sun_hides_nothing():
    assert visible_fraction(sun_at(), at_angle(0.0, 2.0 * AU), SUN, 10.0 * SUN)[0] == 1.0


def test_inside_the_body_it_is_dark():
    assert visible_fraction(sun_at(), at_angle(1.0, 0.5 * MOON), SUN, MOON)[0] == 0.0


def test_an_unknown_place_spoils_only_its_own_row():
    positions = np.array([[4e8, 0.0, 0.0], [np.nan, 0.0, 0.0], [0.0, 4e8, 0.0]])
    found = visible_fraction(np.repeat(sun_at(), 3, axis=0), positions, SUN, MOON)
    np.testing.assert_array_equal(np.isnan(found), [False, True, False])


def test_inputs_that_make_no_sense_are_refused():
    with pytest.raises(InvalidInput, match="must both be"):
        visible_fraction(np.zeros((2, 3)), np.zeros((3, 3)), SUN, MOON)
    with pytest.raises(InvalidInput, match="radii must be positive"):
        visible_fraction(np.zeros((2, 3)), np.zeros((2, 3)), SUN, 0.0)


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def through_the_shadow(data):
    """A probe that flies across umbra and penumbra behind the Moon, 2 000 km from its centre."""
    tdb = 9.0e8 + 10.0 * np.arange(1000)
    sun = data.ephemeris.position("SUN", "MOON", tdb[:1])[0]
    away = -sun / np.linalg.norm(sun)
    side = np.cross(away, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    position = 2.0e6 * away + (tdb - tdb.mean())[:, None] * 500.0 * side
    return TabulatedTrajectory("probe", "MOON", ICRF, tdb, np.hstack((position, np.tile(500.0 * side, (1000, 1)))))


def test_windows_of_the_shadow_begin_and_end_where_the_fraction_does(data, through_the_shadow):
    probe = through_the_shadow
    tdb = np.linspace(*probe.span, 20_001)
    fraction = sun_visible_fraction(probe, tdb, data, ["MOON"])
    for kind, expected in (
        ("any", fraction < 1.0),
        ("full", fraction == 0.0),
        ("partial", (fraction > 0) & (fraction < 1)),
    ):
        windows = find_windows(sun_hidden(probe, "MOON", data, kind), *probe.span)
        away_from_edges = np.all(np.abs(tdb[:, None] - np.concatenate((windows.starts, windows.stops))) > 1e-2, axis=1)
        np.testing.assert_array_equal(windows.contains(tdb)[away_from_edges], expected[away_from_edges])
        assert 0.0 < windows.fraction() < 1.0


def test_the_total_lunar_eclipse_of_2025_march_14_darkens_the_near_side(data):
    """P1 03:57, U1 05:09, totality 06:26 to 07:31, P4 10:00 UTC: F. Espenak, NASA eclipse pages."""
    start = (9203.5 * 86400.0) + 69.184  # 2025-03-14T00:00 UTC, 9203.5 days past 2000-01-01T12:00
    # before P1 (03:57), between P1 and U1 (05:09) with the Moon well in the penumbra, totality, after P4 (10:00)
    hours = np.array([3.9, 5.1, 6.5, 7.5, 10.1])
    site = SurfacePoint("Sinus Medii", "MOON", MOON_ME, 0.0, 0.0)
    fraction = sun_visible_fraction(site, start + 3600.0 * hours, data, ["EARTH"])
    np.testing.assert_array_equal(fraction[[0, 2, 3, 4]], [1.0, 0.0, 0.0, 1.0])
    assert 0.0 < fraction[1] < 1.0


def test_two_bodies_leave_the_smaller_fraction(data, through_the_shadow):
    probe = through_the_shadow
    tdb = np.linspace(*probe.span, 101)
    both = sun_visible_fraction(probe, tdb, data, ["EARTH", "MOON"])
    each = [sun_visible_fraction(probe, tdb, data, [name]) for name in ("EARTH", "MOON")]
    np.testing.assert_array_equal(both, np.minimum(*each))
    far = BodyTrajectory("MARS BARYCENTER", "SUN", data)
    assert np.all(sun_visible_fraction(far, tdb, data, ["EARTH", "MOON"]) <= 1.0)
