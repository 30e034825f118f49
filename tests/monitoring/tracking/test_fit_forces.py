"""Authority: plain integration of all forces by scipy, straight differences, motion about a point mass."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from moonstead.dynamics.forces import Drag, ForceModel, Radiation, standard_atmosphere
from moonstead.dynamics.propagate import OrbitState
from moonstead.dynamics.small_forces import earth_light_pressure
from moonstead.dynamics.solid_tides import sun_and_moon
from moonstead.dynamics.tidal_field import degree_two_pull, tidal_coefficients
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.frames.earth import itrf_from_icrf
from moonstead.monitoring.tracking.fit_forces import FitForces, fit_span
from moonstead.monitoring.tracking.flown_orbit import FlownOrbit, fly_orbit

EPOCH = 5.0857e8  # [s TDB past J2000] in February 2016
LAGEOS = np.array([7526990.0, -9646310.0, 1464110.0, 3033.0, 1715.0, -4447.0])
POINT = ForceModel(center="EARTH", degree=0, third_bodies=())
GM = body("EARTH").gm
DAY = 86_400.0
SMALL = 2e-3  # [m] in a day: the response with what it bends; the reference flight itself is flown to 0.1 mm
SECOND_ORDER = 1e-4  # [1] of differences: their own curvature
EMPIRICAL = ("radial", "along", "along_cos", "cross_sin", "inertial_x", "inertial_z_rate")
VALUES = np.array([2e-8, -1e-8, 3e-8, -2e-8, 1.5e-8, 2e-13])


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


def _flown(data: DataContext, forces: FitForces, values: np.ndarray, duration: float = DAY) -> FlownOrbit:
    start = OrbitState(LAGEOS, EPOCH, "EARTH")
    return fly_orbit(LAGEOS, values, fit_span(start, EPOCH + duration, forces, data))


@pytest.mark.truth
def test_small_forces_carry_an_orbit_where_a_plain_integration_of_all_does(data, validation) -> None:
    forces = FitForces(POINT, tides=True, earth_light=1e-3, sought=EMPIRICAL)
    orbit = _flown(data, forces, VALUES)
    at = EPOCH + np.linspace(0.0, DAY, 13)
    plain = _integrated(data, at)
    undisturbed = _flown(data, FitForces(POINT, tides=False), np.zeros(0)).state(at)
    assert np.linalg.norm(plain[-1] - undisturbed[-1, :3]) > 50.0  # they do carry it away
    validation(
        capability="orbits from tracking",
        quantity="position after 24 h under tides, light of the Earth and six empirical accelerations",
        authority="plain integration of all forces (scipy DOP853)",
        error=float(np.max(np.linalg.norm(orbit.state(at)[:, :3] - plain, axis=1))),
        unit="m",
        tolerance=SMALL,
        cases=at.size,
    )


def _integrated(data: DataContext, at: np.ndarray) -> np.ndarray:
    """Positions by scipy, the forces written anew."""
    from scipy.interpolate import CubicSpline

    coarse = np.arange(EPOCH - 3600.0, at[-1] + 7200.0, 1800.0)
    sun = CubicSpline(coarse, data.ephemeris.position("SUN", "EARTH", coarse))
    fine = np.arange(EPOCH - 120.0, at[-1] + 240.0, 60.0)
    axes = CubicSpline(fine, itrf_from_icrf(fine, data).matrix)
    tides = CubicSpline(fine, tidal_coefficients(fine, *sun_and_moon(fine, data), data))
    # axes and angle are those of the undisturbed flight, as the model says
    undisturbed = _flown(data, FitForces(POINT, tides=False), np.zeros(0), DAY + 300.0)
    path = CubicSpline(fine[2:], undisturbed.state(fine[2:]))
    first = LAGEOS[:3] / np.linalg.norm(LAGEOS[:3])
    normal = np.cross(LAGEOS[:3], LAGEOS[3:])
    ahead = np.cross(normal / np.linalg.norm(normal), first)

    def rate(t: float, state: np.ndarray) -> np.ndarray:
        r = state[:3]
        pull = -GM * r / np.linalg.norm(r) ** 3
        radius = np.linalg.norm(r)
        turn = axes(t)
        pull += turn.T @ degree_two_pull((turn @ r)[None, :], tides(t)[None, :])[0]
        pull += 1e-3 * earth_light_pressure(r[None, :], sun(t)[None, :])[0] * r / radius
        there = path(t)
        up = there[:3] / np.linalg.norm(there[:3])
        along = np.cross(normal / np.linalg.norm(normal), up)
        u = np.arctan2(up @ ahead, up @ first)
        cross = normal / np.linalg.norm(normal)
        pull += VALUES[0] * up + (VALUES[1] + VALUES[2] * np.cos(u)) * along + VALUES[3] * np.sin(u) * cross
        return np.concatenate((state[3:], pull + np.array([VALUES[4], 0.0, VALUES[5] * (t - EPOCH)])))

    steps = {"method": "DOP853", "rtol": 1e-11, "atol": 1e-4, "t_eval": at, "max_step": 900.0}
    return solve_ivp(rate, (EPOCH, at[-1]), LAGEOS, **steps).y[:3].T


@pytest.mark.parametrize("name", ["x", "vz", "along_cos", "inertial_z_rate", "radiation", "drag"])
def test_partials_are_the_differences_of_flights(data, name: str) -> None:
    low = LAGEOS * np.concatenate((np.full(3, 0.55), np.full(3, 1.365)))  # perigee where there is air
    air = Drag(20.0, 2.2, standard_atmosphere())
    model = ForceModel(
        center="EARTH", degree=2, third_bodies=(), mass=100.0, radiation=Radiation(20.0, 1.3, ("EARTH",)), drag=air
    )
    forces = FitForces(model, tides=False, sought=("radiation", "drag", "along_cos", "inertial_z_rate"))
    span = fit_span(OrbitState(low, EPOCH, "EARTH"), EPOCH + 10_000.0, forces, data)
    values = np.array([1.1, 0.9, 1e-8, 1e-13])
    steps = {"x": (0, 10.0), "vz": (5, 1e-2), "radiation": (6, 0.1), "drag": (7, 0.05)}
    place, step = (steps | {"along_cos": (8, 1e-8), "inertial_z_rate": (9, 1e-12)})[name]
    at = EPOCH + np.array([0.0, 3000.0, 9990.0])

    def state(sign: float) -> np.ndarray:
        changed = np.concatenate((low, values))
        changed[place] += sign * step
        return fly_orbit(changed[:6], changed[6:], span).state(at)

    slope = (state(1.0) - state(-1.0)) / (2.0 * step)
    found = fly_orbit(low, values, span).partials(at)[:, :, place]
    scale = np.max(np.abs(slope), axis=0)
    # shadows end a step, and the pull of the air on its own change is left out of small forces: 1 % of a factor
    limit = 1e-2 if name in ("radiation", "drag") else 1e-3
    np.testing.assert_allclose(found / scale, slope / scale, atol=limit)


def test_an_orbit_without_small_forces_is_the_flight_itself(data) -> None:
    orbit = _flown(data, FitForces(POINT, tides=False), np.zeros(0), 7200.0)
    at = EPOCH + np.array([0.0, 3600.0])
    np.testing.assert_array_equal(orbit.state(at), orbit.reference.state(at))
    assert orbit.width == 6


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"sought": ("sideways",)}, "no force parameter 'sideways'", id="unknown"),
        pytest.param({"sought": ("along", "along")}, "named twice", id="twice"),
        pytest.param({"sought": ("drag",)}, "the force model has no drag", id="no drag"),
        pytest.param({"model": ForceModel(center="MOON", degree=0, third_bodies=())}, "not about MOON", id="moon"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        FitForces(**({"model": POINT} | change))


def test_an_acceleration_that_carries_an_orbit_away_is_a_failure_not_an_answer(data) -> None:
    with pytest.raises(NumericalFailure, match="away from its flight"):
        _flown(data, FitForces(POINT, tides=False, sought=("along",)), np.array([1e-3]))


def test_an_orbit_about_the_moon_flies_too(data) -> None:
    model = ForceModel(center="MOON", degree=0, third_bodies=("EARTH",))
    start = OrbitState(np.array([2.2e6, 0.0, 0.0, 0.0, 1500.0, 100.0]), EPOCH, "MOON")
    span = fit_span(start, EPOCH + 7200.0, FitForces(model, tides=False, sought=("along",)), data)
    orbit = fly_orbit(start.position_velocity, np.array([1e-7]), span)
    assert orbit.center == "MOON"
    assert np.all(np.isfinite(orbit.partials(EPOCH + np.array([7200.0]))))
