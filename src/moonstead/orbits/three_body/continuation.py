"""Walking along a family of periodic orbits, through folds, by the length of its curve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.orbits.three_body.shots import Shot, hit

Array = NDArray[np.float64]

TURN = 0.12  # [rad] of the family's direction in one step: what the step length is held to
SHRINK, GROW = 0.4, 1.6
FALLEN = 4.0  # bend of a step over the turn of its direction that no step on one family has
FALLEN_FLOOR = 0.004  # [rad] bend that is let pass where the direction does not turn


@dataclass(frozen=True, eq=False)
class Member:
    """A member of a family as a walk meets it.

    Attributes
    ----------
    variables : (K + 1,) [1]
        Free components of the state and the length of the shot.
    tangent : (K + 1,) [1]
        Direction of the walk there.
    """

    variables: Array
    tangent: Array


def walk(
    shot: Shot,
    member: Member,
    frozen: Array,
    mass_ratio: float,
    *,
    first: float = 1e-3,
    least: float = 1e-8,
    most: float = 0.05,
    turn: float = TURN,
    stop: Callable[[Member], bool] | None = None,
    count: int = 2000,
) -> Iterator[Member]:
    """Members of a family one after another, each corrected, with steps that follow the curve's bends.

    Parameters
    ----------
    shot : Shot
        How the orbits are closed.
    member : Member
        Where the walk begins; not given again.
    frozen : (6,) [1]
        State that holds what is not free.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.
    first, least, most : float [1]
        Length of the first step, of the shortest, and of the longest where no variable is larger than 1.
    turn : float [rad]
        Turn of the family's direction that a step aims at.
    stop : callable, optional
        Ends the walk with the member for which it is true; that one is given too.
    count : int
        Most members.

    Returns
    -------
    iterator of Member
        The next members.

    Raises
    ------
    NumericalFailure
        The walk gets stuck: even the shortest step does not converge.

    Source
    ------
    Pseudo-arclength continuation: Keller (1977), in Applications of Bifurcation Theory, 359; Doedel et al. (2003),
    Int. J. Bifurcation and Chaos 13, 1353, doi:10.1142/S0218127403007291.
    """
    length = first
    made = 0
    while made < count:
        here = member
        guess = here.variables + length * here.tangent

        def along(variables: Array, here: Member = here, length: float = length) -> tuple[float, Array]:
            return float(here.tangent @ (variables - here.variables)) - length, here.tangent

        try:
            found, tangent = hit(shot, guess, frozen, mass_ratio, along)
        except NumericalFailure:
            found = None
        angle = np.inf
        if found is not None:
            cosine = float(tangent @ here.tangent)
            tangent = tangent if cosine >= 0.0 else -tangent
            angle = float(np.arccos(min(1.0, abs(cosine))))
            bend = 2.0 * float(np.linalg.norm(found - guess)) / length
            # on one smooth curve both angles agree; where they do not, the corrector fell onto a neighbouring family
            angle = np.inf if bend > FALLEN * angle + FALLEN_FLOOR else max(angle, bend)
        if angle > 2.5 * turn:
            if length <= least:
                raise NumericalFailure(f"the family cannot be followed beyond {np.array2string(here.variables)}")
            length = max(least, length * SHRINK)
            continue
        assert found is not None
        member = Member(found, tangent)
        made += 1
        yield member
        if stop is not None and stop(member):
            return
        length = min(
            most * max(1.0, float(np.abs(found).max())), length * min(GROW, max(SHRINK, turn / max(angle, 1e-9)))
        )
