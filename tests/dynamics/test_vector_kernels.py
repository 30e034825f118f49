"""Authority: numpy on arrays of eight."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from numba import njit

from moonstead.dynamics.vector_kernels import (
    LANES,
    any_less,
    greater,
    lesser,
    load_lanes,
    rough_inverse_sqrt,
    spread,
    spread_from,
    sqrt_lanes,
    store_lanes,
    sum_lanes,
    where_less,
)

ROUNDING = 4e-16  # [1] a few operations in double precision, contracted or not
SINGLE = 2e-7  # [1] of three operations in single precision


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
    store_lanes(out, 56, spread_from(numbers, 3))
    return sum_lanes(a), any_less(a, b), any_less(b, b)


@njit
def rough(numbers, out):
    store_lanes(out, 0, rough_inverse_sqrt(load_lanes(numbers, 0)))


def numbers():
    values = np.random.default_rng(8).normal(size=16)
    values[8:] = np.abs(values[8:]) + 0.1
    return values


@pytest.mark.scalar
@pytest.mark.nojit
def test_every_operation_is_that_of_numpy_in_each_lane():
    given, out = numbers(), np.zeros(64)
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
        np.full(LANES, a[3]),
    ]
    np.testing.assert_allclose(out, np.concatenate(expected), rtol=10 * ROUNDING, atol=10 * ROUNDING)
    assert math.isclose(total, a.sum(), rel_tol=10 * ROUNDING)
    assert less
    assert not none


@pytest.mark.scalar
@pytest.mark.nojit
def test_a_lane_that_is_no_number_spoils_only_itself():
    given, out = numbers(), np.zeros(64)
    clean = out.copy()
    every_operation(given, clean)
    given[3] = np.nan
    every_operation(given, out)
    lanes = np.arange(56) % 8
    np.testing.assert_array_equal(out[:56][lanes != 3], clean[:56][lanes != 3])
    assert np.isnan(out[3])
    assert out[24 + 3] == given[8 + 3]  # the right one where the left is none


@pytest.mark.scalar
@pytest.mark.nojit
def test_the_rough_inverse_root_keeps_single_precision_over_the_solar_system():
    given, out = np.geomspace(1.0, 1e28, 8), np.zeros(8)
    rough(given, out)
    np.testing.assert_allclose(out * np.sqrt(given), 1.0, atol=SINGLE)


def test_without_vectors_the_results_are_the_same(tmp_path):
    code = (
        "import json, sys\n"
        f"sys.path.insert(0, {os.path.dirname(__file__)!r})\n"
        "import numpy as np, test_vector_kernels as t\n"
        "from moonstead.dynamics import vector_kernels\n"
        "out = np.zeros(64); t.every_operation(t.numbers(), out)\n"
        "print(json.dumps([vector_kernels.VECTORS, out.tolist()]))"
    )
    environment = {**os.environ, "MOONSTEAD_SIMD": "0", "NUMBA_CACHE_DIR": str(tmp_path)}
    answer = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    vectors, plain = json.loads(answer.stdout)
    assert vectors is False
    out = np.zeros(64)
    every_operation(numbers(), out)
    np.testing.assert_allclose(plain, out, rtol=10 * ROUNDING, atol=10 * ROUNDING)
