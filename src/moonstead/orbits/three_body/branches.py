"""Where families meet: finding bifurcations along a walk and stepping onto the branch that begins there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.orbits.three_body.continuation import Member
from moonstead.orbits.three_body.motion import propagate_three_body
from moonstead.orbits.three_body.shots import Shot, hit
from moonstead.orbits.three_body.stability import Stability, stability

Array = NDArray[np.float64]

SECANTS = 50
FOUND = 1e-11  # [1] length along the family to which a bifurcation is found
STEP_ON = 1e-4  # [1] first step onto a branch


def between(
    shot: Shot, first: Member, second: Member, frozen: Array, mass_ratio: float, quantity: Callable[[Member], float]
) -> Member:
    """Member between two neighbours where a quantity changes its sign, by regula falsi along the family.

    Parameters
    ----------
    shot : Shot
        How the orbits are closed.
    first, second : Member
        Neighbours on a walk, in its order.
    frozen : (6,) [1]
        State that holds what is not free.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.
    quantity : callable
        What changes its sign.

    Returns
    -------
    Member
        The member with the sign change.

    Raises
    ------
    NumericalFailure
        The quantity has the same sign at both, or the corrector fails between them.

    Source
    ------
    Illinois variant of regula falsi: Dowell & Jarratt (1971), BIT 11, 168, doi:10.1007/BF01934364.
    """
    whole = float(first.tangent @ (second.variables - first.variables))
    low, high, value_low, value_high = 0.0, whole, quantity(first), quantity(second)
    if value_low * value_high > 0.0:
        raise NumericalFailure("the quantity has the same sign at both neighbours: there is no crossing between them")
    middle = first
    side = 0
    for _ in range(SECANTS):
        length = (low * value_high - high * value_low) / (value_high - value_low)
        share = length / whole
        guess = (1.0 - share) * first.variables + share * second.variables

        def along(variables: Array, length: float = length) -> tuple[float, Array]:
            return float(first.tangent @ (variables - first.variables)) - length, first.tangent

        found, tangent = hit(shot, guess, frozen, mass_ratio, along)
        middle = Member(found, tangent if tangent @ first.tangent >= 0.0 else -tangent)
        value = quantity(middle)
        if value == 0.0:
            break
        if value * value_high < 0.0:
            low, value_low, high, value_high = high, value_high, length, value
            side = 0
        else:
            value_low *= 0.5 if side else 1.0
            high, value_high = length, value
            side = 1
        if abs(high - low) < FOUND:
            break
    return middle


def first_crossing(
    shot: Shot,
    members: Iterable[Member],
    frozen: Array,
    mass_ratio: float,
    quantity: Callable[[Member], float],
    *,
    skip: int = 0,
) -> Member:
    """First member of a walk where a quantity changes its sign.

    Parameters
    ----------
    shot : Shot
        How the orbits are closed.
    members : iterable of Member
        The walk.
    frozen : (6,) [1]
        State that holds what is not free.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.
    quantity : callable
        What changes its sign.
    skip : int
        Crossings passed over.

    Returns
    -------
    Member
        The member with the sign change.

    Raises
    ------
    NumericalFailure
        The walk ends before.

    Source
    ------
    Regula falsi between neighbours, `between`.
    """
    left = skip
    for first, second in pairwise(members):
        if quantity(first) * quantity(second) < 0.0:
            if left == 0:
                return between(shot, first, second, frozen, mass_ratio, quantity)
            left -= 1
    raise NumericalFailure("the family ends before the bifurcation that its branch begins at")


def step_on(
    shot: Shot, variables: Array, direction: Array, frozen: Array, mass_ratio: float, length: float = STEP_ON
) -> Member:
    """First member of a branch, a short way from where it begins.

    Parameters
    ----------
    shot : Shot
        How orbits of the branch are closed.
    variables : (K + 1,) [1]
        The bifurcating orbit in the branch's variables.
    direction : (K + 1,) [1]
        Direction of the branch there.
    frozen : (6,) [1]
        State that holds what is not free.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.
    length : float [1]
        How far.

    Returns
    -------
    Member
        A member of the branch with its tangent pointing away from the bifurcation.

    Raises
    ------
    NumericalFailure
        No orbit of the branch is found.

    Source
    ------
    Branch switching by the second null vector: Doedel et al. (2003), doi:10.1142/S0218127403007291.
    """

    def off(now: Array) -> tuple[float, Array]:
        return float(direction @ (now - variables)) - length, direction

    found, tangent = hit(shot, variables + length * direction, frozen, mass_ratio, off)
    return Member(found, tangent if tangent @ direction >= 0.0 else -tangent)


def second_null_vector(shot: Shot, member: Member, frozen: Array, mass_ratio: float) -> Array:
    """Direction of the branch at a bifurcating member: null vector across the family's own direction.

    Parameters
    ----------
    shot : Shot
        How orbits of the branch are closed.
    member : Member
        The bifurcating member in the branch's variables.
    frozen : (6,) [1]
        State that holds what is not free.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.

    Returns
    -------
    (K + 1,) [1]
        Direction of length 1.

    Source
    ------
    Doedel et al. (2003), Int. J. Bifurcation and Chaos 13, 1353, doi:10.1142/S0218127403007291.
    """
    slope = shot.miss(member.variables, frozen, mass_ratio)[1]
    basis = np.linalg.svd(member.tangent[None, :])[2][1:]
    return np.asarray(np.linalg.svd(slope @ basis.T)[2][-1] @ basis)


def member_stability(shot: Shot, member: Member, frozen: Array, mass_ratio: float) -> Stability:
    """Stability of a member.

    Parameters
    ----------
    shot : Shot
        How the orbits are closed.
    member : Member
        The member.
    frozen : (6,) [1]
        State that holds what is not free.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.

    Returns
    -------
    Stability
        Its indices.

    Source
    ------
    `stability.stability`.
    """
    return stability(member_monodromy(shot, member, frozen, mass_ratio))


def member_monodromy(shot: Shot, member: Member, frozen: Array, mass_ratio: float) -> Array:
    """Monodromy matrix of a member.

    Parameters
    ----------
    shot : Shot
        How the orbits are closed.
    member : Member
        The member.
    frozen : (6,) [1]
        State that holds what is not free.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.

    Returns
    -------
    (6, 6) [1]
        Derivative of the state after one period by the state.

    Source
    ------
    `motion.propagate_three_body`.
    """
    state = shot.state(member.variables, frozen)
    return np.asarray(
        propagate_three_body(state, shot.period(member.variables), mass_ratio, with_transition=True)[1][0]
    )
