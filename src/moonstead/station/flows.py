"""Where mass went over a span: from process to store to process, and how far loops are closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.station.stores_ledger import StoresLedger
from moonstead.station.substances import ATOMIC_MASS, molar_mass

Array = NDArray[np.float64]
SURROUNDINGS, GROUND, EARTH = "surroundings", "ground", "Earth"
WATERS = ("grey-water", "potable-water", "humidity")
OXYGEN_OF_WATER = ATOMIC_MASS["O"] / molar_mass({"H": 2.0, "O": 1.0})  # [1]


@dataclass(frozen=True, slots=True)
class Flow:
    """Mass that went from one place to another over the span.

    Attributes
    ----------
    source, target : str
        Names of processes or stores, or ``"surroundings"``, ``"ground"`` or ``"Earth"``.
    substance : str
        What.
    mass : float [kg]
        How much.
    """

    source: str
    target: str
    substance: str
    mass: float


@dataclass(frozen=True, slots=True)
class Closure:
    """How far the loops of a site are closed.

    Attributes
    ----------
    water_used : float [kg]
        Drinking water that consumers and electrolysis took.
    water_recycled, water_in_situ : float [1]
        Shares of it that recycling and the ground gave; at most 1 together.
    oxygen_used : float [kg]
        Oxygen that consumers took.
    oxygen_regained : float [1]
        Share of it that came back as the oxygen of water made from exhaled carbon dioxide.
    oxygen_in_situ : float [1]
        Share of it that the ground gave, at most what is left.
    """

    water_used: float
    water_recycled: float
    water_in_situ: float
    oxygen_used: float
    oxygen_regained: float
    oxygen_in_situ: float


def mass_flows(ledger: StoresLedger, least: float = 0.0) -> tuple[Flow, ...]:
    """Every flow of a network over its span.

    Parameters
    ----------
    ledger : StoresLedger
        What was run.
    least : float [kg]
        Smaller flows are left out.

    Returns
    -------
    tuple of Flow
        From stores into processes, out of processes into stores, and over the border of the site.

    Source
    ------
    Units run times the masses of each recipe.
    """
    place = {store.name for store in ledger.stores}
    units = ledger.done.sum(axis=0)
    flows = []
    for process, ran in zip(ledger.processes, units.tolist(), strict=True):
        recipe = process.recipe
        for name, mass in recipe.inputs.items():
            flows.append(Flow(name if name in place else GROUND, process.name, name, ran * mass))
        for name, mass in recipe.outputs.items():
            flows.append(Flow(process.name, name if name in place else SURROUNDINGS, name, ran * mass))
        for name, mass in recipe.released.items():
            flows.append(Flow(process.name, SURROUNDINGS, name, ran * mass))
    for column, store in enumerate(ledger.stores):
        gone = float((ledger.lost + ledger.vented)[:, column].sum())
        brought = float((ledger.imported + ledger.delivered - ledger.refused)[:, column].sum())
        flows.append(Flow(store.name, SURROUNDINGS, store.name, gone))
        flows.append(Flow(EARTH, store.name, store.name, brought))
    return tuple(flow for flow in flows if flow.mass > least)


def loop_closure(ledger: StoresLedger) -> Closure:
    """How far water and oxygen go round.

    Parameters
    ----------
    ledger : StoresLedger
        What was run.

    Returns
    -------
    Closure
        Zeros where nothing was used.

    Source
    ------
    Definition. A Sabatier reactor fed by the electrolysis for the crew alone regains about half of the oxygen, because
    hydrogen leaves with the methane.
    """
    units = ledger.done.sum(axis=0)
    water_used = water_recycled = water_in_situ = oxygen_used = oxygen_regained = oxygen_in_situ = 0.0
    for process, ran in zip(ledger.processes, units.tolist(), strict=True):
        recipe = process.recipe
        water_used += ran * recipe.inputs.get("potable-water", 0.0)
        made = ran * recipe.outputs.get("potable-water", 0.0)
        breathed = ran * recipe.outputs.get("oxygen", 0.0)
        if recipe.kind == "consumer":
            oxygen_used += ran * recipe.inputs.get("oxygen", 0.0)
        elif recipe.kind == "recycling":
            water_recycled += made
            if "carbon-dioxide" in recipe.inputs and "potable-water" not in recipe.inputs:
                oxygen_regained += ran * OXYGEN_OF_WATER * sum(recipe.outputs.get(name, 0.0) for name in WATERS)
            elif "carbon-dioxide" in recipe.inputs:
                oxygen_regained += breathed  # plants
        elif recipe.kind == "in-situ":
            water_in_situ += made
            oxygen_in_situ += breathed
    regained, recycled = _share(oxygen_regained, oxygen_used, 1.0), _share(water_recycled, water_used, 1.0)
    return Closure(
        water_used,
        recycled,
        _share(water_in_situ, water_used, 1.0 - recycled),
        oxygen_used,
        regained,
        _share(oxygen_in_situ, oxygen_used, 1.0 - regained),
    )


def _share(part: float, whole: float, most: float) -> float:
    return min(part / whole, most) if whole > 0.0 else 0.0
