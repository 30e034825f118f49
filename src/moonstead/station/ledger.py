"""Does the power last? The ledger of one bus: what is made, stored, used, spilled and missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare as prepare_kernels
from moonstead.station.battery import Battery
from moonstead.station.loads import Load, demand_in_steps, sunlit_windows
from moonstead.station.shortages import Shortage, explain_shortages

Array = NDArray[np.float64]

EQUAL_ENERGY = 1e-12  # [1] of a step's demand: sums of some dozen loads differ by less
SHORTEST = 1e-6  # [s] ten steps of float64 seconds around 2035: what is shorter is rounding, not a shortage


@dataclass(frozen=True, slots=True)
class LedgerSummary:
    """The headline figures of a power ledger.

    Attributes
    ----------
    least_charge : float [1]
        Lowest state of charge, of the capacity; NaN without battery.
    least_charge_time : float [s TDB past J2000]
        When it was reached first.
    margin : float [J]
        Stored energy above the battery's least charge at that time; 0 when loads were shed.
    shortage_duration : float [s]
        Time in which some load was not fully served.
    energy_not_served, energy_served, energy_spilled, energy_lost : float [J]
        Totals; losses are those of charging, discharging and self-discharge.
    energy_by_source : mapping of str to float [J]
        What each source made.
    not_served_by_load : mapping of str to float [J]
        What each load missed.
    longest_night : float [s]
        Longest dark interval of the span.
    longest_night_bridged : float [s]
        Longest dark interval in which every load was fully served.
    recovered : bool
        Whether the battery was full again at some time after its lowest point; if not, the site may be living on what
        it began with.
    """

    least_charge: float
    least_charge_time: float
    margin: float
    shortage_duration: float
    energy_not_served: float
    energy_served: float
    energy_spilled: float
    energy_lost: float
    energy_by_source: Mapping[str, float]
    not_served_by_load: Mapping[str, float]
    longest_night: float
    longest_night_bridged: float
    recovered: bool


@dataclass(frozen=True, slots=True, eq=False)
class PowerLedger:
    """What one bus made, stored, used, spilled and missed over n steps.

    Attributes
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Edges of the steps.
    battery : Battery
        As it was given.
    sources : tuple of str
        Names, S of them.
    generation : (n, S) [W]
        Mean power of each source in each step.
    loads : tuple of Load
        In the order of service, K of them.
    demand : (n, K) [W]
        Mean power wanted in each step.
    served : (n, K) [J]
        Energy that each load received in each step.
    stored : (n + 1,) [J]
        Energy in the battery.
    spilled, charge_loss, discharge_loss, self_loss : (n,) [J]
        Energy that found no use, and energy lost in charging, discharging and by itself.
    nights : Windows
        When at most half of the Sun's disc was seen.
    shortage_windows : Windows
        When some load was not fully served.
    shortages : tuple of Shortage
        Each with its cause.
    """

    tdb: Array
    battery: Battery
    sources: tuple[str, ...]
    generation: Array
    loads: tuple[Load, ...]
    demand: Array
    served: Array
    stored: Array
    spilled: Array
    charge_loss: Array
    discharge_loss: Array
    self_loss: Array
    nights: Windows
    shortage_windows: Windows
    shortages: tuple[Shortage, ...]

    @property
    def state_of_charge(self) -> Array:
        """Stored energy over capacity (n + 1,) [1]; NaN without battery."""
        if self.battery.capacity == 0.0:
            return np.full(self.stored.size, np.nan)
        return self.stored / self.battery.capacity

    @property
    def not_served(self) -> Array:
        """Energy (n, K) [J] that each load missed in each step; what all loads need in 1 us counts as nothing."""
        steps = np.diff(self.tdb)[:, None]
        missed = self.demand * steps - self.served
        rounding = np.maximum(SHORTEST, EQUAL_ENERGY * steps) * self.demand.sum(axis=1, keepdims=True)
        return np.where(missed > rounding, missed, 0.0)

    def imbalance(self) -> float:
        """Generation less service, losses, spill and change of storage [1], over the generation; rounding only."""
        made = float(np.sum(self.generation * np.diff(self.tdb)[:, None]))
        losses = self.charge_loss.sum() + self.discharge_loss.sum() + self.self_loss.sum()
        used = self.served.sum() + losses + self.spilled.sum() + (self.stored[-1] - self.stored[0])
        scale = max(made, float(self.served.sum()), float(self.stored[0]))
        return float(abs(made - used) / scale) if scale > 0.0 else 0.0

    def summary(self) -> LedgerSummary:
        """Headline figures."""
        lowest = int(np.argmin(self.stored))
        least = self.battery.capacity * self.battery.least_charge
        bridged = [
            stop - start
            for start, stop in zip(self.nights.starts, self.nights.stops, strict=True)
            if not np.any((self.shortage_windows.starts < stop) & (self.shortage_windows.stops > start))
        ]
        steps, missed = np.diff(self.tdb), self.not_served
        return LedgerSummary(
            least_charge=float(self.state_of_charge[lowest]),
            least_charge_time=float(self.tdb[lowest]),
            margin=float(max(self.stored[lowest] - least, 0.0)),
            shortage_duration=self.shortage_windows.total(),
            energy_not_served=float(missed.sum()),
            energy_served=float(self.served.sum()),
            energy_spilled=float(self.spilled.sum()),
            energy_lost=float(self.charge_loss.sum() + self.discharge_loss.sum() + self.self_loss.sum()),
            energy_by_source={s: float(steps @ self.generation[:, i]) for i, s in enumerate(self.sources)},
            not_served_by_load={load.name: float(e) for load, e in zip(self.loads, missed.sum(axis=0), strict=True)},
            longest_night=self.nights.longest(),
            longest_night_bridged=float(max(bridged, default=0.0)),
            recovered=bool(np.any(self.stored[lowest:] >= self.battery.capacity)),
        )


def power_ledger(
    tdb: ArrayLike,
    generation: Mapping[str, ArrayLike],
    sun_fraction: ArrayLike,
    loads: Sequence[Load],
    battery: Battery,
    *,
    initial_charge: float = 1.0,
) -> PowerLedger:
    """Energy of one bus, step by step, with exact balance.

    Within a step powers are constant: sources the mean of their two ends where they are given there, loads their power
    times the share of the step in which they are on. The battery fills or empties exactly where it does within the
    step. What is made serves loads first, then charges the battery, then is spilled; the battery fills the rest. When
    power is short the most important loads are served first and the one at the edge in part; a load with a reserve
    leaves the battery to others early. Several buses, several stores and lines: see `grid_ledger`.

    Parameters
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.
    generation : mapping of str to (n + 1,) or (n,) [W]
        Power of each source at `tdb`, as from `array_power`, or its mean in each step, as from `reactor_means`.
    sun_fraction : (n + 1,) [1]
        Share of the Sun's disc at the loads' site: decides nights and the duties "sunlit" and "dark".
    loads : sequence of Load
        Consumers with different names.
    battery : Battery
        Storage of the bus.
    initial_charge : float [1]
        State of charge at the start.

    Returns
    -------
    PowerLedger
        Arrays over the steps, shortages with their causes, headline figures by `summary()`.

    Raises
    ------
    InvalidInput
        Arrays do not fit each other, hold NaN or negative power, names repeat, or the initial charge lies outside
        [0, 1].

    Source
    ------
    Conservation of energy; self-discharge as exponential decay, solved in closed form within each step.
    """
    prepared = prepare(tdb, generation, sun_fraction, loads)
    return _run(prepared, battery, _initial(battery, initial_charge))


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Checked inputs of a ledger that do not depend on the battery.

    Attributes
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Edges of the steps.
    sources : tuple of str
        Names, S of them.
    generation : (n, S) [W]
        Mean power of each source in each step.
    loads : tuple of Load
        In the order of service, K of them.
    demand : (n, K) [W]
        Mean power wanted in each step.
    nights : Windows
        When at most half of the Sun's disc is seen.
    """

    tdb: Array
    sources: tuple[str, ...]
    generation: Array
    loads: tuple[Load, ...]
    demand: Array
    nights: Windows


def prepare(
    tdb: ArrayLike, generation: Mapping[str, ArrayLike], sun_fraction: ArrayLike, loads: Sequence[Load]
) -> Prepared:
    """Check the inputs of a ledger and spread them over its steps.

    Parameters
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.
    generation : mapping of str to (n + 1,) or (n,) [W]
        Power of each source at `tdb`, or its mean in each step.
    sun_fraction : (n + 1,) [1]
        Share of the Sun's disc at the loads' site.
    loads : sequence of Load
        Consumers with different names.

    Returns
    -------
    Prepared
        Means over the steps.

    Raises
    ------
    InvalidInput
        Arrays do not fit each other, hold NaN or negative power, or names repeat.

    Source
    ------
    Definition: the trapezoidal mean of each step.
    """
    time = np.ascontiguousarray(tdb, dtype=np.float64)
    fraction = np.asarray(sun_fraction, dtype=np.float64)
    if time.ndim != 1 or time.size < 2 or not np.all(np.diff(time) > 0.0):
        raise InvalidInput("a ledger needs at least two rising times [s TDB past J2000]")
    if fraction.shape != time.shape or not np.all((fraction >= 0.0) & (fraction <= 1.0)):
        raise InvalidInput(f"sun_fraction must hold {time.size} numbers in [0, 1], one for each time")
    names = [load.name for load in loads]
    if len(set(names)) < len(names):
        raise InvalidInput(f"loads need different names; got {', '.join(names)}")
    means = np.zeros((time.size - 1, len(generation)))
    for i, (name, power) in enumerate(generation.items()):
        values = np.asarray(power, dtype=np.float64)
        if values.shape not in (time.shape, (time.size - 1,)) or not np.all((values >= 0.0) & np.isfinite(values)):
            raise InvalidInput(
                f"source {name!r} must give finite powers of at least 0 W, {time.size} at the times or"
                f" {time.size - 1} as means of the steps"
            )
        means[:, i] = values if values.size < time.size else 0.5 * (values[:-1] + values[1:])
    lit = sunlit_windows(time, fraction)
    order = tuple(sorted(loads, key=lambda load: load.priority))
    demand = np.zeros((time.size - 1, len(order)))
    for j, load in enumerate(order):
        demand[:, j] = demand_in_steps(load, lit, time)
    return Prepared(time, tuple(generation), means, order, demand, ~lit)


def has_shortage(prepared: Prepared, battery: Battery, initial_charge: float) -> bool:
    """Whether any load falls short with this battery.

    Parameters
    ----------
    prepared : Prepared
        What the ledger runs on.
    battery : Battery
        Storage of the bus.
    initial_charge : float [1]
        State of charge at the start.

    Returns
    -------
    bool

    Raises
    ------
    InvalidInput
        The initial charge lies outside [0, 1].

    Source
    ------
    As `power_ledger`.
    """
    return _short_steps(prepared, _kernel(prepared, battery, _initial(battery, initial_charge))).size > 0


def warm_up() -> None:
    """Compile the ledger's kernel, so that the first real call is fast."""
    _kernel(prepare([0.0, 1.0], {"source": [1.0, 1.0]}, [1.0, 1.0], [Load("load", 1.0)]), Battery(1.0), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Flows:
    """What the kernel wrote; attributes as in `PowerLedger`, with delay [s] and cause of shortages (n,)."""

    stored: Array
    served: Array
    spilled: Array
    charge_loss: Array
    discharge_loss: Array
    self_loss: Array
    delay: Array
    cause: NDArray[np.int8]


def _initial(battery: Battery, charge: float) -> float:
    if not 0.0 <= charge <= 1.0:
        raise InvalidInput(f"initial charge must lie in [0, 1]; got {charge!r}")
    return battery.capacity * charge


def _kernel(prepared: Prepared, battery: Battery, initial: float) -> _Flows:
    prepare_kernels()
    from moonstead.station.ledger_kernels import ledger_kernel

    steps = np.diff(prepared.tdb)
    n = steps.size
    stored = np.empty(n + 1)
    stored[0] = initial
    spilled, charge_loss, discharge_loss, self_loss, delay = np.empty((5, n))
    cause = np.empty(n, dtype=np.int8)
    served = np.empty_like(prepared.demand)
    flows = _Flows(stored, served, spilled, charge_loss, discharge_loss, self_loss, delay, cause)
    ledger_kernel(
        steps,
        np.ascontiguousarray(prepared.generation.sum(axis=1)),
        prepared.demand,
        np.array([load.reserve for load in prepared.loads]) * battery.capacity,
        battery.parameters(),
        flows.stored,
        flows.served,
        flows.spilled,
        flows.charge_loss,
        flows.discharge_loss,
        flows.self_loss,
        flows.delay,
        flows.cause,
    )
    return flows


def _short_steps(prepared: Prepared, flows: _Flows) -> NDArray[np.intp]:
    """Indices of the steps in which a load was short for longer than rounding."""
    return np.flatnonzero((flows.cause != 0) & (np.diff(prepared.tdb) - flows.delay > SHORTEST))


def _run(prepared: Prepared, battery: Battery, initial: float) -> PowerLedger:
    flows = _kernel(prepared, battery, initial)
    time = prepared.tdb
    short = _short_steps(prepared, flows)
    windows = Windows.of(time[short] + flows.delay[short], time[short + 1], (float(time[0]), float(time[-1])))
    ledger = PowerLedger(
        tdb=time,
        battery=battery,
        sources=prepared.sources,
        generation=prepared.generation,
        loads=prepared.loads,
        demand=prepared.demand,
        served=flows.served,
        stored=flows.stored,
        spilled=flows.spilled,
        charge_loss=flows.charge_loss,
        discharge_loss=flows.discharge_loss,
        self_loss=flows.self_loss,
        nights=prepared.nights,
        shortage_windows=windows,
        shortages=(),
    )
    return replace(ledger, shortages=explain_shortages(ledger, flows.cause))
