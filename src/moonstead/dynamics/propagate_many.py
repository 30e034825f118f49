"""Propagation of many spacecraft at a time: dispersed arrivals, covariance by samples, Monte Carlo."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.batch import WIDTH, Request, Steps, fly_block
from moonstead.dynamics.batch_gravity import field_columns
from moonstead.dynamics.burns import Burn, require_burns_within
from moonstead.dynamics.executed_burn import ExecutedBurn
from moonstead.dynamics.flights import FlightBlock, Flights, FlightStore
from moonstead.dynamics.forces import DEFAULT_FIELDS, ForceModel
from moonstead.dynamics.forces_tables import CENTER, force_tables
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.kernel_cache import prepare
from moonstead.foundation.time.epoch import Epoch

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

ADAPTIVE, EQUAL = "nystrom", "gauss-jackson"
BLOCK = 64 * WIDTH  # flights that are computed and stored together
LOOSEST, TIGHTEST = 1e-7, 1e-14  # tolerances of steps
AIM = 0.1  # of the tolerance: the error that steps are chosen for
ACCEPTED = 0.25  # of the tolerance: the largest estimate that is let pass; other flights may be a few times worse
WASTED = 0.02  # of the tolerance: longer steps are tried below this estimate
FINER = 1e-2  # steps that an estimate is made with, over those that it is made of
ROUNDS = 8
FEWER = (0.7, 0.6, 0.5)  # evaluations with equal steps, over those with adaptive ones, that are tried
MANY = 16 * WIDTH  # flights from which on that trial pays


def propagate_many(
    states: ArrayLike,
    start: float | Epoch,
    until: float | Epoch,
    model: ForceModel,
    data: DataContext,
    *,
    tolerance: float = 1.0,
    step_tolerance: float | None = None,
    radiation_scale: ArrayLike = 1.0,
    mass: ArrayLike | None = None,
    burns: Sequence[Burn | ExecutedBurn] = (),
    times: ArrayLike = (),
    store: FlightStore | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop_at_surface: bool = True,
) -> Flights:
    """Where many spacecraft go, from states at one time to another, forwards or backwards.

    Sixteen flights share the vectors of the processor and one grid of steps. The same request gives the same numbers to
    the last bit, whatever the number of threads. Between steps shadows of penumbra and umbra are integrated apart, to
    each spacecraft its own; impacts end a flight where they happen. A field of lower degree beyond some distance
    (`degree_switches`) is not used: the full one serves everywhere, which is exacter.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        At the start, relative to the model's centre, in ICRF axes. A row that is not finite fails alone.
    start : float [s TDB past J2000] or Epoch
        Begin of all flights.
    until : float [s TDB past J2000] or Epoch
        End.
    model : ForceModel
        The forces on all of them; without drag, which `propagate` knows.
    data : DataContext
        Ephemeris, orientation and gravity field.
    tolerance : float [m]
        Error of position that is accepted at the times that are asked for and at the end of each flight. Steps are
        chosen so that sixteen of the flights, the outermost among them, keep to a quarter of it.
    step_tolerance : float or None [1]
        Estimated local error of a step, relative to the distance from the centre and to the speed, in place of
        `tolerance`.
    radiation_scale : (N,) or float [1]
        Of the force of sunlight.
    mass : (N,), float or None [kg]
        At the start; None for the model's.
    burns : sequence of ImpulsiveBurn, FiniteBurn or ExecutedBurn
        All within the span; only forwards. Finite thrust is fixed in the ICRF.
    times : (K,) [s TDB past J2000]
        When states are wanted besides the end; those at an impulse are from before it. Steps end there.
    store : FlightStore or None
        Where blocks of flights go as they are finished, and from which an interrupted computation goes on: see
        `moonstead.run.flights_file.FlightsFile`. States at `times` are then there alone.
    threads : int or None
        How many blocks are computed side by side; None for as many as there are processors.
    progress : callable or None
        Told after each block how many flights are finished, and how many there are.
    stop_at_surface : bool
        End a flight where it meets the mean sphere of the centre or of a third body.

    Returns
    -------
    Flights
        Endings and final states, with the step tolerance that was used and the error that was estimated.

    Raises
    ------
    InvalidInput
        A state lies below a surface, shapes do not match, the model has drag, or burns go backwards.
    OutsideSpan
        The data do not cover the span.
    MissingData
        A data set is not installed.
    NumericalFailure
        The tolerance cannot be kept.

    Source
    ------
    Integrator: Dormand, El-Mikkawy & Prince (1987), High-order embedded Runge-Kutta-Nystrom formulae, IMA J. Numer.
    Anal. 7, 423, doi:10.1093/imanum/7.4.423; where it takes fewer evaluations, the summed multistep method of Gauss and
    Jackson: Berry & Healy (2004), J. Astronaut. Sci. 52, 331, doi:10.1007/BF03546367.
    """
    first = start.tdb() if isinstance(start, Epoch) else float(start)
    last = until.tdb() if isinstance(until, Epoch) else float(until)
    request = _request(states, first, last, model, data, radiation_scale, mass, burns, times, stop_at_surface)
    if step_tolerance is None and not (np.isfinite(tolerance) and tolerance > 0.0):
        raise InvalidInput(f"the tolerance must be positive and finite [m]; got {tolerance!r}")
    prepare()
    error = np.nan
    if step_tolerance is None:
        steps, error = _chosen_steps(request, tolerance)
    elif not 1e-15 <= step_tolerance <= 1e-3:
        raise InvalidInput(f"the tolerance of steps must lie within 1e-15 and 1e-3; got {step_tolerance!r}")
    else:
        steps = Steps(step_tolerance)
    names = (model.center, *model.third_bodies)
    watched = tuple(model.center if index == CENTER else names[index + 1] for index, _ in request.tables.surfaces)
    order = np.argsort(request.times) if last > first else np.argsort(-request.times)
    request = replace(request, times=np.ascontiguousarray(request.times[order]))
    if store is not None:
        key = _key(request, steps)
        store.begin(key, len(request.states), request.times, watched)
    blocks = _blocks(request, steps, store, threads or os.cpu_count() or 1, progress)
    flights = _gathered(blocks, request, model.center, watched, steps, error, keep=store is None)
    if store is not None:
        store.close()
    return flights


def _request(
    states: ArrayLike,
    first: float,
    last: float,
    model: ForceModel,
    data: DataContext,
    radiation_scale: ArrayLike,
    mass: ArrayLike | None,
    burns: Sequence[Burn | ExecutedBurn],
    times: ArrayLike,
    stop_at_surface: bool,
) -> Request:
    table = np.ascontiguousarray(states, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != 6 or not len(table):
        raise InvalidInput(f"the states must have the shape (N, 6) [m, m/s]; got {table.shape}")
    if not (np.isfinite(first) and np.isfinite(last)) or first == last:
        raise InvalidInput(f"flights need an end other than their start {first!r} s TDB past J2000; got {last!r}")
    if model.drag is not None:
        raise InvalidInput("drag is not flown by many at a time: use propagate for each, or leave it out of the model")
    moments = np.atleast_1d(np.asarray(times, dtype=np.float64))
    low, high = min(first, last), max(first, last)
    if np.any(~((moments >= low) & (moments <= high))):
        raise InvalidInput(f"all times must lie within the flights, {low!r} to {high!r} s TDB past J2000")
    if burns and last < first:
        raise InvalidInput("burns are flown forwards only: let the flights end after they start")
    require_burns_within([b.burn if isinstance(b, ExecutedBurn) else b for b in burns], low, high)
    executed = tuple(b if isinstance(b, ExecutedBurn) else ExecutedBurn.as_planned(b, len(table)) for b in burns)
    if any(len(each.vectors) != len(table) for each in executed):
        raise InvalidInput(f"an executed burn has not as many vectors as there are states: {len(table)}")
    masses = _each("the masses", model.mass or 1.0 if mass is None else mass, len(table))
    scales = _each("the scales of radiation pressure", radiation_scale, len(table))
    if np.any(masses <= 0.0):
        raise InvalidInput(f"masses must be positive [kg]; the least is {masses.min()!r}")
    tables = force_tables(model, first, last, data, stop_at_surface=stop_at_surface)
    light = model.radiation
    strength = light.pressure * light.area * light.reflectivity * ASTRONOMICAL_UNIT**2 if light else 0.0
    if model.degree:
        field = data.gravity_field(model.gravity_field or DEFAULT_FIELDS[model.center], model.degree)
        starts, rows = field_columns(field.c, field.s)
    else:
        starts, rows = np.zeros(1, dtype=np.int64), np.zeros(0)
    request = Request(table, strength * scales, masses, executed, first, last, moments, tables, starts, rows)
    _require_above_surfaces(request, model, data)
    return request


def _each(what: str, values: ArrayLike, count: int) -> Array:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.shape not in ((), (count,)) or not np.all(np.isfinite(numbers)):
        raise InvalidInput(f"{what} must be one finite number, or {count} of them; got shape {numbers.shape}")
    return np.ascontiguousarray(np.broadcast_to(numbers, count))


def _require_above_surfaces(request: Request, model: ForceModel, data: DataContext) -> None:
    names = (model.center, *model.third_bodies)
    for index, radius in request.tables.surfaces:
        name = model.center if index == CENTER else names[index + 1]
        place = data.ephemeris.position(name, model.center, np.array([request.start]))[0] if index != CENTER else 0.0
        heights = np.linalg.norm(request.states[:, :3] - place, axis=1) - radius
        if np.any(heights <= 0.0):
            row = int(np.argmax(heights <= 0.0))
            raise InvalidInput(
                f"state {row} starts {-heights[row]:.6g} m below the surface of {name}, whose radius is "
                f"{body(name).mean_radius:.6g} m: start above it, or fly with stop_at_surface=False"
            )


def _chosen_steps(request: Request, tolerance: float) -> tuple[Steps, float]:
    """Steps with which a sample keeps to the tolerance, and the error [m] that it has."""
    sample = _sample(request)
    steps, best = LOOSEST, (0.0, np.inf)
    known: dict[float, FlightBlock] = {}
    for _ in range(ROUNDS):
        for each in (steps, steps * FINER):
            if each not in known:
                known[each] = fly_block(sample, 0, len(sample.states), Steps(each))
        error = _difference(known[steps], known[steps * FINER])
        if error <= ACCEPTED * tolerance:
            best = max(best, (steps, error))
            if error > WASTED * tolerance or steps >= LOOSEST:
                break
        elif best[0] > 0.0 or steps <= TIGHTEST:
            break
        steps = min(LOOSEST, max(TIGHTEST, steps * min(1e3, max(1e-4, AIM * tolerance / max(error, 1e-9)))))
    if best[0] > 0.0:
        chosen = Steps(best[0])
        if len(request.states) < MANY:
            return chosen, best[1]
        return _equal_steps(sample, chosen, best[1], known[best[0]], known[best[0] * FINER], tolerance)
    raise NumericalFailure(
        f"a tolerance of {tolerance:g} m cannot be kept over this span: steps held to {steps:.1g} leave {error:.3g} m. "
        "Ask for less, or for a shorter span"
    )


def _equal_steps(
    sample: Request, adaptive: Steps, error: float, rough: FlightBlock, fine: FlightBlock, tolerance: float
) -> tuple[Steps, float]:
    """Equal steps where a sample keeps to the tolerance with fewer evaluations, else those that there are."""
    evaluations = rough.evaluations / WIDTH
    for share in FEWER:
        steps = Steps(adaptive.tolerance, abs(sample.stop - sample.start) / (share * evaluations))
        tried = fly_block(sample, 0, len(sample.states), steps)
        found = _difference(tried, fine)
        if found > ACCEPTED * tolerance or tried.evaluations > 0.9 * rough.evaluations:
            break
        adaptive, error, rough = steps, found, tried
    return adaptive, error


def _sample(request: Request) -> Request:
    """Sixteen of the flights: the outermost by each coordinate, and some between."""
    known = np.flatnonzero(np.all(np.isfinite(request.states), axis=1))
    if not known.size:
        return _part(request, np.array([0]))
    inner = request.states[known]
    outermost = np.stack((inner.argmin(axis=0), inner.argmax(axis=0))).reshape(-1)
    spaced = np.linspace(0, known.size - 1, WIDTH).astype(int)
    chosen = list(dict.fromkeys([0, *outermost.tolist(), *spaced.tolist()]))
    return _part(request, known[chosen[:WIDTH]])


def _part(request: Request, rows: NDArray[np.int64]) -> Request:
    return replace(
        request,
        states=request.states[rows],
        push=request.push[rows],
        mass=request.mass[rows],
        burns=tuple(ExecutedBurn(each.burn, each.vectors[rows]) for each in request.burns),
    )


def _difference(rough: FlightBlock, fine: FlightBlock) -> float:
    """Largest distance [m] between two computations of the same flights, where both end alike."""
    alike = (rough.ending == fine.ending) & (rough.body == fine.body)
    apart = np.linalg.norm(rough.final[:, :3] - fine.final[:, :3], axis=1)
    apart = np.maximum(apart, np.abs(rough.end_tdb - fine.end_tdb) * np.linalg.norm(fine.final[:, 3:], axis=1))
    between = np.linalg.norm(rough.states[:, :, :3] - fine.states[:, :, :3], axis=2)
    found = np.concatenate((apart[alike], between[alike].reshape(-1)))
    found = found[np.isfinite(found)]
    return float(found.max()) if found.size else 0.0


def _key(request: Request, steps: Steps) -> str:
    digest = hashlib.sha256(repr((request.start, request.stop, steps)).encode())
    arrays = [request.states, request.push, request.mass, request.times, request.rows, *request.tables]
    for each in request.burns:
        digest.update(repr(each.burn).encode())
        arrays.append(each.vectors)
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _blocks(
    request: Request,
    steps: Steps,
    store: FlightStore | None,
    threads: int,
    progress: Callable[[int, int], None] | None,
) -> Iterator[FlightBlock]:
    """All blocks in their order; at most two for each thread are under way or waiting to be taken."""
    count = len(request.states)
    starts = list(range(0, count, BLOCK))

    def work(first: int) -> FlightBlock:
        return fly_block(request, first, min(BLOCK, count - first), steps)

    with ThreadPoolExecutor(threads) as pool:
        waiting: list[tuple[int, FlightBlock | Future[FlightBlock]]] = []
        while starts or waiting:
            while starts and len(waiting) < 2 * threads:
                first = starts.pop(0)
                known = store.finished(first) if store else None
                waiting.append((first, known or pool.submit(work, first)))
            first, found = waiting.pop(0)
            if isinstance(found, Future):
                block = found.result()
                if store is not None:
                    store.add(block)
            else:
                block = found
            yield block
            if progress is not None:
                progress(first + len(block.ending), count)


def _gathered(
    blocks: Iterator[FlightBlock],
    request: Request,
    center: str,
    watched: tuple[str, ...],
    steps: Steps,
    error: float,
    *,
    keep: bool,
) -> Flights:
    count = len(request.states)
    ending, hit = np.zeros(count, dtype=np.int8), np.full(count, -1, dtype=np.int8)
    ended, final = np.zeros(count), np.zeros((count, 6))
    states = np.zeros((count if keep else 0, request.times.size, 6))
    evaluations = 0
    for block in blocks:
        rows = slice(block.first, block.first + len(block.ending))
        ending[rows], hit[rows], ended[rows], final[rows] = block.ending, block.body, block.end_tdb, block.final
        if keep:
            states[rows] = block.states
        evaluations += block.evaluations
    return Flights(
        center=center,
        start_tdb=request.start,
        stop_tdb=request.stop,
        ending=ending,
        ending_body=np.array([*watched, ""])[hit],
        end_tdb=ended,
        final=final,
        times=request.times,
        states=states,
        method=EQUAL if steps.length else ADAPTIVE,
        step_tolerance=steps.tolerance,
        step_length=steps.length,
        error_estimate=error,
        evaluations=evaluations,
    )
