"""Does the power last on a grid? The ledger of buses, stores and lines, solved together in every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import NumericalFailure
from moonstead.foundation.kernel_cache import prepare as prepare_kernels
from moonstead.station.battery import Battery
from moonstead.station.grid import LINE_PARTS, Bus, Line, Store
from moonstead.station.grid_inputs import PreparedGrid, prepare_grid
from moonstead.station.ledger import EQUAL_ENERGY, SHORTEST, LedgerSummary
from moonstead.station.loads import Load
from moonstead.station.shortages import Shortage, Supply, shortages_of

Array = NDArray[np.float64]

SAME = 10.0  # [s] service for less than this between two shortages does not part them
ROUNDED = 1e-3  # [1] a store counts with this share of its filling in the scale of the balance


@dataclass(frozen=True, slots=True, eq=False)
class GridLedger:
    """What a grid made, moved, stored, used, spilled and missed over n steps.

    Attributes
    ----------
    grid : PreparedGrid
        Names and inputs, in the order of the columns below.
    served : (n, K) [J]
        Energy that each load received in each step.
    spilled : (n, B) [J]
        Energy that found no use at each bus.
    stored : (n + 1, M) [J]
        Energy in each store.
    charged, delivered : (n, M) [J]
        Energy that each store took from its bus and gave to it.
    charge_loss, discharge_loss, self_loss : (n, M) [J]
        Energy lost in charging, discharging, and by itself or with shrinking capacity.
    line_from, line_to : (n, L) [J]
        Energy that left the first end of each line into it, and that came out at its second end; negative where power
        flowed the other way. Their difference is lost in the line.
    shortage_windows : tuple of Windows
        When some load of each bus was not fully served; service for less than 10 s does not part two shortages.
    shortages : tuple of tuple of Shortage
        Those of each bus, each with its cause.
    """

    grid: PreparedGrid
    served: Array
    spilled: Array
    stored: Array
    charged: Array
    delivered: Array
    charge_loss: Array
    discharge_loss: Array
    self_loss: Array
    line_from: Array
    line_to: Array
    shortage_windows: tuple[Windows, ...]
    shortages: tuple[tuple[Shortage, ...], ...]

    @property
    def not_served(self) -> Array:
        """Energy (n, K) [J] that each load missed in each step; what all loads need in 1 us counts as nothing."""
        steps = np.diff(self.grid.tdb)[:, None]
        missed = self.grid.demand * steps - self.served
        rounding = np.maximum(SHORTEST, EQUAL_ENERGY * steps) * self.grid.demand.sum(axis=1, keepdims=True)
        return np.where(missed > rounding, missed, 0.0)

    def imbalance(self) -> Array:
        """What each bus made, got and stored less what it used, gave and lost (n, B) [1], over what went through it.

        A further column at the end is that of the whole grid, with the losses of its lines. Rounding only.
        """
        grid, steps = self.grid, np.diff(self.grid.tdb)[:, None]
        made, served, change = (np.zeros((steps.size, len(grid.buses))) for _ in range(3))
        losses, sent = np.zeros_like(made), np.zeros_like(made)
        np.add.at(made.T, grid.source_bus, (grid.generation * steps).T)
        np.add.at(served.T, grid.load_bus, self.served.T)
        np.add.at(change.T, grid.store_bus, np.diff(self.stored, axis=0).T)
        np.add.at(losses.T, grid.store_bus, (self.charge_loss + self.discharge_loss + self.self_loss).T)
        np.add.at(sent.T, grid.line_bus[:, 0], self.line_from.T)
        np.add.at(sent.T, grid.line_bus[:, 1], -self.line_to.T)
        rest = made - served - self.spilled - losses - change - sent
        through = np.zeros_like(made)
        np.add.at(through.T, grid.line_bus[:, 0], np.abs(self.line_from).T)
        np.add.at(through.T, grid.line_bus[:, 1], np.abs(self.line_to).T)
        scale = made + np.abs(change) + through
        lost_in_lines = (self.line_from - self.line_to).sum(axis=1)
        whole = (made - served - self.spilled - losses - change).sum(axis=1) - lost_in_lines
        rest, scale = np.column_stack((rest, whole)), np.column_stack((scale, scale.sum(axis=1)))
        # a store is booked as the difference of two fillings: its own size rounds too
        held = np.zeros_like(made)
        np.add.at(held.T, grid.store_bus, np.maximum(self.stored[1:], self.stored[:-1]).T)
        held = np.column_stack((held, held.sum(axis=1)))
        scale = np.maximum(scale, ROUNDED * held)
        return np.divide(np.abs(rest), scale, out=np.zeros_like(rest), where=scale > 0.0)

    def summary(self, bus: str) -> LedgerSummary:
        """Headline figures of one bus [J, s, 1]; its stores are taken together."""
        index, grid, steps = self.grid.buses.index(bus), self.grid, np.diff(self.grid.tdb)
        stores, loads = grid.store_bus == index, grid.load_bus == index
        nights, short = grid.nights[index], self.shortage_windows[index]
        stored, capacity = self.stored[:, stores].sum(axis=1), grid.capacity[:, stores].sum(axis=1)
        least = (grid.capacity[:, stores] * [s.battery.least_charge for s in self._stores(index)]).sum(axis=1)
        full = np.append(capacity[:1], capacity)
        charge = np.divide(stored, full, out=np.full_like(stored, np.nan), where=full > 0.0)
        lowest = int(np.nanargmin(charge)) if np.any(full > 0.0) else 0
        missed = self.not_served[:, loads].sum(axis=0)
        bridged = [
            stop - start
            for start, stop in zip(nights.starts, nights.stops, strict=True)
            if not np.any((short.starts < stop) & (short.stops > start))
        ]
        lost = self.charge_loss[:, stores] + self.discharge_loss[:, stores] + self.self_loss[:, stores]
        return LedgerSummary(
            least_charge=float(charge[lowest]),
            least_charge_time=float(grid.tdb[lowest]),
            margin=float(max(stored[lowest] - np.append(least[:1], least)[lowest], 0.0)),
            shortage_duration=short.total(),
            energy_not_served=float(missed.sum()),
            energy_served=float(self.served[:, loads].sum()),
            energy_spilled=float(self.spilled[:, index].sum()),
            energy_lost=float(lost.sum()),
            energy_by_source={
                name: float(steps @ grid.generation[:, i])
                for i, name in enumerate(grid.sources)
                if grid.source_bus[i] == index
            },
            not_served_by_load={
                load.name: float(energy)
                for load, energy in zip(np.array(grid.loads, dtype=object)[loads], missed, strict=True)
            },
            longest_night=nights.longest(),
            longest_night_bridged=float(max(bridged, default=0.0)),
            recovered=bool(np.any(stored[lowest:] >= full[lowest:])),
        )

    def _stores(self, bus: int) -> list[Store]:
        return [store for store, at in zip(self.grid.stores, self.grid.store_bus, strict=True) if at == bus]


def grid_ledger(
    tdb: ArrayLike,
    buses: Sequence[Bus],
    lines: Sequence[Line] = (),
    *,
    capacity_share: Mapping[str, ArrayLike] | None = None,
) -> GridLedger:
    """Energy of a grid, step by step, with exact balance on every bus.

    Powers are constant within a step, as in `power_ledger`; a step is cut where a store is full, empty or at the
    reserve of a load, and the flow is solved anew. Loads are served in the order of their priority across the whole
    grid: each gets all that can reach it, from what is made first, then from the stores in their order, without taking
    anything from loads before it; power already under way is led around where that helps. What is left charges the
    stores, in their order too, from sources only, and is spilled at the bus that made it. Stores never charge each
    other.

    Parameters
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.
    buses : sequence of Bus
        At least one, with different names; loads, sources and stores have names of their own across the grid.
    lines : sequence of Line
        Between the buses.
    capacity_share : mapping of str to (n,) [1], optional
        What ageing and cold leave of a store's capacity in each step, by its name; what no longer fits is lost.

    Returns
    -------
    GridLedger
        Arrays over the steps, shortages of each bus with their causes.

    Raises
    ------
    InvalidInput
        Inputs do not fit each other, see `prepare_grid`.
    NumericalFailure
        The flow of a step did not come to an end.

    Source
    ------
    Generalised flow by paths of highest gain: K. Onaga, Optimum flows in general communication networks, J. Franklin
    Inst. 283 (1967) 308, doi:10.1016/0016-0032(67)90033-X. Loads by priority, one after the other; conservation of
    energy.
    """
    return run_grid(prepare_grid(tdb, buses, lines, capacity_share=capacity_share))


def run_grid(grid: PreparedGrid) -> GridLedger:
    """Ledger of prepared inputs.

    Parameters
    ----------
    grid : PreparedGrid
        As from `prepare_grid`.

    Returns
    -------
    GridLedger
        With shortages and their causes.

    Raises
    ------
    NumericalFailure
        The flow of a step did not come to an end.

    Source
    ------
    As `grid_ledger`.
    """
    flows, _ = _kernel(grid, 0)
    time, span = grid.tdb, (float(grid.tdb[0]), float(grid.tdb[-1]))
    windows = []
    for bus in range(len(grid.buses)):
        short = np.flatnonzero((flows.cause[:, bus] != 0) & (np.diff(time) - flows.delay[:, bus] > SHORTEST))
        starts, stops = time[short] + flows.delay[short, bus], time[short + 1]
        joined = np.flatnonzero(starts[1:] - stops[:-1] < SAME)
        stops[joined] = starts[joined + 1]
        windows.append(Windows.of(starts, stops, span))
    ledger = GridLedger(
        grid=grid,
        served=flows.served,
        spilled=flows.spilled,
        stored=flows.stored,
        charged=flows.charged,
        delivered=flows.delivered,
        charge_loss=flows.charge_loss,
        discharge_loss=flows.discharge_loss,
        self_loss=flows.self_loss,
        line_from=flows.line_from,
        line_to=flows.line_to,
        shortage_windows=tuple(windows),
        shortages=(),
    )
    missed = ledger.not_served
    return replace(ledger, shortages=tuple(_shortages(ledger, missed, flows, bus) for bus in range(len(grid.buses))))


def first_shortage(grid: PreparedGrid, priority: int) -> float:
    """When a load of at least some importance first falls short; the rest of the span is then not computed.

    Parameters
    ----------
    grid : PreparedGrid
        As from `prepare_grid`.
    priority : int
        Loads up to this number are watched.

    Returns
    -------
    float [s TDB past J2000]
        Start of the step; infinite where none of them ever does.

    Raises
    ------
    NumericalFailure
        The flow of a step did not come to an end.

    Source
    ------
    As `grid_ledger`.
    """
    _, step = _kernel(grid, sum(load.priority <= priority for load in grid.loads))
    return np.inf if step < 0 else float(grid.tdb[step])


def warm_up() -> None:
    """Compile the grid's kernel, so that the first real call is fast."""
    load = Load("load", 1.0)
    near = Bus("near", [1.0, 1.0], {"source": [2.0, 2.0]}, stores=[Store("store", Battery(1.0))])
    far = Bus("far", [1.0, 1.0], loads=[load])
    first_shortage(prepare_grid([0.0, 1.0], [near, far], [Line("line", ("near", "far"), 2.0)]), 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Flows:
    """What the kernel wrote; attributes as in `GridLedger`, with delay [s], cause and blame of shortages (n, B)."""

    served: Array
    spilled: Array
    stored: Array
    charged: Array
    delivered: Array
    charge_loss: Array
    discharge_loss: Array
    self_loss: Array
    line_from: Array
    line_to: Array
    delay: Array
    cause: NDArray[np.int8]
    blame: NDArray[np.int64]


def _kernel(grid: PreparedGrid, watched: int) -> tuple[_Flows, int]:
    """Run the kernel; with watched loads the second answer is the step of their first shortage, else -1."""
    prepare_kernels()
    from moonstead.station.grid_kernels import STUCK, grid_kernel

    steps = np.diff(grid.tdb)
    n, buses, stores, lines = steps.size, len(grid.buses), len(grid.stores), len(grid.lines)
    made = np.zeros((n, buses))
    np.add.at(made.T, grid.source_bus, grid.generation.T)
    table = np.zeros((stores, 8))
    stored = np.zeros((n + 1, stores))
    for k, (store, bus) in enumerate(zip(grid.stores, grid.store_bus, strict=True)):
        b = store.battery
        limits = (b.charge_limit, b.discharge_limit, b.charge_efficiency, b.discharge_efficiency, b.leak)
        table[k] = (bus, b.capacity, b.least_charge, *limits)
        stored[0, k] = store.initial_charge * grid.capacity[0, k]
    gains, widths = np.ones((lines, LINE_PARTS)), np.zeros((lines, LINE_PARTS))
    for k, line in enumerate(grid.lines):
        gain, width = line.parts()
        gains[k, : gain.size], widths[k, : width.size] = gain, width
    orders = [store.order for store in grid.stores]
    ends = [k + 1 for k, order in enumerate(orders) if k + 1 == stores or orders[k + 1] != order]
    flows = _Flows(
        served=np.zeros((n, len(grid.loads))),
        spilled=np.zeros((n, buses)),
        stored=stored,
        charged=np.zeros((n, stores)),
        delivered=np.zeros((n, stores)),
        charge_loss=np.zeros((n, stores)),
        discharge_loss=np.zeros((n, stores)),
        self_loss=np.zeros((n, stores)),
        line_from=np.zeros((n, lines)),
        line_to=np.zeros((n, lines)),
        delay=np.zeros((n, buses)),
        cause=np.zeros((n, buses), dtype=np.int8),
        blame=np.full((n, buses), -1),
    )
    stop = np.array([-1])
    status = grid_kernel(
        steps,
        made,
        grid.demand,
        grid.load_bus,
        np.array([load.reserve for load in grid.loads], dtype=np.float64),
        table,
        np.array(ends, dtype=np.int64),
        grid.capacity,
        grid.line_bus,
        gains,
        np.ascontiguousarray(grid.line_share[:, :, None] * widths[None]),
        watched,
        flows.stored,
        flows.served,
        flows.spilled,
        flows.charge_loss,
        flows.discharge_loss,
        flows.self_loss,
        flows.charged,
        flows.delivered,
        flows.line_from,
        flows.line_to,
        flows.delay,
        flows.cause,
        flows.blame,
        stop,
    )
    if status == STUCK:
        raise NumericalFailure(
            "the flow on the grid did not come to an end in some step; look for stores of almost no capacity or lines"
            " of almost no rated power"
        )
    return flows, int(stop[0])


def _shortages(ledger: GridLedger, missed: Array, flows: _Flows, bus: int) -> tuple[Shortage, ...]:
    """Explain the shortages of one bus."""
    from moonstead.station import grid_kernels as codes

    words = {
        codes.RESERVE_KEPT: "reserve kept",
        codes.DISCHARGE_LIMIT: "discharge limit",
        codes.LINE_LIMIT: "line limit",
        codes.STORE_EMPTY: "store empty",
        codes.NO_STORE: "no store",
    }
    grid = ledger.grid
    loads, sources = grid.load_bus == bus, grid.source_bus == bus
    cause, blame = flows.cause[:, bus], flows.blame[:, bus]
    own_lines = [k for k in range(len(grid.lines)) if bus in grid.line_bus[k]]
    blamed = {}
    for step in np.flatnonzero(cause).tolist():
        code, at = int(cause[step]), int(blame[step])
        names: Sequence[Line] | Sequence[Store] = grid.lines if code == codes.LINE_LIMIT else grid.stores
        behind = [("line out", grid.lines[k].name) for k in own_lines if grid.line_share[step, k] == 0.0]
        if code == codes.LINE_LIMIT:
            least = [s.battery.least_charge for s in grid.stores] * grid.capacity[step]
            drained = (grid.store_bus == bus) & (ledger.stored[step : step + 2].min(axis=0) <= least * (1.0 + 1e-9))
            behind += [("store empty", grid.stores[k].name) for k in np.flatnonzero(drained)]
        blamed[step] = [(words[code], names[at].name if at >= 0 else ""), *behind]
    supply = Supply(
        grid.tdb,
        tuple(name for name, own in zip(grid.sources, sources, strict=True) if own),
        grid.generation[:, sources],
        tuple(load.name for load, own in zip(grid.loads, loads, strict=True) if own),
        grid.demand[:, loads],
        missed[:, loads],
        grid.nights[bus],
        grid.outages,
    )
    return shortages_of(supply, ledger.shortage_windows[bus], cause, words, blamed)
