"""Tracks correlated with a catalogue: which object, if any, a sensor has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.mean_elements import MeanElements
from moonstead.dynamics.sgp4_many import Sgp4Set
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import TEME
from moonstead.monitoring.correlation.element_errors import ElementErrors
from moonstead.monitoring.tracking.initial_orbit import Sights, sights
from moonstead.monitoring.tracking.measurements import RANGE, Measurements

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.monitoring.tracking.computed_values import Direction

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

MOST_SIGHTS = 8  # of a track that are compared: more say little more, but cost
GATE_SIGMAS = 6.0  # [1] of the position's error that the first sieve lets pass
ROUNDS = 5  # of errors that are taken as small about where the object is thought to be on its track
STRAIGHT = 100.0  # [m] by which that place may still change
FAR = 1e6  # [1] sigmas
RIVAL = 6.0  # [1] difference of -2 log likelihood below which a second object is as good: a factor of 20


@dataclass(frozen=True, eq=False)
class CorrelatedTracks:
    """What N tracks turned out to be.

    Attributes
    ----------
    object_id : (N,) int64
        Of the likeliest object; -1 where none passes.
    row : (N,) int64
        Its row of the elements; -1 where none passes.
    chi_square : (N,) [1]
        Of the likeliest object; NaN where there was no candidate at all.
    numbers : (N,) int64
        How many numbers each track was compared by.
    probability : (N,) [1]
        With which the object's own track would miss by more.
    rival_id : (N,) int64
        A second object that is nearly as likely; -1 where there is none.
    rival_margin : (N,) [1]
        How much less likely the second best is, as -2 log likelihood; infinite where there is none.
    time_late : (N,) [s]
        By how much the object runs late on its orbit, as far as the track says; NaN where none passes.
    """

    object_id: Rows
    row: Rows
    chi_square: Array
    numbers: Rows
    probability: Array
    rival_id: Rows
    rival_margin: Array
    time_late: Array


def correlate_tracks(
    tracks: Sequence[Measurements],
    elements: MeanElements,
    data: DataContext,
    *,
    errors: ElementErrors | None = None,
    probability: float = 1e-4,
    direction: Direction = "astrometric",
) -> CorrelatedTracks:
    """Find the object of a catalogue that each track is of.

    Directions, and ranges where there are any, are compared with where SGP4 puts each object, within the errors of
    both: those of elements grow with their age, mostly along the track.

    Parameters
    ----------
    tracks : N Measurements
        Each of one object, over minutes.
    elements : MeanElements
        One set for each object.
    data : DataContext
        Ephemeris and orientation.
    errors : ElementErrors, optional
        Of the elements.
    probability : float [1]
        Objects whose own tracks would miss by more so seldom are no candidates.
    direction : "astrometric", "apparent" or "geometric"
        Of right ascensions.

    Returns
    -------
    CorrelatedTracks

    Raises
    ------
    InvalidInput
        A track has no direction, or the probability lies outside 0 to 1.

    Source
    ------
    Chi-square test of the residuals with the covariance of prediction and measurement, the likelihood to choose among
    candidates: Blackman & Popoli (1999), Design and Analysis of Modern Tracking Systems, section 6.3. Errors of the
    elements are moved along the track by the velocity, radially and across by an orbit nearly round.
    """
    if not 0.0 < probability < 1.0:
        raise InvalidInput(f"a probability lies between 0 and 1; got {probability!r}")
    spread = errors or ElementErrors()
    catalogue = Sgp4Set(elements)
    told = [_one(track, elements, catalogue, data, spread, probability, direction) for track in tracks]
    return CorrelatedTracks(
        np.array([elements.object_id[one.row] if one.row >= 0 else -1 for one in told], dtype=np.int64),
        np.array([one.row for one in told], dtype=np.int64),
        np.array([one.chi_square for one in told]),
        np.array([one.numbers for one in told], dtype=np.int64),
        np.array([one.probability for one in told]),
        np.array([elements.object_id[one.rival] if one.rival >= 0 else -1 for one in told], dtype=np.int64),
        np.array([one.margin for one in told]),
        np.array([one.late for one in told]),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    row: int = -1
    chi_square: float = np.nan
    numbers: int = 0
    probability: float = 0.0
    rival: int = -1
    margin: float = np.inf
    late: float = np.nan


@dataclass(frozen=True, slots=True)
class _Track:
    """Sights in TEME, with the standard deviations of angles and ranges."""

    seen: Sights
    angle: Array
    length: Array


def _one(
    track: Measurements,
    elements: MeanElements,
    catalogue: Sgp4Set,
    data: DataContext,
    errors: ElementErrors,
    probability: float,
    direction: Direction,
) -> _Found:
    mine = _in_teme(track, data, direction)
    middle = mine.seen.received.size // 2
    moment = float(mine.seen.tdb[middle])
    sigmas = errors.position_sigmas(elements, moment)
    rows = _near(mine, middle, catalogue, sigmas, moment)
    numbers = mine.seen.received.size * 2 + int(np.sum(np.isfinite(mine.seen.range)))
    if not rows.size:
        return _Found(numbers=numbers)
    chi_square, likelihood, late = _compared(mine, middle, catalogue, rows, sigmas[rows])
    from scipy.special import chdtrc

    chance = chdtrc(numbers, chi_square)
    order = np.argsort(likelihood)
    passing = order[chance[order] >= probability]
    if not passing.size:
        best = int(order[0])
        return _Found(chi_square=float(chi_square[best]), numbers=numbers, probability=float(chance[best]))
    best = int(passing[0])
    margin = float(likelihood[passing[1]] - likelihood[best]) if passing.size > 1 else np.inf
    rival = int(rows[passing[1]]) if margin < RIVAL else -1
    return _Found(
        int(rows[best]), float(chi_square[best]), numbers, float(chance[best]), rival, margin, float(late[best])
    )


def _in_teme(track: Measurements, data: DataContext, direction: Direction) -> _Track:
    seen = sights(track, data, direction)
    if seen.tdb.size > MOST_SIGHTS:
        chosen = np.unique(np.linspace(0, seen.tdb.size - 1, MOST_SIGHTS).round().astype(np.int64))
        seen = Sights(*(getattr(seen, name)[chosen] for name in ("tdb", "received", "place", "direction", "range")))
    turn = TEME.from_icrf(seen.received, data)
    angles = track.sigma[track.kind > RANGE + 1]
    lengths = track.sigma[track.kind == RANGE, 0]
    length = np.where(np.isfinite(seen.range), float(lengths[0]) if lengths.size else np.nan, np.nan)
    moved = Sights(seen.tdb, seen.received, turn.position(seen.place), turn.position(seen.direction), seen.range)
    return _Track(moved, np.full(seen.tdb.size, float(np.mean(angles))), length)


def _near(mine: _Track, middle: int, catalogue: Sgp4Set, sigmas: Array, moment: float) -> Rows:
    """Rows of objects that stand near enough to one sight to be compared."""
    states, status = catalogue.states([moment])
    place = mine.seen.place[middle]
    relative = states[0, :3].T - place
    along = relative @ mine.seen.direction[middle]
    reach = mine.seen.range[middle]
    if np.isfinite(reach):
        away = np.linalg.norm(relative - reach * mine.seen.direction[middle], axis=1)
    else:
        # the light left before it was received: the object has since flown on
        relative = relative - (along / SPEED_OF_LIGHT)[:, None] * states[0, 3:].T
        away = np.linalg.norm(relative - along[:, None] * mine.seen.direction[middle], axis=1)
    noise = mine.angle[middle] * np.abs(along) + np.nan_to_num(mine.length[middle])
    allowed = GATE_SIGMAS * (np.linalg.norm(sigmas, axis=1) + noise)
    return np.flatnonzero((status[0] == 0) & (along > 0.0) & (away < allowed))


def _compared(mine: _Track, middle: int, catalogue: Sgp4Set, rows: Rows, sigmas: Array) -> tuple[Array, Array, Array]:
    """Chi-square (C,), -2 log likelihood (C,) and lateness (C,) [s] of candidates."""
    count = rows.size
    late = np.zeros(count)  # [s] where the errors are taken as small about
    for _ in range(ROUNDS):
        residual, columns, scale, speed = _linearised(mine, middle, catalogue, rows, sigmas, late)
        # what the delay that is already in the states has taken out of the residuals is put back
        drawn = -late * speed / sigmas[:, 1]
        residual = residual + columns[:, :, 0] * drawn[:, None]
        covariance = np.eye(residual.shape[1]) + columns @ columns.transpose(0, 2, 1)
        solved = np.linalg.solve(covariance, residual[:, :, None])[:, :, 0]
        ahead = np.einsum("cm,cm->c", columns[:, :, 0], solved) * sigmas[:, 1]
        moved, late = late, -ahead / speed
        if np.max(np.abs(late - moved) * speed) < STRAIGHT:
            break
    chi_square = np.sum(residual * solved, axis=1)
    likelihood = chi_square + np.linalg.slogdet(covariance)[1] + scale
    return chi_square, likelihood, late


def _linearised(
    mine: _Track, middle: int, catalogue: Sgp4Set, rows: Rows, sigmas: Array, late: Array
) -> tuple[Array, Array, Array, Array]:
    """Residuals (C, m) and what errors do to them (C, m, 6), over the noise; the noise's share of the likelihood (C,).

    Objects run late by `late` (C,) [s]; their speeds (C,) [m/s] come last.
    """
    seen, many, count = mine.seen, mine.seen.received.size, rows.size
    times = (seen.received[None, :] - late[:, None]).ravel()
    states = catalogue.pair_states(np.repeat(rows, many), times)[0].reshape(count, many, 6)
    position, velocity = states[:, :, :3], states[:, :, 3:]
    relative = position - seen.place
    relative = relative - velocity * (np.linalg.norm(relative, axis=2) / SPEED_OF_LIGHT)[:, :, None]
    distance = np.linalg.norm(relative, axis=2)
    right, up = _across(seen.direction)
    axes = np.stack((right, up, seen.direction), axis=1)  # (many, 3, 3)
    # the measured direction has no part along the first two axes
    away = -np.einsum("kij,ckj->cki", axes, relative)
    away[:, :, 2] = seen.range - distance
    shift = np.einsum("kij,ckjm->ckim", axes, _moves(states, middle, seen.received, sigmas))
    size = np.stack((distance, distance, np.ones_like(distance)), axis=2)
    noise = np.stack((mine.angle, mine.angle, mine.length), axis=1)
    used = np.isfinite(np.concatenate((np.zeros((many, 2)), seen.range[:, None]), axis=1)).ravel()
    residual = (away / size / noise).reshape(count, -1)[:, used]
    columns = (shift / size[..., None] / noise[None, :, :, None]).reshape(count, used.size, 6)[:, used]
    speed = np.linalg.norm(velocity[:, middle], axis=1)
    # where SGP4 fails at a time of the track, as on an object that comes down, nothing is near
    failed = ~np.all(np.isfinite(residual), axis=1)
    residual[failed], columns[failed], distance[failed], speed[failed] = FAR, 0.0, 1.0, 1.0
    return residual, columns, 4.0 * np.sum(np.log(distance), axis=1), speed


def _across(direction: Array) -> tuple[Array, Array]:
    """Two unit vectors (K, 3) across each direction."""
    helper = np.where(np.abs(direction[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    right = np.cross(helper, direction)
    right /= np.linalg.norm(right, axis=1)[:, None]
    return right, np.cross(direction, right)


def _moves(states: Array, middle: int, times: Array, sigmas: Array) -> Array:
    """How positions (C, K, 3) move for one sigma of each of six independent errors (C, K, 3, 6)."""
    centre = states[:, middle]
    distance = np.linalg.norm(centre[:, :3], axis=1)
    speed = np.linalg.norm(centre[:, 3:], axis=1)
    radial = centre[:, :3] / distance[:, None]
    normal = np.cross(centre[:, :3], centre[:, 3:])
    rate = np.linalg.norm(normal, axis=1) / distance**2
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    transverse = np.cross(normal, radial)
    turned = rate[:, None] * (times - times[middle])[None, :]  # (C, K)
    out = np.zeros((*states.shape[:2], 3, 6))
    out[..., 0] = states[:, :, 3:] * (sigmas[:, 1] / speed)[:, None, None]
    out[..., 1] = (sigmas[:, 0, None] * np.cos(turned))[..., None] * radial[:, None, :]
    out[..., 2] = (sigmas[:, 0, None] * np.sin(turned))[..., None] * radial[:, None, :]
    out[..., 3] = (sigmas[:, 0, None] * turned)[..., None] * transverse[:, None, :]
    out[..., 4] = (sigmas[:, 2, None] * np.cos(turned))[..., None] * normal[:, None, :]
    out[..., 5] = (sigmas[:, 2, None] * np.sin(turned))[..., None] * normal[:, None, :]
    return out
