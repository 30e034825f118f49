"""Measurements as sensors would make them of an object whose orbit is known: simulated, and to be called so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.observe import icrf_state
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.data import DataContext
from moonstead.monitoring.tracking.computed_values import Direction, computed_values, observer_states
from moonstead.monitoring.tracking.measurements import (
    AZIMUTH_ELEVATION,
    RIGHT_ASCENSION_DECLINATION,
    Measurements,
)
from moonstead.monitoring.tracking.refraction import Air

Array = NDArray[np.float64]


def simulated(
    rows: Measurements,
    target: Trajectory,
    data: DataContext,
    seed: int,
    *,
    direction: Direction = "astrometric",
    air: Air | None = None,
) -> Measurements:
    """The same rows with the values that sensors would read off, noise included.

    Parameters
    ----------
    rows : Measurements
        Whose values are replaced; noise has their standard deviations.
    target : Trajectory
        The truth.
    data : DataContext
        Ephemeris and orientation.
    seed : int
        Of the noise.
    direction, air : str, Air or None
        As in `computed_values`.

    Returns
    -------
    Measurements

    Raises
    ------
    OutsideSpan
        The trajectory does not cover the times.

    Source
    ------
    As `computed_values`; normal noise without correlation.
    """
    true = computed_values(rows, target, data, direction=direction, air=air).value
    noise = rows.sigma * np.random.default_rng(seed).standard_normal(rows.sigma.shape)
    around = (rows.kind == AZIMUTH_ELEVATION) | (rows.kind == RIGHT_ASCENSION_DECLINATION)
    noise[around, 0] /= np.cos(true[around, 1])
    value = true + noise
    value[around, 0] = np.mod(value[around, 0], 2.0 * np.pi)
    return replace(rows, value=value)


def elevations(rows: Measurements, target: Trajectory, data: DataContext) -> Array:
    """How high the object stands over each row's receiver.

    Parameters
    ----------
    rows : Measurements
        Times and receivers.
    target : Trajectory
        The object.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    (N,) [rad]
        Geometric, at the time of receiving; NaN where the receiver is no place on a surface.

    Raises
    ------
    OutsideSpan
        The trajectory does not cover the times.

    Source
    ------
    Definition.
    """
    sight = icrf_state(target, "EARTH", rows.tdb, data)[:, :3]
    sight = sight - observer_states(rows.observers, rows.receiver, rows.tdb, data)[:, :3]
    out = np.full(len(rows), np.nan)
    for number, observer in enumerate(rows.observers):
        mine = rows.receiver == number
        if isinstance(observer, SurfacePoint) and np.any(mine):
            seen = observer.topocentric.from_icrf(rows.tdb[mine], data).position(sight[mine])
            out[mine] = np.arcsin(seen[:, 2] / np.linalg.norm(seen, axis=1))
    return out
