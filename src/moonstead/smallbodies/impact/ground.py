"""Where virtual impactors come down: the corridor, its middle and its spread."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.smallbodies.impact.answer import Corridor, Spread
from moonstead.smallbodies.impact_point import ImpactPoints, impact_points

Array = NDArray[np.float64]
Height = Callable[[Array, Array], Array]

MOST_CURVED = 5  # degree of the curve that a corridor is taken for


def ground_points(
    target: str, tdb: Array, states: Array, data: DataContext, terrain: Height | None
) -> tuple[ImpactPoints, NDArray[np.bool_]]:
    """Places of impacts, on the terrain where there is one.

    Parameters
    ----------
    target : str
        ``"EARTH"`` or ``"MOON"``.
    tdb : (K,) [s TDB past J2000]
        Times of impacts on the sphere or ellipsoid.
    states : (K, 6) [m, m/s]
        Relative to the body, ICRF.
    data : DataContext
        Orientation of the bodies.
    terrain : callable or None
        Height [m] of the lunar ground at latitudes and longitudes (N,) [rad] in MOON_ME.

    Returns
    -------
    ImpactPoints and (K,) [1]
        Places; and which of them there are, for a grazing path may pass over all ground.

    Source
    ------
    `smallbodies.impact_point`.
    """
    points = impact_points(target, tdb, states, data, terrain=terrain if target == "MOON" else None)
    return points, np.isfinite(points.latitude)


def corridor_of(points: ImpactPoints, weight: Array, along: Array) -> Corridor:
    """Corridor of impacts.

    Parameters
    ----------
    points : ImpactPoints
        M impacts.
    weight : (M,) [1]
        Probability of each.
    along : (M,) [1]
        Order along the line of variations.

    Returns
    -------
    Corridor
        In that order.

    Source
    ------
    Half width: what remains beside a curve of fifth degree in the order along the line, normal to it.
    """
    order = np.argsort(along, kind="stable")
    return Corridor(
        tdb=points.tdb[order],
        latitude=points.latitude[order],
        longitude=points.longitude[order],
        altitude=points.altitude[order],
        speed=points.speed[order],
        elevation=points.elevation[order],
        weight=np.asarray(weight)[order],
        half_width=_half_width(points, along),
    )


def _half_width(points: ImpactPoints, along: Array) -> float:
    span = float(np.ptp(along))
    if along.size < MOST_CURVED * 3 or not span > 0.0:
        return 0.0
    latitude, longitude = points.latitude, points.longitude
    place = body(points.body).mean_radius * np.stack(
        (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)), axis=1
    )
    order = 2.0 * (along - np.min(along)) / span - 1.0
    curve = np.polynomial.chebyshev.chebfit(order, place, MOST_CURVED)
    beside = place - np.polynomial.chebyshev.chebval(order, curve).T
    tangent = np.polynomial.chebyshev.chebval(order, np.polynomial.chebyshev.chebder(curve)).T
    tangent /= np.linalg.norm(tangent, axis=1)[:, None]
    across = beside - np.einsum("ni,ni->n", beside, tangent)[:, None] * tangent
    return float(np.sqrt(np.mean(np.sum(across**2, axis=1))))


def spread(values: Array, weight: Array, value: float, *, turn: bool = False) -> Spread:
    """A representative value with the standard deviation of weighted values.

    Parameters
    ----------
    values : (M,) [any unit]
        Of all orbits that hit.
    weight : (M,) [1]
        Of each.
    value : float [any unit]
        Of the representative one.
    turn : bool
        Whether values are angles [rad] that begin anew after a turn.

    Returns
    -------
    Spread
        Its deviation is about the mean of the values.

    Source
    ------
    Weighted variance; angles as differences from the representative one.
    """
    apart = np.asarray(values) - value
    if turn:
        apart = (apart + np.pi) % (2.0 * np.pi) - np.pi
    mean = np.average(apart, weights=weight)
    return Spread(float(value), float(np.sqrt(np.average((apart - mean) ** 2, weights=weight))))
