"""Descents and ascents flown in the full model of forces, as they were designed and corrected."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import FiniteBurn
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, PreparedForces, prepare_forces, propagate
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.standard import ICRF, MOON_ME
from moonstead.orbits.elements import kepler_elements
from moonstead.orbits.landing.ascent import Ascent
from moonstead.orbits.landing.descent import Descent
from moonstead.orbits.landing.powered import GM, LunarSite, Vehicle
from moonstead.orbits.targeting import correct

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

TOLERANCE = 1e-2  # [m] of the flight: integrators cannot promise less through a dozen burns
MARGIN = 600.0  # [s] of the span that forces are laid out for
TOUCHDOWN = np.array([0.1, 0.1, 0.02, 1e-3, 1e-3, 1e-3])  # [m], [m/s] accepted along, across and up
CUT_OFF = np.array([1.0, 1e-3, 1e-3, 1.0, 1e-3])  # [m, m/s] height, vertical speed, speed, out of plane and its rate


@dataclass(frozen=True, eq=False)
class FlownLanding:
    """A descent flown under all forces.

    Attributes
    ----------
    trajectory : PropagatedTrajectory
        The corrected flight, about the Moon in the ICRF.
    burns : tuple of FiniteBurn
        Its arcs.
    ignition : OrbitState
        Where it begins.
    ignition_tdb, touchdown_tdb : float [s TDB past J2000]
        When.
    designed_position_defect, designed_velocity_defect : float [m, m/s]
        How far from the site and from rest the design ends when it is flown as it is.
    position_defect, velocity_defect : float [m, m/s]
        The same behind the correction.
    propellant : float [kg]
        Burnt, corrected.
    """

    trajectory: PropagatedTrajectory
    burns: tuple[FiniteBurn, ...]
    ignition: OrbitState
    ignition_tdb: float
    touchdown_tdb: float
    designed_position_defect: float
    designed_velocity_defect: float
    position_defect: float
    velocity_defect: float
    propellant: float


@dataclass(frozen=True, eq=False)
class FlownAscent:
    """An ascent flown under all forces.

    Attributes
    ----------
    trajectory : PropagatedTrajectory
        The corrected flight, about the Moon in the ICRF.
    burns : tuple of FiniteBurn
        Its arcs.
    designed_apsides, apsides : (2,) [m]
        Altitudes of periapsis and apoapsis at cut-off, flown as designed and corrected.
    designed_plane_offset, plane_offset : float [rad]
        Angle between the wanted plane and the one reached.
    propellant : float [kg]
        Burnt, corrected.
    """

    trajectory: PropagatedTrajectory
    burns: tuple[FiniteBurn, ...]
    designed_apsides: tuple[float, float]
    apsides: tuple[float, float]
    designed_plane_offset: float
    plane_offset: float
    propellant: float


def burns_of(arcs: Array, start_tdb: float, specific_impulse: float, turn: Array) -> tuple[FiniteBurn, ...]:
    """Finite burns of arcs of constant thrust and direction.

    Parameters
    ----------
    arcs : (K, 5) [s, N, 1]
        Duration, thrust, direction.
    start_tdb : float [s TDB past J2000]
        Of the first.
    specific_impulse : float [s]
        Of the engine.
    turn : (3, 3) [1]
        From the axes of the arcs to the ICRF.

    Returns
    -------
    tuple of FiniteBurn

    Source
    ------
    Definition.
    """
    starts = start_tdb + np.concatenate(([0.0], np.cumsum(arcs[:, 0])))
    return tuple(
        FiniteBurn(
            float(starts[k]),
            float(starts[k + 1] - starts[k]),
            float(arc[1]),
            specific_impulse,
            tuple(float(part) for part in turn @ arc[2:]),  # type: ignore[arg-type]
        )
        for k, arc in enumerate(arcs)
    )


def fly_descent(descent: Descent, touchdown_tdb: float, model: ForceModel, data: DataContext) -> FlownLanding:
    """A descent in the full model: as designed, then corrected until it ends at rest on the site.

    Ignition time, directions and the lengths of burns are changed as little as possible.

    Parameters
    ----------
    descent : Descent
        As designed.
    touchdown_tdb : float [s TDB past J2000]
        When it is to land.
    model : ForceModel
        About the Moon; its mass is replaced by the vehicle's.
    data : DataContext
        Ephemeris, orientation, gravity.

    Returns
    -------
    FlownLanding

    Raises
    ------
    NumericalFailure
        The correction does not converge.
    OutsideSpan, MissingData
        As `propagate`.

    Source
    ------
    Differential correction with the design's own partial derivatives: `targeting.correct`.
    """
    turn = rotation(MOON_ME, ICRF, np.array([touchdown_tdb]), data).matrix[0]
    forces = _forces(descent.vehicle, model, touchdown_tdb - descent.duration, touchdown_tdb, data)
    site = _SiteState(descent.site, data)
    design = descent.problem()
    axes = turn @ descent.site.axes().T

    def fly(x: Array) -> tuple[PropagatedTrajectory, tuple[FiniteBurn, ...], OrbitState, float]:
        begin, arcs = design.flight(x)
        start = touchdown_tdb - float(np.sum(arcs[:, 0]))
        state = OrbitState(np.concatenate((turn @ begin[:3], turn @ begin[3:])), start)
        burns = burns_of(arcs, start, descent.vehicle.specific_impulse, turn)
        stop = burns[-1].stop
        return _fly(state, stop, forces, data, burns), burns, state, stop

    def miss(x: Array) -> Array:
        path, _, _, stop = fly(x)
        off = path.state([stop])[0] - site(stop)
        return np.concatenate((axes.T @ off[:3], axes.T @ off[3:]))

    free = np.ones(descent.variables.size, dtype=bool)
    free[design.throttles] = False

    def full(part: Array) -> Array:
        x = descent.variables.copy()
        x[free] = part
        return x

    def slope(part: Array) -> Array:
        columns = []
        base = design.touchdown(full(part))
        for k in range(part.size):
            moved = part.copy()
            moved[k] += 1e-6
            columns.append((design.touchdown(full(moved)) - base) / 1e-6)
        return np.stack(columns, axis=1)

    first = miss(descent.variables)
    begin = descent.variables[free]
    answer = correct(
        lambda part: (miss(full(part)), slope(part)),
        begin,
        np.full(begin.size, 0.1),
        TOUCHDOWN,
        names=("distance along the track", "distance across it", "height", "speed along", "speed across", "sink rate"),
    )
    path, burns, ignition, stop = fly(full(answer.variables))
    end = answer.residual
    return FlownLanding(
        path,
        burns,
        ignition,
        ignition.epoch_tdb,
        stop,
        float(np.linalg.norm(first[:3])),
        float(np.linalg.norm(first[3:])),
        float(np.linalg.norm(end[:3])),
        float(np.linalg.norm(end[3:])),
        descent.vehicle.mass - float(path.mass([stop])[0]),
    )


def fly_ascent(ascent: Ascent, liftoff_tdb: float, model: ForceModel, data: DataContext) -> FlownAscent:
    """An ascent in the full model: as designed, then corrected until it ends at the periapsis of its orbit.

    Parameters
    ----------
    ascent : Ascent
        As designed.
    liftoff_tdb : float [s TDB past J2000]
        When it leaves the ground.
    model : ForceModel
        About the Moon; its mass is replaced by the vehicle's.
    data : DataContext
        Ephemeris, orientation, gravity.

    Returns
    -------
    FlownAscent

    Raises
    ------
    NumericalFailure
        The correction does not converge.
    OutsideSpan, MissingData
        As `propagate`.

    Source
    ------
    Differential correction with the design's own partial derivatives: `targeting.correct`.
    """
    turn = rotation(MOON_ME, ICRF, np.array([liftoff_tdb]), data).matrix[0]
    forces = _forces(ascent.vehicle, model, liftoff_tdb, liftoff_tdb + ascent.duration, data)
    design = ascent.problem()
    normal = turn @ ascent.normal
    site = _SiteState(ascent.site, data)(liftoff_tdb)
    near = ascent.orbit[0]
    speed = design.speed

    def fly(x: Array) -> tuple[PropagatedTrajectory, tuple[FiniteBurn, ...], Array]:
        _, arcs = design.flight(x)
        burns = burns_of(arcs, liftoff_tdb, ascent.vehicle.specific_impulse, turn)
        path = _fly(OrbitState(site, liftoff_tdb), burns[-1].stop, forces, data, burns)
        return path, burns, path.state([burns[-1].stop])[0]

    def miss(x: Array) -> Array:
        end = fly(x)[2]
        distance = float(np.linalg.norm(end[:3]))
        return np.array(
            [
                distance - near,
                float(end[:3] @ end[3:]) / distance,
                float(np.linalg.norm(end[3:])) - speed,
                float(end[:3] @ normal),
                float(end[3:] @ normal),
            ]
        )

    def slope(x: Array) -> Array:
        columns = []
        base = design.cut_off(x)
        for k in range(x.size):
            moved = x.copy()
            moved[k] += 1e-6
            columns.append((design.cut_off(moved) - base) / 1e-6)
        return np.stack(columns, axis=1)

    first = fly(ascent.variables)[2]
    answer = correct(
        lambda x: (miss(x), slope(x)),
        ascent.variables,
        np.full(ascent.variables.size, 0.1),
        CUT_OFF,
        names=("height", "vertical speed", "speed", "distance from the plane", "speed out of it"),
    )
    path, burns, end = fly(answer.variables)
    return FlownAscent(
        path,
        burns,
        _apsides(first),
        _apsides(end),
        _tilt(first, normal),
        _tilt(end, normal),
        ascent.vehicle.mass - float(path.mass([burns[-1].stop])[0]),
    )


def _fly(
    state: OrbitState, stop: float, forces: PreparedForces, data: DataContext, burns: tuple[FiniteBurn, ...]
) -> PropagatedTrajectory:
    return propagate(state, stop, forces, data, burns=burns, tolerance=TOLERANCE, method="dormand-prince")


def _forces(vehicle: Vehicle, model: ForceModel, first: float, last: float, data: DataContext) -> PreparedForces:
    return prepare_forces(model.with_mass(vehicle.mass), first - MARGIN, last + MARGIN, data, stop_at_surface=False)


@dataclass(frozen=True)
class _SiteState:
    """State of a site about the Moon in the ICRF."""

    site: LunarSite
    data: DataContext

    def __call__(self, tdb: float) -> Array:
        turn = rotation(MOON_ME, ICRF, np.array([tdb]), self.data)
        here = np.concatenate((self.site.distance * self.site.axes()[2], np.zeros(3)))
        return turn.state(here[None])[0]


def _apsides(state: Array) -> tuple[float, float]:
    conic = kepler_elements(state, GM)
    return (
        float(conic.periapsis_distance[0]) - LUNAR_MAP_RADIUS,
        float(conic.apoapsis_distance[0]) - LUNAR_MAP_RADIUS,
    )


def _tilt(state: Array, normal: Array) -> float:
    momentum = np.cross(state[:3], state[3:])
    return math.atan2(float(np.linalg.norm(np.cross(momentum, normal))), float(momentum @ normal))
