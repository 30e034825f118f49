"""What stores hold and processes turn into each other: substances and the elements in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.units import closest

Formula = tuple[tuple[str, float], ...]

ELEMENTS = ("C", "H", "N", "O", "rest")  # rest: metals and silicon, never part of a crew's loops
ATOMIC_MASS = MappingProxyType({"C": 12.011, "H": 1.008, "N": 14.007, "O": 15.999})  # [kg/kmol] IUPAC 2021
REGOLITH_OXYGEN = 0.44  # [1] by mass; 0.42 to 0.45 in Apollo soils, Lunar Sourcebook (1991) ch. 7, recalled


@dataclass(frozen=True, slots=True)
class Substance:
    """A kind of matter with one composition.

    Attributes
    ----------
    name : str
        Identifier, for example ``"potable-water"``.
    title : str
        What reports call it.
    composition : tuple of 5 float [1]
        Share of the mass in carbon, hydrogen, nitrogen, oxygen and the rest; they sum to 1.
    """

    name: str
    title: str
    composition: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.composition) != len(ELEMENTS) or abs(sum(self.composition) - 1.0) > 1e-12:
            raise InvalidInput(f"substance {self.name!r}: shares of {', '.join(ELEMENTS)} must sum to 1")
        if min(self.composition) < 0.0:
            raise InvalidInput(f"substance {self.name!r}: a share of an element must not be negative")


def molar_mass(formula: Mapping[str, float]) -> float:
    """Mass of one kilomole of a formula.

    Parameters
    ----------
    formula : mapping of str to float [1]
        Atoms of each element, of C, H, N and O.

    Returns
    -------
    float [kg]
        Of 1 kmol.

    Source
    ------
    Standard atomic weights, IUPAC 2021, doi:10.1515/pac-2019-0603.
    """
    return sum(ATOMIC_MASS[element] * atoms for element, atoms in formula.items())


def composition_of(formula: Mapping[str, float]) -> tuple[float, ...]:
    """Shares of the elements in a compound.

    Parameters
    ----------
    formula : mapping of str to float [1]
        Atoms of each element, of C, H, N and O.

    Returns
    -------
    tuple of 5 float [1]
        Share of the mass, in the order of `ELEMENTS`.

    Source
    ------
    Definition: mass of each element over the whole.
    """
    whole = molar_mass(formula)
    return tuple(formula.get(element, 0.0) * ATOMIC_MASS.get(element, 0.0) / whole for element in ELEMENTS)


def _mixture(parts: Mapping[Formula, float]) -> tuple[float, ...]:
    """Shares of the elements in masses [kg] of compounds."""
    whole = sum(parts.values())
    shares = [(mass / whole, composition_of(dict(formula))) for formula, mass in parts.items()]
    return tuple(sum(share * one[i] for share, one in shares) for i in range(len(ELEMENTS)))


WATER = (("H", 2.0), ("O", 1.0))
# Volk & Rummel (1987), Adv. Space Res. 7(4), 141, doi:10.1016/0273-1177(87)90045-9
PROTEIN = (("C", 4.0), ("H", 5.0), ("O", 1.0), ("N", 1.0))
CARBOHYDRATE = (("C", 6.0), ("H", 12.0), ("O", 6.0))
FAT = (("C", 16.0), ("H", 32.0), ("O", 2.0))
FAECES = (("C", 42.0), ("H", 69.0), ("O", 13.0), ("N", 5.0))
URINE_SOLIDS = (("C", 2.0), ("H", 6.0), ("O", 2.0), ("N", 2.0))
SWEAT_SOLIDS = (("C", 13.0), ("H", 28.0), ("O", 13.0), ("N", 2.0))

# [kg] of one crew member and day: BVAD (2015), NASA/TP-2015-218570, table 3.26, as V-HAB quotes it
FAECES_DAY, FAECES_WATER_DAY = 0.032, 0.1
URINE_SOLIDS_DAY, URINE_WATER_DAY = 0.059, 1.6
SWEAT_SOLIDS_DAY = 0.018
FOOD_WATER_DAY = 0.7
OXYGEN_DAY, CARBON_DIOXIDE_DAY = 0.816, 1.04
LATENT_HEAT = 2.45e6  # [J/kg] of water at 293 K


def _moles(formula: Formula, mass: float) -> float:
    return mass / molar_mass(dict(formula))


def diet(oxygen: float = OXYGEN_DAY, carbon_dioxide: float = CARBON_DIOXIDE_DAY) -> tuple[float, float, float, float]:
    """Dry food that a crew member burns in a day, and the water that comes of it, from what is breathed and excreted.

    Protein follows from the nitrogen that is excreted; carbohydrate, fat and the water of metabolism follow from the
    balances of carbon, hydrogen and oxygen.

    Parameters
    ----------
    oxygen, carbon_dioxide : float [kg]
        Breathed in and out in a day.

    Returns
    -------
    (float, float, float, float) [kg]
        Protein, carbohydrate, fat; water made.

    Raises
    ------
    InvalidInput
        The respiratory quotient asks for a negative part of the diet.

    Source
    ------
    Volk & Rummel (1987), Adv. Space Res. 7(4), 141, doi:10.1016/0273-1177(87)90045-9: formulas of food and waste;
    solids excreted from BVAD (2015), NASA/TP-2015-218570.
    """
    faeces, urine = _moles(FAECES, FAECES_DAY), _moles(URINE_SOLIDS, URINE_SOLIDS_DAY)
    sweat = _moles(SWEAT_SOLIDS, SWEAT_SOLIDS_DAY)
    breathed = oxygen / (2.0 * ATOMIC_MASS["O"])
    exhaled = carbon_dioxide / molar_mass({"C": 1.0, "O": 2.0})
    protein = 5.0 * faeces + 2.0 * urine + 2.0 * sweat
    # unknowns: carbohydrate, fat, water made [kmol]; rows: C, H, O
    matrix = [[6.0, 16.0, 0.0], [12.0, 32.0, -2.0], [6.0, 2.0, -1.0]]
    known = [
        exhaled + 42.0 * faeces + 2.0 * urine + 13.0 * sweat - 4.0 * protein,
        69.0 * faeces + 6.0 * urine + 28.0 * sweat - 5.0 * protein,
        2.0 * exhaled - 2.0 * breathed + 13.0 * faeces + 2.0 * urine + 13.0 * sweat - protein,
    ]
    carbohydrate, fat, water = (float(x) for x in np.linalg.solve(matrix, known))
    if min(carbohydrate, fat) < 0.0:
        raise InvalidInput(
            f"{oxygen:g} kg of oxygen for {carbon_dioxide:g} kg of carbon dioxide fit no diet of carbohydrate, fat and"
            " protein; the ratio of moles must lie near 0.7 to 1.0"
        )
    return (
        protein * molar_mass(dict(PROTEIN)),
        carbohydrate * molar_mass(dict(CARBOHYDRATE)),
        fat * molar_mass(dict(FAT)),
        water * molar_mass(dict(WATER)),
    )


def ice_bearing_regolith(ice_fraction: float) -> Substance:
    """Regolith with water ice in it.

    Parameters
    ----------
    ice_fraction : float [1]
        Share of the mass that is ice.

    Returns
    -------
    Substance
        Named ``"ice-bearing-regolith"``; one site has one grade.

    Raises
    ------
    InvalidInput
        The share does not lie between 0 and 1.

    Source
    ------
    Definition: a mixture by mass.
    """
    if not 0.0 < ice_fraction < 1.0:
        raise InvalidInput(f"the ice fraction must lie between 0 and 1; got {ice_fraction!r}")
    ice, dry = _BY_FORMULA["potable-water"], SUBSTANCES["regolith"].composition
    shares = [ice_fraction * w + (1.0 - ice_fraction) * d for w, d in zip(ice, dry, strict=True)]
    shares[-1] = 1.0 - sum(shares[:-1])
    return Substance("ice-bearing-regolith", f"regolith with {ice_fraction:.1%} of ice", tuple(shares))


def substance_named(name: str) -> Substance:
    """Look a substance up.

    Parameters
    ----------
    name : str
        Identifier in `SUBSTANCES`.

    Returns
    -------
    Substance

    Raises
    ------
    InvalidInput
        There is none of that name; the message suggests the nearest.
    """
    if name not in SUBSTANCES:
        near = closest(name, SUBSTANCES)
        hint = f'; did you mean "{near}"?' if near else f"; there are {', '.join(SUBSTANCES)}"
        raise InvalidInput(f'substance "{name}" is not known{hint}')
    return SUBSTANCES[name]


def _table() -> dict[str, Substance]:
    protein, carbohydrate, fat, _ = diet()
    regolith = (0.0, 0.0, 0.0, REGOLITH_OXYGEN, 1.0 - REGOLITH_OXYGEN)
    metals = (0.0, 0.0, 0.0, 0.0, 1.0)
    eaten = {PROTEIN: protein, CARBOHYDRATE: carbohydrate, FAT: fat, WATER: FOOD_WATER_DAY}
    urine = {WATER: URINE_WATER_DAY, URINE_SOLIDS: URINE_SOLIDS_DAY}
    excreted = {FAECES: FAECES_DAY, SWEAT_SOLIDS: SWEAT_SOLIDS_DAY, WATER: FAECES_WATER_DAY}
    water = composition_of(dict(WATER))
    rows = [
        ("oxygen", "oxygen", composition_of({"O": 2.0})),
        ("nitrogen", "nitrogen", composition_of({"N": 2.0})),
        ("hydrogen", "hydrogen", composition_of({"H": 2.0})),
        ("carbon-dioxide", "carbon dioxide, removed from the air", composition_of({"C": 1.0, "O": 2.0})),
        ("cabin-carbon-dioxide", "carbon dioxide in the air", composition_of({"C": 1.0, "O": 2.0})),
        ("methane", "methane", composition_of({"C": 1.0, "H": 4.0})),
        ("carbon", "carbon", composition_of({"C": 1.0})),
        ("potable-water", "drinking water", water),
        ("grey-water", "wash water and distillate", water),
        ("humidity", "water vapour in the air", water),
        ("brine-water", "water left in brine", water),
        ("urine", "urine", _mixture(urine)),
        ("urine-solids", "solids of urine", composition_of(dict(URINE_SOLIDS))),
        ("food", "food as eaten, without packing", _mixture(eaten)),
        ("solid-waste", "faeces and sweat solids", _mixture(excreted)),
        ("crop-residue", "inedible parts of crops", composition_of({"C": 6.0, "H": 10.0, "O": 5.0})),
        ("regolith", "regolith", regolith),
        ("oxygen-feedstock", "regolith chosen for its minerals", regolith),
        ("tailings", "regolith that gave no oxygen", regolith),
        ("metal-slag", "reduced metals and silicon", metals),
        ("liquid-oxygen", "liquid oxygen, propellant", composition_of({"O": 2.0})),
        ("liquid-hydrogen", "liquid hydrogen, propellant", composition_of({"H": 2.0})),
        ("hydrazine", "hydrazine, propellant", composition_of({"N": 2.0, "H": 4.0})),
    ]
    return {name: Substance(name, title, shares) for name, title, shares in rows}


_BY_FORMULA = MappingProxyType({"potable-water": composition_of(dict(WATER))})
SUBSTANCES: Mapping[str, Substance] = MappingProxyType(_table())
"""The frozen table of substances by name; ice-bearing regolith is made with its grade by `ice_bearing_regolith`."""

GROUND = frozenset({"regolith", "ice-bearing-regolith"})  # taken from the ground where no store holds them
