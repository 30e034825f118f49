"""Authority: the closed form of the bulge, differences of the potential, amplitudes of the raising potential."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.small_forces import LOVE_NUMBER, solid_tide_acceleration
from moonstead.dynamics.solid_tides import sun_and_moon
from moonstead.dynamics.tidal_field import (
    OCEAN_TIDES,
    OCEAN_UNIT,
    core_resonance,
    degree_two_pull,
    ocean_coefficients,
    raised_coefficients,
    tidal_coefficients,
    wave_arguments,
)
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext

ROUNDING = 1e-12
MOON = np.array([[3.1e8, 2.0e8, 0.9e8], [-2.0e8, 3.0e8, -1.2e8]])
PLACE = np.array([[1.2e7, -1.9e7, 1.3e7], [6.9e6, 1e5, -2e6]])
FACTOR = -3.1274e-8  # [1/m] -1 / (R sqrt(8 pi)), IERS Conventions (2010), eq. 6.8d
# Amplitudes [m] of Cartwright, Tayler & Edden in the tide-generating potential (recalled): K1, its nodal wave, P1, O1
WAVES = np.array([(0, 0, 0, 0, 0), (0, 0, 0, 0, 1), (0, 0, 2, -2, 2), (0, 0, 2, 0, 2)])
AMPLITUDES = np.array([0.36870, 0.05001, -0.12199, -0.26221])
SEEN = 0.002  # [m] of an amplitude from 19 years with the ten largest waves, while there are hundreds


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


def test_one_love_number_for_all_orders_gives_the_closed_form_of_the_bulge() -> None:
    gm = body("MOON").gm
    coefficients = raised_coefficients(MOON, gm, (complex(LOVE_NUMBER),) * 3)
    expected = solid_tide_acceleration(PLACE, MOON, gm)
    np.testing.assert_allclose(degree_two_pull(PLACE, coefficients), expected, rtol=1e-9)


def test_the_pull_is_the_gradient_of_the_potential() -> None:
    coefficients = np.array([[1e-9, -2e-9, 3e-9, 4e-10, -5e-10]])

    def potential(r: np.ndarray) -> float:
        radius = np.linalg.norm(r)
        x, y, z = r / radius
        c20, c21, s21, c22, s22 = coefficients[0]
        legendre = np.sqrt(5.0) * (1.5 * z * z - 0.5) * c20 + np.sqrt(15.0) * z * (x * c21 + y * s21)
        legendre += 0.5 * np.sqrt(15.0) * ((x * x - y * y) * c22 + 2.0 * x * y * s22)
        return body("EARTH").gm * body("EARTH").equatorial_radius ** 2 / radius**3 * legendre

    step = 100.0
    found = degree_two_pull(PLACE[:1], coefficients)[0]
    slope = [(potential(PLACE[0] + step * e) - potential(PLACE[0] - step * e)) / (2.0 * step) for e in np.eye(3)]
    np.testing.assert_allclose(found, slope, rtol=1e-7)


@pytest.mark.truth
def test_phases_of_waves_are_those_of_the_sun_and_the_moon(data, validation) -> None:
    """Diurnal coefficients of a rigid Earth from the ephemeris, over 19 years, hold waves of the known amplitudes."""
    tdb = 70_000.0 * np.arange(8_200)
    sun, moon = sun_and_moon(tdb, data)
    rigid = (1.0 + 0.0j,) * 3
    raised = raised_coefficients(sun, body("SUN").gm, rigid) + raised_coefficients(moon, body("MOON").gm, rigid)
    others = [(1, 0, 2, 0, 2), (-1, 0, 0, 0, 0), (0, 0, 2, 0, 1), (0, 0, 0, 0, -1), (0, -1, 0, 0, 0), (1, 0, 0, 0, 0)]
    angle = wave_arguments(tdb, np.concatenate((WAVES, np.array(others))), data)
    # C21 = R sin + I cos, S21 = R cos - I sin
    design = np.block([[np.sin(angle), np.cos(angle)], [np.cos(angle), -np.sin(angle)]])
    found = np.linalg.lstsq(design, np.concatenate((raised[:, 1], raised[:, 2])), rcond=None)[0] / FACTOR
    count = len(WAVES)
    assert np.max(np.abs(found[angle.shape[1] : angle.shape[1] + count])) < SEEN  # nothing out of phase
    validation(
        capability="tides of the solid Earth in its gravity",
        quantity="amplitudes of K1, its nodal wave, P1 and O1 from 19 years of Sun and Moon",
        authority="Cartwright, Tayler & Edden, as in the IERS Conventions (2010), table 6.5a (recalled)",
        error=float(np.max(np.abs(found[:count] - AMPLITUDES))),
        unit="m",
        tolerance=SEEN,
        cases=count,
    )


def test_the_core_makes_k1_smaller(data) -> None:
    """Love number 0.2575 in place of 0.2983: the addition opposes what a rigid core would raise."""
    tdb = 5.0e8 + 3600.0 * np.arange(24 * 27)
    added = core_resonance(tdb, data)
    alone = FACTOR * 0.36870 * 0.2983 * np.sin(wave_arguments(tdb, WAVES[:1], data)[:, 0])
    assert np.corrcoef(added[:, 0], alone)[0, 1] < -0.9
    assert np.max(np.abs(added)) == pytest.approx(4.71e-10 + 0.68e-10, rel=0.25)


def test_tides_of_the_oceans_have_the_size_of_water_that_is_known(data) -> None:
    """M2 and K1: amplitudes of 3.3 cm and 2.8 cm of water in unnormalised degree 2 (Lambeck 1980, recalled)."""
    # 4 pi G rho R / g (1 + k'2) / 5 with k'2 = -0.3075, over the norm of P22 and of P21
    water = 4.0 * np.pi * 6.674e-11 * 1025.0 / 9.798 * (1.0 - 0.3075) / 5.0
    by_wave = {cycles: OCEAN_TIDES[(OCEAN_TIDES[:, 0] == cycles)] for cycles in (1.0, 2.0)}
    m2 = np.hypot(by_wave[2.0][2, 12], by_wave[2.0][2, 13]) * OCEAN_UNIT
    k1 = np.hypot(by_wave[1.0][2, 8], by_wave[1.0][2, 9]) * OCEAN_UNIT
    assert m2 == pytest.approx(water * 0.033 / np.sqrt(10.0 / 24.0), rel=0.1)
    assert k1 == pytest.approx(water * 0.028 / np.sqrt(10.0 / 6.0), rel=0.1)


def test_the_oceans_follow_each_wave_forward_and_back(data) -> None:
    """The sum of waves is the real part of complex amplitudes: C - i S = sum of (C+ - i S+) e^i + (C- + i S-) e^-i."""
    tdb = 5.0859e8 + 7200.0 * np.arange(40)
    found = ocean_coefficients(tdb, data)
    turn = np.exp(1j * wave_arguments(tdb, OCEAN_TIDES[:, 1:6], data, OCEAN_TIDES[:, 0]))
    ahead = OCEAN_TIDES[:, 12] - 1j * OCEAN_TIDES[:, 13]
    back = OCEAN_TIDES[:, 14] + 1j * OCEAN_TIDES[:, 15]
    whole = (turn @ ahead + turn.conj() @ back) * OCEAN_UNIT
    np.testing.assert_allclose(found[:, 3], whole.real, atol=1e-22)
    np.testing.assert_allclose(found[:, 4], -whole.imag, atol=1e-22)
    assert np.max(np.abs(found)) < 2e-9


def test_all_changes_together_have_the_size_that_is_known(data) -> None:
    tdb = 5.0859e8 + 3600.0 * np.arange(48)
    coefficients = tidal_coefficients(tdb, *sun_and_moon(tdb, data), data)
    assert coefficients.shape == (48, 5)
    assert np.all(np.abs(coefficients) < 1.5e-8)
    assert np.mean(coefficients[:, 0]) < -2e-9  # the permanent tide, -4.2e-9, is in it
