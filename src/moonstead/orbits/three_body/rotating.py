"""Between the rotating, pulsating axes of two primaries and the axes of the ICRF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.three_body.system import ThreeBodySystem

Array = NDArray[np.float64]

DIFFERENCE = 600.0  # [s] between the velocities that the plane's turning is taken from; leaves 1e-6 of it


@dataclass(frozen=True, eq=False)
class RotatingAxes:
    """The axes of two primaries at times, and how they turn and pulsate.

    The first axis points from the primary to the secondary, the third along the angular momentum of their motion.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    axes : (N, 3, 3) [1]
        Rows: the three axes in the ICRF.
    turning : (N, 3) [rad/s]
        Angular velocity of the axes, in these axes.
    distance : (N,) [m]
        Between the primaries: the unit of length.
    distance_rate : (N,) [m/s]
        Its change.
    rate : (N,) [rad/s]
        Angular rate of the line between the primaries: one over the unit of time.
    barycentre : (N, 6) [m, m/s]
        Origin, from the centre that states are given from, in the ICRF.
    """

    tdb: Array
    axes: Array
    turning: Array
    distance: Array
    distance_rate: Array
    rate: Array
    barycentre: Array


def rotating_axes(tdb: ArrayLike, system: ThreeBodySystem, data: DataContext, *, center: str = "MOON") -> RotatingAxes:
    """Axes of two primaries at times, from the ephemeris.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    system : ThreeBodySystem
        Which primaries, and where between them their barycentre lies.
    data : DataContext
        Ephemeris.
    center : str
        Body that `barycentre` is measured from.

    Returns
    -------
    RotatingAxes
        In the ICRF.

    Raises
    ------
    OutsideSpan, MissingData
        The ephemeris does not tell where the primaries are at these times.

    Source
    ------
    Pulsating synodic axes: Dei Tos & Topputo (2017), Adv. Space Res. 59, 2117, doi:10.1016/j.asr.2017.01.038,
    section 2; how the plane turns follows from the derivative of the angular momentum.
    """
    tdb = np.ascontiguousarray(np.atleast_1d(np.asarray(tdb, dtype=np.float64)))
    ephemeris = data.ephemeris
    apart = ephemeris.state(system.secondary, system.primary, tdb)
    later = ephemeris.state(system.secondary, system.primary, tdb + 0.5 * DIFFERENCE)
    sooner = ephemeris.state(system.secondary, system.primary, tdb - 0.5 * DIFFERENCE)
    position, velocity = apart[:, :3], apart[:, 3:]
    acceleration = (later[:, 3:] - sooner[:, 3:]) / DIFFERENCE
    distance = np.linalg.norm(position, axis=1)
    momentum = np.cross(position, velocity)
    size = np.linalg.norm(momentum, axis=1)
    x, z = position / distance[:, None], momentum / size[:, None]
    y = np.cross(z, x)
    turning = np.zeros((tdb.size, 3))
    turning[:, 0] = -np.sum(np.cross(position, acceleration) * y, axis=1) / size
    turning[:, 2] = size / distance**2
    primary = np.zeros((tdb.size, 6)) if system.primary == center else ephemeris.state(system.primary, center, tdb)
    return RotatingAxes(
        tdb,
        np.stack((x, y, z), axis=1),
        turning,
        distance,
        np.sum(x * velocity, axis=1),
        turning[:, 2].copy(),
        primary + system.mass_ratio * apart,
    )


def icrf_from_rotating(
    states: ArrayLike, tdb: ArrayLike, system: ThreeBodySystem, data: DataContext, *, center: str = "MOON"
) -> Array:
    """States about a body in the ICRF, from normalised states in the rotating axes of two primaries.

    Lengths are in units of the distance of the primaries at each time, times in units of one over the angular rate of
    the line between them at each time: the primaries are at rest at (-mu, 0, 0) and (1 - mu, 0, 0).

    Parameters
    ----------
    states : (N, 6) [1]
        Position from the barycentre, and velocity as seen in the rotating axes.
    tdb : (N,) [s TDB past J2000]
        When.
    system : ThreeBodySystem
        The primaries and their mass ratio.
    data : DataContext
        Ephemeris.
    center : str
        Body that the answer is measured from.

    Returns
    -------
    (N, 6) [m, m/s]
        In ICRF axes.

    Raises
    ------
    InvalidInput
        There are not as many states as times.
    OutsideSpan, MissingData
        The ephemeris does not tell where the primaries are at these times.

    Source
    ------
    As `rotating_axes`.
    """
    table, frame = _table(states, tdb, system, data, center)
    place, motion = table[:, :3], table[:, 3:]
    size, growth = frame.distance[:, None], frame.distance_rate[:, None]
    position = size * place
    velocity = growth * place + size * (np.cross(frame.turning, place) + frame.rate[:, None] * motion)
    turned = np.concatenate((_out_of(frame, position), _out_of(frame, velocity)), axis=1)
    return frame.barycentre + turned


def rotating_from_icrf(
    states: ArrayLike, tdb: ArrayLike, system: ThreeBodySystem, data: DataContext, *, center: str = "MOON"
) -> Array:
    """Normalised states in the rotating axes of two primaries, from states about a body in the ICRF.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        In ICRF axes, from `center`.
    tdb : (N,) [s TDB past J2000]
        When.
    system : ThreeBodySystem
        The primaries and their mass ratio.
    data : DataContext
        Ephemeris.
    center : str
        Body that the states are measured from.

    Returns
    -------
    (N, 6) [1]
        Position from the barycentre, and velocity as seen in the rotating axes; units as in `icrf_from_rotating`.

    Raises
    ------
    InvalidInput
        There are not as many states as times.
    OutsideSpan, MissingData
        The ephemeris does not tell where the primaries are at these times.

    Source
    ------
    As `rotating_axes`.
    """
    table, frame = _table(states, tdb, system, data, center)
    relative = table - frame.barycentre
    size, growth = frame.distance[:, None], frame.distance_rate[:, None]
    place = _into(frame, relative[:, :3]) / size
    seen = _into(frame, relative[:, 3:]) - growth * place - size * np.cross(frame.turning, place)
    return np.concatenate((place, seen / (size * frame.rate[:, None])), axis=1)


def _table(
    states: ArrayLike, tdb: ArrayLike, system: ThreeBodySystem, data: DataContext, center: str
) -> tuple[Array, RotatingAxes]:
    table = np.asarray(states, dtype=np.float64)
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    if table.shape != (times.size, 6) or times.ndim != 1:
        raise InvalidInput(f"the states must have the shape (N, 6) for N times; got {table.shape} and {times.shape}")
    return table, rotating_axes(times, system, data, center=center)


def _out_of(frame: RotatingAxes, vectors: Array) -> Array:
    return np.ascontiguousarray(np.einsum("nij,ni->nj", frame.axes, vectors))


def _into(frame: RotatingAxes, vectors: Array) -> Array:
    return np.ascontiguousarray(np.einsum("nij,nj->ni", frame.axes, vectors))
