"""How far objects may be from where their elements say, which bring no covariance themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.mean_elements import MeanElements
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ElementErrors:
    """Errors of positions from elements, one sigma, along radial, transverse and normal axes.

    Attributes
    ----------
    at_epoch : (3,) [m]
        At the epoch of the elements.
    growth : (3,) [m/s]
        Added in proportion to the age, in squares.
    drag_share : float [1]
        Of the effect of drag on the phase, which grows with the square of the age, that is not known.

    Raises
    ------
    InvalidInput
        A number is negative or not finite, or an error at the epoch is zero.

    Source
    ------
    The size of the defaults is customary for elements of low orbits, not measured here; give the scatter of an object's
    own history where it is known.
    """

    at_epoch: tuple[float, float, float] = (300.0, 1000.0, 300.0)
    growth: tuple[float, float, float] = (50.0 / SECONDS_PER_DAY, 1000.0 / SECONDS_PER_DAY, 50.0 / SECONDS_PER_DAY)
    drag_share: float = 0.2

    def __post_init__(self) -> None:
        numbers = np.array([*self.at_epoch, *self.growth, self.drag_share])
        if not (np.all(np.isfinite(numbers)) and np.all(numbers >= 0.0) and min(self.at_epoch) > 0.0):
            raise InvalidInput(f"errors of elements must be positive and finite [m, m/s]; got {self}")

    def position_sigmas(self, elements: MeanElements, tdb: ArrayLike) -> Array:
        """Standard deviations of positions of objects at times.

        Parameters
        ----------
        elements : MeanElements
            N sets.
        tdb : (N,) or float [s TDB past J2000]
            Times.

        Returns
        -------
        (N, 3) [m]
            Radial, transverse, normal.

        Source
        ------
        Phase that drag adds: half of the rate of mean motion times the square of the age, times the semi-major axis.
        """
        age = np.abs(np.asarray(tdb, dtype=np.float64) - elements.tdb)[:, None]
        sigmas = np.sqrt(np.square(self.at_epoch) + np.square(np.asarray(self.growth) * age))
        # sets give half of the rate already
        drag = self.drag_share * np.abs(elements.mean_motion_rate) * age[:, 0] ** 2 * elements.semi_major_axis
        sigmas[:, 1] = np.hypot(sigmas[:, 1], drag)
        return np.asarray(sigmas, dtype=np.float64)
