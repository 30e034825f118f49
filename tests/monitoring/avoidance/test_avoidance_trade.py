"""Authorities: relative motion of circular orbits in closed form, propagation again, bounds that must hold."""

from dataclasses import replace

import numpy as np
import pytest

from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import TEME
from moonstead.monitoring.avoidance.secondary import burnt_trajectory, secondary_conjunctions
from moonstead.monitoring.avoidance.trade import DIRECTIONS, burn_effect, least_burn, trade_burns
from moonstead.monitoring.objects import TrajectoryObjects
from moonstead.monitoring.probability.choose import choose
from moonstead.monitoring.probability.encounter import EARTH_GM, Encounter

LINEAR = 2e-4  # [1] a few millimetres a second change an orbit linearly to that
AGAIN = 1e-4  # [m] two ways of two-body motion over a day, each rounded
RADIUS = 7.0e6  # [m]
RATE = np.sqrt(EARTH_GM / RADIUS**3)  # [rad/s]
PERIOD = 2.0 * np.pi / RATE  # [s]


def crossing(offset=20.0) -> Encounter:
    speed = np.sqrt(EARTH_GM / RADIUS)
    state1 = np.array([RADIUS, 0.0, 0.0, 0.0, speed, 0.0])
    state2 = np.array([RADIUS + offset, 0.0, 0.0, 0.0, 0.0, speed])
    covariance = np.diag([50.0**2, 200.0**2, 50.0**2, 1e-4, 1e-4, 1e-4])
    covariance[0, 4] = covariance[4, 0] = -0.2
    return Encounter(state1, state2, covariance, covariance, 15.0)


@pytest.mark.parametrize("lead", [0.5, 1.0, 3.0, 15.0])
def test_a_burn_along_displaces_as_hill_says(lead):
    time, delta_v = lead * PERIOD, 2e-3
    burn = burn_effect(crossing(), time, "along", delta_v)
    angle = RATE * time
    radial = 2.0 * delta_v / RATE * (1.0 - np.cos(angle))
    along = delta_v / RATE * (4.0 * np.sin(angle) - 3.0 * angle)
    np.testing.assert_allclose(burn.displacement, [radial, along, 0.0], atol=LINEAR * abs(along))


def test_after_whole_orbits_the_displacement_is_three_times_burn_times_lead():
    burn = burn_effect(crossing(), 10.0 * PERIOD, "along", -1e-3)
    assert burn.displacement[1] == pytest.approx(3.0 * 1e-3 * 10.0 * PERIOD, rel=LINEAR)


@pytest.mark.parametrize(("direction", "row"), [("radial", 0), ("cross", 2)])
def test_radial_and_cross_burns_swing_back(direction, row):
    time, delta_v = 0.25 * PERIOD, 5e-3
    burn = burn_effect(crossing(), time, direction, delta_v)
    assert burn.displacement[row] == pytest.approx(delta_v / RATE, rel=1e-3)
    whole = burn_effect(crossing(), 2.0 * PERIOD, direction, delta_v)
    assert abs(whole.displacement[row]) < 1e-3 * delta_v / RATE


def test_a_burn_is_what_propagation_again_finds():
    case, lead = crossing(), 86_400.0
    burn = burn_effect(case, lead, "along", 0.05)
    back = two_body_states(np.stack([case.state1, case.state2]), np.full(2, -lead), EARTH_GM)
    back[0, 3:] += 0.05 * back[0, 3:] / np.linalg.norm(back[0, 3:])
    times = lead + burn.delay + np.linspace(-0.5, 0.5, 2001)
    paths = [two_body_states(np.tile(state, (times.size, 1)), times, EARTH_GM)[:, :3] for state in back]
    assert burn.miss_distance == pytest.approx(np.linalg.norm(paths[1] - paths[0], axis=1).min(), abs=1e-3 + AGAIN)


def test_no_burn_changes_nothing():
    case = crossing()
    burn = burn_effect(case, 36_000.0, "cross", 0.0)
    assert burn.probability == choose(case).pc
    np.testing.assert_array_equal(burn.displacement, 0.0)


def test_the_least_burn_reaches_its_target_and_nothing_smaller_does():
    case = crossing()
    for direction in DIRECTIONS:
        found = least_burn(case, 6.25 * PERIOD, direction, 1e-6)
        assert found is not None and found.probability <= 1e-6
        for sign in (1.0, -1.0):
            smaller = burn_effect(case, 6.25 * PERIOD, direction, sign * 0.95 * abs(found.delta_v))
            assert smaller.probability > 1e-6


def test_more_lead_costs_less_along_the_track():
    case = crossing()
    sizes = [abs(least_burn(case, orbits * PERIOD, "along", 1e-6).delta_v) for orbits in (1, 4, 12)]
    assert sizes[0] > sizes[1] > sizes[2]


def test_a_harmless_encounter_asks_for_no_burn_and_an_impossible_one_for_none():
    assert least_burn(crossing(offset=9000.0), PERIOD, "along", 1e-3).delta_v == 0.0
    assert least_burn(crossing(), 0.01, "along", 1e-12) is None


def test_the_trade_tries_all_axes_and_both_signs():
    burns = trade_burns(crossing(), [PERIOD], [0.01, 0.1])
    assert len(burns) == 12
    assert {(one.direction, np.sign(one.delta_v)) for one in burns} == {(d, s) for d in DIRECTIONS for s in (1.0, -1.0)}


def test_input_without_sense_is_refused():
    with pytest.raises(InvalidInput, match="lead is positive"):
        burn_effect(crossing(), 0.0, "along", 0.1)
    with pytest.raises(InvalidInput, match="goes radial"):
        burn_effect(crossing(), 10.0, "up", 0.1)
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        least_burn(crossing(), 10.0, "along", 0.0)
    with pytest.raises(InvalidInput, match="positive"):
        trade_burns(crossing(), [10.0], [-0.1])


def test_a_burn_that_meets_a_third_object_is_told():
    """The third object is put onto the burnt path: a secondary conjunction by construction."""
    case, tca = crossing(), 7e8
    burn = burn_effect(case, 4.0 * PERIOD, "along", 0.05)
    path = burnt_trajectory(case, burn, tca, 3000.0, name="moved", frame=TEME)
    there = path.state(np.array([tca + 1500.0]))[0]
    third = there.copy()
    third[3:] = np.cross(third[3:], there[:3] / np.linalg.norm(there[:3]))  # same speed, across
    third[:3] += 100.0 * there[:3] / np.linalg.norm(there[:3])
    other = burnt_trajectory(
        replace(case, state1=two_body_states(third[None, :], np.array([-1500.0]), EARTH_GM)[0]),
        burn_effect(case, 4.0 * PERIOD, "along", 0.0),
        tca,
        3000.0,
        name="third",
        frame=TEME,
    )
    found = secondary_conjunctions(TrajectoryObjects([path, other]), 0, tca, tca + 2900.0, 5000.0)
    times = found.encounters.tdb_tca - tca
    nearest = int(np.argmin(found.encounters.miss_distance))
    assert times[nearest] == pytest.approx(1500.0, abs=0.01)
    assert found.encounters.miss_distance[nearest] == pytest.approx(100.0, abs=0.1)
