"""How a horizon map is made: over ground and targets, direction by direction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.gnomonic_grid import GnomonicGrid
from moonstead.surface.horizon_map_heading import Extent, Heading, Turned, flattened
from moonstead.surface.horizon_map_kernels import elevation_kernel
from moonstead.surface.horizon_map_steps import NEAR, near_steps
from moonstead.surface.hull_sweep_kernels import LANES, hull_ring_kernel, hull_sweep_kernel
from moonstead.surface.near_field_kernels import near_field_kernel

__all__ = ["Scene", "Sweep"]

Array = NDArray[np.float64]
Single = NDArray[np.float32]

LINES_PER_PIXEL = 2
KINK = 0.02  # [pixels] crests between samples that are lower than this over NEAR pixels are below 0.03 degrees
SAME_PLACE = 1e-6  # [pixels] rounding of map coordinates
UNSEEN = np.float32(-1e6)  # [1] slope of a line of sight that meets nothing


class Sweep:
    """Ground and targets of one horizon map, ready to be looked over in any direction.

    Parameters
    ----------
    levels : sequence of GnomonicGrid
        As in `horizon_map`.
    target : pair of slices
        Rows and columns of the first level.
    mast : float [m]
        Height of the eyes above the ground.

    Raises
    ------
    InvalidInput
        The levels do not fit together.
    """

    def __init__(self, levels: Sequence[GnomonicGrid], target: tuple[slice, slice], mast: float) -> None:
        self.levels = tuple(levels)
        self.target = target
        for finer, coarser in zip(self.levels, self.levels[1:], strict=False):
            self._check(finer, coarser)
        first = self.levels[0]
        self.radius = first.projection.radius
        self.x, self.y = first.x[target[1]], first.y[target[0]]
        self.reach = self._room(self.levels[-1])
        ground = first.heights[target].astype(np.float64) + mast
        eye = flattened(ground, self.x, self.y, self.radius)
        self.zero = float(np.mean(eye))
        square = self.radius**2 + self.x[None, :] ** 2 + self.y[:, None] ** 2
        self.stretch = (square / (self.radius - eye)).astype(np.float32)
        self.eye = (eye - self.zero).astype(np.float32)
        self.ground = tuple(self._flat(level) for level in self.levels)

    def run(
        self,
        azimuth: Array,
        wanted: NDArray[np.intp],
        out: NDArray[np.int16],
        workers: int,
        progress: Callable[[int, int], None] | None,
        finished: Callable[[int], None] | None = None,
    ) -> None:
        """Look over the ground in all directions that are wanted.

        Parameters
        ----------
        azimuth : (A,) [rad]
            Directions on the map.
        wanted : (K,) int
            Which of them.
        out : (A, n, m) int16 [0.01 deg]
            Skylines, to be filled.
        workers : int
            Threads.
        progress, finished : callable, optional
            Called after each direction: with the number done and wanted, and with its index.
        """
        done = azimuth.size - wanted.size
        headings = {int(k): Heading.of(float(azimuth[k])) for k in wanted}
        for _, group in groupby(headings, lambda k: (headings[k].by_rows, headings[k].backwards)):
            members = list(group)
            scene = Scene(self, headings[members[0]])
            for k in self._swept(scene, headings, members, out, workers):
                done += 1
                if finished is not None:
                    finished(k)
                if progress is not None:
                    progress(done, azimuth.size)

    @staticmethod
    def _swept(
        scene: Scene, headings: dict[int, Heading], members: list[int], out: NDArray[np.int16], workers: int
    ) -> Iterator[int]:
        """Directions as they are done."""
        if workers == 1:
            for k in members:
                scene.look(headings[k], out[k])
                yield k
            return
        with ThreadPoolExecutor(workers) as pool:
            looks = [(k, pool.submit(scene.look, headings[k], out[k])) for k in members]
            try:
                for k, look in looks:
                    look.result()
                    yield k
            finally:
                for _, look in looks:
                    look.cancel()

    def _check(self, finer: GnomonicGrid, coarser: GnomonicGrid) -> None:
        if coarser.projection != finer.projection or coarser.frame != finer.frame:
            raise InvalidInput(
                f"levels of a horizon map share one projection and frame; {finer.name} at {finer.spacing:g} m and "
                f"{coarser.name} at {coarser.spacing:g} m do not"
            )
        beyond = min(
            finer.x[0] - coarser.x[0],
            coarser.x[-1] - finer.x[-1],
            coarser.y[0] - finer.y[0],
            finer.y[-1] - coarser.y[-1],
        )
        if beyond <= 0.0:
            raise InvalidInput(
                f"each level of a horizon map must reach beyond the one before; the one at {coarser.spacing:g} m ends "
                f"{-beyond:g} m inside the one at {finer.spacing:g} m"
            )
        if coarser.spacing < finer.spacing:
            raise InvalidInput(
                f"levels of a horizon map go from fine to coarse; {coarser.spacing:g} m follows {finer.spacing:g} m"
            )
        room, needed = self._room(finer), NEAR * coarser.spacing
        if room < needed - SAME_PLACE * coarser.spacing:
            raise InvalidInput(
                f"between the targets and the edge of the level at {finer.spacing:g} m lie {room:.0f} m; the next "
                f"level, at {coarser.spacing:g} m, needs {needed:.0f} m: ask for a smaller window, extend the finer "
                "level, or put a level between them"
            )

    def _room(self, level: GnomonicGrid) -> float:
        """Distance [m] on the map from the targets to the nearest edge of a level."""
        first = self.levels[0]
        x, y = first.x[self.target[1]], first.y[self.target[0]]
        return float(min(x[0] - level.x[0], level.x[-1] - x[-1], level.y[0] - y[0], y[-1] - level.y[-1]))

    def _flat(self, level: GnomonicGrid) -> Single:
        flat = np.empty(level.heights.shape, dtype=np.float32)
        for row in range(level.y.size):
            up = level.y[row : row + 1]
            flat[row] = flattened(level.heights[row : row + 1].astype(np.float64), level.x, up, self.radius) - self.zero
        return flat


class Scene:
    """A sweep's ground and eyes, turned for all directions that share a main axis.

    Parameters
    ----------
    sweep : Sweep
        Ground and targets.
    heading : Heading
        Any of the directions.
    """

    def __init__(self, sweep: Sweep, heading: Heading) -> None:
        self.sweep = sweep
        eye = heading.turned(sweep.eye)
        self.shape = eye.shape
        self.pitch = eye.shape[1] + 2 * LANES
        spaced = np.zeros((eye.shape[0], self.pitch), dtype=np.float32)
        spaced[:, LANES : LANES + eye.shape[1]] = eye
        self.eye = spaced.ravel()
        self.grounds = [Turned.of(heading.turned(flat), NEAR) for flat in sweep.ground]

    def look(self, heading: Heading, out: NDArray[np.int16]) -> None:
        """Write the skyline (n, m) [0.01 deg] of all targets in one direction."""
        sweep = self.sweep
        steepest = np.full(self.eye.size, UNSEEN, dtype=np.float32)
        self._look_over_first(heading, steepest)
        for finer, coarser in zip(range(len(self.grounds)), range(1, len(self.grounds)), strict=False):
            self._look_over_ring(heading, finer, coarser, steepest)
        across = -self.pitch if heading.backwards else self.pitch
        first = LANES + (self.pitch * (self.shape[0] - 1) if heading.backwards else 0)
        elevation_kernel(
            steepest,
            first,
            across if heading.by_rows else 1,
            1 if heading.by_rows else across,
            sweep.x.astype(np.float32),
            sweep.y.astype(np.float32),
            np.float32(sweep.radius),
            np.float32(heading.sine),
            np.float32(heading.cosine),
            sweep.stretch,
            out,
        )

    def _look_over_first(self, heading: Heading, steepest: Single) -> None:
        level, ground = self.sweep.levels[0], self.grounds[0]
        rows, columns = self.sweep.target
        extents = heading.turned_range(
            (rows.start, rows.stop - 1), (columns.start, columns.stop - 1), level.heights.shape
        )
        (along, along_last), (aside, aside_last) = ((int(a), int(b)) for a, b in extents)
        near_field_kernel(
            ground.values,
            ground.pitch,
            along * ground.pitch + ground.margin + aside,
            *near_steps(heading.slope, level.spacing, ground.pitch, self.sweep.radius),
            self.eye,
            steepest,
            self.pitch,
            LANES,
            *self.shape,
        )
        hull_sweep_kernel(
            ground.values,
            ground.pitch,
            ground.margin,
            *ground.shape,
            heading.slope,
            LINES_PER_PIXEL,
            NEAR,
            heading.stretch * level.spacing,
            level.spacing**2 / self.sweep.radius,
            heading.centre_aside(level),
            along,
            along_last + 1,
            aside,
            aside_last + 1,
            self.eye,
            steepest,
            self.pitch,
            np.float32(KINK * level.spacing),
        )

    def _look_over_ring(self, heading: Heading, finer: int, coarser: int, steepest: Single) -> None:
        inner, level, ground = self.sweep.levels[finer], self.sweep.levels[coarser], self.grounds[coarser]

        def extents(x: Array, y: Array) -> tuple[Extent, Extent]:
            rows = (level.y[0] - y[0]) / level.spacing, (level.y[0] - y[-1]) / level.spacing
            columns = (x[0] - level.x[0]) / level.spacing, (x[-1] - level.x[0]) / level.spacing
            return heading.turned_range(rows, columns, level.heights.shape)

        hole_along, hole_aside = extents(inner.x, inner.y)
        (along, _), (aside, _) = extents(self.sweep.x, self.sweep.y)
        hull_ring_kernel(
            ground.values,
            ground.pitch,
            ground.margin,
            *ground.shape,
            heading.slope,
            LINES_PER_PIXEL,
            heading.stretch * level.spacing,
            level.spacing**2 / self.sweep.radius,
            heading.centre_aside(level),
            (*map(float, hole_along), *map(float, hole_aside)),
            float(along),
            float(aside),
            self.sweep.levels[0].spacing / level.spacing,
            *self.shape,
            self.eye,
            steepest,
            self.pitch,
            KINK * level.spacing,
        )
