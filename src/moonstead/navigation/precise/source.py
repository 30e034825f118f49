"""Satellites at any time from precise orbits and clocks: SP3 files, with or without clock files of their own."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.rinex_clock import PreciseClocks, read_clocks
from moonstead.formats.sp3 import CLOCK_EVENT, PreciseOrbits, read_sp3
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE
from moonstead.foundation.kernel_cache import prepare
from moonstead.navigation.precise.nodes import barycentric_weights, grid_step, node_counts, runs_of_nodes
from moonstead.navigation.satellite_states import Codes, Indices, SatelliteStates

Array = NDArray[np.float64]
Path = str | os.PathLike[str]

NODE_NOISE = 1e-3  # [m] by which nodes scatter about a smooth orbit: rounding and the joints of days
REACH = 1.0 / 3.0  # of an interval, beyond the ends of a run: 4 cm of noise, against 40 cm for a whole interval
CLOCK_REACH = 1.0  # [s] that a clock may be drawn beyond its last entry: the travel time of a signal, and some
MOST_NODES = 32  # that the kernel has room for
LONGEST_CLOCK_STEP = 1.5  # [intervals] between entries; more is a gap


class PreciseSource:
    """Satellites from precise orbits: positions of the centre of mass, clocks, and what both are good for.

    Positions come from a polynomial through the `nodes` nearest epochs, after the turn of the Earth is taken out;
    a gap or a manoeuvre is never bridged. Beyond the first and last epoch of a run the polynomial is extended by at
    most `reach`; what that costs is in `accuracy`. Clocks are straight lines between neighbouring entries of one file,
    never across a gap, a flagged jump or the change from one day's file to the next: daily files differ in their time
    scale. They refer to the ionosphere-free combination of the signals that analysis centres use (C1W/C2W, C1P/C2P,
    C1C/C5Q, C2I/C6I), so `code_bias` is 0 for such pairs, and unknown (0) for others.

    Parameters
    ----------
    orbits : PreciseOrbits
        Of one or several days.
    clocks : PreciseClocks, optional
        Clocks of a clock file; where none are given, those of `orbits`. Satellites without clocks there have none.
    nodes : int, optional
        Of the polynomial: 2 to 24, even. Without it 10, and 14 for eccentric orbits.
    reach : float [s], optional
        Beyond the ends of a run; a third of the interval of the orbits where none is given.

    Attributes
    ----------
    satellites : tuple of str
        As the orbits name them, sorted.
    span : (float, float) [s GPST past 1980-01-06]
        First and last time with a position.

    Raises
    ------
    InvalidInput
        Epochs are no grid, or the number of nodes is none that can be used.

    Source
    ------
    Schenewerk (2003), GPS Solutions 6, 265, doi:10.1007/s10291-002-0039-0 (interpolating IGS orbits);
    clocks: random walk between entries, Zucca & Tavella (2005), IEEE Trans. UFFC 52, 289,
    doi:10.1109/TUFFC.2005.1406554, eq. 12.
    """

    def __init__(
        self,
        orbits: PreciseOrbits,
        clocks: PreciseClocks | None = None,
        *,
        nodes: int | None = None,
        reach: float | None = None,
    ) -> None:
        if nodes is not None and (not 2 <= nodes <= 24 or nodes % 2):
            raise InvalidInput(f"nodes is {nodes}; give an even number from 2 to 24")
        order = np.argsort(np.array(orbits.satellites))
        self.orbits = orbits
        self.satellites: tuple[str, ...] = tuple(orbits.satellites[column] for column in order)
        self._step = grid_step(orbits)
        self._start = float(orbits.gpst[0])
        self.reach = REACH * self._step if reach is None else float(reach)
        if not 0.0 <= self.reach <= self._step:
            raise InvalidInput(f"reach is {self.reach:g} s; give 0 to the interval of the orbits, {self._step:g} s")
        self._nodes, self._first, self._last = runs_of_nodes(orbits, order, self._start, self._step)
        self._counts = node_counts(self._nodes, self._first >= 0, nodes)
        self._weights = np.zeros((order.size, MOST_NODES))
        for row, count in enumerate(self._counts):
            self._weights[row, :count] = barycentric_weights(int(count))
        self._set_clocks(orbits, clocks, order)
        exponent = orbits.accuracy_exponent[order].astype(np.float64)
        self._orbit_sigma = np.where(exponent > 0, 2.0**exponent * 1e-3, np.nan)

    @property
    def span(self) -> tuple[float, float]:
        """First and last time of a position [s GPST past 1980-01-06], the reach left out."""
        return self._start, float(self.orbits.gpst[-1])

    def states(self, satellite_index: Indices, gpst: Array, offset: Array | float = 0.0) -> SatelliteStates:
        """States of satellites at ``gpst + offset``.

        Parameters
        ----------
        satellite_index : (N,) int
            Rows of `satellites`.
        gpst : (N,) [s GPST past 1980-01-06]
            Times.
        offset : (N,) or scalar [s]
            Small times to be added, kept apart because one float64 of GPST is 0.2 us coarse.

        Returns
        -------
        SatelliteStates
            Of the centre of mass. `valid` rows have a position; where there is no clock, `clock` is NaN. `accuracy`
            [m] joins the orbit's stated accuracy, the noise that the polynomial magnifies and its last term (beyond
            the ends of a run) and the wandering of the clock between its entries.

        Raises
        ------
        InvalidInput
            An index is none of `satellites`.
        """
        prepare()
        from moonstead.navigation.precise.interpolation_kernels import EXTRAPOLATED, clock_kernel, orbit_kernel

        gpst = np.ascontiguousarray(np.atleast_1d(gpst), dtype=np.float64)
        satellite = np.ascontiguousarray(np.broadcast_to(satellite_index, gpst.shape), dtype=np.int64)
        later = np.ascontiguousarray(np.broadcast_to(np.asarray(offset, dtype=np.float64), gpst.shape))
        if satellite.size and not (satellite.min() >= 0 and satellite.max() < len(self.satellites)):
            raise InvalidInput(f"satellite_index must be 0 to {len(self.satellites) - 1}, rows of `satellites`")
        count = gpst.size
        position, velocity = np.empty((count, 3)), np.empty((count, 3))
        noise, tail, status = np.empty(count), np.empty(count), np.empty(count, dtype=np.int64)
        orbit_kernel(
            satellite,
            gpst,
            later,
            self._start,
            self._step,
            self._nodes,
            self._first,
            self._last,
            self._counts,
            self._weights,
            self.reach,
            EARTH_ROTATION_RATE,
            position,
            velocity,
            noise,
            tail,
            status,
            np.empty((4, MOST_NODES)),
        )
        clock, drift, sigma = np.empty(count), np.empty(count), np.empty(count)
        clock_kernel(
            self._clock_column[satellite],
            gpst,
            later,
            self._clock_times,
            self._clocks,
            self._joined,
            self._longest,
            CLOCK_REACH,
            self._diffusion,
            clock,
            drift,
            sigma,
        )
        standing = velocity + EARTH_ROTATION_RATE * np.stack(
            (-position[:, 1], position[:, 0], np.zeros(count)), axis=1
        )  # seen from axes that do not turn
        stated = np.where(np.isnan(self._orbit_sigma[satellite]), 0.0, self._orbit_sigma[satellite])
        valid = status > 0
        extended = np.where(status == EXTRAPOLATED, tail, 0.0)
        wander = SPEED_OF_LIGHT * np.nan_to_num(sigma)
        accuracy = np.sqrt(stated**2 + (NODE_NOISE * noise) ** 2 + extended**2 + wander**2)
        return SatelliteStates(
            position=position,
            velocity=velocity,
            clock=clock,
            clock_drift=drift,
            relativity=-2.0 * np.sum(position * standing, axis=1) / SPEED_OF_LIGHT**2,
            age=np.where(valid, 0.0, np.nan),
            accuracy=np.where(valid, accuracy, np.nan),
            healthy=np.ones(count, dtype=np.bool_),
            valid=valid,
            message=np.full(count, -1, dtype=np.int64),
            point="centre of mass",
        )

    def code_bias(self, satellite_index: Indices, gpst: Array, codes: Codes) -> Array:
        """Delays of signals against the clocks: precise products tell none.

        Parameters
        ----------
        satellite_index : (N,) int
            Rows of `satellites`.
        gpst : (N,) [s GPST past 1980-01-06]
            Times.
        codes : str or (str, str)
            Observation codes.

        Returns
        -------
        (N,) [s]
            Zeros: right for the pairs that the clocks refer to, unknown for others.
        """
        return np.zeros(np.broadcast_shapes(np.shape(satellite_index), np.shape(gpst)))

    def _set_clocks(self, orbits: PreciseOrbits, clocks: PreciseClocks | None, order: NDArray[np.int64]) -> None:
        if clocks is None:
            self._clock_times = np.ascontiguousarray(orbits.gpst)
            self._clocks = np.ascontiguousarray(orbits.clock[:, order])
            self._clock_column = np.arange(order.size, dtype=np.int64)
            joined = (orbits.flags[:, order] & CLOCK_EVENT) == 0
            day, interval = orbits.day, self._step
        else:
            self._clock_times = np.ascontiguousarray(clocks.gpst)
            self._clocks = np.ascontiguousarray(clocks.clock)
            column = {name: number for number, name in enumerate(clocks.satellites)}
            self._clock_column = np.array([column.get(name, -1) for name in self.satellites], dtype=np.int64)
            joined = np.ones(self._clocks.shape, dtype=np.bool_)
            day, interval = clocks.day, clocks.interval
        joined[1:][np.diff(day) != 0] = False
        self._joined = np.ascontiguousarray(joined)
        self._longest = LONGEST_CLOCK_STEP * interval
        self._diffusion = clock_diffusion(self._clocks, interval)


def open_precise(
    sp3: Path | Sequence[Path], clocks: Path | Sequence[Path] | None = None, *, nodes: int | None = None
) -> PreciseSource:
    """Satellites from SP3 files, and clock files where there are any.

    Parameters
    ----------
    sp3 : path or sequence of paths
        SP3 files of one or several days.
    clocks : path or sequence of paths, optional
        RINEX clock files; without them the clocks of the SP3 files are used.
    nodes : int, optional
        Of the polynomial through the orbits, as for `PreciseSource`.

    Returns
    -------
    PreciseSource

    Raises
    ------
    MissingData
        A file does not exist.
    InvalidInput
        A file can not be used.
    """
    return PreciseSource(read_sp3(sp3), None if clocks is None else read_clocks(clocks), nodes=nodes)


def clock_diffusion(clocks: Array, interval: float) -> Array:
    """How fast clocks wander: the variance that a random walk gains in a second.

    Parameters
    ----------
    clocks : (E, S) [s]
        Clocks at equal intervals; NaN where there is none.
    interval : float [s]
        Between them.

    Returns
    -------
    (S,) [s^2/s]
        Of the median second difference, so that single jumps do not count; 0 where fewer than three entries follow
        each other.

    Source
    ------
    The second difference of a random walk with diffusion q has the variance 2 q times the interval; a normal
    variable's median magnitude is 0.6745 of its standard deviation.
    """
    if clocks.shape[0] < 3 or interval <= 0.0:
        return np.zeros(clocks.shape[1])
    second = np.abs(clocks[2:] - 2.0 * clocks[1:-1] + clocks[:-2])
    known = np.isfinite(second).any(axis=0)
    sigma = np.zeros(clocks.shape[1])
    sigma[known] = np.nanmedian(second[:, known], axis=0) / 0.6745
    return sigma**2 / (2.0 * interval)
