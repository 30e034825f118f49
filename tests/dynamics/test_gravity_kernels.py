"""Authority: the series summed in plain numpy, its differences, and Cunningham's recurrences to 19 digits."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from moonstead.dynamics.forces_gravity import packed_field
from moonstead.dynamics.gravity_kernels import degree_needed, gravity_acceleration, gravity_gradient
from moonstead.dynamics.places_tables import LIMITS
from moonstead.foundation.data import DataContext

GM, RADIUS = 4.9028001224453e12, 1.738e6
SERIES = 2e-14  # [1] of the central pull: rounding of some thousand terms
POTENTIAL = 1e-9  # [1] of the central pull: rounding of a potential differenced over 100 m
GRADIENT = 1e-9  # [1] of the central gradient: likewise for the acceleration
TRUTH = 1e-12  # [1] of the acceleration, which holds at any degree; what is found is some 1e-15
FINE = np.finfo(np.longdouble).eps < 1e-18  # extended precision, absent on some processors
TRUTH_GRADIENT = 1e-12  # [1] of the central gradient: differences over 10 m of sums to 19 digits
LEFT_OUT = 1e-16  # [1] of the acceleration: what degrees that are left out may add
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


def cunningham(position, gm, radius, c, s):
    """Acceleration in extended precision by the recurrences of Cunningham, fully normalised.

    Cunningham (1970), Celest. Mech. 2, 207, as in Montenbruck & Gill (2000), Satellite Orbits, eqs. 3.29-3.33, times
    the ratios of normalisation factors. They know neither Pines's variables nor derivatives of Legendre functions.
    """
    real = np.longdouble
    top = c.shape[0] - 1
    place = np.asarray(position, dtype=real)
    square = place @ place
    rho = real(radius) ** 2 / square
    x, y, z = place * real(radius) / square
    orders = np.arange(top + 2).astype(real)
    v, w = np.zeros((2, top + 2, top + 2), dtype=real)
    v[0, 0] = real(radius) / np.sqrt(square)
    for n in range(1, top + 2):
        d, m = real(n), orders[:n]
        sectoral = np.sqrt((2 * d + 1) / (2 * d) * (2 if n == 1 else 1))
        v[n, n] = sectoral * (x * v[n - 1, n - 1] - y * w[n - 1, n - 1])
        w[n, n] = sectoral * (x * w[n - 1, n - 1] + y * v[n - 1, n - 1])
        one = np.sqrt((2 * d + 1) * (2 * d - 1) / ((d - m) * (d + m)))
        two = np.sqrt((2 * d + 1) * (d + m - 1) * np.maximum(d - m - 1, 0) / (abs(2 * d - 3) * (d + m) * (d - m)))
        for q in (v, w):
            q[n, :n] = one * z * q[n - 1, :n] - (two * rho * q[n - 2, :n] if n > 1 else 0)
    pull = np.zeros(3, dtype=real)
    for n in range(top + 1):
        d, m = real(n), orders[: n + 1]
        cosine, sine = c[n, : n + 1].astype(real), s[n, : n + 1].astype(real)
        up, level = v[n + 1], w[n + 1]
        common = (2 * d + 1) / (2 * d + 3)
        pull[2] -= np.sum(np.sqrt(common * (d + m + 1) * (d - m + 1)) * (cosine * up[: n + 1] + sine * level[: n + 1]))
        raised = np.sqrt(common * (d + m + 2) * (d + m + 1))
        pull[0] -= cosine[0] * raised[0] * up[1] / np.sqrt(real(2))
        pull[1] -= cosine[0] * raised[0] * level[1] / np.sqrt(real(2))
        if n:
            lowered = np.sqrt(common * (d - m[1:] + 2) * (d - m[1:] + 1) * np.where(m[1:] == 1, 2, 1))
            cosine, sine, raised = cosine[1:], sine[1:], raised[1:]
            pull[0] += np.sum(lowered * (cosine * up[:n] + sine * level[:n])) / 2
            pull[0] -= np.sum(raised * (cosine * up[2 : n + 2] + sine * level[2 : n + 2])) / 2
            pull[1] += np.sum(lowered * (sine * up[:n] - cosine * level[:n])) / 2
            pull[1] -= np.sum(raised * (cosine * level[2 : n + 2] - sine * up[2 : n + 2])) / 2
    return real(gm) / real(radius) ** 2 * pull


def relative_error(found, expected):
    return float(np.linalg.norm((found - expected).astype(np.float64)) / np.linalg.norm(expected.astype(np.float64)))


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


NEAR_SURFACE = [
    (9e5, -1.2e6, 1.1e6),
    (1.74e6, 0.0, 0.0),
    (0.0, 0.0, 1.74e6),
    (0.0, 0.0, -1.74e6),
    (1e-3, -2e-3, 1.74e6),
    (1e4, 2e4, -1.74e6),
]


@pytest.mark.truth
@pytest.mark.skipif(not FINE, reason="this processor has no extended precision")
def test_acceleration_by_the_lunar_field_to_degree_1200_is_that_of_cunninghams_sums(validation):
    data = DataContext.installed()
    errors = []
    for degree in (2, 3, 7, 8, 9, 20, 50, 100, 360, 1200):
        field = data.gravity_field("grgm1200a", degree)
        packed = packed_field(field.c, field.s)
        for point in NEAR_SURFACE:
            out = np.zeros(3)
            gravity_acceleration(*point, field.gm, field.radius, packed, 0, out)
            errors.append(relative_error(out, cunningham(point, field.gm, field.radius, field.c, field.s)))
    validation(
        capability="Spherical harmonics",
        quantity="acceleration by GRGM1200A, degrees 2 to 1200, poles included",
        authority="Cunningham's recurrences in extended precision",
        error=max(errors),
        unit="1",
        tolerance=TRUTH,
        cases=len(errors),
    )


@pytest.mark.truth
@pytest.mark.skipif(not FINE, reason="this processor has no extended precision")
def test_acceleration_by_a_field_of_kaulas_rule_is_that_of_cunninghams_sums(validation):
    """Its sectorial harmonics and its low degrees are as rough as its zonal ones; the field is not the Moon's."""
    errors = []
    for degree in (2, 15, 16, 17, 70, 165, 660):
        c, s = field(degree)
        errors += [relative_error(acceleration(p, c, s), cunningham(p, GM, RADIUS, c, s)) for p in NEAR_SURFACE]
    validation(
        capability="Spherical harmonics",
        quantity="acceleration by a seeded field of Kaula's rule, degrees 2 to 660",
        authority="Cunningham's recurrences in extended precision",
        error=max(errors),
        unit="1",
        tolerance=TRUTH,
        cases=len(errors),
    )


@pytest.mark.truth
@pytest.mark.skipif(not FINE, reason="this processor has no extended precision")
def test_gradient_is_that_of_cunninghams_sums(validation):
    errors = []
    for degree in (2, 8, 17, 50):
        c, s = field(degree)
        for point in POINTS:
            point = np.array(point, dtype=np.longdouble)
            exact = differences(lambda q, c=c, s=s: cunningham(q, GM, RADIUS, c, s), point, np.longdouble(10.0))
            found = gradient(point, c, s)[1]
            scale = GM / np.linalg.norm(point.astype(float)) ** 3
            errors.append(float(np.abs(found - exact.astype(np.float64)).max() / scale))
    validation(
        capability="Spherical harmonics",
        quantity="gradient of the acceleration, degrees 2 to 50",
        authority="differences of Cunningham's recurrences in extended precision",
        error=max(errors),
        unit="1",
        tolerance=TRUTH_GRADIENT,
        cases=len(errors),
    )


@pytest.mark.parametrize("distance", [1.9e6, 2.5e6, 4e6, 1e7, 3e7, 7e7])
def test_degrees_that_are_left_out_change_nothing(distance):
    c, s = field(100)
    packed = packed_field(c, s)
    whole = packed.copy()
    whole[LIMITS : LIMITS + 101] = 0.0
    point = distance * np.array([0.48, -0.6, 0.64])
    short, full, tensor, full_tensor = np.zeros(3), np.zeros(3), np.zeros((3, 3)), np.zeros((3, 3))
    gravity_gradient(*point, GM, RADIUS, packed, 0, short, tensor)
    gravity_gradient(*point, GM, RADIUS, whole, 0, full, full_tensor)
    assert np.linalg.norm(short - full) <= 2 * LEFT_OUT * np.linalg.norm(full)  # one of them is rounding
    assert np.abs(tensor - full_tensor).max() <= 4 * LEFT_OUT * np.abs(full_tensor).max()
    assert degree_needed(RADIUS / distance, whole, 0) == 100


def test_far_away_few_degrees_are_needed():
    packed = packed_field(*field(100))
    needed = [degree_needed(RADIUS / distance, packed, 0) for distance in (1.8e6, 4e6, 1e7, 7e7, 1e12)]
    assert needed[0] == 100
    assert needed == sorted(needed, reverse=True)
    assert needed[3] < 12
    assert needed[4] == 2


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
