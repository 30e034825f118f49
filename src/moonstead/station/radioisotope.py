"""Radioisotope generators: decay of the fuel and ageing of the converter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
HALF_LIFE_PU238 = 87.7 * JULIAN_YEAR  # [s] 87.7(1) years; National Nuclear Data Center


@dataclass(frozen=True, slots=True)
class RadioisotopeGenerator:
    """A generator that lives on the heat of decay.

    Attributes
    ----------
    name : str
        What reports call it.
    power : float [W]
        Electric, at the bus, when it starts.
    start : float [s TDB past J2000]
        Delivers nothing before; decays and ages from here.
    half_life : float [s]
        Of its fuel.
    converter_loss_per_year : float [1]
        Share of the power that the converter alone loses in each Julian year, of what was left.
    """

    name: str
    power: float
    start: float
    half_life: float = HALF_LIFE_PU238
    converter_loss_per_year: float = 0.0

    def __post_init__(self) -> None:
        if not self.power > 0.0:
            raise InvalidInput(f"generator {self.name!r}: power must be positive [W]; got {self.power!r}")
        if not np.isfinite(self.start):
            raise InvalidInput(f"generator {self.name!r} decays, so it needs the time [s TDB past J2000] of its start")
        if not self.half_life > 0.0:
            raise InvalidInput(f"generator {self.name!r}: half-life must be positive [s]; got {self.half_life!r}")
        if not 0.0 <= self.converter_loss_per_year < 1.0:
            raise InvalidInput(
                f"generator {self.name!r}: converter loss per year must lie in [0, 1);"
                f" got {self.converter_loss_per_year!r}"
            )

    @property
    def decay(self) -> float:
        """Rate [1/s] at which its power falls, fuel and converter together."""
        return float(np.log(2.0) / self.half_life - np.log1p(-self.converter_loss_per_year) / JULIAN_YEAR)


def radioisotope_means(generator: RadioisotopeGenerator, tdb: ArrayLike) -> Array:
    """Mean electric power of a radioisotope generator in each step.

    Electric power is taken as in proportion to the heat: true for small changes only; the converter's loss is meant to
    hold the rest.

    Parameters
    ----------
    generator : RadioisotopeGenerator
        Its power and decay.
    tdb : (n + 1,) [s TDB past J2000]
        Rising edges of the steps.

    Returns
    -------
    (n,) [W]
        Exact mean of the exponential; a step in which it starts counts from there.

    Raises
    ------
    InvalidInput
        The edges do not rise.

    Source
    ------
    Law of radioactive decay; half-life of Pu-238 from the National Nuclear Data Center.
    """
    edges = np.asarray(tdb, dtype=np.float64)
    if edges.ndim != 1 or edges.size < 2 or not np.all(np.diff(edges) > 0.0):
        raise InvalidInput("a generator's power needs at least two rising times [s TDB past J2000]")
    age = np.maximum(edges - generator.start, 0.0)
    first, length = age[:-1], np.diff(age)
    energy = generator.power * np.exp(-generator.decay * first) * -np.expm1(-generator.decay * length) / generator.decay
    return np.asarray(energy / np.diff(edges))
