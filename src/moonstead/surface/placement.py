"""Where to stand: the best cells of a map for one mast or several that keep their distance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure

__all__ = ["Placement", "best_cells", "best_together"]

Array = NDArray[np.float64]
Objective = Literal["lit-any", "longest-common-night"]

MOST_STEPS = 2_000_000  # of the exact search
STARTS = 24  # of the search by exchange


@dataclass(frozen=True, eq=False)
class Placement:
    """Chosen cells.

    Attributes
    ----------
    cells : tuple of int
        Indices into the cells that were given, flat; the best first.
    objective : float [1 or s]
        What they reach together: the sum of their values, the share of the time with light at one at least, or the
        longest night that all share.
    """

    cells: tuple[int, ...]
    objective: float


def best_cells(value: ArrayLike, x: ArrayLike, y: ArrayLike, count: int = 1, distance: float = 0.0) -> Placement:
    """Cells with the largest sum of values, no two nearer than a distance; exact.

    Branch and bound: cells in falling order of value; a branch ends where even the best cells that are left, whatever
    their distances, cannot beat the best choice so far. Among equal sums the one found first counts.

    Parameters
    ----------
    value : (n,) or (n, m) [1]
        What a cell is worth: mean light, share of sight of the Earth, or any mix of them; NaN where nothing may stand.
    x, y : (n,) or (n, m) [m]
        Where the cells lie on a map.
    count : int
        How many to choose.
    distance : float [m]
        Least distance on the map between any two.

    Returns
    -------
    Placement

    Raises
    ------
    InvalidInput
        Shapes differ, the count is below 1, or no such choice exists.
    NumericalFailure
        The search does not end in two million steps: ask for fewer cells or a shorter distance.

    Source
    ------
    Land & Doig (1960), Econometrica 28, 497, doi:10.2307/1910129.
    """
    worth, east, north = _cells(value, x, y, count, distance)
    usable = np.flatnonzero(np.isfinite(worth))
    order = usable[np.argsort(-worth[usable], kind="stable")]
    ranked, px, py = worth[order], east[order], north[order]
    if order.size < count:
        raise InvalidInput(f"{count} cells were asked for, and only {order.size} may be chosen")
    sums = np.concatenate(([0.0], np.cumsum(ranked)))
    best: tuple[float, tuple[int, ...]] = (-np.inf, ())
    steps = 0
    stack: list[tuple[int, float, tuple[int, ...]]] = [(0, 0.0, ())]
    while stack:
        first, total, chosen = stack.pop()
        missing = count - len(chosen)
        for k in range(first, order.size - missing + 1):
            if total + (sums[k + missing] - sums[k]) <= best[0]:
                break
            steps += 1
            if steps > MOST_STEPS:
                raise NumericalFailure(
                    f"the best {count} of {order.size} cells at {distance:g} m were not proven in {MOST_STEPS} steps; "
                    "ask for fewer cells or a shorter distance"
                )
            held = list(chosen)
            if held and np.min(np.hypot(px[held] - px[k], py[held] - py[k])) < distance:
                continue
            if missing == 1:
                best = (total + float(ranked[k]), (*chosen, k))
                break
            # come back to this level at the next cell after the branch below it
            stack.append((k + 1, total, chosen))
            stack.append((k + 1, total + float(ranked[k]), (*chosen, k)))
            break
    if not best[1]:
        raise InvalidInput(f"no {count} cells of the map lie {distance:g} m or more apart")
    return Placement(tuple(int(order[k]) for k in best[1]), best[0])


def best_together(
    lit: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    count: int,
    distance: float = 0.0,
    objective: Objective = "lit-any",
    step: float = 1.0,
) -> Placement:
    """Cells that complement one another: light at one of them at least, or the shortest common night.

    For one or two cells every choice is tried. For more, the best cell is added until there are enough, and then each
    is exchanged for any other while that helps, from many first cells: on small maps it finds what trying all does.

    Parameters
    ----------
    lit : (K, N) of bool [1]
        Whether each of K cells has light at N times of equal steps; see `pixel_light`.
    x, y : (K,) [m]
        Where the cells lie on a map.
    count : int
        How many to choose.
    distance : float [m]
        Least distance on the map between any two.
    objective : "lit-any" or "longest-common-night"
        Share of the time with light at one at least, to be large; or the longest time with light at none, to be short
        (of equal nights the larger share decides).
    step : float [s]
        Between two times, for the length of nights.

    Returns
    -------
    Placement
        Its objective is a share [1] or a length [s].

    Raises
    ------
    InvalidInput
        Shapes differ, the count is below 1, the objective is unknown, or no such choice exists.

    Source
    ------
    Exchange: Teitz & Bart (1968), Operations Research 16, 955, doi:10.1287/opre.16.5.955.
    """
    shines = np.asarray(lit, dtype=np.bool_)
    if shines.ndim != 2 or shines.shape[1] < 1:
        raise InvalidInput(f"lit holds cells by times; got the shape {shines.shape}")
    if objective not in ("lit-any", "longest-common-night"):
        raise InvalidInput(f"the objective is lit-any or longest-common-night; got {objective!r}")
    _, east, north = _cells(np.zeros(len(shines)), x, y, count, distance)
    score = _score(shines, objective)
    apart = np.hypot(east[:, None] - east, north[:, None] - north) >= distance
    single = score(np.zeros(shines.shape[1], dtype=np.bool_), np.arange(len(shines)))
    every = count <= 2
    firsts = np.argsort(-single, kind="stable")[: None if every else STARTS]
    best: tuple[float, tuple[int, ...]] = (-np.inf, ())
    for first in firsts:
        chosen = [int(first)]
        while len(chosen) < count and (found := _best_addition(shines, apart, chosen, score)) is not None:
            chosen.append(found[0])
        if len(chosen) < count:
            continue
        value = float(score(np.any(shines[chosen[:-1]], axis=0), np.array(chosen[-1:]))[0])
        improved = not every
        while improved:
            improved = False
            for slot in range(count):
                others = chosen[:slot] + chosen[slot + 1 :]
                found = _best_addition(shines, apart, others, score)
                if found is not None and found[1] > value + 1e-12:
                    chosen, value, improved = [*others, found[0]], found[1], True
        if value > best[0]:
            best = value, tuple(chosen)
    if not best[1]:
        raise InvalidInput(f"no {count} cells of the map lie {distance:g} m or more apart")
    together = np.any(shines[list(best[1])], axis=0)
    reached = float(np.mean(together)) if objective == "lit-any" else float(_longest_dark(together[None])[0]) * step
    return Placement(best[1], reached)


def _best_addition(
    shines: NDArray[np.bool_],
    apart: NDArray[np.bool_],
    chosen: Sequence[int],
    score: Callable[[NDArray[np.bool_], NDArray[np.intp]], Array],
) -> tuple[int, float] | None:
    """Cell that adds most to chosen ones, with what all reach then; None where none is far enough from them."""
    free = np.flatnonzero(np.all(apart[list(chosen)], axis=0))
    free = free[~np.isin(free, chosen)]
    if not free.size:
        return None
    reached = score(np.any(shines[list(chosen)], axis=0), free)
    best = int(np.argmax(reached))
    return int(free[best]), float(reached[best])


def _score(shines: NDArray[np.bool_], objective: str) -> Callable[[NDArray[np.bool_], NDArray[np.intp]], Array]:
    """Worth of light that is there already together with each of some cells, larger is better."""
    packed = np.packbits(shines, axis=1)
    length = shines.shape[1]

    def share(already: NDArray[np.bool_], cells: NDArray[np.intp]) -> Array:
        both = packed[cells] | np.packbits(already)
        return np.asarray(np.sum(np.bitwise_count(both), axis=1, dtype=np.int64) / length, dtype=np.float64)

    def night(already: NDArray[np.bool_], cells: NDArray[np.intp]) -> Array:
        dark = np.concatenate(
            [_longest_dark(shines[part] | already) for part in np.array_split(cells, 1 + cells.size // 64)]
        )
        return share(already, cells) - dark

    return share if objective == "lit-any" else night


def _longest_dark(lit: NDArray[np.bool_]) -> Array:
    """Longest run of false samples in each row (K, N)."""
    count = lit.shape[1]
    last = np.maximum.accumulate(np.where(lit, np.arange(1, count + 1), 0), axis=1)
    return np.asarray(np.max(np.arange(1, count + 1) - last, axis=1, initial=0), dtype=np.float64)


def _cells(value: ArrayLike, x: ArrayLike, y: ArrayLike, count: int, distance: float) -> tuple[Array, Array, Array]:
    """Values and places of cells, flat, after the checks that every search needs."""
    worth, east, north = (np.asarray(a, dtype=np.float64) for a in (value, x, y))
    if not worth.shape == east.shape == north.shape:
        raise InvalidInput(f"values {worth.shape} and places {east.shape}, {north.shape} of cells do not fit together")
    if count < 1 or not distance >= 0.0:
        raise InvalidInput(f"one cell or more and a distance of 0 m or more are needed; got {count}, {distance!r} m")
    return worth.ravel(), east.ravel(), north.ravel()
