"""How a run of nights shrinks the uncertainty, on the sky and at an encounter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.observe import observe
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ICRF
from moonstead.smallbodies.watch.next_night import covariance_after, target_plane_partials
from moonstead.smallbodies.watch.sky_place import ellipse_of, place_partials

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.flight import Flight

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Night:
    """Positions that one observer takes in a night.

    Attributes
    ----------
    observer : Trajectory
        Who measures.
    tdb : (N,) [s TDB past J2000]
        When.
    accuracy : float [rad]
        1 sigma of one position, each way.
    """

    observer: Trajectory
    tdb: Array
    accuracy: float


@dataclass(frozen=True, eq=False)
class Improvement:
    """What is left of the uncertainty after each of T nights.

    Attributes
    ----------
    tdb : (T,) [s TDB past J2000]
        Last position of each night.
    sky_before : (T,) [rad]
        1 sigma along the error ellipse on the sky as the night begins: how far off the pointing may be.
    target_sigma : (T,) [m]
        1 sigma on the target plane along the line of variations, after each night.
    target_width : (T,) [m]
        The same across the line.
    target_sigma_now : float [m]
        Before the first night.
    shrink : (T,) [1]
        `target_sigma` over that of today.
    """

    tdb: Array
    sky_before: Array
    target_sigma: Array
    target_width: Array
    target_sigma_now: float
    shrink: Array


def improvement(
    flight: Flight, nights: Sequence[Night], encounter_tdb: float, encounter_state: Array, data: DataContext
) -> Improvement:
    """Uncertainty after each night of a plan, in linear approximation.

    Parameters
    ----------
    flight : Flight
        The body, flown with partials over nights and encounter; its orbit has a covariance.
    nights : sequence of Night
        In the order of time.
    encounter_tdb : float [s TDB past J2000]
        Closest approach of the nominal orbit.
    encounter_state : (6,) [m, m/s]
        Relative to the body there, ICRF.
    data : DataContext
        Where ephemeris and orientation come from.

    Returns
    -------
    Improvement
        One row for each night.

    Raises
    ------
    InvalidInput
        The orbit has no covariance.

    Source
    ------
    Bierman (1977), Factorization Methods for Discrete Sequential Estimation, chapter 2; target plane as
    `target_plane_partials`.
    """
    covariance = flight.orbit.covariance
    if covariance is None:
        raise InvalidInput(f"the orbit of '{flight.name}' has no covariance, so nothing can be said of its uncertainty")
    mapped = target_plane_partials(flight, encounter_tdb, encounter_state)
    plane = mapped @ covariance @ mapped.T
    values, vectors = np.linalg.eigh(plane)
    weak, now = vectors[:, -1], float(np.sqrt(values[-1]))
    across = np.array([-weak[1], weak[0]])
    times, sky, sigma, width = [], [], [], []
    for night in nights:
        line = observe(flight, night.observer, night.tdb[:1], ICRF, data, "light-time")[:, :3]
        slopes = place_partials(flight, night.tdb[:1], line)
        sky.append(float(ellipse_of(slopes @ covariance @ np.swapaxes(slopes, 1, 2))[0][0]))
        covariance = covariance_after(flight, night.observer, night.tdb, night.accuracy, data, covariance)
        plane = mapped @ covariance @ mapped.T
        times.append(float(night.tdb[-1]))
        sigma.append(float(np.sqrt(weak @ plane @ weak)))
        width.append(float(np.sqrt(max(across @ plane @ across, 0.0))))
    along = np.array(sigma)
    return Improvement(np.array(times), np.array(sky), along, np.array(width), now, along / now)
