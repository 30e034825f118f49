"""The orbit of a small body: where it is, what pushes it besides gravity, and how well that is known."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

STATE_NAMES = ("x", "y", "z", "vx", "vy", "vz")
PUSH_NAMES = ("A1", "A2", "A3")


@dataclass(frozen=True, slots=True)
class NonGravitational:
    """Acceleration by outgassing or by the heat that a body radiates (Yarkovsky): A g(r) along R, T, N.

    The axes are radial (from the Sun), transverse (in the orbit, forward) and normal. With the default law g is
    (1 au / r)^2, as JPL and ESA use it for asteroids; with Marsden's numbers it is that of water ice.

    Attributes
    ----------
    a1, a2, a3 : float [m/s^2]
        Radial, transverse and normal acceleration where g is 1.
    alpha : float [1]
        Factor of g.
    r0 : float [m]
        Distance that g scales with.
    m, n, k : float [1]
        Exponents: g = alpha (r/r0)^-m (1 + (r/r0)^n)^-k.

    Source
    ------
    Marsden, Sekanina & Yeomans (1973), AJ 78, 211, doi:10.1086/111402, eq. 4; for A2 of asteroids: Farnocchia et al.
    (2013), Icarus 224, 1, doi:10.1016/j.icarus.2013.02.004.
    """

    a1: float = 0.0
    a2: float = 0.0
    a3: float = 0.0
    alpha: float = 1.0
    r0: float = ASTRONOMICAL_UNIT
    m: float = 2.0
    n: float = 5.093
    k: float = 0.0


@dataclass(frozen=True, eq=False)
class SmallBodyOrbit:
    """The state of an asteroid or a comet at one time, with what is known of its errors.

    Attributes
    ----------
    name : str
        What messages and reports call it.
    tdb : float [s TDB past J2000]
        Time of the state.
    state : (6,) [m, m/s]
        From the solar system barycentre in ICRF axes.
    non_gravitational : NonGravitational
        Accelerations besides gravity; none by default.
    covariance : (k, k) [m, m/s, m/s^2] or None
        Of `parameters`, where it is known.
    parameters : tuple of str
        Rows of the covariance: ``x y z vx vy vz``, then those of ``A1``, ``A2``, ``A3`` that were estimated.
    absolute_magnitude, slope : float or None
        H [mag] and G [1] where known.
    source : str
        Who determined it.

    Raises
    ------
    InvalidInput
        The state is not six finite numbers, or the covariance does not fit the parameters.
    """

    name: str
    tdb: float
    state: Array
    non_gravitational: NonGravitational = field(default_factory=NonGravitational)
    covariance: Array | None = None
    parameters: tuple[str, ...] = STATE_NAMES
    absolute_magnitude: float | None = None
    slope: float | None = None
    source: str = ""

    def __post_init__(self) -> None:
        state = np.ascontiguousarray(self.state, dtype=np.float64)
        object.__setattr__(self, "state", state)
        if state.shape != (6,) or not np.all(np.isfinite(state)) or not np.isfinite(self.tdb):
            raise InvalidInput(
                f"the state of {self.name!r} must be six finite numbers [m, m/s] at a finite time; "
                f"got {state.tolist()} at {self.tdb!r}"
            )
        pushes = self.parameters[len(STATE_NAMES) :]
        if self.parameters[: len(STATE_NAMES)] != STATE_NAMES or list(pushes) != [p for p in PUSH_NAMES if p in pushes]:
            raise InvalidInput(
                f"the parameters of {self.name!r} are {', '.join(self.parameters)}; "
                f"they must be {', '.join(STATE_NAMES)} and then those of {', '.join(PUSH_NAMES)} that were estimated"
            )
        if self.covariance is None:
            return
        covariance = np.ascontiguousarray(self.covariance, dtype=np.float64)
        object.__setattr__(self, "covariance", covariance)
        size = len(self.parameters)
        if covariance.shape != (size, size) or not np.all(np.isfinite(covariance)):
            raise InvalidInput(
                f"the covariance of {self.name!r} has the shape {covariance.shape}; "
                f"it needs {size} finite rows and columns, one for each of {', '.join(self.parameters)}"
            )


def parameter_columns(orbit: SmallBodyOrbit) -> list[int]:
    """Which of the six numbers of a state and A1, A2, A3 belong to the rows of an orbit's covariance.

    Parameters
    ----------
    orbit : SmallBodyOrbit
        Its covariance has rows for the state and for some of A1, A2, A3.

    Returns
    -------
    list of int
        One place in ``x y z vx vy vz A1 A2 A3`` for each row: a column of partials by all nine.
    """
    every = (*STATE_NAMES, *PUSH_NAMES)
    return [every.index(name) for name in orbit.parameters]
