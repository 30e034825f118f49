"""Kepler elements: the conic that a state would follow about a point mass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

ROUND = 1e-11  # [1] an eccentricity or sine of inclination below this leaves periapsis or node undefined
NEWTON_STEPS = 60


@dataclass(frozen=True)
class KeplerElements:
    """Osculating elements of N conics: circles, ellipses, parabolas and hyperbolas alike.

    Attributes
    ----------
    periapsis_distance : (N,) [m]
        From the centre of the body.
    eccentricity : (N,) [1]
        Shape.
    inclination : (N,) [rad]
        To the frame's xy plane, 0 to pi.
    node : (N,) [rad]
        Ascending node from the x axis, 0 to 2 pi; 0 where the orbit lies in the xy plane.
    argument_of_periapsis : (N,) [rad]
        From the node (from the x axis where the orbit lies in the xy plane), 0 to 2 pi; 0 for a circle.
    true_anomaly : (N,) [rad]
        From periapsis (from the node for a circle), -pi to pi.
    """

    periapsis_distance: Array
    eccentricity: Array
    inclination: Array
    node: Array
    argument_of_periapsis: Array
    true_anomaly: Array

    @property
    def semi_latus_rectum(self) -> Array:
        """Distance (N,) [m] at a quarter turn from periapsis."""
        return self.periapsis_distance * (1.0 + self.eccentricity)

    @property
    def semi_major_axis(self) -> Array:
        """Semi-major axis (N,) [m]; infinite for a parabola, negative for a hyperbola."""
        with np.errstate(divide="ignore"):
            return self.periapsis_distance / (1.0 - self.eccentricity)

    @property
    def apoapsis_distance(self) -> Array:
        """Largest distance (N,) [m]; infinite where the conic is open."""
        with np.errstate(divide="ignore"):
            far = self.semi_latus_rectum / (1.0 - self.eccentricity)
        return np.where(self.eccentricity < 1.0, far, np.inf)

    def period(self, gm: float) -> Array:
        """Time of one turn (N,) [s] about a body with `gm` [m^3/s^2]; infinite where the conic is open."""
        a = np.where(self.eccentricity < 1.0, self.semi_major_axis, np.inf)
        return 2.0 * np.pi * np.sqrt(a**3 / gm)


def kepler_elements(states: ArrayLike, gm: float) -> KeplerElements:
    """Kepler elements of states.

    Parameters
    ----------
    states : (N, 6) or (6,) [m, m/s]
        Relative to the body, in any axes that do not turn.
    gm : float [m^3/s^2]
        Gravitational parameter of the body.

    Returns
    -------
    KeplerElements
        One entry for each row; NaN where a state is NaN or moves straight up or down.

    Raises
    ------
    InvalidInput
        `gm` is not positive, or the states have not six columns.

    Source
    ------
    Vallado (2013), Fundamentals of Astrodynamics and Applications, 4th ed., algorithm 9, with periapsis distance in
    place of the semi-major axis.
    """
    states = np.atleast_2d(np.asarray(states, dtype=np.float64))
    _require(states, gm)
    position, velocity = states[:, :3], states[:, 3:]
    distance = np.linalg.norm(position, axis=1)
    momentum = np.cross(position, velocity)
    h = np.linalg.norm(momentum, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        normal = momentum / h[:, None]
        p = h**2 / gm
        # (r v^2 / gm - 1) along the radius and -(r . v) / gm along the velocity, without the large parts of each
        vector = np.cross(velocity, momentum) / gm - position / distance[:, None]
        eccentricity = np.linalg.norm(vector, axis=1)
    flat = np.hypot(normal[:, 0], normal[:, 1]) < ROUND
    node = np.where(flat, 0.0, np.arctan2(normal[:, 0], -normal[:, 1]))
    inclination = np.arctan2(np.hypot(normal[:, 0], normal[:, 1]), normal[:, 2])
    ascending = np.stack([np.cos(node), np.sin(node), np.zeros_like(node)], axis=1)
    across = np.cross(normal, ascending)

    def angle(direction: Array) -> Array:
        return np.arctan2(np.sum(direction * across, axis=1), np.sum(direction * ascending, axis=1))

    circular = eccentricity < ROUND
    argument = np.where(circular, 0.0, angle(vector))
    anomaly = angle(position) - argument
    straight = ~(h > 0.0)
    columns = [p / (1.0 + eccentricity), eccentricity, inclination, node % (2 * np.pi), argument % (2 * np.pi)]
    columns.append((anomaly + np.pi) % (2 * np.pi) - np.pi)
    return KeplerElements(*(np.where(straight, np.nan, column) for column in columns))


def states_from_elements(elements: KeplerElements, gm: float) -> Array:
    """States of Kepler elements, in the axes that the elements refer to.

    Parameters
    ----------
    elements : KeplerElements
        N conics.
    gm : float [m^3/s^2]
        Gravitational parameter of the body.

    Returns
    -------
    (N, 6) [m, m/s]
        Relative to the body.

    Raises
    ------
    InvalidInput
        `gm` or a periapsis distance is not positive, an eccentricity is negative, or a true anomaly lies beyond the
        asymptote of its hyperbola.

    Source
    ------
    Vallado (2013), algorithm 10.
    """
    q, e, i, node, w, anomaly = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in _columns(elements))
    )
    if not (np.isfinite(gm) and gm > 0.0):
        raise InvalidInput(f"gm must be positive and finite [m3/s2]; got {gm!r}")
    if np.any(q <= 0.0) or np.any(e < 0.0):
        raise InvalidInput("elements need positive periapsis distances [m] and eccentricities of zero or more")
    if np.any(1.0 + e * np.cos(anomaly) <= 0.0):
        raise InvalidInput("a true anomaly lies beyond the asymptote, acos(-1 / eccentricity): the conic is not there")
    p = q * (1.0 + e)
    r = p / (1.0 + e * np.cos(anomaly))
    ci, si, cn, sn = np.cos(i), np.sin(i), np.cos(node), np.sin(node)
    cw, sw = np.cos(w), np.sin(w)
    towards = np.stack([cn * cw - sn * sw * ci, sn * cw + cn * sw * ci, sw * si], axis=1)
    ahead = np.stack([-cn * sw - sn * cw * ci, -sn * sw + cn * cw * ci, cw * si], axis=1)
    x, y = r * np.cos(anomaly), r * np.sin(anomaly)
    speed = np.sqrt(gm / p)
    vx, vy = -speed * np.sin(anomaly), speed * (e + np.cos(anomaly))
    position = x[:, None] * towards + y[:, None] * ahead
    velocity = vx[:, None] * towards + vy[:, None] * ahead
    return np.ascontiguousarray(np.concatenate((position, velocity), axis=1))


def mean_anomaly(true_anomaly: ArrayLike, eccentricity: ArrayLike) -> Array:
    """Mean anomaly of ellipses and hyperbolas; for a parabola Barker's D + D^3 / 3, D the tangent of half.

    Parameters
    ----------
    true_anomaly : (N,) [rad]
        From periapsis.
    eccentricity : (N,) [1]
        Shape. Close to a parabola (within 1e-6 of 1) digits are lost.

    Returns
    -------
    (N,) [rad]
        From periapsis; for a parabola D + D^3 / 3 [1].

    Source
    ------
    Vallado (2013), section 2.2: Kepler's, Barker's and the hyperbolic equation.
    """
    v, e = (np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in np.broadcast_arrays(true_anomaly, eccentricity))
    half = np.tan(0.5 * v)
    with np.errstate(invalid="ignore", divide="ignore"):
        ellipse = 2.0 * np.arctan(np.sqrt((1.0 - e) / (1.0 + e)) * half)
        hyperbola = 2.0 * np.arctanh(np.sqrt((e - 1.0) / (e + 1.0)) * half)
        closed, opened = ellipse - e * np.sin(ellipse), e * np.sinh(hyperbola) - hyperbola
    return np.where(e < 1.0, closed, np.where(e > 1.0, opened, half + half**3 / 3.0))


def true_anomaly(mean: ArrayLike, eccentricity: ArrayLike) -> Array:
    """True anomaly of a mean anomaly, the inverse of `mean_anomaly`.

    Parameters
    ----------
    mean : (N,) [rad]
        As `mean_anomaly` gives it.
    eccentricity : (N,) [1]
        Shape.

    Returns
    -------
    (N,) [rad]
        From periapsis, -pi to pi.

    Source
    ------
    Newton's method on Kepler's equation from pi (ellipse: Charles & Tatum 1998, CMDA 69, 357, it never fails) and from
    asinh(M / e) (hyperbola); Barker's equation in closed form.
    """
    m, e = (np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in np.broadcast_arrays(mean, eccentricity))
    result = np.full(m.shape, np.nan)
    closed, opened, parabola = e < 1.0, e > 1.0, e == 1.0
    if np.any(closed):
        wrapped = (m[closed] + np.pi) % (2.0 * np.pi) - np.pi
        anomaly = _solve_ellipse(np.abs(wrapped), e[closed]) * np.sign(wrapped)
        ratio = np.sqrt((1.0 + e[closed]) / (1.0 - e[closed]))
        result[closed] = 2.0 * np.arctan2(ratio * np.sin(0.5 * anomaly), np.cos(0.5 * anomaly))
    if np.any(opened):
        anomaly = _solve_hyperbola(m[opened], e[opened])
        result[opened] = 2.0 * np.arctan(np.sqrt((e[opened] + 1.0) / (e[opened] - 1.0)) * np.tanh(0.5 * anomaly))
    if np.any(parabola):
        b = 1.5 * m[parabola]
        root = np.cbrt(b + np.sqrt(b * b + 1.0))
        result[parabola] = 2.0 * np.arctan(root - 1.0 / root)
    return result


def _solve_ellipse(mean: Array, e: Array) -> Array:
    anomaly = np.full(mean.shape, np.pi)
    for _ in range(NEWTON_STEPS):
        step = (anomaly - e * np.sin(anomaly) - mean) / (1.0 - e * np.cos(anomaly))
        anomaly = anomaly - step
        if np.all(~(np.abs(step) > 1e-15 * np.pi)):
            break
    return anomaly


def _solve_hyperbola(mean: Array, e: Array) -> Array:
    # asinh(M / e) lies below the root, where the function is convex: the first step overshoots, the rest descend
    anomaly = np.arcsinh(mean / e)
    for _ in range(NEWTON_STEPS):
        step = (e * np.sinh(anomaly) - anomaly - mean) / (e * np.cosh(anomaly) - 1.0)
        anomaly = anomaly - step
        if np.all(~(np.abs(step) > 1e-15 * (1.0 + np.abs(anomaly)))):
            break
    return anomaly


def _columns(elements: KeplerElements) -> tuple[Array, ...]:
    return (
        elements.periapsis_distance,
        elements.eccentricity,
        elements.inclination,
        elements.node,
        elements.argument_of_periapsis,
        elements.true_anomaly,
    )


def _require(states: Array, gm: float) -> None:
    if states.ndim != 2 or states.shape[1] != 6:
        raise InvalidInput(f"states need 6 columns [m, m/s]; got shape {states.shape}")
    if not (np.isfinite(gm) and gm > 0.0):
        raise InvalidInput(f"gm must be positive and finite [m3/s2]; got {gm!r}")
