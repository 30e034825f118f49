"""One spacecraft of a state file in the terms of the library: start, forces, burns, and the flight itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic_core import PydanticCustomError

from moonstead.dynamics.burns import Burn, FiniteBurn, ImpulsiveBurn
from moonstead.dynamics.forces import DEFAULT_FIELDS, Atmosphere, Drag, ForceModel, Radiation, standard_atmosphere
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import frame_named
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.foundation.units import parse_quantity
from moonstead.orbits.elements import KeplerElements, states_from_elements, true_anomaly
from moonstead.scenario.moments import Moment
from moonstead.scenario.state_file import AirDrag, ElementsOrbit, Impulse, StateFile

if TYPE_CHECKING:
    from moonstead.dynamics.atmosphere import GriddedAtmosphere
    from moonstead.dynamics.propagated import PropagatedTrajectory
    from moonstead.foundation.data import DataContext
    from moonstead.foundation.gravity.field import GravityField

Array = NDArray[np.float64]

LONGEST = 1e11  # [s] three thousand years
_DATE = re.compile(r"\s*\d{4}-")


@dataclass(frozen=True, eq=False)
class Flight:
    """What is to be flown.

    Attributes
    ----------
    initial : OrbitState
        Start, about the centre of the forces, in the ICRF.
    until : float [s TDB past J2000]
        End, before or after the start.
    model : ForceModel
        The forces.
    burns : tuple of Burn
        The burns.
    name : str
        What messages call the spacecraft.
    """

    initial: OrbitState
    until: float
    model: ForceModel
    burns: tuple[Burn, ...]
    name: str


def fly(flight: Flight, data: DataContext, tolerance: float, method: str) -> PropagatedTrajectory:
    """Where the spacecraft goes.

    Parameters
    ----------
    flight : Flight
        What is to be flown.
    data : DataContext
        Kernels and gravity fields.
    tolerance : float [m]
        Position error that is accepted anywhere on the way.
    method : str
        Integrator, or ``"auto"``.

    Returns
    -------
    PropagatedTrajectory
        It ends early where the spacecraft meets a surface.

    Raises
    ------
    InvalidInput, OutsideSpan, NumericalFailure
        As `propagate`.
    """
    return propagate(
        flight.initial,
        flight.until,
        flight.model,
        data,
        name=flight.name,
        tolerance=tolerance,
        method=method,
        burns=flight.burns,
    )


def end_of_flight(text: str, epoch: Moment, scale: str | None = None) -> Moment:
    """End of a flight that is told as a date or as a duration.

    Parameters
    ----------
    text : str
        ``"2030-01-11T00:00:00Z"``, ``"2030-01-11T00:00:00 TDB"``, or ``"10 d"`` from the epoch on, negative for
        backwards. A duration counts TDB where the epoch is written in TDB, else SI seconds.
    epoch : Moment
        Start of the flight.
    scale : str, optional
        Scale of a date that names none; left out, that of the epoch.

    Returns
    -------
    Moment
        The end.

    Raises
    ------
    InvalidInput
        It is neither, or it is the epoch itself.
    """
    if _DATE.match(text):
        try:
            end = Moment.parse(text, scale or epoch.scale)
        except PydanticCustomError as error:
            told = error.context or {}
            raise InvalidInput(f"--until {told['text']}; {told['remedy']}") from None
    else:
        try:
            length = parse_quantity(text, "time")
        except InvalidInput as error:
            raise InvalidInput(
                f'--until takes a date such as 2030-01-11T00:00:00Z or a duration such as "10 d": {error}'
            ) from None
        if abs(length) > LONGEST:
            raise InvalidInput(f"--until {text!r} is longer than any ephemeris; give a shorter flight")
        end = epoch.later(length)
    if end.tdb == epoch.tdb:
        raise InvalidInput(
            f"--until {text!r} is the epoch of the state itself; give a later or an earlier end, for example "
            '--until "10 d" or --until "-1 d"'
        )
    return end


def force_model(state: StateFile, until: float) -> ForceModel:
    """The forces that a state file asks for.

    Parameters
    ----------
    state : StateFile
        What the file says.
    until : float [s TDB past J2000]
        End of the flight: NRLMSIS is laid out up to there.

    Returns
    -------
    ForceModel

    Raises
    ------
    MissingData, InvalidInput
        The space weather cannot be read or does not cover the flight, or pymsis is not installed.
    """
    light, air = state.radiation, state.drag
    return ForceModel(
        center=state.center,
        degree=state.forces.degree,
        gravity_field=state.forces.gravity_field,
        third_bodies=state.forces.third_bodies,
        mass=state.mass,
        radiation=Radiation(light.area, light.reflectivity, light.hidden_by) if light else None,
        drag=Drag(air.area, air.coefficient, _atmosphere(air, state.orbit.epoch.tdb, until)) if air else None,
        relativity=state.forces.relativity,
        degree_switches=tuple((switch.beyond, switch.degree) for switch in state.forces.degree_switches),
    )


def _atmosphere(air: AirDrag, start: float, until: float) -> Atmosphere | GriddedAtmosphere:
    if air.model == "standard":
        return standard_atmosphere()
    from moonstead.dynamics.atmosphere import nrlmsis_atmosphere

    if air.space_weather is not None:
        weather = SpaceWeather.from_file(air.space_weather)
    else:
        assert air.f107 is not None and air.f107a is not None and air.ap is not None  # else the file was refused
        weather = SpaceWeather.constant(air.f107, air.f107a, air.ap)
    return nrlmsis_atmosphere(start, until, weather)


def central_gravity(model: ForceModel, data: DataContext) -> tuple[float, GravityField | None]:
    """Gravity of the centre.

    Parameters
    ----------
    model : ForceModel
        The forces.
    data : DataContext
        Gravity fields.

    Returns
    -------
    gm : float [m^3/s^2]
        Gravitational parameter that moves the spacecraft.
    field : GravityField or None
        The field; None where the centre is a point mass.
    """
    field = None
    if model.degree:
        field = data.gravity_field(model.gravity_field or DEFAULT_FIELDS[model.center], model.degree)
    own = body(model.center).gm if field is None else field.gm
    return float(model.gm.get(model.center, own)), field


def initial_state(state: StateFile, model: ForceModel, data: DataContext) -> OrbitState:
    """Start of the flight: about the centre of the forces, in the ICRF.

    Parameters
    ----------
    state : StateFile
        Where the spacecraft is.
    model : ForceModel
        Its gravity turns elements into a state.
    data : DataContext
        Kernels that turn axes and move centres.

    Returns
    -------
    OrbitState
        Velocities in turning axes are seen from them; elements live in the axes as they stand at the epoch, so the
        turning of those does not enter.

    Raises
    ------
    OutsideSpan, MissingData
        The data do not cover the epoch.
    """
    orbit = state.orbit
    tdb = np.array([orbit.epoch.tdb])
    axes = frame_named(orbit.frame).from_icrf(tdb, data).inverse()
    if isinstance(orbit, ElementsOrbit):
        gm = central_gravity(model, data)[0] if orbit.center == model.center else body(orbit.center).gm
        plane = (orbit.inclination, orbit.node, orbit.argument_of_periapsis)
        shape = orbit.shape(body(orbit.center).mean_radius)
        held = held_state(shape, plane, orbit.true_anomaly, orbit.mean_anomaly, gm)
        found = np.concatenate([axes.matrix[0] @ held[:3], axes.matrix[0] @ held[3:]])
    else:
        found = axes.state(np.array([orbit.position + orbit.velocity]))[0]
    if orbit.center != model.center:
        found = found + data.ephemeris.state(orbit.center, model.center, tdb)[0]
    return OrbitState(found, float(tdb[0]), model.center)


def seen_as(states: Array, tdb: Array, center: str, to_center: str, frame: Frame, data: DataContext) -> Array:
    """States in the ICRF about one centre as states about another, in other axes.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        About `center`, in the ICRF.
    tdb : (N,) [s TDB past J2000]
        Times.
    center, to_center : str
        Bodies that the states are measured from, before and after.
    frame : Frame
        Axes to come; in turning ones the velocity is seen from them.
    data : DataContext
        Kernels.

    Returns
    -------
    (N, 6) [m, m/s]
    """
    if to_center != center:
        states = states + data.ephemeris.state(center, to_center, tdb)
    return frame.from_icrf(tdb, data).state(states)


def burns_of(state: StateFile) -> tuple[Burn, ...]:
    """The burns of a state file."""
    return tuple(
        ImpulsiveBurn(burn.at.tdb, burn.delta_v, burn.axes, burn.specific_impulse)
        if isinstance(burn, Impulse)
        else FiniteBurn(burn.at.tdb, burn.duration, burn.thrust, burn.specific_impulse, burn.direction, burn.axes)
        for burn in state.burns
    )


def held_state(
    shape: tuple[float, float],
    plane: tuple[float, float, float],
    true: float | None,
    mean: float | None,
    gm: float,
) -> Array:
    """State of osculating elements, in their own axes held at the epoch.

    Parameters
    ----------
    shape : (2,) [m, 1]
        Semi-major axis and eccentricity.
    plane : (3,) [rad]
        Inclination, node, argument of periapsis.
    true, mean : float or None [rad]
        True anomaly; where it is None, mean anomaly.
    gm : float [m^3/s^2]
        Gravitational parameter of the focus.

    Returns
    -------
    (6,) [m, m/s]
        Position and velocity.
    """
    axis, eccentricity = shape
    if true is None:
        assert mean is not None  # what files may say has one of the two
        true = float(true_anomaly(mean, eccentricity)[0])
    values = (axis * (1.0 - eccentricity), eccentricity, *plane, true)
    elements = KeplerElements(*(np.array([value]) for value in values))
    return np.asarray(states_from_elements(elements, gm)[0], dtype=np.float64)
