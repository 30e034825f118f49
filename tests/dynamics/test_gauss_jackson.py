"""The summed multistep method: its formulas on polynomials, its orbit against Kepler's, its estimate of the error."""

from __future__ import annotations

import motion
import numpy as np
import pytest
from motion import DAY, EPOCH

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.flight import Flight, FlightPlan, fly
from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.forces_tables import force_tables
from moonstead.dynamics.gauss_jackson_tableau import POINTS, multistep
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.step_control import AdaptiveSteps, FixedSteps
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.orbits.elements import kepler_elements, mean_anomaly, states_from_elements, true_anomaly

KEPLER = 1e-6  # [m] rounding of two days at 1.6 km/s, and of the anomaly that the closed form solves for
ALIKE = 0.35  # [1] an estimate of the error that is off by less than this tells its size
LANDING = 1e-2  # [m] of height where two integrators meet the ground
OTHERWISE = AdaptiveSteps("nystrom", 1e-13)
TWO_BODY = ForceModel(degree=0, third_bodies=())


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


def flight(data, model: ForceModel, days: float, control, state: OrbitState | None = None, burns=()) -> Flight:
    state = state or motion.case("A")
    stop = state.epoch_tdb + days * DAY
    tables = force_tables(model, state.epoch_tdb, stop, data, stop_at_surface=True)
    return fly(FlightPlan(state.position_velocity, state.epoch_tdb, stop, model, tables, burns), control)


def kepler(days: float) -> np.ndarray:
    """Position [m] on the conic of the start, by Kepler's equation."""
    gm = body("MOON").gm
    elements = kepler_elements(motion.case("A").position_velocity[None], gm)
    axis = elements.periapsis_distance / (1.0 - elements.eccentricity)
    anomaly = mean_anomaly(elements.true_anomaly, elements.eccentricity) + np.sqrt(gm / axis**3) * days * DAY
    moved = np.array([*(getattr(elements, name) for name in list(vars(elements))[:-1])])
    later = type(elements)(*moved, true_anomaly(anomaly, elements.eccentricity))
    return states_from_elements(later, gm)[0, :3]


@pytest.mark.nojit
@pytest.mark.parametrize("points", POINTS)
def test_formulas_are_exact_for_polynomials_of_their_degree(points):
    """Acceleration t^k, k < K: the sums that hold at one point lead to the exact next position and velocity."""
    method = multistep(points)
    for power in range(points):
        times = np.arange(points) - points // 2 + 0.0
        last = times[-1]
        newest = times[::-1] ** power
        velocity = last ** (power + 1) / (power + 1)
        position = last ** (power + 2) / ((power + 1) * (power + 2))
        first_sum = velocity - method.velocity @ newest
        second_sum = position - method.position @ newest
        predicted = second_sum + first_sum + method.predict_position @ newest
        after = last + 1.0
        scale = max(1.0, after ** (power + 2))
        assert abs(predicted - after ** (power + 2) / ((power + 1) * (power + 2))) < 1e-11 * scale
        assert abs(first_sum + method.predict_velocity @ newest - after ** (power + 1) / (power + 1)) < 1e-11 * scale
        assert abs(method.slope @ newest - power * last ** max(power - 1, 0)) < 1e-10 * scale


@pytest.mark.nojit
@pytest.mark.parametrize("points", POINTS)
def test_the_start_integrates_polynomials_from_the_middle(points):
    method = multistep(points)
    times = np.arange(points) - points // 2 + 0.0
    for power in range(points):
        once, twice = method.start_velocity @ times**power, method.start_position @ times**power
        scale = np.max(np.abs(times)) ** (power + 2)  # of the terms that cancel
        assert np.all(np.abs(once - times ** (power + 1) / (power + 1)) < 1e-11 * scale)
        assert np.all(np.abs(twice - times ** (power + 2) / ((power + 1) * (power + 2))) < 1e-11 * scale)


@pytest.mark.truth
@pytest.mark.parametrize(("points", "step"), [(13, 30.0), (11, 30.0), (9, 30.0)])
def test_two_bodies_move_as_kepler_says(data, validation, points, step):
    found = flight(data, TWO_BODY, 2.0, FixedSteps(points, step, OTHERWISE))
    validation(
        capability="Propagation: Gauss-Jackson",
        quantity=f"position after two days on a Kepler orbit, {points} back points of {step:g} s",
        authority="Kepler's equation",
        error=np.linalg.norm(found.nodes.last_state()[:3] - kepler(2.0)),
        unit="m",
        tolerance=KEPLER,
        cases=1,
    )


@pytest.mark.truth
@pytest.mark.parametrize(("points", "step"), [(7, 60.0), (7, 40.0), (9, 60.0)])
def test_the_estimate_tells_the_error_of_a_kepler_orbit(data, points, step):
    found = flight(data, TWO_BODY, 2.0, FixedSteps(points, step, OTHERWISE))
    error = np.linalg.norm(found.nodes.last_state()[:3] - kepler(2.0))
    assert error > 10.0 * KEPLER
    assert abs(found.nodes.largest_drift / error - 1.0) < ALIKE


@pytest.mark.parametrize("light", [None, Radiation(1.0, 1.5)])
@pytest.mark.parametrize(("points", "step"), [(13, 25.0), (13, 20.0), (12, 20.0), (11, 20.0)])
def test_the_estimate_tells_the_error_in_a_rough_field(data, light, points, step):
    """Against the same forces on a grid four times finer, whose error is a millionth."""
    model = ForceModel(degree=50, mass=100.0, radiation=light)
    found = flight(data, model, 2.0, FixedSteps(points, step, OTHERWISE))
    exact = flight(data, model, 2.0, FixedSteps(13, 0.5 * step, OTHERWISE))
    error = np.linalg.norm(found.nodes.last_state()[:3] - exact.nodes.last_state()[:3])
    assert error > 1e-5
    assert 0.5 < found.nodes.largest_drift / error < 2.0


def test_shadow_edges_are_nodes_and_cost_no_accuracy(data):
    """With light the steps are as good as without; four edges a revolution are nodes between arcs."""
    lit = ForceModel(degree=50, mass=100.0, radiation=Radiation(1.0, 1.5, hiding=("MOON",)))
    coarse, fine = (flight(data, lit, 2.0, FixedSteps(13, step, OTHERWISE)) for step in (15.0, 7.5))
    assert np.linalg.norm(coarse.nodes.last_state()[:3] - fine.nodes.last_state()[:3]) < 1e-4
    edges = [nodes.times[: nodes.count][nodes.edges[: nodes.count] == 1] for nodes in (coarse.nodes, fine.nodes)]
    assert len(edges[0]) == len(edges[1]) > 90
    assert np.max(np.abs(edges[0] - edges[1])) < 1e-5
    assert len(coarse.nodes.arcs) == len(edges[0]) + 1


def test_an_eclipse_shorter_than_a_step_is_not_missed(data):
    """A grazing eclipse in a high orbit: the grid of 400 s finds the edges that one of 50 s finds."""
    radius = 42_164e3
    sun = data.ephemeris.position("SUN", "EARTH", np.array([EPOCH]))[0]
    away = -sun / np.linalg.norm(sun)
    across = np.cross(away, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across)
    normal = np.cross(away, across)
    height = 6.50e6  # [m] over the axis of the shadow: inside penumbra for some minutes
    place = np.sqrt(radius**2 - height**2) * away + height * normal
    state = OrbitState(np.concatenate((place, np.sqrt(body("EARTH").gm / radius) * across)), EPOCH, "EARTH")
    model = ForceModel(
        center="EARTH", degree=4, third_bodies=("MOON", "SUN"), mass=100.0, radiation=Radiation(1.0, 1.5)
    )
    first = OrbitState(
        flight(data, model, -0.3, AdaptiveSteps("nystrom", 1e-13), state).nodes.last_state(), EPOCH - 0.3 * DAY, "EARTH"
    )
    edges = []
    for step in (400.0, 50.0):
        nodes = flight(data, model, 0.9, FixedSteps(9, step, OTHERWISE), first).nodes
        edges.append(nodes.times[: nodes.count][nodes.edges[: nodes.count] == 1])
    assert len(edges[0]) == len(edges[1]) >= 2
    assert np.max(np.abs(edges[0] - edges[1])) < 1e-3
    assert np.ptp(edges[0]) < 1500.0


def test_there_and_back_again_ends_where_it_began(data):
    model = ForceModel(degree=30, mass=100.0, radiation=Radiation(1.0, 1.5))
    there = propagate(motion.case("A"), EPOCH + 2.0 * DAY, model, data, tolerance=1e-3, method="gauss-jackson")
    far = OrbitState(there.state(there.span[1])[0], there.span[1])
    back = propagate(far, EPOCH, model, data, tolerance=1e-3, method="gauss-jackson")
    assert np.linalg.norm(back.state(EPOCH)[0, :3] - motion.case("A").position_velocity[:3]) < 2e-3


def test_partials_are_those_of_the_adaptive_method(data):
    model = ForceModel(degree=20)
    given = {"with_transition": True, "tolerance": 1e-3}
    grid = propagate(motion.case("A"), EPOCH + DAY, model, data, method="gauss-jackson", **given)
    adaptive = propagate(motion.case("A"), EPOCH + DAY, model, data, method="nystrom", **given)
    times = np.linspace(EPOCH, EPOCH + DAY, 7)
    scale = np.max(np.abs(adaptive.transition(times)), axis=0)
    assert np.max(np.abs(grid.transition(times) - adaptive.transition(times)) / scale) < 1e-6


def test_a_decaying_orbit_meets_the_ground_where_the_adaptive_method_does(data):
    state = motion.case("A").position_velocity.copy()
    state[3:] *= 0.978
    start = OrbitState(state, EPOCH)
    model = ForceModel(degree=20)
    ends = [fly_to_ground(data, start, model, control) for control in (FixedSteps(13, 10.0, OTHERWISE), OTHERWISE)]
    assert ends[0][1] == ends[1][1] == "MOON"
    assert abs(np.linalg.norm(ends[0][0][:3]) - body("MOON").mean_radius) < LANDING
    assert np.linalg.norm(ends[0][0][:3] - ends[1][0][:3]) < 1.0


def fly_to_ground(data, start, model, control):
    found = flight(data, model, 1.0, control, start)
    return found.nodes.last_state(), found.ended


def test_burns_restart_the_grid(data):
    burns = [
        ImpulsiveBurn(EPOCH + 0.6 * DAY, (0.0, 5.0, 0.0), axes="RTN"),
        ImpulsiveBurn(EPOCH + 0.601 * DAY, (1.0, 0.0, 0.0), axes="RTN"),
    ]
    model = ForceModel(degree=20)
    grid, adaptive = (
        propagate(motion.case("A"), EPOCH + 2.0 * DAY, model, data, tolerance=1e-3, burns=burns, method=method)
        for method in ("gauss-jackson", "nystrom")
    )
    times = np.linspace(EPOCH, EPOCH + 2.0 * DAY, 200)
    assert np.max(np.linalg.norm(grid.state(times)[:, :3] - adaptive.state(times)[:, :3], axis=1)) < 2e-3
    assert grid.method == "gauss-jackson"
    assert grid.error_estimate < 1e-3
