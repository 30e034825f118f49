"""Direct transfers: from a low Earth orbit in a few days to a low lunar orbit, by two burns."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.propagate import OrbitState
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.orbits.targeting import correct
from moonstead.orbits.transfers.cislunar import CislunarFlight
from moonstead.orbits.transfers.conics import arriving_periapsis, climbing_velocity, longest_climb, planes_through
from moonstead.orbits.transfers.lunar_leg import EarthEnd, fly_to_earth, perigee_with_partials
from moonstead.orbits.transfers.measures import pole
from moonstead.orbits.transfers.transfer import Handover, Target, Transfer, TransferEvent

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

SHORTEST, LONGEST = 1.5 * SECONDS_PER_DAY, 7.0 * SECONDS_PER_DAY  # flight times that are tried
TOLERANCES = (1.0, 1e-2, 1e-8)  # perigee distance [m], its time [s], cosine of the inclination [1]
SCALES = (1e-2, 1e-2, 5.0)  # node [rad], argument of perilune [rad], speed at perilune [m/s]
LARGEST_STEP = 10.0  # of those scales
SLOWEST_GUESS = 0.97  # [1] of the slowest conic: beyond it the guess stays, the correction goes on
MOST_STEPS = 15
CONSTRAINTS = ("perigee distance [m]", "time of perigee [s]", "cosine of the inclination at the Earth")
NEAR_LEAST = math.radians(3.0)  # between an inclination and the Moon's declination, from where both planes merge


@dataclass(frozen=True)
class DirectCase:
    """What a direct transfer joins.

    Attributes
    ----------
    earth_altitude, moon_altitude : float [m]
        Of the circular orbits at both ends, above the equatorial radii.
    earth_inclination : float [rad]
        To the Earth's equator of date; the node follows from the date.
    moon_inclination : float [rad]
        To the Moon's equator; the node follows from the date.
    ascending : bool
        Whether the Moon is met on the way towards the Earth's north pole, or away from it.
    northward : bool
        Whether the Moon's pass goes towards its north pole, or away from it.
    """

    earth_altitude: float = 200e3
    moon_altitude: float = 100e3
    earth_inclination: float = math.radians(28.5)
    moon_inclination: float = 0.5 * math.pi
    ascending: bool = True
    northward: bool = True

    def __post_init__(self) -> None:
        for what, value in (("Earth", self.earth_altitude), ("Moon", self.moon_altitude)):
            if not (math.isfinite(value) and value > 0.0):
                raise InvalidInput(f"the orbit about the {what} needs a positive altitude [m]; got {value!r}")
        for what, value in (("Earth", self.earth_inclination), ("Moon", self.moon_inclination)):
            if not 0.0 <= value <= math.pi:
                raise InvalidInput(f"the inclination at the {what} lies within 0 and pi [rad]; got {value!r}")

    @property
    def perigee(self) -> float:
        """Distance of the departure from the Earth's centre [m]."""
        return body("EARTH").equatorial_radius + self.earth_altitude

    @property
    def perilune(self) -> float:
        """Distance of the arrival from the Moon's centre [m]."""
        return body("MOON").equatorial_radius + self.moon_altitude


@dataclass(frozen=True, eq=False)
class DirectSolution:
    """A coast from perigee to perilune.

    Attributes
    ----------
    case : DirectCase
        What it joins.
    variables : (3,) [rad, rad, m/s]
        Node and argument of perilune in the axes of the Moon's equator, speed at perilune.
    perilune_tdb, departure_tdb : float [s TDB past J2000]
        Ends of the coast.
    perilune_state : (6,) [m, m/s]
        About the Moon, in the ICRF, before any burn.
    earth_end : EarthEnd
        Perigee, after the burn there.
    iterations : int
        Newton steps.
    """

    case: DirectCase
    variables: Array
    perilune_tdb: float
    departure_tdb: float
    perilune_state: Array
    earth_end: EarthEnd
    iterations: int

    @property
    def departure_burn(self) -> Array:
        """Change of velocity (3,) [m/s] from the circular orbit at perigee, in the ICRF."""
        return self.earth_end.state[3:] - circular_velocity(self.earth_end.state, body("EARTH").gm)

    @property
    def arrival_burn(self) -> Array:
        """Change of velocity (3,) [m/s] into the circular orbit at perilune, in the ICRF."""
        return circular_velocity(self.perilune_state, body("MOON").gm) - self.perilune_state[3:]

    @property
    def departure_delta_v(self) -> float:
        """Burn at perigee [m/s]."""
        return float(np.linalg.norm(self.departure_burn))

    @property
    def arrival_delta_v(self) -> float:
        """Burn at perilune [m/s]."""
        return float(np.linalg.norm(self.arrival_burn))

    @property
    def delta_v(self) -> float:
        """Both burns together [m/s]."""
        return self.departure_delta_v + self.arrival_delta_v


def circular_velocity(state: Array, gm: float) -> Array:
    """Velocity of the circular orbit through a place, in the plane and the sense of a motion.

    Parameters
    ----------
    state : (6,) [m, m/s]
        The motion.
    gm : float [m^3/s^2]
        Gravitational parameter.

    Returns
    -------
    (3,) [m/s]

    Source
    ------
    Kepler.
    """
    distance = float(np.linalg.norm(state[:3]))
    across = np.cross(np.cross(state[:3], state[3:]), state[:3])
    return np.asarray(across * (math.sqrt(gm / distance) / np.linalg.norm(across)))


def solve_direct(
    case: DirectCase,
    departure_tdb: float,
    flight_time: float,
    flight: CislunarFlight,
    *,
    start: DirectSolution | None = None,
) -> DirectSolution:
    """Coast from perigee to perilune under the full forces.

    The search flies backwards from perilune, where altitude and inclination hold by construction, and turns the pass
    (node, argument and speed of perilune) until the flight began at perigee, at the right time, height and inclination:
    that way a correction is all but linear.

    Parameters
    ----------
    case : DirectCase
        Both orbits.
    departure_tdb : float [s TDB past J2000]
        Time of the burn at perigee.
    flight_time : float [s]
        From there to perilune.
    flight : CislunarFlight
        Forces, laid out for the whole flight.
    start : DirectSolution or None
        A solution for a similar date and time of flight; without one patched conics give the first guess.

    Returns
    -------
    DirectSolution

    Raises
    ------
    InvalidInput
        The inclination at the Earth or at the Moon is out of reach on this date; the message gives the nearest one.
    NumericalFailure
        No flight takes this time; the message gives what remains.

    Source
    ------
    Patched conics: Bate, Mueller & White (1971), Fundamentals of Astrodynamics, chapter 7. Backward integration from
    perilune: Miele & Mancuso (2001), Acta Astronautica 49, 59.
    """
    if not SHORTEST <= flight_time <= LONGEST:
        raise InvalidInput(
            f"direct flights take {SHORTEST / SECONDS_PER_DAY:g} to {LONGEST / SECONDS_PER_DAY:g} days; "
            f"got {flight_time / SECONDS_PER_DAY:g}"
        )
    perilune_tdb = departure_tdb + flight_time
    axes = moon_axes(perilune_tdb, flight.data)
    earth_pole = pole("EARTH", departure_tdb, flight.data)
    if start is None:
        guess = _patched_guess(case, perilune_tdb, flight_time, axes, earth_pole, flight.data)
    else:
        guess = start.variables
    wanted = np.array([case.perigee, 0.0, math.cos(case.earth_inclination)])

    def missed(x: Array) -> tuple[Array, Array]:
        state, slopes = _perilune_state(case, x, axes)
        end = fly_to_earth(flight, state, perilune_tdb, departure_tdb)
        found, partials = perigee_with_partials(end, earth_pole)
        return found - wanted, partials @ slopes

    try:
        found = correct(
            missed, guess, SCALES, TOLERANCES, names=CONSTRAINTS, largest_step=LARGEST_STEP, most_steps=MOST_STEPS
        )
    except NumericalFailure as reason:
        raise NumericalFailure(
            f"no direct flight of {flight_time / SECONDS_PER_DAY:.3f} d was found: {reason}"
            + _near_least_inclination(case, perilune_tdb, earth_pole, flight.data)
        ) from None
    state = _perilune_state(case, found.variables, axes)[0]
    end = fly_to_earth(flight, state, perilune_tdb, departure_tdb)
    return DirectSolution(case, found.variables, perilune_tdb, departure_tdb, state, end, found.iterations)


def moon_axes(tdb: float, data: DataContext) -> Array:
    """Axes of the Moon's equator that do not turn with it.

    Parameters
    ----------
    tdb : float [s TDB past J2000]
        When.
    data : DataContext
        Orientation.

    Returns
    -------
    (3, 3) [1]
        Unit vectors in the ICRF, one in each row: where the Moon's equator ascends through that of the ICRF, a quarter
        turn on, and the pole.

    Source
    ------
    As the frame `MOON_PA`.
    """
    up = pole("MOON", tdb, data)
    node = np.cross([0.0, 0.0, 1.0], up)
    node /= np.linalg.norm(node)
    return np.array([node, np.cross(up, node), up])


def _patched_guess(
    case: DirectCase, perilune_tdb: float, flight_time: float, axes: Array, earth_pole: Array, data: DataContext
) -> Array:
    gm = body("EARTH").gm
    moon = data.ephemeris.state("MOON", "EARTH", np.array([perilune_tdb]))[0]
    distance = float(np.linalg.norm(moon[:3]))
    duration = min(flight_time, SLOWEST_GUESS * longest_climb(case.perigee, distance, gm))
    try:
        planes = planes_through(moon[:3], earth_pole, case.earth_inclination)
    except InvalidInput as reason:
        raise InvalidInput(f"the Moon is out of reach of the orbit about the Earth: {reason}") from None
    excess = climbing_velocity(moon[:3], planes[0 if case.ascending else 1], case.perigee, duration, gm) - moon[3:]
    try:
        normals = planes_through(excess, axes[2], case.moon_inclination)
    except InvalidInput as reason:
        raise InvalidInput(f"the orbit about the Moon is out of reach of this arrival: {reason}") from None
    state = arriving_periapsis(excess, normals[0 if case.northward else 1], case.perilune, body("MOON").gm)
    return _variables(state, axes)


def _near_least_inclination(case: DirectCase, tdb: float, earth_pole: Array, data: DataContext) -> str:
    moon = data.ephemeris.position("MOON", "EARTH", np.array([tdb]))[0]
    declination = abs(math.asin(float(moon @ earth_pole) / float(np.linalg.norm(moon))))
    least = min(case.earth_inclination, math.pi - case.earth_inclination)
    if abs(least - declination) > NEAR_LEAST:
        return ""
    return (
        f". The Moon then stands {math.degrees(declination):.2f} deg from the equator, and a plane of less inclination "
        f"does not meet it: ask for an inclination of {math.degrees(declination + NEAR_LEAST):.1f} deg or more, or "
        "another date"
    )


def _variables(state: Array, axes: Array) -> Array:
    normal = np.cross(state[:3], state[3:])
    normal /= np.linalg.norm(normal)
    x, y, _ = axes @ normal
    node = math.atan2(x, -y)
    toward = math.cos(node) * axes[0] + math.sin(node) * axes[1]
    argument = math.atan2(float(state[:3] @ np.cross(normal, toward)), float(state[:3] @ toward))
    return np.array([node, argument, float(np.linalg.norm(state[3:]))])


def _perilune_state(case: DirectCase, x: Array, axes: Array) -> tuple[Array, Array]:
    """State (6,) [m, m/s] at perilune, and its derivatives (6, 3) by node, argument and speed."""
    node, argument, speed = x
    ci, si = math.cos(case.moon_inclination), math.sin(case.moon_inclination)
    toward = math.cos(node) * axes[0] + math.sin(node) * axes[1]
    side = -math.sin(node) * axes[0] + math.cos(node) * axes[1]
    rising = ci * side + si * axes[2]
    up = math.cos(argument) * toward + math.sin(argument) * rising
    ahead = -math.sin(argument) * toward + math.cos(argument) * rising
    turned = np.cross(axes[2], np.stack((up, ahead)))
    state = np.concatenate((case.perilune * up, speed * ahead))
    slopes = np.zeros((6, 3))
    slopes[:, 0] = np.concatenate((case.perilune * turned[0], speed * turned[1]))
    slopes[:, 1] = np.concatenate((case.perilune * ahead, -speed * up))
    slopes[3:, 2] = ahead
    return state, slopes


def direct_transfer(solution: DirectSolution, flight: CislunarFlight, *, name: str = "direct transfer") -> Transfer:
    """A coast with its two burns as a transfer that can be flown again.

    Parameters
    ----------
    solution : DirectSolution
        The coast.
    flight : CislunarFlight
        Forces it was found under.
    name : str
        What reports call it.

    Returns
    -------
    Transfer
        Arriving one revolution about the Moon after the burn there.

    Raises
    ------
    OutsideSpan
        The forces were not laid out for the revolution about the Moon.

    Source
    ------
    As `solve_direct`.
    """
    earth, moon, case = body("EARTH"), body("MOON"), solution.case
    perigee, perilune = solution.earth_end.state, solution.perilune_state
    before = np.concatenate((perigee[:3], circular_velocity(perigee, earth.gm)))
    after = np.concatenate((perilune[:3], circular_velocity(perilune, moon.gm)))
    turn = 2.0 * math.pi * math.sqrt(case.perilune**3 / moon.gm)
    arrival_tdb = solution.perilune_tdb + turn
    orbit = flight.coast(after, solution.perilune_tdb, arrival_tdb, "MOON", steps=1e-12)
    leave, arrive = solution.departure_delta_v, solution.arrival_delta_v
    t0, t1 = solution.departure_tdb, solution.perilune_tdb
    return Transfer(
        name=name,
        kind="direct",
        departure=OrbitState(before, t0, "EARTH"),
        burns=(ImpulsiveBurn.at(t0, solution.departure_burn), ImpulsiveBurn.at(t1, solution.arrival_burn)),
        arrival=OrbitState(orbit.state([arrival_tdb])[0], arrival_tdb, "MOON"),
        delta_v={"translunar injection": leave, "lunar orbit insertion": arrive},
        events=(
            TransferEvent("translunar injection", t0, leave, "m/s"),
            TransferEvent("perilune", t1, case.moon_altitude, "m"),
            TransferEvent("lunar orbit insertion", t1, arrive, "m/s"),
        ),
        targets=(
            Target("departure altitude", "altitude", "EARTH", t0, case.earth_altitude, "m"),
            Target("departure inclination", "inclination", "EARTH", t0, case.earth_inclination, "rad"),
            Target("perilune altitude", "altitude", "MOON", t1, case.moon_altitude, "m"),
            Target("lunar inclination", "inclination", "MOON", t1, case.moon_inclination, "rad"),
        ),
        handovers=(Handover(solution.earth_end.handover, "MOON"),),
        model=flight.forces.text,
    )


def nodes(solution: DirectSolution, data: DataContext) -> tuple[float, float]:
    """Ascending nodes of both orbits.

    Parameters
    ----------
    solution : DirectSolution
        The transfer.
    data : DataContext
        Orientation of the Moon.

    Returns
    -------
    earth : float [rad]
        Right ascension in the ICRF, 0 to 2 pi; what a launch site must turn to.
    moon : float [rad]
        East longitude on the Moon (`MOON_ME`) at perilune, 0 to 2 pi.

    Source
    ------
    Definitions.
    """
    momentum = np.cross(solution.earth_end.state[:3], solution.earth_end.state[3:])
    earth = math.atan2(momentum[0], -momentum[1])
    fixed = MOON_ME.from_icrf(np.array([solution.perilune_tdb]), data)
    normal = fixed.position(np.cross(solution.perilune_state[:3], solution.perilune_state[3:])[None])[0]
    moon = math.atan2(normal[0], -normal[1])
    return earth % (2.0 * math.pi), moon % (2.0 * math.pi)


def both_sides(case: DirectCase) -> tuple[DirectCase, ...]:
    """The four ways to meet the Moon that share altitudes and inclinations.

    Parameters
    ----------
    case : DirectCase
        Any of them.

    Returns
    -------
    tuple of DirectCase

    Source
    ------
    Each plane of given inclination through a given direction has a mirror image.
    """
    return tuple(replace(case, ascending=a, northward=n) for a in (True, False) for n in (True, False))
