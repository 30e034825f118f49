"""The next perilune of a flight near the Moon, forwards or backwards; it may lie below the surface."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.orbits.transfers.cislunar import ROUGH_STEPS, CislunarFlight

Array = NDArray[np.float64]

MOON = body("MOON")
NEAR = 3.0e7  # [m] from the Moon, within which the osculating conic tells the perilune


@dataclass(frozen=True, eq=False)
class LunarPassage:
    """A perilune.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        When.
    state : (6,) [m, m/s]
        There, about the Moon in the ICRF.
    rate : (6,) [m/s, m/s2]
        Velocity and acceleration there.
    transition : (6, 6) [mixed] or None
        Derivatives of that state, at its time, by the state that the flight was followed from.
    """

    tdb: float
    state: Array
    rate: Array
    transition: Array | None

    @property
    def below(self) -> bool:
        """Whether it lies below the Moon's surface."""
        return self.distance <= MOON.equatorial_radius

    @property
    def distance(self) -> float:
        """From the centre of the Moon [m]."""
        return float(np.linalg.norm(self.state[:3]))

    @property
    def speed(self) -> float:
        """Relative to the Moon [m/s]."""
        return float(np.linalg.norm(self.state[3:]))

    def delay(self, change: Array) -> Array:
        """How much later the perilune comes.

        Parameters
        ----------
        change : (6, n) [mixed]
            Of the flight, at the time of the perilune, by n variables.

        Returns
        -------
        (n,) [s]
            Derivatives by the variables.
        """
        place, motion = self.state[:3], self.state[3:]
        later: Array = -(motion @ change[:3] + place @ change[3:]) / (motion @ motion + place @ self.rate[3:])
        return later

    def inclination_to(self, pole: Array) -> float:
        """Angle [rad] of the plane of flight from that whose normal (3,) [1] is given."""
        normal = np.cross(self.state[:3], self.state[3:])
        return math.acos(float(normal @ pole) / float(np.linalg.norm(normal)))


def lunar_passage(
    flight: CislunarFlight,
    state: Array,
    tdb: float,
    longest: float,
    *,
    backwards: bool,
    with_transition: bool = False,
    steps: float = ROUGH_STEPS,
) -> LunarPassage | None:
    """The first perilune after a state, or the last one before it.

    Parameters
    ----------
    flight : CislunarFlight
        Forces, laid out for the times.
    state : (6,) [m, m/s]
        About the Moon in the ICRF.
    tdb : float [s TDB past J2000]
        When.
    longest : float [s]
        Longest flight.
    backwards : bool
        Look into the past.
    with_transition : bool
        Give the derivative by the state too.
    steps : float [1]
        Local error of each step of integration.

    Returns
    -------
    LunarPassage or None
        None where there is none within that time.

    Raises
    ------
    OutsideSpan
        The forces were not laid out for these times.
    NumericalFailure
        The flight runs into a singularity.

    Source
    ------
    Definition: the distance has a minimum where the radial speed goes through zero.
    """
    from scipy.optimize import brentq

    stop = tdb - longest if backwards else tdb + longest
    coast = flight.coast(state, tdb, stop, "MOON", steps=steps, with_transition=with_transition, through=True)
    way = slice(None, None, -1) if backwards else slice(None)
    times = coast.step_times[way]
    states = np.concatenate((coast.positions[:, :3], coast.velocities[:, :3]), axis=1)[way]
    radial = np.sum(states[:, :3] * states[:, 3:], axis=1) * (-1.0 if backwards else 1.0)
    turned = np.flatnonzero((radial[:-1] < 0.0) & (radial[1:] >= 0.0))
    if not turned.size:
        return None
    ends = sorted((float(times[turned[0]]), float(times[turned[0] + 1])))
    found = float(brentq(lambda t: float(np.dot(*np.split(coast.state(t)[0], 2))), *ends, xtol=1e-6, rtol=1e-15))
    first, last = max(found - 1.0, coast.span[0]), min(found + 1.0, coast.span[1])
    around, state = coast.state([first, last]), coast.state(found)[0]
    rate = np.concatenate((state[3:], (around[1, 3:] - around[0, 3:]) / (last - first)))
    return LunarPassage(found, state, rate, coast.transition(found)[0] if with_transition else None)


def sampled_perilunes(states: Array) -> tuple[Array, Array]:
    """Where flights that are known by samples pass the Moon, by the conic of the nearest sample.

    Parameters
    ----------
    states : (N, K, 6) [m, m/s]
        Samples of N flights about the Moon, in their order along the flight; NaN where a flight has ended.

    Returns
    -------
    perilune : (N,) [m]
        Distance from the Moon's centre; infinite where the nearest sample is far away or is the last one.
    energy : (N,) [m2/s2]
        Of the conic.

    Source
    ------
    Two-body motion.
    """
    distance = np.linalg.norm(states[:, :, :3], axis=2)
    distance = np.where(np.isfinite(distance), distance, np.inf)
    rows, nearest = np.arange(len(states)), np.argmin(distance, axis=1)
    state, near = states[rows, nearest], distance[rows, nearest]
    momentum = np.linalg.norm(np.cross(state[:, :3], state[:, 3:]), axis=1)
    energy = 0.5 * np.sum(state[:, 3:] ** 2, axis=1) - MOON.gm / near
    parameter = momentum**2 / MOON.gm
    perilune = parameter / (1.0 + np.sqrt(np.maximum(0.0, 1.0 + 2.0 * energy * parameter / MOON.gm)))
    return np.where((near < NEAR) & (nearest < distance.shape[1] - 1), perilune, np.inf), energy
