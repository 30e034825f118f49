"""Authority: Meditch's case as benchmarks carry it, Tsiolkovsky's equation, and motion integrated by scipy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.landing.vertical import vertical_landing

MEDITCH = {"height": 1.0, "velocity": -0.783, "mass": 1.0, "thrust": 1.227, "exhaust_velocity": 2.349, "gravity": 1.0}
FOUR_DIGITS = 1e-4  # one unit of the fourth digit of 0.3953: whether it was rounded or cut is not said
INTEGRATED = 1e-9  # scipy's DOP853 at rtol 1e-12


@pytest.mark.truth
def test_meditchs_case(validation):
    landing = vertical_landing(**MEDITCH)
    for quantity, found, expected, tolerance in (
        ("final mass", landing.final_mass, 0.3953, FOUR_DIGITS),
        ("time of flight", landing.duration, 1.397, 5e-4),
    ):
        validation(
            capability="Landing with least propellant",
            quantity=f"{quantity} of Meditch's vertical landing, unit height and mass",
            authority="published benchmark of four digits",
            error=abs(found - expected),
            unit="1",
            tolerance=tolerance,
            cases=1,
        )


@pytest.mark.truth
@settings(deadline=None, max_examples=60)
@given(
    height=st.floats(50.0, 20e3),
    velocity=st.floats(-150.0, 60.0),
    thrust_to_weight=st.floats(1.2, 6.0),
    exhaust=st.floats(2000.0, 4500.0),
)
def test_fall_and_burn_end_at_rest_on_the_ground(height, velocity, thrust_to_weight, exhaust):
    gravity, mass = 1.62, 5000.0
    thrust = thrust_to_weight * mass * gravity
    try:
        landing = vertical_landing(height, velocity, mass, thrust, exhaust, gravity)
    except NumericalFailure:
        return
    assert landing.coast >= -1e-9 and landing.burn > 0.0
    assert landing.delta_v == pytest.approx(exhaust * math.log(mass / landing.final_mass), rel=1e-9)
    path = solve_ivp(
        lambda t, y: [y[1], thrust / (mass - thrust / exhaust * t) - gravity],
        (0.0, landing.burn),
        [landing.ignition_height, landing.ignition_velocity],
        method="DOP853",
        rtol=1e-12,
        atol=1e-10,
    )
    scale = height + abs(landing.ignition_velocity) * landing.burn
    np.testing.assert_allclose(path.y[:, -1], 0.0, atol=INTEGRATED * scale)


def test_no_other_split_of_two_burns_lands_with_more_mass():
    best = vertical_landing(2000.0, -60.0, 1000.0, 4000.0, 3000.0, 1.62)
    for early in (0.5, 2.0, 5.0):
        # a burn at the start, then the best landing from there
        flow = 4000.0 / 3000.0
        left = 1000.0 - flow * early
        speed = -60.0 + 3000.0 * math.log(1000.0 / left) - 1.62 * early
        lift = 3000.0 * early - 3000.0 * math.log(1000.0 / left) * left / flow
        height = 2000.0 - 60.0 * early - 0.81 * early**2 + lift
        assert vertical_landing(height, speed, left, 4000.0, 3000.0, 1.62).final_mass < best.final_mass


def test_what_cannot_be_stopped_says_which_thrust_or_height_would():
    with pytest.raises(NumericalFailure, match="it takes at least") as refusal:
        vertical_landing(1000.0, -150.0, 5000.0, 6000.0, 3000.0, 1.62)
    words = str(refusal.value).split()
    needed = float(words[words.index("least") + 1])
    higher = float(words[words.index("start", words.index("N,")) + 1])
    landed = vertical_landing(1000.0, -150.0, 5000.0, needed * 1.0001, 3000.0, 1.62)
    assert landed.coast == pytest.approx(0.0, abs=0.1)
    assert vertical_landing(1000.0 + higher * 1.0001, -150.0, 5000.0, 6000.0, 3000.0, 1.62).burn > 0.0


@pytest.mark.parametrize("name", ["height", "mass", "thrust", "exhaust_velocity", "gravity"])
def test_what_must_be_positive_is_refused(name):
    with pytest.raises(InvalidInput, match=name.replace("_", " ")):
        vertical_landing(**(MEDITCH | {name: 0.0}))
