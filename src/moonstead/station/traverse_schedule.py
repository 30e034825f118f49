"""The plan of a traverse, event by event, flown again from the labels of the search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.station.rovers import Rover

__all__ = ["Labels", "Traverse", "schedule"]

Array = NDArray[np.float64]

ROUNDING = 1e-6  # [1] of the capacity: what the search may count as equal on each of thousands of pixels


@dataclass(frozen=True, eq=False)
class Labels:
    """Room for the labels of a search; columns as in `traverse_kernels`.

    Attributes
    ----------
    whole : (N, 6) int32
        Pixel, run, parent, next of the same run, move, and run of the pixel that the drive went to.
    measures : (N, 6) [s, s, J, J, s, J]
        From, until, charge, most charge, time in shadow, drive energy.
    keys : (N,) [any unit]
        Costs in the queue.
    items : (N,) int32
        Labels in the queue.
    """

    whole: NDArray[np.int32]
    measures: Array
    keys: Array
    items: NDArray[np.int32]

    @classmethod
    def empty(cls, size: int) -> Self:
        """Room for a number of labels."""
        return cls(
            np.empty((size, 6), dtype=np.int32), np.empty((size, 6)), np.empty(size), np.empty(size, dtype=np.int32)
        )

    def doubled(self) -> Self:
        """Twice the room, with all that it held."""
        size = self.keys.size
        grown = self.empty(2 * size)
        for name in ("whole", "measures", "keys", "items"):
            getattr(grown, name)[:size] = getattr(self, name)
        return grown


@dataclass(frozen=True, eq=False)
class Traverse:
    """A plan: where the rover is at each event, and what its battery holds.

    Between two events the rover stands where `driving` is false, else it drives from one pixel to the next; charge is
    linear between them except that it stops at the capacity and may bend in the middle of a drive.

    Attributes
    ----------
    tdb : (P,) [s TDB past J2000]
        Times of the events.
    row, column : (P,) int
        Pixel at each event.
    charge : (P,) [J]
        Energy in the battery.
    lit : (P,) bool
        Whether the Sun shines on the rover after the event.
    driving : (P,) bool
        Whether it drives after the event.
    drive_time, wait_time, dark_time, longest_shadow : float [s]
        Sums, and the longest time without the Sun; a drive counts half for each of its two pixels.
    drive_energy : float [J]
        From the bus to the drive.
    least_charge : float [J]
        Lowest energy in the battery.
    cost : float [any unit]
        What was minimised.
    expanded : int
        States that the search looked at.
    """

    tdb: Array
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    charge: Array
    lit: NDArray[np.bool_]
    driving: NDArray[np.bool_]
    drive_time: float
    wait_time: float
    dark_time: float
    longest_shadow: float
    drive_energy: float
    least_charge: float
    cost: float
    expanded: int

    @property
    def duration(self) -> float:
        """Time [s] from the start to the arrival."""
        return float(self.tdb[-1] - self.tdb[0])


def schedule(
    labels: Labels,
    found: int,
    duration: NDArray[np.float32],
    energy: NDArray[np.float32],
    run_state: NDArray[np.uint8],
    rover: Rover,
    start: float,
    columns: int,
    cost: float,
    expanded: int,
) -> Traverse:
    """Plan behind a label: departure times from the end backwards, then charge and shadow from the start on.

    Parameters
    ----------
    labels : Labels
        Of the search.
    found : int
        The label at the goal.
    duration, energy : (8, pixels) [s, J]
        Of the drives.
    run_state : (R,) uint8
        Light of each run of slices.
    rover : Rover
        Its powers and its battery.
    start : float [s TDB past J2000]
        When the traverse begins.
    columns : int
        Of the map.
    cost : float [any unit]
        What was minimised.
    expanded : int
        States that the search looked at.

    Returns
    -------
    Traverse

    Raises
    ------
    NumericalFailure
        The plan does not keep the battery's least charge when it is driven again.

    Source
    ------
    The model of `plan_traverse`.
    """
    from moonstead.station.traverse_kernels import CELL, FROM, LIT, MOVE, PARENT, RUN, STAY, UNTIL, VIA

    chain = [found]
    while labels.whole[chain[-1], PARENT] >= 0:
        chain.append(int(labels.whole[chain[-1], PARENT]))
    chain.reverse()
    whole, measures = labels.whole[chain].astype(np.int64), labels.measures[chain]
    lit = (run_state[whole[:, RUN]] & LIT) != 0
    count = len(chain)
    arrive, leave = np.empty(count), np.empty(count)
    leave[-1] = arrive[-1] = measures[-1, FROM]
    for k in range(count - 1, 0, -1):
        move = whole[k, MOVE]
        leaves = arrive[k] if move == STAY else arrive[k] - duration[move, whole[k - 1, CELL]]
        earliest, latest = measures[k - 1, FROM], measures[k - 1, UNTIL]
        leave[k - 1] = max(leaves, earliest)
        arrive[k - 1] = earliest if lit[k - 1] else min(leave[k - 1], latest)

    book = _Book(rover, measures[0, 2])
    events: list[tuple[float, int, float, bool, bool]] = []
    for k in range(count):
        cell = int(whole[k, CELL])
        events.append((arrive[k], cell, book.charge, bool(lit[k]), False))
        book.wait(leave[k] - arrive[k], bool(lit[k]))
        if k + 1 == count or whole[k + 1, MOVE] == STAY:
            continue
        move = whole[k + 1, MOVE]
        events.append((leave[k], cell, book.charge, bool(lit[k]), True))
        goes_lit = bool(run_state[whole[k + 1, VIA]] & LIT)
        book.drive(float(duration[move, cell]), float(energy[move, cell]), bool(lit[k]), goes_lit)
        if lit[k + 1]:
            book.see_sun()
    if book.least < rover.least_energy - ROUNDING * rover.capacity:
        raise NumericalFailure(
            f"the plan of rover {rover.name!r} leaves {book.least:.6g} J in the battery, less than its least of "
            f"{rover.least_energy:.6g} J"
        )
    kept = [k for k in range(len(events)) if k + 1 == len(events) or events[k + 1][0] > events[k][0] or events[k][4]]
    tdb, cells, charge, sun, drives = (np.array(column) for column in zip(*(events[k] for k in kept), strict=True))
    return Traverse(
        tdb=start + tdb,
        row=cells // columns,
        column=cells % columns,
        charge=charge,
        lit=sun.astype(bool),
        driving=drives.astype(bool),
        drive_time=float(book.drive_time),
        wait_time=float(book.wait_time),
        dark_time=float(book.dark_time),
        longest_shadow=float(book.longest_shadow),
        drive_energy=float(book.drive_energy),
        least_charge=float(book.least),
        cost=cost,
        expanded=expanded,
    )


class _Book:
    """Battery and shadow of a rover while it waits and drives."""

    def __init__(self, rover: Rover, charge: float) -> None:
        self.rover, self.charge, self.least = rover, charge, charge
        self.shadow = self.longest_shadow = self.drive_time = self.wait_time = self.dark_time = 0.0
        self.drive_energy = 0.0

    def wait(self, time: float, lit: bool) -> None:
        rate = self.rover.lit_rate if lit else self.rover.dark_rate
        self._store(rate * time)
        self.wait_time += time
        self._shade(time, lit)

    def drive(self, time: float, energy: float, lit: bool, goes_lit: bool) -> None:
        rover = self.rover
        for in_sun in (lit, goes_lit):
            power = rover.array_power - rover.hotel_power if in_sun else -rover.hotel_power - rover.heater_power
            surplus = 0.5 * (power * time - energy)
            self._store(surplus * rover.charge_efficiency if surplus > 0.0 else surplus / rover.discharge_efficiency)
            self._shade(0.5 * time, in_sun)
        self.drive_time += time
        self.drive_energy += energy

    def see_sun(self) -> None:
        self.shadow = 0.0

    def _store(self, change: float) -> None:
        self.charge = min(self.rover.capacity, self.charge + change)
        self.least = min(self.least, self.charge)

    def _shade(self, time: float, lit: bool) -> None:
        self.shadow = 0.0 if lit else self.shadow + time
        self.dark_time += 0.0 if lit else time
        self.longest_shadow = max(self.longest_shadow, self.shadow)
