"""Authorities: JPL's orbit of Apophis and the echoes it was made with; the rate of the delay; straight light."""

import json
from dataclasses import replace

import numpy as np
import pytest
from simulated_places import EPOCH, near_earth_orbit

from moonstead.formats.astrometry import read_astrometry
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY, SPEED_OF_LIGHT
from moonstead.smallbodies.astrometry.observatories import earth_states, station_states
from moonstead.smallbodies.astrometry.prepare import prepare_observations
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.orbit_fit.equations import equations
from moonstead.smallbodies.orbit_fit.radar import computed_radar
from moonstead.smallbodies.published_orbit import read_published_orbit

DELAY_OF_JPL = 0.45e-6  # [s] 67 m: 1.7 sigma of its best echoes, which JPL's orbit leaves too; no air here (0.04 us)
DOPPLER_OF_JPL = 0.75  # [1] sigma of the best shifts, 0.1 Hz
RATE_OF_DELAY = 2e-2  # [Hz] of 8.56 GHz: over 32 s the Earth's turn bends the delay by 5e-3, rounded times give 3e-3
PARTIALS = 5e-4  # [1] the bounce's own shift in time is left out of the partials, v / c


@pytest.mark.truth
def test_apophis_echoes_of_2013_are_where_jpl_has_them(shared_data, installed, pulling, validation):
    folder = shared_data / "smallbodies"
    reference = json.loads((folder / "99942_radar_2013_layup.json").read_text())["reference"]
    state = np.array(reference["state_au_au_per_day"]) * ASTRONOMICAL_UNIT
    state[3:] /= SECONDS_PER_DAY
    pushes = read_published_orbit(folder / "sbdb_99942_phys.json", installed).non_gravitational
    tdb = (reference["epoch_jd_tdb"] - 2451545.0) * SECONDS_PER_DAY
    orbit = SmallBodyOrbit("Apophis", tdb, state, pushes)
    rows = prepare_observations(read_astrometry(folder / "99942_radar_2005_2013.tsv"), installed)
    rows = rows.take(np.zeros(rows.count, dtype=bool), rows.radar.tdb > 4.0e8)
    flight = fly(orbit, (float(rows.radar.tdb.min()) - 1e3, float(rows.radar.tdb.max())), pulling, with_partials=True)
    found = equations(flight, rows, installed, list(range(6)))
    delay = rows.radar.kind == "delay"
    assert np.sum(delay) > 10
    validation(
        capability="Orbit fit",
        quantity="radar delays of Apophis 2012 to 2013",
        authority="JPL Horizons state of Apophis and JPL radar astrometry",
        error=np.max(np.abs(found.radar_residuals[delay & (rows.radar.sigma < 5e-7)])),
        unit="s",
        tolerance=DELAY_OF_JPL,
        cases=int(np.sum(delay)),
    )
    validation(
        capability="Orbit fit",
        quantity="radar Doppler shifts of Apophis 2012 to 2013, in their standard errors",
        authority="JPL Horizons state of Apophis and JPL radar astrometry",
        error=np.max(np.abs(found.radar_residuals / found.radar_sigma)[~delay]),
        unit="1",
        tolerance=DOPPLER_OF_JPL,
        cases=int(np.sum(~delay)),
    )


def echoes(installed, flight, tdb, frequency=8.56e9):
    def stations(times):
        return earth_states(times, installed) + station_states(["253"] * times.size, times, installed)

    return computed_radar(flight, tdb, np.full(tdb.size, frequency), stations(tdb), stations, installed)


@pytest.fixture(scope="module")
def flight(installed, pulling):
    orbit = near_earth_orbit(installed)
    return fly(orbit, (EPOCH - 5e5, EPOCH + 5e5), pulling, with_partials=True)


def test_the_shift_is_the_rate_of_the_delay(installed, flight):
    tdb, step = EPOCH + np.array([0.0, 4096.0, 40960.0]), 16.0
    later, sooner = (echoes(installed, flight, tdb + offset) for offset in (step, -step))
    rate = (later.delay - sooner.delay) / (2.0 * step)
    np.testing.assert_allclose(echoes(installed, flight, tdb).doppler, -8.56e9 * rate, atol=RATE_OF_DELAY)


def test_the_delay_is_twice_the_distance_to_first_order(installed, flight):
    tdb = np.array([EPOCH])
    found = echoes(installed, flight, tdb)
    station = earth_states(tdb, installed) + station_states(["253"], tdb, installed)
    apart = np.linalg.norm(flight.state(found.bounce_tdb)[0, :3] - station[0, :3])
    assert found.delay[0] == pytest.approx(2.0 * apart / SPEED_OF_LIGHT, rel=1e-4)  # the station moves by v / c


def test_partials_are_differences_of_neighbouring_orbits(installed, pulling, flight):
    tdb = EPOCH + np.array([-2e5, 3e5])
    here = echoes(installed, flight, tdb)
    for column, step in enumerate([1e6] * 3 + [10.0] * 3):
        delays, shifts = [], []
        for sign in (1.0, -1.0):
            state = flight.orbit.state.copy()
            state[column] += sign * step
            moved = fly(replace(flight.orbit, state=state), flight.span, pulling, with_partials=True)
            found = echoes(installed, moved, tdb)
            delays.append(found.delay)
            shifts.append(found.doppler)
        for got, pair in ((here.delay_partials, delays), (here.doppler_partials, shifts)):
            slope = (pair[0] - pair[1]) / (2.0 * step)
            np.testing.assert_allclose(
                got[:, column],
                slope,
                atol=PARTIALS * np.max(np.abs(got[:, :3])) * (column < 3)
                + PARTIALS * np.max(np.abs(got[:, 3:])) * (column >= 3),
            )


def test_echoes_of_the_surface_need_the_radius(shared_data, installed, pulling):
    folder = shared_data / "smallbodies"
    rows = prepare_observations(read_astrometry(folder / "99942_radar_2021.tsv"), installed)
    surface = replace(rows.radar, bounce=np.array(["S"] * rows.radar.count))
    rows = replace(rows, observations=replace(rows.observations, radar=surface))
    orbit = read_published_orbit(folder / "sbdb_99942_phys.json", installed)
    ends = (float(rows.radar.tdb.min()) - 1e3, float(rows.radar.tdb.max()))
    flight = fly(orbit, (min(ends[0], orbit.tdb), ends[1]), pulling, with_partials=True)
    delay = rows.radar.kind == "delay"
    without = equations(flight, rows, installed, list(range(6)))
    assert np.all(np.isinf(without.radar_sigma[delay]))
    assert np.all(np.isfinite(without.radar_sigma[~delay]))
    known = equations(flight, rows, installed, list(range(6)), radius=170.0)
    np.testing.assert_allclose(
        known.radar_residuals[delay] - without.radar_residuals[delay], 340.0 / SPEED_OF_LIGHT, rtol=1e-6
    )
