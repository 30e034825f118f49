"""Authorities: JPL's orbits of Apophis, Bennu, three asteroids and a comet; from bare files, without a setting."""

import json

import numpy as np
import pytest
from scipy.stats import chi2

from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.smallbodies.encounters import encounters
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.orbit import PUSH_NAMES
from moonstead.smallbodies.orbit_fit.forces_solved import AU_PER_DAY2
from moonstead.smallbodies.orbit_fit.from_files import orbit_from_files, read_files

APOPHIS = ("99942_2004_2021.obs80", "99942_radar_2005_2013.tsv", "99942_radar_2021.tsv")
BENNU = (
    "101955_1999_2006.obs80",
    "101955_2011_2018.obs80",
    "101955_radar_1999_2005.tsv",
    "101955_radar_2011.tsv",
)
APOPHIS_2029 = 38_012e3  # [m] JPL news of 2021 and orbit 220: 38 012 km from the geocentre
APOPHIS_A2 = -2.901767e-14  # [au/d^2] JPL orbit 220
BENNU_DRIFT, BENNU_DRIFT_SIGMA = -284.6, 0.2  # [m/year] Farnocchia et al. (2021), Icarus 369, 114594
THREE_SIGMA = 3.0  # asked
TEN_KILOMETRES = 10e3  # [m] asked
RMS = 0.25 * ARCSECOND  # [rad] asked
NO_DEBIASING = (
    30.0  # [1] of six: 99.99 % are below 27.9; catalogues before Gaia are off together, and no table is given
)


def found(shared_data, names, installed, pulling, **which):
    paths = [shared_data / "smallbodies" / name for name in names]
    return orbit_from_files(paths, installed, perturbers=pulling, **which)


@pytest.fixture(scope="module")
def apophis(shared_data, installed, pulling):
    return found(shared_data, APOPHIS, installed, pulling).fit


@pytest.mark.truth
def test_apophis_passes_in_2029_where_jpl_has_it(apophis, pulling, validation):
    assert apophis.converged
    assert apophis.radar_used.all()
    until = Epoch.parse("2029-05-01T00:00:00").tdb()
    flight = fly(apophis.orbit, until, pulling, with_partials=True)
    passage = next(one for one in encounters(flight, pulling, bodies=("EARTH",)) if one.tdb > until - 30 * 86400.0)
    columns = [*range(6), *(6 + PUSH_NAMES.index(name) for name in apophis.orbit.parameters[6:])]
    slope = passage.state[:3] / passage.distance @ flight.partials(np.array([passage.tdb]))[0, :3, columns].T
    sigma = float(np.sqrt(slope @ apophis.orbit.covariance @ slope))
    off = abs(passage.distance - APOPHIS_2029)
    capability, authority = "Orbit fit", "JPL orbit 220 of Apophis"
    validation(
        capability=capability,
        quantity="distance of Apophis from the Earth in 2029, from bare files",
        authority=authority,
        error=off,
        unit="m",
        tolerance=TEN_KILOMETRES,
        cases=1,
    )
    validation(
        capability=capability,
        quantity="the same in its own standard deviations",
        authority=authority,
        error=off / sigma,
        unit="1",
        tolerance=THREE_SIGMA,
        cases=1,
    )
    assert abs(passage.tdb - Epoch.parse("2029-04-13T21:46:10", "TDB").tdb()) < 10.0


@pytest.mark.truth
def test_apophis_is_pushed_as_jpl_says(apophis, validation):
    assert apophis.solved_for == ("A1", "A2")
    sigma = np.sqrt(apophis.orbit.covariance[-1, -1]) / AU_PER_DAY2
    validation(
        capability="Orbit fit",
        quantity="A2 of Apophis in its standard deviations",
        authority="JPL orbit 220 of Apophis",
        error=abs(apophis.orbit.non_gravitational.a2 / AU_PER_DAY2 - APOPHIS_A2) / sigma,
        unit="1",
        tolerance=THREE_SIGMA,
        cases=1,
    )
    assert sigma < 5e-16  # [au/d^2] JPL: 1.9e-16


@pytest.mark.truth
def test_apophis_leaves_residuals_of_a_quarter_arcsecond(apophis):
    assert apophis.rms <= RMS
    assert np.mean(apophis.used) > 0.93
    assert apophis.orbit.absolute_magnitude == pytest.approx(18.93, abs=0.4)  # Pravec et al. (2014): 19.09; MPC 18.9


@pytest.mark.truth
def test_bennu_drifts_as_the_spacecraft_found(shared_data, installed, pulling, validation):
    fit = found(shared_data, BENNU, installed, pulling).fit
    assert fit.converged
    assert fit.radar_used.all()
    # da/dt = 2 A2 / (n a^2 (1 - e^2)) for a push that falls with the square of the distance
    a, e = 1.126391, 0.203745
    motion = np.sqrt(1.3271244e20 / (a * ASTRONOMICAL_UNIT) ** 3)
    per_year = 2.0 / (motion * a**2 * (1.0 - e**2)) * 365.25 * SECONDS_PER_DAY
    drift = fit.orbit.non_gravitational.a2 * per_year
    sigma = np.sqrt(fit.orbit.covariance[-1, -1]) * per_year
    validation(
        capability="Orbit fit",
        quantity="drift of Bennu by heat, 1999 to 2018 without a spacecraft, in its standard deviations",
        authority="Farnocchia et al. (2021) with OSIRIS-REx tracking",
        error=abs(drift - BENNU_DRIFT) / np.hypot(sigma, BENNU_DRIFT_SIGMA),
        unit="1",
        tolerance=THREE_SIGMA,
        cases=1,
    )
    assert sigma < 3.0  # [m/year]


@pytest.mark.truth
@pytest.mark.parametrize("number", ["119839", "742428", "609631"])
def test_asteroids_are_where_jpl_has_them(shared_data, installed, pulling, number, validation):
    """States of JPL at given epochs against ours, by our covariance (JPL's own errors are not told)."""
    truth = json.loads((shared_data / "smallbodies" / "layup_4_asteroids_jpl_states.json").read_text())["objects"][
        number
    ]
    fit = found(shared_data, ["layup_4_asteroids_ades.csv"], installed, pulling, object=number).fit
    state = np.array(truth["state_au_au_per_day"]) * ASTRONOMICAL_UNIT
    state[3:] /= SECONDS_PER_DAY
    tdb = (truth["epoch_jd_tdb"] - 2451545.0) * SECONDS_PER_DAY
    flight = fly(fit.orbit, tdb, pulling, with_partials=True)
    off = flight.state(np.array([tdb]))[0] - state
    partials = flight.partials(np.array([tdb]))[0, :, :6]
    covariance = partials @ fit.orbit.covariance[:6, :6] @ partials.T
    validation(
        capability="Orbit fit",
        quantity=f"state of {number} by its covariance, squared",
        authority="JPL Horizons",
        error=off @ np.linalg.solve(covariance, off),
        unit="1",
        tolerance=NO_DEBIASING,
        cases=1,
    )
    assert chi2.sf(fit.chi_square, fit.degrees_of_freedom) > 1e-3


@pytest.mark.truth
def test_an_interstellar_comet_is_on_a_hyperbola(shared_data, installed, pulling):
    from moonstead.smallbodies.orbit_fit.elements import osculating_elements

    fit = found(shared_data, ["3I_ATLAS_ades.csv"], installed, pulling).fit
    elements = osculating_elements(fit.orbit, installed)
    # JPL: e 6.139, q 1.3565 au, i 175.11 deg (recalled); the shared rows end two days after its discovery
    truth = {"e": 6.139, "q": 1.3565 * ASTRONOMICAL_UNIT, "i": np.radians(175.11)}
    for name, value in truth.items():
        assert abs(elements.values[name] - value) < 3.3 * elements.sigmas[name]  # 99.9 %
    assert elements.values["e"] - 1.0 > 10.0 * elements.sigmas["e"]


def test_files_of_two_objects_are_refused_by_name(shared_data):
    folder = shared_data / "smallbodies"
    with pytest.raises(InvalidInput, match=r"is of 2024 BX1, .* of 2014 AA: one orbit is of one object"):
        read_files([folder / "2024BX1.obs80", folder / "2014AA.obs80"])


def test_a_file_given_twice_counts_once(shared_data):
    path = shared_data / "smallbodies" / "2014AA.obs80"
    single, _ = read_files([path])
    twice, rejected = read_files([path, path])
    assert twice.count == single.count
    assert sum("repeats the observation" in line.reason for _, line in rejected) == single.count
