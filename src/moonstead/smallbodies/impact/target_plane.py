"""The target plane of an encounter: where the incoming asymptote would pass the body, and how likely it hits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(96)
REACH = 8.5  # [1] standard deviations beyond which a Gaussian holds 1e-17
THIN = 1e-9  # [1] of the disc: a narrower Gaussian is a line


@dataclass(frozen=True, eq=False)
class TargetPlane:
    """N passages through the plane that contains the body's centre and is normal to the incoming asymptote.

    For a passage that is no hyperbola (a captured body) the plane is that of the periapsis, normal to the velocity
    there, and `point` is the periapsis.

    Attributes
    ----------
    point : (N, 3) [m]
        From the body's centre, ICRF: the vector b.
    direction : (N, 3) [1]
        Of the incoming velocity at infinity, normal to the plane, ICRF.
    speed_at_infinity : (N,) [m/s]
        0 for a captured body.
    periapsis_distance : (N,) [m]
        Of the conic.
    gm : float [m3/s2]
        Of the body.
    """

    point: Array
    direction: Array
    speed_at_infinity: Array
    periapsis_distance: Array
    gm: float

    def impact_radius(self, radius: float) -> Array:
        """Distance (N,) [m] from the centre inside which the asymptote must pass to hit a sphere.

        Parameters
        ----------
        radius : float [m]
            Of the sphere.

        Returns
        -------
        (N,) [m]
            Larger than the sphere, because gravity bends the path; of a captured body the sphere itself.

        Source
        ------
        Opik (1976), Interplanetary Encounters, Elsevier: b^2 = r^2 (1 + 2 gm / (r v^2)).
        """
        speed = self.speed_at_infinity
        with np.errstate(divide="ignore", invalid="ignore"):
            focused = radius * np.sqrt(1.0 + 2.0 * self.gm / (radius * speed**2))
        return np.where(speed > 0.0, focused, radius)


def target_plane(states: ArrayLike, gm: float) -> TargetPlane:
    """Target plane of passages.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        Relative to the body, in axes that do not turn, near the body.
    gm : float [m3/s2]
        Of the body.

    Returns
    -------
    TargetPlane
        One row for each state.

    Raises
    ------
    InvalidInput
        The states have not six columns or `gm` is not positive.

    Source
    ------
    Kizner (1961), Planet. Space Sci. 7, 125; Milani, Chesley, Chodas & Valsecchi (2002), in Asteroids III, 55.
    """
    rows = np.atleast_2d(np.asarray(states, dtype=np.float64))
    if rows.ndim != 2 or rows.shape[1] != 6 or not gm > 0.0:
        raise InvalidInput(f"a target plane needs states (N, 6) and a positive gm; got {rows.shape} and {gm}")
    position, velocity = rows[:, :3], rows[:, 3:]
    distance = np.linalg.norm(position, axis=1)
    momentum = np.cross(position, velocity)
    h = np.linalg.norm(momentum, axis=1)
    vector = np.cross(velocity, momentum) / gm - position / distance[:, None]
    eccentricity = np.linalg.norm(vector, axis=1)
    squared = np.einsum("ni,ni->n", velocity, velocity) - 2.0 * gm / distance
    periapsis = h**2 / (gm * (1.0 + eccentricity))
    with np.errstate(divide="ignore", invalid="ignore"):
        normal = momentum / h[:, None]
        towards = vector / eccentricity[:, None]
        ahead = np.cross(normal, towards)
        open_ = squared > 0.0
        speed = np.sqrt(np.where(open_, squared, 0.0))
        cosine = np.where(open_, 1.0 / eccentricity, 0.0)
        sine = np.sqrt(np.maximum(1.0 - cosine**2, 0.0))
        direction = cosine[:, None] * towards + sine[:, None] * ahead
        size = np.where(open_, h / np.where(open_, speed, 1.0), periapsis)
        point = size[:, None] * np.cross(direction, normal)
    straight = ~(h > 0.0)  # into the centre
    point[straight] = 0.0
    direction[straight] = velocity[straight] / np.linalg.norm(velocity[straight], axis=1)[:, None]
    return TargetPlane(point, direction, speed, periapsis, gm)


def opik_axes(direction: ArrayLike, body_velocity: ArrayLike) -> Array:
    """Axes xi, eta, zeta of a target plane.

    Parameters
    ----------
    direction : (3,) [1]
        Of the incoming velocity: eta.
    body_velocity : (3,) [m/s]
        Of the body about the Sun; zeta points against its projection on the plane, so that zeta measures how late the
        asteroid comes, and xi how far apart the orbits pass.

    Returns
    -------
    (3, 3) [1]
        Rows: xi, eta, zeta.

    Source
    ------
    Valsecchi, Milani, Gronchi & Chesley (2003), A&A 408, 1179, doi:10.1051/0004-6361:20031039, section 2.
    """
    eta = np.asarray(direction, dtype=np.float64)
    velocity = np.asarray(body_velocity, dtype=np.float64)
    zeta = (velocity @ eta) * eta - velocity
    size = np.linalg.norm(zeta)
    if not size > THIN * np.linalg.norm(velocity):  # the asteroid comes along the body's own path
        zeta = np.cross(eta, np.eye(3)[np.argmin(np.abs(eta))])
        size = np.linalg.norm(zeta)
    zeta = zeta / size
    return np.stack((np.cross(eta, zeta), eta, zeta))


def plane_axes(direction: Array) -> Array:
    """Two axes (2, 3) [1] normal to a direction.

    Parameters
    ----------
    direction : (3,) [1]
        Unit vector.

    Returns
    -------
    (2, 3) [1]
        Orthogonal unit vectors.

    Source
    ------
    Gram-Schmidt from the coordinate axis farthest from the direction.
    """
    first = np.eye(3)[np.argmin(np.abs(direction))]
    first = first - (first @ direction) * direction
    first /= np.linalg.norm(first)
    return np.stack((first, np.cross(direction, first)))


def disc_probability(mean: ArrayLike, covariance: ArrayLike, radius: float) -> tuple[float, Array]:
    """Probability that a Gaussian point of the plane lies in a disc about the origin, and its mean there.

    Parameters
    ----------
    mean : (2,) [m]
        Of the Gaussian.
    covariance : (2, 2) [m2]
        Of the Gaussian; may be as thin as a line.
    radius : float [m]
        Of the disc.

    Returns
    -------
    probability : float [1]
        Good to 1e-6 of itself down to 1e-15.
    centre : (2,) [m]
        Mean of the points inside; where that holds nothing, the point of the disc nearest to the mean in standard
        deviations.

    Source
    ------
    The integral along the longer axis is the normal distribution function; the one across is Gauss-Legendre.
    """
    from scipy.special import ndtr

    values, axes = np.linalg.eigh(np.asarray(covariance, dtype=np.float64))
    sigma = np.sqrt(np.maximum(values, (THIN * radius) ** 2))  # across, along
    middle = axes.T @ np.asarray(mean, dtype=np.float64)
    low, high = (np.clip((middle[0] + side * REACH * sigma[0]) / radius, -1.0, 1.0) for side in (-1.0, 1.0))
    if not low < high:
        return 0.0, _nearest(middle, sigma, radius, axes)
    first, last = np.arcsin(low), np.arcsin(high)
    angle = 0.5 * (last - first) * NODES + 0.5 * (last + first)
    across, half = radius * np.sin(angle), radius * np.cos(angle)
    density = np.exp(-0.5 * ((across - middle[0]) / sigma[0]) ** 2) / (np.sqrt(2.0 * np.pi) * sigma[0])
    share = density * half * WEIGHTS * 0.5 * (last - first)
    # mirrored so that the mean is positive: both ends then lie in the lower tail, which keeps its digits
    far, sign = abs(middle[1]), np.sign(middle[1]) or 1.0
    lower, upper = (-half - far) / sigma[1], (half - far) / sigma[1]
    inside = ndtr(upper) - ndtr(lower)
    probability = float(np.sum(share * inside))
    if not probability > 0.0:
        return 0.0, _nearest(middle, sigma, radius, axes)
    slope = (np.exp(-0.5 * upper**2) - np.exp(-0.5 * lower**2)) / np.sqrt(2.0 * np.pi)
    along = sign * np.sum(share * (far * inside - sigma[1] * slope))
    centre = np.array([np.sum(share * across * inside), along]) / probability
    return probability, axes @ centre


def _nearest(middle: Array, sigma: Array, radius: float, axes: Array) -> Array:
    """Point (2,) of the disc with the highest density of a Gaussian that lies outside it."""
    angle = np.linspace(0.0, 2.0 * np.pi, 721)
    rim = radius * np.stack((np.cos(angle), np.sin(angle)))
    best = np.argmin(np.sum(((rim - middle[:, None]) / sigma[:, None]) ** 2, axis=0))
    return np.asarray(axes @ rim[:, best])
