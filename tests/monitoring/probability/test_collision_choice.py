"""Authorities: NASA CARA's usage violations and Monte Carlo bounds of 45 conjunctions, and bounds that must hold."""

from dataclasses import replace

import numpy as np
import pytest

from moonstead.formats.cdm import read_cdm
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.probability.choose import choose
from moonstead.monitoring.probability.encounter import Encounter, encounter_of

from cara_cases import cara_cases  # isort: skip

PUBLISHED_2D = 2.2660816e-20  # [1] of the message "3DNc", NASA's unit test of 3D-Nc, hard-body radius 20 m
PUBLISHED_NC_3D = 1.9271201e-05  # [1] likewise
PUBLISHED = 1e-3  # [1] the tolerance of that test


def crossing(speed=7.5e3) -> Encounter:
    state1 = np.array([7.0e6, 0.0, 0.0, 0.0, 7.5e3, 0.0])
    state2 = np.array([7.0e6, 0.0, 50.0, 0.0, 7.5e3 - speed, speed])
    covariance = np.diag([1e4, 4e4, 1e4, 1e-4, 1e-4, 1e-4])
    covariance[0, 4] = covariance[4, 0] = -0.5
    return Encounter(state1, state2, covariance, covariance, 10.0)


def test_a_straight_passage_is_taken_in_the_plane():
    chosen = choose(crossing())
    assert chosen.method == "2d" and chosen.pc == chosen.pc_2d
    assert chosen.why.startswith("straight and short")
    assert chosen.flags == () and chosen.counted is None and chosen.nc_3d is None


def test_everything_is_computed_where_asked():
    chosen = choose(crossing(), everything=True, samples=1000)
    assert chosen.nc_3d is not None and chosen.nc_3d.number == pytest.approx(chosen.pc, rel=1e-3)
    assert chosen.counted is not None and chosen.counted.samples == 1000


def test_without_a_covariance_only_a_bound_is_told():
    chosen = choose(replace(crossing(), covariance2=None))
    assert chosen.method == "bound" and np.isnan(chosen.pc)
    assert chosen.largest is not None and 0.0 < chosen.largest.probability < 1.0
    assert "covariance-unknown-2" in chosen.flags and "second" in chosen.why


def test_a_covariance_of_ten_distances_is_as_good_as_none():
    chosen = choose(replace(crossing(), covariance1=np.diag([1e17] * 3 + [1.0] * 3)))
    assert chosen.method == "bound" and "covariance-unknown-1" in chosen.flags


def test_a_covariance_without_velocity_leaves_the_plane_alone():
    flat = np.diag([1e4, 4e4, 1e4, 0.0, 0.0, 0.0])
    chosen = choose(replace(crossing(), covariance1=flat))
    assert chosen.method == "2d" and "no-velocity-covariance-1" in chosen.flags


def test_slow_objects_are_flagged_and_not_taken_in_the_plane():
    chosen = choose(crossing(speed=0.05), samples=0)
    assert "low-relative-speed" in chosen.flags
    assert chosen.method != "2d"


def test_objects_at_rest_are_integrated_over_the_encounter():
    still = replace(crossing(), state2=crossing().state1 + np.array([0.0, 150.0, 0.0, 0.0, 0.0, 0.0]))
    chosen = choose(still, samples=2000)
    assert np.isnan(chosen.pc_2d) or chosen.method != "2d"
    assert 0.0 <= chosen.pc <= 1.0


@pytest.mark.truth
def test_the_same_rules_are_broken_as_cara_found_and_monte_carlo_bounds_hold(shared_data, validation):
    outside = 0
    broken = 0
    for case, row in cara_cases(shared_data):
        chosen = choose(case)
        expected = "2d" if row["ViolationsPc2D"] == "0" else "nc-2d" if row["ViolationsNc2D"] == "0" else "nc-3d"
        assert chosen.method == expected, row["Conjunction_ID"]
        if expected != "2d":
            broken += 1
            outside += not float(row["PcSDMCLo"]) <= chosen.pc <= float(row["PcSDMCHi"])
    validation(
        capability="collision probability",
        quantity="chosen probability outside CARA's 95 % Monte Carlo bounds, conjunctions where 2-D fails",
        authority="NASA CARA, simplified-dynamics Monte Carlo of up to 4e9 pairs",
        error=outside,
        unit="1",
        tolerance=0.0,
        cases=broken,
    )


@pytest.mark.truth
def test_a_probability_that_the_plane_misses_by_15_orders(shared_data):
    message = read_cdm(shared_data / "monitoring" / "cdm" / "special" / "OmitronTestCase_Test08_3DNc.cdm").messages[0]
    with pytest.raises(InvalidInput, match="no hard-body radius"):
        encounter_of(message)
    chosen = choose(encounter_of(message, 20.0))
    assert chosen.pc_2d == pytest.approx(PUBLISHED_2D, rel=PUBLISHED)
    assert chosen.pc == pytest.approx(PUBLISHED_NC_3D, rel=PUBLISHED)


@pytest.mark.truth
def test_an_indefinite_covariance_is_repaired_and_told(shared_data):
    name = "OmitronTestCase_Test07_NonPDCovariance.cdm"
    case = encounter_of(read_cdm(shared_data / "monitoring" / "cdm" / "special" / name).messages[0])
    chosen = choose(case, samples=2000)
    assert "covariance-repaired-2" in chosen.flags and "indefinite-covariance-2d" in chosen.flags
    assert chosen.pc == 0.0  # what NASA's own test expects of it, within 1e-10
    assert chosen.largest is not None and chosen.largest.probability < 1e-10


@pytest.mark.truth
def test_slow_companions_meet_more_than_once(shared_data):
    name = "OmitronTestCase_Test06_MinRelVel.cdm"
    case = encounter_of(read_cdm(shared_data / "monitoring" / "cdm" / "special" / name).messages[0])
    chosen = choose(case, samples=3000)
    assert "low-relative-speed" in chosen.flags and chosen.method == "monte-carlo"
    assert chosen.counted is not None and chosen.nc_3d is not None
    assert not chosen.counted.low <= chosen.nc_3d.number <= chosen.counted.high  # the count refutes the integral
    per_pair = chosen.counted.contacts / chosen.counted.samples
    assert chosen.nc_3d.number == pytest.approx(per_pair, rel=0.1)  # expected number of contacts, counted to 3 %
    assert chosen.pc < chosen.nc_3d.number


@pytest.mark.truth
def test_states_in_rotating_axes_are_turned(shared_data):
    message = read_cdm(shared_data / "monitoring" / "cdm" / "ccsds" / "ION_SCV8_vs_STARLINK_1233.txt").messages[0]
    with pytest.raises(InvalidInput, match="pass data"):
        encounter_of(message, 20.0)
    case = encounter_of(message, 20.0, DataContext.installed())
    assert case.miss_distance == pytest.approx(float(message.value("MISS_DISTANCE")), abs=1.0)  # written in metres
    assert case.relative_speed == pytest.approx(float(message.value("RELATIVE_SPEED")), rel=1e-3)


def test_encounters_about_the_moon_move_by_its_pull():
    from moonstead.formats.cdm import make_cdm, make_cdm_object

    state1 = np.array([2.0e6, 0.0, 0.0, 0.0, 1560.0, 0.0])
    state2 = np.array([2.0e6 + 40.0, 0.0, 0.0, 0.0, 0.0, 1560.0])
    covariance = np.diag([1e4, 4e4, 1e4, 1e-4, 1e-4, 1e-4])
    covariance[0, 4] = covariance[4, 0] = -0.05
    objects = [
        make_cdm_object(order, str(order), "RELAY", state, covariance, ref_frame="ICRF", center="MOON")
        for order, state in ((1, state1), (2, state2))
    ]
    message = make_cdm((objects[0], objects[1]), 7e8, originator="T", message_id="m", created=7e8, hard_body_radius=8.0)
    case = encounter_of(message)
    assert case.gm == pytest.approx(4.9028e12, rel=1e-4)
    assert choose(case).method == "2d"
    with pytest.raises(InvalidInput, match="no bound orbit"):
        replace(case, state1=state1 * np.array([1.0, 1.0, 1.0, 1.0, 2.0, 1.0]))
