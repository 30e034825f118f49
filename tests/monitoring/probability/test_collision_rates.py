"""Authorities: straight encounters in closed form, plain twins of the kernels, NASA CARA's and Alfano's tables."""

import math

import numpy as np
import pytest

from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.probability.encounter import EARTH_GM, Encounter
from moonstead.monitoring.probability.equinoctial import element_pair, equinoctial_elements, mean_elements
from moonstead.monitoring.probability.plane import foster_2d
from moonstead.monitoring.probability.rates import nc_2d, nc_3d
from moonstead.monitoring.probability.segment import encounter_segment, orbit_periods

from cara_cases import alfano_cases, cara_cases  # isort: skip

ROUNDING = 1e-9  # [1] positions of 7000 km through elements and back
DIFFERENCES = 1e-6  # [1] central differences of a step of 1e-5
STRAIGHT = 2e-4  # [1] a passage of 0.1 s is straight to that
TIMES = 2e-4  # [1] twice the tolerance of the time integral
NC_2D = 2e-3  # [1] parabolas through three times here and in CARA's, at different spacings
NC_3D = 3e-3  # [1] CARA's quadrature of 5810 points and trapezoids, seen to be 8e-4 off its own 2-D in straight cases


def crossing(radius=10.0, sigma=200.0, offset=50.0) -> Encounter:
    state1 = np.array([7.0e6, 0.0, 0.0, 0.0, 7.5e3, 0.0])
    state2 = np.array([7.0e6, 0.0, offset, 0.0, 0.0, 7.5e3])
    covariance = np.diag([sigma**2] * 3 + [1e-8] * 3)
    return Encounter(state1, state2, covariance, covariance, radius)


def test_elements_bring_back_the_state_at_any_time():
    from moonstead.monitoring.probability.overlap_kernels import state_of_elements

    generator = np.random.default_rng(2)
    for _ in range(20):
        state = np.concatenate((generator.normal(size=3) * 5e6 + 4e6, generator.normal(size=3) * 2.5e3))
        if 0.5 * state[3:] @ state[3:] - EARTH_GM / np.linalg.norm(state[:3]) > -1e6:
            continue
        elapsed = float(generator.uniform(-20e3, 20e3))
        found = np.empty(6)
        state_of_elements(equinoctial_elements(state, EARTH_GM), elapsed, EARTH_GM, found, np.empty(8))
        expected = two_body_states(state[None, :], np.array([elapsed]), EARTH_GM)[0]
        np.testing.assert_allclose(found[:3], expected[:3], atol=ROUNDING * 1e8)
        np.testing.assert_allclose(found[3:], expected[3:], atol=ROUNDING * 1e5)


def test_partials_are_those_of_differences():
    from moonstead.monitoring.probability.overlap_kernels import partials_of_elements, state_of_elements

    elements = equinoctial_elements(np.array([6.5e6, 2e6, 1e6, -2e3, 6.9e3, 3e3]), EARTH_GM)
    state, room, partials = np.empty(6), np.empty(8), np.empty((6, 6))
    state_of_elements(elements, 777.0, EARTH_GM, state, room)
    partials_of_elements(elements, 777.0, EARTH_GM, state, room, partials)
    for column in range(6):
        step = 1e-5 * (elements[0] if column == 0 else 1.0)
        ends = []
        for sign in (1.0, -1.0):
            moved = elements.copy()
            moved[column] += sign * step
            end = np.empty(6)
            state_of_elements(moved, 777.0, EARTH_GM, end, room)
            ends.append(end)
        plain = (ends[0] - ends[1]) / (2.0 * step)
        scale = np.array([np.abs(plain[:3]).max()] * 3 + [np.abs(plain[3:]).max()] * 3)
        np.testing.assert_allclose(partials[:, column] / scale, plain / scale, atol=DIFFERENCES)


def test_the_point_of_peak_overlap_is_the_likeliest_meeting():
    """Plain twin: the constrained minimum found by scipy over twelve elements."""
    from scipy.optimize import minimize

    from moonstead.monitoring.probability.overlap_kernels import state_of_elements

    case = crossing(sigma=900.0, offset=1500.0)
    pair = element_pair(case)
    time = 0.3
    relative, spread, status = pair.relative(np.array([time]))
    roots = [np.linalg.cholesky(matrix) for matrix in pair.covariances]

    def states(g):
        out = np.empty((2, 6))
        for which in range(2):
            draw = pair.means[which] + roots[which] @ g[6 * which : 6 * which + 6]
            state_of_elements(draw, time, pair.gm, out[which], np.empty(8))
        return out

    found = minimize(
        lambda g: 0.5 * g @ g,
        np.zeros(12),
        jac=lambda g: g,
        constraints={"type": "eq", "fun": lambda g: (states(g)[1, :3] - states(g)[0, :3]) / 1e3},
        method="SLSQP",
        options={"ftol": 1e-14},
    )
    solved = relative[0, :3] @ np.linalg.solve(spread[0, :3, :3], relative[0, :3])
    assert status[0] == 1
    assert solved == pytest.approx(found.x @ found.x, rel=1e-5)  # SLSQP's own constraint to 1e-7 m


@pytest.mark.parametrize("radius", [1.0, 10.0, 150.0])
def test_a_straight_fast_passage_gives_the_probability_of_the_plane(radius):
    case = crossing(radius=radius)
    assert nc_2d(case).number == pytest.approx(foster_2d(case), rel=STRAIGHT)
    assert nc_2d(case).in_plane == pytest.approx(foster_2d(case), rel=STRAIGHT)
    assert nc_3d(case).number == pytest.approx(foster_2d(case), rel=STRAIGHT)


def test_the_rate_of_a_small_body_is_area_times_density_times_speed():
    """Plain twin of the sphere: for a point the rate is pi r^2 n |v|, Hall (2021), limit of small bodies."""
    from moonstead.monitoring.probability.rates import _rates

    case = crossing(radius=0.01)
    pair = element_pair(case)
    relative, spread, _ = pair.relative(np.zeros(1))
    position = spread[0, :3, :3]
    square = relative[0, :3] @ np.linalg.solve(position, relative[0, :3])
    density = math.exp(-0.5 * square) / math.sqrt((2.0 * math.pi) ** 3 * np.linalg.det(position))
    expected = math.pi * 0.01**2 * density * np.linalg.norm(relative[0, 3:])
    rate, found, fit = _rates(pair, np.zeros(1))
    assert rate[0] == pytest.approx(expected, rel=1e-5)  # the next term is radius times miss over sigma squared
    assert found[0] and fit[0]


def test_the_number_does_not_depend_on_the_axes():
    generator = np.random.default_rng(9)
    turn = np.linalg.qr(generator.normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    both = np.kron(np.eye(2), turn)
    case = crossing(sigma=500.0)
    turned = Encounter(
        both @ case.state1, both @ case.state2, both @ case.covariance1 @ both.T, both @ case.covariance2 @ both.T, 10.0
    )
    assert nc_3d(turned).number == pytest.approx(nc_3d(case).number, rel=TIMES)


def test_opposite_orbits_have_elements_too():
    state1 = np.array([7.0e6, 0.0, 0.0, 0.0, 7.5e3, 0.0])
    state2 = np.array([7.0e6, 0.0, 30.0, 0.0, -7.5e3, 0.0])
    covariance = np.diag([1e4] * 3 + [1e-4] * 3)
    case = Encounter(state1, state2, covariance, covariance, 10.0)
    assert np.all(np.isfinite(mean_elements(case)[0]))
    assert nc_3d(case).number == pytest.approx(foster_2d(case), rel=STRAIGHT)


def test_a_segment_ends_where_two_objects_are_farthest():
    case = crossing()
    start, stop = encounter_segment(case)
    quarter = 0.25 * min(orbit_periods(case))
    assert start < 0.0 < stop
    assert stop - start < 4.2 * quarter  # two crossing circles of one size part and meet again in half a turn
    with pytest.raises(InvalidInput, match="runs forward"):
        nc_3d(case, (5.0, 5.0))


@pytest.mark.truth
def test_expected_numbers_agree_with_cara(shared_data, validation):
    cases = cara_cases(shared_data)
    single = [(case, row) for case, row in cases if row["ViolationsNc2D"] == "0"]
    errors = [abs(nc_2d(case).number / float(row["Nc2D"]) - 1.0) for case, row in single]
    validation(
        capability="collision probability",
        quantity="Nc2D, largest relative difference where its rules are kept",
        authority="NASA CARA, 42 of 45 test conjunctions",
        error=max(errors),
        unit="1",
        tolerance=NC_2D,
        cases=len(errors),
    )
    errors = [abs(nc_3d(case).number / float(row["Nc3D"]) - 1.0) for case, row in cases]
    validation(
        capability="collision probability",
        quantity="Nc3D, largest relative difference",
        authority="NASA CARA, 45 test conjunctions",
        error=max(errors),
        unit="1",
        tolerance=NC_3D,
        cases=len(errors),
    )


@pytest.mark.truth
@pytest.mark.parametrize("number", [2, 6, 7, 11])
def test_alfanos_cases_lie_within_the_bounds_of_their_monte_carlo(shared_data, number):
    case, row, span = alfano_cases(shared_data)[number]
    found = nc_3d(case, span)
    assert float(row["CARA_PcMCLo95"]) <= found.number <= float(row["CARA_PcMCHi95"])
