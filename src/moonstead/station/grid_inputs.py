"""Inputs of a grid's ledger, checked and spread over its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput
from moonstead.station.grid import Bus, Line, Store, joined
from moonstead.station.ledger import prepare
from moonstead.station.loads import Load, share_in_steps

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PreparedGrid:
    """Checked inputs of a grid, spread over the steps; what sizing varies is here.

    Attributes
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Edges of the steps.
    buses : tuple of str
        Names, B of them.
    sources : tuple of str
        Names, S of them.
    source_bus : (S,)
        Index of the bus of each.
    generation : (n, S) [W]
        Mean power of each source in each step.
    loads : tuple of Load
        In the order of service across the grid, K of them.
    load_bus : (K,)
        Index of the bus of each.
    demand : (n, K) [W]
        Mean power wanted in each step.
    stores : tuple of Store
        In the order of use, M of them.
    store_bus : (M,)
        Index of the bus of each.
    capacity : (n, M) [J]
        Of each store in each step.
    lines : tuple of Line
        L of them.
    line_bus : (L, 2)
        Indices of the buses at their ends.
    line_share : (n, L) [1]
        Share of each step in which a line works.
    nights : tuple of Windows
        When at most half of the Sun's disc is seen, for each bus.
    outages : mapping of str to Windows
        When a source is known to be out.
    """

    tdb: Array
    buses: tuple[str, ...]
    sources: tuple[str, ...]
    source_bus: NDArray[np.int64]
    generation: Array
    loads: tuple[Load, ...]
    load_bus: NDArray[np.int64]
    demand: Array
    stores: tuple[Store, ...]
    store_bus: NDArray[np.int64]
    capacity: Array
    lines: tuple[Line, ...]
    line_bus: NDArray[np.int64]
    line_share: Array
    nights: tuple[Windows, ...]
    outages: Mapping[str, Windows]


def prepare_grid(
    tdb: ArrayLike,
    buses: Sequence[Bus],
    lines: Sequence[Line] = (),
    *,
    capacity_share: Mapping[str, ArrayLike] | None = None,
) -> PreparedGrid:
    """Check the inputs of a grid and spread them over its steps.

    Parameters
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.
    buses : sequence of Bus
        At least one, with different names; loads, sources and stores have names of their own across the grid.
    lines : sequence of Line
        Between the buses, each available over the whole span or with windows that cover it.
    capacity_share : mapping of str to (n,) [1], optional
        What ageing and cold leave of a store's capacity in each step, by its name.

    Returns
    -------
    PreparedGrid
        Means over the steps, loads in the order of service.

    Raises
    ------
    InvalidInput
        Arrays do not fit each other, names repeat, a line ends nowhere, or a share lies outside [0, 1].

    Source
    ------
    Definition: loads are served in the order of their priority across the grid, those of equal priority in the order
    of the buses and as given there.
    """
    if not buses:
        raise InvalidInput("a grid needs at least one bus")
    parts = [prepare(tdb, bus.sources, bus.sun_fraction, bus.loads) for bus in buses]
    names = tuple(bus.name for bus in buses)
    _require_different("buses", names)
    joined(names, lines)
    _require_different("lines", [line.name for line in lines])
    time = parts[0].tdb
    sources = [(name, i) for i, part in enumerate(parts) for name in part.sources]
    loads = [(load, i, j) for i, part in enumerate(parts) for j, load in enumerate(part.loads)]
    loads.sort(key=lambda entry: entry[0].priority)
    stores = [(store, i) for i, bus in enumerate(buses) for store in bus.stores if store.battery.capacity > 0.0]
    stores.sort(key=lambda entry: entry[0].order)
    _require_different("sources", [name for name, _ in sources])
    _require_different("loads", [load.name for load, _, _ in loads])
    _require_different("stores", [store.name for store, _ in stores])
    steps = time.size - 1
    demand = [parts[i].demand[:, j] for _, i, j in loads]
    line_share = [
        np.ones(steps) if line.available is None else share_in_steps(line.available.within((time[0], time[-1])), time)
        for line in lines
    ]
    shares = _shares(capacity_share or {}, {store.name for store, _ in stores}, steps)
    capacity = [store.battery.capacity * shares.get(store.name, np.ones(steps)) for store, _ in stores]
    return PreparedGrid(
        tdb=time,
        buses=names,
        sources=tuple(name for name, _ in sources),
        source_bus=np.array([i for _, i in sources], dtype=np.int64),
        generation=np.concatenate([part.generation for part in parts], axis=1),
        loads=tuple(load for load, _, _ in loads),
        load_bus=np.array([i for _, i, _ in loads], dtype=np.int64),
        demand=_columns(demand, steps),
        stores=tuple(store for store, _ in stores),
        store_bus=np.array([i for _, i in stores], dtype=np.int64),
        capacity=_columns(capacity, steps),
        lines=tuple(lines),
        line_bus=np.array([[names.index(end) for end in line.ends] for line in lines], dtype=np.int64).reshape(-1, 2),
        line_share=_columns(line_share, steps),
        nights=tuple(part.nights for part in parts),
        outages={name: windows for bus in buses for name, windows in bus.outages.items()},
    )


def _require_different(what: str, names: Sequence[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InvalidInput(f"{what} of a grid need different names; repeated: {', '.join(repeated)}")


def _columns(series: Sequence[Array], steps: int) -> Array:
    return np.ascontiguousarray(np.column_stack(series)) if series else np.zeros((steps, 0))


def _shares(shares: Mapping[str, ArrayLike], names: set[str], steps: int) -> dict[str, Array]:
    """Shares of the capacity as arrays (n,), checked."""
    found = {}
    for name, share in shares.items():
        values = np.asarray(share, dtype=np.float64)
        if name not in names:
            raise InvalidInput(f"a share of the capacity is given for {name!r}, which is no store of the grid")
        if values.shape != (steps,) or not np.all((values > 0.0) & (values <= 1.0)):
            raise InvalidInput(f"the share of the capacity of {name!r} must hold {steps} numbers in (0, 1]")
        found[name] = values
    return found
