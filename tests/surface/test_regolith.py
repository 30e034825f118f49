"""Authority: tables and figures of Hayne et al. (2017), and the definitions of what is integrated."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.regolith import (
    HIGHLAND,
    MARE,
    PUBLISHED,
    Regolith,
    albedo,
    conductivity,
    density,
    heat_capacity,
    specific_enthalpy,
)

ROUNDING = 1e-12


def test_density_and_conductivity_go_from_their_surface_to_their_deep_values():
    np.testing.assert_allclose(density(HIGHLAND, [0.0, 10.0]), [1100.0, 1800.0], rtol=ROUNDING)
    np.testing.assert_allclose(conductivity(HIGHLAND, [0.0, 10.0], 0.0), [7.4e-4, 3.4e-3], rtol=ROUNDING)


def test_radiation_between_grains_carries_its_stated_share_at_350_kelvin():
    assert conductivity(HIGHLAND, 0.0, 350.0) == pytest.approx(7.4e-4 * 3.7, rel=ROUNDING)


def test_heat_capacity_grows_from_the_cold_to_the_hot():
    # Hemingway et al. (1973): lunar soils near 0.76 kJ/kg/K at 300 K and 0.2 at 90 K
    found = heat_capacity(HIGHLAND, [90.0, 300.0])
    np.testing.assert_allclose(found, [255.0, 771.0], atol=10.0)
    assert np.all(np.diff(heat_capacity(HIGHLAND, np.arange(10.0, 401.0))) > 0.0)


def test_enthalpy_is_the_integral_of_the_heat_capacity():
    nodes, weights = np.polynomial.legendre.leggauss(8)
    temperature = 150.0 * (nodes + 1.0)  # 0 to 300 K
    expected = 150.0 * np.sum(weights * heat_capacity(HIGHLAND, temperature))
    assert specific_enthalpy(HIGHLAND, 300.0) == pytest.approx(expected, rel=ROUNDING)


def test_albedo_has_its_published_values():
    # A_0 in the zenith, A_0 + a + b / 2^8 at 45 degrees, A_0 + 8 a + b on the horizon
    found = albedo(HIGHLAND, np.radians([0.0, 45.0, 90.0, 120.0]))
    np.testing.assert_allclose(found, [0.12, 0.18 + 0.25 / 256.0, 0.85, 0.85], rtol=ROUNDING)
    assert albedo(MARE, 0.0) == 0.06


@pytest.mark.parametrize("regolith", PUBLISHED)
def test_no_published_ground_reflects_more_than_it_gets(regolith):
    assert np.all(albedo(regolith, np.linspace(0.0, np.pi, 100)) <= 1.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"surface_density": -1.0},
        {"deep_conductivity": 0.0},
        {"scale_depth": 0.0},
        {"heat_flow": -0.018},
        {"normal_albedo": 1.0},
        {"emissivity": 0.0},
    ],
)
def test_impossible_ground_is_refused(wrong):
    with pytest.raises(InvalidInput, match="regolith 'odd'"):
        Regolith("odd", **wrong)
