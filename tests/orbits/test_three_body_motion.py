"""Authorities: scipy's DOP853, the conserved constant, reversal of time, and JPL's catalogue of periodic orbits."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.three_body.motion import jacobi_constant, propagate_three_body
from moonstead.orbits.three_body.system import EARTH_MOON, ThreeBodySystem, three_body_system

MU = EARTH_MOON.mass_ratio
NRHO = np.array([1.0277926091, 0.0, -0.1858044184, 0.0, -0.1154896637, 0.0])  # near the 9:2 resonance
PEER = 3e-12  # what DOP853 keeps at its tightest tolerance over this arc
CONSERVED = 1e-13  # rounding over a revolution that passes the Moon at 3000 km
SYMPLECTIC = 1e-9  # rounding times the square of the largest element of the transition
DIFFERENCES = 1e-6  # central differences with steps of 1e-6
CATALOGUE = 5e-9  # closure of the catalogue's own states, the worst that grazes the Earth


def derivative(_t: float, s: np.ndarray) -> np.ndarray:
    """Equations of motion as the textbooks print them."""
    x, y, z, vx, vy, vz = s
    r1 = np.sqrt((x + MU) ** 2 + y * y + z * z) ** 3
    r2 = np.sqrt((x - 1 + MU) ** 2 + y * y + z * z) ** 3
    pull = (1 - MU) / r1 + MU / r2
    ax = 2 * vy + x - (1 - MU) * (x + MU) / r1 - MU * (x - 1 + MU) / r2
    return np.array([vx, vy, vz, ax, -2 * vx + y - y * pull, -z * pull])


def test_motion_is_that_of_the_textbook_equations():
    times = np.linspace(0.1, 1.5, 8)
    ours = propagate_three_body(NRHO, 1.5, EARTH_MOON, times=times)
    peer = solve_ivp(derivative, (0.0, 1.5), NRHO, "DOP853", times, rtol=2.3e-14, atol=1e-16).y.T
    np.testing.assert_allclose(ours, peer, atol=PEER * 100, rtol=0.0)


def test_jacobi_constant_is_conserved_and_time_can_be_reversed():
    states = propagate_three_body(NRHO, 0.0, EARTH_MOON, times=np.linspace(0.0, 3.0, 40))
    constants = jacobi_constant(states, MU)
    assert np.ptp(constants) < CONSERVED
    back = propagate_three_body(states[-1], -3.0, EARTH_MOON)
    np.testing.assert_allclose(back[0], NRHO, atol=1e-11)


def test_transition_is_the_derivative_and_symplectic():
    duration = 1.5
    transition = propagate_three_body(NRHO, duration, EARTH_MOON, with_transition=True)[1][0]
    step = 1e-6
    for column in range(6):
        kick = np.zeros(6)
        kick[column] = step
        ahead, behind = (propagate_three_body(NRHO + sign * kick, duration, EARTH_MOON)[0] for sign in (1, -1))
        expected = (ahead - behind) / (2 * step)
        assert np.abs(expected - transition[:, column]).max() < DIFFERENCES * np.abs(transition).max()
    turn = np.zeros((6, 6))
    turn[:3, 3:], turn[3:, :3] = np.eye(3), -np.eye(3)
    turn[3:, 3:] = 0.0
    coriolis = np.zeros((6, 6))
    coriolis[0, 1], coriolis[1, 0] = -2.0, 2.0  # canonical momenta are (vx - y, vy + x, vz)
    form = turn + coriolis
    defect = np.abs(transition.T @ form @ transition - form).max()
    assert defect < SYMPLECTIC


@pytest.mark.truth
def test_orbits_of_the_catalogue_close(shared_data: Path, validation):
    with (shared_data / "station" / "cr3bp_earth_moon_periodic_orbits.csv").open() as file:
        rows = list(csv.DictReader(file))[::4]
    worst = constant = 0.0
    for row in rows:
        state = np.array([float(row[name]) for name in ("x", "y", "z", "vx", "vy", "vz")])
        end = propagate_three_body(state, float(row["period_tu"]), EARTH_MOON)[0]
        worst = max(worst, float(np.abs(end - state).max()))
        constant = max(constant, abs(float(jacobi_constant(state, MU)) - float(row["jacobi"])))
    about = dict(capability="three-body motion", authority="JPL Three-Body Periodic Orbits", cases=len(rows))
    validation(quantity="closure of catalogue orbits", error=worst, unit="1", tolerance=CATALOGUE, **about)
    validation(quantity="Jacobi constant", error=constant, unit="1", tolerance=1e-14, **about)


def test_input_that_no_motion_can_have_is_refused():
    with pytest.raises(InvalidInput, match="six finite numbers"):
        propagate_three_body([1.0, 0.0], 1.0, EARTH_MOON)
    with pytest.raises(InvalidInput, match="one way"):
        propagate_three_body(NRHO, 1.0, EARTH_MOON, times=[0.5, 0.2])
    with pytest.raises(NumericalFailure, match="centre of a body"):
        propagate_three_body([1.0 - MU + 5e-8, 0.0, 0.0, 0.0, 0.0, 0.0], 5.0, EARTH_MOON)


def test_constants_of_other_pairs_obey_kepler():
    earth = three_body_system("Sun", "Earth")
    assert earth.time * 2 * np.pi / 86400.0 == pytest.approx(365.25, abs=0.02)
    assert earth.mass_ratio == pytest.approx(3.0404e-6, rel=1e-4)  # Sun / (Earth + Moon) = 328 900.56
    assert three_body_system("EARTH", "MOON") is EARTH_MOON
    with pytest.raises(InvalidInput, match="EARTH-MOON"):
        three_body_system("SUN", "PLUTO")
    with pytest.raises(InvalidInput, match="lighter"):
        ThreeBodySystem("A", "B", 0.7, 1.0, 1.0, "none")
