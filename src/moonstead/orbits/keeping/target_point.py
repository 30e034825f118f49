"""Target-point control: burns that weigh their size against later departures from the reference."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.keeping.controllers import PlannedBurns
from moonstead.orbits.keeping.reference_orbit import ReferenceOrbit

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TargetPointControl:
    """Burns that minimise a weighted sum of squares: of the burn, and of departures at some later plane crossings.

    Departures are carried on by the transition matrices of the reference, so plans cost nothing, hold time as well as
    shape, and are good while departures stay small beside the orbit.

    Attributes
    ----------
    reference : ReferenceOrbit
        What is kept.
    targets : tuple of int
        How many plane crossings ahead the target points lie.
    every : int
        Crossings from burn to burn, from the first far one.
    burn_scale, position_scale, velocity_scale : float [m/s, m, m/s]
        A burn, a departure of position and one of velocity of this size weigh the same; infinite for no weight.
    least_departure : float [m]
        Nothing is burnt while the estimated position is nearer to the reference.

    Raises
    ------
    InvalidInput
        There is no target ahead, a scale is not positive, or the reference is too short for a single burn.

    Source
    ------
    Howell & Pernicka (1993), Stationkeeping Method for Libration Point Trajectories, J. Guid. Control Dyn. 16, 151,
    doi:10.2514/3.11440.
    """

    reference: ReferenceOrbit
    targets: tuple[int, ...] = (2, 4)
    every: int = 2
    burn_scale: float = 0.1
    position_scale: float = 100e3
    velocity_scale: float = math.inf
    least_departure: float = 0.0

    def __post_init__(self) -> None:
        if not self.targets or min(self.targets) < 1 or self.every < 1:
            raise InvalidInput(f"targets lie one crossing ahead or more; got {self.targets}, every {self.every}")
        scales = (self.burn_scale, self.position_scale, self.velocity_scale)
        if not all(scale > 0.0 for scale in scales) or not math.isfinite(self.burn_scale):
            raise InvalidInput(
                f"the scales of a target-point control must be positive, that of burns finite; got {scales}"
            )
        if not (math.isfinite(self.least_departure) and self.least_departure >= 0.0):
            raise InvalidInput(f"the least departure must be finite and not negative [m]; got {self.least_departure!r}")
        if not self.burn_crossings.size:
            raise InvalidInput(
                f"the reference has {self.reference.crossing_tdb.size} plane crossings; targets {max(self.targets)} "
                "crossings ahead need more than that: fly it for longer, or target nearer"
            )

    @property
    def name(self) -> str:
        """What the method is called."""
        return "target point"

    @property
    def burn_crossings(self) -> NDArray[np.int64]:
        """Numbers of the crossings at which burns may be made, with their targets inside the reference."""
        far = self.reference.far_crossings()
        first = int(far[0]) if far.size else 0
        return np.arange(first, self.reference.crossing_tdb.size - max(self.targets), self.every)

    def plan(self, index: int, estimates: Array) -> PlannedBurns:
        """Burns of least weighted sum.

        Parameters
        ----------
        index : int
            Which of `burn_crossings`.
        estimates : (N, 6) [m, m/s]
            States as they are known.

        Returns
        -------
        PlannedBurns
            Changes of velocity [m/s].

        Source
        ------
        Howell & Pernicka (1993), eqs. 5-8.
        """
        here = int(self.burn_crossings[index])
        departure = estimates - self.reference.crossing_states[here]
        weights = np.repeat([1.0 / self.position_scale, 1.0 / self.velocity_scale], 3)
        rows = [weights[:, None] * self.reference.transition(here, here + ahead) for ahead in self.targets]
        later = np.concatenate(rows)
        normal = later[:, 3:].T @ later[:, 3:] + np.eye(3) / self.burn_scale**2
        gain = np.linalg.solve(normal, later[:, 3:].T @ later)
        burns = -departure @ gain.T
        burns[np.linalg.norm(departure[:, :3], axis=1) < self.least_departure] = 0.0
        return PlannedBurns(burns, np.all(np.isfinite(burns), axis=1))
