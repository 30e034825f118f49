"""Authority: differences for derivatives, the rocket equation, the closed form of thrust in empty space."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, prepare_forces, propagate
from moonstead.foundation.constants import SECONDS_PER_DAY as DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.three_body.motion import propagate_three_body
from moonstead.orbits.transfers.low_thrust import LONGER, least_propellant
from moonstead.orbits.transfers.low_thrust_motions import FlownThrust, ThreeBodyThrust

MU = 0.01215058560962404
HALO = np.array([1.0809931218390707, 0.0, -0.20235953267405354, 0.0, -0.19895001215078018, 0.0])
START = Epoch.parse("2026-07-01T00:00:00Z").tdb()
COAST = 1e-12  # [1] of the Taylor series of the same motion
DERIVATIVE = 1e-7  # [1] of central differences
FLOWN = 1e-5  # [1] likewise in the full model, of its largest element
MASS_FLOW = 2e-3  # [1] by thrust: the engine's partials keep the mass flow, which takes 1.4e-3 of the mass here
SIDEWAYS = math.sqrt(2.0 * LONGER)  # [1] of the limit: the side thrust that lengthens it by what is accepted


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


class EmptySpace:
    """No forces but thrust, taken constant: from rest to rest in one dimension the best thrust is known."""

    exhaust = 1e6  # the mass stays

    def __init__(self, count):
        self.durations = np.full(count, 1.0 / count)

    def fly(self, segment, state, acceleration):
        h = self.durations[segment]
        partials = np.zeros((6, 9))
        partials[:, :6] = np.eye(6)
        partials[:3, 3:6] = h * np.eye(3)
        partials[:3, 6:], partials[3:, 6:] = 0.5 * h * h * np.eye(3), h * np.eye(3)
        return partials @ np.concatenate((state, acceleration)), partials


def test_without_thrust_a_segment_is_the_free_motion():
    end, partials = ThreeBodyThrust(MU, np.array([0.7]), 10.0).fly(0, HALO, np.zeros(3))
    states, transition = propagate_three_body(HALO, 0.7, MU, with_transition=True)
    np.testing.assert_allclose(end, states[0], atol=COAST)
    np.testing.assert_allclose(partials[:, :6], transition[0], atol=1e-10)


def test_derivatives_of_a_segment_under_thrust_are_what_differences_say():
    motion, push = ThreeBodyThrust(MU, np.array([0.3]), 10.0), np.array([0.05, -0.02, 0.01])
    _, partials = motion.fly(0, HALO, push)
    for column in range(9):
        step = 1e-6 * np.eye(9)[column]
        ahead = motion.fly(0, HALO + step[:6], push + step[6:])[0]
        behind = motion.fly(0, HALO - step[:6], push - step[6:])[0]
        np.testing.assert_allclose(partials[:, column], (ahead - behind) / 2e-6, atol=DERIVATIVE)


def test_from_rest_to_rest_in_empty_space_thrust_is_at_both_ends():
    """Over a way of 0.1875 in a unit of time with a limit of 1: a quarter on, a half off, a quarter back."""
    count = 16
    goal = np.array([0.1875, 0.0, 0.0, 0.0, 0.0, 0.0])
    guess = np.linspace(np.zeros(6), goal, count + 1)
    found = least_propellant(EmptySpace(count), np.zeros(6), goal, 1.0, guess)
    assert found.delta_v == pytest.approx(0.5, rel=0.01)  # 1 % for the half-spaces and what the programmes spare
    assert np.abs(found.accelerations[:, 1:]).max() < SIDEWAYS
    np.testing.assert_allclose(found.accelerations[5:11], 0.0, atol=SIDEWAYS)
    assert found.largest_gap < 1e-9
    assert np.linalg.norm(found.accelerations, axis=1).max() <= 1.0 + 1e-6


def test_what_thrust_cannot_reach_is_refused_with_the_gap():
    goal = np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    with pytest.raises(NumericalFailure, match="allow more time or more thrust"):
        least_propellant(EmptySpace(8), np.zeros(6), goal, 1.0, np.zeros((9, 6)), most_steps=10)
    with pytest.raises(InvalidInput, match="want a guess of shape"):
        least_propellant(EmptySpace(8), np.zeros(6), goal, 1.0, np.zeros((3, 6)))


def test_between_two_states_of_a_halo_low_thrust_closes_and_obeys_the_rocket_equation():
    count, duration = 12, 2.353867041754664
    motion = ThreeBodyThrust(MU, np.full(count, duration / count), 11.56499372183432)
    times = np.linspace(0.0, duration, count + 1)
    guess = propagate_three_body(HALO, duration, MU, times=times)
    goal = guess[-1] + np.array([1e-3, -1e-3, 1e-3, 0.0, 1e-3, 0.0])
    found = least_propellant(motion, HALO, goal, 0.3, guess)
    state = HALO
    for place in range(count):
        state = motion.fly(place, state, found.accelerations[place])[0]
    np.testing.assert_allclose(state, goal, atol=1e-6)  # the last of twelve gaps grows on an unstable orbit
    assert found.masses[-1] == pytest.approx(math.exp(-found.delta_v / motion.exhaust), rel=1e-12)
    assert 1e-4 < found.delta_v < 0.05


def test_segments_of_the_full_model_are_its_finite_burns(data):
    model = ForceModel("MOON", 4, third_bodies=("EARTH", "SUN"), mass=1000.0)
    prepared = prepare_forces(model, START, START + 2.0 * DAY, data)
    motion = FlownThrust(prepared, data, START + np.array([0.0, DAY]), 1500.0, 1e7, 1e4)
    state = np.array([0.9, 0.3, 0.1, -0.2, 0.6, 0.3])
    push = np.array([2e-3, -1e-3, 1e-3])
    end, partials = motion.fly(0, state, push)
    burn = motion.burn(0, push, 1000.0)
    assert burn is not None
    flown = propagate(OrbitState(state * motion.scales, START), START + DAY, model, data, burns=[burn])
    np.testing.assert_allclose(end * motion.scales, flown.state([START + DAY])[0], rtol=1e-7)
    for column, step in ((1, 1e-6), (4, 1e-6), (6, 1e-6), (8, 1e-6)):
        shift = step * np.eye(9)[column]
        ahead = motion.fly(0, state + shift[:6], push + shift[6:])[0]
        behind = motion.fly(0, state - shift[:6], push - shift[6:])[0]
        slope = (ahead - behind) / (2.0 * step)
        allowed = FLOWN if column < 6 else MASS_FLOW
        np.testing.assert_allclose(partials[:, column], slope, atol=allowed * np.abs(slope).max())
