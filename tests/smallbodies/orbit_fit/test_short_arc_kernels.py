"""Authorities: the full flight with all forces and its computed places; differences; polynomials; plain numpy."""

import numpy as np
import pytest
from simulated_places import EPOCH, near_earth_orbit, prepared_rows, seen

from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.orbit_fit.ranging_fit import Observer
from moonstead.smallbodies.orbit_fit.ranging_rows import ranging_rows
from moonstead.smallbodies.orbit_fit.short_arc import PULLING, short_arc_forces, short_arc_positions

MODEL = 0.02  # ["] of a month: relativity and the Sun's bending of light, 4e-8 of the motion and 20 mas near the Sun
SERIES = 0.1  # [m] of a position of the Moon: far below what is seen
DIFFERENCE = 1e-5  # [1] of the largest partial: what central differences leave
SMOOTH = 1e-12  # [1] of rounding in a polynomial of degree five


@pytest.fixture(scope="module")
def month(installed, pulling):
    """An Apollo over a month, and its rows without noise."""
    orbit = near_earth_orbit(installed)
    times = EPOCH + np.linspace(-15.0, 15.0, 24) * SECONDS_PER_DAY
    rows = ranging_rows(seen(orbit, prepared_rows(times, installed), pulling, installed))
    forces = short_arc_forces(installed, times[0], times[-1])
    anchor = np.concatenate([rows.observer[11, :3] + [0.0, 0.0, 1e3], rows.observer[11, 3:]])
    observer = Observer(EPOCH, anchor, forces)
    return orbit, rows, observer


def test_a_month_of_places_is_that_of_the_full_forces(month):
    orbit, rows, observer = month
    residual, _ = observer.residuals(observer.orbits(orbit.state[None, :])[0], rows)
    assert np.max(np.abs(residual)) < MODEL * ARCSECOND


def test_partials_are_those_of_differences(month):
    orbit, rows, observer = month
    here = observer.orbits(orbit.state[None, :])[0]
    _, partials = observer.residuals(here, rows)
    for column, step in ((4, 1e-4), (5, 10.0)):  # ln range, range rate [m/s]
        moved = np.tile(here, (2, 1))
        moved[:, 2 + column] += [step, -step]
        ahead, back = (observer.residuals(each, rows)[0] for each in moved)
        largest = np.max(np.abs(partials[:, :, column]))
        np.testing.assert_allclose((back - ahead) / (2.0 * step), partials[:, :, column], atol=DIFFERENCE * largest)


def test_states_and_orbits_are_inverse(month):
    orbit, _, observer = month
    again = observer.states(observer.orbits(orbit.state[None, :]))[0]
    np.testing.assert_allclose(again, orbit.state, rtol=1e-12, atol=1e-3)  # 1e-16 of a barycentric place is 15 um


def test_bodies_stand_where_the_ephemeris_has_them(installed):
    forces = short_arc_forces(installed, EPOCH, EPOCH + 30.0 * SECONDS_PER_DAY)
    for tdb in EPOCH + np.array([0.1, 11.3, 29.9]) * SECONDS_PER_DAY:
        places = short_arc_positions(forces, tdb)
        for k, name in enumerate(PULLING):
            truth = installed.ephemeris.position(name, "SOLAR SYSTEM BARYCENTER", np.array([tdb]))[0]
            assert np.linalg.norm(places[k] - truth) < SERIES, name


def test_between_nodes_a_polynomial_of_fifth_degree_is_exact():
    from moonstead.smallbodies.orbit_fit.short_arc_kernels import between_nodes, velocity_between

    terms = np.array([[1.0, -2.0, 0.5, 3.0, -1.0, 0.7]] * 3) * [[1.0], [2.0], [-1.5]]
    times = np.array([1.0, 3.0])
    dense = np.zeros((2, 3, 21))
    for node, t in enumerate(times):
        for degree in range(3):
            dense[node, degree, :3] = [np.polyval(np.polyder(each, degree), t) for each in terms]
    value, velocity = np.empty(21), np.empty(3)
    for t in np.linspace(1.0, 3.0, 9):
        between_nodes(t, 0, times, dense, 3, value)
        np.testing.assert_allclose(value[:3], [np.polyval(each, t) for each in terms], rtol=SMOOTH, atol=SMOOTH)
    velocity_between(3.0, 0, times, dense, velocity)
    np.testing.assert_allclose(velocity, dense[1, 1, :3], rtol=SMOOTH)


def test_normal_equations_are_those_of_numpy():
    from moonstead.smallbodies.orbit_fit.ranging_kernels import normal_equations

    random = np.random.default_rng(3)
    residual, partials = random.standard_normal((9, 2)), random.standard_normal((9, 2, 6))
    whitening = random.uniform(0.5, 2.0, (9, 3))
    clip = 1.5
    normal, gradient = np.empty((6, 6)), np.empty(6)
    total = normal_equations(residual, partials, whitening, clip, normal, gradient)
    factor = np.zeros((9, 2, 2))
    factor[:, 0, 0], factor[:, 1, 0], factor[:, 1, 1] = whitening.T
    white, design = np.einsum("mij,mj->mi", factor, residual), factor @ partials
    size = np.linalg.norm(white, axis=1)
    weight = np.minimum(1.0, clip / size)
    np.testing.assert_allclose(normal, np.einsum("m,mij,mik->jk", weight, design, design), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(gradient, np.einsum("m,mij,mi->j", weight, design, white), rtol=1e-12, atol=1e-12)
    assert total == pytest.approx(np.sum(np.where(size > clip, clip * (2.0 * size - clip), size**2)), rel=1e-12)


def test_a_range_that_is_wrong_is_corrected_to_the_true_one(month):
    orbit, rows, observer = month
    truth = observer.orbits(orbit.state[None, :])
    wrong = truth.copy()
    wrong[:, 6] += np.log(1.3)
    wrong[:, 7] += 2e3
    fitted = observer.fit(wrong, rows, free=6, most=40)
    assert fitted.settled[0]
    assert abs(np.exp(fitted.orbits[0, 6] - truth[0, 6]) - 1.0) < 1e-5  # the fit absorbs what MODEL leaves out


def test_what_range_tells_once_direction_follows_is_the_schur_complement(month):
    orbit, rows, observer = month
    fitted = observer.fit(observer.orbits(orbit.state[None, :]), rows, free=4)
    matrix, _ = fitted.reduced()
    normal = fitted.normal[0]
    scale = np.sqrt(np.diag(normal))
    covariance = np.linalg.inv(normal / np.outer(scale, scale))[4:, 4:] / np.outer(scale[4:], scale[4:])
    np.testing.assert_allclose(np.linalg.inv(matrix[0]), covariance, rtol=1e-4)  # two inversions of condition 1e9


def test_a_state_that_falls_into_the_earth_is_impossible_and_stops_nothing(installed):
    times = EPOCH + np.linspace(0.0, 6.0, 4) * 3600.0
    rows = ranging_rows(prepared_rows(times, installed))
    observer = Observer(EPOCH, rows.observer[0], short_arc_forces(installed, times[0], times[-1]))
    up = rows.observer[0, :3] - installed.ephemeris.position("EARTH", "SOLAR SYSTEM BARYCENTER", times[:1])[0]
    up /= np.linalg.norm(up)
    falling = np.concatenate([up, np.zeros(3), [np.log(5e7), -9e3]])
    fitted = observer.fit(np.tile(falling, (2, 1)), rows, free=4)
    assert np.all(np.isinf(fitted.chi_square))
    assert not np.any(fitted.settled)


def test_a_body_beyond_the_planets_is_seen_where_it_is(installed, pulling):
    orbit = SmallBodyOrbit("far", EPOCH, np.array([40.0 * ASTRONOMICAL_UNIT, 0.0, 1e11, 0.0, 4e3, 0.0]))
    times = EPOCH + np.linspace(-1.0, 1.0, 5) * SECONDS_PER_DAY
    rows = ranging_rows(seen(orbit, prepared_rows(times, installed), pulling, installed))
    observer = Observer(EPOCH, rows.observer[2], short_arc_forces(installed, times[0], times[-1]))
    residual, _ = observer.residuals(observer.orbits(orbit.state[None, :])[0], rows)
    assert np.max(np.abs(residual)) < MODEL * ARCSECOND
