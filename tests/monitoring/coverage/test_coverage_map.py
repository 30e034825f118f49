"""Coverage maps against closed forms, the finder of windows and dense sampling."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from moonstead.dynamics.conditions import elevation_above
from moonstead.dynamics.events import find_windows
from moonstead.dynamics.trajectories import SurfacePoint, TabulatedTrajectory
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ITRF
from moonstead.monitoring.coverage.closed_forms import cap_share, fewest_polar, footprint, seen_share
from moonstead.monitoring.coverage.constellations import Constellation, eccentric, geostationary, walker
from moonstead.monitoring.coverage.coverage_map import STEREO_ANGLE, coverage
from moonstead.monitoring.coverage.ground import GROUNDS, Cells, equal_area
from moonstead.monitoring.coverage.watchers import (
    GroundSensor,
    ViewLimits,
    Watchers,
    constellation_watchers,
    ground_watchers,
    radar_range,
    trajectory_watchers,
)

Array = NDArray[np.float64]

START = 10.0 * 365.25 * 86_400.0  # [s TDB past J2000]
DAY = 86_400.0
SPHERE = GROUNDS["EARTH"].sphere()
SHARE = 1e-3  # [1] relative: the acceptance of closed forms
EDGE = 0.05  # [s] interpolation of the table: metres over kilometres per second
SAMPLED = 2e-3  # [1] share of a day told by samples 10 s apart with a hundred edges
LOW = ViewLimits(least_elevation=math.radians(8.2))


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


def places(latitude: Array, longitude: Array, ground: object = SPHERE) -> Cells:
    latitude, longitude = np.atleast_1d(latitude), np.atleast_1d(longitude)
    count = latitude.size
    return Cells(ground, latitude, longitude, np.full(count, 1.0 / count), np.arange(count))  # type: ignore[arg-type]


@pytest.mark.truth
@pytest.mark.parametrize("elevation", [0.0, 5.0, 10.0], ids=["0deg", "5deg", "10deg"])
def test_edge_of_a_geostationary_footprint(
    data: DataContext, elevation: float, validation: Callable[..., None]
) -> None:
    constellation = geostationary([0.0])
    angle = float(footprint(constellation.semi_major_axis[0] - SPHERE.radius, math.radians(elevation)))
    limits = ViewLimits(least_elevation=math.radians(elevation))
    watchers = constellation_watchers(constellation, limits, START, START + DAY, data)
    around = np.linspace(0.98, 1.02, 401) * angle
    seen = coverage(watchers, places(np.zeros(401), around), stereo=None).share_at_least(1)
    edge = np.interp(0.5, 1.0 - seen, around)
    validation(
        capability="Coverage by sensors",
        quantity=f"edge of a geostationary footprint at {elevation:g} deg",
        authority="closed form of a sphere",
        error=abs(edge / angle - 1.0),
        unit="1",
        tolerance=SHARE,
        cases=1,
    )


@pytest.mark.truth
@pytest.mark.parametrize(
    ("inclination", "altitude"), [(86.4, 780e3), (53.0, 550e3), (0.0, 1500e3)], ids=["polar", "oblique", "equatorial"]
)
def test_share_of_time_by_latitude(
    data: DataContext, inclination: float, altitude: float, validation: Callable[..., None]
) -> None:
    constellation = walker(1, 1, 0, altitude, math.radians(inclination))
    # over whole turns every place in the orbit counts alike, over a whole row of places every longitude of the node
    size = constellation.semi_major_axis[0]
    oblate = 1.5 * SPHERE.j2 * (SPHERE.reference_radius / size) ** 2
    turn = constellation.period[0] / (1.0 + oblate * (3.0 - 4.0 * math.sin(math.radians(inclination)) ** 2))
    stop = START + 4.0 * float(turn)
    watchers = constellation_watchers(constellation, LOW, START, stop, data)
    latitude = np.radians(np.arange(-80.0, 81.0, 10.0))
    longitude = np.linspace(-math.pi, math.pi, 720, endpoint=False)
    north, east = np.repeat(latitude, longitude.size), np.tile(longitude, latitude.size)
    found = coverage(watchers, places(north, east), stereo=None)
    angle = float(footprint(altitude, LOW.least_elevation))
    expected = seen_share(latitude, math.radians(inclination), angle)
    rows = found.share_at_least(1).reshape(latitude.size, -1).mean(axis=1)
    validation(
        capability="Coverage by sensors",
        quantity=f"share of time by latitude, {altitude / 1e3:g} km, {inclination:g} deg, of the largest share",
        authority="closed form: evenly spread node and phase",
        error=float(np.max(np.abs(rows - expected)) / np.max(expected)),
        unit="1",
        tolerance=SHARE,
        cases=latitude.size,
    )
    whole = coverage(watchers, equal_area(SPHERE, math.radians(1.0)), stereo=None)
    validation(
        capability="Coverage by sensors",
        quantity=f"share of the sphere in sight, {altitude / 1e3:g} km, {inclination:g} deg, relative",
        authority="area of the cap",
        error=abs(whole.mean(whole.share_at_least(1)) / float(cap_share(angle)) - 1.0),
        unit="1",
        tolerance=SHARE,
        cases=len(whole.cells),
    )


@pytest.mark.truth
def test_a_polar_star_of_the_least_size_leaves_no_gap(data: DataContext, validation: Callable[..., None]) -> None:
    altitude, angle = 780e3, float(footprint(780e3, LOW.least_elevation))
    star = fewest_polar(angle)
    # streets as wide as the formula of Adams & Rider needs at the least: every spare degree taken out of the footprint
    low, high = 0.9 * angle, angle
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if fewest_polar(middle).total == star.total else (middle, high)
    least = fewest_polar(high)
    cells = equal_area(SPHERE, math.radians(3.0))
    worst = []
    for share in (1.001, 0.98):
        elevation = _elevation_of(share * high, altitude)
        constellation = walker(
            star.total, star.planes, star.planes // 2, altitude, 0.5 * math.pi, pattern="star", spacing=least.spacing
        )
        period = float(constellation.period[0])
        limits = ViewLimits(least_elevation=elevation)
        watchers = constellation_watchers(constellation, limits, START, START + 0.5 * period, data)
        worst.append(float(np.max(coverage(watchers, cells, stereo=None).shares[:, 0])))
    assert worst[1] > 0.0
    validation(
        capability="Coverage by sensors",
        quantity="share of time not seen below a polar star with 0.1 % more than the least footprint",
        authority="Beste (1978), Adams & Rider (1987)",
        error=worst[0],
        unit="1",
        tolerance=0.0,
        cases=len(cells),
    )


def _elevation_of(angle: float, altitude: float) -> float:
    high = SPHERE.radius + altitude
    return math.atan2(high * math.cos(angle) - SPHERE.radius, high * math.sin(angle))


def test_mean_number_in_view_is_the_sum_of_the_caps(data: DataContext) -> None:
    constellation = walker(4, 2, 1, 1200e3, 1.1)
    watchers = constellation_watchers(constellation, LOW, START, START + 0.25 * DAY, data)
    found = coverage(watchers, equal_area(SPHERE, math.radians(3.0)), stereo=None)
    number = found.mean(found.shares @ np.arange(9.0))
    assert number == pytest.approx(4.0 * float(cap_share(footprint(1200e3, LOW.least_elevation))), rel=SHARE)
    assert np.allclose(found.shares.sum(axis=1), 1.0, atol=1e-9)


@pytest.mark.truth
def test_edges_are_those_that_the_finder_of_windows_proves(data: DataContext, validation: Callable[..., None]) -> None:
    constellation = walker(1, 1, 0, 600e3, 1.7).joined(eccentric("molniya", 1, 1.0))
    watchers = constellation_watchers(constellation, LOW, START, START + DAY, data)
    ground = GROUNDS["EARTH"]
    latitude, longitude = np.radians([-33.0, 0.0, 47.3, 78.2]), np.radians([-71.0, 10.0, 142.0, 15.6])
    worst, cases = 0.0, 0
    for k in range(2):
        alone = Watchers(
            ground, watchers.tdb, watchers.name[k : k + 1], watchers.states[k : k + 1], watchers.sun, (LOW,)
        )
        path = TabulatedTrajectory("satellite", "EARTH", ITRF, watchers.tdb, watchers.states[k], 7)
        found = coverage(alone, places(latitude, longitude, ground), stereo=None)
        for row, (north, east) in enumerate(zip(latitude, longitude, strict=True)):
            site = SurfacePoint.on_earth("place", north, east, 0.0)
            condition = elevation_above(site, path, LOW.least_elevation, data)
            windows = find_windows(condition, *path.span, resolution=0.1)
            gaps = ~windows
            assert found.gaps[row] == len(gaps)
            worst = max(worst, abs(found.longest_gap[row] - gaps.longest()))
            worst = max(worst, abs(found.shares[row, 1] - windows.fraction()) * DAY / max(1, 2 * len(windows)))
            cases += 1
    validation(
        capability="Coverage by sensors",
        quantity="longest gap and mean edge of views, round and eccentric orbit on the ellipsoid",
        authority="the library's finder of windows",
        error=worst,
        unit="s",
        tolerance=EDGE,
        cases=cases,
    )


LIMITS = {
    "cone": ViewLimits(half_angle=math.radians(40.0)),
    "cone and range": ViewLimits(half_angle=math.radians(58.0), largest_range=1.6e6),
    "sun": ViewLimits(sun_exclusion=math.radians(60.0)),
    "night": ViewLimits(light="night", sun_elevation=math.radians(-12.0), least_elevation=0.2),
    "day": ViewLimits(light="day", half_angle=math.radians(50.0)),
}


@pytest.mark.parametrize("kind", LIMITS)
def test_every_demand_agrees_with_dense_samples(data: DataContext, kind: str) -> None:
    limits = LIMITS[kind]
    constellation = walker(2, 2, 0, 900e3, 1.2)
    cells = places(np.radians([-60.0, 5.0, 40.0]), np.radians([10.0, -120.0, 77.0]), GROUNDS["EARTH"])
    coarse = constellation_watchers(constellation, limits, START, START + 0.5 * DAY, data)
    dense = constellation_watchers(constellation, limits, START, START + 0.5 * DAY, data, step=10.0)
    found = coverage(coarse, cells, stereo=None)
    for row in range(len(cells)):
        number = np.sum([_seen(dense.states[k, :, :3], dense.sun, cells, row, limits) for k in range(2)], axis=0)
        for count in range(3):
            assert found.shares[row, count] == pytest.approx(np.mean(number == count), abs=SAMPLED)


def _seen(spots: Array, sun: Array, cells: Cells, row: int, limits: ViewLimits) -> NDArray[np.bool_]:
    """Plain twin of the demands, from the definition of each angle."""
    place, up = cells.positions[row], cells.normals[row]
    line = spots - place
    distance = np.linalg.norm(line, axis=1)
    toward = line / distance[:, None]
    elevation = np.arcsin(toward @ up)
    off_nadir = np.arccos(np.clip(np.sum(toward * spots, axis=1) / np.linalg.norm(spots, axis=1), -1.0, 1.0))
    off_sun = np.arccos(np.clip(np.sum(-toward * sun, axis=1), -1.0, 1.0))
    held = (elevation >= limits.least_elevation) & (off_nadir <= limits.half_angle) & (distance <= limits.largest_range)
    held &= off_sun >= limits.sun_exclusion
    high = np.arcsin(sun @ up)
    if limits.light != "any":
        held &= (high > limits.sun_elevation) if limits.light == "day" else (high < limits.sun_elevation)
    return np.asarray(held)


def test_stereo_angle_of_two_geostationary_satellites(data: DataContext) -> None:
    constellation = geostationary(np.radians([-30.0, 30.0]))
    watchers = constellation_watchers(constellation, ViewLimits(), START, START + 3600.0, data)
    found = coverage(watchers, places([0.0], [0.0]))
    line = watchers.states[:, 0, :3] - places([0.0], [0.0]).positions[0]
    cosine = float(line[0] @ line[1]) / np.prod(np.linalg.norm(line, axis=1))
    assert found.stereo_angle[0] == pytest.approx(math.acos(abs(cosine)), abs=1e-6)
    assert found.stereo_share[0] == (1.0 if math.acos(cosine) >= STEREO_ANGLE else 0.0)


def test_waits_follow_from_gaps_as_defined(data: DataContext) -> None:
    watchers = constellation_watchers(walker(1, 1, 0, 900e3, 1.2), LOW, START, START + DAY, data)
    found = coverage(watchers, places([0.6], [0.3]), stereo=None)
    site = SurfacePoint("place", "EARTH", ITRF, 0.6, 0.3, 0.0, SPHERE.radius)
    path = TabulatedTrajectory("satellite", "EARTH", ITRF, watchers.tdb, watchers.states[0], 7)
    gaps = (~find_windows(elevation_above(site, path, LOW.least_elevation, data), *path.span)).durations()
    # STK, Response Time and Time Average Gap: a moment falls into a gap by its length, and then waits half of it
    assert found.mean_response[0] == pytest.approx(0.5 * np.sum(gaps**2) / DAY, rel=1e-4)
    assert found.mean_gap[0] == pytest.approx(np.mean(gaps), rel=1e-4)
    wait = found.response_95[0]
    assert np.sum(np.maximum(gaps - wait, 0.0)) == pytest.approx(0.05 * DAY, rel=1e-3)


def test_what_nobody_sees_is_one_gap_as_long_as_the_span(data: DataContext) -> None:
    watchers = constellation_watchers(geostationary([0.0]), LOW, START, START + DAY, data)
    found = coverage(watchers, places([0.0], [math.pi]))
    assert found.share_at_least(1)[0] == 0.0
    assert found.gaps[0] == 1 and found.longest_gap[0] == pytest.approx(DAY)
    assert np.isnan(found.stereo_angle[0])


def test_a_radar_sees_its_sector_all_the_time_and_a_telescope_only_by_night(data: DataContext) -> None:
    place = SurfacePoint.on_earth("station", math.radians(40.0), 0.0, 0.0)
    tdb = START + np.arange(0.0, DAY + 1.0, 300.0)
    cells = Cells(
        GROUNDS["EARTH"],
        np.radians([45.0, 35.0, 45.0]),
        np.radians([0.0, 0.0, 120.0]),
        np.full(3, 1 / 3),
        np.arange(3),
        800e3,
    )
    north = GroundSensor(
        place, math.radians(5.0), largest_range=3e6, azimuths=(math.radians(300.0), math.radians(60.0))
    )
    found = coverage(ground_watchers([north], tdb, data), cells)
    assert found.share_at_least(1).tolist() == [1.0, 0.0, 0.0]
    telescope = GroundSensor(place, math.radians(5.0), sun_below=math.radians(12.0), lit=True)
    watchers = ground_watchers([telescope], tdb, data)
    found = coverage(watchers, cells)
    dense = ground_watchers([telescope], START + np.arange(0.0, DAY + 1.0, 10.0), data)
    dark = np.arcsin(dense.sun @ place.topocentric.axes[2]) < math.radians(-12.0)
    for row in range(2):
        spot = cells.positions[row]
        ahead = dense.sun @ spot
        lit = (ahead > 0.0) | (np.linalg.norm(np.cross(spot, dense.sun), axis=1) > GROUNDS["EARTH"].radius)
        assert found.share_at_least(1)[row] == pytest.approx(np.mean(dark & lit), abs=SAMPLED)


def test_a_faint_object_is_seen_only_where_the_phase_is_small(data: DataContext) -> None:
    place = SurfacePoint.on_earth("station", 0.0, 0.0, 0.0)
    tdb = START + np.arange(0.0, DAY + 1.0, 60.0)
    cells = Cells(GROUNDS["EARTH"], np.zeros(1), np.zeros(1), np.ones(1), np.zeros(1, dtype=np.int64), 36_000e3)
    shares = []
    for reach in (30_000e3, 40_000e3, 80_000e3):
        sensor = GroundSensor(place, 0.1, bright_range=reach)
        shares.append(float(coverage(ground_watchers([sensor], tdb, data), cells).share_at_least(1)[0]))
    # with the object overhead the phase is the Sun's angle from the zenith; the law of a white sphere in closed form
    sun = ground_watchers([GroundSensor(place)], tdb, data).sun[:, 0]
    phase = np.arccos(np.clip(sun, -1.0, 1.0))
    law = (np.sin(phase) + (np.pi - phase) * np.cos(phase)) / np.pi
    expected = [float(np.mean(reach * np.sqrt(np.maximum(law, 0.0)) > 36_000e3)) for reach in (30e6, 40e6, 80e6)]
    assert shares == pytest.approx(expected, abs=3e-3)


def test_echoes_fall_with_the_fourth_power_of_the_range() -> None:
    assert radar_range(1e6, 1.0, 16.0) == pytest.approx(2e6)
    with pytest.raises(InvalidInput):
        radar_range(1e6, 1.0, 0.0)


@pytest.mark.truth
def test_a_lunar_orbiter_sees_the_share_of_its_cap(data: DataContext, validation: Callable[..., None]) -> None:
    moon = GROUNDS["MOON"]
    constellation = walker(2, 1, 0, 1000e3, 1.3, body="MOON")
    watchers = constellation_watchers(constellation, ViewLimits(), START, START + 0.5 * DAY, data)
    found = coverage(watchers, equal_area(moon, math.radians(3.0)), stereo=None)
    expected = 2.0 * float(cap_share(footprint(1000e3, 0.0, moon.radius)))
    validation(
        capability="Coverage by sensors",
        quantity="mean number of lunar orbiters in sight, relative",
        authority="area of the caps",
        error=abs(found.mean(found.shares @ np.arange(9.0)) / expected - 1.0),
        unit="1",
        tolerance=SHARE,
        cases=len(found.cells),
    )


def test_trajectories_watch_as_their_constellation_does(data: DataContext) -> None:
    constellation = walker(2, 2, 0, 900e3, 1.2)
    own = constellation_watchers(constellation, LOW, START, START + 0.25 * DAY, data)
    paths = [TabulatedTrajectory(n, "EARTH", ITRF, own.tdb, s, 7) for n, s in zip(own.name, own.states, strict=True)]
    told = trajectory_watchers(paths, LOW, "EARTH", own.tdb, data)
    cells = equal_area(GROUNDS["EARTH"], math.radians(20.0))
    assert np.allclose(coverage(told, cells).shares, coverage(own, cells).shares, atol=1e-7)


def test_eccentric_orbits_dwell_over_their_meridian(data: DataContext) -> None:
    for kind in ("molniya", "tundra"):
        states = eccentric(kind, 3, 1.0).states(START + np.arange(0.0, 10.0, 5.0), data)  # type: ignore[arg-type]
        first = states[0, 0, :3]
        assert math.atan2(first[1], first[0]) == pytest.approx(1.0, abs=1e-6)
        assert math.asin(first[2] / np.linalg.norm(first)) == pytest.approx(math.asin(math.sqrt(0.8)), abs=1e-6)


def test_impossible_constellations_are_refused() -> None:
    for wrong in ((5, 2, 0, 5e5, 1.0), (4, 2, 2, 5e5, 1.0), (4, 2, 0, -1.0, 1.0), (4, 2, 0, 5e5, 4.0)):
        with pytest.raises(InvalidInput):
            walker(*wrong)
    with pytest.raises(InvalidInput):
        Constellation(("a",), "MARS", *(np.ones(1) for _ in range(6)))
