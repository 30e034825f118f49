"""Authorities: the orbits that made the observations, and the statistics that noise of known size must show."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2
from simulated_places import EPOCH, near_earth_orbit, prepared_rows, seen

from moonstead.foundation.constants import ARCSECOND, SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.motion.orbit import NonGravitational
from moonstead.smallbodies.orbit_fit.correct import correct_orbit
from moonstead.smallbodies.orbit_fit.forces_solved import fit_orbit, heat_drift

DAY, YEAR = SECONDS_PER_DAY, 365.25 * SECONDS_PER_DAY
AWAY = np.array([3e6, -2e6, 1e6, 0.5, 0.4, -0.3])  # [m, m/s] where a correction begins
CONVERGED = 2e-3  # [1] sigma: the iteration ends where a further correction is below 1e-3 of sigma


def days(*times):
    return EPOCH + DAY * np.array(times)


def nights(length, each, rows=3):
    """Nights spread over a length [d], rows half an hour apart."""
    starts = np.linspace(-0.5 * length, 0.5 * length, each)
    return days(*(start + 0.02 * row for start in starts for row in range(rows)))


def off(orbit, by=AWAY):
    return replace(orbit, state=orbit.state + by)


def bright(data):
    """An orbit with H = 19: 0.5 km."""
    return replace(near_earth_orbit(data), absolute_magnitude=19.0)


def nees(fit, truth):
    error = fit.orbit.state - truth.state
    return float(error @ np.linalg.solve(fit.orbit.covariance[:6, :6], error))


def test_places_without_noise_give_the_orbit_back(installed, pulling):
    truth = near_earth_orbit(installed)
    rows = seen(truth, prepared_rows(nights(60.0, 8), installed), pulling, installed)
    fit = correct_orbit(off(truth), rows, pulling, installed)
    assert fit.converged
    assert np.all(fit.used)
    assert np.sqrt(nees(fit, truth) / 6.0) < CONVERGED
    assert fit.rms < CONVERGED * ARCSECOND


def test_errors_are_as_large_as_the_covariance_says(installed, pulling):
    """Twenty orbits of their own, noise in place and time: error squared by covariance, and residuals by weights."""
    rng = np.random.default_rng(4179)
    cases, squares, residuals, freedom = 20, 0.0, 0.0, 0
    for _ in range(cases):
        truth = near_earth_orbit(installed, rng)
        rows = seen(truth, prepared_rows(nights(25.0, 6), installed, timing=1.0), pulling, installed, rng)
        fit = correct_orbit(off(truth), rows, pulling, installed, reject_outliers=False)
        assert fit.converged
        squares += nees(fit, truth)
        residuals += fit.chi_square
        freedom += fit.degrees_of_freedom
    low, high = chi2.ppf([5e-4, 0.9995], 6 * cases)
    assert low < squares < high
    low, high = chi2.ppf([5e-4, 0.9995], freedom)
    assert low < residuals < high


def test_wrong_rows_are_left_out_with_their_reason_and_good_ones_stay(installed, pulling):
    rng = np.random.default_rng(31)
    truth = near_earth_orbit(installed)
    rows = seen(truth, prepared_rows(nights(60.0, 12, 5), installed), pulling, installed, rng)
    bad = [4, 17, 40]
    declination = rows.declination.copy()
    declination[bad] += np.array([6.0, -4.0, 3600.0]) * ARCSECOND
    fit = correct_orbit(off(truth), replace(rows, declination=declination), pulling, installed)
    assert not np.any(fit.used[bad])
    assert np.sum(~fit.used) <= len(bad) + 3  # 1.8 % of good rows lie beyond the bound
    assert fit.reasons[40].startswith("residual 3.6e+03 arcsec")
    assert all((reason == "") == kept for reason, kept in zip(fit.reasons, fit.used, strict=True))
    assert nees(fit, truth) < chi2.ppf(0.9995, 6)


def test_a_swapped_station_is_named(installed, pulling):
    """Rows of a near body under the code of a station half around the Earth: off by the parallax."""
    rng = np.random.default_rng(32)
    truth = near_earth_orbit(installed)
    rows = seen(truth, prepared_rows(nights(40.0, 12, 4), installed), pulling, installed, rng)
    right = prepared_rows(rows.observations.tdb, installed, stations=("F51",))
    mine = rows.observations.station == "W68"  # South Africa or Chile, whichever: not Hawaii
    observer = np.where(mine[:, None], right.observer, rows.observer)
    fit = correct_orbit(truth, replace(rows, observer=observer), pulling, installed)
    assert not np.any(fit.used[mine])
    assert np.mean(fit.used[~mine]) > 0.9
    assert any("station W68" in note for note in fit.notes)


def test_a_push_by_heat_is_found_where_there_is_one(installed, pulling):
    rng = np.random.default_rng(33)
    push = -8e-13  # [m/s^2] as Apophis
    truth = replace(bright(installed), non_gravitational=NonGravitational(a2=push))
    rows = seen(
        truth, prepared_rows(nights(12.0 * 365.25, 60), installed, sigma=0.01 * ARCSECOND), pulling, installed, rng
    )
    fit = fit_orbit(off(truth), rows, pulling, installed)
    assert fit.solved_for == ("A1", "A2")
    sigma = np.sqrt(fit.orbit.covariance[7, 7])
    assert abs(push) > 5.0 * sigma
    assert abs(fit.orbit.non_gravitational.a2 - push) < 3.3 * sigma  # 99.9 %
    assert any("solved for" in note for note in fit.notes)


def test_no_push_is_claimed_where_none_shows_but_the_orbit_allows_for_it(installed, pulling):
    rng = np.random.default_rng(34)
    truth = bright(installed)
    rows = seen(truth, prepared_rows(nights(3.0 * 365.25, 20), installed), pulling, installed, rng)
    fit = fit_orbit(off(truth), rows, pulling, installed)
    assert any("no signal: the orbit allows for A2" in note for note in fit.notes)
    assert np.sqrt(fit.orbit.covariance[7, 7]) == pytest.approx(heat_drift(19.0), rel=0.05)
    assert nees(fit, truth) < chi2.ppf(0.9995, 6)


def test_a_short_arc_is_fitted_by_gravity_alone(installed, pulling):
    truth = bright(installed)
    rows = seen(truth, prepared_rows(nights(30.0, 6), installed), pulling, installed)
    assert fit_orbit(off(truth), rows, pulling, installed).solved_for == ()


def test_without_magnitudes_it_is_said_that_pushes_are_not_allowed_for(installed, pulling):
    truth = near_earth_orbit(installed)
    rows = seen(truth, prepared_rows(nights(3.0 * 365.25, 20), installed), pulling, installed)
    fit = fit_orbit(off(truth), rows, pulling, installed)
    assert fit.solved_for == ()
    assert any("no magnitudes" in note for note in fit.notes)


def test_prior_knowledge_of_a_force_widens_the_orbit_honestly(installed, pulling):
    """A short arc says nothing of A1: it keeps its prior value and standard deviation."""
    rng = np.random.default_rng(35)
    truth = near_earth_orbit(installed)
    rows = seen(truth, prepared_rows(nights(30.0, 6), installed), pulling, installed, rng)
    known = correct_orbit(truth, rows, pulling, installed, solve_for=["A1"], prior={"A1": (1e-11, 5e-12)})
    assert known.orbit.parameters[6:] == ("A1",)
    assert known.orbit.non_gravitational.a1 == pytest.approx(1e-11, rel=0.05)
    assert np.sqrt(known.orbit.covariance[6, 6]) == pytest.approx(5e-12, rel=0.01)
    without = correct_orbit(truth, rows, pulling, installed)
    assert known.degrees_of_freedom == without.degrees_of_freedom


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"solve_for": ["A7"]}, "solve_for knows A1, A2, A3"),
        ({"prior": {"A1": (0.0, 1.0)}}, "a-priori knowledge of A1 is given, which is not solved for"),
    ],
)
def test_settings_that_mean_nothing_are_refused(installed, pulling, settings, words):
    truth = near_earth_orbit(installed)
    rows = seen(truth, prepared_rows(nights(5.0, 3), installed), pulling, installed)
    with pytest.raises(InvalidInput, match=words):
        correct_orbit(truth, rows, pulling, installed, **settings)


def test_two_places_are_too_few(installed, pulling):
    truth = near_earth_orbit(installed)
    rows = seen(truth, prepared_rows(days(0.0, 1.0), installed), pulling, installed)
    with pytest.raises(InvalidInput, match="4 numbers cannot determine 6 parameters"):
        correct_orbit(truth, rows, pulling, installed)
