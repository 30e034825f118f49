"""Objects of several kinds about one centre: elements and ephemerides together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import FrameMismatch, InvalidInput
from moonstead.foundation.frames.frame import rotation
from moonstead.monitoring.objects import MovingObjects

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Status = NDArray[np.uint8]


class MixedObjects:
    """Objects of several kinds about one centre as one `MovingObjects`, in the frame of the first.

    Parameters
    ----------
    parts : sequence of MovingObjects
        Rows follow each other in this order.
    data : DataContext
        Orientation data for frames that differ.

    Raises
    ------
    InvalidInput
        There are no parts.
    FrameMismatch
        The parts differ in centre.
    """

    def __init__(self, parts: Sequence[MovingObjects], data: DataContext) -> None:
        self.parts = tuple(parts)
        if not self.parts:
            raise InvalidInput("nothing to screen; give at least one set of objects")
        self.center, self.frame = self.parts[0].center, self.parts[0].frame
        for part in self.parts:
            if part.center != self.center:
                raise FrameMismatch(
                    f"objects about {part.center} cannot be screened against objects about {self.center}; "
                    "screen each centre by itself, or observe the trajectories from one centre first"
                )
        self.object_id = np.concatenate([part.object_id for part in self.parts])
        self.name = tuple(name for part in self.parts for name in part.name)
        self.smooth = np.concatenate([part.smooth for part in self.parts])
        self.gradient = max(part.gradient for part in self.parts)
        self._data = data
        self._first = np.cumsum([0, *(len(part) for part in self.parts)])

    def __len__(self) -> int:
        """Number of objects."""
        return int(self._first[-1])

    def states(self, tdb: ArrayLike, rows: ArrayLike | None = None) -> tuple[Array, Status]:
        """States (T, 6, K) [m, m/s] at times (T,) [s TDB past J2000] of rows (K,) [1], and status (T, K), 0 if good."""
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        chosen = np.arange(len(self)) if rows is None else np.atleast_1d(np.asarray(rows, dtype=np.int64))
        states = np.empty((tdb.size, 6, chosen.size))
        status = np.empty((tdb.size, chosen.size), dtype=np.uint8)
        for part, here, inner in self._split(chosen):
            found, status[:, here] = part.states(tdb, inner)
            states[:, :, here] = self._turned(part, tdb, found)
        return states, status

    def pair_states(self, rows: ArrayLike, tdb: ArrayLike) -> tuple[Array, Status]:
        """States (K, 6) [m, m/s] of rows (K,) [1] at times (K,) [s TDB past J2000], and status (K,), 0 if good."""
        rows, tdb = np.atleast_1d(np.asarray(rows, dtype=np.int64)), np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        states, status = np.empty((tdb.size, 6)), np.empty(tdb.size, dtype=np.uint8)
        for part, here, inner in self._split(rows):
            found, status[here] = part.pair_states(inner, tdb[here])
            states[here] = self._turned(part, tdb[here], found[:, :, np.newaxis])[:, :, 0]
        return states, status

    def accelerations(self, tdb: Array, states: Array, rows: Integers) -> Array:
        """Accelerations that belong to states, each as its part gives it.

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
        for part, here, inner in self._split(rows):
            if part.frame.name == self.frame.name:
                found[:, :, here] = part.accelerations(tdb, states[:, :, here], inner)
            else:
                own = part.accelerations(tdb, part.states(tdb, inner)[0], inner)
                matrix = rotation(part.frame, self.frame, tdb, self._data).matrix
                found[:, :, here] = np.einsum("tij,tjk->tik", matrix, own)
        return found

    def reason(self, status: int) -> str:
        """What a status means."""
        told = self.parts[0].reason(status)
        for part in self.parts[1:]:
            if "unknown" in told:
                told = part.reason(status)
        return told

    def _split(self, rows: Integers) -> list[tuple[MovingObjects, Integers, Integers]]:
        owner = np.searchsorted(self._first, rows, side="right") - 1
        split = []
        for number, part in enumerate(self.parts):
            here = np.flatnonzero(owner == number)
            if here.size:
                split.append((part, here, rows[here] - self._first[number]))
        return split

    def _turned(self, part: MovingObjects, tdb: Array, states: Array) -> Array:
        """States (T, 6, K) of a part in the common frame."""
        if part.frame.name == self.frame.name:
            return states
        turn = rotation(part.frame, self.frame, tdb, self._data)
        turned = np.empty_like(states)
        turned[:, :3] = np.einsum("tij,tjk->tik", turn.matrix, states[:, :3])
        turned[:, 3:] = np.einsum("tij,tjk->tik", turn.matrix, states[:, 3:])
        turned[:, 3:] += np.einsum("tij,tjk->tik", turn.rate, states[:, :3])
        return turned
