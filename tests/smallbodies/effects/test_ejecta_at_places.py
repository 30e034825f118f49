"""Authority: mass balance over the whole sphere, random flights counted in boxes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.elements import kepler_elements, mean_anomaly, states_from_elements, true_anomaly
from moonstead.smallbodies.effects.ballistic import MOON_GM, flight_time, launch_speed, surface_range
from moonstead.smallbodies.effects.crater import crater
from moonstead.smallbodies.effects.ejecta import ejecta_laws
from moonstead.smallbodies.effects.ejecta_orbit import ejecta_cloud, met_by_orbiter
from moonstead.smallbodies.effects.ejecta_site import arrivals, fragments_at_site, launch_elevations, site_ejecta
from moonstead.smallbodies.effects.fragments import fragments_per_mass, largest_fragment
from moonstead.smallbodies.effects.impactor import MEGATON, impactor_of_energy

YR4 = impactor_of_energy(6.5 * MEGATON, 13_930.0, 2600.0, 0.5 * math.pi)
LAWS = ejecta_laws(YR4)
HOLE = crater(YR4)
BALANCE = 5e-3  # [1] of sums over 200 rings of the sphere, of a law with slopes in steps
COUNTED = 4.0  # standard errors of a count


def random_flights(count, low, high, seed):
    """Launch speeds, elevations and the mass that each stands for."""
    generator = np.random.default_rng(seed)
    speed = generator.uniform(low, high, count)
    place = np.zeros(0)
    while place.size < count:
        drawn = generator.uniform(-1.0, 1.0, count)
        place = np.concatenate((place, drawn[generator.random(count) < 0.5 * (1.0 + np.cos(np.pi * drawn))]))
    mass = LAWS[0].mass_per_speed(speed) * (high - low) / count
    return speed, np.radians(45.0 + 15.0 * place[:count]), mass


def test_what_comes_down_everywhere_is_what_went_up():
    edges = np.geomspace(0.01, 1.0, 201)
    middle = np.sqrt(edges[1:] * edges[:-1])
    area = 2.0 * math.pi * LUNAR_MAP_RADIUS**2 * (np.cos(edges[:-1]) - np.cos(edges[1:]))
    found = float(sum(arrivals(LAWS[0], angle).total * part for angle, part in zip(middle, area, strict=True)))
    up, share = launch_elevations()
    sent = sum(
        part * float(LAWS[0].mass_faster(launch_speed(0.01, h)) - LAWS[0].mass_faster(launch_speed(1.0, h)))
        for h, part in zip(up, share, strict=True)
    )
    assert found == pytest.approx(sent, rel=BALANCE)
    assert float(share.sum()) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.truth
def test_layers_and_arrival_times_agree_with_random_flights(validation):
    speed, up, mass = random_flights(400_000, 400.0, 2000.0, 3)
    reach, time = surface_range(speed, up), flight_time(speed, up)
    worst = 0.0
    for angle in (0.3, 0.8, 1.5):
        inside = np.abs(reach - angle) < 0.01
        area = 2.0 * math.pi * LUNAR_MAP_RADIUS**2 * (math.cos(angle - 0.01) - math.cos(angle + 0.01))
        site = arrivals(LAWS[0], angle)
        expected = mass[inside].sum() / area
        standard = expected / math.sqrt(inside.sum())
        worst = max(worst, abs(site.total - expected) / standard)
        middle = float(np.sum(site.delay * site.mass_per_area) / site.total)
        counted = float(np.average(time[inside], weights=mass[inside]))
        assert middle == pytest.approx(counted, rel=0.02)  # the box is 2 % of the angle wide
    validation(
        capability="Impact effects",
        quantity="ejecta on the ground against random flights, in standard errors",
        authority="Monte Carlo",
        error=worst,
        unit="1",
        tolerance=COUNTED,
        cases=3,
    )


@pytest.mark.truth
def test_the_cloud_over_the_ground_agrees_with_random_flights(validation):
    speed, up, mass = random_flights(100_000, 1200.0, 2200.0, 1)
    start = np.zeros((speed.size, 6))
    start[:, 0], start[:, 3], start[:, 4] = LUNAR_MAP_RADIUS, speed * np.sin(up), speed * np.cos(up)
    elements = kepler_elements(start, MOON_GM)
    axis, e = elements.semi_major_axis, elements.eccentricity
    worst = 0.0
    cases = ((1800.0, 100e3, 0.6), (4000.0, 2000e3, 0.9), (2400.0, 500e3, 0.8))
    for wait, height, angle in cases:
        mean = mean_anomaly(elements.true_anomaly, e) + np.sqrt(MOON_GM / axis**3) * wait
        flown = states_from_elements(replace(elements, true_anomaly=true_anomaly(mean, e)), MOON_GM)
        distance = np.linalg.norm(flown[:, :3], axis=1)
        along = np.mod(np.arctan2(flown[:, 1], flown[:, 0]), 2.0 * math.pi)
        radius = LUNAR_MAP_RADIUS + height
        inside = (np.abs(distance - radius) < 25e3) & (np.abs(along - angle) < 0.03)
        volume = 2.0 * math.pi * radius**2 * math.sin(angle) * 50e3 * 0.06
        place = radius * np.array([[math.cos(angle), 0.0, math.sin(angle)]])
        cloud = ejecta_cloud(LAWS[0], [LUNAR_MAP_RADIUS, 0.0, 0.0], place, [wait])
        expected = mass[inside].sum() / volume
        worst = max(worst, abs(cloud.density[0, 0] - expected) / (expected / math.sqrt(inside.sum())))
        assert cloud.density[0, 1] == 0.0
        moving = cloud.velocity[0, 0, [0, 2]]
        np.testing.assert_allclose(moving, flown[inside, 3:5].mean(axis=0), atol=15.0)  # the box is 3 % wide
    validation(
        capability="Impact effects",
        quantity="density of ejecta over the Moon against random flights, in standard errors",
        authority="Monte Carlo",
        error=worst,
        unit="1",
        tolerance=COUNTED,
        cases=len(cases),
    )


@pytest.mark.parametrize("angle", [0.6, 2.9])  # near the point opposite a third comes the long way round
def test_what_sinks_through_a_level_just_over_the_ground_is_what_comes_down(angle):
    site = arrivals(LAWS[0], angle)
    height = LUNAR_MAP_RADIUS + 200.0
    wait = np.geomspace(0.8 * site.delay[0], 1.2 * site.delay[-1], 6000)
    place = height * np.tile([math.cos(angle), math.sin(angle), 0.0], (wait.size, 1))
    cloud = ejecta_cloud(LAWS[0], [LUNAR_MAP_RADIUS, 0.0, 0.0], place, wait)
    sinking = -np.nan_to_num(cloud.velocity) @ place[0] / height
    flow = (cloud.density * np.maximum(sinking, 0.0)).sum(axis=1)
    found = float(np.sum(0.5 * (flow[1:] + flow[:-1]) * np.diff(wait)))
    assert found == pytest.approx(site.total, rel=0.02)  # 200 m up, and flights out of the Moon's sphere cut off
    long_way = cloud.density[:, 1] * np.maximum(sinking[:, 1], 0.0)
    share = float(np.sum(0.5 * (long_way[1:] + long_way[:-1]) * np.diff(wait))) / found
    assert (share > 0.05) == (angle > 2.0)


def test_the_far_side_of_the_cloud_is_turned_with_it():
    """The density knows only the angle from the impact: any axes will do."""
    place, wait = np.array([0.5, 0.9, -1.7]) * 1.2e6, [3000.0]
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    origin = np.array([LUNAR_MAP_RADIUS, 0.0, 0.0])
    one = ejecta_cloud(LAWS[0], origin, [place], wait)
    two = ejecta_cloud(LAWS[0], turn @ origin, [turn @ place], wait)
    np.testing.assert_allclose(one.density, two.density, rtol=1e-6)
    np.testing.assert_allclose(np.nan_to_num(two.velocity[0]), np.nan_to_num(one.velocity[0] @ turn.T), atol=1e-3)


def test_nothing_is_met_under_the_ground_or_before_the_impact():
    origin = np.array([LUNAR_MAP_RADIUS, 0.0, 0.0])
    cloud = ejecta_cloud(LAWS[0], origin, [0.9 * origin, 1.1 * origin], [100.0, -5.0])
    assert not np.any(cloud.density)
    met = met_by_orbiter(cloud, HOLE, np.zeros((2, 6)), [-10.0, -5.0], diameter=1e-3)
    assert met.fluence == 0.0
    assert not np.any(met.hits)
    with pytest.raises(InvalidInput, match="rising delays"):
        met_by_orbiter(cloud, HOLE, np.zeros((2, 6)), [5.0, 5.0], diameter=1e-3)
    with pytest.raises(InvalidInput, match="origin"):
        ejecta_cloud(LAWS[0], [1.0, 2.0], [origin], [1.0])


def test_pieces_at_a_site_are_the_sum_over_its_flights():
    site = site_ejecta(LAWS, 0.5)
    found = fragments_at_site(site, HOLE, lambda speed, _: np.full(speed.shape, 2e-3))
    flights = site.flights[0]
    largest = largest_fragment(flights.speed, HOLE.diameter.nominal, math.sqrt(0.5 * 1.625 * HOLE.diameter.nominal))
    expected = float(np.sum(flights.mass_per_area * fragments_per_mass(2e-3, largest)))
    assert found.nominal == pytest.approx(expected, rel=1e-12)
    assert found.low <= found.nominal <= found.high
    across = fragments_at_site(site, HOLE, lambda speed, _: np.full(speed.shape, 2e-3), projected=True)
    assert across.nominal > found.nominal


def test_a_flat_impact_leaves_the_side_open():
    steep, flat = site_ejecta(LAWS, 0.5), site_ejecta(LAWS, 0.5, math.radians(40.0))
    assert flat.mass_per_area.high == pytest.approx(steep.mass_per_area.high * 16.0 / 9.0)
    assert flat.mass_per_area.low == pytest.approx(steep.mass_per_area.low * 2.0 / 9.0)
    assert site_ejecta(LAWS, 1e-4).inside_blanket
    assert not steep.inside_blanket
    assert steep.first < steep.quantiles[0] < steep.quantiles[1] < steep.quantiles[2] < steep.last
    with pytest.raises(InvalidInput, match="up to pi"):
        arrivals(LAWS[0], 3.5)
