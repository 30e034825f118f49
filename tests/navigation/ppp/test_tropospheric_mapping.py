"""Authority: the zenith, where mapping is 1 by definition; straight rays through a shell."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.navigation.tropospheric_mapping import gradient_mapping, niell_mapping

MIDWINTER, MIDSUMMER = 1_264_204_800.0, 1_277_078_400.0  # [s] 2020-01-28 and 2020-06-25, GPST
ZENITH = 1e-12


def test_mapping_is_one_in_the_zenith_at_the_sea():
    hydrostatic, wet = niell_mapping([np.pi / 2], 0.9, 0.0, MIDSUMMER)
    assert hydrostatic[0] == pytest.approx(1.0, abs=ZENITH)
    assert wet[0] == pytest.approx(1.0, abs=ZENITH)


def test_mapping_at_low_elevations_is_that_of_rays_in_a_spherical_shell():
    # a thin shell at the scale height of 8 km over an Earth of 6371 km; the bending of rays is worth some per cent
    elevation = np.radians([5.0, 10.0, 30.0])
    hydrostatic, wet = niell_mapping(elevation, np.radians(45.0), 0.0, MIDSUMMER)
    shell = 1.0 / np.sqrt(1.0 - (np.cos(elevation) / (1.0 + 8.0 / 6371.0)) ** 2)
    np.testing.assert_allclose(hydrostatic, shell, rtol=0.05)
    assert np.all(wet > hydrostatic)  # vapour lies lower, where the path is longest


def test_winter_air_lies_lower_and_maps_higher_in_the_north_and_the_other_way_round_in_the_south():
    low = np.radians([5.0])
    for latitude, colder in ((0.9, MIDWINTER), (-0.9, MIDSUMMER)):
        warmer = MIDSUMMER if colder == MIDWINTER else MIDWINTER
        cold, warm = (niell_mapping(low, latitude, 0.0, when)[0][0] for when in (colder, warmer))
        assert cold > warm


def test_a_gradient_acts_along_its_azimuth_only():
    north, east = gradient_mapping(np.radians([10.0, 10.0]), np.radians([0.0, 90.0]))
    assert north[1] == pytest.approx(0.0, abs=1e-12)
    assert east[0] == pytest.approx(0.0, abs=1e-12)
    assert north[0] == east[1]
