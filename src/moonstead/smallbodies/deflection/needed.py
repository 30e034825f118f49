"""The least push that makes an asteroid pass at a wanted distance, and its proof by a new flight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.smallbodies.deflection.pushes import PushEffect, least_distance, passage, pushed
from moonstead.smallbodies.motion.perturbers import Perturbers

Array = NDArray[np.float64]

NEARLY = 1e-9  # [1] how near the multiplier of the best push may come to its pole
MOST_FLIGHTS = 8
CLOSE = 1e-3  # [1] of the wanted distance: how well a new flight must keep it


@dataclass(frozen=True, eq=False)
class NeededPush:
    """A change of velocity that brings the wanted passage.

    Attributes
    ----------
    kind : str
        ``"along-track"`` or ``"best"``.
    tdb : float [s TDB past J2000]
        When.
    lead : float [s]
        Time before the passage.
    delta_v : (3,) [m/s]
        ICRF.
    along : float [m/s]
        Its part along the motion about the Sun; negative slows the asteroid down.
    distance : float [m]
        Least distance from the body's centre of a new flight with that push.
    proved : bool
        Whether that distance is the wanted one, within a thousandth.
    linear : float [m/s]
        Size that the derivatives alone call for.
    """

    kind: str
    tdb: float
    lead: float
    delta_v: Array
    along: float
    distance: float
    proved: bool
    linear: float

    @property
    def size(self) -> float:
        """Size of the change [m/s]."""
        return float(np.linalg.norm(self.delta_v))


def needed_pushes(effect: PushEffect, distance: float, perturbers: Perturbers) -> tuple[NeededPush, ...]:
    """For each time the least push along the motion, and the least in any direction.

    Parameters
    ----------
    effect : PushEffect
        The passage and what moves it.
    distance : float [m]
        Wanted least distance from the body's centre.
    perturbers : Perturbers
        What pulls the asteroid.

    Returns
    -------
    tuple of NeededPush
        Two for each time; each is flown again and scaled until the wanted distance comes out.

    Raises
    ------
    InvalidInput
        The wanted distance is not positive, or the asteroid already passes that far away.

    Source
    ------
    Ahrens & Harris (1992), Nature 360, 429, doi:10.1038/360429a0: along the motion an early push counts most.
    """
    if not distance > 0.0:
        raise InvalidInput(f"the wanted distance must be positive [m]; got {distance!r}")
    wanted = effect.plane_distance(distance)
    if np.linalg.norm(effect.point) >= wanted:
        raise InvalidInput(
            f"{effect.orbit.name} already passes {effect.encounter.body} at"
            f" {least_distance(effect.encounter, perturbers) / 1e3:.0f} km, beyond the wanted {distance / 1e3:.0f} km: "
            "ask for a larger distance, or begin with the orbit that hits (most_likely_impactor)"
        )
    found = []
    for row in range(effect.push_tdb.size):
        for kind, first in (("along-track", _along(effect, row, wanted)), ("best", _best(effect, row, wanted))):
            found.append(_proved(effect, row, kind, first, distance, perturbers))
    return tuple(found)


def needed_factor(point: Array, shift: Array, wanted: float) -> Array:
    """Positive factors of shifts of a point that bring it to a distance from the centre.

    Parameters
    ----------
    point : (2,) [m]
        Within the distance.
    shift : (..., 2) [m]
        Shifts for a factor of 1.
    wanted : float [m]
        Distance.

    Returns
    -------
    (...) [1]
        Infinite where there is no shift.

    Source
    ------
    |point + factor shift| = wanted, a quadratic with one positive root.
    """
    square = np.sum(shift * shift, axis=-1)
    half = shift @ point
    room = wanted**2 - point @ point
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = (-half + np.sqrt(half**2 + square * room)) / square
    return np.where(square > 0.0, factor, np.inf)


def _along(effect: PushEffect, row: int, wanted: float) -> Array:
    """Least change of velocity (3,) [m/s] along or against the motion."""
    velocity = effect.state[row, 3:]
    ahead = velocity / np.linalg.norm(velocity)
    shift = effect.gain[row] @ ahead
    factors = needed_factor(effect.point, np.stack([shift, -shift]), wanted)
    return ahead * (factors[0] if factors[0] <= factors[1] else -factors[1])


def _best(effect: PushEffect, row: int, wanted: float) -> Array:
    """Least change of velocity (3,) [m/s] in any direction that brings the point to the wanted circle."""
    from scipy.optimize import brentq

    left, size, right = np.linalg.svd(effect.gain[row], full_matrices=False)
    own = left.T @ effect.point  # the point along the directions that pushes move it in

    share = (size / size[0]) ** 2

    def moved(multiplier: float) -> Array:
        # Stationary points of |delta v|^2 under |own + size y| = wanted; up to a multiplier of 1 it is the least one.
        return own / (1.0 - multiplier * share)

    def short(multiplier: float) -> float:
        return float(np.linalg.norm(moved(multiplier))) - wanted

    highest = 1.0 - NEARLY
    multiplier = float(brentq(short, 0.0, highest, xtol=1e-15)) if short(highest) > 0.0 else highest
    change = own * multiplier * size / size[0] ** 2 / (1.0 - multiplier * share)
    if multiplier == highest:
        # The point lies on the axis that pushes hardly move it along: both ways round are equally hard.
        change[0] = (np.sqrt(max(wanted**2 - moved(highest)[1] ** 2, 0.0)) - own[0]) / size[0]
    best: Array = change @ right
    return best


def _proved(
    effect: PushEffect, row: int, kind: str, first: Array, distance: float, perturbers: Perturbers
) -> NeededPush:
    """The push scaled until a new flight passes at the wanted distance."""
    tdb, encounter = float(effect.push_tdb[row]), effect.encounter
    scale, reached, flown = 1.0, np.nan, 0.0
    # In the target plane distances grow evenly with the push, so the flights are compared there.
    wanted, at_rest = effect.plane_distance(distance), float(np.linalg.norm(effect.point))
    before = (0.0, at_rest)
    for _ in range(MOST_FLIGHTS):
        flown = scale
        try:
            met = passage(
                pushed(effect.orbit, tdb, scale * first, perturbers), encounter.body, encounter.tdb, perturbers
            )
        except NumericalFailure:
            break
        reached = least_distance(met, perturbers)
        if abs(reached - distance) <= CLOSE * distance:
            break
        now = (scale, effect.plane_distance(reached))
        slope = (now[1] - before[1]) / (now[0] - before[0])
        before = now
        if not slope > 0.0:
            break
        scale = float(np.clip(scale + (wanted - now[1]) / slope, 0.2 * scale, 5.0 * scale))
    change = flown * first
    velocity = effect.state[row, 3:]
    return NeededPush(
        kind=kind,
        tdb=tdb,
        lead=encounter.tdb - tdb,
        delta_v=change,
        along=float(change @ velocity / np.linalg.norm(velocity)),
        distance=float(reached),
        proved=bool(abs(reached - distance) <= CLOSE * distance),
        linear=float(np.linalg.norm(first)),
    )
