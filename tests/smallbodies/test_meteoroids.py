"""Authority: values of Gruen's flux computed elsewhere, published means, solid angles, random plates."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.meteoroids import (
    focusing_factor,
    ground_factor,
    gruen_flux,
    meteoroid_density,
    meteoroid_speeds,
    shielding_factor,
)

YEAR = 365.25 * 86_400.0
# least mass [g], flux [1/m2/yr] as noted, and half a unit of its last digit
NOTED = (
    (1e-6, 1.49, 0.005),
    (1e-3, 6.0e-4, 0.05e-4),
    (1.0, 0.070e-6, 0.0005e-6),
    (10.0, 3.3e-9, 0.05e-9),
    (30.0, 7.5e-10, 0.05e-10),
)


@pytest.mark.truth
def test_gruens_flux_has_the_values_that_others_computed(validation):
    worst = 0.0
    for grams, flux, half in NOTED:
        found = float(gruen_flux(grams * 1e-3)) * YEAR
        worst = max(worst, (abs(found - flux) - half) / flux)
    validation(
        capability="Meteoroids",
        quantity="flux of Gruen et al. at 1e-6, 1e-3, 1, 10, 30 g, beyond the rounding of the value noted",
        authority="Gruen et al. (1985), values computed elsewhere",
        error=max(worst, 0.0),
        unit="1",
        tolerance=0.01,
        cases=len(NOTED),
    )


def test_masses_beyond_the_formula_are_refused():
    with pytest.raises(InvalidInput, match="known for masses"):
        gruen_flux([1e-3, 1.0])


@pytest.mark.truth
def test_meteors_have_a_mean_speed_of_seventeen_kilometres_a_second(validation):
    speed, share = meteoroid_speeds("EARTH", 6.471e6)
    assert share.sum() == pytest.approx(1.0)
    validation(
        capability="Meteoroids",
        quantity="mean speed at the Earth's atmosphere",
        authority="NASA TM-4527 (1994): 17 km/s (recalled)",
        error=abs(float(speed @ share) - 17e3),
        unit="m/s",
        tolerance=500.0,  # the printed value has two digits
        cases=1,
    )


def test_the_moon_sees_slower_meteoroids_than_the_earth():
    earth, moon = (float(np.dot(*meteoroid_speeds(*place))) for place in (("EARTH", 6.471e6), ("MOON", 1.7374e6)))
    assert 13e3 < moon < earth
    speed, _ = meteoroid_speeds()
    assert speed.min() > 2.37e3  # nothing falls slower than the escape speed


def test_a_plate_on_the_ground_sees_its_share_of_the_sky():
    generator = np.random.default_rng(4)
    way = generator.normal(size=(200_000, 3))
    way /= np.linalg.norm(way, axis=1)[:, None]
    for tilt in (0.0, 0.6, 0.5 * math.pi, 2.5):
        normal = np.array([math.sin(tilt), 0.0, math.cos(tilt)])
        cosine = np.maximum(way @ normal, 0.0)
        share = cosine[way[:, 2] > 0.0].sum() / cosine.sum()
        assert float(ground_factor(tilt)) == pytest.approx(share, abs=0.005)


def test_the_body_shields_half_of_the_sky_on_its_ground_and_none_far_away():
    assert shielding_factor("MOON", 1.7374e6) == pytest.approx(0.5)
    assert shielding_factor("MOON", 1.7374e9) == pytest.approx(1.0, abs=1e-6)
    assert shielding_factor("MOON", 2.0 * 1.7374e6) == pytest.approx(0.5 * (1.0 + math.sqrt(0.75)))
    with pytest.raises(InvalidInput, match="shielding"):
        shielding_factor("MOON", 1e6)


def test_focusing_is_the_square_of_the_speed_gained():
    far = np.array([5e3, 17e3])
    here = np.sqrt(far**2 + 2.0 * 4.902800118e12 / 1.7374e6)
    np.testing.assert_allclose(focusing_factor("MOON", 1.7374e6, far), (here / far) ** 2, rtol=1e-9)
    with pytest.raises(InvalidInput, match="focusing"):
        focusing_factor("MOON", 1.7374e6, 0.0)


def test_light_meteoroids_are_dense():
    np.testing.assert_array_equal(meteoroid_density([1e-12, 1e-8, 1e-3]), [2000.0, 1000.0, 500.0])
