"""Elements for SGP4 that follow an ephemeris as closely as SGP4 can."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.mean_elements import WGS72_GM, MeanElements
from moonstead.dynamics.sgp4_many import Sgp4Set
from moonstead.dynamics.sgp4_trajectory import status_text
from moonstead.estimation.least_squares import minimise, prior_from_sigmas
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.time.scales import tai_seconds
from moonstead.monitoring.element_fit.equinoctial_sets import (
    elements_of_variables,
    epoch_near,
    osculating_variables,
)

Array = NDArray[np.float64]

FEWEST = 4  # states for six elements and the drag term
# Half steps of central differences: angles move the orbit by some metres, B* a low orbit by as much in a day.
STEPS = np.array([1e-9, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6])  # the first a part of the mean motion
LOOSE = 1e6  # [1] a-priori sigma of what the ephemeris decides alone
DRAG_SIGMA = 0.02  # [1/Earth radius] a-priori sigma of B*, so that high orbits and short spans have one
WEIGHT = 1.0  # [m] sigma of a coordinate: all count the same
FIRST_ROUNDS = 10  # of replacing osculating variables by mean ones
LARGEST = 0.95  # of an eccentricity that a fit may try


@dataclass(frozen=True, eq=False)
class ElementFit:
    """Elements fitted to an ephemeris, and how close they are.

    Attributes
    ----------
    elements : MeanElements
        One set.
    rms, worst : float [m]
        Root mean square and largest distance between SGP4 and the ephemeris over its span.
    distance : (N,) [m]
        Distance at each state.
    start, stop : float [s TDB past J2000]
        Span of the ephemeris.
    iterations : int
        Corrections that were made.
    converged : bool
        Whether a further correction would change nothing.
    drag_sigma : float [1/Earth radius]
        Standard deviation of B* for residuals of the size of `rms`; near 0.02 where the ephemeris does not decide it.
    """

    elements: MeanElements
    rms: float
    worst: float
    distance: Array
    start: float
    stop: float
    iterations: int
    converged: bool
    drag_sigma: float


def fit_elements(
    tdb: ArrayLike,
    states: ArrayLike,
    *,
    epoch: float | None = None,
    drag: bool = True,
    object_id: int = 0,
    name: str = "",
    designator: str = "",
) -> ElementFit:
    """Mean elements whose SGP4 positions are closest to those of an ephemeris.

    The fit corrects mean motion, eccentricity and inclination vectors, mean longitude and B*, so that circular and
    equatorial orbits are no exception; near-Earth and deep-space theory follow from the period.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times, at least four.
    states : (N, 6) [m, m/s]
        Relative to the Earth in TEME; velocities serve only the start.
    epoch : float, optional [s TDB past J2000]
        Wanted epoch of the elements, the middle of the span if left out. It is moved to the nearest 0.001 25 d of UTC,
        which all formats hold without loss.
    drag : bool
        Whether B* is fitted; else it is zero.
    object_id : int, optional [1]
        Catalogue number to give to the elements.
    name, designator : str, optional
        To give to the elements.

    Returns
    -------
    ElementFit

    Raises
    ------
    InvalidInput
        There are too few states, one is not finite, or one is no closed orbit.
    NumericalFailure
        SGP4 cannot fly the orbit, or the fit finds no way down.

    Source
    ------
    Batch least squares by QR (`estimation.least_squares`), differences of SGP4 (Vallado et al. 2006, AIAA 2006-6753)
    in equinoctial variables; fit to ephemerides as in Vallado & Crawford (2008), AIAA 2008-6770.
    """
    times, given = np.atleast_1d(np.asarray(tdb, dtype=np.float64)), np.asarray(states, dtype=np.float64)
    if given.shape != (times.size, 6) or times.size < FEWEST:
        raise InvalidInput(f"a fit needs at least {FEWEST} states (N, 6); got {given.shape} at {times.size} times")
    if not (np.all(np.isfinite(given)) and np.all(np.isfinite(times))):
        raise InvalidInput("a time or state of the ephemeris is not finite; leave it out")
    second, _ = epoch_near(float(0.5 * (times.min() + times.max())) if epoch is None else epoch)
    after = tai_seconds(times) - second
    scale = np.array([osculating_variables(given[:1], WGS72_GM)[0, 0], 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    active = 7 if drag else 6

    def flown(parameters: Array) -> Array:
        """Positions (K, N, 3) [m] of parameters (K, 7)."""
        sets = elements_of_variables(parameters[:, :6] * scale[:6], parameters[:, 6], second)
        if np.any(~(sets.eccentricity < LARGEST) | ~(sets.mean_motion > 0.0)):
            raise NumericalFailure("the fit left the ellipses that SGP4 can fly")
        rows = np.repeat(np.arange(len(sets)), times.size)
        found, status = Sgp4Set(sets).states_after(rows, np.tile(after, len(sets)))
        if np.any(status):
            raise NumericalFailure(f"SGP4 cannot fly the orbit of the ephemeris: {status_text(int(status.max()))}")
        return found[:, :3].reshape(len(sets), times.size, 3)

    def model(parameters: Array) -> tuple[Array, Array]:
        """Weighted residuals and design of the active parameters."""
        here = np.zeros(7)
        here[:active] = parameters
        moves = np.concatenate((np.zeros((1, 7)), np.diag(STEPS)[:active], -np.diag(STEPS)[:active]))
        places = flown(here + moves)
        design = (places[1 : 1 + active] - places[1 + active :]) / (2.0 * STEPS[:active, np.newaxis, np.newaxis])
        return ((given[:, :3] - places[0]).ravel() / WEIGHT, design.reshape(active, -1).T / WEIGHT)

    start = _start(times, given, after, scale, second)[:active]
    sigmas = np.array([LOOSE] * 6 + [DRAG_SIGMA])[:active]
    prior = prior_from_sigmas(np.append(start[:6], np.zeros(active - 6)), sigmas)
    solved = minimise(model, start, prior=prior, most_iterations=40)
    best = np.zeros(7)
    best[:active] = solved.parameters
    distance = np.linalg.norm(flown(best[np.newaxis])[0] - given[:, :3], axis=1)
    rms = float(np.sqrt(np.mean(distance**2)))
    spread = np.sqrt(np.diag(solved.information.covariance()))
    noise = max(rms / np.sqrt(3.0) / WEIGHT, 1e-300)
    sigma = min(DRAG_SIGMA, float(spread[6]) * noise) if drag else 0.0
    elements = elements_of_variables(
        best[np.newaxis, :6] * scale[:6], best[6:], second, object_id=object_id, name=name, designator=designator
    )
    return ElementFit(
        elements,
        rms,
        float(distance.max()),
        distance,
        float(times.min()),
        float(times.max()),
        solved.iterations,
        solved.converged,
        sigma,
    )


def _start(times: Array, given: Array, after: Array, scale: Array, second: int) -> Array:
    """Parameters (7,) at the epoch: mean variables whose SGP4 state has the ephemeris's osculating ones."""
    k = int(np.argmin(np.abs(after)))
    wanted = osculating_variables(given[k : k + 1], WGS72_GM)[0]
    here = wanted.copy()
    here[5] -= wanted[0] * after[k]
    for _ in range(FIRST_ROUNDS):
        state, status = Sgp4Set(elements_of_variables(here[np.newaxis], np.zeros(1), second)).states_after(
            [0], after[k : k + 1]
        )
        if status[0]:
            break
        off = wanted - osculating_variables(state, WGS72_GM)[0]
        off[5] = (off[5] + np.pi) % (2.0 * np.pi) - np.pi
        here += off
    return np.append(here / scale[:6], 0.0)
