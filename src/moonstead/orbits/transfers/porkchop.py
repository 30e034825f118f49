"""Porkchops: what leaving one body and reaching another costs, for each pair of dates."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.lambert import lambert
from moonstead.orbits.transfers.interplanetary_bodies import SUN_GM, HeliocentricBody

Array = NDArray[np.float64]

KINDS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")  # half turns begun: odd below, even above a half


@dataclass(frozen=True, eq=False)
class Porkchop:
    """Ballistic arcs between two bodies for D departures and A arrivals.

    Attributes
    ----------
    departure, arrival : str
        The bodies.
    departure_tdb : (D,) [s TDB past J2000]
        Dates.
    arrival_tdb : (A,) [s TDB past J2000]
        Dates.
    c3 : (D, A) [m^2/s^2]
        Square of the speed at infinity on departure; NaN where no arc exists.
    arrival_v_infinity : (D, A) [m/s]
        Speed at infinity on arrival.
    declination, right_ascension : (D, A) [rad]
        Of the departing asymptote in the ICRF, within 0.1 arc seconds the equator of J2000.
    angle : (D, A) [rad]
        Turned through about the Sun.
    revolutions : int
        Whole turns.
    branch : str
        Which of the two arcs with whole turns.
    """

    departure: str
    arrival: str
    departure_tdb: Array
    arrival_tdb: Array
    c3: Array
    arrival_v_infinity: Array
    declination: Array
    right_ascension: Array
    angle: Array
    revolutions: int
    branch: str

    def of_kind(self, kind: str, ridge: float) -> NDArray[np.bool_]:
        """Where (D, A) arcs of a kind exist that stay so far [rad] from odd multiples of a half turn."""
        return within_kind(self.angle, kind, ridge) & np.isfinite(self.c3)


def porkchop(
    departure: HeliocentricBody,
    arrival: HeliocentricBody,
    departure_tdb: ArrayLike,
    arrival_tdb: ArrayLike,
    *,
    revolutions: int = 0,
    branch: str = "short-period",
    durations: tuple[float, float] = (0.0, math.inf),
) -> Porkchop:
    """Departure energy and arrival speed of the ballistic arcs between two bodies on a grid of dates.

    The bodies have no pull of their own: the arc leads from one centre to the other about the Sun, prograde with the
    body that it leaves.

    Parameters
    ----------
    departure, arrival : HeliocentricBody
        What is left and what is reached. For the Earth the barycentre of Earth and Moon is the right centre; the
        Earth's own moves about it with 12 m/s in a month, which shifts c3 by up to 0.08 km2/s2.
    departure_tdb : (D,) [s TDB past J2000]
        Departures.
    arrival_tdb : (A,) [s TDB past J2000]
        Arrivals.
    revolutions : int
        Whole turns about the Sun.
    branch : str
        As `lambert`.
    durations : (2,) [s]
        Least and longest time of flight that are of interest.

    Returns
    -------
    Porkchop
        NaN where the time of flight is not of interest or no arc exists.

    Raises
    ------
    InvalidInput
        As `lambert`, or there are no dates.
    OutsideSpan
        A body is not known at a date.

    Source
    ------
    Patched conics with spheres of influence of no size, as in Burke, Falck & McGuire (2010), NASA/TM-2010-216764.
    """
    leaving, reaching = (np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in (departure_tdb, arrival_tdb))
    if leaving.ndim != 1 or reaching.ndim != 1 or not leaving.size or not reaching.size:
        raise InvalidInput(f"dates need one dimension and a first one; got shapes {leaving.shape}, {reaching.shape}")
    here, there = departure.states(leaving), arrival.states(reaching)
    shape = (leaving.size, reaching.size)
    row, column = (index.reshape(-1) for index in np.indices(shape))
    duration = reaching[column] - leaving[row]
    duration = np.where((duration >= durations[0]) & (duration <= durations[1]), duration, np.nan)
    arcs = lambert(
        here[row, :3],
        there[column, :3],
        duration,
        SUN_GM,
        revolutions=revolutions,
        branch=branch,
        normal=np.cross(here[0, :3], here[0, 3:]),
    )
    leave, reach = arcs.departure_velocity - here[row, 3:], arcs.arrival_velocity - there[column, 3:]
    c3 = np.sum(leave * leave, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        declination = np.arcsin(np.clip(leave[:, 2] / np.sqrt(c3), -1.0, 1.0))
    ascension = np.arctan2(leave[:, 1], leave[:, 0]) % (2.0 * math.pi)
    return Porkchop(
        departure.name,
        arrival.name,
        leaving,
        reaching,
        c3.reshape(shape),
        np.linalg.norm(reach, axis=1).reshape(shape),
        declination.reshape(shape),
        ascension.reshape(shape),
        arcs.angle.reshape(shape),
        revolutions,
        branch,
    )


def revolutions_of(kind: str) -> int:
    """Whole turns of a kind: 0 for I and II, 1 for III and IV.

    Parameters
    ----------
    kind : str
        A Roman numeral of `KINDS`.

    Returns
    -------
    int

    Raises
    ------
    InvalidInput
        The kind is not known.

    Source
    ------
    NASA/TM-2010-216764: type I turns through less than 180 degrees, II through 180 to 360, and so on.
    """
    if kind not in KINDS:
        raise InvalidInput(f"transfers are of type {', '.join(KINDS)}; got {kind!r}")
    return KINDS.index(kind) // 2


def within_kind(angle: ArrayLike, kind: str, ridge: float) -> NDArray[np.bool_]:
    """Whether angles belong to a kind and keep off the half turns, where the plane of motion stands on edge.

    Parameters
    ----------
    angle : (...) [rad]
        Turned through.
    kind : str
        Of `KINDS`.
    ridge : float [rad]
        Least distance from odd multiples of half a turn.

    Returns
    -------
    (...) bool

    Raises
    ------
    InvalidInput
        The kind is not known.

    Source
    ------
    As `revolutions_of`.
    """
    middle = (2 * revolutions_of(kind) + 1) * math.pi
    values = np.asarray(angle, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        if KINDS.index(kind) % 2 == 0:
            return np.asarray((values > middle - math.pi) & (values <= middle - ridge))
        return np.asarray((values >= middle + ridge) & (values < middle + math.pi))
