"""Authorities: places of JPL's catalogue, frequencies of Szebehely, eigenvalues of plain matrices."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.three_body.families import periodic_orbit
from moonstead.orbits.three_body.libration import POINTS, libration_point, linear_modes
from moonstead.orbits.three_body.motion import rates
from moonstead.orbits.three_body.stability import stability
from moonstead.orbits.three_body.system import EARTH_MOON

MU = EARTH_MOON.mass_ratio
PRINTED = 1e-15  # digits that the catalogue prints
EIGEN = 1e-7  # square root of rounding: what general eigenvalues keep of a double one


@pytest.mark.parametrize(
    ("point", "x"), [("L1", 0.8369151257723572), ("L2", 1.15568216544488), ("L3", -1.005062645810278)]
)
def test_points_lie_where_the_catalogue_says(point, x):
    assert libration_point(point, MU)[0] == pytest.approx(x, abs=5 * PRINTED)


@pytest.mark.parametrize("point", POINTS)
def test_nothing_pulls_at_a_libration_point(point):
    force = rates(np.append(libration_point(point, MU), np.zeros(3)), MU)
    assert np.abs(force).max() < 1e-14


def test_frequencies_around_l4_are_the_roots_of_the_textbook():
    modes = linear_modes("L4", MU)
    # s^4 - s^2 + 27 mu (1 - mu) / 4 = 0, Szebehely 5.4
    expected = np.sqrt((1 - np.array([1, -1]) * np.sqrt(1 - 27 * MU * (1 - MU))) / 2)
    np.testing.assert_allclose(modes.planar, expected, atol=1e-13)
    assert modes.vertical == pytest.approx(1.0, abs=1e-14) and modes.growth == 0.0
    with pytest.raises(InvalidInput, match="L1, L2"):
        linear_modes("L6", MU)


@pytest.mark.parametrize("point", ["L1", "L2"])
def test_small_orbits_have_the_frequency_and_growth_of_the_linear_motion(point):
    modes = linear_modes(point, MU)
    orbit = periodic_orbit("lyapunov", point=point, near=(libration_point(point, MU)[0] - 1e-4, 0.0, 0.0))
    assert orbit.period == pytest.approx(2 * np.pi / modes.planar[0], rel=1e-6)
    assert orbit.stability_index == pytest.approx(np.cosh(modes.growth * orbit.period), rel=1e-5)


def test_index_agrees_with_the_eigenvalues_of_the_matrix():
    for orbit in (
        periodic_orbit("halo", point="L1", jacobi=3.1, near=(0.83, 0.1, 0.2)),
        periodic_orbit("butterfly", jacobi=3.0),
        periodic_orbit("nrho", point="L2", period=6.0 * 86400.0),
    ):
        largest = np.abs(np.linalg.eigvals(orbit.monodromy)).max()
        expected = 0.5 * (largest + 1 / largest)
        assert orbit.stability_index == pytest.approx(expected, rel=EIGEN)
        assert np.linalg.det(orbit.monodromy) == pytest.approx(1.0, abs=1e-6)


def test_four_eigenvalues_off_the_axes_give_their_modulus():
    radius, angle = 1.3, 0.4
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = np.zeros((6, 6))
    mixed = np.linalg.qr(np.arange(36.0).reshape(6, 6) % 7 + np.eye(6))[0]
    matrix[:2, :2], matrix[2:4, 2:4], matrix[4:, 4:] = radius * turn, turn / radius, np.eye(2)
    found = stability(mixed @ matrix @ mixed.T)
    assert found.index == pytest.approx(0.5 * (radius + 1 / radius), rel=1e-9)
    with pytest.raises(InvalidInput, match="six rows"):
        stability(np.eye(4))
