"""A periodic orbit of the three-body problem, with the constants that give it size and pace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.orbits.three_body.motion import propagate_three_body
from moonstead.orbits.three_body.system import ThreeBodySystem


@dataclass(frozen=True, eq=False)
class PeriodicOrbit:
    """A periodic orbit.

    Attributes
    ----------
    system : ThreeBodySystem
        The constants.
    family : str
        Name of its family, of `families.FAMILIES`.
    point : str or None
        Libration point L1 to L5, where the family belongs to one.
    branch : str or None
        Which of mirrored families: north or south, east or west.
    state : (6,) [1]
        State at time 0 in the rotating frame, normalised.
    period : float [1]
        Period, normalised.
    jacobi : float [1]
        Jacobi constant.
    stability_index : float [1]
        (|l| + 1 / |l|) / 2 of the largest eigenvalue l of the monodromy matrix: 1 is stable.
    monodromy : (6, 6) [1]
        Derivative of the state after one period by the state.
    """

    system: ThreeBodySystem
    family: str
    point: str | None
    branch: str | None
    state: NDArray[np.float64]
    period: float
    jacobi: float
    stability_index: float
    monodromy: NDArray[np.float64]

    @property
    def duration(self) -> float:
        """Period [s]."""
        return self.period * self.system.time

    @property
    def days(self) -> float:
        """Period [d]."""
        return self.duration / SECONDS_PER_DAY

    def states(self, phases: NDArray[np.float64]) -> NDArray[np.float64]:
        """States at shares of the period.

        Parameters
        ----------
        phases : (N,) [1]
            Shares of the period, rising, from 0.

        Returns
        -------
        (N, 6) [1]
            States in the rotating frame, normalised.

        Raises
        ------
        InvalidInput
            The phases do not rise from 0.
        """
        return propagate_three_body(self.state, self.period, self.system, times=np.asarray(phases) * self.period)
