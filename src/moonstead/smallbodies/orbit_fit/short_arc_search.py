"""From a tracklet to the orbits of an arc of hours to weeks: ranging, wider arcs, one orbit once it is well held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.smallbodies.orbit_fit.attributable import attributable
from moonstead.smallbodies.orbit_fit.gauss import gauss_guesses
from moonstead.smallbodies.orbit_fit.ranging import (
    AGREEING,
    CLIP,
    Cells,
    first_cells,
    may_be_bound,
    refined,
    refitted,
)
from moonstead.smallbodies.orbit_fit.ranging_fit import FittedOrbits, Observer
from moonstead.smallbodies.orbit_fit.ranging_rows import RangingRows
from moonstead.smallbodies.orbit_fit.short_arc import short_arc_forces

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]
Whole = NDArray[np.int64]

REACH = 45.0 * SECONDS_PER_DAY  # [s] longest arc that point masses without relativity and a step rule can carry
WIDER = 1.0  # [1] of the arc, by which it is widened on both sides
SHORTEST = 1800.0  # [s] by which it is widened at least
WELL_HELD = 0.03  # [1] standard error of ln range below which an ellipsoid may stand for what is known
COARSE = 3.0  # [1] standard errors of a cell while the arc still grows
CANDIDATES = 6  # of a grid whose range and range rate are corrected too
OFF = 5.0  # [1] standard errors at which a row is left out
FAR_OFF = 20.0  # [1] the same before the grid is refined
HOPELESS = 100.0  # [1] standard errors within which most rows lie of an orbit that refinement can still mend
ENOUGH = 0.5  # [1] share of rows that an arc needs, else its beginning was wrong
GAUSS_ARC = SECONDS_PER_DAY  # [s] from which three directions bend enough for Gauss' method
POOR = 3.0  # [1] sum of squares for each number of a fit that a better kind of orbit may mend
ROUNDS = 4  # of choosing rows and fitting


@dataclass(frozen=True, eq=False)
class ShortArc:
    """What an arc of observations says, and which of its rows agree.

    Attributes
    ----------
    observer : Observer
        Whose sight defines range and direction.
    rows : RangingRows
        All M rows of the object [s, rad].
    tried, used : (M,) bool
        Rows of the arc, and those of them that agree.
    best : FittedOrbits
        The best orbit, alone.
    well_held : bool
        Whether range and range rate are so well known that one orbit with a covariance says it all.
    cells : Cells
        Where else orbits may lie.
    unbound : bool
        Whether no orbit bound to the Sun agrees.
    """

    observer: Observer
    rows: RangingRows
    tried: Chosen
    used: Chosen
    best: FittedOrbits
    well_held: bool
    cells: Cells
    unbound: bool


def search_short_arc(rows: RangingRows, start: Whole, data: DataContext, say: Callable[[str], None]) -> ShortArc | None:
    """Grow an arc from a tracklet as far as rows reach, or to 45 days.

    Parameters
    ----------
    rows : RangingRows
        All rows of the object, in the order of time.
    start : (K,) int
        Positions of a tracklet [1].
    data : DataContext
        Where bodies are taken from.
    say : callable
        Told what is being done.

    Returns
    -------
    ShortArc or None
        None where no orbit agrees with most rows of the tracklet and of what lies around it [m, m/s].

    Source
    ------
    Farnocchia, Chesley & Micheli (2015), Icarus 258, 18, doi:10.1016/j.icarus.2015.05.032.
    """
    middle = int(start[start.size // 2])
    epoch = float(rows.tdb[middle])
    reach = np.clip(rows.tdb[[0, -1]], epoch - REACH, epoch + REACH)
    observer = Observer(epoch, rows.observer[middle], short_arc_forces(data, *reach))
    direction, rate = attributable(rows.chosen(start), start.size // 2)
    local = np.stack([rows.axes[:, 1] @ rate, rows.axes[:, 2] @ rate], axis=1)
    tried = np.zeros(rows.count, dtype=np.bool_)
    tried[start] = True
    arc = _Growing(observer, rows.moving(local), tried, tried.copy(), direction, rate)
    while True:
        say(f"ranging: {int(arc.used.sum())} rows over {arc.rows.chosen(arc.used).span / 3600.0:.2f} h")
        if not arc.settle():
            return None
        if arc.well_held():
            break
        if not arc.widen():
            break
    if arc.well_held():
        arc.follow(say)
    return arc.answer()


@dataclass(eq=False)
class _Growing:
    """An arc while it grows."""

    observer: Observer
    rows: RangingRows
    tried: Chosen
    used: Chosen
    direction: Array
    rate: Array
    cells: Cells | None = None
    best: FittedOrbits | None = None
    unbound: bool = False

    def settle(self) -> bool:
        """Fit and choose rows until they stay; False where most rows of the arc disagree with every orbit."""
        for _ in range(ROUNDS):
            arc = self.rows.chosen(self.used)
            cells = self._nearest(arc)
            if self.best is None or self._agree(HOPELESS).sum() < ENOUGH * self.tried.sum():
                return False
            self._set_motion()
            used = self._agree(FAR_OFF)
            if used.sum() < max(ENOUGH * self.tried.sum(), 2.0):
                return False
            if np.array_equal(used, self.used):
                break
            self.used = used
        arc = self.rows.chosen(self.used)
        limit = float(self.best.chi_square[0]) if self.best else np.inf
        self.cells = refined(self.observer, arc, cells, finest=COARSE, best=limit, unbound=self.unbound)
        again = self._candidates(arc, self.cells)
        if again is not None and again.chi_square[0] < limit:
            self.best = again
            self._set_motion()
        self.used = self._agree(OFF)
        return bool(self.used.sum() >= max(ENOUGH * self.tried.sum(), 2.0))

    def _nearest(self, arc: RangingRows) -> Cells:
        """Take the best orbit of the cells so far, or of the first grid; of a grid of unbound orbits if it is poor."""
        if self.cells is None:
            cells = first_cells(self.observer, arc, self.direction, self.rate, unbound=self.unbound)
        else:
            cells = refitted(self.observer, arc, self.cells)
        self.best = self._candidates(arc, cells)
        poor = self.best is None or self.best.chi_square[0] > POOR * 2.0 * arc.count + AGREEING
        if not poor or self.unbound:
            return cells
        self.unbound = True
        others = first_cells(self.observer, arc, self.direction, self.rate, unbound=True)
        other = self._candidates(arc, others)
        if other is not None and (self.best is None or other.chi_square[0] < self.best.chi_square[0] - AGREEING):
            self.best = other
            return others
        self.unbound = False
        return cells

    def _candidates(self, arc: RangingRows, cells: Cells) -> FittedOrbits | None:
        """The best orbit with range and range rate corrected too; the best centre where that leads out of bounds."""
        order = np.argsort(cells.fitted.chi_square)
        order = order[np.isfinite(cells.fitted.chi_square[order])][:CANDIDATES]
        first = cells.fitted.chosen(order)
        guesses = first.orbits
        if arc.span > GAUSS_ARC:
            guesses = np.concatenate([guesses, gauss_guesses(self.observer, arc)])
        if guesses.shape[0] == 0:
            return None
        fitted = self.observer.fit(guesses, arc, free=6, clip=CLIP, most=40)
        inside = may_be_bound(self.observer, fitted.orbits, np.zeros((guesses.shape[0], 2)), unbound=self.unbound)
        fitted = fitted.chosen(inside & np.isfinite(fitted.chi_square))
        both = [each for each in (fitted, first) if each.chi_square.size]
        if not both:
            return None
        lowest = min(both, key=lambda each: float(each.chi_square.min()))
        return lowest.chosen(np.array([int(np.argmin(lowest.chi_square))]))

    def _set_motion(self) -> None:
        """Take the apparent motion at the rows of the arc from the best orbit."""
        if self.best is None:
            return
        motion = self.observer.motion(self.best.orbits[0], self.rows.chosen(self.tried))
        if np.all(np.isfinite(motion)):
            every = self.rows.motion.copy()
            every[self.tried] = motion
            self.rows = self.rows.moving(every)

    def _agree(self, limit: float) -> Chosen:
        """Whether rows (M,) of the arc lie within some standard errors of the best orbit; False outside of the arc."""
        answer = np.zeros(self.rows.count, dtype=np.bool_)
        if self.best is None:
            return answer
        arc = self.rows.chosen(self.tried)
        residual = self.observer.residuals(self.best.orbits[0], arc)[0]
        whitening = arc.whitening()
        first = whitening[:, 0] * residual[:, 0]
        second = whitening[:, 1] * residual[:, 0] + whitening[:, 2] * residual[:, 1]
        answer[self.tried] = np.hypot(first, second) < limit
        return answer

    def well_held(self) -> bool:
        """Whether the best orbit has a small error of range, and no other orbit is left."""
        if self.best is None or self.cells is None or not self.best.settled[0]:
            return False
        error = _range_error(self.best.normal[0])
        if not error < WELL_HELD:
            return False
        others = self.cells.fitted
        rival = others.chi_square < self.best.chi_square[0] + AGREEING
        away = np.abs(others.orbits[:, 6] - self.best.orbits[0, 6]) - self.cells.half[:, 0]
        return not bool(np.any(rival & (away > 0.5)))

    def widen(self) -> bool:
        """Take in the rows around the arc; False where there are none in reach."""
        wider = self._wider()
        if wider is None:
            return False
        self.tried = wider
        self.used = wider.copy()
        self._set_motion()
        return True

    def _wider(self) -> Chosen | None:
        times = self.rows.tdb
        first, last = times[self.tried][0], times[self.tried][-1]
        near = np.abs(times - self.observer.tdb) <= REACH
        grow = max(WIDER * (last - first), SHORTEST)
        missing = near & ~self.tried
        if not missing.any():
            return None
        gap = np.maximum(first - times[missing], times[missing] - last)
        grow = max(grow, 1.2 * float(np.min(gap)))
        return near & (times >= first - grow) & (times <= last + grow) | self.tried

    def follow(self, say: Callable[[str], None]) -> None:
        """Widen the arc with one orbit, range and range rate free, until no row in reach is left."""
        assert self.best is not None
        while (wider := self._wider()) is not None:
            before = (self.best, self.used, self.rows)
            fresh = wider & ~self.tried
            self.tried = wider
            self._set_motion()
            self.used = self.used | fresh
            for _ in range(ROUNDS):
                fitted = self.observer.fit(self.best.orbits, self.rows.chosen(self.used), free=6, clip=CLIP, most=40)
                if not np.isfinite(fitted.chi_square[0]):
                    self.used = np.zeros_like(self.used)
                    break
                self.best = fitted
                self._set_motion()
                used = self._agree(OFF)
                if np.array_equal(used, self.used):
                    break
                self.used = used
            old = before[1]
            if (self.used & old).sum() < 0.8 * old.sum():  # rows of something else pull the orbit away
                self.best, self.used, self.rows = before
            days = self.rows.chosen(self.tried).span / SECONDS_PER_DAY
            say(f"arc: {int(self.used.sum())} of {int(self.tried.sum())} rows over {days:.2f} d")

    def answer(self) -> ShortArc:
        assert self.best is not None and self.cells is not None
        return ShortArc(
            self.observer, self.rows, self.tried, self.used, self.best, self.well_held(), self.cells, self.unbound
        )


def _range_error(normal: Array) -> float:
    """Standard error of ln range [1] from a normal matrix (6, 6); infinity where it is singular."""
    scale = np.sqrt(np.maximum(np.diag(normal), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(normal / np.outer(scale, scale))
    if not np.all(values > 1e-14):
        return float("inf")
    return float(np.sqrt(np.sum(vectors[4] ** 2 / values)) / scale[4])
