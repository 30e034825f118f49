"""Authority: kinematics of a circular orbit with a turning node (closed form) and the ephemeris of the Moon."""

from dataclasses import dataclass

import numpy as np
import pytest
from frame_comparisons import assert_proper, rate_error

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.orbit_local import EARTH_MOON_ROTATING, OrbitLocal
from moonstead.foundation.frames.standard import ICRF, MOON_ME, StandardFrame
from moonstead.foundation.frames.turns import turn

RATE = 1e-9  # [1] relative; what the project promises of every rate
CLOSED_FORM = 1e-13  # [1] of unit vectors; the phase of 4 000 turns in double precision


@dataclass(frozen=True)
class PrecessingCircle:
    """A circular orbit whose node turns: every derivative is a closed form."""

    name: str = "circle"
    radius: float = 1_838e3  # [m]
    motion: float = 8.9e-4  # [rad/s]
    inclination: float = 1.2  # [rad]
    node_rate: float = 2e-6  # [rad/s] ten times that of a real lunar orbit
    frame: StandardFrame = ICRF
    span: tuple[float, float] = (0.0, 1e6)

    def state(self, tdb):
        place = np.stack([np.cos(self.motion * tdb), np.sin(self.motion * tdb), 0 * tdb], axis=1) * self.radius
        speed = np.stack([-place[:, 1], place[:, 0], 0 * tdb], axis=1) * self.motion
        tilt = turn(3, -self.node_rate * tdb) @ turn(1, np.full(tdb.size, -self.inclination))
        position = np.einsum("nij,nj->ni", tilt, place)
        carried = self.node_rate * np.stack([-position[:, 1], position[:, 0], 0 * tdb], axis=1)
        return np.hstack([position, np.einsum("nij,nj->ni", tilt, speed) + carried])


@pytest.fixture(scope="module")
def times():
    return np.random.default_rng(8).uniform(100.0, 999_900.0, 1_000)


@pytest.mark.parametrize("axes", ["RTN", "LVLH"])
def test_rates_are_derivatives(axes, times, data):
    frame = OrbitLocal(axes, PrecessingCircle())
    assert rate_error(frame, times, data, 4.0) < RATE
    assert_proper(frame.from_icrf(times, data))


def test_the_axes_point_where_their_names_say(times, data):
    circle = PrecessingCircle(node_rate=0.0)
    rtn = OrbitLocal("RTN", circle).from_icrf(times, data)
    state = rtn.state(circle.state(times))
    # Seen from its own axes the spacecraft stands still on the first axis.
    np.testing.assert_allclose(state[:, :3] / circle.radius, np.tile([1.0, 0, 0], (times.size, 1)), atol=CLOSED_FORM)
    np.testing.assert_allclose(state[:, 3:] / (circle.radius * circle.motion), 0.0, atol=1e-12)
    along = rtn.position(circle.state(times)[:, 3:]) / (circle.radius * circle.motion)
    np.testing.assert_allclose(along, np.tile([0.0, 1, 0], (times.size, 1)), atol=CLOSED_FORM)


def test_lvlh_looks_down_and_flies_forward(times, data):
    circle = PrecessingCircle(node_rate=0.0)
    rotation = OrbitLocal("LVLH", circle).from_icrf(times, data)
    down = rotation.position(-circle.state(times)[:, :3]) / circle.radius
    forward = rotation.position(circle.state(times)[:, 3:]) / (circle.radius * circle.motion)
    np.testing.assert_allclose(down, np.tile([0.0, 0, 1], (times.size, 1)), atol=CLOSED_FORM)
    np.testing.assert_allclose(forward, np.tile([1.0, 0, 0], (times.size, 1)), atol=CLOSED_FORM)


def test_the_rate_holds_to_the_ends_of_the_span(data):
    circle = PrecessingCircle()
    ends = np.array(circle.span)
    rate = OrbitLocal("RTN", circle).from_icrf(ends, data).rate
    near = OrbitLocal("RTN", PrecessingCircle(span=(-100.0, 1e6 + 100.0))).from_icrf(ends, data).rate
    # The osculating plane turns about the radius by twice the node's rate times sin(i) sin(u); u moves for two seconds.
    np.testing.assert_allclose(rate, near, atol=2 * 2e-6 * 8.9e-4 * 2.0)


def test_states_in_turning_axes_are_brought_to_inertial_ones(data):
    @dataclass(frozen=True)
    class Turning:
        name = "turning"
        frame = MOON_ME
        span = (0.0, 1e6)

        def state(self, tdb):
            return MOON_ME.from_icrf(tdb, data).state(PrecessingCircle().state(tdb))

    tdb = np.array([1e3, 5e5])
    own = OrbitLocal("RTN", Turning()).from_icrf(tdb, data)
    expected = OrbitLocal("RTN", PrecessingCircle()).from_icrf(tdb, data)
    np.testing.assert_allclose(own.matrix, expected.matrix, atol=1e-12)
    np.testing.assert_allclose(own.rate, expected.rate, atol=1e-12)


def test_a_body_at_its_centre_has_no_axes(data):
    @dataclass(frozen=True)
    class Centre:
        name = "centre"
        frame = ICRF
        span = (0.0, 1e6)

        def state(self, tdb):
            return np.zeros((tdb.size, 6))

    assert np.isnan(OrbitLocal("RTN", Centre()).from_icrf(np.array([10.0]), data).matrix).all()


def test_earth_moon_axes_hold_the_moon_on_the_first_axis(data, tdb):
    moon = data.ephemeris.state("MOON", "EARTH", tdb)
    rotation = EARTH_MOON_ROTATING.from_icrf(tdb, data)
    state = rotation.state(moon)
    distance = np.linalg.norm(moon[:, :3], axis=1)
    np.testing.assert_allclose(state[:, 0], distance, rtol=1e-14)
    np.testing.assert_allclose(state[:, 1:3] / distance[:, np.newaxis], 0.0, atol=1e-15)
    # What is left of the motion is the changing distance.
    radial = np.einsum("ni,ni->n", moon[:, :3], moon[:, 3:]) / distance
    np.testing.assert_allclose(state[:, 3], radial, atol=1e-9)
    np.testing.assert_allclose(state[:, 4:], 0.0, atol=1e-9)
    assert_proper(rotation)


def test_earth_moon_rate_is_a_derivative(data, tdb):
    assert rate_error(EARTH_MOON_ROTATING, tdb, data, 2_048.0) < RATE


def test_frames_on_the_same_trajectory_are_equal():
    circle = PrecessingCircle()
    assert OrbitLocal("RTN", circle) == OrbitLocal("RTN", circle)
    assert OrbitLocal("RTN", circle) != OrbitLocal("LVLH", circle)
    assert OrbitLocal("RTN", circle) != OrbitLocal("RTN", PrecessingCircle(radius=1.0))
    assert len({OrbitLocal("RTN", circle), OrbitLocal("RTN", circle)}) == 1
    assert OrbitLocal("RTN", circle).name == "RTN(circle)"


def test_unknown_axes_are_refused():
    with pytest.raises(InvalidInput, match="known are RTN, LVLH"):
        OrbitLocal("NTW", PrecessingCircle())
