"""Low-energy transfers: out to where the Sun raises the perigee to the Moon's orbit, and a soft arrival."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.propagate import OrbitState
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.targeting import correct
from moonstead.orbits.transfers.arrivals import Arrival, ArrivalFamily
from moonstead.orbits.transfers.backward_search import low_energy_returns
from moonstead.orbits.transfers.cheapest import cheapest
from moonstead.orbits.transfers.cislunar import ROUGH_STEPS, STEPS, CislunarFlight, CislunarForces, prepare_flight
from moonstead.orbits.transfers.earth_departure import EarthDeparture, earth_departure
from moonstead.orbits.transfers.measures import pole
from moonstead.orbits.transfers.parking import Parking
from moonstead.orbits.transfers.refly import refly
from moonstead.orbits.transfers.transfer import Handover, Target, Transfer, TransferEvent

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

EARTH = body("EARTH")
CADENCE = SECONDS_PER_DAY  # [s] between the arrival times of a search
SHORTEST, LONGEST = 70.0 * SECONDS_PER_DAY, 130.0 * SECONDS_PER_DAY  # [s] of the flights that a search looks for
HIGHEST_SEED = 1.5e7  # [m] perigee of the search above which no correction is tried
PER_ARRIVAL = 3  # seeds of one arrival time that are corrected
COST_OF_PERIGEE = 4e-6  # [m/s for each m] by which seeds far from a low perigee rank lower
MARGIN = 15.0 * SECONDS_PER_DAY  # [s] by which a corrected flight may be longer than asked
PERIGEE_TOLERANCE = 1e-7  # [1] of the square root of the perigee distance: 1.3 m
ROUGH_TOLERANCE = 1e-6
INCLINATION_TOLERANCE = 1e-7  # [1] of its cosine
DESCENT_STEPS = 12  # along the constraints towards a cheaper arrival
STAY = 3600.0  # [s] flown behind the last burn, so that the orbit arrived on can be measured
CLOSE = 10.0  # [m] from the designed arrival: near enough when flown forwards
MOST_ROUNDS = 8
FORWARD = MappingProxyType({"EARTH": 0.01, "MOON": 1.0})  # [m] of the flight forwards: errors near the Earth grow


@dataclass(frozen=True, eq=False)
class LowEnergy:
    """A low-energy transfer and its two ends.

    Attributes
    ----------
    transfer : Transfer
        Parking orbit, burns, arrival: to be flown again with `refly`.
    departure : EarthDeparture
        Perigee that it starts from.
    arrival : Arrival
        Burn at the Moon.
    """

    transfer: Transfer
    departure: EarthDeparture
    arrival: Arrival

    @property
    def flight_time(self) -> float:
        """From the injection to the burn at the Moon [s]."""
        return self.arrival.tdb - self.departure.tdb


@dataclass(frozen=True, eq=False)
class Seed:
    """An arrival that a search found to come from near the Earth.

    Attributes
    ----------
    variables : (n,) [mixed]
        Of its family of arrivals.
    perigee_distance : float [m]
        Of the search.
    flight_time : float [s]
        About.
    cost : float [m/s]
        Burn at the Moon.
    """

    variables: Array
    perigee_distance: float
    flight_time: float
    cost: float


def low_energy_seeds(
    family: ArrivalFamily,
    first_departure: float,
    last_departure: float,
    data: DataContext,
    *,
    shortest: float = SHORTEST,
    longest: float = LONGEST,
    cadence: float = CADENCE,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Seed, ...]:
    """Arrivals that come from near the Earth within a window, the most promising first.

    Parameters
    ----------
    family : ArrivalFamily
        Where to arrive.
    first_departure, last_departure : float [s TDB past J2000]
        Window of the departure.
    data : DataContext
        Ephemeris.
    shortest, longest : float [s]
        Bounds of the time of flight.
    cadence : float [s]
        Between the arrival times that are looked at.
    progress : callable or None
        Told how many arrival times are done, and how many there are.

    Returns
    -------
    tuple of Seed
        To be corrected.

    Raises
    ------
    InvalidInput
        The window or the flight times make no sense.
    OutsideSpan, MissingData
        The ephemeris does not cover the flights.

    Source
    ------
    As `low_energy_returns`.
    """
    if not first_departure < last_departure:
        raise InvalidInput("the window of departure must end after it begins")
    times = np.arange(first_departure + shortest, last_departure + longest, cadence)
    seeds: list[Seed] = []
    for done, tdb in enumerate(times):
        grid = family.grid(float(tdb))
        found = low_energy_returns(grid.before, float(tdb), data, shortest=shortest, longest=longest)
        departs = tdb - found.flight_time
        rank = grid.cost + COST_OF_PERIGEE * found.perigee_distance
        outside = (departs < first_departure) | (departs > last_departure) | (found.perigee_distance > HIGHEST_SEED)
        rank = np.where(outside, np.inf, rank)
        for row in np.argsort(rank)[:PER_ARRIVAL]:
            if np.isfinite(rank[row]):
                perigee, duration = float(found.perigee_distance[row]), float(found.flight_time[row])
                seeds.append(Seed(grid.variables[row], perigee, duration, float(grid.cost[row])))
        if progress is not None:
            progress(done + 1, len(times))
    return tuple(sorted(seeds, key=lambda seed: seed.cost + COST_OF_PERIGEE * seed.perigee_distance))


def low_energy_transfers(
    family: ArrivalFamily,
    first_departure: float,
    last_departure: float,
    forces: CislunarForces,
    data: DataContext,
    *,
    name: str = "low-energy transfer",
    parking_altitude: float = 200e3,
    parking_inclination: float | None = None,
    shortest: float = SHORTEST,
    longest: float = LONGEST,
    cadence: float = CADENCE,
    most: int = 3,
    most_tried: int = 24,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[LowEnergy, ...]:
    """Low-energy transfers found from scratch: no guess, no database.

    Arrivals over all directions are flown backwards under the points of Moon, Earth and Sun. Those that come from near
    the Earth are corrected in the full model until their perigee lies at the altitude of a parking orbit, and moved
    along that condition to the cheapest burn nearby.

    Parameters
    ----------
    family : ArrivalFamily
        Where to arrive: `low_orbit_arrival(...)` or `OrbitArrival(...)`.
    first_departure, last_departure : float [s TDB past J2000]
        Window of the departure.
    forces : CislunarForces
        The full model.
    data : DataContext
        Ephemeris, orientation and gravity fields.
    name : str
        What reports call the transfers.
    parking_altitude : float [m]
        Of the round orbit of the Earth that they leave, over the equatorial radius.
    parking_inclination : float or None [rad]
        To the equator of date; None for whichever comes out.
    shortest, longest : float [s]
        Bounds of the time of flight in the search.
    cadence : float [s]
        Between the arrival times that are looked at.
    most : int
        Transfers wanted.
    most_tried : int
        Seeds that are corrected.
    progress : callable or None
        Told how many arrival times are done, and how many there are.

    Returns
    -------
    tuple of LowEnergy
        The cheapest at the Moon first; different ones only.

    Raises
    ------
    InvalidInput
        The window, the flight times or the parking orbit make no sense.
    NumericalFailure
        None was found; the message tells how near the search came.
    OutsideSpan, MissingData
        The data do not cover the flights.

    Source
    ------
    Belbruno & Miller (1993), J. Guid. Control Dyn. 16, 770, doi:10.2514/3.21079; Parker & Anderson (2014), Low-Energy
    Lunar Trajectory Design, Wiley, chapter 3.
    """
    if not 100e3 <= parking_altitude <= 1e7:
        raise InvalidInput(f"a parking orbit lies between 100 and 10 000 km; got {parking_altitude / 1e3:g} km")
    seeds = low_energy_seeds(
        family,
        first_departure,
        last_departure,
        data,
        shortest=shortest,
        longest=longest,
        cadence=cadence,
        progress=progress,
    )
    flight = prepare_flight(forces, first_departure - 2.0 * MARGIN, last_departure + longest + MARGIN, data)
    wanted = Parking(parking_altitude, parking_inclination, pole("EARTH", first_departure, data))
    found: list[LowEnergy] = []
    for seed in seeds[:most_tried]:
        one = _within(family, seed, wanted, flight, (first_departure, last_departure), longest + MARGIN, name)
        if one is not None and all(_differ(one, other) for other in found):
            found.append(one)
        if len(found) == most:
            break
    if not found:
        nearest = min((seed.perigee_distance for seed in seeds), default=math.inf)
        raise NumericalFailure(
            f"no low-energy transfer was found: {len(seeds)} arrivals came from near the Earth, the lowest perigee of "
            f"the search was {nearest / 1e3:.0f} km from its centre, none could be led to {parking_altitude / 1e3:g} km"
            + ("" if parking_inclination is None else f" at {math.degrees(parking_inclination):g} deg")
            + ": widen the window by half a month, allow longer flights, or leave the inclination free"
        )
    return tuple(sorted(found, key=lambda one: one.arrival.cost)[:most])


def _within(
    family: ArrivalFamily,
    seed: Seed,
    parking: Parking,
    flight: CislunarFlight,
    window: tuple[float, float],
    longest: float,
    name: str,
) -> LowEnergy | None:
    """The cheapest transfer near a seed that departs in a window; where that has moved out, the one at the seed."""
    for descend in (True, False):
        try:
            found = corrected_low_energy(family, seed.variables, parking, flight, longest, name=name, descend=descend)
        except NumericalFailure:
            continue
        if window[0] <= found.departure.tdb <= window[1]:
            return found
    return None


def corrected_low_energy(
    family: ArrivalFamily,
    variables: Array,
    parking: Parking,
    flight: CislunarFlight,
    longest: float,
    *,
    name: str = "low-energy transfer",
    descend: bool = True,
) -> LowEnergy:
    """One low-energy transfer from a first guess of its arrival.

    Parameters
    ----------
    family : ArrivalFamily
        Where to arrive.
    variables : (n,) [mixed]
        First guess, of a search or of an earlier answer.
    parking : Parking
        Where it starts.
    flight : CislunarFlight
        The full model, laid out.
    longest : float [s]
        Longest flight.
    name : str
        What reports call it.
    descend : bool
        Move along the condition to the cheapest arrival nearby.

    Returns
    -------
    LowEnergy
        With its perigee at the parking orbit.

    Raises
    ------
    NumericalFailure
        The guess is too far from any.
    InvalidInput
        The guess lies below a surface.
    OutsideSpan
        The forces were not laid out for these times.

    Source
    ------
    As `low_energy_transfers`.
    """

    def constraints(steps: float) -> Callable[[Array], tuple[Array, Array]]:
        def misses(values: Array) -> tuple[Array, Array]:
            arrival = family.at(values)
            departure = earth_departure(flight, arrival.before, arrival.tdb, longest, with_transition=True, steps=steps)
            if departure is None:
                raise NumericalFailure("the flight does not come from near the Earth")
            return parking.misses(departure, _change(departure, arrival))

        return misses

    def cost(values: Array) -> tuple[float, Array]:
        arrival = family.at(values)
        return arrival.cost, arrival.cost_gradient

    count = 1 if parking.inclination is None else 2
    chosen = np.asarray(variables, dtype=np.float64)
    if descend:
        rough = np.full(count, ROUGH_TOLERANCE)
        steps = DESCENT_STEPS
        chosen = cheapest(cost, constraints(ROUGH_STEPS), chosen, family.scales, rough, most_steps=steps).variables
    fine = np.array([PERIGEE_TOLERANCE, INCLINATION_TOLERANCE])[:count]
    chosen = correct(constraints(STEPS), chosen, family.scales, fine, largest_step=1.0).variables
    arrival = family.at(chosen)
    departure = earth_departure(flight, arrival.before, arrival.tdb, longest, with_transition=True, steps=STEPS)
    assert departure is not None
    return _flown_forwards(
        LowEnergy(_transfer(name, arrival, departure, parking, flight), departure, arrival), parking, flight
    )


def _flown_forwards(found: LowEnergy, parking: Parking, flight: CislunarFlight) -> LowEnergy:
    """The same transfer, its injection turned by less than a millimetre per second so that it arrives flown forwards.

    An error at the Earth grows some hundred thousand times until the Moon, and so does that of integration: what was
    found backwards misses by kilometres.
    """
    departure, arrival = found.departure, found.arrival
    turn = departure.transition
    assert turn is not None
    best = np.inf
    for _ in range(MOST_ROUNDS):
        transfer = _transfer(found.transfer.name, arrival, departure, parking, flight)
        way = replace(
            transfer, burns=transfer.burns[:1], targets=(), arrival=OrbitState(arrival.before, arrival.tdb, "MOON")
        )
        reached = refly(way, flight.forces.by_center, flight.data, tolerance=FORWARD).trajectory
        state = reached.state_about("MOON", [arrival.tdb])[0]
        miss = arrival.before[:3] - state[:3]
        best = min(best, float(np.linalg.norm(miss)))
        if float(np.linalg.norm(miss)) <= CLOSE:
            burn = arrival.after[3:] - state[3:]
            arrival = replace(arrival, before=state, burn=burn)
            return LowEnergy(_transfer(transfer.name, arrival, departure, parking, flight), departure, arrival)
        meanwhile = -np.linalg.solve(turn[:3, 3:], turn[:3, :3] @ miss)
        change = turn[3:, :3] @ miss + turn[3:, 3:] @ meanwhile
        departure = replace(departure, state=departure.state + np.concatenate((np.zeros(3), change)))
    raise NumericalFailure(
        f"the transfer found backwards cannot be closed forwards: {best / 1e3:.3g} km remain at the Moon after "
        f"{MOST_ROUNDS} rounds; it is too sensitive, take another"
    )


def _transfer(
    name: str, arrival: Arrival, departure: EarthDeparture, parking: Parking, flight: CislunarFlight
) -> Transfer:
    velocity = departure.state[3:]
    round_speed = math.sqrt(EARTH.gm / departure.perigee_distance)
    start = np.concatenate((departure.state[:3], round_speed / np.linalg.norm(velocity) * velocity))
    stop = arrival.tdb + STAY
    after = flight.coast(arrival.after, arrival.tdb, stop, "MOON", steps=STEPS)
    altitude = float(np.linalg.norm(arrival.before[:3])) - body("MOON").equatorial_radius
    events = (
        TransferEvent("injection", departure.tdb, departure.perigee_distance - EARTH.equatorial_radius, "m"),
        TransferEvent("insertion", arrival.tdb, altitude, "m"),
    )
    targets = [
        Target("perigee altitude", "altitude", "EARTH", departure.tdb, parking.altitude, "m"),
        Target("arrival altitude", "altitude", "MOON", arrival.tdb, altitude, "m"),
    ]
    if parking.inclination is not None:
        targets.append(
            Target("departure inclination", "inclination", "EARTH", departure.tdb, parking.inclination, "rad")
        )
    return Transfer(
        name=name,
        kind="low-energy",
        departure=OrbitState(start, departure.tdb, "EARTH"),
        burns=(ImpulsiveBurn.at(departure.tdb, velocity - start[3:]), ImpulsiveBurn.at(arrival.tdb, arrival.burn)),
        arrival=OrbitState(after.state(stop)[0], stop, "MOON"),
        delta_v={"injection": departure.injection, "insertion": arrival.cost},
        events=events,
        targets=tuple(targets),
        handovers=(Handover(departure.handover, "MOON"),),
        model=flight.forces.text,
    )


def _change(departure: EarthDeparture, arrival: Arrival) -> Array:
    """How the state at perigee (6, n) depends on the variables of the arrival."""
    assert departure.transition is not None and departure.delay is not None
    change: Array = departure.transition @ arrival.partials
    if arrival.waits:
        change[:, 0] += departure.delay
    return change


def _differ(one: LowEnergy, other: LowEnergy) -> bool:
    """Whether two transfers are not the same one found twice."""
    apart = abs(one.departure.tdb - other.departure.tdb) > 0.25 * SECONDS_PER_DAY
    return apart or abs(one.arrival.tdb - other.arrival.tdb) > 0.25 * SECONDS_PER_DAY
