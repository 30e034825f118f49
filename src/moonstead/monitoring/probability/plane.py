"""Probability of collision in the plane across a straight encounter: Foster, Chan, and the largest there can be."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.probability.encounter import Encounter

Array = NDArray[np.float64]

FEWEST_NODES, MOST_NODES = 64, 65_536
AGREED = 1e-12  # [1] change of the sum between one number of nodes and its double
CLIPPED = 1e-4  # [1] of the hard-body radius: least standard deviation, Hall, Hejduk & Johnson (2017)
SEARCHED, SEARCH_STEPS = 4.6, 24  # [1] logarithms about the guess that a search for the largest probability tries
MOST_TERMS = 20_000


@dataclass(frozen=True, slots=True)
class PlaneEncounter:
    """An encounter as the plane across the relative velocity shows it.

    Attributes
    ----------
    miss_major, miss_minor : float [m]
        Second object less the first along the principal axes of the combined covariance.
    sigma_major, sigma_minor : float [m]
        Standard deviations along them.
    angle : float [rad]
        From the x axis of the plane, which points to the second object, to the major axis.
    hard_body_radius : float [m]
        Sum of both radii.
    clipped : bool
        Whether a standard deviation had to be raised to a ten-thousandth of the radius.
    """

    miss_major: float
    miss_minor: float
    sigma_major: float
    sigma_minor: float
    angle: float
    hard_body_radius: float
    clipped: bool


def plane_encounter(relative: Array, position_covariance: Array, hard_body_radius: float) -> PlaneEncounter:
    """Project an encounter on the plane across its relative velocity.

    Parameters
    ----------
    relative : (6,) [m, m/s]
        State of the second object less the first at closest approach.
    position_covariance : (3, 3) [m^2]
        Of the relative position.
    hard_body_radius : float [m]
        Sum of both radii.

    Returns
    -------
    PlaneEncounter
        Miss and standard deviations [m] along principal axes.

    Raises
    ------
    InvalidInput
        The objects do not move against each other.

    Source
    ------
    Foster & Estes (1992), A parametric analysis of orbital debris collision probability and maneuver rate for space
    vehicles, NASA JSC-25898.
    """
    speed = float(np.linalg.norm(relative[3:]))
    if not speed > 0.0:
        raise InvalidInput("the objects do not move against each other: there is no plane across; use nc_3d")
    along = relative[3:] / speed
    miss = relative[:3] - along * float(along @ relative[:3])
    distance = float(np.linalg.norm(miss))
    side = np.cross(along, np.eye(3)[int(np.argmin(np.abs(along)))]) if distance == 0.0 else miss
    x_axis = side / np.linalg.norm(side)
    plane = np.stack([x_axis, np.cross(along, x_axis)])
    values, vectors = np.linalg.eigh(plane @ position_covariance @ plane.T)
    floor = (CLIPPED * hard_body_radius) ** 2
    sigmas = np.sqrt(np.maximum(values, floor))
    components = vectors.T @ np.array([distance, 0.0])
    major = vectors[:, 1] * (1.0 if vectors[0, 1] >= 0.0 else -1.0)
    return PlaneEncounter(
        abs(float(components[1])),
        abs(float(components[0])),
        float(sigmas[1]),
        float(sigmas[0]),
        math.atan2(float(major[1]), float(major[0])),
        hard_body_radius,
        bool(np.any(values < floor)),
    )


def disc_probability(plane: PlaneEncounter) -> float:
    """Probability that a normal point of the plane lies in the disc of the hard bodies.

    Parameters
    ----------
    plane : PlaneEncounter
        Miss, standard deviations and radius [m].

    Returns
    -------
    float [1]
        To 1e-10 of itself, also where it is as small as 1e-200.

    Source
    ------
    Foster & Estes (1992), NASA JSC-25898; one integral in closed form and Chebyshev nodes of the other: Elrod (2019),
    doubled until the sum stands: after Alfano (2005), A numerical implementation of spherical object collision
    probability, J. Astronautical Sciences 53, 103.
    """
    from scipy.special import erfc

    radius = plane.hard_body_radius
    before = math.nan
    count = FEWEST_NODES
    while count <= MOST_NODES:
        # the narrow axis gets the closed form, the broad one the nodes: across it the integrand is smooth
        angle = math.pi * (np.arange(count) + 0.5) / count
        x, half = radius * np.cos(angle), radius * np.sin(angle)
        scale = math.sqrt(2.0) * plane.sigma_minor
        inner = 0.5 * (erfc((plane.miss_minor - half) / scale) - erfc((plane.miss_minor + half) / scale))
        outer = np.exp(-0.5 * ((x - plane.miss_major) / plane.sigma_major) ** 2)
        total = float(np.sum(outer * inner * half)) * math.pi / count / (math.sqrt(2.0 * math.pi) * plane.sigma_major)
        if abs(total - before) <= AGREED * abs(total):
            break
        before, count = total, 2 * count
    return min(total, 1.0)


def foster_2d(encounter: Encounter) -> float:
    """Probability of collision of two objects that pass each other straight and fast.

    Parameters
    ----------
    encounter : Encounter
        At closest approach, with covariances; it is taken as it is, see `at_closest_approach`.

    Returns
    -------
    float [1]

    Raises
    ------
    InvalidInput
        A covariance is missing, or the objects do not move against each other.

    Source
    ------
    Foster & Estes (1992), NASA JSC-25898.
    """
    covariance = encounter.combined_covariance[:3, :3]
    return disc_probability(plane_encounter(encounter.relative, covariance, encounter.hard_body_radius))


def chan_2d(encounter: Encounter) -> float:
    """Probability of collision with the disc replaced by an ellipse of the same area and the covariance's shape.

    Parameters
    ----------
    encounter : Encounter
        At closest approach, with covariances.

    Returns
    -------
    float [1]
        Close to `foster_2d` where the disc is small against both standard deviations.

    Raises
    ------
    InvalidInput
        A covariance is missing, or the objects do not move against each other.

    Source
    ------
    Chan (1997), Collision probability analyses for Earth orbiting satellites, Advances in the Astronautical Sciences
    96, 1033; Chan (2008), Spacecraft Collision Probability, equation 4.11: a Rice integral as a series of Poisson
    weights and incomplete gamma functions.
    """
    from scipy.special import gammainc, gammaln

    covariance = encounter.combined_covariance[:3, :3]
    plane = plane_encounter(encounter.relative, covariance, encounter.hard_body_radius)
    u = plane.hard_body_radius**2 / (plane.sigma_major * plane.sigma_minor)
    v = (plane.miss_major / plane.sigma_major) ** 2 + (plane.miss_minor / plane.sigma_minor) ** 2
    terms = np.arange(min(MOST_TERMS, int(0.5 * v + 0.5 * u + 40.0 * math.sqrt(0.5 * (u + v) + 1.0)) + 60))
    logarithms = terms * math.log(0.5 * v) - gammaln(terms + 1.0) if v > 0.0 else np.where(terms == 0, 0.0, -np.inf)
    return min(1.0, float(np.sum(np.exp(logarithms - 0.5 * v) * gammainc(terms + 1.0, 0.5 * u))))


@dataclass(frozen=True, slots=True)
class LargestProbability:
    """The largest probability that a scale of the covariance, or an unknown covariance, can bring about.

    Attributes
    ----------
    probability : float [1]
        Upper bound over the family that `over` names.
    scale : float [1 or m]
        At which it is taken: factor of the standard deviations, or standard deviation [m] along the miss vector.
    over : str
        ``"scale of the covariance"``, ``"covariance of the first object"`` (or second), ``"any covariance"``.
    """

    probability: float
    scale: float
    over: str


def maximum_probability(encounter: Encounter) -> LargestProbability:
    """Largest probability of collision while the size of the uncertainty is free.

    With both covariances: their sum is scaled, its shape kept. With one: the other is free, and worst along the miss
    vector. With none: any normal distribution; the worst has all its spread along the miss vector.

    Parameters
    ----------
    encounter : Encounter
        At closest approach.

    Returns
    -------
    LargestProbability

    Raises
    ------
    InvalidInput
        The objects do not move against each other.

    Source
    ------
    Alfano (2005), Relating position uncertainty to maximum conjunction probability, J. Astronautical Sciences 53, 193;
    Frisbee (2015), An upper bound on high speed satellite collision probability when only one object has position
    uncertainty information, AAS 15-717.
    """
    relative, radius = encounter.relative, encounter.hard_body_radius
    known = [matrix for matrix in (encounter.covariance1, encounter.covariance2) if matrix is not None]
    along = relative[3:] / max(encounter.relative_speed, 1e-300)
    miss = relative[:3] - along * float(along @ relative[:3])
    distance = float(np.linalg.norm(miss))
    over = {2: "scale of the covariance", 0: "any covariance"}.get(
        len(known), f"covariance of the {'first' if encounter.covariance1 is None else 'second'} object"
    )
    base = sum((matrix[:3, :3] for matrix in known), np.zeros((3, 3)))
    plane = plane_encounter(relative, base, radius)
    if distance <= radius and len(known) != 1:
        return LargestProbability(1.0, 0.0, over)
    if len(known) == 2:
        # a small disc is likeliest hit where the miss is sqrt(2) sigmas: Alfano (2005)
        place = math.hypot(plane.miss_major / plane.sigma_major, plane.miss_minor / plane.sigma_minor) / math.sqrt(2.0)
        value, place = _largest(
            lambda factor: disc_probability(plane_encounter(relative, base * factor**2, radius)), place
        )
        return LargestProbability(value, place, over)
    outward = miss / distance if distance > 0.0 else np.cross(along, np.eye(3)[int(np.argmin(np.abs(along)))])

    def widened(sigma: float) -> float:
        return disc_probability(plane_encounter(relative, base + sigma**2 * np.outer(outward, outward), radius))

    value, place = _largest(widened, max(distance, radius))
    without = widened(0.0) if known else 0.0
    return LargestProbability(value, place, over) if value >= without else LargestProbability(without, 0.0, over)


def _largest(function: Callable[[float], float], guess: float) -> tuple[float, float]:
    """Largest value and its place about a guess: a coarse search over the logarithm, then golden sections."""
    from scipy.optimize import minimize_scalar

    grid = math.log(guess) + np.linspace(-SEARCHED, SEARCHED, SEARCH_STEPS)
    values = [function(math.exp(place)) for place in grid]
    best = int(np.argmax(values))
    found = minimize_scalar(
        lambda place: -function(math.exp(place)),
        bounds=(grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]),
        method="bounded",
        options={"xatol": 1e-6},
    )
    if -found.fun > values[best]:
        return float(-found.fun), math.exp(found.x)
    return values[best], math.exp(grid[best])
