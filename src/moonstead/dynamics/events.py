"""When something holds: windows of a condition, found with a proof that none was overlooked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput, NumericalFailure

Array = NDArray[np.float64]

FIRST_PIECES = 64  # pieces of the span to begin with; only saves the first, almost empty, halvings
MOST_UNDECIDED = 2_000_000  # intervals held at once; a century of a low lunar orbit has a tenth of them at crossings
CHUNK = 65_536  # times handed to a condition at once, so that memory stays below some tens of megabytes
BOUND_EVERY = 3  # halvings between two looks for a sharper bound once sharpening has stopped to pay
SHARPER = 0.7  # [1] a new bound below this share of the old one pays
EDGE_TOLERANCE = 1e-6  # [s] to which edges are refined: ten steps of float64 seconds around 2035


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that holds where a continuous function of time is positive.

    Attributes
    ----------
    value : callable, (N,) [s TDB past J2000] -> (N,) [any unit]
        The function; the condition holds where it is greater than zero.
    rate_bound : callable, (K,), (K,) [s TDB past J2000] -> (K,) [that unit per s]
        Upper bound of the change per second within each [start, stop], never less than the true one.
        ``inf`` where nothing can be said: the interval is then halved.
    name : str
        What messages and reports call it.
    """

    value: Callable[[Array], Array]
    rate_bound: Callable[[Array, Array], Array]
    name: str

    def __and__(self, other: Condition) -> Condition:
        return Condition(
            lambda tdb: np.minimum(self.value(tdb), other.value(tdb)),
            lambda start, stop: np.maximum(self.rate_bound(start, stop), other.rate_bound(start, stop)),
            f"({self.name} and {other.name})",
        )

    def __or__(self, other: Condition) -> Condition:
        return Condition(
            lambda tdb: np.maximum(self.value(tdb), other.value(tdb)),
            lambda start, stop: np.maximum(self.rate_bound(start, stop), other.rate_bound(start, stop)),
            f"({self.name} or {other.name})",
        )

    def __invert__(self) -> Condition:
        return Condition(lambda tdb: -self.value(tdb), self.rate_bound, f"not {self.name}")


def find_windows(condition: Condition, start: float, stop: float, *, resolution: float = 1e-3) -> Windows:
    """Windows in which a condition holds, complete down to a stated resolution.

    An interval [a, b] is settled once ``|f(a)| + |f(b)| > L (b - a)`` with equal signs, where L bounds the rate of
    f within it: no zero fits in between. Every other interval is halved until it is shorter than `resolution`; where
    the signs at the ends of such a last interval differ, the edge is refined to 1 us. So every window and every gap
    longer than `resolution` is found; a shorter one may be missed, and nothing else may.

    Parameters
    ----------
    condition : Condition
        What has to hold.
    start, stop : float [s TDB past J2000]
        Span to search.
    resolution : float [s]
        Length below which a window or a gap may be missed.

    Returns
    -------
    Windows
        Where the condition holds, over the span [start, stop].

    Raises
    ------
    InvalidInput
        The span is empty or reversed, or the resolution is not positive.
    NumericalFailure
        The condition is not a number at some time, or stays so close to zero for so long that it cannot be decided
        at this resolution.

    Source
    ------
    Exclusion with a Lipschitz constant: Piyavskii (1972), USSR Comput. Math. Math. Phys. 12(4), 57,
    doi:10.1016/0041-5553(72)90115-2. Edges: Chandrupatla (1997), Adv. Eng. Softw. 28, 145,
    doi:10.1016/S0965-9978(96)00051-8.
    """
    start, stop = float(start), float(stop)
    if not start < stop:
        raise InvalidInput(f"the span to search must run forward; got {start!r} to {stop!r} [s TDB past J2000]")
    if not resolution > 0.0:
        raise InvalidInput(f"resolution must be positive [s]; got {resolution!r}")

    ends = np.linspace(start, stop, FIRST_PIECES + 1)
    values = _evaluate(condition, ends)
    holds_first = values[0] > 0.0
    a, b, fa, fb = ends[:-1], ends[1:], values[:-1], values[1:]
    bound = np.full(a.size, np.inf)
    paid = np.ones(a.size, dtype=np.bool_)  # whether the last look for a sharper bound was worth it
    edges: list[tuple[Array, Array, Array, Array]] = []
    depth = 0
    while a.size:
        looked = paid if depth % BOUND_EVERY else np.ones(a.size, dtype=np.bool_)
        fresh = _in_chunks(condition.rate_bound, a[looked], b[looked])
        paid = np.zeros(a.size, dtype=np.bool_)
        paid[looked] = (fresh < SHARPER * bound[looked]) | np.isinf(fresh)
        bound[looked] = np.fmin(fresh, bound[looked])

        differ = (fa > 0.0) != (fb > 0.0)
        settled = ~differ & (np.abs(fa) + np.abs(fb) > bound * (b - a))
        middle = 0.5 * (a + b)
        last = ~settled & ((b - a <= resolution) | (middle <= a) | (middle >= b))
        edge = last & differ
        if np.any(edge):
            edges.append((a[edge], b[edge], fa[edge], fb[edge]))
        split = ~settled & ~last
        if 2 * np.count_nonzero(split) > MOST_UNDECIDED:
            first, final, longest = float(a[split][0]), float(b[split][-1]), float(np.max(b[split] - a[split]))
            raise NumericalFailure(
                f"'{condition.name}' cannot be decided in more than {MOST_UNDECIDED} intervals of {longest:.3g} s "
                f"between TDB {first!r} and {final!r} [s past J2000]: it stays too near zero. Ask for a resolution "
                f"coarser than {resolution:g} s, search a shorter span, or give the condition a sharper rate bound"
            )
        a, b, middle, fa, fb = a[split], b[split], middle[split], fa[split], fb[split]
        fm = _evaluate(condition, middle)
        a, b = _interleave(a, middle), _interleave(middle, b)
        fa, fb = _interleave(fa, fm), _interleave(fm, fb)
        bound, paid = np.repeat(bound[split], 2), np.repeat(paid[split], 2)
        depth += 1

    crossings = np.sort(np.concatenate([_refine(condition, *found) for found in edges])) if edges else np.empty(0)
    changes = np.concatenate(([start], crossings)) if holds_first else crossings
    if changes.size % 2:
        changes = np.concatenate((changes, [stop]))
    return Windows.of(changes[0::2], changes[1::2], (start, stop))


def _evaluate(condition: Condition, tdb: Array) -> Array:
    values = _in_chunks(condition.value, tdb)
    bad = np.isnan(values)
    if np.any(bad):
        raise NumericalFailure(f"'{condition.name}' is not a number at TDB {float(tdb[bad][0])!r} [s past J2000]")
    return values


def _in_chunks(function: Callable[..., Array], *arrays: Array) -> Array:
    result = np.empty(arrays[0].size)
    for first in range(0, result.size, CHUNK):
        part = slice(first, first + CHUNK)
        result[part] = function(*(array[part] for array in arrays))
    return result


def _interleave(first: Array, second: Array) -> Array:
    both = np.empty(first.size + second.size)
    both[0::2], both[1::2] = first, second
    return both


def _refine(condition: Condition, a: Array, b: Array, fa: Array, fb: Array) -> Array:
    """Times (M,) at which the condition changes within brackets [a, b] (M,), all refined side by side.

    Chandrupatla's method: inverse quadratic interpolation where it is safe, bisection elsewhere.
    """
    # x1 is the newest point, x2 the other end of the bracket, x3 the point dropped last
    x1, f1, x2, f2 = b.copy(), fb.copy(), a.copy(), fa.copy()
    x3, f3 = x2.copy(), f2.copy()
    share = np.full(a.size, 0.5)
    open_ = np.abs(x2 - x1) > EDGE_TOLERANCE
    while np.any(open_):
        i = np.flatnonzero(open_)
        x = x1[i] + share[i] * (x2[i] - x1[i])
        f = _evaluate(condition, x)
        same = (f > 0.0) == (f1[i] > 0.0)
        x3[i] = np.where(same, x1[i], x2[i])
        f3[i] = np.where(same, f1[i], f2[i])
        x2[i] = np.where(same, x2[i], x1[i])
        f2[i] = np.where(same, f2[i], f1[i])
        x1[i], f1[i] = x, f
        width = np.abs(x2[i] - x1[i])
        floor = np.maximum(EDGE_TOLERANCE, 4.0 * np.spacing(np.maximum(np.abs(x1[i]), np.abs(x2[i]))))
        open_[i] = (width > floor) & (f != 0.0)
        share[i] = _next_share(x1[i], f1[i], x2[i], f2[i], x3[i], f3[i], 0.5 * floor / np.maximum(width, floor))
    # a zero itself does not hold, so the newest point is the edge where it is one
    with np.errstate(invalid="ignore", divide="ignore"):
        root = x1 - f1 * (x2 - x1) / (f2 - f1)
    return np.where(np.isfinite(root), np.clip(root, np.minimum(x1, x2), np.maximum(x1, x2)), x1)


def _next_share(x1: Array, f1: Array, x2: Array, f2: Array, x3: Array, f3: Array, least: Array) -> Array:
    """Where in the bracket to look next, as a share of the way from x1 to x2."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        xi = (x1 - x2) / (x3 - x2)
        phi = (f1 - f2) / (f3 - f2)
        safe = (phi * phi < xi) & ((1.0 - phi) ** 2 < 1.0 - xi)
        share = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
    share = np.where(safe & np.isfinite(share), share, 0.5)
    return np.clip(share, least, 1.0 - least)
