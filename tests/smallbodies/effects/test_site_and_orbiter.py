"""Authority: the parts that are put together, order of time, phasing flown by Kepler's law."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.ballistic import MOON_GM
from moonstead.smallbodies.effects.impactor import MEGATON, impactor_of_energy
from moonstead.smallbodies.effects.interval import Interval
from moonstead.smallbodies.effects.orbiter_effects import orbiter_effects, phasing_delta_v
from moonstead.smallbodies.effects.site_effects import blow, cover_needed, site_effects
from moonstead.smallbodies.penetration import RegolithCover, WhippleShield, critical_diameter

EVENT = blow(impactor_of_energy(6.5 * MEGATON, 13_930.0, 2600.0, math.radians(50.0)), math.radians(-30.0), 0.3)
ORIGIN = LUNAR_MAP_RADIUS * np.array([1.0, 0.0, 0.0])


def circle(height, tilt=0.2, start=0.0):
    """States on a circle about the Moon."""
    radius = LUNAR_MAP_RADIUS + height
    rate = math.sqrt(MOON_GM / radius**3)
    side = np.array([0.0, math.cos(tilt), math.sin(tilt)])
    first = np.array([1.0, 0.0, 0.0])

    def state_at(times):
        turn = (rate * np.asarray(times) + start)[:, None]
        along = np.cos(turn) * first + np.sin(turn) * side
        return np.hstack((radius * along, radius * rate * (np.cos(turn) * side - np.sin(turn) * first)))

    return state_at


def test_a_site_in_the_crater_is_told_to_leave():
    found = site_effects(EVENT, math.radians(-30.01), 0.3)
    assert len(found.advice) == 1
    assert found.advice[0].action.startswith("Leave")
    assert found.advice[0].stop == 0.0


def test_advice_comes_in_order_of_time_with_its_figure():
    found = site_effects(EVENT, math.radians(-33.0), 0.3, shield=RegolithCover(0.5))
    starts = [one.start for one in found.advice]
    assert starts == sorted(starts)
    assert all(any(sign.isdigit() for sign in one.reason) for one in found.advice)
    assert found.quake.p_wave.delay < found.quake.s_wave.delay < found.ejecta.first
    assert found.holes.high < found.pieces.high


def test_a_site_on_the_other_side_of_a_small_impact_needs_no_shelter():
    small = blow(impactor_of_energy(4e9, 15_000.0), 0.5, 0.0)
    found = site_effects(small, -0.2, 2.0, shield=WhippleShield(1.3e-3, 0.1, 3.2e-3))
    assert [one.action for one in found.advice] == ["No shelter is needed here."]


def test_the_cover_advised_stops_its_piece():
    for size, speed in ((1e-3, 300.0), (0.05, 1500.0)):
        depth = cover_needed(size, speed)
        assert float(critical_diameter(RegolithCover(depth), speed, 0.0, 2500.0)) == pytest.approx(size, rel=1e-6)


def test_places_in_degrees_are_refused():
    with pytest.raises(InvalidInput, match="in degrees"):
        blow(EVENT.impactor, -30.0, 20.0)


def test_two_burns_shift_the_phase_by_what_kepler_says():
    state = circle(100e3)(np.zeros(1))[0]
    axis, lead, shift = LUNAR_MAP_RADIUS + 100e3, 10.0 * 86_400.0, 600.0
    period = 2.0 * math.pi * math.sqrt(axis**3 / MOON_GM)
    burn = 0.5 * phasing_delta_v(state, shift, lead)
    faster = np.linalg.norm(state[3:]) + burn
    changed = 1.0 / (2.0 / axis - faster**2 / MOON_GM)
    gained = (2.0 * math.pi * math.sqrt(changed**3 / MOON_GM) - period) * lead / period
    assert gained == pytest.approx(shift, rel=1e-3)  # linear in the burn
    assert phasing_delta_v(state, 0.0, 0.0) == 0.0
    assert math.isinf(phasing_delta_v(state, 1.0, 0.0))


def test_an_orbiter_over_the_impact_is_hit_and_told_when():
    found = orbiter_effects(EVENT, ORIGIN, 0.0, circle(100e3), lead=10.0 * 86_400.0, span=40_000.0)
    assert found.sees_impact
    assert 0.0 < found.hits.nominal <= found.hits.high
    assert found.first < found.dense_until <= 40_000.0 + 2000.0
    assert found.phase_hits.min() <= found.phase_hits[0]
    # the phase that is tried first is the one it has: half as many samples, over a sum of narrow peaks
    assert found.phase_hits[0] == pytest.approx(found.hits.nominal, rel=0.5)
    assert np.all(np.diff(found.ejecta.hits) >= 0.0)
    hidden = orbiter_effects(EVENT, ORIGIN, 0.0, circle(100e3, start=2.0), lead=10.0 * 86_400.0, span=10_000.0)
    assert not hidden.sees_impact


def test_an_orbiter_that_leaves_or_no_time_is_refused():
    def leaving(times):
        states = circle(100e3)(times)
        states[:, 3:] *= 1.5
        return states

    with pytest.raises(InvalidInput, match="not bound"):
        orbiter_effects(EVENT, ORIGIN, 0.0, leaving, lead=1.0)
    with pytest.raises(InvalidInput, match="span"):
        orbiter_effects(EVENT, ORIGIN, 0.0, circle(1e5), lead=1.0, span=0.0)


def test_an_interval_holds_its_order_and_reads_well():
    figure = Interval.around(2.0, (1.0, 3.0))
    assert figure.text("km") == "2 km (1 to 3)"
    assert figure.text("") == "2 (1 to 3)"
    assert figure.through(lambda x: -x) == Interval(-3.0, -2.0, -1.0)
    assert figure.as_dict(1e3) == {"low": 1e-3, "nominal": 2e-3, "high": 3e-3}
    assert Interval(1e4, 2e6, 3e7).text("kg") == "2.00e+06 kg (1e+04 to 3.00e+07)"
    with pytest.raises(InvalidInput, match="low <= nominal"):
        Interval(2.0, 1.0, 3.0)
