"""How long two objects stay near each other: from one farthest distance to the next."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.kernel_cache import prepare
from moonstead.monitoring.probability.encounter import Encounter
from moonstead.monitoring.probability.equinoctial import mean_elements

Array = NDArray[np.float64]

SAMPLES = 961
CLIPPED = 1e-4  # [1] of the hard-body radius: standard deviation below which positions are as good as known


def orbit_periods(encounter: Encounter) -> tuple[float, float]:
    """Periods of both orbits.

    Parameters
    ----------
    encounter : Encounter
        Two bound orbits.

    Returns
    -------
    (float, float) [s]

    Source
    ------
    Kepler's third law.
    """
    gm = encounter.gm
    axes = (
        1.0 / (2.0 / float(np.linalg.norm(state[:3])) - float(state[3:] @ state[3:]) / gm)
        for state in (encounter.state1, encounter.state2)
    )
    first, second = (2.0 * math.pi * math.sqrt(axis**3 / gm) for axis in axes)
    return first, second


def straight_passage(encounter: Encounter) -> tuple[float, float]:
    """When a straight encounter is likeliest, and its standard deviation in time.

    Parameters
    ----------
    encounter : Encounter
        With covariances.

    Returns
    -------
    (float, float) [s]
        Time after that of the states, and sigma; infinite without relative motion.

    Raises
    ------
    InvalidInput
        A covariance is missing.

    Source
    ------
    Coppola (2012), Evaluating the short encounter assumption of the probability of collision formula, AAS 12-248.
    """
    covariance = encounter.combined_covariance[:3, :3]
    inverse = np.linalg.inv(covariance + np.eye(3) * (CLIPPED * encounter.hard_body_radius) ** 2)
    position, velocity = encounter.relative[:3], encounter.relative[3:]
    stiffness = float(velocity @ inverse @ velocity)
    if not stiffness > 0.0:
        return 0.0, math.inf
    return -float(position @ inverse @ velocity) / stiffness, 1.0 / math.sqrt(stiffness)


def encounter_segment(encounter: Encounter) -> tuple[float, float]:
    """Times between which an encounter happens: the farthest distances around it.

    Parameters
    ----------
    encounter : Encounter
        Near closest approach, with covariances.

    Returns
    -------
    (float, float) [s]
        After the time of the states. The farthest distances before and after both the time of the states and that of
        the likeliest straight passage, within one period of the lower orbit; half a period where there is none.

    Raises
    ------
    InvalidInput
        A covariance is missing.

    Source
    ------
    Hall (2021), J. Spacecraft and Rockets 58, 715, doi:10.2514/1.A34919: encounter segments, with two-body motion.
    """
    period = min(orbit_periods(encounter))
    passage = min(max(straight_passage(encounter)[0], -0.5 * period), 0.5 * period)
    times = np.linspace(-period, period, SAMPLES)
    distance = np.empty(times.size)
    prepare()
    from moonstead.monitoring.probability.overlap_kernels import distances_kernel

    distances_kernel(times, mean_elements(encounter)[0], encounter.gm, np.zeros((32, 6)), distance)
    peaks = 1 + np.flatnonzero((distance[1:-1] > distance[:-2]) & (distance[1:-1] >= distance[2:]))
    before, after = peaks[times[peaks] < min(0.0, passage)], peaks[times[peaks] > max(0.0, passage)]
    start = float(times[before[-1]]) if before.size else min(-0.5 * period, passage)
    stop = float(times[after[0]]) if after.size else max(0.5 * period, passage)
    return start, stop
