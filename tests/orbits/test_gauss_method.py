"""Authority: two-body motion, from which the three directions are made."""

import numpy as np
import pytest

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.orbits.gauss import gauss_orbits

GM = body("SUN").gm
SPEED = np.sqrt(GM / ASTRONOMICAL_UNIT)  # [m/s] of the Earth
UNIT = np.repeat([ASTRONOMICAL_UNIT, SPEED], 3)
LEADING = 2.0  # [1] bound of the factor of the leading term
SECOND_ORDER = 10.0  # [1] fall of an error of second order, 16, when the arc is a quarter; less what higher terms take


def nearest_error(distance, days):
    """Error [1] of the best of Gauss' orbits, in units of the Earth's orbit."""
    turn = SPEED * np.sqrt(1.0 / distance)
    body_state = np.array([distance * ASTRONOMICAL_UNIT, 0.0, 0.1 * ASTRONOMICAL_UNIT, 0.1 * turn, turn, 0.2 * turn])
    seen_from = np.array([0.5, -0.8660254, 0.0, 0.8660254, 0.5, 0.0]) * UNIT
    times = np.array([0.0, 0.5, 1.0]) * days * SECONDS_PER_DAY
    truth = two_body_states(np.tile(body_state, (3, 1)), times, GM)
    observer = two_body_states(np.tile(seen_from, (3, 1)), times, GM)
    sight = truth[:, :3] - observer[:, :3]
    found = gauss_orbits(sight / np.linalg.norm(sight, axis=1)[:, None], observer[:, :3], times, GM)
    return np.min(np.max(np.abs(found - truth[1]) / UNIT, axis=1))


@pytest.mark.parametrize("distance", [0.8, 1.4, 2.5, 5.0])
def test_three_directions_give_the_orbit_they_were_made_from(distance):
    """The series of f and g that the method cuts leaves the square of the arc over the orbit's time scale."""
    scale = np.sqrt((distance * ASTRONOMICAL_UNIT) ** 3 / GM) / SECONDS_PER_DAY
    assert nearest_error(distance, 13.0) < LEADING * (13.0 / scale) ** 2


@pytest.mark.parametrize("distance", [0.8, 1.4])
def test_a_quarter_of_the_arc_has_a_sixteenth_of_the_error(distance):
    """Of three even times; farther out the rounding of such short arcs is as large."""
    assert nearest_error(distance, 13.0 / 4.0) < nearest_error(distance, 13.0) / SECOND_ORDER


def test_three_equal_directions_give_no_orbit():
    same = np.tile([1.0, 0.0, 0.0], (3, 1))
    places = np.array([[1.0, 0.0, 0.0], [1.0, 0.1, 0.0], [1.0, 0.2, 0.0]]) * ASTRONOMICAL_UNIT
    assert gauss_orbits(same, places, np.array([0.0, 1e5, 2e5]), GM).shape == (0, 6)
