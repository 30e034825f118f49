"""Authority: two-body motion in closed form, published examples, and a second solution by universal variables."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.elements import KeplerElements, mean_anomaly, states_from_elements
from moonstead.orbits.lambert import BRANCHES, all_lambert, lambert, most_revolutions

GM = {"curtis": 398_600.0e9}  # [m3/s2] as that textbook rounds it
EARTH = 398_600.441_8e9  # [m3/s2]
CLOSED = 1e-12  # relative: rounding times the growth of an error over a few turns that do not graze the centre
PRINTED = 2e-6  # relative: half a unit of the last digit that the examples print

VALLADO = (
    [15_945.34, 0.0, 0.0],
    [12_214.838_99, 10_249.467_31, 0.0],
    4560.0,
    0,
    "short-period",
    [2.058_913, 2.915_965, 0.0],
    [-3.451_565, 0.910_315, 0.0],
)
CURTIS = (
    [5000.0, 10_000.0, 2100.0],
    [-14_600.0, 2500.0, 7000.0],
    3600.0,
    0,
    "short-period",
    [-5.992_49, 1.925_36, 3.245_64],
    [-3.312_46, -4.196_62, -0.385_288],
)
DER_ENDS = [22_592.145_603, -1_599.915_239, -19_783.950_506], [1_922.067_697, 4_054.157_051, -8_925.727_465]
DER = [
    (
        *DER_ENDS,
        36_000.0,
        0,
        "short-period",
        [2.000_652_697, 0.387_688_615, -2.666_947_760],
        [-3.792_466_19, -1.777_076_41, 6.856_814_395],
    ),
    (
        *DER_ENDS,
        36_000.0,
        1,
        "short-period",
        [0.503_357_70, 0.618_694_08, -1.571_769_04],
        [-4.183_346_26, -1.132_627_27, 6.133_070_91],
    ),
    (
        *DER_ENDS,
        36_000.0,
        1,
        "long-period",
        [-2.457_595_53, 1.169_458_01, 0.431_612_58],
        [-5.538_413_70, 0.018_222_20, 5.496_410_54],
    ),
]


@pytest.mark.truth
@pytest.mark.parametrize(
    "case", [VALLADO, CURTIS, *DER], ids=["vallado", "curtis", "der-0", "der-1-short", "der-1-long"]
)
def test_published_examples(case, request):
    """Vallado (2013) example 7-5; Curtis (2014) example 5.2; Der (2011), AMOS, example I (as printed by others)."""
    first, second, time, turns, branch, begin, end = case
    gm = GM.get(request.node.callspec.id, EARTH)
    arcs = lambert(1e3 * np.array(first), 1e3 * np.array(second), time, gm, revolutions=turns, branch=branch)
    for found, printed in ((arcs.departure_velocity[0], begin), (arcs.arrival_velocity[0], end)):
        assert np.linalg.norm(found / 1e3 - printed) <= PRINTED * np.linalg.norm(printed)


def pairs(count, seed, longest=10.0):
    rng = np.random.default_rng(seed)
    first = rng.normal(size=(count, 3))
    first /= np.linalg.norm(first, axis=1)[:, None]
    second = rng.normal(size=(count, 3))
    second *= (rng.uniform(0.3, 3.0, count) / np.linalg.norm(second, axis=1))[:, None]
    return first, second, longest * 10.0 ** rng.uniform(-1.3, 0.0, count)


@pytest.mark.truth
@pytest.mark.parametrize("turns", [0, 1, 3])
def test_moving_along_the_answer_reaches_the_second_position(turns, validation):
    first, second, time = pairs(2000, turns, 10.0 * (1 + turns))
    worst, cases = 0.0, 0
    for branch in BRANCHES if turns else BRANCHES[:1]:
        for retrograde in (False, True):
            arcs = lambert(first, second, time, 1.0, revolutions=turns, branch=branch, retrograde=retrograde)
            momentum = np.cross(first, arcs.departure_velocity)
            solved = (arcs.status == 0) & (np.linalg.norm(momentum, axis=1) > 0.6)
            assert np.all(np.sign(momentum[solved, 2]) == (-1.0 if retrograde else 1.0))
            start = np.hstack((first, arcs.departure_velocity))[solved]
            reached = two_body_states(start, time[solved], 1.0)
            scale = np.linalg.norm(second[solved], axis=1)
            miss = np.linalg.norm(reached[:, :3] - second[solved], axis=1) / scale
            speed = np.linalg.norm(arcs.arrival_velocity[solved], axis=1)
            off = np.linalg.norm(reached[:, 3:] - arcs.arrival_velocity[solved], axis=1) / speed
            worst, cases = max(worst, float(miss.max()), float(off.max())), cases + int(solved.sum())
    validation(
        capability="Lambert's problem",
        quantity=f"state at the second position, {turns} whole turns, relative",
        authority="two-body motion in closed form",
        error=worst,
        unit="1",
        tolerance=CLOSED,
        cases=cases,
    )


def universal_variables(first, second, time, side):
    """Velocity at the first position for less than one turn: Vallado (2013), algorithm 58, bracketed."""
    r1, r2 = np.linalg.norm(first), np.linalg.norm(second)
    cosine = first @ second / (r1 * r2)
    a = side * math.sqrt(r1 * r2 * (1.0 + cosine))

    def stumpff(z):
        if z > 0.0:
            root = math.sqrt(z)
            return (1.0 - math.cos(root)) / z, (root - math.sin(root)) / root**3
        root = math.sqrt(-z)
        return (1.0 - math.cosh(root)) / z, (math.sinh(root) - root) / root**3

    def y(z):
        c2, c3 = stumpff(z)
        return r1 + r2 + a * (z * c3 - 1.0) / math.sqrt(c2)

    def miss(z):
        c2, c3 = stumpff(z)
        height = y(z)
        return -time if height < 0.0 else (height / c2) ** 1.5 * c3 + a * math.sqrt(height) - time

    z = brentq(miss, -600.0, 4.0 * math.pi**2 - 1e-3, xtol=1e-14, rtol=1e-15)
    return (second - (1.0 - y(z) / r1) * first) / (a * math.sqrt(y(z)))


def test_kernel_agrees_with_universal_variables():
    first, second, time = pairs(60, 7)
    arcs = lambert(first, second, time, 1.0)
    for i in range(60):
        side = 1.0 if np.cross(first[i], second[i])[2] >= 0.0 else -1.0
        twin = universal_variables(first[i], second[i], time[i], side)
        assert np.linalg.norm(arcs.departure_velocity[i] - twin) <= 1e-9 * np.linalg.norm(twin)  # z itself to 1e-14


@settings(deadline=None, max_examples=150)
@given(
    eccentricity=st.floats(0.0, 3.0).filter(lambda e: abs(e - 1.0) > 1e-4),
    start=st.floats(-1.6, 1.6),
    arc=st.floats(1e-3, 3.0),
    inclination=st.floats(0.0, 1.5),
)
def test_an_arc_that_was_flown_is_found_again(eccentricity, start, arc, inclination):
    ends = np.array([start, start + arc])
    if np.any(1.0 + eccentricity * np.cos(ends) < 0.05) or (eccentricity > 1.0 and ends[1] > math.pi):
        return
    one = np.ones(2)
    conic = KeplerElements(one, eccentricity * one, inclination * one, 0.3 * one, 0.7 * one, ends)
    states = states_from_elements(conic, 1.0)
    elapsed = float(np.diff(mean_anomaly(ends, eccentricity))[0])
    time = (elapsed % (2.0 * math.pi) if eccentricity < 1.0 else elapsed) / abs(1.0 - eccentricity) ** 1.5
    arcs = lambert(states[0, :3], states[1, :3], time, 1.0)
    # a small arc divides by the chord, and near a parabola the mean anomaly has lost digits
    allowed = 1e-12 / arc + 1e-13 / (1.0 - eccentricity) ** 2
    assert arcs.status[0] == 0
    assert arcs.angle[0] == pytest.approx(arc, rel=1e-9)
    np.testing.assert_allclose(arcs.departure_velocity[0], states[0, 3:], atol=allowed)
    np.testing.assert_allclose(arcs.arrival_velocity[0], states[1, 3:], atol=allowed)


def test_every_conic_of_a_long_wait_is_listed():
    first, second, time = np.array([1.0, 0.0, 0.0]), np.array([0.2, 1.4, 0.1]), 60.0
    found = all_lambert(first, second, time, 1.0)
    bound = most_revolutions(time, 1.0, first, second)
    turns = [arcs.revolutions for arcs in found]
    assert turns.count(0) == 1 and all(turns.count(n) == 2 for n in range(1, max(turns) + 1))
    assert bound - 1 <= max(turns) <= bound
    energy = [float(np.sum(arcs.departure_velocity**2)) / 2.0 - 1.0 for arcs in found[1:3]]
    assert found[1].branch == "short-period" and energy[0] < energy[1] < 0.0


def test_a_row_without_solution_spoils_no_other():
    first = np.array([[1.0, 0, 0], [1.0, 0, 0], [1.0, 0, 0], [1.0, 0, 0], [np.nan, 0, 0], [1.0, 0, 0]])
    second = np.array([[0, 1.0, 0], [2.0, 0, 0], [-1.0, 0, 0], [0, 1.0, 0], [0, 1.0, 0], [0, 1.0, 0]])
    arcs = lambert(first, second, [40.0, 40.0, 40.0, 0.5, 40.0, -1.0], 1.0, revolutions=1)
    np.testing.assert_array_equal(arcs.status, [0, 2, 3, 1, 4, 4])
    np.testing.assert_array_equal(np.isnan(arcs.departure_velocity[:, 0]), arcs.status != 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gm": -1.0}, "gm must be positive"),
        ({"revolutions": -1}, "whole turns"),
        ({"branch": "left"}, "branch 'left' is not known"),
        ({"normal": (0.0, 0.0, 0.0)}, "normal"),
        ({"departure": [1.0, 2.0]}, "3 columns"),
        ({"duration": [1.0, 2.0, 3.0], "departure": np.ones((2, 3))}, "make no pairs"),
    ],
)
def test_what_no_arc_can_have_is_refused(change, message):
    asked = {"departure": [1.0, 0, 0], "arrival": [0, 1.0, 0], "duration": 1.0, "gm": 1.0} | change
    with pytest.raises(InvalidInput, match=message):
        lambert(**asked)


def test_a_straight_line_has_no_list_of_conics():
    with pytest.raises(InvalidInput, match="opposite directions"):
        all_lambert([1.0, 0, 0], [-1.0, 0, 0], 3.0, 1.0)
