"""Rare earths of the ground by its thorium: both come with KREEP, the last melt of the Moon's magma ocean."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

__all__ = ["KREEP", "RareEarths", "rare_earths_by_thorium"]

Array = NDArray[np.float64]

# [1e-6 kg/kg] high-K KREEP, Warren (1989), LPI Technical Report 89-03, 149; recalled, not read again here. Its U/Th of
# 0.277 agrees with the 0.27 of Korotev (1998), doi:10.1029/97JE03267, for lunar rocks and soils. Europium is left out:
# it goes with plagioclase, not with thorium.
KREEP = {
    "La": 110.0,
    "Ce": 280.0,
    "Pr": 37.0,
    "Nd": 178.0,
    "Sm": 48.0,
    "Gd": 58.0,
    "Tb": 10.0,
    "Dy": 65.0,
    "Ho": 14.0,
    "Er": 40.0,
    "Tm": 5.7,
    "Yb": 36.0,
    "Lu": 5.0,
    "Y": 400.0,
}
KREEP_THORIUM = 22.0  # [1e-6 kg/kg] of the same rock
KREEP_URANIUM = 6.1  # [1e-6 kg/kg]
KREEP_BEARING = (
    3.5e-6  # [kg/kg] thorium above which the ground counts as Procellarum KREEP terrane: Jolliff et al. 2000
)
# Standard deviations of ln(element / thorium) about KREEP's ratio. Upwards they are wide where there is little thorium:
# mare basalts hold three to five times more samarium for their thorium than KREEP. Judged from recalled analyses.
SPREAD_DOWN = 0.15
SPREAD_UP_KREEP, SPREAD_UP_OTHER = 0.15, 0.7
NINETY_PERCENT = 1.6448536269514722  # standard deviations from the median to the 95 % quantile


@dataclass(frozen=True, eq=False)
class RareEarths:
    """Rare earths of some points with the range that nine of ten such places lie in.

    Attributes
    ----------
    elements : (K,) str
        Lanthanides without europium, and yttrium.
    value, low, high : (N, K) [kg/kg]
        Mass fraction, and its 5 and 95 % quantiles.
    total, total_low, total_high : (N,) [kg/kg]
        Of all these elements together.
    kreep_bearing : (N,) [1]
        Whether thorium is high enough for KREEP's ratios to hold.
    """

    elements: tuple[str, ...]
    value: Array
    low: Array
    high: Array
    total: Array
    total_low: Array
    total_high: Array
    kreep_bearing: NDArray[np.bool_]


def rare_earths_by_thorium(thorium: ArrayLike, sigma: ArrayLike = 0.0) -> RareEarths:
    """Rare earths that go with an abundance of thorium.

    Trace elements of KREEP keep nearly constant ratios. Where thorium is low the ground owes its rare earths to other
    rocks as well: the range then reaches far upwards.

    Parameters
    ----------
    thorium : (N,) or scalar [kg/kg]
        Mass fraction of thorium.
    sigma : (N,) or scalar [kg/kg]
        Its standard deviation; NaN counts as none.

    Returns
    -------
    RareEarths
        NaN where thorium is NaN.

    Raises
    ------
    InvalidInput
        An abundance or a standard deviation is negative or above 1.

    Source
    ------
    Composition: Warren (1989), LPI Technical Report 89-03, 149, table of high-K KREEP (recalled); uniformity of its
    ratios: Warren and Wasson (1979), Rev. Geophys. 17, 73; thorium against Gd and Sm from orbit, r = 0.93: Elphic et
    al. (1998), OSTI 334321; no lunar ore of rare earths is known: McLeod and Krekeler (2017), Resources 6, 40,
    doi:10.3390/resources6030040. Spreads are judged, not published.
    """
    amount = np.atleast_1d(np.asarray(thorium, dtype=np.float64))
    error = np.broadcast_to(np.nan_to_num(np.asarray(sigma, dtype=np.float64), nan=0.0), amount.shape)
    if np.any(amount < 0.0) or np.any(amount > 1.0) or np.any(error < 0.0) or np.any(error > 1.0):
        raise InvalidInput("thorium and its standard deviation are mass fractions between 0 and 1 [kg/kg], not ppm")
    elements = tuple(KREEP)
    ratio = np.array([KREEP[each] for each in elements]) / KREEP_THORIUM
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(amount > 0.0, error / amount, 0.0)
    measured = np.log1p(relative**2)  # variance of the logarithm
    rich = amount >= KREEP_BEARING
    down = np.exp(-NINETY_PERCENT * np.sqrt(measured + SPREAD_DOWN**2))
    up = np.exp(NINETY_PERCENT * np.sqrt(measured + np.where(rich, SPREAD_UP_KREEP, SPREAD_UP_OTHER) ** 2))
    value = amount[:, None] * ratio
    total = amount * math.fsum(ratio)
    return RareEarths(
        elements, value, value * down[:, None], value * up[:, None], total, total * down, total * up, rich
    )
