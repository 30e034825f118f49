"""Why a rover cannot get there, and which limit would have to give way the least."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.station.rovers import STEEPEST, Rover
from moonstead.station.traverse import DriveTable, NoTraverse, drive_table, plan_traverse
from moonstead.station.traverse_light import LightSlices
from moonstead.surface.gnomonic_grid import GnomonicGrid

__all__ = ["Explanation", "Relaxation", "explain_failure"]

LARGEST_BATTERY = 64.0  # [1] of the given one
ENDLESS = 1e4  # [1] a battery so large that light does not matter
CLOSE_ENOUGH = 1.02  # [1] between a limit that is too strict and one that is not


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One limit that, changed alone, opens a way.

    Attributes
    ----------
    limit : str
        ``"slopes"``, ``"keep-out"``, ``"battery"``, ``"shadow"`` or ``"Earth"``.
    factor : float [1]
        By which it must grow, to 2 %; inf where it must fall away.
    text : str
        In words.
    """

    limit: str
    factor: float
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why there is no way.

    Attributes
    ----------
    reason : str
        ``"slopes"``, ``"time"``, ``"battery"``, ``"shadow"``, ``"Earth"`` or ``"several"``: the limit whose smallest
        change opens a way.
    text : str
        In words.
    relaxations : tuple of Relaxation
        The smallest change first; empty where no single limit is enough.
    """

    reason: str
    text: str
    relaxations: tuple[Relaxation, ...]


def explain_failure(
    grid: GnomonicGrid,
    rover: Rover,
    slices: LightSlices,
    origin: tuple[int, int],
    goal: tuple[int, int],
    *,
    departure: float | None = None,
    initial_charge: float = 1.0,
    keep_out: NDArray[np.bool_] | None = None,
    charge_resolution: float = 1e-2,
) -> Explanation:
    """Why `plan_traverse` finds no way: each limit is relaxed alone, as little as opens one.

    Parameters
    ----------
    grid : GnomonicGrid
        The ground.
    rover : Rover
        Whose limits are asked.
    slices : LightSlices
        Light and sight of the Earth.
    origin, goal : tuple of 2 int
        Row and column of the start and the end.
    departure : float [s TDB past J2000], optional
        Earliest time to leave.
    initial_charge : float [1]
        State of charge at the start.
    keep_out : (rows, columns) bool, optional
        Pixels that it must not enter.
    charge_resolution : float [1]
        Of the searches, as in `plan_traverse`.

    Returns
    -------
    Explanation

    Raises
    ------
    InvalidInput
        As `plan_traverse`.

    Source
    ------
    Bisection on each limit over the search of `plan_traverse`.
    """
    drives = drive_table(grid, rover, keep_out)

    def plan(table: DriveTable, other: Rover) -> object:
        return plan_traverse(
            table,
            other,
            slices,
            origin,
            goal,
            departure=departure,
            initial_charge=max(initial_charge, other.least_charge),
            charge_resolution=charge_resolution,
        )

    def opens(other: Rover) -> bool:
        return not isinstance(plan(drives, other), NoTraverse)

    first = plan(drives, rover)
    if not isinstance(first, NoTraverse):
        return Explanation("", "there is a way", ())
    if first.blocked:
        return _blocked(grid, rover, keep_out, origin, goal, slices)
    span = float(slices.edges[-1]) - (float(slices.edges[0]) if departure is None else departure)
    if first.fastest > span:
        factor = first.fastest / span
        text = (
            f"the fastest drive takes {first.fastest / 3600.0:.1f} h, the time given is {span / 3600.0:.1f} h: give "
            f"{factor:.2f} times as much"
        )
        return Explanation("time", text, ())
    found = []
    free = replace(rover, needs_earth=False)
    if rover.needs_earth and opens(free):
        found.append(Relaxation("Earth", math.inf, "let it drive without sight of the Earth, or serve it by a relay"))
    endless = replace(rover, max_shadow=math.inf)
    if rover.max_shadow < math.inf and opens(endless):
        factor = _least(lambda f: opens(replace(rover, max_shadow=f * rover.max_shadow)), LARGEST_BATTERY)
        hours = factor * rover.max_shadow / 3600.0
        found.append(
            Relaxation("shadow", factor, f"let it live {hours:.1f} h without the Sun ({factor:.2f} times as long)")
        )
    if opens(replace(rover, capacity=LARGEST_BATTERY * rover.capacity)):
        factor = _least(lambda f: opens(replace(rover, capacity=f * rover.capacity)), LARGEST_BATTERY)
        size = factor * rover.capacity / 3.6e6
        found.append(Relaxation("battery", factor, f"give it a battery of {size:.2f} kWh ({factor:.2f} times as much)"))
    steeper = _steeper(grid, rover, keep_out, lambda table, other: not isinstance(plan(table, other), NoTraverse))
    if steeper is not None:
        found.append(steeper)
    found.sort(key=lambda relaxation: relaxation.factor)
    if found:
        return Explanation(found[0].limit, _sentence(found[0].limit), tuple(found))
    unbound = replace(free, max_shadow=math.inf, capacity=ENDLESS * rover.capacity)
    if opens(unbound):
        return Explanation(
            "several", "no single limit is to blame: battery, shadow and sight of the Earth together", ()
        )
    return Explanation("time", "even without limits of battery, shadow and Earth the time given is too short", ())


def _sentence(limit: str) -> str:
    return {
        "Earth": "the rover must see the Earth while it drives, and no such way is open in time",
        "shadow": "every way lies in shadow for longer than the rover may be without the Sun",
        "battery": "every way lies in shadow for longer than the battery lasts",
        "slopes": "every way in the light is too steep",
    }[limit]


def _least(works: Callable[[float], bool], largest: float) -> float:
    """Smallest factor [1] that works, to 2 %; `largest` is known to work or is the limit of what is tried."""
    low, high = 1.0, largest
    while high > CLOSE_ENOUGH * low:
        middle = math.sqrt(low * high)
        if works(middle):
            high = middle
        else:
            low = middle
    return high


def _scaled(rover: Rover, factor: float) -> Rover:
    limits = {
        name: min(factor * getattr(rover, name), STEEPEST) for name in ("max_uphill", "max_downhill", "max_sideways")
    }
    return replace(rover, **limits)


def _steeper(
    grid: GnomonicGrid,
    rover: Rover,
    keep_out: NDArray[np.bool_] | None,
    opens: Callable[[DriveTable, Rover], bool],
) -> Relaxation | None:
    """Least factor on all limits of slope that opens a way; none where 45 degrees do not."""
    largest = STEEPEST / min(rover.max_uphill, rover.max_downhill, rover.max_sideways)

    def works(factor: float) -> bool:
        other = _scaled(rover, factor)
        return opens(drive_table(grid, other, keep_out), other)

    if largest <= 1.0 or not works(largest):
        return None
    factor = _least(works, largest)
    slope = math.degrees(factor * rover.max_uphill)
    return Relaxation(
        "slopes", factor, f"let it climb {min(slope, 45.0):.1f} deg (all limits of slope {factor:.2f} times)"
    )


def _blocked(
    grid: GnomonicGrid,
    rover: Rover,
    keep_out: NDArray[np.bool_] | None,
    origin: tuple[int, int],
    goal: tuple[int, int],
    slices: LightSlices,
) -> Explanation:
    """No way whatever the light: slopes or areas that it keeps out of."""

    def joined(table: DriveTable, other: Rover) -> bool:
        found = plan_traverse(table, other, slices, origin, goal, charge_resolution=1e-2)
        return not (isinstance(found, NoTraverse) and found.blocked)

    relaxations = []
    steeper = _steeper(grid, rover, keep_out, joined)
    if steeper is not None:
        relaxations.append(steeper)
    if keep_out is not None and joined(drive_table(grid, rover), rover):
        relaxations.append(Relaxation("keep-out", math.inf, "let it through the areas that it keeps out of"))
    text = "slopes bar every way between the two places, whatever the light"
    if keep_out is not None:
        text = "slopes and keep-out areas bar every way between the two places, whatever the light"
    return Explanation("slopes", text, tuple(relaxations))
