"""The line of variations: the one direction in which an orbit is known worst, followed to each return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.smallbodies.impact.outlook import SAME, Outlook, Passages

Array = NDArray[np.float64]

HALF_LENGTH = 5.0  # [1] standard deviations to either side
STEP = 1e-3  # [1] of a standard deviation, for derivatives of where an orbit gets to
CURVED = 0.3  # [1] of the way between two samples, by which a trail may bend away from its chord
REACH = 10.0  # [1] radii of the disc within which a trail is looked at closely whatever its width
WIDE = 18.0  # [1] standard deviations across the line, likewise: six, known to a factor of three
MOST_ROUNDS = 14
CLOSE = 0.02  # [1] of the disc: how well the nearest point of a trail is found


@dataclass(frozen=True, eq=False)
class Candidate:
    """A place on the line where a trail passes near a body.

    Attributes
    ----------
    body : str
        Which.
    tdb : float [s TDB past J2000]
        When.
    offset : float [1]
        Standard deviations from the nominal orbit along the line.
    lower, upper : float [1]
        Between which the trail runs on.
    """

    body: str
    tdb: float
    offset: float
    lower: float
    upper: float


def weak_direction(outlook: Outlook, tdb: float) -> tuple[Array, float] | None:
    """Direction of the cloud that spreads most until a time.

    Parameters
    ----------
    outlook : Outlook
        Cloud and flights.
    tdb : float [s TDB past J2000]
        The time.

    Returns
    -------
    (k,) [1] and float [m], or None
        Unit vector in the cloud, and the spread in position across it (second singular value); None where the nominal
        orbit has hit something before.

    Source
    ------
    Milani, Chesley, Sansaturio, Tommei & Valsecchi (2005), Icarus 173, 362, doi:10.1016/j.icarus.2004.09.002: line of
    variations; here the regression line of the cloud on its longest axis at the later time, so that each point of the
    line is the most probable orbit with its displacement there.
    """
    size = outlook.cloud.size
    steps = STEP * np.concatenate((np.eye(size), -np.eye(size)))
    places = outlook.places(steps, tdb)
    slopes = (places[:size] - places[size:]).T / (2.0 * STEP)
    if not np.all(np.isfinite(slopes)):
        return None
    _, values, vectors = np.linalg.svd(slopes)
    return vectors[0], float(values[1])


def sweep(outlook: Outlook, direction: Array, count: int) -> tuple[Array, Passages]:
    """Passages of orbits along a line.

    Parameters
    ----------
    outlook : Outlook
        Cloud and flights.
    direction : (k,) [1]
        Unit vector in the cloud.
    count : int
        Orbits, evenly spread over five standard deviations to either side.

    Returns
    -------
    (N,) [1] and Passages
        Places on the line, and what happens there.

    Source
    ------
    Milani et al. (2005), Icarus 173, 362, doi:10.1016/j.icarus.2004.09.002: sampling of the line of variations.
    """
    offsets = np.linspace(-HALF_LENGTH, HALF_LENGTH, count)
    return offsets, outlook.passages(offsets[:, None] * direction)


def candidates(offsets: Array, passages: Passages, width: float) -> list[Candidate]:
    """Places where trails along the line come near a body, by chords between neighbours.

    Parameters
    ----------
    offsets : (N,) [1]
        Places on the line, rising.
    passages : Passages
        Of these orbits.
    width : float [m]
        Spread across the line.

    Returns
    -------
    list of Candidate
        One for each local minimum of a trail's distance from the centre that may be an impact.

    Source
    ------
    Milani et al. (2005), Icarus 173, 362: returns and trails. A trail is followed from orbit to orbit by the nearest
    time; between two orbits it is taken as straight on the target plane, with a margin for what it bends.
    """
    found: list[Candidate] = []
    for target in sorted(set(passages.body.tolist())):
        for trail in _trails(passages, target):
            found += _minima(offsets, passages, target, trail, width)
    return found


def _trails(passages: Passages, target: str) -> list[list[int]]:
    """Rows of passages by a body, joined from each orbit to the next where they are the same return."""
    rows = np.flatnonzero(passages.body == target)
    open_: dict[int, list[list[int]]] = {}
    done: list[list[int]] = []
    by_orbit: dict[int, list[int]] = {}
    for row in rows.tolist():
        by_orbit.setdefault(int(passages.index[row]), []).append(row)
    for orbit in sorted(by_orbit):
        before = open_.pop(orbit - 1, [])
        for trails in open_.values():
            done += trails
        open_, here = {}, []
        for row in by_orbit[orbit]:
            gaps = [abs(passages.tdb[trail[-1]] - passages.tdb[row]) for trail in before]
            if gaps and min(gaps) < SAME:
                trail = before.pop(int(np.argmin(gaps)))
                trail.append(row)
            else:
                trail = [row]
            here.append(trail)
        done += before
        open_[orbit] = here
    for trails in open_.values():
        done += trails
    return done


def _minima(offsets: Array, passages: Passages, target: str, trail: list[int], width: float) -> list[Candidate]:
    step = offsets[1] - offsets[0] if offsets.size > 1 else 2.0 * HALF_LENGTH
    place = offsets[passages.index[trail]]
    point, radius, tdb = passages.point[trail], passages.radius[trail], passages.tdb[trail]
    if len(trail) == 1:
        return [Candidate(target, float(tdb[0]), float(place[0]), float(place[0] - step), float(place[0] + step))]
    chord = np.diff(point, axis=0)
    length = np.linalg.norm(chord, axis=1)
    share = np.clip(-np.einsum("ni,ni->n", point[:-1], chord) / np.maximum(length, 1.0) ** 2, 0.0, 1.0)
    least = np.linalg.norm(point[:-1] + share[:, None] * chord, axis=1)
    near = least - CURVED * length < REACH * radius[:-1] + WIDE * width
    # a minimum of the chords; where it lies at a shared end the chord before has it
    before, after = np.concatenate(([np.inf], least[:-1])), np.concatenate((least[1:], [np.inf]))
    lowest = near & (least < before) & (least <= after)
    found = []
    for row in np.flatnonzero(lowest):
        at = place[row] + share[row] * (place[row + 1] - place[row])
        when = tdb[row] + share[row] * (tdb[row + 1] - tdb[row])
        found.append(Candidate(target, float(when), float(at), float(place[row] - step), float(place[row + 1] + step)))
    return found


def refined(outlook: Outlook, direction: Array, found: list[Candidate]) -> tuple[list[Candidate], Array, int]:
    """The nearest points of trails, beyond the samples, and how fast the trails run there.

    Parameters
    ----------
    outlook : Outlook
        Cloud and flights.
    direction : (k,) [1]
        Of the line.
    found : list of Candidate
        By chords.

    Returns
    -------
    list of Candidate, (C,) [m], int
        Those that converged, with the length of the target plane that one standard deviation covers there; and how
        many of the others may be near enough to hit.

    Raises
    ------
    NumericalFailure
        The line is no unit vector.

    Source
    ------
    Gauss-Newton on the distance from the centre, the derivative along the line by differences; Milani et al. (2005),
    section 5, find the same point by regula falsi.
    """
    if not abs(np.linalg.norm(direction) - 1.0) < 1e-6:
        raise NumericalFailure("the line of variations needs a unit vector")
    offset = np.array([one.offset for one in found])
    times = np.array([one.tdb for one in found])
    lower, upper = (np.array([getattr(one, side) for one in found]) for side in ("lower", "upper"))
    step = 0.02 * (upper - lower)
    stretching = np.full(len(found), np.nan)
    todo, good = np.arange(len(found)), np.zeros(len(found), dtype=bool)
    least = np.zeros(len(found))  # [radii] how near the trail may come, by the last step
    for _ in range(MOST_ROUNDS):
        if todo.size == 0:
            break
        both = np.concatenate((offset[todo], offset[todo] + step[todo]))
        passages = outlook.passages(both[:, None] * direction, until_tdb=float(np.max(times[todo])) + 2.0 * SAME)
        rows = _rows(passages, [found[k].body for k in todo], times[todo])
        alive = np.all(rows >= 0, axis=0)
        todo, first, second = todo[alive], rows[0, alive], rows[1, alive]
        point, slope = passages.point[first], (passages.point[second] - passages.point[first]) / step[todo][:, None]
        speed = np.linalg.norm(slope, axis=1)
        move = -np.einsum("ni,ni->n", point, slope) / np.maximum(speed, 1e-30) ** 2
        limited = np.clip(offset[todo] + move, lower[todo], upper[todo])
        move = limited - offset[todo]
        times[todo], stretching[todo] = passages.tdb[first], speed
        done = np.abs(move) * speed < CLOSE * passages.radius[first]
        good[todo[done]] = True
        least[todo] = (np.linalg.norm(point, axis=1) - np.abs(move) * speed) / passages.radius[first]
        offset[todo] = limited
        step[todo] = np.minimum(step[todo], np.maximum(0.1 * passages.radius[first] / np.maximum(speed, 1e-30), 1e-9))
        todo = todo[~done]
    kept = [
        Candidate(one.body, float(times[k]), float(offset[k]), one.lower, one.upper)
        for k, one in enumerate(found)
        if good[k]
    ]
    return kept, stretching[good], int(np.count_nonzero(~good & (least < REACH)))


def _rows(passages: Passages, bodies: list[str], times: Array) -> NDArray[np.int64]:
    """Rows (2, C) of the passages of pairs of orbits that belong to C candidates; -1 where there is none."""
    rows = np.full((2, len(bodies)), -1, dtype=np.int64)
    both = np.concatenate((times, times))
    for target in set(bodies):
        near = passages.nearest(target, both).reshape(2, -1)
        here = np.array([one == target for one in bodies])
        rows[:, here] = near[:, here]
    return rows
