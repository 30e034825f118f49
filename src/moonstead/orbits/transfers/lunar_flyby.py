"""From the Earth by a powered flyby of the Moon onto an orbit that is flown already: NRHO, distant retrograde, halo."""

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
from moonstead.orbits.transfers.earth_departure import EarthDeparture, earth_departure
from moonstead.orbits.transfers.least_cost import least_cost
from moonstead.orbits.transfers.lunar_passage import LunarPassage, lunar_passage, sampled_perilunes
from moonstead.orbits.transfers.measures import pole
from moonstead.orbits.transfers.parking import Parking
from moonstead.orbits.transfers.transfer import Handover, Target, Transfer, TransferEvent

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

MOON, EARTH = body("MOON"), body("EARTH")
EPOCHS = 16  # insertion times of a search
INSERTIONS = (100.0, 200.0, 300.0)  # [m/s] of a search
FLYBY_BURNS = (-180.0, 0.0, 180.0)  # [m/s] along the flight at perilune, of a search
DIRECTIONS = 64
LOOKS = 1800.0  # [s] between samples of a search
PER_EPOCH = 5  # flights of one insertion time that are followed on to the Earth
PERIGEE_COST = 2e-6  # [m/s for each m] by which seeds that miss the Earth's surface rank lower
TRIED, ENOUGH = 16, 3
EARTH_LEG = 9.0 * SECONDS_PER_DAY  # [s] longest flight from the Earth to the flyby
SLACK = 1.2  # [1] of the longest flight onwards
STAY = 3600.0  # [s] flown behind the last burn
SCALES = np.array([3600.0, 10.0, 10.0, 10.0, 10.0])  # of the variables: s, m/s
HEIGHT_TOLERANCE = 1.0  # [m] of the flyby
PERIGEE_TOLERANCE = 1e-7  # [1] of the square root of the perigee distance: 1.3 m
INCLINATION_TOLERANCE = 1e-7  # [1] of its cosine


@dataclass(frozen=True, eq=False)
class FlybyTransfer:
    """A transfer by a powered flyby.

    Attributes
    ----------
    transfer : Transfer
        To be flown again with `refly`.
    departure : EarthDeparture
        Perigee that it starts from.
    passage : LunarPassage
        Perilune, behind the burn there.
    insertion_tdb : float [s TDB past J2000]
        When it joins the orbit.
    """

    transfer: Transfer
    departure: EarthDeparture
    passage: LunarPassage
    insertion_tdb: float


def flyby_transfer(
    orbit: Trajectory,
    first: float,
    last: float,
    forces: CislunarForces,
    data: DataContext,
    *,
    flyby_altitude: float = 100e3,
    parking_altitude: float = 200e3,
    parking_inclination: float | None = None,
    longest: float = 6.0 * SECONDS_PER_DAY,
    name: str = "flyby transfer",
) -> FlybyTransfer:
    """The cheapest transfer by one burn at perilune and one where it joins an orbit, besides leaving the Earth.

    Parameters
    ----------
    orbit : Trajectory
        The orbit to join, about the Moon in the ICRF, covering the window.
    first, last : float [s TDB past J2000]
        Window of the insertion.
    forces : CislunarForces
        The full model.
    data : DataContext
        Ephemeris, orientation and gravity fields.
    flyby_altitude : float [m]
        Of the perilune over the Moon's equatorial radius.
    parking_altitude : float [m]
        Of the round orbit of the Earth that is left.
    parking_inclination : float or None [rad]
        To the Earth's equator; None for whichever comes out.
    longest : float [s]
        Longest flight from the flyby to the insertion.
    name : str
        What reports call it.

    Returns
    -------
    FlybyTransfer
        The cheapest of those found at the Moon.

    Raises
    ------
    InvalidInput
        The window, an altitude or the flight time make no sense.
    NumericalFailure
        None was found; the message says how many seeds there were.
    OutsideSpan, MissingData
        The data or the orbit do not cover the window.

    Source
    ------
    Outbound powered flyby and insertion as Artemis I flew them: NASA, Artemis I press kit (2022); the search is our
    own.
    """
    if not first < last:
        raise InvalidInput("the window must end after it begins")
    if not 15e3 <= flyby_altitude <= 2e7 or not 100e3 <= parking_altitude <= 1e7:
        raise InvalidInput(
            f"a flyby passes 15 to 20 000 km above the Moon, a parking orbit lies at 100 to 10 000 km; got "
            f"{flyby_altitude / 1e3:g} and {parking_altitude / 1e3:g} km"
        )
    if not 0.2 * SECONDS_PER_DAY <= longest <= 20.0 * SECONDS_PER_DAY:
        raise InvalidInput(f"the flight onwards takes 0.2 to 20 days; got {longest / SECONDS_PER_DAY:g}")
    flight = prepare_flight(forces, first - SLACK * longest - 2.0 * EARTH_LEG, last + 2.0 * STAY, data)
    parking = Parking(parking_altitude, parking_inclination, pole("EARTH", first, data))
    task = _Flyby(orbit, flight, parking, MOON.equatorial_radius + flyby_altitude, longest, (first, last))
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
            f"no transfer by a flyby at {flyby_altitude / 1e3:g} km joins {orbit.name} in this window ({len(seeds)} "
            "seeds came from near the Earth): take a longer window, a longer flight onwards, or another altitude"
        )
    return task.answer(min(found, key=lambda pair: pair[0])[1], name)


class _Flyby:
    """Search and correction. Variables: time of insertion [s], burn there (3) [m/s], burn at perilune [m/s]."""

    def __init__(
        self,
        orbit: Trajectory,
        flight: CislunarFlight,
        parking: Parking,
        radius: float,
        longest: float,
        window: tuple[float, float],
    ) -> None:
        self.orbit, self.flight, self.parking = orbit, flight, parking
        self.radius, self.longest, self.window = radius, longest, window
        self.kept: tuple[tuple[bytes, float], tuple[LunarPassage, EarthDeparture, Array, Array]] | None = None

    def flown(self, variables: Array, steps: float) -> tuple[LunarPassage, EarthDeparture, Array, Array]:
        """Perilune, departure, and how the states there (6, 5) depend on the variables."""
        key = (variables.tobytes(), steps)
        if self.kept is None or self.kept[0] != key:
            self.kept = (key, self._flown(variables, steps))
        return self.kept[1]

    def _flown(self, variables: Array, steps: float) -> tuple[LunarPassage, EarthDeparture, Array, Array]:
        tdb, insertion, flyby = float(variables[0]), variables[1:4], float(variables[4])
        state = self.orbit.state(np.array([tdb]))[0].copy()
        state[3:] -= insertion
        passage = lunar_passage(
            self.flight, state, tdb, SLACK * self.longest, backwards=True, with_transition=True, steps=steps
        )
        if passage is None or passage.transition is None:
            raise NumericalFailure("the flight has no perilune in time")
        start = np.zeros((6, 5))
        start[:3, 0] = insertion  # the orbit moves on with its own velocity, the flight with one less by the burn
        start[3:, 1:4] = -np.eye(3)
        near = passage.transition @ start
        later = passage.delay(near)
        along = passage.state[3:] / passage.speed
        before = passage.state.copy()
        before[3:] -= flyby * along
        change = near + np.outer(passage.rate, later)
        change[3:] -= flyby / passage.speed * (change[3:] - np.outer(along, along @ change[3:]))
        change[3:, 4] -= along
        departure = earth_departure(
            self.flight,
            before,
            passage.tdb,
            EARTH_LEG,
            with_transition=True,
            steps=steps,
            through=passage.below,
        )
        if departure is None or departure.transition is None or departure.delay is None:
            raise NumericalFailure("the flight does not come from near the Earth")
        return passage, departure, near, departure.transition @ change + np.outer(departure.delay, later)

    def cost(self, variables: Array) -> tuple[float, Array]:
        """Both burns at the Moon [m/s], and their gradient."""
        size = float(np.linalg.norm(variables[1:4]))
        gradient = np.concatenate(([0.0], variables[1:4] / max(size, 1e-9), [np.sign(variables[4])]))
        return size + abs(float(variables[4])), gradient

    def misses(self, variables: Array, steps: float = ROUGH_STEPS) -> tuple[Array, Array]:
        """Height of the flyby [m], perigee and inclination less those that are wanted; Jacobian."""
        passage, departure, near, far = self.flown(variables, steps)
        values, rows = self.parking.misses(departure, far)
        height = passage.distance - self.radius
        slope = passage.state[:3] / passage.distance @ near[:3]
        return np.concatenate(([height], values)), np.vstack((slope, rows))

    def to_spare(self, variables: Array) -> tuple[float, Array]:
        """Longest flight onwards less that flown [s], and its gradient."""
        passage, _, near, _ = self.flown(variables, ROUGH_STEPS)
        later = passage.delay(near)
        later[0] -= 1.0
        return self.longest - (float(variables[0]) - passage.tdb), later

    def seeds(self) -> list[Array]:
        """Variables of flights that pass the Moon and come from near the Earth, the most promising first."""
        insertions = np.concatenate([size * even_directions(DIRECTIONS) for size in INSERTIONS])
        found: list[tuple[float, Array]] = []
        for tdb in np.linspace(*self.window, EPOCHS):
            states = np.tile(self.orbit.state(np.array([tdb]))[0], (len(insertions), 1))
            states[:, 3:] -= insertions
            times = tdb - np.arange(LOOKS, self.longest, LOOKS)
            flights = propagate_many(
                states, tdb, times[-1], POINTS, self.flight.data, step_tolerance=1e-8, times=times, threads=1
            )
            off = np.abs(sampled_perilunes(flights.states)[0] - self.radius)
            for row in np.argsort(off)[:PER_EPOCH]:
                if not math.isfinite(off[row]):
                    break
                for burn in FLYBY_BURNS:
                    variables = np.concatenate(([tdb], insertions[row], [burn]))
                    try:
                        _, departure, _, _ = self.flown(variables, 1e-9)
                    except NumericalFailure:
                        continue
                    rank = self.cost(variables)[0] + PERIGEE_COST * departure.perigee_distance
                    found.append((rank, variables))
        return [variables for _, variables in sorted(found, key=lambda pair: pair[0])]

    def optimised(self, seed: Array) -> Array | None:
        """The cheapest variables near a seed that meet all conditions; None where there are none."""
        tolerances = [HEIGHT_TOLERANCE, PERIGEE_TOLERANCE]
        weights = [1e4, 1e-1]
        if self.parking.inclination is not None:
            tolerances.append(INCLINATION_TOLERANCE)
            weights.append(1e-1)
        allowed = np.array(tolerances)
        best = least_cost(self, seed, SCALES, np.array(weights))
        try:
            exact = correct(lambda x: self.misses(x, STEPS), best, SCALES, allowed, largest_step=2.0).variables
            passage = self.flown(exact, STEPS)[0]
        except NumericalFailure:
            return None
        late = exact[0] - passage.tdb > self.longest + 60.0
        return exact if self.window[0] <= exact[0] <= self.window[1] and not late else None

    def answer(self, variables: Array, name: str) -> FlybyTransfer:
        """The transfer of variables that were found."""
        passage, departure, _, _ = self.flown(variables, STEPS)
        insertion_tdb, insertion, flyby = float(variables[0]), variables[1:4], float(variables[4])
        velocity = departure.state[3:]
        round_speed = math.sqrt(EARTH.gm / departure.perigee_distance)
        start = np.concatenate((departure.state[:3], round_speed / np.linalg.norm(velocity) * velocity))
        on_orbit = self.orbit.state(np.array([insertion_tdb]))[0]
        stop = insertion_tdb + STAY
        after = self.flight.coast(on_orbit, insertion_tdb, stop, "MOON", steps=STEPS)
        height = passage.distance - MOON.equatorial_radius
        far = float(np.linalg.norm(on_orbit[:3]))
        targets = [
            Target("perigee altitude", "altitude", "EARTH", departure.tdb, self.parking.altitude, "m"),
            Target("flyby altitude", "periapsis altitude", "MOON", passage.tdb, height, "m"),
            Target("insertion altitude", "altitude", "MOON", insertion_tdb, far - MOON.equatorial_radius, "m"),
        ]
        if self.parking.inclination is not None:
            inclination = self.parking.inclination
            targets.append(Target("departure inclination", "inclination", "EARTH", departure.tdb, inclination, "rad"))
        transfer = Transfer(
            name=name,
            kind="lunar-flyby",
            departure=OrbitState(start, departure.tdb, "EARTH"),
            burns=(
                ImpulsiveBurn.at(departure.tdb, velocity - start[3:]),
                ImpulsiveBurn.at(passage.tdb, flyby / passage.speed * passage.state[3:]),
                ImpulsiveBurn.at(insertion_tdb, insertion),
            ),
            arrival=OrbitState(after.state(stop)[0], stop, "MOON"),
            delta_v={
                "injection": departure.injection,
                "flyby": abs(flyby),
                "insertion": float(np.linalg.norm(insertion)),
            },
            events=(
                TransferEvent("injection", departure.tdb, departure.perigee_distance - EARTH.equatorial_radius, "m"),
                TransferEvent("flyby", passage.tdb, height, "m"),
                TransferEvent("insertion", insertion_tdb, far - MOON.equatorial_radius, "m"),
            ),
            targets=tuple(targets),
            handovers=(Handover(departure.handover, "MOON"),),
            model=self.flight.forces.text,
        )
        return FlybyTransfer(transfer, departure, passage, insertion_tdb)
