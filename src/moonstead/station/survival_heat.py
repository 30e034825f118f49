"""Heat that hardware needs to live through the night: power, energy, and the load that enters the power ledger."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.station.hardware_heat import HardwareHeat, HardwareNode, hardware_heat
from moonstead.station.radiators import Surroundings

__all__ = ["SurvivalHeat", "survival_heat"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalHeat:
    """What a heater does to keep one piece of hardware alive.

    Attributes
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Edges of the steps.
    power : (n,) [W]
        Mean power of the heater in each step.
    temperature : (n + 1,) [K]
        Of the hardware.
    peak : float [W]
        Largest power.
    energy : float [J]
        Over all steps.
    longest : float [s]
        Longest time without a break that the heater runs.
    coldest, warmest : float [K]
        Of the hardware.
    held : bool
        Whether the hardware never fell below its least temperature.
    """

    tdb: Array
    power: Array
    temperature: Array
    peak: float
    energy: float
    longest: float
    coldest: float
    warmest: float
    held: bool


def survival_heat(node: HardwareNode, around: Surroundings, dissipation: ArrayLike = 0.0) -> SurvivalHeat:
    """Heater power of one piece of hardware over time.

    Parameters
    ----------
    node : HardwareNode
        With its least temperature, and the heater's limit.
    around : Surroundings
        Sun and ground at n + 1 times.
    dissipation : (n,) or float [W]
        Heat that it makes by its work.

    Returns
    -------
    SurvivalHeat
        Its `power` is a load on the bus.

    Raises
    ------
    NumericalFailure
        As `hardware_heat`.

    Source
    ------
    As `hardware_heat`.
    """
    found: HardwareHeat = hardware_heat([node], around, {node.name: dissipation})
    power, temperature = found.heater[:, 0], found.temperature[:, 0]
    steps = np.diff(around.tdb)
    running, longest = 0.0, 0.0
    for on, step in zip((power > 0.0).tolist(), steps.tolist(), strict=True):
        running = running + step if on else 0.0
        longest = max(longest, running)
    return SurvivalHeat(
        tdb=around.tdb,
        power=power,
        temperature=temperature,
        peak=float(np.max(power)),
        energy=float(np.sum(power * steps)),
        longest=longest,
        coldest=float(np.min(temperature)),
        warmest=float(np.max(temperature)),
        held=bool(np.min(temperature) >= node.minimum - 1e-9),
    )
