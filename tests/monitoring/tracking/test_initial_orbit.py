"""Authority: Vallado's example 7-2, orbits by SGP4 and by two bodies that tracks are simulated from, TDM examples."""

from dataclasses import replace

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.formats.tdm import read_tdm, write_tdm
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.tracking.batch import fit_orbit
from moonstead.monitoring.tracking.fit_forces import FitForces
from moonstead.monitoring.tracking.fit_rows import TrackedRows
from moonstead.monitoring.tracking.initial_orbit import initial_orbit, sights
from moonstead.monitoring.tracking.measurements import joined, measurements
from moonstead.monitoring.tracking.simulated_tracking import simulated
from moonstead.monitoring.tracking.tdm_measurements import Sigmas, measurements_of_tdm, resolved, tdm_of_measurements

EPOCH = 7.5e8  # [s TDB past J2000]
FORCES = ForceModel(center="EARTH", degree=0, third_bodies=())
ARC_SECOND = 4.848e-6  # [rad]
# Vallado prints the true orbit to 1 m; his sidereal time, in place of Earth orientation as it was, turns the site by
# up to 0.6 s of UT1 (280 m), and the directions have 1e-6 degrees.
EXAMPLE = 2e3  # [m]


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def flown(state, data, forces=FORCES, hours=6.0):
    return propagate(OrbitState(np.array(state), EPOCH - 30.0, "EARTH"), EPOCH + 3600.0 * hours, forces, data)


def below(truth, data, away=0.1):
    """A station from which an object stands high a few minutes after the epoch."""
    from moonstead.foundation.frames.standard import ITRF

    when = np.array([EPOCH + 120.0])
    place = ITRF.from_icrf(when, data).position(truth.state(when)[:, :3])[0]
    level = float(np.hypot(place[0], place[1]))
    return SurfacePoint.on_earth(
        "below", float(np.arctan2(place[2], level)) - away, float(np.arctan2(place[1], place[0])), 100.0
    )


@pytest.mark.truth
def test_vallados_three_directions_give_his_orbit(data, validation):
    site = SurfacePoint.on_earth("Vallado", np.radians(40.0), np.radians(-110.0), 2000.0)
    times = [Epoch.parse(f"2012-08-20T{clock}").tdb() for clock in ("11:40:28", "11:48:28", "11:52:28")]
    angles = np.radians([[0.939913, 18.667717], [45.025748, 35.664741], [67.886655, 36.996583]])
    rows = measurements("right-ascension-declination", times, angles, ARC_SECOND, site)
    found = initial_orbit(rows, data, direction="geometric")
    expected = np.array([6356486.034, 5290532.2578, 6511396.979])
    validation(
        capability="monitoring",
        quantity="position from three directions (Gooding)",
        authority="Vallado (2013), example 7-2",
        error=float(np.min(np.linalg.norm(found.states[:, :3] - expected, axis=1))),
        unit="m",
        tolerance=EXAMPLE,
        cases=1,
    )


ORBITS = {
    "leo": ([6.9e6, 1.0e6, 1.0e6, -1.5e3, 5.6e3, 4.8e3], [0.0, 60.0, 120.0, 180.0, 240.0]),
    "meo": ([1.9e7, 1.3e7, 1.3e7, -2.3e3, 2.7e3, 1.0e3], [0.0, 900.0, 1800.0, 2700.0, 3600.0]),
    "geo": ([4.0e7, 1.3e7, 1.0e5, -950.0, 2920.0, 20.0], [0.0, 3600.0, 7200.0, 10800.0, 14400.0]),
    "heo": ([1.0e7, 2.0e7, 2.4e7, -2.0e3, 1.0e3, 1.6e3], [0.0, 1200.0, 2400.0, 3600.0, 4800.0]),
}


@pytest.mark.parametrize("name", ORBITS)
def test_angles_alone_lead_to_the_orbit_they_are_of(name, data):
    state, times = ORBITS[name]
    truth = flown(state, data)
    station = below(truth, data, 0.15)
    rows = measurements(
        "right-ascension-declination", EPOCH + np.array(times), np.zeros((5, 2)), 0.5 * ARC_SECOND, station
    )
    seen = simulated(rows, truth, data, 1)
    found = initial_orbit(seen, data)
    expected = truth.state(np.array([found.tdb]))[0]
    # half an arc second over arcs of 10 to 60 degrees: parts in ten thousand of the distance
    assert np.linalg.norm(found.best.position_velocity[:3] - expected[:3]) < 1e-3 * np.linalg.norm(expected[:3])


def radar(truth, station, times, data, seed=1):
    count = len(times)
    parts = [
        measurements("range", EPOCH + times, np.zeros(count), 10.0, station),
        measurements("azimuth-elevation", EPOCH + times, np.zeros((count, 2)), 2e-4, station),
    ]
    return simulated(joined(parts), truth, data, seed)


@pytest.mark.parametrize(
    ("times", "method"),
    [([0.0, 30.0], "Lambert"), ([0.0, 20.0, 40.0], "Herrick-Gibbs"), ([0.0, 100.0, 200.0], "Gibbs")],
    ids=["two", "close", "wide"],
)
def test_a_radar_track_gives_a_first_orbit_and_its_covariance(times, method, data):
    forces = ForceModel(center="EARTH", degree=8, third_bodies=())
    truth = flown(ORBITS["leo"][0], data, forces, 1.0)
    seen = radar(truth, below(truth, data), np.array(times), data)
    first = initial_orbit(seen, data)
    assert first.method == method
    fitted = fit_orbit([TrackedRows(seen)], first.best, FitForces(forces, tides=False), data, reject=False)
    error = fitted.state.position_velocity - truth.state(np.array([fitted.state.epoch_tdb]))[0]
    # six degrees of freedom: beyond 30 once in 25 000
    assert error @ np.linalg.solve(fitted.state_covariance, error) < 30.0


def test_sights_take_light_time_and_place(data):
    truth = flown(ORBITS["geo"][0], data)
    station = below(truth, data)
    seen = sights(radar(truth, station, np.array([0.0, 600.0]), data), data)
    away = seen.position - truth.state(seen.tdb)[:, :3]
    assert np.max(np.linalg.norm(away, axis=1)) < 5.0 * 2e-4 * 3.7e7  # angles of 2e-4 rad at that range
    assert np.all(seen.received - seen.tdb > 0.11)


def test_tracks_that_determine_nothing_are_refused(data):
    station = SurfacePoint.on_earth("s", 0.5, 0.5, 0.0)
    with pytest.raises(InvalidInput, match="three are needed"):
        initial_orbit(measurements("azimuth-elevation", [EPOCH, EPOCH + 9.0], [[0.1, 0.2]] * 2, 1e-4, station), data)
    with pytest.raises(InvalidInput, match="needs directions"):
        initial_orbit(measurements("range", [EPOCH], [1e6], 1.0, station), data)
    random = np.random.default_rng(3).uniform(0.3, 1.2, (3, 2))
    with pytest.raises(NumericalFailure, match="no orbit about the Earth"):
        initial_orbit(measurements("azimuth-elevation", EPOCH + np.array([0.0, 1.0, 2.0]), random, 1e-4, station), data)


def test_measurements_pass_through_a_message(data, tmp_path):
    truth = flown(ORBITS["leo"][0], data, hours=1.0)
    station = below(truth, data)
    times = EPOCH + np.arange(4) * 20.0
    seen = joined(
        [
            radar(truth, station, times - EPOCH, data),
            measurements("range-rate", times, np.arange(4.0), 0.1, station, count_time=10.0),
            measurements("right-ascension-declination", times, np.full((4, 2), 0.3), 1e-5, station),
        ]
    )
    tdm = tdm_of_measurements(seen, "object", "MOONSTEAD", Epoch.parse("2024-01-01"))
    write_tdm(tmp_path / "a.tdm", tdm)
    tracking = measurements_of_tdm(
        read_tdm(tmp_path / "a.tdm").require_clean(), {"below": station}, data, Sigmas(10.0, 0.1, 2e-4)
    )
    rows = tracking.rows
    assert tracking.objects == ("object",)
    for kind in range(4):
        mine, theirs = rows.select(rows.kind == kind).sorted(), seen.select(seen.kind == kind).sorted()
        np.testing.assert_allclose(mine.tdb, theirs.tdb, atol=2e-7)
        np.testing.assert_allclose(mine.value, theirs.value, rtol=1e-12)
        assert mine.transmitter.tolist() == theirs.transmitter.tolist()
        assert mine.count_time.tolist() == theirs.count_time.tolist()


def test_a_modulus_is_resolved_by_an_orbit(data):
    truth = flown(ORBITS["leo"][0], data, hours=1.0)
    station = below(truth, data)
    seen = radar(truth, station, np.array([0.0, 30.0]), data)
    tdm = tdm_of_measurements(seen, "object", "MOONSTEAD", Epoch.parse("2024-01-01"))
    segment = next(one for one in tdm.segments if "RANGE" in one.keyword)
    modulus = 50.0  # [km]
    value = np.where([name == "RANGE" for name in segment.keyword], segment.value % modulus, segment.value)
    segment = replace(segment, value=value, metadata={**segment.metadata, "RANGE_MODULUS": str(modulus)})
    tracking = measurements_of_tdm(replace(tdm, segments=(segment,)), {"below": station}, data)
    back = resolved(tracking, truth, data)
    ranges = seen.value[seen.kind == 0, 0]
    np.testing.assert_allclose(np.sort(back.value[back.kind == 0, 0]), np.sort(ranges), rtol=1e-9)


@pytest.mark.truth
def test_examples_of_the_standard_give_rows(shared_data, data):
    folder = shared_data / "monitoring" / "od" / "tdm"
    somewhere = SurfacePoint.on_earth("x", 0.5, 0.5, 0.0)
    found = {}
    for number, names in ((6, ("NORTH",)), (8, ("HBSTK", "WHM1")), (15, ("DSS-10",)), (4, ("DSS-24",))):
        try:
            tracking = measurements_of_tdm(
                read_tdm(folder / f"TDMExample{number}.tdm"), dict.fromkeys(names, somewhere), data
            )
            found[number] = (np.bincount(tracking.rows.kind, minlength=4).tolist(), tracking.notes)
        except InvalidInput as error:
            found[number] = str(error)
    assert "does not lead to a known station" in found[6]  # four ways through a relay
    assert found[8][0][1:3] == [6, 6]
    assert "no range, range rate or direction" in found[15]
    assert found[4][0] == [5, 0, 0, 0]
    assert any("X band" in note for note in found[4][1])
