"""How large arrays, stores and plants must be together, so that the station lives with a stated probability."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.station.grid_inputs import PreparedGrid
from moonstead.station.grid_ledger import first_shortage
from moonstead.station.survival import (
    Future,
    SurvivalEstimate,
    Uncertainty,
    draw_futures,
    estimate_survival,
    in_future,
)

Array = NDArray[np.float64]

SIZE_TOLERANCE = 0.01  # [1] of a store: far below what the uncertainties mean
LARGEST_STORE = 64.0  # times the size given, before it is said that no store helps
ATTEMPTS = 5  # at a system that stands its test; each sees twice the futures


@dataclass(frozen=True, slots=True)
class Knob:
    """A size that may be chosen: of sources or of stores, all by the same factor.

    Attributes
    ----------
    name : str
        What reports call it.
    sources, stores : tuple of str
        What it scales: either the power of sources or the capacity of stores, their limits of power with it.
    size : float [any unit]
        Sum of their sizes as given, for example of areas [m2], capacities [J] or powers [W].
    weight : float [kg of one unit]
        Mass, or price, of one unit of the size.
    scales : tuple of float [1]
        Factors to try, rising; a knob of stores is solved for instead and needs none.
    """

    name: str
    sources: tuple[str, ...]
    stores: tuple[str, ...]
    size: float
    weight: float
    scales: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if bool(self.sources) == bool(self.stores):
            raise InvalidInput(f"knob {self.name!r} scales either sources or stores")
        if not self.size > 0.0 or not self.weight >= 0.0:
            raise InvalidInput(f"knob {self.name!r} needs a positive size and a weight of at least 0")
        if not self.scales or np.any(np.diff(self.scales) <= 0.0) or self.scales[0] < 0.0:
            raise InvalidInput(f"knob {self.name!r}: factors must rise from at least 0; got {self.scales!r}")


@dataclass(frozen=True, slots=True)
class Design:
    """A choice of sizes.

    Attributes
    ----------
    sizes : tuple of float [any unit]
        One for each knob of sources, in their order, then the store's; each in the unit of its knob.
    weight : float [kg]
        Sum of sizes times weights.
    probability : float [1]
        Share of the futures of the search that it survives.
    """

    sizes: tuple[float, ...]
    weight: float
    probability: float


@dataclass(frozen=True, slots=True)
class SystemSize:
    """The lightest system found, how safe it proved, and what else could be built.

    Attributes
    ----------
    knobs : tuple of str
        Names, in the order of the sizes.
    best : Design
        Lightest of those tried that survive often enough.
    front : tuple of Design
        For each choice of sources that some store makes safe, with the smallest such store; those that another beats in
        every size are left out.
    verified : SurvivalEstimate
        Of the best in futures that the search did not see.
    verdict : str
        ``"confirmed"`` where the whole interval lies above the probability asked, ``"open"`` where it holds it, or
        ``"refuted"``.
    searched : float [1]
        Probability that the search asked for, raised where a first answer failed its test.
    futures : int
        Number of futures of the search.
    """

    knobs: tuple[str, ...]
    best: Design
    front: tuple[Design, ...]
    verified: SurvivalEstimate
    verdict: str
    searched: float
    futures: int


def scaled(grid: PreparedGrid, knob: Knob, scale: float) -> PreparedGrid:
    """A grid with the sources or stores of one knob scaled.

    Parameters
    ----------
    grid : PreparedGrid
        As given.
    knob : Knob
        What is scaled.
    scale : float [1]
        Factor.

    Returns
    -------
    PreparedGrid
        With powers [W] or capacities [J] changed.

    Raises
    ------
    InvalidInput
        The knob names what the grid does not have.

    Source
    ------
    Definition: power in proportion to area or number, limits of power in proportion to capacity.
    """
    known = set(grid.sources) | {store.name for store in grid.stores}
    if missing := (set(knob.sources) | set(knob.stores)) - known:
        raise InvalidInput(f"knob {knob.name!r} scales {', '.join(sorted(missing))}, which the grid does not have")
    generation, capacity, stores = grid.generation.copy(), grid.capacity.copy(), list(grid.stores)
    for i, name in enumerate(grid.sources):
        if name in knob.sources:
            generation[:, i] *= scale
    for i, store in enumerate(grid.stores):
        if store.name in knob.stores:
            capacity[:, i] *= scale
            cells = store.battery
            stores[i] = replace(
                store,
                battery=replace(
                    cells,
                    capacity=cells.capacity * scale,
                    charge_limit=cells.charge_limit * scale,
                    discharge_limit=cells.discharge_limit * scale,
                ),
            )
    return replace(grid, generation=generation, capacity=capacity, stores=tuple(stores))


def size_system(
    grids: Sequence[PreparedGrid],
    knobs: Sequence[Knob],
    store: Knob,
    uncertainty: Uncertainty,
    *,
    probability: float,
    priority: int,
    samples: int = 100,
    seed: int = 1,
) -> SystemSize:
    """Lightest system in which no vital load is ever short, with a stated probability.

    Every combination of the sources' factors gets the smallest store that survives often enough in the futures of the
    search, by bisection: all of them meet the same futures, and a future survived with some sizes is survived with
    larger ones, so it is not simulated again. The lightest is then tried in as many futures again, or as many as it
    takes to confirm the probability, with other random numbers. Where it fails, the search sees twice the futures and
    may lose half the share of them: the best of few futures is too hopeful. Stores begin as charged as they are given:
    over a span short beside what they hold, a system may live on that alone.

    Parameters
    ----------
    grids : sequence of PreparedGrid
        The same grid under each light series: years of a precession cycle, or clones of the terrain.
    knobs : sequence of Knob
        Of sources, with the factors to try.
    store : Knob
        Of stores.
    uncertainty : Uncertainty
        What is drawn.
    probability : float [1]
        Of no shortage of vital loads over the span.
    priority : int
        Loads up to this number are vital.
    samples : int
        Futures of the search.
    seed : int
        Of the random numbers.

    Returns
    -------
    SystemSize
        The best, its test and the front.

    Raises
    ------
    InvalidInput
        Knobs, probability or samples make no sense.
    NumericalFailure
        No choice survives often enough.

    Source
    ------
    Sample average approximation of a chance constraint: J. Luedtke, S. Ahmed, SIAM J. Optim. 19 (2008) 674,
    doi:10.1137/070702928; the test is independent of it.
    """
    if not 0.0 < probability < 1.0 or samples < 1:
        raise InvalidInput(f"a probability must lie in (0, 1) and samples be positive; got {probability!r}, {samples}")
    if not store.stores or any(knob.stores for knob in knobs):
        raise InvalidInput("sizing needs knobs of sources and one knob of stores")
    span = float(grids[0].tdb[0]), float(grids[0].tdb[-1])
    tests = max(samples, int(np.ceil(np.log(0.025) / np.log(probability))))  # so many without a loss confirm it
    asked, seen = probability, _Seen(grids, knobs, store, priority)
    for attempt in range(ATTEMPTS):
        seen.futures = draw_futures(uncertainty, span, len(grids), samples * 2**attempt, seed)
        front = _front(seen, asked)
        if not front:
            raise NumericalFailure(
                f"no choice of {', '.join(knob.name for knob in knobs)} with up to {LARGEST_STORE:g} times"
                f" {store.name} survives with a probability of {asked:.4g}; allow larger factors, add a source, or ask"
                " for less"
            )
        best = min(front, key=lambda design: design.weight)
        found = list(grids)
        for knob, size in zip((*knobs, store), best.sizes, strict=True):
            found = [scaled(grid, knob, size / knob.size) for grid in found]
        fresh = draw_futures(uncertainty, span, len(grids), tests, seed + 7919 * (attempt + 1))
        verified = estimate_survival(found, fresh, priority)
        low, high = verified.interval
        verdict = "confirmed" if low >= probability else ("open" if high >= probability else "refuted")
        if verified.probability >= probability:
            break
        asked = 0.5 * (1.0 + asked)
    names = tuple(knob.name for knob in (*knobs, store))
    return SystemSize(names, best, tuple(_undominated(front)), verified, verdict, asked, len(seen.futures))


class _Seen:
    """What is known of each future: with which sizes it was survived, and with which not."""

    def __init__(self, grids: Sequence[PreparedGrid], knobs: Sequence[Knob], store: Knob, priority: int) -> None:
        self.grids, self.knobs, self.store, self.priority = grids, knobs, store, priority
        self.futures: tuple[Future, ...] = ()  # more may follow; those known stay the first
        self.alive: defaultdict[int, list[tuple[float, ...]]] = defaultdict(list)
        self.dead: defaultdict[int, list[tuple[float, ...]]] = defaultdict(list)

    def survives(self, index: int, scales: tuple[float, ...]) -> bool:
        if any(all(a <= b for a, b in zip(known, scales, strict=True)) for known in self.alive[index]):
            return True
        if any(all(a >= b for a, b in zip(known, scales, strict=True)) for known in self.dead[index]):
            return False
        grid = in_future(self.grids, self.futures[index])
        for knob, scale in zip((*self.knobs, self.store), scales, strict=True):
            grid = scaled(grid, knob, scale)
        lives = not np.isfinite(first_shortage(grid, self.priority))
        (self.alive if lives else self.dead)[index].append(scales)
        return lives

    def often_enough(self, scales: tuple[float, ...], probability: float) -> bool:
        may_lose = int(np.floor((1.0 - probability) * len(self.futures) + 1e-9))
        lost = 0
        for index in range(len(self.futures)):
            lost += not self.survives(index, scales)
            if lost > may_lose:
                return False
        return True


def _front(seen: _Seen, probability: float) -> list[Design]:
    """Smallest store for each combination of sources; combinations that no store saves are left out."""
    found = []
    smallest: list[tuple[tuple[float, ...], float]] = []
    for sources in product(*(knob.scales for knob in seen.knobs)):
        # a combination with no source smaller needs no larger store
        known = [store for other, store in smallest if all(a <= b for a, b in zip(other, sources, strict=True))]
        high = min(known, default=1.0)
        while not seen.often_enough((*sources, high), probability) and high < LARGEST_STORE:
            high *= 4.0
        if high >= LARGEST_STORE and not seen.often_enough((*sources, high), probability):
            continue
        low = 0.0
        if not seen.often_enough((*sources, 0.0), probability):
            while high - low > SIZE_TOLERANCE * high:
                middle = 0.5 * (low + high)
                if seen.often_enough((*sources, middle), probability):
                    high = middle
                else:
                    low = middle
        else:
            high = 0.0
        smallest.append((sources, high))
        scales = (*sources, high)
        sizes = tuple(scale * knob.size for scale, knob in zip(scales, (*seen.knobs, seen.store), strict=True))
        weight = sum(size * knob.weight for size, knob in zip(sizes, (*seen.knobs, seen.store), strict=True))
        alive = sum(seen.survives(index, scales) for index in range(len(seen.futures)))
        found.append(Design(sizes, weight, alive / len(seen.futures)))
    return found


def _undominated(designs: Sequence[Design]) -> list[Design]:
    """Designs that no other beats in all sizes."""
    return [
        one
        for one in designs
        if not any(
            other.sizes != one.sizes and all(a <= b for a, b in zip(other.sizes, one.sizes, strict=True))
            for other in designs
        )
    ]
