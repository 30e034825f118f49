"""Orbit fit: the motion under all forces that comes nearest to given positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.local_axes import radial_axes
from moonstead.estimation.least_squares import prior_from_sigmas, square_root_information
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.frames.earth_rotation import precise_itrf_from_icrf
from moonstead.navigation.orbit_determination.craft import Craft, craft_of
from moonstead.navigation.orbit_determination.fitted_orbit import STATE_NAMES, FittedOrbit, settled_orbit
from moonstead.navigation.orbit_determination.flight import FIRST_PUSH, Flight, Surroundings, fly, surroundings
from moonstead.navigation.time import tdb_from_gpst

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

START_POINTS = 7  # positions in a row that give the first state
FEWEST_SPARE = 6  # coordinates more than parameters
ROUNDS = 6  # flights at most
STILL = 1e-3  # [m] of the first state: corrections below this end the rounds
PUSH_SETTLED = 1e-3  # [1] of the push by sunlight
OUTLIER = 6.0  # [1] times the robust scatter of distances, at least:
LEAST_OUTLIER = 0.1  # [m]
NOT_ONE_ORBIT = 20.0  # [m] of residuals, root mean square: more than the positions of a geostationary satellite err by
MOST_REJECTED = 0.1  # [1] of the positions
WEIGHT = 1e-2  # [m] error of a position before the scatter is known
MOST_ALIKE = 0.98  # [1] correlation of neighbouring residuals that is believed
PULSE_SIGMA = 1e-6  # [m/s] before the fit: customary for navigation satellites


def fit_orbit(
    satellite: str,
    gpst: ArrayLike,
    position: ArrayLike,
    data: DataContext,
    *,
    model: str = "ecom2",
    until: float | None = None,
    craft: Craft | None = None,
    pulse_interval: float | None = None,
    place: Surroundings | None = None,
) -> FittedOrbit:
    """Fit an orbit to Earth-fixed positions, and fly it on.

    Estimated are the state at the first position and the parameters of solar radiation. Every position counts alike;
    its error is taken from the scatter of the residuals, and how far they repeat each other from the correlation of
    neighbours: positions that come from another fit are not independent.

    Parameters
    ----------
    satellite : str
        What messages call it.
    gpst : (M,) [s of GPST]
        Times, rising.
    position : (M, 3) [m]
        Of the centre of mass, ITRF; rows of NaN are passed over.
    data : DataContext
        Ephemeris, orientation and gravity.
    model : str
        Solar radiation, one of `SOLAR_MODELS`.
    until : float, optional [s of GPST]
        End of the flight; the last position if not given.
    craft : Craft, optional
        What is known of the satellite; by default what the shipped tables say about one of that name.
    pulse_interval : float, optional [s]
        Where given, the velocity may jump so often, by 1 um/s along each axis before the fit.
    place : Surroundings, optional
        Forces laid out before, from the first of the positions on; for many satellites with the same epochs.

    Returns
    -------
    FittedOrbit

    Raises
    ------
    InvalidInput
        There are too few positions, or they do not rise in time, or the model wants a craft.
    NumericalFailure
        The fit does not converge.
    OutsideSpan
        The data do not cover the span.

    Source
    ------
    Batch least squares with orthogonal triangles: `square_root_information`; satellites' orbits so fitted: Arnold et
    al. (2015), doi:10.1007/s00190-015-0814-4.
    """
    gpst = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    position = np.atleast_2d(np.asarray(position, dtype=np.float64))
    if position.shape != (gpst.size, 3) or np.any(np.diff(gpst) <= 0.0):
        raise InvalidInput(f"{satellite}: positions (M, 3) [m] at M rising times are needed; got {position.shape}")
    usable = np.isfinite(position).all(axis=1) & np.isfinite(gpst)
    usable[: _first_run(usable, satellite)] = False
    times, measured = gpst[usable], position[usable]
    tdb = tdb_from_gpst(times)
    if place is None or place.tdb[0] != tdb[0]:
        place = surroundings(tdb[0], tdb_from_gpst(max(until or times[-1], times[-1]))[0], data)
    inertial = precise_itrf_from_icrf(tdb, data).inverse().position(measured)
    pulses = [] if pulse_interval is None else list(np.arange(tdb[0] + pulse_interval, tdb[-1], pulse_interval))
    state, push = _first_state(tdb, inertial), FIRST_PUSH
    craft = craft or craft_of(satellite, float(times[0]))
    kept = np.ones(tdb.size, dtype=bool)
    for _ in range(ROUNDS):
        flight = fly(state, model, place, push=push, craft=craft, pulses=pulses)
        step, covariance, off, kept = _corrections(flight, tdb, inertial, satellite)
        gained = -step[6] if model != "box-wing" else 0.0  # D0, to the Sun
        settled = np.linalg.norm(step[:3]) < STILL and abs(gained) < PUSH_SETTLED * push
        if settled:
            if np.sqrt(np.mean(np.sum(off[kept] ** 2, axis=1))) > NOT_ONE_ORBIT:
                raise NumericalFailure(
                    f"{satellite}: the positions are no single orbit: residuals of "
                    f"{np.sqrt(np.mean(np.sum(off[kept] ** 2, axis=1))):.3g} m are left; was there a manoeuvre?"
                )
            break
        state = state + step[:6]
        push = float(np.clip(push + gained, 0.01 * FIRST_PUSH, 100.0 * FIRST_PUSH))
    else:
        raise NumericalFailure(
            f"{satellite}: the fit moves by {np.linalg.norm(step[:3]):.3g} m after {ROUNDS} flights; is this one "
            "orbit, without a manoeuvre?"
        )
    # what is left of the step is below a millimetre
    return settled_orbit(
        satellite, model, flight, step, covariance, times[kept], data, residuals=off[kept], rejected=int(np.sum(~kept))
    )


def _first_run(usable: NDArray[np.bool_], satellite: str) -> int:
    """Row of the first of `START_POINTS` positions in a row."""
    run = np.convolve(usable, np.ones(START_POINTS), "valid") == START_POINTS
    if usable.size < START_POINTS or not np.any(run):
        raise InvalidInput(
            f"{satellite}: {int(np.sum(usable))} positions, and never {START_POINTS} in a row, do not begin an orbit"
        )
    return int(np.argmax(run))


def _first_state(tdb: Array, inertial: Array) -> Array:
    """State (6,) [m, m/s] at the first time by the polynomial through the first positions."""
    scale = tdb[START_POINTS - 1] - tdb[0]
    fit = np.polynomial.polynomial.polyfit(
        (tdb[:START_POINTS] - tdb[0]) / scale, inertial[:START_POINTS], START_POINTS - 1
    )
    return np.concatenate((fit[0], fit[1] / scale))


def _corrections(
    flight: Flight, tdb: Array, inertial: Array, satellite: str
) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Corrections, their covariance, residuals (M, 3) [m] after them along radius, track, normal, and what was kept."""
    states, design = flight.partials(tdb)
    design = design[:, :3]
    off = inertial - states[:, :3]
    count = design.shape[2]
    scale = np.linalg.norm(design.reshape(-1, count), axis=0)
    pulses = np.array([name.startswith("pulse") for name in (*STATE_NAMES, *flight.names)])
    prior = prior_from_sigmas(np.zeros(count), np.where(pulses, PULSE_SIGMA * scale, np.inf)) if pulses.any() else None
    axes = radial_axes(states)
    kept = np.ones(tdb.size, dtype=bool)
    while True:
        if 3 * np.sum(kept) < count + FEWEST_SPARE:
            raise InvalidInput(f"{satellite}: {int(np.sum(kept))} positions are too few for {count} parameters")
        # the weight counts against the a-priori jumps alone; the scatter gives the covariance its size
        found = square_root_information(
            (design[kept] / scale).reshape(-1, count) / WEIGHT, off[kept].reshape(-1) / WEIGHT, prior
        )
        step = found.estimate() / scale
        left = np.einsum("nij,nj->ni", axes, off - design @ step)
        distance = np.linalg.norm(left, axis=1)
        limit = max(LEAST_OUTLIER, OUTLIER * float(np.median(distance[kept])))
        now = distance < limit
        if np.array_equal(now, kept) or np.mean(~now) > MOST_REJECTED or np.sum(now) >= np.sum(kept):
            break
        kept = now
    freedom = 3 * int(np.sum(kept)) - count
    variance = float(np.sum(left[kept] ** 2)) / freedom / WEIGHT**2 * _repetition(left[kept])
    covariance = found.covariance() / np.outer(scale, scale) * variance
    return step, covariance, left, kept


def _repetition(residuals: Array) -> float:
    """How many residuals in a row say the same: the sum of correlations of a sequence with the measured first one."""
    square = float(np.sum(residuals**2))
    first = float(np.sum(residuals[1:] * residuals[:-1])) / square if square > 0.0 else 0.0
    first = min(max(first, 0.0), MOST_ALIKE)
    return (1.0 + first) / (1.0 - first)
