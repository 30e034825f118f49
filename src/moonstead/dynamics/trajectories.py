"""Trajectories that need no propagation: bodies of the ephemeris, points on a surface, tables of states."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, WGS84
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import ICRF, ITRF
from moonstead.foundation.frames.topocentric import Topocentric
from moonstead.foundation.kernel_cache import prepare

Array = NDArray[np.float64]

# Parent in the ephemeris and a speed [m/s] relative to it that the body never reaches. The tests prove each against
# the Chebyshev series of DE440 over 1849 to 2150; the margin of some percent covers the longer ephemerides.
SPEED_LIMITS: dict[str, tuple[str, float]] = {
    "SUN": ("SOLAR SYSTEM BARYCENTER", 25.0),
    "MERCURY": ("MERCURY BARYCENTER", 1e-3),
    "MERCURY BARYCENTER": ("SOLAR SYSTEM BARYCENTER", 59_500.0),
    "VENUS": ("VENUS BARYCENTER", 1e-3),
    "VENUS BARYCENTER": ("SOLAR SYSTEM BARYCENTER", 35_600.0),
    "EARTH": ("EARTH BARYCENTER", 13.8),
    "MOON": ("EARTH BARYCENTER", 1_115.0),
    "EARTH BARYCENTER": ("SOLAR SYSTEM BARYCENTER", 30_500.0),
    "MARS BARYCENTER": ("SOLAR SYSTEM BARYCENTER", 26_900.0),
    "JUPITER BARYCENTER": ("SOLAR SYSTEM BARYCENTER", 13_900.0),
    "SATURN BARYCENTER": ("SOLAR SYSTEM BARYCENTER", 10_400.0),
    "URANUS BARYCENTER": ("SOLAR SYSTEM BARYCENTER", 7_300.0),
    "NEPTUNE BARYCENTER": ("SOLAR SYSTEM BARYCENTER", 5_600.0),
    "PLUTO BARYCENTER": ("SOLAR SYSTEM BARYCENTER", 6_300.0),
}

# Spin [rad/s] that a body never exceeds: the Moon's includes its librations, the Earth's the changes of its day.
SPIN_LIMITS = {"MOON": 2.6625e-6, "EARTH": 7.2922e-5}
FASTEST_SPIN = 1.7586e-4  # [rad/s] Jupiter's system III; no other planet or large moon turns faster
SPIN_TILT = 1e-3  # [rad] between the spin axis and the z axis of the body's frame; the Moon reaches 7.0e-4
# TEME turns by 8e-12 rad/s, 0.3 mm/s in a geostationary orbit.
INERTIAL_FRAMES = (
    "ICRF",
    "EME2000",
    "ECLIPJ2000",
    "TEME",
)

HERMITE_DEGREES = range(3, 17, 2)
LAGRANGE_DEGREES = range(1, 17)


def body_speed_limit(body: str, center: str) -> float:
    """Speed [m/s] that a body of the ephemeris never reaches relative to another.

    Parameters
    ----------
    body, center : str
        Names of the bodies.

    Returns
    -------
    float [m/s]
        Sum of the limits along the way from one body to the other; zero where both are the same.

    Raises
    ------
    InvalidInput
        No limit is known for one of the bodies.

    Source
    ------
    Largest speeds in DE440 with some percent of margin: Park et al. (2021), Astron. J. 161, 105,
    doi:10.3847/1538-3881/abd414.
    """
    up, down = _way_to_barycenter(body), _way_to_barycenter(center)
    return sum(SPEED_LIMITS[name][1] for name in set(up) ^ set(down))


def _way_to_barycenter(body: str) -> list[str]:
    way = []
    while body != "SOLAR SYSTEM BARYCENTER":
        if body not in SPEED_LIMITS:
            known = ", ".join(sorted(SPEED_LIMITS))
            raise InvalidInput(
                f"no speed limit is known for '{body}', so nothing can be proven about it. Known: {known}. "
                "Sample its ephemeris into a TabulatedTrajectory to search for events"
            )
        way.append(body)
        body = SPEED_LIMITS[body][0]
    return way


@dataclass(frozen=True)
class BodyTrajectory:
    """A body of the ephemeris, seen from another one.

    Attributes
    ----------
    body, center : str
        Names of the body and of the body that its positions are measured from.
    data : DataContext
        Where the ephemeris comes from.
    """

    body: str
    center: str
    data: DataContext = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The body's name."""
        return self.body

    @property
    def frame(self) -> Frame:
        """The ICRF."""
        return ICRF

    @cached_property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] that the ephemeris has."""
        return self.data.ephemeris.span(self.body, self.center)

    def state(self, tdb: Array) -> Array:
        """States (N, 6) [m, m/s] relative to `center` in the ICRF at times (N,) [s TDB past J2000]."""
        return self.data.ephemeris.state(self.body, self.center, tdb)

    def speed_bound(self, start: Array, stop: Array) -> Array:
        """Upper bound of the speed relative to `center` within intervals of time: `body_speed_limit`.

        Parameters
        ----------
        start, stop : (K,) [s TDB past J2000]
            Ends of the intervals.

        Returns
        -------
        (K,) [m/s]
        """
        return np.full(np.shape(start), body_speed_limit(self.body, self.center))


@dataclass(frozen=True)
class SurfacePoint:
    """A point that turns with a body: a site on the Moon, a ground station on the Earth.

    Attributes
    ----------
    name : str
        What messages and reports call it.
    body : str
        The body it stands on, which is also its centre.
    frame : Frame
        Axes fixed to the body, ``MOON_ME`` for lunar maps, ``ITRF`` for the Earth.
    latitude, longitude : float [rad]
        Of the normal to the reference surface; longitude to the east.
    height : float [m]
        Above the reference surface, along its normal.
    radius : float [m]
        Equatorial radius of the reference surface.
    flattening : float [1]
        Of the reference ellipsoid; zero for a sphere.

    Raises
    ------
    InvalidInput
        The latitude lies outside [-pi/2, pi/2], the longitude outside [-2 pi, 2 pi], or a value is not finite.
    """

    name: str
    body: str
    frame: Frame
    latitude: float
    longitude: float
    height: float = 0.0
    radius: float = LUNAR_MAP_RADIUS
    flattening: float = 0.0

    def __post_init__(self) -> None:
        if not np.all(np.isfinite([self.latitude, self.longitude, self.height, self.radius, self.flattening])):
            raise InvalidInput(f"every number of the point '{self.name}' must be finite")
        if abs(self.latitude) > 0.5 * np.pi or abs(self.longitude) > 2.0 * np.pi:
            raise InvalidInput(
                f"'{self.name}' stands at latitude {self.latitude!r}, longitude {self.longitude!r}: both are in rad, "
                "latitude within pi/2 and longitude within 2 pi of zero; use numpy.radians for degrees"
            )

    @classmethod
    def on_earth(cls, name: str, latitude: float, longitude: float, height: float) -> SurfacePoint:
        """A point on the Earth by geodetic coordinates.

        Parameters
        ----------
        name : str
            What messages and reports call it.
        latitude, longitude : float [rad]
            Geodetic, longitude to the east.
        height : float [m]
            Above the WGS84 ellipsoid.

        Returns
        -------
        SurfacePoint
            In the ITRF.
        """
        return cls(name, "EARTH", ITRF, latitude, longitude, height, WGS84.equatorial_radius, WGS84.flattening)

    @property
    def center(self) -> str:
        """The body it stands on."""
        return self.body

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000], both infinite: the point has a place at any time."""
        return (-np.inf, np.inf)

    @cached_property
    def position(self) -> Array:
        """Place (3,) [m] in the body's frame."""
        sine, cosine = np.sin(self.latitude), np.cos(self.latitude)
        squash = (1.0 - self.flattening) ** 2
        curvature = self.radius / np.sqrt(cosine**2 + squash * sine**2)
        across, along = (curvature + self.height) * cosine, (squash * curvature + self.height) * sine
        return _frozen(np.array([across * np.cos(self.longitude), across * np.sin(self.longitude), along]))

    @cached_property
    def topocentric(self) -> Topocentric:
        """Its axes east, north and up, for `observe`."""
        return Topocentric(self.frame, self.latitude, self.longitude)

    @property
    def zenith_rate_bound(self) -> float:
        """Upper bound [rad/s] of the rate at which the zenith turns in inertial axes; small near a pole."""
        return spin_limit(self.body) * min(1.0, abs(float(np.cos(self.latitude))) + SPIN_TILT)

    def state(self, tdb: Array) -> Array:
        """States (N, 6) [m, m/s] at times (N,) [s TDB past J2000] in the body's frame: one place, at rest."""
        states = np.zeros((np.size(tdb), 6))
        states[:, :3] = self.position
        return states

    def speed_bound(self, start: Array, stop: Array) -> Array:
        """Upper bound of the speed in inertial axes: the body's fastest spin times the distance from the axis.

        Parameters
        ----------
        start, stop : (K,) [s TDB past J2000]
            Ends of the intervals.

        Returns
        -------
        (K,) [m/s]
        """
        reach = np.hypot(self.position[0], self.position[1]) + SPIN_TILT * float(np.linalg.norm(self.position))
        return np.full(np.shape(start), spin_limit(self.body) * reach)


def spin_limit(body: str) -> float:
    """Spin that a planet or large moon never exceeds.

    Parameters
    ----------
    body : str
        Name of the body.

    Returns
    -------
    float [rad/s]
        Its own limit where one is listed, else that of the fastest planet.

    Source
    ------
    Sidereal rates, widened by librations and changes of the day. Jupiter's system III turns 870.536 deg a day: Archinal
    et al. (2018), Celest. Mech. Dyn. Astron. 130, 22, doi:10.1007/s10569-017-9805-5.
    """
    return SPIN_LIMITS.get(body, FASTEST_SPIN)


@dataclass(frozen=True, eq=False)
class TabulatedTrajectory:
    """States in a table with a polynomial in between, as in an OEM or an SPK of type 9 or 13.

    The polynomial runs through the nodes nearest to the time: half of them on each side where their number is even,
    centred on the nearest node where it is odd, cut off at the ends of the table. SPK types 13 (Hermite) and 9
    (Lagrange) choose alike, so a file written from the table has the same motion.

    Attributes
    ----------
    name : str
        What messages and reports call it.
    center : str
        Name of the body that positions are measured from.
    frame : Frame
        Axes of the states.
    tdb : (M,) [s TDB past J2000]
        Times of the nodes, rising.
    states : (M, 6) [m, m/s]
        States at the nodes.
    degree : int
        Of the polynomial: odd from 3 to 15 for Hermite, 1 to 16 for Lagrange.
    method : "hermite" or "lagrange"
        Hermite meets positions and velocities with one polynomial, whose derivative is the velocity between nodes;
        Lagrange interpolates positions and velocities each for itself.

    Raises
    ------
    InvalidInput
        Shapes do not fit, times do not rise, a number is not finite, the method is unknown, the degree is not one
        that the method has, or the table is shorter than the polynomial needs.
    """

    name: str
    center: str
    frame: Frame
    tdb: Array
    states: Array
    degree: int = 7
    method: Literal["hermite", "lagrange"] = "hermite"

    def __post_init__(self) -> None:
        object.__setattr__(self, "tdb", _frozen(np.array(self.tdb, dtype=np.float64)))
        object.__setattr__(self, "states", _frozen(np.array(self.states, dtype=np.float64, order="C")))
        if self.tdb.ndim != 1 or self.states.shape != (self.tdb.size, 6):
            raise InvalidInput(
                f"'{self.name}' needs times (M,) and states (M, 6); got {self.tdb.shape} and {self.states.shape}"
            )
        if not (np.all(np.isfinite(self.tdb)) and np.all(np.isfinite(self.states))):
            raise InvalidInput(f"every number in the table of '{self.name}' must be finite")
        if np.any(np.diff(self.tdb) <= 0.0):
            raise InvalidInput(f"the times of '{self.name}' must rise from node to node [s TDB past J2000]")
        degrees = {"hermite": HERMITE_DEGREES, "lagrange": LAGRANGE_DEGREES}
        if self.method not in degrees:
            raise InvalidInput(f"method must be one of {', '.join(degrees)}; got {self.method!r}")
        if self.degree not in degrees[self.method]:
            raise InvalidInput(
                f"{self.method} interpolation has degrees {list(degrees[self.method])}; got {self.degree!r}"
            )
        if self.tdb.size < self._width:
            raise InvalidInput(
                f"'{self.name}' has {self.tdb.size} nodes; {self.method} interpolation of degree {self.degree} "
                f"needs {self._width}"
            )

    @property
    def _width(self) -> int:
        return (self.degree + 1) // 2 if self.method == "hermite" else self.degree + 1

    @property
    def span(self) -> tuple[float, float]:
        """First and last node [s TDB past J2000]."""
        return (float(self.tdb[0]), float(self.tdb[-1]))

    def state(self, tdb: Array) -> Array:
        """States (N, 6) [m, m/s] relative to `center` in `frame` at times (N,) [s TDB past J2000].

        Raises
        ------
        OutsideSpan
            A time lies outside the table.
        """
        prepare()
        from moonstead.dynamics.trajectories_kernels import hermite_kernel, lagrange_kernel

        tdb = np.ascontiguousarray(np.atleast_1d(tdb), dtype=np.float64)
        first, last = self.span
        if tdb.size and not (tdb.min() >= first and tdb.max() <= last):
            raise OutsideSpan(
                f"'{self.name}' was asked for TDB {tdb.min()!r} to {tdb.max()!r}, its table has {first!r} to {last!r} "
                "[s past J2000]; ask within that span or provide a longer table"
            )
        out = np.empty((tdb.size, 6))
        kernel = hermite_kernel if self.method == "hermite" else lagrange_kernel
        kernel(tdb, self._first_nodes(tdb), self.tdb, self.states, self._width, out)
        return out

    def _first_nodes(self, tdb: Array) -> NDArray[np.int64]:
        before = np.clip(np.searchsorted(self.tdb, tdb, side="right") - 1, 0, self.tdb.size - 2)
        if self._width % 2:
            nearer = tdb - self.tdb[before] > self.tdb[before + 1] - tdb
            first = before + nearer - self._width // 2
        else:
            first = before - self._width // 2 + 1
        return np.clip(first, 0, self.tdb.size - self._width).astype(np.int64)

    def speed_bound(self, start: Array, stop: Array) -> Array:
        """Upper bound of the speed, in inertial axes, within intervals of time.

        Between two nodes the speed is taken to stay below the faster of the two plus the change between them. That
        holds where the acceleration does not exceed twice its mean between the nodes, as in any table that
        is dense enough to be interpolated.

        Parameters
        ----------
        start, stop : (K,) [s TDB past J2000]
            Ends of the intervals.

        Returns
        -------
        (K,) [m/s]
        """
        start, stop = np.asarray(start, dtype=np.float64), np.asarray(stop, dtype=np.float64)
        last = self.tdb.size - 2
        first_gap = np.clip(np.searchsorted(self.tdb, start, side="right") - 1, 0, last)
        last_gap = np.clip(np.searchsorted(self.tdb, stop, side="left") - 1, first_gap, last)
        pairs = np.column_stack((first_gap, last_gap + 1)).ravel()
        # reduceat takes pairs [first, end) in turn; the padding makes the largest end a legal index
        return np.maximum.reduceat(self._padded_gap_speeds, pairs)[0::2]

    @cached_property
    def _padded_gap_speeds(self) -> Array:
        speed = np.linalg.norm(self.states[:, 3:], axis=1)
        change = np.linalg.norm(np.diff(self.states[:, 3:], axis=0), axis=1)
        bound = np.maximum(speed[:-1], speed[1:]) + change
        if self.frame.name not in INERTIAL_FRAMES:
            body = "MOON" if self.frame.name.startswith("MOON") else "EARTH" if self.frame.name == "ITRF" else ""
            reach = np.linalg.norm(self.states[:, :3], axis=1)
            bound = bound + spin_limit(body) * (np.maximum(reach[:-1], reach[1:]) + bound * np.diff(self.tdb))
        return np.append(bound, 0.0)


def _frozen(array: Array) -> Array:
    array.setflags(write=False)
    return array
