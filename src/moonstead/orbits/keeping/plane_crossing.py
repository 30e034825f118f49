"""Where an orbit near a time crosses the plane of symmetry of the Earth and the Moon, and how fast along their line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

NEWTON_STEPS = 8
TIME_STEP = 1e-3  # [s] of the last Newton step that is taken for none
MOST_SHIFT = 0.5  # [d] of a crossing from the time it is looked for at


@dataclass(frozen=True, eq=False)
class PlaneCrossings:
    """Crossings of the plane through Earth and Moon that is normal to the Moon's motion about the Earth.

    Attributes
    ----------
    shift : (N,) [s]
        Time of the crossing past the time that it was looked for at; NaN where there is none near.
    velocity_x : (N,) [m/s]
        Velocity then along the line from the Earth to the Moon, as seen from the Moon in axes that turn with it.
    """

    shift: Array
    velocity_x: Array


def plane_crossings(states: ArrayLike, tdb: float, data: DataContext) -> PlaneCrossings:
    """Crossings of the plane of symmetry by orbits about the Moon, close to a time.

    From the time given each state is carried to the plane by two-body motion about the Moon, with the Earth's tide held
    as it is at that time: within 0.1 m/s where the crossing lies within half an hour, at any distance from the Moon
    that halo orbits reach.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        At `tdb`, relative to the Moon, in ICRF axes. Rows that are not finite stay so.
    tdb : float [s TDB past J2000]
        Their time.
    data : DataContext
        Ephemeris of Earth and Moon.

    Returns
    -------
    PlaneCrossings
        Shifts [s] and velocities [m/s].

    Raises
    ------
    InvalidInput
        The states have another shape.
    OutsideSpan
        The ephemeris does not cover the time.

    Source
    ------
    The crossing of the xz plane is where x-axis crossing control aims: Davis et al. (2017), AAS 17-269; Guzzetti et al.
    (2017), AAS 17-395. Two-body motion in universal variables: Danby (1988), Fundamentals of Celestial Mechanics, 6.9.
    """
    table = np.asarray(states, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != 6:
        raise InvalidInput(f"states need the shape (N, 6) [m, m/s]; got {table.shape}")
    shift, speed = np.full(len(table), np.nan), np.full(len(table), np.nan)
    rows = np.flatnonzero(np.all(np.isfinite(table), axis=1))
    if not rows.size:
        return PlaneCrossings(shift, speed)
    known = table[rows]
    tide = _tide(known[:, :3], tdb, data)
    moved = np.zeros(rows.size)
    for _ in range(NEWTON_STEPS):
        reached = _carried(known, tide, moved)
        axes = _axes(tdb + moved, data)
        beside, rate = _across(reached, axes)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = -beside / rate
        moved = np.clip(np.nan_to_num(moved + step), -MOST_SHIFT * 86_400.0, MOST_SHIFT * 86_400.0)
        if np.all(np.abs(step) < TIME_STEP):
            break
    reached = _carried(known, tide, moved)
    axes = _axes(tdb + moved, data)
    beside, rate = _across(reached, axes)
    crossed = np.abs(beside) <= np.abs(rate) * 10.0 * TIME_STEP
    shift[rows] = np.where(crossed, moved, np.nan)
    speed[rows] = np.where(crossed, np.sum(axes[0] * reached[:, 3:], axis=1), np.nan)
    return PlaneCrossings(shift, speed)


def plane_distance(states: ArrayLike, tdb: ArrayLike, data: DataContext) -> NDArray[np.float64]:
    """Distance from the plane of symmetry of Earth and Moon, positive on the side that the Moon moves to.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        Relative to the Moon, in ICRF axes.
    tdb : (N,) [s TDB past J2000]
        Their times.
    data : DataContext
        Ephemeris of Earth and Moon.

    Returns
    -------
    (N,) [m]

    Source
    ------
    The y coordinate of the rotating frame: Szebehely (1967), Theory of Orbits, section 1.2.
    """
    table = np.asarray(states, dtype=np.float64)
    _, ahead, _ = _axes(np.asarray(tdb, dtype=np.float64), data)
    return np.asarray(np.sum(ahead * table[:, :3], axis=1))


def velocity_along(states: ArrayLike, tdb: ArrayLike, data: DataContext) -> NDArray[np.float64]:
    """Velocity along the line from the Earth to the Moon, of spacecraft in the plane of symmetry.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        Relative to the Moon, in ICRF axes.
    tdb : (N,) [s TDB past J2000]
        Their times.
    data : DataContext
        Ephemeris of Earth and Moon.

    Returns
    -------
    (N,) [m/s]
        As `PlaneCrossings.velocity_x`.

    Source
    ------
    The velocity along x of the rotating frame, where y is zero: Szebehely (1967), Theory of Orbits, section 1.2.
    """
    table = np.asarray(states, dtype=np.float64)
    along, _, _ = _axes(np.asarray(tdb, dtype=np.float64), data)
    return np.asarray(np.sum(along * table[:, 3:], axis=1))


def _axes(tdb: Array, data: DataContext) -> tuple[Array, Array, Array]:
    """Directions (N, 3) [1] from Earth to Moon and ahead of the Moon, in the ICRF; rate (N,) [rad/s] of turning."""
    apart = data.ephemeris.state("MOON", "EARTH", tdb)
    position, velocity = apart[:, :3], apart[:, 3:]
    momentum = np.cross(position, velocity)
    distance, area = np.linalg.norm(position, axis=1), np.linalg.norm(momentum, axis=1)
    along = position / distance[:, None]
    return along, np.cross(momentum / area[:, None], along), area / distance**2


def _across(states: Array, axes: tuple[Array, Array, Array]) -> tuple[Array, Array]:
    """Distance [m] from the plane, and its rate [m/s] with the turning of the plane."""
    along, ahead, turning = axes
    beside = np.sum(ahead * states[:, :3], axis=1)
    return beside, np.sum(ahead * states[:, 3:], axis=1) - turning * np.sum(along * states[:, :3], axis=1)


def _tide(position: Array, tdb: float, data: DataContext) -> Array:
    """Acceleration (N, 3) [m/s^2] by the Earth relative to that of the Moon."""
    earth = data.ephemeris.position("EARTH", "MOON", np.array([tdb]))[0]
    apart = earth - position
    gm = body("EARTH").gm
    pull = apart / np.linalg.norm(apart, axis=1, keepdims=True) ** 3 - earth / np.linalg.norm(earth) ** 3
    return np.asarray(gm * pull)


def _carried(states: Array, tide: Array, elapsed: Array) -> Array:
    moved = two_body_states(states, elapsed, body("MOON").gm)
    moved[:, :3] += 0.5 * tide * elapsed[:, None] ** 2
    moved[:, 3:] += tide * elapsed[:, None]
    return moved
