"""Authorities: two-body motion of displaced states, geometry of the plane across."""

import numpy as np
import pytest

from moonstead.dynamics.burns import radial_axes
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.probability.choose import choose
from moonstead.monitoring.probability.encounter import EARTH_GM
from moonstead.monitoring.probability.passages import assumed_covariance, assumed_encounter, plane_picture
from moonstead.monitoring.probability.plane import plane_encounter

RADIUS = 7.0e6  # [m]
SPEED = np.sqrt(EARTH_GM / RADIUS)  # [m/s]
SIGMAS = (50.0, 400.0, 80.0)  # [m]
ROUNDING = 1e-9


def states():
    first = np.array([RADIUS, 0.0, 0.0, 0.0, SPEED, 0.0])
    second = np.array([RADIUS + 30.0, 0.0, 40.0, 0.0, 0.0, SPEED])
    return first, second


def test_positions_have_the_errors_that_were_assumed():
    first, _ = states()
    matrix = assumed_covariance(first, SIGMAS)
    axes = radial_axes(first)
    np.testing.assert_allclose(np.sqrt(np.diag(axes @ matrix[:3, :3] @ axes.T)), SIGMAS, rtol=ROUNDING)
    assert np.linalg.eigvalsh(matrix / np.sqrt(np.outer(np.diag(matrix), np.diag(matrix)))).min() > 0.0


def test_an_error_along_the_track_keeps_its_size_over_an_orbit():
    """A shift in time stays one; without the link of velocity and position it would grow by 6 pi in an orbit."""
    first, _ = states()
    root = np.linalg.cholesky(assumed_covariance(first, SIGMAS))
    draws = np.random.default_rng(3).normal(size=(400, 6)) @ root.T
    period = 2.0 * np.pi * np.sqrt(RADIUS**3 / EARTH_GM)
    later = two_body_states(first + draws, np.full(400, period), EARTH_GM)[:, :3] - first[:3]
    along = (later @ radial_axes(first)[1]).std()
    assert 300.0 < along < 600.0


def test_the_picture_shows_the_same_miss_and_ellipse_as_the_integral():
    case = choose(assumed_encounter(*states(), SIGMAS, (60.0, 900.0, 90.0), 20.0), samples=0)
    picture = plane_picture(case.encounter)
    plane = plane_encounter(case.encounter.relative, case.encounter.combined_covariance[:3, :3], 20.0)
    assert np.hypot(picture.miss_x, picture.miss_y) == pytest.approx(np.hypot(plane.miss_major, plane.miss_minor))
    assert (picture.sigma_major, picture.sigma_minor) == pytest.approx((plane.sigma_major, plane.sigma_minor))
    turn = np.array([np.cos(picture.angle), np.sin(picture.angle)])
    assert abs(turn @ [picture.miss_x, picture.miss_y]) == pytest.approx(plane.miss_major, abs=1e-6)
    assert picture.miss_y == pytest.approx(30.0, abs=0.5)  # up is the radius of the first


def test_errors_that_are_none_are_refused():
    with pytest.raises(InvalidInput, match="three positive lengths"):
        assumed_covariance(states()[0], (1.0, 0.0, 1.0))
    still = assumed_encounter(states()[0], states()[0] + [0, 0, 9.0, 0, 0, 0], SIGMAS, SIGMAS, 5.0)
    with pytest.raises(InvalidInput, match="no plane across"):
        plane_picture(still)
