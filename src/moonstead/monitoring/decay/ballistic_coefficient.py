"""Ballistic coefficient from the decay of an element history, and how steady it was."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.atmosphere import Version
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.monitoring.decay.averaged_drag import MeanOrbits, drag_rates

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]

BETWEEN = 0.5 * SECONDS_PER_DAY  # [s] at most, between the times at which the loss is computed
BEND = 1.5  # [1] scatters beyond which a set counts less (Huber)
ROUNDS = 30
LEAST_SCATTER = 2.0  # [m] of mean axes: their last digits and what averages leave out
MAD_TO_SIGMA = 1.4826
FEWEST = 3  # sets of a fit


@dataclass(frozen=True, eq=False)
class DecayArc:
    """Element sets of an object with the loss of semi-major axis that the air explains, for 1 m^2/kg.

    Attributes
    ----------
    orbits : MeanOrbits
        N sets by time.
    exposure : (N,) [kg/m]
        Loss of semi-major axis [m per m^2/kg] since the first set.
    """

    orbits: MeanOrbits
    exposure: Array


@dataclass(frozen=True)
class BallisticFit:
    """Ballistic coefficient of an arc of elements, with what says how far it can be trusted.

    Attributes
    ----------
    coefficient : float [m^2/kg]
        c_D A / m that makes the model of the air agree with the decay.
    formal : float [m^2/kg]
        Its standard deviation by the scatter of the sets about the fit.
    semi_major_axis : float [m]
        Of the fit at the last set.
    axis_error : float [m]
        Its standard deviation.
    scatter : float [m]
        Robust scatter of the sets about the fit.
    start, stop : float [s TDB past J2000]
        First and last set.
    sets : int
        How many.
    earlier, later : float [m^2/kg]
        Fits of both halves of the arc; NaN where they hold too few sets.
    halves_error : float [m^2/kg]
        Standard deviation of their difference by the scatter of the sets.
    """

    coefficient: float
    formal: float
    semi_major_axis: float
    axis_error: float
    scatter: float
    start: float
    stop: float
    sets: int
    earlier: float
    later: float
    halves_error: float

    @property
    def drift(self) -> float:
        """Change [1] from the earlier to the later half of the arc, of the whole; NaN where it is not known."""
        return (self.later - self.earlier) / self.coefficient

    @property
    def change(self) -> float:
        """Size [1] of that drift beyond what scatter makes of it; 0 where it is not known."""
        if math.isnan(self.drift):
            return 0.0
        return math.sqrt(max(self.drift**2 - (self.halves_error / self.coefficient) ** 2, 0.0))


def decay_arc(orbits: MeanOrbits, weather: SpaceWeather, version: Version = "00") -> DecayArc:
    """Loss of semi-major axis that the air explains between the sets of a history.

    Parameters
    ----------
    orbits : MeanOrbits
        N sets of one object, N > 1, by time without repeats.
    weather : SpaceWeather
        Over the span of the sets.
    version : str
        Of NRLMSIS.

    Returns
    -------
    DecayArc
        With the exposure of each set.

    Raises
    ------
    InvalidInput
        There are fewer than two sets, or times that do not rise.
    OutsideSpan
        The weather does not cover the span.
    MissingData
        The package pymsis is not installed.

    Source
    ------
    Picone, Emmert & Lean (2005), J. Geophys. Res. 110, A03301, doi:10.1029/2004JA010585, eqs. 1 to 7: observed loss
    over modelled loss along the observed orbit.
    """
    if orbits.tdb.size < 2 or np.any(np.diff(orbits.tdb) <= 0.0):
        raise InvalidInput("the decay of an object needs two element sets or more, by rising epoch")
    count = np.maximum(np.ceil(np.diff(orbits.tdb) / BETWEEN).astype(int), 1)
    index = np.concatenate([k + np.arange(n) / n for k, n in enumerate(count)] + [[orbits.tdb.size - 1.0]])
    nodes = np.arange(orbits.tdb.size)
    columns = {
        name: np.interp(index, nodes, np.unwrap(column) if name == "node" else column)
        for name, column in vars(orbits).items()
    }
    loss = -drag_rates(MeanOrbits(**columns), weather, version).axis
    time = columns["tdb"]
    total = np.concatenate(([0.0], np.cumsum(np.diff(time) * np.sqrt(loss[1:] * loss[:-1]))))
    return DecayArc(orbits, np.interp(nodes, index, total))


def fit_ballistic_coefficient(arc: DecayArc, start: float = -math.inf, stop: float = math.inf) -> BallisticFit:
    """Ballistic coefficient over a part of an arc, by robust least squares.

    Parameters
    ----------
    arc : DecayArc
        Sets with their exposure.
    start, stop : float [s TDB past J2000]
        Sets between these times are used.

    Returns
    -------
    BallisticFit

    Raises
    ------
    InvalidInput
        There are fewer than three sets between the times, or the orbit does not fall.

    Source
    ------
    Line through semi-major axes over exposure with Huber's weights: Huber (1964), Ann. Math. Stat. 35, 73,
    doi:10.1214/aoms/1177703732.
    """
    time = arc.orbits.tdb
    used = (time >= start) & (time <= stop)
    if np.count_nonzero(used) < FEWEST:
        raise InvalidInput(
            f"a ballistic coefficient needs {FEWEST} element sets or more; the arc has {np.count_nonzero(used)}"
        )
    slope, level, covariance, scatter = _line(arc, used)
    if not slope > 0.0:
        raise InvalidInput(
            f"the orbit does not fall over the last {np.ptp(time[used]) / SECONDS_PER_DAY:.3g} d of its element sets: "
            "it was raised, or flies above the air"
        )
    chosen = np.flatnonzero(used)
    middle = 0.5 * (arc.exposure[chosen[0]] + arc.exposure[chosen[-1]])
    halves = [used & (arc.exposure <= middle), used & (arc.exposure >= middle)]
    earlier = later = halves_error = math.nan
    if all(np.count_nonzero(half) >= FEWEST for half in halves):
        (earlier, _, first, _), (later, _, second, _) = (_line(arc, half) for half in halves)
        halves_error = math.sqrt(first[0, 0] + second[0, 0])
    return BallisticFit(
        slope,
        math.sqrt(covariance[0, 0]),
        level,
        math.sqrt(covariance[1, 1]),
        scatter,
        float(time[chosen[0]]),
        float(time[chosen[-1]]),
        int(chosen.size),
        earlier,
        later,
        halves_error,
    )


def _line(arc: DecayArc, used: Chosen) -> tuple[float, float, Array, float]:
    """Slope, value at the last set, their covariance, and scatter, of axes against exposure."""
    exposure, axis = arc.exposure[used], arc.orbits.semi_major_axis[used]
    design = np.stack((exposure[-1] - exposure, np.ones_like(exposure)), axis=1)
    size = np.array([max(float(np.ptp(exposure)), 1e-300), 1.0])
    weight = np.ones_like(axis)
    scatter = LEAST_SCATTER
    for _ in range(ROUNDS):
        root = np.sqrt(weight)
        solution = np.linalg.lstsq(root[:, None] * design / size, root * (axis - axis[-1]), rcond=None)[0]
        residual = np.abs(axis - axis[-1] - design / size @ solution)
        scatter = max(LEAST_SCATTER, MAD_TO_SIGMA * float(np.median(residual)))
        weight = 1.0 / np.maximum(residual / (BEND * scatter), 1.0)
    normal = (design / size).T @ (weight[:, None] * design / size)
    spread = scatter**2 * axis.size / max(axis.size - 2, 1)
    covariance = spread * np.linalg.inv(normal) / np.outer(size, size)
    slope, level = solution / size
    return float(slope), float(axis[-1] + level), covariance, scatter
