"""Authority: solar geometry in closed form, the nominal solar constant."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput
from moonstead.station.arrays import (
    JULIAN_YEAR,
    STEFAN_BOLTZMANN,
    TEST_TEMPERATURE,
    SolarArray,
    array_power,
    equilibrium_temperature,
    incidence_cosine,
)

AU = 149_597_870_700.0  # [m]
ROUNDING = 1e-12  # [1]
azimuths = st.floats(0.0, 2.0 * np.pi)
elevations = st.floats(-0.5, 0.5 * np.pi)


def _array(mounting, **options):
    return SolarArray("pv", 10.0, 0.3, mounting, **options)


def _one(array, azimuth, elevation, fraction=1.0, distance=AU, tdb=0.0):
    return float(array_power(array, [tdb], [fraction], [azimuth], [elevation], [distance])[0])


def test_an_array_that_faces_the_sun_gives_area_times_efficiency_times_the_solar_constant():
    assert _one(_array("two-axis-tracking"), 1.0, 0.1) == pytest.approx(1361.0 * 10.0 * 0.3, rel=ROUNDING)
    assert _one(_array("two-axis-tracking"), 1.0, 0.1, distance=2 * AU) == pytest.approx(1361.0 * 3.0 / 4, rel=ROUNDING)
    assert _one(_array("two-axis-tracking"), 1.0, 0.1, fraction=0.25) == pytest.approx(1361.0 * 3.0 / 4, rel=ROUNDING)


@given(azimuths, elevations)
def test_upright_tracking_loses_the_cosine_of_the_elevation(azimuth, elevation):
    assert incidence_cosine(_array("vertical-tracking"), azimuth, elevation) == pytest.approx(
        np.cos(elevation), abs=1e-12
    )


@given(azimuths, elevations, azimuths, st.floats(0.0, np.pi))
def test_fixed_incidence_is_the_product_of_two_directions(azimuth, elevation, facing, tilt):
    sun = np.array([np.cos(elevation) * np.sin(azimuth), np.cos(elevation) * np.cos(azimuth), np.sin(elevation)])
    normal = np.array([np.sin(tilt) * np.sin(facing), np.sin(tilt) * np.cos(facing), np.cos(tilt)])
    found = incidence_cosine(_array("fixed", azimuth=facing, tilt=tilt), azimuth, elevation)
    assert found == pytest.approx(max(float(sun @ normal), 0.0), abs=1e-12)


@given(azimuths, elevations, azimuths, st.floats(0.0, 0.5 * np.pi))
def test_more_axes_never_give_less(azimuth, elevation, facing, tilt):
    fixed = incidence_cosine(_array("fixed", azimuth=facing, tilt=tilt), azimuth, elevation)
    turning = incidence_cosine(_array("vertical-tracking", tilt=tilt), azimuth, elevation)
    assert (
        fixed <= turning + ROUNDING <= incidence_cosine(_array("two-axis-tracking"), azimuth, elevation) + 2 * ROUNDING
    )


def test_dust_and_age_multiply():
    array = _array("two-axis-tracking", degradation_per_year=0.02, dust_transmission=0.9, deployed=1e9)
    new = _one(array, 0.0, 0.1, tdb=1e9)
    assert new == pytest.approx(1361.0 * 3.0 * 0.9, rel=ROUNDING)
    assert _one(array, 0.0, 0.1, tdb=1e9 + 10 * JULIAN_YEAR) == pytest.approx(new * 0.98**10, rel=ROUNDING)
    assert _one(array, 0.0, 0.1, tdb=1e9 - 1.0) == 0.0


def test_an_unknown_sun_spoils_only_its_own_row():
    power = array_power(_array("two-axis-tracking"), [0.0, 1.0], [1.0, 1.0], [np.nan, 0.0], [0.1, 0.1], [AU, AU])
    np.testing.assert_array_equal(np.isnan(power), [True, False])


def test_shade_and_gathered_dust_multiply():
    array = _array("two-axis-tracking")
    whole = _one(array, 0.0, 0.1)
    power = array_power(array, [0.0, 1.0], [1.0, 1.0], [0.0, 0.0], [0.1, 0.1], [AU, AU], lit_share=[0.5, 1.0], dust=0.8)
    np.testing.assert_allclose(power, [0.4 * whole, 0.8 * whole])
    with pytest.raises(InvalidInput, match="lit share and dust"):
        array_power(array, [0.0], [1.0], [0.0], [0.1], [AU], lit_share=1.2)


def test_cells_in_the_sun_radiate_what_they_do_not_turn_into_power():
    # without temperature in the efficiency the balance has a closed form
    plain = _array("two-axis-tracking", absorptivity=0.9, emissivity=1.7)
    expected = ((0.9 - 0.3) * 1361.0 / (1.7 * STEFAN_BOLTZMANN) + 3.0**4) ** 0.25
    assert equilibrium_temperature(plain, 1361.0)[()] == pytest.approx(expected, rel=1e-12)
    cells = dataclasses.replace(plain, temperature_coefficient=-2.2e-3)
    light = np.array([0.0, 100.0, 700.0, 1361.0])
    temperature = equilibrium_temperature(cells, light, 150.0)
    efficiency = 0.3 * (1.0 - 2.2e-3 * (temperature - TEST_TEMPERATURE))
    gain, loss = (0.9 - efficiency) * light, 1.7 * STEFAN_BOLTZMANN * (temperature**4 - 150.0**4)
    np.testing.assert_allclose(gain, loss, atol=1e-9)
    assert temperature[0] == pytest.approx(150.0)


def test_warm_cells_give_less():
    cells = _array("two-axis-tracking", temperature_coefficient=-2.2e-3)
    warm, cold = (
        float(array_power(cells, [0.0], [1.0], [0.0], [0.1], [AU], sink_temperature=sink)[0]) for sink in (380.0, 3.0)
    )
    flat = _one(cells, 0.0, 0.1)
    assert warm < cold
    temperature = float(equilibrium_temperature(cells, 1361.0, 380.0)[()])
    assert warm == pytest.approx(flat * (1.0 - 2.2e-3 * (temperature - TEST_TEMPERATURE)), rel=1e-9)


@pytest.mark.parametrize(
    "change",
    [
        {"area": 0.0},
        {"efficiency": 1.1},
        {"mounting": "sideways"},
        {"dust_transmission": 0.0},
        {"degradation_per_year": 0.1},  # ages without a date of deployment
        {"tilt": -0.1},
        {"temperature_coefficient": -0.5},  # in % for each K
        {"emissivity": 2.5},
    ],
)
def test_impossible_arrays_are_refused(change):
    with pytest.raises(InvalidInput, match="array 'pv'"):
        dataclasses.replace(_array("fixed"), **change)


def test_columns_of_different_length_are_refused():
    with pytest.raises(InvalidInput, match="equal lengths"):
        array_power(_array("fixed"), [0.0, 1.0], [1.0], [0.0], [0.0], [AU])
