"""Tracks correlated with each other: two sightings of one object that no catalogue has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.monitoring.tracking.batch import OrbitFit, fit_orbit
from moonstead.monitoring.tracking.fit_forces import FitForces
from moonstead.monitoring.tracking.fit_rows import TrackedRows
from moonstead.monitoring.tracking.initial_orbit import initial_orbit
from moonstead.monitoring.tracking.measurements import Measurements, joined

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

FORCES = FitForces(ForceModel(center="EARTH", degree=8, third_bodies=("SUN", "MOON")), tides=False)
PLANE_SIGMAS, LEAST_PLANE = 5.0, math.radians(0.5)  # between planes of one orbit
AXIS_SIGMAS = 4.0  # [1] of the semi-major axis, within which numbers of turns between both tracks are tried
MOST_TURNS = 9  # numbers of turns that are tried
LONGEST = 86_400.0  # [s] between tracks that are paired


@dataclass(frozen=True, eq=False)
class TrackPair:
    """Two tracks that one orbit goes through.

    Attributes
    ----------
    first, second : int
        Numbers of the tracks.
    probability : float [1]
        With which tracks of one object would miss a common orbit by more.
    chi_square : float [1]
        Of all measurements of both.
    numbers : int
        Degrees of freedom.
    orbit : OrbitFit
        Through both.
    """

    first: int
    second: int
    probability: float
    chi_square: float
    numbers: int
    orbit: OrbitFit


def track_orbits(tracks: Sequence[Measurements], data: DataContext) -> tuple[OrbitFit | None, ...]:
    """An orbit through each track alone, with its covariance.

    Parameters
    ----------
    tracks : N Measurements
        Each of one object.
    data : DataContext
        Ephemeris, orientation, gravity.

    Returns
    -------
    tuple of OrbitFit or None
        None where a track alone determines no orbit.

    Source
    ------
    As `initial_orbit` and `fit_orbit`.
    """
    found: list[OrbitFit | None] = []
    for track in tracks:
        try:
            first = initial_orbit(track, data)
            found.append(fit_orbit([TrackedRows(track)], first.best, FORCES, data, reject=False))
        except (InvalidInput, NumericalFailure):
            found.append(None)
    return tuple(found)


def pair_tracks(
    tracks: Sequence[Measurements],
    data: DataContext,
    *,
    orbits: Sequence[OrbitFit | None] | None = None,
    probability: float = 1e-4,
    longest: float = LONGEST,
) -> tuple[TrackPair, ...]:
    """Pairs of tracks that are of one object.

    Both orbits must lie in one plane; then one orbit is fitted through both tracks, for each number of turns between
    them that the semi-major axis of the better known one allows.

    Parameters
    ----------
    tracks : N Measurements
        Each of one object; tracks that alone determine no orbit are not paired.
    data : DataContext
        Ephemeris, orientation, gravity.
    orbits : N OrbitFit or None, optional
        Of the tracks, where they are known already.
    probability : float [1]
        Pairs are refused that tracks of one object would exceed so seldom.
    longest : float [s]
        Between two tracks.

    Returns
    -------
    tuple of TrackPair
        The likeliest first; one track may stand in several pairs.

    Raises
    ------
    InvalidInput
        The orbits are not as many as the tracks.

    Source
    ------
    Chi-square test of a common orbit: Milani & Gronchi (2010), Theory of Orbit Determination, chapter 7, with the
    numbers of turns as in chapter 8.
    """
    from scipy.special import chdtrc

    known = track_orbits(tracks, data) if orbits is None else tuple(orbits)
    if len(known) != len(tracks):
        raise InvalidInput(f"{len(tracks)} tracks need as many orbits; got {len(known)}")
    able = sorted((orbit.state.epoch_tdb, number, orbit) for number, orbit in enumerate(known) if orbit is not None)
    pairs = []
    for place, (_, first, one) in enumerate(able):
        for _, second, other in able[place + 1 :]:
            if other.state.epoch_tdb - one.state.epoch_tdb > longest or not _one_plane(one, other, data):
                continue
            fitted = _through_both(tracks[first], tracks[second], one, other, data)
            if fitted is None:
                continue
            numbers = sum(int(np.sum(part.used_numbers)) for part in (tracks[first], tracks[second])) - 6
            chi_square = fitted.normalised_rms**2 * numbers
            chance = float(chdtrc(numbers, chi_square))
            if chance >= probability:
                pairs.append(TrackPair(first, second, chance, chi_square, numbers, fitted))
    return tuple(sorted(pairs, key=lambda pair: -pair.probability))


def _one_plane(one: OrbitFit, other: OrbitFit, data: DataContext) -> bool:
    """Whether the earlier orbit, flown on, lies in the plane of the later one."""
    flown = _flown(one.state, other.state.epoch_tdb, data)
    angle = math.acos(max(-1.0, min(1.0, float(_normal(flown) @ _normal(other.state.position_velocity)))))
    allowed = PLANE_SIGMAS * math.hypot(_plane_sigma(one), _plane_sigma(other))
    return angle < max(LEAST_PLANE, allowed)


def _flown(state: OrbitState, tdb: float, data: DataContext) -> Array:
    if tdb == state.epoch_tdb:
        return state.position_velocity
    path = propagate(state, tdb, FORCES.model, data, tolerance=1.0, stop_at_surface=False)
    return np.asarray(path.state(np.array([tdb]))[0], dtype=np.float64)


def _normal(state: Array) -> Array:
    normal = np.cross(state[:3], state[3:])
    unit: Array = normal / np.linalg.norm(normal)
    return unit


def _plane_sigma(orbit: OrbitFit) -> float:
    """Of the direction of the orbit's normal [rad]."""
    state = orbit.state.position_velocity
    normal = _normal(state)
    sigma = np.sqrt(normal @ orbit.state_covariance[:3, :3] @ normal) / np.linalg.norm(state[:3])
    drift = np.sqrt(normal @ orbit.state_covariance[3:, 3:] @ normal) / np.linalg.norm(state[3:])
    return float(np.hypot(sigma, drift))


def _through_both(
    track: Measurements, later: Measurements, one: OrbitFit, other: OrbitFit, data: DataContext
) -> OrbitFit | None:
    """The best orbit through both tracks; None where none is found."""
    # from the better known semi-major axis
    base, goal = (one, other) if _axis(one)[1] <= _axis(other)[1] else (other, one)
    axis, sigma = _axis(base)
    span = goal.state.epoch_tdb - base.state.epoch_tdb
    motion = math.sqrt(body("EARTH").gm / axis**3)
    there, wanted = _flown(base.state, goal.state.epoch_tdb, data), goal.state.position_velocity
    normal = _normal(there)
    ahead = math.atan2(float(np.cross(there[:3], wanted[:3]) @ normal), float(there[:3] @ wanted[:3]))
    # a change of the axis by one part turns the object back by 1.5 parts of the angle it flies
    reach = 1.5 * motion * abs(span) * AXIS_SIGMAS * sigma / axis + 0.02
    turns = np.arange(math.ceil((-reach - ahead) / (2.0 * math.pi)), math.floor((reach - ahead) / (2.0 * math.pi)) + 1)
    turns = turns[np.argsort(np.abs(ahead + 2.0 * math.pi * turns))][:MOST_TURNS]
    best: OrbitFit | None = None
    rows = [TrackedRows(joined([track, later]))]
    for count in turns:
        missing = ahead + 2.0 * math.pi * float(count)
        state = base.state.position_velocity.copy()
        state[3:] *= 1.0 - missing / (3.0 * motion * span)  # half of the change of the axis
        try:
            fitted = fit_orbit(rows, OrbitState(state, base.state.epoch_tdb, "EARTH"), FORCES, data, reject=False)
        except (InvalidInput, NumericalFailure):
            continue
        if best is None or fitted.normalised_rms < best.normalised_rms:
            best = fitted
    return best


def _axis(orbit: OrbitFit) -> tuple[float, float]:
    """Semi-major axis and its standard deviation [m]."""
    state, gm = orbit.state.position_velocity, body("EARTH").gm
    distance = float(np.linalg.norm(state[:3]))
    axis = 1.0 / (2.0 / distance - float(state[3:] @ state[3:]) / gm)
    slope = 2.0 * axis**2 * np.concatenate((state[:3] / distance**3, state[3:] / gm))
    return axis, float(np.sqrt(slope @ orbit.state_covariance @ slope))
