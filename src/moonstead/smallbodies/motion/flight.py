"""The flight of one small body: integrated once, read at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.ephemeris.calendar import span_text
from moonstead.foundation.errors import InvalidInput, NumericalFailure, OutsideSpan
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import ICRF
from moonstead.foundation.kernel_cache import prepare
from moonstead.smallbodies.motion import radau_layout as layout
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.motion.perturber_tables import BODIES, HEAVY, LANES, PLANET_NAMES
from moonstead.smallbodies.motion.perturbers import Perturbers
from moonstead.smallbodies.motion.perturbers import perturbers as perturber_tables

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

TOLERANCE = 1e-7
"""Highest term of a step by its whole acceleration; centimetres over eight years, far below other errors."""
NOISE = 1e-3  # [m] of the highest term, far above rounding: below it no step is refused
CHUNK = 2048  # steps for which room is made at once
MOST_STEPS = 200_000  # a year round the Earth at 300 km; a century among the planets takes 10 000
LEBESGUE = 3.0  # [1] by which eight Radau points can exceed their largest value, rounded up
FAR_AWAY = 1e15  # [m] where places without a body stand


@dataclass(frozen=True, eq=False)
class Flight:
    """Where a small body is over a span; a `Trajectory`.

    Between its nodes the flight is the polynomial of its step, of degree 9 in place.

    Attributes
    ----------
    orbit : SmallBodyOrbit
        What was flown.
    span : (2,) [s TDB past J2000]
        First and last time; the last (flown backwards: the first) is that of an impact where there is one.
    ended_by : str
        Body that it fell on, as ``"EARTH"``, ``"MOON"`` or ``"SUN"``; empty where it flew on. For the Earth the end is
        the polar radius and for the Moon the deepest ground, so that any point of impact lies on the flight.
    nodes : (M,) [s TDB past J2000]
        Boundaries of the steps, rising, the last one at most one step past `span`.
    evaluations : int
        How often the forces were evaluated.
    origins, pulls : (S, 8), (S, 24) [s, m, m/s], [m/s^2]
        Steps as the kernel writes them: time, length and state at the begin; accelerations at the nodes.
    tangents : (S, 270) [mixed] or None
        Partials at the begin of the steps and their accelerations at the nodes.
    """

    orbit: SmallBodyOrbit
    span: tuple[float, float]
    ended_by: str
    nodes: Array
    evaluations: int
    origins: Array
    pulls: Array
    tangents: Array | None

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
        return len(self.origins)

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
        prepare()
        from moonstead.smallbodies.motion import radau_dense_kernels as kernels

        times, index = self._steps_of(tdb)
        states = np.full((times.size, 6), np.nan)
        if self.steps:
            kernels.read_states(times, index, self.origins, self.pulls, np.empty(2 * LANES), states)
        else:
            states[index >= 0] = self.orbit.state
        return states

    def partials(self, tdb: ArrayLike) -> Array:
        """Derivatives of the state by the initial state and by A1, A2, A3.

        They follow the Newtonian pull of all bodies, the Sun's relativity and the push; oblateness is left out, 1e-9 of
        them far from the Earth.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times within `span`; NaN gives NaN.

        Returns
        -------
        (N, 6, 9) [mixed]
            Rows in [m] and [m/s]; columns by x, y, z, vx, vy, vz at the orbit's time [m, m/s], then A1, A2, A3 [m/s^2].

        Raises
        ------
        InvalidInput
            The flight was flown without them.
        OutsideSpan
            A time lies outside `span`.
        """
        prepare()
        from moonstead.smallbodies.motion import radau_dense_kernels as kernels

        if self.tangents is None:
            raise InvalidInput(f"the flight of {self.name!r} has no partials; fly with with_partials=True")
        times, index = self._steps_of(tdb)
        partials = np.full((times.size, 6, layout.COLUMNS), np.nan)
        if self.steps:
            kernels.read_partials(times, index, self.origins, self.tangents, np.empty(2 * LANES), partials)
        else:
            partials[index >= 0] = np.eye(6, layout.COLUMNS)
        return partials

    def speed_bound(self, start: ArrayLike, stop: ArrayLike) -> Array:
        """Upper bound of the speed in intervals of time.

        Parameters
        ----------
        start, stop : (K,) [s TDB past J2000]
            Ends of the intervals.

        Returns
        -------
        (K,) [m/s]
            Of the speed from the solar system barycentre: that at the begin of a step and what its accelerations add.
        """
        first, last = (self._steps_of(np.clip(ends, *self.span))[1] for ends in (start, stop))
        if not self.steps:
            return np.full(first.size, float(np.linalg.norm(self.orbit.state[3:])))
        largest = np.sqrt(np.sum(np.max(np.abs(self.pulls.reshape(-1, 3, LANES)), axis=2) ** 2, axis=1))
        bound = np.linalg.norm(self.origins[:, 5:8], axis=1) + LEBESGUE * np.abs(self.origins[:, 1]) * largest
        return np.array([np.max(bound[a : b + 1]) for a, b in zip(first, last, strict=True)])

    def _steps_of(self, tdb: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
        """Times and the step that holds each; -1 for NaN."""
        times = np.ascontiguousarray(np.atleast_1d(tdb), dtype=np.float64)
        if np.any((times < self.span[0]) | (times > self.span[1])):
            raise OutsideSpan(
                f"{self.name!r} was asked over {span_text(np.nanmin(times), np.nanmax(times))}; it was flown over "
                f"{span_text(*self.span)}" + (f", where it meets {self.ended_by}" if self.ended_by else "")
            )
        index = np.clip(np.searchsorted(self.nodes, times, side="right") - 1, 0, max(self.steps - 1, 0))
        return times, np.where(np.isnan(times), -1, index)


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

    Sun, planets, Earth, Moon and sixteen asteroids pull; Sun, planets and Moon by relativity too (Einstein, Infeld &
    Hoffmann); Earth with J2, J3, J4 about its mean pole of date, Sun with J2, Moon with its field of degree 4 within 60
    of its radii; A1, A2, A3 push. Within its radius a body pulls as if it were of even density.

    Parameters
    ----------
    orbit : SmallBodyOrbit
        Where it starts.
    until_tdb : float or floats [s TDB past J2000]
        Where the flight ends; several make one flight from the earliest to the latest of them and the orbit's time.
    perturbers : Perturbers
        What pulls it.
    with_partials : bool
        Whether derivatives by the initial state and A1, A2, A3 are flown too.
    tolerance : float [1]
        Highest term of a step by its whole acceleration.
    stop_at_impact : bool
        Whether the flight ends where it meets Sun, Moon or a planet.

    Returns
    -------
    Flight
        Dense over the span.

    Raises
    ------
    InvalidInput
        An end is no finite number, or the tolerance is not positive.
    OutsideSpan
        The tables of the perturbers do not cover the flight.
    NumericalFailure
        The steps became too short or too many.

    Source
    ------
    Collocation at Radau points, order 15: Everhart (1985), Dynamics of Comets, 185, doi:10.1007/978-94-009-5400-7_17;
    prediction: Rein & Spiegel (2015), MNRAS 446, 1424, doi:10.1093/mnras/stu2164.
    """
    ends = np.atleast_1d(np.asarray(until_tdb, dtype=np.float64))
    if ends.ndim != 1 or not ends.size or not np.all(np.isfinite(ends)):
        raise InvalidInput(f"a flight of {orbit.name!r} until {until_tdb!r} was asked; give finite seconds past J2000")
    if not 0.0 < tolerance < 1.0:
        raise InvalidInput(f"a flight with tolerance={tolerance!r} was asked; it must lie between 0 and 1")
    first, last = min(orbit.tdb, float(ends.min())), max(orbit.tdb, float(ends.max()))
    perturbers.require(first, last, orbit.name)
    back = _one_way(orbit, first, perturbers, with_partials, tolerance, stop_at_impact)
    forth = _one_way(orbit, last, perturbers, with_partials, tolerance, stop_at_impact)
    origins = np.concatenate((back.origins[::-1], forth.origins))
    edges = np.concatenate(
        (back.origins[::-1, 0] + back.origins[::-1, 1], [orbit.tdb], forth.origins[:, 0] + forth.origins[:, 1])
    )
    return Flight(
        orbit,
        (back.end, forth.end),
        forth.ended_by or back.ended_by,
        edges,
        back.evaluations + forth.evaluations,
        origins,
        np.concatenate((back.pulls[::-1], forth.pulls)),
        np.concatenate((back.tangents[::-1], forth.tangents)) if with_partials else None,
    )


def warm_up(data: DataContext) -> None:
    """Compile the kernels of flights by a day's flight of nothing in particular.

    Parameters
    ----------
    data : DataContext
        Planetary ephemeris, lunar orientation and gravity field.

    Raises
    ------
    MissingData
        A data set is not installed.
    """
    state = np.array((2e11, 0.0, 0.0, 0.0, 2.5e4, 0.0))
    flight = fly(
        SmallBodyOrbit("warm-up", 0.0, state),
        SECONDS_PER_DAY,
        perturber_tables(data, start_tdb=0.0, stop_tdb=SECONDS_PER_DAY),
        with_partials=True,
    )
    flight.state(SECONDS_PER_DAY)
    flight.partials(SECONDS_PER_DAY)


@dataclass(frozen=True, eq=False)
class _Way:
    """Steps in one direction."""

    end: float
    ended_by: str
    evaluations: int
    origins: Array
    pulls: Array
    tangents: Array


def _one_way(
    orbit: SmallBodyOrbit,
    end: float,
    perturbers: Perturbers,
    with_partials: bool,
    tolerance: float,
    stop_at_impact: bool,
) -> _Way:
    prepare()
    from moonstead.smallbodies.motion import perturber_kernels
    from moonstead.smallbodies.motion import radau_kernels as kernels

    wide = 2 * layout.SERIES + LANES * layout.SERIES if with_partials else 1
    if end == orbit.tdb:
        return _Way(end, "", 0, np.empty((0, 8)), np.empty((0, 3 * LANES)), np.empty((0, wide)))
    tables = perturbers.tables
    carry = np.zeros(layout.CARRY)
    carry[layout.TIME] = orbit.tdb
    carry[layout.STATE : layout.STATE + 6] = orbit.state
    for row in range(3):
        carry[layout.TANGENT + layout.COLUMNS * row + row] = 1.0
        carry[layout.TANGENT + layout.SERIES + layout.COLUMNS * row + 3 + row] = 1.0
    settings = np.zeros(layout.SETTINGS)
    settings[layout.TOLERANCE], settings[layout.NOISE] = tolerance, NOISE
    settings[layout.PARTIALS], settings[layout.STOPS] = float(with_partials), float(stop_at_impact)
    settings[layout.END] = end
    push = orbit.non_gravitational
    law = np.array((push.a1, push.a2, push.a3, push.alpha, push.r0, push.m, push.n, push.k))
    basis, work = np.zeros(perturber_kernels.BASIS), np.zeros(layout.WORK)
    loose, loose_rates = np.full(3 * BODIES * LANES, FAR_AWAY), np.zeros(3 * HEAVY * LANES)
    places, rates = np.full(3 * BODIES * LANES, FAR_AWAY), np.zeros(3 * HEAVY * LANES)
    written: list[tuple[Array, Array, Array]] = []
    status = layout.FULL
    while status == layout.FULL:
        origins, pulls, tangents = np.empty((CHUNK, 8)), np.empty((CHUNK, 3 * LANES)), np.empty((CHUNK, wide))
        status, count = kernels.fly(
            tables,
            perturbers.radii2,
            law,
            settings,
            basis,
            loose,
            loose_rates,
            places,
            rates,
            carry,
            work,
            origins,
            pulls,
            tangents,
        )
        written.append((origins[:count], pulls[:count], tangents[:count]))
        lost = not np.all(np.isfinite(carry[layout.STATE : layout.STATE + 6]))
        endless = status == layout.FULL and CHUNK * len(written) >= MOST_STEPS
        if lost or endless or status == layout.STALLED:
            raise NumericalFailure(
                f"the flight of {orbit.name!r} came to {float(carry[layout.TIME])!r} s TDB past J2000 and asked for a "
                f"step of {carry[layout.STEP]:.3g} s after {int(carry[layout.FLOWN])} steps; it cannot be flown to "
                f"{end!r}: is its state right? If so, end the flight earlier"
            )
    hit = status == layout.HIT
    return _Way(
        float(carry[layout.HIT_TIME]) if hit else float(end),
        PLANET_NAMES[int(carry[layout.BODY])].removesuffix(" BARYCENTER") if hit else "",
        int(carry[layout.EVALUATIONS]),
        *(np.concatenate(each) for each in zip(*written, strict=True)),
    )
