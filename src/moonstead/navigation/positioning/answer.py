"""What positioning answers: one row for each epoch, solved or not, with all that speaks for it or against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SOLVED = "solved"
STATUSES = (
    SOLVED,
    "few satellites",  # fewer measurements that can be used than unknowns
    "weak geometry",  # the dilution of precision is beyond its limit
    "no convergence",  # iterations did not settle
    "not trusted",  # measurements contradict each other and none that could be left out settles it
    "duplicate epoch",  # the same time stands twice in the file; the first is answered
    "event",  # the record holds no measurements: power failure, new site, cycle slips
)
ANTENNA_REFERENCE_POINT = "antenna reference point"


@dataclass(frozen=True)
class PositionSeries:
    """Positions of a receiver, epoch by epoch. Rows that are not solved hold NaN, and their status says why.

    The point is the antenna's reference point. Pseudoranges refer to its phase centre, some centimetres above;
    a method that does not correct for that (single point) leaves the difference in its error.

    Attributes
    ----------
    gpst : (E,) [s]
        Epoch as the receiver told it, GPS time past 1980-01-06.
    position : (E, 3) [m]
        ITRF.
    covariance : (E, 3, 3) [m2]
        Of the position, by the assumed errors of the measurements.
    status : (E,) str
        One of `STATUSES`, or a method's own word.
    clock_names : tuple of str
        What each clock belongs to: a system, or a system and a generation or signal.
    clocks : (E, C) [s]
        Receiver clock against the time of each; NaN where not estimated.
    satellites : tuple of str
        Satellites of the columns below.
    used, excluded : (E, S) bool
        Measurements that made the position, and those that were left out because they do not fit.
    residuals : (E, S) [m]
        Measured less computed range, of used and excluded ones; NaN elsewhere.
    elevation, azimuth : (E, S) [rad]
        Directions to the satellites; NaN where not computed.
    dilution : (E, 4) [1]
        Dilution of precision, unweighted: geometric, position, horizontal, vertical.
    protection : (E, 2) [m]
        Horizontal and vertical protection levels against one faulty satellite; NaN where there is no redundancy.
    velocity : (E, 3) [m/s]
        ITRF; NaN where no Doppler shifts were used.
    velocity_covariance : (E, 3, 3) [m2/s2]
        Of the velocity.
    clock_drift : (E,) [1]
        Drift of the receiver's clock.
    method : str
        What made the series.
    point : str
        Which point of the antenna the positions are of.
    notes : dict
        What else was estimated or decided: biases, noise of signals, models.
    """

    gpst: Array
    position: Array
    covariance: Array
    status: NDArray[np.str_]
    clock_names: tuple[str, ...]
    clocks: Array
    satellites: tuple[str, ...]
    used: NDArray[np.bool_]
    excluded: NDArray[np.bool_]
    residuals: Array
    elevation: Array
    azimuth: Array
    dilution: Array
    protection: Array
    velocity: Array
    velocity_covariance: Array
    clock_drift: Array
    method: str
    point: str = ANTENNA_REFERENCE_POINT
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def solved(self) -> NDArray[np.bool_]:
        """Epochs (E,) that have a position which is trusted."""
        return np.asarray(self.status == SOLVED)
