"""A rotation between two frames together with its rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rotation:
    """Rotation matrices that take coordinates from one frame to another, one for each time.

    Attributes
    ----------
    matrix : (N, 3, 3) [1]
        ``r_target = matrix @ r_source``.
    rate : (N, 3, 3) [1/s]
        Time derivative of `matrix`, per TDB second.
    """

    matrix: Array
    rate: Array

    def position(self, position: Array) -> Array:
        """Positions (N, 3) [m] in the target frame of positions (N, 3) [m] in the source frame."""
        turned: Array = np.einsum("nij,nj->ni", self.matrix, position)
        return turned

    def state(self, state: Array) -> Array:
        """States (N, 6) [m, m/s] in the target frame of states (N, 6) [m, m/s] in the source frame.

        The motion of the target frame relative to the source frame is included.
        """
        turned = np.empty_like(state)
        turned[:, :3] = self.position(state[:, :3])
        turned[:, 3:] = self.position(state[:, 3:]) + np.einsum("nij,nj->ni", self.rate, state[:, :3])
        return turned

    def inverse(self) -> Rotation:
        """Rotation from the target frame back to the source frame."""
        return Rotation(self.matrix.transpose(0, 2, 1), self.rate.transpose(0, 2, 1))

    def after(self, first: Rotation) -> Rotation:
        """Rotation that applies `first` and then this one."""
        return Rotation(self.matrix @ first.matrix, self.rate @ first.matrix + self.matrix @ first.rate)
