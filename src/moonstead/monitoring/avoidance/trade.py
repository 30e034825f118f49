"""Burns that move the first object out of the way: when, which way, how much, and what is then left of the danger."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import radial_axes
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.probability.choose import choose
from moonstead.monitoring.probability.encounter import Encounter, at_closest_approach
from moonstead.monitoring.probability.plane import foster_2d

Array = NDArray[np.float64]
Direction = Literal["radial", "along", "cross"]

DIRECTIONS: tuple[Direction, ...] = ("radial", "along", "cross")
SMALLEST = 1e-4  # [m/s] from which a search for the least burn begins
LARGEST = 20.0  # [m/s] no avoidance burn is larger; the search says so
PRECISE = 0.01  # [1] of a least burn
ROUND = 1.25  # [1] from one burn of a search to the next: probability need not fall at once where a burn crosses over


@dataclass(frozen=True, eq=False)
class AvoidanceBurn:
    """One burn of the first object and what it changes.

    Attributes
    ----------
    lead : float [s]
        Before the closest approach.
    direction : str
        ``"radial"``, ``"along"`` or ``"cross"``: axis at the time of the burn.
    delta_v : float [m/s]
        Along that axis, negative against it.
    probability : float [1]
        Of a collision after it.
    method : str
        How that was found, as `choose` says.
    miss_distance : float [m]
        At the new closest approach.
    displacement : (3,) [m]
        Of the first object at the old time of closest approach: radial, along, cross.
    delay : float [s]
        From the old time of closest approach to the new.
    encounter : Encounter
        At the new closest approach.
    """

    lead: float
    direction: str
    delta_v: float
    probability: float
    method: str
    miss_distance: float
    displacement: Array
    delay: float
    encounter: Encounter


def burn_effect(encounter: Encounter, lead: float, direction: Direction, delta_v: float) -> AvoidanceBurn:
    """What a burn of the first object leaves of an encounter.

    Both objects move by two-body motion between burn and encounter: what else moves them moves the burnt and the
    unburnt path alike, up to a thousandth of their distance in a low orbit. The burn is executed without error.

    Parameters
    ----------
    encounter : Encounter
        At closest approach.
    lead : float [s]
        Time of the burn before it.
    direction : str
        ``"radial"``, ``"along"`` or ``"cross"``.
    delta_v : float [m/s]
        Signed.

    Returns
    -------
    AvoidanceBurn

    Raises
    ------
    InvalidInput
        The lead is not positive, the direction is unknown, or the burn leaves no bound orbit.

    Source
    ------
    Vallado (2013), Fundamentals of Astrodynamics and Applications, 4th ed., sections 2.3 and 6.8; see `choose`.
    """
    moved, displacement = _moved(encounter, lead, direction, delta_v)
    closest, delay = at_closest_approach(moved)
    chosen = choose(closest, samples=0)
    return AvoidanceBurn(
        lead, direction, delta_v, chosen.pc, chosen.method, closest.miss_distance, displacement, delay, closest
    )


def least_burn(encounter: Encounter, lead: float, direction: Direction, target: float) -> AvoidanceBurn | None:
    """Smallest burn along one axis, to either side, after which the probability is no more than a target.

    Parameters
    ----------
    encounter : Encounter
        At closest approach, with covariances.
    lead : float [s]
        Time of the burn before it.
    direction : str
        ``"radial"``, ``"along"`` or ``"cross"``.
    target : float [1]
        Probability to be reached.

    Returns
    -------
    AvoidanceBurn or None
        To a hundredth of its size; None where 20 m/s do not suffice. The burn of zero where nothing has to be done.

    Raises
    ------
    InvalidInput
        The target is not between 0 and 1, the lead is not positive, or the direction is unknown.

    Source
    ------
    Search over rising burns, then bisection; by the plane across where that holds for the encounter, else `choose`.
    """
    if not 0.0 < target < 1.0:
        raise InvalidInput(f"the probability to be reached lies between 0 and 1; got {target!r}")
    before = choose(encounter, samples=0)
    if before.pc <= target:
        return burn_effect(encounter, lead, direction, 0.0)
    plain = before.method == "2d"

    def left(delta_v: float) -> float:
        moved = at_closest_approach(_moved(encounter, lead, direction, delta_v)[0])[0]
        return foster_2d(moved) if plain else choose(moved, samples=0).pc

    size = SMALLEST
    while size <= LARGEST:
        for sign in (1.0, -1.0):
            if left(sign * size) <= target:
                low, high = size / ROUND if size > SMALLEST else 0.0, size
                while high - low > PRECISE * high:
                    middle = 0.5 * (low + high)
                    low, high = (low, middle) if left(sign * middle) <= target else (middle, high)
                found = burn_effect(encounter, lead, direction, sign * high)
                if found.probability <= target:
                    return found
        size *= ROUND
    return None


def trade_burns(encounter: Encounter, leads: Sequence[float], delta_vs: Sequence[float]) -> list[AvoidanceBurn]:
    """Every burn of some sizes at some times, along each axis and against it.

    Parameters
    ----------
    encounter : Encounter
        At closest approach, with covariances.
    leads : sequence of float [s]
        Times of the burn before it.
    delta_vs : sequence of float [m/s]
        Sizes.

    Returns
    -------
    list of AvoidanceBurn
        In the order of leads, axes, sizes, signs.

    Raises
    ------
    InvalidInput
        A lead or a size is not positive.

    Source
    ------
    See `burn_effect`.
    """
    if not all(math.isfinite(size) and size > 0.0 for size in delta_vs):
        raise InvalidInput("sizes of burns are positive [m/s]; both signs are tried")
    return [
        burn_effect(encounter, lead, direction, sign * size)
        for lead in leads
        for direction in DIRECTIONS
        for size in delta_vs
        for sign in (1.0, -1.0)
    ]


def burnt_state(encounter: Encounter, lead: float, direction: Direction, delta_v: float) -> Array:
    """State of the first object right after the burn.

    Parameters
    ----------
    encounter : Encounter
        At closest approach.
    lead : float [s]
        Time of the burn before it.
    direction : str
        ``"radial"``, ``"along"`` or ``"cross"``.
    delta_v : float [m/s]
        Signed.

    Returns
    -------
    (6,) [m, m/s]
        In the axes of the encounter.

    Raises
    ------
    InvalidInput
        The lead is not positive, or the direction is unknown.

    Source
    ------
    Two-body motion back from the encounter.
    """
    if not (math.isfinite(lead) and lead > 0.0):
        raise InvalidInput(f"a burn comes before the encounter: its lead is positive [s]; got {lead!r}")
    if direction not in DIRECTIONS:
        raise InvalidInput(f"a burn goes {', '.join(DIRECTIONS)}; got {direction!r}")
    state = two_body_states(encounter.state1[None, :], np.array([-lead]), encounter.gm)[0]
    state[3:] += delta_v * radial_axes(state)[DIRECTIONS.index(direction)]
    return np.asarray(state)


def _moved(encounter: Encounter, lead: float, direction: Direction, delta_v: float) -> tuple[Encounter, Array]:
    """Encounter with the burnt first object, and how far that is displaced (3,) [m]: radial, along, cross."""
    burnt = burnt_state(encounter, lead, direction, delta_v)
    there = two_body_states(burnt[None, :], np.array([lead]), encounter.gm)[0]
    # rounding of days of motion, seen at no burn, is taken off
    still = two_body_states(
        two_body_states(encounter.state1[None, :], np.array([-lead]), encounter.gm), np.array([lead]), encounter.gm
    )[0]
    shift = there - still
    axes = radial_axes(encounter.state1)
    return replace(encounter, state1=encounter.state1 + shift), np.asarray(axes @ shift[:3])
