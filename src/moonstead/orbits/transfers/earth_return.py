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
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, MoonsteadError, NumericalFailure
from moonstead.foundation.frames.standard import ITRF, MOON_ME
from moonstead.orbits.targeting import correct_smallest
from moonstead.orbits.transfers.cislunar import CislunarFlight
from moonstead.orbits.transfers.conics import climbing_eccentricity, leaving_velocities, longest_climb
from moonstead.orbits.transfers.direct import moon_axes
from moonstead.orbits.transfers.interface import ENTRY_ANGLE, entry_with_partials, interface_distance
from moonstead.orbits.transfers.lunar_leg import STEPS, EarthEnd, fly_to_earth, handover_time, shift
from moonstead.orbits.transfers.measures import pole
from moonstead.orbits.transfers.transfer import Handover, Target, Transfer, TransferEvent

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

VACUUM_PERIGEE = 40e3  # [m] height of the perigee of an entry at 6 degrees: first guess
PLANES = 24  # directions from which the Earth may be approached, tried for the first guess
LOOKS = 96  # departures along an orbit that conics are tried for
NODES, ANOMALIES = 24, 24  # of a circular orbit, tried for its best plane
BEST = 2  # of them that are flown
LOWEST_PASS = 20e3  # [m] over the Moon that a departing hyperbola keeps
SLOWEST_GUESS = 0.97  # [1] of the slowest conic
SCALE = 20.0  # [m/s] of each part of the burn
LARGEST_STEP = 5.0
TOLERANCES = (1.0, 1e-2, 1e-8)  # perigee of entry [m], its time [s], cosine of the inclination
ROUNDS = 6
SAME_INTERFACE = 0.5  # [m]
CONSTRAINTS = ("perigee of entry [m]", "time of entry [s]", "cosine of the inclination of entry")
NEAR_MOON = 6.0e7  # [m] below it a flight home starts about the Moon
SAME_LONGITUDE = math.radians(0.01)  # [rad]
SIDEREAL_DAY = 86_164.1  # [s]


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
    return _cheapest_leaving(departure.position_velocity, _falls(departure.epoch_tdb, duration, data))


def _falls(tdb: float, duration: float, data: DataContext) -> Array:
    """Excess velocities (P, 3) [m/s] from the Moon, one for each direction from which the Earth may be approached."""
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


def _cheapest_leaving(state: Array, excess: Array) -> Array | None:
    """Burn (3,) [m/s] at a state onto the cheapest hyperbola above the ground with one of the excess velocities."""
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


def best_return(
    orbit: OrbitState,
    last: float,
    duration: float,
    case: EntryCase,
    flight: CislunarFlight,
    *,
    entry_longitude: float | None = None,
) -> EarthReturn:
    """The cheapest burn along an orbit about the Moon that is home after a given time.

    Parameters
    ----------
    orbit : OrbitState
        On the orbit, about the Moon; departures are sought from here on.
    last : float [s TDB past J2000]
        Last departure.
    duration : float [s]
        Of the way home; with a longitude of entry it is changed by half a day at most.
    case : EntryCase
        How the atmosphere is met.
    flight : CislunarFlight
        Forces, laid out for all of it.
    entry_longitude : float or None [rad]
        East longitude at which the interface is met.

    Returns
    -------
    EarthReturn

    Raises
    ------
    InvalidInput
        There is no time for a departure, or the start is not about the Moon.
    NumericalFailure
        No departure comes home; the message tells what the nearest one misses.

    Source
    ------
    Scan by conics, then as `solve_return`; minimum along the orbit: Brent (1973), chapter 5.
    """
    from scipy.optimize import minimize_scalar

    first = orbit.epoch_tdb
    if orbit.center != "MOON" or not last > first:
        raise InvalidInput("a return starts about the MOON, and its last departure comes after the first")
    coast = flight.coast(orbit.position_velocity, first, last, "MOON", steps=STEPS)
    times = np.linspace(first, coast.span[1], LOOKS)
    guesses = []
    for tdb, state in zip(times, coast.state(times), strict=True):
        burn = return_guess(OrbitState(state, float(tdb)), duration, flight.data)
        if burn is not None:
            guesses.append((float(np.linalg.norm(burn)), float(tdb), burn))
    if not guesses:
        raise NumericalFailure("every way home from this orbit would pass through the Moon: try later departures")
    step = float(times[1] - times[0])
    found: EarthReturn | None = None
    reason = ""
    for place in _separate(sorted(guesses, key=lambda one: one[0]), step)[:BEST]:
        _, tdb, burn = place
        known: dict[str, Array] = {"burn": burn}

        def cost(past: float, tdb: float = tdb, known: dict[str, Array] = known) -> float:
            nonlocal found, reason
            when = min(max(tdb + past, first), float(coast.span[1]))
            start = OrbitState(coast.state([when])[0], when)
            try:
                one = solve_return(start, when + duration, case, flight, guess=known["burn"], rough=True)
            except MoonsteadError as refused:
                reason = str(refused)
                return 1e9
            known["burn"] = one.burn
            if found is None or one.delta_v < found.delta_v:
                found = one
            return one.delta_v

        if cost(0.0) < 1e9:
            minimize_scalar(cost, bounds=(-step, step), method="bounded", options={"xatol": 0.05 * step, "maxiter": 6})
    if found is None:
        raise NumericalFailure(
            f"no return of {duration / SECONDS_PER_DAY:.2f} d was found from this orbit: {reason}; try another "
            "duration (3 to 5 d are usual) or later departures"
        )
    found = solve_return(found.departure, found.entry.tdb, case, flight, guess=found.burn)
    return found if entry_longitude is None else _at_longitude(found, entry_longitude, flight)


def best_return_plane(
    altitude: float, inclination: float, tdb: float, duration: float, data: DataContext
) -> tuple[OrbitState, float]:
    """Circular orbit about the Moon whose plane lies best for the way home.

    Parameters
    ----------
    altitude : float [m]
        Of the orbit.
    inclination : float [rad]
        To the Moon's equator.
    tdb : float [s TDB past J2000]
        When it is left, within a revolution.
    duration : float [s]
        Of the way home.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    orbit : OrbitState
        At its ascending node.
    node : float [rad]
        From where the Moon's equator ascends through that of the ICRF.

    Raises
    ------
    InvalidInput
        The altitude is not positive.
    NumericalFailure
        No plane leads home by conics.

    Source
    ------
    As `return_guess`, tried over all nodes.
    """
    if not altitude > 0.0:
        raise InvalidInput(f"the orbit about the Moon needs a positive altitude [m]; got {altitude!r}")
    distance = body("MOON").equatorial_radius + altitude
    axes, falls = moon_axes(tdb, data), _falls(tdb, duration, data)
    best: tuple[float, float] | None = None
    for node in np.linspace(0.0, 2.0 * math.pi, NODES, endpoint=False):
        for anomaly in np.linspace(0.0, 2.0 * math.pi, ANOMALIES, endpoint=False):
            state = _circular(distance, inclination, float(node), float(anomaly), axes)
            burn = _cheapest_leaving(state, falls)
            if burn is not None and (best is None or np.linalg.norm(burn) < best[0]):
                best = (float(np.linalg.norm(burn)), float(node))
    if best is None:
        raise NumericalFailure("no plane of the orbit leads home: every way would pass through the Moon")
    return OrbitState(_circular(distance, inclination, best[1], 0.0, axes), tdb), best[1]


def circular_at_node(
    altitude: float, inclination: float, node_longitude: float, tdb: float, data: DataContext
) -> OrbitState:
    """Circular orbit about the Moon, at its ascending node.

    Parameters
    ----------
    altitude : float [m]
        Above the equatorial radius.
    inclination : float [rad]
        To the Moon's equator.
    node_longitude : float [rad]
        East longitude of the ascending node on the Moon, in `MOON_ME`.
    tdb : float [s TDB past J2000]
        When the craft is there.
    data : DataContext
        Orientation.

    Returns
    -------
    OrbitState
        About the Moon, in the ICRF.

    Raises
    ------
    InvalidInput
        The altitude is not positive.

    Source
    ------
    Definitions.
    """
    if not altitude > 0.0:
        raise InvalidInput(f"the orbit about the Moon needs a positive altitude [m]; got {altitude!r}")
    east = np.array([[math.cos(node_longitude), math.sin(node_longitude), 0.0]])
    toward = MOON_ME.from_icrf(np.array([tdb]), data).inverse().position(east)[0]
    axes = moon_axes(tdb, data)
    node = math.atan2(float(toward @ axes[1]), float(toward @ axes[0]))
    return OrbitState(_circular(body("MOON").equatorial_radius + altitude, inclination, node, 0.0, axes), tdb)


def _circular(distance: float, inclination: float, node: float, anomaly: float, axes: Array) -> Array:
    toward = math.cos(node) * axes[0] + math.sin(node) * axes[1]
    side = -math.sin(node) * axes[0] + math.cos(node) * axes[1]
    rising = math.cos(inclination) * side + math.sin(inclination) * axes[2]
    up = math.cos(anomaly) * toward + math.sin(anomaly) * rising
    ahead = -math.sin(anomaly) * toward + math.cos(anomaly) * rising
    return np.concatenate((distance * up, math.sqrt(body("MOON").gm / distance) * ahead))


def _separate(guesses: list[tuple[float, float, Array]], step: float) -> list[tuple[float, float, Array]]:
    """The cheapest guesses that are not neighbours of cheaper ones."""
    kept: list[tuple[float, float, Array]] = []
    for one in guesses:
        if all(abs(one[1] - other[1]) > 3.0 * step for other in kept):
            kept.append(one)
    return kept


def entry_longitude(entry: EarthEnd, data: DataContext) -> tuple[float, float]:
    """East longitude and geocentric latitude of a place at its time.

    Parameters
    ----------
    entry : EarthEnd
        The place.
    data : DataContext
        Orientation of the Earth.

    Returns
    -------
    longitude, latitude : float [rad]
        -pi to pi, and -pi/2 to pi/2.

    Source
    ------
    As the frame `ITRF`.
    """
    fixed = ITRF.from_icrf(np.array([entry.tdb]), data).position(entry.state[None, :3])[0]
    return math.atan2(fixed[1], fixed[0]), math.asin(fixed[2] / float(np.linalg.norm(fixed)))


def _at_longitude(solution: EarthReturn, wanted: float, flight: CislunarFlight) -> EarthReturn:
    """The same departure with another time of entry, so that the Earth has turned to the longitude."""
    for _ in range(ROUNDS):
        off = entry_longitude(solution.entry, flight.data)[0] - wanted
        off = (off + math.pi) % (2.0 * math.pi) - math.pi
        if abs(off) < SAME_LONGITUDE:
            return solution
        later = solution.entry.tdb + off / (2.0 * math.pi) * SIDEREAL_DAY
        solution = solve_return(solution.departure, later, solution.case, flight, guess=solution.burn)
    raise NumericalFailure(
        f"the entry does not settle at the longitude: it still misses by {math.degrees(off):.2f} deg; ask for another "
        "duration"
    )


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
