"""Authority: Kepler's ellipse, whose nodes are known, and dense linear algebra."""

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.shooting import joined, shoot
from moonstead.orbits.shooting_step import least_change

TWO_BODIES = ForceModel(degree=0, third_bodies=())
RADIUS = 1.0e7  # [m]
GM = body("MOON").gm
PERIOD = 2.0 * np.pi * np.sqrt(RADIUS**3 / GM)
ROUNDING = 1e-9  # [1] of a system whose condition is some thousands


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def circle(phases):
    angle = 2.0 * np.pi * np.asarray(phases)
    speed = np.sqrt(GM / RADIUS)
    zero = np.zeros_like(angle)
    return np.stack(
        (RADIUS * np.cos(angle), RADIUS * np.sin(angle), zero, -speed * np.sin(angle), speed * np.cos(angle), zero),
        axis=1,
    )


def test_the_least_change_is_that_of_dense_algebra():
    rng = np.random.default_rng(3)
    count = 5
    transitions, gaps = rng.normal(size=(count, 6, 6)), rng.normal(size=(count, 6))
    free = np.ones((count + 1, 6))
    free[0, :3] = 0.0
    matrix = np.zeros((6 * count, 6 * count + 6))
    for k in range(count):
        matrix[6 * k : 6 * k + 6, 6 * k : 6 * k + 6] = transitions[k]
        matrix[6 * k : 6 * k + 6, 6 * k + 6 : 6 * k + 12] = -np.eye(6)
    expected = np.linalg.pinv(matrix * free.reshape(-1)) @ -gaps.reshape(-1)
    np.testing.assert_allclose(least_change(transitions, gaps, free).reshape(-1), expected, atol=ROUNDING)


def test_what_is_held_at_both_ends_leaves_no_freedom():
    free = np.ones((3, 6))
    free[[0, 2]] = 0.0
    with pytest.raises(NumericalFailure, match="leaves no way"):
        least_change(np.tile(np.eye(6), (2, 1, 1)), np.ones((2, 6)), free)


def test_disturbed_nodes_of_a_circle_are_joined(data):
    phases = np.linspace(0.0, 2.0, 13)
    rng = np.random.default_rng(5)
    guess = circle(phases) + rng.normal(size=(13, 6)) * np.array([1e4, 1e4, 1e4, 5.0, 5.0, 5.0])
    found = shoot(phases * PERIOD, guess, TWO_BODIES, data)
    assert found.position_defect.max() <= 1.0 and found.velocity_defect.max() <= 1e-3
    assert found.residuals[-1] < 1e-6 * found.residuals[0]
    energies = 0.5 * np.sum(found.states[:, 3:] ** 2, axis=1) - GM / np.linalg.norm(found.states[:, :3], axis=1)
    # one ellipse conserves its energy: 1 m and 1 mm/s at these speeds are 1e-6 of it
    np.testing.assert_allclose(energies, energies[0], rtol=1e-5)
    assert np.linalg.norm(found.states[:, :3] - circle(phases)[:, :3], axis=1).max() < 5e4


def test_the_path_goes_through_the_nodes_and_jumps_by_the_defects(data):
    phases = np.linspace(0.0, 1.0, 7)
    guess = circle(phases)
    guess[3, 0] += 100.0
    path = joined(phases * PERIOD, guess, TWO_BODIES, data)
    np.testing.assert_allclose(path.position_defect[2], 100.0, rtol=1e-6)
    trajectory = path.trajectory()
    np.testing.assert_allclose(trajectory.state(path.epochs_tdb), guess, atol=1e-6)
    before = trajectory.state(path.epochs_tdb[3:4] - 1e-3)[0, :3]
    assert np.linalg.norm(before - guess[3, :3]) == pytest.approx(100.0, abs=2.0)  # 1 ms before, at 0.7 km/s


def test_held_nodes_stay(data):
    phases = np.linspace(0.0, 1.0, 7)
    guess = circle(phases)
    guess[3:5] *= 1.0 + 1e-4
    held = np.zeros((7, 6), dtype=bool)
    held[0] = True
    found = shoot(phases * PERIOD, guess, TWO_BODIES, data, fixed=held)
    np.testing.assert_array_equal(found.states[0], guess[0])


def test_arcs_that_cannot_be_joined_say_where_and_what_to_try(data):
    times = np.array([0.0, 600.0, 1200.0, 1800.0])
    states = circle(times / PERIOD)
    states[2:, :3] *= -1.0  # on the other side of the Moon within ten minutes
    with pytest.raises(NumericalFailure, match=r"largest gap is .* before node 2 .*Try more nodes"):
        shoot(times, states, TWO_BODIES, data, most_iterations=1)


@pytest.mark.parametrize(
    ("times", "shape", "message"),
    [([0.0], (1, 6), "two nodes or more"), ([0.0, 0.0], (2, 6), "must rise"), ([0.0, 1.0], (2, 5), "two nodes")],
)
def test_nodes_without_sense_are_refused(times, shape, message, data):
    with pytest.raises(InvalidInput, match=message):
        shoot(times, np.ones(shape), TWO_BODIES, data)
