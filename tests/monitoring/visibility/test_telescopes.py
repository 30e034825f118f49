"""When telescopes see objects about the Moon: against SPICE's geometry, dense samples and closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint, TabulatedTrajectory
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ICRF, MOON_ME
from moonstead.monitoring.visibility.brightness import DiffuseSphere
from moonstead.monitoring.visibility.lagrange_place import LagrangePoint
from moonstead.monitoring.visibility.light_conditions import off_the_limb
from moonstead.monitoring.visibility.telescopes import (
    Telescope,
    demands_of,
    magnitude,
    seen_by_any,
    visibility,
)
from moonstead.orbits.elements import kepler_elements

Array = NDArray[np.float64]

START, DAY = 8.0e8, 86_400.0  # [s TDB past J2000], [s]
SPHERE = DiffuseSphere(4.0)
SAMPLED = 4e-3  # [1] of the span, from samples a minute apart with some tens of edges
SAME_GEOMETRY = 1e-6  # [1] magnitudes: the ephemeris is the same, light time is off in both


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


def circle(normal: Array, radius: float, center: str, span: float, name: str = "orbiter") -> TabulatedTrajectory:
    """A circular two-body orbit about an axis, in a dense table."""
    axis = normal / np.linalg.norm(normal)
    first = np.cross(axis, np.eye(3)[int(np.argmin(np.abs(axis)))])
    first /= np.linalg.norm(first)
    second = np.cross(axis, first)
    rate = math.sqrt(body(center).gm / radius**3)
    tdb = np.linspace(START - 600.0, START + span + 600.0, int(span / 30.0) + 42)
    angle = (rate * (tdb - START))[:, None]
    places = radius * (np.cos(angle) * first + np.sin(angle) * second)
    speeds = radius * rate * (np.cos(angle) * second - np.sin(angle) * first)
    return TabulatedTrajectory(name, center, ICRF, tdb, np.concatenate((places, speeds), axis=1), 7)


@pytest.fixture(scope="module")
def orbiter() -> TabulatedTrajectory:
    return circle(np.array([0.3, -1.0, 0.4]), 1.9374e6, "MOON", DAY)


@pytest.fixture
def spice(data: DataContext) -> Iterator[ModuleType]:
    spiceypy = pytest.importorskip("spiceypy")
    spiceypy.kclear()
    spiceypy.furnsh(str(data.dataset("de440s").path))
    yield spiceypy
    spiceypy.kclear()


@pytest.mark.truth
def test_geometry_of_light_is_that_of_spice(
    data: DataContext, orbiter: TabulatedTrajectory, spice: ModuleType, validation: Callable[..., None]
) -> None:
    place = LagrangePoint("L1", data)
    tdb = START + np.linspace(0.0, DAY, 50)
    told = magnitude(orbiter, place, SPHERE, tdb, data)
    limb = off_the_limb(orbiter, place, "MOON", 0.0, data).value(tdb)
    worst = np.zeros(2)
    for k, when in enumerate(tdb):
        here = orbiter.state(tdb[k : k + 1])[0, :3] / 1e3
        sun = spice.spkpos("SUN", when, "J2000", "NONE", "MOON")[0] - here
        moon = np.array(spice.spkpos("MOON", when, "J2000", "NONE", "EARTH")[0])
        line = 0.849_065_7 * moon - moon - here
        phase = spice.vsep(sun, line)
        law = (math.sin(phase) + (math.pi - phase) * math.cos(phase)) / math.pi
        share = 0.2 / 6.0 * 16.0 * law / (1e3 * spice.vnorm(line)) ** 2 * (149_597_870.7 / spice.vnorm(sun)) ** 2
        center = moon - 0.849_065_7 * moon
        separation = spice.vsep(-line, center) - math.asin(1737.4 / spice.vnorm(center))
        worst = np.maximum(worst, [abs(told[k] + 26.76 + 2.5 * math.log10(share)), abs(limb[k] - separation)])
    validation(
        capability="Visibility in cislunar space",
        quantity="magnitude of a sphere in lunar orbit from L1",
        authority="SPICE geometry, Lambert's phase law",
        error=float(worst[0]),
        unit="mag",
        tolerance=SAME_GEOMETRY,
        cases=tdb.size,
    )
    validation(
        capability="Visibility in cislunar space",
        quantity="angle from the Moon's limb",
        authority="SPICE geometry",
        error=float(worst[1]),
        unit="rad",
        tolerance=1e-9,
        cases=tdb.size,
    )


def observers(data: DataContext) -> dict[str, Telescope]:
    leo = circle(np.array([0.1, 0.2, 1.0]), 7.2e6, "EARTH", DAY, "leo")
    ground = SurfacePoint.on_earth("ground", math.radians(31.0), math.radians(-7.9), 2700.0)
    moon = SurfacePoint("moonside", "MOON", MOON_ME, math.radians(-20.0), math.radians(30.0))
    return {
        "ground": Telescope(ground, 17.5, math.radians(15.0), math.radians(12.0), 0.5, math.radians(0.2)),
        "leo": Telescope(leo, 18.0, sun_exclusion=0.6, moon_exclusion=0.005, earth_exclusion=0.1),
        "l1": Telescope(LagrangePoint("L1", data), 13.5, sun_exclusion=0.5, largest_range=5.9e7),
        "moon": Telescope(moon, 6.0, math.radians(5.0), earth_exclusion=0.1),
    }


@pytest.mark.parametrize("kind", ["ground", "leo", "l1", "moon"])
def test_every_demand_agrees_with_samples_a_minute_apart(
    data: DataContext, orbiter: TabulatedTrajectory, kind: str
) -> None:
    telescope = observers(data)[kind]
    found = visibility(telescope, orbiter, SPHERE, (START, START + DAY), data)
    tdb = START + 60.0 * (np.arange(1440) + 0.5)
    together = np.ones(tdb.size, dtype=np.bool_)
    for name, condition in demands_of(telescope, orbiter, SPHERE, data).items():
        held = condition.value(tdb) > 0.0
        together &= held
        assert found.demands[name].fraction() == pytest.approx(np.mean(held), abs=SAMPLED), name
    assert found.fraction == pytest.approx(np.mean(together), abs=SAMPLED)
    if np.any(together):
        seen = magnitude(orbiter, telescope.place, SPHERE, tdb[together], data)
        assert found.brightest == pytest.approx(float(np.min(seen)), abs=0.1)
        assert found.median_magnitude == pytest.approx(float(np.median(seen)), abs=0.1)
        assert np.max(seen) <= telescope.limiting_magnitude


@pytest.mark.truth
def test_an_orbit_edge_on_is_off_the_disc_for_the_share_of_the_closed_form(
    data: DataContext, validation: Callable[..., None]
) -> None:
    to_earth = data.ephemeris.position("EARTH", "MOON", np.array([START]))[0]
    normal = np.cross(to_earth, [0.0, 0.0, 1.0])
    radius = 2.6e6
    period = 2.0 * math.pi * math.sqrt(radius**3 / body("MOON").gm)
    target = circle(normal, radius, "MOON", period)
    telescope = Telescope(BodyTrajectory("EARTH", "MOON", data), 40.0)
    # the Earth itself is the place: only the Moon can stand in the way
    condition = demands_of(telescope, target, SPHERE, data)["moon"]
    tdb = START + period * (np.arange(20_000) + 0.5) / 20_000
    share = float(np.mean(condition.value(tdb) > 0.0))
    # far away a place in the orbit is off the disc while its distance from the line to the Earth exceeds the radius
    expected = 1.0 - 2.0 / math.pi * math.asin(body("MOON").mean_radius / radius)
    validation(
        capability="Visibility in cislunar space",
        quantity="share of an edge-on orbit off the Moon's disc",
        authority="closed form from far away",
        error=abs(share - expected),
        unit="1",
        tolerance=2e-3,  # the Earth is 150 orbit radii away and moves by 2 deg meanwhile
        cases=tdb.size,
    )


def test_an_object_in_the_shadow_of_the_moon_is_not_lit(data: DataContext) -> None:
    to_sun = data.ephemeris.position("SUN", "MOON", np.array([START]))[0]
    target = circle(np.cross(to_sun, [0.0, 0.0, 1.0]), 1.8374e6, "MOON", DAY)
    telescope = Telescope(LagrangePoint("L2", data), 30.0)
    found = visibility(telescope, target, SPHERE, (START, START + DAY), data)
    # cylinder of the Moon's radius: asin(R / a) / pi of a turn
    dark = math.asin(1.7374 / 1.8374) / math.pi
    assert 1.0 - found.demands["lit"].fraction() == pytest.approx(dark, abs=0.03)
    assert not np.any(found.windows.starts < found.windows.span[0])


def test_two_telescopes_see_no_less_than_one(data: DataContext, orbiter: TabulatedTrajectory) -> None:
    kinds = observers(data)
    seen = [visibility(kinds[kind], orbiter, SPHERE, (START, START + DAY), data) for kind in ("ground", "l1")]
    together = seen_by_any(seen)
    assert together.fraction() >= max(one.fraction for one in seen)
    with pytest.raises(InvalidInput):
        seen_by_any([])


def test_what_is_too_faint_is_never_seen(data: DataContext, orbiter: TabulatedTrajectory) -> None:
    telescope = Telescope(LagrangePoint("L1", data), 5.0)
    found = visibility(telescope, orbiter, SPHERE, (START, START + DAY), data)
    assert found.fraction == 0.0 and math.isnan(found.brightest)
    assert found.longest_gap == pytest.approx(DAY)


def test_libration_points_stand_where_the_pulls_balance(data: DataContext) -> None:
    # on the line of two bodies that circle each other: gravity of both equals the pull to the centre of the turn
    ratio = body("MOON").gm / (body("EARTH").gm + body("MOON").gm)
    for point, side in (("L1", -1.0), ("L2", 1.0)):
        place: Trajectory = LagrangePoint(point, data)
        tdb = np.array([START])
        reach = float(np.linalg.norm(place.state(tdb)[0, :3]))
        x = reach / float(np.linalg.norm(data.ephemeris.position("MOON", "EARTH", tdb)[0]))
        assert (1.0 - ratio) / x**2 + side * ratio / (x - 1.0) ** 2 == pytest.approx(x - ratio, abs=1e-6)
    with pytest.raises(InvalidInput):
        LagrangePoint("L4", data)


def test_impossible_telescopes_are_refused(data: DataContext) -> None:
    place = LagrangePoint("L1", data)
    for wrong in ({"sun_exclusion": -1.0}, {"least_elevation": 2.0}, {"largest_range": 0.0}):
        with pytest.raises(InvalidInput):
            Telescope(place, 10.0, **wrong)
    with pytest.raises(InvalidInput):
        Telescope(place, math.nan)


def test_the_circles_of_these_tests_are_circles() -> None:
    target = circle(np.array([0.0, 1.0, 1.0]), 2e6, "MOON", DAY)
    assert np.max(kepler_elements(target.states, body("MOON").gm).eccentricity) < 1e-9
