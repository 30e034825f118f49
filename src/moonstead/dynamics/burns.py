"""Burns: changes of velocity at an instant, and thrust over a while."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import STANDARD_GRAVITY
from moonstead.foundation.errors import InvalidInput

AXES = ("ICRF", "RTN")


@dataclass(frozen=True)
class ImpulsiveBurn:
    """A change of velocity at an instant.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        When.
    delta_v : (3,) [m/s]
        Change of velocity.
    axes : str
        ``"ICRF"``, or ``"RTN"``: radial outwards, transverse, along the orbit's normal, at the burn.
    specific_impulse : float or None [s]
        Mass that it costs by the rocket equation; None leaves the mass as it is.
    """

    tdb: float
    delta_v: tuple[float, float, float]
    axes: str = "ICRF"
    specific_impulse: float | None = None

    def __post_init__(self) -> None:
        _require_axes(self.axes)
        _require_vector("delta_v", self.delta_v)
        if self.specific_impulse is not None:
            _require_positive("the specific impulse", self.specific_impulse, "s")

    @classmethod
    def at(cls, tdb: float, delta_v: NDArray[np.float64]) -> ImpulsiveBurn:
        """A burn at a time [s TDB past J2000] by a change of velocity (3,) [m/s] in ICRF axes."""
        return cls(tdb, (float(delta_v[0]), float(delta_v[1]), float(delta_v[2])))

    def change(self, state: NDArray[np.float64]) -> NDArray[np.float64]:
        """Change of velocity (3,) [m/s] in ICRF axes at a state (6,) [m, m/s]."""
        vector = np.asarray(self.delta_v, dtype=np.float64)
        return vector if self.axes == "ICRF" else radial_axes(state).T @ vector

    def transition(self, state: NDArray[np.float64]) -> NDArray[np.float64]:
        """How the state behind the burn depends on the one before it.

        Parameters
        ----------
        state : (6,) [m, m/s]
            Before the burn, in ICRF axes.

        Returns
        -------
        (6, 6) [mixed]
            Partial derivatives in [1], [s] and [1/s].

        Source
        ------
        Complex-step derivative: Squire & Trapp (1998), SIAM Review 40, 110, doi:10.1137/S003614459631241X.
        """
        matrix = np.eye(6)
        if self.axes == "RTN":
            step = 1e-30
            for k in range(6):
                shifted = state.astype(np.complex128)
                shifted[k] += 1j * step
                matrix[3:, k] += (radial_axes(shifted).T @ np.asarray(self.delta_v)).imag / step
        return matrix

    def mass_ratio(self) -> float:
        """Mass behind the burn over the mass before it [1]: Tsiolkovsky's equation."""
        if self.specific_impulse is None:
            return 1.0
        return math.exp(-math.dist(self.delta_v, (0.0, 0.0, 0.0)) / (STANDARD_GRAVITY * self.specific_impulse))


@dataclass(frozen=True)
class FiniteBurn:
    """Constant thrust over a while; the mass it throws away is counted.

    Attributes
    ----------
    start : float [s TDB past J2000]
        Ignition.
    duration : float [s]
        Until cut-off.
    thrust : float [N]
        Force on the spacecraft.
    specific_impulse : float [s]
        Exhaust velocity over standard gravity.
    direction : (3,) [1]
        Direction of the force, of any length.
    axes : str
        ``"ICRF"`` for a fixed direction; ``"RTN"`` for one that turns with the orbit.
    """

    start: float
    duration: float
    thrust: float
    specific_impulse: float
    direction: tuple[float, float, float]
    axes: str = "ICRF"

    def __post_init__(self) -> None:
        _require_axes(self.axes)
        _require_vector("the direction of thrust", self.direction)
        if not any(self.direction):
            raise InvalidInput("the direction of thrust has no length; give a vector that is not zero")
        if not math.isfinite(self.start):
            raise InvalidInput(f"the ignition time must be finite; got {self.start!r}")
        _require_positive("the duration of a burn", self.duration, "s")
        _require_positive("the thrust", self.thrust, "N")
        _require_positive("the specific impulse", self.specific_impulse, "s")

    @property
    def stop(self) -> float:
        """Cut-off [s TDB past J2000]."""
        return self.start + self.duration

    @property
    def mass_flow(self) -> float:
        """Mass thrown away [kg/s]."""
        return self.thrust / (STANDARD_GRAVITY * self.specific_impulse)

    def unit_direction(self) -> NDArray[np.float64]:
        """Direction (3,) [1] of length one."""
        direction = np.asarray(self.direction, dtype=np.float64)
        return direction / np.linalg.norm(direction)


Burn = ImpulsiveBurn | FiniteBurn


def radial_axes(state: NDArray[Any]) -> NDArray[Any]:
    """Unit vectors radial outwards, transverse and normal to the orbit.

    Parameters
    ----------
    state : (6,) [m, m/s]
        Real or complex, so that derivatives can be had by complex steps.

    Returns
    -------
    (3, 3) [1]
        One vector in each row, in the axes of the state.

    Source
    ------
    Definition of the axes RTN, as in `OrbitLocal`.
    """
    radial = state[:3] / np.sqrt(state[:3] @ state[:3])
    normal = np.cross(state[:3], state[3:])
    normal = normal / np.sqrt(normal @ normal)
    return np.array([radial, np.cross(normal, radial), normal])


def require_burns_within(burns: Sequence[Burn], first: float, last: float) -> None:
    """Raise unless every burn lies within [first, last) and no two finite burns overlap.

    Parameters
    ----------
    burns : sequence of ImpulsiveBurn and FiniteBurn
        In any order.
    first, last : float [s TDB past J2000]
        Ends of the propagation.

    Raises
    ------
    InvalidInput
        A burn lies outside, where it would silently not happen, or two finite burns overlap.
    """
    for burn in burns:
        start, stop = (burn.tdb, burn.tdb) if isinstance(burn, ImpulsiveBurn) else (burn.start, burn.stop)
        impulsive = isinstance(burn, ImpulsiveBurn)
        if not (first <= start and (stop < last if impulsive else stop <= last)):
            raise InvalidInput(
                f"a burn from {start!r} to {stop!r} s TDB past J2000 does not lie within the propagation "
                f"from {first!r} to {last!r}; an impulsive burn must come before the later end"
            )
    finite = sorted((burn for burn in burns if isinstance(burn, FiniteBurn)), key=lambda burn: burn.start)
    for earlier, later in pairwise(finite):
        if later.start < earlier.stop:
            raise InvalidInput(f"the burn from {later.start!r} s starts before the one until {earlier.stop!r} s stops")


def _require_axes(axes: str) -> None:
    if axes not in AXES:
        raise InvalidInput(f"burns know the axes {' and '.join(AXES)}; got {axes!r}")


def _require_vector(what: str, vector: Sequence[float]) -> None:
    if len(vector) != 3 or not all(math.isfinite(x) for x in vector):
        raise InvalidInput(f"{what} needs three finite numbers; got {vector!r}")


def _require_positive(what: str, value: float, unit: str) -> None:
    if not (math.isfinite(value) and value > 0.0):
        raise InvalidInput(f"{what} must be positive and finite [{unit}]; got {value!r}")
