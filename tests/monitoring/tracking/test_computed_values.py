"""Authority: `observe` (light time and aberration), straight differences of the values themselves, closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.observe import azimuth_elevation, observe
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.constants import ARCSECOND, SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ICRF
from moonstead.monitoring.tracking.computed_values import computed_values
from moonstead.monitoring.tracking.measurements import Measurements, joined, measurements
from moonstead.monitoring.tracking.refraction import Air, refraction
from moonstead.monitoring.tracking.stations import station_at

EPOCH = 7.5e8  # [s TDB past J2000]
FIRST_ORDER = 1e-4  # [1] terms of v/c that the partials of rates and directions leave out, and of the difference
STEP = (1.0, 1.0, 1.0, 1e-3, 1e-3, 1e-3)  # [m, m/s]


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def stations():
    return (
        SurfacePoint.on_earth("equator", 0.1, 0.2, 100.0),
        SurfacePoint.on_earth("north", 0.8, 0.4, 1000.0),
    )


START = np.array([7.0e6, 1.0e6, 2.0e6, -1.5e3, 6.9e3, 2.0e3])


def flight(data, change=0.0):
    state = START + change
    model = ForceModel(center="EARTH", degree=0, third_bodies=())
    start = OrbitState(state, EPOCH - 60.0, "EARTH")
    return propagate(start, EPOCH + 1200.0, model, data, with_transition=True, step_tolerance=1e-13)


@pytest.fixture(scope="module")
def target(data):
    return flight(data)


def every_kind(stations, space=None):
    times = EPOCH + np.arange(4) * 150.0
    zero = np.zeros(4)
    parts = [
        measurements("range", times, zero, 1.0, stations[0], two_way=False),
        measurements("range", times, zero, 1.0, stations[1]),
        measurements("range-rate", times, zero, 1.0, stations[0]),
        measurements("range-rate", times, zero, 1.0, stations[1], two_way=False),
        measurements("range-rate", times, zero, 1.0, stations[1], count_time=10.0),
        measurements("azimuth-elevation", times, np.zeros((4, 2)), 1.0, stations[0]),
        measurements("right-ascension-declination", times, np.zeros((4, 2)), 1.0, space or stations[1]),
    ]
    return joined(parts)


@pytest.mark.truth
def test_directions_agree_with_barycentric_light_time(data, stations, target, validation):
    times = EPOCH + np.arange(10) * 60.0
    rows = measurements("right-ascension-declination", times, np.zeros((10, 2)), 1.0, stations[1])
    seen = observe(target, stations[1], times, ICRF, data, "light-time")[:, :3]
    expected = np.column_stack(
        (np.arctan2(seen[:, 1], seen[:, 0]), np.arcsin(seen[:, 2] / np.linalg.norm(seen, axis=1)))
    )
    found = computed_values(rows, target, data).value
    away = np.mod(found - expected + np.pi, 2.0 * np.pi) - np.pi
    validation(
        capability="monitoring",
        quantity="astrometric direction of a low satellite",
        authority="observe() in the barycentric frame (SPICE CN)",
        error=float(np.max(np.abs(away))) / ARCSECOND,
        unit="arcsec",
        tolerance=1e-3,  # (v/c)2 is 2 mas: the Lorentz turn keeps what Galilean light time leaves out
        cases=10,
    )


def test_one_way_range_is_the_way_of_the_light(data, stations, target):
    times = EPOCH + np.arange(10) * 60.0
    rows = measurements("range", times, np.zeros(10), 1.0, stations[0], two_way=False)
    found = computed_values(rows, target, data)
    expected = np.linalg.norm(observe(target, stations[0], times, ICRF, data, "light-time")[:, :3], axis=1)
    # in the barycentric frame the Earth flies on at 30 km/s while the light is under way
    np.testing.assert_allclose(found.value[:, 0], expected, rtol=2e-4)
    np.testing.assert_allclose(found.value[:, 0] / SPEED_OF_LIGHT, times - found.left, atol=3e-7)


def test_two_ways_are_those_of_a_signal_that_is_followed(data, stations, target):
    rows = measurements("range", [EPOCH + 100.0], [0.0], 1.0, stations[0])
    found = computed_values(rows, target, data)
    from moonstead.dynamics.observe import icrf_state

    def place(thing, when):
        return icrf_state(thing, "EARTH", np.array([when]), data)[0]

    end = EPOCH + 100.0
    here = place(stations[0], end)
    bounce = 0.0
    for _ in range(10):
        bounce = np.linalg.norm(place(target, end)[:3] - bounce * place(target, end)[3:] - here[:3]) / SPEED_OF_LIGHT
    there = place(target, end)[:3] - bounce * place(target, end)[3:]
    up = bounce
    for _ in range(10):
        start = here[:3] - (bounce + up) * here[3:]
        up = np.linalg.norm(there - start) / SPEED_OF_LIGHT
    # straight flight for 10 ms: bent by 9 m/s2 through 0.5 mm
    assert found.value[0, 0] == pytest.approx(0.5 * SPEED_OF_LIGHT * (bounce + up), abs=1e-3)


def test_rates_are_the_change_of_ranges(data, stations, target):
    for two_way in (True, False):
        times = EPOCH + np.arange(5) * 100.0
        rate = computed_values(
            measurements("range-rate", times, np.zeros(5), 1.0, stations[1], two_way=two_way), target, data
        )
        both = [
            computed_values(
                measurements("range", times + dt, np.zeros(5), 1.0, stations[1], two_way=two_way), target, data
            )
            for dt in (-0.5, 0.5)
        ]
        mean = both[1].value[:, 0] - both[0].value[:, 0]
        # a third derivative of 0.5 m/s3 bends the difference by 1/24 of it
        np.testing.assert_allclose(rate.value[:, 0], mean, atol=0.03)
        counted = measurements(
            "range-rate", times + 0.5, np.zeros(5), 1.0, stations[1], two_way=two_way, count_time=1.0
        )
        np.testing.assert_allclose(computed_values(counted, target, data).value[:, 0], mean, atol=1e-6)


def test_azimuths_and_elevations_are_those_of_observe(data, stations, target):
    times = EPOCH + np.arange(10) * 60.0
    rows = measurements("azimuth-elevation", times, np.zeros((10, 2)), 1.0, stations[0])
    relative = observe(target, stations[0], times, stations[0].topocentric, data)
    azimuth, elevation, _ = azimuth_elevation(relative)
    found = computed_values(rows, target, data)
    # 10 ms of light time turn the direction by as much as the object flies: 75 m at 1000 km
    np.testing.assert_allclose(found.value[:, 1], elevation, atol=1.5e-4)
    np.testing.assert_allclose(np.cos(elevation) * np.sin(found.value[:, 0] - azimuth), 0.0, atol=1.5e-4)


def test_partials_are_the_differences_of_the_values(data, stations, target):
    rows = every_kind(stations, space=flight(data, np.array([9e5, -4e5, 1e5, 100.0, 5.0, 20.0])))
    found = computed_values(rows, target, data, partials=target.transition)
    # measured as computed: a large residual on the sky would shrink with the cosine of a changing elevation
    rows = replace(rows, value=found.value)
    for column, step in enumerate(STEP):
        sides = []
        for sign in (1.0, -1.0):
            change = np.zeros(6)
            change[column] = sign * step
            moved = computed_values(rows, flight(data, change), data)
            sides.append(moved.residual)
        slope = (sides[1] - sides[0]) / (2.0 * step)
        used = rows.used_numbers
        for kind in range(4):
            mine = used & (rows.kind == kind)[:, None]
            size = np.max(np.abs(found.design[:, :, column][mine]))
            away = np.max(np.abs(found.design[:, :, column] - slope)[mine])
            assert away < 3.0 * FIRST_ORDER * size, (kind, column, away, size)


def test_residuals_of_azimuth_wrap_and_shrink_towards_the_zenith(data, stations, target):
    times = [EPOCH]
    rows = measurements("azimuth-elevation", times, np.zeros((1, 2)), 1.0, stations[0])
    value = computed_values(rows, target, data).value[0]
    turned = measurements(
        "azimuth-elevation", times, [[value[0] + 0.01 - 2.0 * np.pi, value[1] + 0.02]], 1.0, stations[0]
    )
    residual = computed_values(turned, target, data).residual[0]
    np.testing.assert_allclose(residual, [0.01 * np.cos(value[1]), 0.02], atol=1e-12)


def test_refraction_is_that_of_the_almanac():
    """At 45 degrees 58 arcseconds in visible light at 1010 hPa and 10 C (Explanatory Supplement: 60.1 tan Z at 0 C)."""
    light = Air(101_000.0, 283.15, 0.0, 0.574e-6)
    assert refraction(np.radians(45.0), light)[0] / ARCSECOND == pytest.approx(58.2, abs=0.5)
    assert refraction(np.pi / 2, light)[0] == pytest.approx(0.0, abs=1e-12)
    assert refraction(np.radians(10.0), Air())[0] > refraction(np.radians(10.0), light)[0]


def test_a_station_of_coordinates_stands_where_they_say():
    place = np.array([1130771.14, -4831326.42, 3994038.80])
    np.testing.assert_allclose(station_at("here", place).position, place, atol=1e-6)
    with pytest.raises(InvalidInput, match="above the ellipsoid"):
        station_at("far", [4.2e7, 0.0, 0.0])


def test_an_azimuth_wants_a_place(data, target):
    rows = measurements("azimuth-elevation", [EPOCH], [[0.0, 0.0]], 1.0, target)
    with pytest.raises(InvalidInput, match="stands on no surface"):
        computed_values(rows, flight(data, np.ones(6)), data)


def test_rows_of_two_sources_share_an_observer(stations):
    both = joined([measurements("range", [1.0], [5.0], 1.0, stations[0])] * 2)
    assert len(both.observers) == 1
    assert both.select([1]).receiver.tolist() == [0]
    with pytest.raises(InvalidInput, match="must be positive"):
        measurements("range", [1.0], [5.0], 0.0, stations[0])
    with pytest.raises(InvalidInput, match="outside the 1 observers"):
        Measurements([0], [1.0], [[1.0, np.nan]], [[1.0, np.nan]], [1], [-1], [0.0], (stations[0],))
