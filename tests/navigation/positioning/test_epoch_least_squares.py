"""Authority: numpy's least squares on the same numbers; Baarda's test by leaving each measurement out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from moonstead.navigation.positioning.epochs import Limits, Problem, solve

PLACE = np.array([3_582_105.0, 532_590.0, 5_232_755.0])
TURN, LIGHT = 7.292115e-5, 299_792_458.0
UNTESTED = Limits(testing=False, largest_pdop=1e9)
SAME = 1e-4  # [m] where iterations stop


def turned(satellite, place):
    """Satellites in the axes of reception, by iteration."""
    moved = satellite
    for _ in range(5):
        angle = TURN * np.linalg.norm(moved - place, axis=1) / LIGHT
        cosine, sine = np.cos(angle), np.sin(angle)
        x, y, z = satellite.T
        moved = np.stack([cosine * x + sine * y, cosine * y - sine * x, z], axis=1)
    return moved


def problem(seed=3, count=14, clocks=2, vertical=4.0):
    """One epoch: two signals of each satellite, two systems, an offset between signals, a vertical ionosphere."""
    random = np.random.default_rng(seed)
    up = PLACE / np.linalg.norm(PLACE)
    sights = random.standard_normal((20 * count, 3))
    sights /= np.linalg.norm(sights, axis=1)[:, None]
    sights = sights[sights @ up > 0.25][:count]
    satellite = PLACE + 2.3e7 * sights
    # where they were when they sent: turned back by the travel time
    angle = -TURN * 2.3e7 / LIGHT
    x, y, z = satellite.T
    satellite = np.stack([np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x, z], axis=1)
    clock = np.arange(count) % clocks
    slope = np.stack([1.0 / np.maximum(sights @ up, 0.3), 1.65 / np.maximum(sights @ up, 0.3)], axis=1)
    distance = np.linalg.norm(turned(satellite, PLACE) - PLACE, axis=1)
    code = distance[:, None] + 250.0 * clock[:, None] + [0.0, 3.0] + 1.5 * slope
    code = code + 0.8 * random.standard_normal(code.shape)
    variance = np.tile([1.3, 0.4, 1.9], (count, 1)) * random.uniform(0.5, 2.0, count)[:, None]
    return Problem(
        start=np.array([0, count]),
        satellite=satellite,
        code=code,
        variance=variance,
        ionosphere=slope,
        clock=clock,
        clocks=clocks,
        extra=np.stack([np.full(count, -1), np.zeros(count, dtype=np.int64)], axis=1),
        offset_prior=np.array([[2.0, 9.0]]),
        ionosphere_prior=np.array([vertical]),
        state=np.ones((count, 2), dtype=np.uint8),
    )


def twin(given, used=None):
    """Position, its covariance and residuals by numpy: whitened rows, priors as rows of their own."""
    count = given.clock.size
    used = np.ones((count, 2), dtype=bool) if used is None else used
    now = np.concatenate([PLACE, np.zeros(given.clocks), [0.0, 0.0]])
    for _ in range(12):
        moved = turned(given.satellite, now[:3])
        line = moved - now[:3]
        distance = np.linalg.norm(line, axis=1)
        unit = line / distance[:, None]
        rows, right, plain = [], [], []
        for row in range(count):
            design = np.zeros((2, now.size))
            design[:, :3] = -unit[row]
            design[:, 3 + given.clock[row]] = 1.0
            design[1, 3 + given.clocks] = 1.0
            design[:, -1] = given.ionosphere[row]
            v11, v12, v22 = given.variance[row]
            here = np.flatnonzero(used[row])
            if not here.size:
                continue
            covariance = np.array([[v11, v12], [v12, v22]])[np.ix_(here, here)]
            white = np.linalg.inv(np.linalg.cholesky(covariance))
            error = given.code[row] - distance[row] - design[:, 3:] @ now[3:]
            rows.append(white @ design[here])
            right.append(white @ error[here])
            plain.append(error)
        prior = np.zeros((2, now.size))
        prior[0, -2] = 1.0 / np.sqrt(given.offset_prior[0, 1])
        prior[1, -1] = 1.0 / np.sqrt(given.ionosphere_prior[0])
        ahead = np.array([(given.offset_prior[0, 0] - now[-2]) * prior[0, -2], -now[-1] * prior[1, -1]])
        design, vector = np.vstack([*rows, prior]), np.concatenate([*right, ahead])
        step = np.linalg.lstsq(design, vector, rcond=None)[0]
        now += step
    return now, np.linalg.inv(design.T @ design), np.array(plain), float(vector @ vector)


@pytest.mark.parametrize("seed", range(5))
def test_position_clocks_offsets_and_ionosphere_are_those_of_numpy(seed):
    given = problem(seed)
    found = solve(given, UNTESTED)
    now, covariance, residuals, squares = twin(given)
    np.testing.assert_allclose(found.unknowns[0], now, atol=SAME)
    np.testing.assert_allclose(found.covariance[0], covariance[:3, :3], rtol=1e-6)
    np.testing.assert_allclose(found.residuals, residuals, atol=3 * SAME)
    assert found.squares[0] == pytest.approx(squares, rel=1e-3)
    assert found.freedom[0] == 2 * 14 - 3 - 2


def test_it_does_not_matter_where_it_begins():
    given = problem()
    from_centre, from_near = solve(given, UNTESTED), solve(given, UNTESTED, PLACE[None, :] + 30.0)
    np.testing.assert_allclose(from_centre.position, from_near.position, atol=SAME)


def test_one_signal_alone_counts_too():
    given = problem()
    used = np.ones((14, 2), dtype=bool)
    used[3, 0], used[8, 1], used[11] = False, False, False
    state = used.astype(np.uint8)
    found = solve(replace(given, state=state), UNTESTED)
    np.testing.assert_allclose(found.unknowns[0], twin(given, used)[0], atol=SAME)


def test_the_dilution_is_that_of_unit_weights_with_a_clock_for_each_system():
    given = problem()
    found = solve(given, UNTESTED)
    unit = turned(given.satellite, PLACE) - PLACE
    unit /= np.linalg.norm(unit, axis=1)[:, None]
    design = np.column_stack([unit, given.clock == 0, given.clock == 1])
    cofactor = np.linalg.inv(design.T @ design)
    assert found.dilution[0, 0] == pytest.approx(np.sqrt(np.trace(cofactor)), rel=1e-5)
    assert found.dilution[0, 1] == pytest.approx(np.sqrt(np.trace(cofactor[:3, :3])), rel=1e-5)
    assert found.dilution[0, 2] ** 2 + found.dilution[0, 3] ** 2 == pytest.approx(found.dilution[0, 1] ** 2)


def test_a_fault_is_found_where_leaving_it_out_lowers_the_squares_most():
    given = problem()
    code = given.code.copy()
    code[5] += 25.0
    spoiled = replace(given, code=code)
    found = solve(spoiled, Limits(largest_w=4.0))
    squares = []
    for row in range(14):
        used = np.ones((14, 2), dtype=bool)
        used[row] = False
        squares.append(twin(spoiled, used)[3])
    assert np.argmin(squares) == 5
    assert (found.state[5] == 2).all()
    assert np.count_nonzero(found.state == 2) == 2


def test_the_protection_level_holds_for_a_fault_that_the_test_just_misses():
    # the largest fault of any satellite that keeps its w at the limit moves the position by less than the level
    given = problem()
    limits = Limits(largest_w=4.0)
    good = solve(given, limits)
    for row in range(14):
        low, high = 0.0, 200.0
        for _ in range(40):
            fault = 0.5 * (low + high)
            code = given.code.copy()
            code[row] += fault
            bad = solve(
                replace(given, code=code),
                limits,
            )
            low, high = (fault, high) if not (bad.state == 2).any() else (low, fault)
        code = given.code.copy()
        code[row] += low
        bad = solve(replace(given, code=code), limits)
        moved = np.linalg.norm(bad.position[0] - good.position[0])
        assert moved < np.hypot(*good.protection[0])


def test_noise_as_assumed_passes_the_tests_as_often_as_they_say():
    random = np.random.default_rng(11)
    statistics, excluded = [], 0
    for seed in range(60):
        given = problem(seed, vertical=1e-6)
        roots = np.linalg.cholesky([[[v[0], v[1]], [v[1], v[2]]] for v in given.variance])
        distance = np.linalg.norm(turned(given.satellite, PLACE) - PLACE, axis=1)
        code = distance[:, None] + [0.0, 2.0] + np.einsum("nij,nj->ni", roots, random.standard_normal((14, 2)))
        fresh = replace(given, code=code)
        found = solve(fresh, Limits())
        statistics.append(found.squares[0] / found.freedom[0])
        excluded += np.count_nonzero(found.state == 2)
    assert np.mean(statistics) == pytest.approx(1.0, abs=0.12)  # 60 times 24 degrees: 0.037 one sigma
    assert excluded <= 4  # of 1680 numbers beyond 4 sigma: 0.1 to be expected, three kinds of fault each
