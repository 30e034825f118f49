"""Authority: the definition of yaw steering (Montenbruck et al. 2015) and geometry worked by hand."""

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.attitude import body_axes, in_orbit_normal_mode, sun_elevation, yaw_steering_holds
from moonstead.navigation.satellites import satellite_facts

EXACT = 1e-12  # [1] a few operations on unit vectors
RADIUS = 26.56e6  # [m] of GPS
SUN = 1.496e11  # [m]
SPEED = 3873.0  # [m/s] in axes that stand still
TURN = 7.2921151467e-5  # [rad/s]
DATE = 1_325_000_000.0  # [s GPST] 2022-01-01, nearly
MOTION = SPEED / RADIUS  # [rad/s]


def state(angle, inclination=0.9):
    """Position and velocity in the turning frame at an angle from the ascending node on the x axis."""
    along = np.array([np.cos(angle), np.sin(angle) * np.cos(inclination), np.sin(angle) * np.sin(inclination)])
    ahead = np.array([-np.sin(angle), np.cos(angle) * np.cos(inclination), np.cos(angle) * np.sin(inclination)])
    position = RADIUS * along
    return position, SPEED * ahead - TURN * np.array([-position[1], position[0], 0.0])


def states(angles, inclination=0.9):
    pairs = [state(angle, inclination) for angle in angles]
    return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])


def test_axes_look_at_the_earth_and_panels_face_the_sun():
    rng = np.random.default_rng(1)
    position, velocity = states(rng.uniform(0.0, 6.28, 50))
    sun = SUN * rng.normal(size=3) * np.ones((50, 1))
    axes = body_axes(position, velocity, sun)
    np.testing.assert_allclose(
        np.einsum("nij,nkj->nik", axes, axes), np.broadcast_to(np.eye(3), axes.shape), atol=EXACT
    )
    np.testing.assert_allclose(np.linalg.det(axes), 1.0, atol=EXACT)
    np.testing.assert_allclose(axes[:, 2], -position / RADIUS, atol=EXACT)
    toward = sun - position
    toward /= np.linalg.norm(toward, axis=1, keepdims=True)
    np.testing.assert_allclose(np.sum(axes[:, 1] * toward, axis=1), 0.0, atol=EXACT)  # panels turn about y
    assert np.all(np.sum(axes[:, 0] * toward, axis=1) > 0.0)  # x on the side of the Sun


def test_orbit_normal_mode_keeps_y_off_the_orbit():
    position, velocity = states([0.3, 2.0])
    axes = body_axes(position, velocity, [SUN, 0.0, 0.0], True)
    normal = np.array([0.0, -np.sin(0.9), np.cos(0.9)])
    np.testing.assert_allclose(axes[:, 1], [-normal, -normal], atol=1e-7)  # the circular speed is rounded
    assert np.all(np.sum(axes[:, 0] * velocity, axis=1) > 0.0)  # x leads along the orbit


def test_sun_elevation_and_orbit_angle_by_hand():
    position, velocity = states([0.0, 0.5 * np.pi, np.pi], inclination=0.0)
    beta, angle = sun_elevation(position, velocity, [SUN * np.cos(0.3), 0.0, SUN * np.sin(0.3)])
    np.testing.assert_allclose(beta, 0.3, atol=EXACT)
    np.testing.assert_allclose(np.abs(angle), [np.pi, 0.5 * np.pi, 0.0], atol=1e-7)  # noon, quarter, midnight
    assert angle[1] < 0.0  # a quarter past noon is a quarter before midnight


def test_a_high_sun_leaves_steering_alone():
    angles = np.linspace(-np.pi, np.pi, 721)
    assert np.all(yaw_steering_holds("GPS IIF", RADIUS, np.full(721, 0.5), angles))


@pytest.mark.parametrize("block", ["GPS IIF", "GLONASS-M", "GPS IIR-M", "Galileo FOC"])
def test_turns_faster_than_the_vehicle_are_told(block):
    beta = np.radians(0.5)
    angles = np.linspace(-np.pi, np.pi, 7201)
    tangent = np.tan(beta)
    nominal = MOTION * tangent * np.cos(angles) / (np.sin(angles) ** 2 + tangent**2)  # Kouba (2009), eq. 6
    too_fast = np.abs(nominal) > np.radians(0.25)
    assert too_fast.any()
    holds = yaw_steering_holds(block, RADIUS, np.full(angles.size, beta), angles)
    assert not np.any(holds & too_fast)
    assert holds.mean() > 0.6  # most of the orbit is steady all the same


def test_the_shadow_and_half_an_hour_behind_it_are_told():
    angles = np.radians([-14.0, 0.0, 13.0, 20.0, 40.0])
    holds = yaw_steering_holds("GPS IIA", RADIUS, np.full(5, np.radians(5.0)), angles)
    np.testing.assert_array_equal(holds, [True, False, False, False, True])  # half a shadow is 12.9 degrees wide


def test_beidou_keeps_to_the_orbit_normal_as_published():
    low, high = np.radians([3.0]), np.radians([10.0])
    geo, inclined, changed, new = (satellite_facts(name, DATE) for name in ("C01", "C08", "C13", "C30"))
    assert in_orbit_normal_mode(geo, high)[0]
    assert in_orbit_normal_mode(inclined, low)[0]
    assert not in_orbit_normal_mode(inclined, high)[0]
    assert not in_orbit_normal_mode(changed, low)[0]
    assert not in_orbit_normal_mode(new, low)[0]
    assert not in_orbit_normal_mode(satellite_facts("G01", DATE), low)[0]


def test_vectors_must_have_three_components():
    with pytest.raises(InvalidInput, match=r"\(N, 3\)"):
        body_axes([1.0, 2.0], [1.0, 2.0], [1.0, 2.0])
