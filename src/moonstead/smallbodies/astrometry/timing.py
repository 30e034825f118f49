"""How well the time of an observation is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.astrometry_rows import Observations

Array = NDArray[np.float64]

DEFAULT_TIMING = 1.0  # [s] clocks of stations that say nothing, as in JPL's practice since Veres et al. (2017)
SPACECRAFT_TIMING = 0.0  # [s] their clocks are synchronous, and their places come with the times
ROUNDING = 1.0 / np.sqrt(12.0)  # standard error of a rounded number in units of its last digit


def timing_sigma(observations: Observations) -> Array:
    """Standard error of the time of each row.

    Parameters
    ----------
    observations : Observations
        N rows.

    Returns
    -------
    (N,) [s]
        The error that the file states, else 1 s on the ground and none in space and for occultations; with what the
        last digit of the time rounds away.

    Source
    ------
    Veres, Farnocchia, Chesley & Chamberlin (2017), Icarus 296, 139, section 4 (errors grow with the rate of motion as
    clocks off by about a second make them), doi:10.1016/j.icarus.2017.05.021; ADES 2022 field rmsTime.
    """
    in_space = np.isfinite(observations.observer_position[:, 0]) | (observations.mode == "OCC")
    clock = np.where(in_space, SPACECRAFT_TIMING, DEFAULT_TIMING)
    stated = observations.stated_time_sigma
    clock = np.where(np.isfinite(stated), stated, clock)
    rounding = np.where(np.isfinite(observations.time_resolution), observations.time_resolution, 0.0) * ROUNDING
    return np.hypot(clock, rounding)
