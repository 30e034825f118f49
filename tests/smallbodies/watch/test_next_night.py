"""What positions are worth: against an information matrix, and at the Moon in 2032."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.observe import BARYCENTER, observe
from moonstead.dynamics.trajectories import BodyTrajectory
from moonstead.foundation.constants import ARCSECOND, SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ICRF
from moonstead.smallbodies.encounters import encounters
from moonstead.smallbodies.watch.decision_dates import decision_dates, last_push
from moonstead.smallbodies.watch.improvement import Night, improvement
from moonstead.smallbodies.watch.next_night import covariance_after, night_times, target_plane_axes
from moonstead.smallbodies.watch.plan import watch_plan
from moonstead.smallbodies.watch.probability_course import impact_intervals
from moonstead.smallbodies.watch.sensors import own_sensor, sensor
from moonstead.smallbodies.watch.sky_place import place_partials

TARGET_SIGMA = 24_681e3  # [m] of 2024 YR4 by JPL#78 at the Moon, found with another program
SAME = 1e-3  # [1]


@pytest.fixture(scope="module")
def moon(yr4):
    flight, pull = yr4
    return next(one for one in encounters(flight, pull) if one.body == "MOON" and one.distance < 5e7)


def test_covariance_after_is_the_inverse_of_the_summed_information(yr4, data):
    flight, _ = yr4
    earth = BodyTrajectory("EARTH", BARYCENTER, data)
    times = flight.orbit.tdb + np.array([100.0, 100.1, 130.0]) * SECONDS_PER_DAY
    accuracy = 0.3 * ARCSECOND
    after = covariance_after(flight, earth, times, accuracy, data, flight.orbit.covariance)
    line = observe(flight, earth, times, ICRF, data, "light-time")[:, :3]
    slopes = place_partials(flight, times, line).reshape(6, 6)
    scale = np.sqrt(np.diagonal(flight.orbit.covariance))
    before = np.linalg.inv(flight.orbit.covariance / np.outer(scale, scale))
    whole = np.linalg.inv(before + (slopes * scale).T @ (slopes * scale) / accuracy**2) * np.outer(scale, scale)
    np.testing.assert_allclose(np.sqrt(np.diagonal(after)), np.sqrt(np.diagonal(whole)), rtol=1e-4)


@pytest.mark.truth
def test_target_plane_sigma_of_yr4_at_the_moon(yr4, moon, data, validation):
    told = improvement(yr4[0], [], moon.tdb, moon.state, data)
    validation(
        capability="Watch",
        quantity="sigma of 2024 YR4 on the Moon's target plane by JPL#78",
        authority="20 000 clones of another program",
        error=abs(told.target_sigma_now / TARGET_SIGMA - 1.0),
        unit="1",
        tolerance=SAME,
        cases=1,
    )


def test_more_and_better_positions_never_leave_more(yr4, moon, data):
    flight, _ = yr4
    earth = BodyTrajectory("EARTH", BARYCENTER, data)
    start = flight.orbit.tdb + 1200 * SECONDS_PER_DAY
    times = night_times(start, start + 3600.0)
    plan = [Night(earth, times + day * SECONDS_PER_DAY, 0.2 * ARCSECOND) for day in range(4)]
    good = improvement(flight, plan, moon.tdb, moon.state, data)
    coarse = improvement(flight, [Night(earth, n.tdb, 2.0 * ARCSECOND) for n in plan], moon.tdb, moon.state, data)
    assert np.all(np.diff(good.target_sigma) < 0.0)
    assert np.all(good.target_sigma < coarse.target_sigma)
    assert good.shrink[0] < 1.0


def test_a_useless_position_changes_nothing(yr4, data):
    flight, _ = yr4
    earth = BodyTrajectory("EARTH", BARYCENTER, data)
    before = flight.orbit.covariance
    after = covariance_after(flight, earth, flight.orbit.tdb + 1e6, 1.0, data, before)
    np.testing.assert_allclose(after, before, rtol=1e-6)
    with pytest.raises(InvalidInput, match="positive"):
        covariance_after(flight, earth, flight.orbit.tdb + 1e6, 0.0, data, before)


def test_plane_axes_are_normal_to_the_velocity_and_to_each_other():
    rng = np.random.default_rng(2)
    for state in (*rng.standard_normal((5, 6)), np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])):
        axes = target_plane_axes(state)
        np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=1e-12)
        np.testing.assert_allclose(axes @ state[3:], 0.0, atol=1e-12)


def test_last_push_is_where_the_need_passes_what_is_at_hand():
    times, needed = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.1, 0.3, 0.2, 0.4])
    assert last_push(times, needed, 0.3) == pytest.approx(3.5)  # between, by a straight line
    assert last_push(times, needed, 0.05) is None
    assert last_push(times, needed, 1.0) == 4.0


def test_dates_are_those_at_which_the_course_says_so():
    nights = np.array([1.0, 2.0, 3.0, 4.0])
    dates = decision_dates(nights, [0.9, 0.4, 0.01, 0.0005], *impact_intervals([1.7], [0.04]))
    assert dates.halved == 2.0
    assert dates.ruled_out in (3.0, 4.0)
    assert dates.certain in (3.0, 4.0)
    none = decision_dates([], [], [1.0], [1.1])
    assert none.halved is none.ruled_out is none.certain is None


def test_plan_finds_the_first_night_and_what_it_tells(yr4, moon, data):
    flight, _ = yr4
    start = flight.orbit.tdb + 1400 * SECONDS_PER_DAY  # December 2028
    plan = watch_plan(
        flight,
        (start, start + 60 * SECONDS_PER_DAY),
        data,
        sensors=[sensor("X05"), own_sensor("J95", 12.0, ARCSECOND)],
        encounter=moon,
        intervals=impact_intervals([1.7], [0.043]),
    )
    seen, blind = plan.outlooks
    assert seen.first_night is not None and plan.next_seen == seen.first_night[0]
    assert seen.place is not None and 20.0 < seen.place.magnitude[0] < 24.0
    # its passage of 17 December 2028 is within 8 million km
    assert 7.9e9 < seen.place.distance[0] < 12e9
    assert blind.first_night is None
    assert plan.improvement is not None and plan.improvement.shrink[-1] < 0.01
    assert plan.course is not None and plan.course.expected[-1] == pytest.approx(0.043, rel=1e-3)
    assert plan.dates is not None and plan.dates.halved is not None
