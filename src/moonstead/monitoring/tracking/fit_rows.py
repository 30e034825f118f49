"""Measurements as rows of an orbit fit: what any kind of them must answer, and angles, ranges and rates of sensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.observe import icrf_position
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.tracking.computed_values import Direction, computed_values
from moonstead.monitoring.tracking.measurements import KINDS, RANGE, Measurements
from moonstead.monitoring.tracking.refraction import Air

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

PARTS = {  # what each of the numbers of a kind is called
    "range": ("range",),
    "range-rate": ("range rate",),
    "azimuth-elevation": ("azimuth", "elevation"),
    "right-ascension-declination": ("right ascension", "declination"),
}


class OrbitWithPartials(Trajectory, Protocol):
    """A trajectory that knows how its states change with the parameters of a fit."""

    @property
    def width(self) -> int:
        """Number of its parameters, the six of the state first."""

    def partials(self, tdb: Array) -> Array:
        """Derivatives of the state.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times.

        Returns
        -------
        (N, 6, width) [mixed]
        """


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """What a fit learns from N rows of m numbers.

    Attributes
    ----------
    residual : (N, m) [mixed]
        Measured less computed; 0 for numbers that a row does not have.
    design : (N, m, width + B) [mixed]
        Change of the computed values with the orbit's parameters and with the rows' own.
    """

    residual: Array
    design: Array


class FitRows(Protocol):
    """N measurements of one sort, with parameters of their own such as biases."""

    @property
    def tdb(self) -> Array:
        """Times (N,) [s TDB past J2000]."""

    @property
    def first_tdb(self) -> float:
        """When the first of them began [s TDB past J2000]."""

    @property
    def sigma(self) -> Array:
        """Standard deviations (N, m) [mixed]; infinite for numbers that a row does not have."""

    @property
    def station(self) -> tuple[str, ...]:
        """Who measured each row."""

    @property
    def kind(self) -> tuple[str, ...]:
        """What each row measures."""

    @property
    def own_parameters(self) -> tuple[str, ...]:
        """Names of the B parameters of the rows themselves."""

    @property
    def own_sigmas(self) -> Array:
        """What is known of them beforehand (B,) [mixed]: standard deviations about 0."""

    def computed(self, orbit: OrbitWithPartials, own: Array, data: DataContext) -> Computed:
        """Residuals and design.

        Parameters
        ----------
        orbit : OrbitWithPartials
            The object.
        own : (B,) [mixed]
            Values of the rows' own parameters.
        data : DataContext
            Ephemeris and orientation.

        Returns
        -------
        Computed
        """


@dataclass(frozen=True, eq=False)
class TrackedRows:
    """Angles, ranges and range rates of sensors, with biases of each station.

    Attributes
    ----------
    rows : Measurements
        What was measured.
    biases : tuple of (str, int, int)
        Kind of measurement, number of the observer, which of the two numbers: one bias is sought for each.
    bias_sigma : float [mixed]
        What is known of biases beforehand; infinite for nothing.
    air : Air or None
        Lifts elevations; None where they are corrected for it.
    zenith_delay : float [m]
        Of radio waves by the air, on ranges from the ground; range rates are not corrected.
    delayed : tuple of int
        Numbers of the observers whose zenith delay is sought, `zenith_delay` being its first value.
    delay_sigma : float [m]
        What is known of zenith delays beforehand.
    direction : "astrometric", "apparent" or "geometric"
        Of right ascension and declination.
    """

    rows: Measurements
    biases: tuple[tuple[str, int, int], ...] = ()
    bias_sigma: float = np.inf
    air: Air | None = None
    zenith_delay: float = 0.0
    delayed: tuple[int, ...] = ()
    delay_sigma: float = 0.1
    direction: Direction = "astrometric"

    def __post_init__(self) -> None:
        for kind, observer, number in self.biases:
            known = kind in KINDS and 0 <= observer < len(self.rows.observers) and number in range(len(PARTS[kind]))
            if not known or not np.any(self._biased(kind, observer)):
                raise InvalidInput(f"a bias of {kind!r} by observer {observer} is sought, but none is measured")

    @property
    def tdb(self) -> Array:
        """Times (N,) [s TDB past J2000]."""
        return self.rows.tdb

    @property
    def first_tdb(self) -> float:
        """When the first of them began to be counted [s TDB past J2000]."""
        return float(np.min(self.rows.tdb - self.rows.count_time))

    @property
    def sigma(self) -> Array:
        """Standard deviations (N, 2) [m], [m/s] or [rad]."""
        return np.where(self.rows.used_numbers, self.rows.sigma, np.inf)

    @property
    def station(self) -> tuple[str, ...]:
        """Name of the observer of each row."""
        return tuple(self.rows.observers[number].name for number in self.rows.receiver)

    @property
    def kind(self) -> tuple[str, ...]:
        """Kind of each row."""
        return tuple(KINDS[number] for number in self.rows.kind)

    @property
    def own_parameters(self) -> tuple[str, ...]:
        """Names of the biases, then of the changes of zenith delays."""
        names = [one.name for one in self.rows.observers]
        biases = (f"{PARTS[kind][number]} bias of {names[observer]}" for kind, observer, number in self.biases)
        return (*biases, *(f"zenith delay change at {names[observer]}" for observer in self.delayed))

    @property
    def own_sigmas(self) -> Array:
        """What is known of them beforehand (B,) [mixed]: standard deviations about 0."""
        return np.repeat([self.bias_sigma, self.delay_sigma], [len(self.biases), len(self.delayed)])

    def computed(self, orbit: OrbitWithPartials, own: Array, data: DataContext) -> Computed:
        """Residuals of the measurements, with their derivatives.

        Parameters
        ----------
        orbit : OrbitWithPartials
            The object.
        own : (B,) [mixed]
            Biases.
        data : DataContext
            Ephemeris and orientation.

        Returns
        -------
        Computed
            (N, 2) [m], [m/s] or [rad].

        Raises
        ------
        OutsideSpan
            The orbit does not cover a time.

        Source
        ------
        As `computed_values`.
        """
        answer = computed_values(
            self.rows, orbit, data, partials=orbit.partials, direction=self.direction, air=self.air
        )
        residual = answer.residual.copy()
        own_count = len(self.biases) + len(self.delayed)
        design = np.concatenate((answer.design, np.zeros((len(self.rows), 2, own_count))), axis=2)
        longer = self._mapping(orbit, data) if self.zenith_delay or self.delayed else np.zeros(len(self.rows))
        residual[:, 0] -= self.zenith_delay * longer
        # azimuths and right ascensions are fitted on the sky, where meridians draw together
        narrow = np.where(self.rows.used_numbers[:, 1], np.cos(answer.value[:, 1]), 1.0)
        for place, (kind, observer, number) in enumerate(self.biases):
            share = self._biased(kind, observer) * (narrow if number == 0 else 1.0)
            residual[:, number] -= own[place] * share
            design[:, number, orbit.width + place] = share
        for place, observer in enumerate(self.delayed, start=len(self.biases)):
            share = longer * (self.rows.receiver == observer)
            residual[:, 0] -= own[place] * share
            design[:, 0, orbit.width + place] = share
        return Computed(residual, design)

    def _biased(self, kind: str, observer: int) -> NDArray[np.bool_]:
        return (self.rows.kind == KINDS.index(kind)) & (self.rows.receiver == observer)

    def _mapping(self, orbit: OrbitWithPartials, data: DataContext) -> Array:
        """How many times the zenith delay ranges from the ground are longer (N,); 0 for other rows."""
        out = np.zeros(len(self.rows))
        for number, observer in enumerate(self.rows.observers):
            mine = np.flatnonzero((self.rows.kind == RANGE) & (self.rows.receiver == number))
            if not mine.size or not isinstance(observer, SurfacePoint):
                continue
            turn = observer.topocentric.from_icrf(self.rows.tdb[mine], data)
            there = turn.position(icrf_position(orbit, "EARTH", self.rows.tdb[mine], data))
            sight = there - observer.topocentric.axes @ observer.position
            sine = np.maximum(sight[:, 2] / np.linalg.norm(sight, axis=1), 0.0)
            out[mine] = 1.001 / np.sqrt(0.002_001 + sine**2)  # Black & Eisner (1984), Radio Sci. 19, 1, eq. 7
        return out
