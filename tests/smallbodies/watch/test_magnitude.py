"""Phase functions against their authors' tables, and bounds that searches rely on."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.smallbodies.watch.magnitude import (
    FIRST,
    KNOTS,
    SECOND,
    SURGE_KNOTS,
    apparent_magnitude,
    hg1g2_brightness,
    hg_brightness,
    hg_steepness,
)

# slopes [1/rad] at the knots as Muinonen et al. (2010) print them; they follow from values and end slopes
FIRST_SLOPES = (-1.9098593, -5.5463432e-1, -2.4404599e-1, -9.4980438e-2, -2.1411424e-2, -9.1328612e-2)
SURGE_SLOPES = (
    *(-1.0630097e-1, -4.1180439e1, -1.0366915e1, -7.5784615, -3.6960950),
    *(-7.8605652e-1, -4.6527012e-1, -2.0459545e-1, 0.0),
)
PRINTED = 1e-7  # [1] relative: eight printed digits
BLEND = 0.02  # [mag] above 3 deg: other form of the opposition surge, and constants of one digit more


def test_h_is_the_magnitude_at_one_au_and_zero_phase():
    assert apparent_magnitude(18.0, ASTRONOMICAL_UNIT, ASTRONOMICAL_UNIT, 0.0) == pytest.approx(18.0, abs=1e-12)


def test_twice_as_far_from_sun_and_observer_is_fainter_by_three_magnitudes():
    far = apparent_magnitude(18.0, 2 * ASTRONOMICAL_UNIT, 2 * ASTRONOMICAL_UNIT, 0.0)
    assert far == pytest.approx(18.0 + 5.0 * np.log10(4.0), abs=1e-12)


def test_nothing_lit_is_seen_at_full_phase_angle():
    assert hg_brightness(np.pi) == pytest.approx(0.0, abs=1e-30)


def test_exponentials_agree_with_bowells_blended_form():
    phase = np.radians(np.linspace(3.0, 90.0, 180))
    sine, tangent = np.sin(phase), np.tan(0.5 * phase)
    weight = np.exp(-90.56 * tangent**2)
    parts = []
    for decay, power, c in ((3.332, 0.631, 0.986), (1.862, 1.218, 0.238)):
        small = 1.0 - c * sine / (0.119 + 1.341 * sine - 0.754 * sine**2)
        parts.append(weight * small + (1.0 - weight) * np.exp(-decay * tangent**power))
    blend = 0.85 * parts[0] + 0.15 * parts[1]
    assert np.max(np.abs(2.5 * np.log10(blend / hg_brightness(phase, 0.15)))) < BLEND


@pytest.mark.parametrize("slope", [0.0, 0.15, 0.25, 0.5])
def test_steepness_is_the_derivative_and_has_one_minimum(slope):
    phase = np.radians(np.linspace(0.1, 178.0, 4000))
    step = 1e-6
    ahead, behind = (np.log10(hg_brightness(phase + sign * step, slope)) for sign in (1, -1))
    steep = hg_steepness(phase, slope)
    # four digits: a central difference of 1e-6 rad of values rounded at 1e-16
    np.testing.assert_allclose(steep, -2.5 * (ahead - behind) / (2.0 * step), rtol=1e-4)
    changes = np.sign(np.diff(steep))
    assert np.count_nonzero(np.diff(changes)) == 1
    assert changes[0] < 0.0 < changes[-1]


@pytest.mark.truth
def test_h_g1_g2_passes_through_the_published_table(validation):
    first, second = hg1g2_brightness(KNOTS, 1.0, 0.0), hg1g2_brightness(KNOTS, 0.0, 1.0)
    error = max(np.max(np.abs(first / FIRST - 1.0)), np.max(np.abs(second / SECOND - 1.0)))
    step = 1e-6
    inner, surge_inner = KNOTS[1:-1], SURGE_KNOTS[1:-1]
    slopes = (hg1g2_brightness(inner + step, 1, 0) - hg1g2_brightness(inner - step, 1, 0)) / (2 * step)
    surges = (hg1g2_brightness(surge_inner + step, 0, 0) - hg1g2_brightness(surge_inner - step, 0, 0)) / (2 * step)
    # the difference itself is good to 1e-6
    np.testing.assert_allclose(slopes, FIRST_SLOPES[1:-1], rtol=1e-6)
    np.testing.assert_allclose(surges, SURGE_SLOPES[1:-1], rtol=1e-5)
    validation(
        capability="Brightness of asteroids",
        quantity="phase functions H, G1, G2 at the printed knots",
        authority="Muinonen et al. (2010), tables 3 and 4",
        error=error,
        unit="1",
        tolerance=PRINTED,
        cases=12,
    )


def test_h_g1_g2_is_one_at_zero_phase_continuous_and_ends():
    assert hg1g2_brightness(0.0, 0.3, 0.4) == pytest.approx(1.0, abs=1e-12)
    edge = KNOTS[0]
    assert hg1g2_brightness(edge - 1e-9, 0.4, 0.3) == pytest.approx(float(hg1g2_brightness(edge, 0.4, 0.3)), abs=1e-7)
    assert np.isnan(hg1g2_brightness(np.radians(151.0), 0.4, 0.3))
