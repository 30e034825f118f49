"""What more positions are worth: the covariance after them, on the sky and on the target plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.observe import observe
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import ICRF
from moonstead.smallbodies.motion.orbit import parameter_columns
from moonstead.smallbodies.watch.sky_place import place_partials

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.flight import Flight

Array = NDArray[np.float64]

POSITIONS_PER_NIGHT = 4  # as surveys take them
NIGHT_SPREAD = 1800.0  # [s] from the first of them to the last


def covariance_after(
    flight: Flight, observer: Trajectory, tdb: ArrayLike, accuracy: float, data: DataContext, covariance: Array
) -> Array:
    """Covariance of the orbit once a body has been measured at more times.

    Parameters
    ----------
    flight : Flight
        The body, flown with partials over the times.
    observer : Trajectory
        Who measures.
    tdb : (N,) [s TDB past J2000]
        Times of the positions.
    accuracy : float [rad]
        1 sigma of one position, each way.
    data : DataContext
        Where ephemeris and orientation come from.
    covariance : (K, K) [mixed]
        Before, at the epoch of the flight's orbit.

    Returns
    -------
    (K, K) [mixed]
        After. What is measured does not matter, only when, from where and how well.

    Raises
    ------
    InvalidInput
        The accuracy is not positive.

    Source
    ------
    Kalman's gain in Joseph's form: Bierman (1977), Factorization Methods for Discrete Sequential Estimation, chapter 2.
    """
    if not accuracy > 0.0:
        raise InvalidInput(f"the accuracy of a position must be positive [rad]; got {accuracy!r}")
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    line = observe(flight, observer, times, ICRF, data, "light-time")[:, :3]
    # in units of the accuracy, and of the present sigmas, so that no digits are lost between metres and metres a second
    sigma = np.sqrt(np.diagonal(covariance))
    slopes = place_partials(flight, times, line).reshape(2 * times.size, -1) * sigma / accuracy
    before = covariance / np.outer(sigma, sigma)
    innovation = slopes @ before @ slopes.T + np.eye(slopes.shape[0])
    gain = np.linalg.solve(innovation, slopes @ before).T
    kept = np.eye(sigma.size) - gain @ slopes
    after = kept @ before @ kept.T + gain @ gain.T
    whole: Array = 0.5 * (after + after.T) * np.outer(sigma, sigma)
    return whole


def night_times(start: float, stop: float, count: int = POSITIONS_PER_NIGHT, spread: float = NIGHT_SPREAD) -> Array:
    """Times of a night's positions: in the middle of its window.

    Parameters
    ----------
    start, stop : float [s TDB past J2000]
        The window.
    count : int
        How many positions.
    spread : float [s]
        From first to last, or the window's length where that is shorter.

    Returns
    -------
    (N,) [s TDB past J2000]
        Rising.

    Source
    ------
    Surveys' habit: four exposures within half an hour.
    """
    half = 0.5 * min(spread, stop - start)
    middle = 0.5 * (start + stop)
    return np.linspace(middle - half, middle + half, count)


def target_plane_partials(flight: Flight, tdb: float, relative: Array) -> Array:
    """Partials of the place on the target plane, the plane through the body normal to the relative velocity.

    Parameters
    ----------
    flight : Flight
        The body, flown with partials over the encounter.
    tdb : float [s TDB past J2000]
        The nominal orbit's closest approach.
    relative : (6,) [m, m/s]
        State relative to the body there, ICRF.

    Returns
    -------
    (2, K) [mixed]
        Metres per unit of each parameter of the covariance, along two unit vectors in the plane: the first along the
        nominal miss, the second normal to it and to the velocity.

    Source
    ------
    Milani & Gronchi (2010), Theory of Orbit Determination, section 11.2: the modified target plane.
    """
    moved = flight.partials(np.array([tdb]))[0][:3, parameter_columns(flight.orbit)]
    return target_plane_axes(relative) @ moved


def target_plane_axes(relative: Array) -> Array:
    """Two unit vectors in the plane normal to a relative velocity.

    Parameters
    ----------
    relative : (6,) [m, m/s]
        State relative to the body.

    Returns
    -------
    (2, 3) [1]
        The first along the part of the position across the velocity.

    Source
    ------
    Gram-Schmidt.
    """
    along = relative[3:] / np.linalg.norm(relative[3:])
    outward = relative[:3] - (relative[:3] @ along) * along
    size = np.linalg.norm(outward)
    if size < 1e-9 * np.linalg.norm(relative[:3]) or size == 0.0:
        # straight through the centre: any direction across will do
        outward = np.cross(along, np.eye(3)[int(np.argmin(np.abs(along)))])
        size = np.linalg.norm(outward)
    outward = outward / size
    return np.stack((outward, np.cross(along, outward)))
