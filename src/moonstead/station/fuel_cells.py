"""Regenerative fuel cells: water to hydrogen and oxygen by day, back to water by night, every gram accounted for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.station.battery import Battery

Array = NDArray[np.float64]

HYDROGEN = 2.01588e-3  # [kg/mol] molar mass of H2; standard atomic weights, CIAAW
OXYGEN = 31.9988e-3  # [kg/mol] of O2
WATER = HYDROGEN + 0.5 * OXYGEN  # [kg/mol]
FORMATION = 285_830.0  # [J/mol] of liquid water from its gases at 25 deg C: CODATA key values, Cox et al. (1989)
ENERGY_OF_HYDROGEN = FORMATION / HYDROGEN  # [J/kg] higher heating value, 141.8 MJ/kg


@dataclass(frozen=True, slots=True)
class RegenerativeFuelCell:
    """An electrolyser, a fuel cell and tanks for hydrogen, oxygen and water between them.

    Efficiencies refer to the heat of formation of liquid water; a cell's voltage over 1.481 V is its part in them,
    pumps, driers and conversion are the rest.

    Attributes
    ----------
    name : str
        What reports call it.
    electrolyser_power, cell_power : float [W]
        Most that it takes from the bus and gives to it.
    hydrogen : float [kg]
        Of the full tank; oxygen and water are filled to match.
    electrolyser_efficiency : float [1]
        Energy in the gases over energy from the bus.
    cell_efficiency : float [1]
        Energy to the bus over energy in the gases.
    least_filling : float [1]
        Share of the hydrogen that stays in the tank, because it cannot be drawn.
    """

    name: str
    electrolyser_power: float
    cell_power: float
    hydrogen: float
    electrolyser_efficiency: float
    cell_efficiency: float
    least_filling: float = 0.0

    def __post_init__(self) -> None:
        for what, power in (("electrolyser", self.electrolyser_power), ("cell", self.cell_power)):
            if not power > 0.0:
                raise InvalidInput(f"fuel cell {self.name!r}: {what} power must be positive [W]; got {power!r}")
        if not (np.isfinite(self.hydrogen) and self.hydrogen > 0.0):
            raise InvalidInput(f"fuel cell {self.name!r}: its tank must hold hydrogen [kg]; got {self.hydrogen!r}")
        for what, share in (("electrolyser", self.electrolyser_efficiency), ("cell", self.cell_efficiency)):
            if not 0.0 < share <= 1.0:
                raise InvalidInput(f"fuel cell {self.name!r}: {what} efficiency must lie in (0, 1]; got {share!r}")
        if not 0.0 <= self.least_filling < 1.0:
            raise InvalidInput(f"fuel cell {self.name!r}: least filling must lie in [0, 1); got {self.least_filling!r}")

    @property
    def round_trip_efficiency(self) -> float:
        """Energy to the bus over energy from the bus [1]."""
        return self.electrolyser_efficiency * self.cell_efficiency


@dataclass(frozen=True, slots=True, eq=False)
class FuelCellBalance:
    """What is in the tanks of a fuel cell, and what it gives off.

    Attributes
    ----------
    hydrogen, oxygen, water : (n + 1,) [kg]
        In the tanks at the edges of the steps; their sum never changes.
    electrolyser_heat, cell_heat : (n,) [J]
        Waste heat of each step.
    """

    hydrogen: Array
    oxygen: Array
    water: Array
    electrolyser_heat: Array
    cell_heat: Array


def as_battery(cell: RegenerativeFuelCell) -> Battery:
    """The store that a bus sees in a fuel cell.

    Tanks are taken as tight: gas that leaks would be lost as water too, which a store of energy alone cannot know.

    Parameters
    ----------
    cell : RegenerativeFuelCell
        Its tank, powers and efficiencies.

    Returns
    -------
    Battery
        Its capacity [J] is the energy in the hydrogen of a full tank.

    Source
    ------
    Heat of formation of liquid water, 285.83 kJ/mol: J. D. Cox, D. D. Wagman, V. A. Medvedev, CODATA Key Values for
    Thermodynamics (1989).
    """
    return Battery(
        cell.hydrogen * ENERGY_OF_HYDROGEN,
        charge_limit=cell.electrolyser_power,
        discharge_limit=cell.cell_power,
        charge_efficiency=cell.electrolyser_efficiency,
        discharge_efficiency=cell.cell_efficiency,
        least_charge=cell.least_filling,
    )


def fuel_cell_balance(
    cell: RegenerativeFuelCell, stored: ArrayLike, charge_loss: ArrayLike, discharge_loss: ArrayLike
) -> FuelCellBalance:
    """Masses in the tanks and waste heat that belong to a ledger of energy.

    Parameters
    ----------
    cell : RegenerativeFuelCell
        Its tanks.
    stored : (n + 1,) [J]
        Energy in the store at the edges of the steps, from a ledger.
    charge_loss, discharge_loss : (n,) [J]
        Energy lost in each step.

    Returns
    -------
    FuelCellBalance
        Masses [kg] and heat [J].

    Raises
    ------
    InvalidInput
        Arrays do not fit each other, or the store holds more than the tank.

    Source
    ------
    2 H2O = 2 H2 + O2 with standard atomic weights; conservation of mass.
    """
    energy, taken, given = (np.asarray(x, dtype=np.float64) for x in (stored, charge_loss, discharge_loss))
    if energy.ndim != 1 or taken.shape != (energy.size - 1,) or given.shape != taken.shape:
        raise InvalidInput(f"{energy.size} fillings go with {energy.size - 1} losses of each kind; got {taken.shape}")
    hydrogen = energy / ENERGY_OF_HYDROGEN
    if np.any(hydrogen < 0.0) or np.any(hydrogen > cell.hydrogen * (1.0 + 1e-9)):
        raise InvalidInput(f"fuel cell {cell.name!r}: the store holds more than its tank of {cell.hydrogen:g} kg")
    oxygen = hydrogen * (0.5 * OXYGEN / HYDROGEN)
    water = (cell.hydrogen - hydrogen) * (WATER / HYDROGEN)
    return FuelCellBalance(hydrogen, oxygen, water, taken, given)
