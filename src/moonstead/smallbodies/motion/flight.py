"""The flight of one small body: integrated once, read at any time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.ephemeris.chebyshev import chebyshev_values
from moonstead.foundation.errors import OutsideSpan
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import ICRF
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.motion.perturber_tables import EARTH, MOON, SUN
from moonstead.smallbodies.motion.perturbers import Perturbers

Array = NDArray[np.float64]

TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False)
class Flight:
    """Where a small body is over a span; a `Trajectory`.

    Attributes
    ----------
    orbit : SmallBodyOrbit
        What was flown.
    span : (2,) [s TDB past J2000]
        First and last time; the flight may have ended early on a body.
    ended_by : str
        Body that it fell on, or empty.
    nodes : (M,) [s TDB past J2000]
        Boundaries of the steps, rising.
    evaluations : int
        How often the forces were evaluated.
    """

    orbit: SmallBodyOrbit
    span: tuple[float, float]
    ended_by: str
    nodes: Array
    evaluations: int
    parts: tuple[tuple[float, float, Callable[[Array], Array]], ...]

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.orbit.name

    @property
    def center(self) -> str:
        """The solar system barycentre."""
        return "SOLAR SYSTEM BARYCENTER"

    @property
    def frame(self) -> Frame:
        """Axes of the states: the ICRF."""
        return ICRF

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.nodes) - 1

    def state(self, tdb: ArrayLike) -> Array:
        """States at times.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times within `span`; NaN gives a row of NaN.

        Returns
        -------
        (N, 6) [m, m/s]
            From the solar system barycentre in ICRF axes.

        Raises
        ------
        OutsideSpan
            A time lies outside `span`.
        """
        return self._values(tdb)[:, :, 0]

    def partials(self, tdb: ArrayLike) -> Array:
        """Derivatives of the state by the initial state and by A1, A2, A3.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times within `span`.

        Returns
        -------
        (N, 6, 9) [m, m/s per m, m/s, m/s^2]
            Columns: x, y, z, vx, vy, vz at the orbit's time, then A1, A2, A3.

        Raises
        ------
        OutsideSpan
            A time lies outside `span`.
        """
        return np.ascontiguousarray(self._values(tdb)[:, :, 1:])

    def _values(self, tdb: ArrayLike) -> Array:
        times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        if np.any((times < self.span[0]) | (times > self.span[1])):
            raise OutsideSpan(f"{self.name!r} was flown from {self.span[0]!r} to {self.span[1]!r} s TDB past J2000")
        values = np.full((times.size, 6, 10), np.nan)
        for first, last, dense in self.parts:
            here = (times >= first) & (times <= last)
            if np.any(here):
                values[here] = dense(times[here]).reshape(6, 10, -1).transpose(2, 0, 1)
        return values


def fly(
    orbit: SmallBodyOrbit,
    until_tdb: float | Sequence[float],
    perturbers: Perturbers,
    *,
    with_partials: bool = False,
    tolerance: float = TOLERANCE,
    stop_at_impact: bool = True,
) -> Flight:
    """Fly a small body forwards, backwards or both.

    Parameters
    ----------
    orbit : SmallBodyOrbit
        Where it starts.
    until_tdb : float or two floats [s TDB past J2000]
        Where the flight ends; two ends make a flight before and after the orbit's time.
    perturbers : Perturbers
        What pulls it.
    with_partials : bool
        Whether derivatives by the initial state and A1, A2, A3 are flown too.
    tolerance : float [1]
        Of a step.
    stop_at_impact : bool
        Whether the flight ends where it meets a body.

    Returns
    -------
    Flight
        Dense over the span.

    Raises
    ------
    OutsideSpan
        The tables of the perturbers do not cover the flight.
    """
    from scipy.integrate import solve_ivp

    ends = np.atleast_1d(np.asarray(until_tdb, dtype=np.float64))
    perturbers.require(min(orbit.tdb, ends.min()), max(orbit.tdb, ends.max()), orbit.name)
    start = np.zeros((6, 10))
    start[:, 0] = orbit.state
    start[:, 1:7] = np.eye(6)
    parts, nodes, evaluations = [], [np.array([orbit.tdb])], 0
    for end in ends:
        if end == orbit.tdb:
            continue
        solution = solve_ivp(
            _rates,
            (orbit.tdb, end),
            start.reshape(-1),
            method="DOP853",
            rtol=tolerance,
            atol=np.repeat([1e-3, 1e-9], 30),
            dense_output=True,
            args=(orbit, perturbers),
        )
        evaluations += solution.nfev
        nodes.append(solution.t)
        parts.append((min(orbit.tdb, end), max(orbit.tdb, end), solution.sol))
    every = np.unique(np.concatenate(nodes))
    return Flight(orbit, (float(every[0]), float(every[-1])), "", every, evaluations, tuple(parts))


def _rates(tdb: float, flat: Array, orbit: SmallBodyOrbit, perturbers: Perturbers) -> Array:
    values = flat.reshape(6, 10)
    rates = np.empty_like(values)
    rates[:3] = values[3:]
    x, v = values[:3, 0], values[3:, 0]
    places = _places(tdb, perturbers)
    gm = perturbers.tables.gm[: len(places)]
    apart = places - x
    r = np.linalg.norm(apart, axis=1)
    acceleration = np.sum((gm / r**3)[:, None] * apart, axis=0)
    gradient = 3.0 * np.einsum("k,ki,kj->ij", gm / r**5, apart, apart) - np.sum(gm / r**3) * np.eye(3)
    s, rs = -apart[SUN], r[SUN]
    acceleration += gm[SUN] / (SPEED_OF_LIGHT**2 * rs**3) * ((4.0 * gm[SUN] / rs - v @ v) * s + 4.0 * (s @ v) * v)
    law = orbit.non_gravitational
    g = law.alpha * (rs / law.r0) ** -law.m * (1.0 + (rs / law.r0) ** law.n) ** -law.k
    radial = s / rs
    normal = np.cross(s, v)
    normal /= np.linalg.norm(normal)
    axes = g * np.stack((radial, np.cross(normal, radial), normal), axis=1)
    rates[3:, 0] = acceleration + axes @ np.array((law.a1, law.a2, law.a3))
    rates[3:, 1:] = gradient @ values[:3, 1:]
    rates[3:, 7:] += axes
    return rates.reshape(-1)


def _places(tdb: float, perturbers: Perturbers) -> Array:
    """Places (27 or 11 padded to 32, 3) [m] of the bodies."""
    tables = perturbers.tables
    places = np.full((32, 3), 1e20)
    fast = _series(tables.fast, tables.clock[0:2], tdb)
    slow = _series(tables.slow.transpose(0, 2, 1, 3), tables.clock[2:4], tdb)
    places[:8] = slow[:3].T
    places[EARTH] -= tables.clock[8] * fast[:3]
    places[MOON] = places[EARTH] + fast[:3]
    places[MOON + 1] = fast[3:6]
    places[MOON + 2] = slow[3, :3]
    if len(tables.belt):
        belt = _series(tables.belt.transpose(0, 2, 1, 3), tables.clock[4:6], tdb)
        places[16:] = belt.reshape(3, 16).T
    return places


def _series(series: Array, clock: Array, tdb: float) -> Array:
    after = (tdb - clock[0]) / clock[1]
    record = min(max(int(after), 0), len(series) - 1)
    terms = series[record]
    values = chebyshev_values(terms.reshape(len(terms), -1, 1), np.array([2.0 * (after - record) - 1.0]))
    return values.reshape(terms.shape[1:])
