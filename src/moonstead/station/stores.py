"""Stores of a site: how much of one substance fits, and how it gets lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.station.substances import Substance

WhenFull = Literal["stop", "vent"]
WHEN_FULL = ("stop", "vent")


@dataclass(frozen=True, slots=True)
class Store:
    """A store of one substance.

    Attributes
    ----------
    substance : Substance
        What it holds; a site has one store of each substance.
    capacity : float [kg]
        Most that it holds.
    initial : float [kg]
        What it holds at the start.
    loss_per_day : float [1]
        Share of the content that leaks or boils off in a day.
    when_full : str
        ``"stop"``: what fills it must wait; ``"vent"``: what is too much goes to the surroundings.
    """

    substance: Substance
    capacity: float
    initial: float = 0.0
    loss_per_day: float = 0.0
    when_full: WhenFull = "stop"

    def __post_init__(self) -> None:
        name = self.substance.name
        if not (np.isfinite(self.capacity) and self.capacity > 0.0):
            raise InvalidInput(f"store of {name}: the capacity must be finite and positive [kg]; got {self.capacity!r}")
        if not 0.0 <= self.initial <= self.capacity:
            raise InvalidInput(
                f"store of {name}: the initial content must lie in [0, {self.capacity:g}] kg; got {self.initial!r}"
            )
        if not 0.0 <= self.loss_per_day < 1.0:
            raise InvalidInput(f"store of {name}: the loss in a day must lie in [0, 1); got {self.loss_per_day!r}")
        if self.when_full not in WHEN_FULL:
            raise InvalidInput(
                f"store of {name}: when full it must do one of {', '.join(WHEN_FULL)}; got {self.when_full!r}"
            )

    @property
    def name(self) -> str:
        """Name of its substance."""
        return self.substance.name

    @property
    def leak(self) -> float:
        """Loss [1/s] as the rate of an exponential decay."""
        return -float(np.log1p(-self.loss_per_day)) / SECONDS_PER_DAY


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mass that arrives from outside.

    Attributes
    ----------
    time : float [s TDB past J2000]
        When; it can be used from the next step of the ledger on.
    substance : str
        Name of a store.
    mass : float [kg]
        How much; what does not fit is turned away.
    """

    time: float
    substance: str
    mass: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.mass) and self.mass > 0.0):
            raise InvalidInput(
                f"a delivery of {self.substance} must have a finite, positive mass [kg]; got {self.mass!r}"
            )
        if not np.isfinite(self.time):
            raise InvalidInput(f"a delivery of {self.substance} needs a time [s TDB past J2000]; got {self.time!r}")


def merged_stores(stores: Sequence[Store]) -> tuple[Store, ...]:
    """One store in place of all that hold the same substance.

    Parameters
    ----------
    stores : sequence of Store
        Of one site.

    Returns
    -------
    tuple of Store
        One for each substance: capacities and contents added, losses averaged by capacity; it vents only where all do.

    Raises
    ------
    InvalidInput
        Two stores give one name to different compositions.
    """
    groups: dict[str, list[Store]] = {}
    for store in stores:
        groups.setdefault(store.name, []).append(store)
    merged = []
    for name, group in groups.items():
        if any(store.substance.composition != group[0].substance.composition for store in group):
            raise InvalidInput(f"stores of {name} hold different compositions; give one site one grade")
        capacity = sum(store.capacity for store in group)
        loss = sum(store.loss_per_day * store.capacity for store in group) / capacity
        full: WhenFull = "vent" if all(store.when_full == "vent" for store in group) else "stop"
        initial = min(sum(store.initial for store in group), capacity)
        merged.append(Store(group[0].substance, capacity, initial, loss, full))
    return tuple(merged)
