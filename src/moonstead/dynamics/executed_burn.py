"""Burns as many spacecraft execute them: to each its own vector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import Burn, FiniteBurn, ImpulsiveBurn
from moonstead.foundation.constants import STANDARD_GRAVITY
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ExecutedBurn:
    """A burn that every one of many spacecraft executes in its own way.

    Attributes
    ----------
    burn : ImpulsiveBurn or FiniteBurn
        What was planned: times, axes, specific impulse.
    vectors : (N, 3) [m/s or N]
        Changes of velocity of an impulsive burn, thrusts of a finite one, in the burn's axes.
    """

    burn: Burn
    vectors: Array

    def __post_init__(self) -> None:
        vectors = np.ascontiguousarray(self.vectors, dtype=np.float64)
        if vectors.ndim != 2 or vectors.shape[1] != 3 or not np.all(np.isfinite(vectors)):
            raise InvalidInput(f"an executed burn needs finite vectors of shape (N, 3); got {vectors.shape}")
        if isinstance(self.burn, FiniteBurn) and self.burn.axes != "ICRF":
            raise InvalidInput("thrust in turning axes is not flown by many at a time: give its direction in the ICRF")
        object.__setattr__(self, "vectors", vectors)

    @classmethod
    def as_planned(cls, burn: Burn, count: int) -> ExecutedBurn:
        """The same burn by all of `count` spacecraft."""
        if isinstance(burn, ImpulsiveBurn):
            vector = np.asarray(burn.delta_v, dtype=np.float64)
        else:
            vector = burn.thrust * burn.unit_direction()
        return cls(burn, np.tile(vector, (count, 1)))

    def mass_ratio(self, rows: slice) -> Array:
        """Mass behind an impulsive burn over the mass before it (B,) [1]: Tsiolkovsky's equation."""
        speed = np.linalg.norm(self.vectors[rows], axis=1)
        if not isinstance(self.burn, ImpulsiveBurn) or self.burn.specific_impulse is None:
            return np.ones(speed.size)
        return np.asarray(np.exp(-speed / (STANDARD_GRAVITY * self.burn.specific_impulse)))

    def mass_flow(self, rows: slice) -> Array:
        """Loss of mass during a finite burn (B,) [kg/s]."""
        assert isinstance(self.burn, FiniteBurn)
        thrust = np.linalg.norm(self.vectors[rows], axis=1)
        return np.asarray(thrust / (STANDARD_GRAVITY * self.burn.specific_impulse))

    def change(self, states: Array, rows: slice) -> Array:
        """Changes of velocity (B, 3) [m/s] in ICRF axes at states (B, 6) [m, m/s]."""
        vectors = self.vectors[rows]
        if self.burn.axes == "ICRF":
            return vectors
        radial = states[:, :3] / np.linalg.norm(states[:, :3], axis=1, keepdims=True)
        normal = np.cross(states[:, :3], states[:, 3:])
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        axes = np.stack((radial, np.cross(normal, radial), normal), axis=1)
        return np.einsum("nij,ni->nj", axes, vectors)
