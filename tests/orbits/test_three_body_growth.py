"""Authorities: published orbits, extended precision, closure, symmetry; the shipped table is what the code makes."""

from __future__ import annotations

import numpy as np
import pytest
from three_body_twin import flow

from moonstead.orbits.three_body.families import family_members, periodic_orbit, periodic_orbits
from moonstead.orbits.three_body.family_names import all_names
from moonstead.orbits.three_body.family_table import make_table, shipped_tables
from moonstead.orbits.three_body.figures import orbit_figures
from moonstead.orbits.three_body.motion import propagate_three_body
from moonstead.orbits.three_body.system import EARTH_MOON, three_body_system

MU = EARTH_MOON.mass_ratio
DAY = 86400.0
CLOSED = 1e-10  # asked of an orbit flown once round
ROUNDED = 1e-9  # the same where the state's own rounding, at 11 km/s over the Earth or grown a thousandfold, is more
TWIN = 1e-13  # rounding over a step and a half of large terms
TABLE = 1e-8  # digits of the shipped table
PRINTED = 5e-8  # digits of the published states


def closure(orbit) -> float:
    return float(np.abs(propagate_three_body(orbit.state, orbit.period, orbit.system)[0] - orbit.state).max())


def test_kernel_is_its_plain_twin_in_double_and_in_extended_precision():
    start = np.array([1.0277926091, 0.0, -0.1858044184, 0.0, -0.1154896637, 0.0])
    states, transitions = propagate_three_body(start, 0.4, MU, with_transition=True)
    for real in (np.float64, np.longdouble):
        state, transition = flow(start, 0.4, MU, real)
        assert np.abs(states[0] - state).max() < TWIN
        assert np.abs(transitions[0] - transition).max() < TWIN * np.abs(transition).max()


@pytest.mark.truth
@pytest.mark.parametrize(
    ("point", "x", "vy", "jacobi", "period"),
    [
        ("L1", 0.81596252146384562, 0.20722124749217649, 3.15001683280912, 2.8447547942812985),
        ("L2", 1.1182825695532028, 0.18601928389638619, 3.15000013081292, 3.4205694071950448),
    ],
)
def test_published_lyapunov_pair_is_found_by_its_jacobi_constant(point, x, vy, jacobi, period):
    orbit = periodic_orbit("lyapunov", point=point, jacobi=jacobi, near=(x, 0.0, vy))
    assert abs(orbit.state[0] - x) < 1e-12 and abs(orbit.state[4] - vy) < 1e-12
    assert abs(orbit.period - period) < 1e-11


@pytest.mark.truth
def test_orbits_of_the_trajectory_optimisation_problem_set_are_found_by_their_periods():
    # pykep's TOPS: halo to halo, DRO to NRHO
    halo = periodic_orbit("halo", point="L2", branch="south", period=2.353867041754664 * EARTH_MOON.time)
    assert halo.state[2] == pytest.approx(-0.2024, abs=5e-5)
    dro = periodic_orbit("dro", period=2.7344101432096957 * EARTH_MOON.time)
    np.testing.assert_allclose(dro.state[[0, 4]], [0.8289927, 0.4949340], atol=PRINTED)
    near = (0.98740797, 0.00798274, 1.71563544)
    nrho = periodic_orbit("nrho", point="L2", branch="south", period=1.496072446248134 * EARTH_MOON.time, near=near)
    np.testing.assert_allclose(nrho.state[[0, 2, 4]], near, atol=PRINTED)


@pytest.mark.parametrize("name", [name for name in all_names() if name[0] not in ("nrho", "halo")], ids=str)
def test_members_close(name):
    family, point, resonance = name
    for orbit in family_members(family, point=point, resonance=resonance, count=4):
        perigee = orbit_figures(orbit).perigee
        gentle = perigee > 40e6 and orbit.stability_index < 300.0
        assert closure(orbit) < (CLOSED if gentle else ROUNDED), orbit.state


@pytest.mark.parametrize("name", [("halo", "L2", None), ("axial", "L1", None), ("vertical", "L2", None)], ids=str)
def test_the_shipped_table_is_what_the_code_makes(name):
    made, shipped = make_table(name, EARTH_MOON), shipped_tables()[name]
    assert made.events == shipped.events
    np.testing.assert_allclose(made.variables, shipped.variables, rtol=TABLE, atol=TABLE)
    np.testing.assert_allclose(made.jacobi, shipped.jacobi, atol=TABLE)


def test_axial_orbits_join_lyapunov_and_vertical_ones():
    # at its middle the axial family is doubly symmetric: there it branches from the vertical family (Doedel 2007)
    table = shipped_tables()[("axial", "L1", None)]
    first, last = table.jacobi[0], table.jacobi[-1]
    lyapunov = shipped_tables()[("lyapunov", "L1", None)]
    place = [k for k, event in enumerate(lyapunov.events) if event == "tangent"][1]
    assert first == pytest.approx(lyapunov.jacobi[place], abs=1e-6)
    assert last == pytest.approx(first, abs=1e-3)
    vertical = shipped_tables()[("vertical", "L1", None)]
    meeting = [vertical.jacobi[k] for k, event in enumerate(vertical.events) if event == "tangent"]
    assert min(abs(table.jacobi.min() - constant) for constant in meeting) < 1e-4


def test_halo_orbits_of_sun_and_earth_have_the_size_and_pace_of_those_that_were_flown():
    system = three_body_system("SUN", "EARTH")
    orbit = periodic_orbit("halo", point="L2", period=179.0 * DAY, system=system)
    assert closure(orbit) < CLOSED
    beyond = (orbit.state[0] - 1.0 + system.mass_ratio) * system.length
    assert 1.5e9 < beyond < 1.8e9  # L2 lies 1.5 million km out, the orbit's far side beyond it
    assert orbit.system.source != EARTH_MOON.source


def test_members_with_the_same_constant_are_all_told_stablest_first():
    found = periodic_orbits("halo", point="L1", jacobi=2.95)
    assert len(found) >= 1
    assert [orbit.stability_index for orbit in found] == sorted(orbit.stability_index for orbit in found)
    for orbit in found:
        assert orbit.jacobi == pytest.approx(2.95, abs=1e-12)


def test_figures_of_an_orbit_are_those_of_its_geometry():
    orbit = periodic_orbit("dro", period=13.0 * DAY)
    figures = orbit_figures(orbit)
    path = orbit.states(np.linspace(0.0, 1.0, 5001))[:, :3]
    to_moon = np.linalg.norm(path - [1.0 - MU, 0.0, 0.0], axis=1) * EARTH_MOON.length
    assert figures.perilune == pytest.approx(to_moon.min(), rel=1e-6)
    assert figures.perilune_altitude == pytest.approx(figures.perilune - 1_737_400.0, abs=1.0)
    assert figures.highest == 0.0 and figures.growth_time is None
    # in the plane the Earth's shadow is met each month: its half-shadow is 2 (R + 0.0047 d) wide
    assert 0.0 < figures.eclipse_fraction["EARTH"] < 0.05 and figures.longest_eclipse["EARTH"] > 3600.0
