"""How much of the Sun is seen past the bodies in front of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.observe import Straight, seen_bodies
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.bodies import body as body_named
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


def visible_fraction(sun: ArrayLike, body: ArrayLike, sun_radius: float, body_radius: float) -> Array:
    """Fraction of the Sun's disc that a spherical body leaves visible.

    The Sun is a uniformly bright sphere, so both outlines are circles on the sky, and the fraction is the share of
    the Sun's solid angle outside the body's. Exact on the sphere: a body that fills half the sky, as seen from a low
    orbit, has an almost straight limb, which the overlap of plane circles of the same radii would bend (4e-4).

    Parameters
    ----------
    sun, body : (N, 3) [m]
        Centres of the Sun and of the body, both from the observer, in the same axes.
    sun_radius, body_radius : float [m]
        Radii of the two spheres.

    Returns
    -------
    (N,) [1]
        1 where the Sun is whole, 0 where it is hidden; between them in partial and annular eclipse. An observer inside
        the body sees nothing. NaN where an input is NaN.

    Raises
    ------
    InvalidInput
        The arrays differ in shape, or a radius is not positive.

    Source
    ------
    Two sectors of caps less two spherical triangles, the triangle solved by half angles and L'Huilier's theorem:
    Todhunter & Leathem (1901), Spherical Trigonometry, articles 45 and 102. Use in eclipses, with plane circles:
    Montenbruck & Gill (2000), Satellite Orbits, section 3.4.2, doi:10.1007/978-3-642-58351-3.
    """
    sun = np.atleast_2d(np.asarray(sun, dtype=np.float64))
    body = np.atleast_2d(np.asarray(body, dtype=np.float64))
    if sun.shape != body.shape or sun.shape[-1] != 3:
        raise InvalidInput(f"sun and body must both be (N, 3) [m]; got {sun.shape} and {body.shape}")
    if not (sun_radius > 0.0 and body_radius > 0.0):
        raise InvalidInput(f"radii must be positive [m]; got {sun_radius!r} and {body_radius!r}")
    sun_range, body_range = np.linalg.norm(sun, axis=1), np.linalg.norm(body, axis=1)
    unknown = np.isnan(sun_range + body_range)
    with np.errstate(invalid="ignore", divide="ignore"):
        sun_size = np.arcsin(np.minimum(sun_radius / sun_range, 1.0))
        body_size = np.arcsin(np.minimum(body_radius / body_range, 1.0))
        # the angle from its tangent: arccos is worth nothing near a central eclipse
        apart = np.arctan2(np.linalg.norm(np.cross(sun, body), axis=1), np.sum(sun * body, axis=1))
        hidden = _overlap(apart, sun_size, body_size) / (2.0 * np.pi * _versine(sun_size))
    hidden[body_range >= sun_range] = 0.0
    hidden[body_range <= body_radius] = 1.0
    fraction = 1.0 - np.clip(hidden, 0.0, 1.0)
    fraction[unknown] = np.nan
    return fraction


def sun_visible_fraction(
    trajectory: Trajectory,
    tdb: Array,
    data: DataContext,
    bodies: Sequence[str],
    aberration: Straight = "light-time",
) -> Array:
    """Fraction of the Sun's disc that is visible from a trajectory.

    With light time the photons that arrive passed the body when its own light left it, so the shadow lags behind a
    body at distance d that moves across the sunlight at v by v d / c: 38 km for the Earth seen from the Moon, 37 s of
    an eclipse; 0.2 km for the Moon below a low orbit, 0.1 s. Stellar aberration moves the Sun and the body before it
    alike. Where two bodies cover the Sun at once the smaller fraction is given.

    Parameters
    ----------
    trajectory : Trajectory
        The observer.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where the ephemeris comes from.
    bodies : sequence of str
        Names of the bodies that may stand before the Sun, taken as spheres of their mean radius.
    aberration : "light-time" or "geometric"
        The Sun and the bodies where they were when their light left (SPICE ``CN``), or where they all are at `tdb`.

    Returns
    -------
    (N,) [1]
        Visible fraction, see `visible_fraction`.

    Raises
    ------
    InvalidInput
        The aberration is not one of the two.
    OutsideSpan
        A time, or with light time one up to some minutes earlier, lies outside the trajectory or the ephemeris.

    Source
    ------
    As `visible_fraction`; light time: Moyer (2000), JPL DESCANSO 2, section 8.3.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    sun, *others = seen_bodies(("SUN", *bodies), trajectory, tdb, data, aberration)
    fraction = np.ones(tdb.size)
    for name, seen in zip(bodies, others, strict=True):
        left = visible_fraction(sun, seen, body_named("SUN").mean_radius, body_named(name).mean_radius)
        fraction = np.minimum(fraction, left)
    return fraction


def _overlap(apart: Array, first: Array, second: Array) -> Array:
    """Solid angle (N,) [sr] that two caps of radii `first` and `second` share when their centres are `apart` [rad]."""
    smaller = np.minimum(first, second)
    inside = apart <= np.abs(first - second)
    outside = apart >= first + second
    # the centres and a point where the outlines cross make a triangle; half angles keep their digits near a contact
    half = 0.5 * (apart + first + second)
    to_apart, to_first, to_second = (np.maximum(half - side, 0.0) for side in (apart, first, second))
    at_first = 2.0 * np.arctan(np.sqrt(np.sin(to_first) * np.sin(to_apart) / (np.sin(half) * np.sin(to_second))))
    at_second = 2.0 * np.arctan(np.sqrt(np.sin(to_second) * np.sin(to_apart) / (np.sin(half) * np.sin(to_first))))
    quarter = np.tan(0.5 * half) * np.tan(0.5 * to_apart) * np.tan(0.5 * to_first) * np.tan(0.5 * to_second)
    triangle = 4.0 * np.arctan(np.sqrt(quarter))
    lens = 2.0 * (at_first * _versine(first) + at_second * _versine(second) - triangle)
    return np.where(inside, 2.0 * np.pi * _versine(smaller), np.where(outside, 0.0, lens))


def _versine(angle: Array) -> Array:
    return 2.0 * np.sin(0.5 * angle) ** 2
