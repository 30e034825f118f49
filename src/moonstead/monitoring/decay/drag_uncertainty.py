"""How far a prediction may run off because drag is not known: the air's model and the weather to come."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.atmosphere import Version
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.decay.averaged_drag import MeanOrbits
from moonstead.monitoring.decay.fall_members import fall_table, moved, weather_effect
from moonstead.monitoring.decay.weather_forecast import WeatherForecast

Array = NDArray[np.float64]

MODEL_SPREAD = (
    0.15  # [1] of density by empirical models: Bowman et al. (2008), AIAA 2008-6438; Vallado & Finkleman (2014)
)
DRAG = "drag"


def weather_spread(orbit: MeanOrbits, forecast: WeatherForecast, days: int, version: Version = "00") -> Array:
    """Spread of the mean drag over the days of a forecast, as past forecasts of space weather erred.

    Parameters
    ----------
    orbit : MeanOrbits
        One row, whose size is taken as lasting.
    forecast : WeatherForecast
        From the epoch of the orbit on or earlier, with members.
    days : int
        How many.
    version : str
        Of NRLMSIS.

    Returns
    -------
    (days,) [1]
        Standard deviation of the mean drag from the epoch to the end of each day, relative.

    Raises
    ------
    InvalidInput
        The forecast has no members, or there is no day.
    OutsideSpan
        It does not reach to 2.2 times the days.
    MissingData
        The package pymsis is not installed.

    Source
    ------
    As `forecast_weather` and `drag_rates`.
    """
    if not forecast.f107.size or days < 1:
        raise InvalidInput("the spread of a forecast needs its members and a day at least")
    elapsed = SECONDS_PER_DAY * (np.arange(days) + 0.5)
    rows = moved(orbit, np.zeros(days + 1, dtype=np.int64), np.concatenate(([0.0], elapsed)))
    table = fall_table(rows, forecast.expected, version)
    members = np.arange(len(forecast.f107))
    effects = [
        weather_effect(table, k + 1, np.full(members.size, time), forecast, members) for k, time in enumerate(elapsed)
    ]
    factor = np.exp(np.array(effects))
    mean = np.cumsum(factor, axis=0) / np.arange(1, days + 1)[:, None]
    return np.asarray(mean.std(axis=1))


def drag_uncertainty(trajectory: PropagatedTrajectory, tdb: ArrayLike, spread: ArrayLike) -> Array:
    """Standard deviations of a propagated position along radius, track and normal, by drag alone.

    Parameters
    ----------
    trajectory : PropagatedTrajectory
        Flown with ``parameters=("drag",)``.
    tdb : (N,) [s TDB past J2000]
        Times within its span.
    spread : (N,) or float [1]
        Standard deviation of the drag, as a mean from the start to each time, relative.

    Returns
    -------
    (N, 3) [m]
        Radial, transverse, normal.

    Raises
    ------
    InvalidInput
        The trajectory was flown without partials of drag.
    OutsideSpan
        A time lies outside it.

    Source
    ------
    Linear in the factor on drag: variational equations of `propagate`.
    """
    if DRAG not in trajectory.parameters:
        raise InvalidInput('the uncertainty by drag needs a trajectory flown with parameters=("drag",)')
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    column = trajectory.parameters.index(DRAG)
    moves = trajectory.sensitivity(times)[:, :3, column]
    return np.asarray(np.abs(along_axes(trajectory.state(times), moves)) * np.asarray(spread).reshape(-1, 1))


def along_axes(states: ArrayLike, vectors: ArrayLike) -> Array:
    """Vectors along radius, track and normal of an orbit.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        Of the orbit.
    vectors : (N, 3) [any unit]
        In the same axes.

    Returns
    -------
    (N, 3) [any unit]
        Radial, transverse, normal.

    Source
    ------
    Definition of the RTN axes: CCSDS 502.0-B-3.
    """
    state = np.asarray(states, dtype=np.float64)
    radial = state[:, :3] / np.linalg.norm(state[:, :3], axis=1)[:, None]
    normal = np.cross(state[:, :3], state[:, 3:])
    normal = normal / np.linalg.norm(normal, axis=1)[:, None]
    axes = np.stack((radial, np.cross(normal, radial), normal), axis=1)
    return np.asarray(np.einsum("nij,nj->ni", axes, np.asarray(vectors, dtype=np.float64)))
