"""Virtual impactors: where in the cloud the orbits lie that hit, on target planes that are linear near them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.smallbodies.impact.line_of_variations import Candidate
from moonstead.smallbodies.impact.outlook import SAME, Outlook, Passages
from moonstead.smallbodies.impact.target_plane import disc_probability, plane_axes

Array = NDArray[np.float64]

PROBE = 0.1  # [1] of the disc: how far the target point is moved for derivatives
LARGEST_PROBE, SMALLEST_PROBE = 0.3, 1e-9  # [1] standard deviations
ROUNDS = 4
SETTLED = 0.05  # [1] of the disc: agreement of the linear and the flown target point
SAME_PLACE = 0.1  # [1] standard deviations between two linearisations of one impactor
NEGLIGIBLE = 1e-14  # [1] of a probability


@dataclass(frozen=True, eq=False)
class Linearised:
    """The target plane near one orbit of the cloud, as a linear function of the points of the cloud.

    Attributes
    ----------
    body : str
        Which.
    tdb : float [s TDB past J2000]
        Of the passage.
    point : (k,) [1]
        The orbit, in the cloud.
    axes : (2, 3) [1]
        Of the plane, ICRF.
    target : (2,) [m]
        Where that orbit passes.
    slopes : (2, k) [m]
        How the target point moves for one standard deviation.
    radius : float [m]
        Of the disc that hits.
    speed_at_infinity : float [m/s]
        Relative to the body.
    probability : float [1]
        Of the disc, by the Gaussian of the cloud.
    centre : (2,) [m]
        Mean target point of those that hit.
    settled : bool
        Whether the linear target point of the mean orbit that hits agrees with the flown one.
    """

    body: str
    tdb: float
    point: Array
    axes: Array
    target: Array
    slopes: Array
    radius: float
    speed_at_infinity: float
    probability: float
    centre: Array
    settled: bool

    @property
    def nominal(self) -> Array:
        """Target point (2,) [m] of the nominal orbit, by the linear map."""
        return np.asarray(self.target - self.slopes @ self.point)

    @property
    def mean_point(self) -> Array:
        """Mean orbit (k,) [1] of those that hit."""
        pull = np.linalg.pinv(self.slopes, rcond=1e-12)
        return np.asarray(pull @ (self.centre - self.nominal))

    @property
    def spread(self) -> tuple[float, float]:
        """Standard deviations [m] on the plane: along the longest axis, and across it."""
        values = np.linalg.svd(self.slopes, compute_uv=False)
        return float(values[0]), float(values[1])


def linearised(outlook: Outlook, starts: list[Candidate], points: Array, stretching: Array) -> list[Linearised]:
    """Linear maps from the cloud to the target planes, each about the mean orbit that hits.

    Parameters
    ----------
    outlook : Outlook
        Cloud and flights.
    starts : list of Candidate
        Body and time of each passage.
    points : (C, k) [1]
        An orbit of the cloud near each.
    stretching : (C,) [m]
        Roughly how far a target point moves for one standard deviation.

    Returns
    -------
    list of Linearised
        One for each different passage that can hit; those with a probability below 1e-14 are left out.

    Source
    ------
    Roa, Farnocchia & Chesley (2021), AJ 162, 277, doi:10.3847/1538-3881/ac193f: the orbit that hits and agrees best
    with the observations is sought in all dimensions, not on the line alone.
    """
    where, guess = points.copy(), stretching.copy()
    made: list[Linearised | None] = [None] * len(starts)
    todo = list(range(len(starts)))
    for _ in range(ROUNDS):
        if not todo:
            break
        maps = _maps(outlook, [starts[k] for k in todo], where[todo], guess[todo])
        left = []
        for k, one in zip(todo, maps, strict=True):
            before = made[k]
            if one is None:
                continue
            if before is not None:
                expected = before.target + before.slopes @ (one.point - before.point)
                settled = bool(np.linalg.norm(expected - _in_axes(one, before)) < SETTLED * one.radius)
                one = Linearised(**{**one.__dict__, "settled": settled})
            made[k] = one
            if one.probability > NEGLIGIBLE and not one.settled:
                where[k], guess[k] = one.mean_point, one.spread[0]
                left.append(k)
        todo = left
    return _different([one for one in made if one is not None and one.probability > NEGLIGIBLE])


def _in_axes(one: Linearised, other: Linearised) -> Array:
    return np.asarray(other.axes @ (one.axes.T @ one.target))


def _different(found: list[Linearised]) -> list[Linearised]:
    """Each impactor once, the most probable first."""
    kept: list[Linearised] = []
    for one in sorted(found, key=lambda each: -each.probability):
        mean = one.mean_point
        if not any(
            one.body == other.body
            and abs(one.tdb - other.tdb) < SAME
            and np.linalg.norm(mean - other.mean_point) < max(SAME_PLACE, 3.0 * one.radius / one.spread[0])
            for other in kept
        ):
            kept.append(one)
    return kept


def _maps(outlook: Outlook, starts: list[Candidate], points: Array, guess: Array) -> list[Linearised | None]:
    """Linear maps about given orbits, all in one flight; None where an orbit misses its passage."""
    count, size = points.shape
    radius = np.array([_usual_radius(one.body) for one in starts])
    probe = np.clip(PROBE * radius / np.maximum(guess, 1.0), SMALLEST_PROBE, LARGEST_PROBE)
    steps = np.concatenate((np.zeros((1, size)), np.eye(size), -np.eye(size)))
    every = points[:, None, :] + probe[:, None, None] * steps
    times = np.array([one.tdb for one in starts])
    passages = outlook.passages(every.reshape(-1, size), until_tdb=float(times.max()) + 2.0 * SAME)
    rows = np.full((count, len(steps)), -1, dtype=np.int64)
    each = np.repeat(times, len(steps))
    for target in {one.body for one in starts}:
        near = passages.nearest(target, each).reshape(count, -1)
        here = np.array([one.body == target for one in starts])
        rows[here] = near[here]
    return [
        None if np.any(row < 0) else _map(passages, row, starts[k], points[k], float(probe[k]))
        for k, row in enumerate(rows)
    ]


def _usual_radius(name: str) -> float:
    return 8e6 if name == "EARTH" else 1.8e6


def _map(passages: Passages, rows: NDArray[np.int64], start: Candidate, point: Array, probe: float) -> Linearised:
    axes = plane_axes(passages.direction[rows[0]])
    size = point.size
    flat = passages.point[rows] @ axes.T
    slopes = (flat[1 : size + 1] - flat[size + 1 :]).T / (2.0 * probe)
    radius = float(passages.radius[rows[0]])
    target = flat[0]
    nominal = target - slopes @ point
    probability, centre = disc_probability(nominal, slopes @ slopes.T, radius)
    return Linearised(
        start.body,
        float(passages.tdb[rows[0]]),
        point,
        axes,
        target,
        slopes,
        radius,
        float(passages.speed_at_infinity[rows[0]]),
        probability,
        centre,
        settled=False,
    )
