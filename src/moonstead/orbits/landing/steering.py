"""Full thrust with a linear tangent of pitch: nearly the best way down to a hover and up into an orbit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.orbits.landing.powered import GM, Vehicle

Array = NDArray[np.float64]

STEPS = 240
CLOSE = 1e-6  # [1] of a kilometre and of 100 m/s: a millimetre and 0.1 mm/s


@dataclass(frozen=True, eq=False)
class SteeredPath:
    """A planar burn at full thrust.

    Attributes
    ----------
    times : (N,) [s]
        From ignition.
    path : (N, 5) [m, rad, m/s, m/s, kg]
        Distance from the centre, angle travelled, radial and transverse velocity, mass.
    pitch : (N,) [rad]
        Of thrust above the local horizontal.
    tangent : (2,) [1, 1/s]
        Of the pitch at ignition, and its rate.
    """

    times: Array
    path: Array
    pitch: Array
    tangent: tuple[float, float]

    @property
    def duration(self) -> float:
        """Of the burn [s]."""
        return float(self.times[-1])

    @property
    def final_mass(self) -> float:
        """At cut-off [kg]."""
        return float(self.path[-1, 4])


def steer(
    vehicle: Vehicle, start: tuple[float, float, float], goal: tuple[float, float, float], *, brake: bool
) -> SteeredPath:
    """The planar burn at full thrust between two states, with a linear tangent of pitch.

    Parameters
    ----------
    vehicle : Vehicle
        Mass, thrust, specific impulse.
    start, goal : (3,) [m, m/s, m/s]
        Distance from the centre, radial and transverse velocity; the angle travelled is free.
    brake : bool
        Whether the horizontal part of thrust points against the motion.

    Returns
    -------
    SteeredPath

    Raises
    ------
    NumericalFailure
        No such burn was found: most often the thrust is too small for the height.

    Source
    ------
    Linear tangent law: Bryson & Ho (1975), Applied Optimal Control, section 2.7, there for a flat ground and uniform
    gravity; here a first guess and the law of aborts.
    """
    from scipy.optimize import fsolve

    from moonstead.foundation.kernel_cache import prepare

    prepare()
    from moonstead.orbits.landing.powered_kernels import steered_kernel

    path = np.empty((STEPS + 1, 5))
    begin = np.array([start[0], 0.0, start[1], start[2]])
    exhaust, sign = vehicle.exhaust_velocity, -1.0 if brake else 1.0
    change = math.hypot(goal[1] - start[1], goal[2] - start[2])
    longest = 0.97 * vehicle.mass * exhaust / vehicle.thrust
    usual = vehicle.mass * exhaust / vehicle.thrust * (1.0 - math.exp(-change / exhaust))

    def miss(x: Array) -> Array:
        duration = min(max(x[2], 1e-3) * usual, longest)
        steered_kernel(
            begin, vehicle.mass, sign * vehicle.thrust, exhaust, GM, x[0], x[1] / usual, duration, STEPS, path
        )
        off = (path[-1, 0] - goal[0]) / 1e3, (path[-1, 2] - goal[1]) / 100.0, (path[-1, 3] - goal[2]) / 100.0
        return np.array([*off[:2], off[2] + max(x[2] * usual - longest, 0.0)])

    for first, rate, stretch in _GUESSES:
        found, _, status, _ = fsolve(miss, [first, rate, stretch], full_output=True, xtol=1e-13)
        if status == 1 and float(np.max(np.abs(miss(found)))) < CLOSE and found[2] * usual < longest:
            times = np.linspace(0.0, found[2] * usual, STEPS + 1)
            tangent = (float(found[0]), float(found[1] / usual))
            return SteeredPath(times, path.copy(), np.arctan(tangent[0] + tangent[1] * times), tangent)
    weight = vehicle.thrust / (vehicle.mass * GM / start[0] ** 2)
    raise NumericalFailure(
        f"no burn at full thrust leads from {start[0] / 1e3:.1f} km and {start[2]:.0f} m/s to {goal[0] / 1e3:.1f} km "
        f"and {goal[2]:.0f} m/s: thrust over weight is {weight:.2f} at ignition; take more thrust, less mass, or a "
        "higher start"
    )


# Tangent at ignition, its change over the usual burn, burn over the usual burn
_GUESSES = tuple(
    (first, rate, stretch)
    for stretch in (1.03, 1.15, 1.35)
    for first, rate in (
        (0.0, 0.6),
        (0.2, 0.7),
        (0.6, -0.4),
        (1.0, -1.0),
        (-0.1, 0.2),
        (0.4, 0.5),
        (-0.5, 1.5),
        (0.0, -0.3),
    )
)
