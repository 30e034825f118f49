"""Mean elements carried on through drag and oblateness, until only a few revolutions are left."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.atmosphere import Version
from moonstead.dynamics.mean_elements import WGS72_GM, MeanElements
from moonstead.foundation.bodies import WGS84
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.monitoring.decay.averaged_drag import MeanOrbits, drag_rates, turning_rates

Array = NDArray[np.float64]

LAST_REVOLUTIONS = 5.0  # that averages say too little about: air and orbit change within one
LONGEST_STEP = SECONDS_PER_DAY  # [s] over which weather and perigee turn little
STEP_HEIGHT = 0.25  # [1] of the height in which density falls to 1/e, that a step may descend
LOWEST_SCALE, SCALE_GROWTH, SCALE_BASE = 6e3, 0.12, 100e3  # [m], [1], [m] that height at the perigee, on the low side
CLOSE = 1.0  # [m] to an axis that is sought
GROWTH = 0.7  # [1] of the descent in scale heights, by which a straight step to an axis is shortened; half would do
MOST_STEPS = 20_000


@dataclass(frozen=True, eq=False)
class MeanDescent:
    """Mean elements along a decay.

    Attributes
    ----------
    orbits : MeanOrbits
        N rows by time.
    ended : bool
        Whether the last row has only few revolutions left, or is at the axis sought; else the time was over.
    """

    orbits: MeanOrbits
    ended: bool


def mean_orbits(elements: MeanElements) -> MeanOrbits:
    """Mean orbits of element sets.

    Parameters
    ----------
    elements : MeanElements
        N sets.

    Returns
    -------
    MeanOrbits
        N rows in their order.
    """
    return MeanOrbits(
        elements.tdb,
        elements.semi_major_axis,
        elements.eccentricity * np.cos(elements.argument_of_perigee),
        elements.eccentricity * np.sin(elements.argument_of_perigee),
        elements.inclination,
        elements.node,
        elements.argument_of_perigee + elements.mean_anomaly,
    )


def descend(
    start: MeanOrbits,
    ballistic_coefficient: float,
    weather: SpaceWeather,
    until: float,
    *,
    lowest: float | None = None,
    version: Version = "00",
) -> MeanDescent:
    """Carry one mean orbit on until few revolutions are left, or to a time.

    Parameters
    ----------
    start : MeanOrbits
        One row.
    ballistic_coefficient : float [m^2/kg]
        c_D A / m.
    weather : SpaceWeather
        Over the whole span.
    until : float [s TDB past J2000]
        Time after the start at which to stop if the object still flies.
    lowest : float or None [m]
        Semi-major axis to stop at, to a metre, in place of the last revolutions.
    version : str
        Of NRLMSIS.

    Returns
    -------
    MeanDescent
        From the start on, one row a step.

    Raises
    ------
    InvalidInput
        The ballistic coefficient is not positive, or the eccentricity above 0.25.
    OutsideSpan
        The weather does not cover the span.
    MissingData
        The package pymsis is not installed.
    NumericalFailure
        The descent takes more than 20 000 steps.

    Source
    ------
    Orbit-averaged rates as `drag_rates` and `turning_rates`; Runge-Kutta of order four.
    """
    if not (math.isfinite(ballistic_coefficient) and ballistic_coefficient > 0.0):
        raise InvalidInput(f"a ballistic coefficient must be positive [m2/kg]; got {ballistic_coefficient!r}")
    t, inclination = float(start.tdb[0]), float(start.inclination[0])
    y = np.array(
        [getattr(start, name)[0] for name in ("semi_major_axis", "ahead", "across", "node", "argument_of_latitude")]
    )

    def rates(time: float, state: Array) -> Array:
        orbit = _row(time, state, inclination)
        drag = drag_rates(orbit, weather, version)
        node, perigee, latitude = (float(rate[0]) for rate in turning_rates(orbit))
        return np.array(
            [
                ballistic_coefficient * drag.axis[0],
                ballistic_coefficient * drag.ahead[0] - perigee * state[2],
                ballistic_coefficient * drag.across[0] + perigee * state[1],
                node,
                latitude,
            ]
        )

    rows = [(t, *y)]
    ended = False
    for _ in range(MOST_STEPS):
        first = rates(t, y)
        scale, fall = _perigee_scale(y), -float(first[0])
        ended = _few_revolutions_left(y[0], fall, scale) if lowest is None else bool(y[0] - lowest < CLOSE)
        if ended or t >= until:
            break
        height = STEP_HEIGHT * scale
        if lowest is not None:  # the fall grows on the way: a little less than straight on, so that none goes too far
            height = min(height, (y[0] - lowest) * max(1.0 - GROWTH * (y[0] - lowest) / scale, 0.5))
        step = min(LONGEST_STEP, height / fall, until - t)
        second = rates(t + 0.5 * step, y + 0.5 * step * first)
        third = rates(t + 0.5 * step, y + 0.5 * step * second)
        y = y + step / 6.0 * (first + 2.0 * (second + third) + rates(t + step, y + step * third))
        t += step
        rows.append((t, *y))
    else:
        raise NumericalFailure(f"the decay takes more than {MOST_STEPS} steps; ask for a nearer end")
    tdb, axis, ahead, across, nodes, latitude = np.array(rows).T
    turned = np.full(tdb.size, inclination)
    return MeanDescent(MeanOrbits(tdb, axis, ahead, across, turned, nodes, latitude), ended)


def _perigee_scale(state: Array) -> float:
    """Height [m] in which density falls to about 1/e at the perigee of a state (axis [m], ahead, across, ...)."""
    perigee = float(state[0]) * (1.0 - math.hypot(float(state[1]), float(state[2]))) - WGS84.equatorial_radius
    return LOWEST_SCALE + SCALE_GROWTH * max(perigee - SCALE_BASE, 0.0)


def _few_revolutions_left(semi_major_axis: float, fall: float, scale: float) -> bool:
    """Whether an orbit [m] that falls so fast [m/s] leaves its scale height [m] of air within five revolutions."""
    revolution = 2.0 * math.pi * math.sqrt(semi_major_axis**3 / WGS72_GM)
    return fall * LAST_REVOLUTIONS * revolution >= scale


def _row(time: float, state: Array, inclination: float) -> MeanOrbits:
    axis, ahead, across, node, latitude = (np.array([value]) for value in state)
    return MeanOrbits(np.array([time]), axis, ahead, across, np.array([inclination]), node, latitude)
