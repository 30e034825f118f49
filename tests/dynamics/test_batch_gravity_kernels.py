"""Authority: Cunningham's unnormalised recurrences in plain numpy, one point at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from math import factorial

import numpy as np
import pytest

from moonstead.dynamics.batch_gravity import field_columns
from moonstead.dynamics.batch_gravity_kernels import WIDTH, gravity_lanes

GM, RADIUS = 4.9028001224453e12, 1.738e6
SERIES = 2e-14  # [1] of the central pull: rounding of some thousand terms
SAME = 1e-14  # [1] the same operations, contracted differently


def field(degree):
    """A field of Kaula's rule; degree 1 is zero as in every field about the centre of mass."""
    rng = np.random.default_rng(2030)
    size = 3e-4 / np.maximum(np.arange(degree + 1), 1.0)[:, None] ** 2
    c, s = (np.tril(rng.normal(size=(degree + 1, degree + 1)) * size) for _ in range(2))
    s[:, 0] = 0.0
    c[:2], s[:2] = 0.0, 0.0
    c[0, 0] = 1.0
    return c, s


def cunningham(position, cosine, sine):
    """Acceleration (3,) [m/s^2]: Montenbruck & Gill (2000), Satellite Orbits, eqs. 3.29 to 3.33."""
    degree = cosine.shape[0] - 1
    x, y, z = position
    r2 = x * x + y * y + z * z
    ratio = RADIUS / r2
    v = np.zeros((degree + 2, degree + 2), dtype=complex)  # V + i W
    v[0, 0] = RADIUS / np.sqrt(r2)
    for m in range(degree + 2):
        if m > 0:
            v[m, m] = (2 * m - 1) * (x + 1j * y) * ratio * v[m - 1, m - 1]
        for n in range(m + 1, degree + 2):
            older = v[n - 2, m] if n >= m + 2 else 0.0
            v[n, m] = ((2 * n - 1) * z * ratio * v[n - 1, m] - (n + m - 1) * RADIUS * ratio * older) / (n - m)
    total = np.zeros(3)
    for n in range(degree + 1):
        for m in range(n + 1):
            norm = np.sqrt((2 * n + 1) * (2.0 if m else 1.0) * factorial(n - m) / factorial(n + m))
            k = norm * (cosine[n, m] - 1j * sine[n, m])
            if m == 0:
                plane = -k.real * v[n + 1, 1]
            else:
                lower = factorial(n - m + 2) / factorial(n - m) * v[n + 1, m - 1]
                plane = 0.5 * (-(k * v[n + 1, m + 1]).real + (k * lower).real) + 0.5j * (
                    -(k * v[n + 1, m + 1]).imag - (k * lower).imag
                )
            total += [plane.real, plane.imag, -(n - m + 1) * (k * v[n + 1, m]).real]
    return GM / RADIUS**2 * total


def points():
    """Sixteen points (3, 16) [m] at all latitudes, both poles among them."""
    rng = np.random.default_rng(16)
    spread = rng.normal(size=(3, WIDTH))
    spread *= rng.uniform(1.75e6, 9e6, WIDTH) / np.linalg.norm(spread, axis=0)
    spread[:, 0] = 0.0, 0.0, 1.75e6
    spread[:, 1] = 0.0, 0.0, -1.75e6
    spread[:, 9] = 1e-3, -2e-3, 1.75e6
    return spread


def accelerations(degree, up_to):
    starts, rows = field_columns(*field(degree))
    out = np.zeros(3 * WIDTH)
    gravity_lanes(np.ascontiguousarray(points()).reshape(-1), GM, RADIUS, up_to, starts, rows, out)
    return out.reshape(3, WIDTH)


@pytest.mark.scalar
@pytest.mark.nojit
@pytest.mark.parametrize(("degree", "up_to"), [(0, 0), (2, 2), (8, 8), (30, 30), (30, 12)])
def test_each_lane_is_the_series_at_its_own_point(degree, up_to):
    found = accelerations(degree, up_to)
    c, s = field(degree)
    c, s = c[: up_to + 1, : up_to + 1], s[: up_to + 1, : up_to + 1]
    for k, position in enumerate(points().T):
        pull = GM / np.dot(position, position)
        assert np.linalg.norm(found[:, k] - cunningham(position, c, s)) <= SERIES * pull


def test_without_vectors_the_results_are_the_same(tmp_path):
    code = (
        "import json, sys\n"
        f"sys.path.insert(0, {os.path.dirname(__file__)!r})\n"
        "import test_batch_gravity_kernels as t\n"
        "print(json.dumps(t.accelerations(50, 50).tolist()))"
    )
    environment = {**os.environ, "MOONSTEAD_SIMD": "0", "NUMBA_CACHE_DIR": str(tmp_path)}
    answer = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    ours = accelerations(50, 50)
    difference = np.abs(np.array(json.loads(answer.stdout)) - ours)
    assert np.max(difference / np.linalg.norm(ours, axis=0)) <= SAME
