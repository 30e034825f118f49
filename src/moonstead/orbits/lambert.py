"""Lambert's problem: the conics that join two positions in a given time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

BRANCHES = ("short-period", "long-period")
STATUS_TEXT = {
    0: "solved",
    1: "the time is too short for so many whole turns",
    2: "the positions lie in the same direction: the plane of motion is not defined",
    3: "the positions lie in opposite directions: the plane of motion is not defined",
    4: "a position or time is not finite, zero or negative",
    5: "the iteration did not converge",
}


@dataclass(frozen=True, eq=False)
class LambertArcs:
    """Conics between N pairs of positions.

    Attributes
    ----------
    departure_velocity, arrival_velocity : (N, 3) [m/s]
        At the first and at the second position, in the axes of the positions; NaN where there is no solution.
    angle : (N,) [rad]
        Turned through from the first position to the second, whole turns included.
    status : (N,) int [1]
        0 where solved; `STATUS_TEXT` says what the others mean.
    revolutions : int
        Whole turns.
    branch : str
        Which of the two solutions with whole turns.
    """

    departure_velocity: Array
    arrival_velocity: Array
    angle: Array
    status: NDArray[np.int64]
    revolutions: int
    branch: str


def lambert(
    departure: ArrayLike,
    arrival: ArrayLike,
    duration: ArrayLike,
    gm: float,
    *,
    revolutions: int = 0,
    branch: str = "short-period",
    normal: ArrayLike = (0.0, 0.0, 1.0),
    retrograde: bool = False,
) -> LambertArcs:
    """Velocities at both ends of the conics that join two positions in a given time.

    A row without a solution is NaN with a status; it spoils no other row.

    Parameters
    ----------
    departure, arrival : (N, 3) or (3,) [m]
        Positions relative to the centre of attraction, in axes that do not turn.
    duration : (N,) or float [s]
        From one to the other.
    gm : float [m^3/s^2]
        Gravitational parameter of the centre.
    revolutions : int
        Whole turns before arrival.
    branch : str
        With whole turns there are two conics: of ``"short-period"`` or of ``"long-period"``.
    normal : (3,) [1]
        Side from which the motion goes counter-clockwise: the way round is the one whose angular momentum has a
        positive component along it.
    retrograde : bool
        The other way round.

    Returns
    -------
    LambertArcs
        One row for each pair.

    Raises
    ------
    InvalidInput
        Shapes do not fit, `gm` is not positive, the number of turns is negative, the branch is not known, or the
        normal has no length.

    Source
    ------
    Izzo (2015), Revisiting Lambert's problem, CMDA 121, 1, doi:10.1007/s10569-014-9587-y, with Halley's iteration kept
    between bounds, and his equations 18, 20 and 22 written so that no digits are lost for small angles.
    """
    first, second = (np.atleast_2d(np.asarray(x, dtype=np.float64)) for x in (departure, arrival))
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != 3 or second.shape[1] != 3:
        raise InvalidInput(f"positions need 3 columns [m]; got shapes {first.shape} and {second.shape}")
    times = np.atleast_1d(np.asarray(duration, dtype=np.float64))
    try:
        (count,) = np.broadcast_shapes(first.shape[:1], second.shape[:1], times.shape)
    except ValueError:
        raise InvalidInput(
            f"{len(first)} departures, {len(second)} arrivals and durations of shape {times.shape} make no pairs"
        ) from None
    if not (math.isfinite(gm) and gm > 0.0):
        raise InvalidInput(f"gm must be positive and finite [m3/s2]; got {gm!r}")
    if revolutions < 0 or revolutions != int(revolutions):
        raise InvalidInput(f"the number of whole turns must be 0 or more; got {revolutions!r}")
    if branch not in BRANCHES:
        raise InvalidInput(f"branch {branch!r} is not known: use {' or '.join(BRANCHES)}")
    side = np.asarray(normal, dtype=np.float64)
    if side.shape != (3,) or not np.all(np.isfinite(side)) or not np.any(side):
        raise InvalidInput(f"the normal needs three finite numbers, not all zero; got {normal!r}")

    from moonstead.foundation.kernel_cache import prepare

    prepare()
    from moonstead.orbits.lambert_kernels import lambert_kernel

    velocities, reached = np.empty((count, 3)), np.empty((count, 3))
    angle, status = np.empty(count), np.empty(count, dtype=np.int64)
    lambert_kernel(
        np.ascontiguousarray(np.broadcast_to(first, (count, 3))),
        np.ascontiguousarray(np.broadcast_to(second, (count, 3))),
        np.ascontiguousarray(np.broadcast_to(times, (count,))),
        float(gm),
        int(revolutions),
        branch == "long-period",
        np.ascontiguousarray(-side if retrograde else side),
        velocities,
        reached,
        angle,
        status,
    )
    return LambertArcs(velocities, reached, angle, status, int(revolutions), branch)


def warm_up() -> None:
    """Run the kernel on tiny input."""
    lambert([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], 1.0, 1.0)


def most_revolutions(duration: float, gm: float, departure: ArrayLike, arrival: ArrayLike) -> int:
    """Whole turns that no conic between two positions can exceed in a time.

    Parameters
    ----------
    duration : float [s]
        From one to the other.
    gm : float [m^3/s^2]
        Gravitational parameter of the centre.
    departure, arrival : (3,) [m]
        Positions relative to the centre.

    Returns
    -------
    int
        An upper bound; the last one may have no solution.

    Raises
    ------
    InvalidInput
        The duration or `gm` is not positive, or the positions are no vectors.

    Source
    ------
    Izzo (2015): the least ellipse, of semi-major axis s / 2, has the least period.
    """
    first, second = np.asarray(departure, dtype=np.float64), np.asarray(arrival, dtype=np.float64)
    if first.shape != (3,) or second.shape != (3,):
        raise InvalidInput(f"positions need 3 numbers [m]; got shapes {first.shape} and {second.shape}")
    if not (duration > 0.0 and gm > 0.0 and math.isfinite(duration) and math.isfinite(gm)):
        raise InvalidInput(f"duration [s] and gm [m3/s2] must be positive and finite; got {duration!r}, {gm!r}")
    sides = np.linalg.norm(first) + np.linalg.norm(second) + np.linalg.norm(second - first)
    least_period = 2.0 * math.pi * math.sqrt(float(0.25 * sides) ** 3 / gm)
    return int(duration / least_period)


def all_lambert(
    departure: ArrayLike,
    arrival: ArrayLike,
    duration: float,
    gm: float,
    *,
    normal: ArrayLike = (0.0, 0.0, 1.0),
    retrograde: bool = False,
) -> tuple[LambertArcs, ...]:
    """Every conic between two positions in a given time, one way round.

    Parameters
    ----------
    departure, arrival : (3,) [m]
        Positions relative to the centre.
    duration : float [s]
        From one to the other.
    gm : float [m^3/s^2]
        Gravitational parameter of the centre.
    normal : (3,) [1]
        As in `lambert`.
    retrograde : bool
        The other way round.

    Returns
    -------
    tuple of LambertArcs
        Each of one row, all solved: without whole turns first, then pairs with one, two and more turns.

    Raises
    ------
    InvalidInput
        As `lambert`, or the positions lie along one line so that no plane is defined.

    Source
    ------
    As `lambert`.
    """
    direct = lambert(departure, arrival, duration, gm, normal=normal, retrograde=retrograde)
    if direct.status[0] != 0:
        raise InvalidInput(f"no conic joins these positions: {STATUS_TEXT[int(direct.status[0])]}")
    found = [direct]
    for turns in range(1, most_revolutions(duration, gm, departure, arrival) + 1):
        for branch in BRANCHES:
            arcs = lambert(
                departure,
                arrival,
                duration,
                gm,
                revolutions=turns,
                branch=branch,
                normal=normal,
                retrograde=retrograde,
            )
            if arcs.status[0] == 0:
                found.append(arcs)
    return tuple(found)
