"""Flying a transfer again, from its departure through all burns, to see what it really reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import Burn, FiniteBurn, ImpulsiveBurn
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.transfers.joined import JoinedTrajectory
from moonstead.orbits.transfers.measures import measure
from moonstead.orbits.transfers.transfer import Transfer

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

TOLERANCE = 1e-3  # [m] of a leg: at the Moon an error at departure is some thousand times as large
# [m] of a leg with finite burns, whose steering by the orbit's own axes leaves more rounding: the first that is met
UNDER_THRUST = (0.2, 1.0, 5.0, 25.0)


@dataclass(frozen=True)
class Reached:
    """One target of a transfer, and what the flown trajectory reached.

    Attributes
    ----------
    name : str
        The target.
    wanted, reached : float [SI]
        By design and by flight.
    unit : str
        SI unit.
    """

    name: str
    wanted: float
    reached: float
    unit: str

    @property
    def error(self) -> float:
        """Reached less wanted [SI]."""
        return self.reached - self.wanted


@dataclass(frozen=True, eq=False)
class Reflown:
    """A transfer as one flight without any correction.

    Attributes
    ----------
    trajectory : JoinedTrajectory
        The flight, relative to the departure's centre, in the ICRF.
    position_defect : float [m]
        Distance between the flown and the designed arrival.
    velocity_defect : float [m/s]
        Likewise of the velocity.
    targets : tuple of Reached
        What was claimed and what was reached.
    mass : float or None [kg]
        At arrival; None where the force model has no mass.
    """

    trajectory: JoinedTrajectory
    position_defect: float
    velocity_defect: float
    targets: tuple[Reached, ...]
    mass: float | None


def refly(
    transfer: Transfer,
    model: ForceModel | Mapping[str, ForceModel],
    data: DataContext,
    *,
    tolerance: float | Mapping[str, float] = TOLERANCE,
) -> Reflown:
    """Fly a transfer from its departure state through all its burns, in one go and without corrections.

    Parameters
    ----------
    transfer : Transfer
        What was designed.
    model : ForceModel, or mapping of str to ForceModel
        The forces; with handovers one model for each centre of integration.
    data : DataContext
        Ephemeris, orientation and gravity fields.
    tolerance : float, or mapping of str to float [m]
        Of each leg, see `propagate`; or one for each centre of integration, where legs differ much in length. It is
        0.2 to 25 m where there are finite burns.

    Returns
    -------
    Reflown
        Trajectory, defects at arrival, and every target measured.

    Raises
    ------
    InvalidInput
        A centre has no force model.
    NumericalFailure
        The flight ends on a surface before it arrives; the message says where and when.

    Source
    ------
    As `propagate`.
    """
    models = {model.center: model} if isinstance(model, ForceModel) else dict(model)
    state, mass = transfer.departure, transfer.mass
    ends = [handover.tdb for handover in transfer.handovers] + [transfer.arrival_tdb]
    centers = [state.center] + [handover.center for handover in transfer.handovers]
    dropped: list[float | None] = [None]
    dropped += [handover.mass for handover in transfer.handovers]
    legs = []
    for center, stop, left in zip(centers, ends, dropped, strict=True):
        if center not in models:
            raise InvalidInput(
                f"{transfer.name} is integrated about {center}; forces are given about {', '.join(models) or 'none'}: "
                "give a force model for each centre"
            )
        forces = models[center]
        mass = left if left is not None else mass
        if mass is not None:
            forces = forces.with_mass(mass)
        accepted = tolerance[center] if isinstance(tolerance, Mapping) else tolerance
        burns = [burn for burn in transfer.burns if state.epoch_tdb <= ignition(burn) < stop]
        leg = _flown(about(state, center, data), stop, forces, data, transfer.name, burns, accepted)
        legs.append(leg)
        if leg.hit_surface:
            raise NumericalFailure(
                f"{transfer.name} meets the surface of {leg.ending_body} at {leg.span[1]!r} s TDB past J2000, "
                f"{(transfer.arrival_tdb - leg.span[1]) / 3600.0:.2f} h before it would arrive"
            )
        state = OrbitState(leg.state([stop])[0], stop, center)
        if forces.mass is not None:
            mass = float(leg.mass([stop])[0])
    trajectory = JoinedTrajectory(transfer.name, transfer.departure.center, tuple(legs), data)
    arrived = about(state, transfer.arrival.center, data).position_velocity - transfer.arrival.position_velocity
    reached = tuple(
        Reached(target.name, target.wanted, measure(target, trajectory, data), target.unit)
        for target in transfer.targets
    )
    position, velocity = float(np.linalg.norm(arrived[:3])), float(np.linalg.norm(arrived[3:]))
    return Reflown(trajectory, position, velocity, reached, mass)


def _flown(
    start: OrbitState,
    stop: float,
    forces: ForceModel,
    data: DataContext,
    name: str,
    burns: list[Burn],
    tolerance: float,
) -> PropagatedTrajectory:
    """One leg, to the tightest tolerance that its burns allow."""
    accepted = [tolerance]
    if any(isinstance(burn, FiniteBurn) for burn in burns):
        accepted = [max(tolerance, UNDER_THRUST[0]), *(one for one in UNDER_THRUST[1:] if one > tolerance)]
    for one in accepted[:-1]:
        try:
            return propagate(start, stop, forces, data, name=name, burns=burns, tolerance=one)
        except NumericalFailure:
            continue
    return propagate(start, stop, forces, data, name=name, burns=burns, tolerance=accepted[-1])


def ignition(burn: Burn) -> float:
    """When a burn begins [s TDB past J2000].

    Parameters
    ----------
    burn : ImpulsiveBurn or FiniteBurn
        The burn.

    Returns
    -------
    float [s TDB past J2000]

    Source
    ------
    Definition.
    """
    if isinstance(burn, ImpulsiveBurn):
        return burn.tdb
    assert isinstance(burn, FiniteBurn)
    return burn.start


def about(state: OrbitState, center: str, data: DataContext) -> OrbitState:
    """The same state relative to another body.

    Parameters
    ----------
    state : OrbitState
        In the ICRF.
    center : str
        The other body.
    data : DataContext
        Ephemeris.

    Returns
    -------
    OrbitState
        In the ICRF, about that body.

    Raises
    ------
    OutsideSpan
        The ephemeris does not cover the time.
    """
    if state.center == center:
        return state
    shift = data.ephemeris.state(state.center, center, np.array([state.epoch_tdb]))[0]
    return OrbitState(state.position_velocity + shift, state.epoch_tdb, center)
