"""Free return: one burn, round the Moon and home into the atmosphere without another."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.propagate import OrbitState
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.targeting import correct
from moonstead.orbits.transfers.cislunar import CislunarFlight
from moonstead.orbits.transfers.direct import circular_velocity
from moonstead.orbits.transfers.interface import (
    ENTRY_ANGLE,
    entry_of,
    entry_with_partials,
    interface_distance,
)
from moonstead.orbits.transfers.lunar_leg import EarthEnd, fly_to_earth, perigee_of, perigee_with_partials
from moonstead.orbits.transfers.measures import pole
from moonstead.orbits.transfers.transfer import Handover, Target, Transfer, TransferEvent

Array = NDArray[np.float64]

WAY = 2.6 * SECONDS_PER_DAY  # [s] from perilune to where the first conics about the Earth are taken
EXCESS_SPEEDS = np.linspace(500.0, 2600.0, 22)  # [m/s] at perilune, tried for the symmetric guess
SCALES = (1e-2, 1e-2, 1e-2, 5.0)  # two angles of the place [rad], azimuth [rad], speed [m/s]
TOLERANCES = (1.0, 1.0, 1e-8)  # perigee [m], entry's perigee [m], cosine of the inclination [1]
LARGEST_STEP = 5.0
ROUNDS = 8
USUAL_WAY = 3.3 * SECONDS_PER_DAY  # [s] from departure to perilune, to begin with
ON_TIME = 1.0  # [s]
SAME_TIME = 1e-3  # [s] between the end of a flight and the perigee found there
LEAST_PERILUNE = 10e3  # [m]


@dataclass(frozen=True)
class FreeReturnCase:
    """What a free return joins.

    Attributes
    ----------
    perilune_altitude : float [m]
        Of the pass behind the Moon.
    earth_altitude : float [m]
        Of the circular orbit it leaves from.
    earth_inclination : float or None [rad]
        Of that orbit; None takes what the Moon's orbit gives.
    entry_angle : float [rad]
        Of the flight path at the entry interface, negative.
    """

    perilune_altitude: float = 250e3
    earth_altitude: float = 185e3
    earth_inclination: float | None = None
    entry_angle: float = ENTRY_ANGLE

    def __post_init__(self) -> None:
        if not (math.isfinite(self.perilune_altitude) and self.perilune_altitude >= LEAST_PERILUNE):
            raise InvalidInput(
                f"a free return passes the Moon at {LEAST_PERILUNE / 1e3:g} km or more, terrain being what it is; "
                f"got {self.perilune_altitude / 1e3:g} km"
            )
        if not self.earth_altitude > 0.0:
            raise InvalidInput(f"the orbit about the Earth needs a positive altitude [m]; got {self.earth_altitude!r}")
        if not -0.5 * math.pi < self.entry_angle < 0.0:
            raise InvalidInput(f"the angle of entry lies between -pi/2 and 0 [rad]; got {self.entry_angle!r}")


@dataclass(frozen=True, eq=False)
class FreeReturn:
    """A flight from perigee round the Moon to the entry interface.

    Attributes
    ----------
    case : FreeReturnCase
        What was asked.
    perilune_tdb : float [s TDB past J2000]
        Time of the pass.
    perilune_state : (6,) [m, m/s]
        About the Moon, in the ICRF.
    departure : EarthEnd
        Perigee, after the burn there.
    entry : EarthEnd
        At the interface.
    """

    case: FreeReturnCase
    perilune_tdb: float
    perilune_state: Array
    departure: EarthEnd
    entry: EarthEnd

    @property
    def departure_burn(self) -> Array:
        """Change of velocity (3,) [m/s] from the circular orbit at perigee, in the ICRF."""
        return self.departure.state[3:] - circular_velocity(self.departure.state, body("EARTH").gm)

    @property
    def delta_v(self) -> float:
        """The one burn [m/s]."""
        return float(np.linalg.norm(self.departure_burn))

    @property
    def entry_angle(self) -> float:
        """Of the flight path at the interface [rad], without the Earth's spin."""
        place, velocity = self.entry.state[:3], self.entry.state[3:]
        return math.asin(float(place @ velocity) / float(np.linalg.norm(place) * np.linalg.norm(velocity)))

    @property
    def entry_speed(self) -> float:
        """At the interface [m/s], without the Earth's spin."""
        return float(np.linalg.norm(self.entry.state[3:]))


def solve_free_return(
    case: FreeReturnCase, perilune_tdb: float, flight: CislunarFlight, *, start: FreeReturn | None = None
) -> FreeReturn:
    """Flight round the far side of the Moon that comes home by itself, under the full forces.

    It starts from the pass that would be symmetric if the Moon went on a circle, and flies from perilune both ways:
    backwards to the perigee of departure, forwards to the entry.

    Parameters
    ----------
    case : FreeReturnCase
        What is asked.
    perilune_tdb : float [s TDB past J2000]
        Time of the pass.
    flight : CislunarFlight
        Forces, laid out for the whole flight.
    start : FreeReturn or None
        A solution for a similar pass and time.

    Returns
    -------
    FreeReturn

    Raises
    ------
    NumericalFailure
        There is no such flight; the message gives what remains.
    OutsideSpan
        The forces were not laid out for all of it.

    Source
    ------
    Symmetry of circumlunar flights: Schwaniger (1963), NASA TN D-1833. From perilune both ways: Jesick & Ocampo
    (2011), J. Guid. Control Dyn. 34, 98, doi:10.2514/1.50171.
    """
    distance = body("MOON").equatorial_radius + case.perilune_altitude
    if start is not None:
        guess, back, home = start.perilune_state, start.departure.tdb, start.entry.tdb
        shift = perilune_tdb - start.perilune_tdb
        axes = _moving_axes(perilune_tdb, flight) @ _moving_axes(start.perilune_tdb, flight).T
        guess = np.concatenate((axes @ guess[:3], axes @ guess[3:]))
        back, home = back + shift, home + shift
    else:
        guess, back, home = _symmetric_guess(case, perilune_tdb, distance, flight)
    wanted = [case if case.earth_inclination is None else replace(case, earth_inclination=None)]
    if case.earth_inclination is not None:
        wanted.append(case)
    for stage in wanted:
        guess, departure, entry = _closed(stage, perilune_tdb, distance, guess, back, home, flight)
        back, home = departure.tdb, entry.tdb
    return FreeReturn(case, perilune_tdb, guess, departure, entry)


def free_return_leaving(case: FreeReturnCase, departure_tdb: float, flight: CislunarFlight) -> FreeReturn:
    """Free return that leaves the Earth at a time.

    Parameters
    ----------
    case : FreeReturnCase
        What is asked.
    departure_tdb : float [s TDB past J2000]
        Time of the burn at perigee.
    flight : CislunarFlight
        Forces, laid out for the whole flight and some hours before.

    Returns
    -------
    FreeReturn
        Leaving within a second of that time.

    Raises
    ------
    NumericalFailure
        There is no such flight.
    OutsideSpan
        The forces were not laid out for all of it.

    Source
    ------
    As `solve_free_return`, the time of perilune moved until the departure fits.
    """
    perilune_tdb, found = departure_tdb + USUAL_WAY, None
    for _ in range(ROUNDS):
        found = solve_free_return(case, perilune_tdb, flight, start=found)
        late = found.departure.tdb - departure_tdb
        if abs(late) < ON_TIME:
            return found
        perilune_tdb -= late
    raise NumericalFailure(
        f"the departure of the free return does not settle: it is still {late:.0f} s off; try a time some hours away"
    )


def _closed(
    case: FreeReturnCase, tdb: float, distance: float, guess: Array, back: float, home: float, flight: CislunarFlight
) -> tuple[Array, EarthEnd, EarthEnd]:
    """State at perilune, perigee and entry, with the ends moved until they are where they should be."""
    gm = body("EARTH").gm
    for _ in range(ROUNDS):
        poles = (pole("EARTH", back, flight.data), pole("EARTH", home, flight.data))
        interface = interface_distance(fly_to_earth(flight, guess, tdb, home).state[:3], poles[1])
        guess = _aimed(case, tdb, distance, guess, (back, home), poles, interface, flight)
        ends = [fly_to_earth(flight, guess, tdb, stop) for stop in (back, home)]
        early = float(perigee_of(ends[0].state[None], poles[0], gm)[0, 1])
        late = float(entry_of(ends[1].state[None], poles[1], interface, case.entry_angle)[0, 1])
        if max(abs(early), abs(late)) < SAME_TIME:
            return guess, ends[0], ends[1]
        back, home = back - early, home - late
    raise NumericalFailure(
        f"the ends of the free return do not settle: they still move by {early:.3g} s and {late:.3g} s; "
        "try another perilune or date"
    )


def _aimed(
    case: FreeReturnCase,
    tdb: float,
    distance: float,
    base: Array,
    stops: tuple[float, float],
    poles: tuple[Array, Array],
    interface: float,
    flight: CislunarFlight,
) -> Array:
    """State at perilune whose conics at both stops have the wanted perigee, entry and inclination."""
    perigee = body("EARTH").equatorial_radius + case.earth_altitude
    inclination = case.earth_inclination

    def missed(x: Array) -> tuple[Array, Array]:
        state, slopes = _turned(base, x, distance)
        first, by_first = perigee_with_partials(fly_to_earth(flight, state, tdb, stops[0]), poles[0])
        end = fly_to_earth(flight, state, tdb, stops[1])
        last, by_last = entry_with_partials(end, poles[1], interface, case.entry_angle)
        value, partials = [first[0] - perigee, last[0]], [by_first[0], by_last[0]]
        if inclination is not None:
            value.append(first[2] - math.cos(inclination))
            partials.append(by_first[2])
        return np.array(value), np.array(partials) @ slopes

    found = correct(
        missed,
        np.zeros(4),
        SCALES,
        TOLERANCES[: 3 if inclination is not None else 2],
        names=("perigee of departure [m]", "perigee of entry [m]", "cosine of the inclination at the Earth"),
        largest_step=LARGEST_STEP,
    )
    return _turned(base, found.variables, distance)[0]


def _moving_axes(tdb: float, flight: CislunarFlight) -> Array:
    """Unit vectors from the Earth to the Moon, along its motion and normal to its orbit, as columns."""
    moon = flight.data.ephemeris.state("MOON", "EARTH", np.array([tdb]))[0]
    up = moon[:3] / np.linalg.norm(moon[:3])
    normal = np.cross(moon[:3], moon[3:])
    normal /= np.linalg.norm(normal)
    return np.stack((up, np.cross(normal, up), normal), axis=1)


def _symmetric_guess(
    case: FreeReturnCase, tdb: float, distance: float, flight: CislunarFlight
) -> tuple[Array, float, float]:
    """Pass over the middle of the far side, against the Moon's motion, with the speed that came from the perigee."""
    axes = _moving_axes(tdb, flight)
    gm, perigee = body("MOON").gm, body("EARTH").equatorial_radius + case.earth_altitude
    earth_pole = pole("EARTH", tdb, flight.data)

    def flown(excess: float) -> tuple[Array, Array]:
        speed = math.sqrt(excess**2 + 2.0 * gm / distance)
        state = np.concatenate((distance * axes[:, 0], -speed * axes[:, 1]))
        end = fly_to_earth(flight, state, tdb, tdb - WAY)
        return state, perigee_of(end.state[None], earth_pole, body("EARTH").gm)[0]

    from scipy.optimize import brentq

    heights = []
    for excess in EXCESS_SPEEDS:
        heights.append(float(flown(float(excess))[1][0]) - perigee)
        if len(heights) > 1 and heights[-1] * heights[-2] < 0.0:
            low, high = EXCESS_SPEEDS[len(heights) - 2], EXCESS_SPEEDS[len(heights) - 1]
            best = brentq(lambda x: float(flown(float(x))[1][0]) - perigee, low, high, xtol=0.1)
            state, conic = flown(float(best))
            way = WAY + float(conic[1])
            return state, tdb - way, tdb + way
    raise NumericalFailure(
        f"no symmetric flight round the Moon at {case.perilune_altitude / 1e3:.0f} km comes from a perigee of "
        f"{case.earth_altitude / 1e3:.0f} km: the nearest misses it by {min(map(abs, heights)) / 1e3:.0f} km; "
        "ask for a perilune between 100 and 10 000 km"
    )


def _turned(base: Array, x: Array, distance: float) -> tuple[Array, Array]:
    """A perilune turned by three small angles and sped up, and its derivatives (6, 4)."""
    up = base[:3] / np.linalg.norm(base[:3])
    ahead = base[3:] / np.linalg.norm(base[3:])
    across = np.cross(up, ahead)
    speed = float(np.linalg.norm(base[3:])) + x[3]

    def place(angles: Array) -> tuple[Array, Array]:
        a, b, c = angles
        u = math.cos(b) * (math.cos(a) * up + math.sin(a) * ahead) + math.sin(b) * across
        east = -math.sin(a) * up + math.cos(a) * ahead
        north = np.cross(u, east)
        return u, math.cos(c) * east + math.sin(c) * north

    u, w = place(x[:3])
    state = np.concatenate((distance * u, speed * w))
    slopes = np.zeros((6, 4))
    for column in range(3):
        nudge = np.zeros(3)
        nudge[column] = 1e-6
        (u1, w1), (u0, w0) = place(x[:3] + nudge), place(x[:3] - nudge)
        slopes[:, column] = np.concatenate((distance * (u1 - u0), speed * (w1 - w0))) / 2e-6
    slopes[3:, 3] = w
    return state, slopes


def free_return_transfer(solution: FreeReturn, flight: CislunarFlight, *, name: str = "free return") -> Transfer:
    """A free return as a transfer that can be flown again.

    Parameters
    ----------
    solution : FreeReturn
        The flight.
    flight : CislunarFlight
        Forces it was found under.
    name : str
        What reports call it.

    Returns
    -------
    Transfer
        From the circular orbit about the Earth to the entry interface.

    Source
    ------
    As `solve_free_return`.
    """
    case, earth = solution.case, body("EARTH")
    start, end = solution.departure, solution.entry
    before = np.concatenate((start.state[:3], circular_velocity(start.state, earth.gm)))
    burn = solution.departure_burn
    interface = float(np.linalg.norm(end.state[:3])) - earth.equatorial_radius
    t0, t1, t2 = start.tdb, solution.perilune_tdb, end.tdb
    return Transfer(
        name=name,
        kind="free-return",
        departure=OrbitState(before, t0, "EARTH"),
        burns=(ImpulsiveBurn.at(t0, burn),),
        arrival=OrbitState(end.state, t2, "EARTH"),
        delta_v={"translunar injection": solution.delta_v},
        events=(
            TransferEvent("translunar injection", t0, solution.delta_v, "m/s"),
            TransferEvent("perilune", t1, case.perilune_altitude, "m"),
            TransferEvent("entry interface", t2, solution.entry_speed, "m/s"),
        ),
        targets=(
            Target("departure altitude", "altitude", "EARTH", t0, case.earth_altitude, "m"),
            Target("perilune altitude", "periapsis altitude", "MOON", t1, case.perilune_altitude, "m"),
            Target("entry height over the equatorial radius", "altitude", "EARTH", t2, interface, "m"),
            Target("entry angle", "flight-path angle", "EARTH", t2, case.entry_angle, "rad"),
        ),
        handovers=(Handover(start.handover, "MOON"), Handover(end.handover, "EARTH")),
        model=flight.forces.text,
    )
