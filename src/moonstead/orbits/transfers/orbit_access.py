"""Between low orbits of the Moon and an orbit that is flown already: near-rectilinear halo, distant retrograde, any."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.propagate import OrbitState
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.targeting import correct
from moonstead.orbits.transfers.backward_search import POINTS
from moonstead.orbits.transfers.cislunar import ROUGH_STEPS, STEPS, CislunarFlight, CislunarForces, prepare_flight
from moonstead.orbits.transfers.directions import even_directions
from moonstead.orbits.transfers.least_cost import least_cost
from moonstead.orbits.transfers.lunar_passage import LunarPassage, lunar_passage, sampled_perilunes
from moonstead.orbits.transfers.measures import pole
from moonstead.orbits.transfers.transfer import Target, Transfer, TransferEvent

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

MOON = body("MOON")
EPOCHS = 24  # times of a search
BURNS = (30.0, 80.0, 150.0, 250.0)  # [m/s] on the far orbit, of a search
DIRECTIONS = 48
LOOKS = 1800.0  # [s] between samples of a search
MISS_COST = 1e-4  # [m/s for each m] by which seeds far from the wanted perilune rank lower
SLACK = 1.5  # [1] of the longest flight, in which a correction may move before it keeps to it
PER_EPOCH = 2  # seeds of one time that are kept: the best of one are all alike
TRIED, ENOUGH = 12, 3  # seeds that are optimised, and answers after which no more are
SCALES = np.array([3600.0, 10.0, 10.0, 10.0])  # of the variables: s, m/s
RADIUS_TOLERANCE = 0.1  # [m]
INCLINATION_TOLERANCE = 1e-7  # [1] of its cosine
TIME_TOLERANCE = 60.0  # [s]
STAY = 1800.0  # [s] flown on behind the last burn


@dataclass(frozen=True, eq=False)
class OrbitAccess:
    """A transfer between a low orbit of the Moon and a far one.

    Attributes
    ----------
    transfer : Transfer
        To be flown again with `refly`.
    passage : LunarPassage
        The burn on the low orbit is there.
    far_tdb : float [s TDB past J2000]
        When the burn on the far orbit is.
    """

    transfer: Transfer
    passage: LunarPassage
    far_tdb: float

    @property
    def flight_time(self) -> float:
        """Between the burns [s]."""
        return abs(self.far_tdb - self.passage.tdb)


def orbit_access(
    orbit: Trajectory,
    first: float,
    last: float,
    forces: CislunarForces,
    data: DataContext,
    *,
    outbound: bool,
    altitude: float = 100e3,
    inclination: float | None = None,
    longest: float = SECONDS_PER_DAY,
    name: str = "orbit access",
) -> OrbitAccess:
    """The cheapest two-burn transfer between a round low orbit of the Moon and an orbit that is flown already.

    Burns of all directions on the far orbit are tried at times over the window; the best ones are optimised in the full
    model, until the perilune lies on the low orbit.

    Parameters
    ----------
    orbit : Trajectory
        The far orbit, about the Moon in the ICRF, covering the window.
    first, last : float [s TDB past J2000]
        Window of the burn on the far orbit.
    forces : CislunarForces
        The full model.
    data : DataContext
        Ephemeris, orientation and gravity fields.
    outbound : bool
        From the low orbit to the far one; else down from it.
    altitude : float [m]
        Of the low orbit over the Moon's equatorial radius.
    inclination : float or None [rad]
        Of the low orbit to the Moon's equator; None for whichever is cheapest.
    longest : float [s]
        Longest flight.
    name : str
        What reports call it.

    Returns
    -------
    OrbitAccess
        With both burns and what they cost.

    Raises
    ------
    InvalidInput
        The window, the altitude or the flight time make no sense.
    NumericalFailure
        None was found; the message tells how near the search came.
    OutsideSpan, MissingData
        The data or the orbit do not cover the window.

    Source
    ------
    Two-burn transfers as in Whitley & Martinez (2016), Options for staging orbits in cislunar space, IEEE Aerospace
    Conference, doi:10.1109/AERO.2016.7500635; the search is our own.
    """
    if not first < last:
        raise InvalidInput("the window must end after it begins")
    if not 15e3 <= altitude <= 1e7 or not 3600.0 <= longest <= 30.0 * SECONDS_PER_DAY:
        raise InvalidInput(
            f"a low orbit lies between 15 and 10 000 km, a flight takes between an hour and 30 days; got "
            f"{altitude / 1e3:g} km and {longest / SECONDS_PER_DAY:g} days"
        )
    flight = prepare_flight(forces, first - SLACK * longest - 2.0 * STAY, last + SLACK * longest + 2.0 * STAY, data)
    task = _Access(orbit, flight, outbound, MOON.equatorial_radius + altitude, inclination, longest, (first, last))
    seeds = task.seeds()
    found: list[tuple[float, Array]] = []
    for seed in seeds[:TRIED]:
        variables = task.optimised(seed)
        if variables is not None:
            found.append((task.cost(variables)[0], variables))
        if len(found) == ENOUGH:
            break
    if not found:
        raise NumericalFailure(
            f"no transfer between {orbit.name} and {altitude / 1e3:g} km was found in flights of up to "
            f"{longest / SECONDS_PER_DAY:g} days ({len(seeds)} seeds): allow a longer flight or a longer window, or "
            "leave the inclination free"
        )
    return task.answer(min(found, key=lambda pair: pair[0])[1], name, altitude)


class _Access:
    """The search and its correction, with what they share."""

    def __init__(
        self,
        orbit: Trajectory,
        flight: CislunarFlight,
        outbound: bool,
        radius: float,
        inclination: float | None,
        longest: float,
        window: tuple[float, float],
    ) -> None:
        self.orbit, self.flight, self.outbound, self.radius = orbit, flight, outbound, radius
        self.inclination, self.longest, self.window = inclination, longest, window
        self.axis = pole("MOON", window[0], flight.data)
        self.last: LunarPassage | None = None
        self.last_key: tuple[bytes, float] | None = None
        self.round_speed = math.sqrt(MOON.gm / radius)

    def far_state(self, variables: Array) -> Array:
        """State on the transfer at the burn on the far orbit."""
        state = self.orbit.state(np.array([variables[0]]))[0].copy()
        state[3:] += -variables[1:] if self.outbound else variables[1:]
        return state

    def passage(self, variables: Array, steps: float) -> LunarPassage:
        key = (variables.tobytes(), steps)
        if key != self.last_key:
            self.last, self.last_key = self._passage(variables, steps), key
        if self.last is None:
            raise NumericalFailure("the flight has no perilune in time")
        return self.last

    def _passage(self, variables: Array, steps: float) -> LunarPassage | None:
        return lunar_passage(
            self.flight,
            self.far_state(variables),
            variables[0],
            SLACK * self.longest,
            backwards=self.outbound,
            with_transition=True,
            steps=steps,
        )

    def partials(self, variables: Array, passage: LunarPassage) -> Array:
        """Derivatives (6, 4) of the state at the perilune's time by the variables."""
        assert passage.transition is not None
        way = -1.0 if self.outbound else 1.0
        start = np.zeros((6, 4))
        start[:3, 0] = -way * variables[1:]  # the orbit moves on with its own velocity, the transfer with another
        start[3:, 1:] = way * np.eye(3)
        change: Array = passage.transition @ start
        return change

    def cost(self, variables: Array, steps: float = ROUGH_STEPS) -> tuple[float, Array]:
        """Both burns [m/s], and their gradient."""
        passage = self.passage(variables, steps)
        size = float(np.linalg.norm(variables[1:]))
        gradient = passage.state[3:] / passage.speed @ self.partials(variables, passage)[3:]
        gradient[1:] += variables[1:] / max(size, 1e-9)
        return size + passage.speed - self.round_speed, gradient

    def misses(self, variables: Array, steps: float = ROUGH_STEPS) -> tuple[Array, Array]:
        """Perilune [m] and, where it is wanted, cosine of the inclination less those of the low orbit; Jacobian."""
        passage = self.passage(variables, steps)
        change = self.partials(variables, passage)
        place, motion = passage.state[:3], passage.state[3:]
        values, rows = [passage.distance - self.radius], [place / passage.distance @ change[:3]]
        if self.inclination is not None:
            momentum = np.cross(place, motion)
            size = float(np.linalg.norm(momentum))
            cosine = float(momentum @ self.axis) / size
            turned = np.cross(change[:3].T, motion) + np.cross(place, change[3:].T)
            rows.append(turned @ (self.axis - cosine * momentum / size) / size)
            values.append(cosine - math.cos(self.inclination))
        return np.array(values), np.array(rows)

    def to_spare(self, variables: Array, steps: float = ROUGH_STEPS) -> tuple[float, Array]:
        """Longest time of flight less that flown [s], and its gradient."""
        passage = self.passage(variables, steps)
        change = self.partials(variables, passage)
        later = passage.delay(change)
        later[0] -= 1.0
        way = -1.0 if self.outbound else 1.0
        return self.longest - way * (passage.tdb - float(variables[0])), -way * later

    def seeds(self) -> list[Array]:
        """Variables of flights that pass near the Moon, the most promising first."""
        burns = np.concatenate([size * even_directions(DIRECTIONS) for size in BURNS])
        found: list[tuple[float, Array]] = []
        way = -1.0 if self.outbound else 1.0
        for tdb in np.linspace(*self.window, EPOCHS):
            variables = np.concatenate((np.full((len(burns), 1), tdb), burns), axis=1)
            states = np.tile(self.orbit.state(np.array([tdb]))[0], (len(burns), 1))
            states[:, 3:] += way * burns
            times = tdb + way * np.arange(LOOKS, self.longest, LOOKS)
            flights = propagate_many(
                states, tdb, times[-1], POINTS, self.flight.data, step_tolerance=1e-8, times=times, threads=1
            )
            rank = self._rank(flights.states, burns)
            found += [(float(rank[row]), variables[row]) for row in np.argsort(rank)[:PER_EPOCH]]
        return [variables for rank, variables in sorted(found, key=lambda pair: pair[0]) if math.isfinite(rank)]

    def _rank(self, states: Array, burns: Array) -> Array:
        """Cost [m/s] that the nearest sample of each flight promises, infinite where none is near."""
        perilune, energy = sampled_perilunes(states)
        low = np.sqrt(np.maximum(0.0, 2.0 * (energy + MOON.gm / self.radius))) - self.round_speed
        return np.linalg.norm(burns, axis=1) + low + MISS_COST * np.abs(perilune - self.radius)

    def optimised(self, seed: Array) -> Array | None:
        """The cheapest variables near a seed that meet the low orbit; None where there are none."""
        tolerances = np.array([RADIUS_TOLERANCE, INCLINATION_TOLERANCE])[: 1 if self.inclination is None else 2]
        weights = np.array([1e4, 1e-2])[: tolerances.size]
        try:
            self.passage(seed, ROUGH_STEPS)
            best = least_cost(self, seed, SCALES, weights)
            exact = correct(lambda x: self.misses(x, STEPS), best, SCALES, tolerances, largest_step=2.0).variables
            passage = self.passage(exact, STEPS)
        except NumericalFailure:
            return None
        late = abs(passage.tdb - exact[0]) > self.longest + TIME_TOLERANCE
        inside = self.window[0] <= exact[0] <= self.window[1] and not late
        return exact if inside and not passage.below else None

    def answer(self, variables: Array, name: str, altitude: float) -> OrbitAccess:
        """The transfer of variables that were found."""
        passage, burn = self.passage(variables, STEPS), variables[1:]
        along = passage.state[3:] / passage.speed
        brake = (passage.speed - self.round_speed) * along
        low_state = np.concatenate((passage.state[:3], self.round_speed * along))
        far_tdb = float(variables[0])
        on_orbit = self.orbit.state(np.array([far_tdb]))[0]
        if self.outbound:
            departure, arrived = OrbitState(low_state, passage.tdb), OrbitState(on_orbit, far_tdb)
            burns = (ImpulsiveBurn.at(passage.tdb, brake), ImpulsiveBurn.at(far_tdb, burn))
        else:
            departure, arrived = OrbitState(on_orbit, far_tdb), OrbitState(low_state, passage.tdb)
            burns = (ImpulsiveBurn.at(far_tdb, burn), ImpulsiveBurn.at(passage.tdb, -brake))
        stop = arrived.epoch_tdb + STAY
        after = self.flight.coast(arrived.position_velocity, arrived.epoch_tdb, stop, "MOON", steps=STEPS)
        costs = {"low orbit": passage.speed - self.round_speed, "far orbit": float(np.linalg.norm(burn))}
        targets = [Target("low orbit altitude", "altitude", "MOON", passage.tdb, altitude, "m")]
        if self.inclination is not None:
            targets.append(Target("low orbit inclination", "inclination", "MOON", passage.tdb, self.inclination, "rad"))
        events = (
            TransferEvent("burn on the low orbit", passage.tdb, costs["low orbit"], "m/s"),
            TransferEvent("burn on the far orbit", far_tdb, costs["far orbit"], "m/s"),
        )
        transfer = Transfer(
            name=name,
            kind="orbit-access",
            departure=departure,
            burns=burns,
            arrival=OrbitState(after.state(stop)[0], stop),
            delta_v=costs if self.outbound else dict(reversed(costs.items())),
            events=events if self.outbound else events[::-1],
            targets=tuple(targets),
            model=self.flight.forces.text,
        )
        return OrbitAccess(transfer, passage, far_tdb)
