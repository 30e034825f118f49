"""Authority: central differences of whole flights, and the symplectic form that motion without friction keeps."""

from __future__ import annotations

from dataclasses import replace

import motion
import numpy as np
import pytest

from moonstead.dynamics.burns import FiniteBurn
from moonstead.dynamics.forces import Drag, ForceModel, Radiation, standard_atmosphere
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext

METHODS = ("gauss-jackson", "nystrom", "dormand-prince")
EPOCH = motion.EPOCH
SPAN = 30_000.0  # [s] more than four turns of case A
LIT = ForceModel(degree=20, mass=100.0, radiation=Radiation(2.0, 1.5, hiding=()))
SHADED = ForceModel(degree=20, mass=100.0, radiation=Radiation(2.0, 1.5))
BURN = FiniteBurn(EPOCH + 9_000.0, 12_000.0, 0.02, 300.0, (0.3, -0.5, 0.8))
EXACT = 1e-6  # [1] of the largest: differences of flights that are good to some 1e-5 m
SYMPLECTIC = 1e-9  # [1] of the product of the norms of the blocks that meet
NAMES = ("radiation", "gm", "thrust_x", "thrust_y", "thrust_z")


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def fly(model, data, method, *, state=None, burns=(BURN,), **options):
    start = motion.case("A") if state is None else OrbitState(state, EPOCH)
    return propagate(start, EPOCH + SPAN, model, data, method=method, tolerance=1e-4, burns=burns, **options)


def end(path):
    return path.state(path.span[1])[0]


def shifted(name, part):
    """The model and the burn with one parameter's factor raised by a part [1] of itself."""
    gm = data_gm() * (1.0 + part)
    if name == "gm":
        return replace(LIT, gm={"MOON": gm}), BURN
    if name == "radiation":
        return replace(LIT, radiation=replace(LIT.radiation, reflectivity=1.5 * (1.0 + part))), BURN
    direction = BURN.unit_direction()
    direction["xyz".index(name[-1])] += part
    size = float(np.linalg.norm(direction))
    more = replace(
        BURN,
        thrust=BURN.thrust * size,
        specific_impulse=BURN.specific_impulse * size,  # the same mass flow
        direction=tuple(direction),
    )
    return LIT, more


def data_gm():
    return DataContext.installed().gravity_field("grgm1200a", 20).gm


STEPS = {"radiation": 0.3, "gm": 1e-6, "thrust_x": 1e-3, "thrust_y": 1e-3, "thrust_z": 1e-3}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", NAMES)
def test_partials_by_force_parameters_are_differences_of_flights(data, validation, name, method):
    partials = fly(LIT, data, method, parameters=NAMES).sensitivity(EPOCH + SPAN)[0][:, NAMES.index(name)]
    step = STEPS[name]
    ends = []
    for sign in (1.0, -1.0):
        model, burn = shifted(name, sign * step)
        ends.append(end(fly(model, data, method, burns=(burn,))))
    expected = (ends[0] - ends[1]) / (2.0 * step)
    error = max(
        np.max(np.abs(partials[part] - expected[part])) / np.max(np.abs(expected[part]))
        for part in (slice(0, 3), slice(3, 6))
    )
    validation(
        capability=f"Partial derivatives, {method}",
        quantity=f"state by {name} after four turns with thrust, over the largest",
        authority="central differences of flights",
        error=error,
        unit="1",
        tolerance=EXACT * (10.0 if name == "radiation" else 1.0) * (10.0 if name.startswith("thrust") else 1.0),
        cases=6,
    )


AIR = ForceModel(
    center="EARTH", degree=8, third_bodies=("MOON", "SUN"), mass=100.0, drag=Drag(1.0, 2.2, standard_atmosphere())
)


def test_partials_by_drag_are_differences_of_flights(data, validation):
    radius = body("EARTH").equatorial_radius + 420e3
    speed = np.sqrt(body("EARTH").gm / radius)
    start = OrbitState(np.array([radius, 0.0, 0.0, 0.0, 0.6 * speed, 0.8 * speed]), EPOCH, "EARTH")

    def flown(coefficient, **options):
        model = replace(AIR, drag=replace(AIR.drag, coefficient=coefficient))
        return propagate(start, EPOCH + 20_000.0, model, data, method="dormand-prince", tolerance=2e-5, **options)

    partials = flown(2.2, parameters=("drag",)).sensitivity(EPOCH + 20_000.0)[0][:, 0]
    expected = (end(flown(2.2 * 1.01)) - end(flown(2.2 * 0.99))) / 0.02
    validation(
        capability="Partial derivatives, dormand-prince",
        quantity="state by drag after four turns, over the largest",
        authority="central differences of flights",
        error=float(np.max(np.abs(partials - expected)[:3]) / np.max(np.abs(expected[:3]))),
        unit="1",
        tolerance=EXACT,
        cases=3,
    )


@pytest.mark.parametrize("method", METHODS)
def test_transition_is_the_difference_of_flights(data, validation, method):
    matrix = fly(LIT, data, method, with_transition=True).transition(EPOCH + SPAN)[0]
    scale = np.array([1.0, 1.0, 1.0, 1e-3, 1e-3, 1e-3])  # one metre matters as much as a millimetre a second
    expected = np.empty((6, 6))
    for k in range(6):
        step = 10.0 * scale[k]
        start = motion.case("A").position_velocity
        ends = []
        for sign in (2.0, 1.0, -1.0, -2.0):
            state = start.copy()
            state[k] += sign * step
            ends.append(end(fly(LIT, data, method, state=state)))
        expected[:, k] = (-ends[0] + 8.0 * ends[1] - 8.0 * ends[2] + ends[3]) / (12.0 * step)
    scaled = (matrix - expected) * scale[None, :] / scale[:, None]
    validation(
        capability=f"Partial derivatives, {method}",
        quantity="state by initial state after four turns with thrust, over the largest",
        authority="central differences of flights, fourth order",
        error=float(np.max(np.abs(scaled)) / np.max(np.abs(matrix * scale[None, :] / scale[:, None]))),
        unit="1",
        tolerance=EXACT,
        cases=36,
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("days", [0.5, -0.5, 2.0])
def test_transition_without_friction_is_symplectic(data, validation, method, days):
    path = propagate(
        motion.case("A"),
        EPOCH + days * motion.DAY,
        ForceModel(degree=50),
        data,
        method=method,
        tolerance=1e-3,
        with_transition=True,
    )
    matrix = path.transition(EPOCH + days * motion.DAY)[0]
    form = np.block([[np.zeros((3, 3)), np.eye(3)], [-np.eye(3), np.zeros((3, 3))]])
    scale = np.repeat([1.0, 1e-3], 3)
    scaled = matrix * scale[None, :] / scale[:, None]
    validation(
        capability=f"Partial derivatives, {method}",
        quantity=f"departure of the transition matrix from symplectic, 50x50, {days:g} d, over its squared norm",
        authority="symplectic form of Hamiltonian motion",
        error=float(np.max(np.abs(scaled.T @ form @ scaled - form)) / np.linalg.norm(scaled, 2) ** 2),
        unit="1",
        tolerance=SYMPLECTIC,
        cases=36,
    )
