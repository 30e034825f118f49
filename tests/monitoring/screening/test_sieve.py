"""Authorities of the sieve: a plain twin over all pairs, Hermite's conditions, two bodies that fall past each other."""

from __future__ import annotations

import numpy as np
import pytest
from screening_cases import MU_EARTH, START, elements, low_shell

from moonstead.dynamics.mean_elements import joined
from moonstead.monitoring.objects import Sgp4Objects
from moonstead.monitoring.screening.approach import _polynomials, _value
from moonstead.monitoring.screening.nodes import ORDINARY_ERROR, make_nodes
from moonstead.monitoring.screening.sieve import bend, candidates

STEP = 60.0
ROUNDING = 300.0  # [m] that float32 may move a line that passes 5 km from its start hundreds of kilometres away


def crowd(random):
    eccentric = elements(random.uniform(2.4e7, 2.46e7, 60), random.uniform(0.70, 0.72, 60), np.full(60, 0.5), random)
    return Sgp4Objects(joined([low_shell(140, random), eccentric]))


def plain_twin(nodes, distance, gradient, groups):
    """Least distance along the tangent in the middle of each step, of all pairs: (K, 3) and (K,), with the limits."""
    half = 0.5 * nodes.step
    limit = distance + bend(distance, 2.0 * nodes.fastest, gradient, half)
    first, second = np.triu_indices(nodes.rows.size, 1)
    wanted = ((groups[first] & 1) & (groups[second] >> 1)) | ((groups[second] & 1) & (groups[first] >> 1))
    first, second = first[wanted == 1].astype(np.int32), second[wanted == 1].astype(np.int32)
    allowed = np.maximum(nodes.error, ORDINARY_ERROR)
    told = []
    for step in range(nodes.count):
        steps = np.full(first.size, step)
        relative = _polynomials(nodes, second, steps) - _polynomials(nodes, first, steps)
        place, velocity, _ = _value(relative, np.zeros(first.size))
        when = np.clip(-np.sum(place * velocity, axis=0) / np.sum(velocity**2, axis=0), -half, half)
        least = np.linalg.norm(place + velocity * when, axis=0)
        least_of = np.minimum(nodes.error[first], ORDINARY_ERROR) + np.minimum(nodes.error[second], ORDINARY_ERROR)
        sure = least < limit + least_of - ROUNDING
        perhaps = least < limit + allowed[first] + allowed[second] + ROUNDING
        told.append((step, first, second, sure, perhaps))
    return told


@pytest.mark.parametrize("primaries", [None, range(0, 200, 7)], ids=["all on all", "some on all"])
def test_the_kernel_finds_what_its_plain_twin_finds(primaries):
    objects = crowd(np.random.default_rng(41))
    nodes = make_nodes(objects, START, STEP, 32)
    groups = np.full(len(objects), 3 if primaries is None else 2, dtype=np.uint8)
    if primaries is not None:
        groups[list(primaries)] = 3
    groups = groups[nodes.rows]
    found = candidates(nodes, 60e3, objects.gradient, groups)
    kernel = {tuple(row) for row in np.stack([found.step, found.first, found.second], axis=1).tolist()}
    assert len(kernel) == found.step.size, "no pair is told twice in a step"
    sure, perhaps = set(), set()
    for step, first, second, certain, possible in plain_twin(nodes, 60e3, objects.gradient, groups):
        sure |= {(step, int(i), int(j)) for i, j in zip(first[certain], second[certain], strict=True)}
        perhaps |= {(step, int(i), int(j)) for i, j in zip(first[possible], second[possible], strict=True)}
    assert len(sure) > 15
    assert sure <= kernel <= perhaps


def test_polynomials_between_nodes_are_hermites():
    objects = crowd(np.random.default_rng(42))
    nodes = make_nodes(objects, START, STEP, 32)
    columns = np.arange(nodes.rows.size, dtype=np.int32)
    for number, one in enumerate(nodes.classes):
        own = columns[nodes.edges[number] : nodes.edges[number + 1]]
        for step, node in ((0, 0), (one.stride, 1)):
            if step >= nodes.count:
                continue
            values = _value(_polynomials(nodes, own, np.full(own.size, step)), np.full(own.size, -0.5 * STEP))
            for value, given in zip(values, (one.states[node, :3], one.states[node, 3:], one.pulls[node]), strict=True):
                np.testing.assert_allclose(value, given, rtol=1e-9, atol=1e-7)


def test_paths_between_nodes_keep_the_error_that_is_told():
    objects = crowd(np.random.default_rng(43))
    nodes = make_nodes(objects, START, STEP, 64)
    columns = np.arange(nodes.rows.size, dtype=np.int32)
    for step in range(0, 64, 5):
        for when in (-20.0, 5.0, 29.0):
            place = _value(_polynomials(nodes, columns, np.full(columns.size, step)), np.full(columns.size, when))[0]
            truth = objects.states([START + STEP * (step + 0.5) + when], nodes.rows)[0][0, :3]
            assert np.all(np.linalg.norm(place - truth, axis=0) <= nodes.error)


@pytest.mark.parametrize("duration", [10.0, 30.0, 60.0])
def test_two_that_fall_past_each_other_stay_within_the_bend(duration):
    random = np.random.default_rng(44)
    radius = 6.578e6
    gradient = 2.05 * MU_EARTH / (radius - 60e3) ** 3  # the lowest that any of both comes within the time
    for _ in range(40):
        place = random.normal(size=3)
        place *= radius / np.linalg.norm(place)
        velocities = random.normal(size=(2, 3))
        velocities -= np.outer(velocities @ place, place) / radius**2
        velocities *= 7.7e3 / np.linalg.norm(velocities, axis=1)[:, np.newaxis]
        offset = random.normal(size=3) * 2e3
        states = np.array([np.concatenate([place, velocities[0]]), np.concatenate([place + offset, velocities[1]])])
        distance, speed = np.linalg.norm(offset), np.linalg.norm(velocities[1] - velocities[0])
        before = flown(states, -duration)
        relative = before[1] - before[0]
        straight = relative[:3] + relative[3:] * duration
        assert np.linalg.norm(straight - offset) <= bend(distance, speed, gradient, duration)


def flown(states, duration, steps=60):
    """Two-body motion by the classical method of Runge and Kutta."""

    def slope(state):
        pull = -MU_EARTH * state[:, :3] / np.linalg.norm(state[:, :3], axis=1)[:, np.newaxis] ** 3
        return np.concatenate([state[:, 3:], pull], axis=1)

    h = duration / steps
    for _ in range(steps):
        a = slope(states)
        b = slope(states + 0.5 * h * a)
        c = slope(states + 0.5 * h * b)
        states = states + h / 6.0 * (a + 2.0 * b + 2.0 * c + slope(states + h * c))
    return states
