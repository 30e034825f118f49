"""Flight between the Moon and the Earth's neighbourhood, and how its Earth end depends on its Moon end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.errors import NumericalFailure
from moonstead.orbits.elements import kepler_elements, mean_anomaly
from moonstead.orbits.transfers.cislunar import CislunarFlight

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

HANDOVER = 16.0 * 3600.0  # [s] from perilune: some 60 000 km, where either field is a point mass within 1e-7 m/s2
HANDOVER_SHARE = 0.3  # [1] of the flight at most
STEPS = 1e-12  # [1] local error of each step: metres at the Earth, where what is sought is known to ten
NUDGE = np.array([10.0, 10.0, 10.0, 1e-2, 1e-2, 1e-2])  # [m, m/s] steps of central differences near the Earth


@dataclass(frozen=True, eq=False)
class EarthEnd:
    """The Earth end of a flight from or to the Moon.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        When.
    state : (6,) [m, m/s]
        About the Earth, in the ICRF.
    transition : (6, 6) [mixed]
        Derivatives by the state at the Moon's end.
    handover : float [s TDB past J2000]
        When motion changes from one centre to the other.
    """

    tdb: float
    state: Array
    transition: Array
    handover: float


def fly_to_earth(flight: CislunarFlight, state: Array, tdb: float, stop: float) -> EarthEnd:
    """Fly from near the Moon to near the Earth, forwards or backwards.

    Parameters
    ----------
    flight : CislunarFlight
        Forces.
    state : (6,) [m, m/s]
        Start, about the Moon in the ICRF.
    tdb, stop : float [s TDB past J2000]
        Start and end.

    Returns
    -------
    EarthEnd

    Raises
    ------
    OutsideSpan
        The forces were not laid out for these times.
    InvalidInput
        The start lies below the Moon's surface.
    NumericalFailure
        The flight runs into a singularity.

    Source
    ------
    As `propagate`.
    """
    handover = handover_time(tdb, stop)
    near = flight.coast(state, tdb, handover, "MOON", with_transition=True, steps=STEPS)
    if near.hit_surface:
        raise NumericalFailure(f"the flight meets the surface of {near.ending_body} before it leaves the Moon")
    outer = near.state(handover)[0] + shift("MOON", "EARTH", handover, flight.data)
    far = flight.coast(outer, handover, stop, "EARTH", with_transition=True, steps=STEPS)
    transition = far.transition(stop)[0] @ near.transition(handover)[0]
    return EarthEnd(float(stop), far.state(stop)[0], transition, handover)


def shift(body_name: str, center: str, tdb: float, data: DataContext) -> Array:
    """What a state about one body wants added to be about another.

    Parameters
    ----------
    body_name, center : str
        The body that the state is about, and the other.
    tdb : float [s TDB past J2000]
        When.
    data : DataContext
        Ephemeris.

    Returns
    -------
    (6,) [m, m/s]
        State of the one relative to the other, in the ICRF.

    Raises
    ------
    OutsideSpan
        The ephemeris does not cover the time.

    Source
    ------
    The ephemeris.
    """
    return np.asarray(data.ephemeris.state(body_name, center, np.array([tdb]))[0])


def handover_time(at_moon: float, at_earth: float) -> float:
    """When motion changes from one centre to the other.

    Parameters
    ----------
    at_moon, at_earth : float [s TDB past J2000]
        Both ends of the flight.

    Returns
    -------
    float [s TDB past J2000]

    Source
    ------
    Choice: see `HANDOVER`.
    """
    way = at_earth - at_moon
    return float(at_moon + math.copysign(min(HANDOVER, HANDOVER_SHARE * abs(way)), way))


def perigee_of(states: Array, pole: Array, gm: float) -> Array:
    """Osculating perigee: distance, time since, cosine of the inclination.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        About the Earth.
    pole : (3,) [1]
        Of the Earth, in the same axes.
    gm : float [m^3/s^2]
        Gravitational parameter of the Earth.

    Returns
    -------
    (N, 3) [m, s, 1]

    Source
    ------
    Kepler's equation.
    """
    found = kepler_elements(states, gm)
    q, e = found.periapsis_distance, found.eccentricity
    e = np.where(np.abs(e - 1.0) < 1e-9, 1.0 + 1e-9, e)  # the parabola itself scales its mean anomaly otherwise
    since = mean_anomaly(found.true_anomaly, e) / np.sqrt(gm * np.abs(1.0 - e) ** 3 / q**3)
    normal = np.cross(states[:, :3], states[:, 3:])
    return np.stack((q, since, normal @ pole / np.linalg.norm(normal, axis=1)), axis=1)


def perigee_with_partials(end: EarthEnd, pole: Array) -> tuple[Array, Array]:
    """Osculating perigee at the Earth end, and its derivatives by the state at the Moon's end.

    Parameters
    ----------
    end : EarthEnd
        Flown.
    pole : (3,) [1]
        Of the Earth.

    Returns
    -------
    perigee : (3,) [m, s, 1]
        As `perigee_of`.
    partials : (3, 6) [mixed]
        By the state at the Moon's end.

    Source
    ------
    Central differences of the conic; chain rule through the state-transition matrix.
    """
    moved = end.state + np.concatenate((np.diag(NUDGE), -np.diag(NUDGE), np.zeros((1, 6))))
    values = perigee_of(moved, pole, body("EARTH").gm)
    slopes = ((values[:6] - values[6:12]) / (2.0 * NUDGE[:, None])).T
    return values[12], slopes @ end.transition
