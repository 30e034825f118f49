"""Authority: dense sampling of the same geometry, symmetry, and geometries with a known answer."""

import numpy as np
import pytest

from moonstead.dynamics.observe import azimuth_elevation, observe
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint, TabulatedTrajectory
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ICRF, MOON_ME
from moonstead.foundation.frames.topocentric import Topocentric
from moonstead.links.contacts import Terminal, contact_windows, link_distance
from moonstead.links.coverage import chain_windows, summarise
from moonstead.links.ground_stations import ground_station

START = 8.335e8  # [s TDB past J2000] May 2026, within the Earth orientation on file
DAY = 86400.0  # [s]
MOON_GM = 4.9028001e12  # [m3/s2]
EDGE = 0.02  # [s] edges are refined to 1 us; what is left is the finite step of the sampled check


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def site():
    return SurfacePoint("hub", "MOON", MOON_ME, np.radians(-88.8), np.radians(123.4), 1500.0)


@pytest.fixture(scope="module")
def relay(data):
    """Circular polar orbit of 6000 km radius that passes behind the Moon as seen from the Earth, as a table."""
    radius, tdb = 6.0e6, START + np.arange(-600.0, 3.0 * DAY + 600.0, 60.0)
    rate = np.sqrt(MOON_GM / radius**3)
    phase = rate * (tdb - START)
    toward, pole = data.ephemeris.position("EARTH", "MOON", np.array([START]))[0], np.array([0.0, 0.0, 1.0])
    across = np.cross(pole, toward)
    first = np.cross(across, pole) / np.linalg.norm(across)
    cosine, sine = np.cos(phase)[:, None], np.sin(phase)[:, None]
    position = radius * (cosine * first + sine * pole)
    velocity = radius * rate * (cosine * pole - sine * first)
    return TabulatedTrajectory("relay", "MOON", ICRF, tdb, np.hstack((position, velocity)), 7)


def skyline(azimuth):
    """Between 1 and 7 deg high, with three peaks around the site; nowhere steeper than 9 deg per rad."""
    return np.radians(4.0 + 3.0 * np.sin(3.0 * azimuth))


SKYLINE_SLOPE = np.radians(9.0)


def _look(site, target, tdb, data, aberration="light-time"):
    axes = Topocentric(site.frame, site.latitude, site.longitude)
    return azimuth_elevation(observe(target, site, tdb, axes, data, aberration))


def _same_as_sampled(windows, seen, step):
    """Every sampled time lies on the right side of every edge."""
    times = START + step * np.arange(seen.size) + 0.5 * step
    near_edge = np.zeros(seen.size, dtype=bool)
    for edge in (*windows.starts, *windows.stops):
        near_edge |= np.abs(times - edge) < EDGE
    np.testing.assert_array_equal(windows.contains(times)[~near_edge], seen[~near_edge])
    return times


def test_terrain_mask_and_moon_together_decide_a_relay_pass(data, site, relay):
    here = Terminal("hub", site, horizon=skyline, horizon_slope=SKYLINE_SLOPE, elevation_mask=np.radians(3.0))
    windows = contact_windows(here, Terminal("relay", relay), START, START + 2 * DAY, data)
    step = 30.0
    times = START + step * np.arange(int(2 * DAY / step)) + 0.5 * step
    azimuth, elevation, _ = _look(site, relay, times, data)
    _same_as_sampled(windows, elevation > np.maximum(skyline(azimuth), np.radians(3.0)), step)
    assert 3 <= len(windows) <= 5  # an orbit of 11.6 h


def test_a_skyline_below_the_mask_changes_nothing(data, site, relay):
    mask = np.radians(8.0)
    with_skyline = Terminal("hub", site, horizon=skyline, horizon_slope=SKYLINE_SLOPE, elevation_mask=mask)
    without = Terminal("hub", site, elevation_mask=mask)
    far = Terminal("relay", relay)
    first, second = (contact_windows(t, far, START, START + 2 * DAY, data) for t in (with_skyline, without))
    np.testing.assert_allclose(first.starts, second.starts, atol=EDGE)
    np.testing.assert_allclose(first.stops, second.stops, atol=EDGE)


def test_a_skyline_below_the_level_plane_lets_the_view_dip(data, site, relay):
    far = Terminal("relay", relay)
    dip = np.radians(-2.0)
    low = Terminal("hub", site, horizon=lambda azimuth: np.full_like(azimuth, dip), horizon_slope=0.0)
    windows = contact_windows(low, far, START, START + 2 * DAY, data)
    times = START + 30.0 * np.arange(5760) + 15.0
    _, elevation, _ = _look(site, relay, times, data)
    _same_as_sampled(windows, elevation > dip, 30.0)
    assert windows.total() > contact_windows(Terminal("hub", site), far, START, START + 2 * DAY, data).total()


def test_ends_may_be_swapped_when_light_time_is_left_out(data, site, relay):
    here, there = Terminal("hub", site, elevation_mask=np.radians(5.0)), Terminal("relay", relay)
    first = contact_windows(here, there, START, START + DAY, data, "geometric")
    second = contact_windows(there, here, START, START + DAY, data, "geometric")
    np.testing.assert_array_equal(first.starts, second.starts)
    np.testing.assert_array_equal(first.stops, second.stops)


def test_the_moon_hides_the_relay_from_the_earth_as_its_disc_says(data, relay):
    earth = Terminal("Earth", BodyTrajectory("EARTH", "MOON", data), occulting=())
    windows = contact_windows(Terminal("relay", relay, occulting=("MOON",)), earth, START, START + 3 * DAY, data)
    step = 20.0
    times = START + step * np.arange(int(3 * DAY / step)) + 0.5 * step
    toward = data.ephemeris.position("EARTH", "MOON", times)
    toward /= np.linalg.norm(toward, axis=1)[:, None]
    here = relay.state(times)[:, :3]
    along = np.sum(here * toward, axis=1)
    beside = np.linalg.norm(here - along[:, None] * toward, axis=1)
    # the Earth is far, so the shadow of its sight is almost a cylinder; skip the sliver where that matters
    clear = (along > 0.0) | (beside > 1.7374e6 * 1.02)
    hidden = (along < 0.0) & (beside < 1.7374e6 * 0.97)
    assert np.all(windows.contains(times)[clear])
    assert not np.any(windows.contains(times)[hidden])
    assert hidden.any()


def test_the_earth_is_left_to_the_horizon_of_a_station_on_it(data, site):
    station = ground_station("kashi")
    dish = Terminal("kashi", station.trajectory(), elevation_mask=np.radians(10.0))
    hub = Terminal("hub", site, horizon=skyline, horizon_slope=SKYLINE_SLOPE)
    windows = contact_windows(dish, hub, START, START + 10 * DAY, data)
    step = 120.0
    times = START + step * np.arange(int(10 * DAY / step)) + 0.5 * step
    azimuth, up_there, _ = _look(site, dish.trajectory, times, data)
    _, up_here, _ = _look(dish.trajectory, site, times, data)
    seen = (up_there > skyline(azimuth)) & (up_here > np.radians(10.0))
    _same_as_sampled(windows, seen, step)
    assert seen.any() and not seen.all()


def test_the_path_length_is_the_light_time(data, site):
    dish = Terminal("kashi", ground_station("kashi").trajectory())
    hub = Terminal("hub", site)
    times = START + np.array([0.0, DAY])
    path = link_distance(dish, hub, times, data)
    assert np.all((path > 356e6 - 2e7) & (path < 407e6 + 2e7))
    # while the signal travels, the far end moves through the solar system by at most 30.3 + 1.1 km/s
    geometric = link_distance(dish, hub, times, data, "geometric")
    assert np.all(np.abs(path - geometric) < 31.4e3 * path / SPEED_OF_LIGHT)
    assert np.all(path != geometric)


def test_a_relay_chain_joins_what_the_direct_link_lacks(data, site, relay):
    stop = START + 3 * DAY
    hub = Terminal("hub", site, elevation_mask=np.radians(5.0))
    far = Terminal("relay", relay)
    dishes = [
        Terminal(name, ground_station(name).trajectory(), elevation_mask=np.radians(10.0))
        for name in ("kashi", "neuquen", "jiamusi")
    ]
    to_site = contact_windows(far, hub, START, stop, data)
    to_earth = [contact_windows(dish, far, START, stop, data) for dish in dishes]
    chain = chain_windows([(to_site, to_earth)])
    times = np.linspace(START, stop, 5000)[:-1]
    earth = np.any([w.contains(times) for w in to_earth], axis=0)
    np.testing.assert_array_equal(chain.contains(times), to_site.contains(times) & earth)
    assert 0.0 < summarise(chain).fraction < summarise(to_site).fraction + 1e-12


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda s, r: Terminal("hub", s, elevation_mask=-0.1), "needs a horizon"),
        (lambda s, r: Terminal("hub", s, horizon=skyline), "come together"),
        (lambda s, r: Terminal("relay", r, elevation_mask=0.1), "stands on no surface"),
        (lambda s, r: Terminal("hub", s, elevation_mask=2.0), "rad"),
    ],
)
def test_terminals_that_contradict_themselves_are_refused(site, relay, wrong, message):
    with pytest.raises(InvalidInput, match=message):
        wrong(site, relay)
