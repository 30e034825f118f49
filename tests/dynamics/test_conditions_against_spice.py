"""Authority: SPICE's geometry finder over the same trajectories, read from SPK files written from the same tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import spiceypy as spice
from spice_truth import cell_of, frame_kernel, kernels, site_id, two_body, windows_of, write_spk

from moonstead.dynamics.conditions import (
    closer_than,
    elevation_above,
    farther_than,
    not_occulted,
    separation_above,
)
from moonstead.dynamics.events import find_windows
from moonstead.dynamics.observe import icrf_state
from moonstead.dynamics.sunlight_conditions import in_penumbra, in_sunlight, in_umbra, sun_hidden
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint, TabulatedTrajectory
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import ICRF, MOON_ME

pytestmark = pytest.mark.truth

EDGE = 1e-2  # [s] what the project promises
SPICE_TOLERANCE = 1e-5  # [s] of the geometry finder
SHORTEST = 1.0  # [s] no case has a window or gap below this, which SPICE would find by luck of its step only
DAY = 86400.0
START = 9551.5 * DAY  # 2026-02-25; the total lunar eclipse of March 3 has its middle at day 6.48

SITES = [
    SurfacePoint("south ridge", "MOON", MOON_ME, np.radians(-88.80), np.radians(123.40), 1500.0),
    SurfacePoint("connecting ridge", "MOON", MOON_ME, np.radians(-89.45), np.radians(-137.31), 1900.0),
    SurfacePoint("north", "MOON", MOON_ME, np.radians(85.0), np.radians(30.0), 0.0),
    SurfacePoint("far side", "MOON", MOON_ME, np.radians(-45.0), np.radians(179.0), 0.0),
    SurfacePoint("limb", "MOON", MOON_ME, np.radians(0.0), np.radians(90.0), 0.0),
    SurfacePoint("near side", "MOON", MOON_ME, np.radians(20.0), np.radians(-31.0), -1000.0),
]
STATIONS = [
    SurfacePoint.on_earth("Kashi", np.radians(38.42), np.radians(76.71), 1_300.0),
    SurfacePoint.on_earth("Neuquen", np.radians(-38.19), np.radians(-70.15), 570.0),
]
# spacecraft: NAIF id, name
LOW, ELLIPSE, HALO, GEO, RING = -1001, -1002, -1003, -1004, -1005
STATION, ZENITH = -2001, -3001


@dataclass(frozen=True)
class Scene:
    """Everything that moves, for Moonstead; SPICE has the same in its kernels."""

    data: DataContext
    craft: dict[int, TabulatedTrajectory]

    def body(self, name: str, center: str = "MOON") -> BodyTrajectory:
        return BodyTrajectory(name, center, self.data)


def around(first_day, last_day, step):
    """Nodes that reach a quarter of an hour past the span on both sides, for light that left before it."""
    return np.arange(START + first_day * DAY - 900.0, START + last_day * DAY + 900.0 + step, step)


def crossing_of_the_ring(data, tdb):
    """Straight flight through the Moon's antumbra, 4.6e8 m behind it."""
    sun = data.ephemeris.position("SUN", "MOON", tdb)
    away = -sun / np.linalg.norm(sun, axis=1)[:, None]
    middle = tdb.size // 2
    side = np.cross(away[middle], [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    position = 4.6e8 * away[middle] + (tdb - tdb[middle])[:, None] * 1200.0 * side + 2e5 * np.cross(away[middle], side)
    return TabulatedTrajectory("ring", "MOON", ICRF, tdb, np.hstack((position, np.tile(1200.0 * side, (tdb.size, 1)))))


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    data = DataContext.installed()
    folder = tmp_path_factory.mktemp("conditions")
    (folder / "frames.tf").write_text(frame_kernel(SITES))
    pole = MOON_ME.from_icrf(np.array([START]), data).matrix[0].T  # elements refer to the lunar equator
    craft = {
        LOW: two_body("low", "MOON", START, 1_837.4e3, 0.0, (89.0, 70.0, 0.0, 0.0), around(5.0, 7.0, 60.0), turn=pole),
        ELLIPSE: two_body(
            "ellipse", "MOON", START, 2_237.4e3, 0.6358, (57.7, 150.0, 90.0, 0.0), around(0.0, 14.0, 120.0), turn=pole
        ),
        HALO: two_body(
            "halo", "MOON", START, 3_300e3, 0.913, (89.5, 80.0, 90.0, 90.0), around(0.0, 14.0, 120.0), turn=pole
        ),
        GEO: two_body("geo", "EARTH", START, 42_000e3, 0.004, (4.0, 20.0, 0.0, 0.0), around(0.0, 8.0, 300.0)),
        RING: crossing_of_the_ring(data, around(1.0, 2.0, 300.0)),
    }
    paths = [folder / "frames.tf", data.dataset("de440s").path, data.dataset("moon-pa-de440").path]
    with kernels(paths[:1]):
        for identity, table in craft.items():
            paths.append(folder / f"{-identity}.bsp")
            write_spk(paths[-1], identity, table)
        for k, site in enumerate(SITES):
            paths.append(folder / f"site{k}.bsp")
            write_spk(paths[-1], site_id(k), site, (START - 400.0 * DAY, START + 1500.0 * DAY))
        nodes = around(4.9, 7.1, 60.0)
        for k, station in enumerate(STATIONS):
            # the same turn of the Earth on both sides: what is tested is the search
            states = icrf_state(station, "EARTH", nodes, data)
            turn = station.topocentric.from_icrf(nodes, data)
            zenith = states + 1e9 * np.hstack((turn.matrix[:, 2], turn.rate[:, 2]))
            for identity, table in ((STATION - k, states), (ZENITH - k, zenith)):
                paths.append(folder / f"{-identity}.bsp")
                write_spk(paths[-1], identity, TabulatedTrajectory("s", "EARTH", ICRF, nodes, table, 11))
    with kernels(paths):
        spice.gfstol(SPICE_TOLERANCE)
        yield Scene(data, craft)
        spice.gfstol(1e-6)  # SPICE's own


def days(first, last):
    return (START + first * DAY, START + last * DAY)


def occultation(kind, front, back, observer, step, span, correction="NONE"):
    result = spice.cell_double(20_000)
    shape = "ELLIPSOID" if back in ("SUN",) else "POINT"
    frames = {"SUN": "IAU_SUN", "MOON": "MOON_ME", "EARTH": "IAU_EARTH"}
    back_frame = frames[back] if shape == "ELLIPSOID" else " "
    spice.gfoclt(
        kind,
        front,
        "ELLIPSOID",
        frames[front],
        str(back),
        shape,
        back_frame,
        correction,
        str(observer),
        step,
        cell_of(span),
        result,
    )
    return windows_of(result, span)


def elevation(site, target, degrees, step, span, correction="NONE"):
    result, frame = spice.cell_double(20_000), f"TOPO_{site}"
    coordinate = ("LATITUDINAL", "LATITUDE", ">", np.radians(degrees), 0.0, step, 10_000)
    spice.gfposc(str(target), frame, correction, str(site_id(site)), *coordinate, cell_of(span), result)
    return windows_of(result, span)


def separation(observer, first, second, relate, degrees, step, span):
    result, points = spice.cell_double(20_000), (str(first), "POINT", "NULL", str(second), "POINT", "NULL")
    limit = (relate, np.radians(degrees), 0.0, step, 10_000)
    spice.gfsep(*points, "NONE", str(observer), *limit, cell_of(span), result)
    return windows_of(result, span)


def distance(observer, target, relate, metres, step, span):
    result = spice.cell_double(20_000)
    spice.gfdist(str(target), "NONE", str(observer), relate, metres / 1e3, 0.0, step, 10_000, cell_of(span), result)
    return windows_of(result, span)


# span, our condition, SPICE's search with its step [s]
def eclipse(identity, front, kind, step, span, aberration="geometric"):
    correction = {"geometric": "NONE", "light-time": "CN"}[aberration]
    return (
        span,
        lambda s: sun_hidden(s.craft[identity], front, s.data, kind, aberration),
        lambda span: occultation(kind.upper(), front, "SUN", identity, step, span, correction),
    )


def eclipse_at(site, kind, span, aberration):
    correction = {"geometric": "NONE", "light-time": "CN"}[aberration]
    return (
        span,
        lambda s: sun_hidden(SITES[site], "EARTH", s.data, kind, aberration),
        lambda span: occultation(kind.upper(), "EARTH", "SUN", site_id(site), 900.0, span, correction),
    )


def sight(identity, front, back, step, span):
    def condition(s):
        other = s.craft[back] if isinstance(back, int) else s.body(back)
        return ~not_occulted(s.craft[identity], other, front, s.data)

    return span, condition, lambda span: occultation("ANY", front, back, identity, step, span)


def above(site, target, degrees, step, span, aberration="geometric"):
    def condition(s):
        other = s.craft[target] if isinstance(target, int) else s.body(target)
        return elevation_above(SITES[site], other, np.radians(degrees), s.data, aberration)

    correction = {"geometric": "NONE", "light-time": "CN", "apparent": "CN+S"}[aberration]
    return span, condition, lambda span: elevation(site, target, degrees, step, span, correction)


def above_station(k, target, degrees, step, span):
    def condition(s):
        other = s.craft[target] if isinstance(target, int) else s.body(target, "EARTH")
        return elevation_above(STATIONS[k], other, np.radians(degrees), s.data)

    return span, condition, lambda span: separation(STATION - k, target, ZENITH - k, "<", 90.0 - degrees, step, span)


def apart(observer, first, second, degrees, step, span):
    def condition(s):
        return separation_above(s.craft[observer], s.body(first), s.body(second), np.radians(degrees), s.data)

    return span, condition, lambda span: separation(observer, first, second, ">", degrees, step, span)


TWO, SEVEN, FORTNIGHT, YEAR = days(5.0, 7.0), days(0.0, 7.0), days(0.0, 14.0), days(0.0, 366.0)
YEARS_2028_2029 = days(675.0, 1405.0)
SEEN = "light-time"
CASES = {
    "low orbit, any of the Sun behind the Moon, with light time": eclipse(LOW, "MOON", "any", 120.0, TWO, SEEN),
    "low orbit, umbra of the Moon, with light time": eclipse(LOW, "MOON", "full", 120.0, TWO, SEEN),
    "low orbit, penumbra of the Moon, with light time": eclipse(LOW, "MOON", "partial", 2.0, days(5.0, 5.3), SEEN),
    "low orbit, penumbra of the Earth, with light time": eclipse(LOW, "EARTH", "any", 300.0, TWO, SEEN),
    "low orbit, umbra of the Earth, with light time": eclipse(LOW, "EARTH", "full", 300.0, TWO, SEEN),
    "ellipse, any of the Sun behind the Moon, with light time": eclipse(ELLIPSE, "MOON", "any", 120.0, FORTNIGHT, SEEN),
    "ellipse, umbra of the Moon, with light time": eclipse(ELLIPSE, "MOON", "full", 120.0, FORTNIGHT, SEEN),
    "ellipse, any of the Sun behind the Earth, with light time": eclipse(
        ELLIPSE, "EARTH", "any", 300.0, FORTNIGHT, SEEN
    ),
    "ellipse, umbra of the Earth, with light time": eclipse(ELLIPSE, "EARTH", "full", 300.0, FORTNIGHT, SEEN),
    "geostationary, penumbra of the Earth, with light time": eclipse(
        GEO, "EARTH", "partial", 30.0, days(5.0, 7.0), SEEN
    ),
    "antumbra of the Moon, ring, with light time": eclipse(RING, "MOON", "annular", 60.0, days(1.0, 2.0), SEEN),
    "near side, any of the Sun behind the Earth in 2026": eclipse_at(5, "any", YEAR, "geometric"),
    "near side, any of the Sun behind the Earth in 2026, with light time": eclipse_at(5, "any", YEAR, SEEN),
    "near side, umbra of the Earth in 2026, with light time": eclipse_at(5, "full", YEAR, SEEN),
    "near side, umbra of the Earth in 2028 and 2029": eclipse_at(5, "full", YEARS_2028_2029, "geometric"),
    "near side, umbra of the Earth in 2028 and 2029, with light time": eclipse_at(5, "full", YEARS_2028_2029, SEEN),
    "south ridge, any of the Sun behind the Earth in 2028 and 2029, with light time": eclipse_at(
        0, "any", YEARS_2028_2029, SEEN
    ),
    "low orbit, any of the Sun behind the Moon": eclipse(LOW, "MOON", "any", 120.0, TWO),
    "low orbit, umbra of the Moon": eclipse(LOW, "MOON", "full", 120.0, TWO),
    "low orbit, penumbra of the Moon": eclipse(LOW, "MOON", "partial", 2.0, days(5.0, 5.3)),
    "low orbit, penumbra of the Earth": eclipse(LOW, "EARTH", "any", 300.0, TWO),
    "low orbit, umbra of the Earth": eclipse(LOW, "EARTH", "full", 300.0, TWO),
    "ellipse, any of the Sun behind the Moon": eclipse(ELLIPSE, "MOON", "any", 120.0, FORTNIGHT),
    "ellipse, umbra of the Moon": eclipse(ELLIPSE, "MOON", "full", 120.0, FORTNIGHT),
    "ellipse, any of the Sun behind the Earth": eclipse(ELLIPSE, "EARTH", "any", 300.0, FORTNIGHT),
    "ellipse, umbra of the Earth": eclipse(ELLIPSE, "EARTH", "full", 300.0, FORTNIGHT),
    "halo, any of the Sun behind the Moon": eclipse(HALO, "MOON", "any", 120.0, FORTNIGHT),
    "geostationary, any of the Sun behind the Earth": eclipse(GEO, "EARTH", "any", 120.0, days(0.0, 8.0)),
    "geostationary, umbra of the Earth": eclipse(GEO, "EARTH", "full", 120.0, days(0.0, 8.0)),
    "geostationary, penumbra of the Earth": eclipse(GEO, "EARTH", "partial", 30.0, days(5.0, 7.0)),
    "antumbra of the Moon, ring": eclipse(RING, "MOON", "annular", 60.0, days(1.0, 2.0)),
    "antumbra of the Moon, any": eclipse(RING, "MOON", "any", 60.0, days(1.0, 2.0)),
    "antumbra of the Moon, partial": eclipse(RING, "MOON", "partial", 60.0, days(1.0, 2.0)),
    "low orbit, Earth behind the Moon": sight(LOW, "MOON", "EARTH", 120.0, TWO),
    "ellipse, Earth behind the Moon": sight(ELLIPSE, "MOON", "EARTH", 60.0, FORTNIGHT),
    "halo, Earth behind the Moon": sight(HALO, "MOON", "EARTH", 60.0, FORTNIGHT),
    "low orbit, ellipse behind the Moon": sight(LOW, "MOON", ELLIPSE, 60.0, TWO),
    "low orbit, halo behind the Moon": sight(LOW, "MOON", HALO, 60.0, TWO),
    "halo, geostationary behind the Earth": sight(HALO, "EARTH", GEO, 120.0, SEVEN),
    "south ridge, ellipse above 5 deg": above(0, ELLIPSE, 5.0, 300.0, FORTNIGHT),
    "connecting ridge, ellipse above 0 deg": above(1, ELLIPSE, 0.0, 300.0, FORTNIGHT),
    "north, ellipse above 10 deg": above(2, ELLIPSE, 10.0, 120.0, FORTNIGHT),
    "far side, ellipse above 5 deg": above(3, ELLIPSE, 5.0, 300.0, FORTNIGHT),
    "south ridge, low orbit above 5 deg": above(0, LOW, 5.0, 60.0, TWO),
    "near side, low orbit above 0 deg": above(5, LOW, 0.0, 60.0, TWO),
    "north, low orbit above 20 deg": above(2, LOW, 20.0, 30.0, TWO),
    "far side, halo above 5 deg": above(3, HALO, 5.0, 300.0, FORTNIGHT),
    "near side, halo above 5 deg": above(5, HALO, 5.0, 300.0, FORTNIGHT),
    "south ridge, Sun above 0 deg for a year": above(0, "SUN", 0.0, 6 * 3600.0, YEAR),
    "connecting ridge, Sun above 0 deg for a year": above(1, "SUN", 0.0, 6 * 3600.0, YEAR),
    "south ridge, apparent Sun above 0 deg for a year": above(0, "SUN", 0.0, 6 * 3600.0, YEAR, "apparent"),
    "near side, Sun above 3 deg for a year": above(5, "SUN", 3.0, 6 * 3600.0, YEAR, "light-time"),
    "south ridge, Earth above 0 deg for a year": above(0, "EARTH", 0.0, 6 * 3600.0, YEAR),
    "south ridge, apparent Earth above 4 deg for a year": above(0, "EARTH", 4.0, 6 * 3600.0, YEAR, "apparent"),
    "limb, apparent Earth above 0 deg for a year": above(4, "EARTH", 0.0, 6 * 3600.0, YEAR, "apparent"),
    "south ridge, apparent ellipse above 5 deg": above(0, ELLIPSE, 5.0, 300.0, SEVEN, "apparent"),
    "Kashi, low orbit above 10 deg": above_station(0, LOW, 10.0, 900.0, TWO),
    "Neuquen, low orbit above 10 deg": above_station(1, LOW, 10.0, 900.0, TWO),
    "Neuquen, geostationary above 0 deg": above_station(1, GEO, 0.0, 900.0, TWO),
    "Kashi, Sun above 0 deg": above_station(0, "SUN", 0.0, 900.0, TWO),
    "low orbit within 4 000 km of ellipse": (
        TWO,
        lambda s: closer_than(s.craft[LOW], s.craft[ELLIPSE], 4e6, s.data),
        lambda span: distance(LOW, ELLIPSE, "<", 4e6, 60.0, span),
    ),
    "ellipse beyond 6 000 km of the Moon": (
        FORTNIGHT,
        lambda s: farther_than(s.craft[ELLIPSE], s.body("MOON", "EARTH"), 6e6, s.data),
        lambda span: distance(ELLIPSE, "MOON", ">", 6e6, 300.0, span),
    ),
    "halo within 390 000 km of the Earth": (
        FORTNIGHT,
        lambda s: closer_than(s.craft[HALO], s.body("EARTH"), 3.9e8, s.data),
        lambda span: distance(HALO, "EARTH", "<", 3.9e8, 300.0, span),
    ),
    "Neuquen within 376 000 km of low orbit": (
        TWO,
        lambda s: closer_than(STATIONS[1], s.craft[LOW], 3.76e8, s.data),
        lambda span: distance(STATION - 1, LOW, "<", 3.76e8, 300.0, span),
    ),
    "low orbit, Sun and Earth 10 deg apart": apart(LOW, "SUN", "EARTH", 10.0, 3600.0, TWO),
    "ellipse, Earth and Moon 100 deg apart": apart(ELLIPSE, "EARTH", "MOON", 100.0, 120.0, FORTNIGHT),
    "halo, Sun and Moon 60 deg apart": apart(HALO, "SUN", "MOON", 60.0, 300.0, FORTNIGHT),
}


@pytest.mark.parametrize("name", CASES)
def test_windows_are_those_of_the_geometry_finder(name, scene, validation):
    span, condition, search = CASES[name]
    ours, truth = find_windows(condition(scene), *span), search(span)
    assert min(np.min(ours.durations()), np.min((~ours).durations(), initial=DAY)) > SHORTEST
    assert len(ours) == len(truth)
    assert len(truth) > 0
    worst = max(np.max(np.abs(ours.starts - truth.starts)), np.max(np.abs(ours.stops - truth.stops)))
    validation(
        capability="Events",
        quantity=f"window edges: {name} ({len(truth)} windows)",
        authority="SPICE N0067 geometry finder (spiceypy)",
        error=worst,
        unit="s",
        tolerance=EDGE,
        cases=2 * len(truth),
    )


@pytest.mark.parametrize("name", CASES)
def test_no_value_changes_faster_than_its_bound(name, scene):
    """The proof that no window is overlooked stands on this."""
    span, make, _ = CASES[name]
    condition, rng = make(scene), np.random.default_rng(11)
    start = rng.uniform(*span, 60)
    stop = np.minimum(start + 10.0 ** rng.uniform(0.0, 5.0, 60), span[1])
    tdb = np.linspace(start, stop, 201)
    values = condition.value(tdb.ravel()).reshape(tdb.shape)
    rate = np.max(np.abs(np.diff(values, axis=0)) / np.diff(tdb, axis=0), axis=0)
    bound = condition.rate_bound(start, stop)
    noise = 4.0 * np.spacing(np.abs(values).max()) / np.diff(tdb, axis=0).min(axis=0)
    assert np.all(rate <= bound + noise)
    assert np.median(bound[np.isfinite(bound)]) > 0.0


def test_the_shadow_of_the_earth_lags_half_a_minute_behind_on_the_moon(scene):
    """The Earth moves 38 km across the sunlight while its light travels; the Moon enters the shadow at 1.0 km/s."""
    edges = []
    for aberration in ("geometric", SEEN):
        windows = find_windows(sun_hidden(SITES[5], "EARTH", scene.data, "full", aberration), *TWO)
        assert len(windows) == 1
        edges.append(np.array([windows.starts[0], windows.stops[0]]))
    np.testing.assert_allclose(edges[0] - edges[1], 37.0, rtol=0.0, atol=6.0)


def test_light_penumbra_and_umbra_fill_the_time_between_them(scene):
    craft, span = scene.craft[ELLIPSE], FORTNIGHT
    found = [
        find_windows(make(craft, ["MOON", "EARTH"], scene.data), *span) for make in (in_sunlight, in_penumbra, in_umbra)
    ]
    assert sum(w.total() for w in found) == pytest.approx(span[1] - span[0], abs=1e-3)
    by_body = [find_windows(sun_hidden(craft, name, scene.data, "any"), *span) for name in ("MOON", "EARTH")]
    lit = ~(by_body[0] | by_body[1])
    np.testing.assert_allclose(found[0].starts, lit.starts, rtol=0.0, atol=1e-4)
    np.testing.assert_allclose(found[0].stops, lit.stops, rtol=0.0, atol=1e-4)
