"""Observations as ranging needs them: directions with two axes each, and what whitens their residuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.smallbodies.orbit_fit.computed import sky_axes

if TYPE_CHECKING:
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RangingRows:
    """Places on the sky in the order of time.

    Attributes
    ----------
    index : (M,)
        Row of the observations that each came from.
    tdb : (M,) [s TDB past J2000]
        Times of observation.
    observer : (M, 6) [m, m/s]
        States of the observers from the solar system barycentre in ICRF.
    axes : (M, 3, 3) [1]
        Observed direction, and the unit vectors east and north of it.
    sigma : (M, 2) [rad]
        Standard errors east and north.
    correlation : (M,) [1]
        Between them.
    timing : (M,) [s]
        Standard error of the time.
    motion : (M, 2) [rad/s]
        Apparent motion east and north, along which an error of time shifts a place.
    station : (M,) str
        Codes of the observatories.
    """

    index: Whole
    tdb: Array
    observer: Array
    axes: Array
    sigma: Array
    correlation: Array
    timing: Array
    motion: Array
    station: NDArray[np.str_]

    @property
    def count(self) -> int:
        """Number of rows."""
        return int(self.tdb.size)

    @property
    def span(self) -> float:
        """Time from the first row to the last [s]."""
        return float(self.tdb[-1] - self.tdb[0]) if self.count else 0.0

    def chosen(self, which: NDArray[np.bool_] | Whole) -> RangingRows:
        """The rows of a mask (M,) or of positions [1] in the order of time."""
        return RangingRows(
            self.index[which],
            self.tdb[which],
            self.observer[which],
            self.axes[which],
            self.sigma[which],
            self.correlation[which],
            self.timing[which],
            self.motion[which],
            self.station[which],
        )

    def moving(self, motion: Array) -> RangingRows:
        """The same rows with another apparent motion (M, 2) [rad/s]."""
        return RangingRows(
            self.index,
            self.tdb,
            self.observer,
            self.axes,
            self.sigma,
            self.correlation,
            self.timing,
            motion,
            self.station,
        )

    def whitening(self) -> Array:
        """Lower triangles (M, 3) that turn a residual [rad] into two numbers of unit variance: l00, l10, l11 [1/rad].

        Source
        ------
        Inverse of the Cholesky factor of diag(sigma^2) + correlation + timing^2 motion motion^T.
        """
        shift = self.timing[:, None] * self.motion
        xx = self.sigma[:, 0] ** 2 + shift[:, 0] ** 2
        yy = self.sigma[:, 1] ** 2 + shift[:, 1] ** 2
        xy = self.correlation * self.sigma[:, 0] * self.sigma[:, 1] + shift[:, 0] * shift[:, 1]
        first = np.sqrt(xx)
        mixed = xy / first
        second = np.sqrt(yy - mixed**2)
        return np.stack([1.0 / first, -mixed / (first * second), 1.0 / second], axis=1)


def ranging_rows(prepared: PreparedObservations) -> RangingRows:
    """Rows in the order of time, catalogue biases removed; the apparent motion is not known yet and zero.

    Parameters
    ----------
    prepared : PreparedObservations
        Weighted observations of one object.

    Returns
    -------
    RangingRows
        One for each observation.
    """
    order = np.argsort(prepared.tdb, kind="stable")
    east, north = sky_axes(prepared.right_ascension[order], prepared.declination[order])
    return RangingRows(
        order.astype(np.int64),
        np.ascontiguousarray(prepared.tdb[order]),
        np.ascontiguousarray(prepared.observer[order]),
        np.ascontiguousarray(np.stack([np.cross(east, north), east, north], axis=1)),
        prepared.sigma[order],
        prepared.correlation[order],
        prepared.timing[order],
        np.zeros((order.size, 2)),
        prepared.observations.station[order],
    )
