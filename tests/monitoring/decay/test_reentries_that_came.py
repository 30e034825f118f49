"""Authority: the re-entry of CZ-5B in 2021, Shenzhou-11's last elements, NASA's ephemeris of the ISS."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.air_density import modified_julian_date
from moonstead.dynamics.atmosphere import nrlmsis_atmosphere
from moonstead.dynamics.forces import Drag, ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.formats.oem import read_oem
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.standard import EME2000, ICRF
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.decay.averaged_drag import MeanOrbits
from moonstead.monitoring.decay.drag_uncertainty import (
    MODEL_SPREAD,
    along_axes,
    drag_uncertainty,
    weather_spread,
)
from moonstead.monitoring.decay.reentry import reentry
from moonstead.monitoring.decay.weather_forecast import forecast_weather

pytestmark = pytest.mark.truth

DAY = 86_400.0
CZ5B = "2021-05-09T02:24:00"  # UTC, published by CMSA
OF_LIFE = 0.10  # [1] asked of the median from 5.5 days on
CUTS = (5.5, 4.0, 0.5)  # [d]; the early one at 7 d is asked to lie in its window alone; the benchmark has more
NINETY = 1.645  # [1] standard deviations that hold 90 %
LINEAR = 1e-3  # [1] of a change of 0.1 % in drag
ISS_MASS, ISS_AREA, ISS_COEFFICIENT = 454_339.0, 1791.9, 1.95  # comments of the message


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def monitoring(shared_data):
    return shared_data / "monitoring"


@pytest.fixture(scope="module")
def weather(monitoring):
    return SpaceWeather.from_file(monitoring / "spaceweather" / "SW-All.csv.gz")


def test_cz5b_comes_down_when_foretold(monitoring, weather, data, validation):
    history = read_mean_elements(monitoring / "decay" / "CZ5B_2021.tle").elements
    truth = Epoch.parse(CZ5B).tdb()
    errors = []
    for cut in (7.0, *CUTS):
        window = reentry(history, truth - cut * DAY, weather, data)
        assert window.last_set <= truth - cut * DAY
        assert window.window_90[0] <= truth <= window.window_90[1], cut
        errors.append(abs(window.median - truth) / (truth - window.last_set))
    validation(
        capability="decay and re-entry",
        quantity="re-entry of CZ-5B (2021) from elements cut 5.5 to 0.5 d before, of the remaining life",
        authority="CMSA, 2021-05-09 02:24 UTC",
        error=max(errors[1:]),
        unit="1",
        tolerance=OF_LIFE,
        cases=len(CUTS),
    )


def test_cz5b_comes_down_when_foretold_without_weather(monitoring, data):
    history = read_mean_elements(monitoring / "decay" / "CZ5B_2021.tle").elements
    truth = Epoch.parse(CZ5B).tdb()
    window = reentry(history, truth - 3.5 * DAY, None, data)
    assert abs(window.median - truth) < OF_LIFE * (truth - window.last_set)
    assert window.window_90[0] <= truth <= window.window_90[1]


def test_shenzhou_11_passes_its_last_axis_within_the_windows(monitoring, weather, data):
    history = read_mean_elements(monitoring / "decay" / "Shenzhou11.tle.gz").elements
    last = int(np.argmax(history.tdb))
    axis, truth = float(history.semi_major_axis[last]), float(history.tdb[last])
    for cut in (30.0, 3.0):
        window = reentry(history, truth - cut * DAY, weather, data, since=truth - 200.0 * DAY, to_axis=axis)
        assert window.window_90[0] <= truth <= window.window_90[1], cut


@pytest.fixture(scope="module")
def station(monitoring, data):
    segment = read_oem(monitoring / "iss" / "ISS_OEM_NASA_2025-02-26.xml.gz").segments[0]
    return segment.tdb, rotation(EME2000, ICRF, segment.tdb, data).state(segment.states)


def flown(station, weather, data, area=ISS_AREA, days=15):
    tdb, states = station
    tdb = tdb[tdb - tdb[0] < days * DAY + 300.0]
    air = nrlmsis_atmosphere(tdb[0], tdb[-1], weather, version="2.1")
    model = ForceModel(
        center="EARTH",
        degree=36,
        third_bodies=("SUN", "MOON"),
        mass=ISS_MASS,
        drag=Drag(area, ISS_COEFFICIENT, air),
    )
    start = OrbitState(states[0], float(tdb[0]), "EARTH")
    return propagate(start, float(tdb[-1]), model, data, parameters=("drag",), tolerance=1.0)


def test_fifteen_days_of_the_iss_stay_within_the_uncertainty_of_drag(station, weather, data, validation):
    tdb, states = station
    mjd = float(modified_julian_date(tdb[:1])[0])
    forecast = forecast_weather(weather, mjd, 40)
    orbit = MeanOrbits(*(np.array([x]) for x in (tdb[0], 6_795e3, 5e-4, 5e-4, np.radians(51.64), 0.0, 0.0)))
    foretold = np.hypot(MODEL_SPREAD, weather_spread(orbit, forecast, 15))
    days = np.clip(((tdb - tdb[0]) / DAY).astype(int), 0, 14)
    for known, spread in (("observed", MODEL_SPREAD), ("foretold", foretold[days])):
        trajectory = flown(station, weather if known == "observed" else forecast.expected, data)
        away = along_axes(states, states[:, :3] - trajectory.state(tdb)[:, :3])[:, 1]
        limit = NINETY * drag_uncertainty(trajectory, tdb, spread)[:, 1]
        later = tdb - tdb[0] > DAY
        validation(
            capability="decay and re-entry",
            quantity=f"ISS 15 days from its first state along the track, weather {known}, of the 90 % bound of drag",
            authority="NASA OEM of 2025-02-26",
            error=float(np.max(np.abs(away[later]) / limit[later])),
            unit="1",
            tolerance=1.0,
            cases=int(np.count_nonzero(later)),
        )


def test_the_uncertainty_is_what_more_drag_does(station, weather, data):
    tdb = station[0]
    few = np.linspace(tdb[0], tdb[0] + 1.9 * DAY, 20)[1:]
    one, two = (flown(station, weather, data, area, days=2) for area in (ISS_AREA, 1.001 * ISS_AREA))
    moved = along_axes(one.state(few), two.state(few)[:, :3] - one.state(few)[:, :3])[:, 1]
    told = drag_uncertainty(one, few, 1e-3)[:, 1]
    late = few - few[0] > DAY
    np.testing.assert_allclose(told[late], np.abs(moved[late]), rtol=20.0 * LINEAR)
    with pytest.raises(InvalidInput, match="parameters"):
        start = OrbitState(station[1][0], float(tdb[0]), "EARTH")
        plain = propagate(start, float(tdb[0]) + 600.0, ForceModel(center="EARTH", degree=2, third_bodies=()), data)
        drag_uncertainty(plain, tdb[:1], 0.1)
