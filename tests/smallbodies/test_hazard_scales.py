"""Authority: Sentry's snapshot of 2024 YR4 of 2025-02-06, and the definitions of the scales."""

from __future__ import annotations

import json
import math

import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.impactor import MEGATON
from moonstead.smallbodies.effects.interval import Interval
from moonstead.smallbodies.hazard_scales import (
    cumulative_palermo,
    diameter_of_magnitude,
    palermo_scale,
    size_of_diameter,
    size_of_magnitude,
    torino_scale,
)

YEARS_TO_2032 = 7.88  # [a] from 2025-02-06 to 2032-12-22.59
SENTRY_DIGITS = 0.015  # [1] the scale is given to 0.01; the size, rounded to 1 m, moves it by 0.02


@pytest.mark.truth
def test_2024_yr4_has_the_palermo_scale_of_sentry(shared_data, validation):
    sentry = json.loads((shared_data / "smallbodies" / "2024YR4_truth.json").read_text())["sentry_snapshot_2025-02-06"]
    mass = math.pi / 6.0 * 2600.0 * 54.0**3  # the diameter that Sentry gave that day
    energy = 0.5 * mass * (sentry["v_impact_km_s"] * 1e3) ** 2
    probability = sentry["ip_2032-12-22.59"]
    validation(
        capability="Palermo and Torino scales",
        quantity="Palermo scale of 2024 YR4",
        authority="Sentry, 2025-02-06",
        error=abs(palermo_scale(probability, energy, YEARS_TO_2032) - sentry["palermo_max"]),
        unit="1",
        tolerance=SENTRY_DIGITS,
        cases=1,
    )
    assert torino_scale(probability, energy, YEARS_TO_2032) == sentry["torino_max"]


def test_the_background_itself_has_a_palermo_scale_of_zero():
    assert palermo_scale(0.03 * 10.0**-0.8 * 5.0, 10.0 * MEGATON, 5.0) == pytest.approx(0.0, abs=1e-14)


def test_palermo_scales_add_as_risks():
    assert cumulative_palermo([-1.0, -1.0]) == pytest.approx(-1.0 + math.log10(2.0))
    assert cumulative_palermo([]) == -math.inf
    assert palermo_scale(0.0, MEGATON, 1.0) == -math.inf


@pytest.mark.parametrize(
    ("probability", "megatons", "level"),
    [
        (0.0, 1e6, 0),
        (1.0, 0.5, 0),  # does not reach the ground
        (1e-8, 10.0, 0),
        (1e-4, 10.0, 0),
        (5.5e-4, 150.0, 1),  # 2007 VK184 in 2010
        (5e-3, 50.0, 1),
        (5e-3, 1e3, 2),
        (0.02, 7.6, 3),  # 2024 YR4 in February 2025
        (0.027, 1e3, 4),  # Apophis in December 2004
        (0.5, 5e4, 5),
        (5e-3, 1e6, 6),
        (0.5, 1e6, 7),
        (0.995, 10.0, 8),
        (0.995, 1e3, 9),
        (0.995, 1e6, 10),
    ],
)
def test_levels_of_the_torino_scale(probability, megatons, level):
    assert torino_scale(probability, megatons * MEGATON) == level


def test_the_torino_scale_grows_with_chance_and_energy():
    chances = [10.0**k for k in range(-9, -2)]
    for megatons in (1.0, 10.0, 1e3, 1e5, 1e7):
        levels = [torino_scale(chance, megatons * MEGATON) for chance in chances]
        assert levels == sorted(levels)


def test_the_torino_scale_ends_after_a_century():
    assert torino_scale(1.0, 1e9 * MEGATON, 101.0) is None


def test_the_size_of_2024_yr4_is_that_of_sentry():
    assert diameter_of_magnitude(23.97) == pytest.approx(54.5, abs=1.5)
    size = size_of_magnitude(23.92, 0.278)
    # Webb measured 60 +- 7 m (press, 2025-04-02)
    assert size.diameter.low < 53.0 and size.diameter.high > 67.0
    assert size.energy(17.32e3).nominal / MEGATON == pytest.approx(8.4, abs=1.0)


def test_what_makes_no_sense_is_refused():
    for call in (
        lambda: palermo_scale(1.1, 1.0, 1.0),
        lambda: palermo_scale(0.1, 1.0, 0.0),
        lambda: torino_scale(-0.1, 1.0),
        lambda: diameter_of_magnitude(20.0, 0.0),
        lambda: size_of_magnitude(math.nan),
    ):
        with pytest.raises(InvalidInput):
            call()


def test_a_measured_diameter_keeps_its_span_and_its_density_where_it_is_known():
    measured = Interval(53.0, 60.0, 67.0)
    usual, known = size_of_diameter(measured), size_of_diameter(measured, 2000.0)
    assert known.mass.nominal == pytest.approx(math.pi / 6.0 * 2000.0 * 60.0**3)
    assert known.mass.high / known.mass.low == pytest.approx((67.0 / 53.0) ** 3)
    assert usual.mass.low == pytest.approx(math.pi / 6.0 * 1190.0 * 60.0**3)
    assert usual.mass.high == pytest.approx(math.pi / 6.0 * 2600.0 * 67.0**3, rel=0.05)
    with pytest.raises(InvalidInput, match="above zero"):
        size_of_diameter(Interval(0.0, 60.0, 67.0))
