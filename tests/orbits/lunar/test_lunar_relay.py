"""Authority: brute-force sampling of sight, counting by hand, and propagation of what was designed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.observe import azimuth_elevation
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.dynamics.windows import Windows
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.orbits.frozen_ellipse import frozen_inclination
from moonstead.orbits.lunar.constellation import phased_constellation
from moonstead.orbits.lunar.coverage import Skyline, at_least, sight_windows
from moonstead.orbits.lunar.design import design_relay, start_robustness
from moonstead.orbits.lunar.start import EARTH_ORBIT, LunarShape

DAY, YEAR = 86_400.0, 365.25 * 86_400.0
START = 1_104_494_400.0  # [s TDB past J2000] 2035-01-01T00:00:00 TDB
FULL = ForceModel(
    degree=20, third_bodies=("EARTH", "SUN", "JUPITER BARYCENTER"), mass=1200.0, radiation=Radiation(20.0, 1.3)
)
MASK = math.radians(5.0)
HUB = SurfacePoint("hub", "MOON", MOON_ME, math.radians(-88.80), math.radians(123.40))
MOUTON = SurfacePoint("mouton", "MOON", MOON_ME, math.radians(-84.60), math.radians(31.00))
SHAPE_OF_24_H = LunarShape.of_period(500e3, DAY, 0.0, 0.0)
RELAY = LunarShape.of_period(500e3, DAY, frozen_inclination(SHAPE_OF_24_H.eccentricity), 0.5 * math.pi)
SAMPLED = 2e-3  # [1] of the time: two edges a day, each known to half of the 60 s between samples


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def design(data):
    return design_relay(
        RELAY, [START], 0.5 * YEAR, FULL, data, nodes=4, sites=[HUB, MOUTON], masks=[MASK, MASK], finalists=2, threads=1
    )


def test_a_designed_relay_lives_and_sees_its_sites(design):
    """Goal of the field notes: 65 % of the time alone."""
    best = design.best
    assert best.lifetime.impact is None and best.lifetime.lowest_altitude > 100e3
    assert best.least_coverage > 0.65
    assert best.earth_fraction > 0.9
    assert all(one.least_coverage <= best.least_coverage for one in design.others)
    assert design.screened.durations.shape == (1, 4, 1)


def test_share_of_sight_agrees_with_samples(design, data):
    best = design.best
    times = np.arange(*best.lifetime.trajectory.span, 60.0)
    fixed = MOON_ME.from_icrf(times, data).position(best.lifetime.trajectory.state(times)[:, :3])
    _, elevation, _ = azimuth_elevation((fixed - HUB.position) @ HUB.topocentric.axes.T)
    assert best.coverage[0].fraction == pytest.approx(np.mean(elevation > MASK), abs=SAMPLED)
    assert best.coverage[0].worst_by(30 * DAY).min() <= best.coverage[0].fraction


def test_a_flat_skyline_is_a_plain_mask_and_a_mountain_costs_sight(design, data):
    path, span = design.best.lifetime.trajectory, (START, START + 10 * DAY)
    azimuth = np.linspace(0.0, 2 * np.pi, 72, endpoint=False)
    plain = sight_windows(path, MOUTON, MASK, data, span=span)
    flat = sight_windows(path, MOUTON, Skyline(azimuth, np.full(72, MASK)), data, span=span)
    np.testing.assert_allclose(flat.starts, plain.starts, atol=1e-3)
    hill = Skyline(azimuth, MASK + np.radians(15.0) * np.exp(-(((azimuth - np.pi) / 0.5) ** 2)))
    assert sight_windows(path, MOUTON, hill, data, span=span).total() < plain.total()
    assert hill.at(np.array([np.pi, 2 * np.pi + np.pi]))[0] == pytest.approx(MASK + math.radians(15.0), rel=1e-2)


def test_three_relays_on_one_plane_keep_their_places_and_never_leave_a_site(design, data):
    best = design.best
    relays = phased_constellation(
        RELAY, EARTH_ORBIT, [best.node] * 3, [0.0, 1 / 3, 2 / 3], START, 0.5 * YEAR, FULL, data
    )
    assert relays.phase_errors.max() < 0.05
    for site in (HUB, MOUTON):
        one = relays.coverage(site, MASK, data)
        assert one.fraction == 1.0 and one.worst_gap == 0.0
    assert (
        relays.coverage(HUB, MASK, data, satellites=3).fraction
        < relays.coverage(HUB, MASK, data, satellites=2).fraction
    )


def test_counting_of_windows():
    span = (0.0, 10.0)
    seen = [Windows.of([0.0, 6.0], [4.0, 8.0], span), Windows.of([4.0], [6.5], span), Windows.of([3.0], [9.0], span)]
    np.testing.assert_array_equal(at_least(seen, 1).windows.stops, [9.0])
    np.testing.assert_array_equal(at_least(seen, 2).windows.starts, [3.0])
    np.testing.assert_array_equal(at_least(seen, 2).windows.stops, [8.0])  # touching at 4 is no gap
    np.testing.assert_array_equal(at_least(seen, 3).windows.starts, [6.0])
    assert at_least(seen, 1).worst_gap == 1.0 and at_least(seen, 3).fraction == pytest.approx(0.05)


def test_an_insertion_that_is_off_or_late_still_lives(design, data):
    best = design.best
    model = ForceModel(degree=8)
    found = start_robustness(
        RELAY,
        EARTH_ORBIT,
        best.node,
        best.true_anomaly,
        START,
        0.25 * YEAR,
        model,
        data,
        count=14,
        slips=(3 * DAY,),
        threads=1,
    )
    assert found.living_fraction == 1.0 and found.living_interval()[0] == pytest.approx(0.025 ** (1 / 14), abs=1e-3)
    assert found.slip_lifetimes.tolist() == [0.25 * YEAR]


def test_refusals_name_the_reason(data):
    low = LunarShape.of_altitudes(200e3, 16_000e3, math.radians(62.4), 0.5 * math.pi)
    with pytest.raises(
        InvalidInput, match=r"hits the Moon on 2035-\d\d-\d\dT.*after \d+\.\d days.*Raise the periselene"
    ):
        design_relay(low, [START], 200 * DAY, ForceModel(degree=8), data, axes="MOON_PA", nodes=1, threads=1)
    with pytest.raises(InvalidInput, match=r"sinks to .* km on 2035"):
        design_relay(RELAY, [START], 60 * DAY, ForceModel(degree=8), data, nodes=1, lowest_altitude=600e3, threads=1)
    with pytest.raises(InvalidInput, match="do not pair"):
        design_relay(RELAY, [START], DAY, FULL, data, sites=[HUB], masks=[0.0, 0.0])
    with pytest.raises(InvalidInput, match="coverage or altitude"):
        design_relay(RELAY, [START], DAY, FULL, data, objective="beauty")
    with pytest.raises(InvalidInput, match="do not pair"):
        phased_constellation(RELAY, EARTH_ORBIT, [0.0], [0.0, 0.5], START, DAY, FULL, data)
    with pytest.raises(InvalidInput, match="rise within"):
        Skyline(np.array([0.0, 7.0]), np.zeros(2))
