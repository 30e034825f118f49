"""Where the satellites of a constellation are, in axes that turn with the Moon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.lunar.constellations import LunarConstellation

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

DEGREE = 8  # of the Moon's field: higher terms average out over orbits of half a day and more
TOLERANCE = 100.0  # [m] of position: 10 urad from 10 000 km, nothing for a dilution


@dataclass(frozen=True, eq=False)
class ConstellationPaths:
    """Satellites over time.

    Attributes
    ----------
    names : tuple of str
        Of the S satellites.
    constellation : (S,)
        Number of each one's constellation, from 0.
    tdb : (E,) [s TDB past J2000]
        Times.
    position : (E, S, 3) [m]
        From the centre of the Moon in MOON_ME; NaN after an impact.
    """

    names: tuple[str, ...]
    constellation: NDArray[np.int64]
    tdb: Array
    position: Array

    def without(self, satellite: int) -> ConstellationPaths:
        """The others, as if one satellite had failed."""
        kept = np.arange(len(self.names)) != satellite
        names = tuple(name for name, keep in zip(self.names, kept, strict=True) if keep)
        return ConstellationPaths(names, self.constellation[kept], self.tdb, self.position[:, kept])


def fly_constellation(constellation: LunarConstellation, tdb: ArrayLike, data: DataContext) -> ConstellationPaths:
    """Places of a shipped constellation, flown under the forces of Moon, Earth and Sun.

    The satellites start at the first time on the places of the table and are not kept: what drifts apart in weeks
    would be held by control.

    Parameters
    ----------
    constellation : LunarConstellation
        What flies.
    tdb : (E,) [s TDB past J2000]
        Rising times; the first is the start.
    data : DataContext
        Ephemeris, orientation and gravity field.

    Returns
    -------
    ConstellationPaths

    Raises
    ------
    InvalidInput
        No number of satellites was published, or times do not rise.
    OutsideSpan
        The data do not cover the times.

    Source
    ------
    Starts: the constellation's own source. Motion: `moonstead.dynamics.propagate_many`.
    """
    from moonstead.dynamics.propagate_many import propagate_many
    from moonstead.foundation.bodies import body
    from moonstead.foundation.frames.standard import MOON_ME
    from moonstead.orbits.elements import KeplerElements, true_anomaly
    from moonstead.orbits.lunar.start import EARTH_ORBIT, held_axes, start_states

    times = _rising(tdb)
    if not constellation.satellites:
        raise InvalidInput(f"{constellation.label} Choose another preset: nothing of this one can be flown")
    sky = constellation.satellites
    shape, axis = np.array([one.eccentricity for one in sky]), np.array([one.semi_major_axis for one in sky])
    low = axis * (1.0 - shape) - body("MOON").mean_radius
    if low.min() <= 0.0:
        raise InvalidInput(f"a satellite of {constellation.identity!r} starts {-low.min() / 1e3:.0f} km below ground")
    elements = KeplerElements(
        axis * (1.0 - shape),
        shape,
        np.array([one.inclination for one in sky]),
        np.array([one.node for one in sky]),
        np.array([one.argument_of_periselene for one in sky]),
        true_anomaly(np.array([one.mean_anomaly for one in sky]), shape),
    )
    starts = start_states(elements, held_axes(EARTH_ORBIT, times[0], data))
    flown = propagate_many(
        starts, times[0], times[-1], ForceModel(degree=DEGREE), data, tolerance=TOLERANCE, times=times[1:-1]
    )
    inertial = np.concatenate((starts[:, None, :3], flown.states[:, :, :3], flown.final[:, None, :3]), axis=1)
    gone = times[None, :] > flown.end_tdb[:, None] + 1e-6
    inertial[gone] = np.nan
    turned = MOON_ME.from_icrf(times, data).matrix
    position = np.einsum("eij,sej->esi", turned, inertial)
    names = tuple(one.name for one in sky)
    return ConstellationPaths(names, np.zeros(len(names), dtype=np.int64), times, np.ascontiguousarray(position))


def trajectory_paths(trajectories: Sequence[Trajectory], tdb: ArrayLike, data: DataContext) -> ConstellationPaths:
    """Places of spacecraft that fly already, as satellites of one constellation.

    Parameters
    ----------
    trajectories : sequence of Trajectory
        Anything with a position; NaN outside its span.
    tdb : (E,) [s TDB past J2000]
        Rising times.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    ConstellationPaths

    Raises
    ------
    InvalidInput
        Times do not rise, or there is no trajectory.

    Source
    ------
    Definition: axes turn as `MOON_ME` says.
    """
    from moonstead.dynamics.observe import icrf_position
    from moonstead.foundation.frames.standard import MOON_ME

    times = _rising(tdb)
    if not trajectories:
        raise InvalidInput("a constellation needs at least one spacecraft")
    turned = MOON_ME.from_icrf(times, data)
    position = np.full((times.size, len(trajectories), 3), np.nan)
    for number, flown in enumerate(trajectories):
        inside = (times >= flown.span[0]) & (times <= flown.span[1])
        if inside.any():
            inertial = np.full((times.size, 3), np.nan)
            inertial[inside] = icrf_position(flown, "MOON", times[inside], data)
            position[:, number] = turned.position(inertial)
    names = tuple(flown.name for flown in trajectories)
    return ConstellationPaths(names, np.zeros(len(names), dtype=np.int64), times, position)


def joined_paths(parts: Sequence[ConstellationPaths]) -> ConstellationPaths:
    """Several constellations in one sky, numbered in their order.

    Parameters
    ----------
    parts : sequence of ConstellationPaths
        At the same times.

    Returns
    -------
    ConstellationPaths

    Raises
    ------
    InvalidInput
        There are none, or their times differ.

    Source
    ------
    Definition.
    """
    if not parts:
        raise InvalidInput("there is no constellation to join")
    if any(part.tdb.shape != parts[0].tdb.shape or np.any(part.tdb != parts[0].tdb) for part in parts):
        raise InvalidInput("constellations can only be joined at the same times")
    return ConstellationPaths(
        tuple(name for part in parts for name in part.names),
        np.repeat(np.arange(len(parts)), [len(part.names) for part in parts]).astype(np.int64),
        parts[0].tdb,
        np.concatenate([part.position for part in parts], axis=1),
    )


def _rising(tdb: ArrayLike) -> Array:
    times = np.ascontiguousarray(np.atleast_1d(np.asarray(tdb, dtype=np.float64)))
    if times.size < 2 or not np.all(np.diff(times) > 0.0):
        raise InvalidInput("a sky over time needs two or more rising times [s TDB past J2000]")
    return times
