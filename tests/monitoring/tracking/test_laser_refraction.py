"""Authority: test cases of the IERS Conventions' routines FCUL_A and FCULZD_HPA (recalled), closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.monitoring.tracking.laser_refraction import mapping_function, vapour_pressure, zenith_delay

MCDONALD = np.radians(30.671_666_67)
SAME_FORMULA = 1e-12  # relative: the same operations in double precision
SITE_TERM = 3e-6  # relative: height and latitude of the printed zenith case are recalled, their term differs by 2e-6


def test_the_mapping_function_is_that_of_the_conventions() -> None:
    found = mapping_function(np.radians(15.0), MCDONALD, 2075.0, 300.15)
    assert found == pytest.approx(3.800_243_667_312_344_087, rel=SAME_FORMULA)


def test_the_zenith_delay_is_that_of_the_conventions() -> None:
    dry, wet = zenith_delay(79_841.88, 1432.2, MCDONALD, 2010.344, 0.532e-6)
    assert dry == pytest.approx(1.932_992_176_591_644_462, rel=SITE_TERM)
    assert wet == pytest.approx(0.223_374_825_515_870_387_1e-2, rel=SITE_TERM)


def test_to_the_zenith_the_way_is_not_longer() -> None:
    assert mapping_function(0.5 * np.pi, 0.5, 100.0, 290.0) == pytest.approx(1.0, abs=SAME_FORMULA)


def test_water_boils_where_its_vapour_has_the_pressure_of_the_air() -> None:
    # saturated vapour at 0.01 C (triple point) has 611.657 Pa; air enhances it by 0.4 %
    assert vapour_pressure(101_325.0, 273.16, 1.0) == pytest.approx(611.657 * 1.0038, rel=1e-3)
    np.testing.assert_allclose(vapour_pressure(9e4, 290.0, [0.0, 0.5]) / vapour_pressure(9e4, 290.0, 1.0), [0.0, 0.5])
