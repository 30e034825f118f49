"""Authority: integrals along rays by quadrature, chords of a uniform sphere, a preprint on 2024 YR4."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects import seismic_rays
from moonstead.smallbodies.effects.impactor import MEGATON
from moonstead.smallbodies.effects.moonquake import moonquake, peak_ground_velocity, seismic_magnitude
from moonstead.smallbodies.effects.seismic_rays import MOON_LAYERS, wave_arrival

ALONG_RAYS = 0.1  # [s] times between 400 rays of a layer
YR4 = 6.5 * MEGATON


def ray(slowness, turning, column):
    """Angle and time of a ray that turns in a layer, by quadrature of the ray's equations layer by layer."""
    reach = time = 0.0
    for depth in range(turning + 1):
        speed = MOON_LAYERS[depth][column]
        top = MOON_LAYERS[depth][0]
        bottom = max(slowness * speed, MOON_LAYERS[depth + 1][0])
        # r = k cosh(w) with k = p v takes the root out of both integrals of the ray's equations
        nearest = slowness * speed
        low, high = math.acosh(max(bottom / nearest, 1.0)), math.acosh(top / nearest)
        reach += 2.0 * quad(lambda w: 1.0 / math.cosh(w), low, high)[0]
        time += 2.0 * quad(lambda w, k=nearest, v=speed: k * math.cosh(w) / v, low, high)[0]
    return reach, time


@pytest.mark.truth
@pytest.mark.parametrize(("wave", "column"), [("P", 1), ("S", 2)])
def test_waves_through_the_upper_mantle_arrive_when_the_integral_along_the_ray_says(validation, wave, column):
    worst, layer = 0.0, 3  # 40 to 238 km deep, where rays to 10 to 40 degrees turn
    speed = MOON_LAYERS[layer][column]
    for degrees in (12.0, 20.0, 35.0):
        low, high = MOON_LAYERS[layer + 1][0] / speed, MOON_LAYERS[layer][0] / speed
        found = brentq(
            lambda p, d=degrees: ray(p, layer, column)[0] - math.radians(d), low * (1 + 1e-9), high * (1 - 1e-9)
        )
        time = ray(found, layer, column)[1]
        arrival = wave_arrival(math.radians(degrees), wave)
        assert arrival.direct
        worst = max(worst, abs(arrival.delay - time))
    validation(
        capability="Impact effects",
        quantity=f"arrival of {wave} waves through layers",
        authority="quadrature along the ray",
        error=worst,
        unit="s",
        tolerance=ALONG_RAYS,
        cases=3,
    )


def test_a_uniform_moon_is_crossed_on_chords(monkeypatch):
    monkeypatch.setattr(seismic_rays, "MOON_LAYERS", ((1_737_400.0, 7000.0, 4000.0),))
    seismic_rays._branches.cache_clear()
    try:
        for angle in (0.1, 1.0, 2.0, math.pi):
            chord = 2.0 * 1_737_400.0 * math.sin(0.5 * angle)
            assert wave_arrival(angle, "P").delay == pytest.approx(chord / 7000.0, abs=0.02)
    finally:
        seismic_rays._branches.cache_clear()


def test_waves_come_later_further_away_and_shear_waves_after_the_others():
    angles = np.radians(np.linspace(0.1, 180.0, 60))
    for wave in "PS":
        times = [wave_arrival(float(angle), wave).delay for angle in angles]
        assert np.all(np.diff(times) > 0.0)
    assert all(wave_arrival(float(a), "S").delay > wave_arrival(float(a), "P").delay for a in angles)
    assert not wave_arrival(math.pi, "S").direct  # the liquid core throws a shadow


def test_no_such_wave_or_place():
    with pytest.raises(InvalidInput, match="'P' or 'S'"):
        wave_arrival(1.0, "Q")
    with pytest.raises(InvalidInput, match="up to pi"):
        wave_arrival(0.0, "P")


@pytest.mark.truth
def test_the_moonquake_of_2024_yr4_has_magnitude_five(validation):
    felt = moonquake(YR4, 0.5)
    assert felt.magnitude.low < 5.0 < felt.magnitude.high
    validation(
        capability="Impact effects",
        quantity="magnitude of the moonquake of 2024 YR4",
        authority="He et al. (2026), arXiv:2601.10666: 5.0",
        error=abs(felt.magnitude.nominal - 5.0),
        unit="1",
        tolerance=0.2,  # a factor of two in the efficiency, which is known to ten
        cases=1,
    )


def test_the_energy_of_the_shaking_is_the_radiated_one():
    energy, distance, share, time = 1e15, 2e5, 1e-4, 300.0
    speed = 0.5 * peak_ground_velocity(energy, distance, share, time)  # of the wave, without the free surface
    passed = 0.5 * speed**2 * 2700.0 * 3200.0 * 2.0 * math.pi * distance**2 * time
    assert passed == pytest.approx(share * energy, rel=1e-12)
    assert seismic_magnitude(10.0**14.8 / 1e-4) == pytest.approx(20.0 / 3.0)
    with pytest.raises(InvalidInput, match="positive energy"):
        seismic_magnitude(0.0)


def test_the_ascent_stage_of_apollo_12_moved_the_ground_as_much_as_was_recorded():
    """10 nm from peak to peak near 1 Hz at 73 km from 3.4e9 J (Latham et al. 1970, recalled): inside the span."""
    felt = moonquake(3.36e9, 73e3 / 1_737_400.0).velocity
    assert felt.low < math.pi * 10e-9 < felt.high
