"""Many arrivals at the Moon flown backwards, and those among them that come from near the Earth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

POINTS = ForceModel("MOON", degree=0, third_bodies=("EARTH", "SUN"))
LEAVING = 25.0 * SECONDS_PER_DAY  # [s] before the arrival, by which a low-energy flight is far out
FAR = 7.0e8  # [m] from the Earth, where it is then
NEAR = 4.5e8  # [m] from the Earth, within which the orbit tells the perigee it comes from
EARLY, LATE = 1e-8, 1e-9  # [1] local error of the steps of a search
SAMPLE = SECONDS_PER_DAY  # [s] between looks; a fall from `NEAR` to perigee takes four days


@dataclass(frozen=True, eq=False)
class EarthReturns:
    """For each of N arrivals: the lowest perigee that it may come from.

    Attributes
    ----------
    perigee_distance : (N,) [m]
        Of the osculating orbit on the way out, from the centre of the Earth; infinite where there is none.
    flight_time : (N,) [s]
        From about then to the arrival.
    farthest : (N,) [m]
        Greatest distance from the Earth on the way.
    """

    perigee_distance: Array
    flight_time: Array
    farthest: Array


def low_energy_returns(
    states: ArrayLike, arrival_tdb: float, data: DataContext, *, shortest: float, longest: float, threads: int = 1
) -> EarthReturns:
    """Which arrivals at one time come from near the Earth, by way of the region where the Sun pulls.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        At arrival, about the Moon in the ICRF.
    arrival_tdb : float [s TDB past J2000]
        Time of all arrivals.
    data : DataContext
        Ephemeris.
    shortest, longest : float [s]
        Bounds of the time of flight, within 30 and 300 days.
    threads : int
        Blocks that are flown side by side.

    Returns
    -------
    EarthReturns
        Good to some per cent of the distance: seeds for a correction, no transfers.

    Raises
    ------
    InvalidInput
        The bounds of the flight time make no sense.
    OutsideSpan, MissingData
        The ephemeris does not cover the flights.
    NumericalFailure
        A step cannot be kept.

    Source
    ------
    Backward search under the points of Moon, Earth and Sun: Parker & Anderson (2014), Low-Energy Lunar Trajectory
    Design, Wiley, section 3.3; Belbruno & Miller (1993), J. Guid. Control Dyn. 16, 770, doi:10.2514/3.21079.
    """
    table = np.ascontiguousarray(states, dtype=np.float64)
    if not LEAVING < shortest < longest <= 300.0 * SECONDS_PER_DAY:
        raise InvalidInput(
            f"a low-energy flight takes between {LEAVING / SECONDS_PER_DAY:g} and 300 days; asked was "
            f"{shortest / SECONDS_PER_DAY:g} to {longest / SECONDS_PER_DAY:g} days"
        )
    count = len(table)
    answer = EarthReturns(np.full(count, np.inf), np.full(count, np.nan), np.full(count, np.nan))
    middle = arrival_tdb - LEAVING
    left = propagate_many(table, arrival_tdb, middle, POINTS, data, step_tolerance=EARLY, threads=threads)
    earth = data.ephemeris.position("EARTH", "MOON", np.array([middle]))[0]
    away = np.flatnonzero(left.arrived & (np.linalg.norm(left.final[:, :3] - earth, axis=1) > FAR))
    if not away.size:
        return answer
    times = np.arange(middle - SAMPLE, arrival_tdb - longest - SAMPLE, -SAMPLE)
    back = propagate_many(
        left.final[away], middle, times[-1], POINTS, data, step_tolerance=LATE, times=times, threads=threads
    )
    relative = back.states - data.ephemeris.state("EARTH", "MOON", back.times)[None]
    distance = np.linalg.norm(relative[:, :, :3], axis=2)
    perigee = _osculating_perigee(relative, distance)
    flown = arrival_tdb - back.times
    outward = np.sum(relative[:, :, :3] * relative[:, :, 3:], axis=2) > 0.0
    usable = (distance < NEAR) & outward & (flown >= shortest)[None] & np.isfinite(perigee)
    perigee = np.where(usable, perigee, np.inf)
    lowest = np.argmin(perigee, axis=1)
    rows = np.arange(away.size)
    answer.perigee_distance[away] = perigee[rows, lowest]
    answer.flight_time[away] = flown[lowest]
    answer.farthest[away] = np.nanmax(np.where(np.isfinite(distance), distance, 0.0), axis=1)
    return answer


def _osculating_perigee(relative: Array, distance: Array) -> Array:
    gm = body("EARTH").gm
    momentum = np.cross(relative[:, :, :3], relative[:, :, 3:])
    parameter = np.sum(momentum**2, axis=2) / gm
    energy = 0.5 * np.sum(relative[:, :, 3:] ** 2, axis=2) - gm / distance
    eccentricity = np.sqrt(np.maximum(0.0, 1.0 + 2.0 * energy * parameter / gm))
    answer: Array = parameter / (1.0 + eccentricity)
    return answer
