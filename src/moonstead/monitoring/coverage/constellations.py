"""Constellations of satellites by a few numbers: Walker patterns, geostationary, Molniya and Tundra orbits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.coverage.ground import GROUNDS, ground_named
from moonstead.orbits.elements import KeplerElements, states_from_elements, true_anomaly

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

CRITICAL_INCLINATION = math.asin(math.sqrt(0.8))  # [rad] 63.43 deg: the apsides stand still under J2
MOLNIYA_ECCENTRICITY = 0.74  # [1] perigee near 530 km
TUNDRA_ECCENTRICITY = 0.2684  # [1] as Sirius flew; tells how far north the loop is drawn
SIDEREAL_DAY = 86_164.0905  # [s]
MOST_SATELLITES = 20_000


@dataclass(frozen=True, eq=False)
class Constellation:
    """Orbits about one body, with nodes told from the body's prime meridian at the start.

    Attributes
    ----------
    name : tuple of str
        One for each satellite.
    body : str
        ``"EARTH"`` or ``"MOON"``.
    semi_major_axis : (S,) [m]
        Size.
    eccentricity : (S,) [1]
        Shape.
    inclination : (S,) [rad]
        To the equator.
    node : (S,) [rad]
        East longitude of the ascending node at the start.
    argument_of_perigee, mean_anomaly : (S,) [rad]
        At the start.

    Raises
    ------
    InvalidInput
        The columns differ in length, a number is not finite, or an orbit meets the ground.
    """

    name: tuple[str, ...]
    body: str
    semi_major_axis: Array
    eccentricity: Array
    inclination: Array
    node: Array
    argument_of_perigee: Array
    mean_anomaly: Array

    def __post_init__(self) -> None:
        columns = {}
        for field in fields(self)[2:]:
            columns[field.name] = np.atleast_1d(np.asarray(getattr(self, field.name), dtype=np.float64))
            object.__setattr__(self, field.name, columns[field.name])
        if any(column.shape != (len(self.name),) for column in columns.values()):
            raise InvalidInput("every column of a constellation has one number for each satellite")
        if not 0 < len(self.name) <= MOST_SATELLITES:
            raise InvalidInput(f"a constellation has 1 to {MOST_SATELLITES} satellites; got {len(self.name)}")
        if not all(np.all(np.isfinite(column)) for column in columns.values()):
            raise InvalidInput("every element of a constellation must be a finite number")
        if np.any(self.eccentricity < 0.0) or np.any(self.eccentricity >= 1.0):
            raise InvalidInput("eccentricities of a constellation lie from 0 to below 1")
        lowest = float(np.min(self.semi_major_axis * (1.0 - self.eccentricity)))
        radius = ground_named(self.body).radius
        if lowest <= radius:
            raise InvalidInput(
                f"an orbit reaches down to {lowest / 1e3:.1f} km from the centre of the {self.body}, whose radius is "
                f"{radius / 1e3:.1f} km: raise it or make it rounder"
            )

    def __len__(self) -> int:
        return len(self.name)

    @property
    def period(self) -> Array:
        """Time (S,) [s] of one turn."""
        return 2.0 * np.pi / self._mean_motion

    @property
    def _mean_motion(self) -> Array:
        return np.sqrt(ground_named(self.body).gm / self.semi_major_axis**3)

    def states(self, tdb: Array, data: DataContext) -> Array:
        """States in the body's turning axes.

        Parameters
        ----------
        tdb : (T,) [s TDB past J2000]
            Times; the elements hold at the first.
        data : DataContext
            Orientation of the body.

        Returns
        -------
        (S, T, 6) [m, m/s]
            Relative to the body, in ``ITRF`` or ``MOON_ME``.

        Raises
        ------
        OutsideSpan
            A time lies outside the orientation data.

        Source
        ------
        Two-body motion with secular rates by J2: Vallado (2013), Fundamentals of Astrodynamics and Applications,
        4th ed., eqs. 9-37, 9-39, 9-41. The equator is that of the first time.
        """
        ground = ground_named(self.body)
        elapsed = np.asarray(tdb, dtype=np.float64) - float(tdb[0])
        n, e, i = self._mean_motion, self.eccentricity, self.inclination
        p = self.semi_major_axis * (1.0 - e * e)
        size = 1.5 * n * ground.j2 * (ground.reference_radius / p) ** 2
        node_rate = -size * np.cos(i)
        perigee_rate = size * (2.0 - 2.5 * np.sin(i) ** 2)
        mean_rate = n + size * np.sqrt(1.0 - e * e) * (1.0 - 1.5 * np.sin(i) ** 2)
        turn = ground.frame.from_icrf(np.asarray(tdb, dtype=np.float64), data)
        held = turn.matrix[0].T  # the turning axes of the first time, held still
        states = np.empty((len(self), elapsed.size, 6))
        for k in range(len(self)):
            mean = np.remainder(self.mean_anomaly[k] + mean_rate[k] * elapsed, 2.0 * np.pi)
            same = np.ones_like(elapsed)
            elements = KeplerElements(
                self.semi_major_axis[k] * (1.0 - e[k]) * same,
                e[k] * same,
                i[k] * same,
                self.node[k] + node_rate[k] * elapsed,
                self.argument_of_perigee[k] + perigee_rate[k] * elapsed,
                true_anomaly(mean, e[k] * same),
            )
            still = states_from_elements(elements, ground.gm)
            still = np.concatenate((still[:, :3] @ held.T, still[:, 3:] @ held.T), axis=1)
            states[k] = turn.state(still)
        return states

    def joined(self, other: Constellation) -> Constellation:
        """Satellites of both constellations, about the same body, in this order.

        Raises
        ------
        InvalidInput
            They circle different bodies.
        """
        if other.body != self.body:
            raise InvalidInput(f"one constellation circles the {self.body}, the other the {other.body}")
        columns = (np.concatenate((getattr(self, f.name), getattr(other, f.name))) for f in fields(self)[2:])
        return Constellation(self.name + other.name, self.body, *columns)


def walker(
    total: int,
    planes: int,
    phasing: int,
    altitude: float,
    inclination: float,
    *,
    pattern: Literal["delta", "star"] = "delta",
    body: str = "EARTH",
    spacing: float | None = None,
) -> Constellation:
    """Circular orbits in evenly turned planes.

    Parameters
    ----------
    total, planes, phasing : int
        Walker's T/P/F: satellites, planes, and steps of 360 deg / T by which each plane is ahead of the one before.
    altitude : float [m]
        Over the equatorial radius of the body.
    inclination : float [rad]
        To the equator.
    pattern : "delta" or "star"
        Nodes over the whole turn or over half of it.
    body : str
        ``"EARTH"`` or ``"MOON"``.
    spacing : float or None [rad]
        From one node to the next where the planes are not even, as in a star with seams.

    Returns
    -------
    Constellation

    Raises
    ------
    InvalidInput
        The satellites do not divide into planes, or a number is out of its range.

    Source
    ------
    Walker (1984), J. Br. Interplanet. Soc. 37, 559.
    """
    if total < 1 or planes < 1 or total % planes:
        raise InvalidInput(f"{total} satellites do not fill {planes} planes evenly")
    if not 0 <= phasing < planes:
        raise InvalidInput(f"the phasing of a Walker pattern is 0 to {planes - 1} for {planes} planes; got {phasing}")
    if pattern not in ("delta", "star"):
        raise InvalidInput(f"a Walker pattern is delta or star; got {pattern!r}")
    if not 0.0 <= inclination <= math.pi:
        raise InvalidInput(f"inclination lies from 0 to pi [rad]; got {inclination!r}")
    each = total // planes
    plane, place = np.divmod(np.arange(total), each)
    apart = spacing if spacing is not None else (2.0 if pattern == "delta" else 1.0) * math.pi / planes
    node = apart * plane
    mean = 2.0 * np.pi * (place / each + phasing * plane / total)
    return _circular(
        tuple(f"{p + 1}-{s + 1}" for p, s in zip(plane, place, strict=True)), body, altitude, inclination, node, mean
    )


def geostationary(longitudes: ArrayLike) -> Constellation:
    """Satellites that stand over the equator.

    Parameters
    ----------
    longitudes : (S,) [rad]
        East longitudes.

    Returns
    -------
    Constellation

    Raises
    ------
    InvalidInput
        There is none, or one is not finite.

    Source
    ------
    One turn in a sidereal day, with the secular rates of `Constellation.states`.
    """
    longitudes = np.atleast_1d(np.asarray(longitudes, dtype=np.float64))
    ground = GROUNDS["EARTH"]
    turn = 2.0 * math.pi / SIDEREAL_DAY
    radius = (ground.gm / turn**2) ** (1.0 / 3.0)
    for _ in range(6):
        # at zero inclination node, perigee and mean anomaly together gain twice the size of the J2 rate
        ratio = 1.5 * ground.j2 * (ground.reference_radius / radius) ** 2
        radius = (ground.gm * ((1.0 + 2.0 * ratio) / turn) ** 2) ** (1.0 / 3.0)
    names = tuple(f"GEO {math.degrees(x):.1f} E" for x in longitudes)
    return _circular(names, "EARTH", radius - ground.radius, 0.0, np.zeros(longitudes.size), longitudes)


def eccentric(
    kind: Literal["molniya", "tundra"], count: int, longitude: float, *, argument_of_perigee: float = 1.5 * math.pi
) -> Constellation:
    """Satellites that dwell over the north on one and the same track over the ground.

    The track is that of two-body motion; by J2 it drifts by some tenths of a degree a day.

    Parameters
    ----------
    kind : "molniya" or "tundra"
        Half a sidereal day or a whole one.
    count : int
        Satellites, evenly in time.
    longitude : float [rad]
        East longitude of an apogee.
    argument_of_perigee : float [rad]
        3 pi / 2 dwells over the north, pi / 2 over the south.

    Returns
    -------
    Constellation

    Raises
    ------
    InvalidInput
        The kind is neither, or the count is below 1.

    Source
    ------
    Critical inclination and repeating tracks: Vallado (2013), sections 11.4.1 and 11.4.2.
    """
    if kind not in ("molniya", "tundra"):
        raise InvalidInput(f"an eccentric orbit of this kind is molniya or tundra; got {kind!r}")
    if count < 1:
        raise InvalidInput(f"a constellation has at least one satellite; got {count}")
    turns, eccentricity = (2, MOLNIYA_ECCENTRICITY) if kind == "molniya" else (1, TUNDRA_ECCENTRICITY)
    ground = GROUNDS["EARTH"]
    size = (ground.gm * (SIDEREAL_DAY / turns / (2.0 * math.pi)) ** 2) ** (1.0 / 3.0)
    late = np.arange(count) / count  # days by which a satellite follows the first on the track
    mean = math.pi - 2.0 * np.pi * turns * late
    ahead = argument_of_perigee + math.pi  # of the node, where the apogee stands
    along = math.atan2(math.cos(CRITICAL_INCLINATION) * math.sin(ahead), math.cos(ahead))
    node = longitude - along + 2.0 * np.pi * late
    same = np.ones(count)
    return Constellation(
        tuple(f"{kind} {k + 1}" for k in range(count)),
        "EARTH",
        size * same,
        eccentricity * same,
        CRITICAL_INCLINATION * same,
        node,
        argument_of_perigee * same,
        mean,
    )


def _circular(
    names: Sequence[str], body: str, altitude: float, inclination: float, node: Array, mean: Array
) -> Constellation:
    same = np.ones(len(names))
    radius = ground_named(body).radius + altitude
    return Constellation(tuple(names), body, radius * same, 0.0 * same, inclination * same, node, 0.0 * same, mean)
