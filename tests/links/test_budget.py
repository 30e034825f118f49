"""Authority: ITU-R P.525 path losses, published rates of Queqiao-1 and Queqiao-2, closed forms of C/N0 and Eb/N0."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput
from moonstead.links.antennas import parabolic_gain_dbi
from moonstead.links.budget import (
    Receiver,
    Transmitter,
    atmospheric_allowance_db,
    free_space_path_loss_db,
    link_budget,
    required_eb_n0_db,
)

APOGEE = 405_500e3  # [m]
PRINTED_LOSS = 0.0072  # [dB] anchors come from 92.45 + 20 log10(f d) [GHz, km]: 0.0022 in it, 0.005 in the last digit
ROUNDING = 1e-9  # [dB]


@pytest.mark.truth
def test_path_losses_from_the_moon_at_apogee(validation):
    printed = {2.25e9: 211.65, 8.45e9: 223.15, 26.5e9: 233.07}
    errors = [abs(float(free_space_path_loss_db(APOGEE, f)) - loss) for f, loss in printed.items()]
    validation(
        capability="Link budgets",
        quantity="free-space loss at 405 500 km",
        authority="ITU-R P.525 (figures printed to 0.01 dB)",
        error=max(errors),
        unit="dB",
        tolerance=PRINTED_LOSS,
        cases=3,
    )


def _moon_to_earth(power, gain, frequency, rate_code, dish, temperature, loss):
    return link_budget(
        Transmitter(power, gain, line_loss_db=1.0, pointing_loss_db=0.3),
        Receiver(float(parabolic_gain_dbi(dish, frequency, 0.6)), temperature, pointing_loss_db=0.1),
        frequency,
        [APOGEE],
        required_eb_n0_db=required_eb_n0_db(rate_code),
        atmospheric_loss_db=loss,
        implementation_loss_db=1.5,
    )


@pytest.mark.truth
def test_queqiao_2_ka_downlink_carries_its_published_100_megabit_per_second():
    # published: 55 W travelling-wave tube, 0.6 m dish, QPSK with LDPC, about 100 Mbit/s on average; the dish on Earth
    # is not published: the data stations of the Chinese Academy of Sciences have 12 m and more
    gain = float(parabolic_gain_dbi(0.6, 26.25e9, 0.55))
    small = _moon_to_earth(55.0, gain, 26.25e9, "ldpc-7/8", 12.0, 200.0, 2.0)
    large = _moon_to_earth(55.0, gain, 26.25e9, "ldpc-7/8", 35.0, 200.0, 6.3)
    assert small.data_rate[0] > 100e6
    assert large.data_rate[0] > 100e6
    assert small.data_rate[0] < 100 * 100e6  # and is no miracle


@pytest.mark.truth
def test_queqiao_1_s_band_downlink_spans_its_published_1_to_10_megabit_per_second():
    # published: 43 W, spiral antenna of 6 dBi, rates 1, 2, 4 and 10 Mbit/s (Zhang 2021, doi:10.34133/2021/3471608)
    distance = 455_000e3  # from the far end of the halo
    for dish, most in ((35.0, 10e6), (66.0, 20e6)):
        budget = link_budget(
            Transmitter(43.0, 6.0, line_loss_db=1.0),
            Receiver(float(parabolic_gain_dbi(dish, 2.245e9, 0.6)), 70.0),
            2.245e9,
            [distance],
            required_eb_n0_db=required_eb_n0_db("convolutional-reed-solomon"),
            atmospheric_loss_db=0.35,
            implementation_loss_db=1.5,
        )
        assert 1e6 < budget.data_rate[0] < most


@pytest.mark.truth
def test_queqiao_1_x_band_takes_a_lander_of_some_watts_at_its_published_rates():
    # published: 4.2 m umbrella of 44 dBi, lander rates 1.4 to 555 kbit/s, 47 000 to 79 000 km. A lander of 5 W needs a
    # low-gain antenna for the lowest rate and a dish of some decimetres for the highest.
    def rate(gain):
        return link_budget(
            Transmitter(5.0, gain, line_loss_db=1.0),
            Receiver(44.0, 400.0, pointing_loss_db=0.5),
            8.475e9,
            [79_000e3],
            required_eb_n0_db=required_eb_n0_db("convolutional-reed-solomon"),
            implementation_loss_db=1.5,
        ).data_rate[0]

    assert rate(0.0) > 1.4e3
    assert rate(float(parabolic_gain_dbi(0.3, 8.475e9, 0.55))) > 555e3
    assert rate(0.0) < 555e3  # the published ladder of rates has a reason


def _any_budget(distance, **options):
    return link_budget(
        Transmitter(10.0, 30.0, 1.0, 0.5),
        Receiver(50.0, 150.0, 0.2),
        8.475e9,
        distance,
        required_eb_n0_db=2.0,
        **options,
    )


def test_lines_add_up_to_the_margin():
    budget = _any_budget([4e8, 3e8], data_rate=1e6, atmospheric_loss_db=0.7, polarisation_loss_db=0.1)
    value = {name: number for name, number, _, _ in budget.lines(1)}
    eirp = sum(value[f"transmitter {part}"] for part in ("power", "antenna gain", "line loss", "pointing loss"))
    assert value["EIRP"] == pytest.approx(eirp, abs=ROUNDING)
    boltzmann_db = 10.0 * math.log10(1.380649e-23)
    losses = value["free-space path loss"] + value["atmospheric loss"] + value["polarisation loss"]
    c_n0 = value["EIRP"] + losses + value["G/T"] - boltzmann_db
    assert value["C/N0"] == pytest.approx(c_n0, abs=ROUNDING)
    eb_n0 = c_n0 + value["implementation loss"] - 10.0 * math.log10(value["data rate"])
    assert value["margin"] == pytest.approx(eb_n0 - value["required Eb/N0"], abs=ROUNDING)
    assert all(unit and how for _, _, unit, how in budget.lines())


@given(st.floats(1e5, 1e9), st.floats(0.0, 10.0))
def test_rate_at_a_margin_and_margin_at_that_rate_are_inverse(distance, margin):
    rate = _any_budget([distance], wanted_margin_db=margin).data_rate[0]
    assert _any_budget([distance], data_rate=rate).margin_db[0] == pytest.approx(margin, abs=1e-8)


@given(st.floats(1e5, 1e9), st.floats(1.01, 100.0))
def test_rate_falls_with_the_square_of_the_range(distance, factor):
    near, far = _any_budget([distance, factor * distance]).data_rate
    assert near / far == pytest.approx(factor**2, rel=1e-9)


def test_absorption_adds_its_own_noise():
    # an opaque sky radiates like a body of 275 K: G/T falls as far as the temperature rises
    opaque, clear = _any_budget([4e8, 4e8], atmospheric_loss_db=[200.0, 0.0]).noise_temperature
    assert opaque == pytest.approx(150.0 + 275.0)
    assert clear == 150.0


def test_an_unknown_range_spoils_only_its_own_row():
    budget = _any_budget([4e8, np.nan], data_rate=1e6)
    np.testing.assert_array_equal(np.isnan(budget.margin_db), [False, True])
    np.testing.assert_array_equal(budget.closes, [True, False])


@pytest.mark.truth
def test_the_allowance_meets_itu_r_at_a_dry_site_and_not_in_the_monsoon():
    # ITU-R P.618/P.676 by itur 0.4.0: 10 deg elevation, exceeded for 1 % of the year
    neuquen, jiamusi = {"S": 0.34, "X": 0.65, "Ka": 6.3}, {"X": 1.6, "Ka": 17.4}
    for name, loss in neuquen.items():
        assert float(atmospheric_allowance_db(name, np.radians(10.0))) == pytest.approx(loss, rel=0.03)
    for name, loss in jiamusi.items():
        assert float(atmospheric_allowance_db(name, np.radians(10.0))) < loss


def test_the_uncoded_threshold_is_the_closed_form_of_qpsk():
    error_rate = 0.5 * math.erfc(math.sqrt(10.0 ** (required_eb_n0_db("uncoded") / 10.0)))
    assert error_rate == pytest.approx(1e-5, rel=0.02)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Transmitter(0.0, 10.0),
        lambda: Transmitter(1.0, 10.0, line_loss_db=-1.0),
        lambda: Receiver(10.0, 0.0),
        lambda: _any_budget([0.0]),
        lambda: _any_budget([1e8], data_rate=0.0),
        lambda: _any_budget([1e8], atmospheric_loss_db=-0.1),
        lambda: _any_budget([1e8]).lines(1),
        lambda: atmospheric_allowance_db("Q", 0.5),
        lambda: required_eb_n0_db("polar"),
    ],
)
def test_impossible_budgets_are_refused(wrong):
    with pytest.raises(InvalidInput):
        wrong()
