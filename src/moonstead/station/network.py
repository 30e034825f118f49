"""The network of a site: stores, and processes that draw on them and fill them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare
from moonstead.station.processes import Process
from moonstead.station.stores import Delivery, Store
from moonstead.station.stores_ledger import StoresLedger
from moonstead.station.substances import GROUND

Array = NDArray[np.float64]


def stores_ledger(
    tdb: ArrayLike,
    stores: Sequence[Store],
    processes: Sequence[Process],
    *,
    activity: Mapping[str, ArrayLike] | None = None,
    power_share: Mapping[str, ArrayLike] | None = None,
    deliveries: Sequence[Delivery] = (),
    supplied: bool = False,
) -> StoresLedger:
    """What each store holds and each process does, step by step, with every element in balance.

    Within a step processes run in the order of their priorities, each as far as its inputs reach and as its outputs
    fit; those of equal priority share what is short in proportion to what they want. What one makes another can use in
    the same step. Consumers are never stopped by a full store: what does not fit goes to the surroundings.

    Parameters
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.
    stores : sequence of Store
        One for each substance.
    processes : sequence of Process
        With different names.
    activity : mapping of str to (n,) [1], optional
        Multiple of its rate that a process wants in each step; 1 where left out.
    power_share : mapping of str to (n,) [1], optional
        Share of its power that a process is served, in [0, 1]; 1 where left out.
    deliveries : sequence of Delivery
        What arrives.
    supplied : bool
        Whether consumers get what is short from outside; `StoresLedger.imported` then says how much.

    Returns
    -------
    StoresLedger
        Contents at the edges; units run, wanted and their limits in each step.

    Raises
    ------
    InvalidInput
        Times do not rise, names repeat or are unknown, arrays do not fit, or a process draws on a substance that no
        store holds and the ground does not give.

    Source
    ------
    Conservation of mass, element by element: every recipe balances, and the scheme moves recipes whole. Typed stores
    and desired against possible flows after D. Kortenkamp, S. Bell (2003), Simulating advanced life support systems for
    integrated controls research, SAE 2003-01-2546 (BioSim), recalled.
    """
    time = np.ascontiguousarray(tdb, dtype=np.float64)
    if time.ndim != 1 or time.size < 2 or not np.all(np.diff(time) > 0.0):
        raise InvalidInput("a ledger needs at least two rising times [s TDB past J2000]")
    _require_names([store.name for store in stores], "stores of different substances")
    _require_names([process.name for process in processes], "processes with different names")
    steps = time.size - 1
    wish = _columns(activity or {}, processes, steps, "activity", np.inf)
    power = _columns(power_share or {}, processes, steps, "power share", 1.0)
    takes, gives, fills = _matrices(stores, processes)
    ledger = _run(
        time, stores, processes, (takes, gives, fills), wish, power, _arrivals(time, stores, deliveries), supplied
    )
    return ledger


def warm_up() -> None:
    """Compile the kernel of the stores, so that the first real call is fast."""
    _run(
        np.array([0.0, 1.0]),
        (),
        (),
        (np.zeros((0, 0)),) * 3,
        np.zeros((1, 0)),
        np.zeros((1, 0)),
        np.zeros((1, 0)),
        False,
    )


def _require_names(names: Sequence[str], what: str) -> None:
    if len(set(names)) < len(names):
        raise InvalidInput(f"a network needs {what}; got {', '.join(names)}")


def _columns(given: Mapping[str, ArrayLike], processes: Sequence[Process], steps: int, what: str, most: float) -> Array:
    names = [process.name for process in processes]
    if unknown := sorted(set(given) - set(names)):
        raise InvalidInput(f"{what} is given for {unknown[0]!r}; the processes are {', '.join(names) or 'none'}")
    table = np.ones((steps, len(names)))
    for column, name in enumerate(names):
        if name in given:
            values = np.asarray(given[name], dtype=np.float64)
            if values.shape != (steps,) or not np.all((values >= 0.0) & (values <= most) & np.isfinite(values)):
                bound = "of at least 0" if np.isinf(most) else f"in [0, {most:g}]"
                raise InvalidInput(f"{what} of {name!r} must hold {steps} finite numbers {bound}, one for each step")
            table[:, column] = values
    return table


def _matrices(stores: Sequence[Store], processes: Sequence[Process]) -> tuple[Array, Array, Array]:
    """Masses (P, S) [kg] that one unit takes and gives net, and the part that a full store stops."""
    place = {store.name: index for index, store in enumerate(stores)}
    takes, gives, fills = np.zeros((3, len(processes), len(stores)))
    for row, process in enumerate(processes):
        recipe = process.recipe
        for name, mass in recipe.inputs.items():
            if name in place:
                _require_same(process, stores[place[name]])
                takes[row, place[name]] += mass
            elif mass > 0.0 and name not in GROUND:
                raise InvalidInput(
                    f"process {process.name!r} draws on {name}, which no store holds; add a store of it"
                    f" (stores: {', '.join(place) or 'none'})"
                )
        for name, mass in recipe.outputs.items():
            if name in place:
                _require_same(process, stores[place[name]])
                gives[row, place[name]] += mass
    both = np.minimum(takes, gives)
    takes, gives = takes - both, gives - both
    stops = np.array([store.when_full == "stop" for store in stores], dtype=bool)
    obeys = np.array([process.recipe.kind != "consumer" for process in processes], dtype=bool)
    fills = gives * stops[np.newaxis, :] * obeys[:, np.newaxis]
    return takes, gives, fills


def _require_same(process: Process, store: Store) -> None:
    if process.recipe.substance(store.name).composition != store.substance.composition:
        raise InvalidInput(
            f"process {process.name!r} and the store of {store.name} differ on its composition; give both one grade"
        )


def _arrivals(time: Array, stores: Sequence[Store], deliveries: Sequence[Delivery]) -> Array:
    """Mass (n, S) [kg] that becomes usable at the start of each step."""
    place = {store.name: index for index, store in enumerate(stores)}
    table = np.zeros((time.size - 1, len(stores)))
    for delivery in deliveries:
        if delivery.substance not in place:
            raise InvalidInput(
                f"{delivery.mass:g} kg of {delivery.substance} are delivered, but no store holds it"
                f" (stores: {', '.join(place) or 'none'})"
            )
        step = int(np.searchsorted(time, delivery.time, side="left"))
        if time[0] <= delivery.time and step < time.size - 1:
            table[step, place[delivery.substance]] += delivery.mass
    return table


def _run(
    time: Array,
    stores: Sequence[Store],
    processes: Sequence[Process],
    matrices: tuple[Array, Array, Array],
    wish: Array,
    power: Array,
    delivered: Array,
    supplied: bool,
) -> StoresLedger:
    prepare()
    from moonstead.station.network_kernels import stores_kernel

    steps, kinds, runs = time.size - 1, len(stores), len(processes)
    order = np.array(sorted(range(runs), key=lambda p: processes[p].priority), dtype=np.int64)
    priorities = np.array([processes[p].priority for p in order])
    groups = np.concatenate(([0], np.flatnonzero(np.diff(priorities)) + 1, [runs])).astype(np.int64)
    if runs == 0:
        groups = np.zeros(1, dtype=np.int64)
    stock = np.empty((steps + 1, kinds))
    stock[0] = [store.initial for store in stores]
    done, wanted = np.empty((2, steps, runs))
    lost, vented, imported, refused = np.empty((4, steps, kinds))
    cause = np.empty((steps, runs), dtype=np.int8)
    limit = np.empty((steps, runs), dtype=np.int16)
    stores_kernel(
        np.diff(time),
        np.array([store.capacity for store in stores], dtype=np.float64),
        np.array([store.leak for store in stores], dtype=np.float64),
        *(np.ascontiguousarray(matrix) for matrix in matrices),
        np.array([process.rate for process in processes], dtype=np.float64),
        np.array([process.start_up for process in processes], dtype=np.float64),
        wish,
        power,
        order,
        groups,
        np.array([supplied and process.recipe.kind == "consumer" for process in processes], dtype=np.bool_),
        delivered,
        stock,
        done,
        wanted,
        lost,
        vented,
        imported,
        refused,
        cause,
        limit,
        np.zeros((5, max(kinds, runs, 1))),
    )
    return StoresLedger(
        time, tuple(stores), tuple(processes), stock, done, wanted, power, lost, vented, imported, delivered, refused,
        cause, limit,
    )  # fmt: skip
