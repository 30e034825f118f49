"""Phasing loops: to the Moon over ever longer ellipses about the Earth, the energy given at perigee passes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.propagate import OrbitState
from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.transfers.cislunar import CislunarFlight
from moonstead.orbits.transfers.direct import DirectSolution, circular_velocity, direct_transfer
from moonstead.orbits.transfers.transfer import Target, Transfer, TransferEvent
from moonstead.orbits.transfers.turning import trim_to_height, turning_time

Array = NDArray[np.float64]

STEPS = 1e-12
LARGEST_TRIM = 200.0  # [m/s] at apogee, beyond which the Moon has spoilt the loop


@dataclass(frozen=True, eq=False)
class PhasingLoop:
    """One revolution between two burns at perigee.

    Attributes
    ----------
    start_tdb, apogee_tdb, stop_tdb : float [s TDB past J2000]
        Perigee, apogee, next perigee.
    start_state, apogee_state, stop_state : (6,) [m, m/s]
        About the Earth, in the ICRF: behind the burn at the first perigee, before the trim at apogee, before the burn
        at the next perigee.
    trim : (3,) [m/s]
        Change of velocity at apogee.
    """

    start_tdb: float
    apogee_tdb: float
    stop_tdb: float
    start_state: Array
    apogee_state: Array
    stop_state: Array
    trim: Array


def phasing_transfer(
    solution: DirectSolution,
    apogee_altitudes: Sequence[float],
    flight: CislunarFlight,
    *,
    name: str = "phasing transfer",
) -> Transfer:
    """Replace the one burn at departure by several at perigee, each to a higher apogee; the last leaves for the Moon.

    The loops are flown backwards from the perigee of the direct transfer. Between its perigees each has a small trim at
    apogee, by which the perigee before lies at the height of the parking orbit again, whatever Sun and Moon did.

    Parameters
    ----------
    solution : DirectSolution
        The coast to the Moon.
    apogee_altitudes : sequence of float [m]
        Of each loop above the equatorial radius, in the order of time; two make "2.5 loops".
    flight : CislunarFlight
        Forces, laid out from the first loop on.
    name : str
        What reports call it.

    Returns
    -------
    Transfer
        Its departure is the first burn, from the circular orbit.

    Raises
    ------
    InvalidInput
        No apogee is given, or one does not lie above the parking orbit.
    NumericalFailure
        The Moon passes so near to a loop that no trim below 200 m/s keeps it; the message names the loop.
    OutsideSpan
        The forces do not reach back to the first loop.

    Source
    ------
    Uesugi (1996), Acta Astronautica 39, 153 (loops of 2.5 to 4.5 revolutions); burns along the motion at perigee.
    """
    case = solution.case
    if not apogee_altitudes or min(apogee_altitudes) <= case.earth_altitude:
        raise InvalidInput(
            "phasing loops need at least one apogee, each above the parking orbit at "
            f"{case.earth_altitude / 1e3:.0f} km; got {[round(a / 1e3) for a in apogee_altitudes]} km"
        )
    earth = body("EARTH")
    loops: list[PhasingLoop] = []
    perigee, tdb = solution.earth_end.state, solution.departure_tdb
    for number in range(len(apogee_altitudes), 0, -1):
        apogee = earth.equatorial_radius + apogee_altitudes[number - 1]
        loops.insert(0, _loop_before(perigee, tdb, apogee, case.perigee, flight, number))
        perigee, tdb = loops[0].start_state, loops[0].start_tdb
    direct = direct_transfer(solution, flight, name=name)
    before = np.concatenate((perigee[:3], circular_velocity(perigee, earth.gm)))
    burns: list[ImpulsiveBurn] = []
    delta_v: dict[str, float] = {}
    events: list[TransferEvent] = []

    def burn(what: str, when: float, change: Array) -> None:
        burns.append(ImpulsiveBurn.at(when, change))
        delta_v[what] = float(np.linalg.norm(change))
        events.append(TransferEvent(what, when, delta_v[what], "m/s"))

    burn("injection into loop 1", tdb, perigee[3:] - before[3:])
    for number, loop in enumerate(loops, start=1):
        burn(f"trim in loop {number}", loop.apogee_tdb, loop.trim)
        distance = float(np.linalg.norm(loop.apogee_state[:3])) - earth.equatorial_radius
        events.append(TransferEvent(f"apogee of loop {number}", loop.apogee_tdb, distance, "m"))
        after = loops[number].start_state if number < len(loops) else solution.earth_end.state
        what = f"injection into loop {number + 1}" if number < len(loops) else "translunar injection"
        burn(what, loop.stop_tdb, after[3:] - loop.stop_state[3:])
    delta_v["lunar orbit insertion"] = direct.delta_v["lunar orbit insertion"]
    targets = [Target("departure altitude", "altitude", "EARTH", tdb, case.earth_altitude, "m")]
    targets += [
        Target(f"perigee behind loop {number}", "altitude", "EARTH", loop.stop_tdb, case.earth_altitude, "m")
        for number, loop in enumerate(loops, start=1)
    ]
    return Transfer(
        name=name,
        kind="phasing",
        departure=OrbitState(before, tdb, "EARTH"),
        burns=(*burns, direct.burns[-1]),
        arrival=direct.arrival,
        delta_v=delta_v,
        events=(*events, *direct.events[1:]),
        targets=(*targets, *direct.targets[2:]),
        handovers=direct.handovers,
        model=direct.model,
    )


def _loop_before(
    perigee: Array, tdb: float, apogee: float, height: float, flight: CislunarFlight, number: int
) -> PhasingLoop:
    """The loop that ends at a perigee, with the trim by which it began at a height."""
    gm = body("EARTH").gm
    distance = float(np.linalg.norm(perigee[:3]))
    ahead = circular_velocity(perigee, gm)
    ahead /= np.linalg.norm(ahead)
    stop_state = np.concatenate((perigee[:3], math.sqrt(2.0 * gm * apogee / (distance * (distance + apogee))) * ahead))
    period = 2.0 * math.pi * math.sqrt((0.5 * (distance + apogee)) ** 3 / gm)
    descent = flight.coast(stop_state, tdb, tdb - 0.75 * period, "EARTH", steps=STEPS)
    apogee_tdb = turning_time(descent, tdb - 0.25 * period, tdb - 0.75 * period)
    top = descent.state([apogee_tdb])[0]
    along = top[3:] / np.linalg.norm(top[3:])

    def start(trim: float) -> tuple[float, Array]:
        behind = np.concatenate((top[:3], top[3:] - trim * along))
        climb = flight.coast(behind, apogee_tdb, apogee_tdb - 0.75 * period, "EARTH", steps=STEPS)
        when = turning_time(climb, apogee_tdb - 0.25 * period, apogee_tdb - 0.75 * period)
        return when, climb.state([when])[0]

    trim, when, state = trim_to_height(
        start, height, LARGEST_TRIM, f"loop {number} with its apogee at {apogee / 1e3:.0f} km"
    )
    before = np.concatenate((top[:3], top[3:] - trim * along))
    return PhasingLoop(when, apogee_tdb, tdb, state, before, stop_state, trim * along)
