"""What the stores of a site held and its processes did over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.station.processes import Process
from moonstead.station.stores import Store
from moonstead.station.substances import ELEMENTS

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class StoresLedger:
    """Contents, flows and limits of a network over n steps, S stores and P processes.

    Attributes
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Edges of the steps.
    stores : tuple of Store
        S of them.
    processes : tuple of Process
        P of them.
    stock : (n + 1, S) [kg]
        Content at the edges.
    done, wanted : (n, P) [1]
        Units of its recipe that each process ran and wanted to run in each step.
    power_share : (n, P) [1]
        Share of its power that each process was served.
    lost : (n, S) [kg]
        Leaked or boiled off.
    vented : (n, S) [kg]
        Given to the surroundings because the store was full.
    imported : (n, S) [kg]
        Brought from outside because consumers were short.
    delivered, refused : (n, S) [kg]
        Arrived, and turned away of it for want of room.
    cause : (n, P)
        Code of what limited each process: see `network_kernels`.
    limit : (n, P)
        Index of the store to blame, or -1.
    """

    tdb: Array
    stores: tuple[Store, ...]
    processes: tuple[Process, ...]
    stock: Array
    done: Array
    wanted: Array
    power_share: Array
    lost: Array
    vented: Array
    imported: Array
    delivered: Array
    refused: Array
    cause: NDArray[np.int8]
    limit: NDArray[np.int16]

    @property
    def duration(self) -> float:
        """Length [s] of the span."""
        return float(self.tdb[-1] - self.tdb[0])

    def index(self, substance: str) -> int:
        """Place of the store of a substance among its columns.

        Raises
        ------
        InvalidInput
            No store holds it.
        """
        for place, store in enumerate(self.stores):
            if store.name == substance:
                return place
        names = ", ".join(store.name for store in self.stores)
        raise InvalidInput(f"no store holds {substance}; there are {names or 'none'}")

    def units(self, process: str) -> float:
        """Units [1] that a process ran over the span.

        Raises
        ------
        InvalidInput
            There is no such process.
        """
        for place, one in enumerate(self.processes):
            if one.name == process:
                return float(self.done[:, place].sum())
        raise InvalidInput(f"there is no process {process!r}; there are {', '.join(p.name for p in self.processes)}")

    def turnover(self) -> tuple[Array, Array]:
        """Net mass (P, S) [kg] that each process took from and gave to each store over the span."""
        takes, gives = np.zeros((2, len(self.processes), len(self.stores)))
        place = {store.name: index for index, store in enumerate(self.stores)}
        units = self.done.sum(axis=0)
        for row, process in enumerate(self.processes):
            for name, mass in process.recipe.inputs.items():
                if name in place:
                    takes[row, place[name]] += mass * units[row]
            for name, mass in process.recipe.outputs.items():
                if name in place:
                    gives[row, place[name]] += mass * units[row]
        both = np.minimum(takes, gives)
        return takes - both, gives - both

    def energy(self) -> dict[str, float]:
        """Electric energy [J] that each process used over the span."""
        units = self.done.sum(axis=0)
        return {p.name: float(units[i]) * p.recipe.energy for i, p in enumerate(self.processes)}

    def waste_heat(self) -> dict[str, float]:
        """Heat [J] that each process left to the thermal control over the span: electric energy and heat of reaction.

        Plants that work the ground are left out: their heat leaves with the tailings.
        """
        units = self.done.sum(axis=0)
        return {
            p.name: float(units[i]) * (p.recipe.energy + p.recipe.heat)
            for i, p in enumerate(self.processes)
            if p.recipe.kind != "in-situ"
        }

    def imbalance(self) -> dict[str, float]:
        """Mass [kg] that stores and surroundings hold at the end beyond what there was and what came, by element.

        What the stores hold is compared with what passed the border of the site: taken from the ground, delivered and
        imported on one side; leaked, vented and released on the other. Key ``"total"`` is the sum of all elements.
        """
        shares = np.array([store.substance.composition for store in self.stores]).reshape(-1, len(ELEMENTS))
        change = self.stock[-1] - self.stock[0]
        gone = (self.lost + self.vented - self.imported - self.delivered + self.refused).sum(axis=0)
        balance = (change + gone) @ shares
        place = {store.name for store in self.stores}
        for process, units in zip(self.processes, self.done.sum(axis=0), strict=True):
            recipe = process.recipe
            crossing = [(name, mass) for name, mass in recipe.released.items()]
            crossing += [(name, mass) for name, mass in recipe.outputs.items() if name not in place]
            crossing += [(name, -mass) for name, mass in recipe.inputs.items() if name not in place]
            for name, mass in crossing:
                balance = balance + units * mass * np.array(recipe.substance(name).composition)
        amiss = dict(zip(ELEMENTS, balance.tolist(), strict=True))
        return amiss | {"total": float(balance.sum())}

    def autonomy(self) -> dict[str, Autonomy]:
        """How long each store lasts on what it holds.

        Stores that only pass on what other processes make, and from which no consumer draws, are left out.
        """
        takes = np.array([[p.recipe.inputs.get(s.name, 0.0) for s in self.stores] for p in self.processes])
        steps = np.diff(self.tdb)
        found = {}
        for column, store in enumerate(self.stores):
            drawing = [
                row for row, p in enumerate(self.processes) if p.recipe.kind == "consumer" and takes[row, column] > 0.0
            ]
            if not drawing:
                continue
            use = self.wanted[:, drawing] @ takes[drawing, column]
            active = use > 0.0
            if not np.any(active):
                continue
            rate = float(use[active].sum() / steps[active].sum())
            during = self.stock[:-1, column][active]
            lowest = int(np.argmin(during))
            found[store.name] = Autonomy(
                rate * SECONDS_PER_DAY,
                float(self.stock[0, column]) / rate,
                float(during[lowest]) / rate,
                float(self.tdb[:-1][active][lowest]),
                float(self.stock[-1, column]) / rate,
            )
        return found


@dataclass(frozen=True, slots=True)
class Autonomy:
    """How long a store lasts without anything that fills it.

    Attributes
    ----------
    use_per_day : float [kg]
        That consumers want on a mean day on which they want any.
    at_start, least, at_stop : float [s]
        Content over that use: at the start, at its least while it is in use, and at the end.
    least_time : float [s TDB past J2000]
        When it is at its least.
    """

    use_per_day: float
    at_start: float
    least: float
    least_time: float
    at_stop: float
