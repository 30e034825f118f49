"""Life support: recipes that clean air and water, and what a cabin loses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.station.processes import Recipe
from moonstead.station.substances import (
    ATOMIC_MASS,
    FOOD_WATER_DAY,
    LATENT_HEAT,
    URINE_SOLIDS_DAY,
    URINE_WATER_DAY,
    diet,
    molar_mass,
    substance_named,
)

GAS_CONSTANT = 8314.462618  # [J/(kmol K)] CODATA 2018, exact
CABIN_PRESSURE = 101_325.0  # [Pa]
CABIN_OXYGEN = 0.21  # [1] by volume
CABIN_TEMPERATURE = 295.0  # [K]
KILOWATT_HOUR = 3.6e6  # [J]

# Heats of reaction [J/kmol] at 298 K, NIST
WATER_FORMATION = 285.83e6  # of liquid water
METHANE_FORMATION = 74.6e6
CARBON_DIOXIDE_FORMATION = 393.51e6
METHANATION = METHANE_FORMATION + 2.0 * WATER_FORMATION - CARBON_DIOXIDE_FORMATION  # water condensed

# Electric energy of flight hardware [J] for one kg, from rated power and throughput; recalled, unverified
ELECTROLYSIS_ENERGY = 3.95e3 * SECONDS_PER_DAY / 9.2  # of oxygen: OGA, 9.2 kg a day; ESA prints 9 kg a day
REMOVAL_ENERGY = 1.0e3 * SECONDS_PER_DAY / 6.0  # of carbon dioxide: CDRA, about 1 kW for six people
SABATIER_ENERGY = 0.25e3 * SECONDS_PER_DAY / 6.0  # of carbon dioxide: blower and compressor
URINE_ENERGY = 0.42e3 * SECONDS_PER_DAY / 9.0  # of urine: UPA, vapour compression
WATER_ENERGY = 0.32e3 * SECONDS_PER_DAY / 65.0  # of water: WPA
BRINE_ENERGY = 0.75 * KILOWATT_HOUR  # of water in brine: evaporation at 90 %
PYROLYSIS_ENERGY = 20.0 * KILOWATT_HOUR  # of methane: plasma reactor
URINE_RECOVERY = 0.87  # [1] UPA 85 to 87 %
WATER_RECOVERY = 0.995  # [1] WPA; with the brine processor 98 % of all water, NASA 2023-06-20
BRINE_RECOVERY = 0.85  # [1]
CROP_YIELD = 0.018  # [kg] of dry edible matter on 1 m2 in a day: mixed crops, BVAD ch. 4, recalled, unverified
CROP_POWER = 1000.0  # [W] of lamps and pumps on 1 m2, recalled, unverified; 300 to 2600 W in published chambers


def reaction(
    name: str,
    takes: Mapping[str, float],
    gives: Mapping[str, float],
    per: str,
    *,
    energy: float = 0.0,
    heat: float = 0.0,
) -> Recipe:
    """Recipe of a chemical reaction.

    Parameters
    ----------
    name : str
        What reports call it.
    takes, gives : mapping of str to float [1]
        Moles of each substance that is a compound of C, H, N and O.
    per : str
        Substance of which one unit is a kilogram.
    energy, heat : float [J]
        As in `Recipe`, for one unit.

    Returns
    -------
    Recipe
        One unit is 1 kg of `per`; kind ``"recycling"``.

    Raises
    ------
    InvalidInput
        A substance is no compound, `per` does not take part, or the reaction does not balance.

    Source
    ------
    Stoichiometry.
    """
    masses = {}
    for substance, moles in {**takes, **gives}.items():
        if substance not in FORMULAS:
            raise InvalidInput(f"{substance} is no compound; a reaction takes one of {', '.join(FORMULAS)}")
        masses[substance] = moles * molar_mass(FORMULAS[substance])
    if per not in masses:
        raise InvalidInput(f"{per} does not take part in {name}")
    unit = masses[per]
    inputs = {substance: masses[substance] / unit for substance in takes}
    outputs = {substance: masses[substance] / unit for substance in gives}
    title = substance_named(per).title
    return Recipe(name, inputs, outputs, unit=f"kg of {title}", kind="recycling", energy=energy, heat=heat)


FORMULAS = {
    "oxygen": {"O": 2.0},
    "hydrogen": {"H": 2.0},
    "nitrogen": {"N": 2.0},
    "carbon-dioxide": {"C": 1.0, "O": 2.0},
    "methane": {"C": 1.0, "H": 4.0},
    "carbon": {"C": 1.0},
    "potable-water": {"H": 2.0, "O": 1.0},
    "grey-water": {"H": 2.0, "O": 1.0},
    "crop-residue": {"C": 6.0, "H": 10.0, "O": 5.0},
}


def water_electrolysis(energy: float = ELECTROLYSIS_ENERGY) -> Recipe:
    """Oxygen and hydrogen from drinking water.

    Parameters
    ----------
    energy : float [J]
        Electric, for 1 kg of oxygen; of it 17.9 MJ go into the gases.

    Returns
    -------
    Recipe
        One unit is 1 kg of oxygen.

    Source
    ------
    2 H2O -> 2 H2 + O2. Energy: oxygen generation assembly of the ISS, recalled, unverified.
    """
    takes, gives = {"potable-water": 2.0}, {"oxygen": 1.0, "hydrogen": 2.0}
    heat = -2.0 * WATER_FORMATION / molar_mass(FORMULAS["oxygen"])
    return reaction("water electrolysis", takes, gives, "oxygen", energy=energy, heat=heat)


def sabatier(energy: float = SABATIER_ENERGY) -> Recipe:
    """Water and methane from carbon dioxide and hydrogen.

    Parameters
    ----------
    energy : float [J]
        Electric, for 1 kg of carbon dioxide.

    Returns
    -------
    Recipe
        One unit is 1 kg of carbon dioxide; gives 253 kJ/mol of heat.

    Source
    ------
    CO2 + 4 H2 -> CH4 + 2 H2O, enthalpy -253 kJ/mol with the water condensed, from heats of formation (NIST).
    Energy recalled, unverified.
    """
    takes, gives = {"carbon-dioxide": 1.0, "hydrogen": 4.0}, {"methane": 1.0, "grey-water": 2.0}
    heat = METHANATION / molar_mass(FORMULAS["carbon-dioxide"])
    return reaction("Sabatier reactor", takes, gives, "carbon-dioxide", energy=energy, heat=heat)


def methane_pyrolysis(energy: float = PYROLYSIS_ENERGY) -> Recipe:
    """Hydrogen back from methane, which closes the oxygen loop.

    Parameters
    ----------
    energy : float [J]
        Electric, for 1 kg of methane.

    Returns
    -------
    Recipe
        One unit is 1 kg of methane.

    Source
    ------
    CH4 -> C + 2 H2. Energy recalled, unverified.
    """
    return reaction("methane pyrolysis", {"methane": 1.0}, {"carbon": 1.0, "hydrogen": 2.0}, "methane", energy=energy)


def carbon_dioxide_removal(energy: float = REMOVAL_ENERGY) -> Recipe:
    """Carbon dioxide from the air into its store.

    Parameters
    ----------
    energy : float [J]
        Electric, for 1 kg of carbon dioxide.

    Returns
    -------
    Recipe
        One unit is 1 kg of carbon dioxide.

    Source
    ------
    Regenerable sorbent beds of the ISS; energy recalled, unverified.
    """
    return Recipe(
        "carbon dioxide removal",
        {"cabin-carbon-dioxide": 1.0},
        {"carbon-dioxide": 1.0},
        unit="kg of carbon dioxide",
        kind="recycling",
        energy=energy,
    )


def condensation(energy: float = 0.0) -> Recipe:
    """Water vapour from the air into grey water.

    Parameters
    ----------
    energy : float [J]
        Electric, for 1 kg; the cold comes from the thermal control.

    Returns
    -------
    Recipe
        One unit is 1 kg of water; gives 2.45 MJ of heat.

    Source
    ------
    Heat of condensation of water at 293 K.
    """
    return Recipe(
        "condensation",
        {"humidity": 1.0},
        {"grey-water": 1.0},
        unit="kg of water",
        kind="recycling",
        energy=energy,
        heat=LATENT_HEAT,
    )


def urine_processing(recovery: float = URINE_RECOVERY, energy: float = URINE_ENERGY) -> Recipe:
    """Distillate from urine; solids and the rest of the water stay as brine.

    Parameters
    ----------
    recovery : float [1]
        Share of the water that is distilled.
    energy : float [J]
        Electric, for 1 kg of urine.

    Returns
    -------
    Recipe
        One unit is 1 kg of urine.

    Raises
    ------
    InvalidInput
        The recovery does not lie in [0, 1].

    Source
    ------
    Urine processor of the ISS: 85 to 87 %, recalled, unverified.
    """
    _require_share(recovery, "urine processing")
    water = URINE_WATER_DAY / (URINE_WATER_DAY + URINE_SOLIDS_DAY)
    outputs = {"grey-water": water * recovery, "brine-water": water * (1.0 - recovery), "urine-solids": 1.0 - water}
    return Recipe("urine processing", {"urine": 1.0}, outputs, unit="kg of urine", kind="recycling", energy=energy)


def brine_processing(recovery: float = BRINE_RECOVERY, energy: float = BRINE_ENERGY) -> Recipe:
    """Water out of brine.

    Parameters
    ----------
    recovery : float [1]
        Share of the brine's water.
    energy : float [J]
        Electric, for 1 kg of water in brine.

    Returns
    -------
    Recipe
        One unit is 1 kg of water in brine.

    Raises
    ------
    InvalidInput
        The recovery does not lie in [0, 1].

    Source
    ------
    Brine processor of the ISS: 98 % of all water with it, NASA, 20 June 2023; its share and energy unverified.
    """
    _require_share(recovery, "brine processing")
    return Recipe(
        "brine processing",
        {"brine-water": 1.0},
        {"humidity": recovery},
        {"brine-water": 1.0 - recovery},
        unit="kg of brine water",
        kind="recycling",
        energy=energy,
        heat=-recovery * LATENT_HEAT,
    )


def water_processing(recovery: float = WATER_RECOVERY, energy: float = WATER_ENERGY) -> Recipe:
    """Drinking water from grey water.

    Parameters
    ----------
    recovery : float [1]
        Share of the water.
    energy : float [J]
        Electric, for 1 kg of grey water.

    Returns
    -------
    Recipe
        One unit is 1 kg of grey water.

    Raises
    ------
    InvalidInput
        The recovery does not lie in [0, 1].

    Source
    ------
    Water processor of the ISS, recalled, unverified.
    """
    _require_share(recovery, "water processing")
    return Recipe(
        "water processing",
        {"grey-water": 1.0},
        {"potable-water": recovery},
        {"grey-water": 1.0 - recovery},
        unit="kg of grey water",
        kind="recycling",
        energy=energy,
    )


def crop_growth(energy: float = CROP_POWER * SECONDS_PER_DAY / CROP_YIELD, residue: float = 1.0) -> Recipe:
    """Food from carbon dioxide, water and nitrogen.

    Moisture of the food is drawn from drinking water; transpired water is taken to return at once.

    Parameters
    ----------
    energy : float [J]
        Electric, for 1 kg of dry edible matter.
    residue : float [kg]
        Inedible dry matter that grows with it, taken as cellulose.

    Returns
    -------
    Recipe
        One unit is 1 kg of dry edible matter: 1/`CROP_YIELD` m2 for a day at the yield of mixed crops.

    Raises
    ------
    InvalidInput
        The residue is negative.

    Source
    ------
    Photosynthesis with the composition of the diet; yield and power from BVAD ch. 4, recalled, unverified.
    """
    if not residue >= 0.0:
        raise InvalidInput(f"residue of crops must not be negative [kg]; got {residue!r}")
    food = substance_named("food")
    edible = sum(diet()[:3])
    dry = edible / (edible + FOOD_WATER_DAY)
    share = dict(zip(("C", "H", "N", "O"), food.composition, strict=False))
    grown = {element: mass / dry for element, mass in share.items()}
    fibre = FORMULAS["crop-residue"]
    for element, atoms in fibre.items():
        grown[element] += residue * atoms * ATOMIC_MASS[element] / molar_mass(fibre)
    carbon_dioxide = grown["C"] * molar_mass(FORMULAS["carbon-dioxide"]) / ATOMIC_MASS["C"]
    water = grown["H"] * molar_mass(FORMULAS["potable-water"]) / (2.0 * ATOMIC_MASS["H"])
    oxygen = carbon_dioxide + water + grown["N"] - 1.0 / dry - residue
    return Recipe(
        "crop growth",
        {"carbon-dioxide": carbon_dioxide, "potable-water": water, "nitrogen": grown["N"]},
        {"food": 1.0 / dry, "oxygen": oxygen, "crop-residue": residue},
        unit="kg of dry food",
        kind="recycling",
        energy=energy,
    )


def cabin_air(volume: float, pressure: float = CABIN_PRESSURE, oxygen: float = CABIN_OXYGEN) -> tuple[float, float]:
    """Mass of the air in a volume.

    Parameters
    ----------
    volume : float [m3]
        Free volume.
    pressure : float [Pa]
        Total.
    oxygen : float [1]
        Share by volume; the rest is nitrogen.

    Returns
    -------
    (float, float) [kg]
        Oxygen and nitrogen.

    Raises
    ------
    InvalidInput
        Volume or pressure is not positive, or the share does not lie in [0, 1].

    Source
    ------
    Ideal gas at 295 K.
    """
    if not (volume > 0.0 and pressure > 0.0):
        raise InvalidInput(f"volume [m3] and pressure [Pa] must be positive; got {volume!r} and {pressure!r}")
    _require_share(oxygen, "oxygen of the cabin")
    moles = pressure * volume / (GAS_CONSTANT * CABIN_TEMPERATURE)
    return (
        float(moles * oxygen * molar_mass(FORMULAS["oxygen"])),
        float(moles * (1.0 - oxygen) * molar_mass(FORMULAS["nitrogen"])),
    )


def cabin_leak(
    volume: float, loss_per_day: float, pressure: float = CABIN_PRESSURE, oxygen: float = CABIN_OXYGEN
) -> Recipe:
    """Air that a cabin loses through its seals and that stores must make up.

    Parameters
    ----------
    volume : float [m3]
        Free volume.
    loss_per_day : float [1]
        Share of the air in a day; 0.05 % in BVAD, recalled.
    pressure : float [Pa]
        Total.
    oxygen : float [1]
        Share by volume.

    Returns
    -------
    Recipe
        One unit is a day; kind ``"consumer"``.

    Raises
    ------
    InvalidInput
        The share is not in [0, 1), or the volume or pressure is not positive.

    Source
    ------
    Ideal gas; the cabin is kept at its pressure.
    """
    if not 0.0 <= loss_per_day < 1.0:
        raise InvalidInput(f"loss of cabin air in a day must lie in [0, 1); got {loss_per_day!r}")
    return _air_lost("cabin leak", cabin_air(volume, pressure, oxygen), loss_per_day, "day")


def airlock_cycle(
    volume: float = 4.25,
    recovered: float = 0.9,
    pressure: float = CABIN_PRESSURE,
    oxygen: float = CABIN_OXYGEN,
) -> Recipe:
    """Air that one passage of an airlock costs.

    Parameters
    ----------
    volume : float [m3]
        Free volume; 4.25 m3 in BVAD, recalled.
    recovered : float [1]
        Share of its air that is pumped back into the cabin.
    pressure : float [Pa]
        Total.
    oxygen : float [1]
        Share by volume.

    Returns
    -------
    Recipe
        One unit is a passage, out and in; kind ``"consumer"``.

    Raises
    ------
    InvalidInput
        The share is not in [0, 1], or the volume or pressure is not positive.

    Source
    ------
    Ideal gas; 90 % recovered by the pump of the ISS, recalled, unverified.
    """
    _require_share(recovered, "airlock")
    return _air_lost("airlock", cabin_air(volume, pressure, oxygen), 1.0 - recovered, "passage")


def _air_lost(name: str, air: tuple[float, float], share: float, unit: str) -> Recipe:
    masses = {"oxygen": air[0] * share, "nitrogen": air[1] * share}
    return Recipe(name, masses, {}, masses, unit=unit, kind="consumer")


def _require_share(value: float, what: str) -> None:
    if not (np.isfinite(value) and 0.0 <= value <= 1.0):
        raise InvalidInput(f"{what}: the share must lie in [0, 1]; got {value!r}")
