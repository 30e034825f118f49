"""Water from ice in the ground: the least energy by physics, the energy that was shown, and what digging costs."""

from __future__ import annotations

from moonstead.foundation.errors import InvalidInput
from moonstead.station.oxygen_plants import KILOWATT_HOUR, Case, Spread
from moonstead.station.processes import Recipe
from moonstead.station.substances import ice_bearing_regolith

SUBLIMATION = 2.84e6  # [J/kg] of ice near 220 K
REGOLITH_HEAT = 600.0  # [J/(kg K)] mean from 100 to 250 K: Hayne et al. (2017), doi:10.1002/2017JE005387, recalled
ICE_HEAT = 1500.0  # [J/(kg K)] mean from 100 to 250 K
GROUND_TEMPERATURE = 100.0  # [K] of shadowed ground
RELEASE_TEMPERATURE = 250.0  # [K] at which ice leaves the regolith fast enough
REFERENCE_ICE = 0.05  # [1] 5.6 +- 2.9 % at Cabeus: Colaprete et al. (2010), doi:10.1126/science.1186986
MODELLED = Spread(1.3 * KILOWATT_HOUR, 2.0 * KILOWATT_HOUR, 2.7 * KILOWATT_HOUR)  # [J/kg] published models
DEMONSTRATED = Spread(15.0 * KILOWATT_HOUR, 25.0 * KILOWATT_HOUR, 44.0 * KILOWATT_HOUR)  # [J/kg] LUWEX
RECOVERED = Spread(0.5, 0.75, 0.95)  # [1] of the ice, unverified
DIGGING = Spread(0.5 * 3.6e3, 1.4 * 3.6e3, 5.0 * 3.6e3)  # [J/kg] of regolith, with driving; unverified
DIG_RATE = 10_000.0 / (5.0 * 86_400.0)  # [kg/s] IPEx, a machine of 30 kg: 10 t in 5 days of work, second-hand
MATURITY = "laboratory: LUWEX extracted grams to kilograms from simulant with ice in vacuum; the ground is not sampled"
SOURCE = (
    "least energy computed from heat capacities; models 1.3 to 2.7 kWh/kg, LUWEX 15 to 44 kWh/kg, second-hand; recovery"
    " and digging unverified"
)


def ice_water_least_energy(
    ice_fraction: float, ground: float = GROUND_TEMPERATURE, release: float = RELEASE_TEMPERATURE
) -> float:
    """Heat that no plant can do without for 1 kg of water: heating the ground and subliming the ice.

    Parameters
    ----------
    ice_fraction : float [1]
        Share of the ground's mass that is ice.
    ground, release : float [K]
        Temperatures of the ground and of release.

    Returns
    -------
    float [J]
        Without recovery of heat.

    Raises
    ------
    InvalidInput
        The ice fraction does not lie in (0, 1), or the release is colder than the ground.

    Source
    ------
    Heat balance; heat capacities Hayne et al. (2017), doi:10.1002/2017JE005387, recalled.
    """
    if not 0.0 < ice_fraction < 1.0:
        raise InvalidInput(f"the ice fraction must lie between 0 and 1; got {ice_fraction!r}")
    if not release > ground > 0.0:
        raise InvalidInput(f"ice leaves at a temperature above that of the ground; got {release!r} and {ground!r} K")
    warming = release - ground
    return SUBLIMATION + ICE_HEAT * warming + REGOLITH_HEAT * warming * (1.0 - ice_fraction) / ice_fraction


def ice_water_energy(ice_fraction: float) -> Spread:
    """Energy for 1 kg of water from ice-bearing ground, from the best model to the worst demonstration.

    The part that heats the ground grows as the ground does; the ratio to the least energy is that of the published
    figures, taken to hold at 5 % of ice.

    Parameters
    ----------
    ice_fraction : float [1]
        Share of the ground's mass that is ice.

    Returns
    -------
    Spread [J]
        Modelled low, demonstrated low as nominal, demonstrated high.

    Raises
    ------
    InvalidInput
        The ice fraction does not lie in (0, 1).

    Source
    ------
    LUWEX 15 to 44 kWh/kg shown, models 1.3 to 2.7 kWh/kg; second-hand, unverified.
    """
    scale = ice_water_least_energy(ice_fraction) / ice_water_least_energy(REFERENCE_ICE)
    return Spread(MODELLED.low * scale, DEMONSTRATED.low * scale, DEMONSTRATED.high * scale)


def water_plant(ice_fraction: float = REFERENCE_ICE, *, case: Case = "nominal") -> Recipe:
    """Recipe of a plant that makes drinking water of ice-bearing ground.

    Parameters
    ----------
    ice_fraction : float [1]
        Share of the ground's mass that is ice.
    case : str
        ``"low"``, ``"nominal"`` or ``"high"`` recovery; energy goes the other way.

    Returns
    -------
    Recipe
        One unit is 1 kg of water; kind ``"in-situ"``; what ice is not recovered stays with the tailings' ground.

    Raises
    ------
    InvalidInput
        The ice fraction does not lie in (0, 1), or the case is not known.

    Source
    ------
    `ice_water_energy`; digging `excavation_energy`.
    """
    opposite: Case = {"low": "high", "high": "low"}.get(case, "nominal")  # type: ignore[assignment]
    grade = ice_bearing_regolith(ice_fraction)
    recovered = RECOVERED.at(case)
    dug = 1.0 / (ice_fraction * recovered)
    energy = ice_water_energy(ice_fraction).at(opposite) + dug * DIGGING.at(opposite)
    left = {"tailings": dug * (1.0 - ice_fraction)}
    lost = {"potable-water": 1.0 / recovered - 1.0}
    return Recipe(
        "water from ice",
        {grade.name: dug},
        {"potable-water": 1.0, **left},
        lost if lost["potable-water"] > 0.0 else {},
        unit="kg of water",
        kind="in-situ",
        energy=energy,
        substances={grade.name: grade},
    )


def excavation_energy(dug: float) -> Spread:
    """Energy to dig ground and carry it some hundred metres.

    Parameters
    ----------
    dug : float [kg]
        Of ground.

    Returns
    -------
    Spread [J]
        Work of the machine.

    Raises
    ------
    InvalidInput
        The mass is negative.

    Source
    ------
    0.5 to 5 Wh/kg, recalled from tests of small excavators, unverified.
    """
    if not dug >= 0.0:
        raise InvalidInput(f"the mass dug must not be negative [kg]; got {dug!r}")
    return Spread(DIGGING.low * dug, DIGGING.nominal * dug, DIGGING.high * dug)


def excavators(dug_per_second: float) -> float:
    """Small excavators that a rate of digging keeps busy.

    Parameters
    ----------
    dug_per_second : float [kg/s]
        Mean rate over the time of work.

    Returns
    -------
    float [1]
        Machines of the class of IPEx.

    Raises
    ------
    InvalidInput
        The rate is negative.

    Source
    ------
    IPEx: 10 t in 5 days, second-hand; NASA, 2024, says 10 t in a lunar day.
    """
    if not dug_per_second >= 0.0:
        raise InvalidInput(f"the rate of digging must not be negative [kg/s]; got {dug_per_second!r}")
    return dug_per_second / DIG_RATE
