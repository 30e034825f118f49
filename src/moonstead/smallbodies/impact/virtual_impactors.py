"""Virtual impactors: connected sets of orbits that hit, their probability, and where they come down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.smallbodies.impact.line_of_variations import Candidate
from moonstead.smallbodies.impact.outlook import SAME, Outlook, Passages
from moonstead.smallbodies.impact.target_plane import disc_probability
from moonstead.smallbodies.impact.wilson import wilson_interval

Array = NDArray[np.float64]

PROBE = 0.1  # [1] of the disc: how far the target point is moved for derivatives
LARGEST_PROBE, SMALLEST_PROBE = 0.3, 1e-9  # [1] standard deviations
ROUNDS = 4
SETTLED = 0.05  # [1] of the disc: agreement of the linear and the flown target point
PADDING = 1.25  # [1] radii: how far from the centre orbits are drawn
RIM = 1.1  # [1] radii: hits drawn beyond show that the padding was too small
FEW = 0.02  # [1] of the hits, that may lie beyond
WHOLE = 0.999  # [1] of the cloud: where it is drawn from as a whole, no padding is too small
SAME_PLACE = 0.1  # [1] standard deviations between two linearisations of one impactor
THIN = 1e-9  # [1] of the square: a narrower cloud is a line
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


def plane_axes(direction: Array) -> Array:
    """Two axes (2, 3) [1] normal to a direction.

    Parameters
    ----------
    direction : (3,) [1]
        Unit vector.

    Returns
    -------
    (2, 3) [1]
        Orthogonal unit vectors.

    Source
    ------
    Gram-Schmidt from the coordinate axis farthest from the direction.
    """
    first = np.eye(3)[np.argmin(np.abs(direction))]
    first = first - (first @ direction) * direction
    first /= np.linalg.norm(first)
    return np.stack((first, np.cross(direction, first)))


@dataclass(frozen=True, eq=False)
class Drawn:
    """Orbits drawn so that most of them hit, and what became of them.

    Attributes
    ----------
    points : (1 + M, k) [1]
        Of the cloud; the first is the mean orbit that hits and does not count.
    share : float [1]
        Probability that the M others stand for.
    rows : (1 + M,) [1]
        Rows of the passages; -1 where there is none.
    hit : (1 + M,) [1]
        Whether each hits.
    passages : Passages
        What happened.
    padded : bool
        Whether the region drawn from may have been too small.
    """

    points: Array
    share: float
    rows: NDArray[np.int64]
    hit: NDArray[np.bool_]
    passages: Passages
    padded: bool

    @property
    def probability(self) -> float:
        """Share of the cloud that hits [1]."""
        return self.share * float(np.mean(self.hit[1:]))

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the probability [1]."""
        low, high = wilson_interval(int(np.count_nonzero(self.hit[1:])), self.hit.size - 1)
        return self.share * low, self.share * high


def drawn_impactors(outlook: Outlook, impactor: Linearised, count: int, rng: np.random.Generator) -> Drawn:
    """Random orbits that pass where a virtual impactor does, each with the same weight.

    Parameters
    ----------
    outlook : Outlook
        Cloud and flights.
    impactor : Linearised
        The target plane.
    count : int
        How many orbits.
    rng : Generator
        Seeded by the caller.

    Returns
    -------
    Drawn
        Their share of the cloud, and which of them hit when they are flown.

    Source
    ------
    Importance sampling by conditioning: target points from the Gaussian cut to a square about the disc, then the orbit
    given its target point by Matheron's rule, x + K (y - G x) (Chiles & Delfiner 2012, Geostatistics, section 7.3). The
    share is that of the square; linear maps only choose what is flown, they do not decide what hits.
    """
    half = PADDING * impactor.radius
    for attempt in range(3):
        points, share, square = _conditioned(impactor, half, count, rng)
        points = np.concatenate((impactor.mean_point[None], points))
        passages = outlook.passages(points, until_tdb=impactor.tdb + 2.0 * SAME)
        rows = passages.nearest(impactor.body, np.full(count + 1, impactor.tdb))
        hit = (rows >= 0) & passages.impact[rows]
        outside = np.max(np.abs(square), axis=1) > RIM / PADDING * half
        padded = share < WHOLE and bool(np.count_nonzero(outside & hit[1:]) > FEW * np.count_nonzero(hit[1:]))
        if not padded or attempt == 2:
            break
        half *= 2.0
    return Drawn(points, share, rows, hit, passages, padded)


def _conditioned(impactor: Linearised, half: float, count: int, rng: np.random.Generator) -> tuple[Array, float, Array]:
    """Points (M, k) whose linear target points lie in a square, the square's share, and the target points (M, 2)."""
    from scipy.special import ndtr, ndtri

    left, sigma, right = np.linalg.svd(impactor.slopes, full_matrices=False)
    mean = left.T @ impactor.nominal
    square = np.empty((count, 2))
    share, sizes = 1.0, np.maximum(sigma, THIN * half)
    for axis in range(2):
        sign, size = np.sign(mean[axis]) or 1.0, float(sizes[axis])
        low, high = (float(ndtr((side * half - abs(mean[axis])) / size)) for side in (-1.0, 1.0))
        share *= high - low
        # in strata along the line: less noise
        first = (rng.permutation(count) + rng.random(count)) / count
        levels = first if axis == 0 else rng.random(count)
        square[:, axis] = sign * (abs(mean[axis]) + size * ndtri(low + (high - low) * levels))
    free = rng.standard_normal((count, impactor.point.size))
    wanted = (square - mean) / sizes
    points = free + (wanted - free @ right.T) @ right
    return points, share, square
