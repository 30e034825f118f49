"""What a crew needs from the Earth when nothing is regenerated: open loop, by class of supply."""

from __future__ import annotations

from moonstead.foundation.errors import InvalidInput
from moonstead.station.imports import SupplyRates, crew_supply

EVA_WATER = 0.6875  # [kg/h] of each person outside, cooling; SpaceNet 2.5r2
EVA_OXYGEN = 0.07875  # [kg/h] of each person outside; SpaceNet 2.5r2
PROVISIONS, OPERATIONS, WASTE = 2, 3, 7  # keys of CLASSES_OF_SUPPLY
CLASS_OF_SUPPLY = {
    "water": PROVISIONS,
    "food": PROVISIONS,
    "oxygen": PROVISIONS,
    "nitrogen": PROVISIONS,
    "hygiene": PROVISIONS,
    "clothing": PROVISIONS,
    "trash bags": WASTE,
    "waste containment": WASTE,
}


def open_loop_supplies(
    people: int, days: float, *, eva_person_hours: float = 0.0, rates: SupplyRates | None = None
) -> dict[int, float]:
    """Supplies of one visit by class, as SpaceNet plans them.

    For plans of years. The ledger of the stores has its own source, the metabolism of BVAD, and closes the loops of
    air and water; there people use less than half of this.

    Parameters
    ----------
    people : int
        How many stay.
    days : float [d]
        How long.
    eva_person_hours : float [h]
        Outside, of all of them.
    rates : SupplyRates, optional
        Default those of SpaceNet's quick start.

    Returns
    -------
    dict of int to float [kg]
        Keys as in `station.imports.CLASSES_OF_SUPPLY`.

    Raises
    ------
    InvalidInput
        A number is negative.

    Source
    ------
    SpaceNet 2.5r2, default model of crew consumables: rates for a person and day, kits for a person and for a mission,
    and what an hour outside takes.
    """
    if people < 0 or days < 0.0 or eva_person_hours < 0.0:
        raise InvalidInput("people, days and hours outside must not be negative")
    used = rates or SupplyRates()
    found = dict.fromkeys((PROVISIONS, OPERATIONS, WASTE), 0.0)
    if people == 0:
        return found
    for kind, rate in crew_supply(used).items():
        found[CLASS_OF_SUPPLY[kind]] += rate * people * days
    found[OPERATIONS] += people * used.per_person + used.per_mission
    found[OPERATIONS] += eva_person_hours * used.absorber_per_eva_hour
    found[PROVISIONS] += eva_person_hours * (EVA_WATER + EVA_OXYGEN)
    return found
