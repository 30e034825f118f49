"""What a grid is made of: buses with sources, loads and stores, and the lines between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput
from moonstead.station.battery import Battery
from moonstead.station.loads import Load

Array = NDArray[np.float64]

LINE_PARTS = 8  # chords of the loss in a resistance: at most 1 / (4 * 8^2) = 0.4 % of the loss at rated power too much


@dataclass(frozen=True, slots=True)
class Store:
    """Something that takes energy from a bus and gives it back.

    Attributes
    ----------
    name : str
        What reports call it.
    battery : Battery
        Its capacity, limits and efficiencies, seen from the bus; a fuel cell gives them by `fuel_cells.as_battery`.
    order : int
        Stores of the lowest order are drawn on and charged first, wherever they stand; of equal order the one that
        loses least on the way.
    initial_charge : float [1]
        State of charge at the start.
    """

    name: str
    battery: Battery
    order: int = 1
    initial_charge: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.initial_charge <= 1.0:
            raise InvalidInput(f"store {self.name!r}: initial charge must lie in [0, 1]; got {self.initial_charge!r}")


@dataclass(frozen=True, slots=True)
class Line:
    """A power line between two buses, for either direction.

    Attributes
    ----------
    name : str
        What reports call it.
    ends : (str, str)
        Names of the two buses.
    power : float [W]
        Most that may enter at the sending end.
    loss : float [1]
        Share of the power that is lost at any power: converters and transformers.
    resistance : float [ohm]
        Of both conductors together; loses ``R (P / V)^2`` of the power P that enters.
    voltage : float [V]
        At the sending end, needed with a resistance.
    available : Windows, optional
        When it works; without it, always.
    """

    name: str
    ends: tuple[str, str]
    power: float
    loss: float = 0.0
    resistance: float = 0.0
    voltage: float = np.inf
    available: Windows | None = None

    def __post_init__(self) -> None:
        if self.ends[0] == self.ends[1]:
            raise InvalidInput(f"line {self.name!r} must join two different buses; got {self.ends[0]!r} twice")
        if not (np.isfinite(self.power) and self.power > 0.0):
            raise InvalidInput(f"line {self.name!r}: rated power must be positive and finite [W]; got {self.power!r}")
        if not 0.0 <= self.loss < 1.0:
            raise InvalidInput(f"line {self.name!r}: loss must lie in [0, 1); got {self.loss!r}")
        if not (np.isfinite(self.resistance) and self.resistance >= 0.0):
            raise InvalidInput(f"line {self.name!r}: resistance must not be negative [ohm]; got {self.resistance!r}")
        if not self.voltage > 0.0 or (self.resistance > 0.0 and not np.isfinite(self.voltage)):
            raise InvalidInput(f"line {self.name!r}: a resistance needs a positive, finite voltage [V]")
        marginal = self.loss + 2.0 * self.resistance * self.power / self.voltage**2
        if marginal >= 1.0:
            raise InvalidInput(
                f"line {self.name!r} loses {marginal:.0%} of the last watt at its rated power of {self.power:g} W;"
                " raise the voltage, lower the resistance or the rated power"
            )

    def parts(self) -> tuple[Array, Array]:
        """Efficiency of the parts that the line's power fills one after the other, and their width.

        Returns
        -------
        gains, widths : (P,) [1, W]
            P is 1 without resistance, else `LINE_PARTS`: chords of the loss, which is never understated.

        Source
        ------
        Joule's law: ``R (P / V)^2`` between its values at P equal steps of power.
        """
        count = LINE_PARTS if self.resistance > 0.0 else 1
        width = self.power / count
        slope = self.resistance / self.voltage**2 * width * (2.0 * np.arange(count) + 1.0)
        return np.asarray(1.0 - self.loss - slope, dtype=np.float64), np.full(count, width)


@dataclass(frozen=True, slots=True, eq=False)
class Bus:
    """One bus: what stands at one site.

    Attributes
    ----------
    name : str
        What reports call it.
    sun_fraction : (n + 1,) [1]
        Share of the Sun's disc at the site, at the edges of the steps.
    sources : mapping of str to (n + 1,) or (n,) [W]
        Power of each source at the edges of the steps, or its mean in each step.
    loads : sequence of Load
        Consumers.
    stores : sequence of Store
        Batteries and fuel cells.
    outages : mapping of str to Windows
        When a source of this bus is known to be out; named in the causes of shortages.
    """

    name: str
    sun_fraction: ArrayLike
    sources: Mapping[str, ArrayLike] = field(default_factory=dict)
    loads: Sequence[Load] = ()
    stores: Sequence[Store] = ()
    outages: Mapping[str, Windows] = field(default_factory=dict)


def joined(buses: Sequence[str], lines: Sequence[Line]) -> tuple[tuple[str, ...], ...]:
    """Groups of buses that lines join, each in the order given.

    Parameters
    ----------
    buses : sequence of str
        All names.
    lines : sequence of Line
        Between them.

    Returns
    -------
    tuple of tuple of str
        Grids that share no line.

    Raises
    ------
    InvalidInput
        A line ends at an unknown bus.
    """
    group = {name: name for name in buses}
    for line in lines:
        for end in line.ends:
            if end not in group:
                known = ", ".join(buses) or "none"
                raise InvalidInput(f"line {line.name!r} ends at {end!r}, which is no bus; known: {known}")
        kept, merged = (group[end] for end in line.ends)
        group = {name: kept if own == merged else own for name, own in group.items()}
    return tuple(tuple(n for n in buses if group[n] == own) for own in dict.fromkeys(group[name] for name in buses))
