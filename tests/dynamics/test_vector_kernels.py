"""Authority: numpy on arrays of eight, and the harmonics with vectors against the same without."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from numba import njit

from moonstead.dynamics.forces_gravity import packed_field
from moonstead.dynamics.gravity_kernels import GRAVITY_WORK, gravity_acceleration, gravity_gradient
from moonstead.dynamics.vector_kernels import (
    LANES,
    any_less,
    greater,
    lesser,
    load_lanes,
    spread,
    sqrt_lanes,
    store_lanes,
    sum_lanes,
    where_less,
)

ROUNDING = 4e-16  # [1] a few operations in double precision, contracted or not
SAME = 1e-14  # [1] the same sum of some thousand terms in another order


@njit
def every_operation(numbers, out):
    a = load_lanes(numbers, 0)
    b = load_lanes(numbers, LANES)
    store_lanes(out, 0, a + b * 2.0)
    store_lanes(out, 8, (1.0 - a) / b)
    store_lanes(out, 16, -sqrt_lanes(b))
    store_lanes(out, 24, lesser(a, b))
    store_lanes(out, 32, greater(a, b))
    store_lanes(out, 40, where_less(a, b, spread(1.0), a))
    c = a + 0.0
    c += b
    c -= 3.0 * b
    c *= a
    c /= b
    store_lanes(out, 48, c)
    return sum_lanes(a), any_less(a, b), any_less(b, b)


def numbers():
    values = np.random.default_rng(8).normal(size=16)
    values[8:] = np.abs(values[8:]) + 0.1
    return values


@pytest.mark.nojit
def test_every_operation_is_that_of_numpy_in_each_lane():
    given, out = numbers(), np.zeros(56)
    total, less, none = every_operation(given, out)
    a, b = given[:8], given[8:]
    expected = [
        a + 2 * b,
        (1 - a) / b,
        -np.sqrt(b),
        np.minimum(a, b),
        np.maximum(a, b),
        np.where(a < b, 1.0, a),
        (a + b - 3.0 * b) * a / b,
    ]
    np.testing.assert_allclose(out, np.concatenate(expected), rtol=10 * ROUNDING, atol=10 * ROUNDING)
    assert math.isclose(total, a.sum(), rel_tol=10 * ROUNDING)
    assert less
    assert not none


@pytest.mark.nojit
def test_a_lane_that_is_no_number_spoils_only_itself():
    given, out = numbers(), np.zeros(56)
    clean = out.copy()
    every_operation(given, clean)
    given[3] = np.nan
    every_operation(given, out)
    lanes = np.arange(56) % 8
    np.testing.assert_array_equal(out[lanes != 3], clean[lanes != 3])
    assert np.isnan(out[3])
    assert out[24 + 3] == given[8 + 3]  # the right one where the left is none


def field_samples():
    """Acceleration and gradient of a field of degree 40 at a few points."""
    rng = np.random.default_rng(2030)
    c, s = (np.tril(rng.normal(size=(41, 41))) * 1e-5 for _ in range(2))
    c[0, 0], s[:, 0] = 1.0, 0.0
    starts, rows = packed_field(c, s)
    answers = []
    for x, y, z in rng.normal(size=(6, 3)) * 1.2e6 + 1e6:
        out, gradient, work = np.zeros(3), np.zeros((3, 3)), np.zeros(GRAVITY_WORK)
        gravity_acceleration(x, y, z, 4.9e12, 1.738e6, starts, rows, work, out)
        answers.append(out.copy())
        gravity_gradient(x, y, z, 4.9e12, 1.738e6, starts, rows, work, out, gradient)
        answers.append(gradient.reshape(-1))
    return answers


def test_without_vectors_the_results_are_the_same(tmp_path):
    code = (
        "import json, sys\n"
        f"sys.path.insert(0, {os.path.dirname(__file__)!r})\n"
        "import numpy as np, test_vector_kernels as t\n"
        "from moonstead.dynamics import vector_kernels\n"
        "out = np.zeros(56); t.every_operation(t.numbers(), out)\n"
        "fields = [part.tolist() for part in t.field_samples()]\n"
        "print(json.dumps([vector_kernels.VECTORS, out.tolist(), fields]))"
    )
    environment = {**os.environ, "MOONSTEAD_SIMD": "0", "NUMBA_CACHE_DIR": str(tmp_path)}
    answer = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    vectors, plain, fields = json.loads(answer.stdout)
    assert vectors is False
    out = np.zeros(56)
    every_operation(numbers(), out)
    np.testing.assert_allclose(plain, out, rtol=10 * ROUNDING, atol=10 * ROUNDING)
    for scalar, ours in zip(fields, field_samples(), strict=True):
        assert np.max(np.abs(np.array(scalar) - ours)) <= SAME * np.max(np.abs(ours))
