"""Oxygen from regolith: published figures with their spread, and the recipe that follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from moonstead.foundation.errors import InvalidInput
from moonstead.station.processes import Recipe
from moonstead.station.substances import ATOMIC_MASS, REGOLITH_OXYGEN

Case = Literal["low", "nominal", "high"]
CASES = ("low", "nominal", "high")
KILOWATT_HOUR = 3.6e6  # [J]
TONNE = 1000.0  # [kg]
IRON, TITANIUM = 55.845, 47.867  # [kg/kmol]
OXYGEN_OF_ILMENITE = ATOMIC_MASS["O"] / (IRON + TITANIUM + 3.0 * ATOMIC_MASS["O"])  # [1] FeTiO3 + H2 -> Fe + TiO2 + H2O
OXYGEN_OF_FEO = ATOMIC_MASS["O"] / (IRON + ATOMIC_MASS["O"])  # [1]


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure and the range in which publications put it.

    Attributes
    ----------
    low, nominal, high : float [any unit]
        In rising order.
    """

    low: float
    nominal: float
    high: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.low <= self.nominal <= self.high:
            raise InvalidInput(
                f"a spread rises from low over nominal to high, from 0 on; got {self.low!r}, {self.nominal!r},"
                f" {self.high!r}"
            )

    def at(self, case: Case) -> float:
        """Return the figure [any unit] of a case.

        Raises
        ------
        InvalidInput
            The case is not one of low, nominal and high.
        """
        if case not in CASES:
            raise InvalidInput(f"a case is one of {', '.join(CASES)}; got {case!r}")
        return float(getattr(self, case))

    def over(self, other: Spread) -> Spread:
        """Quotient [any unit] of two independent spreads, at its widest."""
        return Spread(self.low / other.high, self.nominal / other.nominal, self.high / other.low)


@dataclass(frozen=True, slots=True)
class PlantFigures:
    """What is published on one way to make oxygen.

    Attributes
    ----------
    name : str
        Identifier.
    title : str
        What reports call it.
    feedstock : str
        What it needs.
    grade : str
        What `reference_grade` counts; empty where the process takes any regolith.
    reference_grade : float [1]
        Share of the feedstock by mass at which the figures hold.
    energy : Spread [J]
        Electric and heat together, end to end, for 1 kg of oxygen at the reference grade.
    feed_share : float [1]
        Share of that energy that grows with the mass of feedstock: digging, sorting, heating it.
    heat_share : float [1]
        Share of the energy that may come as heat, from concentrated sunlight or a reactor.
    oxygen_yield : Spread [1]
        Oxygen over regolith dug, at the reference grade.
    reagent : Mapping of str to Spread [kg]
        What is lost and must be brought for 1 kg of oxygen.
    maturity : str
        How far it has been shown.
    source : str
        Where the figures come from.
    verified : bool
        Whether the energy was read in the source named, and not recalled.
    """

    name: str
    title: str
    feedstock: str
    grade: str
    reference_grade: float
    energy: Spread
    feed_share: float
    heat_share: float
    oxygen_yield: Spread
    reagent: Mapping[str, Spread] = field(default_factory=dict)
    maturity: str = ""
    source: str = ""
    verified: bool = False


def _kwh(low: float, nominal: float, high: float) -> Spread:
    return Spread(low * KILOWATT_HOUR, nominal * KILOWATT_HOUR, high * KILOWATT_HOUR)


_FIGURES = (
    PlantFigures(
        "hydrogen-reduction",
        "hydrogen reduction of ilmenite",
        "mare regolith; the highlands of the pole hold 1 % of ilmenite or less",
        "ilmenite",
        0.10,
        _kwh(18.5, 24.3, 30.1),
        feed_share=0.58,
        heat_share=0.55,
        oxygen_yield=Spread(
            0.4 * 0.1 * OXYGEN_OF_ILMENITE, 0.6 * 0.1 * OXYGEN_OF_ILMENITE, 0.9 * 0.1 * OXYGEN_OF_ILMENITE
        ),
        reagent={"hydrogen": Spread(0.0, 0.001, 0.005)},
        maturity="field test of 2008 to 2010 with kilograms of oxygen; end-to-end energy modelled",
        source="Leger et al. (2025), PNAS 122, e2306146122, doi:10.1073/pnas.2306146122: 24.3 +- 5.8 kWh/kg at 10 % of"
        " ilmenite; 55 % of it reduction, 38 % electrolysis; recovery of the mineral and loss of hydrogen unverified",
        verified=True,
    ),
    PlantFigures(
        "hydrogen-reduction-of-soil",
        "hydrogen reduction of iron oxide in unsorted soil",
        "any regolith with iron: 4 to 6 % of FeO in the highlands, 14 to 20 % in the maria",
        "FeO",
        0.05,
        _kwh(25.0, 45.0, 90.0),
        feed_share=0.75,
        heat_share=0.70,
        oxygen_yield=Spread(0.4 * 0.05 * OXYGEN_OF_FEO, 0.8 * 0.05 * OXYGEN_OF_FEO, 0.05 * OXYGEN_OF_FEO),
        reagent={"hydrogen": Spread(0.0, 0.001, 0.005)},
        maturity="laboratory: Apollo soils reduced in grams",
        source="Allen et al. (1996), JGR 101, 26085, doi:10.1029/96JE02726, recalled: yield follows the iron; energy"
        " estimated here from heating 100 kg of soil by 1000 K with half of the heat regained, unverified",
    ),
    PlantFigures(
        "carbothermal",
        "carbothermal reduction with methane",
        "any regolith: silicates are reduced",
        "",
        1.0,
        _kwh(28.0, 39.0, 93.0),
        feed_share=0.55,
        heat_share=0.82,
        oxygen_yield=Spread(0.08, 0.12, 0.20),
        reagent={"methane": Spread(0.0, 0.005, 0.02)},
        maturity="brassboards of 2023 (63 to 93 kWh of heat for 1 kg) and 2025 (below 50) with simulant in vacuum",
        source="about 39 kWh/kg, 82 % of it heat: modelled solar carbothermal plant; brassboards 63 to 93, then below"
        " 50 kWh/kg of heat; all second-hand, low end, yield and loss of methane unverified",
    ),
    PlantFigures(
        "molten-regolith-electrolysis",
        "molten regolith electrolysis",
        "any regolith",
        "",
        1.0,
        _kwh(18.0, 25.0, 35.0),
        feed_share=0.40,
        heat_share=0.0,
        oxygen_yield=Spread(0.10, 0.20, 0.30),
        maturity="laboratory cells of grams to a few kilograms",
        source="Schreiner et al. (2016), Adv. Space Res. 57, 1585, doi:10.1016/j.asr.2016.01.006, for the process;"
        " range of 18 to 35 kWh/kg second-hand, yield unverified",
    ),
    PlantFigures(
        "molten-salt-electrolysis",
        "molten salt electrolysis (FFC Cambridge)",
        "any regolith, ground and sintered",
        "",
        1.0,
        _kwh(25.0, 39.0, 80.0),
        feed_share=0.25,
        heat_share=0.2,
        oxygen_yield=Spread(0.25, 0.35, 0.42),
        maturity="laboratory: 96 % of the oxygen drawn from grams of simulant",
        source="Schwandt et al. (2012), Planet. Space Sci. 74, 49, doi:10.1016/j.pss.2012.06.011, for the process;"
        " about 4.5 kW for 1 t a year recalled from its authors, range unverified",
    ),
    PlantFigures(
        "vapour-pyrolysis",
        "vapour phase pyrolysis",
        "any regolith, above 2500 K",
        "",
        1.0,
        _kwh(20.0, 45.0, 120.0),
        feed_share=0.90,
        heat_share=0.90,
        oxygen_yield=Spread(0.05, 0.12, 0.20),
        maturity="laboratory vacuum furnaces with milligrams to grams",
        source="Senior (1993), J. Br. Interplanet. Soc. 46, 579, recalled, for the process; energy estimated here from"
        " heating and evaporation at 2 to 5 times the ideal need, unverified",
    ),
)
OXYGEN_PLANTS: Mapping[str, PlantFigures] = MappingProxyType({plant.name: plant for plant in _FIGURES})
"""The frozen table of oxygen plants by name."""


def oxygen_yield(plant: PlantFigures, grade: float | None = None) -> Spread:
    """Oxygen over regolith dug.

    Parameters
    ----------
    plant : PlantFigures
        From `OXYGEN_PLANTS`.
    grade : float [1], optional
        Share of the mineral that counts in the regolith; the reference grade where left out.

    Returns
    -------
    Spread [1]
        In proportion to the grade, at most the oxygen of the regolith.

    Raises
    ------
    InvalidInput
        The grade does not lie in (0, 1], or the process knows none.

    Source
    ------
    Proportion; limit from the stoichiometry of the mineral.
    """
    ratio = _grade(plant, grade) / plant.reference_grade
    given = plant.oxygen_yield
    return Spread(*(min(value * ratio, REGOLITH_OXYGEN) for value in (given.low, given.nominal, given.high)))


def oxygen_energy(plant: PlantFigures, grade: float | None = None) -> Spread:
    """Energy end to end for 1 kg of oxygen.

    Parameters
    ----------
    plant : PlantFigures
        From `OXYGEN_PLANTS`.
    grade : float [1], optional
        Share of the mineral that counts in the regolith; the reference grade where left out.

    Returns
    -------
    Spread [J]
        The share that goes into the feedstock grows as 1/grade, the rest stays.

    Raises
    ------
    InvalidInput
        The grade does not lie in (0, 1], or the process knows none.

    Source
    ------
    Heat and work for the feedstock in proportion to its mass; see `PlantFigures.source`.
    """
    growth = 1.0 - plant.feed_share + plant.feed_share * plant.reference_grade / _grade(plant, grade)
    return Spread(*(value * growth for value in (plant.energy.low, plant.energy.nominal, plant.energy.high)))


def oxygen_plant(name: str, *, grade: float | None = None, case: Case = "nominal", solar_heat: bool = False) -> Recipe:
    """Recipe of a plant that makes oxygen of regolith from the ground.

    Parameters
    ----------
    name : str
        In `OXYGEN_PLANTS`.
    grade : float [1], optional
        Share of the mineral that counts.
    case : str
        ``"low"``, ``"nominal"`` or ``"high"`` yield; energy goes the other way.
    solar_heat : bool
        Whether heat comes from mirrors, so that only the electric share burdens the bus.

    Returns
    -------
    Recipe
        One unit is 1 kg of oxygen; kind ``"in-situ"``; unreduced regolith leaves as tailings, the rest as slag.

    Raises
    ------
    InvalidInput
        Name, grade or case is not known.

    Source
    ------
    `PlantFigures.source` of each.
    """
    plant = plant_named(name)
    product = oxygen_yield(plant, grade).at(case)
    opposite: Case = {"low": "high", "high": "low"}.get(case, "nominal")  # type: ignore[assignment]
    energy = oxygen_energy(plant, grade).at(opposite)
    dug = 1.0 / product
    reduced = 1.0 / REGOLITH_OXYGEN
    reagents = {what: spread.at(opposite) for what, spread in plant.reagent.items() if spread.at(opposite) > 0.0}
    outputs = {"oxygen": 1.0, "metal-slag": reduced - 1.0}
    if dug > reduced:
        outputs["tailings"] = dug - reduced
    electric = energy * (1.0 - plant.heat_share) if solar_heat else energy
    return Recipe(
        plant.title,
        {"regolith": dug, **reagents},
        outputs,
        reagents,
        unit="kg of oxygen",
        kind="in-situ",
        energy=electric,
    )


def oxygen_per_energy(plant: PlantFigures, grade: float | None = None) -> Spread:
    """Oxygen for one joule, and so for one kilowatt-hour.

    Parameters
    ----------
    plant : PlantFigures
        From `OXYGEN_PLANTS`.
    grade : float [1], optional
        Share of the mineral that counts.

    Returns
    -------
    Spread [kg/J]
        Reciprocal of `oxygen_energy`.

    Raises
    ------
    InvalidInput
        The grade does not lie in (0, 1], or the process knows none.

    Source
    ------
    As `oxygen_energy`.
    """
    return Spread(1.0, 1.0, 1.0).over(oxygen_energy(plant, grade))


def plant_named(name: str) -> PlantFigures:
    """Look a plant up.

    Parameters
    ----------
    name : str
        In `OXYGEN_PLANTS`.

    Returns
    -------
    PlantFigures

    Raises
    ------
    InvalidInput
        There is none of that name.
    """
    if name not in OXYGEN_PLANTS:
        raise InvalidInput(f"oxygen plant {name!r} is not known; there are {', '.join(OXYGEN_PLANTS)}")
    return OXYGEN_PLANTS[name]


def _grade(plant: PlantFigures, grade: float | None) -> float:
    if grade is None:
        return plant.reference_grade
    if not plant.grade:
        raise InvalidInput(f"{plant.title} takes any regolith; leave the grade out")
    if not 0.0 < grade <= 1.0:
        raise InvalidInput(f"the grade ({plant.grade}) must lie in (0, 1]; got {grade!r}")
    return grade
