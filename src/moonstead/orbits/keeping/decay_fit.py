"""Ballistic coefficient of a low orbit from its decay, and how well earlier decay foretells later."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.keeping.air_drag import DAY, AirDrag
from moonstead.orbits.keeping.reboost_history import DecayStretch

Array = NDArray[np.float64]

MEMORY = 30.0 * DAY  # over which older decay loses its weight: the error of the air's model changes within months
UNKNOWN_SPREAD = 0.3  # [1] of the logarithm where fewer than three stretches say: models of the air err by 15 to 30 %
LEAST_SPREAD = 0.1  # [1] likewise a floor


@dataclass(frozen=True, eq=False)
class BallisticFit:
    """Ballistic coefficients c_D A / m that make a model of the air agree with a decay.

    They take up what the model gets wrong, and so change with solar activity.

    Attributes
    ----------
    coefficients : (K,) [m^2/kg]
        Of each stretch; negative where the orbit rose.
    observed, foreseen : (K,) [m/s]
        Rate of the semi-major axis in each stretch, and what was foreseen for it from the stretches before it with the
        weather that came; NaN for the first.
    coefficient : float [m^2/kg]
        For what follows the last stretch.
    spread : float [1]
        Standard deviation of the logarithm of foreseen over observed rates: how far forecasts err besides the weather.
    """

    coefficients: Array
    observed: Array
    foreseen: Array
    coefficient: float
    spread: float


def fit_ballistic_coefficient(stretches: Sequence[DecayStretch], drag: AirDrag) -> BallisticFit:
    """Ballistic coefficients of stretches of decay, and of what follows them.

    Parameters
    ----------
    stretches : sequence of DecayStretch
        By time.
    drag : AirDrag
        Loss of the orbit for a coefficient of 1 m^2/kg, over the span of all stretches.

    Returns
    -------
    BallisticFit
        Coefficients [m^2/kg] and rates [m/s].

    Raises
    ------
    InvalidInput
        There is no stretch, or none in which the orbit fell.
    OutsideSpan
        The drag was laid out for another span or other altitudes.

    Source
    ------
    Ratio of observed to modelled decay: Picone, Emmert & Lean (2005), J. Geophys. Res. 110, A03301,
    doi:10.1029/2004JA010585. Older stretches count exp(-age / 30 d) times their length.
    """
    observed = np.array([each.rate for each in stretches])
    if not np.any(observed < 0.0):
        raise InvalidInput("the history has no stretch of four days or more in which the orbit decays: nothing to fit")
    modelled = np.array([_modelled(each, drag) for each in stretches])
    coefficients = -observed / modelled
    foreseen = np.full(observed.size, np.nan)
    for k in range(1, observed.size):
        known = _weighted(stretches, coefficients, k, stretches[k].start)
        foreseen[k] = math.nan if known is None else -known * modelled[k]
    both = (observed < 0.0) & np.isfinite(foreseen)
    spread = UNKNOWN_SPREAD
    if np.count_nonzero(both) >= 3:
        spread = max(LEAST_SPREAD, float(np.sqrt(np.mean(np.log(foreseen[both] / observed[both]) ** 2))))
    latest = _weighted(stretches, coefficients, observed.size, stretches[-1].stop)
    assert latest is not None  # some stretch decays
    return BallisticFit(coefficients, observed, foreseen, latest, spread)


def _modelled(stretch: DecayStretch, drag: AirDrag) -> float:
    times = np.linspace(stretch.start, stretch.stop, max(8, math.ceil(2.0 * (stretch.stop - stretch.start) / DAY)))
    axes = stretch.semi_major_axis + stretch.rate * (times - stretch.middle)
    return float(drag.rate(times, axes).mean())


def _weighted(stretches: Sequence[DecayStretch], coefficients: Array, count: int, now: float) -> float | None:
    """Mean of the logarithm over the first stretches, recent and long ones first; None where none decays."""
    weights = np.array([(each.stop - each.start) * math.exp((each.stop - now) / MEMORY) for each in stretches[:count]])
    falls = coefficients[:count] > 0.0
    if not np.any(falls):
        return None
    return math.exp(float(np.sum(weights[falls] * np.log(coefficients[:count][falls])) / np.sum(weights[falls])))
