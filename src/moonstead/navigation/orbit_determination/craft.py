"""What the shipped tables say about a satellite that matters for its orbit: plates, mass, power of its antenna."""

from __future__ import annotations

from dataclasses import dataclass

from moonstead.navigation.orbit_determination.box_wing import BOX_WINGS, Plate, plates_of
from moonstead.navigation.satellites import satellite_facts

# [W] sent to the Earth. GPS, Galileo FOC: block means of the IGS satellite metadata (TX_POWER), after Steigenberger,
# Thoelert & Montenbruck (2018), J. Geod. 92, 609, doi:10.1007/s00190-017-1082-2; the others are recalled from that
# paper, not checked (GLONASS-M satellites spread from 20 W to 85 W).
ANTENNA_POWER = {
    "GPS IIR-A": 60.0,
    "GPS IIR-B": 60.0,
    "GPS IIR-M": 145.0,
    "GPS IIF": 240.0,
    "GPS III": 300.0,
    "GLONASS-M": 50.0,
    "GLONASS-K1": 105.0,
    "Galileo IOV": 135.0,
    "Galileo FOC": 265.0,
    "BDS-2 MEO": 130.0,
    "BDS-2 IGSO": 185.0,
    "BDS-3 MEO": 310.0,
}


@dataclass(frozen=True, slots=True)
class Craft:
    """What is known of a satellite beforehand.

    Attributes
    ----------
    block : str
        "GLONASS-M" ...; empty where it is not known.
    plates : tuple of Plate
        Surfaces; empty where they are not known.
    mass : float [kg]
        For the plates and the antenna; NaN where it is not known.
    antenna_power : float [W]
        Sent to the Earth; 0 for no recoil.
    """

    block: str = ""
    plates: tuple[Plate, ...] = ()
    mass: float = float("nan")
    antenna_power: float = 0.0


def craft_of(satellite: str, gpst: float) -> Craft:
    """Plates, mass and antenna power of a satellite on a date.

    Parameters
    ----------
    satellite : str
        "G01", "R24" ...
    gpst : float [s of GPST]
        The date.

    Returns
    -------
    Craft
        With gaps where nothing is published: no plates of BeiDou satellites, whose optical properties are not known.

    Source
    ------
    As `satellite_facts`, `BOX_WINGS` and `ANTENNA_POWER`.
    """
    facts = satellite_facts(satellite, gpst)
    plates = plates_of(facts.block) if any(facts.block.startswith(name) for name in BOX_WINGS) else ()
    mass = float("nan") if facts.mass is None else facts.mass
    return Craft(facts.block, plates, mass, ANTENNA_POWER.get(facts.block, 0.0))
