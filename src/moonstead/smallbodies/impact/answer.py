"""What is said about possible impacts: probabilities with intervals, virtual impactors, corridors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CERTAIN, POSSIBLE = 0.99, 1e-4  # [1] probabilities from which an impact is called so


@dataclass(frozen=True, eq=False)
class Spread:
    """A figure that belongs to a virtual impactor, and how far impacting orbits differ in it.

    Attributes
    ----------
    value : float [any unit]
        Of the representative orbit.
    sigma : float [any unit]
        Standard deviation among the orbits that hit.
    """

    value: float
    sigma: float


@dataclass(frozen=True, eq=False)
class Corridor:
    """Where the orbits that hit come down, ordered along the line of variations.

    Attributes
    ----------
    tdb : (M,) [s TDB past J2000]
        Times of impact.
    latitude, longitude : (M,) [rad]
        On the Earth geodetic; on the Moon in MOON_ME.
    altitude : (M,) [m]
        Above the ellipsoid or the lunar map radius.
    speed : (M,) [m/s]
        Relative to the ground.
    elevation : (M,) [rad]
        Of the path above the horizontal.
    weight : (M,) [1]
        Probability that each point stands for.
    half_width : float [m]
        One sigma across the corridor.
    """

    tdb: Array
    latitude: Array
    longitude: Array
    altitude: Array
    speed: Array
    elevation: Array
    weight: Array
    half_width: float


@dataclass(frozen=True, slots=True)
class Keyhole:
    """Part of the target plane of an earlier passage from which a virtual impactor comes.

    Attributes
    ----------
    body : str
        What is passed.
    tdb : float [s TDB past J2000]
        When.
    xi, zeta : float [m]
        Middle of the keyhole on the target plane.
    width : float [m]
        Along the way in which the orbit is known worst.
    """

    body: str
    tdb: float
    xi: float
    zeta: float
    width: float


@dataclass(frozen=True, eq=False)
class VirtualImpactor:
    """One connected set of orbits that agree with the observations and hit a body at one date.

    Attributes
    ----------
    body : str
        ``"EARTH"`` or ``"MOON"``.
    probability : float [1]
        That the asteroid is one of them.
    interval : (2,) [1]
        95 % interval of the probability.
    linear_probability : float [1]
        By the Gaussian that the covariance makes on the target plane, linear about this impactor; NaN for samples.
    tdb, latitude, longitude, altitude, speed, elevation : Spread
        Of the impact: [s TDB past J2000], [rad], [rad], [m], [m/s] relative to the ground, [rad] above the horizontal.
    azimuth : float [rad]
        Where the impactor comes from, seen from the place, clockwise from north.
    inertial_speed : float [m/s]
        Relative to the body's centre.
    speed_at_infinity : float [m/s]
        Of the hyperbola about the body.
    offset : float [1]
        Distance from the nominal orbit in standard deviations: of the most probable orbit that hits.
    stretching : float [m]
        By which the target point moves for one standard deviation along the line.
    width : float [m]
        One sigma across the line on the target plane.
    state : (6,) [m, m/s]
        Of the representative orbit at the epoch, about the solar system barycentre, ICRF.
    pushes : (3,) [m/s2]
        A1, A2, A3 of the representative orbit.
    corridor : Corridor
        Where the orbits of this impactor come down.
    keyholes : tuple of Keyhole
        Of the passages that lead to this impact; none where no passage comes before it.
    """

    body: str
    probability: float
    interval: tuple[float, float]
    linear_probability: float
    tdb: Spread
    latitude: Spread
    longitude: Spread
    altitude: Spread
    speed: Spread
    elevation: Spread
    azimuth: float
    inertial_speed: float
    speed_at_infinity: float
    offset: float
    stretching: float
    width: float
    state: Array
    pushes: Array
    corridor: Corridor
    keyholes: tuple[Keyhole, ...] = ()


@dataclass(frozen=True, slots=True)
class CloneCount:
    """How many of a number of random orbits hit.

    Attributes
    ----------
    drawn : int
        Orbits drawn from the covariance.
    hits : int
        Of them, how many hit.
    probability : float [1]
        Share.
    interval : (2,) [1]
        95 % interval by Wilson.
    """

    drawn: int
    hits: int
    probability: float
    interval: tuple[float, float]


@dataclass(frozen=True, eq=False)
class BodyAnswer:
    """The danger for one body.

    Attributes
    ----------
    body : str
        ``"EARTH"`` or ``"MOON"``.
    probability : float [1]
        Of an impact within the span.
    interval : (2,) [1]
        95 % interval; its upper end counts impactors that may have been missed.
    method : str
        How it was found.
    impactors : tuple of VirtualImpactor
        In the order of time.
    clones : CloneCount or None
        The check by random orbits.
    completeness : float [1]
        Impactors less probable than this may have been missed.
    minimum_distance : float [m]
        Least distance from the centre that any orbit looked at had; infinity where none came near.
    """

    body: str
    probability: float
    interval: tuple[float, float]
    method: str
    impactors: tuple[VirtualImpactor, ...]
    clones: CloneCount | None
    completeness: float
    minimum_distance: float

    @property
    def verdict(self) -> str:
        """``"certain"``, ``"possible"``, ``"not ruled out"`` or ``"ruled out"``.

        A small probability alone rules nothing out: far from the impact the target plane is so much larger than the
        Moon that an impactor may be told a millionth. An impact is ruled out where no orbit that agrees with the
        observations hits and the interval's upper end is below 1e-4.
        """
        if self.probability >= CERTAIN:
            return "certain"
        if self.probability >= POSSIBLE:
            return "possible"
        return "not ruled out" if self.impactors or self.interval[1] >= POSSIBLE else "ruled out"


@dataclass(frozen=True, eq=False)
class ImpactAnswer:
    """The danger for Earth and Moon from one orbit and its uncertainty.

    Attributes
    ----------
    name : str
        Designation.
    tdb, until_tdb : float [s TDB past J2000]
        Epoch of the orbit, and how far was looked.
    bodies : tuple of BodyAnswer
        In the order asked.
    notes : tuple of str
        What a reader must know: assumptions, what did not converge.
    """

    name: str
    tdb: float
    until_tdb: float
    bodies: tuple[BodyAnswer, ...]
    notes: tuple[str, ...]

    def of(self, body: str) -> BodyAnswer:
        """The answer for a body, by its name.

        Raises
        ------
        KeyError
            That body was not asked for.
        """
        found = next((one for one in self.bodies if one.body == body.upper()), None)
        if found is None:
            raise KeyError(f"{body} was not asked for; answered are {', '.join(one.body for one in self.bodies)}")
        return found
