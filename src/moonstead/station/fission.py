"""Fission plants: power with outages, slow starts, warm radiators and limits to following the load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]


@dataclass(frozen=True, slots=True)
class Reactor:
    """A fission plant seen from its bus.

    Attributes
    ----------
    name : str
        What reports call it.
    power : float [W]
        Electric, at the bus, at its design sink temperature.
    available : Windows, optional
        When it runs; without it, always after `start`.
    start : float [s TDB past J2000]
        Delivers nothing before.
    start_up : float [s]
        From zero to full power, evenly, at `start` and at the end of each outage.
    degradation_per_year : float [1]
        Share of the power lost in each Julian year after `start`, of what was left.
    """

    name: str
    power: float
    available: Windows | None = None
    start: float = -np.inf
    start_up: float = 0.0
    degradation_per_year: float = 0.0

    def __post_init__(self) -> None:
        if not self.power > 0.0:
            raise InvalidInput(f"reactor {self.name!r}: power must be positive [W]; got {self.power!r}")
        if not (np.isfinite(self.start_up) and self.start_up >= 0.0):
            raise InvalidInput(f"reactor {self.name!r}: start-up must be a time of at least 0 s; got {self.start_up!r}")
        if not 0.0 <= self.degradation_per_year < 1.0:
            raise InvalidInput(
                f"reactor {self.name!r}: degradation per year must lie in [0, 1); got {self.degradation_per_year!r}"
            )
        if self.degradation_per_year > 0.0 and not np.isfinite(self.start):
            raise InvalidInput(f"reactor {self.name!r} ages, so it needs the time [s TDB past J2000] of its start")


def reactor_means(reactor: Reactor, tdb: ArrayLike, radiator_share: ArrayLike = 1.0) -> Array:
    """Mean electric power of a reactor in each step; outages and starts are cut exactly.

    Parameters
    ----------
    reactor : Reactor
        Its power and when it runs. A window of its availability that begins with the span finds it running.
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.
    radiator_share : float or (n,) [1]
        What the radiator leaves of the power in each step, from `radiator_share`.

    Returns
    -------
    (n,) [W]
        Energy of each step over its length.

    Raises
    ------
    InvalidInput
        The edges do not rise, availability does not cover them, or a share lies outside [0, 1].

    Source
    ------
    Closed form: the integral of a ramp that is cut at its top.
    """
    edges = np.asarray(tdb, dtype=np.float64)
    share = np.asarray(radiator_share, dtype=np.float64)
    if edges.ndim != 1 or edges.size < 2 or not np.all(np.diff(edges) > 0.0):
        raise InvalidInput("a reactor's power needs at least two rising times [s TDB past J2000]")
    if share.shape not in ((), (edges.size - 1,)) or not np.all((share >= 0.0) & (share <= 1.0)):
        raise InvalidInput(
            f"the radiator's share must be one number in [0, 1], or one for each of {edges.size - 1} steps"
        )
    span = float(edges[0]), float(edges[-1])
    running = Windows.all(span) if reactor.available is None else reactor.available.within(span)
    running = running & Windows.of([reactor.start], [np.inf], span)
    full_time = np.zeros_like(edges)  # [s] at full power that would give the energy up to each edge
    for start, stop in zip(running.starts.tolist(), running.stops.tolist(), strict=True):
        ramp = reactor.start_up if start > span[0] or start <= reactor.start else 0.0
        on = np.clip(edges, start, stop) - start
        full_time += np.where(on < ramp, on**2 / (2.0 * max(ramp, 1.0)), on - 0.5 * ramp)
    means = reactor.power * share * np.diff(full_time) / np.diff(edges)
    if reactor.degradation_per_year > 0.0:
        middles = 0.5 * (edges[1:] + edges[:-1])
        means = means * (1.0 - reactor.degradation_per_year) ** (np.maximum(middles - reactor.start, 0.0) / JULIAN_YEAR)
    return np.asarray(np.maximum(means, 0.0))


def radiator_share(sink_temperature: ArrayLike, design_sink: float, radiator_temperature: float) -> Array:
    """Share of a plant's power that its radiator can support in surroundings of some temperature.

    The radiator keeps its temperature and with it the efficiency of the conversion; in warmer surroundings it rejects
    less heat, so the plant runs at less power. In colder ones the converter is the limit.

    Parameters
    ----------
    sink_temperature : (N,) [K]
        Temperature of the surroundings that the radiator sees, see `radiators`.
    design_sink : float [K]
        With which the plant gives its rated power.
    radiator_temperature : float [K]
        Mean temperature of the radiator.

    Returns
    -------
    (N,) [1]
        0 to 1.

    Raises
    ------
    InvalidInput
        The radiator is not warmer than its design surroundings, or a temperature is not positive.

    Source
    ------
    Stefan and Boltzmann's law: ``(T_r^4 - T_s^4) / (T_r^4 - T_d^4)``, at most 1.
    """
    sink = np.asarray(sink_temperature, dtype=np.float64)
    if not (0.0 < design_sink < radiator_temperature):
        raise InvalidInput(
            f"the radiator ({radiator_temperature:g} K) must be warmer than its design surroundings ({design_sink:g} K)"
        )
    if not np.all(sink > 0.0):
        raise InvalidInput("a sink temperature must be positive [K]")
    top = radiator_temperature**4
    return np.asarray(np.clip((top - sink**4) / (top - design_sink**4), 0.0, 1.0))


def followed_power(tdb: ArrayLike, available: ArrayLike, wanted: ArrayLike, least_share: float, ramp: float) -> Array:
    """Power of a plant that follows the load within its limits.

    Parameters
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.
    available : (n,) [W]
        Most that it can give in each step, from `reactor_means`.
    wanted : (n,) [W]
        What the bus would take.
    least_share : float [1]
        Of the available power, below which the plant cannot be turned down; the rest is shunted.
    ramp : float [W/s]
        Fastest change of the power; outages come faster.

    Returns
    -------
    (n,) [W]
        Constant in each step, changed from step to step by no more than the ramp over the step.

    Raises
    ------
    InvalidInput
        Arrays do not fit each other or limits are out of range.

    Source
    ------
    Definition of the limits.
    """
    edges, most, load = (np.asarray(x, dtype=np.float64) for x in (tdb, available, wanted))
    if most.shape != (edges.size - 1,) or load.shape != most.shape:
        raise InvalidInput(f"{edges.size - 1} steps need as many available and wanted powers [W]")
    if not 0.0 <= least_share <= 1.0 or not ramp > 0.0:
        raise InvalidInput(f"least share must lie in [0, 1] and the ramp be positive; got {least_share!r} and {ramp!r}")
    goal = np.clip(load, least_share * most, most)
    reach = ramp * np.diff(edges)
    power = np.empty_like(goal)
    now = float(goal[0])
    for k, (aim, step, top) in enumerate(zip(goal.tolist(), reach.tolist(), most.tolist(), strict=True)):
        now = min(max(aim, now - step), now + step, top)
        power[k] = now
    return power
