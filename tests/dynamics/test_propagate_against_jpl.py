"""Authority: JPL's own orbits of Artemis I about Earth and Moon and of 2024 YR4 about the Sun."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.propagate import OrbitState, prepare_forces, propagate
from moonstead.foundation.constants import J2000_JULIAN_DATE, SECONDS_PER_DAY
from moonstead.foundation.data import DataContext

KILOMETRE = 1e3

# Coasts of Artemis I between its engine firings: first and last row of the table, two hours apart. They were found as
# the rows between which motion by gravity alone leaves less than a metre in two hours.
COASTS = ((6, 12), (23, 32), (81, 90), (93, 113), (115, 125), (160, 170), (262, 268), (274, 283))
PULLS = ("MOON", "SUN", "VENUS", "JUPITER BARYCENTER")
AWAY_FROM_THE_SUN = 0.9995  # [1] cosine between what gravity alone leaves and the direction of sunlight
# [m^2/kg] One number for the whole flight, read off one coast (rows 81 to 90). Orion and its service module burnt a
# fifth of their mass, so that it is 7 % too large at the beginning and 17 % too small in the end.
AREA_OVER_MASS = 0.00441
COAST = 10.0  # [m] 17 % of the 50 m that sunlight moves it in 18 hours

ASTEROID = 54_509_621
PLANETS = (
    "MERCURY BARYCENTER",
    "VENUS BARYCENTER",
    "EARTH",
    "MOON",
    "MARS BARYCENTER",
    "JUPITER BARYCENTER",
    "SATURN BARYCENTER",
    "URANUS BARYCENTER",
    "NEPTUNE BARYCENTER",
)
YEAR = 365.25 * SECONDS_PER_DAY
# [m] JPL's orbit feels sixteen asteroids and all relativistic terms of the planets too, and DE441: 1e-13 m/s^2 and more
DAYS = {30.0: 2.0, 100.0: 20.0}
WITHOUT_RELATIVITY = 500.0  # [m] what the Sun's relativistic term is worth in 30 d at 1 au


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def artemis(shared_data, data):
    """Times (N,) [s TDB past J2000] and states (N, 6) [m, m/s] about the Earth."""
    with (shared_data / "engines" / "artemis1_horizons_vectors.csv").open() as lines:
        rows = list(csv.reader(lines))[1:]
    times = np.array([round((float(row[0]) - J2000_JULIAN_DATE) * SECONDS_PER_DAY) for row in rows], dtype=float)
    states = KILOMETRE * np.array([[float(x) for x in row[2:8]] for row in rows])
    return times, states + data.ephemeris.state("EARTH BARYCENTER", "EARTH", times)


@pytest.mark.truth
@pytest.mark.parametrize("method", ["nystrom", "dormand-prince"])
def test_artemis_coasts_where_horizons_puts_it(artemis, data, validation, method):
    times, states = artemis
    dark = ForceModel(center="EARTH", degree=20, third_bodies=PULLS)
    lit = ForceModel(center="EARTH", degree=20, third_bodies=PULLS, mass=1.0, radiation=Radiation(AREA_OVER_MASS, 1.0))
    by_gravity, by_all = (prepare_forces(model, times[0], times[-1], data) for model in (dark, lit))
    error, moved = 0.0, 0.0
    for first, last in COASTS:
        start = OrbitState(states[first], times[first], "EARTH")
        apart = []
        for forces in (by_gravity, by_all):
            path = propagate(start, times[last], forces, data, method=method, tolerance=1e-2)
            apart.append((states[first : last + 1] - path.state(times[first : last + 1]))[:, :3])
        left = apart[0][-1]
        light = states[last, :3] - data.ephemeris.position("SUN", "EARTH", times[last : last + 1])[0]
        assert left @ light > AWAY_FROM_THE_SUN * np.linalg.norm(left) * np.linalg.norm(light)
        moved = max(moved, float(np.linalg.norm(left)))
        error = max(error, float(np.max(np.linalg.norm(apart[1], axis=1))))
    assert moved > 150.0  # what sunlight is worth in forty hours
    validation(
        capability=f"Propagation, {method}",
        quantity="position of Artemis I along eight coasts of 12 to 40 h, one number for sunlight",
        authority="JPL Horizons",
        error=error,
        unit="m",
        tolerance=COAST,
        cases=sum(last - first for first, last in COASTS),
    )


@pytest.mark.truth
def test_an_asteroid_moves_about_the_sun_as_jpl_has_it(shared_data, data, validation):
    ephemeris = data.ephemeris.with_file(shared_data / "smallbodies" / "2024YR4_jpl_54509621.bsp")
    begin = ephemeris.span(ASTEROID, "SUN")[0]
    errors = dict.fromkeys(DAYS, 0.0)
    for years in (0.5, 2.0, 4.0, 6.0):
        start = round(begin + years * YEAR)
        times = start + SECONDS_PER_DAY * np.array([0.0, *DAYS])
        truth = ephemeris.state(ASTEROID, "SUN", times)
        model = ForceModel(center="SUN", degree=0, third_bodies=PLANETS, relativity=True)
        path = propagate(OrbitState(truth[0], start, "SUN"), times[-1], model, data)
        assert path.method == "dormand-prince"
        apart = np.linalg.norm((path.state(times[1:]) - truth[1:])[:, :3], axis=1)
        for days, distance in zip(DAYS, apart, strict=True):
            errors[days] = max(errors[days], float(distance))
    newton = ForceModel(center="SUN", degree=0, third_bodies=PLANETS)
    start = round(begin + 4.0 * YEAR)
    times = start + SECONDS_PER_DAY * np.array([0.0, 30.0])
    truth = ephemeris.state(ASTEROID, "SUN", times)
    path = propagate(OrbitState(truth[0], start, "SUN"), times[1], newton, data)
    assert np.linalg.norm((path.state(times[1])[0] - truth[1])[:3]) > WITHOUT_RELATIVITY
    for days, allowed in DAYS.items():
        validation(
            capability="Propagation, dormand-prince",
            quantity=f"position of 2024 YR4 about the Sun after {days:g} d, planets and relativity",
            authority="JPL SPK 54509621",
            error=errors[days],
            unit="m",
            tolerance=allowed,
            cases=4,
        )
