"""Authority: closed forms, conservation laws, symmetries, and direct propagation to the times between."""

from __future__ import annotations

import motion
import numpy as np
import pytest

from moonstead.dynamics.burns import FiniteBurn, ImpulsiveBurn
from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.propagate import OrbitState, propagate, state_at
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import STANDARD_GRAVITY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import FrameMismatch, InvalidInput, NumericalFailure, OutsideSpan
from moonstead.foundation.frames.standard import EME2000, ICRF

EPOCH, DAY = motion.EPOCH, motion.DAY
MOON = body("MOON")
POINT = ForceModel(degree=0, third_bodies=())
SHAPE = ForceModel(degree=8)

CLOSED_FORM = 1e-3  # [m] over 10 turns at tolerance 1e-14
ENERGY = 1e-12  # [1] per day at tolerance 1e-14
REVERSAL = 2e-2  # [m] 10 days out and back at 1e-14: rounding of 6e4 steps, magnified along the track
BETWEEN = 1e-3  # [m] what dense output promises
TRANSITION = 1e-6  # [1] of the largest element of its block
SCIPY = 1e-2  # [m] scipy's own error at its tightest tolerance, 1e-13 a step
CONVERGED_LIGHT = 2e-2  # [m] ten days with 120 passes through shadow
SAME_FLIGHT = 0.2  # [m] a day at 1 au: tides over the metres themselves, and the differences of the ephemeris
IMPACT_HEIGHT = 1e-2  # [m]


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def circle(radius=2e6, gm=MOON.gm):
    return OrbitState(np.array([radius, 0.0, 0.0, 0.0, 0.6 * np.sqrt(gm / radius), 0.8 * np.sqrt(gm / radius)]), EPOCH)


def end(path):
    return path.state(path.span[1])[0]


def test_a_circle_about_a_point_mass_turns_uniformly(data):
    start = circle()
    rate = np.sqrt(MOON.gm / 8e18)
    stop = EPOCH + 20.0 * np.pi / rate
    path = propagate(start, stop, POINT, data, step_tolerance=1e-14)
    times = np.linspace(EPOCH, stop, 400)
    angle = rate * (times - EPOCH)
    ahead = start.position_velocity[3:] / rate
    expected = np.cos(angle)[:, None] * start.position_velocity[:3] + np.sin(angle)[:, None] * ahead
    assert np.max(np.linalg.norm(path.state(times)[:, :3] - expected, axis=1)) < CLOSED_FORM
    assert isinstance(path, Trajectory)


def test_energy_and_momentum_are_kept_about_a_point_mass(data):
    start = motion.case("B")
    path = propagate(start, EPOCH + 5 * DAY, POINT, data, step_tolerance=1e-14)
    states = path.state(path.step_times)
    energy = 0.5 * np.sum(states[:, 3:] ** 2, axis=1) - MOON.gm / np.linalg.norm(states[:, :3], axis=1)
    momentum = np.cross(states[:, :3], states[:, 3:])
    assert np.ptp(energy) < 5 * ENERGY * abs(energy[0]) * 30  # perilune speeds are 30 times the energy's root
    assert np.max(np.linalg.norm(momentum - momentum[0], axis=1)) < 5 * ENERGY * np.linalg.norm(momentum[0])


@pytest.mark.parametrize("name", ["A", "C"])
def test_going_there_and_back_ends_where_it_began(data, name):
    start = motion.case(name)
    out = propagate(start, EPOCH + 10 * DAY, SHAPE, data, step_tolerance=1e-14)
    back = propagate(state_at(out, out.span[1]), EPOCH, SHAPE, data, step_tolerance=1e-14)
    assert back.span == out.span
    assert np.linalg.norm(back.state(EPOCH)[0, :3] - start.position_velocity[:3]) < REVERSAL
    middle = np.linspace(*out.span, 50)
    assert np.max(np.linalg.norm((back.state(middle) - out.state(middle))[:, :3], axis=1)) < REVERSAL


@pytest.mark.parametrize(("name", "days"), [("A", 0.5), ("B", 5.0), ("C", 10.0)])
@pytest.mark.parametrize("tolerance", [1e-11, 1e-12, 1e-13])
def test_states_between_steps_are_those_of_a_direct_propagation(data, name, days, tolerance):
    path = propagate(motion.case(name), EPOCH + days * DAY, SHAPE, data, step_tolerance=tolerance)
    rng = np.random.default_rng(7)
    for step in rng.integers(0, path.times.size - 1, 25):
        begin, length = path.step_times[step], path.times[step + 1] - path.times[step]
        time = begin + rng.uniform(0.1, 0.9) * length
        node = OrbitState(np.concatenate((path.positions[step], path.velocities[step])), begin)
        direct = propagate(node, time, SHAPE, data, step_tolerance=1e-15)
        assert np.linalg.norm(path.state(time)[0, :3] - end(direct)[:3]) < BETWEEN


@pytest.mark.parametrize(("name", "days"), [("A", 0.5), ("B", 5.0), ("C", 10.0)])
def test_no_speed_exceeds_its_bound_and_the_bound_is_not_idle(data, name, days):
    path = propagate(motion.case(name), EPOCH + days * DAY, SHAPE, data)
    times = np.linspace(*path.span, 20_001)
    speed = np.linalg.norm(path.state(times)[:, 3:], axis=1)
    bound = path.speed_bound(times[:-1], times[1:])
    assert np.all(bound >= np.maximum(speed[1:], speed[:-1]))
    assert np.median(bound / speed[1:]) < 1.3
    whole = path.speed_bound(path.span[0], path.span[1])
    assert speed.max() <= whole[0] < 1.3 * speed.max()


@pytest.mark.parametrize(("name", "days", "degree"), [("A", 1.0, 20), ("B", 5.0, 8), ("C", 10.0, 8)])
def test_transition_matrix_is_the_derivative_of_the_end_by_the_start(data, name, days, degree):
    start, model = motion.case(name), ForceModel(degree=degree)
    path = propagate(start, EPOCH + days * DAY, model, data, step_tolerance=1e-13, with_transition=True)
    matrix = path.transition(path.span[1])[0]
    numeric = np.zeros((6, 6))
    for k in range(6):
        step = np.zeros(6)
        step[k] = 10.0 if k < 3 else 1e-2

        def shifted(count, step=step):
            moved = OrbitState(start.position_velocity + count * step, EPOCH)
            return end(propagate(moved, EPOCH + days * DAY, model, data, step_tolerance=1e-14))

        numeric[:, k] = (8 * (shifted(1) - shifted(-1)) - (shifted(2) - shifted(-2))) / (12 * step[k])
    for rows in (slice(0, 3), slice(3, 6)):
        for columns in (slice(0, 3), slice(3, 6)):
            error = np.abs(matrix[rows, columns] - numeric[rows, columns]).max()
            assert error < TRANSITION * np.abs(numeric[rows, columns]).max()
    assert np.linalg.det(matrix) == pytest.approx(1.0, abs=1e-7)  # Liouville: volume in phase space is kept
    np.testing.assert_allclose(path.transition(path.span[0])[0], np.eye(6), atol=1e-9)


@pytest.mark.truth
def test_steps_are_those_of_scipys_dop853(data, validation):
    """The same tableau in other hands: an ellipse of eccentricity 0.8 over five turns."""
    from scipy.integrate import solve_ivp

    start = motion.case("B")
    span = 5 * DAY

    def derivative(_, y):
        return np.concatenate((y[3:], -MOON.gm * y[:3] / np.linalg.norm(y[:3]) ** 3))

    scale = np.repeat([1e-13 * 2e6, 1e-13 * 2e3], 3)
    truth = solve_ivp(derivative, (0, span), start.position_velocity, method="DOP853", rtol=1e-13, atol=scale)
    path = propagate(start, EPOCH + span, POINT, data, step_tolerance=1e-14)
    validation(
        capability="Propagation about the Moon",
        quantity="position after 5 turns of an ellipse of eccentricity 0.8 about a point mass",
        authority="scipy's DOP853",
        error=np.linalg.norm(end(path)[:3] - truth.y[:3, -1]),
        unit="m",
        tolerance=SCIPY,
        cases=1,
    )


def test_shadow_edges_lie_where_they_should_backwards_too(data):
    """Forwards and backwards the arcs meet at the same edges, and dense output holds on both sides of each."""
    model = ForceModel(degree=4, mass=100.0, radiation=Radiation(1.0, 1.5))
    out = propagate(motion.case("A"), EPOCH + 0.5 * DAY, model, data, step_tolerance=1e-14)
    back = propagate(state_at(out, out.span[1]), EPOCH, model, data, step_tolerance=1e-14)
    edges, again = (path.times[path.arcs[1:, 0]] + path.epoch for path in (out, back))
    np.testing.assert_allclose(again, edges, rtol=0.0, atol=1e-5)  # a penumbra is crossed at 1.6 km/s: centimetres
    around = np.concatenate([edges + shift for shift in (-5.0, -0.1, 0.1, 5.0)])
    assert np.max(np.linalg.norm((out.state(around) - back.state(around))[:, :3], axis=1)) < BETWEEN
    half = 2.0  # [s] a central difference of speed shows the push of light switch on and off, nothing rougher
    jump = (out.state(around + half)[:, 3:] - out.state(around - half)[:, 3:]) / (2 * half)
    pull = -MOON.gm * out.state(around)[:, :3] / np.linalg.norm(out.state(around)[:, :3], axis=1)[:, None] ** 3
    assert np.max(np.linalg.norm(jump - pull, axis=1)) < 2e-3  # the field's shape: 1e-3 m/s^2


def test_light_and_shadow_converge_as_the_tolerance_tightens(data):
    model = ForceModel(degree=8, mass=100.0, radiation=Radiation(1.0, 1.5))
    ends = []
    for tolerance in (1e-13, 1e-15):
        path = propagate(motion.case("A"), EPOCH + 10 * DAY, model, data, step_tolerance=tolerance)
        ends.append(end(path)[:3])
        assert len(path.arcs) > 400  # four edges of shadow a turn
    assert np.linalg.norm(ends[0] - ends[1]) < CONVERGED_LIGHT


def test_radiation_moves_a_low_orbit_by_what_it_should(data):
    """Ten days of a push that never averages out leave hundreds of metres; without shadow it is a different orbit."""
    ends = [
        end(propagate(motion.case("A"), EPOCH + DAY, ForceModel(degree=8, mass=100.0, radiation=light), data))[:3]
        for light in (None, Radiation(1.0, 1.5), Radiation(1.0, 1.5, hiding=()))
    ]
    assert 0.1 < np.linalg.norm(ends[1] - ends[0]) < 1e3
    assert 0.1 < np.linalg.norm(ends[2] - ends[1]) < 1e3


def test_impact_is_found_on_the_surface_and_the_path_ends_there(data):
    start = OrbitState(np.array([1.9e6, 0.0, 0.0, 0.0, 1300.0, 0.0]), EPOCH)
    path = propagate(start, EPOCH + DAY, SHAPE, data)
    assert path.hit_surface and path.ending_body == "MOON"
    assert path.span[1] < EPOCH + DAY / 4
    assert np.linalg.norm(end(path)[:3]) == pytest.approx(MOON.mean_radius, abs=IMPACT_HEIGHT)
    inner = np.linalg.norm(path.state(np.linspace(*path.span, 999)[:-1])[:, :3], axis=1)
    assert np.all(inner > MOON.mean_radius) and np.all(np.isfinite(inner))
    with pytest.raises(OutsideSpan, match="hit the surface of MOON"):
        path.state(path.span[1] + 60.0)


def test_a_dip_below_the_surface_inside_one_step_is_not_jumped_over(data):
    """A periselene 300 m down lies between two steps; the motion must not come out of the ground."""
    radius = MOON.mean_radius - 300.0
    speed = np.sqrt(MOON.gm / radius * 1.6)
    low = OrbitState(np.array([radius, 0.0, 0.0, 0.0, speed, 0.0]), EPOCH)
    before = propagate(low, EPOCH - 6000.0, POINT, data, stop_at_surface=False, step_tolerance=1e-6)
    start = state_at(before, before.span[0])
    path = propagate(start, EPOCH + 6000.0, POINT, data, step_tolerance=1e-6)
    assert path.hit_surface
    assert np.linalg.norm(end(path)[:3]) == pytest.approx(MOON.mean_radius, abs=IMPACT_HEIGHT)


def test_flight_from_the_earth_ends_on_the_moon(data):
    moon = data.ephemeris.state("MOON", "EARTH", np.array([EPOCH]))[0]
    towards = moon[:3] / np.linalg.norm(moon[:3])
    start = OrbitState(np.concatenate((moon[:3] - 3e7 * towards, moon[3:] + 900.0 * towards)), EPOCH, "EARTH")
    model = ForceModel(center="EARTH", degree=0, third_bodies=("MOON", "SUN"))
    path = propagate(start, EPOCH + 2 * DAY, model, data)
    assert path.ending_body == "MOON"
    where = data.ephemeris.position("MOON", "EARTH", np.array([path.span[1]]))[0]
    assert np.linalg.norm(end(path)[:3] - where) == pytest.approx(MOON.mean_radius, abs=IMPACT_HEIGHT)


def test_the_same_flight_about_earth_and_about_the_moon(data):
    """The two differ by what moves DE440's Moon besides the point masses of Earth, Moon and Sun, and by nothing else.

    That is the Earth's oblateness above all, the planets and relativity: 3e-9 m/s^2, or 11 m in a day. It is read
    off the ephemeris itself, as its acceleration less that of the point masses.
    """
    times = EPOCH + np.linspace(0.0, DAY, 49)
    step = 600.0
    near, far = (
        data.ephemeris.state("MOON", "EARTH", times + k * step)[:, 3:]
        - data.ephemeris.state("MOON", "EARTH", times - k * step)[:, 3:]
        for k in (1, 2)
    )
    moon, sun = (data.ephemeris.position(name, "EARTH", times) for name in ("MOON", "SUN"))

    def pull(gm, r):
        return gm * r / np.linalg.norm(r, axis=1)[:, None] ** 3

    points = -pull(MOON.gm + body("EARTH").gm, moon) + pull(body("SUN").gm, sun - moon) - pull(body("SUN").gm, sun)
    extra = (8 * near - far) / (12 * step) - points
    remaining = EPOCH + DAY - times
    expected = np.trapezoid(extra * remaining[:, None], times, axis=0)

    start = motion.case("C")
    about_moon = end(propagate(start, EPOCH + DAY, ForceModel(degree=0), data))
    offset = data.ephemeris.state("MOON", "EARTH", np.array([EPOCH, EPOCH + DAY]))
    shifted = OrbitState(start.position_velocity + offset[0], EPOCH, "EARTH")
    model = ForceModel(center="EARTH", degree=0, third_bodies=("MOON", "SUN"))
    about_earth = end(propagate(shifted, EPOCH + DAY, model, data)) - offset[1]
    assert 5.0 < np.linalg.norm(expected) < 15.0
    np.testing.assert_allclose((about_moon - about_earth)[:3], expected, rtol=0.0, atol=SAME_FLIGHT)


def test_motion_about_the_sun_is_an_ellipse(data):
    sun = body("SUN")
    radius = 1.5e11
    start = OrbitState(np.array([radius, 0.0, 0.0, 0.0, np.sqrt(sun.gm / radius), 0.0]), EPOCH, "SUN")
    path = propagate(start, EPOCH + 100 * DAY, ForceModel(center="SUN", degree=0, third_bodies=()), data)
    angle = np.sqrt(sun.gm / radius**3) * 100 * DAY
    expected = radius * np.array([np.cos(angle), np.sin(angle), 0.0])
    assert np.linalg.norm(end(path)[:3] - expected) < 1.0


def test_an_impulse_adds_its_velocity_in_its_axes(data):
    start = circle()
    burn = ImpulsiveBurn(EPOCH + 1000.0, (1.0, 20.0, -3.0), "RTN")
    path = propagate(start, EPOCH + 5000.0, POINT, data, burns=[burn])
    before = path.state(EPOCH + 1000.0 - 1e-6)[0]
    after = path.state(EPOCH + 1000.0)[0]
    change = after[3:] - before[3:]
    radial = before[:3] / np.linalg.norm(before[:3])
    normal = np.cross(before[:3], before[3:]) / np.linalg.norm(np.cross(before[:3], before[3:]))
    found = [change @ radial, change @ np.cross(normal, radial), change @ normal]
    np.testing.assert_allclose(found, burn.delta_v, atol=1e-5)  # gravity works for a microsecond
    back = propagate(state_at(path, path.span[1]), EPOCH, POINT, data, burns=[burn])
    np.testing.assert_allclose(back.state(EPOCH)[0], start.position_velocity, rtol=0.0, atol=1e-3)


def test_transition_through_an_impulse_in_turning_axes(data):
    start, burn = circle(), ImpulsiveBurn(EPOCH + 1000.0, (1.0, 20.0, -3.0), "RTN")

    def run(state, **options):
        return propagate(
            OrbitState(state, EPOCH), EPOCH + 5000.0, POINT, data, burns=[burn], step_tolerance=1e-14, **options
        )

    matrix = run(start.position_velocity, with_transition=True).transition(EPOCH + 5000.0)[0]
    for k in range(6):
        step = np.zeros(6)
        step[k] = 10.0 if k < 3 else 1e-2
        slope = (end(run(start.position_velocity + step)) - end(run(start.position_velocity - step))) / (2 * step[k])
        np.testing.assert_allclose(matrix[:, k], slope, rtol=0.0, atol=1e-6 * np.abs(matrix[:, k]).max())


def test_thrust_in_empty_space_obeys_the_rocket_equation(data):
    """So far from the Moon that it does not pull, the change of speed is ve ln(m0 / m1)."""
    far = OrbitState(np.array([1e12, 0.0, 0.0, 0.0, 0.0, 1.0]), EPOCH)
    burn = FiniteBurn(EPOCH + 100.0, 2000.0, 450.0, 315.0, (0.0, 3.0, 4.0))
    path = propagate(far, EPOCH + 3000.0, ForceModel(degree=0, third_bodies=(), mass=1000.0), data, burns=[burn])
    exhaust = STANDARD_GRAVITY * 315.0
    left = 1000.0 - 450.0 / exhaust * 2000.0
    assert path.mass([EPOCH, EPOCH + 1100.0, EPOCH + 3000.0]) == pytest.approx([1000.0, 0.5 * (1000.0 + left), left])
    change = end(path)[3:] - far.position_velocity[3:]
    np.testing.assert_allclose(change, exhaust * np.log(1000.0 / left) * np.array([0.0, 0.6, 0.8]), atol=1e-5)
    back = propagate(
        state_at(path, path.span[1]), EPOCH, ForceModel(degree=0, third_bodies=(), mass=left), data, burns=[burn]
    )
    assert back.mass(EPOCH)[0] == pytest.approx(1000.0)
    np.testing.assert_allclose(back.state(EPOCH)[0, 3:], far.position_velocity[3:], atol=1e-6)


def test_a_short_strong_burn_is_nearly_an_impulse(data):
    start, speed = circle(), 10.0
    exhaust = STANDARD_GRAVITY * 300.0
    mass = 500.0
    used = mass * (1.0 - np.exp(-speed / exhaust))
    duration = 0.1
    burn = FiniteBurn(EPOCH + 1000.0 - duration / 2, duration, used / duration * exhaust, 300.0, (0.0, 1.0, 0.0), "RTN")
    model = ForceModel(degree=0, third_bodies=(), mass=mass)
    finite = propagate(start, EPOCH + 4000.0, model, data, burns=[burn])
    impulse = ImpulsiveBurn(EPOCH + 1000.0, (0.0, speed, 0.0), "RTN", specific_impulse=300.0)
    sudden = propagate(start, EPOCH + 4000.0, model, data, burns=[impulse])
    assert finite.mass(EPOCH + 4000.0)[0] == pytest.approx(sudden.mass(EPOCH + 4000.0)[0], rel=1e-9)
    assert np.linalg.norm(end(finite)[:3] - end(sudden)[:3]) < 5.0  # 10 m/s for 0.05 s, grown over half a turn


def test_a_saved_trajectory_comes_back_whole(data, tmp_path):
    burn = ImpulsiveBurn(EPOCH + 1000.0, (1.0, 2.0, 3.0))
    path = propagate(motion.case("A"), EPOCH + 9000.0, SHAPE, data, burns=[burn], with_transition=True, name="relay")
    np.savez(tmp_path / "path.npz", **path.to_arrays())
    with np.load(tmp_path / "path.npz") as arrays:
        again = PropagatedTrajectory.from_arrays(arrays)
    times = np.linspace(*path.span, 100)
    assert (again.name, again.center, again.span, again.ending) == (path.name, path.center, path.span, path.ending)
    assert again.statistics == path.statistics
    np.testing.assert_array_equal(again.state(times), path.state(times))
    np.testing.assert_array_equal(again.transition(times), path.transition(times))
    with pytest.raises(InvalidInput, match="missing"):
        PropagatedTrajectory.from_arrays({"name": np.array("relay")})


@pytest.mark.parametrize(
    ("state", "until", "options", "error", "message"),
    [
        (OrbitState(np.array([1.7e6, 0, 0, 0, 1e3, 0]), EPOCH), EPOCH + DAY, {}, InvalidInput, "radius is"),
        (motion.case("A"), EPOCH, {}, InvalidInput, "other than its start"),
        (motion.case("A"), np.nan, {}, InvalidInput, "other than its start"),
        (motion.case("A"), EPOCH + DAY, {"step_tolerance": 1e-17}, InvalidInput, "tolerance"),
        (motion.case("A"), EPOCH + DAY, {"tolerance": -1.0}, InvalidInput, "tolerance"),
        (motion.case("A"), EPOCH + DAY, {"tolerance": np.nan}, InvalidInput, "tolerance"),
        (motion.case("A"), EPOCH + DAY, {"method": "euler"}, InvalidInput, "gauss-jackson, nystrom"),
        (motion.case("A"), EPOCH + DAY, {"parameters": ("drag",)}, InvalidInput, "drag"),
        (OrbitState(np.ones(6) * 1e7, EPOCH, "EARTH"), EPOCH + DAY, {}, FrameMismatch, "EARTH"),
        (OrbitState(np.ones(6) * 1e7, EPOCH, "MOON", EME2000), EPOCH + DAY, {}, FrameMismatch, "ICRF"),
        (motion.case("A"), EPOCH + 2e10, {}, OutsideSpan, "de440s"),
        (
            motion.case("A"),
            EPOCH + DAY,
            {"burns": [ImpulsiveBurn(EPOCH - 1.0, (1, 0, 0))]},
            InvalidInput,
            "does not lie within",
        ),
        (
            motion.case("A"),
            EPOCH + DAY,
            {"burns": [FiniteBurn(EPOCH, 10.0, 1.0, 300.0, (1, 0, 0))]},
            InvalidInput,
            "mass",
        ),
    ],
)
def test_requests_without_sense_are_refused(data, state, until, options, error, message):
    with pytest.raises(error, match=message):
        propagate(state, until, SHAPE, data, **options)


def test_a_state_that_is_no_number_is_refused():
    with pytest.raises(InvalidInput, match="finite"):
        OrbitState(np.array([np.nan, 0, 0, 0, 0, 0]), EPOCH)
    with pytest.raises(InvalidInput, match="6 numbers"):
        OrbitState(np.zeros(5), EPOCH)


def test_a_fall_into_a_point_mass_stops_with_a_reason(data):
    start = OrbitState(np.array([2e6, 0.0, 0.0, 0.0, 0.0, 0.0]), EPOCH)
    with pytest.raises(NumericalFailure, match="shrink to nothing"):
        propagate(start, EPOCH + DAY, POINT, data, stop_at_surface=False)


def test_an_hour_of_a_trajectory_asked_for_nothing_gives_nothing(data):
    path = propagate(circle(), EPOCH + 3600.0, POINT, data)
    assert path.state([]).shape == (0, 6)
    assert path.speed_bound([], []).shape == (0,)
    assert np.all(np.isnan(path.state([np.nan])))
    assert path.frame is ICRF


def test_every_force_and_the_transition_matrix_run_through_one_compiled_kernel(data):
    """A second signature would mean a second compilation of half a minute, hidden in some innocent call."""
    from moonstead.dynamics.adaptive_kernels import integrate
    from moonstead.dynamics.dense_kernels import interpolate

    model = ForceModel(degree=4, mass=100.0, radiation=Radiation(1.0, 1.5), relativity=True)
    burn = FiniteBurn(EPOCH + 100.0, 60.0, 1.0, 300.0, (1, 0, 0))
    path = propagate(motion.case("A"), EPOCH + 600.0, model, data, burns=[burn], with_transition=True)
    path.transition(path.span[1])
    propagate(circle(), EPOCH - 600.0, POINT, data).state(EPOCH)
    if hasattr(integrate, "signatures"):
        assert len(integrate.signatures) == 1
        assert len(interpolate.signatures) == 1
