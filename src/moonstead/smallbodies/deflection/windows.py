"""When a spacecraft can leave for an asteroid that it is to strike, and how heavy it must be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.lambert import lambert
from moonstead.orbits.transfers.interplanetary_bodies import SUN_GM, HeliocentricBody
from moonstead.smallbodies.deflection.kinetic import MOMENTUM_ENHANCEMENT, strikes
from moonstead.smallbodies.deflection.pushes import PushEffect, push_effect
from moonstead.smallbodies.effects.interval import Interval
from moonstead.smallbodies.motion.flight import Flight
from moonstead.smallbodies.motion.perturbers import Perturbers
from moonstead.smallbodies.motion.places import body_states

Array = NDArray[np.float64]

MOST_CELLS = 400_000  # pairs of dates of one search


@dataclass(frozen=True, eq=False)
class FlownBody:
    """A small body on its own flight, as transfers see it.

    Attributes
    ----------
    flight : Flight
        Where it is.
    perturbers : Perturbers
        Where the Sun is.
    """

    flight: Flight
    perturbers: Perturbers

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.flight.name

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] of the flight."""
        return self.flight.span

    def states(self, tdb: ArrayLike) -> Array:
        """States about the Sun.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times within the flight.

        Returns
        -------
        (N, 6) [m, m/s]
            ICRF.

        Raises
        ------
        OutsideSpan
            A time lies outside the flight.
        """
        times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        return self.flight.state(times) - body_states("SUN", times, self.perturbers)


@dataclass(frozen=True, eq=False)
class StrikeWindow:
    """A transfer that ends in a strike.

    Attributes
    ----------
    departure_tdb, arrival_tdb : float [s TDB past J2000]
        Dates.
    c3 : float [m2/s2]
        Square of the speed at infinity on departure.
    relative_velocity : (3,) [m/s]
        Of the spacecraft at the strike, as the asteroid sees it, ICRF.
    spacecraft_mass : Interval [kg]
        At the strike, that brings the wanted passage; low for a high momentum enhancement.
    """

    departure_tdb: float
    arrival_tdb: float
    c3: float
    relative_velocity: Array
    spacecraft_mass: Interval


def strike_windows(
    effect: PushEffect,
    departure: HeliocentricBody,
    asteroid: HeliocentricBody,
    departure_tdb: ArrayLike,
    arrival_tdb: ArrayLike,
    asteroid_mass: float,
    distance: float,
    perturbers: Perturbers,
    *,
    most_c3: float,
    durations: tuple[float, float] = (0.0, np.inf),
    enhancement: Interval = MOMENTUM_ENHANCEMENT,
    most: int = 10,
) -> tuple[StrikeWindow, ...]:
    """Transfers to a strike, those of the lightest spacecraft first, at most one for each departure date.

    Parameters
    ----------
    effect : PushEffect
        The passage that is to be changed.
    departure : HeliocentricBody
        What is left: the barycentre of Earth and Moon.
    asteroid : HeliocentricBody
        What is struck.
    departure_tdb, arrival_tdb : (D,), (A,) [s TDB past J2000]
        Dates; arrivals before the passage.
    asteroid_mass : float [kg]
        Of the asteroid.
    distance : float [m]
        Wanted least distance from the body's centre.
    perturbers : Perturbers
        What pulls the asteroid.
    most_c3 : float [m2/s2]
        Highest departure energy.
    durations : (2,) [s]
        Least and longest time of flight.
    enhancement : Interval [1]
        Of the momentum.
    most : int
        How many to tell.

    Returns
    -------
    tuple of StrikeWindow
        Ballistic arcs of less than a turn about the Sun, both ways round the half turn.

    Raises
    ------
    InvalidInput
        There are no dates, or more than 400 000 pairs of them.
    OutsideSpan
        A body is not known at a date.

    Source
    ------
    Lambert arcs as in `moonstead.orbits.transfers.porkchop`; strikes as in `kinetic.strikes`.
    """
    leaving, reaching = (np.atleast_1d(np.asarray(t, dtype=np.float64)) for t in (departure_tdb, arrival_tdb))
    if not (0 < leaving.size * reaching.size <= MOST_CELLS):
        raise InvalidInput(f"a search takes 1 to {MOST_CELLS} pairs of dates; got {leaving.size} x {reaching.size}")
    row, column = (index.reshape(-1) for index in np.indices((leaving.size, reaching.size)))
    duration = reaching[column] - leaving[row]
    wanted = (duration > max(durations[0], 0.0)) & (duration <= durations[1])
    row, column = row[wanted], column[wanted]
    if not row.size:
        return ()
    here, there = departure.states(leaving), asteroid.states(reaching)
    arcs = lambert(
        here[row, :3],
        there[column, :3],
        reaching[column] - leaving[row],
        SUN_GM,
        normal=np.cross(here[0, :3], here[0, 3:]),
    )
    c3 = np.sum((arcs.departure_velocity - here[row, 3:]) ** 2, axis=1)
    good = np.isfinite(c3) & (c3 <= most_c3)
    row, column, c3 = row[good], column[good], c3[good]
    if not row.size:
        return ()
    relative = arcs.arrival_velocity[good] - there[column, 3:]
    arriving, index = np.unique(column, return_inverse=True)
    at_arrivals = push_effect(effect.orbit, effect.encounter, reaching[arriving], perturbers)
    each = PushEffect(
        orbit=effect.orbit,
        encounter=effect.encounter,
        point=effect.point,
        axes=effect.axes,
        speed_at_infinity=effect.speed_at_infinity,
        gm=effect.gm,
        push_tdb=reaching[column],
        state=at_arrivals.state[index],
        gain=at_arrivals.gain[index],
        parameter_gain=effect.parameter_gain,
    )
    masses = strikes(each, relative, asteroid_mass, distance, enhancement=enhancement).spacecraft_mass
    found: dict[int, int] = {}
    for cell in np.argsort(masses[:, 1]):
        if len(found) >= most or not np.isfinite(masses[cell, 1]):
            break
        found.setdefault(int(row[cell]), int(cell))
    return tuple(
        StrikeWindow(
            float(leaving[row[cell]]),
            float(reaching[column[cell]]),
            float(c3[cell]),
            relative[cell],
            Interval(*(float(value) for value in masses[cell])),
        )
        for cell in found.values()
    )
