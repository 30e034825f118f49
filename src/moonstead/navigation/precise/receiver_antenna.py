"""Where receivers' antennas take signals up: an ANTEX file, or the table that is shipped."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.antex import Antenna, AntennaFile, AntennaPattern, phase_variation
from moonstead.foundation.errors import MissingData

Array = NDArray[np.float64]

MILLIMETRE = 1e-3  # [m]
ZENITH_STEP = np.radians(5.0)  # [rad] of the shipped table
# Patterns of receivers are measured for GPS; the IGS takes the nearest of them for carriers without one.
NEAREST = {
    "G05": "G02",
    "R01": "G01",
    "R02": "G02",
    "R03": "G02",
    "R04": "G01",
    "R06": "G02",
    "E01": "G01",
    "E05": "G02",
    "E06": "G02",
    "E07": "G02",
    "E08": "G02",
    "C01": "G01",
    "C02": "G01",
    "C05": "G02",
    "C06": "G02",
    "C07": "G02",
    "C08": "G02",
    "J01": "G01",
    "J02": "G02",
    "J05": "G02",
    "J06": "G02",
    "I05": "G02",
    "S01": "G01",
    "S05": "G02",
}


def receiver_antenna(antenna_type: str, radome: str = "NONE", file: AntennaFile | None = None) -> Antenna:
    """Antenna of a receiver, from a file or the shipped table.

    Parameters
    ----------
    antenna_type : str
        Type of the IGS, as the head of an observation file gives it: "ASH701945E_M".
    radome : str
        Four letters; empty or "NONE" for none.
    file : AntennaFile, optional
        Goes before the shipped table.

    Returns
    -------
    Antenna
        Without a pattern of the radome, that of the antenna without one, as in the IGS.

    Raises
    ------
    MissingData
        Neither has the antenna.

    Source
    ------
    U.S. National Geodetic Survey, ANTCAL (some 50 patterns of antennas common at permanent stations).
    """
    if file is not None:
        try:
            return file.receiver(antenna_type, radome)
        except MissingData:
            pass
    return _shipped().receiver(antenna_type, radome)


def receiver_pattern(antenna: Antenna, frequency: str) -> AntennaPattern:
    """Pattern of an antenna at a frequency, or at the nearest one that was measured.

    Parameters
    ----------
    antenna : Antenna
        Of the receiver.
    frequency : str
        System and band: "R02".

    Returns
    -------
    AntennaPattern

    Raises
    ------
    MissingData
        The antenna has neither the frequency nor its neighbour.
    """
    for key in (frequency, NEAREST.get(frequency, "")):
        if key in antenna.patterns:
            return antenna.patterns[key]
    raise MissingData(
        f"the antenna {antenna.type} {antenna.radome} has no pattern at {frequency}; "
        f"it has {', '.join(antenna.patterns)}"
    )


def receiver_correction(pattern: AntennaPattern, elevation: ArrayLike, azimuth: ArrayLike) -> Array:
    """What a receiver's antenna adds to ranges from its reference point.

    Parameters
    ----------
    pattern : AntennaPattern
        At the frequency.
    elevation, azimuth : (N,) [rad]
        Of the satellites, from the horizon and from north over east.

    Returns
    -------
    (N,) [m]
        To be added to the distance between the antenna reference point and the satellite: less the offset along the
        line of sight, plus the variation.

    Source
    ------
    ANTEX 1.4, section 3.
    """
    up, around = np.broadcast_arrays(np.asarray(elevation, dtype=np.float64), np.asarray(azimuth, dtype=np.float64))
    north, east, height = pattern.offset
    along = np.cos(up) * (np.cos(around) * north + np.sin(around) * east) + np.sin(up) * height
    return np.asarray(phase_variation(pattern, 0.5 * np.pi - up, around) - along)


@cache
def _shipped() -> AntennaFile:
    text = resources.files("moonstead.navigation").joinpath("receiver_antennas.csv").read_text(encoding="utf-8")
    antennas: dict[tuple[str, str], dict[str, AntennaPattern]] = {}
    for kind, radome, frequency, *numbers in csv.reader(line for line in text.splitlines() if not line.startswith("#")):
        values = np.array([float(number) for number in numbers]) * MILLIMETRE
        grid = np.asarray(np.arange(values.size - 3) * ZENITH_STEP, dtype=np.float64)
        pattern = AntennaPattern(frequency, values[:3], grid, values[3:])
        antennas.setdefault((kind, radome), {})[frequency] = pattern
    return AntennaFile(
        version=1.4,
        absolute=True,
        reference_antenna="",
        antennas=tuple(
            Antenna(kind, radome, "", "", "", "", float("-inf"), float("inf"), patterns, agency="NGS", model="ngs_abs")
            for (kind, radome), patterns in antennas.items()
        ),
    )
