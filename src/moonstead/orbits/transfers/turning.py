"""Apsides of a coast, and the trim at one of them that puts the next at a wanted height."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.foundation.errors import NumericalFailure

Array = NDArray[np.float64]

AT_APSIS = 1.0  # [m] to which the next apsis lies at its height
FIRST_TRIM = 0.5  # [m/s] second point of the secant
TRIES = 12


def turning_time(coast: PropagatedTrajectory, first: float, last: float) -> float:
    """When the distance from the centre stops growing or falling.

    Parameters
    ----------
    coast : PropagatedTrajectory
        A coast without burns.
    first, last : float [s TDB past J2000]
        Where to look, in either order; cut to the coast.

    Returns
    -------
    float [s TDB past J2000]

    Raises
    ------
    NumericalFailure
        The distance does not turn there just once.

    Source
    ------
    Brent (1973), Algorithms for Minimization without Derivatives, chapter 4.
    """
    from scipy.optimize import brentq

    ends = np.clip([first, last], *coast.span)
    middle, half = 0.5 * float(ends[0] + ends[1]), 0.5 * abs(float(ends[1] - ends[0])) * (1.0 - 1e-12)

    def radial(past: float) -> float:
        state = coast.state([middle + past])[0]
        return float(state[:3] @ state[3:])

    if radial(-half) * radial(half) > 0.0:
        raise NumericalFailure(
            f"an orbit about {coast.center} has no apsis where it should: other bodies have spoilt it; take a shorter "
            "period or another date"
        )
    return middle + float(brentq(radial, -half, half, xtol=1e-7))


def trim_to_height(
    coast: Callable[[float], tuple[float, Array]], height: float, largest: float, what: str
) -> tuple[float, float, Array]:
    """Change of speed at one apsis that puts the other at a height.

    Parameters
    ----------
    coast : callable
        Change of speed [m/s] to the time [s TDB past J2000] and state (6,) [m, m/s] of the other apsis.
    height : float [m]
        Wanted distance from the centre.
    largest : float [m/s]
        Of the change of speed.
    what : str
        What a message calls the orbit.

    Returns
    -------
    trim : float [m/s]
        Change of speed.
    tdb : float [s TDB past J2000]
        Time of the other apsis.
    state : (6,) [m, m/s]
        There.

    Raises
    ------
    NumericalFailure
        No change below `largest` does it.

    Source
    ------
    Secant steps: the height of an apsis answers the speed at the other almost linearly.
    """
    trims, found = [0.0, FIRST_TRIM], [coast(0.0), coast(FIRST_TRIM)]
    misses = [float(np.linalg.norm(state[:3])) - height for _, state in found]
    for _ in range(TRIES):
        best = min(range(len(misses)), key=lambda k: abs(misses[k]))
        if abs(misses[best]) < AT_APSIS:
            return trims[best], *found[best]
        if misses[-1] == misses[-2]:
            break
        trim = trims[-1] - misses[-1] * (trims[-1] - trims[-2]) / (misses[-1] - misses[-2])
        if abs(trim) > largest:
            break
        trims.append(trim)
        found.append(coast(trim))
        misses.append(float(np.linalg.norm(found[-1][1][:3])) - height)
    raise NumericalFailure(
        f"{what} cannot be kept by a trim of {largest:g} m/s: its other apsis is still off by "
        f"{misses[-1] / 1e3:.0f} km; choose a shorter period or another date"
    )
