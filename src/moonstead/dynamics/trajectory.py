"""What every trajectory can answer: anything that has a position at a time."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.frames.frame import Frame

Array = NDArray[np.float64]


@runtime_checkable
class Trajectory(Protocol):
    """Anything that has a position at a time: a body, a propagated orbit, a table, a surface point.

    Times are float64 seconds of TDB past J2000 (0.1 us fine). Outside `span` a trajectory raises `OutsideSpan`.
    """

    @property
    def name(self) -> str:
        """What messages and reports call it."""

    @property
    def center(self) -> str:
        """Name of the body that positions are measured from, for example ``"MOON"``."""

    @property
    def frame(self) -> Frame:
        """Axes of the states that `state` returns."""

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] with a state."""

    def state(self, tdb: Array) -> Array:
        """States at times.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times within `span`.

        Returns
        -------
        (N, 6) [m, m/s]
            Relative to `center` in `frame`.

        Raises
        ------
        OutsideSpan
            A time lies outside `span`.
        """

    def speed_bound(self, start: Array, stop: Array) -> Array:
        """Upper bound of the speed in intervals of time, by which searches prove that nothing happens in them.

        Parameters
        ----------
        start, stop : (K,) [s TDB past J2000]
            Ends of the intervals.

        Returns
        -------
        (K,) [m/s]
            Of the speed relative to `center`, in inertial axes.
        """
