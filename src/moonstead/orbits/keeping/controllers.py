"""What plans the burns of a spacecraft that is kept near a reference orbit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlannedBurns:
    """Burns that many runs plan at one time.

    Attributes
    ----------
    delta_v : (N, 3) [m/s]
        Changes of velocity in ICRF axes; zero where none is needed.
    solved : (N,)
        Whether the aim of the method is met by the plan.
    predictions : int
        Flights in the full model that the plans took.
    """

    delta_v: Array
    solved: NDArray[np.bool_]
    predictions: int = 0


class Controller(Protocol):
    """A method of station keeping."""

    @property
    def name(self) -> str:
        """What the method is called."""

    @property
    def burn_crossings(self) -> NDArray[np.int64]:
        """Numbers of the reference's plane crossings at which burns may be made, rising."""

    def plan(self, index: int, estimates: Array) -> PlannedBurns:
        """Burns at one time.

        Parameters
        ----------
        index : int
            Which of `burn_crossings`.
        estimates : (N, 6) [m, m/s]
            States as they are known, about the Moon in ICRF axes.

        Returns
        -------
        PlannedBurns
            Changes of velocity [m/s].
        """
