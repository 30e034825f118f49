"""Authority: closed forms of the circular aperture, published dish gains, the band plan of the lunar region."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput
from moonstead.links.antennas import half_power_beamwidth, parabolic_gain_dbi, pointing_loss_db
from moonstead.links.bands import BANDS, band

PRINTED_GAIN = 0.05  # [dB] the anchor is printed to 0.1 dB
CLOSED_FORM = 1e-12  # a few operations in double precision


@pytest.mark.truth
def test_gain_of_a_35_metre_dish_in_x_band_is_the_printed_one(validation):
    gain = float(parabolic_gain_dbi(35.0, 8.45e9, 0.6))
    validation(
        capability="Link budgets",
        quantity="gain of a 35 m dish at 8.45 GHz and 60 %",
        authority="printed figure 67.6 dBi",
        error=abs(gain - 67.6),
        unit="dB",
        tolerance=PRINTED_GAIN,
        cases=1,
    )


@pytest.mark.truth
def test_queqiao_dish_gain_lies_between_mesh_and_solid_surface():
    # 44 dBi is published for the 4.2 m umbrella at X band; a solid dish of 60 % would reach 47.8 dBi at 7.2 GHz
    efficiency = 10.0 ** ((44.0 - float(parabolic_gain_dbi(4.2, 7.2125e9, 1.0))) / 10.0)
    assert 0.2 < efficiency < 0.6


def test_gain_is_four_pi_area_over_wavelength_squared():
    diameter, frequency, efficiency = np.array([0.6, 4.2, 66.0]), 26.25e9, 0.55
    wavelength = 299_792_458.0 / frequency
    expected = 10.0 * np.log10(efficiency * 4.0 * np.pi * (np.pi * diameter**2 / 4.0) / wavelength**2)
    np.testing.assert_allclose(parabolic_gain_dbi(diameter, frequency, efficiency), expected, atol=CLOSED_FORM * 100)


def test_half_of_the_gain_is_lost_at_half_the_beamwidth():
    width = half_power_beamwidth(4.2, 8.475e9)
    assert pointing_loss_db(0.5 * width, width) == pytest.approx(3.0, abs=CLOSED_FORM)
    assert np.isnan(pointing_loss_db(1.1 * width, width))  # beyond the main lobe nothing is claimed


@given(st.floats(0.1, 70.0), st.floats(0.3e9, 40e9))
def test_a_beam_narrows_as_the_gain_grows(diameter, frequency):
    # for this taper gain times beamwidth squared is a constant of the aperture: 0.6 pi^2 (70 deg)^2
    product = (
        10.0 ** (parabolic_gain_dbi(diameter, frequency, 0.6) / 10.0) * half_power_beamwidth(diameter, frequency) ** 2
    )
    assert product == pytest.approx(0.6 * np.pi**2 * np.radians(70.0) ** 2, rel=1e-9)


@pytest.mark.parametrize(("diameter", "frequency", "efficiency"), [(0.0, 1e9, 0.5), (1.0, -1.0, 0.5), (1.0, 1e9, 1.2)])
def test_impossible_dishes_are_refused(diameter, frequency, efficiency):
    with pytest.raises(InvalidInput):
        parabolic_gain_dbi(diameter, frequency, efficiency)


def test_every_band_names_its_source_and_no_two_directions_of_a_band_overlap_on_one_path():
    for row in BANDS:
        assert row.source and row.certainty and row.low < row.high
    for name in ("S", "X", "Ka"):
        assert band(name, "up").high <= band(name, "down").low  # duplex: a terminal must not hear itself
        assert band(name, "forward").high <= band(name, "return").low


def test_an_unknown_band_is_told_what_exists():
    with pytest.raises(InvalidInput, match="Ka forward"):
        band("V", "down")
    assert band("ka", "down").centre == 26.25e9
