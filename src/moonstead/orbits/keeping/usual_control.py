"""How often orbits of a family are usually controlled, and how far ahead."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.keeping.controllers import Controller
from moonstead.orbits.keeping.crossing_control import CrossingControl
from moonstead.orbits.keeping.reference_orbit import ReferenceOrbit
from moonstead.orbits.keeping.target_point import TargetPointControl

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

X_AXIS, TARGET_POINT = "x-axis", "target-point"
METHODS = (X_AXIS, TARGET_POINT)
MARGIN = 2  # revolutions of a reference beyond what is kept and aimed at: it begins and ends between crossings


@dataclass(frozen=True)
class Cadence:
    """Plane crossings between burns, and from a burn to its aims; two make a revolution.

    Attributes
    ----------
    every : int
        From burn to burn.
    ahead : int
        From a burn to the crossing that x-axis control aims at.
    targets : tuple of int
        From a burn to the targets of target-point control.
    """

    every: int
    ahead: int
    targets: tuple[int, ...]


NEARLY_STABLE = Cadence(every=2, ahead=9, targets=(2, 4))  # once a revolution, at apolune: Davis et al. (2017)
UNSTABLE = Cadence(every=1, ahead=3, targets=(1, 2))  # twice a revolution, as Queqiao's every 7 to 9 days
CADENCES = MappingProxyType(
    {"nrho": NEARLY_STABLE, "butterfly": NEARLY_STABLE, "dro": Cadence(every=2, ahead=5, targets=(2, 4))}
)


def usual_cadence(family: str) -> Cadence:
    """Cadence of a family of orbits: of those that are nearly stable once a revolution, of others twice."""
    return CADENCES.get(family, UNSTABLE)


def usual_control(
    method: str,
    cadence: Cadence,
    reference: ReferenceOrbit,
    data: DataContext,
    *,
    limit: float | None = None,
    threads: int | None = None,
) -> Controller:
    """A controller by the name of its method.

    Parameters
    ----------
    method : str
        ``"x-axis"`` or ``"target-point"``.
    cadence : Cadence
        How often and how far ahead.
    reference : ReferenceOrbit
        What is kept.
    data : DataContext
        Ephemeris, orientation and gravity field.
    limit : float or None [m/s]
        Of x-axis control: within which its aim is met; None for its usual one.
    threads : int or None
        Of its predictions.

    Returns
    -------
    Controller

    Raises
    ------
    InvalidInput
        The method is unknown, or the reference too short.

    Source
    ------
    As `CrossingControl` and `TargetPointControl`.
    """
    if method == X_AXIS:
        further = {} if limit is None else {"limit": limit}
        return CrossingControl(reference, data, cadence.ahead, cadence.every, threads=threads, **further)
    if method == TARGET_POINT:
        return TargetPointControl(reference, cadence.targets, cadence.every)
    raise InvalidInput(f"station keeping by {method!r} is not known: use one of {', '.join(METHODS)}")


def revolutions_wanted(period: float, duration: float, method: str, cadence: Cadence) -> int:
    """Revolutions that a reference needs so that an orbit can be kept near it.

    Parameters
    ----------
    period : float [s]
        Of one revolution.
    duration : float [s]
        That the orbit is kept for.
    method : str
        ``"x-axis"`` or ``"target-point"``.
    cadence : Cadence
        How far ahead burns aim.

    Returns
    -------
    int [1]

    Source
    ------
    Two plane crossings in a revolution.
    """
    ahead = cadence.ahead if method == X_AXIS else max(cadence.targets)
    return math.ceil(duration / period) + math.ceil(0.5 * (ahead + cadence.every)) + MARGIN
