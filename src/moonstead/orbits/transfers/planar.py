"""Direct transfers in the planar restricted three-body problem: what textbooks and first studies compare with."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.targeting import correct
from moonstead.orbits.three_body.motion import propagate_three_body
from moonstead.orbits.three_body.system import EARTH_MOON, ThreeBodySystem
from moonstead.orbits.transfers.conics import arriving_periapsis, climbing_velocity, longest_climb
from moonstead.orbits.transfers.lunar_leg import perigee_of

Array = NDArray[np.float64]

SLOWEST_GUESS = 0.97  # [1] of the slowest conic
NUDGE = 1e-7  # [1] steps of central differences near the Earth
UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class PlanarTransfer:
    """A transfer between circular orbits about both bodies, in their plane.

    Attributes
    ----------
    flight_time : float [s]
        From one burn to the other.
    departure, arrival : float [m/s]
        The burns, both along the motion.
    """

    flight_time: float
    departure: float
    arrival: float

    @property
    def delta_v(self) -> float:
        """Both burns together [m/s]."""
        return self.departure + self.arrival


def planar_transfer(
    flight_time: float,
    *,
    departure_altitude: float = 200e3,
    arrival_altitude: float = 100e3,
    retrograde: bool = False,
    system: ThreeBodySystem = EARTH_MOON,
) -> PlanarTransfer:
    """Transfer of a given flight time between circular orbits in the plane of the Moon, burns along the motion.

    Parameters
    ----------
    flight_time : float [s]
        From perigee to perilune.
    departure_altitude, arrival_altitude : float [m]
        Of the orbits, above the equatorial radii.
    retrograde : bool
        Whether the orbit about the Moon runs against the Moon's own motion.
    system : ThreeBodySystem
        Constants of Earth and Moon.

    Returns
    -------
    PlanarTransfer

    Raises
    ------
    InvalidInput
        An altitude is not positive.
    NumericalFailure
        No such transfer takes this time; the message gives what remains.

    Source
    ------
    Topputo (2013), Celest. Mech. Dyn. Astron. 117, 279, doi:10.1007/s10569-013-9513-8, section 2.2: costs against
    the circular velocities about each body alone.
    """
    if not (departure_altitude > 0.0 and arrival_altitude > 0.0):
        raise InvalidInput(f"both altitudes are positive [m]; got {departure_altitude!r} and {arrival_altitude!r}")
    mu = system.mass_ratio
    perigee = (body(system.primary).equatorial_radius + departure_altitude) / system.length
    perilune = (body(system.secondary).equatorial_radius + arrival_altitude) / system.length
    duration = flight_time / system.time
    sense = -1.0 if retrograde else 1.0

    def missed(x: Array) -> tuple[Array, Array]:
        state, slopes = _perilune(x, perilune, sense, mu)
        states, transition = propagate_three_body(state, -duration, system, with_transition=True)
        moved = states[-1] + np.concatenate((NUDGE * np.eye(6), -NUDGE * np.eye(6), np.zeros((1, 6))))
        values = perigee_of(_inertial(moved, -mu), UP, 1.0 - mu)[:, :2]
        slope = ((values[:6] - values[6:12]) / (2.0 * NUDGE)).T
        return values[12] - [perigee, 0.0], slope @ transition[-1] @ slopes

    moon = np.array([1.0, 0.0, 0.0])
    longest = longest_climb(perigee, 1.0, 1.0 - mu)
    climb = climbing_velocity(moon, UP, perigee, min(duration, SLOWEST_GUESS * longest), 1.0 - mu)
    guess = arriving_periapsis(climb - [0.0, 1.0, 0.0], sense * UP, perilune, mu)
    found = correct(
        missed,
        [math.atan2(guess[1], guess[0]), float(np.linalg.norm(guess[3:]))],
        (0.01, 0.005),
        (1e-9, 1e-9),
        names=("perigee distance [1]", "time of perigee [1]"),
        largest_step=10.0,
    )
    arrived = _perilune(found.variables, perilune, sense, mu)[0]
    start = propagate_three_body(arrived, -duration, system)[-1]
    leave = float(np.linalg.norm(_inertial(start[None], -mu)[0, 3:])) - math.sqrt((1.0 - mu) / perigee)
    arrive = float(found.variables[1]) - math.sqrt(mu / perilune)
    return PlanarTransfer(flight_time, leave * system.speed, arrive * system.speed)


def cheapest_planar_transfer(
    shortest: float = 2.5 * SECONDS_PER_DAY,
    longest: float = 6.0 * SECONDS_PER_DAY,
    *,
    departure_altitude: float = 200e3,
    arrival_altitude: float = 100e3,
    retrograde: bool = False,
    system: ThreeBodySystem = EARTH_MOON,
) -> PlanarTransfer:
    """The cheapest planar transfer within a range of flight times.

    Parameters
    ----------
    shortest, longest : float [s]
        Range of the time of flight.
    departure_altitude, arrival_altitude : float [m]
        Of the orbits.
    retrograde : bool
        Sense of the orbit about the Moon.
    system : ThreeBodySystem
        Constants.

    Returns
    -------
    PlanarTransfer

    Raises
    ------
    InvalidInput
        An altitude is not positive.
    NumericalFailure
        There is no transfer.

    Source
    ------
    Brent (1973), Algorithms for Minimization without Derivatives, chapter 5.
    """
    from scipy.optimize import minimize_scalar

    def transfer(duration: float) -> PlanarTransfer:
        return planar_transfer(
            duration,
            departure_altitude=departure_altitude,
            arrival_altitude=arrival_altitude,
            retrograde=retrograde,
            system=system,
        )

    found = minimize_scalar(
        lambda duration: transfer(float(duration)).delta_v,
        bounds=(shortest, longest),
        method="bounded",
        options={"xatol": 60.0},
    )
    return transfer(float(found.x))


def _perilune(x: Array, distance: float, sense: float, mu: float) -> tuple[Array, Array]:
    """Rotating state (6,) at an angle of perilune with an inertial speed, and its derivatives (6, 2)."""
    angle, speed = x
    up = np.array([math.cos(angle), math.sin(angle)])
    ahead = sense * np.array([-up[1], up[0]])
    state = np.zeros(6)
    state[:2] = distance * up + [1.0 - mu, 0.0]
    state[3:5] = speed * ahead - distance * np.array([-up[1], up[0]])  # less the turn of the axes
    slopes = np.zeros((6, 2))
    slopes[:2, 0] = distance * np.array([-up[1], up[0]])
    slopes[3:5, 0] = -sense * speed * up + distance * up
    slopes[3:5, 1] = ahead
    return state, slopes


def _inertial(states: Array, x: float) -> Array:
    """States (N, 6) relative to a body on the axis, without the turn of the axes."""
    moved = states - np.array([x, 0.0, 0.0, 0.0, 0.0, 0.0])
    moved[:, 3] -= moved[:, 1]
    moved[:, 4] += moved[:, 0]
    return moved
