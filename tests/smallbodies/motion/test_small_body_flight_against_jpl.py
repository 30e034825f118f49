"""Authority: JPL Horizons and an SPK file of JPL for 2024 YR4, JPL's published encounter of Apophis in 2029."""

import json

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from moonstead.foundation.constants import ASTRONOMICAL_UNIT, J2000_JULIAN_DATE
from moonstead.foundation.frames.standard import ECLIPJ2000
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.orbit import NonGravitational, SmallBodyOrbit

pytestmark = pytest.mark.truth

DAY = 86_400.0
CAPABILITY = "motion of small bodies"
JPL_AGREES = 0.3  # [km] through the encounter of 2032: what another integrator with DE441 leaves too
SPK_AGREES = 0.3  # [km]
PUBLISHED_APOPHIS = 38_012.0  # [km] JPL, 2029-04-13 21:46
APOPHIS_AGREES = 2.0  # [km] two clone sigmas: the printed solution and the published figure differ by as much
YR4, SPK = 54509621, "2024YR4_jpl_54509621.bsp"


def nearest(flight, ephemeris, body, tdb, within):
    """Time and distance [m] of the point nearest to a body, about a time."""

    def distance(offset):
        times = np.array([tdb + offset])
        return float(np.linalg.norm((flight.state(times) - ephemeris.state(body, 0, times))[0, :3]))

    found = minimize_scalar(distance, bounds=(-within, within), method="bounded", options={"xatol": 1e-3})
    return tdb + found.x, found.fun


def test_2024_yr4_follows_the_vectors_of_horizons(shared_data, installed, pulling, validation):
    truth = json.loads((shared_data / "smallbodies" / "2024YR4_truth.json").read_text())["horizons_jpl78"]["vectors"]
    turn = ECLIPJ2000.from_icrf(np.zeros(1), installed).matrix[0].T
    times = np.array([(float(date) - J2000_JULIAN_DATE) * DAY for date in truth])
    states = 1e3 * np.array([np.concatenate((turn @ v[:3], turn @ v[3:])) for v in np.array(list(truth.values()))])
    flight = fly(SmallBodyOrbit("2024 YR4", times[0], states[0]), times[-1], pulling)
    through = times <= (2463589.5 - J2000_JULIAN_DATE) * DAY  # a day past the encounter; later ones are amplified
    error = 1e-3 * np.linalg.norm((flight.state(times[through]) - states[through])[:, :3], axis=1)
    validation(
        capability=CAPABILITY,
        quantity="2024 YR4 JPL#78, place through the encounter of 2032, eight years on",
        authority="JPL Horizons",
        error=error.max(),
        unit="km",
        tolerance=JPL_AGREES,
        cases=int(through.sum()) - 1,
    )


@pytest.mark.parametrize(("body", "tdb"), [("MOON", 1_040_526_600.0), ("EARTH", 1_040_503_000.0)])
def test_2024_yr4_passes_earth_and_moon_as_in_jpls_spk(shared_data, installed, pulling, validation, body, tdb):
    files = installed.ephemeris.with_file(shared_data / "smallbodies" / SPK)
    begin = files.span(YR4, 0)[0] + 40.0 * DAY
    orbit = SmallBodyOrbit("2024 YR4", begin, files.state(YR4, 0, np.array([begin]))[0])
    flight = fly(orbit, tdb + 20.0 * DAY, pulling)

    def in_file(offset):
        return float(np.linalg.norm(files.position(YR4, body, np.array([tdb + offset]))))

    own_time, own = nearest(flight, files, body, tdb, 0.4 * DAY)
    found = minimize_scalar(in_file, bounds=(-0.4 * DAY, 0.4 * DAY), method="bounded", options={"xatol": 1e-3})
    validation(
        capability=CAPABILITY,
        quantity=f"2024 YR4 JPL#77, nearest to {body.capitalize()} in 2032",
        authority="JPL SPK",
        error=1e-3 * abs(own - found.fun),
        unit="km",
        tolerance=SPK_AGREES,
        cases=1,
    )
    assert abs(own_time - (tdb + found.x)) < 0.1


def test_apophis_passes_the_earth_in_2029_as_published(shared_data, installed, pulling, validation):
    record = json.loads((shared_data / "smallbodies" / "sbdb_99942_phys.json").read_text())["orbit"]
    elements = {each["name"]: float(each["value"]) for each in record["covariance"]["elements"]}
    push = {each["name"]: float(each["value"]) * ASTRONOMICAL_UNIT / DAY**2 for each in record["model_pars"]}
    epoch = float(record["covariance"]["epoch"])
    tdb = (epoch - J2000_JULIAN_DATE) * DAY
    own = heliocentric(elements, epoch, pulling.gm[0])
    turn = ECLIPJ2000.from_icrf(np.zeros(1), installed).matrix[0].T
    sun = installed.ephemeris.state("SUN", 0, np.array([tdb]))[0]
    state = sun + np.concatenate((turn @ own[0], turn @ own[1]))
    orbit = SmallBodyOrbit("99942 Apophis", tdb, state, NonGravitational(push["A1"], push["A2"]))
    meeting = (2462240.407 - J2000_JULIAN_DATE) * DAY
    when, distance = nearest(fly(orbit, meeting + DAY, pulling), installed.ephemeris, "EARTH", meeting, 0.5 * DAY)
    validation(
        capability=CAPABILITY,
        quantity="Apophis JPL#220, nearest to the Earth in 2029",
        authority="JPL, as published",
        error=abs(1e-3 * distance - PUBLISHED_APOPHIS),
        unit="km",
        tolerance=APOPHIS_AGREES,
        cases=1,
    )
    assert abs(when - meeting) < 30.0  # published to the minute


def heliocentric(elements, epoch, gm):
    """Place and velocity [m, m/s] in the ecliptic from perihelion distance, time of perihelion and angles."""
    e, q = elements["e"], elements["q"] * ASTRONOMICAL_UNIT
    a = q / (1.0 - e)
    n = np.sqrt(gm / a**3)
    mean = n * (epoch - elements["tp"]) * DAY
    anomaly = mean
    for _ in range(30):
        anomaly -= (anomaly - e * np.sin(anomaly) - mean) / (1.0 - e * np.cos(anomaly))
    r, wide = a * (1.0 - e * np.cos(anomaly)), np.sqrt(1.0 - e * e)
    place = a * np.array((np.cos(anomaly) - e, wide * np.sin(anomaly), 0.0))
    speed = n * a * a / r * np.array((-np.sin(anomaly), wide * np.cos(anomaly), 0.0))
    node, peri, tilt = (np.radians(elements[name]) for name in ("om", "w", "i"))

    def turned(vector):
        x, y = vector[0] * np.cos(peri) - vector[1] * np.sin(peri), vector[0] * np.sin(peri) + vector[1] * np.cos(peri)
        y, z = y * np.cos(tilt), y * np.sin(tilt)
        return np.array((x * np.cos(node) - y * np.sin(node), x * np.sin(node) + y * np.cos(node), z))

    return turned(place), turned(speed)
