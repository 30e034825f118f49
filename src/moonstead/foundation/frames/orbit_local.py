"""Axes that ride along: with a spacecraft on its orbit, or with the Moon around the Earth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.rotation import Rotation
from moonstead.foundation.frames.turns import spinning, turned

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

# Powers of two [s] move seconds since J2000 without rounding.
SPACECRAFT_STEP = 1.0
MOON_STEP = 1024.0

# Rows are the LVLH axes in radial, along-track and cross-track axes.
_LVLH = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, -1.0], [-1.0, 0.0, 0.0]])


class Moving(Protocol):
    """What `OrbitLocal` needs of a trajectory."""

    @property
    def name(self) -> str:
        """What messages and reports call it."""

    @property
    def frame(self) -> Frame:
        """Axes of the states."""

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] with a state."""

    def state(self, tdb: Array) -> Array:
        """States (N, 6) [m, m/s] relative to its centre at times (N,) [s TDB past J2000]."""


@dataclass(frozen=True, eq=False)
class OrbitLocal:
    """Axes that follow a trajectory around its centre.

    RTN: x radial, away from the centre; y along the track; z along the angular momentum.
    LVLH: z towards the centre; y against the angular momentum; x along the track (CCSDS 502.0-B-3, annex B).

    The rate is exact but for the turn of the orbit's plane, which takes the acceleration as a central difference of
    velocity over 2 s on either side; within 2 s of an end of the span the plane turns as it does 2 s from the end.

    Attributes
    ----------
    axes : str
        ``"RTN"`` or ``"LVLH"``.
    trajectory : Trajectory
        Anything with states; two frames are equal where they ride on the same object.

    Raises
    ------
    InvalidInput
        The axes are unknown.
    """

    axes: Literal["RTN", "LVLH"]
    trajectory: Moving

    def __post_init__(self) -> None:
        """Refuse axes without a definition."""
        if self.axes not in ("RTN", "LVLH"):
            raise InvalidInput(f"unknown orbit axes {self.axes!r}; known are RTN, LVLH")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OrbitLocal) and (self.axes, id(self.trajectory)) == (other.axes, id(other.trajectory))

    def __hash__(self) -> int:
        return hash((self.axes, id(self.trajectory)))

    @property
    def name(self) -> str:
        """Name that tells the axes and the trajectory."""
        return f"{self.axes}({self.trajectory.name})"

    def from_icrf(self, tdb: Array, data: DataContext) -> Rotation:
        """Rotation from the ICRF to this frame at times (N,) [s TDB past J2000].

        Raises
        ------
        OutsideSpan
            A time lies outside the trajectory.
        """

        def state(times: Array) -> Array:
            return self.trajectory.frame.from_icrf(times, data).inverse().state(self.trajectory.state(times))

        times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        rotation = _radial_axes(state(times), _plane_turn(state, times, SPACECRAFT_STEP, self.trajectory.span))
        return turned(_LVLH, rotation) if self.axes == "LVLH" else rotation


@dataclass(frozen=True)
class EarthMoonRotating:
    """Axes that turn with the Moon: x from the Earth to the Moon, z along the Moon's angular momentum about the Earth.

    These are axes only: lengths stay in metres, they do not pulsate with the distance of the Moon.
    """

    @property
    def name(self) -> str:
        """What messages, files and reports call it."""
        return "EARTH_MOON_ROTATING"

    def from_icrf(self, tdb: Array, data: DataContext) -> Rotation:
        """Rotation from the ICRF to this frame at times (N,) [s TDB past J2000].

        Raises
        ------
        OutsideSpan
            A time lies outside the ephemeris.
        """

        def state(times: Array) -> Array:
            return data.ephemeris.state("MOON", "EARTH", times)

        times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        span = data.ephemeris.span("MOON", "EARTH")
        return _radial_axes(state(times), _plane_turn(state, times, MOON_STEP, span))


EARTH_MOON_ROTATING = EarthMoonRotating()


def _plane_turn(state: Callable[[Array], Array], tdb: Array, step: float, span: tuple[float, float]) -> Array:
    """Angular velocity (N,) [rad/s] of the orbit's plane about the radius.

    The acceleration out of the plane times distance over angular momentum per mass; the acceleration is a fourth-order
    central difference of velocity.
    """
    centre = np.clip(tdb, span[0] + 2.0 * step, span[1] - 2.0 * step)
    shifted = (centre + step * np.array([[-2.0], [-1.0], [0.0], [1.0], [2.0]])).ravel()
    back2, back, middle, ahead, ahead2 = state(shifted).reshape(5, tdb.size, 6)
    acceleration = (8.0 * (ahead - back) - (ahead2 - back2))[:, 3:] / (12.0 * step)
    momentum = np.cross(middle[:, :3], middle[:, 3:])
    distance = np.linalg.norm(middle[:, :3], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        turn: Array = distance * np.einsum("ni,ni->n", acceleration, momentum) / np.sum(momentum**2, axis=1)
    return turn


def _radial_axes(state: Array, plane_turn: Array) -> Rotation:
    """Rotation to radial, along-track, cross-track axes from states (N, 6) and the turn of the plane (N,) [rad/s]."""
    position, velocity = state[:, :3], state[:, 3:]
    momentum = np.cross(position, velocity)
    with np.errstate(invalid="ignore", divide="ignore"):  # a state without angular momentum has no such axes: NaN
        distance = np.linalg.norm(position, axis=1, keepdims=True)
        area = np.linalg.norm(momentum, axis=1, keepdims=True)
        radial, cross = position / distance, momentum / area
        matrix = np.stack([radial, np.cross(cross, radial), cross], axis=1)
        omega = np.zeros_like(position)
        omega[:, 0] = plane_turn
        omega[:, 2] = (area / distance**2)[:, 0]
    return spinning(matrix, omega)
