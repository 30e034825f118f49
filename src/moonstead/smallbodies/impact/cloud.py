"""An orbit and all that agree with its observations, in coordinates in which the uncertainty is a unit sphere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.motion.orbit import PUSH_NAMES, STATE_NAMES, NonGravitational, SmallBodyOrbit

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OrbitCloud:
    """A Gaussian cloud of orbits.

    A point n (k,) of the cloud is the orbit with the parameters ``nominal + root @ n``; the density of n is that of k
    independent standard normal numbers.

    Attributes
    ----------
    orbit : SmallBodyOrbit
        The nominal one.
    root : (k, k) [m, m/s, m/s^2]
        A square root of the covariance, the weakest direction first.
    """

    orbit: SmallBodyOrbit
    root: Array

    @property
    def size(self) -> int:
        """Number of parameters."""
        return self.root.shape[0]

    def states(self, points: Array) -> Array:
        """States (N, 6) [m, m/s] of points (N, k) [1] of the cloud at the epoch."""
        return np.ascontiguousarray(self.orbit.state + points @ self.root[:6].T)

    def pushes(self, points: Array) -> Array:
        """A1, A2, A3 (N, 3) [m/s2] of points (N, k) [1] of the cloud."""
        law = self.orbit.non_gravitational
        values = np.tile(np.array([law.a1, law.a2, law.a3]), (len(points), 1))
        for row, name in enumerate(self.orbit.parameters[len(STATE_NAMES) :], start=len(STATE_NAMES)):
            values[:, PUSH_NAMES.index(name)] += points @ self.root[row]
        return values


def orbit_cloud(orbit: SmallBodyOrbit) -> OrbitCloud:
    """The cloud of an orbit with a covariance.

    Parameters
    ----------
    orbit : SmallBodyOrbit
        With its covariance.

    Returns
    -------
    OrbitCloud
        Directions without uncertainty (eigenvalues of zero, or below by rounding) stay, with a length of zero.

    Raises
    ------
    InvalidInput
        There is no covariance, or forces follow another law than the square of the distance.

    Source
    ------
    Spectral theorem, on the correlation matrix: states and forces differ by twenty orders of magnitude.
    """
    if orbit.covariance is None:
        raise InvalidInput(
            f"the orbit of {orbit.name} has no covariance, so no probability follows from it; give one with its errors"
        )
    plain, law = NonGravitational(), orbit.non_gravitational
    same = all(getattr(law, one) == getattr(plain, one) for one in ("alpha", "r0", "m", "k"))
    if not same and (law.a1, law.a2, law.a3) != (0.0, 0.0, 0.0):
        raise InvalidInput(
            f"the forces on {orbit.name} follow a law of outgassing; many orbits at once fly only forces that fall "
            "with the square of the distance from the Sun: fit the orbit with that law, or without forces"
        )
    spread = np.sqrt(np.diag(orbit.covariance))
    spread = np.where(spread > 0.0, spread, 1.0)
    values, vectors = np.linalg.eigh(orbit.covariance / np.outer(spread, spread))
    root = spread[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))
    return OrbitCloud(orbit, np.ascontiguousarray(root[:, ::-1]))
