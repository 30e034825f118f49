"""Observations made up from an orbit, with noise as stated: what fits are tried on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from moonstead.formats.astrometry_rows import Observations, RadarObservations, blank_rows
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.foundation.frames.standard import ECLIPJ2000
from moonstead.orbits.elements import KeplerElements, states_from_elements
from moonstead.smallbodies.astrometry.observatories import earth_states, station_states
from moonstead.smallbodies.astrometry.prepare import PreparedObservations
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.orbit_fit.computed import computed_places

EPOCH = 15.0 * 365.25 * SECONDS_PER_DAY  # 2015-01-01
STATIONS = ("703", "F51", "W68", "M22")


def near_earth_orbit(data, rng=None, tdb=EPOCH):
    """An Apollo; with a generator one of its own for each draw."""
    q, e, i, node, argument, anomaly = 0.9, 0.35, 0.1, 1.2, 0.7, -1.0
    if rng is not None:
        q, e, i = rng.uniform(0.6, 1.2), rng.uniform(0.1, 0.6), rng.uniform(0.02, 0.5)
        node, argument, anomaly = [*rng.uniform(0.0, 2.0 * np.pi, 2).tolist(), rng.uniform(-2.0, 2.0)]
    elements = KeplerElements(*(np.array([x]) for x in (q * ASTRONOMICAL_UNIT, e, i, node, argument, anomaly)))
    about_sun = states_from_elements(elements, body("SUN").gm)
    times = np.array([tdb])
    icrf = ECLIPJ2000.from_icrf(times, data).inverse().state(about_sun)
    return SmallBodyOrbit("made up", tdb, icrf[0] + data.ephemeris.state("SUN", "SOLAR SYSTEM BARYCENTER", times)[0])


def prepared_rows(tdb, data, sigma=0.5 * ARCSECOND, timing=0.0, stations=STATIONS):
    """Rows at times with observers and noise, without places yet."""
    tdb = np.asarray(tdb, dtype=np.float64)
    codes = np.array([stations[row % len(stations)] for row in range(tdb.size)])
    columns = blank_rows(tdb.size) | {
        "tdb": tdb,
        "station": codes,
        "objects": np.full(tdb.size, "made up"),
        "line": np.arange(1, tdb.size + 1),
        "right_ascension": np.zeros(tdb.size),
        "declination": np.zeros(tdb.size),
    }
    one, zero = np.ones(tdb.size), np.zeros(tdb.size)
    return PreparedObservations(
        observations=Observations(**columns, radar=RadarObservations.none()),
        observer=earth_states(tdb, data) + station_states(codes.tolist(), tdb, data),
        sigma=np.full((tdb.size, 2), sigma),
        correlation=zero,
        nightly=one,
        timing=timing * one,
        bias=np.zeros((tdb.size, 2)),
        right_ascension=zero,
        declination=zero,
        radar_receiver=np.empty((0, 6)),
    )


def seen(orbit, rows, perturbers, data, rng=None):
    """Rows with the places that an orbit gives, and noise as their errors say."""
    times = rows.observations.tdb
    flight = fly(orbit, (min(times.min(), orbit.tdb) - SECONDS_PER_DAY, max(times.max(), orbit.tdb)), perturbers)
    places = computed_places(flight, rows, data, with_partials=False)
    off = np.zeros((times.size, 2))
    if rng is not None:
        off = rows.sigma * rng.normal(size=off.shape)
        off += places.motion * (rows.timing * rng.normal(size=times.size))[:, None]
    right_ascension = (places.right_ascension + off[:, 0] / np.cos(places.declination)) % (2.0 * np.pi)
    declination = places.declination + off[:, 1]
    rows = replace(rows, right_ascension=right_ascension, declination=declination)
    said = replace(rows.observations, right_ascension=right_ascension, declination=declination)
    return replace(rows, observations=said)
