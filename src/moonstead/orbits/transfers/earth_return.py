"""Home from the Moon: one burn from any orbit about it to the entry interface."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.propagate import OrbitState
from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.targeting import correct_smallest
from moonstead.orbits.transfers.cislunar import CislunarFlight
from moonstead.orbits.transfers.conics import climbing_eccentricity, leaving_velocities, longest_climb
from moonstead.orbits.transfers.interface import ENTRY_ANGLE, entry_with_partials, interface_distance
from moonstead.orbits.transfers.lunar_leg import STEPS, EarthEnd, fly_to_earth, handover_time, shift
from moonstead.orbits.transfers.measures import pole
from moonstead.orbits.transfers.transfer import Handover, Target, Transfer, TransferEvent

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

VACUUM_PERIGEE = 40e3  # [m] height of the perigee of an entry at 6 degrees: first guess
PLANES = 24  # directions from which the Earth may be approached, tried for the first guess
LOWEST_PASS = 20e3  # [m] over the Moon that a departing hyperbola keeps
SLOWEST_GUESS = 0.97  # [1] of the slowest conic
SCALE = 20.0  # [m/s] of each part of the burn
LARGEST_STEP = 5.0
TOLERANCES = (1.0, 1e-2, 1e-8)  # perigee of entry [m], its time [s], cosine of the inclination
ROUNDS = 6
SAME_INTERFACE = 0.5  # [m]
CONSTRAINTS = ("perigee of entry [m]", "time of entry [s]", "cosine of the inclination of entry")
NEAR_MOON = 6.0e7  # [m] below it a flight home starts about the Moon


@dataclass(frozen=True)
class EntryCase:
    """How the atmosphere is met.

    Attributes
    ----------
    angle : float [rad]
        Of the flight path at the interface, without the Earth's spin, negative.
    inclination : float or None [rad]
        Of the approach to the Earth's equator; None takes the cheapest.
    """

    angle: float = ENTRY_ANGLE
    inclination: float | None = None

    def __post_init__(self) -> None:
        if not -0.5 * math.pi < self.angle < 0.0:
            raise InvalidInput(f"the angle of entry lies between -pi/2 and 0 [rad]; got {self.angle!r}")


@dataclass(frozen=True, eq=False)
class EarthReturn:
    """One burn and the way home.

    Attributes
    ----------
    case : EntryCase
        How it ends.
    departure : OrbitState
        Before the burn.
    burn : (3,) [m/s]
        Change of velocity in the ICRF.
    entry : EarthEnd
        At the interface.
    handovers : tuple of Handover
        Changes of the centre of integration on the way.
    """

    case: EntryCase
    departure: OrbitState
    burn: Array
    entry: EarthEnd
    handovers: tuple[Handover, ...] = ()

    @property
    def delta_v(self) -> float:
        """Size of the burn [m/s]."""
        return float(np.linalg.norm(self.burn))

    @property
    def duration(self) -> float:
        """From the burn to the interface [s]."""
        return self.entry.tdb - self.departure.epoch_tdb

    @property
    def entry_speed(self) -> float:
        """At the interface [m/s], without the Earth's spin."""
        return float(np.linalg.norm(self.entry.state[3:]))


def solve_return(
    departure: OrbitState,
    entry_tdb: float,
    case: EntryCase,
    flight: CislunarFlight,
    *,
    guess: Array,
    rough: bool = False,
) -> EarthReturn:
    """The smallest burn at a state that comes to the entry interface at a time, under the full forces.

    Parameters
    ----------
    departure : OrbitState
        Before the burn, about the Moon or the Earth, in the ICRF.
    entry_tdb : float [s TDB past J2000]
        Time at the interface.
    case : EntryCase
        Angle, and inclination if asked.
    flight : CislunarFlight
        Forces, laid out for the whole flight.
    guess : (3,) [m/s]
        Burn to start from.
    rough : bool
        Stop where the burn is the smallest within a thousandth and the interface within some hundred metres: for scans.

    Returns
    -------
    EarthReturn

    Raises
    ------
    NumericalFailure
        No burn near the guess does it; the message gives what remains.
    OutsideSpan
        The forces were not laid out for all of it.

    Source
    ------
    As `correct_smallest`.
    """
    earth_pole = pole("EARTH", entry_tdb, flight.data)
    tdb, start = departure.epoch_tdb, departure.position_velocity

    def end_of(burn: Array) -> EarthEnd:
        state = np.concatenate((start[:3], start[3:] + burn))
        return fly_home(flight, OrbitState(state, tdb, departure.center), entry_tdb)

    count = 2 if case.inclination is None else 3
    burn, interface = np.array(guess, dtype=np.float64), body("EARTH").equatorial_radius
    for _ in range(1 if rough else ROUNDS):
        before = interface
        interface = interface_distance(end_of(burn).state[:3], earth_pole)
        if abs(interface - before) < SAME_INTERFACE:
            break

        def missed(x: Array, interface: float = interface) -> tuple[Array, Array]:
            value, partials = entry_with_partials(end_of(x), earth_pole, interface, case.angle)
            if case.inclination is not None:
                value = value - [0.0, 0.0, math.cos(case.inclination)]
            return value[:count], partials[:count, 3:]

        burn = correct_smallest(
            missed,
            burn,
            [SCALE] * 3,
            TOLERANCES[:count],
            names=CONSTRAINTS,
            largest_step=LARGEST_STEP,
            settled=1e-2 if rough else 1e-4,
            most_steps=15,
        ).variables
    near_moon = departure.center == "MOON"
    handovers = (Handover(handover_time(tdb, entry_tdb), "EARTH"),) if near_moon else ()
    return EarthReturn(case, departure, burn, end_of(burn), handovers)


def fly_home(flight: CislunarFlight, state: OrbitState, stop: float) -> EarthEnd:
    """Fly from anywhere between Earth and Moon to a time near the Earth.

    Parameters
    ----------
    flight : CislunarFlight
        Forces.
    state : OrbitState
        Start, about the Moon or the Earth, in the ICRF.
    stop : float [s TDB past J2000]
        End.

    Returns
    -------
    EarthEnd
        `handover` is the start itself where the flight is about the Earth all the way.

    Raises
    ------
    OutsideSpan
        The forces were not laid out for these times.
    NumericalFailure
        The flight meets the Moon.

    Source
    ------
    As `propagate`.
    """
    if state.center == "MOON":
        return fly_to_earth(flight, state.position_velocity, state.epoch_tdb, stop)
    coast = flight.coast(state.position_velocity, state.epoch_tdb, stop, "EARTH", with_transition=True, steps=STEPS)
    return EarthEnd(float(stop), coast.state(stop)[0], coast.transition(stop)[0], state.epoch_tdb)


def return_guess(departure: OrbitState, duration: float, data: DataContext) -> Array | None:
    """Burn by patched conics: a hyperbola away from the Moon, then a fall from the Moon to the Earth.

    Parameters
    ----------
    departure : OrbitState
        Before the burn, about the Moon.
    duration : float [s]
        Of the whole way.
    data : DataContext
        Ephemeris.

    Returns
    -------
    (3,) [m/s] or None
        The cheapest of all directions of approach; None where each of them would pass through the Moon.

    Raises
    ------
    NumericalFailure
        No fall takes this time.

    Source
    ------
    Battin (1999), An Introduction to the Mathematics and Methods of Astrodynamics, revised ed., section 7.8.
    """
    return cheapest_leaving(departure.position_velocity, falls_home(departure.epoch_tdb, duration, data))


def falls_home(tdb: float, duration: float, data: DataContext) -> Array:
    """Excess velocities from the Moon of conics that are home in time, one for each plane of approach.

    Parameters
    ----------
    tdb : float [s TDB past J2000]
        Departure.
    duration : float [s]
        From departure to entry.
    data : DataContext
        Ephemeris.

    Returns
    -------
    (P, 3) [m/s]
        Relative to the Moon, in the ICRF.

    Source
    ------
    As `return_guess`.
    """
    gm = body("EARTH").gm
    perigee = body("EARTH").equatorial_radius + VACUUM_PERIGEE
    moon = data.ephemeris.state("MOON", "EARTH", np.array([tdb]))[0]
    distance = float(np.linalg.norm(moon[:3]))
    time = min(duration, SLOWEST_GUESS * longest_climb(perigee, distance, gm))
    e = climbing_eccentricity(perigee, distance, time, gm)
    across = math.sqrt(gm * perigee * (1.0 + e)) / distance
    radial = math.sqrt(max(gm * (2.0 / distance - (1.0 - e) / perigee) - across**2, 0.0))
    up = moon[:3] / distance
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east)
    angle = np.linspace(0.0, 2.0 * math.pi, PLANES, endpoint=False)[:, None]
    falling = -radial * up + across * (np.cos(angle) * east + np.sin(angle) * np.cross(up, east))
    return np.asarray(falling - moon[3:])


def cheapest_leaving(state: Array, excess: Array) -> Array | None:
    """Burn at a state onto the cheapest hyperbola above the ground with one of the excess velocities.

    Parameters
    ----------
    state : (6,) [m, m/s]
        About the Moon, in the ICRF.
    excess : (P, 3) [m/s]
        Wanted velocities far from the Moon.

    Returns
    -------
    (3,) [m/s] or None
        None where every hyperbola meets the ground.

    Source
    ------
    As `leaving_velocities`.
    """
    gm = body("MOON").gm
    place, velocity = state[:3], state[3:]
    leaving = leaving_velocities(place, excess, gm)
    momentum2 = np.sum(np.cross(place, leaving) ** 2, axis=1)
    energy = 0.5 * np.sum(leaving**2, axis=1) - gm / float(np.linalg.norm(place))
    pass_height = momentum2 / (gm * (1.0 + np.sqrt(np.maximum(1.0 + 2.0 * energy * momentum2 / gm**2, 0.0))))
    free = (leaving @ place >= 0.0) | (pass_height > body("MOON").mean_radius + LOWEST_PASS)
    cost = np.where(free, np.linalg.norm(leaving - velocity, axis=1), np.inf)  # NaN where none leads there
    if not np.any(np.isfinite(cost)):
        return None
    return np.asarray(leaving[int(np.nanargmin(cost))] - velocity)


def return_transfer(solution: EarthReturn, flight: CislunarFlight, *, name: str = "return to the Earth") -> Transfer:
    """A way home as a transfer that can be flown again.

    Parameters
    ----------
    solution : EarthReturn
        The way.
    flight : CislunarFlight
        Forces it was found under.
    name : str
        What reports call it.

    Returns
    -------
    Transfer
        From before the burn to the entry interface.

    Source
    ------
    As `solve_return`.
    """
    start, end, case = solution.departure, solution.entry, solution.case
    interface = float(np.linalg.norm(end.state[:3])) - body("EARTH").equatorial_radius
    what = "trans-Earth injection" if start.center == "MOON" else "abort burn"
    targets = [
        Target("entry height over the equatorial radius", "altitude", "EARTH", end.tdb, interface, "m"),
        Target("entry angle", "flight-path angle", "EARTH", end.tdb, case.angle, "rad"),
    ]
    if case.inclination is not None:
        targets.append(Target("inclination of entry", "inclination", "EARTH", end.tdb, case.inclination, "rad"))
    x, y, z = (float(part) for part in solution.burn)
    return Transfer(
        name=name,
        kind="return",
        departure=start,
        burns=(ImpulsiveBurn(start.epoch_tdb, (x, y, z)),),
        arrival=OrbitState(end.state, end.tdb, "EARTH"),
        delta_v={what: solution.delta_v},
        events=(
            TransferEvent(what, start.epoch_tdb, solution.delta_v, "m/s"),
            TransferEvent("entry interface", end.tdb, solution.entry_speed, "m/s"),
        ),
        targets=tuple(targets),
        handovers=solution.handovers,
        model=flight.forces.text,
    )


def about_nearer(state: OrbitState, data: DataContext) -> OrbitState:
    """The same state about the Moon where that is near, otherwise about the Earth.

    Parameters
    ----------
    state : OrbitState
        About either, in the ICRF.
    data : DataContext
        Ephemeris.

    Returns
    -------
    OrbitState

    Source
    ------
    Choice: within 60 000 km of the Moon its own field may matter.
    """
    tdb = state.epoch_tdb
    inner = state.position_velocity
    if state.center == "EARTH":
        inner = inner + shift("EARTH", "MOON", tdb, data)
    if np.linalg.norm(inner[:3]) < NEAR_MOON:
        return OrbitState(inner, tdb, "MOON")
    return OrbitState(inner + shift("MOON", "EARTH", tdb, data), tdb, "EARTH")
