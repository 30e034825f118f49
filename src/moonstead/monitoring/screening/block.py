"""One block of the span: nodes, sieve, least distances, encounters."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.monitoring.objects import MovingObjects
from moonstead.monitoring.screening.approach import Approaches, approaches
from moonstead.monitoring.screening.nodes import STRIDES, make_nodes
from moonstead.monitoring.screening.polish import closest
from moonstead.monitoring.screening.sieve import candidates

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

ALMOST = 1e-3  # [steps] by which a span may pass whole steps: a day of UTC is not quite 86 400 s of TDB
BLOCK = 4 * STRIDES[0]  # [steps] two hours of nodes: 20 MB for 24 000 objects


@dataclass(frozen=True)
class BlockSpan:
    """Which steps a block has.

    Attributes
    ----------
    start, step : float [s TDB past J2000], [s]
        First edge, length of a step.
    count : int
        Steps.
    """

    start: float
    step: float
    count: int


@dataclass(frozen=True, eq=False)
class Block:
    """What was found in a block.

    Attributes
    ----------
    steps : Approaches
        Steps in which pairs come below the distance or nearly so.
    first, second : (K,) int64
        Rows of the pairs of encounters.
    tdb : (K,) [s TDB past J2000]
        Times of closest approach.
    states : (K, 2, 6) [m, m/s]
        Of both objects then.
    screened : (N,) int64
        Steps in which each object had states.
    status : (N,) uint8
        First status that was not good; 0 where all were.
    count, candidates : int
        Steps of the block; pairs and steps that passed the sieve.
    cpu_nodes, cpu_sieve, cpu_approach, cpu_polish : float [s]
        CPU time of the stages, of this thread.
    """

    steps: Approaches
    first: Integers
    second: Integers
    tdb: Array
    states: Array
    screened: Integers
    status: NDArray[np.uint8]
    count: int
    candidates: int
    cpu_nodes: float
    cpu_sieve: float
    cpu_approach: float
    cpu_polish: float


def blocks_of(start: float, stop: float, step: float) -> list[BlockSpan]:
    """Blocks that fill a span with steps of one length, at most a given one.

    Parameters
    ----------
    start, stop : float [s TDB past J2000]
        Span.
    step : float [s]
        Longest step.

    Returns
    -------
    list of BlockSpan

    Source
    ------
    Definition: steps of equal length.
    """
    total = max(1, math.ceil((stop - start) / step - ALMOST))
    exact = (stop - start) / total
    return [BlockSpan(start + exact * first, exact, min(BLOCK, total - first)) for first in range(0, total, BLOCK)]


def screen_block(
    objects: MovingObjects, span: BlockSpan, distance: float, slow: float, groups: NDArray[np.uint8]
) -> Block:
    """Screen one block of a span.

    Parameters
    ----------
    objects : MovingObjects
        N objects.
    span : BlockSpan
        Which steps.
    distance : float [m]
        Limit.
    slow : float [m/s]
        Relative speed from which a passage is an encounter.
    groups : (N,) uint8 [1]
        Of each row: 1 for a primary, 2 for what primaries are held against.

    Returns
    -------
    Block

    Source
    ------
    As `nodes.make_nodes`, `sieve.candidates`, `approach.approaches` and `polish.closest`.
    """
    clock = [time.thread_time()]
    nodes = make_nodes(objects, span.start, span.step, span.count)
    clock.append(time.thread_time())
    found = candidates(nodes, distance, objects.gradient, groups[nodes.rows])
    clock.append(time.thread_time())
    steps = approaches(nodes, found, distance)
    clock.append(time.thread_time())
    fast = np.flatnonzero(steps.inside & (steps.speed >= slow))
    first, second = steps.first[fast], steps.second[fast]
    tdb, states = closest(objects, first, second, steps.tdb[fast])
    held = np.isfinite(tdb)
    clock.append(time.thread_time())
    screened = np.zeros(len(objects), dtype=np.int64)
    for one in nodes.classes:
        whole = np.minimum(span.count - one.stride * np.arange(one.good.shape[0]), one.stride)
        screened[one.rows] = whole @ one.good
    status = np.zeros(len(objects), dtype=np.uint8)
    status[nodes.rows] = nodes.status
    stages = np.diff(clock)
    return Block(
        steps, first[held], second[held], tdb[held], states[held], screened, status, span.count, found.step.size,
        *(float(stage) for stage in stages),
    )  # fmt: skip
