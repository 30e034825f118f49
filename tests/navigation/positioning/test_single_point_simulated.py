"""Authority: a simulated sky whose every part is known; faults that were put in on purpose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from simulated_sky import PLACE, CircularSky, atmosphere, observed

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.navigation.positioning.clock_steps import clock_steps
from moonstead.navigation.positioning.epochs import Limits
from moonstead.navigation.positioning.errors import position_errors
from moonstead.navigation.positioning.single_point import single_point

EXACT = 0.05  # [m] the air is modelled at the rough place, 100 m off in height under 12 m of ionosphere: 3 cm of air
SPEED = 2e-3  # [m/s] central differences of half a second, and first order in the change of travel time
LIGHT = 299_792_458.0


@pytest.fixture(scope="module")
def sky():
    return CircularSky()


@pytest.fixture(scope="module")
def quiet(sky):
    return observed(sky, delays=atmosphere())


@pytest.fixture(scope="module")
def noisy(sky):
    return observed(sky, epochs=120, delays=atmosphere(), noise=0.5)


def spoiled(observations, system, satellite, metres, epochs=slice(None), codes=("C1C", "C2W", "C5Q")):
    """The same with an error on the codes of one satellite."""
    old = observations.systems[system]
    values = old.values.copy()
    for row, code in enumerate(old.codes):
        if code in codes:
            values[row, epochs, old.satellites.index(satellite)] += metres
    return replace(observations, systems=observations.systems | {system: replace(old, values=values)})


def highest(series, system="G"):
    """A satellite of a system that is used throughout."""
    rows = [n for n, name in enumerate(series.satellites) if name[0] == system and series.used[:, n].all()]
    return series.satellites[max(rows, key=lambda n: series.elevation[0, n])]


@pytest.mark.parametrize("mode", ["auto", "free"])
def test_without_noise_the_place_is_found_whatever_the_ionosphere(sky, mode):
    for zenith in (0.5, 12.0):
        series = single_point(observed(sky, epochs=3, delays=atmosphere(zenith)), sky, ionosphere=mode, adaptive=False)
        error = position_errors(series, PLACE)
        assert error.solved == 3
        # the random ionosphere pulls the estimate to its prior: as far as code noise of 0.4 m says it may
        assert error.largest_3d < (EXACT if mode == "free" else 2.0)


def test_the_combination_is_exact_and_clocks_differ_by_what_was_put_in(quiet, sky):
    series = single_point(quiet, sky, ionosphere="free", adaptive=False)
    assert position_errors(series, PLACE).largest_3d < EXACT
    assert series.clocks[0, 0] == pytest.approx(1e-3, abs=0.1 / LIGHT)
    assert np.all(np.abs(series.clocks[:, 1] - series.clocks[:, 0]) * LIGHT < 0.05)


def test_a_moving_receiver_is_followed_in_place_and_velocity(sky):
    motion = np.array([20.0, -35.0, 10.0])
    observations = observed(sky, epochs=8, interval=0.5, motion=motion, delays=atmosphere())
    series = single_point(observations, sky, ionosphere="free", adaptive=False)
    path = PLACE + motion * (series.gpst - series.gpst[0])[:, None]
    assert position_errors(series, path).largest_3d < 2 * EXACT  # 35 m of height, whose air the simulation has not
    np.testing.assert_allclose(series.velocity, np.tile(motion, (series.gpst.size, 1)), atol=SPEED)
    np.testing.assert_allclose(series.clock_drift, 2e-9, atol=1e-11)


def test_covariance_is_what_errors_are(noisy, sky):
    series = single_point(noisy, sky, ionosphere="free")
    error = series.position - PLACE
    squares = np.einsum("ei,eij,ej->e", error, np.linalg.inv(series.covariance), error)
    # mean 3 of a chi-square with 3 degrees; 120 epochs scatter by 0.22, the factors of the errors by some per cent
    assert 1.8 < np.mean(squares) < 4.2


def test_weighing_the_ionosphere_beats_taking_it_away(noisy, sky):
    rms = {mode: position_errors(single_point(noisy, sky, ionosphere=mode), PLACE).rms_3d for mode in ("auto", "free")}
    assert rms["auto"] < 0.7 * rms["free"]


@pytest.mark.parametrize("metres", [30.0, -1e3, 1e5])
def test_a_faulty_satellite_is_left_out_and_harms_nothing(noisy, sky, metres):
    good = single_point(noisy, sky)
    name = highest(good)
    bad = single_point(spoiled(noisy, "G", name, metres), sky)
    column = bad.satellites.index(name)
    assert bad.solved.all()
    assert bad.excluded[:, column].all()
    assert not bad.used[:, column].any()
    assert position_errors(bad, PLACE).rms_3d < 1.5 * position_errors(good, PLACE).rms_3d


def test_a_fault_of_one_signal_leaves_the_other(noisy, sky):
    name = highest(single_point(noisy, sky))
    series = single_point(spoiled(noisy, "G", name, 40.0, slice(30, 33), ("C2W",)), sky)
    column = series.satellites.index(name)
    assert series.excluded[30:33, column].all()
    assert series.used[30:33, column].all()


def test_two_faults_of_five_satellites_are_flagged_and_not_answered(sky):
    observations = observed(sky, epochs=12, delays=atmosphere(), noise=0.3)
    one = single_point(observations, sky, systems="G")
    count = int(one.used[0].sum())
    names = [one.satellites[n] for n in np.argsort(-np.nan_to_num(one.elevation[0]))[: count - 3]]
    for number, name in enumerate(names):
        observations = spoiled(observations, "G", name, (-1.0) ** number * (2e4 + 7e3 * number))
    series = single_point(observations, sky, systems="G", adaptive=False)
    assert not series.solved.any()
    assert np.isnan(series.position).all()
    assert set(series.status) <= {"not trusted", "few satellites", "no convergence"}


def test_an_unhealthy_satellite_is_not_used_and_named(quiet):
    sky = CircularSky()
    name = highest(single_point(quiet, sky))
    sky.unhealthy = {name}
    series = single_point(quiet, sky)
    assert series.notes["unhealthy"] == [name]
    assert not series.used[:, series.satellites.index(name)].any()


def test_biases_of_signals_are_learnt_from_the_file(sky):
    # one satellite's codes 3 m long, and the receiver's second signal 8 m late for all: constants of the file
    calm = atmosphere()

    def delays(letter, names, elevation, azimuth, time):
        first, second = calm(letter, names, elevation, azimuth, time)
        own = 3.0 * (np.array(names) == chosen)
        return first + own, second + own + 8.0

    chosen = ""
    chosen = highest(single_point(observed(sky, epochs=2, delays=delays), sky))
    observations = observed(sky, epochs=120, interval=60.0, delays=delays, noise=0.3)
    series = single_point(observations, sky, systems="G")
    told = series.notes["biases"]
    others = np.array(
        [told[name]["bias"] for name in told if name != chosen and series.used[:, series.satellites.index(name)].any()]
    )
    own = np.array(told[chosen]["bias"]) - np.mean(others, axis=0)
    assert own == pytest.approx([3.0, 3.0], abs=1.0)  # the prior of 0.6 m holds against it: two hours mostly win
    assert np.mean(others[:, 1] - others[:, 0]) == pytest.approx(8.0, abs=0.3)
    plain = single_point(observations, sky, systems="G", adaptive=False)
    assert position_errors(series, PLACE).rms_3d < position_errors(plain, PLACE).rms_3d


def test_epochs_without_enough_satellites_say_so(quiet, sky):
    old = quiet.systems["G"]
    values = old.values.copy()
    values[:, 4] = np.nan
    series = single_point(replace(quiet, systems={"G": replace(old, values=values)}), sky, systems="G")
    assert series.status[4] == "few satellites"
    assert np.isnan(series.position[4]).all()
    assert series.solved.sum() == series.gpst.size - 1


def test_geometry_beyond_the_limit_is_called_weak(quiet, sky):
    series = single_point(quiet, sky, adaptive=False, limits=Limits(largest_pdop=0.5))
    assert set(series.status) == {"weak geometry"}


def test_a_step_that_a_whole_system_shares_is_told_by_its_clock(noisy, sky):
    assert clock_steps(single_point(noisy, sky)) == ()
    spoofed = noisy
    for name in noisy.systems["E"].satellites:
        spoofed = spoiled(spoofed, "E", name, 300.0, slice(70, None))
    series = single_point(spoofed, sky)
    (step,) = clock_steps(series)
    assert (step.clock, step.gpst, step.reset) == ("E-G", series.gpst[70], False)
    assert step.size * LIGHT == pytest.approx(300.0, abs=5.0)
    assert position_errors(series, PLACE).rms_3d < 1.5 * position_errors(single_point(noisy, sky), PLACE).rms_3d


def test_a_reset_of_the_receiver_is_known_as_one(noisy, sky):
    reset = noisy
    for system, old in noisy.systems.items():
        for name in old.satellites:
            reset = spoiled(reset, system, name, -1e-3 * LIGHT, slice(50, None))
    (step,) = clock_steps(single_point(reset, sky))
    assert (step.clock, step.reset) == ("receiver", True)
    assert step.size == pytest.approx(-1e-3, abs=1e-6)


def test_a_repeated_epoch_is_not_answered_twice(quiet, sky):
    gpst = quiet.gpst.copy()
    gpst[7] = gpst[6]
    series = single_point(replace(quiet, gpst=gpst), sky)
    assert series.status[7] == "duplicate epoch"
    assert np.isnan(series.position[7]).all()


def test_codes_that_no_satellite_can_make_are_no_measurements(quiet, sky):
    for value in (0.0, -2e7, 1e12, np.inf):
        name = highest(single_point(quiet, sky))
        old = quiet.systems["G"]
        values = old.values.copy()
        values[:2, :, old.satellites.index(name)] = value
        series = single_point(replace(quiet, systems=quiet.systems | {"G": replace(old, values=values)}), sky)
        assert series.solved.all()
        assert not series.used[:, series.satellites.index(name)].any() if name in series.satellites else True


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"systems": "X"}, InvalidInput, "letters"),
        ({"systems": ""}, InvalidInput, "letters"),
        ({"systems": "R"}, InvalidInput, "no pseudoranges"),
        ({"ionosphere": "best"}, InvalidInput, "must be one of"),
        ({"ionosphere": "broadcast"}, InvalidInput, "coefficients"),
        ({"mask": 45.0}, InvalidInput, "between 3 and 90 degrees"),
    ],
)
def test_requests_that_cannot_be_met_are_refused(quiet, sky, change, error, words):
    with pytest.raises(error, match=words):
        single_point(quiet, sky, **change)


@pytest.mark.parametrize("part", ["position", "clock", "accuracy"])
@pytest.mark.parametrize("value", [1e18, -1e12, np.inf])
def test_a_message_with_a_flipped_digit_spoils_no_epoch(quiet, part, value):
    class Spoiled(CircularSky):
        def states(self, satellite_index, gpst, offset=0.0):
            states = super().states(satellite_index, gpst, offset)
            getattr(states, part)[np.asarray(satellite_index) == self.satellites.index(name)] = value
            return states

    name = highest(single_point(quiet, CircularSky()))
    series = single_point(quiet, Spoiled())
    assert series.solved.all()
    assert position_errors(series, PLACE).largest_3d < 3.0
    # a promise below zero is none
    assert series.used[:, series.satellites.index(name)].any() == (part == "accuracy" and value < 0.0)


def test_orbits_of_other_satellites_are_refused(quiet):
    with pytest.raises(MissingData, match="no satellite in common"):
        single_point(quiet, CircularSky("C"))
