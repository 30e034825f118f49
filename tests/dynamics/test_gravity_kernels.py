"""Authority: the definition of the spherical-harmonic series, summed in plain numpy, and its differences."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from moonstead.dynamics.forces_gravity import packed_field
from moonstead.dynamics.gravity_kernels import gravity_acceleration, gravity_gradient

GM, RADIUS = 4.9028001224453e12, 1.738e6
SERIES = 2e-14  # [1] of the central pull: rounding of some thousand terms
POTENTIAL = 1e-9  # [1] of the central pull: rounding of a potential differenced over 100 m
GRADIENT = 1e-9  # [1] of the central gradient: likewise for the acceleration
POINTS = [
    (9e5, -1.2e6, 1.1e6),
    (1.8e6, 0.0, 0.0),
    (0.0, 0.0, 1.75e6),  # the poles, where longitude has no value
    (0.0, 0.0, -1.75e6),
    (1e-3, -2e-3, 1.75e6),
    (-3e6, 4e6, -2e6),
]


def field(degree):
    """A field of Kaula's rule; degree 1 is zero as in every field about the centre of mass."""
    rng = np.random.default_rng(2030)
    size = 3e-4 / np.maximum(np.arange(degree + 1), 1.0)[:, None] ** 2
    c, s = (np.tril(rng.normal(size=(degree + 1, degree + 1)) * size) for _ in range(2))
    s[:, 0] = 0.0
    c[:2], s[:2] = 0.0, 0.0
    c[0, 0] = 1.0
    return c, s


def legendre(degree, u):
    """Fully normalised associated Legendre functions of u, without the Condon-Shortley phase."""
    p = np.zeros((degree + 1, degree + 1))
    p[0, 0] = 1.0
    for m in range(1, degree + 1):
        p[m, m] = np.sqrt((2 * m + 1) / (2 * m) * (2.0 if m == 1 else 1.0) * (1.0 - u * u)) * p[m - 1, m - 1]
    for m in range(degree):
        for n in range(m + 1, degree + 1):
            p[n, m] = np.sqrt((2 * n + 1) * (2 * n - 1) / ((n - m) * (n + m))) * u * p[n - 1, m]
            if n >= m + 2:
                k = (2 * n + 1) * (n + m - 1) * (n - m - 1) / ((2 * n - 3) * (n + m) * (n - m))
                p[n, m] -= np.sqrt(k) * p[n - 2, m]
    return p


def potential(position, c, s):
    r = np.linalg.norm(position)
    longitude = np.arctan2(position[1], position[0])
    degree = c.shape[0] - 1
    p = legendre(degree, position[2] / r)
    m = np.arange(degree + 1)
    waves = c * np.cos(m * longitude) + s * np.sin(m * longitude)
    return GM / r * np.sum((RADIUS / r) ** np.arange(degree + 1) * np.sum(p * waves, axis=1))


def differences(function, position, step):
    """Central differences of fourth order along the three axes."""
    rows = []
    for axis in np.eye(3) * step:
        near = np.asarray(function(position + axis)) - np.asarray(function(position - axis))
        far = np.asarray(function(position + 2 * axis)) - np.asarray(function(position - 2 * axis))
        rows.append((8 * near - far) / (12 * step))
    return np.array(rows)


def acceleration(position, c, s):
    field = packed_field(c, s)
    out = np.zeros(3)
    gravity_acceleration(*(float(x) for x in position), GM, RADIUS, field, 0, out)
    return out


def gradient(position, c, s):
    field = packed_field(c, s)
    out, tensor = np.zeros(3), np.zeros((3, 3))
    gravity_gradient(*(float(x) for x in position), GM, RADIUS, field, 0, out, tensor)
    return out, tensor


@pytest.mark.parametrize("degree", [2, 7, 8, 9, 16, 50])  # on both sides of a block of eight orders
@pytest.mark.parametrize("point", POINTS)
def test_acceleration_is_the_gradient_of_the_potential(degree, point):
    c, s = field(degree)
    point = np.array(point)
    numeric = differences(lambda q: potential(q, c, s), point, 100.0)
    np.testing.assert_allclose(acceleration(point, c, s), numeric, rtol=0.0, atol=POTENTIAL * GM / (point @ point))


@pytest.mark.parametrize("degree", [2, 7, 8, 9, 17, 50])
@pytest.mark.parametrize("point", POINTS)
def test_gradient_is_that_of_the_acceleration_and_has_no_trace(degree, point):
    c, s = field(degree)
    point = np.array(point)
    same, tensor = gradient(point, c, s)
    numeric = differences(lambda q: acceleration(q, c, s), point, 100.0)
    scale = GM / np.linalg.norm(point) ** 3
    np.testing.assert_allclose(same, acceleration(point, c, s), rtol=0.0, atol=SERIES * GM / (point @ point))
    np.testing.assert_allclose(tensor, numeric, rtol=0.0, atol=GRADIENT * scale)
    assert abs(np.trace(tensor)) < SERIES * scale  # Laplace


def test_degree_zero_is_newtons_law():
    point = np.array(POINTS[0])
    expected = -GM * point / np.linalg.norm(point) ** 3
    np.testing.assert_allclose(acceleration(point, np.ones((1, 1)), np.zeros((1, 1))), expected, rtol=1e-15)


def test_turning_the_field_turns_the_pull():
    """A turn about the polar axis mixes C and S of each order; the pull at a turned point turns with it."""
    c, s = field(20)
    turn = 0.7
    m = np.arange(21)
    turned_c, turned_s = c * np.cos(m * turn) - s * np.sin(m * turn), s * np.cos(m * turn) + c * np.sin(m * turn)
    matrix = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    point = np.array(POINTS[0])
    pull = acceleration(matrix @ point, turned_c, turned_s)
    np.testing.assert_allclose(pull, matrix @ acceleration(point, c, s), rtol=0.0, atol=SERIES * np.linalg.norm(pull))


@pytest.mark.slow
def test_without_compilation_the_same_source_gives_the_same_pull():
    code = (
        "import numpy as np, sys; sys.path.insert(0, sys.argv[1]); import test_gravity_kernels as t\n"
        "c, s = t.field(17); p = np.array(t.POINTS[0]); a, g = t.gradient(p, c, s)\n"
        "print(*(float(x).hex() for x in (*t.acceleration(p, c, s), *a, *g.ravel())))"
    )
    here = os.path.dirname(__file__)
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    plain = subprocess.run(
        [sys.executable, "-c", code, here], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    c, s = field(17)
    point = np.array(POINTS[0])
    pull, tensor = gradient(point, c, s)
    compiled = np.concatenate((acceleration(point, c, s), pull, tensor.ravel()))
    np.testing.assert_allclose([float.fromhex(x) for x in plain], compiled, rtol=1e-12)
