"""Capture at the Moon by several burns: shorter burns, lower losses, and time to look between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

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
LARGEST_TRIM = 100.0  # [m/s] at apolune
LONGEST_PERIOD = 3.0 * 86_400.0  # [s] beyond it the Earth decides where the next perilune lies


def captured_in_steps(
    solution: DirectSolution, periods: Sequence[float], flight: CislunarFlight, *, name: str = "direct transfer"
) -> Transfer:
    """A direct transfer whose insertion is shared by burns at successive perilunes.

    Parameters
    ----------
    solution : DirectSolution
        The coast to the Moon.
    periods : sequence of float [s]
        Of the ellipses between the burns, falling: two of them make three burns.
    flight : CislunarFlight
        Forces, laid out until the last burn and one revolution more.
    name : str
        What reports call it.

    Returns
    -------
    Transfer
        With a trim at each apolune, which brings the next perilune to the height of the final orbit.

    Raises
    ------
    InvalidInput
        The periods do not fall, or lie outside of what the orbit allows.
    NumericalFailure
        The Earth draws a perilune so far that no trim of 100 m/s keeps it.

    Source
    ------
    Burns along the motion at perilune, as KPLO did it in 2022: Song et al. (2023), J. Astron. Space Sci. 40, 199.
    """
    moon = body("MOON")
    height = solution.case.perilune
    round_period = 2.0 * math.pi * math.sqrt(height**3 / moon.gm)
    falling = [LONGEST_PERIOD, *periods, round_period]
    if not periods or any(after >= before for before, after in pairwise(falling)):
        raise InvalidInput(
            f"the periods of capture must fall from less than {LONGEST_PERIOD / 3600.0:g} h to more than the "
            f"{round_period / 3600.0:.2f} h of the final orbit; got {[round(p / 3600.0, 2) for p in periods]} h"
        )
    single = direct_transfer(solution, flight, name=name)
    state, tdb = solution.perilune_state, solution.perilune_tdb
    burns = list(single.burns[:1])
    delta_v = {"translunar injection": single.delta_v["translunar injection"]}
    events, targets = list(single.events[:2]), list(single.targets)

    def burn(what: str, when: float, change: Array) -> None:
        burns.append(ImpulsiveBurn.at(when, change))
        delta_v[what] = float(np.linalg.norm(change))
        events.append(TransferEvent(what, when, delta_v[what], "m/s"))

    for number, period in enumerate(periods, start=1):
        distance = float(np.linalg.norm(state[:3]))
        axis = (moon.gm * (period / (2.0 * math.pi)) ** 2) ** (1.0 / 3.0)
        ahead = circular_velocity(state, moon.gm)
        slow = ahead * (math.sqrt(moon.gm * (2.0 / distance - 1.0 / axis)) / float(np.linalg.norm(ahead)))
        burn(f"lunar orbit insertion {number}", tdb, slow - state[3:])
        after = np.concatenate((state[:3], slow))
        apolune, trim, tdb, state = _to_next_perilune(after, tdb, period, height, flight)
        burn(f"trim at apolune {number}", apolune, trim)
        targets.append(Target(f"perilune {number + 1}", "altitude", "MOON", tdb, solution.case.moon_altitude, "m"))
    after = np.concatenate((state[:3], circular_velocity(state, moon.gm)))
    burn(f"lunar orbit insertion {len(periods) + 1}", tdb, after[3:] - state[3:])
    arrival_tdb = tdb + round_period
    orbit = flight.coast(after, tdb, arrival_tdb, "MOON", steps=STEPS)
    return replace(
        single,
        burns=tuple(burns),
        delta_v=delta_v,
        events=tuple(events),
        targets=tuple(targets),
        arrival=OrbitState(orbit.state([arrival_tdb])[0], arrival_tdb, "MOON"),
    )


def _to_next_perilune(
    state: Array, tdb: float, period: float, height: float, flight: CislunarFlight
) -> tuple[float, Array, float, Array]:
    """Time of apolune, trim there, time of the next perilune, state there."""
    outward = flight.coast(state, tdb, tdb + 0.75 * period, "MOON", steps=STEPS)
    apolune = turning_time(outward, tdb + 0.25 * period, tdb + 0.75 * period)
    top = outward.state([apolune])[0]
    along = top[3:] / np.linalg.norm(top[3:])

    def fall(trim: float) -> tuple[float, Array]:
        coast = flight.coast(
            np.concatenate((top[:3], top[3:] + trim * along)), apolune, apolune + 0.75 * period, "MOON", steps=STEPS
        )
        when = turning_time(coast, apolune + 0.25 * period, apolune + 0.75 * period)
        return when, coast.state([when])[0]

    trim, when, there = trim_to_height(fall, height, LARGEST_TRIM, f"the ellipse of {period / 3600.0:.1f} h")
    return apolune, trim * along, when, there
