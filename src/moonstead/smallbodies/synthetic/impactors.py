"""Made-up bodies that hit the Earth or the Moon: flown backward from a point, a time and a speed of impact."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.observe import BARYCENTER
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.perturbers import Perturbers

Array = NDArray[np.float64]

# Speeds at infinity of impactors of the Earth: a normal distribution cut at its ends, near the impact speeds of
# catalogued near-Earth objects (mean 20 km/s at the surface, so 16.5 km/s at infinity)
MEAN_SPEED, SPEED_SPREAD = 15.0e3, 6.0e3  # [m/s]
LEAST_SPEED, LARGEST_SPEED = 3.0e3, 35.0e3  # [m/s]
SMALLEST_AXIS, LARGEST_AXIS = 0.6 * ASTRONOMICAL_UNIT, 4.2 * ASTRONOMICAL_UNIT  # [m] of near-Earth orbits
SMALLEST_PERIHELION = 0.1 * ASTRONOMICAL_UNIT  # [m]
SURFACE = {"EARTH": body("EARTH").mean_radius, "MOON": LUNAR_MAP_RADIUS}  # [m]
MOST_DRAWS = 10_000  # for each impactor; one of some tens is accepted


@dataclass(frozen=True, eq=False)
class SyntheticImpactor:
    """A body that will hit.

    Attributes
    ----------
    orbit : SmallBodyOrbit
        Where it is before, without a covariance.
    body : str
        What it hits, ``"EARTH"`` or ``"MOON"``.
    tdb : float [s TDB past J2000]
        When.
    relative : (6,) [m, m/s]
        State relative to the body at the impact, ICRF.
    """

    orbit: SmallBodyOrbit
    body: str
    tdb: float
    relative: Array


def draw_impact(name: str, tdb: float, rng: np.random.Generator, data: DataContext) -> Array:
    """A random state at which a body of the near-Earth population hits.

    Parameters
    ----------
    name : str
        ``"EARTH"`` or ``"MOON"``.
    tdb : float [s TDB past J2000]
        When it hits.
    rng : numpy.random.Generator
        Where chance comes from.
    data : DataContext
        Where the ephemeris comes from.

    Returns
    -------
    (6,) [m, m/s]
        Relative to the body, ICRF, on its mean sphere, downward.

    Raises
    ------
    InvalidInput
        The body is neither of the two.
    NumericalFailure
        No draw makes a near-Earth orbit.

    Source
    ------
    A flux that is even over directions meets a sphere at even points, with elevations distributed as sin 2E (Gilbert
    1893; Shoemaker 1962). Of the directions only those count that come from a near-Earth orbit.
    """
    if name not in SURFACE:
        raise InvalidInput(f"impactors are made for {' and '.join(SURFACE)}, not for {name!r}")
    radius, gm = SURFACE[name], body(name).gm
    when = np.array([tdb])
    around_sun = (data.ephemeris.state(name, BARYCENTER, when) - data.ephemeris.state("SUN", BARYCENTER, when))[0]
    for _ in range(MOST_DRAWS):
        at_infinity = rng.normal(MEAN_SPEED, SPEED_SPREAD)
        if not LEAST_SPEED < at_infinity < LARGEST_SPEED:
            continue
        up = rng.standard_normal(3)
        up /= np.linalg.norm(up)
        level = np.cross(up, rng.standard_normal(3))
        level /= np.linalg.norm(level)
        elevation = 0.5 * np.arccos(1.0 - 2.0 * rng.random())
        speed = np.sqrt(at_infinity**2 + 2.0 * gm / radius)
        velocity = speed * (np.cos(elevation) * level - np.sin(elevation) * up)
        state = np.concatenate((radius * up, velocity))
        if _is_near_earth(around_sun, _incoming_velocity(state, gm)):
            return state
    raise NumericalFailure(f"no near-Earth orbit hits {name} among {MOST_DRAWS} draws")


def synthetic_impactor(
    name: str, tdb: float, lead: float, rng: np.random.Generator, perturbers: Perturbers, data: DataContext
) -> SyntheticImpactor:
    """A body that hits at a time, and its orbit some time before.

    Parameters
    ----------
    name : str
        ``"EARTH"`` or ``"MOON"``.
    tdb : float [s TDB past J2000]
        When it hits.
    lead : float [s]
        How long before the impact the orbit is wanted.
    rng : numpy.random.Generator
        Where chance comes from.
    perturbers : Perturbers
        What pulls.
    data : DataContext
        Where the ephemeris comes from.

    Returns
    -------
    SyntheticImpactor
        Flown backward; flown forward again it hits.

    Raises
    ------
    InvalidInput
        The lead is not positive.

    Source
    ------
    As `draw_impact`.
    """
    if not lead > 0.0:
        raise InvalidInput(f"the lead must be positive [s]; got {lead!r}")
    relative = draw_impact(name, tdb, rng, data)
    at_impact = relative + data.ephemeris.state(name, BARYCENTER, np.array([tdb]))[0]
    flight = fly(SmallBodyOrbit("SYNTHETIC", tdb, at_impact), tdb - lead, perturbers, stop_at_impact=False)
    before = SmallBodyOrbit("SYNTHETIC", tdb - lead, flight.state(np.array([tdb - lead]))[0], source="simulated")
    return SyntheticImpactor(before, name, tdb, relative)


def _incoming_velocity(state: Array, gm: float) -> Array:
    """Velocity (3,) [m/s] at infinity, before the encounter, of a hyperbola through a state.

    From the eccentricity vector e and the angular momentum h: the incoming asymptote lies at the true anomaly
    -acos(-1/e).
    """
    position, velocity = state[:3], state[3:]
    momentum = np.cross(position, velocity)
    shape = np.cross(velocity, momentum) / gm - position / np.linalg.norm(position)
    eccentricity = np.linalg.norm(shape)
    periapsis = shape / eccentricity
    ahead = np.cross(momentum, periapsis) / np.linalg.norm(momentum)
    size = np.sqrt(velocity @ velocity - 2.0 * gm / np.linalg.norm(position))
    sine = np.sqrt(1.0 - 1.0 / eccentricity**2)
    coming: Array = size * (periapsis / eccentricity + sine * ahead)
    return coming


def _is_near_earth(around_sun: Array, incoming: Array) -> bool:
    gm = body("SUN").gm
    position, velocity = around_sun[:3], around_sun[3:] + incoming
    distance = np.linalg.norm(position)
    energy = float(0.5 * velocity @ velocity - gm / distance)
    if energy >= 0.0:
        return False
    axis = -0.5 * gm / energy
    momentum = float(np.linalg.norm(np.cross(position, velocity)))
    perihelion = axis * (1.0 - math.sqrt(max(1.0 - momentum**2 / (gm * axis), 0.0)))
    return bool(SMALLEST_AXIS < axis < LARGEST_AXIS and perihelion > SMALLEST_PERIHELION)
