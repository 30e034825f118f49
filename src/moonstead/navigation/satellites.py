"""What a navigation satellite is on a date: vehicle, block, orbit class, mass, GLONASS channel."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from moonstead.formats.gnss_time import gpst_from_civil

OrbitClass = Literal["MEO", "IGSO", "GEO"]

TABLE_OF = "2024-02-07"  # the state that spans without an end describe
# Antenna type of the IGS: name of the block, orbit class.
BLOCKS: dict[str, tuple[str, OrbitClass]] = {
    "BLOCK IIA": ("GPS IIA", "MEO"),
    "BLOCK IIR-A": ("GPS IIR-A", "MEO"),
    "BLOCK IIR-B": ("GPS IIR-B", "MEO"),
    "BLOCK IIR-M": ("GPS IIR-M", "MEO"),
    "BLOCK IIF": ("GPS IIF", "MEO"),
    "BLOCK IIIA": ("GPS III", "MEO"),
    "GLONASS-M": ("GLONASS-M", "MEO"),
    "GLONASS-K1": ("GLONASS-K1", "MEO"),
    "GLONASS-K2": ("GLONASS-K2", "MEO"),
    "GALILEO-1": ("Galileo IOV", "MEO"),
    "GALILEO-2": ("Galileo FOC", "MEO"),
    "BEIDOU-2G": ("BDS-2 GEO", "GEO"),
    "BEIDOU-2I": ("BDS-2 IGSO", "IGSO"),
    "BEIDOU-2M": ("BDS-2 MEO", "MEO"),
    "BEIDOU-3SI-SECM": ("BDS-3S IGSO", "IGSO"),
    "BEIDOU-3SI-CAST": ("BDS-3S IGSO", "IGSO"),
    "BEIDOU-3SM-CAST": ("BDS-3S MEO", "MEO"),
    "BEIDOU-3M-CAST": ("BDS-3 MEO", "MEO"),
    "BEIDOU-3M-SECM": ("BDS-3 MEO", "MEO"),
    "BEIDOU-3I": ("BDS-3 IGSO", "IGSO"),
    "BEIDOU-3G-CAST": ("BDS-3 GEO", "GEO"),
    "QZSS": ("QZSS-1", "IGSO"),
    "QZSS-2I": ("QZSS-2 IGSO", "IGSO"),
    "QZSS-2A": ("QZSS-1R", "IGSO"),
    "QZSS-2G": ("QZSS-2 GEO", "GEO"),
}
# What is known of a number where the table has no span: the rule by which each system assigns its numbers.
UNKNOWN_BLOCKS = {"G": "GPS", "R": "GLONASS", "E": "Galileo", "J": "QZSS", "I": "NavIC", "S": "SBAS"}


@dataclass(frozen=True, slots=True)
class SatelliteFacts:
    """A satellite on a date.

    Attributes
    ----------
    satellite : str
        As it sends: "C38".
    vehicle : str
        Vehicle number of the IGS: "C220"; empty where it is unknown.
    antenna : str
        Antenna type of the IGS: "BEIDOU-3I"; empty where it is unknown.
    block : str
        "GPS IIF", "GLONASS-M", "BDS-3 MEO" ...; the system's name alone where the block is unknown.
    orbit_class : str
        "MEO", "IGSO" or "GEO".
    mass : float or None [kg]
        As published; None where it is unknown.
    channel : int or None
        Of the GLONASS carriers; None for other systems, or where it is unknown.
    begin, end : float [s GPST past 1980-01-06]
        Span in which this holds; without an end, it is the state of 2024-02-07.
    """

    satellite: str
    vehicle: str
    antenna: str
    block: str
    orbit_class: OrbitClass
    mass: float | None
    channel: int | None
    begin: float
    end: float


def satellite_facts(satellite: str, gpst: float) -> SatelliteFacts:
    """What a satellite is on a date.

    Parameters
    ----------
    satellite : str
        "G01", "R24", "C60" ...
    gpst : float [s GPST past 1980-01-06]
        The date.

    Returns
    -------
    SatelliteFacts
        Where the shipped table has no span for the date, the vehicle that came before or came next is not taken:
        `vehicle`, `antenna` are empty, and block and orbit class follow from the number alone.

    Source
    ------
    IGS satellite metadata (SINEX), Steigenberger & Montenbruck, DLR; spans since 2017, state of 2024-02-07. Numbers of
    BeiDou: BDS-SIS-ICD-B1C 1.0, table 4-1 and BDS-SIS-ICD 3.0 (1 to 5 and 59 to 63 are geostationary).
    """
    for span in _table().get(satellite, ()):
        if span.begin <= gpst <= span.end:
            return span
    return _by_number(satellite)


def orbit_class(satellite: str, gpst: float | None = None) -> OrbitClass:
    """Orbit class of a satellite.

    Parameters
    ----------
    satellite : str
        "G01", "C38" ...
    gpst : float [s GPST past 1980-01-06], optional
        The date; without one, the newest span of the table.

    Returns
    -------
    str
        "MEO", "IGSO" or "GEO".

    Source
    ------
    As `satellite_facts`.
    """
    if gpst is not None:
        return satellite_facts(satellite, gpst).orbit_class
    spans = _table().get(satellite, ())
    return spans[-1].orbit_class if spans else _by_number(satellite).orbit_class


def is_geostationary(satellite: str, gpst: float | None = None) -> bool:
    """Whether a satellite is geostationary.

    Parameters
    ----------
    satellite : str
        "C01", "C59" ...
    gpst : float [s GPST past 1980-01-06], optional
        The date; without one, the newest span of the table.

    Returns
    -------
    bool

    Source
    ------
    As `satellite_facts`.
    """
    return orbit_class(satellite, gpst) == "GEO"


def antenna_types() -> dict[str, str]:
    """Antenna type of the IGS by vehicle: "G063" is "BLOCK IIF"."""
    return {facts.vehicle: facts.antenna for spans in _table().values() for facts in spans}


@cache
def _table() -> dict[str, tuple[SatelliteFacts, ...]]:
    text = resources.files("moonstead.navigation").joinpath("satellites.csv").read_text(encoding="utf-8")
    rows = csv.reader(line for line in text.splitlines() if line and not line.startswith("#"))
    spans: dict[str, list[SatelliteFacts]] = {}
    for satellite, vehicle, antenna, begin, end, mass, channel in rows:
        block, orbit = BLOCKS[antenna]
        facts = SatelliteFacts(
            satellite,
            vehicle,
            antenna,
            block,
            orbit,
            float(mass) if mass else None,
            int(channel) if channel else None,
            _time(begin),
            _time(end) + 1.0 if end else float("inf"),
        )
        spans.setdefault(satellite, []).append(facts)
    return {satellite: tuple(facts) for satellite, facts in spans.items()}


def _time(text: str) -> float:
    """GPS time of ``year:day:second``."""
    year, day, second = (int(part) for part in text.split(":"))
    return float(gpst_from_civil(year, 1, 1, 0, 0, 0.0)[0]) + (day - 1) * 86_400.0 + second


def _by_number(satellite: str) -> SatelliteFacts:
    system, digits = satellite[:1], satellite[1:]
    number = int(digits) if digits.isdigit() else 0
    orbit: OrbitClass = "MEO"
    block = UNKNOWN_BLOCKS.get(system, system)
    if system == "C":
        geostationary = 1 <= number <= 5 or 59 <= number <= 63
        inclined = number in (6, 7, 8, 9, 10, 13, 16, 31, 38, 39, 40, 56)
        orbit = "GEO" if geostationary else "IGSO" if inclined else "MEO"
        block = f"BDS-{2 if number <= 18 else 3} {orbit}"
    elif system in "SIJ" and system:
        orbit = "GEO" if system == "S" or satellite in ("J07", "I03", "I06", "I07") else "IGSO"
    return SatelliteFacts(satellite, "", "", block, orbit, None, None, float("-inf"), float("inf"))
