"""What a station must bring from the Earth, by class of supply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.station.crew import metabolism
from moonstead.station.oxygen_plants import Spread
from moonstead.station.stores_ledger import StoresLedger

CLASSES_OF_SUPPLY = MappingProxyType(
    {
        1: "propellants and fuels",
        2: "crew provisions",
        3: "crew operations",
        4: "maintenance and upkeep",
        5: "stowage and restraint",
        6: "exploration and research",
        7: "waste and disposal",
        8: "habitation and infrastructure",
        9: "transportation and carriers",
        10: "miscellaneous",
    }
)
"""The ten functional classes of supply of SpaceNet 2.5r2."""

# class of supply of each substance that stores may need from outside
SUBSTANCE_CLASS = MappingProxyType(
    {
        "liquid-oxygen": 1,
        "liquid-hydrogen": 1,
        "hydrazine": 1,
        "hydrogen": 4,
        "methane": 4,
        "oxygen": 2,
        "nitrogen": 2,
        "potable-water": 2,
        "food": 2,
    }
)
JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
SPARES_PER_YEAR = Spread(0.02, 0.05, 0.10)  # [1] of dry mass, unverified
PACKING = Spread(0.10, 0.20, 0.40)  # [1] bags, racks and tanks over what they hold, unverified


@dataclass(frozen=True, slots=True)
class SupplyRates:
    """What crew and station use beside air, water and food.

    Attributes
    ----------
    water, oxygen, nitrogen : float [kg/d]
        Of each person, before recovery and with leakage; for the plain sum `crew_supply` only.
    water_recovery : float [1]
        Share of the water that is used again; for the plain sum only.
    food : float [kg/d]
        Of each person, with packing.
    hygiene, trash_bags, waste_containment : float [kg/d]
        Of each person.
    clothing : float [kg]
        One set of each person.
    clothing_lifetime : float [d]
        Of a set.
    per_person : float [kg]
        Kits, personal items, office, suit, computer and health supplies of each arrival.
    suit_share : float [kg]
        The suit in `per_person`.
    per_mission : float [kg]
        Health, safety and communication equipment of each arrival of a crew.
    absorber_per_eva_hour : float [kg/h]
        Lithium hydroxide of each person outside.
    spares_per_year : Spread [1]
        Share of the station's dry mass that is replaced in a year.
    packing : Spread [1]
        Stowage and restraint over the mass of supplies.
    """

    water: float = 3.6
    oxygen: float = 3.85714
    nitrogen: float = 2.21429
    water_recovery: float = 0.42
    food: float = 0.05556 + 0.76389 + 1.61667
    hygiene: float = 0.27778
    trash_bags: float = 0.05
    waste_containment: float = 0.05
    clothing: float = 2.3
    clothing_lifetime: float = 4.0
    per_person: float = 1.8 + 10.0 + 5.0 + 107.0 + 5.0 + 0.1
    suit_share: float = 107.0
    per_mission: float = 20.0 + 25.0 + 20.0
    absorber_per_eva_hour: float = 0.3625
    spares_per_year: Spread = SPARES_PER_YEAR
    packing: Spread = PACKING


@dataclass(frozen=True, slots=True)
class Imports:
    """Mass from the Earth over a span, by class of supply.

    Attributes
    ----------
    by_class : mapping of int to Spread [kg]
        Keys as in `CLASSES_OF_SUPPLY`; classes that nothing here decides are left out.
    by_substance : mapping of str to Spread [kg]
        Of what stores hold.
    duration : float [s]
        Of the span.
    """

    by_class: Mapping[int, Spread]
    by_substance: Mapping[str, Spread]
    duration: float

    @property
    def total(self) -> Spread:
        """All classes [kg]: sums of the low, nominal and high figures."""
        return Spread(
            *(sum(getattr(one, case) for one in self.by_class.values()) for case in ("low", "nominal", "high"))
        )

    @property
    def per_year(self) -> Spread:
        """The total scaled to a Julian year [kg]."""
        scale = JULIAN_YEAR / self.duration
        total = self.total
        return Spread(total.low * scale, total.nominal * scale, total.high * scale)


def crew_supply(rates: SupplyRates | None = None) -> dict[str, float]:
    """Supplies of one person and day without a network, as SpaceNet adds them.

    Parameters
    ----------
    rates : SupplyRates, optional
        Default those of SpaceNet's quick start.

    Returns
    -------
    dict of str to float [kg/d]
        By kind; they sum to 11.55 with the default rates.

    Source
    ------
    SpaceNet 2.5r2, default model of crew consumables.
    """
    used = rates or SupplyRates()
    return {
        "water": used.water * (1.0 - used.water_recovery),
        "food": used.food,
        "oxygen": used.oxygen,
        "nitrogen": used.nitrogen,
        "hygiene": used.hygiene,
        "clothing": used.clothing / used.clothing_lifetime,
        "trash bags": used.trash_bags,
        "waste containment": used.waste_containment,
    }


def net_need(ledger: StoresLedger) -> dict[str, float]:
    """Mass of each substance that must come from outside so that stores end as full as they began.

    Parameters
    ----------
    ledger : StoresLedger
        Run with consumers supplied, so that shortages are in `imported`.

    Returns
    -------
    dict of str to float [kg]
        What was imported and delivered, and what the store lost; at least what was imported, because a surplus later
        does not help a shortage now. Substances that the ground or the crew gives are left out.

    Source
    ------
    Conservation of mass.
    """
    need = {}
    for column, store in enumerate(ledger.stores):
        if store.name not in SUBSTANCE_CLASS:
            continue
        imported = float(ledger.imported[:, column].sum())
        delivered = float((ledger.delivered - ledger.refused)[:, column].sum())
        drawn = float(ledger.stock[0, column] - ledger.stock[-1, column])
        need[store.name] = max(imported, imported + delivered + drawn, 0.0)
    return need


def station_imports(
    ledgers: Mapping[str, StoresLedger],
    *,
    person_days: float,
    eva_person_hours: float = 0.0,
    arrivals: Sequence[int] = (),
    dry_mass: float = 0.0,
    rates: SupplyRates | None = None,
) -> Imports:
    """What the station must bring over a span, with its interval.

    Parameters
    ----------
    ledgers : mapping of str to StoresLedger
        Keys ``"low"``, ``"nominal"`` and ``"high"``: little, mean and much need, each run with consumers supplied.
    person_days : float [d]
        Of all people.
    eva_person_hours : float [h]
        Outside, of all people.
    arrivals : sequence of int
        People of each crew that arrives in the span.
    dry_mass : float [kg]
        Of modules and plants that need spares.
    rates : SupplyRates, optional
        What people use beside air, water and food.

    Returns
    -------
    Imports
        Food with its packing; classes 5 and 4 from shares of mass; classes 6, 8, 9 and 10 follow from what a mission
        brings, not from use, and are left out.

    Raises
    ------
    InvalidInput
        A case is missing, the ledgers differ in span, or a number is negative.

    Source
    ------
    Classes and rates of SpaceNet 2.5r2; shares for spares and packing unverified.
    """
    if missing := {"low", "nominal", "high"} - set(ledgers):
        raise InvalidInput(
            f"imports need ledgers of low, nominal and high need; {', '.join(sorted(missing))} is missing"
        )
    if min(person_days, eva_person_hours, dry_mass, *arrivals, 0.0) < 0.0:
        raise InvalidInput("days, hours, arrivals and mass must not be negative")
    if len({(float(one.tdb[0]), float(one.tdb[-1])) for one in ledgers.values()}) > 1:
        raise InvalidInput("the three ledgers must cover the same span")
    used = rates or SupplyRates()
    needs = {case: net_need(ledger) for case, ledger in ledgers.items()}
    by_substance = {name: _spread([needs[case].get(name, 0.0) for case in needs]) for name in needs["nominal"]}
    provisions = [0.0, 0.0, 0.0]
    classes: dict[int, list[float]] = {2: provisions}
    packed_food = max(used.food / metabolism().inputs["food"], 1.0)
    for name, spread in by_substance.items():
        factor = packed_food if name == "food" else 1.0
        into = classes.setdefault(SUBSTANCE_CLASS[name], [0.0, 0.0, 0.0])
        for k, value in enumerate((spread.low, spread.nominal, spread.high)):
            into[k] += value * factor
    duration = next(iter(ledgers.values())).duration
    provisioned = person_days * (used.hygiene + used.clothing / used.clothing_lifetime)
    operated = sum(arrivals) * used.per_person + len(arrivals) * used.per_mission
    operated += eva_person_hours * used.absorber_per_eva_hour
    spared = dry_mass * duration / JULIAN_YEAR
    for k, case in enumerate(("low", "nominal", "high")):
        classes[2][k] += provisioned
        classes.setdefault(3, [0.0, 0.0, 0.0])[k] += operated
        classes.setdefault(4, [0.0, 0.0, 0.0])[k] += spared * getattr(used.spares_per_year, case)
        classes.setdefault(7, [0.0, 0.0, 0.0])[k] += person_days * (used.trash_bags + used.waste_containment)
    packed = [sum(values[k] for values in classes.values()) for k in range(3)]
    classes[5] = [
        mass * getattr(used.packing, case) for mass, case in zip(packed, ("low", "nominal", "high"), strict=True)
    ]
    return Imports(
        MappingProxyType({key: Spread(*classes[key]) for key in sorted(classes)}),
        MappingProxyType(by_substance),
        duration,
    )


def _spread(values: Sequence[float]) -> Spread:
    low, nominal, high = min(values), sorted(values)[1], max(values)
    return Spread(low, nominal, high)
