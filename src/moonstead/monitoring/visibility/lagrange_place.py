"""The points L1 and L2 of Earth and Moon, as places to look from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.trajectories import BodyTrajectory
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import ICRF

Array = NDArray[np.float64]

# distance from the Earth over the Moon's, in the circular problem with a mass ratio of 0.012150585
BEYOND = {"L1": 0.849_065_7, "L2": 1.167_832_7}


@dataclass(frozen=True)
class LagrangePoint:
    """A point on the line from the Earth to the Moon that keeps its share of the Moon's distance.

    Attributes
    ----------
    point : str
        ``"L1"`` or ``"L2"``.
    data : DataContext
        Ephemeris.

    Raises
    ------
    InvalidInput
        The point is another one.
    """

    point: str
    data: DataContext = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.point not in BEYOND:
            raise InvalidInput(f"places to look from are L1 and L2; got {self.point!r}")

    @property
    def name(self) -> str:
        """Of the point."""
        return f"Earth-Moon {self.point}"

    @property
    def center(self) -> str:
        """The Earth."""
        return "EARTH"

    @property
    def frame(self) -> Frame:
        """The ICRF."""
        return ICRF

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] that the ephemeris has."""
        return self._moon.span

    @property
    def _moon(self) -> BodyTrajectory:
        return BodyTrajectory("MOON", "EARTH", self.data)

    def state(self, tdb: Array) -> Array:
        """States (N, 6) [m, m/s] relative to the Earth in the ICRF at times (N,) [s TDB past J2000]."""
        return np.asarray(BEYOND[self.point] * self._moon.state(tdb))

    def speed_bound(self, start: Array, stop: Array) -> Array:
        """Upper bound of the speed relative to the Earth within intervals of time.

        Parameters
        ----------
        start, stop : (K,) [s TDB past J2000]
            Ends of the intervals.

        Returns
        -------
        (K,) [m/s]
        """
        return np.asarray(BEYOND[self.point] * self._moon.speed_bound(start, stop))
