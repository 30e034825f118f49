"""Propagation: where a spacecraft goes under a force model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.accuracy import LOOSEST, TIGHTEST, adaptive_method, fly_within
from moonstead.dynamics.burns import Burn, FiniteBurn, ImpulsiveBurn, require_burns_within
from moonstead.dynamics.flight import PARAMETERS, FlightPlan, fly
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.forces_tables import ForceTables, force_tables
from moonstead.dynamics.places_tables import CENTER
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.dynamics.step_control import AUTOMATIC, GAUSS_JACKSON, METHODS, AdaptiveSteps
from moonstead.foundation.errors import FrameMismatch, InvalidInput, OutsideSpan
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import ICRF
from moonstead.foundation.time.epoch import Epoch

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

DEFAULT_TOLERANCE = 1e-2  # [m]


@dataclass(frozen=True, eq=False)
class OrbitState:
    """Position and velocity of a spacecraft at a time.

    Attributes
    ----------
    position_velocity : (6,) [m, m/s]
        Relative to the centre, in the frame's axes.
    epoch_tdb : float [s TDB past J2000]
        When.
    center : str
        Body that the position is measured from.
    frame : Frame
        Axes; propagation wants the ICRF.
    """

    position_velocity: Array
    epoch_tdb: float
    center: str = "MOON"
    frame: Frame = ICRF

    def __post_init__(self) -> None:
        state = np.ascontiguousarray(self.position_velocity, dtype=np.float64)
        if state.shape != (6,):
            raise InvalidInput(f"an orbit state needs 6 numbers [m, m/s]; got shape {state.shape}")
        if not (np.all(np.isfinite(state)) and np.isfinite(self.epoch_tdb)):
            raise InvalidInput(f"an orbit state needs finite numbers; got {state} at {self.epoch_tdb!r}")
        object.__setattr__(self, "position_velocity", state)
        object.__setattr__(self, "epoch_tdb", float(self.epoch_tdb))


@dataclass(frozen=True, eq=False)
class PreparedForces:
    """A force model laid out for a span once, for many propagations within it; `prepare_forces` makes it.

    Attributes
    ----------
    model : ForceModel
        The forces.
    first, last : float [s TDB past J2000]
        Span that the tables cover.
    tables : ForceTables
        What the kernels read.
    stop_at_surface : bool
        Whether surfaces end the motion.
    """

    model: ForceModel
    first: float
    last: float
    tables: ForceTables
    stop_at_surface: bool


def prepare_forces(
    model: ForceModel, first: float | Epoch, last: float | Epoch, data: DataContext, *, stop_at_surface: bool = True
) -> PreparedForces:
    """Lay out a force model for a span.

    Parameters
    ----------
    model : ForceModel
        The forces.
    first, last : float [s TDB past J2000] or Epoch
        Span, in either order.
    data : DataContext
        Ephemeris, orientation and gravity field.
    stop_at_surface : bool
        Whether the mean spheres of the centre and of third bodies end the motion.

    Returns
    -------
    PreparedForces
        To be given to `propagate` in place of the model.

    Raises
    ------
    OutsideSpan
        The data do not cover the span.
    MissingData
        A data set is not installed.

    Source
    ------
    As `ForceModel`.
    """
    bounds = sorted(time.tdb() if isinstance(time, Epoch) else float(time) for time in (first, last))
    tables = force_tables(model, bounds[0], bounds[1], data, stop_at_surface=stop_at_surface)
    return PreparedForces(model, bounds[0], bounds[1], tables, stop_at_surface)


def propagate(
    initial: OrbitState,
    until: float | Epoch,
    model: ForceModel | PreparedForces,
    data: DataContext,
    *,
    name: str = "spacecraft",
    tolerance: float = DEFAULT_TOLERANCE,
    method: str = AUTOMATIC,
    step_tolerance: float | None = None,
    burns: Sequence[Burn] = (),
    with_transition: bool = False,
    parameters: Sequence[str] = (),
    stop_at_surface: bool = True,
) -> PropagatedTrajectory:
    """Where a spacecraft goes: its trajectory from a state to a time, forwards or backwards.

    Parameters
    ----------
    initial : OrbitState
        Start, about the model's centre, in ICRF axes.
    until : float [s TDB past J2000] or Epoch
        End, before or after the start.
    model : ForceModel or PreparedForces
        The forces; laid out already where many propagations share a span.
    data : DataContext
        Ephemeris, orientation and gravity field.
    name : str
        What messages and reports call the trajectory.
    tolerance : float [m]
        Error of the position that is accepted anywhere in the span, against the exact motion under these forces. It
        says nothing of how well the forces are known. What was reached stands in the trajectory's `error_estimate`.
    method : str
        ``"auto"``, or the integrator: ``"gauss-jackson"`` (fixed steps, for orbits that are nearly round),
        ``"nystrom"`` (adaptive), ``"dormand-prince"`` (adaptive, and for forces that depend on the velocity).
    step_tolerance : float or None [1]
        For experts, in place of `tolerance`: local error of each adaptive step, relative to the distance from the
        centre and to the speed. One flight, without an estimate of its error at the end.
    burns : sequence of ImpulsiveBurn or FiniteBurn
        All within the span. Going backwards they are undone.
    with_transition : bool
        Integrate the state-transition matrix too. Its equations hold gravity to the model's full degree, third bodies,
        radiation pressure without the change of shadow depth, and drag; not the relativistic term. Steps are
        controlled by the orbit alone.
    parameters : sequence of str
        Force parameters whose partials are integrated too, the transition matrix with them: ``"radiation"``,
        ``"drag"``, ``"gm"``, factors on radiation pressure, drag and the centre's gravity; ``"thrust_x"``,
        ``"thrust_y"``, ``"thrust_z"``, parts of a finite burn's thrust along the axes of the ICRF over its strength.
    stop_at_surface : bool
        End the motion where it meets the mean sphere of the centre or of a third body; the trajectory then ends there
        and says so. Prepared forces have their own.

    Returns
    -------
    PropagatedTrajectory
        With dense output; `ending` tells whether the end was reached, `method` which integrator was taken.

    Raises
    ------
    InvalidInput
        The start lies below a surface, a number is not finite, a tolerance or a burn makes no sense.
    FrameMismatch
        The start is in other axes or about another centre than the model's.
    OutsideSpan
        The data do not cover the span.
    MissingData
        A data set is not installed.
    NumericalFailure
        The tolerance cannot be met, or the motion runs into a singularity.

    Source
    ------
    Gauss-Jackson in summed form: Berry & Healy (2004), J. Astronaut. Sci. 52, 331. Nystroem: Dormand, El-Mikkawy &
    Prince (1987), IMA J. Numer. Anal. 7, 423. Dormand & Prince's 8(5, 3): Hairer, Norsett & Wanner (1993), Solving
    Ordinary Differential Equations I, section II.5. How the tolerance is met: `accuracy`.
    """
    stop = until.tdb() if isinstance(until, Epoch) else float(until)
    start = initial.epoch_tdb
    forces = model.model if isinstance(model, PreparedForces) else model
    _check_request(initial, stop, forces, burns, with_transition or bool(parameters))
    _check_control(tolerance, method, step_tolerance, forces, parameters)
    if isinstance(model, PreparedForces):
        if not model.first <= min(start, stop) <= max(start, stop) <= model.last:
            raise OutsideSpan(
                f"the forces were prepared from {model.first!r} to {model.last!r} s TDB past J2000; the propagation "
                f"wants {start!r} to {stop!r}: prepare them for a longer span"
            )
        tables = model.tables
    else:
        tables = force_tables(forces, start, stop, data, stop_at_surface=stop_at_surface)
    _require_above_surface(initial, tables, forces, data)
    plan = FlightPlan(initial.position_velocity, start, stop, forces, tables, burns, tuple(parameters), with_transition)
    if step_tolerance is None:
        outcome = fly_within(plan, tolerance, method)
        flight, error = outcome.flight, outcome.error_estimate
    else:
        flight, error = fly(plan, AdaptiveSteps(adaptive_method(plan, method), step_tolerance)), math.nan
    return flight.nodes.trajectory(
        name, forces.center, tables.epoch, start, stop, flight.ended, flight.control.method, error, tuple(parameters)
    )


def _check_control(
    tolerance: float, method: str, step_tolerance: float | None, model: ForceModel, parameters: Sequence[str]
) -> None:
    if method not in METHODS:
        raise InvalidInput(f"method {method!r} is not known: use one of {', '.join(METHODS)}")
    if not (math.isfinite(tolerance) and tolerance > 0.0):
        raise InvalidInput(f"the tolerance is a position error [m], positive and finite; got {tolerance!r}")
    if step_tolerance is not None:
        if method == GAUSS_JACKSON:
            raise InvalidInput("a step tolerance is for adaptive methods; Gauss-Jackson takes a tolerance in metres")
        if not TIGHTEST <= step_tolerance <= LOOSEST:
            raise InvalidInput(
                f"the step tolerance must lie within {TIGHTEST:g} and {LOOSEST:g}; got {step_tolerance!r}"
            )
    for parameter in parameters:
        if parameter not in PARAMETERS:
            raise InvalidInput(f"partials by {parameter!r} are not known: use {', '.join(PARAMETERS)}")
    if len(set(parameters)) < len(parameters):
        raise InvalidInput(f"a parameter is named twice: {', '.join(parameters)}")
    for parameter, force in (("radiation", model.radiation), ("drag", model.drag)):
        if parameter in parameters and force is None:
            raise InvalidInput(f"partials by {parameter!r} want that force in the model")


def _check_request(
    initial: OrbitState,
    stop: float,
    model: ForceModel,
    burns: Sequence[Burn],
    with_transition: bool,
) -> None:
    start = initial.epoch_tdb
    if initial.frame.name != ICRF.name:
        raise FrameMismatch(
            f"the start is in {initial.frame.name} axes; propagation wants ICRF: "
            f"turn it with rotation({initial.frame.name}, ICRF, tdb, data).state(...)"
        )
    if initial.center != model.center:
        raise FrameMismatch(
            f"the start is relative to {initial.center}, the forces are about {model.center}: "
            f"add the state of {initial.center} from {model.center} (data.ephemeris.state), or change the model"
        )
    if not np.isfinite(stop) or stop == start:
        raise InvalidInput(f"propagation needs an end other than its start {start!r} s TDB past J2000; got {stop!r}")
    require_burns_within(burns, min(start, stop), max(start, stop))
    finite = [burn for burn in burns if isinstance(burn, FiniteBurn)]
    costs = any(isinstance(burn, ImpulsiveBurn) and burn.specific_impulse for burn in burns)
    if (finite or costs) and model.mass is None:
        raise InvalidInput("burns that use propellant need the spacecraft's mass [kg] in the force model")
    if with_transition and any(burn.axes == "RTN" for burn in finite):
        raise InvalidInput(
            "the state-transition matrix through thrust in turning axes is not known: give the direction in the ICRF"
        )


def _require_above_surface(initial: OrbitState, tables: ForceTables, model: ForceModel, data: DataContext) -> None:
    names = (model.center, *model.third_bodies)
    for index, radius in tables.surfaces:
        name = model.center if index == CENTER else names[index + 1]
        position = initial.position_velocity[:3]
        if index != CENTER:
            position = position - data.ephemeris.position(name, model.center, np.array([initial.epoch_tdb]))[0]
        distance = float(np.linalg.norm(position))
        if distance <= radius:
            raise InvalidInput(
                f"the start is {distance:.6g} m from the centre of {name}, whose radius is {radius:.6g} m: "
                "start above the surface, or propagate with stop_at_surface=False"
            )
    if not np.any(initial.position_velocity[:3]):
        raise InvalidInput(f"the start is the centre of {model.center} itself, where gravity has no value")


def state_at(trajectory: PropagatedTrajectory, tdb: ArrayLike) -> OrbitState:
    """The state of a propagated trajectory at one time, to propagate on from.

    Parameters
    ----------
    trajectory : PropagatedTrajectory
        What was propagated.
    tdb : float [s TDB past J2000]
        When.

    Returns
    -------
    OrbitState
        In the ICRF, about the trajectory's centre.

    Raises
    ------
    OutsideSpan
        The time lies outside the trajectory.
    """
    state = trajectory.state(tdb)[0]
    return OrbitState(state, float(np.atleast_1d(np.asarray(tdb, dtype=np.float64))[0]), trajectory.center)
