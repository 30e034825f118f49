"""Motions that low thrust may act in: the restricted three-body problem, and the full model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.burns import FiniteBurn
from moonstead.dynamics.propagate import OrbitState, PreparedForces, propagate
from moonstead.foundation.constants import STANDARD_GRAVITY
from moonstead.foundation.errors import NumericalFailure
from moonstead.foundation.kernel_cache import prepare

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

FINENESS = 0.12  # [1] steps over the pace of the nearer body: about fifty a turn, an error of 1e-11 in each
LEAST_ACCELERATION = 1e-9  # [1] of the unit: what stands for no thrust where its derivatives are wanted


@dataclass(frozen=True, eq=False)
class ThreeBodyThrust:
    """Segments of constant thrust in the rotating axes of the circular restricted three-body problem.

    Attributes
    ----------
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.
    durations : (N,) [1]
        Of the segments, normalised.
    exhaust : float [1]
        Exhaust velocity, normalised.
    """

    mass_ratio: float
    durations: Array
    exhaust: float

    def fly(self, segment: int, state: Array, acceleration: Array) -> tuple[Array, Array]:
        """State after a segment, and its derivatives.

        Parameters
        ----------
        segment : int
            Which.
        state : (6,) [1]
            At its start, normalised.
        acceleration : (3,) [1]
            Thrust over the mass at its start.

        Returns
        -------
        end : (6,) [1]
            State at its end.
        partials : (6, 9) [1]
            By state and acceleration.

        Raises
        ------
        NumericalFailure
            The motion meets the centre of a body.

        Source
        ------
        Szebehely (1967), Theory of Orbits, 1.5; steps of DOP853: Hairer, Norsett & Wanner (1993), section II.5.
        """
        prepare()
        from moonstead.dynamics.dormand_prince_tableau import NODES, STAGE_WEIGHTS, WEIGHTS
        from moonstead.orbits.transfers.low_thrust_kernels import DONE, thrust_segment

        end, partials = np.empty(6), np.empty((6, 9))
        force = np.ascontiguousarray(acceleration, dtype=np.float64)
        status = thrust_segment(
            np.ascontiguousarray(state, dtype=np.float64),
            self.mass_ratio,
            force,
            self.exhaust,
            float(self.durations[segment]),
            FINENESS,
            NODES,
            WEIGHTS,
            STAGE_WEIGHTS,
            end,
            partials,
        )
        if status != DONE or not np.all(np.isfinite(end)):
            raise NumericalFailure("a segment under thrust meets the centre of a body")
        return end, partials


@dataclass(frozen=True, eq=False)
class FlownThrust:
    """Segments of constant thrust, fixed in the ICRF, in the full model.

    Attributes
    ----------
    prepared : PreparedForces
        The forces, with a mass.
    data : DataContext
        Ephemeris, orientation and gravity fields.
    epochs_tdb : (N + 1,) [s TDB past J2000]
        Ends of the segments.
    specific_impulse : float [s]
        Of the engine.
    length, time : float [m, s]
        Units of the motion, about the size of the orbit, so that states and thrust are near one.
    """

    prepared: PreparedForces
    data: DataContext
    epochs_tdb: Array
    specific_impulse: float
    length: float
    time: float

    @property
    def durations(self) -> Array:
        """Of the segments (N,) [1], in units of `time`."""
        lengths: Array = np.diff(self.epochs_tdb) / self.time
        return lengths

    @property
    def exhaust(self) -> float:
        """Exhaust velocity [1], in units of `length` over `time`."""
        return STANDARD_GRAVITY * self.specific_impulse * self.time / self.length

    @property
    def scales(self) -> Array:
        """Units of a state (6,) [m, m/s]."""
        return np.repeat([self.length, self.length / self.time], 3)

    def burn(self, segment: int, acceleration: ArrayLike, mass: float) -> FiniteBurn | None:
        """The burn of a segment.

        Parameters
        ----------
        segment : int
            Which.
        acceleration : (3,) [1]
            Thrust over the mass at its start, in the motion's units.
        mass : float [kg]
            At its start.

        Returns
        -------
        FiniteBurn or None
            None where the thrust is next to nothing.
        """
        force = np.asarray(acceleration, dtype=np.float64) * (mass * self.length / self.time**2)
        thrust = float(np.linalg.norm(force))
        if thrust <= LEAST_ACCELERATION * mass * self.length / self.time**2:
            return None
        start, stop = float(self.epochs_tdb[segment]), float(self.epochs_tdb[segment + 1])
        direction = (float(force[0]), float(force[1]), float(force[2]))
        return FiniteBurn(start, stop - start, thrust, self.specific_impulse, direction)

    def fly(self, segment: int, state: Array, acceleration: Array) -> tuple[Array, Array]:
        """State after a segment, and its derivatives.

        Parameters
        ----------
        segment : int
            Which.
        state : (6,) [1]
            At its start, about the model's centre in the ICRF, in the motion's units.
        acceleration : (3,) [1]
            Thrust over the mass at its start.

        Returns
        -------
        end : (6,) [1]
            State at its end.
        partials : (6, 9) [1]
            By state and acceleration.

        Raises
        ------
        NumericalFailure
            The motion meets a surface or a singularity.
        InvalidInput
            The segment starts below a surface.

        Source
        ------
        As `propagate`.
        """
        mass = self.prepared.model.mass
        assert mass is not None
        small = np.array([2.0 * LEAST_ACCELERATION, 0.0, 0.0])
        pushed = acceleration if np.linalg.norm(acceleration) > LEAST_ACCELERATION else small
        burn = self.burn(segment, pushed, mass)
        assert burn is not None
        first, last = float(self.epochs_tdb[segment]), float(self.epochs_tdb[segment + 1])
        path = propagate(
            OrbitState(state * self.scales, first, self.prepared.model.center),
            last,
            self.prepared,
            self.data,
            burns=[burn],
            step_tolerance=1e-12,
            parameters=("thrust_x", "thrust_y", "thrust_z"),
        )
        if path.hit_surface:
            raise NumericalFailure(f"a segment under thrust meets the surface of {path.ending_body}")
        scales = self.scales
        by_state = path.transition(last)[0] * scales / scales[:, None]
        by_thrust = path.sensitivity(last)[0] / float(np.linalg.norm(pushed)) / scales[:, None]
        return path.state(last)[0] / scales, np.concatenate((by_state, by_thrust), axis=1)


def warm_up() -> None:
    """Compile the kernel of segments under thrust."""
    motion = ThreeBodyThrust(0.0121, np.array([1e-3]), 10.0)
    motion.fly(0, np.array([0.9, 0.0, 0.0, 0.0, 0.5, 0.0]), np.array([1e-3, 0.0, 0.0]))
