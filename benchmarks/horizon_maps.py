"""Skylines of whole maps, against ray casting."""

from __future__ import annotations

import math
import time
from importlib.util import find_spec

import numpy as np
from reference_march import fractal, grid_of, march

from benchmarks.effort import Effort
from benchmarks.page import Row, Section
from benchmarks.timing import Contender, number, side_by_side
from moonstead.foundation.data import DataContext
from moonstead.surface.gnomonic_grid import GnomonicGrid, gnomonic_grid
from moonstead.surface.horizon_map import horizon_map
from moonstead.surface.terrain import load_terrain

SPACING = 240.0  # [m]
WIDTH = 119_880.0  # [m] half of it: 1000 pixels
RELIEF = 8e3, math.radians(6.0)  # longest wave [m] and rms slope of what is added to LOLA's grid
AZIMUTHS = 360
SWEPT = 8  # directions of the whole map in one round
BLOCK = 60  # pixels along the edge of the block whose rays are cast
ACCURACIES = 0.25, 0.05  # [deg] of the search by ray casting
WIDEST = 8.0  # [deg] largest step of that search
DEGREE = math.pi / 180.0

TEXT = """{pixels} x {pixels} pixels of 240 m about the south pole: LOLA's global grid with relief below 8 km added.
Errors are against a march in steps of an eighth of a pixel along great circles over the same bilinear ground, at
{count} random pixels and directions: median, 99th percentile, largest. The peer is ray casting with Embree (through
embreex) on triangles between the pixels' points in space, so that curvature is exact there as well; the search starts
from the skyline of the direction before, brackets it and halves the bracket down to the accuracy in the table. Only the
casting of its rays counts, on {block} x {block} pixels within the whole scene: neither the search around it nor the
building of the scene. Its largest errors come from the triangles next to the eye, which are not the bilinear ground.
Moonstead sweeps the whole map, all that it does counts. One thread each; times are per pixel and direction."""
HEADS = ("peer", "its error [deg]", "Moonstead's", "its time", "Moonstead's", "ratio")


def measure(data: DataContext, effort: Effort) -> tuple[Section, ...]:
    level = ground(data, effort)
    side = level.x.size
    swept, block = min(SWEPT, effort.azimuths), min(BLOCK, max(effort.azimuths // 6, 4))
    azimuths = min(AZIMUTHS, effort.azimuths)
    first = side // 2 - block // 2
    window = (first, first + block)
    sample = samples(level, window, azimuths, min(2000, effort.epochs // 50))
    own = errors(horizon_map([level], azimuths, 0.0, window, window).centidegrees * (0.01 * DEGREE), sample)
    text = TEXT.format(pixels=side, count=len(sample), block=block)
    if not find_spec("embreex"):
        row = Row(("Embree", "", own, "", ""), "not installed")
        return (Section("Horizons of a map", text, HEADS, (row,)),)
    scene = Scene(level, window)
    contenders = {"own": Contender(lambda _: horizon_map([level], swept))}
    for accuracy in ACCURACIES:
        contenders[name_of(accuracy)] = Contender(
            lambda _, a=accuracy: scene.skylines(azimuths, a * DEGREE), clock=scene.clock
        )
    times = side_by_side(contenders, effort.repetitions)
    mine, cast = 1e6 / (swept * side**2), 1e6 / (azimuths * block**2)  # from seconds to microseconds for a skyline
    rows = []
    for accuracy in ACCURACIES:
        name = name_of(accuracy)
        its = errors(scene.skylines(azimuths, accuracy * DEGREE), sample)
        spent = f"{number(cast * times.median(name))} µs", f"{mine * times.median('own'):.2g} µs"
        rows.append(Row((name, its, own, *spent), times.ratio(name, "own").scaled(cast / mine), "ray casting"))
    return (Section("Horizons of a map", text, HEADS, tuple(rows)),)


def name_of(accuracy: float) -> str:
    return f"Embree, search to {accuracy:g} deg"


def ground(data: DataContext, effort: Effort) -> GnomonicGrid:
    width = WIDTH if effort.repetitions > 1 else WIDTH / 4
    smooth = gnomonic_grid(load_terrain(data), -0.5 * math.pi, 0.0, width, SPACING)
    return grid_of(smooth.heights + fractal(smooth.x.size, SPACING, *RELIEF, seed=1), SPACING)


def samples(
    level: GnomonicGrid, window: tuple[int, int], azimuths: int, count: int
) -> list[tuple[int, int, int, float]]:
    """Direction, row and column in the window, and the march's skyline [rad]."""
    random = np.random.default_rng(7)
    size = window[1] - window[0]
    found = []
    for _ in range(count):
        k, r, c = int(random.integers(azimuths)), int(random.integers(size)), int(random.integers(size))
        found.append((k, r, c, march([level], window[0] + r, window[0] + c, 2.0 * math.pi * k / azimuths)))
    return found


def errors(elevation: np.ndarray, sample: list[tuple[int, int, int, float]]) -> str:
    apart = np.abs([elevation[k, r, c] - truth for k, r, c, truth in sample]) / DEGREE
    return f"{np.median(apart):.3f}, {np.quantile(apart, 0.99):.2f}, {np.max(apart):.2f}"


class Scene:
    """A map's ground as triangles, and the eyes on a block of its pixels."""

    def __init__(self, level: GnomonicGrid, window: tuple[int, int]) -> None:
        from embreex import rtcore_scene
        from embreex.mesh_construction import TriangleMesh

        radius = level.projection.radius
        x, y = np.meshgrid(level.x, level.y)
        length = np.sqrt(x**2 + y**2 + radius**2)
        unit = np.stack((x, y, np.full_like(x, radius)), axis=-1) / length[..., None]
        points = (radius + level.heights.astype(np.float64))[..., None] * unit
        self.zero = np.array([0.0, 0.0, radius])  # single precision: coordinates count from the map's centre
        vertices = (points - self.zero).reshape(-1, 3).astype(np.float32)
        rows, columns = x.shape
        corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
        upper = np.stack((corner, corner + columns, corner + 1), axis=1)
        lower = np.stack((corner + 1, corner + columns, corner + columns + 1), axis=1)
        self.scene = rtcore_scene.EmbreeScene()
        self.mesh = TriangleMesh(self.scene, vertices, np.concatenate((upper, lower)).astype(np.int32))
        self.spent = 0.0  # [s] of CPU on rays alone
        part = slice(*window), slice(*window)
        self.shape = x[part].shape
        self.up = unit[part].reshape(-1, 3)
        # an eye in a triangle's corner hits it: as high as an eighth of a pixel is near
        self.eye = (points[part].reshape(-1, 3) - self.zero + 0.01 * self.up).astype(np.float32)

    def skylines(self, azimuths: int, accuracy: float) -> np.ndarray:
        """Skylines (A, n, m) [rad] within an accuracy [rad]."""
        out = np.empty((azimuths, self.up.shape[0]))
        guess = np.zeros(self.up.shape[0])
        for k in range(azimuths):
            angle = 2.0 * math.pi * k / azimuths
            ahead = np.array([math.sin(angle), math.cos(angle), 0.0])
            ahead = ahead - (self.up @ ahead)[:, None] * self.up
            ahead /= np.linalg.norm(ahead, axis=1)[:, None]
            guess = self._search(ahead.astype(np.float32), guess, accuracy, first=k == 0)
            out[k] = guess
        return out.reshape(azimuths, *self.shape)

    def _search(self, ahead: np.ndarray, guess: np.ndarray, accuracy: float, first: bool) -> np.ndarray:
        low, high = np.full(guess.size, -0.5 * math.pi), np.full(guess.size, 0.5 * math.pi)
        trial, step = guess.copy(), np.full(guess.size, WIDEST * DEGREE if first else 4.0 * accuracy)
        active = np.arange(guess.size)
        bounded = np.zeros((2, guess.size), dtype=bool)
        while active.size:
            hit = self._hit(active, ahead, trial[active])
            low[active[hit]] = trial[active[hit]]
            high[active[~hit]] = trial[active[~hit]]
            bounded[0, active[hit]] = True
            bounded[1, active[~hit]] = True
            both = bounded[:, active].all(axis=0)
            inside, outside = active[both], active[~both]
            trial[inside] = 0.5 * (low[inside] + high[inside])
            trial[outside] += np.where(bounded[0, outside], 1.0, -1.0) * step[outside]
            trial[outside] = np.clip(trial[outside], -1.5, 1.5)
            step[outside] = np.minimum(2.0 * step[outside], WIDEST * DEGREE)
            active = active[(high[active] - low[active] > 2.0 * accuracy) & (np.abs(trial[active]) < 1.5)]
        return 0.5 * (low + high)

    def _hit(self, active: np.ndarray, ahead: np.ndarray, elevation: np.ndarray) -> np.ndarray:
        cosine, sine = np.cos(elevation).astype(np.float32), np.sin(elevation).astype(np.float32)
        rays = cosine[:, None] * ahead[active] + sine[:, None] * self.up[active].astype(np.float32)
        eyes = np.ascontiguousarray(self.eye[active])
        begun = time.process_time()
        found = self.scene.run(eyes, rays, query="OCCLUDED")
        self.spent += time.process_time() - begun
        return found >= 0

    def clock(self) -> float:
        """CPU time [s] spent on rays so far."""
        return self.spent
