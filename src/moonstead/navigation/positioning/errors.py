"""How far positions are from where the receiver is known to be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.positioning.answer import PositionSeries

Array = NDArray[np.float64]

GROUND = (6.3e6, 6.5e6)  # [m] distances from the Earth's centre within which a receiver on or near the ground lies
ERFA_WGS84 = 1  # ERFA's number of the ellipsoid


@dataclass(frozen=True)
class PositionErrors:
    """Errors of a series against a truth, over its solved epochs.

    Attributes
    ----------
    epochs, solved : int
        Rows of the series, and those with a position.
    east, north, up : (E,) [m]
        Position less truth on the axes of the truth's place; NaN where not solved.
    distance : (E,) [m]
        Length of the error.
    rms_3d, p95_3d, median_3d, largest_3d : float [m]
        Of `distance`; NaN where no epoch is solved.
    mean, scatter : (3,) [m]
        Mean and standard deviation of east, north and up.
    """

    epochs: int
    solved: int
    east: Array
    north: Array
    up: Array
    distance: Array
    rms_3d: float
    p95_3d: float
    median_3d: float
    largest_3d: float
    mean: Array
    scatter: Array


def local_axes(position: ArrayLike) -> Array:
    """East, north and up at a place on the Earth.

    Parameters
    ----------
    position : (3,) or (N, 3) [m]
        ITRF.

    Returns
    -------
    (3, 3) or (N, 3, 3) [1]
        Rows are unit vectors in ITRF; up is normal to the WGS 84 ellipsoid.

    Source
    ------
    IERS Conventions (2010), TN 36, section 4.2.6 (geodetic coordinates), by ERFA's gc2gd.
    """
    import erfa

    longitude, latitude, _ = erfa.gc2gd(ERFA_WGS84, np.asarray(position, dtype=np.float64))
    sine, cosine, along, across = np.sin(latitude), np.cos(latitude), np.cos(longitude), np.sin(longitude)
    east = np.stack([-across, along, np.zeros_like(along)], axis=-1)
    north = np.stack([-sine * along, -sine * across, cosine], axis=-1)
    up = np.stack([cosine * along, cosine * across, sine], axis=-1)
    return np.stack([east, north, up], axis=-2)


def position_errors(series: PositionSeries, truth: ArrayLike) -> PositionErrors:
    """Errors of a series of positions against a known place.

    Parameters
    ----------
    series : PositionSeries
        Positions in ITRF.
    truth : (3,) or (E, 3) [m]
        ITRF at the date of the observations, of the same point of the antenna. The position in the header of an
        observation file is no truth: it is often in a continental frame, more than half a metre away.

    Returns
    -------
    PositionErrors
        Over the solved epochs; lengths in [m].

    Raises
    ------
    InvalidInput
        The truth does not lie near the ground, or has another number of epochs.

    Source
    ------
    RMS, 95 % and median of the length of the error vector; percentiles interpolate linearly.
    """
    known = np.asarray(truth, dtype=np.float64)
    epochs = series.gpst.size
    if known.shape not in ((3,), (epochs, 3)) or not np.all(np.isfinite(known)):
        raise InvalidInput(f"truth must be x, y, z [m] in ITRF, (3,) or ({epochs}, 3); got shape {known.shape}")
    distance = np.linalg.norm(known, axis=-1)
    if np.any((distance < GROUND[0]) | (distance > GROUND[1])):
        raise InvalidInput(
            f"truth lies {float(np.ravel(distance)[0]) / 1e3:.1f} km from the Earth's centre; one near the ground "
            f"is {GROUND[0] / 1e3:.0f} to {GROUND[1] / 1e3:.0f} km away: give ITRF x, y, z in metres"
        )
    error = np.where(series.solved[:, None], series.position - known, np.nan)
    local = np.einsum("...ij,...j->...i", local_axes(known), error)
    length = np.linalg.norm(local, axis=1)
    good = length[series.solved]
    if good.size == 0:
        none, nothing = float("nan"), np.full(3, np.nan)
        east, north, up = local.T
        return PositionErrors(epochs, 0, east, north, up, length, none, none, none, none, nothing, nothing)
    return PositionErrors(
        epochs=epochs,
        solved=int(good.size),
        east=local[:, 0],
        north=local[:, 1],
        up=local[:, 2],
        distance=length,
        rms_3d=float(np.sqrt(np.mean(good**2))),
        p95_3d=float(np.percentile(good, 95.0)),
        median_3d=float(np.median(good)),
        largest_3d=float(np.max(good)),
        mean=np.mean(local[series.solved], axis=0),
        scatter=np.std(local[series.solved], axis=0),
    )
