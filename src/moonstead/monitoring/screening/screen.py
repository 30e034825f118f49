"""All-on-all and some-on-all screening of a span."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.objects import MovingObjects
from moonstead.monitoring.screening.approach import joined_approaches
from moonstead.monitoring.screening.block import Block, blocks_of, screen_block
from moonstead.monitoring.screening.kept import KeptBlocks
from moonstead.monitoring.screening.proximity import in_intervals, proximity
from moonstead.monitoring.screening.screening import Encounters, FailedObject, Screening

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

STEP = 80.0  # [s] fastest over a catalogue of 24 000; shorter steps test fewer pairs more often
SLOW = 50.0  # [m/s] slower passages last minutes: intervals, not moments
SAME = 0.01  # [s] minima of a pair closer than this are one, found in two steps


def screen(
    objects: MovingObjects,
    start: float,
    stop: float,
    distance: float,
    *,
    primaries: ArrayLike | None = None,
    others: ArrayLike | None = None,
    proximity_speed: float | None = None,
    step: float = STEP,
    threads: int = 1,
    progress: Callable[[int, int], None] | None = None,
    keep: Path | None = None,
) -> Screening:
    """All passages of two objects below a distance within a span: complete by bounds, not sampled.

    A passage whose relative speed at the closest approach reaches the proximity speed is an encounter: one row with
    its time and miss distance. A slower one is a proximity interval: from where the distance falls below the limit to
    where it rises above. At or above the proximity speed a pair has one minimum each time it comes below the limit.

    Parameters
    ----------
    objects : MovingObjects
        N objects.
    start, stop : float [s TDB past J2000]
        Span.
    distance : float [m]
        Limit.
    primaries : (P,) int [1], optional
        Rows to be screened against `others`; all where not given.
    others : (Q,) int [1], optional
        Rows that primaries are screened against; all where not given.
    proximity_speed : float [m/s], optional
        50 m/s, or twice what the gradient of gravity makes of the distance where that is more.
    step : float [s]
        In which relative motion is followed along one tangent. Changes the time taken, not the answer.
    threads : int [1]
        Blocks of the span that are screened at the same time.
    progress : callable, optional
        Called with finished blocks and all blocks.
    keep : Path, optional
        Folder for finished blocks: a screening that was interrupted goes on from there.

    Returns
    -------
    Screening
        Encounters in order of time.

    Raises
    ------
    InvalidInput
        The span is empty or not finite, the distance, step or number of threads is not positive, or a row does not
        exist.

    Source
    ------
    Bounds: `sieve.bend`, `nodes.make_nodes`; decision record 0011. Closest approach: root of the range rate.
    """
    _check(start, stop, distance, step, threads)
    slow = max(SLOW, 2.0 * math.sqrt(objects.gradient) * distance) if proximity_speed is None else proximity_speed
    groups = _groups(len(objects), primaries, others)
    spans = blocks_of(start, stop, step)
    store = KeptBlocks(keep, objects, (start, stop, distance, step, slow), groups)
    began = time.process_time()
    done: dict[int, Block] = {}

    def one(number: int) -> tuple[int, Block]:
        known = store.read(number)
        if known is None:
            known = screen_block(objects, spans[number], distance, slow, groups)
            store.write(number, known)
        return number, known

    for number, block in _run(one, range(len(spans)), threads):
        done[number] = block
        if progress is not None:
            progress(len(done), len(spans))
    blocks = [done[number] for number in range(len(spans))]
    return _assembled(objects, blocks, start, stop, distance, slow, spans[0].step, time.process_time() - began)


def _check(start: float, stop: float, distance: float, step: float, threads: int) -> None:
    if not (math.isfinite(start) and math.isfinite(stop) and start < stop):
        raise InvalidInput(f"a screening needs a span that starts before it stops; got {start!r} to {stop!r} [s TDB]")
    for name, value in (("distance [m]", distance), ("step [s]", step), ("threads", threads)):
        if not (math.isfinite(value) and value > 0):
            raise InvalidInput(f"{name} must be positive; got {value!r}")


def _groups(size: int, primaries: ArrayLike | None, others: ArrayLike | None) -> NDArray[np.uint8]:
    groups = np.zeros(size, dtype=np.uint8)
    for bit, rows, called in ((1, primaries, "primaries"), (2, others, "others")):
        chosen = np.arange(size) if rows is None else np.atleast_1d(np.asarray(rows, dtype=np.int64))
        if chosen.size and (chosen.min() < 0 or chosen.max() >= size):
            raise InvalidInput(f"{called} are rows 0 to {size - 1}; got {chosen.min()} to {chosen.max()}")
        groups[chosen] |= bit
    return groups


def _run(
    function: Callable[[int], tuple[int, Block]], numbers: Iterable[int], threads: int
) -> Iterable[tuple[int, Block]]:
    if threads == 1:
        yield from map(function, numbers)
        return
    pool = ThreadPoolExecutor(threads)
    try:
        yield from pool.map(function, numbers)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _assembled(
    objects: MovingObjects, blocks: list[Block], start: float, stop: float, distance: float, slow: float, step: float,
    seconds: float,
) -> Screening:  # fmt: skip
    began = time.process_time()
    intervals = proximity(objects, joined_approaches([block.steps for block in blocks]), distance, slow)
    columns = [
        np.concatenate([getattr(block, name) for block in blocks]) for name in ("first", "second", "tdb", "states")
    ]
    first, second, tdb, states = columns
    relative = states[:, 1] - states[:, 0]
    miss, speed = np.linalg.norm(relative[:, :3], axis=1), np.linalg.norm(relative[:, 3:], axis=1)
    kept = (miss <= distance) & (tdb >= start) & (tdb <= stop)
    order = np.lexsort((tdb, second, first))
    pair = (first[order] << 32) + second[order]
    again = np.concatenate(([False], (pair[1:] == pair[:-1]) & (np.diff(tdb[order]) < SAME)))[: order.size]
    kept[order[again]] = False
    kept &= ~in_intervals(first, second, tdb, intervals)
    rows = np.flatnonzero(kept)
    rows = rows[np.argsort(tdb[rows], kind="stable")]
    local = _local(states[rows, 0], relative[rows, :3])
    encounters = Encounters(
        first[rows], second[rows], objects.object_id[first[rows]], objects.object_id[second[rows]], tdb[rows],
        miss[rows], speed[rows], local[:, 0], local[:, 1], local[:, 2],
    )  # fmt: skip
    statistics = {
        "objects": float(len(objects)),
        "steps": float(sum(block.count for block in blocks)),
        "candidates": float(sum(block.candidates for block in blocks)),
        "cpu_nodes": sum(block.cpu_nodes for block in blocks),
        "cpu_sieve": sum(block.cpu_sieve for block in blocks),
        "cpu_approach": sum(block.cpu_approach for block in blocks),
        "cpu_polish": sum(block.cpu_polish for block in blocks),
        "cpu_assembly": time.process_time() - began,
        "cpu": seconds + time.process_time() - began,
    }
    failed = _failed(objects, blocks, step)
    return Screening(start, stop, distance, slow, encounters, intervals, failed, statistics)


def _failed(objects: MovingObjects, blocks: list[Block], step: float) -> tuple[FailedObject, ...]:
    screened = np.sum([block.screened for block in blocks], axis=0)
    total = sum(block.count for block in blocks)
    told = []
    for row in np.flatnonzero(screened < total):
        codes = [int(block.status[row]) for block in blocks if block.status[row]]
        reason = objects.reason(codes[0])
        name, identifier = objects.name[row], int(objects.object_id[row])
        told.append(FailedObject(int(row), identifier, name, reason, float(screened[row] * step)))
    return tuple(told)


def _local(states: Array, relative: Array) -> Array:
    """Relative positions (K, 3) [m] in radial, transverse and normal axes of states (K, 6)."""
    radial = states[:, :3] / np.linalg.norm(states[:, :3], axis=1)[:, np.newaxis]
    normal = np.cross(states[:, :3], states[:, 3:])
    normal /= np.linalg.norm(normal, axis=1)[:, np.newaxis]
    along = np.cross(normal, radial)
    return np.stack([np.einsum("kc,kc->k", axis, relative) for axis in (radial, along, normal)], axis=1)
