"""Authority: the same equations written out in one dense matrix, clocks and all."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.errors import NumericalFailure
from moonstead.navigation.ppp.batch import (
    CODE_BIAS_SIGMA,
    FREE_POSITION,
    GRADIENT_SIGMA,
    GRADIENT_STEP,
    GRADIENT_WALK,
    ZENITH_SIGMA,
    ZENITH_STEP,
    ZENITH_WALK,
    Equations,
    epoch_covariances,
    nodes_of,
    normals,
    solve,
    solve_normals,
    with_prior,
)

EPOCHS, SATELLITES, ARCS = 30, 9, 11
AGREE = 1e-7  # [m] normal equations of the condition 1e8 in double precision


def problem(static):
    rng = np.random.default_rng(11)
    gpst = 1e9 + 120.0 * np.arange(EPOCHS)
    node, share, nodes = nodes_of(gpst)
    seen = rng.random((EPOCHS, SATELLITES)) < 0.85
    epoch, satellite = np.nonzero(seen)
    system = (satellite >= 5).astype(np.int64)
    arc = satellite.copy()
    arc[(satellite == 2) & (epoch > 14)] = 9
    arc[(satellite == 7) & (epoch > 20)] = 10
    sight = rng.normal(size=(epoch.size, 3))
    sight[:, 2] = np.abs(sight[:, 2]) + 0.2
    sight /= np.linalg.norm(sight, axis=1)[:, None]
    partials = np.column_stack([-sight, 1.0 / sight[:, 2], rng.normal(size=(epoch.size, 2))])
    equations = Equations(
        static, ("G", "R"), tuple("GGGGGRRRR"), np.searchsorted(epoch, np.arange(EPOCHS + 1)).astype(np.int64), node,
        share, nodes, np.column_stack([system, arc, satellite]), partials, rng.normal(size=(epoch.size, 2)), ARCS,
    )  # fmt: skip
    weight = np.stack([rng.uniform(1e3, 1e4, epoch.size), rng.uniform(1.0, 3.0, epoch.size)], axis=1)
    weight[rng.random(weight.shape) < 0.05] = 0.0
    return equations, weight, epoch


def dense(equations, weight, epoch):
    """Normal matrix and right side of all unknowns: the global ones, then those of each epoch."""
    layout, size = equations.layout, equations.locals
    width = layout[7]
    normal = np.zeros((width + EPOCHS * size,) * 2)
    right = np.zeros(width + EPOCHS * size)
    for row, e in enumerate(epoch):
        for kind in range(2):
            h = np.zeros(right.size)
            if equations.static:
                h[:3] = equations.partials[row, :3]
            else:
                h[width + e * size + 2 : width + e * size + 5] = equations.partials[row, :3]
            for part, column in enumerate((0, 1, 1)):
                after, place = equations.share[e, column], layout[2 + part] + equations.node[e, column]
                h[place] += (1 - after) * equations.partials[row, 3 + part]
                h[place + 1] += after * equations.partials[row, 3 + part]
            h[layout[5 + kind] + equations.names[row, 1 + kind]] = 1.0
            h[width + e * size + equations.names[row, 0]] = 1.0
            normal += weight[row, kind] * np.outer(h, h)
            right += weight[row, kind] * h * equations.measured[row, kind]

    def tie(first, count, step, walk, sigma):
        for i in range(count):
            normal[first + i, first + i] += sigma**-2 / count
        for i in range(count - 1):
            h = np.zeros(right.size)
            h[first + i], h[first + i + 1] = 1.0, -1.0
            normal[:] += np.outer(h, h) / (walk**2 * step)

    tie(layout[2], equations.nodes[0], ZENITH_STEP, ZENITH_WALK, ZENITH_SIGMA)
    for first in layout[3:5]:
        tie(first, equations.nodes[1], GRADIENT_STEP, GRADIENT_WALK, GRADIENT_SIGMA)
    for place, system in enumerate(equations.columns_of_systems):
        normal[layout[6] + place, layout[6] + place] += CODE_BIAS_SIGMA[system] ** -2
    if not equations.static:
        for e in range(EPOCHS):
            for i in range(2, 5):
                normal[width + e * size + i, width + e * size + i] += FREE_POSITION**-2
    return normal, right


@pytest.mark.parametrize("static", [True, False])
def test_elimination_answers_as_all_equations_at_once(static):
    equations, weight, epoch = problem(static)
    normal, right = dense(equations, weight, epoch)
    expected, width = np.linalg.solve(normal, right), equations.layout[7]
    answer = solve(equations, weight)
    np.testing.assert_allclose(answer.unknowns, expected[:width], atol=AGREE)
    np.testing.assert_allclose(answer.epochs, expected[width:].reshape(EPOCHS, -1), atol=AGREE)
    full = np.linalg.inv(normal)
    covariance = answer.covariance()
    np.testing.assert_allclose(covariance, full[:width, :width], rtol=1e-4, atol=1e-9)
    np.testing.assert_allclose(answer.covariance([0, 2]), covariance[np.ix_([0, 2], [0, 2])], rtol=1e-9)
    blocks = epoch_covariances(equations, weight, covariance)
    size = equations.locals
    for e in (0, 13, EPOCHS - 1):
        place = slice(width + e * size, width + (e + 1) * size)
        np.testing.assert_allclose(blocks[e], full[place, place], rtol=1e-4, atol=1e-9)


def test_residuals_are_what_the_estimate_leaves():
    equations, weight, epoch = problem(True)
    answer = solve(equations, weight)
    layout = equations.layout
    for row in (0, 100, epoch.size - 1):
        e = epoch[row]
        common = equations.partials[row, :3] @ answer.unknowns[:3] + answer.epochs[e, equations.names[row, 0]]
        for part, column in enumerate((0, 1, 1)):
            place, after = layout[2 + part] + equations.node[e, column], equations.share[e, column]
            delay = (1 - after) * answer.unknowns[place] + after * answer.unknowns[place + 1]
            common += equations.partials[row, 3 + part] * delay
        for kind in range(2):
            own = answer.unknowns[layout[5 + kind] + equations.names[row, 1 + kind]]
            left = equations.measured[row, kind] - common - own
            assert answer.residuals[row, kind] == pytest.approx(left, abs=AGREE)


def test_parts_of_the_span_add_up_to_the_whole():
    equations, weight, _ = problem(True)
    whole, side = normals(equations, weight)
    first, first_side = normals(equations, weight, 0, 12)
    second, second_side = normals(equations, weight, 12)
    np.testing.assert_allclose(first + second, whole, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(first_side + second_side, side, rtol=1e-12, atol=1e-9)


def test_what_measurements_leave_open_is_told():
    equations, weight, _ = problem(True)
    with pytest.raises(NumericalFailure, match="more satellites"):
        solve_normals(with_prior(equations, normals(equations, weight * 0.0)[0]), np.zeros(equations.layout[7]))
