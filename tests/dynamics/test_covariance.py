"""Authority: closed forms of free motion and of the circular orbit, and drawn flights."""

from __future__ import annotations

import numpy as np
import pytest
from motion import DAY, EPOCH, case

from moonstead.dynamics.covariance import propagate_covariance, sigma_point_covariance
from moonstead.dynamics.dispersions import draw_states
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure

GM = 4.9e12
POINT = ForceModel(degree=0, third_bodies=(), gm={"MOON": GM})
RADIUS = 2e6
RATE = np.sqrt(GM / RADIUS**3)
CIRCULAR = OrbitState(np.array([RADIUS, 0.0, 0.0, 0.0, RADIUS * RATE, 0.0]), EPOCH)
START = np.diag(np.repeat([25.0, 2.5e-5], 3))  # 5 m, 5 mm/s
LINEAR = 1e-6  # [1] of a covariance: how far 5 m are from nothing, seen from 2000 km, and integration
SCATTER = 0.04  # [1] four standard deviations of a covariance of 20 000 flights


def clohessy_wiltshire(time):
    """Transition matrix of RTN coordinates that turn with a circular orbit: Clohessy & Wiltshire (1960)."""
    n, s, c = RATE, np.sin(RATE * time), np.cos(RATE * time)
    return np.array(
        [
            [4 - 3 * c, 0, 0, s / n, 2 * (1 - c) / n, 0],
            [6 * (s - n * time), 1, 0, 2 * (c - 1) / n, (4 * s - 3 * n * time) / n, 0],
            [0, 0, c, 0, 0, s / n],
            [3 * n * s, 0, 0, c, 2 * s, 0],
            [6 * n * (c - 1), 0, 0, -2 * s, 4 * c - 3, 0],
            [0, 0, -n * s, 0, 0, c],
        ]
    )


def turning(time):
    """Turn of ICRF differences to turning RTN ones."""
    s, c = np.sin(RATE * time), np.cos(RATE * time)
    turn = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    rate = RATE * np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 0]])
    return np.block([[turn, np.zeros((3, 3))], [rate @ turn, turn]])


def relative(found, expected):
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    return np.max(np.abs(found - expected) / scale)


def closed_form(time):
    matrix = np.linalg.inv(turning(time)) @ clohessy_wiltshire(time) @ turning(0.0)
    return matrix @ START @ matrix.T


@pytest.mark.parametrize("time", [1000.0, 9000.0])
def test_the_linear_map_is_that_of_clohessy_and_wiltshire(time, validation):
    found = propagate_covariance(CIRCULAR, START, EPOCH + time, POINT, DataContext.installed())
    validation(
        capability="Propagation of covariance",
        quantity=f"linear map over {time:g} s, over the variances",
        authority="Clohessy & Wiltshire's closed form",
        error=relative(found.covariances[0], closed_form(time)),
        unit="1",
        tolerance=LINEAR,
        cases=1,
    )


@pytest.mark.parametrize("time", [1000.0, 9000.0])
def test_sigma_points_agree_where_motion_is_linear(time):
    data = DataContext.installed()
    found = sigma_point_covariance(CIRCULAR, START, EPOCH + time, POINT, data, step_tolerance=1e-13)
    assert relative(found.covariances[0], closed_form(time)) <= 1e-4  # third derivatives of the motion


def test_white_acceleration_grows_as_the_closed_form_of_free_motion():
    """Far from everything: P_rr = q t^3 / 3, P_rv = q t^2 / 2, P_vv = q t."""
    far, q, time = OrbitState(np.array([1e11, 0.0, 0.0, 0.0, 1.0, 0.0]), EPOCH), 1e-12, 5000.0
    found = propagate_covariance(
        far, np.zeros((6, 6)), EPOCH + time, POINT, DataContext.installed(), acceleration_noise=q
    ).covariances[0]
    expected = np.kron([[time**3 / 3.0, time**2 / 2.0], [time**2 / 2.0, time]], q * np.eye(3))
    assert relative(found, expected + 1e-30 * np.eye(6)) < 2e-3  # trapezoids over an eighth of a step


def test_three_ways_agree_on_a_short_arc():
    data, model, span = DataContext.installed(), ForceModel(degree=8), 0.2 * DAY
    start, options = case("A"), {"step_tolerance": 1e-11}
    linear = propagate_covariance(start, START, EPOCH + span, model, data).covariances[0]
    points = sigma_point_covariance(start, START, EPOCH + span, model, data, **options)
    states = draw_states(start.position_velocity, START, 20_000, seed=4)
    drawn = propagate_many(states, EPOCH, EPOCH + span, model, data, step_tolerance=1e-9)
    assert relative(points.covariances[0], linear) < 1e-3
    assert relative(drawn.covariance(), linear) < SCATTER
    assert np.all(np.abs(drawn.mean() - points.means[0]) < 5.0 * np.sqrt(np.diag(linear) / 20_000))


def test_sigma_points_see_the_mean_bend_as_drawn_flights_do():
    """A large error along the track bends to a banana: its mean lies below the orbit."""
    wide = np.diag([1.0, 4e8, 1.0, 1e-8, 1e-8, 1e-8])  # 20 km along the track
    data, span = DataContext.installed(), 1000.0
    points = sigma_point_covariance(CIRCULAR, wide, EPOCH + span, POINT, data, step_tolerance=1e-12)
    states = draw_states(CIRCULAR.position_velocity, wide, 20_000, seed=4)
    drawn = propagate_many(states, EPOCH, EPOCH + span, POINT, data, step_tolerance=1e-10)
    reference = propagate_many(
        CIRCULAR.position_velocity[None], EPOCH, EPOCH + span, POINT, data, step_tolerance=1e-12
    ).final[0]
    bend, sampled = points.means[0] - reference, drawn.mean() - reference
    scatter = 5.0 * np.sqrt(np.diag(drawn.covariance()) / 20_000)
    assert np.all(np.abs(bend - sampled) < scatter)
    radial = reference[:3] / np.linalg.norm(reference[:3])
    assert abs(radial @ bend[:3]) > 50.0  # [m] what the linear map does not see


def test_covariances_at_many_times_and_their_principal_axes():
    times = EPOCH + np.array([0.0, 1000.0, 2000.0])
    found = propagate_covariance(CIRCULAR, START, times[-1], POINT, DataContext.installed(), times=times)
    np.testing.assert_allclose(found.covariances[0], START, atol=1e-12)
    np.testing.assert_allclose(found.position_sigmas()[0], [5.0, 5.0, 5.0], rtol=1e-9)
    assert np.all(np.diff(found.position_sigmas()[:, 2]) > 0.0)


def test_what_cannot_be_done_is_refused():
    data = DataContext.installed()
    falling = OrbitState(np.array([1.8e6, 0.0, 0.0, 0.0, 100.0, 0.0]), EPOCH)
    with pytest.raises(NumericalFailure, match="sigma point 0 ends early"):
        sigma_point_covariance(falling, START, EPOCH + DAY, POINT, data, step_tolerance=1e-8)
    with pytest.raises(InvalidInput, match="spread"):
        sigma_point_covariance(CIRCULAR, START, EPOCH + DAY, POINT, data, spread=0.0)
    with pytest.raises(InvalidInput, match="noise"):
        propagate_covariance(CIRCULAR, START, EPOCH + 10.0, POINT, data, acceleration_noise=-1.0)
