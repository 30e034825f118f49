"""The library's recipes by name, as scenarios call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.units import closest
from moonstead.station import life_support
from moonstead.station.oxygen_plants import OXYGEN_PLANTS, Case, oxygen_plant
from moonstead.station.processes import Recipe
from moonstead.station.water_plants import REFERENCE_ICE, water_plant

_LIFE_SUPPORT: Mapping[str, Callable[[], Recipe]] = MappingProxyType(
    {
        "water-electrolysis": life_support.water_electrolysis,
        "sabatier": life_support.sabatier,
        "methane-pyrolysis": life_support.methane_pyrolysis,
        "carbon-dioxide-removal": life_support.carbon_dioxide_removal,
        "condensation": life_support.condensation,
        "urine-processing": life_support.urine_processing,
        "brine-processing": life_support.brine_processing,
        "water-processing": life_support.water_processing,
        "crop-growth": life_support.crop_growth,
    }
)
RECIPE_NAMES = (*_LIFE_SUPPORT, "cabin-leak", "water-from-ice", *OXYGEN_PLANTS)


def named_recipe(
    name: str,
    *,
    grade: float | None = None,
    case: Case = "nominal",
    solar_heat: bool = False,
    volume: float | None = None,
    loss_per_day: float | None = None,
) -> Recipe:
    """Recipe of the library.

    Parameters
    ----------
    name : str
        One of `RECIPE_NAMES`.
    grade : float [1], optional
        Share of the ground's mass that counts, for plants that know one.
    case : str
        ``"low"``, ``"nominal"`` or ``"high"`` yield of plants that work the ground.
    solar_heat : bool
        Whether heat comes from mirrors, for oxygen plants.
    volume : float [m3], optional
        Of the cabin, for ``"cabin-leak"``.
    loss_per_day : float [1], optional
        Share of the air, for ``"cabin-leak"``.

    Returns
    -------
    Recipe

    Raises
    ------
    InvalidInput
        There is none of that name, a cabin leak has no volume or loss, or the plant refuses its grade.

    Source
    ------
    That of each recipe.
    """
    if name in _LIFE_SUPPORT:
        return _LIFE_SUPPORT[name]()
    if name in OXYGEN_PLANTS:
        return oxygen_plant(name, grade=grade, case=case, solar_heat=solar_heat)
    if name == "water-from-ice":
        return water_plant(REFERENCE_ICE if grade is None else grade, case=case)
    if name != "cabin-leak":
        near = closest(name, RECIPE_NAMES)
        raise InvalidInput(
            f"recipe {name!r} is not known; " + (f'did you mean "{near}"?' if near else "see RECIPE_NAMES")
        )
    if volume is None or loss_per_day is None:
        raise InvalidInput("a cabin leak needs a volume [m3] and a loss in a day [1]")
    return life_support.cabin_leak(volume, loss_per_day)
