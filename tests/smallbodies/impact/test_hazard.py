"""Authority: the definitions of the scales, through the numbers of one impactor."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.smallbodies.effects.impactor import MEGATON
from moonstead.smallbodies.hazard_scales import palermo_scale, size_of_magnitude
from moonstead.smallbodies.impact.answer import BodyAnswer, Corridor, Spread, VirtualImpactor
from moonstead.smallbodies.impact.hazard import JULIAN_YEAR, body_hazard, hazard_of
from moonstead.smallbodies.impact.wilson import wilson_interval


def impactor(body, probability, years):
    nothing = np.zeros(0)
    corridor = Corridor(*[nothing] * 7, 0.0)
    figure = Spread(0.1, 0.01)
    return VirtualImpactor(
        body, probability, (0.0, 1.0), probability, Spread(years * JULIAN_YEAR, 60.0), figure, figure, figure,
        Spread(17e3, 1.0), figure, 0.0, 17.32e3, 13e3, 1.0, 1e7, 1e3, np.zeros(6), np.zeros(3), corridor,
    )  # fmt: skip


def answer(body, *impactors):
    total = sum(one.probability for one in impactors)
    return BodyAnswer(body, total, (0.0, 1.0), "test", impactors, None, 0.0, 1e7)


def test_one_impactor_has_the_energy_of_its_speed_and_the_scale_of_its_time():
    size = size_of_magnitude(24.0)
    one = hazard_of(impactor("EARTH", 0.02, 7.88), size, 0.0)
    energy = 0.5 * size.mass.nominal * 17.32e3**2
    assert one.energy.nominal == pytest.approx(energy)
    assert one.palermo == pytest.approx(palermo_scale(0.02, energy, 7.88))
    assert one.torino == 3
    assert one.energy.low < 7.6 * MEGATON < one.energy.high


def test_risks_of_several_impactors_add():
    size = size_of_magnitude(24.0)
    single = hazard_of(impactor("EARTH", 0.02, 7.88), size, 0.0)
    both = body_hazard(answer("EARTH", *[impactor("EARTH", 0.02, 7.88)] * 2), size, 0.0)
    assert both.palermo == pytest.approx(single.palermo + np.log10(2.0))
    assert both.torino == single.torino


def test_the_scales_are_for_the_earth():
    size = size_of_magnitude(24.0)
    moon = body_hazard(answer("MOON", impactor("MOON", 0.04, 7.88)), size, 0.0)
    assert (moon.palermo, moon.torino) == (None, None)
    assert moon.energy.nominal > 0.0


def test_without_magnitude_or_impactor_nothing_is_made_up():
    assert body_hazard(answer("EARTH", impactor("EARTH", 0.02, 7.88)), None, 0.0).energy is None
    safe = body_hazard(answer("EARTH"), size_of_magnitude(24.0), 0.0)
    assert (safe.energy, safe.palermo, safe.torino) == (None, None, 0)


def test_wilson_agrees_with_scipy():
    from scipy.stats import binomtest

    for hits, trials in ((0, 10), (3, 40), (40, 40), (55, 1000)):
        known = binomtest(hits, trials).proportion_ci(method="wilson")
        assert wilson_interval(hits, trials) == pytest.approx((known.low, known.high), abs=1e-12)
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("probability", "interval", "with_impactor", "verdict"),
    [
        (0.999, (0.99, 1.0), True, "certain"),
        (0.042, (0.041, 0.043), True, "possible"),
        (3e-6, (2e-6, 4e-6), True, "not ruled out"),
        (0.0, (0.0, 1.1e-3), False, "not ruled out"),
        (0.0, (0.0, 1e-5), False, "ruled out"),
    ],
)
def test_a_small_probability_alone_rules_nothing_out(probability, interval, with_impactor, verdict):
    found = (impactor("MOON", probability, 7.88),) if with_impactor else ()
    assert BodyAnswer("MOON", probability, interval, "test", found, None, 0.0, 1e7).verdict == verdict
