"""A trajectory that was propagated: nodes of the integration and everything between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import ICRF
from moonstead.foundation.kernel_cache import prepare

Array = NDArray[np.float64]

REACHED = "end of span"
SURFACE = "surface"
WIDEST_RATIO = 4.0  # a neighbouring step shorter than this part of a step would magnify rounding, not add accuracy
SPEED_MARGIN = 1e-4  # [1] of the speed bound, far above how the true path departs from the quintic of its step
SPEED_FLOOR = 1e-3  # [m/s] likewise


@dataclass(frozen=True)
class Statistics:
    """What a propagation cost.

    Attributes
    ----------
    steps, rejected, evaluations : int
        Steps taken, steps tried in vain, evaluations of all forces.
    """

    steps: int
    rejected: int
    evaluations: int


@dataclass(frozen=True, eq=False)
class PropagatedTrajectory:
    """A propagated orbit; a `Trajectory`.

    States between nodes are Hermite polynomials of degree 11 through positions, velocities and accelerations at four
    nodes, never across a burn or an edge of shadow.

    Attributes
    ----------
    name, center : str
        What messages call it; body that positions are measured from.
    span : (2,) [s TDB past J2000]
        First and last time.
    epoch : float [s TDB past J2000]
        Origin of `times`.
    times : (n,) [s]
        Nodes, rising; equal where a burn changes the velocity.
    positions, velocities, accelerations : (n, D) [m, m/s, m/s^2]
        Nodes in ICRF axes; columns 3 to 20, where D is 21, hold the state-transition matrix.
    arcs : (K, 2)
        First and last node of each arc without a burn or an edge of shadow inside.
    masses, mass_flows : (K,) [kg, kg/s]
        Mass at the first node of each arc and its loss; 1 kg where the force model needs no mass.
    ending : str
        ``"end of span"`` or ``"surface"``.
    ending_body : str
        Body whose surface ended the motion; empty otherwise.
    initial_tdb : float [s TDB past J2000]
        Where the propagation, and the state-transition matrix, started.
    statistics : Statistics
        What it cost.
    method : str
        Integrator: ``"gauss-jackson"``, ``"nystrom"`` or ``"dormand-prince"``.
    error_estimate : float [m]
        Largest error of the position within the span by integration; NaN where the steps were prescribed.
    parameters : tuple of str
        Force parameters whose partials stand in columns 21 and on, three for each.
    """

    name: str
    center: str
    span: tuple[float, float]
    epoch: float
    times: Array
    positions: Array
    velocities: Array
    accelerations: Array
    arcs: NDArray[np.int64]
    masses: Array
    mass_flows: Array
    ending: str
    ending_body: str
    initial_tdb: float
    statistics: Statistics
    method: str
    error_estimate: float
    parameters: tuple[str, ...] = ()

    @property
    def frame(self) -> Frame:
        """Axes of the states: the ICRF."""
        return ICRF

    @property
    def hit_surface(self) -> bool:
        """Whether the motion ended on a body's surface."""
        return self.ending == SURFACE

    @property
    def step_times(self) -> Array:
        """Times (n,) [s TDB past J2000] of the nodes."""
        return self.epoch + self.times

    def state(self, tdb: ArrayLike) -> Array:
        """States (N, 6) [m, m/s] at times (N,) [s TDB past J2000]; NaN gives a row of NaN.

        Raises
        ------
        OutsideSpan
            A time lies outside `span`.
        """
        return self._interpolated(tdb, 3)

    def transition(self, tdb: ArrayLike) -> Array:
        """State-transition matrices from the start of the propagation.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times.

        Returns
        -------
        (N, 6, 6) [mixed]
            Derivatives of the state at `tdb` by the initial state, in [1], [s] and [1/s]; NaN gives a matrix of NaN.

        Raises
        ------
        InvalidInput
            The propagation was not asked for them.
        OutsideSpan
            A time lies outside `span`.
        """
        if self.positions.shape[1] == 3:
            raise InvalidInput("this trajectory has no state-transition matrix; propagate with with_transition=True")
        return np.ascontiguousarray(self._partials(tdb)[:, :, :6])

    def sensitivity(self, tdb: ArrayLike) -> Array:
        """Partials of the state by force parameters, from the start of the propagation.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times.

        Returns
        -------
        (N, 6, P) [m, m/s]
            Derivatives by the factor on each of `parameters`; NaN gives a matrix of NaN.

        Raises
        ------
        InvalidInput
            The propagation was not asked for any.
        OutsideSpan
            A time lies outside `span`.
        """
        if not self.parameters:
            raise InvalidInput("this trajectory has no partials by force parameters; propagate with parameters=(...)")
        return np.ascontiguousarray(self._partials(tdb)[:, :, 6:])

    def _partials(self, tdb: ArrayLike) -> Array:
        """Partials (N, 6, 6 + P) of the state by the initial state and by force parameters."""
        width = self.positions.shape[1]
        values = self._interpolated(tdb, width)
        upper = values[:, 3:width].reshape(len(values), -1, 3).transpose(0, 2, 1)
        lower = values[:, width + 3 :].reshape(len(values), -1, 3).transpose(0, 2, 1)
        return np.concatenate((upper, lower), axis=1)

    def mass(self, tdb: ArrayLike) -> Array:
        """Mass (N,) [kg] at times (N,) [s TDB past J2000].

        Raises
        ------
        OutsideSpan
            A time lies outside `span`.
        """
        queries, steps = self._located(tdb)
        arc = np.searchsorted(self.arcs[:, 0], steps, side="right") - 1
        burnt: Array = self.mass_flows[arc] * (queries - self.times[self.arcs[arc, 0]])
        return self.masses[arc] - burnt

    def speed_bound(self, start: ArrayLike, stop: ArrayLike) -> Array:
        """Upper bound of the speed within intervals of time.

        Parameters
        ----------
        start, stop : (K,) [s TDB past J2000]
            Ends of the intervals.

        Returns
        -------
        (K,) [m/s]
            Of the speed relative to `center`.

        Raises
        ------
        OutsideSpan
            An interval reaches outside `span`.
        InvalidInput
            An interval runs backwards.
        """
        start, stop = np.atleast_1d(np.asarray(start, float)), np.atleast_1d(np.asarray(stop, float))
        if np.any(stop < start):
            raise InvalidInput("speed_bound needs intervals that run forward")
        first, last = self._located(start)[1], self._located(stop)[1]
        bounds = np.append(self._step_speeds, 0.0)
        edges = np.stack((first, last + 1), axis=1).reshape(-1)
        return np.maximum.reduceat(bounds, edges)[::2] if edges.size else np.zeros(0)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything as plain arrays, for `numpy.savez`; `from_arrays` gives the same trajectory back."""
        return {
            "name": np.array(self.name),
            "center": np.array(self.center),
            "span": np.array(self.span),
            "epoch": np.array(self.epoch),
            "times": self.times,
            "positions": self.positions,
            "velocities": self.velocities,
            "accelerations": self.accelerations,
            "arcs": self.arcs,
            "masses": self.masses,
            "mass_flows": self.mass_flows,
            "ending": np.array(self.ending),
            "ending_body": np.array(self.ending_body),
            "initial_tdb": np.array(self.initial_tdb),
            "statistics": np.array([self.statistics.steps, self.statistics.rejected, self.statistics.evaluations]),
            "method": np.array(self.method),
            "error_estimate": np.array(self.error_estimate),
            "parameters": np.array(list(self.parameters), dtype=np.str_),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> PropagatedTrajectory:
        """The trajectory that `to_arrays` wrote.

        Raises
        ------
        InvalidInput
            An array is missing.
        """
        missing = [key for key in _KEYS if key not in arrays]
        if missing:
            raise InvalidInput(f"these arrays are no propagated trajectory: {', '.join(missing)} missing")
        whole = {key: np.ascontiguousarray(arrays[key], dtype=np.float64) for key in _NUMBERS}
        first, last = (float(x) for x in np.asarray(arrays["span"], dtype=np.float64))
        steps, rejected, evaluations = (int(x) for x in np.asarray(arrays["statistics"], dtype=np.int64))
        return cls(
            name=str(arrays["name"]),
            center=str(arrays["center"]),
            span=(first, last),
            epoch=float(np.asarray(arrays["epoch"], dtype=np.float64)),
            arcs=np.ascontiguousarray(arrays["arcs"], dtype=np.int64),
            ending=str(arrays["ending"]),
            ending_body=str(arrays["ending_body"]),
            initial_tdb=float(np.asarray(arrays["initial_tdb"], dtype=np.float64)),
            statistics=Statistics(steps, rejected, evaluations),
            method=str(arrays["method"]),
            error_estimate=float(np.asarray(arrays["error_estimate"], dtype=np.float64)),
            parameters=tuple(str(name) for name in np.asarray(arrays["parameters"])),
            **whole,
        )

    def _interpolated(self, tdb: ArrayLike, width: int) -> Array:
        prepare()
        from moonstead.dynamics.dense_kernels import interpolate

        queries, steps = self._located(tdb)
        first, count = self._stencils
        states = np.empty((queries.size, 2 * width))
        parts = (self.positions, self.velocities, self.accelerations)
        if width < self.positions.shape[1]:
            parts = self._orbit_nodes
        interpolate(queries, steps, first, count, self.times, *parts, states)
        return states

    def _located(self, tdb: ArrayLike) -> tuple[Array, NDArray[np.int64]]:
        """Times past the epoch (N,) [s] and the step that each lies in."""
        tdb = np.ascontiguousarray(np.atleast_1d(np.asarray(tdb, dtype=np.float64)))
        outside = (tdb < self.span[0]) | (tdb > self.span[1])
        if np.any(outside):
            raise OutsideSpan(
                f"{self.name} was asked at {float(tdb[outside][0])!r} s TDB past J2000; it was propagated from "
                f"{self.span[0]!r} to {self.span[1]!r}"
                + (f", where it hit the surface of {self.ending_body}" if self.hit_surface else "")
            )
        queries = tdb - self.epoch
        steps = np.searchsorted(self.times, queries, side="right") - 1
        return queries, np.clip(steps, 0, self.times.size - 2).astype(np.int64)

    @cached_property
    def _orbit_nodes(self) -> tuple[Array, Array, Array]:
        return (
            np.ascontiguousarray(self.positions[:, :3]),
            np.ascontiguousarray(self.velocities[:, :3]),
            np.ascontiguousarray(self.accelerations[:, :3]),
        )

    @cached_property
    def _stencils(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First node and number of nodes that serve each step."""
        lengths = np.diff(self.times)
        steps = np.arange(lengths.size)
        arc = np.searchsorted(self.arcs[:, 0], steps, side="right") - 1

        def usable(offset: int) -> NDArray[np.bool_]:
            other = steps + offset
            inside = (other >= 0) & (other < lengths.size)
            safe = np.clip(other, 0, lengths.size - 1)
            long_enough: NDArray[np.bool_] = WIDEST_RATIO * lengths[safe] >= lengths
            return inside & (arc[safe] == arc) & long_enough

        left, right = usable(-1), usable(1)
        left_2, right_2 = left & usable(-2) & ~right, right & usable(2) & ~left
        first = steps - left - left_2
        last = steps + 1 + right + right_2
        return first.astype(np.int64), (last - first + 1).astype(np.int64)

    @cached_property
    def _step_speeds(self) -> Array:
        """Bound (n - 1,) [m/s] of the speed within each step.

        The velocity of the quintic through both ends lies in the hull of its Bezier points: Farin (2002), Curves and
        Surfaces for CAGD, 5th ed., section 4.3.
        """
        p, v, a = (array[:, :3] for array in (self.positions, self.velocities, self.accelerations))
        h = np.diff(self.times)[:, None]
        moving = h[:, 0] > 0.0
        second = p[:-1] + 0.4 * h * v[:-1] + 0.05 * h**2 * a[:-1]
        third = p[1:] - 0.4 * h * v[1:] + 0.05 * h**2 * a[1:]
        middle = np.divide(5.0 * (third - second), h, out=np.zeros_like(second), where=h > 0.0)
        points = [v[:-1], v[1:], v[:-1] + 0.25 * h * a[:-1], v[1:] - 0.25 * h * a[1:], middle]
        speeds = np.max([np.linalg.norm(point, axis=1) for point in points], axis=0)
        return np.where(moving, (1.0 + SPEED_MARGIN) * speeds + SPEED_FLOOR, speeds)


_NUMBERS = ("times", "positions", "velocities", "accelerations", "masses", "mass_flows")
_WORDS = ("name", "center", "ending", "ending_body", "method", "parameters")
_KEYS = (*_WORDS, "span", "epoch", "arcs", "initial_tdb", "statistics", "error_estimate", *_NUMBERS)
