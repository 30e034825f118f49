"""Authority: `propagate`, one flight at a time; itself compared with brahe and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from motion import DAY, EPOCH, case

from moonstead.dynamics.batch import Steps, fly_block
from moonstead.dynamics.burns import FiniteBurn, ImpulsiveBurn
from moonstead.dynamics.executed_burn import ExecutedBurn
from moonstead.dynamics.flights import ENDINGS, FAILED
from moonstead.dynamics.forces import Drag, ForceModel, Radiation, standard_atmosphere
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.propagate_many import _request, propagate_many
from moonstead.dynamics.propagated import REACHED, SURFACE
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput

TIGHT = 1e-13  # [1] of steps
NOTHING = 2e-3  # [m] what tight steps and rounding leave of flights of a day
SHADOW = 2e-2  # [m] likewise with shadows integrated apart from the rest
SUNLIT = ForceModel(degree=8, mass=1000.0, radiation=Radiation(area=20.0, reflectivity=1.5))
LOW_EARTH = np.array([6.9e6, 0.0, 1e5, 100.0, 4.5e3, 6.1e3])


def around(state, count, seed=0):
    """Dispersed states, the first undispersed."""
    sigma = np.repeat([100.0, 0.1], 3)
    states = state + np.random.default_rng(seed).normal(size=(count, 6)) * sigma
    states[0] = state
    return states


def alone(state, until, model, **options):
    start = OrbitState(state, EPOCH, model.center)
    return propagate(start, until, model, DataContext.installed(), step_tolerance=TIGHT, **options)


def far_apart(many, singles):
    finals = [each.state(each.span[1] if many.stop_tdb > many.start_tdb else each.span[0])[0, :3] for each in singles]
    return np.linalg.norm(many.final[: len(singles), :3] - finals, axis=1).max()


@pytest.mark.parametrize(
    ("name", "state", "model", "span", "allowed"),
    [
        ("low lunar orbit", case("A").position_velocity, ForceModel(degree=20), DAY, NOTHING),
        ("low lunar orbit in shadow", case("A").position_velocity, SUNLIT, DAY, SHADOW),
        ("backwards", case("A").position_velocity, SUNLIT, -0.5 * DAY, SHADOW),
        ("ellipse", case("B").position_velocity, ForceModel(degree=20, relativity=True), 2 * DAY, NOTHING),
        ("halo orbit", case("C").position_velocity, SUNLIT, 8 * DAY, SHADOW),
        (
            "low Earth orbit in shadow",
            LOW_EARTH,
            ForceModel(center="EARTH", degree=8, third_bodies=("MOON", "SUN"), mass=500.0, radiation=SUNLIT.radiation),
            0.5 * DAY,
            SHADOW,
        ),
    ],
)
def test_each_flight_is_the_one_alone(name, state, model, span, allowed, validation):
    states = around(state, 19)
    many = propagate_many(states, EPOCH, EPOCH + span, model, DataContext.installed(), step_tolerance=TIGHT)
    assert many.counts() == {REACHED: 19}
    singles = [alone(each, EPOCH + span, model) for each in (states[0], states[7], states[18])]
    validation(
        capability="Propagation of many spacecraft",
        quantity=f"position at the end, {name}",
        authority="propagate, one at a time",
        error=far_apart(many, [singles[0]]),
        unit="m",
        tolerance=allowed,
        cases=1,
    )
    finals = [each.state(EPOCH + span)[0] for each in singles]
    assert np.linalg.norm(many.final[[0, 7, 18], :3] - np.array(finals)[:, :3], axis=1).max() <= allowed


@pytest.mark.parametrize("tolerance", [10.0, 0.1])
def test_the_tolerance_in_metres_is_kept_and_not_wasted(tolerance):
    states = around(case("A").position_velocity, 40)
    data, model = DataContext.installed(), ForceModel(degree=20)
    many = propagate_many(states, EPOCH, EPOCH + DAY, model, data, tolerance=tolerance)
    exact = propagate_many(states, EPOCH, EPOCH + DAY, model, data, step_tolerance=TIGHT)
    error = np.linalg.norm(many.final[:, :3] - exact.final[:, :3], axis=1).max()
    assert many.error_estimate <= tolerance
    assert 1e-3 * tolerance < error <= tolerance


def test_the_same_request_gives_the_same_bits_on_any_number_of_threads():
    states = around(case("C").position_velocity, 2100)
    data = DataContext.installed()
    one, three = (
        propagate_many(states, EPOCH, EPOCH + DAY, SUNLIT, data, step_tolerance=1e-8, threads=threads)
        for threads in (1, 3)
    )
    np.testing.assert_array_equal(one.final, three.final)


def test_states_between_are_those_on_the_way():
    states, times = around(case("C").position_velocity, 5), EPOCH + DAY * np.array([2.0, 0.0, 1.0, 3.0])
    many = propagate_many(
        states, EPOCH, EPOCH + 3 * DAY, SUNLIT, DataContext.installed(), times=times, step_tolerance=TIGHT
    )
    np.testing.assert_array_equal(many.times, np.sort(times))
    np.testing.assert_array_equal(many.states[:, 0], states)
    np.testing.assert_array_equal(many.states[:, 3], many.final)
    single = alone(states[4], EPOCH + 3 * DAY, SUNLIT)
    assert np.linalg.norm((many.states[4] - single.state(many.times))[:, :3], axis=1).max() <= SHADOW


def test_an_impact_ends_only_its_own_flight():
    states = np.tile(case("A").position_velocity, (20, 1))
    falling = np.arange(20) % 3 == 0
    states[falling, 3:] *= 1.0 - 0.03 - 1e-4 * np.arange(falling.sum())[:, None]
    model = ForceModel(degree=8)
    many = propagate_many(states, EPOCH, EPOCH + DAY, model, DataContext.installed(), step_tolerance=TIGHT)
    np.testing.assert_array_equal(many.ending == ENDINGS.index(SURFACE), falling)
    assert set(many.ending_body[falling]) == {"MOON"}
    for row in (0, 9, 18):
        single = alone(states[row], EPOCH + DAY, model)
        assert single.hit_surface
        speed = np.linalg.norm(many.final[row, 3:])
        assert abs(many.end_tdb[row] - single.span[1]) * speed <= 0.1  # [m] a millimetre of height on a flat descent
    np.testing.assert_array_equal(many.end_tdb[~falling], EPOCH + DAY)


def test_a_state_that_is_no_number_fails_alone():
    states = around(case("C").position_velocity, 17)
    states[3, 4] = np.nan
    states[16] = np.nan  # alone in its group
    many = propagate_many(states, EPOCH, EPOCH + DAY, SUNLIT, DataContext.installed(), step_tolerance=1e-9)
    failed = many.ending == ENDINGS.index(FAILED)
    np.testing.assert_array_equal(np.flatnonzero(failed), [3, 16])
    assert np.all(np.isnan(many.final[failed]))
    assert np.all(np.isfinite(many.final[~failed]))


def test_burns_masses_and_sunlight_differ_from_flight_to_flight():
    data, states = DataContext.installed(), around(case("C").position_velocity, 3)
    impulse = ImpulsiveBurn(EPOCH + 0.5 * DAY, (0.0, 20.0, 5.0), "RTN", specific_impulse=300.0)
    thrust = FiniteBurn(EPOCH + DAY, 2000.0, 40.0, 310.0, (1.0, 0.0, 2.0))
    vectors = np.array([[0.0, 20.0, 5.0], [1.0, 21.0, 5.0], [0.0, 19.0, 4.0]])
    masses, scales = np.array([1000.0, 900.0, 1100.0]), np.array([1.0, 2.0, 0.5])
    many = propagate_many(
        states,
        EPOCH,
        EPOCH + 2 * DAY,
        SUNLIT,
        data,
        step_tolerance=TIGHT,
        mass=masses,
        radiation_scale=scales,
        burns=[ExecutedBurn(impulse, vectors), thrust],
    )
    singles = []
    for k in range(3):
        light = Radiation(area=20.0 * scales[k], reflectivity=1.5)
        model = ForceModel(degree=8, mass=float(masses[k]), radiation=light)
        burn = ImpulsiveBurn(impulse.tdb, tuple(vectors[k]), "RTN", specific_impulse=300.0)
        singles.append(alone(states[k], EPOCH + 2 * DAY, model, burns=[burn, thrust]))
    assert far_apart(many, singles) <= SHADOW


def test_what_cannot_be_flown_is_refused_by_name():
    data, states = DataContext.installed(), around(case("A").position_velocity, 2)
    span = (EPOCH, EPOCH + DAY)
    with pytest.raises(InvalidInput, match=r"state 1 starts .* below the surface of MOON"):
        propagate_many(states * [[1.0], [0.5]], *span, SUNLIT, data)
    with pytest.raises(InvalidInput, match=r"shape \(N, 6\)"):
        propagate_many(states[0], *span, SUNLIT, data)
    with pytest.raises(InvalidInput, match="2 of them"):
        propagate_many(states, *span, SUNLIT, data, radiation_scale=[1.0, 1.0, 1.0])
    with pytest.raises(InvalidInput, match="forwards only"):
        propagate_many(states, EPOCH, EPOCH - DAY, SUNLIT, data, burns=[ImpulsiveBurn(EPOCH, (1.0, 0.0, 0.0))])
    with pytest.raises(InvalidInput, match="tolerance must be positive"):
        propagate_many(states, *span, SUNLIT, data, tolerance=0.0)
    with pytest.raises(InvalidInput, match="times must lie within"):
        propagate_many(states, *span, SUNLIT, data, times=[EPOCH - 1.0])
    air = ForceModel(center="EARTH", degree=0, third_bodies=(), mass=1.0, drag=Drag(1.0, 2.2, standard_atmosphere()))
    with pytest.raises(InvalidInput, match="drag is not flown"):
        propagate_many(around(LOW_EARTH, 2), *span, air, data)
    with pytest.raises(InvalidInput, match="uses more mass"):
        burn = FiniteBurn(EPOCH, 3600.0, 1000.0, 300.0, (1.0, 0.0, 0.0))
        propagate_many(states, *span, SUNLIT, data, burns=[burn], step_tolerance=1e-8)


def test_many_flights_in_low_orbits_take_equal_steps_within_the_tolerance():
    data, model, span = DataContext.installed(), ForceModel(degree=50), 0.5 * DAY
    states = around(case("A").position_velocity, 256)
    many = propagate_many(states, EPOCH, EPOCH + span, model, data, tolerance=1.0)
    assert many.method == "gauss-jackson"
    exact = propagate_many(states[::8], EPOCH, EPOCH + span, model, data, step_tolerance=TIGHT)
    assert np.linalg.norm((many.final[::8] - exact.final)[:, :3], axis=1).max() <= 1.0
    assert many.evaluations < 0.8 * exact.evaluations * 8


@pytest.mark.parametrize("span", [0.4 * DAY, -0.4 * DAY])
def test_equal_steps_know_shadows_relativity_and_impacts(span):
    """Those of 20 s leave centimetres; after an impact nearby the group goes on with adaptive steps."""
    model = ForceModel(degree=20, mass=1000.0, radiation=SUNLIT.radiation, relativity=True)
    states = around(case("A").position_velocity, 16)
    states[5, 3:] *= 0.97
    request = _request(states, EPOCH, EPOCH + span, model, DataContext.installed(), 1.0, None, (), (), True)
    equal, adaptive = fly_block(request, 0, 16, Steps(1e-10, 20.0)), fly_block(request, 0, 16, Steps(TIGHT))
    np.testing.assert_array_equal(equal.ending, adaptive.ending)
    assert np.count_nonzero(equal.ending) == 1
    assert np.linalg.norm((equal.final - adaptive.final)[:, :3], axis=1).max() <= 5 * SHADOW
    states[5] = states[4]
    request = _request(states, EPOCH, EPOCH + span, model, DataContext.installed(), 1.0, None, (), (), True)
    equal, adaptive = fly_block(request, 0, 16, Steps(1e-10, 20.0)), fly_block(request, 0, 16, Steps(TIGHT))
    assert equal.evaluations < 0.6 * adaptive.evaluations
    assert np.linalg.norm((equal.final - adaptive.final)[:, :3], axis=1).max() <= 5 * SHADOW
