"""The battery of one bus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

MONTH = 30.0 * SECONDS_PER_DAY  # [s] in which data sheets count self-discharge


@dataclass(frozen=True, slots=True)
class Battery:
    """A battery seen from its bus.

    Attributes
    ----------
    capacity : float [J]
        Between empty and full cells; 0 for a bus without battery.
    charge_limit, discharge_limit : float [W]
        Highest power at the bus.
    charge_efficiency, discharge_efficiency : float [1]
        Energy into the cells over energy from the bus, and energy to the bus over energy from the cells.
    least_charge : float [1]
        State of charge below which loads are shed.
    self_discharge_per_month : float [1]
        Share of the stored energy that is lost in 30 days.
    """

    capacity: float
    charge_limit: float = np.inf
    discharge_limit: float = np.inf
    charge_efficiency: float = 0.97
    discharge_efficiency: float = 0.97
    least_charge: float = 0.2
    self_discharge_per_month: float = 0.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.capacity) and self.capacity >= 0.0):
            raise InvalidInput(f"battery capacity must be finite and not negative [J]; got {self.capacity!r}")
        for what, limit in (("charge", self.charge_limit), ("discharge", self.discharge_limit)):
            if not limit >= 0.0:
                raise InvalidInput(f"battery {what} limit must not be negative [W]; got {limit!r}")
        for what, share in (("charge", self.charge_efficiency), ("discharge", self.discharge_efficiency)):
            if not 0.0 < share <= 1.0:
                raise InvalidInput(f"battery {what} efficiency must lie in (0, 1]; got {share!r}")
        for what, share in (("least charge", self.least_charge), ("self-discharge", self.self_discharge_per_month)):
            if not 0.0 <= share < 1.0:
                raise InvalidInput(f"battery {what} must lie in [0, 1); got {share!r}")

    @property
    def leak(self) -> float:
        """Self-discharge [1/s] as the rate of an exponential decay."""
        return -float(np.log1p(-self.self_discharge_per_month)) / MONTH

    def parameters(self) -> NDArray[np.float64]:
        """The seven numbers (7,) that the ledger's kernel takes.

        Returns
        -------
        (7,) [J, J, W, W, 1, 1, 1/s]
            Capacity, least stored energy, charge and discharge limit, charge and discharge efficiency, self-discharge.
        """
        return np.array(
            [
                self.capacity,
                self.capacity * self.least_charge,
                self.charge_limit,
                self.discharge_limit,
                self.charge_efficiency,
                self.discharge_efficiency,
                self.leak,
            ]
        )
