"""What a deposit yields for each tonne that is moved and each kilowatt hour that is spent, with its spread."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput

__all__ = ["DepositYield", "Interval", "Uncertain", "deposit_yield"]

Array = NDArray[np.float64]

SAMPLES = 1 << 16  # 5 % quantiles of a log-normal figure come out within one percent of its spread
SEED = 20_350_101
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A positive figure that is known within a factor.

    Attributes
    ----------
    value : float [any unit]
        Median.
    spread : float [1]
        Two of three cases lie between value / (1 + spread) and value * (1 + spread): log-normal. Zero: known exactly.

    Raises
    ------
    InvalidInput
        The value is not positive or not finite, or the spread is negative.
    """

    value: float
    spread: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and self.value > 0.0):
            raise InvalidInput(f"an uncertain figure must be positive and finite; got {self.value!r}")
        if not (math.isfinite(self.spread) and self.spread >= 0.0):
            raise InvalidInput(f"the spread of a figure must be finite and not negative; got {self.spread!r}")

    @property
    def log_sigma(self) -> float:
        """Standard deviation [1] of the natural logarithm."""
        return math.log1p(self.spread)


@dataclass(frozen=True, slots=True)
class Interval:
    """Median of a figure and the range that nine of ten cases lie in.

    Attributes
    ----------
    low, median, high : float [any unit]
        Quantiles of 5, 50 and 95 %.
    """

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class DepositYield:
    """Yield of a deposit.

    Attributes
    ----------
    per_mass : Interval [kg/kg]
        Product for each mass of ground moved.
    per_energy : Interval [kg/J]
        Product for each energy spent, on digging and on the process.
    energy_per_mass : Interval [J/kg]
        Energy for each mass of product.
    product : Interval [kg]
        From all the ground that is moved.
    energy : Interval [J]
        For all of it.
    causes : mapping of str to float [1]
        Share of each input in the spread of the energy for a mass of product; they sum to 1, or all are 0.
    """

    per_mass: Interval
    per_energy: Interval
    energy_per_mass: Interval
    product: Interval
    energy: Interval
    causes: Mapping[str, float]


def deposit_yield(
    grade: Uncertain,
    recovery: Uncertain,
    process_energy: Uncertain,
    excavation_energy: Uncertain | None = None,
    mass_moved: float = 1.0,
    seed: int = SEED,
) -> DepositYield:
    """Product and energy of ground that is dug and worked, with quantiles of a seeded Monte Carlo run.

    The inputs vary independently. Product = ground * grade * recovery; energy = process energy * product + excavation
    energy * ground.

    Parameters
    ----------
    grade : Uncertain [kg/kg]
        Product that a mass of ground holds. Samples above 1 count as 1.
    recovery : Uncertain [1]
        Share of it that the process gets out. Samples above 1 count as 1.
    process_energy : Uncertain [J/kg]
        For each mass of product.
    excavation_energy : Uncertain [J/kg] or None
        For each mass of ground: digging, hauling, dumping. None: not counted.
    mass_moved : float [kg]
        Ground that is moved.
    seed : int
        Of the random numbers; the same seed gives the same answer.

    Returns
    -------
    DepositYield
        Medians and quantiles of 5 and 95 %.

    Raises
    ------
    InvalidInput
        Grade or recovery exceed 1, or the mass is not positive.

    Source
    ------
    Mass and energy balance. Quantiles by simple random sampling, Cochran (1977), Sampling Techniques, chapter 2.
    """
    for name, share in (("grade", grade), ("recovery", recovery)):
        if share.value > 1.0:
            raise InvalidInput(f"the {name} of a deposit is a share between 0 and 1; got {share.value:g}")
    if not (math.isfinite(mass_moved) and mass_moved > 0.0):
        raise InvalidInput(f"the mass that is moved must be positive and finite [kg]; got {mass_moved!r}")
    generator = np.random.default_rng(seed)
    inputs = {"grade": grade, "recovery": recovery, "process energy": process_energy}
    if excavation_energy is not None:
        inputs["excavation energy"] = excavation_energy
    normal = {name: generator.standard_normal(SAMPLES) for name in inputs}
    drawn = {name: each.value * np.exp(each.log_sigma * normal[name]) for name, each in inputs.items()}
    per_mass = np.minimum(drawn["grade"], 1.0) * np.minimum(drawn["recovery"], 1.0)
    digging = drawn["excavation energy"] if excavation_energy is not None else np.zeros(SAMPLES)
    energy_per_mass = drawn["process energy"] + digging / per_mass
    return DepositYield(
        _interval(per_mass),
        _interval(1.0 / energy_per_mass),
        _interval(energy_per_mass),
        _interval(per_mass * mass_moved),
        _interval(energy_per_mass * per_mass * mass_moved),
        _shares(normal, np.log(energy_per_mass)),
    )


def _interval(samples: Array) -> Interval:
    low, median, high = (float(each) for each in np.quantile(samples, QUANTILES))
    return Interval(low, median, high)


def _shares(inputs: Mapping[str, Array], output: Array) -> Mapping[str, float]:
    """Share of each independent input in the variance of an output, by squared correlation."""
    deviation = output - output.mean()
    size = float(np.sqrt(np.mean(deviation**2)))
    if size < 1e-12:
        return MappingProxyType(dict.fromkeys(inputs, 0.0))
    squares = {name: float(np.mean(each * deviation) / size) ** 2 for name, each in inputs.items()}
    return MappingProxyType({name: square / math.fsum(squares.values()) for name, square in squares.items()})
