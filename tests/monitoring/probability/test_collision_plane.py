"""Authorities: closed forms of normal distributions, and NASA CARA's expected values of 45 real conjunctions."""

import math
from dataclasses import replace

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.probability.encounter import Encounter, at_closest_approach
from moonstead.monitoring.probability.plane import (
    PlaneEncounter,
    chan_2d,
    disc_probability,
    foster_2d,
    maximum_probability,
    plane_encounter,
)

from cara_cases import cara_cases  # isort: skip

CLOSED_FORM = 1e-12  # [1] a quadrature that is doubled until it stands
SERIES = 1e-11  # [1] sums of some hundred terms
UNADJUSTED = 1e-6  # [1] median over the conjunctions: what was asked
ADJUSTED = 1e-7  # [1] median: both integrals are converged, the rest is TCA by two-body or straight motion
SMALL_BODY = 2e-3  # [1] leading term of the expansion in radius over sigma, at a hundredth
GRID = 3e-6  # [1] of a maximum: flat there, so the place matters only squared


def straight(miss=(100.0, 0.0), sigma=(300.0, 50.0), radius=20.0, speed=10e3) -> Encounter:
    """Two objects that pass at right angles; the plane across shows `miss`, with `sigma` along its axes."""
    state1 = np.array([7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0])
    state2 = state1 + np.array([miss[0], 0.0, miss[1], 0.0, -speed, 0.0])
    covariance = np.diag([sigma[0] ** 2, 1e4, sigma[1] ** 2, 1e-4, 1e-4, 1e-4]) / 2.0
    return Encounter(state1, state2, covariance, covariance, radius)


def test_a_centred_round_distribution_has_a_closed_form():
    plane = PlaneEncounter(0.0, 0.0, 40.0, 40.0, 0.0, 25.0, False)
    assert disc_probability(plane) == pytest.approx(1.0 - math.exp(-0.5 * (25.0 / 40.0) ** 2), rel=CLOSED_FORM)


@pytest.mark.parametrize("miss", [0.0, 30.0, 300.0, 1500.0])
def test_a_round_distribution_is_a_noncentral_chi_square(miss):
    from scipy.stats import ncx2

    plane = PlaneEncounter(miss, 0.0, 40.0, 40.0, 0.0, 25.0, False)
    exact = float(ncx2.cdf((25.0 / 40.0) ** 2, 2, (miss / 40.0) ** 2))
    assert disc_probability(plane) == pytest.approx(exact, rel=1e-9)  # of scipy's own series


def test_a_large_body_is_hit_for_certain_and_a_far_one_never():
    assert disc_probability(PlaneEncounter(0.0, 0.0, 40.0, 3.0, 0.0, 4000.0, False)) == pytest.approx(1.0, rel=1e-12)
    assert disc_probability(PlaneEncounter(1e6, 0.0, 40.0, 3.0, 0.0, 4.0, False)) == 0.0


def test_a_small_body_feels_the_density_at_its_place():
    plane = PlaneEncounter(120.0, 70.0, 200.0, 100.0, 0.0, 1.0, False)
    density = math.exp(-0.5 * (0.6**2 + 0.7**2)) / (2.0 * math.pi * 200.0 * 100.0)
    assert disc_probability(plane) == pytest.approx(math.pi * density, rel=SMALL_BODY)


def test_chan_is_exact_for_a_round_distribution_and_close_for_a_small_body():
    assert chan_2d(straight(sigma=(300.0, 300.0))) == pytest.approx(
        foster_2d(straight(sigma=(300.0, 300.0))), rel=SERIES
    )
    small = straight(radius=1.0)
    assert chan_2d(small) == pytest.approx(foster_2d(small), rel=SMALL_BODY)


def test_the_plane_shows_what_was_put_into_it():
    plane = plane_encounter(straight().relative, straight().combined_covariance[:3, :3], 20.0)
    assert (plane.sigma_major, plane.sigma_minor) == pytest.approx((300.0, 50.0))
    assert (plane.miss_major, plane.miss_minor) == pytest.approx((100.0, 0.0), abs=1e-9)


def test_objects_at_rest_have_no_plane():
    with pytest.raises(InvalidInput, match="no plane across"):
        foster_2d(straight(speed=0.0))


def test_the_largest_probability_is_that_of_the_best_scale():
    encounter = straight(miss=(100.0, 80.0))
    found = maximum_probability(encounter)
    factors = np.linspace(0.5 * found.scale, 2.0 * found.scale, 401)
    tried = [
        foster_2d(
            replace(encounter, covariance1=encounter.covariance1 * f**2, covariance2=encounter.covariance2 * f**2)
        )
        for f in factors
    ]
    assert found.probability == pytest.approx(max(tried), rel=GRID)
    assert found.probability >= foster_2d(encounter)


def test_the_largest_probability_of_a_small_body_is_alfanos():
    # round distribution, small body: r^2 / (e d^2), Alfano (2005), equation for aspect ratio 1
    found = maximum_probability(straight(miss=(1000.0, 0.0), sigma=(300.0, 300.0), radius=5.0))
    assert found.probability == pytest.approx((5.0 / 1000.0) ** 2 / math.e, rel=1e-4)


def test_an_unknown_covariance_bounds_every_known_one():
    known = straight(miss=(500.0, 200.0), sigma=(100.0, 100.0))
    bound = maximum_probability(replace(known, covariance2=None))
    anything = maximum_probability(replace(known, covariance1=None, covariance2=None))
    assert bound.over == "covariance of the second object"
    generator = np.random.default_rng(4)
    for _ in range(50):
        root = generator.normal(size=(6, 6)) * 10.0 ** generator.uniform(-1, 3.5)
        pc = foster_2d(replace(known, covariance2=root @ root.T))
        assert pc <= bound.probability * (1.0 + GRID)
    assert bound.probability <= anything.probability * (1.0 + GRID)


@pytest.mark.truth
def test_foster_agrees_with_caras_unadjusted_values(shared_data, validation):
    errors = [abs(foster_2d(case) / float(row["Pc2D_NoAdj"]) - 1.0) for case, row in cara_cases(shared_data)]
    validation(
        capability="collision probability",
        quantity="2-D probability, states as written, median relative difference",
        authority="NASA CARA, 45 test conjunctions, Pc2D_NoAdj",
        error=float(np.median(errors)),
        unit="1",
        tolerance=UNADJUSTED,
        cases=len(errors),
    )


@pytest.mark.truth
def test_foster_at_the_true_closest_approach_agrees_with_caras_adjusted_values(shared_data, validation):
    errors = [
        abs(foster_2d(at_closest_approach(case)[0]) / float(row["Pc2D"]) - 1.0) for case, row in cara_cases(shared_data)
    ]
    validation(
        capability="collision probability",
        quantity="2-D probability at the true closest approach, median relative difference",
        authority="NASA CARA, 45 test conjunctions, Pc2D",
        error=float(np.median(errors)),
        unit="1",
        tolerance=ADJUSTED,
        cases=len(errors),
    )
