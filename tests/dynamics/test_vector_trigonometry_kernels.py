"""Authority: numpy's sine, cosine and C's fmod."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from moonstead.dynamics.vector_kernels import LANES, load_lanes, store_lanes
from moonstead.dynamics.vector_trigonometry_kernels import remainder_lanes, sin_cos_lanes, turn_lanes

# [1] what the kernel promises: two roundings of the angle after whole turns are taken off (1.1e-16 each), one of the
# polynomial, one of the result and one of numpy's (0.6e-16 each)
ROUNDING = 4e-16


@njit
def every_function(angles, small, out):
    sine, cosine = sin_cos_lanes(load_lanes(angles, 0))
    store_lanes(out, 0, sine)
    store_lanes(out, LANES, cosine)
    sine, cosine = turn_lanes(sine, cosine, load_lanes(small, 0))
    store_lanes(out, 2 * LANES, sine)
    store_lanes(out, 3 * LANES, cosine)
    store_lanes(out, 4 * LANES, remainder_lanes(load_lanes(angles, 0), 2.0 * np.pi))


@pytest.mark.scalar
@pytest.mark.nojit
@pytest.mark.parametrize("size", [1.0, 10.0, 1e3, 1e6])
def test_lanes_have_the_sines_of_numpy(size):
    random = np.random.default_rng(3)
    for _ in range(50):
        angles, small = random.uniform(-size, size, LANES), random.uniform(-0.1, 0.1, LANES)
        out = np.empty(5 * LANES)
        every_function(angles, small, out)
        found = out.reshape(5, LANES)
        np.testing.assert_allclose(found[0], np.sin(angles), rtol=0.0, atol=ROUNDING)
        np.testing.assert_allclose(found[1], np.cos(angles), rtol=0.0, atol=ROUNDING)
        turned = np.sin(angles) * np.cos(small) + np.cos(angles) * np.sin(small)
        np.testing.assert_allclose(found[2], turned, rtol=0.0, atol=2.0 * ROUNDING)
        turned = np.cos(angles) * np.cos(small) - np.sin(angles) * np.sin(small)
        np.testing.assert_allclose(found[3], turned, rtol=0.0, atol=2.0 * ROUNDING)
        np.testing.assert_allclose(found[4], np.fmod(angles, 2.0 * np.pi), rtol=0.0, atol=ROUNDING * size + 1e-15)


@pytest.mark.nojit
def test_quarters_of_a_turn_are_met():
    angles = np.arange(LANES) * np.pi / 2.0
    out = np.empty(5 * LANES)
    every_function(angles, np.zeros(LANES), out)
    np.testing.assert_allclose(out[:LANES], np.sin(angles), rtol=0.0, atol=ROUNDING)
    np.testing.assert_allclose(out[LANES : 2 * LANES], np.cos(angles), rtol=0.0, atol=ROUNDING)
