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
    """Usual method, plane crossings between burns, and from a burn to its aims; two crossings make a revolution.

    Attributes
    ----------
    method : str
        ``"x-axis"`` or ``"target-point"``.
    every : int
        From burn to burn.
    ahead : int
        From a burn to the crossing that x-axis control aims at.
    targets : tuple of int
        From a burn to the targets of target-point control.
    limit : float [m/s]
        Within which x-axis control meets its aim.
    burn_scale : float [m/s]
        Burn that weighs as much as a departure of 100 km, in target-point control.
    """

    method: str
    every: int
    ahead: int
    targets: tuple[int, ...]
    limit: float
    burn_scale: float


# once a revolution at apolune, aims within 0.45 m/s: Davis et al. (2017)
NEARLY_STABLE = Cadence(X_AXIS, every=2, ahead=9, targets=(2, 4), limit=0.45, burn_scale=0.1)
# once a revolution, gently: a stable orbit that is pulled at hard is shaken by the errors of navigation alone
STABLE = Cadence(TARGET_POINT, every=2, ahead=3, targets=(2, 4), limit=0.45, burn_scale=0.005)
# twice a revolution, as Queqiao's every 7 to 9 days; errors grow a hundredfold in a revolution: aims are near and exact
UNSTABLE = Cadence(TARGET_POINT, every=1, ahead=1, targets=(1, 2), limit=0.05, burn_scale=1.0)
CADENCES = MappingProxyType({"nrho": NEARLY_STABLE, "butterfly": NEARLY_STABLE, "dro": STABLE})


def usual_cadence(family: str) -> Cadence:
    """How orbits of a family are controlled: those that are nearly stable once a revolution, others twice."""
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
        Of x-axis control: within which its aim is met; None for the usual one.
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
        within = cadence.limit if limit is None else limit
        return CrossingControl(reference, data, cadence.ahead, cadence.every, within, threads)
    if method == TARGET_POINT:
        return TargetPointControl(reference, cadence.targets, cadence.every, cadence.burn_scale)
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
