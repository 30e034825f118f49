"""Expected number of collisions from its rate in time: with one straight passage, and with all that curves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare
from moonstead.monitoring.probability.encounter import Encounter
from moonstead.monitoring.probability.equinoctial import ElementPair, element_pair
from moonstead.monitoring.probability.passage import Passage, find_passage, valleys
from moonstead.monitoring.probability.plane import disc_probability, plane_encounter
from moonstead.monitoring.probability.segment import encounter_segment
from moonstead.monitoring.probability.sphere import gauss_levels, sphere_points

Array = NDArray[np.float64]

TAIL = 8.223  # [1] sigmas on either side that leave out 2e-16: sqrt(2) erfc^-1(1e-16)
COARSE, FINE = 129, 49  # times over the whole segment, and over the passage
BISECTIONS = 24
TOLERANCE = 1e-4  # [1] of the integral over time
MOST_TIMES = 6000
BRIEF = 0.02  # [1] of the segment: a longer passage is looked at all over the segment
LEAST_OVERLAP = -200.0  # [1] far below any determinant of positions: keeps exp finite where a parabola fails
LARGEST_BODY = 50.0  # [1] hard-body radius in least sigmas that the finest sphere still resolves
PARABOLIC_BODY = 5.0  # [1] likewise, up to which the distances of the sphere are parabolas in time


@dataclass(frozen=True, eq=False)
class ExpectedCollisions:
    """How many collisions to expect; of one passage it is the probability.

    Attributes
    ----------
    number : float [1]
        NaN where it could not be found.
    in_plane : float [1]
        The same by the plane across the effective encounter (of one passage alone, else NaN).
    start, stop : float [s]
        Between which times the rate is not negligible.
    segment : (float, float) [s]
        Between which times it was sought.
    resolved : bool
        Whether the time integral and the sphere were resolved.
    """

    number: float
    in_plane: float
    start: float
    stop: float
    segment: tuple[float, float]
    resolved: bool


def nc_2d(encounter: Encounter) -> ExpectedCollisions:
    """Expected number of collisions of one passage, with curved distributions and uncertain velocities.

    The rate over the sphere of the hard bodies is integrated in time in closed form: for each point of the sphere the
    modified distance in sigmas is a parabola in time through three effective states.

    Parameters
    ----------
    encounter : Encounter
        Near closest approach, with covariances.

    Returns
    -------
    ExpectedCollisions

    Raises
    ------
    InvalidInput
        A covariance is missing.
    NumericalFailure
        The motion has no equinoctial elements.

    Source
    ------
    Hall, Baars & Casali (2023), AAS 23-398, after Hall (2021), J. Spacecraft and Rockets 58, 715,
    doi:10.2514/1.A34919.
    """
    segment = encounter_segment(encounter)
    pair = element_pair(encounter)
    return nc_2d_of(pair, find_passage(pair, encounter, segment), segment)


def nc_2d_of(pair: ElementPair, passage: Passage, segment: tuple[float, float]) -> ExpectedCollisions:
    """Expected number of collisions of a passage that was found before, see `nc_2d`.

    Parameters
    ----------
    pair : ElementPair
        Both objects.
    passage : Passage
        From `find_passage`.
    segment : (float, float) [s]
        Where it was sought.

    Returns
    -------
    ExpectedCollisions
        With the number by the effective plane [1] for comparison; a body of more than five sigmas is taken by that
        plane alone.

    Source
    ------
    Hall, Baars & Casali (2023), AAS 23-398.
    """
    if not passage.converged:
        return ExpectedCollisions(math.nan, math.nan, math.nan, math.nan, segment, False)
    size, sigma = pair.hard_body_radius, passage.sigma
    middle, spread = passage.relative[1], passage.spread[1]
    ends = (passage.time - TAIL * sigma, passage.time + TAIL * sigma)
    inverse = np.linalg.inv(spread[:3, :3])
    sigmas = size * math.sqrt(float(np.trace(inverse)))
    lever = spread[3:, :3] @ inverse
    # the same encounter in the plane across the velocity of those that meet
    straight = middle.copy()
    straight[3:] = middle[3:] - lever @ middle[:3]
    in_plane = disc_probability(plane_encounter(straight, spread[:3, :3], size))
    stiffness = float(straight[3:] @ inverse @ straight[3:])
    in_plane *= sigma * math.sqrt(stiffness)
    if sigmas > PARABOLIC_BODY:
        return ExpectedCollisions(in_plane, in_plane, *ends, segment, True)
    points, weights = sphere_points(sigmas, middle[3:])
    # modified distances of the points at three times
    values = np.empty((3, points.shape[0]))
    gap = passage.gap
    for row in range(3):
        apart = size * points - passage.relative[row, :3]
        position = passage.spread[row, :3, :3]
        values[row] = (
            np.einsum("ni,ni->n", apart, np.linalg.solve(position, apart.T).T) + np.linalg.slogdet(position)[1]
        )
    slope, bend = 0.5 * (values[2] - values[0]) / gap, (values[2] - 2.0 * values[1] + values[0]) / gap**2
    good = bend > 0.0
    bend = np.where(good, bend, 2.0 / sigma**2)
    least = values[1] - 0.5 * slope**2 / bend
    durations = np.sqrt(2.0 / bend)
    rest = spread[3:, 3:] - lever @ spread[:3, 3:]
    shift = -slope / bend
    apart = size * points - (
        middle[:3] + shift[:, None] * (passage.relative[2, :3] - passage.relative[0, :3]) / (2.0 * gap)
    )
    inward = -np.einsum("ni,ni->n", points, middle[3:] + apart @ lever.T)
    flows = _mean_inward(inward, np.einsum("ni,ij,nj->n", points, rest, points))
    number = (
        float(np.sum(weights * flows * durations * np.exp(-0.5 * np.maximum(least, LEAST_OVERLAP))))
        * size**2
        / (2.0 * math.pi)
    )
    return ExpectedCollisions(
        number,
        in_plane,
        *ends,
        segment,
        bool(np.all(good)),
    )


def nc_3d(encounter: Encounter, segment: tuple[float, float] | None = None) -> ExpectedCollisions:
    """Expected number of collisions over a whole encounter segment, whatever curves and repeats.

    Parameters
    ----------
    encounter : Encounter
        Near closest approach, with covariances.
    segment : (float, float) or None [s]
        Times after that of the states; None for `encounter_segment`.

    Returns
    -------
    ExpectedCollisions
        At least the probability; equal to it where two objects cannot meet twice.

    Raises
    ------
    InvalidInput
        A covariance is missing, or the segment is empty.
    NumericalFailure
        The motion has no equinoctial elements.

    Source
    ------
    Hall (2021), Expected collision rates for tracked satellites, J. Spacecraft and Rockets 58, 715,
    doi:10.2514/1.A34919.
    """
    bounds = encounter_segment(encounter) if segment is None else segment
    if not bounds[0] < bounds[1]:
        raise InvalidInput(f"a segment runs forward; got {bounds}")
    pair = element_pair(encounter)
    return nc_3d_of(pair, find_passage(pair, encounter, bounds), bounds)


def nc_3d_of(pair: ElementPair, passage: Passage, segment: tuple[float, float]) -> ExpectedCollisions:
    """Expected number of collisions over a segment, where its passage was found before; see `nc_3d`.

    Parameters
    ----------
    pair : ElementPair
        Both objects.
    passage : Passage
        Where to look closely; need not have converged.
    segment : (float, float) [s]
        Where to integrate.

    Returns
    -------
    ExpectedCollisions
        The time integral [1] of trapezoids, halved where the rate bends.

    Source
    ------
    Hall (2021), J. Spacecraft and Rockets 58, 715, doi:10.2514/1.A34919.
    """
    low, high = segment
    times = np.linspace(low, high, COARSE)
    slow = not passage.converged or 2.0 * TAIL * passage.sigma > BRIEF * (high - low)
    places = valleys(pair, times) if slow else [(passage.time, passage.sigma)]
    for place, sigma in places:
        near = place + sigma * np.linspace(-TAIL, TAIL, FINE)
        times = np.union1d(times, near[(near > low) & (near < high)])
    rates, found, fit = _rates(pair, times)
    for _ in range(BISECTIONS):
        gaps = np.diff(times)
        middle = 0.5 * (times[1:] + times[:-1])
        total = float(np.sum(0.5 * gaps * (rates[1:] + rates[:-1])))
        if total <= 0.0:
            break
        # a trapezoid errs by the bend of the rate across its ends
        bend = np.zeros_like(gaps)
        secant = np.diff(rates) / gaps
        turn = np.abs(np.diff(secant)) / (gaps[1:] + gaps[:-1])
        bend[:-1] = turn
        bend[1:] = np.maximum(bend[1:], turn)
        wrong = bend * gaps**3 / 6.0
        ask = wrong > TOLERANCE * total / 20.0
        if not np.any(ask) or times.size > MOST_TIMES:
            break
        more, more_found, more_fit = _rates(pair, middle[ask])
        order = np.argsort(np.concatenate((times, middle[ask])), kind="stable")
        times = np.concatenate((times, middle[ask]))[order]
        rates = np.concatenate((rates, more))[order]
        found = np.concatenate((found, more_found))[order]
        fit = np.concatenate((fit, more_fit))[order]
    number = float(np.sum(0.5 * np.diff(times) * (rates[1:] + rates[:-1])))
    if not np.any(found):
        return ExpectedCollisions(math.nan, math.nan, math.nan, math.nan, segment, False)
    lively = (
        np.flatnonzero(rates > 1e-8 * rates.max()) if rates.max() > 0.0 else np.array([int(np.argmin(np.abs(times)))])
    )
    return ExpectedCollisions(
        number,
        math.nan,
        float(times[lively[0]]),
        float(times[lively[-1]]),
        segment,
        bool(np.all(fit[lively]) and np.all(found[lively[0] : lively[-1] + 1])) and times.size <= MOST_TIMES,
    )


def _rates(pair: ElementPair, times: Array) -> tuple[Array, NDArray[np.bool_], NDArray[np.bool_]]:
    """Rates (T,) [1/s], whether a meeting was found, and whether the sphere is resolved."""
    prepare()
    from moonstead.monitoring.probability.overlap_kernels import collision_rate_kernel

    relative, spread, status = pair.relative(times)
    rate = np.zeros(times.size)
    nodes, weights, counts = gauss_levels()
    collision_rate_kernel(
        relative, spread, status, pair.hard_body_radius, nodes, weights, counts, np.zeros((6, 6)), rate
    )
    found = status == 1
    fit = np.ones(times.size, dtype=bool)
    with np.errstate(all="ignore"):
        inverse = np.linalg.inv(np.where(found[:, None, None], spread[:, :3, :3], np.eye(3)))
        fit[found] = pair.hard_body_radius * np.sqrt(np.trace(inverse[found], axis1=1, axis2=2)) <= LARGEST_BODY
    return rate, found, fit


def _mean_inward(inward: Array, variance: Array) -> Array:
    """Mean [m/s] of max(0, x) of normal x with means (N,) [m/s] and variances (N,) [m^2/s^2]."""
    from scipy.special import erfc

    sigma = np.sqrt(np.maximum(variance, 1e-300))
    ratio = np.clip(inward / sigma, -30.0, 30.0)
    smooth = sigma * (np.exp(-0.5 * ratio**2) / math.sqrt(2.0 * math.pi)) + inward * 0.5 * erfc(-ratio / math.sqrt(2.0))
    return np.asarray(np.maximum(smooth, 0.0))
