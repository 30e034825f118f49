"""From an arrival at the Moon back to the perigee that it came from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.errors import NumericalFailure
from moonstead.orbits.elements import kepler_elements
from moonstead.orbits.transfers.cislunar import ROUGH_STEPS, CislunarFlight

if TYPE_CHECKING:
    from moonstead.dynamics.propagated import PropagatedTrajectory

Array = NDArray[np.float64]

EARTH = body("EARTH")
HANDOVER = 2.0e8  # [m] from the Earth: nearer than this the motion is about the Earth, under its field
DESCENT = 4.0 * 86_400.0  # [s] that a fall from the handover to perigee takes at most
LEAST_FLIGHT = 1.0 * 86_400.0  # [s] before the arrival, below which no perigee is looked for
HIGHEST_PERIGEE = 1.2e8  # [m] above it a return is none


@dataclass(frozen=True, eq=False)
class EarthDeparture:
    """The perigee that a flight to the Moon starts from.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        Time of perigee.
    state : (6,) [m, m/s]
        There, about the Earth, in the ICRF.
    transition : (6, 6) [mixed] or None
        Derivatives of that state, at its time, by the state at arrival.
    delay : (6,) [m/s, m/s2] or None
        Derivative of it by the time of an arrival in the same state.
    torque : (3,) [m2/s2]
        Change of the angular momentum there, by the shape of the Earth.
    handover : float [s TDB past J2000]
        From when on the flight is integrated about the Moon.
    farthest : float [m]
        Greatest distance from the Earth on the way.
    """

    tdb: float
    state: Array
    transition: Array | None
    delay: Array | None
    torque: Array
    handover: float
    farthest: float

    @property
    def perigee_distance(self) -> float:
        """Distance [m] from the centre of the Earth."""
        return float(np.linalg.norm(self.state[:3]))

    @property
    def momentum(self) -> Array:
        """Angular momentum (3,) [m2/s] for each kilogram, about the Earth."""
        vector: Array = np.cross(self.state[:3], self.state[3:])
        return vector

    def inclination_to(self, pole: Array) -> float:
        """Angle [rad] of the orbit from the plane whose normal (3,) [1] is given."""
        momentum = self.momentum
        return math.acos(float(momentum @ pole) / float(np.linalg.norm(momentum)))

    @property
    def c3(self) -> float:
        """Twice the energy [m2/s2] about the Earth at perigee: launch C3."""
        return float(self.state[3:] @ self.state[3:]) - 2.0 * EARTH.gm / self.perigee_distance

    @property
    def injection(self) -> float:
        """Change of speed [m/s] from a circular orbit through the perigee, in its plane."""
        circular = math.sqrt(EARTH.gm / self.perigee_distance)
        return float(np.linalg.norm(self.state[3:])) - circular


def earth_departure(
    flight: CislunarFlight,
    state: Array,
    arrival_tdb: float,
    longest: float,
    *,
    with_transition: bool = False,
    steps: float = ROUGH_STEPS,
    through: bool = False,
) -> EarthDeparture | None:
    """The last perigee before an arrival at the Moon, found by flying backwards.

    Parameters
    ----------
    flight : CislunarFlight
        Forces, laid out from before the departure to the arrival.
    state : (6,) [m, m/s]
        At arrival, before any burn, about the Moon in the ICRF.
    arrival_tdb : float [s TDB past J2000]
        Time of arrival.
    longest : float [s]
        Longest flight.
    with_transition : bool
        Give the derivative by the state at arrival too.
    steps : float [1]
        Local error of each step of integration.
    through : bool
        Leave the Moon's surface out, as a correction may begin below it.

    Returns
    -------
    EarthDeparture or None
        None where the flight meets the Moon, or does not come near the Earth within that time.

    Raises
    ------
    OutsideSpan
        The forces were not laid out for these times.
    InvalidInput
        The arrival lies below a surface.
    NumericalFailure
        The flight runs into the centre of the Moon.

    Source
    ------
    Backward search of low-energy transfers: Parker & Anderson (2014), Low-Energy Lunar Trajectory Design, Wiley,
    section 3.3.
    """
    stop = arrival_tdb - longest
    coast = flight.coast(
        state, arrival_tdb, stop, "MOON", with_transition=with_transition, steps=steps, through=through
    )
    tdb = coast.step_times[::-1]
    moon = flight.data.ephemeris.state("MOON", "EARTH", tdb)
    places = coast.positions[::-1, :3] + moon[:, :3]
    distance = np.linalg.norm(places, axis=1)
    near = np.flatnonzero((distance < HANDOVER) & (tdb < arrival_tdb - LEAST_FLIGHT))
    if not near.size or near[0] == 0 or distance[near[0] - 1] < HANDOVER:
        return None
    handover = _time_at(coast, flight, float(tdb[near[0]]), float(tdb[near[0] - 1]))
    outer = coast.state(handover)[0] + flight.moon(handover)
    below = float(kepler_elements(outer, EARTH.gm).periapsis_distance[0]) < EARTH.equatorial_radius
    try:  # inside the Earth its field has no meaning, but a correction may begin there
        descent = flight.coast(
            outer,
            handover,
            handover - DESCENT,
            "EARTH",
            with_transition=with_transition,
            steps=steps,
            as_point=below,
        )
    except NumericalFailure:  # a fall onto the centre itself
        return None
    perigee = _first_perigee(descent)
    if perigee is None:
        return None
    there = descent.state(perigee)[0]
    if np.linalg.norm(there[:3]) > HIGHEST_PERIGEE:
        return None
    around = descent.state([perigee - 1.0, perigee + 1.0])
    torque = 0.5 * np.diff(np.cross(around[:, :3], around[:, 3:]), axis=0)[0]
    transition = delay = None
    if with_transition:
        transition = descent.transition(perigee)[0] @ coast.transition(handover)[0]
        delay = -transition @ np.concatenate((coast.velocities[-1, :3], coast.accelerations[-1, :3]))
    return EarthDeparture(perigee, there, transition, delay, torque, handover, float(distance[: near[0] + 1].max()))


def _time_at(coast: PropagatedTrajectory, flight: CislunarFlight, inside: float, outside: float) -> float:
    """When the distance from the Earth is that of the handover: forwards the same place must be met again."""
    from scipy.optimize import brentq

    def above(tdb: float) -> float:
        return float(np.linalg.norm(coast.state(tdb)[0, :3] + flight.moon(tdb)[:3])) - HANDOVER

    return float(brentq(above, inside, outside, xtol=1e-3))


def _first_perigee(descent: PropagatedTrajectory) -> float | None:
    """When, going backwards, the distance from the Earth first stops falling."""
    from scipy.optimize import brentq

    tdb = descent.step_times[::-1]
    states = descent.state(tdb)
    radial = np.sum(states[:, :3] * states[:, 3:], axis=1)  # positive on the way out, which backwards is a fall
    turned = np.flatnonzero((radial[:-1] > 0.0) & (radial[1:] <= 0.0))
    if not turned.size:
        return None
    k = int(turned[0])
    return float(
        brentq(lambda t: float(np.dot(*np.split(descent.state(t)[0], 2))), tdb[k + 1], tdb[k], xtol=1e-6, rtol=1e-15)
    )
