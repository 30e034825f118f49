"""Many objects that move about one body, behind one door: catalogue objects by SGP4, and trajectories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.mean_elements import WGS72_GM, WGS72_J2, WGS72_RADIUS, MeanElements
from moonstead.dynamics.sgp4_many import Sgp4Set
from moonstead.dynamics.sgp4_trajectory import status_text
from moonstead.foundation.bodies import body
from moonstead.foundation.errors import FrameMismatch, InvalidInput
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import TEME

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Status = NDArray[np.uint8]

OUTSIDE_SPAN = 200  # status of a state asked for outside a trajectory's span
NO_STATE = 201  # status of a state that is not a number
IRREGULAR = 202  # status of a path that no bound holds
TOLD = {
    OUTSIDE_SPAN: "outside the span of its trajectory",
    NO_STATE: "its states are not numbers",
    IRREGULAR: "its path jumps by kilometres within a minute",
}
DIFFERENCE = 0.5  # [s] either way, for accelerations from velocities: its error is 1e-8 m/s2 in a low orbit
LOWEST = 0.98  # [body radii] nothing that is screened flies below
GRADIENT_MARGIN = 1.02  # [1] what J2 adds to the gradient of a point mass at the surface, with room


class MovingObjects(Protocol):
    """N objects with states about one centre in one frame without noticeable turning; rows are 0 to N - 1."""

    @property
    def object_id(self) -> Integers:
        """Identifiers (N,)."""

    @property
    def name(self) -> tuple[str, ...]:
        """N names; empty text where there is none."""

    @property
    def center(self) -> str:
        """Name of the body that positions are measured from."""

    @property
    def frame(self) -> Frame:
        """Axes of the states."""

    @property
    def gradient(self) -> float:
        """Upper bound [1/s2] of the gradient of gravity where the objects fly."""

    @property
    def smooth(self) -> NDArray[np.bool_]:
        """Which objects (N,) move by gravity and drag alone, without burns or seams of files."""

    def __len__(self) -> int:
        """Number of objects."""

    def states(self, tdb: ArrayLike, rows: ArrayLike | None = None) -> tuple[Array, Status]:
        """States (T, 6, K) [m, m/s] at times (T,) [s TDB past J2000] of rows (K,) [1], and status (T, K), 0 if good."""

    def pair_states(self, rows: ArrayLike, tdb: ArrayLike) -> tuple[Array, Status]:
        """States (K, 6) [m, m/s] of rows (K,) [1] at times (K,) [s TDB past J2000], and status (K,), 0 if good."""

    def accelerations(self, tdb: Array, states: Array, rows: Integers) -> Array:
        """Accelerations that belong to states.

        Parameters
        ----------
        tdb : (T,) [s TDB past J2000]
            Times.
        states : (T, 6, K) [m, m/s]
            What `states` gives for these times and rows.
        rows : (K,) int64 [1]
            Objects.

        Returns
        -------
        (T, 3, K) [m/s2]
            Good to a few 1e-5 of the whole; NaN where the states are.
        """

    def reason(self, status: int) -> str:
        """What a status means."""


class Sgp4Objects:
    """Catalogue objects by SGP4 as `MovingObjects`: Earth-centred, TEME.

    Parameters
    ----------
    elements : MeanElements
        One set for each object, (N,).

    Source
    ------
    As `sgp4_many.Sgp4Set`; accelerations of the two-body problem with J2, constants of WGS-72.
    """

    center = "EARTH"
    frame: Frame = TEME
    gradient = GRADIENT_MARGIN * 2.0 * WGS72_GM / (LOWEST * WGS72_RADIUS) ** 3

    def __init__(self, elements: MeanElements) -> None:
        self.elements = elements
        self.object_id = elements.object_id
        self.name = elements.name
        self.smooth = np.ones(len(elements), dtype=bool)
        self._set = Sgp4Set(elements)

    def __len__(self) -> int:
        """Number of objects."""
        return len(self.elements)

    def states(self, tdb: ArrayLike, rows: ArrayLike | None = None) -> tuple[Array, Status]:
        """States (T, 6, K) [m, m/s] at times (T,) [s TDB past J2000] of rows (K,) [1], and status (T, K), 0 if good."""
        return self._set.states(tdb, rows)

    def pair_states(self, rows: ArrayLike, tdb: ArrayLike) -> tuple[Array, Status]:
        """States (K, 6) [m, m/s] of rows (K,) [1] at times (K,) [s TDB past J2000], and status (K,), 0 if good."""
        return self._set.pair_states(rows, tdb)

    def accelerations(self, tdb: Array, states: Array, rows: Integers) -> Array:
        """Accelerations of two-body motion with J2.

        Parameters
        ----------
        tdb : (T,) [s TDB past J2000]
            Times.
        states : (T, 6, K) [m, m/s]
            What `states` gives for these times and rows.
        rows : (K,) int64 [1]
            Objects.

        Returns
        -------
        (T, 3, K) [m/s2]
            Good to a few 1e-5 of the whole; NaN where the states are.
        """
        return oblate_acceleration(states, WGS72_GM, WGS72_RADIUS, WGS72_J2)

    def reason(self, status: int) -> str:
        """What a status of SGP4 means."""
        return TOLD.get(status) or f"SGP4: {status_text(status)}"


class TrajectoryObjects:
    """Trajectories about one centre in one frame as `MovingObjects`.

    Parameters
    ----------
    trajectories : sequence of Trajectory
        N of them: OEM, SPK, propagated.
    object_id : (N,) of int [1], optional
        Identifiers; 0 to N - 1 where not given.
    gradient : float [1/s2], optional
        Upper bound of the gradient of gravity where they fly; where not given that at the surface of the centre, and
        at the surface of the Moon where the centre is the Earth.

    Raises
    ------
    InvalidInput
        There is no trajectory, or not one identifier for each.
    FrameMismatch
        The trajectories differ in centre or frame.
    """

    def __init__(
        self,
        trajectories: Sequence[Trajectory],
        object_id: ArrayLike | None = None,
        *,
        gradient: float | None = None,
    ) -> None:
        self.trajectories = tuple(trajectories)
        if not self.trajectories:
            raise InvalidInput("no trajectories to screen; give at least one")
        self.object_id = np.arange(len(self)) if object_id is None else np.asarray(object_id, dtype=np.int64)
        if self.object_id.shape != (len(self),):
            raise InvalidInput(f"{len(self)} trajectories need as many identifiers; got {self.object_id.size}")
        first = self.trajectories[0]
        for one in self.trajectories:
            if one.center != first.center or one.frame.name != first.frame.name:
                raise FrameMismatch(
                    f"'{one.name}' is given about {one.center} in {one.frame.name}, '{first.name}' about "
                    f"{first.center} in {first.frame.name}; bring them to one centre and frame "
                    "(dynamics.observe.observe) before screening"
                )
        self.name = tuple(one.name for one in self.trajectories)
        self.center, self.frame = first.center, first.frame
        self.smooth = np.zeros(len(self), dtype=bool)
        self.gradient = _surface_gradient(self.center) if gradient is None else gradient

    def __len__(self) -> int:
        """Number of objects."""
        return len(self.trajectories)

    def states(self, tdb: ArrayLike, rows: ArrayLike | None = None) -> tuple[Array, Status]:
        """States (T, 6, K) [m, m/s] at times (T,) [s TDB past J2000] of rows (K,) [1], and status (T, K), 0 if good."""
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        chosen = np.arange(len(self)) if rows is None else np.atleast_1d(np.asarray(rows, dtype=np.int64))
        states = np.empty((tdb.size, 6, chosen.size))
        status = np.empty((tdb.size, chosen.size), dtype=np.uint8)
        for column, row in enumerate(chosen):
            states[:, :, column], status[:, column] = self._of_one(int(row), tdb)
        return states, status

    def pair_states(self, rows: ArrayLike, tdb: ArrayLike) -> tuple[Array, Status]:
        """States (K, 6) [m, m/s] of rows (K,) [1] at times (K,) [s TDB past J2000], and status (K,), 0 if good."""
        rows, tdb = np.atleast_1d(np.asarray(rows)), np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        states, status = np.empty((tdb.size, 6)), np.empty(tdb.size, dtype=np.uint8)
        order = np.argsort(rows, kind="stable")
        for part in np.split(order, np.flatnonzero(np.diff(rows[order])) + 1) if order.size else []:
            states[part], status[part] = self._of_one(int(rows[part[0]]), tdb[part])
        return states, status

    def accelerations(self, tdb: Array, states: Array, rows: Integers) -> Array:
        """Accelerations by differences of velocities, within the spans of the trajectories.

        Parameters
        ----------
        tdb : (T,) [s TDB past J2000]
            Times.
        states : (T, 6, K) [m, m/s]
            What `states` gives for these times and rows.
        rows : (K,) int64 [1]
            Objects.

        Returns
        -------
        (T, 3, K) [m/s2]
            Good to a few 1e-5 of the whole; NaN where the states are.
        """
        found = np.empty((tdb.size, 3, rows.size))
        for column, row in enumerate(rows):
            start, stop = self.trajectories[int(row)].span
            before, after = np.clip(tdb - DIFFERENCE, start, stop), np.clip(tdb + DIFFERENCE, start, stop)
            velocity = self._of_one(int(row), np.concatenate((before, after)))[0][:, 3:]
            with np.errstate(invalid="ignore", divide="ignore"):
                found[:, :, column] = (velocity[tdb.size :] - velocity[: tdb.size]) / (after - before)[:, np.newaxis]
        return found

    def reason(self, status: int) -> str:
        """What a status means."""
        return TOLD.get(status, f"unknown status {status}")

    def _of_one(self, row: int, tdb: Array) -> tuple[Array, Status]:
        trajectory = self.trajectories[row]
        start, stop = trajectory.span
        inside = (tdb >= start) & (tdb <= stop)
        states, status = np.full((tdb.size, 6), np.nan), np.where(inside, 0, OUTSIDE_SPAN).astype(np.uint8)
        if np.any(inside):
            states[inside] = trajectory.state(tdb[inside])
        status[inside & ~np.isfinite(states).all(axis=1)] = NO_STATE
        return states, status


def oblate_acceleration(states: Array, gm: float, radius: float, j2: float) -> Array:
    """Accelerations of a point mass with J2 about the third axis.

    Parameters
    ----------
    states : (T, 6, K) [m, m/s]
        Relative to the attracting body; NaN gives NaN.
    gm : float [m3/s2]
        Gravitational parameter.
    radius : float [m]
        Reference radius of `j2`.
    j2 : float [1]
        Second zonal harmonic, not normalised.

    Returns
    -------
    (T, 3, K) [m/s2]

    Source
    ------
    Vallado (2013), Fundamentals of Astrodynamics and Applications, 4th ed., section 8.7.1.
    """
    position = states[:, :3]
    square = np.einsum("tik,tik->tk", position, position)
    with np.errstate(invalid="ignore", divide="ignore"):
        pull = -gm / (square * np.sqrt(square))
        flattening = 1.5 * j2 * radius**2 / square
        polar = 5.0 * position[:, 2] ** 2 / square
    acceleration = position * (pull * (1.0 + flattening * (1.0 - polar)))[:, np.newaxis]
    acceleration[:, 2] += position[:, 2] * pull * flattening * 2.0
    return acceleration


def _surface_gradient(center: str) -> float:
    bodies = [center, "MOON"] if center == "EARTH" else [center]
    return sum(
        GRADIENT_MARGIN * 2.0 * one.gm / (LOWEST * one.mean_radius) ** 3 for one in (body(name) for name in bodies)
    )
