"""From rows and solutions to the series that is answered."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.navigation.positioning.answer import PositionSeries
from moonstead.navigation.positioning.epochs import EXCLUDED, OUTCOMES, USED, Solution
from moonstead.navigation.positioning.observables import Pseudoranges
from moonstead.navigation.positioning.velocity import Velocities

Array = NDArray[np.float64]


def make_series(
    rows: Pseudoranges,
    systems: tuple[str, ...],
    rough: Solution,
    found: Solution,
    faulty: NDArray[np.bool_],
    speeds: Velocities,
    method: str,
    notes: dict[str, Any],
) -> PositionSeries:
    """Series of positions, one row for each epoch of the file.

    Parameters
    ----------
    rows : Pseudoranges
        Of the file, lengths in [m].
    systems : tuple of str
        Of the clocks.
    rough, found : Solution
        First and last solution; an epoch that failed in the first has its status.
    faulty : (N,) bool
        Rows that the first one excluded.
    speeds : Velocities
        In [m/s].
    method : str
        What made the series.
    notes : dict
        What else is told.

    Returns
    -------
    PositionSeries
        In ITRF, [m].
    """
    epochs, count = rows.gpst.size, len(rows.satellites)
    number = np.where(rough.status != 0, rough.status, found.status)
    status = np.array(OUTCOMES)[number].astype("<U15")
    again = np.zeros(epochs, dtype=bool)
    again[1:] = np.diff(rows.gpst) <= 0.0
    status[again] = "duplicate epoch"
    solved = status == OUTCOMES[0]

    def spread(values: Array, there: NDArray[np.bool_]) -> Array:
        out = np.full((epochs, count), np.nan)
        out[rows.epoch[there], rows.satellite[there]] = values[there]
        return out

    used_rows = np.any(found.state == USED, axis=1)
    excluded_rows = faulty | np.any(found.state == EXCLUDED, axis=1)
    used, excluded = np.zeros((epochs, count), dtype=bool), np.zeros((epochs, count), dtype=bool)
    used[rows.epoch[used_rows], rows.satellite[used_rows]] = True
    excluded[rows.epoch[excluded_rows], rows.satellite[excluded_rows]] = True
    used &= solved[:, None]
    first = np.where(np.isfinite(found.residuals[:, 0]), found.residuals[:, 0], found.residuals[:, 1])
    residual = np.where(faulty, rough.residuals[:, 0], first)
    looked = np.isfinite(rough.elevation)

    def only(values: Array) -> Array:
        return np.where(solved.reshape(-1, *([1] * (values.ndim - 1))), values, np.nan)

    return PositionSeries(
        gpst=rows.gpst,
        position=only(found.position),
        covariance=only(found.covariance),
        status=status,
        clock_names=systems,
        clocks=only(found.unknowns[:, 3 : 3 + len(systems)]) / SPEED_OF_LIGHT,
        satellites=rows.satellites,
        used=used,
        excluded=excluded,
        residuals=spread(residual, used_rows | excluded_rows),
        elevation=spread(rough.elevation, looked),
        azimuth=spread(rough.azimuth, looked),
        dilution=only(found.dilution),
        protection=only(found.protection),
        velocity=only(speeds.velocity),
        velocity_covariance=only(speeds.covariance),
        clock_drift=only(speeds.clock_drift),
        method=method,
        notes=notes,
    )
